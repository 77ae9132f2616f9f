"""What must not be spread: secrecy markings stop a file, numbers of persons are masked everywhere.

`everything` reads back all that was written, the parts inside workbooks included: a value that
is masked on one page only would be found on another.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from inprocess import reading_here
from openpyxl.worksheet.header_footer import HeaderFooter
from world import World, cover_cell, edited, find, headings, notes, stands, touch

from sxxt_excel.cli import cli
from sxxt_excel.configuration import load_settings
from sxxt_excel.newspace import register_book
from sxxt_excel.officebook import RECEIPTS, roster_forms
from sxxt_excel.privacy import (
    marking,
    mask_small,
    masked,
    masked_names,
    name_marking,
    title_marking,
)
from sxxt_excel.toml import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook

    from sxxt_excel.outcome import FileRow, Finding
    from sxxt_excel.result import Round

LISTS = "机械工程学院党委_责任任务清单"
ID, ID_SHOWN = "11010519491231002X", "110*************2X"
MOBILE, MOBILE_SHOWN = "13812345678", "138****5678"
WORD = "只此一处的内容"
"""Stands in the file that is stopped, and may stand nowhere else."""


# ---- a workspace, and all that it writes -------------------------------------------------------


@pytest.fixture
def world(listed: Callable[[Path], World], tmp_path: Path) -> World:
    return listed(tmp_path / "world")


def collect(world: World) -> Round:
    with reading_here():
        return world.collect("2025-04-12", write=True)


def everything(world: World) -> dict[str, str]:
    """Return all text below 汇总/ and 回复/, by file and part of a workbook."""
    found = {}
    for path in (*world.root.glob("汇总/*"), *world.root.glob("回复/*/*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                for part in archive.namelist():
                    found[f"{path.name}!{part}"] = archive.read(part).decode("utf-8", "replace")
        else:
            found[path.name] = path.read_text(encoding="utf-8")
    assert {"result.json", "审核意见.html"} <= set(found)
    return found


def places_of(text: str, world: World) -> list[str]:
    return [place for place, said in everything(world).items() if text in said]


def told(result: Round, *codes: str) -> list[Finding]:
    return [f for f in result.findings if f.code in codes]


def file_of(result: Round, start: str) -> FileRow:
    (row,) = [f for f in result.files if f.path.startswith(start)]
    return row


def put_in(world: World, sheet: str, cell: str, value: Any, start: str = LISTS) -> None:
    with edited(find(world, start)) as book:
        book[sheet][cell].value = value


# ---- secrecy markings --------------------------------------------------------------------------


def _first_row(book: Workbook) -> None:
    book["任务清单"]["A1"].value = "机密★10年　任务清单"


def _lone_cell(book: Workbook) -> None:
    book["任务清单"]["O5"].value = "秘 密 ★ 一年"


def _cover(book: Workbook) -> None:
    book["封面"]["D9"].value = "密级：秘密"


def _other_sheet(book: Workbook) -> None:
    book.create_sheet("附表")["C30"].value = "绝密"


def _sheet_name(book: Workbook) -> None:
    book.create_sheet("名单（机密）")


def _page_head(book: Workbook) -> None:
    head = HeaderFooter()
    head.oddHeader.left.text = '&"黑体"&14机密★长期'
    book["任务清单"].HeaderFooter = head


MARKED = [_first_row, _lone_cell, _cover, _other_sheet, _sheet_name, _page_head]


@pytest.mark.parametrize("mark", MARKED)
def test_a_marked_workbook_is_stopped_and_nothing_of_it_is_kept(
    world: World, mark: Callable[[Workbook], None]
):
    with edited(find(world, LISTS)) as book:
        book["责任清单"]["E4"].value = WORD
        book.create_sheet(WORD)
        mark(book)
    result = collect(world)
    row = file_of(result, LISTS)
    (found,) = [f for f in result.findings if f.where.path == row.path]
    assert (found.code, found.severity, row.status) == ("F112", "must", "unreadable")
    assert "保密办" in found.remedy
    assert row.sha256
    assert row.packet is None
    assert result.totals.unreadable == 1
    assert result.exit_code == 1
    assert all(e.path is None and not e.arrived for e in result.expected if e.unit_code == "JX")
    assert not any((frame["_path"] == row.path).any() for frame in result.tables.values())
    assert places_of(WORD, world) == []


def test_the_office_is_told_of_a_marked_file_and_no_reply_speaks_of_it(world: World):
    path = find(world, LISTS)
    path.rename(path.with_name("机械工程学院党委_机密★5年.xlsx"))
    result = collect(world)
    assert [f.code for f in told(result, "F112")] == ["F112"]
    at = places_of("机密", world)
    assert any(place.startswith("总台账.xlsx") for place in at)
    assert "result.json" in at
    assert not any(place.endswith(".html") for place in at)


@pytest.mark.parametrize(
    "name", ["【秘密】会议纪要.docx", "绝密.pdf", "机械学院_机密.png", "秘密.et"]
)
def test_any_file_is_stopped_by_a_marking_in_its_name(world: World, name: str):
    path = world.inbox / name
    path.write_bytes(b"%PDF-1.7")
    touch(path)
    result = collect(world)
    assert [(f.code, f.where.path) for f in told(result, "F112", "I109", "F104", "F105")] == [
        ("F112", name)
    ]
    assert file_of(result, name).status == "unreadable"


def test_a_marking_in_another_kind_of_workbook_counts_too(world: World):
    with zipfile.ZipFile(world.inbox / "清单.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS)
    result = collect(world)
    assert [f.where.path for f in told(result, "F112")] == ["清单.ods"]


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="表"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>机密★</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)


def test_a_text_box_that_bears_a_marking_stops_the_file(world: World):
    path = find(world, LISTS)
    box = "<xdr:wsDr><a:p><a:r><a:t>机密</a:t></a:r><a:r><a:t>★10年</a:t></a:r></a:p></xdr:wsDr>"
    target = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/drawings/drawing9.xml", box)
    path.write_bytes(target.getvalue())
    touch(path)
    assert [f.got for f in told(collect(world), "F112")] == ["页眉页脚或文本框：机密"]


def test_the_bare_word_in_a_sentence_or_a_title_stops_nothing(world: World):
    with edited(find(world, LISTS)) as book:
        sheet = book["责任清单"]
        sheet["A1"].value = "保守国家秘密等责任清单"
        sheet["E4"].value = "保守国家秘密，防止商业秘密泄露"
        sheet["E5"].value = "学习《保守国家秘密法》，审阅（秘密）文件2份，开展机密级人员教育"
        book["封面"][cover_cell(book["封面"], "空表说明")].value = "无涉及国家秘密的事项"
        extra = book.create_sheet("附表")
        extra.append(["日期", "事项", "份数", "备注"])
        extra.append(["3月5日", "传阅文件（秘密）", 2, "已收回"])
        book["任务清单"].oddHeader.center.text = "保守国家秘密"
    for name in ("保守国家秘密工作方案.docx", "商业秘密保护.pdf"):
        (world.inbox / name).write_bytes(b"%PDF-1.7")
    result = collect(world)
    assert told(result, "F112") == []
    assert file_of(result, LISTS).status == "accepted"


def test_the_same_stops_a_unit_that_checks_its_own_file(world: World):
    put_in(world, "任务清单", "O5", "机密★10年")
    with edited(find(world, LISTS)) as book:
        book["责任清单"]["E4"].value = WORD
    done = CliRunner().invoke(
        cli, ["check", str(find(world, LISTS)), "--workspace", str(world.root)]
    )
    assert done.exit_code == 1
    assert "F112" in done.output
    assert "保密办" in done.output
    assert WORD not in done.output
    assert done.output.count("[") == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★10年", "机密"), ("秘密 ★ 一年", "秘密"), ("机 密", "机密"), ("绝密", "绝密"),
        ("【秘密】", "秘密"), ("密级：机密级", "机密"), ("机密＊10年", "机密"),
        ("机密★2026年12月31日前", "机密"), ("机\u200b密★长期", "机密"), ("秘密三年", "秘密"),
        ("（秘密★６个月）", "秘密"),
        ("国家秘密", None), ("保密", None), ("非密", None), ("秘密文件2份", None), ("", None),
        ("秘 密 工 作", None), ("密", None),
    ],
)  # fmt: skip
def test_a_marking_is_told_from_the_word(text: str, level: str | None):
    assert marking(text) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("机密★10年　2025年责任清单", "机密"), ("责任清单（秘密）", "秘密"),
        ("责任清单    绝密", "绝密"), ("机密 责任清单", "机密"), ("责任清单\n秘密", "秘密"),
        ("保 守 国 家 秘 密", None), ("保守国家秘密工作台账", None), ("商业秘密保护", None),
        ("落实保密责任清单", None),
    ],
)  # fmt: skip
def test_a_title_may_carry_a_marking(text: str, level: str | None):
    assert title_marking(text) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("机密_机械学院", "机密"), ("机械学院清单（绝密）(1)", "绝密"), ("2-秘密-机械", "秘密"),
        ("机械学院 秘密", "秘密"), ("机密★10年机械学院", "机密"), ("秘密文件_机械", "秘密"),
        ("保守国家秘密责任清单", None), ("商业秘密", None), ("秘密文件管理办法", None),
        ("机械★", None),
    ],
)  # fmt: skip
def test_a_name_may_carry_a_marking(name: str, level: str | None):
    assert name_marking(name) == level


# ---- numbers of persons ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (f"联系人证号{ID}。", "V117", ID_SHOWN),
        ("１１０１０５１９４９１２３１００２Ｘ", "V117", ID_SHOWN),
        ("110105 19491231 002x", "V117", ID_SHOWN),
        ("身份证110105194912310021", "V117", "110*************21"),
        ("身份证：110105491231002", "V117", "110**********02"),
        (320101199001011234, "V117", "320*************00"),
        (f"手机{MOBILE}", "V119", MOBILE_SHOWN),
        ("138-1234-5678", "V119", MOBILE_SHOWN),
        ("+86 138 1234 5678", "V119", MOBILE_SHOWN),
        ("1\u200b3812345678", "V119", MOBILE_SHOWN),
        (13812345678, "V119", MOBILE_SHOWN),
    ],
)
def test_a_number_of_a_person_is_told_at_its_cell_and_written_nowhere(
    world: World, value: Any, code: str, shown: str
):
    put_in(world, "任务清单", "O4", value)
    result = collect(world)
    (found,) = told(result, "V117", "V119")
    where = found.where
    assert (found.code, found.got) == (code, shown)
    assert found.severity == ("must" if code == "V117" else "query")
    assert (where.sheet, where.cell, where.field) == ("任务清单", "O4", "备注")
    assert (where.unit, where.filer) == ("机械工程学院党委", "李三")
    assert where.row_key == "JX-2025-RW-002"
    assert "请删去" in found.remedy
    assert stands(result, where.path) == [(found.severity, code, "任务清单", "O4")]
    for said in (str(value), MOBILE, ID, "320101199001011", "12345678", "19491231", "491231"):
        assert places_of(said, world) == [], said
    assert places_of(shown, world)


def test_the_row_is_kept_with_the_number_masked(world: World):
    put_in(world, "任务清单", "O4", f"找张三（{MOBILE}，{ID}）")
    result = collect(world)
    assert f"找张三（{MOBILE_SHOWN}，{ID_SHOWN}）" in result.tables["任务清单"]["备注"].to_list()
    assert {f.code for f in told(result, "V117", "V119")} == {"V117", "V119"}


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        ("任务清单", "R4"), ("任务清单", "R2"), ("任务清单", "A1"), ("任务清单", "I4"),
        ("任务清单", "B4"), ("封面", "B7"), ("附表", "C9"), ("填报说明", "H40"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("value", "code"), [(f"张三{ID}", "V117"), (f"张三{MOBILE}", "V119")])
def test_in_whatever_cell_it_stands(world: World, sheet: str, cell: str, value: str, code: str):
    with edited(find(world, LISTS)) as book:
        if sheet not in book.sheetnames:
            book.create_sheet(sheet)
        book[sheet][cell].value = value
        if cell == "R4":
            book[sheet]["R2"].value = "补充"
    result = collect(world)
    found = told(result, "V117", "V119")
    assert [(f.code, f.where.sheet, f.where.cell) for f in found] == [(code, sheet, cell)]
    assert "“”" not in found[0].message
    assert places_of(ID, world) == places_of(MOBILE, world) == []


def test_a_name_of_a_sheet_is_masked(world: World):
    with edited(find(world, LISTS)) as book:
        book.create_sheet(f"张三{MOBILE}")["A1"].value = "附"
    result = collect(world)
    found = told(result, "S106", "V119")
    assert [f.where.sheet for f in found] == [f"张三{MOBILE_SHOWN}"] * 2
    assert "工作表名" in found[0].message
    assert places_of(MOBILE, world) == []


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("责任清单", "O4", "文号110105194912310021"),
        ("责任清单", "O4", "账号6222021234567890123"),
        ("责任清单", "O4", "预算13812345678元"),
        ("责任清单", "O4", "电话022-67703456、67703456"),
        ("责任清单", "O4", "110105491231002"),
        ("责任清单", "O4", "2025.03.01-2025.06.30"),
        ("封面", "B8", MOBILE),
        ("封面", "B8", int(MOBILE)),
        ("封面", "A30", f"联系人：张示例　电话：{MOBILE}"),
        ("责任清单", "B400", f"联系电话：{MOBILE}"),
    ],
)
def test_right_texts_and_contact_cells_give_no_alarm(
    world: World, sheet: str, cell: str, value: Any
):
    with edited(find(world, LISTS)) as book:
        assert cover_cell(book["封面"], "联系电话") == "B8"
        assert headings(book["责任清单"])["备注"] == 15
        book[sheet][cell].value = value
    result = collect(world)
    assert told(result, "V117", "V119") == []
    assert file_of(result, LISTS).status == "accepted"


def test_an_identity_number_is_no_telephone_number(world: World):
    put_in(world, "封面", "B8", ID)
    result = collect(world)
    assert [(f.code, f.where.field) for f in told(result, "V117")] == [("V117", "联系电话")]
    assert places_of(ID, world) == []


def test_names_of_files_are_masked_and_still_distinct(world: World):
    path = find(world, LISTS)
    path.rename(path.with_name(f"机械工程学院党委 张三{ID}.xlsx"))
    for number in (MOBILE, "13899995678"):
        scan = world.inbox / f"机械工程学院党委{number}.pdf"
        scan.write_bytes(b"%PDF-1.7")
        touch(scan)
    form = roster_forms()[RECEIPTS]
    line = {"文件": f"*{ID}.xlsx", "收到时间": "2025-04-09 10:00", "方式": "OA"}
    (world.root / "收件登记.xlsx").write_bytes(register_book((form,), {RECEIPTS: [line]}))
    result = collect(world)
    assert sorted(f.path for f in result.files if f.unit_code == "JX") == [
        f"机械工程学院党委 张三{ID_SHOWN}.xlsx",
        f"机械工程学院党委{MOBILE_SHOWN}.pdf",
        f"机械工程学院党委{MOBILE_SHOWN}·2.pdf",
    ]
    assert sorted((f.code, f.where.cell) for f in told(result, "V117", "V119")) == [
        ("V117", None), ("V119", None), ("V119", None),
    ]  # fmt: skip
    assert all("文件名" in f.message for f in told(result, "V117", "V119"))
    assert file_of(result, f"机械工程学院党委 张三{ID_SHOWN}").receipt.by == "收件登记"
    assert told(result, "R122") == []
    for said in (ID, MOBILE, "13899995678"):
        assert places_of(said, world) == []


def test_check_and_the_console_show_no_number_either(world: World):
    put_in(world, "任务清单", "O4", f"{ID} {MOBILE}")
    put_in(world, "任务清单", "K4", f"推进{MOBILE}")
    path, root = str(find(world, LISTS)), str(world.root)
    for command in (
        ["check", path, "--workspace", root],
        ["check", path, "--workspace", root, "--json"],
        ["collect", str(world.inbox), "--workspace", root, "--jobs", "1"],
    ):
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 1, done.output
        assert ID not in done.output
        assert MOBILE not in done.output
    assert places_of(ID, world) == places_of(MOBILE, world) == []


def test_a_version_that_is_replaced_asks_for_nothing(world: World):
    path = find(world, LISTS)
    old = path.with_name("机械学院旧.xlsx")
    shutil.copy(path, old)
    with edited(old) as book:
        book["任务清单"]["O4"].value = ID
    touch(old, dt.datetime(2025, 4, 8, 9, 0, tzinfo=dt.UTC))
    result = collect(world)
    assert file_of(result, "机械学院旧").status == "superseded"
    assert told(result, "V117") == []


@given(st.text(alphabet="0123456789Xx -.年（", max_size=60))
def test_masking_leaves_nothing_to_mask(text: str):
    assert masked(masked(text)) == masked(text)


@given(st.lists(st.sampled_from([f"甲{MOBILE}.pdf", "甲13899995678.pdf", "乙.pdf"]), unique=True))
def test_masked_names_stay_distinct(names: list[str]):
    assert len(set(masked_names(names))) == len(names)


@pytest.mark.parametrize("text", ["1" * 32_767, "1 " * 16_000, "138" * 10_000, "机密" * 9_000])
def test_a_hostile_cell_costs_no_more_than_its_length(text: str):
    masked(text)
    assert title_marking(text) is name_marking(text) is None


def test_item_numbers_amounts_and_dates_are_no_mobile_numbers():
    for text in ("JX-13812345678", "138123456789", "0.13812345678", "135 2025-2026"):
        assert masked(text) == text


def test_small_counts_are_not_shown():
    assert [mask_small(n) for n in (0, 1, 2, 3)] == ["0", "≤2", "≤2", "3"]


# ---- 微信, 内部资料 -----------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "codes"), [("微信", ["T104"]), ("OA", [])])
def test_a_file_noted_as_received_by_wechat_gets_a_note(world: World, how: str, codes: list[str]):
    form = roster_forms()[RECEIPTS]
    line = {"文件": f"{LISTS}*", "收到时间": "2025-04-09 10:00", "方式": how}
    (world.root / "收件登记.xlsx").write_bytes(register_book((form,), {RECEIPTS: [line]}))
    result = collect(world)
    said = [code for code, _ in notes(result, find(world, LISTS).name) if code == "T104"]
    assert said == codes


SAID = "内部资料 注意保管"


def _outputs(world: World) -> tuple[str, str, str]:
    found = everything(world)
    heads = "".join(v for k, v in found.items() if k.startswith("总台账.xlsx!xl/worksheets"))
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    rows = book["口径说明"].iter_rows(values_only=True)
    notes_page = "\n".join("|".join(str(v) for v in row if v) for row in rows)
    return heads, found["审核意见.html"], notes_page


def test_every_output_carries_the_words_and_the_notes_say_so(world: World):
    put_in(world, "任务清单", "O4", ID)
    collect(world)
    heads, reply, page = _outputs(world)
    assert heads.count(SAID) >= 10
    assert SAID in reply
    assert f"输出材料上的提示语|{SAID}" in page


def test_an_office_may_leave_the_words_out(world: World):
    path = world.root / "sxxt.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(f'marking = "{SAID}"', 'marking = ""'),
        encoding="utf-8",
    )
    put_in(world, "任务清单", "O4", ID)
    collect(world)
    heads, reply, page = _outputs(world)
    assert SAID not in heads + reply
    assert 'class="marking"' not in reply
    assert "输出材料上的提示语|不印" in page


def test_a_secrecy_level_is_never_printed_by_us(world: World):
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8").replace(SAID, "机密★10年")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="marking"):
        load_settings(path)


def test_result_json_has_the_masked_value_only(world: World):
    put_in(world, "任务清单", "O4", ID)
    collect(world)
    found = json.loads((world.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    (row,) = [f for f in found["findings"] if f["code"] == "V117"]
    assert (row["got"], row["field"], row["form"]) == (ID_SHOWN, "备注", "任务清单")
