"""Rows that another unit wrote alike, or the same unit last year: to be explained.

A row's fingerprint is what it says in its own words: its long texts, less the unit's names, the
names of its people, figures and punctuation. Neither unit is shown the other's words or name;
the office sees both side by side (`Likeness`). What is no copy (practice.md §7): the item above
taken over word by word, the issued example, a phrase that many units have.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from sxxt_excel.findings import finding
from sxxt_excel.headings import UNIT_HEADING
from sxxt_excel.outcome import Likeness, Unchecked
from sxxt_excel.relations import in_charge, parent_of
from sxxt_excel.result import CODE, FILE, FILER, LAST_DAY, PERIOD
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.people import Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack

    Told = Finding | Likeness | Unchecked

_REMARK = "备注"
_BETWEEN = "␟"
"""Stands between texts that are made plain together: a sign that nobody writes."""
_MARKS = re.compile(rf"[^\w{_BETWEEN}]+")
_FIGURES = re.compile(r"[\d_〇零一二两三四五六七八九十百千万]+")
_PARTY_BODY = re.compile(r"(?:直属)?党(?:委|总支|支部)$|委员会$")
_SHORTEST_NAME = 2
_LAST_YEAR = "与上年清单的比较"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows of a form in their own words: a text column a heading, who wrote them.

    `units` and `authors`: of each row, the unit (a merged one is the one it went into, the
    bodies at the top are one) and the person by his number, else the unit again.
    """

    stack: Stack
    words: pd.DataFrame
    units: pd.Series[Any]
    authors: pd.Series[Any]


def check_copies(context: Context) -> Iterator[Told]:
    """Yield a query for each row that another unit, or the same last year, wrote alike."""
    desk = _Desk(context)
    stacks = (context.stacks.get(form.id) for form in context.regime.forms)
    sheets = [desk.sheet(s, names) for s in stacks if s and (names := _headings(s.form))]
    number = 0
    for sheet in _own(desk, sheets):
        told = list(_between(context, sheet, number))
        number = max((t.group for t in told if isinstance(t, Likeness)), default=number)
        yield from told
        yield from _since(context, desk, sheet)


def _headings(form: Form) -> list[str]:
    """Return the headings whose words are a unit's own: of plans (with time limits) and reports.

    Records say what was done on a day, and units do the same thing on the same day.
    """
    if not form.of_kind("limit", "file"):
        return []
    long = (f for f in form.of_kind("long") if not (f.frame or f.locked or f.office))
    return [f.name for f in long if f.name != _REMARK]


# ---- a row in its own words ----------------------------------------------------------


@dataclass(frozen=True)
class _Desk:
    """What turns texts into fingerprints; not slotted: what is made once is kept."""

    context: Context

    def sheet(self, stack: Stack, names: list[str]) -> _Sheet:
        """Return the rows of a form as they read without names and figures."""
        clear = [n for n, s in stack.submissions.items() if s.unit is not None and not s.doubtful]
        rows = stack.frame[stack.frame[FILE].isin(clear)]
        units = rows[CODE].astype(object)
        words = {name: self.bare(stack.form, name, units, rows[name].tolist()) for name in names}
        return _Sheet(
            stack=stack,
            words=pd.DataFrame(words, index=rows.index),
            units=units.map(lambda code: self.successors.get(code, code)),
            authors=self._authors(stack, rows),
        )

    def bare(self, form: Form, name: str, units: Iterable[Any], texts: Iterable[Any]) -> list[str]:
        """Return the texts of a heading without what may differ between copies."""
        field = form.field(name)
        example = _plain(field.example) if field else ""
        said = [text if isinstance(text, str) else "" for text in texts]
        whole = "".join(said)
        if not whole:
            return said
        if _BETWEEN in whole:
            said = [text.replace(_BETWEEN, "") for text in said]
        places: dict[str, list[int]] = defaultdict(list)
        for at, code in enumerate(units):
            places[code].append(at)
        own = list(said)
        for code, theirs in places.items():
            # All of a unit's at once: a thousand calls, not a hundred thousand.
            joined = _BETWEEN.join([said[at] for at in theirs])
            parts = _plain(joined, self._names.get(code, ())).split(_BETWEEN)
            for at, text in zip(theirs, parts, strict=True):
                own[at] = text.replace(example, "") if example else text
        return own

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        roster = self.context.roster
        return {
            unit.code: _folded(
                (*_called(unit), *(person.name for person in roster.people_of(unit.code)))
            )
            for unit in roster.units
        }

    @cached_property
    def successors(self) -> dict[str, str]:
        """Map each unit to the one it was merged into in the end; those at the top are one."""
        roster, top = self.context.roster, self.context.regime.levels[0].units
        first = next((u.code for u in roster.units if u.kind in top), "")
        into = {u.code: first if u.kind in top else u.merged_into or u.code for u in roster.units}
        last = dict(into)
        for _ in range(3):
            last = {code: into.get(to, to) for code, to in last.items()}
        return last

    def _authors(self, stack: Stack, rows: pd.DataFrame) -> pd.Series[Any]:
        """Return who wrote each row: one person may head two units."""
        pairs = list(zip(rows[FILE].tolist(), rows[FILER].tolist(), strict=True))
        known = {pair: self._author(stack, *pair) for pair in dict.fromkeys(pairs)}
        return pd.Series([known[pair] for pair in pairs], index=rows.index, dtype=object)

    def _author(self, stack: Stack, number: int, label: Any) -> str:  # noqa: ANN401 - a text or NA
        submission = stack.submissions[number]
        filer = submission.labels.get(label) if isinstance(label, str) else None
        code = submission.unit_code or ""
        number_of = filer.person.id if filer and filer.person else ""
        return number_of or self.successors.get(code, code)


