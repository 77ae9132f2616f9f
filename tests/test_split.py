"""split: each unit and each leader gets its own rows of the master, and nothing of anybody else."""

from __future__ import annotations

import re
import shutil
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from documents import digests, records, result_of, run, said
from world import change, find

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

pytestmark = pytest.mark.usefixtures("in_process")

UNITS, LEADERS = "公文/分送/按单位", "公文/分送/按领导"
ABOUT_UNITS = ("报送情况", "清单备案登记", "次数核对")


@pytest.fixture(scope="module")
def place(collected_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collected sample workspace, for those that only read what was split."""
    return shutil.copytree(collected_samples, tmp_path_factory.mktemp("split") / "w")


@pytest.fixture(scope="module")
def parts(place: Path) -> dict[str, Path]:
    """Return label → workbook of that workspace split by units."""
    return {
        part["label"]: place / part["path"] for part in said("split", "--by", "unit", "-w", place)
    }


@lru_cache
def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return sheet → rows, headings first; of a file that no test changes."""
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book}


def own(table: list[tuple[Any, ...]], keep: Any) -> list[dict[str, Any]]:
    heads = [str(head) for head in table[0]]
    return [one for row in table[1:] if keep(one := dict(zip(heads, row, strict=True)))]


def bare(row: dict[str, Any], name: str = "") -> dict[str, Any]:
    """Return a row of the master as a part shows it: a file by its own name.

    Of 报送情况 only what the unit itself owes, whatever its number among the others.
    """
    whole = {
        head: re.split(r"[/!]", value)[-1] if head == "来源文件" else value
        for head, value in row.items()
    }
    if name != "报送情况":
        return whole
    return {head: v for head, v in whole.items() if v not in {None, "—"} and head != "序号"}


def test_each_unit_gets_its_rows_of_every_sheet_in_their_order(place, parts):
    master = rows(place / "汇总/总台账.xlsx")
    whose = {f["path"]: f["unit"] for f in result_of(place)["files"]}
    sheets = [
        name for name, table in master.items()
        if "来源文件" in table[0] or name in ABOUT_UNITS
    ]  # fmt: skip
    assert len(parts) == 15
    for unit, path in parts.items():
        found = rows(path)
        expected = {}
        for name in sheets:
            forms = "来源文件" in master[name][0]
            mine = own(
                master[name],
                lambda row, u=unit, f=forms: (
                    (whose.get(row["来源文件"]) if f else row["单位"]) == u
                ),
            )
            if mine:
                expected[name] = [bare(row, name) for row in mine]
        assert list(found) == list(expected)
        for name, table in found.items():
            shown = own(table, lambda _: True)
            assert [bare(row, name) for row in shown] == expected[name], (unit, name)


def test_a_unit_sees_no_column_of_what_only_others_owe(parts):
    head, line = rows(parts["机械工程学院党委"])["报送情况"]
    assert not [one for one in head if "校级" in one]
    assert line[0] == 1
    assert "—" not in line


def test_no_row_of_a_form_is_lost_or_given_twice(place, parts):
    master = rows(place / "汇总/总台账.xlsx")
    for name, table in master.items():
        if "来源文件" in table[0] and own(table, lambda row: row["来源文件"]):
            given = sum(len(rows(path).get(name, [()])) - 1 for path in parts.values())
            assert given == len(table) - 1


def test_a_part_names_no_other_unit_by_file_or_row(place, parts):
    names = {f["unit"]: f["path"] for f in result_of(place)["files"] if f["unit"]}
    for unit, path in parts.items():
        for name, table in rows(path).items():
            for row in own(table, lambda _: True):
                assert {row.get("填报单位", unit), row.get("单位", unit)} == {unit}, name
                assert "/" not in str(row.get("来源文件", ""))
                assert "!" not in str(row.get("来源文件", ""))
    assert names


def test_figures_stay_figures_and_days_days(parts):
    (sheet,) = [openpyxl.load_workbook(parts["机械工程学院党委"])["履责统计"]]
    at = [cell.value for cell in sheet[1]].index("数值")
    assert {type(row[at].value) for row in sheet.iter_rows(min_row=2)} == {int}
    (dated,) = [openpyxl.load_workbook(parts["机械工程学院党委"])["签字背书"]]
    at = [cell.value for cell in dated[1]].index("背书日期")
    assert all(row[at].is_date for row in dated.iter_rows(min_row=2))


def test_nothing_in_a_part_is_a_formula_or_a_link(world: World):
    change(world, "机械工程学院党委_", "责任清单", {(3, "备注"): "'=1+1", (4, "备注"): "+86"})
    change(world, "机械工程学院党委_", "责任清单", {(5, "备注"): "@SUM(A1)"})
    world.collect(write=True)
    run("split", "--by", "unit", "-w", world.root)
    part = world.root / UNITS / "机械工程学院党委_台账分册.xlsx"
    assert {row["备注"] for row in records(part, "责任清单")} >= {"+86", "@SUM(A1)"}
    with zipfile.ZipFile(part) as package:
        names = package.namelist()
        sheets = b"".join(package.read(n) for n in names if n.startswith("xl/worksheets/"))
    assert not re.search(rb"<f[ >]|hyperlink", sheets)
    assert not [n for n in names if "externalLink" in n or "_rels/sheet" in n]


