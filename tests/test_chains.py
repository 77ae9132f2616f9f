"""Steps within a row, items taken up one level below, cells of several values, milder documents.

Each test writes a small document of its own into the workspace's validators, so that it shows
what an office can define.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from world import EARLY, KEY, Cells, World, headings, touch

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.faces.dropdowns import advice
from sxxt_excel.newspace import settings_text
from sxxt_excel.outputs.reference import form_text, rules_list
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, WY = "机械工程学院党委", "外国语学院党总支"
FORM = """\
id = "事项台账"
number = "SX"
title = "{年度}事项台账"
[[field]]
name = "序号"
kind = "serial"
[[field]]
name = "事项编号"
kind = "key"
required = true
[[field]]
name = "事项"
kind = "long"
required = true
[[field]]
name = "期限"
kind = "limit"
[[field]]
name = "状态"
kind = "choice"
choices = ["未启动", "进行中", "已完成"]
[[field]]
name = "布置日期"
kind = "date"
[[field]]
name = "反馈日期"
kind = "date"
[[field]]
name = "类型"
kind = "choices"
choices = ["履职谈话", "廉政谈话", "谈心谈话"]
[[field]]
name = "方式"
kind = "choices"
choices = ["会议", "书面"]
open = true
[[field]]
name = "主题"
kind = "text"
max_length = 6
[[field]]
name = "满分"
kind = "number"
[[field]]
name = "得分"
kind = "number"
maximum = "满分"
[[field]]
name = "说明"
kind = "long"
[[field]]
name = "核查结论"
kind = "text"
office = true
"""
REGIME = """\
id = "own"
extends = "tj-2017"
document = "示例办法"
number = "示委〔2025〕1号"
[[filers]]
id = "台账单位"
units = ["基层党委", "党总支"]
roles = ["领导班子"]
[[packet]]
id = "台账"
number = "TZ"
title = "{年度}台账"
sheets = ["事项台账"]
basis = "一"
[[obligation]]
id = "台账"
title = "报送台账"
serves = ["X01"]
packet = "台账"
filers = "台账单位"
duty = "报送"
period = "年度"
due = "4月底前"
basis = "一"
"""
CHAIN = """\
[[chain]]
id = "到期办结"
title = "到期的事项应当办结"
serves = ["X02"]
severity = "query"
basis = "二"
form = "事项台账"
reason = "说明"
message = "{key}缺“{step}”"
remedy = "请补上或说明"
"""
DONE = CHAIN + 'steps = [{ field = "状态", values = ["已完成"], after = "期限" }]\n'
REPLY = CHAIN + (
    'steps = [{ field = "反馈日期", when = { "状态" = ["已完成"], filled = ["布置日期"] }, '
    'not_before = "布置日期" }]\n'
)
OFFICES_OWN = """\
[[packet]]
id = "办公室台账"
number = "BT"
title = "{年度}办公室台账"
sheets = ["事项台账"]
office = true
basis = "一"
"""
"""The same form as the office's own, where it fills in 核查结论 itself."""
LINE = {"事项": "修订制度", "期限": "2025年6月底", "状态": "进行中"}
WAIVER = {
    "单位代码": "JX", "报送事项": "到期办结", "例外类型": "准予免报", "理由": "停办",
    "批准人": "赵一", "批准日期": dt.date(2025, 3, 1),
}  # fmt: skip


def make(root: Path, more: str = "", *, regime: str = REGIME, form: str = FORM) -> World:
    """Write a workspace whose own document has these rules besides."""
    folder = root / "validators" / "own"
    folder.mkdir(parents=True)
    (folder / "regime.toml").write_text(regime + more, encoding="utf-8")
    forms = root / "validators" / "forms"
    forms.mkdir()
    name = form.split('"')[1]
    (forms / f"{name}.toml").write_text(form, encoding="utf-8")
    return World(root, load_regime("own", root / "validators")).write()


