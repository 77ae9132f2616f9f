"""The rulings that users and other programs rely on, as they show in a Round and its JSON."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from world import (
    UNIT_ROWS,
    Cells,
    World,
    adopt,
    cell_of,
    change,
    cover_cell,
    edited,
    headings,
    make_world,
    notes,
    stands,
    touch,
)  # fmt: skip

from sxxt_excel.deadlines import Calendar
from sxxt_excel.decisions import decisions
from sxxt_excel.newspace import register_book
from sxxt_excel.officebook import RECEIPTS, roster_forms
from sxxt_excel.outputs.master import write_master
from sxxt_excel.outputs.reply import replies
from sxxt_excel.outputs.tally import tally
from sxxt_excel.outputs.words import summary
from sxxt_excel.periods import period_title
from sxxt_excel.receipts import RECEIPTS_FILE
from sxxt_excel.regime import load_regime
from sxxt_excel.settings import Letters, Settings
from sxxt_excel.wording.limits import LIMIT_WORDINGS

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

LISTS, REPORT, ACCOUNT = "责任任务清单", "落实情况报告", "述责述廉"
TOP = "责任任务清单（校级）"
JX, WY, XX = "机械工程学院党委", "外国语学院党总支", "示例大学党委"
TZ = dt.timezone(dt.timedelta(hours=8))


STOCK: dict[tuple[str, str], Path] = {}
"""Packet with its period, and the unit's name → a workbook filled in validly."""


@pytest.fixture(scope="module", autouse=True)
def stock(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fill every workbook in once: issuing and filling anew would take most of the time."""
    world = make_world(tmp_path_factory.mktemp("stock"))
    for path in world.fill():
        unit, packet, period = path.stem.split("_")
        STOCK[f"{packet}{period}", unit] = path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "w")


def at(text: str) -> dt.datetime:
    """Return a moment of the office's clock: "04-20 23:59", "2026-01-10 09:00:01"."""
    full = text if text.count("-") == 2 else f"2025-{text}"
    return dt.datetime.fromisoformat(full).replace(tzinfo=TZ)


def file(
    world: World, packet: str = LISTS, period: str = "2025", *,
    unit: str = JX, name: str | None = None, when: str = "04-10 09:00",
) -> Path:  # fmt: skip
    """Put one unit's filled workbook of a packet into the inbox at a moment."""
    source = STOCK[f"{packet}{period_title(period)}", unit]
    target = world.inbox / (name or source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    touch(target, at(when))
    return target


def fill_now(world: World, packet: str, period: str | None = None) -> Path:
    """Issue and fill in a workbook of 机械工程学院 by the world's own settings."""
    (source,) = [p for p in world.issue(packet, period) if p.name.startswith(JX)]
    return world.fill_one(source)


def spoil(path: Path) -> None:
    """Take away a required value without touching when the file came."""
    with edited(path) as book:
        sheet = book["责任清单"]
        sheet.cell(3, headings(sheet)["工作项目"]).value = None


def receipts(world: World, *lines: tuple[str, str], how: str = "") -> None:
    rows = [{"文件": name, "收到时间": when, "方式": how} for name, when in lines]
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: rows})
    (world.root / RECEIPTS_FILE).write_bytes(book)


def settle(world: World, before: str, after: str) -> None:
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def row(
    result: Round, unit: str = "JX", packet: str = LISTS, period: str = "2025"
) -> dict[str, Any]:
    """Return an expected row as result.json has it."""
    (found,) = [
        e
        for e in result.to_json()["expected"]
        if (e["unit_code"], e["packet"], e["period"]) == (unit, packet, period)
    ]
    return found


def files(result: Round) -> dict[str, str]:
    return {f["path"]: f["status"] for f in result.to_json()["files"]}


def codes(result: Round, *wanted: str) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in result.findings if f.code in wanted]


# ---- 1: the status of what is owed ------------------------------------------------


def test_nothing_came_is_not_due_through_the_day_and_missing_after(world):
    assert row(world.collect("2025-04-20"))["status"] == "not_due"
    result = world.collect("2025-04-21")
    assert row(result)["status"] == "missing"
    assert row(result)["arrived"] is row(result)["accepted"] is row(result)["path"] is None
    assert ("Q101", "must") in codes(result, "Q101")
    assert result.exit_code == 1


def test_what_is_not_yet_due_changes_no_exit_code(world):
    assert world.collect("2025-04-20").exit_code == 0


def test_on_time_is_on_time_and_accepted(world):
    path = file(world)
    found = row(world.collect())
    assert (found["status"], found["arrived"], found["accepted"]) == ("on_time", "on_time", True)
    assert (found["path"], found["received_at"]) == (path.name, "2025-04-10T09:00:00+08:00")
    assert (found["obligation"], found["due"], found["duty"]) == ("T08", "2025-04-20", "报送")
    assert found["obligations"][0] == "T08"
    assert len(found["obligations"]) > 5


def test_late_is_late(world):
    path = file(world)
    receipts(world, (path.name, "2025-4-21 00:01"))
    found = row(world.collect("2025-04-25"))
    assert (found["status"], found["arrived"], found["accepted"]) == ("late", "late", True)


def test_a_must_returns_it_whether_on_time_or_late(world):
    path = file(world)
    spoil(path)
    found = row(world.collect())
    assert (found["status"], found["arrived"], found["accepted"]) == ("returned", "on_time", False)
    receipts(world, (path.name, "2025-4-22 09:00"))
    found = row(world.collect("2025-04-25"))
    assert (found["status"], found["arrived"]) == ("returned", "late")


def test_excused_comes_before_everything(tmp_path):
    waiver = {"单位代码": "JX", "报送事项": LISTS, "例外类型": "准予免报", "理由": "某种理由",
              "批准人": "赵一", "批准日期": dt.date(2025, 4, 1)}  # fmt: skip
    plain = make_world(tmp_path / "w")
    path = file(plain)
    spoil(path)
    world = make_world(tmp_path / "w", waivers=[waiver])
    found = row(world.collect("2025-05-01"))
    assert (found["status"], found["accepted"]) == ("excused", False)


