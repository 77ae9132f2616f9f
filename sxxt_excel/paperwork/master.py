"""总台账.xlsx read back: its sheets as rows under headings, with the widths they stand in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sxxt_excel.headings import FILE_HEADING
from sxxt_excel.outputs.tables import LAST_ROW
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.paperwork.last import NOT_YET
from sxxt_excel.read import read_book
from sxxt_excel.text import to_text
from sxxt_excel.workspace import COLLECTED, MASTER, Workspace, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.read import Sheet, Value

__all__ = ["MasterSheet", "read_master", "row_text"]

_PLENTY = 10**12
# It is our own: how large it gets is no reason for distrust.
_LIMITS = replace(
    Limits(),
    file_bytes=_PLENTY,
    unpacked_bytes=_PLENTY,
    ratio=_PLENTY,
    rows=LAST_ROW,
    cells=_PLENTY,
)
_WIDTH = re.compile(rb'<col min="(\d+)" max="(\d+)" width="([0-9.]+)"')
_USUAL_WIDTH = 12.0
_PADDING = 5 / 7
"""What a column is wider in the file than it was asked to be, in half-width characters."""


@dataclass(frozen=True, slots=True)
class MasterSheet:
    """A sheet of the master that is a table: `widths` are those of its columns."""

    name: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def is_form(self) -> bool:
        """Tell whether it holds rows of submissions."""
        return FILE_HEADING in self.headings

    def place(self, heading: str) -> int | None:
        """Return where a heading stands, from 0."""
        return self.headings.index(heading) if heading in self.headings else None

    def records(self) -> Iterator[dict[str, Value]]:
        """Yield its rows as heading → value."""
        for row in self.rows:
            yield dict(zip(self.headings, row, strict=True))


def read_master(space: Workspace) -> tuple[MasterSheet, ...]:
    """Return the tables of the last master, in the order of its sheets.

    Raises:
        WorkspaceError: there is none, or it can't be read.
    """
    path = space.root / COLLECTED / MASTER
    if not path.is_file():
        raise WorkspaceError(NOT_YET)
    book = read_book(path.read_bytes(), path.name, _LIMITS)
    if isinstance(book, Refusal):
        raise WorkspaceError(f"《{MASTER}》打不开，请重新运行 sxxt-excel collect")
    widths = _widths(path)
    pairs = enumerate(book.sheets, 1)
    sheets = (_table(sheet, widths.get(number, {})) for number, sheet in pairs)
    return tuple(sheet for sheet in sheets if sheet is not None)


def row_text(value: Value) -> str:
    """Return a cell as people read it; a day without a time of day."""
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else to_text(value)


def _table(sheet: Sheet, widths: dict[int, float]) -> MasterSheet | None:
    """Return a sheet whose first row is headings; None of one that is laid out by hand."""
    if not sheet.rows or (sheet.top, sheet.left) != (1, 1):
        return None
    headings = tuple(row_text(value) for value in sheet.rows[0])
    if not all(headings) or len(set(headings)) < len(headings):
        return None
    rows = tuple(row for row in sheet.rows[1:] if row[1] is not None or row[-1] is not None)
    places = range(1, len(headings) + 1)
    return MasterSheet(
        sheet.name, headings, tuple(widths.get(n, _USUAL_WIDTH) for n in places), rows
    )


def _widths(path: Path) -> dict[int, dict[int, float]]:
    """Return number of the sheet → number of the column → width, as the master was written."""
    found: dict[int, dict[int, float]] = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            at = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if at is None:
                continue
            with package.open(name) as part:
                head = part.read(1 << 16).partition(b"<sheetData")[0]
            found[int(at[1])] = {
                number: round(float(width) - _PADDING, 1)
                for first, last, width in _WIDTH.findall(head)
                for number in range(int(first), int(last) + 1)
            }
    return found
