"""One item followed through the master: 清单 → 任务 → 进展 → 报告, by what refers to what.

The regime's definitions say which heading is a row's own number and which name others' numbers;
nothing here knows a form by its name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.headings import (
    FILE_HEADING,
    PERIOD_HEADING,
    ROW_HEADING,
    SHEET_HEADING,
    STATE_HEADING,
    UNIT_HEADING,
)
from sxxt_excel.paperwork.master import row_text
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.paperwork.master import MasterSheet
    from sxxt_excel.read import Value

__all__ = ["Step", "item_numbers", "trace"]

_STANDING = ("完成情况", "整改状态", "进展情况")


@dataclass(frozen=True, slots=True)
class Step:
    """One row on the way of an item.

    `depth`: 0 for the item itself, below for what it comes from, above for what comes of it.
    `heading` is the one by which it belongs here; `file`, `sheet` and `line` are where it stands.
    """

    depth: int
    form: str
    unit: str
    filer: str
    number: str
    words: str
    standing: str
    period: str
    state: str
    file: str
    sheet: str
    line: int
    heading: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a form: its own number, and the numbers it names, each by its heading."""

    at: int
    form: Form
    record: Mapping[str, Value]
    number: str
    names: tuple[tuple[str, str, str], ...]

    @property
    def unit(self) -> str:
        return row_text(self.record[UNIT_HEADING])


def item_numbers(sheets: Sequence[MasterSheet], regime: Regime) -> dict[str, str]:
    """Return every item number of the master, folded → as it is written."""
    return {fold(row.number): row.number for row in _rows(sheets, regime) if row.number}


def trace(sheets: Sequence[MasterSheet], regime: Regime, number: str) -> tuple[Step, ...]:
    """Return the rows on the way of an item, from what it comes from to what became of it."""
    rows = tuple(_rows(sheets, regime))
    owners: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    takers: dict[tuple[str, str], list[tuple[_Row, str]]] = defaultdict(list)
    for row in rows:
        owners[row.form.id, fold(row.number)].append(row)
        for heading, form, named in row.names:
            takers[form, fold(named)].append((row, heading))
    start = [row for row in rows if fold(row.number) == fold(number)]
    found = {row.at: _step(row, 0, row.form.key or "") for row in start}
    _upwards(start, owners, found)
    _downwards(start, takers, found)
    order = {form.id: place for place, form in enumerate(regime.forms)}
    return tuple(
        sorted(found.values(), key=lambda s: (s.depth, order[s.form], s.period, s.file, s.line))
    )


def _upwards(
    start: Iterable[_Row],
    owners: Mapping[tuple[str, str], Sequence[_Row]],
    found: dict[int, Step],
) -> None:
    depth, here = 0, list(start)
    while here:
        depth -= 1
        above = [
            owner
            for row in here
            for _, form, named in row.names
            for owner in owners.get((form, fold(named)), ())
            if owner.at not in found
        ]
        for row in above:
            found.setdefault(row.at, _step(row, depth, row.form.key or ""))
        here = above


def _downwards(
    start: Iterable[_Row],
    takers: Mapping[tuple[str, str], Sequence[tuple[_Row, str]]],
    found: dict[int, Step],
) -> None:
    depth, here = 0, list(start)
    while here:
        depth += 1
        below = [
            (taker, heading)
            for row in here
            if row.number
            for taker, heading in takers.get((row.form.id, fold(row.number)), ())
            if taker.at not in found
        ]
        for row, heading in below:
            found.setdefault(row.at, _step(row, depth, heading))
        here = [row for row, _ in below]


def _rows(sheets: Iterable[MasterSheet], regime: Regime) -> Iterator[_Row]:
    forms = {form.id: form for form in regime.forms}
    at = 0
    for sheet in sheets:
        # More rows than a sheet holds go on in a further one.
        form = forms.get(sheet.name) or forms.get(sheet.name.partition("（")[0])
        if form is None or not sheet.is_form:
            continue
        for record in sheet.records():
            at += 1
            yield _Row(at, form, record, _own_number(form, record), tuple(_named(form, record)))


def _own_number(form: Form, record: Mapping[str, Value]) -> str:
    """Return a row's own number; one that is another form's (a task's, in its progress) is not."""
    field = form.field(form.key) if form.key else None
    return "" if field is None or field.to is not None else row_text(record.get(field.name))


def _named(form: Form, record: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    for field in form.fields:
        if field.to is not None:
            for number in split_several(row_text(record.get(field.name))):
                yield field.name, field.to.form, number


def _step(row: _Row, depth: int, heading: str) -> Step:
    record, form = row.record, row.form
    line = record.get(ROW_HEADING)
    return Step(
        depth=depth,
        form=form.id,
        unit=row.unit,
        filer=row_text(record.get(form.filer or "")),
        number=row.number or row_text(record.get(heading)),
        words=_words(form, record),
        standing=next((row_text(record[name]) for name in _STANDING if record.get(name)), ""),
        period=row_text(record.get(PERIOD_HEADING)),
        state=row_text(record.get(STATE_HEADING)),
        file=row_text(record.get(FILE_HEADING)),
        sheet=row_text(record.get(SHEET_HEADING)),
        line=int(line) if isinstance(line, int | float) else 0,
        heading=heading,
    )


def _words(form: Form, record: Mapping[str, Value]) -> str:
    """Return what a row says: its long texts, the first two that say anything."""
    long = (row_text(record.get(field.name)) for field in form.of_kind("long"))
    return "；".join([text for text in long if text][:2])
