"""Numbers, days and time limits out of the words that people write for them.

Every reader here is strict: it returns what the characters name, or None. Nothing is guessed,
because a wrong date in a consolidated table is worse than a question to the unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from sxxt_excel.text import CACHED, LONGEST, Value, clean

if TYPE_CHECKING:
    from collections.abc import Callable

Precision = Literal["day", "month", "year"]
_Parts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Day:
    """A day read from a cell; `value` is the first day where `precision` is month or year."""

    value: date
    precision: Precision
    repaired: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from a cell; `repaired` where the cell held text."""

    value: float
    repaired: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: an ISO date or an accepted wording, and the last day where one follows."""

    text: str
    last: date | None
    repaired: bool


# --- plain characters and Chinese numerals ------------------------------------------------------

# Full-width ASCII, the dashes an input method offers, and the full stop typed for a dot.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "‐‑‒–—―−"), "-"
)
_PLAIN[ord("。")] = "."
_TIGHT = re.compile(r" ?([年月日号底末.:/()-]) ?")


def _half_width(text: str) -> str:
    """The text in half-width characters, with one blank where there is any."""
    return " ".join(clean(text).translate(_PLAIN).split())


def _tight(text: str) -> str:
    """The same without the blanks beside what parts a date."""
    return _TIGHT.sub(r"\1", _half_width(text))


_DIGITS = "零一二三四五六七八九"
_YEAR_DIGITS = str.maketrans("零〇○Oo一二三四五六七八九", "00000123456789")


def _spell(number: int) -> str:
    """Spell 0..9999 as it is written: 12 十二, 105 一百零五."""
    if number < len(_DIGITS):
        return _DIGITS[number]
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + name
        gap = bool(words) and not digit and number > 0
    return words.removeprefix("一") if words.startswith("一十") else words


@cache
def _spellings() -> dict[str, int]:
    return {_spell(number): number for number in range(10_000)}


_TWO = re.compile("^两$|两(?=[百千])")


def _chinese(word: str) -> int | None:
    return _spellings().get(_TWO.sub("二", word).replace("〇", "零"))


# --- numbers ------------------------------------------------------------------------------------

_MEASURED = re.compile(r"(.*?) ?(?:人次|次|人|项|个|场|份|分|名|家|条)?")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


def parse_number(value: Value) -> Number | None:
    """Read a number; None where the cell holds none, or more or less than one.

    Text may have full-width digits, thousands separators, a measure word (三次, 12人次) or be a
    Chinese numeral up to 9999.
    """
    if isinstance(value, str):
        return _number(value) if len(value) <= LONGEST else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _finite(value, repaired=False)


@lru_cache(maxsize=CACHED)
def _number(text: str) -> Number | None:
    found = _MEASURED.fullmatch(_half_width(text))
    if not found:
        return None
    word = found[1]
    if _DECIMAL.fullmatch(word):
        return _finite(float(word.replace(",", "")), repaired=True)
    spelled = _chinese(word)
    return None if spelled is None else Number(float(spelled), repaired=True)


def _finite(value: float, *, repaired: bool) -> Number | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return Number(number, repaired) if abs(number) < float("inf") else None


# --- days ---------------------------------------------------------------------------------------

_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 .. 2099-12-31
_NINE_DIGITS = 100_000_000
_SERIAL_ORIGIN = date(1899, 12, 30)

_Y = "(?P<y>[0-9]{4}|[0-9]{2}|[零〇○Oo一二三四五六七八九]{4})"
_Y4 = "(?P<y>[0-9]{4}|[零〇○Oo一二三四五六七八九]{4})"
_M = "(?P<m>[0-9]{1,2}|[元一二三四五六七八九十]{1,2})"
_D = "(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
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
    (re.compile(rf"{_Y}(?P<s>[-./]){_M}(?P=s){_D}{_TAIL}"), "day"),
    (re.compile(rf"(?:{_Y}年)?{_M}月{_D}[日号]?{_TAIL}"), "day"),
    (re.compile(rf"(?P<y>[0-9]{{4}})(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}}){_TAIL}"), "day"),
    (re.compile(rf"(?:{_Y}年)?{_M}月份?(?P<end>[底末])"), "day"),
    (re.compile(rf"(?:{_Y}年)?{_M}月份?"), "month"),
    (re.compile(rf"{_Y4}[-./]{_M}"), "month"),
    (re.compile(rf"{_Y4}年"), "year"),
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
    possible = _FIRST_YEAR <= value.year <= _LAST_YEAR
    return Day(value, "day", repaired=False) if possible else None


def _from_serial(serial: int) -> Day | None:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        return None
    return Day(_SERIAL_ORIGIN + timedelta(days=serial), "day", repaired=True)


@lru_cache(maxsize=CACHED)
def _day(text: str, year: int | None) -> Day | None:
    plain = _tight(text)
    if _SERIAL.fullmatch(plain):
        return _from_serial(int(plain))
    shaped = _shaped(plain)
    value = _named_day(shaped[0], year) if shaped else None
    return Day(value, shaped[1], not _ISO.fullmatch(text)) if shaped and value else None


def _shaped(plain: str) -> tuple[_Parts, Precision] | None:
    for shape, precision in _SHAPES:
        found = shape.fullmatch(plain)
        if found:
            return found.groupdict(), precision
    return None


def _named_day(parts: _Parts, year: int | None) -> date | None:
    full_year = _full_year(parts["y"], year)
    month = _numeral(parts.get("m"))
    if parts.get("end"):
        return _month_end(full_year, month)
    value = _possible(full_year, month, _numeral(parts.get("d")))
    weekday = parts.get("w")
    # A weekday that contradicts the date leaves open which of the two is meant.
    if value and weekday and value.weekday() != _WEEKDAYS[weekday]:
        return None
    return value


def _full_year(word: str | None, year: int | None) -> int | None:
    """Four digits speak for themselves, two only near `year`, none means `year`."""
    if word is None:
        return year
    number = int(word.translate(_YEAR_DIGITS))
    if len(word) > 2:  # noqa: PLR2004 - two digits
        return number
    near = year is not None and abs(2000 + number - year) <= 1
    return 2000 + number if near else None


def _numeral(word: str | None) -> int | None:
    """A month or day in either script; the first where the text names none."""
    if word is None or word == "元":
        return 1
    return int(word) if word.isdigit() else _chinese(word)


def _possible(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int | None, month: int | None) -> date | None:
    first = _possible(year, month, 1)
    # The 1st plus 31 days is always in the next month.
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if first else None


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
    shaped = _shaped(_tight(text))
    if shaped is None or not (shaped[0].get("hour") or shaped[0].get("half")):
        return datetime.combine(day.value, time())
    clock = _clock(shaped[0])
    return datetime.combine(day.value, clock) if clock else None


def _clock(parts: _Parts) -> time | None:
    hour = _MEANT[parts["half"]].get(int(parts["hour"] or -1))
    minute = _MINUTES.get(parts["part"] or "", int(parts["minute"] or parts["minutes"] or 0))
    second = int(parts["second"] or 0)
    if hour == _MIDNIGHT:
        return None if minute or second else time(23, 59, 59)
    return None if hour is None else time(hour, minute, second)


# --- time limits --------------------------------------------------------------------------------

LIMIT_WORDINGS: tuple[str, ...] = (
    "6月底", "6月30日前", "年底前", "6月中旬", "三季度末", "上半年", "下半年",
    "每月", "每季度", "每半年", "每学期", "每年", "每周", "全年",
    "长期坚持", "立行立改", "立行立改，长期坚持", "年底前，并长期坚持",
)  # fmt: skip
"""The accepted wordings as they are shown to people; a month or day stands for any other."""

_LASTING = "长期坚持"
_LASTING_WORDS = "长期坚持|常年坚持|持续坚持|坚持长期"
_AT_ONCE = "立行立改"
_UNDATED = {
    word: word
    for word in ("每周", "每月", "每季度", "每学期", "每半年", "每年", "全年", _LASTING, _AT_ONCE)
} | dict.fromkeys(("长期", *_LASTING_WORDS.split("|")), _LASTING)
_AND_LASTING = re.compile(rf"(?P<head>.+?) ?[,、;]? ?并?(?:{_LASTING_WORDS})")

_BEFORE = "(?:之前|以前|前)?"
_OF = f"(?:{_Y}年)?"
_QUARTERS = "一二三四"
_MONTH_END = re.compile(rf"{_OF}{_M}月份?(?P<tail>[底末]{_BEFORE})")
_YEAR_END = re.compile(rf"(?:{_Y}年年?|年)(?P<tail>[底末]{_BEFORE}|内)")
_TENTH = re.compile(rf"{_OF}{_M}月份?(?P<tail>(?P<tenth>[上中下])旬{_BEFORE})")
_QUARTER = re.compile(
    rf"{_OF}(?P<nth>第?)(?P<quarter>[1-4{_QUARTERS}])(?P<tail>季度(?:[底末]{_BEFORE}|内)?)"
)
_HALF = re.compile(rf"{_OF}(?P<tail>(?P<half>[上下])半年(?:[底末]{_BEFORE}|内)?)")
_WHOLE = re.compile(f"{_Y}年(?P<tail>全年)")
# Without its year 4.30 may as well be a number; only 前 says that a day is meant.
_SHORT_DAY = re.compile(rf"{_M}[-./]{_D}[日号]?")
_DAY_BEFORE = re.compile(r"(?P<day>(?![0-9]{5}[^0-9]).+?) ?(?:之前|以前|前)")

_Wording = tuple[str, date | None]


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
    found = _wording(_tight(text).rstrip(".;,、"), year)
    return found and Limit(*found, repaired=found[0] != text)


def _wording(plain: str, year: int) -> _Wording | None:
    """The wording as the tables keep it, and the last day that it leaves."""
    undated = _UNDATED.get(plain.replace(" ", ""))
    if undated:
        return undated, None
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
            full_year = _full_year(parts["y"], year)
            # No day of the year is possible where the year itself is not.
            return read(parts, full_year) if full_year and _possible(full_year, 1, 1) else None
    return _by_day(plain, year)


def _by_day(plain: str, year: int) -> _Wording | None:
    before = _DAY_BEFORE.fullmatch(plain)
    short = _SHORT_DAY.fullmatch(before["day"]) if before else None
    if short:
        last = _possible(year, _numeral(short["m"]), _numeral(short["d"]))
        return (last.isoformat(), last) if last else None
    day = _day(before["day"] if before else plain, year)
    if day and day.precision == "day":
        return day.value.isoformat(), day.value
    # "6月" is meant to its end; "6月前" may as well mean before it begins.
    if day and day.precision == "month" and not before:
        named = f"{day.value.year}年{day.value.month}月底"
        return named, _month_end(day.value.year, day.value.month)
    return None


def _said_year(parts: _Parts, year: int) -> str:
    """The year where it was written; these wordings stay without it where it was not."""
    return f"{year}年" if parts["y"] else ""


def _to_month_end(parts: _Parts, year: int) -> _Wording | None:
    month = _numeral(parts["m"])
    last = _month_end(year, month)
    return (f"{year}年{month}月{parts['tail']}", last) if last else None


def _to_year_end(parts: _Parts, year: int) -> _Wording:
    return f"{year}年{parts['tail']}", date(year, 12, 31)


def _to_tenth(parts: _Parts, year: int) -> _Wording | None:
    month = _numeral(parts["m"])
    last = _month_end(year, month)
    if last and parts["tenth"] != "下":
        last = last.replace(day=10 if parts["tenth"] == "上" else 20)
    return (f"{_said_year(parts, year)}{month}月{parts['tail']}", last) if last else None


def _to_quarter(parts: _Parts, year: int) -> _Wording:
    word = parts["quarter"] or ""
    quarter = int(word) if word.isdigit() else _QUARTERS.index(word) + 1
    text = f"{_said_year(parts, year)}{parts['nth']}{_QUARTERS[quarter - 1]}{parts['tail']}"
    return text, _month_end(year, quarter * 3)


def _to_half(parts: _Parts, year: int) -> _Wording:
    last = _month_end(year, 6 if parts["half"] == "上" else 12)
    return f"{_said_year(parts, year)}{parts['tail']}", last


def _whole_year(parts: _Parts, year: int) -> _Wording:
    return f"{year}年{parts['tail']}", None


_DATED: tuple[tuple[re.Pattern[str], Callable[[_Parts, int], _Wording | None]], ...] = (
    (_MONTH_END, _to_month_end),
    (_YEAR_END, _to_year_end),
    (_TENTH, _to_tenth),
    (_QUARTER, _to_quarter),
    (_HALF, _to_half),
    (_WHOLE, _whole_year),
)
