"""An archive → its members or why not, told by content and opened once: no archive in an archive.

Nothing is written to a disk and no member's name is ever a place. A password is not asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sxxt_excel.formats.common import Refusal, RefusedError
from sxxt_excel.formats.sniff import sniff
from sxxt_excel.intake.tars import open_gz, open_tar
from sxxt_excel.intake.zips import open_zip

if TYPE_CHECKING:
    from sxxt_excel.formats.common import Limits
    from sxxt_excel.intake.parcel import Opened

_VOLUME = re.compile(r"\.(?:z\d\d|r\d\d|(?:zip|7z|rar|tar|gz)\.\d{3})$", re.IGNORECASE)


def is_volume(name: str) -> bool:
    """Return whether a name is that of one piece of a split archive; its content rarely tells."""
    return _VOLUME.search(name) is not None


def open_archive(data: bytes, name: str, limits: Limits) -> Opened | Refusal:
    """Open one archive; what is in it is not looked at.

    Args:
        data: the bytes of a file; raises nothing for any.
        name: its own name: names what a .gz holds, and tells a piece of a split archive.
        limits: bytes of each file and of all together, ratio, entries; seconds for a program.

    Returns:
        Members with clean distinct names and the time that the archive gives them, and those that
        could not be had; a refusal where none could.
    """
    try:
        found = _opened(data, name, limits)
    except RefusedError as refused:
        found = refused.refusal
    except MemoryError:
        found = Refusal("F119", "内存不足")
    except Exception:  # noqa: BLE001 - an archive nobody thought of costs only itself
        found = Refusal("F118")
    if isinstance(found, Refusal) and found.code in {"F105", "F118"} and is_volume(name):
        return Refusal("F115")
    return found


def _opened(data: bytes, name: str, limits: Limits) -> Opened | Refusal:
    kind = sniff(data)
    if kind == "zip":
        return open_zip(data, limits)
    if kind == "gz":
        return open_gz(data, name, limits)
    if kind == "tar":
        return open_tar(data, limits)
    if kind == "rar":
        return _rar(data, limits)
    return _seven(data, limits) if kind == "7z" else Refusal("F105")


def _rar(data: bytes, limits: Limits) -> Opened | Refusal:
    from sxxt_excel.intake.rars import open_rar  # noqa: PLC0415 - rare, and it brings threads

    return open_rar(data, limits)


def _seven(data: bytes, limits: Limits) -> Opened | Refusal:
    try:
        from sxxt_excel.intake.sevenzips import open_7z  # noqa: PLC0415 - an extra, and slow
    except ImportError:
        return Refusal("F116", "本机没有装解 .7z 的组件")
    return open_7z(data, limits)
