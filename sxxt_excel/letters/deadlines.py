"""The year's deadlines of a workspace: what is due when, by whose words, and what day that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.dates import weekday
from sxxt_excel.model.obligations import KEPT, OWED
from sxxt_excel.outputs.words import long_day, title_of
from sxxt_excel.workdays import day_off

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sxxt_excel.model.obligations import Obligation
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.settings import Settings


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing to be filed: from `first` to `last`, or by the day `last` where `first` is None.

    `words` are the document's own or the office's, `filers` who files it, `duty` what kind of
    duty it is, `remark` what is special about the last day.
    """

    rule: str
    title: str
    duty: str
    filers: str
    last: date
    first: date | None
    words: str
    until: str
    remark: str
    basis: str

    @property
    def when(self) -> str:
        """Return the day, or the span, as people write it."""
        return self.until if self.first is None else f"{long_day(self.first)}至{self.until}"


def deadlines(regime: Regime, settings: Settings) -> tuple[Deadline, ...]:
    """Return what is due in the workspace's year, by day; a span stands at its end.

    What an office keeps to itself and what is only due once something happens stands there only
    where a day is set for it.
    """
    found = (_deadline(regime, settings, obligation) for obligation in regime.obligations)
    return tuple(sorted((d for d in found if d), key=lambda d: (d.last, d.first is not None)))


def _deadline(regime: Regime, settings: Settings, obligation: Obligation) -> Deadline | None:
    duty = settings.duty_of(obligation)
    day = settings.due_of(obligation)
    if duty == KEPT or (duty != OWED and day is None):
        return None
    period = settings.period_of(obligation)
    first: date | None = None
    if day is not None:
        last, until = day.last, day.said
        named = day.shifted_from
        moved = f"由{long_day(settings.calendar.last_day(named))}顺延" if named else ""
    else:
        first, last = settings.span_of(obligation, period)
        until, moved = long_day(last), "制度没有定日子"
    return Deadline(
        rule=obligation.id,
        title=title_of(obligation.packet, period, regime),
        duty=duty,
        filers=obligation.filers,
        last=last,
        first=first,
        words=_said(settings, obligation),
        until=until,
        remark="，".join((weekday(last), *filter(None, _remarks(last, moved)))),
        basis=regime.cite(obligation.basis),
    )


def _said(settings: Settings, obligation: Obligation) -> str:
    """Return in whose words the day is set: the office's own, else the document's."""
    own = settings.due.get(obligation.id)
    if own:
        return f"办公室另定：{own}"
    return obligation.due or obligation.window or obligation.period


def _remarks(day: date, moved: str) -> Iterator[str]:
    off = day_off(day)
    yield moved
    # The name of the weekday already says that it is a weekend.
    yield f"{day.year}年放假安排未公布" if off is None else off.removeprefix("周末")
