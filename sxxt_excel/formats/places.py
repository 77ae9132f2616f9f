"""Names of columns and cells: A is 1, and C7 is row 7, column 3."""

import re
from functools import lru_cache

__all__ = ["column_letter", "column_number", "place"]

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)


def place(cell: str) -> tuple[int, int]:
    """Row and column of a cell, (0, 0) of what is none."""
    found = _CELL.fullmatch(cell)
    return (int(found[2]), column_number(found[1])) if found else (0, 0)


def column_number(letters: str) -> int:
    """The number of a column, 1 for A; 0 for no letters at all."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=1024)
def column_letter(column: int) -> str:
    """The letters of a column, "A" for 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
