"""Who keeps the registers that a rule looks into, and whose have come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.rules import Supply
    from sxxt_excel.rules.context import Context


@dataclass(frozen=True)
class Keepers:
    """Who keeps the registers of a need. Not slotted: the look-ups are made once and kept.

    `owed` is what must be sent and holds one; `sent` are the file numbers by unit; `excused`
    are units that need not send any, or that none need be sent about; `spared` are the
    labels of filers by unit who need not be in them.
    """

    owed: tuple[Owed, ...]
    sent: Mapping[str, tuple[int, ...]]
    excused: frozenset[str]
    spared: Mapping[str, frozenset[str]]

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the codes of the units whose registers are looked at."""
        return frozenset(self._owed) or frozenset(self.sent) - self.excused

    def owed_by(self, unit: str, subject: str | None = None) -> Iterable[Owed]:
        """Return what a unit owes: all, or what could be about a subject."""
        about = self._owed.get(unit, {})
        if subject is None:
            return (item for items in about.values() for item in items)
        return (*about.get("", ()), *about.get(subject, ()))

    @cached_property
    def _owed(self) -> dict[str, dict[str, list[Owed]]]:
        found: dict[str, dict[str, list[Owed]]] = {}
        for item in self.owed:
            about = found.setdefault(item.unit.code, {})
            about.setdefault(item.subject.code if item.subject else "", []).append(item)
        return found


def keepers(context: Context, supplies: Iterable[Supply], group: str) -> Keepers:
    """Return who keeps the forms of these supplies; `group` "": of whatever kind the unit."""
    forms = tuple(s.form for s in supplies)
    packets = {p.id for p in context.regime.packets if not {*forms}.isdisjoint(p.sheets)}
    codes = units_of(context, group) if group else None
    items = [
        o
        for o in context.owed
        if o.obligation.packet in packets and (codes is None or o.unit.code in codes)
    ]
    sent: dict[str, dict[int, None]] = defaultdict(dict)
    for form in forms:
        stack = context.stacks.get(form)
        for number in stack.tables if stack is not None else ():
            code = context.submissions[number].unit_code
            if code is not None and (codes is None or code in codes):
                sent[code][number] = None
    owed = tuple(o for o in items if o.duty != "留存" and not o.latent and o.waiver is None)
    waived = {(o.subject or o.unit).code for o in items if o.waiver is not None}
    spared: dict[str, frozenset[str]] = defaultdict(frozenset)
    for item in items:
        spared[item.unit.code] |= {*item.exempt}
    return Keepers(
        owed=owed,
        sent={code: tuple(numbers) for code, numbers in sent.items()},
        excused=frozenset(waived - {(o.subject or o.unit).code for o in owed}),
        spared=spared,
    )


def units_of(context: Context, group: str) -> frozenset[str]:
    """Return the codes of the units that file for a group of filers."""
    kinds = context.regime.filers_of(group).units
    by_kind = (u.code for u in context.roster.units if u.kind in kinds)
    by_duty = (o.unit.code for o in context.owed if o.obligation.filers == group)
    return frozenset((*by_kind, *by_duty))
