# ruff: noqa: DTZ001 - a cell of a sheet knows no time zone
from __future__ import annotations

import ast
import math
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sxxt_excel import text as text_module
from sxxt_excel.text import (
    clean,
    fold,
    nearest,
    says_the_same,
    split_several,
    to_text,
)
from sxxt_excel.wording.days import Day, parse_day, parse_moment
from sxxt_excel.wording.limits import LIMIT_WORDINGS, Limit, parse_limit
from sxxt_excel.wording.numbers import Number, parse_number
from sxxt_excel.wording.numerals import spell

# What clerks really type is dense in these; plain st.text() would hardly ever hit the grammars.
TYPED = st.text(
    st.sampled_from(
        "0123456789０２５年月日号底末前旬上中下半季度第三五十百千两元周-./－．：:,，、 　()*"
    )
    | st.sampled_from("二〇零○立行改长期坚持并每全内次人个\ufeff\u200b\xa0\r\n\t_x0Dd"),
    max_size=24,
)
TEXTS = st.text(max_size=40) | TYPED
CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


# --- clean, to_text, fold, split_several


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff责任清单", "责任清单"),
        ("张\u200b三\u202e", "张三"),
        ("张\x00三\x07", "张三"),
        ("\u3000\xa0 第一项 \xa0", "第一项"),
        ("甲\u3000乙", "甲 乙"),
        ("甲\t乙", "甲 乙"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("一_x000D_\n二_x000D_三", "一\n二\n三"),
        ("一_x000D_\r\n二", "一\n二"),
        ("\n  一  \n\n  二\n \n", "一\n\n二"),
        ("：（全角）；，。！", "：（全角）；，。！"),
        ("a\ud800b", "ab"),
        ("_x00\u200b0D_", ""),
        ("", ""),
    ],
)
def test_clean_removes_what_nobody_sees_and_nothing_else(text, expected):
    assert clean(text) == expected


@given(TEXTS)
@example("_x0_x000D_00D_")
def test_clean_is_idempotent_and_leaves_only_visible_characters(text):
    once = clean(text)
    assert clean(once) is once
    assert all(char.isprintable() or char == "\n" for char in once if char.isascii())


@pytest.mark.parametrize("text", ["责任清单", "一\n二", "a b", ""])
def test_clean_returns_the_very_object_where_nothing_changes(text):
    assert clean(text) is text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (3.5, "3.5"),
        (1e21, "1000000000000000000000"),
        (1e300, "1e+300"),
        (310101199001011008.0, "310101199001011008"),
        (math.nan, ""),
        (" 原样 ", " 原样 "),
        (date(2025, 3, 5), "2025-03-05"),
        (datetime(2025, 3, 5), "2025-03-05"),
        (datetime(2025, 3, 5, 14, 30), "2025-03-05 14:30"),
        (datetime(2025, 3, 5, 14, 30, 9), "2025-03-05 14:30:09"),
        (time(8, 5), "08:05"),
        (timedelta(hours=26, minutes=3), "26:03:00"),
    ],
)
def test_a_cell_reads_as_a_person_sees_it(value, expected):
    assert to_text(value) == expected


@given(CELLS)
def test_any_cell_has_a_text(value):
    assert isinstance(to_text(value), str)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("项目编号*", "项目编号"),
        ("项目编号＊", " 项目 编号："),
        ("问题（风险）清单", "问题(风险)清单"),
        ("问题【风险】清单", "问题〔风险〕清单"),
        ("ＪＸ－２０２５", "jx-2025"),
        ("未纳入\n理由", "未纳入理由"),
        ("未纳入理由。", "未纳入理由；"),
        ("填报\u200b单位\u3000", "填报单位"),
    ],
)
def test_fold_makes_equal_what_a_reader_takes_for_the_same(one, other):
    assert fold(one) == fold(other)


def test_fold_keeps_apart_what_differs():
    assert len({fold(word) for word in ("党委", "党总支", "党支部", "1", "11", "一")}) == 6


