"""What changed between two results: counts for 总览, kept in result.json as `since`.

A run that finds just what the last one found keeps the last one's `since`: the same inbox
on the same day gives the same bytes, however often it is collected (ruling 4).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SINCE = "since"
_EXPECTED = ("obligation", "unit_code", "filer", "subject", "packet", "period")
_FINDING = ("code", "unit", "filer", "form", "sheet", "cell", "field", "row_key", "message")


def changes(previous: Mapping[str, Any] | None, now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is new and gone since the last result, None at the first run.

    Args:
        previous: the last result.json, or None.
        now: this pass's result, without `since`.

    Returns:
        `as_of` of the last result, and how many `arrived`, were `accepted`, and how many
        findings are `gone` and `new`.
    """
    if previous is None:
        return None
    before = {name: value for name, value in previous.items() if name != SINCE}
    if before == now:
        kept: dict[str, Any] | None = previous.get(SINCE)
        return kept
    arrived, accepted = _fresh(before, now)
    old = Counter(_finding_key(row) for row in before.get("findings", ()))
    new = Counter(_finding_key(row) for row in now["findings"])
    return {
        "as_of": before.get("as_of"),
        "arrived": arrived,
        "accepted": accepted,
        "gone": (old - new).total(),
        "new": (new - old).total(),
    }


def _fresh(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[int, int]:
    """Count what arrived, and what was accepted, of the expected since the last run."""
    old = {_expected_key(row): row for row in before.get("expected", ())}
    rows = [(row, old.get(_expected_key(row), {})) for row in now["expected"]]
    return (
        sum(bool(row["arrived"]) and not was.get("arrived") for row, was in rows),
        sum(row["accepted"] is True and was.get("accepted") is not True for row, was in rows),
    )


def _expected_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _EXPECTED)


def _finding_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    # A finding stays the same one when its file was sent again under another name.
    return (*(row.get(name) for name in _FINDING), None if row.get("unit") else row.get("path"))
