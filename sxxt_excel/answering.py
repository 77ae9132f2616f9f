"""An identified workbook → a submission: what it answers, and what its checks need to know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sxxt_excel.chain import with_content
from sxxt_excel.duties import duties_answered
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.names import unit_named
from sxxt_excel.people import Filer
from sxxt_excel.raw import Fault
from sxxt_excel.relations import filers_of
from sxxt_excel.split import Layout, split
from sxxt_excel.submissions import Submission, first_number, item_prefix
from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from sxxt_excel.duties import Owed
    from sxxt_excel.identity.model import Identity
    from sxxt_excel.job import Job
    from sxxt_excel.look import Sight
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.names import Directory
    from sxxt_excel.outcome import FileRow
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import Extract


def _answered(
    job: Job, unit: Unit | None, packet: Packet, period: str, subjects: frozenset[str]
) -> list[Owed]:
    """Return what a workbook answers: duties of its packet and period, about whom it speaks."""
    mine = (
        o
        for o in job.owed_by(unit)
        if o.obligation.packet == packet.id and (o.subject is None or o.subject.code in subjects)
    )
    return duties_answered(mine, period)


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


def submission_of(  # noqa: PLR0913, PLR0917 - what is known of one file
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
    cite = job.regime.cite(mine[0].obligation.basis if mine else packet.basis)
    item = Submission(
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
    return _of_persons(item, identity.filers or _whose(item)) if job.settings.by_person else item


def _of_persons(item: Submission, labels: Collection[str]) -> Submission:
    """Return a workbook of persons who each send their own: it answers for nobody else."""
    return replace(
        item,
        owed=tuple(o for o in item.owed if o.filer is None or o.filer.label in labels),
        filers=tuple(f for f in item.filers if f.label in labels),
    )


def _whose(item: Submission) -> tuple[str, ...]:
    """Return whose a workbook without a stamp is: who stands beside its rows, else in its name.

    A register of people (班子成员分工表) says whom it is about, where other lists have a 责任主体.
    """
    forms = tuple(f for f in item.forms if f.of_kind("filer")) or item.forms
    name = last_name(item.path)
    named = [f.label for f in item.filers if f.label in name]
    longest = (one for one in named if not any(one != other and one in other for other in named))
    return with_content(replace(item, forms=forms)) or tuple(longest)


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
    return split(found, Layout(form, targets, prefix, year, first_number(found.stamp)))


def _would_file(job: Job, unit: Unit | None, packet: Packet, row: FileRow) -> tuple[Filer, ...]:
    """Return whose rows to expect in a workbook that its unit does not owe."""
    group = next((o.filers for o in job.regime.obligations if o.packet == packet.id), None)
    if unit is None or group is None:
        return ()
    day = datetime.fromisoformat(row.receipt.at).date()
    return filers_of(job.regime, job.regime.filers_of(group), job.roster, unit, day)
