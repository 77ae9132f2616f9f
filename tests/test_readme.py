"""What the README shows is what works: every command of it is run, in its order, as it stands."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from drafts import use_server
from mailserver import SECRET, Server, lacking
from world import World, cell_of, edited, make_world

import tools.wheelhouse as house
from sxxt_excel.cli import cli
from sxxt_excel.mail import PASSWORD
from sxxt_excel.regime import load_regime
from sxxt_excel.workspace import find_workspace

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ("README.md", "README.en.md")
PAGES = (*GUIDES, "CONTRIBUTING.md", "validators/README.md", "docs/README.md")
INSTALLS = {
    "main-command": "python -m pip install . && sxxt-excel collect samples/inbox/",
    "test-command": 'python -m pip install -e ".[all,test,dev]" && python -m pytest',
}
COMPLETION = re.compile(r"_SXXT_EXCEL_COMPLETE=(\w+)_source sxxt-excel")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands(page: str) -> list[str]:
    """The lines of a page's sh blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_the_marked_blocks_are_one_line_each_as_ci_reads_them():
    for name, command in INSTALLS.items():
        found = re.findall(rf"<!-- {name} -->\s*```sh\n(.*?)```", text_of("README.md"), re.DOTALL)
        assert found == [f"{command}\n"]


def test_every_line_of_the_guides_is_of_a_kind_that_is_tested():
    for line in (line for page in GUIDES for line in commands(page)):
        assert (
            line.startswith(("sxxt-excel ", "cd ", "python tools/wheelhouse.py "))
            or line in INSTALLS.values()
            or COMPLETION.search(line)
        ), line


# ---- the commands of the tool itself ------------------------------------------------------


