"""However a clerk has arranged a sheet, what stands on it is read, or it is said what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl.utils import get_column_letter
from world import World, cell_of, edited, find, headings

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round


LISTS = "机械工程学院党委_责任任务清单"
DUTIES, TASKS = "责任清单", "任务清单"
NAMES = ("领导班子", "李三", "李四", "李五")


def path_of(world: World) -> str:
    return find(world, LISTS).name


def told(result: Round, path: str, code: str) -> list[Finding]:
    return [f for f in result.findings if f.where.path == path and f.code == code]


def mine(result: Round, path: str, form: str, field: str) -> list[str]:
    """Return what was read in a column of this workbook; the other unit's is as full."""
    frame = result.tables[form]
    return [str(value) for value in frame.loc[frame["_path"] == path, field]]


def last(sheet: Worksheet) -> int:
    """The last row of the sheet that says something in its second column or later."""
    return max(c.row for row in sheet.iter_rows(min_row=3) for c in row if c.value is not None)


def copied(sheet: Worksheet, source: int, target: int, text: str) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(target, column).value = sheet.cell(source, column).value
    sheet.cell(target, headings(sheet)["工作项目"]).value = text


def test_data_below_the_signatures_is_read_and_said(world):
    with edited(find(world, LISTS)) as book:
        sheet = book[DUTIES]
        end = last(sheet)
        sheet.cell(end + 2, 1).value = "审核人（签字）："
        copied(sheet, 3, end + 4, "另外补在签字栏下面的一项")
        sheet.cell(end + 4, headings(sheet)["项目编号"]).value = "JX-2025-ZR-088"
    result, path = world.collect(), path_of(world)
    (finding,) = told(result, path, "S113")
    assert (finding.severity, finding.where.sheet, finding.where.cell) == (
        "note",
        DUTIES,
        f"A{end + 4}",
    )
    assert "另外补在签字栏下面的一项" in set(result.tables[DUTIES]["工作项目"])


def test_signatures_at_the_very_end_are_nothing_to_be_told(world):
    with edited(find(world, LISTS)) as book:
        book[DUTIES].cell(last(book[DUTIES]) + 2, 1).value = "审核人（签字）："
    assert not told(world.collect(), path_of(world), "S113")


def below(world: World, order: list[str], text: str) -> int:
    """Write a second table under the duties, with these headings; return its row."""
    with edited(find(world, LISTS)) as book:
        sheet = book[DUTIES]
        row = last(sheet) + 3
        sheet.cell(row - 1, 1).value = "续表"
        for column, name in enumerate(order, 1):
            sheet.cell(row, column).value = name
            sheet.cell(row + 1, column).value = f"{text}{column}"
    return row


def test_headings_that_are_only_repeated_go_on_with_the_same_table(world):
    with edited(find(world, LISTS)) as book:
        order = [c.value for c in book[DUTIES][2]]
    below(world, [str(name) for name in order if name], "另")
    result = world.collect()
    assert not told(result, path_of(world), "S114")
    read = mine(result, path_of(world), DUTIES, "工作项目")
    assert any(v.startswith("另") for v in read)
    assert "工作项目" not in read


def test_a_second_table_with_other_columns_is_not_read_into_the_wrong_ones(world):
    with edited(find(world, LISTS)) as book:
        order = [str(c.value) for c in book[DUTIES][2] if c.value]
    row = below(world, order[::-1], "另")
    result = world.collect()
    (finding,) = told(result, path_of(world), "S114")
    assert (finding.severity, finding.where.sheet) == ("must", DUTIES)
    assert finding.where.cell in {f"A{row - 1}", f"A{row}"}
    assert not any(str(v).startswith("另") for v in result.tables[DUTIES]["工作项目"])


def test_a_table_of_another_form_below_is_read_as_that_form(world):
    path = find(world, LISTS)
    with edited(path) as book:
        source, target = book[TASKS], book[DUTIES]
        rows = [[c.value for c in row] for row in source.iter_rows(min_row=2, max_row=last(source))]
        start = last(target) + 3
        for down, values in enumerate(rows):
            for column, value in enumerate(values, 1):
                target.cell(start + down, column).value = value
        del book[TASKS]
    result = world.collect()
    assert not told(result, path.name, "S101")
    assert not told(result, path.name, "S114")
    assert {f.where.cell for f in told(result, path.name, "S104")} >= {f"A{start}"}
    read = mine(result, path.name, TASKS, "工作任务")
    assert sum(v.endswith("项任务") for v in read) == len(NAMES)


def test_a_table_beside_is_said_not_to_be_read(world):
    path = find(world, LISTS)
    with edited(path) as book:
        sheet = book[DUTIES]
        width = max(headings(sheet).values())
        for name, column in list(headings(sheet).items()):
            sheet.cell(2, width + 1 + column).value = name
            sheet.cell(3, width + 1 + column).value = "另"
    (finding,) = told(world.collect(), path.name, "S114")
    assert finding.where.cell == f"{get_column_letter(width + 2)}2"


def continued(world: World, title: str, move: int, form: str = DUTIES) -> str:
    """Take the last `move` rows of a form to a sheet of their own; return the file's name."""
    path = find(world, LISTS)
    with edited(path) as book:
        source, target = book[form], book.create_sheet(title)
        end = max(c.row for c in source["B"] if c.value is not None)
        for row in (2, *range(end - move + 1, end + 1)):
            target.append([c.value for c in source[row]])
        source.delete_rows(end - move + 1, move)
    return path.name


