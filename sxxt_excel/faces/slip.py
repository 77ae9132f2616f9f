"""A 更正单: the rows of a workbook that have to be mended, to be filled in and sent back alone."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter

from sxxt_excel.faces.dropdowns import Lists, Offers, entry_rule
from sxxt_excel.faces.mended import HEAD_ROW
from sxxt_excel.faces.sheet import ACCENT, GREY, LEFT, OFFICE_FONTS, Pen, body_font, row_height
from sxxt_excel.stamp import STAMP_SHEET
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.faces.mended import SlipTable
    from sxxt_excel.faces.sheet import Cell, Sheet
    from sxxt_excel.model.forms import Field
    from sxxt_excel.stamp import Stamp
    from sxxt_excel.text import Value

__all__ = ["build_slip"]

_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter takes it without a zone
_ORIGIN, _ORIGIN_WIDTH = "原件中的行", 11
_DAY, _TEXT, _ANY = "yyyy-mm-dd", "@", "General"
_FIRST_YEAR = 1900
_HEADING, _ROOM = 26.0, 64.0
"""Points: what is told of a row comes to stand beside it."""


def build_slip(title: str, unit: str, tables: Iterable[SlipTable], stamp: Stamp) -> bytes:
    """Return a 更正单 as xlsx bytes, always the same for the same content."""
    target = BytesIO()
    options = {"in_memory": True, "default_format_properties": body_font(OFFICE_FONTS)}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": title, "created": _CREATED})
    pen, lists = Pen(book, OFFICE_FONTS), Lists()
    for table in tables:
        sheet = pen.sheet(table.form.id)
        sheet.paper(landscape=True, repeat=HEAD_ROW - 1, left=unit, right=title)
        sheet.raw.set_tab_color(ACCENT)
        _write(sheet, table, lists, title)
    lists.write(pen)
    hidden = pen.sheet(STAMP_SHEET)
    for row, pair in enumerate(stamp.rows()):
        for column, text in enumerate(pair):
            hidden.write(row, column, text)
    hidden.raw.very_hidden()
    book.close()
    return target.getvalue()


def _write(sheet: Sheet, table: SlipTable, lists: Lists, title: str) -> None:
    fields = [field for name in table.names if (field := table.form.field(name)) is not None]
    edge, head = len(fields), HEAD_ROW - 1
    sheet.across(0, edge, f"{title}：{table.form.id}", sheet.pen.style("title"))
    sheet.height(0, 36)
    offers = Offers(filers=table.people, people=table.people)
    last = head + len(table.rows)
    for column, field in enumerate(fields):
        look = "required" if field.required else "heading"
        sheet.write(head, column, field.name, sheet.pen.style(look))
        sheet.column(column, column, field.width, None)
        if field.name not in table.shut and field.kind != "serial":
            sheet.validate((head + 1, column, last, column), entry_rule(field, offers, lists))
    sheet.height(head, max(row_height((f.name, f.width) for f in fields), _HEADING))
    sheet.write(head, edge, _ORIGIN, sheet.pen.style("heading"))
    sheet.column(edge, edge, _ORIGIN_WIDTH, None)
    for row, (origin, values) in enumerate(table.rows, head + 1):
        for column, (field, value) in enumerate(zip(fields, values, strict=True)):
            _cell(sheet, (row, column), field, value, shut=field.name in table.shut)
        sheet.write(row, edge, origin, sheet.pen.style("grey", align="center"))
        texts = ((to_text(v), f.width) for f, v in zip(fields, values, strict=True))
        sheet.height(row, max(row_height(texts), _ROOM))
    sheet.raw.freeze_panes(head + 1, 0)
    sheet.protect(rows=False)


def _cell(sheet: Sheet, at: tuple[int, int], field: Field, value: Value, *, shut: bool) -> None:
    said = _said(value)
    shape = _DAY if isinstance(said, dt.date) else _ANY if isinstance(said, float) else _TEXT
    if said == "" and field.kind == "date":
        shape = _DAY
    look = {"align": "left" if field.kind in LEFT else "center"}
    look |= {"bg_color": GREY} if shut else {}
    style = sheet.pen.style("cell", num_format=shape, locked=shut, **look)
    if said == "":
        sheet.blank(*at, style)
    else:
        sheet.write(*at, said, style)


def _said(value: Value) -> Cell:
    """Return a value as a cell of ours can hold it, so that it reads the same again."""
    if isinstance(value, dt.date) and clean(to_text(value)) == str(value)[:10]:
        day = dt.date(value.year, value.month, value.day)
        return day if day.year >= _FIRST_YEAR else to_text(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    return to_text(value)
