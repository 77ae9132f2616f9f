"""同上 in a list is what the row above says, where anything is above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest
from inprocess import reading_here
from world import World, change, edited, find, headings

from sxxt_excel.dittos import is_ditto, without_dittos
from sxxt_excel.raw import Fault, RawTable
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import Raw

LISTS = "机械工程学院党委_责任任务清单"
DUTIES = "责任清单"
LIST = load_regime("tj-2017").form(DUTIES)
SHEET = next(sheet for _, sheet in load_regime("sou-2020").one_sheets)
"""All three lists on one sheet."""


@pytest.mark.parametrize(
    "text",
    ["同上", " 同 上 ", "同上。", "（同上）", "同前", "仝上", "同上行", "同上一行", "与上一行相同",
     "〃", '"', "＂", "″", "“", "”", "''", "〃〃"],
)  # fmt: skip
def test_what_says_that_it_is_as_above(text):
    assert is_ditto(text)


@pytest.mark.parametrize(
    "said",
    ["", "同上级", "同上级签订", "同上，另请纪委列席", "同前期", "上", "同", "〃等", "“四责”", "'",
     "-", "—", "/", "无", None, 3, Fault("V110", "#N/A")],
)  # fmt: skip
def test_what_says_something_of_its_own_is_left_alone(said):
    assert not is_ditto(said)


def read(form: Form, *values: Raw, heading: str = "责任部门") -> list[Raw]:
    """Return what the cells of a column are read as; "!" where nothing can be meant."""
    rows = tuple(range(3, 3 + len(values)))
    table = RawTable(form.id, form.id, 2, rows, {heading: list(values)}, {})
    read_as = without_dittos(table, form)[0].columns[heading]
    return ["!" if isinstance(raw, Fault) and raw.code == "V165" else raw for raw in read_as]


def test_several_in_a_row_are_all_as_the_first():
    assert read(LIST, "学院办公室", "同上", "〃", "团委") == ["学院办公室"] * 3 + ["团委"]


def test_nothing_is_meant_below_nothing():
    assert read(LIST, "同上", "同上", "团委") == ["!", "!", "团委"]
    assert read(LIST, "团委", None, "同上", " ", "同上") == ["团委", None, "!", " ", "!"]
    assert read(LIST, Fault("V110", "#N/A"), "同上")[1] == "!"


def test_no_row_has_the_number_of_another_but_on_a_sheet_with_several_measures_a_problem():
    assert read(LIST, "JX-2025-ZR-001", "同上", heading="项目编号") == ["JX-2025-ZR-001", "!"]
    assert read(SHEET, "JX-2025-WT-001", "同上", heading="问题编号") == ["JX-2025-WT-001"] * 2


def test_a_copy_of_a_sheet_that_was_read_is_no_table_left_out(cascaded_world: World, tmp_path):
    world = cascaded_world.copied(tmp_path / "w")
    change(world, LISTS, DUTIES, {(4, "责任人"): "同上"})
    with edited(find(world, LISTS)) as book:
        book.copy_worksheet(book[DUTIES]).title = "备份"
    with reading_here():
        found = world.collect("2025-04-12").findings
    assert {f.code for f in found if f.where.path and f.where.path.startswith(LISTS)} == {
        "S106", "T102", "V164",
    }  # fmt: skip


def test_the_marked_copy_goes_back_with_the_cell_that_nothing_is_above(cascaded_world, tmp_path):
    world = cascaded_world.copied(tmp_path / "w")
    change(world, LISTS, DUTIES, {(3, "责任部门"): "同上"})
    with reading_here():
        world.collect("2025-04-12", write=True)
    (copy,) = (world.root / "回复" / "机械工程学院党委").glob("*_审核意见.xlsx")
    sheet = openpyxl.load_workbook(copy)[DUTIES]
    cell = sheet.cell(3, headings(sheet)["责任部门"])
    assert cell.value == "同上"
    assert "没有可照的内容" in cell.comment.text
