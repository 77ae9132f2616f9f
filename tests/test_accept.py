"""认可接收: a faulty workbook that somebody answers for, by hand in 例外 or by `accept`."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from inprocess import reading_here
from openpyxl.comments import Comment
from world import World, edited, find

from sxxt_excel.accept import accept
from sxxt_excel.cli import cli
from sxxt_excel.marking.fill import MarkError, with_cells
from sxxt_excel.officebook import RosterError
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import read_book
from sxxt_excel.registry.database import open_database
from sxxt_excel.registry.schema import DECISIONS
from sxxt_excel.roster import read_roster, with_waiver
from sxxt_excel.workspace import WorkspaceError, find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, LISTS = "机械工程学院党委", "责任任务清单"
BY, WHY = "赵一", "原件已经签字封存，无法重报"
NOW = dt.datetime(2025, 4, 12, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WORDS = {
    "单位代码": "JX", "报送事项": LISTS, "例外类型": "认可接收", "理由": WHY, "批准人": BY,
    "批准日期": "2025-04-12", "有效期至": "2026-12-31", "文件校验码": "0123456789abcdef",
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(filled_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a place where 机械工程学院 left a required cell empty, and that was told it."""
    made = filled_world.copied(tmp_path_factory.mktemp("told") / "w")
    with edited(find(made, f"{JX}_")) as book:
        book["责任清单"]["E3"].value = None
    with reading_here():
        made.collect(write=True)
    return made


@pytest.fixture
def world(filled: World, tmp_path: Path) -> World:
    return filled.copied(tmp_path / "w")


def run(world: World, *args: str) -> Any:
    everything = ["accept", *args, "--workspace", str(world.root), "--today", "2025-04-12"]
    return CliRunner().invoke(cli, everything, standalone_mode=False)


def refused(world: World, file: str = "", **changes: Any) -> str:
    """Return the sentence with which `accept` refuses; the roster stays as it was."""
    before = (world.root / "单位名册.xlsx").read_bytes()
    how = {"by": BY, "reason": WHY, "until": None, "today": NOW.date(), "at": NOW} | changes
    with pytest.raises((WorkspaceError, RosterError)) as caught:
        accept(find_workspace(world.root), file or find(world, f"{JX}_").name, **how)
    assert (world.root / "单位名册.xlsx").read_bytes() == before
    return str(caught.value)


def standing(result: Round) -> tuple[str, int]:
    """Return how 机械工程学院's lists stand, and the exit code."""
    row = next(e for e in result.expected if (e.unit_code, e.packet) == ("JX", LISTS))
    return row.status, result.exit_code


# ---- the command ----------------------------------------------------------------------------


def test_a_workbook_in_an_archive_is_accepted_by_the_name_it_is_told_by(world):
    path = find(world, f"{JX}_")
    with zipfile.ZipFile(world.inbox / "机械学院.zip", "w") as archive:
        entry = zipfile.ZipInfo(f"报送/{path.name}", (2025, 4, 10, 9, 0, 0))
        archive.writestr(entry, path.read_bytes())
    path.unlink()
    assert standing(world.collect(write=True)) == ("returned", 1)
    inside = f"机械学院.zip!报送/{path.name}"
    done = run(world, f"inbox/{inside}", "--by", BY, "--reason", WHY, "--json")
    assert json.loads(done.output)["path"] == inside
    assert standing(world.collect()) == ("on_time", 0)


def test_an_accepted_workbook_stands_as_it_is(world, monkeypatch):
    noted: list[dict[str, Any]] = []
    monkeypatch.setattr("sxxt_excel.accept.note_decision", lambda _, **what: noted.append(what))
    assert standing(world.collect()) == ("returned", 1)
    path = find(world, f"{JX}_")
    done = run(world, f"inbox/{path.name}", "--by", BY, "--reason", WHY, "--json")
    assert (done.exit_code, json.loads(done.stdout)["unit"]) == (0, JX)
    assert json.loads(done.stdout)["until"] == "2026-12-31"
    result = world.collect()
    assert standing(result) == ("on_time", 0)
    (found,) = [f for f in result.findings if f.code == "V101"]
    assert (found.severity, found.remedy) == ("note", "赵一已同意认可接收，不必修改")
    (waiver,) = read_roster(world.root / "单位名册.xlsx")[0].waivers
    assert (waiver.unit, waiver.matter, waiver.approver, waiver.reason) == ("JX", LISTS, BY, WHY)
    assert (waiver.approved, waiver.expires) == (NOW.date(), dt.date(2026, 12, 31))
    assert [(n["kind"], n["by"], n["reason"], n["path"]) for n in noted] == [
        ("认可接收", BY, WHY, path.name)
    ]
    assert not [f for f in result.findings if f.code.startswith("R1")]


