"""Writing one sheet of an issued workbook: checked cells, calm formats, A4 paper.

Rows and columns count from 0 here, as in xlsxwriter; widths are in half-width characters.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias
from zipfile import ZipFile

from xlsxwriter.utility import xl_range_abs

from sxxt_excel.text import width_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from xlsxwriter import Workbook

Cell: TypeAlias = str | int | float | date
Area: TypeAlias = tuple[int, int, int, int]  # first row, first column, last row, last column

ACCENT, REQUIRED, HEADING, GREY, LINE = "#8C1D18", "#F5E1DF", "#EDEDED", "#F0F0F0", "#A6A6A6"

LEFT = frozenset({"text", "long", "label", "file", "unit"})
"""Kinds of field whose cells are written from the left; all others stand in the middle."""

A4, A3 = 9, 8
"""Sizes of paper as a workbook numbers them."""
_GB_CHARSET = 134
_HEAD_LENGTH = 60  # Excel takes 255 characters for both sides together
_SET_BY_HAND = re.compile(rb'(<row r="(?:[3-9]|[1-9][0-9]+)"[^>]*) customHeight="1"')
_LINE_HEIGHT = 15.0
_PADDING = 8.0
_HIGHEST_ROW = 400.0
_BORDER = MappingProxyType({"border": 1, "border_color": LINE})
_STYLES: Mapping[str, Mapping[str, object]] = MappingProxyType({
    "title": {"bold": True, "font_size": 18, "align": "center"},
    "subtitle": {"font_size": 10, "font_color": "#595959", "align": "center"},
    "section": {"bold": True, "font_size": 12, "font_color": ACCENT, "bottom": 1,
                "bottom_color": ACCENT, "text_wrap": False},
    "plain": {},
    "print": {"text_wrap": False},
    "heading": {"align": "center", "bg_color": HEADING, **_BORDER},
    "required": {"bold": True, "align": "center", "font_color": ACCENT, "bg_color": REQUIRED,
                 **_BORDER},
    "cell": {**_BORDER},
    "centred": {"align": "center", **_BORDER},
    "grey": {"bg_color": GREY, **_BORDER},
})  # fmt: skip
_FONT_OF = MappingProxyType({"title": "title", "section": "heading", "heading": "heading",
                             "required": "heading"})  # fmt: skip


class TemplateError(RuntimeError):
    """A workbook could not be written as meant: the definition or the call is at fault."""


def must(code: int | None, where: str) -> None:
    """Raise TemplateError where xlsxwriter returned the code of a refusal."""
    if code is not None and code < 0:
        raise TemplateError(f"xlsxwriter refused ({code}) at {where}")


@dataclass(frozen=True, slots=True)
class Fonts:
    """The font families of a workbook; a family that is missing falls back on the machine."""

    title: str = "宋体"
    heading: str = "黑体"
    body: str = "宋体"


OFFICE_FONTS = Fonts()
"""What Windows, Excel and WPS all bring along."""


def body_font(fonts: Fonts) -> dict[str, object]:
    """Return the properties of a cell without a format of its own.

    It is unlocked: Excel deletes a row of a protected sheet only if all of it is, to the
    far right, where a column format would blow up the extent of the sheet.
    """
    return {
        "font_name": fonts.body,
        "font_size": 11,
        "font_charset": _GB_CHARSET,
        "locked": False,
    }


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """Return the height in points that (text, column width) pairs need when wrapped."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(lines * _LINE_HEIGHT + _PADDING, _HIGHEST_ROW)


@lru_cache(maxsize=4096)  # most of what a workbook says is the same in every unit's
def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(width_of(part) / max(width, 2))) for part in text.split("\n"))


def reference(sheet: str, area: Area) -> str:
    """Return an area as a formula refers to it from another sheet."""
    quoted = sheet.replace("'", "''")
    return f"='{quoted}'!{xl_range_abs(*area)}"


def let_rows_grow(xlsx: bytes, sheets: Collection[int]) -> bytes:
    """Return the workbook with rows 3 and below of these sheets (from 0) free to grow.

    xlsxwriter marks every height as set by hand, after which no program adjusts it to what
    is typed; without a height LibreOffice shows long pre-filled text on one line.
    """
    names = {f"xl/worksheets/sheet{index + 1}.xml" for index in sheets}
    target = BytesIO()
    with ZipFile(BytesIO(xlsx)) as old, ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, _SET_BY_HAND.sub(rb"\1", data) if info.filename in names else data)
    return target.getvalue()


