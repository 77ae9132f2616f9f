"""At least n within a window, from the units' registers of figures (three-valued)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.codes import finding
from sxxt_excel.dates import period_span, period_title
from sxxt_excel.model import CountRow, Unchecked
from sxxt_excel.relations import members
from sxxt_excel.result import CODE, FILE, PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model import Count, Finding, Unit, Where
    from sxxt_excel.normalise import Stack
    from sxxt_excel.rules.context import Context

    Told = Finding | Unchecked | CountRow

_DAYS_A_MONTH = 30.4
_HEAD = "主要负责人"


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of one period: its value, None where it is not known; row label; rows added."""

    value: int | None
    label: int
    rows: int = 1


_Figures = dict[str, dict[str, _Figure]]
"""Unit code → period → figure."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule for one unit and window, with the figures that the unit told, by period."""

    context: Context
    rule: Count
    stack: Stack | None
    unit: Unit
    window: str
    figures: dict[str, _Figure]
    bars: dict[str, _Figure]

    @property
    def year(self) -> str:
        """Return the year, which is also the period of a yearly report."""
        return str(self.context.settings.year)

    @property
    def halves(self) -> tuple[str, str]:
        """Return the periods of the two reports of the year."""
        return f"{self.year}-H1", f"{self.year}-H2"

    @property
    def yearly(self) -> bool:
        """Tell whether the window is the whole year."""
        return self.window == self.year


def check_counts(context: Context, waiting: frozenset[int]) -> Iterator[Told]:
    """Yield a count row for each rule, owing unit and window, and findings for short ones.

    Figures of workbooks that go back (`waiting`: their file numbers) are not known yet.
    """
    for rule in context.regime.counts:
        stack = context.stacks.get(rule.form)
        asked = _asked(context, rule)
        figures = _figures(stack, rule.where, rule.value, asked, waiting)
        bars = _figures(stack, rule.at_least_where, rule.value, asked, waiting)
        for code in dict.fromkeys(code for code, _ in asked):
            unit = context.roster.unit(code)
            assert unit is not None  # noqa: S101 - what is owed is owed by units of the roster
            mine, bar = figures.get(code, {}), bars.get(code, {})
            for window in _windows(rule, context.settings.year):
                yield from _count(_Case(context, rule, stack, unit, window, mine, bar))


def _asked(context: Context, rule: Count) -> Counter[tuple[str, str]]:
    """Return (unit code, period) → how many workbooks with the rule's form are owed."""
    packets = {p.id for p in context.regime.packets if rule.form in p.sheets}
    return Counter(
        (o.unit.code, o.period)
        for o in context.owed
        if o.obligation.packet in packets and o.waiver is None
    )


def _windows(rule: Count, year: int) -> tuple[str, ...]:
    return (f"{year}-H1", f"{year}-H2") if rule.window == "每半年" else (str(year),)


def _figures(
    stack: Stack | None,
    where: tuple[tuple[str, tuple[str, ...]], ...],
    value: str,
    asked: Counter[tuple[str, str]],
    waiting: frozenset[int],
) -> _Figures:
    """Return the figures of the rows that satisfy the condition.

    Where each filer sends a workbook of his own, a unit's figure is the sum of theirs, and not
    known until all have come.
    """
    if stack is None or not where:
        return {}
    rows = stack.frame
    for name, values in where:
        rows = rows[rows[name].isin(values)]
    usable = rows[value].where(stack.known.loc[rows.index, value] & ~rows[FILE].isin(list(waiting)))
    found: _Figures = {}
    whose = zip(rows[CODE].tolist(), rows[PERIOD].tolist(), strict=True)
    for (code, period), label, said in zip(whose, rows.index, usable.tolist(), strict=True):
        figure = _Figure(None if pd.isna(said) else int(said), label)
        periods = found.setdefault(code, {})
        periods[period] = _sum(periods[period], figure) if period in periods else figure
    for code, periods in found.items():
        for period, figure in periods.items():
            if figure.rows < asked[code, period]:
                periods[period] = replace(figure, value=None)
    return found


def _sum(one: _Figure, other: _Figure) -> _Figure:
    known = one.value is not None and other.value is not None
    total = (one.value or 0) + (other.value or 0)
    return _Figure(total if known else None, other.label, one.rows + other.rows)


