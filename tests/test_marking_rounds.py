"""The marked copy of a pass: who gets one, what is in it, and what becomes of it on its return."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from inprocess import map_here
from libreoffice import PROGRAM, saved_as
from richbook import packed_of, with_parts
from world import BEYOND, EARLY, World, change, edited, find, headings, stands, touch

import sxxt_excel.originals
import sxxt_excel.outputs.marked
from sxxt_excel.engine import Death, map_files
from sxxt_excel.marks import MARK, OPINION, RESULTS, WORDS
from sxxt_excel.outputs.marked import write_marked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

OFFICE = pytest.mark.skipif(PROGRAM is None, reason="needs LibreOffice")
JX, WY = "机械工程学院党委", "外国语学院党总支"
LISTS, DUTIES, TASKS = "责任任务清单", "责任清单", "任务清单"
NAME = f"{JX}_{LISTS}_2025年度"
REASON = "该项任务跨两个年度实施，已报分管校领导同意推迟"
NONE = "尽快"
"""A 完成时限 that is none: a must."""


@pytest.fixture
def world(asked: World) -> World:
    return asked


def copies(world: World) -> dict[str, Path]:
    """Return unit/name → path of the marked copies there are."""
    found = (world.root / "回复").glob("*/*_审核意见.xls*")
    return {f"{path.parent.name}/{path.name}": path for path in sorted(found)}


def copy_of(world: World) -> Path:
    world.collect(write=True)
    return copies(world)[f"{JX}/{NAME}_审核意见.xlsx"]


def ours(sheet: Worksheet) -> dict[int, dict[str, Any]]:
    """Return row → what stands in our two columns."""
    places = headings(sheet)
    return {
        row: {name: sheet.cell(row, places[name]).value for name in (OPINION, WORDS)}
        for row in range(3, sheet.max_row + 1)
        if sheet.cell(row, places[OPINION]).value
    }


def send_back(world: World, path: Path, name: str = "") -> Path:
    """Put a copy into the inbox in the place of what it is a copy of."""
    find(world, f"{JX}_").unlink()
    target = world.inbox / (name or path.name)
    target.write_bytes(path.read_bytes())
    touch(target)
    return target


def resaved(path: Path, said: dict[str, str], sheet: str = TASKS) -> None:
    """Fill in cells and save as another program does, which keeps nothing of our own bytes."""
    with edited(path) as book:
        for cell, text in said.items():
            book[sheet][cell].value = text


def told_of(result: Round, *codes: str) -> list[tuple[str, str | None]]:
    return [(f.code, f.where.cell) for f in result.findings if f.code in codes]


# ---- what a unit gets ---------------------------------------------------------------------


def test_a_workbook_of_which_something_is_asked_gets_a_copy_and_no_other(world):
    world.collect(write=True)
    assert list(copies(world)) == [f"{JX}/{NAME}_审核意见.xlsx"]


def test_the_copy_shows_what_is_asked_at_the_cell_in_the_row_and_on_the_first_sheet(world):
    change(world, f"{JX}_", TASKS, {(4, "完成时限"): NONE})
    book = openpyxl.load_workbook(copy_of(world))
    sheet = book[TASKS]
    note = sheet["J4"].comment.text
    assert note.startswith("【审核意见】\n须修改（V1")
    assert "怎样修改：" in note
    assert [f.dxf.fill.bgColor.rgb for f in rules(sheet, "J4")] == ["FFFFC7CE"]
    assert [f.dxf.fill.bgColor.rgb for f in rules(sheet, "J3")] == ["FFFFEB9C"]
    rows = ours(sheet)
    assert {row: str(cells[OPINION])[:5] for row, cells in rows.items()} == {
        3: "【需说明】",
        4: "【须修改】",
    }
    first = book.worksheets[0]
    assert first.title == RESULTS
    texts = [str(cell.value) for row in first.iter_rows() for cell in row if cell.value]
    assert any("共2处：须修改1处，需说明1处" in text for text in texts)
    assert MARK in texts
    links = [c.hyperlink for row in first.iter_rows() for c in row if c.hyperlink]
    assert {link.location for link in links} == {"'任务清单'!J3", "'任务清单'!J4"}
    assert all(link.id is None and link.target is None for link in links)


def rules(sheet: Worksheet, cell: str) -> list[Any]:
    """Return our rules over a cell."""
    return [
        rule
        for area, group in sheet.conditional_formatting._cf_rules.items()
        for rule in group
        if cell in area.sqref and "sxxt-excel" in rule.formula[0]
    ]


def test_the_rows_can_be_filtered_and_only_the_explanation_is_unlocked(world):
    book = openpyxl.load_workbook(copy_of(world))
    sheet = book[TASKS]
    places = headings(sheet)
    said = sheet.cell(3, places[WORDS])
    own = openpyxl.load_workbook(find(world, f"{JX}_"))[TASKS]
    assert (own.auto_filter.ref, sheet.auto_filter.ref) == ("A2:O202", "A2:Q202")
    assert (said.coordinate, places[OPINION]) == ("Q3", 16)
    assert sheet.protection.sheet
    assert not said.protection.locked
    assert sheet.cell(3, places[OPINION]).protection.locked


def test_the_copy_is_the_units_own_and_names_no_other_unit(world):
    text = "".join(
        part.decode("utf-8", "replace") for part in parts(copy_of(world).read_bytes()).values()
    )
    assert WY not in text
    assert "王四" not in text


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_whatever_the_marks_do_not_concern_is_byte_for_byte_what_the_unit_sent(world):
    sent = packed_of(find(world, f"{JX}_").read_bytes())
    copy = packed_of(copy_of(world).read_bytes())
    tasks = next(n for n, p in parts(copy_of(world).read_bytes()).items() if b"sxxt-excel" in p)
    touched = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", tasks,
               "xl/styles.xml"}  # fmt: skip
    assert {name for name in sent if sent[name] != copy[name]} == touched
    assert len(sent) > len(touched)


def test_the_same_inbox_gives_the_same_bytes(world):
    first = copy_of(world).read_bytes()
    copy_of(world).unlink()
    assert copy_of(world).read_bytes() == first


def test_what_a_unit_wrote_stays_text(world):
    change(world, f"{JX}_", TASKS, {(4, "完成时限"): '=1+1<b>&"x"]]>'})
    with edited(find(world, f"{JX}_")) as book:
        book[TASKS]["J4"].data_type = "s"
    book = openpyxl.load_workbook(copy_of(world))
    cells = [c for s in book.worksheets for row in s.iter_rows() for c in row]
    assert '=1+1<b>&"x"]]>' in str(book[TASKS]["J4"].comment.text)
    sent = openpyxl.load_workbook(find(world, f"{JX}_"))
    formulas = [c for s in sent.worksheets for row in s.iter_rows() for c in row]
    assert sum(c.data_type == "f" for c in cells) == sum(c.data_type == "f" for c in formulas)


def test_a_copy_goes_when_nothing_is_asked_any_more_and_a_clerks_own_file_stays(world):
    path = copy_of(world)
    own = path.with_name("我的备注.xlsx")
    own.write_bytes(b"x")
    change(world, f"{JX}_", TASKS, {(3, "完成时限"): "2025年11月底"})
    world.collect(write=True)
    assert not path.exists()
    assert own.exists()


def test_a_workbook_in_an_archive_gets_a_copy_too(world):
    plain = copy_of(world).read_bytes()
    source = find(world, f"{JX}_")
    with zipfile.ZipFile(world.inbox / "资料.zip", "w") as archive:
        archive.write(source, f"机械/{source.name}")
    touch(world.inbox / "资料.zip")
    source.unlink()
    copy = openpyxl.load_workbook(copy_of(world))
    assert ours(copy[TASKS]) == ours(openpyxl.load_workbook(io.BytesIO(plain))[TASKS])


def test_a_workbook_in_an_archive_in_a_mail_gets_a_copy_too(world):
    source = find(world, f"{JX}_")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(source, source.name)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "zhang@example.edu.cn", "清单"
    mail["Date"] = "Thu, 10 Apr 2025 09:00:00 +0800"
    mail.set_content("请查收")
    mail.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename="资料.zip"
    )
    (world.inbox / "来信.eml").write_bytes(bytes(mail))
    touch(world.inbox / "来信.eml")
    source.unlink()
    assert list(ours(openpyxl.load_workbook(copy_of(world))[TASKS])) == [3]


def behind_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let copies be made as they are outside of tests."""
    for module in (sxxt_excel.originals, sxxt_excel.outputs.marked):
        monkeypatch.setattr(module, "map_files", map_files)


