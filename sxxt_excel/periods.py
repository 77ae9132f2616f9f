"""Reporting periods: the words of a cover + a year → an id, and from it a title and its days."""

from __future__ import annotations

import re
from datetime import date

from sxxt_excel.text import fold
from sxxt_excel.wording.dateparts import FIRST_YEAR, LAST_YEAR
from sxxt_excel.wording.numbers import parse_number

HALVES = ("上半年", "下半年")

ROUNDS = "轮次"
"""Stands for any inspection round or special round of a year where several may come."""

_SUFFIXES = {"年度": "", "上半年": "-H1", "下半年": "-H2", "专项": "-X1"}
_WORDS = {suffix: word for word, suffix in _SUFFIXES.items()}
_YEARLY = frozenset({"", "度", "全年"})  # what may be left once 2025年 is taken away
_ROUND_WORD = re.compile("第(.{1,3})轮")
_PERIOD = re.compile("([0-9]{4})(-H[12]|-X1|-R([1-9][0-9]?))?")
_MOST_ROUNDS = 99


class PeriodError(ValueError):
    """A reporting period or window that is none; its sentence says what may be written."""


def period_id(word: str, year: int) -> str:
    """Return the period that `word` names in `year`: 上半年 → "2025-H1", 第三轮 → "2025-R3".

    Raises:
        PeriodError: the word names no period.
    """
    key = fold(word)
    suffix = _SUFFIXES.get(key)
    if suffix is None:
        suffix = f"-R{_round_number(word, key)}"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"年度“{year}”不对，应是四位数的年份，如 2025。")
    return f"{year}{suffix}"


def is_round(period: str) -> bool:
    """Tell whether a period is an inspection round or a special round."""
    return "-R" in period or "-X" in period


def is_half(period: str) -> bool:
    """Tell whether a period is half a year."""
    return "-H" in period


def period_said(word: str, year: int) -> str:
    """Return the period that a cover names, where the year may stand before it: 2025年上半年.

    Raises:
        PeriodError: the word names no period of `year`.
    """
    key = fold(word)
    if not key:
        raise PeriodError("没有写报告期。")
    rest = key.removeprefix(f"{year}年")
    return period_id("年度" if rest in _YEARLY else rest, year)


def period_meant(word: str, year: int) -> str:
    """Return the period that somebody types for `year`: as a cover has it, or its id (2025-R1).

    Raises:
        PeriodError: the word names no period of `year`.
    """
    key = fold(word).upper()
    if not _PERIOD.fullmatch(key):
        return period_said(word, year)
    if not key.startswith(str(year)):
        raise PeriodError(f"报告期“{word}”不是{year}年的。")
    return key


def _round_number(word: str, key: str) -> int:
    found = _ROUND_WORD.fullmatch(key)
    number = parse_number(found[1]) if found else None
    if number and number.value.is_integer() and 1 <= number.value <= _MOST_ROUNDS:
        return int(number.value)
    raise PeriodError(f"报告期“{word}”不对，可写：年度、上半年、下半年、第1轮（第几轮）、专项。")


def period_word(period: str) -> str:
    """Return the word of a period as it stands on a cover: "2025-R3" → 第3轮.

    Raises:
        PeriodError: not a period.
    """
    return _parts(period)[1]


def period_span(period: str) -> tuple[date, date]:
    """Return the first and last day of a period; a round may fall anywhere in its year.

    Raises:
        PeriodError: not a period.
    """
    year, word = _parts(period)
    return built_in_span(word, year) or (date(year, 1, 1), date(year, 12, 31))


def period_title(period: str) -> str:
    """Return a period as a heading writes it: "2025-H1" → 2025年上半年.

    Raises:
        PeriodError: not a period.
    """
    year, word = _parts(period)
    return f"{year}{word}" if word == "年度" else f"{year}年{word}"


def _parts(period: str) -> tuple[int, str]:
    found = _PERIOD.fullmatch(period)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise PeriodError(
            f"报告期编号“{period}”不对，应如 2025、2025-H1、2025-H2、2025-R1 或 2025-X1。"
        )
    word = f"第{found[3]}轮" if found[3] else _WORDS[found[2] or ""]
    return int(found[1]), word


def built_in_span(word: str, year: int) -> tuple[date, date] | None:
    """Return the first and last day of a year or a half, None for any other word."""
    months = {"年度": (1, 12), "上半年": (1, 6), "下半年": (7, 12)}.get(word)
    if months is None:
        return None
    first, last = months
    # June has 30 days, December 31: no other month ends a period.
    return date(year, first, 1), date(year, last, 30 if last == 6 else 31)  # noqa: PLR2004 - June
