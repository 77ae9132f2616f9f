"""The whole pass: inbox → tables, findings, expected set. Readable on one screen below `collect`.

This is the library: `collect` gives a `Round` to the command line and to a notebook alike.
Whatever needs pandas is imported while workers read.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from sxxt_excel.adopted import adoptions
from sxxt_excel.awaited import awaited
from sxxt_excel.ceiling import lowered
from sxxt_excel.census import roster_faults
from sxxt_excel.chain import chain_findings, chains, still_asked
from sxxt_excel.dates import end_of
from sxxt_excel.decisions import decisions
from sxxt_excel.expected import owed
from sxxt_excel.filed import last_year
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.job import Job
from sxxt_excel.levels import advised, differences, returned_below, silent, vouched
from sxxt_excel.officebook import UNITS, RosterError
from sxxt_excel.reading import Reading, clear_scratch
from sxxt_excel.recall import entries, recall
from sxxt_excel.receipts import read_receipts, unmatched
from sxxt_excel.result import Round
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import calendar_findings
from sxxt_excel.slips.merging import merged
from sxxt_excel.sorting import sort_files
from sxxt_excel.subtree import open_rollups
from sxxt_excel.workspace import KEPT, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from sxxt_excel.reading import Progress, Seen
    from sxxt_excel.registry.keeper import Keeper
    from sxxt_excel.result import Kept
    from sxxt_excel.workspace import Workspace


def collect(  # noqa: PLR0913 - all but three by keyword
    workspace: Workspace,
    inbox: Path,
    today: date,
    *,
    jobs: int = 0,
    progress: Progress | None = None,
    keeper: Keeper | None = None,
    as_of: date | None = None,
) -> Round:
    """Read, check and consolidate everything in an inbox.

    Args:
        workspace: settings, roster, receipt book, own definitions.
        inbox: the folder to look through; nothing in it is changed.
        today: the day that decides what is due, missing and overdue.
        jobs: how many processes read; 0 for as many as there are processors.
        progress: given the number of files, returns what to call after each.
        keeper: the registry that knows of earlier runs and is told of this one; a pass without
            one goes by what lies in the inbox alone.
        as_of: a past day to play once more: what came later does not count, and the registry
            is told nothing.

    Raises:
        DefinitionError, RosterError: a definition or the roster can't be used.
        WorkspaceError: the inbox is where the office keeps its own registers, or can't be listed.
    """
    if inbox.resolve().is_relative_to(workspace.kept):
        raise WorkspaceError(f"“{KEPT}”是办公室自存登记的文件夹，不能当作收件夹")
    settings = workspace.settings
    regime = workspace.regime()
    clear_scratch(workspace.root)
    try:
        parcels = folder_parcels(inbox, workspace.own)
    except PermissionError as error:
        raise WorkspaceError(f"读不了收件夹“{inbox}”：没有读取权限，请核对权限后再试") from error
    with Reading(regime, settings, parcels, jobs=jobs, folder=workspace.root) as reading:
        roster, faults = read_roster(workspace.roster)
        if not roster.units:
            # With nobody to ask, letters and master of the last pass would give way to nothing.
            raise RosterError(
                f"《{workspace.roster.name}》的“{UNITS}”表还没有单位，不能收表：请先填好单位名册"
            )
        lines, book_faults = read_receipts(workspace.receipts)
        items = owed(regime, settings, roster)
        findings = (
            *faults,
            *book_faults,
            *roster_faults(regime, settings, roster, items),
            *calendar_findings(regime, items),
        )
        past = last_year(settings.copies.previous, regime)
        job = Job(
            regime, settings, roster, items, inbox, parcels, lines, today, findings, past=past
        )
        if keeper is not None:
            memory, remarks = keeper.begin(inbox, today, replay=as_of is not None)
            until = end_of(as_of) if as_of else ""
            job = replace(job, memory=memory, until=until, findings=(*findings, *remarks))
        _load()
        result = run(job, reading.seen(progress))
        if keeper is not None:
            keeper.record(result.entries)
    return replace(result, kept=_kept(job, workspace.kept, jobs)) if settings.registers else result


def _load() -> None:
    """Load whatever needs pandas: that takes a second, in which the workers read."""
    from sxxt_excel import (  # noqa: PLC0415 - as told
        checking,  # noqa: F401
        difference,  # noqa: F401
        settled,  # noqa: F401
        statuses,  # noqa: F401
        suggestions,  # noqa: F401
    )


def _kept(job: Job, folder: Path, jobs: int) -> Kept:
    """Run a pass of its own over the office's registers: no row of theirs meets another."""
    from sxxt_excel.registers import check_registers, registers_job  # noqa: PLC0415 - as in `run`

    apart = registers_job(job, folder)
    parcels, inside = apart.parcels, folder.parent
    with Reading(apart.regime, apart.settings, parcels, jobs=jobs, folder=inside) as reading:
        return check_registers(apart, reading.seen())


