"""Records against what is asked of units and people: rules, catalogues, figures, waivers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import world as harness
from world import PEOPLE_ROWS, UNIT_ROWS, Cells, World, change, headings, settle, touch

from sxxt_excel.explanations import explains
from sxxt_excel.outputs.reference import rules_list
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sxxt_excel.outcome import CountRow, Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, WY, XX = "机械工程学院党委", "外国语学院党总支", "示例大学党委"
NEXT_YEAR = "2026-02-01"
FILERS, TOP, CADRES = "基层各责任主体", "校级各责任主体", "基层处级干部"

BASE = 'id = "scratch"\nextends = "tj-2017"\n'
LAW = 'serves = ["T34"]\nseverity = "query"\nbasis = "三"\nremedy = "请补记"\n'
FEW = 'title = "会议要够数"\nmessage = "{name}{window}登记{found}次，要{required}次"\n'
MEETINGS = 'form = "会议记录", date = "会议日期"'
TALKS = 'form = "谈话记录", date = "谈话时间"'
ALIKE = 'distinct = ["会议日期", "会议类型", "主持人"]'


def packet(name: str, form: str, filers: str = FILERS, duty: str = "报送", more: str = "") -> str:
    """Return the TOML of a packet of one register and who owes it."""
    return (
        f'[[packet]]\nid = "{name}"\nnumber = "X{name[:1]}"\ntitle = "{name}"\n'
        f'sheets = ["{form}"]\nbasis = "三"\n'
        f'[[obligation]]\nid = "报{name}"\ntitle = "报{name}"\nserves = ["T34"]\n'
        f'packet = "{name}"\nfilers = "{filers}"\nduty = "{duty}"\nperiod = "年度"\n'
        f'basis = "三"\n{more}'
    )


def need(
    supply: str, *, each: str = "unit", name: str = "够数", words: str = FEW, **more: Any
) -> str:
    """Return the TOML of a need; keywords are further keys."""
    keys = {"filers": FILERS, **more}
    lines = "".join(
        f"{k} = {v if isinstance(v, int | list) else repr(v)}\n" for k, v in keys.items()
    )
    return f'[[need]]\nid = "{name}"\n{LAW}{words}each = "{each}"\nsupply = {{ {supply} }}\n{lines}'


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    """Return what makes a world whose own regime adds these tables to tj-2017."""

    def make(*tables: str, settings: tuple[tuple[str, str], ...] = (), **rows: Any) -> World:
        folder = tmp_path / "w" / "validators" / "scratch"
        folder.mkdir(parents=True)
        (folder / "regime.toml").write_text(BASE + "\n".join(tables), encoding="utf-8")
        if "people" in rows:
            monkeypatch.setattr(harness, "PEOPLE_ROWS", tuple(rows["people"]))
        world = World(tmp_path / "w", load_regime("scratch", folder.parent), **rows).write()
        settle(world.root, *settings)
        return world

    return make


def send(world: World, name: str, *rows: Cells, unit: str = JX, sheet: str = "") -> Path:
    """File a unit's workbook of a packet with these rows in its register."""
    (source,) = [p for p in world.issue(name) if p.name.startswith(unit)]
    book = openpyxl.load_workbook(source)
    harness._fill_cover(book["封面"])
    register = book[sheet or next(s for s in book.sheetnames if s in REGISTERS)]
    if not rows:
        book["封面"][harness.cover_cell(book["封面"], "空表说明")] = "本年度没有此项工作"
    places = headings(register)
    for number, row in enumerate(rows, 3):
        for heading, value in row.items():
            register.cell(number, places[heading]).value = value
    path = world.inbox / source.name
    book.save(path)
    touch(path)
    return path


REGISTERS = ("会议记录", "谈话记录", "履责记实台账", "四责协同检查表", "制度目录落实表")


def meeting(day: str, kind: str = "专题会议", chair: str = "李三", year: int = 2025) -> Cells:
    return {
        "会议编号": int(day[3:4] + day[5:7]) + int(day[8:]) * 31,
        "会议类型": kind, "所属年度": year,
        "会议日期": dt.date.fromisoformat(day), "主持人": chair, "议题": "研究工作",
    }  # fmt: skip


def talk(who: str, whom: str, kind: str = "履职谈话", day: str = "2025-05-06") -> Cells:
    return {
        "谈话类型": kind, "谈话时间": dt.date.fromisoformat(day), "谈话地点": "会议室",
        "谈话人": who, "谈话对象": whom, "谈话主题": "工作", "书面记录": "已留存",
    }  # fmt: skip


def counted(result: Round, rule: str = "够数", unit: str | None = JX) -> list[CountRow]:
    return [c for c in result.counts if c.rule == rule and unit in {None, c.unit}]


