"""Moments as containers tell them → ISO 8601 at +08:00 to the second, "" where none is meant."""

from __future__ import annotations

from datetime import datetime

from sxxt_excel.dates import TZ

_DOS_ZERO = (1980, 1, 1, 0, 0, 0)


def local_moment(parts: tuple[int, int, int, int, int, int]) -> str:
    """Return a moment that an archive tells without a zone; "" for none and for nonsense."""
    if parts == _DOS_ZERO:
        return ""
    try:
        return datetime(*parts, tzinfo=TZ).isoformat()
    except ValueError:
        return ""


def unix_moment(seconds: float) -> str:
    """Return a moment told in seconds since 1970; "" for none and for nonsense."""
    if seconds <= 0:
        return ""
    try:
        return datetime.fromtimestamp(int(seconds), TZ).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


_TICKS = 10_000_000
_SINCE_1601 = 11_644_473_600
"""Seconds from 1601, where Windows begins to count, to 1970."""


def windows_seconds(ticks: int) -> int:
    """Return a FILETIME, tenths of microseconds since 1601, in seconds since 1970."""
    return ticks // _TICKS - _SINCE_1601


_YEARS = range(2000, 2100)


def believable(moment: datetime | None) -> str:
    """Return a moment in ISO 8601 at +08:00 to the second, "" for none and for an absurd year."""
    if moment is None:
        return ""
    here = moment.astimezone(TZ)
    return here.isoformat(timespec="seconds") if here.year in _YEARS else ""
