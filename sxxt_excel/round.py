"""The whole pass: inbox → tables, findings, expected set. Readable on one screen below `collect`.

This is the library: `collect` gives a `Round` to the command line and to a notebook alike.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.chain import Chain, chain_findings, chains
from sxxt_excel.codes import finding
from sxxt_excel.engine import Death, map_files
from sxxt_excel.expected import Owed, owed, roster_faults
from sxxt_excel.identify import Directory, Identity, directory, identify, unit_of_path
from sxxt_excel.intake.folder import Parcel, folder_parcels
from sxxt_excel.look import Sight, look_at, prepare
from sxxt_excel.model import (
    CascadeRow,
    CountRow,
    Expected,
    Filer,
    FileRow,
    FileStatus,
    Finding,
    Form,
    Regime,
    Roster,
    Unchecked,
    Where,
)
from sxxt_excel.normalise import Stack, merge, normalise
from sxxt_excel.package import Refusal
from sxxt_excel.receipts import Line, read_receipts, receipt_of, unmatched
from sxxt_excel.regime import load_regime
from sxxt_excel.result import FILE, STATUS, Round
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.cascades import check_cascades
from sxxt_excel.rules.context import Context, Paper
from sxxt_excel.rules.counts import check_counts
from sxxt_excel.rules.coverage import check_coverage, check_documents
from sxxt_excel.rules.deadlines import Arrival, deadline_findings, expected_row
from sxxt_excel.rules.mirrors import check_mirrors
from sxxt_excel.rules.references import check_references
from sxxt_excel.rules.signoff import check_signoffs
from sxxt_excel.rules.structure import check_structure
from sxxt_excel.rules.values import check_values
from sxxt_excel.settings import decisions
from sxxt_excel.submissions import Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from sxxt_excel.settings import Settings
    from sxxt_excel.workspace import Workspace

_SUFFIX_KINDS = "网页或文本"


@dataclass(frozen=True, slots=True)
class Job:
    """What a pass is about: definitions, roster, settings, and the files to look at."""

    regime: Regime
    settings: Settings
    roster: Roster
    owed: tuple[Owed, ...]
    inbox: Path
    parcels: tuple[Parcel, ...]
    receipts: tuple[Line, ...]
    today: date
    findings: tuple[Finding, ...] = ()
    jobs: int = 0


def collect(
    workspace: Workspace,
    inbox: Path,
    today: date,
    *,
    jobs: int = 0,
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> Round:
    """Read, check and consolidate everything in an inbox.

    Args:
        workspace: settings, roster, receipt book, own definitions.
        inbox: the folder to look through; nothing in it is changed.
        today: the day that decides what is due, missing and overdue.
        jobs: how many processes read; 0 for as many as there are processors.
        progress: given the number of files, returns what to call after each.

    Raises:
        DefinitionError, RosterError: a definition or the roster can't be used.
    """
    settings = workspace.settings
    regime = load_regime(settings.regime, workspace.validators)
    roster, faults = read_roster(workspace.roster)
    lines, book_faults = read_receipts(workspace.receipts)
    items = owed(regime, settings, roster)
    parcels = folder_parcels(inbox)
    findings = (
        *faults,
        *book_faults,
        *roster_faults(regime, settings, roster, items),
        *unmatched(lines, parcels),
    )
    job = Job(regime, settings, roster, items, inbox, parcels, lines, today, findings, jobs)
    return run(job, progress)


def run(job: Job, progress: Callable[[int], Callable[[], None]] | None = None) -> Round:
    """Run a pass over the job's files."""
    sights = _see(job, progress)
    sorted_files = _sort(job, sights)
    grouped = chains(sorted_files.submissions, by_person=job.settings.by_person)
    live = {c.head.number: c.head for c in grouped}
    stacks, cell_findings = _stacks(job, live)
    context = Context(
        job.regime, job.settings, job.roster, job.today, job.owed, live, stacks, sorted_files.papers
    )
    told = [*job.findings, *sorted_files.findings, *cell_findings]
    told += [f for chain in grouped for f in chain_findings(chain)]
    cascade, counts, unchecked = _apply(context, told)
    returned = _returned(live, told)
    expected = _expected(job, grouped, returned, told)
    files = _files(sorted_files.rows, grouped, returned)
    order = {f.path: n for n, f in enumerate(files)}
    sheets = {f.id: n for n, f in enumerate(job.regime.forms)}
    return Round(
        regime=job.regime,
        settings=job.settings,
        roster=job.roster,
        inbox=job.inbox,
        today=job.today,
        files=files,
        findings=tuple(sorted(_distinct(told), key=lambda f: _finding_order(f, order, sheets))),
        expected=expected,
        cascade=tuple(cascade),
        counts=tuple(counts),
        unchecked=tuple(sorted(set(unchecked), key=lambda u: (u.rule, u.unit, u.because))),
        decisions=decisions(job.settings),
        tables=_tables(job.regime, stacks, returned),
        returned_before=_returned_before(job, grouped, sorted_files.papers),
    )


