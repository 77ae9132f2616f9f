"""The days of a window, and who came to a post too shortly before its end."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sxxt_excel.periods import HALVES, PeriodError, period_id, period_span, period_title
from sxxt_excel.relations import HEAD, members
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from sxxt_excel.people import Person, Roster
    from sxxt_excel.settings import Settings

_JUNE = 6
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

        Outside of it a day counts only by what the record says itself (`of_year`), and only
        where the turn of the year lies between the two: what took place in the year before or
        after is of the window with which the year begins, or of those at its end. Within the
        year its own day decides, also for a window that runs on over the turn. What has no day
        at all counts in any window.
        """
        if day is None or self.first <= day <= self.last:
            return True
        if not of_year:
            return False
        match day.year - self.year:
            case -1:
                return self.first <= date(self.year, 1, 1)
            case 0:
                return self._is_across(day)
            case 1:
                return self.last >= date(self.year, 12, 31)
            case _:  # it contradicts itself
                return False

    def _is_across(self, day: date) -> bool:
        """Tell whether only the turn parts a day of the year from a window wholly beyond it.

        The turn is the one that the day is nearer to: a report on this year that is due next
        spring may be given in December, but not in the spring before.
        """
        late = day.month > _JUNE
        return self.first.year > self.year if late else self.last.year < self.year


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
