"""What must not be spread: secrecy markings, identity and mobile numbers, very small counts.

Finding them in a text, and masking it. Nothing here knows of files, sheets or findings.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from sxxt_excel.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.text import Value

# ---- secrecy markings --------------------------------------------------------------

_OPEN, _CLOSE = r"[(\[【〔〖《<「『“\"]", r"[)\]】〕〗》>」』”\"]"
_LEVEL = r"(绝\s*密|机\s*密|秘\s*密)"
_STAR = r"[★☆✩✪✫✬✭✮✯✰⋆⭐*]"
_PERIOD = r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:年|个\s*月|月)|长期|永久)"
_MARK = rf"{_LEVEL}(?:\s*{_STAR}+\s*{_PERIOD}?|\s*{_PERIOD})?"
_PARTS = r"\s_\-—–+·.,、:;|~@#&()\[\]【】〔〕《》"

# A text that holds the marking and nothing else.
_WHOLE = re.compile(
    rf"{_OPEN}*\s*(?:密\s*级\s*:?\s*{_LEVEL}\s*级?|{_LEVEL})"
    rf"(?:\s*{_STAR}.{{0,20}}|\s*{_PERIOD})?\s*{_CLOSE}*"
)
# A title may carry it: with its star, in brackets, behind 密级, or set apart at one end.
_IN_TITLE = re.compile(
    rf"{_LEVEL}\s*{_STAR}|密\s*级\s*:?\s*{_LEVEL}|{_OPEN}\s*{_MARK}\s*级?\s*{_CLOSE}"
    rf"|^\s*{_MARK}(?:\s{{2,}}|\s+(?=\S\S)|[|,;])|(?:\s{{2,}}|[|,;]\s*){_MARK}\s*$"
    rf"|(?:^|\s){_LEVEL}\s*{_PERIOD}(?=\s|$)"
)
# In a name of a file or sheet it is a word of its own; “国家秘密” is none.
_IN_NAME = re.compile(
    rf"{_LEVEL}\s*{_STAR}|密\s*级\s*:?\s*{_LEVEL}|{_OPEN}\s*{_MARK}\s*(?:级|件|文件)?\s*{_CLOSE}"
    rf"|^\s*{_MARK}(?:级|件|文件)?(?=$|[{_PARTS}])|[{_PARTS}]{_MARK}(?:级|件|文件)?\s*$"
    rf"|[_\-—–+)\]】〕》]\s*{_MARK}(?:级|件|文件)?\s*(?=[_\-—–+(\[【〔《])"
)


def marking(text: str) -> str | None:
    """Return the level (绝密, 机密, 秘密) of a text that is a marking and nothing else."""
    return _level(_WHOLE.fullmatch(_plain(text))) if may_be_marked(text) else None


def title_marking(text: str) -> str | None:
    """Return the level that a title, a page's head or a text box carries, line by line."""
    if not may_be_marked(text):
        return None
    lines = _plain(text).splitlines()
    found = (_level(_WHOLE.fullmatch(s) or _IN_TITLE.search(s)) for s in lines)
    return next((level for level in found if level), None)


def name_marking(name: str) -> str | None:
    """Return the level that the name of a file (without its suffix) or a sheet carries."""
    if not may_be_marked(name):
        return None
    text = _plain(name)
    return _level(_WHOLE.fullmatch(text) or _IN_NAME.search(text))


def may_be_marked(text: str) -> bool:
    """Tell at next to no cost that a text can't carry a marking."""
    return "密" in text


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", clean(text)).strip()
    letters = plain.split()
    # Titles are often spaced out to the last letter: their blanks part nothing.
    return "".join(letters) if all(len(letter) == 1 for letter in letters) else plain


def _level(found: re.Match[str] | None) -> str | None:
    word = next((g for g in found.groups() if g), None) if found else None
    return "".join(word.split()) if word else None


# ---- numbers of persons ------------------------------------------------------------

# What may stand between two digits: blanks, points, dashes, characters that are not seen.
_SPACERS = (
    " .\\-\t\xa0\u3000\uff0d\uff0e\u2010-\u2015\u2212"
    "\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
)
_LONG = re.compile(rf"[1-8１-８](?:[{_SPACERS}]{{0,2}}\d){{9}}[{_SPACERS}]{{0,2}}[\dXxＸｘ]")
_HALF = str.maketrans(
    "０１２３４５６７８９Ｘｘ－．　\xa0\t‐‑‒–—―−", "0123456789Xx-.   -------"
)  # fmt: skip
_ID = re.compile(r"(?<![0-9])(?=((?:[0-9][ -]?){17}[0-9Xx])(?![0-9]))")
_OLD_ID = re.compile(r"(?<![0-9])(?=([1-9][0-9]{14})(?![0-9]))")
_SAID_ID = re.compile(r"身份证|证件号")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_BIRTHS = range(1900, 2100)
_PROVINCES = frozenset(
    f"{region}{number}"
    for region, numbers in (
        (1, "12345"), (2, "123"), (3, "1234567"), (4, "123456"), (5, "01234"), (6, "12345"),
        (7, "1"), (8, "123"),
    )
    for number in numbers
)  # fmt: skip
# Not within a longer run, a decimal or an item number; an amount says what it counts.
_MOBILE = re.compile(
    r"(?:(?<![0-9A-Za-z.])(?<![0-9A-Za-z]-)|(?<=[Tt][Ee][Ll]))"
    r"((?:\+?86[ .-]?)?1[3-9][0-9](?:([ .-]?)[0-9]{4}\2[0-9]{4}|[ .-][0-9]{8}))"
    r"(?![0-9A-Za-z]|[-.][0-9]|-[A-Za-z]|\s*[元万亿])"
)
_ID_LENGTH, _MOBILE_LENGTH = 18, 11
_LEAST_ID, _MOST_ID = 10**17, 10**18
_LEAST_MOBILE, _MOST_MOBILE = 13 * 10**9, 2 * 10**10

