"""报送情况 and 催报电话单: who sent what, and whom to telephone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.outcome import EXPECTED_WORDS
from sxxt_excel.outputs.bulk import (
    Column,
    Table,
)
from sxxt_excel.outputs.words import (
    matter,
    matters,
    moment,
    period_words,
    unit_status,
)
from sxxt_excel.relations import in_charge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.outcome import Expected
    from sxxt_excel.people import Unit
    from sxxt_excel.result import Round


from sxxt_excel.outputs.looks import NONE

# ---- 报送情况、催报电话单 ------------------------------------------------------------


def arrivals(round_: Round) -> Table:
    """Return the matrix of units by packet and period, with the times of receipt beside it."""
    rows: dict[str, dict[tuple[str, str], list[Expected]]] = defaultdict(lambda: defaultdict(list))
    for row in round_.expected:
        rows[row.unit_code][row.packet, row.period].append(row)
    codes = _in_roster_order(round_, rows)
    kinds = {unit.code: unit.kind for unit in round_.roster.units}
    names = _unit_names(round_)
    status: list[Column] = []
    received: list[Column] = []
    for packet, period in matters(round_):
        found = [rows[code].get((packet, period), []) for code in codes]
        heading = f"{packet}\n{period_words(period)}"
        looks = [unit_status(each) if each else "plain" for each in found]
        status.append(Column(heading, 15, [_standing(each) for each in found], looks))
        times = [max((row.received_at or "" for row in each), default="") for each in found]
        received.append(Column(f"{heading}\n收到时间", 17, [moment(t) for t in times], "centre"))
    columns = (
        Column("序号", 6, range(1, len(codes) + 1), "centre"),
        Column("单位", 24, [names[code] for code in codes]),
        Column("单位类别", 13, [kinds.get(code, "") for code in codes], "centre"),
        *status,
        *received,
    )
    title = f"{round_.settings.year}年报送情况一览表"
    printed = len(columns) - len(received)
    return Table("报送情况", title, columns, frozen=2, empty="没有应报单位。", printed=printed)


def _standing(rows: Sequence[Expected]) -> str:
    """Say how a unit stands; of several workbooks, also how many came."""
    if not rows:
        return NONE
    words = EXPECTED_WORDS[unit_status(rows)]
    came = sum(bool(row.arrived) for row in rows)
    return words if len(rows) == 1 else f"{words}（{len(rows)}份收到{came}份）"


def _unit_names(round_: Round) -> dict[str, str]:
    return {row.unit_code: row.unit for row in round_.expected} | {
        unit.code: unit.name for unit in round_.roster.units
    }


def _in_roster_order(round_: Round, codes: Iterable[str]) -> list[str]:
    order = {unit.code: place for place, unit in enumerate(round_.roster.units)}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))


def calls(round_: Round) -> Table:
    """Return whom to telephone: what each unit owes or has to mend, and room for the answer."""
    owing: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in round_.expected:
        if row.status in {"missing", "returned"} and row.unit_code not in round_.below:
            owed = f"{matter(row.packet, row.period)}（{_until(row.due)}）"
            whose = owing[row.unit_code][owed, EXPECTED_WORDS[row.status]]
            whose.extend(filter(None, (row.filer or row.subject,)))
    codes = _in_roster_order(round_, owing)
    names = _unit_names(round_)
    units = [round_.roster.unit(code) for code in codes]
    columns = (
        Column("序号", 6, range(1, len(codes) + 1), "centre"),
        Column("单位", 22, [names[code] for code in codes]),
        Column("所欠材料（截止日）", 46, [_listed(_owed(owing[code])) for code in codes]),
        Column(
            "状态", 13, [_listed([word for _, word in owing[code]]) for code in codes], "centre"
        ),
        Column("联系人", 11, [unit.contact if unit else "" for unit in units], "centre"),
        Column("联系电话", 16, [unit.phone if unit else "" for unit in units], "centre"),
        Column("分管（联系）领导", 16, [_leaders(round_, unit) for unit in units], "centre"),
        Column("答复", 26, [""] * len(codes)),
        Column("承诺时间", 15, [""] * len(codes), "centre"),
    )
    title = f"{round_.settings.year}年催报电话单"
    return Table(
        "催报电话单", title, columns, 2, one_page=True, least=28, empty="没有欠报或待修改的单位。"
    )


def _until(due: str | None) -> str:
    return f"{due[:10]}截止" if due else "未定截止日"


def _owed(owing: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    return [f"{owed}：{'、'.join(who)}" if who else owed for (owed, _), who in owing.items()]


def _listed(lines: Sequence[str]) -> str:
    """Number the lines of a cell, so that those of its neighbour can be told to belong to them."""
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _leaders(round_: Round, unit: Unit | None) -> str:
    if unit is None:
        return ""
    people = in_charge(round_.roster, unit, round_.today)
    return "、".join(dict.fromkeys(person.name for person in people)) or unit.leader
