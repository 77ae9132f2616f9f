"""Deadlines: the words of a governing document + a year → the day by which something is due.

What the words leave open (does “4月底前” include the day, which day is “中旬前”) is the office's
to decide and comes in as a `Calendar`; nothing here reads a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sxxt_excel.dates import HOURS, NEXT_YEAR, TZ, day_and_hour
from sxxt_excel.wording.limits import parse_limit
from sxxt_excel.workdays import next_working_day

_DAY = timedelta(days=1)
_MID_MONTH_DAYS = (10, 20)
_DAY_END = time(23, 59, 59)
_BEFORE_MID_MONTH = re.compile("中旬(?:之前|以前|前)")


class DueError(ValueError):
    """A deadline that names no day; its sentence says what may be written."""


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
    hour: int = HOURS
    shift: bool = False
    mid_month: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.hour <= HOURS:
            raise DueError(f"截止钟点“{self.hour}”不对，应是1至24的整数。")
        if self.mid_month not in _MID_MONTH_DAYS:
            raise DueError(f"“中旬前”只能指10日或20日，不能是“{self.mid_month}”。")

    @property
    def closes(self) -> int:
        """Return the hour to be told with a last day: 24, and no word, where none cuts it short."""
        return self.hour if self.inclusive else HOURS

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
        return day_and_hour(self.last, HOURS if whole else self.moment.hour)


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
    moved, unknown_year = next_working_day(last) if calendar.shift else (last, None)
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
    rest = key.removeprefix(NEXT_YEAR)
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
    if calendar.hour == HOURS:
        return datetime.combine(day, _DAY_END, TZ)
    return datetime.combine(day, time(calendar.hour), TZ)
