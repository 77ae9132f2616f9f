"""Which unit a file name, a folder, an archive's or a mail's name, and an address name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxxt_excel.names import (
    Directory,
    against,
    clues,
    directory,
    is_stranger,
    settled,
    unit_in,
    unit_named,
)
from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from collections.abc import Iterable

TOP = Unit("XX", "示例大学党委", "校党委", ("校党委", "示例大学"), email="dwb@example.edu.cn")
JX = Unit(
    "JX", "机械工程学院党委", "基层党委", ("机械学院", "机械工程学院", "机电学院"), "XX",
    email="JX@example.edu.cn；jxold@example.com", spare_email="jx2@example.edu.cn",
)  # fmt: skip
WY = Unit("WY", "外国语学院党总支", "党总支", ("外语学院", "外国语学院"), "XX")
JG = Unit("JG", "机关党委", "基层党委", (), "XX")
JW = Unit("JW", "教务处", "行政职能部门", (), None, party_body="JG")
DB = Unit("DB", "党委办公室", "党委工作部门", ("党办",), None)
UNITS = (TOP, JX, WY, JG, JW, DB)
PEOPLE = (
    Person("李三", "JX", "党委书记", "主要负责人", email="lisan@example.com"),
    Person("王三", "WY", "党总支书记", "主要负责人", email="wang@example.com"),
    Person("王三", "JX", "兼职委员", "班子其他成员", email="wang@example.com"),
)


def look_up(units: Iterable[Unit] = UNITS) -> Directory:
    return directory(load_regime("tj-2017"), Roster(tuple(units), PEOPLE), 2025, (), "")


BOOK = look_up()


def whose(path: str, sender: str = "", book: Directory = BOOK) -> str | None:
    unit = settled(clues(path, sender, book), book)
    return unit.code if unit else None


# ---- file names -------------------------------------------------------------------

MATERIALS = (
    "责任清单",
    "责任任务清单",
    "2025年上半年落实情况报告",
    "巡视河南整改台账",
    "附件2汇总表",
)
SHAPES = (
    "{unit}+{what}", "{unit}{what}", "{unit}_{what}_2025年度", "{what}-{unit}{day}",
    "{what}（{unit}）", "【{unit}】{what}", "{what}({unit})", "{what} {unit}",
    "附件1：{what}——{unit}", "{day}{unit}{what}", "示例大学{unit}{what}",
    "中共示例大学{unit}{what}", "{what}［{unit}］", "报校党委：{unit}{what}",
)  # fmt: skip
GARNISH = (
    "{}", "{}(1)", "{}（1）", "{} (2)", "{}最终版", "{}（最终版）", "{}-定稿", "{}0910", "{}_改3",
    "{} - 副本", "复件 {}",
)  # fmt: skip
SUFFIXES = (".xlsx", ".xls", ".et", ".XLSX", ".docx", "")


WIDE = str.maketrans("()+_-0123456789", "（）＋＿－０１２３４５６７８９")
CALLED = st.sampled_from([(u.code, name) for u in (JX, WY) for name in (u.name, *u.names)])
DAYS = st.sampled_from(("0910", "1231", "20250410", ""))


@st.composite
def file_names(draw: st.DrawFn) -> tuple[str, str]:
    """Return a unit's code and a file name that names it."""
    code, unit = draw(CALLED)
    what = draw(st.sampled_from(MATERIALS))
    said = draw(st.sampled_from(SHAPES)).format(unit=unit, what=what, day=draw(DAYS))
    said = draw(st.sampled_from(GARNISH)).format(said)
    said = said.translate(WIDE) if draw(st.booleans()) else said
    return code, said + draw(st.sampled_from(SUFFIXES))


