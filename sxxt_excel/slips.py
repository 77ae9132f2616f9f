"""更正单: a few rows of a submission that came back mended, put into it row by row.

A submission that is corrected keeps its path, its addresses and its time of receipt; its cells
hold what the 更正单 says. Rows are known by their key. What can't be put in is told at its own
cell, and changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.chain import age
from sxxt_excel.codes import finding
from sxxt_excel.formats.places import column_number
from sxxt_excel.formats.places import place as place_of_cell
from sxxt_excel.outcome import Change, Correction, Difference, Where
from sxxt_excel.raw import Fault
from sxxt_excel.rules.private import private_finding
from sxxt_excel.stamp import is_line
from sxxt_excel.text import as_code, clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.chain import Chain
    from sxxt_excel.marks import Said
    from sxxt_excel.model import Form
    from sxxt_excel.outcome import FileRow, FileStatus, Finding
    from sxxt_excel.raw import Extract, Raw, RawTable
    from sxxt_excel.submissions import Slip, Submission

__all__ = ["Merged", "heading_of_key", "merged"]

_Key = tuple[str, str]
"""A form, and the folded key of one of its rows."""
_UNREADABLE = frozenset({"S112", "S114"})
"""Remarks that tell that a table, or a part of it, was not read."""


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


@dataclass(frozen=True, slots=True)
class _Edit:
    """One cell of a row that a 更正单 says otherwise: under which heading, and what."""

    heading: str
    before: Raw
    after: Raw


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a 更正单 that is to be put in: `at` counts the rows of the submission's table."""

    slip: Slip
    form: Form
    base: RawTable
    table: RawTable
    place: int
    at: int
    edits: tuple[_Edit, ...]

    @property
    def key(self) -> str:
        """Return the key by which it is known, as the submission has it."""
        return _text(self.base.columns[heading_of_key(self.form) or ""][self.at])

    @property
    def filer(self) -> str:
        """Return whose row it is, as the submission has it; "" where that is not said."""
        raws = self.base.columns.get(self.form.filer or "")
        return _text(raws[self.at]) if raws is not None else ""

    def where(self, heading: str) -> Where:
        """Return the address of one of its cells in the 更正单."""
        cell = self.table.cell(self.table.rows[self.place], heading)
        at = _at(self.slip, self.table.sheet, cell, self.form.id)
        return replace(at, field=heading, row_key=self.key or None)

    def place_of(self, heading: str) -> str:
        """Return the address of one of its cells in the submission."""
        return self.base.cell(self.base.rows[self.at], heading) or ""


def heading_of_key(form: Form) -> str | None:
    """Return the heading by which rows of a form are known apart, None where there is none."""
    label = next((field.name for field in form.of_kind("label")), None)
    return form.key or label or form.filer


def merged(slips: Iterable[Slip], chains: tuple[Chain, ...], basis: str) -> Merged:
    """Put every 更正单 into the submission that it corrects, in order of receipt.

    Args:
        slips: those that came.
        chains: the versions of all submissions.
        basis: what findings cite that are about no submission.
    """
    of_content = {item.sha256: chain for chain in chains for item in reversed(chain.versions)}
    told: list[Finding] = []
    rows: dict[str, FileRow] = {}
    mine: dict[int, list[Slip]] = defaultdict(list)
    seen: dict[str, Slip] = {}
    for slip in sorted(slips, key=lambda s: age(s.row.receipt.at, s.path)):
        same = seen.setdefault(slip.row.sha256, slip)
        if same is not slip:
            words = {"same": same.path}
            told.append(finding("D102", slip.where, got=same.path, basis=basis, words=words))
            rows[slip.path] = replace(slip.row, status="duplicate")
            continue
        chain = of_content.get(slip.stamp.corrects)
        refused = list(_refused(slip, chain, basis))
        if refused or chain is None:
            told.extend(refused)
            rows[slip.path] = replace(slip.row, status=_status(refused))
        else:
            mine[chain.head.number].append(slip)
    corrected: list[Chain] = []
    corrections: list[Correction] = []
    differences: list[Difference] = []
    for chain in chains:
        if chain.head.number not in mine:
            corrected.append(chain)
            continue
        work = _corrected(chain.head, mine[chain.head.number])
        told.extend(work.findings)
        rows |= {row.path: row for row in work.rows}
        corrections.extend(work.corrections)
        differences.extend(work.differences)
        versions = tuple(work.item if v is chain.head else v for v in chain.versions)
        corrected.append(replace(chain, head=work.item, versions=versions))
    return Merged(tuple(corrected), rows, tuple(told), tuple(corrections), tuple(differences))


