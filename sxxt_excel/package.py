"""A cheap look at a file before any reader touches it: what it is, and whether it is safe to read.

Only the standard library, a few regular expressions and the content itself: no suffix is trusted.
The fast reader allocates the bounding box of a sheet in one piece and takes the whole process
down when that fails, so the box is measured here, from the cells that really hold something.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = [
    "Kind",
    "Limits",
    "Look",
    "Refusal",
    "column_letter",
    "column_number",
    "inspect",
    "sniff",
]

Kind = Literal[
    "xlsx", "xls", "ods",
    "xlsb", "xls-old", "spreadsheetml", "fods",
    "ooxml-encrypted", "drm",
    "zip", "rar", "7z", "gz", "eml", "msg",
    "docx", "doc", "pptx", "ppt", "odt", "wps", "rtf", "pdf", "ofd", "image",
    "html", "mht", "xml", "text", "empty", "unknown",
]  # fmt: skip
RefusalCode = Literal["F101", "F102", "F103", "F104", "F105", "F106", "F107", "F112", "F113"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes, counts, the box of cells of one sheet, seconds to read it."""

    file_bytes: int = 50 * _MIB
    unpacked_bytes: int = 300 * _MIB
    ratio: int = 200
    entries: int = 2000
    rows: int = 100_000
    columns: int = 500
    cells: int = 2_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not read: a finding code of family F1 and one short Chinese fact, or ""."""

    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the package shows without being read. Cells are (sheet name, "C7").

    Errors, formulas, hidden rows and cell pictures are known for xlsx and its kin only.
    ``pictures`` counts the pictures stored in the package. ``margins`` are the texts of page
    heads, page feet and text boxes that speak of 密, codes of fonts and fields taken out.
    """

    kind: Kind
    errors: tuple[tuple[str, str, str], ...] = ()
    uncalculated: tuple[tuple[str, str], ...] = ()
    cell_pictures: tuple[tuple[str, str], ...] = ()
    hidden_rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    pictures: int = 0
    macros: bool = False
    external_links: bool = False
    dde: bool = False
    margins: tuple[str, ...] = ()


