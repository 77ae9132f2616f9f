"""Where the headings of a form are on a sheet, wherever a clerk has moved them.

Exact headings first, then known variants, then likeness; whatever was not exact is
told (S103), whatever is missing too: nothing is guessed in silence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from sxxt_excel.spelling import parts, plain, readings
from sxxt_excel.text import clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.read import Sheet
    from sxxt_excel.text import Value

    _Step = Callable[[str, tuple[str, ...], "_Vocabulary"], str | None]
    _Cells = list[tuple[int, str]]

_SEARCH_ROWS = 40
KNOWN_SHARE = 0.6
"""How much of its headings a form shows at least where only they tell that it is there."""
_LEAST_SHARE = 0.4
_LIKENESS = 75.0
_MERE_TEXT = frozenset({"text", "long"})


@dataclass(frozen=True, slots=True)
class Headings:
    """The heading row of a form on a sheet; columns are 1-based Excel positions.

    `columns` has a pair (heading, column) for each field found, in the form's order.
    `renamed` are (heading, what stands there, column); `extra` (what stands there,
    column); `missing` headings not found; `doubled` headings that stand twice.
    """

    row: int
    columns: tuple[tuple[str, int], ...]
    renamed: tuple[tuple[str, str, int], ...] = ()
    extra: tuple[tuple[str, int], ...] = ()
    missing: tuple[str, ...] = ()
    doubled: tuple[tuple[str, int], ...] = ()

    @property
    def in_order(self) -> bool:
        """Tell whether the columns stand in the form's own order without gaps of theirs."""
        places = [column for _, column in self.columns]
        return places == sorted(places)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    exact: dict[str, str]
    variants: dict[str, str]
    words: frozenset[str]
    names: frozenset[str]
    labels: dict[str, str]
    texts: frozenset[str]

    def read(self, text: str) -> str | None:
        """Return the heading that a cell is, whichever way it is written."""
        return next((self.labels[key] for key in readings(text) if key in self.labels), None)


def find_headings(sheet: Sheet, form: Form) -> Headings | None:
    """Return the heading row that fits the form best, or None where none does."""
    words = _vocabulary(form)
    best: tuple[int, int] | None = None
    for offset, row in enumerate(sheet.rows[:_SEARCH_ROWS]):
        score = _score(row, words)
        if score and (best is None or score > best[0]):
            best = (score, offset)
            if score >= len(form.fields):
                break
    if best is None:
        return None
    score, offset = best
    row = sheet.rows[offset]
    if score < len(form.fields):
        score, offset, row = max(
            ((best[0], offset, row), *_in_two_rows(sheet, offset, words)), key=itemgetter(0)
        )
    if score < _enough(form):
        return None
    return _match(row, sheet.top + offset, sheet.left, form, words)


def _enough(form: Form) -> int:
    return max(2, round(len(form.fields) * _LEAST_SHARE))


def _in_two_rows(
    sheet: Sheet, offset: int, words: _Vocabulary
) -> Iterator[tuple[int, int, tuple[Value, ...]]]:
    """Yield score, offset and texts of headings of which some stand over a group of others."""
    for lower in (offset + 1, offset):
        if 0 < lower < len(sheet.rows):
            below = sheet.rows[lower]
            if all(v is None or isinstance(v, str) for v in below):
                pairs = zip(sheet.rows[lower - 1], below, strict=True)
                row = tuple(under or above for above, under in pairs)
                yield _score(row, words), lower, row


def is_heading(row: Sequence[Value], form: Form) -> bool:
    """Tell a row that clearly has the headings of a form."""
    return _score(row, _vocabulary(form)) >= max(2, round(len(form.fields) * KNOWN_SHARE))


def names_of(form: Form) -> frozenset[str]:
    """Return the names, folded, that a sheet of this form goes by."""
    return _vocabulary(form).names


def labels_of(form: Form) -> Mapping[str, str]:
    """Map every name, folded, that a field of the form goes by to its heading."""
    return _vocabulary(form).labels


def share(sheet: Sheet, form: Form) -> float:
    """Return how much of the form's headings the best row of the sheet has, 0 to 1."""
    return shown(sheet, form) / len(form.fields)


def shown(sheet: Sheet, form: Form) -> int:
    """Return how many of the form's headings the best row of the sheet has."""
    words = _vocabulary(form)
    return max((_score(row, words) for row in sheet.rows[:_SEARCH_ROWS]), default=0)


_MOST_KEPT = 1024
_vocabularies: dict[int, tuple[Form, _Vocabulary]] = {}


def _vocabulary(form: Form) -> _Vocabulary:
    """Return the words of a form, made once: finding it by value would mean hashing all of it."""
    kept = _vocabularies.get(id(form))
    if kept is None or kept[0] is not form:
        if len(_vocabularies) >= _MOST_KEPT:
            _vocabularies.clear()
        kept = _vocabularies[id(form)] = (form, _made_vocabulary(form))
    return kept[1]


