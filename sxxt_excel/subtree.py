"""上报版 of lower nodes, opened: their units, files and standings join the pass.

Each original workbook inside becomes a file of its own (`区上报版.xlsx!原路径`) and is checked
again like any other. What did not travel is known by what the node says had arrived.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.chain import age
from sxxt_excel.duties import duties_answered
from sxxt_excel.expected import owed
from sxxt_excel.findings import finding
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.look import Sight
from sxxt_excel.outcome import (
    FROM_BELOW,
    FileRow,
    Receipt,
    Where,
)
from sxxt_excel.people import Roster
from sxxt_excel.relations import home
from sxxt_excel.rollup.digest import key_mark
from sxxt_excel.rules.context import Paper
from sxxt_excel.rules.deadlines import Arrival
from sxxt_excel.settings import SETTINGS_FILE
from sxxt_excel.text import as_code, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.duties import Owed
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.job import Job
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import FileStatus, Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.rollup.contents import Rollup, Standing

_REFUSED: Mapping[str, tuple[str, str | None]] = MappingProxyType({
    "I103": ("这是{was}的上报版，本次收的是{expected}的", None),
    "I104": ("{got}不是本级的直接下级，它的上报版没有收", "请由{above}汇总后上报"),
})  # fmt: skip
"""Code → what is told of a 上报版 that is none of ours; None: as of any workbook."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A 上报版 that counts: its file, the node that wrote it, and what it holds."""

    parcel: Parcel
    sha256: str
    receipt: Receipt
    node: Unit
    rollup: Rollup

    @property
    def path(self) -> str:
        """Return its path in the inbox."""
        return self.parcel.path

    @property
    def where(self) -> Where:
        """Return its address."""
        return Where(path=self.path, unit=self.node.name, unit_code=self.node.code)


@dataclass(frozen=True, slots=True)
class Below:
    """A pass with what came from below in it.

    `job` and `sights` go on to be sorted; `rows` are those 上报版 that have a row of their own;
    `codes` are units known from below only; `also` are the kinds of unit that each node below
    includes beside the regime's own: node code → kinds.
    """

    job: Job
    sights: Sequence[Sight]
    rows: tuple[FileRow, ...] = ()
    papers: tuple[Paper, ...] = ()
    findings: tuple[Finding, ...] = ()
    opened: tuple[Opened, ...] = ()
    codes: frozenset[str] = frozenset()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def open_rollups(job: Job, sights: Sequence[Sight]) -> Below:
    """Return the pass with each node's newest 上报版 opened; without any, as it was."""
    packet = next((p for p in job.regime.packets if p.rollup), None)
    there = [(p, s) for p, s in zip(job.parcels, sights, strict=True) if s.rollup is not None]
    findings = tuple(_homeless(job)) if packet is not None else ()
    if not there:
        return Below(job, sights, findings=findings)
    plain = [(p, s) for p, s in zip(job.parcels, sights, strict=True) if s.rollup is None]
    known, refused = _known(job, there, packet)
    opened, rows, told = _newest(job, known, packet)
    roster, clashes, faults = _merged(job, opened)
    also = {
        code: kinds for o in opened for code, kinds in o.rollup.also.items() if code in _under(o)
    }
    duties = _duties(job, roster, also)
    files = [pair for each in opened for pair in _files(each, clashes)]
    pairs = sorted((*plain, *files), key=lambda pair: pair[0].path)
    older = [k for k in known if k not in opened]
    return Below(
        job=replace(
            job,
            roster=roster,
            owed=duties,
            parcels=tuple(parcel for parcel, _ in pairs),
            reported=tuple(_reported(duties, opened, older, clashes)),
        ),
        sights=[sight for _, sight in pairs],
        rows=tuple(sorted((*refused[0], *rows), key=lambda row: row.path)),
        papers=tuple(
            Paper(f"{o.path}{INSIDE}{name}", code or None)
            for o in opened
            for name, code in o.rollup.papers
        ),
        findings=(*findings, *refused[1], *told, *faults),
        opened=opened,
        codes=frozenset(u.code for u in roster.units) - {u.code for u in job.roster.units},
        also=also,
    )


def _homeless(job: Job) -> Iterator[Finding]:
    """Tell where it isn't clear whose workspace this is: then no 上报版 can be written."""
    if job.roster.units and home(job.regime, job.roster, job.settings.node) is None:
        at = Where(path=SETTINGS_FILE)
        yield finding("R115", at, got=job.settings.node, basis=job.regime.cite(""))


# ---- which of them count ----------------------------------------------------------


