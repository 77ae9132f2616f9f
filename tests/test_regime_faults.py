"""One broken cell is one finding, at that cell, and nothing else in the whole inbox.

For every regime, and every heading of every form in every packet that is sent, in every way that
its kind and the rules of its row can be wrong. The cases are made of the definitions, and broken
in what the careful clerk filled in: nothing is written here for a form, a rule or a regime.

Many cells are broken at a time, of which none can hide what comes of another: each in a row of
its own, none that one rule or list looks at twice in a unit, and what sends a workbook back apart
from what only asks. Where anything else comes of it, each of them is broken alone. What looks at
nothing beyond its row is broken in one of the packets that have the same form, the rest in all.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import openpyxl
import pytest
from bench import Bench, make_bench, saved
from faults import IDENTITY, concerns, ways_of
from pages import pages_of
from place import LONG_AFTER, make_place
from world import headings, stands

from sxxt_excel.read import column_letter
from sxxt_excel.regime import EXPLANATIONS, load_regime, regime_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bench import Cell
    from faults import Way
    from pages import Page, Spot
    from place import Place

    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

    Told = tuple[str | None, str | None, str | None, str]

TODAY = dt.date.fromisoformat(LONG_AFTER)
FIRST = next(iter(regime_ids()))
REGIMES = regime_ids()
ROWS = 3
"""A table has so many rows at least: of two equal numbers, a third tells which is wrong."""
REMARKS = frozenset({"V157", "V158"})
"""What is said of a cell that nobody must mend: an open list, a column that is the office's."""


@dataclass(frozen=True)
class Case:
    """One broken cell: the row it stands in, and what must come of it."""

    packet: str
    form: Form
    way: Way
    spot: Spot
    concerns: frozenset[str]

    @property
    def page(self) -> Page:
        return self.spot.page

    @property
    def cells(self) -> dict[Cell, Any]:
        said = self.way.cells(self.spot)
        return {(self.page.path, self.form.id, self._at(n)): v for n, v in said.items()}

    @property
    def told(self) -> Told:
        return (
            self.page.path,
            self.form.id,
            self._at(self.way.told or self.way.field),
            self.way.code,
        )

    @property
    def kind(self) -> tuple[bool, bool]:
        """Return what may be broken with it at all."""
        return self.way.mild, IDENTITY in self.concerns

    @property
    def marks(self) -> set[tuple[object, ...]]:
        """Return what no other that is broken with it may have to do with."""
        place = self.way.field if self.form.layout == "cover" else self.spot.row
        unit, book = self.page.unit.code, self.page.path
        whose = {(book if c == IDENTITY else unit, c) for c in self.concerns}
        return {(book, self.form.id, place), *whose}

    def saw(self, found: Finding) -> Told:
        """Return what a finding says, as `told` has it."""
        return found.where.path, found.where.sheet, found.where.cell, found.code

    def _at(self, name: str) -> str:
        return self.page.cells[self.spot.row, name]

    def __str__(self) -> str:
        return f"{self.packet}-{self.form.id}-{self.way.field}-{self.way.name}"


@dataclass(frozen=True)
class Gap:
    """A required column that is not there: its heading and all under it."""

    bench: Bench
    page: Page
    field: str
    concerns: frozenset[str]

    kind = (False, False)

    @property
    def marks(self) -> set[tuple[object, ...]]:
        unit = self.page.unit.code
        return {(self.page.path, self.page.form.id), *((unit, c) for c in self.concerns)}

    @property
    def cells(self) -> dict[Cell, Any]:
        sheet = self.bench.book(self.page.path)[self.page.form.id]
        column = headings(sheet)[self.field]
        return {
            (self.page.path, sheet.title, sheet.cell(row, column).coordinate): None
            for row in range(2, sheet.max_row + 1)
        }

    @property
    def told(self) -> Told:
        return self.page.path, self.page.form.id, self.field, "S102"

    def saw(self, found: Finding) -> Told:
        """Return what a finding says, as `told` has it."""
        return found.where.path, found.where.sheet, found.where.field, found.code

    def __str__(self) -> str:
        return f"{self.page.path}-{self.page.form.id}-{self.field}"


Fault = TypeVar("Fault", Case, Gap)