class _RefusedError(Exception):
    """Carries a refusal up to ``inspect``; it never leaves this module."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.refusal = Refusal(code, detail)


# ---------------------------------------------------------------- what it is

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    (b"\x09\x00\x04\x00", "xls-old"),
    (b"\x09\x02\x06\x00", "xls-old"),
    (b"\x09\x04\x06\x00", "xls-old"),
    (b"\x09\x08\x08\x00", "xls-old"),
    (b"%TSD-Header-###%", "drm"),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DRM_MARK = b"E-SafeNet"
_HEAD = 8192

# A child of the root storage → what the whole container is. The order settles doubtful ones.
_OLE_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", "ooxml-encrypted"),
    ("__properties_version1.0", "msg"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
)
_MIMETYPES: Mapping[bytes, Kind] = MappingProxyType(
    {
        b"application/vnd.oasis.opendocument.spreadsheet": "ods",
        b"application/vnd.oasis.opendocument.spreadsheet-template": "ods",
        b"application/vnd.oasis.opendocument.text": "odt",
    }
)
_MAIL_HEADER = re.compile(
    rb"(?:received|from|to|return-path|date|subject|mime-version|message-id|x-[\w-]+"
    rb"|delivered-to|content-type|dkim-signature)[ \t]*:",
    re.IGNORECASE,
)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError,
               NotImplementedError, RuntimeError)  # fmt: skip


def sniff(data: bytes) -> Kind:
    """Say what a file is, from its bytes alone."""
    if data.startswith(_ZIP_MAGIC):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return _zip_kind(archive)
        except _BROKEN_ZIP:
            return _broken_zip_kind(data)
    if data.startswith(_OLE_MAGIC):
        return _ole_kind(data)
    return _flat_kind(data)


def _zip_kind(archive: zipfile.ZipFile) -> Kind:
    names = {_plain(info.filename) for info in archive.infolist()}
    if "mimetype" in names:
        return _MIMETYPES.get(archive.read("mimetype").strip(), "zip")
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[content_types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        kinds: tuple[tuple[str, Kind], ...] = (("xl", "xlsx"), ("word", "docx"), ("ppt", "pptx"))
        return next((kind for folder, kind in kinds if folder in folders), "zip")
    return "ofd" if "ofd.xml" in names else "zip"


def _broken_zip_kind(data: bytes) -> Kind:
    """What a truncated archive was meant to be: local headers still name the first members."""
    return "xlsx" if b"[Content_Types].xml" in data or b"xl/workbook.xml" in data else "zip"


def _ole_kind(data: bytes) -> Kind:
    names = _ole_root(data)
    for name, kind in _OLE_STREAMS:
        if name in names:
            return kind
    # A damaged directory: the names themselves are often still there.
    for name, kind in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            return kind
    return "unknown"


def _ole_root(data: bytes) -> frozenset[str]:
    """Names directly under the root storage: an embedded document must not decide the kind."""
    entries = tuple(_ole_entries(data))
    names: set[str] = set()
    waiting = [entries[0][3]] if entries else []
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index in seen or index >= len(entries):
            continue
        seen.add(index)
        name, left, right, _child = entries[index]
        names.add(name)
        waiting += [left, right]
    return frozenset(names)


def _ole_entries(data: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Directory entries as (name, left, right, child), as far as the container is intact."""
    try:
        size = 1 << int(struct.unpack_from("<H", data, 30)[0])
        fat_sectors = struct.unpack_from("<109I", data, 76)
        sector = int(struct.unpack_from("<I", data, 48)[0])
        for _ in range(len(data) // size + 1):
            start = (sector + 1) * size
            if start + size > len(data):
                return
            for offset in range(start, start + size, 128):
                length = min(int(struct.unpack_from("<H", data, offset + 64)[0]), 64)
                name = data[offset : offset + max(length - 2, 0)].decode("utf-16-le", "replace")
                left, right, child = struct.unpack_from("<III", data, offset + 68)
                yield name, left, right, child
            block, place = divmod(sector, size // 4)
            sector = int(
                struct.unpack_from("<I", data, (fat_sectors[block] + 1) * size + 4 * place)[0]
            )
    except (ValueError, IndexError, OverflowError, struct.error):
        return


def _flat_kind(data: bytes) -> Kind:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:_HEAD]
    if not head:
        return "empty"
    if _DRM_MARK in head[:512]:
        return "drm"
    if head[8:12] == b"WEBP" or head[4:8] == b"ftyp":
        return "image"
    return _text_kind(head)


def _text_kind(head: bytes) -> Kind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head.lower()
    if _NOT_TEXT.search(head):
        return "unknown"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lower and b"<workbook" in lower:
        return "spreadsheetml"
    if b"opendocument.spreadsheet" in lower and b"<office:document" in lower:
        return "fods"
    if _MAIL_HEADER.match(head):
        page = b"multipart/related" in lower and b"received:" not in lower and b"\nto:" not in lower
        return "mht" if page else "eml"
    if any(tag in lower for tag in (b"<html", b"<!doctype html", b"<table", b"<body", b"<meta")):
        return "html"
    return "xml" if lower.startswith(b"<?xml") else "text"


# ---------------------------------------------------------------- refusing

_FACTS: Mapping[Kind, str] = MappingProxyType(
    {
        "xlsb": "内容是 Excel 二进制工作簿（xlsb）",
        "xls-old": "内容是很早的 Excel 格式",
        "spreadsheetml": "内容是 XML 表格（Excel 2003 XML）",
        "fods": "内容是单文件 ODF 表格（fods）",
        "drm": "被单位的文件加密软件加了密",
        "zip": "内容是 zip 压缩包",
        "rar": "内容是 rar 压缩包",
        "7z": "内容是 7z 压缩包",
        "gz": "内容是 gz 压缩包",
        "eml": "内容是一封邮件",
        "msg": "内容是一封邮件",
        "docx": "内容是 Word 文档",
        "doc": "内容是 Word 文档",
        "odt": "内容是文字文档",
        "rtf": "内容是文字文档",
        "pptx": "内容是演示文稿",
        "ppt": "内容是演示文稿",
        "pdf": "内容是 PDF",
        "ofd": "内容是 OFD",
        "image": "内容是图片",
        "html": "内容是网页",
        "mht": "内容是网页",
        "xml": "内容是 XML 文本",
        "text": "内容是纯文本",
    }
)
_LATER: frozenset[Kind] = frozenset(
    {"xlsb", "xls-old", "spreadsheetml", "fods", "zip", "rar", "7z", "gz", "eml", "msg"}
)
_EXCEL_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".et", ".ett", ".ods")


