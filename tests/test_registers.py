"""The office's own registers (自存): off by default, checked apart, and only counts leave.

The registers are laid out by `issue`, filled in with openpyxl in the office's own folder, and
checked by an ordinary `collect`. `outside` reads back everything that was written elsewhere.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from inprocess import reading_here
from place import Place, make_place
from world import cell_of, headings

from sxxt_excel.blanks import write_templates
from sxxt_excel.cli import cli
from sxxt_excel.newspace import make_workspace
from sxxt_excel.outputs.words import registers_said
from sxxt_excel.regime import load_regime

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.result import Register, Round

TODAY = "2025-07-01"
ON = ("registers = false", "registers = true")
REGIMES = ("tj-2017", "sou-2020", "sh-2019")
MATTER, WHO, MENDED = "实验耗材验收不规范一事", "欧阳无名", "已换新的验收办法一事"
"""Stand in the registers of these tests and nowhere else."""
COUNTS, NOTICES = "监督执纪四种形态统计", "廉情抄告登记"
DOUBLE, BLAME = "双报告登记", "问责台账"
PACKETS = {COUNTS: "四种形态", NOTICES: "廉情抄告", DOUBLE: "双报告", BLAME: "问责"}

Row = dict[str, Any]


def day(month: int, number: int) -> dt.date:
    return dt.date(2025, month, number)


def notice(**changes: Any) -> Row:
    return {
        "抄告日期": day(5, 8), "抄告对象": WHO, "涉及单位": "机械工程学院党委", "问题内容": MATTER,
        "回告期限": day(6, 8), "回告日期": day(6, 3), "回告内容": MENDED, **changes,
    }  # fmt: skip


def cadre(**changes: Any) -> Row:
    return {
        "问责对象": WHO, "对象类别": "党员领导干部", "问责方式": "通报", "决定机关": "学校党委",
        "决定日期": day(3, 3), "书记责任认定": MATTER, "书面检讨日期": day(3, 20),
        "深刻检查会议": "3月25日党委会", **changes,
    }  # fmt: skip


def body(**changes: Any) -> Row:
    return {
        "问责对象": "机械工程学院党委", "对象类别": "党组织", "问责方式": "通报",
        "决定机关": "学校党委", "决定日期": day(3, 3), "党委责任认定": MATTER,
        "专题民主生活会日期": day(3, 20), "纪律教育会日期": day(3, 21), **changes,
    }  # fmt: skip


def twice(**changes: Any) -> Row:
    return {
        "报党委日期": day(4, 16), "报上级纪委日期": day(4, 17), "办理结果": "办理中", **changes,
    }  # fmt: skip


def form_of_four(**changes: Any) -> Row:
    return {"形态": "第一种形态", "处理方式": "提醒谈话", "人次": 5, "其中中层干部": 2, **changes}


VALID: dict[str, Row] = {
    COUNTS: form_of_four(), NOTICES: notice(), DOUBLE: twice(), BLAME: cadre(),
}  # fmt: skip


# ---- a workspace with registers ----------------------------------------------------------------


class LaidOut(dict[tuple[str, tuple[tuple[str, str], ...]], Place]):
    """Workspaces as they were issued, each once, to be copied: by regime and changes."""

    folder: Path


LAID_OUT = LaidOut()


@pytest.fixture(scope="module", autouse=True)
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give them a folder."""
    LAID_OUT.folder = tmp_path_factory.mktemp("laid-out")


def run(place: Place, *words: str) -> Any:
    with reading_here():
        return CliRunner().invoke(cli, [*words, "--workspace", str(place.root)])


def office(root: Path, regime: str = "sou-2020", *changes: tuple[str, str]) -> Place:
    """Return a workspace in which registers are switched on and laid out."""
    if (regime, changes) not in LAID_OUT:
        base = make_place(LAID_OUT.folder / str(len(LAID_OUT)), regime, ON, *changes)
        done = run(base, "issue", "--quiet")
        assert done.exit_code == 0, done.output
        LAID_OUT[regime, changes] = base
    base = LAID_OUT[regime, changes]
    shutil.copytree(base.root, root, dirs_exist_ok=True)
    return replace(base, root=root, copies={})


def book_of(place: Place, form: str) -> Path:
    (path,) = place.space.kept.glob(f"*_{PACKETS[form]}_*.xlsx")
    return path