@dataclass
class Stand:
    """A regime's inbox, and every case that its definitions make; `unbroken` found no row."""

    bench: Bench
    pages: dict[str, list[Page]]
    cases: list[Case] = field(default_factory=list)
    unbroken: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def stand(tmp_path_factory) -> Callable[[str], Stand]:
    """Return what gives a regime's inbox, filled in and read once."""
    made: dict[str, Stand] = {}

    def of(name: str) -> Stand:
        if name not in made:
            place = make_place(tmp_path_factory.mktemp(name), name, many=1).fill(ROWS)
            explain(place)
            bench = make_bench(place.space, TODAY, tmp_path_factory.mktemp("broken"))
            assert stands(bench.clean()) == []
            made[name] = Stand(bench, pages_of(bench, place.copies))
            add_cases(made[name])
        return made[name]

    return of


def explain(place: Place) -> None:
    """Write a line into the sheet of explanations of every workbook, about nothing that stands."""
    form = place.campus.regime.form(EXPLANATIONS)
    for name in place.copies:
        path = place.inbox / name
        when = path.stat().st_mtime
        book = openpyxl.load_workbook(path)
        sheet = book[form.id]
        for heading, column in headings(sheet).items():
            item = form.field(heading)
            if item is not None and item.kind != "serial":
                day = dt.date.fromisoformat(item.example) if item.kind == "date" else None
                said = "无" if heading.startswith("涉及") else item.example
                sheet.cell(3, column).value = day or said
        book.save(path)
        os.utime(path, (when, when))


def add_cases(stand: Stand) -> None:
    regime, pages = stand.bench.job.regime, stand.pages
    seen: set[tuple[Form, str, str]] = set()
    for packet in regime.packets:
        for form in regime.sheets(packet.id) if packet.id in pages else ():
            own, every = [p for p in pages[packet.id] if p.form == form], concerns(regime, form)
            for turn, way in enumerate(ways_of(regime, packet, form)):
                # A cover that can't be read leaves it to the stamp whose workbook it is.
                silent = form.layout == "cover" and not way.code.startswith("I")
                far = {} if silent else every
                if (form, way.field, way.name) in seen and way.field not in far:
                    continue
                seen.add((form, way.field, way.name))
                spot = spot_for(way, own, turn)
                if spot is None:
                    stand.unbroken.append(f"{packet.id}-{form.id}-{way.field}-{way.name}")
                    continue
                linked = frozenset(c for name in way.cells(spot) for c in far.get(name, ()))
                stand.cases.append(Case(packet.id, form, way, spot, linked))


def spot_for(way: Way, pages: list[Page], turn: int) -> Spot | None:
    """Return a row to break: in turn one of those in which least else must be written first."""
    spots = [s for page in pages for s in page.spots() if way.fits(s) and way.cells(s)]
    least = min((len(way.cells(s)) for s in spots), default=0)
    fitting = [s for s in spots if len(way.cells(s)) == least]
    return fitting[turn % len(fitting)] if fitting else None


# ---- breaking several cells at a time ------------------------------------------------------


def batches(cases: Iterable[Fault]) -> list[list[Fault]]:
    """Return the cases in as few groups as can be broken together."""
    made: list[tuple[tuple[bool, bool], set[tuple[object, ...]], list[Fault]]] = []
    for case in cases:
        for kind, marks, group in made:
            if kind == case.kind and not marks & case.marks:
                marks.update(case.marks)
                group.append(case)
                break
        else:
            made.append((case.kind, case.marks, [case]))
    return [group for _, _, group in made]


def amiss(bench: Bench, cases: list[Fault]) -> list[str]:
    """Return of which cases something else comes than each should, each looked at alone."""
    cells = {cell: value for case in cases for cell, value in case.cells.items()}
    said = [case.saw(found) for case in cases[:1] for found in standing(bench.broken(cells))]
    if Counter(said) == Counter(case.told for case in cases):
        return []
    if len(cases) == 1:
        return [f"{cases[0]}: {cases[0].told[2:]}, got {said}"]
    half = len(cases) // 2
    return [wrong for part in (cases[:half], cases[half:]) for wrong in amiss(bench, part)]


def standing(result: Round) -> Iterator[Finding]:
    """Yield what stands, and the remarks; each must say what, why and how to mend it."""
    for found in result.findings:
        if found.severity != "note" or found.code in REMARKS:
            assert found.message
            assert found.remedy
            assert found.basis
            yield found


