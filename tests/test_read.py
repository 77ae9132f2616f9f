"""Bytes → Book: every value at its address, and a plain refusal for whatever is no workbook."""

import datetime as dt
import io
import random
import zipfile
from functools import partial

import openpyxl
import pytest
import xlsxwriter
from bytewise import CELL, MAIN, compound, package
from hypothesis import given, settings
from hypothesis import strategies as st
from libreoffice import PROGRAM, saved_as
from readings import LIMITS, book_of, refusal_of

from sxxt_excel import read
from sxxt_excel.engine import Death, map_files
from sxxt_excel.formats.places import place
from sxxt_excel.package import Limits, Refusal, column_number, sniff
from sxxt_excel.read import Book, cell_name, column_letter, read_book

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def written(fill, **options):
    """A workbook as xlsxwriter makes it, filled by a function of the workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        fill(book)
    return stream.getvalue()


def plain(book):
    book.add_worksheet("表").write("A1", "内容")


def everything(book):
    """The same facts for xlsx, xls and ods, from D5 on."""
    sheet = book.add_worksheet("责任清单")
    date, stamp, time, span = (
        book.add_format({"num_format": code})
        for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm:ss")
    )
    sheet.write("D5", "文本")
    sheet.write("E5", 12)
    sheet.write("F5", 1.5)
    sheet.write_boolean("G5", True)  # noqa: FBT003  # xlsxwriter's own signature
    sheet.write_datetime("D6", dt.datetime(2025, 3, 5), date)  # noqa: DTZ001  # Excel has no zones
    sheet.write_datetime("E6", dt.datetime(2025, 3, 5, 14, 30), stamp)  # noqa: DTZ001
    sheet.write_datetime("F6", dt.time(14, 30), time)
    sheet.write_datetime("G6", dt.timedelta(hours=36), span)
    sheet.write("H6", "尾")
    sheet.merge_range("D7:F8", "合并")
    book.add_worksheet("隐藏").write("A1", "x")
    book.get_worksheet_by_name("隐藏").hide()
    book.add_worksheet("空")


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Save ``everything`` in another format by LibreOffice."""
    if PROGRAM is None:
        pytest.skip("LibreOffice makes the xls and ods files and is not installed")
    folder = tmp_path_factory.mktemp("office")
    (folder / "a.xlsx").write_bytes(written(everything))

    def convert(suffix):
        target = folder / f"a.{suffix}"
        if not target.exists():
            saved_as(suffix, folder, folder / "a.xlsx")
        return target.read_bytes()

    return convert


def ole(*streams):
    return compound(dict.fromkeys(streams, b""))


def code_of(data, name="表.xlsx", limits=LIMITS):
    return refusal_of(data, name, limits).code


# ---------------------------------------------------------------- values and addresses


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_every_value_keeps_its_address_and_type_in_every_format(converted, suffix):
    data = written(everything) if suffix == "xlsx" else converted(suffix)
    book = book_of(data, f"a.{suffix}")
    assert (book.kind, book.reader) == (suffix, "calamine")
    sheet, hidden, empty = book.sheets
    assert (sheet.name, sheet.visible, sheet.top, sheet.left) == ("责任清单", True, 5, 4)
    assert sheet.value(5, 4) == "文本"
    assert [sheet.value(5, column) for column in (5, 6, 7)] == [12, 1.5, True]
    assert sheet.value(5, 8) is None
    assert sheet.value(6, 4) == dt.date(2025, 3, 5)
    assert not isinstance(sheet.value(6, 4), dt.datetime)
    assert sheet.value(6, 5) == dt.datetime(2025, 3, 5, 14, 30)  # noqa: DTZ001  # as in Excel
    assert sheet.value(6, 6) == dt.time(14, 30)
    assert sheet.value(6, 7) == dt.timedelta(hours=36)
    assert sheet.value(7, 4) == "合并"
    assert sheet.value(1, 1) is None
    assert sheet.value(4, 4) is None
    assert sheet.value(999, 999) is None
    assert len({len(row) for row in sheet.rows}) == 1
    assert sheet.merged == ((7, 4, 8, 6),)
    assert (hidden.name, hidden.visible, hidden.rows) == ("隐藏", False, (("x",),))
    assert (empty.name, empty.rows, empty.merged) == ("空", (), ())