def _found(case: _Case) -> tuple[int | None, bool]:
    """Return the sum within the window and whether all its reports have arrived and are readable.

    A yearly report carries the whole year's figure; the second half is then the year less
    the first half.
    """
    values = {p: f.value for p, f in case.figures.items() if f.value is not None}
    whole = values.get(case.year)
    if case.yearly:
        if whole is not None:
            return whole, True
        known = [values[half] for half in case.halves if half in values]
        return (sum(known) if known else None), len(known) == len(case.halves)
    if case.window in values:
        return values[case.window], True
    first, second = case.halves
    if case.window == second and whole is not None and first in values:
        return max(0, whole - values[first]), True
    return None, False


def _bar(case: _Case) -> int | None:
    """Return how many are required: the fixed bar, or the largest figure told of the window."""
    if not case.rule.at_least_where:
        return case.rule.at_least
    periods = {case.window, case.year, *(case.halves if case.yearly else ())}
    told = [f.value for p, f in case.bars.items() if p in periods]
    known = [v for v in told if v is not None]
    return max(known) if told and len(known) == len(told) else None


def _count(case: _Case) -> Iterator[Told]:
    found, complete = _found(case)
    required = _bar(case)
    over = case.context.today > period_span(case.window)[1]
    law = case.rule.law
    row = CountRow(law.id, case.unit.name, None, case.window, required, found, "not_due")
    if found is None or required is None:
        yield replace(row, status="unchecked") if over else row
        if over:
            yield Unchecked(law.id, case.unit.name, _because(case))
    elif found >= required and (over or complete):
        yield replace(row, status="met")
    elif not over:
        yield row
        if found < required:
            yield _remind(case, found, required)
    elif not complete:
        yield replace(row, status="unchecked")
        yield Unchecked(law.id, case.unit.name, _because(case))
    else:
        yield replace(row, status="short")
        yield _short(case, found, required)


def _because(case: _Case) -> str:
    numbers = case.stack.tables if case.stack is not None else {}
    submissions = (case.context.submissions[n] for n in numbers)
    arrived = {s.period for s in submissions if s.unit_code == case.unit.code}
    needed = case.halves if case.yearly else (case.window,)
    lacking = [period_title(p) for p in needed if p not in arrived]
    if lacking and (case.year not in arrived or not case.yearly):
        return f"{'、'.join(lacking)}的“{case.rule.form}”尚未收到"
    return f"“{case.rule.form}”没有收齐，或待修改，或有数看不出来、没有填"


def _remind(case: _Case, found: int, required: int) -> Finding:
    law = case.rule.law
    latest = max(case.figures, key=lambda period: (period_span(period)[1], period))
    text = law.message.format(found=found, required=required)
    span = "本年度" if case.yearly else "本期"
    where = _place(case, latest)
    basis = case.context.regime.cite(law.basis)
    return finding(
        "N102",
        where,
        got=str(found),
        basis=basis,
        rule=law.id,
        words={"text": text, "window": span},
    )


def _short(case: _Case, found: int, required: int) -> Finding:
    law, end = case.rule.law, period_span(case.window)[1]
    last = max([p for p in case.figures if period_span(p)[1] == end] or case.figures)
    return finding(
        "N101",
        _place(case, last),
        got=str(found),
        basis=case.context.regime.cite(law.basis),
        severity="note" if _new_head(case) else law.severity,
        rule=law.id,
        message=law.message,
        remedy=law.remedy,
        words={"found": str(found), "required": str(required)},
    )


def _place(case: _Case, period: str) -> Where:
    assert case.stack is not None  # noqa: S101 - a figure stands somewhere
    return case.stack.where(case.figures[period].label, case.rule.value)


def _new_head(case: _Case) -> bool:
    """Tell whether the unit's head took the post too shortly before the window's end."""
    end = period_span(case.window)[1]
    start = end - timedelta(days=round(case.context.settings.months_in_post * _DAYS_A_MONTH))
    people = members(case.context.roster, case.unit.code, end)
    heads = [p for p in people if p.identity == _HEAD or p.acting]
    return bool(heads) and all(p.since is not None and p.since > start for p in heads)
