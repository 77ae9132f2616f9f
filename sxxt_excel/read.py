"""Bytes of any file → ``Book``, every value at the Excel address it came from, or a ``Refusal``.

python-calamine reads; openpyxl has a second try where calamine fails on a sound xlsx. Call it
through ``engine.map_files``: some legal workbooks end the process that reads them.
"""

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sxxt_excel.formats.biff import as_western, from_western
from sxxt_excel.package import (
    Kind,
    Limits,
    Look,
    Refusal,
    column_letter,
    column_number,
    inspect,
    readable,
)
from sxxt_excel.text import Value

__all__ = ["Book", "Reader", "Sheet", "Value", "cell_name", "column_letter", "read_book"]

Reader = Literal["calamine", "openpyxl"]
_Place = tuple[int, int]
_Rows = list[list[Value]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. Positions are Excel's own, from 1; blanks are None.

    ``rows[0][0]`` stands at row ``top``, column ``left``; all rows are equally long. ``errors``
    are cells like #N/A with their text, ``uncalculated`` formulas that hold no result,
    ``pictures`` cells whose content is a picture: all three read as None. A range in ``merged``
    is (first row, first column, last row, last column), one of ``hidden_columns`` (first, last).
    ``struck_rows`` hold text that is struck out.
    """

    name: str
    visible: bool
    top: int
    left: int
    rows: tuple[tuple[Value, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    errors: tuple[tuple[_Place, str], ...] = ()
    uncalculated: tuple[_Place, ...] = ()
    pictures: tuple[_Place, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    struck_rows: tuple[int, ...] = ()

    def value(self, row: int, column: int) -> Value:
        """The value at an Excel position, None outside of the area that holds any."""
        down, right = row - self.top, column - self.left
        if 0 <= down < len(self.rows) and 0 <= right < len(self.rows[down]):
            return self.rows[down][right]
        return None


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it was filled in; ``pictures`` counts those stored in the file.

    ``margins`` are texts beside the cells that may carry a secrecy marking; ``scripts``: a
    formula or link of it would run something. ``product`` is what of our own outputs it is, or "".
    """

    kind: Kind
    sheets: tuple[Sheet, ...]
    macros: bool
    external_links: bool
    dde: bool
    pictures: int
    reader: Reader
    margins: tuple[str, ...] = ()
    scripts: bool = False
    product: str = ""


def cell_name(row: int, column: int) -> str:
    """The A1 name of a position counted from 1: (7, 3) is "C7"."""
    return f"{column_letter(column)}{row}"


def read_book(data: bytes, name: str, limits: Limits) -> Book | Refusal:
    """Read a file's bytes; ``name`` (with suffix) serves only to word a refusal.

    Raises nothing, whatever the content; it may still end the process or run for very long.
    """
    try:
        if len(data) <= limits.file_bytes:
            data = readable(data)
        look = inspect(data, limits, name)
        book = look if isinstance(look, Refusal) else _read(data, look, limits)
    except MemoryError:
        return Refusal("F106", "读取时内存不够")
    # A damaged directory reads as a workbook of nothing, which no program can save.
    return book if isinstance(book, Refusal) or book.sheets else Refusal("F102", "没有工作表")


def _read(data: bytes, look: Look, limits: Limits) -> Book | Refusal:
    try:
        return _by_calamine(data, look, limits)
    except PasswordError:
        return Refusal("F101")
    except MemoryError:
        raise
    except BaseException as error:
        # A panic of calamine is no Exception; anything else of that rank is not ours to catch.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
    if look.kind != "xlsx":
        return Refusal("F102", "文件不完整或已损坏")
    try:
        return _by_openpyxl(data, look)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever its parts raise on a broken file
        return Refusal("F102", "文件不完整或已损坏")


# ---------------------------------------------------------------- what the package look has shown


@dataclass(frozen=True, slots=True)
class _Marks:
    """The findings of a look, by sheet."""

    errors: dict[str, list[tuple[_Place, str]]]
    uncalculated: dict[str, list[_Place]]
    pictures: dict[str, list[_Place]]
    hidden: dict[str, tuple[int, ...]]
    hidden_columns: dict[str, tuple[tuple[int, int], ...]]
    struck: dict[str, tuple[int, ...]]
    merged: dict[str, tuple[tuple[int, int, int, int], ...]]


_CELL = re.compile(r"([A-Z]+)([0-9]+)")


def _marks(look: Look) -> _Marks:
    errors: dict[str, list[tuple[_Place, str]]] = defaultdict(list)
    for sheet, cell, text in look.errors:
        errors[sheet].append((_place(cell), text))
    return _Marks(
        errors,
        _by_sheet(look.uncalculated),
        _by_sheet(look.cell_pictures),
        dict(look.hidden_rows),
        dict(look.hidden_columns),
        dict(look.struck_rows),
        dict(look.merged),
    )


def _by_sheet(cells: Iterable[tuple[str, str]]) -> dict[str, list[_Place]]:
    found: dict[str, list[_Place]] = defaultdict(list)
    for sheet, cell in cells:
        found[sheet].append(_place(cell))
    return found


def _place(cell: str) -> _Place:
    match = _CELL.fullmatch(cell)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


def _sheet(  # noqa: PLR0913  # the facts of a sheet, gathered by two readers
    name: str,
    start: _Place,
    rows: _Rows,
    marks: _Marks,
    *,
    visible: bool,
    merged: Iterable[tuple[int, int, int, int]],
) -> Sheet:
    top, left = start
    errors = marks.errors.get(name, [])
    uncalculated = marks.uncalculated.get(name, [])
    pictures = marks.pictures.get(name, [])
    for row, column in (*(place for place, _ in errors), *uncalculated, *pictures):
        if 0 <= row - top < len(rows) and 0 <= column - left < len(rows[row - top]):
            rows[row - top][column - left] = None
    return Sheet(
        name=name,
        visible=visible,
        top=top,
        left=left,
        rows=tuple(map(tuple, rows)),
        merged=tuple(merged) or marks.merged.get(name, ()),
        errors=tuple(errors),
        uncalculated=tuple(uncalculated),
        pictures=tuple(pictures),
        hidden_rows=marks.hidden.get(name, ()),
        hidden_columns=marks.hidden_columns.get(name, ()),
        struck_rows=marks.struck.get(name, ()),
    )


def _book(look: Look, sheets: Iterable[Sheet], reader: Reader) -> Book:
    return Book(
        kind=look.kind,
        sheets=tuple(sheets),
        macros=look.macros,
        external_links=look.external_links,
        dde=look.dde,
        pictures=look.pictures,
        reader=reader,
        margins=look.margins,
        scripts=look.scripts,
        product=look.product,
    )


# ---------------------------------------------------------------- python-calamine


def _by_calamine(data: bytes, look: Look, limits: Limits) -> Book | Refusal:
    marks = _marks(look)
    sheets = []
    if look.gbk:
        data = as_western(data)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for meta in workbook.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            source = workbook.get_sheet_by_name(meta.name)
            if refusal := _too_large(source, limits):
                return refusal
            row, column = source.start or (0, 0)
            rows = _calamine_rows(source, look.kind)
            sheets.append(
                _sheet(
                    from_western(meta.name) if look.gbk else meta.name,
                    (row + 1, column + 1),
                    _texts_of_gbk(rows) if look.gbk else rows,
                    marks,
                    visible=meta.visible == SheetVisibleEnum.Visible,
                    merged=(
                        (first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1)
                        for first, last in source.merged_cell_ranges or ()
                    ),
                )
            )
    return _book(look, sheets, "calamine")


def _texts_of_gbk(rows: _Rows) -> _Rows:
    return [[from_western(v) if isinstance(v, str) else v for v in row] for row in rows]


def _too_large(source: CalamineSheet, limits: Limits) -> Refusal | None:
    """The limits again, for the kinds whose extent is known only now."""
    height, width = source.height, source.width
    if height > limits.rows or width > limits.columns or height * width > limits.cells:
        return Refusal("F106", f"表“{source.name}”的内容占 {height} 行 {width} 列")
    return None


# Among these, values of different types are equal: no one of them may stand for another.
_MIXED = frozenset((bool, int))


def _calamine_rows(source: CalamineSheet, kind: Kind) -> _Rows:
    rows = source.to_python(skip_empty_area=True)
    cells: list[Value] = list(chain.from_iterable(rows))
    if kind == "ods":
        cells = list(map(_ods_value, cells))
    # Equal texts become one: most are said many times, and each is sent on between processes.
    once: dict[Value, Value] = {"": None}
    if _MIXED.isdisjoint(map(type, cells)):
        cells = list(map(once.setdefault, cells, cells))
    else:
        cells = [once.setdefault(v, v) if v.__class__ is str else v for v in cells]
    width = len(rows[0]) if rows else 1
    return [cells[at : at + width] for at in range(0, len(cells), width)]


_ODS_DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+(?:\.\d+)?)S")