@given(file_names())
def test_a_unit_is_known_from_a_file_name_of_any_usual_shape(case):
    code, name = case
    assert whose(name) == code


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_look_up(text):
    assert whose(text, text) in {None, *(u.code for u in UNITS)}
    assert unit_in(text, BOOK) is None or unit_in(text, BOOK) in UNITS


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("机械学院和外语学院责任清单.xlsx", None),
        ("责任清单.xlsx", None),
        ("XX学院+责任清单.xlsx", None),
        ("机电学院责任清单.xlsx", "JX"),
        ("示例大学责任清单.xlsx", "XX"),
        ("示例大学党委办公室责任清单.xlsx", "DB"),
        ("机关党委教务处责任清单.xlsx", "JW"),
        ("机械学院报党委办公室材料.xlsx", "JX"),
        ("致党办：外语学院清单.xlsx", "WY"),
        ("报送机械学院责任清单.xlsx", "JX"),
        ("情况汇报机械学院.xlsx", "JX"),
    ],
)
def test_several_units_in_one_name_are_none_unless_all_but_one_are_above_or_written_to(path, code):
    assert whose(path) == code


def test_a_name_that_two_units_share_names_neither():
    twin = Unit("QT", "汽车学院党委", "基层党委", ("机电学院",), "XX")
    assert whose("机电学院清单.xlsx", book=look_up((*UNITS, twin))) is None


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("外语学院/机械学院清单.xlsx", "WY"),
        ("校党委转来/机械学院清单.xlsx", "JX"),
        ("机关党委/教务处清单.xlsx", "JW"),
        ("外语学院/机械学院/清单.xlsx", "JX"),
        ("机械学院材料.zip!清单.xlsx", "JX"),
        ("外语学院.zip!机械学院清单.xlsx", "JX"),
        ("外语学院/来信.eml!机械学院/清单.xlsx", "JX"),
        ("外语学院/机械学院.eml!清单.xlsx", "WY"),
        ("外语学院.eml!材料.zip!机械学院/清单.xlsx", "JX"),
        ("外语学院.eml!材料.zip!清单.xlsx", "WY"),
    ],
)
def test_the_folder_goes_before_the_name_and_the_inner_before_the_outer(path, code):
    assert whose(path) == code


def test_a_name_and_a_code_are_known_exactly():
    assert unit_named("jx", BOOK) == JX
    assert unit_named(" 机械学院 ", BOOK) == JX
    assert unit_named("机械", BOOK) is None


# ---- addresses --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        ("jx@example.edu.cn", "JX"),
        ("张示例 <JX@Example.edu.cn>", "JX"),
        ("jxold@example.com", "JX"),
        ("jx2@example.edu.cn", "JX"),
        ("lisan@example.com", "JX"),
        ("wang@example.com", None),
        ("nobody@example.com", None),
        ("not an address", None),
        ("", None),
    ],
)
def test_an_address_of_the_unit_or_of_its_people_names_it(sender, code):
    assert whose("清单.xlsx", sender) == code


def test_the_sender_goes_before_folder_and_name_unless_it_is_above_who_is_named():
    assert whose("外语学院/清单.xlsx", "jx@example.edu.cn") == "JX"
    assert whose("外语学院清单.xlsx", "dwb@example.edu.cn") == "WY"


@pytest.mark.parametrize(
    ("sender", "strange"),
    [("nobody@example.com", True), ("Jx@example.edu.cn", False), ("wang@example.com", False),
     ("", False)],
)  # fmt: skip
def test_a_stranger_is_who_stands_nowhere_in_the_roster(sender, strange):
    assert is_stranger(sender, BOOK) is strange


def test_without_any_address_in_the_roster_nobody_is_a_stranger():
    book = directory(load_regime("tj-2017"), Roster((WY,), ()), 2025, (), "")
    assert not is_stranger("nobody@example.com", book)


def test_who_is_above_a_unit_does_not_contradict_it_and_anybody_else_does():
    hints = tuple(clues("示例大学/外语学院/清单.xlsx", "dwb@example.edu.cn", BOOK))
    assert against(WY, hints, BOOK) == ()
    assert {u.code for hint in against(JX, hints, BOOK) for u in hint.units} == {"WY"}


def test_an_address_that_may_be_two_units_contradicts_neither():
    hints = tuple(clues("清单.xlsx", "wang@example.com", BOOK))
    assert against(JX, hints, BOOK) == against(WY, hints, BOOK) == ()
    assert against(JG, hints, BOOK) != ()
