"""A workbook that can't be opened, and the good one that its unit sent later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from world import EARLY, World, find, touch

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


def issued_name(world: World) -> Path:
    return find(world, f"{UNIT}_责任任务清单")


def test_a_damaged_file_counts_no_more_once_a_good_one_came(world):
    good = issued_name(world)
    path = damaged(world, good.name, FIRST)
    result = world.collect(write=True)
    row, told = seen(result, path)
    assert (row.status, row.packet, row.period) == ("superseded", "责任任务清单", "2025")
    assert (told.code, told.severity) == ("F102", "note")
    assert good.name in told.remedy
    assert "不必处理" in told.remedy
    assert result.exit_code == 0
    replies = world.root / "回复" / UNIT
    assert "材料已审核通过" in (replies / "审核意见.html").read_text(encoding="utf-8")
    assert not (replies / "请修改重报.eml").exists()


def test_a_damaged_file_that_came_later_still_has_to_be_sent_again(world):
    path = damaged(world, issued_name(world).name, LATER)
    row, told = seen(world.collect(), path)
    assert (row.status, told.severity) == ("unreadable", "must")
    assert (row.packet, row.period) == ("责任任务清单", "2025")


@pytest.mark.parametrize(
    "name",
    [
        "外国语学院党总支_述责述廉_2025年度.xlsx",
        f"{UNIT}_述责述廉_2025年度.xlsx",
        f"{UNIT}_材料.xlsx",
    ],
)
def test_a_good_workbook_replaces_no_damaged_one_of_another_unit_or_material(world, name):
    path = damaged(world, name, FIRST)
    row, told = seen(world.collect(), path)
    assert (row.status, told.severity) == ("unreadable", "must")


def test_a_file_with_a_secrecy_marking_stays_stopped_whatever_came_later(world):
    name = issued_name(world).name.replace(".xlsx", "（秘密）.xlsx")
    path = damaged(world, name, FIRST)
    row, told = seen(world.collect(), path)
    assert (row.status, told.code, told.severity) == ("unreadable", "F112", "must")
