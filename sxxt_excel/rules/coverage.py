"""Every expected filer, and every area of his role, has rows; named documents came along."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.model import Unchecked
from sxxt_excel.result import FILE, FILER
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sxxt_excel.model import Coverage, Filer, Finding, Where
    from sxxt_excel.normalise import Stack
    from sxxt_excel.rules.context import Context
    from sxxt_excel.submissions import Submission


def check_coverage(context: Context) -> Iterator[Finding | Unchecked]:
    """Yield filers and areas without rows, for each coverage rule and live file."""
    for rule in context.regime.coverages:
        stack = context.stacks.get(rule.form)
        if stack is None:
            continue
        by_file = dict(tuple(stack.frame.groupby(FILE, sort=False)))
        for submission in context.of_packets(rule.packets):
            rows = by_file.get(submission.number)
            if rows is not None:  # an empty or missing sheet was told as such
                yield from _cover(context, rule, stack, submission, rows)


def _cover(
    context: Context, rule: Coverage, stack: Stack, submission: Submission, rows: pd.DataFrame
) -> Iterator[Finding | Unchecked]:
    name = stack.form.filer
    if name is None or stack.lacks(submission.number, name):
        return
    expected = [
        f
        for f in submission.filers
        if f.label not in submission.exempt and (not rule.roles or f.role in rule.roles)
    ]
    there = set(rows[FILER].dropna())
    missing = [f for f in expected if f.label not in there]
    strangers = rows.loc[~rows[FILER].isin(list(submission.labels)), name]
    if missing and len(strangers):
        because = f"“{stack.form.id}”中有认不出的{name}"
        yield Unchecked(rule.law.id, submission.unit_name or "", because)
        missing = missing[: max(0, len(missing) - len(strangers))]
    for filer in missing:
        yield _tell(context, rule, stack, submission, filer, "")
    if rule.areas:
        yield from _areas(context, rule, stack, submission, rows, [f for f in expected if f not in missing])


def _areas(  # noqa: PLR0913 - one rule, one file, its filers
    context: Context,
    rule: Coverage,
    stack: Stack,
    submission: Submission,
    rows: pd.DataFrame,
    filers: list[Filer],
) -> Iterator[Finding]:
    field = next((f.name for f in stack.form.fields if f.choices_by_role), None)
    if field is None or stack.lacks(submission.number, field):
        return
    unowned = set(rows.loc[~rows[FILER].isin(list(submission.labels)), field].dropna())
    for filer in filers:
        mine = rows[rows[FILER] == filer.label]
        if rule.document is not None and mine[rule.document].notna().any():
            continue
        areas = context.regime.role(filer.role).areas
        said = mine[field].dropna().tolist()
        unclear = sum(area not in areas for area in said) + int(mine[field].isna().sum())
        lacking = [area for area in areas if area not in said and area not in unowned]
        for area in lacking[unclear:]:  # a row whose area is wrong may be any of them
            yield _tell(context, rule, stack, submission, filer, area)


def _tell(  # noqa: PLR0913 - where and about whom
    context: Context,
    rule: Coverage,
    stack: Stack,
    submission: Submission,
    filer: Filer,
    area: str,
) -> Finding:
    law = rule.law
    message = law.message
    if rule.areas and not area:
        message = "“{form}”中没有{filer}的报告"
    return finding(
        "Q105" if area else "Q103",
        _place(stack, submission, filer, area),
        got=area,
        basis=context.regime.cite(law.basis),
        severity=law.severity,
        rule=law.id,
        message=message,
        remedy=law.remedy,
        filer=filer.label,
        area=area,
    )


def _place(stack: Stack, submission: Submission, filer: Filer, area: str) -> Where:
    """Point at the pre-printed row that was left empty, else at the heading of the filer."""
    name = stack.form.filer or ""
    bare = stack.bare
    own = bare[(bare[FILE] == submission.number) & (bare[FILER] == filer.label)]
    if area:
        field = next(f.name for f in stack.form.fields if f.choices_by_role)
        own = own[own[field] == area]
    open_field = next(
        (f.name for f in stack.form.fields if f.required and not f.frame), stack.form.fields[0].name
    )
    if len(own):
        return stack.where(int(own.index[0]), open_field, bare=True)
    where = stack.header(submission.number, name)
    return type(where)(
        path=where.path, sheet=where.sheet, cell=where.cell, unit=where.unit,
        unit_code=where.unit_code, filer=filer.label, form=where.form, field=name,
    )  # fmt: skip


# ---- documents named in a cell ----------------------------------------------------


def check_documents(context: Context) -> Iterator[Finding]:
    """Yield a query for each named document that is not among the attachments."""
    names: dict[str, set[str | None]] = {}
    for paper in context.papers:
        path = PurePosixPath(paper.path.rpartition("!")[2])
        for name in (path.name, path.stem):
            names.setdefault(fold(name), set()).add(paper.unit_code)
    for stack in context.stacks.values():
        for field in stack.form.of_kind("file"):
            said = stack.frame[field.name].dropna()
            for label, word in said.items():
                at = int(str(label))
                submission = stack.submissions[int(stack.frame.at[at, FILE])]  # type: ignore[arg-type]
                for name in split_several(str(word)):
                    owners = names.get(fold(name)) or names.get(fold(PurePosixPath(name).stem))
                    if not owners or not owners & {None, submission.unit_code}:
                        yield finding(
                            "Q106", stack.where(at, field.name), got=name, basis=submission.basis
                        )
