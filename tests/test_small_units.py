"""Branches and villages: who is their secretary, and what a lone one stands for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hierarchy import office
from world import cell_of, edited

from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.relations import secretaries

if TYPE_CHECKING:
    from pathlib import Path

    from hierarchy import Office

DAY = dt.date(2025, 6, 30)
VILLAGE = Unit("DC", "东村", "居村")
BRANCH = Unit("DZ", "东村党支部", "居村")
COLLEGE = Unit("JX", "机械工程学院党委", "基层党委")


def found(unit: Unit, *posts: tuple[str, str]) -> list[str]:
    people = tuple(Person(f"某{n}", unit.code, post, who) for n, (post, who) in enumerate(posts))
    return [p.post for p in secretaries(Roster((unit,), people), unit, DAY)]


@pytest.mark.parametrize("unit", [VILLAGE, BRANCH])
@pytest.mark.parametrize("post", ["党支部书记", "东村党支部书记、村委会主任"])
def test_the_head_of_a_village_who_is_secretary_of_its_branch_is_its_secretary(unit, post):
    assert found(unit, (post, "主要负责人"), ("党支部副书记", "班子其他成员")) == [post]


def test_in_a_unit_that_is_called_a_branch_its_secretary_is_known_whatever_he_is_entered_as():
    assert found(BRANCH, ("党支部书记", "班子其他成员")) == ["党支部书记"]


def test_nor_is_the_head_of_a_unit_its_secretary_through_one_of_its_branches():
    assert found(COLLEGE, ("院长、教工第一党支部书记", "主要负责人")) == []


@pytest.mark.parametrize("unit", [VILLAGE, COLLEGE])
def test_a_branchs_secretary_who_does_not_head_the_unit_is_not_its_secretary(unit):
    assert found(unit, ("教工党支部书记", "班子其他成员")) == []


def test_where_the_unit_has_a_secretary_that_of_a_branch_is_no_second_one():
    posts = (("党委书记", "主要负责人"), ("院长、教工党支部书记", "主要负责人"))
    assert found(COLLEGE, *posts) == ["党委书记"]


# ---- one filer is body and head -----------------------------------------------------

RULES = ("党委项目到下级党委", "书记项目到下级书记")


def street(root: Path, *, alone: bool) -> Office:
    """The workspace of a street whose first village has one filer, or two."""
    found = office(root, "JD1")
    found.people = [
        p for p in found.people
        if p["单位代码"] != "JD1-1" or not alone or p["班子身份"] == "主要负责人"
    ]  # fmt: skip
    found.units = [u for u in found.units if u["单位代码"] in {"JD1", "JD1-1"}]
    found.people = [p for p in found.people if p["单位代码"] in {"JD1", "JD1-1"}]
    return found.write()


def taken(found: Office) -> dict[str, str]:
    """What becomes of the street's items when the village's last filer names them all."""
    above, below = sorted(found.fill(["JD1", "JD1-1"], ("责任清单",)), key=lambda p: "村" in p.name)
    with edited(above) as book:
        sheet = book["责任清单"]
        whose = [sheet[cell_of(sheet, "责任主体", row)].value for row in (3, 4, 5)]
        assert whose[:2] == ["党委", "纪委"]
        for row in (3, 5):
            sheet[cell_of(sheet, "落实方式", row)] = "分管单位纳入"
    with edited(below) as book:
        sheet = book["责任清单"]
        last = max(row for row in range(3, 6) if sheet[cell_of(sheet, "责任主体", row)].value)
        sheet[cell_of(sheet, "上级项目编号", last)] = "JD1-2025-ZR-001、JD1-2025-ZR-003"
    rows = found.collect(write=False).cascade
    return {row.rule: row.status for row in rows if row.rule in RULES}


def test_a_lone_filer_takes_up_what_the_body_and_what_the_head_has_to(tmp_path):
    assert taken(street(tmp_path, alone=True)) == dict.fromkeys(RULES, "taken_up")


def test_one_of_several_takes_up_for_his_own_role_alone(tmp_path):
    assert taken(street(tmp_path, alone=False)) == dict.fromkeys(RULES, "missing")
