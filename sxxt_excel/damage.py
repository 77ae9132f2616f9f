"""What happened to a cell on its way that nobody can undo, or that is undone in passing.

Excel keeps fifteen digits, drops zeros in front and takes 3-5 for a day; fonts of a unit's own put
characters where no other computer has any; two programs that disagree on the code page leave
nonsense behind.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sxxt_excel.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.text import Value

__all__ = ["Harm", "harm", "is_cut_off", "is_day", "is_exponent", "is_too_narrow", "lost_zero",
           "sound", "with_latin_letters"]  # fmt: skip


class Harm(NamedTuple):
    """A code of the catalogue, and the text as it was meant where that is known."""

    code: str
    mended: str | None = None


_MOST_DIGITS = 10**15
_LONGEST = 32_767
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_FIRST_DAY, _LAST_DAY = 36_526, 73_050  # 2000-01-01 .. 2099-12-31
_DAY = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}",
    re.IGNORECASE,
)
# Of a number with its area code 0xx or 0xxx; 400 and 800 have no zero in front.
_AREA_NUMBER = re.compile(r"10\d{8}|2\d{9}|(?!400|800)[3-9]\d{9,10}")

# Of the first plane only: further ones would make the search below twice as slow.
_PRIVATE = "\ue000-\uf8ff"
_RADICALS = "\u2e80-\u2fdf\uf900-\ufaff"
# What the first two bytes of a Chinese character in UTF-8 are in GBK: all of them rare.
_GBK_OF_UTF8 = "".join(
    bytes((lead, trail)).decode("gbk", "ignore")
    for lead in range(0xE3, 0xEA)
    for trail in range(0x80, 0xC0)
)
_ODD = re.compile(f"[{_PRIVATE}{_RADICALS}\ufffd\u00c0-\u00ff{_GBK_OF_UTF8}锟烫屯]")
_IS_PRIVATE = re.compile(f"[{_PRIVATE}]")
_IS_RADICAL = re.compile(f"[{_RADICALS}]")
# ÖÐ¹ú (GBK), ä¸­å›½ (UTF-8) and Ã©: characters of two or three bytes, each read as one letter.
_OF_BYTES = re.compile("(?:[\u00e4-\u00e9][^\x00-\x7f\u4e00-\u9fff]{2}){2,}|\u00c3[\u0080-\u00bf]")
_WESTERN = re.compile("[\u00a1-\u00ff]{4,}")
_LETTER = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_NONSENSE = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
_FEWEST_READ = 4
_TWO_BYTES = 0x80
_LOOK_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХЅІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXSIJABEZHIKMNOPTYX"
)  # fmt: skip


def harm(text: str) -> Harm | None:
    """Return what is wrong with the characters of a cleaned text, None for nearly every text."""
    if _ODD.search(text) is None:
        return None
    if _NONSENSE.search(text) or _is_of_bytes(text) or _is_misread(text):
        return Harm("V135")
    if _IS_PRIVATE.search(text):
        return Harm("V134")
    mended = _IS_RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return Harm("V133", mended) if mended != text else None


def _is_of_bytes(text: str) -> bool:
    """Tell Chinese of which each byte was read as a letter; ×× and · are none."""
    runs = _WESTERN.findall(text)
    return _OF_BYTES.search(text) is not None or any(len(_LETTER.findall(r)) > 1 for r in runs)


def _is_misread(text: str) -> bool:
    """Tell UTF-8 that somebody read as GBK: read back, it says something in Chinese."""
    try:
        said = text.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return False
    wide = [letter for letter in said if ord(letter) >= _TWO_BYTES]
    return len(wide) >= _FEWEST_READ and all("\u2e80" <= letter <= "\uffef" for letter in wide)


_EXPONENTS = re.compile(rf"^{_EXPONENT.pattern}$", re.MULTILINE)
_TOGETHER = 256  # few sound texts share the lot of one that is not


def sound(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts that are clean and whole, which nearly all are; some such may be left out.

    Nothing below would find fault with them. Looking at many together takes a tenth of looking
    at each.
    """
    tidy = [
        text
        for text in texts
        if text and clean(text) == text and not is_too_narrow(text) and not is_cut_off(text)
    ]
    for at in range(0, len(tidy), _TOGETHER):
        some = tidy[at : at + _TOGETHER]
        joined = "\n".join(some)
        if not (_ODD.search(joined) or _EXPONENTS.search(joined)):
            yield from some


def is_exponent(raw: Value, text: str) -> bool:
    """Tell a number of more digits than Excel keeps: the last ones are lost."""
    if isinstance(raw, str):
        return _EXPONENT.fullmatch(text) is not None
    return isinstance(raw, int | float) and abs(raw) >= _MOST_DIGITS


def is_day(raw: Value, text: str) -> bool:
    """Tell a day, or its serial number, where the number of an item should stand."""
    if isinstance(raw, date | time | timedelta):
        return True
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _FIRST_DAY <= raw <= _LAST_DAY
    return _DAY.fullmatch(text) is not None


def lost_zero(raw: Value, text: str) -> bool:
    """Tell a telephone number that was kept as a number, without the zero of its area."""
    return isinstance(raw, int | float) and _AREA_NUMBER.fullmatch(text) is not None


def is_cut_off(raw: Value) -> bool:
    """Tell a text that fills its cell to the last character: more does not go into one."""
    return isinstance(raw, str) and len(raw) >= _LONGEST


def is_too_narrow(text: str) -> bool:
    """Tell the ##### that a narrow column shows, copied as if it were the value."""
    return len(text) > len("##") and not text.strip("#")


def with_latin_letters(text: str) -> str:
    """Return a code whose Cyrillic and Greek capitals are the Latin ones they look like."""
    return text.translate(_LOOK_ALIKE)
