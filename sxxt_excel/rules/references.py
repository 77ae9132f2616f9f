"""Item numbers that name a row of another list: does it exist (ruling 7)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.relations import in_charge, level_of, parent_of
from sxxt_excel.result import CODE, FILE
from sxxt_excel.text import JOIN

if TYPE_CHECKING:
    from datetime import date

    from sxxt_excel.model.forms import Field, Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack


@dataclass(frozen=True, slots=True)
class Doubt:
    """Units whose references through a field are not all clear, so that nothing is missing."""

    form: str
    field: str
    units: frozenset[str]


def pairs(stack: Stack, field: str) -> pd.DataFrame:
    """Return one line a reference: `child` (row label), `key` (the number named)."""
    said = stack.frame[field].dropna()
    keys = said.str.split(JOIN)
    lines = keys.explode()
    return pd.DataFrame({"child": lines.index.astype("int64"), "key": lines.to_numpy()})


def check_references(context: Context) -> tuple[list[Finding | Unchecked], list[Doubt]]:
    """Return what is dangling or unchecked, and where later rules must hold back."""
    told: list[Finding | Unchecked] = []
    doubts: list[Doubt] = []
    for stack in context.stacks.values():
        for field in stack.form.fields:
            if field.to is None or stack.frame.empty:
                continue
            target = context.stacks.get(field.to.form)
            found, unclear = _check(context, stack, field, target)
            told.extend(found)
            doubts.append(
                Doubt(stack.form.id, field.name, frozenset(unclear | _blurred(stack, field)))
            )
    return told, doubts


def _blurred(stack: Stack, field: Field) -> set[str]:
    """Return units with a cell of this heading that is unread or blank, or a number given twice."""
    unread = ~stack.known[field.name]
    if field.required:
        unread |= stack.frame[field.name].isna()
    if field.kind == "key":
        numbers = stack.frame[field.name]
        unread |= numbers.notna() & stack.frame.duplicated([FILE, field.name], keep=False)
    absent = stack.lacking(field.name)
    unread |= stack.frame[FILE].isin(absent)
    return set(stack.frame.loc[unread, CODE].dropna())


def _check(
    context: Context, stack: Stack, field: Field, target: Stack | None
) -> tuple[list[Finding | Unchecked], set[str]]:
    told: list[Finding | Unchecked] = []
    unclear: set[str] = set()
    lines = pairs(stack, field.name)
    if lines.empty or field.to is None:
        return told, unclear
    lines = lines.assign(unit=stack.frame.loc[lines["child"], CODE].to_numpy())
    for code, mine in _strange(context, field, target, lines).groupby("unit", sort=True):
        unit = context.roster.unit(str(code))
        known, complete, because = _keys(context, field, target, unit)
        unclear.add(str(code))
        if not complete:
            name = unit.name if unit else str(code)
            told.append(Unchecked(f"“{stack.form.id}”中“{field.name}”的核对", name, because))
            continue
        for child, key in zip(mine["child"].tolist(), mine["key"].tolist(), strict=True):
            told.append(_dangling(stack, field, child, key, known))
    return told, unclear


def _dangling(stack: Stack, field: Field, child: int, key: str, known: set[str]) -> Finding:
    likely = [number for number in known if _one_off(number, key)]
    near = likely[0] if len(likely) == 1 else None
    submission = stack.submission(child)
    return finding(
        "V107", stack.where(child, field.name), got=key, basis=submission.basis,
        target=field.to.form if field.to else "", nearest=f"；最接近的是{near}" if near else "",
    )  # fmt: skip


def _one_off(number: str, said: str) -> bool:
    """Tell whether two numbers differ in one character: a likely slip, worth suggesting."""
    return len(number) == len(said) and sum(a != b for a, b in zip(number, said, strict=True)) == 1


def _strange(
    context: Context, field: Field, target: Stack | None, lines: pd.DataFrame
) -> pd.DataFrame:
    """Return the lines whose number no list of the unit, or of the one above, has."""
    if target is None or target.form.key is None or field.to is None:
        return lines
    owner = dict(
        zip(target.frame[target.form.key].tolist(), target.frame[CODE].tolist(), strict=True)
    )
    owners = lines["key"].map(owner)
    known = owners.eq(lines["unit"])
    if field.to.scope == "above":
        allowed = {
            (code, owner.code)
            for code in lines["unit"].unique().tolist()
            if (unit := context.roster.unit(code)) is not None
            for owner in _above(context.regime, context.roster, context.today, unit)
        }
        named = zip(lines["unit"].tolist(), owners.tolist(), strict=True)
        known |= pd.Series([pair in allowed for pair in named], index=lines.index)
    return lines[~known]


def owners_of(
    regime: Regime, roster: Roster, today: date, field: Field, unit: Unit
) -> tuple[Unit, ...]:
    """Return whose lists hold the items that a unit may name: its own, or those above too."""
    if field.to is None or field.to.scope != "above":
        return (unit,)
    return (unit, *_above(regime, roster, today, unit))


def _above(regime: Regime, roster: Roster, today: date, unit: Unit) -> tuple[Unit, ...]:
    """Return whose lists hold the items above a unit: its parent's, and its leaders' own."""
    parent = parent_of(regime, roster, unit)
    leaders = in_charge(roster, unit, today)
    units = (parent, *(roster.unit(leader.unit) for leader in leaders))
    return tuple(dict.fromkeys(u for u in units if u is not None and u.code != unit.code))


def _keys(
    context: Context, field: Field, target: Stack | None, unit: Unit | None
) -> tuple[set[str], bool, str]:
    """Return the numbers a unit may name, whether that is all of them, and why not."""
    assert field.to is not None  # noqa: S101 - the caller looked
    if target is None or target.form.key is None:
        is_sent = any(form.id == field.to.form for form in context.regime.forms)
        verb = "没有收到" if is_sent else "这份制度不收"
        return set(), False, f"{verb}“{field.to.form}”"
    owners: tuple[Unit, ...] = ()
    if unit is not None:
        owners = owners_of(context.regime, context.roster, context.today, field, unit)
    alone = field.to.scope == "above" and unit is not None and len(owners) == 1
    if alone and unit and level_of(context.regime, unit) != context.regime.levels[0].id:
        return set(), False, "上级的清单不由本级收集"
    known: set[str] = set()
    for owner in owners:
        rows = target.frame[target.frame[CODE] == owner.code]
        known |= set(rows[target.form.key].dropna())
        if rows.empty or (owner.code, field.to.form) in context.torn:
            return known, False, f"{owner.name}的“{field.to.form}”尚未收到"
        if not _sound(target, rows):
            return known, False, f"{owner.name}的“{field.to.form}”编号有误"
    return known, True, ""


def _sound(target: Stack, rows: pd.DataFrame) -> bool:
    """Tell whether all numbers of a list could be read and are different."""
    key = target.form.key or ""
    numbers = rows[key]
    return bool(
        target.known.loc[rows.index, key].all()
        and (numbers.notna() | spared(target.form, rows)).all()
        and not rows[numbers.notna()].duplicated([FILE, key]).any()
    )


def spared(form: Form, rows: pd.DataFrame) -> pd.Series:
    """Return which rows need no number of their own (未纳入理由 and the like)."""
    found = pd.Series(data=False, index=rows.index)
    for rule in form.rows:
        if rule.only is not None and form.key not in rule.only:
            for name in (name for name in rule.when.filled if name in rows):
                found |= rows[name].notna()
    return found
