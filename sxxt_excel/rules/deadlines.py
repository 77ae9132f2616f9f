"""Owed × arrived → expected rows with their status (rulings 1 to 3), and T and Q findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sxxt_excel.dates import TZ, clock_words
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Expected, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import ExpectedStatus, Finding, Receipt

_FILE_TIME = "文件时间"
_WECHAT = "微信"
_SETTINGS = "sxxt.toml"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One readable workbook that answers something owed; `newest` is the head of its chain."""

    path: str
    receipt: Receipt
    returned: bool
    newest: bool


def expected_row(item: Owed, arrivals: tuple[Arrival, ...], today: date) -> Expected:
    """Return the expected row of one thing owed; first match of ruling 1 wins."""
    first = min(arrivals, key=lambda a: (a.receipt.at, a.path), default=None)
    newest = next((a for a in arrivals if a.newest), None)
    arrived = None
    if first is not None:
        arrived = "late" if item.due is not None and late(first.receipt, item) else "on_time"
    status: ExpectedStatus
    if item.waiver is not None:
        status = "excused"
    elif first is None:
        over = _over(item, today) and item.duty != "留存" and not item.latent
        status = "missing" if over else "not_due"
    elif newest is not None and newest.returned:
        status = "returned"
    else:
        status = "late" if arrived == "late" else "on_time"
    return Expected(
        obligation=item.obligation.serves[0],
        obligations=item.obligation.serves,
        rule=item.obligation.id,
        unit=item.unit.name,
        unit_code=item.unit.code,
        packet=item.obligation.packet,
        period=item.period,
        duty=item.duty,
        due=item.due.day.isoformat() if item.due else None,
        status=status,
        filer=item.filer.label if item.filer else None,
        subject=item.subject.name if item.subject else None,
        arrived=arrived,  # type: ignore[arg-type]  # one of the two words
        accepted=None if newest is None else not newest.returned,
        path=newest.path if newest else None,
        received_at=first.receipt.at if first else None,
        latent=item.latent,
    )


def late(receipt: Receipt, item: Owed) -> bool:
    """Tell whether something came after the last moment that was still on time."""
    if item.due is None:
        return False
    return datetime.fromisoformat(receipt.at) > item.due.moment


def _over(item: Owed, today: date) -> bool:
    if item.due is not None:
        return datetime(today.year, today.month, today.day, tzinfo=TZ) > item.due.moment
    return today > item.last


def deadline_findings(
    regime: Regime, item: Owed, row: Expected, arrivals: Iterable[Arrival]
) -> Iterator[Finding]:
    """Yield what is to be told about time and absence of one thing owed."""
    basis = regime.cite(item.obligation.basis)
    where = Where(unit=row.unit, unit_code=row.unit_code, filer=row.filer)
    due_words = item.due.said if item.due else ""
    if row.status == "missing":
        code = "Q101" if item.due else "Q102"
        yield finding(
            code, where, basis=basis, rule=item.obligation.id, title=f"《{item.title}》",
            due=due_words, unit=row.unit,
        )  # fmt: skip
    yield from _by_chat(row, arrivals, basis)
    first = min(arrivals, key=lambda a: (a.receipt.at, a.path), default=None)
    if first is None or item.due is None or item.waiver is not None:
        return
    at = Where(path=first.path, unit=row.unit, unit_code=row.unit_code, filer=row.filer)
    received = clock_words(first.receipt.at)
    words = {"received": received, "due": due_words, "title": f"《{item.title}》"}
    by_file_time = first.receipt.by == _FILE_TIME
    code = "T102"
    if late(first.receipt, item):
        code = "T103" if by_file_time else "T101"
    elif not by_file_time:
        return
    yield finding(code, at, got=received, basis=basis, rule=item.obligation.id, words=words)


def _by_chat(row: Expected, arrivals: Iterable[Arrival], basis: str) -> Iterator[Finding]:
    for arrival in arrivals:
        if _WECHAT in arrival.receipt.how:
            at = Where(path=arrival.path, unit=row.unit, unit_code=row.unit_code, filer=row.filer)
            yield finding("T104", at, got=arrival.receipt.how, basis=basis)


def calendar_findings(regime: Regime, items: Iterable[Owed]) -> Iterator[Finding]:
    """Yield a note for each year whose working days the calendar library does not know yet."""
    years = sorted({o.due.unknown_year for o in items if o.due and o.due.unknown_year})
    for year in years:
        yield finding("T105", Where(path=_SETTINGS), got=str(year), basis=regime.cite(""))
