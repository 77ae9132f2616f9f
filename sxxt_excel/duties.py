"""One thing owed: a filing duty, by whom, for which period, and by when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.model.obligations import NEEDED
from sxxt_excel.periods import ROUNDS, is_round, period_title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sxxt_excel.deadlines import Due
    from sxxt_excel.model.obligations import Duty, Obligation
    from sxxt_excel.people import Filer, Unit, Waiver


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
        """Return what people call it: packet and period, and whom it is about or who files it."""
        whose = self.subject.name if self.subject else self.filer.label if self.filer else ""
        about = f"（{whose}）" if whose else ""
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
