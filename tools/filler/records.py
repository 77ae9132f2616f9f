"""Records that a need or a slot of the catalogue asks of everyone who sends a register for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sxxt_excel.relations import filers_of, members, secretaries
from sxxt_excel.rules.windows import Span, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sxxt_excel.model.rules import Need, Slot, Supply
    from sxxt_excel.people import Filer, Person, Unit

    from .desk import Desk
    from .sheets import Table, Value


@dataclass(frozen=True, slots=True)
class Ask:
    """One of whom a need asks, within a unit: whose row, and whom it names."""

    unit: Unit
    filer: Filer | None = None
    by: str = ""
    name: str = ""
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record to be made: in which register, in whose name, in which days, for which slot."""

    table: Table
    supply: Supply
    ask: Ask
    span: Span
    slot: Slot | None = None


@dataclass(slots=True)
class Recorder:
    """Adds records; `held` keeps the day of each slot and unit, which the next may not precede."""

    desk: Desk
    held: dict[str, date] = field(default_factory=dict)

    def meet(self, need: Need, slot: Slot | None = None) -> None:
        """Add the records that a need, or that of a slot, asks for."""
        for span in spans(need.window, self.desk.settings):
            for ask in _asked(self.desk, need, span):
                found = _register(self.desk, need, ask)
                if found is not None:
                    for _ in range(need.at_least):
                        self.add(Record(found[1], found[0], ask, span, slot))

    def add(self, record: Record) -> None:
        """Add a row that answers a supply for one asked, on a day of the window."""
        table, ask = record.table, record.ask
        copy, form = table.copy, table.form
        day = self._day(record)
        match = _match(self.desk, record, day)
        if record.slot is not None:
            self.held[f"{record.slot.need.law.id}{copy.unit.code}"] = day
        labels = {f.label: f for f in copy.filers}
        filer = labels.get(ask.filer.label) if ask.filer else next(iter(copy.filers), None)
        table.add(match, filer if form.filer else None)

    def _day(self, record: Record) -> date:
        """Return a day of a window, each row's a different one; not before what it follows."""
        span, table, slot = record.span, record.table, record.slot
        first, last = max(span.first, date(self.desk.settings.year, 1, 1)), span.last
        first = first if first < last else span.first
        day = first + (last - first) // 3 + timedelta(days=len(table.lines) % 40)
        before = self.held.get(f"{slot.after}{table.copy.unit.code}") if slot else None
        if before is not None and before >= day:
            day = before + timedelta(days=1)
        return min(day, last)


def _match(desk: Desk, record: Record, day: date) -> dict[str, Value]:
    """Return what the row must say to count."""
    form = record.table.form
    match = _kinds(record) | _who_and_when(desk, record, day)
    if form.subject:
        match.setdefault(form.subject, desk.about(record.table.copy).name)
    if record.slot is not None:
        for item in form.fields:
            if record.slot.kind in item.choices:
                match.setdefault(item.name, record.slot.kind)
    return match


def _kinds(record: Record) -> dict[str, Value]:
    """Return which kind of record it is."""
    supply, form = record.supply, record.table.form
    match: dict[str, Value] = {}
    for name, values in supply.where:
        match[name] = _unused(record, name, values)
    for name in supply.distinct:
        choices = getattr(form.field(name), "choices", ())
        if name not in match and choices and name != supply.date:
            match[name] = _unused(record, name, choices)
    return match


def _who_and_when(desk: Desk, record: Record, day: date) -> dict[str, Value]:
    supply, ask = record.supply, record.ask
    names = supply.names if ask.name or supply.names != record.table.form.filer else None
    pairs: tuple[tuple[str | None, Value], ...] = (
        (names, ask.name or record.table.copy.unit.name),
        (supply.by, ask.by),
        (supply.year, desk.settings.year),
        (supply.date, day),
    )
    return {name: value for name, value in pairs if name}


