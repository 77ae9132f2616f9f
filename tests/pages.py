"""The filled sheets of a place as the tests see them: what stands in each row, and where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench import Bench
    from filler import Copy
    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.forms import Form, When
    from sxxt_excel.people import Roster, Unit

    Rows = dict[int, dict[str, Any]]

_HEADINGS, _FIRST = 2, 3


@dataclass(frozen=True)
class Page:
    """A filled sheet: what stands in its rows, by heading; a cover is one row."""

    path: str
    item: Owed
    form: Form
    rows: Mapping[int, Mapping[str, Any]]
    cells: Mapping[tuple[int, str], str]
    roster: Roster
    lists: frozenset[str]
    """The forms that the unit sends, in this workbook or another."""

    @property
    def unit(self) -> Unit:
        """Return the unit that sends it."""
        return self.item.unit

    @property
    def year(self) -> str:
        """Return the year that is collected."""
        return self.item.period[:4]

    @cached_property
    def roles(self) -> dict[str, str]:
        """Return the role of each who files in it."""
        return {f.label: f.role for f in self.item.filers}

    @property
    def number(self) -> str:
        """Return the number of its first item."""
        return str(next(iter(self.rows.values()))[self.form.key or ""])

    def spots(self) -> Iterator[Spot]:
        """Yield its rows, the last first: that is where the fewest others point to."""
        numbers = list(self.rows)
        for place in reversed(range(len(numbers))):
            yield Spot(self, place, tuple(numbers))


@dataclass(frozen=True)
class Spot:
    """One row of a page: what stands in it, and in those around it."""

    page: Page
    place: int
    numbers: tuple[int, ...]

    @property
    def row(self) -> int:
        """Return its number in the sheet."""
        return self.numbers[self.place]

    def __getitem__(self, name: str) -> Any:
        return self.page.rows[self.row].get(name)

    def has(self, *names: str) -> bool:
        """Tell whether all of these are filled in."""
        return all(self[name] is not None for name in names)

    def beside(self, step: int) -> Mapping[str, Any]:
        """Return the row that many further on, or an empty one."""
        place = self.place + step
        inside = 0 <= place < len(self.numbers)
        return self.page.rows[self.numbers[place]] if inside else {}

    @property
    def role(self) -> str:
        """Return the role of whose row it is, or nothing."""
        name = self.page.form.filer
        if name is None:
            roles = list(self.page.roles.values())
            return roles[0] if len(roles) == 1 else ""
        return self.page.roles.get(self[name], "")

    def holds(self, when: When) -> bool:
        """Tell whether a condition holds in the row."""
        return (
            self.has(*when.filled)
            and all(self.says(name, values) for name, values in when.equals)
            and (not when.role or self.role in when.role)
        )

    def says(self, name: str, values: tuple[str, ...]) -> bool:
        """Tell whether a cell is one of these, or several of which one is."""
        return any(word in values for word in (self[name], *str(self[name]).split("、")))


def pages_of(bench: Bench, copies: Mapping[str, Copy]) -> dict[str, list[Page]]:
    """Return packet → the filled sheets of its workbooks, in the order of their paths."""
    lists: dict[str, set[str]] = defaultdict(set)
    for copy in copies.values():
        lists[copy.unit.code] |= set(copy.tables)
    found: dict[str, list[Page]] = defaultdict(list)
    for path, copy in sorted(copies.items()):
        packet = copy.item.obligation.packet
        for form in bench.job.regime.sheets(packet):
            sheet = bench.book(path)[form.id]
            places = _labels(sheet) if form.layout == "cover" else _headings(sheet, form)
            rows: Rows = defaultdict(dict)
            for (row, name), cell in places.items():
                rows[row][name] = cell.value
            cells = {place: cell.coordinate for place, cell in places.items()}
            sent = frozenset(lists[copy.unit.code])
            found[packet].append(Page(path, copy.item, form, rows, cells, bench.job.roster, sent))
    return found


def _labels(sheet: Worksheet) -> dict[tuple[int, str], Any]:
    """Return the cells beside the labels of a cover, as those of one row."""
    return {(1, str(a.value)): b for a, b in sheet.iter_rows(max_col=2) if a.value}


def _headings(sheet: Worksheet, form: Form) -> dict[tuple[int, str], Any]:
    """Return the cells of the rows that say more than what they were issued with."""
    columns = {str(c.value): c.column for c in sheet[_HEADINGS] if c.value}
    said = [f.name for f in form.fields if not f.frame and f.kind != "serial"]
    return {
        (row, name): sheet.cell(row, column)
        for row in range(_FIRST, sheet.max_row + 1)
        if any(sheet.cell(row, columns[name]).value is not None for name in said)
        for name, column in columns.items()
    }
