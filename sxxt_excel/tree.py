"""A round → its tree: how each node stands, by itself and with all below it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxxt_excel.outcome import EXPECTED_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.outcome import Expected
    from sxxt_excel.people import Unit
    from sxxt_excel.result import Round

UNKNOWN = "尚未收到上报版，所属单位情况不明"


@dataclass(frozen=True, slots=True)
class Figures:
    """Things owed, by how they stand; one is a unit's packet and period (or a filer's)."""

    by_status: Counter[str]

    @property
    def owed(self) -> int:
        """Return how many are owed, those excused left out."""
        return self.by_status.total() - self.by_status["excused"]

    @property
    def arrived(self) -> int:
        """Return how many have arrived."""
        return sum(self.by_status[name] for name in ("on_time", "late", "returned"))

    @property
    def rate(self) -> float | None:
        """Return on time ÷ (owed − not due yet), None where nothing is due."""
        due = self.owed - self.by_status["not_due"]
        return self.by_status["on_time"] / due if due else None


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in the tree: `depth` from 0, its own figures and those of all it stands above.

    `units` counts it and all below; `received_at` is when its 上报版 came, `note` what is to
    be said of it.
    """

    unit: Unit
    depth: int
    own: Figures
    whole: Figures
    units: int
    received_at: str
    note: str


def tree(round_: Round) -> tuple[Node, ...]:
    """Return the nodes from the top down, each before those below it, in roster order."""
    codes = {unit.code for unit in round_.roster.units}
    below: dict[str | None, list[Unit]] = {}
    for unit in round_.roster.units:
        below.setdefault(unit.parent if unit.parent in codes else None, []).append(unit)
    owed: dict[str, Counter[str]] = {}
    reports: dict[str, Expected] = {}
    for row in round_.expected:
        if row.owed:
            owed.setdefault(row.unit_code, Counter())[row.status] += 1
        if round_.regime.packet(row.packet).rollup and (row.arrived or not row.latent):
            reports[row.unit_code] = row
    return tuple(
        node for top in below.get(None, ()) for node in _nodes(top, 0, below, owed, reports)
    )


def _nodes(
    unit: Unit,
    depth: int,
    below: dict[str | None, list[Unit]],
    owed: dict[str, Counter[str]],
    reports: dict[str, Expected],
) -> Iterator[Node]:
    under = [
        node
        for child in below.get(unit.code, ())
        for node in _nodes(child, depth + 1, below, owed, reports)
    ]
    own = Figures(owed.get(unit.code, Counter()))
    whole = Counter(own.by_status)
    for node in under:
        if node.depth == depth + 1:
            whole.update(node.whole.by_status)
    units = 1 + sum(node.units for node in under if node.depth == depth + 1)
    report = reports.get(unit.code)
    received = (report.received_at or "") if report else ""
    note = UNKNOWN if report and not received and report.status != "excused" else ""
    yield Node(unit, depth, own, Figures(whole), units, received, note)
    yield from under


def tree_json(round_: Round) -> list[dict[str, Any]]:
    """Return the tree as result.json has it."""
    return [
        {
            "unit": node.unit.name,
            "unit_code": node.unit.code,
            "parent_code": node.unit.parent,
            "depth": node.depth,
            "own": _figures(node.own),
            "subtree": {"units": node.units, **_figures(node.whole)},
            "received_at": node.received_at or None,
            "unknown": bool(node.note),
        }
        for node in tree(round_)
    ]


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "owed": figures.owed,
        "arrived": figures.arrived,
        **{name: figures.by_status[name] for name in EXPECTED_WORDS},
        "rate": None if figures.rate is None else round(figures.rate, 4),
    }