def test_fold_keeps_no_long_text_alive():
    before = text_module._fold.cache_info().currsize
    assert fold("长" * 5000 + "：") == "长" * 5000
    assert text_module._fold.cache_info().currsize == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三、李四", ("张三", "李四")),
        (
            "张三，李四,王五;赵六；钱七/孙八\n周九",
            ("张三", "李四", "王五", "赵六", "钱七", "孙八", "周九"),
        ),
        ("张三  李四　王五", ("张三", "李四", "王五")),
        ("、张三、、 李四、", ("张三", "李四")),
        ("张　三、李四五", ("张 三", "李四五")),
        ("党委（组织、人事）、纪委", ("党委（组织、人事）", "纪委")),
        ("党委（组织（干部、人才）、统战） 纪委", ("党委（组织（干部、人才）、统战）", "纪委")),
        ("党委（组织、人事", ("党委（组织", "人事")),
        ("JX-2025-ZR-001、JX-2025-ZR-002", ("JX-2025-ZR-001", "JX-2025-ZR-002")),
        ("", ()),
        (" 、 ", ()),
    ],
)
def test_several_in_a_cell_are_told_apart(text, expected):
    assert split_several(text) == expected


@given(TEXTS)
def test_no_part_of_several_is_empty_or_untrimmed(text):
    assert all(part and part == part.strip() for part in split_several(text))


# --- numbers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, Number(3.0, repaired=False)),
        (2.5, Number(2.5, repaired=False)),
        ("12", Number(12.0, repaired=True)),
        ("１２", Number(12.0, repaired=True)),
        (" 1,234.5 ", Number(1234.5, repaired=True)),
        ("1，234，567", Number(1234567.0, repaired=True)),
        ("－3", Number(-3.0, repaired=True)),
        ("3次", Number(3.0, repaired=True)),
        ("12 人次", Number(12.0, repaired=True)),
        ("三次", Number(3.0, repaired=True)),
        ("两次", Number(2.0, repaired=True)),
        ("十", Number(10.0, repaired=True)),
        ("十二", Number(12.0, repaired=True)),
        ("二十项", Number(20.0, repaired=True)),
        ("两百", Number(200.0, repaired=True)),
        ("一百零五", Number(105.0, repaired=True)),
        ("一百〇五", Number(105.0, repaired=True)),
        ("九千零一十", Number(9010.0, repaired=True)),
        ("零", Number(0.0, repaired=True)),
    ],
)
def test_a_number_is_read(value, expected):
    assert parse_number(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, "", "若干", "2000万", "3-5", "约3", "3+", "1,23", "12%", "1. 5",
        "1, 234",
        "次", "一百五", "三五", "十两", "1e5", "٣", "³", "nan", "inf", math.nan, math.inf,
        10**400,
        date(2025, 1, 1), timedelta(1), "9" * 400,
    ],
)  # fmt: skip
def test_what_is_no_single_number_is_none(value):
    assert parse_number(value) is None


@given(st.integers(0, 9999))
def test_every_spelling_of_a_number_reads_back(number):
    spelled = spell(number)
    assert parse_number(spelled) == parse_number(f"{number}次") == parse_number(f"{number:,}")


# --- days


@pytest.mark.parametrize(
    "text",
    [
        "2025-3-5", "2025.3.5", "2025/3/5", "2025/03/05", "2025 年 3 月 5 日", "2025年3月5日",
        "2025年3月5号",
        "2025年03月05", "20250305", "２０２５－０３－０５", "２０２５．３．５", "2025。3。5",
        "2025—3—5",
        "2025.3.5.", "二〇二五年三月五日", "二零二五年三月五日", "二○二五年三月五日",
        "二O二五年3月5日",
        "2025-03-05 14:30", "2025-03-05 14:30:00", "2025-03-05T08:00:00", "2025年3月5日14时30分",
        "2025年3月5日下午3点半", "2025年3月5日（星期三）", "2025-3-5 周三",
        "2025年3月5日 星期三 09:00",
        " 2025-03-05 ", "\u200b2025-03-05", "45721", "４５７２１", 45721, 45721.0, 45721.75,
        20250305,
    ],
)  # fmt: skip
def test_a_day_in_every_ordinary_spelling_is_read_and_said_to_be_repaired(text):
    assert parse_day(text) == Day(date(2025, 3, 5), "day", repaired=True)


