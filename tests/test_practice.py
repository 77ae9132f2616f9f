"""Cases of real life that must not raise a false alarm, each named as an office would."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import world as harness
from world import (
    PEOPLE_ROWS,
    UNIT_ROWS,
    Cells,
    World,
    adopt,
    change,
    edited,
    headings,
    make_world,
    notes,
    settle,
    stands,
)  # fmt: skip

from sxxt_excel.expected import owed
from sxxt_excel.people import Person
from sxxt_excel.regime import load_regime
from sxxt_excel.relations import in_charge, secretaries
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.windows import is_new
from sxxt_excel.settings import Settings
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.duties import Owed
    from sxxt_excel.outcome import CascadeRow, Expected
    from sxxt_excel.people import Roster
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

LISTS, REPORT, ACCOUNT = "责任任务清单", "落实情况报告", "述责述廉"
TOP = "责任任务清单（校级）"
JX, XX = "机械工程学院党委", "示例大学党委"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes a world of changed units and people; filling in knows the people too."""

    def make(
        units: list[Cells] | None = None,
        people: list[Cells] | None = None,
        settings: tuple[tuple[str, str], ...] = (),
        **more: Any,
    ) -> World:
        rows = people if people is not None else changed_people()
        monkeypatch.setattr(harness, "PEOPLE_ROWS", tuple(rows))
        world = make_world(tmp_path / "w", units=units or changed_units(), people=rows, **more)
        settle(world.root, *settings)
        return world

    return make


def changed_units(**changes: Cells) -> list[Cells]:
    """Return the usual units; a keyword is a unit's code, its value what is changed there."""
    return [row | changes.get(str(row["单位代码"]), {}) for row in UNIT_ROWS]


def changed_people(**changes: Cells) -> list[Cells]:
    """Return the usual people; a keyword is a name, its value what is changed there."""
    return [row | changes.get(str(row["姓名"]), {}) for row in PEOPLE_ROWS]


def person(name: str, unit: str, post: str, identity: str = "班子其他成员", **more: Any) -> Cells:
    return {"姓名": name, "单位代码": unit, "职务": post, "班子身份": identity, **more}


def roster_of(world: World) -> Roster:
    roster, faults = read_roster(find_workspace(world.root).roster)
    assert not faults
    return roster


def owing(world: World, packet: str, unit: str = "JX", period: str | None = None) -> list[Owed]:
    items = owed(world.regime, find_workspace(world.root).settings, roster_of(world))
    return [
        o
        for o in items
        if o.obligation.packet == packet and o.unit.code == unit and period in {None, o.period}
    ]


def filers(world: World, packet: str, unit: str = "JX", period: str | None = None) -> list[str]:
    return [f"{f.label}:{f.role}" for o in owing(world, packet, unit, period) for f in o.filers]


def expected(result: Round, unit: str, packet: str, period: str = "2025") -> Expected:
    (row,) = [
        e
        for e in result.expected
        if (e.unit_code, e.packet, e.period) == (unit, packet, period) and e.filer is None
    ]
    return row


def told(result: Round, *codes: str) -> list[tuple[str, str, str | None]]:
    """Return (severity, code, unit) of the findings of these codes."""
    return [(f.severity, f.code, f.where.unit) for f in result.findings if f.code in codes]


def taken(result: Round, rule: str) -> dict[str, CascadeRow]:
    return {c.parent_key: c for c in result.cascade if c.rule == rule}


def ours(source: Path) -> bool:
    return source.name.startswith(JX)


def fill_jx(world: World, packet: str, period: str | None = None) -> Path:
    """Fill in and file only 机械工程学院's workbook of a packet."""
    (path,) = [world.fill_one(p) for p in world.issue(packet, period) if ours(p)]
    return path


# ---- who takes an item up ---------------------------------------------------------


MEMBERS = "班子项目到成员"


def hand_down(world: World, taker: int | None) -> None:
    """Let the secretary's item go to the members; `taker` is the sheet's row that names it."""
    fill_jx(world, LISTS)
    cells: dict[tuple[int, str], Any] = {(4, "落实方式"): "班子成员纳入"}
    if taker is not None:
        cells[taker, "上级项目编号"] = "JX-2025-ZR-002"
    change(world, JX, "责任清单", cells)


def test_one_member_who_takes_the_secretarys_item_is_enough(office):
    world = office()
    hand_down(world, 6)
    result = world.collect()
    assert stands(result) == []
    row = taken(result, MEMBERS)["JX-2025-ZR-002"]
    assert (row.status, row.children) == ("taken_up", ("JX-2025-ZR-004",))


def test_an_item_that_no_member_takes_is_one_note_to_the_office_and_no_letter(office):
    world = office()
    hand_down(world, None)
    result = world.collect()
    assert stands(result) == []
    assert told(result, "C101") == [("note", "C101", JX)]
    assert taken(result, MEMBERS)["JX-2025-ZR-002"].status == "missing"
    assert {f.status for f in result.files} == {"accepted"}


