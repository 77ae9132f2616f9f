"""Invented cities for tests: three levels of offices, each with a workspace of its own.

`filled_city` issues and fills workbooks where they are collected; `City` collects at each level
and carries every 上报版 to the inbox of the next.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
from world import KEY, cover_cell, headings, stamp_of, touch, write_roster

from sxxt_excel.expected import owed
from sxxt_excel.issue import issue
from sxxt_excel.newspace import settings_text
from sxxt_excel.prefill import Desk
from sxxt_excel.publish import publish
from sxxt_excel.regime import load_regime
from sxxt_excel.roster import read_roster
from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sxxt_excel.result import Round

Cells = dict[str, Any]
DAY = dt.datetime(2025, 2, 10, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
TODAY = dt.date(2025, 4, 1)
PACKETS = ("责任清单", "主体责任专题报告")


class Spot(NamedTuple):
    """A unit's place in a city; `above` is its superior's code, empty at the top."""

    code: str
    name: str
    kind: str
    above: str = ""

    @property
    def collects(self) -> bool:
        """Return whether it collects with a workspace of its own."""
        return self.kind != "居村"


# 20 units on four levels, the last collected by the third.
SMALL = tuple(Spot(*line) for line in (
    ("SH", "示例市委", "市"),
    ("JD", "东示例区委", "区", "SH"),
    ("BS", "西示例区委", "区", "SH"),
    *((f"JD{n}", f"东{word}镇党委", "街镇", "JD") for n, word in ((1, "一"), (2, "二"))),
    ("JD3", "东三街道党工委", "党工委", "JD"),
    *((f"BS{n}", f"西{word}镇党委", "街镇", "BS") for n, word in ((1, "一"), (2, "二"))),
    *(
        (f"{street}-{n}", f"{name}{n}村党总支", "居村", street)
        for street, name in (("JD1", "东一"), ("JD2", "东二"), ("JD3", "东三"), ("BS1", "西一"))
        for n in (1, 2, 3)
    ),
))  # fmt: skip
# 20 units on each of three levels below the top; the squares make branches of uneven size.
LARGE = (
    Spot("SH", "示例市委", "市"),
    *(Spot(f"Q{n:02}", f"第{n}区委", "区", "SH") for n in range(20)),
    *(Spot(f"J{n:02}", f"第{n}镇党委", "街镇", f"Q{n * n % 20:02}") for n in range(20)),
    *(Spot(f"C{n:02}", f"第{n}村党总支", "居村", f"J{n * n % 20:02}") for n in range(20)),
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


def people_rows(spots: tuple[Spot, ...], codes: Iterable[str]) -> list[Cells]:
    """Return a secretary and a member for each unit; their names are nobody else's."""
    rows = []
    for place, (code, *_) in enumerate(spots):
        if code in codes:
            again, nth = divmod(place, len(SURNAMES))
            name = SURNAMES[nth]
            rows += [
                {"姓名": f"{name}{'甲丙戊庚'[again]}一", "单位代码": code, "职务": "党委书记",
                 "班子身份": "主要负责人", "邮箱": f"{code.lower()}@example.edu.cn"},
                {"姓名": f"{name}{'乙丁己辛'[again]}二", "单位代码": code, "职务": "党委副书记",
                 "班子身份": "班子其他成员"},
            ]  # fmt: skip
    return rows


@dataclass
class Office:
    """One node's workspace: itself and the units it collects from."""

    root: Path
    code: str
    units: list[Cells]
    people: list[Cells]
    waivers: list[Cells] = field(default_factory=list)
    also: tuple[str, ...] = ("居村", "街镇", "党工委")
    more: str = ""

    @property
    def inbox(self) -> Path:
        """Return the inbox."""
        return self.root / "inbox"

    @property
    def upward(self) -> Path:
        """Return the 上报版 that a collecting writes."""
        return self.root / "汇总" / "上报版.xlsx"

    def write(self) -> Office:
        """Write settings and roster."""
        regime = load_regime("sh-2019")
        self.inbox.mkdir(parents=True, exist_ok=True)
        text = settings_text(regime, 2025, KEY)
        also = ", ".join(f'"{kind}"' for kind in self.also)
        lines = [line for line in text.splitlines() if not line.startswith("also")]
        at = lines.index("[units]") + 1 if "[units]" in lines else None
        if at is None:
            lines += ["[units]", f"also = [{also}]"]
        else:
            lines.insert(at, f"also = [{also}]")
        content = "\n".join(lines) + "\n" + self.more
        (self.root / "sxxt.toml").write_text(content, encoding="utf-8")
        write_roster(self.root, self.units, self.people, self.waivers)
        return self

    def fill(self, codes: Iterable[str], packets: Iterable[str] = PACKETS) -> list[Path]:
        """Issue the workbooks of these units, fill them in and put them into the inbox."""
        space = find_workspace(self.root)
        regime, (roster, _) = space.regime(), read_roster(space.roster)
        wanted = set(codes)
        items = tuple(
            o
            for o in owed(regime, space.settings, roster)
            if o.unit.code in wanted and o.obligation.packet in packets and not o.latent
        )
        done = issue(Desk(regime, space.settings, roster, {}), items, space.issued, TODAY)
        return [self._filled(issued.path) for issued in done]

    def _filled(self, source: Path) -> Path:
        book = openpyxl.load_workbook(source)
        fill_book(book)
        target = self.inbox / source.name
        book.save(target)
        touch(target, DAY)
        return target

    def collect(self, today: dt.date = TODAY, *, write: bool = True) -> Round:
        """Collect the inbox, in this process, and publish."""
        result = collect(find_workspace(self.root), self.inbox, today, jobs=1)
        if write:
            publish(result, self.root)
        return result

    def send_up(self, to: Office, when: dt.datetime, name: str = "") -> Path:
        """Carry the 上报版 into the inbox of the next level."""
        target = to.inbox / (name or f"{self.units[0]['单位名称']}上报版.xlsx")
        shutil.copyfile(self.upward, target)
        touch(target, when)
        return target


