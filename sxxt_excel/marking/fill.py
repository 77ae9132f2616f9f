"""Words put into cells of one sheet of an .xlsx; every other byte of its parts stays as it was.

Loading and saving a workbook with a library loses what that library does not know: rich text,
pictures, newer drop-downs, and the values that formulas have come to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sxxt_excel.marking.book import listed
from sxxt_excel.marking.grid import grid_of
from sxxt_excel.marking.package import Package
from sxxt_excel.marking.xml import MarkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.marking.grid import Grid, Said

__all__ = ["MarkError", "with_cells"]

_MOST_COLUMNS = 256
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def with_cells(data: bytes, sheet: str, rows: Mapping[int, Mapping[int, Said]]) -> bytes:
    """Return the workbook with these words in these cells, in the look of the place.

    Args:
        data: an .xlsx.
        sheet: the sheet's name, to the letter.
        rows: row number → column number → words, or a figure.

    Raises:
        MarkError: this can't be done without touching anything else.
    """
    package = Package(data)
    part = next((each.part for each in listed(package) if each.name == sheet), "")
    grid = grid_of(package.read(part))
    _refuse_formulas(grid, rows)
    size = grid.root.first("dimension")
    if size is not None:
        grid.edits.drop(size)  # may be left out, and would now be wrong
    of_column = _looks(grid)
    for number, words in sorted(rows.items()):
        looks = _looks_of_row(grid, number, words, of_column)
        grid.put(number, {column: (text, looks[column]) for column, text in words.items()})
    package.write(part, grid.edits.applied())
    return package.bytes()


def _refuse_formulas(grid: Grid, rows: Mapping[int, Mapping[int, Said]]) -> None:
    """Refuse a cell with a formula: others may share it, and the order of reckoning names it."""
    for number, words in rows.items():
        row = grid.rows.get(number)
        for column, node in grid.cells(row) if row is not None else ():
            if column in words and _FORMULA.search(grid.text, node.inner, node.close):
                raise MarkError("formula")


def _looks_of_row(
    grid: Grid, number: int, words: Mapping[int, Said], of_column: Mapping[int, str]
) -> dict[int, str]:
    """Return column → the look its cell has, else that of the cell left of it, or of the column."""
    row = grid.rows.get(number)
    given = {c: node.get("s") for c, node in grid.cells(row)} if row is not None else {}
    looks = {}
    for column in words:
        beside = [look for at, look in given.items() if at < column]
        looks[column] = given.get(column, (beside or [of_column.get(column, "")])[-1])
    return looks


def _looks(grid: Grid) -> dict[int, str]:
    """Return column number → the look that cells of that column have."""
    found: dict[int, str] = {}
    cols = grid.root.first("cols")
    for node in cols.all("col") if cols is not None else ():
        low, high = int(node.get("min") or 0), int(node.get("max") or 0)
        if node.get("style"):
            few = range(low, min(high, low + _MOST_COLUMNS - 1) + 1)
            found |= dict.fromkeys(few, node.get("style"))
    return found
