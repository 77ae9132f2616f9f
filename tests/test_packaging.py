"""What gets installed, and which module may import what."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Container, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tools.wheelhouse import (
    TARGETS,
    WINDOWS_SCRIPTS,
    marker_environment,
    missing_requirements,
    write_scripts,
)

# All on one worker: the wheel is built once.

# ---- the tables to edit -------------------------------------------------------------------------

# From the bottom up. A module imports only from layers below its own, or from its own folder.
# A name stands for the module or folder of sxxt_excel; every one has its place here.
LAYERS = (
    ("__init__",),
    ("text", "places", "formats", "headings", "stamp", "store"),
    ("calling", "damage", "people", "spelling", "toml", "privacy", "package", "wording"),
    ("model",),
    ("codes", "outcome", "dates", "periods", "workdays"),
    ("deadlines", "windows"),
    ("findings", "forms", "repairs", "relations", "ceiling", "columns", "explanations"),
    ("laws", "mail", "consistency", "pointing"),
    ("regime", "settings"),
    ("arisen", "configuration", "conformity", "decisions", "duties", "waivers"),
    ("intake", "read", "engine"),
    ("asked", "kept"),
    ("layout", "lines", "marks"),
    ("cutting", "marking", "raw"),
    ("cover", "dittos", "officebook", "remarks"),
    ("extract", "roster"),
    ("screen", "rollup"),
    ("look", "receipts", "expected"),
    ("census", "names", "reused"),
    ("identity", "originals", "reading", "submissions", "workspace"),
    ("registry",),
    ("papers",),
    ("result",),
    ("awaited", "cells", "chain", "filed", "tree"),
    ("converting", "split", "stack"),
    ("normalise",),
    ("faces",),
    ("prefill",),
    ("rules", "aside", "blanks", "issue", "newspace", "unread"),
    ("job",),
    ("answering",),
    ("sorting",),
    ("difference", "slips"),
    ("checking", "recall", "statuses", "settled", "subtree", "suggestions", "adopted"),
    ("levels",),
    ("registers",),
    ("round", "standing", "accept", "handout"),
    ("selfcheck", "outputs"),
    ("letters",),
    ("publish", "mailbox", "versus"),
    ("paperwork",),
    ("usage",),
    ("commands",),
    ("cli",),
    ("__main__",),
)

# Outputs of one and the same thing: none imports another.
STRANGERS = (
    ("faces.template", "faces.schema"),
    ("outputs.master", "outputs.reply", "outputs.console", "outputs.findings"),
)

# The only places where a library may be imported, at the top or inside a function.
HOMES: Mapping[str, tuple[str, ...]] = {
    "click": ("cli", "commands", "usage"),
    "rich": ("outputs.console", "outputs.findings"),
    "chinese_calendar": ("workdays",),
    "defusedxml": ("formats.odf",),
    "msoffcrypto": ("formats.crypto",),
    "python_calamine": ("read",),
    "pebble": ("engine",),
    "sqlalchemy": ("registry",),
    "openpyxl": ("read",),
    "rapidfuzz": ("difference", "layout", "suggestions"),
    "pandas": (
        "columns",
        "difference",
        "normalise",
        "result",
        "faces.schema",
        "rules",
        "settled",
        "stack",
        "statuses",
        "suggestions",
        "outputs",
    ),
    "numpy": ("normalise", "faces.schema", "rules", "outputs"),
    "pandera": ("faces.schema",),
    "xlsxwriter": ("faces", "newspace", "outputs"),
    "icalendar": ("letters",),
    "docx": ("paperwork.paper",),
    "jinja2": ("outputs",),
    "py7zr": ("intake.sevenzips",),
    "olefile": ("intake.outlook",),
    "imap_tools": ("mailbox.imap",),
    "tenacity": ("mailbox.sending",),
}

# What `sxxt-excel --help` must not wait for.
HEAVY = (
    "docx", "icalendar", "imap_tools", "jinja2", "numpy", "openpyxl", "pandas", "pandera", "rich",
    "sqlalchemy", "tenacity", "xlsxwriter",
)  # fmt: skip

# What the source distribution carries beside the package.
SDIST_FOLDERS = ("validators", "templates_xlsx", "samples", "tests", "docs", "tools")

# ---- installation -------------------------------------------------------------------------------

SAY_PLACES = (
    "from sxxt_excel.places import templates_dir, validators_dir;"
    "print(ascii(str(validators_dir()))); print(ascii(str(templates_dir())))"
)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def places_said(output: str) -> list[Path]:
    return [Path(ast.literal_eval(line)) for line in output.splitlines()]


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="session")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=checkout)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def fresh_venv(tmp_path: Path) -> Path:
    """A venv of its own that borrows the libraries of the running one, so nothing is fetched."""
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    (site,) = (*home.glob("lib/python*/site-packages"), *home.glob("Lib/site-packages"))
    borrowed = sysconfig.get_path("purelib")
    (site / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    return home


def program(venv: Path, name: str) -> Path:
    (found,) = (*venv.glob(f"bin/{name}"), *venv.glob(f"Scripts/{name}.exe"))
    return found


def install(venv: Path, *what: str | Path) -> None:
    alone = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed")
    run(program(venv, "python"), "-m", "pip", "install", *alone, *what, cwd=venv)


def test_an_installed_wheel_brings_its_data_and_its_command(wheel, checkout, fresh_venv, tmp_path):
    install(fresh_venv, wheel)
    said = places_said(run(program(fresh_venv, "python"), "-I", "-c", SAY_PLACES, cwd=tmp_path))
    for found, name in zip(said, ("validators", "templates_xlsx"), strict=True):
        assert found.is_relative_to(fresh_venv)
        assert files_below(found) == files_below(checkout / name) != set()
    assert "collect" in run(program(fresh_venv, "sxxt-excel"), "--help", cwd=tmp_path)


def test_an_editable_install_reads_the_data_of_the_checkout(checkout, fresh_venv, tmp_path):
    install(fresh_venv, "--editable", checkout)
    said = places_said(run(program(fresh_venv, "python"), "-I", "-c", SAY_PLACES, cwd=tmp_path))
    assert said == [checkout / "validators", checkout / "templates_xlsx"]


def test_a_checkout_runs_from_any_folder_without_being_installed(checkout, tmp_path):
    here = {"cwd": tmp_path, "PYTHONPATH": str(checkout)}
    said = places_said(run(sys.executable, "-c", SAY_PLACES, **here))
    assert said == [checkout / "validators", checkout / "templates_xlsx"]
    assert "collect" in run(sys.executable, "-m", "sxxt_excel", "--help", **here)


def test_a_missing_data_folder_is_said_plainly(checkout, tmp_path):
    lonely = tmp_path / "places.py"
    lonely.write_bytes((checkout / "sxxt_excel" / "places.py").read_bytes())
    spec = importlib.util.spec_from_file_location("lonely_places", lonely)
    assert spec is not None
    assert spec.loader is not None
    places = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(places)
    with pytest.raises(RuntimeError, match=r"validators.*重新安装"):
        places.validators_dir()


def test_the_wheel_holds_one_package_and_its_data_is_no_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"sxxt_excel", next(top for top in tops if top.endswith(".dist-info"))}
    assert "sxxt_excel/py.typed" in names
    assert not [n for n in names if n.startswith("sxxt_excel/_data/") and n.endswith(".py")]


def test_the_source_distribution_is_whole(checkout, tmp_path):
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=checkout)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        tops = {name.split("/")[1] for name in archive.getnames()}
    assert {*SDIST_FOLDERS, "sxxt_excel", "README.md", "LICENSE", "CHANGELOG.md"} <= tops


# ---- installation without internet --------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="runs the Linux script of the house")
def test_the_offline_house_installs_without_an_index(checkout, tmp_path):
    house = tmp_path / "离线 安装"
    run(sys.executable, "tools/wheelhouse.py", "--out", house, cwd=checkout)
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    assert "安装完成" in run("sh", house / "安装.sh", cwd=tmp_path, **nowhere)
    assert "collect" in run(program(house / "venv", "sxxt-excel"), "--help", cwd=tmp_path)
    run(program(house / "venv", "python"), "-m", "pip", "check", cwd=tmp_path)


def make_wheel(folder: Path, name: str, *requires: str) -> None:
    lines = [f"Name: {name}", *(f"Requires-Dist: {one}" for one in requires), ""]
    with zipfile.ZipFile(folder / f"{name.replace('-', '_')}-1-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}-1.dist-info/METADATA", "\n".join(lines))


def test_the_house_for_windows_asks_for_what_only_windows_needs(tmp_path):
    make_wheel(tmp_path, "sxxt-excel", "tool", 'extra-one; extra == "all"')
    make_wheel(
        tmp_path, "tool", 'colours>=1; sys_platform == "win32"', 'forks; sys_platform == "linux"'
    )
    windows = marker_environment(TARGETS["win_amd64"], "3.11")
    linux = marker_environment(TARGETS["linux_aarch64"], "3.11")
    assert missing_requirements(tmp_path, windows) == ["colours>=1", "extra-one"]
    assert missing_requirements(tmp_path, linux) == ["extra-one", "forks"]


def test_the_windows_scripts_show_chinese_in_a_windows_console(tmp_path):
    write_scripts(tmp_path, "3.11", windows=True)
    for name in WINDOWS_SCRIPTS:
        raw = (tmp_path / name).read_bytes()
        assert b"\n" not in raw.replace(b"\r\n", b"")
        text = raw.decode("gbk")
        assert re.search("[一-鿿]", text)
        assert "chcp 936" in text
        # The second byte of a GBK character may be one that cmd takes for its own.
        assert not [
            char for char in text if not char.isascii() and char.encode("gbk")[1] in b"\\|^"
        ]
        for label in re.findall(r"goto (\w+)", text):
            assert f"\n:{label}\r\n" in raw.decode("gbk")
    assert (tmp_path / "使用说明.txt").read_bytes().startswith(b"\xef\xbb\xbf")


# ---- who imports whom ---------------------------------------------------------------------------


def modules(checkout: Path) -> dict[str, ast.Module]:
    """Every module of the package by its dotted name below it; a folder by its `__init__`."""
    package = checkout / "sxxt_excel"
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """The dotted names a module imports anywhere, `from a import b` as "a.b"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows(found: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """For each of our modules, those of our modules that it imports."""
    return {
        name: {
            nearest(found, dotted.removeprefix("sxxt_excel").removeprefix("."))
            for dotted in imported(tree)
            if dotted.split(".", maxsplit=1)[0] == "sxxt_excel"
        }
        for name, tree in found.items()
    }


def nearest(found: Container[str], dotted: str) -> str:
    """The module a dotted name is or stands in: "codes.CODES" is in "codes"."""
    while dotted and dotted not in found:
        dotted = dotted.rpartition(".")[0]
    return dotted or "__init__"


def inside(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def test_every_module_has_a_layer_and_imports_only_from_below(checkout):
    layer = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
    found = arrows(modules(checkout))
    homeless = sorted({name.split(".")[0] for name in found} - set(layer))
    assert not homeless, "give these a layer in LAYERS"
    upward = [
        f"{name} imports {target}"
        for name, targets in found.items()
        for target in sorted(targets)
        if (room := name.split(".")[0]) != (other := target.split(".")[0])
        and layer[other] >= layer[room]
    ]
    assert not upward


def test_no_modules_import_each_other_in_a_circle(checkout):
    found = arrows(modules(checkout))
    order = list(TopologicalSorter(found).static_order())
    assert set(order) == set(found)


def test_outputs_of_one_thing_do_not_know_each_other(checkout):
    found = arrows(modules(checkout))
    known = [
        f"{name} imports {target}"
        for strangers in STRANGERS
        for name in strangers
        for target in sorted(found.get(name, set()) & set(strangers) - {name})
    ]
    assert not known


def test_every_library_is_imported_only_where_it_belongs(checkout):
    astray = [
        f"{name} imports {dotted}"
        for name, tree in modules(checkout).items()
        for dotted in imported(tree)
        if (library := dotted.split(".")[0]) in HOMES and not inside(name, HOMES[library])
    ]
    assert not astray


def test_help_waits_for_no_heavy_library(checkout, tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sxxt_excel", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "sxxt_excel" in loaded
    assert not loaded & set(HEAVY)
