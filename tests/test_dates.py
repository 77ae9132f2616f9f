from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxxt_excel.dates import TZ
from sxxt_excel.deadlines import Calendar, Due, DueError, due
from sxxt_excel.periods import PeriodError, period_id, period_span, period_title, period_word
from sxxt_excel.windows import end_said, window

PLAIN = Calendar()
SHIFTING = Calendar(shift=True)

# --- periods

PERIODS = [
    ("年度", "2025", date(2025, 1, 1), date(2025, 12, 31), "2025年度"),
    ("上半年", "2025-H1", date(2025, 1, 1), date(2025, 6, 30), "2025年上半年"),
    ("下半年", "2025-H2", date(2025, 7, 1), date(2025, 12, 31), "2025年下半年"),
    ("第1轮", "2025-R1", date(2025, 1, 1), date(2025, 12, 31), "2025年第1轮"),
    ("第12轮", "2025-R12", date(2025, 1, 1), date(2025, 12, 31), "2025年第12轮"),
    ("专项", "2025-X1", date(2025, 1, 1), date(2025, 12, 31), "2025年专项"),
]


@pytest.mark.parametrize(("word", "period", "first", "last", "title"), PERIODS)
def test_a_period_has_an_id_a_word_a_span_and_a_title(word, period, first, last, title):
    assert period_id(word, 2025) == period
    assert period_word(period) == word
    assert period_span(period) == (first, last)
    assert period_title(period) == title


@pytest.mark.parametrize(
    ("word", "period"),
    [
        ("第三轮", "2025-R3"),
        ("第十二轮", "2025-R12"),
        ("第３轮", "2025-R3"),
        (" 第 3 轮 ", "2025-R3"),
    ],
)
def test_a_round_may_be_counted_in_either_script(word, period):
    assert period_id(word, 2025) == period


@pytest.mark.parametrize(
    "word", ["", "季度", "第轮", "第0轮", "第1.5轮", "第两百轮", "2025年上半年", "轮"]
)
def test_a_word_that_is_no_period_is_refused_with_what_may_be_written(word):
    with pytest.raises(PeriodError, match="上半年"):
        period_id(word, 2025)


@pytest.mark.parametrize(
    "period",
    [
        "",
        "25",
        "2025-H3",
        "2025-R0",
        "2025-R",
        "2025-X2",
        "2025-h1",
        "2025-H1 ",
        "1900",
        "２０２５",
    ],
)
def test_an_id_that_is_no_period_is_refused(period):
    for reader in (period_word, period_span, period_title):
        with pytest.raises(PeriodError, match="2025-H1"):
            reader(period)


def test_a_year_outside_the_books_is_refused():
    with pytest.raises(PeriodError):
        period_id("年度", 25)


@given(st.integers(1950, 2100), st.integers(1, 99))
def test_word_and_id_of_a_round_are_inverse(year, number):
    period = period_id(f"第{number}轮", year)
    assert period_id(period_word(period), year) == period


# --- due days


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("4月中旬前", date(2025, 4, 20)),
        ("4月底前", date(2025, 4, 30)),
        ("7月10日前", date(2025, 7, 10)),
        ("7月31日前", date(2025, 7, 31)),
        ("次年1月10日前", date(2026, 1, 10)),
        ("次年1月31日前", date(2026, 1, 31)),
        ("次年1月底前", date(2026, 1, 31)),
        ("年底前", date(2025, 12, 31)),
        ("次年年底前", date(2026, 12, 31)),
        ("12月31日前", date(2025, 12, 31)),
        ("3月上旬前", date(2025, 3, 10)),
        ("3月下旬前", date(2025, 3, 31)),
        ("2月底前", date(2025, 2, 28)),
        ("2025-05-06", date(2025, 5, 6)),
        ("2026-05-06", date(2026, 5, 6)),
        ("４月底前", date(2025, 4, 30)),
        ("次年 1 月 10 日 前", date(2026, 1, 10)),
    ],
)
def test_the_words_of_a_document_name_a_day(words, expected):
    assert due(words, 2025, PLAIN) == Due(
        day=expected,
        moment=datetime(expected.year, expected.month, expected.day, 23, 59, 59, tzinfo=TZ),
        words=words,
        shifted_from=None,
        unknown_year=None,
    )


