"""A sheet on which several tables stand below each other → one sheet for each."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sxxt_excel.layout import is_heading
from sxxt_excel.lines import filled_cells, repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.read import Sheet

_FIRST_CELLS = 4


def cut(sheet: Sheet, forms: Sequence[Form], words: frozenset[str]) -> list[Sheet]:
    """Return a sheet in parts, each with headings of its own; nearly every sheet is one part.

    Headings that are only repeated, as at the top of each printed page, begin no part; `words`
    are those of all forms.
    """
    heads = [
        at
        for at, row in enumerate(sheet.rows)
        if not words.isdisjoint(row[:_FIRST_CELLS]) and len(words.intersection(row)) > 1
    ]
    if len(heads) < 2:  # noqa: PLR2004 - two tables have two rows of headings
        return [sheet]
    heads = [at for at in heads if any(is_heading(sheet.rows[at], form) for form in forms)]
    starts = [0]
    for before, at in pairwise(heads):
        if not repeats(sheet.rows[at], sheet.rows[before]):
            starts.append(_with_title(sheet, before + 1, at))
    ends = (*starts[1:], len(sheet.rows))
    if len(starts) == 1:
        return [sheet]
    return [_part(sheet, start, end) for start, end in zip(starts, ends, strict=True)]


def _with_title(sheet: Sheet, first: int, head: int) -> int:
    """Return where a table begins whose headings are there: with the title over them."""
    start = head
    while start > first and filled_cells(sheet.rows[start - 1]) <= 1:
        start -= 1
    return next(at for at in range(start, head + 1) if filled_cells(sheet.rows[at]))


def _part(sheet: Sheet, start: int, end: int) -> Sheet:
    top, bottom = sheet.top + start, sheet.top + end
    return replace(
        sheet,
        top=top,
        rows=sheet.rows[start:end],
        merged=tuple(m for m in sheet.merged if top <= m[0] < bottom),
        hidden_rows=tuple(row for row in sheet.hidden_rows if top <= row < bottom),
        struck_rows=tuple(row for row in sheet.struck_rows if top <= row < bottom),
    )
