"""The master workbook, read back as a clerk, a program and LibreOffice read it."""

import json
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from libreoffice import PROGRAM, saved_as
from python_calamine import CalamineWorkbook

from sxxt_excel.codes import FAMILIES
from sxxt_excel.decisions import decisions
from sxxt_excel.findings import finding
from sxxt_excel.outcome import (
    CascadeRow,
    CountRow,
    Expected,
    ExpectedStatus,
    FileRow,
    FileStatus,
    Finding,
    Receipt,
    Unchecked,
    Where,
)
from sxxt_excel.outputs import listing
from sxxt_excel.outputs import tables as sheets
from sxxt_excel.outputs.changes import changes
from sxxt_excel.outputs.master import write_master
from sxxt_excel.outputs.words import matter, matters, rule_titles, summary, unit_status
from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.regime import load_regime
from sxxt_excel.result import LAST_DAY, Round
from sxxt_excel.settings import Settings

REGIME = load_regime("tj-2017")
SETTINGS = Settings("tj-2017", 2025, name="示例大学")
LISTS, REPORT = "责任任务清单", "落实情况报告"
FIXED = ("总览", "报送情况", "催报电话单", "清单备案登记", "审核意见", "责任传导", "次数核对")
UNITS = (
    Unit("XX", "学校党委", "校党委"),
    Unit("JX", "机械工程学院党委", "基层党委", contact="赵示例", phone="022-11110001"),
    Unit("WL", "物理学院党委", "基层党委", contact="钱示例", phone="022-11110002", leader="周示例"),
    Unit("HX", "化学学院党总支", "党总支", contact="孙示例", phone="022-11110003"),
    Unit("TW", "体育部党总支", "党总支"),
)
PEOPLE = (Person("吴校示例", "XX", "副校长", "班子其他成员", in_charge=("HX",)),)
# "=1+1" is what a sender wrote; the folder's name holds what a link must escape.
JX_FILE, HX_FILE = "一 批#1/机械 50%.xlsx", "化学.xlsx"
ODD = "第一行\n控制\x01符 <b>&“_x0041_”"


def owed(unit: str, packet: str, status: ExpectedStatus, due: str | None, **more: Any) -> Expected:
    name = next(u.name for u in UNITS if u.code == unit)
    came = {"on_time": "on_time", "late": "late", "returned": "on_time"}.get(status)
    row = Expected(
        obligation="基层清单备案",
        obligations=("T08",),
        rule="基层清单备案",
        unit=name,
        unit_code=unit,
        packet=packet,
        period="2025" if packet == LISTS else "2025-H1",
        duty="报送",
        due=due,
        status=status,
        arrived=came,  # type: ignore[arg-type]
        accepted=None if came is None else status != "returned",
    )
    return replace(row, **more)


def file(path: str, status: FileStatus, unit: str | None, packet: str | None = LISTS) -> FileRow:
    name = next((u.name for u in UNITS if u.code == unit), None)
    receipt = Receipt("2025-04-10T16:30:00+08:00", "收件登记")
    return FileRow(path, "0" * 64, receipt, status, name, unit, packet, "2025")


def rows(**columns: Any) -> pd.DataFrame:
    base = {
        "_unit": ["机械工程学院党委", "机械工程学院党委", "化学学院党总支"],
        "_unit_code": ["JX", "JX", "HX"],
        "_period": ["2025"] * 3,
        "_status": ["accepted", "accepted", "returned"],
        "_path": [JX_FILE, JX_FILE, HX_FILE],
        "_sheet": ["任务清单"] * 3,
        "_row": [5, 6, 5],
        "_filer": ["领导班子", "李示例", "领导班子"],
        "_role": ["领导班子", "主要负责人", "领导班子"],
    }
    return pd.DataFrame(base | columns)


def days(words: list[Any]) -> Any:
    return pd.to_datetime(words)


