"""Issue: one pre-filled workbook a unit (or filer), packet and period into 下发/, with a log."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.faces.template import Blank, build
from sxxt_excel.periods import period_title
from sxxt_excel.prefill import blank_for
from sxxt_excel.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.prefill import Desk

LOG = "下发登记.csv"
_LOG_HEAD = (
    "编号",
    "单位",
    "责任主体",
    "套表",
    "报告期",
    "文件",
    "模板版本",
    "截止日期",
    "下发日期",
    "内容摘要",
)
_START = "起始编号"
"""A column that logs of earlier releases lack: where the item numbers of a workbook begin."""
Log = dict[str, dict[str, str]]
"""The lines of the log by file name."""
_BLOCK = 100
_UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))


@dataclass(frozen=True, slots=True)
class Issued:
    """One issued workbook: its file, number, and what the log says of it."""

    path: Path
    number: str
    unit: str
    filer: str
    packet: str
    period: str
    fresh: bool


def issue(
    desk: Desk,
    items: tuple[Owed, ...],
    folder: Path,
    today: date,
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> tuple[Issued, ...]:
    """Write the workbooks of these duties; what has not changed keeps its number.

    Args:
        desk: definitions, roster, settings, accepted rows.
        items: what is owed; duties of 自存 and excused ones get no workbook.
        folder: 下发/, made where it is not there.
        today: the date of the log's new lines.
        progress: given the number of workbooks, returns what to call after each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = read_log(folder / LOG)
    done: list[Issued] = []
    packets = {packet.id: packet for packet in desk.regime.packets}
    filled_in = tuple(o for o in items if not packets[o.obligation.packet].rollup)
    numbered = tuple(_numbered(desk.regime, filled_in, desk.roster, log))
    advance = progress(len(numbered)) if progress else None
    for item, start in numbered:
        blank = blank_for(desk, item, start)
        name = file_name(item, desk.roster)
        digest = _digest(blank)
        before = log.get(name)
        fresh = before is None or before["内容摘要"] != digest
        number = _number(desk, item, before, fresh=fresh)
        stamp = replace(blank.stamp, issue=number)
        if desk.settings.key:
            stamp = stamp.sealed(desk.settings.key)
        write_whole(folder / name, build(replace(blank, stamp=stamp)))
        day = today.isoformat() if before is None or fresh else before["下发日期"]
        log[name] = _line(
            item, _distinct(item.unit, desk.roster), number, name, stamp.version, day, digest
        ) | {_START: str(start)}
        done.append(
            Issued(
                folder / name, number, item.unit.name, item.filer.label if item.filer else "",
                item.obligation.packet, item.period, fresh,
            )
        )  # fmt: skip
        if advance:
            advance()
    write_log(folder / LOG, log)
    return tuple(done)


def write_registers(desk: Desk, items: tuple[Owed, ...], folder: Path) -> tuple[Path, ...]:
    """Write the blank workbooks of the office's own registers that are not there yet.

    Args:
        desk: definitions, roster, settings.
        items: the registers (`expected.registers`).
        folder: 自存/; what stands in it is never written over, and no log speaks of it.

    Returns:
        the files made.
    """
    made = []
    for item in items:
        path = folder / file_name(item, desk.roster)
        if not path.exists():
            write_whole(path, build(blank_for(desk, item)))
            made.append(path)
    return tuple(made)