def _known(
    job: Job, there: Sequence[tuple[Parcel, Sight]], packet: Packet | None
) -> tuple[list[Opened], tuple[list[FileRow], list[Finding]]]:
    """Return those of nodes below in this round, and rows and findings of the others."""
    found: list[Opened] = []
    rows: list[FileRow] = []
    told: list[Finding] = []
    for parcel, sight in there:
        if sight.rollup is None:
            continue
        stamp, receipt = sight.rollup.stamp, job.received(parcel, sight.sha256)
        unit = job.roster.unit(as_code(stamp.unit_code))
        code = _refusal(job, sight.rollup, unit, packet)
        if unit is not None and not code:
            found.append(Opened(parcel, sight.sha256, receipt, unit, sight.rollup))
            continue
        rows.append(FileRow(parcel.path, sight.sha256, receipt, "foreign"))
        year = f"{job.settings.year}年"
        words = {"was": f"{stamp.period}年", "expected": year}
        words["above"] = _above(stamp.unit_code, there)
        message, remedy = _REFUSED.get(code, (None, None))
        got = stamp.regime if code == "I107" else stamp.unit
        told.append(
            finding(
                code, Where(path=parcel.path), got=got, basis=job.regime.cite(""),
                message=message, remedy=remedy, words=words,
            )
        )  # fmt: skip
    return found, (rows, told)


def _above(code: str, there: Iterable[tuple[Parcel, Sight]]) -> str:
    """Return who collects from a node, as far as another 上报版 tells."""
    for rollup in (sight.rollup for _, sight in there if sight.rollup is not None):
        if rollup.stamp.unit_code != code and code in {unit.code for unit in rollup.units}:
            return rollup.stamp.unit
    return "它的上级"


def _refusal(job: Job, rollup: Rollup, unit: Unit | None, packet: Packet | None) -> str:
    """Return the code of why a 上报版 is none of ours, "" where it is."""
    if packet is None or rollup.stamp.regime != job.regime.id:
        return "I107"
    if rollup.stamp.period != str(job.settings.year):
        return "I103"
    if unit is None:
        return "I104"
    return "I106" if unit == home(job.regime, job.roster, job.settings.node) else ""


def _newest(
    job: Job, known: Iterable[Opened], packet: Packet | None
) -> tuple[tuple[Opened, ...], list[FileRow], list[Finding]]:
    """Return the newest of each node, rows of older ones and of changed ones, and findings."""
    groups: dict[str, list[Opened]] = defaultdict(list)
    for each in known:
        groups[each.node.code].append(each)
    opened: list[Opened] = []
    rows: list[FileRow] = []
    told: list[Finding] = []

    def row(item: Opened, status: FileStatus) -> FileRow:
        period = str(job.settings.year)
        return FileRow(
            item.path, item.sha256, item.receipt, status, item.node.name, item.node.code,
            packet.id if packet else None, period,
        )  # fmt: skip

    basis = job.regime.cite(packet.basis if packet else "")
    for group in groups.values():
        ordered = sorted(group, key=lambda o: age(o.receipt.at, o.path))
        first: dict[str, Opened] = {}
        for item in ordered:
            same = first.setdefault(item.sha256, item)
            if same is not item:
                rows.append(row(item, "duplicate"))
                words = {"same": same.path}
                told.append(finding("D102", item.where, got=same.path, basis=basis, words=words))
        *older, head = first.values()
        for item in older:
            rows.append(row(item, "superseded"))
            words = {"newer": head.path}
            told.append(finding("D101", item.where, got=head.path, basis=basis, words=words))
        opened.append(head)
        if not _genuine(head, job.settings.key):
            rows.append(row(head, "accepted"))
            told.append(finding("D106", head.where, got=head.node.name, basis=basis))
    return tuple(sorted(opened, key=lambda o: o.path)), rows, told


def _genuine(item: Opened, key: str) -> bool:
    """Tell whether nothing was changed; the seal counts where it was made with our own key."""
    sealed_here = bool(key) and item.rollup.key == key_mark(key)
    return item.rollup.intact and (not sealed_here or item.rollup.stamp.genuine(key))


# ---- whose units they are ---------------------------------------------------------


def _merged(
    job: Job, opened: Iterable[Opened]
) -> tuple[Roster, Mapping[str, frozenset[str]], list[Finding]]:
    """Return the roster with the units below, clashing codes by path, and findings of clashes."""
    roster = job.roster
    clashes: dict[str, frozenset[str]] = {}
    told: list[Finding] = []
    for item in opened:
        own = _under(item)
        units = [u for u in item.rollup.units if u.code in own]
        bad = set()
        for unit in units:
            mine = roster.unit(unit.code)
            if mine is None or _same(mine, unit):
                continue
            where = replace(item.where, sheet="所属单位", unit=mine.name, unit_code=mine.code)
            same_name = fold(unit.name) in {fold(n) for n in (mine.name, *mine.names)}
            got = f"{unit.name}（{unit.kind}）"
            words = {"code": unit.code, "known": f"{mine.name}（{mine.kind}）"}
            severity: Severity = "query" if same_name else "must"
            basis = job.regime.cite("")
            told.append(
                finding("R114", where, got=got, basis=basis, severity=severity, words=words)
            )
            if not same_name:
                bad.add(unit.code)
        clashes[item.path] = frozenset(
            {f.unit_code for f in item.rollup.files if f.unit_code not in own} | bad
        )
        roster = _joined(roster, item.rollup, own - bad)
    return roster, clashes, told


