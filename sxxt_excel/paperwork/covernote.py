"""报送说明: the note that goes with the papers to the superior body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.outputs.looks import NONE
from sxxt_excel.outputs.words import due_day, long_day, matter, moment, standing
from sxxt_excel.paperwork.draft import Draft, Sources, asked, common, overview
from sxxt_excel.paperwork.figures import EXPECTED, result_figures, rows_figure
from sxxt_excel.paperwork.paper import Grid
from sxxt_excel.waivers import EXTENDED, concerns
from sxxt_excel.wording.numerals import spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.outcome import Expected
    from sxxt_excel.result import Round

__all__ = ["cover_note"]

_ATTACHED = "I119"


def cover_note(sources: Sources) -> Draft:
    """Return the note that goes with the papers to the superior body."""
    round_ = sources.last.round_
    figures = result_figures(round_)
    pairs = asked(round_)
    missing = _missing(round_)
    each = tuple(_each(round_, *pair) for pair in pairs)
    rows = [(number, round_.expected[number]) for number in missing]
    late = tuple(
        (row.unit, _titled(row), due_day([row], round_.settings), _why(sources, row))
        for _, row in rows
    )
    values = {
        **common(sources),
        **figures,
        "未报材料": rows_figure("未报材料", "到期没有报的材料（份）", EXPECTED, missing),
        "各表": [grid.name for grid in each],
        "层次": [spell(number) for number in range(1, len(each) + 1)],
    }
    grids = (
        overview(round_, pairs),
        Grid("未报材料", ("单位", "材料", "截止日", "原因"), (16, 18, 12, 18), late),
        Grid("说明情况", ("单位", "要求说明的内容", "单位的说明"), (14, 24, 24), _said(round_)),
        *each,
    )
    return Draft(values, grids)


def _missing(round_: Round) -> list[int]:
    rows = enumerate(round_.expected)
    return [number for number, row in rows if row.owed and row.status == "missing"]


def _titled(row: Expected) -> str:
    whose = row.filer or row.subject
    return matter(row.packet, row.period) + (f"（{whose}）" if whose else "")


def _why(sources: Sources, row: Expected) -> str:
    """Return why something has not come; reasons of persons stay in the roster."""
    round_ = sources.last.round_
    waivers = (w for w in round_.roster.waivers if w.unit == row.unit_code and w.kind == EXTENDED)
    duties = [
        duty
        for duty in round_.regime.obligations
        if (duty.packet, duty.serves) == (row.packet, row.obligations)
    ]
    extended = next(
        (w.until for w in waivers if w.until and any(concerns(w, d, row.period) for d in duties)),
        None,
    )
    mine = [f for f in round_.files if f.unit_code == row.unit_code]
    unread = {f.packet for f in mine if f.status == "unreadable"}
    scans = {f.where.path for f in round_.findings if f.code == _ATTACHED}
    scanned = any(f.path in scans and f.packet == row.packet for f in mine)
    if extended is not None:
        return f"准予延期至{long_day(extended)}"
    if row.packet in unread:
        return "报来的文件打不开，已请重报"
    if scanned:
        return "只报了扫描件或文档，已请补报工作簿"
    if row.unit_code in sources.answers:
        return sources.answers[row.unit_code]
    return "报来的文件有打不开的，已请重报" if None in unread else "尚未说明原因"


def _said(round_: Round) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            f.where.unit or NONE,
            f.message,
            f"{f.explanation.text}（{by}）" if by else f.explanation.text,
        )
        for f in round_.findings
        if f.explanation is not None
        for by in [f.explanation.by]
    )


def _each(round_: Round, packet: str, period: str) -> Grid:
    """Return the table of one packet: how each unit stands."""
    rows: dict[str, list[Expected]] = {}
    for row in round_.expected:
        if row.owed and (row.packet, row.period) == (packet, period):
            rows.setdefault(row.unit_code, []).append(row)
    came = {code: max(e.received_at or "" for e in group) for code, group in rows.items()}
    lines = tuple(
        (
            number,
            group[0].unit,
            moment(came[code]) or NONE,
            standing(group),
            _verdict(group),
        )
        for number, (code, group) in enumerate(rows.items(), 1)
    )
    heads = ("序号", "单位", "收到时间", "报送情况", "审核情况")
    return Grid(matter(packet, period), heads, (5, 20, 16, 14, 12), lines)


def _verdict(rows: Sequence[Expected]) -> str:
    came = [row for row in rows if row.arrived]
    if not came:
        return NONE
    if not all(row.accepted for row in came):
        return "待修改"
    whole = all(row.arrived or row.status == "excused" for row in rows)
    return "审核通过" if whole else "部分审核通过"