def _digest(blank: Blank) -> str:
    """Return what tells whether a workbook would say the same again; definitions by version."""
    said = (
        blank.stamp, blank.filers, blank.rows, blank.defaults, blank.parents, blank.prefix,
        blank.first_number, blank.fonts,
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def file_name(item: Owed, roster: Roster) -> str:
    """Return the file name of an issued workbook: unit, packet, period (and filer)."""
    parts = [_distinct(item.unit, roster), item.obligation.packet, period_title(item.period)]
    if item.subject is not None:
        parts.append(_distinct(item.subject, roster))
    if item.filer is not None:
        parts.append(item.filer.label)
    return "_".join(parts).translate(_UNSAFE) + ".xlsx"


def _distinct(unit: Unit, roster: Roster) -> str:
    """Return a unit's name, with its code where another unit bears the same."""
    alone = len(roster.units_named(unit.name)) == 1
    return unit.name if alone else f"{unit.name}（{unit.code}）"


def _numbered(
    regime: Regime, items: tuple[Owed, ...], roster: Roster, log: Log
) -> Iterator[tuple[Owed, int]]:
    """Yield what gets a workbook, with the first item number: a block of hundreds a filer.

    Two packets of a unit with the same list share its numbers, and a later round or half of the
    year begins beyond those of the earlier ones. Who was given a block keeps it, whoever comes
    to stand before him in the roster; who is new takes none that was given.
    """
    taken: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line in log.values():
        if start := _start_of(line):
            for form in _keyed(regime, line["套表"]):
                taken[line["单位"], form].add(start // _BLOCK)
    for item, block in _in_turn(regime, items):
        mine = [(_distinct(item.unit, roster), f) for f in _keyed(regime, item.obligation.packet)]
        start = _start_of(log.get(file_name(item, roster), {}))
        if not start:
            used = {each for at in mine for each in taken[at]}
            free = max(used) + 1 if block in used else block
            for at in () if item.latent else mine:
                taken[at].add(free)
            start = free * _BLOCK + 1
        if item.waiver is None:
            yield item, start


def _in_turn(regime: Regime, items: tuple[Owed, ...]) -> Iterator[tuple[Owed, int]]:
    """Yield each with its block as the roster and the periods order them."""
    seen: dict[tuple[str, str, str], int] = {}
    placed: list[tuple[Owed, int]] = []
    for item in items:
        forms = _keyed(regime, item.obligation.packet)
        at = [(item.unit.code, form, item.period) for form in forms]
        block = max((seen.get(place, 0) for place in at), default=0)
        seen |= dict.fromkeys(at, block + 1)
        placed.append((item, block))
    widest: dict[tuple[str, str], int] = {}
    for (unit, form, _), blocks in seen.items():
        widest[unit, form] = max(blocks, widest.get((unit, form), 0))
    for item, block in placed:
        forms = _keyed(regime, item.obligation.packet)
        room = max((widest[item.unit.code, form] for form in forms), default=0)
        yield item, block + _turn(item.period) * room


def _keyed(regime: Regime, packet: str) -> tuple[str, ...]:
    """Return the sheets of a packet whose rows are numbered."""
    known = any(each.id == packet for each in regime.packets)
    return tuple(form.id for form in regime.sheets(packet) if form.key) if known else ()


def _turn(period: str) -> int:
    """Return how many periods of its kind come before it in the year: 2025-R2, 2025-H2."""
    suffix = period.partition("-")[2]
    return int(suffix[1:]) - 1 if suffix else 0


def _start_of(line: Mapping[str, str]) -> int:
    """Return where the numbers of an issued workbook begin by its line; 0 where that is unsaid."""
    said = line.get(_START) or ""
    return int(said) if said.isdecimal() else 0


def _number(desk: Desk, item: Owed, before: dict[str, str] | None, *, fresh: bool) -> str:
    if before is not None and not fresh:
        return before["编号"]
    packet = desk.regime.packet(item.obligation.packet)
    base = f"{item.unit.code}-{item.period}-{packet.number}"
    if item.subject is not None:
        base += f"-{item.subject.code}"
    if item.filer is not None:
        label = hashlib.sha256(item.filer.label.encode()).hexdigest()[:4]
        base += f"-{label}"
    last = int(before["编号"].rpartition("-")[2]) if before else 0
    return f"{base}-{last + 1:02d}"


# ---- the log ----------------------------------------------------------------------


def read_log(path: Path) -> Log:
    """Return the lines of the log by file name; an unreadable log is an empty one."""
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error):
        return {}
    return {line["文件"]: line for line in lines if set(_LOG_HEAD) <= set(line)}


def write_log(path: Path, lines: Log) -> None:
    """Write the log for Excel (UTF-8 with BOM), by file name."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, (*_LOG_HEAD, _START))
    writer.writeheader()
    writer.writerows(lines[name] for name in sorted(lines))
    write_whole(path, text.getvalue().encode("utf-8-sig"))


def _line(  # noqa: PLR0913, PLR0917 - the columns of the log
    item: Owed, unit: str, number: str, name: str, version: str, day: str, digest: str
) -> dict[str, str]:
    values = (
        number, unit, item.filer.label if item.filer else "", item.obligation.packet,
        period_title(item.period), name, version, item.due.last.isoformat() if item.due else "",
        day, digest,
    )  # fmt: skip
    return dict(zip(_LOG_HEAD, values, strict=True))