# ---- reading ----------------------------------------------------------------------


def _see(job: Job, progress: Callable[[int], Callable[[], None]] | None) -> list[Sight]:
    advance = progress(len(job.parcels)) if progress else None
    sights: list[Sight] = []
    reading = map_files(
        look_at,
        job.parcels,
        jobs=job.jobs or os.cpu_count() or 1,
        seconds=job.settings.limits.seconds,
        initializer=prepare,
        initargs=(_worker_forms(job.regime), job.settings.limits),
    )
    for _, sight in reading:
        dead = isinstance(sight, Death)
        sights.append(Sight("refused", "", refusal=Refusal("F107")) if dead else sight)
        if advance:
            advance()
    return sights


def _worker_forms(regime: Regime) -> tuple[Form, ...]:
    """Return each form once, required as in any packet: a worker only needs headings."""
    found: dict[str, Form] = {}
    for packet in regime.packets:
        for form in regime.sheets(packet.id):
            found.setdefault(form.id, form)
    return tuple(found.values())


# ---- sorting files ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What the inbox holds: a row a file, the submissions among them, the papers."""

    rows: tuple[FileRow, ...]
    submissions: tuple[Submission, ...]
    papers: tuple[Paper, ...]
    findings: tuple[Finding, ...]


def _sort(job: Job, sights: list[Sight]) -> _Sorted:
    book = directory(job.regime, job.roster, job.settings.year, job.owed, job.settings.key)
    rows: list[FileRow] = []
    submissions: list[Submission] = []
    findings: list[Finding] = []
    for number, (parcel, sight) in enumerate(zip(job.parcels, sights, strict=True)):
        receipt = receipt_of(parcel, job.receipts)
        row = FileRow(parcel.path, sight.sha256, receipt, "foreign")
        if sight.extract is None:
            row, told = _other(row, sight, book)
            findings.extend(told)
        else:
            identity, told = identify(parcel.path, sight.extract, book)
            findings.extend(told)
            row = _identified(row, identity)
            if identity.packet is not None and _of_year(job, identity.period):
                submissions.append(_submission(job, number, row, sight, identity))
            elif identity.foreign:
                findings.append(finding("I106", Where(path=parcel.path), basis=job.regime.cite("")))
        rows.append(row)
    papers = tuple(Paper(r.path, r.unit_code) for r in rows if r.status == "attachment")
    strays = _strays(job, submissions)
    return _Sorted(tuple(rows), tuple(submissions), papers, (*findings, *strays))


def _other(row: FileRow, sight: Sight, book: Directory) -> tuple[FileRow, list[Finding]]:
    """Return row and findings of a file that is no readable workbook."""
    unit = unit_of_path(row.path, book)
    where = Where(
        path=row.path, unit=unit.name if unit else None, unit_code=unit.code if unit else None
    )
    basis = book.regime.cite("")
    if sight.kind == "system":
        return row, [finding("F108", where, basis=basis)]
    row = replace(row, unit=where.unit, unit_code=where.unit_code)
    if sight.kind == "paper":
        told = [] if unit else [finding("I109", where, basis=basis)]
        return replace(row, status="attachment"), told
    if sight.refusal is None:
        return row, [finding("I106", where, basis=basis)]
    refusal = sight.refusal
    detail = f"（{refusal.detail.strip('（）')}）" if refusal.detail else ""
    suffix = row.path.rpartition(".")[2]
    got = refusal.detail or _SUFFIX_KINDS
    told = [finding(refusal.code, where, got=got, detail=detail, suffix=f".{suffix}", basis=basis)]
    return replace(row, status="unreadable"), told


def _identified(row: FileRow, identity: Identity) -> FileRow:
    status: FileStatus = "foreign" if identity.foreign else "returned"
    return replace(
        row,
        status=status,
        unit=identity.unit.name if identity.unit else None,
        unit_code=identity.unit.code if identity.unit else None,
        packet=identity.packet.id if identity.packet else None,
        period=identity.period,
        filers=identity.filers,
        evidence=identity.evidence,
    )


