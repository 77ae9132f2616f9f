"""What a faulty cell should likely hold, where one mend is clearly the likely one.

Only findings that stand are looked at, gathered by heading: each different value of a column is
compared once with all that it might mean. Nothing is changed by a suggestion: the unit adopts it
or not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from sxxt_excel.formats.places import place
from sxxt_excel.periods import period_word
from sxxt_excel.raw import Fault
from sxxt_excel.regime import form_rules
from sxxt_excel.repairs import repaired_day, repaired_limit, repaired_number
from sxxt_excel.result import CODE, FILE, PATH, ROLE, ROW
from sxxt_excel.rules.references import owners_of
from sxxt_excel.rules.values import areas_of
from sxxt_excel.text import JOIN, clean, fold, says_the_same, split_several, to_text
from sxxt_excel.wording.limits import limits_like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.job import Job
    from sxxt_excel.model.forms import Field, Form
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission

__all__ = ["likely", "suggested"]

_LEAST_ALIKE, _CLEARER = 60.0, 15.0
"""Percent of likeness that a word must have, and by how much the next best must be less alike."""
_MOST_SLIPS = 2
"""How many characters of an item's number may be wrong for it to be known by its spelling."""
_LONGEST = 100
_PERIODS = ("年度", "上半年", "下半年", "专项")


def suggested(
    job: Job, findings: Iterable[Finding], stacks: Mapping[str, Stack]
) -> tuple[Finding, ...]:
    """Return the findings, those that stand with a suggestion where there is a likely mend.

    Args:
        job: definitions, roster and day.
        findings: all findings of a pass, explained ones as such.
        stacks: the typed tables that they are about.
    """
    everything = tuple(findings)
    asked: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for found in everything:
        where = found.where
        form = where.form or ""
        if found.code in _MENDS and found.stands and where.cell and form in stacks:
            asked[found.code, form, where.field or ""].append(found)
    mends: dict[Finding, str] = {}
    tables: dict[str, _Table] = {}
    for (code, form, _), group in asked.items():
        table = tables.setdefault(form, _Table(stacks[form]))
        cells = [cell for found in group if (cell := table.cell(found)) is not None]
        for cell, mend in _MENDS[code](_Asked(job, stacks, table.stack, cells)):
            if mend and mend != cell.text and len(mend) <= _LONGEST:
                mends[cell.found] = mend
    return tuple(replace(f, suggestion=mends[f]) if f in mends else f for f in everything)


# ---- the cells that are asked about ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A faulty cell: the finding, its row of the frame, its field, and the text in it."""

    found: Finding
    label: int
    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """The faulty cells under one heading, with what is known beside them."""

    job: Job
    stacks: Mapping[str, Stack]
    stack: Stack
    cells: Sequence[_Cell]

    @property
    def form(self) -> Form:
        return self.stack.form

    def submission(self, cell: _Cell) -> Submission:
        return self.stack.submission(cell.label)


@dataclass(frozen=True)
class _Table:
    """The stacked rows of a form, found again by the addresses that findings have.

    Not slotted: the look-up below is made once and kept.
    """

    stack: Stack

    @cached_property
    def _labels(self) -> dict[tuple[str, int], int]:
        frame = self.stack.frame
        places = zip(frame[PATH].tolist(), frame[ROW].tolist(), strict=True)
        return dict(zip(places, frame.index.tolist(), strict=True))

    @cached_property
    def _covers(self) -> dict[str, int]:
        frame = self.stack.frame
        return dict(zip(frame[PATH].tolist(), frame.index.tolist(), strict=True))

    def cell(self, found: Finding) -> _Cell | None:
        """Return the cell that a finding is about, None where it is no cell of a row."""
        where, stack = found.where, self.stack
        path, (row, _) = where.path or "", place(where.cell or "")
        if stack.form.layout == "cover":
            label = self._covers.get(path)
        else:
            label = self._labels.get((path, row)) if row else None
        if label is None:
            return None
        number = int(stack.frame.loc[label, FILE])  # type: ignore[arg-type]
        table = stack.tables[number]
        called = {said: name for name, said in (table.names or {}).items()}
        field = stack.form.field(called.get(where.field or "", where.field or ""))
        if field is None:
            return None
        at = 0 if table.cells is not None else table.rows.index(int(row))
        raw = (table.columns.get(field.name) or [None] * (at + 1))[at]
        text = "" if isinstance(raw, Fault) else clean(to_text(raw))
        return _Cell(found, label, field, text) if text else None


# ---- likeness --------------------------------------------------------------------------


