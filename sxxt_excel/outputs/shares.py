"""What of a pass concerns each unit: its own files and what is told of them, nobody else's."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from sxxt_excel.codes import NOT_COME
from sxxt_excel.formats.common import CLASSIFIED, UNOPENED
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.relations import home, level_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Expected, FileRow, Finding, Unchecked
    from sxxt_excel.people import Roster
    from sxxt_excel.result import Round

__all__ = ["Share", "leading", "shares", "unit_names"]

# What the party office has to settle itself: when a thing came, who is on the roster, who
# takes up whose item. What is owed is told from the expected set, in words to the unit.
_OFFICE = frozenset(
    {"C103", "C104", "C109", "F108", "I105", "I109", "I113", "I114", "T102", "T103", "T104", "T105"}
)
# Of a cascade told the office no unit hears who has taken up nothing. That a row ends later than
# the one above is for whoever wrote the row.
_GAP = "C101"
# With a file that bears a secrecy marking nothing is sent, not even word of it.
_UNTOLD = _OFFICE | NOT_COME | {CLASSIFIED, UNOPENED}

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Share:
    """What of a pass concerns one unit.

    `unopened`: what it sent that the office's computer could not open, which is no affair of its.
    """

    code: str
    unit: str
    files: tuple[FileRow, ...]
    expected: tuple[Expected, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    unopened: tuple[FileRow, ...] = ()

    @property
    def missing(self) -> tuple[Expected, ...]:
        """Return what is owed, overdue and has not come: not even as a file that can't be opened.

        Of such a file the unit is told what to do about it.
        """
        unread = (f for f in self.files if f.status == "unreadable")
        came = {(f.packet, f.period) for f in (*unread, *self.unopened)}
        return tuple(
            e
            for e in self.expected
            if e.owed and e.status == "missing"
            and (e.filer or e.subject or (e.packet, e.period) not in came)
        )  # fmt: skip

    @property
    def unfiled(self) -> frozenset[tuple[str | None, str | None]]:
        """Return packet and period of each file that is asked for again as one that counts."""
        paths = {found.where.path for found in self.findings if found.stands}
        return frozenset(
            (f.packet, f.period)
            for f in self.files
            if f.path in paths and f.status in {"attachment", "unreadable"}
        )

    @property
    def coming(self) -> tuple[Expected, ...]:
        """Return what is owed and has a day that is not past."""
        return tuple(e for e in self.expected if e.owed and e.status == "not_due" and e.due)

    def own_words(self) -> Iterator[Finding]:
        """Yield what is told the unit, files named as it knows them: folders are the office's."""
        apart = (f.path for f in self.files if last_name(f.path) != f.path)
        paths = sorted(apart, key=len, reverse=True)
        for found in self.findings:
            got, message, remedy = (
                _with_own_names(text, paths) for text in (found.got, found.message, found.remedy)
            )
            yield replace(found, got=got, message=message, remedy=remedy)


def _with_own_names(text: str, paths: Iterable[str]) -> str:
    for path in paths:
        text = text.replace(path, last_name(path))
    return text


def _by(items: Iterable[_Item], owner: Callable[[_Item], str | None]) -> dict[str, list[_Item]]:
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        code = owner(item)
        if code is not None:
            found[code].append(item)
    return found


def shares(round_: Round) -> Iterator[Share]:
    """Yield for each unit what concerns it and nobody else, in the order of the roster."""
    names = unit_names(round_)
    counted = Counter(names.values())
    sole = {name: code for code, name in names.items() if counted[name] == 1}
    told = _told_office(round_.regime)
    stopped = frozenset(f.where.path for f in round_.findings if f.code == CLASSIFIED)
    shut = frozenset(f.where.path for f in round_.findings if f.code == UNOPENED)
    files_of = _by(round_.files, lambda f: None if f.path in stopped | shut else f.unit_code)
    shut_of = _by(round_.files, lambda f: f.unit_code if f.path in shut else None)
    expected_of = _by(round_.expected, lambda e: e.unit_code)
    findings_of = _by(
        _for_units(round_, told), lambda f: f.where.unit_code or sole.get(f.where.unit or "")
    )
    # What has not come is told as such; not also rule by rule.
    open_rules = (u for u in round_.unchecked if not u.awaited and u.rule not in told)
    unchecked_of = _by(open_rules, lambda u: u.unit if u.unit in names else sole.get(u.unit))
    for code, name in names.items():
        if code in round_.below:
            continue  # the node that collects from it answers
        yield Share(
            code,
            name,
            tuple(files_of.get(code, ())),
            tuple(expected_of.get(code, ())),
            tuple(findings_of.get(code, ())),
            tuple(unchecked_of.get(code, ())),
            tuple(shut_of.get(code, ())),
        )


def _told_office(regime: Regime) -> frozenset[str]:
    return frozenset(c.law.id for c in regime.cascades if c.told == "office")


def leading(regime: Regime, roster: Roster, node: str = "") -> frozenset[str]:
    """Return the codes of the office's own unit and of those above it: they get no letters.

    Among universities' units all of the top level are such (校党委, 校纪委).
    """
    own = home(regime, roster, node)
    top = [level.id for level in regime.levels]
    place = top.index(level_of(regime, own) or top[0]) if own else 0
    above = {*top[:place], *(() if regime.has_tree else top[: place + 1])}
    codes = {u.code for u in roster.units if level_of(regime, u) in above}
    return frozenset(codes | {own.code} if own else codes)


def unit_names(round_: Round) -> dict[str, str]:
    """Return code → name of all units, the roster's first and in its order."""
    names = {unit.code: unit.name for unit in round_.roster.units}
    for row in round_.files:
        if row.unit_code:
            names.setdefault(row.unit_code, row.unit or row.unit_code)
    return names


def _for_units(round_: Round, told: frozenset[str]) -> list[Finding]:
    """Return the findings that a unit can do something about or should know."""
    return [
        f
        for f in round_.findings
        if f.family != "R" and f.code not in _UNTOLD and not (f.code == _GAP and f.rule in told)
    ]
