"""What an issued workbook brings along: stamp, people, rows, defaults and items from above."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.asked import answerable, catalogued
from sxxt_excel.faces.template import Blank, Fonts, ParentItem
from sxxt_excel.people import Filer
from sxxt_excel.periods import PeriodError
from sxxt_excel.regime import faced, form_rules, packet_version
from sxxt_excel.relations import (
    HEAD,
    discipline_heads,
    in_charge,
    members,
    parent_of,
    present,
    secretaries,
)
from sxxt_excel.stamp import Stamp
from sxxt_excel.submissions import item_prefix
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Cascade, Need
    from sxxt_excel.people import Person, Roster, Unit
    from sxxt_excel.settings import Settings

Filed = dict[str, tuple[dict[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What issuing needs: definitions, roster, settings, and what has been accepted so far."""

    regime: Regime
    settings: Settings
    roster: Roster
    filed: Filed


def blank_for(desk: Desk, item: Owed, first_number: int = 1) -> Blank:
    """Return what the workbook of one duty is to hold."""
    if desk.settings.on_one_sheet(item.obligation.packet):
        desk = replace(desk, regime=faced(desk.regime, item.obligation.packet))
    packet = desk.regime.packet(item.obligation.packet)
    filers = tuple(f for f in item.filers if f.label not in item.exempt)
    fonts = Fonts(**desk.settings.fonts) if desk.settings.fonts else Fonts()
    return Blank(
        regime=desk.regime,
        packet=packet,
        year=desk.settings.year,
        period=item.period,
        stamp=Stamp(
            regime=desk.regime.id,
            packet=packet.id,
            version=packet_version(desk.regime, packet.id),
            unit_code=item.unit.code,
            unit=item.unit.name,
            filers=tuple(f.label for f in filers),
            period=item.period,
            first=str(first_number) if first_number > 1 else "",
        ),
        unit=item.unit,
        filers=filers,
        rows=_rows(desk, item, packet, filers),
        defaults=_defaults(desk, item, packet),
        parents=_parents(desk, item, packet),
        prefix=f"{item.unit.code}-{desk.settings.year}-",
        first_number=first_number,
        fonts=fonts,
    )


def _rows(
    desk: Desk, item: Owed, packet: Packet, filers: tuple[Filer, ...]
) -> Mapping[str, tuple[Mapping[str, str | int | float | date], ...]]:
    rows: dict[str, tuple[dict[str, str | int | float | date], ...]] = {}
    for form in desk.regime.sheets(packet.id):
        found = tuple(_of_form(desk, item, packet, form, filers))
        if found:
            rows[form.id] = found
    return rows


def _of_form(
    desk: Desk, item: Owed, packet: Packet, form: Form, filers: tuple[Filer, ...]
) -> Iterator[dict[str, str | int | float | date]]:
    """Yield the rows a form brings along: mirrored items, a catalogue, people, filers' areas."""
    key = form.field(form.key) if form.key else None
    if key is not None and key.to is not None:
        yield from _mirrored(desk, item, form, key.to.form)
        return
    rule = next(
        (c for c in desk.regime.coverages if c.form == form.id and packet.id in c.packets), None
    )
    signed = any(s.form == form.id and packet.id in s.packets for s in desk.regime.signoffs)
    if item.subject is not None and form.subject is not None:
        yield {form.subject: item.subject.name}
    if form.key is not None:
        return
    yield from _catalogue(desk, item, packet, form, filers)
    if not (rule or signed):
        if form.of_kind("person"):
            yield from (_person_row(desk, form, f) for f in _people(desk, item, filers))
        return
    for filer in filers:
        if rule and rule.roles and filer.role not in rule.roles:
            continue
        own = _person_row(desk, form, filer)
        areas = desk.regime.role(filer.role).areas if rule and rule.areas else ()
        area_field = next((f.name for f in form.fields if f.choices_by_role), None)
        if areas and area_field:
            yield from ({**own, area_field: area} for area in areas)
        else:
            yield own


def _catalogue(
    desk: Desk, item: Owed, packet: Packet, form: Form, filers: tuple[Filer, ...]
) -> Iterator[dict[str, str | int | float | date]]:
    """Yield a row for each meeting, paper and report with a name that is entered in this form.

    One that another sheet of the workbook records (会议记录) is not asked for twice.
    """
    for slot in desk.regime.slots:
        supply = catalogued(slot, packet)
        if supply is None or supply.form != form.id:
            continue
        by_when = _last_day(desk, slot.need)
        for label in answerable(desk.regime, desk.roster, item, slot.need, filers):
            row: dict[str, str | int | float | date] = {
                field.name: slot.kind for field in form.fields if slot.kind in field.choices
            }
            row |= {name: values[0] for name, values in supply.where}
            row |= {field.name: by_when for field in form.of_kind("limit") if by_when}
            if form.filer and label:
                row[form.filer] = label
            yield row


def _last_day(desk: Desk, need: Need) -> str:
    """Return the last day of the window in which something is due, "" where there is none."""
    with suppress(PeriodError):  # a term whose days the office has not written
        return window(need.window, desk.settings.year, desk.settings.windows)[1].isoformat()
    return ""


def _people(desk: Desk, item: Owed, filers: tuple[Filer, ...]) -> tuple[Filer, ...]:
    """Return the people a register of people is about: who files, else the unit's own body."""
    body = (p for p in members(desk.roster, item.unit.code, item.last) if present(p, item.last))
    own = tuple(f for f in filers if f.person is not None)
    return own or tuple(Filer(p.name, "", p) for p in body)


