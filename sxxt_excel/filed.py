"""What the office has accepted so far, read back from its own 总台账.xlsx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.headings import STATE_HEADING, UNIT_HEADING
from sxxt_excel.layout import find_headings
from sxxt_excel.outcome import FILE_WORDS
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import read_book
from sxxt_excel.text import clean, fold, to_text
from sxxt_excel.workspace import COLLECTED, MASTER

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.read import Sheet


def filed_rows(master: Path, regime: Regime) -> dict[str, tuple[dict[str, str], ...]]:
    """Return the accepted rows by form: headings → text, and 填报单位.

    Without a master, or with one that can't be read, nothing has been accepted.
    """
    if not master.is_file():
        return {}
    book = read_book(master.read_bytes(), master.name, Limits())
    if isinstance(book, Refusal):
        return {}
    found: dict[str, tuple[dict[str, str], ...]] = {}
    for form in regime.forms:
        rows: list[dict[str, str]] = []
        for sheet in book.sheets:
            if fold(sheet.name) == fold(form.id) or sheet.name.startswith(f"{form.id}（"):
                rows.extend(_rows(sheet, form))
        found[form.id] = tuple(rows)
    return found


def last_year(folder: Path | None, regime: Regime) -> dict[str, tuple[dict[str, str], ...]] | None:
    """Return what was accepted in last year's workspace, None where none is named."""
    return None if folder is None else filed_rows(folder / COLLECTED / MASTER, regime)


def _rows(sheet: Sheet, form: Form) -> list[dict[str, str]]:
    headings = find_headings(sheet, form)
    if headings is None:
        return []
    places = dict(headings.columns) | dict(headings.extra)
    if not {UNIT_HEADING, STATE_HEADING} <= set(places):
        return []
    rows = []
    for line in sheet.rows[headings.row + 1 - sheet.top :]:
        row = {name: clean(to_text(line[at - sheet.left])) for name, at in places.items()}
        if row[STATE_HEADING] == FILE_WORDS["accepted"]:
            rows.append(row)
    return rows