def shown(result: Round, rule: str = "够数", unit: str | None = JX) -> list[tuple[Any, ...]]:
    """Return (who, period, found, status) of a rule's count rows."""
    return [(c.filer, c.period, c.found, c.status) for c in counted(result, rule, unit)]


def told(result: Round, *codes: str) -> list[Finding]:
    mine = {"够数", "相符", "后会", "先会", "专题研究次数"}
    return [f for f in result.findings if f.code in codes and f.rule in mine]


def because(result: Round, rule: str = "够数") -> set[tuple[str, str]]:
    return {(u.unit, u.because) for u in result.unchecked if u.rule == rule and not u.awaited}


# ---- units: their own records ------------------------------------------------------

TWO = packet("会议", "会议记录") + need(
    f'{MEETINGS}, where = {{ "会议类型" = ["专题会议"] }}, {ALIKE}', at_least=2
)


def test_too_few_are_asked_about_where_they_are_registered(office):
    world = office(TWO)
    path = send(world, "会议", meeting("2025-03-06"))
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [(None, "2025", 1, "short")]
    (found,) = told(result, "N101")
    assert (found.severity, found.where.path, found.where.sheet) == ("query", path.name, "会议记录")
    assert (found.where.field, found.where.cell) == ("会议日期", "E2")
    assert found.message == f"{JX}2025年度登记1次，要2次"
    assert found.basis.endswith("》三")


def test_enough_are_enough_at_once(office):
    world = office(TWO)
    send(world, "会议", meeting("2025-03-06"), meeting("2025-04-07"))
    result = world.collect("2025-04-12")
    assert shown(result) == [(None, "2025", 2, "met")]
    assert told(result, "N101", "N102") == []


def test_the_same_day_kind_and_chair_count_once(office):
    world = office(TWO)
    again = meeting("2025-03-06") | {"会议编号": 7}
    other = meeting("2025-03-06", chair="李五") | {"会议编号": 8}
    send(world, "会议", meeting("2025-03-06"), again)
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 1, "short")]
    send(world, "会议", meeting("2025-03-06"), again, other)
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 2, "met")]


def test_a_meeting_of_two_kinds_counts_for_each(office):
    world = office(TWO)
    both = meeting("2025-03-06", "专题会议、民主生活会")
    alone = meeting("2025-03-06", "专题会议") | {"会议编号": 9}
    other = meeting("2025-06-06", "民主生活会")
    send(world, "会议", both, alone, other)
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 1, "short")]


def test_a_list_that_has_not_come_leaves_it_unchecked(office):
    world = office(TWO)
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [(None, "2025", None, "unchecked")]
    assert (JX, "2025年度的“会议”尚未收到") in because(result)
    assert told(result, "N101") == []


def test_a_workbook_that_goes_back_proves_nothing_yet(office):
    world = office(TWO)
    send(world, "会议", meeting("2025-03-06"), meeting("2025-05-06") | {"议题": None})
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [(None, "2025", 0, "unchecked")]
    assert because(result) >= {(JX, "“会议记录”待修改")}


def test_before_the_window_is_over_it_is_only_a_reminder(office):
    world = office(TWO)
    send(world, "会议", meeting("2025-03-06"))
    result = world.collect("2025-12-31")
    assert shown(result) == [(None, "2025", 1, "not_due")]
    (found,) = told(result, "N101", "N102")
    assert (found.code, found.severity) == ("N102", "note")
    assert "要2次。2025年度未结束，仅作提醒" in found.message


def test_nothing_yet_is_no_reminder(office):
    world = office(TWO)
    send(world, "会议", meeting("2025-03-06", "党委会"))
    result = world.collect("2025-12-31")
    assert shown(result) == [(None, "2025", 0, "not_due")]
    assert told(result, "N102") == []


def grant(matter: str, **more: Any) -> list[Cells]:
    row = {"单位代码": "JX", "报送事项": matter, "例外类型": "准予免报", "理由": "某种理由",
           "批准人": "赵一", "批准日期": dt.date(2025, 4, 1)}  # fmt: skip
    return [row | more]


@pytest.mark.parametrize("matter", ["够数", "会议要够数"])
def test_a_unit_may_be_excused_from_a_rule(office, matter):
    world = office(TWO, waivers=grant(matter))
    send(world, "会议", meeting("2025-03-06"))
    send(world, "会议", meeting("2025-03-06", chair="王三"), unit=WY)
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [(None, "2025", 1, "unchecked")]
    assert because(result) == {(JX, "准予免报")}
    assert [f.where.unit for f in told(result, "N101")] == [WY]
    assert [f for f in result.findings if f.code == "R109"] == []


