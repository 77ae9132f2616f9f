"""Fixtures that several test modules share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout that is being tested."""
    return Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden: write what comes out over what is expected, to be read in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/")
