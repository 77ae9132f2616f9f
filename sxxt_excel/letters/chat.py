"""汇总/群通知.txt: three lines for a chat group, with no name and no file in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.letters.letter import CHASE, REMIND
from sxxt_excel.letters.reminders import deadline
from sxxt_excel.letters.writer import called, material
from sxxt_excel.outputs.shares import leading
from sxxt_excel.outputs.words import long_day, until
from sxxt_excel.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sxxt_excel.letters.reminders import Debts
    from sxxt_excel.outcome import Expected
    from sxxt_excel.outputs.asof import AsOf

CHAT_FILE = "群通知.txt"


def chat(state: AsOf, owing: Collection[Debts]) -> str:
    """Return the three lines: of what is overdue, else of what is due soon; "" of neither.

    Who promised a later day is counted: the notice is to all, and presses nobody by name. The
    leading units, which get no letters, are none of those whom it speaks of.
    """
    above = leading(state.regime, state.roster, state.settings.node)
    owing = [debt for debt in owing if debt.code not in above]
    overdue = [r for d in owing for r in (*d.overdue, *d.waiting) if r.status == "missing"]
    soon = [row for debt in owing for row in debt.soon]
    if overdue:
        return _lines(
            f"【{CHASE}】{_matters(overdue, state)}",
            f"截至{long_day(state.today)}，应报{_asked(overdue, state, above)}家，"
            f"尚有{_units(overdue)}家未报。",
            f"请未报的单位于{deadline(state, CHASE)}前通过{_channel(state)}报送，"
            "勿在群内发送材料。",
        )
    if soon:
        first = min(row.due or "" for row in soon)
        due = [row for row in soon if row.due == first]
        return _lines(
            f"【{REMIND}】{_matters(due, state)}",
            f"{until(first, state.settings)}截止，尚有{_units(due)}家未报。",
            f"请通过{_channel(state)}报送，勿在群内发送材料。",
        )
    return ""


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def _matters(rows: Iterable[Expected], state: AsOf) -> str:
    return called(material(r.packet, r.period, state.regime) for r in rows)["事项"]


def _units(rows: Iterable[Expected]) -> int:
    return len({row.unit_code for row in rows})


def _asked(rows: Collection[Expected], state: AsOf, above: Collection[str]) -> int:
    """Return how many units have to file what these rows are about."""
    matters = {(row.packet, row.period) for row in rows}
    return _units(
        row
        for row in state.expected
        if row.owed
        and row.status != "excused"
        and (row.packet, row.period) in matters
        and row.unit_code not in above
    )


def _channel(state: AsOf) -> str:
    return one_line(state.settings.letters.channel)