def file(world: World, *rows: Cells, unit: str = JX, packet: str = "台账") -> Path:
    """Fill in these rows in a unit's workbook and put it into the inbox."""
    (source,) = [p for p in world.issue(packet) if p.name.startswith(unit)]
    book = openpyxl.load_workbook(source)
    cover = book["封面"]
    for (label,) in cover.iter_rows(max_col=1, min_row=2):
        for name, value in (("填报人", "张示例"), ("联系电话", "022-00000000")):
            if label.value == name:
                cover.cell(label.row, 2).value = value
        if label.value == "填报日期":
            cover.cell(label.row, 2).value = dt.date(2025, 4, 9)
    (form,) = [f for f in world.regime.sheets(packet) if f.id in {"事项台账", "项目清单"}]
    sheet = book[form.id]
    places = headings(sheet)
    for number, row in enumerate(rows, 3):
        for name, value in row.items():
            sheet.cell(number, places[name]).value = value
    target = world.inbox / source.name
    book.save(target)
    touch(target, EARLY)
    return target


def told(result: Round, *codes: str) -> list[Finding]:
    """Return what is told with these codes, or of the unit's own workbook at all."""
    wanted = codes or tuple(code for code in CATALOGUE if code[0] in "SVICN")
    return [f for f in result.findings if f.code in wanted and f.where.path]


def why(result: Round, rule: str) -> list[tuple[str, str]]:
    return [(u.unit, u.because) for u in result.unchecked if u.rule == rule and not u.awaited]


# ---- chains -------------------------------------------------------------------------


def test_what_is_not_done_by_its_day_is_overdue_from_the_next_day_on(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, LINE, {**LINE, "状态": "已完成"})
    assert told(world.collect("2025-06-30")) == []
    (found,) = told(world.collect("2025-07-01"))
    assert (found.code, found.severity, found.rule) == ("C106", "query", "到期办结")
    assert (found.where.sheet, found.where.field, found.where.cell) == ("事项台账", "状态", "E3")
    assert found.message == "JX-2025-SX-001应于2025-06-30前完成，“状态”是“进行中”，逾期未完成"
    assert found.basis == "《示例办法》（示委〔2025〕1号）二"
    assert found.remedy == "请补上或说明"


def test_an_empty_state_after_its_day_is_overdue_too(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "状态": None})
    (found,) = told(world.collect("2025-07-01"))
    assert "没有填写" in found.message


@pytest.mark.parametrize("words", ["长期坚持", "每季度", "全年", "立行立改，长期坚持", None])
def test_words_without_a_day_and_no_words_are_never_overdue(tmp_path, words):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "期限": words})
    result = world.collect("2030-01-01")
    assert told(result) == []
    assert why(result, "到期办结") == []


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("2024年2月底", "2024-02-29"),
        ("2025年2月底", "2025-02-28"),
        ("年底前，并长期坚持", "2025-12-31"),
    ],
)
def test_a_limit_in_words_ends_on_its_last_day_in_leap_years_too(tmp_path, words, last):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "期限": words})
    day = dt.date.fromisoformat(last)
    assert told(world.collect(last), "C106") == []
    (found,) = told(world.collect((day + dt.timedelta(days=1)).isoformat()), "C106")
    assert last in found.message


def test_the_rule_s_own_sentence_is_used_for_what_is_overdue_if_it_names_the_day(tmp_path):
    words = DONE.replace("{key}缺“{step}”", "{key}到{day}没有办结（{unit}）")
    world = make(tmp_path / "w", words)
    file(world, LINE)
    (found,) = told(world.collect("2025-07-01"))
    assert found.message == f"JX-2025-SX-001到2025-06-30没有办结（{JX}）"


def test_a_step_whose_turn_has_come_must_be_filled_in(tmp_path):
    world = make(tmp_path / "w", REPLY)
    day = dt.date(2025, 3, 1)
    done = {**LINE, "状态": "已完成", "布置日期": day}
    file(world, done, {**LINE, "布置日期": day}, {**LINE, "状态": "已完成"},
         {**done, "反馈日期": dt.date(2025, 3, 2)})  # fmt: skip
    (found,) = told(world.collect())
    assert (found.code, found.severity, found.where.cell) == ("C105", "query", "G3")
    assert found.message == "JX-2025-SX-001缺“反馈日期”"


def test_a_sentence_about_a_day_is_not_used_where_there_is_none(tmp_path):
    world = make(tmp_path / "w", REPLY.replace("缺“{step}”", "到{day}没有反馈"))
    file(world, {**LINE, "状态": "已完成", "布置日期": dt.date(2025, 3, 1)})
    (found,) = told(world.collect())
    assert found.message == "“布置日期”已填，“状态”是“已完成”，JX-2025-SX-001的“反馈日期”没有填写"


