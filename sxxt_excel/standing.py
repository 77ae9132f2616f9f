"""status: what is owed and how it stands on a day, from the last result and the roster.

Without pandas: the last pass said what arrived, the day says what is due since.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sxxt_excel.chain import age
from sxxt_excel.dates import end_of
from sxxt_excel.duties import duties_answered
from sxxt_excel.expected import owed
from sxxt_excel.roster import read_roster
from sxxt_excel.rules.deadlines import Arrival, expected_row
from sxxt_excel.store import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from sxxt_excel.duties import Owed
    from sxxt_excel.outcome import Expected
    from sxxt_excel.registry.memory import AnswerKey, Arrived
    from sxxt_excel.workspace import Workspace

_Whose = tuple[str | None, ...]
_WHOSE = ("unit_code", "packet", "filer", "subject")
_KEEP = ("status", "arrived", "accepted", "path", "received_at")


def standing(space: Workspace, today: date) -> tuple[Expected, ...]:
    """Return the expected rows of a workspace as of a day.

    What the last `collect` recorded as arrived stays so; what had not arrived is due or
    not by `today`. Without a last result nothing has arrived.
    """
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    before = {_key(row): row for row in (read_json(space.result) or {}).get("expected", [])}
    came = (key for key, row in before.items() if row.get("arrived"))
    rows = []
    for item in _arisen(owed(regime, space.settings, roster), came, _whose):
        row = expected_row(item, (), today)
        old = before.get((_whose(item), item.period))
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

    until = end_of(as_of)
    versions: dict[AnswerKey, list[Arrived]] = defaultdict(list)
    for arrived in past(space):
        if arrived.decided_at <= until:
            for key in arrived.answers:
                versions[key].append(arrived)
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    came = [(key[:-1], key[-1]) for key in sorted(versions, key=str)]
    return tuple(
        expected_row(item, _arrivals(versions.get(item.key, ())), today)
        for item in _arisen(items, came, lambda item: item.key[:-1])
    )


def _arisen(
    items: Iterable[Owed],
    came: Iterable[tuple[_Whose, str]],
    whose: Callable[[Owed], _Whose],
) -> Iterator[Owed]:
    """Yield what is owed; of what is filed when needed, also the other periods that had come.

    Args:
        items: what is owed.
        came: whose each arrival was, and its period.
        whose: says of a duty whose it is, in the same words.
    """
    of_owner: dict[_Whose, list[Owed]] = defaultdict(list)
    for item in items:
        of_owner[whose(item)].append(item)
        if not item.latent:
            yield item
    for owner, period in came:
        answered = duties_answered(of_owner.get(owner, ()), period)
        yield from (item for item in answered if item.latent)


def _arrivals(versions: Iterable[Arrived]) -> tuple[Arrival, ...]:
    """Return the versions of one submission in their order, the last content as the newest."""
    ordered = sorted(versions, key=lambda v: age(v.decided_at, v.path))
    firsts: dict[str, Arrived] = {}
    for each in ordered:
        firsts.setdefault(each.sha256, each)
    head = [*firsts.values()][-1:]
    return tuple(
        Arrival(each.path, each.receipt, each.returned, newest=each in head)
        for each in firsts.values()
    )


def _whose(item: Owed) -> _Whose:
    """Return of a duty what `_WHOSE` are of its row."""
    filer = item.filer.label if item.filer else None
    subject = item.subject.name if item.subject else None
    return item.unit.code, item.obligation.packet, filer, subject


def _key(row: Mapping[str, Any]) -> tuple[_Whose, str]:
    """Return whose a row of the last result is, and of which period."""
    return tuple(row.get(name) for name in _WHOSE), row["period"]


def stands(rows: tuple[Expected, ...]) -> bool:
    """Tell whether something dated is missing or was returned."""
    return any(
        row.owed and (row.status == "returned" or (row.status == "missing" and row.due))
        for row in rows
    )
