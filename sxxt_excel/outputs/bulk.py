"""Workbooks with many rows, quickly: xlsxwriter lays them out, the rows are put in as XML.

Writing cell by cell takes ten times as long. So xlsxwriter writes headings, formats,
widths, filters and page set-up, and one sample row from which the number of each format is
read; `Book.save` copies its package and puts the rows (inline strings) in that row's place.
Every value is text, number or blank: nothing here can become a formula or a live link.
"""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import quoteattr

import xlsxwriter

from sxxt_excel.package import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

Cell: TypeAlias = str | int | float | None

LAST_ROW = 1_048_576
"""Rows of a sheet, its headings included."""
MOST_LINKS = 65_530
"""Hyperlinks that Excel takes on one sheet; it repairs (that is, drops) what is beyond."""

_LONGEST_TEXT = 32_767
_LONGEST_NAME = 31
_SLICE = 8_192
# Level 1 packs row XML, which repeats itself, nearly as well as 6 in a third of the time.
_PACKING = 1
# A part whose cells may come to 2 GiB of XML has to say so before it is written.
_HUGE = 10_000_000
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

# Row numbers stand as NUL in a row's XML until the row is put together: no cell holds one,
# because control characters are escaped.
_ROW = "\0"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_STARTS_A_FORMULA = ("=", "+", "-", "@")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f<>&\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
# Text that needs none of the care of `_cell`, which takes twice as long: nearly all text is such.
_CARE = r"\s\x00-\x1f<>&_\ud800-\udfff\ufffe\uffff"
_AS_IT_IS = re.compile(rf"[^=+\-@{_CARE}][^{_CARE}]{{0,{_LONGEST_TEXT - 1}}}").fullmatch
_TEXT_END = "</t></is></c>"
_FIRST_SURROGATE = 0xD800
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "_": "_x005F_"}
_SAMPLE = re.compile(rb'<row r="2"[^>]*>(.*?)</row>', re.DOTALL)
_FORMAT = re.compile(rb'<c r="[A-Z]+2" s="(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_AFTER_LINKS = re.compile(rb"<(?:printOptions|pageMargins)\b")


@dataclass(frozen=True, slots=True)
class Print:
    """What every printed page says at the left of its head and foot, and in which fonts."""

    head: str
    foot: str
    body: str = "宋体"
    title: str = "黑体"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: `look` is the name of a format, or one name a row.

    `width` is in half-width characters.
    """

    heading: str
    width: float
    values: Sequence[Cell]
    look: str | Sequence[str] = "text"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell of a table (row and column from 0, headings not counted) that opens `target`.

    `target` is an escaped URI, `location` a place in it as Excel writes one ('任务清单'!C3).
    """

    row: int
    column: int
    target: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of rows under one row of headings.

    `title` heads the printed page, `frozen` columns stay in sight, rows are at least `least`
    points tall, `one_page` shrinks it all to one page; `empty` is the sentence that stands
    there when there are no rows. Only the first `printed` columns go to paper (0: all).
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    frozen: int = 1
    links: tuple[Link, ...] = ()
    empty: str = "尚无数据。"
    one_page: bool = False
    least: int = 20
    printed: int = 0

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0].values)

    def parts(self) -> Iterator[tuple[str, int, int]]:
        """Yield name, first row and end of its sheets: more than one holds go on in the next."""
        room = LAST_ROW - 1
        for number, start in enumerate(range(0, max(self.height, 1), room), 1):
            name = self.name if number == 1 else f"{self.name}（{number}）"
            yield name, start, min(start + room, self.height)