def test_a_step_before_its_turn_is_out_of_order_and_the_same_day_is_not(tmp_path):
    world = make(tmp_path / "w", REPLY)
    done = {**LINE, "状态": "已完成", "布置日期": dt.date(2024, 2, 29)}
    file(world, {**done, "反馈日期": dt.date(2024, 2, 28)},
         {**done, "反馈日期": dt.date(2024, 2, 29)})  # fmt: skip
    (found,) = told(world.collect())
    assert (found.code, found.severity, found.where.cell) == ("C107", "query", "G3")
    assert "（2024-02-28）早于“布置日期”（2024-02-29）" in found.message


def test_the_severity_is_the_rule_s(tmp_path):
    world = make(tmp_path / "w", DONE.replace('"query"', '"must"'))
    file(world, LINE)
    result = world.collect("2025-07-01")
    assert told(result)[0].severity == "must"
    assert {f.status for f in result.files} == {"returned"}


@pytest.mark.parametrize(
    ("said", "code"),
    [("核实无误", "C106"), ("情况属实，特此说明", "C106"), ("因场地改造推迟到九月", "C108")],
)
def test_only_a_real_reason_makes_a_note_of_it(tmp_path, said, code):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "说明": said})
    (found,) = told(world.collect("2025-07-01"))
    assert found.code == code
    if code == "C108":
        assert (found.severity, found.got, found.where.field) == ("note", said, "说明")
        assert said in found.message
        assert "2025-06-30" in found.message


@pytest.mark.parametrize("matter", ["到期办结", "到期的事项应当办结"])
def test_a_waiver_of_the_rule_excuses_the_unit_and_says_so(tmp_path, matter):
    world = make(tmp_path / "w", DONE)
    world.waivers.append({**WAIVER, "报送事项": matter})
    world.write()
    file(world, LINE)
    file(world, LINE, unit=WY)
    result = world.collect("2025-07-01")
    assert [f.where.unit for f in told(result)] == [WY]
    assert why(result, "到期办结") == [(JX, "准予免报")]
    assert [f for f in result.findings if f.code == "R109"] == []


@pytest.mark.parametrize(
    "change",
    [{"有效期至": dt.date(2025, 6, 30)}, {"例外类型": "认可接收"}, {"报送事项": "责任任务清单"}],
)
def test_a_waiver_that_has_run_out_or_means_something_else_excuses_nothing(tmp_path, change):
    world = make(tmp_path / "w", DONE)
    world.waivers.append({**WAIVER, **change})
    world.write()
    file(world, LINE)
    assert len(told(world.collect("2025-07-01"), "C106")) == 1


def test_what_rests_on_an_unreadable_cell_is_unchecked(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "期限": "看情况"})
    result = world.collect("2025-07-01")
    assert [f.code for f in told(result)] == ["V105"]
    assert why(result, "到期办结") == [(JX, "“事项台账”中有看不出来的内容")]


def test_an_unreadable_cell_that_decides_nothing_leaves_the_rule_checked(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, {**LINE, "期限": "看情况", "状态": "已完成"})
    assert why(world.collect("2025-07-01"), "到期办结") == []


def test_a_sheet_without_a_column_of_the_step_is_unchecked(tmp_path):
    world = make(tmp_path / "w", DONE)
    path = file(world, LINE)
    book = openpyxl.load_workbook(path)
    book["事项台账"].delete_cols(headings(book["事项台账"])["期限"])
    book.save(path)
    result = world.collect("2025-07-01")
    assert told(result, "C105", "C106") == []
    assert why(result, "到期办结") == [(JX, "“事项台账”缺“期限”列")]


def test_a_list_that_has_not_come_is_told_as_missing_only(tmp_path):
    result = make(tmp_path / "w", DONE).collect("2025-07-01")
    assert told(result, "C105", "C106") == []


def test_what_the_office_fills_in_is_not_known_from_the_unit_s_workbook(tmp_path):
    step = 'steps = [{ field = "核查结论", when = { "状态" = ["进行中"] } }]\n'
    world = make(tmp_path / "w", CHAIN + step + OFFICES_OWN)
    file(world, LINE)
    result = world.collect()
    assert told(result) == []
    assert why(result, "到期办结") == [(JX, "“事项台账”的“核查结论”由党委办公室填写")]