def _unused(record: Record, name: str, values: Sequence[str]) -> str:
    """Return the value that fewest rows about the same one have."""
    lines, names = record.table.lines, record.supply.names
    about = record.ask.name or record.table.copy.unit.name
    same = [n for n in lines if not names or n.values.get(names) == about]
    return min(values, key=lambda v: sum(line.says(name, (v,)) for line in same))


# ---- of whom, and where it is entered ----------------------------------------------------


def _asked(desk: Desk, need: Need, span: Span) -> Iterator[Ask]:
    for unit in desk.roster.units:
        match need.each:
            case "unit":
                yield Ask(unit)
            case "secretary":
                heads = secretaries(desk.roster, unit, span.last)
                yield from (Ask(unit, name=p.name) for p in heads)
            case "department":
                parts = desk.roster.departments_of(unit.code)
                yield from (Ask(unit, name=part.name) for part in parts)
            case "pair":
                pairs = _pairs(desk, need, unit, span.last)
                yield from (Ask(unit, by=a.name, name=b.name) for a, b in pairs)
            case "subject":
                if unit.kind in need.units:
                    yield Ask(unit, name=unit.name, anywhere=True)
            case "filer" | "holder":
                yield from _filers(desk, need, unit, span.last)


def _filers(desk: Desk, need: Need, unit: Unit, day: date) -> Iterator[Ask]:
    """Yield the filers of a unit; one who is asked as a holder may stand in anybody's rows."""
    group = desk.regime.filers_of(need.filers)
    if need.each == "holder" and unit.kind not in group.units:
        return
    for filer in filers_of(desk.regime, group, desk.roster, unit, day):
        yield Ask(unit, filer, name=filer.label, anywhere=need.each == "holder")


def _pairs(desk: Desk, need: Need, unit: Unit, day: date) -> Iterator[tuple[Person, Person]]:
    body = members(desk.roster, unit.code, day)
    if "heads" in need.pairs:
        heads = _heads(body)
        yield from ((head, p) for head in heads for p in body if p not in heads)
    if "branches" in need.pairs:
        below = [p for p in desk.roster.people_of(unit.code) if p.identity == "基层党组织书记"]
        yield from ((head, p) for head in _heads(body) for p in below)
    if "sections" in need.pairs:
        parts = [u for u in desk.roster.of_kind("科室") if u.parent == unit.code]
        chiefs = [p for part in parts for p in _heads(desk.roster.people_of(part.code))]
        yield from ((head, p) for head in _heads(body) for p in chiefs)
    if "charges" in need.pairs:
        for member in body:
            for code in member.in_charge:
                yield from ((member, p) for p in _heads(desk.roster.people_of(code)))


def _heads(people: Sequence[Person]) -> list[Person]:
    return [p for p in people if p.identity == "主要负责人"]


def _register(desk: Desk, need: Need, ask: Ask) -> tuple[Supply, Table] | None:
    """Return the register in which a record of one asked belongs, if one is sent."""
    places: list[tuple[tuple[bool, ...], int, Supply, Table]] = []
    for supply in need.supply:
        for table in desk.tables(supply.form):
            rank = _rank(desk, need, ask, table)
            if rank is not None:
                places.append((rank, -len(places), supply, table))
    if not places:
        return None
    _, _, supply, table = max(places, key=lambda p: p[:2])
    return supply, table


def _rank(desk: Desk, need: Need, ask: Ask, table: Table) -> tuple[bool, ...] | None:
    """Return how well a record of one asked would stand in a register, or None."""
    copy = table.copy
    home = copy.unit.code == ask.unit.code
    about = copy.item.subject
    if not (home or ask.anywhere) or (about and ask.anywhere and about != ask.unit):
        return None
    if need.filers and not ask.anywhere and not _owes(desk, table, need.filers):
        return None
    mine = ask.filer is None or ask.filer.label in copy.labels
    return about == ask.unit, home, mine


def _owes(desk: Desk, table: Table, group: str) -> bool:
    copy = table.copy
    return (
        copy.item.obligation.filers == group or copy.unit.kind in desk.regime.filers_of(group).units
    )
