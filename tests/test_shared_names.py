"""Two units of one name: each has its own workbook, and what it sends is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.world import change, edited, make_world, notes, stands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import World

NAME = "机关第一党总支"
LISTS, REPORT = "责任任务清单", "主体责任报告"
FILES = {f"{NAME}（{code}）_{LISTS}_2025年度.xlsx" for code in ("JX", "WY")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world with two units of one name."""
    world = make_world(tmp_path / "w")
    for unit in world.units[1:]:
        unit |= {"单位名称": NAME, "简称": "机关一总支"}
    return world.write()


def test_each_unit_gets_a_file_of_its_own_that_bears_its_code(world):
    assert {path.name for path in world.issue(LISTS)} == FILES
    assert {path.name for path in (world.root / "下发").glob(f"*{LISTS}_*")} == FILES


@pytest.mark.parametrize(("said", "told"), [(NAME, []), ("机关一总支", ["I108"])])
def test_the_cover_of_an_issued_workbook_with_its_own_name_contradicts_nothing(world, said, told):
    for path in world.fill(LISTS):
        with edited(path) as book:
            places = {row[0].value: row[1] for row in book["封面"].iter_rows(max_col=2)}
            places["填报单位"].value = said
    result = world.collect()
    assert stands(result) == []
    for path in FILES:
        assert [code for code, _ in notes(result, path) if code.startswith("I")] == told
    assert sorted(f.unit_code or "" for f in result.files) == ["JX", "WY"]


def test_what_is_pre_filled_is_the_units_own_and_not_its_namesakes(world):
    world.fill(LISTS)
    change(world, f"{NAME}（JX）", "任务清单", {(3, "工作任务"): "只有这一家的任务"})
    world.collect(write=True)
    for path in world.issue(REPORT, "2025-H1"):
        sheet = openpyxl.load_workbook(path)["任务进展"]
        keys = [str(row[1].value) for row in sheet.iter_rows(min_row=3, max_col=2) if row[1].value]
        code = path.name.partition("（")[2].partition("）")[0]
        assert keys
        assert all(key.startswith(f"{code}-") for key in keys), keys
