"""Wording that the outputs share: the one-line summary, names of what is owed, times.

Figures for leaders count units, never workbooks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.dates import day_and_hour, long_day
from sxxt_excel.findings import fill
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.tally import tally
from sxxt_excel.periods import PeriodError, period_title
from sxxt_excel.privacy import mask_small
from sxxt_excel.workdays import working_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Expected, ExpectedStatus
    from sxxt_excel.outputs.tally import Tally
    from sxxt_excel.result import Register, Round
    from sxxt_excel.settings import Settings

__all__ = [
    "UNSURE", "Doubt", "clocks_in_doubt", "due_day", "due_of", "in_doubt", "long_day",
    "long_moment", "matter", "matters", "mend_by", "moment", "period_words", "received",
    "registers_said", "rule_titles", "standing", "standings", "summary", "title_of",
    "unit_status", "until",
]  # fmt: skip

_UNSURE = "T103"
UNSURE = CATALOGUE[_UNSURE].title

# What a unit with several workbooks of one kind stands as: the first of these that it has.
_WEIGHT: tuple[ExpectedStatus, ...] = ("missing", "returned", "late", "not_due", "on_time")


def summary(round_: Round, packet: str | None = None, period: str | None = None) -> str:
    """Return the sentence that leaders read, for everything owed or one packet and period.

    A unit has reported once anything of it arrived; what it still owes is said beside it.
    """
    counted = tally(round_.expected, packet, period)
    until = f"（截至{round_.today.month}月{round_.today.day}日）。"
    if not counted.owing:
        return f"没有应报单位{until}"
    said = f"{_came(round_, counted)}，{_silent(counted)}{_pending(counted)}"
    return f"应报{len(counted.owing)}家，{said}{until}"


def _came(round_: Round, counted: Tally) -> str:
    if not counted.came:
        return "已报0家"
    unsure = _unsure(round_, counted)
    punctual = f"按时{len(counted.on_time)}家、逾期{len(counted.late)}家"
    doubt = f"，其中{UNSURE}{unsure}家" if unsure else ""
    return f"已报{len(counted.came)}家（{punctual}{doubt}）"


def _unsure(round_: Round, counted: Tally) -> int:
    """Return how many units are late by no more than a file's own time."""
    doubts, rows = clocks_in_doubt(round_), [round_.expected[n] for n in counted.late.rows]
    certain = {row.unit_code for row in rows if not in_doubt(row, doubts)}
    return len({row.unit_code for row in rows} - certain)


Doubt = tuple[str | None, str | None, str | None, str | None]


def clocks_in_doubt(round_: Round) -> frozenset[Doubt]:
    """Return unit, packet, period and filer of what is late by a file's own time alone."""
    files = {file.path: file for file in round_.files}
    return frozenset(
        (f.where.unit_code, file.packet, file.period, f.where.filer)
        for f in round_.findings
        if f.code == _UNSURE and (file := files.get(f.where.path or ""))
    )


def in_doubt(row: Expected, doubts: Collection[Doubt]) -> bool:
    """Tell whether it is not certain that something came late."""
    return (row.unit_code, row.packet, row.period, row.filer) in doubts


def _silent(counted: Tally) -> str:
    silent, waiting = len(counted.silent), len(counted.waiting)
    said = f"未报{silent}家"
    if waiting:
        said += "，均未到期" if waiting == silent else f"，其中{waiting}家未到期"
    return said


def _pending(counted: Tally) -> str:
    if not counted.came:
        return ""
    partial = len(counted.partial)
    return f"；已报中待修改{len(counted.returned)}家" + (f"、未报齐{partial}家" if partial else "")


def _by_unit(rows: Iterable[Expected]) -> dict[str, list[Expected]]:
    units: dict[str, list[Expected]] = {}
    for row in rows:
        units.setdefault(row.unit_code, []).append(row)
    return units


def matters(round_: Round) -> tuple[tuple[str, str], ...]:
    """Return every (packet, period) that is expected, in the order of the document."""
    order = {packet.id: place for place, packet in enumerate(round_.regime.packets)}
    rows: dict[tuple[str, str], list[Expected]] = defaultdict(list)
    for row in round_.expected:
        rows[row.packet, row.period].append(row)
    pairs = (pair for pair, group in rows.items() if _shown(group))
    return tuple(sorted(pairs, key=lambda pair: (order.get(pair[0], len(order)), *pair)))


def matter(packet: str, period: str) -> str:
    """Return what people call a packet of a period: 2025年上半年落实情况报告."""
    return f"{period_words(period)}{packet}"


def due_day(rows: Iterable[Expected], settings: Settings) -> str:
    """Return the first of the last days on which these may come, 未定 where none has a day."""
    return min((f"{last_day(row.due, settings)}" for row in rows if row.due), default="未定")


def due_of(round_: Round, packet: str, period: str) -> str:
    """Return that of a packet and period."""
    rows = (e for e in round_.expected if (e.packet, e.period) == (packet, period))
    return due_day(rows, round_.settings)


