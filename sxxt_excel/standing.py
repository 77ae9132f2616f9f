"""status: what is owed and how it stands on a day, from the last result and the roster.

Without pandas: the last pass said what arrived, the day says what is due since.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sxxt_excel.chain import version_of
from sxxt_excel.expected import owed
from sxxt_excel.model import Receipt
from sxxt_excel.receipts import clock_named
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import Arrival, expected_row
from sxxt_excel.store import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sxxt_excel.expected import Owed
    from sxxt_excel.model import Expected
    from sxxt_excel.registry.memory import Arrived
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


def standing_then(space: Workspace, as_of: date, today: date) -> tuple[Expected, ...]:
    """Return the expected rows as they stood on a day gone by, from the registry.

    Args:
        space: the workspace.
        as_of: what had come by the end of this day counts, whether or not it is still there.
        today: the day that decides what is due: commonly the same.

    Raises:
        WorkspaceError: there is no registry yet.
    """
    from sxxt_excel.registry.ledger import past  # noqa: PLC0415 - only the past waits for it

    until = f"{as_of.isoformat()}T23:59:59+08:00"
    versions: dict[tuple[str | None, ...], list[Arrived]] = defaultdict(list)
    for arrived in past(space):
        if arrived.decided_at <= until:
            for key in arrived.answers:
                versions[key].append(arrived)
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    return tuple(
        expected_row(item, _arrivals(versions.get(item.key, ())), today)
        for item in _arisen(items, versions)
    )


def _arisen(items: Iterable[Owed], came: Iterable[tuple[str | None, ...]]) -> Iterator[Owed]:
    """Yield what is owed; of what is owed only once it comes, the rounds that had come."""
    keys = sorted(came, key=str)
    for item in items:
        if not item.latent:
            yield item
            continue
        for *whose, period in keys:
            answered = item.answered_by(str(period)) if [*item.key[:-1]] == whose else None
            if answered is not None:
                yield answered


def _arrivals(versions: Iterable[Arrived]) -> tuple[Arrival, ...]:
    """Return the versions of one submission in their order, the last content as the newest."""
    ordered = sorted(versions, key=lambda v: (v.decided_at, version_of(v.path), v.path))
    firsts: dict[str, Arrived] = {}
    for each in ordered:
        firsts.setdefault(each.sha256, each)
    head = [*firsts.values()][-1:]
    return tuple(
        Arrival(
            each.path,
            Receipt(each.decided_at, clock_named(each.decided_by)),
            each.returned,
            newest=each in head,
        )
        for each in firsts.values()
    )


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
