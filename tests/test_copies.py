"""Rows that units wrote alike, or left as they were last year; and what is no copy at all."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from inprocess import reading_here
from world import PEOPLE_ROWS, UNIT_ROWS, World, edited, find, headings, make_world, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

JX, WY, XX = "机械工程学院党委", "外国语学院党总支", "示例大学党委"
LIST, DUTIES, TASKS, REPORT = "责任任务清单", "责任清单", "任务清单", "主体责任落实情况报告"
TEXT = "针对实验设备采购询价不充分的问题，建立书面比价和验收双签制度，定期抽查采购档案并通报"
OTHER = "梳理横向科研经费使用中的薄弱环节，修订报销审批流程，组织项目负责人学习并签订承诺书"


def made(root: Path, packet: str | None = LIST, **more: Any) -> World:
    world = make_world(root, **more)
    world.fill(packet)
    return world


@pytest.fixture
def world(listed: Callable[[Path], World], tmp_path: Path) -> World:
    return listed(tmp_path / "2025")


def write(world: World, start: str, sheet: str, row: int, **cells: Any) -> None:
    with edited(find(world, start)) as book:
        for name, value in cells.items():
            book[sheet].cell(row, headings(book[sheet])[name]).value = value


def collect(world: World, today: str = "2025-04-12", *, write: bool = False) -> Round:
    with reading_here():
        return world.collect(today, write=write)


def copies(result: Round, code: str = "D110") -> list[Finding]:
    return [f for f in result.findings if f.code == code]


def places(result: Round, code: str = "D110") -> list[tuple[str | None, str | None]]:
    return [(f.where.unit, f.where.cell) for f in copies(result, code)]


# ---- between units -------------------------------------------------------------------


def test_a_row_that_another_unit_wrote_too_is_asked_about_in_both(world):
    write(world, JX, DUTIES, 3, 工作项目=TEXT)
    write(world, WY, DUTIES, 4, 工作项目=TEXT)
    result = collect(world)
    assert places(result) == [(WY, "E4"), (JX, "E3")]
    for found in copies(result):
        assert (found.severity, found.got, found.where.sheet) == ("query", "", DUTIES)
        assert "“工作项目”" in found.message
        assert not any(word in found.message + found.remedy for word in (TEXT[:8], JX, WY))


def test_names_people_figures_and_punctuation_make_no_difference(world):
    said = "{head}牵头，{unit}{n}月起建立采购书面比价和验收双签制度，每年抽查{n}次采购档案并通报"
    write(world, JX, TASKS, 3, 具体措施=said.format(head="李三", unit="机械工程学院", n="3"))
    other = said.format(head="王三", unit="外语学院", n="四").replace("，", "；")
    write(world, WY, TASKS, 3, 具体措施=other)
    assert [f.where.field for f in copies(collect(world))] == ["具体措施"] * 2


def test_a_report_is_looked_at_like_a_list(tmp_path):
    world = made(tmp_path, "落实情况报告", people=[dict(p) for p in PEOPLE_ROWS])
    for unit in (JX, WY):
        write(world, f"{unit}_落实情况报告_2025年上半年", REPORT, 3, 履责情况=TEXT)
    result = collect(world, "2025-07-01")
    assert places(result) == [(WY, "D3"), (JX, "D3")]


def test_neither_unit_is_shown_the_other_and_the_office_sees_both(world):
    said = "{head}带队到{unit}各教研室调研采购和经费使用中的风险点，逐一列出防控措施和整改责任人"
    write(world, JX, DUTIES, 3, 工作项目=said.format(head="李四", unit="机械学院"))
    write(world, WY, DUTIES, 3, 工作项目=said.format(head="王四", unit="外国语学院"))
    result = collect(world, write=True)
    assert len(copies(result)) == 2
    for unit, others in ((JX, ("王四", "外国语学院", WY)), (WY, ("李四", "机械学院", JX))):
        html = (world.root / "回复" / unit / "审核意见.html").read_text(encoding="utf-8")
        assert "与另一单位所报的相同或基本相同" in html
        assert not [word for word in others if word in html]
    mine = json.loads((world.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    for found in (f for f in mine["findings"] if f["code"] == "D110"):
        other = {"王四", "外国语学院"} if found["unit"] == JX else {"李四", "机械学院"}
        rest = json.dumps({k: v for k, v in found.items() if k != "unit"}, ensure_ascii=False)
        assert not [word for word in other if word in rest.replace(str(found["path"]), "")]
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    rows = list(book["雷同核对"].iter_rows(min_row=2, values_only=True))
    assert [(r[0], r[1], r[5]) for r in rows] == [(1, WY, "E3"), (1, JX, "E3")]
    assert "王四带队" in rows[0][7]
    assert "李四带队" in rows[1][7]


def test_without_copies_the_master_has_no_such_sheet(world):
    collect(world, write=True)
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    assert "雷同核对" not in book.sheetnames


# ---- what is no copy -----------------------------------------------------------------


def test_rows_of_one_unit_may_be_alike(world):
    for row in (3, 4):
        write(world, JX, DUTIES, row, 工作项目=TEXT)
    assert copies(collect(world)) == []


def test_a_few_words_alike_mean_nothing(world):
    for unit in (JX, WY):
        write(world, unit, DUTIES, 3, 工作项目="组织党员干部学习党纪条例")
    assert copies(collect(world)) == []


def test_only_part_of_a_row_alike_is_no_copy(world):
    write(world, JX, DUTIES, 3, 工作项目=TEXT, 具体措施=OTHER)
    write(world, WY, DUTIES, 3, 工作项目=TEXT, 具体措施="每季度由分管领导抽查一次")
    assert copies(collect(world)) == []


def test_the_item_above_may_be_taken_over_word_by_word(tmp_path):
    world = made(tmp_path, None)
    for unit in (XX, JX, WY):
        write(world, f"{unit}_{LIST}", DUTIES, 3, 工作项目=TEXT)
    assert copies(collect(world)) == []
    for unit in (JX, WY):
        write(world, f"{unit}_{LIST}", DUTIES, 3, 工作项目=TEXT, 具体措施=OTHER)
    assert places(collect(world)) == [(WY, "F3"), (JX, "F3")]  # their own measures are


def test_the_issued_example_is_nobodys(world):
    settle(world.root, ("least = 30", "least = 12"))
    for unit in (JX, WY):
        write(world, unit, DUTIES, 3, 工作项目="排查重点岗位廉政风险，并更新防控措施（2次）")
    assert copies(collect(world)) == []


def test_what_many_units_say_is_a_common_phrase(world):
    for unit in (JX, WY):
        write(world, unit, DUTIES, 3, 工作项目=TEXT)
    settle(world.root, ("phrase = 4", "phrase = 2"))
    assert copies(collect(world)) == []


def test_one_leader_of_two_units_may_say_the_same_in_both(tmp_path):
    people = [dict(p) for p in PEOPLE_ROWS]
    for person in people:
        if person["姓名"] in {"李三", "王三"}:
            person.update(姓名="李三", 人员编号="P01")
    world = made(tmp_path, people=people)
    for unit in (JX, WY):
        write(world, unit, DUTIES, 4, 工作项目=TEXT)
    assert copies(collect(world)) == []
    write(world, WY, DUTIES, 3, 工作项目=TEXT)  # of the body there, it is no longer his alone
    assert len(copies(collect(world))) == 3


def test_a_unit_and_the_one_it_was_merged_into_are_one(tmp_path):
    units = [dict(u) for u in UNIT_ROWS]
    world = made(tmp_path, units=units)
    for unit in (JX, WY):
        write(world, unit, DUTIES, 3, 工作项目=TEXT)
    assert len(copies(collect(world))) == 2
    units[2].update(并入单位代码="JX")
    world.units = units
    world.write()
    assert copies(collect(world)) == []


def test_records_and_remarks_are_not_compared(tmp_path):
    world = make_world(tmp_path / "a")
    for path in world.issue("全程记实"):
        shutil.copy2(path, world.inbox)
        write(world, path.stem, "履责记实台账", 3, 责任主体="领导班子", 内容=TEXT)
    result = collect(world, "2026-02-01")
    assert len(result.tables["履责记实台账"]) == 2
    assert copies(result) == []
    other = made(tmp_path / "b")
    for unit in (JX, WY):
        write(other, unit, DUTIES, 3, 备注=TEXT)
    assert copies(collect(other)) == []


# ---- since last year -----------------------------------------------------------------


@pytest.fixture
def second_year(world: World) -> World:
    """A workspace whose last year's said TEXT in the lists of 机械工程学院党委."""
    write(world, JX, DUTIES, 3, 工作项目=TEXT.replace("定期", "2024年每季度"), 备注="办结")
    write(world, JX, TASKS, 3, 具体措施=OTHER, 进展说明="已经全部完成，形成长效机制")
    collect(world, write=True)
    last = world.root.parent / "2024"
    last.mkdir()
    shutil.move(world.root / "汇总", last / "汇总")
    settle(world.root, ('# previous = "../2024"', 'previous = "../2024"'))
    return world


