"""An inbox read once: cells of it are broken in memory, and the whole pass is run again."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import openpyxl
from inprocess import reading_here

from sxxt_excel import round as rounds
from sxxt_excel.expected import owed
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.reading import Reading, Seen
from sxxt_excel.roster import read_roster

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.look import Sight
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.result import Round
    from sxxt_excel.settings import Settings
    from sxxt_excel.workspace import Workspace

Cell = tuple[str, str, str]
"""Path, sheet and A1 name."""


@dataclass
class Bench:
    """A valid inbox whose files are read already; some are broken, and all of it is judged."""

    job: rounds.Job
    sights: list[Sight]
    folder: Path
    books: dict[str, openpyxl.Workbook] = field(default_factory=dict)

    def book(self, path: str) -> openpyxl.Workbook:
        """Return a workbook of the inbox, open in memory."""
        if path not in self.books:
            self.books[path] = openpyxl.load_workbook(self.job.inbox / path)
        return self.books[path]

    def fresh(self, path: str) -> openpyxl.Workbook:
        """Return a workbook that may be taken to pieces."""
        return openpyxl.load_workbook(self.job.inbox / path)

    def clean(self) -> Round:
        """Run the pass over the inbox as it is."""
        return rounds.run(self.job, Seen(self.job.parcels, tuple(self.sights)))

    def broken(self, cells: Mapping[Cell, Any]) -> Round:
        """Run the pass with other values in some cells."""
        paths = sorted({path for path, _, _ in cells})
        before = {cell: self._at(cell).value for cell in cells}
        try:
            for cell, value in cells.items():
                self._at(cell).value = value
            files = {path: saved(self.book(path)) for path in paths}
        finally:
            for cell, value in before.items():
                self._at(cell).value = value
        return self.judge(files)

    def _at(self, cell: Cell) -> Any:
        path, sheet, name = cell
        return self.book(path)[sheet][name]

    def judge(self, files: Mapping[str, bytes]) -> Round:
        """Run the pass with these bytes in place of some files."""
        changed = [
            (at, parcel) for at, parcel in enumerate(self.job.parcels) if parcel.path in files
        ]
        parcels = []
        for at, parcel in changed:
            place = self.folder / f"{at}.xlsx"
            place.write_bytes(files[parcel.path])
            parcels.append(replace(parcel, place=str(place)))
        seen = list(self.sights)
        sights = read_here(self.job.regime, self.job.settings, parcels)
        for (at, _), sight in zip(changed, sights, strict=True):
            seen[at] = sight
        return rounds.run(self.job, Seen(self.job.parcels, tuple(seen)))


def make_bench(space: Workspace, today: dt.date, folder: Path) -> Bench:
    """Read an inbox; `folder` is where broken workbooks are put for a moment."""
    regime, settings = space.regime(), space.settings
    roster, _ = read_roster(space.roster)
    inbox = space.root / "inbox"
    job = rounds.Job(
        regime, settings, roster, owed(regime, settings, roster), inbox,
        folder_parcels(inbox), (), today,
    )  # fmt: skip
    return Bench(job, read_here(regime, settings, job.parcels), folder)


def read_here(regime: Regime, settings: Settings, parcels: Sequence[Parcel]) -> list[Sight]:
    """Return what is seen of files, looked at in this process with the regime's forms in mind."""
    with reading_here(), Reading(regime, settings, tuple(parcels)) as reading:
        return list(reading.seen().sights)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as the bytes of a file."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
