"""见附件 instead of words: only where something is attached has anything been reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from world import World, change

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding

pytestmark = pytest.mark.usefixtures("in_process")

SHEET = "主体责任落实情况报告"
JX = "机械工程学院党委"


@pytest.fixture
def world(whole_world: World, tmp_path: Path) -> World:
    """Return a world in which but one report came."""
    world = whole_world.copied(tmp_path / "w")
    for path in world.inbox.iterdir():
        if not (path.name.startswith(JX) and "落实情况报告_2025年上半年" in path.name):
            path.unlink()
    return world


def write(world: World, **cells: str) -> None:
    """Write into the first row of that report."""
    change(world, JX, SHEET, {(3, name): text for name, text in cells.items()})


def queries(world: World) -> list[Finding]:
    return [f for f in world.collect("2025-08-31").findings if f.code in {"Q106", "Q109"}]


@pytest.mark.parametrize(
    "words",
    ["见附件", "详见附件。", "（见附件2）", "具体内容请见附件材料", "附后", "另附", "详见报告",
     "见述职报告", "参见Word文档", "见后附报告", "（见附件1、附件2）"],
)  # fmt: skip
def test_words_that_only_point_to_an_attachment_ask_for_it(world, words):
    write(world, 履责情况=words)
    (found,) = queries(world)
    assert (found.code, found.severity, found.where.sheet) == ("Q109", "query", SHEET)
    assert (found.where.field, found.where.cell, found.got) == ("履责情况", "D3", words)
    assert "在“报告文件名”写明文件名" in found.remedy


@pytest.mark.parametrize(
    "words",
    [
        "党委会两次研究，任务分解见附件",
        "见附件所列八项任务已完成五项",
        "同上级要求一致",
        "报告已审议",
        "无",
    ],
)
def test_words_of_its_own_ask_for_nothing(world, words):
    write(world, 履责情况=words)
    assert queries(world) == []


@pytest.mark.parametrize("name", [f"{JX}上半年总结.docx", f"{JX}/正文.pdf", "看不出是谁的.pdf"])
def test_any_attachment_of_the_unit_or_of_nobody_known_may_be_meant(world, name):
    write(world, 履责情况="见附件")
    paper = world.inbox / name
    paper.parent.mkdir(exist_ok=True)
    paper.write_bytes(b"%PDF-1.4 not looked into")
    assert queries(world) == []


def test_another_units_attachment_is_not_meant(world):
    write(world, 履责情况="见附件")
    (world.inbox / "外国语学院党总支上半年总结.docx").write_bytes(b"%PDF-1.4 not looked into")
    assert [f.code for f in queries(world)] == ["Q109"]


def test_where_the_workbook_names_the_document_only_that_is_asked_for(world):
    write(world, 履责情况="见附件", 报告文件名="上半年总结.docx")
    assert [f.code for f in queries(world)] == ["Q106"]
