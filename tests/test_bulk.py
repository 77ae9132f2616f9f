"""Rows put in as XML read back as what they were, in every reader there is."""

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sxxt_excel.outputs import bulk, rowxml, tables
from sxxt_excel.outputs.bulk import Book, Print
from sxxt_excel.outputs.heights import lines_of
from sxxt_excel.outputs.rowxml import escape
from sxxt_excel.outputs.tables import Cell, Column, Link, Table

LOOKS: dict[str, dict[str, object]] = {
    "text": {"text_wrap": True},
    "grey": {"italic": True},
    "date": {"num_format": "yyyy-mm-dd"},
    "heading": {"bold": True},
    "empty": {},
}
MADE = datetime(2025, 7, 15)  # noqa: DTZ001 - a workbook's properties know no zone


def write(path: Path, *tables: Table) -> Path:
    book = Book(LOOKS, Print("甲&乙", "截至"), MADE)
    for table in tables:
        book.table(table)
    book.save(path)
    return path


def table(*columns: Column, name: str = "表", **more: Any) -> Table:
    return Table(name, name, columns, **more)


def one(values: list[Cell], look: str | list[str] = "text") -> Table:
    return table(Column("列", 12, values, look))


def read(path: Path, sheet: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()


def sheet_xml(path: Path, number: int = 1) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(f"xl/worksheets/sheet{number}.xml").decode()


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=20))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    path = write(tmp_path_factory.mktemp("b") / "b.xlsx", one([*texts, "末"]))
    # Excel's own reading: _xHHHH_ is the sign of that number.
    unescaped = [
        re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(row[0].value))
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)
    ]
    assert unescaped == [*texts, "末"]


def test_calamine_reads_texts_figures_days_and_blanks(tmp_path: Path):
    values: list[Cell] = ["甲", 3, 2.5, None, "", " 前后 ", "一\n二", float("nan"), 10**12]
    path = write(
        tmp_path / "b.xlsx",
        table(Column("列", 12, values), Column("日", 12, [45000, *[None] * 8], "date")),
    )
    head, *rows = read(path)
    assert head == ["列", "日"]
    assert [row[0] for row in rows] == ["甲", 3, 2.5, "", "", " 前后 ", "一\n二", "", 10**12]
    assert rows[0][1] == date(2023, 3, 15)


def test_control_characters_are_escaped_as_excel_does():
    assert escape("a\x01<b>&\r_x0041_") == "a_x0001_&lt;b&gt;&amp;_x000D__x005F_x0041_"
    assert escape("\ud800\uffff") == "\ufffd\ufffd"
    assert escape("平常\t文字\n_x_") == "平常\t文字\n_x_"


def test_no_value_is_longer_than_a_cell_holds(tmp_path: Path):
    path = write(tmp_path / "b.xlsx", one(["长" * 40_000]))
    assert read(path)[1] == ["长" * 32_767]


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_what_reads_like_a_formula_is_marked_as_text(tmp_path: Path, text: str):
    path = write(tmp_path / "b.xlsx", one([text, "平常", -3]))
    cells = [row[0] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [text, "平常", -3]
    assert [cell.quotePrefix for cell in cells] == [True, False, False]
    assert "<f" not in sheet_xml(path).replace("<formula", "")


def test_each_row_has_its_own_look(tmp_path: Path):
    path = write(tmp_path / "b.xlsx", one(["甲", "甲", "乙"], ["text", "grey", "text"]))
    cells = [row[0] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    assert [cell.font.italic for cell in cells] == [False, True, False]
    assert [cell.alignment.wrap_text for cell in cells] == [True, None, True]


def test_the_sheet_says_how_large_it_is_and_filters_all_of_it(tmp_path: Path):
    columns = [Column(str(n), 8, list(range(50))) for n in range(28)]
    path = write(tmp_path / "b.xlsx", table(*columns))
    xml = sheet_xml(path)
    assert '<dimension ref="A1:AB51"/>' in xml
    assert openpyxl.load_workbook(path).worksheets[0].auto_filter.ref == "A1:AB51"
    numbers = [int(n) for n in re.findall(r'<row r="(\d+)"', xml)]
    assert numbers == list(range(1, 52))


def test_rows_of_many_slices_stay_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rowxml, "_SLICE", 7)
    path = write(tmp_path / "b.xlsx", one(list(range(30))))
    assert [row[0] for row in read(path)[1:]] == list(range(30))


def test_rows_beyond_a_sheet_go_on_with_their_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tables, "LAST_ROW", 4)
    links = (Link(0, 0, "a.xlsx"), Link(4, 0, "b%20c.xlsx", "'表'!A1"))
    rows = table(Column("列", 12, list("甲乙丙丁戊己庚")), links=links)
    path = write(tmp_path / "b.xlsx", rows, table(Column("列", 12, ["末"]), name="表（2）"))
    book = openpyxl.load_workbook(path)
    # A table that bears the name of a further sheet gets one of its own.
    assert book.sheetnames == ["表", "表（2）", "表（3）", "表（2）（2）"]
    assert [[c.value for (c,) in sheet.iter_rows(min_row=2)] for sheet in book] == [
        ["甲", "乙", "丙"], ["丁", "戊", "己"], ["庚"], ["末"],
    ]  # fmt: skip
    second = book["表（2）"]["A3"].hyperlink
    assert (unquote(second.target), second.location) == ("b c.xlsx", "'表'!A1")
    assert book["表"]["A2"].hyperlink.target == "a.xlsx"
    assert book["表（3）"]["A2"].hyperlink is None