def test_the_secretary_cannot_take_up_his_own_item_for_the_members(office):
    world = office()
    hand_down(world, 4)
    assert taken(world.collect(), MEMBERS)["JX-2025-ZR-002"].status == "missing"


@pytest.mark.parametrize("way", ["本人直接落实", "校级统一落实"])
def test_an_item_with_another_way_of_carrying_out_asks_nobody(office, way):
    world = office()
    fill_jx(world, LISTS)
    change(world, JX, "责任清单", {(4, "落实方式"): way, (3, "落实方式"): way})
    result = world.collect()
    assert taken(result, MEMBERS) == {}
    assert stands(result) == []


# ---- leaders of the university and the units under them ---------------------------

DOWN = "校领导项目到分管单位"


def with_top(world: World, *, adopted: bool = True) -> World:
    """File everybody's lists; 钱二's item of the university goes to the units under him."""
    world.fill(LISTS)
    world.fill(TOP)
    if adopted:
        adopt(world)
    else:
        change(world, XX, "责任清单", {(5, "落实方式"): "分管单位纳入"})
    return world


def test_who_takes_up_the_item_of_a_leader_in_charge_of_no_unit_is_unchecked(office):
    people = changed_people(钱二={"分管单位代码": None})
    units = changed_units(JX={"联系校领导": "赵一"}, WY={"联系校领导": "赵一"})
    result = with_top(office(units, people), adopted=False).collect()
    assert {row.status for row in taken(result, DOWN).values()} == {"unchecked"}
    assert told(result, "C101") == []
    assert [f.severity for f in result.findings if f.code == "C109"] == ["note"]


def test_to_keep_contact_with_a_unit_is_not_to_be_in_charge_of_it(office):
    people = changed_people(钱二={"分管单位代码": "JX", "联系单位代码": "WY"})
    units = changed_units(WY={"联系校领导": "赵一"})
    world = with_top(office(units, people))
    change(world, "外国语学院党总支", "责任清单", {(3, "上级项目编号"): None})
    result = world.collect()
    assert taken(result, DOWN)["XX-2025-ZR-003"].status == "taken_up"
    assert told(result, "C101") == []


def test_one_of_the_units_under_a_leader_is_enough(office):
    world = with_top(office())
    change(world, "外国语学院党总支", "责任清单", {(3, "上级项目编号"): None})
    result = world.collect()
    row = taken(result, DOWN)["XX-2025-ZR-003"]
    assert (row.status, row.children) == ("taken_up", ("JX-2025-ZR-001",))
    assert stands(result) == []


def test_several_departments_under_one_party_body_answer_through_it(office):
    departments = [
        {"单位代码": code, "单位名称": name, "单位类别": "行政职能部门", "上级单位代码": "XX",
         "所属党组织代码": "JX"}
        for code, name in (("CW", "财务处"), ("RS", "人事处"))
    ]  # fmt: skip
    people = changed_people(钱二={"分管单位代码": "CW、RS、WY"})
    world = office([*changed_units(), *departments], people)
    assert in_charge(roster_of(world), roster_of(world).units[1], dt.date(2025, 4, 20))
    with_top(world)
    change(world, "外国语学院党总支", "责任清单", {(3, "上级项目编号"): None})
    result = world.collect()
    assert taken(result, DOWN)["XX-2025-ZR-003"].children == ("JX-2025-ZR-001",)
    assert stands(result) == []
    assert {e.unit_code for e in result.expected} == {"XX", "JX", "WY"}


def test_a_department_with_a_body_of_its_own_owes_only_where_the_office_says_so(office):
    department = {"单位代码": "CW", "单位名称": "财务处党总支", "单位类别": "行政职能部门",
                  "上级单位代码": "XX", "联系校领导": "钱二"}  # fmt: skip
    head = person("孙六", "CW", "党总支书记、处长", "主要负责人")
    rows = ([*changed_units(), department], [*changed_people(), head])
    assert owing(office(*rows), LISTS, "CW") == []
    asked = office(*rows, settings=(("also = []", 'also = ["行政职能部门"]'),))
    assert filers(asked, LISTS, "CW") == ["领导班子:领导班子", "孙六:主要负责人"]


def test_a_unit_without_a_discipline_body_owes_and_signs_like_any_other(office):
    world = office(changed_units(JX={"纪检机构": "无"}, WY={"纪检机构": "纪检委员"}))
    fill_jx(world, LISTS)
    result = world.collect()
    assert stands(result) == []
    assert expected(result, "JX", LISTS).status == "on_time"


# ---- who is who -------------------------------------------------------------------


def two_posts() -> list[Cells]:
    """Return a roster in which one person heads two units, by his number."""
    return [*changed_people(李三={"人员编号": "P1"}, 王三={"姓名": "李三", "人员编号": "P1"})]


def test_who_heads_two_units_files_lists_in_each_and_accounts_once(office):
    world = office(people=two_posts())
    assert "李三:主要负责人" in filers(world, LISTS, "JX")
    assert "李三:主要负责人" in filers(world, LISTS, "WY")
    assert "李三:党政主要负责人" in filers(world, ACCOUNT, "JX")
    assert filers(world, ACCOUNT, "WY") == ["王四:其他处级干部"]


