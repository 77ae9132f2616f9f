"""sou-2020 at a small invented university: windows, reasons, what is pre-filled.

The place is filled in once by the careful clerk; each test takes the workbooks it is about and
spoils one thing in them. The second half is about the three lists on one sheet.
"""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from place import Place, make_place
from spoil import Office, opened, statuses, told, unclear
from world import cover_cell, edited, headings, stands, touch

from sxxt_excel.cells import item_number, item_numbers
from sxxt_excel.configuration import load_settings
from sxxt_excel.conformity import check_settings
from sxxt_excel.dates import TZ
from sxxt_excel.handout import Choice, hand_out
from sxxt_excel.regime import faced, load_regime
from sxxt_excel.standing import standing
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


SOU = "sou-2020"
JX, HG, WY = "机械工程学院党委", "化学化工学院党委", "外国语学院党总支"
LX, HL = "留学生中心直属党支部", "护理学院"
TOP, WATCH = "示例大学党委", "示例大学纪委"
LISTS = "三张清单（校级）"
ONE = "三张清单（一表式）"


@pytest.fixture(scope="module")
def filled(whole_place: Callable[[str], Place]) -> Place:
    """Return the place with everything filled in and sent."""
    return whole_place(SOU)


@pytest.fixture
def office(filled: Place, tmp_path: Path) -> Callable[..., Office]:
    """Return what opens an office with the workbooks that start like this, its settings changed."""

    def there(*starts: str, changes: tuple[tuple[str, str], ...] = ()) -> Office:
        return opened(filled, tmp_path, starts, changes)

    return there


# ---- what one spoilt cell does not show (the rest is in `test_each_rule`) ----------------------


TASKS = "责任任务清单"
TOP_LISTS = f"{TOP}_{LISTS}"
UNITS = (JX, HG, WY, LX, HL)
EVERYBODYS = (TOP_LISTS, *(f"{name}_{TASKS}" for name in UNITS))
MEETINGS = f"{TOP}_会议记录"


def test_an_item_that_a_unit_declines_with_a_reason_is_explained(office):
    there = office(*EVERYBODYS)
    for name in (JX, WY, HL):
        reason = {(3, "未纳入理由"): "本单位没有这一领域的工作职责"}
        there.write(f"{name}_{TASKS}", "责任清单", reason)
    found = told(there.collect(), "班子成员项目到分管单位")
    assert [(f.code, f.severity, f.where.cell) for f in found] == [("C104", "note", "N3")] * 3


def test_an_item_of_the_university_that_no_unit_takes_up_is_a_note_to_the_office(office):
    there = office(*EVERYBODYS)
    for name in UNITS:
        with edited(there.find(f"{name}_{TASKS}")) as book:
            sheet = book["责任清单"]
            places = headings(sheet)
            for row in range(3, 23):
                cell = sheet.cell(row, places["上级项目编号"])
                if cell.value == "XX-2025-ZR-002":
                    cell.value = None
    found = told(there.collect(), "党委项目到二级党组织")
    assert {(f.code, f.severity) for f in found} == {("C101", "note")}


def test_an_item_for_units_in_charge_of_one_who_has_none_is_unchecked_and_said(office):
    rule = "班子成员项目到分管单位"
    there = office(*EVERYBODYS)
    book = openpyxl.load_workbook(there.find(TOP_LISTS))["责任清单"]
    places = headings(book)
    whose = {row: book.cell(row, places["责任主体"]).value for row in range(3, 12)}
    number = {row: book.cell(row, places["项目编号"]).value for row in whose}
    row = next(r for r, name in whose.items() if name == "赵启衡")  # the secretary
    assert told(there.collect(), rule) == []
    there.write(TOP_LISTS, "责任清单", {(row, "落实方式"): "分管单位纳入"})
    result = there.collect()
    (found,) = told(result, rule)
    assert (found.code, found.severity, found.where.row_key) == ("C109", "note", number[row])
    assert "名册中赵启衡没有分管单位" in found.message
    (line,) = [c for c in result.cascade if c.rule == rule and c.parent_key == number[row]]
    assert line.status == "unchecked"
    assert "赵启衡的项目注明由分管单位纳入，名册中没有分管单位" in unclear(result, rule)