def _status(told: Iterable[Finding]) -> FileStatus:
    codes = {(f.code, f.severity) for f in told}
    if any(severity == "must" for _, severity in codes):
        return "returned"
    return "superseded" if any(code == "D121" for code, _ in codes) else "accepted"


# ---- what is not put in at all -----------------------------------------------------------


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
            at = _at(slip, remark.sheet or None, remark.cell or None, remark.form or None)
            yield private_finding(remark, replace(at, field=remark.field or None), basis)


def _at(slip: Slip, sheet: str | None, cell: str | None, form: str | None) -> Where:
    return replace(slip.where, sheet=sheet, cell=cell, form=form)


# ---- what is put in ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    """One submission corrected, and what is to be told of it."""

    item: Submission
    findings: tuple[Finding, ...]
    rows: tuple[FileRow, ...]
    corrections: tuple[Correction, ...]
    differences: tuple[Difference, ...]


def _corrected(item: Submission, slips: list[Slip]) -> _Work:
    newest = slips[-1]
    told: list[Finding] = []
    rows: list[FileRow] = []
    edited: dict[_Key, _Row] = {}
    said: list[Said] = []
    for slip in slips:
        found, faults = _rows_of(slip, item)
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
        rows.append(replace(slip.row, status=_status(mine)))
    changed = {key: row for key, row in edited.items() if row.edits}
    extract = replace(
        _with(item.extract, changed.values()),
        said=(*item.extract.said, *said),
        mended_at=max((row.slip.row.receipt.at for row in changed.values()), default=""),
    )
    for row in changed.values():
        told.extend(_told(item, row))
    return _Work(
        item=replace(item, extract=extract),
        findings=tuple(told),
        rows=tuple(rows),
        corrections=tuple(_corrections(item, changed.values())),
        differences=tuple(
            _difference(item, slip, [row for row in changed.values() if row.slip is slip])
            for slip in slips
        ),
    )


def _rows_of(slip: Slip, item: Submission) -> tuple[dict[_Key, _Row], list[Finding]]:
    """Return the rows of a 更正单 that can be put in, by key, and what is wrong with others."""
    forms = {form.id: form for form in item.forms}
    tables = (t for t in item.extract.tables if t.cells is None and t.names is None)
    bases = {table.form: table for table in tables}
    found: dict[_Key, _Row] = {}
    told = [
        finding(r.code, _at(slip, r.sheet, r.cell or None, r.form or None), got=r.got,
                basis=item.basis)
        for r in slip.extract.remarks
        if r.code in _UNREADABLE
    ]  # fmt: skip
    for table in slip.extract.tables:
        base, form = bases.get(table.form), forms.get(table.form)
        name = heading_of_key(form) if form is not None else None
        if base is None or form is None or name is None or name not in base.columns:
            continue
        lines = _Lines(slip, item, form, name, table, base)
        for place, key in enumerate(lines.keys):
            fault = lines.fault(place)
            if fault is not None:
                told.append(fault)
            elif key:
                at = lines.base_keys.index(key)
                edits = tuple(lines.edits(place, at))
                found[form.id, key] = _Row(slip, form, base, table, place, at, edits)
    return found, told


