"""What a paper is made of, and what all papers say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sxxt_excel.codes import NOT_COME
from sxxt_excel.formats.common import CLASSIFIED, UNOPENED
from sxxt_excel.outputs.asof import office_name
from sxxt_excel.outputs.tally import tally
from sxxt_excel.outputs.words import due_of, long_day, matter, matters
from sxxt_excel.paperwork.figures import (
    CASCADE,
    COUNTS,
    FINDINGS,
    Figure,
    matter_figures,
    units_figure,
)
from sxxt_excel.paperwork.paper import LETTER, Grid, Looks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.master import MasterSheet
    from sxxt_excel.paperwork.paper import Cell
    from sxxt_excel.result import Round

__all__ = ["Draft", "Sources", "asked", "by_units", "common", "overview"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What papers are made of: this result, the one before it, the master, and answers.

    `before`: last year's result, where the settings name it and there is one. `answers` are what
    units said on the telephone: unit code → words.
    """

    last: Last
    today: date
    before: Last | None = None
    sheets: tuple[MasterSheet, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a template is filled in with, its tables, and how the paper is set."""

    values: Mapping[str, object]
    grids: tuple[Grid, ...] = ()
    looks: Looks = LETTER


def common(sources: Sources) -> dict[str, object]:
    """Return what every template may name: whose the paper is, as of when, and on what basis."""
    round_ = sources.last.round_
    settings = round_.settings
    return {
        "年度": settings.year,
        "依据": round_.regime.cite(""),
        "截至": long_day(round_.today),
        "落款": office_name(round_),
        "日期": long_day(sources.today),
        "主送": settings.papers.to,
        "参阅部门": settings.papers.office,
    }


def asked(round_: Round) -> list[tuple[str, str]]:
    """Return every packet and period that some unit has to send."""
    return [pair for pair in matters(round_) if tally(round_.expected, *pair).owing]


def overview(round_: Round, pairs: Sequence[tuple[str, str]]) -> Grid:
    """Return the table 各项材料: of these packets and periods, how many units sent."""
    heads = ("应报", "已报", "按时", "逾期", "未报", "未到期", "待修改")
    rows: list[tuple[Cell, ...]] = []
    for packet, period in pairs:
        figures = matter_figures(round_, packet, period)
        counted = (figures[head] for head in heads)
        rows.append((matter(packet, period), due_of(round_, packet, period), *counted))
    return Grid(
        "各项材料",
        ("材料", "截止日", "应报", "实报", "按时", "逾期", "未报", "其中未到期", "待修改"),
        (24, 13, *(6,) * 5, 12, 8),
        tuple(rows),
    )


_NOT_TO_MEND = NOT_COME | {CLASSIFIED, UNOPENED}
"""Of these a unit has nothing to put right in what it sent."""


def by_units(round_: Round) -> dict[str, Figure]:
    """Return what is counted of findings, counts and cascades by units, by name."""
    musts = [
        n for n, f in enumerate(round_.findings)
        if f.severity == "must" and f.where.unit and f.code not in _NOT_TO_MEND
    ]  # fmt: skip
    asked = [
        n for n, f in enumerate(round_.findings)
        if f.severity == "query" and f.explanation is None and f.where.unit
    ]  # fmt: skip
    # What is worth knowing, and asked of nobody, is no shortfall to report.
    mild = {law.id for law in round_.regime.laws() if law.severity == "note"}
    short = [n for n, c in enumerate(round_.counts) if c.status == "short" and c.rule not in mild]
    gaps = [n for n, c in enumerate(round_.cascade) if c.status == "missing"]
    finding, count, cascade = (
        lambda n: round_.findings[n].where.unit,
        lambda n: round_.counts[n].unit,
        lambda n: round_.cascade[n].parent_unit,
    )
    found = (
        units_figure("须修改单位", "有须修改内容的单位", FINDINGS, musts, "unit", finding),
        units_figure(
            "待说明单位", "有需说明事项还没有说明的单位", FINDINGS, asked, "unit", finding
        ),
        units_figure("次数不足单位", "有会议、谈话等次数不足的单位", COUNTS, short, "unit", count),
        units_figure(
            "未承接单位", "清单项目还没有承接的单位", CASCADE, gaps, "parent_unit", cascade
        ),
    )
    return {figure.name: figure for figure in found}
