"""Two versions of one submission: what is new, gone and changed, and who lost a parent."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from inprocess import reading_here
from world import EARLY, World, edited, find, headings, touch

from sxxt_excel.cli import cli
from sxxt_excel.difference import compared, stacked
from sxxt_excel.outcome import Receipt
from sxxt_excel.people import Unit
from sxxt_excel.raw import Extract, RawTable
from sxxt_excel.regime import load_regime
from sxxt_excel.submissions import Submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sxxt_excel.outcome import Change, Difference
    from sxxt_excel.result import Round

JX, WY, XX = "机械工程学院党委", "外国语学院党总支", "示例大学党委"
LIST, DUTIES, MEMBERS = "责任任务清单", "责任清单", "班子成员分工表"


@pytest.fixture
def world(listed: Callable[[Path], World], tmp_path: Path) -> World:
    return listed(tmp_path)


def again(world: World, start: str, mend: Callable[[openpyxl.Workbook], None], nth: int = 1) -> str:
    """Send a unit's workbook once more, changed, `nth` days later; return its name."""
    source = max(world.inbox.glob(f"{start}*.xlsx"))
    target = world.inbox / f"{source.stem.partition('（第')[0]}（第{nth + 1}次）.xlsx"
    shutil.copy2(source, target)
    with edited(target) as book:
        mend(book)
    touch(target, EARLY + dt.timedelta(days=nth))
    return target.name


def put(sheet: str, **cells: Any) -> Callable[[openpyxl.Workbook], None]:
    """Return what changes cells of a row: put("责任清单", 行=3, 工作项目="…")."""
    row = cells.pop("行")

    def mend(book: openpyxl.Workbook) -> None:
        for name, value in cells.items():
            book[sheet].cell(row, headings(book[sheet])[name]).value = value

    return mend


def empty(sheet: str, row: int) -> Callable[[openpyxl.Workbook], None]:
    """Return what clears a row."""

    def mend(book: openpyxl.Workbook) -> None:
        for column in headings(book[sheet]).values():
            book[sheet].cell(row, column).value = None

    return mend


def collect(world: World, *, write: bool = False) -> Round:
    with reading_here():
        return world.collect("2025-04-14", write=write)


def the_one(result: Round) -> Difference:
    (found,) = result.versions
    return found


def told(found: Difference, kind: str) -> list[tuple[str, str, str, str]]:
    return [(c.cell, c.field, c.before, c.after) for c in found.changes if c.kind == kind]


# ---- what is a change ----------------------------------------------------------------


def test_changed_cells_stand_with_what_was_and_what_is(world):
    name = again(world, JX, put(DUTIES, 行=3, 工作项目="新的责任项目"))
    found = the_one(collect(world))
    assert (found.unit, found.packet, found.period, found.after) == (JX, LIST, "2025", name)
    assert told(found, "changed") == [("E3", "工作项目", "领导班子的第1个责任项目", "新的责任项目")]
    assert {c.key for c in found.changes} == {"JX-2025-ZR-001"}
    assert len(found.changes) == 1


def test_what_reads_the_same_is_no_change(world):
    def mend(book: openpyxl.Workbook) -> None:
        sheet = book["任务清单"]
        at = headings(sheet)["开始时间"]
        sheet.cell(3, at).value = "2025.3.1"
        sheet.cell(3, headings(sheet)["工作任务"]).value = "  第1项任务 "

    again(world, JX, mend)
    assert the_one(collect(world)).changes == ()


def test_a_new_row_and_a_row_gone_are_told_by_their_words(world):
    def mend(book: openpyxl.Workbook) -> None:
        empty(DUTIES, 6)(book)
        sheet = book[DUTIES]
        for name, column in headings(sheet).items():
            sheet.cell(7, column).value = sheet.cell(3, column).value
            if name == "项目编号":
                sheet.cell(7, column).value = "JX-2025-ZR-009"
            if name == "工作项目":
                sheet.cell(7, column).value = "后来加的项目"

    again(world, JX, mend)
    found = the_one(collect(world))
    assert told(found, "gone") == [("E6", "", "李五的第4个责任项目", "")]
    assert told(found, "added") == [("E7", "", "", "后来加的项目")]
    assert told(found, "changed") == []


