"""issue as one call: what a choice of packet, period and units means → 下发/ and 自存/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.census import roster_faults
from sxxt_excel.duties import duties_answered
from sxxt_excel.expected import owed
from sxxt_excel.filed import filed_rows
from sxxt_excel.issue import issue, write_registers
from sxxt_excel.kept import kept_packets, registers
from sxxt_excel.periods import PeriodError, period_meant
from sxxt_excel.prefill import Desk
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import COLLECTED, MASTER, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from sxxt_excel.duties import Owed
    from sxxt_excel.issue import Issued
    from sxxt_excel.outcome import Finding
    from sxxt_excel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be issued; what is not said is not narrowed down.

    `packet` by its name, `period` as an id or as people call it, `units` by name or code.
    """

    packet: str | None = None
    period: str | None = None
    units: tuple[str, ...] = ()

    def of(self, items: Iterable[Owed], year: int) -> tuple[Owed, ...]:
        """Return the duties that get a workbook; a latent one only where its packet is named.

        Where no period is named, it gets none either beside what is expected of its unit.

        Raises:
            WorkspaceError: no period is called so.
        """
        chosen = [item for item in items if self._takes(item)]
        if self.period:
            period = _period(self.period, year)
            chosen = [item for item in duties_answered(chosen, period) if item.period == period]
        else:
            expected = {_whose(item) for item in chosen if not item.latent}
            chosen = [o for o in chosen if not o.latent or _whose(o) not in expected]
        return tuple(item for item in chosen if self.packet or not item.latent)

    def _takes(self, item: Owed) -> bool:
        return self.packet in {None, item.obligation.packet} and (
            not self.units or item.unit.name in self.units or item.unit.code in self.units
        )


def _period(said: str, year: int) -> str:
    try:
        return period_meant(said, year)
    except PeriodError as error:
        raise WorkspaceError(str(error).rstrip("。")) from error


def _whose(item: Owed) -> tuple[str | None, ...]:
    """Return what a duty shares with itself in another period."""
    return item.key[:-1]


@dataclass(frozen=True, slots=True)
class Handout:
    """What was laid out: workbooks for units, and registers of the office's own.

    `registers` is how many there are of those, `made` the files that were not there before.
    `faults` is what the roster should be looked at for.
    """

    issued: tuple[Issued, ...]
    registers: int
    made: tuple[Path, ...]
    faults: tuple[Finding, ...]


def hand_out(
    space: Workspace,
    today: date,
    choice: Choice,
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> Handout:
    """Issue the workbooks of a choice, and lay out the registers where they are switched on.

    Args:
        space: settings, roster, own definitions, and what has been accepted so far.
        today: the date of the log's new lines.
        choice: which of all that is owed.
        progress: given the number of workbooks, returns what to call after each.

    Raises:
        DefinitionError, RosterError: a definition or the roster can't be used.
        WorkspaceError: nothing is to be issued by that choice, or it names no period.
    """
    regime = space.regime()
    roster, faults = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    chosen = choice.of(items, space.settings.year)
    desk = Desk(regime, space.settings, roster, filed_rows(space.root / COLLECTED / MASTER, regime))
    kept = () if choice.units or choice.period else _registers(desk, choice.packet)
    if not chosen and not kept:
        raise WorkspaceError(
            "没有要下发的：请核对单位名册中的“单位类别”，或 --packet、--period、--unit 写得对不对"
        )
    return Handout(
        issued=issue(desk, chosen, space.issued, today, progress),
        registers=len(kept),
        made=write_registers(desk, kept, space.kept),
        faults=(*faults, *roster_faults(regime, space.settings, roster, items)),
    )


def _registers(desk: Desk, packet: str | None) -> tuple[Owed, ...]:
    """Return the office's own registers to be laid out: none where they are not switched on."""
    if not desk.settings.registers:
        if packet in kept_packets(desk.regime, desk.settings):
            raise WorkspaceError(
                f"“{packet}”由办公室自存，不下发；要用的请在 sxxt.toml 写 registers = true"
            )
        return ()
    items = registers(desk.regime, desk.settings, desk.roster)
    return tuple(item for item in items if packet in {None, item.obligation.packet})