def enter(place: Place, form: str, *rows: Row) -> Worksheet:
    """Write rows below the headings of a register, from the first one on."""
    path = book_of(place, form)
    book = openpyxl.load_workbook(path)
    sheet = book[form]
    for number, row in enumerate(rows, 3):
        for name, value in row.items():
            sheet.cell(number, headings(sheet)[name]).value = value
    book.save(path)
    return sheet


def told(result: Round) -> list[tuple[str, str, str | None, str | None]]:
    """Return (severity, code, form, heading) of what is told of registers, notes apart."""
    assert result.kept is not None
    return [
        (f.severity, f.code, f.where.form, f.where.field)
        for f in result.kept.findings
        if f.severity != "note"
    ]


def noted(result: Round) -> list[tuple[str, str | None]]:
    assert result.kept is not None
    return [(f.code, f.where.field) for f in result.kept.findings if f.severity == "note"]


def after(root: Path, form: str, *rows: Row, regime: str = "sou-2020", today: str = TODAY) -> Round:
    """Return what a pass says of one register with these rows."""
    place = office(root, regime)
    enter(place, form, *rows)
    return place.collect(today)


def inside(path: Path) -> str:
    """Return everything a file says, the parts within a workbook included."""
    data = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def outside(place: Place) -> str:
    """Return all that was written in the workspace, but for the office's folder and the inbox."""
    apart = (place.space.kept, place.inbox)
    files = (p for p in sorted(place.root.rglob("*")) if p.is_file())
    return "\n".join(
        f"{p}\n{inside(p)}" for p in files if not any(p.is_relative_to(each) for each in apart)
    )


# ---- on and off --------------------------------------------------------------------------------


def test_registers_are_off_by_default_and_then_not_even_looked_at(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice(回告日期=None, 抄告日期="不是日期"))
    (tmp_path / "sxxt.toml").write_text(
        (tmp_path / "sxxt.toml").read_text(encoding="utf-8").replace(*reversed(ON)),
        encoding="utf-8",
    )
    result = place.collect(TODAY, write=True)
    assert result.kept is None
    assert result.to_json()["registers"] == []
    assert not (place.space.kept / "核对结果.xlsx").exists()
    assert "办公室自存登记：" not in outside(place)


def test_a_new_workspace_has_no_folder_for_registers(tmp_path):
    make_workspace(tmp_path / "w", load_regime("sou-2020"), 2025)
    assert not (tmp_path / "w" / "自存").exists()


def test_issue_lays_registers_out_in_the_offices_own_folder_and_nowhere_else(tmp_path):
    place = office(tmp_path)
    names = sorted(p.name for p in place.space.kept.iterdir())
    assert len(names) == len(PACKETS)
    assert all(any(packet in name for name in names) for packet in PACKETS.values())
    issued = list(place.space.issued.iterdir())
    assert len(issued) > 1
    for word in (*PACKETS, *(f"_{packet}_" for packet in PACKETS.values())):
        assert not any(word in p.name for p in issued)
        assert word not in (place.space.issued / "下发登记.csv").read_text(encoding="utf-8-sig")


def test_issue_never_writes_over_a_register(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice())
    before = book_of(place, NOTICES).read_bytes()
    book_of(place, BLAME).unlink()
    assert run(place, "issue", "--quiet").exit_code == 0
    assert book_of(place, NOTICES).read_bytes() == before
    assert book_of(place, BLAME).is_file()


def test_issue_of_one_register_alone_touches_nothing_else(tmp_path):
    place = make_place(tmp_path, "sou-2020", ON)
    done = run(place, "issue", "--packet", "四种形态")
    assert done.exit_code == 0
    assert "不下发" in done.output
    assert [p.name.split("_")[1] for p in place.space.kept.iterdir()] == ["四种形态"]
    assert not list(place.space.issued.glob("*.xlsx"))


def test_registers_that_are_off_are_refused_with_the_setting_that_turns_them_on(tmp_path):
    place = make_place(tmp_path, "sou-2020")
    done = run(place, "issue", "--packet", "四种形态")
    assert done.exit_code == 2
    assert "registers = true" in done.output
    assert not place.space.kept.exists()