@pytest.mark.parametrize("packed", [False, True])
def test_workers_make_the_same_copies(world, monkeypatch, packed):
    if packed:
        source = find(world, f"{JX}_")
        with zipfile.ZipFile(world.inbox / f"{JX}.zip", "w") as archive:
            archive.writestr(source.name, source.read_bytes())
        touch(world.inbox / f"{JX}.zip")
        source.unlink()
    result = world.collect(write=True)
    before = {name: path.read_bytes() for name, path in copies(world).items()}
    shutil.rmtree(world.root / "回复")
    behind_the_wall(monkeypatch)
    write_marked(result, world.root, jobs=1)
    assert {name: path.read_bytes() for name, path in copies(world).items()} == before != {}


def test_a_worker_that_dies_of_a_workbook_costs_that_copy_only(world, monkeypatch):
    change(world, f"{WY}_", TASKS, {(3, "完成时限"): BEYOND})
    result = world.collect()

    def dying(func: Any, items: Any, **options: Any) -> Iterator[tuple[int, Any]]:
        for number, made in map_here(func, items, **options):
            yield number, Death("memory") if JX in items[number].name else made

    monkeypatch.setattr(sxxt_excel.outputs.marked, "map_files", dying)
    (written,) = write_marked(result, world.root)
    assert written.parent.name == WY


