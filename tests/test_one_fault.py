"""One broken cell is one finding, at that cell, and nothing else in the whole inbox.

The cases are made of the definitions: every heading of every form in every packet, in every way
its kind can be wrong. A form or field that is added is tested without a line being written here.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from inprocess import reading_here
from world import (
    World,
    adopt,
    cell_of,
    change,
    cover_cell,
    headings,
    make_world,
    stands,
)  # fmt: skip

from sxxt_excel import round as rounds
from sxxt_excel.expected import owed
from sxxt_excel.intake.folder import Parcel, folder_parcels
from sxxt_excel.look import Sight, look_at
from sxxt_excel.regime import form_rules, load_regime
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.model import Field, Form
    from sxxt_excel.result import Round

REGIME = load_regime("tj-2017")
TODAY = dt.date(2025, 7, 20)
"""The lists and the first half's reports are due, and its counts are counted."""

STARTS = {
    "责任任务清单": "机械工程学院党委_责任任务清单",
    "责任任务清单（校级）": "示例大学党委_责任任务清单（校级）",
    "落实情况报告": "机械工程学院党委_落实情况报告",
    "落实情况报告（校级）": "示例大学党委_落实情况报告（校级）",
    "述责述廉": "机械工程学院党委_述责述廉",
}
CODES = {"责任清单": "ZR", "任务清单": "RW"}
PACKETS = tuple(p for p in REGIME.packets if p.id in STARTS)
"""What a unit sends of itself; registers and what is about others have tests of their own."""


# ---- one inbox, read once ----------------------------------------------------------------


@dataclass
class Bench:
    """A valid inbox whose files are read already; one at a time is broken and judged."""

    job: rounds.Job
    sights: list[Sight]
    books: dict[str, openpyxl.Workbook]

    def path(self, packet: str) -> str:
        """Return the path of the workbook that the packet's cases break."""
        return next(p.path for p in self.job.parcels if p.path.startswith(STARTS[packet]))

    def book(self, path: str) -> openpyxl.Workbook:
        """Return a workbook, open in memory."""
        if path not in self.books:
            self.books[path] = openpyxl.load_workbook(self.job.inbox / path)
        return self.books[path]

    def judge(self, path: str, data: bytes, folder: Path) -> Round:
        """Run the pass with these bytes in place of one file."""
        place = folder / "broken.xlsx"
        place.write_bytes(data)
        at = [p.path for p in self.job.parcels].index(path)
        seen = list(self.sights)
        seen[at] = look_at(Parcel(path, str(place), self.job.parcels[at].modified))
        return rounds.run(self.job, enumerate(seen))


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    world = make_world(tmp_path_factory.mktemp("world"))
    for packet, period in (
        ("责任任务清单", None), ("责任任务清单（校级）", None), ("述责述廉", None),
        ("落实情况报告", "2025-H1"), ("落实情况报告（校级）", "2025-H1"),
    ):  # fmt: skip
        world.fill(packet, period)
    adopt(world)
    detail(world)
    space = find_workspace(world.root)
    roster, _ = read_roster(space.roster)
    job = rounds.Job(
        REGIME, space.settings, roster, owed(REGIME, space.settings, roster), world.inbox,
        folder_parcels(world.inbox), (), TODAY,
    )  # fmt: skip
    with reading_here():
        seen = rounds.start_reading(REGIME, job.settings, job.parcels)
        sights = [sight for _, sight in seen if isinstance(sight, Sight)]
    clean = rounds.run(job, enumerate(sights))
    assert stands(clean) == []
    assert {f.status for f in clean.files} == {"accepted"}
    return Bench(job, sights, {})


def detail(world: World) -> None:
    """Give rows what their faults need: an item above, a day to be earlier than, a lone text."""
    for unit, code in (
        ("机械工程学院党委_责任任务清单", "JX"),
        ("示例大学党委_责任任务清单", "XX"),
    ):
        mine = {(row, "上级项目编号"): f"{code}-2025-ZR-001" for row in (4, 5)}
        change(world, unit, "责任清单", mine)
        change(world, unit, "班子成员分工表", {(4, "任职起"): dt.date(2022, 9, 1)})
    lone = dict.fromkeys(((5, "存在问题"), (5, "改进措施")))
    change(world, STARTS["述责述廉"], "述责述廉登记", lone)