class Book:
    """A workbook being written: sheets in the order in which they are asked for.

    Args:
        looks: name → properties of a format, as xlsxwriter knows them.
        page: what every printed page bears.
        made: the one moment that the properties of the document name.
    """

    def __init__(
        self, looks: Mapping[str, Mapping[str, object]], page: Print, made: datetime
    ) -> None:
        self._packed = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._packed, {"in_memory": True})
        self._book.set_properties({"created": made})
        self._page = page
        self.looks: dict[str, Any] = {n: self._book.add_format(dict(p)) for n, p in looks.items()}
        # What reads like a formula is marked as text, so that editing the cell keeps it text.
        self._guards = [self._book.add_format({**p, "quote_prefix": True}) for p in looks.values()]
        self._rows: dict[str, _Rows] = {}
        self._names: set[str] = set()

    def chart(self, kind: Mapping[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Return a new chart, to be filled and inserted into a sheet."""
        return self._book.add_chart(dict(kind))

    def sheet(self, name: str, title: str, *, one_page: bool = False) -> Any:  # noqa: ANN401
        """Add a sheet set up for printing and return it, to be written cell by cell."""
        sheet = self._book.add_worksheet(self._free_name(name))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.95, bottom=0.7)
        sheet.hide_gridlines(2)
        sheet.center_horizontally()
        page = self._page
        # A blank keeps a text that begins with a figure from lengthening the font size.
        small, large = f'&"{page.body}"&9 ', f'&"{page.title}"&16 '
        sheet.set_header(f"&L{small}{_plain(page.head, 40)}&C{large}{_plain(title, 60)}")
        sheet.set_footer(f"&L{small}{_plain(page.foot, 60)}&R{small}第 &P 页　共 &N 页")
        return sheet

    def table(self, table: Table) -> None:
        """Add a table; more rows than a sheet holds go on in a further sheet."""
        for name, start, stop in table.parts():
            self._part(name, table, start, stop)

    def _part(self, name: str, table: Table, start: int, stop: int) -> None:
        sheet = self.sheet(name, table.title, one_page=table.one_page)
        last = len(table.columns) - 1
        tallest = max(lines_of(column.heading, column.width) for column in table.columns)
        sheet.set_row(0, height_of(tallest) + 8)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, self.looks["heading"])
        sheet.freeze_panes(1, table.frozen)
        sheet.repeat_rows(0)
        height = stop - start
        sheet.autofilter(0, 0, max(height, 1), last)
        if not height:
            sheet.merge_range(1, 0, 1, last, table.empty, self.looks["empty"])
            sheet.set_row(1, 30)
            return
        if table.printed:
            sheet.print_area(0, 0, height, table.printed - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letter(last + 1)}{height + 1}"})
        for place, look in enumerate(chain(self.looks.values(), self._guards)):
            sheet.write_blank(1, place, None, look)
        index = len(self._book.worksheets())
        links = tuple(link for link in table.links if start <= link.row < stop)[:MOST_LINKS]
        self._rows[f"xl/worksheets/sheet{index}.xml"] = _Rows(
            table, start, stop, links, tuple(self.looks)
        )

    def _free_name(self, name: str) -> str:
        """Return the name as Excel takes it: short enough, no forbidden sign, not used yet."""
        plain = _NOT_IN_A_NAME.sub("－", name).strip("'")[:_LONGEST_NAME] or "表"
        free, number = plain, 1
        while free.casefold() in self._names:
            number += 1
            ending = f"（{number}）"
            free = plain[: _LONGEST_NAME - len(ending)] + ending
        self._names.add(free.casefold())
        return free

    def save(self, path: Path) -> None:
        """Write the workbook; it stands under its name whole or not at all."""
        self._book.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"~{path.name}.tmp")
        try:
            with unfinished.open("wb") as file:
                self._copy(file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _copy(self, file: Any) -> None:  # noqa: ANN401 - any binary file
        with (
            zipfile.ZipFile(self._packed) as source,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING) as target,
        ):
            for name in source.namelist():
                rows = self._rows.get(name)
                # A part that is opened by its name bears the zip format's first day.
                with target.open(name, "w", force_zip64=bool(rows and rows.huge)) as part:
                    plain = source.read(name)
                    part.writelines(rows.fill(plain) if rows else [plain])
                if rows and rows.links:
                    folder, _, base = name.rpartition("/")
                    with target.open(f"{folder}/_rels/{base}.rels", "w") as part:
                        part.write(rows.relationships())


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows [start:stop] of a table's columns, to stand from row 2 of a sheet on."""

    table: Table
    start: int
    stop: int
    links: tuple[Link, ...]
    looks: tuple[str, ...]

    @property
    def huge(self) -> bool:
        return (self.stop - self.start) * len(self.table.columns) > _HUGE

    def fill(self, sheet: bytes) -> Iterator[bytes]:
        """Yield the sheet's XML with the rows in the place of its sample row."""
        sample = _SAMPLE.search(sheet)
        if sample is None:
            raise RuntimeError("the sheet has no sample row")
        numbers = [number.decode() for number in _FORMAT.findall(sample[1])]
        count = len(self.looks)
        formats = dict(
            zip(self.looks, zip(numbers[:count], numbers[count:], strict=True), strict=True)
        )
        corner = f"{column_letter(len(self.table.columns))}{self.stop - self.start + 1}"
        dimension = f'<dimension ref="A1:{corner}"/>'.encode()
        yield _DIMENSION.sub(dimension, sheet[: sample.start()], count=1)
        for first in range(self.start, self.stop, _SLICE):
            yield self._slice(first, min(first + _SLICE, self.stop), formats).encode()
        rest = sheet[sample.end() :]
        place = _AFTER_LINKS.search(rest)
        if place is None:
            raise RuntimeError("the sheet has no page margins")
        yield from (rest[: place.start()], self._hyperlinks(), rest[place.start() :])

    def _slice(self, first: int, stop: int, formats: Mapping[str, tuple[str, str]]) -> str:
        cells = zip(
            *(
                _cells(column_letter(place), column, first, stop, formats)
                for place, column in enumerate(self.table.columns, 1)
            ),
            strict=True,
        )
        heights = _heights(self.table, first, stop)
        # Row 1 holds the headings, and Excel counts from 1.
        return "".join(
            [
                f'<row r="{number}" ht="{height}">{"".join(row).replace(_ROW, str(number))}</row>'
                for number, (height, row) in enumerate(
                    zip(heights, cells, strict=True), first - self.start + 2
                )
            ]
        )

    def _targets(self) -> dict[str, str]:
        targets = dict.fromkeys(link.target for link in self.links)
        return {target: f"rId{number}" for number, target in enumerate(targets, 1)}

    def _hyperlinks(self) -> bytes:
        if not self.links:
            return b""
        ids = self._targets()
        each = "".join(self._link(link, ids) for link in self.links)
        return f"<hyperlinks>{each}</hyperlinks>".encode()

    def _link(self, link: Link, ids: Mapping[str, str]) -> str:
        cell = f"{column_letter(link.column + 1)}{link.row - self.start + 2}"
        place = f" location={quoteattr(_clean(link.location))}" if link.location else ""
        return f'<hyperlink ref="{cell}" r:id="{ids[link.target]}"{place}/>'

    def relationships(self) -> bytes:
        """Return the part that names what the links open."""
        each = "".join(
            f'<Relationship Id="{number}" Type="{_HYPERLINK}" Target={quoteattr(_clean(target))}'
            ' TargetMode="External"/>'
            for target, number in self._targets().items()
        )
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return f'{head}<Relationships xmlns="{_RELATIONSHIPS}">{each}</Relationships>'.encode()


def _cells(
    letter: str, column: Column, first: int, stop: int, formats: Mapping[str, tuple[str, str]]
) -> list[str]:
    """Return the XML of a stretch of a column, each different cell made once."""
    values = column.values[first:stop]
    if isinstance(column.look, str):
        numbers = formats[column.look]
        head = _text_cell(letter, numbers[0])
        made = {
            value: f"{head}{value}{_TEXT_END}"
            if isinstance(value, str) and _AS_IT_IS(value)
            else _cell(letter, value, numbers)
            for value in set(values)
        }
        return [made[value] for value in values]
    pairs = list(zip(column.look[first:stop], values, strict=True))
    mixed = {pair: _cell(letter, pair[1], formats[pair[0]]) for pair in set(pairs)}
    return [mixed[pair] for pair in pairs]


def _heights(table: Table, first: int, stop: int) -> list[int]:
    """Return how tall each row must be, in points, for its longest cell to be seen."""
    lines = [each for each in (_lines(c, first, stop) for c in table.columns) if each]
    most = map(max, *lines, repeat(1)) if lines else repeat(1, stop - first)
    return [max(height_of(number), table.least) for number in most]


def _lines(column: Column, first: int, stop: int) -> list[int] | None:
    """Return on how many lines each cell of a stretch stands; None where all stand on one."""
    values, width = column.values[first:stop], column.width
    lines = {
        value: lines_of(value, width)
        if isinstance(value, str) and (2 * len(value) > width or "\n" in value)
        else 1
        for value in set(values)
    }
    return None if max(lines.values()) == 1 else [lines[value] for value in values]


def lines_of(text: str, width: float) -> int:
    """Return on how many lines a text stands in a column of that width."""
    if "\n" in text:
        return sum(lines_of(part, width) for part in text.split("\n"))
    wide = _width(text)
    # Lines are not filled: wide characters leave a place free, stops go with what they end.
    return 1 if wide <= width else math.ceil(wide / max(width - 2, 2))


def height_of(lines: int) -> int:
    """Return the height of a row in points; no row of Excel's is taller than 409."""
    return min(lines * 14 + 6, 409)


def _width(text: str) -> float:
    # A Chinese character is three bytes of UTF-8 and two places wide, a Latin one and one.
    if text.isascii():
        return len(text)
    return (len(text.encode(errors="replace")) + len(text)) / 2


def _text_cell(letter: str, style: str, keep: str = "") -> str:
    return f'<c r="{letter}{_ROW}" s="{style}" t="inlineStr"><is><t{keep}>'


def _cell(letter: str, value: Cell, formats: tuple[str, str]) -> str:
    plain, guarded = formats
    if isinstance(value, str) and value:
        style = guarded if value.startswith(_STARTS_A_FORMULA) else plain
        keep = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
        text = escape(value[:_LONGEST_TEXT])
        return f"{_text_cell(letter, style, keep)}{text}{_TEXT_END}"
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{letter}{_ROW}" s="{plain}"><v>{value!r}</v></c>'
    return f'<c r="{letter}{_ROW}" s="{plain}"/>'


def escape(text: str) -> str:
    """Return text as it stands in a cell's XML: what XML cannot hold as Excel's _xHHHH_."""
    return _UNSAFE.sub(_escaped, text) if _UNSAFE.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    if ord(found[0]) >= _FIRST_SURROGATE:
        return "\ufffd"
    return _ENTITIES.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _clean(text: str) -> str:
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff")


def _plain(text: str, most: int) -> str:
    """Return text for a page's head or foot, where & begins a code."""
    return text[:most].replace("&", "&&")
