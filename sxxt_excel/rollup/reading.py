"""A 上报版 read back: the visible rows of its sheets, and the hidden lines beside them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sxxt_excel.package import Refusal
from sxxt_excel.people import Person, Unit, Waiver
from sxxt_excel.privacy import masked_value
from sxxt_excel.rollup.contents import Rollup, Standing
from sxxt_excel.rollup.digest import digest
from sxxt_excel.rollup.layout import COVER_SHEET, FORMAT, ORIGIN_HEADINGS, ORIGIN_SHEET
from sxxt_excel.rollup.lines import carried_from, kinds_included, unpacked
from sxxt_excel.stamp import STAMP_SHEET, stamp_from
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.rollup.lines import Rows
    from sxxt_excel.stamp import Stamp

BROKEN = Refusal("F113")
_FURTHER = re.compile(r"（\d+）$")


def read_rollup(book: Book) -> Rollup | Refusal | None:
    """Return what a 上报版 holds; None for any other book, a refusal for a broken one."""
    named = {sheet.name: sheet for sheet in book.sheets}
    if COVER_SHEET not in named:
        return None
    if STAMP_SHEET not in named or ORIGIN_SHEET not in named:
        return BROKEN
    pairs = {to_text(row[0]): to_text(row[1]) for row in named[STAMP_SHEET].rows if len(row) > 1}
    stamp = stamp_from(pairs)
    if stamp is None or stamp.version != FORMAT:
        return BROKEN
    try:
        return _read(book, named[ORIGIN_SHEET], stamp, pairs.get("key", ""))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return BROKEN  # whoever wrote these lines by hand gets no traceback


def _read(book: Book, origin: Sheet, stamp: Stamp, key: str) -> Rollup:
    content = (
        (s.name, ([(s.left - 1 + at, v) for at, v in enumerate(row)] for row in s.rows))
        for s in book.sheets
        if s.name != STAMP_SHEET
    )
    intact = digest(content) == stamp.issue
    head, *lines = (json.loads("".join(to_text(v) for v in row)) for row in origin.rows)
    rows = _form_rows(book)
    return Rollup(
        stamp=stamp,
        intact=intact,
        key=key,
        as_of=str(head["as_of"]),
        also=kinds_included(head["also"], stamp.unit_code),
        units=tuple(unpacked(Unit, item) for item in head["units"]),
        people=tuple(unpacked(Person, item) for item in head["people"]),
        waivers=tuple(unpacked(Waiver, item) for item in head["waivers"]),
        files=tuple(carried_from(line, rows) for line in lines),
        standings=tuple(Standing(*item) for item in head["standings"]),
        papers=tuple((str(path), str(code)) for path, code in head["papers"]),
    )


def _form_rows(book: Book) -> Rows:
    """Return the visible rows: (file, form) → Excel row → heading → value."""
    found: Rows = {}
    for sheet in book.sheets:
        head = [clean(to_text(v)) for v in sheet.rows[0]] if sheet.rows else []
        if tuple(head[: len(ORIGIN_HEADINGS)]) != ORIGIN_HEADINGS:
            continue
        form = _FURTHER.sub("", sheet.name)
        for row in sheet.rows[1:]:
            path, at = to_text(row[0]), row[2]
            if path and isinstance(at, int | float):
                # Somebody may have typed a person's number into the workbook since.
                place = found.setdefault((path, form), {})
                place[int(at)] = {
                    name: masked_value(value) for name, value in zip(head, row, strict=True)
                }
    return found