@pytest.mark.parametrize(
    "value", ["2025-03-05", date(2025, 3, 5), datetime(2025, 3, 5), datetime(2025, 3, 5, 9, 30)]
)
def test_date_cells_and_iso_text_need_no_repair(value):
    assert parse_day(value) == Day(date(2025, 3, 5), "day", repaired=False)


@pytest.mark.parametrize("text", ["2025-03-05T00:00:00Z", "2025-03-05T00:00:00.000Z"])
def test_midnight_in_utc_is_how_a_program_writes_a_day(text):
    assert parse_day(text) == Day(date(2025, 3, 5), "day", repaired=True)
    assert parse_day(text.replace("T00", "T16")) is None


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("2025年3月底", date(2025, 3, 31), "day"),
        ("2024年2月末", date(2024, 2, 29), "day"),
        ("2025年2月底", date(2025, 2, 28), "day"),
        ("2025年12月底", date(2025, 12, 31), "day"),
        ("2025年3月", date(2025, 3, 1), "month"),
        ("2025年3月份", date(2025, 3, 1), "month"),
        ("2025-03", date(2025, 3, 1), "month"),
        ("2025.3", date(2025, 3, 1), "month"),
        ("二〇二五年元月", date(2025, 1, 1), "month"),
        ("2025年", date(2025, 1, 1), "year"),
        ("2100年12月底", date(2100, 12, 31), "day"),
    ],
)
def test_what_names_a_month_or_a_year_says_so(text, expected, precision):
    assert parse_day(text) == Day(expected, precision, repaired=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3月5日", date(2025, 3, 5)),
        ("三月五日", date(2025, 3, 5)),
        ("十二月三十一日", date(2025, 12, 31)),
        ("3月底", date(2025, 3, 31)),
        ("25.3.5", date(2025, 3, 5)),
        ("24-12-31", date(2024, 12, 31)),
        ("26年1月10日", date(2026, 1, 10)),
    ],
)
def test_a_day_without_its_whole_year_needs_the_year_at_hand(text, expected):
    assert parse_day(text) is None
    assert parse_day(text, 2025) == Day(expected, "day", repaired=True)


@pytest.mark.parametrize(
    "value",
    [
        "2024.13.5", "2025-02-30", "2025年2月29日", "2月29日", "2025-3.5", "3.5", "3-5", "3/5",
        3.5, 2025.3,
        2025, "2025", "202503", "23.3.5", "5.3.25", "25.3", "12-25", "1949-12-31", "2101-01-01",
        date(1900, 1, 1), datetime(2200, 1, 1), 36525, 73051, "36525", "73051", "2025.3.5-3.10",
        "2025年3月5-8日", "2025-3-114:30", "2025-03-05 25:00", "2025年3月5日星期一", "3月初",
        "至今", "待定",
        "", None, True, False, time(8), timedelta(45721), math.nan, math.inf, 20251301, "2025³",
        "٢٠٢٥-03-05", "二一月五日", "2025 3 5", "第3轮",
    ],
)  # fmt: skip
def test_what_is_no_possible_or_no_certain_day_is_none(value):
    assert parse_day(value, 2025) is None


WIDE = str.maketrans("0123456789-./:", "０１２３４５６７８９－．／：")
CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


@given(DAYS)
@example(date(2024, 2, 29))
def test_any_day_reads_back_from_many_spellings(day):
    y, m, d = day.year, day.month, day.day
    hanzi = f"{str(y).translate(CHINESE_DIGITS)}年{spell(m)}月{spell(d)}日"
    spellings = [
        f"{y}-{m}-{d}", f"{y}.{m}.{d}", f"{y}/{m:02d}/{d:02d}", f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日",
        f"{y}{m:02d}{d:02d}", hanzi, f"{y}-{m}-{d}".translate(WIDE), f"{day} 00:00:00",
        f"{day}（星期{'一二三四五六日'[day.weekday()]}）",
        datetime(y, m, d), day, day.isoformat(),
    ]  # fmt: skip
    read = [parse_day(spelling) for spelling in spellings]
    assert [(found.value, found.precision) if found else None for found in read] == [
        (day, "day")
    ] * len(spellings)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_serial_number_of_a_sheet_reads_back(day):
    serial = (day - date(1899, 12, 30)).days
    for value in (serial, float(serial), serial + 0.5, str(serial)):
        assert parse_day(value) == Day(day, "day", repaired=True)


