"""Names in archives: the encoding that nobody says, and files that nobody sent."""

from __future__ import annotations

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


_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_CLUTTER_FOLDERS = frozenset({"__macosx", ".spotlight-v100", ".trashes"})


def is_clutter(name: str) -> bool:
    """Return whether an operating system put this beside people's files; nobody sent it."""
    *folders, last = name.replace("\\", "/").lower().split("/")
    return last.startswith("._") or last in _CLUTTER or not _CLUTTER_FOLDERS.isdisjoint(folders)