def test_february_of_a_leap_year_is_due_on_the_29th():
    assert due("2月底前", 2024, PLAIN).day == date(2024, 2, 29)
    assert due("次年2月底前", 2023, PLAIN).day == date(2024, 2, 29)
    assert due("2月下旬前", 2024, PLAIN).day == date(2024, 2, 29)


def test_the_office_decides_what_mid_month_means():
    early = Calendar(mid_month=10)
    assert due("4月中旬前", 2025, early).day == date(2025, 4, 10)
    assert due("次年4月中旬前", 2025, early).day == date(2026, 4, 10)
    assert due("4月中旬", 2025, early).day == date(2025, 4, 20)
    assert due("4月上旬前", 2025, early).day == date(2025, 4, 10)
    assert due("4月20日前", 2025, early).day == date(2025, 4, 20)


def test_the_office_decides_the_hour():
    found = due("7月10日前", 2025, Calendar(hour=17))
    assert found.moment == datetime(2025, 7, 10, 17, 0, 0, tzinfo=TZ)
    assert found.moment.isoformat() == "2025-07-10T17:00:00+08:00"


@pytest.mark.parametrize("hour", [17, 24])
def test_where_the_day_does_not_count_the_day_before_is_the_last(hour):
    found = due("1月1日前", 2025, Calendar(inclusive=False, hour=hour))
    assert found.day == date(2025, 1, 1)
    assert found.moment == datetime(2024, 12, 31, 23, 59, 59, tzinfo=TZ)


@pytest.mark.parametrize(
    ("words", "year", "expected"),
    [
        ("次年1月10日前", 2025, date(2026, 1, 12)),  # a Saturday
        ("次年1月31日前", 2025, date(2026, 2, 2)),  # a Saturday
        ("10月1日前", 2025, date(2025, 10, 9)),  # eight days off
        ("5月1日前", 2025, date(2025, 5, 6)),
        ("2025-01-26", 2025, date(2025, 1, 26)),  # a Sunday that is worked
        ("7月10日前", 2025, date(2025, 7, 10)),  # a Thursday
    ],
)
def test_a_deadline_on_a_day_off_moves_where_the_office_says_so(words, year, expected):
    moved, stayed = due(words, year, SHIFTING), due(words, year, PLAIN)
    assert moved.day == expected
    assert moved.moment.date() == expected
    assert moved.shifted_from == (stayed.day if stayed.day != expected else None)
    assert moved.unknown_year is None
    assert stayed.shifted_from is None


@pytest.mark.parametrize(
    ("words", "day", "last"),
    [
        # A Saturday: the Friday before it is the last day, and one that is worked.
        ("2026-01-10", date(2026, 1, 10), date(2026, 1, 9)),
        # A Monday: the Sunday before it is the last day, and moves to the Monday itself.
        ("2026-01-12", date(2026, 1, 13), date(2026, 1, 12)),
    ],
)
def test_where_the_day_does_not_count_it_is_the_last_day_before_it_that_moves(words, day, last):
    found = due(words, 2025, Calendar(inclusive=False, shift=True))
    assert (found.day, found.moment.date()) == (day, last)
    assert found.shifted_from == (date.fromisoformat(words) if words != str(day) else None)


def test_a_year_whose_days_off_are_not_published_moves_nothing_and_says_so():
    found = due("7月10日前", 2090, SHIFTING)
    assert (found.day, found.shifted_from, found.unknown_year) == (date(2090, 7, 10), None, 2090)
    assert due("7月10日前", 2090, PLAIN).unknown_year is None


def test_a_year_becomes_unknown_where_the_table_of_working_days_ends(monkeypatch):
    def is_workday(day: date) -> bool:
        if day.year > 2026:
            raise NotImplementedError
        return False

    monkeypatch.setattr("chinese_calendar.is_workday", is_workday)
    found = due("年底前", 2026, SHIFTING)
    assert (found.day, found.shifted_from, found.unknown_year) == (date(2026, 12, 31), None, 2027)
    assert due("次年1月10日前", 2026, SHIFTING).unknown_year == 2027