def test_timeliness_rests_on_the_first_and_content_on_the_newest(world):
    first = file(world, when="04-18 09:00")
    spoil(first)
    file(world, name="改好的.xlsx", when="04-28 09:00")
    result = world.collect("2025-04-30")
    found = row(result)
    assert (found["status"], found["arrived"], found["accepted"]) == ("on_time", "on_time", True)
    assert (found["path"], found["received_at"]) == ("改好的.xlsx", "2025-04-18T09:00:00+08:00")
    assert files(result) == {first.name: "superseded", "改好的.xlsx": "accepted"}


def test_by_status_counts_every_expected_row(world):
    file(world)
    totals = world.collect("2025-05-01").to_json()["totals"]
    assert sum(totals["by_status"].values()) == totals["expected"]
    assert totals["by_status"]["on_time"] == 1
    assert (totals["units_expected"], totals["units_arrived"]) == (3, 1)


def test_what_a_unit_only_keeps_is_never_missing(world):
    settle(world, "[duty]", '[duty]\n"基层清单备案" = "留存"')
    result = world.collect("2025-06-01")
    assert (row(result)["status"], row(result)["duty"]) == ("not_due", "留存")
    assert codes(result, "Q101") == [("Q101", "must")]  # the university's own lists


def test_what_is_asked_for_when_needed_is_owed_by_nobody_until_it_is(world):
    settle(world, "[duty]", '[duty]\n"基层清单备案" = "按需"')
    result = world.collect("2025-06-01")
    assert not [e for e in result.to_json()["expected"] if e["packet"] == LISTS]
    assert codes(result, "Q101") == [("Q101", "must")]  # the university's own lists


def test_what_is_asked_for_when_needed_is_owed_once_the_office_says_so(world):
    settle(world, "[duty]", '[duty]\n"基层清单备案" = "按需"')
    settle(world, "[needed]", '[needed]\n"基层清单备案" = ["JX"]')
    result = world.collect("2025-06-01")
    assert (row(result)["status"], row(result)["duty"]) == ("missing", "按需")
    # The figures, the exit code and the telephone list say the same of it.
    assert not row(result)["latent"]
    assert result.exit_code == 1
    figures = tally(result.expected, LISTS)
    assert (len(figures.owing), len(figures.silent)) == (1, 1)
    assert [row.unit_code for row in result.expected if row.owed and row.packet == LISTS] == ["JX"]


def test_what_is_asked_for_when_needed_counts_when_it_comes_by_itself(world):
    settle(world, "[duty]", '[duty]\n"基层清单备案" = "按需"')
    file(world)
    result = world.collect("2025-06-01")
    assert row(result)["status"] == "on_time"
    assert not codes(result, "I105")


# ---- 2: the deadline --------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "status"), [("2025-4-20 23:59:59", "on_time"), ("2025-4-21 0:00", "late")]
)
def test_a_deadline_includes_its_day_to_midnight(world, when, status):
    receipts(world, (file(world).name, when))
    assert row(world.collect("2025-04-25"))["status"] == status


@pytest.mark.parametrize(
    ("when", "status"), [("2025-4-20 17:00", "on_time"), ("2025-4-20 17:00:01", "late")]
)
def test_a_setting_gives_the_hour(world, when, status):
    settle(world, "hour = 24", "hour = 17")
    receipts(world, (file(world).name, when))
    assert row(world.collect("2025-04-25"))["status"] == status


@pytest.mark.parametrize(
    ("when", "status"), [("2025-4-19 23:59", "on_time"), ("2025-4-20 8:00", "late")]
)
def test_a_setting_leaves_the_day_out(world, when, status):
    settle(world, "inclusive = true", "inclusive = false")
    receipts(world, (file(world).name, when))
    result = world.collect("2025-04-25")
    assert row(result)["status"] == status
    late = [f.message for f in result.findings if f.code == "T101"]
    assert [("2025年4月19日截止" in said) for said in late] == [True] * (status == "late")


