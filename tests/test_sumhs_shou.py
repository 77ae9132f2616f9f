"""Catalogues, chains and cascades of sumhs-2019 and shou-2019, at an invented university."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from inprocess import reading_here
from world import Cells, World, cell_of, cover_cell, settle, touch

from sxxt_excel.regime import load_regime
from sxxt_excel.selfcheck import check_files
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

Rows = dict[str, list[Cells]]
Sent = dict[tuple[str, str], Rows]
"""(unit code, packet) → what its clerk writes, sheet by sheet."""

KEY = "0123456789abcdef0123456789abcdef"
FILED = dt.datetime(2026, 3, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
"""After the turn of the year, when the yearly workbooks of 2025 come in."""
LATER = "2026-04-15"
"""When every window of 2025 is over."""
FIRST, SECOND, BRANCH = "护理学院党总支", "影像学院党总支", "体育部直属党支部"
TOP = "示例大学党委"

UNIT_ROWS: tuple[Cells, ...] = (
    {"单位代码": "XX", "单位名称": TOP, "单位类别": "校党委"},
    {"单位代码": "JW", "单位名称": "示例大学纪委", "单位类别": "校纪委", "纪检机构": "纪委"},
    {"单位代码": "ZZ", "单位名称": "党委组织部", "单位类别": "党委工作部门"},
    {"单位代码": "HL", "单位名称": FIRST, "单位类别": "党总支", "纪检机构": "纪检委员"},
    {"单位代码": "YX", "单位名称": SECOND, "单位类别": "党总支", "纪检机构": "无"},
    {"单位代码": "TY", "单位名称": BRANCH, "单位类别": "直属党支部"},
    {"单位代码": "HLY", "单位名称": "护理学院", "单位类别": "二级单位", "所属党组织代码": "HL"},
)  # fmt: skip
PEOPLE_ROWS: tuple[Cells, ...] = (
    {"姓名": "赵一", "单位代码": "XX", "职务": "党委书记", "班子身份": "主要负责人"},
    {"姓名": "钱二", "单位代码": "XX", "职务": "党委副书记", "班子身份": "班子其他成员",
     "分管单位代码": "HL、YX、TY、ZZ"},
    {"姓名": "孙九", "单位代码": "JW", "职务": "纪委书记", "班子身份": "主要负责人"},
    {"姓名": "周八", "单位代码": "ZZ", "职务": "部长", "班子身份": "主要负责人"},
    {"姓名": "李三", "单位代码": "HL", "职务": "党总支书记", "班子身份": "主要负责人"},
    {"姓名": "李四", "单位代码": "HL", "职务": "副院长", "班子身份": "班子其他成员"},
    {"姓名": "李五", "单位代码": "HL", "职务": "教工支部书记", "班子身份": "基层党组织书记"},
    {"姓名": "王三", "单位代码": "YX", "职务": "党总支书记", "班子身份": "主要负责人"},
    {"姓名": "吴七", "单位代码": "TY", "职务": "直属党支部书记", "班子身份": "主要负责人"},
)  # fmt: skip


@dataclass
class Office(World):
    """One workspace under either document; `changes` are made to the text of its settings."""

    units: list[Cells] = field(default_factory=lambda: [dict(r) for r in UNIT_ROWS])
    people: list[Cells] = field(default_factory=lambda: [dict(r) for r in PEOPLE_ROWS])
    changes: tuple[tuple[str, str], ...] = ()

    def write(self) -> Office:
        """Write settings and roster, and make the inbox."""
        super().write()
        settle(self.root, *self.changes)
        return self

    def issue_possible(self) -> dict[tuple[str, str], Path]:
        """Issue everything owed or possible; return (unit code, packet) → workbook."""
        self.issue_all()
        names = {str(u["单位名称"]): str(u["单位代码"]) for u in self.units}
        return {
            (names[path.stem.split("_")[0]], "_".join(path.stem.split("_")[1:2])): path
            for path in find_workspace(self.root).issued.glob("*.xlsx")
        }

    def send(self, sent: Sent) -> Office:
        """Issue, fill in what is given and put it into the inbox."""
        issued = self.issue_possible()
        for at, rows in sent.items():
            target = self.inbox / issued[at].name
            complete(issued[at], target, rows)
            touch(target, FILED)
        return self

    def collect(self, today: str = LATER, *, jobs: int = 1, write: bool = False) -> Round:
        """Collect the inbox as of a day."""
        with reading_here():
            return super().collect(today, jobs=jobs, write=write)


def office_of(root: Path, regime: str, **changes: Any) -> Office:
    """Return the written workspace of an office under a document."""
    return Office(root, load_regime(regime), **changes).write()


def complete(source: Path, target: Path, rows: Rows) -> None:
    """Fill in the cover, and rows below the headings of these sheets."""
    book = openpyxl.load_workbook(source)
    cover = book["封面"]
    filled = {"填报人": "张示例", "联系电话": "021-00000000", "填报日期": "2026-3-18"}
    empty = [n for n, lines in rows.items() if not lines]
    if empty:
        filled["空表说明"] = "\n".join(f"{name}：本年度没有此项内容" for name in empty)
    for label, value in filled.items():
        cover[cover_cell(cover, label)] = value
    for name, lines in rows.items():
        for at, line in enumerate(lines, 3):
            for heading, value in line.items():
                book[name][cell_of(book[name], heading, at)] = value
    book.save(target)


# ---- what careful clerks write -------------------------------------------------------

AREAS = ("意识形态工作", "基层党建工作", "党风廉政建设和党内监督工作")
WATCHING = ("协助党委推进全面从严治党", "监督执纪问责")
FIGURES = [{"数值": 2} for _ in range(12)]


def meeting(number: int, kind: str, day: str, year: int = 2025, **more: str) -> Cells:
    """Return a line of 会议记录."""
    return {
        "会议编号": f"XX-2025-HY-{number:03d}", "会议类型": kind, "所属年度": year,
        "会议日期": day, "主持人": "赵一", "议题": "研究全面从严治党工作", **more,
    }  # fmt: skip


def done(kind: str, name: str, who: str, day: str, year: int | None = None) -> Cells:
    """Return a line of 制度目录落实表."""
    line: Cells = {"类别": kind, "名称": name, "责任主体": who, "实际完成日期": day}
    return line if year is None else {**line, "所属年度": year}


def report(who: str, areas: tuple[str, ...]) -> list[Cells]:
    """Return a report of one body with a line an area."""
    return [
        {"责任主体": who, "重点方面": area, "履责情况": f"围绕{area}做了几件实事"} for area in areas
    ]


def item(prefix: str, number: int, who: str, area: str, **more: str) -> Cells:
    """Return a line of 责任清单."""
    return {
        "责任主体": who, "项目编号": f"{prefix}-2025-ZR-{number:03d}", "重点方面": area,
        "工作项目": f"{area}的第{number}个项目", "具体措施": "每季度研究一次",
        "落实方式": "校级统一落实", "完成时限": "2025年底前", **more,
    }  # fmt: skip


def yearly(body: str, members: tuple[str, ...] = ()) -> Rows:
    """Return the 三会三报告 of a unit: the planning meeting before the year began."""
    return {
        "制度目录落实表": [
            done("会", "工作任务研讨制定会议", body, "2024-12-20", 2025),
            done("会", "落实推进会", body, "2025-7-3"),
            done("会", "总结评议会", body, "2026-1-8"),
            *(done("报告", "民主生活会主体责任报告", name, "2026-1-15") for name in members),
            done("报告", "向教职工报告", body, "2025-1-9"),
        ]
    }


def own_report(body: str) -> Rows:
    """Return the written report of a unit."""
    return {"主体责任落实情况报告": report(body, AREAS), "履责统计": list(FIGURES)}


def health() -> Sent:
    """Return a whole year of the first university, in order."""
    return {
        ("XX", "责任问题清单"): {
            "责任清单": [item("XX", n, "党委", area) for n, area in enumerate(AREAS, 1)],
            "问题（风险）清单": [
                {"责任主体": "党委", "问题编号": "XX-2025-WT-001", "问题来源": "自查发现",
                 "问题表现": "支部活动记录不全", "责任人": "钱二", "整改时限": "2025年9月底"},
            ],
        },
        ("XX", "校级会议与报告"): {
            "会议记录": [
                meeting(1, "年初部署会议", "2024-12-27"),
                meeting(2, "专门会议（研究责任清单）、专门会议（研究问题清单）", "2025-2-20",
                        关联清单编号="XX-2025-ZR-001、XX-2025-WT-001"),
                meeting(3, "专门会议（听取监督情况）", "2025-5-12"),
                meeting(4, "年中推进会议", "2025-7-8"),
                meeting(5, "年末总结会议", "2026-1-20"),
            ],
            "制度目录落实表": [
                done("报告", "民主生活会主体责任报告", "钱二", "2026-1-10"),
                done("报告", "年度工作会议报告", "赵一", "2026-2-25"),
            ],
        },
        ("XX", "上报报告（党委）"): {"主体责任落实情况报告": report("党委", AREAS)},
        ("JW", "上报报告（纪委）"): {"监督责任落实情况报告": report("纪委", WATCHING)},
        ("HL", "二级会议与报告"): yearly("领导班子", ("李四",)),
        ("YX", "二级会议与报告"): yearly("领导班子"),
        ("TY", "二级会议与报告"): yearly("吴七"),
        ("HL", "主体责任报告"): own_report("领导班子"),
        ("YX", "主体责任报告"): own_report("领导班子"),
        ("TY", "主体责任报告"): own_report("领导班子"),
        ("HL", "监督责任报告"): {"监督责任落实情况报告": report("纪检委员", WATCHING)},
    }  # fmt: skip


def ocean() -> Sent:
    """Return a whole year of the second university, in order."""
    return {
        ("XX", "三大主体责任清单"): {
            "责任清单": [
                item("XX", 1, "党委", "基层党建", 落实方式="分管单位纳入"),
                item("XX", 2, "党委", "意识形态"),
            ],
            "任务清单": [
                {"责任主体": "党委", "任务编号": f"XX-2025-RW-{n:03d}",
                 "责任项目编号": f"XX-2025-ZR-{n:03d}", "工作任务": f"第{n}项任务",
                 "具体措施": "逐项落实", "完成时限": "2025年11月底"} for n in (1, 2)
            ],
        },
        ("XX", "班子成员清单"): {
            "责任清单": [
                item("XX", 101, "赵一", "基层党建"), item("XX", 102, "钱二", "意识形态"),
            ],
        },
        ("XX", "联席会议"): {
            "联席会议点题表": [
                {"点题编号": "XX-2025-DT-001", "会议日期": "2025-3-18", "点题领导": "赵一",
                 "点题内容": "合同审签环节不全", "领题领导": "钱二", "责任部门": "资产处",
                 "整改措施": "逐单位核对", "完成时限": "2025年9月底", "监督责任人": "孙九",
                 "监督意见": "已核对，同意办结", "完成情况": "已完成"},
            ],
            "会议记录": [
                meeting(1, "“四责协同”联席会议", "2025-3-18"),
                meeting(2, "党委会听取落实情况", "2025-9-9"),
            ],
        },
        ("XX", "自查自纠"): {
            "自查自纠重点项目清单": [
                {"项目编号": "XX-2025-ZC-001", "重点项目": "横向经费", "自查内容": "三年来的合同",
                 "认领领导": "钱二", "责任部门": "科技处", "纠正措施": "补齐比价记录",
                 "完成时限": "2025年9月底", "完成情况": "已完成"},
            ],
        },
        ("XX", "制度目录"): {
            "制度目录落实表": [done("书", "党风廉政责任项目", "党委", "2025-3-20")],
        },
        **{
            (code, "党建责任清单"): {
                "责任清单": [item(code, 1, "党组织", "基层党建", 上级项目编号="XX-2025-ZR-001")],
            }
            for code in ("HL", "YX", "TY")
        },
        **{(code, "制度目录"): {"制度目录落实表": []} for code in ("HL", "YX", "TY")},
        **{
            (code, "述职评议"): {
                "述职评议考核": [
                    {"述职人": name, "党组织": "本党组织", "述职方式": "现场",
                     "述职日期": "2025-12-18"} for name in names
                ],
            }
            for code, names in (
                ("XX", ("赵一",)), ("HL", ("李三", "李五")), ("YX", ("王三",)), ("TY", ("吴七",)),
            )
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Office]:
    """Return both universities with a whole year in the inbox; only to be copied."""
    root = tmp_path_factory.mktemp("year")
    return {
        regime: office_of(root / regime, regime).send(year)
        for regime, year in (("sumhs-2019", health()), ("shou-2019", ocean()))
    }


@pytest.fixture
def college(sent: dict[str, Office], tmp_path: Path) -> Office:
    """A year under sumhs-2019 that may be changed."""
    return sent["sumhs-2019"].copied(tmp_path / "w")


@pytest.fixture
def ocean_college(sent: dict[str, Office], tmp_path: Path) -> Office:
    """A year under shou-2019 that may be changed."""
    return sent["shou-2019"].copied(tmp_path / "w")


@contextmanager
def changed(office: Office, unit: str, packet: str) -> Iterator[openpyxl.Workbook]:
    """Open a workbook of the inbox for changes."""
    (path,) = office.inbox.glob(f"{unit}_{packet}_*")
    book = openpyxl.load_workbook(path)
    yield book
    book.save(path)
    touch(path, FILED)


def put(book: openpyxl.Workbook, sheet: str, row: int, **cells: Any) -> None:
    """Change cells of a row (3 is the first of data)."""
    for name, value in cells.items():
        book[sheet][cell_of(book[sheet], name, row)].value = value


def blank(book: openpyxl.Workbook, sheet: str, *rows: int) -> None:
    """Empty rows of a sheet."""
    for row in rows:
        for cell in book[sheet][row]:
            cell.value = None


def told(result: Round, rule: str) -> list[tuple[str, str]]:
    """Return (code, severity) of what a rule found."""
    return [(f.code, f.severity) for f in result.findings if f.rule == rule]


def standing(result: Round) -> list[Finding]:
    """Return the findings that ask for something."""
    return [f for f in result.findings if f.severity != "note"]


def counted(result: Round, rule: str) -> list[str]:
    """Return how those stand whom a rule of the catalogue asks."""
    return [c.status for c in result.counts if c.rule == rule]


def why(result: Round, rule: str) -> set[str]:
    """Return why a rule was not checked."""
    return {u.because for u in result.unchecked if u.rule == rule}


def waiver(unit: str, matter: str, filer: str = "") -> Cells:
    """Return a line of 例外."""
    return {
        "单位代码": unit, "责任主体": filer, "报送事项": matter, "例外类型": "准予免报",
        "理由": "新任", "批准人": "赵一", "批准日期": dt.date(2025, 2, 1),
    }  # fmt: skip


# ---- both ----------------------------------------------------------------------------

J_AND_O = {
    "sumhs-2019": ("J", "01 02 03 04 05 07 10 11 12 13 16 18 20 21 23 24 26", 28),
    "shou-2019": ("O", "01 02 03 04 06 10 11 12 14", 15),
}


@pytest.mark.parametrize("name", J_AND_O)
def test_every_obligation_is_a_rule_and_what_people_check_is_said(name):
    regime = load_regime(name)
    letter, able, last = J_AND_O[name]
    duties = {served for o in regime.obligations for served in o.serves}
    rules = {served for law in regime.laws() for served in law.serves}
    people = {served for m in regime.manual for served in m.serves}
    machine = {f"{letter}{n}" for n in able.split()}
    assert machine <= duties | rules
    everyone = {f"{letter}{n:02d}" for n in range(1, last + 1)}
    assert everyone <= duties | rules | people


@pytest.mark.parametrize("name", J_AND_O)
def test_no_day_is_made_up(name):
    assert {o.due for o in load_regime(name).obligations} == {None}


@pytest.mark.parametrize("name", J_AND_O)
def test_a_year_that_has_come_whole_and_valid_is_clean(sent, name):
    result = sent[name].collect()
    assert standing(result) == []
    assert result.exit_code == 0
    assert {e.status for e in result.expected} == {"on_time"}
    assert {c.status for c in result.counts} == {"met"}
    assert {c.status for c in result.cascade} <= {"taken_up"}


@pytest.mark.parametrize("name", J_AND_O)
def test_nothing_is_late_before_its_window_is_over(tmp_path, name):
    result = office_of(tmp_path, name).collect("2025-03-31")
    assert {e.status for e in result.expected} == {"not_due"}
    assert result.exit_code == 0


# ---- sumhs-2019: the catalogue -------------------------------------------------------

TOP_PACKET, UNIT_PACKET = "校级会议与报告", "二级会议与报告"
REGISTER, MEETINGS = "制度目录落实表", "会议记录"
RECORDED = {
    "年初部署会议": (TOP, TOP_PACKET, MEETINGS, 3),
    "年中推进会议": (TOP, TOP_PACKET, MEETINGS, 6),
    "年末总结会议": (TOP, TOP_PACKET, MEETINGS, 7),
    "专门会议研究责任清单": (TOP, TOP_PACKET, MEETINGS, 4),
    "专门会议研究问题清单": (TOP, TOP_PACKET, MEETINGS, 4),
    "校级民主生活会报告": (TOP, TOP_PACKET, REGISTER, 3),
    "书记大会报告": (TOP, TOP_PACKET, REGISTER, 4),
    "研讨制定会议": (FIRST, UNIT_PACKET, REGISTER, 3),
    "落实推进会": (FIRST, UNIT_PACKET, REGISTER, 4),
    "总结评议会": (FIRST, UNIT_PACKET, REGISTER, 5),
    "二级民主生活会报告": (FIRST, UNIT_PACKET, REGISTER, 6),
    "向教职工报告": (FIRST, UNIT_PACKET, REGISTER, 7),
}
"""Rule → unit, packet, sheet and row that satisfy it."""


def without_records(college: Office) -> Office:
    """Leave one record of each kind where something else still stands."""
    for unit, packet, sheet, row in RECORDED.values():
        with changed(college, unit, packet) as book:
            blank(book, sheet, row)
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 3, **done("报告", "书面报告", "领导班子", "2025-12-1"))
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, REGISTER, 3, **done("报告", "书面报告", "党委", "2025-12-1"))
    return college


def test_what_is_not_recorded_is_asked_for_once_its_window_is_over(college):
    result = without_records(college).collect()
    assert all(told(result, rule) == [("N101", "query")] for rule in RECORDED)
    assert {f.rule for f in standing(result)} == set(RECORDED)
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("today", "over"),
    [("2025-03-31", set()), ("2025-04-01", {"年初部署会议", "研讨制定会议", "向教职工报告"}),
     ("2026-03-31", set(RECORDED) - {"书记大会报告"})],
)  # fmt: skip
def test_before_the_end_of_its_window_nothing_is_short(college, today, over):
    result = without_records(college).collect(today)
    assert {rule for rule in RECORDED if "short" in counted(result, rule)} == over


def test_the_catalogue_of_a_workbook_that_has_not_come_is_unchecked(college):
    for unit, packet in ((TOP, TOP_PACKET), (FIRST, UNIT_PACKET)):
        (path,) = college.inbox.glob(f"{unit}_{packet}_*")
        path.unlink()
    result = college.collect()
    for rule, (_, packet, _, _) in RECORDED.items():
        assert "unchecked" in counted(result, rule), rule
        assert "short" not in counted(result, rule), rule
        assert f"2025年度的“{packet}”尚未收到" in why(result, rule), rule


def test_a_waiver_of_a_rule_excuses_and_is_said(college):
    codes = {TOP: "XX", FIRST: "HL"}
    college.waivers = [waiver(codes[unit], rule) for rule, (unit, *_) in RECORDED.items()]
    result = without_records(college.write()).collect()
    assert standing(result) == []
    for rule in RECORDED:
        assert "准予免报" in why(result, rule), rule


def test_a_member_excused_by_name_needs_no_report_of_his_own(college):
    college.waivers = [waiver("HL", "二级民主生活会报告", "李四")]
    result = without_records(college.write()).collect()
    assert told(result, "二级民主生活会报告") == []
    assert told(result, "校级民主生活会报告") == [("N101", "query")]


def without_days(college: Office) -> None:
    """Leave what was pre-printed of the meetings and reports of a unit, but no day."""
    with changed(college, FIRST, UNIT_PACKET) as book:
        for row in range(3, 8):
            book[REGISTER][cell_of(book[REGISTER], "实际完成日期", row)].value = None


def test_what_is_not_recorded_is_asked_for_at_the_row_that_waits_for_it(college):
    without_days(college)
    places = {f.where.cell: f.rule for f in standing(college.collect())}
    assert places == {
        "G3": "研讨制定会议", "G4": "落实推进会", "G5": "总结评议会", "G6": "二级民主生活会报告",
        "G7": "向教职工报告",
    }  # fmt: skip


def test_what_is_registered_for_another_time_is_told_at_its_day_and_what_the_window_is(college):
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 4, 实际完成日期="2025-05-20")
    (found,) = standing(college.collect())
    assert (found.code, found.rule, found.where.cell) == ("N107", "落实推进会", "G4")
    assert found.message == "落实推进会登记的是2025-05-20，不在年中（6月1日至8月31日）"


EXPLAINED = "李四因公出国未参加民主生活会"


@pytest.mark.parametrize(
    ("place", "quoted", "settled"),
    [
        ("G2", "", set()), ("实际完成日期", "", set()), ("N101", "", set()),
        ("G4", "", {"落实推进会"}), ("落实推进会", "", {"落实推进会"}),
        ("G2、落实推进会", "", {"落实推进会"}), ("G2 李四", "", {"二级民主生活会报告"}),
        ("G4:G5", "", {"落实推进会", "总结评议会"}),
        ("G2", "没有登记年中（6月1日至8月31日）的落实推进会", {"落实推进会"}),
        ("G2", "没有登记李四在年末民主生活会上的报告", {"二级民主生活会报告"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("printed", [True, False])
def test_one_sentence_settles_only_the_meeting_that_it_names(
    college, place, quoted, settled, printed
):
    without_days(college)
    with changed(college, FIRST, UNIT_PACKET) as book:
        if not printed:
            blank(book, REGISTER, *range(3, 8))
            put(book, REGISTER, 3, **done("报告", "书面报告", "领导班子", "2025-12-1"))
        line = {"涉及表": REGISTER, "涉及编号或单元格": place, "审核意见": quoted}
        put(book, "情况说明", 3, **line, **{"说明（请填写）": EXPLAINED})
    found = [f for f in college.collect().findings if f.code == "N101"]
    assert len(found) == 5
    there = settled if printed or not place.startswith("G4") else set()
    assert {f.rule for f in found if f.explanation} == there


@pytest.mark.parametrize("rule", ["校级书面报告", "二级书面报告"])
def test_the_written_report_counts_wherever_it_stands(college, rule):
    unit, packet, other = {
        "校级书面报告": (TOP, "上报报告（党委）", TOP_PACKET),
        "二级书面报告": (FIRST, "主体责任报告", UNIT_PACKET),
    }[rule]
    (path,) = college.inbox.glob(f"{unit}_{packet}_*")
    path.unlink()
    assert "unchecked" in counted(college.collect(), rule)
    with changed(college, unit, other) as book:
        who = "党委" if unit == TOP else "领导班子"
        put(book, REGISTER, 9, **done("报告", "书面报告", who, "2025-12-1"))
    assert set(counted(college.collect(), rule)) == {"met"}


# ---- sumhs-2019: the turn of the year ------------------------------------------------


@pytest.mark.parametrize(
    ("day", "year", "counts"),
    [
        ("2024-12-20", 2025, True),  # before the year began, and so it says
        ("2024-12-20", None, True),  # the window reaches back
        ("2025-12-20", 2026, False),  # the next year's, held already
        ("2025-12-20", None, False),  # and not said so: outside of this year's window
        ("2024-10-20", 2025, True),  # early, but this year's by its own word
        ("2025-04-20", 2025, False),  # late: whose year it is does not make it its beginning
        ("2025-09-10", 2025, False),
        ("2026-02-10", 2025, False),  # this year's planning is not done at its end
        ("2022-12-20", 2025, False),
        ("2024-12-20", 2024, False),
    ],
)
def test_a_planning_meeting_counts_for_the_year_it_is_about(college, day, year, counts):
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 3, 实际完成日期=day, 所属年度=year)
        put(book, REGISTER, 7, 实际完成日期=day, 所属年度=year)
    statuses = counted(college.collect(), "研讨制定会议")
    assert sorted(statuses) == ["met", "met", "met" if counts else "short"]


@pytest.mark.parametrize(
    ("day", "year", "counts"),
    [
        ("2026-02-25", None, True),
        ("2026-02-25", 2025, True),
        ("2025-02-25", None, False),  # that one was about the year before
        ("2025-12-30", 2025, True),  # just before the turn, and on this year by its own word
        ("2025-02-25", 2025, False),  # a year that had hardly begun
        ("2024-12-30", 2025, False),
        ("2026-04-10", 2025, True),
        ("2026-02-25", 2026, False),
    ],
)
def test_the_secretarys_report_of_next_spring_counts_for_the_year_it_is_about(
    college, day, year, counts
):
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, REGISTER, 4, 实际完成日期=day, 所属年度=year)
    result = college.collect()
    assert counted(result, "书记大会报告") == ["met" if counts else "short"]
    assert all(f.period == "2025" for f in result.files)  # filed in March 2026


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2025-11-01", []),
        ("2026-01-31", []),
        ("2026-02-10", []),  # after the turn, and on this year by its own word
        ("2025-05-16", [("N107", "query")]),
        ("2025-10-31", [("N107", "query")]),
        ("2024-12-20", [("N107", "query")]),
    ],
)
def test_a_window_over_the_turn_of_the_year_holds_its_own_days(college, day, codes):
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, MEETINGS, 7, 会议日期=day, 所属年度=2025)
    assert told(college.collect(), "年末总结会议") == codes


@pytest.mark.parametrize(("year", "status"), [(2025, "met"), (2024, "short")])
def test_a_meeting_counts_by_the_year_it_names(college, year, status):
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, MEETINGS, 3, 所属年度=year)
    assert counted(college.collect(), "年初部署会议") == [status]


@pytest.mark.parametrize(
    ("day", "codes"), [("2024-12-19", [("N105", "query")]), ("2024-12-20", []), ("2025-3-1", [])]
)
def test_the_report_to_staff_follows_the_planning_meeting(college, day, codes):
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 7, 实际完成日期=day)
    assert told(college.collect(), "向教职工报告") == codes


# ---- sumhs-2019: what the text does not name -----------------------------------------

NAMELESS = {"会4", "会5", "书1", "书2", "书3", "书4"}


def test_slots_without_a_name_are_never_scored_and_that_is_said(college):
    result = college.collect(write=True)
    assert not NAMELESS & {c.rule for c in result.counts}
    for slot in NAMELESS:
        assert any("没有列出名称" in because for because in why(result, slot))
    master = openpyxl.load_workbook(college.root / "汇总" / "总台账.xlsx", read_only=True)
    words = "\n".join(
        str(cell) for row in master["口径说明"].iter_rows(values_only=True) for cell in row if cell
    )
    assert "没有列出名称" in words


def test_a_unit_that_checks_its_workbook_hears_nothing_of_others_unnamed_slots(college):
    def told_by_check(packet: str) -> set[str]:
        (path,) = college.inbox.glob(packet)
        result = check_files((path,), find_workspace(college.root), dt.date.fromisoformat(LATER))
        return {u.rule for u in result.unchecked}

    assert {"书3", "会5"} <= told_by_check(f"{TOP}_{TOP_PACKET}_*")
    assert not {"书3", "会5"} & told_by_check(f"{FIRST}_{UNIT_PACKET}_*")


def test_what_waits_to_be_mended_is_called_by_a_sheet_that_the_unit_has(college):
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 4, 名称=None, 实际完成日期=None)
    assert why(college.collect(), "落实推进会") == {f"“{REGISTER}”待修改"}


def test_a_slot_that_the_office_names_counts(college):
    college.changes = (
        ('# "书1" = ""', '"书1" = "责任书"'),
        ('# "会4" = ""', '"会4" = "警示会"'),
    )
    college.write()
    result = college.collect()
    assert counted(result, "书1") == counted(result, "会4") == ["short"]
    (found,) = [f for f in result.findings if f.rule == "书1"]
    assert (found.severity, found.message) == ("query", "没有登记责任书")
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, REGISTER, 5, **done("书", "责任书", "党委", "2025-3-20"))
        put(book, MEETINGS, 8, **meeting(6, "警示会", "2025-6-6"))
    result = college.collect()
    assert counted(result, "书1") == counted(result, "会4") == ["met"]
    assert standing(result) == []


def test_a_name_outside_an_unfinished_catalogue_is_only_remarked_upon(college):
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, REGISTER, 5, **done("书", "某某书", "党委", "2025-3-20"))
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 8, **done("会", "某某会", "领导班子", "2025-3-20"))
    said = [
        (f.severity, f.where.unit) for f in college.collect().findings if f.got.startswith("某某")
    ]
    assert sorted(said) == [("must", FIRST), ("note", TOP)]  # the units' catalogue is complete


def test_the_catalogue_brings_along_by_when_each_is_due(tmp_path):
    issued = office_of(tmp_path, "sumhs-2019").issue_possible()
    sheet = openpyxl.load_workbook(issued["HL", UNIT_PACKET])[REGISTER]
    heads = [cell.value for cell in sheet[2]]
    names, days = heads.index("名称"), heads.index("应完成时间")
    due = {row[names]: row[days] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert due["落实推进会"] == "2025-08-31"
    assert due["书面报告"] == "2025-12-31"


def test_each_is_offered_its_own_catalogue():
    regime = load_regime("sumhs-2019")
    offered = {p: dict.fromkeys(f.choices) for p in (TOP_PACKET, UNIT_PACKET)
               for s in regime.sheets(p) for f in s.fields if f.name == "名称"}  # fmt: skip
    assert "落实推进会" in offered[UNIT_PACKET]
    assert "落实推进会" not in offered[TOP_PACKET]
    assert "年中推进会议" not in offered[UNIT_PACKET]


def test_another_way_of_saying_a_slot_is_understood(college):
    with changed(college, FIRST, UNIT_PACKET) as book:
        put(book, REGISTER, 3, 名称="研讨制定会")
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, MEETINGS, 3, 会议类型="全面从严治党大会")
    assert standing(college.collect()) == []


# ---- sumhs-2019: who owes what -------------------------------------------------------


def test_supervision_is_reported_where_there_is_someone_to_supervise(tmp_path):
    office = office_of(tmp_path, "sumhs-2019")
    owing = {e.unit: e.obligation for e in office.collect("2025-02-01").expected}
    packets = [(e.unit, e.packet) for e in office.collect("2025-02-01").expected]
    assert owing[FIRST] == "J24"
    assert [unit for unit, packet in packets if packet == "监督责任报告"] == [FIRST]


@pytest.mark.parametrize(("body", "owes"), [("HL", False), ("", True)])
def test_a_unit_files_unless_a_party_body_does_so_for_it(tmp_path, body, owes):
    units = (*UNIT_ROWS[:-1], {**UNIT_ROWS[-1], "所属党组织代码": body})
    result = office_of(tmp_path, "sumhs-2019", units=units).collect("2025-02-01")
    assert ("护理学院" in {e.unit for e in result.expected}) is owes


GROUPS = (('# "考核组" = "ZZB"', '"联合检查组" = "JW"\n"职能部门" = "ZZ"'),)


def test_groups_file_once_the_office_says_who_they_are(college):
    assert not {"联合检查", "考核评分"} & {e.packet for e in college.collect().expected}
    college.changes = GROUPS
    rows = [(e.unit, e.packet, e.subject) for e in college.write().collect().expected]
    assert ("示例大学纪委", "联合检查", None) in rows
    assert {s for u, p, s in rows if (u, p) == ("党委组织部", "考核评分")} == {
        FIRST,
        SECOND,
        BRANCH,
    }


def test_what_a_joint_inspection_finds_is_to_be_mended(college):
    college.changes = GROUPS
    line = {"被检查单位": FIRST, "带队人": "孙九", "检查日期": "2025-10-8"}
    college.write().send({("JW", "联合检查"): {"四责协同检查表": [
        {**line, "检查事项": "招标采购", "检查结论": "否", "发现问题": "两份合同没有比价"},
        {**line, "检查事项": "内控", "检查结论": "是"},
    ]}})  # fmt: skip
    result = college.collect()
    rule = "检查发现的问题有整改要求"
    assert told(result, rule) == [("C105", "note"), ("C105", "note")]  # what, and by when
    with changed(college, "示例大学纪委", "联合检查") as book:
        put(book, "四责协同检查表", 3, 整改要求="补齐比价记录", 整改时限="2025年11月底")
    assert told(college.collect(), rule) == []


# ---- sumhs-2019: lists, reports, rectification ---------------------------------------


@pytest.mark.parametrize(
    ("unit", "packet", "sheet", "rule"),
    [
        (TOP, "责任问题清单", "责任清单", "责任清单覆盖三大主体责任"),
        (TOP, "上报报告（党委）", "主体责任落实情况报告", "上报报告覆盖三大主体责任"),
        (FIRST, "主体责任报告", "主体责任落实情况报告", "二级报告覆盖三大主体责任"),
        (FIRST, "监督责任报告", "监督责任落实情况报告", "监督责任报告有内容"),
    ],
)
def test_each_main_responsibility_is_planned_and_reported(college, unit, packet, sheet, rule):
    with changed(college, unit, packet) as book:
        blank(book, sheet, 4)
    assert told(college.collect(), rule) == [("Q105", "query")]


def test_a_meeting_that_settles_lists_says_which(college):
    rule = "专门会议写明清单"
    with changed(college, TOP, TOP_PACKET) as book:
        put(book, MEETINGS, 4, 关联清单编号=None)
    assert told(college.collect(), rule) == [("C105", "query")]
    college.waivers = [waiver("XX", rule)]
    result = college.write().collect()
    assert told(result, rule) == []
    assert why(result, rule) == {"准予免报"}


MEND: Cells = {
    "整改编号": "HL-2025-ZG-001", "反馈问题": "支部记录不全", "原因分析": "没有专人负责",
    "责任部门": "学院办公室", "责任人": "李四", "整改措施": "专人记录", "整改时限": "2025年9月底",
    "整改状态": "已完成", "回头看日期": "2025-11-3",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"回头看日期": None}, [("C106", "query")]),
        ({"整改状态": "整改中", "回头看日期": None}, [("C106", "query")]),
        ({"整改状态": "整改中", "回头看日期": None, "备注": "设备没有到货"}, [("C108", "note")]),
        ({"整改时限": "2026年12月底", "回头看日期": None}, []),
        ({"整改时限": "长期坚持", "整改状态": "整改中", "回头看日期": None}, []),
    ],
)  # fmt: skip
def test_what_is_to_be_mended_is_mended_in_time_and_looked_at_again(college, change, found):
    college.send({("HL", "整改督办"): {"巡察整改清单": [{**MEND, **change}]}})
    result = college.collect()
    assert told(result, "整改到回头看") == found
    assert {f.rule for f in standing(result)} <= {"整改到回头看"}


def test_what_is_overdue_says_what_stands_there_and_how_long_a_reason_is(college):
    line = MEND | {"整改状态": "整改中", "回头看日期": None, "备注": "未看"}
    college.send({("HL", "整改督办"): {"巡察整改清单": [line]}})
    (found,) = (f for f in college.collect().findings if f.rule == "整改到回头看")
    assert "“整改状态”是“整改中”" in found.message
    assert "不少于六个字" in found.remedy


@pytest.mark.parametrize("name", ["原因分析", "整改措施", "整改时限", "责任人"])
def test_each_problem_has_cause_measure_limit_and_someone_responsible(college, name):
    college.send({("HL", "整改督办"): {"巡察整改清单": [{**MEND, name: None}]}})
    assert [(f.code, f.severity, f.where.field) for f in standing(college.collect())] == [
        ("V101", "must", name)
    ]


def test_nobody_is_asked_to_mend_what_was_never_found(college):
    assert "整改督办" not in {e.packet for e in college.collect().expected}


# ---- shou-2019: an account that binds nobody -----------------------------------------

AUTHORITY = (("# document =", "document ="),)
LISTS, JOINT, SELF = "三大主体责任清单", "联席会议", "自查自纠"


def spoilt(office: Office) -> Office:
    """Break every rule and a good deal besides."""
    with changed(office, TOP, LISTS) as book:
        put(book, "责任清单", 3, 工作项目=None, 完成时限="尽快")
        blank(book, "任务清单", 4)
    with changed(office, TOP, "班子成员清单") as book:
        blank(book, "责任清单", 4)
    with changed(office, TOP, SELF) as book:
        put(book, "自查自纠重点项目清单", 3, 认领领导=None)
    with changed(office, TOP, JOINT) as book:
        put(book, "联席会议点题表", 3, 领题领导=None, 完成情况="进行中")
    with changed(office, FIRST, "述职评议") as book:
        blank(book, "述职评议考核", 4)
    with changed(office, SECOND, "党建责任清单") as book:
        put(book, "责任清单", 3, 责任主体=None, 上级项目编号="XX-2025-ZR-099")
    return office


def test_nothing_sends_a_workbook_back_until_the_office_names_its_own_document(ocean_college):
    result = spoilt(ocean_college).collect()
    assert {f.severity for f in result.findings} == {"query", "note"}
    assert "returned" not in {e.status for e in result.expected} | {f.status for f in result.files}
    ocean_college.changes = AUTHORITY
    lifted = ocean_college.write().collect()
    assert "must" in {f.severity for f in lifted.findings}
    assert "returned" in {e.status for e in lifted.expected}


@pytest.mark.parametrize(
    ("said", "codes"), [("待定", {"V125"}), ("暂无", {"V125"}), ("吴待", set())]
)
def test_an_item_is_claimed_by_somebody_and_not_by_nobody_yet(ocean_college, said, codes):
    with changed(ocean_college, TOP, SELF) as book:
        put(book, "自查自纠重点项目清单", 3, 认领领导=said)
    found = [f for f in standing(ocean_college.collect()) if f.where.field == "认领领导"]
    assert {f.code for f in found} == codes
    assert all(f.got == said and f.remedy == "请补填姓名" for f in found)


@pytest.mark.parametrize(
    ("packet", "sheet", "column"),
    [(SELF, "自查自纠重点项目清单", "认领领导"), (JOINT, "联席会议点题表", "领题领导"),
     (JOINT, "联席会议点题表", "监督责任人"), ("班子成员清单", "责任清单", "完成时限")],
)  # fmt: skip
def test_each_item_is_claimed_supervised_and_dated(ocean_college, packet, sheet, column):
    with changed(ocean_college, TOP, packet) as book:
        put(book, sheet, 3, **{column: None})
    assert [(f.code, f.severity, f.where.field) for f in standing(ocean_college.collect())] == [
        ("V101", "query", column)
    ]


@pytest.mark.parametrize(
    ("unit", "packet", "sheet", "rule"),
    [(TOP, "班子成员清单", "责任清单", "清单覆盖班子成员"),
     (FIRST, "述职评议", "述职评议考核", "述职评议覆盖书记")],
)  # fmt: skip
def test_each_member_has_a_list_and_each_secretary_reports(
    ocean_college, unit, packet, sheet, rule
):
    with changed(ocean_college, unit, packet) as book:
        blank(book, sheet, 4)
    assert told(ocean_college.collect(), rule) == [("Q103", "query")]


# ---- shou-2019: cascades and chains --------------------------------------------------

DOWN = "校级清单到党建责任清单"


def status(result: Round, rule: str) -> list[str]:
    """Return how the items of a cascade stand."""
    return [c.status for c in result.cascade if c.rule == rule]


def no_taker(office: Office) -> Office:
    """Let nobody take up the item above."""
    for unit in (FIRST, SECOND, BRANCH):
        with changed(office, unit, "党建责任清单") as book:
            put(book, "责任清单", 3, 上级项目编号=None)
    return office


def test_an_item_for_units_is_taken_up_by_one_of_them_at_least(ocean_college):
    result = no_taker(ocean_college).collect()
    assert status(result, DOWN) == ["missing"]
    assert set(told(result, DOWN)) == {("C101", "query")}
    with changed(ocean_college, SECOND, "党建责任清单") as book:
        put(book, "责任清单", 3, 上级项目编号="XX-2025-ZR-001")
    result = ocean_college.collect()
    assert (status(result, DOWN), told(result, DOWN)) == (["taken_up"], [])


def test_a_reason_explains_an_item_that_nobody_takes_up(ocean_college):
    no_taker(ocean_college)
    with changed(ocean_college, FIRST, "党建责任清单") as book:
        put(book, "责任清单", 4, 责任主体="党组织", 上级项目编号="XX-2025-ZR-001",
            未纳入理由="本院没有学生支部")  # fmt: skip
    result = ocean_college.collect()
    assert (status(result, DOWN), standing(result)) == (["explained"], [])


def test_a_list_that_has_not_come_leaves_the_cascade_unchecked(ocean_college):
    no_taker(ocean_college)
    (path,) = ocean_college.inbox.glob(f"{FIRST}_党建责任清单_*")
    path.unlink()
    result = ocean_college.collect()
    assert status(result, DOWN) == ["unchecked"]
    assert told(result, DOWN) == []
    assert why(result, DOWN)


def test_what_the_university_does_itself_is_not_handed_down(ocean_college):
    with changed(no_taker(ocean_college), TOP, LISTS) as book:
        put(book, "责任清单", 3, 落实方式="本人直接落实")
    assert status(ocean_college.collect(), DOWN) == []


def test_each_item_above_is_in_the_years_plan(ocean_college):
    with changed(ocean_college, TOP, LISTS) as book:
        blank(book, "任务清单", 4)
    result = ocean_college.collect()
    assert told(result, "责任项到计划") == [("C101", "query")]
    (path,) = ocean_college.inbox.glob(f"{TOP}_{LISTS}_*")
    path.unlink()
    assert status(ocean_college.collect(), "责任项到计划") == []  # no list, no item


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"监督意见": None}, [("C105", "query")]),
        ({"完成情况": "进行中", "监督意见": None}, [("C106", "query")]),
        ({"完成情况": "进行中", "完成时限": "2026年底前", "监督意见": None}, []),
        ({"完成情况": "长期坚持", "监督意见": None}, []),
    ],
)
def test_a_raised_matter_is_settled_in_time_under_supervision(ocean_college, change, found):
    with changed(ocean_college, TOP, JOINT) as book:
        put(book, "联席会议点题表", 3, **change)
    assert told(ocean_college.collect(), "点题到监督") == found
    ocean_college.waivers = [waiver("XX", "点题到监督")]
    result = ocean_college.write().collect()
    assert told(result, "点题到监督") == []
    assert why(result, "点题到监督") == {"准予免报"}


@pytest.mark.parametrize(
    ("remark", "found"),
    [(None, [("C106", "query")]), ("外协单位注销，正在走核销程序", [("C108", "note")])],
)
def test_a_self_found_matter_is_mended_in_time_or_says_why_not(ocean_college, remark, found):
    with changed(ocean_college, TOP, SELF) as book:
        put(book, "自查自纠重点项目清单", 3, 完成情况="进行中", 备注=remark)
    assert told(ocean_college.collect(), "自查自纠到纠正") == found


GROUP_ITEM: Cells = {
    "整改编号": "ZZ-2025-ZG-001", "反馈问题": "干部交流不够", "点题领导": "赵一",
    "领题领导": "钱二", "监督责任人": "孙九", "责任类别": "班子成员一岗双责", "责任部门": "组织部",
    "责任人": "周八", "整改措施": "制定交流计划",
    "整改时限": "2025年9月底", "整改状态": "已完成", "整改成效": "交流六人",
}  # fmt: skip


def test_each_leader_leads_a_group_that_mends(ocean_college):
    ocean_college.send({("ZZ", "巡视整改"): {"巡察整改清单": [GROUP_ITEM]}})
    result = ocean_college.collect()
    assert standing(result) == []
    leads = {c.filer: c.status for c in result.counts if c.rule == "校领导负责整改小组"}
    assert leads == {"赵一": "short", "钱二": "met"}
    assert told(result, "校领导负责整改小组") == [("N101", "note")]
    with changed(ocean_college, "党委组织部", "巡视整改") as book:
        put(book, "巡察整改清单", 3, 领题领导=None, 整改成效=None)
    found = {(f.code, f.severity, f.where.field) for f in standing(ocean_college.collect())}
    assert found == {("V101", "query", "领题领导"), ("C105", "query", "整改成效")}


def test_without_anything_to_mend_no_leader_is_asked(ocean_college):
    assert counted(ocean_college.collect(), "校领导负责整改小组") == []


@pytest.mark.parametrize("sheet", ["会议记录", "联席会议点题表"])
def test_a_joint_meeting_is_known_from_either_register(ocean_college, sheet):
    with changed(ocean_college, TOP, JOINT) as book:
        blank(book, sheet, 3)
        if sheet == "联席会议点题表":
            book["封面"][cover_cell(book["封面"], "空表说明")] = "联席会议点题表：本年度没有点题"
    assert counted(ocean_college.collect(), "联席会议召开") == ["met"]


def test_no_joint_meeting_at_all_is_asked_about(ocean_college):
    with changed(ocean_college, TOP, JOINT) as book:
        blank(book, "会议记录", 3, 4)
        blank(book, "联席会议点题表", 3)
        book["封面"][cover_cell(book["封面"], "空表说明")] = "本年度没有召开会议"
    result = ocean_college.collect()
    assert told(result, "联席会议召开") == [("N101", "query")]
    assert told(result, "听取落实情况") == [("N101", "note")]


# ---- shou-2019: what the account leaves open -----------------------------------------


def test_of_the_catalogue_only_what_is_named_counts(ocean_college):
    with changed(ocean_college, TOP, "制度目录") as book:
        put(book, REGISTER, 3, 名称="党委约谈书")
    result = ocean_college.collect()
    assert [f.rule for f in standing(result)] == ["校级书1"]
    assert {c.rule for c in result.counts if c.rule.startswith(("校级", "二级"))} == {"校级书1"}
    assert all(why(result, slot) for slot in ("校级书2", "校级会4", "二级报告3"))


def test_a_unit_is_asked_for_what_the_office_has_named(ocean_college):
    ocean_college.changes = (('# "二级书1" = ""', '"二级书1" = "党建责任书"'),)
    result = ocean_college.write().collect()
    assert counted(result, "二级书1") == ["short"] * 3
    with changed(ocean_college, FIRST, "制度目录") as book:
        put(book, REGISTER, 3, **done("书", "党建责任书", "党组织", "2025-3-20"))
        book["封面"][cover_cell(book["封面"], "空表说明")] = None
    assert sorted(counted(ocean_college.collect(), "二级书1")) == ["met", "short", "short"]


def test_the_three_main_responsibilities_are_the_universitys_to_spell_out(ocean_college):
    own = ocean_college.root / "validators" / "shou-2019"
    own.mkdir(parents=True)
    text = '[[role]]\nid = "党委"\nareas = ["意识形态", "廉政建设"]\n'
    (own / "regime.toml").write_text(text, encoding="utf-8")
    found = standing(ocean_college.collect())
    assert [(f.code, f.severity, f.got) for f in found] == [("V104", "query", "基层党建")]


def test_two_lists_of_one_unit_never_share_a_number(tmp_path):
    issued = office_of(tmp_path, "shou-2019").issue_possible()
    first = {
        packet: openpyxl.load_workbook(issued["XX", packet])["责任清单"]["C3"].value
        for packet in (LISTS, "班子成员清单")
    }
    assert first == {LISTS: "XX-2025-ZR-001", "班子成员清单": "XX-2025-ZR-101"}


ROUNDS = (("[needed]\n", '[needed]\n"整改督办" = ["HL 第2轮", "HL 第1轮"]\n'),)


def test_two_rounds_of_one_unit_never_share_a_number(tmp_path):
    there = office_of(tmp_path, "sumhs-2019", changes=ROUNDS)
    there.issue_all()
    issued = find_workspace(there.root).issued
    first = {
        path.stem.split("_")[2]: openpyxl.load_workbook(path)["巡察整改清单"]["B3"].value
        for path in issued.glob(f"{FIRST}_整改督办_*第*轮*")
    }
    assert sorted(first.values()) == ["HL-2025-ZG-001", "HL-2025-ZG-101"]
    assert next(v for k, v in first.items() if "第1轮" in k) == "HL-2025-ZG-001"


def test_a_number_means_the_row_of_the_round_in_whose_workbook_it_is_explained(tmp_path):
    there = office_of(tmp_path, "sumhs-2019", changes=ROUNDS)
    there.issue_all()
    late = MEND | {"整改状态": "整改中", "回头看日期": None}
    why = {"涉及表": "巡察整改清单", "涉及编号或单元格": MEND["整改编号"],
           "说明（请填写）": "设备招标流标，重新采购中"}  # fmt: skip
    for path in sorted(find_workspace(there.root).issued.glob(f"{FIRST}_整改督办_*第*轮*")):
        lines = {"情况说明": [why]} if "第1轮" in path.name else {}
        complete(path, there.inbox / path.name, {"巡察整改清单": [late], **lines})
        touch(there.inbox / path.name, FILED)
    found = [f for f in there.collect().findings if f.code == "C106"]
    assert len(found) == 2
    assert ["第1轮" in (f.where.path or "") for f in found if f.explanation] == [True]


def test_units_are_shown_the_items_they_are_to_take_up(ocean_college):
    ocean_college.collect(write=True)
    book = openpyxl.load_workbook(ocean_college.issue_possible()["HL", "党建责任清单"])
    shown = [row[0] for row in book["上级清单"].iter_rows(min_row=3, values_only=True)]
    assert shown == ["XX-2025-ZR-001"]