@given(
    st.integers(0, 3000),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from(["-", ".", "/", "年"]),
)
def test_nothing_is_guessed_a_day_that_is_read_names_its_very_digits(y, m, d, mark):
    found = parse_day(f"{y}年{m}月{d}日" if mark == "年" else mark.join(map(str, (y, m, d))))
    try:
        named = date(y, m, d)
    except ValueError:
        assert found is None
    else:
        assert (found.value if found else None) == (named if 1950 <= y <= 2100 else None)


@given(CELLS, st.none() | st.integers(1950, 2100))
def test_no_cell_makes_a_reader_fail(value, year):
    day = parse_day(value, year)
    assert day is None or 1950 <= day.value.year <= 2100
    number = parse_number(value)
    assert number is None or math.isfinite(number.value)
    limit = parse_limit(value, year or 2025)
    assert limit is None or limit.text


def test_equal_numbers_of_other_types_do_not_share_an_answer():
    assert parse_number(1) == Number(1.0, repaired=False)
    assert parse_number(value=True) is None
    assert parse_number("1") == Number(1.0, repaired=True)
    assert parse_day(45721) == parse_day(45721.0)
    assert parse_day("45721") == parse_day(45721)


# --- time limits

TO_THE_LETTER = [
    ("2025年6月底", date(2025, 6, 30)),
    ("2025年底前", date(2025, 12, 31)),
    ("6月中旬", date(2025, 6, 20)),
    ("三季度末", date(2025, 9, 30)),
    ("上半年", date(2025, 6, 30)),
    ("下半年", date(2025, 12, 31)),
    ("每季度", None),
    ("每月", None),
    ("每半年", None),
    ("全年", None),
    ("长期坚持", None),
    ("立行立改", None),
    ("立行立改，长期坚持", None),
    ("2025年底前，并长期坚持", date(2025, 12, 31)),
    ("每年", None),
    ("每学期", None),
    ("每周", None),
    ("2025-06-30", date(2025, 6, 30)),
    ("2026年1月底前", date(2026, 1, 31)),
]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        *TO_THE_LETTER,
        ("2025年末", date(2025, 12, 31)),
        ("2025年内", date(2025, 12, 31)),
        ("2025年6月底之前", date(2025, 6, 30)),
        ("2025年6月末", date(2025, 6, 30)),
        ("6月上旬", date(2025, 6, 10)),
        ("2月下旬", date(2025, 2, 28)),
        ("6月中旬前", date(2025, 6, 20)),
        ("2024年2月下旬", date(2024, 2, 29)),
        ("第三季度", date(2025, 9, 30)),
        ("第一季度末", date(2025, 3, 31)),
        ("四季度", date(2025, 12, 31)),
        ("2026年上半年", date(2026, 6, 30)),
        ("1月至12月", date(2025, 12, 31)),
        ("每季度至少1次", None),
        ("每半年不少于一次", None),
    ],
)
def test_an_accepted_wording_is_kept_to_the_letter(text, last):
    assert parse_limit(text, 2025) == Limit(text, last, repaired=False)