def test_every_sheet_names_the_same_last_day_where_the_day_itself_is_left_out(world, tmp_path):
    settle(world, "inclusive = true", "inclusive = false")
    result = world.collect("2025-04-25")
    write_master(result, tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(tmp_path / "m.xlsx", read_only=True)
    cells = [str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row]
    assert not [said for said in cells if "2025-04-20" in said]
    assert {"2025-04-19"} <= set(cells)
    assert len([said for said in cells if "（2025-04-19截止）" in said]) > 1


def test_a_deadline_on_a_sunday_moves_only_where_the_office_says_so(world):
    receipts(world, (file(world).name, "2025-4-21 16:00"))
    assert row(world.collect("2025-04-25"))["status"] == "late"
    settle(world, "shift = false", "shift = true")
    found = row(world.collect("2025-04-25"))
    assert (found["status"], found["due"]) == ("on_time", "2025-04-21")


def test_a_year_whose_days_off_are_unknown_is_said_and_nothing_moves(tmp_path):
    world = make_world(tmp_path / "w")
    settle(world, "shift = false", "shift = true")
    settle(world, "year = 2025", "year = 2098")
    result = world.collect("2098-01-01")
    found = row(result, period="2098")
    assert found["due"] == "2098-04-20"
    assert {s for c, s in codes(result, "T105")} == {"note"}


def test_before_the_middle_of_april_may_mean_the_tenth(world):
    settle(world, 'mid_month = "20"', 'mid_month = "10"')
    assert row(world.collect())["due"] == "2025-04-10"


def test_the_office_may_set_a_day_of_its_own(world):
    settle(world, "[due]", '[due]\n"基层清单备案" = "5月6日前"')
    assert row(world.collect())["due"] == "2025-05-06"


def test_an_undated_duty_is_never_late(world):
    file(world, ACCOUNT, when="2026-03-15 09:00")
    found = row(world.collect("2026-03-20"), packet=ACCOUNT)
    assert (found["status"], found["due"]) == ("on_time", None)


def test_an_undated_duty_is_missing_after_its_window_with_a_note_that_changes_nothing(world):
    for unit in (JX, WY):
        file(world, LISTS, unit=unit)
        for period in ("2025-H1", "2025-H2"):
            file(world, REPORT, period, unit=unit)
    file(world, TOP, unit=XX)
    for period in ("2025-H1", "2025-H2"):
        file(world, f"{REPORT}（校级）", period, unit=XX)
    before = world.collect("2026-01-31")
    assert row(before, packet=ACCOUNT)["status"] == "not_due"
    after = world.collect("2026-02-01")
    assert row(after, packet=ACCOUNT)["status"] == "missing"
    assert codes(after, "Q102", "Q101") == [("Q102", "note")] * 2
    assert stands(after) == []
    assert (before.exit_code, after.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("packet", "period", "due"),
    [
        (LISTS, "2025", "2025-04-20"), (REPORT, "2025-H1", "2025-07-10"),
        (REPORT, "2025-H2", "2026-01-10"),
    ],
)  # fmt: skip
def test_the_days_of_a_unit(world, packet, period, due):
    assert row(world.collect(), packet=packet, period=period)["due"] == due


@pytest.mark.parametrize(
    ("packet", "period", "due"),
    [
        (TOP, "2025", "2025-04-30"), (f"{REPORT}（校级）", "2025-H1", "2025-07-31"),
        (f"{REPORT}（校级）", "2025-H2", "2026-01-31"),
    ],
)  # fmt: skip
def test_the_days_of_the_university(world, packet, period, due):
    assert row(world.collect(), "XX", packet, period)["due"] == due


# ---- 3: when something came -------------------------------------------------------


def received(result: Round) -> tuple[str, str]:
    (found,) = result.to_json()["files"]
    return found["received_at"], found["received_by"]


def test_a_files_own_time_before_the_day_is_on_time_with_a_note(world):
    file(world)
    result = world.collect("2025-04-30")
    assert codes(result, "T101", "T102", "T103") == [("T102", "note")]
    assert received(result) == ("2025-04-10T09:00:00+08:00", "文件时间")


def test_a_files_own_time_after_the_day_is_late_with_a_query_to_the_office(world):
    file(world, when="04-22 09:00")
    result = world.collect("2025-04-30")
    assert row(result)["status"] == "late"
    assert codes(result, "T101", "T102", "T103") == [("T103", "query")]
    assert result.exit_code == 1
    assert "（按时0家、逾期1家，其中收到时间待核1家）" in summary(result)
    (mine,) = [reply for reply in replies(result) if reply.code == "JX"]
    assert [arrival.status for arrival in mine.arrivals] == [("审核通过", "收到时间待核")]


def test_a_line_in_the_receipt_book_settles_it(world):
    path = file(world, when="04-22 09:00")
    receipts(world, (path.name, "2025年4月18日 下午4:30"))
    result = world.collect("2025-04-30")
    assert row(result)["status"] == "on_time"
    assert codes(result, "T101", "T102", "T103") == []
    assert received(result) == ("2025-04-18T16:30:00+08:00", "收件登记")


def test_lateness_by_the_receipt_book_is_a_note_that_nobody_can_mend(world):
    path = file(world)
    receipts(world, (path.name, "2025-04-22 09:00"))
    result = world.collect("2025-04-22")
    assert codes(result, "T101", "T102", "T103") == [("T101", "note")]
    assert stands(result, path.name) == []


def test_an_exact_name_comes_before_a_wildcard(world):
    path = file(world)
    receipts(world, ("*", "2025-04-22 09:00"), (path.name, "2025-04-12 08:00"))
    assert received(world.collect())[0] == "2025-04-12T08:00:00+08:00"


@pytest.mark.parametrize(
    "pattern", ["*机械*", "机械工程学院*.xlsx", "4月/*", "4月\\机械*", "*.xlsx"]
)
def test_a_wildcard_speaks_of_names_and_paths(world, pattern):
    file(world, name="4月/机械工程学院清单[1].xlsx")
    receipts(world, (pattern, "2025-04-12 08:00"))
    result = world.collect()
    assert received(result) == ("2025-04-12T08:00:00+08:00", "收件登记")
    assert codes(result, "R122") == []


@pytest.mark.parametrize("suffix", ["", ".XLSX"])
def test_a_name_in_the_receipt_book_needs_no_exact_suffix(world, suffix):
    path = file(world)
    receipts(world, (f"{path.stem}{suffix}", "2025-04-12 08:00"))
    assert received(world.collect())[1] == "收件登记"


def test_a_line_that_fits_no_file_is_told(world):
    file(world)
    receipts(world, ("化学学院.xlsx", "2025-04-12 08:00"))
    result = world.collect()
    assert [(f.code, f.severity, f.where.cell) for f in result.findings if f.code[0] == "R"] == [
        ("R122", "note", "A2")
    ]


def test_a_time_that_cannot_be_read_is_told_with_its_cell(world):
    path = file(world)
    receipts(world, (path.name, "上周三"))
    result = world.collect()
    assert [(f.code, f.severity, f.where.cell) for f in result.findings if f.code == "R121"] == [
        ("R121", "must", "B2")
    ]
    assert received(result)[1] == "文件时间"


def test_half_past_six_on_the_last_day_is_late_where_the_day_ends_at_three(world):
    path = file(world)
    settle(world, "hour = 24", "hour = 15")
    receipts(world, (path.name, "2025年4月20日下午6点半"))
    assert received(world.collect()) == ("2025-04-20T18:30:00+08:00", "收件登记")
    result = world.collect("2025-04-25")
    assert row(result)["arrived"] == "late"
    assert "（按时0家、逾期1家）" in summary(result)
    (mine,) = [reply for reply in replies(result) if reply.code == "JX"]
    assert [arrival.status for arrival in mine.arrivals] == [("审核通过", "逾期报送")]
    (told,) = [f.message for f in result.findings if f.code == "T101"]
    assert "2025年4月20日15时截止" in told


def test_what_is_missing_is_told_with_the_hour_of_its_deadline(world):
    settle(world, "hour = 24", "hour = 15")
    told = [f.message for f in world.collect("2025-04-21").findings if f.code == "Q101"]
    assert told
    assert all("2025年4月20日15时" in message for message in told)


@pytest.mark.parametrize(
    ("inclusive", "hour", "said"),
    [
        (True, 24, "含当日，截至当日24时"),
        (True, 15, "含当日，截至当日15时"),
        (False, 15, "不含当日，截至前一日24时"),
    ],
)
def test_the_notes_of_the_decisions_agree_with_the_settings(inclusive, hour, said):
    settings = Settings(
        "tj-2017", 2025,
        calendar=Calendar(inclusive=inclusive, hour=hour), letters=Letters(remind_days=3),
    )  # fmt: skip
    notes = {line.key: line.note for line in decisions(settings, load_regime("tj-2017"))}
    assert notes["deadline.inclusive"] == f"制度未明确；{said}"
    assert notes["deadline.mid_month"] == "中旬为11日至20日；截止前3天起提醒"


def test_a_file_that_came_by_wechat_is_noted(world):
    path = file(world)
    receipts(world, (path.name, "2025-04-12 08:00"), how="微信群")
    assert codes(world.collect(), "T104") == [("T104", "note")]


# ---- 4: today and repetition ------------------------------------------------------


def test_today_hides_no_file(world):
    path = file(world, when="04-10 09:00")
    result = world.collect("2025-01-05")
    assert files(result) == {path.name: "accepted"}
    assert row(result)["status"] == "on_time"


def test_twice_the_same_inbox_is_twice_the_same_result(world):
    file(world)
    file(world, unit=WY)
    (world.inbox / "说明.docx").write_bytes(b"PK\x03\x04")
    first, second = (json.dumps(world.collect().to_json(), ensure_ascii=False) for _ in range(2))
    assert first == second


def test_the_workspace_may_fix_the_day(world):
    assert '"as_of": "2025-03-03"' in json.dumps(world.collect("2025-03-03").to_json())


# ---- 5: versions ------------------------------------------------------------------


def test_the_newest_counts_even_if_it_is_returned_and_an_earlier_one_was_accepted(world):
    first = file(world, when="04-10 09:00")
    second = file(world, name="修改稿.xlsx", when="04-15 09:00")
    spoil(second)
    result = world.collect("2025-04-16")
    assert files(result) == {first.name: "superseded", "修改稿.xlsx": "returned"}
    found = row(result)
    assert (found["status"], found["path"], found["accepted"]) == ("returned", "修改稿.xlsx", False)
    assert codes(result, "D101") == [("D101", "note")]


def test_nothing_of_a_superseded_workbook_stands_in_the_tables(world):
    first = file(world, when="04-10 09:00")
    second = file(world, name="修改稿.xlsx", when="04-15 09:00")
    change(
        world,
        first.name,
        "责任清单",
        {(3, "工作项目"): "旧的项目", (4, "完成时限"): "看不懂的时限"},
    )
    result = world.collect("2025-04-16")
    for table in result.tables.values():
        assert set(table["_path"]) <= {second.name}
    assert "旧的项目" not in set(result.tables["责任清单"]["工作项目"])
    assert stands(result) == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("清单.xlsx", "清单(1).xlsx"),
        ("清单(2).xlsx", "清单(10).xlsx"),
        ("清单（1）.xlsx", "清单（2）.xlsx"),
        ("清单0409.xlsx", "清单0412.xlsx"),
        ("清单0412.xlsx", "清单0412(1).xlsx"),
        ("清单0412.xlsx", "清单最终版.xlsx"),
        ("清单.xlsx", "清单定稿.xlsx"),
        ("a/清单.xlsx", "b/清单.xlsx"),
        ("清单（4月8日）.xlsx", "清单（4月10日）.xlsx"),
        ("清单0408.xlsx", "清单（4月10日）.xlsx"),
        ("清单_2025.4.8.xlsx", "清单_2025.4.10.xlsx"),
        ("清单_2025.4.8.xlsx", "清单20250410.xlsx"),
        ("清单_4.8.xlsx", "清单_4.10.xlsx"),
        ("清单_v2.xlsx", "清单_v10.xlsx"),
        ("清单_9.xlsx", "清单_10.xlsx"),
        ("清单二稿.xlsx", "清单三稿.xlsx"),
        ("清单初稿.xlsx", "清单二稿.xlsx"),
        ("清单_旧.xlsx", "清单.xlsx"),
        ("清单（旧版）.xlsx", "清单.xlsx"),
        ("清单0410_作废.xlsx", "清单0408.xlsx"),
    ],
)
def test_where_the_clock_does_not_tell_the_file_name_does(world, older, newer):
    file(world, name=newer)
    path = file(world, name=older)
    change_first(path)
    assert files(world.collect()) == {older: "superseded", newer: "accepted"}