def test_a_meeting_outside_of_its_window_does_not_count(office):
    there = office(MEETINGS)
    there.write(MEETINGS, "会议记录", {(5, "会议日期"): dt.date(2025, 5, 20)})
    result = there.collect()
    assert [(f.code, f.severity) for f in told(result, "年初同部署")] == [("N101", "query")]
    assert statuses(result, "年中同推进") == {"met"}


def test_nothing_is_short_before_its_window_is_over(office):
    there = office(MEETINGS)
    there.write(MEETINGS, "会议记录", {(7, "会议类型"): "纪律教育会"})
    result = there.collect("2025-10-01")
    assert {f.severity for f in told(result, "年底同考核")} <= {"note"}
    assert statuses(result, "年底同考核") == {"not_due"}


def test_what_is_not_yet_due_is_not_overdue(office):
    file = f"{JX}_巡察整改"
    there = office(file).write(file, "巡察整改清单", {(3, "整改状态"): "整改中"})
    assert told(there.collect("2025-09-30"), "巡视巡察整改到期") == []
    (found,) = told(there.collect("2025-10-01"), "巡视巡察整改到期")
    assert "2025-09-30" in found.message


def test_every_leading_cadre_accounts_for_himself_or_is_named(office):
    file = f"{JX}_年终述职"
    there = office(file)
    mine = [c for c in there.collect().counts if (c.rule, c.unit) == ("领导干部述职", JX)]
    assert {c.status for c in mine} == {"met"}
    with edited(there.find(file)) as book:
        sheet = book["述责述廉登记"]
        name = sheet.cell(4, headings(sheet)["姓名"]).value
        for column in range(4, 14):
            sheet.cell(4, column).value = None
    (found,) = told(there.collect(), "领导干部述职")
    assert (found.code, found.severity) == ("N101", "query")
    assert name in found.message


def test_a_problem_found_by_oneself_costs_nothing_and_one_found_by_others_may(office):
    file = f"{TOP}_考核评分_2025年度_{JX}"
    there = office(file)
    cells = {(3, "问题来源"): "自查发现", (3, "考核得分"): 10, (4, "问题来源"): "检查发现",
             (4, "考核得分"): 6, (4, "扣分原因"): "缺两人"}  # fmt: skip
    assert told(there.write(file, "责任考核评分", cells).collect(), "主动发现的问题不扣分") == []


def test_every_body_and_person_has_items_and_problems(office):
    cells: dict[tuple[int, str], Any] = {(8, "责任主体"): "钱启衡"}
    there = office(TOP_LISTS).write(TOP_LISTS, "责任清单", cells)
    (found,) = told(there.collect(), "责任清单覆盖各责任主体")
    assert (found.severity, found.where.filer) == ("must", "孙启衡")
    there = there.write(TOP_LISTS, "问题（风险）清单", {(6, "责任主体"): "钱启衡"})
    (found,) = told(there.collect(), "问题清单覆盖各责任主体")
    assert (found.severity, found.where.filer) == ("query", "孙启衡")


# ---- pre-filled ---------------------------------------------------------------------------


def first_row(path: Path, sheet: str) -> dict[str, Any]:
    """Return the first row below the headings."""
    table = openpyxl.load_workbook(path)[sheet]
    return {name: table.cell(3, column).value for name, column in headings(table).items()}


