"""calendar: the year's deadlines with their words and what is special about the day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from icalendar import Calendar as Ics
from pieces import REGIME

from sxxt_excel.cli import cli
from sxxt_excel.dates import weekday
from sxxt_excel.deadlines import Calendar
from sxxt_excel.letters.deadlines import deadlines
from sxxt_excel.letters.ics import to_ics
from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.settings import Settings
from sxxt_excel.workdays import day_off, working_day

LISTS = "2025年度全面从严治党主体责任清单和任务清单"
PLAIN = Settings("tj-2017", 2025)


def told(settings: Settings) -> dict[str, tuple[str, str, str]]:
    return {d.rule: (d.until, d.words, d.remark) for d in deadlines(REGIME, settings)}


def test_each_deadline_comes_with_its_words_and_its_weekday():
    found = deadlines(REGIME, PLAIN)
    first = found[0]
    assert (first.title, first.filers, first.when) == (LISTS, "基层各责任主体", "2025年4月20日")
    assert (first.words, first.remark) == ("4月中旬前", "星期日")
    assert first.basis == REGIME.cite("三（一）3、二（一）1、7")
    assert [d.last for d in found] == sorted(d.last for d in found)
    assert {d.duty for d in found} == {"报送"}


def test_the_office_s_own_day_hour_and_shift_are_in_it():
    moved = replace(
        PLAIN, calendar=Calendar(hour=17, shift=True), due={"基层上半年报告": "7月5日前"}
    )
    found = told(moved)
    assert found["基层清单备案"] == (
        "2025年4月21日17时",
        "4月中旬前",
        "星期一，由2025年4月20日顺延",
    )
    assert found["基层上半年报告"][1] == "办公室另定：7月5日前"


def test_where_the_day_itself_does_not_count_the_last_that_does_is_named():
    calendar = Calendar(inclusive=False, shift=True)
    (lists,) = (d for d in deadlines(REGIME, replace(PLAIN, calendar=calendar, due={
        "基层清单备案": "4月27日前"})) if d.rule == "基层清单备案")  # fmt: skip
    # 26 April is a Saturday, and the Sunday after it a working day in exchange.
    assert (lists.until, lists.last.isoformat()) == ("2025年4月27日", "2025-04-27")
    assert lists.remark == "星期日，由2025年4月26日顺延，调休上班"
    found = told(replace(PLAIN, calendar=Calendar(inclusive=False, hour=17)))
    assert found["基层清单备案"][0] == "2025年4月19日"
    assert found["基层清单备案"][2] == "星期六"


def test_what_has_no_day_stands_with_its_span():
    (talk,) = (d for d in deadlines(REGIME, PLAIN) if d.rule == "述责述廉")
    assert talk.when == "2025年11月1日至2026年1月31日"
    assert "制度没有定日子" in talk.remark


def test_what_the_office_keeps_to_itself_is_not_in_it():
    kept = replace(PLAIN, duty={"基层清单备案": "自存"})
    assert "基层清单备案" in told(PLAIN)
    assert "基层清单备案" not in told(kept)


@pytest.mark.parametrize("name", regime_ids())
def test_every_regime_has_a_calendar(name):
    found = deadlines(load_regime(name), Settings(name, 2025))
    assert found
    assert all(d.title and d.filers and d.words and d.remark for d in found)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 10, 1), "国庆节放假"),
        (date(2025, 10, 11), "调休上班"),
        (date(2025, 4, 20), "周末"),
        (date(2025, 4, 21), ""),
        (date(2035, 1, 1), None),
    ],
)
def test_a_day_off_is_told_by_its_name(day, said):
    assert day_off(day) == said


def test_working_days_go_round_holidays_and_weekends():
    assert working_day(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert working_day(date(2025, 10, 4)) == date(2025, 10, 9)
    assert working_day(date(2025, 10, 10), 1) == date(2025, 10, 11)  # a Saturday worked instead
    assert working_day(date(2035, 1, 5), 1) == date(2035, 1, 8)  # not published: a weekend is off
    assert weekday(date(2025, 4, 20)) == "星期日"


def test_the_file_for_calendars_is_read_back_by_a_library_and_has_no_clock():
    found = deadlines(REGIME, PLAIN)
    raw = to_ics("2025年报送截止日", found, date(2025, 3, 1))
    assert raw == to_ics("2025年报送截止日", found, date(2025, 3, 1))
    events = Ics.from_ical(raw).events
    assert len(events) == len(found) == len({str(e["uid"]) for e in events})
    first = events[0]
    assert str(first["summary"]) == f"截止：{LISTS}"
    assert (first.start, first.end) == (date(2025, 4, 20), date(2025, 4, 21))
    assert "4月中旬前" in str(first["description"])
    assert len(list(first.walk("VALARM"))) == 1
    spans = [e for e in events if not list(e.walk("VALARM"))]
    assert {str(e["summary"]) for e in spans} >= {"2025年度述责述廉登记"}


def test_the_command_prints_it_writes_the_file_and_gives_json(filled_world, tmp_path):
    run = CliRunner().invoke
    here = ["--workspace", str(filled_world.root), "--today", "2025-04-21"]
    target = tmp_path / "截止日.ics"
    done = run(cli, ["calendar", *here, "--ics", str(target)])
    assert done.exit_code == 0, done.output
    assert "2025年4月20日" in done.output
    assert "4月中旬前" in done.output
    assert len(list(Ics.from_ical(target.read_bytes()).walk("VEVENT"))) > 5
    rows = json.loads(run(cli, ["calendar", *here, "--json"]).stdout)
    assert [r["past"] for r in rows if r["due"] in {"2025-04-20", "2025-04-30"}] == [True, False]
    assert run(cli, ["calendar", *here, "--quiet"]).output == ""
