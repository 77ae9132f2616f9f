"""Periods, due days and working days: the words of a governing document + a year → a day.

What the words leave open (does “4月底前” include the day, which day is “中旬前”) is the office's
to decide and comes in as a `Calendar`; nothing here reads a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from sxxt_excel.text import (
    fold,
)
from sxxt_excel.wording.limits import parse_limit
from sxxt_excel.wording.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

TZ = timezone(timedelta(hours=8))
"""The one time zone of every moment in the project."""

_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})
_FIRST_YEAR, _LAST_YEAR = 1950, 2100


class PeriodError(ValueError):
    """A reporting period or window that is none; its sentence says what may be written."""


class DueError(ValueError):
    """A deadline that names no day; its sentence says what may be written."""


# --- periods ------------------------------------------------------------------------------------

HALVES = ("上半年", "下半年")

ROUNDS = "轮次"
"""Stands for any inspection round or special round of a year where several may come."""

_SUFFIXES = {"年度": "", "上半年": "-H1", "下半年": "-H2", "专项": "-X1"}
_WORDS = {suffix: word for word, suffix in _SUFFIXES.items()}
_YEARLY = frozenset({"", "度", "全年"})  # what may be left once 2025年 is taken away
_ROUND_WORD = re.compile("第(.{1,3})轮")
_PERIOD = re.compile("([0-9]{4})(-H[12]|-X1|-R([1-9][0-9]?))?")
_MOST_ROUNDS = 99


def period_id(word: str, year: int) -> str:
    """Return the period that `word` names in `year`: 上半年 → "2025-H1", 第三轮 → "2025-R3".

    Raises:
        PeriodError: the word names no period.
    """
    key = fold(word)
    suffix = _SUFFIXES.get(key)
    if suffix is None:
        suffix = f"-R{_round_number(word, key)}"
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
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
    return _built_in_span(word, year) or (date(year, 1, 1), date(year, 12, 31))


def period_title(period: str) -> str:
    """Return a period as a heading writes it: "2025-H1" → 2025年上半年.

    Raises:
        PeriodError: not a period.
    """
    year, word = _parts(period)
    return f"{year}{word}" if word == "年度" else f"{year}年{word}"


def _parts(period: str) -> tuple[int, str]:
    found = _PERIOD.fullmatch(period)
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise PeriodError(
            f"报告期编号“{period}”不对，应如 2025、2025-H1、2025-H2、2025-R1 或 2025-X1。"
        )
    word = f"第{found[3]}轮" if found[3] else _WORDS[found[2] or ""]
    return int(found[1]), word


def _built_in_span(word: str, year: int) -> tuple[date, date] | None:
    months = {"年度": (1, 12), "上半年": (1, 6), "下半年": (7, 12)}.get(word)
    if months is None:
        return None
    first, last = months
    # June has 30 days, December 31: no other month ends a period.
    return date(year, first, 1), date(year, last, 30 if last == 6 else 31)  # noqa: PLR2004 - June


# --- due days -----------------------------------------------------------------------------------

_MID_MONTH_DAYS = (10, 20)
_HOURS = 24
_DAY_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What an office decided about its deadlines.

    Args:
        inclusive: whether a filing on the deadline's own day is on time.
        hour: until which hour of that day, 1..24.
        shift: whether a deadline on a day off moves to the next working day.
        mid_month: which day of the month “中旬前” means, 10 or 20.
    """

    inclusive: bool = True
    hour: int = _HOURS
    shift: bool = False
    mid_month: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.hour <= _HOURS:
            raise DueError(f"截止钟点“{self.hour}”不对，应是1至24的整数。")
        if self.mid_month not in _MID_MONTH_DAYS:
            raise DueError(f"“中旬前”只能指10日或20日，不能是“{self.mid_month}”。")

    @property
    def closes(self) -> int:
        """Return the hour to be told with a last day: 24, and no word, where none cuts it short."""
        return self.hour if self.inclusive else _HOURS

    def last_day(self, day: date) -> date:
        """Return the last day on which what is due on a day may come."""
        return day if self.inclusive else day - _DAY

    def due_day(self, last: date) -> date:
        """Return on which day is due what may come until the end of a day."""
        return last if self.inclusive else last + _DAY


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: its day, and `moment`, the last second (+08:00) at which a filing is on time.

    `shifted_from` is the day the words name where a day off moved it; `unknown_year` the year
    whose days off are not published yet, so that nothing was moved.
    """

    day: date
    moment: datetime
    words: str
    shifted_from: date | None
    unknown_year: int | None

    @property
    def last(self) -> date:
        """Return the last day on which a filing is on time: the day before if its own is not."""
        return self.moment.date()

    @property
    def said(self) -> str:
        """Return until when, as letters say it: 2025年4月20日15时.

        That is the last day on which to come, so that nobody counts on one that is too late.
        """
        whole = self.moment.time() == _DAY_END
        return day_and_hour(self.last, _HOURS if whole else self.moment.hour)


_NEXT_YEAR, _LAST_YEARS = "次年", "上年"
_BEFORE_MID_MONTH = re.compile("中旬(?:之前|以前|前)")


def due(words: str, year: int, calendar: Calendar) -> Due:
    """Return the deadline that `words` set for the business of `year`.

    Args:
        words: as the document has them (4月中旬前, 次年1月10日前, 年底前), or an ISO date.
        year: the year of the business; 次年 is the one after it.
        calendar: the office's decisions.

    Raises:
        DueError: the words name no day.
    """
    named = _named_day(words, year, calendar)
    # Where the named day does not count, the one before it is the last, and the one that moves.
    beyond = timedelta(0) if calendar.inclusive else _DAY
    last = named - beyond
    moved, unknown_year = _next_working_day(last) if calendar.shift else (last, None)
    day = moved + beyond
    return Due(
        day=day,
        moment=_last_moment(day, calendar),
        words=words,
        shifted_from=named if day != named else None,
        unknown_year=unknown_year,
    )


def _named_day(words: str, year: int, calendar: Calendar) -> date:
    key = "".join(words.split())
    rest = key.removeprefix(_NEXT_YEAR)
    next_year = rest != key
    limit = parse_limit(rest, year + next_year)
    # “次年2025年…” of 2025 contradicts itself.
    if not limit or not limit.last or (next_year and limit.last.year != year + 1):
        raise DueError(
            f"看不懂时限“{words}”。可写“4月中旬前”“4月底前”“7月10日前”“次年1月10日前”"
            "“年底前”，或日期“2025-05-06”。"
        )
    if _BEFORE_MID_MONTH.search(limit.text):
        return limit.last.replace(day=calendar.mid_month)
    return limit.last


def _last_moment(day: date, calendar: Calendar) -> datetime:
    if not calendar.inclusive:
        return datetime.combine(day - _DAY, _DAY_END, TZ)
    if calendar.hour == _HOURS:
        return datetime.combine(day, _DAY_END, TZ)
    return datetime.combine(day, time(calendar.hour), TZ)


def _next_working_day(day: date) -> tuple[date, int | None]:
    """The day itself or the next working one; else the day and the year that is not known."""
    # Its tables cost time and only offices that shift their deadlines need them.
    from chinese_calendar import is_workday  # noqa: PLC0415 - see above

    moved = day
    try:
        while not is_workday(moved):
            moved += _DAY
    except NotImplementedError:
        return day, moved.year
    return moved, None


@lru_cache(maxsize=256)
def working_day(day: date, after: int = 0) -> date:
    """Return the working day that is `after` working days later; 0: the day itself or the next.

    Saturdays and Sundays are days off where a year's holidays are not published yet.
    """
    found, left = day, after
    while left or not _works(found):
        found += _DAY
        left -= bool(left) and _works(found)
    return found


def _works(day: date) -> bool:
    from chinese_calendar import is_workday  # noqa: PLC0415 - as above

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.weekday() not in _WEEKEND


def weekday(day: date) -> str:
    """Return the name of a weekday: 星期三."""
    return f"星期{'一二三四五六日'[day.weekday()]}"


def day_off(day: date) -> str | None:
    """Return why a day is one off (春节放假, 周末), or 调休上班; None where it is not known.

    An ordinary working day has "".
    """
    from chinese_calendar import Holiday, get_holiday_detail, is_in_lieu  # noqa: PLC0415 - as above

    try:
        off, name = get_holiday_detail(day)
        if name and off:
            return f"{Holiday(name).chinese}放假{'（调休）' if is_in_lieu(day) else ''}"
    except NotImplementedError:
        return None
    if name:
        return "调休上班"
    return "周末" if off else ""


# --- windows ------------------------------------------------------------------------------------

_MONTH_DAY = re.compile(f"({_NEXT_YEAR}|{_LAST_YEARS})?([0-9]{{2}})-([0-9]{{2}})")
_YEARS_AWAY = {None: 0, _NEXT_YEAR: 1, _LAST_YEARS: -1}
_DAY_ITSELF = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def window(word: str, year: int, windows: Mapping[str, tuple[str, str]]) -> tuple[date, date]:
    """Return the first and last day of a span of `year`: 年度, 上半年, 下半年 or one of `windows`.

    Args:
        word: the span's name.
        year: the year of the business.
        windows: name → first and last day as "MM-DD"; a leading 次年 means the year after,
            上年 the one before. A span of several years (任期) has whole dates.

    Raises:
        PeriodError: no such span, or one whose days are impossible.
    """
    built_in = _built_in_span(word, year)
    if built_in:
        return built_in
    if word not in windows:
        known = "、".join(dict.fromkeys(("年度", "上半年", "下半年", *windows)))
        raise PeriodError(f"没有叫“{word}”的时间段，可用：{known}。")
    first, last = (_month_day(word, end, year) for end in windows[word])
    if first > last:
        raise PeriodError(f"时间段“{word}”的起始日{first}晚于截止日{last}。")
    return first, last


def _month_day(word: str, end: str, year: int) -> date:
    found = _MONTH_DAY.fullmatch(end)
    try:
        if _DAY_ITSELF.fullmatch(end):
            return date.fromisoformat(end)
        if found:
            return date(year + _YEARS_AWAY[found[1]], int(found[2]), int(found[3]))
    except ValueError:
        pass  # the sentence below fits an impossible day as well
    raise PeriodError(f"时间段“{word}”的“{end}”不对，应如“03-31”“次年01-31”或“上年11-01”。")


def end_of(day: date) -> str:
    """Return the last moment of a day (ISO 8601): what had come by then came on that day."""
    return f"{day.isoformat()}T23:59:59+08:00"


def clock_words(iso: str) -> str:
    """Return a moment as people write it: 2025年4月23日15:00."""
    at = datetime.fromisoformat(iso)
    return f"{long_day(at.date())}{at:%H:%M}"


def long_day(day: date) -> str:
    """Return a day as documents write it: 2025年4月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_and_hour(day: date, hour: int = _HOURS) -> str:
    """Return the end of a span as documents write it: 2025年4月10日17时; no hour at midnight."""
    return long_day(day) if hour == _HOURS else f"{long_day(day)}{hour}时"
