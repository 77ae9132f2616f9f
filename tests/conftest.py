"""Fixtures that several test modules share."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Callable


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


@pytest.fixture
def listed(filled_world: World) -> Callable[[Path], World]:
    """Return what makes at a place a world of one's own in which the lists were sent."""

    def at(root: Path) -> World:
        shutil.copytree(filled_world.root, root, dirs_exist_ok=True)
        copied = (
            [dict(row) for row in rows]
            for rows in (filled_world.units, filled_world.people, filled_world.waivers)
        )
        units, people, waivers = copied
        return replace(filled_world, root=root, units=units, people=people, waivers=waivers)

    return at


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden: write what comes out over what is expected, to be read in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/")