def change_first(path: Path) -> None:
    with edited(path) as book:
        sheet = book["责任清单"]
        sheet.cell(3, headings(sheet)["工作项目"]).value = "另一种说法"


def test_the_clock_comes_before_the_file_name(world):
    file(world, name="清单最终版.xlsx", when="04-10 09:00")
    path = file(world, name="清单.xlsx", when="04-11 09:00")
    change_first(path)
    assert files(world.collect()) == {"清单最终版.xlsx": "superseded", "清单.xlsx": "accepted"}


def test_an_identical_one_is_refused_as_such(world):
    path = file(world, when="04-10 09:00")
    copy = world.inbox / "再发一次.xlsx"
    shutil.copy(path, copy)
    touch(copy, at("04-15 09:00"))
    result = world.collect("2025-04-16")
    assert files(result) == {path.name: "accepted", "再发一次.xlsx": "duplicate"}
    assert codes(result, "D101", "D102") == [("D102", "note")]
    assert row(result)["path"] == path.name
    assert len(result.tables["责任清单"]) == 4


def test_a_newer_one_that_lost_somebodys_rows_is_asked_about(world):
    file(world, when="04-10 09:00")
    path = file(world, name="只有班子.xlsx", when="04-15 09:00")
    with edited(path) as book:
        for name in ("责任清单", "任务清单", "签字背书", "班子成员分工表"):
            sheet = book[name]
            for line in range(3, 9):
                if sheet.cell(line, 2).value == "李五":
                    for column in range(1, 16):
                        sheet.cell(line, column).value = None
    found = [f for f in world.collect("2025-04-16").findings if f.code == "D103"]
    assert [(f.severity, f.where.path) for f in found] == [("query", "只有班子.xlsx")]
    assert "李五" in found[0].message


