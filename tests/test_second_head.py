"""A roster in which the 院长 is entered as 主要负责人 beside the secretary."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sxxt_excel.census import roster_faults
from sxxt_excel.expected import owed
from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.regime import load_regime
from sxxt_excel.relations import filers_of
from sxxt_excel.roster import read_roster
from sxxt_excel.settings import Settings
from sxxt_excel.workspace import find_workspace

UNIT = Unit("HL", "护理学院党总支", "党总支")
DEAN = Person("李四", "HL", "院长", "主要负责人")
SECRETARY = Person("李三", "HL", "党总支书记", "主要负责人")
MEMBER = Person("李三", "HL", "党总支书记", "班子其他成员")
BRANCH = Person("李五", "HL", "教工支部书记", "基层党组织书记")
DAY = dt.date(2025, 12, 31)
SAMPLES = sorted(p.parent for p in (Path(__file__).parents[1] / "samples").rglob("sxxt.toml"))


def filers(*people: Person) -> list[str]:
    """Who accounts for himself as a party secretary."""
    regime = load_regime("shou-2019")
    group = regime.filers_of("各级党组织书记")
    found = filers_of(regime, group, Roster((UNIT,), people), UNIT, DAY)
    return [f"{f.label}:{f.role}" for f in found]


@pytest.mark.parametrize("people", [(DEAN, SECRETARY, BRANCH), (DEAN, MEMBER, BRANCH)])
def test_secretaries_account_for_themselves_and_no_dean(people):
    assert filers(*people) == ["李三:党组织书记", "李五:支部书记"]


def test_where_no_secretary_is_known_it_is_the_head():
    assert filers(DEAN, BRANCH) == ["李四:党组织书记", "李五:支部书记"]


def told(*people: Person) -> list[str]:
    regime, roster = load_regime("sumhs-2019"), Roster((UNIT,), people)
    settings = Settings(regime=regime.id, year=2025)
    items = owed(regime, settings, roster)
    return [f.got for f in roster_faults(regime, settings, roster, items) if f.code == "R117"]


def test_a_second_head_who_is_no_secretary_is_told_to_the_office():
    assert told(SECRETARY, DEAN) == ["李四"]


@pytest.mark.parametrize("people", [(SECRETARY,), (DEAN,), (MEMBER, DEAN)])
def test_one_head_is_nothing_to_tell(people):
    assert told(*people) == []


def test_one_person_with_both_posts_is_one_head():
    assert told(SECRETARY, Person("李三", "HL", "院长", "主要负责人")) == []


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda p: p.name)
def test_in_no_sample_there_is_a_second_head(folder):
    space = find_workspace(folder)
    regime, (roster, _) = space.regime(), read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    faults = roster_faults(regime, space.settings, roster, items)
    assert [f.got for f in faults if f.code == "R117"] == []
