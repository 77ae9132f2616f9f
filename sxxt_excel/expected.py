"""Regime × roster × settings → who owes what, by when: the expected set.

Status is computed from this and what arrived (ruling 1), never stored.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.arisen import arisen, check_groups, files_for
from sxxt_excel.asked import is_asked
from sxxt_excel.conformity import check_settings
from sxxt_excel.duties import Owed
from sxxt_excel.model.obligations import KEPT, NEEDED
from sxxt_excel.people import Filer, Roster, Unit, Waiver
from sxxt_excel.periods import period_span
from sxxt_excel.relations import away_of, filers_of, home
from sxxt_excel.waivers import EXEMPT, excuses, extended, waivers_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sxxt_excel.deadlines import Due
    from sxxt_excel.model.obligations import Duty, Filers, Obligation
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.settings import Settings


def owed(regime: Regime, settings: Settings, roster: Roster) -> tuple[Owed, ...]:
    """Return everything owed in the workspace's year, by obligation, then roster order.

    What is owed by nobody yet stands there too, marked `latent`.

    Raises:
        DefinitionError: the settings name what the regime or the roster does not have.
    """
    check_settings(settings, regime)
    check_groups(settings, roster)
    needed = arisen(regime, settings, roster)
    found: list[Owed] = []
    for obligation in regime.obligations:
        if settings.duty_of(obligation) == KEPT:
            continue
        seen: dict[str, set[str]] = defaultdict(set)
        terms = _terms(regime, settings, obligation)
        here = home(regime, roster, settings.node) if terms.relayed else None
        for unit in roster.units:
            if unit is here:
                continue  # the tool writes it, for the next level up
            periods = needed.get((obligation.id, unit.code), ())
            for item in _of_unit(regime, settings, roster, terms, unit, periods):
                if terms.group.once:
                    # Who files for one period files for the others too.
                    item = _first_posts(item, seen[item.period])  # noqa: PLW2901 - fewer filers
                if item.filers:
                    found.extend(_of_filers(regime, settings, roster, item))
    return tuple(found)


def _of_filers(regime: Regime, settings: Settings, roster: Roster, item: Owed) -> Iterator[Owed]:
    """Yield a duty once for each subject, or each filer where the office so chose."""
    if item.obligation.about:
        yield from _about(roster, item)
    elif settings.by_person:
        each = tuple(_split(settings, roster, item))
        # An empty workbook is asked of nobody, unless it is not said yet whom anything is asked of.
        yield from [one for one in each if is_asked(regime, roster, one)] or each
    else:
        yield item


def _about(roster: Roster, item: Owed) -> Iterator[Owed]:
    """Yield a duty for each unit that it is about, those excused with their waiver.

    It is about party bodies: a unit without one of its own is looked at with that which it has.
    """
    for unit in roster.units:
        if unit.kind not in item.obligation.about or unit.party_body is not None:
            continue
        if _exists(unit, item.period, item.last):
            waivers = waivers_for(roster, unit, item.obligation, item.period)
            whole = next((w for w in waivers if excuses(w, item.last)), item.waiver)
            yield replace(item, subject=unit, waiver=whole)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a duty asks of every unit alike, for one period: who files, when, and what is taken.

    `relayed`: the tool itself writes it for the office's own unit.
    """

    obligation: Obligation
    duty: Duty
    group: Filers
    period: str
    accepts: tuple[str, ...]
    due: Due | None
    opens: date
    end: date
    relayed: bool


def _terms(
    regime: Regime, settings: Settings, obligation: Obligation, other: str | None = None
) -> _Terms:
    """Return the terms of a duty for its own period, or for another one in which it arose."""
    period = other or settings.period_of(obligation)
    opens, end = settings.span_of(obligation, period)
    return _Terms(
        obligation=obligation,
        duty=settings.duty_of(obligation),
        group=regime.filers_of(obligation.filers),
        period=period,
        accepts=() if other else settings.accepted(obligation, period),
        due=settings.due_of(obligation),
        opens=opens,
        end=end,
        relayed=regime.packet(obligation.packet).rollup,
    )


def _of_unit(  # noqa: PLR0913, PLR0917 - as below
    regime: Regime,
    settings: Settings,
    roster: Roster,
    terms: _Terms,
    unit: Unit,
    periods: tuple[str, ...],
) -> Iterator[Owed]:
    """Yield what a unit owes of one duty: once, or once for each period in which it arose."""
    if not files_for(settings, terms.group, unit):
        return
    latent = terms.duty == NEEDED and terms.period not in periods
    item = _in_period(regime, settings, roster, terms, unit, latent=latent)
    if item is None:
        return
    yield item
    for period in periods:
        if period != terms.period:
            other = _terms(regime, settings, terms.obligation, period)
            again = _in_period(regime, settings, roster, other, unit)
            if again is not None:
                yield again


def _in_period(  # noqa: PLR0913 - what a duty is made of
    regime: Regime,
    settings: Settings,
    roster: Roster,
    terms: _Terms,
    unit: Unit,
    *,
    latent: bool = False,
) -> Owed | None:
    """Return what a unit owes for one period; None where it did not exist through it."""
    waivers = waivers_for(roster, unit, terms.obligation, terms.period)
    deadline, last = extended(settings, terms.due, terms.end, waivers)
    if not _exists(unit, terms.period, last):
        return None
    valid = [w for w in waivers if w.expires is None or w.expires >= last]
    exempt = tuple(w.filer for w in valid if w.kind == EXEMPT and w.filer)
    whole = next((w for w in valid if excuses(w, last)), None)
    return Owed(
        obligation=terms.obligation,
        duty=terms.duty,
        unit=unit,
        period=terms.period,
        accepts=terms.accepts,
        due=deadline,
        last=last,
        filers=filers_of(regime, terms.group, roster, unit, last),
        exempt=exempt,
        waiver=whole,
        away=away_of(regime, terms.group, roster, unit, last),
        latent=latent,
        opens=terms.opens,
    )


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


def _split(settings: Settings, roster: Roster, item: Owed) -> Iterator[Owed]:
    waivers = waivers_for(roster, item.unit, item.obligation, item.period)
    for filer in item.filers:
        exempt = item.waiver
        if exempt is None and filer.label in item.exempt:
            exempt = _excuse(filer, item)
        day, last = extended(settings, item.due, item.last, waivers, filer.label)
        yield replace(item, filer=filer, filers=(filer,), waiver=exempt, due=day, last=last)
    for filer in item.away:
        yield replace(
            item, filer=filer, filers=(filer,), waiver=item.waiver or _excuse(filer, item)
        )


def _excuse(filer: Filer, item: Owed) -> Waiver:
    return Waiver(item.unit.code, filer.label, "", EXEMPT, None, "", "", None, None, "")
