"""What the careful clerk has before him: all workbooks of a place, and who is who in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sxxt_excel.relations import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Rows
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.settings import Settings

    from .sheets import Copy, Line, Table


@dataclass(slots=True)
class Desk:
    """The workbooks, filled in together because they speak of one another.

    `least` is how many rows a table has where nobody says how many; `papers` collects the
    names of the documents that are to lie beside the workbooks.
    """

    regime: Regime
    settings: Settings
    roster: Roster
    copies: tuple[Copy, ...]
    least: int
    papers: list[str] = field(default_factory=list)

    @property
    def end(self) -> date:
        """Return the last day of the year that is collected."""
        return date(self.settings.year, 12, 31)

    def tables(self, form: str | None = None, unit: Unit | None = None) -> Iterator[Table]:
        """Yield tables, of one form or all, of one unit or all, in the order of the copies."""
        for copy in self.copies:
            if unit is None or copy.unit.code == unit.code:
                yield from (t for t in copy.tables.values() if form in {None, t.form.id})

    def has(self, form: str, unit: Unit) -> bool:
        """Tell whether a unit sends a form at all."""
        return next(self.tables(form, unit), None) is not None

    def lines(self, form: str, unit: Unit | None = None) -> list[tuple[Table, Line]]:
        """Return the rows of a form, of one unit or all, each with its table."""
        return [(table, line) for table in self.tables(form, unit) for line in table.lines]

    def means(self, rows: Rows, table: Table, line: Line) -> bool:
        """Tell whether demand or supply means a row, whatever its `where` says."""
        if rows.level is not None and level_of(self.regime, table.copy.unit) != rows.level:
            return False
        return not rows.roles or line.role in rows.roles

    def about(self, copy: Copy) -> Unit:
        """Return the unit that a workbook is about, or one that it may speak of."""
        return copy.item.subject or next(iter(self.subjects(copy.unit)), copy.unit)

    def subjects(self, unit: Unit) -> list[Unit]:
        """Return the units that a unit may speak of: those below it, else all but the top."""
        top = self.regime.levels[0].id
        below = [u for u in self.roster.units if u.parent == unit.code]
        return below or [u for u in self.roster.units if level_of(self.regime, u) != top]