@pytest.mark.parametrize("regime", REGIMES)
def test_no_blank_of_a_register_is_among_the_official_templates(tmp_path, regime):
    write_templates((load_regime(regime),), tmp_path)
    names = {p.stem for p in tmp_path.rglob("*.xlsx")}
    assert names
    assert not names & set(PACKETS.values())


def test_a_workspace_without_the_folder_is_collected_all_the_same(tmp_path):
    place = make_place(tmp_path, "sou-2020", ON)
    result = place.collect(TODAY, write=True)
    assert result.registers == ()
    assert not place.space.kept.exists()
    assert "办公室自存登记：没有登记。" in outside(place)


def test_the_offices_folder_is_no_inbox(tmp_path):
    place = office(tmp_path)
    done = run(place, "collect", str(place.space.kept))
    assert done.exit_code == 2
    assert "自存" in done.output
    assert not (tmp_path / "汇总").exists()


def test_registers_are_no_submissions_even_where_the_whole_workspace_is_collected(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice())
    shutil.rmtree(place.inbox)
    done = run(place, "collect", str(place.root), "--today", TODAY, "--json")
    result = json.loads(done.output)
    assert not any("自存" in f["path"] for f in result["files"])
    assert [r["form"] for r in result["registers"] if r["rows"]] == [NOTICES]


# ---- what the rules say ------------------------------------------------------------------------


@pytest.mark.parametrize("regime", REGIMES)
def test_blank_registers_ask_for_nothing(tmp_path, regime):
    result = office(tmp_path, regime).collect(TODAY)
    assert result.kept is not None
    assert result.kept.findings == ()
    assert all(register.rows == 0 for register in result.registers)


@pytest.mark.parametrize("regime", REGIMES)
def test_registers_rightly_kept_ask_for_nothing(tmp_path, regime):
    place = office(tmp_path, regime)
    for form, row in VALID.items():
        if form in {f.id for f in place.campus.regime.forms} and any(
            p.id == PACKETS[form] for p in place.campus.regime.packets
        ):
            enter(place, form, row)
    result = place.collect(TODAY)
    assert told(result) == []
    assert {r.form for r in result.registers if r.rows} >= {BLAME}


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
@pytest.mark.parametrize(
    ("row", "today", "expected"),
    [
        (notice(回告日期=None, 回告内容=None), "2025-06-09", [("query", "C106")]),
        (notice(回告日期=None, 回告内容=None), "2025-06-08", []),
        (notice(回告日期=None, 回告内容=None, 回告期限=day(9, 1)), "2025-07-01", []),
        (notice(), "2025-07-01", []),
    ],
    ids=["overdue", "on the last day", "not yet", "answered"],
)
def test_a_notice_is_answered_by_the_day_set_in_it(tmp_path, regime, row, today, expected):
    found = told(after(tmp_path, NOTICES, row, regime=regime, today=today))
    assert [(severity, code) for severity, code, *_ in found] == expected
    assert all(field == "回告日期" for *_, field in found)


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
def test_an_answer_before_its_notice_is_told_once(tmp_path, regime):
    found = told(after(tmp_path, NOTICES, notice(回告日期=day(5, 1)), regime=regime))
    assert found == [("must", "V114", NOTICES, "回告日期")]


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
@pytest.mark.parametrize(("days", "late"), [(8, False), (9, True)])
def test_an_answer_after_the_day_set_in_its_notice_is_noted(tmp_path, regime, days, late):
    result = after(tmp_path, NOTICES, notice(回告日期=day(6, days)), regime=regime)
    assert told(result) == []
    assert (("V114", "回告期限") in noted(result)) == late


def test_what_an_unreadable_day_decides_stays_unchecked(tmp_path):
    result = after(tmp_path, NOTICES, notice(回告日期=None, 回告期限="过些天"))
    assert told(result) == [("must", "V102", NOTICES, "回告期限")]
    assert result.kept is not None
    assert "抄告到回告" in {u.rule for u in result.kept.unchecked}
    assert "抄告到回告" not in {u.rule for u in result.unchecked}


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
@pytest.mark.parametrize("field", ["书面检讨日期", "深刻检查会议"])
def test_a_cadre_held_to_account_answers_in_writing_and_before_a_meeting(tmp_path, regime, field):
    found = told(after(tmp_path, BLAME, cadre(**{field: None}), regime=regime))
    assert found == [("query", "C105", BLAME, field)]


