"""By what our marks in a returned workbook are known, and a book as if they were not there.

Units send marked copies back, saved by Excel, WPS or LibreOffice, in formats that know nothing of
what else a mark is made of: so it is known by what stands in cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import is_not
from typing import TYPE_CHECKING

from sxxt_excel.read import cell_name
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.read import Book, Sheet

__all__ = [
    "ENTRY_HEADINGS",
    "MARK",
    "OPINION",
    "RESULTS",
    "SAID",
    "WORDS",
    "Said",
    "is_ours",
    "is_results",
    "without_marks",
]

RESULTS, OPINION, WORDS = "审核结果", "审核意见", "说明（请填写）"
MARK = "本页和“审核意见”“说明（请填写）”两列是审核时加上的，重报时不必删除，收件时自动略过。"
"""Stands on the first sheet of a marked copy."""
ENTRY_HEADINGS = ("序号", "类别", "所在表", "位置", "审核意见", "怎样修改", "依据", WORDS)
SAID = ("【须修改】", "【需说明】", "【已说明】")
"""What every text in our column begins with; it ends in the code of the finding."""

_OURS = re.compile(rf"\s*(?:{'|'.join(SAID)}).+（[A-Z][0-9]{{3}}）", re.DOTALL)
_HEAD_ROWS = 60


@dataclass(frozen=True, slots=True)
class Said:
    """An explanation beside a finding: on which sheet, about what place, quoting what, and where.

    `row`: the row of the table that it stands in; 0 where it stands on the first sheet.
    """

    sheet: str
    place: str
    quoted: str
    text: str
    row: int
    at_sheet: str
    at_cell: str


def is_ours(texts: Iterable[str], after: str) -> bool:
    """Tell whether a column headed 审核意见 is ours by what stands in it.

    `after`: the heading right of it, or of 说明（请填写） beside it. After ours comes none; in
    情况说明, where units may copy what is asked of them, there do.
    """
    return not after.strip() and any(_OURS.match(text) for text in texts)


def is_results(texts: Iterable[str]) -> bool:
    """Tell whether a sheet is our first one by the texts in it."""
    return any(MARK in text for text in texts)


def without_marks(book: Book) -> tuple[Book, tuple[Said, ...]]:
    """Return a book as if it had never been marked, and the explanations that stood in marks."""
    sheets: list[Sheet] = []
    said: list[Said] = []
    for sheet in book.sheets:
        if sheet.name.startswith(RESULTS) and is_results(_texts(sheet)):
            said.extend(_of_results(sheet))
            continue
        found = _column(sheet)
        if found is None:
            sheets.append(sheet)
            continue
        head, column, last = found
        said.extend(_of_rows(sheet, head, column, last))
        sheets.append(_without(sheet, head, column, last))
    changed = len(sheets) < len(book.sheets) or any(map(is_not, sheets, book.sheets))
    return (replace(book, sheets=tuple(sheets)) if changed else book), tuple(said)


def _texts(sheet: Sheet) -> Iterable[str]:
    return (value for row in sheet.rows[:_HEAD_ROWS] for value in row if isinstance(value, str))


def _column(sheet: Sheet) -> tuple[int, int, int] | None:
    """Return where our columns are: offset of the heading's row, of the first and the last."""
    for down, row in enumerate(sheet.rows[:_HEAD_ROWS]):
        if OPINION not in row:
            continue
        for right in range(len(row) - 1, -1, -1):
            if row[right] != OPINION:
                continue
            last = right + int(row[right + 1 : right + 2] == (WORDS,))
            after = "".join(map(to_text, row[last + 1 : last + 2]))
            if is_ours((to_text(line[right]) for line in sheet.rows[down + 1 :]), after):
                return down, right, last
    return None


def _of_rows(sheet: Sheet, head: int, column: int, last: int) -> Iterable[Said]:
    for down, row in enumerate(sheet.rows[head + 1 :], sheet.top + head + 1):
        text = clean(to_text(row[last])) if last > column else ""
        if text:
            yield Said(
                sheet.name, "", clean(to_text(row[column])), text, down,
                sheet.name, cell_name(down, sheet.left + last),
            )  # fmt: skip


def _of_results(sheet: Sheet) -> Iterable[Said]:
    heads = [n for n, row in enumerate(sheet.rows) if WORDS in row and OPINION in row]
    if not heads:
        return
    order = sheet.rows[heads[0]]
    for down, row in enumerate(sheet.rows[heads[0] + 1 :], sheet.top + heads[0] + 1):
        words = {str(name): clean(to_text(value)) for name, value in zip(order, row, strict=True)}
        if words.get(WORDS):
            yield Said(
                words.get("所在表", ""), words.get("位置", ""), words.get(OPINION, ""),
                words[WORDS], 0, sheet.name, cell_name(down, sheet.left + order.index(WORDS)),
            )  # fmt: skip


def _without(sheet: Sheet, head: int, first: int, last: int) -> Sheet:
    """Return a sheet with nothing in our columns."""
    none = (None,) * (last - first + 1)
    rows = tuple(
        row if down < head else (*row[:first], *none, *row[last + 1 :])
        for down, row in enumerate(sheet.rows)
    )
    return replace(sheet, rows=rows)
