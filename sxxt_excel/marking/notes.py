"""What is to be marked in a workbook: cells, rows, and the lines of its first sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Entry", "Marks", "Opinion", "SheetMarks", "Spot"]


@dataclass(frozen=True, slots=True)
class Spot:
    """One faulty cell or area (C7, C7:C9): how it is coloured, and the words of its comment."""

    severity: Literal["must", "query"]
    words: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What stands in 审核意见 of a row; `asks` for an explanation; `words` are one given before.

    `suggested`: what is suggested for cells of the row, a line each.
    """

    text: str
    asks: bool = False
    words: str = ""
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of one sheet: cells and, where it has a row of headings, rows beside the table."""

    spots: Mapping[str, Spot]
    head: int = 0
    opinions: Mapping[int, Opinion] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the first sheet; `asks`: it may be explained there; `words` are such as were.

    `sheet` and `place` say where; `link` leads there (name of a sheet, cell), None for nowhere.
    `suggested`: what is suggested for that place.
    """

    severity: str
    sheet: str
    place: str
    link: tuple[str, str] | None
    opinion: str
    remedy: str
    basis: str
    asks: bool = False
    words: str = ""
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a workbook: the lines over the list, the list, and sheet name → its marks."""

    title: str
    lines: tuple[str, ...]
    entries: tuple[Entry, ...]
    sheets: Mapping[str, SheetMarks]