def test_a_grant_that_runs_out_within_the_window_does_not_help(office):
    world = office(TWO, waivers=grant("够数", 有效期至=dt.date(2025, 6, 30)))
    send(world, "会议", meeting("2025-03-06"))
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 1, "short")]


def test_who_need_not_send_the_register_is_not_asked(office):
    world = office(TWO, waivers=grant("会议"))
    assert shown(world.collect(NEXT_YEAR)) == []


def test_what_units_keep_themselves_is_looked_at_where_it_was_sent(office):
    world = office(TWO, settings=(("[duty]", '[duty]\n"报会议" = "留存"'),))
    send(world, "会议", meeting("2025-03-06"))
    result = world.collect(NEXT_YEAR)
    assert shown(result, unit=None) == [(None, "2025", 1, "short")]
    assert because(result) == set()


def test_a_new_unit_is_asked_from_its_next_full_year(office):
    units = [r | {"成立日期": "2025-02-01"} if r["单位代码"] == "JX" else r for r in UNIT_ROWS]
    world = office(TWO, units=units)
    assert shown(world.collect(NEXT_YEAR)) == []


def test_a_head_who_came_late_in_the_year_gets_a_note(office):
    people = [r | {"任职起": "2025-09-01"} if r["姓名"] == "李三" else r for r in PEOPLE_ROWS]
    world = office(TWO, people=people)
    send(world, "会议", meeting("2025-10-06"))
    assert [f.severity for f in told(world.collect(NEXT_YEAR), "N101")] == ["note"]


# ---- windows -----------------------------------------------------------------------


def once(**more: Any) -> str:
    return packet("会议", "会议记录") + need(MEETINGS, **more)


def test_one_in_each_half_is_not_two_in_one(office):
    world = office(once(window="每半年"))
    send(world, "会议", meeting("2025-03-06"), meeting("2025-06-30"))
    assert shown(world.collect("2025-12-31")) == [
        (None, "2025-H1", 2, "met"), (None, "2025-H2", 0, "not_due"),
    ]  # fmt: skip
    assert shown(world.collect(NEXT_YEAR))[1] == (None, "2025-H2", 0, "short")


def test_a_window_of_the_settings_has_its_days(office):
    world = office(once(window="年中"))
    send(world, "会议", meeting("2025-05-31"))
    assert shown(world.collect("2025-08-31")) == [(None, "年中", 0, "not_due")]
    result = world.collect("2025-09-01")
    assert shown(result) == [(None, "年中", 0, "short")]
    assert told(result, "N101")[0].message == f"{JX}年中登记0次，要1次"


def test_a_term_is_unchecked_until_the_office_writes_it(office):
    world = office(once(window="任期"))
    send(world, "会议", meeting("2025-03-06"))
    result = world.collect(NEXT_YEAR)
    assert shown(result, unit=None) == []
    assert because(result) == {("", "未写任期起止")}
    world.collect(NEXT_YEAR, write=True)  # what is of no unit is shown as well


def test_a_term_spans_years(office):
    term = (("[windows]", '[windows]\n"任期" = ["2021-09-01", "2026-08-31"]'),)
    world = office(once(window="任期", at_least=2), settings=term)
    send(world, "会议", meeting("2022-03-06", year=2022), meeting("2021-08-31", year=2021))
    assert shown(world.collect("2026-08-31")) == [(None, "任期", 1, "not_due")]
    assert shown(world.collect("2026-09-01")) == [(None, "任期", 1, "short")]


def test_a_meeting_counts_for_the_year_it_says(office):
    world = office(packet("会议", "会议记录") + need(f'{MEETINGS}, year = "所属年度"', at_least=2))
    send(
        world,
        "会议",
        meeting("2024-12-20"),
        meeting("2026-01-10"),
        meeting("2025-01-10", year=2024),
    )
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 2, "met")]


def test_the_half_of_a_year_reaches_over_its_turn(office):
    supply = f'{MEETINGS}, year = "所属年度"'
    world = office(packet("会议", "会议记录") + need(supply, window="每半年"))
    send(world, "会议", meeting("2024-12-20"), meeting("2026-01-10"))
    assert [row[3] for row in shown(world.collect(NEXT_YEAR))] == ["met", "met"]


def test_without_a_year_of_its_own_the_day_decides(office):
    world = office(once())
    send(world, "会议", meeting("2024-12-31"), meeting("2026-01-01"))
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 0, "short")]


def test_a_leap_day_is_a_day_of_its_half(office):
    world = office(once(window="上半年"), settings=(("year = 2025", "year = 2024"),))
    send(world, "会议", meeting("2024-02-29", year=2024))
    assert shown(world.collect("2024-07-01")) == [(None, "2024-H1", 1, "met")]


# ---- filers ------------------------------------------------------------------------


