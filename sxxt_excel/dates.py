"""The one time zone, and days and moments as documents and people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

TZ = timezone(timedelta(hours=8))
"""The one time zone of every moment in the project."""
HOURS = 24
NEXT_YEAR = "次年"
"""What documents call the year after the one whose business it is."""


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


def day_and_hour(day: date, hour: int = HOURS) -> str:
    """Return the end of a span as documents write it: 2025年4月10日17时; no hour at midnight."""
    return long_day(day) if hour == HOURS else f"{long_day(day)}{hour}时"


def weekday(day: date) -> str:
    """Return the name of a weekday: 星期三."""
    return f"星期{'一二三四五六日'[day.weekday()]}"