def _person_row(desk: Desk, form: Form, filer: Filer) -> dict[str, str | int | float | date]:
    row: dict[str, str | int | float | date] = {}
    for field in form.fields:
        if field.kind in {"filer", "person"}:
            row[field.name] = filer.label
        elif field.source in _SOURCES:
            value = _SOURCES[field.source](desk, filer)
            if value:
                row[field.name] = value
    for rule in form_rules(desk.regime, form):
        if rule.expect and filer.role in rule.when.role:
            row[rule.expect[0]] = rule.expect[1][0]
    return row


def _of_person(
    take: Callable[[Desk, Person], str | date | None],
) -> Callable[[Desk, Filer], str | date | None]:
    return lambda desk, filer: take(desk, filer.person) if filer.person else None


def _charge(desk: Desk, person: Person) -> str:
    units = (desk.roster.unit(code) for code in person.in_charge)
    return "、".join(u.name for u in units if u is not None)


_SOURCES: Mapping[str, Callable[[Desk, Filer], str | date | None]] = {
    "post": _of_person(lambda _, p: p.post),
    "identity": lambda _, f: HEAD if f.role == HEAD else (f.person.identity if f.person else None),
    "field": _of_person(lambda _, p: p.field),
    "charge": _of_person(_charge),
    "since": _of_person(lambda _, p: p.since),
    "until": _of_person(lambda _, p: p.until),
}


def _defaults(desk: Desk, item: Owed, packet: Packet) -> dict[str, dict[str, str]]:
    """Return who is over the unit, by form and heading, where the roster has one such person."""
    found: dict[str, dict[str, str]] = {}
    for form in desk.regime.sheets(packet.id):
        people = {
            field.name: _OVER[field.source](desk, item)
            for field in form.fields
            if field.source in _OVER
        }
        row = {name: there[0].name for name, there in people.items() if len(there) == 1}
        if row:
            found[form.id] = row
    return found


def _secretary_above(desk: Desk, item: Owed) -> tuple[Person, ...]:
    above = parent_of(desk.regime, desk.roster, item.unit) or item.unit
    return secretaries(desk.roster, above, item.last)


def _leader_in_charge(desk: Desk, item: Owed) -> tuple[Person, ...]:
    return in_charge(desk.roster, item.unit, item.last)


def _discipline_head(desk: Desk, item: Owed) -> tuple[Person, ...]:
    above = parent_of(desk.regime, desk.roster, item.unit) or item.unit
    return discipline_heads(desk.roster, above, item.last)


_OVER: Mapping[str, Callable[[Desk, Owed], tuple[Person, ...]]] = {
    "secretary_above": _secretary_above,
    "leader_in_charge": _leader_in_charge,
    "discipline_head": _discipline_head,
}


def _mirrored(
    desk: Desk, item: Owed, form: Form, source: str
) -> Iterator[dict[str, str | int | float | date]]:
    """Yield the accepted rows of another list of the unit, in the columns both have."""
    own = {f.label for f in item.filers} if item.filer is not None else None
    for row in desk.filed.get(source, ()):
        if not _is_of(desk, row, source, item.unit):
            continue
        if own is not None and row.get(form.filer or "") not in own:
            continue
        yield {
            f.name: row[f.name]
            for f in form.fields
            if f.name in row and row[f.name] and (f.locked or f.kind in {"filer", "key"})
        }


def _is_of(desk: Desk, row: Mapping[str, str], form_id: str, unit: Unit) -> bool:
    """Tell whether an accepted row is a unit's: by the code in its number, for names are shared."""
    form = desk.regime.form(form_id)
    number = row.get(form.key or "", "")
    return number.startswith(item_prefix(unit, desk.settings.year, form.number))


def _parents(desk: Desk, item: Owed, packet: Packet) -> tuple[ParentItem, ...]:
    """Return the accepted items one level up that this unit is to take up."""
    if packet.parent_list is None:
        return ()
    parent = parent_of(desk.regime, desk.roster, item.unit)
    if parent is None:
        return ()
    form = desk.regime.form(packet.parent_list)
    found: dict[str, ParentItem] = {}
    for rule in desk.regime.cascades:
        if rule.scope not in {"in_charge", "below"} or rule.demand.form != form.id:
            continue
        owners = _owners(desk, item, parent, rule)
        for row in desk.filed.get(form.id, ()):
            if not _is_of(desk, row, form.id, parent) or row.get(form.filer or "") not in owners:
                continue
            if all(row.get(name, "") in values for name, values in rule.demand.where):
                number = row.get(form.key or "", "")
                found[number] = ParentItem(
                    number, row.get(form.words or "", ""), row.get(rule.limit or "", "")
                )
    return tuple(found[k] for k in sorted(found) if k)


def _owners(desk: Desk, item: Owed, parent: Unit, rule: Cascade) -> frozenset[str]:
    """Return whose items a unit takes up: its leaders', or those of a role one level up."""
    if rule.scope == "in_charge":
        return frozenset(p.name for p in in_charge(desk.roster, item.unit, item.last))
    roles = [desk.regime.role(name) for name in rule.demand.roles]
    identities = {identity for role in roles for identity in role.identity}
    people = desk.roster.people_of(parent.code)
    return frozenset((*rule.demand.roles, *(p.name for p in people if p.identity in identities)))
