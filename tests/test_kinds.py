"""Every kind of workbook that people send is read whole, whatever its suffix claims."""

from __future__ import annotations

import datetime as dt
import io
import struct
import sys
import zipfile
from typing import TYPE_CHECKING

import libreoffice
import pytest
import xlsxwriter
from bytewise import record, record12, row12, xls, xlsb
from libreoffice import PROGRAM
from readings import LIMITS, book_of, refusal_of

from sxxt_excel.formats import crypto
from sxxt_excel.formats.ole import root_names, root_stream
from sxxt_excel.package import Limits, Refusal, inspect, sniff

if TYPE_CHECKING:
    from collections.abc import Callable


ODF = "urn:oasis:names:tc:opendocument:xmlns"
ROWS = [["责任清单", "编号"], ["甲", 3.5, None, "备注"]]
HIDDEN_ROW = record(0x208, struct.pack("<8H", 1, 0, 4, 300, 0, 0, 0x120, 15))
HIDDEN_COLUMN = record(0x7D, struct.pack("<6H", 3, 3, 2000, 15, 1, 0))
NOT_AVAILABLE = record(0x205, struct.pack("<HHHBB", 3, 1, 0, 0x2A, 1))


def careful() -> bytes:
    """A workbook with everything that a reader keeps to itself."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("责任清单")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row("A1", ["责任主体", "项目", "数"])
        sheet.write_row("A2", ["甲", "x", 3])
        sheet.write_datetime("F2", dt.datetime(2025, 3, 5), day)  # noqa: DTZ001 - as in Excel
        sheet.write("E2", "隐藏的列")
        sheet.set_column("E:E", None, None, {"hidden": True})
        sheet.write_formula("C3", "=NA()", None, "#N/A")
        sheet.write("A4", "隐藏的行")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range("B6:B8", "合并")
        sheet.set_header("&L机密&C页眉")
        book.add_worksheet("隐藏").hide()
    return stream.getvalue()


@pytest.fixture(scope="module")
def saved_as(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Save `careful` in another format by LibreOffice."""
    if PROGRAM is None:
        pytest.skip("LibreOffice makes the other formats and is not installed")
    folder = tmp_path_factory.mktemp("kinds")
    source = folder / "a.xlsx"
    source.write_bytes(careful())

    def save(suffix: str) -> bytes:
        target = source.with_suffix(f".{suffix}")
        if not target.exists():
            libreoffice.saved_as(suffix, folder, source)
        return target.read_bytes()

    return save


# ---- from real programs ------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "fods"])
def test_what_a_reader_keeps_to_itself_is_seen_in_every_format(saved_as, suffix):
    data = careful() if suffix == "xlsx" else saved_as(suffix)
    book = book_of(data, f"表.{suffix}")
    assert [book_of(data, name) for name in ("表.xlsx", "表.et")] == [book, book]
    sheet, hidden = book.sheets
    assert (sheet.name, sheet.value(2, 1), sheet.value(2, 3)) == ("责任清单", "甲", 3)
    assert sheet.value(2, 6) == dt.date(2025, 3, 5)
    assert (sheet.value(2, 5), sheet.value(4, 1)) == ("隐藏的列", "隐藏的行")
    assert sheet.hidden_rows == (4,)
    assert sheet.hidden_columns == ((5, 5),)
    assert sheet.merged == ((6, 2, 8, 2),)
    assert sheet.errors == (((3, 3), "#N/A"),)
    assert sheet.value(3, 3) is None
    assert not hidden.visible
    assert any("机密" in text for text in book.margins)


@pytest.mark.parametrize("suffix", ["html", "csv"])
def test_a_page_or_text_that_is_called_a_workbook_is_told_as_such(saved_as, suffix):
    refusal = refusal_of(saved_as(suffix), "导出.xls")
    assert refusal == Refusal("F104", {"html": "内容是网页", "csv": "内容是纯文本"}[suffix])


def locked(password: str) -> bytes:
    """A workbook that Office's own way of locking has locked."""
    office = pytest.importorskip("msoffcrypto").OfficeFile(io.BytesIO(careful()))
    stream = io.BytesIO()
    office.encrypt(password, stream)
    return stream.getvalue()


def test_a_password_is_a_password_and_the_one_that_excel_knows_is_none(monkeypatch):
    own = locked("bumen2025")
    assert sniff(own) == "ooxml-encrypted"
    assert refusal_of(own).code == "F101"
    known = locked("VelvetSweatshop")
    assert book_of(known).sheets[0].value(2, 1) == "甲"
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    assert crypto.unlocked(known) is None
    assert refusal_of(known).code == "F101"


# ---- byte by byte ------------------------------------------------------------------


@pytest.mark.parametrize("old", [False, True])
def test_both_generations_of_xls_are_read_in_chinese(old):
    data = xls({"表一": ROWS, "表二": []}, old=old, more=(NOT_AVAILABLE, HIDDEN_ROW, HIDDEN_COLUMN))
    first, second = book_of(data, "表.xls").sheets
    assert (first.name, second.name) == ("表一", "表二")
    assert [first.value(1, 1), first.value(2, 2), first.value(2, 4)] == ["责任清单", 3.5, "备注"]
    assert first.errors == (((4, 2), "#N/A"),)
    assert first.hidden_rows == (2,)
    assert first.hidden_columns == ((4, 4),)


