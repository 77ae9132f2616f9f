"""Where a row that takes up an item may stand, and why a gap there may be no gap."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.relations import units_under
from sxxt_excel.result import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.rules.takeup import Case, Item

ELSEWHERE = frozenset({"in_charge", "below"})
"""Scopes in which an item is taken up by other units than its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a taker may stand: units, and files (None: any); `because` says what is unknown.

    `period` is that of the files where each period is asked.
    """

    units: tuple[str, ...]
    files: tuple[int, ...] | None
    because: str
    period: str = ""


def places_of(case: Case, item: Item) -> Iterator[Place]:
    """Yield where a taker may stand; nothing where the cascade does not apply."""
    if case.rule.each_period:
        filled = set(case.supply.frame[FILE].unique().tolist())
        periods: dict[str, list[int]] = defaultdict(list)
        for number in case.files.get(item.code, ()):
            if number in filled:
                periods[case.supply.submissions[number].period].append(number)
        for period, files in sorted(periods.items()):
            yield Place((item.code,), tuple(files), _doubt(case, (item.code,)), period)
    elif case.rule.scope not in ELSEWHERE:
        yield Place((item.code,), None, _doubt(case, (item.code,)))
    else:
        units = _elsewhere(case, item)
        if units:  # units in charge that send no list, a unit with none below: not applicable
            yield Place(units, None, _doubt(case, units))


def _elsewhere(case: Case, item: Item) -> tuple[str, ...]:
    """Return the other units that may take an item up: those that must, or did, send a list."""
    if case.rule.scope == "below":
        units = case.below.get(item.code, ())
    else:
        filer = case.demand.submissions[item.file].labels.get(item.filer)
        if filer is None or filer.person is None:
            return ()
        units = units_under(case.context.roster, filer.person)
    return tuple(code for code in units if code in case.owing or code in case.files)


def _doubt(case: Case, units: tuple[str, ...]) -> str:
    """Return why a gap among these units can't be told from something unread, or ""."""
    form, by = case.supply.form.id, case.rule.by
    for code in units:
        if case.spares(code):
            continue
        name, files = case.context.unit_name(code), case.files.get(code, ())
        if not files:
            return f"{name}的“{form}”尚未收到"
        if any(case.supply.lacks(n, by) for n in files):
            return f"{name}的“{form}”缺“{by}”列"
        if code in case.doubtful:
            return f"{name}的{case.doubtful[code]}"
    return ""


def leads_nobody(case: Case, item: Item) -> bool:
    """Tell whether the roster names no unit that whose item it is would be in charge of."""
    filer = case.demand.submissions[item.file].labels.get(item.filer)
    person = filer.person if filer is not None else None
    return person is not None and not units_under(case.context.roster, person)