_headings: dict[int, tuple[Sequence[Form], frozenset[str]]] = {}


def headings_of(forms: Sequence[Form]) -> frozenset[str]:
    """Return every word that is a heading of a table among the forms; made once as above."""
    kept = _headings.get(id(forms))
    if kept is None or kept[0] is not forms:
        if len(_headings) >= _MOST_KEPT:
            _headings.clear()
        tables = (_vocabulary(form).words for form in forms if form.layout == "table")
        kept = _headings[id(forms)] = (forms, frozenset().union(*tables))
    return kept[1]


def _made_vocabulary(form: Form) -> _Vocabulary:
    exact = {fold(f.name): f.name for f in form.fields}
    variants = {
        fold(alias): f.name for f in form.fields for alias in f.aliases if fold(alias) not in exact
    }
    words = frozenset(name for f in form.fields for name in (f.name, *f.aliases))
    names = frozenset(map(fold, (form.id, *form.aliases)))
    texts = frozenset(f.name for f in form.fields if f.kind in _MERE_TEXT)
    return _Vocabulary(exact, variants, words, names, variants | exact, texts)


def _score(row: Sequence[Value], words: _Vocabulary) -> int:
    hits = set()
    for value in row:
        if isinstance(value, str):
            hits.add(words.read(value))
    return len(hits - {None})


def _match(
    row: Sequence[Value], number: int, left: int, form: Form, words: _Vocabulary
) -> Headings:
    cells = [(left + i, clean(to_text(v))) for i, v in enumerate(row) if to_text(v).strip()]
    search = _Search(form, words)
    rest = search.exactly(cells)
    rest = search.settle(_variant, rest)
    rest = search.settle(_spelt, rest)
    rest = search.settle(_joined, rest, alone=True)
    rest = search.settle(_alike, rest, alone=True)
    found = search.found
    return Headings(
        row=number,
        columns=tuple((f.name, found[f.name]) for f in form.fields if f.name in found),
        renamed=tuple(search.renamed),
        extra=tuple((text, column) for column, text in rest),
        missing=tuple(f.name for f in form.fields if f.name not in found),
        doubled=tuple(search.doubled),
    )


class _Search:
    """The headings found so far in one row; what is passed about are (column, text) pairs."""

    def __init__(self, form: Form, words: _Vocabulary) -> None:
        self.form, self.words = form, words
        self.found: dict[str, int] = {}
        self.renamed: list[tuple[str, str, int]] = []
        self.doubled: list[tuple[str, int]] = []

    def exactly(self, cells: _Cells) -> _Cells:
        """Take headings that stand to the letter; return what stays open."""
        still: _Cells = []
        for column, text in cells:
            name = self.words.exact.get(fold(text))
            if name is None:
                still.append((column, text))
            elif name in self.found:
                self.doubled.append((name, column))
            else:
                self.found[name] = column
        return still

    def settle(self, step: _Step, rest: _Cells, *, alone: bool = False) -> _Cells:
        """Give each open cell the heading that `step` sees in it; return what stays open.

        `alone`: only where no other cell lays claim to the same.
        """
        claims = Counter(step(text, self._open, self.words) for _, text in rest) if alone else {}
        still: _Cells = []
        for column, text in rest:
            name = step(text, self._open, self.words)
            if name is None or name in self.found or claims.get(name, 1) > 1:
                still.append((column, text))
            else:
                self.found[name] = column
                self.renamed.append((name, text, column))
        return still

    @property
    def _open(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.form.fields if f.name not in self.found)


def _variant(text: str, _open: tuple[str, ...], words: _Vocabulary) -> str | None:
    return words.variants.get(fold(text))


def _spelt(text: str, open_names: tuple[str, ...], words: _Vocabulary) -> str | None:
    """See through remarks, a translation and traditional characters."""
    names = (words.labels.get(key) for key in readings(text))
    return next((name for name in names if name in open_names), None)


def _joined(text: str, open_names: tuple[str, ...], words: _Vocabulary) -> str | None:
    """Take the heading that one part of the cell is; the first of several, where all are texts.

    Who and when in one column is neither: each row would be a date that is none.
    """
    names = tuple(dict.fromkeys(filter(None, map(words.read, parts(text)))))
    if not names or (len(names) > 1 and not words.texts.issuperset(names)):
        return None
    return names[0] if names[0] in open_names else None


def _alike(text: str, open_names: tuple[str, ...], _words: _Vocabulary) -> str | None:
    """Take the one open heading that is clearly alike; two that are alike are none."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where a heading is unknown

    said = plain(text)
    scores = sorted(((fuzz.ratio(said, fold(n)), n) for n in open_names), reverse=True)
    if not scores or scores[0][0] < _LIKENESS:
        return None
    if len(scores) > 1 and scores[1][0] >= _LIKENESS:
        return None
    return scores[0][1]
