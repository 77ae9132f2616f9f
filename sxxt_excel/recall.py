"""What the registry knows, set against what lies in the inbox now; and what it is given anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.chain import Before, chain_key
from sxxt_excel.dates import clock_words
from sxxt_excel.findings import finding
from sxxt_excel.model.severity import SEVERITIES
from sxxt_excel.outcome import Where
from sxxt_excel.periods import period_title
from sxxt_excel.receipts import receipt_of
from sxxt_excel.registry.memory import Entry
from sxxt_excel.rules.deadlines import Arrival
from sxxt_excel.workspace import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.chain import Chain
    from sxxt_excel.duties import Owed
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.job import Job
    from sxxt_excel.outcome import Finding
    from sxxt_excel.reading import Seen
    from sxxt_excel.registry.memory import Arrived
    from sxxt_excel.result import Round
    from sxxt_excel.submissions import Submission

_WORKBOOKS = frozenset({"accepted", "returned", "superseded", "duplicate"})
_HEADS = frozenset({"accepted", "returned"})
_ADOPTED = "V161"


@dataclass(frozen=True, slots=True)
class Recalled:
    """What there is to check, set against what earlier runs knew.

    `job` and `seen` are those of what had come by the job's last moment. `gone` is what lay in
    the inbox earlier and does not now: a file that lies there now under another name is not gone
    for that, its content was known, and its clocks are; see `Memory.known`.
    """

    job: Job
    seen: Seen
    gone: tuple[Arrived, ...]

    def resent(self, submissions: Iterable[Submission]) -> Mapping[int, Before]:
        """Return, for what had come before as the same file that is gone now, when that was."""
        first: dict[tuple[str, str, str, str], Arrived] = {}
        for each in sorted(self.gone, key=lambda g: (g.first_seen, g.path)):
            if each.status in _WORKBOOKS:
                first.setdefault((each.sha256, each.unit_code, each.packet, each.period), each)
        found = {}
        for item in submissions:
            old = first.get((item.sha256, item.unit_code or "", item.packet.id, item.period))
            own = self.job.memory.at(item.path, item.sha256)
            if old is not None and (own is None or old.first_seen < own.first_seen):
                found[item.number] = Before(old.path, old.decided_at)
        return found

    def earlier(self, live: Iterable[Submission]) -> Iterator[tuple[Owed, Arrival]]:
        """Yield when earlier versions came that are gone, of whatever a workbook answers now.

        Timeliness rests on the first version (ruling 1), also where the inbox only has a later
        one: a mended workbook is commonly saved over the one that it mends.
        """
        answered = {owed.key: (owed, item.path) for item in live for owed in item.owed}
        for each in self.gone:
            if each.status in _WORKBOOKS:
                for owed, path in (answered[key] for key in each.answers if key in answered):
                    yield owed, Arrival(path, each.receipt, returned=False, newest=False)

    def findings(self, live: Iterable[Submission]) -> Iterator[Finding]:
        """Yield a note for each workbook that counted and is gone, with nothing in its place.

        What lies there and can't be opened is not gone: it may well be that very workbook.
        """
        pairs = zip(self.seen.parcels, self.seen.sights, strict=True)
        there = {sight.sha256 or parcel.path for parcel, sight in pairs}
        standing = tuple(live)
        answered = {owed.key for item in standing for owed in item.owed}
        sent = {(item.unit_code or "", item.packet.id, item.period) for item in standing}
        basis = self.job.regime.cite("")
        for each in self.gone:
            # What nobody owed answers nothing: only unit, material and period can tell then.
            replaced = (
                answered.issuperset(each.answers)
                if each.answers
                else (each.unit_code, each.packet, each.period) in sent
            )
            still = not there.isdisjoint({each.sha256, each.path})
            if each.status in _HEADS and not still and not replaced:
                title = f"《{period_title(each.period)}{each.packet}》"
                received = clock_words(each.decided_at)
                words = {"unit": each.unit, "title": title, "received": received}
                yield finding("R133", Where(path=REGISTRY), got=each.path, words=words, basis=basis)


def recall(job: Job, seen: Seen) -> Recalled:
    """Return what is to be checked, cut down to what had come by the job's last moment."""
    pairs = list(zip(seen.parcels, seen.sights, strict=True))
    there = {(parcel.path, sight.sha256) for parcel, sight in pairs}
    gone = job.memory.gone(there)
    if job.until:
        pairs = [
            (parcel, sight)
            for parcel, sight in pairs
            if job.received(parcel, sight.sha256).at <= job.until
        ]
        gone = tuple(each for each in gone if each.decided_at <= job.until)
        seen = replace(seen, parcels=tuple(p for p, _ in pairs), sights=tuple(s for _, s in pairs))
    return Recalled(replace(job, parcels=seen.parcels), seen, gone)


# ---- what is written down ------------------------------------------------------------


def entries(
    job: Job,
    seen: Seen,
    result: Round,
    grouped: Iterable[Chain],
    returned: frozenset[str],
) -> tuple[Entry, ...]:
    """Return what the registry is given of each file that was looked at.

    `returned` are the paths of all that have a must of their own, superseded ones too.
    """
    parcels = {parcel.path: parcel for parcel in seen.parcels}
    counted = Counter((found.where.path, found.severity) for found in result.findings)
    versions = {item.path: (item, chain) for chain in grouped for item in chain.versions}
    adopted: dict[str | None, list[str]] = defaultdict(list)
    for found in result.findings:
        if found.code == _ADOPTED:
            where = found.where
            adopted[where.path].append(f"{where.sheet}{where.cell}：{found.got}")
    made = []
    for row in result.files:
        parcel = parcels.get(row.path)
        if parcel is None:  # it came inside a 上报版, whose own registry has it
            continue
        item, chain = versions.get(row.path, (None, None))
        musts, queries, notes = (counted[row.path, severity] for severity in SEVERITIES)
        made.append(
            Entry(
                path=row.path,
                sha256=row.sha256,
                size=_size(parcel),
                modified=parcel.modified,
                mail_received=parcel.clocks.received,
                mail_sent=parcel.clocks.sent,
                archived=parcel.clocks.entry,
                clock=receipt_of(parcel, (), job.memory.known(row.path, row.sha256)),
                receipt=row.receipt,
                status=row.status,
                returned=row.path in returned,
                unit=row.unit or "",
                unit_code=row.unit_code or "",
                packet=row.packet or "",
                period=row.period or "",
                counts=(musts, queries, notes),
                adopted=tuple(adopted[row.path]),
                chain=chain_key(item, by_person=job.settings.by_person) if item else (),
                head=chain is not None and chain.head is item,
                answers=tuple(owed.key for owed in item.owed) if item else (),
            )
        )
    return tuple(made)


def _size(parcel: Parcel) -> int | None:
    """Return a file's size in bytes; None of a member of a container, which lies nowhere now."""
    try:
        return Path(parcel.place).stat().st_size
    except OSError:
        return None