def test_it_holds_for_that_file_only(world):
    path = find(world, f"{JX}_")
    accept(
        find_workspace(world.root), path.name, by=BY, reason=WHY, until=None, today=NOW.date(),
        at=NOW,
    )  # fmt: skip
    assert standing(world.collect()) == ("on_time", 0)
    with edited(path) as book:
        book["责任清单"]["F3"].value = "改了一处"
    assert standing(world.collect()) == ("returned", 1)


def test_and_until_its_day(world):
    accept(
        find_workspace(world.root), find(world, f"{JX}_").name, by=BY, reason=WHY,
        until=dt.date(2025, 6, 30), today=NOW.date(), at=NOW,
    )  # fmt: skip
    assert standing(world.collect("2025-06-30"))[0] == "on_time"
    assert standing(world.collect("2025-07-01"))[0] == "returned"


def test_what_cannot_be_noted_is_not_decided(world, monkeypatch):
    def busy(*_args: Any, **_more: Any) -> None:
        raise WorkspaceError("台账正忙")

    monkeypatch.setattr("sxxt_excel.accept.note_decision", busy)
    assert refused(world) == "台账正忙"


def test_the_registry_keeps_the_decision(world):
    assert run(world, find(world, f"{JX}_").name, "--by", BY, "--reason", WHY).exit_code == 0
    base = open_database(find_workspace(world.root))
    with base.engine.connect() as connection:
        rows = list(connection.execute(DECISIONS.select()).mappings())
    assert [(r["kind"], r["by"], r["reason"]) for r in rows] == [("认可接收", BY, WHY)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "情况属实"}, "六个字"), ({"reason": ""}, "六个字"), ({"by": " "}, "--by"),
        ({"until": dt.date(2025, 4, 11)}, "2025-04-11"), ({"file": "没有.xlsx"}, "没有.xlsx"),
        ({"file": "外国语学院党总支_责任任务清单_2025年度.xlsx"}, "审核通过"),
    ],
)  # fmt: skip
def test_what_can_not_be_accepted_is_said_in_a_sentence(world, changes, said):
    assert said in refused(world, **changes)


def test_a_file_that_was_changed_since_it_was_looked_at_is_not_accepted(world):
    with edited(find(world, f"{JX}_")) as book:
        book["责任清单"]["F3"].value = "改了一处"
    assert "有改动" in refused(world)


def test_nothing_is_accepted_before_it_was_looked_at(world):
    shutil.rmtree(world.root / "汇总")
    assert "collect" in refused(world)


def test_one_file_is_accepted_once(world):
    name = find(world, f"{JX}_").name
    space = find_workspace(world.root)
    accept(space, name, by=BY, reason=WHY, until=None, today=NOW.date(), at=NOW)
    assert "已由赵一同意" in refused(world)


def test_a_roster_that_is_open_in_excel_is_left_alone(world):
    (world.root / "~$单位名册.xlsx").write_bytes(b"")
    assert "关闭" in refused(world)


# ---- by hand ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"有效期至": dt.date(2025, 12, 31)}, "on_time"),
        ({"有效期至": dt.date(2025, 4, 12)}, "on_time"),
        ({"有效期至": dt.date(2025, 4, 11)}, "returned"),
        ({}, "returned"),
        ({"有效期至": dt.date(2025, 12, 31), "批准人": None}, "returned"),
        ({"有效期至": dt.date(2025, 12, 31), "批准日期": None}, "on_time"),
        ({"有效期至": dt.date(2025, 12, 31), "批准日期": dt.date(2025, 4, 12)}, "on_time"),
        ({"有效期至": dt.date(2025, 12, 31), "批准日期": dt.date(2025, 4, 13)}, "returned"),
        ({"有效期至": dt.date(2025, 12, 31), "文件校验码": "00ff"}, "returned"),
    ],
)
def test_a_line_in_the_roster_holds_with_who_agreed_and_until_its_day(world, more, status):
    row = {"单位代码": "JX", "报送事项": LISTS, "例外类型": "认可接收", "理由": WHY, "批准人": BY,
           "批准日期": dt.date(2025, 4, 1)} | more  # fmt: skip
    world.waivers = [{k: v for k, v in row.items() if v is not None}]
    world.write()
    result = world.collect()
    assert standing(result)[0] == status
    fields = {f.where.field for f in result.findings if f.code == "R101"}
    assert fields == {"有效期至", "批准人", "批准日期"} - set(world.waivers[0])


