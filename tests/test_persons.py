"""Offices in which each person files for himself: whose a workbook is, and what it answers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import openpyxl
import pytest
from world import EARLY, World, cover_cell, edited, headings, make_world, stands

from sxxt_excel.registry.keeper import keeping
from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

LISTS, JX, DUTY = "责任任务清单", "机械工程学院党委", "责任清单"
ABOUT = ("李三", "党委书记", "主要负责人", "全面工作")
BODY, HEAD, DEAN, DEPUTY = "领导班子", "李三", "李四", "李五"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which each filer got a workbook of his own; only to be copied."""
    world = make_world(tmp_path_factory.mktemp("people") / "w", filing="按人报送")
    world.issue(LISTS)
    return world


@pytest.fixture
def world(issued: World, tmp_path: Path) -> World:
    return issued.copied(tmp_path / "w")


def name_of(who: str) -> str:
    return f"{JX}_{LISTS}_2025年度_{who}.xlsx"


def send(world: World, *who: str) -> None:
    """Fill in the workbooks of these filers of JX, and put them into the inbox."""
    for name in who:
        world.fill_one(world.root / "下发" / name_of(name))


def standing(result: Round) -> dict[str, tuple[str, str | None]]:
    """Return filer → status and file of what JX owes by its lists."""
    return {
        str(e.filer): (e.status, e.path)
        for e in result.expected
        if (e.unit_code, e.packet) == ("JX", LISTS)
    }


# ---- a workbook without a stamp ------------------------------------------------------


def unstamp(world: World, who: str, name: str = "", *, rows: bool = True) -> str:
    """Take the stamp out of a sent workbook and, at will, whose its rows are; return its name."""
    path = world.inbox / name_of(who)
    with edited(path) as book:
        del book["_sxxt"]
        for sheet in () if rows else (DUTY, "任务清单", "签字背书"):
            column = headings(book[sheet])["责任主体"]
            for at in range(3, 12):
                book[sheet].cell(at, column).value = None
    path = path.rename(world.inbox / (name or path.name))
    return path.name


@pytest.mark.parametrize(("name", "rows"), [(f"{JX}清单.xlsx", True), ("", False)])
def test_a_workbook_without_a_stamp_answers_for_whom_its_rows_or_its_name_say(world, name, rows):
    send(world, BODY, HEAD, DEAN)
    path = unstamp(world, DEAN, name, rows=rows)
    with edited(world.inbox / path) as book:  # whom it speaks of is not whose it is
        sheet = book["班子成员分工表"]
        for field, value in zip(("姓名", "职务", "班子身份", "分管工作"), ABOUT, strict=True):
            sheet.cell(4, headings(sheet)[field]).value = value
    result = world.collect()
    found = standing(result)
    assert (found[BODY], found[HEAD]) == (("on_time", name_of(BODY)), ("on_time", name_of(HEAD)))
    assert found[DEAN] == ("on_time" if rows else "returned", path)
    assert found[DEPUTY] == ("not_due", None)
    assert "I104" not in {code for _, code, *_ in stands(result)}
    assert {f.where.path for f in result.findings if f.severity == "must"} <= {path}
    (row,) = (f for f in result.files if f.path == path)
    assert row.filers == (DEAN,)


def test_a_workbook_of_nobody_answers_for_nobody_and_is_told_so(world):
    send(world, BODY, DEAN)
    path = unstamp(world, DEAN, f"{JX}清单.xlsx", rows=False)
    result = world.collect()
    found = standing(result)
    assert found[BODY] == ("on_time", name_of(BODY))
    assert found[HEAD] == found[DEAN] == ("not_due", None)
    told = [f for f in result.findings if f.code == "I104"]
    assert [(f.where.path, f.message) for f in told] == [(path, "看不出是哪个责任主体报的")]


# ---- each his own hundred ---------------------------------------------------------------


def plain_numbers(world: World, who: str) -> None:
    """Number the items and tasks of a sent workbook as people do: 1, and a reference to 1."""
    with edited(world.inbox / name_of(who)) as book:
        for sheet, names in ((DUTY, ["项目编号"]), ("任务清单", ["任务编号", "责任项目编号"])):
            for name in names:
                book[sheet].cell(3, headings(book[sheet])[name]).value = 1


