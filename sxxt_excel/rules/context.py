"""What all rules look at: the definitions, the roster, the day, and all files' tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster
    from sxxt_excel.settings import Settings
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission

    Past = Mapping[str, tuple[Mapping[str, str], ...]] | None


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment: its path and the code of the unit it was matched to, if any."""

    path: str
    unit_code: str | None


@dataclass(frozen=True)
class Context:
    """One pass's material. `stacks` maps a form's id to the rows of all live files.

    Not slotted: what several rules ask of it is found once and kept.
    `past` are the rows accepted last year, form by form; None where the office has no such.
    """

    regime: Regime
    settings: Settings
    roster: Roster
    today: date
    owed: tuple[Owed, ...]
    submissions: Mapping[int, Submission]
    stacks: Mapping[str, Stack]
    papers: tuple[Paper, ...] = ()
    past: Past = None

    def of_packets(self, packets: tuple[str, ...]) -> Iterator[Submission]:
        """Yield the live submissions of these packets."""
        for submission in self.submissions.values():
            if submission.packet.id in packets:
                yield submission

    def unit_name(self, code: str) -> str:
        """Return the name of a unit, its code where the roster has none of that."""
        unit = self.roster.unit(code)
        return unit.name if unit else code

    @cached_property
    def torn(self) -> frozenset[tuple[str, str]]:
        """Return (unit, form) of each sheet that a live workbook lacks though its packet has it."""
        return frozenset(
            (submission.unit_code, form.id)
            for submission in self.submissions.values()
            for there in ({table.form for table in submission.extract.tables},)
            for form in submission.forms
            if submission.unit_code and not form.optional and form.id not in there
        )
