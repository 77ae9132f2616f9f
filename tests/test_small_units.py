"""Branches and villages: who is their secretary, and what a lone one stands for."""

from __future__ import annotations

import datetime as dt

import pytest

from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.relations import secretaries

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


@pytest.mark.parametrize("unit", [VILLAGE, COLLEGE])
def test_a_branchs_secretary_who_does_not_head_the_unit_is_not_its_secretary(unit):
    assert found(unit, ("教工党支部书记", "班子其他成员")) == []


def test_where_the_unit_has_a_secretary_that_of_a_branch_is_no_second_one():
    posts = (("党委书记", "主要负责人"), ("院长、教工党支部书记", "主要负责人"))
    assert found(COLLEGE, *posts) == ["党委书记"]
