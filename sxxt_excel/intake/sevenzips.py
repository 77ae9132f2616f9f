"""A 7z archive → its members, in memory and within the limits; py7zr is of the extra `archive`."""

from __future__ import annotations

import io
import lzma
import struct
import zlib
from typing import TYPE_CHECKING

from py7zr import SevenZipFile, exceptions
from py7zr.io import Py7zIO, WriterFactory

from sxxt_excel.formats.common import Limits, Refusal, RefusedError
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
from sxxt_excel.intake.moments import unix_moment

if TYPE_CHECKING:
    from sxxt_excel.intake.parcel import Opened

_BROKEN = (
    exceptions.ArchiveError, lzma.LZMAError, zlib.error, struct.error, ValueError, TypeError,
    LookupError, AttributeError, AssertionError, OSError, EOFError, RecursionError,
)  # fmt: skip
"""What the library raises for an archive that makes no sense."""


class _Sink(Py7zIO):
    """Takes the content of one member; the library asks `size` of what was written."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, s: bytes | bytearray) -> int:
        self.content += s
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return bytes(self.content[:size])

    def seek(self, offset: int, whence: int = 0) -> int:
        del whence
        return offset

    def flush(self) -> None:
        """Nothing is held back."""

    def size(self) -> int:
        return len(self.content)


class _Sinks(WriterFactory):
    """The sinks of an archive by the names that its members were given."""

    def __init__(self) -> None:
        self.made: dict[str, _Sink] = {}

    def create(self, filename: str) -> Py7zIO:
        return self.made.setdefault(filename, _Sink())


def open_7z(data: bytes, limits: Limits) -> Opened | Refusal:
    """Open a 7z archive.

    Raises:
        RefusedError: it is over the limits.
    """
    most = limits.unpacked_bytes
    try:
        with SevenZipFile(io.BytesIO(data), max_extract_size=most) as archive:
            if archive.needs_password():
                return LOCKED
            return _opened(archive, len(data), limits)
    except exceptions.PasswordRequired:
        return LOCKED
    except exceptions.UnsupportedCompressionMethodError:
        return UNKNOWN_METHOD
    except exceptions.DecompressionBombError as error:
        raise RefusedError("F119", "解压后过大") from error
    except _BROKEN:
        return DAMAGED


def _opened(archive: SevenZipFile, packed: int, limits: Limits) -> Opened | Refusal:
    files = tuple(archive.files)
    counted(len(files), limits)
    listed = []
    for at, file in enumerate(files):
        if file.is_directory:
            continue
        time = unix_moment(file.lastwritetime.totimestamp()) if file.lastwritetime else ""
        plain = file.is_file and not file.is_symlink and not file.is_junction
        listed.append(Entry(at, file.filename, file.uncompressed, time, None if plain else LINK))
    plan = planned(listed, packed, limits)
    # Names of its own: the library gives up on an archive one name of which could leave a folder.
    for at, file in enumerate(files):
        file.file_properties()["filename"] = _key(at)
    sinks = _Sinks()
    wanted = [_key(entry.at) for entry in plan if entry.refusal is None]
    archive.extract(targets=wanted, factory=sinks)

    def content(at: int) -> bytes | Refusal:
        sink = sinks.made.get(_key(at))
        if sink is None:
            return DAMAGED
        return bytes(sink.content) if sink.size() == files[at].uncompressed else DAMAGED

    return opened(plan, content)


def _key(at: int) -> str:
    return f"member-{at}"
