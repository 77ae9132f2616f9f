"""Time limits: a date, or one of the accepted wordings (6月底, 三季度末, 长期坚持)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sxxt_excel.text import CACHED, LONGEST, Value
from sxxt_excel.wording.characters import tight
from sxxt_excel.wording.dateparts import (
    DAY,
    MONTH,
    YEAR,
    Parts,
    month_end,
    month_or_day,
    possible_day,
    year_meant,
)
from sxxt_excel.wording.days import parse_day

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_WORDINGS: tuple[str, ...] = (
    "6月底", "6月30日前", "年底前", "6月中旬", "三季度末", "上半年", "下半年",
    "每月", "每季度", "每半年", "每学期", "每年", "每周", "全年",
    "长期坚持", "立行立改", "立行立改，长期坚持", "年底前，并长期坚持",
)  # fmt: skip
"""The accepted wordings as they are shown to people; a month or day stands for any other."""

_LASTING = "长期坚持"
_LASTING_WORDS = "长期坚持|常年坚持|持续坚持|坚持长期"
_AT_ONCE = "立行立改"
_AT_ONCE_WORDS = ("即知即改", "立查立改", "即查即改", "边查边改")
_OFTEN_WORDS = ("每周", "每月", "每季度", "每学期", "每半年", "每年", "全年")
_UNDATED = (
    {word: word for word in (*_OFTEN_WORDS, _LASTING, _AT_ONCE)}
    | dict.fromkeys(("长期", *_LASTING_WORDS.split("|")), _LASTING)
    | dict.fromkeys(_AT_ONCE_WORDS, _AT_ONCE)
)
# How often is not checked by a time limit; it stays as it was written.
_SO_OFTEN = re.compile(
    r"每(?:周|月|季度|学期|半年|年)(?:度)?(?:至少|不少于)?[0-9一二两三四]{1,2}次(?:以上)?"
)
_AND_LASTING = re.compile(rf"(?P<head>.+?) ?[,、;]? ?并?(?:{_LASTING_WORDS})")

_BEFORE = "(?:之前|以前|前)?"
_OF = f"(?:{YEAR}年)?"
_QUARTERS = "一二三四"
_MONTH_END = re.compile(rf"{_OF}{MONTH}月份?(?P<tail>[底末]{_BEFORE})")
_YEAR_END = re.compile(rf"(?:{YEAR}年年?|年)(?P<tail>[底末]{_BEFORE}|内)")
_TENTH = re.compile(rf"{_OF}{MONTH}月份?(?P<tail>(?P<tenth>[上中下])旬{_BEFORE})")
_QUARTER = re.compile(
    rf"{_OF}(?P<nth>第?)(?P<quarter>[1-4{_QUARTERS}])(?P<tail>季度(?:[底末]{_BEFORE}|内)?)"
)
_HALF = re.compile(rf"{_OF}(?P<tail>(?P<half>[上下])半年(?:[底末]{_BEFORE}|内)?)")
_SPAN = re.compile(
    rf"{_OF}{MONTH}月?份?(?:-{{1,2}}|[~至到])(?:(?P<y2>[0-9]{{4}})年)?"
    r"(?P<m2>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月份?[底末]?"
)
_WHOLE = re.compile(f"{YEAR}年(?P<tail>全年)")
# Without its year 4.30 may as well be a number; only 前 says that a day is meant.
_SHORT_DAY = re.compile(rf"{MONTH}[-./]{DAY}[日号]?")
_DAY_BEFORE = re.compile(r"(?P<day>(?![0-9]{5}[^0-9]).+?) ?(?:之前|以前|前)")

_Wording = tuple[str, date | None]


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: an ISO date or an accepted wording, and the last day where one follows."""

    text: str
    last: date | None
    repaired: bool


def limits_like(text: str) -> tuple[str, ...]:
    """Return the wordings that may be meant by another: the end of a term is not 每学期."""
    return tuple(word for word in LIMIT_WORDINGS if ("每" in word) == ("每" in text))


def parse_limit(value: Value, year: int) -> Limit | None:
    """Read a time limit: a date, or one of the accepted wordings kept as written.

    A month or year end without its year is completed from `year`. A wording that names no day
    (每季度, 长期坚持) has no `last`, and None comes back for whatever else is written.
    """
    if isinstance(value, str):
        return _limit(value, year) if len(value) <= LONGEST else None
    day = parse_day(value, year)
    return Limit(day.value.isoformat(), day.value, day.repaired) if day else None


