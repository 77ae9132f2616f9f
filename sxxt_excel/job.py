"""What a pass is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sxxt_excel.receipts import receipt_of
from sxxt_excel.registry.memory import Memory

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sxxt_excel.duties import Owed
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Finding, Receipt
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.receipts import Line
    from sxxt_excel.rules.context import Past
    from sxxt_excel.rules.deadlines import Arrival
    from sxxt_excel.settings import Settings


@dataclass(frozen=True)
class Job:
    """What a pass is about: definitions, roster, settings, and the files to look at.

    `reported` is what nodes below say had arrived there, without a file of its own here.
    `past` are the rows that were accepted last year, None where that is not looked at.
    `memory` is what the registry knows; `until` the moment (ISO) after which nothing had come
    yet, "" where all counts.
    Not slotted: the look-up below is made once and kept.
    """

    regime: Regime
    settings: Settings
    roster: Roster
    owed: tuple[Owed, ...]
    inbox: Path
    parcels: tuple[Parcel, ...]
    receipts: tuple[Line, ...]
    today: date
    findings: tuple[Finding, ...] = ()
    reported: tuple[tuple[Owed, Arrival], ...] = ()
    past: Past = None
    memory: Memory = field(default_factory=Memory)
    until: str = ""

    def received(self, parcel: Parcel, sha256: str) -> Receipt:
        """Return when a file came and what that rests on, by all that is known of it."""
        return receipt_of(parcel, self.receipts, self.memory.known(parcel.path, sha256))

    def owed_by(self, unit: Unit | None) -> tuple[Owed, ...]:
        """Return what a unit owes; nothing where it is not known."""
        return self._owed.get(unit.code, ()) if unit is not None else ()

    @cached_property
    def _owed(self) -> dict[str, tuple[Owed, ...]]:
        found: dict[str, list[Owed]] = defaultdict(list)
        for item in self.owed:
            found[item.unit.code].append(item)
        return {code: tuple(items) for code, items in found.items()}
