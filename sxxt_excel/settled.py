"""需说明 findings that the unit explains in its 情况说明, and explanations that explain nothing.

An explanation settles a finding, it does not soften it: the finding stays a query and carries
the words. What is no explanation is told at its own cell.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.explanations import is_stock, plain, too_short
from sxxt_excel.findings import finding
from sxxt_excel.formats.places import place
from sxxt_excel.outcome import Explanation, Where
from sxxt_excel.pointing import PLACE, SAID, SHEET, Line, alone, aspects, match, told_apart
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.result import FILE
from sxxt_excel.rollup.contents import settled_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.outcome import Finding
    from sxxt_excel.pointing import Match
    from sxxt_excel.rollup.contents import Carried
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission

_QUOTED, _AUTHOR, _DAY = "审核意见", "说明人", "说明日期"
_FILLED_BY = "填报人"
_MANY = 3
# What only the office can answer: its roster, and when a thing came.
_OFFICE = frozenset("RT")


@dataclass(frozen=True, slots=True)
class _Said:
    """One line of 情况说明, what it is about, and where its words stand.

    `row`: it stands beside that row of the table itself, in a marked copy that came back.
    """

    line: Line
    text: str
    author: str
    day: str
    received_at: str
    where: Where
    basis: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """A line with the queries it is about, those it no longer fits, and the musts it can't lift."""

    said: _Said
    settles: tuple[Finding, ...]
    changed: tuple[Finding, ...]
    musts: tuple[Finding, ...]


def settle(found: Iterable[Finding], stacks: Mapping[str, Stack]) -> tuple[Finding, ...]:
    """Return the findings, explained queries with their explanation, and what is told of the rest.

    Args:
        found: all findings of a pass.
        stacks: the typed tables, those of 情况说明 and 封面 among them.
    """
    findings = tuple(found)
    stack = stacks.get(EXPLANATIONS)
    said = (
        *(() if stack is None else _lines(stack, stacks.get(COVER))),
        *_beside_marks(stacks),
    )
    if not said:
        return findings
    heard = tuple(_hear(said, findings))
    copied = _copied(heard)
    settled: dict[Finding, Explanation] = {}
    for item in heard:
        if item.settles and not _refused(item.said, copied, stack):
            words = _explanation(item.said)
            for query in item.settles:
                settled.setdefault(query, words)
    open_ = {f.where.unit_code for f in findings if _may_be_explained(f) and f not in settled}
    told = (f for item in heard for f in _told(item, settled, copied, stack, open_))
    kept = (
        replace(f, explanation=settled[f]) if f.severity == "query" and f in settled else f
        for f in findings
    )
    return (*kept, *told)


def settled_below(
    found: Iterable[Finding], vouched: Mapping[str, tuple[Carried, Explanation]]
) -> Iterator[Finding]:
    """Yield the findings, queries that a level below has explained with what is told of that.

    Args:
        found: all findings of a pass.
        vouched: path → a workbook that came in a 上报版, and the words that settle its queries.
    """
    findings = tuple(found)
    of_file: dict[str, list[Finding]] = defaultdict(list)
    for item in findings:
        if _may_be_explained(item):
            of_file[item.where.path or ""].append(item)
    known = {path: frozenset().union(*map(aspects, group)) for path, group in of_file.items()}
    for item in findings:
        path = item.where.path or ""
        if item.explanation is not None or path not in vouched or not _may_be_explained(item):
            yield item
            continue
        file, words = vouched[path]
        lines = (Line(path, sheet, place, "") for sheet, place in file.extract.pointed)
        explained = settled_at(item) in file.settled or any(
            match(line, item, known[path]) == "yes" for line in lines
        )
        yield replace(item, explanation=words) if explained else item


def _may_be_explained(found: Finding) -> bool:
    return found.severity == "query" and found.family not in _OFFICE


# ---- reading the sheet -----------------------------------------------------------------


def _lines(stack: Stack, cover: Stack | None) -> Iterator[_Said]:
    """Yield the lines that say something, those without an explanation too."""
    authors = _authors(cover)
    kin = _kin(stack.submissions.values())
    pointing = [name for name in (SHEET, PLACE, _QUOTED) if name in stack.bare]
    blank = stack.bare[stack.bare[pointing].notna().any(axis=1)]
    for frame, bare in ((stack.frame, False), (blank, True)):
        for label, row in zip(frame.index, frame.to_dict("records"), strict=True):
            words = {str(k): "" if pd.isna(v) else str(v) for k, v in row.items()}
            number = int(row[FILE])
            submission = stack.submissions[number]
            yield _Said(
                line=Line(
                    submission.path,
                    words[SHEET],
                    words[PLACE],
                    words[_QUOTED],
                    kin[_material(submission)],
                ),
                text=words[SAID],
                author=words[_AUTHOR] or authors.get(number, ""),
                day=(words[_DAY] or submission.receipt.at)[:10],
                received_at=submission.receipt.at,
                where=stack.where(label, SAID, bare=bare),
                basis=submission.basis,
            )


def _material(submission: Submission) -> tuple[str | None, str, str]:
    return submission.unit_code, submission.packet.id, submission.period


