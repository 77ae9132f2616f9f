"""更正单: when a unit gets one, what stands in it, and what becomes of it when it comes back."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from libreoffice import PROGRAM, saved_as
from world import EARLY, World, change, edited, find, headings, stamp_of, touch

from sxxt_excel.cli import cli
from sxxt_excel.marks import ADOPT, OPINION, RESULTS, WORDS, YES

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

OFFICE = pytest.mark.skipif(PROGRAM is None, reason="needs LibreOffice")
JX, WY, TASKS, DUTIES = "机械工程学院党委", "外国语学院党总支", "任务清单", "责任清单"
NAME = f"{JX}_责任任务清单_2025年度"
SLIP = f"{NAME}_更正单.xlsx"
DAY = dt.timedelta(days=1)
ROWS = 30
FAULTY = {(7, "完成时限"): "尽快", (12, "完成情况"): "不知道", (12, "完成时限"): "看情况"}
"""What is wrong: in two rows of thirty, 005 and 010."""
KEYS = ["JX-2025-RW-005", "JX-2025-RW-010"]


@pytest.fixture(scope="module")
def faulty(cascaded_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which JX sent thirty tasks, two of them with faults."""
    world = cascaded_world.copied(tmp_path_factory.mktemp("slips") / "w")
    with edited(find(world, f"{JX}_")) as book:
        sheet = book[TASKS]
        places = headings(sheet)
        first = {name: sheet.cell(3, at).value for name, at in places.items()}
        for n in range(5, ROWS + 1):
            row = first | {"序号": n, "任务编号": f"JX-2025-RW-{n:03d}", "工作任务": f"第{n}项任务"}
            for name, at in places.items():
                sheet.cell(n + 2, at).value = row[name]
    change(world, f"{JX}_", TASKS, FAULTY)
    world.collect(write=True)
    return world


@pytest.fixture
def world(faulty: World, tmp_path: Path) -> World:
    return faulty.copied(tmp_path / "w")


def slip_of(world: World) -> Path:
    return world.root / "回复" / JX / SLIP


def row_of(path: Path, key: str, sheet: str = TASKS) -> int:
    """Return the row of a 更正单 in which a key stands."""
    rows = openpyxl.load_workbook(path)[sheet]
    at = headings(rows)["任务编号"]
    return next(r for r in range(3, rows.max_row + 1) if rows.cell(r, at).value == key)


def send(
    world: World, cells: dict[tuple[str, str], Any], *, name: str = SLIP, days: int = 1
) -> Path:
    """Fill in a 更正单 (by key and heading) and put it into the inbox."""
    target = world.inbox / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(slip_of(world).read_bytes())
    with edited(target) as book:
        sheet = book[TASKS]
        places = headings(sheet)
        for (key, heading), value in cells.items():
            sheet.cell(row_of(slip_of(world), key), places[heading]).value = value
    touch(target, EARLY + days * DAY)
    return target


GOOD = {
    (KEYS[0], "完成时限"): "2025年9月底", (KEYS[1], "完成情况"): "已完成",
    (KEYS[1], "完成时限"): "2025年6月底",
}  # fmt: skip


def told(result: Round, code: str) -> list[Finding]:
    return [f for f in result.findings if f.code == code]


def status(result: Round) -> dict[str, str]:
    return {f.path: f.status for f in result.files if f.unit_code == "JX"}


def value(result: Round, key: str, heading: str) -> Any:
    rows = result.tables[TASKS]
    return rows.loc[rows["任务编号"] == key, heading].item()


# ---- who gets one -------------------------------------------------------------------------


def test_a_long_workbook_with_few_faults_gets_one_with_the_faulty_rows_alone(world):
    book = openpyxl.load_workbook(slip_of(world))
    assert book.sheetnames[:2] == [RESULTS, TASKS]
    sheet = book[TASKS]
    places = headings(sheet)
    own = openpyxl.load_workbook(find(world, f"{NAME}."))[TASKS]
    assert list(places)[: len(headings(own))] == list(headings(own))
    assert [sheet.cell(r, places["任务编号"]).value for r in (3, 4)] == KEYS
    assert [sheet.cell(r, places["原件中的行"]).value for r in (3, 4)] == [7, 12]
    for row, was in ((3, 7), (4, 12)):
        for name, at in headings(own).items():
            assert sheet.cell(row, places[name]).value == own.cell(was, at).value, name
    assert sheet.max_row == 4


