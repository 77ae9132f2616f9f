"""The hidden stamp of an issued workbook: what it is, for whom, and a seal over that."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMP_SHEET = "_sxxt"
LISTS_SHEET = "_选项"
_FILER_JOIN, _LINE_JOIN = "、", "；"
_AT_TIMES = frozenset({"corrects", "lines", "first"})
"""What only a 更正单, or a workbook of one filer of several, says: all other seals do without."""

KEY_FILE = ".sxxt-key"
"""Holds the key of a workspace's seals. It is never mailed, and stands in no output."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an issued workbook says of itself; empty strings where it is a blank template.

    Of a 更正单, `corrects` is the sha256 of the workbook that it corrects, and `lines` which of
    its rows stand in it, as `line_words` joins them; of any other workbook both are empty.
    `first` is where the item numbers of a workbook begin, if not at 1.
    """

    regime: str
    packet: str
    version: str
    unit_code: str = ""
    unit: str = ""
    filers: tuple[str, ...] = ()
    period: str = ""
    issue: str = ""
    seal: str = ""
    corrects: str = ""
    lines: str = ""
    # Unsaid where a workbook is compared with the one that was issued before: its rows say it.
    first: str = field(default="", repr=False)

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return label and value pairs as they stand in columns A and B of the sheet."""
        values = asdict(self) | {"filers": _FILER_JOIN.join(self.filers)}
        said = ((f.name, str(values[f.name])) for f in fields(self))
        return tuple(pair for pair in said if pair[1] or pair[0] not in _AT_TIMES)

    def sealed(self, key: str) -> Stamp:
        """Return this stamp with the seal that the workspace's key gives it."""
        return replace(self, seal=self._seal(key))

    def genuine(self, key: str) -> bool:
        """Tell whether the seal was made with this key over these very values."""
        return hmac.compare_digest(self.seal.encode(), self._seal(key).encode())

    def _seal(self, key: str) -> str:
        text = "\n".join(f"{name}={value}" for name, value in self.rows() if name != "seal")
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def line_words(lines: Iterable[tuple[str, str]]) -> str:
    """Return the rows of a 更正单, each form and key, as they stand in its stamp."""
    return _LINE_JOIN.join(f"{form}：{key.replace(_LINE_JOIN, ';')}" for form, key in lines)


def is_line(stamp: Stamp, form: str, key: str) -> bool:
    """Tell whether a row was in a 更正单 when it was made."""
    return line_words(((form, key),)) in stamp.lines.split(_LINE_JOIN)


def stamp_from(rows: dict[str, str]) -> Stamp | None:
    """Return the stamp read back from label → value, or None where it is no stamp."""
    if not rows.get("regime") or not rows.get("packet"):
        return None
    filers = tuple(part for part in rows.get("filers", "").split(_FILER_JOIN) if part)
    plain = {f.name: rows.get(f.name, "") for f in fields(Stamp) if f.name != "filers"}
    return Stamp(filers=filers, **plain)