def tables() -> dict[str, pd.DataFrame]:
    tasks = rows(**{
        "责任主体": ["领导班子", "李示例", "领导班子"],
        "任务编号": ["JX-2025-RW-001", "JX-2025-RW-002", "HX-2025-RW-001"],
        "工作任务": ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"],
        "具体措施": [ODD, pd.NA, "-2+3"],
        "责任人": ["0012", "http://example.com", "李"],
        "开始时间": days(["2025-03-01", None, "2025-03-05"]),
        "完成时限": ["2025年6月底", "长期坚持", "三季度末"],
        f"完成时限{LAST_DAY}": days(["2025-06-30", None, "2025-09-30"]),
    })  # fmt: skip
    lists = rows(项目编号=["JX-2025-ZR-001", "JX-2025-ZR-002", "HX-2025-ZR-001"])
    signed = rows(背书日期=days(["2025-04-08", "2025-04-09", None]))
    figures = rows(指标=["谈话"] * 3, 数值=pd.array([1, 2, pd.NA], dtype="Int64"))
    return {"任务清单": tasks, "责任清单": lists, "签字背书": signed, "履责统计": figures}


def findings() -> tuple[Finding, ...]:
    def at(path: str | None, cell: str | None = None, unit: str = "化学学院党总支") -> Where:
        return Where(path, "任务'清单", cell, None, unit, "HX", "领导班子", "任务清单", "完成时限")

    return (
        finding("V101", at(HX_FILE, "J5"), got="=HYPERLINK(1)", basis=REGIME.cite("三（一）1")),
        finding("V105", at(JX_FILE, "J6"), got="以后"),
        finding("V151", at("包.zip!里.xlsx", "C3:C9"), got="2025.3.5"),
        finding("I106", at("../外面.xlsx", "A1"), got="x"),
        finding("V101", at("旧.xlsx")),
        finding("Q101", at(None, unit="物理学院党委")),
    )


