"""papers: what the documents say, how they look, and that each number can be counted again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import docx
import pytest
from documents import digests, lines, records, result_of, run, said, tables, text_of
from docx.oxml.ns import qn
from libreoffice import saved_as
from pieces import JX, REGIME, a_round, owes
from world import settle

from sxxt_excel.commands import papers as commands
from sxxt_excel.dates import TZ
from sxxt_excel.findings import finding
from sxxt_excel.outcome import CountRow, Where
from sxxt_excel.paperwork.covernote import cover_note
from sxxt_excel.paperwork.draft import Sources, by_units, overview
from sxxt_excel.paperwork.figures import Figure
from sxxt_excel.paperwork.kinds import KINDS
from sxxt_excel.paperwork.last import Last
from sxxt_excel.people import Roster, Waiver
from sxxt_excel.registry.answers import note_answers
from sxxt_excel.registry.memory import Answer
from sxxt_excel.wording.numerals import spell
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path


# The word processor is a package of its own beside the spreadsheet.
WRITER, PDFINFO = shutil.which("lowriter"), shutil.which("pdfinfo")
SOURCES = "_数据出处.xlsx"
NUMBER = re.compile(r"(\d+(?:\.\d+%)?)(?=家|份|条|项|个|，|。|；|$)")


@pytest.fixture(scope="module")
def made(collected_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace in which all papers were written; not to be changed."""
    place = shutil.copytree(collected_samples, tmp_path_factory.mktemp("made") / "w")
    done = run("papers", "-w", place)
    assert done.exit_code == 0, done.output
    return place


@pytest.fixture
def papers(made: Path) -> Path:
    """Return its 公文/."""
    return made / "公文"


def figures(paper: Path) -> list[dict[str, Any]]:
    return records(paper.with_name(paper.stem + SOURCES), "数据出处")


def numbers(said: str) -> list[int]:
    """The numbers of a range as 数据出处 writes it: 0-3、7."""
    found: list[int] = []
    for part in filter(None, said.split("、")):
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def counted_again(row: dict[str, Any], result: dict[str, Any], by_name: dict[str, Any]) -> float:
    """What a line of 数据出处 comes to, from result.json and nothing else."""
    if "÷" in row["数法"]:
        part, whole = (by_name[name] for name in row["数法"].split("÷"))
        return part / whole if whole else 0
    if "." in row["路径"]:
        outer, inner = row["路径"].split(".")
        return int(result[outer][inner])
    found = [result[row["路径"]][n] for n in numbers(row["所数各条（从0起）"] or "")]
    by = re.search(r"不同的 (\w+) 有几个", row["数法"])
    return len({one[by[1]] for one in found}) if by else len(found)


# ---- the numbers ---------------------------------------------------------------------------


def test_every_paper_is_written_and_says_where_its_numbers_are_from(papers):
    written = {path.name for path in papers.iterdir()}
    kinds = ("报送说明", "情况综述", "领导摘要", "参阅件")
    assert written == {f"{kind}{end}" for kind in kinds for end in (".docx", SOURCES)}
    assert tuple(KINDS) == kinds == commands._KINDS


def test_one_kind_may_be_asked_for(office):
    (only,) = said("papers", "--kind", "领导摘要", "-w", office)
    assert only["path"] == "公文/领导摘要.docx"
    assert {"应报", "已报", "按时", "逾期", "未报"} <= {f["name"] for f in only["figures"]}
    assert [p.name for p in (office / "公文").glob("*.docx")] == ["领导摘要.docx"]


@pytest.mark.parametrize("kind", ["报送说明", "情况综述", "领导摘要", "参阅件"])
def test_each_figure_can_be_counted_again_from_result_json(made, papers, kind):
    rows, result = figures(papers / f"{kind}.docx"), result_of(made)
    assert rows
    by_name = {row["名称"]: row["数字"] for row in rows if row["位置"] in {"正文", "计算用"}}
    for row in rows:
        assert row["数字"] == counted_again(row, result, by_name), row


