"""Demand left-joined to supply: is each item taken up by at least one row in scope (ruling 8)?

The tables are turned into plain records once a rule; the join is a dictionary.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import pandas as pd

from sxxt_excel.codes import finding
from sxxt_excel.columns import says
from sxxt_excel.outcome import FROM_BELOW, CascadeRow, Unchecked
from sxxt_excel.relations import level_of, parent_of, units_under
from sxxt_excel.result import CODE, FILE, FILER, LAST_DAY, ROLE
from sxxt_excel.rules.references import pairs
from sxxt_excel.rules.waivers import excused
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.model import Cascade, Rows
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.references import Doubt
    from sxxt_excel.stack import Stack

    Told = Finding | Unchecked | CascadeRow
    Status: TypeAlias = Literal["taken_up", "explained", "missing", "unchecked"]

_LASTING = ("长期", "全年", "每")
_ELSEWHERE = frozenset({"in_charge", "below"})
"""Scopes in which an item is taken up by other units than its own."""


class _Item(NamedTuple):
    """A row of demand; `label` is its place in the table, `last` the day of its limit."""

    label: int
    code: str
    filer: str
    file: int
    key: str
    text: str
    limit: str
    last: Any


class _Taker(NamedTuple):
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
class _Case:
    """One cascade rule with its records; `files` are the supply's by unit.

    `doubtful`: unit → why a row of its supply may be about any item. `owing` are the units
    that must send a supply, `below` those that belong to a unit, `spared` whom 例外 excuses:
    (unit, 责任主体), "" for all of a unit.
    """

    context: Context
    rule: Cascade
    demand: Stack
    supply: Stack
    items: tuple[_Item, ...]
    takers: Mapping[str, tuple[_Taker, ...]]
    files: Mapping[str, tuple[int, ...]]
    doubtful: Mapping[str, str]
    owing: frozenset[str]
    below: Mapping[str, tuple[str, ...]]
    spared: frozenset[tuple[str, str]]

    def spares(self, code: str, filer: str = "") -> bool:
        """Tell whether 例外 excuses a unit, or one 责任主体 of it, from the rule."""
        return not self.spared.isdisjoint({(code, ""), (code, filer)})


def check_cascades(context: Context, doubts: list[Doubt]) -> Iterator[Told]:
    """Yield cascade rows, findings for gaps and late limits, and what stays unchecked."""
    for rule in context.regime.cascades:
        demand = context.stacks.get(rule.demand.form)
        supply = context.stacks.get(rule.supply.form)
        if demand is None or demand.form.key is None or demand.frame.empty:
            continue
        yield from _unstated(context, rule, demand)
        items = _items(context, rule, demand)
        if supply is None:
            if not rule.each_period:
                yield from _nothing(context, rule, items)
            continue
        yield from _check(
            _Case(
                context, rule, demand, supply, items, _takers(context, rule, supply),
                _files(supply), _doubtful(rule, supply, doubts), _owing(context, rule),
                _below(context) if rule.scope == "below" else {}, excused(context, rule.law),
            )
        )  # fmt: skip


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


def _select(context: Context, stack: Stack, rows: Rows, *, taking: bool = False) -> pd.DataFrame:
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


def _items(context: Context, rule: Cascade, demand: Stack) -> tuple[_Item, ...]:
    frame = _select(context, demand, rule.demand)
    keep = frame[demand.form.key].notna()
    if rule.demand.unless is not None:
        keep &= frame[rule.demand.unless].isna()
    frame = frame[keep]
    return tuple(
        map(
            _Item._make,
            zip(
                frame.index.tolist(), _words(frame, CODE), _words(frame, FILER),
                frame[FILE].tolist(), _words(frame, demand.form.key),
                _words(frame, demand.form.words), _words(frame, rule.limit),
                _days(frame, rule.limit), strict=True,
            ),
        )
    )  # fmt: skip


def _takers(context: Context, rule: Cascade, supply: Stack) -> dict[str, tuple[_Taker, ...]]:
    """Return item number → the rows of supply that name it."""
    chosen = _select(context, supply, rule.supply, taking=True)
    lines = pairs(supply, rule.by)
    lines = lines[lines["child"].isin(chosen.index)]
    frame = supply.frame.loc[lines["child"]]
    reason = rule.supply.unless
    excuses = frame[reason].notna().tolist() if reason else [False] * len(frame)
    found: dict[str, list[_Taker]] = defaultdict(list)
    rows = zip(
        frame.index.tolist(), _words(frame, CODE), _words(frame, FILER), frame[FILE].tolist(),
        _words(frame, supply.form.key), excuses, _words(frame, rule.limit),
        _days(frame, rule.limit), strict=True,
    )  # fmt: skip
    for key, row in zip(lines["key"].tolist(), rows, strict=True):
        found[key].append(_Taker._make(row))
    return {key: tuple(group) for key, group in found.items()}


def _files(supply: Stack) -> dict[str, tuple[int, ...]]:
    files: dict[str, list[int]] = defaultdict(list)
    for number in sorted(supply.tables):
        files[supply.submissions[number].unit_code or ""].append(number)
    return {code: tuple(numbers) for code, numbers in files.items()}


def _unstated(context: Context, rule: Cascade, demand: Stack) -> Iterator[Finding | Unchecked]:
    """Tell the office of items above that do not say who is to take them up."""
    rows = _select(context, demand, replace(rule.demand, where=()))
    if rule.demand.unless is not None:
        rows = rows[rows[rule.demand.unless].isna()]
    for name, _ in rule.demand.where:
        absent = rows[FILE].isin(demand.lacking(name))
        for code in rows.loc[absent, CODE].dropna().unique().tolist():
            because = f"“{rule.demand.form}”缺“{name}”列"
            yield Unchecked(rule.law.id, _unit_name(context, code), because)
        rows = rows[~absent]
        if rule.demand.level is None:
            continue
        for at in rows.index[rows[name].isna() & demand.known.loc[rows.index, name]].tolist():
            where = demand.where(at, name)
            yield finding(
                "C103", where, basis=context.regime.cite(rule.law.basis), rule=rule.law.id,
                key=where.row_key or "",
            )  # fmt: skip


def _nothing(context: Context, rule: Cascade, items: tuple[_Item, ...]) -> Iterator[Told]:
    because = f"尚未收到“{rule.supply.form}”"
    for item in items:
        yield _row(context, rule, item, "unchecked", ())
    for code in sorted({item.code for item in items}):
        yield Unchecked(rule.law.id, _unit_name(context, code), because)


def _unit_name(context: Context, code: str) -> str:
    unit = context.roster.unit(code)
    return unit.name if unit else code


def _row(
    context: Context,
    rule: Cascade,
    item: _Item,
    status: Status,
    children: tuple[str, ...],
) -> CascadeRow:
    return CascadeRow(
        rule=rule.law.id,
        parent_unit=_unit_name(context, item.code),
        parent_filer=item.filer,
        parent_key=item.key,
        status=status,
        children=children,
        parent_text=item.text,
    )


# ---- one rule ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a taker may stand: units, and files (None: any); `because` says what is unknown."""

    units: tuple[str, ...]
    files: tuple[int, ...] | None
    because: str


