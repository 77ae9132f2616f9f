"""One sheet that stands for several lists → the raw table of each, addresses kept.

An office may let its units fill in one sheet instead of three; after this nothing knows which
habit holds. Every value keeps the cell it was read at, and every heading the name it has there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.cells import item_number
from sxxt_excel.raw import Fault, RawTable
from sxxt_excel.text import clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sxxt_excel.model import Form, Split
    from sxxt_excel.raw import Extract, Raw, Remark

_HEADLESS = "S112"
_UNSAID = Fault("", "")
"""Stands where a number would be made of one that can't be used: that one is told."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet that stands for several forms, and these forms; `prefix` makes item numbers.

    `prefix` maps a form's type code to what its numbers start with (WT → JX-2025-WT-).
    """

    form: Form
    targets: Mapping[str, Form]
    prefix: Mapping[str, str]


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
    else:
        parts = list(_parts(table, layout))
    others = (t for t in found.tables if t.form not in {form.id, *names})
    return replace(
        found,
        tables=(*others, *parts),
        remarks=tuple(_renamed(r, form) for r in found.remarks),
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


def _parts(table: RawTable, layout: Layout) -> Iterator[RawTable]:
    said = _said(table, layout.form)
    numbers = _numbers(table, layout)
    for part in layout.form.splits:
        keep = _rows(table, part, said)
        yield _part(table, part, layout, keep, numbers)


def _said(table: RawTable, form: Form) -> list[int]:
    """Return the rows that hold more than what was pre-filled."""
    open_columns = [table.columns.get(f.name) for f in form.fields if not f.frame]
    return [
        at
        for at in range(len(table.rows))
        if any(column is not None and _is_filled(column[at]) for column in open_columns)
    ]


def _is_filled(raw: Raw) -> bool:
    return isinstance(raw, Fault) or bool(clean(to_text(raw)))


def _numbers(table: RawTable, layout: Layout) -> list[str | None]:
    """Return each row's item number written out, None where it can't be used."""
    prefix = layout.prefix[layout.form.number]
    column = table.columns.get(layout.form.key or "") or [None] * len(table.rows)
    values = (item_number(raw, prefix) for raw in column)
    return [str(one.value) if one.filled and one.known else None for one in values]


def _rows(table: RawTable, part: Split, said: Sequence[int]) -> list[int]:
    """Return which rows are rows of a list: what says the same again is one."""
    if not part.once:
        return list(said)
    kept: list[int] = []
    seen: dict[str, list[tuple[str, ...]]] = {}
    first, *others = part.once
    for at in said:
        key = _word(table, first, at)
        rest = tuple(_word(table, name, at) for name in others)
        before = seen.setdefault(key, [])
        if key and any(_agrees(rest, one) for one in before):
            continue
        before.append(rest)
        kept.append(at)
    return kept


def _word(table: RawTable, name: str, at: int) -> str:
    column = table.columns.get(name)
    raw = column[at] if column is not None else None
    return "" if isinstance(raw, Fault) else fold(to_text(raw))


def _agrees(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return all(a in {"", b} for a, b in zip(one, other, strict=True))


def _part(
    table: RawTable, part: Split, layout: Layout, keep: list[int], numbers: list[str | None]
) -> RawTable:
    target, words = layout.targets[part.form], dict(part.words)
    there = [(name, source) for name, source in part.columns if source in table.columns]
    letters = {name: table.letters[source] for name, source in there}
    columns: dict[str, list[Raw]] = {
        name: [_in_words(table.columns[source][at], words) for at in keep] for name, source in there
    }
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
    )


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
