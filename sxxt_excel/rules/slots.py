"""The catalogue of meetings, papers and reports: each named slot is a need, some in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.rules.needs import Desk, check_case, make_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.model.rules import Slot
    from sxxt_excel.outcome import CountRow, Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.needs import Case
    from sxxt_excel.rules.supply import Proof

    Told = Finding | Unchecked | CountRow

_UNNAMED = "制度没有列出名称，办公室也没有填，不核对"


def check_slots(context: Context, waiting: frozenset[int]) -> Iterator[Told]:
    """Yield count rows and findings for each named slot, and which have no name.

    Args:
        context: what all rules look at.
        waiting: numbers of workbooks that go back.
    """
    desk = Desk(context, waiting)
    cases: dict[str, Case] = {}
    for slot in context.regime.slots:
        if slot.name:
            case = cases[slot.need.law.id] = make_case(desk, slot.need, slot.name)
            yield from check_case(case)
        else:
            yield Unchecked(slot.need.law.id, "", _UNNAMED)
    for slot in context.regime.slots:
        if slot.after in cases and slot.name:
            yield from _check_order(slot, cases[slot.need.law.id], cases[slot.after])


def _check_order(slot: Slot, later: Case, earlier: Case) -> Iterator[Finding | Unchecked]:
    """Yield where the first day of a slot is before that of the one it follows, unit by unit."""
    for unit in later.context.roster.units:
        mine, theirs = (case.records.of_unit.get(unit.code, []) for case in (later, earlier))
        if unit.code not in later.keeping.units or not mine or not theirs:
            continue
        if all(proof.sure for proof in (*mine, *theirs)):
            yield from _compare(slot, later, earlier.name, _earliest(mine), _earliest(theirs))
        else:
            yield _unclear(slot, later, unit)


def _unclear(slot: Slot, case: Case, unit: Unit) -> Unchecked:
    because = f"{case.forms((unit.code,))}待修改，或有日期看不出来，先后没有核对"
    return Unchecked(slot.need.law.id, unit.name, because)


def _compare(
    slot: Slot,
    later: Case,
    other: str,
    mine: tuple[date, Proof] | None,
    theirs: tuple[date, Proof] | None,
) -> Iterator[Finding]:
    if mine is None or theirs is None or mine[0] >= theirs[0]:
        return
    day, proof = mine
    supply, stack = later.records.supplies[proof.source]
    law = slot.need.law
    yield finding(
        "N105",
        stack.where(proof.label, supply.date),
        got=day.isoformat(),
        basis=later.context.regime.cite(law.basis),
        rule=law.id,
        name=later.name,
        other=other,
        before=theirs[0].isoformat(),
    )


def _earliest(proofs: Iterable[Proof]) -> tuple[date, Proof] | None:
    return min(((p.day, p) for p in proofs if p.day is not None), key=lambda p: p[0], default=None)
