"""What is to be told of a sheet that was read: renamed, merged, hidden, struck out, beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.layout import names_of
from sxxt_excel.lines import is_signed
from sxxt_excel.raw import Remark, said_rows
from sxxt_excel.read import cell_name, column_letter
from sxxt_excel.text import clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.layout import Headings
    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import RawTable
    from sxxt_excel.read import Sheet

_FEW = 3


def remarks_on(sheet: Sheet, form: Form, headings: Headings, table: RawTable) -> Iterable[Remark]:
    """Yield what is to be told of a sheet, given what was read of it as a form."""
    if not _is_called(sheet, form):
        yield Remark("S108", form.id, sheet.name, got=sheet.name)
    yield from _about_headings(sheet, form, headings)
    aside = list(_without_heading(sheet, headings, table.rows))
    if aside:
        more = f"等{len(aside)}格" if len(aside) > _FEW else ""
        yield Remark("S115", form.id, sheet.name, aside[0], got="、".join(aside[:_FEW]) + more)
    # Programs write them down in any order.
    merged = sorted(m for m in sheet.merged if m[0] > headings.row and m[2] > m[0])
    if merged:
        more = f"等{len(merged)}处" if len(merged) > _FEW else ""
        ranges = "、".join(f"{cell_name(a, b)}:{cell_name(c, d)}" for a, b, c, d in merged[:_FEW])
        first = cell_name(merged[0][0], merged[0][1])
        yield Remark("S109", form.id, sheet.name, first, got=ranges + more)
    hidden = [r for r in sheet.hidden_rows if r > headings.row]
    if hidden:
        yield Remark("S110", form.id, sheet.name, f"A{hidden[0]}", got=f"有{len(hidden)}行是隐藏的")
    unseen = [c for c in _hidden_columns(sheet) if any(_holds(sheet, headings.row, c))]
    if unseen:
        letters = "、".join(map(column_letter, unseen))
        at = cell_name(headings.row, unseen[0])
        yield Remark("S110", form.id, sheet.name, at, got=f"{letters}列是隐藏的")
    if not sheet.visible:
        yield Remark("S110", form.id, sheet.name, got="这张表是隐藏的")
    lines = {table.rows[at] for at in said_rows(table, form)} if sheet.struck_rows else set()
    struck = [row for row in sheet.struck_rows if row in lines]
    if struck:
        yield Remark("S116", form.id, sheet.name, f"A{struck[0]}", got=f"有{len(struck)}行")
    late = _below_signature(sheet, table)
    if late:
        yield Remark(
            "S113", form.id, sheet.name, f"A{late[0]}", got=f"第{late[0]}行起的{len(late)}行"
        )


def _is_called(sheet: Sheet, form: Form) -> bool:
    return fold(sheet.name) in names_of(form)


def _without_heading(sheet: Sheet, headings: Headings, rows: Iterable[int]) -> Iterable[str]:
    """Yield the cells of rows that hold something in a column that nothing is written above."""
    headed = {column for _, column in (*headings.columns, *headings.extra, *headings.doubled)}
    last = sheet.left + (len(sheet.rows[0]) if sheet.rows else 0)
    columns = [column for column in range(sheet.left, last) if column not in headed]
    if columns:
        for row in rows:
            for column in columns:
                if clean(to_text(sheet.value(row, column))):
                    yield cell_name(row, column)


def _hidden_columns(sheet: Sheet) -> Iterable[int]:
    last = sheet.left + (len(sheet.rows[0]) if sheet.rows else 0)
    return (c for a, b in sheet.hidden_columns for c in range(max(a, sheet.left), min(b + 1, last)))


def _holds(sheet: Sheet, header: int, column: int) -> Iterable[bool]:
    rows = range(header + 1, sheet.top + len(sheet.rows))
    return (sheet.value(row, column) not in {None, ""} for row in rows)


def _below_signature(sheet: Sheet, table: RawTable) -> tuple[int, ...]:
    """Return the rows of data that stand below who signs."""
    known, last = set(table.rows), table.rows[-1] if table.rows else 0
    for row in range(table.header_row + 1, last):
        if row not in known and is_signed(sheet.rows[row - sheet.top]):
            return tuple(r for r in table.rows if r > row)
    return ()


def _about_headings(sheet: Sheet, form: Form, headings: Headings) -> Iterable[Remark]:
    def at(column: int) -> str:
        return cell_name(headings.row, column)

    for name, text, column in headings.renamed:
        yield Remark("S103", form.id, sheet.name, at(column), name, text)
    for text, column in headings.extra:
        yield Remark("S105", form.id, sheet.name, at(column), got=text)
    for name, column in headings.doubled:
        yield Remark("S111", form.id, sheet.name, at(column), name, name)
    if not headings.in_order or headings.row != 2 or headings.columns[0][1] != 1:  # noqa: PLR2004
        yield Remark("S104", form.id, sheet.name, at(headings.columns[0][1]))
    for name in headings.missing:
        field = form.field(name)
        code = "S102" if field is not None and field.required else "S107"
        yield Remark(code, form.id, sheet.name, at(headings.columns[0][1]), name)
