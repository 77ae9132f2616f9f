"""What stands in a cell: what is required, and what the definition gives an example of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from phrases import words

from sxxt_excel.regime import form_rules
from sxxt_excel.relations import in_charge, secretaries

if TYPE_CHECKING:
    from sxxt_excel.model.forms import Field, Form

    from .desk import Desk
    from .sheets import Copy, Line, Table, Value

EXAMPLES_YEAR = 2025
"""The examples of the definitions are of this year; what is earlier in them is so by as much."""

NEVER = frozenset({"serial", "file"})
"""Kinds that are left alone: what counts itself, and what needs a document beside it."""

_NUMBERED = frozenset({"ref", "refs", "key"})


def fill_values(desk: Desk, table: Table) -> None:
    """Fill in every row of a table."""
    for number, line in enumerate(table.lines):
        fill_line(desk, table, line, number)


def fill_line(desk: Desk, table: Table, line: Line, number: int) -> None:
    """Fill in a row, the `number`th of its table from 0."""
    idle = _idle(desk, table.form)
    for item in table.form.fields:
        if line.values.get(item.name) is not None or item.kind in NEVER | _NUMBERED or item.office:
            continue
        if item.name in idle or (item.locked and table.given.get(line.row)):
            continue
        if item.required or item.example:
            value = value_of(desk, table, line, item, number)
            if value not in {None, ""}:
                line.values[item.name] = value


def _idle(desk: Desk, form: Form) -> set[str]:
    """Return the headings in which one says why something is not there."""
    regime = desk.regime
    idle = {n for r in form_rules(regime, form) if r.only is not None for n in r.when.filled}
    idle |= {c.reason for c in regime.chains if c.form == form.id and c.reason}
    idle |= {c.reason for c in regime.counts if c.form == form.id and c.reason}
    for rule in regime.cascades:
        for rows in (rule.demand, rule.supply):
            if rows.form == form.id and rows.unless:
                idle.add(rows.unless)
    return idle


def value_of(desk: Desk, table: Table, line: Line, item: Field, number: int) -> Value:
    """Return what a careful clerk writes there."""
    copy = table.copy
    known: Value = None
    match item.kind:
        case "filer" | "person":
            known = line.filer.label if line.filer else copy.filers[0].label
        case "signer":
            known = _signer(desk, copy, line)
        case "choice" | "choices":
            known = _choice(desk, line, item, number)
        case "int" | "year" | "number":
            known = _number(desk, line, item)
        case "date":
            day = moved(item.example, desk.settings.year, number) or desk.end
            known = min(day, copy.day - timedelta(days=1)) if item.happened else day
        case "limit":
            known = _this_year(desk, item.example or f"{EXAMPLES_YEAR}年底前")
        case "unit":
            known = copy.unit.name
        case _:
            text = _this_year(desk, words(item, number, _people(desk, copy, line)))
            known = text.replace("JX-", f"{copy.unit.code}-")[: item.max_length or None]
    return known


def _this_year(desk: Desk, text: str) -> str:
    return text.replace(str(EXAMPLES_YEAR), str(desk.settings.year))


def _people(desk: Desk, copy: Copy, line: Line) -> list[str]:
    """Return who may be named: the filer himself, then the people of the unit."""
    own = [line.filer.person.name] if line.filer and line.filer.person else []
    return own + [p.name for p in desk.roster.people_of(copy.unit.code) if p.name not in own]


def _choice(desk: Desk, line: Line, item: Field, number: int) -> Value:
    choices = item.choices
    if item.choices_by_role:
        roles = [desk.regime.role(line.filer.role)] if line.filer else []
        choices = next((r.areas for r in (*roles, *desk.regime.roles) if r.areas), ())
        return choices[number % len(choices)] if choices else item.example or "党风廉政建设"
    if not choices:
        return item.example or "其他"
    return item.example if item.example in choices else choices[number % len(choices)]


def _number(desk: Desk, line: Line, item: Field) -> Value:
    value = float(item.example or 2)
    if item.example == str(EXAMPLES_YEAR):
        value = desk.settings.year
    if item.maximum and line.values.get(item.maximum) is not None:
        value = min(value, float(line.values[item.maximum]))
    return value if item.kind == "number" and value % 1 else int(value)


def _signer(desk: Desk, copy: Copy, line: Line) -> str:
    for rule in desk.regime.signoffs:
        if line.role in rule.roles:
            who = secretaries if rule.signer == "unit_secretary" else in_charge
            found = who(desk.roster, copy.unit, copy.day)
            return found[0].name if found else "上级党组织负责同志"
    return "党组织负责同志"


def moved(example: str, year: int, number: int) -> date | None:
    """Return an example's day in the year that is collected, each row's some days later."""
    try:
        day = date.fromisoformat(example)
    except ValueError:
        return None
    day = day.replace(year=year - (EXAMPLES_YEAR - day.year))
    return min(day + timedelta(days=number % 9), day.replace(month=12, day=31))
