"""Duties that are not simply owed by a unit for itself: about others, by groups, in rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from sxxt_excel.expected import owed
from sxxt_excel.outputs.shares import leading
from sxxt_excel.relations import home
from sxxt_excel.roster import read_roster
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import find_workspace
from tests.world import (
    PEOPLE_ROWS,
    UNIT_ROWS,
    World,
    cell_of,
    cover_cell,
    edited,
    make_world,
    settle,
    touch,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.result import Round

DISCIPLINE = {
    "单位代码": "JW",
    "单位名称": "示例大学纪委",
    "单位类别": "校纪委",
    "上级单位代码": "XX",
}
INSPECTOR = {"姓名": "孙九", "单位代码": "JW", "职务": "纪委书记", "班子身份": "主要负责人"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A workspace whose roster has the university's discipline commission."""
    return make_world(
        tmp_path,
        units=[*map(dict, UNIT_ROWS), DISCIPLINE],
        people=[*map(dict, PEOPLE_ROWS), INSPECTOR],
    )


def expected(result: Round, packet: str) -> list[tuple[str, str | None, str, str]]:
    """Return (unit, subject, period, status) of a packet's expected rows."""
    return [
        (e["unit_code"], e["subject"], e["period"], e["status"])
        for e in result.to_json()["expected"]
        if e["packet"] == packet
    ]


