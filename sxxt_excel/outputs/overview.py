"""总览: the summary, figures a packet, findings a family, two charts, what changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sxxt_excel.codes import FAMILIES, OVERDUE
from sxxt_excel.model.severity import SEVERITIES, SEVERITY_WORDS
from sxxt_excel.outcome import EXPECTED_WORDS
from sxxt_excel.outputs.words import (
    due_of,
    long_day,
    matter,
    matters,
    registers_said,
    standings,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.outcome import ExpectedStatus
    from sxxt_excel.outputs.bulk import Book
    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Round

    _Standings = Mapping[tuple[str, str], Mapping[str, ExpectedStatus]]


from sxxt_excel.outputs.looks import GREY, LINE, NONE
from sxxt_excel.outputs.page import Page

# ---- 总览 ---------------------------------------------------------------------------

_STATUSES: tuple[ExpectedStatus, ...] = (
    "on_time", "late", "returned", "missing", "not_due", "excused",
)  # fmt: skip
_FIGURES = ("应报", *("按时", "逾期", "待改", "未报", "未到期", "免报"), "按时率")
_BAR_COLOURS = ("#70AD47", "#FFC000", "#ED7D31", "#C00000", "#D9D9D9", "#A6A6A6")
_SEVERITY_COLOURS = ("#C00000", "#FFC000", "#BFBFBF")
_OVERVIEW = "总览"
_ROW_PIXELS = 20
_CHART_PIXELS, _FEW_BARS, _BAR_PIXELS = 290, 7, 24
_FIGURES_NOTE = (
    "应报不含准予免报；按时率＝按时÷（应报－未到期）；已报待改的不算按时。"
    "同一单位分人报送的，有一人未报即列为未报。"
)
_OVERVIEW_WIDTHS = (38.0, *(11.5,) * 9)


@dataclass(frozen=True, slots=True)
class _Area:
    """Figures on 总览 that a chart draws: first row (from 0), rows, the most in one row."""

    first: int
    rows: int
    most: int


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the charts stand side by side: first row (from 0), and how many pixels high."""

    row: int
    height: int


def write_overview(book: Book, round_: Round, since: Mapping[str, Any] | None) -> None:
    """Write 总览; `since` is what changed since the last run, None at the first."""
    title = f"{round_.settings.year}年报送情况总览"
    sheet = book.sheet(_OVERVIEW, round_.settings.name, one_page=True, upright=True)
    page = Page(book, sheet, _OVERVIEW_WIDTHS)
    page.across(title, "title", 18)
    about = (
        f"依据《{round_.regime.document}》",
        f"截至{long_day(round_.today)}",
        round_.settings.marking,
    )
    page.across("　　".join(filter(None, about)), "subtitle")
    page.skip()
    page.across(summary(round_), "lead", 13)
    if round_.kept:
        page.across(registers_said(round_.registers), "paragraph")
    page.skip()
    top = page.row
    standing, counted = _standings(round_), _counted(round_)
    height = _height(max(len(standing), len(counted)))
    page.row += height // _ROW_PIXELS + 2
    arrival = _arrival_figures(page, round_, standing)
    page.skip()
    families = _family_figures(page, round_, counted)
    page.skip()
    _changed(page, since)
    _charts(book, sheet, _Room(top, height), arrival, families)


def _standings(round_: Round) -> _Standings:
    """Return how each unit stands in each packet and period that somebody owes."""
    every = {pair: standings(round_, *pair) for pair in matters(round_)}
    return {pair: units for pair, units in every.items() if units}


def _arrival_figures(page: Page, round_: Round, standing: _Standings) -> _Area:
    """Write the figures of each packet and period; return where they stand."""
    page.across("一、各项材料报送情况（单位：家）", "section", 12)
    page.line(("材料", "截止日", *_FIGURES), "heading")
    area = _Area(page.row, len(standing), max(map(len, standing.values()), default=0))
    for (packet, period), units in standing.items():
        figures = standing_figures(units, _STATUSES)
        looks = ["text", *["centre"] * len(figures), "rate"]
        page.line([matter(packet, period), due_of(round_, packet, period), *figures], looks)
    if not standing:
        page.across("没有应报材料。", "empty")
    page.across(_FIGURES_NOTE, "remark")
    for packet, period in standing:
        page.across(f"{matter(packet, period)}：{summary(round_, packet, period)}", "paragraph")
    return area


def standing_figures(
    units: Mapping[str, ExpectedStatus], shown: Sequence[ExpectedStatus]
) -> list[Cell]:
    """Return how many units owe something, how many stand each way, and the rate on time.

    Args:
        units: how each unit stands in one packet and period.
        shown: the standings that have a figure of their own, in their order.
    """
    number = Counter(units.values())
    owing = len(units) - number["excused"]
    due_now = owing - number["not_due"]
    rate: Cell = number["on_time"] / due_now if due_now else NONE
    return [owing, *(number[status] for status in shown), rate]


