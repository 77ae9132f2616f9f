"""The command line: Chinese throughout, one sentence for a fault, exit codes 0, 1 and 2."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet
from world import World, cell_of, edited, headings

from sxxt_excel import __version__
from sxxt_excel.cli import cli
from sxxt_excel.expected import owed
from sxxt_excel.officebook import PEOPLE, ROSTER_FILE, UNITS, WAIVERS
from sxxt_excel.places import templates_dir, validators_dir
from sxxt_excel.regime import regime_ids
from sxxt_excel.result import expected_json
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import expected_row
from sxxt_excel.workspace import LOCK, find_workspace

ENGLISH = re.compile(r"Usage|Options:|Commands:|Show this|required|Error|Invalid|Missing|Try '")
COMMANDS = sorted(cli.commands)
DAY = dt.date(2025, 4, 12)
OPENED = ("汇总/总台账.xlsx", "汇总/result.json")


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="sxxt-excel")


def stopped(*args: str | Path) -> str:
    """What a command says that could not be carried out: one Chinese line, exit code 2."""
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert re.search("[一-鿿]", line)
    return line


def refused(*args: str | Path) -> str:
    """The same, of what the person at the keyboard can mend: without a word of English."""
    line = stopped(*args)
    assert not ENGLISH.search(line)
    return line


@pytest.fixture(scope="module")
def shared(filled_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A workspace with validly filled lists of two units; not to be changed by a test."""
    return filled_world.copied(tmp_path_factory.mktemp("cli") / "责任清单2025")


@pytest.fixture
def world(shared: World, tmp_path: Path) -> World:
    """A copy of it that a test may change, not yet collected."""
    return shared.copied(tmp_path / shared.root.name)


# ---- help -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_chinese_help_with_an_example_of_itself(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    text = result.stdout
    assert text.startswith(f"用法：sxxt-excel {command}")
    assert f"例：sxxt-excel {command}" in text
    assert "选项：" in text
    assert "显示帮助并退出" in text
    assert not ENGLISH.search(text)
    assert not re.search(r"\[OPTIONS\]|PATH|INTEGER|TEXT|FILE", text)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_is_for(command):
    for param in cli.commands[command].params:
        if isinstance(param, click.Option):
            assert re.search("[一-鿿]", param.help or ""), param.name


def test_the_help_of_the_whole_names_every_command_in_chinese():
    text = run("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^  {command} +[一-鿿]", text, re.MULTILINE)
    assert "命令：" in text
    assert not ENGLISH.search(text)


def test_the_examples_in_the_help_are_understood():
    """The words of an example are commands and options that exist."""
    for command in COMMANDS:
        (example,) = re.findall(r"例：sxxt-excel (.+)", run(command, "--help").stdout)
        name, *words = example.split()
        known = {opt for param in cli.commands[name].params for opt in param.opts}
        assert {word for word in words if word.startswith("-")} <= known


def test_help_columns_line_up_where_a_character_is_two_cells(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    from rich.cells import cell_len

    text = run("collect", "--help").stdout
    rows = re.findall(r"^  (-\S.*?)  +([一-鿿].*)$", text, re.MULTILINE)
    starts = {cell_len(line[: line.rindex(words)]) for line in text.splitlines()
              for _, words in rows if line.startswith("  -") and line.endswith(words)}  # fmt: skip
    assert len(rows) > 4
    assert len(starts) == 1
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_a_bare_command_shows_the_help_and_fails():
    result = run()
    assert result.exit_code == 2
    assert "命令：" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="children's processor time is not told there")
def test_help_comes_at_once(checkout):
    def seconds() -> float:
        before = os.times()
        command = [sys.executable, "-m", "sxxt_excel", "--help"]
        subprocess.run(command, cwd=checkout, check=True, capture_output=True)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    # Processor time: other tests may hold the processors for a while.
    assert min(seconds() for _ in range(5)) < 0.2


def test_the_version_is_the_one_of_the_package(checkout):
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version").stdout == f"sxxt-excel {__version__}\n"
    assert project["version"] == __version__


# ---- usage faults -----------------------------------------------------------------------

