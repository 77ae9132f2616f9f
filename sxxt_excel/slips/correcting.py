"""One submission and its 更正单: the cells that change, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.formats.places import column_number
from sxxt_excel.formats.places import place as place_of_cell
from sxxt_excel.outcome import Change, Correction, Difference
from sxxt_excel.raw import Fault, text_of
from sxxt_excel.slips.rows import heading_of_key, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.marks import Said
    from sxxt_excel.outcome import FileRow, FileStatus, Finding
    from sxxt_excel.raw import Extract, Raw
    from sxxt_excel.slips.rows import Edit, Key, SlipRow
    from sxxt_excel.submissions import Slip, Submission


@dataclass(frozen=True, slots=True)
class Work:
    """One submission corrected, and what is to be told of it."""

    item: Submission
    findings: tuple[Finding, ...]
    rows: tuple[FileRow, ...]
    corrections: tuple[Correction, ...]
    differences: tuple[Difference, ...]


def corrected(item: Submission, slips: list[Slip]) -> Work:
    """Put what 更正单 say, in order of receipt, into the submission that they correct."""
    newest = slips[-1]
    told: list[Finding] = []
    rows: list[FileRow] = []
    edited: dict[Key, SlipRow] = {}
    said: list[Said] = []
    for slip in slips:
        found, faults = rows_of(slip, item)
        # A later 更正单 has the last word: what was wrong in an earlier one asks for nothing.
        mine = [f if slip is newest else replace(f, severity="note") for f in faults]
        for key, row in found.items():
            before = edited.get(key)
            if before is not None and row.edits:
                told.append(_outdone(before, slip, item.basis))
            if row.edits or before is None:
                edited[key] = row
        said.extend(_said(slip, found))
        told.extend(mine)
        rows.append(replace(slip.row, status=status_after(mine)))
    changed = {key: row for key, row in edited.items() if row.edits}
    extract = replace(
        _with_rows(item.extract, changed.values()),
        said=(*item.extract.said, *said),
        mended_at=max((row.slip.row.receipt.at for row in changed.values()), default=""),
    )
    for row in changed.values():
        told.extend(_told(item, row))
    return Work(
        item=replace(item, extract=extract),
        findings=tuple(told),
        rows=tuple(rows),
        corrections=tuple(_corrections(item, changed.values())),
        differences=tuple(
            _difference(item, slip, [row for row in changed.values() if row.slip is slip])
            for slip in slips
        ),
    )


def status_after(told: Iterable[Finding]) -> FileStatus:
    """Return the status of a 更正单 of which this is told."""
    codes = {(f.code, f.severity) for f in told}
    if any(severity == "must" for _, severity in codes):
        return "returned"
    return "superseded" if any(code == "D121" for code, _ in codes) else "accepted"


def _with_rows(extract: Extract, rows: Iterable[SlipRow]) -> Extract:
    """Return what a submission holds, with these rows as they were corrected."""
    new: dict[str, dict[str, list[Raw]]] = {}
    for row in rows:
        columns = new.setdefault(row.base.form, dict(row.base.columns))
        for edit in row.edits:
            if columns[edit.heading] is row.base.columns[edit.heading]:
                columns[edit.heading] = list(columns[edit.heading])
            columns[edit.heading][row.at] = edit.after
    tables = (replace(t, columns=new[t.form]) if t.form in new else t for t in extract.tables)
    return replace(extract, tables=tuple(tables))


def _said(slip: Slip, rows: Mapping[Key, SlipRow]) -> Iterator[Said]:
    """Yield what stands beside the marks of a 更正单, as said of the submission's own rows."""
    places = {(r.table.sheet, r.table.rows[r.place]): r for r in rows.values()}
    for said in slip.extract.said:
        number, _ = place_of_cell(said.place.partition("、")[0])
        row = places.get((said.sheet, said.row or number))
        if row is None:
            continue
        at = row.base.rows[row.at]
        place = said.place if said.row else said.place.replace(str(number), str(at), 1)
        yield replace(
            said, sheet=row.base.sheet, place=place, row=at if said.row else 0, path=slip.path
        )


# ---- what is told of it -----------------------------------------------------------------------


def _change_words(edit: Edit) -> str:
    before, after = (text_of(raw) or "（空）" for raw in (edit.before, edit.after))
    return f"{before} → {after}"


def _told(item: Submission, row: SlipRow) -> Iterator[Finding]:
    """Yield a note for each cell that was put in, at its place in the 更正单."""
    for edit in row.edits:
        words = {"base": item.path, "at": f"{row.base.sheet}{row.place_of(edit.heading)}"}
        yield finding(
            "D120", row.where(edit.heading), got=_change_words(edit), basis=item.basis, words=words
        )


def _outdone(row: SlipRow, newer: Slip, basis: str) -> Finding:
    where = row.where(heading_of_key(row.form) or "")
    return finding("D127", where, got=row.key, basis=basis, newer=newer.path)


def _corrections(item: Submission, rows: Iterable[SlipRow]) -> Iterator[Correction]:
    for row in rows:
        for edit in row.edits:
            number, letter = row.base.rows[row.at], row.base.letters[edit.heading]
            value = None if isinstance(edit.after, Fault) else edit.after
            yield Correction(item.path, row.base.sheet, number, column_number(letter), value)


def _difference(item: Submission, slip: Slip, rows: list[SlipRow]) -> Difference:
    changes = tuple(
        Change(
            kind="changed",
            form=row.form.id,
            sheet=row.base.sheet,
            cell=row.place_of(edit.heading),
            key=row.key,
            filer=row.filer,
            field=edit.heading,
            before=text_of(edit.before),
            after=text_of(edit.after),
        )
        for row in rows
        for edit in row.edits
    )
    return Difference(
        unit=item.unit_name or "",
        unit_code=item.unit_code or "",
        packet=item.packet.id,
        period=item.period,
        before=item.path,
        after=slip.path,
        changes=changes,
    )
