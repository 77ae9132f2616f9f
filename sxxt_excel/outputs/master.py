"""A round → 汇总/总台账.xlsx: figures, lists for the telephone and the file, findings, rows.

Each sheet is made as a `Table` of columns by one function; 总览 and 口径说明 are laid out by
hand. Equal rounds give equal bytes.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from sxxt_excel.codes import FAMILIES
from sxxt_excel.faces.sheet import Fonts
from sxxt_excel.model import (
    CASCADE_WORDS,
    COUNT_WORDS,
    EXPECTED_WORDS,
    FILE_WORDS,
    SEVERITIES,
    SEVERITY_WORDS,
)
from sxxt_excel.outputs.bulk import (
    MOST_LINKS,
    Book,
    Column,
    Link,
    Print,
    Table,
    height_of,
    lines_of,
)
from sxxt_excel.outputs.words import (
    long_day,
    matter,
    matters,
    moment,
    period_words,
    rule_titles,
    standings,
    summary,
    unit_status,
)
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.relations import in_charge
from sxxt_excel.result import FILER, LAST_DAY, PATH, PERIOD, ROW, SHEET, STATUS, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.model import Expected, ExpectedStatus, FileRow, Finding, Form, Unit
    from sxxt_excel.outputs.bulk import Cell
    from sxxt_excel.result import Round

_SIZE = 10
"""The size of plain text, in points."""
_EPOCH = date(1899, 12, 30)
_LINE = "#A6A6A6"
_ACCENT = "#8C1D18"
_GREY = "#7F7F7F"
_NONE = "—"
_NOT_FILED = "待改后登记"
_BACK = "·退回"
"""Suffix of the looks in which rows of a returned workbook stand."""

# ---- looks -------------------------------------------------------------------------

_BORDER = MappingProxyType({"border": 1, "border_color": _LINE})
_BOX = MappingProxyType({"valign": "vcenter", "text_wrap": True, **_BORDER})
_CENTRE = MappingProxyType({**_BOX, "align": "center"})
_DATE = MappingProxyType({**_CENTRE, "num_format": "yyyy-mm-dd"})
_RETURNED = MappingProxyType({"italic": True, "font_color": _GREY, "bg_color": "#F5F5F5"})
_ROW_LOOKS: Mapping[str, Mapping[str, object]] = {"text": _BOX, "centre": _CENTRE, "date": _DATE}
# Words say what the fills say: a black-and-white print loses nothing.
_FILLS: Mapping[str, str] = MappingProxyType({
    "on_time": "#E2EFDA", "late": "#FFF2CC", "returned": "#FCE4D6", "missing": "#F8CBAD",
    "not_due": "#FFFFFF", "excused": "#EDEDED",
    "must": "#F8CBAD", "query": "#FFF2CC", "note": "#FFFFFF",
    "good": "#E2EFDA", "warn": "#FFF2CC", "plain": "#FFFFFF",
})  # fmt: skip
_LOOKS: Mapping[str, Mapping[str, object]] = MappingProxyType({
    **_ROW_LOOKS,
    **{f"{name}{_BACK}": {**look, **_RETURNED} for name, look in _ROW_LOOKS.items()},
    **{name: {**_CENTRE, "bg_color": fill} for name, fill in _FILLS.items()},
    "missing": {**_CENTRE, "bg_color": _FILLS["missing"], "bold": True},
    "link": {**_BOX, "font_color": "#1F4E79", "underline": 1},
    "link centre": {**_CENTRE, "font_color": "#1F4E79", "underline": 1},
    "heading": {**_CENTRE, "bold": True, "bg_color": "#EDEDED"},
    "empty": {**_CENTRE, "font_color": _GREY},
    "rate": {**_CENTRE, "num_format": "0.0%"},
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
    "subtitle": {"align": "center", "valign": "vcenter", "font_color": "#595959"},
    "lead": {"bold": True, "font_size": 13, "valign": "vcenter", "text_wrap": True,
             "bg_color": "#F5E1DF", "indent": 1, **_BORDER},
    "section": {"bold": True, "font_size": 12, "font_color": _ACCENT, "valign": "vcenter"},
    "remark": {"font_size": 9, "font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "paragraph": {"valign": "vcenter", "text_wrap": True},
})  # fmt: skip
_IN_TITLE_FONT = frozenset({"title", "section", "heading"})


def write_master(round_: Round, path: Path, previous: Mapping[str, Any] | None = None) -> None:
    """Write the master workbook of a round.

    Args:
        round_: what the pass found.
        path: the file; one that stands there is replaced in one move.
        previous: the last run's result.json, for what changed since; None at the first run.

    Raises:
        OSError: the file cannot be written (it is open in Excel, the disk is full).
    """
    fonts = Fonts(**{k: v for k, v in round_.settings.fonts.items() if k in Fonts.__slots__})
    page = Print(
        head=round_.settings.marking,
        foot=f"截至{long_day(round_.today)}",
        body=fonts.body,
        title=fonts.heading,
    )
    looks = {
        name: {"font_size": _SIZE, **_family(name, fonts), **look} for name, look in _LOOKS.items()
    }
    book = Book(looks, page, datetime.combine(round_.today, time()))
    _overview(book, round_, previous)
    findings, unlinked = _findings(round_, path)
    for table in (
        _arrivals(round_),
        _calls(round_),
        _filings(round_),
        findings,
        _cascade(round_),
        _counts(round_),
        *_forms(round_),
    ):
        book.table(table)
    _notes(book, round_, unlinked)
    book.save(path)


def _family(look: str, fonts: Fonts) -> dict[str, object]:
    return {"font_name": fonts.heading if look in _IN_TITLE_FONT else fonts.body}


# ---- 总览 ---------------------------------------------------------------------------

_STATUSES: tuple[ExpectedStatus, ...] = (
    "on_time", "late", "returned", "missing", "not_due", "excused",
)  # fmt: skip
_FIGURES = ("应报", *("按时", "逾期", "待改", "未报", "未到期", "免报"), "按时率")
_BAR_COLOURS = ("#70AD47", "#FFC000", "#ED7D31", "#C00000", "#D9D9D9", "#A6A6A6")
_SEVERITY_COLOURS = ("#C00000", "#FFC000", "#BFBFBF")
_OVERVIEW = "总览"
_CHART_ROWS = 15
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


def _overview(book: Book, round_: Round, previous: Mapping[str, Any] | None) -> None:
    title = f"{round_.settings.year}年报送情况总览"
    sheet = book.sheet(_OVERVIEW, round_.settings.name, one_page=True)
    page = _Page(book, sheet, _OVERVIEW_WIDTHS)
    page.across(title, "title", 18)
    about = (
        f"依据《{round_.regime.document}》",
        f"截至{long_day(round_.today)}",
        round_.settings.marking,
    )
    page.across("　　".join(about), "subtitle")
    page.skip()
    page.across(summary(round_), "lead", 13)
    page.skip()
    charts = page.row
    page.row += _CHART_ROWS + 1
    arrival = _arrival_figures(page, round_)
    page.skip()
    families = _family_figures(page, round_)
    page.skip()
    _changed(page, round_, previous)
    _charts(book, sheet, charts, arrival, families)


def _arrival_figures(page: _Page, round_: Round) -> _Area:
    """Write the figures of each packet and period; return where they stand."""
    page.across("一、各项材料报送情况（单位：家）", "section", 12)
    page.line(("材料", "截止日", *_FIGURES), "heading")
    standing = {pair: standings(round_, *pair) for pair in matters(round_)}
    standing = {pair: units for pair, units in standing.items() if units}
    area = _Area(page.row, len(standing), max(map(len, standing.values()), default=0))
    for (packet, period), units in standing.items():
        number = Counter(units.values())
        owing = len(units) - number["excused"]
        due_now = owing - number["not_due"]
        rate: Cell = number["on_time"] / due_now if due_now else _NONE
        figures: list[Cell] = [owing, *(number[status] for status in _STATUSES), rate]
        looks = ["text", *["centre"] * len(figures), "rate"]
        page.line([matter(packet, period), _due(round_, packet, period), *figures], looks)
    if not standing:
        page.across("没有应报材料。", "empty")
    page.across(_FIGURES_NOTE, "remark")
    for packet, period in standing:
        page.across(f"{matter(packet, period)}：{summary(round_, packet, period)}", "paragraph")
    return area


def _due(round_: Round, packet: str, period: str) -> str:
    days = {e.due for e in round_.expected if (e.packet, e.period) == (packet, period) and e.due}
    return min(days)[:10] if days else "未定"


def _family_figures(page: _Page, round_: Round) -> _Area:
    """Write how many findings of each family there are; return where they stand."""
    page.across("二、审核意见（单位：条）", "section", 12)
    page.line(("类别", *(SEVERITY_WORDS[s] for s in SEVERITIES), "合计"), "heading")
    number = Counter((found.code[0], found.severity) for found in round_.findings)
    counted = {name: [number[key, s] for s in SEVERITIES] for key, name in FAMILIES}
    counted = {name: row for name, row in counted.items() if any(row)}
    area = _Area(page.row, len(counted), max(map(sum, counted.values()), default=0))
    for name, row in counted.items():
        page.line([name, *row, sum(row)], ["text", *["centre"] * (len(row) + 1)])
    if counted:
        totals = [sum(column) for column in zip(*counted.values(), strict=True)]
        page.line(["合计", *totals, sum(totals)], "heading")
    else:
        page.across("本次没有审核意见。", "empty")
    return area


def _changed(page: _Page, round_: Round, previous: Mapping[str, Any] | None) -> None:
    page.across("三、与上次相比", "section", 12)
    if previous is None:
        page.across("首次汇总，没有上次结果可比。", "paragraph")
        return
    arrived, accepted = _fresh(round_, previous)
    now = Counter(_finding_key(f) for f in round_.to_json()["findings"])
    before = Counter(_finding_key(f) for f in previous.get("findings", ()))
    page.line(("自上次汇总以来", "数量"), "heading")
    for words, number in (
        ("新收到（份）", arrived),
        ("新审核通过（份）", accepted),
        ("已消除的审核意见（条）", (before - now).total()),
        ("新增的审核意见（条）", (now - before).total()),
    ):
        page.line((words, number), ("text", "centre"))
    page.across(f"上次汇总截至{previous.get('as_of', '（日期不详）')}。", "remark")


def _fresh(round_: Round, previous: Mapping[str, Any]) -> tuple[int, int]:
    """Count what arrived, and what was accepted, of the expected since the last run."""
    old = {_expected_key(row): row for row in previous.get("expected", ())}
    rows = [(row, old.get(_expected_key(row), {})) for row in round_.to_json()["expected"]]
    return (
        sum(bool(row["arrived"]) and not was.get("arrived") for row, was in rows),
        sum(row["accepted"] is True and was.get("accepted") is not True for row, was in rows),
    )


def _expected_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("obligation", "unit_code", "filer", "subject", "packet", "period")
    return tuple(row.get(name) for name in names)


def _finding_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    # A finding stays the same one when its file was sent again under another name.
    names = ("code", "unit", "filer", "form", "sheet", "cell", "field", "row_key", "message")
    return (*(row.get(name) for name in names), None if row.get("unit") else row.get("path"))


def _charts(book: Book, sheet: Any, row: int, arrival: _Area, families: _Area) -> None:  # noqa: ANN401
    """Put the two charts side by side from that row on, where there is something to draw."""
    if arrival.rows:
        chart = book.chart({"type": "column", "subtype": "stacked"})
        for place, (status, colour) in enumerate(zip(_STATUSES, _BAR_COLOURS, strict=True)):
            chart.add_series(_series(arrival, 3 + place, EXPECTED_WORDS[status], colour))
        chart.set_y_axis(_value_axis(arrival))
        chart.set_x_axis(dict(_AXIS))
        _insert(sheet, (row, 0), chart, "各项材料报送情况（家）", 590)
    if families.rows:
        bars = book.chart({"type": "bar", "subtype": "stacked"})
        colours = zip(SEVERITIES, _SEVERITY_COLOURS, strict=True)
        for place, (severity, colour) in enumerate(colours, 1):
            bars.add_series(_series(families, place, SEVERITY_WORDS[severity], colour))
        # From the top down, as in the table, and the figures below.
        bars.set_y_axis({"reverse": True, "crossing": "max", **_AXIS})
        bars.set_x_axis(_value_axis(families))
        _insert(sheet, (row, 5), bars, "审核意见（条）", 426)


def _insert(sheet: Any, at: tuple[int, int], chart: Any, title: str, width: int) -> None:  # noqa: ANN401
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_size({"width": width, "height": 290})
    chart.set_chartarea({"border": {"color": _LINE}})
    sheet.insert_chart(*at, chart, {"object_position": 2})


_AXIS: Mapping[str, object] = MappingProxyType({"num_font": {"size": 9}, "line": {"color": _LINE}})
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
        "border": {"color": _GREY, "width": 0.5},
        "gap": 60,
    }


class _Page:
    """A sheet laid out by hand, from the top down; `row` is the next free row, from 0."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[float]) -> None:  # noqa: ANN401
        self._looks = book.looks
        self._sheet = sheet
        self._widths = widths
        self.row = 0
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def across(self, text: str, look: str, size: float = _SIZE) -> None:
        """Write one text over the whole width, in a font of that size."""
        self._merged(0, text, look)
        height = height_of(lines_of(text, sum(self._widths) * _SIZE / size))
        self._sheet.set_row(self.row, height * size / _SIZE)
        self.row += 1

    def line(
        self, values: Sequence[Cell], look: str | Sequence[str], *, join: bool = False
    ) -> None:
        """Write one row of texts and figures; `join` gives the last one the rest of the width."""
        looks = [look] * len(values) if isinstance(look, str) else look
        last = len(values) - 1
        widths = list(self._widths[: last + 1])
        if join:
            widths[last] = sum(self._widths[last:])
        for column, (value, name) in enumerate(zip(values, looks, strict=True)):
            if not isinstance(value, str):
                self._sheet.write_number(self.row, column, value, self._looks[name])
            elif join and column == last:
                self._merged(column, value, name)
            else:
                self._sheet.write_string(self.row, column, value, self._looks[name])
        lines = [
            lines_of(v, w) if isinstance(v, str) else 1 for v, w in zip(values, widths, strict=True)
        ]
        self._sheet.set_row(self.row, height_of(max(lines)))
        self.row += 1

    def skip(self) -> None:
        """Leave one row free."""
        self.row += 1

    def _merged(self, column: int, text: str, look: str) -> None:
        last = len(self._widths) - 1
        if column < last:
            self._sheet.merge_range(self.row, column, self.row, last, "", self._looks[look])
        self._sheet.write_string(self.row, column, text, self._looks[look])