def test_keys_are_locked_and_faults_marked_and_told(world):
    book = openpyxl.load_workbook(slip_of(world))
    sheet = book[TASKS]
    places = headings(sheet)
    shut = {name for name, at in places.items() if sheet.cell(3, at).protection.locked}
    assert sheet.protection.sheet
    assert {"任务编号", "责任主体"} <= shut
    assert not shut & {"工作任务", "完成时限", "完成情况", "责任项目编号"}
    cell = sheet.cell(3, places["完成时限"])
    assert cell.comment.text.startswith("【审核意见】\n须修改（V105）")
    assert any("sxxt-excel" in str(rules[0].formula) and cell.coordinate in area.sqref
               for area, rules in sheet.conditional_formatting._cf_rules.items())  # fmt: skip
    assert sheet.cell(4, places[OPINION]).value.count("【须修改】") == 2
    first = [str(c.value) for row in book.worksheets[0].iter_rows() for c in row if c.value]
    assert first[0] == "更正单"
    assert any("只列出要改的2行" in text for text in first)
    assert any("增删行" in text for text in first)


def test_it_names_what_it_corrects_under_seal(world):
    stamp = stamp_of(openpyxl.load_workbook(slip_of(world)))
    digests = {f.path: f.sha256 for f in world.collect().files}
    assert stamp["corrects"] == digests[f"{NAME}.xlsx"]
    assert (stamp["unit_code"], stamp["packet"], len(stamp["seal"])) == ("JX", "责任任务清单", 32)
    assert stamp["lines"] == "；".join(f"{TASKS}：{key}" for key in KEYS)


@pytest.mark.parametrize(
    "cells",
    [
        {(row, "完成情况"): "不知道" for row in range(3, 15)},  # much is wrong
        {(7, "任务编号"): "JX-2025-RW-001"},  # in the key itself
        {(7, "任务编号"): ""},
    ],
)
def test_one_that_is_better_mended_as_a_whole_gets_none(world, cells):
    change(world, f"{JX}_", TASKS, cells)
    world.collect(write=True)
    assert not slip_of(world).exists()
    assert (world.root / "回复" / JX / f"{NAME}_审核意见.xlsx").exists()


def test_a_missing_sheet_or_a_short_workbook_gets_none(world):
    with edited(find(world, f"{JX}_")) as book:
        del book["签字背书"]
    change(world, f"{WY}_", TASKS, {(3, "完成时限"): "尽快"})
    world.collect(write=True)
    assert list((world.root / "回复").glob("*/*_更正单.xlsx")) == []


# ---- on its return ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", ["", *(pytest.param(s, marks=OFFICE) for s in ("xlsx", "xls", "ods"))]
)
def test_it_is_put_into_what_it_corrects_and_each_change_is_told(world, tmp_path, again):
    before = world.collect()
    path = send(world, GOOD)
    if again:
        path = saved_again(path, again, tmp_path)
    result = world.collect(write=True)
    assert status(result) == {f"{NAME}.xlsx": "accepted", path.name: "accepted"}
    (row,) = [f for f in result.files if f.path == path.name]
    assert (row.evidence, row.packet, row.period) == ("更正单", "责任任务清单", "2025")
    assert [(f.where.path, f.where.sheet, f.where.row_key, f.where.field, f.got, f.severity)
            for f in told(result, "D120")] == [
        (path.name, TASKS, KEYS[0], "完成时限", "尽快 → 2025年9月底", "note"),
        (path.name, TASKS, KEYS[1], "完成时限", "看情况 → 2025年6月底", "note"),
        (path.name, TASKS, KEYS[1], "完成情况", "不知道 → 已完成", "note"),
    ]  # fmt: skip
    assert "J7" in told(result, "D120")[0].message
    assert value(result, KEYS[0], "完成时限") == "2025年9月底"
    mine = result.tables[TASKS][result.tables[TASKS]["任务编号"] == KEYS[0]]
    assert (mine["_path"].item(), mine["_row"].item()) == (f"{NAME}.xlsx", 7)
    assert result.exit_code == 0
    assert [(e.path, e.received_at, e.arrived) for e in result.expected if e.unit_code == "JX"] == [
        (e.path, e.received_at, e.arrived) for e in before.expected if e.unit_code == "JX"
    ]
    assert list((world.root / "回复" / JX).glob("*.xlsx")) == []


def saved_again(path: Path, suffix: str, folder: Path) -> Path:
    """Save a workbook of the inbox by LibreOffice in another format, in its place."""
    (saved,) = saved_as(suffix, folder, path)
    path.unlink()
    target = path.with_suffix(f".{suffix}")
    target.write_bytes(saved.read_bytes())
    touch(target, EARLY + DAY)
    return target


