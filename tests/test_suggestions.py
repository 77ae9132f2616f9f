"""What is suggested for a faulty cell, how it is shown, and what becomes of it on its return."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from libreoffice import PROGRAM, saved_as
from world import EARLY, World, change, cover_cell, edited, find, headings, touch

from sxxt_excel.cli import cli
from sxxt_excel.marks import ADOPT, OPINION, RESULTS, SUGGESTED, WORDS, YES
from sxxt_excel.repairs import repaired_day
from sxxt_excel.suggestions import likely
from sxxt_excel.wording.limits import LIMIT_WORDINGS

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

OFFICE = pytest.mark.skipif(PROGRAM is None, reason="needs LibreOffice")
JX, LISTS, DUTIES, TASKS = "机械工程学院党委", "责任任务清单", "责任清单", "任务清单"
NAME = f"{JX}_{LISTS}_2025年度"
COPY = f"{NAME}_审核意见.xlsx"
DAY, STATE = "I3", "K3"
"""Cells of 开始时间 and 完成情况 in the list of tasks."""


@pytest.fixture
def world(cascaded_world: World, tmp_path: Path) -> World:
    return cascaded_world.copied(tmp_path / "w")


def suggested(result: Round, code: str) -> list[tuple[str | None, str | None]]:
    return [(f.where.cell, f.suggestion) for f in result.findings if f.code == code]


def told(result: Round, code: str) -> list[Finding]:
    return [f for f in result.findings if f.code == code]


def same(*words: str) -> dict[str, str]:
    return {word: word for word in words}


# ---- what is suggested ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-02-30", "2025-02-28"),
        ("2024.2.30", "2024-02-29"),
        ("2025年4月31日", "2025-04-30"),
        ("20250410日", "2025-04-10"),
        ("2025年 3 月 5 日左右", "2025-03-05"),
        ("２０２５、３、５", "2025-03-05"),
        ("2025-13-5", None),
        ("2025-2-32", None),
        ("2025-0-5", None),
        ("2025-3", None),
        ("2025-3-5至3-8", None),
        ("三月五日", None),
        ("", None),
    ],
)
def test_a_day_is_repaired_only_where_one_reading_is_plain(text, day):
    assert repaired_day(text) == day


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("进行", "进行中"),
        ("正在进行中", "进行中"),
        ("己完成", "已完成"),
        ("完成", "已完成"),
        ("未完成", None),  # the opposite of what it looks like
        ("没有启动", None),
        ("长期", "长期坚持"),
        ("其他", None),
    ],
)
def test_a_choice_is_suggested_only_where_one_is_clearly_meant(word, meant):
    assert likely([word], same("未启动", "进行中", "已完成", "长期坚持")).get(word) == meant


def test_two_that_are_as_near_are_none_and_another_number_is_another_thing():
    assert likely(["半年"], same("上半年", "下半年")) == {}
    assert likely(["二季度未"], same(*LIMIT_WORDINGS)) == {}
    assert likely(["上半年度"], same("上半年", "下半年"))["上半年度"] == "上半年"


@pytest.mark.parametrize(
    ("place", "value", "code", "mend"),
    [
        ((DUTIES, 3, "完成情况"), "进行种", "V104", "进行中"),
        ((DUTIES, 3, "完成情况"), "未完成", "V104", None),
        ((TASKS, 3, "开始时间"), "2025-02-30", "V102", "2025-02-28"),
        ((TASKS, 3, "开始时间"), "2025-13-5", "V102", None),
        ((TASKS, 3, "完成时限"), "2025年6月低", "V105", "2025年6月底"),
        ((TASKS, 3, "完成时限"), "争取2025年6月底前完成", "V105", "2025年6月底"),
        ((TASKS, 3, "完成时限"), "2025年6月31日", "V105", "2025-06-30"),
        ((TASKS, 3, "完成时限"), "尽快", "V105", None),
        ((DUTIES, 4, "责任主体"), "李山", "V109", None),
        ((DUTIES, 3, "责任主体"), "领导班了", "V109", "领导班子"),
        ((TASKS, 3, "任务编号"), "JX-2024-RW-009", "V108", "JX-2025-RW-009"),
        ((TASKS, 3, "任务编号"), "JX-2024-RW-002", "V108", None),
        ((TASKS, 3, "责任项目编号"), "JX-2025-ZB-001", "V107", "JX-2025-ZR-001"),
        ((TASKS, 3, "责任项目编号"), "JX-2025-ZR-900", "V107", None),
    ],
)
def test_each_faulty_cell_has_its_likely_mend_or_none(world, place, value, code, mend):
    sheet, row, field = place
    change(world, f"{JX}_", sheet, {(row, field): value})
    result = world.collect()
    ((_, found),) = suggested(result, code)
    assert found == mend
    assert [f["suggestion"] for f in result.to_json()["findings"] if f["code"] == code] == [mend]


def test_an_item_is_known_by_what_the_row_says_where_its_number_tells_nothing(world):
    change(world, f"{JX}_", DUTIES, {(4, "工作项目"): "开展廉政警示教育"})
    change(world, f"{JX}_", TASKS, {(3, "责任项目编号"): "JX-2025-ZR-900",
                                    (3, "工作任务"): "组织开展廉政警示教育活动"})  # fmt: skip
    assert [s for _, s in suggested(world.collect(), "V107")] == ["JX-2025-ZR-002"]


def test_an_item_of_the_list_above_is_known_by_its_spelling(world):
    change(world, f"{JX}_", DUTIES, {(3, "上级项目编号"): "XX-2025-ZB-003"})
    assert [s for _, s in suggested(world.collect(), "V107")] == ["XX-2025-ZR-003"]


def test_what_needs_no_mending_has_no_suggestion(world):
    assert {f.suggestion for f in world.collect().findings} <= {None}


# ---- how it is shown -----------------------------------------------------------------------


def marked(world: World) -> Path:
    world.collect(write=True)
    return world.root / "回复" / JX / COPY


def row_of(sheet: Worksheet, row: int) -> dict[str, Any]:
    return {name: sheet.cell(row, at).value for name, at in headings(sheet).items()}


@pytest.fixture
def faulty(world: World) -> World:
    change(world, f"{JX}_", TASKS, {(3, "开始时间"): "2025-02-30", (3, "完成情况"): "进行种",
                                    (4, "完成情况"): "不知道"})  # fmt: skip
    return world


def test_a_suggestion_stands_beside_its_row_on_the_first_sheet_and_in_the_comment(faulty):
    book = openpyxl.load_workbook(marked(faulty))
    sheet = book[TASKS]
    assert list(headings(sheet))[-3:] == [OPINION, SUGGESTED, ADOPT]
    assert row_of(sheet, 3)[SUGGESTED].split("\n") == [
        f"{DAY} 开始时间：2025-02-28（原填“2025-02-30”）",
        f"{STATE} 完成情况：进行中（原填“进行种”）",
    ]
    assert row_of(sheet, 4)[SUGGESTED] is None
    (rule,) = [v for v in sheet.data_validations.dataValidation if v.formula1 == '"是"']
    place = openpyxl.utils.get_column_letter(headings(sheet)[ADOPT])
    assert (str(rule.sqref), rule.type) == (f"{place}3", "list")
    assert not sheet[f"{place}3"].protection.locked
    assert "建议改为：2025-02-28" in sheet[DAY].comment.text
    first = book.worksheets[0]
    lines = [[c.value for c in row] for row in first.iter_rows()]
    (head,) = [row for row in lines if OPINION in row]
    assert head[-3:] == [WORDS, SUGGESTED, ADOPT]
    assert {row[-2] for row in lines if row[1] == "须修改"} == {
        "2025-02-28（原填“2025-02-30”）", "进行中（原填“进行种”）", "",
    }  # fmt: skip
    (offered,) = first.data_validations.dataValidation
    assert offered.formula1 == '"是"'


def test_where_nothing_is_suggested_there_is_no_such_column(world):
    change(world, f"{JX}_", TASKS, {(3, "完成时限"): "尽快"})
    book = openpyxl.load_workbook(marked(world))
    assert SUGGESTED not in headings(book[TASKS])
    texts = {c.value for row in book.worksheets[0].iter_rows() for c in row}
    assert OPINION in texts
    assert SUGGESTED not in texts


# ---- what becomes of it --------------------------------------------------------------------


def returned(world: World, ticks: dict[str, str], sheet: str = TASKS) -> Path:
    """Send the marked copy back, what stands in 采用 of a row (or of the first sheet) filled in."""
    target = world.inbox / COPY
    target.write_bytes(marked(world).read_bytes())
    find(world, f"{NAME}.").unlink()
    touch(target, EARLY + dt.timedelta(days=1))
    with edited(target) as book:
        for cell, word in ticks.items():
            book[sheet][cell].value = word
    return target


def tick_of(world: World, row: int = 3) -> str:
    sheet = openpyxl.load_workbook(marked(world))[TASKS]
    return str(sheet.cell(row, headings(sheet)[ADOPT]).coordinate)


def saved_again(path: Path, suffix: str, folder: Path) -> None:
    """Save a workbook of the inbox by LibreOffice in another format, in its place."""
    (saved,) = saved_as(suffix, folder, path)
    path.unlink()
    target = path.with_suffix(f".{suffix}")
    target.write_bytes(saved.read_bytes())
    touch(target, EARLY + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "again",
    ["", *(pytest.param(suffix, marks=OFFICE) for suffix in ("xlsx", "xls", "ods"))],
)
def test_what_is_adopted_beside_a_row_is_put_into_its_cells_and_told(faulty, tmp_path, again):
    path = returned(faulty, {tick_of(faulty): YES})
    if again:
        saved_again(path, again, tmp_path)
    result = faulty.collect(write=True)
    assert [(f.where.cell, f.where.field, f.got) for f in told(result, "V161")] == [
        (DAY, "开始时间", "2025-02-30 → 2025-02-28"),
        (STATE, "完成情况", "进行种 → 进行中"),
    ]
    assert {f.severity for f in told(result, "V161")} == {"note"}
    rows = result.tables[TASKS]
    mine = rows[(rows["_unit_code"] == "JX") & (rows["_row"] == 3)].iloc[0]
    assert (f"{mine['开始时间']:%Y-%m-%d}", mine["完成情况"]) == ("2025-02-28", "进行中")
    assert [f.where.cell for f in told(result, "V104")] == ["K4"]
    assert told(result, "V102") == []
    page = (faulty.root / "回复" / JX / "审核意见.html").read_text(encoding="utf-8")
    assert "已按建议修改" in page
    assert "2025-02-30 → 2025-02-28" in page


def test_the_next_copy_has_what_was_adopted_in_its_cells(faulty):
    returned(faulty, {tick_of(faulty): YES})
    sheet = openpyxl.load_workbook(marked(faulty))[TASKS]
    assert (sheet[DAY].value, sheet[STATE].value) == ("2025-02-28", "进行中")
    assert SUGGESTED not in headings(sheet)
    assert sheet["K4"].comment is not None


def test_one_may_be_adopted_on_the_first_sheet_alone(faulty):
    first = openpyxl.load_workbook(marked(faulty)).worksheets[0]
    (cell,) = [r[-1].coordinate for r in first.iter_rows() if "进行种" in str(r[-2].value)]
    returned(faulty, {cell: YES}, RESULTS)
    result = faulty.collect()
    assert [f.where.cell for f in told(result, "V161")] == [STATE]
    assert [f.where.cell for f in told(result, "V102")] == [DAY]


def test_a_cover_of_another_year_is_mended_by_what_was_issued(world):
    with edited(find(world, f"{JX}_")) as book:
        cell = cover_cell(book["封面"], "年度")
        book["封面"][cell].value = 2024
    assert suggested(world.collect(), "I103") == [(cell, "2025")]
    first = openpyxl.load_workbook(marked(world)).worksheets[0]
    (tick,) = [r[-1].coordinate for r in first.iter_rows() if "原填“2024”" in str(r[-2].value)]
    returned(world, {tick: YES}, RESULTS)
    result = world.collect()
    assert [(f.where.sheet, f.where.cell, f.where.field) for f in told(result, "V161")] == [
        ("封面", cell, "年度")
    ]
    assert told(result, "I103") == []


def test_what_is_not_adopted_is_ignored(faulty):
    returned(faulty, {})
    result = faulty.collect()
    assert [told(result, code) for code in ("V161", "V162", "V163")] == [[], [], []]
    assert len(told(result, "V102")) == 1


def test_a_cell_that_holds_something_else_by_now_is_left_as_it_is_and_told(faulty):
    path = returned(faulty, {tick_of(faulty): YES})
    change(faulty, path.stem, TASKS, {(3, "开始时间"): "2025-02-20", (3, "完成情况"): "进行中"})
    result = faulty.collect()
    assert [f.where.cell for f in told(result, "V162")] == [DAY]  # the other is mended already
    assert told(result, "V161") == []


def test_any_other_word_adopts_nothing_and_asks_for_nothing(faulty):
    cell = tick_of(faulty)
    returned(faulty, {cell: "同意"})
    result = faulty.collect()
    assert {(f.where.cell, f.got, f.severity) for f in told(result, "V163")} == {
        (cell, "同意", "note")
    }
    assert told(result, "V161") == []
    assert len(told(result, "V102")) == 1


def test_a_row_that_was_moved_takes_its_suggestion_along(faulty):
    path = returned(faulty, {tick_of(faulty): YES})
    with edited(path) as book:
        book[TASKS].move_range("A3:Z3", rows=40)
    found = told(faulty.collect(), "V161")
    assert {f.where.cell for f in found} == {"I43", "K43"}


def test_what_was_adopted_stands_in_the_master_and_among_the_decisions(faulty):
    returned(faulty, {tick_of(faulty): YES})
    for _ in range(2):  # a second run writes no second line
        args = ["collect", str(faulty.inbox), "--today", "2025-04-12", "--jobs", "1"]
        assert CliRunner().invoke(cli, args, prog_name="sxxt-excel").exit_code == 1
    master = openpyxl.load_workbook(faulty.root / "汇总" / "总台账.xlsx", read_only=True)
    texts = [str(v) for row in master["审核意见"].iter_rows(values_only=True) for v in row]
    assert any("2025-02-30 → 2025-02-28" in text for text in texts)
    with closing(sqlite3.connect(faulty.root / "台账.db")) as base:
        rows = base.execute("select kind, by, reason, path from decisions order by reason")
        assert [(k, b, r, p) for k, b, r, p in rows] == [
            ("采用建议", JX, f"{TASKS}{DAY}：2025-02-30 → 2025-02-28", COPY),
            ("采用建议", JX, f"{TASKS}{STATE}：进行种 → 进行中", COPY),
        ]
