"""What dates are made of: how year, month and day are written, and the days they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sxxt_excel.wording.numerals import from_chinese

Parts = Mapping[str, str | None]
"""The named groups of a pattern that matched: y, m and d of these below, and others."""

YEAR = "(?P<y>[0-9]{4}|[0-9]{2}|[零〇○Oo一二三四五六七八九]{4})"
YEAR_IN_FULL = "(?P<y>[0-9]{4}|[零〇○Oo一二三四五六七八九]{4})"
MONTH = "(?P<m>[0-9]{1,2}|[元一二三四五六七八九十]{1,2})"
DAY = "(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})"

FIRST_YEAR, LAST_YEAR = 1950, 2100
_YEAR_DIGITS = str.maketrans("零〇○Oo一二三四五六七八九", "00000123456789")


def year_meant(word: str | None, year: int | None) -> int | None:
    """Return the year: four digits speak for themselves, two only near `year`; none means it."""
    if word is None:
        return year
    number = int(word.translate(_YEAR_DIGITS))
    if len(word) > 2:  # noqa: PLR2004 - two digits
        return number
    near = year is not None and abs(2000 + number - year) <= 1
    return 2000 + number if near else None


def month_or_day(word: str | None) -> int | None:
    """Return a month or day in either script; the first where the text names none."""
    if word is None or word == "元":
        return 1
    return int(word) if word.isdigit() else from_chinese(word)


def possible_day(year: int | None, month: int | None, day: int | None) -> date | None:
    """Return the day these name; None where there is no such day, or not in these times."""
    if year is None or month is None or day is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int | None, month: int | None) -> date | None:
    """Return the last day of a month."""
    first = possible_day(year, month, 1)
    # The 1st plus 31 days is always in the next month.
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if first else None