def _called(unit: Unit) -> Iterator[str]:
    for name in (unit.name, *unit.names):
        yield name
        yield _PARTY_BODY.sub("", name)


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as they stand in plain text, a longer one before what is part of it."""
    said = {_letters(name) for name in names}
    return tuple(sorted((n for n in said if len(n) >= _SHORTEST_NAME), key=lambda n: (-len(n), n)))


def _plain(text: str, names: Iterable[str] = ()) -> str:
    said = _letters(text)
    for name in names:
        said = said.replace(name, "")
    return _FIGURES.sub("", said)


def _letters(text: str) -> str:
    """Return a text without punctuation and blanks, letters alike whatever their form."""
    return unicodedata.normalize("NFKC", _MARKS.sub("", text)).casefold()


def _own(desk: _Desk, sheets: list[_Sheet]) -> list[_Sheet]:
    """Blank the words that are not a unit's own: of a unit above it, or common to many."""
    lines = [
        pd.DataFrame({"text": sheet.words[name], "unit": sheet.units})
        for sheet in sheets
        for name in sheet.words
    ]
    if not lines:
        return []
    said = pd.concat(lines).drop_duplicates()
    said = said[said["text"] != ""]
    spread = said.groupby("text")["unit"].size()
    common = spread.index[spread >= desk.context.settings.copies.phrase]
    above = pd.DataFrame(
        [(code, over) for code in said["unit"].unique() for over in _above(desk, code)],
        columns=["unit", "over"], dtype=object,
    )  # fmt: skip
    theirs = said.rename(columns={"unit": "over"})
    taken = said.merge(above, on="unit").merge(theirs, on=["text", "over"])
    given = frozenset(zip(taken["unit"], taken["text"], strict=True))
    return [replace(sheet, words=_less(sheet, frozenset(common), given)) for sheet in sheets]


def _less(sheet: _Sheet, common: frozenset[str], given: frozenset[tuple[str, str]]) -> pd.DataFrame:
    units = sheet.units.tolist()

    def own(texts: pd.Series[Any]) -> list[str]:
        pairs = zip(units, texts.tolist(), strict=True)
        return ["" if text in common or (unit, text) in given else text for unit, text in pairs]

    words = {name: own(sheet.words[name]) for name in sheet.words}
    return pd.DataFrame(words, index=sheet.words.index, dtype=object)


def _above(desk: _Desk, code: str) -> frozenset[str]:
    """Return the codes of the units whose items one may take over, all the way up."""
    context, found = desk.context, set[str]()
    regime, roster = context.regime, context.roster
    waiting = [roster.unit(code)]
    while waiting:
        unit = waiting.pop()
        if unit is None:
            continue
        leaders = (roster.unit(p.unit) for p in in_charge(roster, unit, context.today))
        party = roster.unit(unit.party_body or "")
        for over in (parent_of(regime, roster, unit), party, *leaders):
            if over is not None and over.code not in found:
                found.add(over.code)
                waiting.append(over)
    return frozenset(desk.successors.get(over, over) for over in found) - {code}


# ---- between units ---------------------------------------------------------------------


def _between(context: Context, sheet: _Sheet, number: int) -> Iterator[Finding | Likeness]:
    """Yield what two or more units wrote alike; groups are numbered on from `number`."""
    rows = _long_enough(context, sheet.words)
    prints = pd.DataFrame(
        {"print": _prints(rows), "unit": sheet.units[rows.index],
         "author": sheet.authors[rows.index]}
    )  # fmt: skip
    by_print = prints.groupby("print", sort=False)
    several = (by_print["unit"].transform("nunique") > 1) & (
        by_print["author"].transform("nunique") > 1
    )
    alike = prints[several]
    groups, _ = pd.factorize(alike["print"])
    for label, group in zip(alike.index, groups.tolist(), strict=True):
        yield _query("D110", sheet, label)
        yield _likeness(sheet, label, number + group + 1)


