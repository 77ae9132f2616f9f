"""Workbooks that nobody can open: what they were meant to be, and whether a newer one came.

One that a readable workbook followed is a version that counts no more (ruling 5): its unit has
done what was asked of it, and the office can't take the file out of the mail it came in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.chain import age, as_of_old
from sxxt_excel.findings import finding
from sxxt_excel.formats.common import CLASSIFIED
from sxxt_excel.papers import meant_in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.duties import Owed
    from sxxt_excel.outcome import FileRow, Finding
    from sxxt_excel.papers import Office
    from sxxt_excel.people import Unit
    from sxxt_excel.submissions import Submission


@dataclass(frozen=True, slots=True)
class _Match:
    """An unreadable file with the material that its name says, and what came in its place."""

    row: FileRow
    newer: Submission | None


def replaced(
    rows: Iterable[FileRow], told: Sequence[Finding], units: Mapping[str, Unit], office: Office
) -> tuple[tuple[FileRow, ...], tuple[Finding, ...]]:
    """Return the rows, unreadable ones with what their names say, and what is told of them now.

    Args:
        rows: one a file.
        told: findings about files; of one that was replaced its F code stays, as a note.
        units: code → unit, the roster's.
        office: definitions, the workbooks that came, and duties.
    """
    marked = {found.where.path for found in told if found.code == CLASSIFIED}
    came: dict[str | None, list[Submission]] = defaultdict(list)
    for submission in office.submissions:
        came[submission.unit_code].append(submission)
    matches = {
        row.path: _match(row, meant_in_short(row, unit, office), came[unit.code])
        for row in rows
        if row.status == "unreadable" and row.path not in marked
        and (unit := units.get(row.unit_code or "")) is not None
    }  # fmt: skip
    better = tuple(matches[row.path].row if row.path in matches else row for row in rows)
    return better, tuple(_milder(found, matches.get(found.where.path or "")) for found in told)


def _match(row: FileRow, items: Sequence[Owed], came: Iterable[Submission]) -> _Match:
    said = {(item.obligation.packet, item.period) for item in items if not item.latent}
    if len(said) == 1:
        packet, period = said.pop()
        row = replace(row, packet=packet, period=period)
    newer = max(_since(row, items, came), key=lambda s: age(s.receipt.at, s.path), default=None)
    return _Match(row if newer is None else replace(row, status="superseded"), newer)


def _since(row: FileRow, items: Iterable[Owed], came: Iterable[Submission]) -> Iterator[Submission]:
    """Yield the workbooks that answer one of these duties and came after a file."""
    mine = age(row.receipt.at, row.path)
    for submission in came:
        answered = {item.key for item in submission.owed}
        asked = (item.answered_by(submission.period) for item in items)
        if mine < age(submission.receipt.at, submission.path) and any(
            item is not None and item.key in answered for item in asked
        ):
            yield submission


def _milder(found: Finding, match: _Match | None) -> Finding:
    if match is None or match.newer is None or found.family != "F":
        return found
    version = finding("D101", found.where, newer=match.newer.path)
    return as_of_old(found, version)