def test_rows_that_only_moved_are_no_change(world):
    def mend(book: openpyxl.Workbook) -> None:
        sheet = book[DUTIES]
        width = sheet.max_column
        third = [sheet.cell(3, c).value for c in range(2, width + 1)]
        fourth = [sheet.cell(4, c).value for c in range(2, width + 1)]
        for column, (one, other) in enumerate(zip(third, fourth, strict=True), 2):
            sheet.cell(3, column).value, sheet.cell(4, column).value = other, one

    again(world, JX, mend)
    assert the_one(collect(world)).changes == ()


def test_a_row_without_a_number_is_known_by_whose_it_is_and_by_likeness(world):
    def mend(book: openpyxl.Workbook) -> None:
        put(MEMBERS, 行=3, 分管工作="分管一些别的工作")(book)
        empty(MEMBERS, 5)(book)

    again(world, JX, mend)
    found = the_one(collect(world))
    assert [(c.form, c.filer) for c in found.changes] == [(MEMBERS, "李五"), (MEMBERS, "李三")]
    assert [(b, a) for _, _, b, a in told(found, "changed")] == [
        ("分管一些工作", "分管一些别的工作")
    ]
    assert len(told(found, "gone")) == 1


def test_a_number_given_twice_and_then_mended_is_one_changed_cell(world):
    again(world, JX, put(DUTIES, 行=4, 项目编号="JX-2025-ZR-001"))
    again(world, JX, put(DUTIES, 行=4, 项目编号="JX-2025-ZR-007"), 2)
    result = collect(world)
    assert the_one(result).before.endswith("年度.xlsx")  # the second one was sent back
    with reading_here():
        done = CliRunner().invoke(
            cli, ["diff", *(str(find(world, f"{JX}_{LIST}_2025年度（第{n}")) for n in (2, 3)),
                  "--json"],
        )  # fmt: skip
    (change,) = json.loads(done.output)["changes"]
    assert (change["field"], change["before"], change["after"]) == (
        "项目编号", "JX-2025-ZR-001", "JX-2025-ZR-007",
    )  # fmt: skip


def test_a_cell_that_could_not_be_read_shows_what_stood_there(world):
    with edited(find(world, JX)) as book:
        put("任务清单", 行=3, 开始时间="三月里")(book)
    again(world, JX, put("任务清单", 行=3, 开始时间="2025-3-1"))
    assert [(b, a) for _, _, b, a in told(the_one(collect(world)), "changed")] == [
        ("三月里", "2025-03-01")
    ]


# ---- which version it is compared with -----------------------------------------------


def test_one_workbook_is_compared_with_nothing(world):
    result = collect(world, write=True)
    assert result.versions == ()
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    assert "版本差异" not in book.sheetnames
    assert "与前一份相比" not in reply(world, JX)


def test_the_newest_is_compared_with_the_last_that_was_accepted(world):
    first = find(world, JX).name
    again(world, JX, put(DUTIES, 行=3, 工作项目=None))  # a must: sent back
    again(world, JX, put(DUTIES, 行=3, 工作项目="第三次写的项目"), 2)
    found = the_one(collect(world))
    assert found.before == first
    assert told(found, "changed")[0][2:] == ("领导班子的第1个责任项目", "第三次写的项目")


def test_where_none_was_accepted_it_is_compared_with_the_one_before(world):
    with edited(find(world, JX)) as book:
        put(DUTIES, 行=4, 工作项目=None)(book)
    second = again(world, JX, put(DUTIES, 行=3, 工作项目=None))
    again(world, JX, put(DUTIES, 行=3, 工作项目="第三次写的项目"), 2)
    found = the_one(collect(world))
    assert found.before == second
    assert told(found, "changed") == [("E3", "工作项目", "", "第三次写的项目")]