def test_namesakes_in_two_units_are_two_people(office):
    world = office(people=changed_people(王三={"姓名": "李三"}))
    assert "李三:党政主要负责人" in filers(world, ACCOUNT, "JX")
    assert "李三:党政主要负责人" in filers(world, ACCOUNT, "WY")


def test_namesakes_in_one_unit_are_told_apart_by_their_posts(office):
    people = changed_people(李四={"人员编号": "P4"}, 李五={"姓名": "李四", "人员编号": "P5"})
    world = office(people=people)
    labels = filers(world, LISTS)[2:]
    assert labels == ["李四（院长）:班子其他成员", "李四（党委副书记）:班子其他成员"]
    fill_jx(world, LISTS)
    assert stands(world.collect()) == []


def test_a_name_that_two_bear_is_asked_for_with_its_post_and_neither_is_guessed(office):
    people = changed_people(李四={"人员编号": "P4"}, 李五={"姓名": "李四", "人员编号": "P5"})
    world = office(people=people)
    path = fill_jx(world, LISTS)
    change(world, path.name, "责任清单", {(5, "责任主体"): "李四"})
    (found,) = (f for f in world.collect().findings if f.code == "V109")
    assert "本单位有2位李四" in found.remedy
    assert "是否指" not in found.remedy


def test_who_need_not_file_is_not_offered_where_the_drop_down_does_not_hold_him(office):
    world = office(people=changed_people(李五={"填报": "否"}))
    path = fill_jx(world, LISTS)
    change(world, path.name, "责任清单", {(5, "责任主体"): "某某人"})
    (found,) = (f for f in world.collect().findings if f.code == "V109")
    assert "领导班子、李三、李四" in found.remedy
    assert "李五" not in found.remedy


def test_one_name_twice_in_a_unit_without_numbers_is_one_person_with_two_posts(office):
    world = office(people=changed_people(李五={"姓名": "李四"}))
    assert filers(world, LISTS)[2:] == ["李四:班子其他成员"]
    assert "李四:党政主要负责人" in filers(world, ACCOUNT)


def test_secretary_and_dean_in_one_is_one_person_signed_by_the_leader_in_charge(office):
    people = [p for p in changed_people(李三={"职务": "党委书记、院长"}) if p["姓名"] != "李四"]
    world = office(people=people)
    assert filers(world, LISTS) == ["领导班子:领导班子", "李三:主要负责人", "李五:班子其他成员"]
    assert filers(world, REPORT, period="2025-H1")[:2] == ["领导班子:领导班子", "李三:主要负责人"]
    assert filers(world, ACCOUNT) == ["李三:党政主要负责人", "李五:其他处级干部"]
    path = fill_jx(world, LISTS)
    assert stands(world.collect()) == []
    change(world, path.name, "签字背书", {(4, "背书人"): "李三"})
    assert [s[1] for s in stands(world.collect())] == ["B102"]


def test_a_dean_who_is_no_secretary_is_a_member_for_lists_and_a_head_for_accounts(office):
    world = office()
    assert "李四:班子其他成员" in filers(world, LISTS)
    assert "李四:班子其他成员" in filers(world, REPORT, period="2025-H1")
    assert "李四:党政主要负责人" in filers(world, ACCOUNT)


@pytest.mark.parametrize(
    ("post", "role"),
    [
        *((post, "党政主要负责人") for post in (
            "院长", "机械工程学院院长", "党委委员、院长", "党委副书记、院长", "院长（兼）",
            "院长兼党委副书记", "财务处处长",
        )),
        *((post, "其他处级干部") for post in (
            "副院长", "院长助理", "常务副院长", "办公室主任", "系主任", "院办主任", "执行院长",
            "教学副院长（正处级）", "党委副书记兼副院长", "财务处副处长",
        )),
    ],
)  # fmt: skip
def test_who_heads_the_administration_is_read_from_the_post(office, post, role):
    world = office(people=changed_people(李四={"职务": post}))
    assert f"李四:{role}" in filers(world, ACCOUNT)


def test_a_head_accounts_at_a_meeting_and_is_asked_when_he_writes(office):
    world = office()
    (path,) = [world.fill_one(p) for p in world.issue(ACCOUNT) if ours(p)]
    assert stands(world.collect("2025-12-30"), path.name) == []
    change(world, path.name, "述责述廉登记", {(4, "述责方式"): "书面"})
    after = stands(world.collect("2025-12-30"), path.name)
    assert [(s, c, at) for s, c, _, at in after] == [("query", "V116", "D4")]