def _check(case: _Case) -> Iterator[Told]:
    unclear: dict[str, str] = {}
    places: dict[tuple[str, str], tuple[_Place, ...]] = {}
    for item in case.items:
        at = (item.code, item.filer if case.rule.scope == "in_charge" else "")
        if at not in places:
            places[at] = tuple(_places(case, item))
        if case.rule.scope == "in_charge" and _leads_nobody(case, item):
            yield from _nowhere(case, item)
        for place in places[at]:
            mine = [
                t
                for t in case.takers.get(item.key, ())
                if t.code in place.units
                and (place.files is None or t.file in place.files)
                and (case.rule.scope != "members" or t.filer != item.filer)
            ]
            yield from _verdict(case, item, mine, place, unclear)
    for name, because in sorted(unclear.items()):
        yield Unchecked(case.rule.law.id, name, because)


def _leads_nobody(case: _Case, item: _Item) -> bool:
    """Tell whether the roster names no unit that whose item it is would be in charge of."""
    filer = case.demand.submissions[item.file].labels.get(item.filer)
    person = filer.person if filer is not None else None
    return person is not None and not units_under(case.context.roster, person)


def _nowhere(case: _Case, item: _Item) -> Iterator[Told]:
    """Tell of an item that goes to units in charge, where the roster has none.

    The office is told of its own roster alone: that of a level below is mended there.
    """
    law, where = case.rule.law, case.demand.where(item.label, case.demand.form.key)
    yield _row(case.context, case.rule, item, "unchecked", ())
    because = f"{item.filer}的项目注明由分管单位纳入，名册中没有分管单位"
    yield Unchecked(law.id, _unit_name(case.context, item.code), because)
    if case.demand.submissions[item.file].receipt.by == FROM_BELOW:
        return
    yield finding(
        "C109", where, got=item.key, key=item.key, basis=case.context.regime.cite(law.basis),
        rule=law.id,
    )  # fmt: skip


def _places(case: _Case, item: _Item) -> Iterator[_Place]:
    """Yield where a taker may stand; nothing where the cascade does not apply."""
    if case.rule.each_period:
        filled = set(case.supply.frame[FILE].unique().tolist())
        periods: dict[str, list[int]] = defaultdict(list)
        for number in case.files.get(item.code, ()):
            if number in filled:
                periods[case.supply.submissions[number].period].append(number)
        for _, files in sorted(periods.items()):
            yield _Place((item.code,), tuple(files), _doubt(case, (item.code,)))
    elif case.rule.scope not in _ELSEWHERE:
        yield _Place((item.code,), None, _doubt(case, (item.code,)))
    else:
        units = _elsewhere(case, item)
        if units:  # units in charge that send no list, a unit with none below: not applicable
            yield _Place(units, None, _doubt(case, units))