def test_a_workbook_that_is_no_more_as_it_was_read_gets_no_copy(world):
    result = world.collect()
    path = find(world, f"{JX}_")
    path.write_bytes(path.read_bytes() + b" ")
    assert write_marked(result, world.root) == ()


def test_what_cant_be_marked_in_place_comes_back_converted_and_says_so(world):
    path = find(world, f"{JX}_")
    path.write_bytes(with_parts(path.read_bytes(), {"[Content_Types].xml": b"<!DOCTYPE x><x/>"}))
    touch(path)
    book = openpyxl.load_workbook(copy_of(world))
    texts = [str(c.value) for row in book.worksheets[0].iter_rows() for c in row if c.value]
    assert any("内部结构特殊" in text for text in texts)
    assert list(ours(book[TASKS])) == [3]
    page = book[TASKS].page_setup
    assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 9, 0)
    assert book[TASKS].sheet_properties.pageSetUpPr.fitToPage, "all its columns on the page"


@OFFICE
@pytest.mark.parametrize("suffix", [".xls", ".ods", ".et"])
def test_an_old_format_comes_back_as_xlsx_and_says_so(world, suffix, tmp_path):
    source = find(world, f"{JX}_")
    before = [c.value for c in openpyxl.load_workbook(source)[TASKS][3]][:14]
    (converted,) = saved_as({".et": "xls"}.get(suffix, suffix[1:]), tmp_path, source)
    source.unlink()
    target = source.with_suffix(suffix)
    target.write_bytes(converted.read_bytes())
    touch(target)
    book = openpyxl.load_workbook(copy_of(world))
    texts = [str(c.value) for row in book.worksheets[0].iter_rows() for c in row if c.value]
    assert any(f"报送的是 {suffix} 格式" in text for text in texts)
    sheet = book[TASKS]
    assert sheet["J3"].comment.text.startswith("【审核意见】")
    assert list(ours(sheet)) == [3]
    assert [c.value for c in sheet[3]][:14] == before