def test_sheets_that_came_in_workbooks_of_their_own_are_to_be_put_into_one(world):
    lists = ("责任清单", "任务清单", "签字背书", "班子成员分工表")
    for hour, own in enumerate(lists, 8):
        with edited(file(world, name=f"机械学院{own}.xlsx", when=f"04-10 {hour:02d}:00")) as book:
            for other in lists:
                if other != own:
                    del book[other]
    found = [f for f in world.collect("2025-04-16").findings if f.code in {"S101", "D103"}]
    assert {f.where.form for f in found if f.code == "S101"} == set(lists[:3])
    asked = {f.got: f.message for f in found if f.code == "D103"}
    assert set(asked) == {f"机械学院{own}.xlsx" for own in lists[:3]}
    assert all(f"“{own}”的内容" in asked[f"机械学院{own}.xlsx"] for own in lists[:3])


def test_rows_of_a_returned_workbook_stand_in_the_table_as_such(world):
    spoil(file(world))
    file(world, unit=WY)
    result = world.collect()
    table = result.tables["责任清单"]
    assert set(zip(table["_unit_code"], table["_status"], strict=True)) == {
        ("JX", "returned"), ("WY", "accepted"),
    }  # fmt: skip
    assert result.to_json()["tables"]["责任清单"] == 7


def test_rows_of_a_returned_list_satisfy_references(world):
    path = file(world)
    with edited(path) as book:
        sheet = book["任务清单"]
        sheet.cell(3, headings(sheet)["具体措施"]).value = None
    file(world, REPORT, "2025-H1")
    result = world.collect()
    assert files(result)[path.name] == "returned"
    assert codes(result, "V107") == []
    assert not any("任务编号" in u.rule for u in result.unchecked)


def say_on_cover(path: Path, field: str, value: object) -> None:
    """Let the cover of a workbook say otherwise."""
    with edited(path) as book:
        book["封面"][cover_cell(book["封面"], field)].value = value


def test_what_was_told_of_who_filed_it_stands_no_more_once_a_mended_one_came(world):
    wrong = file(world, REPORT, "2025-H1", name="a.xlsx")
    say_on_cover(wrong, "报告期", "下半年")
    shutil.copy(wrong, world.inbox / "b.xlsx")
    touch(world.inbox / "b.xlsx", at("04-10 10:00"))
    before = world.collect("2025-04-12")
    assert stands(before) == [("must", "I103", "封面", "B6")]  # once, though it was sent twice
    assert (row(before, packet=REPORT, period="2025-H1")["status"], before.exit_code) == (
        "returned", 1,
    )  # fmt: skip
    file(world, REPORT, "2025-H1", name="c.xlsx", when="04-11 09:00")
    after = world.collect("2025-04-12")
    assert files(after) == {"a.xlsx": "superseded", "b.xlsx": "duplicate", "c.xlsx": "accepted"}
    assert (stands(after), after.exit_code) == ([], 0)
    assert row(after, packet=REPORT, period="2025-H1")["status"] == "on_time"
    assert after.returned_before == {"a.xlsx"}


def test_a_broken_seal_is_asked_about_no_more_once_an_unbroken_one_came(world):
    with edited(file(world, name="a.xlsx")) as book:
        line = next(r for r in book["_sxxt"].iter_rows(max_col=2) if r[0].value == "seal")
        line[1].value = "印章"
    assert [code for _, code, *_ in stands(world.collect())] == ["I111"]
    file(world, name="b.xlsx", when="04-11 09:00")
    assert stands(world.collect()) == []


# ---- 6: what is none of ours, goes along, or cannot be read -----------------------


def test_a_workbook_that_is_none_of_ours_is_a_note(world):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["姓名", "分数"])
    book.active.append(["张三", 90])
    book.save(world.inbox / "机械学院成绩单.xlsx")
    result = world.collect()
    assert files(result) == {"机械学院成绩单.xlsx": "foreign"}
    assert codes(result, "I106") == [("I106", "note")]
    assert result.exit_code == 0


def test_a_workbook_without_cover_is_known_by_its_name_and_lacks_but_the_cover(world):
    path = file(world, name="责任任务清单-机械学院0409.xlsx")
    with edited(path) as book:
        for name in ("_sxxt", "_选项", "封面"):
            del book[name]
    result = world.collect()
    assert [(s, c) for s, c, _, _ in stands(result)] == [("must", "S101")]
    assert codes(result, "I101") == [("I101", "note")]
    (found,) = result.to_json()["files"]
    assert (found["unit_code"], found["packet"], found["period"]) == ("JX", LISTS, "2025")


