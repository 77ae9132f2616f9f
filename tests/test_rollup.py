"""Roll-up: a level's 上报版 is a submission of the next, and nothing forbidden travels."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import shutil
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pytest
from hierarchy import (
    DAY,
    DISTRICTS,
    LARGE,
    SMALL,
    STREETS,
    City,
    Office,
    filled_city,
    put,
    right_below,
)
from inprocess import reading_here
from openpyxl.utils import get_column_letter
from world import cover_cell, edited, headings, settle, touch

from sxxt_excel.raw import Extract
from sxxt_excel.rollup.contents import Carried
from sxxt_excel.rollup.lines import carried_from, file_line

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

LATER = DAY + dt.timedelta(days=10)
SAID = {"责任清单": "工作项目", "主体责任落实情况报告": "履责情况", "履责统计": "数值"}
"""Form → the column that only who fills it in writes."""
REPORT = "主体责任专题报告"
SILENT = frozenset({"C03", "C10", "C17"})
"""Villages of the large city that send nothing."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook filled in, nothing collected yet."""
    root = tmp_path_factory.mktemp("before") / "city"
    filled_city(root)
    return root


@pytest.fixture(scope="module")
def sent_up(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, collected at streets and districts, everything sent up to the city."""
    root = tmp_path_factory.mktemp("sent") / "city"
    with reading_here():
        copy_of(before, root).up(*STREETS, *DISTRICTS)
    return root


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Sixty:
    """Twenty units on each of three levels, collected at every one of them and at the city."""
    city = filled_city(tmp_path_factory.mktemp("large"), LARGE, (REPORT,))
    for spot in LARGE:
        if spot.code in SILENT:
            find_in(city.offices[spot.above], f"{spot.name}_").unlink()
    for office in city.offices.values():
        due_in_february(office, REPORT)
    with reading_here():
        rounds = city.up(*(spot.code for spot in reversed(LARGE) if spot.collects))
    return Sixty(city, rounds)


@pytest.fixture
def fresh(before: Path, tmp_path: Path) -> City:
    """A city of one's own in which nothing is collected yet."""
    return copy_of(before, tmp_path / "city")


@pytest.fixture
def ready(sent_up: Path, tmp_path: Path) -> City:
    """A city of one's own in which only the city has still to collect."""
    return copy_of(sent_up, tmp_path / "city")


def copy_of(source: Path, target: Path) -> City:
    shutil.copytree(source, target)
    city = City(SMALL, {})
    for code in ("SH", *DISTRICTS, *STREETS):
        own = right_below(SMALL, code)
        units = [{"单位代码": spot.code, "单位名称": spot.name} for spot in own]
        city.offices[code] = Office(target / code, code, units, [])
    return city


class Sixty(NamedTuple):
    """The large city, and each office's round by its code."""

    city: City
    rounds: dict[str, Round]


def due_in_february(office: Office, *packets: str) -> None:
    lines = "".join(f'"{packet}" = "2月底前"\n' for packet in packets)
    settle(office.root, ("[due]\n", f"[due]\n{lines}"))


def roster_of(office: Office) -> openpyxl.Workbook:
    return openpyxl.load_workbook(office.root / "单位名册.xlsx")


def save_roster(office: Office, book: openpyxl.Workbook) -> None:
    book.save(office.root / "单位名册.xlsx")


def leaf_rows(city: City, form: str) -> list[tuple[str, ...]]:
    """Count independently: read the filled rows of a form in all workbooks as they were sent.

    They are known by the _ of an issued workbook's name; a 上报版 has none.
    """
    rows = []
    for office in city.offices.values():
        for path in sorted(office.inbox.glob("*_*.xlsx")):
            book = openpyxl.load_workbook(path, data_only=True)
            if form in book.sheetnames:
                cover = book["封面"]
                rows += _filled(book[form], cover[cover_cell(cover, "填报单位")].value)
    return rows


def _filled(sheet: openpyxl.worksheet.worksheet.Worksheet, unit: object) -> list[tuple[str, ...]]:
    column = headings(sheet)[SAID[sheet.title]]
    return [
        (str(unit), str(line[column - 1].value))
        for line in sheet.iter_rows(min_row=3)
        if line[column - 1].value is not None
    ]


def told(result: Round, *codes: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (f.code, f.where.path, f.where.cell) for f in result.findings if f.code.startswith(codes)
    ]


def result_json(office: Office) -> dict[str, object]:
    content: dict[str, object] = json.loads(
        (office.root / "汇总" / "result.json").read_text(encoding="utf-8")
    )
    return content


# ---- totals ----------------------------------------------------------------------


def assert_the_sum_of(sent: list[tuple[str, ...]], result: Round, form: str) -> None:
    frame = result.tables[form]
    assert len(frame) == len(sent)
    assert Counter(zip(frame["_unit"], map(str, frame[SAID[form]]), strict=True)) == Counter(sent)


@pytest.mark.parametrize("form", SAID)
def test_totals_at_the_top_equal_the_sum_of_what_the_leaves_sent(ready: City, form: str) -> None:
    sent = leaf_rows(ready, form)
    assert len(sent) > 40
    assert_the_sum_of(sent, ready.offices["SH"].collect(write=False), form)


def test_totals_of_sixty_units_on_three_levels_equal_the_sum_of_what_they_sent(
    large: Sixty,
) -> None:
    city, rounds = large
    assert Counter(spot.kind for spot in LARGE) == {"市": 1, "区": 20, "街镇": 20, "居村": 20}
    sent = leaf_rows(city, "履责统计")
    assert {unit for unit, _ in sent} == {s.name for s in LARGE if s.code not in SILENT}
    assert_the_sum_of(sent, rounds["SH"], "履责统计")
    total = rounds["SH"].tables["履责统计"]["数值"].astype(int).sum()
    assert total == sum(int(figure) for _, figure in sent) > 1000


def sent_by(result: Round) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return (unit code, packet) → how it stands, of everything but the 上报版 themselves."""
    return {
        (e.unit_code, e.packet): (e.status, e.received_at)
        for e in result.expected
        if e.duty == "报送" and e.packet != "逐级汇总"
    }


def test_every_level_counts_its_own_subtree(ready: City) -> None:
    """Street, district and city agree on who sent what."""
    seen = {code: sent_by(ready.offices[code].collect(write=False)) for code in ("JD1", "JD", "SH")}
    assert len({unit for unit, _ in seen["SH"]}) == len(SMALL) == 20
    for below, above in (("JD1", "JD"), ("JD", "SH")):
        assert len(seen[below]) < len(seen[above])
        assert {key: seen[above][key] for key in seen[below]} == seen[below]


def include(office: Office, *kinds: str) -> None:
    named = ", ".join(f'"{kind}"' for kind in kinds)
    settle(office.root, ('also = ["居村", "街镇", "党工委"]', f"also = [{named}]"))


def only_streets_know_villages(city: City) -> None:
    """Let each level include only the kinds right below it, as its own round needs them."""
    include(city.offices["SH"])
    for code in DISTRICTS:
        include(city.offices[code], "街镇", "党工委")
    for code in STREETS:
        include(city.offices[code], "居村")


def test_units_that_only_a_street_includes_count_at_every_level_above_it(fresh: City) -> None:
    only_streets_know_villages(fresh)
    rounds = fresh.up(*STREETS, *DISTRICTS)
    rounds["SH"] = fresh.offices["SH"].collect()
    assert {unit for unit, _ in sent_by(rounds["SH"])} == {spot.code for spot in SMALL}
    for below, above in (("JD1", "JD"), ("JD", "SH"), ("BS", "SH")):
        here, there = sent_by(rounds[below]), sent_by(rounds[above])
        assert {key: there[key] for key in here} == here
    assert told(rounds["SH"], "I105") == []


def test_a_container_that_names_only_its_own_kinds_is_still_read(fresh: City) -> None:
    """Early ones told what their node includes, and nothing of the nodes below it."""
    only_streets_know_villages(fresh)
    fresh.up(*STREETS, *DISTRICTS)
    path = find_in(fresh.offices["SH"], "东示例区委上报版")
    with edited(path) as book:
        cell = book["_来源"]["A1"]
        head = json.loads(cell.value)
        cell.value = json.dumps(head | {"also": head["also"]["JD"]}, ensure_ascii=False)
    counted = {unit for unit, _ in sent_by(fresh.offices["SH"].collect(write=False))}
    assert {"JD1", "JD3", "BS1-1"} <= counted
    assert "JD1-1" not in counted


def test_each_of_forty_nodes_agrees_with_the_level_below_on_who_sent_what(large: Sixty) -> None:
    city, rounds = large
    seen = {code: sent_by(result) for code, result in rounds.items()}
    for code, here in seen.items():
        under = {spot.code for spot in LARGE if code in city.path(spot.code)}
        assert {unit for unit, _ in here} == under
        for above in city.path(code)[1:]:
            assert {key: seen[above][key] for key in here} == here
    stands = {unit: how for (unit, packet), (how, _) in seen["SH"].items() if packet == REPORT}
    assert {unit for unit, how in stands.items() if how == "missing"} == SILENT
    assert {how for unit, how in stands.items() if unit not in SILENT} == {"on_time"}


def test_a_round_of_valid_fillings_stands_at_every_level(fresh: City) -> None:
    for code in (*STREETS, *DISTRICTS):
        result = fresh.offices[code].collect()
        assert [f for f in result.findings if f.severity != "note"] == []
        assert result.exit_code == 0
        if code in STREETS:
            fresh.offices[code].send_up(fresh.offices[code[:2]], DAY)
        else:
            fresh.offices[code].send_up(fresh.offices["SH"], DAY)
    top = fresh.offices["SH"].collect()
    assert told(top, "D", "V", "S", "Q") == []
    assert top.exit_code == 0


def test_the_tree_shows_rates_at_each_node_and_the_sum_of_its_subtree(ready: City) -> None:
    office = ready.offices["SH"]
    result = office.collect()
    nodes = {node["unit_code"]: node for node in result_json(office)["tree"]}  # type: ignore[attr-defined]
    assert len(nodes) == 20
    owed = Counter(e.unit_code for e in result.expected if e.duty == "报送")
    for code, node in nodes.items():
        under = [c for c in nodes if code in ready.path(c)]
        assert node["subtree"]["units"] == len(under)
        assert node["subtree"]["owed"] == sum(owed[c] for c in under)
        assert node["own"]["owed"] == owed[code]
    assert nodes["SH"]["subtree"]["rate"] == 1
    sheet = openpyxl.load_workbook(office.root / "汇总" / "总台账.xlsx")["逐级汇总"]
    names = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert names[0] == "示例市委"
    assert names[1] == "　　东示例区委"
    assert "　　　　　　东一1村党总支" in names


def test_the_tree_shows_all_sixty_units_with_their_rates(large: Sixty) -> None:
    city, _ = large
    top = city.offices["SH"]
    nodes = {node["unit_code"]: node for node in result_json(top)["tree"]}  # type: ignore[attr-defined]
    assert set(nodes) == {spot.code for spot in LARGE}
    rates = {}
    for code, node in nodes.items():
        under = [spot for spot in LARGE if code in city.path(spot.code)]
        # Due are a report and a list each (no list was sent), and a 上报版 of each node below.
        relays = sum(spot.collects and bool(spot.above) for spot in under)
        came = len(under) + relays - sum(spot.code in SILENT for spot in under)
        rates[code] = round(came / (2 * len(under) + relays), 4)
        assert (node["subtree"]["units"], node["subtree"]["rate"]) == (len(under), rates[code])
    assert len(set(rates.values())) > 4
    sheet = openpyxl.load_workbook(top.root / "汇总" / "总台账.xlsx")["逐级汇总"]
    column = next(c.column for c in sheet[1] if c.value == "含所属\n按时率")
    shown = {str(row[0].value).strip(): row[column - 1].value for row in sheet.iter_rows()}
    for spot in LARGE:
        assert shown[spot.name] == pytest.approx(rates[spot.code], abs=1e-4), spot


# ---- where it came from ----------------------------------------------------------


def test_a_leafs_fault_appears_at_the_top_with_its_origin_address(fresh: City) -> None:
    street = fresh.offices["JD1"]
    path = find_in(street, "东一2村党总支_责任清单")
    with edited(path) as book:
        sheet = book["责任清单"]
        cell = sheet.cell(3, headings(sheet)["完成时限"])
        cell.value = "尽快"
        at = cell.coordinate
    fresh.up("JD1", "JD")
    top = fresh.offices["SH"].collect()
    outer = f"东示例区委上报版.xlsx!东一镇党委上报版.xlsx!{path.name}"
    (fault,) = [f for f in top.findings if f.severity == "must"]
    assert (fault.where.path, fault.where.sheet, fault.where.cell) == (outer, "责任清单", at)
    assert fault.got == "尽快"
    assert fault.where.unit_code == "JD1-2"
    status = {(e.unit_code, e.packet): e.status for e in top.expected}
    assert status["JD1-2", "责任清单"] == "returned"
    assert told(top, "D10") == []  # all levels agree
    assert top.exit_code == 1


def explain(path: Path, place: str, text: str) -> None:
    with edited(path) as book:
        put(book["情况说明"], 3, 涉及表="责任清单",
            **{"涉及编号或单元格": place, "说明（请填写）": text})  # fmt: skip


def nobody_is_named(path: Path) -> str:
    """Leave out who is responsible for the first item, which asks for a word; return the cell."""
    with edited(path) as book:
        sheet = book["责任清单"]
        cell = sheet.cell(3, headings(sheet)["责任人"])
        cell.value = None
        return str(cell.coordinate)


def test_what_is_explained_below_is_settled_at_every_level_without_the_words(fresh: City) -> None:
    path = find_in(fresh.offices["JD1"], "东一2村党总支_责任清单")
    at = nobody_is_named(path)
    open_ = fresh.up("JD1", "JD")["JD"]
    assert open_.exit_code == 1
    reason = "该项工作由镇党政办统一承接，已报党委同意"
    explain(path, at, reason)
    rounds = fresh.up("JD1", "JD")
    rounds["SH"] = fresh.offices["SH"].collect()
    for code, by in (("JD", "东一镇党委"), ("SH", "东示例区委")):
        result = rounds[code]
        (query,) = [f for f in result.findings if f.code == "V113"]
        assert query.explanation is not None
        assert (query.explanation.text, query.explanation.author) == ("已由下级说明", by)
        assert result.totals.settled == 1
        assert result.exit_code == 0
        assert told(result, "D10") == []
    assert reason not in everything_in(fresh.offices["JD"].upward)


def test_a_second_query_of_the_same_kind_is_not_settled_with_the_first(fresh: City) -> None:
    path = find_in(fresh.offices["JD1"], "东一2村党总支_责任清单")
    at = nobody_is_named(path)
    nobody_is_named(find_in(fresh.offices["JD1"], "东一3村党总支_责任清单"))
    explain(path, at, "该项工作由镇党政办统一承接，已报党委同意")
    fresh.up("JD1", "JD")
    result = fresh.offices["SH"].collect()
    assert [f.explanation is None for f in result.findings if f.code == "V113"] == [False, True]
    assert result.exit_code == 1


def handed_down(city: City) -> Path:
    """Let the city's secretary hand an item down that no district takes up; return JD's list."""
    with edited(find_in(city.offices["SH"], "示例市委_责任清单")) as book:
        put(book["责任清单"], 3, 落实方式="分管单位纳入")
    return find_in(city.offices["JD"], "东示例区委_责任清单")


def gap_of(result: Round, code: str) -> Finding:
    """Return what is asked of a unit about an item of its superior that it has not taken up."""
    gaps = (f for f in result.findings if f.code == "C101" and f.severity == "query")
    (gap,) = (f for f in gaps if f.where.unit_code == code)
    return gap


def test_a_query_that_only_the_upper_level_asks_can_be_explained_below(fresh: City) -> None:
    path = handed_down(fresh)
    fresh.up(*DISTRICTS)
    city = fresh.offices["SH"]
    gap = gap_of(city.collect(), "JD")
    assert gap.explanation is None
    assert "重新收表后再报上报版" in gap.remedy
    letters = [p.read_bytes() for p in (city.root / "回复" / "东示例区委").glob("请予说明*.eml")]
    said = [email.message_from_bytes(b, policy=email.policy.default) for b in letters]
    (text,) = [m.get_body(("plain",)).get_content() for m in said]  # type: ignore[union-attr]
    assert "再报上报版" in text
    assert "请在《情况说明》表中" not in text
    explain(path, "SH-2025-ZR-001", "该项工作由区政府办公室统一承接，已报市委办同意")
    fresh.up("JD")
    result = city.collect()
    assert gap_of(result, "BS").explanation is None
    gap = gap_of(result, "JD")
    assert gap.explanation is not None
    assert "重新收表" not in gap.remedy


def test_where_nobody_explained_below_nothing_is_settled(fresh: City) -> None:
    path = handed_down(fresh)
    explain(path, "SH-2025-ZR-001", "情况属实")
    fresh.up(*DISTRICTS)
    assert gap_of(fresh.offices["SH"].collect(), "JD").explanation is None


def find_in(office: Office, start: str) -> Path:
    (path,) = office.inbox.glob(f"{start}*")
    return path


def test_rows_keep_file_sheet_and_row_of_the_workbook_they_were_filled_in(ready: City) -> None:
    frame = ready.offices["SH"].collect(write=False).tables["责任清单"]
    row = frame[frame["_unit_code"] == "BS1-3"].iloc[1]
    assert row["_path"].startswith(
        "西示例区委上报版.xlsx!西一镇党委上报版.xlsx!西一3村党总支_责任清单"
    )
    assert (row["_sheet"], row["_row"]) == ("责任清单", 4)


def test_an_intact_container_has_no_row_of_its_own_and_answers_its_duty(ready: City) -> None:
    result = ready.offices["SH"].collect(write=False)
    paths = {f.path for f in result.files}
    assert not {p for p in paths if p.endswith("上报版.xlsx")}
    rows = {e.unit_code: e for e in result.expected if e.packet == "逐级汇总"}
    assert rows["JD"].path == "东示例区委上报版.xlsx"
    assert rows["JD"].received_at == "2025-02-16T09:00:00+08:00"
    assert rows["JD1"].received_at == "2025-02-14T09:00:00+08:00"
    assert {f.receipt.at for f in result.files} == {"2025-02-10T09:00:00+08:00"}


def test_a_leafs_lateness_rests_on_when_it_came_below_not_on_its_container(fresh: City) -> None:
    for code in ("SH", "BS", "BS1"):
        due_in_february(fresh.offices[code], "责任清单", "逐级汇总")
    street = fresh.offices["BS1"]
    touch(find_in(street, "西一1村党总支_责任清单"), DAY + dt.timedelta(days=40))
    for code in ("BS1", "BS2"):
        fresh.offices[code].collect()
        fresh.offices[code].send_up(fresh.offices["BS"], DAY + dt.timedelta(days=50))
    fresh.offices["BS"].collect()
    fresh.offices["BS"].send_up(fresh.offices["SH"], DAY + dt.timedelta(days=60))
    rows = {(e.unit_code, e.packet): e for e in fresh.offices["SH"].collect().expected}
    assert rows["BS1-1", "责任清单"].status == "late"
    assert rows["BS1-2", "责任清单"].status == "on_time"
    assert rows["BS", "逐级汇总"].status == "late"


# ---- what is said where two levels do not agree ----------------------------------


def test_a_hand_edit_of_the_container_is_noticed_and_its_content_still_read(ready: City) -> None:
    path = find_in(ready.offices["SH"], "东示例区委上报版")
    with edited(path) as book:
        sheet = book["责任清单"]
        column = next(c.column for c in sheet[1] if c.value == "工作项目")
        sheet.cell(5, column).value = "改过的项目"
    result = ready.offices["SH"].collect(write=False)
    assert told(result, "D106") == [("D106", path.name, None)]
    (edited_by_hand,) = (f for f in result.findings if f.code == "D106")
    assert "说明" not in edited_by_hand.remedy, "it has no sheet to explain anything in"
    assert "改过的项目" in set(result.tables["责任清单"]["工作项目"])
    assert len(result.tables["责任清单"]) == len(leaf_rows(ready, "责任清单"))
    assert {f.path: f.status for f in result.files}[path.name] == "accepted"
    assert result.exit_code == 1


@pytest.mark.parametrize("typed", ["查李示例11010519491231002X", 110105194912310021, 13800138000])
def test_a_number_of_a_person_typed_into_the_container_goes_nowhere(ready: City, typed) -> None:
    path = find_in(ready.offices["SH"], "东示例区委上报版")
    with edited(path) as book:
        sheet = book["责任清单"]
        column = next(c.column for c in sheet[1] if c.value == "工作项目")
        sheet.cell(5, column).value = typed
    result = ready.offices["SH"].collect(write=False)
    said = "".join(map(str, result.tables["责任清单"]["工作项目"]))
    assert "*" in said
    assert not any(number in said for number in ("1010519491231", "38001380"))


def test_opening_and_saving_the_container_changes_nothing(ready: City) -> None:
    with edited(find_in(ready.offices["SH"], "西示例区委上报版")):
        pass
    assert told(ready.offices["SH"].collect(write=False), "D106") == []


@pytest.mark.parametrize("sheet", ["报送情况", "上报封面", "_来源"])
def test_an_edit_on_any_sheet_is_noticed(ready: City, sheet: str) -> None:
    with edited(find_in(ready.offices["SH"], "西示例区委上报版")) as book:
        if sheet == "_来源":
            book[sheet]["A1"].value = book[sheet]["A1"].value.replace("2025-04-01", "2025-04-02")
        else:
            cell = (
                next(c for row in book[sheet].iter_rows() for c in row if c.value == 13 - 7)
                if sheet == "上报封面"
                else book[sheet]["B2"]
            )
            cell.value = "改"
    assert [code for code, _, _ in told(ready.offices["SH"].collect(write=False), "D106")] == [
        "D106"
    ]


def test_a_container_without_its_hidden_sheets_is_refused_and_said(ready: City) -> None:
    path = find_in(ready.offices["SH"], "西示例区委上报版")
    with edited(path) as book:
        del book["_来源"]
    result = ready.offices["SH"].collect(write=False)
    assert [(f.path, f.status) for f in result.files if f.path == path.name] == [
        (path.name, "unreadable")
    ]
    assert told(result, "F113") == [("F113", path.name, None)]


def test_another_verdict_than_the_level_below_is_a_note(ready: City) -> None:
    path = find_in(ready.offices["SH"], "东示例区委上报版")
    with edited(path) as book:
        sheet = book["责任清单"]
        column = next(c.column for c in sheet[1] if c.value == "完成时限")
        row = next(r for r in range(2, 99) if sheet.cell(r, 5).value == "JD3-1")
        sheet.cell(row, column).value = "尽快"
    notes = [f for f in ready.offices["SH"].collect(write=False).findings if f.code[:3] == "D10"]
    assert {f.code for f in notes} == {"D104", "D105", "D106"}
    (status,) = [f for f in notes if f.code == "D104"]
    assert status.where.unit_code == "JD3-1"
    assert "按时报送" in status.message
    assert "已报待改" in status.message


# ---- what must not travel --------------------------------------------------------


def everything_in(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def test_nothing_forbidden_travels(fresh: City) -> None:
    street = fresh.offices["JD1"]
    street_book = roster_of(street)
    people = street_book["人员"]
    for row in (2, 3):
        put_first(people, row, 人员编号="11010119900307627X", 分管领域="秘密分管领域")
    put_first(people, 3, 在岗状态="病产假")
    waivers = street_book["例外"]
    put_first(waivers, 2, 单位代码="JD1-3", 报送事项="主体责任专题报告", 例外类型="准予免报",
              理由="正在接受审查", 批准人="批准甲", 批准日期=dt.date(2025, 1, 5))  # fmt: skip
    save_roster(street, street_book)
    street.people = []
    with edited(find_in(street, "东一1村党总支_责任清单")) as book:
        explain = book["情况说明"]
        put(
            explain,
            3,
            涉及表="责任清单",
            **{"涉及编号或单元格": "C3", "说明（请填写）": "某人的家事说明"},
        )
    kept = street.fill(["JD1"], ["述职评议"])
    with edited(kept[0]) as book:
        sheet = book["述责述廉登记"]
        put(sheet, 3, 存在问题="述职里写的问题", 述责日期=dt.date(2025, 2, 1))
        put(sheet, 4, 存在问题="述职里写的问题", 述责日期=dt.date(2025, 2, 1))
    street.collect()
    text = everything_in(street.upward)
    assert "东一3村党总支" in text
    assert "JD1-3" in text
    for secret in (
        "021-6666", "021-5550", "填甲人", "@example.edu.cn", "正在接受审查", "批准甲", "家事说明",
        "述职里写的问题", "秘密分管领域", "11010119900307627X", "病产假", "联系人",
    ):  # fmt: skip
        assert secret not in text, secret


def put_first(sheet: object, row: int, **values: object) -> None:
    """Write cells of a register, whose headings stand in row 1 or 2."""
    for head in (1, 2):
        places = {str(c.value).rstrip("*"): c.column for c in sheet[head] if c.value}  # type: ignore[index]
        if set(values) <= set(places):
            for name, value in values.items():
                sheet.cell(head + row - 1, places[name]).value = value  # type: ignore[attr-defined]
            return
    raise AssertionError(values)


def test_a_waiver_travels_without_its_reason_and_excuses_at_the_top(fresh: City) -> None:
    street = fresh.offices["JD1"]
    book = roster_of(street)
    put_first(book["例外"], 2, 单位代码="JD1-3", 报送事项="责任清单", 例外类型="准予免报",
              理由="机构筹建", 批准人="批准甲", 批准日期=dt.date(2025, 1, 5))  # fmt: skip
    save_roster(street, book)
    find_in(street, "东一3村党总支_责任清单").unlink()
    fresh.up("JD1", "JD")
    rows = {(e.unit_code, e.packet): e.status for e in fresh.offices["SH"].collect().expected}
    assert rows["JD1-3", "责任清单"] == "excused"


def test_what_does_not_travel_is_known_by_its_status(fresh: City) -> None:
    street = fresh.offices["BS1"]
    for path in street.fill(["BS1-2"], ["述职评议"]):
        with edited(path) as book:
            for row in (3, 4):
                put(book["述责述廉登记"], row, 述责日期=dt.date(2025, 2, 1), 存在问题="调研偏少")
    fresh.up("BS1", "BS")
    top = fresh.offices["SH"].collect(dt.date(2026, 3, 1))
    rows = {(e.unit_code, e.packet): e for e in top.expected}
    assert rows["BS1-2", "述职评议"].status == "on_time"
    assert rows["BS1-2", "述职评议"].received_at == "2025-02-10T09:00:00+08:00"
    assert rows["BS1-1", "述职评议"].status == "missing"
    assert "述责述廉登记" not in top.tables


def test_what_went_back_below_and_did_not_travel_is_told_above(fresh: City) -> None:
    street = fresh.offices["BS1"]
    for path in street.fill(["BS1-2"], ["述职评议"]):
        with edited(path) as book:
            put(book["述责述廉登记"], 3, 述责日期="说不清")
    fresh.up("BS1", "BS")
    top = fresh.offices["SH"].collect(dt.date(2026, 3, 1))
    (row,) = [e for e in top.expected if (e.unit_code, e.packet) == ("BS1-2", "述职评议")]
    (found,) = [f for f in top.findings if f.code == "D107"]
    assert (row.status, found.severity, found.where.unit_code) == ("returned", "must", "BS1-2")
    assert found.where.path == row.path
    assert "《2025年度述职评议》" in found.message
    assert top.exit_code == 1


def test_superseded_versions_and_duplicates_do_not_travel(fresh: City) -> None:
    street = fresh.offices["BS2"]
    path = find_in(street, "西二镇党委_责任清单")
    newer = path.with_name("西二镇党委_责任清单_最终版.xlsx")
    shutil.copyfile(path, newer)
    with edited(newer) as book:
        put(book["责任清单"], 3, 工作项目="换过的项目")
    touch(newer, DAY + dt.timedelta(days=1))
    shutil.copyfile(newer, path.with_name("副本.xlsx"))
    touch(path.with_name("副本.xlsx"), DAY + dt.timedelta(days=2))
    street.collect()
    text = everything_in(street.upward)
    assert "换过的项目" in text
    assert "BS2党委的第1个项目" not in text
    fresh.up("BS2", "BS")
    top = fresh.offices["SH"].collect()
    assert [f for f in top.files if f.status in {"superseded", "duplicate"}] == []
    rows = {(e.unit_code, e.packet): e for e in top.expected}
    assert rows["BS2", "责任清单"].received_at == "2025-02-10T09:00:00+08:00"  # the first one's


# ---- what has not arrived, or came twice ------------------------------------------


def test_a_missing_districts_subtree_is_unknown_and_that_is_said(ready: City) -> None:
    office = ready.offices["SH"]
    find_in(office, "西示例区委上报版").unlink()
    result = office.collect()
    assert {u.unit for u in result.unchecked if "上报版" in u.because} == {"西示例区委"}
    nodes = {node["unit_code"]: node for node in result_json(office)["tree"]}  # type: ignore[attr-defined]
    assert nodes["BS"]["unknown"]
    assert not nodes["JD"]["unknown"]
    assert "BS1" not in nodes
    sheet = openpyxl.load_workbook(office.root / "汇总" / "总台账.xlsx")["逐级汇总"]
    said = {str(row[0].value).strip(): row[-1].value for row in sheet.iter_rows(min_row=2)}
    assert said["西示例区委"] == "尚未收到上报版，所属单位情况不明"


def test_an_enterprise_owes_a_container_only_where_the_office_says_that_it_collects(
    fresh: City,
) -> None:
    street = fresh.offices["BS2"]
    book = roster_of(street)
    row = book["单位"].max_row + 1
    put_first(book["单位"], row, 单位代码="BS2-E", 单位名称="西二水务公司党委",
              单位类别="所属企事业单位", 上级单位代码="BS2")  # fmt: skip
    save_roster(street, book)
    settle(street.root, ('also = ["居村",', 'also = ["所属企事业单位",'))

    def asked() -> tuple[list[str], set[str | None], set[bool]]:
        result = street.collect(dt.date(2026, 3, 1))
        rows = [e for e in result.expected if (e.unit_code, e.packet) == ("BS2-E", "逐级汇总")]
        nodes = result_json(street)["tree"]
        unknown = {n["unknown"] for n in nodes if n["unit_code"] == "BS2-E"}  # type: ignore[attr-defined]
        silent = {u.unit for u in result.unchecked if "上报版" in u.because}
        return [e.status for e in rows if e.owed], silent, unknown

    assert asked() == ([], set(), {False})
    line = '"企事业单位逐级汇总" = ["西二水务公司党委"]'
    settle(street.root, ("\n[needed]\n", f"\n[needed]\n{line}\n"))
    assert asked() == (["missing"], {"西二水务公司党委"}, {True})


def test_no_node_is_told_that_nobody_inspected_itself(fresh: City) -> None:
    district = fresh.offices["JD"]
    (path,) = district.fill(["JD"], ["协同检查"])
    with edited(path) as book:
        put(book["四责协同检查表"], 3, 被检查单位="东一镇党委", 带队人="赵甲一",
            检查日期=dt.date(2025, 2, 1), 检查事项="责任分解是否明确")  # fmt: skip
    counts = district.collect(dt.date(2026, 3, 1), write=False).counts
    asked = {c.unit for c in counts if c.rule == "四问检查"}
    assert asked == {"东一镇党委", "东二镇党委", "东三街道党工委"}


def test_a_newer_container_replaces_the_older_one_whole(ready: City) -> None:
    district, city = ready.offices["BS"], ready.offices["SH"]
    find_in(district, "西二镇党委上报版").unlink()
    district.collect()
    district.send_up(city, LATER, "西示例区委上报版（2）.xlsx")
    result = city.collect(write=False)
    gone = [(f.path, f.status) for f in result.files if "!" not in f.path and "上报版" in f.path]
    assert gone == [("西示例区委上报版.xlsx", "superseded")]
    assert not [f for f in result.files if f.path.startswith("西示例区委上报版.xlsx!")]
    assert "BS2" not in set(result.tables["责任清单"]["_unit_code"])
    row = next(e for e in result.expected if (e.unit_code, e.packet) == ("BS", "逐级汇总"))
    assert (row.path, row.received_at) == (
        "西示例区委上报版（2）.xlsx",
        "2025-02-16T09:00:00+08:00",
    )


def test_the_same_container_twice_counts_once(ready: City) -> None:
    city = ready.offices["SH"]
    ready.offices["BS"].send_up(city, LATER, "再发一次.xlsx")
    result = city.collect(write=False)
    assert [
        (f.path, f.status) for f in result.files if "!" not in f.path and f.unit_code == "BS"
    ] == [("再发一次.xlsx", "duplicate")]
    assert len(result.tables["责任清单"]) == len(leaf_rows(ready, "责任清单"))


def test_a_node_speaks_for_no_unit_that_is_not_below_it(ready: City) -> None:
    """A 上报版 that names another district's units gives them nothing."""
    west = ready.offices["BS"]
    book = roster_of(west)
    row = book["单位"].max_row + 1
    put_first(
        book["单位"], row, 单位代码="JD1", 单位名称="东一镇党委", 单位类别="街镇", 上级单位代码=""
    )
    put_first(book["人员"], book["人员"].max_row + 1, 姓名="赵假", 单位代码="JD1", 职务="党委书记",
              班子身份="主要负责人")  # fmt: skip
    save_roster(west, book)
    west.collect()
    west.send_up(ready.offices["SH"], LATER)
    result = ready.offices["SH"].collect(write=False)
    assert "赵假" not in {p.name for p in result.roster.people}
    assert result.roster.unit("JD1").parent == "JD"


def test_a_unit_known_by_another_name_is_a_finding_and_nothing_is_mixed(ready: City) -> None:
    city = ready.offices["SH"]
    book = roster_of(city)
    put_first(book["单位"], book["单位"].max_row + 1, 单位代码="JD1", 单位名称="全然不同镇党委",
              单位类别="街镇", 上级单位代码="SH")  # fmt: skip
    save_roster(city, book)
    result = city.collect(write=False)
    (clash,) = [f for f in result.findings if f.code == "R114"]
    assert clash.severity == "must"
    assert "全然不同镇党委" in clash.message
    assert "东一镇党委" in clash.message
    assert "JD1" not in set(result.tables["责任清单"]["_unit_code"])
    assert "JD1-1" in set(result.tables["责任清单"]["_unit_code"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"period": "2024"}, "I103"),
        ({"regime": "sou-2020"}, "I107"),
        ({"unit_code": "ZZ"}, "I104"),
        ({"unit_code": "SH"}, "I106"),
    ],
)
def test_a_container_that_is_none_of_ours_is_told_and_not_opened(
    ready: City, change: dict[str, str], code: str
) -> None:
    path = find_in(ready.offices["SH"], "西示例区委上报版")
    with edited(path) as book:
        for label, value in book["_sxxt"].iter_rows(max_col=2):
            if label.value in change:
                value.value = change[str(label.value)]
    result = ready.offices["SH"].collect(write=False)
    assert (code, path.name, None) in told(result, code)
    assert {f.path: f.status for f in result.files}[path.name] == "foreign"
    assert "BS1" not in set(result.tables["责任清单"]["_unit_code"])


