"""Items that name one another: references, and items that others take up."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from sxxt_excel.relations import parent_of, units_under
from sxxt_excel.text import split_several

from .values import fill_line

if TYPE_CHECKING:
    from sxxt_excel.model.rules import Cascade
    from sxxt_excel.people import Unit

    from .desk import Desk
    from .sheets import Copy, Line, Table

    Place = tuple[Table, Line]


def refer(desk: Desk, table: Table) -> None:
    """Let every required reference name an item of the unit's own list, in turn."""
    for item in table.form.of_kind("ref", "refs"):
        if item.required and item.to is not None:
            keys = _keys(desk, item.to.form, table.copy)
            for line, key in zip(table.lines, cycle(keys), strict=False) if keys else ():
                line.values.setdefault(item.name, key)


def _keys(desk: Desk, form: str, copy: Copy) -> list[str]:
    """Return the numbers of a unit's list; of a filer's own workbook only his own."""
    lines = [line for _, line in desk.lines(form, copy.unit)]
    if copy.item.filer:
        lines = [n for n in lines if n.filer is None or n.filer.label in copy.labels]
    key = desk.regime.form(form).key or ""
    return [n.values[key] for n in lines if n.values.get(key)]


def take_up(desk: Desk, rule: Cascade) -> None:
    """Let the items that a cascade asks about be taken up by somebody in its scope."""
    if rule.each_period:
        return
    where = dict(rule.demand.where)
    for table, line in desk.lines(rule.demand.form):
        if not desk.means(rule.demand, table, line):
            continue
        groups = [_takers(desk, rule, line, unit) for unit in _places(desk, rule, table, line)]
        if not groups or not all(groups):
            continue
        if not all(line.says(name, values) for name, values in where.items()):
            if not _first_of_its_kind(desk, rule, table, line):
                continue
            line.values.update({name: values[0] for name, values in where.items()})
        for group in groups:
            _name(desk, rule, group, line.values[table.form.key or ""])


def _first_of_its_kind(desk: Desk, rule: Cascade, table: Table, line: Line) -> bool:
    """Tell the first item of a role in a list that no other cascade has taken."""
    names = {name for name, _ in rule.demand.where}
    pairs = [pair for c in desk.regime.cascades for pair in c.demand.where]
    asked = {v for name, values in pairs if name in names for v in values}
    same = [n for n in table.lines if n.role == line.role]
    free = [n for n in same if not any(n.says(name, asked) for name in names)]
    wanted = [n for n in same if all(n.says(name, v) for name, v in rule.demand.where)]
    return not wanted and bool(free) and free[0] is line


def _places(desk: Desk, rule: Cascade, table: Table, line: Line) -> list[Unit]:
    """Return the units of which each must take an item up, as far as they send the list."""
    unit = table.copy.unit
    units = [unit]
    if rule.scope == "in_charge":
        person = line.filer.person if line.filer else None
        codes = units_under(desk.roster, person) if person else ()
        units = [u for u in desk.roster.units if u.code in codes]
    elif rule.scope == "below":
        above = [(u, parent_of(desk.regime, desk.roster, u)) for u in desk.roster.units]
        units = [u for u, parent in above if parent is not None and parent.code == unit.code]
    return [u for u in units if desk.lines(rule.supply.form, u)]


def _takers(desk: Desk, rule: Cascade, line: Line, unit: Unit) -> list[Place]:
    """Return the rows of a unit that could take an item up."""
    return [
        (t, n)
        for t, n in desk.lines(rule.supply.form, unit)
        if desk.means(rule.supply, t, n) and (rule.scope != "members" or n.filer != line.filer)
    ]


def _name(desk: Desk, rule: Cascade, group: list[Place], key: str) -> None:
    """Write an item's number where it is taken up: once more, or in a row still without."""
    if any(key in split_several(str(n.values.get(rule.by) or "")) for _, n in group):
        return
    table, line = min(group, key=lambda p: len(str(p[1].values.get(rule.by) or "")))
    item = table.form.field(rule.by)
    said = str(line.values.get(rule.by) or "")
    if said and item is not None and item.kind == "ref":
        line = table.add({}, line.filer)
        fill_line(desk, table, line, len(table.lines) - 1)
        said = ""
    line.values[rule.by] = "、".join(filter(None, (said, key)))
