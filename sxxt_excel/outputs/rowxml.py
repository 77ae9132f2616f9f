"""The rows of a table as the XML of a sheet: inline strings, numbers, blanks and links.

Every value is text, number or blank: nothing here can become a formula or a live link.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from sxxt_excel.outputs.heights import heights_of
from sxxt_excel.package import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.outputs.tables import Cell, Column, Link, Table

_LONGEST_TEXT = 32_767
_SLICE = 8_192
# A part whose cells may come to 2 GiB of XML has to say so before it is written.
_HUGE = 10_000_000
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

# Row numbers stand as NUL in a row's XML until the row is put together: no cell holds one,
# because control characters are escaped.
_ROW = "\0"
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
class Rows:
    """The rows [start:stop] of a table's columns, to stand from row 2 of a sheet on."""

    table: Table
    start: int
    stop: int
    links: tuple[Link, ...]
    looks: tuple[str, ...]

    @property
    def huge(self) -> bool:
        """Tell whether the part may outgrow what a zip takes without being told before."""
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
        heights = heights_of(self.table, first, stop)
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
