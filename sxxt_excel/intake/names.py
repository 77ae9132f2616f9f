"""Names of members: the encoding that nobody says, what may be shown, files that nobody sent."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from sxxt_excel.intake.parcel import INSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_IDEOGRAPH = "\u2e80"


def decoded(raw: bytes) -> str:
    """Return a name whose encoding nobody says: UTF-8 or GB18030, with U+FFFD where neither fits.

    Of short names in GBK some happen to be UTF-8 too (目录 reads “Ŀ¼”): only ideographs prove it.
    """
    utf8, gb = _strictly(raw, "utf-8"), _strictly(raw, "gb18030")
    if utf8 is not None and (utf8.isascii() or max(utf8) >= _FIRST_IDEOGRAPH):
        return utf8
    if gb is not None:
        return gb
    return raw.decode("gb18030", "replace") if utf8 is None else utf8


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


_SYSTEM = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_CLUTTER_FOLDERS = frozenset({"__macosx", ".spotlight-v100", ".trashes"})


def is_system_file(name: str) -> bool:
    """Return whether a file by its own name is one that an operating system keeps for itself."""
    return name.startswith("._") or name.lower() in _SYSTEM


_UNFINISHED = (
    ".crdownload", ".download", ".downloading", ".opdownload", ".part", ".partial", ".td", ".xltd",
)  # fmt: skip


def is_unfinished(name: str) -> bool:
    """Return whether a browser or another program was still fetching a file of that name."""
    return name.lower().endswith(_UNFINISHED)


def is_clutter(name: str) -> bool:
    """Return whether an operating system put this beside people's files; nobody sent it."""
    *folders, last = name.replace("\\", "/").lower().split("/")
    return is_system_file(last) or not _CLUTTER_FOLDERS.isdisjoint(folders)


# Controls, lone halves of characters, and marks that turn the direction of writing.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_DRIVE = re.compile(r"[A-Za-z]:")
# What Windows takes for a device, with any suffix; and what no name may hold there.
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
_FULL_WIDTH = str.maketrans('<>:"|?*' + INSIDE, "＜＞：＂｜？＊！")
_LONGEST, _DEEPEST = 120, 16


def shown_name(text: str) -> str:
    """Make a name from outside harmless to show: relative with `/`, nothing unseen in it.

    Steps upwards, drives and empty parts are gone; `INSIDE` and what Windows allows in no name is
    in full width, and its devices have a `_` before them. The last 16 parts are left, each of at
    most 120 characters and with its suffix. A name of which nothing is left is 未命名.
    """
    parts = (_shown_part(part) for part in text.replace("\\", "/").split("/"))
    return "/".join([part for part in parts if part][-_DEEPEST:]) or "未命名"


def _shown_part(part: str) -> str:
    seen = _UNSEEN.sub("", part).strip().rstrip(". ")
    if _DRIVE.fullmatch(seen):
        return ""
    seen = seen.translate(_FULL_WIDTH)
    if _DEVICE.match(seen):
        seen = f"_{seen}"
    stem, dot, suffix = seen.rpartition(".")
    if len(seen) <= _LONGEST or not stem or len(suffix) > len("spreadsheet"):
        return seen[:_LONGEST]
    return stem[: _LONGEST - len(dot + suffix)] + dot + suffix


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with (2), (3) before the suffix of one that was there already."""
    taken: set[str] = set()
    told = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        if not stem or "/" in suffix:
            stem, dot, suffix = name, "", ""
        tries = (f"{stem}({number}){dot}{suffix}" for number in count(2))
        new = name if name not in taken else next(one for one in tries if one not in taken)
        taken.add(new)
        told.append(new)
    return tuple(told)