def _refuse_kind(kind: Kind, name: str) -> Refusal:
    """The refusal of something that is no workbook we read; a nameless file counts as Excel."""
    fact = _FACTS.get(kind, "")
    if kind in {"ooxml-encrypted", "drm"}:
        return Refusal("F101", fact)
    if kind == "empty":
        return Refusal("F103")
    if kind == "unknown":
        return Refusal("F102", "认不出文件内容")
    if kind in _LATER or (name and not name.lower().endswith(_EXCEL_SUFFIXES)):
        return Refusal("F105", fact)
    return Refusal("F104", fact)


def inspect(data: bytes, limits: Limits, name: str = "") -> Look | Refusal:
    """Look at a file's bytes; ``name`` only tells a wrong suffix from a kind not supported.

    Never raises for any content. A ``Look`` says that a reader may try; the reader can still
    fail, and for xls and ods the extent of the sheets is not known before reading.
    """
    if len(data) > limits.file_bytes:
        return Refusal("F106", f"文件大于 {limits.file_bytes // _MIB} MB")
    try:
        if data.startswith(_ZIP_MAGIC):
            return _inspect_zip(data, limits, name)
        kind = sniff(data)
        if kind == "xls":
            return Look("xls", macros="_VBA_PROJECT_CUR" in _ole_root(data))
        return _refuse_kind(kind, name)
    except _RefusedError as refused:
        return refused.refusal


def _inspect_zip(data: bytes, limits: Limits, name: str) -> Look | Refusal:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _zip_kind(archive)
            if kind not in {"xlsx", "ods"}:
                return _refuse_kind(kind, name)
            _check_archive(archive, len(data), limits)
            return _look_xlsx(archive, limits) if kind == "xlsx" else _look_ods(archive)
    except _BROKEN_ZIP:
        if _broken_zip_kind(data) == "zip" and not name.lower().endswith(_EXCEL_SUFFIXES):
            return _refuse_kind("zip", name)
        return Refusal("F102", "文件不完整或已损坏")


# Text that repeats itself packs far better than the limit allows; below this it harms nobody.
_RATIO_FLOOR = 16 * _MIB


def _check_archive(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise _RefusedError("F106", f"内部文件多于 {limits.entries} 个")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked_bytes:
        raise _RefusedError("F106", f"解压后大于 {limits.unpacked_bytes // _MIB} MB")
    if unpacked > max(_RATIO_FLOOR, limits.ratio * packed):
        raise _RefusedError("F106", f"压缩比超过 {limits.ratio}")
    if any(info.flag_bits & 1 for info in infos):
        raise _RefusedError("F101")


def _look_ods(archive: zipfile.ZipFile) -> Look:
    names = archive.namelist()
    for part in ("content.xml", "META-INF/manifest.xml"):
        # ODF manifests may name a DOCTYPE of old; only entities can hurt.
        if b"<!ENTITY" in _utf8(archive.read(part)):
            raise _RefusedError("F106", "内含 XML 实体定义")
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise _RefusedError("F101")
    return Look(
        "ods",
        pictures=sum(name.startswith("Pictures/") and name != "Pictures/" for name in names),
        macros=any(name.startswith("Basic/") for name in names),
    )


# ---------------------------------------------------------------- inside an xlsx

_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REL = re.compile(rb"<(?:\w+:)?Relationship(?=\s)([^<>]*)>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet(?=\s)([^<>]*)>")
_CALC = re.compile(rb"<(?:\w+:)?calcPr(?=\s)[^<>]*\sfullCalcOnLoad=[\"'](?:1|true)")
_PREFIX = re.compile(rb"<(\w+):worksheet[\s>]")
_DDE_FORMULA = re.compile(rb"\|\s*(?:'|&apos;)")
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
    )