def test_a_mere_copy_is_no_version(world):
    shutil.copy2(find(world, JX), world.inbox / f"{JX}副本.xlsx")
    assert collect(world).versions == ()


# ---- who lost a parent ---------------------------------------------------------------


@pytest.fixture
def orphaned(whole_world: World, tmp_path: Path) -> tuple[World, Round]:
    """Two units took up an item of the university's; in a newer version it is gone."""
    world = whole_world.copied(tmp_path / "w")
    again(world, f"{XX}_{LIST}", empty(DUTIES, 5))
    return world, collect(world, write=True)


def test_rows_of_others_that_name_an_item_now_gone_are_found(orphaned):
    _, result = orphaned
    found = the_one(result)
    assert [(o.where.unit, o.key, o.where.sheet, o.where.row_key) for o in found.orphans] == [
        (WY, "XX-2025-ZR-003", DUTIES, "WY-2025-ZR-001"),
        (JX, "XX-2025-ZR-003", DUTIES, "JX-2025-ZR-001"),
    ]
    dangling = {(f.where.unit, f.where.cell) for f in result.findings if f.code == "V107"}
    assert dangling >= {(o.where.unit, o.where.cell) for o in found.orphans}


def test_the_unit_learns_how_many_and_nothing_of_what_they_wrote(orphaned):
    world, _ = orphaned
    html = reply(world, XX)
    assert "另有2家单位的2项以已删去的项目为上级" in html
    assert JX not in html
    assert WY not in html
    assert "JX-2025" not in html
    assert "删去 责任清单 E5（XX-2025-ZR-003）" in html
    for other in (JX, WY):
        assert "与前一份相比" not in reply(world, other)