def expected() -> tuple[Expected, ...]:
    came = "2025-04-10T16:30:00+08:00"
    return (
        owed("HX", LISTS, "returned", "2025-04-20", path=HX_FILE, received_at=came),
        owed("JX", LISTS, "on_time", "2025-04-20", path=JX_FILE, received_at=came),
        owed("WL", LISTS, "missing", "2025-04-20"),
        owed("TW", LISTS, "excused", "2025-04-20"),
        owed("JX", REPORT, "late", "2025-07-10"),
        owed("HX", REPORT, "missing", "2025-07-10"),
        owed("WL", REPORT, "not_due", "2025-07-31"),
        owed("WL", "述责述廉", "missing", None, duty="按需", filer="王示例", latent=True),
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    for name in (JX_FILE, HX_FILE, "包.zip", "../外面.xlsx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def result(inbox: Path) -> Round:
    return Round(
        returned_before=frozenset({"旧.xlsx"}),
        regime=REGIME,
        settings=SETTINGS,
        roster=Roster(UNITS, PEOPLE),
        inbox=inbox,
        today=date(2025, 7, 15),
        files=(
            file(HX_FILE, "returned", "HX"),
            file("旧.xlsx", "superseded", "HX"),
            file("更旧.xlsx", "superseded", "HX"),
            file(JX_FILE, "accepted", "JX"),
            file("别的.docx", "attachment", None, None),
        ),
        findings=findings(),
        expected=expected(),
        cascade=(
            CascadeRow("校领导项目到分管单位", "学校党委", "吴校示例", "XX-2025-ZR-003", "missing"),
            CascadeRow("责任项到任务项", "机械工程学院党委", "领导班子", "JX-2025-ZR-001",
                       "taken_up", ("JX-2025-RW-001", "JX-2025-RW-002"), "排查重点岗位廉政风险"),
        ),
        counts=(
            CountRow("专题调研", "机械工程学院党委", "李示例", "2025", 1, 0, "not_due"),
            CountRow("专题分析研究", "化学学院党总支", None, "2025-H1", None, None, "unchecked"),
        ),
        unchecked=(
            Unchecked("专题分析研究", "物理学院党委", "落实情况报告未收到"),
            Unchecked("专题分析研究", "化学学院党总支", "落实情况报告未收到"),
        ),
        decisions=decisions(SETTINGS, REGIME),
        tables=tables(),
    )  # fmt: skip


@pytest.fixture
def path(result: Round, tmp_path: Path) -> Path:
    target = tmp_path / "汇总" / "总台账.xlsx"
    write_master(result, target)
    return target


def read(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def records(path: Path, sheet: str) -> list[dict[str, Any]]:
    head, *body = read(path, sheet)
    return [dict(zip(head, row, strict=True)) for row in body]


def texts(path: Path, sheet: str) -> list[str]:
    return [str(cell) for row in read(path, sheet) for cell in row if cell != ""]


# ---- the sentence ------------------------------------------------------------------


def test_the_sentence_is_the_one_offices_read(result: Round):
    rows = [owed("JX", LISTS, "on_time", "2025-04-20", unit_code=f"A{n}") for n in range(51)]
    rows += [owed("JX", LISTS, "returned", "2025-04-20", unit_code=f"R{n}") for n in range(4)]
    rows += [owed("JX", LISTS, "late", "2025-04-20", unit_code=f"L{n}") for n in range(2)]
    rows += [owed("JX", LISTS, "missing", "2025-04-20", unit_code=f"M{n}") for n in range(3)]
    rows += [owed("JX", LISTS, "excused", "2025-04-20", unit_code="E")]
    said = summary(replace(result, expected=tuple(rows), today=date(2025, 7, 10)))
    assert (
        said == "应报60家，已报57家（按时55家、逾期2家），未报3家；已报中待修改4家（截至7月10日）。"
    )


def test_the_sentence_counts_units_never_workbooks(result: Round):
    assert summary(result) == (
        "应报3家，已报2家（按时1家、逾期1家），未报1家；已报中待修改1家、未报齐1家（截至7月15日）。"
    )
    assert result.totals.units_expected == 3
    assert result.totals.units_arrived == 2
    assert summary(result, LISTS, "2025").startswith(
        "应报3家，已报2家（按时2家、逾期0家），未报1家"
    )


def test_a_filer_who_has_not_sent_leaves_his_unit_incomplete(result: Round):
    rows = (
        owed("JX", LISTS, "on_time", "2025-04-20", filer="甲"),
        owed("JX", LISTS, "missing", "2025-04-20", filer="乙"),
    )
    assert unit_status(rows) == "missing"
    said = summary(replace(result, expected=rows))
    assert "应报1家，已报1家" in said
    assert "未报齐1家" in said


def test_before_the_due_day_nobody_is_blamed(result: Round):
    rows = (owed("JX", LISTS, "not_due", "2025-08-20"), owed("HX", LISTS, "not_due", "2025-08-20"))
    said = summary(replace(result, expected=rows))
    assert said == "应报2家，已报0家，未报2家，均未到期（截至7月15日）。"
    assert summary(replace(result, expected=())) == "没有应报单位（截至7月15日）。"


def test_matters_follow_the_document(result: Round):
    assert [pair[0] for pair in matters(result)] == [LISTS, REPORT, "述责述廉"]
    assert matter(REPORT, "2025-H1") == "2025年上半年落实情况报告"


def test_every_rule_has_a_title():
    titles = rule_titles(REGIME)
    assert titles["专题调研"] == "主要负责人每年至少开展一次专题调研"
    assert titles["党政主要负责人会议述责"] == "党政主要负责人在会议上述责述廉"
    assert all(titles.values())


# ---- the workbook ------------------------------------------------------------------


def test_sheets_stand_in_the_order_of_the_contract(path: Path):
    kept = {o.packet for o in REGIME.obligations if o.duty == "自存"}
    registers = {form.id for packet in kept for form in REGIME.sheets(packet)}
    forms = [f.id for f in REGIME.forms if f.id not in registers | {"封面", "情况说明"}]
    assert CalamineWorkbook.from_path(path).sheet_names == [*FIXED, *forms, "口径说明"]


def test_explanations_get_a_sheet_once_there_are_any(result: Round, tmp_path: Path):
    filled = replace(result, tables=tables() | {"情况说明": rows(涉及表=["任务清单"] * 3)})
    write_master(filled, tmp_path / "m.xlsx")
    assert "情况说明" in CalamineWorkbook.from_path(tmp_path / "m.xlsx").sheet_names


def test_overview_says_the_sentence_and_the_figures(path: Path, result: Round):
    said = texts(path, "总览")
    assert summary(result) in said
    assert f"2025年度{LISTS}：{summary(result, LISTS, '2025')}" in said
    assert "首次汇总，没有上次结果可比。" in said
    assert any("内部资料 注意保管" in text and "截至2025年7月15日" in text for text in said)
    figures = {row[0]: row for row in read(path, "总览")}
    assert figures[f"2025年度{LISTS}"][1:] == [
        "2025-04-20",
        3,
        1,
        0,
        1,
        1,
        0,
        1,
        pytest.approx(1 / 3),
    ]
    assert figures[f"2025年上半年{REPORT}"][-1] == 0
    assert figures["填写内容"][1:5] == [3, 0, 1, 4]
    assert figures["合计"][1:5] == [4, 0, 2, 6]


def test_a_rate_without_anything_due_is_a_dash(result: Round, tmp_path: Path):
    rows = (owed("JX", LISTS, "not_due", "2025-08-20"),)
    write_master(replace(result, expected=rows), tmp_path / "m.xlsx")
    figures = {row[0]: row for row in read(tmp_path / "m.xlsx", "总览")}
    assert figures[f"2025年度{LISTS}"][-1] == "—"


def test_overview_has_two_charts_of_its_own_figures(path: Path):
    with zipfile.ZipFile(path) as package:
        charts = [package.read(n).decode() for n in package.namelist() if "charts/chart" in n]
    assert len(charts) == 2
    assert sum('<c:grouping val="stacked"/>' in chart for chart in charts) == 2
    first = next(chart for chart in charts if "按时报送" in chart)
    book = openpyxl.load_workbook(path)
    categories = first.split("<c:cat>")[1].split("<c:f>")[1].split("</c:f>")[0]
    area = categories.split("!")[1].replace("$", "")
    assert [cell.value for (cell,) in book["总览"][area]] == [
        f"2025年度{LISTS}", f"2025年上半年{REPORT}",
    ]  # fmt: skip


def test_no_chart_covers_a_figure_however_many_bars_it_has(result: Round, tmp_path: Path):
    (some, *_) = result.findings
    every = tuple(replace(some, code=f"{family}101") for family, _ in FAMILIES)
    write_master(replace(result, findings=every), tmp_path / "m.xlsx")
    with zipfile.ZipFile(tmp_path / "m.xlsx") as package:
        (drawing,) = [
            package.read(n).decode() for n in package.namelist() if n == "xl/drawings/drawing1.xml"
        ]
    ends = [int(n) for n in re.findall(r"<xdr:to>.*?<xdr:row>(\d+)</xdr:row>", drawing)]
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["总览"]
    (first,) = [row[0].row for row in sheet.iter_rows() if str(row[0].value).startswith("一、")]
    assert len(ends) == 2
    assert max(ends) + 1 < first


def test_what_changed_since_the_last_run_is_counted(result: Round, tmp_path: Path):
    before = replace(
        result,
        today=date(2025, 7, 1),
        findings=(
            *result.findings[1:],
            finding("V101", Where("旧的.xlsx", "表", "B2", unit="学院")),
        ),
        expected=tuple(
            replace(row, arrived=None, accepted=None) if row.unit_code == "JX" else row
            for row in result.expected
        ),
    )
    previous = json.loads(json.dumps(before.to_json()))
    write_master(result, tmp_path / "m.xlsx", changes(previous, result.to_json()))
    said = {row[0]: row[1] for row in read(tmp_path / "m.xlsx", "总览")}
    assert said["新收到（份）"] == 2
    assert said["新审核通过（份）"] == 2
    assert said["已消除的审核意见（条）"] == 1
    assert said["新增的审核意见（条）"] == 1
    assert "上次汇总截至2025-07-01。" in said


def test_a_finding_in_a_workbook_sent_again_is_no_new_one(result: Round, tmp_path: Path):
    renamed = tuple(
        replace(f, where=replace(f.where, path="重报.xlsx")) if f.where.path == HX_FILE else f
        for f in result.findings
    )
    again = replace(result, findings=renamed)
    write_master(again, tmp_path / "m.xlsx", changes(result.to_json(), again.to_json()))
    said = {row[0]: row[1] for row in read(tmp_path / "m.xlsx", "总览")}
    assert said["新增的审核意见（条）"] == said["已消除的审核意见（条）"] == 0


def test_arrivals_are_a_matrix_in_the_order_of_the_roster(path: Path):
    found = records(path, "报送情况")
    assert [row["单位"] for row in found] == [u.name for u in UNITS[1:]]
    lists, report = f"{LISTS}\n2025年度", f"{REPORT}\n2025年上半年"
    assert [row[lists] for row in found] == ["按时报送", "尚未报送", "已报待改", "准予免报"]
    assert [row[report] for row in found] == ["逾期报送", "未到期", "尚未报送", "—"]
    assert found[0][f"{lists}\n收到时间"] == "2025-04-10 16:30"


def test_the_same_word_has_the_same_fill_and_others_another(path: Path):
    sheet = openpyxl.load_workbook(path)["报送情况"]
    fills: dict[object, set[str]] = {}
    for row in sheet.iter_rows(min_row=2, min_col=4, max_col=5):
        for cell in row:
            fills.setdefault(cell.value, set()).add(cell.fill.fgColor.rgb)
    assert all(len(fill) == 1 for fill in fills.values())
    assert fills["尚未报送"] != fills["按时报送"] != fills["逾期报送"]


def test_calls_name_what_is_owed_whom_to_ring_and_who_is_in_charge(path: Path):
    found = {row["单位"]: row for row in records(path, "催报电话单")}
    assert set(found) == {"物理学院党委", "化学学院党总支"}
    physics, chemistry = found["物理学院党委"], found["化学学院党总支"]
    assert physics["所欠材料（截止日）"] == (
        f"1. 2025年度{LISTS}（2025-04-20截止）\n2. 2025年上半年述责述廉（未定截止日）：王示例"
    )
    assert physics["状态"] == "1. 尚未报送\n2. 尚未报送"
    assert (physics["联系人"], physics["联系电话"]) == ("钱示例", "022-11110002")
    assert physics["分管（联系）领导"] == "周示例"
    assert chemistry["分管（联系）领导"] == "吴校示例"
    assert chemistry["状态"] == "1. 已报待改\n2. 尚未报送"
    assert physics["答复"] == physics["承诺时间"] == ""


def test_calls_fit_one_page_and_what_is_too_wide_to_be_read_on_a4_goes_on_a3(path: Path):
    book = openpyxl.load_workbook(path)
    papers = {sheet.title: sheet.page_setup.paperSize for sheet in book}
    a4, a3 = 9, 8
    assert {
        papers[name] for name in ("总览", "报送情况", "催报电话单", "责任传导", "口径说明")
    } == {a4}
    assert {papers[name] for name in ("审核意见", "责任清单", "任务清单")} == {a3}
    for sheet in book:
        assert (sheet.page_setup.orientation == "landscape") == (sheet.title != "总览")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # One page high is what the format means where nothing is said.
        assert (sheet.page_setup.fitToHeight != 0) == (sheet.title in {"总览", "催报电话单"})
        assert "内部资料 注意保管" in sheet.oddHeader.left.text
        assert "&P" in sheet.oddFooter.right.text
        if sheet.title not in {"总览", "口径说明"}:
            assert sheet.print_title_rows == "$1:$1"
            assert sheet.auto_filter.ref.startswith("A1:")
            assert sheet.freeze_panes.endswith("2")


def test_accepted_lists_get_their_numbers_and_returned_ones_wait(path: Path):
    found = records(path, "清单备案登记")
    assert [row["备案编号"] for row in found] == [
        "JX-2025-BA-01", "JX-2025-BA-02", "JX-2025-BA-03", "JX-2025-BA-04",
        "待改后登记", "待改后登记",
    ]  # fmt: skip
    assert [(row["责任主体"], row["清单"]) for row in found[:4]] == [
        ("领导班子", "责任清单"), ("领导班子", "任务清单"),
        ("李示例", "责任清单"), ("李示例", "任务清单"),
    ]  # fmt: skip
    first, last = found[0], found[-1]
    assert first["项目数"] == 1
    assert first["背书日期"] == date(2025, 4, 8)
    assert (first["报送时间"], first["时限"]) == ("2025-04-10 16:30", "2025-04-20")
    assert first["是否按时"] == "按时"
    assert first["退回次数"] == 0
    # Of two earlier ones only the one with a must finding went back.
    assert last["退回次数"] == 1
    assert last["背书日期"] == ""


def test_findings_say_all_in_words_of_the_office(path: Path):
    found = records(path, "审核意见")
    assert len(found) == 6
    assert list(found[0]) == [
        "序号", "程度", "编号", "单位", "责任主体", "文件", "工作表", "单元格", "列名",
        "发现的内容", "问题", "怎么改", "依据",
    ]  # fmt: skip
    assert found[0]["程度"] == "须修改"
    assert found[0]["发现的内容"] == "=HYPERLINK(1)"
    assert found[0]["问题"] == "“完成时限”未填"
    assert "三（一）1" in str(found[0]["依据"])


def test_links_open_the_file_and_the_cell_in_the_own_inbox_only(path: Path, inbox: Path):
    sheet = openpyxl.load_workbook(path)["审核意见"]
    links = {cell.coordinate: cell.hyperlink for row in sheet for cell in row if cell.hyperlink}
    # A file in an archive opens the archive and has no cell; ../ and what is gone have no link.
    assert set(links) == {"F2", "H2", "F3", "H3", "F4"}
    opened = {at: (path.parent / unquote(link.target)).resolve() for at, link in links.items()}
    assert opened["F2"] == opened["H2"] == (inbox / HX_FILE).resolve()
    assert opened["F3"] == (inbox / JX_FILE).resolve()
    assert opened["F4"] == (inbox / "包.zip").resolve()
    assert links["H2"].location == "'任务''清单'!J5"
    assert links["F2"].location is None
    assert " " not in links["F3"].target
    assert "#" not in links["F3"].target
    assert "50%25" in links["F3"].target


def test_no_other_sheet_holds_a_link(path: Path):
    for sheet in openpyxl.load_workbook(path):
        linked = [cell for row in sheet for cell in row if cell.hyperlink]
        assert bool(linked) == (sheet.title == "审核意见")


def test_links_beyond_what_excel_takes_are_left_out_and_told(
    result: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(listing, "MOST_LINKS", 3)
    write_master(result, tmp_path / "汇总" / "m.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "汇总" / "m.xlsx")["审核意见"]
    assert sum(cell.hyperlink is not None for row in sheet for cell in row) == 3
    assert any(
        "有2处没有加链接" in text for text in texts(tmp_path / "汇总" / "m.xlsx", "口径说明")
    )


def test_cascade_and_counts_are_told_with_titles_and_words(path: Path):
    missing, taken = records(path, "责任传导")
    assert missing["规则"] == "校领导注明“分管单位纳入”的项目由分管单位承接"
    assert (missing["情况"], missing["承接项目"]) == ("未承接", "")
    assert taken["承接项目"] == "JX-2025-RW-001、JX-2025-RW-002"
    research, study = records(path, "次数核对")
    assert (research["应有"], research["实有"], research["情况"]) == (1, 0, "未到期")
    assert (study["时段"], study["应有"], study["情况"]) == ("2025年上半年", "—", "未检")


def test_a_form_sheet_has_its_origin_and_its_headings(path: Path):
    found = records(path, "任务清单")
    heads = list(found[0])
    assert heads[:6] == ["填报单位", "报告期", "状态", "来源文件", "来源表", "来源行"]
    own = [name for name in heads[6:] if name != "完成时限（折算日期）"]
    assert own == [field.name for field in REGIME.form("任务清单").fields]
    assert heads[heads.index("完成时限") + 1] == "完成时限（折算日期）"
    assert [row["状态"] for row in found] == ["审核通过", "审核通过", "已报待改"]
    assert found[0]["报告期"] == "2025年度"
    assert (found[0]["来源文件"], found[0]["来源行"]) == (JX_FILE, 5)
    assert found[0]["开始时间"] == date(2025, 3, 1)
    assert [row["完成时限（折算日期）"] for row in found] == [
        date(2025, 6, 30),
        "",
        date(2025, 9, 30),
    ]
    assert found[1]["具体措施"] == ""
    assert found[0]["责任人"] == "0012"
    assert [row["数值"] for row in records(path, "履责统计")] == [1, 2, ""]


def test_the_filer_stands_in_forms_that_keep_him_apart(path: Path):
    assert [row["责任主体"] for row in records(path, "责任清单")] == [
        "领导班子",
        "李示例",
        "领导班子",
    ]


def test_returned_rows_are_grey_and_italic(path: Path):
    sheet = openpyxl.load_workbook(path)["任务清单"]
    assert [sheet.cell(row, 1).font.italic for row in (2, 3, 4)] == [False, False, True]


def test_what_reads_like_a_formula_stays_text(path: Path):
    heads = [cell.value for cell in openpyxl.load_workbook(path)["任务清单"][1]]
    sheet = openpyxl.load_workbook(path)["任务清单"]
    cells = [sheet.cell(row, heads.index("工作任务") + 1) for row in (2, 3, 4)]
    assert [cell.value for cell in cells] == ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"]
    assert all(cell.data_type in {"s", "inlineStr"} for cell in cells)
    assert all(cell.quotePrefix for cell in cells)
    with zipfile.ZipFile(path) as package:
        sheets = [package.read(n) for n in package.namelist() if "worksheets/sheet" in n]
    assert not any(b"<f>" in xml or b"<f " in xml for xml in sheets)


def test_control_characters_and_markup_come_back_as_sent(path: Path):
    assert records(path, "任务清单")[0]["具体措施"] == ODD


def test_a_form_without_rows_says_so_under_its_headings(path: Path):
    head, line = read(path, "述责述廉登记")
    assert head[0] == "填报单位"
    assert line[0] == "尚无数据：本次没有应报的单位。"


@pytest.mark.parametrize(
    ("status", "arrived", "why"),
    [
        ("not_due", None, "还没有到期，没有单位报来"), ("missing", None, "还没有单位报来"),
        ("on_time", "on_time", "报来的材料里这张表没有内容"),
    ],
)  # fmt: skip
def test_a_form_without_rows_says_why(result: Round, tmp_path: Path, status, arrived, why):
    row = replace(result.expected[0], packet="述责述廉", status=status, arrived=arrived)
    write_master(replace(result, expected=(row,)), tmp_path / "m.xlsx")
    assert read(tmp_path / "m.xlsx", "述责述廉登记")[1][0] == f"尚无数据：{why}。"
    assert read(tmp_path / "m.xlsx", "谈话记录")[1][0] == "尚无数据：由单位留存，要求报送时才报。"


def test_who_took_up_what_stands_in_the_order_of_the_roster(result: Round, tmp_path: Path):
    backwards = replace(result, roster=replace(result.roster, units=result.roster.units[::-1]))
    order = [unit.name for unit in backwards.roster.units]
    write_master(backwards, tmp_path / "m.xlsx")
    found = records(tmp_path / "m.xlsx", "责任传导")
    for rule in {row["规则"] for row in found}:
        units = [row["上级单位"] for row in found if row["规则"] == rule]
        assert units == sorted(units, key=order.index)


def test_an_empty_round_still_makes_a_whole_workbook(result: Round, tmp_path: Path):
    bare = replace(
        result, files=(), findings=(), expected=(), cascade=(), counts=(), unchecked=(), tables={}
    )
    write_master(bare, tmp_path / "m.xlsx")
    for sheet, words in (
        ("总览", "没有应报材料。"), ("报送情况", "没有应报单位。"),
        ("催报电话单", "没有欠报或待修改的单位。"),
        ("清单备案登记", "尚无审核通过的清单，没有可登记的。"),
        ("审核意见", "本次没有审核意见。"), ("责任传导", "收到的清单中，没有需要逐级承接的项目。"),
        ("次数核对", "没有需要核对次数的事项。"), ("口径说明", "无。"),
    ):  # fmt: skip
        assert words in texts(tmp_path / "m.xlsx", sheet)


def test_notes_name_decisions_what_was_not_checked_and_what_people_check(path: Path, result: Round):
    found = {row[0]: row for row in read(path, "口径说明")}
    for line in result.decisions:
        assert found[line.title][1] == line.value
        assert found[line.title][2] == "默认"
    # Grouped: one line for both units.
    assert found["每半年至少专题分析研究一次"][1:] == [
        "落实情况报告未收到", "2", "物理学院党委、化学学院党总支",
    ]  # fmt: skip
    for item in REGIME.manual:
        assert found[item.title][1] == REGIME.cite(item.basis)


def test_more_rows_than_a_sheet_holds_go_on_in_a_further_sheet(
    result: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sheets, "LAST_ROW", 3)
    write_master(result, tmp_path / "汇总" / "m.xlsx")
    path = tmp_path / "汇总" / "m.xlsx"
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names[names.index("任务清单") + 1] == "任务清单（2）"
    parts = [row for n in ("任务清单", "任务清单（2）") for row in records(path, n)]
    assert [row["任务编号"] for row in parts] == [
        "JX-2025-RW-001", "JX-2025-RW-002", "HX-2025-RW-001",
    ]  # fmt: skip
    links = openpyxl.load_workbook(path)["审核意见（2）"]
    assert links["F2"].hyperlink.target.endswith("包.zip")


def test_equal_rounds_give_equal_bytes(result: Round, tmp_path: Path, path: Path):
    again = tmp_path / "汇总" / "again.xlsx"
    write_master(result, again)
    assert again.read_bytes() == path.read_bytes()
    assert not list(path.parent.glob("*.tmp"))


def test_a_failure_leaves_the_old_workbook_and_no_rubbish(
    result: Round, path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_master(replace(result, findings=()), path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(PROGRAM is None, reason="needs LibreOffice")
def test_libreoffice_prints_it(path: Path, tmp_path: Path):
    (printed,) = saved_as("pdf", tmp_path, path)
    assert printed.stat().st_size > 10_000