def test_a_street_whose_container_skips_its_district_is_named_with_who_collects_it(
    ready: City,
) -> None:
    city = ready.offices["SH"]
    ready.offices["BS1"].send_up(city, LATER)
    (found,) = [f for f in city.collect(write=False).findings if f.code == "I104"]
    assert found.message == "西一镇党委不是本级的直接下级，它的上报版没有收"
    assert found.remedy == "请由西示例区委汇总后上报"
    find_in(city, "西示例区委上报版").unlink()
    (found,) = [f for f in city.collect(write=False).findings if f.code == "I104"]
    assert found.remedy == "请由它的上级汇总后上报"


def test_a_master_sent_instead_of_a_container_is_one_finding(ready: City) -> None:
    city, district = ready.offices["SH"], ready.offices["BS"]
    find_in(city, "西示例区委上报版").unlink()
    district.collect()
    sent = city.inbox / "西示例区委总台账.xlsx"
    shutil.copyfile(district.root / "汇总" / "总台账.xlsx", sent)
    touch(sent, LATER)
    with edited(sent):  # opened and saved once more
        pass
    result = city.collect(write=False)
    (found,) = [f for f in result.findings if (f.where.path or "").startswith(sent.name)]
    assert (found.code, found.severity, found.where.unit_code) == ("I120", "must", "BS")
    assert found.message == "这是系统写出的总台账，不是上报版，没有收"
    assert {f.status for f in result.files if f.path == sent.name} == {"foreign"}
    assert told(ready.offices["JD"].collect(write=False), "I120") == []


