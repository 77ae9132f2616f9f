"""A round → 汇总/总台账.xlsx: figures, lists for the telephone and the file, findings, rows.

Each sheet is a `Table` of columns made by one function; 总览 and 口径说明 are laid out by
hand. Equal rounds give equal bytes.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sxxt_excel.faces.sheet import Fonts
from sxxt_excel.outputs.bulk import (
    Book,
    Print,
)
from sxxt_excel.outputs.words import (
    long_day,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sxxt_excel.result import Round


from sxxt_excel.outputs.arrivals import arrivals, calls
from sxxt_excel.outputs.filings import filings
from sxxt_excel.outputs.formsheets import form_tables
from sxxt_excel.outputs.listing import findings_table
from sxxt_excel.outputs.looks import IN_TITLE_FONT, LOOKS, SIZE
from sxxt_excel.outputs.notes import write_notes
from sxxt_excel.outputs.overview import write_overview
from sxxt_excel.outputs.relays import cascade_table, counts_table


def write_master(round_: Round, path: Path, since: Mapping[str, Any] | None = None) -> None:
    """Write the master workbook of a round.

    Args:
        round_: what the pass found.
        path: the file; one that stands there is replaced in one move.
        since: what changed since the last run (`changes`); None at the first.

    Raises:
        OSError: the file cannot be written (it is open in Excel, the disk is full).
    """
    fonts = Fonts(**{k: v for k, v in round_.settings.fonts.items() if k in Fonts.__slots__})
    page = Print(
        head=round_.settings.marking,
        foot=f"截至{long_day(round_.today)}",
        body=fonts.body,
        title=fonts.heading,
    )
    looks = {
        name: {"font_size": SIZE, **_family(name, fonts), **look} for name, look in LOOKS.items()
    }
    book = Book(looks, page, datetime.combine(round_.today, time()))
    write_overview(book, round_, since)
    findings, unlinked = findings_table(round_, path)
    for table in (
        arrivals(round_),
        calls(round_),
        filings(round_),
        findings,
        cascade_table(round_),
        counts_table(round_),
        *form_tables(round_),
    ):
        book.table(table)
    write_notes(book, round_, unlinked)
    book.save(path)


def _family(look: str, fonts: Fonts) -> dict[str, object]:
    return {"font_name": fonts.heading if look in IN_TITLE_FONT else fonts.body}