def test_it_comes_to_the_same_as_the_whole_workbook_mended(world, tmp_path):
    whole = world.copied(tmp_path / "whole")
    rows = {KEYS[0]: 7, KEYS[1]: 12}
    change(whole, f"{NAME}.", TASKS, {(rows[key], name): v for (key, name), v in GOOD.items()})
    send(world, GOOD)
    mended, other = world.collect(), whole.collect()
    for form, frame in mended.tables.items():
        counted = ["_file"]  # the 更正单 is a file too
        pd.testing.assert_frame_equal(
            frame.drop(columns=counted), other.tables[form].drop(columns=counted)
        )
    assert [f for f in mended.findings if f.where.path != SLIP] == list(other.findings)
    assert mended.expected == other.expected


def test_one_that_came_after_the_due_day_makes_nothing_late(world):
    send(world, GOOD, days=40)
    result = world.collect("2025-06-01")
    (row,) = [e for e in result.expected if e.unit_code == "JX" and e.packet == "责任任务清单"]
    assert (row.arrived, row.status, row.path) == ("on_time", "on_time", f"{NAME}.xlsx")


@pytest.mark.parametrize(("later", "asked"), [(2, []), (4, ["完成日期"])])
def test_a_day_that_it_says_is_measured_by_when_it_came_itself(world, later, asked):
    send(world, GOOD | {(KEYS[1], "完成日期"): EARLY.date() + later * DAY}, days=3)
    result = world.collect("2025-04-20")
    assert [f.where.field for f in told(result, "V124")] == asked


def test_the_difference_is_shown_to_office_and_unit_and_by_diff(world):
    path = send(world, GOOD)
    result = world.collect(write=True)
    (found,) = result.versions
    assert (found.before, found.after) == (f"{NAME}.xlsx", SLIP)
    assert next((c.cell, c.key, c.before, c.after) for c in found.changes) == (
        "J7", KEYS[0], "尽快", "2025年9月底",
    )  # fmt: skip
    master = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx", read_only=True)
    texts = [v for row in master["版本差异"].iter_rows(values_only=True) for v in row]
    assert "2025年9月底" in texts
    page = (world.root / "回复" / JX / "审核意见.html").read_text(encoding="utf-8")
    assert "尽快 → 2025年9月底" in page
    args = ["diff", str(find(world, f"{NAME}.")), str(path), "--json"]
    done = CliRunner().invoke(cli, args, prog_name="sxxt-excel")
    assert [c["after"] for c in json.loads(done.stdout)["changes"]] == [
        "2025年9月底", "2025年6月底", "已完成",
    ]  # fmt: skip


def test_what_is_still_wrong_is_asked_again_with_the_corrected_values(world):
    send(world, {**GOOD, (KEYS[1], "完成情况"): "还不知道"})
    result = world.collect(write=True)
    assert [f.got for f in told(result, "V104")] == ["还不知道"]
    assert told(result, "V104")[0].where.path == f"{NAME}.xlsx"
    copy = openpyxl.load_workbook(world.root / "回复" / JX / f"{NAME}_审核意见.xlsx")[TASKS]
    assert (copy["J7"].value, copy["K12"].value) == ("2025年9月底", "还不知道")
    assert copy["J7"].comment is None
    again = openpyxl.load_workbook(slip_of(world))[TASKS]
    places = headings(again)
    assert [again.cell(3, places[n]).value for n in ("任务编号", "完成时限", "完成情况")] == [
        KEYS[1], "2025年6月底", "还不知道",
    ]  # fmt: skip


def test_no_letter_says_passed_while_what_it_corrects_is_not(world):
    send(world, {(KEYS[0], "完成时限"): "2025年9月底"})
    world.collect(write=True)
    letters = [p.read_bytes() for p in (world.root / "回复" / JX).glob("*.eml")]
    kinds = [email.message_from_bytes(each)["X-Sxxt-Kind"] for each in letters]
    said = {str(make_header(decode_header(kind))) for kind in kinds}
    assert "请修改重报" in said
    assert "审核通过" not in said
    attached = {
        part.get_filename()
        for each in letters
        for part in email.message_from_bytes(each, policy=email.policy.default).walk()
    }
    assert {SLIP, f"{NAME}_审核意见.xlsx"} <= attached