@pytest.mark.parametrize(
    ("value", "text", "last"),
    [
        ("3月底", "2025年3月底", date(2025, 3, 31)),
        ("3月底前", "2025年3月底前", date(2025, 3, 31)),
        ("三月份底以前", "2025年3月底以前", date(2025, 3, 31)),
        ("年底前", "2025年底前", date(2025, 12, 31)),
        ("年内", "2025年内", date(2025, 12, 31)),
        ("2025年年底前", "2025年底前", date(2025, 12, 31)),
        ("二〇二五年六月底", "2025年6月底", date(2025, 6, 30)),
        ("２０２５年６月底", "2025年6月底", date(2025, 6, 30)),
        ("2025 年 6 月 底", "2025年6月底", date(2025, 6, 30)),
        ("25年6月底", "2025年6月底", date(2025, 6, 30)),
        ("2025年6月", "2025年6月底", date(2025, 6, 30)),
        ("6月", "2025年6月底", date(2025, 6, 30)),
        ("2025.6", "2025年6月底", date(2025, 6, 30)),
        ("2025年6月底。", "2025年6月底", date(2025, 6, 30)),
        ("六月中旬", "6月中旬", date(2025, 6, 20)),
        ("3季度末", "三季度末", date(2025, 9, 30)),
        ("2025.6.30", "2025-06-30", date(2025, 6, 30)),
        ("6月30日前", "2025-06-30", date(2025, 6, 30)),
        ("2025年6月30日之前", "2025-06-30", date(2025, 6, 30)),
        (45838, "2025-06-30", date(2025, 6, 30)),
        ("长期", "长期坚持", None),
        ("常年坚持", "长期坚持", None),
        ("持续坚持", "长期坚持", None),
        ("坚持长期。", "长期坚持", None),
        ("立行立改、长期坚持", "立行立改，长期坚持", None),
        ("立行立改并长期坚持", "立行立改，长期坚持", None),
        ("立行立改,常年坚持", "立行立改，长期坚持", None),
        ("年底前,并长期坚持", "2025年底前，并长期坚持", date(2025, 12, 31)),
        ("2025年6月底、长期坚持", "2025年6月底，并长期坚持", date(2025, 6, 30)),
        ("2025-06-30，并长期坚持", "2025-06-30，并长期坚持", date(2025, 6, 30)),
        (" 每 季度 ", "每季度", None),
        ("12月底前完成", "2025年12月底前", date(2025, 12, 31)),
        ("年底前完成", "2025年底前", date(2025, 12, 31)),
        ("年底前 完成。", "2025年底前", date(2025, 12, 31)),
        ("2025.12.31前完成", "2025-12-31", date(2025, 12, 31)),
        ("年底前完成，并长期坚持", "2025年底前，并长期坚持", date(2025, 12, 31)),
        ("4.30前", "2025-04-30", date(2025, 4, 30)),
        ("12.31以前", "2025-12-31", date(2025, 12, 31)),
        ("12/31之前", "2025-12-31", date(2025, 12, 31)),
        ("12－31前", "2025-12-31", date(2025, 12, 31)),
        ("10.1日前", "2025-10-01", date(2025, 10, 1)),
        ("10-12月", "10月至12月", date(2025, 12, 31)),
        ("4月-6月", "4月至6月", date(2025, 6, 30)),
        ("4月—6月底", "4月至6月", date(2025, 6, 30)),
        ("2025年1-12月", "2025年1月至12月", date(2025, 12, 31)),
        ("2025年1月～2025年12月", "2025年1月至12月", date(2025, 12, 31)),
        ("2025年9月到2026年6月", "2025年9月至2026年6月", date(2026, 6, 30)),
        ("三至五月", "3月至5月", date(2025, 5, 31)),
        ("1-12月，并长期坚持", "1月至12月，并长期坚持", date(2025, 12, 31)),
        ("即知即改", "立行立改", None),
        ("每月 一次", "每月一次", None),
    ],
)
def test_a_natural_variant_is_completed(value, text, last):
    found = parse_limit(value, 2025)
    assert found
    assert (found.text, found.last) == (text, last)
    assert found.repaired is (value != text)


def test_a_date_cell_is_a_limit_as_it_is():
    june = date(2025, 6, 30)
    assert parse_limit(june, 2025) == Limit("2025-06-30", june, repaired=False)
    assert parse_limit(datetime(2025, 6, 30), 2024) == Limit("2025-06-30", june, repaired=False)


@pytest.mark.parametrize(
    "value",
    [
        "尽快", "持续推进", "待定", "随时", "常态化", "6月前", "2025年6月前", "三季度前",
        "月底前", "前", "底",
        "13月底", "2025年13月底", "五季度末", "2025年", "2025年2月30日", "45838前", "23年6月底",
        "并长期坚持",
        "每季度，并长期坚持", "尽快，并长期坚持", "1949年底前",
        "完成", "已完成", "尽快完成", "争取6月底前完成",
        "4.30", "12-31", "2.30前", "25.3前", "2025.4前",
        "12-3月", "4-13月", "5月、11月", "2025年6月至2024年3月", "每次", "3-5", "一次",
        "", None, 6,
        3.5, True, timedelta(3),
    ],
)  # fmt: skip
def test_any_other_wording_is_no_limit(value):
    assert parse_limit(value, 2025) is None


