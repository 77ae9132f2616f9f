"""Names of columns: A is 1."""

from functools import lru_cache

__all__ = ["column_letter", "column_number"]


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