@pytest.mark.parametrize(
    ("post", "kind", "is_one"),
    [("党委书记", "基层党委", True), ("院长兼党委书记", "基层党委", True),
     ("书记", "党总支", True), ("党委书记、院长", "基层党委", True),
     ("党委副书记", "基层党委", False), ("纪委书记", "基层党委", False),
     ("党委副书记、纪委书记", "基层党委", False), ("团委书记", "基层党委", False),
     ("教工第一党支部书记", "基层党委", False), ("党支部书记", "直属党支部", True),
     ("党总支书记兼副院长", "党总支", True), ("机械工程学院党委书记", "基层党委", True)],
)  # fmt: skip
def test_who_is_the_secretary_is_read_from_the_post(office, post, kind, is_one):
    world = office(changed_units(JX={"单位类别": kind}), changed_people(李三={"职务": post}))
    found = secretaries(roster_of(world), roster_of(world).units[1], dt.date(2025, 4, 20))
    assert [p.name for p in found] == (["李三"] if is_one else [])


def test_a_deputy_who_does_not_file_is_not_asked_for_anything(office):
    world = office(people=changed_people(李四={"填报": "否", "是否中共党员": "否"}))
    assert filers(world, LISTS) == ["领导班子:领导班子", "李三:主要负责人", "李五:班子其他成员"]
    fill_jx(world, LISTS)
    assert stands(world.collect()) == []


def test_but_what_he_files_all_the_same_is_taken(office):
    world = office(people=changed_people(李四={"填报": "否"}))
    path = fill_jx(world, LISTS)
    change(world, path.name, "责任清单", {
        (6, "责任主体"): "李四", (6, "重点方面"): "落实分管责任", (6, "工作项目"): "某项",
        (6, "完成时限"): "全年",
    })  # fmt: skip
    change(world, path.name, "任务清单", {
        (6, "责任主体"): "李四", (6, "责任项目编号"): "JX-2025-ZR-004", (6, "工作任务"): "某任务",
        (6, "具体措施"): "逐项落实", (6, "完成时限"): "全年",
    })  # fmt: skip
    result = world.collect()
    assert stands(result) == []
    assert "李四" in set(result.tables["责任清单"]["责任主体"])


# ---- people come and go -----------------------------------------------------------


def changed_head(since: str = "2025-06-01", until: str = "2025-05-31") -> list[Cells]:
    return [
        *changed_people(李三={"任职止": until}),
        person("李九", "JX", "党委书记", "主要负责人", 任职起=since),
    ]


def test_who_is_in_post_on_the_due_day_owes(office):
    world = office(people=changed_head())
    assert filers(world, LISTS)[1] == "李三:主要负责人"
    assert [f for f in filers(world, REPORT, period="2025-H1") if "主要" in f] == [
        "李九:主要负责人"
    ]
    assert [f for f in filers(world, REPORT, period="2025-H2") if "主要" in f] == [
        "李九:主要负责人"
    ]


def test_signatures_of_the_predecessor_stay_valid(office):
    world = office(people=changed_head())
    fill_jx(world, LISTS)
    result = world.collect("2025-07-20")
    assert {c for _, c, _, _ in stands(result)} == {"Q101"}  # what did not come, and no more
    assert {f.status for f in result.files} == {"accepted"}


def test_items_of_the_predecessor_pass_to_the_successor(office):
    world = office(people=changed_head())
    fill_jx(world, LISTS)
    path = fill_jx(world, REPORT, "2025-H1")
    change(world, path.name, "任务进展", {(4, "责任主体"): "李三"})
    result = world.collect("2025-06-20")
    assert [s for s in stands(result) if s[1] != "Q101"] == []
    by_task = taken(result, "任务项到进展")
    assert {c.status for c in by_task.values()} == {"taken_up"}


FIGURES = {"专题研究会议次数": 3, "书记主持专题会议次数": 4, "已履职谈话人数": 7}


def short_half(world: World) -> None:
    """File a half-year's report in which the body held no special meeting."""
    path = fill_jx(world, REPORT, "2025-H1")
    change(world, path.name, "履责统计", {(3, "数值"): 0})


def test_a_head_who_came_within_the_half_year_gets_notes_for_what_is_short(office):
    world = office(people=changed_head("2025-03-01", "2025-02-28"))
    short_half(world)
    assert told(world.collect("2025-07-05"), "N101") == [("note", "N101", JX)]


def test_a_head_of_long_standing_is_asked(office):
    world = office(people=changed_head("2024-09-01", "2024-08-31"))
    short_half(world)
    assert told(world.collect("2025-07-05"), "N101") == [("query", "N101", JX)]


@pytest.mark.parametrize(
    ("since", "end", "months", "new"),
    [
        ("2025-01-01", "2025-06-30", 6, False),
        ("2025-01-02", "2025-06-30", 6, True),
        ("2025-07-01", "2025-12-31", 6, False),
        ("2025-07-02", "2025-12-31", 6, True),
        ("2024-08-31", "2025-02-28", 6, False),
        ("2025-06-30", "2025-06-30", 0, False),
    ],
)
def test_months_in_post_are_months_of_the_calendar(since, end, months, new):
    head = Person("李三", "JX", "党委书记", "主要负责人", since=dt.date.fromisoformat(since))
    settings = Settings("tj-2017", 2025, months_in_post=months)
    assert is_new(head, dt.date.fromisoformat(end), settings) is new


