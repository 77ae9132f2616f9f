"""A tar archive or a gzip file → its members."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from pathlib import PurePosixPath

from sxxt_excel.formats.common import MIB, Limits, Refusal, RefusedError
from sxxt_excel.intake.entries import (
    DAMAGED,
    LINK,
    Entry,
    counted,
    opened,
    planned,
)
from sxxt_excel.intake.moments import unix_moment
from sxxt_excel.intake.names import decoded
from sxxt_excel.intake.parcel import Opened, last_name

_BLOCK = 512


def open_tar(data: bytes, limits: Limits, packed: int | None = None) -> Opened | Refusal:
    """Open a tar archive.

    Args:
        data: its bytes.
        limits: what may be unpacked.
        packed: bytes that it came in, where it was itself unpacked.

    Raises:
        RefusedError: it is over the limits.
    """
    try:
        with tarfile.open(
            fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape"
        ) as archive:
            infos = []
            for info in archive:
                infos.append(info)
                counted(len(infos), limits)
            # A header that makes no sense ends the list without a word.
            if any(data[archive.offset : archive.offset + _BLOCK]):
                return DAMAGED
            listed = [_entry(at, info) for at, info in enumerate(infos) if not info.isdir()]
            plan = planned(listed, packed or len(data), limits)
            return opened(plan, lambda at: _content(archive, infos[at]))
    except (tarfile.TarError, ValueError, OSError, EOFError, RecursionError):
        return DAMAGED


def _entry(at: int, info: tarfile.TarInfo) -> Entry:
    refusal = None if info.isreg() else LINK
    return Entry(at, _name(info), info.size, unix_moment(info.mtime), refusal)


def _name(info: tarfile.TarInfo) -> str:
    # Only the newer kind of header says how a name is encoded, or that nobody knows.
    if "path" in info.pax_headers and info.pax_headers.get("hdrcharset") != "BINARY":
        return info.name
    return decoded(info.name.encode("utf-8", "surrogateescape"))


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes | Refusal:
    try:
        with archive.extractfile(info) or io.BytesIO() as file:
            content = file.read()
    except (tarfile.TarError, OSError, EOFError):
        return DAMAGED
    return content if len(content) == info.size else DAMAGED


def open_gz(data: bytes, name: str, limits: Limits) -> Opened | Refusal:
    """Open a gzip file: one member, or those of the tar archive in it.

    Raises:
        RefusedError: it is over the limits.
    """
    most = max(limits.file_bytes, limits.unpacked_bytes)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(most + 1)
    except (zlib.error, OSError, EOFError):
        return DAMAGED
    if len(content) > most:
        raise RefusedError("F119", f"解压后大于 {most // MIB} MB")
    if content[257:262] == b"ustar":
        return open_tar(content, limits, packed=len(data))
    time = unix_moment(int.from_bytes(data[4:8], "little"))
    entry = Entry(0, _inner_name(name), len(content), time)
    return opened(planned([entry], len(data), limits), lambda _: content)


def _inner_name(name: str) -> str:
    path = PurePosixPath(last_name(name))
    return path.stem if path.suffix.lower() == ".gz" else path.name
