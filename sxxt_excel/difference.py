"""Two versions of one submission → rows new, gone and changed, and whose parent is gone.

All older versions are stacked as the live ones are, one table a form, and compared as read
and normalised: 2025.3.5 made into 2025-3-5 is no change. What matches is found on columns;
only rows that are left over, and have no number to know them by, are compared one by one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from rapidfuzz import fuzz, process

from sxxt_excel.normalise import normalise, raw_tables
from sxxt_excel.outcome import Change, Difference, Orphan
from sxxt_excel.raw import text_of
from sxxt_excel.result import CODE, FILE, FILER, ROW
from sxxt_excel.rules.references import pairs
from sxxt_excel.stack import Stack, merge
from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.chain import Chain
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.submissions import Submission

    Matches = tuple[list[int], list[int]]

_PAIR = "_pair"
"""The number of the newer file, on either side."""
_LEAST_ALIKE = 60.0
"""Percent of likeness from which two rows without a number of their own are taken for one."""
_MOST_PAIRS = 250_000
"""Where more pairs than that would have to be compared, rows are told as gone and new."""
_UNCOMPARED = frozenset({"serial"})
"""Kinds that a row's place in the table decides."""


def version_differences(
    regime: Regime,
    year: int,
    grouped: Iterable[Chain],
    stacks: Mapping[str, Stack],
    returned: frozenset[str],
) -> tuple[Difference, ...]:
    """Compare the newest version of each submission with what the office last accepted of it.

    Args:
        regime: the forms and their order.
        year: the workspace's year.
        grouped: the chains of versions; those of a single version are left out.
        stacks: the tables of all newest versions.
        returned: paths of the earlier versions that a must sent back; where all were, the one
            just before is compared.
    """
    held = [(chain, before) for chain in grouped if (before := _before(chain, returned))]
    if not held:
        return ()
    older = stacked(regime, year, [before for _, before in held])
    numbers = {before.number: chain.head.number for chain, before in held}
    changes = compared(regime, older, stacks, numbers)
    lost = _orphans(regime, older, stacks, numbers)
    return tuple(
        difference_of(before, chain.head, changes[chain.head.number], lost[chain.head.number])
        for chain, before in held
    )


def difference_of(
    before: Submission,
    after: Submission,
    changes: Sequence[Change],
    orphans: Sequence[Orphan] = (),
) -> Difference:
    """Return the difference of two versions of a submission."""
    return Difference(
        unit=after.unit_name or "",
        unit_code=after.unit_code or "",
        packet=after.packet.id,
        period=after.period,
        before=before.path,
        after=after.path,
        changes=tuple(changes),
        orphans=tuple(orphans),
    )


def _before(chain: Chain, returned: frozenset[str]) -> Submission | None:
    """Return the last version before the newest that was not sent back, else the last."""
    gone = dict(chain.status)
    earlier = [v for v in chain.versions if gone.get(v.number) == "superseded"]
    accepted = [v for v in earlier if v.path not in returned]
    return next(reversed(accepted or earlier), None)


def stacked(regime: Regime, year: int, submissions: Iterable[Submission]) -> dict[str, Stack]:
    """Return the typed tables of some submissions, one a form, unchecked."""
    known = {submission.number: submission for submission in submissions}
    codes = {form.id: form.number for form in regime.forms}
    variants: dict[str, list[Stack]] = defaultdict(list)
    for form, tables in raw_tables(known.values()).items():
        variants[form.id].append(normalise(form, tables, known, year, codes)[0])
    return {name: merge(group) for name, group in variants.items()}


def compared(
    regime: Regime,
    older: Mapping[str, Stack],
    newer: Mapping[str, Stack],
    numbers: Mapping[int, int],
) -> defaultdict[int, list[Change]]:
    """Return the changes of each newer file, form by form in the order of the document.

    Args:
        regime: the order of the forms.
        older: the stacked tables of the earlier versions.
        newer: those of the newest ones (and of files that have no earlier version).
        numbers: number of each earlier file → that of the newer one.
    """
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for form in regime.forms:
        sides = older.get(form.id), newer.get(form.id)
        old, new = (s and _side(s, way) for s, way in zip(sides, _ways(numbers), strict=True))
        if old or new:
            for number, change in _changes(form, old or _nothing(form), new or _nothing(form)):
                found[number].append(change)
    return found


