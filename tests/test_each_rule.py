"""Rule by rule, each fires, is met, is excused, stays unchecked.

Of the regimes and rules that have no module of their own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from place import make_place
from spoil import Case, Office, opened, statuses, told, unclear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from place import Place

CITY, EAST, WEST, SCHOOLS = "示例市委", "东湖区委", "西山区委", "示例市教育局党组"
TOWN, LIST, MEETINGS, ORGANISERS = "白沙镇党委", "责任清单", "会议登记", "党委组织部_职能监督"
LISTS = tuple(f"{name}_{LIST}" for name in (CITY, EAST, WEST, SCHOOLS, TOWN))
LATER = "尚未按要求完成，十月底前补上"


def unlinked(rule: str, file: str, row: int, severity: str, unit: str) -> Case:
    """Return the case of an item that no longer says which one above it takes up."""
    name = f"{file}_{LIST}"
    spoil = (name, "责任清单", {(row, "上级项目编号"): None})
    return Case(rule, LISTS, spoil, "C101", severity, needs=name, unit=unit)


def missed(rule: str, row: int, severity: str, file: str = CITY, unit: str = "XX") -> Case:
    """Return the case of a meeting that was entered as one of another kind."""
    name = f"{file}_{MEETINGS}"
    spoil = (name, "会议记录", {(row, "会议类型"): "纪律教育会"})
    return Case(rule, (name,), spoil, "N101", severity, needs=name, unit=unit)


CITY_CASES = (
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
)  # fmt: skip


JX, TOP = "机械工程学院党委", "示例大学党委"
RECORDS, LETTERS, FIRST_HALF = f"{JX}_全程记实", f"{JX}_责任书", f"{JX}_落实情况报告_2025年上半年"
ALL_LETTERS = (LETTERS, *(f"{n}_责任书" for n in ("化学化工学院党委", "外国语学院党总支", TOP)))
FROM_ABOVE = "学校与单位签订责任书"
JOURNAL, TALKS, SIGNED = "履责记实台账", "谈话记录", "责任书签订登记"


def record(rule: str, sheet: str, cells: dict[tuple[int, str], object]) -> Case:
    """Return the case of a record that says something else."""
    return Case(rule, (RECORDS,), (RECORDS, sheet, cells), "N101", "query", RECORDS, "JX")


def letter(rule: str, file: str, cells: dict[tuple[int, str], object], unit: str) -> Case:
    """Return the case of a signed letter that says something else."""
    needs = "" if rule == FROM_ABOVE else file  # which anybody's register may hold
    return Case(rule, ALL_LETTERS, (file, SIGNED, cells), "N101", "query", needs, unit)


def figure(rule: str, row: int) -> Case:
    """Return the case of a figure that the records do not bear out."""
    spoil = (FIRST_HALF, "履责统计", {(row, "数值"): 7})
    return Case(rule, (RECORDS, f"{JX}_落实情况报告"), spoil, "N104", "query", RECORDS, "JX")


CAMPUS_CASES = (
    record("每人都有记实", JOURNAL, {(4, "责任主体"): "领导班子"}),
    record("专题分析研究（逐次）", "会议记录",
           {(row, "会议日期"): dt.date(2025, 8, row) for row in (3, 5, 6)}),
    record("书记主持专题会议（逐次）", "会议记录", {(6, "主持人"): "周启衡"}),
    record("专题调研（逐次）", JOURNAL, {(7, "记实类别"): "督促检查"}),
    record("履职谈话（逐对）", TALKS, {(3, "谈话对象"): "吴启衡"}),
    record("廉政谈话（逐对）", TALKS, {(7, "谈话对象"): "吴启衡"}),
    record("廉政党课（逐人）", JOURNAL, {(8, "记实类别"): "督促检查"}),
    letter(FROM_ABOVE, LETTERS, {(3, "签订层级"): "书记—班子成员"}, "JX"),
    letter("书记与班子成员签订责任书", LETTERS, {(4, "乙方"): "吴启衡"}, "JX"),
    letter("学校书记与班子成员签订责任书", f"{TOP}_责任书", {(3, "乙方"): "孙启衡"}, "XX"),
    figure("专题研究会议次数相符", 3),
    figure("履职谈话人数相符", 7),
    figure("廉政谈话人数相符", 9),
    figure("专题调研次数相符", 13),
    Case("整改按期完成", (f"{JX}_督查整改",),
         (f"{JX}_督查整改", "巡察整改清单", {(3, "整改状态"): "整改中"}), "C106", "query",
         unit="JX", reason={(3, "备注"): LATER}),
)  # fmt: skip
DISCIPLINE = "示例大学纪委_纪委报告"
OTHER_CASES = {
    "sou-2020": (
        Case("政治生态分析报告", (DISCIPLINE,),
             (DISCIPLINE, "制度目录落实表", {(row, "实际完成日期"): None for row in (3, 4)}),
             "N101", "note", DISCIPLINE, "JWW"),
    ),
    "sumhs-2019": (
        Case("专门会议听取监督情况", (f"{TOP}_校级会议与报告",),
             (f"{TOP}_校级会议与报告", "会议记录", {(5, "会议类型"): "专门会议（研究责任清单）"}),
             "N101", "note", f"{TOP}_校级会议与报告", "XX"),
    ),
    "shou-2019": (
        Case("整改到成效", (f"{TOP}_巡视整改",),
             (f"{TOP}_巡视整改", "巡察整改清单", {(3, "整改状态"): "整改中"}), "C106", "query",
             unit="XX", reason={(3, "备注"): LATER}),
    ),
}  # fmt: skip
EVERY = {"sh-2019": CITY_CASES, "tj-2017": CAMPUS_CASES, **OTHER_CASES}
CASES = tuple(
    pytest.param(regime, case, id=f"{regime} {case.rule}", marks=pytest.mark.xdist_group(regime))
    for regime, cases in EVERY.items()
    for case in cases
)


def of(some: Callable[[Case], object]) -> pytest.MarkDecorator:
    """Return the mark that runs a test with the cases that have something."""
    chosen = [param for param in CASES if some(param.values[1])]
    return pytest.mark.parametrize(("regime", "case"), chosen)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Callable[[str], Place]:
    """Return what gives a regime's place with everything filled in and sent."""
    made: dict[str, Place] = {}

    def place(name: str) -> Place:
        if name not in made:
            made[name] = make_place(tmp_path_factory.mktemp(name), name).fill()
        return made[name]

    return place


