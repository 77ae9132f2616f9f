"""审核意见: each unit reads its own faults, grouped, and nothing of anybody else."""

import re
import string
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pieces import BASIS, DQ, HG, JX, REGIME, a_round, at, owes, received

from sxxt_excel.codes import CODES
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Finding, Unchecked, Where
from sxxt_excel.outputs.folders import reply_folders, safe_name
from sxxt_excel.outputs.grouping import group
from sxxt_excel.outputs.reply import REPLY_FILE, replies, write_replies
from sxxt_excel.people import Roster, Unit
from sxxt_excel.result import Round
from sxxt_excel.settings import Letters, Settings
from sxxt_excel.workspace import REPLIES

JX_FILE, DQ_FILE = "第一批/机械.zip!机械学院清单.xlsx", "电气/清单（最终版）.xlsx"
OLD_FILE = f"第一批/{'退回' * 20}/机械旧版.xlsx"


def busy() -> Round:
    """Three units: one with faults of every kind, one all fine, one that sent nothing."""
    task, duty = "任务清单", "责任清单"
    found = [
        *(
            finding("V101", at(JX, JX_FILE, task, f"J{row}", "完成时限"), basis=BASIS,
                    hint="日期，或“2025年6月底”“三季度末”“长期坚持”这类写法")
            for row in range(3, 33)
        ),
        *(
            finding("V102", at(JX, JX_FILE, task, f"I{row}", "开始时间"), got=got, basis=BASIS)
            for row, got in ((5, "2025.13.5"), (6, "下半年"), (7, "<b>三月</b>"), (9, "待定"))
        ),
        finding("V107", Where(JX_FILE, duty, "G8", "JX-2025-ZR-006", JX.name, JX.code, None, duty,
                              "上级项目编号"), got="XW-2025-ZR-099", target="学校党委责任清单",
                nearest="，最接近的是XW-2025-ZR-009", basis=BASIS),
        finding("C102", Where(JX_FILE, duty, "L11", "JX-2025-ZR-009", JX.name, JX.code, None, duty,
                              "完成时限"), got="2025年12月底", key="JX-2025-ZR-009",
                parent="XW-2025-ZR-003", before="2025年9月底", basis=REGIME.cite("四（一）")),
        finding("C101", Where(None, None, None, None, JX.name, JX.code, None, duty, None),
                key="XW-2025-ZR-005", text="开展廉政风险排查", basis=REGIME.cite("四（一）"),
                rule="校领导项目到分管单位",
                message="校领导清单中的项目{key}（{text}）由你单位承接，清单中未见对应项目",
                remedy="请补充，或填写“未纳入理由”"),
        *(
            finding("V151", at(JX, JX_FILE, task, f"I{row}", "开始时间"), got=f"2025.3.{row}",
                    value=f"2025-03-{row:02d}", basis=BASIS)
            for row in range(12, 24)
        ),
        finding("S103", at(JX, JX_FILE, task, "J2", "完成时限"), got="完成时间"),
        finding("S105", at(JX, JX_FILE, task, "P2", ""), got="联系人"),
        finding("T101", at(JX, JX_FILE, None, None, ""),
                due="2025年4月20日", received="2025年4月21日"),
        finding("D101", at(JX, OLD_FILE, None, None, ""), newer=JX_FILE),
        finding("D103", at(JX, JX_FILE, None, None, ""), got=OLD_FILE, filers="张三"),
        finding("T103", at(DQ, DQ_FILE, None, None, ""), received="4月21日", due="4月20日"),
        finding("R104", at(DQ, "单位名册.xlsx", "单位", "B3", "单位名称"), got=DQ.name),
        finding("V158", at(DQ, DQ_FILE, duty, "B3", "备案编号"), got="无"),
        finding("Q101", at(HG, None, None, None, ""), title="责任任务清单", due="2025年4月20日"),
        finding("I106", Where(path="群公告.xlsx")),
    ]  # fmt: skip
    return a_round(
        files=(
            received(JX_FILE, JX, "returned"),
            received(OLD_FILE, JX, "superseded"),
            received("第一批/会议纪要.pdf", JX, "attachment"),
            received(DQ_FILE, DQ),
        ),
        findings=tuple(found),
        expected=(
            owes(JX, "returned", path=JX_FILE, arrived="late"),
            owes(DQ, "on_time", path=DQ_FILE, arrived="on_time"),
            owes(HG, "missing"),
            owes(HG, "not_due", packet="落实情况报告", period="2025-H1", due="2025-07-10"),
        ),
        unchecked=(
            Unchecked("校领导项目到分管单位", JX.name, "因学校党委的责任清单尚未收到"),
            Unchecked("班子项目到成员", JX.name, "因责任清单认不出表头"),
        ),
    )