def _counted(round_: Round) -> dict[str, list[int]]:
    """Return how many findings of each weight there are of each family that has any."""
    number = Counter((found.family, found.severity) for found in round_.findings)
    counted = {name: [number[key, s] for s in SEVERITIES] for key, name in FAMILIES}
    return {name: row for name, row in counted.items() if any(row)}


def _family_figures(page: Page, round_: Round, counted: Mapping[str, list[int]]) -> _Area:
    """Write how many findings of each family there are; return where they stand."""
    page.across("二、审核意见（单位：条）", "section", 12)
    page.line(("类别", *(SEVERITY_WORDS[s] for s in SEVERITIES), "合计"), "heading")
    area = _Area(page.row, len(counted), max(map(sum, counted.values()), default=0))
    for name, row in counted.items():
        page.line([name, *row, sum(row)], ["text", *["centre"] * (len(row) + 1)])
    if counted:
        totals = [sum(column) for column in zip(*counted.values(), strict=True)]
        page.line(["合计", *totals, sum(totals)], "heading")
        _overdue(page, round_)
    else:
        page.across("本次没有审核意见。", "empty")
    return area


def _overdue(page: Page, round_: Round) -> None:
    """Say how many matters are overdue, and where they are listed."""
    overdue = [found for found in round_.findings if found.code == OVERDUE]
    if overdue:
        units = len({found.where.unit_code for found in overdue})
        where = f"见“审核意见”，按编号{OVERDUE}筛选"
        page.across(f"逾期未完成的事项{len(overdue)}项，涉及{units}家单位，{where}。", "remark")


def _changed(page: Page, since: Mapping[str, Any] | None) -> None:
    page.across("三、与上次相比", "section", 12)
    if since is None:
        page.across("首次汇总，没有上次结果可比。", "paragraph")
        return
    page.line(("自上次汇总以来", "数量"), "heading")
    for words, name in (
        ("新收到（份）", "arrived"),
        ("新审核通过（份）", "accepted"),
        ("已消除的审核意见（条）", "gone"),
        ("新增的审核意见（条）", "new"),
    ):
        page.line((words, since[name]), ("text", "centre"))
    page.across(f"上次汇总截至{since['as_of'] or '（日期不详）'}。", "remark")


def _charts(book: Book, sheet: Any, room: _Room, arrival: _Area, families: _Area) -> None:  # noqa: ANN401
    """Put the two charts side by side, where there is something to draw."""
    if arrival.rows:
        chart = book.chart(_BARS)
        for place, (status, colour) in enumerate(zip(_STATUSES, _BAR_COLOURS, strict=True)):
            chart.add_series(_series(arrival, 3 + place, EXPECTED_WORDS[status], colour))
        _insert(sheet, (0, 590), room, chart, "各项材料报送情况（家）", arrival)
    if families.rows:
        chart = book.chart(_BARS)
        colours = zip(SEVERITIES, _SEVERITY_COLOURS, strict=True)
        for place, (severity, colour) in enumerate(colours, 1):
            chart.add_series(_series(families, place, SEVERITY_WORDS[severity], colour))
        _insert(sheet, (5, 426), room, chart, "审核意见（条）", families)


def _insert(  # noqa: PLR0913, PLR0917 - what a chart is drawn with
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    place: tuple[int, int],
    room: _Room,
    chart: Any,  # noqa: ANN401
    title: str,
    area: _Area,
) -> None:
    column, width = place
    # Bars from the top down, as in the table, each with its name beside it.
    chart.set_y_axis({"reverse": True, "crossing": "max", "interval_unit": 1, **_AXIS})
    chart.set_x_axis(_value_axis(area))
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_size({"width": width, "height": room.height})
    chart.set_chartarea({"border": {"color": LINE}})
    sheet.insert_chart(room.row, column, chart, {"object_position": 2})


def _height(bars: int) -> int:
    """Return how many pixels a chart needs for the name of each bar to be readable."""
    return _CHART_PIXELS + max(0, bars - _FEW_BARS) * _BAR_PIXELS


_BARS: Mapping[str, str] = MappingProxyType({"type": "bar", "subtype": "stacked"})
_AXIS: Mapping[str, object] = MappingProxyType({"num_font": {"size": 9}, "line": {"color": LINE}})
_FEW = 10


def _value_axis(area: _Area) -> dict[str, object]:
    """Return an axis of whole numbers: units and findings have no halves."""
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    axis: dict[str, object] = {**_AXIS, "major_gridlines": lines, "num_format": "0", "min": 0}
    return axis | ({"major_unit": 1} if area.most <= _FEW else {})


def _series(area: _Area, column: int, words: str, colour: str) -> dict[str, object]:
    last = area.first + area.rows - 1
    return {
        "name": words,
        "categories": [_OVERVIEW, area.first, 0, last, 0],
        "values": [_OVERVIEW, area.first, column, last, column],
        "fill": {"color": colour},
        "border": {"color": GREY, "width": 0.5},
        "gap": 60,
    }