def _kin(submissions: Iterable[Submission]) -> dict[tuple[str | None, str, str], frozenset[str]]:
    """Return unit, packet and period → the files that are this material, by whomever they are."""
    found: dict[tuple[str | None, str, str], set[str]] = defaultdict(set)
    for submission in submissions:
        found[_material(submission)].add(submission.path)
    return {material: frozenset(paths) for material, paths in found.items()}


def _beside_marks(stacks: Mapping[str, Stack]) -> Iterator[_Said]:
    """Yield what stands beside our marks in copies that came back."""
    sent = {number: s for stack in stacks.values() for number, s in stack.submissions.items()}
    authors = _authors(stacks.get(COVER)) if any(s.extract.said for s in sent.values()) else {}
    for number, submission in sorted(sent.items()):
        received = submission.receipt.at
        for each in submission.extract.said:
            yield _Said(
                line=Line(submission.path, each.sheet, each.place, each.quoted),
                text=each.text,
                author=authors.get(number, ""),
                day=received[:10],
                received_at=received,
                where=Where(
                    path=each.path or submission.path, sheet=each.at_sheet, cell=each.at_cell,
                    field=SAID, unit=submission.unit_name, unit_code=submission.unit_code,
                ),
                basis=submission.basis,
                row=each.row,
            )  # fmt: skip


def _authors(cover: Stack | None) -> dict[int, str]:
    """Return file number → 填报人 of its cover."""
    if cover is None:
        return {}
    pairs = zip(cover.frame[FILE].tolist(), cover.frame[_FILLED_BY].tolist(), strict=True)
    return {number: who for number, who in pairs if isinstance(who, str)}


def _explanation(said: _Said) -> Explanation:
    where = said.where
    return Explanation(
        text=said.text, author=said.author, day=said.day, received_at=said.received_at,
        path=where.path or "", sheet=where.sheet or "", cell=where.cell or "",
    )  # fmt: skip


# ---- what a line is about ----------------------------------------------------------------


def _hear(said: tuple[_Said, ...], findings: tuple[Finding, ...]) -> Iterator[_Heard]:
    codes = {item.where.unit_code for item in said} - {None}
    of_unit: dict[str | None, list[Finding]] = defaultdict(list)
    for found in findings:
        unit = found.where.unit_code
        if unit in codes and (_may_be_explained(found) or found.severity == "must"):
            of_unit[unit].append(found)
    known = {code: frozenset().union(*map(aspects, group)) for code, group in of_unit.items()}
    for item in said:
        unit = item.where.unit_code
        group = of_unit.get(unit, ())
        matched = [
            (_in_row(item, f) if item.row else match(item.line, f, known[unit]), f) for f in group
        ]
        queries = [(how, f) for how, f in matched if f.severity == "query"]
        meant = tuple(f for how, f in queries if how == "yes")
        yield _Heard(
            item,
            settles=(meant if item.row else told_apart(item.line, meant))
            or (() if item.row else alone(item.line, (f for _, f in queries))),
            changed=tuple(f for how, f in queries if how == "changed"),
            musts=tuple(f for how, f in matched if how == "yes" and f.severity == "must"),
        )


def _in_row(said: _Said, found: Finding) -> Match:
    """Tell whether words beside a row are about a finding: it is of that row, and quoted there."""
    where, line = found.where, said.line
    row, _ = place(where.cell or "")
    if (where.path, where.sheet, row) != (line.path, line.sheet, said.row):
        return "no"
    return "yes" if not line.quoted or plain(found.message) in plain(line.quoted) else "changed"


def _copied(heard: Iterable[_Heard]) -> dict[str, int]:
    """Return the texts that several units use word for word, and how many units do."""
    users: dict[str, set[str | None]] = defaultdict(set)
    for item in heard:
        if item.settles and item.said.text:
            users[plain(item.said.text)].add(item.said.where.unit_code)
    return {text: len(units) for text, units in users.items() if len(units) >= _MANY}


# ---- what is told of it ----------------------------------------------------------------------


def _refused(said: _Said, copied: Mapping[str, int], stack: Stack | None) -> str:
    """Return the code under which an explanation is refused, "" for one that explains."""
    field = stack.form.field(SAID) if stack is not None else None
    if not said.text:
        return "Q110"
    if too_short(said.text):
        return "Q111"
    if is_stock(said.text) or (field is not None and plain(said.text) == plain(field.example)):
        return "Q112"
    return "Q113" if plain(said.text) in copied else ""


def _told(
    item: _Heard,
    settled: Mapping[Finding, Explanation],
    copied: Mapping[str, int],
    stack: Stack | None,
    open_: set[str | None],
) -> Iterator[Finding]:
    """Yield what is to be told of a line: it is refused, or fits nothing that is still asked."""
    said = item.said
    where, basis, text = said.where, said.basis, said.text
    if any(query not in settled for query in item.settles):
        code = _refused(said, copied, stack)
        count = copied[plain(text)] - 1 if code == "Q113" else len(plain(text))
        yield finding(code, where, got=text, count=str(count), basis=basis)
    elif item.settles or not text:
        return
    elif open_changed := [f for f in item.changed if f not in settled]:
        yield finding("Q115", where, got=open_changed[0].got, basis=basis)
    elif item.musts:
        yield finding("Q116", where, basis=basis)
    elif where.unit_code in open_:
        yield finding("Q114", where, basis=basis)