@pytest.mark.parametrize("name", REGIMES)
def test_one_broken_cell_is_one_finding_at_that_cell(stand, name):
    here: Stand = stand(name)
    assert [wrong for group in batches(here.cases) for wrong in amiss(here.bench, group)] == []


@pytest.mark.parametrize("name", REGIMES)
def test_every_heading_of_every_packet_that_is_sent_is_broken_in_every_way(stand, name):
    here: Stand = stand(name)
    assert here.unbroken == []
    packets = {c.packet for c in here.cases}
    assert packets == {packet.id for packet in sent(name)}
    every = {
        (form, item.name)
        for packet in sent(name)
        for form in here.bench.job.regime.sheets(packet.id)
        for item in form.fields
    }
    assert every - {(c.form, c.way.field) for c in here.cases} == set()


def sent(name: str) -> Iterator[Packet]:
    """Yield the packets of a regime that somebody fills in and sends."""
    regime = load_regime(name)
    kept = {o.packet for o in regime.obligations if o.duty == "自存"}
    yield from (p for p in regime.packets if p.sheets and p.id not in kept)


@pytest.mark.parametrize("name", REGIMES)
def test_a_required_column_that_is_not_there_is_one_finding(stand, name):
    here: Stand = stand(name)
    regime = here.bench.job.regime
    gaps = [
        Gap(here.bench, page, item.name, concerns(regime, form).get(item.name, frozenset()))
        for form, page in first_pages(here)
        for item in form.fields
        if item.required and not item.office
    ]
    assert gaps
    assert [wrong for group in batches(gaps) for wrong in amiss(here.bench, group)] == []


def first_pages(stand: Stand) -> Iterator[tuple[Form, Page]]:
    """Yield each table that must be there, as it applies somewhere, with its first sheet."""
    pages: dict[Form, Page] = {}
    for own in stand.pages.values():
        for page in own:
            if page.form.layout == "table" and not page.form.optional:
                pages.setdefault(page.form, page)
    yield from pages.items()


@pytest.mark.parametrize("name", REGIMES)
def test_a_sheet_that_is_not_there_is_one_finding(stand, name):
    here: Stand = stand(name)
    for group in apart(here):
        files = {}
        for page in group:
            book = here.bench.fresh(page.path)
            del book[page.form.id]
            files[page.path] = saved(book)
        found = standing(here.bench.judge(files))
        assert sorted((f.code, f.where.path, f.where.form) for f in found) == sorted(
            ("S101", page.path, page.form.id) for page in group
        )


def apart(stand: Stand) -> list[list[Page]]:
    """Return the tables that must be there, of each packet, in groups with one of each unit."""
    groups: list[list[Page]] = []
    for own in stand.pages.values():
        for page in own:
            if page.path == own[0].path and page.form.layout == "table" and not page.form.optional:
                units = [{p.unit.code for p in group} for group in groups]
                free = [g for g, u in zip(groups, units, strict=True) if page.unit.code not in u]
                if free:
                    free[0].append(page)
                else:
                    groups.append([page])
    return groups


STRANGE = (
    "9" * 25, "９" * 5000, 1e20, 0.5, True, dt.datetime(9999, 12, 31, 14, 30),  # noqa: DTZ001
    dt.time(3, 4), dt.timedelta(days=3), "{got}", "字" * 32000, "、、、", "-", "\u200b",
    "JX-2025-ZR-" + "9" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("name", REGIMES)
def test_no_value_whatever_in_a_table_ends_the_pass(stand, name):
    here: Stand = stand(name)
    pages = [page for _, page in first_pages(here)]
    cells = {
        (page.path, page.form.id, f"{column_letter(column)}{row}"): value
        for page in pages
        for column in headings(here.bench.book(page.path)[page.form.id]).values()
        for row, value in enumerate(STRANGE, 3)
    }
    told = {found.where.path for found in standing(here.bench.broken(cells))}
    assert told >= {page.path for page in pages}


@pytest.mark.parametrize("value", STRANGE, ids=[repr(v)[:24] for v in STRANGE])
def test_no_value_whatever_on_a_cover_ends_the_pass(stand, value):
    here: Stand = stand(FIRST)
    page = next(p for own in here.pages.values() for p in own if p.form.layout == "cover")
    cells = {
        (page.path, page.form.id, page.cells[1, item.name]): value for item in page.form.fields
    }
    assert page.path in {found.where.path for found in standing(here.bench.broken(cells))}