FAULTS = (
    # (what was typed, what the sentence says)
    (("colect",), "collect"),
    (("status", "--jsno"), "--json"),
    (("collect",), "收件夹"),
    (("init", "x"), "--regime"),
    (("init", "x", "--regime", "tj-2017", "--year", "今年"), "2000 到 2099"),
    (("init", "x", "--regime", "tj-2016", "--year", "2025"), "tj-2017"),
    (("templates", "--regime", "tj-2016"), "tj-2017"),
    (("status", "--today", "2025-13-1"), "2025-07-15"),
    (("status", "--today"), "--today"),
    (("rules", "--json=3"), "--json"),
    (("collect", "我的", "文件"), "引号"),
    (("collect", ".", "--jobs", "-1"), "0 到 256"),
    (("collect", "没有这个文件夹"), "没有这个文件夹"),
    (("collect", __file__), "是文件"),
    (("check", "没有.xlsx"), "没有.xlsx"),
    (("check", "."), "文件夹"),
    (("forms", "责任清但"), "责任清单"),
)


@pytest.mark.parametrize(("args", "said"), FAULTS)
def test_a_fault_of_usage_is_one_chinese_sentence(args, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said in refused(*args)


@pytest.mark.parametrize("args", [("status",), ("issue",), ("collect", ".")])
def test_outside_of_a_workspace_it_is_said_how_to_make_one(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "sxxt-excel init" in refused(*args)
    assert not list(tmp_path.iterdir())


def test_a_faulty_sxxt_toml_names_the_key(world):
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8").replace("hour = 24", "hour = 40")
    path.write_text(text, encoding="utf-8")
    assert refused("status", "-w", world.root).startswith("sxxt.toml：deadline.hour：")


def test_a_setting_about_an_unknown_duty_is_refused(world):
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8").replace("[due]", '[due]\n"述责" = "12月31日前"')
    path.write_text(text, encoding="utf-8")
    assert "述责述廉" in refused("collect", world.inbox)


def unreadable(patch: pytest.MonkeyPatch, path: Path) -> None:
    """Let a path be without the right to read it, also for whoever may read everything."""
    access, reading, listing, asking = os.access, Path.read_text, os.scandir, os.stat

    def barred(place: object) -> None:
        if str(place) == str(path):
            raise PermissionError(13, "denied", str(path))

    def read(place: Path, *args: Any, **more: Any) -> str:
        barred(place)
        return reading(place, *args, **more)

    def scan(place: Any = ".") -> Any:
        barred(place)
        return listing(place)

    def ask(place: Any, *args: Any, **more: Any) -> os.stat_result:
        if str(place).startswith(f"{path}{os.sep}"):
            raise PermissionError(13, "denied", str(place))
        return asking(place, *args, **more)

    def may(place: Any, mode: int, **more: Any) -> bool:
        same = Path(place).resolve() == path
        return not (same and mode & os.R_OK) and access(place, mode, **more)

    patch.setattr(Path, "read_text", read)
    patch.setattr(os, "scandir", scan)
    patch.setattr(os, "stat", ask)
    patch.setattr(os, "access", may)


def test_an_inbox_that_may_not_be_read_is_named(world, monkeypatch):
    monkeypatch.chdir(world.root)
    unreadable(monkeypatch, world.inbox)
    assert refused("collect", "inbox").startswith("读不了收件夹“inbox”")


def test_settings_that_may_not_be_read_are_not_said_to_be_written(world, monkeypatch):
    unreadable(monkeypatch, world.root / "sxxt.toml")
    line = refused("collect", world.inbox)
    assert line.startswith("sxxt.toml：打不开")


def test_what_may_not_be_read_is_told_from_what_cannot_be_written(world, monkeypatch):
    path = world.root / "某.xlsx"
    path.write_bytes(b"x")

    def barred(*_args: object, **_more: object) -> None:
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr("sxxt_excel.round.collect", barred)
    assert refused("collect", world.inbox).startswith("写不了“某.xlsx”")
    unreadable(monkeypatch, path)
    assert refused("collect", world.inbox).startswith("读不了“某.xlsx”")


def test_a_workspace_without_its_roster_is_refused(world):
    (world.root / "单位名册.xlsx").unlink()
    assert "单位名册" in refused("collect", world.inbox)


def emptied(book: openpyxl.Workbook) -> None:
    book[UNITS].delete_rows(2, book[UNITS].max_row)


def headless(sheet: str) -> Callable[[openpyxl.Workbook], None]:
    return lambda book: book[sheet].delete_rows(1)


def without(sheet: str, heading: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet].cell(1, headings(book[sheet], 1)[heading]).value = "编号"

    return change


def gone(sheet: str) -> Callable[[openpyxl.Workbook], None]:
    return lambda book: book.remove(book[sheet])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (gone(UNITS), "找不到“单位”"), (gone(PEOPLE), "找不到“人员”"),
        (headless(UNITS), "“单位”表认不出表头"), (headless(PEOPLE), "“人员”表认不出表头"),
        (without(UNITS, "单位代码"), "“单位”表没有“单位代码”列"),
        (without(PEOPLE, "姓名"), "“人员”表没有“姓名”列"),
        (emptied, "“单位”表还没有单位"),
    ],
)  # fmt: skip
def test_no_unit_is_judged_by_a_roster_that_cannot_be_used(world, change, said):
    assert run("collect", world.inbox, "--today", "2025-04-12").exit_code < 2
    before = files_but_the_roster(world)
    with edited(world.root / ROSTER_FILE) as book:
        change(book)
    assert said in stopped("collect", world.inbox, "--today", "2025-04-12")
    assert files_but_the_roster(world) == before