Kind = Literal["id", "mobile"]


@dataclass(frozen=True, slots=True)
class Private:
    """A number of a person within a text: where it stands in it, and how it may be shown."""

    kind: Kind
    start: int
    end: int
    shown: str


def may_hold_number(text: str) -> bool:
    """Tell cheaply that no number of a person can stand in a text, however long it is."""
    return _LONG.search(text) is not None


def is_large(value: float) -> bool:
    """Tell cheaply that cells whose largest number this is hold none of a person."""
    return value >= _LEAST_MOBILE


def numbers_in(text: str) -> tuple[Private, ...]:
    """Return identity and mobile numbers in a cleaned text, from left to right.

    An identity number has a province, a birthday and a check digit that fit; where the text
    itself calls it one, the check digit may be wrong, or it may be an old one of 15 digits.
    """
    if not may_hold_number(text):
        return ()
    half = text.translate(_HALF)
    said = _SAID_ID.search(text) is not None
    found = [
        _private("id", *m.span(1), _digits(m[1]))
        for m in _ID.finditer(half)
        if _is_id(_digits(m[1]), checked=not said)
    ]
    if said:
        found += [
            _private("id", *m.span(1), m[1])
            for m in _OLD_ID.finditer(half)
            if _is_born(f"{m[1][:6]}19{m[1][6:]}")
        ]
    for m in _MOBILE.finditer(half):
        if not any(p.start < m.end(1) and m.start(1) < p.end for p in found):
            found.append(_private("mobile", *m.span(1), _digits(m[1])[-_MOBILE_LENGTH:]))
    return tuple(sorted(found, key=lambda p: p.start))


def number_said(value: float) -> str:
    """Return the digits of a cell's number as they were typed, "" where it is no person's.

    Excel keeps 15 digits: of an identity number the last three are lost, and no check is
    possible.
    """
    if _LEAST_MOBILE <= value < _MOST_MOBILE and value == int(value):
        return str(int(value))
    if not _LEAST_ID <= value < _MOST_ID:
        return ""
    mantissa, _, _ = f"{value:.14e}".partition("e")
    said = mantissa.replace(".", "") + "000"
    return said if _is_born(said) else ""


def private_number(value: float) -> Private | None:
    """Return the number of a person that a cell's number is, or None."""
    said = number_said(value)
    if not said:
        return None
    return _private("id" if len(said) == _ID_LENGTH else "mobile", 0, len(said), said)


def masked(text: str) -> str:
    """Return a text with every number of a person masked; the same object where there is none."""
    if not may_hold_number(text):
        return text
    cleaned = clean(text)
    found = numbers_in(cleaned)
    if not found:
        return text
    parts, at = [], 0
    for each in found:
        parts += [cleaned[at : each.start], each.shown]
        at = each.end
    return "".join((*parts, cleaned[at:]))


def masked_value(value: Value) -> Value:
    """Return a cell's value with every number of a person masked, typed as text or as a number."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = private_number(value)
    return number.shown if number else value


def masked_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names masked and still distinct, in their order; nearly all stay as they are."""
    seen: Counter[str] = Counter()
    shown = []
    for name in names:
        said = masked(name)
        if said != name:
            seen[said] += 1
            stem, dot, suffix = said.rpartition(".")
            if seen[said] > 1:
                said = f"{stem}·{seen[said]}{dot}{suffix}" if dot else f"{said}·{seen[said]}"
        shown.append(said)
    return tuple(shown)


def mask_small(count: int) -> str:
    """Return a count as it may be shown where each is a person: 1 and 2 are “≤2”."""
    return "≤2" if count in {1, 2} else str(count)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).upper()


def _private(kind: Kind, start: int, end: int, digits: str) -> Private:
    tail = digits[-2:] if kind == "id" else digits[-4:]
    shown = f"{digits[:3]}{tail:*>{len(digits) - 3}}"
    return Private(kind, start, end, shown)


def _is_born(number: str) -> bool:
    """Tell whether a number begins with a province and goes on with a birthday."""
    try:
        birthday = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[:2] in _PROVINCES and birthday.year in _BIRTHS


def _is_id(number: str, *, checked: bool) -> bool:
    if not _is_born(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return not checked or _ID_CHECKS[total % 11] == number[-1]
