"""Figures of a register and the records that they must agree with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.periods import period_span
from sxxt_excel.rules.windows import spans
from sxxt_excel.text import split_several

from .records import Ask, Record

if TYPE_CHECKING:
    from datetime import date

    from sxxt_excel.model.rules import Agreement
    from sxxt_excel.people import Unit

    from .desk import Desk
    from .records import Recorder
    from .sheets import Line, Table


def prove(recorder: Recorder, rule: Agreement) -> None:
    """Add the records that a unit's figure must rest on to be large enough."""
    desk = recorder.desk
    for count in desk.regime.counts:
        if (count.form, count.where) != (rule.form, rule.where) or count.at_least_where:
            continue
        for unit in desk.roster.units:
            table = next(desk.tables(rule.supply.form, unit), None)
            if table is None or not desk.has(rule.form, unit):
                continue
            for span in spans(count.window, desk.settings):
                there = _records(desk, rule, unit, (span.first, span.last))
                for _ in range(len(there), count.at_least):
                    recorder.add(Record(table, rule.supply, Ask(unit), span))


def agree(desk: Desk, rule: Agreement) -> None:
    """Let a unit's figure of a period be the number of the records that it sends."""
    for unit in desk.roster.units:
        done: set[str] = set()
        for table, line in desk.lines(rule.form, unit) if desk.has(rule.supply.form, unit) else ():
            if all(line.says(n, v) for n, v in rule.where):
                period = table.copy.item.period
                there = _records(desk, rule, unit, period_span(period))
                _tell(desk, table, rule, line, 0 if period in done else len(there))
                done.add(period)


def _records(
    desk: Desk, rule: Agreement, unit: Unit, days: tuple[date, date]
) -> set[tuple[str, ...]]:
    """Return what the records of some days count as."""
    first, last = days
    lines = (line for _, line in desk.lines(rule.supply.form, unit))
    return {
        alike
        for place, line in enumerate(lines)
        if all(line.says(n, v) for n, v in rule.supply.where)
        and first <= line.values.get(rule.supply.date or "", desk.end) <= last
        for alike in _alike(rule, line, place)
    }


def _alike(rule: Agreement, line: Line, place: int) -> tuple[tuple[str, ...], ...]:
    """Return what a record counts as: once for each it names, the same again only once."""
    supply = rule.supply
    people = split_several(str(line.values.get(supply.names))) if supply.names else ("",)
    rest = tuple(str(line.values.get(n)) for n in supply.distinct if n != supply.names)
    return tuple((*(rest if supply.distinct else (str(place),)), p) for p in people)


def _tell(desk: Desk, table: Table, rule: Agreement, line: Line, value: int) -> None:
    """Write a figure, and the same into the figure that it is measured by."""
    line.values[rule.value] = value
    for count in desk.regime.counts:
        if count.form == rule.form and count.where == rule.where and count.at_least_where:
            for other in table.lines:
                if all(other.says(n, v) for n, v in count.at_least_where):
                    other.values[count.value] = value