@pytest.mark.parametrize(
    "words",
    [
        "",
        "尽快",
        "年末左右",
        "每季度",
        "长期坚持",
        "13月底前",
        "2月30日前",
        "6月前",
        "次年",
        "次年2025-01-10",
        "2025-02-30",
    ],
)
def test_words_that_name_no_day_are_refused_with_examples(words):
    with pytest.raises(DueError, match="次年1月10日前"):
        due(words, 2025, PLAIN)


@pytest.mark.parametrize("decision", [{"hour": 0}, {"hour": 25}, {"mid_month": 15}])
def test_an_impossible_decision_is_refused(decision):
    with pytest.raises(DueError):
        Calendar(**decision)


@given(st.dates(date(1951, 1, 1), date(2099, 12, 31)))
def test_any_day_is_due_on_itself_however_it_is_named(day):
    named = f"{day.month}月{day.day}日前"
    assert due(named, day.year, PLAIN).day == day
    assert due(f"次年{named}", day.year - 1, PLAIN).day == day
    assert due(day.isoformat(), 2025, PLAIN).day == day


@given(st.dates(date(2005, 1, 1), date(2025, 12, 31)))
def test_a_moved_deadline_is_the_first_working_day_from_its_own(day):
    from chinese_calendar import is_workday

    found = due(day.isoformat(), day.year, SHIFTING).day
    assert is_workday(found)
    assert not any(is_workday(day + timedelta(days=n)) for n in range((found - day).days))


@given(st.text(max_size=20), st.integers(1, 9999))
def test_whatever_the_words_a_day_or_a_sentence_comes_back(words, year):
    with suppress(DueError):
        found = due(words, year, PLAIN)
        assert found.moment.date() == found.day


def test_the_tables_of_days_off_are_loaded_only_where_they_are_needed():
    script = (
        "import sys; from sxxt_excel.deadlines import Calendar, due;"
        "due('4月底前', 2025, Calendar());"
        "sys.exit('chinese_calendar' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# --- windows

WINDOWS = {
    "年初": ("01-01", "03-31"),
    "年中": ("06-01", "08-31"),
    "年末": ("12-01", "次年01-31"),
    "年终": ("次年01-01", "次年02-28"),
    "闰日": ("02-01", "02-29"),
    "倒置": ("05-01", "04-01"),
    "写错": ("1月1日", "03-31"),
}


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("年度", date(2025, 1, 1), date(2025, 12, 31)),
        ("上半年", date(2025, 1, 1), date(2025, 6, 30)),
        ("下半年", date(2025, 7, 1), date(2025, 12, 31)),
        ("年初", date(2025, 1, 1), date(2025, 3, 31)),
        ("年末", date(2025, 12, 1), date(2026, 1, 31)),
        ("年终", date(2026, 1, 1), date(2026, 2, 28)),
    ],
)
def test_a_window_spans_its_days_across_the_new_year_too(word, first, last):
    assert window(word, 2025, WINDOWS) == (first, last)


@pytest.mark.parametrize(
    ("word", "said"),
    [("秋天", "年初、年中"), ("闰日", "02-29"), ("倒置", "晚于"), ("写错", "1月1日")],
)
def test_a_window_that_is_none_is_refused_with_the_reason(word, said):
    with pytest.raises(PeriodError, match=said):
        window(word, 2025, WINDOWS)


def test_a_window_to_the_29th_of_february_holds_in_a_leap_year():
    assert window("闰日", 2024, WINDOWS) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("end", "said"),
    [("01-01", "1月1日"), ("次年01-31", "次年1月31日"), ("上年11-01", "上年11月1日"),
     ("2021-03-01", "2021年3月1日")],
)  # fmt: skip
def test_an_end_of_a_window_is_told_as_people_write_it(end, said):
    assert end_said(end) == said