@pytest.mark.parametrize("kind", ["报送说明", "情况综述", "领导摘要", "参阅件"])
def test_no_number_stands_in_a_paper_that_is_not_listed(papers, kind):
    paper = papers / f"{kind}.docx"
    rows = figures(paper)
    listed = {
        f"{row['数字']:.1%}" if isinstance(row["数字"], float) else str(row["数字"])
        for row in rows
        if row["位置"] == "正文"
    }
    body = [line for line in lines(paper) if not line.startswith(("截至时间", "口径"))]
    # Days and the number of a table are no figures of ours.
    days = re.compile(
        r"（?截至[^，）]+|\d{4}年\S*?(?:度|\d+月\d+日)|^（[一二三四五六七八九十]+）.*", re.MULTILINE
    )
    bare = days.sub("", "\n".join(body))
    assert {found[1] for found in NUMBER.finditer(bare)} <= listed
    table: list[list[str]] = next((t for t in tables(paper) if t[0][0] == "材料"), [])
    spots = {row["位置"]: str(row["数字"]) for row in rows}
    for at, row in enumerate(table[1:], 1):
        for head, cell in zip(table[0][2:], row[2:], strict=True):
            assert spots[f"表“各项材料”第{at}行“{head}”"] == cell


def test_the_head_figures_count_units(made, papers):
    rows = [
        r for r in result_of(made)["expected"] if r["duty"] == "报送" and r["status"] != "excused"
    ]
    owing = {r["unit_code"] for r in rows}
    came = {r["unit_code"] for r in rows if r["arrived"]}
    late = {r["unit_code"] for r in rows if r["arrived"] == "late"}
    back = {r["unit_code"] for r in rows if r["status"] == "returned"}
    part = came & {r["unit_code"] for r in rows if r["status"] == "missing"}
    assert late, "a sample without a late one shows nothing"
    assert back
    sentence = (
        f"应报{len(owing)}家，已报{len(came)}家（按时{len(came - late)}家、逾期{len(late)}家），"
        f"未报{len(owing - came)}家；已报单位中待修改{len(back)}家、未报齐{len(part)}家。"
    )
    assert sentence in lines(papers / "领导摘要.docx")
    overview = text_of(made / "汇总/总台账.xlsx")
    assert (
        f"应报{len(owing)}家，已报{len(came)}家（按时{len(came - late)}家、逾期{len(late)}家）"
        in overview
    )


def test_the_cover_note_has_a_table_for_each_packet_and_who_has_not_sent(made, papers):
    note = papers / "报送说明.docx"
    result = result_of(made)["expected"]
    asked = {(r["packet"], r["period"]) for r in result if r["duty"] == "报送"}
    found = [t for t in tables(note) if t[0][:2] == ["序号", "单位"]]
    assert len(found) == len(asked)
    late = next(t for t in tables(note) if t[0] == ["单位", "材料", "截止日", "原因"])
    missing = [r["unit"] for r in result if r["duty"] == "报送" and r["status"] == "missing"]
    assert [row[0] for row in late[1:]] == missing
    assert all(row[3] for row in late[1:])


def note_of(**parts: Any) -> dict[str, tuple[Any, ...]]:
    """Return table → its lines of the 报送说明 of a pass made of these parts."""
    last = Last(None, a_round(**parts), {})  # type: ignore[arg-type]  # it reads no workspace
    return {grid.name: grid.rows for grid in cover_note(Sources(last, date(2025, 7, 21))).grids}


@pytest.mark.parametrize(
    ("matter", "why"),
    [
        ("落实情况报告上半年", "准予延期至2025年7月15日"),
        ("全部", "准予延期至2025年7月15日"),
        ("落实情况报告下半年", "尚未说明原因"),
    ],
)
def test_whoever_was_given_until_later_is_told_by_any_name_of_the_duty(matter, why):
    until = date(2025, 7, 15)
    waiver = Waiver("JX", "", matter, "准予延期", until, "", "赵一", None, None, "A2")
    owing = replace(
        owes(JX, "missing", packet="落实情况报告", period="2025-H1", due="2025-07-15"),
        obligations=next(o.serves for o in REGIME.obligations if o.id == "基层上半年报告"),
    )
    found = note_of(roster=Roster((JX,), (), (waiver,)), expected=(owing,))
    assert [line[3] for line in found["未报材料"]] == [why]


