"""A look inside an .xlsx and its kin by regular expressions: parsing takes ten times as long."""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from sxxt_excel.formats.common import PRODUCT, Found, Limits, Look, RefusedError, check_box
from sxxt_excel.formats.margins import MARKED, head_parts
from sxxt_excel.formats.places import column_letter, column_number
from sxxt_excel.formats.sniff import plain_name

__all__ = ["Parts", "look_xlsx", "targets", "utf8"]

_HEAD = 8192
# Nothing but the declaration, comments and the like before the first element.
_PLAIN_START = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<[A-Za-z_]", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REL = re.compile(rb"<(?:\w+:)?Relationship(?=\s)([^<>]*)>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet(?=\s)([^<>]*)>")
_CALC = re.compile(rb"<(?:\w+:)?calcPr(?=\s)[^<>]*\sfullCalcOnLoad=[\"'](?:1|true)")
_PREFIX = re.compile(rb"<(\w+):worksheet[\s>]")
# What a click or a calculation would run: links to scripts and programs, functions that call out.
_RUNS_LINK = re.compile(
    rb"""Target\s*=\s*["']\s*(?:(?:javascript|vbscript|shell|ms-\w+)\s*:"""
    rb"""|[^"'<>]*\.(?:exe|bat|cmd|com|vbs|js|ps1|hta|scr|lnk|msi|jar|wsf)["'])""",
    re.IGNORECASE,
)
_RUNS_FORMULA = re.compile(
    rb"\b(?:WEBSERVICE|CALL|EXEC|REGISTER(?:\.ID)?)\(|(?:javascript|vbscript):", re.IGNORECASE
)
_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)""")  # LibreOffice says of each row that it is not
_SHORTEST_CELL = len(b'<c t="s"><v>0</v></c>')
_SHARED_CELL = re.compile(rb"""t=["']s["'][^<>]*>\s*<(?:\w+:)?v>(\d{1,9})<""")
_MOST_MERGED, _SHORTEST_MERGED = 50_000, len(b'<mergeCell ref="A1:A2"/>')
_DDE_FORMULA = re.compile(rb"\|\s*(?:'|&apos;)")
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_CORE = "docProps/core.xml"
_CATEGORY = re.compile(rb"<(?:\w+:)?category>" + PRODUCT.encode() + rb"([^<]*)<")
_NOTHING_YET = re.compile(rb"[\s0.]*")


class _Patterns(NamedTuple):
    """Expressions for one namespace prefix; most sheets have none, which is twice as fast.

    A tag holds no raw "<", and stopping there keeps every search linear on hostile text.
    """

    far: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    unplaced: re.Pattern[bytes]
    token: re.Pattern[bytes]
    error: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    hidden: re.Pattern[bytes]
    hidden_columns: re.Pattern[bytes]
    end: bytes
    formula_end: bytes


@lru_cache(maxsize=16)
def _patterns(prefix: bytes) -> _Patterns:
    p = re.escape(prefix + b":") if prefix else b""
    full = rb"(?<!/)>\s*<(?!/)"
    return _Patterns(
        far=re.compile(rb"<" + p + rb"""c(?! r="[A-Z][0-9]{1,4}")[\s>]"""),
        filled=re.compile(
            rb"<" + p + rb"""c\s(?:[^<>]*?\s)??r=["']([A-Za-z]+)([0-9]+)["'][^<>]*""" + full
        ),
        unplaced=re.compile(rb"<" + p + rb"c(?=[\s>])(?![^<>]*\sr=)[^<>]*" + full),
        token=re.compile(rb"<" + p + rb"(row|c)(?=[\s/>])([^<>]*)>"),
        error=re.compile(
            rb"<" + p + rb"""c(\s(?:[^<>]*\s)?t=["']e["'][^<>]*)(?<!/)>(.*?)</""" + p + rb"c>",
            re.DOTALL,
        ),
        formula=re.compile(
            rb"<" + p + rb"c(\s[^<>]*|)(?<!/)>\s*<" + p + rb"f(?=[\s/>])(.*?)</" + p + rb"c>",
            re.DOTALL,
        ),
        value=re.compile(rb"<" + p + rb"v(?:\s[^<>]*)?(?<!/)>([^<]*)"),
        hidden=re.compile(rb"<" + p + rb"""row(\s(?:[^<>]*\s)?hidden=["'](?:1|true)["'][^<>]*)>"""),
        hidden_columns=re.compile(
            rb"<" + p + rb"""col(\s(?:[^<>]*\s)?hidden=["'](?:1|true)["'][^<>]*)>"""
        ),
        end=b"</" + p + b"c>",
        formula_end=b"</" + p + b"f",
    )


class Parts:
    """The members of a package by plain name: slashes and case do not matter to Excel either."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {plain_name(info.filename): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def under(self, folder: str) -> tuple[str, ...]:
        """The names of all parts that begin like this."""
        return tuple(name for name in self._infos if name.startswith(folder) and name != folder)

    def binary(self, name: str) -> bytes:
        """The bytes of a part."""
        return self._archive.read(self._infos[name.lower()])

    def xml(self, name: str) -> bytes:
        """The text of a part in UTF-8; a part that defines entities is refused."""
        text = utf8(self.binary(name))
        if _defines(text):
            raise RefusedError("F128", "内含 XML 实体定义")
        return text


def _defines(xml: bytes) -> bool:
    """Tell whether entities may be defined: nowhere but before the first element can they be."""
    return _PLAIN_START.match(xml) is None and (b"<!DOCTYPE" in xml or b"<!ENTITY" in xml)


def look_xlsx(archive: zipfile.ZipFile, limits: Limits) -> Look:
    """Return what the parts of a workbook show; RefusedError where it must not be read."""
    parts = Parts(archive)
    workbook = _workbook_part(parts)
    xml = parts.xml(workbook)
    rich_pictures = "xl/richData/richValueRel.xml" in parts
    shared = parts.xml(_STRINGS) if _STRINGS in parts else b""
    if _STYLES in parts:
        parts.xml(_STYLES)
    found, told = Found(), _Told(shared, limits)
    for sheet, part in _sheets(parts, workbook, xml):
        text = parts.xml(part)
        told.count(text)
        _scan(sheet, text, limits, found, rich_pictures=rich_pictures)
    for rels in parts.under("xl/worksheets/_rels/"):
        found.scripts |= _RUNS_LINK.search(parts.xml(rels)) is not None
    for drawing in parts.under("xl/drawings/drawing"):
        found.margins.extend(_boxed(parts.xml(drawing)))
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


class _Told:
    """How much text the cells of a workbook hold that all say what is stored only once.

    A long text that a hundred thousand cells share is a small file, and fills the memory.
    """

    def __init__(self, shared: bytes, limits: Limits) -> None:
        self._shared, self._most = shared, limits.unpacked_bytes
        self._each: list[int] = []
        self._cells = self._room = self._total = 0

    def count(self, sheet: bytes) -> None:
        """Add a sheet; RefusedError as soon as the texts of all come to more than is allowed."""
        # Most workbooks have no room for cells enough, even were each as short as can be.
        self._room += len(sheet) // _SHORTEST_CELL
        if self._room * len(self._shared) <= self._most:
            return
        self._cells += sheet.count(b't="s"') + sheet.count(b"t='s'")
        if self._cells * len(self._shared) <= self._most:
            return
        self._each = self._each or [len(each) for each in self._shared.split(b"<si")[1:]]
        last = len(self._each)
        places = (int(found) for found in _SHARED_CELL.findall(sheet))
        self._total += sum(self._each[at] for at in places if at < last)
        if self._total > self._most:
            raise RefusedError("F128", "同一段长文字被大量单元格引用")


def _workbook_part(parts: Parts) -> str:
    if "_rels/.rels" in parts:
        for rel in _REL.finditer(parts.xml("_rels/.rels")):
            attributes = _attributes(rel[1])
            if attributes.get("Type", "").endswith("/officeDocument"):
                target = _resolve("", attributes.get("Target", ""))
                if target in parts:
                    return target
    if "xl/workbook.xml" in parts:
        return "xl/workbook.xml"
    raise RefusedError("F102", "缺少工作簿目录")


def targets(parts: Parts, source: str) -> dict[str, str]:
    """Return what the relationships of a part point to: id → name of a part."""
    folder, _, base = source.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels"
    if rels not in parts:
        raise RefusedError("F102", "缺少工作表目录")
    found = {}
    for rel in _REL.finditer(parts.xml(rels)):
        attributes = _attributes(rel[1])
        found[attributes.get("Id", "")] = _resolve(folder, attributes.get("Target", ""))
    return found


def _sheets(parts: Parts, workbook: str, xml: bytes) -> Iterator[tuple[str, str]]:
    """Sheets in workbook order as (name, part)."""
    where = targets(parts, workbook)
    for sheet in _SHEET.finditer(xml):
        attributes = _attributes(sheet[1])
        name, part = attributes.get("name", ""), where.get(attributes.get("id", ""), "")
        if part not in parts:
            raise RefusedError("F102", f"缺少工作表“{name}”的内容")
        yield name, part


def _scan(sheet: str, xml: bytes, limits: Limits, found: Found, *, rich_pictures: bool) -> None:
    """Measure one sheet and note what its reader will not tell."""
    root = _PREFIX.search(xml, 0, _HEAD) if b":worksheet" in xml[:_HEAD] else None
    patterns = _patterns(root[1] if root else b"")
    places: dict[int, tuple[int, int]] = {}
    # Nearly every sheet stays near A1, within any sane limit: rule the rest out cheaply.
    if patterns.far.search(xml) or not _near_is_allowed(limits):
        places = _places(xml, patterns)
        _check_box(sheet, xml, patterns, places.values(), limits)
    may_be_many = len(xml) > _MOST_MERGED * _SHORTEST_MERGED
    if may_be_many and xml.count(b"mergeCell ") > _MOST_MERGED:
        raise RefusedError("F128", f"表“{sheet}”的合并单元格多于 {_MOST_MERGED} 处")
    # Where no cell ends any more, each search for an end would go on to the end of the sheet.
    closed = xml.rfind(patterns.end) + len(patterns.end)
    if b't="e"' in xml or (b"'" in xml and b"t='e'" in xml):
        for cell in patterns.error.finditer(xml, 0, closed):
            at = (sheet, _address(cell, places))
            if rich_pictures and b" vm=" in cell[1]:
                found.cell_pictures.append(at)
            else:
                value = patterns.value.search(cell[2])
                found.errors.append((*at, value[1].decode() if value else ""))
    if xml.find(patterns.formula_end, 0, closed) >= 0:
        for cell in patterns.formula.finditer(xml, 0, closed):
            _note_formula(sheet, cell, places, patterns, found)
    if _HIDDEN.search(xml):
        _note_hidden(sheet, xml, patterns, found)
    found.margins.extend(_heads_and_feet(xml))


def _note_hidden(sheet: str, xml: bytes, patterns: _Patterns, found: Found) -> None:
    rows = (_attributes(row[1]).get("r", "") for row in patterns.hidden.finditer(xml))
    hidden = tuple(int(row) for row in rows if row.isdecimal())
    if hidden:
        found.hidden_rows.append((sheet, hidden))
    columns = tuple(_span(each[1]) for each in patterns.hidden_columns.finditer(xml))
    if columns:
        found.hidden_columns.append((sheet, columns))


def _span(tag: bytes) -> tuple[int, int]:
    attributes = _attributes(tag)
    first, last = attributes.get("min", ""), attributes.get("max", "")
    return (int(first), int(last)) if first.isdecimal() and last.isdecimal() else (0, 0)


_HEADS = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)(?:\s[^<>]*)?>([^<]*)<")
_BOX_TEXT = re.compile(rb"<a:t(?:\s[^<>]*)?>([^<]*)<")
# The one character as programs write it: as it is, or by its number.
_MARKED = re.compile(
    rf"{MARKED}|&#0*{ord(MARKED)};|&#[xX]0*{ord(MARKED):x};".encode(), re.IGNORECASE
)


def _heads_and_feet(xml: bytes) -> Iterator[str]:
    """Yield each third of the page heads and feet of a sheet that speaks of secrecy."""
    start = max(xml.rfind(b"sheetData"), 0)
    if xml.find(b"eaderFooter", start) < 0:
        return
    for said in _HEADS.findall(xml, start):
        if _MARKED.search(said):
            yield from head_parts(unescape(said.decode("utf-8", "replace")))


def _boxed(xml: bytes) -> Iterator[str]:
    """Yield each line of the text boxes on a sheet that speaks of secrecy."""
    for line in xml.split(b"</a:p>"):
        text = unescape(b"".join(_BOX_TEXT.findall(line)).decode("utf-8", "replace"))
        if MARKED in text:
            yield text


def _note_formula(
    sheet: str,
    cell: re.Match[bytes],
    places: Mapping[int, tuple[int, int]],
    patterns: _Patterns,
    found: Found,
) -> None:
    at = (sheet, _address(cell, places))
    if b"DISPIMG(" in cell[2]:
        found.cell_pictures.append(at)
        return
    found.dde |= _DDE_FORMULA.search(cell[2]) is not None
    found.scripts |= _RUNS_FORMULA.search(cell[2]) is not None
    value = patterns.value.search(cell[2])
    text = b't="str"' in cell[1] or b"t='str'" in cell[1]
    if value is None:
        # An empty string is a result: Excel writes <v></v> for it, in a cell of type str.
        (found.zeros if text else found.uncalculated).append(at)
    elif not value[1] and not text:
        found.uncalculated.append(at)
    elif _NOTHING_YET.fullmatch(value[1]):
        found.zeros.append(at)
    else:
        found.calculated = True


# The box of the cells that `_Patterns.far` does not match: A0 to Z9999.
_NEAR_ROWS, _NEAR_COLUMNS = 10_000, 26


def _near_is_allowed(limits: Limits) -> bool:
    return (
        limits.rows >= _NEAR_ROWS
        and limits.columns >= _NEAR_COLUMNS
        and limits.cells >= _NEAR_ROWS * _NEAR_COLUMNS
    )


def _check_box(
    sheet: str,
    xml: bytes,
    patterns: _Patterns,
    places: Iterable[tuple[int, int]],
    limits: Limits,
) -> None:
    """Refuse a sheet whose filled cells span more than the limits, whatever it declares."""
    refs = patterns.filled.findall(xml)
    rows = {int(digits) for digits in {digits for _, digits in refs}}
    columns = {column_number(letters.decode()) for letters in {letters for letters, _ in refs}}
    for row, column in places:
        rows.add(row)
        columns.add(column)
    check_box(sheet, rows, columns, limits)


def _places(xml: bytes, patterns: _Patterns) -> dict[int, tuple[int, int]]:
    """Where each cell stands, by its offset, counting on where a row or cell has no reference.

    Empty where every cell that holds something has one.
    """
    places: dict[int, tuple[int, int]] = {}
    if patterns.unplaced.search(xml) is None:
        return places
    row = column = 0
    for token in patterns.token.finditer(xml):
        ref = _attributes(token[2]).get("r", "")
        if token[1] == b"row":
            row, column = (int(ref) if ref.isdecimal() else row + 1), 0
            continue
        letters = ref.rstrip("0123456789")
        column = column_number(letters) if letters else column + 1
        row = int(ref[len(letters) :]) if letters and letters != ref else row
        if not token[2].endswith(b"/"):
            places[token.start()] = (row, column)
    return places


def _address(cell: re.Match[bytes], places: Mapping[int, tuple[int, int]]) -> str:
    ref = _attributes(cell[1]).get("r", "")
    if ref or cell.start() not in places:
        return ref.upper()
    row, column = places[cell.start()]
    return f"{column_letter(column)}{row}"


def _resolve(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path).lstrip("/")


def _attributes(text: bytes) -> dict[str, str]:
    """Attributes of a start tag by local name."""
    return {
        name.rpartition(b":")[2].decode(): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(text)
    }


def utf8(text: bytes) -> bytes:
    """XML may come as UTF-16, in which no expression here would find anything."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace").encode()
    if text.startswith(b"<\x00"):
        return text.decode("utf-16-le", "replace").encode()
    if text.startswith(b"\x00<"):
        return text.decode("utf-16-be", "replace").encode()
    return text
