"""Time limits of a year's plan: none can have run out before the year began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.findings import finding
from sxxt_excel.result import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.forms import Field
    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack


def check_outdated(context: Context) -> Iterator[Finding]:
    """Yield each time limit that was over before the year of its plan began.

    A sheet that stands for several lists also holds problems of earlier years, which keep theirs.
    """
    for stack in context.stacks.values():
        plans = [n for n, table in stack.tables.items() if table.names is None]
        for field in stack.form.fields:
            if field.planned and plans:
                yield from _over(stack, field, plans)


def _over(stack: Stack, field: Field, plans: list[int]) -> Iterator[Finding]:
    began = {n: pd.Timestamp(stack.submissions[n].year, 1, 1) for n in plans}
    over = stack.frame[stack.day(field.name)].lt(stack.frame[FILE].map(began))
    for label in stack.frame.index[over.fillna(value=False)].tolist():
        submission = stack.submission(int(label))
        yield finding(
            "V126",
            stack.where(int(label), field.name),
            got=str(stack.frame.loc[label, field.name]),
            basis=submission.basis,
            year=str(submission.year),
        )
