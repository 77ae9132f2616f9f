"""What each paper says: the figures, names and tables that its template is filled in with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.expected import EXTENDED
from sxxt_excel.headings import CASCADE_SHEET, ITEM_NUMBER, ITEM_TEXT
from sxxt_excel.model import OWED
from sxxt_excel.outcome import EXPECTED_WORDS
from sxxt_excel.outputs.asof import office_name
from sxxt_excel.outputs.shares import leading
from sxxt_excel.outputs.tally import tally
from sxxt_excel.outputs.words import (
    long_day,
    matter,
    matters,
    moment,
    rule_titles,
    standings,
)
from sxxt_excel.paperwork.figures import (
    CASCADE,
    COUNTS,
    EXPECTED,
    FINDINGS,
    Figure,
    matter_figures,
    result_figures,
    rows_figure,
    since_figures,
    units_figure,
)
from sxxt_excel.paperwork.master import MasterSheet, row_text
from sxxt_excel.paperwork.paper import BRIEF, LETTER, Grid, Looks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sxxt_excel.outcome import CascadeRow, Expected
    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.paper import Cell
    from sxxt_excel.result import Round

__all__ = ["KINDS", "Draft", "Sources"]

_MOST_LINES, _MOST_LETTERS = 8, 56
"""What of a table, and of a list of names, stands on a summary's one page."""
_UNSAID = "C103"
_ATTACHED = "I119"
_NONE = "—"


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


# ---- what all of them say ---------------------------------------------------------------


def _common(sources: Sources) -> dict[str, object]:
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


def _asked(round_: Round) -> list[tuple[str, str]]:
    """Return every packet and period that some unit has to send."""
    return [pair for pair in matters(round_) if tally(round_.expected, *pair).owing]


def _due(round_: Round, packet: str, period: str) -> str:
    days = {e.due for e in round_.expected if (e.packet, e.period) == (packet, period) and e.due}
    return min(days)[:10] if days else "未定"


def _overview(round_: Round, pairs: Sequence[tuple[str, str]]) -> Grid:
    heads = ("应报", "已报", "按时", "逾期", "未报", "待修改")
    rows: list[tuple[Cell, ...]] = []
    for packet, period in pairs:
        figures = matter_figures(round_, packet, period)
        counted = (figures[head] for head in heads)
        rows.append((matter(packet, period), _due(round_, packet, period), *counted))
    return Grid(
        "各项材料",
        ("材料", "截止日", "应报", "实报", *heads[2:]),
        (28, 15, *(7,) * 5, 9),
        tuple(rows),
    )


# ---- 报送说明 ----------------------------------------------------------------------------


def cover_note(sources: Sources) -> Draft:
    """Return the note that goes with the papers to the superior body."""
    round_ = sources.last.round_
    figures = result_figures(round_)
    pairs = _asked(round_)
    missing = _missing(round_)
    each = tuple(_each(round_, *pair) for pair in pairs)
    rows = [(number, round_.expected[number]) for number in missing]
    late = tuple(
        (row.unit, _titled(row), (row.due or "")[:10] or "未定", _why(sources, row))
        for _, row in rows
    )
    values = {
        **_common(sources),
        **figures,
        "未报材料": rows_figure("未报材料", "到期没有报的材料（份）", EXPECTED, missing),
        "各表": [grid.name for grid in each],
    }
    grids = (
        _overview(round_, pairs),
        Grid("未报材料", ("单位", "材料", "截止日", "原因"), (16, 16, 9, 16), late),
        Grid("说明情况", ("单位", "要求说明的内容", "单位的说明"), (14, 24, 24), _said(round_)),
        *each,
    )
    return Draft(values, grids)


def _missing(round_: Round) -> list[int]:
    rows = enumerate(round_.expected)
    return [number for number, row in rows if row.duty == OWED and row.status == "missing"]


def _titled(row: Expected) -> str:
    whose = row.filer or row.subject
    return matter(row.packet, row.period) + (f"（{whose}）" if whose else "")


def _why(sources: Sources, row: Expected) -> str:
    """Return why something has not come; reasons of persons stay in the roster."""
    round_ = sources.last.round_
    waivers = (w for w in round_.roster.waivers if w.unit == row.unit_code and w.kind == EXTENDED)
    extended = next(
        (w.until for w in waivers if w.until and w.matter in {row.packet, "全部"}), None
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
            f.where.unit or _NONE,
            f.message,
            f"{f.explanation.text}（{by}）" if by else f.explanation.text,
        )
        for f in round_.findings
        if f.explanation is not None
        for by in [f.explanation.by]
    )


