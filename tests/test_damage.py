"""Damage that cannot be undone is told as such, at its cell; what can be mended is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import World, cell_of, change, cover_cell, edited, find

from sxxt_excel.cells import Outcome, convert
from sxxt_excel.damage import harm, lost_zero, sound
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from sxxt_excel.outcome import Finding


LISTS = "机械工程学院党委_责任任务清单"
DUTIES, TASKS = "责任清单", "任务清单"


def told(world: World, code: str) -> list[Finding]:
    return [f for f in world.collect().findings if f.code == code]


def spoilt(world: World, sheet: str, field: str, value: Any) -> str:
    """Write a value over one in row 3 of the lists; return its cell."""
    path = change(world, LISTS, sheet, {(3, field): value})
    with edited(path) as book:
        return cell_of(book[sheet], field, 3)


# ---- what is lost ------------------------------------------------------------------


def misread(text: str, code: str) -> str:
    return text.encode().decode(code, "replace")


CASES = (
    ("V130", "must", DUTIES, "工作项目", 6217001234567890123.0),
    ("V130", "must", DUTIES, "工作项目", "1.20123E+17"),
    ("V132", "must", DUTIES, "项目编号", dt.datetime(2025, 3, 5)),  # noqa: DTZ001 - as in Excel
    ("V132", "must", DUTIES, "项目编号", 45721),
    ("V132", "must", TASKS, "责任项目编号", "3月5日"),
    ("V132", "must", TASKS, "责任项目编号", dt.datetime(2025, 3, 5)),  # noqa: DTZ001 - the same
    ("V133", "note", DUTIES, "工作项目", "⼀岗双责落实情况"),
    ("V134", "query", DUTIES, "工作项目", "联系\ue863同志"),
    ("V135", "must", DUTIES, "工作项目", "加强\ufffd\ufffd教育"),
    ("V135", "must", DUTIES, "工作项目", "锟斤拷锟斤拷"),
    ("V135", "must", DUTIES, "工作项目", misread("党风廉政建设责任制", "gb18030")),
    ("V135", "must", DUTIES, "工作项目", misread("党风廉政建设", "cp1252")),
    ("V135", "must", DUTIES, "工作项目", "党风廉政建设".encode("gbk").decode("latin-1")),
    ("V138", "must", DUTIES, "工作项目", "长" * 32767),
    ("V139", "must", DUTIES, "工作项目", "#######"),
    ("V139", "must", TASKS, "完成时限", "####"),
)


@pytest.mark.parametrize(("code", "severity", "sheet", "field", "value"), CASES)
def test_damage_is_told_at_its_cell(world, code, severity, sheet, field, value):  # noqa: PLR0917
    cell = spoilt(world, sheet, field, value)
    (finding,) = told(world, code)
    assert (finding.severity, finding.where.sheet, finding.where.cell) == (severity, sheet, cell)
    assert finding.message
    assert finding.remedy


def test_a_careful_workbook_is_told_of_no_damage(world):
    codes = {f.code for f in world.collect().findings}
    assert not {c for c in codes if "V130" <= c < "V140"}


def test_radicals_are_read_as_the_characters_that_they_look_like(world):
    spoilt(world, DUTIES, "工作项目", "⼀岗双责落实情况")
    said = world.collect().tables[DUTIES]
    assert "一岗双责落实情况" in set(said["工作项目"])


def test_letters_of_another_script_in_a_number_are_read_as_those_they_look_like(world):
    cell = spoilt(world, DUTIES, "项目编号", "JХ-2025-ZR-001")
    result = world.collect()
    (finding,) = (f for f in result.findings if f.code == "V136")
    assert (finding.severity, finding.where.cell) == ("note", cell)
    assert "JX-2025-ZR-001" in finding.message
    assert not [f for f in result.findings if f.code in {"V107", "V108", "V153"}]


def test_a_telephone_number_without_its_zero_is_asked_about(world):
    path = find(world, LISTS)
    with edited(path) as book:
        place = cover_cell(book["封面"], "联系电话")
        book["封面"][place].value = 2212345678
    (finding,) = told(world, "V131")
    assert (finding.severity, finding.where.cell) == ("query", place)


@pytest.mark.parametrize("number", ["02212345678", 13800000000, 4001234567, 12345678, "2212345678"])
def test_other_telephone_numbers_have_lost_nothing(number):
    assert not lost_zero(number, str(number))


# ---- what is none ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "履行全面从严治党主体责任", "××学院党委", "联通", "café Résumé", "锛子", "烫金证书",
        "屯昌县", "××××××", "·····",
        "“一岗双责”……", "①②③㎡℃", "㈠", "André", "浜海大学", "瀛洲岛",
    ],
)  # fmt: skip
def test_ordinary_texts_are_not_taken_for_damage(text):
    assert harm(text) is None


@given(
    st.lists(
        st.text() | st.sampled_from(["###", "1.2E+17", "_x000D_", "锟斤拷", "甲", " 乙", "丙 ", ""])
    )
)
def test_texts_that_pass_together_are_those_that_pass_alone(texts):
    field = load_regime("tj-2017").form("责任清单").field("工作项目")
    assert field is not None
    alone = {text for text in texts if convert(field, text, 2025) == Outcome(text)}
    assert set(sound(texts)) <= alone
    assert list(sound(["履行主体责任", "第1条，按季检查"])) == ["履行主体责任", "第1条，按季检查"]


COMMON = "".join(chr(code) for code in range(0x4E00, 0x9FA6))


@given(st.text(alphabet=COMMON, min_size=1, max_size=12))
def test_hardly_any_chinese_text_is_taken_for_damage(text):
    # Read as UTF-8 it would have to make sense in Chinese from the first byte to the last.
    found = harm(text)
    assert found is None or found.code == "V135"
    if found is not None:
        assert text.encode("gb18030").decode("utf-8")


@given(st.text(alphabet="党委书记责任清单落实情况监督检查", min_size=4, max_size=30))
def test_any_chinese_text_that_two_programs_garbled_is_told(text):
    garbled = misread(text, "gb18030")
    assert harm(garbled) is not None