def test_rows_of_a_returned_workbook_are_checked_all_the_same(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, LINE, {**LINE, "事项": None})
    assert {f.code for f in told(world.collect("2025-07-01"))} == {"V101", "C106"}


def test_one_of_several_values_is_enough_for_a_condition(tmp_path):
    step = 'steps = [{ field = "反馈日期", when = { "类型" = ["廉政谈话"] } }]\n'
    world = make(tmp_path / "w", CHAIN + step)
    file(world, {**LINE, "类型": "履职谈话、廉政谈话"}, {**LINE, "类型": "履职谈话、谈心谈话"})
    (found,) = told(world.collect())
    assert (found.code, found.where.cell) == ("C105", "G3")


def test_what_is_overdue_stands_on_the_office_s_list_of_findings(tmp_path):
    world = make(tmp_path / "w", DONE)
    file(world, LINE)
    world.collect("2025-07-01", write=True)
    sheet = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")["审核意见"]
    rows = [[str(c.value or "") for c in row] for row in sheet.iter_rows()]
    (line,) = [row for row in rows if "C106" in row]
    assert {JX, "需说明", "状态"} <= set(line)
    assert sheet.auto_filter.ref
    overview = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")["总览"]
    said = [str(c.value or "") for row in overview.iter_rows() for c in row]
    assert any(text.startswith("逾期未完成的事项1项") for text in said)


# ---- one level below ----------------------------------------------------------------

TREE_FORM = """\
id = "项目清单"
number = "XM"
title = "{年度}项目清单"
[[field]]
name = "责任主体"
kind = "filer"
required = true
[[field]]
name = "项目编号"
kind = "key"
required = true
[[field]]
name = "项目"
kind = "long"
required = true
[[field]]
name = "上级项目编号"
kind = "refs"
to = { form = "项目清单", scope = "above" }
[[field]]
name = "时限"
kind = "limit"
[[field]]
name = "未纳入理由"
kind = "long"
[[row]]
id = "未纳入"
when = { filled = ["未纳入理由"] }
only = ["上级项目编号"]
"""
TREE = """\
id = "own"
document = "示例办法"
[[level]]
id = "市"
units = ["党工委"]
[[level]]
id = "区"
units = ["区"]
[[level]]
id = "街镇"
units = ["街镇"]
[[role]]
id = "党委"
body = true
[[role]]
id = "书记"
identity = ["主要负责人"]
[[filers]]
id = "各级"
units = ["党工委", "区", "街镇"]
roles = ["党委", "书记"]
[[packet]]
id = "清单"
number = "QD"
title = "{年度}清单"
sheets = ["项目清单"]
basis = "一"
[[obligation]]
id = "清单"
title = "报送清单"
serves = ["X01"]
packet = "清单"
filers = "各级"
duty = "报送"
period = "年度"
due = "4月底前"
basis = "一"
[[cascade]]
id = "逐级承接"
title = "逐级承接"
serves = ["X03"]
severity = "query"
basis = "二"
message = "{key}没有下级承接"
remedy = "请督促下级补充"
demand = { form = "项目清单", unless = "未纳入理由" }
supply = { form = "项目清单", unless = "未纳入理由" }
by = "上级项目编号"
scope = "below"
told = "office"
limit = "时限"
"""
NODES = (
    ("S", "示例市委", "党工委", ""),
    ("A", "甲区委", "区", "S"), ("B", "乙区委", "区", "S"),
    ("A1", "甲一街道", "街镇", "A"), ("A2", "甲二街道", "街镇", "A"), ("B1", "乙一镇", "街镇", "B"),
)  # fmt: skip


def grow(root: Path, regime: str = TREE) -> World:
    """Write a workspace with a tree of three levels; each unit has a secretary."""
    world = make(root, regime=regime, form=TREE_FORM)
    world.units = [
        {"单位代码": code, "单位名称": name, "单位类别": kind, "上级单位代码": parent}
        for code, name, kind, parent in NODES
    ]
    world.people = [
        {"姓名": f"{name[:2]}书记", "单位代码": code, "职务": "党委书记", "班子身份": "主要负责人"}
        for code, name, *_ in NODES
    ]
    return world.write()


def item(above: str = "", who: str = "党委", **more: Any) -> Cells:
    return {"责任主体": who, "项目": "一件事", "上级项目编号": above, **more}


