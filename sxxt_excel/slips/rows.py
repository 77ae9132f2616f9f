"""Which rows of a 更正单 are which of the submission, and what is wrong with the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.raw import is_filled, own_columns, text_of
from sxxt_excel.stamp import is_line
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.submissions import Slip, Submission

Key = tuple[str, str]
"""A form, and the folded key of one of its rows."""
_UNREADABLE = frozenset({"S112", "S114"})
"""Remarks that tell that a table, or a part of it, was not read."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell of a row that a 更正单 says otherwise: under which heading, and what."""

    heading: str
    before: Raw
    after: Raw


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A row of a 更正单 that is to be put in: `at` counts the rows of the submission's table."""

    slip: Slip
    form: Form
    base: RawTable
    table: RawTable
    place: int
    at: int
    edits: tuple[Edit, ...]

    @property
    def key(self) -> str:
        """Return the key by which it is known, as the submission has it."""
        return text_of(self.base.columns[heading_of_key(self.form) or ""][self.at])

    @property
    def filer(self) -> str:
        """Return whose row it is, as the submission has it; "" where that is not said."""
        raws = self.base.columns.get(self.form.filer or "")
        return text_of(raws[self.at]) if raws is not None else ""

    def where(self, heading: str) -> Where:
        """Return the address of one of its cells in the 更正单."""
        cell = self.table.cell(self.table.rows[self.place], heading)
        at = where_in(self.slip, self.table.sheet, cell, self.form.id)
        return replace(at, field=heading, row_key=self.key or None)

    def place_of(self, heading: str) -> str:
        """Return the address of one of its cells in the submission."""
        return self.base.cell(self.base.rows[self.at], heading) or ""


def heading_of_key(form: Form) -> str | None:
    """Return the heading by which rows of a form are known apart, None where there is none."""
    label = next((field.name for field in form.of_kind("label")), None)
    return form.key or label or form.filer


def rows_of(slip: Slip, item: Submission) -> tuple[dict[Key, SlipRow], list[Finding]]:
    """Return the rows of a 更正单 that can be put in, by key, and what is wrong with others."""
    forms = {form.id: form for form in item.forms}
    tables = (t for t in item.extract.tables if t.cells is None and t.names is None)
    bases = {table.form: table for table in tables}
    found: dict[Key, SlipRow] = {}
    told = [
        finding(r.code, where_in(slip, r.sheet, r.cell or None, r.form or None), got=r.got,
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
                found[form.id, key] = SlipRow(slip, form, base, table, place, at, edits)
    return found, told


class _Lines:
    """The rows of one table of a 更正单 beside those of the submission's."""

    def __init__(  # noqa: PLR0913, PLR0917 - the two tables, and what is known of them
        self, slip: Slip, item: Submission, form: Form, name: str, table: RawTable, base: RawTable
    ) -> None:
        self._slip, self._item, self._form, self._name = slip, item, form, name
        self._table, self._base = table, base
        blank: list[Raw] = [None] * len(table.rows)
        self._words = [text_of(raw) for raw in table.columns.get(name, blank)]
        self.keys = [fold(word) for word in self._words]
        self.base_keys = [fold(text_of(raw)) for raw in base.columns[name]]
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
        return any(is_filled(raws[place]) for raws in own_columns(self._table, self._form))

    def _lost(self) -> str:
        """Return the keys that were in the 更正单 when it was made and are not now."""
        words = (text_of(raw) for raw in self._base.columns[self._name])
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
        was, now = text_of(self._base.columns[name][at]), text_of(self._table.columns[name][place])
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
        at = where_in(
            self._slip, self._table.sheet,
            self._table.cell(self._table.rows[place], heading), self._form.id,
        )  # fmt: skip
        at = replace(at, field=heading, row_key=self._words[place] or None)
        return finding(
            code, at, got=got, basis=self._item.basis, missing=missing, message=message,
            remedy=remedy,
        )  # fmt: skip

    def edits(self, place: int, at: int) -> Iterator[Edit]:
        """Yield the cells of a row that are otherwise than in the submission."""
        for field in self._form.fields:
            name = field.name
            here, there = self._table.columns.get(name), self._base.columns.get(name)
            if here is None or there is None or name == self._name or field.kind == "serial":
                continue
            if text_of(here[place]) != text_of(there[at]):
                yield Edit(name, there[at], here[place])


def where_in(slip: Slip, sheet: str | None, cell: str | None, form: str | None) -> Where:
    """Return a place in a 更正单."""
    return replace(slip.where, sheet=sheet, cell=cell, form=form)