class Office:
    """Follows a guide: types its commands, and does between them what its text tells to do."""

    def __init__(self, folder: Path, mail: Callable[[], Server] | None = None) -> None:
        self.here = folder
        self.mail = mail
        self.done: list[tuple[str, int]] = []

    def type(self, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(self.here)
        name, *words = shlex.split(line)
        if name == "cd":
            self.here = self.here / words[0]
            assert self.here.is_dir(), line
            return
        if name != "sxxt-excel":
            return
        if words[0] == "accept":
            self.a_unit_leaves_a_cell_blank(words[1])
        if words[0] == "diff":
            self.two_versions(words[1:])
        if words[0] in {"fetch", "send"}:
            if self.mail is None or (lacking() and not os.environ.get("CI")):
                self.done.append((line, 0))
                return
            use_server(self.here, self.mail().settings())
            monkeypatch.setenv(PASSWORD, SECRET)
        words = [path for word in words for path in (sorted(map(str, self.here.glob(word)))
                 if "*" in word else [word])]  # fmt: skip
        result = CliRunner().invoke(cli, words)
        assert result.exit_code in {0, 1}, f"{line}: {result.output}"
        assert "--quiet" not in words or "--json" in words or not result.output
        self.done.append((line, result.exit_code))
        if words[0] == "init":
            self.fill_in_the_roster(self.here / words[1])
        if words[0] == "issue":
            self.units_fill_in_and_send()

    def fill_in_the_roster(self, root: Path) -> None:
        world = make_world(root.parent / "名册")
        shutil.copy(world.root / "单位名册.xlsx", root)

    def a_unit_leaves_a_cell_blank(self, name: str) -> None:
        with edited(self.here / "inbox" / name) as book:
            sheet = book["责任清单"]
            sheet[cell_of(sheet, "工作项目", 3)].value = None
        CliRunner().invoke(cli, ["collect", "inbox", "--quiet"])

    def two_versions(self, names: list[str]) -> None:
        for name in names:
            shutil.copy(next(self.here.glob("inbox/*责任任务清单*.xlsx")), self.here / name)
        with edited(self.here / names[1]) as book:
            sheet = book["责任清单"]
            sheet[cell_of(sheet, "备注", 3)].value = "后来补充的"

    def units_fill_in_and_send(self) -> None:
        space = find_workspace(self.here)
        world = World(space.root, load_regime(space.settings.regime))
        for path in sorted(space.issued.rglob("*.xlsx")):
            kept = any(word in path.name for word in ("全程记实", "责任书"))
            if not kept and not (world.inbox / path.name).exists():
                world.fill_one(path)


@pytest.mark.parametrize("page", GUIDES)
def test_the_commands_of_a_guide_work_in_its_order(page, tmp_path, monkeypatch, request):
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    office = Office(tmp_path, lambda: request.getfixturevalue("mail_server"))
    for line in commands(page):
        first = line.replace("python -m pip install . && ", "")
        office.type(first, monkeypatch)
    typed = dict(office.done)
    assert len(office.done) == sum("sxxt-excel " in line for line in commands(page)
                                   if not COMPLETION.search(line))  # fmt: skip
    # The page says that the samples end with 1.
    assert typed["sxxt-excel collect samples/inbox/"] == 1
    assert (tmp_path / "samples/汇总/总台账.xlsx").is_file()
    assert (tmp_path / "责任清单2025/汇总/总台账.xlsx").is_file()


def test_the_round_of_the_guide_accepts_what_was_filled_in_validly(tmp_path, monkeypatch):
    office = Office(tmp_path)
    lines = commands("README.md")
    for line in lines[lines.index("cd 责任清单2025") - 1 :][:4]:
        office.type(line, monkeypatch)
    result = json.loads((office.here / "汇总/result.json").read_text(encoding="utf-8"))
    assert result["totals"]["accepted"] == len(list(office.here.glob("下发/**/*.xlsx"))) > 1
    assert not [f for f in result["findings"] if f["path"] and f["severity"] != "note"]


# ---- what needs a network, a shell or another program --------------------------------------


def test_the_offline_line_is_understood(monkeypatch):
    asked = []
    monkeypatch.setattr(house, "make_house", lambda *given: asked.append(given))
    (line,) = [c for c in commands("README.md") if c.startswith("python tools/")]
    house.main(shlex.split(line)[2:])
    assert asked == [(Path("离线安装"), house.TARGETS["win_amd64"], "3.11")]


def test_the_completion_lines_name_shells_that_get_a_script():
    shells = [m[1] for c in commands("README.md") if (m := COMPLETION.search(c))]
    assert shells == ["bash", "zsh", "fish"]  # test_cli.py runs each


def test_the_library_example_runs_as_it_stands(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", text_of("README.en.md"), re.DOTALL)
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Name: 工作项目" in done.stdout


# ---- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", text_of(page))
    assert page == "validators/README.md" or links
    for link in links:
        assert ((ROOT / page).parent / link).exists(), link


def test_the_sheets_the_readme_explains_are_those_of_the_master(tmp_path, monkeypatch):
    from openpyxl import load_workbook

    world = make_world(tmp_path / "w")
    world.fill("责任任务清单")
    monkeypatch.chdir(world.root)
    CliRunner().invoke(cli, ["collect", "inbox", "--jobs", "1", "--today", "2025-04-12", "-q"])
    sheets = load_workbook(world.root / "汇总/总台账.xlsx", read_only=True).sheetnames
    table = text_of("README.md").split("| 工作表 | 看什么 |")[1].split("\n\n")[0]
    named = [row.split("|")[1].strip().removesuffix(" 等") for row in table.splitlines()[2:]]
    assert [name for name in sheets if name in named] == named


def test_the_settings_the_readme_names_are_in_the_file_that_init_writes(tmp_path):
    path = tmp_path / "w"
    CliRunner().invoke(cli, ["init", str(path), "--regime", "tj-2017", "--year", "2025"])
    written = (path / "sxxt.toml").read_text(encoding="utf-8")
    table = text_of("README.md").split("| 问题 | 写在哪里 |")[1].split("\n\n")[0]
    for name in re.findall(r"`([^`]+)`", table):
        assert re.search(rf"^{re.escape(name)}( =|$)", written, re.MULTILINE), name


def test_the_overrides_that_validators_readme_shows_are_taken(tmp_path):
    blocks = re.findall(r"```toml\n(.*?)```", text_of("validators/README.md"), re.DOTALL)
    first, second, _ = blocks
    own = tmp_path / "validators"
    (own / "tj-2017").mkdir(parents=True)
    (own / "tj-2017" / "regime.toml").write_text(first, encoding="utf-8")
    form = text_of("validators/forms/责任清单.toml")
    old = re.search(r'\[\[field\]\]\nname = "责任部门"\n.*?\n\n', form, re.DOTALL)
    assert old is not None
    (own / "forms").mkdir()
    changed = form.replace(old[0], second + "\n")
    (own / "forms" / "责任清单.toml").write_text(changed, encoding="utf-8")
    regime = load_regime("tj-2017", own)
    assert {o.due for o in regime.obligations if o.id == "述责述廉"} == {"12月31日前"}
    assert {c.at_least for c in regime.counts if c.law.id == "专题调研"} == {2}
    field = regime.form("责任清单").field("责任部门")
    assert field is not None
    assert field.choices[0] == "学院办公室"
    assert field.open


def test_a_university_makes_its_own_regime_as_validators_readme_shows(tmp_path, monkeypatch):
    text = text_of("validators/README.md")
    own = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[2]
    (command,) = re.findall(r"`sxxt-excel (init .*?)`", text)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    assert run(cli, command.split()).exit_code == 0
    space = tmp_path / command.split()[1]
    folder = re.findall(r"建 `validators/(\S+)/regime.toml`（文件夹名", text)[0]
    (space / "validators" / folder).mkdir(parents=True)
    (space / "validators" / folder / "regime.toml").write_text(own, encoding="utf-8")
    settings = space / "sxxt.toml"
    written = settings.read_text(encoding="utf-8").replace('"sou-2020"', f'"{folder}"')
    settings.write_text(written, encoding="utf-8")
    done = run(cli, ["rules", "--check", "--workspace", str(space)])
    assert (done.exit_code, f"{folder}：没有发现问题" in done.output) == (0, True), done.output
    duties = {o.id: o for o in load_regime(folder, space / "validators").obligations}
    assert duties["年终述职"].due == "12月31日前"
    assert "方案备案" not in duties
    bad = own.replace("drop = true", "drp = true")
    (space / "validators" / folder / "regime.toml").write_text(bad, encoding="utf-8")
    told = run(cli, ["rules", "--check", "--workspace", str(space)])
    assert told.exit_code == 2
    assert "方案备案" in told.output
