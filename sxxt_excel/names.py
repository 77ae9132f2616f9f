"""Which unit a text, a path or a mail address names, by the names of the roster.

A path is read from the inside out: what a clerk called a file and the folder he put it in say
more than the archive or the mail that it came in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.regime import faced, packet_version
from sxxt_excel.relations import parent_of
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster, Unit

SENDER, FOLDER, FILE, OUTER, TITLE = "发件人邮箱", "文件夹名", "文件名", "压缩包或邮件名", "表题"
_ADDRESS = re.compile(r"[^\s<>,;:()，；、]+@[^\s<>,;:()，；、]+")
# Whoever stands behind such a word is written to, not writing.
_ADDRESSEE = re.compile(r"(?:(?<!汇)报送?|致|抄?送|呈)$")
_SHORTEST = 2
_HIGHEST = 20


@dataclass(frozen=True)
class Directory:
    """Names and addresses by which units are known, and what is owed.

    `names` maps a folded name → its unit; `exact` has codes too, a name going before another
    unit's code. `addresses` maps a mail address → the units it may speak for; `relays` are those
    that pass on what others filed. Not slotted: the look-ups below are made once and kept.
    """

    regime: Regime
    roster: Roster
    year: int
    owed: tuple[Owed, ...]
    key: str
    names: Mapping[str, Unit]
    exact: Mapping[str, Unit]
    addresses: Mapping[str, tuple[Unit, ...]]
    relays: frozenset[str] = frozenset()

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """Return how long names are, the longest first."""
        return tuple(sorted({len(name) for name in self.names}, reverse=True))

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Return how names begin."""
        return frozenset(name[:_SHORTEST] for name in self.names)

    @cached_property
    def versions(self) -> Mapping[str, frozenset[str]]:
        """Return the versions of today's templates by packet, in whichever layout."""
        return {
            packet.id: frozenset(
                packet_version(regime, packet.id)
                for regime in (self.regime, faced(self.regime, packet.id))
            )
            for packet in self.regime.packets
        }


@dataclass(frozen=True, slots=True)
class Clue:
    """A hint at who filed: what kind of hint, and the units it may mean (nearly always one)."""

    kind: str
    units: tuple[Unit, ...]


def directory(
    regime: Regime, roster: Roster, year: int, owed: tuple[Owed, ...], key: str
) -> Directory:
    """Prepare the lookup of units; a name that two units share identifies neither."""
    known: dict[str, Unit | None] = {}
    for unit in roster.units:
        for name in {fold(n) for n in (unit.name, *unit.names) if n}:
            known[name] = None if name in known else unit
    names = {name: unit for name, unit in known.items() if unit is not None}
    codes = {fold(unit.code): unit for unit in reversed(roster.units)}
    return Directory(regime, roster, year, owed, key, names, codes | names, _addresses(roster))


