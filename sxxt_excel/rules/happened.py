"""Days of what is said to be done: none can lie after the day on which the workbook came."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.dates import long_day
from sxxt_excel.findings import finding
from sxxt_excel.result import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.forms import Field
    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission

    Cell = tuple[str | None, str | None, str | None]

_SPEAKS_ITSELF = frozenset({"B103", "C107", "N105", "N107", "V114"})
"""These tell of the same day at the same cell, and what to do about it."""


def check_happened(context: Context, told: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each day of something done that was still to come when the workbook came.

    Args:
        context: what all rules look at.
        told: what is told already; of a cell whose day that speaks of nothing is said again.
    """
    spoken = {_cell(f) for f in told if f.code in _SPEAKS_ITSELF}
    for stack in context.stacks.values():
        came = {n: day for n in stack.tables if (day := _came(stack.submissions[n])) is not None}
        for field in stack.form.fields:
            if field.happened and came:
                found = _ahead(stack, field, came)
                yield from (item for item in found if _cell(item) not in spoken)


def _came(submission: Submission) -> date | None:
    """Return the day by which all of it was written; None where no clock can be believed.

    An archive without times says 1980, a computer without a battery 2000 or so.
    """
    last = max(submission.receipt.at, submission.extract.mended_at)
    day = datetime.fromisoformat(last).date()
    return day if day.year >= submission.year - 1 else None


def _ahead(stack: Stack, field: Field, came: Mapping[int, date]) -> Iterator[Finding]:
    days = stack.frame[FILE].map({number: pd.Timestamp(day) for number, day in came.items()})
    said = stack.frame[field.name]
    later = said.gt(days).fillna(value=False)
    for label in said.index[later].tolist():
        number = int(stack.frame.loc[label, FILE])
        yield finding(
            "V124",
            stack.where(int(label), field.name),
            got=said[label].date().isoformat(),
            basis=stack.submissions[number].basis,
            came=long_day(came[number]),
            undone="这一行做完再登记" if field.required else "日期先空着，做完再填",
        )


def _cell(found: Finding) -> Cell:
    return found.where.path, found.where.sheet, found.where.cell