def test_a_copy_sent_back_takes_the_place_of_what_it_is_a_copy_of(world):
    target = world.inbox / f"{NAME}_审核意见.xlsx"
    target.write_bytes(copy_of(world).read_bytes())
    places = headings(openpyxl.load_workbook(target)[TASKS])
    resaved(
        target, {openpyxl.load_workbook(target)[TASKS].cell(3, places[WORDS]).coordinate: REASON}
    )
    touch(target, EARLY + dt.timedelta(days=1))
    result = world.collect("2025-04-13", write=True)
    status = {f.path: f.status for f in result.files if f.unit_code == "JX"}
    assert status == {target.name: "accepted", f"{NAME}.xlsx": "superseded"}
    assert copies(world) == {}
    change(world, f"{JX}_{LISTS}_2025年度_审核意见", TASKS, {(4, "完成时限"): NONE})
    world.collect("2025-04-13", write=True)
    assert list(copies(world)) == [f"{JX}/{NAME}_审核意见.xlsx"]


# ---- what becomes of it on its return ---------------------------------------------------------


def test_where_the_marked_rows_were_deleted_our_empty_columns_are_still_ours(world):
    copy = copy_of(world)
    book = openpyxl.load_workbook(copy)
    for sheet in (book[DUTIES], book[TASKS]):
        if OPINION in headings(sheet):
            for row in sorted(ours(sheet), reverse=True):
                sheet.delete_rows(row)
            assert ours(sheet) == {}
    book.save(copy)
    sent = send_back(world, copy)
    result = world.collect()
    assert not [f for f in result.findings if f.code == "S105" and f.where.path == sent.name]


def test_a_copy_sent_back_as_it_is_reads_as_the_workbook_that_it_was_made_from(world):
    before = world.collect()
    target = send_back(world, copy_of(world))
    after = world.collect()
    assert stands(after, target.name) == stands(before, f"{NAME}.xlsx")
    assert told_of(after, "S105", "S106", "S111") == told_of(before, "S105", "S106", "S111") == []
    assert {form: len(frame) for form, frame in after.tables.items()} == {
        form: len(frame) for form, frame in before.tables.items()
    }


@pytest.mark.parametrize("again", ["openpyxl", pytest.param("libreoffice", marks=OFFICE)])
def test_an_explanation_beside_a_row_settles_what_is_asked_there(world, again, tmp_path):
    target = send_back(world, copy_of(world))
    cell = openpyxl.load_workbook(target)[TASKS].cell(
        3, headings(openpyxl.load_workbook(target)[TASKS])[WORDS]
    )
    resaved(target, {cell.coordinate: REASON})
    if again == "libreoffice":
        (saved,) = saved_as("xlsx", tmp_path, target)
        target.write_bytes(saved.read_bytes())
        touch(target)
    result = world.collect(write=True)
    (found,) = [f for f in result.findings if f.code == "C102"]
    assert found.explanation is not None
    assert (found.explanation.text, found.explanation.cell) == (REASON, cell.coordinate)
    assert (found.explanation.sheet, found.explanation.author) == (TASKS, "张示例")
    assert result.exit_code == 0
    assert copies(world) == {}


def test_an_explanation_that_explains_nothing_is_told_at_its_cell_and_kept_in_the_next_copy(world):
    target = send_back(world, copy_of(world))
    places = headings(openpyxl.load_workbook(target)[TASKS])
    cell = openpyxl.load_workbook(target)[TASKS].cell(3, places[WORDS]).coordinate
    resaved(target, {cell: "核实无误"})
    result = world.collect(write=True)
    assert told_of(result, "Q111", "Q112") == [("Q111", cell)]
    book = openpyxl.load_workbook(copies(world)[f"{JX}/{NAME}_审核意见.xlsx"])
    row = ours(book[TASKS])[3]
    assert row[WORDS] == "核实无误"
    assert str(row[OPINION]).count("【需说明】") == 2
    assert headings(book[TASKS]) == places