def test_a_plan_that_is_last_years_is_asked_about(second_year):
    write(second_year, JX, DUTIES, 3, 工作项目=TEXT.replace("定期", "2025年每季度"))
    write(second_year, JX, TASKS, 3, 具体措施=OTHER, 进展说明=None)
    result = collect(second_year)
    assert [(f.where.sheet, f.where.cell) for f in copies(result, "D111")] == [
        (DUTIES, "E3"), (TASKS, "F3"),
    ]  # fmt: skip
    assert all(f.severity == "query" and TEXT[:8] not in f.message for f in copies(result, "D111"))


def test_what_was_rewritten_is_not(second_year):
    write(second_year, JX, DUTIES, 3, 工作项目=OTHER)
    write(second_year, JX, TASKS, 3, 具体措施=TEXT)
    assert copies(collect(second_year), "D111") == []


def test_what_goes_on_for_years_may_stay(second_year):
    write(second_year, JX, DUTIES, 3, 完成时限="长期坚持")
    write(second_year, JX, TASKS, 3, 进展说明=None, 完成时限="全年")
    assert copies(collect(second_year), "D111") == []


def test_another_units_plan_of_last_year_is_no_matter_of_this_units(second_year):
    write(second_year, JX, DUTIES, 3, 工作项目=OTHER)
    write(second_year, JX, TASKS, 3, 具体措施="逐项落实")
    write(second_year, WY, DUTIES, 3, 工作项目=TEXT.replace("定期", "每季度"))
    assert copies(collect(second_year), "D111") == []


def test_last_year_not_named_or_not_there_is_said_to_be_so(world):
    result = collect(world)
    assert [d.value for d in result.decisions if d.key == "copies.previous"] == ["没有比较"]
    assert not [u for u in result.unchecked if "上年" in u.rule]
    settle(world.root, ('# previous = "../2024"', 'previous = "../2024"'))
    result = collect(world)
    assert [u.because for u in result.unchecked if "上年" in u.rule] == [
        "没有读到上年工作文件夹中的总台账"
    ]
    (line,) = (d for d in result.decisions if d.key == "copies.previous")
    assert "2024" in line.value
    assert not line.default
