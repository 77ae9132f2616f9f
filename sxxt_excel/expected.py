"""Regime × roster × settings → who owes what, by when: the expected set.

Status is computed from this and what arrived (ruling 1), never stored.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.arisen import arisen, check_groups, files_for
from sxxt_excel.deadlines import Due, due
from sxxt_excel.model import KEPT, NEEDED
from sxxt_excel.people import Filer, Roster, Unit, Waiver
from sxxt_excel.periods import ROUNDS, is_round, period_id, period_span, period_title, period_word
from sxxt_excel.regime import EXPLANATIONS
from sxxt_excel.relations import away_of, filers_of, home, secretaries
from sxxt_excel.settings import check_settings
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.model import Duty, Filers, Need, Obligation, Packet, Regime, Slot, Supply
    from sxxt_excel.settings import Settings

EXEMPT, EXTENDED, ACCEPTED = "准予免报", "准予延期", "认可接收"
ALL = "全部"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed. `filer` is set where each filer sends a workbook of his own.

    `accepts` are the other periods it takes, `ROUNDS` standing for any round. `last` is the
    due day, or the end of its window where no day is set, `opens` the first day of that window,
    else of the period; `exempt` are labels of filers who need not file; `waiver` excuses the
    whole. `away` would file if they were there. `subject` is the unit that the workbook is
    about, where that is another one. `latent`: owed by nobody yet, but expected when it comes
    (按需 without an event).
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
    subject: Unit | None = None
    latent: bool = False
    opens: date | None = None

    @property
    def title(self) -> str:
        """Return what people call it: packet and period, and whom it is about."""
        about = f"（{self.subject.name}）" if self.subject else ""
        return f"{period_title(self.period)}{self.obligation.packet}{about}"

    @property
    def key(self) -> tuple[str, str, str | None, str | None, str]:
        """Return what tells it from everything else that is owed."""
        return (
            self.obligation.id,
            self.unit.code,
            self.filer.label if self.filer else None,
            self.subject.code if self.subject else None,
            self.period,
        )

    def answered_by(self, period: str) -> Owed | None:
        """Return this duty as a workbook of that period answers it; None if it does not.

        What is filed when needed is a duty of its own for each period that arrives.
        """
        if period == self.period:
            return self
        if self.latent or self.duty == NEEDED:
            taken = period in self.accepts or (ROUNDS in self.accepts and is_round(period))
            return replace(self, period=period, latent=True) if taken else None
        return self if period in self.accepts else None


def duties_answered(items: Iterable[Owed], period: str) -> list[Owed]:
    """Return these duties as a workbook of that period answers them, each once.

    What is expected for the period stands before the latent duty that takes any.
    """
    found = [answer for item in items if (answer := item.answered_by(period)) is not None]
    expected = {item.key for item in found if not item.latent}
    return [item for item in found if not item.latent or item.key not in expected]


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


def kept_packets(regime: Regime, settings: Settings | None = None) -> frozenset[str]:
    """Return the packets that the office keeps to itself: not issued, not collected.

    Without settings: those that the document itself leaves to it.
    """
    duties = [(o.packet, settings.duty_of(o) if settings else o.duty) for o in regime.obligations]
    sent = {packet for packet, duty in duties if duty != KEPT}
    return frozenset({packet for packet, _ in duties} - sent)


def registers(regime: Regime, settings: Settings, roster: Roster) -> tuple[Owed, ...]:
    """Return the registers the office keeps (自存), each with the unit whose they are.

    Nobody owes them, so none is ever missing: all are `latent`.
    """
    packets = kept_packets(regime, settings)
    found: dict[str, Owed] = {}
    for obligation in regime.obligations:
        unit = _keeper(regime, settings, roster, obligation)
        if obligation.packet in packets and unit is not None:
            period = period_id(obligation.period, settings.year)
            last = period_span(period)[1]
            filers = filers_of(regime, regime.filers_of(obligation.filers), roster, unit, last)
            also = tuple(_accepted(settings, obligation, period))
            item = Owed(obligation, KEPT, unit, period, also, None, last, filers, latent=True)
            found.setdefault(obligation.packet, item)
    return tuple(found.values())


def _keeper(
    regime: Regime, settings: Settings, roster: Roster, obligation: Obligation
) -> Unit | None:
    """Return whose a register is: the office's own unit, if the document means such ones."""
    group = regime.filers_of(obligation.filers)
    mine = home(regime, roster, settings.node)
    meant = [unit for unit in roster.units if files_for(settings, group, unit)]
    if mine in meant or not meant:
        return mine or next(iter(roster.units), None)
    return meant[0]


def _of_filers(regime: Regime, settings: Settings, roster: Roster, item: Owed) -> Iterator[Owed]:
    """Yield a duty once for each subject, or each filer where the office so chose."""
    if item.obligation.about:
        yield from _about(roster, item)
    elif settings.by_person:
        each = tuple(_split(settings, roster, item))
        # An empty workbook is asked of nobody, unless it is not said yet whom anything is asked of.
        yield from [one for one in each if _is_asked(regime, roster, one)] or each
    else:
        yield item