def note(whose: str, day: str = "2025-05-06", kind: str = "廉政党课") -> Cells:
    return {"责任主体": whose, "日期": dt.date.fromisoformat(day), "记实类别": kind, "内容": "讲课"}


BOOK = packet("记实", "履责记实台账") + need(
    'form = "履责记实台账", date = "日期"', each="filer", words=FEW
)


def test_each_filer_is_asked_by_his_own_rows(office):
    world = office(BOOK)
    send(world, "记实", note("领导班子"), note("李三"), note("李五", "2024-05-06"))
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [
        ("领导班子", "2025", 1, "met"), ("李三", "2025", 1, "met"),
        ("李四", "2025", 0, "short"), ("李五", "2025", 0, "short"),
    ]  # fmt: skip
    assert {(f.where.filer, f.message[:2]) for f in told(result, "N101")} == {
        ("李四", "李四"), ("李五", "李五"),
    }  # fmt: skip


def test_one_filer_may_be_excused_from_a_rule(office):
    world = office(BOOK, waivers=grant("够数", 责任主体="李四"))
    send(world, "记实", note("领导班子"), note("李三"), note("李五"))
    result = world.collect(NEXT_YEAR)
    assert {c.filer: c.status for c in counted(result)}["李四"] == "unchecked"
    assert (told(result, "N101"), because(result) & {(JX, "准予免报")}) == ([], {(JX, "准予免报")})


def test_who_came_within_half_a_year_gets_a_note(office):
    people = [r | {"任职起": "2025-09-01"} if r["姓名"] == "李四" else r for r in PEOPLE_ROWS]
    world = office(BOOK, people=people)
    send(world, "记实", note("领导班子"), note("李三"))
    found = {f.where.filer: f.severity for f in told(world.collect(NEXT_YEAR), "N101")}
    assert found == {"李四": "note", "李五": "query"}


def test_a_row_whose_filer_cannot_be_read_may_be_anybodys(office):
    world = office(BOOK)
    send(world, "记实", note("领导班子"), note("李三"), note("李四"), note("不知是谁"))
    assert ("李五", "2025", 0, "unchecked") in shown(world.collect(NEXT_YEAR))


# ---- secretaries -------------------------------------------------------------------

CHAIR = packet("会议", "会议记录") + need(f'{MEETINGS}, names = "主持人"', each="secretary")


@pytest.mark.parametrize("chair", ["李三", "李　三", "李三书记", "党委书记李三", "李三（书记）"])
def test_the_secretarys_name_is_known_however_it_is_written(office, chair):
    world = office(CHAIR)
    send(world, "会议", meeting("2025-03-06", chair=chair))
    assert shown(world.collect(NEXT_YEAR)) == [("李三", "2025", 1, "met")]


@pytest.mark.parametrize("chair", ["李四", "李三丰"])
def test_another_in_the_chair_is_another(office, chair):
    world = office(CHAIR)
    send(world, "会议", meeting("2025-03-06", chair=chair))
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [("李三", "2025", 0, "short")]
    assert told(result, "N101")[0].message.startswith("李三2025年度登记0次")


def test_what_a_predecessor_chaired_counts_for_the_post(office):
    people = [r | {"任职止": "2025-05-31"} if r["姓名"] == "李三" else r for r in PEOPLE_ROWS]
    people.append({"姓名": "李九", "单位代码": "JX", "职务": "党委书记", "班子身份": "主要负责人",
                   "任职起": "2025-06-01"})  # fmt: skip
    world = office(CHAIR, people=people)
    send(world, "会议", meeting("2025-03-06"))
    assert shown(world.collect(NEXT_YEAR)) == [("李九", "2025", 1, "met")]


def test_without_a_secretary_it_is_unchecked(office):
    world = office(CHAIR, people=[r for r in PEOPLE_ROWS if r["姓名"] != "李三"])
    send(world, "会议", meeting("2025-03-06", chair="李四"))
    result = world.collect(NEXT_YEAR)
    assert shown(result) == [(None, "2025", 0, "unchecked")]
    assert (JX, "名册中没有书记，也没有注明由谁主持工作") in because(result)


# ---- pairs who talk ----------------------------------------------------------------

PAIRS = packet("谈话", "谈话记录") + need(
    f'{TALKS}, by = "谈话人", names = "谈话对象", where = {{ "谈话类型" = ["履职谈话"] }}',
    each="pair", pairs=["heads", "charges"],
    words='title = "该谈的要谈"\nmessage = "{name}与{to}谈了{found}次，要{required}次"\n',
)  # fmt: skip
SECTION: Cells = {
    "单位代码": "BG",
    "单位名称": "学院办公室",
    "单位类别": "科室",
    "上级单位代码": "JX",
}
CLERK: Cells = {"姓名": "孙六", "单位代码": "BG", "职务": "主任", "班子身份": "科室负责人"}


