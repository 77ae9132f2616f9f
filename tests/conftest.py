"""Fixtures that several test modules share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from inprocess import reading_here
from mailserver import CODES, DOMAIN, serving
from place import Place, make_place
from sampled import WRITTEN
from world import BEYOND, World, adopt, change, make_world

from sxxt_excel.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailserver import Server


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout that is being tested."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def filled_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world whose units sent their lists, valid; filled in once, to be copied."""
    world = make_world(tmp_path_factory.mktemp("lists") / "w")
    world.fill("责任任务清单")
    return world


@pytest.fixture(scope="session")
def cascaded_world(filled_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return such a world in which JX and WY took up an item of the university's own lists."""
    world = filled_world.copied(tmp_path_factory.mktemp("cascaded") / "w")
    world.fill("责任任务清单（校级）")
    adopt(world)
    return world


@pytest.fixture(scope="session")
def whole_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world whose units sent everything of the year, valid; to be copied."""
    world = make_world(tmp_path_factory.mktemp("whole") / "w")
    world.fill()
    adopt(world)
    return world


@pytest.fixture(scope="session")
def whole_place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Place]:
    """Return what gives a regime's place with all filled in and sent; not to be changed."""
    made: dict[str, Place] = {}

    def place(name: str) -> Place:
        if name not in made:
            made[name] = make_place(tmp_path_factory.mktemp(name), name).fill()
        return made[name]

    return place


@pytest.fixture
def listed(filled_world: World) -> Callable[[Path], World]:
    """Return what makes at a place a world of one's own in which the lists were sent."""
    return filled_world.copied


@pytest.fixture(scope="session")
def asked_world(filled_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return such a world in which JX is asked about one cell, J3 of its tasks; to be copied."""
    world = filled_world.copied(tmp_path_factory.mktemp("asked") / "w")
    change(world, "机械工程学院党委_", "任务清单", {(3, "完成时限"): BEYOND})
    return world


@pytest.fixture
def asked(asked_world: World, tmp_path: Path) -> World:
    """Return a copy of that world of a test's own."""
    return asked_world.copied(tmp_path / "w")


@pytest.fixture(scope="session")
def collected_samples(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample workspace with all that `collect` writes; to be copied."""
    place = tmp_path_factory.mktemp("samples") / "w"
    leave = shutil.ignore_patterns(*WRITTEN, "*.py", "__pycache__", "*-20[0-9][0-9]")
    shutil.copytree(checkout / "samples", place, ignore=leave)
    with reading_here():
        done = CliRunner().invoke(cli, ["collect", str(place / "inbox"), "--quiet"])
    assert done.exit_code == 1, done.output
    return place


@pytest.fixture
def office(
    collected_samples: Path,
    in_process: None,  # noqa: ARG001 - that it is there is all
    tmp_path: Path,
) -> Path:
    """Return a collected sample workspace of a test's own, read in its own process."""
    return shutil.copytree(collected_samples, tmp_path / "office")


@pytest.fixture
def in_process() -> Iterator[None]:
    """Read in the test's own process; for a module: `pytest.mark.usefixtures("in_process")`."""
    with reading_here():
        yield


@pytest.fixture
def world(
    listed: Callable[[Path], World],
    in_process: None,  # noqa: ARG001 - that it is there is all
    tmp_path: Path,
) -> World:
    """Return a world of a test's own in which the lists were sent, read in its own process."""
    return listed(tmp_path / "office")


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Server]:
    """Return a mail server that keeps the mail of thirty units and of the office."""
    with serving(f"{code.lower()}@{DOMAIN}" for code in CODES) as server:
        yield server


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden: write what comes out over what is expected, to be read in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/")
