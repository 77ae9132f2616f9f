"""A workbook that can't be opened, and the good one that its unit sent later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from drafted import read_draft
from world import EARLY, World, find, touch

from sxxt_excel.findings import finding

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import FileRow, Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

UNIT = "机械工程学院党委"
FIRST, LATER = EARLY - dt.timedelta(days=2), EARLY + dt.timedelta(days=2)


def damaged(world: World, name: str, when: dt.datetime) -> str:
    """Put the unit's workbook, cut in half, into a folder of the inbox; return its path there."""
    whole = find(world, f"{UNIT}_责任任务清单").read_bytes()
    path = world.inbox / "补报" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(whole[: len(whole) // 2])
    touch(path, when)
    return f"补报/{name}"


def seen(result: Round, path: str) -> tuple[FileRow, Finding]:
    (row,) = [row for row in result.files if row.path == path]
    (told,) = [f for f in result.findings if f.where.path == path and f.family == "F"]
    return row, told


def seen_of(world: World, name: str) -> tuple[FileRow, Finding]:
    path = damaged(world, name, FIRST)
    return seen(world.collect(), path)


def issued_name(world: World) -> Path:
    return find(world, f"{UNIT}_责任任务清单")


def test_a_damaged_file_counts_no_more_once_a_good_one_came(world):
    good = issued_name(world)
    path = damaged(world, good.name, FIRST)
    result = world.collect(write=True)
    row, told = seen(result, path)
    assert (row.status, row.packet, row.period) == ("superseded", "责任任务清单", "2025")
    assert (told.code, told.severity) == ("F102", "note")
    version = finding("D101", told.where, newer=good.name)
    assert told.remedy == f"{version.message}。{version.remedy}"
    assert result.exit_code == 0
    replies = world.root / "回复" / UNIT
    assert "材料已审核通过" in (replies / "审核意见.html").read_text(encoding="utf-8")
    assert not (replies / "请修改重报.eml").exists()


def test_a_damaged_file_that_came_later_still_has_to_be_sent_again(world):
    path = damaged(world, issued_name(world).name, LATER)
    row, told = seen(world.collect(), path)
    assert (row.status, told.severity) == ("unreadable", "must")
    assert (row.packet, row.period) == ("责任任务清单", "2025")


@pytest.mark.parametrize("name", [f"{UNIT}2025年度清单.xlsx", "机械工程学院责任清单.xls"])
def test_what_people_call_a_material_is_enough_where_it_can_be_but_one(world, name):
    row, told = seen_of(world, name)
    assert (row.status, row.packet, told.severity) == ("superseded", "责任任务清单", "note")


@pytest.mark.parametrize("name", [f"{UNIT}2024年度清单.xlsx", f"{UNIT}清单.xlsx"])
def test_and_not_where_the_year_is_another_or_not_said(world, name):
    row, told = seen_of(world, name)
    assert (row.status, row.packet, told.severity) == ("unreadable", None, "must")


def test_of_a_damaged_file_is_not_said_that_nothing_came(world):
    name = issued_name(world).name
    path = damaged(world, name, LATER)
    issued_name(world).unlink()
    result = world.collect("2025-05-12", write=True)
    row, _ = seen(result, path)
    assert row.status == "unreadable"
    assert [e.status for e in result.expected if e.unit == UNIT][:1] == ["missing"]
    letter = read_draft(world.root / "回复" / UNIT / "请修改重报.eml").text
    assert "打不开" in letter
    assert "尚未收到" not in letter
    reply = (world.root / "回复" / UNIT / "审核意见.html").read_text(encoding="utf-8")
    assert "没有收到" not in reply


@pytest.mark.parametrize(
    "name",
    [
        "外国语学院党总支_述责述廉_2025年度.xlsx",
        f"{UNIT}_述责述廉_2025年度.xlsx",
        f"{UNIT}_材料.xlsx",
    ],
)
def test_a_good_workbook_replaces_no_damaged_one_of_another_unit_or_material(world, name):
    row, told = seen_of(world, name)
    assert (row.status, told.severity) == ("unreadable", "must")


def test_a_file_with_a_secrecy_marking_stays_stopped_whatever_came_later(world):
    name = issued_name(world).name.replace(".xlsx", "（秘密）.xlsx")
    row, told = seen_of(world, name)
    assert (row.status, told.code, told.severity) == ("unreadable", "F112", "must")


@pytest.mark.parametrize("name", ["新建工作表.xlsx", "材料（终版）.xlsx"])
def test_the_office_is_told_how_to_end_what_no_unit_can_be_asked_for(world, name):
    row, told = seen_of(world, name)
    assert (row.unit, row.status, told.severity) == (None, "unreadable", "must")
    assert "请移出收件夹" in told.remedy


@pytest.mark.parametrize("name", ["新建工作表（机密）.xlsx", f"{UNIT}_材料.xlsx"])
def test_and_nobody_is_told_to_move_a_marked_one_or_a_units_own(world, name):
    assert "请移出收件夹" not in seen_of(world, name)[1].remedy
