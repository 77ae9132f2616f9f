"""At least n within a window, from the units' registers of figures (three-valued)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.explanations import explains
from sxxt_excel.findings import finding
from sxxt_excel.outcome import CountRow, Unchecked
from sxxt_excel.periods import period_span, period_title
from sxxt_excel.rules.figures import figures, reports_owed
from sxxt_excel.rules.waivers import excused
from sxxt_excel.rules.windows import has_new_head
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.rules import Count
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.people import Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.figures import Figure
    from sxxt_excel.stack import Stack

    Told = Finding | Unchecked | CountRow


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule for one unit and window, with the figures that the unit told, by period."""

    context: Context
    rule: Count
    stack: Stack | None
    unit: Unit
    window: str
    figures: dict[str, Figure]
    bars: dict[str, Figure]

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
        asked = reports_owed(context, rule.form, rule.packets)
        told = figures(stack, rule.where, rule.value, asked, waiting)
        bars = figures(stack, rule.at_least_where, rule.value, asked, waiting)
        for code in dict.fromkeys(code for code, _ in asked):
            unit = context.roster.unit(code)
            assert unit is not None  # noqa: S101 - what is owed is owed by units of the roster
            mine, bar = told.get(code, {}), bars.get(code, {})
            for window in _windows(rule, context.settings.year):
                yield from _count(_Case(context, rule, stack, unit, window, mine, bar))


def _windows(rule: Count, year: int) -> tuple[str, ...]:
    return (f"{year}-H1", f"{year}-H2") if rule.window == "每半年" else (str(year),)


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
    elif (case.unit.code, "") in excused(case.context, law):
        yield replace(row, status="unchecked")
        yield Unchecked(law.id, case.unit.name, EXEMPT)
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
    words = {"found": str(found), "required": str(required)}
    basis = case.context.regime.cite(law.basis)
    reason = _reason(case)
    if reason is not None:
        label, said = reason
        assert case.stack is not None  # noqa: S101 - the reason stands in it
        where = case.stack.where(label, case.rule.reason)
        text = law.message.format(**words)
        return finding("N103", where, got=said, basis=basis, rule=law.id, text=text)
    settings, unit = case.context.settings, case.unit.code
    new = has_new_head(case.context.roster, unit, end, settings)
    return finding(
        "N101",
        _place(case, last),
        got=str(found),
        basis=basis,
        severity="note" if new else law.severity,
        rule=law.id,
        message=law.message,
        remedy=law.remedy,
        words=words,
    )


def _reason(case: _Case) -> tuple[int, str] | None:
    """Return the row and the words in which the unit says why its figure falls short."""
    name = case.rule.reason
    if name is None or case.stack is None:
        return None
    of_window = {case.window, case.year, *(case.halves if case.yearly else ())}
    rows = [f for told in (case.figures, case.bars) for p, f in told.items() if p in of_window]
    for figure in reversed(rows):
        said = case.stack.frame.at[figure.label, name]
        if isinstance(said, str) and explains(said):
            return figure.label, said
    return None


def _place(case: _Case, period: str) -> Where:
    assert case.stack is not None  # noqa: S101 - a figure stands somewhere
    return case.stack.where(case.figures[period].label, case.rule.value)