def _elsewhere(case: _Case, item: _Item) -> tuple[str, ...]:
    """Return the other units that may take an item up: those that must, or did, send a list."""
    if case.rule.scope == "below":
        units = case.below.get(item.code, ())
    else:
        filer = case.demand.submissions[item.file].labels.get(item.filer)
        if filer is None or filer.person is None:
            return ()
        units = units_under(case.context.roster, filer.person)
    return tuple(code for code in units if code in case.owing or code in case.files)


def _doubt(case: _Case, units: tuple[str, ...]) -> str:
    """Return why a gap among these units can't be told from something unread, or ""."""
    form, by = case.supply.form.id, case.rule.by
    for code in units:
        if case.spares(code):
            continue
        name, files = _unit_name(case.context, code), case.files.get(code, ())
        if not files:
            return f"{name}的“{form}”尚未收到"
        if any(case.supply.lacks(n, by) for n in files):
            return f"{name}的“{form}”缺“{by}”列"
        if code in case.doubtful:
            return f"{name}的{case.doubtful[code]}"
    return ""


def _verdict(
    case: _Case, item: _Item, mine: list[_Taker], place: _Place, unclear: dict[str, str]
) -> Iterator[Told]:
    takers = [t for t in mine if not t.excuse]
    if takers:
        children = tuple(dict.fromkeys(t.name or item.key for t in takers))
        yield _row(case.context, case.rule, item, "taken_up", children)
        yield from _late(case, item, takers)
    elif mine:
        yield _row(case.context, case.rule, item, "explained", ())
        yield from _explained(case, item, mine)
    elif place.because:
        yield _row(case.context, case.rule, item, "unchecked", ())
        unclear[_unit_name(case.context, item.code)] = place.because
    elif case.spares(item.code, item.filer) or all(map(case.spares, place.units)):
        yield _row(case.context, case.rule, item, "explained", ())
        unclear[_unit_name(case.context, item.code)] = EXEMPT
    else:
        yield _row(case.context, case.rule, item, "missing", ())
        yield from _gap(case, item, place)


def _gap(case: _Case, item: _Item, place: _Place) -> Iterator[Finding]:
    law = case.rule.law
    for where in _gap_places(case, item, place):
        yield finding(
            "C101", where, basis=case.context.regime.cite(law.basis), severity=law.severity,
            rule=law.id, message=law.message, remedy=law.remedy, got=item.key, key=item.key,
            text=item.text,
        )  # fmt: skip


def _gap_places(case: _Case, item: _Item, place: _Place) -> list[Where]:
    """Return where to tell of a gap: at the item, or in the lists of the units that must act."""
    if case.rule.scope in _ELSEWHERE and case.rule.told == "unit":
        numbers = [case.files[code][-1] for code in place.units if not case.spares(code)]
        return [replace(case.supply.header(n, case.rule.by), row_key=item.key) for n in numbers]
    if place.files is not None:
        return [_bare_place(case, place.files[0], item.key)]
    return [case.demand.where(item.label, case.demand.form.key)]


def _bare_place(case: _Case, number: int, key: str) -> Where:
    """Point at the pre-filled row of that item that was left empty, else at the heading."""
    bare, by = case.supply.bare, case.rule.by
    own = bare[(bare[FILE] == number) & (bare[by] == key)]
    if own.empty:
        return replace(case.supply.header(number, by), row_key=key)
    fields = case.supply.form.fields
    open_field = next((f.name for f in fields if f.required and not f.frame), by)
    return case.supply.where(own.index.tolist()[0], open_field, bare=True)


def _explained(case: _Case, item: _Item, mine: list[_Taker]) -> Iterator[Finding]:
    reason = case.rule.supply.unless or ""
    for taker in mine:
        yield finding(
            "C104", case.supply.where(taker.label, reason), rule=case.rule.law.id, key=item.key,
            got=str(case.supply.frame.loc[taker.label, reason]),
            basis=case.context.regime.cite(case.rule.law.basis),
        )  # fmt: skip


def _late(case: _Case, item: _Item, takers: list[_Taker]) -> Iterator[Finding]:
    """Tell a taker whose limit ends after the item's own; words without a day are no limit."""
    name = case.rule.limit
    if name is None or case.rule.each_period or any(word in item.limit for word in _LASTING):
        return
    for taker in takers:
        if taker.last > item.last:  # NaT is later than nothing
            yield finding(
                "C102", case.supply.where(taker.label, name), got=taker.limit, before=item.limit,
                key=taker.name, parent=item.key, rule=case.rule.law.id,
                basis=case.context.regime.cite(case.rule.law.basis),
            )  # fmt: skip
