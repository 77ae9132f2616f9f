"""A look inside an .xlsx and its kin by regular expressions: parsing takes ten times as long."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape

from sxxt_excel.formats.common import PRODUCT, Found, Limits, Look, RefusedError
from sxxt_excel.formats.margins import boxed_lines
from sxxt_excel.formats.opc import Parts, attributes_of, relationships, resolved, targets
from sxxt_excel.formats.sheetxml import scan
from sxxt_excel.formats.struck import struck_styles

__all__ = ["look_xlsx"]

_SHEET = re.compile(rb"<(?:\w+:)?sheet(?=\s)([^<>]*)>")
_CALC = re.compile(rb"<(?:\w+:)?calcPr(?=\s)[^<>]*\sfullCalcOnLoad=[\"'](?:1|true)")
# What a click would run: links to scripts and programs.
_RUNS_LINK = re.compile(
    rb"""Target\s*=\s*["']\s*(?:(?:javascript|vbscript|shell|ms-\w+)\s*:"""
    rb"""|[^"'<>]*\.(?:exe|bat|cmd|com|vbs|js|ps1|hta|scr|lnk|msi|jar|wsf)["'])""",
    re.IGNORECASE,
)
_SHORTEST_CELL = len(b'<c t="s"><v>0</v></c>')
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_SHARED_CELL = re.compile(rb"""t=["']s["'][^<>]*>\s*<(?:\w+:)?v>(\d{1,9})<""")
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_CORE = "docProps/core.xml"
_CATEGORY = re.compile(rb"<(?:\w+:)?category>" + PRODUCT.encode() + rb"([^<]*)<")


def look_xlsx(archive: zipfile.ZipFile, limits: Limits) -> Look:
    """Return what the parts of a workbook show; RefusedError where it must not be read."""
    parts = Parts(archive)
    workbook = _workbook_part(parts)
    xml = parts.xml(workbook)
    rich_pictures = "xl/richData/richValueRel.xml" in parts
    shared = parts.xml(_STRINGS) if _STRINGS in parts else b""
    struck = struck_styles(parts.xml(_STYLES)) if _STYLES in parts else ()
    found, shared_text = Found(), _SharedText(shared, limits)
    for sheet, part in _sheets(parts, workbook, xml):
        text = parts.xml(part)
        shared_text.count(text)
        scan(sheet, text, limits, found, rich_pictures=rich_pictures, struck=struck)
    for rels in parts.under("xl/worksheets/_rels/"):
        found.scripts |= _RUNS_LINK.search(parts.xml(rels)) is not None
    for drawing in parts.under("xl/drawings/drawing"):
        found.margins.extend(boxed_lines(parts.xml(drawing)))
    links = parts.under("xl/externallinks/externallink")
    # A file that asks to be calculated on loading and holds nothing but zeros was written by a
    # program and never opened in Excel or WPS since.
    never_opened = _CALC.search(xml) is not None and not found.calculated
    return found.look(
        "xlsx",
        pictures=len(parts.under("xl/media/")),
        macros="xl/vbaProject.bin" in parts or bool(parts.under("xl/macrosheets/")),
        external_links=bool(links),
        dde=any(b"ddeLink" in parts.xml(link) for link in links),
        never_opened=never_opened,
        product=_product(parts),
    )


def _product(parts: Parts) -> str:
    """Return what of our own outputs a workbook says to be, or ""."""
    said = _CATEGORY.search(parts.xml(_CORE)) if _CORE in parts else None
    return unescape(said[1].decode(errors="replace")) if said is not None else ""


class _SharedText:
    """How much text the cells of a workbook hold that all say what is stored only once.

    A long text that a hundred thousand cells share is a small file, and fills the memory.
    """

    def __init__(self, shared: bytes, limits: Limits) -> None:
        # A prefix is rare, and looking for one takes four times as long.
        items = _STRING.split(shared) if b":si" in shared else shared.split(b"<si")
        self._each = [len(each) for each in items[1:]]
        self._longest, self._most = max(self._each, default=0), limits.unpacked_bytes
        self._room = self._total = 0

    def count(self, sheet: bytes) -> None:
        """Add a sheet; RefusedError as soon as the texts of all come to more than is allowed."""
        # Most workbooks have no room for cells enough, were each as short and its text as long
        # as can be.
        self._room += len(sheet) // _SHORTEST_CELL
        if self._room * self._longest <= self._most:
            return
        last = len(self._each)
        places = (int(found) for found in _SHARED_CELL.findall(sheet))
        self._total += sum(self._each[at] for at in places if at < last)
        if self._total > self._most:
            raise RefusedError("F128", "同一段长文字被大量单元格引用")


def _workbook_part(parts: Parts) -> str:
    if "_rels/.rels" in parts:
        for attributes in relationships(parts.xml("_rels/.rels")):
            if attributes.get("Type", "").endswith("/officeDocument"):
                target = resolved("", attributes.get("Target", ""))
                if target in parts:
                    return target
    if "xl/workbook.xml" in parts:
        return "xl/workbook.xml"
    raise RefusedError("F102", "缺少工作簿目录")


def _sheets(parts: Parts, workbook: str, xml: bytes) -> Iterator[tuple[str, str]]:
    """Sheets in workbook order as (name, part)."""
    where = targets(parts, workbook)
    for sheet in _SHEET.finditer(xml):
        attributes = attributes_of(sheet[1])
        name, part = attributes.get("name", ""), where.get(attributes.get("id", ""), "")
        if part not in parts:
            raise RefusedError("F102", f"缺少工作表“{name}”的内容")
        yield name, part