def send(world: World, code: str, *rows: Cells) -> None:
    name = next(name for node, name, *_ in NODES if node == code)
    file(world, *rows, unit=name, packet="清单")


def state(result: Round) -> dict[str, str]:
    return {c.parent_key: c.status for c in result.cascade}


def test_an_item_is_taken_up_by_any_unit_below_at_each_level_of_the_tree(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "S", item())
    send(world, "A", item("S-2025-XM-001"))
    send(world, "B", item("S-2025-XM-001"))
    send(world, "A1", item("A-2025-XM-001"))
    send(world, "A2", item())
    send(world, "B1", item())
    result = world.collect()
    assert state(result) == {
        "S-2025-XM-001": "taken_up", "A-2025-XM-001": "taken_up", "B-2025-XM-001": "missing",
    }  # fmt: skip
    (found,) = told(result)
    assert (found.code, found.message) == ("C101", "B-2025-XM-001没有下级承接")
    assert (found.where.unit, found.where.sheet, found.where.cell) == ("乙区委", "项目清单", "B3")


def test_equal_numbers_of_two_units_are_two_items(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "A", item())
    send(world, "B", item())
    send(world, "A1", item("B-2025-XM-001"))
    send(world, "A2", item("A-2025-XM-001"))
    send(world, "B1", item())
    result = world.collect()
    # A1 belongs to A: B's item is not above it, and it does not take it up.
    assert [(f.code, f.where.unit) for f in told(result, "V107")] == [("V107", "甲一街道")]
    assert state(result) == {"A-2025-XM-001": "taken_up", "B-2025-XM-001": "missing"}


def test_an_item_two_levels_up_is_not_the_one_above(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "S", item())
    send(world, "A", item("S-2025-XM-001"))
    send(world, "A1", item("S-2025-XM-001"))
    assert [f.where.unit for f in told(world.collect(), "V107")] == ["甲一街道"]


def test_a_leader_s_item_is_above_the_unit_he_is_in_charge_of(tmp_path):
    world = grow(tmp_path / "w")
    world.people.append({
        "姓名": "周分管", "单位代码": "S", "职务": "副书记", "班子身份": "班子其他成员",
        "分管单位代码": "A1",
    })  # fmt: skip
    world.write()
    send(world, "S", item())
    send(world, "A", item())
    send(world, "A1", item("S-2025-XM-001、A-2025-XM-001"))
    assert told(world.collect(), "V107") == []


def test_a_gap_waits_for_the_lists_below_unless_one_took_it_up(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "A", item(), item())
    send(world, "A1", item("A-2025-XM-001"))
    result = world.collect()
    assert state(result) == {"A-2025-XM-001": "taken_up", "A-2025-XM-002": "unchecked"}
    assert why(result, "逐级承接") == [("甲区委", "甲二街道的“项目清单”尚未收到")]
    assert told(result, "C101") == []


def test_a_unit_below_that_need_not_file_is_not_waited_for(tmp_path):
    world = grow(tmp_path / "w")
    world.waivers.append({**WAIVER, "单位代码": "A2", "报送事项": "清单"})
    world.write()
    send(world, "A", item())
    send(world, "A1", item())
    assert state(world.collect()) == {"A-2025-XM-001": "missing"}


def test_a_reason_below_explains_a_gap(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "B", item())
    send(world, "B1", item(), {"上级项目编号": "B-2025-XM-001", "未纳入理由": "本镇没有此项业务"})
    result = world.collect()
    assert state(result) == {"B-2025-XM-001": "explained"}
    assert [f.where.unit for f in told(result, "C104")] == ["乙一镇"]


def test_units_without_any_below_owe_no_taker(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "B1", item())
    result = world.collect()
    assert result.cascade == ()
    assert why(result, "逐级承接") == []


def test_a_later_limit_below_is_asked_about(tmp_path):
    world = grow(tmp_path / "w")
    send(world, "B", item(时限="2025年6月底"))
    send(world, "B1", item("B-2025-XM-001", 时限="2025年9月底"))
    assert [f.where.unit for f in told(world.collect(), "C102")] == ["乙一镇"]


