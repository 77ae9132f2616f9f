"""清单备案登记: a number that a unit was told stays its own, whatever else comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from world import World, edited, find, headings, make_world

from sxxt_excel.headings import UNIT_NAME
from sxxt_excel.letters.verdicts import _span
from sxxt_excel.outputs.filings import filing_numbers, filings

if TYPE_CHECKING:
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

LISTS, JX = "责任任务清单", "机械工程学院党委"


def numbers(result: Round) -> dict[str, tuple[str, ...]]:
    """Return whose list of JX → the ends of its numbers, as the register has them."""
    found: dict[str, tuple[str, ...]] = {}
    table = {column.heading: column.values for column in filings(result).columns}
    said = (table[name] for name in ("备案编号", UNIT_NAME, "责任主体"))
    for number, unit, who in zip(*said, strict=True):
        if unit == JX:
            found[str(who)] = (*found.get(str(who), ()), str(number).rpartition("-")[2])
    return found


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which each filer of JX got a workbook of his own."""
    world = make_world(tmp_path_factory.mktemp("people") / "w", filing="按人报送")
    world.issue(LISTS)
    return world


def send(world: World, *who: str) -> None:
    for name in who:
        world.fill_one(world.root / "下发" / f"{JX}_{LISTS}_2025年度_{name}.xlsx")


def test_a_colleague_who_is_accepted_later_takes_nobody_s_number(issued, tmp_path):
    world = issued.copied(tmp_path / "w")
    send(world, "李五")
    before = world.collect()
    assert numbers(before) == {"李五": ("07", "08")}
    send(world, "李三", "领导班子")
    after = world.collect()
    assert numbers(after) == {
        "领导班子": ("01", "02"), "李三": ("03", "04"), "李五": ("07", "08"),
    }  # fmt: skip
    path = find(world, f"{JX}_{LISTS}_2025年度_李五").name
    assert filing_numbers(before)[path] == filing_numbers(after)[path]


def test_rows_in_another_order_leave_the_numbers_as_they_were(world):
    before = numbers(world.collect())
    with edited(find(world, JX)) as book:
        sheet = book["责任清单"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=6)]
        for at, values in enumerate(reversed(rows), 3):
            for cell, value in zip(sheet[at], values, strict=True):
                cell.value = value
    after = world.collect()
    assert numbers(after) == before
    assert list(before.values()) == [("01", "02"), ("03", "04"), ("05", "06"), ("07", "08")]


def test_a_row_that_says_why_an_item_was_not_taken_up_is_no_filed_list(world):
    before = numbers(world.collect())
    with edited(find(world, JX)) as book:
        places = headings(book["责任清单"])
        book["责任清单"].cell(9, places["上级项目编号"]).value = "XX-2025-ZR-003"
        book["责任清单"].cell(9, places["未纳入理由"]).value = "本单位没有这项业务"
    assert numbers(world.collect()) == before
    assert "" not in before


def test_lists_that_nobody_asked_for_come_after_those_that_are_owed(world):
    world.people[3]["填报"] = "否"  # 李四, who filed all the same
    world.write()
    found = numbers(world.collect())
    assert found["李五"] == ("05", "06")
    assert found["李四"] == ("07", "08")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((1, 2, 3), "JX-2025-BA-01至JX-2025-BA-03"),
        ((1, 4, 3), "JX-2025-BA-01、JX-2025-BA-03至JX-2025-BA-04"),
        ((2,), "JX-2025-BA-02"),
        ((), ""),
    ],
)
def test_numbers_are_told_in_spans_that_hold_no_other(ends, said):
    assert _span([f"JX-2025-BA-{end:02d}" for end in ends]) == said