def test_who_sets_takes_and_watches_a_rectification_is_filled_in_from_the_roster(filled):
    row = first_row(filled.root / "下发" / f"{JX}_巡察整改_2025年第1轮.xlsx", "巡察整改清单")
    assert (row["点题领导"], row["领题领导"], row["监督责任人"]) == ("赵启衡", "钱启衡", "周启衡")
    assert row["责任类别"] is None
    row = first_row(filled.root / "下发" / f"{JX}_政治生态_2025年第1轮.xlsx", "政治生态整改反馈")
    assert row["督促校领导"] == "钱启衡"


def test_rows_that_hold_only_what_was_filled_in_beforehand_are_blank(office, filled):
    there = office()
    source = filled.root / "下发" / f"{JX}_巡察整改_2025年第1轮.xlsx"
    shutil.copy(source, there.place.inbox / source.name)
    touch(there.place.inbox / source.name, dt.datetime(2025, 3, 1, 9, tzinfo=TZ))
    result = there.collect()
    assert result.tables["巡察整改清单"].empty
    assert "V101" not in {f.code for f in result.findings if f.where.sheet == "巡察整改清单"}


def test_the_people_of_a_unit_stand_in_the_tables_about_people(filled):
    members = first_row(filled.root / "下发" / f"{JX}_责任任务清单_2025年度.xlsx", "班子成员分工表")
    accounts = first_row(filled.root / "下发" / f"{JX}_年终述职_2025年度.xlsx", "述责述廉登记")
    assert members["姓名"] == accounts["姓名"] == "冯启衡"
    assert members["班子身份"] == "主要负责人"


# ---- three lists on one sheet ---------------------------------------------------------------

ON_ONE = ('# "三张清单（校级）" = "一表式"', '"三张清单（校级）" = "一表式"')
WORK = {
    "问题来源": "自查发现", "整改目标": "全部两人签字", "责任人": "赵启衡",
    "完成时限": "2025年9月底", "完成情况": "进行中",
}  # fmt: skip


Cells = dict[str, Any]


def line(who: str, number: int, problem: str, measure: str) -> Cells:
    """Return a line of the one sheet."""
    named = f"XX-2025-WT-{number:03d}"
    said = {"责任主体": who, "问题编号": named, "问题表现": problem, "整改措施": measure}
    return {**WORK, "工作项目": f"办好{number}号事项", **said}


LINES = (
    line("党委", 1, "验收单缺签字", "修订验收办法"),
    line("党委", 1, "验收单缺签字", "抽查上半年的验收单"),
    line("赵启衡", 2, "调研偏少", "每季度调研一次"),
    line("钱启衡", 3, "督办不够及时", "每月督办一次"),
    line("孙启衡", 4, "制度没有更新", "年内修订制度"),
)


@pytest.fixture(scope="module")
def blank_sheet(tmp_path_factory) -> Path:
    """Return the issued workbook of the university's lists on one sheet."""
    place = make_place(tmp_path_factory.mktemp("one"), SOU, ON_ONE)
    return next(path for path in place.issue() if path.name.startswith(TOP_LISTS))


@pytest.fixture
def one(office, blank_sheet) -> Callable[..., Office]:
    """Return what fills the one sheet in and sends it, whatever the settings say."""

    def sent(lines: tuple[Cells, ...] = LINES, *changes: tuple[str, str]) -> Office:
        there = office(changes=changes)
        book = openpyxl.load_workbook(blank_sheet)
        for label, value in (
            ("填报人", "张示例"), ("联系电话", "021-00000000"), ("填报日期", dt.date(2025, 2, 1)),
        ):  # fmt: skip
            book["封面"][cover_cell(book["封面"], label)] = value
        places = headings(book[ONE])
        for row, cells in enumerate(lines, 3):
            for name, value in cells.items():
                book[ONE].cell(row, places[name]).value = value
        target = there.place.inbox / blank_sheet.name
        book.save(target)
        touch(target, dt.datetime(2025, 2, 2, 9, tzinfo=TZ))
        return there

    return sent


def test_the_office_may_issue_the_three_lists_as_one_sheet(blank_sheet):
    book = openpyxl.load_workbook(blank_sheet)
    assert [n for n in book.sheetnames if "清单" in n] == [ONE]
    assert first_row(blank_sheet, ONE)["问题编号"] == "XX-2025-WT-001"


