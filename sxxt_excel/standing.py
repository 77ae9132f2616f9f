"""status: what is owed and how it stands on a day, from the last result and the roster.

Without pandas: the last pass said what arrived, the day says what is due since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.expected import owed
from sxxt_excel.regime import load_regime
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import expected_row
from sxxt_excel.store import read_json

if TYPE_CHECKING:
    from datetime import date

    from sxxt_excel.model import Expected
    from sxxt_excel.workspace import Workspace

_KEEP = ("status", "arrived", "accepted", "path", "received_at")


def standing(space: Workspace, today: date) -> tuple[Expected, ...]:
    """Return the expected rows of a workspace as of a day.

    What the last `collect` recorded as arrived stays so; what had not arrived is due or
    not by `today`. Without a last result nothing has arrived.
    """
    regime = load_regime(space.settings.regime, space.validators)
    roster, _ = read_roster(space.roster)
    before = {_key(row): row for row in (read_json(space.result) or {}).get("expected", [])}
    rows = []
    for item in owed(regime, space.settings, roster):
        row = expected_row(item, (), today)
        old = before.get((row.unit_code, row.packet, row.period, row.filer))
        if old is not None and old.get("arrived") and row.status != "excused":
            row = replace(row, **{name: old.get(name) for name in _KEEP})
        rows.append(row)
    return tuple(rows)


def _key(row: dict[str, str | None]) -> tuple[str | None, ...]:
    return row.get("unit_code"), row.get("packet"), row.get("period"), row.get("filer")


def stands(rows: tuple[Expected, ...]) -> bool:
    """Tell whether something dated is missing or was returned."""
    return any(
        row.duty == "报送" and (row.status == "returned" or (row.status == "missing" and row.due))
        for row in rows
    )