@pytest.mark.parametrize(("suffix", "wrong"), [("xlsx", "xls"), ("xls", "xlsx"), ("xls", "et")])
def test_a_wrong_suffix_does_not_matter(converted, suffix, wrong):
    data = written(everything) if suffix == "xlsx" else converted(suffix)
    assert book_of(data, f"a.{wrong}").sheets[0].value(5, 4) == "文本"


def test_macro_workbooks_and_templates_are_read_and_macros_named():
    data = package(parts={"xl/vbaProject.bin": "macro"})
    for name in ("a.xlsm", "a.xltx"):
        book = book_of(data, name)
        assert book.macros
        assert book.sheets[0].value(1, 1) == 7
    assert not book_of(package()).macros


def test_dates_counted_from_1904_are_right():
    def fill(book):
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_datetime("A1", dt.datetime(2025, 3, 5), date)  # noqa: DTZ001

    data = written(fill, date_1904=True)
    assert book_of(data).sheets[0].value(1, 1) == dt.date(2025, 3, 5)


def test_dates_in_the_chinese_built_in_formats_are_dates():
    def fill(book):
        sheet = book.add_worksheet()
        for row, code in enumerate((27, 31, 57, 58)):
            sheet.write_number(row, 0, 45721, book.add_format({"num_format": code}))

    rows = book_of(written(fill)).sheets[0].rows
    assert rows == ((dt.date(2025, 3, 5),),) * 4


def test_zero_false_and_spaces_are_no_blanks():
    rows = (
        '<row r="1"><c r="A1"><v>0</v></c><c r="B1" t="b"><v>0</v></c>'
        '<c r="C1" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>'
        '<c r="D1" t="inlineStr"><is><t></t></is></c></row>'
    )
    assert book_of(package(rows)).sheets[0].rows == ((0.0, False, " ", None),)


