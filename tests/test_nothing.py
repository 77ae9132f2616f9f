"""A sheet that is answered with 无 is an empty sheet, and one thing is asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from world import World, edited, find, headings, make_world, stands

if TYPE_CHECKING:
    from pathlib import Path

NAME, TASKS = "机械工程学院党委_责任任务清单", "任务清单"


def answered(world: World, word: str, *names: str) -> str:
    """Answer the sheet of tasks with a word, in these columns or all but the issued ones."""
    world.fill("责任任务清单")
    path = find(world, NAME)
    with edited(path) as book:
        sheet = book[TASKS]
        places = {n: at for n, at in headings(sheet).items() if n not in {"序号", "任务编号"}}
        for at in places.values():
            for row in range(3, 10):
                sheet.cell(row, at).value = None
        for name in names or places:
            sheet.cell(3, places[name]).value = word
    return path.name


@pytest.mark.parametrize("word", ["无", "暂无", " 没有。", "/", "——"])
def test_nothing_in_every_cell_is_asked_about_once(tmp_path: Path, word: str):
    world = make_world(tmp_path / "w")
    name = answered(world, word)
    told = [s for s in stands(world.collect(), name) if s[2] == TASKS]
    assert told == [("must", "Q104", TASKS, "A3")]


@pytest.mark.parametrize("column", ["责任主体", "工作任务", "备注"])
def test_and_so_it_is_in_one_cell(tmp_path: Path, column: str):
    world = make_world(tmp_path / "w")
    name = answered(world, "无", column)
    told = [s for s in stands(world.collect(), name) if s[2] == TASKS]
    assert told == [("must", "Q104", TASKS, "A3")]


def test_a_row_that_says_anything_else_is_a_row(tmp_path: Path):
    world = make_world(tmp_path / "w")
    world.fill("责任任务清单")
    path = find(world, NAME)
    with edited(path) as book:
        sheet = book[TASKS]
        for column in ("具体措施", "进展说明"):
            sheet.cell(4, headings(sheet)[column]).value = "无"
    result = world.collect()
    assert stands(result, path.name) == []
    assert len(result.tables[TASKS].query("_unit_code == 'JX'")) == 4


@pytest.mark.parametrize(("word", "zero"), [("无", True), ("/", True), ("若干", False)])
def test_a_figure_answered_with_nothing_is_to_be_0(tmp_path, word, zero):
    world = make_world(tmp_path / "w")
    world.fill("落实情况报告", "2025-H1")
    path = find(world, "机械工程学院党委_落实情况报告")
    with edited(path) as book:
        book["履责统计"]["C5"].value = word
    (found,) = (f for f in world.collect("2025-07-20").findings if f.code == "V103")
    assert ("没有发生的填 0" in found.remedy) is zero


@pytest.mark.parametrize("said", ["未完成", "完成80%", "基本完成"])
def test_what_is_not_done_is_not_likened_to_what_is(tmp_path: Path, said: str):
    world = make_world(tmp_path / "w")
    world.fill("责任任务清单")
    path = find(world, NAME)
    with edited(path) as book:
        sheet = book[TASKS]
        sheet.cell(3, headings(sheet)["完成情况"]).value = said
    (found,) = (f for f in world.collect().findings if f.code == "V104")
    assert "是否指" not in found.remedy
    assert found.suggestion is None