@pytest.mark.parametrize(
    ("kind", "people", "severity", "near"),
    [
        ("二级党委", True, "query", "基层党委"),
        ("党总支（院系）", False, "note", "：党总支、"),
        ("Club", True, "query", ""),
        ("科室", True, None, ""),
        ("考核组", True, None, ""),
    ],
)
def test_a_unit_of_an_unheard_of_kind_is_told(office, kind, people, severity, near):
    there = changed_people()
    world = office(
        units=changed_units(JX={"单位类别": kind}),
        people=there if people else [p for p in there if p["单位代码"] != "JX"],
    )
    found = [f for f in world.collect().findings if f.code == "R116"]
    assert [(f.severity, f.where.unit_code) for f in found] == [(severity, "JX")] * bool(severity)
    assert all(near in f.remedy for f in found)


def test_how_many_months_count_as_new_is_a_setting(office):
    world = office(
        people=changed_head("2025-03-01", "2025-02-28"),
        settings=(("months_in_post = 6", "months_in_post = 1"),),
    )
    short_half(world)
    assert told(world.collect("2025-07-05"), "N101") == [("query", "N101", JX)]


def test_somebody_of_whom_the_roster_does_not_say_what_he_is_is_told_not_passed_over(office):
    found = [
        f for f in office(people=changed_people(李五={"班子身份": ""})).collect().findings
        if f.code == "R101"
    ]  # fmt: skip
    assert [(f.severity, f.where.sheet, f.where.field) for f in found] == [
        ("must", "人员", "班子身份")
    ]


def test_a_vacancy_is_filled_by_who_leads_the_work(office):
    people = [p for p in changed_people(李五={"主持工作": "是"}) if p["姓名"] != "李三"]
    world = office(people=people)
    assert filers(world, LISTS) == ["领导班子:领导班子", "李五:主要负责人", "李四:班子其他成员"]
    result = world.collect()
    assert told(result, "R104", "R105", "R111") == []
    assert [p.name for p in secretaries(roster_of(world), roster_of(world).units[1],
                                        dt.date(2025, 4, 20))] == ["李五"]  # fmt: skip


def test_who_leads_the_work_signs_and_is_signed_by_the_leader_in_charge(office, monkeypatch):
    people = [p for p in changed_people(李五={"主持工作": "是"}) if p["姓名"] != "李三"]
    world = office(people=people)
    filling = [p | {"班子身份": "主要负责人"} if p["姓名"] == "李五" else p for p in people]
    monkeypatch.setattr(harness, "PEOPLE_ROWS", tuple(filling))
    path = fill_jx(world, LISTS)
    with edited(path) as book:
        column = headings(book["班子成员分工表"])["班子身份"]
        for row in (3, 4):
            book["班子成员分工表"].cell(row, column).value = "班子其他成员"
    assert stands(world.collect()) == []


def test_an_empty_post_is_told_to_the_office_and_to_no_unit(office):
    people = [p for p in changed_people() if p["姓名"] != "李三"]
    world = office(people=people)
    assert filers(world, LISTS) == ["领导班子:领导班子", "李四:班子其他成员", "李五:班子其他成员"]
    result = world.collect()
    assert {c for _, c, _ in told(result, "R104", "R111")} == {"R104", "R111"}
    assert {f.where.path for f in result.findings if f.code[0] == "R"} == {"单位名册.xlsx"}
    assert expected(result, "JX", LISTS).status == "not_due"


@pytest.mark.parametrize("state", ["挂职", "学习", "病产假", "退休", "免报"])
def test_who_is_away_is_excused_and_nothing_says_why(office, state):
    world = office(people=changed_people(李四={"在岗状态": state}))
    assert not any(f.startswith("李四") for p in (LISTS, REPORT, ACCOUNT) for f in filers(world, p))
    fill_jx(world, LISTS)
    result = world.collect()
    assert stands(result) == []
    said = json.dumps(result.to_json(), ensure_ascii=False)
    assert state not in said.replace("准予免报", "")


def test_where_each_files_alone_who_is_away_is_excused_by_name(office):
    world = office(people=changed_people(李四={"在岗状态": "免报"}), filing="按人报送")
    rows = [
        e for e in world.collect("2025-05-01").expected if e.unit_code == "JX" and e.packet == LISTS
    ]
    assert {e.filer: e.status for e in rows} == {
        "领导班子": "missing", "李三": "missing", "李四": "excused", "李五": "missing",
    }  # fmt: skip
    assert not [p for p in world.issue(LISTS) if "李四" in p.name]


def test_a_secretary_on_leave_is_replaced_by_who_leads_the_work(office):
    people = changed_people(李三={"在岗状态": "病产假"}, 李五={"主持工作": "是"})
    world = office(people=people)
    roster = roster_of(world)
    assert [p.name for p in secretaries(roster, roster.units[1], dt.date(2025, 4, 20))] == ["李五"]
    assert filers(world, LISTS)[1] == "李五:主要负责人"


