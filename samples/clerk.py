"""Filling in an issued workbook by hand, as a clerk does in Excel, and the slips that happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    Slip = Callable[[Workbook], None]
    Value = str | int | date | None

_HEADINGS: Final = 2
_FIRST: Final = 3
_LINE: Final = 15


def columns(sheet: Worksheet) -> dict[str, int]:
    """Return heading → column number."""
    return {str(c.value): c.column for c in sheet[_HEADINGS] if c.value}


def write(sheet: Worksheet, rows: Sequence[Mapping[str, Value]], match: tuple[str, ...]) -> None:
    """Write rows beside the pre-filled cells they belong to, else into the next free row."""
    places = columns(sheet)
    keys = [places[name] for name in match]
    for row in rows:
        at = _row_for(sheet, keys, [row.get(name) for name in match])
        for name, value in row.items():
            sheet.cell(at, places[name]).value = value or None if value != 0 else 0


def _row_for(sheet: Worksheet, keys: list[int], wanted: list[Value]) -> int:
    free = 0
    for at in range(_FIRST, sheet.max_row + 2):
        there = [sheet.cell(at, key).value for key in keys]
        if there == wanted and any(wanted):
            return at
        if not free and not any(there):
            free = at
    return free


def grow(sheet: Worksheet) -> None:
    """Make rows as high as their text needs, as Excel does while one types."""
    widths = {
        c: sheet.column_dimensions[get_column_letter(c)].width for c in columns(sheet).values()
    }
    for cells in sheet.iter_rows(min_row=_FIRST):
        lines = max(
            (-(-2 * len(str(c.value or "")) // int(widths.get(c.column, 10))) for c in cells),
            default=1,
        )
        if lines > 1:
            sheet.row_dimensions[cells[0].row].height = _LINE * lines


def cover(book: Workbook, **values: Value) -> None:
    """Write onto the cover, by its labels."""
    sheet = book["封面"]
    labels = {str(r[0].value): r[0].row for r in sheet.iter_rows(max_col=1) if r[0].value}
    for name, value in values.items():
        sheet.cell(labels[name], 2).value = value


# ---- slips ------------------------------------------------------------------------


def on_cover(**values: Value) -> Slip:
    """Return a slip that writes onto the cover."""
    return lambda book: cover(book, **values)


def put(sheet: str, place: int, **values: Value) -> Slip:
    """Return a slip that overwrites cells of the nth data row (from 1); None empties one."""

    def slip(book: Workbook) -> None:
        places = columns(book[sheet])
        for name, value in values.items():
            book[sheet].cell(_FIRST + place - 1, places[name]).value = value

    return slip


def change(sheet: str, where: Mapping[str, Value], /, **values: Value) -> Slip:
    """Return a slip that overwrites cells of the first row that says this; None empties one."""

    def slip(book: Workbook) -> None:
        places = columns(book[sheet])
        at = _first(book[sheet], where)
        for name, value in values.items():
            book[sheet].cell(at, places[name]).value = value

    return slip


def overwrite(sheet: str, cell: str, value: Value) -> Slip:
    """Return a slip that overwrites one cell by its address."""

    def slip(book: Workbook) -> None:
        book[sheet][cell].value = value

    return slip


def strike(sheet: str, where: Mapping[str, Value], *kept: str) -> Slip:
    """Return a slip that empties the first row that says this, but for these columns."""

    def slip(book: Workbook) -> None:
        at = _first(book[sheet], where)
        for name, place in columns(book[sheet]).items():
            if name not in {"序号", *kept}:
                book[sheet].cell(at, place).value = None

    return slip


def _first(sheet: Worksheet, where: Mapping[str, Value]) -> int:
    places = columns(sheet)
    for row in range(_FIRST, sheet.max_row + 1):
        if all(sheet.cell(row, places[name]).value == value for name, value in where.items()):
            return row
    raise LookupError(f"{sheet.title}: no row with {dict(where)}")


def wipe(sheet: str, *names: str, rows: range | None = None) -> Slip:
    """Return a slip that leaves these columns empty, in all data rows or some (from 1)."""

    def slip(book: Workbook) -> None:
        places = columns(book[sheet])
        for place in rows or range(1, book[sheet].max_row - 1):
            for name in names:
                book[sheet].cell(_FIRST + place - 1, places[name]).value = None

    return slip


def reorder(sheet: str, *first: str) -> Slip:
    """Return a slip that moves these columns to the front, cell formats with them."""

    def slip(book: Workbook) -> None:
        table = book[sheet]
        names = list(columns(table))
        order = [*first, *(n for n in names if n not in first)]
        places = columns(table)
        for cells in table.iter_rows(min_row=_HEADINGS):
            row = cells[0].row
            old = {n: table.cell(row, places[n]) for n in names}
            kept = {n: (c.value, c.number_format) for n, c in old.items()}
            for place, name in enumerate(order, 1):
                cell = table.cell(row, place)
                cell.value, cell.number_format = kept[name]

    return slip


def rename(sheet: str, old: str, new: str) -> Slip:
    """Return a slip that rewrites a heading."""

    def slip(book: Workbook) -> None:
        book[sheet].cell(_HEADINGS, columns(book[sheet])[old]).value = new

    return slip


def rename_sheet(old: str, new: str) -> Slip:
    """Return a slip that gives a sheet another name."""

    def slip(book: Workbook) -> None:
        book[old].title = new

    return slip


def drop_sheet(name: str) -> Slip:
    """Return a slip that deletes a sheet."""

    def slip(book: Workbook) -> None:
        del book[name]

    return slip


def add_sheet(name: str, *rows: tuple[Value, ...]) -> Slip:
    """Return a slip that adds a sheet of the unit's own."""

    def slip(book: Workbook) -> None:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)

    return slip


def add_column(sheet: str, name: str, *values: Value) -> Slip:
    """Return a slip that adds a column of the unit's own on the right."""

    def slip(book: Workbook) -> None:
        table = book[sheet]
        at = max(columns(table).values()) + 1
        for row, value in enumerate((name, *values), _HEADINGS):
            table.cell(row, at).value = value

    return slip


def merge(sheet: str, name: str, rows: range) -> Slip:
    """Return a slip that merges equal cells of a column downwards (rows from 1)."""

    def slip(book: Workbook) -> None:
        letter = get_column_letter(columns(book[sheet])[name])
        top, bottom = _FIRST + rows[0] - 1, _FIRST + rows[-1] - 1
        book[sheet].merge_cells(f"{letter}{top}:{letter}{bottom}")

    return slip


def hide(sheet: str, rows: range) -> Slip:
    """Return a slip that hides data rows (from 1)."""

    def slip(book: Workbook) -> None:
        for place in rows:
            book[sheet].row_dimensions[_FIRST + place - 1].hidden = True

    return slip


def without_stamp(book: Workbook) -> None:
    """Copy the visible sheets only, as one does into a workbook of one's own."""
    for name in ("_sxxt", "填报说明"):
        del book[name]
