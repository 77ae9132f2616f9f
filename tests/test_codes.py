"""Every code of the catalogue has a case in which it is told, at the right place, and none idles.

A case changes one thing in a workspace in which nothing at all is told: that proves the other half,
for all codes at once.
"""

from __future__ import annotations

import datetime as dt
import email.message
import hashlib
import io
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from inprocess import map_here, reading_here
from openpyxl.styles import Font
from world import (
    EARLY,
    World,
    cell_of,
    change,
    cover_cell,
    edited,
    find,
    headings,
    touch,
)  # fmt: skip

import sxxt_excel.reading
from sxxt_excel.codes import CODES
from sxxt_excel.engine import Death
from sxxt_excel.findings import finding
from sxxt_excel.newspace import register_book
from sxxt_excel.officebook import RECEIPTS, ROSTER_FILE, WAIVERS, roster_forms
from sxxt_excel.outcome import Where
from sxxt_excel.places import validators_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sxxt_excel.result import Round

LISTS, TOP = "机械工程学院党委_责任任务清单", "示例大学党委_责任任务清单"
REPORT, ACCOUNT = "机械工程学院党委_落实情况报告_2025年上半年", "机械工程学院党委_述责述廉"
SECOND = "机械工程学院党委_落实情况报告_2025年下半年"
TODAY = "2026-02-12"
"""After everything is due and every count's window is over."""


# ---- a workspace in which nothing is told -----------------------------------------------------


@pytest.fixture(scope="module")
def clean(whole_world: World, tmp_path_factory) -> World:
    world = whole_world.copied(tmp_path_factory.mktemp("clean") / "w")
    register(world, *CAME)
    return world


def mail(world: World, name: str, sender: str, *files: Path) -> Path:
    """Put files of the inbox into a mail instead."""
    letter = email.message.EmailMessage()
    letter["From"] = sender
    letter["Date"] = "Thu, 10 Apr 2025 08:00:00 +0800"
    letter.set_content("见附件。")
    for file in files:
        letter.add_attachment(
            file.read_bytes(), maintype="application", subtype="octet-stream", filename=file.name
        )
        file.unlink()
    path = world.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(letter.as_bytes())
    touch(path)
    return path


CAME = tuple(
    {"文件": f"*{what}*", "收到时间": at, "方式": "OA"}
    for what, at in (
        ("责任任务清单", "2025-04-10 09:00"),
        ("上半年", "2025-07-08 09:00"),
        ("下半年", "2026-01-08 09:00"),
        ("述责述廉", "2026-01-08 10:00"),
    )
)


def register(world: World, *lines: dict[str, str]) -> None:
    """Write the receipt book."""
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: lines})
    (world.root / "收件登记.xlsx").write_bytes(book)


@pytest.fixture
def world(clean: World, tmp_path: Path) -> World:
    """A copy of the clean workspace, to do one thing to."""
    return clean.copied(tmp_path / "world")


def collect(world: World, today: str) -> Round:
    with reading_here():
        return world.collect(today)


@pytest.mark.parametrize("today", ["2025-04-12", TODAY])
def test_where_nothing_is_wrong_no_code_at_all_is_told(clean, today):
    assert collect(clean, today).findings == ()


# ---- the cases --------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """Where a code must be told: start of the path (None: of no file), sheet, cell."""

    path: str | None = None
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Case:
    code: str
    act: Callable[[World], Any]
    at: Told
    today: str = TODAY


CASES: list[Case] = []


def told(code: str, *at: str | None, today: str = TODAY) -> Callable[..., Any]:
    """Register what the function does to a clean workspace as the case of a code."""

    def keep(act: Callable[[World], Any]) -> Callable[[World], Any]:
        CASES.append(Case(code, act, Told(*at), today))
        return act

    return keep


def cell(code: str, file: str, sheet: str, at: str, value: Any) -> None:
    """Register a value in one cell as the case of a code, told at that cell."""

    def act(world: World) -> None:
        with edited(find(world, file)) as book:
            book[sheet][at].value = value

    CASES.append(Case(code, act, Told(file, sheet, at)))


# ---- files ----


def put(world: World, name: str, data: bytes) -> None:
    path = world.inbox / name
    path.write_bytes(data)
    touch(path)