def with_section() -> dict[str, list[Cells]]:
    people = [r | {"分管单位代码": "BG"} if r["姓名"] == "李五" else r for r in PEOPLE_ROWS]
    return {"units": [*UNIT_ROWS, SECTION], "people": [*people, CLERK]}


def test_the_head_talks_with_each_member_and_members_with_their_sections(office):
    world = office(PAIRS, **with_section())
    send(world, "谈话", talk("李三", "李四"), talk("李五", "孙六", "履职谈话、廉政谈话"),
         talk("李三", "李五", "廉政谈话"))  # fmt: skip
    result = world.collect(NEXT_YEAR)
    assert {row[0]: row[3] for row in shown(result)} == {
        "李三→李四": "met", "李三→李五": "short", "李五→孙六": "met",
    }  # fmt: skip
    (found,) = told(result, "N101")
    assert found.message == "李三与李五谈了0次，要1次"
    assert found.where.filer == "李三→李五"


BELOW = PAIRS.replace("['heads', 'charges']", "['branches', 'sections']")
BRANCH: Cells = {"姓名": "周七", "单位代码": "JX", "职务": "教工支部书记",
                 "班子身份": "基层党组织书记"}  # fmt: skip
HERE = CLERK | {"姓名": "吴八", "单位代码": "JX", "职务": "教学办主任"}
AWAY = HERE | {"姓名": "郑九", "在岗状态": "挂职"}


def test_the_head_talks_with_branch_secretaries_and_the_heads_of_sections(office):
    rows = with_section()
    world = office(BELOW, units=rows["units"], people=[*rows["people"], BRANCH, HERE, AWAY])
    send(world, "谈话", talk("李三", "周七"), talk("李五", "孙六"), talk("李三", "吴八"))
    result = world.collect(NEXT_YEAR)
    assert {row[0]: row[3] for row in shown(result)} == {
        "李三→周七": "met", "李三→孙六": "short", "李三→吴八": "met",
    }  # fmt: skip


def test_one_talk_with_several_counts_for_each(office):
    world = office(PAIRS)
    send(world, "谈话", talk("李三", "李四、李五"))
    assert {row[3] for row in shown(world.collect(NEXT_YEAR))} == {"met"}


def test_to_be_talked_with_is_not_to_talk(office):
    world = office(PAIRS)
    send(world, "谈话", talk("李四", "李三"), talk("李三", "李五"))
    rows = {row[0]: row[3] for row in shown(world.collect(NEXT_YEAR))}
    assert rows == {"李三→李四": "short", "李三→李五": "met"}


def test_a_section_head_on_the_units_own_roster_is_found_by_his_post(office):
    rows = with_section()
    rows["people"][-1] = CLERK | {"单位代码": "JX", "职务": "学院办公室主任"}
    world = office(PAIRS, **rows)
    send(world, "谈话", talk("李五", "孙六"))
    assert ("李五→孙六", "2025", 1, "met") in shown(world.collect(NEXT_YEAR))


def test_a_section_nobody_heads_asks_nobody(office):
    rows = with_section()
    rows["people"].pop()
    world = office(PAIRS, **rows)
    send(world, "谈话", talk("李三", "李四、李五"))
    assert {row[0] for row in shown(world.collect(NEXT_YEAR))} == {"李三→李四", "李三→李五"}


def test_secretary_and_section_head_in_one_does_not_talk_with_himself(office):
    rows = with_section()
    both = {
        "姓名": "李五",
        "单位代码": "BG",
        "职务": "主任",
        "班子身份": "科室负责人",
        "人员编号": "P5",
    }
    people = [r | {"人员编号": "P5"} if r["姓名"] == "李五" else r for r in rows["people"][:-1]]
    world = office(PAIRS, units=rows["units"], people=[*people, both])
    send(world, "谈话", talk("李三", "李四、李五"))
    assert {row[0] for row in shown(world.collect(NEXT_YEAR))} == {"李三→李四", "李三→李五"}


def test_a_body_of_one_has_no_talks_to_hold(office):
    people = [r for r in PEOPLE_ROWS if r["姓名"] not in {"李四", "李五"}]
    world = office(PAIRS, people=people)
    send(world, "谈话")
    result = world.collect(NEXT_YEAR)
    assert shown(result) == []
    assert told(result, "N101") == []


@pytest.mark.parametrize("away", [{"在岗状态": "挂职"}, {"任职止": "2025-11-30"}])
def test_who_is_away_or_gone_is_not_asked_for(office, away):
    people = [r | away if r["姓名"] == "李四" else r for r in PEOPLE_ROWS]
    world = office(PAIRS, people=people)
    send(world, "谈话", talk("李三", "李五"))
    assert shown(world.collect(NEXT_YEAR)) == [("李三→李五", "2025", 1, "met")]