def test_where_a_part_came_the_cover_note_says_how_many_as_the_master_does():
    came = owes(JX, "on_time", arrived="on_time")
    came = replace(came, accepted=True)
    found = note_of(expected=(came, came, owes(JX, "missing")))
    assert [line[3:] for line in found["2025年度责任任务清单"]] == [
        ("尚未报送（3份收到2份）", "部分审核通过")
    ]
    found = note_of(expected=(came, owes(JX, "excused")))
    assert found["2025年度责任任务清单"][0][4] == "审核通过"


def test_what_asks_for_nothing_is_no_shortfall():
    def short(rule: str) -> CountRow:
        return CountRow(rule, JX.name, None, "2025", 1, 0, "short")

    mild, counted = "分管科室有具体措施", REGIME.counts[0].law
    assert counted.severity != "note"
    units = by_units(a_round(counts=(short(mild), short(counted.id))))["次数不足单位"]
    assert units.rows == (1,)


def test_who_sent_nothing_has_nothing_to_mend():
    at = Where(unit=JX.name, unit_code=JX.code)
    told = [finding(code, at) for code in ("Q101", "F112", "F130", "V101")]
    assert by_units(a_round(findings=tuple(told[:3])))["须修改单位"].rows == ()
    assert by_units(a_round(findings=tuple(told)))["须修改单位"].rows == (3,)


def test_what_is_not_due_yet_is_told_from_what_is_missing():
    waiting = owes(JX, "not_due", period="2025-H1")
    table = overview(a_round(expected=(waiting,)), [(waiting.packet, waiting.period)])
    cells = zip(table.heads, table.rows[0], strict=True)
    counted = {head: cell.value for head, cell in cells if isinstance(cell, Figure)}
    assert (counted["未报"], counted["其中未到期"]) == (1, 1)


def test_a_personal_reason_of_the_roster_is_in_no_paper(made, papers):
    waivers = [r for r in records(made / "单位名册.xlsx", "例外") if r["理由"]]
    assert waivers
    for paper in papers.glob("*.docx"):
        assert not [r["理由"] for r in waivers if r["理由"] in text_of(paper)]


def test_what_units_said_on_the_telephone_stands_as_the_reason(office):
    missing = next(r for r in result_of(office)["expected"] if r["status"] == "missing")
    words = Answer(missing["unit_code"], missing["unit"], (), "负责同志出差", "2月10日")
    # Of one whose file can't be opened that is the reason; drop such files from the story.
    drop(office, lambda f: f["status"] == "unreadable")
    note_answers(find_workspace(office), [words], datetime(2026, 2, 5, tzinfo=TZ))
    run("papers", "-w", office)
    (table,) = [t for t in tables(office / "公文/报送说明.docx") if t[0][-1] == "原因"]
    reasons = {row[0]: row[3] for row in table[1:]}
    assert reasons[missing["unit"]] == "负责同志出差，承诺2月10日报送"


def test_what_a_unit_explained_stands_in_the_note_and_in_its_dossier(office):
    words = {
        "text": "因校区搬迁顺延到秋季", "author": "张示例", "date": "2026-02-01",
        "received_at": "2026-02-01T09:00:00+08:00", "path": "", "sheet": "", "cell": "",
    }  # fmt: skip
    query = next(f for f in result_of(office)["findings"] if f["severity"] == "query" and f["unit"])
    change(
        office,
        lambda r: [f.update(explanation=words) for f in r["findings"] if f == query],
    )
    run("papers", "--kind", "报送说明", "-w", office)
    note = office / "公文/报送说明.docx"
    (table,) = [t for t in tables(note) if t[0][-1] == "单位的说明"]
    told = f"{words['text']}（张示例，2026-02-01）"
    assert table[1:] == [[query["unit"], query["message"], told]]
    assert {r["名称"]: r["数字"] for r in figures(note)}["已说明"] == 1
    folder = office / said("dossier", query["unit"], "-w", office)["folder"]
    (row,) = records(folder / "目录.xlsx", "单位的说明")
    assert (row["单位的说明"], row["收到时间"]) == (words["text"], "2026-02-01 09:00")


