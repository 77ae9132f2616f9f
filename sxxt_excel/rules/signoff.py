"""Who countersigned whose lists, and when (ruling 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.model import Unchecked
from sxxt_excel.relations import in_charge, secretaries
from sxxt_excel.result import FILE, FILER
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sxxt_excel.model import Filer, Finding, Person, SignOff, Where
    from sxxt_excel.normalise import Stack
    from sxxt_excel.rules.context import Context
    from sxxt_excel.submissions import Submission

_SIGNER, _SIGNED = "signer", "date"


def check_signoffs(context: Context) -> Iterator[Finding | Unchecked]:
    """Yield missing, wrong and late signatures under the lists of each live file."""
    for rule in context.regime.signoffs:
        stack = context.stacks.get(rule.form)
        if stack is None:
            continue
        for submission in context.of_packets(rule.packets):
            rows = stack.frame[stack.frame[FILE] == submission.number]
            if not rows.empty and submission.unit is not None:
                yield from _file(context, rule, stack, submission, rows)


def _file(
    context: Context, rule: SignOff, stack: Stack, submission: Submission, rows: pd.DataFrame
) -> Iterator[Finding | Unchecked]:
    name = stack.form.filer or ""
    if name in stack.absent.get(submission.number, ()):
        return
    filers = [
        f
        for f in submission.filers
        if f.role in rule.roles and f.label not in submission.exempt and _has_lists(context, submission, f)
    ]
    strangers = int((~rows[name].isin(list(submission.labels))).sum())
    for filer in filers:
        mine = rows[rows[FILER] == filer.label]
        signers = _signers(context, rule, submission, mine, stack)
        if not signers:
            yield Unchecked(rule.law.id, submission.unit_name or "", _nobody(rule, filer))
        elif mine.empty:
            if strangers:  # one of the rows whose 责任主体 is not known may be his
                strangers -= 1
                because = f"“{rule.form}”中有认不出的{name}"
                yield Unchecked(rule.law.id, submission.unit_name or "", because)
            else:
                yield _missing(context, rule, stack, submission, filer, signers)
        else:
            yield from _signed(context, rule, stack, submission, filer, mine, signers)


def _has_lists(context: Context, submission: Submission, filer: Filer) -> bool:
    """Tell whether a filer has rows in a list of this file; without any there is no signing."""
    return any(
        ((s.frame[FILE] == submission.number) & (s.frame[FILER] == filer.label)).any()
        for s in context.stacks.values()
        if s.form.key is not None
    )


def _signers(
    context: Context, rule: SignOff, submission: Submission, mine: pd.DataFrame, stack: Stack
) -> tuple[Person, ...]:
    """Return who may have signed: whoever held the post when it was signed or filed."""
    unit = submission.unit
    assert unit is not None  # noqa: S101 - the caller looked
    who = secretaries if rule.signer == "unit_secretary" else in_charge
    days = [_day(submission), *(o.last for o in submission.owed)]
    field = next((f.name for f in stack.form.fields if f.kind == _SIGNED), None)
    if field is not None:
        days += [d.date() for d in mine[field].dropna()]
    found: dict[str, Person] = {}
    for day in days:
        for person in who(context.roster, unit, day):
            found.setdefault(person.key, person)
    return tuple(found.values())


def _day(submission: Submission) -> date:
    return datetime.fromisoformat(submission.receipt.at).date()


def _nobody(rule: SignOff, filer: Filer) -> str:
    if rule.signer == "unit_secretary":
        return f"名册中找不到可为{filer.label}背书的书记"
    return f"名册中没有分管或联系的领导可为{filer.label}背书；学校主要负责人由上级审核"


def _names(signers: tuple[Person, ...]) -> str:
    return "或".join(p.name for p in signers)


def _missing(  # noqa: PLR0913 - one signature that is not there
    context: Context,
    rule: SignOff,
    stack: Stack,
    submission: Submission,
    filer: Filer,
    signers: tuple[Person, ...],
) -> Finding:
    where = _place(stack, submission, filer)
    return finding(
        "B101", where, basis=context.regime.cite(rule.law.basis), severity=rule.law.severity,
        rule=rule.law.id, signer=_names(signers), filer=filer.label,
    )  # fmt: skip


def _place(stack: Stack, submission: Submission, filer: Filer) -> Where:
    signer = next(f.name for f in stack.form.fields if f.kind == _SIGNER)
    bare = stack.bare
    own = bare[(bare[FILE] == submission.number) & (bare[FILER] == filer.label)]
    if len(own):
        return stack.where(int(own.index[0]), signer, bare=True)
    return replace(stack.header(submission.number, signer), filer=filer.label)


def _signed(  # noqa: PLR0913 - one signature
    context: Context,
    rule: SignOff,
    stack: Stack,
    submission: Submission,
    filer: Filer,
    mine: pd.DataFrame,
    signers: tuple[Person, ...],
) -> Iterator[Finding]:
    signer = next(f.name for f in stack.form.fields if f.kind == _SIGNER)
    signed = next(f.name for f in stack.form.fields if f.kind == _SIGNED)
    basis, law = context.regime.cite(rule.law.basis), rule.law
    for at, row in mine.iterrows():
        label = int(str(at))
        said = row[signer]
        known = bool(stack.known.at[label, signer]) and said == said and said is not None  # noqa: PLR0124
        if known and not any(fold(p.name) in fold(str(said)) for p in signers):
            yield finding(
                "B102", stack.where(label, signer), got=str(said), basis=basis, rule=law.id,
                severity=law.severity, message=law.message, remedy=law.remedy,
                signer=_names(signers), filer=filer.label,
            )  # fmt: skip
        day = row[signed]
        if day == day and day is not None and day.date() > _day(submission):  # noqa: PLR0124
            yield finding(
                "B103", stack.where(label, signed), got=day.date().isoformat(), basis=basis,
                rule=law.id, filer=filer.label,
            )  # fmt: skip
