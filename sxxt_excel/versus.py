"""diff: two workbooks that are versions of the same, compared row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.chain import chains
from sxxt_excel.difference import compared, difference_of, stacked
from sxxt_excel.intake.folder import single_parcels
from sxxt_excel.reading import Reading
from sxxt_excel.selfcheck import job_for
from sxxt_excel.slips.merging import merged
from sxxt_excel.sorting import sort_files
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.job import Job
    from sxxt_excel.outcome import Difference
    from sxxt_excel.sorting import Sorted
    from sxxt_excel.submissions import Submission
    from sxxt_excel.workspace import Workspace


def compare_files(
    old: Path, new: Path, space: Workspace | None, today: date, *, jobs: int = 0
) -> Difference:
    """Return what the newer of two workbooks has otherwise, cells as read and normalised.

    Args:
        old: the earlier version.
        new: the later one, of the same unit, packet and period; or a 更正单 of the earlier.
        space: the workspace; outside of one the stamps tell whose the workbooks are.
        today: the day.
        jobs: how many processes read; 0 for as many as there are processors.

    Raises:
        WorkspaceError: a file is no workbook of ours, or the two are of different things.
    """
    parcels = _parcels(old, new)
    job = job_for(space, parcels, today)
    folder = space.root if space is not None else None
    with Reading(job.regime, job.settings, parcels, jobs=jobs, folder=folder) as reading:
        seen = reading.seen()
    files = sort_files(replace(job, parcels=seen.parcels), seen.sights)
    if any(slip.path == parcels[1].path for slip in files.slips):
        return _by_slip(files, parcels, job)
    before, after = (_submission(files, parcel) for parcel in parcels)
    _must_be_same(before, after)
    year, numbers = job.settings.year, {before.number: after.number}
    older, newer = (stacked(job.regime, year, [one]) for one in (before, after))
    changes = compared(job.regime, older, newer, numbers)
    return difference_of(before, after, changes[after.number])


def _by_slip(files: Sorted, parcels: tuple[Parcel, Parcel], job: Job) -> Difference:
    """Return what a 更正单 changes in the workbook that it corrects."""
    before = _submission(files, parcels[0])
    found = merged(files.slips, chains([before], by_person=job.settings.by_person), before.basis)
    if not found.differences:
        why = next((f.message for f in found.findings), "")
        raise WorkspaceError(f"“{parcels[1].path}”不能比较：{why}")
    return found.differences[0]


def _parcels(old: Path, new: Path) -> tuple[Parcel, Parcel]:
    """Return a parcel of each, by its name, or by its whole path where both have one name."""
    before, after = single_parcels((old,))[0], single_parcels((new,))[0]
    if before.path != after.path:
        return before, after
    return replace(before, path=f"旧/{before.path}"), replace(after, path=f"新/{after.path}")


def _submission(files: Sorted, parcel: Parcel) -> Submission:
    found = next((s for s in files.submissions if s.path == parcel.path), None)
    if found is None:
        why = next((f.message for f in files.findings if f.where.path == parcel.path), "")
        raise WorkspaceError(f"“{parcel.path}”不能比较：{why or '不是本制度下发的工作簿'}")
    return found


def _must_be_same(before: Submission, after: Submission) -> None:
    """Refuse two workbooks that are no versions of one another."""
    whats = (
        ("单位", before.unit_name, after.unit_name),
        ("套表", before.packet.id, after.packet.id),
        ("报告期", before.period, after.period),
    )
    for what, one, other in whats:
        if one != other:
            said = f"{what}一份是“{one or '不明'}”，另一份是“{other or '不明'}”"
            raise WorkspaceError(f"两份不是同一份材料，不能比较：{said}")