def damaged(code: str, name: str, make: Callable[[bytes], bytes]) -> None:
    """Register a file made of a sound workbook's bytes as the case of a code."""

    def act(world: World) -> None:
        put(world, name, make(find(world, LISTS).read_bytes()))

    CASES.append(Case(code, act, Told(name)))


def packed(parts: dict[str, str], data: bytes = b"") -> bytes:
    """Return a package of the parts of another one and these."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        if data:
            with zipfile.ZipFile(io.BytesIO(data)) as old:
                for info in old.infolist():
                    archive.writestr(info, old.read(info))
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


def locked(data: bytes) -> bytes:
    """Return a package that says of its parts that they are encrypted."""
    raw = bytearray(packed({}, data))
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    return bytes(raw)


def far_apart(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["责任清单"]["XFD1048576"] = "误填"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


LINK = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
damaged("F101", "加密.xlsx", locked)
damaged("F102", "残缺.xlsx", lambda data: data[: len(data) // 2])
damaged("F103", "空.xlsx", lambda _: b"")
damaged("F104", "网页.xls", lambda _: b"<html><table><tr><td>x</td></tr></table></html>")
damaged("F105", "很早.xls", lambda _: bytes.fromhex("090406000000"))
damaged("F106", "很远.xlsx", far_apart)
damaged("F108", "~$正在填.xlsx", lambda _: b"lock")
damaged("F125", "扫描件.xlsx", lambda _: b"%PDF-1.7")
damaged("F126", "内部.xlsx", lambda _: b"%TSD-Header-###%")
damaged(
    "F128",
    "炸弹.xlsx",
    lambda data: packed({"xl/sharedStrings.xml": '<!DOCTYPE x [<!ENTITY a "">]><x/>'}, data),
)
damaged("F112", "机械学院（机密）.xlsx", lambda data: data)
damaged("I106", "食堂菜谱.xlsx", lambda _: blank_book())
damaged("I109", "会议照片.pdf", lambda _: b"%PDF-1.7")


def blank_book() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["星期", "菜名"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@told("F110", LISTS)
def _(world: World) -> None:
    rewrite(find(world, LISTS), lambda data: packed({"xl/vbaProject.bin": "x"}, data))


@told("F111", LISTS)
def _(world: World) -> None:
    rewrite(find(world, LISTS), lambda data: packed(LINK, data))


def rewrite(path: Path, make: Callable[[bytes], bytes]) -> None:
    path.write_bytes(make(path.read_bytes()))
    touch(path)


def test_a_reader_that_dies_costs_its_own_file_and_is_told(world, monkeypatch):
    path = find(world, LISTS)

    def dying(*args: Any, **options: Any) -> Iterator[tuple[int, Any]]:
        parcels = args[1]
        for number, sight in map_here(*args, **options):
            dead = parcels[number].name == path.name
            yield number, Death("crash") if dead else sight

    monkeypatch.setattr(sxxt_excel.reading, "map_files", dying)
    result = world.collect(TODAY)
    assert [(f.code, f.where.path) for f in result.findings if f.code == "F107"] == [
        ("F107", path.name)
    ]
    (row,) = (f for f in result.files if f.status == "unreadable")
    assert (row.path, row.sha256) == (path.name, hashlib.sha256(path.read_bytes()).hexdigest())


# ---- structure ----


def sheet_case(
    code: str, cell_name: str | None, act: Callable[[Any, openpyxl.Workbook], Any]
) -> None:
    """Register something done to 责任清单 as the case of a code, told at that cell."""

    def on_book(world: World) -> None:
        with edited(find(world, LISTS)) as book:
            act(book["责任清单"], book)

    CASES.append(Case(code, on_book, Told(LISTS, "责任清单", cell_name)))


def rename(old: str, new: str | None) -> Callable[[Any, openpyxl.Workbook], None]:
    def act(sheet: Any, _book: openpyxl.Workbook) -> None:
        sheet[cell_of(sheet, old, 2)].value = new

    return act


def one_column_too_many(sheet: Any, _book: openpyxl.Workbook) -> None:
    sheet.cell(2, sheet.max_column + 1).value = "自己加的列"


def same_heading_twice(sheet: Any, _book: openpyxl.Workbook) -> None:
    sheet.cell(2, len(headings(sheet)) + 1).value = "工作项目"


def no_headings(sheet: Any, _book: openpyxl.Workbook) -> None:
    for at in sheet[2]:
        at.value = None


def hidden_row(sheet: Any, _book: openpyxl.Workbook) -> None:
    sheet.row_dimensions[4].hidden = True


def without_column(sheet: Any, _book: openpyxl.Workbook) -> None:
    column = headings(sheet)["备注"]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = None


@told("S101", LISTS, None, None)
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        del book["签字背书"]


sheet_case("S102", "A2", rename("完成时限", "随便"))
sheet_case("S103", "E2", rename("工作项目", "责任内容"))
sheet_case("S104", "A4", lambda sheet, _: sheet.insert_rows(1, 2))
sheet_case("S105", "P2", one_column_too_many)
sheet_case("S107", "A2", without_column)
sheet_case("S109", "I3", lambda sheet, _: sheet.merge_cells("I3:I4"))
sheet_case("S110", "A4", hidden_row)
sheet_case("S111", "P2", same_heading_twice)
sheet_case("S112", None, no_headings)


@told("S106", LISTS, "备忘")
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        book.create_sheet("备忘")["A1"] = "联系张老师"


@told("S108", LISTS, "清单一")
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        book["责任清单"].title = "清单一"


# ---- values ----

cell("V101", LISTS, "责任清单", "E4", None)
cell("V102", LISTS, "任务清单", "I4", "2025.13.45")
cell("V103", REPORT, "履责统计", "C4", "若干")
cell("V104", LISTS, "责任清单", "D4", "随便写的")
cell("V105", LISTS, "责任清单", "L4", "尽快")
cell("V106", LISTS, "责任清单", "C4", "JX-2025-ZR-001")
cell("V107", LISTS, "任务清单", "D4", "JX-2025-ZR-999")
cell("V108", LISTS, "责任清单", "C4", "第一项")
cell("V109", LISTS, "责任清单", "B4", "查无此人")
cell("V110", LISTS, "责任清单", "E4", "#REF!")
cell("V111", LISTS, "责任清单", "E4", "=E3")
cell("V112", REPORT, "履责统计", "C4", -1)
cell("V113", REPORT, "任务进展", "G4", None)
cell("V114", LISTS, "任务清单", "L4", dt.date(2025, 2, 1))
cell("V115", LISTS, "班子成员分工表", "B4", "查无此人")
cell("V116", ACCOUNT, "述责述廉登记", "D3", "书面")
cell("V117", LISTS, "责任清单", "E4", "证号11010519491231002X")
cell("V119", LISTS, "责任清单", "E4", "联系电话13800138000")
cell("V124", LISTS, "任务清单", "L4", dt.date(2025, 12, 31))
cell("V151", LISTS, "任务清单", "I4", "2025.3.5")
cell("V152", REPORT, "履责统计", "C4", "２次")
cell("V153", LISTS, "责任清单", "C4", "2")
cell("V154", LISTS, "任务清单", "K4", "推进中")
cell("V155", LISTS, "责任清单", "B4", "书记")
cell("V156", LISTS, "责任清单", "L4", "12月底")
cell("V159", REPORT, "履责统计", "B3", "项")
cell("V164", LISTS, "责任清单", "E4", "同上")
cell("V165", LISTS, "责任清单", "E3", "同上")
cell("V160", LISTS, "责任清单", "E4", "李三的  第2个责任项目 ")


@told("V118", ACCOUNT, "述责述廉登记", "F3")
def _(world: World) -> None:
    texts = ("履行主体责任情况", "存在问题", "改进措施")
    change(world, ACCOUNT, "述责述廉登记", {(3, name): None for name in texts})


@told("V125", LISTS, "封面", "B7")
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        assert cover_cell(book["封面"], "填报人") == "B7"
        book["封面"]["B7"].value = "待定"


@told("V126", LISTS, "责任清单", "L3")
def _(world: World) -> None:
    change(world, LISTS, "责任清单", {(3, "完成时限"): "2024年底前"})


@told("S115", LISTS, "责任清单", "Q4")
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        book["责任清单"]["Q4"].value = "此项请领导再看"


@told("S116", LISTS, "责任清单", "A4")
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        book["责任清单"]["E4"].font = Font(strike=True)


def redefine(world: World, form: str, old: str, new: str) -> None:
    """Give the workspace its own version of a form."""
    text = (validators_dir() / "forms" / f"{form}.toml").read_text(encoding="utf-8")
    assert old in text
    target = world.root / "validators" / "forms" / f"{form}.toml"
    target.parent.mkdir(parents=True)
    target.write_text(text.replace(old, new, 1), encoding="utf-8")


@told("V157", LISTS, "任务清单", "K4")
def _(world: World) -> None:
    line = 'choices = "完成情况"\n'
    redefine(world, "任务清单", line, f"{line}open = true\n")
    change(world, LISTS, "任务清单", {(4, "完成情况"): "移交后勤办理"})


@told("V158", LISTS, "任务清单", "O4")
def _(world: World) -> None:
    line = 'name = "备注"\n'
    redefine(world, "任务清单", line, f"{line}office = true\n")
    change(world, LISTS, "任务清单", {(4, "备注"): "单位自己写的"})


def test_an_error_in_a_column_of_the_offices_own_is_an_entry_like_any_other(world):
    redefine(world, "任务清单", 'name = "备注"\n', 'name = "备注"\noffice = true\n')
    change(world, LISTS, "任务清单", {(4, "备注"): "#REF!"})
    (found,) = collect(world, TODAY).findings
    assert (found.code, found.where.cell, found.got) == ("V158", "O4", "#REF!")


# ---- identity ----


def cover(code: str, file: str, label: str, value: Any) -> None:
    """Register a value on the cover as the case of a code, told at that cell."""
    place = {"填报单位": "B3", "年度": "B5", "报告期": "B6"}[label]

    def act(world: World) -> None:
        with edited(find(world, file)) as book:
            assert cover_cell(book["封面"], label) == place
            book["封面"][place].value = value

    CASES.append(Case(code, act, Told(file, "封面", place)))


def restamp(world: World, **values: str) -> None:
    with edited(find(world, LISTS)) as book:
        for row in book["_sxxt"].iter_rows(max_col=2):
            if row[0].value in values:
                row[1].value = values[str(row[0].value)]


cover("I102", LISTS, "填报单位", "外国语学院党总支")
cover("I103", LISTS, "年度", 2024)
cover("I108", LISTS, "填报单位", "机械学院")
cover("I110", SECOND, "报告期", "年度")


@told("I101", LISTS)
def _(world: World) -> None:
    with edited(find(world, LISTS)) as book:
        del book["_sxxt"]


@told("I104", "无名.xlsx", "封面", "B3")
def _(world: World) -> None:
    path = find(world, LISTS)
    with edited(path) as book:
        del book["_sxxt"]
        book["封面"]["B3"].value = "某某研究所"
        for sheet in book.worksheets:
            sheet["A1"].value = "表"
    path.rename(world.inbox / "无名.xlsx")


@told("I105", LISTS)
def _(world: World) -> None:
    world.units[1]["单位类别"] = "教辅单位"
    world.write()


@told("I107", LISTS)
def _(world: World) -> None:
    restamp(world, regime="sou-2020")


@told("I111", LISTS)
def _(world: World) -> None:
    restamp(world, issue="JX-2025-QD-99")


def loose(world: World) -> Path:
    """Take the stamp out of a workbook."""
    with edited(find(world, LISTS)) as book:
        del book["_sxxt"]
    return find(world, LISTS)


@told("I113", "来信.eml!机械工程学院党委_责任任务清单")
def _(world: World) -> None:
    world.units[1]["邮箱"] = "jx@example.edu.cn"
    world.write()
    mail(world, "来信.eml", "someone@example.com", loose(world))


@told("I114", "外语学院/")
def _(world: World) -> None:
    path = loose(world)
    (world.inbox / "外语学院").mkdir()
    path.rename(world.inbox / "外语学院" / path.name)


@told("I115", LISTS)
def _(world: World) -> None:
    restamp(world, version="00000000")
    change(world, LISTS, "责任清单", {(2, "工作项目"): "责任内容"})


@told("I116", LISTS)
def _(world: World) -> None:
    restamp(world, packet="别的套表")


@told("I117", LISTS)
def _(world: World) -> None:
    restamp(world, packet="述责述廉")


@told("I118", f"外语{LISTS}")
def _(world: World) -> None:
    path = find(world, LISTS)
    copy = world.inbox / f"外语{path.name}"
    shutil.copy2(path, copy)
    with edited(copy) as book:
        book["封面"]["B3"].value = "外国语学院党总支"


@told("I119", "机械学院责任清单.pdf")
def _(world: World) -> None:
    find(world, LISTS).unlink()
    (world.inbox / "机械学院责任清单.pdf").write_bytes(b"%PDF-1.7")


# ---- deadlines ----


def received(code: str, at: str, how: str = "OA") -> None:
    """Register a line of the receipt book about one file as the case of a code."""

    def act(world: World) -> None:
        line = {"文件": "*", "收到时间": "2025-04-10 09:00", "方式": "OA"}
        register(world, line, {"文件": f"{LISTS}*", "收到时间": at, "方式": how})

    CASES.append(Case(code, act, Told(LISTS)))


received("T101", "2025-04-25 10:00")
received("T104", "2025-04-09 10:00", "微信群")


@told("T102", LISTS)
def _(world: World) -> None:
    (world.root / "收件登记.xlsx").unlink()


@told("T103", LISTS)
def _(world: World) -> None:
    (world.root / "收件登记.xlsx").unlink()
    touch(find(world, LISTS), EARLY + dt.timedelta(days=30))


@told("T105", "sxxt.toml")
def _(world: World) -> None:
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8").replace("shift = false", "shift = true")
    text = text.replace("[due]", '[due]\n"述责述廉" = "2095-01-15"', 1)
    path.write_text(text, encoding="utf-8")


# ---- completeness ----


@told("Q101")
def _(world: World) -> None:
    find(world, LISTS).unlink()


@told("Q102")
def _(world: World) -> None:
    find(world, ACCOUNT).unlink()


@told("Q103", LISTS, "责任清单", "B2")
def _(world: World) -> None:
    change(world, LISTS, "责任清单", {(6, "责任主体"): "李四"})


def emptied(world: World) -> Path:
    path = find(world, LISTS)
    with edited(path) as book:
        sheet = book["班子成员分工表"]
        for row in range(3, 7):
            for column in range(2, sheet.max_column + 1):
                sheet.cell(row, column).value = None
    return path


@told("Q104", LISTS, "班子成员分工表", "A3")
def _(world: World) -> None:
    emptied(world)


@told("Q108", LISTS, "班子成员分工表", "A3")
def _(world: World) -> None:
    with edited(emptied(world)) as book:
        book["封面"][cover_cell(book["封面"], "空表说明")].value = "班子正在调整，分工未定"


EXPLAINED = "该项任务跨两个年度实施，已报分管领导"


def explain(code: str, said: str | None, *others: str, place: str = "1", **more: str) -> None:
    """Register what is said in 情况说明 of a task that ends too late as the case of a code."""

    def act(world: World) -> None:
        for start in (LISTS, *others):
            change(world, start, "任务清单", {(3, "完成时限"): "2026年3月底"})
            line = {"涉及表": "任务清单", "涉及编号或单元格": place, "说明（请填写）": said, **more}
            change(world, start, "情况说明", {(3, name): word for name, word in line.items()})

    CASES.append(Case(code, act, Told(LISTS, "情况说明", "E3")))


explain("Q110", None)
explain("Q111", "跨年")
explain("Q112", "情况属实，核实无误")
explain("Q113", EXPLAINED, "外国语学院党总支_责任任务清单", TOP)
explain("Q114", EXPLAINED, place="JX-2025-RW-099")
QUOTED = "任务JX-2025-RW-001的完成时限2027年底晚于责任项目JX-2025-ZR-001（2025年底前）"
explain("Q115", EXPLAINED, 审核意见=QUOTED)


@told("Q116", LISTS, "情况说明", "E3")
def _(world: World) -> None:
    change(world, LISTS, "责任清单", {(3, "工作项目"): None})
    line = {"涉及表": "责任清单", "涉及编号或单元格": "E3", "说明（请填写）": EXPLAINED}
    change(world, LISTS, "情况说明", {(3, name): word for name, word in line.items()})


cell("Q105", REPORT, "主体责任落实情况报告", "D4", None)
cell("Q106", REPORT, "主体责任落实情况报告", "I4", "没有报来的报告.docx")
cell("Q109", REPORT, "主体责任落实情况报告", "D4", "见附件")


@told("Q107", REPORT, "履责统计", "A2")
def _(world: World) -> None:
    with edited(find(world, REPORT)) as book:
        book["履责统计"].delete_rows(14)


# ---- cascade, counts, sign-off ----


@told("C101", LISTS, "责任清单", "G2")
def _(world: World) -> None:
    for start in (LISTS, "外国语学院党总支_责任任务清单"):
        change(world, start, "责任清单", {(3, "上级项目编号"): None})


@told("C104", LISTS, "责任清单", "N3")
def _(world: World) -> None:
    change(world, LISTS, "责任清单", {(3, "未纳入理由"): "本单位没有这方面的工作"})
    change(world, "外国语学院党总支_责任任务清单", "责任清单", {(3, "上级项目编号"): None})


@told("C103", TOP, "责任清单", "H4")
def _(world: World) -> None:
    change(world, TOP, "责任清单", {(4, "落实方式"): None})


cell("C102", LISTS, "任务清单", "J4", "2026年3月底")
cell("N101", REPORT, "履责统计", "C3", 0)
cell("B102", LISTS, "签字背书", "D3", "李四")
cell("B104", LISTS, "签字背书", "D3", "李三（李四代）")
cell("B103", LISTS, "签字背书", "E3", dt.date(2025, 4, 11))


@told("N102", REPORT, "履责统计", "C4", today="2025-07-20")
def _(world: World) -> None:
    find(world, SECOND).unlink()
    change(world, REPORT, "履责统计", {(4, "数值"): 1})


@told("B101", LISTS, "签字背书", "D3")
def _(world: World) -> None:
    change(world, LISTS, "签字背书", {(3, "背书人"): None, (3, "背书日期"): None})


# ---- doubles and versions ----


def again(world: World, name: str) -> Path:
    path = world.inbox / name
    shutil.copy(find(world, LISTS), path)
    touch(path, EARLY)
    return path


CHAIN = """\
[[chain]]
id = "任务办结"
title = "到期的任务应当办结"
serves = ["T02"]
severity = "query"
basis = "三"
form = "任务清单"
reason = "备注"
message = "{key}缺“{step}”"
remedy = "请补填或说明"
steps = [
  { field = "完成情况", values = ["已完成"], after = "完成时限" },
  { field = "完成日期", when = { "完成情况" = ["已完成"] }, not_before = "开始时间" },
]
"""


def own_rules(world: World, tables: str) -> None:
    """Add rules of the office's own to the document's."""
    folder = world.root / "validators" / "tj-2017"
    folder.mkdir(parents=True)
    (folder / "regime.toml").write_text(tables, encoding="utf-8")


def chain(code: str, at: str, **values: Any) -> None:
    """Register a chain of the office's own, and cells of row 3, as the case of a code."""

    def act(world: World) -> None:
        own_rules(world, CHAIN)
        for row in range(3, 7):
            change(world, LISTS, "任务清单", {(row, "完成时限"): "长期坚持"})
        change(world, LISTS, "任务清单", {(3, name): value for name, value in values.items()})

    CASES.append(Case(code, act, Told(LISTS, "任务清单", at)))


