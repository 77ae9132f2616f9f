"""sh-2019 in a small invented city: each rule fires, is met, is excused, stays unchecked."""

from __future__ import annotations

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


CASES = (
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


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Place:
    """Return the city with everything filled in and sent."""
    return make_place(tmp_path_factory.mktemp("sh"), "sh-2019").fill()


@pytest.fixture
def office(filled: Place, tmp_path: Path) -> Callable[..., Office]:
    """Return what opens an office with the workbooks that start like this."""

    def there(*starts: str) -> Office:
        return opened(filled, tmp_path, starts)

    return there


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_rule_fires_where_one_thing_is_spoilt_and_not_before(office, case):
    there = office(*case.files)
    assert [f for f in told(there.collect(), case.rule) if f.code != "C103"] == []
    found = told(there.write(*case.spoil).collect(), case.rule)
    assert {(f.code, f.severity) for f in found} == {(case.code, case.severity)}
    assert len(found) == case.places


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_who_is_excused_by_the_office_is_not_asked(office, case):
    there = office(*case.files).write(*case.spoil)
    result = there.excuse(case.unit, case.rule).collect()
    assert [f for f in told(result, case.rule) if f.code != "C103"] == []
    assert "准予免报" in "".join(unclear(result, case.rule))


@pytest.mark.parametrize("case", [c for c in CASES if c.reason], ids=lambda case: case.rule)
def test_a_sufficient_reason_in_the_row_turns_a_gap_into_a_note(office, case):
    file, sheet, cells = case.spoil
    result = office(*case.files).write(file, sheet, cells | case.reason).collect()
    assert [(f.code, f.severity) for f in told(result, case.rule)] == [("C108", "note")]


@pytest.mark.parametrize("case", [c for c in CASES if c.needs], ids=lambda case: case.rule)
def test_what_rests_on_a_list_that_has_not_come_is_unchecked(office, case):
    there = office(*case.files)
    if len(case.files) > 1:
        there.write(*case.spoil)
    there.find(case.needs).unlink()
    result = there.collect()
    assert {f.severity for f in told(result, case.rule)} <= {"note"}
    assert statuses(result, case.rule) <= {"unchecked", "taken_up"}