def test_an_explanation_taken_stays_in_the_next_copy_where_something_else_is_asked(world):
    target = send_back(world, copy_of(world))
    places = headings(openpyxl.load_workbook(target)[TASKS])
    cell = openpyxl.load_workbook(target)[TASKS].cell(3, places[WORDS]).coordinate
    resaved(target, {cell: REASON, "J4": NONE})
    world.collect(write=True)
    again = copies(world)[f"{JX}/{NAME}_审核意见.xlsx"]
    rows = ours(openpyxl.load_workbook(again)[TASKS])
    assert (rows[3][WORDS], str(rows[3][OPINION])[:5]) == (REASON, "【已说明】")
    assert openpyxl.load_workbook(again)[TASKS]["J3"].comment is None
    send = world.inbox / target.name
    send.write_bytes(again.read_bytes())
    touch(send)
    result = world.collect()
    (found,) = [f for f in result.findings if f.code == "C102"]
    assert found.explanation is not None


def test_words_about_something_else_than_now_stands_there_settle_nothing(world):
    target = send_back(world, copy_of(world))
    places = headings(openpyxl.load_workbook(target)[TASKS])
    sheet = openpyxl.load_workbook(target)[TASKS]
    cell = sheet.cell(3, places[WORDS]).coordinate
    resaved(target, {cell: REASON, "J3": "2027年3月底"})
    result = world.collect()
    assert told_of(result, "Q115") == [("Q115", cell)]
    assert any(f.code == "C102" and f.explanation is None for f in result.findings)


def test_an_explanation_on_the_first_sheet_settles_too_and_stays_there(world):
    target = send_back(world, copy_of(world))
    first = openpyxl.load_workbook(target).worksheets[0]
    (cell,) = [c.coordinate for row in first.iter_rows() for c in row if c.hyperlink]
    said = f"H{cell[1:]}"
    resaved(target, {said: REASON}, RESULTS)
    (found,) = [f for f in world.collect(write=True).findings if f.code == "C102"]
    assert found.explanation is not None
    assert (found.explanation.text, found.explanation.cell) == (REASON, said)
    resaved(target, {"J4": NONE})
    world.collect(write=True)
    again = openpyxl.load_workbook(copies(world)[f"{JX}/{NAME}_审核意见.xlsx"])
    texts = [[c.value for c in row] for row in again.worksheets[0].iter_rows()]
    (line,) = [row for row in texts if row[1] == "已说明"]
    assert line[7] == REASON


def test_words_copied_into_the_sheet_of_explanations_are_no_marks(world):
    world.collect(write=True)
    quoted = ours(openpyxl.load_workbook(copy_of(world))[TASKS])[3][OPINION]
    with edited(find(world, f"{JX}_")) as book:
        sheet = book["情况说明"]
        places = headings(sheet)
        for name, text in (("涉及表", TASKS), (OPINION, quoted), (WORDS, REASON)):
            sheet.cell(3, places[name]).value = text
    (found,) = [f for f in world.collect().findings if f.code == "C102"]
    assert found.explanation is not None
    assert found.explanation.sheet == "情况说明"


def test_a_missing_sheet_is_told_without_a_code_for_its_place(world):
    with edited(find(world, f"{JX}_")) as book:
        del book[DUTIES]
    first = openpyxl.load_workbook(copy_of(world)).worksheets[0]
    lines = [[c.value for c in row] for row in first.iter_rows()]
    assert [row[3] for row in lines if row[2] == DUTIES] == ["整张表"]


def test_remarks_of_a_unit_in_our_column_do_not_make_it_its_own(world):
    target = send_back(world, copy_of(world))
    places = headings(openpyxl.load_workbook(target)[TASKS])
    sheet = openpyxl.load_workbook(target)[TASKS]
    cells = {sheet.cell(5, places[OPINION]).coordinate: "已改",
             sheet.cell(3, places[WORDS]).coordinate: REASON}  # fmt: skip
    resaved(target, cells)
    result = world.collect()
    assert told_of(result, "S105") == []
    assert result.exit_code == 0


def test_numbers_of_persons_are_in_no_copy_and_the_unit_is_told(world):
    change(world, f"{JX}_", TASKS, {(4, "备注"): "手机13812345678"})
    path = copy_of(world)
    text = "".join(part.decode("utf-8", "replace") for part in parts(path.read_bytes()).values())
    assert "13812345678" not in text
    assert "号码已隐去" in text
    assert list(ours(openpyxl.load_workbook(path)[TASKS])) == [3, 4]
