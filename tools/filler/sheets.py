"""One issued workbook: its sheets, the rows they were issued with and those that are added."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sxxt_excel.regime import EXPLANATIONS
from sxxt_excel.text import split_several

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Filer, Unit

Value = Any
"""What a cell may hold: text, a number, a date, or None."""

HEADINGS, FIRST = 2, 3
"""The row of the headings, and of the first item."""

_WHO = frozenset({"filer", "person", "unit", "label"})


@dataclass(slots=True)
class Line:
    """A row of a sheet: what stands there and what is to stand there."""

    row: int
    values: dict[str, Value]
    filer: Filer | None = None

    @property
    def role(self) -> str:
        """Return the role of whose row it is, or nothing."""
        return self.filer.role if self.filer else ""

    def says(self, name: str, allowed: Iterable[str]) -> bool:
        """Tell whether a cell holds one of these, or several of which one is."""
        said = self.values.get(name)
        return isinstance(said, str) and not {said, *split_several(said)}.isdisjoint(allowed)


@dataclass(slots=True)
class Table:
    """One sheet with headings in a row.

    `given` is what it was issued with, by row; `mirrored` the form whose items it repeats.
    """

    copy: Copy
    form: Form
    sheet: Worksheet
    columns: dict[str, int]
    given: dict[int, dict[str, Value]]
    mirrored: str | None
    lines: list[Line] = field(default_factory=list)

    def add(self, match: dict[str, Value], filer: Filer | None = None) -> Line:
        """Take the next row that may hold this: a pre-filled one of the same, else a free one."""
        if filer is not None and self.form.filer:
            match = {self.form.filer: filer.label, **match}
        row = self._row(match)
        values = {n: v for n, v in self.given.get(row, {}).items() if v is not None}
        line = Line(row, values | match, filer)
        self._number(line)
        self.lines.append(line)
        return line

    def _row(self, match: dict[str, Value]) -> int:
        fields = self.form.fields
        names = [f.name for f in fields if f.kind in _WHO or f.choices_by_role]
        names += [f.name for f in fields if f.kind == "choice" and f.name in match]
        taken = {line.row for line in self.lines}
        fits = [
            (-sum(there.get(n) is not None for n in names), row)
            for row, there in self.given.items()
            if row not in taken and all(there.get(n) in {None, match.get(n)} for n in names)
        ]
        return min(fits)[1] if fits else max((FIRST - 1, *self.given, *taken)) + 1

    def _number(self, line: Line) -> None:
        key = self.form.key
        if key is None or self.mirrored or line.values.get(key):
            return
        numbers = (str(values.get(key) or "") for values in self.given.values())
        used = [*numbers, *(str(other.values[key]) for other in self.lines)]
        last = max((int(n.rpartition("-")[2]) for n in used if n), default=0)
        line.values[key] = f"{self.copy.prefix}{self.form.number}-{last + 1:03d}"

    def write(self) -> None:
        """Write what the lines say into the sheet."""
        for line in self.lines:
            before = self.given.get(line.row, {})
            for name, value in line.values.items():
                if value is not None and before.get(name) != value:
                    self.sheet.cell(line.row, self.columns[name]).value = value


@dataclass(slots=True)
class Copy:
    """An issued workbook and what it is to answer; its item numbers begin with `prefix`."""

    item: Owed
    book: Workbook
    prefix: str
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        """Return the unit that files it."""
        return self.item.unit

    @property
    def filers(self) -> tuple[Filer, ...]:
        """Return whose rows it is to hold."""
        return tuple(f for f in self.item.filers if f.label not in self.item.exempt)

    @property
    def labels(self) -> frozenset[str]:
        """Return what they are called."""
        return frozenset(f.label for f in self.filers)

    @property
    def day(self) -> date:
        """Return when it was filled in: a few days before it is due, or its window ends."""
        last = self.item.due.day if self.item.due else self.item.last
        return last - timedelta(days=6)


def open_copy(regime: Regime, year: int, item: Owed, book: Workbook) -> Copy:
    """Return an issued workbook with its sheets of rows."""
    copy = Copy(item, book, f"{item.unit.code}-{year}-")
    for form in regime.sheets(item.obligation.packet):
        if form.layout == "table" and form.id != EXPLANATIONS:
            sheet = book[form.id]
            columns = {str(c.value): c.column for c in sheet[HEADINGS] if c.value}
            given = {
                cells[0].row: {name: cells[at - 1].value for name, at in columns.items()}
                for cells in sheet.iter_rows(min_row=FIRST, max_col=max(columns.values()))
                if any(cell.value is not None for cell in cells)
            }
            source = _mirrored(regime, form)
            copy.tables[form.id] = Table(copy, form, sheet, columns, given, source)
    return copy


def _mirrored(regime: Regime, form: Form) -> str | None:
    """Return the form whose items a sheet repeats; none where nobody sends that."""
    key = form.field(form.key) if form.key else None
    source = key.to.form if key is not None and key.to else None
    return source if any(f.id == source for f in regime.forms) else None
