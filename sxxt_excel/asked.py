"""Who of a workbook answers for what it asks, and of which filer a workbook asks anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.regime import EXPLANATIONS
from sxxt_excel.relations import filers_of, secretaries

if TYPE_CHECKING:
    from sxxt_excel.duties import Owed
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Need, Slot, Supply
    from sxxt_excel.people import Filer, Roster


def is_asked(regime: Regime, roster: Roster, item: Owed) -> bool:
    """Tell whether a filer's own workbook has anything for him: a catalogue may have nothing."""
    packet = regime.packet(item.obligation.packet)
    lists = {f.id for f in regime.sheets(packet.id) if f.layout != "cover"} - {EXPLANATIONS}
    slots = [(slot, supply) for slot in regime.slots if (supply := catalogued(slot, packet))]
    ruled = {c.form for c in regime.coverages} | {s.form for n in regime.needs for s in n.supply}
    if lists - {supply.form for _, supply in slots} or lists & ruled:
        return True
    return any(answerable(regime, roster, item, slot.need, item.filers) for slot, _ in slots)


def catalogued(slot: Slot, packet: Packet) -> Supply | None:
    """Return where a packet records a slot that has a name."""
    named = ((s, dict(s.where)) for s in slot.need.supply if slot.name and s.form in packet.sheets)
    return next((s for s, said in named if (slot.name,) in said.values()), None)


def answerable(
    regime: Regime, roster: Roster, item: Owed, need: Need, filers: tuple[Filer, ...]
) -> tuple[str, ...]:
    """Return who of a workbook answers for something: "" where its clerk is to say who."""
    group = regime.filers_of(need.filers)
    if item.unit.kind not in {*group.units, *group.optional}:
        return ()
    if need.each == "filer":
        asked = filers_of(regime, group, roster, item.unit, item.last)
        labels = {filer.label for filer in asked}
    elif need.each == "secretary":
        heads = {p.key for p in secretaries(roster, item.unit, item.last)}
        labels = {f.label for f in filers if f.person is not None and f.person.key in heads}
    else:
        owing = regime.filers_of(item.obligation.filers)
        asked = filers_of(regime, owing, roster, item.unit, item.last)
        labels = {f.label for f in asked if f.person is None} or {f.label for f in asked[:1]}
    found = tuple(filer.label for filer in filers if filer.label in labels)
    return found or (() if item.filer is not None or need.each == "filer" else ("",))
