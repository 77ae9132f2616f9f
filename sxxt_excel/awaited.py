"""Rules that rest on a list which has not come: unchecked for its unit, and said to be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.outcome import Unchecked
from sxxt_excel.periods import period_title
from sxxt_excel.relations import level_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Law, Need
    from sxxt_excel.outcome import Expected
    from sxxt_excel.people import Roster, Unit

_ANYBODYS = frozenset({"subject", "holder"})
"""Needs whose rows may stand in anybody's registers."""


@dataclass(frozen=True, slots=True)
class _Rests:
    """A rule on the sheet of a form: in which packets, of units of which level and kinds.

    Empty packets and kinds, and no level, leave it open.
    """

    law: Law
    form: str
    packets: tuple[str, ...] = ()
    level: str | None = None
    kinds: tuple[str, ...] = ()


def awaited(
    regime: Regime, roster: Roster, expected: Iterable[Expected], said: Iterable[Unchecked]
) -> Iterator[Unchecked]:
    """Yield what can't be checked of a unit because its workbook is overdue or stays with it.

    A list that is not due yet leaves nothing unchecked: there is nothing to be asked so far.

    Args:
        regime: whose rules.
        roster: the units.
        expected: what is owed and how it stands.
        said: what else was said to be unchecked; not said twice of a unit.
    """
    of_packet = _of_packets(regime)
    known = {(item.rule, item.unit) for item in said}
    for row in expected:
        unit = roster.unit(row.unit_code)
        because = _because(row)
        if unit is None or not because:
            continue
        for rests in of_packet[row.packet]:
            if _asks(rests, regime, unit) and (rests.law.id, unit.name) not in known:
                yield Unchecked(rests.law.id, unit.name, because, awaited=True)


def _because(row: Expected) -> str:
    """Return why nothing of a packet can be checked, "" where it came, is excused or not due."""
    if row.arrived or row.status == "excused":
        return ""
    if row.duty == "留存":
        return f"“{row.packet}”由单位留存，没有报来"
    return f"{period_title(row.period)}的“{row.packet}”尚未收到" if row.status == "missing" else ""


def _asks(rests: _Rests, regime: Regime, unit: Unit) -> bool:
    return (not rests.kinds or unit.kind in rests.kinds) and (
        rests.level is None or level_of(regime, unit) == rests.level
    )


def _of_packets(regime: Regime) -> Mapping[str, tuple[_Rests, ...]]:
    """Return packet id → the rules that rest on one of its sheets."""
    found: dict[str, dict[str, _Rests]] = defaultdict(dict)
    for rests in _rules(regime):
        for packet in regime.packets:
            if rests.form in packet.sheets and packet.id in (rests.packets or (packet.id,)):
                found[packet.id].setdefault(rests.law.id, rests)
    return defaultdict(tuple, {packet: tuple(rules.values()) for packet, rules in found.items()})


def _rules(regime: Regime) -> Iterator[_Rests]:
    yield from (_Rests(cover.law, cover.form, cover.packets) for cover in regime.coverages)
    yield from (_Rests(sign.law, sign.form, sign.packets) for sign in regime.signoffs)
    for cascade in regime.cascades:
        yield _Rests(cascade.law, cascade.demand.form, level=cascade.demand.level)
    yield from (_Rests(count.law, count.form, count.packets) for count in regime.counts)
    yield from (_Rests(chain.law, chain.form) for chain in regime.chains)
    for agreement in regime.agreements:
        for form in (agreement.supply.form, agreement.form):
            yield _Rests(agreement.law, form)
    named = (slot.need for slot in regime.slots if slot.name)
    for need in (*regime.needs, *named):
        for supply in need.supply:
            yield _Rests(need.law, supply.form, kinds=_kinds(regime, need))


def _kinds(regime: Regime, need: Need) -> tuple[str, ...]:
    """Return the kinds of unit that a need asks of, in whose own registers it looks."""
    if not need.filers or need.each in _ANYBODYS:
        return ()
    group = regime.filers_of(need.filers)
    return (*group.units, *group.optional)