@pytest.mark.parametrize("changes", [(), (ON_ONE,)], ids=["issued as three", "issued as one"])
def test_one_sheet_becomes_three_lists_whatever_was_issued(one, changes):
    result = one(LINES, *changes).collect()
    assert stands(result, f"{TOP_LISTS}_2025年度.xlsx") == []
    tables = result.tables
    problems = tables["问题（风险）清单"]["问题编号"].tolist()
    assert problems == [f"XX-2025-WT-00{n}" for n in (1, 2, 3, 4)]
    assert tables["措施清单"]["措施编号"].tolist() == [
        f"XX-2025-WT-{n}" for n in ("001-1", "001-2", "002-1", "003-1", "004-1")
    ]
    duties = tables["责任清单"]
    assert duties["项目编号"].tolist() == [f"XX-2025-ZR-00{n}" for n in (1, 2, 3, 4)]
    assert duties["_row"].tolist() == [3, 5, 6, 7]
    assert set(duties["_sheet"]) == {ONE}
    assert tables["措施清单"]["整改状态"].tolist() == ["整改中"] * 5
    assert ONE not in tables
    assert statuses(result, "问题到措施") == statuses(result, "问题到责任项目") == {"taken_up"}


def test_what_the_one_sheet_does_not_ask_is_not_asked_for_but_said_to_be_unchecked(one):
    result = one().collect()
    assert {f.code for f in result.findings if f.where.path} <= {"T103"}
    assert "缺“落实方式”列" in "".join(unclear(result, "党委和书记项目到班子成员"))


def test_a_fault_is_told_once_at_its_own_cell_under_its_own_heading(one):
    there = one()
    for name, value, code in (
        ("完成时限", "尽快", "V105"), ("责任主体", "某某人", "V109"), ("责任人", None, "V101"),
        ("问题来源", "道听途说", "V104"), ("问题编号", "第一号问题", "V108"),
    ):  # fmt: skip
        spoilt = (*LINES[:3], {**LINES[3], name: value}, LINES[4])
        result = one(spoilt).collect()
        column = headings(openpyxl.load_workbook(there.find(TOP_LISTS))[ONE])[name]
        cell = f"{openpyxl.utils.get_column_letter(column)}6"
        found = [f for f in result.findings if f.code == code]
        assert [(f.where.sheet, f.where.cell, f.where.field) for f in found] == [(ONE, cell, name)]


def test_a_problem_that_two_rows_describe_differently_has_a_number_too_often(one):
    lines = (*LINES[:4], {**LINES[4], "问题编号": "XX-2025-WT-003"})
    found = [f for f in one(lines).collect().findings if f.code == "V106"]
    assert [(f.severity, f.where.cell) for f in found] == [("must", "C7")]


def test_a_second_measure_need_not_say_the_problem_again(one):
    lines = (LINES[0], {**LINES[1], "问题表现": None, "工作项目": None}, *LINES[2:])
    result = one(lines).collect()
    assert stands(result, f"{TOP_LISTS}_2025年度.xlsx") == []
    assert len(result.tables["措施清单"]) == len(LINES)


def test_a_problem_with_several_measures_lasts_as_long_and_is_as_far_as_the_slowest(one):
    done = {"完成时限": "2025年6月底", "完成情况": "已完成"}
    open_ = {"完成时限": "2025年12月底", "完成情况": "未开始"}
    lines = ({**LINES[0], **done}, {**LINES[1], **open_}, *LINES[2:])
    result = one(lines).collect()
    assert stands(result, f"{TOP_LISTS}_2025年度.xlsx") == []
    duty, problem = (result.tables[name].iloc[0] for name in ("责任清单", "问题（风险）清单"))
    assert (duty["完成时限"], duty["完成情况"]) == ("2025年12月底", "未启动")
    assert problem["整改时限"] == "2025年12月底"
    repaired = [f.where.cell for f in result.findings if f.code == "V154"]
    assert repaired == ["L4"]  # where it stands, not where the problem stands first