# ---- units come and go ------------------------------------------------------------


def test_a_new_unit_owes_from_its_next_full_period(office):
    world = office(changed_units(JX={"成立日期": "2025-03-01"}))
    assert owing(world, LISTS) == []
    assert owing(world, REPORT, period="2025-H1") == []
    assert len(owing(world, REPORT, period="2025-H2")) == 1


def test_a_merged_unit_is_not_reminded_and_its_history_stays(office):
    world = office(changed_units(WY={"撤并日期": "2025-06-01", "并入单位代码": "JX"}))
    world.fill(LISTS)
    result = world.collect("2025-07-20")
    assert expected(result, "WY", LISTS).status == "on_time"
    assert [e.period for e in result.expected if e.unit_code == "WY"] == ["2025"]
    assert [f for f in result.findings if f.code == "Q101" and f.where.unit_code == "WY"] == []


def test_a_former_name_still_finds_the_unit(office):
    world = office(changed_units(JX={"简称": "机械学院、机电工程学院党委"}))
    path = fill_jx(world, LISTS)
    with edited(path) as book:
        for name in ("_sxxt", "_选项"):
            del book[name]
        book["封面"]["B3"] = "机电工程学院党委"
    result = world.collect()
    assert stands(result) == []
    assert {c for c, _ in notes(result)} >= {"I101", "I108"}
    assert result.files[0].unit == JX


BRANCH: Cells = {
    "单位代码": "TY", "单位名称": "体育部直属党支部", "单位类别": "直属党支部",
    "上级单位代码": "XX", "联系校领导": "钱二", "联系人": "周示例", "联系电话": "022-00000003",
}  # fmt: skip
ALSO = (("also = []", 'also = ["直属党支部"]'),)


def test_a_branch_with_a_secretary_only_has_one_filer(office):
    head = person("周五", "TY", "党支部书记", "主要负责人")
    world = office([*changed_units(), BRANCH], [*changed_people(), head], settings=ALSO)
    assert filers(world, LISTS, "TY") == ["周五:主要负责人"]
    assert filers(world, REPORT, "TY", "2025-H1") == ["周五:主要负责人"]
    (path,) = [world.fill_one(p) for p in world.issue(LISTS) if "体育部" in p.name]
    change(world, path.name, "责任清单", {(3, "责任主体"): "直属党支部领导班子"})
    result = world.collect()
    assert stands(result) == []
    assert expected(result, "TY", LISTS).status == "on_time"


def test_a_branch_with_two_members_has_a_body_too(office):
    people = [person("周五", "TY", "党支部书记", "主要负责人"), person("周六", "TY", "支部委员")]
    world = office([*changed_units(), BRANCH], [*changed_people(), *people], settings=ALSO)
    assert filers(world, LISTS, "TY") == [
        "领导班子:领导班子",
        "周五:主要负责人",
        "周六:班子其他成员",
    ]


def test_a_branch_owes_nothing_where_the_office_does_not_ask(office):
    head = person("周五", "TY", "党支部书记", "主要负责人")
    world = office([*changed_units(), BRANCH], [*changed_people(), head])
    assert owing(world, LISTS, "TY") == []


# ---- what is counted --------------------------------------------------------------


def figures(world: World, period: str, **values: int) -> None:
    """File a report whose 履责统计 says these figures."""
    fixed = [dict(r)["指标"] for r in load_regime("tj-2017").form("履责统计").fixed]
    path = fill_jx(world, REPORT, period)
    change(
        world, path.name, "履责统计", {(fixed.index(k) + 3, "数值"): v for k, v in values.items()}
    )


@pytest.mark.parametrize("already", [4, 5])
def test_heads_of_sections_are_figures_of_who_should_and_who_did(office, already):
    world = office()
    figures(world, "2025-H1", 应履职谈话人数=5, 已履职谈话人数=2)
    figures(world, "2025-H2", 应履职谈话人数=5, 已履职谈话人数=already - 2)
    result = world.collect("2026-01-05")
    (row,) = [c for c in result.counts if c.rule == "履职谈话" and c.unit == JX]
    assert (row.required, row.found) == (5, already)
    assert row.status == ("met" if already == 5 else "short")
    assert told(result, "N101") == ([] if already == 5 else [("query", "N101", JX)])


def test_a_unit_without_party_deputies_is_not_asked_for_party_lectures(office):
    world = office()
    figures(world, "2025-H1", 应讲廉政党课人数=0, 已讲廉政党课人数=0)
    figures(world, "2025-H2", 应讲廉政党课人数=0, 已讲廉政党课人数=0)
    result = world.collect("2026-01-05")
    (row,) = [c for c in result.counts if c.rule == "廉政党课" and c.unit == JX]
    assert (row.required, row.found, row.status) == (0, 0, "met")


# ---- time and signature -----------------------------------------------------------