@dataclass(slots=True)
class _Found:
    """What the sheets of one workbook have shown so far."""

    errors: list[tuple[str, str, str]] = field(default_factory=list)
    uncalculated: list[tuple[str, str]] = field(default_factory=list)
    zeros: list[tuple[str, str]] = field(default_factory=list)
    cell_pictures: list[tuple[str, str]] = field(default_factory=list)
    hidden_rows: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)
    calculated: bool = False
    dde: bool = False


class _Parts:
    """The members of a package by plain name: slashes and case do not matter to Excel either."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {_plain(info.filename): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def under(self, folder: str) -> tuple[str, ...]:
        return tuple(name for name in self._infos if name.startswith(folder) and name != folder)

    def xml(self, name: str) -> bytes:
        """The text of a part in UTF-8; a part that defines entities is refused."""
        text = _utf8(self._archive.read(self._infos[name.lower()]))
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _RefusedError("F106", "内含 XML 实体定义")
        return text


def _look_xlsx(archive: zipfile.ZipFile, limits: Limits) -> Look:
    parts = _Parts(archive)
    workbook = _workbook_part(parts)
    xml = parts.xml(workbook)
    rich_pictures = "xl/richData/richValueRel.xml" in parts
    for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
        if part in parts:
            parts.xml(part)
    found = _Found()
    for sheet, part in _sheets(parts, workbook, xml):
        _scan(sheet, parts.xml(part), limits, found, rich_pictures=rich_pictures)
    for drawing in parts.under("xl/drawings/drawing"):
        found.margins.extend(_boxed(parts.xml(drawing)))
    links = parts.under("xl/externallinks/externallink")
    # A file that asks to be calculated on loading and holds nothing but zeros was written by a
    # program and never opened in Excel or WPS since.
    never_opened = _CALC.search(xml) is not None and not found.calculated
    return Look(
        "xlsx",
        errors=tuple(found.errors),
        uncalculated=tuple(found.uncalculated + (found.zeros if never_opened else [])),
        cell_pictures=tuple(found.cell_pictures),
        hidden_rows=tuple(found.hidden_rows),
        margins=tuple(found.margins),
        pictures=len(parts.under("xl/media/")),
        macros="xl/vbaProject.bin" in parts or bool(parts.under("xl/macrosheets/")),
        external_links=bool(links),
        dde=found.dde or any(b"ddeLink" in parts.xml(link) for link in links),
    )


def _workbook_part(parts: _Parts) -> str:
    if "_rels/.rels" in parts:
        for rel in _REL.finditer(parts.xml("_rels/.rels")):
            attributes = _attributes(rel[1])
            if attributes.get("Type", "").endswith("/officeDocument"):
                target = _resolve("", attributes.get("Target", ""))
                if target in parts:
                    return target
    if "xl/workbook.xml" in parts:
        return "xl/workbook.xml"
    raise _RefusedError("F102", "缺少工作簿目录")


def _sheets(parts: _Parts, workbook: str, xml: bytes) -> Iterator[tuple[str, str]]:
    """Sheets in workbook order as (name, part)."""
    folder, _, base = workbook.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels"
    if rels not in parts:
        raise _RefusedError("F102", "缺少工作表目录")
    targets = {}
    for rel in _REL.finditer(parts.xml(rels)):
        attributes = _attributes(rel[1])
        targets[attributes.get("Id", "")] = _resolve(folder, attributes.get("Target", ""))
    for sheet in _SHEET.finditer(xml):
        attributes = _attributes(sheet[1])
        name, part = attributes.get("name", ""), targets.get(attributes.get("id", ""), "")
        if part not in parts:
            raise _RefusedError("F102", f"缺少工作表“{name}”的内容")
        yield name, part


def _scan(sheet: str, xml: bytes, limits: Limits, found: _Found, *, rich_pictures: bool) -> None:
    """Measure one sheet and note what its reader will not tell."""
    root = _PREFIX.search(xml, 0, _HEAD) if b":worksheet" in xml[:_HEAD] else None
    patterns = _patterns(root[1] if root else b"")
    places: dict[int, tuple[int, int]] = {}
    # Nearly every sheet stays near A1, within any sane limit: rule the rest out cheaply.
    if patterns.far.search(xml) or not _near_is_allowed(limits):
        places = _places(xml, patterns)
        _check_box(sheet, xml, patterns, places.values(), limits)
    if b'"e"' in xml or b"'e'" in xml:
        for cell in patterns.error.finditer(xml):
            at = (sheet, _address(cell, places))
            if rich_pictures and b" vm=" in cell[1]:
                found.cell_pictures.append(at)
            else:
                value = patterns.value.search(cell[2])
                found.errors.append((*at, value[1].decode() if value else ""))
    if b"f>" in xml:
        for cell in patterns.formula.finditer(xml):
            _note_formula(sheet, cell, places, patterns, found)
    if b"hidden=" in xml:
        rows = (_attributes(row[1]).get("r", "") for row in patterns.hidden.finditer(xml))
        hidden = tuple(int(row) for row in rows if row.isdecimal())
        if hidden:
            found.hidden_rows.append((sheet, hidden))
    if b"eaderFooter" in xml:
        found.margins.extend(_heads_and_feet(xml))


_HEADS = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)(?:\s[^<>]*)?>([^<]*)<")
_HEAD_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Z])', re.IGNORECASE)
_HEAD_PARTS = re.compile(r"&[LCR]", re.IGNORECASE)
_BOX_TEXT = re.compile(rb"<a:t(?:\s[^<>]*)?>([^<]*)<")
_MARKED = "密"


def _heads_and_feet(xml: bytes) -> Iterator[str]:
    """Yield each third of the page heads and feet of a sheet that speaks of secrecy."""
    for said in _HEADS.findall(xml, max(xml.rfind(b"sheetData"), 0)):
        text = unescape(said.decode("utf-8", "replace"))
        if _MARKED in text:
            yield from (_HEAD_CODES.sub("", part) for part in _HEAD_PARTS.split(text))


def _boxed(xml: bytes) -> Iterator[str]:
    """Yield each line of the text boxes on a sheet that speaks of secrecy."""
    for line in xml.split(b"</a:p>"):
        text = unescape(b"".join(_BOX_TEXT.findall(line)).decode("utf-8", "replace"))
        if _MARKED in text:
            yield text


def _note_formula(
    sheet: str,
    cell: re.Match[bytes],
    places: Mapping[int, tuple[int, int]],
    patterns: _Patterns,
    found: _Found,
) -> None:
    at = (sheet, _address(cell, places))
    if b"DISPIMG(" in cell[2]:
        found.cell_pictures.append(at)
        return
    if _DDE_FORMULA.search(cell[2]):
        found.dde = True
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
    if not rows:
        return
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height > limits.rows:
        raise _RefusedError("F106", f"表“{sheet}”的内容散布在 {height} 行中（至第 {max(rows)} 行）")
    if width > limits.columns:
        raise _RefusedError("F106", f"表“{sheet}”的内容散布在 {width} 列中")
    if height * width > limits.cells:
        raise _RefusedError("F106", f"表“{sheet}”的内容占 {height} 行 {width} 列")


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


# ---------------------------------------------------------------- small things


def column_number(letters: str) -> int:
    """The number of a column, 1 for A; 0 for no letters at all."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=1024)
def column_letter(column: int) -> str:
    """The letters of a column, "A" for 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


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


def _utf8(text: bytes) -> bytes:
    """XML may come as UTF-16, in which no expression here would find anything."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace").encode()
    if text.startswith(b"<\x00"):
        return text.decode("utf-16-le", "replace").encode()
    if text.startswith(b"\x00<"):
        return text.decode("utf-16-be", "replace").encode()
    return text
