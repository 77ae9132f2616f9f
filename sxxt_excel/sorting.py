"""Sights of files → a row a file, the submissions among them, and what was told on the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.expected import kept_packets
from sxxt_excel.extract import Fault
from sxxt_excel.identify import (
    Directory,
    Identity,
    directory,
    identify,
    unit_named,
    unit_of_path,
)
from sxxt_excel.model import (
    Filer,
    FileRow,
    FileStatus,
    Finding,
    Regime,
    Roster,
    Where,
)
from sxxt_excel.receipts import Line, receipt_of
from sxxt_excel.relations import filers_of
from sxxt_excel.rules.context import Paper
from sxxt_excel.rules.private import private_finding
from sxxt_excel.split import Layout, split
from sxxt_excel.submissions import Submission, item_prefix
from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from sxxt_excel.expected import Owed
    from sxxt_excel.extract import Extract
    from sxxt_excel.intake.folder import Parcel
    from sxxt_excel.look import Sight
    from sxxt_excel.model import Packet, Unit
    from sxxt_excel.rules.deadlines import Arrival
    from sxxt_excel.settings import Settings


@dataclass(frozen=True)
class Job:
    """What a pass is about: definitions, roster, settings, and the files to look at.

    `reported` is what nodes below say had arrived there, without a file of its own here.
    Not slotted: the look-up below is made once and kept.
    """

    regime: Regime
    settings: Settings
    roster: Roster
    owed: tuple[Owed, ...]
    inbox: Path
    parcels: tuple[Parcel, ...]
    receipts: tuple[Line, ...]
    today: date
    findings: tuple[Finding, ...] = ()
    reported: tuple[tuple[Owed, Arrival], ...] = ()

    def owed_by(self, unit: Unit | None) -> tuple[Owed, ...]:
        """Return what a unit owes; nothing where it is not known."""
        return self._owed.get(unit.code, ()) if unit is not None else ()

    @cached_property
    def _owed(self) -> dict[str, tuple[Owed, ...]]:
        found: dict[str, list[Owed]] = defaultdict(list)
        for item in self.owed:
            found[item.unit.code].append(item)
        return {code: tuple(items) for code, items in found.items()}


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the inbox holds: a row a file, the submissions among them, the papers."""

    rows: tuple[FileRow, ...]
    submissions: tuple[Submission, ...]
    papers: tuple[Paper, ...]
    findings: tuple[Finding, ...]


def sort_files(job: Job, sights: list[Sight]) -> Sorted:
    """Tell submissions from papers and the rest; each file gets one row."""
    book = directory(job.regime, job.roster, job.settings.year, job.owed, job.settings.key)
    apart = kept_packets(job.regime, job.settings)
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
            if identity.packet is not None and identity.packet.id in apart:
                told = [finding("I112", Where(path=parcel.path), basis=job.regime.cite(""))]
                identity = Identity(None, None, None, (), "", stamped=False, foreign=True)
            findings.extend(told)
            row = _identified(row, identity)
            if identity.packet is not None and _of_year(job, identity.period):
                submissions.append(_submission(job, number, row, sight, identity, book))
            elif identity.foreign and not told:
                findings.append(finding("I106", Where(path=parcel.path), basis=job.regime.cite("")))
        rows.append(row)
    papers = tuple(Paper(r.path, r.unit_code) for r in rows if r.status == "attachment")
    strays = _strays(job, submissions)
    aside = _aside(submissions)
    return Sorted(
        rows=tuple(_nobodys(r) if r.path in aside else r for r in rows),
        submissions=tuple(s for s in submissions if s.path not in aside),
        papers=papers,
        findings=tuple(_for_office(f, aside) for f in (*findings, *strays)),
    )


def _aside(submissions: list[Submission]) -> frozenset[str]:
    """Return doubtful workbooks whose unit sent a clear one: they are somebody else's.

    Such a one may neither replace the unit's own nor make it late or on time, and the
    unit's letter must not speak of it.
    """
    clear = {(s.unit_code, s.packet.id, s.period) for s in submissions if not s.doubtful}
    return frozenset(
        s.path for s in submissions if s.doubtful and (s.unit_code, s.packet.id, s.period) in clear
    )