@contextmanager
def _no_cycle_search() -> Iterator[None]:
    """Let the collector of cycles rest: a pass makes millions of cells and hardly a cycle.

    Searching them again and again took half of the time that checking takes.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_no_cycle_search()
def run(job: Job, seen: Seen) -> Round:
    """Run a pass over the files that were seen, on the job's terms."""
    from sxxt_excel import (  # noqa: PLC0415 - see `_load`
        checking,
        difference,
        settled,
        statuses,
        suggestions,
    )

    known = recall(job, seen)
    below = open_rollups(known.job, known.seen.sights)
    job = below.job
    files = sort_files(job, below.sights)
    papers = (*files.papers, *below.papers)
    again = known.resent(files.submissions)
    grouped = chains(files.submissions, by_person=job.settings.by_person, before=again)
    mended = merged(files.slips, grouped, job.regime.cite(""))
    grouped = mended.chains
    live = {c.head.number: c.head for c in grouped}
    checked = checking.check(job, live, papers)
    versions = tuple(f for chain in grouped for f in chain_findings(chain, again))
    adopted = adoptions((*live.values(), *files.slips), job.regime.cite(""))
    job = replace(job, reported=(*job.reported, *known.earlier(live.values())))
    told = (
        *job.findings, *unmatched(job.receipts, seen.parcels), *below.findings,
        *still_asked(files.findings, grouped, versions), *versions, *mended.findings, *adopted,
        *known.findings(live.values()), *checked.findings,
    )  # fmt: skip
    told = lowered(job.regime, told)
    told = checking.recognised(told, live.values(), job.roster.waivers, job.today)
    returned = checking.returned_paths(live, told)
    expected, timing = statuses.expected_rows(job, grouped, returned)
    rows = statuses.file_rows(tuple(map(mended.row, files.rows)), grouped, returned)
    rows = tuple(sorted((*rows, *below.rows), key=attrgetter("path")))
    apart = (*differences(below, expected, told), *returned_below(below, expected))
    asked = lowered(job.regime, (*told, *timing, *apart))
    known_below = vouched(below)
    own = settled.settle(asked, checked.stacks)
    answered = advised(settled.settled_below(own, known_below), known_below)
    said = suggestions.suggested(job, answered, checked.stacks)
    before = checking.returned_before(job, grouped, papers, files.findings)
    unchecked = {*checked.unchecked, *files.unchecked, *silent(job, expected)}
    unchecked.update(awaited(job.regime, job.roster, expected, unchecked))
    result = Round(
        regime=job.regime,
        settings=job.settings,
        roster=job.roster,
        inbox=job.inbox,
        today=job.today,
        files=rows,
        findings=statuses.in_order(job.regime, rows, said),
        expected=expected,
        cascade=checked.cascade,
        counts=checked.counts,
        unchecked=tuple(sorted(unchecked, key=attrgetter("rule", "unit", "because"))),
        decisions=decisions(job.settings, job.regime),
        tables=statuses.consolidated(job.regime, checked.stacks, returned),
        returned_before=before,
        versions=(
            *difference.version_differences(
                job.regime, job.settings.year, grouped, checked.stacks, before
            ),
            *mended.differences,
        ),
        likenesses=checked.likenesses,
        live=tuple(s for s in live.values() if s.packet.travels),
        papers=tuple((paper.path, paper.unit_code) for paper in papers),
        below=below.codes,
        also=below.also,
        corrections=mended.corrections,
        owed=job.owed,
    )
    sent_back = returned | before | mended.returned
    return replace(result, entries=entries(job, known.seen, result, grouped, sent_back))


__all__ = ["Job", "collect", "run"]
