"""Windows: spans of a year that an office names (年初, 年末) → their first and last day."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sxxt_excel.dates import NEXT_YEAR, long_day
from sxxt_excel.periods import PeriodError, built_in_span

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST_YEAR = "上年"
_MONTH_DAY = re.compile(f"({NEXT_YEAR}|{_LAST_YEAR})?([0-9]{{2}})-([0-9]{{2}})")
_YEARS_AWAY = {None: 0, NEXT_YEAR: 1, _LAST_YEAR: -1}
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
    built_in = built_in_span(word, year)
    if built_in:
        return built_in
    if word not in windows:
        known = "、".join(dict.fromkeys(("年度", "上半年", "下半年", *windows)))
        raise PeriodError(f"没有叫“{word}”的时间段，可用：{known}。")
    first, last = (_month_day(word, end, year) for end in windows[word])
    if first > last:
        raise PeriodError(f"时间段“{word}”的起始日{first}晚于截止日{last}。")
    return first, last


def end_said(end: str) -> str:
    """Return an end of a window as people write it: 次年01-31 → 次年1月31日."""
    if _DAY_ITSELF.fullmatch(end):
        return long_day(date.fromisoformat(end))
    found = _MONTH_DAY.fullmatch(end)
    return f"{found[1] or ''}{int(found[2])}月{int(found[3])}日" if found else end


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