def files_but_the_roster(world: World) -> dict[str, bytes]:
    files = (path for path in world.root.rglob("*") if path.name not in {ROSTER_FILE, LOCK})
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def test_sheets_of_the_roster_that_were_renamed_are_known_by_their_headings(world):
    before = read_roster(world.root / ROSTER_FILE)
    assert before[0].people
    with edited(world.root / ROSTER_FILE) as book:
        for name in (UNITS, PEOPLE, WAIVERS):
            book[name].title = f"{name}名单"
    assert read_roster(world.root / ROSTER_FILE) == before


@pytest.mark.parametrize(
    ("value", "said"),
    [("#N/A", "是错误值#N/A"), ("=DATE(2025,1,1)", "的公式没有结果")],
)
def test_a_cell_of_the_roster_without_a_value_is_told_once(world, value, said):
    with edited(world.root / ROSTER_FILE) as book:
        for heading in ("职务", "任职止"):  # one that must be filled, one that need not
            book[PEOPLE][cell_of_first(book[PEOPLE], heading)].value = value
    _, told = read_roster(world.root / ROSTER_FILE)
    assert [(f.code, f.where.cell) for f in told if f.where.sheet == PEOPLE] == [
        ("R118", "D2"), ("R118", "M2"),
    ]  # fmt: skip
    assert all(said in f.message for f in told if f.code == "R118")


@pytest.mark.parametrize(
    "line",
    [
        ("注：以组织部的名册为准",), ("合计：72人",), ("合计", "72人"),
        (None, "合计", "=COUNTA(B2:B3)"), ("填表人：张示例", None, "审核人：李三"),
    ],
)  # fmt: skip
def test_a_note_or_a_sum_below_the_roster_is_no_row_of_it(world, line):
    before = read_roster(world.root / ROSTER_FILE)
    with edited(world.root / ROSTER_FILE) as book:
        for name in (UNITS, PEOPLE, WAIVERS):
            book[name].append(line)
    assert read_roster(world.root / ROSTER_FILE) == before


def test_a_row_of_the_roster_that_lacks_nearly_all_is_told(world):
    with edited(world.root / ROSTER_FILE) as book:
        book[UNITS].append(("ZZ",))
    _, told = read_roster(world.root / ROSTER_FILE)
    assert [f.code for f in told if f.where.sheet == UNITS] == ["R101", "R101"]


def cell_of_first(sheet: Worksheet, heading: str) -> str:
    return str(sheet.cell(2, headings(sheet, 1)[heading]).coordinate)


def test_a_roster_just_made_says_what_is_to_be_done_with_it(tmp_path):
    folder = tmp_path / "清单2025"
    run("init", folder, "--regime", "tj-2017", "--year", "2025")
    assert "单位名册" in refused("issue", "-w", folder)
    assert "填好单位名册" in refused("collect", folder / "inbox")
    assert run("status", "-w", folder, "--today", "2025-04-12").exit_code == 0


