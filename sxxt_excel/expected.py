"""Regime × roster × settings → who owes what, by when: the expected set.

Status is computed from this and what arrived (ruling 1), never stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from sxxt_excel.codes import finding
from sxxt_excel.dates import Due, due, period_id, period_span, period_title, period_word, window
from sxxt_excel.model import (
    Duty,
    Filer,
    Finding,
    Obligation,
    Regime,
    Roster,
    Unit,
    Waiver,
    Where,
)
from sxxt_excel.relations import away_of, filers_of, in_charge, level_of, secretaries
from sxxt_excel.roster import ROSTER_FILE, UNITS, WAIVERS
from sxxt_excel.settings import check_settings
from sxxt_excel.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sxxt_excel.settings import Settings

EXEMPT, EXTENDED, ACCEPTED = "准予免报", "准予延期", "认可接收"
_ALL = "全部"
_BASIS = "《单位名册》填写说明"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed. `filer` is set where each filer sends a workbook of his own.

    `last` is the due day, or the end of its window where no day is set; `exempt` are
    labels of filers who need not file; `waiver` excuses the whole. `away` would file if
    they were there. `recognised` names who agreed
    to take a faulty one as it is.
    """

    obligation: Obligation
    duty: Duty
    unit: Unit
    period: str
    accepts: tuple[str, ...]
    due: Due | None
    last: date
    filers: tuple[Filer, ...]
    filer: Filer | None = None
    exempt: tuple[str, ...] = ()
    waiver: Waiver | None = None
    away: tuple[Filer, ...] = ()
    recognised: str = ""

    @property
    def title(self) -> str:
        """Return what people call it: packet and period."""
        return f"{period_title(self.period)}{self.obligation.packet}"


def owed(regime: Regime, settings: Settings, roster: Roster) -> tuple[Owed, ...]:
    """Return everything owed in the workspace's year, by obligation, then roster order.

    Raises:
        DefinitionError: the settings name what the regime does not have.
    """
    check_settings(settings, regime)
    found: list[Owed] = []
    for obligation in regime.obligations:
        if _duty(settings, obligation) == "自存":
            continue
        seen: set[str] = set()
        for unit in roster.units:
            item = _of_unit(regime, settings, roster, obligation, unit)
            if item is None:
                continue
            if regime.filers_of(obligation.filers).once:
                item = _first_posts(item, seen)
            if item.filers:
                found.extend(_split(item) if settings.by_person else (item,))
    return tuple(found)


def _duty(settings: Settings, obligation: Obligation) -> Duty:
    """Return what kind of duty one is: the office's own word before the document's."""
    return cast("Duty", settings.duty.get(obligation.id, obligation.duty))


def _of_unit(
    regime: Regime, settings: Settings, roster: Roster, obligation: Obligation, unit: Unit
) -> Owed | None:
    group = regime.filers_of(obligation.filers)
    asked = unit.kind in group.units or (
        unit.kind in group.optional and unit.kind in settings.also and unit.party_body is None
    )
    if not asked:
        return None
    word = settings.january if settings.january in obligation.accepts else obligation.period
    period = period_id(word, settings.year)
    accepts = tuple(
        period_id(w, settings.year) for w in (obligation.period, *obligation.accepts) if w != word
    )
    waivers = [
        w for w in roster.waivers if w.unit == unit.code and _concerns(w, obligation, period)
    ]
    deadline = _due(settings, obligation, waivers)
    last = deadline.day if deadline else _window_end(settings, obligation, period)
    if not _exists(unit, period, last):
        return None
    valid = [w for w in waivers if w.expires is None or w.expires >= last]
    exempt = tuple(w.filer for w in valid if w.kind == EXEMPT and w.filer)
    whole = next((w for w in valid if w.kind == EXEMPT and not w.filer), None)
    recognised = (w.approver for w in valid if w.kind == ACCEPTED and not w.filer)
    return Owed(
        obligation=obligation,
        duty=_duty(settings, obligation),
        unit=unit,
        period=period,
        accepts=accepts,
        due=deadline,
        last=last,
        filers=filers_of(regime, group, roster, unit, last),
        exempt=exempt,
        waiver=whole,
        away=away_of(regime, group, roster, unit, last),
        recognised=next(recognised, ""),
    )


