"""Sloppy but right: whatever a clerk may do without harm gives notes only, and the right values.

Each case is one unit's workbook, filled in carefully and then treated as its name says. All of
them are collected together; a case then compares its own rows with those of a unit that did
nothing of the kind.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from inprocess import reading_here
from libreoffice import PROGRAM, saved_as
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from world import (
    EARLY,
    KEY,
    UNIT_ROWS,
    Cells,
    World,
    cover_cell,
    fill_book,
    headings,
    make_world,
    stamp_of,
    touch,
)

from sxxt_excel.expected import owed
from sxxt_excel.issue import issue
from sxxt_excel.lines import data_rows, is_remark
from sxxt_excel.prefill import Desk
from sxxt_excel.regime import load_regime
from sxxt_excel.result import CODE, FILER, PERIOD, ROLE, Round
from sxxt_excel.roster import read_roster
from sxxt_excel.stamp import stamp_from
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.outcome import Finding


LISTS, REPORT, ACCOUNT = ("责任任务清单", "2025"), ("落实情况报告", "2025-H1"), ("述责述廉", "2025")
SECOND_HALF = ("落实情况报告", "2025-H2")
STEMS = tuple(a + b for a, b in product("甲乙丙丁戊己庚辛壬癸东西", "子丑寅卯辰巳午未申酉戌亥"))
PEOPLE = (("李三", "党委书记", "主要负责人"), ("李四", "院长", "班子其他成员"),
          ("李五", "党委副书记", "班子其他成员"))  # fmt: skip
LABELS = ("领导班子", "李三", "李四", "李五")
USUAL = frozenset({"T102"})
"""The note that every dated workbook gets here: nobody keeps a receipt book."""


# ---- one clerk's workbook ---------------------------------------------------------


@dataclass
class File:
    """A carefully filled workbook of one unit, to be treated sloppily."""

    book: openpyxl.Workbook
    code: str
    stem: str
    root: Path
    name: str
    suffix: str = ".xlsx"
    changed: dict[tuple[str, int, str], object] = field(default_factory=dict)
    added: dict[str, list[tuple[int, Cells]]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[str, list[int]] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return f"{self.stem}学院党委"

    def __getitem__(self, sheet: str) -> Worksheet:
        return self.book[sheet]

    def put(self, sheet: str, row: int, **cells: Any) -> None:
        """Write into data row `row`, counted from 0."""
        places = headings(self[sheet])
        for name, value in cells.items():
            self[sheet].cell(row + 3, places[name]).value = value

    def meant(self, sheet: str, row: int, **cells: object) -> None:
        """Say what the consolidated table must hold where it differs from the careful one."""
        for name, value in cells.items():
            self.changed[sheet, row, name] = value

    def write(self, sheet: str, heading: str, *pairs: tuple[Any, object]) -> None:
        """Write each pair's first into one row after another; its second is what is meant."""
        for row, (said, meant) in enumerate(pairs):
            self.put(sheet, row, **{heading: said})
            self.meant(sheet, row, **{heading: meant})

    def rename(self, sheet: str, **names: str) -> None:
        places = headings(self[sheet])
        for name, other in names.items():
            self[sheet].cell(2, places[name]).value = other

    def cover(self, **cells: Any) -> None:
        for label, value in cells.items():
            self["封面"][cover_cell(self["封面"], label)] = value

    def beside(self, name: str, data: bytes) -> None:
        path = self.root / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        touch(path)


@dataclass(frozen=True)
class Case:
    title: str
    change: Callable[[File], None]
    notes: frozenset[str]
    packet: tuple[str, str]
    also: tuple[tuple[str, str], ...]
    stem: str
    usual: frozenset[str]

    @property
    def code(self) -> str:
        return f"U{STEMS.index(self.stem):03d}"


CASES: list[Case] = []


def clerk(
    title: str,
    *notes: str,
    packet: tuple[str, str] = LISTS,
    also: tuple[tuple[str, str], ...] = (),
) -> Callable[[Callable[[File], None]], Callable[[File], None]]:
    """Register what a clerk did, and the codes of the notes that it gives."""

    def register(change: Callable[[File], None]) -> Callable[[File], None]:
        usual = frozenset() if packet == ACCOUNT else USUAL
        stem = STEMS[len(CASES)]
        CASES.append(Case(title, change, frozenset(notes), packet, also, stem, usual))
        return change

    return register


def untouched(_file: File) -> None:
    """Do nothing: what all others are compared with."""


for _packet in (LISTS, REPORT, SECOND_HALF, ACCOUNT):
    clerk(f"照填照报：{_packet[0]}{_packet[1]}", packet=_packet)(untouched)
CONTROLS = {case.packet: case for case in CASES}