def complete(path: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Fill in the cover, and rows below the headings of these sheets."""
    with edited(path) as book:
        for label, value in (
            ("填报人", "张示例"),
            ("联系电话", "022-00000000"),
            ("填报日期", "2025-6-2"),
        ):
            book["封面"][cover_cell(book["封面"], label)] = value
        for name, lines in rows.items():
            sheet = book[name]
            for at, line in enumerate(lines, 3):
                for heading, value in line.items():
                    sheet[cell_of(sheet, heading, at)] = value


def received(world: World, source: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    """Put an issued workbook into the inbox, filled in."""
    target = world.inbox / source.name
    target.write_bytes(source.read_bytes())
    complete(target, rows)
    touch(target)
    return target


CHECK = {"带队人": "孙九", "检查日期": "2025-4-1", "检查事项": "签字背书", "检查结论": "是"}


def test_an_inspection_is_owed_about_each_unit_and_answered_unit_by_unit(world):
    about = {"机械工程学院党委": "JX", "外国语学院党总支": "WY"}
    paths = world.issue("专项督查")
    assert sorted(p.name for p in paths) == sorted(
        f"示例大学纪委_专项督查_2025年度_{name}.xlsx" for name in about
    )
    one = next(p for p in paths if "机械" in p.name)
    received(world, one, {"四责协同检查表": [CHECK]})
    result = world.collect("2025-06-10")
    assert expected(result, "专项督查") == [
        ("JW", "机械工程学院党委", "2025", "on_time"),
        ("JW", "外国语学院党总支", "2025", "not_due"),
    ]
    assert not [f for f in result.findings if f.where.path and f.severity != "note"]


def test_one_workbook_may_answer_for_several_subjects(world):
    one = next(p for p in world.issue("专项督查") if "机械" in p.name)
    both = [CHECK | {"被检查单位": name} for name in ("机械学院", "外国语学院党总支")]
    received(world, one, {"四责协同检查表": both})
    assert {e[3] for e in expected(world.collect("2025-06-10"), "专项督查")} == {"on_time"}


def test_a_unit_that_the_roster_does_not_have_is_asked_about_at_its_cell(world):
    one = next(p for p in world.issue("专项督查") if "机械" in p.name)
    target = received(
        world, one, {"四责协同检查表": [CHECK | {"被检查单位": "机械工程学院总支部"}]}
    )
    result = world.collect("2025-06-10")
    (found,) = [f for f in result.findings if f.code == "V121"]
    book = openpyxl.load_workbook(target)
    assert found.where.cell == cell_of(book["四责协同检查表"], "被检查单位", 3)
    assert "机械工程学院党委" in found.remedy


@pytest.mark.parametrize(
    ("said", "told"),
    [("机械工程学院党委、外国语学院党总支", []), ("机械学院，WY", []),
     ("机械工程学院党委、某某研究所", ["某某研究所"])],
)  # fmt: skip
def test_each_of_several_units_in_a_cell_is_looked_up(world, said, told):
    one = next(p for p in world.issue("专项督查") if "机械" in p.name)
    received(world, one, {"四责协同检查表": [CHECK | {"被检查单位": said}]})
    result = world.collect("2025-06-10")
    assert [f.got for f in result.findings if f.code == "V121"] == told


def test_the_universitys_discipline_commission_needs_nobody_in_charge_to_sign(world):
    world.people[1]["分管单位代码"] = "JX"
    world.write()
    found = [f for f in world.collect("2025-06-10").findings if f.code == "R112"]
    assert [f.where.unit_code for f in found] == ["WY"]


@pytest.mark.parametrize("above", ["XX", ""])
def test_the_discipline_commission_leads_and_the_office_is_the_party_committees(world, above):
    world.units[-1]["上级单位代码"] = above
    world.write()
    roster, _ = read_roster(world.root / "单位名册.xlsx")
    assert leading(world.regime, roster) == {"XX", "JW"}
    own = home(world.regime, roster)
    assert own is not None
    assert own.code == "XX"


def test_a_working_group_owes_nothing_until_the_office_says_who_files_for_it(world):
    assert expected(world.collect("2025-06-10"), "考核评分") == []

    text = (world.root / "sxxt.toml").read_text(encoding="utf-8")
    (world.root / "sxxt.toml").write_text(
        text.replace("[groups]\n", '[groups]\n"考核组" = "示例大学纪委"\n'), encoding="utf-8"
    )
    rows = expected(world.collect("2025-06-10"), "考核评分")
    assert [(unit, subject) for unit, subject, _, _ in rows] == [
        ("JW", "机械工程学院党委"),
        ("JW", "外国语学院党总支"),
    ]


def test_a_subject_excused_from_being_assessed_is_excused(world):
    world.waivers = [
        {"单位代码": "WY", "报送事项": "专项督查", "例外类型": "准予免报", "理由": "当年新建",
         "批准人": "赵一", "批准日期": "2025-3-1"}
    ]  # fmt: skip
    world.write()
    rows = expected(world.collect("2026-02-01"), "专项督查")
    assert [row[3] for row in rows] == ["missing", "excused"]


def test_rounds_of_one_duty_stand_beside_each_other(world):
    text = (world.root / "sxxt.toml").read_text(encoding="utf-8")
    (world.root / "sxxt.toml").write_text(
        text.replace("[needed]\n", '[needed]\n"督查整改" = ["JX 第1轮", "WY 第2轮"]\n'),
        encoding="utf-8",
    )
    assert expected(world.collect("2026-02-01"), "督查整改") == [
        ("JX", None, "2025-R1", "missing"),
        ("WY", None, "2025-R2", "missing"),
    ]
    assert {p.name for p in world.issue("督查整改")} >= {
        "机械工程学院党委_督查整改_2025年第1轮.xlsx",
        "外国语学院党总支_督查整改_2025年第2轮.xlsx",
    }


def needed(world: World, *lines: str) -> list[tuple[str, str]]:
    """Return the unit and period of what is owed of 督查整改 when the office says so."""
    settle(world.root, ("[needed]\n", "[needed]\n" + "\n".join(lines) + "\n"))
    space = find_workspace(world.root)
    items = owed(world.regime, space.settings, read_roster(space.roster)[0])
    return [
        (o.unit.code, o.period)
        for o in items
        if not o.latent and o.obligation.packet in {"督查整改", "述责述廉"}
        and o.duty == "按需"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    ["JX 第1轮", "JX　第一轮", "JX第1轮", "机械学院 2025年第1轮", "jx 2025-R1", " JX  第 1 轮 "],
)
def test_what_has_arisen_may_be_written_as_people_write(world, entry):
    assert needed(world, f'"督查整改" = ["{entry}"]') == [("JX", "2025-R1")]


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('"督查整改" = ["JX 第一伦"]', "needed.督查整改", "第1轮（第几轮）"),
        ('"督查整改" = ["WY 第3批"]', "needed.督查整改", "“WY 第3批”"),
        ('"督查整改" = ["JX 2024年第1轮"]', "needed.督查整改", "2024年第1轮"),
        (
            '"督查整改" = ["机械学院党委 第1轮"]',
            "needed.督查整改",
            "是否想写“机械工程学院党委”",
        ),
        ('"督查整改" = ["WY、JX"]', "needed.督查整改", "一项写一个单位"),
        ('"督查整改" = [""]', "needed.督查整改", "名册里没有"),
        ('"督查整改" = ["JW 第1轮"]', "needed.督查整改", "示例大学纪委不报这一项"),
    ],
)
def test_what_has_arisen_for_nobody_is_refused_with_what_to_write(world, line, key, said):
    with pytest.raises(DefinitionError, match=key) as error:
        needed(world, line)
    assert said in str(error.value)


def test_a_group_for_which_nobody_files_is_refused(world):
    settle(world.root, ("[groups]\n", '[groups]\n"考核组" = "示例大学纪律委"\n'))
    with pytest.raises(DefinitionError, match=r"groups\.考核组") as error:
        needed(world)
    assert "是否想写“示例大学纪委”" in str(error.value)


def test_what_arose_in_a_special_round_is_owed_by_those_who_file_once(world):
    settle(world.root, ("[duty]\n", '[duty]\n"述责述廉" = "按需"\n'))
    assert needed(world, '"述责述廉" = ["JX 专项"]') == [("JX", "2025-X1")]


def test_each_department_of_a_unit_has_a_task_of_its_own_or_the_unit_is_reminded(tmp_path):
    parts = [
        {"单位代码": f"JX0{n}", "单位名称": name, "单位类别": "科室", "上级单位代码": "JX",
         "所属党组织代码": "JX"}
        for n, name in enumerate(("机械学院办公室", "机械学院学工办"), 1)
    ]  # fmt: skip
    world = make_world(tmp_path, units=[*map(dict, UNIT_ROWS), *parts])
    world.fill("责任任务清单")
    path = next(p for p in world.inbox.iterdir() if "机械" in p.name)
    with edited(path) as book:
        book["任务清单"][cell_of(book["任务清单"], "协办部门", 3)] = "机械学院办公室、后勤集团"
    result = world.collect("2026-01-20")
    told = [(f.severity, f.message) for f in result.findings if f.rule == "分管科室有具体措施"]
    assert told == [("note", "“任务清单”中没有机械学院学工办承担或协办的任务")]
