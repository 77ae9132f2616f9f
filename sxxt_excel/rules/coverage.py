"""Every expected filer, and every area of his role, has rows; named documents came along."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.result import FILE, FILER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.model.rules import Coverage
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.people import Filer
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission


class _Row(NamedTuple):
    """A row that says something: whose it is, its area, and whether it names a document."""

    filer: str
    area: str
    document: bool


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sheet of one coverage rule in all files; `area` is the heading of areas, if asked."""

    context: Context
    rule: Coverage
    stack: Stack
    area: str | None
    rows: Mapping[int, tuple[_Row, ...]]


def check_coverage(context: Context) -> Iterator[Finding | Unchecked]:
    """Yield filers and areas without rows, for each coverage rule and live file."""
    for rule in context.regime.coverages:
        stack = context.stacks.get(rule.form)
        if stack is None:
            continue
        area = next((f.name for f in stack.form.fields if f.choices_by_role), None)
        area = area if rule.areas else None
        sheet = _Sheet(context, rule, stack, area, _rows(stack, area, rule.document))
        for submission in context.of_packets(rule.packets):
            rows = sheet.rows.get(submission.number, ())
            lacks = stack.lacks(submission.number, stack.form.filer or "")
            if rows and not lacks:  # an empty or missing sheet was told as such
                yield from _cover(sheet, submission, rows)


def _rows(stack: Stack, area: str | None, document: str | None) -> dict[int, tuple[_Row, ...]]:
    frame = stack.frame
    count = len(frame)
    filers = frame[FILER].fillna("").tolist()
    areas = frame[area].fillna("").tolist() if area else [""] * count
    documents = frame[document].notna().tolist() if document else [False] * count
    found: dict[int, list[_Row]] = defaultdict(list)
    for file, *row in zip(frame[FILE].tolist(), filers, areas, documents, strict=True):
        found[file].append(_Row(*row))
    return {file: tuple(rows) for file, rows in found.items()}


def _cover(
    sheet: _Sheet, submission: Submission, rows: tuple[_Row, ...]
) -> Iterator[Finding | Unchecked]:
    rule = sheet.rule
    expected = [
        f
        for f in submission.filers
        if f.label not in submission.exempt and (not rule.roles or f.role in rule.roles)
    ]
    there = {row.filer for row in rows}
    missing = [f for f in expected if f.label not in there]
    strangers = [row for row in rows if row.filer not in submission.labels]
    told = missing[: max(0, len(missing) - len(strangers))]
    if len(told) < len(missing):
        because = f"“{sheet.stack.form.id}”中有认不出的{sheet.stack.form.filer}"
        yield Unchecked(rule.law.id, submission.unit_name or "", because)
    for filer in told:
        yield _tell(sheet, submission, filer, "")
    if sheet.area is not None and not sheet.stack.lacks(submission.number, sheet.area):
        elsewhere = frozenset(row.area for row in strangers)
        for filer in expected:
            if filer not in missing:
                yield from _areas(sheet, submission, filer, rows, elsewhere)


def _areas(
    sheet: _Sheet,
    submission: Submission,
    filer: Filer,
    rows: tuple[_Row, ...],
    elsewhere: frozenset[str],
) -> Iterator[Finding]:
    """Yield the areas a filer lacks; one under a name not known may be his (`elsewhere`)."""
    mine = [row for row in rows if row.filer == filer.label]
    if any(row.document for row in mine):
        return
    areas = sheet.context.regime.role(filer.role).areas
    said = {row.area for row in mine}
    unclear = sum(row.area not in areas for row in mine)
    lacking = [area for area in areas if area not in said and area not in elsewhere]
    for area in lacking[unclear:]:  # a row whose area is wrong may be any of them
        yield _tell(sheet, submission, filer, area)


def _tell(sheet: _Sheet, submission: Submission, filer: Filer, area: str) -> Finding:
    law = sheet.rule.law
    message = law.message
    if sheet.rule.areas and not area:
        message = "“{form}”中没有{filer}的报告"
    return finding(
        "Q105" if area else "Q103",
        _place(sheet, submission, filer, area),
        got=area,
        basis=sheet.context.regime.cite(law.basis),
        severity=law.severity,
        rule=law.id,
        message=message,
        remedy=law.remedy,
        about=tuple(filter(None, (filer.label, area))),
        filer=filer.label,
        area=area,
    )


def _place(sheet: _Sheet, submission: Submission, filer: Filer, area: str) -> Where:
    """Point at the pre-printed row that was left empty, else at the heading of the filer."""
    stack = sheet.stack
    name, bare = stack.form.filer or "", stack.bare
    own = bare[(bare[FILE] == submission.number) & (bare[FILER] == filer.label)]
    if area and sheet.area is not None:
        own = own[own[sheet.area] == area]
    open_field = next(
        (f.name for f in stack.form.fields if f.required and not f.frame), stack.form.fields[0].name
    )
    if len(own):
        return stack.where(own.index.tolist()[0], open_field, bare=True)
    return replace(stack.header(submission.number, name), filer=filer.label)