def likely(words: Iterable[str], options: Mapping[str, str]) -> dict[str, str]:
    """Return word → what is clearly meant by it; words of which that can't be said are left out.

    An option that denies what the word says, or says another number, is never the one meant.

    Args:
        words: what was written.
        options: what may be written → what that means; several may mean the same.
    """
    said = list(dict.fromkeys(words))
    known = list(options)
    if not said or not known:
        return {}
    ours, theirs = [fold(w[:_LONGEST]) for w in said], [fold(o) for o in known]
    alike = process.cdist(ours, theirs, scorer=fuzz.ratio)
    found = {}
    for word, mine, row in zip(said, ours, alike.tolist(), strict=True):
        inside = [n for n, other in enumerate(theirs) if len(other) > 1 and other in mine]
        best = max(range(len(row)), key=row.__getitem__)
        if len({options[known[n]] for n in inside}) == 1:
            best = inside[0]
        elif row[best] < _LEAST_ALIKE or not _is_clear(row, [options[o] for o in known], best):
            continue
        if says_the_same(mine, theirs[best]):
            found[word] = options[known[best]]
    return found


def _is_clear(scores: Sequence[float], values: Sequence[str], best: int) -> bool:
    """Tell whether whatever else might be meant is clearly less alike."""
    others = (s for s, value in zip(scores, values, strict=True) if value != values[best])
    return scores[best] - max(others, default=0.0) >= _CLEARER


# ---- choices and names -----------------------------------------------------------------