def drop(root: Path, which: Any) -> None:
    change(root, lambda r: r.update(files=[f for f in r["files"] if not which(f)]))


def change(root: Path, how: Any) -> None:
    result = result_of(root)
    how(result)
    text = json.dumps(result, ensure_ascii=False)
    (root / "汇总/result.json").write_text(text, encoding="utf-8")


# ---- before and now ------------------------------------------------------------------------


def test_the_survey_compares_with_last_year_and_the_last_run(office, tmp_path):
    before = shutil.copytree(office, tmp_path / "上年")
    change(before, lambda r: r.update(expected=r["expected"][:20], as_of="2025-02-05"))
    settle(office, ('# previous = "../2024"', 'previous = "../上年"'))
    change(office, lambda r: r.update(
        since={"as_of": "2026-01-20", "arrived": 3, "accepted": 2, "gone": 1, "new": 4}
    ))  # fmt: skip
    run("papers", "-w", office)
    survey = office / "公文/情况综述.docx"
    said = "\n".join(lines(survey))
    rows = [
        r for r in result_of(before)["expected"] if r["duty"] == "报送" and r["status"] != "excused"
    ]
    owing = len({r["unit_code"] for r in rows})
    assert f"上年同一口径（截至2025年2月5日）：应报{owing}家" in said
    assert "与上次汇总（截至2026年1月20日）相比，新收到应报材料3份，新审核通过2份" in said
    assert "截至时间：2026年2月5日" in said
    assert "口径：按单位统计" in said
    listed = figures(survey)
    assert {row["取自"] for row in listed} == {"汇总/result.json", "上年 result.json"}
    old = [row for row in listed if row["取自"] == "上年 result.json"]
    names = {row["名称"]: row["数字"] for row in old}
    assert names["应报"] == owing
    for row in old:
        assert row["数字"] == counted_again(row, result_of(before), names)


def test_without_anything_to_compare_with_that_is_said(papers):
    assert "没有可比的数据" in "\n".join(lines(papers / "情况综述.docx"))


# ---- 参阅件 ----------------------------------------------------------------------------------


def test_a_gap_on_a_leaders_side_is_for_reading_and_in_no_reply(made, papers):
    result = result_of(made)
    gaps = [
        c for c in result["cascade"]
        if c["status"] == "missing" and c["parent_unit"] == "示例大学党委"
    ]  # fmt: skip
    for_units = [gap for gap in gaps if gap["rule"] == "校领导项目到分管单位"]
    gaps = [gap for gap in gaps if gap not in for_units]
    assert gaps
    assert for_units
    reading = papers / "参阅件.docx"
    said = text_of(reading)
    assert all(gap["parent_key"] in said for gap in gaps)
    assert not [gap for gap in for_units if gap["parent_key"] in said], "units are told of these"
    assert not [p for p in (made / "回复").rglob("*.eml") if "示例大学党委" in p.parts]
    assert lines(reading)[1] == "党委办公室："


def test_a_gap_that_a_unit_must_fill_is_not_for_reading(office):
    def gap(result: dict[str, Any]) -> None:
        result["cascade"] = [{
            "rule": "校领导项目到分管单位", "parent_unit": "示例大学党委", "parent_filer": "孙立坤",
            "parent_key": "XX-2025-ZR-999", "status": "missing", "children": [],
        }]  # fmt: skip

    def nothing_unsaid(result: dict[str, Any]) -> None:
        result["findings"] = []

    run("papers", "-w", office)
    assert (office / "公文/参阅件.docx").is_file()
    change(office, nothing_unsaid)
    run("papers", "-w", office)
    (said,) = [line for line in lines(office / "公文/参阅件.docx") if line.startswith("截至")]
    assert "个项目尚未见承接。" in said
    assert "落实方式" not in said, "what there is none of is not counted"
    change(office, gap)
    done = run("papers", "-w", office)
    assert "参阅件：没有要写的" in done.output
    assert not list((office / "公文").glob("参阅件*"))


