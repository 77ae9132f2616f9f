"""The one plain reading of a date, a time limit or a number that is written wrongly."""

from __future__ import annotations

import re
from calendar import monthrange
from types import MappingProxyType

from sxxt_excel.text import clean
from sxxt_excel.wording.days import parse_day
from sxxt_excel.wording.limits import parse_limit

__all__ = ["repaired_day", "repaired_limit", "repaired_number"]

_GAP = r"[-./年月\s、,，。．·:：\\_—–−]{1,3}"
_NOISE = r"[\s日号左右约大概.。,，、;；:：()（）]*"
_SHAPES = (
    re.compile(rf"{_NOISE}([0-9]{{4}}){_GAP}([0-9]{{1,2}}){_GAP}([0-9]{{1,2}}){_NOISE}"),
    re.compile(rf"{_NOISE}([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_NOISE}"),
)
_WIDE = MappingProxyType({code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)})
_MONTHS = range(1, 13)
_LAST_DAY = 31
_LOOKALIKE = str.maketrans("低未", "底末")
_AROUND_LIMIT = re.compile(
    r"(?:于|在|争取|力争|计划|预计|拟)*(?P<limit>.+?)(?:前?(?:完成|办结|落实|到位)|左右)*"
)
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ABOUT_FIGURE = re.compile(r"(?:[约共计总有为:： ]|[个次人场份项件条名家篇期届元])*")


def repaired_day(text: str) -> str | None:
    """Return the day (ISO) that a text names where only one reading is plain, else None.

    A day that its month does not have is the month's last one; a month that no year has is
    no date.
    """
    plain = clean(text).translate(_WIDE)
    for shape in _SHAPES:
        named = shape.fullmatch(plain)
        if named is None:
            continue
        year, month, day = (int(part) for part in named.groups())
        if month in _MONTHS and 1 <= day <= _LAST_DAY:
            day = min(day, monthrange(year, month)[1]) if year else day
            read = parse_day(f"{year:04d}-{month:02d}-{day:02d}")
            return read.value.isoformat() if read else None
    return None


def repaired_limit(text: str, year: int) -> str | None:
    """Return the time limit that a text means, without words around it and slips of the pen."""
    plain = clean(text).translate(_LOOKALIKE)
    inner = _AROUND_LIMIT.fullmatch(plain)
    for said in (plain, inner["limit"] if inner else ""):
        limit = parse_limit(said, year) if said else None
        if limit is not None:
            return limit.text
    return repaired_day(text)


def repaired_number(text: str, *, whole: bool) -> str | None:
    """Return the one number that a text holds, with nothing beside it but what is counted."""
    plain = clean(text).translate(_WIDE)
    figures = _FIGURE.findall(plain)
    if len(figures) != 1 or (whole and "." in figures[0]):
        return None
    before, _, after = plain.partition(figures[0])
    beside = all(_ABOUT_FIGURE.fullmatch(part) for part in (before, after))
    return figures[0] if beside else None
