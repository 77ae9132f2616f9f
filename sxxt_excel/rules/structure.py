"""What a workbook lacks or has beside the definition: sheets, headings, fixed rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.findings import finding
from sxxt_excel.formats.places import place
from sxxt_excel.outcome import Where
from sxxt_excel.read import cell_name
from sxxt_excel.regime import COVER
from sxxt_excel.result import CODE, FILE
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Remark
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission

_EMPTY_REASON = "空表说明"
_LACKING = ("S102", "S107")
"""The codes of a column that is not there: one that is required, and one that is not."""


def check_structure(context: Context) -> Iterator[Finding]:
    """Yield what is wrong with sheets and headings of each live file."""
    filled = {name: set(s.frame[FILE].unique()) for name, s in context.stacks.items()}
    for submission in context.submissions.values():
        forms = {f.id: f for f in context.regime.sheets(submission.packet.id)}
        yield from _remarks(submission, forms)
        yield from _missing_sheets(submission, forms)
        yield from _empty_sheets(context, submission, forms, filled)
    for stack in context.stacks.values():
        if stack.form.fixed:
            yield from _fixed_rows(stack)


def _at(submission: Submission, **words: str | None) -> Where:
    return Where(
        path=submission.path, unit=submission.unit_name, unit_code=submission.unit_code, **words
    )


def _remarks(submission: Submission, forms: dict[str, Form]) -> Iterator[Finding]:
    def tell(remark: Remark) -> Finding:
        at = _at(
            submission,
            sheet=remark.sheet or None,
            cell=remark.cell or None,
            form=remark.form or None,
            field=remark.field or None,
        )
        code = _column_code(remark, forms) if remark.code in _LACKING else remark.code
        return finding(code, at, got=remark.got, basis=submission.basis)

    for remark in submission.extract.remarks:
        if not remark.form or remark.form in forms:
            yield tell(remark)
    extract = submission.extract
    theirs = [(t.form, t.sheet) for t in extract.tables]
    theirs += [(r.form, r.sheet) for r in extract.remarks if r.form and r.code == "S114"]
    for form, sheet in theirs:
        if form not in forms:
            yield finding("S106", _at(submission, sheet=sheet), got=sheet, basis=submission.basis)
    for code, there in (("F110", extract.macros), ("F111", extract.links)):
        if there:
            yield finding(code, _at(submission), basis=submission.basis)


def _column_code(remark: Remark, forms: dict[str, Form]) -> str:
    """Return what a missing column is in this packet: who read it knew the form, not the packet."""
    form = forms.get(remark.form)
    field = form.field(remark.field) if form is not None else None
    if field is None:
        return remark.code
    return _LACKING[0] if field.required else _LACKING[1]


def _missing_sheets(submission: Submission, forms: dict[str, Form]) -> Iterator[Finding]:
    there = {t.form for t in submission.extract.tables}
    headless = {r.form for r in submission.extract.remarks if r.code == "S112"}
    for form in forms.values():
        if form.id not in there and form.id not in headless and not form.optional:
            yield finding("S101", _at(submission, form=form.id), basis=submission.basis)
    for table in submission.extract.tables:
        if table.form == COVER:
            for name in table.missing:
                field = forms[COVER].field(name)
                if field is not None and field.required:
                    at = _at(submission, sheet=table.sheet, form=COVER, field=name)
                    yield finding("S102", at, basis=submission.basis)


def _empty_sheets(
    context: Context,
    submission: Submission,
    forms: dict[str, Form],
    filled: dict[str, set[int]],
) -> Iterator[Finding]:
    told: set[str | None] = set()
    for form in forms.values():
        stack = context.stacks.get(form.id)
        if form.layout == "cover" or form.optional or stack is None:
            continue
        if submission.number in filled[form.id] or submission.number not in stack.tables:
            continue
        if _unreadable(stack, submission) or _nobodys(context, submission, form):
            continue
        reason = _reason(context, submission, form)
        sheet = stack.header(submission.number, form.fields[0].name)
        at = replace(sheet, cell=_below(sheet.cell), field=None)
        if sheet.sheet in told:  # one sheet stands for several lists
            continue
        told.add(sheet.sheet)
        if reason:
            yield finding("Q108", at, got=reason, basis=submission.basis)
        elif not _mirrors_nothing(context, submission, form):
            yield finding("Q104", at, basis=submission.basis)


def _unreadable(stack: Stack, submission: Submission) -> bool:
    """Tell a sheet that lacks a column it lives by, so that no row of it can say anything."""
    return any(
        f.required and not f.frame and stack.lacks(submission.number, f.name)
        for f in stack.form.fields
    )


def _nobodys(context: Context, submission: Submission, form: Form) -> bool:
    """Tell a sheet that is about people of other roles than this workbook's filers."""
    roles = {
        role
        for rule in context.regime.coverages
        if rule.form == form.id and submission.packet.id in rule.packets
        for role in rule.roles
    }
    return bool(roles) and not any(filer.role in roles for filer in submission.filers)


