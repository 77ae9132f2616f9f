"""A clerk changes a draft with a mail program or by hand, and collects again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from drafted import read_draft
from world import EARLY, World, change, find, touch

from sxxt_excel.letters.edited import ASIDE, edited_drafts

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("in_process")

UNIT = "机械工程学院党委"
LISTS = f"{UNIT}_责任任务清单"


@pytest.fixture
def returned(world: World) -> Path:
    """Return the draft that asks the unit for a better workbook; the good one lies ready."""
    (world.root / "好的.xlsx").write_bytes(find(world, LISTS).read_bytes())
    spoil(world)
    world.collect(write=True)
    return world.root / "回复" / UNIT / "请修改重报.eml"


def spoil(world: World) -> None:
    change(world, LISTS, "责任清单", {(4, "重点方面"): "不知道"})
    touch(find(world, LISTS))


def mend(world: World) -> None:
    find(world, LISTS).write_bytes((world.root / "好的.xlsx").read_bytes())
    touch(find(world, LISTS))


def by_hand(path: Path) -> bytes:
    """Send a copy to somebody else, as a text editor or a mail program would save it."""
    path.write_bytes(b"Cc: fushuji@jx.example.edu.cn\r\n" + path.read_bytes())
    return path.read_bytes()


def test_a_changed_draft_stays_while_the_letter_is_about_the_same(world, returned):
    mine = by_hand(returned)
    others = {p: p.read_bytes() for p in world.root.glob("回复/*/*.eml") if p != returned}
    world.collect("2025-04-14", write=True)
    assert returned.read_bytes() == mine
    assert all(p.read_bytes() != was for p, was in others.items())  # another day stands in them
    (told,) = edited_drafts(world.root)
    assert f"回复/{UNIT}/请修改重报.eml" in told


def test_a_changed_draft_moves_aside_when_there_is_something_else_to_say(world, returned):
    mine = by_hand(returned)
    change(world, LISTS, "责任清单", {(5, "重点方面"): "也不知道"})
    touch(find(world, LISTS), EARLY + dt.timedelta(hours=1))
    world.collect(write=True)
    assert "fushuji" not in returned.read_bytes().decode()
    assert "2处须修改" in read_draft(returned).text
    kept = returned.parent / ASIDE / returned.name
    assert kept.read_bytes() == mine
    (told,) = edited_drafts(world.root)
    assert kept.relative_to(world.root).as_posix() in told


def test_a_changed_draft_that_no_longer_stands_moves_aside_and_never_over_another(world, returned):
    for number in range(2):
        mine = by_hand(returned)
        mend(world)
        world.collect(write=True)
        assert not returned.exists()
        name = "请修改重报.eml" if not number else "请修改重报(2).eml"
        assert (returned.parent / ASIDE / name).read_bytes() == mine
        spoil(world)
        world.collect(write=True)
        assert returned.is_file()


def test_drafts_that_nobody_changed_are_written_anew_and_removed_as_ever(world, returned):
    assert not list(edited_drafts(world.root))
    # What came back, and what the office wrote itself, is no draft of ours.
    for name in ("退信/12.eml", f"{UNIT}/办公室自己的信.eml"):
        path = world.root / "回复" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"Subject: x\r\n\r\nx\r\n")
    assert not list(edited_drafts(world.root))
    mend(world)
    world.collect(write=True)
    assert not returned.exists()
    assert not (returned.parent / ASIDE).exists()