def test_gaps_may_be_told_to_each_unit_below(tmp_path):
    world = grow(tmp_path / "w", TREE.replace('told = "office"', 'told = "unit"'))
    send(world, "A", item())
    send(world, "A1", item())
    send(world, "A2", item())
    found = told(world.collect(), "C101")
    assert [(f.where.unit, f.where.cell, f.where.row_key) for f in found] == [
        ("甲一街道", "D2", "A-2025-XM-001"), ("甲二街道", "D2", "A-2025-XM-001"),
    ]  # fmt: skip


SECRETARIES = TREE.replace(
    'demand = { form = "项目清单", unless', 'demand = { form = "项目清单", roles = ["书记"], unless'
).replace(
    'supply = { form = "项目清单", unless', 'supply = { form = "项目清单", roles = ["书记"], unless'
)


def test_a_secretary_s_item_is_taken_up_by_a_secretary_below(tmp_path):
    world = grow(tmp_path / "w", SECRETARIES)
    send(world, "B", item(who="乙区书记"), item(who="乙区书记"), item())
    send(world, "B1", item("B-2025-XM-001"), item("B-2025-XM-002", who="乙一书记"))
    assert state(world.collect()) == {"B-2025-XM-001": "missing", "B-2025-XM-002": "taken_up"}


def test_whose_row_is_not_known_leaves_the_gap_unchecked(tmp_path):
    world = grow(tmp_path / "w", SECRETARIES)
    send(world, "B", item(who="乙区书记"))
    send(world, "B1", item("B-2025-XM-001", who="某某某"))
    result = world.collect()
    assert state(result) == {"B-2025-XM-001": "unchecked"}
    assert why(result, "逐级承接") == [("乙区委", "乙一镇的“责任主体”有认不出的")]


# ---- several values, lengths, numbers -----------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("履职谈话、廉政谈话", "履职谈话、廉政谈话"),
        ("履职谈话\n廉政谈话", "履职谈话、廉政谈话"),
        ("履职谈话，廉政谈话；谈心谈话", "履职谈话、廉政谈话、谈心谈话"),
        ("谈心谈话", "谈心谈话"),
        ("谈心谈话、谈心谈话", "谈心谈话"),
    ],
)
def test_a_cell_may_name_several_of_the_values(tmp_path, said, kept):
    world = make(tmp_path / "w")
    file(world, {**LINE, "类型": said})
    result = world.collect()
    assert told(result) == []
    assert result.tables["事项台账"]["类型"].tolist() == [kept]


def test_the_wrong_one_of_several_values_is_named_with_the_nearest(tmp_path):
    world = make(tmp_path / "w")
    file(world, {**LINE, "类型": "履职谈话、廉洁谈话"})
    (found,) = told(world.collect())
    assert (found.code, found.severity, found.got) == ("V104", "must", "廉洁谈话")
    assert "“廉洁谈话”不在可选值内" in found.message
    assert "是否指“廉政谈话”" in found.remedy


def test_variants_are_repaired_one_by_one_and_open_lists_let_others_in(tmp_path):
    world = make(tmp_path / "w")
    file(world, {**LINE, "类型": "履职谈话、谈 心谈话"}, {**LINE, "方式": "会议、调研"})
    result = world.collect()
    found = {f.code: f for f in told(result)}
    assert found["V157"].got == "调研"
    assert found["V157"].severity == "note"
    assert {f.severity for f in found.values()} <= {"note", "must"}
    assert result.tables["事项台账"]["方式"].tolist()[1] == "会议、调研"


def test_a_text_longer_than_allowed_goes_back_with_both_figures(tmp_path):
    world = make(tmp_path / "w")
    file(world, {**LINE, "主题": "一二三四五六"}, {**LINE, "主题": "一二三四五六七"})
    (found,) = told(world.collect())
    assert (found.code, found.severity, found.where.cell) == ("V120", "must", "J4")
    assert found.message == "“主题”有7字，超过6字"


