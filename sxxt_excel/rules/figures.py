"""Figures that units tell in a register of figures, by unit and period (three-valued)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.result import CODE, FILE, PERIOD

if TYPE_CHECKING:
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one period: its value, None where it is not known; row label; rows added."""

    value: int | None
    label: int
    rows: int = 1


Figures = dict[str, dict[str, Figure]]
"""Unit code → period → figure."""


def reports_owed(
    context: Context, form: str, named: tuple[str, ...] = ()
) -> Counter[tuple[str, str]]:
    """Return (unit code, period) → how many workbooks that hold a form are owed.

    Of the packets `named` alone, where any are.
    """
    packets = {p.id for p in context.regime.packets if form in p.sheets}
    packets &= set(named) or packets
    return Counter(
        (o.unit.code, o.period)
        for o in context.owed
        if o.obligation.packet in packets and o.waiver is None and not o.latent
    )


def figures(
    stack: Stack | None,
    where: tuple[tuple[str, tuple[str, ...]], ...],
    value: str,
    asked: Counter[tuple[str, str]],
    waiting: frozenset[int],
) -> Figures:
    """Return the figures of the rows that satisfy the condition.

    Where each filer sends a workbook of his own, a unit's figure is the sum of theirs, and not
    known until all (`asked`) have come; nor is one of a workbook that goes back (`waiting`).
    """
    if stack is None or not where:
        return {}
    rows = stack.frame
    for name, values in where:
        rows = rows[rows[name].isin(values)]
    usable = rows[value].where(stack.known.loc[rows.index, value] & ~rows[FILE].isin(list(waiting)))
    found: Figures = {}
    whose = zip(rows[CODE].tolist(), rows[PERIOD].tolist(), strict=True)
    for (code, period), label, said in zip(whose, rows.index, usable.tolist(), strict=True):
        figure = Figure(None if pd.isna(said) else int(said), label)
        periods = found.setdefault(code, {})
        periods[period] = _sum(periods[period], figure) if period in periods else figure
    for code, periods in found.items():
        for period, figure in periods.items():
            if figure.rows < asked[code, period]:
                periods[period] = replace(figure, value=None)
    return found


def _sum(one: Figure, other: Figure) -> Figure:
    known = one.value is not None and other.value is not None
    total = (one.value or 0) + (other.value or 0)
    return Figure(total if known else None, other.label, one.rows + other.rows)
