"""The screen: readable at 80 cells, in GBK, and saying what to do next."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from sxxt_excel.codes import CODES
from sxxt_excel.findings import finding
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS, Expected, FileRow, Receipt, Where
from sxxt_excel.outputs.console import (
    MOST_ROWS,
    make_console,
    print_forms,
    print_round,
    print_rules,
    print_status,
    print_text,
    progress,
)
from sxxt_excel.outputs.reference import explain_text, form_text, forms_list, rules_list
from sxxt_excel.people import Roster, Unit
from sxxt_excel.regime import load_regime
from sxxt_excel.result import Round
from sxxt_excel.settings import Settings

REGIME = load_regime("tj-2017")
UNITS = (
    Unit("JX", "机械工程学院党委", "基层党委"),
    Unit("DQ", "电气学院党总支", "党总支"),
    Unit("HG", "化工学院党委", "基层党委"),
    Unit("WL", "物理学院党委", "基层党委"),
)
JX, DQ, HG, WL = UNITS
SUMMARY = "应报4家，已报3家（按时3家、逾期0家），未报1家；已报中待修改1家（截至4月21日）。"


def received(path: str, unit: Unit | None, status: str = "accepted") -> FileRow:
    known = status != "unreadable"
    return FileRow(
        path, "0" * 64, Receipt("2025-04-18T16:30:00+08:00", "收件登记"), status,  # type: ignore[arg-type]
        unit=unit.name if unit else None, unit_code=unit.code if unit else None,
        packet="责任任务清单" if known else None, period="2025" if known else None,
    )  # fmt: skip


def owes(unit: Unit, status: str, path: str | None = None, **more: str) -> Expected:
    return Expected(
        obligation="基层清单备案", obligations=("T08",), rule="基层清单备案", unit=unit.name,
        unit_code=unit.code, packet=more.get("packet", "责任任务清单"),
        period=more.get("period", "2025"), duty="报送", due=more.get("due", "2025-04-20"),
        status=status, path=path, filer=more.get("filer"),  # type: ignore[arg-type]
        received_at="2025-04-18T16:30:00+08:00" if path else None,
    )  # fmt: skip


def at(unit: Unit | None, path: str | None, cell: str | None = None) -> Where:
    return Where(
        path, "任务清单", cell, None, unit.name if unit else None, unit.code if unit else None,
        field="完成时限",
    )  # fmt: skip


def a_round(**parts: object) -> Round:
    whole: dict[str, object] = {
        "regime": REGIME, "settings": Settings("tj-2017", 2025), "roster": Roster(UNITS, ()),
        "inbox": Path("inbox"), "today": date(2025, 4, 21), "files": (), "findings": (),
        "expected": (), "cascade": (), "counts": (), "unchecked": (), "decisions": (),
    }  # fmt: skip
    return Round(**(whole | parts))  # type: ignore[arg-type]


def busy() -> Round:
    return a_round(
        files=(
            received("a/机械.xlsx", JX, "returned"),
            received("电气.xlsx", DQ),
            received("物理.xlsx", WL),
            received("新建文件夹/汇总.xlsx", None, "unreadable"),
        ),
        expected=(
            owes(JX, "returned", "a/机械.xlsx"),
            owes(DQ, "on_time", "电气.xlsx"),
            owes(HG, "missing"),
            owes(WL, "on_time", "物理.xlsx"),
            owes(HG, "not_due", packet="落实情况报告", period="2025-H1"),
        ),
        findings=(
            *(finding("V101", at(JX, "a/机械.xlsx", f"J{row}")) for row in range(3, 33)),
            finding("V114", at(JX, "a/机械.xlsx", "I3")),
            finding("T103", at(DQ, "电气.xlsx")),
            finding("C101", at(WL, None), key="XW-2025-ZR-001"),
            finding("Q101", at(HG, None)),
            finding("I104", at(None, "新建文件夹/汇总.xlsx")),
            finding("R104", at(DQ, "单位名册.xlsx", "B3")),
            finding("V151", at(WL, "物理.xlsx", "I3")),
        ),
    )


def shown(printer, *args, width: int = 80, **words) -> str:
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False
    )  # fmt: skip
    printer(*args, console, **words)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def rows(text: str) -> list[list[str]]:
    """The table's lines as cells; cells are parted by two blanks."""
    return [[c.strip() for c in line.split("  ") if c.strip()] for line in text.splitlines()]


# ---- a pass ----------------------------------------------------------------------------