def _addresses(roster: Roster) -> dict[str, tuple[Unit, ...]]:
    """Return whose address is whose: a unit's own, and those of its people."""
    found: dict[str, dict[str, Unit]] = {}
    for unit in roster.units:
        texts = (unit.email, unit.spare_email, *(p.email for p in roster.people_of(unit.code)))
        for address in (a for text in texts for a in addresses_in(text)):
            found.setdefault(address, {})[unit.code] = unit
    return {address: tuple(units.values()) for address, units in found.items()}


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the mail addresses in a text, as they are compared."""
    return tuple(address.casefold() for address in _ADDRESS.findall(text))


# ---- in words ---------------------------------------------------------------------


def unit_named(words: str, book: Directory) -> Unit | None:
    """Return the unit of exactly that name, short name or code."""
    return book.exact.get(fold(words))


def unit_in(words: str, book: Directory) -> Unit | None:
    """Return the one unit that a text names, None where it names none or several.

    Who is only written to does not count, nor who is above another one that is named:
    示例大学党委机械工程学院 is the 学院.
    """
    hits = tuple(_hits(fold(words), book))
    units = {unit.code: unit for unit, addressed in hits if not addressed}
    units = units or {unit.code: unit for unit, _ in hits}
    if len(units) > 1:
        over = {code for unit in units.values() for code in _above(unit, book)}
        units = {code: unit for code, unit in units.items() if code not in over}
    return next(iter(units.values())) if len(units) == 1 else None


def _hits(said: str, book: Directory) -> Iterator[tuple[Unit, bool]]:
    """Yield the units named in a folded text, and whether one is written to.

    A name within a longer one is none.
    """
    found: list[tuple[int, int, Unit]] = []
    for start in range(len(said)):
        if said[start : start + _SHORTEST] not in book.beginnings:
            continue
        for length in book.lengths:
            unit = book.names.get(said[start : start + length])
            if unit is not None and _SHORTEST <= length <= len(said) - start:
                found.append((start, start + length, unit))
                break
    for start, end, unit in found:
        within = any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in found)
        if not within:
            yield unit, _ADDRESSEE.search(said[:start]) is not None


def said_units(words: str) -> tuple[str, ...]:
    """Return by what a cell names units: as a whole, else each of the several joined in it."""
    return (words, *split_several(words))


def names_unit(words: str, unit: Unit) -> bool:
    """Tell whether a text holds any of a unit's own names; quick."""
    said = fold(words)
    return any(fold(name) in said for name in (unit.name, *unit.names) if len(name) >= _SHORTEST)


# ---- in paths and addresses -------------------------------------------------------


def clues(path: str, sender: str, book: Directory, known: Unit | None = None) -> Iterator[Clue]:
    """Yield the hints beside a file's content, the weightiest first.

    The sender, unless it passes on what others filed; then the folder a file lies in and its
    own name; then the same of the mail or archive that it came in. What holds a name of the
    `known` unit is not looked at further.
    """
    yield from _of_sender(sender, book)
    for depth, level in enumerate(reversed(path.split(INSIDE))):
        *folders, name = level.split("/")
        stem = name.rpartition(".")[0] or name
        own = (OUTER if depth else FILE, stem)
        words = (*((FOLDER, folder) for folder in reversed(folders)), own)
        seen: set[str] = set()
        for kind, said in words:
            if kind in seen or (known is not None and names_unit(said, known)):
                continue
            unit = unit_in(said, book)
            if unit is not None:
                seen.add(kind)
                yield Clue(kind, (unit,))


def _of_sender(sender: str, book: Directory) -> Iterator[Clue]:
    for address in addresses_in(sender):
        units = book.addresses.get(address)
        if units and address not in book.relays:
            yield Clue(SENDER, units)


def is_stranger(sender: str, book: Directory) -> bool:
    """Tell whether an address is none of the roster's; a roster without any knows no strangers."""
    said = addresses_in(sender)
    return bool(said and book.addresses) and not any(a in book.addresses for a in said)


def settled(hints: Iterable[Clue], book: Directory) -> Unit | None:
    """Return whom hints name: the first, or who below that is named more closely."""
    best: Unit | None = None
    for hint in hints:
        if len(hint.units) == 1 and (best is None or best.code in _above(hint.units[0], book)):
            best = hint.units[0]
    return best


def against(unit: Unit, hints: Iterable[Clue], book: Directory) -> tuple[Clue, ...]:
    """Return the hints that name somebody else, who is not above that unit either."""
    others = tuple(hint for hint in hints if unit not in hint.units)
    above = _above(unit, book) if others else frozenset()
    return tuple(hint for hint in others if not any(u.code in above for u in hint.units))


def _above(unit: Unit, book: Directory) -> frozenset[str]:
    """Return the codes of all units above one: its superiors and the bodies it belongs to."""
    found: set[str] = set()
    open_units = [unit]
    while open_units and len(found) < _HIGHEST:
        here = open_units.pop()
        body = book.roster.unit(here.party_body) if here.party_body else None
        for over in (parent_of(book.regime, book.roster, here), body):
            if over is not None and over.code not in found and over.code != unit.code:
                found.add(over.code)
                open_units.append(over)
    return frozenset(found)
