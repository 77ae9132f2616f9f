"""A careful clerk: fills issued workbooks in from the definitions alone, whatever the regime.

All workbooks of a place are filled in together, because they speak of one another: items that
are taken up, records that a figure counts, units that an inspection visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cascades import refer, take_up
from .desk import Desk
from .figures import agree, prove
from .records import Recorder
from .rows import add_rows, mirror, top_up
from .sheets import Copy, Table, open_copy
from .steps import fill_cover, follow
from .values import fill_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster
    from sxxt_excel.settings import Settings


@dataclass(frozen=True, slots=True)
class Filling:
    """What was filled in, workbook by workbook, and the papers that are to lie beside them."""

    copies: tuple[Copy, ...]
    papers: tuple[str, ...]


def fill_all(
    regime: Regime,
    settings: Settings,
    roster: Roster,
    books: Sequence[tuple[Owed, Workbook]],
    least: int = 2,
) -> Filling:
    """Fill these issued workbooks in validly; only what the office fills in stays as it is.

    Args:
        regime: the definitions, catalogue names in them.
        settings: the workspace's, for its year and windows.
        roster: who is who.
        books: what is owed with the workbook issued for it, open; changed in place.
        least: how many rows a table has at least, where nobody says how many.
    """
    copies = tuple(open_copy(regime, settings.year, item, book) for item, book in books)
    desk = Desk(regime, settings, roster, copies, least)
    _plan(desk)
    _say(desk)
    for copy in copies:
        fill_cover(desk, copy)
        for table in copy.tables.values():
            table.write()
    return Filling(copies, tuple(dict.fromkeys(desk.papers)))


def _plan(desk: Desk) -> None:
    """Add the rows that the rules ask for."""
    recorder = Recorder(desk)
    add_rows(desk)
    for need in desk.regime.needs:
        recorder.meet(need)
    for slot in desk.regime.slots:
        if slot.name:
            recorder.meet(slot.need, slot)
    for agreement in desk.regime.agreements:
        prove(recorder, agreement)
    for table in desk.tables():
        top_up(desk, table)


def _say(desk: Desk) -> None:
    """Fill in what stands in the rows, and let them speak of one another."""
    for table in desk.tables():
        fill_values(desk, table)
    for table in desk.tables():
        refer(desk, table)
    for cascade in desk.regime.cascades:
        take_up(desk, cascade)
    for table in desk.tables():
        if table.mirrored:
            mirror(desk, table, table.mirrored)
            fill_values(desk, table)
    for agreement in desk.regime.agreements:
        agree(desk, agreement)
    for table in desk.tables():
        for line in table.lines:
            follow(desk, table, line)


__all__ = ["Copy", "Table", "fill_all"]