def test_a_part_prints_as_the_master_does(place, parts):
    master = openpyxl.load_workbook(place / "汇总/总台账.xlsx")["责任清单"]
    part = openpyxl.load_workbook(parts["机械工程学院党委"])["责任清单"]

    def looks(sheet: Any) -> Any:
        page = sheet.page_setup
        widths = {name: dim.width for name, dim in sheet.column_dimensions.items()}
        return (
            page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight,
            sheet.print_title_rows, sheet.freeze_panes, widths, sheet.oddHeader.left.text,
        )  # fmt: skip

    assert looks(part) == looks(master)
    assert part.auto_filter.ref.startswith("A1:")
    assert "机械工程学院党委" in part.oddHeader.center.text


def test_a_leader_gets_the_units_in_his_charge_and_his_own_rows(office):
    parts = {p["label"]: office / p["path"] for p in said("split", "--by", "领导", "-w", office)}
    people = records(office / "单位名册.xlsx", "人员")
    units = {row["单位代码"]: row for row in records(office / "单位名册.xlsx", "单位")}
    charge: dict[str, set[str]] = {}
    for person in people:
        for code in re.split("[、,，]", person["分管单位代码"] or ""):
            if code:
                body = units[code]["所属党组织代码"] or code
                charge.setdefault(person["姓名"], set()).update(
                    {units[code]["单位名称"], units[body]["单位名称"]}
                )
    for row in units.values():
        for name in filter(None, re.split("[、,，]", row["联系校领导"] or "")):
            charge.setdefault(name, set()).add(row["单位名称"])
    assert set(parts) == set(charge)
    own_rows = 0
    for leader, path in parts.items():
        for name, table in rows(path).items():
            for row in own(table, lambda _: True):
                unit = row.get("填报单位") or row.get("单位")
                his = (row.get("责任主体") or row.get("姓名")) == leader and unit == "示例大学党委"
                own_rows += his
                assert his or unit in charge[leader], (leader, name, unit)
    assert own_rows, "a leader's own items go into his part"
    lists = records(office / "汇总/总台账.xlsx", "责任清单")
    for leader, path in parts.items():
        wanted = [
            r for r in lists
            if r["填报单位"] in charge[leader]
            or (r["填报单位"] == "示例大学党委" and r["责任主体"] == leader)
        ]  # fmt: skip
        assert records(path, "责任清单") == [bare(row) for row in wanted]


def test_no_draft_of_a_letter_is_made_of_a_part(office):
    before = digests(office / "回复")
    run("split", "--by", "leader", "-w", office)
    assert digests(office / "回复") == before
    assert not list((office / "公文").rglob("*.eml"))


def test_what_no_longer_stands_is_taken_away_and_what_is_not_ours_stays(office, parts):
    folder = office / UNITS
    folder.mkdir(parents=True)
    stale, other = folder / "早已撤并的学院_台账分册.xlsx", folder / "批示.txt"
    shutil.copy(parts["机械工程学院党委"], stale)
    other.write_text("阅", encoding="utf-8")
    run("split", "--by", "leader", "-w", office)
    assert stale.exists()
    run("split", "--by", "unit", "-w", office)
    assert not stale.exists()
    assert other.exists()
    assert list((office / LEADERS).iterdir())


def test_two_runs_write_the_same_bytes(place, parts):
    assert parts
    before = digests(place / "公文")
    run("split", "--by", "unit", "-w", place)
    assert digests(place / "公文") == before


def test_units_of_one_name_get_each_their_own(world: World):
    twin = {**world.units[1], "单位代码": "J2", "简称": "", "联系人": ""}
    world.units.append(twin)
    world.write()
    world.collect(write=True)
    parts = said("split", "--by", "unit", "-w", world.root)
    labels = [part["path"] for part in parts if "机械工程学院党委" in part["path"]]
    assert find(world, "机械工程学院党委_")
    assert len(labels) == len(set(labels)) >= 1
    (mine,) = [label for label in labels if "（JX）" in label]
    assert len(records(world.root / mine, "责任清单")) == len(
        [r for r in records(world.root / "汇总/总台账.xlsx", "责任清单") if "机械" in r["来源文件"]]
    )


def test_what_to_split_by_must_be_known(office):
    done = run("split", "--by", "人", "-w", office)
    assert done.exit_code == 2
    assert "可以写的有：unit、单位、leader、领导" in done.stderr


@pytest.fixture
def of_two_posts(world: World) -> World:
    """A world in which the leader of one college has a post, and items, in another one too."""
    first = world.people[1]
    first |= {"人员编号": "P1", "分管单位代码": "JX"}
    world.people.append({**first, "单位代码": "WY", "职务": "党总支副书记", "分管单位代码": ""})
    world.write()
    change(world, "外国语学院党总支_", "责任清单", {(5, "责任主体"): "钱二"})
    world.collect(write=True)
    return world


def test_a_leader_with_two_posts_gets_his_rows_and_papers_of_both(of_two_posts):
    root = of_two_posts.root
    (part,) = [p for p in said("split", "--by", "leader", "-w", root) if p["label"] == "钱二"]
    mine = {(r["填报单位"], r["责任主体"]) for r in records(root / part["path"], "责任清单")}
    assert {pair for pair in mine if pair[0] != "机械工程学院党委"} == {
        ("外国语学院党总支", "钱二")
    }
    folder = root / said("dossier", "钱二", "-w", root)["folder"]
    assert list(folder.rglob("*外国语学院党总支_*"))