chain("C105", "L3", 完成情况="已完成")
chain("C106", "K3", 完成时限="2025年6月底")
chain("C107", "L3", 完成情况="已完成", 完成日期=dt.date(2025, 2, 1))
chain("C108", "O3", 完成时限="2025年6月底", 备注="因机构调整顺延到次年")


LAW = """\
title = "某规则"
serves = ["T22"]
severity = "query"
basis = "三"
message = "{found}，{required}"
remedy = "请核对"
"""
AGREEMENT = (
    f'[[agreement]]\nid = "相符"\n{LAW}'
    """\
form = "履责统计"
where = { "指标" = ["专题研究会议次数"] }
value = "数值"
supply = { form = "任务进展", date = "完成日期" }
"""
)
EVIDENCE = """\
[[evidence]]
id = "述责"
name = "述责方式"
form = "述责述廉登记"
date = "述责日期"
"""
SLOT = f'[[slot]]\nkind = "会"\nfilers = "基层处级干部"\n{LAW}'


@told("N103", REPORT, "履责统计", "D3")
def _(world: World) -> None:
    reason = "因换届推迟到七月召开"
    change(world, REPORT, "履责统计", {(3, "数值"): 0, (3, "说明"): reason})


@told("N104", REPORT, "履责统计", "C3")
def _(world: World) -> None:
    own_rules(world, AGREEMENT)