def _of_year(job: Job, period: str | None) -> bool:
    """Tell whether a workbook is of the year being collected; of another one no cell is checked."""
    return period is not None and period.startswith(str(job.settings.year))


def _submission(
    job: Job, number: int, row: FileRow, sight: Sight, identity: Identity
) -> Submission:
    """Return what the checks need to know of an identified workbook."""
    extract, packet, period, unit = sight.extract, identity.packet, identity.period, identity.unit
    if extract is None or packet is None or period is None:
        raise ValueError(row.path)  # the caller looked
    mine = [
        o
        for o in job.owed
        if unit is not None
        and o.unit.code == unit.code
        and o.obligation.packet == packet.id
        and period in {o.period, *o.accepts}
    ]
    filers = tuple(dict.fromkeys(f for o in mine for f in o.filers))
    labels = {f.label: f for f in filers}
    if unit is not None:
        for person in job.roster.people_of(unit.code):
            if not any(f.person is not None and f.person.name == person.name for f in filers):
                labels.setdefault(person.name, Filer(person.name, "", person))
    if job.settings.by_person and identity.filers:
        mine = [o for o in mine if o.filer is None or o.filer.label in identity.filers]
        filers = tuple(f for f in filers if f.label in identity.filers)
    cite = job.regime.cite(mine[0].obligation.basis if mine else packet.basis)
    return Submission(
        number=number,
        path=row.path,
        sha256=row.sha256,
        receipt=row.receipt,
        extract=extract,
        unit=unit,
        packet=packet,
        period=period,
        filers=filers,
        exempt=tuple({label for o in mine for label in o.exempt}),
        labels=labels,
        basis=cite,
        year=int(period[:4]),
        forms=job.regime.sheets(packet.id),
        owed=tuple(mine),
        evidence=identity.evidence,
        stamped=identity.stamped,
    )


def _strays(job: Job, submissions: list[Submission]) -> Iterable[Finding]:
    for item in submissions:
        if (
            item.unit is not None
            and not item.owed
            and item.period.startswith(str(job.settings.year))
        ):
            where = Where(path=item.path, unit=item.unit_name, unit_code=item.unit_code)
            yield finding("I105", where, packet=item.packet.id, basis=item.basis)


# ---- tables and rules -------------------------------------------------------------


def _stacks(job: Job, live: Mapping[int, Submission]) -> tuple[dict[str, Stack], list[Finding]]:
    """Stack, type and check all live files, one pass a form variant."""
    parts: dict[Form, list[tuple[int, object]]] = defaultdict(list)
    for number, submission in sorted(live.items()):
        forms = {f.id: f for f in submission.forms}
        for table in submission.extract.tables:
            if table.form in forms:
                parts[forms[table.form]].append((number, table))
    numbers = {f.id: f.number for f in job.regime.forms}
    by_form: dict[str, list[Stack]] = defaultdict(list)
    findings: list[Finding] = []
    for form in sorted(parts, key=lambda f: [g.id for g in job.regime.forms].index(f.id)):
        stack, told = normalise(form, parts[form], live, job.settings.year, numbers)  # type: ignore[arg-type]  # the tables of the extracts
        findings.extend(told)
        findings.extend(check_values(stack, job.regime))
        by_form[form.id].append(stack)
    return {name: merge(group) for name, group in by_form.items()}, findings


def _apply(
    context: Context, told: list[Finding]
) -> tuple[list[CascadeRow], list[CountRow], list[Unchecked]]:
    """Run the rules across sheets and files; findings go to `told`."""
    references, doubts = check_references(context)
    results: Iterable[Finding | Unchecked | CascadeRow | CountRow] = (
        *check_structure(context),
        *check_coverage(context),
        *check_documents(context),
        *references,
        *check_mirrors(context),
        *check_cascades(context, doubts),
        *check_counts(context),
        *check_signoffs(context),
    )
    cascade: list[CascadeRow] = []
    counts: list[CountRow] = []
    unchecked: list[Unchecked] = []
    for item in results:
        if isinstance(item, Finding):
            told.append(item)
        elif isinstance(item, CascadeRow):
            cascade.append(item)
        elif isinstance(item, CountRow):
            counts.append(item)
        else:
            unchecked.append(item)
    return cascade, counts, unchecked


# ---- statuses ---------------------------------------------------------------------


