"""The text of a cell: without what nobody sees, as a key to compare by, taken apart, or likened."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Value: TypeAlias = str | float | int | bool | date | datetime | time | timedelta | None

JOIN = "、"
"""What stands between several values of one cell."""
CACHED = 1 << 16
# Nothing longer is a date, a number or a heading; it also bounds what the caches hold.
LONGEST = 128

# --- text -------------------------------------------------------------------------------------

# Each class is written as (first, last) code points, so that this file itself stays visible.
_DROPPED_RANGES = (
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C),
    (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF),
)  # fmt: skip
_BLANKS = "\t\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_VISIBLE: dict[int, str | None] = {
    **{code: None for first, last in _DROPPED_RANGES for code in range(first, last + 1)},
    **{ord(blank): " " for blank in _BLANKS},
}
# Excel writes a carriage return it cannot hold in XML as _x000D_.
_LINE_BREAK = re.compile("(?:_x000[dD]_\r?|\r)\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return `text` without invisible characters, each line and the whole trimmed.

    Line breaks of every kind become a plain one, odd blanks a plain one. Full-width punctuation
    stays. The same object comes back where nothing changes.
    """
    # All that is dropped or replaced is unprintable to Python, and this look costs next to nothing.
    if text.isprintable() and "_x000" not in text:
        return text.strip(" ")
    # Break marks first show themselves once the invisible characters within them are gone.
    whole = _LINE_BREAK.sub("\n", text.translate(_VISIBLE))
    cleaned = "\n".join(line.strip(" ") for line in whole.split("\n")).strip("\n")
    return text if cleaned == text else cleaned


_MOST_PLAIN = 1e22  # whole floats above it are shown with an exponent
_EXACT_FRACTION = 1e15


def to_text(value: Value) -> str:
    """Return the text of any cell as a person reads it; an empty cell gives an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _figure(value)
    return _when(value)


def _when(value: date | time | timedelta) -> str:
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, time):
        return _clock(value)
    clock = value.time() if isinstance(value, datetime) else time.min
    day = date(value.year, value.month, value.day).isoformat()
    return day if clock == time.min else f"{day} {_clock(clock)}"


def _clock(value: time) -> str:
    return value.replace(tzinfo=None).isoformat("seconds" if value.second else "minutes")


def _duration(value: timedelta) -> str:
    seconds = value // timedelta(seconds=1)
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hour}:{minute:02d}:{second:02d}"


def _figure(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return ""
    if abs(value) < _MOST_PLAIN and value.is_integer():
        return str(int(value))
    # Excel keeps 15 digits: 0.1 + 0.2 is 0.3 to whoever looks at the cell.
    return f"{value:.15g}" if abs(value) < _EXACT_FRACTION else repr(value)


OTHER_DOTS = "•‧∙⋅・"
"""What input methods offer for the one dot within a name: 买买提·吐尔逊."""

_BRACKETS = "【】[]〔〕〖〗{}"
_FOLDED = str.maketrans(
    _BRACKETS + OTHER_DOTS, "()" * (len(_BRACKETS) // 2) + "·" * len(OTHER_DOTS), "*:"
)
_TRAILING = "、。;"


def one_line(text: str) -> str:
    """Return a cleaned text on one line: put into a letter it begins no paragraph of it."""
    return " ".join(clean(text).split())


def short(text: str, most: int) -> str:
    """Return the text on one line and cut to `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def width_of(text: str) -> int:
    """Return how wide a text stands, a Chinese character counting 2."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def fold(text: str) -> str:
    """Return the key by which headings, unit names, choices and file names are compared."""
    return _fold(text) if len(text) <= LONGEST else _fold.__wrapped__(text)


@lru_cache(maxsize=CACHED)
def _fold(text: str) -> str:
    joined = "".join(clean(unicodedata.normalize("NFKC", text)).split())
    return joined.casefold().translate(_FOLDED).rstrip(_TRAILING)


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_HYPHEN = re.compile(r"\s*-\s*")


def as_code(text: str) -> str:
    """Return a unit's code or an item's number as both are compared: JX-01, however it is typed.

    In half-width capitals, with plain hyphens and no blanks around them.
    """
    capitals = unicodedata.normalize("NFKC", text).upper()
    return _HYPHEN.sub("-", capitals.translate(_DASHES))


_OPEN, _CLOSE = "（(\\[【〔", "）)\\]】〕"
_INNER = f"[{_OPEN}][^{_OPEN}{_CLOSE}]*[{_CLOSE}]"
_BRACKETED = f"[{_OPEN}](?:[^{_OPEN}{_CLOSE}]|{_INNER})*[{_CLOSE}]"
_CHUNK = re.compile(f"(?:{_BRACKETED}|[^、，,;；/／\n])+")
_PART = re.compile(f"(?:{_BRACKETED}|[^ ])+")
# Two-character names are set with a blank to stand as wide as three: 张　三 is one person.
_SPREAD_NAME = re.compile("[\u4e00-\u9fff] +[\u4e00-\u9fff]")


def split_several(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that names several: joined by 、 ， , ; ； / lines or blanks.

    What stands in brackets is never split.
    """
    parts: list[str] = []
    for chunk in map(str.strip, _CHUNK.findall(clean(text))):
        parts += [chunk] if _SPREAD_NAME.fullmatch(chunk) else _PART.findall(chunk)
    return tuple(parts)


_NONE = frozenset({"无", "没有", "暂无", "无此项", "无内容", "/", "\\", "-", "--", "—", "——"})


def says_none(text: str) -> bool:
    """Tell a text that says that there is nothing: 无, 暂无, a stroke."""
    return fold(text) in _NONE


# Words that differ in one of these say the opposite; words that differ in a number, another thing;
# and what is done in part, or is to be done, is not done.
_DENIALS = frozenset("不未无没非否")
_NUMERALS = frozenset("0123456789一二三四五六七八九十")
_HEDGES = re.compile("基本|部分|大部|即将|计划|争取|[拟待]")


def says_the_same(word: str, option: str) -> bool:
    """Tell that a word may be another misspelt: it denies, counts and limits as much as that."""
    return (
        [c for c in word if c in _NUMERALS] == [c for c in option if c in _NUMERALS]
        and {*word} & _DENIALS == {*option} & _DENIALS
        and {*_HEDGES.findall(word)} == {*_HEDGES.findall(option)}
    )


def nearest(text: str, options: Iterable[str]) -> str | None:
    """Return the option that looks most like `text`, or None where none looks like it."""
    keys: dict[str, str] = {}
    for option in options:
        keys.setdefault(fold(option), option)
    # Cut off: comparing pages of text costs much and resembles no option.
    found = difflib.get_close_matches(fold(text[:LONGEST]), keys, n=1, cutoff=0.5)
    return keys[found[0]] if found else None