# ---- the rest --------------------------------------------------------------------


def test_the_same_inbox_gives_the_same_bytes(ready: City) -> None:
    for code in ("JD", "SH"):
        office = ready.offices[code]
        names = [n for n in ("上报版.xlsx", "总台账.xlsx") if code == "JD" or n == "总台账.xlsx"]
        office.collect()
        first = {n: (office.root / "汇总" / n).read_bytes() for n in names}
        again = result_json(office)
        office.collect()
        if code == "JD":
            assert (office.root / "汇总" / "上报版.xlsx").read_bytes() == first["上报版.xlsx"]
        assert result_json(office)["findings"] == again["findings"]
        assert result_json(office)["tree"] == again["tree"]


def test_the_top_of_the_tree_writes_no_container(ready: City) -> None:
    ready.offices["SH"].collect()
    assert not ready.offices["SH"].upward.exists()


def test_the_city_writes_no_letters_to_units_that_a_district_collects_from(fresh: City) -> None:
    street = fresh.offices["JD1"]
    with edited(find_in(street, "东一2村党总支_责任清单")) as book:
        put(book["责任清单"], 3, 完成时限="尽快")
    fresh.up("JD1", "JD")
    city = fresh.offices["SH"]
    city.collect()
    assert (street.root / "回复" / "东一2村党总支").is_dir()
    assert {p.name for p in (city.root / "回复").iterdir()} <= {
        "示例市委",
        "东示例区委",
        "西示例区委",
    }


