"""Steps that follow one another within a row: done in time, and none before its turn.

Whole columns are compared, three-valued: what rests on a cell that could not be read is
neither lacking nor done, but unchecked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sxxt_excel.codes import OVERDUE
from sxxt_excel.columns import says
from sxxt_excel.explanations import explains
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.result import CODE, FILE, FILER, ROW
from sxxt_excel.rules.waivers import excused
from sxxt_excel.text import to_text
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.rules import Chain, Step
    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack

_DAY_PLACE = "{day}"


@dataclass(frozen=True, slots=True)
class _Truth:
    """Which rows surely satisfy something, and which surely do not; the rest is unknown."""

    yes: pd.Series
    no: pd.Series

    def __and__(self, other: _Truth) -> _Truth:
        return _Truth(self.yes & other.yes, self.no | other.no)


@dataclass(frozen=True, slots=True)
class _Case:
    """One chain with the rows of its form; those in `spared` 例外 has excused."""

    context: Context
    rule: Chain
    stack: Stack
    spared: pd.Series

    @property
    def basis(self) -> str:
        """Return the clause of the chain."""
        return self.context.regime.cite(self.rule.law.basis)

    def at(self, label: int, name: str) -> Any:  # noqa: ANN401 - a cell of any type
        """Return a cell."""
        return self.stack.frame.loc[label, name]


def check_chains(context: Context) -> Iterator[Finding | Unchecked]:
    """Yield steps that lack, are overdue or out of order, and what stays unchecked.

    A sufficient reason in the chain's own column turns each into a note.
    """
    for rule in context.regime.chains:
        stack = context.stacks.get(rule.form)
        if stack is None or stack.frame.empty:
            continue
        case = _Case(context, rule, stack, _spared(context, rule, stack))
        yield from _excuses(case)
        for step in rule.steps:
            yield from _step(case, step)


def _spared(context: Context, rule: Chain, stack: Stack) -> pd.Series:
    """Return which rows 例外 excuses: all of a unit, or those of one 责任主体."""
    frame, who = stack.frame, excused(context, rule.law)
    units = frame[CODE].isin([code for code, filer in who if not filer])
    if not any(filer for _, filer in who):
        return units
    pairs = zip(frame[CODE].tolist(), frame[FILER].tolist(), strict=True)
    return units | pd.Series([pair in who for pair in pairs], index=frame.index)


def _excuses(case: _Case) -> Iterator[Unchecked]:
    for label in case.stack.frame[case.spared].drop_duplicates(CODE).index.tolist():
        yield Unchecked(case.rule.law.id, _unit(case, label), EXEMPT)


def _step(case: _Case, step: Step) -> Iterator[Finding | Unchecked]:
    stack = case.stack
    named = (*step.when.filled, *(name for name, _ in step.when.equals))
    condition = _condition(stack, step)
    asked, columns = condition, [*named, step.field]
    if step.after is not None:
        asked, columns = condition & _passed(case, step.after), [*columns, step.after]
    there, done = _there(case, columns), _done(stack, step)
    lacking = asked.yes & done.no & there & ~case.spared
    unclear = ~asked.no & ~done.yes & ~lacking & there & ~case.spared
    reason = case.rule.reason
    if reason is not None:
        unread = lacking & ~stack.known[reason]
        lacking, unclear = lacking & ~unread, unclear | unread
    for label in _labels(lacking):
        yield _lacking(case, step, label)
    yield from _unread(case, step, unclear)
    yield from _absent(case, columns)
    if step.not_before is not None:
        yield from _order(case, step, step.not_before, condition.yes & _there(case, named))


def _labels(rows: pd.Series) -> list[int]:
    return [int(label) for label in rows.index[rows].tolist()]


# ---- what holds ---------------------------------------------------------------------


def _condition(stack: Stack, step: Step) -> _Truth:
    every = pd.Series(data=True, index=stack.frame.index)
    truth = _Truth(every, ~every)
    for name in step.when.filled:
        truth &= _known(stack, name, stack.frame[name].notna())
    for name, values in step.when.equals:
        truth &= _known(stack, name, says(stack.frame[name], values))
    return truth


def _known(stack: Stack, name: str, holds: pd.Series) -> _Truth:
    """Return what holds of a column where its cells could be read.

    What the office fills in does not stand in a unit's workbook, and is not known from it.
    """
    known = stack.known[name] & ~stack.frame[FILE].isin(_offices(stack, name))
    return _Truth(known & holds, known & ~holds)


def _offices(stack: Stack, name: str) -> list[int]:
    """Return the files of packets in which the column is the office's to fill in."""
    return [
        number
        for number in stack.tables
        for form in stack.submissions[number].forms
        if form.id == stack.form.id and (field := form.field(name)) is not None and field.office
    ]


