"""How many units owe, have reported, are late …: the rows behind each figure that leaders read.

Figures for leaders count units, never workbooks; what is owed is what can be missing, and
whoever is excused owes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sxxt_excel.outcome import Expected

__all__ = ["Group", "Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Group:
    """What a figure counts: the numbers of the expected rows, and the codes of their units."""

    rows: tuple[int, ...]
    units: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.units)


@dataclass(frozen=True, slots=True)
class Tally:
    """Units by how they stand; each group is part of the one it is named under here.

    `owing`: those that owe something. `came`: anything of theirs arrived; `on_time`: none of it
    late; `late`: some of it; `returned`: some of it is to be mended; `partial`: some is missing.
    `silent`: nothing arrived; `waiting`: and nothing is due yet.
    """

    owing: Group
    came: Group
    on_time: Group
    late: Group
    returned: Group
    partial: Group
    silent: Group
    waiting: Group


_Row = tuple[int, "Expected"]


def tally(
    expected: Sequence[Expected], packet: str | None = None, period: str | None = None
) -> Tally:
    """Count the units of everything owed, or of one packet and period.

    Args:
        expected: all expected rows of a pass, in its order: groups name them by number.
        packet: only this one.
        period: only this one.
    """
    units: dict[str, list[_Row]] = {}
    for number, row in enumerate(expected):
        if (
            row.owed
            and row.status != "excused"
            and packet in {None, row.packet}
            and period in {None, row.period}
        ):
            units.setdefault(row.unit_code, []).append((number, row))
    every = [*units.values()]
    came = [rows for rows in every if _some(rows, _arrived)]
    silent = [rows for rows in every if not _some(rows, _arrived)]
    late = [rows for rows in came if _some(rows, _late)]
    prompt = [rows for rows in came if not _some(rows, _late)]
    waiting = [rows for rows in silent if all(row.status == "not_due" for _, row in rows)]
    return Tally(
        owing=_group(every),
        came=_group(came, _arrived),
        on_time=_group(prompt, _arrived),
        late=_group(late, _late),
        returned=_group(came, lambda row: row.status == "returned"),
        partial=_group(came, lambda row: row.status == "missing"),
        silent=_group(silent),
        waiting=_group(waiting),
    )


def _arrived(row: Expected) -> bool:
    return row.arrived is not None


def _late(row: Expected) -> bool:
    return row.arrived == "late"


def _some(rows: Iterable[_Row], holds: Callable[[Expected], bool]) -> bool:
    return any(holds(row) for _, row in rows)


def _group(
    units: Iterable[Sequence[_Row]], counts: Callable[[Expected], bool] = lambda _: True
) -> Group:
    """Return the rows of some units that a figure counts; a unit without any is not in it."""
    rows = [pair for unit in units for pair in unit if counts(pair[1])]
    codes = dict.fromkeys(row.unit_code for _, row in rows)
    return Group(tuple(sorted(number for number, _ in rows)), tuple(codes))