@pytest.mark.parametrize("regime", REGIMES)
def test_a_body_held_to_account_is_asked_for_no_written_answer(tmp_path, regime):
    result = after(tmp_path, BLAME, body(), regime=regime)
    assert told(result) == []
    assert ("C105", "书面检讨日期") not in noted(result)


def test_under_tj_2017_a_missing_written_answer_is_a_note(tmp_path):
    result = after(tmp_path, BLAME, cadre(书面检讨日期=None), regime="tj-2017")
    assert told(result) == []
    assert ("C105", "书面检讨日期") in noted(result)


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
def test_a_body_after_a_case_holds_both_meetings_and_each_case_names_who_answers(tmp_path, regime):
    row = body(专题民主生活会日期=None, 纪律教育会日期=None, 党委责任认定=None)
    notes = noted(after(tmp_path, BLAME, row, regime=regime))
    assert {("C105", "专题民主生活会日期"), ("C105", "纪律教育会日期")} <= {*notes}
    assert any(code == "V118" for code, _ in notes)


@pytest.mark.parametrize("regime", ["sou-2020", "sh-2019"])
@pytest.mark.parametrize("field", ["报党委日期", "报上级纪委日期"])
def test_what_is_found_is_reported_to_both(tmp_path, regime, field):
    found = told(after(tmp_path, DOUBLE, twice(**{field: None}), regime=regime))
    assert found == [("must", "V101", DOUBLE, field)]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (form_of_four(其中中层干部=6), "V112", "其中中层干部"),
        (form_of_four(人次="若干"), "V103", "人次"),
        (form_of_four(形态="第五种形态"), "V104", "形态"),
        (form_of_four(人次=None, 其中中层干部=None), "V101", "人次"),
    ],
)
def test_counts_are_checked_as_in_any_form(tmp_path, row, code, field):
    assert told(after(tmp_path, COUNTS, row)) == [("must", code, COUNTS, field)]


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ({"人次": 12, "其中中层干部": 4}, []),
        ({"人次": 13, "其中中层干部": 4}, [("query", "N106", COUNTS, "人次")]),
        ({"人次": 13}, [("query", "N106", COUNTS, "人次")]),
        ({"处理方式": "—", "人次": 12, "其中中层干部": 5, "备注": "复核"},
         [("query", "N106", COUNTS, "其中中层干部")]),
        ({"形态": "小计", "人次": 5}, []),
    ],
)  # fmt: skip
def test_a_total_is_what_the_rows_come_to(tmp_path, total, expected):
    rows = form_of_four(), form_of_four(形态="第二种形态", 人次=7), {"形态": "合计", **total}
    result = after(tmp_path, COUNTS, *rows)
    assert told(result) == expected
    (register,) = (r for r in result.registers if r.form == COUNTS)
    assert (register.rows, register.total) == (2, ("人次", 12))


def test_a_number_given_twice_is_told_across_workbooks_of_one_register(tmp_path):
    place = office(tmp_path)
    sheet = enter(place, NOTICES, notice())
    number = sheet.cell(3, headings(sheet)["抄告编号"]).value
    other = place.space.kept / "下半年" / "抄告.xlsx"
    other.parent.mkdir()
    shutil.copy(book_of(place, NOTICES), other)
    book = openpyxl.load_workbook(other)
    book[NOTICES][cell_of(book[NOTICES], "问题内容", 3)].value = f"另一件{MATTER}"
    book.save(other)
    result = place.collect(TODAY)
    assert ("must", "V106", NOTICES, "抄告编号") in told(result)
    assert next(r.rows for r in result.registers if r.form == NOTICES) == 2
    assert number


def test_a_need_that_draws_on_a_register_is_answered_there_and_told_nowhere_else(tmp_path):
    place = office(tmp_path)
    own = tmp_path / "validators" / "sou-2020" / "regime.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        """