def _nobodys(row: FileRow) -> FileRow:
    return replace(row, unit=None, unit_code=None)


def _for_office(found: Finding, aside: frozenset[str]) -> Finding:
    if found.where.path not in aside:
        return found
    return replace(found, where=replace(found.where, unit=None, unit_code=None))


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
        told = [private_finding(remark, where, basis) for remark in sight.private]
        if unit is None:
            told.append(finding("I109", where, basis=basis))
        return replace(row, status="attachment"), told
    if sight.refusal is None:
        return row, [finding("I106", where, basis=basis)]
    refusal = sight.refusal
    detail = f"（{refusal.detail.strip('（）')}）" if refusal.detail else ""
    suffix = row.path.rpartition(".")[2]
    got = refusal.detail
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


def _answered(
    job: Job, unit: Unit | None, packet: Packet, period: str, subjects: frozenset[str]
) -> list[Owed]:
    """Return what a workbook answers: duties of its packet and period, about whom it speaks."""
    mine = [
        answered
        for o in job.owed_by(unit)
        if o.obligation.packet == packet.id
        and (o.subject is None or o.subject.code in subjects)
        and (answered := o.answered_by(period)) is not None
    ]
    # A round that the office expects stands beside the latent duty that takes any.
    expected = {(o.obligation.id, o.period) for o in mine if not o.latent}
    return [o for o in mine if not o.latent or (o.obligation.id, o.period) not in expected]


def _subjects(
    extract: Extract | None, regime: Regime, packet: Packet, book: Directory
) -> frozenset[str]:
    """Return the codes of the units that a workbook's rows are about."""
    headings = {f.id: f.subject for f in regime.sheets(packet.id)}
    said = {
        to_text(raw)
        for table in (extract.tables if extract else ())
        for raw in table.columns.get(headings.get(table.form) or "", ())
        if raw is not None and not isinstance(raw, Fault)
    }
    units = (unit_named(words, book) for words in said)
    return frozenset(unit.code for unit in units if unit is not None)


def _submission(  # noqa: PLR0913, PLR0917 - what is known of one file
    job: Job, number: int, row: FileRow, sight: Sight, identity: Identity, book: Directory
) -> Submission:
    """Return what the checks need to know of an identified workbook."""
    extract, packet, period, unit = sight.extract, identity.packet, identity.period, identity.unit
    if extract is None or packet is None or period is None:
        raise ValueError(row.path)  # the caller looked
    extract = _as_lists(job.regime, packet, extract, unit, int(period[:4]))
    mine = _answered(job, unit, packet, period, _subjects(sight.extract, job.regime, packet, book))
    filers = tuple(dict.fromkeys(f for o in mine for f in o.filers))
    labels = {f.label: f for f in filers or _would_file(job, unit, packet, row)}
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
        doubtful=identity.doubtful,
    )


def _as_lists(
    regime: Regime, packet: Packet, found: Extract, unit: Unit | None, year: int
) -> Extract:
    """Return what a workbook holds as the lists of its packet, whichever layout it has."""
    form = regime.one_sheet(packet.id)
    if form is None:
        return found
    targets = {f.id: f for f in regime.sheets(packet.id)}
    codes = {f.number for f in (form, *targets.values())}
    prefix = {code: item_prefix(unit, year, code) for code in codes}
    return split(found, Layout(form, targets, prefix))


def _would_file(job: Job, unit: Unit | None, packet: Packet, row: FileRow) -> tuple[Filer, ...]:
    """Return whose rows to expect in a workbook that its unit does not owe."""
    group = next((o.filers for o in job.regime.obligations if o.packet == packet.id), None)
    if unit is None or group is None:
        return ()
    day = datetime.fromisoformat(row.receipt.at).date()
    return filers_of(job.regime, job.regime.filers_of(group), job.roster, unit, day)


def _strays(job: Job, submissions: list[Submission]) -> Iterable[Finding]:
    for item in submissions:
        if (
            item.unit is not None
            and not item.owed
            and item.period.startswith(str(job.settings.year))
        ):
            where = Where(path=item.path, unit=item.unit_name, unit_code=item.unit_code)
            yield finding("I105", where, packet=item.packet.id, basis=item.basis)
