"""How many rows a table has, and whose they are."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from .sheets import FIRST, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.rules import Coverage
    from sxxt_excel.people import Filer

    from .desk import Desk
    from .sheets import Table


def add_rows(desk: Desk) -> None:
    """Give every table the rows that somebody's being there asks for."""
    for table in desk.tables():
        if table.form.fixed and not table.mirrored:
            for row in table.form.fixed:
                table.add(dict(row))
        elif not table.mirrored:
            for filer, match in list(_asked(desk, table)):
                table.add(match, filer)


def _asked(desk: Desk, table: Table) -> Iterator[tuple[Filer, dict[str, str]]]:
    """Yield whose rows a table is to have, and the area of each where areas are asked for."""
    copy, form = table.copy, table.form
    cover = [
        c
        for c in desk.regime.coverages
        if c.form == form.id and copy.item.obligation.packet in c.packets
    ]
    if not cover and all(s.form != form.id for s in desk.regime.signoffs):
        return
    roles = {role for c in cover for role in c.roles}
    for filer in copy.filers:
        if not roles or filer.role in roles:
            yield from ((filer, match) for match in _rows_of(desk, table, filer, cover))


def _rows_of(
    desk: Desk, table: Table, filer: Filer, cover: list[Coverage]
) -> Iterator[dict[str, str]]:
    area = next((f.name for f in table.form.fields if f.choices_by_role), None)
    areas = desk.regime.role(filer.role).areas if any(c.areas for c in cover) else ()
    if area is not None and areas:
        yield from ({area: one} for one in areas)
    else:
        yield from ({} for _ in range(_items(desk, table, filer)))


def _items(desk: Desk, table: Table, filer: Filer) -> int:
    """Return how many items a filer has: one for each way in which others take one up."""
    demands = (c.demand for c in desk.regime.cascades if c.demand.form == table.form.id)
    ways = [d for d in demands if d.where and (not d.roles or filer.role in d.roles)]
    return max(1, len(ways))


def top_up(desk: Desk, table: Table) -> None:
    """Give a table that nothing has asked rows of a few all the same."""
    copy, form = table.copy, table.form
    if table.mirrored or form.fixed:
        return
    if form.subject and not table.lines:
        about = [copy.item.subject] if copy.item.subject else desk.subjects(copy.unit)
        for unit in about:
            table.add({form.subject: unit.name}, copy.filers[0])
    if form.of_kind("person") and table.lines:
        return
    filers = copy.filers if form.filer is not None else ()
    wanted = max(desk.least, len(filers) if filers else desk.least + 1)
    turns = cycle(filers or (None,))
    while len(table.lines) < wanted:
        match = {form.subject: desk.about(copy).name} if form.subject else {}
        table.add(match, next(turns))


def mirror(desk: Desk, table: Table, source: str) -> None:
    """Repeat the items of another list of the unit, those of the workbook's filers."""
    labels = table.copy.labels if table.copy.item.filer else None
    key = table.form.key or ""
    shared = [f.name for f in table.form.fields if f.locked or f.kind in {"filer", "key"}]
    for _, line in desk.lines(source, table.copy.unit):
        if labels is None or (line.filer and line.filer.label in labels):
            own = {n: line.values[n] for n in shared if line.values.get(n)}
            given = (row for row, there in table.given.items() if there.get(key) == own.get(key))
            row = next(given, FIRST + len(table.lines))
            table.lines.append(Line(row, own, line.filer))