def _due(settings: Settings, obligation: Obligation, waivers: list[Waiver]) -> Due | None:
    extended = [w.until for w in waivers if w.kind == EXTENDED and w.until and not w.filer]
    words = settings.due.get(obligation.id, obligation.due)
    if extended:
        words = max(extended).isoformat()
    return due(words, settings.year, settings.calendar) if words else None


def _window_end(settings: Settings, obligation: Obligation, period: str) -> date:
    if obligation.window:
        return window(obligation.window, settings.year, settings.windows)[1]
    return period_span(period)[1]


def _exists(unit: Unit, period: str, last: date) -> bool:
    """A new unit owes from its first full period, a dissolved one nothing more."""
    if unit.founded is not None and unit.founded > period_span(period)[0]:
        return False
    return unit.dissolved is None or unit.dissolved > last


def _first_posts(item: Owed, seen: set[str]) -> Owed:
    filers = []
    for filer in item.filers:
        key = filer.person.key if filer.person else f"{filer.label}@{item.unit.code}"
        if key not in seen:
            seen.add(key)
            filers.append(filer)
    return replace(item, filers=tuple(filers))


def _split(item: Owed) -> Iterator[Owed]:
    for filer in item.filers:
        exempt = item.waiver
        if exempt is None and filer.label in item.exempt:
            exempt = _excuse(filer, item)
        yield replace(item, filer=filer, filers=(filer,), waiver=exempt)
    for filer in item.away:
        yield replace(
            item, filer=filer, filers=(filer,), waiver=item.waiver or _excuse(filer, item)
        )


def _excuse(filer: Filer, item: Owed) -> Waiver:
    return Waiver(item.unit.code, filer.label, "", EXEMPT, None, "", "", None, None, "")


def matters(obligation: Obligation, period: str) -> tuple[str, ...]:
    """Return the names by which 例外 may call an obligation."""
    word = period_word(period)
    return (
        obligation.packet,
        f"{obligation.packet}{word}",
        f"{word}{obligation.packet}",
        obligation.id,
        obligation.title,
        *obligation.serves[:1],
    )


def _concerns(waiver: Waiver, obligation: Obligation, period: str) -> bool:
    said = fold(waiver.matter)
    return said == _ALL or said in {fold(name) for name in matters(obligation, period)}


def roster_faults(
    regime: Regime, settings: Settings, roster: Roster, items: tuple[Owed, ...]
) -> Iterator[Finding]:
    """Yield what the roster lacks for this regime: secretaries, heads, leaders, matters."""
    first: dict[str, date] = {}
    for item in items:
        if item.duty == "报送":
            code = item.unit.code
            first[code] = min(item.last, first.get(code, item.last))
    for unit in roster.units:
        if unit.code in first:
            yield from _unit_faults(regime, roster, unit, first[unit.code])
    known = {
        fold(name): name
        for o in regime.obligations
        for name in matters(o, period_id(o.period, settings.year))
    }
    for waiver in roster.waivers:
        if waiver.matter and fold(waiver.matter) not in {*known, _ALL}:
            near = nearest(waiver.matter, known.values())
            hint = f"最接近的是“{near}”" if near else "写套表名称，如“责任任务清单”"
            at = Where(path=ROSTER_FILE, sheet=WAIVERS, cell=waiver.cell, field="报送事项")
            yield finding("R109", at, got=waiver.matter, choices=hint, basis=_BASIS)


def _unit_faults(regime: Regime, roster: Roster, unit: Unit, day: date) -> Iterator[Finding]:
    at = Where(
        path=ROSTER_FILE, sheet=UNITS, cell=unit.cell, unit=unit.name, unit_code=unit.code,
        field="单位名称",
    )  # fmt: skip
    found = secretaries(roster, unit, day)
    if not found:
        yield finding("R104", at, got=unit.name, basis=_BASIS)
    elif len(found) > 1:
        names = "、".join(p.name for p in found)
        yield finding("R105", at, got=str(len(found)), names=names, basis=_BASIS)
    heads = [p for p in roster.people_of(unit.code) if p.in_post(day)]
    if not any(p.identity == "主要负责人" or p.acting for p in heads):
        yield finding("R111", at, got=unit.name, basis=_BASIS)
    if level_of(regime, unit) != regime.levels[0].id and not in_charge(roster, unit, day):
        yield finding("R112", at, got=unit.name, basis=_BASIS)
