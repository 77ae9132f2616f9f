"""How tall a row must be for its longest cell to be seen whole; Excel does not see to it."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.outputs.tables import Column, Table


def heights_of(table: Table, first: int, stop: int) -> list[int]:
    """Return how tall each row must be, in points, for its longest cell to be seen."""
    lines = [each for each in (_lines(c, first, stop) for c in table.columns) if each]
    most = map(max, *lines, repeat(1)) if lines else repeat(1, stop - first)
    return [max(height_of(number), table.least) for number in most]


def _lines(column: Column, first: int, stop: int) -> list[int] | None:
    """Return on how many lines each cell of a stretch stands; None where all stand on one."""
    values, width = column.values[first:stop], column.width
    lines = {
        value: lines_of(value, width)
        if isinstance(value, str) and (2 * len(value) > width or "\n" in value)
        else 1
        for value in set(values)
    }
    return None if max(lines.values()) == 1 else [lines[value] for value in values]


def lines_of(text: str, width: float) -> int:
    """Return on how many lines a text stands in a column of that width."""
    if "\n" in text:
        return sum(lines_of(part, width) for part in text.split("\n"))
    wide = _width(text)
    # Lines are not filled: wide characters leave a place free, stops go with what they end.
    return 1 if wide <= width else math.ceil(wide / max(width - 2, 2))


def height_of(lines: int) -> int:
    """Return the height of a row in points; no row of Excel's is taller than 409."""
    return min(lines * 14 + 6, 409)


def _width(text: str) -> float:
    # A Chinese character is three bytes of UTF-8 and two places wide, a Latin one and one.
    if text.isascii():
        return len(text)
    return (len(text.encode(errors="replace")) + len(text)) / 2