def test_a_named_document_below_is_not_asked_for_again(fresh: City) -> None:
    street = fresh.offices["JD2"]
    with edited(find_in(street, "东二镇党委_主体责任专题报告")) as book:
        sheet = book["主体责任落实情况报告"]
        put(sheet, 3, 报告文件名="东二镇党委专题报告.pdf")
    (street.inbox / "东二镇党委专题报告.pdf").write_bytes(b"%PDF-1.4 not looked into")
    fresh.up("JD2", "JD")
    assert told(fresh.offices["SH"].collect(), "Q106") == []


def test_an_unclear_workspace_writes_no_container_and_says_so(fresh: City) -> None:
    street = fresh.offices["BS2"]
    book = roster_of(street)
    put_first(
        book["单位"],
        book["单位"].max_row + 1,
        单位代码="XX",
        单位名称="另一镇党委",
        单位类别="街镇",
    )
    save_roster(street, book)
    result = street.collect()
    assert [code for code, _, _ in told(result, "R115")] == ["R115"]
    assert not street.upward.exists()
    settle(street.root, ('# node = "JD"', 'node = "BS2"'))
    assert told(street.collect(), "R115") == []
    assert street.upward.exists()


def test_cells_of_every_kind_arrive_as_they_were_sent(fresh: City) -> None:
    """Text, numbers, days, moments, errors: each is judged above as it was below."""
    street = fresh.offices["BS2"]
    path = find_in(street, "西二镇党委_责任清单")
    with edited(path) as book:
        sheet = book["责任清单"]
        last = get_column_letter(headings(sheet)["完成时限"])
        put(sheet, 3, 备注="=1+1", 责任部门=2025)
        sheet[f"{last}4"].value = dt.date(2025, 6, 30)
        sheet[f"{last}5"].value = dt.datetime(2025, 6, 30, 12, 30, tzinfo=None)  # noqa: DTZ001
        put(sheet, 6, 备注="两行\n文字，“引号”<b>&amp;", 完成时限="#N/A")
    below = street.collect()
    fresh.up("BS2", "BS")
    top = fresh.offices["SH"].collect()
    keys = ["工作项目", "责任部门", "完成时限", "备注", "_row"]
    mine = below.tables["责任清单"][keys]
    theirs = top.tables["责任清单"]
    theirs = theirs[theirs["_unit_code"] == "BS2"][keys].reset_index(drop=True)
    assert theirs.astype(str).to_dict("records") == mine.astype(str).to_dict("records")
    assert told(top, "D10") == []


def test_when_cells_were_corrected_travels_with_the_workbook():
    when = "2025-04-12T09:00:00+08:00"
    extract = Extract("xlsx", None, (), (), mended_at=when)
    carried = Carried("区.xlsx", "0" * 64, when, "JX", returned=False, extract=extract)
    line = json.loads(json.dumps(file_line(carried, {})))
    assert carried_from(line, {}).extract.mended_at == when
