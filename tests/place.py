"""A workspace under any regime, its workbooks issued and filled in by the careful clerk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import openpyxl
from campus import Campus, campus_of
from filler import Copy, fill_all
from inprocess import reading_here
from world import touch

from sxxt_excel.dates import TZ
from sxxt_excel.expected import owed
from sxxt_excel.filed import filed_rows
from sxxt_excel.issue import issue
from sxxt_excel.prefill import Desk
from sxxt_excel.publish import publish
from sxxt_excel.regime import load_regime
from sxxt_excel.roster import read_roster
from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.duties import Owed
    from sxxt_excel.result import Round
    from sxxt_excel.workspace import Workspace

LONG_AFTER = "2026-06-30"
"""When every window of 2025's business is over."""


@dataclass
class Place:
    """One workspace in a temporary folder; `changes` are made to its settings' text."""

    root: Path
    campus: Campus
    changes: tuple[tuple[str, str], ...] = ()
    copies: dict[str, Copy] = field(default_factory=dict)
    """What the clerk wrote, by the workbook's name in the inbox."""

    def write(self) -> Place:
        """Write settings and roster."""
        self.campus.write(self.root, self.changes)
        return self

    @property
    def inbox(self) -> Path:
        """Return the inbox."""
        return self.root / "inbox"

    @property
    def space(self) -> Workspace:
        """Return the workspace as the product sees it."""
        return find_workspace(self.root)

    def issue(self) -> dict[Path, Owed]:
        """Issue a workbook for everything owed; return what each answers."""
        space, regime = self.space, self.space.regime()
        roster, _ = read_roster(space.roster)
        packets = {p.id for p in regime.packets if p.sheets}
        items = tuple(
            o
            for o in owed(regime, space.settings, roster)
            if not o.latent and o.waiver is None and o.obligation.packet in packets
        )
        filed = filed_rows(self.root / "汇总" / "总台账.xlsx", regime)
        desk = Desk(regime, space.settings, roster, filed)
        done = issue(desk, items, space.issued, dt.date(2025, 1, 2))
        return {made.path: item for made, item in zip(done, items, strict=True)}

    def fill(self, least: int = 2) -> Place:
        """Issue, fill in and put everything into the inbox, each on its day."""
        issued = self.issue()
        books = {path: openpyxl.load_workbook(path) for path in issued}
        space = self.space
        roster, _ = read_roster(space.roster)
        pairs = [(item, books[path]) for path, item in issued.items()]
        filling = fill_all(space.regime(), space.settings, roster, pairs, least)
        self.copies = dict(zip((p.name for p in issued), filling.copies, strict=True))
        for paper in filling.papers:
            (self.inbox / paper).write_bytes(b"%PDF-1.4\n%%EOF\n")
        for path, book in books.items():
            target = self.inbox / path.name
            book.save(target)
            touch(target, dt.datetime.combine(self.copies[path.name].day, dt.time(9), TZ))
        return self

    def collect(self, today: str = LONG_AFTER, *, write: bool = False) -> Round:
        """Collect the inbox as of a day; with `write` also publish the outputs."""
        with reading_here():
            result = collect(self.space, self.inbox, dt.date.fromisoformat(today), jobs=1)
        if write:
            publish(result, self.root)
        return result


def make_place(root: Path, regime: str, *changes: tuple[str, str], many: int = 2) -> Place:
    """Return a written workspace of a regime."""
    return Place(root, campus_of(load_regime(regime), many), changes).write()
