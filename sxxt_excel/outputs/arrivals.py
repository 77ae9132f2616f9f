"""报送情况: who sent what, and when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.headings import ARRIVALS_SHEET, UNIT_NAME
from sxxt_excel.outputs.asof import in_roster_order, names_of
from sxxt_excel.outputs.looks import NONE
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import (
    matters,
    moment,
    period_words,
    standing,
    unit_status,
)

if TYPE_CHECKING:
    from sxxt_excel.outcome import Expected
    from sxxt_excel.result import Round


def arrivals(round_: Round) -> Table:
    """Return the matrix of units by packet and period, with the times of receipt beside it."""
    rows: dict[str, dict[tuple[str, str], list[Expected]]] = defaultdict(lambda: defaultdict(list))
    for row in round_.expected:
        rows[row.unit_code][row.packet, row.period].append(row)
    codes = in_roster_order(round_.roster, rows)
    kinds = {unit.code: unit.kind for unit in round_.roster.units}
    names = names_of(round_)
    status: list[Column] = []
    received: list[Column] = []
    for packet, period in matters(round_):
        found = [rows[code].get((packet, period), []) for code in codes]
        heading = f"{packet}\n{period_words(period)}"
        looks = [unit_status(each) if each else "plain" for each in found]
        said = [standing(each) if each else NONE for each in found]
        status.append(Column(heading, 15, said, looks))
        times = [max((row.received_at or "" for row in each), default="") for each in found]
        received.append(Column(f"{heading}\n收到时间", 17, [moment(t) for t in times], "centre"))
    columns = (
        Column("序号", 6, range(1, len(codes) + 1), "centre"),
        Column(UNIT_NAME, 24, [names[code] for code in codes]),
        Column("单位类别", 13, [kinds.get(code, "") for code in codes], "centre"),
        *status,
        *received,
    )
    title = f"{round_.settings.year}年报送情况一览表"
    printed = len(columns) - len(received)
    return Table(ARRIVALS_SHEET, title, columns, frozen=2, empty="没有应报单位。", printed=printed)
