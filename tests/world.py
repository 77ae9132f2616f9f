"""A small invented university for tests: a workspace, its roster, and valid fillings.

`World` issues real workbooks, fills them in as a careful clerk would (openpyxl), puts
them into the inbox with a file time, and collects in this process.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import openpyxl

from sxxt_excel.expected import owed
from sxxt_excel.filed import filed_rows
from sxxt_excel.issue import issue
from sxxt_excel.newspace import register_book, settings_text
from sxxt_excel.officebook import PEOPLE, UNITS, WAIVERS, roster_forms
from sxxt_excel.prefill import Desk
from sxxt_excel.publish import publish
from sxxt_excel.regime import load_regime
from sxxt_excel.roster import read_roster
from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.result import Round

Cells = dict[str, Any]
KEY = "0123456789abcdef0123456789abcdef"
EARLY = dt.datetime(2025, 4, 10, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
"""Before every due day of 2025's first packets, so that file time makes nothing late."""
BEYOND = "2026年3月底"
"""A 完成时限 later than that of every item here: in a task it is asked about."""

UNIT_ROWS: tuple[Cells, ...] = (
    {"单位代码": "XX", "单位名称": "示例大学党委", "单位类别": "校党委", "简称": "校党委"},
    {"单位代码": "JX", "单位名称": "机械工程学院党委", "单位类别": "基层党委", "上级单位代码": "XX",
     "简称": "机械学院、机械工程学院", "联系人": "张示例", "联系电话": "022-00000001"},
    {"单位代码": "WY", "单位名称": "外国语学院党总支", "单位类别": "党总支", "上级单位代码": "XX",
     "简称": "外语学院、外国语学院", "联系人": "王示例", "联系电话": "022-00000002"},
)  # fmt: skip
PEOPLE_ROWS: tuple[Cells, ...] = (
    {"姓名": "赵一", "单位代码": "XX", "职务": "党委书记", "班子身份": "主要负责人"},
    {"姓名": "钱二", "单位代码": "XX", "职务": "党委副书记", "班子身份": "班子其他成员",
     "分管单位代码": "JX、WY"},
    {"姓名": "李三", "单位代码": "JX", "职务": "党委书记", "班子身份": "主要负责人"},
    {"姓名": "李四", "单位代码": "JX", "职务": "院长", "班子身份": "班子其他成员"},
    {"姓名": "李五", "单位代码": "JX", "职务": "党委副书记", "班子身份": "班子其他成员"},
    {"姓名": "王三", "单位代码": "WY", "职务": "党总支书记", "班子身份": "主要负责人"},
    {"姓名": "王四", "单位代码": "WY", "职务": "副院长", "班子身份": "班子其他成员"},
)  # fmt: skip


