"""What the office keeps itself (自存): which packets, and whose each register is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.arisen import files_for
from sxxt_excel.duties import Owed
from sxxt_excel.model.obligations import KEPT
from sxxt_excel.periods import period_id, period_span
from sxxt_excel.relations import filers_of, home

if TYPE_CHECKING:
    from sxxt_excel.model.obligations import Obligation
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.settings import Settings


def kept_packets(regime: Regime, settings: Settings | None = None) -> frozenset[str]:
    """Return the packets that the office keeps to itself: not issued, not collected.

    Without settings: those that the document itself leaves to it.
    """
    duties = [(o.packet, settings.duty_of(o) if settings else o.duty) for o in regime.obligations]
    sent = {packet for packet, duty in duties if duty != KEPT}
    return frozenset({packet for packet, _ in duties} - sent)


def registers(regime: Regime, settings: Settings, roster: Roster) -> tuple[Owed, ...]:
    """Return the registers the office keeps (自存), each with the unit whose they are.

    Nobody owes them, so none is ever missing: all are `latent`.
    """
    packets = kept_packets(regime, settings)
    found: dict[str, Owed] = {}
    for obligation in regime.obligations:
        unit = _keeper(regime, settings, roster, obligation)
        if obligation.packet in packets and unit is not None:
            period = period_id(obligation.period, settings.year)
            last = period_span(period)[1]
            filers = filers_of(regime, regime.filers_of(obligation.filers), roster, unit, last)
            also = settings.accepted(obligation, period)
            item = Owed(obligation, KEPT, unit, period, also, None, last, filers, latent=True)
            found.setdefault(obligation.packet, item)
    return tuple(found.values())


def _keeper(
    regime: Regime, settings: Settings, roster: Roster, obligation: Obligation
) -> Unit | None:
    """Return whose a register is: the office's own unit, if the document means such ones."""
    group = regime.filers_of(obligation.filers)
    mine = home(regime, roster, settings.node)
    meant = [unit for unit in roster.units if files_for(settings, group, unit)]
    if mine in meant or not meant:
        return mine or next(iter(roster.units), None)
    return meant[0]
