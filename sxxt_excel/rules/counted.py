"""Forms that hold counts and nothing else: no name in them, and sums that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Where
from sxxt_excel.raw import Fault
from sxxt_excel.result import FILE
from sxxt_excel.text import (
    clean,
    to_text,
)
from sxxt_excel.wording.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.model.forms import Field
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Roster
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack


def check_counted(context: Context) -> Iterator[Finding]:
    """Yield names of the roster and wrong sums in forms with `counts_only`."""
    names = _names(context.roster)
    for stack in context.stacks.values():
        if stack.form.counts_only:
            for number, table in sorted(stack.tables.items()):
                yield from _named(stack, number, table, names)
                yield from _summed(stack, number, table)


def _names(roster: Roster) -> frozenset[str]:
    """Return the full names that are looked for: these to the letter, and nothing else."""
    return frozenset(name for p in roster.people if (name := _tight(p.name)))


def _tight(text: str) -> str:
    return "".join(clean(text).split())


def _named(stack: Stack, number: int, table: RawTable, names: frozenset[str]) -> Iterator[Finding]:
    """Yield the cells in which a name stands; it is not said again which."""
    submission = stack.submissions[number]
    for cell, heading, text in _texts(table):
        said = _tight(text)
        if any(name in said for name in names):
            where = Where(
                path=submission.path, sheet=table.sheet, cell=cell, unit=submission.unit_name,
                unit_code=submission.unit_code, form=stack.form.id, field=heading,
            )  # fmt: skip
            yield finding("V123", where, basis=submission.basis)


def _texts(table: RawTable) -> Iterator[tuple[str | None, str | None, str]]:
    """Yield each text of a sheet with its cell and heading; every other cell is a number."""
    for heading, column in table.columns.items():
        for row, raw in zip(table.rows, column, strict=True):
            if isinstance(raw, str):
                yield table.cell(row, heading), heading, raw
    for cell, text in table.beside:
        yield cell, None, text


def _summed(stack: Stack, number: int, table: RawTable) -> Iterator[Finding]:
    """Yield sums that differ from what the rows come to; unread cells leave it open."""
    submission = stack.submissions[number]
    mine = stack.frame[FILE] == number
    for field in stack.form.of_kind("int"):
        if not stack.known.loc[mine, field.name].all():
            continue
        value = int(stack.frame.loc[mine, field.name].sum())
        for row, cells in table.totals:
            got = _whole(field, cells)
            if got is not None and got != value:
                where = Where(
                    path=submission.path, sheet=table.sheet, cell=table.cell(row, field.name),
                    unit=submission.unit_name, unit_code=submission.unit_code,
                    form=stack.form.id, field=field.name,
                )  # fmt: skip
                yield finding("N106", where, got=str(got), value=str(value), basis=submission.basis)


def _whole(field: Field, cells: Mapping[str, Raw]) -> int | None:
    raw = cells.get(field.name)
    said = None if raw is None or isinstance(raw, Fault) else parse_number(clean(to_text(raw)))
    return int(said.value) if said is not None else None