class Text(HTMLParser):
    """What a reader sees, and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.words: list[str] = []
        self.style = False

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.style = tag == "style"
        assert not [a for a in attrs if a[0] in {"src", "href"} or a[0].startswith("on")]

    def handle_endtag(self, tag):
        self.style = self.style and tag != "style"

    def handle_data(self, data):
        if not self.style:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", "", "".join(self.words))


def read(page: str) -> Text:
    parsed = Text()
    parsed.feed(page)
    parsed.close()
    return parsed


def pages(round_: Round, out: Path) -> dict[str, str]:
    return {p.parent.name: p.read_text(encoding="utf-8") for p in write_replies(round_, out)}


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> dict[str, str]:
    return pages(busy(), tmp_path_factory.mktemp("out"))


# ---- grouping --------------------------------------------------------------------------


def test_equal_faults_in_a_column_are_one_line_with_a_range():
    faults = [finding("V101", at(JX, "a.xlsx", "表", f"C{r}", "甲")) for r in (7, 3, 5, 6)]
    (line,) = group(faults)
    assert (line.places, line.count, line.message) == ("C3、C5:C7", 4, "“甲”未填")


def test_what_was_found_is_listed_and_long_lists_are_cut():
    words = ["甲", "乙", "丙", "丁", "戊", "己", "己"]
    (line,) = group(
        finding("V103", at(JX, "a.xlsx", "表", f"C{r}", "数值"), got=word, kind="整数")
        for r, word in enumerate(words, 3)
    )
    assert line.message == "“数值”写的“甲”“乙”“丙”“丁”“戊”等7处不是整数"
    assert line.samples == "“甲”“乙”“丙”“丁”“戊”等7处"
    assert line.cells == tuple(f"C{r}" for r in range(3, 10))


def test_values_that_no_cell_leads_to_are_all_listed():
    areas = "一二三四五六七八九"
    where = Where(path="a.xlsx", unit=JX.name, unit_code=JX.code, filer="领导班子")
    (line,) = group(finding("Q105", where, got=area, area=area) for area in areas)
    assert line.message == "领导班子的报告缺" + "".join(f"“{a}”" for a in areas)


def test_one_fault_keeps_its_own_sentence():
    fault = finding("V102", at(JX, "a.xlsx", "表", "C3", "日期"), got="日期")
    assert [g.message for g in group([fault])] == [fault.message]


def test_repairs_that_differ_in_their_result_are_one_line():
    repairs = [
        finding("V151", at(JX, "a.xlsx", "表", f"C{r}", "日期"), got=f"2025.3.{r}", value=f"3-{r}")
        for r in (3, 4, 5)
    ]
    (line,) = group(repairs)
    assert line.message == "“日期”的“2025.3.3”已按3-3读取（其余2处同类）"


def test_faults_to_mend_with_different_advice_stay_apart():
    near = [
        finding("V107", at(JX, "a.xlsx", "表", f"C{r}", "编号"), got="X", target="T", nearest=n)
        for r, n in ((3, "，像A"), (4, "，像B"))
    ]
    assert len(group(near)) == 2


def test_lines_come_by_severity_then_file_sheet_and_row():
    faults = [
        finding("S105", at(JX, "a.xlsx", "表", "A1", ""), got="x"),
        finding("V114", at(JX, "a.xlsx", "表", "A1", "甲"), got="x"),
        finding("V101", at(JX, "b.xlsx", "表", "A1", "甲")),
        finding("V101", at(JX, "a.xlsx", "表", "B10", "乙")),
        finding("V101", at(JX, "a.xlsx", "表", "AA9", "甲")),
    ]
    assert [(g.severity, g.places) for g in group(faults)] == [
        ("must", "AA9"), ("must", "B10"), ("must", "A1"), ("query", "A1"), ("note", "A1"),
    ]  # fmt: skip
    assert group(faults) == group(reversed(faults))


CELLS = st.builds(
    lambda c, r: f"{c}{r}", st.sampled_from(["A", "B", "Z", "AA", "ABC"]), st.integers(1, 12)
)
FINDINGS = st.builds(
    lambda code, unit, path, sheet, cell, field, got, key: finding(
        code, Where(path, sheet, cell, key, unit.name, unit.code, None, sheet, field), got=got
    ),
    code=st.sampled_from([c.id for c in CODES]),
    unit=st.sampled_from([JX, DQ]),
    path=st.sampled_from([None, "a.xlsx", "b.xlsx"]),
    sheet=st.sampled_from([None, "甲表", "乙表"]),
    cell=st.none() | CELLS,
    field=st.sampled_from([None, "甲", "1"]),
    got=st.sampled_from(["", "1", "甲", "“", "“甲”", "x" * 99]),
    key=st.sampled_from([None, "1", "JX-2025-ZR-001"]),
)


def spread(places: str) -> list[str]:
    """The cells of “C3:C5、D7”."""
    cells = []
    for part in filter(None, places.split("、")):
        first, _, last = part.partition(":")
        column = first.rstrip(string.digits)
        rows = [int(end.removeprefix(column)) for end in (first, last or first)]
        cells += [f"{column}{row}" for row in range(rows[0], rows[1] + 1)]
    return cells


@given(st.lists(FINDINGS, max_size=40))
def test_groups_name_exactly_the_cells_of_the_findings(found: list[Finding]):
    groups = group(found)
    assert Counter(f for g in groups for f in g.findings) == Counter(found)
    for line in groups:
        cells = {f.where.cell for f in line.findings if f.where.cell}
        assert sorted(spread(line.places)) == sorted(cells)
        for member in line.findings:
            assert (member.code, member.severity) == (line.code, line.severity)
            assert member.where.unit_code == line.where.unit_code
            assert (member.where.path, member.where.sheet) == (line.where.path, line.where.sheet)
        assert "\x00" not in line.message + line.remedy


# ---- replies ---------------------------------------------------------------------------


def test_every_unit_that_sent_or_owes_something_gets_a_reply_and_no_other(shown, tmp_path):
    assert list(shown) == [JX.name, DQ.name, HG.name]
    quiet = a_round(expected=(owes(HG, "not_due"), owes(DQ, "excused")))
    assert write_replies(quiet, tmp_path) == ()


def test_no_reply_names_another_unit(shown):
    for unit, page in shown.items():
        text = read(page).text
        for other in (JX, DQ, HG):
            assert (other.name in text) == (other.name == unit)
            assert other.name == unit or f"{other.code}-2025" not in text
        assert "群公告" not in text


def test_the_opening_counts_cells_and_says_what_to_do(shown):
    text = read(shown[JX.name]).text
    assert (
        "经审核，有35处须修改、3处需说明，逐条列在下面。"
        "请于2025年4月27日17时前修改后重报，其余内容无须改动。" in text
    )
    assert "须修改35处" in text
    assert "需说明3处" in text


@pytest.mark.parametrize(
    ("today", "until"),
    [
        pytest.param(date(2025, 4, 8), "2025年4月20日", id="long before: by the due day"),
        pytest.param(date(2025, 4, 18), "2025年4月25日17时", id="just before: five working days"),
        pytest.param(date(2025, 4, 29), "2025年5月9日17时", id="after: five working days"),
    ],
)
def test_the_reply_says_until_when_to_mend(tmp_path, today, until):
    early = a_round(
        today=today,
        files=(received(JX_FILE, JX, "returned"),),
        findings=(finding("V101", at(JX, JX_FILE, "表", "A3", "甲")),),
        expected=(owes(JX, "returned", path=JX_FILE),),
    )
    assert f"请于{until}前修改后重报" in read(pages(early, tmp_path)[JX.name]).text


def test_a_fault_shows_where_what_how_and_on_whose_authority(shown):
    text = read(shown[JX.name]).text
    assert "任务清单J3:J32完成时限共30处“完成时限”未填请补填日期" in text
    assert "三（一）1" in text
    assert f"依据栏所列条款出自{REGIME.cite('')}" in text
    assert "“开始时间”写的“2025.13.5”“下半年”“<b>三月</b>”“待定”不是有效日期" in text
    assert "编号JX-2025-ZR-009" in text


def test_repairs_and_things_to_know_are_listed_apart(shown):
    text = read(shown[JX.name]).text
    settled = text.partition("已由系统处理，不必修改")[2]
    assert "任务清单I12:I23：“开始时间”的“2025.3.12”已按2025-03-12读取" in settled
    assert "自行增加的列“联系人”没有收入汇总" in text.partition("仅供知悉")[2]
    assert "联系人" not in settled


def test_what_arrived_stands_with_time_and_what_that_rests_on(shown):
    text = read(shown[JX.name]).text
    assert "2025年度全面从严治党主体责任清单和任务清单机械学院清单.xlsx" in text
    assert "2025年4月18日16:30以收件登记为准已报待改逾期报送" in text
    assert "已有新版" in text
    assert "附件1件：会议纪要.pdf" in text
    assert "已有较新的一份（机械学院清单.xlsx）" in text
    assert "较早的一份（机械旧版.xlsx）中有张三的内容" in text
    assert "第一批" not in text, "the office's own folders are nobody's business"


def test_what_was_not_checked_is_said_to_the_unit_it_concerns(shown):
    text = read(shown[JX.name]).text
    assert "未检，因学校党委的责任清单尚未收到" in text
    assert "认不出表头" not in text, "this rule is told to the office"
    assert "未检" not in read(shown[DQ.name]).text


def test_a_unit_all_fine_reads_that_it_is_registered(shown):
    text = read(shown[DQ.name]).text
    assert "材料已审核通过，予以登记。请报送签字盖章纸质件一式一份。" in text
    assert "须修改" not in text
    assert "需说明" not in text


def test_what_one_thing_leaves_unchecked_is_one_line():
    why = "因“履责统计”没有收齐"
    rows = tuple(
        Unchecked(rule, DQ.name, why) for rule in ("半年专题研究", "专题会议", "半年专题研究")
    )
    (found,) = [r for r in replies(replace(busy(), unchecked=rows)) if r.unit == DQ.name]
    ((rules, because),) = found.unchecked
    assert because == "“履责统计”没有收齐"
    assert rules.count("；") == 1


def test_who_has_only_to_explain_is_told_until_when():
    made = busy()
    queries = tuple(f for f in made.findings if f.severity == "query")
    found = {reply.unit: reply for reply in replies(replace(made, findings=queries))}
    assert found[JX.name].opening[1].startswith("请于2025年4月")
    assert "前更正或说明后报回，其余内容无须改动。" in found[JX.name].opening[1]


def test_what_is_sent_on_paper_and_which_way_is_as_the_office_says():
    chosen = Letters(paper="", channel="市委OA")
    made = busy()
    round_ = replace(made, settings=replace(made.settings, letters=chosen))
    found = {reply.unit: reply for reply in replies(round_)}
    assert found[DQ.name].opening == ("材料已审核通过，予以登记。",)
    assert found[JX.name].channel == "市委OA"


def test_what_the_office_has_to_settle_is_not_told_to_the_unit(shown):
    text = read(shown[DQ.name]).text
    assert "收件登记》" not in text
    assert "书记" not in text
    assert "备案编号" in text


def test_a_unit_that_owes_reads_what_and_by_when(shown):
    text = read(shown[HG.name]).text
    assert "尚未报送1项" in text
    assert "2025年度全面从严治党主体责任清单和任务清单2025年4月20日" in text
    assert "2025年上半年全面从严治党主体责任落实情况报告：2025年7月10日截止" in text
    assert "审核通过" not in text


def test_an_accepted_file_beside_a_broken_one_is_no_pass(tmp_path):
    mixed = a_round(files=(received("a.xlsx", JX), received("b.xlsx", JX, "unreadable")))
    assert "审核通过，予以登记" not in read(pages(mixed, tmp_path)[JX.name]).text


def test_findings_of_nobody_and_of_a_shared_name_go_to_nobody(tmp_path):
    twins = (Unit("A1", "机关党委", "基层党委"), Unit("A2", "机关党委", "基层党委"))
    lost = finding("V101", Where(path="x.xlsx", unit="机关党委", field="甲列"))
    nobody = finding("V101", Where(path="a.xlsx", field="乙列"))
    round_ = a_round(
        roster=Roster(twins, ()),
        files=tuple(received("a.xlsx", unit) for unit in twins),
        findings=(lost, nobody),
    )
    shown = pages(round_, tmp_path)
    assert list(shown) == ["机关党委（A1）", "机关党委（A2）"]
    assert not [page for page in shown.values() if "甲列" in page or "乙列" in page]


ATTACK = """<script>alert(1)</script><img src=x onerror=y>"'{{7*7}}&amp;"""


