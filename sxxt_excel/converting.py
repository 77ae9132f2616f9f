"""The raw columns of a form, all files end to end → what each cell says.

Where that depends on whose workbook it is (numbers of items, who is responsible), file by file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sxxt_excel.calling import people_reader
from sxxt_excel.cells import (
    BLANK,
    Outcome,
    convert,
    is_text,
    item_number,
    item_numbers,
    says_nothing,
)
from sxxt_excel.damage import harm, sound
from sxxt_excel.raw import text_of
from sxxt_excel.relations import HEAD
from sxxt_excel.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Hashable,
        Iterator,
        Mapping,
        Sequence,
    )

    from sxxt_excel.model.forms import Field, Form
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.submissions import Submission

_BODY_WORDS = tuple(
    f"{body}{word}"
    for body in ("", "党委", "党总支", "党支部", "直属党支部", "党政")
    for word in ("", "领导班子", "班子", "领导班子集体", "班子集体")
    if body not in {"", "党政"} or word
)
_HEAD_WORDS = ("主要负责人", "书记", "党委书记", "党总支书记", "党支部书记", "第一责任人")
_HEAD_ROLES = frozenset({"主要负责人", "党政主要负责人"})


@dataclass(frozen=True, slots=True)
class Said:
    """A column after conversion: the outcome of each cell, and all that there are among them."""

    each: list[Outcome]
    kinds: Collection[Outcome]


def _converted(
    raws: list[Raw], convert: Callable[[Raw], Outcome], text: Field | None = None
) -> Said:
    """Convert a column, each different value once; most of a mere `text` need no look alone."""
    keys: Sequence[Hashable] = raws
    if len({*map(type, raws)} - {type(None)}) > 1:
        # 1, 1.0 and True are equal, and are not the same.
        keys = list(zip(map(type, raws), raws, strict=True))
    different = dict(zip(keys, raws, strict=True))
    if text is not None:
        texts = sound(raw for raw in different.values() if isinstance(raw, str))
        plain: dict[object, Outcome] = {t: Outcome(t) for t in texts if not says_nothing(text, t)}
        made = {key: plain.get(raw) or convert(raw) for key, raw in different.items()}
    else:
        made = {key: convert(raw) for key, raw in different.items()}
    return Said([made[key] for key in keys], made.values())


class Columns:
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

    def said(self, field: Field) -> Said:
        """Return what a heading's cells say."""
        target = field.to.form if field.to else self.form.id
        if field.kind == "key" and target in self.numbers:
            number, above = self.numbers[target], self._above(field)
            return self._by_file(field, partial(_key, number=number, above=above))
        if field.kind in {"ref", "refs"} and field.to is not None:
            number = self.numbers.get(target, "") if field.to.scope == "unit" else ""
            return self._by_file(field, partial(_refs, number=number))
        if field.kind in {"filer", "person"}:
            return self._by_file(field, lambda s: partial(_filer, field=field, submission=s))
        if (
            field.kind == "date"
            and not field.office
            and any(self._turn(self.submissions[n]) for n, _ in self.parts)
        ):
            return self._by_file(
                field,
                lambda s: partial(
                    _day, field=field, year=self.year, turn=self._turn(s), came=s.receipt.at
                ),
            )
        return self._alike(field)

    def _alike(self, field: Field) -> Said:
        """Return what cells say whose meaning does not depend on whose they are."""
        raws = [raw for _, raws in self._raws(field) for raw in raws]
        if field.kind == "label":
            words = {fold(dict(row)[field.name]): dict(row)[field.name] for row in self.form.fixed}
            return _converted(raws, partial(_fixed, field, words=words))
        if field.office:
            return _converted(raws, partial(_office, field, year=self.year))
        how = partial(convert, field, year=self.year)
        return _converted(raws, how, field if is_text(field) else None)

    def _turn(self, submission: Submission) -> date | None:
        """Return before which day of this year one without a year may be of the next.

        That is asked of what is due after the new year alone: of its cover, which bears the day
        of filing, any; of the rest those before it is filed or its period begins, such as
        January's in the report of a second half.
        """
        late = [item for item in submission.owed if item.last.year > self.year]
        if late and self.form.layout == "cover":
            return date(self.year + 1, 1, 1)
        opens = [item.opens for item in late if item.opens and item.opens.year == self.year]
        return min(opens, default=None)

    def _above(self, field: Field) -> str:
        """Return the type code of the numbers that a number may go on from, or ""."""
        other = self.form.field(field.under)
        return self.numbers.get(other.to.form, "") if other and other.to else ""

    def _raws(self, field: Field) -> Iterator[tuple[Submission, list[Raw]]]:
        for number, table in self.parts:
            raws = table.columns.get(field.name) or [None] * len(table.rows)
            yield self.submissions[number], raws

    def _by_file(self, field: Field, how: Callable[[Submission], Callable[[Raw], Outcome]]) -> Said:
        each: list[Outcome] = []
        kinds: list[Outcome] = []
        for submission, raws in self._raws(field):
            part = _converted(raws, how(submission))
            each.extend(part.each)
            kinds.extend(part.kinds)
        return Said(each, kinds)


