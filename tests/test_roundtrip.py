"""Issue, fill in validly, collect: nothing stands, whatever program saved the workbooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest
from inprocess import reading_here
from libreoffice import PROGRAM, saved_as
from world import (
    World,
    cell_of,
    change,
    find,
    headings,
    make_world,
    stands,
    touch,
)  # fmt: skip

from sxxt_excel.settings import BY_PERSON, BY_UNIT

if TYPE_CHECKING:
    from pathlib import Path

APRIL, NEXT_YEAR = "2025-04-12", "2026-02-12"
"""Before anything is due, and after everything is."""
UNCHECKED = {("分管领导背书", "示例大学党委")}
"""Who signs for the university's own secretary is for those above it (ruling 9)."""


@pytest.fixture(scope="module", params=[BY_UNIT, BY_PERSON])
def filled(request, tmp_path_factory) -> World:
    world = make_world(tmp_path_factory.mktemp("world"), filing=request.param)
    world.fill()
    return world


def assert_clean(world: World, today: str) -> None:
    with reading_here():
        result = world.collect(today)
    assert stands(result) == []
    assert result.exit_code == 0
    assert {f.status for f in result.files} == {"accepted"}
    assert {e.status for e in result.expected if e.duty == "报送"} == {"on_time"}
    assert {c.status for c in result.cascade} == {"taken_up"}
    assert {c.status for c in result.counts} == {"met"}
    assert {(u.rule, u.unit) for u in result.unchecked if not u.awaited} <= UNCHECKED


@pytest.mark.parametrize("today", [APRIL, NEXT_YEAR])
def test_what_is_filled_in_validly_is_clean(filled, today):
    assert_clean(filled, today)


def test_an_item_for_units_in_charge_is_taken_up_by_them(whole_world):
    assert_clean(whole_world, NEXT_YEAR)


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is what saves the workbooks anew")
@pytest.mark.parametrize(
    ("filled", "suffix"),
    [(BY_UNIT, "xlsx"), (BY_UNIT, "xls"), (BY_UNIT, "ods"), (BY_PERSON, "xls")],
    indirect=["filled"],
)
def test_saved_anew_by_another_program_it_is_still_clean(filled, tmp_path, suffix):
    files = sorted(filled.inbox.glob("*.xlsx"))
    world = make_world(tmp_path, filing=filled.filing)
    for path in saved_as(suffix, world.inbox, *files):
        touch(path)
    assert_clean(world, NEXT_YEAR)


@pytest.mark.parametrize("filled", [BY_PERSON], indirect=True)
def test_a_units_figure_is_the_sum_of_its_filers_and_unknown_until_all_have_come(filled, tmp_path):
    world = World(tmp_path / "world", filled.regime, filing=BY_PERSON)
    shutil.copytree(filled.root, world.root)

    def count() -> tuple[int | None, str]:
        with reading_here():
            rows = world.collect(NEXT_YEAR).counts
        return next(
            (row.found, row.status)
            for row in rows
            if (row.rule, row.unit, row.period) == ("专题分析研究", "机械工程学院党委", "2025-H1")
        )

    assert count() == (8, "met")
    find(world, "机械工程学院党委_落实情况报告_2025年上半年_李五").unlink()
    assert count() == (None, "unchecked")


# ---- what has been accepted comes back pre-filled ----------------------------------------


@pytest.fixture(scope="module")
def listed(tmp_path_factory) -> World:
    """A workspace that has collected all lists, the university's before it issued the units'."""
    world = make_world(tmp_path_factory.mktemp("listed"))
    with reading_here():
        world.fill("责任任务清单（校级）")
        change(world, "示例大学党委", "责任清单", {(5, "落实方式"): "分管单位纳入"})
        world.collect(APRIL, write=True)
        world.fill("责任任务清单")
        for unit in ("机械工程学院党委", "外国语学院党总支"):
            change(world, unit, "责任清单", {(3, "上级项目编号"): "XX-2025-ZR-003"})
        world.collect(APRIL, write=True)
    return world


def test_a_unit_gets_the_items_of_the_leader_in_charge_of_it(listed):
    book = openpyxl.load_workbook(find(listed, "机械工程学院党委_责任任务清单"))
    rows = [[c.value for c in row] for row in book["上级清单"].iter_rows(min_row=3)]
    assert rows == [["XX-2025-ZR-003", "钱二的第3个责任项目", "2025年底前"]]
    assert "上级清单" not in openpyxl.load_workbook(find(listed, "示例大学党委_责任")).sheetnames


def test_reports_bring_along_the_accepted_tasks_and_filled_in_they_are_clean(listed):
    with reading_here():
        paths = listed.issue("落实情况报告") + listed.issue("落实情况报告（校级）")
        for path in paths:
            sheet = openpyxl.load_workbook(path)["任务进展"]
            code = {"机": "JX", "外": "WY", "示": "XX"}[path.name[0]]
            count = {"JX": 4, "WY": 3, "XX": 3}[code]
            assert column(sheet, "任务编号", count) == [
                f"{code}-2025-RW-{n:03d}" for n in range(1, count + 1)
            ]
            assert column(sheet, "工作任务", count) == [f"第{n}项任务" for n in range(1, count + 1)]
            assert set(column(sheet, "完成时限", count)) == {"2025年6月底"}
            assert sheet[cell_of(sheet, "任务编号", 3 + count)].value is None
            listed.fill_one(path)
        listed.fill("述责述廉")
    assert_clean(listed, NEXT_YEAR)


def column(sheet, heading: str, count: int) -> list[object]:
    at = headings(sheet)[heading]
    return [sheet.cell(row, at).value for row in range(3, 3 + count)]


# ---- through the command line --------------------------------------------------------


def command(world: World, out: Path, seed: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [
            sys.executable, "-m", "sxxt_excel", "collect", world.inbox, "--today", NEXT_YEAR,
            "--out", out,
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(whole_world, tmp_path_factory) -> tuple[Path, list[subprocess.CompletedProcess[bytes]]]:
    """The command over a clean inbox, then twice over one in which something stands."""
    world = whole_world.copied(tmp_path_factory.mktemp("runs") / "w")
    out = tmp_path_factory.mktemp("out")
    done = [command(world, out / "clean", "0")]
    change(world, "机械工程学院党委_责任任务清单", "责任清单", {(4, "完成时限"): "尽快"})
    done += [command(world, out / name, seed) for name, seed in (("one", "1"), ("two", "2"))]
    return out, done


def test_the_command_tells_by_its_exit_code_whether_something_stands(runs):
    _, done = runs
    assert [run.returncode for run in done] == [0, 1, 1]
    assert not any(b"Traceback" in run.stderr for run in done)


def test_two_runs_write_the_same_bytes(runs):
    out, _ = runs
    one, two = out / "one", out / "two"
    written = sorted(p.relative_to(one).as_posix() for p in one.rglob("*") if p.is_file())
    assert written == sorted(p.relative_to(two).as_posix() for p in two.rglob("*") if p.is_file())
    assert {"汇总/总台账.xlsx", "汇总/result.json"} <= set(written)
    assert any(name.endswith("审核意见.html") for name in written)
    for name in written:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
