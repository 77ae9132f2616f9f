"""remind: who is pressed in which tone, who is not, and what the telephone sheet gives back."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from drafted import Draft, drafts_in, strangers
from pieces import DQ, HG, JX, REGIME, owes
from sampled import WRITTEN

from sxxt_excel.cli import cli
from sxxt_excel.deadlines import Calendar
from sxxt_excel.letters.answers import heard
from sxxt_excel.letters.chat import chat
from sxxt_excel.letters.pressing import State
from sxxt_excel.letters.reminders import Tone, debts, reminders
from sxxt_excel.letters.writer import Writer
from sxxt_excel.outputs.calls import CALLS, OWING, calls, matters_owed
from sxxt_excel.people import Roster, Unit
from sxxt_excel.registry.ledger import past
from sxxt_excel.registry.memory import Answer
from sxxt_excel.roster import read_roster
from sxxt_excel.settings import Letters, Settings
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from world import World

    from sxxt_excel.letters.letter import Letter
    from sxxt_excel.outcome import Expected

TOP = Unit("XX", "示例大学党委", "校党委")
JW = Unit("JW", "示例大学纪委", "校纪委", parent="XX", email="jw@example.edu.cn")
LISTS = "2025年度责任任务清单"
TODAY = date(2025, 4, 21)
AT = dt.datetime(2025, 4, 21, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
REPORT: dict[str, Any] = {"packet": "落实情况报告", "period": "2025-H1", "due": "2025-07-10"}


def state(
    *expected: Expected, today: date = TODAY, calendar: Calendar | None = None, **chosen: Any
) -> State:
    settings = Settings(
        "tj-2017", 2025, name="示例大学", calendar=calendar or Calendar(), letters=Letters(**chosen)
    )
    return State(REGIME, settings, Roster((TOP, JX, DQ, HG), ()), today, expected)


def pressed(
    now: State, answers: tuple[Answer, ...] = (), tone: Tone | None = None
) -> dict[tuple[str, str], Letter]:
    written = reminders(now, Writer(now), debts(now, answers), tone)
    return {(letter.code, letter.kind): letter for letter in written}


def answer(
    words: str = "经办人出差", promised: str = "", day: date | None = None, *matters: str
) -> Answer:
    return Answer("JX", JX.name, matters or (LISTS,), words, promised, day)


# ---- who is pressed, and how -----------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        pytest.param(owes(JX, "missing"), {"催办"}, id="overdue"),
        pytest.param(owes(JX, "missing", due=None), {"催办"}, id="overdue, no day was set"),
        pytest.param(owes(JX, "not_due", due="2025-04-28"), {"提醒"}, id="due in seven days"),
        pytest.param(owes(JX, "not_due", due="2025-04-21"), {"提醒"}, id="due today"),
        pytest.param(owes(JX, "not_due", due="2025-04-29"), set(), id="due in eight days"),
        pytest.param(owes(JX, "not_due", due=None), set(), id="no day was set"),
        pytest.param(owes(JX, "returned", arrived="on_time"), set(), id="sent back: has a letter"),
        pytest.param(owes(JX, "on_time", arrived="on_time"), set(), id="came"),
        pytest.param(owes(JX, "late", arrived="late"), set(), id="came late"),
        pytest.param(owes(JX, "excused"), set(), id="excused"),
        pytest.param(
            replace(owes(JX, "not_due"), duty="按需", latent=True), set(), id="only if it happens"
        ),
        pytest.param(replace(owes(JX, "missing"), duty="按需"), {"催办"}, id="it has happened"),
        pytest.param(owes(TOP, "missing"), set(), id="the office's own unit"),
    ],
)
def test_who_owes_is_reminded_before_and_pressed_after_the_deadline(row, kinds):
    assert {kind for _, kind in pressed(state(row))} == kinds


def test_supervision_is_written_only_when_asked_for_and_names_who_approved():
    now = state(owes(JX, "missing"), owes(DQ, "not_due", due="2025-04-25"))
    assert {kind for _, kind in pressed(now)} == {"催办", "提醒"}
    (letter,) = pressed(now, tone=Tone(("督办",), "赵一")).values()
    assert letter.subject == "【督办】2025年度责任任务清单（机械工程学院党委）"
    assert (
        "　　截至2025年4月21日，仍未收到你单位《2025年度全面从严治党主体责任清单和任务清单》"
        "（2025年4月20日截止）。\n"
        "　　经赵一同志同意，现予督办。请主要负责同志过问，"
        "于2025年4月24日（星期四）17时前报送，并书面说明逾期原因。\n"
    ) in letter.text
    assert "通报" not in letter.text


def test_a_reminder_says_the_day_and_that_who_has_sent_may_pass_over_it():
    (letter,) = pressed(state(owes(JX, "not_due", due="2025-04-25"))).values()
    assert letter.text.startswith(
        "机械工程学院党委：\n"
        "　　《2025年度全面从严治党主体责任清单和任务清单》将于2025年4月25日（星期五）截止，"
        "目前尚未收到你单位材料。请按时报送。\n"
        "　　如已报送，请忽略。\n"
    )


def test_pressing_says_since_when_until_when_and_whom_to_telephone():
    now = state(
        owes(JX, "missing"),
        owes(JX, "returned", arrived="on_time", **{**REPORT, "period": "2024-H2"}),
        contact="张示例，022-00000000",
    )
    (letter,) = pressed(now).values()
    assert letter.text == (
        "机械工程学院党委：\n"
        "　　截至2025年4月21日，尚未收到你单位"
        "《2025年度全面从严治党主体责任清单和任务清单》（2025年4月20日截止）。\n"
        "　　请于2025年4月22日（星期二）17时前报送；确有困难的，请电话告知预计时间。\n"
        "　　另，《2024年下半年全面从严治党主体责任落实情况报告》已请修改，"
        "改后的材料尚未收到，请按审核意见定的期限报送。\n"
        "\n"
        "　　联系人：张示例，022-00000000\n"
        "\n"
        "　　　　　　　　　　　　示例大学\n"
        "　　　　　　　　　　　　2025年4月21日\n"
        "\n"
        "（内部资料 注意保管）\n"
    )


def test_one_letter_lists_all_that_a_unit_owes_and_whose_it_is():
    late = {**REPORT, "due": "2025-04-10"}
    mine = (owes(JX, "missing", filer=name) for name in ("李三", "李四"))
    now = state(*mine, owes(JX, "missing", **late))
    (letter,) = pressed(now).values()
    lists = "《2025年度全面从严治党主体责任清单和任务清单》（李三、李四）"
    assert f"1. {lists}，2025年4月20日截止。" in letter.text
    report = "《2025年上半年全面从严治党主体责任落实情况报告》"
    assert f"2. {report}，2025年4月10日截止。" in letter.text


@pytest.mark.parametrize("kind", ["催办", "督办"])
def test_what_came_but_cannot_be_opened_is_not_said_to_have_never_come(kind):
    now = state(owes(JX, "missing"), owes(DQ, "missing"))
    shut = {("JX", "责任任务清单", "2025")}
    tone = Tone((kind,), "赵一")
    found = {x.code: x.text for x in reminders(now, Writer(now), debts(now, (), shut), tone)}
    assert "（2025年4月20日截止）；此前报来的文件打不开，请重新发送。" in found["JX"]
    assert "打不开" not in found["DQ"]


def test_the_deadline_of_pressing_is_a_working_day_and_may_be_the_same_one():
    same = pressed(state(owes(JX, "missing"), chase_days=0, hour=16))["JX", "催办"]
    assert "请于2025年4月21日（星期一）16时前报送" in same.text
    friday = pressed(state(owes(JX, "missing"), today=date(2025, 4, 25)))["JX", "催办"]
    assert "请于2025年4月27日（星期日）17时前报送" in friday.text  # worked instead of 1 May's days


def test_pressing_again_on_another_day_is_another_letter_and_on_the_same_day_is_not():
    first = pressed(state(owes(JX, "missing"), owes(DQ, "not_due", due="2025-04-25")))
    again = pressed(state(owes(JX, "missing"), owes(DQ, "not_due", due="2025-04-25")))
    later = pressed(
        state(owes(JX, "missing"), owes(DQ, "not_due", due="2025-04-25"), today=date(2025, 4, 23))
    )
    assert {k: x.id for k, x in first.items()} == {k: x.id for k, x in again.items()}
    assert first["JX", "催办"].id != later["JX", "催办"].id
    assert first["DQ", "提醒"].id == later["DQ", "提醒"].id


def test_no_reminder_names_another_unit_and_the_notice_names_none():
    units = (JX, DQ, HG)
    now = state(*(owes(u, "missing") for u in units), owes(JX, "not_due", **REPORT))
    found = {
        (letter.unit, letter.kind): Draft(
            {"Subject": letter.subject}, letter.text, letter.html, {}, b""
        )
        for letter in pressed(now).values()
    }
    assert len(found) == 3
    assert strangers(found, {u.name: {u.name, u.code} for u in units}) == []
    notice = chat(now, tuple(debts(now)))
    assert not [u.name for u in units if u.name in notice or u.code in notice]


# ---- the notice for a group ------------------------------------------------------------


def test_the_notice_is_three_lines_without_names_or_files():
    now = state(owes(JX, "missing"), owes(DQ, "missing"), owes(HG, "on_time", arrived="on_time"))
    assert chat(now, tuple(debts(now))) == (
        "【催办】2025年度责任任务清单\r\n"
        "截至2025年4月21日，应报3家，尚有2家未报。\r\n"
        "请未报的单位于2025年4月22日（星期二）17时前通过OA或校内邮箱报送，勿在群内发送材料。\r\n"
    )


def test_before_the_deadline_the_notice_says_when_it_is():
    now = state(owes(JX, "not_due", due="2025-04-25"), owes(DQ, "not_due", due="2025-04-26"))
    assert chat(now, tuple(debts(now))).split("\r\n")[1] == "2025年4月25日截止，尚有1家未报。"


def test_letters_and_notice_name_the_hour_of_the_deadline_where_the_office_set_one():
    now = state(
        owes(JX, "not_due", due="2025-04-25"), owes(DQ, "missing"), calendar=Calendar(hour=15)
    )
    letters = pressed(now)
    assert "将于2025年4月25日（星期五）15时截止" in letters["JX", "提醒"].text
    assert "（2025年4月20日15时截止）" in letters["DQ", "催办"].text
    now = state(owes(JX, "not_due", due="2025-04-25"), calendar=Calendar(hour=15))
    assert "2025年4月25日15时截止，" in chat(now, tuple(debts(now)))


def test_where_the_day_itself_does_not_count_the_last_that_does_is_named():
    leaving_out = Calendar(inclusive=False, hour=15)
    now = state(owes(JX, "not_due", due="2025-04-25"), calendar=leaving_out)
    text = pressed(now)["JX", "提醒"].text
    assert "2025年4月24日（星期四）截止" in text
    assert not any(said in text for said in ("4月25日", "15时"))
    late = state(owes(JX, "missing", due="2025-04-20"), calendar=leaving_out)
    assert "2025年4月19日截止" in pressed(late)["JX", "催办"].text
    assert "2025年4月24日截止" in chat(now, tuple(debts(now)))
    (cell,) = next(c.values for c in calls(late).columns if c.heading == OWING)
    assert "2025-04-19截止" in str(cell)


def test_it_is_from_that_day_that_a_reminder_is_counted_back():
    row = owes(JX, "not_due", due="2025-04-26")
    for inclusive, kinds in ((True, set()), (False, {"提醒"})):
        calendar = Calendar(inclusive=inclusive)
        now = state(row, today=date(2025, 4, 22), calendar=calendar, remind_days=3)
        assert {kind for _, kind in pressed(now)} == kinds


def test_who_leads_is_neither_written_to_nor_counted_in_the_notice():
    roster = Roster((TOP, JW, JX, DQ, HG), ())
    late: dict[str, Any] = {"packet": "专项督查", "due": "2025-04-20"}
    rows = (owes(JW, "missing", **late), owes(JW, "missing"))
    now = replace(state(*rows), roster=roster)
    assert pressed(now) == {}
    assert chat(now, tuple(debts(now))) == ""
    both = replace(state(*rows, owes(JX, "missing"), owes(DQ, "excused")), roster=roster)
    assert set(pressed(both)) == {("JX", "催办")}
    first, second, _, _ = chat(both, tuple(debts(both))).split("\r\n")
    assert first == "【催办】2025年度责任任务清单"
    assert second.endswith("应报1家，尚有1家未报。")


def test_where_nobody_owes_there_is_no_notice():
    assert chat(state(owes(JX, "on_time", arrived="on_time")), ()) == ""


# ---- what was answered on the telephone ------------------------------------------------


def test_a_unit_that_promised_a_day_is_not_pressed_before_it():
    promise = answer("", "4月25日", date(2025, 4, 25))
    for today, kinds in ((TODAY, set()), (date(2025, 4, 25), set()), (date(2025, 4, 26), {"催办"})):
        now = state(owes(JX, "missing"), today=today)
        assert {kind for _, kind in pressed(now, (promise,))} == kinds
    later = pressed(state(owes(JX, "missing"), today=date(2025, 4, 28)), (promise,))
    assert "你单位曾告知2025年4月25日报送，至今没有收到。" in later["JX", "催办"].text


def test_an_answer_without_a_day_is_said_again_in_the_letter():
    said = answer("经办人出差，回来就报。")
    letter = pressed(state(owes(JX, "missing")), (said,))["JX", "催办"]
    assert "你单位曾答复：经办人出差，回来就报。\n" in letter.text


def test_the_last_answer_counts_and_only_for_what_it_was_about():
    early, late = answer("", "4月25日", date(2025, 4, 25)), answer("又说下周", "", None)
    assert {k for _, k in pressed(state(owes(JX, "missing")), (early, late))} == {"催办"}
    other = answer("", "7月20日", date(2025, 7, 20), "2025年上半年落实情况报告")
    assert {k for _, k in pressed(state(owes(JX, "missing")), (other,))} == {"催办"}
    both = state(owes(JX, "missing"), owes(JX, "missing", **{**REPORT, "due": "2025-04-10"}))
    text = pressed(both, (other,))["JX", "催办"].text
    assert "清单" in text
    assert "落实情况报告" not in text


def test_the_sheet_shows_what_was_answered_to_what_is_still_owed():
    now = state(owes(JX, "missing"), owes(DQ, "missing"))
    table = calls(now, (answer("经办人出差", "4月25日"), answer("", "", None, "别的事")))
    shown = {c.heading: list(c.values) for c in table.columns}
    assert shown["答复"] == ["经办人出差", ""]
    assert shown["承诺时间"] == ["4月25日", ""]
    assert matters_owed(str(shown["所欠材料（截止日）"][0])) == (LISTS,)


def test_what_a_cell_names_as_owed_is_read_back_whatever_stands_around_it():
    cell = (
        "1. 2025年度责任任务清单（校级）（2025-04-20截止）：李三、李四\n"
        "2. 2025年度述责述廉（未定截止日）\n自己写的一行"
    )
    assert matters_owed(cell) == ("2025年度责任任务清单（校级）", "2025年度述责述廉")


# ---- the command -----------------------------------------------------------------------


def run(world: World, *words: str) -> Any:
    result = CliRunner().invoke(cli, [*words, "--workspace", str(world.root)])
    assert "Traceback" not in result.output
    return result


def remind(world: World, today: str = "2025-04-22", *words: str) -> dict[str, Any]:
    done = run(world, "remind", "--today", today, "--json", *words)
    assert done.exit_code in {0, 1}, done.output
    return dict(json.loads(done.stdout))


def type_in(path: Any, unit: str, words: str, promised: Any) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[CALLS]
    places = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, 99) if sheet.cell(r, places["单位"]).value == unit)
    sheet.cell(row, places["答复"]).value = words
    sheet.cell(row, places["承诺时间"]).value = promised
    book.save(path)


def shown_in(path: Any) -> dict[str, tuple[str, str]]:
    sheet = openpyxl.load_workbook(path)[CALLS]
    places = {str(cell.value): cell.column - 1 for cell in sheet[1]}
    return {
        row[places["单位"]]: (row[places["答复"]] or "", row[places["承诺时间"]] or "")
        for row in sheet.iter_rows(min_row=2, values_only=True)
    }


@pytest.fixture
def quiet(world: World) -> World:
    """A world in which JX sent nothing and WY did, collected after the deadline."""
    for path in world.inbox.glob("机械工程学院党委_*"):
        path.unlink()
    done = run(world, "collect", str(world.inbox), "--today", "2025-04-22", "--jobs", "1", "-q")
    assert done.exit_code == 1, done.output
    return world


JX_NAME, WY_NAME = "机械工程学院党委", "外国语学院党总支"


def test_the_command_writes_drafts_the_notice_and_the_sheet_and_sends_nothing(quiet):
    done = run(quiet, "remind", "--today", "2025-04-22")
    assert done.exit_code == 1
    assert "已起草催办1封" in done.stdout
    assert "这些都是草稿，没有发出" in done.stdout
    assert f"草稿没有写收件人：{JX_NAME}、{WY_NAME}。" in done.stderr
    found = drafts_in(quiet.root)
    assert (JX_NAME, "催办") in found
    assert (WY_NAME, "催办") not in found
    assert "To" not in found[JX_NAME, "催办"].headers
    notice = (quiet.root / "汇总/群通知.txt").read_bytes().decode()
    assert len(notice.splitlines()) == 3
    assert set(shown_in(quiet.root / "汇总/催报电话单.xlsx")) == {JX_NAME}


def test_nobody_is_pressed_for_what_came_and_only_the_office_could_not_open(world, tmp_path):
    (sent,) = world.inbox.glob(f"{JX_NAME}_*")
    sent.replace(tmp_path / sent.name)
    sent.symlink_to(tmp_path / sent.name)
    (silent,) = world.inbox.glob(f"{WY_NAME}_*")
    silent.unlink()
    run(world, "collect", str(world.inbox), "--today", "2025-04-22", "--jobs", "1", "-q")
    done = run(world, "remind", "--today", "2025-04-22")
    assert done.exit_code == 1
    assert f"{JX_NAME}的{LISTS}已经报来，在本机打不开" in done.stderr
    assert {name for name, kind in drafts_in(world.root) if kind == "催办"} == {WY_NAME}
    assert set(shown_in(world.root / "汇总/催报电话单.xlsx")) == {WY_NAME}
    assert JX_NAME not in (world.root / "汇总/群通知.txt").read_text(encoding="utf-8")


def test_two_runs_write_the_same_bytes(quiet):
    def written() -> dict[str, bytes]:
        remind(quiet)
        paths = (*quiet.root.glob("回复/*/*.eml"), *quiet.root.glob("汇总/*通知.txt"),
                 quiet.root / "汇总/催报电话单.xlsx")  # fmt: skip
        return {str(path): path.read_bytes() for path in paths}

    assert written() == written()


def test_answers_typed_into_either_sheet_are_kept_and_shown_in_both(quiet):
    sheet, master = quiet.root / "汇总/催报电话单.xlsx", quiet.root / "汇总/总台账.xlsx"
    remind(quiet)
    type_in(sheet, JX_NAME, "经办人出差", "4月25日")
    found = remind(quiet)
    assert found["letters"] == []
    assert found["waiting"] == [
        {"unit": JX_NAME, "unit_code": "JX", "promised": "2025-04-25"}
    ]  # fmt: skip
    collect = ("collect", str(quiet.inbox), "--today", "2025-04-22", "--jobs", "1", "-q")
    run(quiet, *collect)
    assert shown_in(master)[JX_NAME] == shown_in(sheet)[JX_NAME] == ("经办人出差", "4月25日")
    # The master is where the clerk writes the next answer, as a date.
    type_in(master, JX_NAME, "已签字，在路上", dt.date(2025, 4, 28))
    assert remind(quiet, "2025-04-26")["waiting"][0]["promised"] == "2025-04-28"
    run(quiet, *collect)
    assert shown_in(master)[JX_NAME] == shown_in(sheet)[JX_NAME] == ("已签字，在路上", "2025-04-28")
    # What a sheet of an earlier day still shows is no new answer.
    type_in(sheet, JX_NAME, "经办人出差", "4月25日")
    assert remind(quiet, "2025-04-26")["waiting"][0]["promised"] == "2025-04-28"
    # A sheet that is gone loses nothing.
    sheet.unlink()
    master.unlink()
    assert remind(quiet, "2025-04-26")["waiting"][0]["promised"] == "2025-04-28"
    text = drafts_in_after(quiet, "2025-04-30")[JX_NAME, "催办"].text
    assert "你单位曾告知2025年4月28日报送，至今没有收到。" in text


def drafts_in_after(world: World, today: str) -> dict[tuple[str, str], Draft]:
    remind(world, today)
    return drafts_in(world.root)


def test_what_can_t_be_understood_is_said_and_kept(quiet):
    remind(quiet)
    sheet = quiet.root / "汇总/催报电话单.xlsx"
    type_in(sheet, JX_NAME, "快了", "下周三吧")
    done = run(quiet, "remind", "--today", "2025-04-22")
    assert f"{JX_NAME}的承诺时间“下周三吧”看不出是哪一天" in done.stderr
    assert shown_in(sheet)[JX_NAME] == ("快了", "下周三吧")
    book = openpyxl.load_workbook(sheet)
    book[CALLS]["B2"].value = "机械学院（新）"
    book[CALLS]["H2"].value = "换了人"
    book.save(sheet)
    done = run(quiet, "remind", "--today", "2025-04-22")
    assert "“机械学院（新）”不在名册中，答复已记下" in done.stderr
    space = find_workspace(quiet.root)
    kept, _ = heard(space, read_roster(space.roster)[0], TODAY, AT)
    assert [(a.code, a.unit, a.answer) for a in kept] == [
        ("JX", JX_NAME, "快了"), ("", "机械学院（新）", "换了人"),
    ]  # fmt: skip


def test_a_later_pass_takes_back_reminders_that_no_longer_stand(quiet):
    remind(quiet)
    assert (JX_NAME, "催办") in drafts_in(quiet.root)
    done = run(quiet, "collect", str(quiet.inbox), "--today", "2025-04-22", "--jobs", "1")
    assert f"有1个单位，草稿没有写收件人：{WY_NAME}。" in done.stderr
    assert not [kind for _, kind in drafts_in(quiet.root) if kind in {"提醒", "催办", "督办"}]


def test_supervision_needs_an_approver_who_is_written_down(quiet):
    for words in (("--tone", "督办"), ("--tone", "督办", "--by", " "), ("--by", "赵一")):
        done = run(quiet, "remind", "--today", "2025-04-22", *words)
        assert done.exit_code == 2
        assert re.search("请用 --by 写明由谁批准|请同时写 --tone 督办", done.stderr)
    assert not list(quiet.root.glob("回复/*/督办.eml"))
    found = remind(quiet, "2025-04-22", "--tone", "督办", "--by", "赵一")
    assert [letter["kind"] for letter in found["letters"]] == ["督办"]
    assert "经赵一同志同意" in drafts_in(quiet.root)[JX_NAME, "督办"].text
    assert past(find_workspace(quiet.root))  # the registry is whole
    decided = decisions_of(quiet)
    assert [(d["kind"], d["by"], d["reason"]) for d in decided] == [
        ("督办", "赵一", f"督办{JX_NAME}")
    ]  # fmt: skip


def decisions_of(world: World) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(world.root / "台账.db")) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute("select * from decisions")]


def test_a_tone_that_is_none_is_refused(quiet):
    done = run(quiet, "remind", "--tone", "通报")
    assert done.exit_code == 2
    assert "--tone 写得不对：写的是“通报”，可以写的有：提醒、催办、督办" in done.stderr


def test_only_the_named_unit_is_pressed_and_a_wrong_name_is_refused(quiet):
    found = remind(quiet, "2025-04-22", "--unit", "机械学院")
    assert [letter["unit"] for letter in found["letters"]] == [JX_NAME]
    assert remind(quiet, "2025-04-22", "--unit", "WY")["letters"] == []
    assert (JX_NAME, "催办") in drafts_in(quiet.root)
    done = run(quiet, "remind", "--unit", "机戒学院")
    assert (done.exit_code, "是否指“机械学院”" in done.stderr) == (2, True)


def test_nothing_is_written_before_anything_was_collected(world):
    done = run(world, "remind", "--today", "2025-04-22")
    assert done.exit_code == 2
    assert "请先运行 sxxt-excel collect" in done.stderr
    assert not (world.root / "回复").exists()


def test_a_file_put_into_the_inbox_since_is_pointed_out(quiet):
    assert "上次收表以后放进的文件" not in run(quiet, "remind", "--today", "2025-04-22").stderr
    (quiet.inbox / "刚到的.xlsx").write_bytes(b"PK")
    later = (quiet.root / "汇总/result.json").stat().st_mtime + 60
    import os

    os.utime(quiet.inbox / "刚到的.xlsx", (later, later))
    assert "上次收表以后放进的文件" in run(quiet, "remind", "--today", "2025-04-22").stderr


def test_who_presses_for_a_unit_of_the_level_below_is_said(checkout, tmp_path):
    place = tmp_path / "w"
    shutil.copytree(checkout / "samples/sh-2019", place, ignore=shutil.ignore_patterns(*WRITTEN))
    invoke = CliRunner().invoke
    invoke(cli, ["collect", str(place / "inbox"), "-q"])
    done = invoke(cli, ["remind", "--workspace", str(place)])
    assert "没有要写的信" in done.stdout
    assert "白沙镇党委还有没报的，由报上报版的单位催，这里不写信" in done.output
