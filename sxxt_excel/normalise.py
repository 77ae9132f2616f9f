"""Raw tables of all files → one typed table a form, with what was repaired or unreadable.

A table keeps file, sheet, row and column letter of every cell. Beside it stands a
frame of booleans, `known`: False where something stood that could not be used, so that
no later rule mistakes it for blank.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.cells import BLANK, Outcome, convert, item_number, item_numbers
from sxxt_excel.codes import finding
from sxxt_excel.outcome import Finding, Where
from sxxt_excel.relations import HEAD
from sxxt_excel.result import (
    CODE,
    DTYPES,
    FILE,
    FILER,
    LAST_DAY,
    PATH,
    PERIOD,
    ROLE,
    ROW,
    SHEET,
    STATUS,
    UNIT,
)  # fmt: skip
from sxxt_excel.text import clean, fold, nearest, to_text

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Hashable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from sxxt_excel.model import Field, Form
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.submissions import Submission

_TEXT_DTYPE = "str"
_BODY_WORDS = tuple(
    f"{body}{word}"
    for body in ("", "党委", "党总支", "党支部", "直属党支部", "党政")
    for word in ("", "领导班子", "班子", "领导班子集体", "班子集体")
    if body not in {"", "党政"} or word
)
_HEAD_WORDS = ("主要负责人", "书记", "党委书记", "党总支书记", "党支部书记", "第一责任人")
_HEAD_ROLES = frozenset({"主要负责人", "党政主要负责人"})


@dataclass(frozen=True, slots=True)
class Stack:
    """All rows of one form.

    `form`: as it applies to the first file. `frame`: rows that say something. `known`: same
    index, a boolean a heading. `bare`: rows that hold only what was pre-filled. `tables`: file
    number → the sheet it came from, which knows the letter of each heading and which headings
    are missing. `told`: heading → rows where its cell is blank though required or none of its
    choices.
    """

    form: Form
    frame: pd.DataFrame
    known: pd.DataFrame
    bare: pd.DataFrame
    submissions: Mapping[int, Submission]
    tables: Mapping[int, RawTable]
    told: Mapping[str, frozenset[int]]

    def lacks(self, number: int, field: str) -> bool:
        """Tell whether a file's sheet has no column of that heading."""
        return number in self.tables and field in self.tables[number].missing

    def lacking(self, *names: str) -> list[int]:
        """Return the files whose sheet has no column of one of these headings."""
        return [n for n in self.tables if any(self.lacks(n, name) for name in names)]

    def day(self, name: str) -> str:
        """Return the column of the frame that holds a heading's day: of a 时限 its last one."""
        return name + LAST_DAY if name + LAST_DAY in self.frame else name

    def is_told(self, name: str) -> pd.Series[bool]:
        """Return where a cell itself is told of, so that no rule tells of it again.

        It is blank though required, none of its choices, or nobody of the workbook.
        """
        told = pd.Series(self.frame.index.isin(list(self.told.get(name, ()))), self.frame.index)
        field = self.form.field(name)
        if field is not None and field.kind == "person" and name == self.form.filer:
            told |= self.frame[name].notna() & self.frame[ROLE].isna()
        return told

    def header(self, number: int, field: str) -> Where:
        """Return the address of a heading itself in one file's sheet."""
        table = self.tables[number]
        letter = table.letters.get(field)
        return self._at(number, field, f"{letter}{table.header_row}" if letter else None)

    def submission(self, label: int) -> Submission:
        """Return whose row of the frame it is."""
        return self.submissions[self.frame[FILE].loc[label]]

    def where(self, label: int, field: str | None, *, bare: bool = False) -> Where:
        """Return the address of a heading's cell in a row of the frame."""
        row = (self.bare if bare else self.frame).loc[label].to_dict()
        number = int(row[FILE])
        where = self._at(number, field, self.tables[number].cell(int(row[ROW]), field))
        key = self.form.key
        return replace(where, row_key=_text(row[key]) if key else None, filer=_text(row[FILER]))

    def _at(self, number: int, field: str | None, cell: str | None) -> Where:
        submission, table = self.submissions[number], self.tables[number]
        if table.names is not None and field is not None:
            field = table.names.get(field, field)
        return Where(
            path=submission.path,
            sheet=table.sheet,
            cell=cell,
            unit=submission.unit_name,
            unit_code=submission.unit_code,
            form=self.form.id,
            field=field,
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def merge(stacks: Sequence[Stack]) -> Stack:
    """Join the stacks of one form's variants; row labels become unique."""
    if len(stacks) == 1:
        return stacks[0]
    shifted, start = [], 0
    told: dict[str, frozenset[int]] = {}
    for stack in stacks:
        for name, labels in stack.told.items():
            told[name] = told.get(name, frozenset()) | {label + start for label in labels}
        shifted.append(
            tuple(f.set_axis(f.index + start) for f in (stack.frame, stack.known, stack.bare))
        )
        start += len(stack.frame) + len(stack.bare)
    frames, knowns, bares = zip(*shifted, strict=True)
    return replace(
        stacks[0],
        frame=pd.concat(frames),
        known=pd.concat(knowns),
        bare=pd.concat(bares),
        tables={number: table for stack in stacks for number, table in stack.tables.items()},
        told=told,
    )


def raw_tables(
    submissions: Iterable[Submission],
) -> dict[Form, list[tuple[int, RawTable]]]:
    """Return the tables of some submissions by the form as it applies to them, with their files.

    The same form asked for in two ways is two.
    """
    parts: dict[Form, list[tuple[int, RawTable]]] = defaultdict(list)
    for submission in submissions:
        forms = {form.id: form for form in submission.forms}
        for table in submission.extract.tables:
            if table.form in forms:
                parts[forms[table.form]].append((submission.number, table))
    return parts


def normalise(
    form: Form,
    parts: Sequence[tuple[int, RawTable]],
    submissions: Mapping[int, Submission],
    year: int,
    numbers: Mapping[str, str],
) -> tuple[Stack, list[Finding]]:
    """Stack and type the tables of one form.

    Args:
        form: the form as it applies to all these files.
        parts: (file number, raw table) in the order of the files.
        submissions: file number → submission (unit, filers, period).
        year: the workspace's year, for words like 3月底.
        numbers: form id → its type code in item numbers (责任清单 → ZR).

    Returns:
        the stack, and findings about single cells.
    """
    columns = _Columns(form, parts, submissions, year, numbers)
    said = {f.name: columns.said(f) for f in form.fields}
    base = _meta(parts, submissions)
    frame = _frame(form, said, base)
    frame[FILER], frame[ROLE] = _whose(form, frame, columns)
    known = pd.DataFrame(data=True, index=frame.index, columns=list(said))
    for name, column in said.items():
        if not all(o.known for o in column.kinds):
            known[name] = [o.known for o in column.each]
    full = pd.Series(_full_rows(form, said, len(frame)), index=frame.index)
    stack = Stack(
        form=form,
        frame=frame if full.all() else frame[full],
        known=known if full.all() else known[full],
        bare=frame[~full],
        submissions=submissions,
        tables=dict(parts),
        told={},
    )
    return stack, list(_told(stack, form, said, full))


@dataclass(frozen=True, slots=True)
class _Said:
    """A column after conversion: the outcome of each cell, and all that there are among them."""

    each: list[Outcome]
    kinds: Collection[Outcome]


def _converted(raws: list[Raw], convert: Callable[[Raw], Outcome]) -> _Said:
    """Convert a column, each different value once."""
    keys: Sequence[Hashable] = raws
    if len(set(map(type, raws)) - {type(None)}) > 1:
        # 1, 1.0 and True are equal, and are not the same.
        keys = list(zip(map(type, raws), raws, strict=True))
    made = {key: convert(raw) for key, raw in dict(zip(keys, raws, strict=True)).items()}
    return _Said([made[key] for key in keys], made.values())


class _Columns:
    """The raw columns of all parts end to end, and how each is converted."""

    def __init__(
        self,
        form: Form,
        parts: Sequence[tuple[int, RawTable]],
        submissions: Mapping[int, Submission],
        year: int,
        numbers: Mapping[str, str],
    ) -> None:
        self.form, self.parts, self.submissions = form, parts, submissions
        self.year, self.numbers = year, numbers

    def said(self, field: Field) -> _Said:
        """Return what a heading's cells say."""
        target = field.to.form if field.to else self.form.id
        if field.kind == "key" and target in self.numbers:
            number, above = self.numbers[target], self._above(field)
            return self._by_file(
                field,
                lambda s: partial(
                    item_number, prefix=s.prefix(number), under=s.prefix(above) if above else ""
                ),
            )
        if field.kind in {"ref", "refs"} and field.to is not None:
            number = self.numbers.get(field.to.form, "")
            own = field.to.scope == "unit" and bool(number)
            return self._by_file(
                field, lambda s: partial(item_numbers, prefix=s.prefix(number) if own else None)
            )
        if field.kind in {"filer", "person"}:
            return self._by_file(field, lambda s: partial(_filer, field=field, submission=s))
        raws = [raw for _, raws in self._raws(field) for raw in raws]
        if field.kind == "label":
            words = {fold(dict(row)[field.name]): dict(row)[field.name] for row in self.form.fixed}
            return _converted(raws, partial(_fixed, field, words=words))
        if field.office:
            return _converted(raws, partial(_office, field, year=self.year))
        return _converted(raws, partial(convert, field, year=self.year))

    def _above(self, field: Field) -> str:
        """Return the type code of the numbers that a number may go on from, or ""."""
        other = self.form.field(field.under)
        return self.numbers.get(other.to.form, "") if other and other.to else ""

    def _raws(self, field: Field) -> Iterator[tuple[Submission, list[Raw]]]:
        for number, table in self.parts:
            raws = table.columns.get(field.name) or [None] * len(table.rows)
            yield self.submissions[number], raws

    def _by_file(
        self, field: Field, how: Callable[[Submission], Callable[[Raw], Outcome]]
    ) -> _Said:
        each: list[Outcome] = []
        kinds: list[Outcome] = []
        for submission, raws in self._raws(field):
            part = _converted(raws, how(submission))
            each.extend(part.each)
            kinds.extend(part.kinds)
        return _Said(each, kinds)


def _fixed(field: Field, raw: Raw, *, words: Mapping[str, str]) -> Outcome:
    """Convert the label of a pre-printed row: blanks in it do not make it another row."""
    said = convert(field, raw, 0)
    word = words.get(fold(str(said.value))) if said.filled and said.known else None
    if word is None or word == said.value:
        return said
    return Outcome(word, "V154", (("got", str(said.value)), ("value", word)))


def _office(field: Field, raw: Raw, year: int) -> Outcome:
    said = convert(field, raw, year)
    if not said.filled:
        return BLANK
    return Outcome(code="V158", words=(("got", clean(to_text(raw))),), filled=False)  # type: ignore[arg-type]


def _filer(raw: Raw, field: Field, submission: Submission) -> Outcome:
    """Find whose row it is: a label, a role's usual name, a post, a name with a title."""
    said = convert(field, raw, 0)
    if not said.filled or not said.known:
        return said
    word = str(said.value)
    labels = submission.labels
    if word in labels:
        return said
    label = _label(fold(word), submission)
    if label is not None:
        return Outcome(label, "V155", (("got", word), ("value", label)))
    near = nearest(word, labels)
    hint = f"；是否指“{near}”" if near else ""
    if field.kind == "person":
        return Outcome(word, "V115", (("got", word), ("nearest", hint)))
    if not labels:
        return said
    choices = "、".join(list(labels)[:8])
    return Outcome(
        word, "V109", (("got", word), ("choices", choices), ("nearest", hint)), known=False
    )


def _label(said: str, submission: Submission) -> str | None:
    labels = submission.labels
    folded = {fold(label): label for label in labels}
    if said in folded:
        return folded[said]
    bodies = [label for label, filer in labels.items() if filer.person is None]
    heads = [label for label, filer in labels.items() if filer.role in _HEAD_ROLES]
    heads = heads or [k for k, f in labels.items() if f.person and f.person.identity == HEAD]
    own = {fold(n) for n in submission.unit_names}
    if said in {fold(w) for w in _BODY_WORDS} | own | {f"{n}领导班子" for n in own}:
        lone = bodies or heads
        return lone[0] if len(lone) == 1 else None
    if said in {fold(w) for w in _HEAD_WORDS}:
        return heads[0] if len(heads) == 1 else None
    posts = [k for k, f in labels.items() if f.person is not None and fold(f.person.post) == said]
    if len(posts) == 1:
        return posts[0]
    inside = [k for k, f in labels.items() if f.person is not None and fold(f.person.name) in said]
    return inside[0] if len(inside) == 1 else None


def _full_rows(form: Form, said: Mapping[str, _Said], length: int) -> list[bool]:
    """Tell which rows say something; pre-printed and cover rows always do."""
    if form.fixed:
        label = next(f.name for f in form.fields if f.kind == "label")
        told = [o.filled for o in said[label].each]
    elif form.layout == "cover":
        return [True] * length
    else:
        told = [False] * length
    for field in form.fields:
        if not field.frame and not all(told):
            told = [t or o.filled for t, o in zip(told, said[field.name].each, strict=True)]
    return told


def _meta(
    parts: Sequence[tuple[int, RawTable]], submissions: Mapping[int, Submission]
) -> pd.DataFrame:
    subs = [submissions[number] for number, _ in parts]
    once = pd.DataFrame(
        {
            FILE: pd.Series([number for number, _ in parts], dtype="int64"),
            UNIT: pd.Series([s.unit_name for s in subs], dtype=_TEXT_DTYPE),
            CODE: pd.Series([s.unit_code for s in subs], dtype=_TEXT_DTYPE),
            PERIOD: pd.Series([s.period for s in subs], dtype=_TEXT_DTYPE),
            STATUS: pd.Series([""] * len(subs), dtype=_TEXT_DTYPE),
            PATH: pd.Series([s.path for s in subs], dtype=_TEXT_DTYPE),
            SHEET: pd.Series([table.sheet for _, table in parts], dtype=_TEXT_DTYPE),
        }
    )
    each = once.loc[once.index.repeat([len(table.rows) for _, table in parts])]
    rows = [row for _, table in parts for row in table.rows]
    return each.reset_index(drop=True).assign(**{ROW: pd.Series(rows, dtype="int64")})


def _frame(form: Form, said: Mapping[str, _Said], base: pd.DataFrame) -> pd.DataFrame:
    columns = {name: base[name] for name in base}
    for field in form.fields:
        each = said[field.name].each
        dtype = DTYPES.get(field.kind, _TEXT_DTYPE)
        columns[field.name] = pd.Series([o.value for o in each], index=base.index, dtype=dtype)
        if field.kind == "limit":
            columns[field.name + LAST_DAY] = pd.Series(
                [o.last for o in each], index=base.index, dtype="datetime64[s]"
            )
    return pd.DataFrame(columns)


def _whose(form: Form, frame: pd.DataFrame, columns: _Columns) -> tuple[pd.Series, pd.Series]:
    """Return label and role a row; where a form has no such heading, the lone filer's."""
    name = form.filer
    labels: list[str | None] = []
    roles: list[str | None] = []
    said = frame[name].tolist() if name is not None else [None] * len(frame)
    for number, word in zip(frame[FILE].tolist(), said, strict=True):
        known = columns.submissions[number].labels
        filer = known.get(word) if isinstance(word, str) else None
        if filer is None and name is None and len(columns.submissions[number].filers) == 1:
            filer = columns.submissions[number].filers[0]
        labels.append(filer.label if filer else (word if isinstance(word, str) else None))
        roles.append(filer.role if filer else None)
    return (
        pd.Series(labels, index=frame.index, dtype=_TEXT_DTYPE),
        pd.Series(roles, index=frame.index, dtype=_TEXT_DTYPE),
    )


def _told(
    stack: Stack, form: Form, said: Mapping[str, _Said], full: pd.Series[bool]
) -> Iterable[Finding]:
    """Yield a finding for each cell whose outcome carries a code, in rows that count."""
    for field in form.fields:
        if not any(outcome.code for outcome in said[field.name].kinds):
            continue
        for label, outcome in enumerate(said[field.name].each):
            if not outcome.code or not full[label]:  # "": withheld, and nothing to be told
                continue
            words = dict(outcome.words)
            got = words.pop("got", "")
            where = stack.where(label, field.name)
            basis = stack.submission(label).basis
            yield finding(outcome.code, where, got=got, basis=basis, words=words)
