"""Demand left-joined to supply: is each item taken up by at least one row in scope (ruling 8)?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.codes import finding
from sxxt_excel.model import CascadeRow, Unchecked
from sxxt_excel.relations import level_of, units_under
from sxxt_excel.result import CODE, FILE, FILER, LAST_DAY, ROLE
from sxxt_excel.rules.references import pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model import Cascade, Finding, Person, Rows, Where
    from sxxt_excel.normalise import Stack
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.references import Doubt

    Told = Finding | Unchecked | CascadeRow

_LASTING = ("长期", "全年", "每")
_TEXT_KINDS = frozenset({"long"})


@dataclass(frozen=True, slots=True)
class _Case:
    """One cascade rule with its tables: demand rows, and supply lines (child, key, …)."""

    context: Context
    rule: Cascade
    demand: Stack
    supply: Stack
    rows: pd.DataFrame
    lines: pd.DataFrame
    doubtful: frozenset[str]


def check_cascades(context: Context, doubts: list[Doubt]) -> Iterator[Told]:
    """Yield cascade rows, findings for gaps and late limits, and what stays unchecked."""
    for rule in context.regime.cascades:
        demand = context.stacks.get(rule.demand.form)
        supply = context.stacks.get(rule.supply.form)
        if demand is None or demand.form.key is None or demand.frame.empty:
            continue
        yield from _unstated(context, rule, demand)
        rows = _select(context, demand, rule.demand)
        rows = rows[rows[demand.form.key].notna()]
        if supply is None:
            if not rule.each_period:
                yield from _nothing(context, rule, demand, rows)
            continue
        doubtful = frozenset().union(
            *(d.units for d in doubts if (d.form, d.field) == (rule.supply.form, rule.by))
        )
        lines = _lines(context, supply, rule)
        yield from _check(_Case(context, rule, demand, supply, rows, lines, doubtful))


def _select(context: Context, stack: Stack, rows: Rows, *, unless: bool = True) -> pd.DataFrame:
    frame = stack.frame
    keep = pd.Series(data=True, index=frame.index)
    if rows.level is not None:
        codes = [u.code for u in context.roster.units if level_of(context.regime, u) == rows.level]
        keep &= frame[CODE].isin(codes)
    if rows.roles:
        keep &= frame[ROLE].isin(rows.roles)
    for name, values in rows.where:
        keep &= frame[name].isin(values)
    if unless and rows.unless is not None:
        keep &= frame[rows.unless].isna()
    return frame[keep]


def _lines(context: Context, supply: Stack, rule: Cascade) -> pd.DataFrame:
    """Return a line for each number a supply row names, with whose row it is."""
    chosen = _select(context, supply, rule.supply, unless=False)
    lines = pairs(supply, rule.by)
    lines = lines[lines["child"].isin(chosen.index)]
    frame = supply.frame.loc[lines["child"]]
    reason = rule.supply.unless
    lines = lines.assign(
        code=frame[CODE].to_numpy(),
        filer=frame[FILER].to_numpy(),
        file=frame[FILE].to_numpy(),
        name=_names(supply, frame).to_numpy(),
        excuse=frame[reason].notna().to_numpy() if reason else False,
    )
    return lines.reset_index(drop=True)


def _names(supply: Stack, frame: pd.DataFrame) -> pd.Series:
    key = supply.form.key
    return frame[key] if key is not None else pd.Series(pd.NA, index=frame.index, dtype="str")


def _unstated(context: Context, rule: Cascade, demand: Stack) -> Iterator[Finding]:
    """Tell the office of items above that do not say who is to take them up."""
    if rule.demand.level is None:
        return
    for name, _ in rule.demand.where:
        rows = _select(context, demand, replace(rule.demand, where=()))
        for at in rows.index[rows[name].isna()]:
            where = demand.where(int(at), name)
            yield finding(
                "C103", where, basis=context.regime.cite(rule.law.basis), rule=rule.law.id,
                key=where.row_key or "",
            )  # fmt: skip


def _nothing(
    context: Context, rule: Cascade, demand: Stack, rows: pd.DataFrame
) -> Iterator[Told]:
    because = f"尚未收到“{rule.supply.form}”"
    for _, row in rows.iterrows():
        yield _row(rule, demand, row, "unchecked", ())
    for code in sorted(set(rows[CODE].dropna())):
        unit = context.roster.unit(code)
        yield Unchecked(rule.law.id, unit.name if unit else code, because)


def _row(  # noqa: PLR0913 - the columns of a cascade row
    rule: Cascade, demand: Stack, row: pd.Series, status: str, children: tuple[str, ...]
) -> CascadeRow:
    submission = demand.submissions[int(row[FILE])]
    return CascadeRow(
        rule=rule.law.id,
        parent_unit=submission.unit_name or "",
        parent_filer=_word(row[FILER]),
        parent_key=_word(row[demand.form.key]),
        status=status,  # type: ignore[arg-type]  # one of the four, by the callers
        children=children,
        parent_text=_title(demand, row),
    )


def _title(demand: Stack, row: pd.Series) -> str:
    """Return the item's own words: the first required long text of its form."""
    field = next((f.name for f in demand.form.fields if f.kind in _TEXT_KINDS and f.required), None)
    return _word(row[field]) if field else ""