@told("N105", ACCOUNT, "述责述廉登记", "E5")
def _(world: World) -> None:
    first = f'{SLOT}id = "先"\nname = "会议"\n'
    own_rules(world, f'{EVIDENCE}{first}{SLOT}id = "后"\nname = "书面"\nafter = "先"\n')
    change(world, ACCOUNT, "述责述廉登记", {(5, "述责日期"): dt.date(2025, 3, 19)})


@told("N107", ACCOUNT, "述责述廉登记", "E5")
def _(world: World) -> None:
    own_rules(world, f'{EVIDENCE}{SLOT}id = "书面述责"\nname = "书面"\nwindow = "年初"\n')
    change(world, ACCOUNT, "述责述廉登记", {(5, "述责日期"): dt.date(2025, 7, 19)})


@told("V120", LISTS, "任务清单", "E3")
def _(world: World) -> None:
    source = (validators_dir() / "forms" / "任务清单.toml").read_text(encoding="utf-8")
    text = source.replace('name = "工作任务"\n', 'name = "工作任务"\nmax_length = 4\n')
    folder = world.root / "validators" / "forms"
    folder.mkdir(parents=True)
    (folder / "任务清单.toml").write_text(text, encoding="utf-8")


@told("D101", LISTS)
def _(world: World) -> None:
    with edited(again(world, "机械学院新报.xlsx")) as book:
        book["责任清单"]["E4"].value = "改过的项目"
    later(world)


