"""Numbers, in figures or Chinese numerals, with or without a measure word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sxxt_excel.text import CACHED, LONGEST, Value
from sxxt_excel.wording.characters import half_width
from sxxt_excel.wording.numerals import from_chinese

_MEASURED = re.compile(r"(.*?) ?(?:人次|次|人|项|个|场|份|分|名|家|条)?")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from a cell; `repaired` where the cell held text."""

    value: float
    repaired: bool


def parse_number(value: Value) -> Number | None:
    """Read a number; None where the cell holds none, or more or less than one.

    Text may have full-width digits, thousands separators, a measure word (三次, 12人次) or be a
    Chinese numeral up to 9999.
    """
    if isinstance(value, str):
        return _number(value) if len(value) <= LONGEST else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _finite(value, repaired=False)


@lru_cache(maxsize=CACHED)
def _number(text: str) -> Number | None:
    found = _MEASURED.fullmatch(half_width(text))
    if not found:
        return None
    word = found[1]
    if _DECIMAL.fullmatch(word):
        return _finite(float(word.replace(",", "")), repaired=True)
    spelled = from_chinese(word)
    return None if spelled is None else Number(float(spelled), repaired=True)


def _finite(value: float, *, repaired: bool) -> Number | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return Number(number, repaired) if abs(number) < float("inf") else None
