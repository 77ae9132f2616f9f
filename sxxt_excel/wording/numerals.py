"""Chinese numerals: 十二, 一百零五, 两千."""

from __future__ import annotations

import re
from functools import cache

_DIGITS = "零一二三四五六七八九"


def spell(number: int) -> str:
    """Spell 0..9999 as it is written: 12 十二, 105 一百零五."""
    if number < len(_DIGITS):
        return _DIGITS[number]
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + name
        gap = bool(words) and not digit and number > 0
    return words.removeprefix("一") if words.startswith("一十") else words


@cache
def _spellings() -> dict[str, int]:
    return {spell(number): number for number in range(10_000)}


_TWO = re.compile("^两$|两(?=[百千])")


def from_chinese(word: str) -> int | None:
    """Return the number that a numeral up to 9999 names; None for anything else."""
    return _spellings().get(_TWO.sub("二", word).replace("〇", "零"))