def _below(cell: str | None) -> str | None:
    if cell is None:
        return None
    row, column = place(cell)
    return cell_name(row + 1, column)


def _reason(context: Context, submission: Submission, form: Form) -> str:
    """Return why the unit left a sheet empty: its own line on the cover, or the text for all."""
    cover = context.stacks.get(COVER)
    if cover is None:
        return ""
    mine = cover.frame.loc[cover.frame[FILE] == submission.number, _EMPTY_REASON].dropna()
    if mine.empty:
        return ""
    general = []
    names = {fold(f.id) for f in context.regime.forms}
    for line in str(mine.iloc[0]).splitlines():
        name, colon, reason = line.replace(":", "：").partition("：")
        if colon and fold(name) in names:
            if fold(name) == fold(form.id):
                return reason.strip()
        elif line.strip():
            general.append(line.strip())
    return "；".join(general)


def _mirrors_nothing(context: Context, submission: Submission, form: Form) -> bool:
    """Tell a sheet that repeats a list which has not arrived: nothing can be missing in it."""
    key = form.field(form.key) if form.key else None
    if key is None or key.to is None:
        return False
    source = context.stacks.get(key.to.form)
    return source is None or not (source.frame[CODE] == submission.unit_code).any()


def _fixed_rows(stack: Stack) -> Iterator[Finding]:
    label = next(f.name for f in stack.form.fields if f.kind == "label")
    folded = {fold(row[label]): row[label] for row in map(dict, stack.form.fixed)}
    for _, rows in stack.frame.groupby(FILE, sort=True):
        words = {int(str(at)): _said(word) for at, word in rows[label].items()}
        yield from _labels(stack, label, words, folded)
        yield from _locked(stack, list(words), label, folded)


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _labels(
    stack: Stack, label: str, words: dict[int, str], folded: dict[str, str]
) -> Iterator[Finding]:
    """Tell labels that are none, stand twice, or are not there, of one file's rows."""
    known = {at: folded.get(fold(word)) for at, word in words.items()}
    again = _repeated(known, tuple(folded.values()))
    for at, word in words.items():
        basis = stack.submission(at).basis
        if known[at] is None and word:
            yield finding(
                "V104", stack.where(at, label), got=word, basis=basis, choices="表中固定的各行"
            )
        elif at in again:
            yield finding(
                "V106", stack.where(at, label), got=word, basis=basis,
                message="“{got}”写了不止一行", remedy="请只保留一行",
            )  # fmt: skip
    missing = [word for word in folded.values() if word not in known.values()]
    unclear = len(again) + sum(name is None for name in known.values())
    for word in missing[unclear:]:  # a row whose label is wrong may be any of them
        submission = stack.submission(next(iter(words)))
        at_heading = stack.header(submission.number, label)
        yield finding("Q107", at_heading, got=word, basis=submission.basis)


def _repeated(known: dict[int, str | None], order: tuple[str, ...]) -> set[int]:
    """Return the rows whose label stands twice: all but the one in its own place, or the first."""
    rows: dict[str, list[tuple[bool, int]]] = {}
    for number, (at, name) in enumerate(known.items()):
        if name is not None:
            in_place = number < len(order) and order[number] == name
            rows.setdefault(name, []).append((not in_place, at))
    return {at for places in rows.values() for _, at in sorted(places)[1:]}


def _locked(
    stack: Stack, labels: list[int], label: str, folded: dict[str, str]
) -> Iterator[Finding]:
    """Tell pre-printed cells of fixed rows that were changed; the definition's value holds."""
    fixed = {dict(row)[label]: dict(row) for row in stack.form.fixed}
    for at in labels:
        row = stack.frame.loc[at]
        own = fixed.get(folded.get(fold(str(row[label])), ""), {})
        for name, value in own.items():
            said = row[name]
            if name != label and pd.notna(said) and said != value:
                yield finding(
                    "V159", stack.where(at, name), got=str(said), value=value,
                    basis=stack.submission(at).basis,
                )  # fmt: skip