[[need]]
id = "全年抄告"
title = "全年抄告至少两件"
serves = ["K38"]
severity = "query"
basis = "三（八）"
each = "unit"
filers = "校纪委"
supply = { form = "廉情抄告登记", date = "抄告日期" }
window = "上半年"
at_least = 2
message = "上半年登记抄告{found}件"
remedy = "请核对"
""",
        encoding="utf-8",
    )
    enter(place, NOTICES, notice())
    result = place.collect(TODAY)
    assert [code for _, code, *_ in told(result)] == ["N101"]
    assert all(f.rule != "全年抄告" for f in result.findings)
    assert all(c.rule != "全年抄告" for c in result.counts)
    enter(place, NOTICES, notice(), notice())
    assert told(place.collect(TODAY)) == []


# ---- names in counts ---------------------------------------------------------------------------


@pytest.fixture
def counted(tmp_path) -> tuple[Place, str]:
    """A workspace with figures in the register of counts, and the name of somebody in it."""
    place = office(tmp_path)
    enter(place, COUNTS, form_of_four())
    return place, str(place.campus.people[4]["姓名"])


def write(place: Place, cell: str, value: str) -> None:
    path = book_of(place, COUNTS)
    book = openpyxl.load_workbook(path)
    book[COUNTS][cell].value = value
    book.save(path)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("B3", "对{name}提醒谈话"),
        ("E3", "{name}"),
        ("E3", "其中有{spaced}"),
        ("A3", "{name}"),
        ("F3", "{name}"),
        ("A5", "注：第一行说的是{name}"),
    ],
    ids=["method", "remark", "spaced", "choice", "a column of its own", "below the table"],
)
def test_a_name_of_the_roster_among_counts_is_told_and_not_said_again(counted, cell, text):
    place, name = counted
    write(place, cell, text.format(name=name, spaced=f"{name[0]} {name[1:]}"))
    result = place.collect(TODAY, write=True)
    assert result.kept is not None
    (found,) = (f for f in result.kept.findings if f.severity == "must")
    assert (found.code, found.where.cell) == ("V123", cell)
    for said in (found.message, found.remedy, found.got):
        assert name not in said
    # The address of 批注 and links aside, the office's own sheet says no cell's text either.
    assert name not in inside(place.space.kept / "核对结果.xlsx")


@pytest.mark.parametrize("text", ["审核人：{name}", "填报人：{name}"])
def test_who_signs_below_the_counts_is_no_finding(counted, text):
    place, name = counted
    write(place, "A6", text.format(name=name))
    assert told(place.collect(TODAY)) == []


def test_nothing_but_full_names_of_the_roster_is_looked_for(counted):
    place, name = counted
    write(place, "E3", f"{name[0]}某，{WHO}")
    assert told(place.collect(TODAY)) == []


def test_names_are_looked_for_in_counts_alone(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice(抄告对象=str(place.campus.people[4]["姓名"])))
    assert told(place.collect(TODAY)) == []


# ---- what leaves the folder --------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Place:
    """A round under way whose registers are full of faults, written out."""
    place = office(tmp_path_factory.mktemp("kept"))
    place.fill()
    enter(place, NOTICES, *(notice() for _ in range(4)), notice(回告日期=None, 回告内容=None))
    enter(place, BLAME, cadre(书面检讨日期=None, 问责方式=f"就{MATTER}通报"))
    enter(place, DOUBLE, twice(报党委日期="没有日子"), twice())
    enter(place, COUNTS, form_of_four(), form_of_four(形态="第二种形态", 备注=f"含{WHO}一案"))
    place.collect(TODAY, write=True)
    return place


def test_no_name_and_no_matter_of_a_register_is_anywhere_else(kept):
    words = outside(kept)
    for secret in (WHO, MATTER, MENDED, "没有日子"):
        assert secret not in words
    for path in kept.space.kept.iterdir():
        assert path.name not in words


def test_what_is_told_of_registers_stands_in_the_offices_own_workbook(kept):
    words = inside(kept.space.kept / "核对结果.xlsx")
    for said in ("内部资料", "V102", "C105", "C106", "书面检讨日期", "廉情抄告登记"):
        assert said in words
    result = json.loads((kept.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    assert not [f for f in result["findings"] if f["form"] in PACKETS]
    assert not [f for f in result["files"] if f["packet"] in PACKETS.values()]
    assert not PACKETS.keys() & result["tables"].keys()
    assert not [e for e in result["expected"] if e["packet"] in PACKETS.values()]


def test_result_json_holds_counts_and_small_ones_masked(kept):
    result = json.loads((kept.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    said = {r["form"]: r for r in result["registers"]}
    assert said.keys() == PACKETS.keys()
    assert said[NOTICES]["rows"] == 5
    assert said[NOTICES]["answered"] == 4
    assert said[BLAME]["rows"] == "≤2"
    assert said[DOUBLE]["rows"] == "≤2"
    assert said[COUNTS]["total"] == 10
    assert said[DOUBLE]["findings"]["must"] == 1
    assert set(said[BLAME]) == {"packet", "form", "rows", "answered", "total", "findings"}


def test_the_overview_and_the_console_say_one_line_of_counts(kept):
    line = (
        "办公室自存登记：四种形态 10 人次；廉情抄告 5 件、已回告 4 件；双报告 ≤2 件；问责 ≤2 件。"
    )
    sheet = openpyxl.load_workbook(kept.root / "汇总" / "总台账.xlsx")["总览"]
    assert [c.value for row in sheet for c in row if "办公室自存登记" in str(c.value)] == [line]
    done = run(kept, "collect", str(kept.inbox), "--today", TODAY)
    assert line in done.output.replace("\n", "")
    assert "其中须改正或核实3处，见 自存/核对结果.xlsx" in done.output.replace("\n", "")


def test_two_passes_write_the_same_bytes(kept):
    def written() -> dict[str, bytes]:
        folders = (kept.root / "汇总", kept.root / "回复", kept.space.kept)
        return {str(p): p.read_bytes() for f in folders for p in f.rglob("*") if p.is_file()}

    kept.collect(TODAY, write=True)
    before = written()
    kept.collect(TODAY, write=True)
    assert written() == before


def test_registers_count_in_no_total_and_change_no_exit_code(kept):
    with_them = kept.collect(TODAY)
    path = kept.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(*reversed(ON)), encoding="utf-8")
    without = kept.collect(TODAY)
    path.write_text(text, encoding="utf-8")
    assert told(with_them)
    assert with_them.totals == without.totals
    assert with_them.exit_code == without.exit_code
    assert with_them.findings == without.findings


def test_another_place_for_outputs_gets_nothing_of_the_registers(kept, tmp_path):
    run(kept, "collect", str(kept.inbox), "--today", TODAY, "--out", str(tmp_path))
    assert (tmp_path / "汇总" / "总台账.xlsx").is_file()
    assert not list(tmp_path.rglob("*核对结果*"))
    assert MATTER not in "".join(inside(p) for p in tmp_path.rglob("*") if p.is_file())


def test_marking_of_the_offices_workbook_is_there_even_where_none_is_set(tmp_path):
    place = office(tmp_path, "sou-2020", ('marking = "内部资料 注意保管"', 'marking = ""'))
    place.collect(TODAY, write=True)
    assert "内部资料" in inside(place.space.kept / "核对结果.xlsx")


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1, "≤2"), (2, "≤2"), (3, "3"), (12, "12")]
)
def test_one_and_two_are_masked_wherever_a_count_is_said(tmp_path, number, shown):
    result = after(tmp_path, NOTICES, *(notice() for _ in range(number)))
    mine = tuple(r for r in result.registers if r.form == NOTICES)
    assert registers_said(mine) == (f"办公室自存登记：廉情抄告 {shown} 件、已回告 {shown} 件。")
    assert str(mine[0].to_json()["rows"]) == shown


def test_a_round_holds_counts_of_registers_for_who_goes_on_with_it(tmp_path):
    registers: tuple[Register, ...] = after(tmp_path, NOTICES, notice()).registers
    (mine,) = (r for r in registers if r.rows)
    assert (mine.packet, mine.form, mine.rows) == ("廉情抄告", NOTICES, 1)
    assert mine.answered == ("回告", 1)


# ---- files of every kind -----------------------------------------------------------------------


@pytest.mark.parametrize("switch", ["true", "false"])
def test_a_register_in_the_inbox_is_not_taken_in(tmp_path, switch):
    place = office(tmp_path)
    enter(place, NOTICES, notice())
    shutil.move(book_of(place, NOTICES), place.inbox / "机械工程学院党委_登记.xlsx")
    path = tmp_path / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("registers = true", f"registers = {switch}"), encoding="utf-8")
    result = place.collect(TODAY, write=True)
    (row,) = result.files
    assert (row.status, row.unit, row.packet) == ("foreign", None, None)
    assert [f.code for f in result.findings if f.where.path == row.path] == ["I112"]
    assert NOTICES not in result.tables
    for secret in (WHO, MATTER, MENDED):
        assert secret not in outside(place)


def test_a_workbook_of_the_offices_own_making_may_hold_several_registers(tmp_path):
    place = make_place(tmp_path, "sou-2020", ON)
    place.space.kept.mkdir()
    book = openpyxl.Workbook()
    book.remove(book.active)
    rows = {
        NOTICES: notice(抄告编号=1, 回告日期=None, 回告内容=None), BLAME: cadre(问责编号=1),
        DOUBLE: twice(报告编号=1),
    }  # fmt: skip
    for form, row in rows.items():
        sheet = book.create_sheet(form)
        sheet.append(list(row))
        sheet.append(list(row.values()))
    book.save(place.space.kept / "本室登记.xlsx")
    result = place.collect(TODAY)
    assert {r.form: r.rows for r in result.registers} == {NOTICES: 1, DOUBLE: 1, BLAME: 1}
    assert told(result) == [("query", "C106", NOTICES, "回告日期")]


def test_a_copy_of_a_register_is_counted_once(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice(), notice(), notice())
    shutil.copy(book_of(place, NOTICES), place.space.kept / "备份.xlsx")
    result = place.collect(TODAY)
    assert next(r.rows for r in result.registers if r.form == NOTICES) == 3
    assert told(result) == []
    assert "D102" in {code for code, _ in noted(result)}


def test_what_cannot_be_read_or_is_none_costs_only_itself(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice())
    folder = place.space.kept
    (folder / "坏了.xlsx").write_bytes(b"PK\x03\x04broken")
    (folder / "~$锁.xlsx").write_bytes(b"x")
    (folder / "扫描件.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    book = openpyxl.Workbook()
    book.active["A1"] = "购物清单"
    book.save(folder / "别的.xlsx")
    result = place.collect(TODAY)
    assert result.kept is not None
    assert {(f.where.path, f.code) for f in result.kept.findings} == {
        ("坏了.xlsx", "F102"), ("别的.xlsx", "I106"),
    }  # fmt: skip
    assert next(r.rows for r in result.registers if r.form == NOTICES) == 1
    assert result.files == ()


def test_a_register_of_another_year_is_left_out_and_said(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice(回告日期=None))
    path = tmp_path / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("year = 2025", "year = 2026"), encoding="utf-8")
    result = place.collect("2026-07-01")
    assert all(register.rows == 0 for register in result.registers)
    assert {code for _, code, *_ in told(result)} == {"I103"}


def test_a_register_with_a_secrecy_marking_is_stopped(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice())
    book_of(place, NOTICES).rename(place.space.kept / "廉情抄告（机密）.xlsx")
    result = place.collect(TODAY, write=True)
    assert [code for _, code, *_ in told(result)] == ["F112"]
    assert MATTER not in inside(place.space.kept / "核对结果.xlsx")


def test_numbers_of_persons_are_masked_in_the_offices_own_workbook_too(tmp_path):
    place = office(tmp_path)
    enter(place, NOTICES, notice(整改措施="联系13812345678"))
    result = place.collect(TODAY, write=True)
    assert [code for _, code, *_ in told(result)] == ["V119"]
    assert "13812345678" not in inside(place.space.kept / "核对结果.xlsx")


# ---- the office's own word ---------------------------------------------------------------------


def test_an_office_may_make_a_register_an_ordinary_packet(tmp_path):
    changes = ("[duty]\n", '[duty]\n"问责" = "留存"\n')
    place = make_place(tmp_path, "sou-2020", ON, changes)
    assert run(place, "issue", "--packet", "问责").exit_code == 0
    assert [p.name for p in place.space.issued.glob("*_问责_*.xlsx")]
    assert run(place, "issue", "--quiet").exit_code == 0
    assert not list(place.space.kept.glob("*_问责_*"))


def test_an_office_may_keep_a_packet_to_itself(tmp_path):
    place = office(tmp_path, "sou-2020", ("[duty]\n", '[duty]\n"联系单位" = "自存"\n'))
    assert list(place.space.kept.glob("*_联系单位_*.xlsx"))
    assert not list(place.space.issued.glob("*_联系单位_*"))
    result = place.collect(TODAY)
    assert "联系单位" not in {e.packet for e in result.expected}
    assert "联系单位登记" in {r.form for r in result.registers}