def _word(value: object) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN


# ---- one rule ---------------------------------------------------------------------


def _check(case: _Case) -> Iterator[Told]:
    by_key = {key: lines for key, lines in case.lines.groupby("key", sort=False)}
    empty = case.lines.iloc[:0]
    unclear: dict[str, str] = {}
    for at, row in case.rows.iterrows():
        key = str(row[case.demand.form.key])
        lines = by_key.get(key, empty)
        for period_files, units, because in _places(case, row):
            mine = lines[lines["code"].isin(units)]
            if period_files is not None:
                mine = mine[mine["file"].isin(period_files)]
            if case.rule.scope == "members":
                mine = mine[mine["filer"] != row[FILER]]
            yield from _verdict(case, int(str(at)), row, mine, units, because, period_files, unclear)
    for name, why in sorted(unclear.items()):
        yield Unchecked(case.rule.law.id, name, why)


def _places(
    case: _Case, row: pd.Series
) -> Iterator[tuple[tuple[int, ...] | None, tuple[str, ...], str]]:
    """Yield where a taker may stand: files (None: any), units, and why that is unknown."""
    code = str(row[CODE])
    if case.rule.each_period:
        frame_files = {n for n, _ in case.supply.headers}
        periods: dict[str, list[int]] = {}
        for number in sorted(frame_files):
            submission = case.supply.submissions[number]
            if submission.unit_code == code and (case.supply.frame[FILE] == number).any():
                periods.setdefault(submission.period, []).append(number)
        for _, files in sorted(periods.items()):
            yield tuple(files), (code,), _doubt(case, (code,))
        return
    if case.rule.scope != "in_charge":
        yield None, (code,), _doubt(case, (code,))
        return
    person = _person(case, row)
    owing = {o.unit.code for o in case.context.owed}
    units = tuple(c for c in units_under(case.context.roster, person) if c in owing) if person else ()
    if units:  # a leader in charge of none: the cascade does not apply to him
        yield None, units, _doubt(case, units)


def _person(case: _Case, row: pd.Series) -> Person | None:
    submission = case.demand.submissions[int(row[FILE])]
    filer = submission.labels.get(_word(row[FILER]))
    return filer.person if filer else None


def _doubt(case: _Case, units: tuple[str, ...]) -> str:
    """Return why a gap among these units can't be told from something unread, or ""."""
    roster = case.context.roster
    for code in units:
        unit = roster.unit(code)
        name = unit.name if unit else code
        files = [n for n, _ in case.supply.headers if case.supply.submissions[n].unit_code == code]
        if not files:
            return f"{name}的“{case.supply.form.id}”尚未收到"
        if any(case.rule.by in case.supply.absent.get(n, ()) for n in files):
            return f"{name}的“{case.supply.form.id}”缺“{case.rule.by}”列"
        if code in case.doubtful:
            return f"{name}的“{case.rule.by}”有查无对应或认不出的"
    return ""