@told("D102", "机械学院再发.xlsx")
def _(world: World) -> None:
    again(world, "机械学院再发.xlsx")
    later(world, "机械学院再发.xlsx")


@told("D103", "机械学院新报.xlsx")
def _(world: World) -> None:
    with edited(again(world, "机械学院新报.xlsx")) as book:
        for form, row in (("责任清单", 6), ("任务清单", 6), ("签字背书", 6), ("班子成员分工表", 5)):
            assert book[form].cell(row, 2).value == "李五"
            book[form].delete_rows(row)
    later(world)


def later(world: World, name: str = "机械学院新报.xlsx") -> None:
    """Let a file arrive a day after the others."""
    line = {"文件": "*", "收到时间": "2025-04-10 09:00", "方式": "OA"}
    register(world, line, {"文件": name, "收到时间": "2025-04-11 09:00", "方式": "OA"})


@told("I120", "误放的总台账.xlsx")
def _(world: World) -> None:
    world.collect(TODAY, write=True)
    copy = world.inbox / "误放的总台账.xlsx"
    shutil.copyfile(world.root / "汇总" / "总台账.xlsx", copy)
    touch(copy)


# ---- roster and workspace ----


def roster(code: str, sheet: str, at: str, act: Callable[[World], Any]) -> None:
    """Register a change of the roster as the case of a code, told at a cell of the roster."""

    def rewritten(world: World) -> None:
        act(world)
        world.write()

    CASES.append(Case(code, rewritten, Told(ROSTER_FILE, sheet, at)))