def test_markup_in_names_and_cells_stays_text(tmp_path):
    unit = Unit("X", f"学院{ATTACK}", "基层党委")
    path = f"{ATTACK.replace('/', '')}.xlsx"
    where = Where(path, ATTACK, "C3", ATTACK, unit.name, unit.code, ATTACK, ATTACK, ATTACK)
    round_ = a_round(
        roster=Roster((unit,), ()),
        settings=Settings("tj-2017", 2025, name=ATTACK, marking=ATTACK),
        files=(received(path, unit, "returned"),),
        findings=tuple(finding(c, where, got=ATTACK) for c in ("V102", "V114", "V151", "S105")),
        expected=(owes(unit, "missing", packet=ATTACK, filer=ATTACK),),
        unchecked=(Unchecked(ATTACK, unit.name, ATTACK),),
    )
    (page,) = pages(round_, tmp_path).values()
    parsed = read(page)
    assert not {"script", "img"} & set(parsed.tags)
    assert "49" not in parsed.text
    assert "<script>alert(1)</script>" in parsed.text


def test_a_page_is_whole_in_itself_and_made_for_a4(shown):
    for page in shown.values():
        tags = read(page).tags
        assert not {"link", "script", "img", "iframe"} & set(tags)
        assert tags["table"] == page.count("</table>")
        assert tags["td"] == page.count("</td>")
        assert tags["li"] == page.count("</li>")
        assert "size: A4" in page
        assert "@media print" in page
        assert 'charset="utf-8"' in page
        assert "default-src 'none'" in page


