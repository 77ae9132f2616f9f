"""Every rule of every regime: what spoils one thing, and what is told of it then.

A rule that none of these tables names fails `test_each_rule`. What is looked at is the place
that the careful clerk of `tools/filler` has filled in: everybody there and every number come
from `tools/campus.py`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from spoil import Case, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spoil import Spoil

LATER = "尚未按要求完成，十月底前补上"
GONE = "*"
"""Stands for all headings: the row is not there."""


def gone(*rows: int) -> dict[tuple[int, str], Any]:
    """Return the cells of rows that were not filled in."""
    return {(row, GONE): None for row in rows}


def one(file: str, sheet: str, cells: dict[tuple[int, str], Any]) -> tuple[tuple[str, ...], Spoil]:
    """Return the files and the spoil of a rule that looks into one workbook."""
    return (file,), (file, sheet, cells)


def met_by_row(rule: str, spoil: Spoil, severity: str, unit: str, *others: str) -> Case:
    """Return the case of a record that something is asked of, in a workbook or several."""
    return Case(rule, others or (spoil[0],), spoil, "N101", severity, needs=spoil[0], unit=unit)


# ---- sh-2019 -------------------------------------------------------------------------------

CITY, EAST, WEST, SCHOOLS = "示例市委", "东湖区委", "西山区委", "示例市教育局党组"
TOWN, LIST, MEETINGS, ORGANISERS = "白沙镇党委", "责任清单", "会议登记", "党委组织部_职能监督"
LISTS = tuple(f"{name}_{LIST}" for name in (CITY, EAST, WEST, SCHOOLS, TOWN))


def unlinked(rule: str, file: str, row: int, severity: str, unit: str) -> Case:
    """Return the case of an item that no longer says which one above it takes up."""
    name = f"{file}_{LIST}"
    spoil = (name, "责任清单", {(row, "上级项目编号"): None})
    return Case(rule, LISTS, spoil, "C101", severity, needs=name, unit=unit)


def missed(rule: str, row: int, severity: str, file: str = CITY, unit: str = "XX") -> Case:
    """Return the case of a meeting that was entered as one of another kind."""
    spoil = (f"{file}_{MEETINGS}", "会议记录", {(row, "会议类型"): "纪律教育会"})
    return met_by_row(rule, spoil, severity, unit)


CITY_CASES = (
    Case("责任清单覆盖各责任主体", *one(f"{EAST}_{LIST}", "责任清单", gone(9)), "Q103", "must",
         needs=f"{EAST}_{LIST}"),
    Case("专题报告覆盖七个方面",
         *one(f"{EAST}_主体责任专题报告", "主体责任落实情况报告", gone(4)), "Q105", "query",
         needs=f"{EAST}_主体责任专题报告"),
    Case("述职评议覆盖各级领导干部", *one(f"{EAST}_述职评议", "述责述廉登记", gone(5)), "Q103",
         "query", needs=f"{EAST}_述职评议"),
    unlinked("党委和书记项目到班子成员", CITY, 9, "note", "XX"),
    unlinked("书记项目到下级书记", TOWN, 6, "query", "BS"),
    unlinked("党委项目到下级党委", TOWN, 4, "query", "BS"),
    Case("班子成员项目到分管单位", LISTS,
         (f"{CITY}_{LIST}", "责任清单", {(9, "落实方式"): "分管单位纳入"}), "C101", "query",
         needs=f"{WEST}_{LIST}", unit="XS"),
    missed("年初问题查找会", 3, "query"),
    missed("党委专题会议", 4, "query"),
    missed("政治生态分析会", 5, "note"),
    missed("听取巡视巡察情况汇报", 6, "note", EAST, "DH"),
    missed("巡视巡察专题通报会", 7, "note", EAST, "DH"),
    met_by_row("四问检查", (f"{EAST}_协同检查", "四责协同检查表",
                        {(6, "检查事项"): "责任履行是否协同"}), "note", "DH"),
    Case("问题查找会写明参会范围", *one(f"{CITY}_会议登记", "会议记录", {(3, "参会范围"): None}),
         "V113", "query"),
    Case("政治生态分析报告",
         *one(f"{CITY}_纪委报告", "制度目录落实表",
              {(row, "实际完成日期"): None for row in (3, 4)}),
         "N101", "note", f"{CITY}_纪委报告", "XX"),
    Case("政治生态整改反馈", (f"{EAST}_政治生态",),
         (f"{EAST}_政治生态", "政治生态整改反馈", {(3, "书面反馈日期"): None}), "C106", "query",
         unit="DH"),
    Case("巡视巡察整改到期", (f"{EAST}_巡察整改",),
         (f"{EAST}_巡察整改", "巡察整改清单", {(3, "整改状态"): "整改中"}), "C106", "query",
         unit="DH", reason={(3, "备注"): LATER}),
    Case("整改完成有成效", (f"{EAST}_巡察整改",),
         (f"{EAST}_巡察整改", "巡察整改清单", {(3, "整改状态"): "已完成", (3, "整改成效"): None}),
         "C105", "query", unit="DH"),
    Case("职能监督报党委并抄告纪委", (ORGANISERS,),
         (ORGANISERS, "职能监督履行情况报告", {(3, "抄告纪委日期"): None}), "C105", "query",
         unit="ZZB", reason={(3, "备注"): LATER}),
    Case("责任项目有责任人", *one(f"{EAST}_{LIST}", "责任清单", {(3, "责任人"): None}), "V113",
         "query"),
    Case("领导干部在会议上报告",
         *one(f"{EAST}_述职评议", "述责述廉登记", {(3, "述责方式"): "书面"}), "V116", "query"),
    Case("主动发现的问题不扣分",
         *one(f"{EAST}_考核评分", "责任考核评分",
              {(3, "问题来源"): "自查发现", (3, "考核得分"): 8}), "V122", "note"),
)  # fmt: skip

# ---- tj-2017 -------------------------------------------------------------------------------

JX, HG, WY, TOP = "机械工程学院党委", "化学化工学院党委", "外国语学院党总支", "示例大学党委"
WATCH = "示例大学纪委"
TASKS, REPORT = "责任任务清单", "落实情况报告"
MINE, TOPS = f"{JX}_{TASKS}", f"{TOP}_{TASKS}（校级）"
RECORDS, LETTERS, FIRST_HALF = f"{JX}_全程记实", f"{JX}_责任书", f"{JX}_{REPORT}_2025年上半年"
ALL_LETTERS = (LETTERS, *(f"{n}_责任书" for n in (HG, WY, TOP)))
FROM_ABOVE = "学校与单位签订责任书"
JOURNAL, TALKS, SIGNED = "履责记实台账", "谈话记录", "责任书签订登记"
ACCOUNTS = "述责述廉登记"
INSPECTED = f"{WATCH}_专项督查_2025年度_{JX}"
SAID = ("履行主体责任情况", "履行第一责任人责任情况", "履行一岗双责情况")
SAID_MORE = ("学习贯彻情况", "廉洁自律情况", "存在问题", "改进措施")


def record(rule: str, sheet: str, cells: dict[tuple[int, str], object]) -> Case:
    """Return the case of a record that says something else."""
    return met_by_row(rule, (RECORDS, sheet, cells), "query", "JX")


def letter(rule: str, file: str, cells: dict[tuple[int, str], object], unit: str) -> Case:
    """Return the case of a signed letter that says something else."""
    needs = "" if rule == FROM_ABOVE else file  # which anybody's register may hold
    return Case(rule, ALL_LETTERS, (file, SIGNED, cells), "N101", "query", needs, unit)


def figure(rule: str, row: int) -> Case:
    """Return the case of a figure that the records do not bear out."""
    spoil = (FIRST_HALF, "履责统计", {(row, "数值"): 7})
    return Case(rule, (RECORDS, f"{JX}_{REPORT}"), spoil, "N104", "query", RECORDS, "JX")


def short(rule: str, row: int, **more: Any) -> Case:
    """Return the case of a figure of both halves that falls short, and may say why beside it."""
    spoil, why = (f"{JX}_{REPORT}", "履责统计", {(row, "数值"): 0}), {(row, "说明"): LATER}
    return Case(rule, (f"{JX}_{REPORT}",), spoil, "N101", "query", FIRST_HALF, "JX", why, **more)


CAMPUS_CASES = (
    Case("责任清单覆盖各责任主体", *one(MINE, "责任清单", gone(8)), "Q103", "must", MINE),
    Case("任务清单覆盖各责任主体", *one(MINE, "任务清单", gone(6)), "Q103", "must", MINE),
    Case("分工表覆盖班子成员", *one(MINE, "班子成员分工表", gone(5)), "Q103", "query", MINE),
    Case("报告覆盖各责任主体和重点方面", *one(FIRST_HALF, "主体责任落实情况报告", gone(4)),
         "Q105", "query", FIRST_HALF),
    Case("述责述廉覆盖应述人员", *one(f"{JX}_述责述廉", ACCOUNTS, gone(6)), "Q103", "query",
         f"{JX}_述责述廉"),
    Case("责任项到任务项", *one(MINE, "任务清单", {(4, "责任项目编号"): "JX-2025-ZR-001"}),
         "C101", "must", MINE, "JX"),
    Case("任务项到进展", (MINE, f"{JX}_{REPORT}"), (FIRST_HALF, "任务进展", gone(4)), "C101",
         "query", FIRST_HALF, "JX"),
    Case("班子项目到成员", (MINE, TOPS), (MINE, "责任清单", {(7, "上级项目编号"): None}), "C101",
         "note", MINE, "JX"),
    Case("校领导项目到分管单位", (TOPS, MINE, f"{WY}_{TASKS}"),
         (f"_{TASKS}_", "责任清单", {(3, "上级项目编号"): None}), "C101", "query", MINE, places=2),
    short("专题分析研究", 3, places=2),
    short("书记主持专题会议", 4),
    short("履职谈话", 7),
    short("廉政谈话", 9),
    short("廉政党课", 12),
    short("专题调研", 13),
    short("检查考核", 14),
    record("每人都有记实", JOURNAL, {(4, "责任主体"): "领导班子"}),
    record("专题分析研究（逐次）", "会议记录",
           {(row, "会议日期"): dt.date(2025, 8, row) for row in (3, 5, 6)}),
    record("书记主持专题会议（逐次）", "会议记录", {(6, "主持人"): "周启衡"}),
    record("专题调研（逐次）", JOURNAL, {(7, "记实类别"): "督促检查"}),
    record("履职谈话（逐对）", TALKS, {(3, "谈话对象"): "吴启衡"}),
    record("廉政谈话（逐对）", TALKS, {(7, "谈话对象"): "吴启衡"}),
    record("主要负责人与科室负责人谈话", TALKS, {(9, "谈话对象"): "吴启衡"}),
    record("廉政党课（逐人）", JOURNAL, {(8, "记实类别"): "督促检查"}),
    met_by_row("分管科室有具体措施",
               (MINE, "任务清单", {(r, "协办部门"): "教务处" for r in range(3, 9)}), "note", "JX"),
    letter(FROM_ABOVE, LETTERS, {(3, "签订层级"): "书记—班子成员"}, "JX"),
    letter("书记与班子成员签订责任书", LETTERS, {(4, "乙方"): "吴启衡"}, "JX"),
    letter("学校书记与班子成员签订责任书", f"{TOP}_责任书", {(3, "乙方"): "孙启衡"}, "XX"),
    met_by_row("专项督查覆盖各单位",
               (INSPECTED, "四责协同检查表",
                {(row, "检查日期"): dt.date(2024, 10, row) for row in (3, 4, 5)}),
               "query", "JX", f"{WATCH}_专项督查"),
    figure("专题研究会议次数相符", 3),
    figure("履职谈话人数相符", 7),
    figure("廉政谈话人数相符", 9),
    figure("专题调研次数相符", 13),
    Case("书记背书", *one(MINE, "签字背书", {(5, "背书人"): "吴启衡"}), "B102", "must", MINE),
    Case("分管领导背书", *one(MINE, "签字背书", {(4, "背书人"): "孙启衡"}), "B102", "must", MINE),
    Case("整改按期完成", (f"{JX}_督查整改",),
         (f"{JX}_督查整改", "巡察整改清单", {(3, "整改状态"): "整改中"}), "C106", "query",
         unit="JX", reason={(3, "备注"): LATER}),
    Case("党政主要负责人会议述责", *one(f"{JX}_述责述廉", ACCOUNTS, {(3, "述责方式"): "书面"}),
         "V116", "query"),
    Case("其他处级干部书面述责", *one(f"{JX}_述责述廉", ACCOUNTS, {(6, "述责方式"): "会议"}),
         "V116", "query"),
    Case("谈话有书面记录", *one(RECORDS, TALKS, {(3, "书面记录"): "未留存"}), "V116", "query"),
    Case("记实有记录人和佐证", *one(RECORDS, JOURNAL, {(3, "记录人"): None}), "V113", "note"),
    Case("责任书双方签字", *one(LETTERS, SIGNED, {(3, "甲方签字"): "否"}), "V116", "query"),
    Case("责任书乙方签字", *one(LETTERS, SIGNED, {(3, "乙方签字"): "否"}), "V116", "query"),
)  # fmt: skip

# ---- sou-2020 ------------------------------------------------------------------------------

UNITS = (JX, HG, WY, "留学生中心直属党支部", "护理学院")
SPENT_TERM = ('\n"任期" = ["2022-09-01", "2027-08-31"]', '\n"任期" = ["2020-09-01", "2025-12-31"]')
TOP_LISTS = f"{TOP}_三张清单（校级）"
EVERYBODYS = (TOP_LISTS, *(f"{name}_{TASKS}" for name in UNITS))
HELD, REPORTED, SPOKEN = f"{TOP}_会议记录", f"{JX}_主体责任报告", f"{JX}_年终述职"
MARKS, FILED = f"{TOP}_考核评分_2025年度_{JX}", "示例出版社_方案备案"


def not_held(rule: str, row: int, file: str = HELD, severity: str = "query") -> Case:
    """Return the case of a meeting that was entered as one of another kind."""
    other = "纪律教育会" if file == HELD else "政治生态分析会"
    spoil = (file, "会议记录", {(row, "会议类型"): other})
    return met_by_row(rule, spoil, severity, "XX" if file == HELD else "JX")


OPEN_CASES = (
    Case("责任清单覆盖各责任主体", *one(TOP_LISTS, "责任清单", {(8, "责任主体"): "钱启衡"}), "Q103",
         "must", TOP_LISTS),
    Case("问题清单覆盖各责任主体", *one(TOP_LISTS, "问题（风险）清单", {(6, "责任主体"): "钱启衡"}),
         "Q103", "query", TOP_LISTS),
    Case("问题到措施", *one(TOP_LISTS, "措施清单", {(6, "问题编号"): "XX-2025-WT-003"}), "C101",
         "must"),
    Case("问题到责任项目", *one(TOP_LISTS, "责任清单", {(6, "问题编号"): None}), "C101", "query",
         unit="XX"),
    Case("党委和书记项目到班子成员", *one(TOP_LISTS, "责任清单", {(7, "上级项目编号"): None}),
         "C101", "note", unit="XX"),
    Case("班子成员项目到分管单位", EVERYBODYS,
         (TOP_LISTS, "责任清单", {(8, "落实方式"): "分管单位纳入"}), "C101", "query",
         needs=f"{HG}_{TASKS}", places=2),
    Case("党委项目到二级党组织", EVERYBODYS,
         (f"_{TASKS}", "责任清单", {(row, "上级项目编号"): None for row in (3, 4)}), "C101", "note",
         unit="XX"),
    Case("责任项到任务项", *one(MINE, "任务清单", {(4, "责任项目编号"): "JX-2025-ZR-001"}),
         "C101", "query", unit="JX"),
    Case("任务项到进展", (MINE, REPORTED), (REPORTED, "任务进展", gone(4)), "C101", "query",
         REPORTED, "JX"),
    not_held("年初专门会议", 3),
    not_held("党委集体研究", 4),
    not_held("年初同部署", 5),
    not_held("年中同推进", 6),
    not_held("年底同考核", 7),
    not_held("政治生态分析会", 8, severity="note"),
    not_held("专题民主生活会", 3, f"{JX}_会议记录"),
    met_by_row("纪律教育会",
               (f"{JX}_会议记录", "会议记录", {(4, "会议类型"): "专题民主生活会"}), "query", "JX"),
    met_by_row("联系二级单位", (f"{WATCH}_联系单位", "联系单位登记", {(3, "联系单位"): WY}),
               "query", "JX"),
    Case("巡察全覆盖", *one(f"{TOP}_巡察安排", "巡察安排登记", {(3, "被巡察单位"): WY}), "N101",
         "query", f"{TOP}_巡察安排", "JX", changes=(SPENT_TERM,)),
    met_by_row("四问检查", (f"{WATCH}_协同检查", "四责协同检查表",
                        {(6, "检查事项"): "责任履行是否协同"}), "query", "JWW"),
    met_by_row("领导干部述职", (SPOKEN, ACCOUNTS, gone(4)), "query", "JX"),
    Case("政治生态分析报告",
         *one(f"{WATCH}_纪委报告", "制度目录落实表",
              {(row, "实际完成日期"): None for row in (3, 4)}),
         "N101", "note", f"{WATCH}_纪委报告", "JWW"),
    Case("政治生态整改反馈",
         *one(f"{JX}_政治生态", "政治生态整改反馈", {(3, "书面反馈日期"): None}), "C106", "query",
         unit="JX"),
    Case("巡视巡察整改到期", *one(f"{JX}_巡察整改", "巡察整改清单", {(3, "整改状态"): "整改中"}),
         "C106", "query", unit="JX", reason={(3, "备注"): LATER}),
    Case("整改完成有成效",
         *one(f"{JX}_巡察整改", "巡察整改清单",
              {(3, "整改状态"): "已完成", (3, "整改成效"): None}), "C105", "note", unit="JX"),
    Case("听取巡察情况汇报", (f"{TOP}_巡察安排", HELD),
         (f"{TOP}_巡察安排", "巡察安排登记", {(3, "汇报会议编号"): None}), "C105", "query",
         unit="XX", reason={(3, "备注"): LATER}),
    Case("巡察专题通报会", (f"{TOP}_巡察安排", HELD),
         (f"{TOP}_巡察安排", "巡察安排登记", {(3, "通报会议编号"): None}), "C105", "note",
         unit="XX", reason={(3, "备注"): LATER}),
    Case("职能监督报党委并抄告纪委",
         *one(ORGANISERS, "职能监督履行情况报告", {(3, "抄告纪委日期"): None}), "C105", "query",
         unit="ZZB", reason={(3, "备注"): LATER}),
    Case("专门会议写明参会范围", *one(HELD, "会议记录", {(3, "参会范围"): None}), "V113", "query"),
    Case("责任项目有责任人", *one(TOP_LISTS, "责任清单", {(3, "责任人"): None}), "V113", "query"),
    Case("述职写明履行责任情况",
         *one(SPOKEN, ACCOUNTS, {(3, n): None for n in SAID}), "V118", "query"),
    Case("述职写明学习贯彻情况", *one(SPOKEN, ACCOUNTS, {(3, "学习贯彻情况"): None}), "V118",
         "note"),
    Case("备案附文件", *one(FILED, "实施方案备案表", {(3, "附件文件名"): None}), "V113", "query"),
    Case("主动发现的问题不扣分",
         *one(MARKS, "责任考核评分", {(3, "问题来源"): "自查发现", (3, "考核得分"): 8}), "V122",
         "query"),
)  # fmt: skip

# ---- sumhs-2019 ----------------------------------------------------------------------------

REGISTER, DONE = "制度目录落实表", "实际完成日期"
TOP_PACKET, UNIT_PACKET = f"{TOP}_校级会议与报告", f"{JX}_二级会议与报告"


def lacking(rule: str, file: str, row: int, unit: str) -> Case:
    """Return the case of a line of the catalogue that has no day."""
    return met_by_row(rule, (file, REGISTER, {(row, DONE): None}), "query", unit)


def unheld(rule: str, row: int, severity: str = "query") -> Case:
    """Return the case of a meeting of the university that was entered as another."""
    kind = "专门会议（研究责任清单）" if row != 3 else "专门会议（听取监督情况）"
    return met_by_row(rule, (TOP_PACKET, "会议记录", {(row, "会议类型"): kind}), severity, "XX")


def unwritten(rule: str, file: str, row: int, report: str, unit: str) -> Case:
    """Return the case of a report that is neither entered nor sent."""
    return Case(
        rule, (file, report), (file, REGISTER, {(row, DONE): None}), "N101", "query", report, unit,
        also=(
            (report, "主体责任落实情况报告", gone(3, 4, 5)),
            (report, "封面", {(0, "空表说明"): "主体责任落实情况报告：本年度没有另写"}),
        ),
    )  # fmt: skip


def uncovered(rule: str, file: str, sheet: str, code: str, severity: str) -> Case:
    """Return the case of a list that lacks its second line."""
    return Case(rule, (file,), (file, sheet, gone(4)), code, severity, needs=file)


HEALTH_CASES = (
    uncovered("责任清单覆盖三大主体责任", f"{TOP}_责任问题清单", "责任清单", "Q105", "query"),
    uncovered("上报报告覆盖三大主体责任", f"{TOP}_上报报告（党委）", "主体责任落实情况报告", "Q105",
              "query"),
    uncovered("二级报告覆盖三大主体责任", REPORTED, "主体责任落实情况报告", "Q105", "query"),
    uncovered("监督责任报告有内容", f"{JX}_监督责任报告", "监督责任落实情况报告", "Q105", "query"),
    unheld("专门会议研究责任清单", 3),
    unheld("专门会议研究问题清单", 4),
    unheld("专门会议听取监督情况", 5, "note"),
    unheld("年初部署会议", 6),
    unheld("年中推进会议", 7),
    unheld("年末总结会议", 8),
    unheld("会4", 9),
    unheld("会5", 10),
    *(lacking(f"书{n}", TOP_PACKET, n + 2, "XX") for n in (1, 2, 3, 4)),
    lacking("校级民主生活会报告", TOP_PACKET, 7, "XX"),
    unwritten("校级书面报告", TOP_PACKET, 9, f"{TOP}_上报报告（党委）", "XX"),
    lacking("书记大会报告", TOP_PACKET, 10, "XX"),
    lacking("研讨制定会议", UNIT_PACKET, 3, "JX"),
    lacking("落实推进会", UNIT_PACKET, 4, "JX"),
    lacking("总结评议会", UNIT_PACKET, 5, "JX"),
    lacking("二级民主生活会报告", UNIT_PACKET, 6, "JX"),
    unwritten("二级书面报告", UNIT_PACKET, 8, REPORTED, "JX"),
    lacking("向教职工报告", UNIT_PACKET, 9, "JX"),
    Case("专门会议写明清单", *one(TOP_PACKET, "会议记录", {(3, "关联清单编号"): None}), "C105",
         "query", unit="XX"),
    Case("整改到回头看", *one(f"{JX}_整改督办", "巡察整改清单", {(3, "整改状态"): "整改中"}),
         "C106", "query", unit="JX", reason={(3, "备注"): LATER}),
    Case("检查发现的问题有整改要求",
         *one(f"{TOP}_联合检查", "四责协同检查表", {(3, "整改要求"): None}), "C105", "note",
         unit="XX"),
)  # fmt: skip

# ---- shou-2019 -----------------------------------------------------------------------------

TOPS_OWN, UNITS_OWN, JOINT = f"{TOP}_制度目录", f"{JX}_制度目录", f"{TOP}_联席会议"
BELOW = tuple(f"{name}_党建责任清单" for name in UNITS[:4])


def convened(rule: str, row: int) -> Case:
    """Return the case of a meeting of the catalogue that was entered as another."""
    spoil = (JOINT, "会议记录", {(row, "会议类型"): "“四责协同”联席会议"})
    return met_by_row(rule, spoil, "query", "XX", JOINT, TOPS_OWN)


OCEAN_CASES = (
    Case("清单覆盖班子成员", *one(f"{TOP}_班子成员清单", "责任清单", gone(5)), "Q103", "query",
         f"{TOP}_班子成员清单"),
    Case("述职评议覆盖书记", *one(f"{JX}_述职评议", "述职评议考核", gone(4)), "Q103", "query",
         f"{JX}_述职评议"),
    Case("责任项到计划",
         *one(f"{TOP}_三大主体责任清单", "任务清单", {(4, "责任项目编号"): "XX-2025-ZR-001"}),
         "C101", "query", f"{TOP}_三大主体责任清单", "XX"),
    Case("校级清单到党建责任清单", (f"{TOP}_三大主体责任清单", *BELOW),
         ("_党建责任清单", "责任清单", {(3, "上级项目编号"): None}), "C101", "query",
         f"{JX}_党建责任清单", places=4),
    Case("联席会议召开", *one(JOINT, "会议记录", {(3, "会议类型"): "党委会听取落实情况"}), "N101",
         "query", JOINT, "XX", also=((JOINT, "联席会议点题表", gone(3, 4, 5)),)),
    met_by_row("听取落实情况", (JOINT, "会议记录", {(4, "会议类型"): "“四责协同”联席会议"}), "note",
               "XX"),
    met_by_row("校领导负责整改小组",
               (f"{TOP}_巡视整改", "巡察整改清单", {(4, "领题领导"): "赵启衡"}), "note", "XX"),
    Case("点题到监督", *one(JOINT, "联席会议点题表", {(3, "监督意见"): None}), "C105", "query",
         unit="XX"),
    Case("自查自纠到纠正",
         *one(f"{TOP}_自查自纠", "自查自纠重点项目清单", {(3, "完成情况"): "进行中"}), "C106",
         "query", unit="XX", reason={(3, "备注"): LATER}),
    Case("整改到成效", *one(f"{TOP}_巡视整改", "巡察整改清单", {(3, "整改状态"): "整改中"}), "C106",
         "query", unit="XX", reason={(3, "备注"): LATER}),
    *(lacking(f"校级书{n}", TOPS_OWN, n + 2, "XX") for n in (1, 2, 3, 4)),
    *(convened(f"校级会{n}", n + 4) for n in (1, 2, 3, 4)),
    *(lacking(f"校级报告{n}", TOPS_OWN, n + 10, "XX") for n in (1, 2, 3)),
    *(lacking(f"二级书{n}", UNITS_OWN, n + 2, "JX") for n in (1, 2, 3)),
    *(lacking(f"二级会{n}", UNITS_OWN, n + 5, "JX") for n in (1, 2)),
    *(lacking(f"二级报告{n}", UNITS_OWN, n + 7, "JX") for n in (1, 2, 3)),
)  # fmt: skip

EVERY: Mapping[str, tuple[Case, ...]] = {
    "sh-2019": CITY_CASES,
    "tj-2017": CAMPUS_CASES,
    "sou-2020": OPEN_CASES,
    "sumhs-2019": HEALTH_CASES,
    "shou-2019": OCEAN_CASES,
}

EMPTY = gone(3, 4)
ELSEWISE: Mapping[str, tuple[Case, ...]] = {
    "sh-2019": (
        Case("问题清单有查找结果", *one(f"{EAST}_问题清单", "问题（风险）清单", EMPTY), "Q104",
             "must", f"{EAST}_问题清单"),
    ),
    "tj-2017": (
        Case("考核覆盖各单位", (f"{TOP}_考核评分",),
             (f"{TOP}_考核评分_2025年度_{JX}", "责任考核评分",
              {(row, "被考核单位"): WATCH for row in (3, 4, 5)}), "I105", "note",
             f"{TOP}_考核评分_2025年度_{JX}"),
    ),
    "sou-2020": (
        Case("任务清单覆盖党组织", *one(MINE, "任务清单", EMPTY), "Q104", "must", MINE),
        Case("主体责任报告有内容", *one(REPORTED, "主体责任落实情况报告", EMPTY), "Q104", "must",
             REPORTED),
    ),
}  # fmt: skip
"""Rules about what a workbook or its one filer has: that is already told of the sheet or file."""

# ---- the office's own registers ------------------------------------------------------------

EARLY, LATE = dt.date(2021, 1, 1), dt.date(2025, 6, 9)
NOTICES, DOUBLE, BLAME = "廉情抄告登记", "双报告登记", "问责台账"
NOTICE = {
    "抄告日期": dt.date(2025, 5, 8), "抄告对象": "钱启衡", "涉及单位": JX, "问题内容": "验收不规范",
    "回告期限": dt.date(2025, 6, 8), "回告日期": dt.date(2025, 6, 3), "回告内容": "已修订办法",
}  # fmt: skip
TWICE = {"报党委日期": dt.date(2025, 4, 16), "报上级纪委日期": dt.date(2025, 4, 17),
         "办理结果": "办理中"}  # fmt: skip
CADRE = {
    "问责对象": "周启衡", "对象类别": "党员领导干部", "问责方式": "通报", "决定机关": "学校党委",
    "决定日期": dt.date(2025, 3, 3), "书记责任认定": "负有领导责任",
    "书面检讨日期": dt.date(2025, 3, 20), "深刻检查会议": "3月25日党委会",
}  # fmt: skip
BODY = {
    "问责对象": JX, "对象类别": "党组织", "问责方式": "通报", "决定机关": "学校党委",
    "决定日期": dt.date(2025, 3, 3), "党委责任认定": "负有领导责任",
    "专题民主生活会日期": dt.date(2025, 3, 20), "纪律教育会日期": dt.date(2025, 3, 21),
}  # fmt: skip


def entries() -> Iterable[Entry]:
    """Yield the cases of the registers of sh-2019 and sou-2020."""
    yield Entry(
        "抄告到回告", NOTICES, NOTICE, {"回告日期": None, "回告内容": None}, "C106", "query"
    )
    yield Entry("双报告两处报告", DOUBLE, TWICE, {"办理结果": None}, "C105", "note")
    yield Entry("问责到检讨", BLAME, CADRE, {"书面检讨日期": None}, "C105", "query")
    yield Entry("案后专题民主生活会和纪律教育会", BLAME, BODY, {"纪律教育会日期": None}, "C105",
                "note")  # fmt: skip
    yield Entry("回告日期不早于抄告日期", NOTICES, NOTICE, {"回告日期": EARLY}, "V114", "must")
    yield Entry("回告不晚于期限", NOTICES, NOTICE, {"回告日期": LATE}, "V114", "note")
    yield Entry("一案双查分清四责", BLAME, CADRE, {"书记责任认定": None}, "V118", "note")


KEPT: Mapping[str, tuple[Entry, ...]] = {
    "sh-2019": tuple(entries()),
    "sou-2020": (
        *entries(),
        Entry("回告有内容", NOTICES, NOTICE, {"回告内容": None}, "C105", "note"),
    ),
    "tj-2017": (Entry("问责后续", BLAME, CADRE, {"书面检讨日期": None}, "C105", "note"),),
}

# ---- rules of the forms themselves, the same under every regime -----------------------------

FORMS: Mapping[str, tuple[Case, ...]] = {
    "tj-2017": (
        Case("任务完成日期不早于开始时间",
             *one(MINE, "任务清单", {(3, "完成情况"): "已完成", (3, "完成日期"): EARLY}), "V114",
             "query"),
        Case("已完成须填完成日期", *one(FIRST_HALF, "任务进展", {(3, "完成日期"): None}), "V113",
             "must"),
        Case("结论不是“是”的写明问题",
             *one(INSPECTED, "四责协同检查表", {(3, "发现问题"): None}),
             "V113", "must"),
        Case("任职止不早于任职起", *one(MINE, "班子成员分工表", {(3, "任职止"): EARLY}), "V114",
             "must"),
        Case("述责内容二选一",
             *one(f"{JX}_述责述廉", ACCOUNTS, {(3, n): None for n in (*SAID, *SAID_MORE)}), "V118",
             "must"),
    ),
    "sou-2020": (
        Case("反馈日期不早于进驻日期",
             *one(f"{TOP}_巡察安排", "巡察安排登记", {(3, "反馈日期"): EARLY}), "V114", "query"),
    ),
}  # fmt: skip
LENIENT: Mapping[str, tuple[Case, ...]] = {
    "tj-2017": (
        Case("有报告文件的可不逐项填",
             *one(FIRST_HALF, "主体责任落实情况报告", {(3, "履责情况"): None}), "V101", "must",
             reason={(3, "报告文件名"): "报告.pdf"}),
        Case("未纳入只填编号和理由", *one(MINE, "责任清单", {(3, "工作项目"): None}), "V101",
             "must", reason={(3, "未纳入理由"): "本单位没有这一领域的工作职责"}),
    ),
    "sumhs-2019": (
        Case("有监督报告文件的可不逐项填",
             *one(f"{JX}_监督责任报告", "监督责任落实情况报告", {(3, "履责情况"): None}), "V101",
             "must", reason={(3, "报告文件名"): "报告.pdf"}),
    ),
}  # fmt: skip
"""Rules that ask less: what is lacking is no fault once `reason` stands there."""
