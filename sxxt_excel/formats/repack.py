"""A zip with some members changed, added or left out; all others keep their compressed bytes."""

import copy
import io
import struct
import zipfile
from collections.abc import Mapping

__all__ = ["repacked"]

_LOCAL = struct.Struct("<4s22xHH")
_MAGIC = b"PK\x03\x04"
_DESCRIPTOR = 0x08
# No file of ours says when it was made: the same input gives the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_LARGE = 0x7FFFFFFF


def repacked(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Return a zip with these members' contents; None leaves one out.

    Args:
        data: the zip, with no member encrypted.
        parts: the member's name, to the letter → its content. Members that `data` does not
            have come last, in this order.

    Raises:
        zipfile.BadZipFile: its parts are not where its list says.
    """
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        there = set()
        for info in source.infolist():
            there.add(info.filename)
            content = parts.get(info.filename, b"")
            if info.filename not in parts:
                _copy(data, info, target)
            elif content is not None:
                _add(target, info.filename, content, info.date_time)
        for name, content in parts.items():
            if name not in there and content is not None:
                _add(target, name, content, _NO_TIME)
    return buffer.getvalue()


def _add(
    target: zipfile.ZipFile, name: str, content: bytes, when: tuple[int, int, int, int, int, int]
) -> None:
    info = zipfile.ZipInfo(name, when)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0  # else the same input gives other bytes on Windows
    target.writestr(info, content)


def _copy(data: bytes, source: zipfile.ZipInfo, target: zipfile.ZipFile) -> None:
    """Copy a member as it lies there; a size that followed its bytes goes before them."""
    head = data[source.header_offset : source.header_offset + _LOCAL.size]
    if len(head) < _LOCAL.size or source.compress_size > _LARGE:
        raise zipfile.BadZipFile(source.filename)
    magic, name, extra = _LOCAL.unpack(head)
    start = source.header_offset + _LOCAL.size + name + extra
    packed = data[start : start + source.compress_size]
    if magic != _MAGIC or len(packed) != source.compress_size:
        raise zipfile.BadZipFile(source.filename)
    info = copy.copy(source)
    info.flag_bits &= ~_DESCRIPTOR
    # zipfile has no way of adding packed bytes but through what it keeps of an open archive.
    raw, info.header_offset = target.fp, target.start_dir
    if raw is None:
        raise zipfile.BadZipFile(source.filename)
    raw.write(info.FileHeader(zip64=False) + packed)
    target.start_dir = raw.tell()
    target.filelist.append(info)
    target.NameToInfo[info.filename] = info