def _key(submission: Submission, number: str, above: str) -> Callable[[Raw], Outcome]:
    """Return how a unit's own numbers are read, given their type code and that they go on from.

    Of nobody knows whom they are left as they stand.
    """
    if submission.unit is None:
        return partial(item_numbers, prefix=None)
    under = submission.prefix(above) if above else ""
    return partial(
        item_number, prefix=submission.prefix(number), under=under, first=submission.first
    )


def _refs(submission: Submission, number: str) -> Callable[[Raw], Outcome]:
    """Return how references are read: with a type code, those to the unit's own numbers."""
    own = submission.unit is not None and number != ""
    prefix = submission.prefix(number) if own else None
    return partial(item_numbers, prefix=prefix, first=submission.first)


def _fixed(field: Field, raw: Raw, *, words: Mapping[str, str]) -> Outcome:
    """Convert the label of a pre-printed row: blanks in it do not make it another row."""
    said = convert(field, raw, 0)
    word = words.get(fold(str(said.value))) if said.filled and said.known else None
    if word is None or word == said.value:
        return said
    return Outcome(word, "V154", (("got", str(said.value)), ("value", word)))


def _day(raw: Raw, field: Field, year: int, turn: date | None, came: str) -> Outcome:
    """Convert a day; one before `turn` is of the next year if it was over when the file came."""
    said = convert(field, raw, year)
    if turn is None or not said.filled or (isinstance(said.value, date) and said.value >= turn):
        return said
    # The same day twice: its year is written.
    later = convert(field, raw, year + 1)
    over = isinstance(later.value, date) and later.value.isoformat() <= came[: len("2025-01-01")]
    return later if over else said


def _office(field: Field, raw: Raw, year: int) -> Outcome:
    said = convert(field, raw, year)
    if not said.filled:
        return BLANK
    got = text_of(raw)
    return Outcome(code="V158", words=(("got", got),), filled=False)


def _filer(raw: Raw, field: Field, submission: Submission) -> Outcome:
    """Find whose row it is: a label, a role's usual name, a post, a name with a title."""
    if isinstance(raw, str) and raw in submission.labels and harm(raw) is None:
        return Outcome(raw)  # nearly all are just as issued
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
    return _nobody(field, word, submission) if labels or field.kind == "person" else said


def _nobody(field: Field, word: str, submission: Submission) -> Outcome:
    labels = submission.labels
    alike = [k for k, f in labels.items() if f.person and fold(f.person.name) == fold(word)]
    near = nearest(word, labels)
    hint = f"；是否指“{near}”" if near else ""
    if len(alike) > 1:
        hint = f"；本单位有{len(alike)}位{word}，请连同括号里的职务写全：{'、'.join(alike)}"
    if field.kind == "person":
        return Outcome(word, "V115", (("got", word), ("nearest", hint)))
    issued = [filer.label for filer in submission.filers]
    choices = "、".join((issued or list(labels))[:8])
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
    named = people_reader(f.person.name for f in labels.values() if f.person is not None)(said)
    inside = [k for k, f in labels.items() if f.person is not None and fold(f.person.name) in named]
    return inside[0] if len(inside) == 1 else None
