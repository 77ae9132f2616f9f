"""The items of a cascade and the rows that take them up: tables → plain records, once a rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sxxt_excel.columns import says
from sxxt_excel.relations import level_of, parent_of
from sxxt_excel.result import CODE, FILE, FILER, LAST_DAY, ROLE
from sxxt_excel.rules.references import pairs
from sxxt_excel.rules.waivers import excused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.model.rules import Cascade, Rows
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.references import Doubt
    from sxxt_excel.stack import Stack


class Item(NamedTuple):
    """A row of demand; `label` is its place in the table, `last` the day of its limit."""

    label: int
    code: str
    filer: str
    file: int
    key: str
    text: str
    limit: str
    last: Any


class Taker(NamedTuple):
    """A row of supply that names an item; `excuse` says that it gives a reason why not."""

    label: int
    code: str
    filer: str
    file: int
    name: str
    excuse: bool
    limit: str
    last: Any


@dataclass(frozen=True, slots=True)
class Case:
    """One cascade rule with its records; `files` are the supply's by unit.

    `doubtful`: unit → why a row of its supply may be about any item. `owing` are the units
    that must send a supply, `below` those that belong to a unit, `spared` whom 例外 excuses:
    (unit, 责任主体), "" for all of a unit.
    """

    context: Context
    rule: Cascade
    demand: Stack
    supply: Stack
    items: tuple[Item, ...]
    takers: Mapping[str, tuple[Taker, ...]]
    files: Mapping[str, tuple[int, ...]]
    doubtful: Mapping[str, str]
    owing: frozenset[str]
    below: Mapping[str, tuple[str, ...]]
    spared: frozenset[tuple[str, str]]

    def spares(self, code: str, filer: str = "") -> bool:
        """Tell whether 例外 excuses a unit, or one 责任主体 of it, from the rule."""
        return not self.spared.isdisjoint({(code, ""), (code, filer)})


def case_of(
    context: Context, rule: Cascade, demand: Stack, supply: Stack, doubts: list[Doubt]
) -> Case:
    """Return a rule with the records of its two tables."""
    return Case(
        context=context,
        rule=rule,
        demand=demand,
        supply=supply,
        items=items_of(context, rule, demand),
        takers=_takers(context, rule, supply),
        files=_files(supply),
        doubtful=_doubtful(rule, supply, doubts),
        owing=_owing(context, rule),
        below=_below(context) if rule.scope == "below" else {},
        spared=excused(context, rule.law),
    )


def _owing(context: Context, rule: Cascade) -> frozenset[str]:
    packets = {p.id for p in context.regime.packets if rule.supply.form in p.sheets}
    return frozenset(
        o.unit.code
        for o in context.owed
        if o.obligation.packet in packets and not o.latent and o.waiver is None
    )


def _below(context: Context) -> dict[str, tuple[str, ...]]:
    """Return unit code → the units one level below that belong to it."""
    units: dict[str, list[str]] = defaultdict(list)
    for unit in context.roster.units:
        parent = parent_of(context.regime, context.roster, unit)
        if parent is not None:
            units[parent.code].append(unit.code)
    return {code: tuple(group) for code, group in units.items()}


def _doubtful(rule: Cascade, supply: Stack, doubts: list[Doubt]) -> dict[str, str]:
    """Return unit → what of its rows is not clear: the item named, or whose row it is."""
    said: dict[str, str] = {}
    filer = supply.form.filer
    if rule.supply.roles and filer is not None:
        strangers = supply.frame.loc[supply.frame[ROLE].isna(), CODE].dropna()
        said = dict.fromkeys(strangers, f"“{filer}”有认不出的")
    for doubt in doubts:
        if (doubt.form, doubt.field) == (supply.form.id, rule.by):
            said |= dict.fromkeys(doubt.units, f"“{rule.by}”有查无对应或认不出的编号")
    return said


def select(context: Context, stack: Stack, rows: Rows, *, taking: bool = False) -> pd.DataFrame:
    """Return the rows of a table that a demand or supply means, those with `unless` too.

    Who is body and head in one takes up what either has to, but hands nothing down twice.
    """
    frame = stack.frame
    keep = pd.Series(data=True, index=frame.index)
    if rows.level is not None:
        codes = [u.code for u in context.roster.units if level_of(context.regime, u) == rows.level]
        keep &= frame[CODE].isin(codes)
    if rows.roles:
        mine = frame[ROLE].isin(rows.roles)
        keep &= mine | _fits(stack, rows) if taking else mine
    for name, values in rows.where:
        keep &= says(frame[name], values)
    return frame[keep]


def _fits(stack: Stack, rows: Rows) -> pd.Series[bool]:
    """Tell which rows are of someone who fills one of the roles besides his own."""
    frame, wanted = stack.frame, set(rows.roles)
    fits = {
        (number, label)
        for number, submission in stack.submissions.items()
        for label, filer in submission.labels.items()
        if wanted & {*filer.also}
    }
    if not fits:
        return pd.Series(data=False, index=frame.index)
    whose = zip(frame[FILE].tolist(), frame[FILER].tolist(), strict=True)
    return pd.Series([pair in fits for pair in whose], index=frame.index, dtype=bool)


def _words(frame: pd.DataFrame, name: str | None) -> list[str]:
    if name is None or name not in frame:
        return [""] * len(frame)
    return [word if isinstance(word, str) else "" for word in frame[name].tolist()]


def _days(frame: pd.DataFrame, name: str | None) -> list[Any]:
    if name is None or name + LAST_DAY not in frame:
        return [pd.NaT] * len(frame)
    return frame[name + LAST_DAY].tolist()


def items_of(context: Context, rule: Cascade, demand: Stack) -> tuple[Item, ...]:
    """Return the rows of demand that have a number, and no reason why not."""
    frame = select(context, demand, rule.demand)
    keep = frame[demand.form.key].notna()
    if rule.demand.unless is not None:
        keep &= frame[rule.demand.unless].isna()
    frame = frame[keep]
    return tuple(
        map(
            Item._make,
            zip(
                frame.index.tolist(), _words(frame, CODE), _words(frame, FILER),
                frame[FILE].tolist(), _words(frame, demand.form.key),
                _words(frame, demand.form.words), _words(frame, rule.limit),
                _days(frame, rule.limit), strict=True,
            ),
        )
    )  # fmt: skip


def _takers(context: Context, rule: Cascade, supply: Stack) -> dict[str, tuple[Taker, ...]]:
    """Return item number → the rows of supply that name it."""
    chosen = select(context, supply, rule.supply, taking=True)
    lines = pairs(supply, rule.by)
    lines = lines[lines["child"].isin(chosen.index)]
    frame = supply.frame.loc[lines["child"]]
    reason = rule.supply.unless
    excuses = frame[reason].notna().tolist() if reason else [False] * len(frame)
    found: dict[str, list[Taker]] = defaultdict(list)
    rows = zip(
        frame.index.tolist(), _words(frame, CODE), _words(frame, FILER), frame[FILE].tolist(),
        _words(frame, supply.form.key), excuses, _words(frame, rule.limit),
        _days(frame, rule.limit), strict=True,
    )  # fmt: skip
    for key, row in zip(lines["key"].tolist(), rows, strict=True):
        found[key].append(Taker._make(row))
    return {key: tuple(group) for key, group in found.items()}


def _files(supply: Stack) -> dict[str, tuple[int, ...]]:
    files: dict[str, list[int]] = defaultdict(list)
    for number in sorted(supply.tables):
        files[supply.submissions[number].unit_code or ""].append(number)
    return {code: tuple(numbers) for code, numbers in files.items()}
