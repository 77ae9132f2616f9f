"""收件登记.xlsx: when material really came, where a file's own time can't tell (ruling 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.dates import TZ
from sxxt_excel.model import Finding, Receipt, Where
from sxxt_excel.privacy import masked
from sxxt_excel.roster import RECEIPTS, read_registers, roster_forms
from sxxt_excel.text import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sxxt_excel.intake.folder import Parcel

RECEIPTS_FILE = "收件登记.xlsx"
_BASIS = "《收件登记》填写说明"
_CLOCK = re.compile(
    r"^(?P<day>.+?)\s*(?P<half>上午|下午|中午|晚上?)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：点时]\s*(?:(?P<minute>\d{1,2})\s*分?)?(?:[:：](?P<second>\d{1,2}))?$"
)
_AFTERNOON = ("下午", "晚", "晚上")
_NOON = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the receipt book; `pattern` is a name or path, `*` a wildcard."""

    pattern: str
    at: str
    how: str
    cell: str

    def fits(self, parcel: Parcel) -> bool:
        """Tell whether this line speaks of that file; its suffix may be left out."""
        wanted = self.pattern.replace("\\", "/").removeprefix("./")
        wanted = wanted.replace("[", "[[]").casefold()
        path, name = parcel.path.casefold(), parcel.name.casefold()
        bare = (path.rpartition(".")[0], name.rpartition(".")[0])
        return any(fnmatchcase(said, wanted) for said in (path, name, *bare) if said)


def read_receipts(path: Path) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """Read the receipt book; none at all is none at fault.

    Raises:
        RosterError: it is there but can't be read.
    """
    if not path.is_file():
        return (), ()
    form = roster_forms()[RECEIPTS]
    found, findings = read_registers(path, (form,))
    lines = []
    for row in found.get(RECEIPTS, ()):
        if not row.word("文件") or not row.word("收到时间"):
            continue
        moment = parse_moment(row.word("收到时间"))
        if moment is None:
            at = row.where("收到时间")
            findings.append(finding("R121", at, got=row.word("收到时间"), basis=_BASIS))
            continue
        lines.append(
            Line(
                masked(row.word("文件")),
                moment.isoformat(),
                row.word("方式"),
                row.cells.get("文件", ""),
            )
        )
    return tuple(lines), tuple(findings)


def parse_moment(text: str) -> datetime | None:
    """Return the moment a text names, at +08:00; a day alone means its first minute."""
    match = _CLOCK.match(text.strip().replace("T", " ").removesuffix("+08:00"))
    day = parse_day(match["day"] if match else text)
    if day is None or day.precision != "day":
        return None
    if not match:
        return datetime.combine(day.value, time(), TZ)
    hour = int(match["hour"])
    if match["half"] in _AFTERNOON and hour < _NOON:
        hour += _NOON
    try:
        clock = time(hour, int(match["minute"] or 0), int(match["second"] or 0))
    except ValueError:
        return None
    return datetime.combine(day.value, clock, TZ)


def receipt_of(parcel: Parcel, lines: tuple[Line, ...]) -> Receipt:
    """Return when a file came: by the book (an exact name before a wildcard), else file time."""
    if parcel.relayed:
        return Receipt(parcel.modified, "下级上报")
    fitting = [line for line in lines if line.fits(parcel)]
    if fitting:
        line = min(fitting, key=_vagueness)
        return Receipt(line.at, "收件登记", line.how)
    return Receipt(parcel.modified, "文件时间")


def _vagueness(line: Line) -> tuple[bool, bool, int]:
    """Order lines that speak of one file: an exact path before a name, more before less."""
    return "*" in line.pattern, "/" not in line.pattern, -len(line.pattern)


def unmatched(lines: tuple[Line, ...], parcels: Iterable[Parcel]) -> tuple[Finding, ...]:
    """Return a note for each line that fits no file."""
    parcels = tuple(parcels)
    return tuple(
        finding(
            "R122",
            Where(path=RECEIPTS_FILE, sheet=RECEIPTS, cell=line.cell, field="文件"),
            got=line.pattern,
            basis=_BASIS,
        )
        for line in lines
        if not any(line.fits(parcel) for parcel in parcels)
    )