def _done(stack: Stack, step: Step) -> _Truth:
    said, wanted = stack.frame[step.field], step.values  # noqa: PD011 - a step is no table
    told = stack.is_told(step.field)
    truth = _known(stack, step.field, says(said, wanted) if wanted else said.notna())
    return _Truth(truth.yes & ~told, truth.no & ~told)


def _passed(case: _Case, name: str) -> _Truth:
    """Return where the day of a column has passed; words without a day never pass."""
    stack = case.stack
    passed = stack.frame[stack.day(name)] < pd.Timestamp(case.context.today)
    return _known(case.stack, name, passed)


def _there(case: _Case, names: tuple[str, ...] | list[str]) -> pd.Series:
    """Return the rows of sheets that have all these columns."""
    return ~case.stack.frame[FILE].isin(case.stack.lacking(*names))


# ---- what is told -------------------------------------------------------------------


def _lacking(case: _Case, step: Step, label: int) -> Finding:
    law, overdue = case.rule.law, step.after is not None
    words = _words(case, step, label)
    # The law's own sentence is for one of the two: what is overdue names the day.
    message = law.message if (_DAY_PLACE in law.message) is overdue else ""
    return _explained(case, step, label, words["day"]) or finding(
        OVERDUE if overdue else "C105", case.stack.where(label, step.field), got=words["got"],
        basis=case.basis, severity=law.severity, rule=law.id, message=message,
        remedy=law.remedy, words=words,
    )  # fmt: skip


def _order(case: _Case, step: Step, before: str, rows: pd.Series) -> Iterator[Finding]:
    """Yield the days that come before those they follow."""
    stack = case.stack
    early = stack.frame[stack.day(step.field)] < stack.frame[stack.day(before)]
    for label in _labels(rows & early & ~case.spared):
        yield _explained(case, step, label) or finding(
            "C107", stack.where(label, step.field), basis=case.basis,
            severity=case.rule.law.severity, rule=case.rule.law.id, other=before,
            before=_said(case, label, before), words=_words(case, step, label),
            got=_said(case, label, step.field),
        )  # fmt: skip


def _words(case: _Case, step: Step, label: int) -> dict[str, str]:
    said, reason = _said(case, label, step.field), case.rule.reason
    day = case.stack.frame[case.stack.day(step.after)][label] if step.after else pd.NaT
    because = [f"“{name}”已填" for name in step.when.filled]
    because += [f"“{n}”是“{_said(case, label, n)}”" for n, _ in step.when.equals]
    return {
        "key": _key(case, label),
        "step": step.field,
        "got": said,
        "day": "" if pd.isna(day) else day.date().isoformat(),
        "state": f"是“{said}”" if said else "没有填写",
        "because": "".join(f"{part}，" for part in because),
        "say": f"在“{reason}”写明原因（不少于六个字）" if reason else "说明原因",
    }


def _said(case: _Case, label: int, name: str) -> str:
    value = case.at(label, name)
    if pd.isna(value):
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else to_text(value)


def _key(case: _Case, label: int) -> str:
    """Return what people call the row: its number, else where it stands."""
    key = case.stack.form.key
    number = _said(case, label, key) if key else ""
    return number or f"第{case.at(label, ROW)}行"


def _explained(case: _Case, step: Step, label: int, day: str = "") -> Finding | None:
    """Return the note that stands for a finding which the row itself explains."""
    reason = case.rule.reason
    said = _said(case, label, reason) if reason else ""
    if reason is None or not explains(said):
        return None
    return finding(
        "C108", case.stack.where(label, reason), got=said, basis=case.basis,
        rule=case.rule.law.id, key=_key(case, label), step=step.field,
        due=f"（应于{day}前完成）" if day else "",
    )  # fmt: skip


def _unread(case: _Case, step: Step, unclear: pd.Series) -> Iterator[Unchecked]:
    stack, form = case.stack, case.rule.form
    offices = _offices(stack, step.field)
    for label in stack.frame[unclear].drop_duplicates(CODE).index.tolist():
        office = stack.frame.loc[label, FILE] in offices
        because = f"的“{step.field}”由党委办公室填写" if office else "中有看不出来的内容"
        yield Unchecked(case.rule.law.id, _unit(case, label), f"“{form}”{because}")


def _absent(case: _Case, names: list[str]) -> Iterator[Unchecked]:
    """Yield the units whose sheet lacks a column that the step needs."""
    stack = case.stack
    for number in sorted(stack.tables):
        name = next((n for n in names if stack.lacks(number, n)), None)
        if name is not None and (stack.frame[FILE] == number).any():
            unit = stack.submissions[number].unit_name or ""
            yield Unchecked(case.rule.law.id, unit, f"“{case.rule.form}”缺“{name}”列")


def _unit(case: _Case, label: int) -> str:
    return case.stack.submission(label).unit_name or ""
