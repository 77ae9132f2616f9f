"""The whole pass: inbox → tables, findings, expected set. Readable on one screen below `collect`.

This is the library: `collect` gives a `Round` to the command line and to a notebook alike.
Whatever needs pandas is imported by `run`: that takes a second, in which workers read.
"""

from __future__ import annotations

import gc
import os
from contextlib import closing, contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from sxxt_excel.ceiling import lowered
from sxxt_excel.chain import chain_findings, chains
from sxxt_excel.engine import Death, map_files
from sxxt_excel.expected import owed, roster_faults
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.look import Sight, look_at, prepare
from sxxt_excel.package import Refusal
from sxxt_excel.receipts import read_receipts, unmatched
from sxxt_excel.result import Round
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import calendar_findings
from sxxt_excel.settings import decisions
from sxxt_excel.sorting import Job, sort_files
from sxxt_excel.subtree import differences, open_rollups, silent
from sxxt_excel.workspace import KEPT, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from sxxt_excel.intake.folder import Parcel
    from sxxt_excel.model import Form, Regime
    from sxxt_excel.result import Kept
    from sxxt_excel.settings import Settings
    from sxxt_excel.workspace import Workspace

    Progress = Callable[[int], Callable[[], None]]


def collect(
    workspace: Workspace,
    inbox: Path,
    today: date,
    *,
    jobs: int = 0,
    progress: Progress | None = None,
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
        WorkspaceError: the inbox is where the office keeps its own registers.
    """
    if inbox.resolve().is_relative_to(workspace.kept):
        raise WorkspaceError(f"“{KEPT}”是办公室自存登记的文件夹，不能当作收件夹")
    settings = workspace.settings
    regime = workspace.regime()
    parcels = folder_parcels(inbox, workspace.own)
    with closing(start_reading(regime, settings, parcels, jobs)) as reading:
        roster, faults = read_roster(workspace.roster)
        lines, book_faults = read_receipts(workspace.receipts)
        items = owed(regime, settings, roster)
        findings = (
            *faults,
            *book_faults,
            *roster_faults(regime, settings, roster, items),
            *calendar_findings(regime, items),
            *unmatched(lines, parcels),
        )
        job = Job(regime, settings, roster, items, inbox, parcels, lines, today, findings)
        result = run(job, reading, progress)
    return replace(result, kept=_kept(job, workspace.kept, jobs)) if settings.registers else result


def _kept(job: Job, folder: Path, jobs: int) -> Kept:
    """Run a pass of its own over the office's registers: no row of theirs meets another."""
    from sxxt_excel.registers import check_registers, registers_job  # noqa: PLC0415 - as in `run`

    apart = registers_job(job, folder)
    with closing(start_reading(apart.regime, apart.settings, apart.parcels, jobs)) as reading:
        return check_registers(apart, _sights(apart, reading, None))


_DEAD = Sight("refused", "", refusal=Refusal("F107"))
"""What is seen of a file whose reader died or ran out of time on it."""


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
def run(
    job: Job, reading: Iterable[tuple[int, Sight | Death]], progress: Progress | None = None
) -> Round:
    """Run a pass over the job's files, given what `start_reading` returned for them."""
    from sxxt_excel.checking import check, returned_before, returned_paths  # noqa: PLC0415 - above
    from sxxt_excel.statuses import (  # noqa: PLC0415 - as above
        consolidated,
        expected_rows,
        file_rows,
        in_order,
        recognised,
    )

    below = open_rollups(job, _sights(job, reading, progress))
    job = below.job
    files = sort_files(job, below.sights)
    papers = (*files.papers, *below.papers)
    grouped = chains(files.submissions, by_person=job.settings.by_person)
    live = {c.head.number: c.head for c in grouped}
    checked = check(job, live, papers)
    versions = (f for chain in grouped for f in chain_findings(chain))
    told = (*job.findings, *below.findings, *files.findings, *versions, *checked.findings)
    told = recognised(lowered(job.regime, told), live.values())
    returned = returned_paths(live, told)
    expected, timing = expected_rows(job, grouped, returned)
    rows = file_rows(files.rows, grouped, returned)
    rows = tuple(sorted((*rows, *below.rows), key=attrgetter("path")))
    apart = differences(below, expected, told)
    unchecked = {*checked.unchecked, *silent(job, expected)}
    return Round(
        regime=job.regime,
        settings=job.settings,
        roster=job.roster,
        inbox=job.inbox,
        today=job.today,
        files=rows,
        findings=in_order(job.regime, rows, lowered(job.regime, (*told, *timing, *apart))),
        expected=expected,
        cascade=checked.cascade,
        counts=checked.counts,
        unchecked=tuple(sorted(unchecked, key=attrgetter("rule", "unit", "because"))),
        decisions=decisions(job.settings, job.regime),
        tables=consolidated(job.regime, checked.stacks, returned),
        returned_before=returned_before(job, grouped, papers),
        live=tuple(s for s in live.values() if s.packet.travels),
        papers=tuple((paper.path, paper.unit_code) for paper in papers),
        below=below.codes,
    )


def start_reading(
    regime: Regime, settings: Settings, parcels: tuple[Parcel, ...], jobs: int = 0
) -> Generator[tuple[int, Sight | Death]]:
    """Set workers to reading the files and return at once; what they see comes in order.

    Args:
        regime: its forms are what the workers look for.
        settings: its limits hold for each file.
        parcels: the files.
        jobs: how many workers; 0 for as many as there are processors.
    """
    return map_files(
        look_at,
        parcels,
        jobs=jobs or os.cpu_count() or 1,
        seconds=settings.limits.seconds,
        initializer=prepare,
        initargs=(_worker_forms(regime), settings.limits),
    )


def _sights(
    job: Job, reading: Iterable[tuple[int, Sight | Death]], progress: Progress | None
) -> list[Sight]:
    advance = progress(len(job.parcels)) if progress else None
    sights: list[Sight] = []
    for _, sight in reading:
        sights.append(_DEAD if isinstance(sight, Death) else sight)
        if advance:
            advance()
    return sights


def _worker_forms(regime: Regime) -> tuple[Form, ...]:
    """Return each form once, required as in any packet: a worker only needs headings."""
    found: dict[str, Form] = {}
    for packet in regime.packets:
        for form in regime.sheets(packet.id):
            found.setdefault(form.id, form)
    return (*found.values(), *{form.id: form for _, form in regime.one_sheets}.values())


__all__ = ["Job", "collect", "run", "start_reading"]