# ---- writing into the roster -------------------------------------------------------------------


def clerks_roster(world: World) -> bytes:
    """Return the roster as a clerk keeps it: a formula with its value, a note, a column of hers."""
    book = openpyxl.load_workbook(world.root / "单位名册.xlsx")
    book["单位"]["H2"].comment = Comment("电话已核", "赵一")
    book["单位"].row_dimensions[2].height = 40
    sheet = book["例外"]
    sheet.delete_cols(10)
    sheet["K1"].value = "自己加的一列"
    buffer = io.BytesIO()
    book.save(buffer)
    return with_formula(buffer.getvalue())


def with_formula(data: bytes) -> bytes:
    """Return the workbook with a formula in 单位 whose value Excel had worked out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                cell = b'<c r="Z2" t="str"><f>1&amp;"x"</f><v>1x</v></c></row>'
                part = part.replace(b"</row>", cell, 2).replace(cell, b"</row>", 1)
            new.writestr(info, part)
    return buffer.getvalue()


def test_every_other_byte_of_the_roster_stays(world):
    before = clerks_roster(world)
    after = with_waiver(before, "单位名册.xlsx", WORDS)
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["xl/worksheets/sheet3.xml"]
    book = read_book(after, "单位名册.xlsx", Limits())
    assert not isinstance(book, Refusal)
    assert book.sheets[0].value(2, 26) == "1x"
    rows = list(openpyxl.load_workbook(io.BytesIO(after))["例外"].iter_rows(values_only=True))
    assert rows[0][9:] == (None, "自己加的一列", "文件校验码")
    assert dict(zip(rows[0], rows[1], strict=True)) | {None: None} == dict.fromkeys(rows[0]) | WORDS


def test_rows_follow_one_another_and_keep_the_look_of_the_column(world):
    data = (world.root / "单位名册.xlsx").read_bytes()
    for day in ("2025-12-31", "2026-06-30"):
        data = with_waiver(data, "单位名册.xlsx", WORDS | {"有效期至": day})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["例外"]
    assert [sheet.cell(row, 9).value for row in (2, 3, 4)] == ["2025-12-31", "2026-06-30", None]
    assert sheet["A2"].font.name == "宋体"


def test_a_row_that_was_only_given_a_look_is_written_into(world):
    path = world.root / "单位名册.xlsx"
    book = openpyxl.load_workbook(path)
    book["例外"]["A2"].font = openpyxl.styles.Font(name="楷体")
    book["例外"]["A9"].font = openpyxl.styles.Font(name="楷体")
    book.save(path)
    sheet = openpyxl.load_workbook(io.BytesIO(with_waiver(path.read_bytes(), path.name, WORDS)))[
        "例外"
    ]
    assert (sheet["A2"].value, sheet["A2"].font.name) == ("JX", "楷体")


def test_what_is_written_is_text_and_nothing_else(world):
    said = '=1+1 <b>&"它"</b>'
    data = with_waiver(
        (world.root / "单位名册.xlsx").read_bytes(), "x.xlsx", WORDS | {"理由": said}
    )
    cell = openpyxl.load_workbook(io.BytesIO(data))["例外"]["F2"]
    assert (cell.value, cell.data_type) == (said, "s")


def test_a_roster_without_the_sheet_says_what_to_write_by_hand(world):
    book = openpyxl.load_workbook(world.root / "单位名册.xlsx")
    del book["例外"]
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(RosterError, match="单位代码 JX，报送事项 责任任务清单"):
        with_waiver(buffer.getvalue(), "单位名册.xlsx", WORDS)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_xlsx_can_not_be_written_into(data):
    with pytest.raises(MarkError):
        with_cells(data, "例外", {2: {1: "x"}})