def test_the_master_shows_the_office_all_of_it(orphaned):
    world, _ = orphaned
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    names = book.sheetnames
    assert names.index("版本差异") == names.index("次数核对") + 1
    rows = list(book["版本差异"].iter_rows(min_row=2, values_only=True))
    assert [(r[4], r[5]) for r in rows if r[4] == "上级项目已删去"] == [
        ("上级项目已删去", WY), ("上级项目已删去", JX),
    ]  # fmt: skip
    assert ("删去", "XX-2025-ZR-003") in [(r[4], r[9]) for r in rows]
    said = json.loads((world.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    assert len(said["versions"][0]["orphans"]) == 2


def test_a_resent_workbook_without_any_change_is_said_to_be_so(world):
    again(world, JX, lambda _: None)
    with edited(max(world.inbox.glob(f"{JX}*.xlsx"))) as book:
        book.properties.title = "又发一次"
    collect(world, write=True)
    assert "内容没有变动" in reply(world, JX)
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    assert [c.value for c in book["版本差异"]["E"]] == ["变动", "没有变动"]


def reply(world: World, unit: str) -> str:
    return (world.root / "回复" / unit / "审核意见.html").read_text(encoding="utf-8")


# ---- the command ---------------------------------------------------------------------


def run(*arguments: str | Path) -> Any:
    with reading_here():
        return CliRunner().invoke(cli, ["diff", *map(str, arguments)], env={"COLUMNS": "200"})


def test_the_command_prints_a_table(world):
    first = find(world, JX)
    name = again(world, JX, put(DUTIES, 行=3, 工作项目="新的责任项目"))
    done = run(first, world.inbox / name)
    assert done.exit_code == 0, done.output
    assert f"{name} 与 {first.name} 相比：改动1处。" in done.output
    line = next(row for row in done.output.splitlines() if "E3" in row)
    assert line.split() == [
        "责任清单", "E3", "领导班子", "JX-2025-ZR-001", "改动", "工作项目",
        "领导班子的第1个责任项目", "新的责任项目",
    ]  # fmt: skip


def test_the_command_works_outside_of_a_workspace_and_for_equal_names(world, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    old, new = away / "a" / "清单.xlsx", away / "b" / "清单.xlsx"
    for path in (old, new):
        path.parent.mkdir()
        shutil.copy2(find(world, JX), path)
    assert run(old, new).output.strip().endswith("内容没有变动。")
    with edited(new) as book:
        put(DUTIES, 行=3, 工作项目="新的责任项目")(book)
    done = run(old, new, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert (said["before"], said["after"], said["unit"]) == ("旧/清单.xlsx", "新/清单.xlsx", JX)
    assert [c["after"] for c in said["changes"]] == ["新的责任项目"]


def test_what_is_no_version_of_the_other_is_refused_in_one_sentence(world, tmp_path):
    done = run(find(world, JX), find(world, WY))
    assert done.exit_code == 2
    assert "两份不是同一份材料" in done.output
    assert JX in done.output
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04nothing")
    done = run(find(world, JX), broken)
    assert done.exit_code == 2
    assert "“坏.xlsx”不能比较" in done.output
    assert "Traceback" not in done.output


# ---- properties ----------------------------------------------------------------------

REGIME = load_regime("tj-2017")
UNIT = Unit("JX", JX, "基层党委")
WORDS = st.text(alphabet="甲乙丙丁", min_size=0, max_size=6)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "责任主体": st.sampled_from(["李三", "李四"]),
            "项目编号": st.sampled_from(["1", "2", "3", "4", None]),
            "工作项目": WORDS,
            "具体措施": WORDS,
        }
    ),
    max_size=7,
)


def sent(number: int, rows: list[dict[str, Any]]) -> Submission:
    names = ("责任主体", "项目编号", "工作项目", "具体措施")
    table = RawTable(
        form=DUTIES, sheet=DUTIES, header_row=2, rows=tuple(range(3, 3 + len(rows))),
        columns={n: [row[n] for row in rows] for n in names},
        letters=dict(zip(names, "BCEF", strict=True)),
    )  # fmt: skip
    return Submission(
        number=number, path=f"{number}.xlsx", sha256=str(number),
        receipt=Receipt("2025-04-10T09:00:00+08:00", "文件时间"),
        extract=Extract("xlsx", None, (table,), ()), unit=UNIT, packet=REGIME.packet(LIST),
        period="2025", filers=(), exempt=(), labels={}, basis="", year=2025,
        forms=REGIME.sheets(LIST),
    )  # fmt: skip


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    one, other = sent(0, old), sent(1, new)
    sides = [stacked(REGIME, 2025, [item]) for item in (one, other)]
    return compared(REGIME, sides[0], sides[1], {0: 1})[1]


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_a_list_has_nothing_otherwise_than_itself(rows):
    assert changes(rows, rows) == []
    assert changes(rows, rows[::-1]) == [] or any(
        [r["项目编号"] for r in rows].count(n) > 1 for n in "1234"
    )


@settings(max_examples=40, deadline=None)
@given(old=ROWS, new=ROWS)
def test_seen_from_the_other_side_what_was_new_is_gone(old, new):
    there, back = changes(old, new), changes(new, old)
    swapped: dict[str, Literal["added", "gone", "changed"]] = {
        "added": "gone",
        "gone": "added",
        "changed": "changed",
    }

    def said(found: list[Change]) -> list[tuple[str, ...]]:
        return sorted((c.kind, c.field, c.before, c.after) for c in found)

    mirrored = [
        replace(c, kind=swapped[c.kind], before=c.after, after=c.before) for c in back
    ]  # fmt: skip
    assert said(there) == said(mirrored)


def test_hundreds_of_changed_rows_are_compared_in_a_moment():
    rows = [
        {"责任主体": "李三", "项目编号": None, "工作项目": f"第{n}项工作甲乙", "具体措施": "丙"}
        for n in range(400)
    ]
    new = [{**row, "具体措施": "丁"} for row in rows]
    found = changes(rows, new)
    assert {c.kind for c in found} == {"changed"}
    assert len(found) == len(rows)
