"""Versions of one submission: which is newest, which the same, which are replaced (ruling 5)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.dates import clock_words
from sxxt_excel.findings import finding
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.raw import said_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import FileStatus, Finding
    from sxxt_excel.raw import RawTable
    from sxxt_excel.submissions import Submission

_COPY = re.compile(r"[(（](\d{1,2})[)）]\s*$")
_M, _D = "(?P<m>0?[1-9]|1[0-2])", "(?P<d>0?[1-9]|[12][0-9]|3[01])"
_DATED = (
    re.compile(r"(?<!\d)(?:20\d\d)?(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])$"),
    re.compile(rf"(?<!\d){_M}月{_D}[日号]$"),
    re.compile(rf"(?<!\d)20\d\d(?P<s>[-._]){_M}(?P=s){_D}$"),
)
_AROUND = " ()（）[]【】"
_OLD = re.compile(r"作废|旧[版稿]|[\W_]旧|旧\W*$")
_DRAFT = re.compile("[初一二三四五六七八九](?=[稿版])")
_DRAFTS = str.maketrans("初一二三四五六七八九", "1123456789")
_DIGITS, _PADDED = re.compile(r"\d+"), 20
_NEVER: Mapping[int, Before] = MappingProxyType({})
_OTHERS = "I117"
_FINAL = ("最终版", "定稿", "终版", "final")


@dataclass(frozen=True, slots=True)
class Before:
    """When the same file had come to an earlier run, at a path where it is no more."""

    path: str
    at: str


@dataclass(frozen=True, slots=True)
class Chain:
    """All versions of one submission, oldest first; `head` is the newest that counts."""

    head: Submission
    versions: tuple[Submission, ...]
    status: tuple[tuple[int, FileStatus], ...]


_Version = tuple[bool, bool, int, int]


def _version(path: str) -> _Version:
    """Return what a file name says of its version: 旧, 最终版, MMDD, (n); larger is newer."""
    stem = last_name(path).rpartition(".")[0]
    final = any(word in stem.lower() for word in _FINAL)
    copy = _COPY.search(stem)
    day = _month_day(_COPY.sub("", stem).strip(_AROUND))
    return (not _OLD.search(stem), final, day, int(copy[1]) if copy else 0)


def _month_day(stem: str) -> int:
    """Return the MMDD that a name ends with in any spelling (0408, 4月8日, 2025.4.8), else 0."""
    found = next(filter(None, (shape.search(stem) for shape in _DATED)), None)
    return int(found["m"]) * 100 + int(found["d"]) if found else 0


def _counted(path: str) -> str:
    """Return a path to be put in order by: 9 before 10, 二稿 before 三稿."""
    drafts = _DRAFT.sub(lambda number: number[0].translate(_DRAFTS), path)
    return _DIGITS.sub(lambda run: run[0].zfill(_PADDED), drafts)


def age(at: str, path: str) -> tuple[str, _Version, str, str]:
    """Return what versions are put in order by, oldest first: when each came, then its name."""
    return at, _version(path), _counted(path), path


def chains(
    submissions: Iterable[Submission],
    *,
    by_person: bool,
    before: Mapping[int, Before] = _NEVER,
) -> tuple[Chain, ...]:
    """Group submissions by unit, packet and period (and filers where each files his own).

    `before`: number of a submission → when the same file had come to an earlier run. Sent once
    more it is as old as it was, and does not replace what came since.
    """
    groups: dict[tuple[str, ...], list[Submission]] = defaultdict(list)
    for item in submissions:
        groups[chain_key(item, by_person=by_person)].append(item)
    return tuple(_chain(group, before) for _, group in sorted(groups.items()))


def chain_key(item: Submission, *, by_person: bool) -> tuple[str, ...]:
    """Return unit, packet, period and whose it is: what versions of one submission share."""
    period = item.owed[0].period if item.owed else item.period
    about = sorted(o.subject.code for o in item.owed if o.subject)
    who = (*about, *(sorted(f.label for f in item.filers) if by_person else ()))
    return (item.unit_code or item.path, item.packet.id, period, *who)


def _chain(group: list[Submission], before: Mapping[int, Before]) -> Chain:
    def came(item: Submission) -> str:
        old = before.get(item.number)
        return min(item.receipt.at, old.at) if old else item.receipt.at

    ordered = sorted(group, key=lambda s: age(came(s), s.path))
    status: list[tuple[int, FileStatus]] = []
    seen: set[str] = set()
    live: list[Submission] = []
    for item in ordered:
        if item.sha256 in seen:
            status.append((item.number, "duplicate"))
        else:
            seen.add(item.sha256)
            live.append(item)
    status.extend(
        (item.number, "duplicate" if item.number in before else "superseded") for item in live[:-1]
    )
    return Chain(live[-1], tuple(ordered), tuple(sorted(status)))


def as_of_old(found: Finding, version: Finding) -> Finding:
    """Return what is told of a version that counts no more as a note; `version` says why."""
    return replace(found, severity=version.severity, remedy=f"{version.message}。{version.remedy}")


def still_asked(
    told: Iterable[Finding], grouped: Iterable[Chain], versions: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield what was told of files; what a version was asked that counts no more is a note.

    Its unit has sent another, or the same is asked of the one that it repeats: content rests on
    the newest (ruling 5), who filed it and for when too. One that holds the sheets of another
    packet is no version of what came later, and has to be sent as what it is.

    Args:
        told: what was told of files when they were identified.
        grouped: the versions of all submissions.
        versions: what `chain_findings` tells of them.
    """
    gone = {v.path for c in grouped for v in c.versions if v.number in dict(c.status)}
    why = {f.where.path: f for f in versions if f.where.path in gone}
    for found in told:
        version = why.get(found.where.path or "") if found.stands else None
        if version is not None and found.code != _OTHERS:
            yield as_of_old(found, version)
        else:
            yield found


