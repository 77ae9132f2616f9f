"""情况说明: which 需说明 findings it settles, what is no explanation, and where both are shown."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import world as harness
from hypothesis import given
from hypothesis import strategies as st
from world import BEYOND, EARLY, World, change, edited, find, headings, make_world, stands

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.explanations import explains
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Where
from sxxt_excel.outputs.reply import replies
from sxxt_excel.pointing import Line, aspects, line_for, match

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, WY = "机械工程学院党委", "外国语学院党总支"
LISTS, TASKS, SHEET = "责任任务清单", "任务清单", "情况说明"
KEY = "JX-2025-RW-001"
REASON = "该项任务跨两个年度实施，已报分管校领导同意推迟"
SAID = "说明（请填写）"


@pytest.fixture
def world(asked: World) -> World:
    return asked


def explain(world: World, *lines: dict[str, Any], start: str = f"{JX}_") -> Path:
    """Write lines into 情况说明 of a workbook of the inbox."""
    path = find(world, start)
    with edited(path) as book:
        places = headings(book[SHEET])
        for row, cells in enumerate(lines, 3):
            for name, value in cells.items():
                book[SHEET].cell(row, places[name]).value = value
    return path


def line(place: str = KEY, said: str | None = REASON, sheet: str = TASKS, **more: Any) -> Any:
    return {"涉及表": sheet, "涉及编号或单元格": place, SAID: said, **more}


def told(result: Round, *codes: str) -> list[tuple[str, str | None]]:
    """Return code and cell of what is told of the sheet of explanations, or of these codes."""
    return [
        (f.code, f.where.cell)
        for f in result.findings
        if (f.code in codes if codes else "Q110" <= f.code <= "Q119")
    ]


def asked(result: Round, code: str = "C102") -> Finding:
    (found,) = [f for f in result.findings if f.code == code]
    return found


# ---- settled ------------------------------------------------------------------------------


def test_an_explanation_settles_a_query_and_is_kept_with_author_day_and_place(world):
    assert world.collect().exit_code == 1
    path = explain(world, line())
    result = world.collect()
    found = asked(result)
    assert (found.severity, found.stands) == ("query", False)
    said = found.explanation
    assert said is not None
    assert (said.text, said.author, said.day) == (REASON, "张示例", "2025-04-10")
    assert (said.path, said.sheet, said.cell) == (path.name, SHEET, "E3")
    assert said.received_at == EARLY.isoformat(timespec="seconds")
    assert told(result) == []
    assert (result.exit_code, result.totals.settled) == (0, 1)
    assert next(f.status for f in result.files if f.path == path.name) == "accepted"


def test_who_explains_and_when_may_be_told_in_the_line_itself(world):
    explain(world, line(说明人="李五", 说明日期=dt.date(2025, 4, 9)))
    said = asked(world.collect()).explanation
    assert said is not None
    assert (said.author, said.day) == ("李五", "2025-04-09")


@pytest.mark.parametrize(
    "cells",
    [
        line("JX-2025-RW-001"), line("jx-2025-rw-001"), line("第1项"), line("1"), line("J3"),
        line("j3单元格"), line("J2:J9"), line("J2：J9"), line("J2-J9"), line("第3行"),
        line("完成时限"), line("C102"),
        line("JX-2025-RW-001的完成时限"), line("JX-2025-RW-001、JX-2025-RW-002"),
        line("JX-2025-RW-001 完成时限"), line(sheet="《任务清单》"), line(sheet=""),
        line(sheet="责任任务清单"), line("", sheet=TASKS),
        line("", sheet="", 审核意见="QUOTED"), line("", sheet="无", 审核意见="QUOTED"),
        line("Z99", 审核意见="QUOTED。属笔误的请更正"),
    ],
)  # fmt: skip
def test_a_clerk_may_say_in_many_ways_which_finding_she_means(world, cells):
    message = asked(world.collect()).message
    quoted = str(cells.get("审核意见", "")).replace("QUOTED", message)
    explain(world, {**cells, "审核意见": quoted} if quoted else cells)
    result = world.collect()
    assert asked(result).explanation is not None
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "cells",
    [
        line("JX-2025-RW-002"), line("J4"), line("K3"), line("3"), line("落实方式"),
        line("JX-2025-RW-0012"), line(sheet="责任清单", place="J3"), line("N101"),
        line("", sheet="责任清单"),
        line("", sheet="", 审核意见="时限问题"), line("无", sheet="无"),
    ],
)  # fmt: skip
def test_what_names_another_place_settles_nothing_and_is_noted(world, cells):
    explain(world, cells)
    result = world.collect()
    assert asked(result).explanation is None
    assert told(result) == [("Q114", "E3")]
    assert result.exit_code == 1


def test_the_line_that_a_finding_makes_for_itself_settles_it(world):
    sheet, place, quoted = line_for(asked(world.collect()))
    assert (sheet, place) == (TASKS, KEY)
    explain(world, line(place, sheet=sheet, 审核意见=quoted))
    assert world.collect().exit_code == 0


def test_a_finding_still_matches_after_rows_have_moved(world):
    message = asked(world.collect()).message
    explain(world, line(审核意见=message))
    path = find(world, f"{JX}_")
    with edited(path) as book:
        book[TASKS].insert_rows(3, 2)
    found = asked(world.collect())
    assert found.where.cell == "J5"
    assert found.explanation is not None


def test_a_cell_that_now_holds_another_row_is_not_explained_by_the_old_line(world):
    explain(world, line("J3"))
    path = find(world, f"{JX}_")
    with edited(path) as book:
        book[TASKS].insert_rows(3)
    result = world.collect()
    assert asked(result).explanation is None
    assert told(result) == [("Q114", "E3")]


def test_a_changed_value_is_not_explained_by_what_was_said_of_the_old_one(world):
    message = asked(world.collect()).message
    explain(world, line(审核意见=message))
    assert world.collect().exit_code == 0
    change(world, f"{JX}_", TASKS, {(3, "完成时限"): "2027年12月底"})
    result = world.collect()
    assert asked(result).explanation is None
    assert told(result) == [("Q115", "E3")]
    assert result.exit_code == 1


def test_a_line_about_what_has_been_mended_is_passed_over(world):
    explain(world, line(), line(said=None, place="JX-2025-RW-002"))
    change(world, f"{JX}_", TASKS, {(3, "完成时限"): "2025年6月底"})
    result = world.collect()
    assert told(result) == []
    assert (result.exit_code, result.totals.settled) == (0, 0)


def test_a_must_is_not_lifted_by_words(world):
    explain(world, line(sheet="责任清单", place="JX-2025-ZR-001"), line())
    change(world, f"{JX}_", "责任清单", {(3, "工作项目"): None})
    result = world.collect()
    assert ("must", "V101") in {(f.severity, f.code) for f in result.findings}
    assert told(result) == [("Q116", "E3")]
    assert asked(result).explanation is not None
    assert result.exit_code == 1


def test_one_unit_does_not_answer_for_another(world):
    explain(world, line(), start=f"{WY}_")
    assert asked(world.collect()).explanation is None


# ---- refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (None, "Q110"), ("跨年实施", "Q111"), ("核实无误，情况属实", "Q112"), ("无", "Q111"),
        ("工作需要，情况属实，特此说明", "Q112"), ("经核查数据准确无误", "Q112"),
        ("该项任务跨两个年度实施，已报分管校领导同意", "Q112"),
    ],
)  # fmt: skip
def test_what_is_no_explanation_is_refused_at_its_own_cell(world, said, code):
    path = explain(world, line(said=said))
    result = world.collect()
    assert asked(result).explanation is None
    assert told(result) == [(code, "E3")]
    (found,) = [f for f in result.findings if f.code == code]
    assert (found.severity, found.where.field, found.where.path) == ("query", SAID, path.name)
    assert found.remedy
    assert result.exit_code == 1
    assert next(f.status for f in result.files if f.path == path.name) == "accepted"


def test_a_second_line_that_explains_makes_up_for_an_empty_one(world):
    explain(world, line(said=None), line())
    result = world.collect()
    assert told(result) == []
    assert result.exit_code == 0


THIRD = {"单位代码": "CL", "单位名称": "材料学院党总支", "单位类别": "党总支"}
ITS_PEOPLE = (
    {"姓名": "孙一", "单位代码": "CL", "职务": "党总支书记", "班子身份": "主要负责人"},
    {"姓名": "孙二", "单位代码": "CL", "职务": "副院长", "班子身份": "班子其他成员"},
)


@pytest.mark.parametrize("many", [2, 3])
def test_what_three_units_say_word_for_word_is_no_explanation(tmp_path, monkeypatch, many):
    made = make_world(tmp_path / "w")
    made.units.append({**THIRD, "上级单位代码": "XX"})
    made.people[1]["分管单位代码"] = "JX、WY、CL"
    made.people.extend(ITS_PEOPLE)
    monkeypatch.setattr(harness, "PEOPLE_ROWS", tuple(made.people))
    made.write()
    made.fill(LISTS)
    starts = [f"{JX}_", f"{WY}_", "材料学院党总支_"][:many]
    for start in starts:
        change(made, start, TASKS, {(3, "完成时限"): BEYOND})
        explain(made, line("1"), start=start)
    result = made.collect()
    copied = [f for f in result.findings if f.code == "Q113"]
    assert len(copied) == (3 if many == 3 else 0)
    assert {f.where.unit_code for f in copied} == ({"JX", "WY", "CL"} if many == 3 else set())
    assert [f.explanation is None for f in result.findings if f.code == "C102"] == [
        many == 3
    ] * many
    for found in copied:
        assert not any(name in found.message + found.remedy for name in (JX, WY, "材料学院"))
        assert "2家" in found.message


# ---- where it is shown -----------------------------------------------------------------------


def test_result_json_has_the_explanation_beside_the_finding(world):
    explain(world, line())
    result = world.collect(write=True)
    content = json.loads((world.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    (found,) = [f for f in content["findings"] if f["code"] == "C102"]
    assert found["severity"] == "query"
    assert found["explanation"] == {
        "text": REASON, "author": "张示例", "date": "2025-04-10",
        "received_at": EARLY.isoformat(timespec="seconds"),
        "path": asked(result).where.path, "sheet": SHEET, "cell": "E3",
    }  # fmt: skip
    assert content["totals"]["settled"] == 1
    assert {f["explanation"] for f in content["findings"] if f["code"] != "C102"} <= {None}


def test_the_master_shows_it_beside_the_finding(world):
    explain(world, line())
    world.collect(write=True)
    book = openpyxl.load_workbook(world.root / "汇总" / "总台账.xlsx")
    rows = [[c.value for c in row] for row in book["审核意见"].iter_rows()]
    heads = next(row for row in rows if "说明" in row)
    (found,) = [row for row in rows if "C102" in row]
    assert found[heads.index("说明")] == f"已说明：{REASON}（张示例，2025-04-10）"


def test_the_unit_reads_that_it_is_settled_and_is_asked_nothing_more(world):
    def reply() -> Any:
        return next(r for r in replies(world.collect()) if r.code == "JX")

    before = reply()
    assert [s.severity for s in before.sections] == ["query"]
    assert before.explained == ()
    explain(world, line())
    after = reply()
    assert after.sections == ()
    assert [said.explained for said in after.explained] == [f"{REASON}（张示例，2025-04-10）"]
    assert after.opening[0].startswith("材料已审核通过")
    assert [a.status for a in after.arrivals] == [("审核通过",)]
    world.collect(write=True)
    page = (world.root / "回复" / JX / "审核意见.html").read_text(encoding="utf-8")
    assert "已说明" in page
    assert REASON in page
    other = (world.root / "回复" / WY / "审核意见.html").read_text(encoding="utf-8")
    assert REASON not in other


def test_nothing_stands_any_more_on_the_screen(world):
    explain(world, line())
    result = world.collect()
    assert [f for f in result.findings if f.stands] == []
    assert stands(result) == [("query", "C102", TASKS, "J3")]


# ---- the words alone ------------------------------------------------------------------------


STOCK = ("核实无误", "情况属实", "经核查", "数据准确", "特此说明", "无", "，", "。", " ", "1")


@given(st.lists(st.sampled_from(STOCK), max_size=12).map("".join))
def test_phrases_of_the_office_explain_nothing_however_many_there_are(text):
    assert not explains(text)


@given(st.text(max_size=30))
def test_a_reason_explains_whatever_stands_before_it(text):
    assert explains(text + REASON)


def query(code: str, row_key: str | None, cell: str | None, got: str, **words: str) -> Finding:
    where = Where("a.xlsx", TASKS, cell, row_key, JX, "JX", None, TASKS, "完成时限")
    return finding(code, where, got=got, words=words)


keys = st.integers(1, 999).map(lambda n: f"JX-2025-RW-{n:03d}")
cells = st.tuples(st.sampled_from(["D", "J", "AB"]), st.integers(3, 999)).map(
    lambda at: f"{at[0]}{at[1]}"
)
codes = st.sampled_from(sorted(c.id for c in CATALOGUE.values() if c.severity == "query"))


@given(codes, keys | st.none(), cells | st.none(), st.text("甲乙丙丁2025", max_size=8))
def test_any_finding_is_matched_by_the_line_made_for_it(code, key, cell, got):
    found = query(code, key, cell, got, key=key or "", parent="JX-2025-ZR-001", before="2025年底")
    sheet, place, quoted = line_for(found)
    assert place
    said = Line("a.xlsx", sheet, place, quoted)
    assert match(said, found, aspects(found)) == "yes"


def test_what_quotes_a_page_in_part_is_still_about_it():
    found = query("V115", KEY, "D3", "某某学院的王某某同志" * 99)
    sheet, place, quoted = line_for(found)
    said = Line("a.xlsx", sheet, place, quoted.removesuffix("本单位名册中"))
    assert match(said, found, aspects(found)) == "yes"


@given(keys, keys, cells)
def test_a_line_about_one_row_is_never_about_another(key, other, cell):
    found = query("C102", key, cell, BEYOND, key=key, parent="JX-2025-ZR-001", before="2025年底")
    line_of = query(
        "C102", other, None, BEYOND, key=other, parent="JX-2025-ZR-001", before="2025年底"
    )
    said = Line("a.xlsx", *line_for(line_of))
    assert (match(said, found, aspects(found)) == "yes") is (key == other)
