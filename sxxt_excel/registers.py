"""The office's own registers (自存): a pass of their own, of which only counts may leave.

The files are read and checked as submissions are, with the same forms and rules, but under a
regime that holds nothing but the registers: no row of theirs ever meets one that a unit sent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.ceiling import lowered
from sxxt_excel.checking import check
from sxxt_excel.findings import finding
from sxxt_excel.identity.identify import identify
from sxxt_excel.identity.model import Came
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.kept import registers
from sxxt_excel.model.severity import SEVERITIES
from sxxt_excel.names import directory
from sxxt_excel.outcome import Where
from sxxt_excel.receipts import receipt_of
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.result import Kept, Register
from sxxt_excel.statuses import in_order
from sxxt_excel.submissions import Submission
from sxxt_excel.workspace import KEPT_RESULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sxxt_excel.checking import Checked
    from sxxt_excel.duties import Owed
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.job import Job
    from sxxt_excel.look import Sight
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.names import Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Extract
    from sxxt_excel.reading import Seen
    from sxxt_excel.stack import Stack

# The office need not tell itself whose its registers are: only another year or regime matters.
_IDENTITY = frozenset({"I103", "I107"})
_NAMED = "V123"


def registers_job(job: Job, folder: Path) -> Job:
    """Return the pass over the office's own folder, of the same workspace and day."""
    items = registers(job.regime, job.settings, job.roster)
    own = frozenset({folder / KEPT_RESULT})
    return replace(
        job,
        regime=_alone(job.regime, items),
        owed=items,
        inbox=folder,
        parcels=folder_parcels(folder, own),
        receipts=(),
        findings=(),
        reported=(),
    )


def check_registers(job: Job, there: Seen) -> Kept:
    """Return what stands in the registers, and what the rules say of it.

    A workbook may hold several registers, a register may go on in several workbooks: nothing
    here is a version of another, and only a mere copy is left out.
    """
    book = directory(job.regime, job.roster, job.settings.year, job.owed, job.settings.key)
    live: list[Submission] = []
    told: list[Finding] = []
    seen: dict[str, str] = {}
    for parcel, sight in zip(there.parcels, there.sights, strict=True):
        where, basis = Where(path=parcel.path), job.regime.cite("")
        if sight.refusal is not None:
            told.append(_refused(sight, where, basis))
        elif sight.extract is not None and sight.sha256 in seen:
            told.append(finding("D102", where, same=seen[sight.sha256], basis=basis))
        elif sight.extract is not None:
            seen[sight.sha256] = parcel.path
            found, said = _read(job, parcel, sight, book, len(live))
            live.extend(found)
            told.extend(said)
    checked = check(job, {s.number: s for s in live}, ())
    findings = in_order(job.regime, (), _unnamed(lowered(job.regime, (*told, *checked.findings))))
    return Kept(
        folder=job.inbox,
        paths=tuple(dict.fromkeys(s.path for s in live)),
        registers=tuple(_counted(job, checked, findings)),
        findings=findings,
        unchecked=checked.unchecked,
    )


def _alone(regime: Regime, items: tuple[Owed, ...]) -> Regime:
    """Return the regime with nothing in it but the registers and the rules about them alone.

    No sheet is missing and none is empty: what has not happened does not stand in a register.
    """
    packets = {item.obligation.packet for item in items}
    sheets = tuple(
        (packet, tuple(replace(form, optional=True) for form in forms))
        for packet, forms in regime.packet_forms
        if packet in packets
    )
    forms = {form.id for _, group in sheets for form in group} - {COVER, EXPLANATIONS}
    return replace(
        regime,
        packets=tuple(p for p in regime.packets if p.id in packets),
        obligations=tuple(o for o in regime.obligations if o.packet in packets),
        cascades=tuple(c for c in regime.cascades if {c.demand.form, c.supply.form} <= forms),
        counts=tuple(c for c in regime.counts if c.form in forms),
        coverages=tuple(c for c in regime.coverages if c.form in forms),
        signoffs=tuple(s for s in regime.signoffs if s.form in forms),
        chains=tuple(c for c in regime.chains if c.form in forms),
        needs=tuple(n for n in regime.needs if {s.form for s in n.supply} <= forms),
        agreements=tuple(a for a in regime.agreements if {a.form, a.supply.form} <= forms),
        slots=(),
        manual=(),
        packet_forms=sheets,
        one_sheets=(),
    )


# ---- one file ----------------------------------------------------------------------


