"""A zip archive → its members, whatever wrote it.

The standard library reads the directory. Content is unpacked here: its reader lets bzip2 and LZMA
swell without bound, and refuses members whose name is told twice in different ways.
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from sxxt_excel.formats.common import MIB, Refusal, RefusedError
from sxxt_excel.formats.sniff import is_crowded
from sxxt_excel.intake.entries import (
    DAMAGED,
    LINK,
    LOCKED,
    UNKNOWN_METHOD,
    Entry,
    counted,
    opened,
    planned,
)
from sxxt_excel.intake.moments import local_moment, unix_moment, windows_seconds
from sxxt_excel.intake.names import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.formats.common import Limits
    from sxxt_excel.intake.parcel import Opened

_UTF8 = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DOS_FOLDER = 0x10
_UNIX = 3
_SPANNED = b"PK\x07\x08PK\x03\x04"
_LZMA_MEMORY = 256 * MIB
_END = struct.Struct("<4sH14xH")
_BROKEN = (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError)


def open_zip(data: bytes, limits: Limits) -> Opened | Refusal:
    """Open a zip archive.

    Raises:
        RefusedError: it is over the limits or can't be read at all.
    """
    if data.startswith(_SPANNED) or _last_of_several(data):
        raise RefusedError("F115")
    if is_crowded(data):
        raise RefusedError("F119", f"内有文件多于 {limits.entries} 个")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except NotImplementedError:
        return UNKNOWN_METHOD
    except _BROKEN:
        return DAMAGED
    counted(len(infos), limits)
    listed = [
        Entry(at, _name(info), info.file_size, _time(info), _refusal(info))
        for at, info in enumerate(infos)
        if not _is_folder(info)
    ]
    return opened(planned(listed, len(data), limits), lambda at: _content(data, infos[at]))


def _last_of_several(data: bytes) -> bool:
    """Whether the closing record counts disks and speaks of the whole rest of the file."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        return False
    disk: int
    comment: int
    _, disk, comment = _END.unpack_from(data, at)
    return at + _END.size + comment == len(data) and 0 < disk < 0xFFFF  # noqa: PLR2004 - zip64


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    for kind, body in _extras(info.extra):
        # Info-ZIP's name in UTF-8; it counts while the plain one is still that it was made for.
        if kind == 0x7075 and body[1:5] == struct.pack("<I", zlib.crc32(raw)):  # noqa: PLR2004
            return body[5:].decode("utf-8", "replace")
    return decoded(raw)


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _time(info: zipfile.ZipInfo) -> str:
    """When a member was last written: the clocks that know their zone go before the one of DOS."""
    for kind, body in _extras(info.extra):
        if kind == 0x5455 and len(body) >= 5 and body[0] & 1:  # noqa: PLR2004 - Info-ZIP's own
            return unix_moment(struct.unpack_from("<i", body, 1)[0])
        if kind == 0x000A and body[4:8] == b"\x01\x00\x18\x00" and len(body) >= 16:  # noqa: PLR2004
            return unix_moment(windows_seconds(struct.unpack_from("<Q", body, 8)[0]))
    return local_moment(info.date_time)


def _mode(info: zipfile.ZipInfo) -> int:
    """What kind of thing a Unix program says that it packed; 0 where no such program did."""
    return stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0


def _is_folder(info: zipfile.ZipInfo) -> bool:
    named = info.orig_filename.endswith(("/", "\\"))
    marked = bool(info.external_attr & _DOS_FOLDER) and not info.file_size
    return named or marked or _mode(info) == stat.S_IFDIR


def _refusal(info: zipfile.ZipInfo) -> Refusal | None:
    if _mode(info) not in {0, stat.S_IFREG}:
        return LINK
    return LOCKED if info.flag_bits & _ENCRYPTED else None


def _content(data: bytes, info: zipfile.ZipInfo) -> bytes | Refusal:
    at = info.header_offset
    if at < 0 or data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        return DAMAGED
    if struct.unpack_from("<H", data, at + 6)[0] & 1:
        return LOCKED
    start = at + 30 + sum(struct.unpack_from("<HH", data, at + 26))
    packed = memoryview(data)[start : start + info.compress_size]
    unpack = _METHODS.get(info.compress_type)
    if unpack is None:
        return UNKNOWN_METHOD
    try:
        content = unpack(packed, info.file_size + 1)
    except (zlib.error, lzma.LZMAError, *_BROKEN):
        return DAMAGED
    whole = len(content) == info.file_size and zlib.crc32(content) == info.CRC
    return content if whole else Refusal("F118", "校验不符")


# Each takes what is packed and the most bytes to give; one more than declared shows a lie.


def _stored(packed: memoryview, most: int) -> bytes:
    return bytes(packed[:most])


def _deflated(packed: memoryview, most: int) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)


def _bzipped(packed: memoryview, most: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(packed, most)


def _lzma(packed: memoryview, most: int) -> bytes:
    """The zip's own header → that of an .lzma file of unknown length."""
    size = struct.unpack_from("<H", packed, 2)[0]
    alone = bytes(packed[4 : 4 + size]) + b"\xff" * 8 + bytes(packed[4 + size :])
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY).decompress(alone, most)


_METHODS = {
    zipfile.ZIP_STORED: _stored,
    zipfile.ZIP_DEFLATED: _deflated,
    zipfile.ZIP_BZIP2: _bzipped,
    zipfile.ZIP_LZMA: _lzma,
}