def right_below(spots: tuple[Spot, ...], code: str) -> list[Spot]:
    """Return what a node's roster names: itself first, then the units right below it."""
    return [spot for spot in spots if code in {spot.code, spot.above}]


def office(root: Path, code: str, spots: tuple[Spot, ...] = SMALL, **changes: Any) -> Office:
    """Return the written workspace of a node."""
    rows = right_below(spots, code)
    units = [
        {"单位代码": c, "单位名称": name, "单位类别": kind,
         "上级单位代码": above if above == code else "",
         "纪检机构": "无" if kind == "居村" else "纪委",
         "联系人": f"{c}联系人", "联系电话": f"021-5550{place:04d}"}
        for place, (c, name, kind, above) in enumerate(rows)
    ]  # fmt: skip
    people = people_rows(spots, {spot.code for spot in rows})
    return Office(root / code, code, units, people, **changes).write()


def fill_book(book: openpyxl.Workbook) -> None:
    """Fill every sheet of an issued workbook in as a careful clerk would."""
    stamp = stamp_of(book)
    labels = stamp["filers"].split("、")
    cover = book["封面"]
    for label, value in (
        ("填报人", "填甲人"), ("联系电话", "021-66660000"), ("填报日期", dt.date(2025, 2, 9)),
    ):  # fmt: skip
        cover[cover_cell(cover, label)] = value
    if "责任清单" in book.sheetnames:
        _duties(book["责任清单"], stamp["unit_code"], labels)
    if "主体责任落实情况报告" in book.sheetnames:
        _report(book, stamp["unit_code"])


def put(sheet: Any, row: int, **values: Any) -> None:
    """Write cells of a row by their headings."""
    places = headings(sheet)
    for name, value in values.items():
        sheet.cell(row, places[name]).value = value


def _duties(sheet: Any, code: str, labels: list[str]) -> None:
    for n, label in enumerate(labels, 1):
        put(sheet, n + 2, 责任主体=label, 项目编号=f"{code}-2025-ZR-{n:03d}",
            重点方面="思想政治教育", 工作项目=f"{code}{label}的第{n}个项目", 具体措施="逐项落实",
            落实方式="本人直接落实", 责任人=label, 完成时限="2025年底前", 完成情况="进行中",
        )  # fmt: skip


def _report(book: openpyxl.Workbook, code: str) -> None:
    sheet = book["主体责任落实情况报告"]
    places = headings(sheet)
    row = 3
    while sheet.cell(row, places["重点方面"]).value:
        put(sheet, row, 履责情况="做了工作")
        row += 1
    for line in range(3, 15):
        put(book["履责统计"], line, 数值=line % 7 + len(code))


@dataclass
class City:
    """All offices of a city, by code, in the order of its units."""

    spots: tuple[Spot, ...]
    offices: dict[str, Office]

    def up(self, *codes: str) -> dict[str, Round]:
        """Collect and send up at these nodes, from the bottom; return the rounds by code."""
        rounds = {}
        for code in codes:
            here = self.offices[code]
            rounds[code] = here.collect()
            _, *above = self.path(code)
            if above:
                # The deeper, the sooner: two days a level.
                here.send_up(self.offices[above[0]], DAY + dt.timedelta(days=8 - 2 * len(above)))
        return rounds

    def path(self, code: str) -> list[str]:
        """Return the codes from a unit up to the top, itself first."""
        above = {spot.code: spot.above for spot in self.spots}
        found = [code]
        while above[found[-1]]:
            found.append(above[found[-1]])
        return found


STREETS = ("JD1", "JD2", "JD3", "BS1", "BS2")
DISTRICTS = ("JD", "BS")


def filled_city(
    root: Path, spots: tuple[Spot, ...] = SMALL, packets: tuple[str, ...] = PACKETS
) -> City:
    """Return the city with all workbooks filled in and lying where they are collected.

    Who collects files in its own workspace, anybody else in that of its superior.
    """
    offices = {spot.code: office(root, spot.code, spots) for spot in spots if spot.collects}
    for spot in spots:
        if spot.collects:
            filers = [s.code for s in right_below(spots, spot.code) if s == spot or not s.collects]
            offices[spot.code].fill(filers, packets)
    return City(spots, offices)