# ---- 报送情况、催报电话单 ------------------------------------------------------------


def _arrivals(round_: Round) -> Table:
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
    return Table("报送情况", title, columns, frozen=2, empty="没有应报单位。")


def _standing(rows: Sequence[Expected]) -> str:
    """Say how a unit stands; of several workbooks, also how many came."""
    if not rows:
        return _NONE
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


def _calls(round_: Round) -> Table:
    owing: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in round_.expected:
        if row.status in {"missing", "returned"}:
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
        Column("分管（联系）校领导", 16, [_leaders(round_, unit) for unit in units], "centre"),
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


# ---- 清单备案登记 -------------------------------------------------------------------

_ON_TIME = MappingProxyType({"on_time": "按时", "late": "逾期"})
_FILING_HEADS = (
    ("备案编号", 20, "centre"), ("单位", 24, "text"), ("责任主体", 14, "centre"),
    ("清单", 14, "centre"), ("项目数", 8, "centre"), ("背书日期", 13, "date"),
    ("报送时间", 18, "centre"), ("时限", 13, "centre"), ("是否按时", 10, "centre"),
    ("退回次数", 10, "centre"),
)  # fmt: skip


def _filings(round_: Round) -> Table:
    rows = list(_filing_rows(round_))
    back = [row[0] == _NOT_FILED for row in rows]
    columns = tuple(
        Column(head, width, [row[place] for row in rows], _row_looks(look, back))
        for place, (head, width, look) in enumerate(_FILING_HEADS)
    )
    title = f"{round_.settings.year}年清单备案登记"
    return Table("清单备案登记", title, columns, 2, empty="尚无审核通过的清单，没有可登记的。")