def test_a_task_that_ends_after_its_item_is_asked_about(office):
    world = office()
    path = fill_jx(world, LISTS)
    change(world, path.name, "任务清单", {(3, "完成时限"): "2026年3月底"})
    assert [(s, c, at) for s, c, _, at in stands(world.collect())] == [("query", "C102", "J3")]


@pytest.mark.parametrize("words", ["长期坚持", "全年", "每季度", "每半年", "立行立改，长期坚持"])
def test_but_not_where_either_has_no_end(office, words):
    world = office()
    path = fill_jx(world, LISTS)
    change(world, path.name, "任务清单", {(3, "完成时限"): "2026年3月底", (4, "完成时限"): words})
    change(world, path.name, "责任清单", {(3, "完成时限"): words, (4, "完成时限"): "2025年6月底"})
    assert stands(world.collect()) == []


@pytest.mark.parametrize("words", ["2025年6月底，并长期坚持"])
def test_nor_where_the_item_goes_on_after_its_end(office, words):
    world = office()
    path = fill_jx(world, LISTS)
    change(world, path.name, "责任清单", {(3, "完成时限"): words})
    change(world, path.name, "任务清单", {(3, "完成时限"): "2025年底前"})
    assert stands(world.collect()) == []


def test_a_signature_after_the_filing_is_noted_as_still_to_come(office):
    world = office()
    path = fill_jx(world, LISTS)
    change(world, path.name, "签字背书", {(3, "背书日期"): dt.date(2025, 4, 15)})
    result = world.collect("2025-04-16")
    assert stands(result) == []
    assert told(result, "B103") == [("note", "B103", JX)]


def test_equal_rows_are_not_called_copied(office):
    world = office()
    world.fill(LISTS)
    for unit in (JX, "外国语学院党总支"):
        cells = {(r, "工作项目"): "落实上级部署" for r in (3, 4, 5)}
        change(world, unit, "责任清单", cells)
        change(world, unit, "任务清单", {(r, "具体措施"): "同上" for r in (4, 5)})
    assert stands(world.collect()) == []


def test_a_closed_year_stays_closed(office):
    world = office()
    result = world.collect("2027-06-01")
    assert {e.period[:4] for e in result.expected} == {"2025"}


# ---- what the office has granted --------------------------------------------------


def grant(kind: str, **more: Any) -> list[Cells]:
    row = {"单位代码": "JX", "报送事项": LISTS, "例外类型": kind, "理由": "单位整体搬迁",
           "批准人": "赵一", "批准日期": dt.date(2025, 4, 1)}  # fmt: skip
    return [row | more]


def test_a_unit_that_need_not_file_is_excused_and_gets_no_workbook(office):
    world = office(waivers=grant("准予免报"))
    result = world.collect("2025-05-01")
    assert expected(result, "JX", LISTS).status == "excused"
    assert expected(result, "WY", LISTS).status == "missing"
    assert told(result, "Q101")[0][2] != JX
    assert not [p for p in world.issue(LISTS) if ours(p)]
    assert "搬迁" not in json.dumps(result.to_json(), ensure_ascii=False)


def test_a_person_who_need_not_file_is_not_missed_in_the_workbook(office):
    world = office(waivers=grant("准予免报", 责任主体="李四"))
    path = fill_jx(world, LISTS)
    assert stands(world.collect()) == []
    with edited(path) as book:
        assert "李四" not in {c.value for c in book["签字背书"]["B"]}


def test_an_extended_day_is_the_day(office):
    world = office(waivers=grant("准予延期", 延期至=dt.date(2025, 5, 10)))
    assert expected(world.collect("2025-05-10"), "JX", LISTS).status == "not_due"
    late = expected(world.collect("2025-05-11"), "JX", LISTS)
    assert (late.status, late.due) == ("missing", "2025-05-10")


def test_a_granted_day_counts_to_its_end_even_where_a_deadlines_own_does_not(office):
    given = grant("准予延期", 延期至=dt.date(2025, 5, 10))
    leaving_out = (("inclusive = true", "inclusive = false"),)
    world = office(settings=leaving_out, waivers=given)
    assert expected(world.collect("2025-05-10"), "JX", LISTS).status == "not_due"
    assert expected(world.collect("2025-05-11"), "JX", LISTS).status == "missing"
    assert expected(world.collect("2025-04-20"), "WY", LISTS).status == "missing"


@pytest.mark.parametrize("matter", [REPORT, "全部"])
def test_an_extension_takes_no_day_away_and_sets_none(office, matter):
    world = office(waivers=grant("准予延期", 报送事项=matter, 延期至=dt.date(2025, 7, 20)))
    result = world.collect("2025-07-15")
    assert expected(result, "JX", REPORT, "2025-H1").due == "2025-07-20"
    assert expected(result, "JX", REPORT, "2025-H2").due == "2026-01-10"
    assert expected(result, "JX", "述责述廉").due is None


def test_more_time_for_what_has_no_day_keeps_it_from_being_missing(office):
    until = dt.date(2026, 3, 1)
    world = office(waivers=grant("准予延期", 报送事项="述责述廉", 延期至=until))
    result = world.collect("2026-02-15")
    assert expected(result, "JX", "述责述廉").status == "not_due"
    assert expected(result, "WY", "述责述廉").status == "missing"


