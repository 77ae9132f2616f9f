"""Every 更正单 put into the submission that it corrects, or refused as a whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.chain import age
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Where
from sxxt_excel.rules.private import private_finding
from sxxt_excel.slips.correcting import corrected, status_after
from sxxt_excel.slips.rows import where_in
from sxxt_excel.text import as_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.chain import Chain
    from sxxt_excel.outcome import Correction, Difference, FileRow, Finding
    from sxxt_excel.slips.correcting import Work
    from sxxt_excel.submissions import Slip


@dataclass(frozen=True, slots=True)
class Merged:
    """The chains with what came by 更正单 in them, and what became of each of these.

    `rows`: path of a 更正单 → its row, with the status that it came to. `returned` are the paths
    of those that have to be mended themselves.
    """

    chains: tuple[Chain, ...]
    rows: Mapping[str, FileRow]
    findings: tuple[Finding, ...]
    corrections: tuple[Correction, ...]
    differences: tuple[Difference, ...]

    @property
    def returned(self) -> frozenset[str]:
        """Return the paths of those that can't be taken as they are."""
        return frozenset(path for path, row in self.rows.items() if row.status == "returned")

    def row(self, row: FileRow) -> FileRow:
        """Return the row of any file, a 更正单 with what became of it."""
        return self.rows.get(row.path, row)


def merged(slips: Iterable[Slip], chains: tuple[Chain, ...], basis: str) -> Merged:
    """Put every 更正单 into the submission that it corrects, in order of receipt.

    Args:
        slips: those that came.
        chains: the versions of all submissions.
        basis: what findings cite that are about no submission.
    """
    found = _matched(slips, chains, basis)
    works = {
        chain.head.number: corrected(chain.head, found.slips[chain.head.number])
        for chain in chains
        if chain.head.number in found.slips
    }
    done = works.values()
    return Merged(
        chains=tuple(_with_head(chain, works.get(chain.head.number)) for chain in chains),
        rows=found.rows | {row.path: row for work in done for row in work.rows},
        findings=(*found.findings, *(told for work in done for told in work.findings)),
        corrections=tuple(each for work in done for each in work.corrections),
        differences=tuple(each for work in done for each in work.differences),
    )


@dataclass(frozen=True, slots=True)
class _Matched:
    """Each 更正单 with the submission that it corrects, by its number; what became of others."""

    slips: defaultdict[int, list[Slip]]
    rows: dict[str, FileRow]
    findings: list[Finding]


def _matched(slips: Iterable[Slip], chains: tuple[Chain, ...], basis: str) -> _Matched:
    of_content = {item.sha256: chain for chain in chains for item in reversed(chain.versions)}
    found = _Matched(defaultdict(list), {}, [])
    seen: dict[str, Slip] = {}
    for slip in sorted(slips, key=lambda s: age(s.row.receipt.at, s.path)):
        same = seen.setdefault(slip.row.sha256, slip)
        if same is not slip:
            words = {"same": same.path}
            told = finding("D102", slip.where, got=same.path, basis=basis, words=words)
            found.findings.append(told)
            found.rows[slip.path] = replace(slip.row, status="duplicate")
            continue
        chain = of_content.get(slip.stamp.corrects)
        refused = list(_refused(slip, chain, basis))
        if refused or chain is None:
            found.findings.extend(refused)
            found.rows[slip.path] = replace(slip.row, status=status_after(refused))
        else:
            found.slips[chain.head.number].append(slip)
    return found


def _with_head(chain: Chain, work: Work | None) -> Chain:
    """Return a chain whose newest version is as it was corrected."""
    if work is None:
        return chain
    versions = tuple(work.item if v is chain.head else v for v in chain.versions)
    return replace(chain, head=work.item, versions=versions)


def _refused(slip: Slip, chain: Chain | None, basis: str) -> Iterator[Finding]:
    """Yield why a 更正单 can't be put in as a whole: the first reason that there is."""
    where, stamp = slip.where, slip.stamp
    if slip.altered:
        yield finding("D129", where, basis=basis)
    elif slip.against is not None:
        evidence, name = slip.against
        words = {"stamp": stamp.unit, "evidence": evidence}
        yield finding("D128", where, got=name, basis=basis, words=words)
    elif chain is None:
        yield finding("D122", where, basis=basis)
    elif chain.head.unit_code != as_code(stamp.unit_code):
        name = chain.head.unit_name or "别的单位"
        words = {"stamp": stamp.unit, "evidence": "所更正的原件"}
        yield finding("D128", Where(path=slip.path), got=name, basis=basis, words=words)
    elif chain.head.sha256 != stamp.corrects:
        head = chain.head
        old = next(v for v in chain.versions if v.sha256 == stamp.corrects)
        late = age(slip.row.receipt.at, slip.path) > age(head.receipt.at, head.path)
        yield finding(
            "D121", where, got=old.path, basis=basis, newer=head.path,
            severity=None if late else "note", remedy=None if late else "不必处理",
        )  # fmt: skip
    elif slip.extract.private:
        for remark in slip.extract.private:
            at = where_in(slip, remark.sheet or None, remark.cell or None, remark.form or None)
            yield private_finding(remark, replace(at, field=remark.field or None), basis)