def _filing_rows(round_: Round) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each unit, filer and list whose workbook arrived, numbered in a unit."""
    signed = {packet: rule.form for rule in round_.regime.signoffs for packet in rule.packets}
    lists = {p: [f for f in round_.regime.sheets(p) if f.key] for p in signed}
    sizes = {form.id: _sizes(round_, form.id) for forms in lists.values() for form in forms}
    days = {form: _signed_days(round_, form) for form in set(signed.values())}
    expected = {(row.path, row.packet): row for row in round_.expected if row.path}
    returned = _times_returned(round_)
    numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
    for file in _list_files(round_, signed):
        packet, code = file.packet or "", file.unit_code or ""
        row = expected.get((file.path, packet))
        received = row.received_at if row and row.received_at else file.receipt.at
        filers = dict.fromkeys(
            who for form in lists[packet] for who in sizes[form.id].get(file.path, ())
        )
        for filer, form in ((who, form) for who in filers for form in lists[packet]):
            items = sizes[form.id].get(file.path, {}).get(filer, 0)
            if not items:
                continue
            accepted = file.status == "accepted"
            yield (
                f"{code}-{round_.settings.year}-BA-{next(numbers[code]):02d}"
                if accepted
                else _NOT_FILED,
                file.unit or code,
                filer,
                form.id,
                items,
                days[signed[packet]].get((file.path, filer)),
                moment(received),
                (row.due or "")[:10] if row else "",
                _ON_TIME.get(row.arrived or "", _NONE) if row else _NONE,
                returned[_whose(file)],
            )


def _list_files(round_: Round, packets: Mapping[str, str]) -> list[FileRow]:
    files = [
        f for f in round_.files if f.packet in packets and f.status in {"accepted", "returned"}
    ]
    order = {unit.code: place for place, unit in enumerate(round_.roster.units)}
    ranks = {packet: place for place, packet in enumerate(packets)}
    return sorted(
        files,
        key=lambda f: (
            order.get(f.unit_code or "", len(order)),
            ranks[f.packet or ""],
            f.period or "",
            f.path,
        ),
    )


def _sizes(round_: Round, form: str) -> dict[str, dict[str, int]]:
    """Return path → filer → number of rows of a form, in the order of the rows."""
    frame = round_.tables.get(form)
    sizes: dict[str, dict[str, int]] = {}
    if frame is not None and len(frame):
        groups = frame.groupby([PATH, FILER], sort=False, dropna=False).size()
        for (path, filer), number in zip(groups.index, groups.tolist(), strict=True):
            sizes.setdefault(str(path), {})["" if pd.isna(filer) else str(filer)] = number
    return sizes


def _signed_days(round_: Round, form: str) -> dict[tuple[str, str], Cell]:
    """Return (path, filer) → the day of the signature as Excel counts days."""
    frame = round_.tables.get(form)
    day = next((field.name for field in round_.regime.form(form).of_kind("date")), None)
    if frame is None or day not in frame:
        return {}
    keys = zip(frame[PATH].tolist(), frame[FILER].tolist(), strict=True)
    return dict(zip(keys, _values(frame[day]), strict=True))


def _times_returned(round_: Round) -> Counter[tuple[object, ...]]:
    """Count the earlier workbooks that went back, by whose and which they were."""
    faulty = {found.where.path for found in round_.findings if found.severity == "must"}
    return Counter(
        _whose(file) for file in round_.files if file.status == "superseded" and file.path in faulty
    )


def _whose(file: FileRow) -> tuple[object, ...]:
    return file.unit_code, file.packet, file.period, file.filers


# ---- 审核意见 -----------------------------------------------------------------------

_CELL_REF = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?")
# What Excel itself escapes in the path of a link; Chinese names stand as they are.
_NOT_IN_A_PATH = re.compile(r'[\s"#%<>?\[\\\]^`{|}]')
_FILE_COLUMN, _CELL_COLUMN = 5, 7


def _findings(round_: Round, path: Path) -> tuple[Table, int]:
    """Return the sheet of all findings, and how many links did not fit on it."""
    findings = round_.findings
    links, unlinked = _links(round_, path)
    linked = {(link.row, link.column) for link in links}

    def column(
        heading: str, width: float, of: Callable[[Finding], str | None], look: str = "text"
    ) -> Column:
        return Column(heading, width, [of(found) for found in findings], look)

    def linkable(
        heading: str, width: float, place: int, of: Callable[[Finding], str | None]
    ) -> Column:
        plain, live = ("text", "link") if place == _FILE_COLUMN else ("centre", "link centre")
        looks = [live if (row, place) in linked else plain for row in range(len(findings))]
        return Column(heading, width, [of(found) for found in findings], looks)

    columns = (
        Column("序号", 7, range(1, len(findings) + 1), "centre"),
        Column(
            "程度",
            9,
            [SEVERITY_WORDS[f.severity] for f in findings],
            [f.severity for f in findings],
        ),
        column("编号", 8, lambda f: f.code, "centre"),
        column("单位", 20, lambda f: f.where.unit),
        column("责任主体", 12, lambda f: f.where.filer, "centre"),
        linkable("文件", 34, _FILE_COLUMN, lambda f: f.where.path),
        column("工作表", 14, lambda f: f.where.sheet or f.where.form, "centre"),
        linkable("单元格", 10, _CELL_COLUMN, lambda f: f.where.cell),
        column("列名", 14, lambda f: f.where.field, "centre"),
        column("发现的内容", 20, lambda f: f.got),
        column("问题", 38, lambda f: f.message),
        column("怎么改", 38, lambda f: f.remedy),
        column("依据", 24, lambda f: f.basis),
    )
    title = f"{round_.settings.year}年审核意见"
    return Table("审核意见", title, columns, 4, tuple(links), empty="本次没有审核意见。"), unlinked


def _links(round_: Round, path: Path) -> tuple[list[Link], int]:
    """Return links to each finding's file and cell, and how many more there would be."""
    paths = dict.fromkeys(found.where.path for found in round_.findings if found.where.path)
    targets = {name: _target(round_.inbox, name, path) for name in paths}
    links: list[Link] = []
    for row, where in enumerate(found.where for found in round_.findings):
        target, whole = targets.get(where.path or "", ("", False))
        if target:
            links.append(Link(row, _FILE_COLUMN, target))
        if whole and where.sheet and where.cell and _CELL_REF.fullmatch(where.cell):
            place = "'{}'!{}".format(where.sheet.replace("'", "''"), where.cell)
            links.append(Link(row, _CELL_COLUMN, target, place))
    return links[:MOST_LINKS], max(len(links) - MOST_LINKS, 0)


