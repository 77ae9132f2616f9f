"""What a sheet of many rows is: its columns, the links in it, and how it goes to paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Cell: TypeAlias = str | int | float | None

LAST_ROW = 1_048_576
"""Rows of a sheet, its headings included."""
MOST_LINKS = 65_530
"""Hyperlinks that Excel takes on one sheet; it repairs (that is, drops) what is beyond."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: `look` is the name of a format, or one name a row.

    `width` is in half-width characters.
    """

    heading: str
    width: float
    values: Sequence[Cell]
    look: str | Sequence[str] = "text"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell of a table (row and column from 0, headings not counted) that opens `target`.

    `target` is an escaped URI, `location` a place in it as Excel writes one ('任务清单'!C3).
    """

    row: int
    column: int
    target: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of rows under one row of headings.

    `title` heads the printed page, `frozen` columns stay in sight, rows are at least `least`
    points tall, `one_page` shrinks it all to one page; `empty` is the sentence that stands
    there when there are no rows. Only the first `printed` columns go to paper (0: all).
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    frozen: int = 1
    links: tuple[Link, ...] = ()
    empty: str = "尚无数据。"
    one_page: bool = False
    least: int = 20
    printed: int = 0

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0].values)

    def parts(self) -> Iterator[tuple[str, int, int]]:
        """Yield name, first row and end of its sheets: more than one holds go on in the next."""
        room = LAST_ROW - 1
        for number, start in enumerate(range(0, max(self.height, 1), room), 1):
            name = self.name if number == 1 else f"{self.name}（{number}）"
            yield name, start, min(start + room, self.height)
