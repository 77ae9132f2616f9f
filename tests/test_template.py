"""The issued workbook: what a clerk, the reader and a printer find in it."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from libreoffice import PROGRAM, saved_as
from openpyxl.utils import get_column_letter, range_boundaries

from sxxt_excel.faces.blank import worked
from sxxt_excel.faces.template import Blank, ParentItem, TemplateError, build
from sxxt_excel.model.forms import Field, Form, Ref
from sxxt_excel.people import Filer, Person, Unit
from sxxt_excel.regime import load_regime, packet_version, regime_ids
from sxxt_excel.stamp import LISTS_SHEET, STAMP_SHEET, Stamp, stamp_from

REGIME = load_regime("tj-2017")
PACKETS = [packet.id for packet in REGIME.packets]
LISTS = "责任任务清单"
REPORT = "落实情况报告"
UNIT = Unit("JX", "机械工程学院党委", "基层党委")
FILERS = (
    Filer("领导班子", "领导班子"),
    Filer("李示例", "主要负责人", Person("李示例", "JX", "党委书记", "主要负责人")),
    Filer("赵示例", "班子其他成员", Person("赵示例", "JX", "副院长", "班子其他成员")),
)
PARENTS = tuple(ParentItem(f"XX-2025-ZR-{n:03d}", f"上级项目{n}", "2025年底前") for n in (1, 2, 3))
LONG = "召开廉政风险排查专题会，逐项研究各系、各实验室自查发现的问题并定下防控措施"
PROGRESS = tuple(
    {
        "责任主体": "领导班子",
        "任务编号": f"JX-2025-RW-{n:03d}",
        "工作任务": LONG,
        "完成时限": "6月底",
    }
    for n in (1, 2)
)


def issued(packet=LISTS, **more):
    stamp = Stamp(
        "tj-2017", packet, packet_version(REGIME, packet), "JX", UNIT.name,
        tuple(f.label for f in FILERS), "2025", "QD-0001",
    ).sealed("key")  # fmt: skip
    base = Blank(
        REGIME, REGIME.packet(packet), 2025, "2025", stamp, UNIT, FILERS, prefix="JX-2025-"
    )
    return replace(base, **more)


def official(packet=LISTS):
    stamp = Stamp("tj-2017", packet, packet_version(REGIME, packet))
    return Blank(REGIME, REGIME.packet(packet), None, "", stamp)


def opened(blank):
    return openpyxl.load_workbook(io.BytesIO(build(blank)))


def tables(packet):
    return [form for form in REGIME.sheets(packet) if form.layout == "table"]


def column_of(sheet, heading):
    return next(c.column for c in sheet[2] if c.value == heading)


def validation(sheet, cell):
    found = [v for v in sheet.data_validations.dataValidation if cell in v.sqref]
    assert len(found) <= 1
    return found[0] if found else None


def referred(book, formula):
    name, area = formula.lstrip("=").rsplit("!", 1)
    name = name.strip("'")
    left, top, right, bottom = range_boundaries(area)
    assert left == right
    return [book[name].cell(row, left).value for row in range(top, bottom + 1)]


def choices(book, sheet, heading):
    letter = get_column_letter(column_of(book[sheet], heading))
    rule = validation(book[sheet], f"{letter}3")
    assert rule is validation(book[sheet], f"{letter}202")
    return rule, referred(book, rule.formula1)


def with_form(form, packet=LISTS):
    """The regime with one form put in place of 责任清单."""
    sheets = tuple(
        (name, tuple(form if f.id == "责任清单" else f for f in forms) if name == packet else forms)
        for name, forms in REGIME.packet_forms
    )
    return replace(REGIME, packet_forms=sheets)


@pytest.mark.parametrize("packet", PACKETS)
@pytest.mark.parametrize("make", [issued, official])
def test_every_sheet_stands_in_order_with_its_headings_to_the_letter(packet, make):
    book = opened(make(packet))
    forms = REGIME.sheets(packet)
    assert book.sheetnames == [
        "封面", "填报说明", *(f.id for f in forms[1:]), LISTS_SHEET, STAMP_SHEET
    ]  # fmt: skip
    for form in forms[1:]:
        assert [c.value for c in book[form.id][2]] == [f.name for f in form.fields]
        assert book[form.id].max_column == len(form.fields)
    labels = [book["封面"].cell(row, 1).value for row in range(3, 3 + len(forms[0].fields))]
    assert labels == [f.name for f in forms[0].fields]


def test_cover_brings_what_is_known_and_locks_only_that():
    cover = opened(issued(REPORT, period="2025-H1"))["封面"]
    values = {cover.cell(r, 1).value: cover.cell(r, 2) for r in range(3, 13)}
    assert values["填报单位"].value == "机械工程学院党委"
    assert values["单位代码"].value == "JX"
    assert values["年度"].value == 2025
    assert values["报告期"].value == "上半年"
    assert cover["A1"].value == "2025年上半年全面从严治党主体责任落实情况报告"
    shut = {name for name, cell in values.items() if cell.protection.locked}
    assert shut == {"填报单位", "单位代码", "年度", "报告期"}
    for name in shut:
        assert values[name].fill.fgColor.rgb == "FFF0F0F0"


def test_cover_has_lines_to_sign_on_that_no_reader_takes_for_labels():
    cover = opened(issued())["封面"]
    texts = [str(cell.value) for row in cover.iter_rows(min_row=13) for cell in row if cell.value]
    for label in ("党组织书记（签字）", "单位（盖章）", "审核人", "经办人", "电话", "日期"):
        assert any(f"{label}：＿" in text for text in texts)
        assert label not in texts


def test_official_blank_leaves_year_period_and_unit_open():
    book = opened(official(REPORT))
    assert book["封面"]["A1"].value == "____年____全面从严治党主体责任落实情况报告"
    assert book["封面"]["B3"].value is None
    assert not book["封面"]["B3"].protection.locked
    assert opened(official())["责任清单"]["A1"].value == "____年度全面从严治党主体责任清单"
    progress = book["任务进展"]
    assert not any(progress.column_dimensions[c].protection.locked for c in "ABCDEFGHI")


def test_filled_cover_rows_of_the_caller_win():
    cover = opened(issued(rows={"封面": ({"填报人": "张示例"},)}))["封面"]
    assert cover["B7"].value == "张示例"
    assert not cover["B7"].protection.locked


@pytest.mark.parametrize("packet", PACKETS)
def test_every_open_column_has_an_entry_rule_down_to_row_202(packet):
    book = opened(issued(packet))
    for form in tables(packet):
        fixed = {name for row in form.fixed for name, _ in row}
        for number, item in enumerate(form.fields, 1):
            letter = get_column_letter(number)
            rule = validation(book[form.id], f"{letter}3")
            if item.kind == "serial" or item.name in fixed or item.office:
                assert rule is None
                continue
            assert f"{letter}202" in rule.sqref
            assert rule.promptTitle == item.name
            assert rule.prompt.startswith("必填。" if item.required else "可不填。")
            assert item.hint.rstrip("。") in rule.prompt


@pytest.mark.parametrize("packet", PACKETS)
@pytest.mark.parametrize("make", [issued, official])
def test_closed_lists_stop_and_offer_exactly_the_choices(packet, make):
    book = opened(make(packet))
    checked = 0
    for form in tables(packet):
        fixed = {name for row in form.fixed for name, _ in row}
        for item in form.fields:
            if item.choices and item.name not in fixed and not item.open:
                rule, values = choices(book, form.id, item.name)
                assert values == list(item.choices)
                assert rule.type == "list"
                if item.kind == "choices":  # several, joined, are none of the list
                    assert not rule.showErrorMessage
                else:
                    assert (rule.errorStyle or "stop") == "stop"
                    assert "下拉" in rule.error
                checked += 1
    assert checked or packet.startswith(REPORT)


def test_areas_are_those_of_the_filers_roles_only():
    areas = {role.id: list(role.areas) for role in REGIME.roles}
    everyone = choices(opened(issued()), "责任清单", "重点方面")[1]
    assert everyone == areas["领导班子"] + areas["主要负责人"] + areas["班子其他成员"]
    alone = choices(opened(issued(filers=FILERS[1:2])), "责任清单", "重点方面")[1]
    assert alone == areas["主要负责人"]


def test_filer_and_name_columns_offer_the_unit_s_own_but_let_others_in():
    book = opened(issued())
    rule, values = choices(book, "责任清单", "责任主体")
    assert values == ["领导班子", "李示例", "赵示例"]
    assert rule.errorStyle == "information"
    assert choices(book, "班子成员分工表", "姓名")[1] == ["李示例", "赵示例"]


def test_references_choose_from_the_numbers_of_the_other_sheet():
    book = opened(issued())
    rule, values = choices(book, "任务清单", "责任项目编号")
    assert rule.errorStyle == "information"
    assert values[:2] == ["JX-2025-ZR-001", "JX-2025-ZR-002"]
    assert len(values) == 200


def test_reference_to_a_sheet_that_is_not_there_only_has_a_hint():
    sheet = opened(issued())["责任清单"]
    for heading in ("问题编号", "上级项目编号"):
        cell = f"{get_column_letter(column_of(sheet, heading))}3"
        assert validation(sheet, cell).type in {None, "none"}


def test_parent_items_come_along_read_only_and_are_offered():
    book = opened(issued(parents=PARENTS))
    sheet = book["上级清单"]
    assert book.sheetnames[-4:] == ["上级清单", "情况说明", LISTS_SHEET, STAMP_SHEET]
    assert [c.value for c in sheet[2]] == ["项目编号", "工作项目", "完成时限"]
    assert [c.value for c in sheet[3]] == ["XX-2025-ZR-001", "上级项目1", "2025年底前"]
    assert sheet.protection.sheet
    assert all(c.protection.locked for row in sheet["A3:C5"] for c in row)
    assert choices(book, "责任清单", "上级项目编号")[1] == [item.key for item in PARENTS]
    assert "上级清单" not in opened(issued()).sheetnames


def test_dates_are_hinted_at_but_never_refused():
    sheet = opened(issued())["任务清单"]
    rule = validation(sheet, f"{get_column_letter(column_of(sheet, '开始时间'))}202")
    assert (rule.type, rule.errorStyle) == ("date", "information")
    limit = validation(sheet, f"{get_column_letter(column_of(sheet, '完成时限'))}202")
    assert limit.type in {None, "none"}
    assert "长期坚持" in limit.prompt


def test_figures_must_be_whole_and_not_negative():
    rule = validation(opened(issued(REPORT))["履责统计"], "C3")
    assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")
    assert (rule.errorStyle or "stop") == "stop"


def test_a_list_longer_than_an_inline_list_may_be_still_drops_down():
    values = tuple(f"一个相当长的可选值第{n}号" for n in range(60))
    assert len(",".join(values)) > 255
    form = Form("责任清单", "ZR", "{年度}清单", (
        Field("序号", "serial"), Field("类别（一）/二", "choice", choices=values),
        Field("几类", "choices", choices=values[:3]),
        Field("另类", "choice", choices=values, open=True),
        Field("次序", "choice", choices=values[::-1]),
    ))  # fmt: skip
    book = opened(issued(regime=with_form(form)))
    rule, offered = choices(book, "责任清单", "类别（一）/二")
    assert offered == list(values)
    assert (rule.errorStyle or "stop") == "stop"
    several = choices(book, "责任清单", "几类")[0]
    assert not several.showErrorMessage
    assert "几项" in several.prompt
    other, same = choices(book, "责任清单", "另类")
    assert other.errorStyle == "information"
    assert (same, other.formula1) == (offered, rule.formula1)
    assert choices(book, "责任清单", "次序")[1] == list(values[::-1])


def test_every_list_has_a_defined_name_of_its_own():
    book = opened(issued())
    lists = book[LISTS_SHEET]
    assert lists.sheet_state == "hidden"
    names = [c.value for c in lists[1]]
    assert len(names) == len(set(names)) == len(book.defined_names)
    for column, name in enumerate(names, 1):
        held = [c.value for c in lists[get_column_letter(column)][1:] if c.value]
        assert referred(book, book.defined_names[name].attr_text) == held


def test_equal_headings_with_different_values_keep_two_lists():
    form = Form("责任清单", "ZR", "清单", (Field("完成情况", "choice", choices=("好", "差")),))
    book = opened(issued(regime=with_form(form)))
    assert choices(book, "责任清单", "完成情况")[1] == ["好", "差"]
    assert choices(book, "任务清单", "完成情况")[1] == ["未启动", "进行中", "已完成", "长期坚持"]
    assert {"选项_完成情况", "选项_完成情况_2"} <= set(book.defined_names)


def test_stamp_is_very_hidden_and_reads_back():
    blank = issued()
    sheet = opened(blank)[STAMP_SHEET]
    assert sheet.sheet_state == "veryHidden"
    read = {row[0].value: row[1].value or "" for row in sheet.iter_rows(max_col=2)}
    stamp = stamp_from(read)
    assert stamp == blank.stamp
    assert stamp is not None
    assert stamp.genuine("key")


@pytest.mark.parametrize("packet", PACKETS)
def test_tables_are_protected_so_that_a_clerk_can_still_work(packet):
    book = opened(issued(packet))
    for form in tables(packet):
        allowed = book[form.id].protection
        assert allowed.sheet
        assert not allowed.password
        # In the file a flag says what is forbidden.
        for what in ("sort", "autoFilter", "formatCells", "formatColumns", "formatRows",
                     "insertRows", "deleteRows"):  # fmt: skip
            assert getattr(allowed, what) is False, what
        assert allowed.deleteColumns is True
        assert all(c.protection.locked for c in book[form.id][2])
        assert book[form.id].auto_filter.ref == f"A2:{get_column_letter(len(form.fields))}202"


def test_cells_without_a_format_are_unlocked_or_no_row_could_be_deleted():
    data = build(issued())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        styles = package.read("xl/styles.xml").decode()
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
    assert '<protection locked="0"/>' in styles.split("<cellXfs")[1].split("</xf>")[0]
    assert '<dimension ref="A1:O22"/>' in sheet


def test_data_cells_are_open_and_office_columns_locked_and_grey():
    form = Form("责任清单", "ZR", "清单", (
        Field("项目编号", "key", required=True), Field("核查结论", "text", office=True),
    ))  # fmt: skip
    sheet = opened(issued(regime=with_form(form)))["责任清单"]
    assert not sheet["A3"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert sheet.column_dimensions["B"].protection.locked
    fills = {
        str(area.sqref): rule.dxf.fill.bgColor.rgb if rule.dxf.fill else None
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
    }
    assert fills == {"A3:A202": None, "B3:B202": "FFF0F0F0"}


def test_the_filed_tasks_are_locked_and_their_progress_is_open():
    sheet = opened(issued(REPORT, rows={"任务进展": PROGRESS}))["任务进展"]
    locked = {h.value for h in sheet[2] if sheet[h.column_letter + "3"].protection.locked}
    assert {"责任主体", "任务编号", "工作任务", "完成时限"} <= locked
    for heading in ("完成情况", "完成日期", "进展说明", "佐证材料"):
        letter = get_column_letter(column_of(sheet, heading))
        assert not sheet.column_dimensions[letter].protection.locked
    assert [sheet.cell(row, 3).value for row in (3, 4, 5)] == [
        "JX-2025-RW-001",
        "JX-2025-RW-002",
        None,
    ]
    assert sheet["A5"].value is None


def test_long_prefilled_rows_are_high_enough_and_free_to_grow():
    data = build(issued(REPORT, rows={"任务进展": PROGRESS}))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet4.xml").decode()
    rows = dict(re.findall(r'<row r="([0-9]+)"([^>]*)>', xml))
    assert float(rows["3"].split('ht="')[1].split('"')[0]) >= 45
    assert "customHeight" not in rows["3"]
    assert "customHeight" in rows["2"]


def test_statistics_come_with_their_fixed_rows_locked():
    sheet = opened(issued(REPORT))["履责统计"]
    form = REGIME.form("履责统计")
    assert [(sheet.cell(r, 1).value, sheet.cell(r, 2).value) for r in range(3, 15)] == [
        tuple(value for _, value in row) for row in form.fixed
    ]
    assert sheet["A3"].protection.locked
    assert sheet["B14"].protection.locked
    assert not sheet.column_dimensions["C"].protection.locked
    assert sheet["A15"].value is None


def test_numbers_are_filled_in_from_the_first_number_and_never_twice():
    given = ({"项目编号": "JX-2025-ZR-102", "工作项目": "甲"}, {"工作项目": "乙"})
    sheet = opened(issued(first_number=101, rows={"责任清单": given}))["责任清单"]
    keys = [sheet.cell(row, 3).value for row in range(3, 23)]
    assert keys[:4] == ["JX-2025-ZR-102", "JX-2025-ZR-101", "JX-2025-ZR-103", "JX-2025-ZR-104"]
    assert len(set(keys)) == 20
    assert sheet["C23"].value is None
    assert [sheet.cell(row, 1).value for row in range(3, 23)] == list(range(1, 21))


def test_without_a_prefix_no_number_is_filled_in():
    sheet = opened(official())["责任清单"]
    assert all(sheet.cell(row, 3).value is None for row in range(3, 203))


def test_more_rows_than_usual_stretch_every_rule():
    rows = tuple({"工作项目": f"第{n}项"} for n in range(230))
    book = opened(issued(rows={"责任清单": rows}))
    assert book["责任清单"]["C237"].value == "JX-2025-ZR-235"
    assert "E237" in validation(book["责任清单"], "E3").sqref
    assert len(referred(book, validation(book["任务清单"], "D3").formula1)) == 235


def test_filer_is_filled_in_only_where_there_is_one():
    alone = opened(issued(filers=FILERS[:1]))["责任清单"]
    assert [alone.cell(row, 2).value for row in (3, 22, 23)] == ["领导班子", "领导班子", None]
    assert opened(issued())["责任清单"]["B3"].value is None


def test_given_values_keep_their_type_and_text_never_becomes_a_formula():
    rows = {"班子成员分工表": ({"姓名": "李示例", "任职起": date(2022, 9, 1), "职务": "=1+1"},)}
    sheet = opened(issued(rows=rows))["班子成员分工表"]
    since = sheet.cell(3, column_of(sheet, "任职起"))
    assert since.value.date() == date(2022, 9, 1)
    assert since.number_format == "yyyy-mm-dd"
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("rows", [{"无此表": ({"序号": 1},)}, {"责任清单": ({"无此列": "甲"},)}])
def test_rows_for_what_is_not_there_are_refused(rows):
    with pytest.raises(TemplateError, match="无此"):
        build(issued(rows=rows))


def test_what_excel_cannot_hold_is_an_error_and_not_a_lost_cell():
    with pytest.raises(TemplateError):
        build(issued(rows={"责任清单": ({"工作项目": "长" * 32768},)}))


def test_worked_examples_stand_only_in_the_instructions():
    book = opened(official())
    for form in tables(LISTS):
        held = {c.value for row in book[form.id].iter_rows(min_row=3) for c in row if c.value}
        assert all(isinstance(value, int) for value in held)


def test_instructions_explain_every_column_from_its_definition():
    for packet in PACKETS:
        sheet = opened(official(packet))["填报说明"]
        rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(max_col=6)]
        starts = {row[0]: number for number, row in enumerate(rows)}
        for form in REGIME.sheets(packet):
            part = rows[starts[form.id] :]
            assert form.purpose == part[1][0]
            explained: dict[str, list[str]] = {}
            for row in part:
                explained.setdefault(row[0], row)
            for item in form.fields:
                _, need, kind, how, values, example = explained[item.name]
                filled = "办公室填" if item.office else "必填" if item.required else ""
                assert need == filled
                assert kind
                assert item.hint in how
                assert all(choice in values for choice in item.choices)
                if item.kind != "filer" and not item.choices_by_role:  # these are the regime's
                    assert example == item.example


@pytest.mark.parametrize("name", regime_ids())
def test_an_example_may_be_typed_as_it_stands(name):
    regime = load_regime(name)
    areas = {role.id: role.areas for role in regime.roles}
    for packet in (p for p in regime.packets if not p.rollup):
        blank = replace(official(), regime=regime, packet=packet)
        for form in worked(blank):
            for item in form.fields:
                if item.kind == "filer" and item.example:
                    assert regime.role(item.example).body
                if item.choices_by_role:
                    said = {word for words in areas.values() for word in words}
                    assert item.example in (said or {""})
                if item.choices and not item.open and item.example:
                    assert item.example in item.choices
                assert "领导班子" not in item.hint or "领导班子" in areas
            assert "领导班子" not in form.purpose or "领导班子" in areas


def test_an_issued_workbook_takes_its_examples_from_who_files_it():
    branch = replace(issued(), filers=(Filer("李示例", "主要负责人", FILERS[1].person),))
    duties = next(form for form in worked(branch) if form.id == "责任清单")
    examples = {item.name: item.example for item in duties.fields}
    assert examples["责任主体"] == "李示例"
    assert examples["重点方面"] in REGIME.role("主要负责人").areas


def test_hints_and_examples_speak_of_the_year_that_is_collected():
    book = opened(replace(issued(), year=2031))
    cells = [c.value for row in book["填报说明"].iter_rows(min_row=14, max_col=6) for c in row]
    said = " ".join(str(value) for value in cells)
    assert "2031年底前" in said
    assert "“2031年6月底”" in said
    assert "2025" not in said
    prompts = [rule.prompt for rule in book["责任清单"].data_validations.dataValidation]
    assert any("2031年底前" in prompt for prompt in prompts)
    assert not any("2025" in prompt for prompt in prompts)


def test_instructions_name_the_rules_of_a_row_and_the_accepted_time_limits():
    text = "\n".join(
        str(c.value) for row in opened(issued(parents=PARENTS))["填报说明"].iter_rows() for c in row
    )
    assert "未纳入只填编号和理由" in text
    assert "“立行立改，长期坚持”" in text
    assert "上级清单" in text
    assert "领导班子：筹划研究落实、" in text


@pytest.mark.parametrize("packet", PACKETS)
def test_every_sheet_prints_on_a4_one_page_wide_with_page_numbers(packet):
    book = opened(issued(packet, parents=PARENTS))
    for form in tables(packet):
        sheet = book[form.id]
        assert sheet.page_setup.orientation == ("landscape" if form.landscape else "portrait")
        assert sheet.print_title_rows == "$1:$2"
        assert sheet.freeze_panes[1:] == "3"
    for name in book.sheetnames[:-2]:
        sheet = book[name]
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert "&P" in sheet.oddFooter.center.text
        assert UNIT.name in sheet.oddHeader.left.text


def test_headings_mark_what_is_required_by_colour_and_not_by_a_star():
    sheet = opened(issued())["责任清单"]
    form = next(f for f in REGIME.sheets(LISTS) if f.id == "责任清单")
    colours = {
        need: {
            c.fill.fgColor.rgb
            for c, f in zip(sheet[2], form.fields, strict=True)
            if f.required == need
        }
        for need in (True, False)
    }
    assert len(colours[True]) == len(colours[False]) == 1
    assert colours[True] != colours[False]
    assert "浅红" in str(opened(issued())["封面"]["A13"].value)


def test_same_blank_gives_same_bytes():
    rows = {"任务进展": PROGRESS}
    assert build(issued(REPORT, rows=rows)) == build(issued(REPORT, rows=rows))


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_a_clerk_who_saves_in_another_program_loses_nothing(suffix, tmp_path):
    (tmp_path / "in").mkdir()
    source = tmp_path / "in" / "清单.xlsx"
    source.write_bytes(build(issued(parents=PARENTS)))

    (again,) = saved = saved_as(suffix, tmp_path / "saved", source)
    if suffix != "xlsx":
        (again,) = saved_as("xlsx", tmp_path / "again", *saved)
    book = openpyxl.load_workbook(again)
    for form in tables(LISTS):
        sheet = book[form.id]
        assert [c.value for c in sheet[2]][: len(form.fields)] == [f.name for f in form.fields]
        assert sheet.protection.sheet
    assert choices(book, "责任清单", "落实方式")[1][0] == "班子成员纳入"
    assert choices(book, "任务清单", "责任项目编号")[1][0] == "JX-2025-ZR-001"
    assert choices(book, "责任清单", "上级项目编号")[1] == [item.key for item in PARENTS]
    assert {row[0].value for row in book[STAMP_SHEET].iter_rows()} >= {"regime", "seal"}
    assert book[STAMP_SHEET].sheet_state != "visible"


def test_a_reference_may_point_into_its_own_sheet():
    form = Form("责任清单", "ZR", "清单", (
        Field("项目编号", "key"), Field("依据项目", "refs", to=Ref("责任清单")),
    ))  # fmt: skip
    book = opened(issued(regime=with_form(form)))
    assert choices(book, "责任清单", "依据项目")[1][0] == "JX-2025-ZR-001"


def known_by(**change):
    """Return the version of a template whose lists have one field changed like this."""
    forms = tuple(
        replace(form, fields=(replace(form.fields[0], **change), *form.fields[1:]))
        for form in REGIME.sheets(LISTS)
    )
    return packet_version(replace(REGIME, packet_forms=((LISTS, forms),)), LISTS)


@pytest.mark.parametrize(
    "change", [{}, {"aliases": ("别的叫法",)}, {"hint": "换一句提示"}, {"example": "换一个样例"}]
)
def test_what_explains_or_is_only_for_reading_makes_no_issued_workbook_old(change):
    assert known_by(**change) == packet_version(REGIME, LISTS)


@pytest.mark.parametrize(
    "change", [{"name": "序"}, {"required": True}, {"kind": "choice", "choices": ("甲", "乙")}]
)
def test_another_heading_or_another_way_to_fill_it_in_makes_a_new_version(change):
    assert known_by(**change) != packet_version(REGIME, LISTS)