def _target(inbox: Path, path: str, master: Path) -> tuple[str, bool]:
    """Return the link from the master to a file of the inbox, and whether it is the file itself.

    A file in an archive opens the archive; one that is not in the inbox has no link.
    """
    for name in (path, path.partition("!")[0]):
        file = inbox / name
        if file.is_file() and file.resolve().is_relative_to(inbox.resolve()):
            return _uri(file, master.parent), name == path
    return "", False


def _uri(file: Path, folder: Path) -> str:
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:  # on another drive
        return file.resolve().as_uri()
    return _NOT_IN_A_PATH.sub(lambda found: quote(found[0]), relative.replace(os.sep, "/"))


# ---- 责任传导、次数核对 --------------------------------------------------------------

_CASCADE_LOOKS = MappingProxyType(
    {"taken_up": "good", "explained": "warn", "missing": "missing", "unchecked": "excused"}
)
_COUNT_LOOKS = MappingProxyType(
    {"met": "good", "short": "missing", "not_due": "plain", "unchecked": "excused"}
)


def _cascade(round_: Round) -> Table:
    rows, titles = round_.cascade, rule_titles(round_.regime)
    columns = (
        Column("规则", 36, [titles.get(row.rule, row.rule) for row in rows]),
        Column("上级单位", 22, [row.parent_unit for row in rows]),
        Column("责任主体", 14, [row.parent_filer for row in rows], "centre"),
        Column("项目编号", 20, [row.parent_key for row in rows], "centre"),
        Column("工作项目", 40, [row.parent_text for row in rows]),
        Column("情况", 11, [CASCADE_WORDS[row.status] for row in rows],
               [_CASCADE_LOOKS[row.status] for row in rows]),
        Column("承接项目", 36, ["、".join(row.children) for row in rows]),
    )  # fmt: skip
    title = f"{round_.settings.year}年责任传导情况"
    return Table("责任传导", title, columns, empty="没有需要逐级承接的项目。")


