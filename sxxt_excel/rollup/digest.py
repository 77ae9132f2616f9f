"""What tells that a 上报版 was changed since it was written, or sealed with another key."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.text import Value

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
_DAY_SECONDS = 86_400
_BLANKS = re.compile(r"[\s\x00-\x1f]+|_x[0-9A-Fa-f]{4}_")


def digest(sheets: Iterable[tuple[str, Iterable[Iterable[tuple[int, Value]]]]]) -> str:
    """Return the digest of sheets: name, and rows of (column from 0, value).

    Opening and saving it in Excel or WPS changes nothing of what is looked at.
    """
    sha = hashlib.sha256()
    for name, rows in sheets:
        sha.update(f"\n{name}".encode())
        for row in rows:
            said = [f"{at}={text}" for at, value in row if (text := _plain(value))]
            if said:
                sha.update("\x1f".join(("\n", *said)).encode(errors="replace"))
    return sha.hexdigest()[:32]


def _plain(value: Value) -> str:
    """Return a cell as the digest sees it: days as Excel counts them, texts without blanks."""
    if isinstance(value, str):
        return _BLANKS.sub("", value)
    if isinstance(value, date):
        return f"{excel_day(value):.6f}"
    if isinstance(value, int | float):
        return f"{float(value):.6f}"
    return to_text(value)


def excel_day(value: date) -> float:
    """Return a day, or a moment, as Excel counts them."""
    moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])  # noqa: DTZ001
    return (moment.replace(tzinfo=None) - _EPOCH).total_seconds() / _DAY_SECONDS


def key_mark(key: str) -> str:
    """Return what tells one key from another without giving it away; "" without a key."""
    return hashlib.sha256(f"上报版：{key}".encode()).hexdigest()[:8] if key else ""
