"""One sheet that stands for several lists → the raw table of each, addresses kept.

An office may let its units fill in one sheet instead of three; after this nothing knows which
habit holds. Every value keeps the cell it was read at, and every heading the name it has there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sxxt_excel.cells import convert, item_number
from sxxt_excel.raw import Fault, RawTable, Remark, is_filled, said_rows
from sxxt_excel.text import clean, fold, to_text
from sxxt_excel.wording.limits import parse_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.model.forms import Form, Split
    from sxxt_excel.raw import Extract, Raw

_HEADLESS = "S112"
_UNSAID = Fault("", "")
"""Stands where a number would be made of one that can't be used: that one is told."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet that stands for several forms, and these forms; `prefix` makes item numbers.

    `prefix` maps a form's type code to what its numbers start with (WT → JX-2025-WT-). `year`
    is that of time limits without one, `first` is where the numbers begin.
    """

    form: Form
    targets: Mapping[str, Form]
    prefix: Mapping[str, str]
    year: int
    first: int = 1


def split(found: Extract, layout: Layout) -> Extract:
    """Return the extract with that sheet's table taken apart; others stay as they are.

    A workbook that has filled in one of the lists by itself is taken at these.
    """
    form = layout.form
    names = {part.form for part in form.splits}
    table = next((t for t in found.tables if t.form == form.id), None)
    headless = any(r.form == form.id and r.code == _HEADLESS for r in found.remarks)
    lists = [t for t in found.tables if t.form in names]
    if (table is None and not headless) or any(t.rows for t in lists):
        return found
    if table is None:
        parts = [_nothing(layout.targets[part.form]) for part in form.splits]
        unlike: list[Remark] = []
    else:
        parts, unlike = _parts(table, layout)
    others = (t for t in found.tables if t.form not in {form.id, *names})
    return replace(
        found,
        tables=(*others, *parts),
        remarks=(*(_renamed(r, form) for r in found.remarks), *unlike),
        private=tuple(_renamed(r, form) for r in found.private),
    )


def is_split(found: Extract) -> bool:
    """Tell whether tables of a workbook were made of one sheet."""
    return any(t.names is not None for t in found.tables)


def _renamed(remark: Remark, form: Form) -> Remark:
    return replace(remark, form=form.splits[0].form) if remark.form == form.id else remark


def _nothing(target: Form) -> RawTable:
    """Return the table of a form whose headings were not found: nothing is known of it."""
    names = tuple(f.name for f in target.fields)
    return RawTable(target.id, "", 0, (), {}, {}, names, names={})


def _parts(table: RawTable, layout: Layout) -> tuple[list[RawTable], list[Remark]]:
    """Return the table of each list, and what is to be told of the cells that are in none."""
    said = said_rows(table, layout.form)
    numbers = _numbers(table, layout)
    parts: list[RawTable] = []
    unlike: dict[str, Remark] = {}
    for part in layout.form.splits:
        groups = _groups(table, part, said)
        parts.append(_part(table, part, layout, groups, numbers))
        for remark in _unlike(table, part, layout, groups):
            unlike.setdefault(remark.cell, remark)
    return parts, list(unlike.values())


def _numbers(table: RawTable, layout: Layout) -> list[str | None]:
    """Return each row's item number written out, None where it can't be used."""
    prefix = layout.prefix[layout.form.number]
    column = table.columns.get(layout.form.key or "") or [None] * len(table.rows)
    values = (item_number(raw, prefix, first=layout.first) for raw in column)
    return [str(one.value) if one.filled and one.known else None for one in values]


def _groups(table: RawTable, part: Split, said: Sequence[int]) -> list[list[int]]:
    """Return which rows make a row of a list: what says the same again belongs to the first."""
    if not part.once:
        return [[at] for at in said]
    groups: list[list[int]] = []
    seen: dict[str, list[tuple[tuple[str, ...], list[int]]]] = {}
    first, *others = part.once
    for at in said:
        key = _word(table, first, at)
        rest = tuple(_word(table, name, at) for name in others)
        before = seen.setdefault(key, [])
        same = next((group for words, group in before if key and _agrees(rest, words)), None)
        if same is not None:
            same.append(at)
            continue
        before.append((rest, [at]))
        groups.append(before[-1][1])
    return groups


def _word(table: RawTable, name: str, at: int) -> str:
    column = table.columns.get(name)
    return fold(_shown(column[at])) if column is not None else ""


def _shown(raw: Raw) -> str:
    return "" if isinstance(raw, Fault) else clean(to_text(raw))


def _agrees(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return all(a in {"", b} for a, b in zip(one, other, strict=True))


def _part(
    table: RawTable,
    part: Split,
    layout: Layout,
    groups: list[list[int]],
    numbers: list[str | None],
) -> RawTable:
    target, words = layout.targets[part.form], dict(part.words)
    there = [(name, source) for name, source in part.columns if source in table.columns]
    letters = {name: table.letters[source] for name, source in there}
    keep = [group[0] for group in groups]
    columns: dict[str, list[Raw]] = {}
    moved: dict[tuple[int, str], int] = {}
    for name, source in there:
        column = table.columns[source]
        spoken = [_speaker(column, source, group, part, layout) for group in groups]
        columns[name] = [_in_words(column[at], words) for at in spoken]
        pairs = zip(keep, spoken, strict=True)
        moved |= {(table.rows[at], name): table.rows[by] for at, by in pairs if at != by}
    if part.number != "same" and target.key in columns:
        columns[target.key] = _numbered(part, layout, target, keep, numbers)
    return RawTable(
        form=target.id,
        sheet=table.sheet,
        header_row=table.header_row,
        rows=tuple(table.rows[at] for at in keep),
        columns=columns,
        letters=letters,
        missing=tuple(f.name for f in target.fields if f.name not in letters),
        names=dict(part.columns),
        moved=moved,
    )


def _speaker(
    column: Sequence[Raw], source: str, group: Sequence[int], part: Split, layout: Layout
) -> int:
    """Return the row whose word counts for all of them: the first that says anything.

    What has several measures takes as long as the last, and is as far as the least far of them.
    """
    said = [at for at in group if is_filled(column[at])] or group[:1]
    if source in part.latest:
        return max(said, key=lambda at: _end(column[at], layout.year))
    if source in part.slowest:
        return min(said, key=lambda at: _stage(column[at], source, layout))
    return said[0]


def _end(raw: Raw, year: int) -> date:
    """Return when a time limit ends: never, if it names no day; what is none comes first."""
    limit = None if isinstance(raw, Fault) else parse_limit(raw, year)
    return (limit.last or date.max) if limit is not None else date.min


def _stage(raw: Raw, source: str, layout: Layout) -> int:
    """Return how far a status is, by the order of its choices; what is none comes after them."""
    field = next(f for f in layout.form.fields if f.name == source)
    value = convert(field, raw, layout.year).value
    return field.choices.index(str(value)) if value in field.choices else len(field.choices)


def _unlike(
    table: RawTable, part: Split, layout: Layout, groups: Iterable[list[int]]
) -> Iterator[Remark]:
    """Yield what rows that become one say otherwise than the row whose word counts.

    What a list of single rows takes as well is not lost: each measure may have its own people.
    """
    kept = {source for each in layout.form.splits if not each.once for _, source in each.columns}
    decided = {*part.once, *part.latest, *part.slowest, *kept}
    for _, source in part.columns:
        column = table.columns.get(source)
        if column is None or source in decided:
            continue
        for group in groups:
            word = _word(table, source, _speaker(column, source, group, part, layout))
            for at in group:
                if word and _word(table, source, at) not in {"", word}:
                    cell = table.cell(table.rows[at], source) or ""
                    got = _shown(column[at])
                    yield Remark("V140", part.form, table.sheet, cell, source, got)


def _numbered(
    part: Split, layout: Layout, target: Form, keep: list[int], numbers: list[str | None]
) -> list[Raw]:
    """Return the numbers of a list's rows, made of those of the sheet."""
    prefix = layout.prefix[layout.form.number]
    own = layout.prefix[target.number]
    count: Counter[str] = Counter()
    made: list[Raw] = []
    for at in keep:
        number = numbers[at]
        if number is None:
            made.append(_UNSAID)
            continue
        count[number] += 1
        if part.number == "under":
            made.append(f"{number}-{count[number]}")
        else:
            again = f"-{count[number]}" if count[number] > 1 else ""
            made.append(f"{own}{number.removeprefix(prefix)}{again}")
    return made


def _in_words(raw: Raw, words: Mapping[str, str]) -> Raw:
    if words and isinstance(raw, str):
        return words.get(clean(raw), raw)
    return raw
