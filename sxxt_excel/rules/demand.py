"""Of whom a need asks: units, filers, secretaries, pairs who talk, subjects, holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.relations import filers_of, home, led_by_secretary, secretaries
from sxxt_excel.rules.asked import NOBODY, Asked
from sxxt_excel.rules.keepers import units_of
from sxxt_excel.rules.talks import (
    and_before,
    talks_in_charge,
    talks_of_head,
    talks_with_branches,
    talks_with_sections,
)
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.model.rules import Need
    from sxxt_excel.people import Person, Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.keepers import Keepers
    from sxxt_excel.rules.windows import Span


def asked_of(context: Context, need: Need, keeping: Keepers, span: Span) -> Iterator[Asked]:
    """Yield everyone a need asks within a window, in the roster's order.

    A unit that did not exist through the whole window is not asked.
    """
    units = (
        u
        for u in _units(context, need, keeping)
        if u.code not in keeping.excused and _existed(u, span)
    )
    match need.each:
        case "holder":
            yield from _holders(context, need, keeping, units, span)
        case "subject":
            for unit in units:
                homes = _homes(keeping, unit)
                yield Asked(unit, homes, own=False, name=unit.name, names=frozenset((unit.code,)))
        case _:
            for unit in units:
                yield from _in_unit(context, need, keeping, unit, span)


def _units(context: Context, need: Need, keeping: Keepers) -> tuple[Unit, ...]:
    """Return the units that are asked or whose people are.

    Where registers may speak of others: all of them, unless each keeps its own. Nobody inspects
    the unit whose office it is but its superior, in a round of his own.
    """
    units = context.roster.units
    if need.each not in {"subject", "holder"}:
        return tuple(u for u in units if u.code in keeping.units)
    group = units_of(context, need.filers) if need.each == "holder" else frozenset()
    here = home(context.regime, context.roster, context.settings.node)
    others = (u for u in units if need.each == "holder" or u != here)
    there = tuple(u for u in others if u.kind in need.units or u.code in group)
    if keeping.units <= {u.code for u in there}:
        return tuple(u for u in there if u.code in keeping.units)
    return there


def _homes(keeping: Keepers, unit: Unit) -> frozenset[str]:
    """Return whose workbooks must have come before anything about a unit is short."""
    return frozenset((unit.code,)) if unit.code in keeping.units else keeping.units


def _existed(unit: Unit, span: Span) -> bool:
    founded, dissolved = unit.founded, unit.dissolved
    return (founded is None or founded <= span.first) and (
        dissolved is None or dissolved > span.last
    )


def _in_unit(
    context: Context, need: Need, keeping: Keepers, unit: Unit, span: Span
) -> Iterator[Asked]:
    """Yield whom a need asks in one unit, by its own workbooks."""
    match need.each:
        case "unit":
            yield Asked(unit, frozenset((unit.code,)))
        case "filer":
            yield from _filers(context, need, keeping, unit, span)
        case "department":
            for part in context.roster.departments_of(unit.code):
                if _existed(part, span):
                    homes, names = frozenset((unit.code,)), frozenset((part.code,))
                    yield Asked(unit, homes, label=part.name, name=part.name, names=names)
        case "secretary":
            if led_by_secretary(unit):
                yield _secretary(context, unit, span)
        case _:
            yield from _pairs(context, need, unit, span)


_PAIRS = {
    "heads": talks_of_head,
    "branches": talks_with_branches,
    "sections": talks_with_sections,
    "charges": talks_in_charge,
}


def _pairs(context: Context, need: Need, unit: Unit, span: Span) -> Iterable[Asked]:
    """Return who is to talk with whom in a unit; two who are so in two ways talk once."""
    found = [asked for kind in need.pairs for asked in _PAIRS[kind](context.roster, unit, span)]
    return {asked.label: asked for asked in reversed(found)}.values()


def _filers(
    context: Context, need: Need, keeping: Keepers, unit: Unit, span: Span
) -> Iterator[Asked]:
    group, roster = context.regime.filers_of(need.filers), context.roster
    spared = keeping.spared.get(unit.code, NOBODY)
    for filer in filers_of(context.regime, group, roster, unit, span.last):
        people = (filer.person,) if filer.person else ()
        ever = {p.name for person in people for p in and_before(roster, person, span)}
        if filer.label not in spared:
            yield Asked(
                unit, frozenset((unit.code,)), label=filer.label, name=filer.label,
                filers=frozenset((filer.label, *ever)),
                names=frozenset(map(fold, (filer.label, *ever))) if people else NOBODY,
                people=people,
            )  # fmt: skip


def _holders(
    context: Context, need: Need, keeping: Keepers, units: Iterable[Unit], span: Span
) -> Iterator[Asked]:
    """Yield everyone with a role of the group, each once though he has posts in two units."""
    group, roster = context.regime.filers_of(need.filers), context.roster
    seen: set[str] = set()
    for unit in units:
        for filer in filers_of(context.regime, group, roster, unit, span.last):
            person = filer.person
            if person is None or person.key in seen:
                continue
            seen.add(person.key)
            others = (p for p in roster.named(person.name) if p.key != person.key)
            yield Asked(
                unit, _homes(keeping, unit), own=False, label=filer.label, name=filer.label,
                names=frozenset((fold(filer.label), fold(person.name))),
                others=frozenset(p.unit for p in others if p.unit != person.unit),
                people=(person,),
            )  # fmt: skip


def _secretary(context: Context, unit: Unit, span: Span) -> Asked:
    """Return the secretary at a window's end; what a predecessor did in it counts for the post."""
    homes, roster = frozenset((unit.code,)), context.roster
    found = secretaries(roster, unit, span.last)
    if not found:
        return Asked(unit, homes, trouble="名册中没有书记，也没有注明由谁主持工作")
    turns = (day for p in roster.people_of(unit.code) for day in _turns(p, span))
    days = {span.first, span.last, *turns}
    ever = {p.name for day in days for p in secretaries(roster, unit, day)}
    label = "、".join(p.name for p in found)
    return Asked(
        unit, homes, label=label, name=label, names=frozenset(map(fold, ever)), people=found
    )


def _turns(person: Person, span: Span) -> Iterator[date]:
    """Yield the days in a window on which someone takes or leaves a post."""
    for day in (person.since, person.until):
        if day is not None and span.first <= day <= span.last:
            yield day
