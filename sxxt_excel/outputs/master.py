"""A round → 汇总/总台账.xlsx: figures, lists for the telephone and the file, findings, rows.

Each sheet is a `Table` of columns made by one function; 总览 and 口径说明 are laid out by
hand. Equal rounds give equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sxxt_excel.outputs.arrivals import arrivals
from sxxt_excel.outputs.calls import calls
from sxxt_excel.outputs.differences import difference_tables
from sxxt_excel.outputs.filings import filings
from sxxt_excel.outputs.formsheets import form_tables
from sxxt_excel.outputs.listing import findings_table
from sxxt_excel.outputs.notes import write_notes
from sxxt_excel.outputs.overview import write_overview
from sxxt_excel.outputs.page import new_book
from sxxt_excel.outputs.relays import cascade_table, counts_table
from sxxt_excel.outputs.tree import tree_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.registry.memory import Answer
    from sxxt_excel.result import Round


def write_master(
    round_: Round,
    path: Path,
    since: Mapping[str, Any] | None = None,
    answers: Sequence[Answer] = (),
) -> None:
    """Write the master workbook of a round.

    Args:
        round_: what the pass found.
        path: the file; one that stands there is replaced in one move.
        since: what changed since the last run (`changes`); None at the first.
        answers: what units said on the telephone, the oldest first.

    Raises:
        OSError: the file cannot be written (it is open in Excel, the disk is full).
    """
    book = new_book(round_, product="总台账")
    write_overview(book, round_, since)
    findings, unlinked = findings_table(round_, path)
    for table in (
        arrivals(round_),
        *((tree_table(round_),) if round_.regime.has_tree else ()),
        calls(round_, answers),
        filings(round_),
        findings,
        cascade_table(round_),
        counts_table(round_),
        *difference_tables(round_),
        *form_tables(round_),
    ):
        book.table(table)
    write_notes(book, round_, unlinked)
    book.save(path)
