"""Days, months and years, and the time of day that follows one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from sxxt_excel.text import CACHED, LONGEST, Value
from sxxt_excel.wording.characters import tight
from sxxt_excel.wording.dateparts import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    MONTH,
    YEAR,
    YEAR_IN_FULL,
    Parts,
    month_end,
    month_or_day,
    possible_day,
    year_meant,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Day:
    """A day read from a cell; `value` is the first day where `precision` is month or year."""

    value: date
    precision: Precision
    repaired: bool


_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 .. 2099-12-31
_NINE_DIGITS = 100_000_000
_SERIAL_ORIGIN = date(1899, 12, 30)

_HALVES = "凌晨|早上|上午|中午|下午|傍晚|晚上|晚"
_CLOCK = (
    r"(?P<hour>[01]?[0-9]|2[0-4])"
    r"(?::(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?(?:\.[0-9]{1,6})?分?"
    r"|[时点](?:(?P<part>[整半]|[一三]刻)|(?P<minutes>[0-5]?[0-9])分?)?)"
)
# How a program writes a day; any other hour of UTC may be another day here.
_UTC_MIDNIGHT = r"T00:00(?::00(?:\.0{1,6})?)?Z"
# A clock follows a blank, a T or a character; right after a digit it could begin anywhere.
_TAIL = (
    r"(?: ?\(?(?:星期|周|礼拜)(?P<w>[一二三四五六日天])\)?)?"
    rf"(?: ?(?P<half>{_HALVES}))?(?:(?:[ T]|(?<![0-9])){_CLOCK}|{_UTC_MIDNIGHT})?\.?"
)
_SHAPES: tuple[tuple[re.Pattern[str], Precision], ...] = (
    (re.compile(rf"{YEAR}(?P<s>[-./]){MONTH}(?P=s){DAY}{_TAIL}"), "day"),
    (re.compile(rf"(?:{YEAR}年)?{MONTH}月{DAY}[日号]?{_TAIL}"), "day"),
    (re.compile(rf"(?P<y>[0-9]{{4}})(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}}){_TAIL}"), "day"),
    (re.compile(rf"(?:{YEAR}年)?{MONTH}月份?(?P<end>[底末])"), "day"),
    (re.compile(rf"(?:{YEAR}年)?{MONTH}月份?"), "month"),
    (re.compile(rf"{YEAR_IN_FULL}[-./]{MONTH}"), "month"),
    (re.compile(rf"{YEAR_IN_FULL}年"), "year"),
)
_SERIAL = re.compile("[0-9]{5}")
_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEKDAYS = {name: day for day, name in enumerate("一二三四五六日")} | {"天": 6}


def parse_day(value: Value, year: int | None = None) -> Day | None:
    """Read a day, a month or a year from a cell; None where it names none, or no possible one.

    Args:
        value: a date cell, a serial number of Excel (2000..2099), or text.
        year: the year at hand. Without it a text that names no four-digit year is no date; with
            it a two-digit year counts where it is this one or the one beside it.
    """
    if isinstance(value, str):
        return _day(value, year) if len(value) <= LONGEST else None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _within(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _day_of_number(value)


def _day_of_number(value: float) -> Day | None:
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return _from_serial(int(value))
    # 20250305 typed into an ordinary cell arrives as a number.
    if 0 <= value < _NINE_DIGITS and value == int(value):
        return _day(f"{int(value):08d}", None)
    return None


def _within(value: date) -> Day | None:
    possible = FIRST_YEAR <= value.year <= LAST_YEAR
    return Day(value, "day", repaired=False) if possible else None


def _from_serial(serial: int) -> Day | None:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        return None
    return Day(_SERIAL_ORIGIN + timedelta(days=serial), "day", repaired=True)


@lru_cache(maxsize=CACHED)
def _day(text: str, year: int | None) -> Day | None:
    plain = tight(text)
    if _SERIAL.fullmatch(plain):
        return _from_serial(int(plain))
    shaped = _shaped(plain)
    value = _named_day(shaped[0], year) if shaped else None
    return Day(value, shaped[1], not _ISO.fullmatch(text)) if shaped and value else None


def _shaped(plain: str) -> tuple[Parts, Precision] | None:
    for shape, precision in _SHAPES:
        found = shape.fullmatch(plain)
        if found:
            return found.groupdict(), precision
    return None


def _named_day(parts: Parts, year: int | None) -> date | None:
    full_year = year_meant(parts["y"], year)
    month = month_or_day(parts.get("m"))
    if parts.get("end"):
        return month_end(full_year, month)
    value = possible_day(full_year, month, month_or_day(parts.get("d")))
    weekday = parts.get("w")
    # A weekday that contradicts the date leaves open which of the two is meant.
    if value and weekday and value.weekday() != _WEEKDAYS[weekday]:
        return None
    return value


# --- moments ------------------------------------------------------------------------------------

_MIDNIGHT = 24
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}
_MORNING = {hour: hour for hour in range(13)}
_AFTERNOON = {12: 12} | {hour: hour % 12 + 12 for hour in (*range(1, 12), *range(13, 24))}
_EVENING = {hour: hour + 12 for hour in range(5, 13)} | {hour: hour for hour in range(17, 25)}
# What hour is meant; one that its word contradicts (上午15点, 晚上1点) leaves open which is right.
_MEANT: Mapping[str | None, Mapping[int, int]] = {
    None: {hour: hour for hour in range(25)},
    "凌晨": {hour: hour for hour in range(7)} | {12: 0},
    "早上": _MORNING,
    "上午": _MORNING,
    "中午": {11: 11, 12: 12, 1: 13, 2: 14, 13: 13, 14: 14},
    "下午": _AFTERNOON,
    "傍晚": _AFTERNOON,
    "晚上": _EVENING,
    "晚": _EVENING,
}


def parse_moment(text: str) -> datetime | None:
    """Read a day and the time of day after it; a day alone means its first minute.

    24:00 and 晚上12点 are the last second of the day named. None where the day, or an hour that
    is spoken of, stays open (2025年4月20日下午).
    """
    day = parse_day(text)
    if day is None or day.precision != "day":
        return None
    shaped = _shaped(tight(text))
    if shaped is None or not (shaped[0].get("hour") or shaped[0].get("half")):
        return datetime.combine(day.value, time())
    clock = _clock(shaped[0])
    return datetime.combine(day.value, clock) if clock else None


def _clock(parts: Parts) -> time | None:
    hour = _MEANT[parts["half"]].get(int(parts["hour"] or -1))
    minute = _MINUTES.get(parts["part"] or "", int(parts["minute"] or parts["minutes"] or 0))
    second = int(parts["second"] or 0)
    if hour == _MIDNIGHT:
        return None if minute or second else time(23, 59, 59)
    return None if hour is None else time(hour, minute, second)