@pytest.mark.parametrize("wording", LIMIT_WORDINGS)
def test_every_wording_shown_to_people_is_accepted_in_any_year(wording):
    assert parse_limit(wording, 2025)
    assert parse_limit(wording, 2031)


@given(TYPED | st.sampled_from(LIMIT_WORDINGS), st.integers(2000, 2099))
def test_a_limit_once_read_reads_the_same_again(text, year):
    first = parse_limit(text, year)
    if first:
        assert parse_limit(first.text, year) == Limit(first.text, first.last, repaired=False)


def test_february_ends_on_the_29th_in_a_leap_year():
    leap, plain = parse_limit("2月底", 2024), parse_limit("2月底", 2025)
    assert leap
    assert plain
    assert (leap.last, plain.last) == (date(2024, 2, 29), date(2025, 2, 28))


# --- nearest, cost


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("长期整改", LIMIT_WORDINGS, "长期坚持"),
        ("立行即改", LIMIT_WORDINGS, "立行立改"),
        ("己完成", ("未启动", "进行中", "已完成"), "已完成"),
        ("三会一课", ("未启动", "进行中"), None),
        ("", LIMIT_WORDINGS, None),
        ("年底" * 20_000, LIMIT_WORDINGS, None),
    ],
)
def test_the_nearest_option_is_offered_only_where_one_is_near(text, options, expected):
    assert nearest(text, options) == expected


@pytest.mark.parametrize(
    ("word", "option", "same"),
    [
        ("己完成", "已完成", True), ("完成了", "已完成", True), ("基本完咸", "基本完成", True),
        ("未完成", "已完成", False), ("没有完成", "已完成", False), ("完成80%", "已完成", False),
        ("基本完成", "已完成", False), ("拟完成", "已完成", False), ("待完成", "已完成", False),
    ],
)  # fmt: skip
def test_a_word_that_denies_counts_or_hedges_is_no_slip_of_the_pen(word, option, same):
    assert says_the_same(word, option) is same


@pytest.mark.timeout(10)  # what grows with the square of the length hangs
@pytest.mark.parametrize(
    "text", ["(" * 20_000, "一、" * 20_000, "1" * 32_767, " " * 32_767, "(、" * 15_000]
)
def test_a_hostile_cell_costs_no_more_than_its_length(text):
    split_several(text)
    fold(text)
    clean(text)
    parse_day(text, 2025)
    parse_limit(text, 2025)
    parse_number(text)


def test_the_module_stands_at_the_bottom():
    tree = ast.parse(Path(text_module.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "sxxt_excel" not in imported


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2025-4-20", "00:00:00"),
        ("2025-04-20 16:30:05", "16:30:05"),
        ("2025年4月20日（星期日）下午6点半", "18:30:00"),
        ("2025.4.20 上午 9点一刻", "09:15:00"),
        ("2025-04-20 晚8点三刻", "20:45:00"),
        ("2025-04-20 下午3时整", "15:00:00"),
        ("2025-04-20 24:00", "23:59:59"),
        ("2025-04-20 晚上12点", "23:59:59"),
        ("2025-04-20 中午1点", "13:00:00"),
        ("2025-04-20 中午12：05", "12:05:00"),
        ("2025-04-20 凌晨12点10分", "00:10:00"),
    ],
)
def test_a_moment_is_the_hour_that_its_words_name(text, clock):
    assert str(parse_moment(text)) == f"2025-04-20 {clock}"


@pytest.mark.parametrize(
    "text",
    ["2025-04-20 下午", "2025-04-20 24:30", "2025-04-20 上午15点", "2025-04-20 晚上1点"],
)
def test_a_moment_that_stays_open_is_none_never_the_first_minute_of_the_day(text):
    assert parse_moment(text) is None
