"""催报电话单: whom to telephone about what, and what they answered."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.outcome import EXPECTED_WORDS
from sxxt_excel.outputs.asof import in_roster_order, names_of
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import last_day, matter
from sxxt_excel.relations import in_charge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.outputs.asof import AsOf
    from sxxt_excel.people import Unit
    from sxxt_excel.registry.memory import Answer
    from sxxt_excel.settings import Settings

CALLS = "催报电话单"
UNIT, OWING, ANSWER, PROMISED = "单位", "所欠材料（截止日）", "答复", "承诺时间"
"""Headings by which what was typed into the sheet is read back."""

_OWED = re.compile(r"(?:\d+\. )?(.+)（(?:[0-9-]+截止|未定截止日)）(?:：.*)?")


def calls(state: AsOf, answers: Sequence[Answer] = ()) -> Table:
    """Return whom to telephone: what each unit owes or has to mend, and room for the answer.

    Args:
        state: who owes what.
        answers: what units said before, the oldest first; the last one that is about something
            still owed stands in its row.
    """
    owing: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in state.expected:
        if row.status in {"missing", "returned"} and row.unit_code not in state.below:
            owed = f"{matter(row.packet, row.period)}（{_until(row.due, state.settings)}）"
            whose = owing[row.unit_code][owed, EXPECTED_WORDS[row.status]]
            whose.extend(filter(None, (row.filer or row.subject,)))
    codes = in_roster_order(state.roster, owing)
    names = names_of(state)
    units = [state.roster.unit(code) for code in codes]
    owed_words = [_listed(_owed(owing[code])) for code in codes]
    told = [
        last_answer(answers, code, matters_owed(words))
        for code, words in zip(codes, owed_words, strict=True)
    ]
    columns = (
        Column("序号", 6, range(1, len(codes) + 1), "centre"),
        Column(UNIT, 22, [names[code] for code in codes]),
        Column(OWING, 46, owed_words),
        Column(
            "状态", 13, [_listed([word for _, word in owing[code]]) for code in codes], "centre"
        ),
        Column("联系人", 11, [unit.contact if unit else "" for unit in units], "centre"),
        Column("联系电话", 16, [unit.phone if unit else "" for unit in units], "centre"),
        Column("分管（联系）领导", 16, [_leaders(state, unit) for unit in units], "centre"),
        Column(ANSWER, 26, [said.answer if said else "" for said in told]),
        Column(PROMISED, 15, [said.promised if said else "" for said in told], "centre"),
    )
    title = f"{state.settings.year}年{CALLS}"
    empty = "没有欠报或待修改的单位。"
    return Table(CALLS, title, columns, 2, one_page=True, least=28, empty=empty)


def last_answer(answers: Sequence[Answer], code: str, owed: Sequence[str]) -> Answer | None:
    """Return the last answer of a unit that is about one of these matters; None without any."""
    wanted = set(owed)
    about = (a for a in reversed(answers) if a.code == code and not wanted.isdisjoint(a.matters))
    return next(about, None)


def matters_owed(cell: str) -> tuple[str, ...]:
    """Return what a cell of what is owed names, as `matter` calls it; whose it is is left out."""
    found = (_OWED.fullmatch(line.strip()) for line in cell.splitlines())
    return tuple(dict.fromkeys(line[1] for line in found if line))


def _until(due: str | None, settings: Settings) -> str:
    return f"{last_day(due, settings)}截止" if due else "未定截止日"


def _owed(owing: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    return [f"{owed}：{'、'.join(who)}" if who else owed for (owed, _), who in owing.items()]


def _listed(lines: Sequence[str]) -> str:
    """Number the lines of a cell, so that those of its neighbour can be told to belong to them."""
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _leaders(state: AsOf, unit: Unit | None) -> str:
    if unit is None:
        return ""
    people = in_charge(state.roster, unit, state.today)
    return "、".join(dict.fromkeys(person.name for person in people)) or unit.leader
