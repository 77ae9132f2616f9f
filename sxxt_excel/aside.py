"""Workbooks whose cover names another unit than their stamp, once a clear one came as well.

Most likely such a one is somebody else's, filled into a colleague's workbook: it steps aside, and
is the office's to look at. But whoever has only mended his cover has sent a newer version of it,
and where the unit on the cover sent its own later there is nothing left to look at.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.chain import age, as_of_old, chain_key
from sxxt_excel.findings import finding
from sxxt_excel.raw import contents, own_headings

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.outcome import FileRow, Finding
    from sxxt_excel.submissions import Submission

_SAME_SHARE = 0.5
"""How many of its rows stand in the newer one at least where that is the same, mended."""


def stepped_aside(
    items: Iterable[Submission], elsewhere: Container[str], *, by_person: bool
) -> tuple[Submission, ...]:
    """Return doubtful workbooks whose filer sent a clear one: they are somebody else's.

    Such a one may neither replace the filer's own nor make it late or on time, and the
    unit's letter must not speak of it. `elsewhere`: paths of which sender or name, too, are
    another unit's; none of these is an earlier version of the filer's own.
    """
    groups: dict[tuple[str, ...], list[Submission]] = defaultdict(list)
    for item in items:
        groups[chain_key(item, by_person=by_person)].append(item)
    return tuple(item for group in groups.values() for item in _somebody_elses(group, elsewhere))


def _somebody_elses(group: Sequence[Submission], elsewhere: Container[str]) -> Iterator[Submission]:
    clear = [item for item in group if not item.doubtful]
    for item in group if clear else ():
        if item.doubtful and (
            item.path in elsewhere or not any(_mends(newer, item) for newer in clear)
        ):
            yield item


def _mends(newer: Submission, item: Submission) -> bool:
    rows = _rows(item)
    return _later(newer, item) and len(rows & _rows(newer)) >= max(1, len(rows) * _SAME_SHARE)


def _later(newer: Submission, item: Submission) -> bool:
    """Tell what surely came later: of two that came at once names are no proof of a mend."""
    return item.receipt.at < newer.receipt.at


def _rows(item: Submission) -> set[tuple[str, ...]]:
    """Return what the rows of a workbook say beside what was issued, each with its form."""
    forms = {form.id: form for form in item.forms}
    found: set[tuple[str, ...]] = set()
    for table in item.extract.tables:
        form = forms.get(table.form)
        if form is None or table.cells is not None:
            continue
        found |= {(form.id, *row) for row in contents(table, form, own_headings(form))}
    return found


def outdone(
    aside: Iterable[Submission], items: Sequence[Submission], claimed: Mapping[str, str]
) -> dict[str, str]:
    """Map the path of each that stepped aside to what the unit on its cover sent later.

    `claimed`: path → code of the unit that the cover names.
    """
    found: dict[str, str] = {}
    for item in aside:
        whose = claimed.get(item.path)
        newer = [
            other
            for other in items
            if other.unit_code == whose and not other.doubtful and _later(other, item)
            and (other.packet.id, other.period) == (item.packet.id, item.period)
        ]  # fmt: skip
        if whose and newer:
            found[item.path] = max(newer, key=lambda s: age(s.receipt.at, s.path)).path
    return found


def for_office(told: Finding, aside: frozenset[str], newer: Mapping[str, str]) -> Finding:
    """Return what is told of a workbook that stepped aside: to no unit, and as long as it lasts."""
    if (told.where.path or "") in aside:
        told = replace(told, where=replace(told.where, unit=None, unit_code=None))
    return as_long_as_asked(told, newer)


def as_long_as_asked(told: Finding, newer: Mapping[str, str]) -> Finding:
    """Return what is told of a workbook, as a note once its sender sent another."""
    later = newer.get(told.where.path or "")
    if later is None or not told.stands:
        return told
    return as_of_old(told, finding("D101", told.where, newer=later))


def row_for_office(row: FileRow, aside: frozenset[str], newer: Mapping[str, str]) -> FileRow:
    """Return the row of a file; of one that stepped aside it is nobody's."""
    if row.path not in aside:
        return row
    row = replace(row, unit=None, unit_code=None)
    return replace(row, status="superseded") if row.path in newer else row
