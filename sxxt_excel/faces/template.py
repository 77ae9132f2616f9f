"""One packet → the official Excel workbook that a unit fills in."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from sxxt_excel.faces.blank import (
    Blank,
    ParentItem,
    cover_values,
    locked,
    refuse_strays,
    table_rows,
    worked,
)
from sxxt_excel.faces.dropdowns import Lists, Offers, areas_by_role, entry_rule
from sxxt_excel.faces.instructions import INSTRUCTIONS, write_instructions
from sxxt_excel.faces.sheet import (
    ACCENT,
    GREY,
    LEFT,
    LINE,
    Fonts,
    Pen,
    TemplateError,
    body_font,
    let_rows_grow,
    must,
    reference,
    row_height,
)
from sxxt_excel.regime import EXPLANATIONS, form_rules
from sxxt_excel.stamp import STAMP_SHEET
from sxxt_excel.text import width_of

if TYPE_CHECKING:
    from sxxt_excel.faces.sheet import Area, Cell, Sheet
    from sxxt_excel.model.forms import Field, Form

__all__ = ("Blank", "Fonts", "ParentItem", "TemplateError", "build")

PARENTS = "上级清单"
_PARENT_COLUMNS = (("项目编号", 20), ("工作项目", 70), ("完成时限", 24))
_HEADINGS, _FIRST, _LAST = 1, 2, 201  # rows from 0: headings in row 2, data in rows 3 to 202
_COVER_FIRST = 2
_COVER_WIDTHS = (22, 62)
_WIDEST_FROZEN = 40
# Any fixed moment: the bytes of a workbook must not depend on the clock.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter takes it without a zone
# "@" keeps 1-2 and 022-… from being turned into dates and sums.
_FORMATS = MappingProxyType({"date": "yyyy-mm-dd", "serial": "0", "int": "0", "year": "0",
                             "number": "General", "long": "General"})  # fmt: skip
_SIGNATURES = (("党组织书记（签字）", "单位（盖章）"), ("审核人", "经办人"), ("电话", "日期"))
_SIGNATURE_WIDTH = 42


def build(blank: Blank) -> bytes:
    """Return the workbook as xlsx bytes, always the same for the same `blank`.

    Raises:
        TemplateError: pre-filled rows name a sheet or heading that the packet lacks, or a
            definition asks for something that Excel cannot hold.
    """
    refuse_strays(blank)
    target = BytesIO()
    options = {"in_memory": True, "default_format_properties": body_font(blank.fonts)}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": blank.title(blank.packet.title), "created": _CREATED})
    tables = _Maker(blank, Pen(book, blank.fonts)).make()
    book.close()
    return let_rows_grow(target.getvalue(), tables)


class _Maker:
    """Makes the sheets of one workbook, in the order in which they stand."""

    def __init__(self, blank: Blank, pen: Pen) -> None:
        self._blank = blank
        self._pen = pen
        self._forms = worked(blank)
        self._lists = Lists()
        self._areas = areas_by_role(blank.regime, blank.filers)
        self._rows = {f.id: table_rows(blank, f) for f in self._forms if f.layout == "table"}
        self._offers = self._offered()

    def make(self) -> tuple[int, ...]:
        """Write everything and return where the tables stand among the sheets."""
        cover, *forms = self._forms
        self._cover(cover)
        self._instructions()
        tables = []
        for form in forms:
            if form.id == EXPLANATIONS and self._blank.parents:
                self._parents()
            tables.append(self._table(form))
        self._lists.write(self._pen)
        self._stamp()
        return tuple(tables)

    def _offered(self) -> Offers:
        filers, parents = self._blank.filers, self._blank.parents
        below = (_FIRST, 0, _FIRST + len(parents) - 1, 0)
        return Offers(
            filers=tuple(dict.fromkeys(filer.label for filer in filers)),
            people=tuple(dict.fromkeys(f.person.name for f in filers if f.person)),
            areas=tuple(dict.fromkeys(word for _, words in self._areas for word in words)),
            keys={form.id: self._key_range(form) for form in self._forms if form.key},
            above=reference(PARENTS, below) if parents else None,
        )

    def _key_range(self, form: Form) -> str:
        column = next(n for n, item in enumerate(form.fields) if item.name == form.key)
        return reference(form.id, (_FIRST, column, self._last(form), column))

    def _last(self, form: Form) -> int:
        return max(_LAST, _FIRST + len(self._rows[form.id]) - 1)

    def _cell_style(self, form: Form, item: Field, **more: object) -> Any:  # noqa: ANN401
        return self._pen.style(
            "plain",
            align="left" if item.kind in LEFT else "center",
            num_format=_FORMATS.get(item.kind, "@"),
            locked=locked(self._blank, form, item),
            **more,
        )

    # ---- the cover ----

    def _cover(self, form: Form) -> None:
        blank, sheet = self._blank, self._new(form.id, landscape=False, repeat=None)
        sheet.columns(_COVER_WIDTHS)
        sheet.across(0, 1, blank.title(form.title), self._pen.style("title", font_size=20))
        sheet.height(0, 70)
        basis = f"依据{blank.regime.cite(blank.packet.basis)}"
        sheet.across(1, 1, basis, self._pen.style("subtitle"))
        sheet.height(1, 34)
        values = cover_values(blank, form)
        for row, item in enumerate(form.fields, _COVER_FIRST):
            self._cover_line(sheet, row, form, item, values.get(item.name, ""))
        known = "灰底的已由党委办公室填好，请核对。" if values else ""
        legend = f"浅红底、红字的必填。{known}各栏怎么填，见“填报说明”。"
        row = _COVER_FIRST + len(form.fields)
        sheet.across(row, 1, legend, self._pen.style("subtitle", align="left"))
        sheet.height(row, 28)
        for line, pair in enumerate(_SIGNATURES, row + 2):
            # In one cell, so that no reader takes 审核人 or 日期 for the labels above.
            text = "".join(_pen_line(label) for label in pair)
            sheet.across(line, 1, text, self._pen.style("print"))
            sheet.height(line, 38)
        sheet.protect(rows=False)

    def _cover_line(self, sheet: Sheet, row: int, form: Form, item: Field, value: Cell) -> None:
        shut = locked(self._blank, form, item)
        label = self._pen.style("required" if item.required else "heading")
        fill = {"bg_color": GREY} if shut else {}
        style = self._cell_style(form, item, border=1, border_color=LINE, **fill)
        style.set_align("left")
        style.set_indent(1)
        sheet.write(row, 0, item.name, label)
        if value == "":
            sheet.blank(row, 1, style)
        else:
            sheet.write(row, 1, value, style)
        sheet.height(row, 90 if item.kind == "long" else 30)
        if not shut:
            sheet.validate((row, 1, row, 1), entry_rule(item, self._offers, self._lists))

    # ---- the tables ----

    def _table(self, form: Form) -> int:
        sheet = self._new(form.id, landscape=form.landscape, repeat=_HEADINGS)
        sheet.raw.set_tab_color(ACCENT)
        edge, last = len(form.fields) - 1, self._last(form)
        sheet.across(0, edge, self._blank.title(form.title), self._pen.style("title"))
        sheet.height(0, 36)
        for column, item in enumerate(form.fields):
            self._column(sheet, form, item, column)
        sheet.height(_HEADINGS, row_height((f.name, f.width - 2) for f in form.fields) + 6)
        self._fill(sheet, form)
        self._lines(sheet, form, (_FIRST, 0, last, edge))
        sheet.raw.autofilter(_HEADINGS, 0, last, edge)
        sheet.raw.freeze_panes(_FIRST, _frozen_columns(form))
        # A number written as text is what we want: no green corners.
        whole = f"A1:{xl_col_to_name(edge)}{last + 1}"
        must(sheet.raw.ignore_errors({"number_stored_as_text": whole}), whole)
        sheet.protect(rows=True)
        return sheet.index

    def _column(self, sheet: Sheet, form: Form, item: Field, column: int) -> None:
        heading = self._pen.style("required" if item.required else "heading")
        sheet.write(_HEADINGS, column, item.name, heading)
        sheet.column(column, column, item.width, self._cell_style(form, item))
        if item.kind != "serial" and not locked(self._blank, form, item):
            area = (_FIRST, column, self._last(form), column)
            sheet.validate(area, entry_rule(item, self._offers, self._lists))

    def _fill(self, sheet: Sheet, form: Form) -> None:
        styles = [self._cell_style(form, item) for item in form.fields]
        for row, values in enumerate(self._rows[form.id], _FIRST):
            for column, item in enumerate(form.fields):
                value = values.get(item.name, "")
                if value != "":
                    sheet.write(row, column, value, styles[column])
            texts = [(str(values.get(item.name, "")), item.width) for item in form.fields]
            if (height := row_height(texts)) > row_height(()):
                sheet.height(row, height)

    def _lines(self, sheet: Sheet, form: Form, area: Area) -> None:
        """Draw lines around printed rows and any other row that holds something."""
        first, _, last, edge = area
        printed = _FIRST + len(self._rows[form.id])
        row = f"$A{first + 1}:${xl_col_to_name(edge)}{first + 1}"
        formula = f"=OR(ROW()<={printed},COUNTA({row})>0)"
        for column, item in enumerate(form.fields):
            shut = locked(self._blank, form, item)
            look = self._pen.border(GREY if shut else None)
            sheet.draw_where((first, column, last, column), formula, look)

    # ---- what comes along ----

    def _instructions(self) -> None:
        sheet = self._new(INSTRUCTIONS, landscape=True, repeat=None)
        forms = ((form, form_rules(self._blank.regime, form)) for form in self._forms)
        title = self._blank.title(self._blank.packet.title)
        write_instructions(sheet, title, forms, self._areas, parents=bool(self._blank.parents))
        sheet.protect(rows=False)

    def _parents(self) -> None:
        sheet = self._new(PARENTS, landscape=False, repeat=_HEADINGS)
        widths = tuple(width for _, width in _PARENT_COLUMNS)
        sheet.columns(widths)
        sheet.across(0, len(widths) - 1, "与本单位有关的上级项目", self._pen.style("title"))
        sheet.height(0, 36)
        for column, (name, _) in enumerate(_PARENT_COLUMNS):
            sheet.write(_HEADINGS, column, name, self._pen.style("heading"))
        sheet.height(_HEADINGS, 28)
        centred, left = self._pen.style("grey", align="center"), self._pen.style("grey")
        for row, item in enumerate(self._blank.parents, _FIRST):
            texts = (item.key, item.text, item.limit)
            for column, text in enumerate(texts):
                sheet.write(row, column, text, left if column == 1 else centred)
            sheet.height(row, row_height(zip(texts, widths, strict=True)))
        sheet.raw.freeze_panes(_FIRST, 0)
        sheet.protect(rows=False)

    def _stamp(self) -> None:
        sheet = self._pen.sheet(STAMP_SHEET)
        for row, pair in enumerate(self._blank.stamp.rows()):
            for column, text in enumerate(pair):
                sheet.write(row, column, text)
        sheet.raw.very_hidden()

    def _new(self, name: str, *, landscape: bool, repeat: int | None) -> Sheet:
        sheet = self._pen.sheet(name)
        unit = self._blank.unit.name if self._blank.unit else ""
        title = self._blank.title(self._blank.packet.title)
        sheet.paper(landscape=landscape, repeat=repeat, left=unit, right=title)
        return sheet


def _frozen_columns(form: Form) -> int:
    """How many columns stay in sight: up to the item number or the filer, where narrow enough."""
    named = form.key or form.filer
    names = [item.name for item in form.fields]
    until = names.index(named) + 1 if named else 0
    return until if sum(item.width for item in form.fields[:until]) <= _WIDEST_FROZEN else 0


def _pen_line(label: str) -> str:
    """A label and a line to write on, as wide as every other."""
    text = f"{label}："
    room = _SIGNATURE_WIDTH - width_of(text) - 4
    return f"{text}{'＿' * (room // 2)}    "