def _refused(sight: Sight, where: Where, basis: str) -> Finding:
    assert sight.refusal is not None  # noqa: S101 - the caller looked
    suffix = (where.path or "").rpartition(".")[2]
    said = sight.refusal.detail
    detail = f"（{said.strip('（）')}）" if said else ""
    return finding(
        sight.refusal.code, where, got=said, detail=detail, suffix=f".{suffix}", basis=basis
    )


def _read(
    job: Job, parcel: Parcel, sight: Sight, book: Directory, number: int
) -> tuple[list[Submission], list[Finding]]:
    """Return a submission for each register that a workbook holds, numbered from `number`."""
    extract = sight.extract
    assert extract is not None  # noqa: S101 - the caller looked
    identity, told = identify(Came(parcel.path), extract, book)
    told = [f for f in told if f.code in _IDENTITY]
    period = identity.period or str(job.settings.year)
    if told or not period.startswith(str(job.settings.year)):
        return [], told
    found: list[Submission] = []
    for item in job.owed:
        forms = _own_forms(job, item)
        own = _part(extract, forms, first=not found)
        if own.tables or any(remark.form for remark in own.remarks):
            found.append(
                Submission(
                    number=number + len(found),
                    path=parcel.path,
                    sha256=sight.sha256,
                    receipt=receipt_of(parcel, job.receipts),
                    extract=own,
                    unit=item.unit,
                    packet=job.regime.packet(item.obligation.packet),
                    period=period,
                    filers=item.filers,
                    exempt=(),
                    labels={filer.label: filer for filer in item.filers},
                    basis=job.regime.cite(item.obligation.basis),
                    year=job.settings.year,
                    forms=forms,
                    owed=(item,),
                )
            )
    if found:
        return found, []
    return [], [finding("I106", Where(path=parcel.path), basis=job.regime.cite(""))]


def _own_forms(job: Job, item: Owed) -> tuple[Form, ...]:
    sheets = job.regime.sheets(item.obligation.packet)
    return tuple(form for form in sheets if form.id not in {COVER, EXPLANATIONS})


def _part(extract: Extract, forms: tuple[Form, ...], *, first: bool) -> Extract:
    """Return what a workbook holds of one register; what is of none stands with the first."""
    names = {form.id for form in forms}

    def mine(form: str) -> bool:
        return form in names or (first and form in {"", COVER, EXPLANATIONS})

    return replace(
        extract,
        tables=tuple(t for t in extract.tables if t.form in names),
        remarks=tuple(r for r in extract.remarks if r.form in names or (first and not r.form)),
        private=tuple(r for r in extract.private if mine(r.form)),
        macros=extract.macros and first,
        links=extract.links and first,
    )


# ---- what comes of it --------------------------------------------------------------


def _unnamed(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what else is said of a cell with a name in it: that might say the name again."""
    findings = tuple(findings)
    named = {_place(f) for f in findings if f.code == _NAMED}
    return (f for f in findings if f.code == _NAMED or _place(f) not in named)


def _place(found: Finding) -> tuple[str | None, ...]:
    return found.where.path, found.where.sheet, found.where.cell


def _counted(job: Job, checked: Checked, findings: tuple[Finding, ...]) -> Iterator[Register]:
    for item in job.owed:
        for form in _own_forms(job, item):
            stack = checked.stacks.get(form.id)
            if stack is not None:
                number = Counter(f.severity for f in findings if f.where.form == form.id)
                yield Register(
                    packet=item.obligation.packet,
                    form=form.id,
                    rows=len(stack.frame),
                    answered=_answered(job.regime, stack),
                    total=_total(stack),
                    findings={severity: number[severity] for severity in SEVERITIES},
                )


def _answered(regime: Regime, stack: Stack) -> tuple[str, int] | None:
    """Return what is asked for by a day (回告), and in how many rows it stands."""
    steps = (s for chain in regime.chains if chain.form == stack.form.id for s in chain.steps)
    field = next((step.field for step in steps if step.after is not None), None)
    if field is None:
        return None
    return field.removesuffix("日期"), int(stack.frame[field].notna().sum())


def _total(stack: Stack) -> tuple[str, int] | None:
    """Return what the counts of a form come to: the figure that every row must have."""
    if not stack.form.counts_only:
        return None
    field = next((f.name for f in stack.form.of_kind("int") if f.required), None)
    return (field, int(stack.frame[field].sum())) if field is not None else None