@lru_cache(maxsize=CACHED)
def _limit(text: str, year: int) -> Limit | None:
    found = _wording(tight(text).rstrip(".;,、"), year)
    return found and Limit(*found, repaired=found[0] != text)


def _wording(plain: str, year: int) -> _Wording | None:
    """The wording as the tables keep it, and the last day that it leaves."""
    undated = _UNDATED.get(plain.replace(" ", ""))
    if undated:
        return undated, None
    often = plain.replace(" ", "")
    if _SO_OFTEN.fullmatch(often):
        return often, None
    lasting = _AND_LASTING.fullmatch(plain)
    if not lasting:
        return _dated(plain, year)
    if lasting["head"] == _AT_ONCE:
        return f"{_AT_ONCE}，{_LASTING}", None
    found = _dated(lasting["head"], year)
    return (f"{found[0]}，并{_LASTING}", found[1]) if found and found[1] else None


def _dated(text: str, year: int) -> _Wording | None:
    plain = text.removesuffix("完成").rstrip()
    compact = plain.replace(" ", "")
    for shape, read in _DATED:
        found = shape.fullmatch(compact)
        if found:
            parts = found.groupdict()
            full_year = year_meant(parts["y"], year)
            # No day of the year is possible where the year itself is not.
            return read(parts, full_year) if full_year and possible_day(full_year, 1, 1) else None
    return _by_day(plain, year)


def _by_day(plain: str, year: int) -> _Wording | None:
    before = _DAY_BEFORE.fullmatch(plain)
    short = _SHORT_DAY.fullmatch(before["day"]) if before else None
    if short:
        last = possible_day(year, month_or_day(short["m"]), month_or_day(short["d"]))
        return (last.isoformat(), last) if last else None
    day = parse_day(before["day"] if before else plain, year)
    if day and day.precision == "day":
        return day.value.isoformat(), day.value
    # "6月" is meant to its end; "6月前" may as well mean before it begins.
    if day and day.precision == "month" and not before:
        named = f"{day.value.year}年{day.value.month}月底"
        return named, month_end(day.value.year, day.value.month)
    return None


def _said_year(parts: Parts, year: int) -> str:
    """The year where it was written; these wordings stay without it where it was not."""
    return f"{year}年" if parts["y"] else ""


def _to_month_end(parts: Parts, year: int) -> _Wording | None:
    month = month_or_day(parts["m"])
    last = month_end(year, month)
    return (f"{year}年{month}月{parts['tail']}", last) if last else None


def _to_year_end(parts: Parts, year: int) -> _Wording:
    return f"{year}年{parts['tail']}", date(year, 12, 31)


def _to_tenth(parts: Parts, year: int) -> _Wording | None:
    month = month_or_day(parts["m"])
    last = month_end(year, month)
    if last and parts["tenth"] != "下":
        last = last.replace(day=10 if parts["tenth"] == "上" else 20)
    return (f"{_said_year(parts, year)}{month}月{parts['tail']}", last) if last else None


def _to_quarter(parts: Parts, year: int) -> _Wording:
    word = parts["quarter"] or ""
    quarter = int(word) if word.isdigit() else _QUARTERS.index(word) + 1
    text = f"{_said_year(parts, year)}{parts['nth']}{_QUARTERS[quarter - 1]}{parts['tail']}"
    return text, month_end(year, quarter * 3)


def _to_half(parts: Parts, year: int) -> _Wording:
    last = month_end(year, 6 if parts["half"] == "上" else 12)
    return f"{_said_year(parts, year)}{parts['tail']}", last


def _to_span_end(parts: Parts, year: int) -> _Wording | None:
    """Return months from one to another, of which the last day is that of the later one."""
    first = possible_day(year, month_or_day(parts["m"]), 1)
    until = year_meant(parts["y2"], year)
    last = month_end(until, month_or_day(parts["m2"]))
    if first is None or last is None or last < first:
        return None
    named = f"{last.year}年{last.month}月" if last.year != year else f"{last.month}月"
    return f"{_said_year(parts, year)}{first.month}月至{named}", last


def _whole_year(parts: Parts, year: int) -> _Wording:
    return f"{year}年{parts['tail']}", None


_DATED: tuple[tuple[re.Pattern[str], Callable[[Parts, int], _Wording | None]], ...] = (
    (_MONTH_END, _to_month_end),
    (_YEAR_END, _to_year_end),
    (_TENTH, _to_tenth),
    (_QUARTER, _to_quarter),
    (_HALF, _to_half),
    (_SPAN, _to_span_end),
    (_WHOLE, _whole_year),
)