def _choice(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend what is none of the choices: the nearest one, part by part where there are several."""
    areas = dict(areas_of(asked.job.regime))
    roles = asked.stack.frame[ROLE]
    of_options: dict[tuple[str, ...], list[_Cell]] = defaultdict(list)
    for cell in asked.cells:
        options = cell.field.choices
        if cell.field.choices_by_role:
            options = areas.get(str(roles.loc[cell.label]), ())
        elif cell.field.kind == "period":
            options = _PERIODS
        elif cell.field.kind == "label":
            options = tuple(dict(row)[cell.field.name] for row in asked.form.fixed)
        of_options[options].append(cell)
    for options, cells in of_options.items():
        synonyms = {word: value for word, value in cells[0].field.synonyms if value in options}
        same = {option: option for option in options}
        parts = {cell.text: _parts(cell.field, cell.text, options) for cell in cells}
        words = (part for each in parts.values() for part in each)
        meant = likely(words, synonyms | same) | same
        for cell in cells:
            mended = [meant.get(part) for part in parts[cell.text]]
            yield cell, None if None in mended else JOIN.join(dict.fromkeys(filter(None, mended)))


def _parts(field: Field, text: str, options: tuple[str, ...]) -> tuple[str, ...]:
    return split_several(text) if field.kind == "choices" and text not in options else (text,)


def _person(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend who is nobody of the workbook: the label that is written most like it."""
    of_labels: dict[tuple[str, ...], list[_Cell]] = defaultdict(list)
    for cell in asked.cells:
        of_labels[tuple(asked.submission(cell).labels)].append(cell)
    for labels, cells in of_labels.items():
        meant = likely((cell.text for cell in cells), {label: label for label in labels})
        yield from ((cell, meant.get(cell.text)) for cell in cells)


def _unit(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend what is no unit of the roster: the full name of the one that is meant."""
    names = {name: u.name for u in asked.job.roster.units for name in (*u.names, u.name) if name}
    meant = likely((cell.text for cell in asked.cells), names)
    yield from ((cell, meant.get(cell.text)) for cell in asked.cells)


def _expected(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend what does not go with who it is: the one thing that a rule expects of him."""
    rules = {rule.id: rule for rule in form_rules(asked.job.regime, asked.form)}
    for cell in asked.cells:
        rule = rules.get(cell.found.rule or "")
        values = rule.expect[1] if rule is not None and rule.expect else ()
        yield cell, values[0] if len(values) == 1 else None


def _as_issued(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend a cover that says another year or period than the workbook was issued for."""
    for cell in asked.cells:
        period = asked.submission(cell).period
        year = cell.field.kind == "year"
        yield cell, period[:4] if year else period_word(period)


# ---- dates and numbers -----------------------------------------------------------------


def _day(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    yield from _each(asked, repaired_day)


def _limit(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    year = asked.job.settings.year
    for cell, mend in _each(asked, lambda text: repaired_limit(text, year)):
        meant = likely((cell.text,), {w: w for w in limits_like(cell.text)})
        yield cell, mend or meant.get(cell.text)


def _number(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    whole = bool(asked.cells) and asked.cells[0].field.kind in {"int", "year"}
    yield from _each(asked, lambda text: repaired_number(text, whole=whole))


def _zero(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    yield from _each(asked, lambda text: f"0{text}" if text.isdigit() else None)


def _each(asked: _Asked, mend: Callable[[str], str | None]) -> Iterator[tuple[_Cell, str | None]]:
    """Yield the mend of each cell, each different text mended once."""
    made = {text: mend(text) for text in dict.fromkeys(cell.text for cell in asked.cells)}
    yield from ((cell, made[cell.text]) for cell in asked.cells)


# ---- numbers of items ------------------------------------------------------------------

_TAIL = re.compile(r"[^0-9]*(?:[0-9]{4}[^0-9]*)?[^0-9](?P<count>[0-9]{1,4})", re.ASCII)


def _key(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend a number of another shape, or of another year: its count, where that is still free."""
    made = [(cell, *_numbered(asked, cell)) for cell in asked.cells if cell.field.to is None]
    files = {file for _, file, _ in made}
    frame = asked.stack.frame
    taken: Counter[tuple[int, str]] = Counter((file, number) for _, file, number in made)
    for name in {cell.field.name for cell, _, _ in made}:
        rows = frame[frame[FILE].isin(files) & frame[name].notna()]
        taken.update(zip(rows[FILE].tolist(), rows[name].tolist(), strict=True))
    for cell, file, number in made:
        yield cell, number if taken[file, number] == 1 else None


def _numbered(asked: _Asked, cell: _Cell) -> tuple[int, str]:
    """Return which file a number is of, and how it should likely read, "" where that is unclear."""
    submission, tail = asked.submission(cell), _TAIL.fullmatch(cell.text)
    count = f"{int(tail['count']):03d}" if tail else ""
    return submission.number, count and f"{submission.prefix(asked.form.number)}{count}"


@dataclass(frozen=True, slots=True)
class _Items:
    """The items that a unit's rows may name: their numbers, and words → the one of these words."""

    numbers: tuple[str, ...]
    words: Mapping[str, str]


def _reference(asked: _Asked) -> Iterator[tuple[_Cell, str | None]]:
    """Mend numbers that no list has: the nearest by spelling, else the item the row reads like."""
    items: dict[str, _Items] = {}
    dangling: dict[int, set[str]] = defaultdict(set)
    for cell in asked.cells:
        dangling[cell.label].add(cell.found.got)
    made: dict[int, str | None] = {}
    for cell in asked.cells:
        if cell.label not in made:
            unit = asked.submission(cell).unit
            code = unit.code if unit is not None else ""
            if code not in items:
                items[code] = _items(asked, cell.field, unit)
            made[cell.label] = _renumbered(asked, cell, dangling[cell.label], items[code])
        yield cell, made[cell.label]


def _renumbered(asked: _Asked, cell: _Cell, wrong: set[str], items: _Items) -> str | None:
    said = str(asked.stack.frame.loc[cell.label, cell.field.name]).split(JOIN)

    def meant(number: str) -> str:
        if number not in wrong:
            return number
        # The words of a row are about one item: they don't tell which of several is meant.
        alike = _read_like(asked, cell, items) if len(said) == 1 else ""
        return _spelled(number, items.numbers) or alike

    numbers = [meant(number) for number in said]
    return JOIN.join(dict.fromkeys(numbers)) if all(numbers) else None


def _spelled(number: str, known: Sequence[str]) -> str:
    """Return the one number that is spelled most like it, "" where there is no such."""
    slips = process.cdist([number], known, scorer=OSA.distance)[0].tolist() if known else []
    least = min(slips, default=_MOST_SLIPS + 1)
    return known[slips.index(least)] if least <= _MOST_SLIPS and slips.count(least) == 1 else ""


def _read_like(asked: _Asked, cell: _Cell, items: _Items) -> str:
    """Return the number of the one item whose words are clearly most like those of the row."""
    form = asked.form
    names = [form.words] if form.words else [f.name for f in form.of_kind("long")][:1]
    row = asked.stack.frame.loc[cell.label]
    text = next((str(row[name]) for name in names if name and pd.notna(row[name])), "")
    (meant,) = likely([text], items.words).values() or ("",)
    return meant


def _items(asked: _Asked, field: Field, unit: Unit | None) -> _Items:
    job, target = asked.job, asked.stacks.get(field.to.form) if field.to else None
    if target is None or target.form.key is None or unit is None:
        return _Items((), {})
    codes = [u.code for u in owners_of(job.regime, job.roster, job.today, field, unit)]
    frame = target.frame
    rows = frame[frame[CODE].isin(codes) & frame[target.form.key].notna()]
    numbers = rows[target.form.key].tolist()
    name = target.form.words or next((f.name for f in target.form.of_kind("long")), None)
    words = rows[name].fillna("").tolist() if name else [""] * len(numbers)
    once = Counter(words)
    known = {w: n for n, w in zip(numbers, words, strict=True) if w and once[w] == 1}
    return _Items(tuple(sorted(dict.fromkeys(numbers))), known)


_MENDS: Mapping[str, Callable[[_Asked], Iterator[tuple[_Cell, str | None]]]] = MappingProxyType({
    "I103": _as_issued, "V102": _day, "V103": _number, "V104": _choice, "V105": _limit,
    "V107": _reference, "V108": _key, "V109": _person, "V115": _person, "V116": _expected,
    "V121": _unit, "V131": _zero,
})  # fmt: skip