def numbers_of(result: Round, form: str, name: str) -> dict[str, str]:
    frame = result.tables[form]
    return dict(zip(frame["责任主体"].tolist(), frame[name].tolist(), strict=True))


def test_plain_numbers_are_completed_in_the_hundred_of_whose_they_are(world):
    send(world, BODY, HEAD, DEPUTY)
    plain_numbers(world, HEAD)
    plain_numbers(world, DEPUTY)
    result = world.collect()
    assert [code for _, code, *_ in stands(result)] == []
    assert numbers_of(result, DUTY, "项目编号") == {
        BODY: "JX-2025-ZR-001", HEAD: "JX-2025-ZR-101", DEPUTY: "JX-2025-ZR-301",
    }  # fmt: skip
    assert numbers_of(result, "任务清单", "责任项目编号")[DEPUTY] == "JX-2025-ZR-301"


def test_who_is_new_takes_no_hundred_that_somebody_was_given(world):
    new = {"姓名": "李新", "单位代码": "JX", "职务": "副院长", "班子身份": "班子其他成员"}
    world.people.insert(4, new)  # before 李五
    world.write()
    made = {path.stem.rpartition("_")[2]: path for path in world.issue(LISTS) if JX in path.name}
    first = {}
    for who, path in made.items():
        book = openpyxl.load_workbook(path)
        first[who] = book[DUTY].cell(3, headings(book[DUTY])["项目编号"]).value
    assert first == {
        BODY: "JX-2025-ZR-001", HEAD: "JX-2025-ZR-101", DEAN: "JX-2025-ZR-201",
        "李新": "JX-2025-ZR-401", DEPUTY: "JX-2025-ZR-301",
    }  # fmt: skip


# ---- what a colleague sent says nothing of one's own ----------------------------------


def test_a_wrong_unit_on_one_s_own_cover_is_told_though_a_colleague_sent_a_clear_one(world):
    send(world, HEAD, DEPUTY)
    with edited(world.inbox / name_of(DEPUTY)) as book:
        book["封面"][cover_cell(book["封面"], "填报单位")].value = "外国语学院党总支"
    found = standing(world.collect())
    assert found[HEAD][0] == "on_time"
    assert found[DEPUTY] == ("returned", name_of(DEPUTY))


def test_and_where_one_sent_a_clear_one_too_the_doubtful_one_is_nobody_s(world):
    send(world, HEAD, DEPUTY)
    other = world.inbox / "别人的.xlsx"
    shutil.copyfile(world.inbox / name_of(DEPUTY), other)
    with edited(other) as book:
        book["封面"][cover_cell(book["封面"], "填报单位")].value = "外国语学院党总支"
    result = world.collect()
    assert standing(result)[DEPUTY] == ("on_time", name_of(DEPUTY))
    assert [f.unit for f in result.files if f.path == other.name] == [None]


@pytest.mark.parametrize("resent", [False, True])
def test_a_workbook_that_is_gone_is_told_though_colleagues_lie_there(world, resent):
    def collected() -> Round:
        with keeping(find_workspace(world.root), lambda: EARLY, patience=0) as keeper:
            space = find_workspace(world.root)
            return collect(space, world.inbox, EARLY.date(), jobs=1, keeper=keeper)

    send(world, HEAD, DEPUTY)
    collected()
    (world.inbox / name_of(DEPUTY)).unlink()
    if resent:
        send(world, DEPUTY)
        with edited(world.inbox / name_of(DEPUTY)) as book:
            book[DUTY]["A1"].value = f"{book[DUTY]['A1'].value} "
    told = [f.got for f in collected().findings if f.code == "R133"]
    assert told == ([] if resent else [name_of(DEPUTY)])


def test_of_two_workbooks_that_answer_for_one_person_the_name_tells_the_newer(world):
    send(world, DEPUTY)
    both = world.inbox / "清单.xlsx"
    shutil.copy2(world.inbox / name_of(DEPUTY), both)
    with edited(both) as book:
        del book["_sxxt"]
        sheet = book[DUTY]
        for field, value in (("责任主体", DEAN), ("工作项目", "另一个责任项目")):
            sheet.cell(4, headings(sheet)[field]).value = value
    (world.inbox / name_of(DEPUTY)).rename(world.inbox / "清单(2).xlsx")
    found = standing(world.collect())
    assert (found[DEAN][1], found[DEPUTY][1]) == ("清单.xlsx", "清单(2).xlsx")