def _long_enough(context: Context, words: pd.DataFrame) -> pd.DataFrame:
    length = sum((words[name].str.len() for name in words), pd.Series(0, index=words.index))
    return words[length >= context.settings.copies.least]


def _prints(words: pd.DataFrame) -> pd.Series[Any]:
    joined = pd.Series("", index=words.index, dtype=object)
    for name in words:
        joined += words[name] + "\n"
    return joined


def _filled(sheet: _Sheet, label: int) -> dict[str, str]:
    """Return heading → own words of a row, where there are any."""
    return {str(name): text for name, text in sheet.words.loc[label].items() if text}


def _where(sheet: _Sheet, label: int) -> Where:
    """Return the address of the cell that says most in its own words."""
    said = _filled(sheet, label)
    return sheet.stack.where(label, max(said, key=lambda name: len(said[name])))


def _query(code: str, sheet: _Sheet, label: int) -> Finding:
    stack = sheet.stack
    called = stack.tables[stack.frame[FILE].loc[label]].names or {}
    fields = "".join(f"“{called.get(name, name)}”" for name in _filled(sheet, label))
    basis = stack.submission(label).basis
    return finding(code, _where(sheet, label), basis=basis, fields=fields)


def _likeness(sheet: _Sheet, label: int, group: int) -> Likeness:
    row = sheet.stack.frame.loc[label]
    text = "；".join(str(row[name]) for name in _filled(sheet, label))
    return Likeness(group, _where(sheet, label), text)


# ---- since last year -------------------------------------------------------------------


def _since(context: Context, desk: _Desk, sheet: _Sheet) -> Iterator[Finding | Unchecked]:
    """Yield the rows of a year's plan that stood in the unit's plan of last year already."""
    form, past = sheet.stack.form, context.past
    if past is None or not _is_plan(form):
        return
    if not past:
        yield Unchecked(_LAST_YEAR, "", "没有读到上年工作文件夹中的总台账")
        return
    rows = _long_enough(context, sheet.words[_of_the_year(context, sheet)])
    if rows.empty:
        return
    units = sheet.units[rows.index]
    names = [str(name) for name in rows]
    before, whose = _last_year(context, desk, form, past.get(form.id, ()), names)
    for kept, labels in _by_filled(rows, names).items():
        known = set(zip(whose, _prints(before[list(kept)]), strict=True))
        said = zip(units[labels], _prints(rows.loc[labels, list(kept)]), strict=True)
        for label, pair in zip(labels, said, strict=True):
            if pair in known:
                yield _query("D111", sheet, label)


def _by_filled(rows: pd.DataFrame, names: list[str]) -> dict[tuple[str, ...], list[int]]:
    """Group rows by the headings they fill: what this year leaves blank last year may have said."""
    found: dict[tuple[str, ...], list[int]] = {}
    for label, *texts in rows.itertuples(name=None):
        kept = tuple(name for name, text in zip(names, texts, strict=True) if text)
        found.setdefault(kept, []).append(label)
    return found


def _is_plan(form: Form) -> bool:
    """Tell whether a form holds items with numbers of their own and time limits."""
    key = form.field(form.key) if form.key else None
    return key is not None and key.to is None and any(f.required for f in form.of_kind("limit"))


def _of_the_year(context: Context, sheet: _Sheet) -> pd.Series[Any]:
    """Return the rows planned for this one year: neither a round's nor for as long as it takes."""
    rows = sheet.stack.frame.loc[sheet.words.index]
    planned = rows[PERIOD] == str(context.settings.year)
    for field in sheet.stack.form.of_kind("limit"):
        planned &= ~(rows[field.name].notna() & rows[field.name + LAST_DAY].isna())
    return planned


def _last_year(
    context: Context,
    desk: _Desk,
    form: Form,
    past: Sequence[Mapping[str, str]],
    names: list[str],
) -> tuple[pd.DataFrame, list[str]]:
    """Return last year's rows in their own words, and the code of each one's unit."""
    codes = {fold(name): u.code for u in context.roster.units for name in (u.name, *u.names)}
    known = [(codes.get(fold(row[UNIT_HEADING]), ""), row) for row in past]
    whose = [code for code, _ in known]
    texts = {
        name: desk.bare(form, name, whose, (row.get(name, "") for _, row in known))
        for name in names
    }
    return pd.DataFrame(texts, dtype=object), whose