def test_templates_and_pages_say_how_several_how_long_and_how_much(tmp_path):
    world = make(tmp_path / "w")
    (source,) = [p for p in world.issue("台账") if p.name.startswith(JX)]
    sheet = openpyxl.load_workbook(source)["事项台账"]
    rules = {}
    for rule in sheet.data_validations.dataValidation:
        rules[rule.promptTitle] = rule
    assert not rules["类型"].showErrorMessage
    assert "中间用顿号" in rules["类型"].prompt
    assert (rules["主题"].type, rules["主题"].formula1) == ("textLength", "6")
    assert "不超过6个字" in rules["主题"].prompt
    assert rules["得分"].type == "decimal"
    assert "不大于“满分”" in rules["得分"].prompt
    page = openpyxl.load_workbook(source)["填报说明"]
    said = "".join(str(c.value or "") for row in page.iter_rows() for c in row)
    assert all(word in said for word in ("中间用顿号", "不超过6个字", "不大于“满分”"))
    text = form_text(world.regime, "事项台账")
    assert "最多6个字" in text
    assert "不大于“满分”" in text
    field = world.regime.form("事项台账").field("序号")
    assert field is not None
    assert advice(field) == ()


def test_numbers_keep_their_decimals_and_may_not_pass_the_other_column(tmp_path):
    world = make(tmp_path / "w")
    file(
        world, {**LINE, "满分": 10, "得分": 9.5}, {**LINE, "满分": "１０分", "得分": "９．５"},
        {**LINE, "满分": 10, "得分": 10.5}, {**LINE, "满分": 10, "得分": 10},
        {**LINE, "得分": "九分半"},
    )  # fmt: skip
    result = world.collect()
    assert result.tables["事项台账"]["得分"].tolist()[:4] == [9.5, 9.5, 10.5, 10.0]
    assert [(f.code, f.where.cell) for f in told(result) if f.severity == "must"] == [
        ("V112", "L5"), ("V103", "L7"),
    ]  # fmt: skip
    (over,) = told(result, "V112")
    assert over.message == "“得分”写的10.5不应大于“满分”（10）"
    assert "已按10读取" in told(result, "V152")[0].message


# ---- a document that binds nobody ---------------------------------------------------

MILD = REGIME.replace('number = "示委', 'strictest = "query"\nnumber = "示委')


def test_under_a_document_that_binds_nobody_nothing_goes_back(tmp_path):
    world = make(tmp_path / "w", DONE, regime=MILD)
    file(world, {**LINE, "事项": None})
    result = world.collect("2025-07-01")
    (found,) = told(result, "V101")
    assert (found.severity, found.remedy) == ("query", "请补填")
    assert {f.severity for f in result.findings} <= {"query", "note"}
    assert [f.status for f in result.files] == ["accepted"]
    (row,) = [e for e in result.expected if (e.unit_code, e.packet) == ("JX", "台账")]
    assert (row.status, row.accepted) == ("on_time", True)


def test_the_list_of_rules_says_what_they_are_at_most(tmp_path):
    world = make(tmp_path / "w", DONE.replace('"query"', '"must"'), regime=MILD)
    rules = {rule["id"]: rule["severity"] for rule in rules_list([world.regime])}
    assert rules["到期办结"] == "query"
    assert "must" not in rules.values()


def test_files_that_cannot_be_read_and_rosters_are_as_faulty_as_ever(tmp_path):
    world = make(tmp_path / "w", regime=MILD)
    world.units[1]["上级单位代码"] = "没有"
    world.write()
    (world.inbox / "空.xlsx").write_bytes(b"")
    result = world.collect()
    codes = {f.code: f.severity for f in result.findings}
    assert (codes["F103"], codes["R102"]) == ("must", "must")


def test_a_document_of_the_office_s_own_lifts_that_and_is_cited(tmp_path):
    world = make(tmp_path / "w", regime=MILD)
    settings = world.root / "sxxt.toml"
    text = settings.read_text(encoding="utf-8")
    own = '[authority]\ndocument = "本校办法"\nnumber = "本委〔2025〕2号"\n'
    settings.write_text(text.replace("[authority]\n", own), encoding="utf-8")
    file(world, {**LINE, "事项": None})
    result = world.collect()
    (found,) = told(result, "V101")
    assert found.severity == "must"
    assert found.basis == "《本校办法》（本委〔2025〕2号）；《示例办法》（示委〔2025〕1号）一"
    assert [f.status for f in result.files] == ["returned"]
    (line,) = [d for d in result.decisions if d.key == "authority"]
    assert (line.value, line.default) == ("《本校办法》本委〔2025〕2号", False)


def test_the_settings_of_a_new_workspace_show_where_to_name_it():
    text = settings_text(load_regime("tj-2017"), 2025, KEY)
    assert "[authority]" in text
    assert "# document = " in text