def test_every_page_carries_the_marking_and_the_day(shown):
    for page in shown.values():
        text = read(page).text
        assert text.count("内部资料注意保管") == 2
        assert "截至2025年4月21日" in text
        assert "海河大学党委办公室" in text


# ---- files -----------------------------------------------------------------------------


def test_two_runs_write_the_same_bytes_and_leave_no_scraps(tmp_path):
    first = [(p, p.read_bytes()) for p in write_replies(busy(), tmp_path)]
    again = [(p, p.read_bytes()) for p in write_replies(busy(), tmp_path)]
    assert first == again
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == sorted(p for p, _ in first)


def test_a_reply_that_no_longer_stands_goes_and_nothing_else_does(tmp_path):
    write_replies(busy(), tmp_path)
    folder = tmp_path / REPLIES / DQ.name
    others = [folder / "清单_审核意见.xlsx", folder / "sub" / REPLY_FILE, tmp_path / REPLY_FILE]
    for other in others:
        other.parent.mkdir(exist_ok=True)
        other.write_text("别动", encoding="utf-8")
    left = write_replies(a_round(expected=(owes(HG, "missing"),)), tmp_path)
    assert [p.parent.name for p in left] == [HG.name]
    assert not (folder / REPLY_FILE).exists()
    assert all(other.exists() for other in others)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("机械学院/党委", "机械学院_党委"),
        ("..\\..\\上级", ".._.._上级"),
        ("..", ""),
        ("NUL", "_NUL"),
        ("con.党委", "_con.党委"),
        ("学院. . ", "学院"),
        ("甲\u202e乙\n丙\u200b", "甲乙丙"),
        ('a<b>:"c|?*', "a_b___c___"),
    ],
)
def test_a_units_name_becomes_a_folder_that_windows_takes(name, folder):
    assert safe_name(name) == folder


def test_every_unit_has_a_folder_of_its_own_inside_the_replies():
    names = ["甲/乙", "甲:乙", "ABC", "abc", "..", "NUL", "x" * 300]
    roster = Roster(tuple(Unit(f"U{i}", n, "基层党委") for i, n in enumerate(names)), ())
    folders = list(reply_folders(roster).values())
    assert len({f.casefold() for f in folders}) == len(names)
    assert not [f for f in folders if f in {"", ".", ".."} or set(f) & set("/\\:") or len(f) > 80]