def unit(number: int, **values: str) -> Callable[[World], None]:
    return lambda world: world.units[number].update(values)


def person(number: int, **values: str) -> Callable[[World], None]:
    return lambda world: world.people[number].update(values)


WAIVER = {
    "单位代码": "JX", "报送事项": "没有这个事项", "例外类型": "准予免报", "理由": "新成立",
    "批准人": "赵一", "批准日期": "2025-03-01",
}  # fmt: skip
roster("R101", "单位", "D3", unit(1, 单位类别=""))
roster("R102", "单位", "E3", unit(1, 上级单位代码="NN"))
roster("R103", "单位", "E2", unit(0, 上级单位代码="JX"))
roster("R104", "单位", "B3", person(2, 职务="党委委员"))
roster("R105", "单位", "B3", person(3, 职务="党委书记"))
roster("R106", "单位", "A4", unit(2, 单位代码="JX"))
roster("R107", "人员", "N4", person(2, 在岗状态="在家"))
roster("R108", "人员", "L4", person(2, 任职起="去年"))
roster("R109", "例外", "C2", lambda world: world.waivers.append(dict(WAIVER)))
roster("R111", "单位", "B3", person(2, 班子身份="班子其他成员"))
roster("R112", "单位", "B3", person(1, 分管单位代码="WY"))
roster("R116", "单位", "B4", unit(2, 单位类别="党总支（院系）"))
roster("R117", "人员", "B5", person(3, 班子身份="主要负责人"))
roster("R113", "单位", "C4", unit(2, 简称="外语学院、机械学院"))