def _counts(round_: Round) -> Table:
    rows, titles = round_.counts, rule_titles(round_.regime)
    columns = (
        Column("规则", 40, [titles.get(row.rule, row.rule) for row in rows]),
        Column("单位", 26, [row.unit for row in rows]),
        Column("责任主体", 16, [row.filer for row in rows], "centre"),
        Column("时段", 16, [period_words(row.period) for row in rows], "centre"),
        Column("应有", 10, [_or_none(row.required) for row in rows], "centre"),
        Column("实有", 10, [_or_none(row.found) for row in rows], "centre"),
        Column("情况", 12, [COUNT_WORDS[row.status] for row in rows],
               [_COUNT_LOOKS[row.status] for row in rows]),
    )  # fmt: skip
    title = f"{round_.settings.year}年次数核对"
    return Table("次数核对", title, columns, 2, empty="没有需要核对次数的事项。")


def _or_none(number: int | None) -> Cell:
    return _NONE if number is None else number


# ---- one sheet a form --------------------------------------------------------------

_CENTRED = frozenset({"serial", "int", "number", "choice", "key", "ref", "filer", "person", "phone",
                      "unit", "year", "period", "signer", "limit"})  # fmt: skip
_DATE_WIDTH = 14


def _forms(round_: Round) -> Iterator[Table]:
    for form in round_.regime.forms:
        frame = round_.tables.get(form.id)
        rows = 0 if frame is None else len(frame)
        if form.id == COVER or (form.id == EXPLANATIONS and not rows):
            continue
        yield _form(form, pd.DataFrame() if frame is None else frame)