def test_either_of_two_may_be_excused_by_name(office):
    world = office(PAIRS, waivers=grant("该谈的要谈", 责任主体="李四"))
    send(world, "谈话", talk("李三", "李五"))
    result = world.collect(NEXT_YEAR)
    assert {row[0]: row[3] for row in shown(result)} == {
        "李三→李四": "unchecked",
        "李三→李五": "met",
    }
    assert told(result, "N101") == []


def test_pairs_are_unchecked_where_no_register_came_and_not_due_before(office):
    world = office(PAIRS)
    assert {row[2:] for row in shown(world.collect("2025-12-31"))} == {(None, "not_due")}
    assert {row[2:] for row in shown(world.collect(NEXT_YEAR))} == {(None, "unchecked")}


# ---- subjects: in whosever register ------------------------------------------------

INSPECT = packet("检查", "四责协同检查表", TOP) + need(
    'form = "四责协同检查表", date = "检查日期", names = "被检查单位", '
    'distinct = ["被检查单位", "检查日期"]',
    each="subject", units=["基层党委", "党总支"],
    words='title = "都要检查到"\nmessage = "今年没有检查{name}"\n',
)  # fmt: skip


def visit(unit: str, day: str = "2025-05-06") -> Cells:
    return {"被检查单位": unit, "带队人": "赵一", "检查日期": dt.date.fromisoformat(day),
            "检查事项": "签字背书", "检查结论": "是"}  # fmt: skip


@pytest.mark.parametrize("name", [JX, "机械学院", "机械工程学院"])
def test_a_unit_is_known_by_any_of_its_names(office, name):
    world = office(INSPECT)
    path = send(world, "检查", visit(name), unit=XX)
    result = world.collect(NEXT_YEAR)
    assert shown(result, unit=None) == [(None, "2025", 1, "met"), (None, "2025", 0, "short")]
    assert [c.unit for c in counted(result, unit=None)] == [JX, WY]
    (found,) = told(result, "N101")
    assert (found.where.path, found.where.unit, found.message) == (
        path.name,
        XX,
        f"今年没有检查{WY}",
    )


def test_subjects_are_unchecked_while_the_register_is_missing_or_goes_back(office):
    world = office(INSPECT)
    assert {s for *_, s in shown(world.collect(NEXT_YEAR), unit=None)} == {"unchecked"}
    send(world, "检查", visit(JX), visit(WY) | {"检查结论": "也许"}, unit=XX)
    assert {s for *_, s in shown(world.collect(NEXT_YEAR), unit=None)} == {"unchecked"}


def test_a_subject_may_be_excused_and_is_not_due_before_the_end(office):
    world = office(INSPECT, waivers=grant("都要检查到"))
    send(world, "检查", visit(WY), unit=XX)
    assert shown(world.collect(NEXT_YEAR)) == [(None, "2025", 0, "unchecked")]
    assert shown(world.collect("2025-12-30")) == [(None, "2025", 0, "unchecked")]


def test_subjects_are_not_due_before_the_end(office):
    world = office(INSPECT)
    send(world, "检查", visit(WY), unit=XX)
    assert shown(world.collect("2025-12-30")) == [(None, "2025", 0, "not_due")]


def test_where_nobody_must_keep_a_register_nobody_is_asked(office):
    world = office(INSPECT, settings=(("[duty]", '[duty]\n"报检查" = "留存"'),))
    assert shown(world.collect(NEXT_YEAR), unit=None) == []


# ---- holders: everyone with a role -------------------------------------------------

HOLDERS = packet("谈话", "谈话记录", TOP) + need(
    f'{TALKS}, names = "谈话对象"', each="holder", filers=CADRES,
    words='title = "人人都要谈到"\nmessage = "没有{name}的记录"\n',
)  # fmt: skip


def test_everyone_with_a_role_is_named_somewhere(office):
    world = office(HOLDERS)
    send(world, "谈话", talk("赵一", "李三、李四、王三"), talk("赵一", "王四同志"), unit=XX)
    result = world.collect(NEXT_YEAR)
    rows = {(c.unit, c.filer): c.status for c in counted(result, unit=None)}
    assert rows == {
        (JX, "李三"): "met", (JX, "李四"): "met", (JX, "李五"): "short",
        (WY, "王三"): "met", (WY, "王四"): "met",
    }  # fmt: skip
    (found,) = told(result, "N101")
    assert (found.message, found.where.filer) == ("没有李五的记录", "李五")