# ---- form ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["报送说明", "情况综述", "领导摘要", "参阅件"])
def test_what_announces_a_table_and_its_headings_stand_on_the_page_of_its_first_row(papers, kind):
    document = docx.Document(str(papers / f"{kind}.docx"))
    parts: list[Any] = [*document.iter_inner_content()]
    tables = [n for n, part in enumerate(parts) if hasattr(part, "rows")]
    assert tables
    for n in tables:
        cells = parts[n].rows[0].cells
        for held in (parts[n - 1], *(cell.paragraphs[0] for cell in cells)):
            assert held.paragraph_format.keep_with_next


def test_headings_below_a_heading_are_counted_as_official_documents_count(papers):
    found = [line[:4] for line in lines(papers / "报送说明.docx") if line.startswith("（")]
    assert found[1:3] == ["（一）2", "（二）2"]
    counted = [spell(number) for number in (1, 9, 10, 11, 20, 42)]
    assert counted == ["一", "九", "十", "十一", "二十", "四十二"]


@pytest.mark.parametrize("kind", ["报送说明", "情况综述", "领导摘要", "参阅件"])
def test_the_cells_of_a_column_stand_at_one_side(papers, kind):
    for table in docx.Document(str(papers / f"{kind}.docx")).tables:
        for column in table.columns:
            sides = {cell.paragraphs[0].alignment for cell in column.cells[1:]}
            assert len(sides) <= 1


def test_papers_have_the_official_form(papers):
    document: Any = docx.Document(str(papers / "报送说明.docx"))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin)
    assert [round(size.mm) for size in sizes] == [210, 297, 37]
    assert section.header.paragraphs[0].text == "内部资料 注意保管"
    assert "PAGE" in section.footer._element.xml
    title, salutation, body = document.paragraphs[:3]
    fonts = [p.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) for p in (title, body)]
    assert fonts == ["方正小标宋简体", "仿宋"]
    assert (title.runs[0].font.size.pt, body.runs[0].font.size.pt) == (22, 16)
    assert title.alignment == 1
    assert salutation.text.endswith("：")
    assert not salutation.paragraph_format.first_line_indent
    assert body.paragraph_format.first_line_indent.pt == 32
    assert lines(papers / "报送说明.docx")[-2:] == ["示例大学", "2026年2月5日"]
    with zipfile.ZipFile(papers / "报送说明.docx") as package:
        assert 'w:altName w:val="仿宋_GB2312"' in package.read("word/fontTable.xml").decode()


def own_settings(office: Path, *lines: str) -> None:
    """Put lines in the place of [papers] in sxxt.toml."""
    path = office / "sxxt.toml"
    text, times = re.subn(
        r"(?m)^\[papers\]\n(?:#.*\n)*to = .*\noffice = .*\n", "", path.read_text(encoding="utf-8")
    )
    assert times <= 1
    path.write_text("\n".join((text, "[papers]", *lines, "")), encoding="utf-8")


def test_settings_say_to_whom_and_in_which_letters(office):
    own_settings(office, 'to = "示例市教育工委"', '[fonts]\nbody = "仿宋_GB2312"')
    run("papers", "-w", office, "--today", "2026-03-01")
    note: Any = docx.Document(str(office / "公文/报送说明.docx"))
    assert note.paragraphs[1].text == "示例市教育工委："
    assert note.paragraphs[2].runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert note.paragraphs[-1].text == "2026年3月1日"


def test_a_setting_of_papers_that_is_none_is_told(office):
    own_settings(office, '"主送" = "市教育工委"')
    done = run("papers", "-w", office)
    assert done.exit_code == 2
    assert "papers" in done.stderr


