"""Whom a round is about, as types: the units, people and waivers of a roster, and who files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of 单位: codes, kind, relations. `names` holds 简称 and former names."""

    code: str
    name: str
    kind: str
    names: tuple[str, ...] = ()
    parent: str | None = None
    party_body: str | None = None
    discipline: str = ""
    leader: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    spare_email: str = ""
    founded: date | None = None
    dissolved: date | None = None
    merged_into: str | None = None
    cell: str = ""

    def is_called(self, said: str) -> bool:
        """Tell whether that is its code, its name or one of its short names."""
        names = (self.code, self.name, *self.names)
        return bool(said) and fold(said) in {fold(name) for name in names}


@dataclass(frozen=True, slots=True)
class Person:
    """One row of 人员: a person in one post of one unit."""

    name: str
    unit: str
    post: str
    identity: str
    id: str = ""
    acting: bool = False
    party_member: bool = True
    files: bool = True
    in_charge: tuple[str, ...] = ()
    field: str = ""
    since: date | None = None
    until: date | None = None
    state: str = "在岗"
    email: str = ""
    cell: str = ""

    @property
    def key(self) -> str:
        """Return what tells this person from a namesake: 人员编号, else name and unit."""
        return self.id or f"{self.name}@{self.unit}"

    def in_post(self, day: date) -> bool:
        """Tell whether the post was held on that day (open ends count)."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Waiver:
    """One row of 例外: who need not file what, or may file it later, and who agreed.

    `sha256`: the one file that it is about, by as much of its digest as was written down.
    `cell` and `filer_cell` are where 报送事项 and 责任主体 stand.
    """

    unit: str
    filer: str
    matter: str
    kind: str
    until: date | None
    reason: str
    approver: str
    approved: date | None
    expires: date | None
    cell: str
    sha256: str = ""
    filer_cell: str = ""


@dataclass(frozen=True)
class Roster:
    """单位名册.xlsx: units, people and waivers, in the order of the book.

    Not slotted: the look-ups below are made once and kept.
    """

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    waivers: tuple[Waiver, ...] = ()

    def unit(self, code: str) -> Unit | None:
        """Return the unit of that code, or None."""
        return self._units.get(code)

    def of_kind(self, kind: str) -> tuple[Unit, ...]:
        """Return the units of a kind (单位类别)."""
        return self._kinds.get(kind, ())

    def units_named(self, name: str) -> tuple[Unit, ...]:
        """Return the units of that full name, however it is typed: nearly always one."""
        return self._alike.get(fold(name), ())

    def people_of(self, code: str) -> tuple[Person, ...]:
        """Return the people with a post in that unit."""
        return self._people.get(code, ())

    def departments_of(self, code: str) -> tuple[Unit, ...]:
        """Return the units that belong to the party body of that code."""
        return self._departments.get(code, ())

    def waivers_of(self, code: str) -> tuple[Waiver, ...]:
        """Return the lines of 例外 about that unit."""
        return self._waivers.get(code, ())

    def leading(self, code: str) -> tuple[Person, ...]:
        """Return who has that code among his 分管单位代码."""
        return self._leading.get(code, ())

    def named(self, name: str) -> tuple[Person, ...]:
        """Return the people of that name, blanks in it apart (赵　一)."""
        return self._named.get(fold(name), ())

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in reversed(self.units)}

    @cached_property
    def _kinds(self) -> dict[str, tuple[Unit, ...]]:
        return _gather((unit.kind, unit) for unit in self.units)

    @cached_property
    def _alike(self) -> dict[str, tuple[Unit, ...]]:
        return _gather((fold(unit.name), unit) for unit in self.units)

    @cached_property
    def _people(self) -> dict[str, tuple[Person, ...]]:
        return _gather((person.unit, person) for person in self.people)

    @cached_property
    def _departments(self) -> dict[str, tuple[Unit, ...]]:
        return _gather((u.party_body, u) for u in self.units if u.party_body)

    @cached_property
    def _waivers(self) -> dict[str, tuple[Waiver, ...]]:
        return _gather((waiver.unit, waiver) for waiver in self.waivers)

    @cached_property
    def _leading(self) -> dict[str, tuple[Person, ...]]:
        return _gather((code, person) for person in self.people for code in person.in_charge)

    @cached_property
    def _named(self) -> dict[str, tuple[Person, ...]]:
        return _gather((fold(person.name), person) for person in self.people)


_Item = TypeVar("_Item")


def _gather(pairs: Iterable[tuple[str, _Item]]) -> dict[str, tuple[_Item, ...]]:
    """Return key → all items of that key, in their order."""
    groups: dict[str, list[_Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in groups.items()}


@dataclass(frozen=True, slots=True)
class Filer:
    """One who files in a workbook: the label of 责任主体, the role and the person.

    `also`: the roles that he fills besides, where he is all of a unit's body. What is issued
    to him does not depend on them, so they are no part of what tells whether it has changed.
    """

    label: str
    role: str
    person: Person | None = None
    also: tuple[str, ...] = field(default=(), repr=False)