def test_a_namesake_in_another_unit_makes_it_unclear_who_is_meant(office):
    people = [r | {"姓名": "李四"} if r["姓名"] == "王四" else r for r in PEOPLE_ROWS]
    world = office(HOLDERS, people=people)
    send(world, "谈话", talk("赵一", "李三、李四、李五、王三"), unit=XX)
    rows = {(c.unit, c.filer): c.status for c in counted(world.collect(NEXT_YEAR), unit=None)}
    assert rows[JX, "李四"] == rows[WY, "李四"] == "unchecked"
    assert rows[JX, "李三"] == "met"


def test_holders_are_excused_unchecked_and_not_due_like_the_rest(office):
    world = office(HOLDERS, waivers=grant("人人都要谈到", 责任主体="李五"))
    assert {s for *_, s in shown(world.collect("2025-12-31"))} == {"not_due", "unchecked"}
    assert {s for *_, s in shown(world.collect(NEXT_YEAR))} == {"unchecked"}
    send(world, "谈话", talk("赵一", "李三、李四、王三、王四"), unit=XX)
    assert told(world.collect(NEXT_YEAR), "N101") == []


# ---- catalogues --------------------------------------------------------------------


def slot(name: str, *more: str) -> str:
    """Return the TOML of a meeting of the catalogue."""
    keys = "\n".join((f'filers = "{FILERS}"', *more))
    return f'[[slot]]\nid = "{name}"\nkind = "会"\n{LAW}{FEW}{keys}\n'


EVIDENCE = """
[[evidence]]
id = "会议记录"
kinds = ["会"]
name = "会议类型"
form = "会议记录"
date = "会议日期"
[[evidence]]
id = "目录"
name = "名称"
form = "制度目录落实表"
date = "实际完成日期"
"""
CATALOGUE = (
    packet("会议", "会议记录"),
    packet("目录", "制度目录落实表"),
    EVIDENCE,
    slot("先会", 'name = "部署会"'),
    slot("后会", 'name = "总结会"', 'after = "先会"'),
    slot("第三会"),
)


def done(name: str, day: str | None) -> Cells:
    return {"类别": "会", "名称": name, "责任主体": "领导班子",
            "实际完成日期": dt.date.fromisoformat(day) if day else None}  # fmt: skip


def test_a_meeting_of_the_catalogue_is_proved_in_either_register(office):
    world = office(*CATALOGUE)
    send(world, "会议", meeting("2025-03-06", "部署会"))
    send(world, "目录", done("部署会", "2025-03-06"), done("总结会", None))
    result = world.collect(NEXT_YEAR)
    assert shown(result, "先会") == [(None, "2025", 1, "met")]
    assert shown(result, "后会") == [(None, "2025", 0, "short")]
    (found,) = [f for f in told(result, "N101") if f.rule == "后会"]
    assert found.message == "总结会2025年度登记0次，要1次"


def test_a_slot_without_a_name_is_never_scored_and_that_is_said(office):
    world = office(*CATALOGUE)
    result = world.collect(NEXT_YEAR, write=True)
    assert counted(result, "第三会", None) == []
    assert because(result, "第三会") == {("", "制度没有列出名称，办公室也没有填，不核对")}
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx", read_only=True)
    said = [
        row for row in book["口径说明"].iter_rows(values_only=True) if "办公室也没有填" in str(row)
    ]
    assert said
    assert "第三会" in {u.rule for u in result.unchecked}


def test_the_office_gives_a_slot_its_name(office):
    world = office(*CATALOGUE, settings=(("[catalogue]", '[catalogue]\n"第三会" = "推进会"'),))
    send(world, "会议", meeting("2025-06-06", "推进会"))
    assert shown(world.collect(NEXT_YEAR), "第三会") == [(None, "2025", 1, "met")]


@pytest.mark.parametrize(("later", "codes"), [("2025-03-05", ["N105"]), ("2025-03-06", [])])
def test_what_follows_may_be_on_the_same_day_but_not_before(office, later, codes):
    world = office(*CATALOGUE)
    send(world, "目录")
    path = send(
        world, "会议", meeting("2025-03-06", "部署会"), meeting(later, "总结会") | {"会议编号": 9}
    )
    found = told(world.collect(NEXT_YEAR), "N105")
    assert [f.code for f in found] == codes
    for one in found:
        assert (one.severity, one.where.path, one.where.cell) == ("query", path.name, "E4")
        assert one.message == "“总结会”（2025-03-05）早于“部署会”（2025-03-06）"


# ---- records and figures -----------------------------------------------------------


def agreement(supply: str, figure: str) -> str:
    return (
        f'[[agreement]]\nid = "相符"\ntitle = "两数相符"\n{LAW}supply = {{ {supply} }}\n'
        f'form = "履责统计"\nwhere = {{ "指标" = ["{figure}"] }}\nvalue = "数值"\n'
        'message = "记录{found}次，统计{required}次"\n'
    )