def chain_findings(chain: Chain, before: Mapping[int, Before] = _NEVER) -> Iterable[Finding]:
    """Yield a note for each version that came again or counts no more, a query for lost rows.

    `before` is as in `chains`.
    """
    first: dict[str, Submission] = {}
    gone = dict(chain.status)
    for item in chain.versions:
        same = first.setdefault(item.sha256, item)
        if same is not item:
            yield finding("D102", item.where, same=same.path, got=same.path, basis=item.basis)
        elif old := before.get(item.number):
            words = f"{clock_words(old.at)}收到的“{old.path}”"
            yield finding("D102", item.where, same=words, got=old.path, basis=item.basis)
        elif gone.get(item.number) == "superseded":
            yield finding(
                "D101", item.where, newer=chain.head.path, got=chain.head.path, basis=item.basis
            )
            here = with_content(chain.head)
            lost = [label for label in with_content(item) if label not in here]
            lost += [f"“{form}”" for form in _sheets_lost(item, chain.head)]
            if lost and item.owed:
                at = chain.head.where
                yield finding("D103", at, got=item.path, filers="、".join(lost), basis=item.basis)


def with_content(item: Submission) -> tuple[str, ...]:
    """Return the labels of filers that stand beside something in a table of the workbook."""
    said: set[str] = set()
    for form, table in _tables(item):
        if form.filer is not None and form.filer in table.columns:
            words = table.columns[form.filer]
            said.update(str(words[place]) for place in said_rows(table, form))
    return tuple(f.label for f in item.filers if f.label in said)


def _sheets_lost(item: Submission, newer: Submission) -> list[str]:
    """Return the sheets filled in there that a newer workbook does not have at all."""
    there = {table.form for table in newer.extract.tables}
    return [
        form.id
        for form, table in _tables(item)
        if form.id not in there
        and form.layout == "table"
        and not form.optional
        and said_rows(table, form)
    ]


def _tables(item: Submission) -> Iterator[tuple[Form, RawTable]]:
    forms = {form.id: form for form in item.forms}
    return ((forms[t.form], t) for t in item.extract.tables if t.form in forms)