@told("R110", ROSTER_FILE)
def _(world: World) -> None:
    with edited(world.root / ROSTER_FILE) as book:
        del book[WAIVERS]


@told("R118", ROSTER_FILE, "人员", "M4")
def _(world: World) -> None:
    with edited(world.root / ROSTER_FILE) as book:
        book["人员"]["M4"].value = "=DATE(2025,1,1)"


@told("R121", "收件登记.xlsx", "收件登记", "B2")
def _(world: World) -> None:
    register(world, {"文件": "*", "收到时间": "前天"})


@told("R122", "收件登记.xlsx", "收件登记", "A3")
def _(world: World) -> None:
    line = {"文件": "*", "收到时间": "2025-04-10 09:00", "方式": "OA"}
    register(world, line, line | {"文件": "没有这个文件.xlsx"})


@told("R123", "收件登记.xlsx", "收件登记", "A2")
def _(world: World) -> None:
    register(world, {"文件": "机械工程学院*", "收到时间": "2025-04-10 09:00"})


@told("R124", "收件登记.xlsx", "收件登记", "A2")
def _(world: World) -> None:
    register(world, {"文件": "*下半年*", "收到时间": "2025-06-30 09:00"})


# ---- the tests ----------------------------------------------------------------------

HOLES = ("“”", "（）", "{", "}", "，，", "nan", "None", "<NA>", "NaT")
ELSEWHERE = {
    "F107", "F113", "F114", "F115", "F116", "F117", "F118", "F119", "F120", "F121", "F122",
    "F123", "F124", "F127", "V121", "D104", "D105", "D106", "D107", "R114", "R115", "V122", "V123",
    "V140", "I112",
    "N106", "C109",
    "D110", "D111", "R130", "R131", "R132", "R133", "F129", "F130", "S113", "S114",
    "V161", "V162", "V163", *(f"D12{n}" for n in range(10)),
    "V130", "V131", "V132", "V133", "V134", "V135", "V136", "V138", "V139",
}  # fmt: skip
"""Told in a test of its own: above, or in test_duties, rollup, registers, sou, hostile, damage,
arrangement, containers, mail_rounds, suggestions, slips, registry."""


