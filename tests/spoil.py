"""A place that was filled in with care, one thing in it spoilt, and what is told of it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from inprocess import reading_here
from place import LONG_AFTER, Place
from world import cover_cell, edited, headings

from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round


@dataclass
class Office:
    """A copy of the filled place with only some of its workbooks in the inbox."""

    place: Place
    files: dict[str, Path] = field(default_factory=dict)

    def find(self, start: str) -> Path:
        """Return the one workbook whose name starts like this."""
        (path,) = (p for p in self.place.inbox.glob("*.xlsx") if p.name.startswith(start))
        return path

    def write(self, part: str, sheet: str, cells: dict[tuple[int, str], Any]) -> Office:
        """Change cells in each workbook with this in its name.

        They are named by row and heading (* for all), on the cover by label alone.
        """
        found = [p for p in sorted(self.place.inbox.glob("*.xlsx")) if part in p.name]
        assert found, part
        for path in found:
            with edited(path) as book:
                if sheet == "封面":
                    for (_, label), value in cells.items():
                        book[sheet][cover_cell(book[sheet], label)].value = value
                    continue
                places = headings(book[sheet])
                for (row, name), value in cells.items():
                    for each in places if name == "*" else (name,):
                        book[sheet].cell(row, places[each]).value = value
        return self

    def spoil(self, case: Case) -> Office:
        """Change what a case says."""
        for part, sheet, cells in (case.spoil, *case.also):
            self.write(part, sheet, cells)
        return self

    def excuse(self, unit: str, matter: str) -> Office:
        """Let 例外 excuse a unit from something."""
        self.place.campus.waivers.append(
            {
                "单位代码": unit, "报送事项": matter, "例外类型": "准予免报",
                "理由": "工作安排调整", "批准人": "赵启衡", "批准日期": dt.date(2025, 3, 1),
            }
        )  # fmt: skip
        self.place.write()
        return self

    def collect(self, today: str = LONG_AFTER) -> Round:
        """Collect the inbox as of a day."""
        with reading_here():
            space = find_workspace(self.place.root)
            return collect(space, self.place.inbox, dt.date.fromisoformat(today), jobs=1)


def opened(
    filled: Place, root: Path, starts: tuple[str, ...], changes: tuple[tuple[str, str], ...] = ()
) -> Office:
    """Return an office that has the workbooks that start like this, and no other."""
    place = Place(root, replace(filled.campus, waivers=[]), changes).write()
    for start in starts:
        for source in sorted(filled.inbox.glob(f"{start}*")):
            shutil.copy2(source, place.inbox / source.name)
    return Office(place)


def told(result: Round, rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [f for f in result.findings if f.rule == rule]


def unclear(result: Round, rule: str) -> list[str]:
    """Return why a rule is unchecked."""
    return [u.because for u in result.unchecked if u.rule == rule]


def statuses(result: Round, rule: str) -> set[str]:
    """Return the statuses of a rule's cascade rows and counts."""
    taken = {c.status for c in result.cascade if c.rule == rule}
    return taken | {c.status for c in result.counts if c.rule == rule}


Spoil = tuple[str, str, dict[tuple[int, str], Any]]
"""Part of the names of workbooks, a sheet, and what is put into its cells by row and heading."""


@dataclass(frozen=True)
class Case:
    """A rule: the workbooks it looks at, what spoils one thing, and what is told then.

    `needs` is the workbook whose absence leaves it unchecked, `unit` the one that 例外 excuses,
    `reason` cells that explain instead. `also` is spoilt besides.
    """

    rule: str
    files: tuple[str, ...]
    spoil: Spoil
    code: str
    severity: str
    needs: str = ""
    unit: str = ""
    reason: dict[tuple[int, str], Any] = field(default_factory=dict)
    changes: tuple[tuple[str, str], ...] = ()
    places: int = 1
    also: tuple[Spoil, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A rule about a register of the office's own: a right row of it, what spoils it, the rest."""

    rule: str
    form: str
    row: dict[str, Any]
    spoil: dict[str, Any]
    code: str
    severity: str