def _about(roster: Roster, item: Owed) -> Iterator[Owed]:
    """Yield a duty for each unit that it is about, those excused with their waiver."""
    for unit in roster.units:
        if unit.kind in item.obligation.about and _exists(unit, item.period, item.last):
            waivers = _waivers(roster, unit, item.obligation, item.period)
            whole = next((w for w in waivers if _excuses(w, item.last)), item.waiver)
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
        accepts=() if other else tuple(_accepted(settings, obligation, period)),
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


def _accepted(settings: Settings, obligation: Obligation, period: str) -> Iterator[str]:
    """Yield what else a workbook for a duty may be about: periods, `ROUNDS` for any of these."""
    for word in (obligation.period, *obligation.accepts):
        said = word if word == ROUNDS else period_id(word, settings.year)
        if said != period:
            yield said


def _waivers(roster: Roster, unit: Unit, obligation: Obligation, period: str) -> list[Waiver]:
    return [w for w in roster.waivers_of(unit.code) if concerns(w, obligation, period)]


def _excuses(waiver: Waiver, day: date) -> bool:
    """Tell whether a waiver spares the whole of a duty on a day."""
    valid = waiver.expires is None or waiver.expires >= day
    return valid and waiver.kind == EXEMPT and not waiver.filer


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
    waivers = _waivers(roster, unit, terms.obligation, terms.period)
    deadline, last = _extended(settings, terms.due, terms.end, waivers)
    if not _exists(unit, terms.period, last):
        return None
    valid = [w for w in waivers if w.expires is None or w.expires >= last]
    exempt = tuple(w.filer for w in valid if w.kind == EXEMPT and w.filer)
    whole = next((w for w in valid if _excuses(w, last)), None)
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


def _extended(
    settings: Settings, deadline: Due | None, last: date, waivers: Iterable[Waiver], filer: str = ""
) -> tuple[Due | None, date]:
    """Return deadline and last day of a duty, extended where that gives a unit or filer more time.

    An extension is granted in the name of a packet, or of everything: of its other periods it
    must not take a day away, nor give a day to what has none.
    """
    until = [w.until for w in waivers if w.kind == EXTENDED and w.until and w.filer == filer]
    if deadline is None:
        return None, max((last, *until))
    calendar = settings.calendar
    # A day that somebody was granted is his to the end, even where a deadline's own does not count.
    granted = (calendar.due_day(day).isoformat() for day in until)
    days = (due(said, settings.year, calendar) for said in granted)
    latest = max((deadline, *days), key=lambda each: each.day)
    return latest, latest.day


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
    waivers = _waivers(roster, item.unit, item.obligation, item.period)
    for filer in item.filers:
        exempt = item.waiver
        if exempt is None and filer.label in item.exempt:
            exempt = _excuse(filer, item)
        day, last = _extended(settings, item.due, item.last, waivers, filer.label)
        yield replace(item, filer=filer, filers=(filer,), waiver=exempt, due=day, last=last)
    for filer in item.away:
        yield replace(
            item, filer=filer, filers=(filer,), waiver=item.waiver or _excuse(filer, item)
        )


def _is_asked(regime: Regime, roster: Roster, item: Owed) -> bool:
    """Tell whether a filer's own workbook has anything for him: a catalogue may have nothing."""
    packet = regime.packet(item.obligation.packet)
    lists = {f.id for f in regime.sheets(packet.id) if f.layout != "cover"} - {EXPLANATIONS}
    slots = [(slot, supply) for slot in regime.slots if (supply := catalogued(slot, packet))]
    ruled = {c.form for c in regime.coverages} | {s.form for n in regime.needs for s in n.supply}
    if lists - {supply.form for _, supply in slots} or lists & ruled:
        return True
    return any(answerable(regime, roster, item, slot.need, item.filers) for slot, _ in slots)


def catalogued(slot: Slot, packet: Packet) -> Supply | None:
    """Return where a packet records a slot that has a name."""
    named = ((s, dict(s.where)) for s in slot.need.supply if slot.name and s.form in packet.sheets)
    return next((s for s, said in named if (slot.name,) in said.values()), None)


def answerable(
    regime: Regime, roster: Roster, item: Owed, need: Need, filers: tuple[Filer, ...]
) -> tuple[str, ...]:
    """Return who of a workbook answers for something: "" where its clerk is to say who."""
    group = regime.filers_of(need.filers)
    if item.unit.kind not in {*group.units, *group.optional}:
        return ()
    if need.each == "filer":
        asked = filers_of(regime, group, roster, item.unit, item.last)
        labels = {filer.label for filer in asked}
    elif need.each == "secretary":
        heads = {p.key for p in secretaries(roster, item.unit, item.last)}
        labels = {f.label for f in filers if f.person is not None and f.person.key in heads}
    else:
        owing = regime.filers_of(item.obligation.filers)
        asked = filers_of(regime, owing, roster, item.unit, item.last)
        labels = {f.label for f in asked if f.person is None} or {f.label for f in asked[:1]}
    found = tuple(filer.label for filer in filers if filer.label in labels)
    return found or (() if item.filer is not None or need.each == "filer" else ("",))


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


def concerns(waiver: Waiver, obligation: Obligation, period: str) -> bool:
    """Tell whether a line of 例外 is about a duty of a period."""
    said = fold(waiver.matter)
    return said == ALL or said in {fold(name) for name in matters(obligation, period)}