def _shown(rows: Iterable[Expected]) -> bool:
    """Tell whether a packet stands in the tables: what units only keep does once some came."""
    return any(row.duty != "留存" or row.arrived for row in rows)


def unit_status(rows: Sequence[Expected]) -> ExpectedStatus:
    """Return how a unit stands in one packet and period: as its weightiest row, if several."""
    standing = {row.status for row in rows}
    return next((status for status in _WEIGHT if status in standing), "excused")


def standing(rows: Sequence[Expected]) -> str:
    """Say how a unit stands in one packet and period; of several workbooks, also how many came."""
    words = EXPECTED_WORDS[unit_status(rows)]
    came = sum(bool(row.arrived) for row in rows)
    return words if len(rows) == 1 else f"{words}（{len(rows)}份收到{came}份）"


def standings(round_: Round, packet: str, period: str) -> dict[str, ExpectedStatus]:
    """Return unit code → how it stands in one packet and period that it has to file."""
    rows = (
        row for row in round_.expected if row.owed and (row.packet, row.period) == (packet, period)
    )
    return {code: unit_status(group) for code, group in _by_unit(rows).items()}


def period_words(period: str | None) -> str:
    """Return a period as headings write it; one that is none is shown as it is."""
    try:
        return period_title(period or "")
    except PeriodError:
        return period or ""


def moment(iso: str | None) -> str:
    """Return an ISO time to the minute as people read it: 2025-04-10 16:30."""
    return (iso or "")[:16].replace("T", " ")


def long_moment(iso: str) -> str:
    """Return a moment as documents write it: 2025年4月10日 16:30."""
    at = datetime.fromisoformat(iso)
    return f"{long_day(at.date())} {at:%H:%M}"


def last_day(due: str, settings: Settings) -> date:
    """Return the last day on which what is due on an ISO day may come."""
    return settings.calendar.last_day(date.fromisoformat(due[:10]))


def until(due: str, settings: Settings) -> str:
    """Return until when what is due on an ISO day may come: 2025年4月20日15时."""
    return day_and_hour(last_day(due, settings), settings.calendar.closes)


def mend_by(
    rows: Sequence[Expected],
    settings: Settings,
    today: date,
    unfiled: Collection[tuple[str | None, str | None]] = (),
) -> str:
    """Return until when what went back is to be mended: so many working days from today.

    Not earlier than the first due day of the workbooks that went back, if that is still to come;
    but where nothing that counts has come yet, no later than the day on which it is due.

    Args:
        rows: what a unit owes.
        settings: how many days, and until what hour.
        today: the day from which they are counted.
        unfiled: packets and periods of which only files came that do not count.
    """
    coming = [
        row.due
        for row in rows
        if row.status == "not_due" and row.due and (row.packet, row.period) in unfiled
    ]
    if coming:
        return until(min(coming), settings)
    chosen = settings.letters
    day = working_day(today, chosen.mend_days)
    due = min((row.due for row in rows if row.due and row.status == "returned"), default="")
    if due and last_day(due, settings) > day:
        return until(due, settings)
    return day_and_hour(day, chosen.hour)


def title_of(packet: str | None, period: str | None, regime: Regime) -> str:
    """Return what documents call a packet of a period: 2025年度责任清单和任务清单."""
    found = next((p for p in regime.packets if p.id == packet), None)
    if found is None:
        return packet or ""
    words = period_words(period)
    year = f"{words[:4]}年度" if words[:4].isdigit() else ""
    return fill(found.title, {"年度": year, "期": words})


def received(round_: Round) -> str:
    """Return one line that accounts for every file, such as 收到9件：审核通过8件."""
    number: Counter[str] = Counter(file.status for file in round_.files)
    parts = "、".join(
        f"{word}{number[name]}件" for name, word in FILE_WORDS.items() if number[name]
    )
    return f"收到{len(round_.files)}件：{parts}。" if parts else "收件夹是空的。"


def registers_said(registers: Sequence[Register]) -> str:
    """Return one line of counts of the office's own registers, small ones masked."""
    said = "；".join(map(_register_said, registers)) or "没有登记"
    return f"办公室自存登记：{said}。"


def _register_said(register: Register) -> str:
    if register.total is not None:
        unit, number = register.total
        return f"{register.packet} {mask_small(number)} {unit}"
    words = f"{register.packet} {mask_small(register.rows)} 件"
    if register.answered is not None:
        done, number = register.answered
        words += f"、已{done} {mask_small(number)} 件"
    return words


def rule_titles(regime: Regime) -> dict[str, str]:
    """Return rule id → its title; row rules and obligations count as rules."""
    rows = (*(rule for _, rule in regime.row_rules), *(r for f in regime.forms for r in f.rows))
    return (
        {law.id: law.title for law in regime.laws()}
        | {rule.id: rule.title or rule.id for rule in rows}
        | {item.id: item.title for item in regime.obligations}
    )
