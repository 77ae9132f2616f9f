"""The codes of units: small or full-width letters in the roster are the same code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sxxt_excel.roster import read_roster
from sxxt_excel.stamp import stamp_from
from tests.world import KEY, adopt, change, edited, find, make_world, notes, stamp_of, stands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import Cells, World

TYPED = {"XX": "ｘｘ", "JX": "jx", "WY": "ＷＹ"}
CODES = ("单位代码", "上级单位代码", "分管单位代码")
LISTS = "责任任务清单"
JX = "机械工程学院党委_责任任务清单"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose roster writes codes as somebody might type them."""
    world = make_world(tmp_path / "w")
    for row in (*world.units, *world.people):
        row.update(_typed(row))
    return world.write()


def _typed(row: Cells) -> Cells:
    said = {name: str(row[name]) for name in CODES if name in row}
    return {
        name: "、".join(TYPED[code] for code in word.split("、")) for name, word in said.items()
    }


def test_a_roster_is_read_with_all_codes_in_one_spelling(world):
    roster, faults = read_roster(world.root / "单位名册.xlsx")
    assert [u.code for u in roster.units] == ["XX", "JX", "WY"]
    assert [u.parent for u in roster.units] == [None, "XX", "XX"]
    assert roster.named("钱二")[0].in_charge == ("JX", "WY")
    assert faults == ()


@pytest.mark.parametrize("said", ["XX-2025-ZR-003", "xx-2025-zr-3", "ｘｘ-2025-ZR-003"])
def test_a_right_reference_is_found_however_its_letters_are_typed(world, said):
    world.fill(LISTS)
    world.fill("责任任务清单（校级）")
    adopt(world)
    change(world, JX, "责任清单", {(3, "上级项目编号"): said, (3, "项目编号"): "jx-2025-zr-1"})
    assert stands(world.collect()) == []


def test_a_workbook_issued_with_a_code_in_small_letters_is_still_its_units(world):
    world.fill(LISTS)
    path = find(world, JX)
    with edited(path) as book:
        old = stamp_from(stamp_of(book))
        assert old is not None
        words = dict(replace(old, unit_code="jx", seal="").sealed(KEY).rows())
        for label, value in book["_sxxt"].iter_rows(max_col=2):
            value.value = words[str(label.value)]
    result = world.collect()
    assert {f.unit_code for f in result.files if f.path == path.name} == {"JX"}
    assert stands(result, path.name) == []
    assert not [n for n in notes(result, path.name) if n[0].startswith("I")]