def test_documents_and_pictures_are_attachments_of_the_unit_they_name(world):
    (world.inbox / "机械学院签字页.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (world.inbox / "外语学院").mkdir()
    (world.inbox / "外语学院" / "扫描件.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"\0" * 64)
    (world.inbox / "扫描件2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    result = world.collect()
    assert set(files(result).values()) == {"attachment"}
    units = {f["path"]: f["unit_code"] for f in result.to_json()["files"]}
    assert units == {"机械学院签字页.pdf": "JX", "外语学院/扫描件.jpg": "WY", "扫描件2.png": None}
    assert codes(result, "I109") == [("I109", "note")]
    assert result.to_json()["totals"]["attachments"] == 3


def test_a_workbook_that_cannot_be_read_is_one_must_and_no_arrival(world):
    (world.inbox / f"{JX}清单.xlsx").write_bytes(b"PK\x03\x04 broken")
    result = world.collect("2025-04-25")
    assert files(result) == {f"{JX}清单.xlsx": "unreadable"}
    mine = [f for f in result.findings if f.where.path == f"{JX}清单.xlsx"]
    assert [(f.code[0], f.severity, f.where.unit) for f in mine] == [("F", "must", JX)]
    assert row(result)["status"] == "missing"


def test_a_workbook_of_another_year_is_told_and_answers_nothing(world):
    settle(world, "year = 2025", "year = 2024")
    path = fill_now(world, LISTS)
    settle(world, "year = 2024", "year = 2025")
    result = world.collect("2025-04-25")
    assert ("I103", "must") in codes(result, "I103")
    assert row(result)["status"] == "missing"
    assert files(result)[path.name] == "returned"


def test_a_unit_that_owes_nothing_may_send_and_is_noted(tmp_path):
    world = make_world(tmp_path / "w")
    file(world)
    units: list[Cells] = [dict(u) for u in UNIT_ROWS]
    units[1]["单位类别"] = "附属单位"
    world.units = units
    world.write()
    result = world.collect()
    assert codes(result, "I105") == [("I105", "note")]
    assert files(result) == {f"{JX}_责任任务清单_2025年度.xlsx": "accepted"}
    assert not [e for e in result.expected if e.unit_code == "JX"]


# ---- 7: references ----------------------------------------------------------------


def test_a_reference_looks_into_the_units_newest_list(world):
    file(world)
    path = file(world, REPORT, "2025-H1")
    change(world, path.name, "主体责任落实情况报告", {(3, "责任项目编号"): "JX-2025-ZR-001"})
    assert stands(world.collect()) == []
    change(world, path.name, "主体责任落实情况报告", {(3, "责任项目编号"): "JX-2025-ZR-099"})
    assert [(s, c) for s, c, _, _ in stands(world.collect())] == [("must", "V107")]


def test_where_the_list_has_not_come_the_rule_is_unchecked(world):
    path = file(world, REPORT, "2025-H1")
    change(world, path.name, "主体责任落实情况报告", {(3, "责任项目编号"): "JX-2025-ZR-099"})
    result = world.collect()
    assert stands(result) == []
    said = [u.rule for u in result.unchecked if u.unit == JX]
    for form, field in (("主体责任落实情况报告", "责任项目编号"), ("任务进展", "任务编号")):
        assert any(form in rule and field in rule for rule in said)


def test_a_form_that_the_regime_lacks_is_never_missed(world):
    path = file(world)
    change(world, path.name, "责任清单", {(3, "问题编号"): "JX-2025-WT-001"})
    result = world.collect()
    assert stands(result) == []
    because = [u.because for u in result.unchecked if "问题编号" in u.rule and u.unit == JX]
    assert because == ["这份制度不收“问题（风险）清单”"]


# ---- 8: cascades ------------------------------------------------------------------

DOWN = "校领导项目到分管单位"
ITEM = "XX-2025-ZR-003"


def cascade(result: Round) -> dict[str, Any]:
    (found,) = [c for c in result.to_json()["cascade"] if c["rule"] == DOWN]
    return found


@pytest.fixture
def passed_down(world: World) -> World:
    """Return a world whose three lists are filed and whose leader's item was taken up."""
    for unit, packet in ((JX, LISTS), (WY, LISTS), (XX, TOP)):
        file(world, packet, unit=unit)
    adopt(world)
    return world


def drop(world: World, unit: str) -> None:
    change(world, unit, "责任清单", {(3, "上级项目编号"): None})


def test_an_item_is_taken_up_by_at_least_one_row(passed_down):
    found = cascade(passed_down.collect())
    assert found == {
        "rule": DOWN, "parent_unit": XX, "parent_filer": "钱二", "parent_key": ITEM,
        "status": "taken_up", "children": ["WY-2025-ZR-001", "JX-2025-ZR-001"],
    }  # fmt: skip
    drop(passed_down, JX)
    assert cascade(passed_down.collect())["status"] == "taken_up"


def test_a_reason_explains_it(passed_down):
    for unit in (JX, WY):
        drop(passed_down, unit)
        change(passed_down, unit, "责任清单", {
            (9, "责任主体"): None, (9, "项目编号"): None,
            (9, "上级项目编号"): ITEM, (9, "未纳入理由"): "本单位没有这项业务",
        })  # fmt: skip
    result = passed_down.collect()
    assert (cascade(result)["status"], cascade(result)["children"]) == ("explained", [])
    assert stands(result) == []
    assert codes(result, "C104") == [("C104", "note")] * 2


def test_a_taker_comes_before_a_reason(passed_down):
    drop(passed_down, JX)
    change(passed_down, JX, "责任清单", {
        (9, "责任主体"): None, (9, "项目编号"): None, (9, "上级项目编号"): ITEM,
        (9, "未纳入理由"): "本单位没有这项业务",
    })  # fmt: skip
    assert cascade(passed_down.collect())["status"] == "taken_up"


def test_what_nobody_takes_up_is_missing_and_shows_the_units_no_more_than_it_may(passed_down):
    change(passed_down, XX, "责任清单", {(5, "备注"): "内部意见", (5, "责任部门"): "组织部门"})
    for unit in (JX, WY):
        drop(passed_down, unit)
    result = passed_down.collect()
    assert cascade(result)["status"] == "missing"
    gaps = [f for f in result.findings if f.code == "C101"]
    assert [(f.severity, f.where.unit) for f in gaps] == [("query", WY), ("query", JX)]
    for gap in gaps:
        assert ITEM in gap.message
        assert "钱二的第3个责任项目" in gap.message
        assert "内部意见" not in gap.message + gap.remedy
        assert "组织部门" not in gap.message + gap.remedy


def test_what_a_missing_list_may_still_hold_is_unchecked(passed_down):
    drop(passed_down, JX)
    next(passed_down.inbox.glob(f"{WY}*")).unlink()
    result = passed_down.collect()
    assert cascade(result)["status"] == "unchecked"
    assert codes(result, "C101") == []
    assert any(u.rule == DOWN and WY in u.because for u in result.unchecked)


def test_an_item_without_a_way_of_carrying_out_is_told_to_the_office(passed_down):
    change(passed_down, XX, "责任清单", {(4, "落实方式"): None})
    result = passed_down.collect()
    found = [f for f in result.findings if f.code == "C103"]
    assert [(f.severity, f.where.unit, f.where.cell) for f in found] == [("note", XX, "H4")]
    assert stands(result) == []


def test_a_child_that_ends_later_than_its_parent_is_asked_about(passed_down):
    change(passed_down, JX, "责任清单", {(3, "完成时限"): "2026年3月底"})
    found = [(c, s) for c, s in codes(passed_down.collect(), "C102")]
    assert found == [("C102", "query")]


@pytest.mark.parametrize("words", [w for w in LIMIT_WORDINGS if "长期" in w or w[0] in "每全"])
def test_but_not_under_a_parent_that_lasts(passed_down, words):
    change(passed_down, XX, "责任清单", {(5, "完成时限"): words})
    change(passed_down, JX, "责任清单", {(3, "完成时限"): "2026年3月底"})
    assert codes(passed_down.collect(), "C102") == []


def test_an_item_without_a_task_must_be_mended_by_the_unit(world):
    path = file(world)
    with edited(path) as book:
        sheet = book["任务清单"]
        for column in range(2, 16):
            sheet.cell(6, column).value = None
    result = world.collect()
    assert ("C101", "must") in codes(result, "C101")
    (missing,) = [c for c in result.cascade if c.rule == "责任项到任务项" and c.status == "missing"]
    assert (missing.parent_key, missing.parent_filer) == ("JX-2025-ZR-004", "李五")


# ---- 9: who signs -----------------------------------------------------------------


def signed(world: World, line: int, who: str) -> list[tuple[str, str]]:
    path = next(world.inbox.glob(f"{JX}*"))
    change(world, path.name, "签字背书", {(line, "背书人"): who})
    return [(c, s) for s, c, _, _ in stands(world.collect())]


@pytest.mark.parametrize(
    ("line", "who", "right"),
    [(3, "李三", True), (3, "书记 李三", True), (3, "李四", False), (3, "钱二", False),
     (5, "李三", True), (5, "李四", False),
     (4, "钱二", True), (4, "李三", False), (4, "赵一", False)],
)  # fmt: skip
def test_the_secretary_signs_for_the_body_and_the_leader_in_charge_for_him(world, line, who, right):
    file(world)
    assert signed(world, line, who) == ([] if right else [("B102", "must")])


def test_the_universitys_secretary_is_unchecked_and_said(world):
    file(world, TOP, unit=XX)
    result = world.collect()
    assert stands(result) == []
    (found,) = [u for u in result.unchecked if u.rule == "分管领导背书" and u.unit == XX]
    assert "上级" in found.because


@pytest.mark.parametrize(("posts", "code"), [((), "R104"), (("李五",), "R105")])
def test_no_secretary_or_two_is_told_to_the_office(tmp_path, posts, code):
    world = make_world(tmp_path / "w")
    for person in world.people:
        if person["姓名"] == "李三" and not posts:
            person["职务"] = "党委委员"
        if person["姓名"] in posts:
            person["职务"] = "党委书记"
    world.write()
    result = world.collect()
    found = [f for f in result.findings if f.code == code]
    assert [(f.severity, f.where.path, f.where.unit_code) for f in found] == [
        ("query", "单位名册.xlsx", "JX")
    ]


def test_nobody_in_charge_is_told_and_the_signature_is_unchecked(tmp_path):
    world = make_world(tmp_path / "w")
    world.people[1]["分管单位代码"] = "WY"
    world.write()
    file(world)
    result = world.collect()
    assert {c for c, _ in codes(result, "R112")} == {"R112"}
    assert not [c for c, _ in codes(result, "B101", "B102")]
    assert any(u.rule == "分管领导背书" and u.unit == JX for u in result.unchecked)


# ---- 10: areas and counts ---------------------------------------------------------


def test_a_report_that_lacks_an_area_is_asked_about(world):
    path = file(world, REPORT, "2025-H1")
    with edited(path) as book:
        sheet = book["主体责任落实情况报告"]
        sheet.cell(3, headings(sheet)["履责情况"]).value = None
    found = [f for f in world.collect().findings if f.code == "Q105"]
    assert [(f.severity, f.where.filer, f.got) for f in found] == [
        ("query", "领导班子", "筹划研究落实")
    ]


def test_each_role_has_its_own_areas(world):
    areas = {r.id: len(r.areas) for r in world.regime.roles if r.areas}
    assert areas == {"领导班子": 9, "主要负责人": 6, "班子其他成员": 6}


def figures(world: World, period: str, **values: int) -> Path:
    fixed = [dict(r)["指标"] for r in world.regime.form("履责统计").fixed]
    path = file(world, REPORT, period)
    cells = {(fixed.index(k) + 3, "数值"): v for k, v in values.items()}
    return change(world, path.name, "履责统计", cells)


def counts(result: Round, rule: str) -> dict[str, tuple[int | None, int | None, str]]:
    return {
        c["period"]: (c["required"], c["found"], c["status"])
        for c in result.to_json()["counts"]
        if c["rule"] == rule and c["unit"] == JX
    }


HALVES, YEARLY = "专题分析研究", "书记主持专题会议"


def test_before_anything_is_over_what_is_short_is_not_due_and_a_reminder(world):
    figures(world, "2025-H1", 专题研究会议次数=0, 书记主持专题会议次数=1)
    result = world.collect("2025-06-20")
    assert counts(result, HALVES) == {
        "2025-H1": (1, 0, "not_due"), "2025-H2": (1, None, "not_due"),
    }  # fmt: skip
    assert counts(result, YEARLY) == {"2025": (2, 1, "not_due")}
    assert codes(result, "N101") == []
    assert set(codes(result, "N102")) == {("N102", "note")}
    assert [c for _, c, _, _ in stands(result) if c != "Q101"] == []


def test_once_a_half_is_over_it_counts_alone(world):
    figures(world, "2025-H1", 专题研究会议次数=0, 书记主持专题会议次数=1)
    result = world.collect("2025-07-01")
    assert counts(result, HALVES)["2025-H1"] == (1, 0, "short")
    assert counts(result, YEARLY)["2025"][2] == "not_due"
    assert codes(result, "N101") == [("N101", "query")]


def test_two_in_one_half_do_not_stand_for_one_in_each(world):
    figures(world, "2025-H1", 专题研究会议次数=2)
    figures(world, "2025-H2", 专题研究会议次数=0)
    found = counts(world.collect("2026-01-01"), HALVES)
    assert found == {"2025-H1": (1, 2, "met"), "2025-H2": (1, 0, "short")}


def test_the_year_is_the_sum_of_its_halves(world):
    figures(world, "2025-H1", 书记主持专题会议次数=1)
    figures(world, "2025-H2", 书记主持专题会议次数=1)
    assert counts(world.collect("2026-01-01"), YEARLY) == {"2025": (2, 2, "met")}


def test_what_is_reached_early_is_met(world):
    figures(world, "2025-H1", 书记主持专题会议次数=2)
    assert counts(world.collect("2025-12-31"), YEARLY)["2025"][2] in {"met", "not_due"}
    assert counts(world.collect("2026-01-01"), YEARLY)["2025"] == (2, 2, "met")


def test_a_half_that_was_not_reported_is_unchecked(world):
    figures(world, "2025-H1", 专题研究会议次数=1, 书记主持专题会议次数=1)
    result = world.collect("2026-01-05")
    assert counts(result, HALVES)["2025-H2"] == (1, None, "unchecked")
    assert counts(result, YEARLY)["2025"] == (2, 1, "unchecked")
    assert any(
        u.rule == YEARLY and u.unit == JX and "下半年" in u.because for u in result.unchecked
    )
    assert codes(result, "N101") == []


def test_a_figure_that_cannot_be_read_is_unchecked_not_short(world):
    figures(world, "2025-H1", 专题研究会议次数=0)
    change(world, JX, "履责统计", {(3, "数值"): "若干"})
    result = world.collect("2025-07-05")
    assert counts(result, HALVES)["2025-H1"] == (1, None, "unchecked")
    assert codes(result, "N101") == []


def test_a_yearly_report_in_january_stands_for_the_second_half(world):
    figures(world, "2025-H1", 专题研究会议次数=1)
    path = figures(world, "2025-H2", 专题研究会议次数=3)
    with edited(path) as book:
        place = next(r[0].row for r in book["封面"].iter_rows(max_col=1) if r[0].value == "报告期")
        book["封面"].cell(place, 2).value = "年度"
    result = world.collect("2026-01-08")
    assert stands(result, path.name) == []
    assert ("I110", None) not in notes(result)
    assert "I110" in {c for c, _ in notes(result, path.name)}
    found = row(result, packet=REPORT, period="2025-H2")
    assert (found["status"], found["path"]) == ("on_time", path.name)
    assert counts(result, HALVES)["2025-H2"] == (1, 2, "met")


@pytest.mark.parametrize(
    ("written", "came", "read"),
    [
        ("1月8日", "2026-01-09 09:00", "2026-01-08"),
        ("1月8日（星期四）", "2026-01-09 09:00", "2026-01-08"),
        ("12月20日", "2026-01-09 09:00", "2025-12-20"),
        ("2025年1月8日", "2026-01-09 09:00", "2025-01-08"),
        ("1月8日", "2025-12-30 09:00", "2025-01-08"),
    ],
)
@pytest.mark.parametrize(
    "spot",
    [(REPORT, "2025-H2", "封面"), (ACCOUNT, "2025", "封面"), (ACCOUNT, "2025", "述责述廉登记")],
)
def test_a_day_without_a_year_is_the_last_before_what_is_due_in_january_came(
    world, spot, written, came, read
):
    packet, period, sheet = spot
    path = file(world, packet, period, when=came)
    with edited(path) as book:
        page = book[sheet]
        name = cover_cell(page, "填报日期") if sheet == "封面" else cell_of(page, "述责日期", 3)
        page[name].value = written
    told = [
        f.message for f in world.collect("2026-02-12").findings
        if f.code == "V151" and (f.where.sheet, f.where.cell) == (sheet, name)
    ]  # fmt: skip
    assert [message for message in told if read in message] == told != []


def test_a_day_without_a_year_in_what_is_due_within_the_year_is_of_that_year(world):
    path = file(world, when="2026-01-20 09:00")
    with edited(path) as book:
        name = cover_cell(book["封面"], "填报日期")
        book["封面"][name].value = "1月8日"
    (told,) = [f.message for f in world.collect("2026-02-12").findings if f.code == "V151"]
    assert "2025-01-08" in told


def test_an_office_may_ask_for_yearly_reports_in_january(world):
    settle(world, 'january = "下半年"', 'january = "年度"')
    assert row(world.collect(), packet=REPORT, period="2025")["due"] == "2026-01-10"
    fill_now(world, REPORT, "2025")
    found = row(world.collect("2026-01-08"), packet=REPORT, period="2025")
    assert found["status"] == "on_time"


# ---- one workbook per filer -------------------------------------------------------


def test_where_each_files_alone_each_is_expected_alone(tmp_path):
    world = make_world(tmp_path / "w", filing="按人报送")
    for source in world.issue(LISTS):
        if source.name.startswith(JX) and "李四" not in source.name:
            world.fill_one(source)
    result = world.collect("2025-04-25")
    mine = {
        e["filer"]: e["status"]
        for e in result.to_json()["expected"]
        if e["unit_code"] == "JX" and e["packet"] == LISTS
    }
    assert mine == {
        "领导班子": "on_time", "李三": "on_time", "李四": "missing", "李五": "on_time",
    }  # fmt: skip
    assert [s for s in stands(result) if s[1] != "Q101"] == []
    (told,) = [f for f in result.findings if f.code == "Q101" and f.where.filer == "李四"]
    assert "《2025年度责任任务清单（李四）》" in told.message
    assert set(files(result).values()) == {"accepted"}