@pytest.mark.parametrize(
    ("title", "form"),
    [("任务清单(续)", TASKS), ("责任清单 (2)", DUTIES), ("李五", DUTIES), ("续", "签字背书")],
)
def test_a_table_that_goes_on_in_another_sheet_sends_the_workbook_back(world, title, form):
    path = continued(world, title, 2, form)
    result = world.collect()
    (finding,) = told(result, path, "S114")
    assert (finding.severity, finding.where.sheet, finding.where.cell) == ("must", title, "A1")
    assert "同样表头的，请把数据行剪切到前一个表的末尾" in finding.remedy
    assert not told(result, path, "S106")
    assert next(f.status for f in result.files if f.path == path) == "returned"


def test_every_sheet_of_a_person_is_told(world):
    path = continued(world, "李五", 1)
    continued(world, "李四", 1)
    assert [f.where.sheet for f in told(world.collect(), path, "S114")] == ["李五", "李四"]


def test_a_form_that_is_not_asked_for_may_go_on_where_it_likes(world):
    path = find(world, LISTS)
    order = [f.name for f in next(f for f in world.regime.forms if f.id == "任务进展").fields]
    with edited(path) as book:
        for title in ("上年进展", "上年进展续"):
            book.create_sheet(title).append(order)
            book[title].append([f"{title}{name}" for name in order])
    result = world.collect()
    assert [f.got for f in told(result, path.name, "S106")] == ["上年进展", "上年进展续"]
    assert not told(result, path.name, "S114")


@pytest.mark.parametrize("form", [DUTIES, TASKS, "签字背书"])
def test_a_backup_and_an_empty_copy_are_a_units_own_sheets(world, form):
    path = find(world, LISTS)
    with edited(path) as book:
        book.copy_worksheet(book[form]).title = f"{form}备份"
        empty = book.copy_worksheet(book[form])
        empty.title = f"{form}空表"
        given = {headings(empty)[n] for n in ("序号", "责任主体", "项目编号", "任务编号", "职务")
                 if n in headings(empty)}  # fmt: skip
        for row in empty.iter_rows(min_row=3):
            for cell in (c for c in row if c.column not in given):
                cell.value = None
    result = world.collect()
    assert not told(result, path.name, "S114")
    assert [f.got for f in told(result, path.name, "S106")] == [f"{form}备份", f"{form}空表"]


def test_a_careful_workbook_has_one_table_a_sheet(world):
    result = world.collect()
    assert not [f for f in result.findings if f.code in {"S113", "S114", "S110"}]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (DUTIES, {"完成时限": "（必填）完成时限", "责任主体": "（一）责任主体"}),
        (
            DUTIES,
            {"完成时限": "（二）完成时限（年（月）日）", "责任主体": "【必填】责任主体（下拉）"},
        ),
        (DUTIES, {"完成时限": "完成时限（年（月）日）（必填）"}),
        ("班子成员分工表", {"分管单位（科室）": "（选填）分管单位（科室）"}),
    ],
)
def test_headings_are_seen_through_remarks_in_brackets(world, form, names):
    path = find(world, LISTS)
    with edited(path) as book:
        places = headings(book[form])
        for name, text in names.items():
            book[form].cell(2, places[name]).value = text
    result = world.collect()
    assert {f.where.field for f in told(result, path.name, "S103")} == set(names)
    assert not [f for f in result.findings if f.where.path == path.name and f.severity == "must"]


def test_headings_over_two_rows_are_read_together(world):
    path = find(world, LISTS)
    with edited(path) as book:
        before = [r[1].value for r in book[DUTIES].iter_rows(min_row=3)]
        sheet = book[DUTIES]
        places = headings(sheet)
        sheet.insert_rows(3)
        grouped = [places["完成时限"], places["完成情况"]]
        for column in grouped:
            sheet.cell(3, column).value = sheet.cell(2, column).value
            sheet.cell(2, column).value = "进度"
        for column in set(places.values()) - set(grouped):
            letter = get_column_letter(column)
            sheet.merge_cells(f"{letter}2:{letter}3")
    result = world.collect()
    missing = [
        f for f in result.findings if f.where.path == path.name and f.code in {"S102", "S107"}
    ]
    assert not missing
    assert len(before) > len(NAMES)
    assert mine(result, path.name, DUTIES, "完成时限") == ["2025年底前"] * len(NAMES)
    assert not [f for f in result.findings if f.where.path == path.name and f.severity != "note"]


def test_a_hidden_column_with_data_is_read_and_said(world):
    path = find(world, LISTS)
    with edited(path) as book:
        column = headings(book[DUTIES])["工作项目"]
        letter = get_column_letter(column)
        book[DUTIES].column_dimensions[letter].hidden = True
        far = get_column_letter(book[DUTIES].max_column + 5)
        book[DUTIES].column_dimensions[far].hidden = True
        cell = cell_of(book[DUTIES], "工作项目", 2)
    result = world.collect()
    (finding,) = told(result, path.name, "S110")
    assert (finding.where.sheet, finding.where.cell) == (DUTIES, cell)
    assert f"{letter}列" in finding.message
    read = mine(result, path.name, DUTIES, "工作项目")
    assert sum(v.startswith(NAMES) for v in read) == len(NAMES)