def _form(form: Form, frame: pd.DataFrame) -> Table:
    back = (_column(frame, STATUS) == "returned").tolist()
    text, centre = _row_looks("text", back), _row_looks("centre", back)
    columns = [
        Column("填报单位", 20, _values(_column(frame, UNIT)), text),
        Column("报告期", 13, _words(_column(frame, PERIOD), period_words), centre),
        Column("状态", 10, _words(_column(frame, STATUS), lambda s: FILE_WORDS.get(s, s)), centre),
        Column("来源文件", 26, _values(_column(frame, PATH)), text),
        Column("来源表", 14, _values(_column(frame, SHEET)), centre),
        Column("来源行", 8, _values(_column(frame, ROW)), centre),
    ]
    for field in form.fields:
        name = FILER if field.kind == "filer" and field.name not in frame else field.name
        series = _column(frame, name)
        days = pd.api.types.is_datetime64_any_dtype(series)
        look = "date" if days else "centre" if field.kind in _CENTRED else "text"
        width = max(field.width, _DATE_WIDTH) if days else field.width
        columns.append(Column(field.name, width, _values(series), _row_looks(look, back)))
        if field.kind == "limit":
            last = _values(_column(frame, f"{field.name}{LAST_DAY}"))
            heading = f"{field.name}（折算日期）"
            columns.append(Column(heading, _DATE_WIDTH, last, _row_looks("date", back)))
    return Table(form.id, f"{form.id}汇总", tuple(columns))


