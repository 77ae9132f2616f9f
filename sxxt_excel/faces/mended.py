"""Which rows stand in a 更正单, and where; what writes them is in `slip`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.model.forms import Form
    from sxxt_excel.text import Value

__all__ = ["FIRST_ROW", "HEAD_ROW", "SlipTable"]

HEAD_ROW, FIRST_ROW = 2, 3
"""The Excel rows of the headings and of the first row below them."""


@dataclass(frozen=True, slots=True)
class SlipTable:
    """The rows of one form in a 更正单: the headings that the workbook has, the rows as they stand.

    `rows` are Excel row of the workbook and values; `shut` the headings that may not be changed;
    `people` who may stand as 责任主体.
    """

    form: Form
    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Value, ...]], ...]
    shut: frozenset[str]
    people: tuple[str, ...] = ()