def _verdict(  # noqa: PLR0913 - one item, its takers, and what is unknown
    case: _Case,
    at: int,
    row: pd.Series,
    mine: pd.DataFrame,
    units: tuple[str, ...],
    because: str,
    files: tuple[int, ...] | None,
    unclear: dict[str, str],
) -> Iterator[Told]:
    takers = mine[~mine["excuse"].astype(bool)]
    children = tuple(dict.fromkeys(_word(n) or f"第{c}行" for n, c in zip(takers["name"], takers["child"], strict=True)))
    if len(takers):
        yield _row(case.rule, case.demand, row, "taken_up", children)
        yield from _late(case, at, row, takers)
    elif len(mine):
        yield _row(case.rule, case.demand, row, "explained", ())
        yield from _explained(case, row, mine)
    elif because:
        yield _row(case.rule, case.demand, row, "unchecked", ())
        submission = case.demand.submissions[int(row[FILE])]
        unclear[submission.unit_name or ""] = because
    else:
        yield _row(case.rule, case.demand, row, "missing", ())
        yield from _gap(case, at, row, units, files)


def _gap(
    case: _Case, at: int, row: pd.Series, units: tuple[str, ...], files: tuple[int, ...] | None
) -> Iterator[Finding]:
    law, key = case.rule.law, str(row[case.demand.form.key])
    if case.rule.scope == "in_charge" and case.rule.told == "unit":
        places = [
            replace(case.supply.header(n, case.rule.by), row_key=key)
            for code in units
            for n in sorted({n for n, _ in case.supply.headers})
            if case.supply.submissions[n].unit_code == code
        ]
    elif files is not None:
        places = [_bare_place(case, files[0], key)]
    else:
        places = [case.demand.where(at, case.demand.form.key)]
    for where in places:
        yield finding(
            "C101", where, basis=case.context.regime.cite(law.basis), severity=law.severity,
            rule=law.id, message=law.message, remedy=law.remedy, got=key, key=key,
            text=_title(case.demand, row),
        )  # fmt: skip


def _bare_place(case: _Case, number: int, key: str) -> Where:
    """Point at the pre-filled row of that item that was left empty, else at the heading."""
    bare, by = case.supply.bare, case.rule.by
    own = bare[(bare[FILE] == number) & (bare[by] == key)]
    if own.empty:
        return replace(case.supply.header(number, by), row_key=key)
    fields = case.supply.form.fields
    open_field = next((f.name for f in fields if f.required and not f.frame), by)
    return case.supply.where(int(own.index[0]), open_field, bare=True)


def _explained(case: _Case, row: pd.Series, mine: pd.DataFrame) -> Iterator[Finding]:
    reason = case.rule.supply.unless or ""
    for child in mine["child"]:
        got = _word(case.supply.frame.at[child, reason])
        yield finding(
            "C104", case.supply.where(int(child), reason), got=got, rule=case.rule.law.id,
            key=str(row[case.demand.form.key]), basis=case.context.regime.cite(case.rule.law.basis),
        )  # fmt: skip


def _late(case: _Case, at: int, row: pd.Series, takers: pd.DataFrame) -> Iterator[Finding]:
    """Tell a taker whose limit ends after the item's own; words without a day are no limit."""
    name = case.rule.limit
    if name is None or case.rule.each_period or case.supply.form.field(name) is None:
        return
    end, said = row[name + LAST_DAY], _word(row[name])
    if end is pd.NaT or end != end or any(word in said for word in _LASTING):  # noqa: PLR0124
        return
    for child in takers["child"]:
        own = case.supply.frame.loc[child]
        if own[name + LAST_DAY] > end:
            yield finding(
                "C102", case.supply.where(int(child), name), got=_word(own[name]), before=said,
                key=_word(own[case.supply.form.key]) if case.supply.form.key else "",
                parent=str(row[case.demand.form.key]), rule=case.rule.law.id,
                basis=case.context.regime.cite(case.rule.law.basis),
            )  # fmt: skip