@dataclass
class World:
    """One workspace in a temporary folder."""

    root: Path
    regime: Regime
    units: list[Cells] = field(default_factory=lambda: [dict(r) for r in UNIT_ROWS])
    people: list[Cells] = field(default_factory=lambda: [dict(r) for r in PEOPLE_ROWS])
    waivers: list[Cells] = field(default_factory=list)
    settings: str = ""
    filing: str = "按单位报送"

    def write(self) -> World:
        """Write settings and roster; call again after changing either."""
        self.root.mkdir(parents=True, exist_ok=True)
        text = settings_text(self.regime, 2025, KEY).replace('按单位报送"', f'{self.filing}"', 1)
        (self.root / "sxxt.toml").write_text(text + self.settings, encoding="utf-8")
        write_roster(self.root, self.units, self.people, self.waivers)
        self.inbox.mkdir(exist_ok=True)
        return self

    @property
    def inbox(self) -> Path:
        """Return the inbox."""
        return self.root / "inbox"

    def issue(self, packet: str | None = None, period: str | None = None) -> list[Path]:
        """Issue workbooks (what units owe, or one packet and period); return their paths."""
        return self.issue_all(
            lambda o: (
                (packet == o.obligation.packet if packet else o.duty == "报送" and not o.subject)
                and period in {None, o.period}
            )
        )

    def issue_all(self, wanted: Callable[[Owed], bool] = lambda _: True) -> list[Path]:
        """Issue workbooks for what is owed and wanted; return their paths."""
        space = find_workspace(self.root)
        roster, _ = read_roster(space.roster)
        items = tuple(filter(wanted, owed(self.regime, space.settings, roster)))
        desk = Desk(
            self.regime, space.settings, roster,
            filed_rows(self.root / "汇总" / "总台账.xlsx", self.regime),
        )  # fmt: skip
        return [d.path for d in issue(desk, items, space.issued, dt.date(2025, 3, 1))]

    def fill(self, packet: str | None = None, period: str | None = None) -> list[Path]:
        """Issue, fill in validly and put into the inbox; return the filled workbooks."""
        return [self.fill_one(path) for path in self.issue(packet, period)]

    def fill_one(self, source: Path, name: str | None = None, when: dt.datetime = EARLY) -> Path:
        """Fill one issued workbook in validly and save it into the inbox."""
        book = openpyxl.load_workbook(source)
        fill_book(book, self.regime)
        target = self.inbox / (name or source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(target)
        touch(target, when)
        return target

    def copied(self, root: Path) -> World:
        """Return a copy of it at another place, with file times, to be changed at will."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        units, people, waivers = (
            [dict(row) for row in rows] for rows in (self.units, self.people, self.waivers)
        )
        return replace(self, root=root, units=units, people=people, waivers=waivers)

    def collect(self, today: str = "2025-04-12", *, jobs: int = 1, write: bool = False) -> Round:
        """Collect the inbox as of a day; with `write` also publish the outputs."""
        space = find_workspace(self.root)
        result = collect(space, self.inbox, dt.date.fromisoformat(today), jobs=jobs)
        if write:
            publish(result, self.root)
        return result


def make_world(root: Path, **changes: Any) -> World:
    """Return a written world."""
    return World(root, load_regime("tj-2017"), **changes).write()


def write_roster(
    root: Path, units: Iterable[Cells], people: Iterable[Cells], waivers: Iterable[Cells] = ()
) -> None:
    """Write 单位名册.xlsx of a workspace."""
    forms = roster_forms()
    rows = {UNITS: tuple(units), PEOPLE: tuple(people), WAIVERS: tuple(waivers)}
    book = register_book((forms[UNITS], forms[PEOPLE], forms[WAIVERS]), rows)
    (root / "单位名册.xlsx").write_bytes(book)


def settle(root: Path, *changes: tuple[str, str]) -> None:
    """Change lines of sxxt.toml, each given by how it reads and how it is to read."""
    path = root / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def touch(path: Path, when: dt.datetime = EARLY) -> None:
    """Set a file's own time."""
    os.utime(path, (when.timestamp(), when.timestamp()))


def stamp_of(book: openpyxl.Workbook) -> dict[str, str]:
    """Return the hidden stamp as label → value."""
    return {str(a.value): str(b.value or "") for a, b in book["_sxxt"].iter_rows(max_col=2)}


def headings(sheet: Worksheet, row: int = 2) -> dict[str, int]:
    """Return heading → column number."""
    return {str(c.value): c.column for c in sheet[row] if c.value}


def cell_of(sheet: Worksheet, name: str, row: int) -> str:
    """Return the A1 name of a heading's cell in a row."""
    return str(sheet.cell(row, headings(sheet)[name]).coordinate)


def cover_cell(sheet: Worksheet, label: str) -> str:
    """Return the A1 name of the value right of a cover's label."""
    row = next(r[0].row for r in sheet.iter_rows(max_col=1) if r[0].value == label)
    return f"B{row}"


def adopt(world: World) -> None:
    """Let the inbox's JX and WY take up an item of the leader in charge of them.

    钱二's item says 分管单位纳入; the first item of each unit names it.
    """
    key = "XX-2025-ZR-003"
    change(
        world, "示例大学党委_责任任务清单（校级）", "责任清单", {(5, "落实方式"): "分管单位纳入"}
    )
    for unit in ("机械工程学院党委", "外国语学院党总支"):
        change(world, f"{unit}_责任任务清单", "责任清单", {(3, "上级项目编号"): key})


def find(world: World, start: str) -> Path:
    """Return the one file of the inbox whose name starts like this."""
    (path,) = world.inbox.glob(f"{start}*")
    return path


def change(world: World, start: str, sheet: str, cells: dict[tuple[int, str], Any]) -> Path:
    """Change cells, by row and heading, in a workbook of the inbox that is named by its start."""
    path = find(world, start)
    with edited(path) as book:
        for (row, name), value in cells.items():
            book[sheet][cell_of(book[sheet], name, row)].value = value
    return path


@contextmanager
def edited(path: Path) -> Iterator[openpyxl.Workbook]:
    """Open a workbook for changes; save it afterwards without touching its file time."""
    when = path.stat().st_mtime
    book = openpyxl.load_workbook(path)
    yield book
    book.save(path)
    os.utime(path, (when, when))


# ---- filling in -------------------------------------------------------------------


def fill_book(book: openpyxl.Workbook, regime: Regime) -> None:
    """Fill every sheet of an issued workbook with valid data of several rows."""
    stamp = stamp_of(book)
    _fill_cover(book["封面"])
    roles = roles_of(stamp)
    for form in regime.sheets(stamp["packet"]):
        if form.layout == "table" and not form.optional:
            FILLERS[form.id](book[form.id], form, stamp, roles, regime)


def roles_of(stamp: dict[str, str]) -> dict[str, str]:
    """Return label → role of the filers of an issued workbook of this world."""
    posts = {str(p["姓名"]): str(p["班子身份"]) for p in PEOPLE_ROWS}
    return {
        label: posts.get(label, "班子其他成员") if label != "领导班子" else label
        for label in stamp["filers"].split("、")
    }


def _fill_cover(sheet: Worksheet) -> None:
    for label, value in (
        ("填报人", "张示例"), ("联系电话", "022-00000000"), ("填报日期", dt.date(2025, 4, 9)),
    ):  # fmt: skip
        sheet[cover_cell(sheet, label)] = value


def _put(sheet: Worksheet, row: int, **values: Any) -> None:
    places = headings(sheet)
    for name, value in values.items():
        sheet.cell(row, places[name]).value = value


def _numbers(stamp: dict[str, str]) -> dict[str, int]:
    """Return label → the number of its item: from 1, or from the lone filer's own hundred."""
    labels = stamp["filers"].split("、")
    if len(labels) > 1:
        return {label: n for n, label in enumerate(labels, 1)}
    own = ["领导班子", *(p["姓名"] for p in PEOPLE_ROWS if p["单位代码"] == stamp["unit_code"])]
    return {label: own.index(label) * 100 + 1 for label in labels}


def _fill_duties(
    sheet: Worksheet, _form: Form, stamp: dict[str, str], roles: dict[str, str], regime: Regime
) -> None:
    numbers = _numbers(stamp)
    for n, (label, role) in enumerate(roles.items(), 1):
        _put(
            sheet, n + 2, 责任主体=label,
            项目编号=f"{stamp['unit_code']}-2025-ZR-{numbers[label]:03d}",
            重点方面=regime.role(role).areas[n % 6], 工作项目=f"{label}的第{n}个责任项目",
            落实方式="本人直接落实", 责任人=label, 完成时限="2025年底前", 完成情况="进行中",
        )  # fmt: skip


def _fill_tasks(
    sheet: Worksheet, _form: Form, stamp: dict[str, str], roles: dict[str, str], _regime: Regime
) -> None:
    code, numbers = stamp["unit_code"], _numbers(stamp)
    for n, label in enumerate(roles, 1):
        _put(
            sheet, n + 2, 责任主体=label, 任务编号=f"{code}-2025-RW-{numbers[label]:03d}",
            责任项目编号=f"{code}-2025-ZR-{numbers[label]:03d}",
            工作任务=f"第{n}项任务", 具体措施="逐项落实",
            开始时间=dt.date(2025, 3, 1), 完成时限="2025年6月底", 完成情况="进行中",
        )  # fmt: skip


def _fill_signoff(
    sheet: Worksheet, _form: Form, stamp: dict[str, str], roles: dict[str, str], _regime: Regime
) -> None:
    head = next((label for label, role in roles.items() if role == "主要负责人"), None)
    own = head or next(
        p["姓名"]
        for p in PEOPLE_ROWS
        if (p["单位代码"], p["班子身份"]) == (stamp["unit_code"], "主要负责人")
    )
    for n, (label, role) in enumerate(roles.items(), 3):
        signer = "钱二" if role == "主要负责人" else own
        _put(sheet, n, 责任主体=label, 背书人=signer, 背书日期=dt.date(2025, 4, 8))


def _fill_members(
    sheet: Worksheet, _form: Form, _stamp: dict[str, str], roles: dict[str, str], _regime: Regime
) -> None:
    people = [label for label, role in roles.items() if label != "领导班子"]
    for n, label in enumerate(people, 3):
        identity = "主要负责人" if roles[label] == "主要负责人" else "班子其他成员"
        _put(sheet, n, 姓名=label, 职务="某职务", 班子身份=identity, 分管工作="分管一些工作")


def _fill_report(
    sheet: Worksheet, _form: Form, _stamp: dict[str, str], roles: dict[str, str], regime: Regime
) -> None:
    row = 3
    for label, role in roles.items():
        for area in regime.role(role).areas:
            _put(sheet, row, 责任主体=label, 重点方面=area, 履责情况=f"{area}方面做了工作")
            row += 1


def _fill_progress(
    sheet: Worksheet, _form: Form, stamp: dict[str, str], roles: dict[str, str], _regime: Regime
) -> None:
    numbers = _numbers(stamp)
    for n, label in enumerate(roles, 1):
        _put(
            sheet, n + 2, 责任主体=label,
            任务编号=f"{stamp['unit_code']}-2025-RW-{numbers[label]:03d}",
            完成情况="已完成", 完成日期=dt.date(2025, 3, 20), 进展说明="已经完成",
        )  # fmt: skip


def _fill_figures(
    sheet: Worksheet, _form: Form, _stamp: dict[str, str], _roles: dict[str, str], _regime: Regime
) -> None:
    for row in range(3, 15):
        _put(sheet, row, 数值=2)


def _fill_accounts(
    sheet: Worksheet, _form: Form, stamp: dict[str, str], _roles: dict[str, str], _regime: Regime
) -> None:
    places = headings(sheet)
    for row in range(3, 3 + len(stamp["filers"].split("、"))):
        assert sheet.cell(row, places["姓名"]).value
        _put(sheet, row, 述责日期=dt.date(2025, 3, 20), 履行主体责任情况="履行了主体责任",
             存在问题="调研偏少", 改进措施="每季度一次")  # fmt: skip


FILLERS = {
    "责任清单": _fill_duties,
    "任务清单": _fill_tasks,
    "签字背书": _fill_signoff,
    "班子成员分工表": _fill_members,
    "主体责任落实情况报告": _fill_report,
    "任务进展": _fill_progress,
    "履责统计": _fill_figures,
    "述责述廉登记": _fill_accounts,
}


# ---- looking at results -----------------------------------------------------------


def stands(result: Round, path: str | None = None) -> list[tuple[str, str, str | None, str | None]]:
    """Return (severity, code, sheet, cell) of every must and query, of one file or of all."""
    return [
        (f.severity, f.code, f.where.sheet, f.where.cell)
        for f in result.findings
        if f.severity != "note" and path in {None, f.where.path}
    ]


def notes(result: Round, path: str | None = None) -> list[tuple[str, str | None]]:
    """Return (code, cell) of every note, of one file or of all."""
    return [
        (f.code, f.where.cell)
        for f in result.findings
        if f.severity == "note" and path in {None, f.where.path}
    ]