def test_an_explanation_in_it_settles_what_is_asked_of_the_row(world):
    change(world, f"{JX}_", TASKS, {(7, "完成时限"): "2026年3月底", (12, "完成情况"): "已完成",
                                    (12, "完成时限"): "2025年6月底"})  # fmt: skip
    world.collect(write=True)
    path = send(world, {(KEYS[0], WORDS): "该项任务跨两个年度实施，已报分管校领导同意推迟"})
    result = world.collect()
    (found,) = told(result, "C102")
    assert found.explanation is not None
    assert (found.explanation.path, found.explanation.sheet) == (path.name, TASKS)
    assert result.exit_code == 0


def test_a_suggestion_adopted_in_it_is_put_into_what_it_corrects(world):
    change(world, f"{JX}_", TASKS, {(7, "完成时限"): "2025年6月低"})
    world.collect(write=True)
    send(world, {(KEYS[0], ADOPT): YES, **{cell: GOOD[cell] for cell in list(GOOD)[1:]}})
    result = world.collect()
    assert [f.got for f in told(result, "V161")] == ["2025年6月低 → 2025年6月底"]
    assert value(result, KEYS[0], "完成时限") == "2025年6月底"
    assert len(told(result, "D120")) == 3
    assert result.exit_code == 0


def test_as_above_says_nothing_in_one_where_another_row_is_above(world):
    send(world, GOOD | {(KEYS[1], "完成时限"): "同上"})
    (found,) = told(world.collect("2025-04-12"), "V165")
    number = row_of(find(world, f"{NAME}."), KEYS[1])
    assert (found.where.sheet, found.where.cell, found.got) == (TASKS, f"J{number}", "同上")


def test_the_registry_keeps_it_as_an_arrival(world):
    args = ["collect", str(world.inbox), "--today", "2025-04-12", "--jobs", "1"]
    send(world, GOOD)
    assert CliRunner().invoke(cli, args, prog_name="sxxt-excel").exit_code == 0
    done = CliRunner().invoke(
        cli, ["status", "--workspace", str(world.root), "--today", "2025-04-12"],
        prog_name="sxxt-excel",
    )  # fmt: skip
    assert done.exit_code in {0, 1}
    from sxxt_excel.registry.ledger import past
    from sxxt_excel.workspace import find_workspace

    known = {a.path: (a.status, a.unit_code) for a in past(find_workspace(world.root))}
    assert known[SLIP] == ("accepted", "JX")


# ---- what can't be put in ----------------------------------------------------------------------


def test_two_for_one_workbook_the_newest_row_wins_and_untouched_rows_say_nothing(world):
    send(world, {(KEYS[0], "完成时限"): "2025年9月底", (KEYS[1], "完成时限"): "2025年6月底"})
    later = send(
        world, {(KEYS[0], "完成时限"): "2025年10月底"}, name=f"{NAME}_更正单2.xlsx", days=2
    )
    result = world.collect()
    assert value(result, KEYS[0], "完成时限") == "2025年10月底"
    assert value(result, KEYS[1], "完成时限") == "2025年6月底"
    (found,) = told(result, "D127")
    assert (found.where.path, found.got, found.severity) == (SLIP, KEYS[0], "note")
    assert later.name in found.message
    assert len(told(result, "D120")) == 2


def test_the_same_one_sent_twice_counts_once(world):
    send(world, GOOD)
    again = send(world, GOOD, name="又一次.xlsx", days=2)
    again.write_bytes((world.inbox / SLIP).read_bytes())
    touch(again, EARLY + 2 * DAY)
    result = world.collect()
    assert status(result)[again.name] == "duplicate"
    assert len(told(result, "D120")) == 3
    assert [f.where.path for f in told(result, "D102")] == [again.name]


def test_one_for_a_version_that_is_replaced_is_told(world):
    send(world, GOOD, days=1)
    newer = world.inbox / f"{NAME}_最终版.xlsx"
    newer.write_bytes(find(world, f"{NAME}.").read_bytes())
    with edited(newer) as book:
        book[TASKS]["J7"].value = "2025年11月底"
    touch(newer, EARLY + 2 * DAY)
    result = world.collect()
    (found,) = told(result, "D121")
    assert (found.severity, status(result)[SLIP]) == ("note", "superseded")
    assert told(result, "D120") == []
    touch(newer, EARLY + DAY / 2)
    result = world.collect()
    (found,) = told(result, "D121")
    assert (found.severity, status(result)[SLIP]) == ("must", "returned")
    assert value(result, KEYS[0], "完成时限") == "2025年11月底"


