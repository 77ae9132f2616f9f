"""Live submissions → stacked tables, and every rule applied to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.ceiling import lowered
from sxxt_excel.normalise import normalise, raw_tables
from sxxt_excel.outcome import CascadeRow, CountRow, Finding, Likeness, Unchecked
from sxxt_excel.rules.agreements import check_agreements
from sxxt_excel.rules.cascades import check_cascades
from sxxt_excel.rules.chains import check_chains
from sxxt_excel.rules.context import Context, Paper
from sxxt_excel.rules.copies import check_copies
from sxxt_excel.rules.counted import check_counted
from sxxt_excel.rules.counts import check_counts
from sxxt_excel.rules.coverage import check_coverage
from sxxt_excel.rules.documents import check_documents
from sxxt_excel.rules.happened import check_happened
from sxxt_excel.rules.mirrors import check_mirrors
from sxxt_excel.rules.needs import check_needs
from sxxt_excel.rules.outdated import check_outdated
from sxxt_excel.rules.private import check_private
from sxxt_excel.rules.references import check_references
from sxxt_excel.rules.signoff import check_signoffs
from sxxt_excel.rules.slots import check_slots
from sxxt_excel.rules.structure import check_structure
from sxxt_excel.rules.units import check_units
from sxxt_excel.rules.values import check_values, told_cells, value_findings
from sxxt_excel.split import is_split
from sxxt_excel.stack import Stack, merge
from sxxt_excel.waivers import ACCEPTED, concerns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sxxt_excel.chain import Chain
    from sxxt_excel.job import Job
    from sxxt_excel.people import Waiver
    from sxxt_excel.submissions import Submission


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules found among submissions, and their typed tables by form."""

    stacks: Mapping[str, Stack]
    findings: tuple[Finding, ...]
    cascade: tuple[CascadeRow, ...]
    counts: tuple[CountRow, ...]
    unchecked: tuple[Unchecked, ...]
    likenesses: tuple[Likeness, ...]


def check(job: Job, live: Mapping[int, Submission], papers: tuple[Paper, ...]) -> Checked:
    """Stack the tables of these submissions and apply all rules to them.

    Args:
        job: definitions, roster, day.
        live: file number → submission; no two of them are versions of the same.
        papers: the attachments that named documents may be.
    """
    stacks, findings = _stacks(job, live)
    context = Context(
        job.regime, job.settings, job.roster, job.today, job.owed, live, stacks, papers, job.past
    )
    references, doubts = check_references(context)
    told: tuple[Finding | Unchecked | CascadeRow | CountRow | Likeness, ...] = (
        *findings,
        *check_structure(context),
        *check_outdated(context),
        *check_private(context),
        *check_units(context),
        *check_counted(context),
        *check_coverage(context),
        *check_documents(context),
        *references,
        *check_mirrors(context),
        *check_cascades(context, doubts),
        *check_chains(context),
        *check_signoffs(context),
        *check_copies(context),
    )
    milder = lowered(job.regime, (item for item in told if isinstance(item, Finding)))
    milder = recognised(milder, live.values(), job.roster.waivers, job.today)
    returned = returned_paths(live, milder)
    waiting = frozenset(s.number for s in live.values() if s.path in returned)
    told = (
        *told,
        *check_counts(context, waiting),
        *check_needs(context, waiting),
        *check_slots(context, waiting),
        *check_agreements(context, waiting),
    )
    told = (*told, *check_happened(context, (item for item in told if isinstance(item, Finding))))
    return Checked(
        stacks=stacks,
        findings=lowered(job.regime, (item for item in told if isinstance(item, Finding))),
        cascade=tuple(item for item in told if isinstance(item, CascadeRow)),
        counts=tuple(item for item in told if isinstance(item, CountRow)),
        unchecked=tuple(item for item in told if isinstance(item, Unchecked)),
        likenesses=tuple(item for item in told if isinstance(item, Likeness)),
    )


