"""Sights of files → a row a file, the submissions among them, and what was told on the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sxxt_excel.answering import submission_of
from sxxt_excel.aside import as_long_as_asked, for_office, outdone, row_for_office, stepped_aside
from sxxt_excel.codes import CATALOGUE
from sxxt_excel.findings import finding
from sxxt_excel.formats.common import CLASSIFIED, UNOPENED
from sxxt_excel.identity.findings import contradicted, where_of
from sxxt_excel.identity.identify import identify
from sxxt_excel.identity.model import NOBODYS, Came, Identity
from sxxt_excel.kept import kept_packets
from sxxt_excel.names import (
    Directory,
    addresses_in,
    against,
    clues,
    directory,
    is_stranger,
    settled,
)
from sxxt_excel.outcome import SLIP, FileRow, FileStatus, Finding, Unchecked, Where
from sxxt_excel.papers import Office, matched
from sxxt_excel.periods import period_title
from sxxt_excel.privacy import masked
from sxxt_excel.receipts import BOOKED, Booked, deciding, doubtful
from sxxt_excel.reused import Bearer, reused_stamps
from sxxt_excel.rules.context import Paper
from sxxt_excel.rules.private import private_finding
from sxxt_excel.stamp import KEY_FILE
from sxxt_excel.submissions import Slip, Submission
from sxxt_excel.text import as_code
from sxxt_excel.unread import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.job import Job
    from sxxt_excel.look import Sight
    from sxxt_excel.names import Clue
    from sxxt_excel.people import Unit

_CONTRARY = "I114"
UNSEALED = "下发标识"
"""What stays unchecked where there is no key to check seals with."""
_WHOSE = (
    "看不出是哪个单位报的，没有向任何单位提出：请问清发件人，在文件名写明单位和材料，再收一次；"
    "不是报送的材料，或已另报的，请移出收件夹"
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the inbox holds: a row a file, the submissions among them, the papers, the 更正单."""

    rows: tuple[FileRow, ...]
    submissions: tuple[Submission, ...]
    papers: tuple[Paper, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...] = ()
    slips: tuple[Slip, ...] = ()


def sort_files(job: Job, sights: Sequence[Sight]) -> Sorted:
    """Tell submissions from papers and the rest; each file gets one row."""
    book = _book(job, sights)
    pile = _told_apart(job, sights, book)
    submissions = pile.submissions
    contrary = {f.where.path or "" for f in pile.findings if f.code == _CONTRARY}
    others = stepped_aside(submissions, contrary, by_person=job.settings.by_person)
    aside = frozenset(s.path for s in others)
    newer = outdone(others, submissions, pile.claimed)
    mine = tuple(s for s in submissions if s.path not in aside)
    office, units = _office(job, mine), {unit.code: unit for unit in job.roster.units}
    matched_rows, told_of_papers = _with_papers(pile.rows, units, office)
    all_rows, softer = replaced(matched_rows, pile.findings, units, office)
    strays = _strays(job, submissions)
    return Sorted(
        rows=tuple(row_for_office(r, aside, newer) for r in all_rows),
        submissions=mine,
        papers=tuple(Paper(r.path, r.unit_code) for r in all_rows if r.status == "attachment"),
        findings=(
            *(for_office(f, aside, newer) for f in (*softer, *strays)),
            *told_of_papers,
            *(as_long_as_asked(f, newer) for f in reused_stamps(pile.bearers)),
            *doubtful(_booked(job, mine)),
        ),
        unchecked=tuple(_unsealed(sights, book)),
        slips=tuple(pile.slips),
    )


@dataclass(slots=True)
class _Pile:
    """What the files are, each by itself; `claimed`: path → the unit that its cover names."""

    rows: list[FileRow] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    bearers: list[Bearer] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    claimed: dict[str, str] = field(default_factory=dict)


def _told_apart(job: Job, sights: Sequence[Sight], book: Directory) -> _Pile:
    pile = _Pile()
    apart = kept_packets(job.regime, job.settings)
    for number, (parcel, sight) in enumerate(zip(job.parcels, sights, strict=True)):
        receipt = job.received(parcel, sight.sha256)
        row = FileRow(parcel.path, sight.sha256, receipt, "foreign")
        slip = _slip(row, sight, parcel, book)
        if sight.extract is None:
            row, told = _other(row, sight, parcel, book)
            pile.findings.extend(told)
        elif slip is not None:
            row = slip.row
            pile.slips.append(slip)
        else:
            came = Came(parcel.path, parcel.sender, parcel.relayed)
            identity, told = identify(came, sight.extract, book)
            if identity.packet is not None and identity.packet.id in apart:
                told = [finding("I112", Where(path=parcel.path), basis=job.regime.cite(""))]
                identity = NOBODYS
            pile.findings.extend(told)
            row = _identified(row, identity)
            if identity.packet is not None and _of_year(job, identity.period):
                item = submission_of(job, number, row, sight, identity, book)
                row = _of_whom(row, item)
                pile.submissions.append(item)
                pile.bearers.extend(_bearer(item, identity))
                pile.claimed[row.path] = identity.claimed.code if identity.claimed else ""
            elif identity.foreign and not told:
                here = Where(path=parcel.path)
                pile.findings.append(finding("I106", here, basis=job.regime.cite("")))
        pile.findings.extend(_of_stranger(parcel, row, sight, book))
        pile.rows.append(row)
    return pile


