"""Working days and days off, by the holidays that the state publishes for each year."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})


def next_working_day(day: date) -> tuple[date, int | None]:
    """Return the day itself or the next working one; else the day and the year not known yet."""
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
