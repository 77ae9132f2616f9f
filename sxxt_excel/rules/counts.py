"""At least n within a window, from the units' registers of figures (three-valued)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

import pandas as pd

from sxxt_excel.codes import finding
from sxxt_excel.dates import period_span, period_title
from sxxt_excel.model import CountRow, Unchecked
from sxxt_excel.relations import members
from sxxt_excel.result import CODE, PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model import Count, Finding, Unit
    from sxxt_excel.normalise import Stack
    from sxxt_excel.rules.context import Context

    Told = Finding | Unchecked | CountRow

_DAYS_A_MONTH = 30.4
_HEAD = "主要负责人"


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of one period: its value, None where it could not be read; row label."""

    value: int | None
    label: int


def check_counts(context: Context) -> Iterator[Told]:
    """Yield a count row for each rule, owing unit and window, and findings for short ones."""
    year = context.settings.year
    for rule in context.regime.counts:
        stack = context.stacks.get(rule.form)
        packets = {p.id for p in context.regime.packets if rule.form in p.sheets}
        units = {
            o.unit.code: o.unit
            for o in context.owed
            if o.obligation.packet in packets and o.waiver is None
        }
        for unit in units.values():
            figures = _figures(stack, unit, rule.where, rule.value)
            bars = _figures(stack, unit, rule.at_least_where, rule.value)
            for window in _windows(rule, year):
                yield from _count(context, rule, stack, unit, window, figures, bars)


def _windows(rule: Count, year: int) -> tuple[str, ...]:
    return (f"{year}-H1", f"{year}-H2") if rule.window == "每半年" else (str(year),)


def _figures(
    stack: Stack | None, unit: Unit, where: tuple[tuple[str, tuple[str, ...]], ...], value: str
) -> dict[str, _Figure]:
    """Return period → figure of the rows of a unit that satisfy the condition."""
    if stack is None or not where:
        return {}
    rows = stack.frame[stack.frame[CODE] == unit.code]
    for name, values in where:
        rows = rows[rows[name].isin(values)]
    return {
        str(row[PERIOD]): _Figure(_whole(row, stack, int(str(label)), value), int(str(label)))
        for label, row in rows.iterrows()
    }


def _whole(row: pd.Series, stack: Stack, label: int, value: str) -> int | None:
    said = row[value]
    if pd.isna(said) or not bool(stack.known.loc[label, value]):
        return None
    return int(said)


def _found(figures: dict[str, _Figure], window: str, year: int) -> tuple[int | None, bool]:
    """Return the sum within a window and whether all its reports have arrived and are readable.

    A yearly report (period "2025") carries the whole year's figure; the second half is
    then the year less the first half.
    """
    halves = (f"{year}-H1", f"{year}-H2")
    values = {p: f.value for p, f in figures.items()}
    whole = values.get(str(year))
    if window == str(year):
        if whole is not None:
            return whole, True
        known = [values[h] for h in halves if values.get(h) is not None]
        return (sum(v for v in known if v is not None) if known else None), len(known) == len(
            halves
        )
    if values.get(window) is not None:
        return values[window], True
    first = values.get(halves[0])
    if window == halves[1] and whole is not None and first is not None:
        return max(0, whole - first), True
    return None, False


def _bar(rule: Count, bars: dict[str, _Figure], window: str, year: int) -> int | None:
    """Return how many are required: the fixed bar, or the largest figure told of the window."""
    if not rule.at_least_where:
        return rule.at_least
    periods = {window, str(year), *((f"{year}-H1", f"{year}-H2") if window == str(year) else ())}
    told = [f.value for p, f in bars.items() if p in periods]
    if not told or any(v is None for v in told):
        return None
    return max(v for v in told if v is not None)


def _count(  # noqa: PLR0913 - a rule, a unit, a window, and the figures told
    context: Context,
    rule: Count,
    stack: Stack | None,
    unit: Unit,
    window: str,
    figures: dict[str, _Figure],
    bars: dict[str, _Figure],
) -> Iterator[Told]:
    year, end = context.settings.year, period_span(window)[1]
    found, complete = _found(figures, window, year)
    required = _bar(rule, bars, window, year)
    over = context.today > end
    row = CountRow(rule.law.id, unit.name, None, window, required, found, "not_due")
    if found is not None and required is not None and found >= required and (over or complete):
        yield _with(row, "met")
    elif not over:
        yield row
        if found is not None and required is not None and found < required and stack is not None:
            yield _remind(context, rule, stack, figures, found, required, window)
    elif not complete or required is None or found is None:
        yield _with(row, "unchecked")
        yield Unchecked(rule.law.id, unit.name, _because(context, rule, stack, unit, window))
    elif stack is not None:
        yield _with(row, "short")
        yield _short(context, rule, stack, unit, figures, found, required, end)


def _with(row: CountRow, status: str) -> CountRow:
    return CountRow(
        row.rule, row.unit, row.filer, row.period, row.required, row.found,
        status,  # type: ignore[arg-type]  # one of the four, by the caller
    )  # fmt: skip


def _because(context: Context, rule: Count, stack: Stack | None, unit: Unit, window: str) -> str:
    numbers = set(stack.tables) if stack is not None else set()
    arrived = {s.period for n in numbers if (s := context.submissions[n]).unit_code == unit.code}
    year = context.settings.year
    needed = (f"{year}-H1", f"{year}-H2") if window == str(year) else (window,)
    lacking = [period_title(p) for p in needed if p not in arrived]
    if lacking and str(year) not in arrived:
        return f"{'、'.join(lacking)}的“{rule.form}”尚未收到"
    return f"“{rule.form}”中有数看不出来或没有填"


def _latest(figures: dict[str, _Figure]) -> _Figure:
    return figures[max(figures, key=lambda period: (period_span(period)[1], period))]


def _remind(  # noqa: PLR0913 - what the sentence says
    context: Context,
    rule: Count,
    stack: Stack,
    figures: dict[str, _Figure],
    found: int,
    required: int,
    window: str,
) -> Finding:
    law = rule.law
    at = _latest(figures).label
    text = law.message.format(found=found, required=required)
    span = "本年度" if window == str(context.settings.year) else "本期"
    return finding(
        "N102", stack.where(at, rule.value), got=str(found), text=text, window=span, rule=law.id,
        basis=context.regime.cite(law.basis),
    )  # fmt: skip


def _short(  # noqa: PLR0913 - what the sentence says
    context: Context,
    rule: Count,
    stack: Stack,
    unit: Unit,
    figures: dict[str, _Figure],
    found: int,
    required: int,
    end: date,
) -> Finding:
    law = rule.law
    periods = [p for p in figures if period_span(p)[1] == end] or list(figures)
    at = figures[max(periods)].label
    return finding(
        "N101", stack.where(at, rule.value), got=str(found), rule=law.id,
        severity="note" if _new_head(context, unit, end) else law.severity,
        message=law.message, remedy=law.remedy, found=str(found), required=str(required),
        basis=context.regime.cite(law.basis),
    )  # fmt: skip


def _new_head(context: Context, unit: Unit, end: date) -> bool:
    """Tell whether the unit's head took the post too shortly before the window's end."""
    months = context.settings.months_in_post
    start = end - timedelta(days=round(months * _DAYS_A_MONTH))
    heads = [p for p in members(context.roster, unit.code, end) if p.identity == _HEAD or p.acting]
    return bool(heads) and all(p.since is not None and p.since > start for p in heads)