def test_a_problem_that_lasts_for_ever_outlasts_any_day(one):
    lines = ({**LINES[0], "完成时限": "长期坚持"}, LINES[1], *LINES[2:])
    result = one(lines).collect()
    assert result.tables["责任清单"]["完成时限"].iloc[0] == "长期坚持"


def test_what_a_second_row_of_a_problem_says_otherwise_is_to_be_explained(one):
    other = {"问题来源": "审计反馈", "整改目标": "别的目标", "责任人": "钱启衡"}
    lines = (LINES[0], {**LINES[1], **other}, *LINES[2:])
    found = [f for f in one(lines).collect().findings if f.code == "V140"]
    assert [(f.severity, f.where.cell, f.where.field, f.got) for f in found] == [
        ("query", cell, name, other[name])
        for cell, name in (("E4", "问题来源"), ("F4", "整改目标"))
    ]  # each measure may have somebody of its own: 措施清单 keeps whom


def test_what_only_the_second_row_of_a_problem_says_is_taken(one):
    lines = ({**LINES[0], "责任部门": None}, {**LINES[1], "责任部门": "财务处"}, *LINES[2:])
    result = one(lines).collect()
    assert result.tables["责任清单"]["责任部门"].iloc[0] == "财务处"
    assert "V140" not in {f.code for f in result.findings}


def test_a_second_duty_of_a_problem_gets_a_number_of_its_own(one):
    lines = (LINES[0], {**LINES[1], "工作项目": "另一件事"}, *LINES[2:])
    result = one(lines).collect()
    numbers = result.tables["责任清单"]["项目编号"].tolist()
    assert numbers[:2] == ["XX-2025-ZR-001", "XX-2025-ZR-001-2"]


def test_plain_numbers_are_completed_in_all_three_lists(one):
    plain = (1, 1, 2, 3, 4)
    result = one(tuple({**c, "问题编号": n} for c, n in zip(LINES, plain, strict=True))).collect()
    numbers = result.tables["措施清单"]["措施编号"].tolist()
    assert numbers[:2] == ["XX-2025-WT-001-1", "XX-2025-WT-001-2"]
    noted = [f.where.cell for f in result.findings if f.code == "V153"]
    assert sorted(noted) == ["C3", "C4", "C5", "C6", "C7"]
    assert stands(result, f"{TOP_LISTS}_2025年度.xlsx") == []


def test_a_missing_column_of_the_one_sheet_is_told_once(one):
    there = one()
    with edited(there.find(TOP_LISTS)) as book:
        book[ONE].delete_cols(headings(book[ONE])["整改目标"])
    found = [f for f in there.collect().findings if f.code in {"S102", "V101"}]
    assert [(f.code, f.where.sheet, f.where.field) for f in found] == [("S102", ONE, "整改目标")]


def test_an_empty_one_sheet_is_told_once_and_may_be_explained(one):
    there = one(())
    found = [f for f in there.collect().findings if f.where.sheet == ONE]
    assert [f.code for f in found] == ["Q104"]
    with edited(there.find(TOP_LISTS)) as book:
        book["封面"][cover_cell(book["封面"], "空表说明")] = "本年度尚未梳理出突出问题"
    found = [f for f in there.collect().findings if f.where.sheet == ONE]
    assert [f.code for f in found] == ["Q108"]


def test_a_one_sheet_workbook_without_its_stamp_is_still_known(one):
    there = one()
    with edited(there.find(TOP_LISTS)) as book:
        del book["_sxxt"]
    result = there.collect()
    (row,) = result.files
    assert (row.unit_code, row.packet) == ("XX", LISTS)
    assert len(result.tables["措施清单"]) == len(LINES)