# ---- in how many ways a field can be broken ---------------------------------------------------


@dataclass(frozen=True)
class Break:
    """One wrong value in one cell, and the code that must come of it."""

    packet: str
    form: str
    field: str
    name: str
    value: Any
    code: str
    row: int = 4
    told_at: str = ""
    """The heading whose cell the finding names, where that is not the broken one."""

    @property
    def id(self) -> str:
        return f"{self.packet}-{self.form}-{self.field}-{self.name}"


@dataclass(frozen=True)
class Like:
    """The value of the same heading in another row."""

    row: int


WRONG: dict[str, tuple[tuple[str, Any, str], ...]] = {
    "date": (("不是日期", "2025.13.45", "V102"), ("没有日", "2025年3月", "V102")),
    "int": (("不是数", "若干", "V103"), ("负数", -1, "V112"), ("不是整数", 1.5, "V103")),
    "year": (("不是年份", "若干", "V103"), ("别的年度", 2024, "I103")),
    "choice": (("不在选项内", "随便写的", "V104"),),
    "limit": (("看不出时限", "尽快", "V105"),),
    "key": (("写法不符", "第一个项目", "V108"), ("别的单位的", "WY-2025-ZR-001", "V108")),
    "filer": (("外人", "查无此人", "V109"),),
    "person": (("外人", "查无此人", "V115"),),
    "signer": (("外人", "查无此人", "B102"),),
    "file": (("没有随附", "没有报来的报告.docx", "Q106"),),
    "unit": (("别的单位", "外国语学院党总支", "I102"), ("没有的单位", "某某研究所", "I102")),
    "period": (("不是报告期", "随便写的", "V104"), ("别的报告期", "下半年", "I103")),
    "label": (("不是指标", "随便写的", "V104"),),
}
SENSITIVE = frozenset({"text", "long", "choice", "filer", "person", "signer", "unit", "label"})


def breaks(packet: str, form: Form) -> Iterator[Break]:
    for field in form.fields:
        for name, value, code, row, *at in (
            *plain(packet, form, field),
            *related(packet, form, field),
        ):
            yield Break(packet, form.id, field.name, name, value, code, row, *at)


def plain(packet: str, form: Form, field: Field) -> Iterator[tuple[Any, ...]]:
    """Yield what is wrong with a cell for itself."""
    row = 5 if packet.endswith("（校级）") and form.id != "班子成员分工表" else 4
    yield "错误值", "#N/A", "V110", row
    if field.required:
        yield "空白", None, BLANK_CODES.get((form.id, field.name), "V101"), row
    if field.kind == "choice" and (field.locked or not (field.choices or field.choices_by_role)):
        return
    for name, value, code in WRONG.get(field.kind, ()):
        yield name, value, code, row
    if field.kind in {"text", "long"}:
        yield "手机号", "电话13800138000", "V119", row
        yield "身份证号", "证号11010519491231002X", "V117", row


BLANK_CODES = {("主体责任落实情况报告", "履责情况"): "Q105"}
"""A pre-printed row with nothing in it is an aspect that was not reported, not a blank cell."""


def related(packet: str, form: Form, field: Field) -> Iterator[tuple[Any, ...]]:
    """Yield what is wrong with a cell beside another cell of its row, column or unit."""
    code = "XX" if packet.endswith("（校级）") else "JX"
    if field.kind in {"key", "label"}:
        yield "与上一行重复", Like(3), "V106", 4
        yield "与下一行重复", Like(4), "V106", 3
    if field.kind == "key" and field.to is not None:
        yield "查无对应", f"{code}-2025-{CODES[field.to.form]}-999", "V107", 4
    if field.kind in {"ref", "refs"} and field.to is not None and field.to.form in CODES:
        yield "查无对应", f"{code}-2025-{CODES[field.to.form]}-999", "V107", 4
        yield "不是编号", "第一个项目", "V107", 4
    for rule in form_rules(REGIME, form):
        if field.name in rule.needs:
            yield f"空白（{rule.id}）", None, "V113", 4
        if rule.not_before and rule.not_before[0] == field.name:
            yield f"早于（{rule.id}）", dt.date(2020, 1, 1), "V114", 4
        if rule.one_of and field.name == "履行主体责任情况":
            yield f"空白（{rule.id}）", None, "V118", 5, rule.one_of[0]
        if rule.expect and rule.expect[0] == field.name:
            other = "书面" if rule.expect[1] == ("会议",) else "会议"
            yield f"不符（{rule.id}）", other, "V116", 4 if other == "书面" else 5


