"""A cheap look at a file before any reader touches it: what it is, and whether it is safe to read.

Only the standard library, a few regular expressions and the content itself: no suffix is trusted.
The fast reader allocates the bounding box of a sheet in one piece and takes the whole process
down when that fails, so the box is measured here, from the cells that really hold something.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sxxt_excel.formats.biff import is_locked, look_xls
from sxxt_excel.formats.biff12 import look_xlsb
from sxxt_excel.formats.common import MIB, Limits, Look, Refusal, RefusedError
from sxxt_excel.formats.crypto import unlocked
from sxxt_excel.formats.odf import as_ods, look_ods
from sxxt_excel.formats.ooxml import look_xlsx
from sxxt_excel.formats.places import column_letter, column_number
from sxxt_excel.formats.sniff import (
    ARCHIVES,
    BROKEN_ZIP,
    MAILS,
    TEXTS,
    ZIP_MAGIC,
    Kind,
    broken_zip_kind,
    is_crowded,
    sniff,
    zip_kind,
)

__all__ = [
    "EXCEL_SUFFIXES",
    "Kind",
    "Limits",
    "Look",
    "Refusal",
    "column_letter",
    "column_number",
    "inspect",
    "readable",
    "sniff",
]

_FACTS: Mapping[Kind, str] = MappingProxyType(
    {
        "xls-old": "内容是很早的 Excel 格式",
        "spreadsheetml": "内容是 XML 表格（Excel 2003 XML）",
        "zip": "内容是 zip 压缩包",
        "rar": "内容是 rar 压缩包",
        "7z": "内容是 7z 压缩包",
        "gz": "内容是 gz 压缩包",
        "tar": "内容是 tar 压缩包",
        "eml": "内容是一封邮件",
        "mbox": "内容是一箱邮件",
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
_PLAIN: Mapping[Kind, Refusal] = MappingProxyType(
    {
        "ooxml-encrypted": Refusal("F101"),
        "drm": Refusal("F126"),
        "empty": Refusal("F103"),
        "packed": Refusal("F116"),
        "unknown": Refusal("F102", "认不出文件内容"),
    }
)
_LATER: frozenset[Kind] = frozenset({*ARCHIVES, *MAILS, "xls-old", "spreadsheetml"})
EXCEL_SUFFIXES = (
    ".xlsx",
    ".xlsm",
    ".xltx",
    ".xltm",
    ".xls",
    ".xlt",
    ".et",
    ".ett",
    ".ods",
    ".fods",
    ".xlsb",
)


def _refuse_kind(kind: Kind, name: str) -> Refusal:
    """The refusal of something that is no workbook we read; a nameless file counts as Excel."""
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain
    fact = _FACTS.get(kind, "")
    if kind in _LATER or (name and not name.lower().endswith(EXCEL_SUFFIXES)):
        return Refusal("F105", fact)
    return Refusal("F104" if kind in TEXTS else "F125", fact)


def readable(data: bytes) -> bytes:
    """Return a file as a reader knows it: a flat spreadsheet packed, a lock that bars nobody open.

    Whatever is neither comes back as it is.
    """
    if data.startswith(ZIP_MAGIC):
        return data
    kind = sniff(data)
    if kind == "fods" and b"<!ENTITY" not in data:
        return as_ods(data)
    locked = kind == "ooxml-encrypted" or (kind == "xls" and is_locked(data))
    return (unlocked(data) if locked else None) or data


def inspect(data: bytes, limits: Limits, name: str = "") -> Look | Refusal:
    """Look at a file's bytes; ``name`` only tells a wrong suffix from a kind not supported.

    Never raises for any content. A ``Look`` says that a reader may try; the reader can still
    fail, and for xls and ods the extent of the sheets is not known before reading.
    """
    if len(data) > limits.file_bytes:
        return Refusal("F106", f"文件大于 {limits.file_bytes // MIB} MB")
    try:
        if data.startswith(ZIP_MAGIC):
            return _inspect_zip(data, limits, name)
        kind = sniff(data)
        if kind == "xls":
            return look_xls(data, limits)
        if kind == "fods":
            return Refusal("F128", "内含 XML 实体定义")
        return _refuse_kind(kind, name)
    except RefusedError as refused:
        return refused.refusal


def _inspect_zip(data: bytes, limits: Limits, name: str) -> Look | Refusal:
    if is_crowded(data):
        if broken_zip_kind(data) == "zip":
            return _refuse_kind("zip", name)
        raise _too_many(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = zip_kind(archive)
            if kind not in _LOOKS:
                return _refuse_kind(kind, name)
            _check_archive(archive, len(data), limits)
            return _LOOKS[kind](archive, limits)
    except BROKEN_ZIP:
        if broken_zip_kind(data) == "zip" and not name.lower().endswith(EXCEL_SUFFIXES):
            return _refuse_kind("zip", name)
        return Refusal("F102", "文件不完整或已损坏")


_LOOKS: Mapping[Kind, Callable[[zipfile.ZipFile, Limits], Look]] = MappingProxyType(
    {"xlsx": look_xlsx, "xlsb": look_xlsb, "ods": look_ods}
)


def _too_many(limits: Limits) -> RefusedError:
    return RefusedError("F106", f"内部文件多于 {limits.entries} 个")


def _check_archive(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise _too_many(limits)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked_bytes:
        raise RefusedError("F106", f"解压后大于 {limits.unpacked_bytes // MIB} MB")
    if limits.is_bloated(unpacked, packed):
        raise RefusedError("F128", f"压缩比超过 {limits.ratio}")
    if any(info.flag_bits & 1 for info in infos):
        raise RefusedError("F101")
