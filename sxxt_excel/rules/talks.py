"""Who is to talk with whom.

A head with his body, with the secretaries of the branches below and with the heads of the unit's
sections; members with the heads of the departments they are in charge of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.relations import AWAY, HEAD, members, present
from sxxt_excel.rules.asked import Asked
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.people import Person, Roster, Unit
    from sxxt_excel.rules.windows import Span

_SECTION, _SECTION_HEAD = "科室", "科室负责人"
_BRANCH_SECRETARY = "基层党组织书记"


def talks_of_head(roster: Roster, unit: Unit, span: Span) -> Iterator[Asked]:
    """Yield the unit's head with each other member of its body."""
    body = [p for p in members(roster, unit.code, span.last) if p.state not in AWAY]
    heads = _heads(roster, unit.code, span.last)
    if not heads and len(body) > 1:
        trouble = "名册中没有主要负责人，也没有注明由谁主持工作"
        yield Asked(unit, frozenset((unit.code,)), trouble=trouble)
    for head in heads:
        for other in body:
            if other not in heads:
                yield _pair(unit, head, other, and_before(roster, head, span), (other,))


def talks_with_branches(roster: Roster, unit: Unit, span: Span) -> Iterator[Asked]:
    """Yield the unit's head with each secretary of a branch whom its roster names."""
    others = [p for p in roster.people_of(unit.code) if p.identity == _BRANCH_SECRETARY]
    yield from _with_others(roster, unit, span, others)


def talks_with_sections(roster: Roster, unit: Unit, span: Span) -> Iterator[Asked]:
    """Yield the unit's head with the head of each of its sections, whether a unit or but a post."""
    others = [p for p in roster.people_of(unit.code) if p.identity == _SECTION_HEAD]
    for part in roster.of_kind(_SECTION):
        if unit.code in {part.parent, part.party_body}:
            others += _department_heads(roster, unit, part.code, span.last)
    yield from _with_others(roster, unit, span, others)


def _with_others(
    roster: Roster, unit: Unit, span: Span, others: Iterable[Person]
) -> Iterator[Asked]:
    """Yield the unit's head with each of these who is there, but not with himself."""
    heads = _heads(roster, unit.code, span.last)
    own = {head.key for head in heads}
    for head in heads:
        for other in dict.fromkeys(others):
            if present(other, span.last) and other.key not in own:
                yield _pair(unit, head, other, and_before(roster, head, span), (other,))


def talks_in_charge(roster: Roster, unit: Unit, span: Span) -> Iterator[Asked]:
    """Yield each member with the heads of the departments he is in charge of."""
    for member in members(roster, unit.code, span.last):
        if member.state in AWAY:
            continue
        for code in member.in_charge:
            first = (member, *_gone(roster.leading(code), span, unit.code))
            for head in _department_heads(roster, unit, code, span.last):
                if head.key != member.key:
                    yield _pair(unit, member, head, first, and_before(roster, head, span))


def _department_heads(roster: Roster, unit: Unit, code: str, day: date) -> tuple[Person, ...]:
    """Return who heads a department: on its own roster, else a section head of the unit's."""
    own = _heads(roster, code, day) or tuple(
        p for p in roster.people_of(code) if p.identity == _SECTION_HEAD and present(p, day)
    )
    department = roster.unit(code)
    if own or department is None:
        return own
    return tuple(
        p
        for p in roster.people_of(unit.code)
        if p.identity == _SECTION_HEAD
        and present(p, day)
        and any(name in p.post for name in (department.name, *department.names))
    )


def _heads(roster: Roster, code: str, day: date) -> tuple[Person, ...]:
    """Return a unit's 主要负责人 on a day, or who leads the work in an empty post."""
    there = [p for p in roster.people_of(code) if present(p, day)]
    return tuple(p for p in there if p.identity == HEAD) or tuple(p for p in there if p.acting)


def and_before(roster: Roster, person: Person, span: Span) -> tuple[Person, ...]:
    """Return someone and, where he heads a unit, who headed it before him in the window."""
    if person.identity != HEAD and not person.acting:
        return (person,)
    headed = (p for p in roster.people_of(person.unit) if p.identity == HEAD or p.acting)
    return (person, *_gone(headed, span, person.unit))


def _gone(people: Iterable[Person], span: Span, unit: str) -> tuple[Person, ...]:
    """Return those of a unit who left a post within the window."""
    return tuple(
        p
        for p in people
        if p.unit == unit and p.until is not None and span.first <= p.until < span.last
    )


def _pair(
    unit: Unit,
    one: Person,
    other: Person,
    first: tuple[Person, ...],
    second: tuple[Person, ...],
) -> Asked:
    return Asked(
        unit,
        frozenset((unit.code,)),
        label=f"{one.name}→{other.name}",
        name=one.name,
        to=other.name,
        by=frozenset(fold(p.name) for p in first),
        names=frozenset(fold(p.name) for p in second),
        people=(one, other),
    )
