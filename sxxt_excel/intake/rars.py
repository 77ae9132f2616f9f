"""A rar archive → its members, by libarchive's bsdtar where there is one (Windows 10 brings it).

It reads the archive from a pipe and writes a tar archive into another, so nothing is written to a
disk. What it passes over in silence (volumes, files told as copies of others, sums that do not
hold) is looked for here; passwords too, to be named as such.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from threading import Thread, Timer
from typing import IO, TYPE_CHECKING

from sxxt_excel.formats.common import Refusal, RefusedError
from sxxt_excel.intake.entries import DAMAGED, LOCKED, counted
from sxxt_excel.intake.tars import open_tar

if TYPE_CHECKING:
    from sxxt_excel.formats.common import Limits
    from sxxt_excel.intake.parcel import Opened

_NO_PROGRAM = Refusal("F116", "本机没有能解 .rar 的程序")
_NOT_BY_IT = Refusal("F116", "解压没有成功")
_SIGNED = 8
"""Bytes before the first block of RAR5; its predecessors have one less."""


def open_rar(data: bytes, limits: Limits) -> Opened | Refusal:
    """Open a rar archive.

    Raises:
        RefusedError: it is over the limits.
    """
    facts = _facts(data, limits)
    if facts.volume:
        return Refusal("F115")
    if facts.locked:
        return LOCKED
    if not facts.whole:
        return DAMAGED
    program = _program()
    if program is None:
        return _NO_PROGRAM
    unpacked = None if facts.copies else _as_tar(program, data, limits)
    if unpacked is None:
        return _NOT_BY_IT
    return _proven(open_tar(unpacked, limits, packed=len(data)), facts)


def _proven(found: Opened | Refusal, facts: _Facts) -> Opened | Refusal:
    """Refuse members whose sum is none of those in the archive."""
    if isinstance(found, Refusal) or facts.unsummed:
        return found
    proven = [zlib.crc32(member.data) in facts.sums for member in found.members]
    if not any(proven) and found.members:
        return DAMAGED
    broken = [(m.name, DAMAGED) for m, good in zip(found.members, proven, strict=True) if not good]
    members = tuple(compress(found.members, proven))
    return replace(found, members=members, refused=(*found.refused, *broken))


# ---------------------------------------------------------------- the blocks of the archive


@dataclass(slots=True)
class _Facts:
    """What the blocks say: `whole` once the closing one was met.

    `sums` are the CRC-32 of the files, `unsummed` where some have none.
    """

    volume: bool = False
    locked: bool = False
    copies: bool = False
    whole: bool = False
    unsummed: bool = False
    files: int = 0
    sums: set[int] = field(default_factory=set)


def _facts(data: bytes, limits: Limits) -> _Facts:
    facts = _Facts()
    step = _block5 if data[6:7] == b"\x01" else _block4
    at = _SIGNED if step is _block5 else _SIGNED - 1
    with suppress(struct.error, IndexError):
        while at < len(data) and not (facts.whole or facts.locked):
            at = step(data, at, facts)
            counted(facts.files, limits)
    facts.whole = facts.whole and at <= len(data)
    return facts


_MAIN4, _FILE4, _END4 = 0x73, 0x74, 0x7B
_LONG_BLOCK, _LARGE = 0x8000, 0x100
_NO_END_BEFORE = 29
"""Programs older than this version of the format wrote no closing block."""


def _block4(data: bytes, at: int, facts: _Facts) -> int:
    """Note one block of RAR 1.5 to 4 and return where the next begins."""
    kind: int
    flags: int
    size: int
    kind, flags, size = struct.unpack_from("<2xBHH", data, at)
    follows: int = struct.unpack_from("<I", data, at + 7)[0] if flags & _LONG_BLOCK else 0
    if kind == _MAIN4:
        facts.volume = bool(flags & 1)
        facts.locked = bool(flags & 0x80)
    elif kind == _FILE4:
        facts.files += 1
        facts.volume |= bool(flags & 3)
        facts.locked |= bool(flags & 4)
        facts.sums.add(struct.unpack_from("<I", data, at + 16)[0])
        if flags & _LARGE:
            follows += struct.unpack_from("<I", data, at + 32)[0] << 32
        facts.whole = data[at + 24] < _NO_END_BEFORE and at + size + follows == len(data)
    elif kind == _END4:
        facts.whole = True
    return at + max(size, 7) + follows


_MAIN5, _FILE5, _LOCK5, _END5 = 1, 2, 4, 5
_CRYPT_RECORD, _LINK_RECORD, _COPY = 1, 5, 5


def _block5(data: bytes, at: int, facts: _Facts) -> int:
    """Note one block of RAR 5 and return where the next begins."""
    size, start = _vint(data, at + 4)
    kind, here = _vint(data, start)
    flags, here = _vint(data, here)
    extra, here = _vint(data, here) if flags & 1 else (0, here)
    follows, here = _vint(data, here) if flags & 2 else (0, here)
    if kind == _MAIN5:
        facts.volume = bool(_vint(data, here)[0] & 1)
    elif kind == _FILE5:
        facts.files += 1
        facts.volume |= bool(flags & 0x18)
        _sum5(data, here, facts)
        _records5(data, start + size - extra, start + size, facts)
    facts.locked |= kind == _LOCK5
    facts.whole = kind == _END5
    return start + size + follows


_FOLDER, _TIMED, _SUMMED = 1, 2, 4


def _sum5(data: bytes, at: int, facts: _Facts) -> None:
    """Note the sum of a file: behind its flags, size, attributes and, where it has one, time."""
    flags, at = _vint(data, at)
    for _ in range(2):
        _, at = _vint(data, at)
    at += 4 if flags & _TIMED else 0
    facts.unsummed |= not flags & (_SUMMED | _FOLDER)
    if flags & _SUMMED:
        facts.sums.add(struct.unpack_from("<I", data, at)[0])


def _records5(data: bytes, at: int, end: int, facts: _Facts) -> None:
    """Note what is said of a file in the area behind its name."""
    while 0 < at < end:
        size, at = _vint(data, at)
        kind, here = _vint(data, at)
        facts.locked |= kind == _CRYPT_RECORD
        facts.copies |= kind == _LINK_RECORD and _vint(data, here)[0] == _COPY
        at += size


def _vint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value, at
    raise IndexError


# ---------------------------------------------------------------- the program


def _program() -> str | None:
    """Return bsdtar; on Windows by its one place, for a search there begins in any folder."""
    if sys.platform == "win32":
        own = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "tar.exe")
        return str(own) if own.is_file() else None
    return shutil.which("bsdtar")


_OVERHEAD = 4096
"""Bytes that a tar archive may spend on one entry beside its content."""


def _as_tar(program: str, data: bytes, limits: Limits) -> bytes | None:
    """Return the archive turned into a tar archive; None where the program could not.

    Raises:
        RefusedError: it grows beyond the limits.
    """
    most = limits.unpacked_bytes + limits.entries * _OVERHEAD
    # A rar archive tells local times; so does this zone, as the C library writes it.
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "CST-8"}
    with subprocess.Popen(  # noqa: S603 - a program of the system's and arguments of ours
        [program, "-cf", "-", "--format=pax", "@-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as running:
        assert running.stdin is not None and running.stdout is not None  # noqa: S101, PT018
        end = Timer(limits.seconds / 2, running.kill)
        feeder = Thread(target=_feed, args=(running.stdin, data), daemon=True)
        end.start()
        feeder.start()
        unpacked = running.stdout.read(most + 1)
        if len(unpacked) > most:
            running.kill()
        feeder.join()
        failed = running.wait() != 0
        end.cancel()
    if len(unpacked) > most:
        raise RefusedError("F119", "解压后过大")
    return None if failed else unpacked


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with suppress(OSError, ValueError):
        pipe.write(data)
    with suppress(OSError, ValueError):
        pipe.close()
