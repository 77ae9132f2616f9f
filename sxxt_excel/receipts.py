"""收件登记.xlsx: when material really came, where a file's own time can't tell (ruling 3)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, get_args

from sxxt_excel.dates import TZ, clock_words
from sxxt_excel.findings import finding
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.officebook import RECEIPTS, read_registers, roster_forms
from sxxt_excel.outcome import FROM_BELOW, Clock, Finding, Receipt, Where
from sxxt_excel.periods import is_half, period_span, period_title
from sxxt_excel.privacy import masked
from sxxt_excel.wording.days import parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sxxt_excel.intake.parcel import Parcel

RECEIPTS_FILE = "收件登记.xlsx"
BOOKED: Clock = "收件登记"
_BASIS = "《收件登记》填写说明"
_CLOCKS: tuple[Clock, ...] = get_args(Clock)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the receipt book; `pattern` is a name or path, `*` a wildcard."""

    pattern: str
    at: str
    how: str
    cell: str

    def fits(self, parcel: Parcel) -> bool:
        """Tell whether this line speaks of that file, or of a container that it came in."""
        return any(self.names(path) for path in (parcel.path, *parcel.outer))

    def names(self, path: str) -> bool:
        """Tell whether this line speaks of the file at a path; its suffix may be left out."""
        wanted = self.pattern.replace("\\", "/").removeprefix("./")
        wanted = wanted.replace("[", "[[]").casefold()
        path, name = path.casefold(), last_name(path).casefold()
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
        moment = parse_moment(row.word("收到时间").removesuffix("+08:00"))
        if moment is None:
            at = row.where("收到时间")
            findings.append(finding("R121", at, got=row.word("收到时间"), basis=_BASIS))
            continue
        lines.append(
            Line(
                masked(row.word("文件")),
                moment.replace(tzinfo=TZ).isoformat(),
                row.word("方式"),
                row.cell("文件"),
            )
        )
    return tuple(lines), tuple(findings)


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier runs know of a file's content.

    `at` and `by` are the clock that decided when it was first collected, the receipt book apart
    ("" where that is lost); `seen` is when it was first seen.
    """

    at: str
    by: str
    seen: str


def receipt_of(parcel: Parcel, lines: tuple[Line, ...], known: Known | None = None) -> Receipt:
    """Return when a file came and what that rests on (ruling 3).

    The first that there is of these decides:

    1. 收件登记: the line as it reads today, an exact name before a wildcard.
    2. 邮件: the server's Received, else the mail's Date.
    3. What decided when the same content was first collected. It stays, whatever time the file
       has now and wherever it lies; only a stronger kind takes its place, so that what was late
       stays late, and what was on time on time.
    4. 压缩包内时间, then 文件时间.

    Content that an earlier run had seen was there by then (首次收到): a later time of the two
    weakest kinds, a wrong clock's, is cut down to that first sight.

    What this run sees for the first time never decides: the same inbox gives the same bytes,
    whenever it is collected.
    """
    if parcel.relayed:
        return Receipt(parcel.modified, FROM_BELOW)
    line = deciding(parcel, lines)
    if line is not None:
        return Receipt(line.at, BOOKED, line.how)
    return _settled(_own_clock(parcel), known)


def deciding(parcel: Parcel, lines: Iterable[Line]) -> Line | None:
    """Return the line that says when a file came: an exact name before a wildcard."""
    fitting = (line for line in lines if line.fits(parcel))
    return min(fitting, key=partial(_vagueness, parcel=parcel), default=None)


def _own_clock(parcel: Parcel) -> Receipt:
    """Return the strongest clock that a file brings along."""
    clocks = parcel.clocks
    if mail := clocks.received or clocks.sent:
        return Receipt(mail, "邮件")
    if clocks.entry:
        return Receipt(clocks.entry, "压缩包内时间")
    return Receipt(parcel.modified, "文件时间")


def _settled(own: Receipt, known: Known | None) -> Receipt:
    """Return what decides of a file's own clock and what is known of its content."""
    if known is None or own.by == "邮件":
        return own
    stored = Receipt(known.at, clock_named(known.by))
    holds = known.at != "" and _CLOCKS.index(stored.by) >= _CLOCKS.index(own.by)
    said = stored if holds else own
    weak = _CLOCKS.index(said.by) < _CLOCKS.index("首次收到")
    return Receipt(known.seen, "首次收到") if weak and "" < known.seen < said.at else said


def clock_named(word: str) -> Clock:
    """Return what a time rests on by its name; 文件时间, the weakest, where it is none."""
    return next((clock for clock in _CLOCKS if clock == word), _CLOCKS[0])


def _vagueness(line: Line, parcel: Parcel) -> tuple[bool, bool, bool, int]:
    """Order lines that speak of one file: itself before its container, a path before a name."""
    said = line.pattern
    return not line.names(parcel.path), "*" in said, "/" not in said, -len(said)


def unmatched(lines: tuple[Line, ...], parcels: Iterable[Parcel]) -> tuple[Finding, ...]:
    """Return a note for each line that fits no file."""
    parcels = tuple(parcels)
    return tuple(
        finding("R122", _where(line), got=line.pattern, basis=_BASIS)
        for line in lines
        if not any(line.fits(parcel) for parcel in parcels)
    )


def _where(line: Line) -> Where:
    return Where(path=RECEIPTS_FILE, sheet=RECEIPTS, cell=line.cell, field="文件")


@dataclass(frozen=True, slots=True)
class Booked:
    """A workbook whose time a line of the receipt book says."""

    line: Line
    unit: str
    packet: str
    period: str

    @property
    def title(self) -> str:
        """Return what people call it: packet and period."""
        return f"{period_title(self.period)}{self.packet}"


def doubtful(booked: Iterable[Booked]) -> Iterator[Finding]:
    """Yield a query for each line that can hardly be true of all that it says the time of.

    `机械工程学院*` of April is true of the lists that came then, and makes whatever the unit
    sends for the rest of the year as early as these.
    """
    by_line: dict[Line, list[Booked]] = {}
    for each in booked:
        by_line.setdefault(each.line, []).append(each)
    for line, group in by_line.items():
        told = _too_wide(line, group) or _too_early(line, group)
        if told is not None:
            yield told


def _too_wide(line: Line, group: Iterable[Booked]) -> Finding | None:
    titles: dict[str, dict[str, None]] = {}
    for each in group:
        titles.setdefault(each.unit, {})[each.title] = None
    unit, found = max(titles.items(), key=lambda pair: len(pair[1]))
    if "*" not in line.pattern or len(found) == 1:
        return None
    words = {"unit": unit, "titles": "、".join(found), "received": clock_words(line.at)}
    return finding("R123", _where(line), got=line.pattern, basis=_BASIS, words=words)


def _too_early(line: Line, group: Iterable[Booked]) -> Finding | None:
    for each in group:
        begins = period_span(each.period)[0].isoformat()
        if is_half(each.period) and line.at < begins:
            words = {"title": each.title, "received": clock_words(line.at)}
            return finding("R124", _where(line), got=line.pattern, basis=_BASIS, words=words)
    return None
