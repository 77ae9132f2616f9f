"""Addresses of cells: C7 is row 7, column 3; and the ranges that many of them make."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter, column_number

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["corners", "place", "ranges", "sorted_cells"]

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)


def place(cell: str) -> tuple[int, int]:
    """Return row and column of a cell, (0, 0) of what is none."""
    found = _CELL.fullmatch(cell)
    return (int(found[2]), column_number(found[1])) if found else (0, 0)


def corners(area: str) -> tuple[int, int, int, int]:
    """Return first row, first column, last row and last column of A1:B2; zeros of what is none."""
    first, _, last = area.partition(":")
    return (*place(first), *place(last or first))


def sorted_cells(cells: Iterable[str]) -> list[str]:
    """Return cells by row and column."""
    return sorted(cells, key=place)


def ranges(cells: Iterable[str]) -> list[str]:
    """Return cells as few areas, of one column each."""
    places = sorted({(column, row) for row, column in map(place, cells) if row})
    runs = groupby(enumerate(places), key=lambda item: (item[1][0], item[1][1] - item[0]))
    found = []
    for _, run in runs:
        spots = [spot for _, spot in run]
        letter = column_letter(spots[0][0])
        first, last = spots[0][1], spots[-1][1]
        found.append(f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}")
    return found