@pytest.mark.skipif(not (WRITER and PDFINFO), reason="needs LibreOffice Writer and pdfinfo")
def test_the_leaders_summary_stands_on_one_page_however_much_there_is(office, tmp_path):
    def crowd(result: dict[str, Any]) -> None:
        row = next(r for r in result["expected"] if r["duty"] == "报送")
        states = [
            ("missing", None),
            ("returned", "on_time"),
            ("late", "late"),
            ("on_time", "on_time"),
        ]
        result["expected"] = [
            {**row, "unit_code": f"U{n}", "unit": f"第{n}个名称比较长的学院党委",
             "packet": f"第{p}项名称比较长的工作情况报告", "status": state, "arrived": came}
            for p in range(14) for n in range(90)
            for state, came in [states[0] if n % 9 == 0 else states[(n + p) % 4]]
        ]  # fmt: skip

    change(office, crowd)
    done = run("papers", "--kind", "领导摘要", "-w", office)
    assert done.exit_code == 0, done.output
    summary = office / "公文/领导摘要.docx"
    assert "等10家" in text_of(summary)
    (printed,) = saved_as("pdf", tmp_path, summary)
    told = subprocess.run([PDFINFO or "", printed], check=True, capture_output=True, text=True)
    assert re.search(r"Pages:\s+1\b", told.stdout)


def test_the_same_result_gives_the_same_bytes(papers, made):
    before = digests(papers)
    run("papers", "-w", made)
    assert digests(papers) == before


# ---- templates -------------------------------------------------------------------------------


def own_template(office: Path, text: str) -> Path:
    (office / "文书模板").mkdir(exist_ok=True)
    path = office / "文书模板/领导摘要.j2"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_office_may_word_its_papers_itself(office):
    own_template(office, "【标题】给{{ 落款 }}领导\n共{{ 应报 }}家。\n【表】各项材料\n")
    run("papers", "--kind", "领导摘要", "-w", office)
    assert lines(office / "公文/领导摘要.docx") == ["给示例大学领导", "共15家。"]
    assert figures(office / "公文/领导摘要.docx")[0]["名称"] == "应报"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一行\n{% if 应报 %}\n", "领导摘要.j2：第"),
        ("{{ 没有的 }}", "第1行：“没有的”填不进去"),
        ("【表】没有的表", "没有“没有的表”这张表"),
        ("{{ ''.__class__.__mro__ }}", "领导摘要.j2"),
        ("{{ 1 // 0 }}", "第1行：有一处填不进去"),
    ],
)
def test_a_faulty_template_is_told_in_one_sentence(office, text, told):
    own_template(office, text)
    done = run("papers", "--kind", "领导摘要", "-w", office)
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (office / "公文/领导摘要.docx").exists()


def test_words_of_a_unit_stay_words(office):
    nasty = "【标题】{{ 7*7 }}<b>\n【表】各项材料\u0007"
    change(office, lambda r: [e.update(unit=nasty) for e in r["expected"]])
    own_template(office, "{{ 未报名单 }}{{ 未报齐名单 }}{{ 待修改名单 }}")
    assert run("papers", "--kind", "领导摘要", "-w", office).exit_code == 0
    said = lines(office / "公文/领导摘要.docx")
    assert len(said) == 1
    assert "【标题】{{ 7*7 }}<b> 【表】各项材料" in said[0]
    assert not tables(office / "公文/领导摘要.docx")


# ---- what can't be done ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [["papers"], ["split", "--by", "unit"], ["dossier", "机械工程学院"], ["archive"]]
)
def test_without_a_result_each_command_says_to_collect_first(tmp_path, command):
    run("init", tmp_path / "w", "--regime", "tj-2017", "--year", "2025")
    done = run(*command, "-w", tmp_path / "w")
    assert done.exit_code == 2
    assert done.stderr == "还没有收表结果，请先运行 sxxt-excel collect\n"
    assert not (tmp_path / "w/公文").exists()


def test_papers_are_never_taken_for_submissions(office):
    run("papers", "-w", office)
    run("split", "--by", "unit", "-w", office)
    before = len(result_of(office)["files"])
    done = run("collect", office, "-w", office, "--out", office / "out", "--quiet")
    assert done.exit_code in {0, 1}, done.output
    files = json.loads((office / "out/汇总/result.json").read_text(encoding="utf-8"))["files"]
    assert not [f["path"] for f in files if f["path"].startswith(("公文", "文书模板"))]
    assert len(files) == before