def _returned(live: Mapping[int, Submission], told: list[Finding]) -> frozenset[str]:
    """Return the paths of live files that a must sends back."""
    paths = {s.path for s in live.values()}
    return frozenset(
        f.where.path
        for f in told
        if f.severity == "must" and f.where.path and f.where.path in paths
    )


def _returned_before(
    job: Job, grouped: tuple[Chain, ...], papers: tuple[Paper, ...]
) -> frozenset[str]:
    """Return the paths of superseded versions that a must of their own would send back.

    They are checked one generation at a time, so that versions never meet one another.
    """
    paths: set[str] = set()
    generations = [
        [v for v in c.versions if dict(c.status).get(v.number) == "superseded"] for c in grouped
    ]
    for place in range(max(map(len, generations), default=0)):
        old = {g[place].number: g[place] for g in generations if len(g) > place}
        stacks, told = _stacks(job, old)
        _apply(
            Context(job.regime, job.settings, job.roster, job.today, job.owed, old, stacks, papers),
            told,
        )
        paths |= _returned(old, told)
    return frozenset(paths)


def _expected(
    job: Job, grouped: tuple[Chain, ...], returned: frozenset[str], told: list[Finding]
) -> tuple[Expected, ...]:
    answers: dict[tuple[str, str, str | None], list[Arrival]] = defaultdict(list)
    for chain in grouped:
        for version in chain.versions:
            newest = version.number == chain.head.number
            arrival = Arrival(version.path, version.receipt, version.path in returned, newest)
            for item in version.owed:
                answers[_owed_key(item)].append(arrival)
    rows = []
    for item in job.owed:
        arrivals = _one_head(answers.get(_owed_key(item), []))
        row = expected_row(item, arrivals, job.today)
        rows.append(row)
        told.extend(deadline_findings(job.regime, item, row, arrivals))
    return tuple(rows)


def _owed_key(item: Owed) -> tuple[str, str, str | None]:
    return item.obligation.id, item.unit.code, item.filer.label if item.filer else None


def _one_head(arrivals: list[Arrival]) -> tuple[Arrival, ...]:
    """Where several workbooks answer one duty, the newest of their heads is its head."""
    heads = [a for a in arrivals if a.newest]
    if len(heads) > 1:
        last = max(heads, key=lambda a: (a.receipt.at, a.path))
        return tuple(replace(a, newest=a is last) for a in arrivals)
    return tuple(arrivals)


def _files(
    rows: tuple[FileRow, ...], grouped: tuple[Chain, ...], returned: frozenset[str]
) -> tuple[FileRow, ...]:
    status: dict[str, FileStatus] = {}
    for chain in grouped:
        gone = dict(chain.status)
        for version in chain.versions:
            accepted: FileStatus = "returned" if version.path in returned else "accepted"
            status[version.path] = gone.get(version.number, accepted)
    return tuple(replace(row, status=status.get(row.path, row.status)) for row in rows)


def _tables(
    regime: Regime, stacks: Mapping[str, Stack], returned: frozenset[str]
) -> dict[str, pd.DataFrame]:
    """Return the consolidated rows of each form, in the regime's order."""
    tables = {}
    for form in regime.forms:
        stack = stacks.get(form.id)
        if stack is None or form.layout == "cover":
            continue
        frame = stack.frame.copy()
        paths = {n: s.path for n, s in stack.submissions.items()}
        state = ["returned" if paths[n] in returned else "accepted" for n in frame[FILE]]
        frame[STATUS] = pd.Series(state, index=frame.index, dtype="str")
        tables[form.id] = frame.reset_index(drop=True)
    return tables


def _finding_order(
    found: Finding, order: Mapping[str, int], sheets: Mapping[str, int]
) -> tuple[object, ...]:
    """Sort by file, severity, the sheet's place in the document, then cell."""
    where = found.where
    severity = ("must", "query", "note").index(found.severity)
    path = order.get(where.path or "", len(order))
    letters = (where.cell or "").rstrip("0123456789")
    row = int((where.cell or "0")[len(letters) :] or 0)
    return (
        path, where.path or "", severity, sheets.get(where.form or "", len(sheets)),
        where.sheet or "", row, len(letters), letters, found.code, where.unit_code or "", where.filer or "", found.message,
    )  # fmt: skip


def _distinct(told: list[Finding]) -> Iterable[Finding]:
    return dict.fromkeys(told)


__all__ = ["Job", "collect", "run"]