OWN = ("责任清单", "签字背书")
"""Forms of the university's own packets about which other rules hold than about a unit's."""


def sheets(packet: str) -> Iterator[Form]:
    for form in REGIME.sheets(packet):
        if not form.optional and (not packet.endswith("（校级）") or form.id in OWN):
            yield form


CASES = tuple(b for p in PACKETS for form in sheets(p.id) for b in breaks(p.id, form))


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_one_broken_cell_is_one_finding_at_that_cell(bench, tmp_path, case):
    path = bench.path(case.packet)
    book = bench.book(path)
    sheet = book[case.form]
    if case.form == "封面":
        at = cover_cell(sheet, case.field)
    else:
        at = cell_of(sheet, case.field, case.row)
    told_at = cell_of(sheet, case.told_at, case.row) if case.told_at else at
    cell, old = sheet[at], sheet[at].value
    value = case.value
    if isinstance(value, Like):
        value = sheet[cell_of(sheet, case.field, value.row)].value
    assert old != value, "the break must break something"
    cell.value = value
    data = saved(book)
    cell.value = old
    result = bench.judge(path, data, tmp_path)
    (found,) = [f for f in result.findings if f.severity != "note"] or [None]
    assert found is not None, "nothing was found"
    assert (found.where.path, found.where.sheet, found.where.cell, found.code) == (
        path, case.form, told_at, case.code,
    )  # fmt: skip
    assert found.message
    assert found.remedy
    assert found.basis


TABLES = tuple((p.id, form.id) for p in PACKETS for form in sheets(p.id) if form.layout == "table")


@pytest.mark.parametrize(("packet", "form"), TABLES, ids=["-".join(pair) for pair in TABLES])
def test_a_sheet_that_is_not_there_is_one_finding(bench, tmp_path, packet, form):
    path = bench.path(packet)
    book = openpyxl.load_workbook(bench.job.inbox / path)
    del book[form]
    result = bench.judge(path, saved(book), tmp_path)
    assert [
        (f.code, f.where.path, f.where.form) for f in result.findings if f.severity != "note"
    ] == [("S101", path, form)]


HEADINGS = tuple(
    (p.id, form.id, field.name)
    for p in PACKETS
    for form in sheets(p.id)
    if form.layout == "table"
    for field in form.fields
    if field.required
)


@pytest.mark.parametrize(("packet", "form", "field"), HEADINGS, ids=["-".join(h) for h in HEADINGS])
def test_a_required_column_that_is_not_there_is_one_finding(bench, tmp_path, packet, form, field):
    path = bench.path(packet)
    book = openpyxl.load_workbook(bench.job.inbox / path)
    sheet = book[form]
    column = headings(sheet)[field]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = None
    result = bench.judge(path, saved(book), tmp_path)
    (found,) = [f for f in result.findings if f.severity != "note"]
    assert (found.code, found.where.path, found.where.sheet) == ("S102", path, form)
    assert found.where.field == field


STRANGE = (
    "9" * 25, "９" * 5000, 1e20, 0.5, True, dt.datetime(9999, 12, 31, 14, 30),  # noqa: DTZ001
    dt.time(3, 4), dt.timedelta(days=3), "{got}", "字" * 32000, "、、、", "-", "\u200b",
    "JX-2025-ZR-" + "9" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("packet", ["责任任务清单", "落实情况报告", "述责述廉"])
@pytest.mark.parametrize("value", STRANGE, ids=[repr(v)[:24] for v in STRANGE])
def test_no_value_whatever_ends_the_pass(bench, tmp_path, packet, value):
    path = bench.path(packet)
    book = openpyxl.load_workbook(bench.job.inbox / path)
    for form in sheets(packet):
        sheet = book[form.id]
        for field in form.fields:
            cover = form.layout == "cover"
            at = cover_cell(sheet, field.name) if cover else cell_of(sheet, field.name, 4)
            sheet[at].value = value
    result = bench.judge(path, saved(book), tmp_path)
    assert next(f.status for f in result.files if f.path == path) == "returned"


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