def test_one_whose_workbook_is_not_there_is_told(world):
    send(world, GOOD)
    find(world, f"{NAME}.").unlink()
    result = world.collect()
    assert [(f.where.path, f.severity) for f in told(result, "D122")] == [(SLIP, "must")]
    assert status(result) == {SLIP: "returned"}
    assert told(result, "S101") == []


@pytest.mark.parametrize(
    ("cells", "code", "at"),
    [
        ({(KEYS[0], "任务编号"): "JX-2025-RW-099"}, "D123", "JX-2025-RW-099"),
        ({(KEYS[0], "责任主体"): "李四"}, "D123", "李四"),
        ({(KEYS[0], "任务编号"): None}, "D124", ""),
        ({(KEYS[0], "任务编号"): KEYS[1]}, "D125", KEYS[1]),
    ],
)
def test_a_row_whose_key_is_not_as_it_was_is_told_and_not_put_in(world, cells, code, at):
    send(world, {**GOOD, **cells})
    result = world.collect()
    found = told(result, code)
    assert {f.got for f in found} == {at}
    assert {(f.severity, f.where.path, f.where.sheet) for f in found} == {("must", SLIP, TASKS)}
    assert value(result, KEYS[0], "完成时限") is not None
    assert "2025年9月底" not in result.tables[TASKS]["完成时限"].tolist()
    assert status(result)[SLIP] == "returned"
    assert [c for c in ("D123", "D124", "D125", "D126") if told(result, c)] == [code]


@pytest.mark.parametrize("key", ["JX-2025-RW-050", "JX-2025-RW-001"])
def test_a_row_that_was_added_is_told_and_not_put_in(world, key):
    path = send(world, GOOD)
    with edited(path) as book:
        sheet = book[TASKS]
        for name, at in headings(sheet).items():
            sheet.cell(5, at).value = {"任务编号": key}.get(name, sheet.cell(3, at).value)
    result = world.collect()
    assert [(f.got, f.severity) for f in told(result, "D126")] == [(key, "must")]
    assert len(told(result, "D120")) == 3  # the others are put in all the same
    assert len(result.tables[TASKS][result.tables[TASKS]["_unit_code"] == "JX"]) == ROWS


def test_a_row_that_was_taken_out_stays_as_it_was(world):
    path = send(world, GOOD)
    with edited(path) as book:
        book[TASKS].delete_rows(4)
    result = world.collect()
    assert [c for c in ("D123", "D124", "D125", "D126") if told(result, c)] == []
    assert [f.where.cell for f in told(result, "V104")] == ["K12"]


def test_what_was_wrong_in_an_earlier_one_asks_for_nothing_once_a_later_came(world):
    send(world, {**GOOD, (KEYS[0], "任务编号"): "JX-2025-RW-099"})
    send(world, GOOD, name="更正单（改）.xlsx", days=2)
    result = world.collect()
    assert [f.severity for f in told(result, "D123")] == ["note"]
    assert result.exit_code == 0


def test_one_that_another_unit_seems_to_have_sent_is_told(world):
    send(world, GOOD, name=f"{WY}/更正单.xlsx")
    result = world.collect(write=True)
    (found,) = told(result, "D128")
    assert {WY, JX} <= {unit for unit in (WY, JX) if unit in found.message}
    assert (found.severity, found.where.unit_code) == ("must", None)
    assert told(result, "D120") == []
    pages = [p.read_text(encoding="utf-8") for p in (world.root / "回复").glob("*/审核意见.html")]
    assert pages
    assert not [page for page in pages if "更正单是" in page or "更正单.xlsx" in page]


@pytest.mark.parametrize("field", ["corrects", "lines", "unit_code", "seal"])
def test_an_altered_stamp_is_told_and_nothing_put_in(world, field):
    path = send(world, GOOD)
    with edited(path) as book:
        cell = next(r[1] for r in book["_sxxt"].iter_rows() if r[0].value == field)
        cell.value = {"unit_code": "WY"}.get(field, f"{cell.value}0")
    result = world.collect()
    assert [(f.severity, f.where.unit_code) for f in told(result, "D129")] == [("must", "JX")]
    assert told(result, "D120") == []


def test_numbers_of_persons_in_it_are_told_and_nothing_put_in(world):
    send(world, {**GOOD, (KEYS[0], "备注"): "身份证号110101199003077715"})
    result = world.collect()
    assert [f.where.path for f in told(result, "V117")] == [SLIP]
    assert told(result, "D120") == []


def test_an_ordinary_workbook_is_told_of_none_of_this(world):
    codes = {f.code for f in world.collect().findings}
    assert not codes & {f"D12{n}" for n in range(10)}