def test_a_pass_prints_the_summary_then_who_has_to_do_what():
    text = shown(print_round, busy(), summary=SUMMARY)
    lines = rows(text)
    assert lines[0] == [SUMMARY]
    assert lines[1][0].startswith(("收到", "收件夹"))
    assert lines[3] == ["单位", "材料", "状态", "须修改", "需说明", "下一步"]
    assert lines[5:11] == [
        ["化工学院党委", "责任任务清单 年度", "尚未报送", "请补报"],
        ["（办公室）", "单位名册.xlsx", "1", "核对名册"],
        ["（未认出单位）", "汇总.xlsx", "无法读取", "1", "认定单位"],
        ["机械工程学院党委", "责任任务清单 年度", "已报待改", "30", "1", "退回修改、请说明"],
        ["物理学院党委", "（各表之间）", "1", "请说明"],
        ["电气学院党总支", "责任任务清单 年度", "按时报送", "1", "核对收到时间"],
    ]
    assert "上半年" not in text, "what is not due yet asks for nothing"


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_of_a_table_is_wider_than_the_console(width):
    text = shown(print_round, busy(), width=width, summary=SUMMARY)
    assert max(cell_len(line) for line in text.splitlines()[1:]) <= width
    for printer, rules in ((print_rules, rules_list([REGIME])), (print_forms, forms_list(REGIME))):
        assert (
            max(cell_len(line) for line in shown(printer, rules, width=width).splitlines()) <= width
        )


def test_a_narrow_console_loses_no_word_of_a_long_name():
    long = Unit("L", "马克思主义学院与思想政治理论课教学科研部联合党总支委员会", "党总支")
    text = shown(
        print_round,
        a_round(roster=Roster((long,), ()), expected=(owes(long, "missing"),)),
        summary=SUMMARY,
    )
    first = "".join(line[0] for line in rows(text)[5:] if line)
    assert first == long.name


def test_a_unit_that_files_by_person_is_one_line_with_its_worst_status():
    people = tuple(
        owes(JX, s, filer=f"张{i}") for i, s in enumerate(("on_time", "missing", "late"))
    )
    lines = rows(shown(print_round, a_round(expected=people), summary=SUMMARY))[5:]
    assert lines == [["机械工程学院党委", "责任任务清单 年度", "尚未报送", "请补报"]]


def test_a_workbook_of_another_year_is_told_from_the_one_that_is_owed():
    last = replace(received("去年.xlsx", JX, "returned"), packet="落实情况报告", period="2024-H2")
    text = shown(
        print_round,
        a_round(
            files=(last,),
            expected=(owes(JX, "missing", packet="落实情况报告", period="2025-H2"),),
            findings=(finding("V101", at(JX, "去年.xlsx", "C3")),),
        ),
        summary=SUMMARY,
    )
    assert rows(text)[5:7] == [
        ["机械工程学院党委", "落实情况报告 下半年", "尚未报送", "请补报"],
        ["机械工程学院党委", "落实情况报告 2024年下半年", "已报待改", "1", "退回修改"],
    ]


def test_what_is_asked_of_the_office_s_own_unit_is_for_the_office_to_check():
    own = Unit("XX", "示例大学党委", "校党委")
    late = [
        finding("C102", Where(f"{u.code}.xlsx", "责任清单", "L5", unit=u.name, unit_code=u.code))
        for u in (own, JX)
    ]
    round_ = a_round(
        roster=Roster((own, *UNITS), ()), findings=tuple(late),
        files=(received("XX.xlsx", own), received("JX.xlsx", JX)),
    )  # fmt: skip
    steps = [line[-1] for line in rows(shown(print_round, round_, summary=SUMMARY)) if "1" in line]
    assert steps == ["请说明", "办公室核对"]


def test_a_long_list_is_cut_and_says_where_the_rest_is():
    units = tuple(Unit(f"U{n:02}", f"第{n:02}学院党委", "基层党委") for n in range(50))
    round_ = a_round(roster=Roster(units, ()), expected=tuple(owes(u, "missing") for u in units))
    text = shown(print_round, round_, summary=SUMMARY)
    assert text.count("请补报") == MOST_ROWS
    assert "其余10项见总台账" in text


def test_nothing_to_do_is_said():
    text = shown(print_round, a_round(expected=(owes(JX, "on_time"),)), summary=SUMMARY)
    assert "没有须处理的事项。" in text
    assert "机械" not in text


def test_outputs_are_named_by_their_path_in_the_workspace(tmp_path):
    written = (tmp_path / "汇总" / "总台账.xlsx", Path("/elsewhere") / "回复")
    text = shown(print_round, a_round(), summary=SUMMARY, written=written, base=tmp_path)
    assert "  汇总/总台账.xlsx\n" in text
    assert str(written[1]) in text


