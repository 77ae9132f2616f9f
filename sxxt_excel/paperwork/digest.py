"""领导摘要: one page for the leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.outputs.tally import tally
from sxxt_excel.paperwork.draft import Draft, Sources, asked, by_units, common, overview
from sxxt_excel.paperwork.figures import result_figures
from sxxt_excel.paperwork.paper import BRIEF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.result import Round

__all__ = ["digest"]

_MOST_LINES, _MOST_LETTERS = 8, 56
"""What of a table, and of a list of names, stands on the one page."""


def digest(sources: Sources) -> Draft:
    """Return the leader's summary: one page, whatever the number of units and packets."""
    round_ = sources.last.round_
    pairs = _pressing(round_)
    counted = tally(round_.expected)
    overdue = tuple(code for code in counted.silent.units if code not in counted.waiting.units)
    values = {
        **common(sources),
        **result_figures(round_),
        **by_units(round_),
        "未报名单": _names(round_, overdue),
        "未报齐名单": _names(round_, counted.partial.units),
        "待修改名单": _names(round_, counted.returned.units),
        "其余": len(asked(round_)) - len(pairs),
    }
    return Draft(values, (overview(round_, pairs),), BRIEF)


def _pressing(round_: Round) -> list[tuple[str, str]]:
    """Return the packets that a leader wants to see: not all waiting, those with gaps first."""

    def weight(pair: tuple[str, str]) -> tuple[int, int]:
        counted = tally(round_.expected, *pair)
        open_ = len(counted.silent) - len(counted.waiting) + len(counted.returned)
        return (len(counted.waiting) == len(counted.owing), -open_)

    pairs = asked(round_)
    chosen = sorted(pairs, key=weight)[:_MOST_LINES]
    return [pair for pair in pairs if pair in chosen]


def _names(round_: Round, codes: Sequence[str]) -> str:
    names = {row.unit_code: row.unit for row in round_.expected}
    said = "、".join(names[code] for code in codes)
    if len(said) <= _MOST_LETTERS:
        return said
    return f"{said[:_MOST_LETTERS].rpartition('、')[0] or said[:_MOST_LETTERS]}等{len(codes)}家"
