"""The hidden stamp of an issued workbook: what it is, for whom, and a seal over that."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, fields, replace

STAMP_SHEET = "_sxxt"
LISTS_SHEET = "_选项"
_FILER_JOIN = "、"

KEY_FILE = ".sxxt-key"
"""Holds the key of a workspace's seals. It is never mailed, and stands in no output."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an issued workbook says of itself; empty strings where it is a blank template."""

    regime: str
    packet: str
    version: str
    unit_code: str = ""
    unit: str = ""
    filers: tuple[str, ...] = ()
    period: str = ""
    issue: str = ""
    seal: str = ""

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return label and value pairs as they stand in columns A and B of the sheet."""
        values = asdict(self) | {"filers": _FILER_JOIN.join(self.filers)}
        return tuple((f.name, str(values[f.name])) for f in fields(self))

    def sealed(self, key: str) -> Stamp:
        """Return this stamp with the seal that the workspace's key gives it."""
        return replace(self, seal=self._seal(key))

    def genuine(self, key: str) -> bool:
        """Tell whether the seal was made with this key over these very values."""
        return hmac.compare_digest(self.seal.encode(), self._seal(key).encode())

    def _seal(self, key: str) -> str:
        text = "\n".join(f"{name}={value}" for name, value in self.rows() if name != "seal")
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def stamp_from(rows: dict[str, str]) -> Stamp | None:
    """Return the stamp read back from label → value, or None where it is no stamp."""
    if not rows.get("regime") or not rows.get("packet"):
        return None
    filers = tuple(part for part in rows.get("filers", "").split(_FILER_JOIN) if part)
    plain = {f.name: rows.get(f.name, "") for f in fields(Stamp) if f.name != "filers"}
    return Stamp(filers=filers, **plain)