def _ods_value(value: Value) -> Value:
    """ODS durations come as their ISO text; whatever else looks like text is text."""
    match = _ODS_DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    sign, hours, minutes, seconds = match.groups()
    span = dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    return -span if sign else span


# ---------------------------------------------------------------- openpyxl, the second reader

# Built-in formats of Chinese Excel that show dates; openpyxl does not know them.
_CHINESE_DATE_FORMATS = frozenset((*range(27, 37), *range(50, 59)))


def _by_openpyxl(data: bytes, look: Look) -> Book:
    import openpyxl  # noqa: PLC0415  # half a second that few files need
    from openpyxl.worksheet.worksheet import Worksheet  # noqa: PLC0415

    marks = _marks(look)
    workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    sheets = []
    for source in workbook.worksheets:
        if not isinstance(source, Worksheet):
            continue
        cells = source._cells  # noqa: SLF001  # the public view would create every empty cell
        start, rows = _grid({place: _value(cell) for place, cell in cells.items()})
        sheets.append(
            _sheet(
                source.title,
                start,
                rows,
                marks,
                visible=source.sheet_state == "visible",
                merged=(
                    (m.min_row, m.min_col, m.max_row, m.max_col) for m in source.merged_cells.ranges
                ),
            )
        )
    return _book(look, sheets, "openpyxl")


def _grid(cells: dict[_Place, Value]) -> tuple[_Place, _Rows]:
    """Cells by place → the top left corner and equally long rows, as calamine gives them."""
    filled = {place: value for place, value in cells.items() if value is not None}
    if not filled:
        return (1, 1), []
    tall = [row for row, _ in filled]
    wide = [column for _, column in filled]
    top, left = min(tall), min(wide)
    width = max(wide) - left + 1
    rows: _Rows = [[None] * width for _ in range(max(tall) - top + 1)]
    for (row, column), value in filled.items():
        rows[row - top][column - left] = value
    return (top, left), rows


def _value(cell: Any) -> Value:  # noqa: ANN401  # openpyxl ships no types
    value: Value = cell.value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and cell._style.numFmtId in _CHINESE_DATE_FORMATS:  # noqa: SLF001
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415

        value = from_excel(value, cell.parent.parent.epoch)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return None if value == "" else value
