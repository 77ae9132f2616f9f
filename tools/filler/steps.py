"""What follows within a row from its other cells, and what stands on the cover."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from sxxt_excel.regime import COVER, form_rules
from sxxt_excel.relations import secretaries
from sxxt_excel.wording.limits import parse_limit

from .values import NEVER, value_of

if TYPE_CHECKING:
    from sxxt_excel.model.forms import RowRule, When
    from sxxt_excel.model.rules import Step

    from .desk import Desk
    from .sheets import Copy, Line, Table


def follow(desk: Desk, table: Table, line: Line) -> None:
    """Fill in what other cells of the row ask for, until nothing more does."""
    rules = form_rules(desk.regime, table.form)
    chains = [c for c in desk.regime.chains if c.form == table.form.id]
    for _ in range(4):
        for rule in rules:
            if _holds(rule.when, line):
                _obey(desk, table, line, rule)
        for step in chain.from_iterable(c.steps for c in chains):
            _step(desk, table, line, step)


def _holds(when: When, line: Line) -> bool:
    return (
        all(line.values.get(name) for name in when.filled)
        and all(line.says(name, values) for name, values in when.equals)
        and (not when.role or line.role in when.role)
    )


def _obey(desk: Desk, table: Table, line: Line, rule: RowRule) -> None:
    for name in rule.needs:
        _ensure(desk, table, line, name)
    if rule.expect and line.values.get(rule.expect[0]) not in rule.expect[1]:
        line.values[rule.expect[0]] = rule.expect[1][0]
    if rule.one_of and not any(line.values.get(n) for n in rule.one_of):
        own = (f for n in rule.one_of if (f := table.form.field(n)))
        _ensure(desk, table, line, next(f.name for f in own if f.kind not in NEVER))
    if rule.not_before:
        _order(desk, table, line, *rule.not_before)
    if rule.equal and line.values.get(rule.equal[0]) is not None:
        line.values[rule.equal[0]] = line.values.get(rule.equal[1])


def _step(desk: Desk, table: Table, line: Line, step: Step) -> None:
    item = table.form.field(step.field)
    if item is None or item.office or not _holds(step.when, line):
        return
    if step.values and not line.says(step.field, step.values):
        line.values[step.field] = step.values[0]
    _ensure(desk, table, line, step.field)
    if step.not_before:
        _order(desk, table, line, step.field, step.not_before)


def _ensure(desk: Desk, table: Table, line: Line, name: str) -> None:
    item = table.form.field(name)
    if item is None or item.office or line.values.get(name) is not None:
        return
    if item.kind == "date":
        days = [v for v in line.values.values() if isinstance(v, date)]
        day = max(days, default=desk.end) + timedelta(days=5)
        line.values[name] = min(day, table.copy.day) if item.happened else day
    elif item.kind == "file":
        line.values[name] = f"{table.copy.unit.name}{table.form.id}附件.pdf"
        desk.papers.append(line.values[name])
    else:
        some = replace(item, example=item.example or "已按要求落实")
        line.values[name] = value_of(desk, table, line, some, line.row)


def _order(desk: Desk, table: Table, line: Line, later: str, earlier: str) -> None:
    """Put a day that would come too early right after the one it follows."""
    before = line.values.get(earlier)
    item = table.form.field(earlier)
    if item is not None and item.kind == "limit" and before:
        limit = parse_limit(before, desk.settings.year)
        before = limit.last if limit else None
    after = line.values.get(later)
    if isinstance(before, date) and isinstance(after, date) and after < before:
        line.values[later] = before + timedelta(days=3)


def fill_cover(desk: Desk, copy: Copy) -> None:
    """Write who filled a workbook in, who looked it through, and when."""
    sheet = copy.book[COVER]
    places = {str(r[0].value): r[0].row for r in sheet.iter_rows(max_col=1) if r[0].value}
    people = desk.roster.people_of(copy.unit.code)
    heads = secretaries(desk.roster, copy.unit, copy.day)
    said = {
        "填报人": copy.unit.contact or people[0].name,
        "联系电话": copy.unit.phone or "021-00000000",
        "填报日期": copy.day,
        "审核人": (heads or people)[0].name,
    }
    for name, value in said.items():
        if name in places:
            sheet.cell(places[name], 2).value = value