class _Lines:
    """The rows of one table of a 更正单 beside those of the submission's."""

    def __init__(  # noqa: PLR0913, PLR0917 - the two tables, and what is known of them
        self, slip: Slip, item: Submission, form: Form, name: str, table: RawTable, base: RawTable
    ) -> None:
        self._slip, self._item, self._form, self._name = slip, item, form, name
        self._table, self._base = table, base
        blank: list[Raw] = [None] * len(table.rows)
        self._words = [_text(raw) for raw in table.columns.get(name, blank)]
        self.keys = [fold(word) for word in self._words]
        self.base_keys = [fold(_text(raw)) for raw in base.columns[name]]
        self._count, self._there = Counter(self.keys), Counter(self.base_keys)

    def fault(self, place: int) -> Finding | None:
        """Return why a row can't be put in, None where it can or holds nothing."""
        key, word = self.keys[place], self._words[place]
        if not key:
            return self._tell("D124", place) if self._is_filled(place) else None
        if self._count[key] > 1:
            return self._tell("D125", place, got=word)
        if self._there[key] != 1 or not is_line(self._slip.stamp, self._form.id, word):
            lost = self._lost() if not self._there[key] else ""
            return self._tell("D123" if lost else "D126", place, got=word, missing=lost)
        return self._other_filer(place, self.base_keys.index(key))

    def _is_filled(self, place: int) -> bool:
        open_fields = (f.name for f in self._form.fields if not f.frame)
        return any(
            _text(self._table.columns[name][place])
            for name in open_fields
            if name in self._table.columns
        )

    def _lost(self) -> str:
        """Return the keys that were in the 更正单 when it was made and are not now."""
        words = (_text(raw) for raw in self._base.columns[self._name])
        return "、".join(
            word
            for word in dict.fromkeys(words)
            if word
            and is_line(self._slip.stamp, self._form.id, word)
            and not self._count[fold(word)]
        )

    def _other_filer(self, place: int, at: int) -> Finding | None:
        """Tell a row that was given to somebody else: only one that was nobody's may be."""
        name = self._form.filer
        if name is None or name not in self._table.columns or name not in self._base.columns:
            return None
        was, now = _text(self._base.columns[name][at]), _text(self._table.columns[name][place])
        if fold(was) == fold(now) or was not in self._item.labels:
            return None
        return self._tell(
            "D123", place, field=name, got=now, missing=was,
            message="“{field}”不能在更正单中改动（原为“{missing}”，改成了“{got}”），这一行没有并入",
            remedy="请把“{field}”改回后重报更正单；确要改的，请整份重报",
        )  # fmt: skip

    def _tell(  # noqa: PLR0913 - all but two by keyword
        self, code: str, place: int, *, field: str = "", got: str = "", missing: str = "",
        message: str | None = None, remedy: str | None = None,
    ) -> Finding:  # fmt: skip
        heading = field or self._name
        at = _at(
            self._slip, self._table.sheet,
            self._table.cell(self._table.rows[place], heading), self._form.id,
        )  # fmt: skip
        at = replace(at, field=heading, row_key=self._words[place] or None)
        return finding(
            code, at, got=got, basis=self._item.basis, missing=missing, message=message,
            remedy=remedy,
        )  # fmt: skip

    def edits(self, place: int, at: int) -> Iterator[_Edit]:
        """Yield the cells of a row that are otherwise than in the submission."""
        for field in self._form.fields:
            name = field.name
            here, there = self._table.columns.get(name), self._base.columns.get(name)
            if here is None or there is None or name == self._name or field.kind == "serial":
                continue
            if _text(here[place]) != _text(there[at]):
                yield _Edit(name, there[at], here[place])


def _text(raw: Raw) -> str:
    return raw.text if isinstance(raw, Fault) else clean(to_text(raw))


def _with(extract: Extract, rows: Iterable[_Row]) -> Extract:
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


def _said(slip: Slip, rows: Mapping[_Key, _Row]) -> Iterator[Said]:
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


def _change_words(edit: _Edit) -> str:
    before, after = (_text(raw) or "（空）" for raw in (edit.before, edit.after))
    return f"{before} → {after}"


def _told(item: Submission, row: _Row) -> Iterator[Finding]:
    """Yield a note for each cell that was put in, at its place in the 更正单."""
    for edit in row.edits:
        words = {"base": item.path, "at": f"{row.base.sheet}{row.place_of(edit.heading)}"}
        yield finding(
            "D120", row.where(edit.heading), got=_change_words(edit), basis=item.basis, words=words
        )


def _outdone(row: _Row, newer: Slip, basis: str) -> Finding:
    where = row.where(heading_of_key(row.form) or "")
    return finding("D127", where, got=row.key, basis=basis, newer=newer.path)


def _corrections(item: Submission, rows: Iterable[_Row]) -> Iterator[Correction]:
    for row in rows:
        for edit in row.edits:
            number, letter = row.base.rows[row.at], row.base.letters[edit.heading]
            value = None if isinstance(edit.after, Fault) else edit.after
            yield Correction(item.path, row.base.sheet, number, column_number(letter), value)


def _difference(item: Submission, slip: Slip, rows: list[_Row]) -> Difference:
    changes = tuple(
        Change(
            kind="changed",
            form=row.form.id,
            sheet=row.base.sheet,
            cell=row.place_of(edit.heading),
            key=row.key,
            filer=row.filer,
            field=edit.heading,
            before=_text(edit.before),
            after=_text(edit.after),
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
