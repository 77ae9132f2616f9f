"""Who owes which workbook: levels, roles, filers, packets and obligations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sxxt_excel.people import Unit

Duty = Literal["报送", "按需", "留存", "自存"]
DUTIES: tuple[Duty, ...] = ("报送", "按需", "留存", "自存")
OWED: Duty = "报送"
"""What is to be filed by a day."""
NEEDED: Duty = "按需"
"""What is to be filed once something has happened: the office says for whom it has."""
KEPT: Duty = "自存"
"""What the office keeps itself, and collects from nobody."""


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of filer. `body`: the body itself. Else people by 班子身份 or by title.

    `titles` add members of the body whose 职务 is one of them (院长, not 副院长). A person
    has the first role, in the order of `Filers.roles`, that fits him. `units` are the kinds
    of unit that have this role (none named: all have), `organs` what their 纪检机构 must be
    where the roster says. `secretary`: of those who fit only the unit's secretary, if it has one.
    """

    id: str
    body: bool = False
    secretary: bool = False
    identity: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()

    def in_unit(self, unit: Unit) -> bool:
        """Tell whether a unit has this role at all."""
        of_kind = not self.units or unit.kind in self.units
        return of_kind and (not self.organs or unit.discipline in {"", *self.organs})


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the tree, from the top down: its id and its kinds of unit."""

    id: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filers:
    """Who files: kinds of unit and roles in them; `optional` kinds a setting may add.

    `once`: a person with posts in several units files in the first one only. `single`:
    kinds of unit where a lone secretary is body and head in one. `uncovered`: kinds that
    file only where no party body of the roster does so for them. `discipline`: only units
    whose 纪检机构 is one of these.
    """

    id: str
    units: tuple[str, ...]
    roles: tuple[str, ...]
    optional: tuple[str, ...] = ()
    once: bool = False
    single: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    discipline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packet:
    """One workbook (套表): its sheets in order, and its short code for issue numbers.

    `office`: filed by the office itself or a group of its own, so that the columns which the
    office fills in are its to fill. `travels`: its rows go up with the 上报版. `rollup`: it is
    the 上报版 itself, which has no sheets to fill in. `one_sheet` is the form that an office
    may choose instead of its sheets.
    """

    id: str
    number: str
    title: str
    sheets: tuple[str, ...]
    basis: str
    parent_list: str | None = None
    office: bool = False
    travels: bool = False
    rollup: bool = False
    one_sheet: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes which packet for what period by when; `serves[0]` is the filing duty.

    `about`: kinds of unit that each is the subject of a workbook of its own (an assessment
    of each unit, filed by one group).
    """

    id: str
    title: str
    serves: tuple[str, ...]
    packet: str
    filers: str
    duty: Duty
    period: str
    basis: str
    due: str | None = None
    accepts: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    window: str | None = None
    about: tuple[str, ...] = ()