def test_cells_without_references_are_counted_on():
    rows = (
        "<row><c><v>1</v></c><c/><c><v>2</v></c></row>"
        '<row r="4"><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    sheet = book_of(package(rows)).sheets[0]
    assert (sheet.value(1, 1), sheet.value(1, 3)) == (1, 2)
    assert sheet.errors == (((4, 1), "#DIV/0!"),)


def test_neither_styles_nor_shared_strings_nor_the_declared_dimension_are_needed():
    rows = '<row r="2"><c r="B2" s="9"><v>7</v></c></row>'
    sheet = book_of(package(rows)).sheets[0]
    assert (sheet.top, sheet.left, sheet.rows) == (2, 2, ((7.0,),))


def test_strict_and_prefixed_workbooks_are_read_like_others():
    strict = book_of(package(ns=STRICT, office=STRICT_OFFICE))
    assert strict.sheets[0].value(1, 1) == 7
    prefixed = package(
        parts={
            "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="3">'
            '<x:c r="B3" t="e"><x:v>#N/A</x:v></x:c><x:c r="C3"><x:f>1+1</x:f></x:c>'
            '<x:c r="D3"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        }
    )
    sheet = book_of(prefixed).sheets[0]
    assert sheet.value(3, 4) == 7
    assert sheet.errors == (((3, 2), "#N/A"),)
    assert sheet.uncalculated == ((3, 3),)


def test_what_calamine_cannot_read_openpyxl_reads(monkeypatch):
    def fill(book):
        everything(book)
        sheet = book.get_worksheet_by_name("责任清单")
        sheet.write_number("D9", 45721, book.add_format({"num_format": 57}))
        sheet.write_formula("E9", "=NA()", None, "#N/A")
        sheet.write("XA400", None, book.add_format({"bold": True}))

    data = written(fill)
    calamine = book_of(data)

    class PanicException(BaseException):
        pass

    def panic(_stream):
        raise PanicException

    monkeypatch.setattr(read, "CalamineWorkbook", type("Broken", (), {"from_filelike": panic}))
    second = book_of(data)
    assert second.reader == "openpyxl"
    assert second.sheets == calamine.sheets
    assert second.sheets[0].errors == (((9, 5), "#N/A"),)


# ---------------------------------------------------------------- what readers do not tell


def test_error_cells_are_told_from_blanks():
    rows = (
        '<row r="3"><c r="C3" t="e"><v>#N/A</v></c><c r="D3" s="1" t="e"><f>#REF!+1</f>'
        '<v>#REF!</v></c><c r="E3" t="inlineStr"><is><t>#N/A</t></is></c></row>'
    )
    sheet = book_of(package(rows)).sheets[0]
    assert sheet.errors == (((3, 3), "#N/A"), ((3, 4), "#REF!"))
    assert [sheet.value(3, column) for column in (3, 4, 5)] == [None, None, "#N/A"]


def test_formulas_without_a_result_are_named():
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append([2, "=A1*2", "文本"])
    book.save(stream)
    sheet = book_of(stream.getvalue()).sheets[0]
    assert sheet.uncalculated == ((1, 2),)
    assert sheet.rows == ((2.0, None, "文本"),)


def test_zeros_of_a_workbook_never_opened_are_no_results():
    def fill(book):
        book.add_worksheet("表").write_row("A1", [2, "=A1*2"])

    assert book_of(written(fill)).sheets[0].uncalculated == ((1, 2),)
    assert book_of(written(fill)).sheets[0].value(1, 2) is None


def test_results_of_a_calculated_workbook_are_kept_be_they_zero_or_empty():
    rows = (
        '<row r="1"><c r="A1"><f>1-1</f><v>0</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><f>1+1</f><v>2</v></c></row>'
    )
    for calc in ("", '<calcPr calcId="1" fullCalcOnLoad="1"/>'):
        sheet = book_of(package(rows, calc=calc)).sheets[0]
        assert sheet.uncalculated == ()
        assert sheet.rows == ((0.0, None, 2.0),)


def test_pictures_in_cells_are_found_and_are_no_text():
    rows = (
        '<row r="5"><c r="B5" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f>'
        '<v>=DISPIMG("ID_1",1)</v></c><c r="C5" t="e" vm="1"><v>#VALUE!</v></c></row>'
    )
    rich = {"xl/richData/richValueRel.xml": "<x/>", "xl/media/image1.png": "x"}
    book = book_of(package(rows, parts=rich))
    assert book.pictures == 1
    assert book.sheets[0].pictures == ((5, 3), (5, 2))
    assert book.sheets[0].errors == ()
    assert book.sheets[0].value(5, 2) is None


def test_hidden_rows_are_named():
    rows = '<row r="1" hidden="1"/><row r="2" hidden="0"><c r="A2"><v>1</v></c></row>'
    rows += '<row r="3" spans="1:1" hidden="true"><c r="A3"><v>1</v></c></row>'
    assert book_of(package(rows)).sheets[0].hidden_rows == (1, 3)


def test_links_outside_and_dde_are_named():
    link = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    dde = {"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/>'}
    assert (book_of(package()).external_links, book_of(package()).dde) == (False, False)
    assert book_of(package(parts=link)).external_links
    assert not book_of(package(parts=link)).dde
    assert book_of(package(parts=dde)).dde
    formula = "<row><c r=\"A1\"><f>cmd|'/c calc'!A1</f><v>1</v></c></row>"
    assert book_of(package(formula)).dde


# ---------------------------------------------------------------- hostile and ordinary trouble


def test_two_far_cells_are_refused_before_any_reader_sees_them(monkeypatch):
    monkeypatch.setattr(read, "CalamineWorkbook", None)
    rows = CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    for data in (package(rows), package(rows.replace("<c ", "<c s='1' "))):
        refusal = read_book(data, "远.xlsx", LIMITS)
        assert isinstance(refusal, Refusal)
        assert (refusal.code, "表“表”" in refusal.detail) == ("F106", True)
    counted_on = CELL + '<row r="900000"><c><v>1</v></c></row>'
    assert code_of(package(counted_on)) == "F106"


def test_styled_cells_far_down_and_far_right_hurt_nobody():
    far = "".join(f'<row r="{n}" s="3"><c r="A{n}" s="3"/></row>' for n in range(60000, 60500))
    far += '<row r="1048576"><c r="A1048576" s="3"/><c r="XFD1048576" s="3"></c></row>'
    book = book_of(package(CELL + far))
    assert book.sheets[0].rows == ((7.0,),)
    assert book.reader == "calamine"


@pytest.mark.parametrize(
    ("limits", "fact"),
    [
        (Limits(file_bytes=100), "文件大于"),
        (Limits(unpacked_bytes=100), "解压后大于"),
        (Limits(entries=3), "内部文件多于"),
        (Limits(rows=1), "2 行"),
        (Limits(columns=2), "3 列"),
        (Limits(cells=5), "2 行 3 列"),
    ],
)
def test_every_limit_is_kept_and_named(limits, fact):
    data = package(CELL + '<row r="2"><c r="C2"><v>1</v></c></row>')
    assert isinstance(read_book(data, "a.xlsx", LIMITS), Book)
    refusal = read_book(data, "a.xlsx", limits)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "F106"
    assert fact in refusal.detail


def test_an_extent_known_only_after_reading_is_limited_too(converted):
    assert code_of(converted("xls"), "a.xls", Limits(rows=2)) == "F106"
    assert code_of(converted("ods"), "a.ods", Limits(columns=2)) == "F106"


def test_a_zip_bomb_is_refused():
    refusal = read_book(package(parts={"xl/media/image1.png": bytes(60 << 20)}), "a.xlsx", LIMITS)
    assert refusal == Refusal("F128", "压缩比超过 200")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_entity_bombs_are_refused_in_any_encoding(part, encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert code_of(package(parts={part: bomb.encode(encoding)})) == "F128"


def test_damage_is_called_damage():
    whole = written(plain)
    assert code_of(whole[: len(whole) // 2]) == "F102"
    assert code_of(whole[:300] + bytes(200) + whole[500:]) == "F102"
    assert code_of(package(without=("xl/worksheets/sheet1.xml",))) == "F102"
    assert code_of(package(without=("xl/workbook.xml",))) == "F102"
    assert code_of(b"\x03\x91\xff\x00\x07" * 100) == "F102"
    assert code_of(ole("Workbook"), "a.xls") == "F102"


HTML = "<html><body><table><tr><td>姓名</td></tr></table></body></html>"
MAIL = b"Received: from a\r\nFrom: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\n\r\nbody"
PAGE = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n<html>"
XML_TABLE = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
FODS = b'<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'


def archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind", "code"),
    [
        (b"", "a.xlsx", "empty", "F103"),
        (HTML.encode(), "a.xls", "html", "F104"),
        (HTML.encode("utf-16"), "a.xls", "html", "F104"),
        (PAGE, "a.xls", "mht", "F104"),
        ("姓名,单位\r\n张三,马院".encode("gb18030"), "a.xls", "text", "F104"),
        ("姓名,单位\r\n".encode("gb18030"), "a.csv", "text", "F105"),
        (b"%PDF-1.7", "a.xlsx", "pdf", "F125"),
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "image", "F125"),
        (b"BM\x7e\x00\x00\x00\x00\x00\x00\x00\x3e\x00\x00\x00", "a.xlsx", "image", "F125"),
        (archive("[Content_Types].xml", "word/document.xml"), "a.xlsx", "docx", "F125"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "a.xlsx", "pptx", "F125"),
        (archive("OFD.xml"), "a.xlsx", "ofd", "F125"),
        (ole("WordDocument"), "a.xls", "doc", "F125"),
        (ole("EncryptionInfo", "EncryptedPackage"), "a.xlsx", "ooxml-encrypted", "F101"),
        (b"%TSD-Header-###%\x01\x02", "a.xlsx", "drm", "F126"),
        (b"\x62\x14\x23\x65\x01\x00E-SafeNet\x00LOCK", "a.xlsx", "drm", "F126"),
        (archive("a.xlsx"), "a.zip", "zip", "F105"),
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "rar", "F105"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a.7z", "7z", "F105"),
        (MAIL, "a.eml", "eml", "F105"),
        (ole("__properties_version1.0"), "a.msg", "msg", "F105"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "a.xlsb", "xlsb", "F102"),
        (XML_TABLE, "a.xls", "spreadsheetml", "F105"),
        (FODS, "a.fods", "fods", "F102"),
        (b"\x09\x04\x06\x00\x00\x00", "a.xls", "xls-old", "F105"),
    ],
)
def test_what_is_no_workbook_is_known_by_its_content(data, name, kind, code):
    assert sniff(data) == kind
    assert code_of(data, name) == code


def test_a_word_file_inside_a_workbook_does_not_make_it_a_word_file():
    inside = {"Workbook": b"", "x": b"", "ObjectPool": {"WordDocument": b""}}
    assert sniff(compound(inside)) == "xls"
    assert (
        sniff(compound({"WordDocument": b"", "x": b"", "ObjectPool": {"Workbook": b""}})) == "doc"
    )


def test_running_out_of_memory_is_a_limit_and_an_interrupt_is_not_swallowed(monkeypatch):
    def fail(error):
        def opened(_stream):
            raise error

        monkeypatch.setattr(read, "CalamineWorkbook", type("F", (), {"from_filelike": opened}))

    fail(MemoryError())
    assert code_of(package()) == "F106"
    fail(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        read_book(package(), "a.xlsx", LIMITS)


WHOLE = written(everything)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_whatever_raises(data):
    cut = data.draw(st.integers(0, len(WHOLE)))
    patch = data.draw(st.binary(max_size=40))
    resumed = data.draw(st.integers(0, len(WHOLE)))
    answer = read_book(WHOLE[:cut] + patch + WHOLE[resumed:], "a.xlsx", LIMITS)
    assert isinstance(answer, Book | Refusal)


def test_a_damaged_old_workbook_never_ends_more_than_its_own_reading(converted):
    whole = converted("xls")
    chance = random.Random(20250305)  # noqa: S311  # the same damage every time
    damaged = []
    for _ in range(80):
        copy = bytearray(whole)
        for _ in range(chance.choice((1, 4, 60))):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
        damaged.append(bytes(copy))
    reader = partial(read_book, name="a.xls", limits=LIMITS)
    answers = [answer for _, answer in map_files(reader, damaged, jobs=1, seconds=10)]
    assert all(isinstance(answer, Book | Refusal | Death) for answer in answers)
    assert sum(isinstance(answer, Refusal) for answer in answers) > 5


@given(st.binary(max_size=600))
def test_no_bytes_whatever_raise(data):
    for prefix in (b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")):
        assert isinstance(read_book(prefix + data, "a.xls", LIMITS), Book | Refusal)


@given(st.integers(1, 16384))
def test_columns_by_letter_and_number_agree(column):
    assert column_number(column_letter(column)) == column
    assert cell_name(7, 3) == "C7"


@pytest.mark.parametrize(
    ("cell", "at"),
    [("C7", (7, 3)), ("$AB$12", (12, 28)), ("xfd1", (1, 16384)), ("", (0, 0)), ("C", (0, 0)),
     ("7", (0, 0)), ("C0", (0, 0)), ("C3:C5", (0, 0)), ("工作项目", (0, 0))],
)  # fmt: skip
def test_an_address_is_taken_apart_in_one_place(cell, at):
    assert place(cell) == at
