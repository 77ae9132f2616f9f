"""责任传导 and 次数核对: cascades and counts, a row each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.headings import (
    CASCADE_SHEET,
    COUNTS_SHEET,
    ITEM_NUMBER,
    ITEM_TEXT,
    PERIOD_HEADING,
    UNIT_NAME,
)
from sxxt_excel.outcome import CASCADE_WORDS, COUNT_WORDS
from sxxt_excel.outputs.asof import place_by_name
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import (
    period_words,
    rule_titles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sxxt_excel.outcome import CascadeRow
    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Round


from sxxt_excel.outputs.looks import NONE

# ---- 责任传导、次数核对 --------------------------------------------------------------

_CASCADE_LOOKS = MappingProxyType(
    {"taken_up": "good", "explained": "warn", "missing": "missing", "unchecked": "excused"}
)
_COUNT_LOOKS = MappingProxyType(
    {"met": "good", "short": "missing", "not_due": "plain", "unchecked": "excused"}
)


def cascade_table(round_: Round) -> Table:
    """Return who took up which item of a level above: by rule, then in the roster's order."""
    titles, place = rule_titles(round_.regime), place_by_name(round_)
    rules = [*dict.fromkeys(row.rule for row in round_.cascade)]
    rows = sorted(round_.cascade, key=lambda row: (rules.index(row.rule), place(row.parent_unit)))
    columns = (
        Column("规则", 36, [titles.get(row.rule, row.rule) for row in rows]),
        Column("上级单位", 22, [row.parent_unit for row in rows]),
        Column("责任主体", 14, [row.parent_filer for row in rows], "centre"),
        Column(ITEM_NUMBER, 20, [row.parent_key for row in rows], "centre"),
        Column(ITEM_TEXT, 40, [row.parent_text for row in rows]),
        *_periods(rows),
        Column("情况", 11, [CASCADE_WORDS[row.status] for row in rows],
               [_CASCADE_LOOKS[row.status] for row in rows]),
        Column("承接项目", 36, ["、".join(row.children) for row in rows]),
    )  # fmt: skip
    title = f"{round_.settings.year}年责任传导情况"
    return Table(CASCADE_SHEET, title, columns, empty="收到的清单中，没有需要逐级承接的项目。")


def _periods(rows: Sequence[CascadeRow]) -> Iterator[Column]:
    """Yield the column that tells equal rows apart, where a rule asks each period."""
    if any(row.period for row in rows):
        words = [period_words(row.period) if row.period else NONE for row in rows]
        yield Column(PERIOD_HEADING, 13, words, "centre")


def counts_table(round_: Round) -> Table:
    """Return what was counted against what is required."""
    rows, titles = round_.counts, rule_titles(round_.regime)
    columns = (
        Column("规则", 40, [titles.get(row.rule, row.rule) for row in rows]),
        Column(UNIT_NAME, 26, [row.unit for row in rows]),
        Column("责任主体", 16, [row.filer for row in rows], "centre"),
        Column("时段", 16, [period_words(row.period) for row in rows], "centre"),
        Column("应有", 10, [_or_none(row.required) for row in rows], "centre"),
        Column("实有", 10, [_or_none(row.found) for row in rows], "centre"),
        Column("情况", 12, [COUNT_WORDS[row.status] for row in rows],
               [_COUNT_LOOKS[row.status] for row in rows]),
    )  # fmt: skip
    title = f"{round_.settings.year}年次数核对"
    return Table(COUNTS_SHEET, title, columns, 2, empty="没有需要核对次数的事项。")


def _or_none(number: int | None) -> Cell:
    return NONE if number is None else number
