"""What a clerk's formats say of her rows: struck out, they are asked about; merged, told."""

from __future__ import annotations

import openpyxl
import pytest
from libreoffice import PROGRAM, saved_as
from openpyxl.styles import Font
from readings import book_of
from world import edited, find, make_world, stands

from sxxt_excel.formats.struck import struck_styles

NAME = "机械工程学院党委_责任任务清单"
ASKED = ("query", "S116", "责任清单", "A6")


def strike(sheet: openpyxl.worksheet.worksheet.Worksheet, row: int, *, out: bool = True) -> None:
    """Strike out every cell of a row, or no more."""
    for cell in sheet[row]:
        cell.font = Font(strike=out)


def test_a_row_that_is_struck_out_is_read_and_asked_about_until_it_is_plain_or_gone(tmp_path):
    world = make_world(tmp_path / "w")
    world.fill("责任任务清单")
    path = find(world, NAME)
    with edited(path) as book:
        strike(book["责任清单"], 6)
        strike(book["责任清单"], 15)  # where nothing is filled in
    result = world.collect()
    assert stands(result, path.name) == [ASKED]
    assert "JX-2025-ZR-004" in set(result.tables["责任清单"]["项目编号"])
    with edited(path) as book:
        strike(book["责任清单"], 6, out=False)
    assert stands(world.collect(), path.name) == []


def test_merged_cells_are_told_from_the_top_and_how_many_there_are(tmp_path):
    world = make_world(tmp_path / "w")
    world.fill("责任任务清单")
    path = find(world, NAME)
    with edited(path) as book:
        for cells in ("O5:O6", "K3:K4", "J5:J6", "J3:J4"):
            book["责任清单"].merge_cells(cells)
    (found,) = (f for f in world.collect().findings if f.code == "S109")
    assert (found.where.cell, found.got) == ("J3", "J3:J4、K3:K4、J5:J6等4处")


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not here to save it anew")
def test_struck_rows_are_known_from_what_another_program_saved(tmp_path):
    book = openpyxl.Workbook()
    for row in ("甲", "乙", "丙"):
        book.active.append([row])
    strike(book.active, 2)
    book.save(tmp_path / "a.xlsx")
    (saved,) = saved_as("xlsx", tmp_path / "saved", tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", saved):
        assert [sheet.struck_rows for sheet in book_of(path.read_bytes()).sheets] == [(2,)]


@pytest.mark.parametrize(
    ("strikes", "struck"),
    [("<strike/>", ("1",)), ('<strike val="1"/>', ("1",)), ('<strike val="0"/>', ()), ("", ())],
)
def test_a_format_is_struck_out_if_its_font_is(strikes, struck):
    xml = (
        f"<styleSheet><fonts><font><sz/></font><font>{strikes}</font></fonts>"
        '<cellStyleXfs><xf fontId="1"/></cellStyleXfs>'
        '<cellXfs><xf fontId="0"/><xf fontId="1"><alignment/></xf></cellXfs></styleSheet>'
    )
    assert struck_styles(xml.encode()) == struck