def shift(sheet: Worksheet, down: int, right: int) -> None:
    """Move all cells of a sheet, merged titles included."""
    for merged in tuple(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.move_range(sheet.dimensions, rows=down, cols=right)


def swap(sheet: Worksheet, one: str, other: str) -> None:
    """Exchange two whole columns."""
    a, b = headings(sheet)[one], headings(sheet)[other]
    for row in range(2, sheet.max_row + 1):
        left, right = sheet.cell(row, a), sheet.cell(row, b)
        left.value, right.value = right.value, left.value
        left.number_format, right.number_format = right.number_format, left.number_format


def rows_above(file: File, sheet: str, row: int, name: str) -> Any:
    """Return what stands in data row `row`, counted from 0."""
    return file[sheet].cell(row + 3, headings(file[sheet])[name]).value


def every_row(file: File, sheet: str) -> Iterator[int]:
    """Yield the rows (from 0) of a sheet that have a 责任主体."""
    yield from range(sum(1 for c in file[sheet]["B"][2:] if c.value))


# ---- columns and headings ---------------------------------------------------------


@clerk("调换两列", "S104")
def _(file):
    swap(file["责任清单"], "工作项目", "完成时限")


@clerk("责任主体移到最后一列", "S104")
def _(file):
    swap(file["任务清单"], "责任主体", "备注")


@clerk("末尾加了自己的一列", "S105")
def _(file):
    file["责任清单"]["P2"] = "校内编号"
    file["责任清单"]["P3"] = "甲-1"


@clerk("表旁没有列名的地方写了几句话", "S115")
def _(file):
    file["责任清单"]["Q3"] = "此项请领导再看"
    file["责任清单"]["R5"] = "书记已同意"


@clerk("中间插入自己的一列", "S105")
def _(file):
    sheet = file["任务清单"]
    sheet.unmerge_cells("A1:O1")
    sheet.insert_cols(5)
    sheet["E2"] = "牵头支部"
    sheet["E3"] = "教工第一党支部"


@clerk("删了序号列", "S107")
def _(file):
    sheet = file["责任清单"]
    sheet.unmerge_cells("A1:O1")
    sheet.delete_cols(1)


@clerk("删了几个选填列", "S107")
def _(file):
    sheet = file["责任清单"]
    sheet.unmerge_cells("A1:O1")
    for name in ("备注", "问题编号", "责任部门", "具体措施"):
        sheet.delete_cols(headings(sheet)[name])


@clerk("列名用了常见的别名", "S103")
def _(file):
    file.rename("责任清单", 完成时限="完成时间", 工作项目="责任内容", 责任部门="责任单位")
    file.rename("任务清单", 责任项目编号="对应项目编号", 具体措施="工作措施")


@clerk("列名后加了括注", "S103")
def _(file):
    file.rename("责任清单", 完成时限="完成时限（年月日）", 责任人="责任人（姓名）")


@clerk("列名多写少写一个字", "S103")
def _(file):
    file.rename("任务清单", 具体措施="具体的措施", 佐证材料="佐证材料名", 协办部门="协办的部门")


@clerk("列名加了英文、两个写在一格、换了说法", "S103")
def _(file):
    file.rename(
        "责任清单", 工作项目="责任项目 Item", 责任主体="责任主体/姓名", 责任人="责任人/部门"
    )
    file.rename(
        "任务清单", 完成时限="完成时间节点", 佐证材料="佐证材料及照片", 责任人="责任人（姓名）"
    )


@clerk("表名和列名是繁体", "S103", "S108")
def _(file):
    names = {"项目编号": "項目編號", "工作项目": "責任項目", "责任主体": "責任主體",
             "重点方面": "重點方面", "责任人": "責任人", "责任部门": "責任單位",
             "完成时限": "完成時限", "完成情况": "完成情況", "落实方式": "落實方式",
             "问题编号": "問題編號", "备注": "備註", "序号": "序號"}  # fmt: skip
    file.rename("责任清单", **names)
    file["责任清单"].title = "責任清單"


@clerk("列名带星号")
def _(file):
    file.rename("责任清单", 责任主体="责任主体*", 完成时限="*完成时限", 工作项目="工作项目＊")


@clerk("列名里有空格和换行")
def _(file):
    file.rename("责任清单", 责任主体="责任\n主体", 完成时限="完 成 时 限", 项目编号=" 项目编号　")


@clerk("列名带冒号")
def _(file):
    file.rename("任务清单", 工作任务="工作任务：", 责任人="责任人:")


@clerk("上面加了两行标题", "S104")
def _(file):
    sheet = file["责任清单"]
    shift(sheet, 2, 0)
    sheet["A1"] = "附件2"
    sheet["A2"] = f"填报单位：{file.unit}　　填报日期：2025年4月9日"


@clerk("表头在第5行", "S104")
def _(file):
    shift(file["责任清单"], 3, 0)
    shift(file["任务清单"], 3, 0)


@clerk("删了标题行", "S104")
def _(file):
    sheet = file["任务清单"]
    sheet.unmerge_cells("A1:O1")
    sheet.delete_rows(1)


@clerk("整张表右移一列", "S104")
def _(file):
    shift(file["任务清单"], 0, 1)


@clerk("标题跨行跨列合并", "S104")
def _(file):
    sheet = file["责任清单"]
    shift(sheet, 2, 0)
    sheet["A1"] = f"{file.unit}2025年度全面从严治党主体责任清单"
    sheet.merge_cells("A1:O3")


@clerk("表头分两行写，上行是大类", "S104")
def _(file):
    sheet = file["责任清单"]
    shift(sheet, 1, 0)
    sheet["B2"] = "责任"
    sheet["L2"] = "进度"
    sheet.merge_cells("B2:K2")
    sheet.merge_cells("L2:M2")


# ---- rows -------------------------------------------------------------------------


@clerk("各人之间空了行")
def _(file):
    sheet = file["责任清单"]
    for row in (11, 9, 7, 5):
        sheet.insert_rows(row, 2)


@clerk("空行里有空格")
def _(file):
    sheet = file["任务清单"]
    sheet.insert_rows(5, 2)
    for row in (5, 6):
        sheet.cell(row, 5).value = "  "
        sheet.cell(row, 6).value = "　\n"


@clerk("责任主体竖向合并", "S109")
def _(file):
    for name in ("责任清单", "任务清单"):
        for row in (3, 5, 7, 9):
            file[name].merge_cells(f"B{row}:B{row + 1}")


@clerk("几项任务合并写一个责任项目编号", "S109")
def _(file):
    file["任务清单"].merge_cells("D3:D4")
    file.meant("任务清单", 1, 责任项目编号=f"{file.code}-2025-ZR-001")
    file.put("任务清单", 2, 责任项目编号=f"{file.code}-2025-ZR-002")
    file.meant("任务清单", 2, 责任项目编号=f"{file.code}-2025-ZR-002")
    file.put("任务清单", 3, 责任项目编号=f"{file.code}-2025-ZR-003、{file.code}-2025-ZR-004")
    file.meant("任务清单", 3, 责任项目编号=f"{file.code}-2025-ZR-003、{file.code}-2025-ZR-004")


@clerk("隐藏了几行", "S110")
def _(file):
    for row in (4, 5):
        file["责任清单"].row_dimensions[row].hidden = True


@clerk("隐藏了几列", "S110")
def _(file):
    for letter in "FGH":
        file["责任清单"].column_dimensions[letter].hidden = True


@clerk("隐藏了整张表", "S110")
def _(file):
    file["任务清单"].sheet_state = "hidden"


@clerk("几个人的行交错着写")
def _(file):
    sheet = file["责任清单"]
    rows = [[c.value for c in sheet[r]] for r in range(3, 11)]
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    for place, at in enumerate(order):
        for column, value in enumerate(rows[at], 1):
            sheet.cell(place + 3, column).value = value
    file.orders["责任清单"] = order


@clerk("表下有注和填报人、审核人")
def _(file):
    sheet = file["责任清单"]
    last = sheet.max_row
    sheet.cell(last + 1, 1).value = "注：本清单经党委会研究通过。"
    sheet.cell(last + 2, 1).value = "填报人：张示例"
    sheet.cell(last + 2, 5).value = "审核人：李三"
    sheet.cell(last + 2, 12).value = "填报日期：2025年4月9日"


@clerk("表下紧接着写填表说明")
def _(file):
    sheet = file["任务清单"]
    sheet.delete_rows(11, 40)
    sheet["A11"] = "说明：1.本表一式两份；2.佐证材料另附。"
    sheet["A12"] = "填表人：张示例 联系电话：022-00000000"
    sheet["B13"] = "党委（盖章）"
    sheet["A14"] = "备注：以上任务由学院办公室汇总"


@clerk("注下面又分几行写")
def _(file):
    sheet = file["任务清单"]
    last = sheet.max_row
    sheet.cell(last + 1, 1).value = "注："
    sheet.cell(last + 2, 1).value = "1．本表一式两份。"
    sheet.cell(last + 3, 1).value = "2．佐证材料另附。"


@clerk("签名行各占一格")
def _(file):
    sheet = file["责任清单"]
    words = ("填报人：", "张示例", "审核人：", "李三", "联系电话：", "022-00000000", "2025年4月9日")
    for column, word in enumerate(words, 2):
        sheet.cell(sheet.max_row if column > 2 else sheet.max_row + 1, column).value = word


@clerk("横着合并了相邻的两格")
def _(file):
    sheet = file["责任清单"]
    left = headings(sheet)["责任人"]
    sheet.merge_cells(start_row=3, start_column=left, end_row=3, end_column=left + 1)


@clerk("分页处重复了表头")
def _(file):
    sheet = file["责任清单"]
    sheet.insert_rows(7)
    for cell in sheet[2]:
        sheet.cell(7, cell.column).value = cell.value


@clerk("序号没填，或写成一、二、")
def _(file):
    for row, word in enumerate((None, "一、", "二、", "1.", "（3）", None, "六", None)):
        file.put("责任清单", row, 序号=word)


@clerk("把预留的空行删了")
def _(file):
    for name in ("责任清单", "任务清单", "签字背书", "班子成员分工表"):
        sheet = file[name]
        for row in range(sheet.max_row, 2, -1):
            if sheet.cell(row, 2).value is None:
                sheet.delete_rows(row)


@clerk("加了筛选、冻结、批注和颜色")
def _(file):
    sheet = file["责任清单"]
    sheet.auto_filter.ref = "A2:O10"
    sheet.freeze_panes = "C3"
    sheet["E3"].comment = openpyxl.comments.Comment("请核", "张示例")
    sheet["E3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    sheet["B3000"].font = openpyxl.styles.Font(bold=True)


@clerk("写满预留的行还接着往下写")
def _(file):
    for n in range(198, 210):
        row = {
            "责任主体": "领导班子", "项目编号": f"{file.code}-2025-ZR-{n + 1:03d}",
            "重点方面": "强化廉政建设", "工作项目": f"第{n + 1}项", "完成时限": "2025年底前",
            "未纳入理由": None,
        }  # fmt: skip
        file.put("责任清单", n, **row)
        task = {
            "责任主体": "领导班子", "任务编号": f"{file.code}-2025-RW-{n + 1:03d}",
            "责任项目编号": f"{file.code}-2025-ZR-{n + 1:03d}", "工作任务": f"任务{n + 1}",
            "具体措施": "逐项落实", "完成时限": "2025年底前",
        }  # fmt: skip
        file.put("任务清单", n, **task)
        file.added["责任清单"].append((n - 190, row))
        file.added["任务清单"].append((n - 190, task))


# ---- sheets -----------------------------------------------------------------------


@clerk("工作表改了名", "S108")
def _(file):
    file["责任清单"].title = f"{file.stem}学院责任清单"
    file["任务清单"].title = "Sheet3"


@clerk("工作表名前后有空格")
def _(file):
    file["责任清单"].title = " 责任清单 "


@clerk("工作表调了次序")
def _(file):
    file.book.move_sheet("责任清单", offset=4)
    file.book.move_sheet("封面", offset=3)


@clerk("多了空的Sheet1")
def _(file):
    file.book.create_sheet("Sheet1")


@clerk("多了一张自己的表", "S106")
def _(file):
    sheet = file.book.create_sheet("会议纪要")
    sheet["A1"] = "党委会纪要"
    sheet["A2"] = "研究全面从严治党工作"


@clerk("表头下有一行栏次")
def _(file):
    sheet = file["责任清单"]
    sheet.insert_rows(3)
    for column in headings(sheet).values():
        sheet.cell(3, column).value = f"（{column}）"


FOOTERS: tuple[dict[str, object], ...] = (
    {"A": "合 计", "E": "8项"},
    {"A": "合　计", "E": "8项"},
    {"A": "制表：张示例", "E": "审核：李三", "L": "2025年4月9日"},
    {"A": "填 报 人：张示例", "E": "审核：李三", "L": dt.date(2025, 4, 9)},
    {"A": "主要负责人：李三", "C": "审核：李四", "E": "电话：022-1", "G": "日期", "L": "2025年4月"},
    {"A": "党组织书记签字：李三", "E": "审核：李四", "L": "2025年4月9日"},
    {"A": "单位主要负责人（签字）：", "E": "审核：李四", "L": "2025年4月9日"},
    {"B": "负责人：李三", "C": "审核：李四", "E": "电话：022-1", "G": "日期", "L": "2025年4月"},
)  # fmt: skip


def foot(file: File, row: int) -> None:
    for down, cells in enumerate(FOOTERS):
        for column, value in cells.items():
            file["责任清单"][f"{column}{row + down}"] = value


@clerk("表下的合计和签字各占几格")
def _(file):
    file["责任清单"].delete_rows(11, 60)
    foot(file, 11)


@clerk("删了填报说明和空的情况说明")
def _(file):
    del file.book["填报说明"]
    del file.book["情况说明"]


@clerk("封面改名、前面插了两行")
def _(file):
    sheet = file["封面"]
    shift(sheet, 2, 0)
    sheet["A1"] = "附件1"
    sheet.title = "首页"


@clerk("封面标签带冒号和空格")
def _(file):
    sheet = file["封面"]
    for label, other in (
        ("填报人", "填 报 人："),
        ("填报单位", "填报单位:"),
        ("联系电话", "联系电话＊"),
    ):
        place = cover_cell(sheet, label).replace("B", "A")
        sheet[place] = other


@clerk("封面内容写在标签右边第二格")
def _(file):
    sheet = file["封面"]
    for label in ("填报单位", "填报人", "联系电话", "填报日期"):
        place = cover_cell(sheet, label)
        sheet[place.replace("B", "C")] = sheet[place].value
        sheet[place] = None


@clerk("封面标签和内容写在一格里")
def _(file):
    sheet = file["封面"]
    for label, value in (
        ("填报单位", file.unit),
        ("填报人", "张示例"),
        ("联系电话", "022-00000000"),
    ):
        place = cover_cell(sheet, label)
        sheet[place.replace("B", "A")] = f"{label}：{value}"
        sheet[place] = None


# ---- who ---------------------------------------------------------------------------


@clerk("封面写简称", "I108")
def _(file):
    file.cover(填报单位=f"{file.stem}学院")


@clerk("封面写曾用名", "I108")
def _(file):
    file.cover(填报单位=f"{file.stem}系")


@clerk("封面写单位代码", "I108")
def _(file):
    file.cover(填报单位=file.code.lower())


@clerk("封面单位名称多了空格", "I108", "V160")
def _(file):
    file.cover(填报单位=f" {file.stem} 学院　党委")


@clerk("封面单位名称前加了学校", "I108")
def _(file):
    file.cover(填报单位=f"中共示例大学{file.unit}")


@clerk("年度写成2025年", "V152")
def _(file):
    file.cover(年度="2025年")


@clerk("年度写成全角", "V152")
def _(file):
    file.cover(年度="２０２５年度")


@clerk("报告期前写了年份", "V154", packet=REPORT)
def _(file):
    file.cover(报告期="2025年上半年")


@clerk("年度报送的报告期写成全年", "V154")
def _(file):
    file.cover(报告期="全年")


@clerk("填报日期是文字，电话是数字", "V151")
def _(file):
    file.cover(填报日期="2025年4月9日", 联系电话=13000000000)


@clerk("领导班子写成党委领导班子", "V155")
def _(file):
    for sheet in ("责任清单", "任务清单"):
        file.put(sheet, 0, 责任主体="党委领导班子")
        file.put(sheet, 1, 责任主体="党委")
    file.put("签字背书", 0, 责任主体="班子")


@clerk("领导班子写成单位名称", "V155")
def _(file):
    file.put("责任清单", 0, 责任主体=file.unit)
    file.put("责任清单", 1, 责任主体=f"{file.unit}领导班子")


@clerk("责任主体写职务", "V155")
def _(file):
    file.put("责任清单", 2, 责任主体="书记")
    file.put("责任清单", 3, 责任主体="党委书记")
    file.put("责任清单", 4, 责任主体="院长")
    file.put("责任清单", 6, 责任主体="党委副书记")


@clerk("责任主体姓名带职务", "V155")
def _(file):
    file.put("责任清单", 2, 责任主体="党委书记李三")
    file.put("责任清单", 3, 责任主体="李三（党委书记）")
    file.put("任务清单", 4, 责任主体="李四院长")


@clerk("姓名中间有空格", "V155")
def _(file):
    file.put("责任清单", 2, 责任主体="李 三")
    file.put("责任清单", 4, 责任主体="李　四")
    file.put("班子成员分工表", 0, 姓名="李　三")
    file.put("签字背书", 1, 责任主体="李  三")


@clerk("背书人写职务加姓名")
def _(file):
    file.put("签字背书", 0, 背书人="党委书记 李三")
    file.meant("签字背书", 0, 背书人="党委书记 李三")


@clerk("姓名后多了换行", "V160")
def _(file):
    file.put("责任清单", 2, 责任主体="李三\n")
    file.put("任务清单", 4, 责任主体="李四 ")


@clerk("班子身份写成班子成员", "V154")
def _(file):
    file.put("班子成员分工表", 1, 班子身份="班子成员")


# ---- numbers of items -------------------------------------------------------------


@clerk("编号只写1、2、3", "V153")
def _(file):
    for row in range(8):
        file.put("责任清单", row, 项目编号=row + 1)
        file.put("任务清单", row, 任务编号=row + 1, 责任项目编号=row + 1)


@clerk("编号写成文字的1和第2项", "V153")
def _(file):
    for row, word in enumerate(("1", "第2项", "03", "４", "005")):
        file.put("责任清单", row, 项目编号=word)
        file.put("任务清单", row, 责任项目编号=word)


@clerk("编号用小写", "V153")
def _(file):
    for row in range(8):
        file.put("责任清单", row, 项目编号=f"{file.code.lower()}-2025-zr-{row + 1:03d}")


@clerk("编号里是全角字符", "V153")
def _(file):
    wide = {ord(c): ord(c) + 0xFEE0 for c in "U0123456789-ZRW"}
    for row in range(8):
        number = f"{file.code}-2025-ZR-{row + 1:03d}".translate(wide)
        file.put("责任清单", row, 项目编号=number)
        file.put("任务清单", row, 责任项目编号=number)


@clerk("编号里是长横线", "V153")
def _(file):
    for row, dash in enumerate("—–―−‐—–—"):
        number = f"{file.code}-2025-ZR-{row + 1:03d}".replace("-", dash)
        file.put("责任清单", row, 项目编号=number)
        file.put("任务清单", row, 责任项目编号=number)


@clerk("编号不补零、夹空格", "V153")
def _(file):
    for row in range(8):
        file.put("责任清单", row, 项目编号=f"{file.code}-2025-ZR-{row + 1}")
        file.put("任务清单", row, 责任项目编号=f"{file.code} - 2025 - ZR - {row + 1}")


# ---- dates and limits -------------------------------------------------------------

_MARCH = dt.datetime(2025, 3, 5)  # noqa: DTZ001 - cells know no time zone


@clerk("日期用点、斜杠、年月日", "V151")
def _(file):
    words = ("2025.3.5", "2025/3/5", "2025年3月5日", "2025-3-5", "2025.03.05", "2025年03月05号",
             "二〇二五年三月五日", "2025 年 3 月 5 日")  # fmt: skip
    file.write("任务清单", "开始时间", *((w, _MARCH) for w in words))


@clerk("日期连写、写成序列号", "V151")
def _(file):
    file.write(
        "任务清单", "开始时间", *((w, _MARCH) for w in ("20250305", 20250305, 45721, "45721"))
    )
    for row in range(4):
        file["任务清单"].cell(
            row + 3, headings(file["任务清单"])["开始时间"]
        ).number_format = "General"


@clerk("日期没写年，写3月底", "V151")
def _(file):
    last = dt.datetime(2025, 3, 31)  # noqa: DTZ001 - as above
    file.write("任务清单", "开始时间", ("3月5日", _MARCH), ("3月底", last), ("2025年3月底", last))


@clerk("日期带星期、钟点、全角和换行", "V151")
def _(file):
    words = (
        "2025年3月5日星期三",
        "2025-03-05 09:30",
        "２０２５．３．５",
        "2025-3-5\n",
        "2025.3.5。",
    )
    file.write("任务清单", "开始时间", *((w, _MARCH) for w in words))


@clerk("日期格里带着钟点")
def _(file):
    file.write("任务清单", "开始时间", (_MARCH.replace(hour=9, minute=30), _MARCH))


@clerk("1904日期系统的工作簿")
def _(file):
    file.book.epoch = CALENDAR_MAC_1904


@clerk("时限用各种认可的写法")
def _(file):
    words = (
        "2025年6月底", "2025年底前", "6月中旬", "三季度末", "上半年", "每季度", "每月", "每半年",
        "上半年", "2025年6月底", "6月中旬", "立行立改", "立行立改，长期坚持", "全年", "长期坚持",
        "2025年底前，并长期坚持",
    )  # fmt: skip
    file.write("责任清单", "完成时限", *((w, w) for w in words[:8]))
    file.write("任务清单", "完成时限", *((w, w) for w in words[8:]))
    for row in range(8):  # nothing here is about a task that ends after its item
        file.put("任务清单", row, 责任项目编号=f"{file.code}-2025-ZR-{row + 1:03d}")


@clerk("时限写成日期", "V156")
def _(file):
    day = "2025-06-30"
    words = (dt.datetime(2025, 6, 30), "2025.6.30", "2025年6月30日前", "6月30日前", "2025/6/30",  # noqa: DTZ001
             45838)  # fmt: skip
    file.write("任务清单", "完成时限", *((w, day) for w in words))


@clerk("时限写法略有出入", "V156")
def _(file):
    file.write(
        "责任清单", "完成时限",
        ("长期", "长期坚持"), ("6月底", "2025年6月底"), ("12月", "2025年12月底"),
        ("２０２５年底前", "2025年底前"), ("常年坚持", "长期坚持"), ("4季度", "四季度"),
        ("立行立改、长期坚持", "立行立改，长期坚持"), ("2025年底前。", "2025年底前"),
    )  # fmt: skip


@clerk("任务时限晚于长期、全年的项目不算晚")
def _(file):
    file.write("责任清单", "完成时限", *((w, w) for w in ("全年", "长期坚持", "每季度", "每月")))
    for row in range(4):
        file.put("任务清单", row, 完成时限="2026年6月底")
        file.meant("任务清单", row, 完成时限="2026年6月底")


# ---- words ------------------------------------------------------------------------


@clerk("完成情况用近义的说法", "V154")
def _(file):
    file.write(
        "责任清单", "完成情况", ("正在推进", "进行中"), ("已办结", "已完成"), ("未开始", "未启动"),
        ("常态化", "长期坚持"), ("进行 中", "进行中"), ("已完成。", "已完成"),
    )  # fmt: skip


@clerk("落实方式用近义的说法", "V154")
def _(file):
    file.write(
        "责任清单", "落实方式", ("本人落实", "本人直接落实"), ("学校统一落实", "校级统一落实")
    )


@clerk("选项前后有空格")
def _(file):
    file.write("任务清单", "完成情况", (" 进行中", "进行中"), ("已完成 ", "已完成"))


@clerk("重点方面里有空格", "V154")
def _(file):
    sheet, column = file["责任清单"], headings(file["责任清单"])["重点方面"]
    for row in (3, 5, 7):
        word = str(sheet.cell(row, column).value)
        sheet.cell(row, column).value = f"{word[:2]} {word[2:]}"


@clerk("文字前后有空格和换行", "V160")
def _(file):
    for row, word in enumerate(
        (" 排查风险点\n", "排查风险点　", "排查风险点\r\n\r\n", "\u200b排查风险点")
    ):
        file.put("责任清单", row, 工作项目=word)
        file.meant("责任清单", row, 工作项目="排查风险点")


@clerk("一格里分几点写")
def _(file):
    words = "1.自查；\n2.互查；\n3.抽查。"
    file.put("任务清单", 0, 具体措施=words)
    file.meant("任务清单", 0, 具体措施=words)


@clerk("数字写在文字格里")
def _(file):
    file.put("责任清单", 0, 备注=3.0, 责任部门=101)
    file.meant("责任清单", 0, 备注="3", 责任部门="101")


@clerk("与上一行相同的几格写同上、〃和引号", "V164")
def _(file):
    above = {"重点方面": "同上", "工作项目": "〃", "责任人": "″", "责任部门": "“", "完成时限": '"',
             "完成情况": " 同 上 "}  # fmt: skip
    file.put("责任清单", 2, 责任部门="学院办公室")
    file.meant("责任清单", 2, 责任部门="学院办公室")
    row = {name: rows_above(file, "责任清单", 2, name) for name in above}
    file.put("责任清单", 3, **above)
    file.meant("责任清单", 3, **row)
    file.put("任务清单", 1, 完成时限="同上一行")
    file.meant("任务清单", 1, 完成时限=rows_above(file, "任务清单", 0, "完成时限"))


@clerk("接连几行写同上，中间空着一行", "V164")
def _(file):
    sheet = file["任务清单"]
    said = rows_above(file, "任务清单", 1, "完成时限")
    for row in (2, 3):
        file.put("任务清单", row, 完成时限="同上")
        file.meant("任务清单", row, 完成时限=said)
    sheet.insert_rows(6)


@clerk("句子里有同上二字")
def _(file):
    said = ("同上级党组织签订责任书", "参加人员同上，另请纪委列席", "同前期工作衔接")
    file.write("任务清单", "具体措施", *((text, text) for text in said))


@clerk("责任人写几个人")
def _(file):
    file.put("责任清单", 0, 责任人="李三、李四")
    file.meant("责任清单", 0, 责任人="李三、李四")


@clerk("未纳入理由的行只写上级项目编号")
def _(file):
    file.put(
        "责任清单", 8, 项目编号=None, 上级项目编号="XX-2025-ZR-009", 未纳入理由="不涉及本单位职责"
    )
    file.added["责任清单"].append(
        (8, {"上级项目编号": "XX-2025-ZR-009", "未纳入理由": "不涉及本单位职责"})
    )


@clerk("在情况说明里写了原因")
def _(file):
    cells = {
        "涉及表": "任务清单",
        "涉及编号或单元格": "F12",
        "说明（请填写）": "该项任务跨两个年度实施",
    }
    file.put("情况说明", 0, **cells)
    file.added["情况说明"].append((0, {"序号": "1", **cells}))


# ---- figures ----------------------------------------------------------------------


@clerk("数字带量词、是文字", "V152", packet=REPORT)
def _(file):
    words = ("3次", "三次", "3 次", "2人", "2.0", "２", "2人次", "两人次")
    file.write("履责统计", "数值", *((w, 3 - (n > 2)) for n, w in enumerate(words)))


@clerk("数字是3.0", packet=REPORT)
def _(file):
    file.write("履责统计", "数值", *((3.0, 3) for _ in range(3)))


@clerk("统计表行序调换", packet=REPORT)
def _(file):
    sheet = file["履责统计"]
    rows = [[c.value for c in sheet[r]] for r in range(3, 15)]
    for place, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, 1):
            sheet.cell(place + 3, column).value = value
    file.orders["履责统计"] = list(reversed(range(12)))


@clerk("统计表删了计量单位列", "S107", packet=REPORT)
def _(file):
    sheet = file["履责统计"]
    for merged in tuple(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_cols(headings(sheet)["计量单位"])
    for row in range(12):
        file.meant("履责统计", row, 计量单位=None)


@clerk("统计表指标名里有空格、列名带括注", "S103", "V154", packet=REPORT)
def _(file):
    file.put("履责统计", 0, 指标="专题研究 会议次数")
    file.rename("履责统计", 数值="数值（次）")
    file.meant("履责统计", 0, 指标="专题研究会议次数")


# ---- reports ----------------------------------------------------------------------


def docx() -> bytes:
    """Return a small Word file."""
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()


def only_names(file: File, names: dict[str, str]) -> None:
    """Leave all rows of the report empty but for each filer's file name in his first."""
    sheet = file["主体责任落实情况报告"]
    places, told = headings(sheet), set()
    keep: list[tuple[int, Cells]] = []
    for row in range(3, sheet.max_row + 1):
        label = sheet.cell(row, places["责任主体"]).value
        sheet.cell(row, places["履责情况"]).value = None
        if label in names and label not in told:
            told.add(label)
            sheet.cell(row, places["报告文件名"]).value = names[label]
            cells = {h: sheet.cell(row, c).value for h, c in places.items()}
            keep.append((len(keep), {**cells, "序号": str(cells["序号"])}))
    file.orders["主体责任落实情况报告"] = []
    file.added["主体责任落实情况报告"] = keep


@clerk("报告是Word文件，只填报告文件名", packet=REPORT)
def _(file):
    names = {label: f"{file.stem}学院{label}报告.docx" for label in LABELS}
    for name in names.values():
        file.beside(name, docx())
    only_names(file, names)


@clerk("报告文件名没写后缀，文件是PDF，放在子文件夹", packet=REPORT)
def _(file):
    for label in LABELS:
        file.beside(f"附件/{file.stem}学院/{label}报告.pdf", b"%PDF-1.4\n%%EOF\n")
    only_names(file, {label: f"{label}报告" for label in LABELS})


@clerk("报告文件名后缀写错、有空格", packet=REPORT)
def _(file):
    file.beside(f"{file.stem}学院党委班子报告.docx", docx())
    name = f"{file.stem}学院 党委班子报告.doc"
    file.put("主体责任落实情况报告", 0, 报告文件名=name)
    file.meant("主体责任落实情况报告", 0, 报告文件名=name)


@clerk("报告各行次序打乱", packet=REPORT)
def _(file):
    sheet = file["主体责任落实情况报告"]
    rows = [[c.value for c in sheet[r]] for r in range(3, 30)]
    for place, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, 1):
            sheet.cell(place + 3, column).value = value
    file.orders["主体责任落实情况报告"] = list(reversed(range(27)))


@clerk("任务进展空着，封面写了空表说明", "Q108", packet=REPORT, also=(LISTS,))
def _(file):
    sheet = file["任务进展"]
    for row in range(3, 12):
        for column in range(1, 10):
            sheet.cell(row, column).value = None
    file.cover(空表说明="任务进展：各项任务下半年启动")
    file.orders["任务进展"] = []


@clerk("空表说明是一句话管各表", "Q108", packet=REPORT, also=(LISTS,))
def _(file):
    sheet = file["任务进展"]
    for row in range(3, 12):
        for column in range(1, 10):
            sheet.cell(row, column).value = None
    file.cover(空表说明="上半年各项任务均未启动")
    file.orders["任务进展"] = []


@clerk("预填的工作任务被改写", "V159", packet=REPORT, also=(LISTS,))
def _(file):
    file.put("任务进展", 0, 工作任务="改过的任务", 完成时限="2025年底前")
    file.meant("任务进展", 0, 工作任务="改过的任务", 完成时限="2025年底前")


@clerk("任务进展的编号只写1、2、3", "V153", packet=REPORT, also=(LISTS,))
def _(file):
    for row in range(8):
        file.put("任务进展", row, 任务编号=row + 1)


@clerk("一月报年度报告代替下半年报告", "I110", packet=SECOND_HALF)
def _(file):
    file.cover(报告期="年度")


@clerk("述责方式用近义的说法", "V154", packet=ACCOUNT)
def _(file):
    file.put("述责述廉登记", 0, 述责方式="大会")
    file.put("述责述廉登记", 2, 述责方式="书面报告")


@clerk("述责述廉只填报告文件名", packet=ACCOUNT)
def _(file):
    for row, name in enumerate(LABELS[1:]):
        file.beside(f"{file.stem}学院{name}述责述廉报告.pdf", b"%PDF-1.4\n%%EOF\n")
        cells = {"报告文件名": f"{file.stem}学院{name}述责述廉报告.pdf", "履行主体责任情况": None,
                 "存在问题": None, "改进措施": None}  # fmt: skip
        file.put("述责述廉登记", row, **cells)
        file.meant("述责述廉登记", row, **cells)


# ---- files ------------------------------------------------------------------------


def strip_stamp(book: openpyxl.Workbook) -> None:
    """Leave nothing of the issued file's hidden sheets."""
    for name in ("_sxxt", "_选项"):
        del book[name]


def values_only(book: openpyxl.Workbook, names: dict[str, str]) -> openpyxl.Workbook:
    """Copy the values of some sheets into a new workbook, under new names."""
    fresh = openpyxl.Workbook()
    fresh.remove(fresh.active)
    for name, other in names.items():
        sheet = fresh.create_sheet(other)
        for row in book[name].iter_rows(values_only=True):
            sheet.append(row)
    return fresh


@clerk("标识表丢了", "I101")
def _(file):
    strip_stamp(file.book)


@clerk("内容拷进了新工作簿，工作表名也换了", "I101", "S108")
def _(file):
    tables = ("封面", "责任清单", "任务清单", "签字背书", "班子成员分工表")
    file.book = values_only(file.book, {n: f"Sheet{i}" for i, n in enumerate(tables, 1)})


@clerk("没有标识，封面没写单位，靠文件名", "I101", packet=LISTS)
def _(file):
    strip_stamp(file.book)
    file.name = f"责任任务清单-{file.stem}学院0409"


@clerk("没有标识的半年报告，报告期靠封面", "I101", packet=REPORT)
def _(file):
    strip_stamp(file.book)
    file.name = "半年报告"


@clerk("文件名：单位+材料")
def _(file):
    file.name = f"{file.stem}学院+责任清单"


@clerk("文件名：材料-单位加日期")
def _(file):
    file.name = f"责任任务清单-{file.stem}学院0409"


@clerk("文件名：下载时加的(1)")
def _(file):
    file.name = f"{file.stem}学院责任任务清单 (1)"


@clerk("文件名：最终版")
def _(file):
    file.name = f"{file.stem}学院清单（修改）最终版2"


@clerk("文件名看不出是什么")
def _(file):
    file.name = f"新建 XLSX 工作表{file.code}"


@clerk("放在子文件夹里")
def _(file):
    file.name = f"4月/{file.stem}学院+责任清单材料/清单"


@clerk("后缀写成.xls的xlsx")
def _(file):
    file.suffix = ".xls"


@clerk("后缀大写")
def _(file):
    file.suffix = ".XLSX"


@clerk("另存为.xls，序号用公式")
def _(file):
    file.suffix = "->.xls"
    file.put("责任清单", 0, 序号="=ROW()-2")


@clerk("另存为.ods，日期用公式")
def _(file):
    file.suffix = "->.ods"
    file.put("任务清单", 0, 开始时间="=DATE(2025,3,5)")
    file.meant("任务清单", 0, 开始时间=_MARCH)


# ---- collecting all of them -------------------------------------------------------


def fill_lists(book: openpyxl.Workbook, code: str, regime) -> None:
    """Write two items and two tasks for each filer, person by person."""
    roles = ("领导班子", "主要负责人", "班子其他成员", "班子其他成员")
    for n in range(8):
        label, area = LABELS[n // 2], regime.role(roles[n // 2]).areas[n % 6]
        rows = {
            "责任清单": {
                "责任主体": label, "项目编号": f"{code}-2025-ZR-{n + 1:03d}", "重点方面": area,
                "工作项目": f"{label}的第{n + 1}个责任项目", "落实方式": "本人直接落实",
                "责任人": label, "完成时限": "2025年底前", "完成情况": "进行中",
            },
            "任务清单": {
                "责任主体": label, "任务编号": f"{code}-2025-RW-{n + 1:03d}",
                "责任项目编号": f"{code}-2025-ZR-{n + 1:03d}", "工作任务": f"第{n + 1}项任务",
                "具体措施": "逐项落实", "开始时间": dt.date(2025, 3, 1), "完成时限": "2025年6月底",
                "完成情况": "进行中",
            },
        }  # fmt: skip
        for sheet, cells in rows.items():
            places = headings(book[sheet])
            for name, value in cells.items():
                book[sheet].cell(n + 3, places[name]).value = value


def fill_progress(book: openpyxl.Workbook, code: str) -> None:
    """Report on each of the eight tasks."""
    sheet = book["任务进展"]
    places = headings(sheet)
    for n in range(8):
        cells = {
            "责任主体": LABELS[n // 2], "任务编号": f"{code}-2025-RW-{n + 1:03d}",
            "完成情况": "已完成", "完成日期": dt.date(2025, 3, 20), "进展说明": "已经完成",
        }  # fmt: skip
        for name, value in cells.items():
            sheet.cell(n + 3, places[name]).value = value


@dataclass
class Swept:
    """The result of collecting all cases together."""

    result: Round
    files: dict[str, File]
    paths: dict[str, str]

    def findings(self, case: Case) -> list[Finding]:
        return [f for f in self.result.findings if f.where.path == self.paths[case.title]]


def sloppy_world(root: Path) -> World:
    units = [dict(UNIT_ROWS[0])]
    people: list[Cells] = [
        {"姓名": "赵一", "单位代码": "XX", "职务": "党委书记", "班子身份": "主要负责人"},
        {"姓名": "钱二", "单位代码": "XX", "职务": "党委副书记", "班子身份": "班子其他成员",
         "分管单位代码": "、".join(c.code for c in CASES)},
    ]  # fmt: skip
    for case in CASES:
        units.append(
            {"单位代码": case.code, "单位名称": f"{case.stem}学院党委", "单位类别": "基层党委",
             "上级单位代码": "XX", "简称": f"{case.stem}学院、{case.stem}系"}
        )  # fmt: skip
        people += [
            {"姓名": name, "单位代码": case.code, "职务": post, "班子身份": identity}
            for name, post, identity in PEOPLE
        ]
    return make_world(root, units=units, people=people)


def prepare(world: World, case: Case, packet: tuple[str, str], book: openpyxl.Workbook) -> File:
    """Return a carefully filled workbook."""
    fill_book(book, world.regime)
    if packet == LISTS:
        fill_lists(book, case.code, world.regime)
    if packet in {REPORT, SECOND_HALF}:
        fill_progress(book, case.code)
    name = f"{case.stem}学院党委_{packet[0]}_{packet[1]}"
    return File(book, case.code, case.stem, world.root, name)


def issued_once(world: World) -> dict[tuple[str, str], Path]:
    """Issue each packet and period to the unit that does nothing sloppy."""
    space = find_workspace(world.root)
    roster, faults = read_roster(space.roster)
    assert not faults
    items = tuple(
        o
        for o in owed(world.regime, space.settings, roster)
        if (case := CONTROLS.get((o.obligation.packet, o.period))) and case.code == o.unit.code
    )
    desk = Desk(world.regime, space.settings, roster, {})
    done = issue(desk, items, space.issued, dt.date(2025, 3, 1))
    return {(d.packet, d.period): d.path for d in done}


def issued_to(
    case: Case, packet: tuple[str, str], sources: dict[tuple[str, str], Path]
) -> openpyxl.Workbook:
    """Return what would have been issued to this unit: making each afresh takes long."""
    control = CONTROLS[packet]
    book = openpyxl.load_workbook(sources[packet])
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    other = cell.value.replace(control.code, case.code)
                    cell.value = other.replace(control.stem, case.stem)
    stamp = stamp_from(stamp_of(book))
    assert stamp is not None
    for row, (_, value) in enumerate(stamp.sealed(KEY).rows(), 1):
        book["_sxxt"].cell(row, 2).value = value
    return book


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Swept:
    root = tmp_path_factory.mktemp("sloppy")
    world = sloppy_world(root)
    sources = issued_once(world)
    files: dict[str, File] = {}
    paths: dict[str, str] = {}
    for case in CASES:
        for packet in case.also:
            save(world, prepare(world, case, packet, issued_to(case, packet, sources)))
        file = prepare(world, case, case.packet, issued_to(case, case.packet, sources))
        case.change(file)
        files[case.title] = file
        paths[case.title] = save(world, file).relative_to(world.inbox).as_posix()
    with reading_here():
        return Swept(world.collect(), files, paths)


def save(world: World, file: File) -> Path:
    """Put a workbook into the inbox, in the format that its clerk chose."""
    foreign = "->" in file.suffix
    wanted = file.suffix.removeprefix("->")
    target = world.inbox / f"{file.name}{'.xlsx' if foreign else wanted}"
    target.parent.mkdir(parents=True, exist_ok=True)
    file.book.save(target)
    if foreign and PROGRAM:
        (saved,) = saved_as(wanted.removeprefix("."), target.parent, target)
        target.unlink()
        target = saved
    touch(target, EARLY)
    return target


def plain(value: object) -> object:
    """Return a cell of a table as something that compares."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value


def rows_of(swept: Swept, case: Case, form: str) -> list[Cells]:
    frame = swept.result.tables[form]
    mine = frame[(frame[CODE] == case.code) & (frame["_path"] == swept.paths[case.title])]
    fields = [f.name for f in swept.result.regime.form(form).fields]
    kept = [*fields, FILER, ROLE, PERIOD]
    return [{k: plain(v) for k, v in row.items()} for row in mine[kept].to_dict("records")]


def careful_rows(swept: Swept, case: Case, form: str) -> list[Cells]:
    """Return the rows of the unit that did nothing sloppy, as they would be this unit's."""
    control = CONTROLS[case.packet]
    return [
        {k: v.replace(control.code, case.code).replace(control.stem, case.stem)
         if isinstance(v, str) else v for k, v in row.items()}
        for row in rows_of(swept, control, form)
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_what_a_clerk_may_do_gives_notes_only(swept, case):
    if "->" in swept.files[case.title].suffix and not PROGRAM:
        pytest.skip("LibreOffice is not here to save in another format")
    findings = swept.findings(case)
    assert [(f.code, f.where.cell, f.message) for f in findings if f.severity != "note"] == []
    assert {f.code for f in findings} == case.notes | case.usual
    row = next(f for f in swept.result.files if f.path == swept.paths[case.title])
    assert (row.status, row.unit_code, row.packet) == ("accepted", case.code, case.packet[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_and_the_right_values(swept, case):
    file = swept.files[case.title]
    if "->" in file.suffix and not PROGRAM:
        pytest.skip("LibreOffice is not here to save in another format")
    optional = ("情况说明",)
    for form in (f.id for f in swept.result.regime.sheets(case.packet[0]) if f.layout == "table"):
        expected = careful_rows(swept, case, form) if form in swept.result.tables else []
        assert expected or form in optional or case.packet == ACCOUNT
        for (sheet, at, name), value in file.changed.items():
            if sheet == form:
                expected[at][name] = value
        order = file.orders.get(form)
        if order is not None:
            expected = [expected[at] for at in order]
        found = rows_of(swept, case, form) if form in swept.result.tables else []
        for at, cells in file.added.get(form, ()):
            assert {k: found[at][k] for k in cells} == cells
        assert len(found) == len(expected) + len(file.added.get(form, ()))
        ignored = {"序号", FILER, ROLE, PERIOD} if form == "责任清单" else {FILER, ROLE, PERIOD}
        for own, careful in zip(found, expected, strict=False):
            assert {k: v for k, v in own.items() if k not in ignored} == {
                k: v for k, v in careful.items() if k not in ignored
            }


@pytest.mark.parametrize(
    ("first", "few", "remark"),
    [
        ("注：本表一式两份", True, True), ("备注：略", True, True), ("合计", True, True),
        ("机械工程学院党委（盖章）", True, True), ("填报人：张示例", False, True),
        ("审核日期", False, True), ("注：另有说明", False, False), ("注重学习教育", True, False),
        ("说明会已经召开", True, False), ("负责人办公会研究两次", True, False),
        ("填报人员培训", False, False), ("联系电话会议", False, False), (3, True, False),
        ("合　 计", True, True), ("备 注：略", True, True), ("填 报 人：张示例", False, True),
        ("制表：张示例", False, True), ("复 核：", False, True), ("书记：李三", False, True),
        ("主要负责人（签字）：李三", False, True), ("党委书记签字：", False, True),
        ("单位负责人签字：李三", False, True), ("审核制度落实情况", True, False),
        ("负责人牵头：抓好整改", True, False), ("书记项目：支部联建", True, False),
    ],
)  # fmt: skip
def test_a_remark_below_the_table_is_told_from_a_row(first, few, remark):
    assert is_remark(first, few=few) is remark


def kept(form_id: str, **cells: str) -> bool:
    """Tell whether a row of a form, with all its headings in order, is data."""
    form = load_regime("tj-2017").form(form_id)
    names = [f.name for f in form.fields]
    row = [cells.get(name) for name in names]
    return data_rows([row], names, form, {n: at for at, n in enumerate(names)}) == [0]


def test_a_row_with_its_number_or_all_that_is_required_is_data_however_it_begins():
    who = {"责任主体": "主要负责人：李三"}
    number = {"项目编号": "JX-2025-ZR-003"}
    assert kept("责任清单", **who, **number)
    assert kept("责任清单", **who, **number, 完成时限="2025年底前")
    assert not kept("责任清单", **who, 项目编号="审核：李四", 完成时限="2025年4月9日")
    assert not kept("责任清单", 序号="填报人：张示例", **number, 工作项目="审核：李四")
    assert kept("签字背书", 责任主体="书记：李三", 背书人="赵一", 背书日期="2025-4-8")
    assert not kept("签字背书", 责任主体="书记：李三", 背书日期="2025-4-8")
    assert not kept("签字背书", 责任主体="书记：李三", 背书人="审核：李四", 背书日期="2025-4-8")


@pytest.mark.parametrize(
    ("counted", "data"),
    [
        ((1, 2, 3, 4), False), (("1", "2", "3"), False), (("（1）", "（2）", "（3）"), False),
        (("①", "②", "③"), False), (("甲", "乙", "丙", "丁"), False), ((None, 1, 2, 3), False),
        ((1, 2), True), ((1, 3, 4), True), ((2, 3, 4), True), (("甲", "乙", "丁"), True),
        ((1, "领导班子", 3), True),
    ],
)  # fmt: skip
def test_the_row_that_counts_the_columns_is_no_data_right_below_the_headings(counted, data):
    form = load_regime("tj-2017").form("责任清单")
    head = [f.name for f in form.fields]
    row = [*counted, *[None] * (len(head) - len(counted))]
    item: list[Any] = [1, "李三", *head[2:]]
    places = {name: at for at, name in enumerate(head)}
    assert data_rows([row, item], head, form, places) == ([0, 1] if data else [1])
    assert data_rows([item, row], head, form, places) == [0, 1]
    assert data_rows([item, head, row], head, form, places) == ([0, 2] if data else [0])


def test_there_are_at_least_fifty_ways_to_be_sloppy():
    assert len(CASES) - len(CONTROLS) >= 50
    assert len({c.title for c in CASES}) == len(CASES) <= len(STEMS)


def test_whose_row_it_is_does_not_depend_on_how_it_is_written(swept):
    for case in (c for c in CASES if "V155" in c.notes):
        found = [(r[FILER], r[ROLE]) for r in rows_of(swept, case, "责任清单")]
        careful = [(r[FILER], r[ROLE]) for r in careful_rows(swept, case, "责任清单")]
        assert found == careful
        assert None not in {role for _, role in found}


def test_a_yearly_report_answers_for_the_second_half(swept):
    case = next(c for c in CASES if "I110" in c.notes)
    row = next(
        e for e in swept.result.expected if e.unit_code == case.code and e.period == "2025-H2"
    )
    assert (row.status, row.path) == ("on_time", swept.paths[case.title])


def test_the_regime_has_what_the_cases_rest_on():
    regime = load_regime("tj-2017")
    assert {p.id for p in regime.packets} >= {LISTS[0], REPORT[0], ACCOUNT[0]}
