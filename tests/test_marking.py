"""Marks in a workbook: what they touch, what they leave alone, and that they come off again."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineWorkbook
from richbook import (
    MAIN,
    PLAIN,
    SECOND,
    TABLE,
    in_utf16,
    loose,
    packed_of,
    parts_of,
    prefixed,
    rich_book,
    strict,
    with_parts,
    with_streamed_sizes,
    without_styles,
)

from sxxt_excel.formats.repack import repacked
from sxxt_excel.marking.copy import MarkError, marked_copy, strip_marks, suffix_of
from sxxt_excel.marking.fill import with_cells
from sxxt_excel.marking.grid import ORDER
from sxxt_excel.marking.notes import Entry, Marks, Opinion, SheetMarks, Spot
from sxxt_excel.marks import (
    ADOPT,
    MARK,
    OPINION,
    RESULTS,
    SUGGESTED,
    WORDS,
    mend_in_row,
    mend_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What openpyxl can't keep is what this is about.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*")
SOFFICE, PDFTOTEXT, PDFTOPPM = map(shutil.which, ("soffice", "pdftotext", "pdftoppm"))
OFFICE = pytest.mark.skipif(
    None in {SOFFICE, PDFTOTEXT, PDFTOPPM}, reason="needs LibreOffice and poppler"
)
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": bytes,
    "prefixed": prefixed,
    "strict": strict,
    "without styles": without_styles,
    "utf-16": in_utf16,
    "streamed": with_streamed_sizes,
}
# Parts in which marks are put; everything else must keep its very bytes.
TOUCHED = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet4.xml",
    "xl/worksheets/_rels/sheet1.xml.rels", "xl/worksheets/_rels/sheet2.xml.rels",
    "xl/comments1.xml", "xl/comments2.xml",
    "xl/drawings/vmlDrawing1.vml", "xl/drawings/vmlDrawing2.vml",
}  # fmt: skip
MARKS = Marks(
    RESULTS,
    ("机械工程学院党委", "共3处"),
    (
        Entry(
            "须修改",
            TABLE,
            "B3",
            (TABLE, "B3"),
            "错<b>&",
            "改",
            "依据",
            suggested=mend_words("项目2", "项目二"),
        ),
        Entry("需说明", SECOND, "A2", (SECOND, "A2"), "=1+1", "说明", "依据", asks=True),
        Entry("需说明", "整套材料", "F1", None, "问", "答", "依据", asks=True, words="旧话"),
    ),
    {
        TABLE: SheetMarks(
            {
                "B3": Spot("must", "须修改（V101）：没有填\n怎样修改：补填"),
                "C4": Spot("query", "讨论过的一格"),
                "D6:D7": Spot("query", "两格"),
            },
            2,
            {
                3: Opinion(
                    "【须修改】没有填（V101）",
                    suggested=mend_in_row("B3", "项目", "项目2", "项目二"),
                ),
                6: Opinion("【需说明】为什么（C102）", asks=True),
            },
        ),
        SECOND: SheetMarks(
            {"A2": Spot("query", "问")}, 1, {2: Opinion("【需说明】问（C102）", asks=True)}
        ),
        "没有这张表": SheetMarks({"A1": Spot("must", "x")}),
    },
)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return rich_book(tmp_path_factory.mktemp("rich"))


@pytest.fixture(params=SPELLINGS)
def spelled(request: pytest.FixtureRequest, rich: bytes) -> bytes:
    return SPELLINGS[request.param](rich)


def load(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(loose(data)))


def looks(data: bytes) -> dict[str, Any]:
    """Return every cell of a workbook with its format and comment, and what each sheet has."""
    found: dict[str, Any] = {}
    known: dict[tuple[int, ...], str] = {}

    def look(cell: Any) -> str:
        key = tuple(cell._style)
        if key not in known:
            shown = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
            known[key] = "".join(map(repr, shown)) + cell.number_format
        return known[key]

    for sheet in load(data).worksheets:
        cells = {
            c.coordinate: (
                c.value, look(c), c.comment and c.comment.text,
                c.hyperlink and c.hyperlink.target,
            )
            for row in sheet.iter_rows()
            for c in row
            if c.value is not None or c.has_style
        }  # fmt: skip
        rules = [
            (str(area.sqref), [(r.type, r.formula, r.dxfId) for r in group])
            for area, group in sheet.conditional_formatting._cf_rules.items()
        ]
        widths = {k: (d.min, d.max, d.width) for k, d in sheet.column_dimensions.items()}
        found[sheet.title] = (
            cells, rules, widths, sheet.auto_filter.ref, str(sheet.merged_cells),
            sheet.protection.sheet, list(sheet.tables), sheet.sheet_state,
            {n: d.height for n, d in sheet.row_dimensions.items() if d.height},
            [(str(v.sqref), v.formula1) for v in sheet.data_validations.dataValidation],
            sorted(sheet.defined_names),
        )  # fmt: skip
    return found


# ---- nothing is lost ---------------------------------------------------------------------------


def test_words_put_into_cells_change_nothing_else_however_the_workbook_is_written(spelled):
    after = with_cells(spelled, PLAIN, {2: {2: "<甲>", 30: "乙"}, 500: {3: "丙", 1: "丁"}})
    changed = {n for n, part in parts_of(after).items() if parts_of(spelled)[n] != part}
    assert len(changed) == 1
    before, sheet = load(spelled)[PLAIN], load(after)[PLAIN]
    told = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}
    there = {c.coordinate: c.value for row in before.iter_rows() for c in row}
    new = {"B2": "<甲>", "AD2": "乙", "A500": "丁", "C500": "丙"}
    assert told == {at: text for at, text in there.items() if text is not None} | new
    again = with_cells(after, PLAIN, {2: {2: "戊"}})  # refused if cells were out of order
    assert load(again)[PLAIN]["B2"].value == "戊"


def test_every_part_that_is_not_concerned_keeps_its_very_bytes(spelled):
    copy = marked_copy(spelled, MARKS)
    before, after = packed_of(spelled), packed_of(copy)
    assert {n for n in before if before[n] != after.get(n)} <= TOUCHED
    assert not {n for n in after if n not in before} - TOUCHED
    kept = {"xl/cellimages.xml", "xl/pivotTables/pivotTable1.xml", "xl/sharedStrings.xml",
            "xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/media/image1.png",
            "xl/threadedComments/threadedComment1.xml", "xl/worksheets/sheet3.xml",
            "xl/printerSettings/printerSettings1.bin", "xl/tables/table1.xml"}  # fmt: skip
    assert kept <= {n for n in before if before[n] == after[n]}
    assert zipfile.ZipFile(io.BytesIO(copy)).testzip() is None


def test_whatever_stood_on_a_marked_sheet_stands_there_still(spelled):
    before = parts_of(spelled)["xl/worksheets/sheet1.xml"]
    after = parts_of(marked_copy(spelled, MARKS))["xl/worksheets/sheet1.xml"]
    if before.startswith(b"\xff\xfe"):
        before = before.decode("utf-16").replace("UTF-16", "UTF-8", 1).encode()
    own = [(e.tag, {k: v for k, v in e.attrib.items() if k not in {"priority", "spans"}}, e.text)
           for e in fromstring(before).iter()]  # fmt: skip
    now = [(e.tag, {k: v for k, v in e.attrib.items() if k not in {"priority", "spans"}}, e.text)
           for e in fromstring(after).iter()]  # fmt: skip
    changed = {"dimension", "autoFilter", "col", "dataValidations"}
    lost = [e for e in own if e not in now and e[0].rpartition("}")[2] not in changed]
    assert lost == []


def test_stripping_returns_the_workbook_in_all_cells_and_formats(spelled):
    back = strip_marks(marked_copy(spelled, MARKS))
    assert looks(back) == looks(spelled)
    before, after = parts_of(spelled), parts_of(back)
    assert after.keys() - before.keys() <= {"xl/styles.xml"}
    assert before.keys() <= after.keys()
    differ = {n for n in before if before[n] != after[n]}
    allowed = {"xl/styles.xml"}
    if "xl/styles.xml" not in before:
        allowed |= {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    if before["xl/workbook.xml"].startswith(b"\xff\xfe"):
        allowed |= {"xl/workbook.xml", "xl/worksheets/sheet1.xml"}
    assert differ <= allowed


def test_marking_a_marked_copy_marks_it_once(spelled):
    once = marked_copy(spelled, MARKS)
    assert marked_copy(once, MARKS) == once


def test_a_workbook_without_marks_is_left_as_it_is(spelled):
    assert strip_marks(spelled) is spelled


@pytest.mark.parametrize("other", ["openpyxl", pytest.param("libreoffice", marks=OFFICE)])
def test_marks_come_off_after_another_program_has_saved_them(rich, other, tmp_path):
    copy = marked_copy(rich, MARKS)
    if other == "openpyxl":
        saved = io.BytesIO()
        load(copy).save(saved)
        data = saved.getvalue()
    else:
        (tmp_path / "x.xlsx").write_bytes(copy)
        data = office(tmp_path / "x.xlsx", "xlsx", tmp_path / "again").read_bytes()
    back = load(strip_marks(data))
    assert back.sheetnames == [TABLE, SECOND, PLAIN]
    sheet = back[TABLE]
    texts = [str(c.value) for s in back.worksheets for row in s.iter_rows() for c in row]
    assert not [t for t in texts if t.startswith("【")]
    assert not {OPINION, WORDS, SUGGESTED, ADOPT} & {*texts}
    kinds = [v.formula1 for v in sheet.data_validations.dataValidation]
    assert kinds == ['"张三,李四"']
    assert (sheet["B3"].comment.text.strip(), sheet["D6"].comment) == ("这是我自己写的", None)
    rules = [r.formula for g in sheet.conditional_formatting._cf_rules.values() for r in g]
    assert rules
    assert "sxxt-excel" not in str(rules)
    # LibreOffice does not keep which of a filter's columns have no button.
    assert sheet.auto_filter.ref == ("A2:D8" if other == "openpyxl" else "A2:J8")


# ---- what is put in ----------------------------------------------------------------------------


def test_the_marks_are_there_whatever_the_spelling(spelled):
    book = load(marked_copy(spelled, MARKS))
    sheet = book[TABLE]
    assert book.sheetnames == [RESULTS, TABLE, SECOND, PLAIN]
    assert (sheet["K2"].value, sheet["L2"].value) == (OPINION, WORDS)
    assert (sheet["M2"].value, sheet["N2"].value) == (SUGGESTED, ADOPT)
    assert (sheet["K3"].value, sheet["L3"].value) == ("【须修改】没有填（V101）", None)
    assert (sheet["M3"].value, sheet["M6"].value) == ("B3 项目：项目二（原填“项目2”）", None)
    offers = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert offers == {"D3:D8": '"张三,李四"', "N3": '"是"'}
    assert (sheet["N3"].protection.locked, sheet["M3"].protection.locked) == (False, True)
    first = book[RESULTS]
    assert [str(v.sqref) for v in first.data_validations.dataValidation] == ["J6"]
    assert (first["I6"].value, first["I7"].value) == ("项目二（原填“项目2”）", "")
    assert (sheet["K6"].value, sheet["L6"].protection.locked) == ("【需说明】为什么（C102）", False)
    assert sheet["B3"].comment.text.endswith("【以下是原有批注】\n这是我自己写的")
    assert sheet["D6"].comment.text == "【审核意见】\n两格"
    assert sheet["D5"].comment.text == "另一处批注"
    rules = {
        str(area.sqref): group
        for area, group in sheet.conditional_formatting._cf_rules.items()
        if "sxxt-excel" in str(group[0].formula)
    }
    assert set(rules) == {"B3", "C4 D6:D7"}
    assert {g[0].dxf.fill.bgColor.rgb for g in rules.values()} == {"FFFFC7CE", "FFFFEB9C"}
    everything = [r for g in sheet.conditional_formatting._cf_rules.values() for r in g]
    assert len({r.priority for r in everything}) == len(everything)


def test_our_rules_come_before_all_others_the_newest_too(rich):
    before = parts_of(rich)["xl/worksheets/sheet1.xml"]
    after = parts_of(marked_copy(rich, MARKS))["xl/worksheets/sheet1.xml"]
    own = [int(n) for n in re.findall(rb'priority="(\d+)"', before)]
    now = [int(n) for n in re.findall(rb'priority="(\d+)"', after)]
    assert now == [1, 2, *(n + 2 for n in own)]
    assert b"x14:cfRule" in before
    assert after.count(b"x14:dataValidation ") == 1


def test_where_people_discuss_a_cell_its_comment_stays_theirs(rich):
    sheet = load(marked_copy(rich, MARKS))[TABLE]
    assert sheet["C4"].comment.text == "tc"


def test_a_sheet_has_one_filter_which_grows_and_an_excel_table_keeps_its_own(rich):
    book = load(marked_copy(rich, MARKS))
    assert book[TABLE].auto_filter.ref == "A2:N8"
    hidden = [c.col_id for c in book[TABLE].auto_filter.filterColumn if c.hiddenButton]
    assert hidden == [4, 5, 6, 7, 8, 9]  # what stands beside the table is no part of it
    assert book[SECOND].auto_filter.ref == "C1:D2"
    names = parts_of(marked_copy(rich, MARKS))["xl/workbook.xml"].decode()
    assert f"{TABLE}!$A$2:$N$8<" in names  # the hidden name that Excel keeps of a filter
    assert book[SECOND].tables["表1" if "表1" in book[SECOND].tables else "Table1"].ref == "A1:B4"


def test_names_and_the_sheet_on_top_still_mean_the_same_sheets(rich):
    book = load(marked_copy(rich, MARKS))
    assert book.active.title == SECOND
    assert list(book[SECOND].defined_names) == ["局部"]
    assert book[PLAIN].auto_filter.ref == "A1:B3"
    assert "某名称" in book.defined_names


def test_links_lead_into_the_workbook_only(rich):
    copy = marked_copy(rich, MARKS)
    sheet = load(copy)[RESULTS]
    links = [c.hyperlink for row in sheet.iter_rows() for c in row if c.hyperlink]
    assert [(link.location, link.target) for link in links] == [
        (f"'{TABLE}'!B3", None),
        ("'带 ''Excel 表'' 的'!A2", None),
    ]
    assert "xl/worksheets/_rels/sheet4.xml.rels" not in parts_of(copy)


def test_what_is_told_is_text_and_never_a_formula(rich):
    copy = parts_of(marked_copy(rich, MARKS))
    sheet = copy["xl/worksheets/sheet4.xml"]
    assert b"<f>" not in sheet
    assert "错&lt;b&gt;&amp;".encode() in sheet
    assert load(marked_copy(rich, MARKS))[RESULTS]["E8"].data_type == "s"


def test_every_element_of_a_sheet_stands_where_the_schema_wants_it(spelled):
    parts = parts_of(marked_copy(spelled, MARKS))
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            order = [e.tag.rpartition("}")[2] for e in fromstring(parts[name])]
            places = [ORDER.index(tag) for tag in order]
            assert places == sorted(places), (name, order)
            assert {e.tag.partition("}")[0] for e in fromstring(parts[name])} <= {
                f"{{{MAIN}",
                "{http://purl.oclc.org/ooxml/spreadsheetml/main",
            }


def test_rows_and_cells_stay_in_order(spelled):
    for name, part in parts_of(marked_copy(spelled, MARKS)).items():
        if name.startswith("xl/worksheets/sheet"):
            rows = [e for e in fromstring(part).iter() if e.tag.endswith("}row")]
            numbers = [int(row.get("r", "0")) for row in rows]
            assert numbers == sorted(set(numbers))
            for row in rows:
                letters = [re.sub(r"\d", "", c.get("r", "")) for c in row]
                assert letters == sorted(set(letters), key=lambda x: (len(x), x))


def test_calamine_reads_the_same_values_and_ours(spelled):
    if parts_of(spelled)["xl/workbook.xml"].startswith(b"\xff\xfe"):
        pytest.skip("calamine reads no UTF-16")
    before = CalamineWorkbook.from_filelike(io.BytesIO(spelled))
    after = CalamineWorkbook.from_filelike(io.BytesIO(marked_copy(spelled, MARKS)))
    assert after.sheet_names == [RESULTS, *before.sheet_names]
    for name in before.sheet_names:
        old = before.get_sheet_by_name(name).to_python()
        new = after.get_sheet_by_name(name).to_python()
        assert [row[: len(old[0])] for row in new][: len(old)] == old


def test_macros_stay_and_so_does_the_suffix(tmp_path):
    data = rich_book(tmp_path, macros=True)
    copy = marked_copy(data, MARKS)
    assert (suffix_of(data), suffix_of(copy)) == (".xlsm", ".xlsm")
    assert packed_of(copy)["xl/vbaProject.bin"] == packed_of(data)["xl/vbaProject.bin"]


def test_a_sheet_of_the_users_called_like_ours_stays():
    book = openpyxl.Workbook()
    book.active.title = RESULTS
    book.active["A1"] = "我自己的审核结果"
    buffer = io.BytesIO()
    book.save(buffer)
    copy = marked_copy(buffer.getvalue(), MARKS)
    assert load(copy).sheetnames == [f"{RESULTS}(2)", RESULTS]
    assert load(strip_marks(copy))[RESULTS]["A1"].value == "我自己的审核结果"


def test_a_users_own_column_of_that_name_is_none_of_ours():
    book = openpyxl.Workbook()
    for row in (("甲", OPINION, WORDS), ("a", "同意", "无"), ("b", "【需说明】", "")):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    assert looks(strip_marks(buffer.getvalue())) == looks(buffer.getvalue())
    name = book.active.title
    marks = Marks("", (), (), {name: SheetMarks({}, 1, {2: Opinion("【须修改】x（V101）")})})
    copy = marked_copy(buffer.getvalue(), marks)
    assert load(copy)[name]["D1"].value == OPINION
    assert looks(strip_marks(copy)) == looks(buffer.getvalue())


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/workbook.xml": b"<x/>"},
        {"xl/workbook.xml": b"no xml"},
        {"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'},
        {"xl/worksheets/sheet1.xml": b"<worksheet"},
        {"xl/styles.xml": b"<nothing/>"},
        {"[Content_Types].xml": None},
    ],
)
def test_what_is_laid_out_as_nobody_lays_it_out_is_refused_in_one_way(rich, parts):
    with pytest.raises(MarkError):
        marked_copy(with_parts(rich, parts), MARKS)


def test_what_is_no_package_is_refused_in_the_same_way():
    with pytest.raises(MarkError):
        marked_copy(b"PK\x03\x04 nothing", MARKS)
    with pytest.raises(zipfile.BadZipFile):
        repacked(b"", {})


# ---- programs open it ----------------------------------------------------------------------------


def office(path: Path, kind: str, out: Path) -> Path:
    subprocess.run(
        [SOFFICE or "", f"-env:UserInstallation=file://{out}/lo", "--headless", "--convert-to",
         kind, "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return out / f"{path.stem}.{kind}"


@OFFICE
@pytest.mark.parametrize("spelling", ["as it is", "prefixed", "without styles"])
def test_libreoffice_opens_it_and_shows_the_marks_in_colour(rich, spelling, tmp_path):
    data = SPELLINGS[spelling](rich)
    path = tmp_path / "x.xlsx"
    path.write_bytes(marked_copy(data, MARKS))
    page = office(path, "pdf", tmp_path / "out")
    text = subprocess.run([PDFTOTEXT or "", str(page), "-"], check=True, capture_output=True).stdout
    said = re.sub(r"\s", "", text.decode())
    for words in ("【须修改】没有填（V101）", "【需说明】为什么（C102）", MARK[:12]):
        assert words in said
    subprocess.run([PDFTOPPM or "", "-r", "40", str(page), str(tmp_path / "p")], check=True)
    seen = b"".join(p.read_bytes() for p in sorted(tmp_path.glob("p-*.ppm")))
    assert bytes.fromhex("FFC7CE") * 3 in seen
    assert bytes.fromhex("FFEB9C") * 3 in seen


@OFFICE
def test_the_colour_is_seen_at_the_very_cell_and_nowhere_beside_it(rich, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(marked_copy(rich, MARKS))
    page = office(path, "pdf", tmp_path / "out")
    boxes = tmp_path / "boxes.html"
    subprocess.run([PDFTOTEXT or "", "-bbox", str(page), str(boxes)], check=True)
    pages = boxes.read_text(encoding="utf-8").split("<page ")[1:]
    number = next(n for n, text in enumerate(pages, 1) if ">项目3<" in text)
    one = ["-r", "72", "-f", str(number), "-l", str(number)]
    subprocess.run([PDFTOPPM or "", *one, str(page), str(tmp_path / "p")], check=True)
    (picture,) = tmp_path.glob("p-*.ppm")
    head, size, _, body = picture.read_bytes().split(b"\n", 3)
    assert head == b"P6"
    width = int(size.split()[0])

    def beside(word: str) -> str:
        box = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"'
        found = re.search(rf"<word {box}>{word}</word>", pages[number - 1])
        assert found, word
        left, top, right, bottom = map(float, found.groups())
        column = int(left) - 3 if word[0].isdigit() else int(right) + 2  # where the cell has room
        at = 3 * (int((top + bottom) / 2) * width + column)
        return body[at : at + 3].hex().upper()

    seen = {word: beside(word) for word in ("项目2", "项目3", "2025-02-15", "2025-02-16")}
    assert seen == {
        "项目2": "FFC7CE", "项目3": "FFFFFF", "2025-02-15": "FFEB9C", "2025-02-16": "FFFFFF",
    }  # fmt: skip


@OFFICE
def test_pivot_tables_and_pictures_are_there_still_when_libreoffice_opens_it(rich, tmp_path):
    path = tmp_path / "x.xlsx"
    seen = []
    for data in (rich, marked_copy(rich, MARKS)):
        path.write_bytes(data)
        flat = office(path, "fods", tmp_path / "out").read_text(encoding="utf-8")
        names = ("table:data-pilot-table ", "draw:image", "<draw:object ", "draw:custom-shape ")
        seen.append({name: flat.count(name) for name in names})
    assert seen[0] == seen[1]
    assert min(seen[0].values()) > 0, seen[0]


@OFFICE
def test_libreoffice_shows_each_comment_once_with_the_users_own_words_in_it(rich, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(marked_copy(rich, MARKS))
    flat = office(path, "fods", tmp_path / "out").read_text(encoding="utf-8")
    notes = re.findall(r"<office:annotation.*?</office:annotation>", flat, re.DOTALL)
    words = [re.sub(r"<[^>]+>|\s", "", re.sub(r"<dc:date>.*?</dc:date>", "", n)) for n in notes]
    assert sorted(words) == sorted([
        "【审核意见】须修改（V101）：没有填怎样修改：补填【以下是原有批注】这是我自己写的",
        "【审核意见】两格", "【审核意见】问", "另一处批注", "tc",
    ])  # fmt: skip


# ---- the samples ---------------------------------------------------------------------------


def sample_marks(data: bytes) -> Marks:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    names = book.sheetnames
    sheet = SheetMarks(
        {"B3": Spot("must", "改"), "C4": Spot("query", "说明")},
        2,
        {
            3: Opinion("【须修改】改（V101）", suggested=mend_in_row("B3", "项", "甲", "乙")),
            4: Opinion("【需说明】说明（C102）", asks=True),
        },
    )
    return Marks(RESULTS, ("共2处",), (), dict.fromkeys(names, sheet))


def test_every_sample_is_marked_and_unmarked_without_loss(checkout):
    count = 0
    for path in sorted((checkout / "samples").rglob("*.xlsx")):
        data = path.read_bytes()
        try:
            marks = sample_marks(data)
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
            continue  # made to be unreadable
        copy = marked_copy(data, marks)
        back = strip_marks(copy)
        old, new = packed_of(data), packed_of(copy)
        touched = {n for n in old if old[n] != new[n]}
        allowed = r"\[Content_Types\]|xl/(workbook|styles|_rels|worksheets/|comments|drawings/vml)"
        assert not [n for n in touched if not re.match(allowed, n)], path.name
        assert looks(back) == looks(data), path.name
        count += 1
    assert count > 100