class Pen:
    """Makes formats and sheets of one workbook in its fonts."""

    def __init__(self, book: Workbook, fonts: Fonts) -> None:
        self.book = book
        self._fonts = fonts
        self._made: dict[tuple[object, ...], Any] = {}

    def style(self, name: str, **more: object) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Return a format by its name, with further properties on top."""
        key = (name, *sorted(more.items()))
        if key not in self._made:
            family = getattr(self._fonts, _FONT_OF.get(name, "body"))
            basic = {"font_name": family, "valign": "vcenter", "text_wrap": True, "locked": True}
            self._made[key] = self.book.add_format(basic | dict(_STYLES[name]) | more)
        return self._made[key]

    def border(self, fill: str | None = None) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Return a conditional format: thin lines, and a fill where one is given."""
        return self.book.add_format(dict(_BORDER) | ({"bg_color": fill} if fill else {}))

    def sheet(self, name: str) -> Sheet:
        """Add a sheet at the end of the workbook."""
        return Sheet(self.book.add_worksheet(name), self)


class Sheet:
    """One sheet; every write is checked, because xlsxwriter only returns a code."""

    def __init__(self, raw: Any, pen: Pen) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self.raw = raw
        self.pen = pen

    @property
    def index(self) -> int:
        """Return where the sheet stands in the workbook, from 0."""
        return int(self.raw.index)

    def write(self, row: int, column: int, value: Cell, style: Any = None) -> None:  # noqa: ANN401
        """Write text, number or date as what it is; text never becomes a formula."""
        if isinstance(value, str):
            code = self.raw.write_string(row, column, value, style)
        elif isinstance(value, date):
            code = self.raw.write_datetime(row, column, value, style)
        else:
            code = self.raw.write_number(row, column, value, style)
        must(code, f"{row},{column}")

    def blank(self, row: int, column: int, style: Any) -> None:  # noqa: ANN401
        """Write an empty cell that only has a format."""
        must(self.raw.write_blank(row, column, None, style), f"{row},{column}")

    def across(self, row: int, last: int, text: str, style: Any) -> None:  # noqa: ANN401
        """Write text over the columns 0 to `last` of a row."""
        if last == 0:
            self.write(row, 0, text, style)
        else:
            must(self.raw.merge_range(row, 0, row, last, text, style), f"{row}")

    def columns(self, widths: Iterable[float]) -> None:
        """Set the widths of the columns from the first on."""
        for number, width in enumerate(widths):
            must(self.raw.set_column(number, number, width), "width")

    def column(self, first: int, last: int, width: float | None, style: Any) -> None:  # noqa: ANN401
        """Set width and format of columns, for all rows that are not written."""
        must(self.raw.set_column(first, last, width, style), "column")

    def height(self, row: int, points: float) -> None:
        """Set the height of a row."""
        must(self.raw.set_row(row, points), "height")

    def validate(self, area: Area, rule: dict[str, Any]) -> None:
        """Put an entry rule (drop-down, date, hint) on an area."""
        must(self.raw.data_validation(*area, rule), str(rule.get("input_title", "")))

    def draw_where(self, area: Area, formula: str, style: Any) -> None:  # noqa: ANN401
        """Give the cells of an area a look where a formula holds."""
        rule = {"type": "formula", "criteria": formula, "format": style}
        must(self.raw.conditional_format(*area, rule), formula)

    def paper(self, *, landscape: bool, repeat: int | None, left: str, right: str) -> None:
        """Set up A4, one page wide, with numbered pages.

        Args:
            landscape: whether the paper lies.
            repeat: last row (from 0) that every page repeats, or None.
            left: text at the left of the page's head, usually the unit.
            right: text at its right, usually the title.
        """
        if landscape:
            self.raw.set_landscape()
        self.raw.set_paper(A4)
        self.raw.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.7)
        self.raw.center_horizontally()
        self.raw.fit_to_pages(1, 0)
        if repeat is not None:
            must(self.raw.repeat_rows(0, repeat), "repeat")
        # The space keeps a digit that begins the text from being read as a part of the size.
        head = (f"&{side}&9 {text[:_HEAD_LENGTH].replace('&', '&&')}"
                for side, text in (("L", left), ("R", right)) if text)  # fmt: skip
        self.raw.set_header("".join(head))
        self.raw.set_footer("&C&9 第 &P 页  共 &N 页")

    def protect(self, *, rows: bool) -> None:
        """Protect without a password: against slips, not against people."""
        free = ("objects", "format_cells", "format_columns", "format_rows", "sort", "autofilter")
        options = dict.fromkeys((*free, *(("insert_rows", "delete_rows") if rows else ())), True)
        self.raw.protect("", options)
