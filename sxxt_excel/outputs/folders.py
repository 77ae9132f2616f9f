"""Folders below 回复: their names, and what of ours no longer stands there."""

from __future__ import annotations

import fnmatch
import os
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from sxxt_excel.people import Roster

__all__ = ["remove_stale", "reply_folders", "safe_name"]

_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 60


def reply_folders(roster: Roster, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return unit code → folder name below 回复/, fit for Windows and distinct.

    Args:
        roster: its units come first.
        others: code → name of units that sent something and are not on the roster.
    """
    names = {unit.code: unit.name for unit in roster.units} | dict(others or {})
    plain = {code: safe_name(name) or safe_name(code) or "_" for code, name in names.items()}
    counted = Counter(name.casefold() for name in plain.values())
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for code, name in plain.items():
        folder = name if counted[name.casefold()] == 1 else f"{name}（{safe_name(code)}）"
        while folder.casefold() in taken:
            folder += "_"
        taken.add(folder.casefold())
        folders[code] = folder
    return folders


def safe_name(name: str) -> str:
    """Return a name that Windows and others take for a file or folder; may be empty."""
    text = "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C"
    )
    text = _ILLEGAL.sub("_", text).strip()[:_LONGEST_NAME].rstrip(". ")
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def remove_stale(
    root: Path,
    patterns: Iterable[str],
    written: Iterable[Path],
    only: Collection[str] = (),
    remove: Callable[[Path], None] = Path.unlink,
) -> None:
    """Remove our own files that no longer stand from folders below one; the rest stays.

    Args:
        root: the folder of these folders.
        patterns: what names of ours look like; only these are removed.
        written: the files that stand.
        only: the folders to look into, all by default.
        remove: removes one.
    """
    stands = frozenset(written)
    ours = tuple(patterns)
    for folder in root.iterdir() if root.is_dir() else ():
        if (only and folder.name not in only) or not folder.is_dir():
            continue
        names = os.listdir(folder)  # noqa: PTH208 - thousands, of which nearly all stand
        for name in dict.fromkeys(n for pattern in ours for n in fnmatch.filter(names, pattern)):
            path = folder / name
            if path not in stands and path.is_file():
                remove(path)