def test_a_fault_of_the_program_is_one_sentence_too(world, monkeypatch):
    def broken(*_args: object, **_more: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("sxxt_excel.round.collect", broken)
    assert "维护人员" in stopped("collect", world.inbox)
    monkeypatch.setenv("SXXT_EXCEL_DEBUG", "1")
    assert isinstance(run("collect", world.inbox).exception, KeyError)


# ---- init -------------------------------------------------------------------------------


def test_init_makes_a_workspace_and_overwrites_nothing(tmp_path):
    folder = tmp_path / "清单2025"
    result = run("init", folder, "--regime", "tj-2017", "--year", "2025")
    assert result.exit_code == 0
    assert "sxxt-excel issue" in result.stdout
    names = {path.name for path in folder.iterdir()}
    assert names == {"sxxt.toml", ".sxxt-key", "单位名册.xlsx", "收件登记.xlsx", "inbox"}
    before = {path: path.read_bytes() for path in folder.glob("*.*")}
    assert "没有改动" in refused("init", folder, "--regime", "tj-2017", "--year", "2026")
    assert before == {path: path.read_bytes() for path in folder.glob("*.*")}


@pytest.mark.parametrize(("regime", "campus"), [("tj-2017", True), ("sh-2019", False)])
def test_a_city_is_not_told_to_write_by_campus_mail(tmp_path, regime, campus):
    run("init", tmp_path / "w", "--regime", regime, "--year", "2025")
    text = (tmp_path / "w/sxxt.toml").read_text(encoding="utf-8")
    assert ("校内邮箱" in text) is campus
    assert 'channel = "OA或' in text


def test_init_keeps_a_roster_that_is_already_there(tmp_path):
    (tmp_path / "单位名册.xlsx").write_bytes(b"ours")
    assert run("init", tmp_path, "--regime", "tj-2017", "--year", "2025").exit_code == 0
    assert (tmp_path / "单位名册.xlsx").read_bytes() == b"ours"


# ---- issue, collect, status ---------------------------------------------------------------


def test_status_lists_what_came_unasked_once_for_each_unit_it_is_about(world):
    settings = world.root / "sxxt.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("[duty]", '[duty]\n"检查考核" = "按需"')
    text = text.replace("[groups]", '[groups]\n"考核组" = "XX"')
    settings.write_text(text, encoding="utf-8")
    space = find_workspace(world.root)
    items = owed(space.regime(), space.settings, read_roster(space.roster)[0])
    came = [expected_row(o, (), DAY) for o in items if o.obligation.id == "检查考核"]
    rows = [expected_json(row) | {"arrived": "on_time", "status": "on_time"} for row in came]
    space.result.parent.mkdir()
    space.result.write_text(json.dumps({"expected": rows}), encoding="utf-8")
    said = json.loads(run("status", "-w", world.root, "--json", "--today", "2025-04-12").stdout)
    about = [(row["subject"], row["status"]) for row in said if row["subject"]]
    assert about == [("机械工程学院党委", "on_time"), ("外国语学院党总支", "on_time")]


def test_issue_collect_and_status_follow_one_another(world, monkeypatch):
    monkeypatch.chdir(world.root)
    done = run(
        "issue", "--packet", "责任任务清单", "--unit", "JX", "--json", "--today", "2025-03-01"
    )
    assert [row["unit"] for row in json.loads(done.stdout)] == ["机械工程学院党委"]
    before = run("status", "--today", "2025-04-12", "--json")
    assert before.exit_code == 0
    assert {row["status"] for row in json.loads(before.stdout)} == {"not_due"}
    collected = run("collect", "inbox", "--today", "2025-04-12", "--jobs", "1")
    assert collected.exit_code == 0, collected.output
    assert all((world.root / name).is_file() for name in OPENED)
    assert "总台账.xlsx" in collected.stdout
    after = run("status", "--today", "2025-04-12", "--json")
    arrived = {row["unit_code"] for row in json.loads(after.stdout) if row["status"] == "on_time"}
    assert arrived == {"JX", "WY"}
    late = run("status", "--today", "2026-03-01")
    assert late.exit_code == 1
    assert "尚未报送" in late.stdout


def test_status_before_any_collect_says_what_is_missing(world):
    result = run("status", "-w", world.root, "--today", "2025-05-01")
    assert result.exit_code == 1
    assert re.search("机械工程学院党委 +责任任务清单.+尚未报送", result.stdout)


def test_json_is_all_there_is_on_standard_output(world):
    result = run("collect", world.inbox, "--json", "--jobs", "1", "--today", "2025-04-12")
    shown = json.loads(result.stdout)
    assert shown["schema"] == 1
    written = json.loads((world.root / "汇总/result.json").read_text(encoding="utf-8"))
    assert shown == written
    assert result.stderr == ""


def test_quiet_says_nothing_and_keeps_the_exit_code(world):
    result = run("collect", world.inbox, "--quiet", "--jobs", "1", "--today", "2025-05-01")
    assert result.output == ""
    assert result.exit_code == 1  # the university's own list is missing by then
    assert run("status", "-w", world.root, "-q", "--today", "2025-05-01").output == ""


def test_the_workspace_is_found_from_the_inbox_upwards(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deeper = world.inbox / "四月"
    deeper.mkdir()
    assert run("collect", deeper, "-q", "--jobs", "1", "--today", "2025-04-12").exit_code == 0
    assert (world.root / "汇总/总台账.xlsx").is_file()


def test_out_puts_the_outputs_elsewhere(world, tmp_path):
    out = tmp_path / "别处"
    args = ("collect", world.inbox, "--out", out, "--jobs", "1", "--today", "2025-04-12")
    assert run(*args).exit_code == 0
    assert all((out / name).is_file() for name in OPENED)
    assert not (world.root / "汇总").exists()


def test_the_exit_code_is_one_where_something_must_be_mended(world):
    path = next(world.inbox.glob("机械*"))
    book = openpyxl.load_workbook(path)
    sheet = book["责任清单"]
    sheet[cell_of(sheet, "工作项目", 3)] = None
    book.save(path)
    result = run("collect", world.inbox, "--jobs", "1", "--today", "2025-04-12")
    assert result.exit_code == 1
    assert "退回修改" in result.stdout


def test_an_open_master_is_named_where_it_cannot_be_written(world, monkeypatch):
    def locked(*_args: object, **_how: object) -> None:
        raise PermissionError(13, "denied", str(world.root / "汇总/总台账.xlsx"))

    monkeypatch.setattr("sxxt_excel.publish.publish", locked)
    assert "总台账.xlsx" in refused("collect", world.inbox, "--jobs", "1")


# ---- check ------------------------------------------------------------------------------


def test_check_inside_a_workspace_writes_nothing(world):
    path = next(world.inbox.glob("机械*"))
    before = sorted(world.root.rglob("*"))
    result = run("check", path, "--today", "2025-04-12")
    assert result.exit_code == 0, result.output
    assert sorted(world.root.rglob("*")) == before


def test_check_finds_what_collect_would(world):
    path = next(world.inbox.glob("机械*"))
    book = openpyxl.load_workbook(path)
    sheet = book["责任清单"]
    cell = cell_of(sheet, "工作项目", 3)
    sheet[cell] = None
    book.save(path)
    result = run("check", path, "--json", "--today", "2025-04-12")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    assert ("V101", "责任清单", cell) in [(f["code"], f["sheet"], f["cell"]) for f in found]


def test_check_tells_files_of_one_name_apart_and_looks_at_a_file_once(world):
    sound, faulty = (world.root / name / "清单.xlsx" for name in ("学院", "改过的"))
    for path, source in ((sound, "机械*"), (faulty, "外国语*")):
        path.parent.mkdir()
        shutil.copy(next(world.inbox.glob(source)), path)
    with edited(faulty) as book:
        sheet = book["责任清单"]
        sheet[cell_of(sheet, "工作项目", 3)].value = None
    found = json.loads(run("check", sound, faulty, sound, "--json").stdout)
    assert {f["path"]: f["status"] for f in found["files"]} == {
        "学院/清单.xlsx": "accepted",
        "改过的/清单.xlsx": "returned",
    }
    assert {f["path"] for f in found["findings"] if f["severity"] == "must"} == {"改过的/清单.xlsx"}


def test_check_outside_of_a_workspace_says_what_stays_unchecked(world, tmp_path, monkeypatch):
    path = tmp_path / "我们单位.xlsx"
    shutil.copy(next(world.inbox.glob("机械*")), path)
    monkeypatch.chdir(tmp_path)
    result = run("check", path, "--today", "2025-04-12")
    assert result.exit_code == 0, result.output
    assert "没有单位名册" in result.stdout
    # One line says it: nobody looked into a roster, or into a folder that is the office's.
    assert result.stdout.count("未检") == 1
    assert "名册中找不到" not in result.stdout
    assert "密钥（" not in result.stdout


# ---- explain, rules, forms, templates -----------------------------------------------------


def test_explain_tells_what_to_do_and_suggests_where_there_is_no_such_code():
    assert "怎么改" in run("explain", "V101").stdout
    unknown = run("explain", "V199")
    assert unknown.exit_code == 2
    assert unknown.stdout == ""
    assert re.search(r"没有“V199”.*相近的有.*V1\d\d", unknown.stderr, re.DOTALL)


def test_explain_finds_codes_by_a_word_of_their_names():
    found = run("explain", "日期")
    assert found.exit_code == 0
    assert {row["title"] for row in json.loads(run("explain", "日期", "--json").stdout)} == set(
        re.findall(r"^  [A-Z]\d{3}  (.+)$", found.stdout, re.MULTILINE)
    )


def test_rules_as_json_have_the_promised_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules = json.loads(run("rules", "--json").stdout)
    keys = {"id", "regime", "obligations", "kind", "severity", "title", "basis"}
    assert rules
    for rule in rules:
        assert set(rule) == keys
        assert rule["severity"] in {"must", "query", "note"}
        assert rule["obligations"] is not None
    assert {"T02", "T08"} <= {o for rule in rules for o in rule["obligations"]}
    shown = run("rules").stdout
    assert "责任项到任务项" in shown


def test_in_a_workspace_rules_are_its_own(world, monkeypatch):
    own = world.root / "validators" / "tj-2017"
    own.mkdir(parents=True)
    text = '[[manual]]\nserves = ["T06"]\ntitle = "我校另加的事项"\nbasis = "一"\n'
    (own / "regime.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(world.root)
    assert "我校另加的事项" in run("rules").stdout


def test_forms_lists_all_and_shows_one_with_its_schema(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert {"责任清单", "任务清单"} <= {
        row["form"] for row in json.loads(run("forms", "--json").stdout)
    }
    assert "完成时限" in run("forms", "责任清单").stdout
    schema = run("forms", "责任清单", "--schema").stdout
    assert "DataFrameSchema" in schema
    assert "完成时限" in schema


def test_a_form_is_told_as_json_for_every_regime_that_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = json.loads(run("forms", "责任清单", "--json").stdout)
    assert [row["regime"] for row in found] == list(regime_ids())
    assert {"完成时限", "项目编号"} <= {column["name"] for column in found[0]["columns"]}
    assert "tj-2017 也有这张表" in run("forms", "责任清单").stdout


@pytest.mark.parametrize(
    "args",
    [
        ("init", "新的", "--regime", "tj-2017", "--year", "2025"),
        ("templates", "--regime", "shou-2019", "--out", "模板"),
        ("templates", "--regime", "shou-2019", "--out", "模板", "--check"),
        ("explain", "V101"),
        ("rules", "--check"),
        ("forms", "责任清单", "--schema"),
    ],
)
def test_what_has_no_workspace_has_its_result_as_json_too(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert json.loads(run(*args, "--json").stdout)


@pytest.mark.parametrize(
    "args",
    [
        ("init", "新的", "--regime", "tj-2017", "--year", "2025"),
        ("templates", "--regime", "shou-2019", "--out", "模板"),
    ],
)
def test_what_makes_files_is_quiet_where_it_is_told_to_be(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*args, "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    assert any(tmp_path.iterdir())


def test_blank_workbooks_follow_a_workspaces_own_definitions(world, monkeypatch):
    own = world.root / "validators" / "forms"
    own.mkdir(parents=True)
    shipped = (validators_dir() / "forms" / "责任清单.toml").read_text(encoding="utf-8")
    field = '[[field]]\nname = "本校补充栏"\nkind = "text"\n'
    (own / "责任清单.toml").write_text(f"{shipped}\n{field}", encoding="utf-8")
    monkeypatch.chdir(world.root)
    run("templates", "--regime", "tj-2017", "--out", "模板")
    book = openpyxl.load_workbook(world.root / "模板" / "tj-2017" / "责任任务清单.xlsx")
    assert "本校补充栏" in headings(book["责任清单"])
    assert run("templates", "--check").exit_code == 0


def test_one_form_as_json_has_its_columns_in_every_regime_that_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = {row["regime"]: row for row in json.loads(run("forms", "责任清单", "--json").stdout)}
    assert list(found) == sorted(regime_ids())
    columns = {column["name"]: column for column in found["tj-2017"]["columns"]}
    assert len(columns) == found["tj-2017"]["fields"]
    assert columns["项目编号"]["required"]
    assert columns["完成情况"]["choices"] == ["未启动", "进行中", "已完成", "长期坚持"]
    assert columns["重点方面"]["choices_by_role"]["主要负责人"][0] == "履行领导责任"
    assert not columns["具体措施"]["required"]


def test_the_sheet_that_stands_for_three_is_a_form_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = "三张清单（一表式）"
    (row,) = json.loads(run("forms", one, "--json").stdout)
    assert (row["regime"], row["packets"]) == ("sou-2020", ["三张清单（校级）"])
    assert "整改目标" in [column["name"] for column in row["columns"]]
    assert "整改目标" in run("forms", one).stdout
    refused = run("forms", one, "--schema")
    assert refused.exit_code == 2
    assert "措施清单" in refused.stderr


def test_templates_check_tells_a_changed_and_a_missing_template(tmp_path):
    out = tmp_path / "模板"
    assert run("templates", "--out", out).exit_code == 0
    assert run("templates", "--out", out, "--check").exit_code == 0
    changed, missing, *_ = sorted(out.rglob("*.xlsx"))
    changed.write_bytes(changed.read_bytes() + b" ")
    missing.unlink()
    (out / "tj-2017" / "旧表.xlsx").write_bytes(b"")
    stale = run("templates", "--out", out, "--check")
    assert stale.exit_code == 1
    for name in (changed.name, missing.name, "旧表.xlsx"):
        assert name in stale.stderr
    assert not missing.exists()


def test_the_templates_of_this_version_are_not_stale():
    assert run("templates", "--check").exit_code == 0
    assert any(templates_dir().rglob("*.xlsx"))


# ---- as a process -----------------------------------------------------------------------


def process(*args: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "sxxt_excel", *map(str, args)],
        cwd=cwd, env={**os.environ, "PYTHONPATH": root, **more}, capture_output=True, check=False,
    )  # fmt: skip


def test_a_chinese_console_in_gbk_shows_everything(world):
    args = ("collect", "inbox", "--today", "2025-05-01", "--jobs", "2")
    done = process(*args, cwd=world.root, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert done.returncode == 1, done.stderr
    text = done.stdout.decode("gbk")
    assert "总台账.xlsx" in text
    assert "?" not in text


def test_a_console_that_knows_no_chinese_does_not_stop_the_work(world):
    args = ("collect", "inbox", "--today", "2025-04-12", "--jobs", "1")
    done = process(*args, cwd=world.root, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert (world.root / "汇总/总台账.xlsx").is_file()


def test_json_is_utf8_whatever_the_console_is(tmp_path):
    done = process("rules", "--json", cwd=tmp_path, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert json.loads(done.stdout.decode("utf-8"))


def test_progress_does_not_get_into_the_json(world):
    args = ("collect", "inbox", "--json", "--today", "2025-04-12", "--jobs", "2")
    done = process(*args, cwd=world.root, FORCE_COLOR="1", TTY_COMPATIBLE="1")
    assert json.loads(done.stdout)["totals"]["files"] == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion_script(shell, tmp_path):
    root = str(Path(__file__).resolve().parent.parent)
    code = "import sys; sys.argv[0] = 'sxxt-excel'; from sxxt_excel.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": root, "_SXXT_EXCEL_COMPLETE": f"{shell}_source"},
    )  # fmt: skip
    assert b"_SXXT_EXCEL_COMPLETE" in done.stdout
