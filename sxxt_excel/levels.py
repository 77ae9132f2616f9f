"""What two levels of the tree say of one and the same thing.

What a node below found and settled holds above it; where this level comes to something else, both
are told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.outcome import EXPECTED_WORDS, Explanation, Unchecked, Where
from sxxt_excel.periods import period_title
from sxxt_excel.tree import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sxxt_excel.job import Job
    from sxxt_excel.outcome import Expected, Finding
    from sxxt_excel.rollup.contents import Carried, Standing
    from sxxt_excel.subtree import Below, Opened

_BELOW = "改正或填《情况说明》都在下级的原件中做，下级重新收表后再报上报版"
OWN_FAMILIES = frozenset("SVQB")
"""Families of findings that depend on one workbook alone, so that two levels must agree."""


def vouched(below: Below) -> dict[str, tuple[Carried, Explanation]]:
    """Return path → a workbook that came up, and the words that settle what is explained below.

    The explanations themselves stay where they were given.
    """
    found: dict[str, tuple[Carried, Explanation]] = {}
    for item in below.opened:
        words = Explanation(
            "已由下级说明", item.node.name, item.rollup.as_of, item.receipt.at, item.path, "", ""
        )
        for file in item.rollup.files:
            found[f"{item.path}{INSIDE}{file.path}"] = file, words
    return found


def advised(found: Iterable[Finding], known: Collection[str]) -> Iterator[Finding]:
    """Yield the findings, open queries about what came up with how they are answered: below.

    Args:
        found: all findings of a pass.
        known: paths of the workbooks that came in a 上报版.
    """
    for item in found:
        asked = item.severity == "query" and item.explanation is None
        inside = asked and item.where.path in known
        yield replace(item, remedy=f"{item.remedy}；{_BELOW}") if inside else item


def silent(job: Job, expected: Iterable[Expected]) -> Iterator[Unchecked]:
    """Yield the nodes whose 上报版 has not arrived: nothing is known of what is below them."""
    for row in expected:
        silent = job.regime.packet(row.packet).rollup and not row.arrived and not row.latent
        if silent and row.status != "excused":
            yield Unchecked(row.rule, row.unit, UNKNOWN)


def differences(
    below: Below, expected: Iterable[Expected], findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield a note wherever this level comes to something else than the level below did."""
    rows = {(e.rule, e.unit_code, e.filer, e.subject, e.period): e for e in expected}
    faults: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for found in findings:
        if found.severity != "note" and found.family in OWN_FAMILIES and found.where.path:
            place = (found.code, found.where.sheet or "", found.where.cell or "")
            faults[found.where.path].add(place)
    basis = below.job.regime.cite("")
    for item in below.opened:
        for said in item.rollup.standings:
            row = rows.get((said.rule, said.unit_code, said.filer, said.subject, said.period))
            if row is not None and _came_with(item, row) and _differs(said, row):
                where = replace(item.where, unit=row.unit, unit_code=row.unit_code)
                words = {
                    "title": f"《{row.packet}》",
                    "was": _word(said.arrived, accepted=said.accepted),
                    "now": _word(row.arrived, accepted=row.accepted),
                }
                yield finding("D104", where, got=words["was"], basis=basis, words=words)
        for file in item.rollup.files:
            path = f"{item.path}{INSIDE}{file.path}"
            again = frozenset(faults.get(path, ()))
            unit = below.job.roster.unit(file.unit_code)
            if again != file.faults and unit is not None:
                where = Where(path=path, unit=unit.name, unit_code=unit.code)
                words = {
                    "was": str(len(file.faults)),
                    "now": str(len(again)),
                    "apart": _apart(file.faults, again),
                }
                yield finding("D105", where, got=words["was"], basis=basis, words=words)


def returned_below(below: Below, expected: Iterable[Expected]) -> Iterator[Finding]:
    """Yield a must for what went back below and did not travel: here nothing else tells of it."""
    nodes = {item.path: item for item in below.opened}
    for row in expected:
        item = nodes.get(row.path or "")
        if item is not None and row.status == "returned":
            where = replace(item.where, unit=row.unit, unit_code=row.unit_code, filer=row.filer)
            title = f"《{period_title(row.period)}{row.packet}》"
            basis = below.job.regime.cite("")
            yield finding(
                "D107", where, got=EXPECTED_WORDS[row.status], basis=basis, rule=row.rule,
                words={"title": title},
            )  # fmt: skip


def _came_with(item: Opened, row: Expected) -> bool:
    path = row.path or ""
    return path == item.path or path.startswith(f"{item.path}{INSIDE}")


def _differs(said: Standing, row: Expected) -> bool:
    """Tell whether what arrived is judged otherwise; what is excused is judged by nobody."""
    if not said.arrived or row.status == "excused":
        return False
    return (said.arrived, said.accepted) != (row.arrived, row.accepted)


def _word(arrived: str | None, *, accepted: bool | None) -> str:
    return EXPECTED_WORDS["returned" if accepted is False else arrived or "missing"]


def _apart(before: frozenset[tuple[str, str, str]], again: frozenset[tuple[str, str, str]]) -> str:
    """Name what only one of the two levels found, the first few of each."""
    parts = []
    for words, only in (("只有下级有的", before - again), ("只有本级有的", again - before)):
        if only:
            named = [f"{sheet}{cell}（{code}）" for code, sheet, cell in sorted(only)]
            parts.append(f"{words}：{'、'.join(named[:3])}{'等' if len(named) > 3 else ''}")  # noqa: PLR2004
    return "；".join(parts)
