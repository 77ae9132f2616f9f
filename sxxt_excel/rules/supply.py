"""Rows of registers that may answer a need, read once a supply (three-valued)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sxxt_excel.columns import says
from sxxt_excel.result import CODE, FILE, FILER
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from sxxt_excel.model.rules import Supply
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.windows import Span
    from sxxt_excel.stack import Stack

    Reader = Callable[[str], frozenset[str]]


class Proof(NamedTuple):
    """One row that satisfies its supply, or may: `sure` tells which.

    `source` numbers its supply; `key` is what it is alike in with another; `filer`, `by` and
    `names` are whom it names, None where the cell can't be read. `of_year`: it says itself
    for which year it counts.
    """

    source: int
    label: int
    code: str
    day: date | None
    key: tuple[str, ...]
    filer: str | None
    by: frozenset[str] | None
    names: frozenset[str] | None
    sure: bool
    of_year: bool


@dataclass(frozen=True)
class Records:
    """The rows of all supplies of one need. Not slotted: the look-ups are made once and kept."""

    supplies: tuple[tuple[Supply, Stack], ...]
    proofs: tuple[Proof, ...]

    @cached_property
    def of_unit(self) -> Mapping[str, list[Proof]]:
        """Return unit code → rows in its workbooks."""
        found: dict[str, list[Proof]] = defaultdict(list)
        for proof in self.proofs:
            found[proof.code].append(proof)
        return found

    @cached_property
    def of_name(self) -> Mapping[str | None, list[Proof]]:
        """Return name → rows that name it; under None those whose names can't be read."""
        found: dict[str | None, list[Proof]] = defaultdict(list)
        for proof in self.proofs:
            for name in (None,) if proof.names is None else proof.names:
                found[name].append(proof)
        return found

    def in_span(self, proof: Proof, span: Span) -> bool:
        """Tell whether a row counts in a window, as far as its cells say."""
        return span.holds(proof.day, of_year=proof.of_year)


def number(proofs: Iterable[Proof]) -> int:
    """Return how many different things rows prove.

    Rows alike count once; what two supplies have on the same day is one thing.
    """
    alike = {(p.source, p.code, p.key): p.day for p in proofs}
    a_day = Counter((day, source) for (source, _, _), day in alike.items())
    most: Counter[date] = Counter()
    undated = 0
    for (day, _), count in a_day.items():
        if day is None:
            undated += count
        else:
            most[day] = max(most[day], count)
    return undated + sum(most.values())


def gather(
    context: Context,
    supplies: tuple[Supply, ...],
    waiting: frozenset[int],
    by: Reader,
    names: Reader,
) -> Records:
    """Return the rows of all live files that answer one of the supplies, or may.

    Args:
        context: what the rules look at.
        supplies: where to look, and for which rows.
        waiting: numbers of workbooks that go back: nothing in them is sure.
        by: reads whom a cell names as the first of a pair.
        names: reads whom a cell names.
    """
    there = tuple((s, context.stacks[s.form]) for s in supplies if s.form in context.stacks)
    proofs = tuple(
        proof
        for source, (supply, stack) in enumerate(there)
        for proof in _proofs(context, source, supply, stack, waiting, by, names)
    )
    return Records(there, proofs)


def _proofs(  # noqa: PLR0913, PLR0917 - a supply with all that it is read by
    context: Context,
    source: int,
    supply: Supply,
    stack: Stack,
    waiting: frozenset[int],
    by: Reader,
    names: Reader,
) -> Iterable[Proof]:
    frame, sure = _fitting(context, supply, stack, waiting)
    heading = stack.form.filer
    # Where people are named, a workbook's lone filer is not whom each of its rows is about.
    whose = None if heading is None and supply.names is not None else FILER
    columns = zip(
        frame.index.tolist(),
        frame[CODE].tolist(),
        _days(stack, frame, supply.date),
        _keys(frame, supply, stack),
        _read(stack, frame, whose, heading, lambda word: frozenset((word,))),
        _read(stack, frame, supply.by, supply.by, by),
        _read(stack, frame, supply.names, supply.names, names),
        sure.tolist(),
        frame[supply.year].notna().tolist() if supply.year else [False] * len(frame),
        strict=True,
    )
    for label, code, day, key, filers, first, named, certain, of_year in columns:
        if isinstance(code, str):
            filer = None if filers is None else next(iter(filers), "")
            yield Proof(source, label, code, day, key, filer, first, named, certain, of_year)


def _fitting(
    context: Context, supply: Supply, stack: Stack, waiting: frozenset[int]
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Return the rows that satisfy a supply or may, and which of them surely do."""
    frame = stack.frame
    keep = pd.Series(data=True, index=frame.index)
    sure = ~frame[FILE].isin(list(waiting))
    for name, values in supply.where:
        unread = _unread(stack, name)
        keep &= says(frame[name], values) | unread
        sure &= ~unread
    if supply.date is not None:
        unread = _unread(stack, supply.date)
        keep &= frame[stack.day(supply.date)].notna() | unread
        sure &= ~unread
    if supply.year is not None:
        # A blank one leaves it to the day.
        unread, said = ~stack.known[supply.year], frame[supply.year]
        keep &= said.isna() | said.eq(context.settings.year).fillna(value=False) | unread
        sure &= ~unread
    return frame[keep], sure[keep]


def _unread(stack: Stack, name: str) -> pd.Series[bool]:
    """Tell where a cell could not be used or is told of, or its file has no such column."""
    return ~stack.known[name] | stack.is_told(name) | stack.frame[FILE].isin(stack.lacking(name))


def _days(stack: Stack, frame: pd.DataFrame, name: str | None) -> list[date | None]:
    if name is None:
        return [None] * len(frame)
    days = frame[stack.day(name)].tolist()
    return [None if pd.isna(day) else day.date() for day in days]


def _keys(frame: pd.DataFrame, supply: Supply, stack: Stack) -> list[tuple[str, ...]]:
    """Return what each row is alike in with another; a row by itself where nothing is said.

    Of several kinds in a cell only those asked for tell it from another.
    """
    if not supply.distinct:
        return [(str(label),) for label in frame.index.tolist()]
    where = dict(supply.where)
    several = {f.name for f in stack.form.fields if f.kind == "choices"}
    columns = []
    for name in supply.distinct:
        words = [fold(str(v)) if pd.notna(v) else "" for v in frame[name].tolist()]
        if name in several and name in where:
            wanted = {fold(value) for value in where[name]}
            words = ["、".join(sorted(wanted & {*split_several(word)})) for word in words]
        columns.append(words)
    return list(zip(*columns, strict=True))


def _read(
    stack: Stack, frame: pd.DataFrame, column: str | None, heading: str | None, reader: Reader
) -> list[frozenset[str] | None]:
    """Return whom each cell of a column names; None where its heading's cell can't be read."""
    if column is None:
        return [frozenset()] * len(frame)
    nobody: frozenset[str] = frozenset()
    said = [reader(word) if isinstance(word, str) else nobody for word in frame[column].tolist()]
    if heading is None:
        return [*said]
    unread = _unread(stack, heading).loc[frame.index]
    field = stack.form.field(heading)
    if field is not None and field.kind == "unit":  # V121 tells of one that nobody knows
        unread |= frame[heading].notna() & pd.Series([not s for s in said], index=frame.index)
    return [None if blank else named for named, blank in zip(said, unread.tolist(), strict=True)]