def _book(job: Job, sights: Sequence[Sight]) -> Directory:
    """Return the look-up of units, with the addresses that pass on what several units filed."""
    book = directory(job.regime, job.roster, job.settings.year, job.owed, job.settings.key)
    senders: dict[str, set[str]] = defaultdict(set)
    for parcel, sight in zip(job.parcels, sights, strict=True):
        for address in addresses_in(parcel.sender):
            stamp = sight.extract.stamp if sight.extract is not None else None
            unit = job.roster.unit(as_code(stamp.unit_code)) if stamp is not None else None
            unit = unit or settled(clues(parcel.path, "", book), book)
            if unit is not None:
                senders[address].add(unit.code)
    return replace(book, relays=frozenset(a for a, units in senders.items() if len(units) > 1))


def _booked(job: Job, submissions: Iterable[Submission]) -> Iterator[Booked]:
    """Yield each workbook whose time the receipt book says, with the line that does."""
    for item in submissions:
        if item.unit is not None and item.receipt.by == BOOKED:
            line = deciding(job.parcels[item.number], job.receipts)
            if line is not None:
                yield Booked(line, item.unit.name, item.packet.id, item.period)


def _slip(row: FileRow, sight: Sight, parcel: Parcel, book: Directory) -> Slip | None:
    """Return a workbook that corrects another one, None where it is none."""
    extract = sight.extract
    stamp = extract.stamp if extract is not None else None
    if extract is None or stamp is None or not stamp.corrects or stamp.regime != book.regime.id:
        return None
    altered = bool(book.key) and not stamp.genuine(book.key)
    unit = book.roster.unit(as_code(stamp.unit_code))
    others: tuple[Clue, ...] = ()
    if altered:  # it may name anybody
        unit = settled(clues(parcel.path, parcel.sender, book), book)
    elif unit is not None:
        others = against(unit, clues(parcel.path, parcel.sender, book, known=unit), book)
    named = [(hint.kind, "、".join(other.name for other in hint.units)) for hint in others]
    whose = None if named else unit  # neither of the two may be told of it
    row = replace(
        row, status="accepted", unit=whose.name if whose else None,
        unit_code=whose.code if whose else None, packet=stamp.packet, period=stamp.period,
        filers=stamp.filers, evidence=SLIP,
    )  # fmt: skip
    return Slip(row, extract, stamp, altered, next(iter(named), None))


def _bearer(item: Submission, identity: Identity) -> Iterable[Bearer]:
    """Yield a workbook as the bearer of its issue number."""
    stamp, unit = item.extract.stamp, identity.claimed or identity.unit
    if stamp is not None and stamp.issue and unit is not None:
        yield Bearer(item.path, stamp.issue, unit, item.basis)


def _of_stranger(parcel: Parcel, row: FileRow, sight: Sight, book: Directory) -> Iterable[Finding]:
    """Tell of a file of ours from an address that the roster does not know."""
    if row.status == "foreign" or not is_stranger(parcel.sender, book):
        return
    where = Where(path=row.path, unit=row.unit, unit_code=row.unit_code)
    stamp = sight.extract.stamp if sight.extract is not None else None
    is_loose = sight.extract is not None and (stamp is None or not stamp.unit_code)
    yield finding(
        "I113", where, got=masked(parcel.sender), basis=book.regime.cite(""),
        severity=None if is_loose else "note",
    )  # fmt: skip


def _office(job: Job, submissions: tuple[Submission, ...]) -> Office:
    """Return what a file that is no readable workbook is held against."""
    came = (o for s in submissions for o in s.owed)
    answered = frozenset(o.key for o in (*came, *(o for o, _ in job.reported)))
    return Office(job.regime, submissions, job.owed_by, answered)


def _with_papers(
    rows: list[FileRow], units: dict[str, Unit], office: Office
) -> tuple[list[FileRow], tuple[Finding, ...]]:
    """Return the rows with attachments matched to unit and packet, and what is told of those."""
    papers = [(at, row) for at, row in enumerate(rows) if row.status == "attachment"]
    better, told = matched((row for _, row in papers), units, office)
    found = {at: row for (at, _), row in zip(papers, better, strict=True)}
    return [found.get(at, row) for at, row in enumerate(rows)], told