def test_an_xlsb_is_read_with_its_errors_and_what_is_hidden():
    error = record12(3, struct.pack("<IIB", 2, 0, 0x17))
    column = record12(60, struct.pack("<4IH", 3, 3, 0, 0, 1))
    data = xlsb({"表一": ROWS}, more=(row12(5, hidden=True), error, column))
    book = book_of(data, "表.xlsb")
    (sheet,) = book.sheets
    assert book.kind == "xlsb"
    assert (sheet.name, sheet.value(2, 1), sheet.value(2, 2)) == ("表一", "甲", 3.5)
    assert sheet.errors == (((6, 3), "#REF!"),)
    assert (sheet.hidden_rows, sheet.hidden_columns) == ((6,), ((4, 4),))


def test_an_old_workbook_with_a_password_is_called_so():
    data = xls({"表": ROWS}, first=[record(0x2F, struct.pack("<H", 1) + bytes(52))])
    assert refusal_of(data, "表.xls").code == "F101"


def test_macros_links_and_dde_of_the_old_format_are_named():
    plain = inspect(xls({"表": ROWS}), LIMITS)
    assert not isinstance(plain, Refusal)
    assert (plain.macros, plain.external_links, plain.dde) == (False, False, False)
    macros = inspect(xls({"表": ROWS}, storages=["_VBA_PROJECT_CUR"]), LIMITS)
    assert not isinstance(macros, Refusal)
    assert macros.macros
    path = "\x01\x02别的.xls"
    other = struct.pack("<HH", 1, len(path)) + b"\x01" + path.encode("utf-16-le")
    dde = struct.pack("<HH", 0, len("cmd\x03/c calc")) + b"\x00" + b"cmd\x03/c calc"
    for body, is_dde in ((other, False), (dde, True)):
        look = inspect(xls({"表": ROWS}, first=[record(0x1AE, body)]), LIMITS)
        assert not isinstance(look, Refusal)
        assert (look.external_links, look.dde) == (True, is_dde)


def test_far_cells_are_refused_before_a_reader_sees_them_in_the_binary_kinds_too():
    far = record(0x203, struct.pack("<HHHd", 65535, 65535, 0, 1))
    binary = xls({"表": ROWS}, more=[far])
    assert refusal_of(binary, "表.xls") == Refusal("F106", "表“表”的内容散布在 65536 列中")
    few = refusal_of(binary, "表.xls", Limits(rows=1000))
    assert few == Refusal("F106", "表“表”的内容散布在 65536 行中（至第 65536 行）")
    cell = record12(5, struct.pack("<IId", 16383, 0, 1))
    assert refusal_of(xlsb({"表": ROWS}, more=[row12(1048575), cell]), "表.xlsb").code == "F106"


def test_repeated_cells_of_an_ods_are_counted_before_they_are_made():
    def ods(rows: str) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
            archive.writestr(
                "content.xml",
                f'<office:document-content xmlns:office="{ODF}:office:1.0"'
                f' xmlns:table="{ODF}:table:1.0" xmlns:text="{ODF}:text:1.0"><office:body>'
                f'<office:spreadsheet><table:table table:name="表">{rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>",
            )
        return stream.getvalue()

    cell = '<table:table-cell office:value-type="string"{0}><text:p>甲</text:p></table:table-cell>'
    assert book_of(ods(f"<table:table-row>{cell.format('')}</table:table-row>")).sheets[0].rows == (
        ("甲",),
    )
    wide = cell.format(' table:number-columns-repeated="16384"')
    tall = (
        f'<table:table-row table:number-rows-repeated="1048576">{cell.format("")}</table:table-row>'
    )
    both = f'<table:table-row table:number-rows-repeated="1000000">{wide}</table:table-row>'
    for rows in (f"<table:table-row>{wide}</table:table-row>", tall, both):
        assert refusal_of(ods(rows), "表.ods").code == "F106"
    formula = '<table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row>'
    later = ods(f"<table:table-row>{cell.format('')}</table:table-row>{formula}")
    assert book_of(later).sheets[0].uncalculated == ((2, 1),)


def test_streams_of_a_compound_file_are_whole_or_nothing():
    data = xls({"表": [[f"第{n}行"] for n in range(2000)]})
    assert "Workbook" in root_names(data)
    assert len(root_stream(data, "Workbook")) > 40_000
    assert root_stream(data, "没有") == b""
    for cut in range(0, len(data), 997):
        root_stream(data[:cut], "Workbook")


# ---- what is none ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"%PDF-1.7", "清单.xlsx", Refusal("F125", "内容是 PDF")),
        (b"\xff\xd8\xff\xe0", "清单.xls", Refusal("F125", "内容是图片")),
        (b"%TSD-Header-###%\x01", "清单.xlsx", Refusal("F126")),
        (b"", "清单.et", Refusal("F103")),
        (b"\x09\x04\x06\x00\x00\x00", "清单.xls", Refusal("F105", "内容是很早的 Excel 格式")),
    ],
)
def test_what_only_looks_like_a_workbook_says_what_it_is(data, name, refusal):
    assert refusal_of(data, name) == refusal


# ---- papers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "kind"), [("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx")]
)
def test_what_was_cut_off_is_still_what_it_was_meant_to_be(part, kind):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "x" * 5000)
    assert sniff(stream.getvalue()[:3000]) == kind