def _each(round_: Round, packet: str, period: str) -> Grid:
    """Return the table of one packet: how each unit stands."""
    status = standings(round_, packet, period)
    rows: dict[str, list[Expected]] = {}
    for row in round_.expected:
        if (row.packet, row.period, row.duty) == (packet, period, OWED):
            rows.setdefault(row.unit_code, []).append(row)
    came = {code: max(e.received_at or "" for e in group) for code, group in rows.items()}
    lines = tuple(
        (
            number,
            rows[code][0].unit,
            moment(came[code]) or _NONE,
            EXPECTED_WORDS[standing],
            _verdict(rows[code]),
        )
        for number, (code, standing) in enumerate(status.items(), 1)
    )
    heads = ("序号", "单位", "收到时间", "报送情况", "审核情况")
    return Grid(matter(packet, period), heads, (5, 24, 16, 11, 11), lines)


def _verdict(rows: Sequence[Expected]) -> str:
    came = [row for row in rows if row.arrived]
    if not came:
        return _NONE
    return "审核通过" if all(row.accepted for row in came) else "待修改"


# ---- 情况综述 ----------------------------------------------------------------------------


def survey(sources: Sources) -> Draft:
    """Return the paragraph of figures for a speech: units, what they rest on, and before."""
    last = sources.last
    round_ = last.round_
    before = sources.before
    values = {
        **_common(sources),
        **result_figures(round_),
        **_by_units(round_),
        "上次截至": _day_of(last.data.get("since")),
        **since_figures(last.data),
        "上年截至": long_day(before.round_.today) if before else "",
        "上年": _Named(result_figures(before.round_, "上年 result.json")) if before else None,
    }
    pairs = _asked(round_)
    return Draft(values, (_overview(round_, pairs),))


class _Named:
    """Figures that a template names as parts of something: 上年.应报."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures

    def __getattr__(self, name: str) -> Figure:
        try:
            return self._figures[name]
        except KeyError as error:
            raise AttributeError(name) from error


def _day_of(since: Mapping[str, str] | None) -> str:
    return long_day(date.fromisoformat(since["as_of"])) if since and since.get("as_of") else ""


def _by_units(round_: Round) -> dict[str, Figure]:
    """Return what is counted of findings, counts and cascades by units, by name."""
    musts = [n for n, f in enumerate(round_.findings) if f.severity == "must" and f.where.unit]
    asked = [
        n for n, f in enumerate(round_.findings)
        if f.severity == "query" and f.explanation is None and f.where.unit
    ]  # fmt: skip
    short = [n for n, c in enumerate(round_.counts) if c.status == "short"]
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


# ---- 领导摘要 ----------------------------------------------------------------------------


def digest(sources: Sources) -> Draft:
    """Return the leader's summary: one page, whatever the number of units and packets."""
    round_ = sources.last.round_
    pairs = _pressing(round_)
    counted = tally(round_.expected)
    overdue = tuple(code for code in counted.silent.units if code not in counted.waiting.units)
    values = {
        **_common(sources),
        **result_figures(round_),
        **_by_units(round_),
        "未报名单": _names(round_, overdue),
        "未报齐名单": _names(round_, counted.partial.units),
        "待修改名单": _names(round_, counted.returned.units),
        "其余": len(_asked(round_)) - len(pairs),
    }
    return Draft(values, (_overview(round_, pairs),), BRIEF)


def _pressing(round_: Round) -> list[tuple[str, str]]:
    """Return the packets that a leader wants to see: not all waiting, those with gaps first."""

    def weight(pair: tuple[str, str]) -> tuple[int, int]:
        counted = tally(round_.expected, *pair)
        open_ = len(counted.silent) - len(counted.waiting) + len(counted.returned)
        return (len(counted.waiting) == len(counted.owing), -open_)

    pairs = _asked(round_)
    chosen = sorted(pairs, key=weight)[:_MOST_LINES]
    return [pair for pair in pairs if pair in chosen]


def _names(round_: Round, codes: Sequence[str]) -> str:
    names = {row.unit_code: row.unit for row in round_.expected}
    said = "、".join(names[code] for code in codes)
    if len(said) <= _MOST_LETTERS:
        return said
    return f"{said[:_MOST_LETTERS].rpartition('、')[0] or said[:_MOST_LETTERS]}等{len(codes)}家"


# ---- 参阅件 ------------------------------------------------------------------------------


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
    heads = ("责任主体", ITEM_NUMBER, ITEM_TEXT, "情况")
    values = {
        **_common(sources),
        "未承接": rows_figure("未承接", "校级清单中还没有承接的项目（项）", CASCADE, gaps),
        "未写明": rows_figure("未写明", "校级清单中没有写明落实方式的项目（项）", FINDINGS, unsaid),
    }
    grids = (
        Grid("未承接的项目", heads, (10, 15, 26, 20), lines),
        Grid("没有写明落实方式的项目", heads, (10, 15, 26, 20), open_),
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


KINDS: Mapping[str, Callable[[Sources], Draft | None]] = MappingProxyType(
    {"报送说明": cover_note, "情况综述": survey, "领导摘要": digest, "参阅件": for_reading}
)