def _row_looks(look: str, back: Sequence[bool]) -> str | list[str]:
    """Return the look of a column, or of each of its rows where some were returned."""
    if not any(back):
        return look
    returned = f"{look}{_BACK}"
    return [returned if row else look for row in back]


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return frame[name] if name in frame else pd.Series([None] * len(frame), dtype=object)


def _words(series: pd.Series[Any], word: Callable[[str], str]) -> list[Cell]:
    said = {value: word(value) if isinstance(value, str) else "" for value in series.unique()}
    return [said[value] for value in series]


def _values(series: pd.Series[Any]) -> list[Cell]:
    """Return a column as texts, figures and blanks; days as Excel counts them."""
    known = series.notna()
    if pd.api.types.is_datetime64_any_dtype(series):
        series = (series - pd.Timestamp(_EPOCH)).dt.days.astype("Int64")
    values: list[Cell] = series.astype(object).where(known, None).tolist()
    return values


# ---- 口径说明 -----------------------------------------------------------------------

_NOTE_WIDTHS = (44.0, 34.0, 14.0, 52.0)
_MOST_UNITS = 60
_SEVERITY_NOTES = (
    ("须修改", "单位须改正后重报；改好之前，该份材料列为“已报待改”。"),
    ("需说明", "属笔误的请更正；情况属实的，在“情况说明”表中写明原因。"),
    ("供参考", "系统已处理或仅供阅知，不必修改。"),
    ("状态", "各汇总表中灰色斜体的行来自已报待改的材料，重报通过前仅供查阅。"),
    (
        "折算日期",
        "“完成时限”写成“三季度末”“年底前”等的，按其含义折算成最后一天；“长期坚持”等不折算。",
    ),
    (
        "收到时间",
        "以收件登记为准；没有登记的，依次按邮件、首次收到、压缩包内和文件自身的时间认定。",
    ),
)