def _unsealed(sights: Sequence[Sight], book: Directory) -> Iterable[Unchecked]:
    """Tell once that seals came, but there is no key to check them with."""
    stamps = (s.extract.stamp for s in sights if s.extract is not None)
    if not book.key and any(stamp is not None and stamp.seal for stamp in stamps):
        yield Unchecked(UNSEALED, "", f"因工作文件夹中没有密钥（{KEY_FILE}），没有核对是否被改动")


def _other(
    row: FileRow, sight: Sight, parcel: Parcel, book: Directory
) -> tuple[FileRow, list[Finding]]:
    """Return row and findings of a file that is no readable workbook."""
    hints = tuple(clues(row.path, parcel.sender, book))
    unit = settled(hints, book)
    where = where_of(row.path, unit)
    basis = book.regime.cite("")
    if sight.kind == "system":
        return row, [finding("F108", where, basis=basis)]
    row = replace(row, unit=where.unit, unit_code=where.unit_code)
    told: list[Finding] = []
    if unit is not None and (sight.kind == "paper" or sight.refusal is not None):
        kinds = tuple(hint.kind for hint in hints if hint.units == (unit,))
        row = replace(row, evidence="、".join(kinds))
        other = against(unit, hints, book)
        told += contradicted(unit, kinds[0], other, where, basis, softly=True)
    if sight.kind == "paper":
        told += [private_finding(remark, where, basis) for remark in sight.private]
        return replace(row, status="attachment"), told
    if sight.product:
        return row, [_of_product(sight.product, where, book)]
    if sight.refusal is None:
        return row, [finding("I106", where, basis=basis)]
    refusal = sight.refusal
    detail = f"（{refusal.detail.strip('（）')}）" if refusal.detail else ""
    suffix = row.path.rpartition(".")[2]
    got = refusal.detail
    words = {"detail": detail, "suffix": f".{suffix}"}
    remedy = None if unit is not None else _of_nobody(refusal.code)
    told.append(finding(refusal.code, where, got=got, basis=basis, remedy=remedy, words=words))
    return (replace(row, status="unreadable") if told[-1].severity == "must" else row), told


def _of_nobody(code: str) -> str | None:
    """Return what to do about a file that can't be opened and that no unit can be asked for.

    Only the office can end that; a file with a secrecy marking is not to be touched.
    """
    if code in {CLASSIFIED, UNOPENED} or CATALOGUE[code].severity != "must":
        return None
    return f"{CATALOGUE[code].remedy}。{_WHOSE}"


def _of_product(product: str, where: Where, book: Directory) -> Finding:
    """Tell of an output of ours that lies in the inbox: where 上报版 are owed, instead of one."""
    basis = book.regime.cite("")
    if any(book.regime.packet(item.obligation.packet).rollup for item in book.owed):
        return finding("I120", where, got=product, basis=basis)
    return finding(
        "I120", where, got=product, basis=basis, severity="note",
        message="这是系统写出的{got}，不是报送的材料，没有收",
        remedy="不必处理；单位报来的，请其用下发的文件填写后报送",
    )  # fmt: skip


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


def _of_whom(row: FileRow, item: Submission) -> FileRow:
    """Return the row of a workbook, with whose it is where its rows or its name alone say so."""
    alone = {o.filer.label for o in item.owed if o.filer is not None}
    return row if row.filers else replace(row, filers=tuple(sorted(alone)))


def _of_year(job: Job, period: str | None) -> bool:
    """Tell whether a workbook is of the year being collected; of another one no cell is checked."""
    return period is not None and period.startswith(str(job.settings.year))


def _strays(job: Job, submissions: list[Submission]) -> Iterable[Finding]:
    for item in submissions:
        if (
            item.unit is not None
            and not item.owed
            and item.period.startswith(str(job.settings.year))
        ):
            asked = [o for o in job.owed_by(item.unit) if o.obligation.packet == item.packet.id]
            periods = tuple(dict.fromkeys(period_title(o.period) for o in asked if not o.latent))
            if periods and period_title(item.period) not in periods:
                yield finding(
                    "I103", item.where, got=period_title(item.period), basis=item.basis,
                    severity="query", message="{unit}不必报{got}的“{packet}”，应报的是{expected}的",
                    remedy="报告期写错的请改正后重报；属实的请说明",
                    words={"packet": item.packet.id, "expected": "、".join(periods)},
                )  # fmt: skip
            elif periods and not item.stamped and any(o.filer for o in asked):
                yield finding(
                    "I104", item.where, basis=item.basis, message="看不出是哪个责任主体报的",
                    remedy="请用发给本人的文件填写后重报，或在“责任主体”列写明是谁的",
                )  # fmt: skip
            else:
                yield finding("I105", item.where, packet=item.packet.id, basis=item.basis)
