"""参阅件: what on the side of 校领导 is not taken up, for the party office alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.headings import CASCADE_SHEET, ITEM_NUMBER, ITEM_TEXT
from sxxt_excel.outputs.shares import leading
from sxxt_excel.outputs.words import rule_titles
from sxxt_excel.paperwork.draft import Draft, Sources, common
from sxxt_excel.paperwork.figures import CASCADE, FINDINGS, rows_figure
from sxxt_excel.paperwork.master import MasterSheet, row_text
from sxxt_excel.paperwork.paper import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.outcome import CascadeRow
    from sxxt_excel.result import Round

__all__ = ["for_reading"]

_UNSAID = "C103"


def for_reading(sources: Sources) -> Draft | None:
    """Return what on the side of 校领导 is not taken up, for the party office; None if nothing."""
    round_ = sources.last.round_
    gaps = _leaders_gaps(round_)
    unsaid = [
        n for n, f in enumerate(round_.findings)
        if f.code == _UNSAID and f.where.unit in _leading_units(round_)
    ]  # fmt: skip
    if not gaps and not unsaid:
        return None
    texts = _item_texts(sources.sheets)
    titles = rule_titles(round_.regime)
    lines = tuple(
        (row.parent_filer, row.parent_key, texts.get(row.parent_key, ""), titles[row.rule])
        for row in (round_.cascade[n] for n in gaps)
    )
    open_ = tuple(
        (
            f.where.filer or "",
            f.where.row_key or "",
            texts.get(f.where.row_key or "", ""),
            f.message,
        )
        for f in (round_.findings[n] for n in unsaid)
    )
    heads = ("责任主体", ITEM_NUMBER, ITEM_TEXT)
    widths = (10, 18, 25, 20)
    values = {
        **common(sources),
        "未承接": rows_figure("未承接", "校级清单中还没有承接的项目（项）", CASCADE, gaps),
        "未写明": rows_figure("未写明", "校级清单中没有写明落实方式的项目（项）", FINDINGS, unsaid),
    }
    grids = (
        Grid("未承接的项目", (*heads, "制度要求"), widths, lines),
        Grid("没有写明落实方式的项目", (*heads, "情况"), widths, open_),
    )
    return Draft(values, grids)


def _leading_units(round_: Round) -> frozenset[str]:
    """Return the names of the units whose filers are 校领导."""
    codes = leading(round_.regime, round_.roster, round_.settings.node)
    return frozenset(unit.name for unit in round_.roster.units if unit.code in codes)


def _leaders_gaps(round_: Round) -> list[int]:
    """Return the cascade rows of leaders' items that they themselves have to act on."""
    elsewhere = {
        c.law.id for c in round_.regime.cascades
        if c.scope in {"in_charge", "below"} and c.told == "unit"
    }  # fmt: skip
    units = _leading_units(round_)

    def theirs(row: CascadeRow) -> bool:
        return row.status == "missing" and row.parent_unit in units and row.rule not in elsewhere

    return [number for number, row in enumerate(round_.cascade) if theirs(row)]


def _item_texts(sheets: Sequence[MasterSheet]) -> dict[str, str]:
    """Return item number → its words, from the sheet of the cascade."""
    found: dict[str, str] = {}
    for sheet in sheets:
        if sheet.name.startswith(CASCADE_SHEET):
            for row in sheet.records():
                found[row_text(row[ITEM_NUMBER])] = row_text(row[ITEM_TEXT])
    return found
