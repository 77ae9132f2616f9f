"""Book → extract without anything that must not be spread, or a refusal of the whole file.

Works in the reading worker, before a value is typed: what is masked here is nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from sxxt_excel.extract import extract
from sxxt_excel.formats.common import CLASSIFIED
from sxxt_excel.intake.parcel import INSIDE, last_name
from sxxt_excel.package import Refusal
from sxxt_excel.privacy import (
    Kind,
    is_large,
    marking,
    masked,
    masked_value,
    may_be_marked,
    may_hold_number,
    name_marking,
    numbers_in,
    private_number,
    title_marking,
)
from sxxt_excel.raw import Remark
from sxxt_excel.read import cell_name, column_letter
from sxxt_excel.stamp import LISTS_SHEET, STAMP_SHEET
from sxxt_excel.text import clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import Extract, RawTable
    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.text import Value

_CODES: dict[Kind, str] = {"id": "V117", "mobile": "V119"}
# A title stands in the first rows, and not among others: a row of headings or data is none.
_TITLE_ROWS, _TITLE_CELLS = 2, 3
# Below a table or beside it somebody says how to reach him: that is what such a cell is for.
_CONTACT = re.compile(r"电\s*话|手\s*机|联系|tel", re.IGNORECASE)
_OURS = frozenset({STAMP_SHEET, LISTS_SHEET})


@dataclass(frozen=True, slots=True)
class _Spot:
    """Numbers of one kind in one cell of a sheet; `shown` is how they may be told."""

    sheet: Sheet
    row: int
    column: int
    kind: Kind
    shown: str


def marked_name(stem: str) -> Refusal | None:
    """Return the refusal of a file whose name (without suffix) carries a secrecy marking."""
    level = name_marking(stem)
    return Refusal(CLASSIFIED, f"文件名：{level}") if level else None


def marked_folder(path: str) -> Refusal | None:
    """Return the refusal of a file that lies in a folder whose name carries a secrecy marking."""
    folders = path[: -len(last_name(path))].replace(INSIDE, "/").split("/")
    level = next((level for name in folders if (level := name_marking(name))), None)
    return Refusal(CLASSIFIED, f"文件夹名：{level}") if level else None


def private_name(stem: str) -> tuple[Remark, ...]:
    """Return what is to be told of numbers of persons in the name of a file."""
    return tuple(Remark(_CODES[kind], got=shown) for kind, shown in _kinds(stem).items())


def screened(book: Book, forms: Sequence[Form]) -> Extract | Refusal:
    """Return the extract of a book, numbers of persons masked and told; or that it is marked."""
    level = next((level for text in book.margins if (level := title_marking(text))), None)
    if level:
        return Refusal(CLASSIFIED, f"页眉页脚或文本框：{level}")
    suspects = []
    covers = {fold(form.id) for form in forms if form.layout == "cover"}
    for sheet in book.sheets:
        if sheet.name in _OURS:
            continue
        cells, said = _content(sheet)
        place = _marked(sheet, said, is_cover=fold(sheet.name) in covers)
        if place:
            return Refusal(CLASSIFIED, place)
        if _may_hold_numbers(cells, said):
            suspects.append(sheet)
    found = extract(book, forms)
    spots = _private(suspects, found, forms)
    told = [_remark(spot, _table_of(found, spot.sheet)) for spot in spots]
    told += [
        Remark(_CODES[kind], sheet=masked(sheet.name), got=shown)
        for sheet in book.sheets
        for kind, shown in _kinds(sheet.name).items()
    ]
    if not told:
        return found
    return replace(extract(_masked(book, spots), forms), private=tuple(told))


def without_numbers(book: Book, forms: Sequence[Form]) -> Book:
    """Return the book with the numbers of persons masked; itself, where there are none."""
    filled_in = (sheet for sheet in book.sheets if sheet.name not in _OURS)
    suspects = [sheet for sheet in filled_in if _may_hold_numbers(*_content(sheet))]
    named = any(_kinds(sheet.name) for sheet in book.sheets)
    spots = _private(suspects, extract(book, forms), forms) if suspects else []
    return _masked(book, spots) if spots or named else book


def _content(sheet: Sheet) -> tuple[list[Any], str]:
    """Return the cells of a sheet that hold something, and all its texts in one."""
    cells = list(filter(None, chain.from_iterable(sheet.rows)))
    return cells, "|".join([v for v in cells if v.__class__ is str])


# ---- secrecy markings --------------------------------------------------------------


def _marked(sheet: Sheet, said: str, *, is_cover: bool) -> str:
    """Say where a sheet carries a marking, "" where it carries none."""
    level = name_marking(sheet.name)
    if level:
        return f"工作表名：{level}"
    if not may_be_marked(said):
        return ""
    for number, row in enumerate(sheet.rows):
        suspects = [v for v in row if isinstance(v, str) and may_be_marked(v)]
        if not suspects:
            continue
        few = len(row) - row.count(None) <= _TITLE_CELLS
        is_title = is_cover or (number < _TITLE_ROWS and few)
        level = next(filter(None, map(title_marking if is_title else marking, suspects)), None)
        if level:
            return f"{'封面' if is_cover else '表首' if is_title else '表内'}：{level}"
    return ""


# ---- numbers of persons ------------------------------------------------------------


def _may_hold_numbers(cells: Sequence[Any], said: str) -> bool:
    """Tell whether a sheet may hold numbers of persons: by its cells, and all its texts in one."""
    figures = [v for v in cells if v.__class__ is float or v.__class__ is int]
    return _said_number(said) or is_large(max(figures, default=0))


@lru_cache(maxsize=16)
def _said_number(said: str) -> bool:
    """Tell as `may_hold_number` does: what is issued with every workbook is looked at once."""
    return may_hold_number(said)


def _private(suspects: Sequence[Sheet], found: Extract, forms: Sequence[Form]) -> list[_Spot]:
    """Return where numbers of persons stand that are not asked for there."""
    return [
        spot
        for sheet in suspects
        for spot in _spots(sheet)
        if not _is_contact(spot, _table_of(found, sheet), forms)
    ]


def _spots(sheet: Sheet) -> Iterator[_Spot]:
    for down, row in enumerate(sheet.rows):
        for right, value in enumerate(row):
            for kind, shown in _kinds(value).items():
                yield _Spot(sheet, sheet.top + down, sheet.left + right, kind, shown)


def _kinds(value: Value) -> dict[Kind, str]:
    """Return which kinds of number a cell holds, and all of each kind as they may be shown."""
    if isinstance(value, bool) or value is None:
        return {}
    if isinstance(value, int | float):
        number = private_number(value)
        return {number.kind: number.shown} if number else {}
    found: dict[Kind, str] = {}
    for each in numbers_in(clean(value)) if isinstance(value, str) else ():
        found[each.kind] = "、".join(filter(None, (found.get(each.kind), each.shown)))
    return found


def _table_of(found: Extract, sheet: Sheet) -> RawTable | None:
    return next((t for t in found.tables if t.sheet == sheet.name), None)


def _is_contact(spot: _Spot, table: RawTable | None, forms: Sequence[Form]) -> bool:
    """Tell a cell that is there for a telephone number; nothing is for an identity number."""
    if spot.kind == "id":
        return False
    name = _field(spot, table)
    if name and table is not None:
        fields = (form.field(name) for form in forms if form.id == table.form)
        return any(field is not None and field.kind == "phone" for field in fields)
    if table is not None and table.cells is None and spot.row in table.rows:
        return False
    beside = (spot.sheet.value(spot.row, spot.column - n) for n in (1, 0))
    return any(_CONTACT.search(to_text(value)) for value in beside)


def _field(spot: _Spot, table: RawTable | None) -> str:
    """Return the form's heading over (on a cover: beside) a cell, "" where it is none."""
    if table is None:
        return ""
    if table.cells is not None:
        at = cell_name(spot.row, spot.column)
        return next((name for name, cell in table.cells.items() if cell == at), "")
    if spot.row not in table.rows:
        return ""
    letter = column_letter(spot.column)
    return next((name for name, at in table.letters.items() if at == letter), "")


def _remark(spot: _Spot, table: RawTable | None) -> Remark:
    sheet, heading = spot.sheet, _field(spot, table)
    if table is not None and table.cells is None and not heading and spot.row in table.rows:
        heading = masked(clean(to_text(sheet.value(table.header_row, spot.column))))
    return Remark(
        _CODES[spot.kind],
        form=table.form if table is not None else "",
        sheet=masked(sheet.name),
        cell=cell_name(spot.row, spot.column),
        field=heading,
        got=spot.shown,
    )


def _masked(book: Book, spots: Sequence[_Spot]) -> Book:
    """Return the book as if the numbers of persons had never been in it."""
    sheets = []
    for sheet in book.sheets:
        rows = [list(row) for row in sheet.rows]
        for spot in spots:
            if spot.sheet is sheet:
                down, right = spot.row - sheet.top, spot.column - sheet.left
                rows[down][right] = masked_value(rows[down][right])
        sheets.append(replace(sheet, name=masked(sheet.name), rows=tuple(map(tuple, rows))))
    return replace(book, sheets=tuple(sheets))
