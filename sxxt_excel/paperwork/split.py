"""split: each unit's, or each leader's, own rows of the master as a workbook of their own.

Whose a row is follows from the file that it came from. Values are copied, never formulas or links;
of its path a file keeps its own name only: folders and archives may be named for somebody else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from sxxt_excel.headings import (
    ABOUT_UNITS,
    ARRIVALS_SHEET,
    FILE_HEADING,
    STATE_HEADING,
    UNIT_HEADING,
    UNIT_NAME,
)
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.outcome import FILE_WORDS
from sxxt_excel.outputs.folders import remove_stale, reply_folders, safe_name
from sxxt_excel.outputs.looks import NONE, excel_day, row_looks
from sxxt_excel.outputs.page import new_book
from sxxt_excel.outputs.shares import unit_names
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.paperwork.last import last_result
from sxxt_excel.paperwork.master import read_master, row_text
from sxxt_excel.relations import in_charge
from sxxt_excel.workspace import PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.master import MasterSheet
    from sxxt_excel.people import Person
    from sxxt_excel.read import Value
    from sxxt_excel.workspace import Workspace

__all__ = ["By", "Owners", "Part", "Whose", "leaders", "own_sheets", "split_master"]

By = Literal["unit", "leader"]

SPLIT = "分送"
_FOLDERS: Mapping[By, str] = {"unit": "按单位", "leader": "按领导"}
_SUFFIX = "_台账分册.xlsx"
_FILERS = ("责任主体", "姓名")
_SERIAL = "序号"
_NARROW = 16
"""Columns up to this width hold short words, which stand in the middle."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Who gets rows: all of the units of `codes`; of `home` those that are his, by `name`."""

    label: str
    codes: frozenset[str]
    name: str = ""
    homes: frozenset[str] = frozenset()

    def has(self, code: str, filer: str) -> bool:
        """Tell whether a row of that unit and 责任主体 is theirs."""
        if code in self.codes:
            return True
        # Namesakes within a unit are told apart by their post, in brackets.
        return code in self.homes and bool(self.name) and filer.partition("（")[0] == self.name


@dataclass(frozen=True, slots=True)
class Part:
    """One workbook of `split`: whose, where, and how many rows."""

    label: str
    path: Path
    rows: int


def split_master(space: Workspace, by: By, *, only: str = "") -> tuple[Part, ...]:
    """Write each one's own rows of the last master below 公文/分送/; stale ones are removed.

    Args:
        space: the workspace.
        by: units, or leaders with the units in their charge and the rows that are their own.
        only: a unit or leader, by label; all where it is not named.

    Raises:
        WorkspaceError: nothing has been collected.
    """
    last = last_result(space)
    sheets = read_master(space)
    folder = space.root / PAPERS / SPLIT / _FOLDERS[by]
    everyone = _units(last) if by == "unit" else leaders(last)
    owners = Owners(last)
    written = []
    for name, whose in everyone:
        if only not in {"", whose.label}:
            continue
        tables = own_sheets(owners, sheets, whose)
        if tables:
            path = folder / f"{name}{_SUFFIX}"
            _write(path, tables, last)
            written.append(Part(whose.label, path, sum(table.height for table in tables)))
    if not only:
        stands = (part.path for part in written)
        remove_stale(folder.parent, (f"*{_SUFFIX}",), stands, {folder.name})
    return tuple(written)


def _write(path: Path, tables: Sequence[Table], last: Last) -> None:
    book = new_book(last.round_, product="台账分册")
    for table in tables:
        book.table(table)
    book.save(path)


# ---- whose ------------------------------------------------------------------------------


def _units(last: Last) -> Iterator[tuple[str, Whose]]:
    names = unit_names(last.round_)
    folders = reply_folders(last.round_.roster, names)
    for code, name in names.items():
        yield folders[code], Whose(name, frozenset({code}))


def leaders(last: Last) -> Iterator[tuple[str, Whose]]:
    """Yield who is in charge of units, by file name: with these, and with the own unit's rows."""
    round_ = last.round_
    charge: dict[str, dict[str, None]] = {}
    posts: dict[str, list[Person]] = {}
    for unit in round_.roster.units:
        for person in in_charge(round_.roster, unit, round_.today):
            charge.setdefault(person.key, {})[unit.code] = None
            posts.setdefault(person.key, []).append(person)
    counted = Counter(people[0].name for people in posts.values())
    for key, people in posts.items():
        first = people[0]
        label = first.name if counted[first.name] == 1 else f"{first.name}（{first.post}）"
        homes = frozenset(p.unit for p in round_.roster.people if p.key == key)
        name = safe_name(label) or safe_name(key) or "_"
        yield name, Whose(label, frozenset(charge[key]), first.name, homes)