def test_a_person_who_has_more_time_has_it_for_his_own_workbook(tmp_path):
    more = grant("准予延期", 责任主体="李　四", 延期至=dt.date(2025, 5, 10))
    world = make_world(tmp_path / "w", filing="按人报送", waivers=more)
    due = {o.filer.label: str(o.due.day) for o in owing(world, LISTS) if o.filer and o.due}
    others = dict.fromkeys(("领导班子", "李三", "李五"), "2025-04-20")
    assert due == others | {"李四": "2025-05-10"}


@pytest.mark.parametrize(
    ("who", "near"),
    [
        ("李　四", ""),
        ("李四", ""),
        ("领导班子", ""),
        ("李十", "李"),
        ("班子", "领导班子"),
        ("钱二", "可填"),
    ],
)
def test_a_grant_to_nobody_of_the_unit_is_told(office, who, near):
    world = office(waivers=grant("准予免报", 责任主体=who))
    told_ = [f for f in world.collect().findings if f.code == "R109"]
    assert [(f.where.cell, f.where.field) for f in told_] == [("B2", "责任主体")] * bool(near)
    assert all(near in f.remedy for f in told_)


def test_a_person_is_excused_though_his_name_is_set_wide(office):
    world = office(waivers=grant("准予免报", 责任主体="李　四"))
    (item,) = owing(world, LISTS)
    assert item.exempt == ("李四",)


@pytest.mark.parametrize(
    ("matter", "known"),
    [("督查整改第1轮", True), ("第2轮督查整改", True), ("落实情况报告年度", True),
     ("述责述廉第1轮", False), ("落实情况报告下半年", False)],
)  # fmt: skip
def test_a_grant_may_name_whatever_period_is_owed(office, matter, known):
    yearly = ('january = "下半年"', 'january = "年度"')
    asked = ("[needed]", '[needed]\n"督查整改" = ["JX 第1轮"]')
    world = office(waivers=grant("准予免报", 报送事项=matter), settings=(yearly, asked))
    assert bool(told(world.collect(), "R109")) is not known


def test_a_leader_in_charge_is_known_though_his_name_is_set_wide(office):
    units = changed_units(JX={"联系校领导": "赵　一"})
    world = office(units, changed_people(钱二={"分管单位代码": "WY"}))
    roster = roster_of(world)
    unit = roster.unit("JX")
    assert unit is not None
    assert [p.name for p in in_charge(roster, unit, dt.date(2025, 4, 1))] == ["赵一"]


def test_a_grant_that_has_run_out_does_not_help(office):
    world = office(waivers=grant("准予免报", 有效期至=dt.date(2025, 4, 1)))
    assert expected(world.collect("2025-05-01"), "JX", LISTS).status == "missing"


def test_a_faulty_filing_that_the_office_recognises_is_accepted(office):
    world = office(waivers=grant("认可接收", 有效期至=dt.date(2025, 12, 31)))
    for source in world.issue(LISTS):
        path = world.fill_one(source)
        book = openpyxl.load_workbook(path)
        book["责任清单"]["E3"] = None
        book.save(path)
        harness.touch(path)
    result = world.collect("2025-04-12")
    assert expected(result, "JX", LISTS).accepted
    assert set(told(result, "V101")) == {
        ("note", "V101", "机械工程学院党委"), ("must", "V101", "外国语学院党总支"),
    }  # fmt: skip
    assert "认可接收" in next(
        f.remedy for f in result.findings if f.code == "V101" and f.severity == "note"
    )
    assert expected(result, "WY", LISTS).status == "returned"


def test_the_figures_of_a_recognised_filing_count(office):
    world = office(waivers=grant("认可接收", 报送事项=REPORT, 有效期至=dt.date(2025, 12, 31)))
    for source in world.issue(REPORT, "2025-H1"):
        path = world.fill_one(source)
        with harness.edited(path) as book:
            sheet = book["主体责任落实情况报告"]
            sheet.cell(3, harness.headings(sheet)["重点方面"]).value = "看不懂"
    result = world.collect("2025-07-12")
    assert expected(result, "JX", REPORT, "2025-H1").accepted
    counted = {(c.unit, c.status) for c in result.counts if c.period == "2025-H1"}
    assert (JX, "unchecked") not in counted
    assert ("外国语学院党总支", "unchecked") in counted


@pytest.mark.parametrize(
    "matter", ["落实情况报告上半年", "上半年落实情况报告", "T19", "基层上半年报告", "全部"]
)
def test_a_grant_may_name_one_period(office, matter):
    world = office(waivers=grant("准予免报", 报送事项=matter))
    result = world.collect("2026-02-01")
    assert expected(result, "JX", REPORT, "2025-H1").status == "excused"
    assert (expected(result, "JX", LISTS).status == "excused") is (matter == "全部")
    assert told(result, "R109") == []