def _notes(book: Book, round_: Round, unlinked: int) -> None:
    sheet = book.sheet("口径说明", f"{round_.settings.year}年汇总口径说明")
    page = _Page(book, sheet, _NOTE_WIDTHS)
    regime, rows = round_.regime, _unchecked(round_)
    about = (regime.cite(""), regime.issued, str(round_.settings.year), long_day(round_.today))
    _section(page, "一、依据", ("文件", "印发日期", "年度", "汇总截至"), [about])
    chosen = [(d.title, d.value, "默认" if d.default else "另定", d.note) for d in round_.decisions]
    _section(page, "二、制度没有写明、由党委办公室确定的口径",
             ("事项", "本次口径", "取值", "说明"), chosen)  # fmt: skip
    _section(page, "三、怎样看审核意见和各表", ("词语", "含义"), _explained(unlinked))
    _section(page, "四、未检事项（条件不具备，没有判定，不等于合格）",
             ("规则", "原因", "单位数", "单位"), rows)  # fmt: skip
    by_hand = [(item.title, regime.cite(item.basis)) for item in regime.manual]
    _section(page, "五、人工核对事项（由人核对，系统不作判定）", ("事项", "依据"), by_hand)


def _explained(unlinked: int) -> list[tuple[str, str]]:
    notes = list(_SEVERITY_NOTES)
    if unlinked:
        notes.append(
            (
                "链接",
                f"Excel每张表最多容纳{MOST_LINKS}个链接，《审核意见》后面有{unlinked}处没有加链接。",
            )
        )
    return notes


def _unchecked(round_: Round) -> list[tuple[str, str, str, str]]:
    titles = rule_titles(round_.regime)
    groups: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in round_.unchecked:
        groups[row.rule, row.because][row.unit] = None
    return [
        (titles.get(rule, rule), because, str(len(units)), _some(tuple(units)))
        for (rule, because), units in groups.items()
    ]


def _some(units: tuple[str, ...]) -> str:
    shown = "、".join(units[:_MOST_UNITS])
    return f"{shown}等" if len(units) > _MOST_UNITS else shown


def _section(page: _Page, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    page.across(title, "section", 12)
    if rows:
        page.line(heads, "heading", join=True)
    else:
        page.across("无。", "paragraph")
    for row in rows:
        page.line(row, "text", join=True)
    page.skip()
