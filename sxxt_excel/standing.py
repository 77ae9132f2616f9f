"""status: what is owed and how it stands on a day, from the last result and the roster.

Without pandas: the last pass said what arrived, the day says what is due since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sxxt_excel.expected import owed
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import expected_row
from sxxt_excel.store import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sxxt_excel.expected import Owed
    from sxxt_excel.model import Expected
    from sxxt_excel.workspace import Workspace

_IDENTITY = ("unit_code", "packet", "period", "filer", "subject")
_KEEP = ("status", "arrived", "accepted", "path", "received_at")


def standing(space: Workspace, today: date) -> tuple[Expected, ...]:
    """Return the expected rows of a workspace as of a day.

    What the last `collect` recorded as arrived stays so; what had not arrived is due or
    not by `today`. Without a last result nothing has arrived.
    """
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    before = {_key(row): row for row in (read_json(space.result) or {}).get("expected", [])}
    rows = []
    for item in _current(owed(regime, space.settings, roster), before.values()):
        row = expected_row(item, (), today)
        old = before.get(_key({name: getattr(row, name) for name in _IDENTITY}))
        if old is not None and old.get("arrived") and row.status != "excused":
            row = replace(row, **{name: old.get(name) for name in _KEEP})
        rows.append(row)
    return tuple(rows)


def _current(items: Iterable[Owed], before: Iterable[dict[str, Any]]) -> Iterator[Owed]:
    """Yield what is owed; of what is owed only once it comes, what had come."""
    came = [row for row in before if row.get("arrived")]
    for item in items:
        if not item.latent:
            yield item
            continue
        for row in came:
            whose = (row.get("packet"), row.get("unit_code"))
            same = whose == (item.obligation.packet, item.unit.code)
            answered = item.answered_by(str(row.get("period"))) if same else None
            if answered is not None and (item.filer is None or item.filer.label == row["filer"]):
                yield answered


def _key(row: Mapping[str, str | None]) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in _IDENTITY)


def stands(rows: tuple[Expected, ...]) -> bool:
    """Tell whether something dated is missing or was returned."""
    return any(
        row.duty == "报送" and (row.status == "returned" or (row.status == "missing" and row.due))
        for row in rows
    )