# ---- rows -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a sheet: where it stands there, and its 责任主体."""

    place: int
    filer: str
    values: tuple[Value, ...]


class Owners:
    """Whose rows of the master are: by the file they came from, else by a name only one has."""

    def __init__(self, last: Last) -> None:
        round_ = last.round_
        self._files = {file.path: file.unit_code for file in round_.files if file.unit_code}
        names = unit_names(round_)
        counted = Counter(names.values())
        self._names = {name: code for code, name in names.items() if counted[name] == 1}

        self._sorted: dict[str, dict[str, list[_Row]]] = {}

    def rows(self, sheet: MasterSheet, whose: Whose) -> list[tuple[Value, ...]]:
        """Return the rows of a sheet that are theirs; none where it does not say whose they are."""
        if sheet.name not in self._sorted:
            self._sorted[sheet.name] = self._by_unit(sheet)
        groups = self._sorted[sheet.name]
        found = [
            row
            for code in whose.codes | whose.homes
            for row in groups.get(code, ())
            if whose.has(code, row.filer)
        ]
        return [row.values for row in sorted(found, key=lambda row: row.place)]

    def _by_unit(self, sheet: MasterSheet) -> dict[str, list[_Row]]:
        file, unit = sheet.place(FILE_HEADING), sheet.place(UNIT_HEADING)
        if unit is None and sheet.name.startswith(ABOUT_UNITS):
            unit = sheet.place(UNIT_NAME)
        found: dict[str, list[_Row]] = {}
        if unit is None:
            return found
        filer = next((at for at in map(sheet.place, _FILERS) if at is not None), None)
        for place, row in enumerate(sheet.rows):
            by_file = self._files.get(row_text(row[file])) if file is not None else None
            code = by_file or self._names.get(row_text(row[unit]))
            if code:
                said = row_text(row[filer]) if filer is not None else ""
                found.setdefault(code, []).append(_Row(place, said, row))
        return found


def own_sheets(owners: Owners, sheets: Sequence[MasterSheet], whose: Whose) -> tuple[Table, ...]:
    """Return the master's tables with the rows of some, those that have any, in its order."""
    pairs = ((sheet, owners.rows(sheet, whose)) for sheet in sheets)
    return tuple(_own(sheet, rows, whose.label) for sheet, rows in pairs if rows)


def _own(sheet: MasterSheet, rows: Sequence[Sequence[Value]], label: str) -> Table:
    back = _returned(sheet, rows)
    matrix = sheet.name.startswith(ARRIVALS_SHEET)  # what others owe is no column of theirs
    if not sheet.is_form and sheet.headings[0] == _SERIAL:
        rows = [(number, *row[1:]) for number, row in enumerate(rows, 1)]
    columns = tuple(
        _column(heading, width, [row[at] for row in rows], back)
        for at, (heading, width) in enumerate(zip(sheet.headings, sheet.widths, strict=True))
        if not matrix or any(row_text(row[at]) not in {"", NONE} for row in rows)
    )
    return Table(sheet.name, f"{sheet.name}（{label}）", columns, 1 if sheet.is_form else 2)


def _returned(sheet: MasterSheet, rows: Sequence[Sequence[Value]]) -> list[bool]:
    at = sheet.place(STATE_HEADING)
    word = FILE_WORDS["returned"]
    return [at is not None and sheet.is_form and row_text(row[at]) == word for row in rows]


def _column(heading: str, width: float, values: list[Value], back: list[bool]) -> Column:
    days = any(isinstance(value, date) for value in values)
    look = "date" if days else "centre" if width <= _NARROW else "text"
    if heading == FILE_HEADING:
        return Column(
            heading, width, [last_name(row_text(v)) for v in values], row_looks(look, back)
        )
    return Column(heading, width, [_cell(value) for value in values], row_looks(look, back))


def _cell(value: Value) -> Cell:
    """Return a value as it is written: numbers stay numbers, days are days, all else is text."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return excel_day(value)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return row_text(value)
