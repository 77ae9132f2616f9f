"""What a file is, told from its bytes alone: no suffix is trusted."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from sxxt_excel.formats.ole import OLE_MAGIC, root_names

__all__ = [
    "ARCHIVES",
    "BROKEN_ZIP",
    "MAILS",
    "PAPERS",
    "TEXTS",
    "ZIP_MAGIC",
    "Kind",
    "broken_zip_kind",
    "is_crowded",
    "plain_name",
    "sniff",
    "zip_kind",
]

Kind = Literal[
    "xlsx", "xls", "ods",
    "xlsb", "xls-old", "spreadsheetml", "fods",
    "ooxml-encrypted", "drm",
    "zip", "rar", "7z", "gz", "tar", "packed", "eml", "mbox", "msg",
    "docx", "doc", "pptx", "ppt", "odt", "wps", "rtf", "pdf", "ofd", "image",
    "html", "mht", "xml", "text", "empty", "unknown",
]  # fmt: skip
ARCHIVES: frozenset[Kind] = frozenset({"zip", "rar", "7z", "gz", "tar"})
MAILS: frozenset[Kind] = frozenset({"eml", "msg", "mbox"})
PAPERS: frozenset[Kind] = frozenset(
    {"docx", "doc", "pptx", "ppt", "odt", "wps", "rtf", "pdf", "ofd", "image"}
)  # fmt: skip
TEXTS: frozenset[Kind] = frozenset({"html", "mht", "xml", "text"})
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gz"),
    (b"\xfd7zXZ\x00", "packed"),
    (b"\x28\xb5\x2f\xfd", "packed"),
    (b"MSCF\x00\x00\x00\x00", "packed"),
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
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# bzip2 and LHA; an .arj has too little to be told by.
_PACKED = re.compile(rb"BZh[1-9]1AY&SY|..-lh.-", re.DOTALL)
# A .bmp begins with two letters alone: its size and four empty bytes have to follow.
_BITMAP = re.compile(rb"BM.{4}\0{4}", re.DOTALL)
_DISC = slice(0x8001, 0x8006)
_DRM_MARK = b"E-SafeNet"
_HEAD = 8192
_LONGEST_TYPE = 200

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
    rb"|delivered-to|content-type|dkim-signature|reply-to|sender|cc|bcc|thread-\w+|arc-[\w-]+"
    rb"|authentication-results|received-spf|user-agent|in-reply-to|references|importance"
    rb"|content-transfer-encoding|disposition-notification-to|list-[\w-]+|feedback-id)[ \t]*:",
    re.IGNORECASE,
)
_MAIL_HEADERS = re.compile(rb"(?:[a-z][\w-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_MAIL_FIELDS = re.compile(rb"^(?:from|to|date|subject|message-id|mime-version):", re.MULTILINE)
_ENOUGH_FIELDS = 3
_MAILBOX = re.compile(rb"From [^\r\n]{0,200}\d:\d\d[^\r\n]{0,40}\r?\n(?:>From |[!-9;-~]{1,80}:)")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError,
               NotImplementedError, RuntimeError)  # fmt: skip


def sniff(data: bytes) -> Kind:
    """Say what a file is, from its bytes alone."""
    if data.startswith(ZIP_MAGIC):
        if is_crowded(data):
            return broken_zip_kind(data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return zip_kind(archive)
        except BROKEN_ZIP:
            return broken_zip_kind(data)
    if data.startswith(OLE_MAGIC):
        return _ole_kind(data)
    return _flat_kind(data)


_MOST_LISTED = 100_000


def is_crowded(data: bytes) -> bool:
    """Return whether an archive lists so much that reading its list alone takes many seconds.

    What lies in archives in it is counted too, packed ones apart: no honest one comes near.
    """
    return data.count(b"PK\x01\x02") > _MOST_LISTED


_DAMAGED: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/_rels/workbook.xml.rels", "xlsx"),
    ("meta-inf/manifest.xml", "ods"),
)


def zip_kind(archive: zipfile.ZipFile) -> Kind:
    """Say what a sound archive is, from the names in it."""
    names = {plain_name(info.filename) for info in archive.infolist()}
    if "mimetype" in names:
        with archive.open("mimetype") as part:  # may be a bomb: only its beginning is needed
            said = _MIMETYPES.get(part.read(_LONGEST_TYPE).strip())
        if said is not None:
            return said
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[content_types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        kinds: tuple[tuple[str, Kind], ...] = (("xl", "xlsx"), ("word", "docx"), ("ppt", "pptx"))
        return next((kind for folder, kind in kinds if folder in folders), "zip")
    # A damaged workbook is no archive of somebody's files.
    for part_of, damaged in _DAMAGED:
        if part_of in names:
            return damaged
    return "ofd" if "ofd.xml" in names else "zip"


def broken_zip_kind(data: bytes) -> Kind:
    """What a truncated archive was meant to be: local headers still name the first members."""
    papers: tuple[tuple[bytes, Kind], ...] = ((b"word/document.xml", "docx"), (b"ppt/", "pptx"))
    if b"xl/workbook.xml" not in data:
        for part_of, kind in papers:
            if part_of in data:
                return kind
    return "xlsx" if b"[Content_Types].xml" in data or b"xl/workbook.xml" in data else "zip"


def _ole_kind(data: bytes) -> Kind:
    names = root_names(data)
    for name, kind in _OLE_STREAMS:
        if name in names:
            return kind
    # A damaged directory: the names themselves are often still there.
    for name, kind in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            return kind
    return "unknown"


def _flat_kind(data: bytes) -> Kind:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:_HEAD]
    if not head:
        return "empty"
    return _marked_kind(data, head) or _text_kind(head)


def _marked_kind(data: bytes, head: bytes) -> Kind | None:
    """Say what a file is by a mark that does not stand at its beginning."""
    if _DRM_MARK in head[:512]:
        return "drm"
    if head[257:262] == b"ustar":
        return "tar"
    if _PACKED.match(head) or data[_DISC] == b"CD001":
        return "packed"
    if _BITMAP.match(head):
        return "image"
    return "image" if head[8:12] == b"WEBP" or head[4:8] == b"ftyp" else None


def _text_kind(head: bytes) -> Kind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head.lower()
    # Before anything else: a mail may carry any of the others as it is, in its first bytes.
    if _MAILBOX.match(head) or _MAIL_HEADER.match(head) or _has_mail_headers(lower):
        return _mail_kind(lower)
    if _NOT_TEXT.search(head):
        return "unknown"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lower and b"<workbook" in lower:
        return "spreadsheetml"
    if b"opendocument.spreadsheet" in lower and b"<office:document" in lower:
        return "fods"
    if any(tag in lower for tag in (b"<html", b"<!doctype html", b"<table", b"<body", b"<meta")):
        return "html"
    return "xml" if lower.startswith(b"<?xml") else "text"


def _has_mail_headers(lower: bytes) -> bool:
    """Tell a mail that begins with a header of a rare kind by those that follow."""
    found = _MAIL_HEADERS.match(lower)
    return found is not None and len(set(_MAIL_FIELDS.findall(found[0]))) >= _ENOUGH_FIELDS


def _mail_kind(lower: bytes) -> Kind:
    """Tell mails, one or many, from a page with its pictures: that is addressed to nobody."""
    if lower.startswith(b"from "):
        return "mbox"
    addressed = b"received:" in lower or lower.startswith(b"to:") or b"\nto:" in lower
    return "mht" if b"multipart/related" in lower and not addressed else "eml"


def plain_name(name: str) -> str:
    """Return the key by which members of a package are found: neither slashes nor case matter."""
    return name.replace("\\", "/").lstrip("/").lower()