def returned_paths(live: Mapping[int, Submission], findings: Iterable[Finding]) -> frozenset[str]:
    """Return the paths of submissions that a must sends back."""
    paths = {s.path for s in live.values()}
    found = {f.where.path for f in findings if f.severity == "must" and f.where.path}
    return frozenset(found & paths)


def recognised(
    findings: Iterable[Finding],
    live: Iterable[Submission],
    waivers: Iterable[Waiver],
    today: date,
) -> tuple[Finding, ...]:
    """Let the faults of workbooks that 例外 takes as they are (认可接收) ask for nothing.

    Such a line holds only with who agreed to it, from the day on which he did, where that is
    written, until its last.
    """
    valid = [
        w
        for w in waivers
        if w.kind == ACCEPTED and not w.filer and w.approver and w.expires
        and (w.approved or today) <= today <= w.expires
    ]  # fmt: skip
    if not valid:
        return tuple(findings)
    agreed = {s.path: who for s in live if (who := _recognised_by(s, valid))}
    return tuple(
        replace(f, severity="note", remedy=f"{agreed[f.where.path]}已同意认可接收，不必修改")
        if f.severity == "must" and f.where.path in agreed
        else f
        for f in findings
    )


def _recognised_by(item: Submission, waivers: Iterable[Waiver]) -> str:
    """Return who agreed to take a workbook as it is: that file, or whatever answers the duty."""
    for waiver in waivers:
        if waiver.unit != item.unit_code:
            continue
        if waiver.sha256:
            if item.sha256.startswith(waiver.sha256):
                return waiver.approver
        elif any(concerns(waiver, o.obligation, o.period) for o in item.owed):
            return waiver.approver
    return ""


def returned_before(
    job: Job, grouped: tuple[Chain, ...], papers: tuple[Paper, ...], told: Iterable[Finding]
) -> frozenset[str]:
    """Return the paths of superseded versions that a must of their own would send back.

    They are checked one generation at a time, so that versions never meet one another. `told` is
    what was found when the files were identified.
    """
    identified = lowered(job.regime, told)
    paths: set[str] = set()
    generations = [
        [v for v in c.versions if dict(c.status).get(v.number) == "superseded"] for c in grouped
    ]
    for place in range(max(map(len, generations), default=0)):
        old = {g[place].number: g[place] for g in generations if len(g) > place}
        paths |= returned_paths(old, (*identified, *check(job, old, papers).findings))
    return frozenset(paths)


def _stacks(job: Job, live: Mapping[int, Submission]) -> tuple[dict[str, Stack], list[Finding]]:
    """Stack, type and check all live files, one pass a form variant."""
    parts = raw_tables([submission for _, submission in sorted(live.items())])
    numbers = {f.id: f.number for f in job.regime.forms}
    by_form: dict[str, list[Stack]] = defaultdict(list)
    findings: list[Finding] = []
    for form in sorted(parts, key=lambda f: [g.id for g in job.regime.forms].index(f.id)):
        stack, told = normalise(form, parts[form], live, job.settings.year, numbers)
        findings.extend(told)
        failures = check_values(stack, job.regime)
        findings.extend(value_findings(stack, job.regime, failures))
        by_form[form.id].append(replace(stack, told=told_cells(failures)))
    return {name: merge(group) for name, group in by_form.items()}, _once(live, findings)


def _once(live: Mapping[int, Submission], findings: list[Finding]) -> list[Finding]:
    """Return the findings, a cell that stands in several lists told of once."""
    several = {s.path for s in live.values() if is_split(s.extract)}
    seen: set[tuple[str, str | None, str | None, str | None, str | None]] = set()
    kept: list[Finding] = []
    for found in findings:
        where = found.where
        at = (found.code, where.path, where.sheet, where.cell, found.rule)
        if where.path not in several or where.cell is None or at not in seen:
            kept.append(found)
        seen.add(at)
    return kept