def test_links_stand_where_the_format_wants_them(tmp_path: Path):
    links = tuple(Link(row, 0, "甲&乙.xlsx", "'A&\"B'!C1") for row in range(3))
    path = write(tmp_path / "b.xlsx", table(Column("列", 12, list("甲乙丙")), links=links))
    xml = sheet_xml(path)
    parts = ["<sheetData>", "<autoFilter", "<hyperlinks>", "<printOptions", "<pageMargins"]
    places = [xml.index(part) for part in parts]
    assert places == sorted(places)
    link = openpyxl.load_workbook(path).worksheets[0]["A4"].hyperlink
    assert (link.target, link.location) == ("甲&乙.xlsx", "'A&\"B'!C1")
    # One file is named once, however many cells open it.
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/worksheets/_rels/sheet1.xml.rels").count(b"<Relationship ") == 1


def test_no_more_links_than_excel_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "MOST_LINKS", 2)
    links = tuple(Link(row, 0, "a.xlsx") for row in range(5))
    path = write(tmp_path / "b.xlsx", table(Column("列", 12, list("甲乙丙丁戊")), links=links))
    assert sheet_xml(path).count("<hyperlink ") == 2


def test_a_table_without_rows_says_so(tmp_path: Path):
    path = write(
        tmp_path / "b.xlsx", table(Column("甲", 9, []), Column("乙", 9, []), empty="没有。")
    )
    assert read(path) == [["甲", "乙"], ["没有。", ""]]


def test_names_are_made_fit_for_a_sheet(tmp_path: Path):
    long = "很" * 40
    path = write(
        tmp_path / "b.xlsx", *(table(Column("列", 9, [1]), name=n) for n in ("a/b:c", long, long))
    )
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names == ["a－b－c", "很" * 31, "很" * 28 + "（2）"]


def test_rows_are_tall_enough_for_their_longest_text(tmp_path: Path):
    assert lines_of("十个汉字正好二十宽哦", 20) == 1
    assert lines_of("字" * 27, 20) == 3
    assert lines_of("一\n二\n三", 20) == 3
    path = write(
        tmp_path / "b.xlsx",
        table(
            Column("甲", 20, ["短", "字" * 27, "短"]), Column("乙", 9, ["", "", "一\n二"]), least=18
        ),
    )
    heights = [int(h) for h in re.findall(r'<row r="[234]" ht="(\d+)"', sheet_xml(path))]
    assert heights == [20, 48, 34]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path):
    rows = one(["甲", 1, None], ["text", "grey", "date"])
    first, second = write(tmp_path / "1.xlsx", rows), write(tmp_path / "2.xlsx", rows)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None


def test_the_page_says_whose_it_is(tmp_path: Path):
    sheet = openpyxl.load_workbook(write(tmp_path / "b.xlsx", one(["甲"]))).worksheets[0]
    assert sheet.oddHeader.left.text.strip() == "甲&&乙"
    assert sheet.oddHeader.center.text.strip() == "表"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "B2"
