"""The whole pass: inbox → tables, findings, expected set. Readable on one screen below `collect`.

This is the library: `collect` gives a `Round` to the command line and to a notebook alike.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING

from sxxt_excel.chain import chain_findings, chains
from sxxt_excel.engine import Death, map_files
from sxxt_excel.expected import owed, roster_faults
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.look import Sight, look_at, prepare
from sxxt_excel.package import Refusal
from sxxt_excel.receipts import read_receipts, unmatched
from sxxt_excel.regime import load_regime
from sxxt_excel.result import Round
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import (
    calendar_findings,
)
from sxxt_excel.settings import decisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from sxxt_excel.model import (
        Form,
        Regime,
    )
    from sxxt_excel.workspace import Workspace


from sxxt_excel.checking import check, returned_before, returned_paths
from sxxt_excel.sorting import Job, sort_files
from sxxt_excel.statuses import consolidated, expected_rows, file_rows, in_order, recognised


def collect(
    workspace: Workspace,
    inbox: Path,
    today: date,
    *,
    jobs: int = 0,
    progress: Callable[[int], Callable[[], None]] | None = None,
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
    """
    settings = workspace.settings
    regime = load_regime(settings.regime, workspace.validators)
    roster, faults = read_roster(workspace.roster)
    lines, book_faults = read_receipts(workspace.receipts)
    items = owed(regime, settings, roster)
    parcels = folder_parcels(inbox, workspace.own)
    findings = (
        *faults,
        *book_faults,
        *roster_faults(regime, settings, roster, items),
        *calendar_findings(regime, items),
        *unmatched(lines, parcels),
    )
    job = Job(regime, settings, roster, items, inbox, parcels, lines, today, findings, jobs)
    return run(job, progress)


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
def run(job: Job, progress: Callable[[int], Callable[[], None]] | None = None) -> Round:
    """Run a pass over the job's files."""
    files = sort_files(job, _see(job, progress))
    grouped = chains(files.submissions, by_person=job.settings.by_person)
    live = {c.head.number: c.head for c in grouped}
    checked = check(job, live, files.papers)
    versions = (f for chain in grouped for f in chain_findings(chain))
    told = (*job.findings, *files.findings, *versions, *checked.findings)
    told = recognised(told, live.values())
    returned = returned_paths(live, told)
    expected, timing = expected_rows(job, grouped, returned)
    rows = file_rows(files.rows, grouped, returned)
    return Round(
        regime=job.regime,
        settings=job.settings,
        roster=job.roster,
        inbox=job.inbox,
        today=job.today,
        files=rows,
        findings=in_order(job.regime, rows, (*told, *timing)),
        expected=expected,
        cascade=checked.cascade,
        counts=checked.counts,
        unchecked=tuple(sorted(set(checked.unchecked), key=attrgetter("rule", "unit", "because"))),
        decisions=decisions(job.settings),
        tables=consolidated(job.regime, checked.stacks, returned),
        returned_before=returned_before(job, grouped, files.papers),
    )


def _see(job: Job, progress: Callable[[int], Callable[[], None]] | None) -> list[Sight]:
    advance = progress(len(job.parcels)) if progress else None
    sights: list[Sight] = []
    reading = map_files(
        look_at,
        job.parcels,
        jobs=job.jobs or os.cpu_count() or 1,
        seconds=job.settings.limits.seconds,
        initializer=prepare,
        initargs=(_worker_forms(job.regime), job.settings.limits),
    )
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
    return tuple(found.values())


__all__ = ["Job", "collect", "run"]
