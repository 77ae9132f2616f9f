"""Areas of cells: their corners, and the few that many cells make."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter, place

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["corners", "ranges", "sorted_cells"]


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