def _under(item: Opened) -> frozenset[str]:
    """Return the codes of the node itself and of all units below it: nobody else's are taken."""
    parents = {unit.code: unit.parent for unit in item.rollup.units}
    own = {item.node.code}
    for code in parents:
        path: list[str] = []
        at: str | None = code
        while at and at not in path and at not in own:
            path.append(at)
            at = parents.get(at)
        if at in own:
            own.update(path)
    return frozenset(own)


def _same(mine: Unit, theirs: Unit) -> bool:
    names = {fold(n) for n in (mine.name, *mine.names)}
    parent = theirs.parent is None or mine.parent is None or mine.parent == theirs.parent
    return fold(theirs.name) in names and mine.kind == theirs.kind and parent


def _joined(roster: Roster, rollup: Rollup, codes: frozenset[str]) -> Roster:
    """Return a roster with what a 上报版 knows of these units; our own rows go before."""
    units = [u for u in rollup.units if u.code in codes and roster.unit(u.code) is None]
    people = [p for p in rollup.people if p.unit in codes and not roster.people_of(p.unit)]
    said = {(w.unit, fold(w.matter), w.filer) for w in roster.waivers}
    waivers = [
        w
        for w in rollup.waivers
        if w.unit in codes and (w.unit, fold(w.matter), w.filer) not in said
    ]
    return Roster((*roster.units, *units), (*roster.people, *people), (*roster.waivers, *waivers))


def _duties(job: Job, roster: Roster, also: Mapping[str, Sequence[str]]) -> tuple[Owed, ...]:
    """Return what is owed by all units now known; kinds that only a node includes, by its own."""
    optional = {kind for group in job.regime.filers for kind in group.optional}
    named = {kind for kinds in also.values() for kind in kinds} & optional | {*job.settings.also}
    items = owed(job.regime, replace(job.settings, also=tuple(sorted(named))), roster)
    return tuple(
        item
        for item in items
        if item.unit.kind in job.regime.filers_of(item.obligation.filers).units
        or item.unit.kind not in named
        or item.unit.kind in _included(item.unit, roster, also, job.settings.also)
    )


def _included(
    unit: Unit, roster: Roster, also: Mapping[str, Sequence[str]], here: Sequence[str]
) -> frozenset[str]:
    """Return the kinds of unit that the nodes a unit's workbooks pass through include.

    Every level counts what the level below it counted, and what it includes itself.
    """
    path: list[str] = []
    at: Unit | None = unit
    while at is not None and at.code not in path:
        path.append(at.code)
        at = roster.unit(at.parent) if at.parent else None
    return frozenset(here).union(*(also.get(code, ()) for code in path))


# ---- what they hold ---------------------------------------------------------------


def _files(item: Opened, clashes: Mapping[str, frozenset[str]]) -> Iterator[tuple[Parcel, Sight]]:
    for file in item.rollup.files:
        if file.unit_code not in clashes[item.path]:
            path = f"{item.path}{INSIDE}{file.path}"
            parcel = replace(item.parcel, path=path, modified=file.received_at, relayed=True)
            yield parcel, Sight("book", file.sha256, extract=file.extract)


def _reported(
    duties: tuple[Owed, ...],
    opened: Iterable[Opened],
    older: Iterable[Opened],
    clashes: Mapping[str, frozenset[str]],
) -> Iterator[tuple[Owed, Arrival]]:
    """Yield what arrived without a file of its own: the 上报版, and what does not travel."""
    reports: dict[str, Owed] = {}
    others: dict[tuple[str, str, str | None, str | None], list[Owed]] = defaultdict(list)
    for duty in duties:
        label, about = duty.filer, duty.subject
        others[
            duty.obligation.id, duty.unit.code, label.label if label else None,
            about.name if about else None,
        ].append(duty)  # fmt: skip
    for item in opened:
        for duty in duties:
            if duty.unit.code == item.node.code and _is_report(duty, item):
                reports[item.node.code] = duty
                yield duty, Arrival(item.path, item.receipt, returned=False, newest=True)
        sent = {
            (f.unit_code, f.extract.stamp.packet, f.received_at)
            for f in item.rollup.files
            if f.extract.stamp is not None
        }
        for s in item.rollup.standings:
            duties_of = others.get((s.rule, s.unit_code, s.filer, s.subject), ())
            for answered in duties_answered(duties_of, s.period):
                if s.received_at and s.unit_code not in clashes[item.path]:
                    yield from _as_said(item, s, answered, sent)
    for item in older:
        if item.node.code in reports:
            arrival = Arrival(item.path, item.receipt, returned=False, newest=False)
            yield reports[item.node.code], arrival


def _is_report(duty: Owed, item: Opened) -> bool:
    return duty.obligation.packet == item.rollup.stamp.packet


def _as_said(
    item: Opened, said: Standing, duty: Owed, sent: set[tuple[str, str, str]]
) -> Iterator[tuple[Owed, Arrival]]:
    """Yield an arrival below: the first one of a file that came along, or one that did not."""
    at = said.received_at or ""
    if said.travels and (said.unit_code, said.packet, at) in sent:
        return
    receipt = Receipt(at, FROM_BELOW)
    returned = said.accepted is False
    yield duty, Arrival(item.path, receipt, returned=returned, newest=not said.travels)


__all__ = ["Below", "Opened", "open_rollups"]