@pytest.fixture
def office(filled, tmp_path: Path, regime: str) -> Callable[..., Office]:
    """Return what opens an office with the workbooks that start like this."""

    def there(*starts: str) -> Office:
        return opened(filled(regime), tmp_path, starts)

    return there


@of(lambda case: case.rule)
def test_a_rule_fires_where_one_thing_is_spoilt_and_not_before(office, case):
    there = office(*case.files)
    assert [f for f in told(there.collect(), case.rule) if f.code != "C103"] == []
    found = told(there.write(*case.spoil).collect(), case.rule)
    assert {(f.code, f.severity) for f in found} == {(case.code, case.severity)}
    assert len(found) == case.places


@of(lambda case: case.unit)
def test_who_is_excused_by_the_office_is_not_asked(office, case):
    there = office(*case.files).write(*case.spoil)
    result = there.excuse(case.unit, case.rule).collect()
    assert [f for f in told(result, case.rule) if f.code != "C103"] == []
    assert "准予免报" in "".join(unclear(result, case.rule))


@of(lambda case: case.reason)
def test_a_sufficient_reason_in_the_row_turns_a_gap_into_a_note(office, case):
    file, sheet, cells = case.spoil
    result = office(*case.files).write(file, sheet, cells | case.reason).collect()
    assert [(f.code, f.severity) for f in told(result, case.rule)] == [("C108", "note")]


@of(lambda case: case.needs)
def test_what_rests_on_a_list_that_has_not_come_is_unchecked(office, case):
    there = office(*case.files)
    if len(case.files) > 1:
        there.write(*case.spoil)
    there.find(case.needs).unlink()
    result = there.collect()
    assert {f.severity for f in told(result, case.rule)} <= {"note"}
    assert not statuses(result, case.rule) & {"short", "missing"}


COUNT = "检查考核"


@pytest.mark.parametrize("regime", ["tj-2017"])
def test_a_year_without_inspection_is_asked_about_unless_the_unit_is_excused(office):
    there = office(f"{JX}_落实情况报告")
    for half in ("上半年", "下半年"):
        there.write(f"{JX}_落实情况报告_2025年{half}", "履责统计", {(14, "数值"): 0})
    (found,) = (f for f in told(there.collect(), COUNT) if f.code == "N101")
    assert (found.severity, found.where.unit) == ("query", JX)
    result = there.excuse("JX", "每年对本级及下一级组织检查考核").collect()
    assert [f for f in told(result, COUNT) if f.code == "N101"] == []
    assert "准予免报" in unclear(result, COUNT)
