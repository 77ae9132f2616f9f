"""Offices that let each person file for himself: one broken cell is one finding, at that cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from place import Place, make_place
from spoil import opened
from world import edited, headings

from sxxt_excel.expected import owed
from sxxt_excel.roster import read_roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from spoil import Office

BY_PERSON = ('filing = "按单位报送"', 'filing = "按人报送"')
HEAD, MEMBER = "郑启衡", "王启衡"
TASKS = "机械工程学院党委_责任任务清单"
DUTY, TASK, SIGNED = "责任清单", "任务清单", "签字背书"


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Place:
    """Return a place in which each filer has sent a workbook of his own."""
    return make_place(tmp_path_factory.mktemp("people"), "tj-2017", BY_PERSON, many=1).fill()


@pytest.fixture
def office(filled: Place, tmp_path) -> Callable[[], Office]:
    """Return what opens the office with the lists of one unit."""
    return lambda: opened(filled, tmp_path, (TASKS, "示例大学党委_责任任务清单"), (BY_PERSON,))


CELLS = (
    (HEAD, DUTY, 3, "工作项目", None, "V101"),
    (HEAD, DUTY, 3, "落实方式", "看情况", "V104"),
    (HEAD, DUTY, 3, "完成时限", "尽快", "V105"),
    (HEAD, DUTY, 3, "项目编号", "第一项", "V108"),
    (MEMBER, TASK, 3, "完成情况", "差不多", "V104"),
    (MEMBER, TASK, 3, "责任项目编号", "JX-2025-ZR-999", "V107"),
    (MEMBER, TASK, 3, "责任主体", "某某人", "V109"),
    (MEMBER, SIGNED, 3, "背书日期", None, "V101"),
)  # fmt: skip


@pytest.mark.parametrize("broken", CELLS)
def test_a_broken_cell_in_a_persons_own_workbook_is_told_once_there(office, broken):
    who, sheet, row, name, value, code = broken
    there = office()
    (path,) = (p for p in there.place.inbox.glob("*.xlsx") if who in p.name)
    before = {(f.code, f.where.path, f.where.cell) for f in there.collect().findings}
    with edited(path) as book:
        cell = book[sheet].cell(row, headings(book[sheet])[name])
        cell.value = value
        at = cell.coordinate
    found = [
        f for f in there.collect().findings
        if f.code.startswith("V") and (f.code, f.where.path, f.where.cell) not in before
    ]  # fmt: skip
    said = [(f.code, f.where.path, f.where.sheet, f.where.cell, f.where.field) for f in found]
    assert said == [(code, path.name, sheet, at, name)]


def test_a_number_that_two_people_of_a_unit_give_is_told_once_in_one_of_their_workbooks(office):
    there = office()
    mine, other = (
        next(p for p in there.place.inbox.glob("*.xlsx") if who in p.name) for who in (HEAD, MEMBER)
    )
    with edited(mine) as book:
        number = book[DUTY].cell(3, headings(book[DUTY])["项目编号"]).value
    with edited(other) as book:
        cell = book[DUTY].cell(3, headings(book[DUTY])["项目编号"])
        cell.value = number
    (found,) = (f for f in there.collect().findings if f.code == "V106")
    assert (found.where.sheet, found.where.cell, found.where.field) == (DUTY, "C3", "项目编号")
    assert found.where.path in {mine.name, other.name}


@pytest.mark.parametrize(
    ("regime", "packet", "asked"),
    [
        # The head of a unit is asked of by no line of its catalogue, its members by one.
        ("sumhs-2019", "二级会议与报告", {"领导班子", "班子成员"}),
        ("sumhs-2019", "校级会议与报告", {"党委", "党委书记", "班子成员"}),
        ("shou-2019", "制度目录", {"党委", "党组织"}),
        ("sou-2020", "纪委报告", {"纪委"}),
    ],
)
def test_a_catalogue_is_owed_by_those_whom_it_asks_for_something(tmp_path, regime, packet, asked):
    space = make_place(tmp_path / "w", regime, BY_PERSON).space
    items = owed(space.regime(), space.settings, read_roster(space.roster)[0])
    filers = [o.filer for o in items if o.obligation.packet == packet]
    assert {filer.role for filer in filers if filer} == asked


def test_a_catalogue_without_any_name_yet_is_owed_by_everybody(tmp_path):
    space = make_place(tmp_path / "w", "shou-2019", BY_PERSON).space
    settings = replace(space.settings, catalogue={})
    slots = tuple(replace(slot, name="") for slot in space.regime().slots)
    items = owed(replace(space.regime(), slots=slots), settings, read_roster(space.roster)[0])
    filers = [o.filer for o in items if o.obligation.id == "校级制度目录"]
    assert {filer.role for filer in filers if filer} == {"党委", "党委书记", "班子成员"}
