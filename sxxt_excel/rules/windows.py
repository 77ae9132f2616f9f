"""The days of a window, and who came to a post too shortly before its end."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sxxt_excel.dates import HALVES, PeriodError, period_id, period_span, period_title, window
from sxxt_excel.relations import HEAD, members

if TYPE_CHECKING:
    from sxxt_excel.people import Person, Roster
    from sxxt_excel.settings import Settings

_PERIODS = {"年度": ("年度",), "每半年": HALVES, "上半年": ("上半年",), "下半年": ("下半年",)}


@dataclass(frozen=True, slots=True)
class Span:
    """A window's days; `period` names it in data, `title` in a sentence.

    `year` is the one whose business it is part of.
    """

    period: str
    title: str
    first: date
    last: date
    year: int

    @property
    def days(self) -> str:
        """Return its first and last day as a sentence has them, the year only where it differs."""
        return "至".join(
            f"{'' if day.year == self.year else f'{day.year}年'}{day.month}月{day.day}日"
            for day in (self.first, self.last)
        )

    def holds(self, day: date | None, *, of_year: bool) -> bool:
        """Tell whether a day falls in it.

        What says by itself that it is of the year (`of_year`) counts in a window that is not
        within the year, on whatever day. If it took place outside of the year, it is of the
        window with which the year begins, or of those at its end. What has no day at all
        counts in any window.
        """
        if day is None or self.first <= day <= self.last:
            return True
        within = self.first.year == self.last.year == self.year
        if not of_year or (within and day.year == self.year):
            return False
        if not within:
            return True
        if day.year < self.year:
            return self.first <= date(self.year, 1, 1)
        return self.last >= date(self.year, 12, 31)


def spans(word: str, settings: Settings) -> tuple[Span, ...]:
    """Return the windows that a rule's word means; none where the office wrote no days for it."""
    if word in _PERIODS:
        periods = (period_id(name, settings.year) for name in _PERIODS[word])
        return tuple(span_of(period) for period in periods)
    try:
        first, last = window(word, settings.year, settings.windows)
    except PeriodError:
        return ()
    return (Span(word, word, first, last, settings.year),)


def span_of(period: str) -> Span:
    """Return the days of a period: 2025, 2025-H1."""
    first, last = period_span(period)
    return Span(period, period_title(period), first, last, first.year)


def is_new(person: Person, end: date, settings: Settings) -> bool:
    """Tell whether someone took the post too shortly before a window's end to be asked."""
    if person.since is None:
        return False
    return _months_later(person.since, settings.months_in_post) > end + timedelta(days=1)


def _months_later(day: date, months: int) -> date:
    """Return the day by which that many whole months have passed: 1月1日 → 7月1日."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def has_new_head(roster: Roster, unit: str, end: date, settings: Settings) -> bool:
    """Tell whether all who head a unit at a window's end are new in the post."""
    heads = [p for p in members(roster, unit, end) if p.identity == HEAD or p.acting]
    return bool(heads) and all(is_new(p, end, settings) for p in heads)