def test_a_file_name_cannot_steer_the_terminal_or_the_markup():
    nasty = "[red]坏[bold]\x1b[2J:smile:\r.xlsx"
    round_ = a_round(
        files=(received(nasty, None, "unreadable"),), findings=(finding("F102", at(None, nasty)),)
    )
    text = shown(print_round, round_, width=120, summary=SUMMARY)
    assert "\x1b" not in text
    assert "\r" not in text
    assert "[red]坏[bold] [2J:smile: .xlsx" in text


# ---- the other commands ----------------------------------------------------------------


def status_of(*expected):
    def printed(console):
        print_status(expected, console, busy().settings)

    return shown(printed)


def test_the_status_shows_each_row_and_counts_them():
    text = status_of(*busy().expected)
    assert ["化工学院党委", "责任任务清单 年度", "2025-04-20", "尚未报送"] in rows(text)
    assert "2025-04-18 16:30" in text
    assert "责任主体" not in text
    assert "共5项：按时报送2项、已报待改1项、尚未报送1项、未到期1项。" in text
    assert "没有应报事项。" in status_of()


def test_the_status_names_filers_where_each_files():
    row = owes(JX, "missing", filer="张三", due="")
    cells = rows(status_of(row))[2]
    assert cells == ["机械工程学院党委", "责任任务清单 年度", "张三", "未定", "尚未报送"]


def test_rules_stand_by_regime_with_kind_weight_and_clause():
    text = shown(print_rules, rules_list([REGIME]), width=160)
    assert "tj-2017：" in text
    assert "责任传导" in text
    assert "三（二）2" in text
    assert "人工" in text


def test_a_sentence_is_never_cut():
    text = shown(print_text, form_text(REGIME, "责任清单"))
    assert text == form_text(REGIME, "责任清单") + "\n"


# ---- GBK -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_every_explanation_can_be_shown_in_gbk(code):
    assert code.title in shown(print_text, explain_text(code.id)).encode("gbk").decode("gbk")


def test_every_status_and_table_can_be_shown_in_gbk():
    every = tuple(
        owes(JX, status, period=f"2025-R{n}") for n, status in enumerate(EXPECTED_WORDS, 1)
    )
    files = tuple(received(f"{status}.xlsx", None, status) for status in FILE_WORDS)
    faults = tuple(finding("F102", at(None, row.path)) for row in files)
    text = (
        status_of(*every)
        + shown(print_round, a_round(expected=every, files=files, findings=faults), summary=SUMMARY)
        + shown(print_round, busy(), summary=SUMMARY)
        + shown(print_rules, rules_list([REGIME]))
        + shown(print_forms, forms_list(REGIME))
        + shown(print_text, explain_text("nothing"))
    )
    text.encode("gbk")
    assert all(word in text for word in EXPECTED_WORDS.values())
    assert all(word in text for word in FILE_WORDS.values())


def test_lines_are_drawn_with_characters_of_one_width_everywhere():
    text = shown(print_round, busy(), summary=SUMMARY)
    assert not [c for c in text if "\u2500" <= c <= "\u259f" or c == "\u2026"]


def run(code: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "FORCE_COLOR"}}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | environment, capture_output=True, check=True
    )


def test_a_character_that_a_gbk_console_lacks_becomes_a_question_mark():
    done = run(
        "from sxxt_excel.outputs.console import *\n"
        "print_text('\\U00020bb7野学院 \\u2713', make_console())\n"
        "print_text('\\U00020bb7', make_console(stderr=True))",
        PYTHONIOENCODING="gbk",
    )
    assert done.stdout.decode("gbk").strip() == "?野学院 ?"
    assert done.stderr.decode("gbk").strip() == "?"


def test_redirected_output_has_no_colour_and_room_enough():
    done = run(
        "from sxxt_excel.outputs.console import *; c = make_console(); print(c.width); "
        "c.print('x', style='red')",
        PYTHONIOENCODING="utf-8",
    )
    assert done.stdout.split() == [b"120", b"x"]


def test_quiet_prints_nothing(capsys):
    print_round(busy(), make_console(quiet=True), summary=SUMMARY)
    assert capsys.readouterr() == ("", "")


def test_progress_keeps_standard_output_clean_and_silent_where_nobody_watches(capsys):
    for quiet in (True, False):
        with progress(3, quiet=quiet) as advance:
            for _ in range(3):
                advance()
    assert capsys.readouterr() == ("", "")


def test_progress_counts_on_standard_error_of_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen, out = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", "xterm")
    with progress(2) as advance:
        advance()
        advance()
    assert "已处理 2/2 份" in screen.getvalue()
    assert out.getvalue() == ""