SAME = packet("会议", "会议记录", duty="留存") + agreement(
    f"{MEETINGS}, {ALIKE}", "专题研究会议次数"
)


def figures(world: World, *values: tuple[str, int | None], period: str = "2025-H1") -> Path:
    """File JX's report in which these figures stand."""
    fixed = [dict(r)["指标"] for r in world.regime.form("履责统计").fixed]
    (path,) = [
        world.fill_one(p) for p in world.issue("落实情况报告", period) if p.name.startswith(JX)
    ]
    cells: dict[tuple[int, str], Any] = {(fixed.index(k) + 3, "数值"): v for k, v in values}
    return change(world, path.name, "履责统计", cells)


def test_records_and_figure_of_a_half_are_the_same_number(office):
    world = office(SAME)
    report = figures(world, ("专题研究会议次数", 2))
    send(world, "会议", meeting("2025-03-06"), meeting("2025-07-06"))
    (found,) = told(world.collect("2025-07-08"), "N104")
    assert (found.severity, found.where.path, found.where.cell) == ("query", report.name, "C3")
    assert found.message == "记录1次，统计2次"
    send(world, "会议", meeting("2025-03-06"), meeting("2025-05-06"))
    assert told(world.collect("2025-07-08"), "N104") == []


def test_people_talked_with_are_counted_once_each(office):
    supply = f'{TALKS}, names = "谈话对象", distinct = ["谈话对象"]'
    world = office(packet("谈话", "谈话记录", duty="留存") + agreement(supply, "已履职谈话人数"))
    figures(world, ("已履职谈话人数", 2))
    send(world, "谈话", talk("李三", "李四、李五"), talk("李三", "李四"))
    assert told(world.collect("2025-07-08"), "N104") == []


def test_without_records_or_figure_nothing_is_compared(office):
    world = office(SAME)
    figures(world, ("专题研究会议次数", 2))
    result = world.collect("2025-07-08")
    assert (told(result, "N104"), because(result, "相符")) == ([], set())
    send(world, "会议", meeting("2025-03-06"))
    send(world, "会议", meeting("2025-03-06"), unit=WY)
    result = world.collect("2025-07-08")
    assert because(result, "相符") == {(WY, "2025年上半年的“履责统计”尚未收到")}


def test_a_figure_or_record_that_goes_back_is_not_compared(office):
    world = office(SAME)
    figures(world, ("专题研究会议次数", None))
    send(world, "会议", meeting("2025-03-06"))
    result = world.collect("2025-07-08")
    assert told(result, "N104") == []
    assert {unit for unit, _ in because(result, "相符")} == {JX}


# ---- a figure with its reason ------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [("换届期间未能召开，七月补开", "N103"), ("核实无误", "N101"), ("情况属实，经核实无误", "N101"),
     ("因疫情", "N101"), (None, "N101")],
)  # fmt: skip
def test_a_reason_turns_a_query_into_a_note_that_quotes_it(office, said, code):
    world = office()
    path = figures(world, ("专题研究会议次数", 0))
    change(world, path.name, "履责统计", {(3, "说明"): said})
    result = world.collect("2025-07-08")
    found = [f for f in result.findings if f.rule == "专题分析研究"]
    assert [f.code for f in found] == [code]
    assert {c.status for c in counted(result, "专题分析研究") if c.period == "2025-H1"} == {"short"}
    if code == "N103":
        assert (found[0].severity, found[0].got, found[0].where.cell) == ("note", said, "D3")
        assert said in found[0].message


@pytest.mark.parametrize(
    "said",
    ["", "无", "核实无误", "情况属实，特此说明", "数据真实准确完整", "无无无无无无", "123456",
     "……………………", "已核实，无误。", "以上情况均属实"],
)  # fmt: skip
def test_stock_phrases_explain_nothing(said):
    assert not explains(said)


@pytest.mark.parametrize(
    "said", ["因校区搬迁推迟到七月召开", "书记住院，由副书记代为主持", "漏记一次，已补报"]
)
def test_a_real_reason_explains(said):
    assert explains(said)


# ---- readable ----------------------------------------------------------------------


def test_the_master_and_the_list_of_rules_show_them(office):
    world = office(PAIRS, SAME, *CATALOGUE[1:])
    send(world, "谈话", talk("李三", "李四"))
    world.collect(NEXT_YEAR, write=True)
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx", read_only=True)
    rows = [tuple(map(str, row)) for row in book["次数核对"].iter_rows(values_only=True)]
    assert ("该谈的要谈", JX, "李三→李五", "2025年度", "1", "0", "不足") in rows
    kinds = {rule["id"]: rule["kind"] for rule in rules_list([world.regime])}
    assert (kinds["够数"], kinds["先会"], kinds["相符"]) == ("need", "slot", "agreement")