def _ways(numbers: Mapping[int, int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    return numbers, {after: after for after in numbers.values()}


# ---- one side: the rows of a form as texts ------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows of one form as they read: a text column a heading, beside `_PAIR` and `FILER`."""

    stack: Stack | None
    rows: pd.DataFrame


def _headings(form: Form) -> list[str]:
    return [f.name for f in form.fields if f.kind not in _UNCOMPARED and not f.office]


def _nothing(form: Form) -> _Side:
    columns = {name: pd.Series(dtype=object) for name in (FILER, *_headings(form))}
    return _Side(None, pd.DataFrame({_PAIR: pd.Series(dtype="int64"), **columns}))


def _side(stack: Stack, numbers: Mapping[int, int]) -> _Side | None:
    frame = stack.frame[stack.frame[FILE].isin(list(numbers))]
    if frame.empty:
        return None
    rows = {name: _texts(frame[name]) for name in _headings(stack.form)}
    rows |= {FILER: _texts(frame[FILER]), _PAIR: frame[FILE].map(numbers)}
    side = pd.DataFrame(rows)
    _read_as(side, stack)
    return _Side(stack, side)


def _texts(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a typed column as texts, blank where there is nothing."""
    if pd.api.types.is_datetime64_any_dtype(column):
        said = column.dt.strftime("%Y-%m-%d")
    else:
        said = column.astype(object).map(to_text, na_action="ignore")
    texts: pd.Series[Any] = said.astype(object).where(column.notna(), "")
    return texts


def _read_as(side: pd.DataFrame, stack: Stack) -> None:
    """Put in what stood in cells that could not be read: to mend one is a change."""
    for name in _headings(stack.form):
        known = stack.known.loc[side.index, name]
        for label in known.index[~known]:
            number, row = stack.frame.loc[label, [FILE, ROW]]
            table = stack.tables[number]
            raw = (table.columns.get(name) or [None] * len(table.rows))[table.rows.index(row)]
            side.loc[label, name] = text_of(raw)


# ---- which row is which --------------------------------------------------------------


def _matched(form: Form, old: pd.DataFrame, new: pd.DataFrame) -> Matches:
    """Return row labels of the older and the newer side that are the same row.

    By number, or the label of a pre-printed row; then what reads alike in all else; then,
    where a side has no number of its own, the most alike row of the same 责任主体.
    """
    name = form.key or next((f.name for f in form.fields if f.kind == "label"), None)
    if form.layout == "cover":
        return _joined(old, new, [_PAIR])
    if name is None:
        sure: Matches = ([], [])
        old_own, new_own = old.index[:0], new.index[:0]
    else:
        old_own, new_own = _numbered(old, name), _numbered(new, name)
        sure = _joined(old.loc[old_own], new.loc[new_own], [_PAIR, name])
    others = [n for n in _headings(form) if n != name]
    old, new = old.drop(sure[0]), new.drop(sure[1])
    same = _joined(_ranked(old, others), _ranked(new, others), [_PAIR, FILER, *others, "_rank"])
    old, new = old.drop(same[0]), new.drop(same[1])
    near = _alike(old, new, others, frozenset(old_own), frozenset(new_own))
    return sure[0] + same[0] + near[0], sure[1] + same[1] + near[1]


def _numbered(rows: pd.DataFrame, name: str) -> pd.Index[Any]:
    """Return the rows that have a number, and one that no other row of the file has."""
    said = rows[rows[name] != ""]
    return said.index[~said.duplicated([_PAIR, name], keep=False)]


def _ranked(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Count rows that are alike in all, so that each matches one."""
    keys = [_PAIR, FILER, *names]
    return rows.assign(_rank=rows.groupby(keys).cumcount() if len(rows) else 0)


def _joined(old: pd.DataFrame, new: pd.DataFrame, keys: list[str]) -> Matches:
    if old.empty or new.empty:
        return [], []
    both = old[keys].assign(_old=old.index).merge(new[keys].assign(_new=new.index), on=keys)
    return both["_old"].tolist(), both["_new"].tolist()


def _alike(
    old: pd.DataFrame,
    new: pd.DataFrame,
    names: list[str],
    old_own: frozenset[int],
    new_own: frozenset[int],
) -> Matches:
    """Pair the most alike rows: of one 责任主体 first, then of one file."""
    found: Matches = ([], [])
    for keys in ([_PAIR, FILER], [_PAIR]):
        remaining = old.drop(found[0])
        left = remaining.groupby(keys).indices
        for key, rows in new.drop(found[1]).groupby(keys):
            if key in left:
                mine = remaining.iloc[left[key]]
                for one, other in _nearest(mine[names], rows[names], old_own, new_own):
                    found[0].append(one)
                    found[1].append(other)
    return found


def _nearest(
    old: pd.DataFrame, new: pd.DataFrame, old_own: frozenset[int], new_own: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows, the most alike first; two different numbers are two rows."""
    if len(old) * len(new) > _MOST_PAIRS:
        return
    ours, theirs = _lines(old), _lines(new)
    likeness = process.cdist(ours, theirs, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE)
    likeness[[[label in old_own] for label in old.index] & new.index.isin(list(new_own))] = 0
    taken_old: set[int] = set()
    taken_new: set[int] = set()

    def rank(place: tuple[int, int]) -> tuple[float, list[str]]:
        # Among equals by what they say: whichever is called the newer, the pairs are the same.
        return -float(likeness[place]), sorted((ours[place[0]], theirs[place[1]]))

    for one, other in sorted(zip(*map(list, likeness.nonzero()), strict=True), key=rank):
        if one not in taken_old and other not in taken_new:
            taken_old.add(one)
            taken_new.add(other)
            yield int(old.index[one]), int(new.index[other])


def _lines(rows: pd.DataFrame) -> list[str]:
    return ["\n".join(row) for row in rows.itertuples(index=False, name=None)]


# ---- what became of them -------------------------------------------------------------


def _changes(form: Form, old: _Side, new: _Side) -> Iterator[tuple[int, Change]]:
    """Yield number of the newer file and change: rows gone, then the newer one's in order."""
    before, after = _matched(form, old.rows, new.rows)
    names = _headings(form)
    was = old.rows.loc[before, names].set_axis(after, axis=0)
    now = new.rows.loc[after, names]
    other = was.ne(now)
    changed = set(other.index[other.any(axis=1)])
    for label in sorted(set(old.rows.index) - set(before)):
        row = old.rows.loc[label]
        yield row[_PAIR], _change(form, old, label, "gone", _words(form), before=_own(form, row))
    for label in sorted(changed | (set(new.rows.index) - set(after))):
        row = new.rows.loc[label]
        if label not in changed:
            own = _own(form, row)
            yield row[_PAIR], _change(form, new, label, "added", _words(form), after=own)
            continue
        for name in other.columns[other.loc[label]]:
            said = {"before": was.loc[label, name], "after": now.loc[label, name]}
            yield row[_PAIR], _change(form, new, label, "changed", name, **said)


def _words(form: Form) -> str:
    """Return the heading by whose words people know a row."""
    long = next((f.name for f in form.of_kind("long")), None)
    return form.words or long or form.key or _headings(form)[0]


def _own(form: Form, row: pd.Series[Any]) -> str:
    return str(row[_words(form)])


def _change(form: Form, side: _Side, label: int, kind: Any, name: str, **said: str) -> Change:  # noqa: ANN401 - one of the three words
    assert side.stack is not None  # noqa: S101 - it has this row
    where = side.stack.where(label, name)
    return Change(
        kind=kind,
        form=form.id,
        sheet=where.sheet or "",
        cell=where.cell or "",
        key=str(side.rows.loc[label, form.key]) if form.key else "",
        filer=where.filer or "",
        field=(where.field or name) if kind == "changed" else "",
        **said,
    )


# ---- whose parent is gone ------------------------------------------------------------


def _orphans(
    regime: Regime,
    older: Mapping[str, Stack],
    newer: Mapping[str, Stack],
    numbers: Mapping[int, int],
) -> defaultdict[int, list[Orphan]]:
    """Return, by the newer file, the rows of other workbooks that name an item gone from it."""
    gone = {form.id: _gone(older, newer, form, numbers) for form in regime.forms if form.key}
    found: defaultdict[int, list[Orphan]] = defaultdict(list)
    for stack in newer.values():
        for field in stack.form.fields:
            lost = gone.get(field.to.form) if field.to else None
            if lost is None or lost.empty or field.to is None or stack.frame.empty:
                continue
            lines = pairs(stack, field.name)
            rows = stack.frame.loc[lines["child"], [FILE, CODE]].set_axis(lines.index)
            lines = lines.join(rows).merge(lost, on="key", suffixes=("", "_above"))
            lines = lines[lines[FILE] != lines[_PAIR]]
            if field.to.scope == "unit":
                lines = lines[lines[CODE] == lines[f"{CODE}_above"]]
            named = lines[["child", "key", _PAIR]].itertuples(index=False, name=None)
            for child, key, number in named:
                found[number].append(Orphan(key, stack.where(int(child), field.name)))
    return found


def _gone(
    older: Mapping[str, Stack], newer: Mapping[str, Stack], form: Form, numbers: Mapping[int, int]
) -> pd.DataFrame:
    """Return the item numbers that no newest list has any more: `key`, `_PAIR`, `CODE`."""
    old = older.get(form.id)
    if old is None or form.key is None:
        return pd.DataFrame()
    rows = old.frame[[form.key, FILE, CODE]].dropna(subset=[form.key]).drop_duplicates()
    new = newer.get(form.id)
    if new is not None:
        there = pd.MultiIndex.from_frame(new.frame[[CODE, form.key]])
        rows = rows[~pd.MultiIndex.from_frame(rows[[CODE, form.key]]).isin(there)]
    return rows.assign(**{_PAIR: rows[FILE].map(numbers)}).rename(columns={form.key: "key"})[
        ["key", _PAIR, CODE]
    ]
