"""Wording that the outputs share: the one-line summary, names of what is owed, times.

Figures for leaders count units, never workbooks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.dates import PeriodError, period_title
from sxxt_excel.outcome import FILE_WORDS
from sxxt_excel.privacy import mask_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sxxt_excel.model import Regime
    from sxxt_excel.outcome import Expected, ExpectedStatus
    from sxxt_excel.result import Register, Round

OWED = "报送"
"""The duty that can be missing; figures count nothing else."""

# What a unit with several workbooks of one kind stands as: the first of these that it has.
_WEIGHT: tuple[ExpectedStatus, ...] = ("missing", "returned", "late", "not_due", "on_time")


def summary(round_: Round, packet: str | None = None, period: str | None = None) -> str:
    """Return the sentence that leaders read, for everything owed or one packet and period.

    A unit has reported once anything of it arrived; what it still owes is said beside it.
    """
    units = _by_unit(
        row
        for row in round_.expected
        if row.duty == OWED
        and row.status != "excused"
        and packet in {None, row.packet}
        and period in {None, row.period}
    )
    until = f"（截至{round_.today.month}月{round_.today.day}日）。"
    if not units:
        return f"没有应报单位{until}"
    came = [rows for rows in units.values() if any(row.arrived for row in rows)]
    silent = [rows for rows in units.values() if not any(row.arrived for row in rows)]
    return f"应报{len(units)}家，{_came(came)}，{_silent(silent)}{_pending(came)}{until}"


def _came(units: Sequence[list[Expected]]) -> str:
    if not units:
        return "已报0家"
    late = sum(any(row.arrived == "late" for row in rows) for rows in units)
    return f"已报{len(units)}家（按时{len(units) - late}家、逾期{late}家）"


def _silent(units: Sequence[list[Expected]]) -> str:
    waiting = sum(all(row.status == "not_due" for row in rows) for rows in units)
    said = f"未报{len(units)}家"
    if waiting:
        said += "，均未到期" if waiting == len(units) else f"，其中{waiting}家未到期"
    return said


def _pending(came: Sequence[list[Expected]]) -> str:
    if not came:
        return ""
    returned = sum(any(row.status == "returned" for row in rows) for rows in came)
    partial = sum(any(row.status == "missing" for row in rows) for rows in came)
    return f"；已报中待修改{returned}家" + (f"、未报齐{partial}家" if partial else "")


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


def _shown(rows: Iterable[Expected]) -> bool:
    """Tell whether a packet stands in the tables: what units only keep does once some came."""
    return any(row.duty != "留存" or row.arrived for row in rows)


def unit_status(rows: Sequence[Expected]) -> ExpectedStatus:
    """Return how a unit stands in one packet and period: as its weightiest row, if several."""
    standing = {row.status for row in rows}
    return next((status for status in _WEIGHT if status in standing), "excused")


def standings(round_: Round, packet: str, period: str) -> dict[str, ExpectedStatus]:
    """Return unit code → how it stands in one packet and period that it has to file."""
    rows = (
        row
        for row in round_.expected
        if row.duty == OWED and (row.packet, row.period) == (packet, period)
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


def long_day(day: date) -> str:
    """Return a day as documents write it: 2025年4月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


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
