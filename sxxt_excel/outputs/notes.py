"""口径说明: what holds in this round, what was not checked, what people check."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.outputs.asof import place_by_name
from sxxt_excel.outputs.tables import MOST_LINKS
from sxxt_excel.outputs.words import (
    long_day,
    rule_titles,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.outputs.bulk import Book
    from sxxt_excel.result import Round


from sxxt_excel.outputs.page import Page

# ---- 口径说明 -----------------------------------------------------------------------

_NOTE_WIDTHS = (44.0, 34.0, 14.0, 52.0)
_MOST_UNITS = 60
_NO_UNIT = "—"
"""Stands for the units of what is of no single one."""
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
        (
            "以收件登记现在写的为准；没有登记的按邮件时间；再没有的，第一次收表时按压缩包内或文件自身"
            "的时间认定，记入台账，以后文件时间变了、换了地方也不改，只由更可靠的一种更正；"
            "以前收表时已经见过的内容，不晚于当时首次收到的时间。"
        ),
    ),
)


def write_notes(book: Book, round_: Round, unlinked: int) -> None:
    """Write 口径说明; `unlinked` is how many links did not fit on 审核意见."""
    sheet = book.sheet("口径说明", f"{round_.settings.year}年汇总口径说明")
    page = Page(book, sheet, _NOTE_WIDTHS)
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
    """Return rules, why, how many units and which; what one thing leaves open is one line."""
    titles, place = rule_titles(round_.regime), place_by_name(round_)
    units: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in round_.unchecked:
        of_rule = units[row.rule, row.because]
        if row.unit:
            of_rule[row.unit] = None
    rules: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (rule, because), names in units.items():
        units_named = tuple(sorted(names, key=place))
        rules[because, units_named].append(titles.get(rule, rule))
    return [
        ("；".join(said), because, str(len(names) or _NO_UNIT), _some(names) or _NO_UNIT)
        for (because, names), said in rules.items()
    ]


def _some(units: tuple[str, ...]) -> str:
    shown = "、".join(units[:_MOST_UNITS])
    return f"{shown}等" if len(units) > _MOST_UNITS else shown


def _section(page: Page, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    page.across(title, "section", 12)
    if rows:
        page.line(heads, "heading", join=True)
    else:
        page.across("无。", "paragraph")
    for row in rows:
        page.line(row, "text", join=True)
    page.skip()