@pytest.mark.parametrize("case", CASES, ids=[case.code for case in CASES])
def test_a_code_is_told_where_its_case_is_in_sentences_without_holes(world, case):
    case.act(world)
    result = collect(world, case.today)
    places = [f.where for f in result.findings if f.code == case.code]
    assert places, [(f.code, f.where.path, f.where.cell) for f in result.findings]
    fitting = [
        w
        for w in places
        if (w.path or "").startswith(case.at.path or "")
        and (w.path is None) == (case.at.path is None)
        and (w.sheet, w.cell) == (case.at.sheet, case.at.cell)
    ]
    assert fitting, [(w.path, w.sheet, w.cell) for w in places]
    for found in result.findings:
        for text in (found.message, found.remedy, found.basis):
            assert text
            assert not any(hole in text for hole in HOLES), (found.code, text)


def test_our_own_master_in_the_inbox_is_one_note_and_changes_nothing(world):
    next(case for case in CASES if case.code == "I120").act(world)
    result = collect(world, TODAY)
    assert [(f.code, f.severity) for f in result.findings] == [("I120", "note")]
    assert result.totals.foreign == 1
    assert result.exit_code == 0


def test_every_code_has_its_case():
    covered = {case.code for case in CASES} | ELSEWHERE
    assert {code.id for code in CODES} - covered == set()


def test_a_document_that_did_not_come_is_told_under_the_heading_that_names_it():
    missing = finding("Q106", Where(field="附件文件名"), got="实施方案.pdf")
    assert missing.message.startswith("“附件文件名”")


def test_a_page_pasted_into_a_cell_does_not_bury_what_is_said_of_it():
    page = "落实全面从严治党主体责任。\n" * 200
    found = finding("V104", Where(field="重点方面"), got=page)
    start, _, end = found.message.partition("…")
    assert start.startswith("“重点方面”写的“落实")
    assert end == finding("V104", Where(field="重点方面"), got="无").message.partition("无")[2]
    assert (found.got, "\n" in found.message) == (page, False)


def test_what_was_issued_filled_in_is_to_be_copied_again(world):
    with edited(find(world, LISTS)) as book:
        book["封面"][cover_cell(book["封面"], "报告期")].value = None
    (found,) = [f for f in world.collect("2025-04-30").findings if f.code == "V101"]
    assert (found.where.field, found.remedy) == (
        "报告期",
        "请补填（下发的文件里已预填，照抄即可）",
    )
