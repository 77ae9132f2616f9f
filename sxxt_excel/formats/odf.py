"""A look inside an OpenDocument spreadsheet: what its reader does not tell."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import iterparse

from sxxt_excel.formats.common import Found, Limits, Look, RefusedError, check_box
from sxxt_excel.formats.margins import MARKED
from sxxt_excel.formats.opc import utf8
from sxxt_excel.formats.places import column_letter

__all__ = ["as_ods", "look_ods"]

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_LINK = "{http://www.w3.org/1999/xlink}href"
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_HEADS = frozenset(
    f"{_STYLE}{part}{which}"
    for part in ("header", "footer")
    for which in ("", "-left", "-first")
)  # fmt: skip
_RUNS = ("javascript:", "vbscript:", "macro:", "vnd.sun.star.script:")
_INDENT = re.compile(rb">\s*\n\s*<")
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def look_ods(archive: zipfile.ZipFile, limits: Limits) -> Look:
    """Return what the parts of a spreadsheet show; RefusedError where it must not be read."""
    names = archive.namelist()
    texts = {}
    for part in ("content.xml", "styles.xml", "META-INF/manifest.xml"):
        if part == "content.xml" and part not in names:
            raise RefusedError("F102", "缺少表格内容")
        if part in names:
            # ODF manifests may name a DOCTYPE of old; only entities can hurt.
            texts[part] = utf8(archive.read(part))
            if b"<!ENTITY" in texts[part]:
                raise RefusedError("F128", "内含 XML 实体定义")
    if b"encryption-data" in texts.get("META-INF/manifest.xml", b""):
        raise RefusedError("F101")
    found = Found()
    try:
        _Content(found, limits).read(texts["content.xml"])
        found.margins.extend(_heads(texts.get("styles.xml", b"")))
    except ET.ParseError as error:
        raise RefusedError("F102", "文件不完整或已损坏") from error
    return found.look(
        "ods",
        pictures=sum(name.startswith("Pictures/") and name != "Pictures/" for name in names),
        macros=any(name.startswith("Basic/") for name in names),
    )


def as_ods(flat: bytes) -> bytes:
    """Return a flat spreadsheet (fods) as a package, which readers know."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _MIMETYPE, zipfile.ZIP_STORED)
        # Blanks between elements, which programs indent by, are more than the reader takes.
        archive.writestr("content.xml", _INDENT.sub(b"><", flat))
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{_MIMETYPE}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
        )
    return stream.getvalue()


def _heads(styles: bytes) -> Iterator[str]:
    """Yield what page heads and feet say of secrecy."""
    if MARKED.encode() not in styles:
        return
    for _, element in iterparse(io.BytesIO(styles)):
        if element.tag in _HEADS:
            yield from _marked(element)


def _marked(element: ET.Element) -> Iterator[str]:
    texts = (_said(p) for p in element.iter(f"{_TEXT}p"))
    return (text for text in texts if MARKED in text)


def _said(element: ET.Element) -> str:
    return "".join(element.itertext())


class _Content:
    """One pass over content.xml, sheet by sheet; elements are dropped as soon as they are seen."""

    def __init__(self, found: Found, limits: Limits) -> None:
        self._found, self._limits = found, limits
        self._open("")

    def _open(self, sheet: str) -> None:
        self._sheet = sheet
        self._row, self._column, self._columns = 1, 1, 1
        self._rows: set[int] = set()
        self._filled: set[int] = set()
        self._hidden: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._merged: list[tuple[int, int, int, int]] = []
        self._waiting: list[tuple[int, int]] = []

    def read(self, content: bytes) -> None:
        ends = {
            **dict.fromkeys(_CELLS, self._cell),
            f"{_TABLE}table-row": self._end_row,
            f"{_TABLE}table-column": self._end_column,
            f"{_TABLE}table": self._close,
            f"{_TABLE}dde-link": self._dde,
            f"{_TEXT}a": self._link,
            **dict.fromkeys(_HEADS, self._head),
        }
        for event, element in iterparse(io.BytesIO(content), ("start", "end")):
            if event == "end":
                if element.tag in ends:
                    ends[element.tag](element)
            elif element.tag == f"{_TABLE}table":
                self._open(element.get(f"{_TABLE}name", ""))

    def _dde(self, _element: ET.Element) -> None:
        self._found.dde = True

    def _link(self, element: ET.Element) -> None:
        if element.get(_LINK, "").strip().lower().startswith(_RUNS):
            self._found.scripts = True

    def _head(self, element: ET.Element) -> None:
        self._found.margins.extend(_marked(element))

    def _cell(self, cell: ET.Element) -> None:
        repeated = _count(cell, "number-columns-repeated")
        formula = cell.get(f"{_TABLE}formula", "")
        value = cell.get(f"{_OFFICE}value-type")
        place = f"{column_letter(self._column)}{self._row}"
        if value is not None or len(cell):
            self._waiting.append((self._column, self._column + repeated - 1))
        if cell.get(_ERROR) == "error":
            said = "".join(p.text or "" for p in cell.iter(f"{_TEXT}p"))
            self._found.errors.append((self._sheet, place, said))
        elif formula and value is None and not len(cell):
            self._waiting.append((self._column, self._column))
            self._found.uncalculated.append((self._sheet, place))
        if "DDE(" in formula:
            self._found.dde = True
        across, down = (_count(cell, f"number-{way}-spanned") for way in ("columns", "rows"))
        if across > 1 or down > 1:
            self._merged.append(
                (self._row, self._column, self._row + down - 1, self._column + across - 1)
            )
        self._column += repeated

    def _end_row(self, row: ET.Element) -> None:
        repeated = _count(row, "number-rows-repeated")
        last = self._row + repeated - 1
        if self._waiting:
            self._rows |= {self._row, last}
            self._filled.update(end for span in self._waiting for end in span)
            if row.get(f"{_TABLE}visibility", "visible") != "visible":
                self._hidden += range(self._row, min(last, self._row + self._limits.rows) + 1)
        self._row, self._column = last + 1, 1
        self._waiting = []
        row.clear()

    def _end_column(self, column: ET.Element) -> None:
        last = self._columns + _count(column, "number-columns-repeated") - 1
        if column.get(f"{_TABLE}visibility", "visible") != "visible":
            self._hidden_columns.append((self._columns, last))
        self._columns = last + 1

    def _close(self, _table: ET.Element) -> None:
        check_box(self._sheet, self._rows, self._filled, self._limits)
        for noted, here in (
            (self._found.hidden_rows, self._hidden),
            (self._found.hidden_columns, self._hidden_columns),
            (self._found.merged, self._merged),
        ):
            if here:
                noted.append((self._sheet, tuple(here)))  # type: ignore[arg-type]  # each its own


def _count(element: ET.Element, name: str) -> int:
    said = element.get(f"{_TABLE}{name}", "1")
    return max(int(said), 1) if said.isdecimal() and len(said) < len("10000000000") else 1
