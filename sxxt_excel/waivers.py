"""例外: which duties a line of it is about, what it spares, and how much more time it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.deadlines import due
from sxxt_excel.periods import period_word
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sxxt_excel.deadlines import Due
    from sxxt_excel.model.obligations import Obligation
    from sxxt_excel.people import Roster, Unit, Waiver
    from sxxt_excel.settings import Settings

EXEMPT, EXTENDED, ACCEPTED = "准予免报", "准予延期", "认可接收"
ALL = "全部"


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


def waivers_for(roster: Roster, unit: Unit, obligation: Obligation, period: str) -> list[Waiver]:
    """Return the lines of 例外 about what a unit owes of a duty for a period."""
    return [w for w in roster.waivers_of(unit.code) if concerns(w, obligation, period)]


def excuses(waiver: Waiver, day: date) -> bool:
    """Tell whether a waiver spares the whole of a duty on a day."""
    valid = waiver.expires is None or waiver.expires >= day
    return valid and waiver.kind == EXEMPT and not waiver.filer


def extended(
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
