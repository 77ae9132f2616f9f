"""Demand left-joined to supply: is each item taken up by at least one row in scope (ruling 8)?

The join is a dictionary.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from sxxt_excel.findings import finding
from sxxt_excel.outcome import FROM_BELOW, CascadeRow, Unchecked
from sxxt_excel.result import CODE, FILE
from sxxt_excel.rules.scopes import ELSEWHERE, leads_nobody, places_of
from sxxt_excel.rules.takeup import case_of, items_of, select
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.rules import Cascade
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.references import Doubt
    from sxxt_excel.rules.scopes import Place
    from sxxt_excel.rules.takeup import Case, Item, Taker
    from sxxt_excel.stack import Stack

    Told = Finding | Unchecked | CascadeRow
    Status: TypeAlias = Literal["taken_up", "explained", "missing", "unchecked"]

_LASTING = ("长期", "全年", "每")


def check_cascades(context: Context, doubts: list[Doubt]) -> Iterator[Told]:
    """Yield cascade rows, findings for gaps and late limits, and what stays unchecked."""
    for rule in context.regime.cascades:
        demand = context.stacks.get(rule.demand.form)
        supply = context.stacks.get(rule.supply.form)
        if demand is None or demand.form.key is None or demand.frame.empty:
            continue
        yield from _unstated(context, rule, demand)
        if supply is not None:
            yield from _check(case_of(context, rule, demand, supply, doubts))
        elif not rule.each_period:
            yield from _nothing(context, rule, items_of(context, rule, demand))


def _unstated(context: Context, rule: Cascade, demand: Stack) -> Iterator[Finding | Unchecked]:
    """Tell the office of items above that do not say who is to take them up."""
    rows = select(context, demand, replace(rule.demand, where=()))
    if rule.demand.unless is not None:
        rows = rows[rows[rule.demand.unless].isna()]
    for name, _ in rule.demand.where:
        absent = rows[FILE].isin(demand.lacking(name))
        for code in rows.loc[absent, CODE].dropna().unique().tolist():
            because = f"“{rule.demand.form}”缺“{name}”列"
            yield Unchecked(rule.law.id, context.unit_name(code), because)
        rows = rows[~absent]
        if rule.demand.level is None:
            continue
        for at in rows.index[rows[name].isna() & demand.known.loc[rows.index, name]].tolist():
            where = demand.where(at, name)
            yield finding(
                "C103", where, basis=context.regime.cite(rule.law.basis), rule=rule.law.id,
                key=where.row_key or "",
            )  # fmt: skip


def _nothing(context: Context, rule: Cascade, items: tuple[Item, ...]) -> Iterator[Told]:
    because = f"尚未收到“{rule.supply.form}”"
    for item in items:
        yield _row(context, rule, item, "unchecked")
    for code in sorted({item.code for item in items}):
        yield Unchecked(rule.law.id, context.unit_name(code), because)


def _row(  # noqa: PLR0913 - what a row is made of, two by keyword
    context: Context,
    rule: Cascade,
    item: Item,
    status: Status,
    *,
    children: tuple[str, ...] = (),
    period: str = "",
) -> CascadeRow:
    return CascadeRow(
        rule=rule.law.id,
        parent_unit=context.unit_name(item.code),
        parent_filer=item.filer,
        parent_key=item.key,
        status=status,
        children=children,
        parent_text=item.text,
        period=period,
    )


# ---- one rule ---------------------------------------------------------------------


def _check(case: Case) -> Iterator[Told]:
    unclear: dict[str, str] = {}
    places: dict[tuple[str, str], tuple[Place, ...]] = {}
    for item in case.items:
        at = (item.code, item.filer if case.rule.scope == "in_charge" else "")
        if at not in places:
            places[at] = tuple(places_of(case, item))
        if case.rule.scope == "in_charge" and leads_nobody(case, item):
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


def _nowhere(case: Case, item: Item) -> Iterator[Told]:
    """Tell of an item that goes to units in charge, where the roster has none.

    The office is told of its own roster alone: that of a level below is mended there.
    """
    law, where = case.rule.law, case.demand.where(item.label, case.demand.form.key)
    yield _row(case.context, case.rule, item, "unchecked")
    because = f"{item.filer}的项目注明由分管单位纳入，名册中没有分管单位"
    yield Unchecked(law.id, case.context.unit_name(item.code), because)
    if case.demand.submissions[item.file].receipt.by == FROM_BELOW:
        return
    yield finding(
        "C109", where, got=item.key, key=item.key, basis=case.context.regime.cite(law.basis),
        rule=law.id,
    )  # fmt: skip


def _verdict(
    case: Case, item: Item, mine: list[Taker], place: Place, unclear: dict[str, str]
) -> Iterator[Told]:
    def row(status: Status, children: tuple[str, ...] = ()) -> CascadeRow:
        return _row(case.context, case.rule, item, status, children=children, period=place.period)

    takers = [t for t in mine if not t.excuse]
    if takers:
        yield row("taken_up", tuple(dict.fromkeys(t.name or item.key for t in takers)))
        yield from _late(case, item, takers)
    elif mine:
        yield row("explained")
        yield from _explained(case, item, mine)
    elif place.because:
        yield row("unchecked")
        unclear[case.context.unit_name(item.code)] = place.because
    elif case.spares(item.code, item.filer) or all(map(case.spares, place.units)):
        yield row("explained")
        unclear[case.context.unit_name(item.code)] = EXEMPT
    else:
        yield row("missing")
        yield from _gap(case, item, place)


def _gap(case: Case, item: Item, place: Place) -> Iterator[Finding]:
    law = case.rule.law
    for where in _gap_places(case, item, place):
        yield finding(
            "C101", where, basis=case.context.regime.cite(law.basis), severity=law.severity,
            rule=law.id, message=law.message, remedy=law.remedy, got=item.key, key=item.key,
            text=item.text,
        )  # fmt: skip


def _gap_places(case: Case, item: Item, place: Place) -> list[Where]:
    """Return where to tell of a gap: at the item, or in the lists of the units that must act."""
    if case.rule.scope in ELSEWHERE and case.rule.told == "unit":
        numbers = [case.files[code][-1] for code in place.units if not case.spares(code)]
        return [replace(case.supply.header(n, case.rule.by), row_key=item.key) for n in numbers]
    if place.files is not None:
        return [_bare_place(case, place.files[0], item.key)]
    return [case.demand.where(item.label, case.demand.form.key)]


def _bare_place(case: Case, number: int, key: str) -> Where:
    """Point at the pre-filled row of that item that was left empty, else at the heading."""
    bare, by = case.supply.bare, case.rule.by
    own = bare[(bare[FILE] == number) & (bare[by] == key)]
    if own.empty:
        return replace(case.supply.header(number, by), row_key=key)
    fields = case.supply.form.fields
    open_field = next((f.name for f in fields if f.required and not f.frame), by)
    return case.supply.where(own.index.tolist()[0], open_field, bare=True)


def _explained(case: Case, item: Item, mine: list[Taker]) -> Iterator[Finding]:
    reason = case.rule.supply.unless or ""
    for taker in mine:
        yield finding(
            "C104", case.supply.where(taker.label, reason), rule=case.rule.law.id, key=item.key,
            got=str(case.supply.frame.loc[taker.label, reason]),
            basis=case.context.regime.cite(case.rule.law.basis),
        )  # fmt: skip


def _is_outdated(case: Case, item: Item, name: str) -> bool:
    """Tell an item whose own limit is asked about (V126): nobody's is too late for last year's."""
    field = case.demand.form.field(name)
    year = case.context.settings.year
    return field is not None and field.planned and item.last.year < year


def _late(case: Case, item: Item, takers: list[Taker]) -> Iterator[Finding]:
    """Tell a taker whose limit ends after the item's own; words without a day are no limit."""
    name = case.rule.limit
    later = [taker for taker in takers if taker.last > item.last]  # NaT is later than nothing
    if name is None or not later or case.rule.each_period:
        return
    if any(word in item.limit for word in _LASTING) or _is_outdated(case, item, name):
        return
    for taker in later:
        yield finding(
            "C102", case.supply.where(taker.label, name), got=taker.limit, before=item.limit,
            key=taker.name, parent=item.key, rule=case.rule.law.id,
            basis=case.context.regime.cite(case.rule.law.basis),
        )  # fmt: skip