def test_both_layouts_lie_in_one_master_side_by_side(one, filled):
    there = one()
    source = filled.inbox / f"{WATCH}_{LISTS}_2025年度.xlsx"
    shutil.copy2(source, there.place.inbox / source.name)
    result = there.collect()
    assert stands(result, source.name) == []
    assert set(result.tables["问题（风险）清单"]["_unit_code"]) == {"XX", "JWW"}


def test_who_fills_in_the_lists_by_themselves_too_is_taken_at_these(one, filled):
    there = one()
    own = openpyxl.load_workbook(filled.inbox / f"{TOP_LISTS}_2025年度.xlsx")
    with edited(there.find(TOP_LISTS)) as book:
        for name in ("责任清单", "问题（风险）清单", "措施清单"):
            sheet = book.create_sheet(name)
            for row in own[name].iter_rows(values_only=True):
                sheet.append(row)
    result = there.collect()
    assert set(result.tables["措施清单"]["_sheet"]) == {"措施清单"}
    assert "S106" in {f.code for f in result.findings}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"三张清单（校级）" = "两表式"', "一表式、分表式"),
        ('"年终述职" = "一表式"', "三张清单（校级）"),
    ],
)
def test_a_layout_that_is_none_is_refused(tmp_path, text, said):
    path = tmp_path / "sxxt.toml"
    path.write_text(f'regime = "{SOU}"\nyear = 2025\n[layout]\n{text}\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        check_settings(load_settings(path), load_regime(SOU))


def test_only_packets_with_one_sheet_have_another_face():
    regime = load_regime(SOU)
    assert [f.id for f in faced(regime, LISTS).sheets(LISTS)] == ["封面", ONE, "情况说明"]
    assert faced(regime, "年终述职") is regime


# ---- what is filed when needed: by halves, by the year, in rounds ------------------------------

CLIMATE, MENDED = "政治生态", "巡察整改"


def climate(tmp_path: Path, *needed: str) -> Place:
    """Return a place where the office asks these, a unit and perhaps a period, for one thing."""
    asked = ", ".join(f'"{each}"' for each in needed)
    before = f'"{CLIMATE}" = ["JX 第1轮", "HG 第1轮"]'
    return make_place(tmp_path / "w", SOU, (before, f'"{CLIMATE}" = [{asked}]'))


def laid_out(there: Place, packet: str | None, period: str | None = None, *units: str) -> set[str]:
    """Return the names of the workbooks that issue lays out."""
    choice = Choice(packet, period, units)
    return {done.path.stem for done in hand_out(there.space, dt.date(2025, 1, 2), choice).issued}


def sent(there: Place, *names: str) -> list[tuple[str, str, str | None]]:
    """Send these as issued; return period, status and file of what is expected of JX then."""
    for name in names:
        source = there.root / "下发" / f"{name}.xlsx"
        shutil.copy2(source, there.inbox / source.name)
        touch(there.inbox / source.name)
    result = there.collect("2026-06-30", write=True)
    assert {f.path for f in result.files if f.status == "superseded"} == set()
    rows = standing(there.space, dt.date(2026, 6, 30))
    said = [
        [(e.period, e.status, e.path) for e in each if (e.unit_code, e.packet) == ("JX", CLIMATE)]
        for each in (result.expected, rows)
    ]
    assert sorted(said[0]) == sorted(said[1])  # status says what collect found
    return said[0]


def test_two_halves_of_what_is_filed_when_needed_stand_beside_each_other(tmp_path):
    there = climate(tmp_path, "JX 上半年", "JX 下半年")
    halves = [f"{JX}_{CLIMATE}_2025年{half}" for half in ("上半年", "下半年")]
    assert laid_out(there, None, None, "JX") >= {*halves}
    assert laid_out(there, CLIMATE, None, "JX") == {*halves}
    assert laid_out(there, CLIMATE, "上半年", "JX") == {halves[0]}
    assert sent(there, *halves) == [
        ("2025-H1", "returned", f"{halves[0]}.xlsx"),
        ("2025-H2", "returned", f"{halves[1]}.xlsx"),
    ]


def test_what_is_needed_for_the_year_is_about_the_year_and_a_half_comes_beside_it(tmp_path):
    there = climate(tmp_path, "JX")
    year, half = f"{JX}_{CLIMATE}_2025年度", f"{JX}_{CLIMATE}_2025年上半年"
    assert laid_out(there, CLIMATE, None, "JX") == {year}
    assert sent(there, year) == [("2025", "returned", f"{year}.xlsx")]
    assert laid_out(there, CLIMATE, "2025-H1", "JX") == {half}
    assert sent(there, half) == [
        ("2025", "returned", f"{year}.xlsx"),
        ("2025-H1", "returned", f"{half}.xlsx"),
    ]


def test_a_round_is_issued_by_its_name_and_nothing_beside_it(tmp_path):
    there = climate(tmp_path, "JX")
    first = {f"{name}_{MENDED}_2025年第1轮" for name in (JX, HG)}
    for period in ("第1轮", "2025年第1轮", "2025-R1"):
        assert laid_out(there, MENDED, period, "JX", "HG") == first
    assert laid_out(there, MENDED, None, "JX", "HG") == first
    assert laid_out(there, MENDED, None, "WY") == {f"{WY}_{MENDED}_2025年度"}
    with pytest.raises(WorkspaceError, match="第1轮（第几轮）"):
        laid_out(there, MENDED, "第一次")


# ---- numbers that go on from others ----------------------------------------------------------

WT, CS = "XX-2025-WT-", "XX-2025-CS-"


@pytest.mark.parametrize(
    ("said", "value", "code"),
    [
        ("XX-2025-WT-001-1", "XX-2025-WT-001-1", None),
        ("xx-2025-wt-1－2", "XX-2025-WT-001-2", "V153"),
        ("3-2", "XX-2025-WT-003-2", "V153"),
        ("XX-2025-CS-001", "XX-2025-CS-001", None),
        (7, "XX-2025-CS-007", "V153"),
        ("JX-2025-WT-001-1", None, "V108"),
        ("XX-2025-WT-001", None, "V108"),
        ("XX-2025-ZR-001-1", None, "V108"),
    ],
)
def test_a_measure_is_numbered_by_itself_or_under_its_problem(said, value, code):
    outcome = item_number(said, CS, WT)
    assert (outcome.value, outcome.code) == (value, code)


@given(st.integers(1, 999), st.integers(1, 99))
def test_a_number_with_a_part_reads_as_it_stands(number, part):
    whole = f"{WT}{number:03d}-{part}"
    assert item_number(whole, CS, WT).value == whole
    assert item_number(whole, WT).value == whole
    assert item_numbers(whole, None).value == whole


# ---- who owes what -----------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["JX", ""])
def test_a_unit_without_a_party_body_of_its_own_owes_nothing_as_one(tmp_path, body):
    place = make_place(tmp_path, SOU)
    (unit,) = (row for row in place.campus.units if row["单位名称"] == HL)
    unit["所属党组织代码"] = body
    expected = place.write().collect().expected
    owed = {e.packet for e in expected if e.unit == HL}
    assert owed == ({"年终述职"} if body else {"责任任务清单", "主体责任报告", "年终述职"})
    assert (HL in {e.subject for e in expected if e.packet == "考核评分"}) is not bool(body)


def test_every_leading_cadre_accounts_whatever_kind_of_unit_he_heads(tmp_path):
    place = make_place(tmp_path, SOU)
    units = {e.unit for e in place.collect().expected if e.packet == "年终述职"}
    kinds = {row["单位类别"] for row in place.campus.units if row["单位名称"] in units}
    assert {"校党委", "基层党委", "二级单位", "党委工作部门", "行政职能部门", "教辅单位"} <= kinds
