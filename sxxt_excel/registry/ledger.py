"""The registry of a workspace while `collect` runs, what was decided by hand, and a day gone by.

A run has three steps, each one transaction: `begin` (what earlier runs know), `record` (what this
one found), `complete`. One that was killed is left marked as incomplete; what it had recorded
holds, for it rests on the files alone, and the next run does the whole pass again.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import exc, func, insert, select, update

from sxxt_excel import __version__
from sxxt_excel.findings import finding
from sxxt_excel.outcome import FROM_BELOW, Where
from sxxt_excel.registry.database import DAMAGED, Database, failing, open_database
from sxxt_excel.registry.guard import guard_of
from sxxt_excel.registry.lock import who
from sxxt_excel.registry.memory import Arrived, Entry, Memory
from sxxt_excel.registry.schema import ARRIVALS, CHAINS, DECISIONS, RUNS, VERDICTS, VERSIONS
from sxxt_excel.registry.share import share_kind
from sxxt_excel.store import read_json
from sxxt_excel.workspace import REGISTRY, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from sxxt_excel.outcome import Finding
    from sxxt_excel.workspace import Workspace

_BASIS = "《收件登记》填写说明"
_HUMAN = frozenset({"收件登记", FROM_BELOW})
"""What a time rests on that no clock of the file says."""
_ADOPTED = "采用建议"


class Ledger:
    """The registry during one run.

    `interrupted` is when the run before this one began, where it was never completed.

    Args:
        space: whose registry.
        clock: the time of day at +08:00.
        patience: how many seconds to wait for another computer that is at the same registry.
        lost: there had been a registry in the workspace; where it is gone, that is remembered.
    """

    def __init__(
        self, space: Workspace, clock: Callable[[], datetime], patience: float, *, lost: bool
    ) -> None:
        self.interrupted = ""
        self._space = space
        self._clock = clock
        self._patience = patience
        self._lost = lost
        self._database: Database | None = None
        self._guard: Connection | None = None
        self._run = ""
        self._inbox = ""
        self._replay = False
        self._known: dict[str, dict[str, Any]] = {}
        self._verdicts: dict[str, dict[str, Any]] = {}

    def begin(
        self, inbox: Path, today: date, *, replay: bool = False
    ) -> tuple[Memory, tuple[Finding, ...]]:
        """Open the registry and mark a run as begun.

        Args:
            inbox: what is looked through.
            today: the day it is looked at.
            replay: a past day is played once more; nothing that is found is recorded.

        Returns:
            what earlier runs know, and what the office should know of the registry itself.
        """
        database = open_database(self._space, lost=self._lost)
        self._database, self._replay = database, replay
        self._inbox = _place(inbox, self._space.root)
        moment = self._clock()
        now = moment.isoformat(timespec="seconds")
        with self._writing() as connection:
            self._guard = guard_of(database, self._patience)
            self._run = _next_run(connection, database.space, moment)
            self.interrupted = _interrupted(connection, database.space)
            row = {
                "space": database.space, "id": self._run, "started": now, "who": who(),
                "as_of": today.isoformat(), "inbox": self._inbox, "version": __version__,
                "replay": replay, "complete": False,
            }  # fmt: skip
            connection.execute(insert(RUNS), [row])
            self._known, self._verdicts = _load(connection, database.space)
            if not self._known:
                self._from_last_result(connection, database.space, now)
            rebuilt = database.rebuilt(connection)
        memory = Memory(self._inbox, tuple(_arrived(self._known, self._verdicts)))
        return memory, tuple(self._remarks(*rebuilt))

    def record(self, entries: Sequence[Entry]) -> None:
        """Write down what this run found: arrivals, versions, verdicts; of a replay nothing."""
        if self._replay:
            return
        with self._writing() as connection:
            space = self._base.space
            now = self._clock().isoformat(timespec="seconds")
            rows = [(self._arrival(entry, space, now), entry) for entry in entries]
            self._put_arrivals(connection, [row for row, _ in rows])
            said = [_verdict(entry, row, self._run) for row, entry in rows]
            fresh = [row for row in said if _differs(self._verdicts.get(row["arrival"]), row)]
            if fresh:
                connection.execute(insert(VERDICTS), fresh)
            _replace(connection, DECISIONS, "id", list(_adopted(rows)))
            _put_chains(connection, space, rows)

    def complete(self, files: int) -> None:
        """Mark the run as complete: all its outputs are written."""
        with self._writing() as connection:
            here = (RUNS.c.space == self._base.space) & (RUNS.c.id == self._run)
            ended = self._clock().isoformat(timespec="seconds")
            connection.execute(
                update(RUNS).where(here).values(complete=True, ended=ended, files=files)
            )

    def close(self) -> None:
        """Let go of what is open."""
        if self._guard is not None:
            with suppress(exc.SQLAlchemyError):
                self._guard.close()
            self._guard = None

    @property
    def _base(self) -> Database:
        if self._database is None:
            raise RuntimeError("begin comes first")
        return self._database

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Open a transaction; a database that fails is one sentence for the clerk."""
        try:
            with self._base.engine.begin() as connection:
                yield connection
        except exc.SQLAlchemyError as error:
            failing(error, self._base)

    def _from_last_result(self, connection: Connection, space: str, now: str) -> None:
        """Take the times of receipt from the last result: all there is where nothing is known."""
        for file in (read_json(self._space.result) or {}).get("files", ()):
            by = "" if file["received_by"] in _HUMAN else file["received_by"]
            row = _blank_arrival(space, self._inbox, file["path"], file["sha256"]) | {
                "first_seen": now, "first_run": self._run,
                "clock_at": file["received_at"] if by else "", "clock_by": by,
                "decided_at": file["received_at"], "decided_by": file["received_by"],
            }  # fmt: skip
            self._known[row["id"]] = row
        if self._known:
            connection.execute(insert(ARRIVALS), list(self._known.values()))

    def _arrival(self, entry: Entry, space: str, now: str) -> dict[str, Any]:
        """Return the row of one file: what was known stays, but for a stronger clock."""
        row = _blank_arrival(space, self._inbox, entry.path, entry.sha256)
        old = self._known.get(row["id"])
        if old is None:
            row |= {
                "size": entry.size, "modified": entry.modified,
                "mail_received": entry.mail_received, "mail_sent": entry.mail_sent,
                "archived": entry.archived, "first_seen": now, "first_run": self._run,
            }  # fmt: skip
        else:
            row = dict(old)
        return row | {
            "clock_at": entry.clock.at, "clock_by": entry.clock.by,
            "decided_at": entry.receipt.at, "decided_by": entry.receipt.by,
        }  # fmt: skip

    def _put_arrivals(self, connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        fresh, changed = [], []
        for row in rows:
            old = self._known.get(row["id"])
            if old is None:
                fresh.append(row)
            elif old != row:
                changed.append(row)
        if fresh:
            connection.execute(insert(ARRIVALS), fresh)
        _replace(connection, ARRIVALS, "id", changed)

    def _remarks(self, why: str, missed: str) -> Iterator[Finding]:
        where = Where(path=REGISTRY)
        if why:
            code = "R132" if why == DAMAGED else "R131"
            yield finding(code, where, got=missed, basis=_BASIS)
        kind = "" if self._base.shared else share_kind(self._space.root)
        if kind:
            yield finding("R130", where, got=kind, basis=_BASIS)


# ---- decisions, and a day gone by ----------------------------------------------------


def note_decision(  # noqa: PLR0913 - what is asked of a decision, all by keyword
    space: Workspace, *, kind: str, by: str, reason: str, path: str, at: datetime
) -> None:
    """Write down what somebody decided by hand.

    Args:
        space: whose registry.
        kind: what was decided, as people say it: 认可接收.
        by: who decided.
        reason: why, in his words.
        path: the file it is about, relative to its inbox.
        at: when, at +08:00.

    Raises:
        WorkspaceError: the registry can't be written.
    """
    database = open_database(space)
    moment = at.isoformat(timespec="seconds")
    row = {
        "space": database.space, "id": f"{moment} {uuid4().hex[:8]}", "at": moment,
        "kind": kind, "by": by, "reason": reason, "path": path,
    }  # fmt: skip
    try:
        with database.engine.begin() as connection:
            connection.execute(insert(DECISIONS), [row])
    except exc.SQLAlchemyError as error:
        failing(error, database)


def past(space: Workspace) -> tuple[Arrived, ...]:
    """Return every arrival that the registry knows of, with its last verdict.

    Raises:
        WorkspaceError: there is no registry yet, or it can't be used.
    """
    if not space.settings.registry and not space.registry.is_file():
        raise WorkspaceError(
            f"还没有“{REGISTRY}”，不能查过去某天的情况。请先运行 sxxt-excel collect"
        )
    database = open_database(space)
    try:
        with database.engine.connect() as connection:
            known, verdicts = _load(connection, database.space)
    except exc.SQLAlchemyError as error:
        failing(error, database)
    return tuple(_arrived(known, verdicts))


# ---- rows ----------------------------------------------------------------------------


def _place(inbox: Path, root: Path) -> str:
    """Return an inbox's name: within the workspace relative to it, so that it may be moved."""
    whole = inbox.resolve()
    inside = whole.is_relative_to(root)
    return whole.relative_to(root).as_posix() if inside else whole.as_posix()


def _id(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _load(
    connection: Connection, space: str
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the rows of all arrivals and their last verdicts, by the arrival's id."""
    all_of_them = select(ARRIVALS).where(ARRIVALS.c.space == space)
    in_order = select(VERDICTS).where(VERDICTS.c.space == space).order_by(VERDICTS.c.run)
    known = {row["id"]: dict(row) for row in connection.execute(all_of_them).mappings()}
    verdicts = {row["arrival"]: dict(row) for row in connection.execute(in_order).mappings()}
    return known, verdicts


def _blank_arrival(space: str, inbox: str, path: str, digest: str) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: "" for column in ARRIVALS.columns}
    return row | {
        "space": space, "id": _id(inbox, path, digest), "size": None,
        "inbox": inbox, "path": path, "sha256": digest,
    }  # fmt: skip


def _verdict(entry: Entry, arrival: dict[str, Any], run: str) -> dict[str, Any]:
    musts, queries, notes = entry.counts
    return {
        "space": arrival["space"], "arrival": arrival["id"], "run": run,
        "status": entry.status, "returned": entry.returned,
        "musts": musts, "queries": queries, "notes": notes,
        "unit": entry.unit, "unit_code": entry.unit_code,
        "packet": entry.packet, "period": entry.period,
        "answers": json.dumps(entry.answers, ensure_ascii=False),
    }  # fmt: skip


def _adopted(rows: Iterable[tuple[dict[str, Any], Entry]]) -> Iterator[dict[str, Any]]:
    """Yield what units decided in what they sent: which suggestions they adopted."""
    for arrival, entry in rows:
        for reason in entry.adopted:
            yield {
                "space": arrival["space"], "id": _id(arrival["id"], _ADOPTED, reason),
                "at": entry.receipt.at, "kind": _ADOPTED, "by": entry.unit,
                "reason": reason, "path": entry.path,
            }  # fmt: skip


def _differs(old: dict[str, Any] | None, row: dict[str, Any]) -> bool:
    return old is None or old | {"run": ""} != row | {"run": ""}


def _put_chains(
    connection: Connection, space: str, rows: list[tuple[dict[str, Any], Entry]]
) -> None:
    """Write which versions a chain has, and which of them counts."""
    chains: dict[str, dict[str, Any]] = {}
    versions = []
    for arrival, entry in rows:
        if not entry.chain:
            continue
        unit, packet, period, *whose = entry.chain
        chain = _id(*entry.chain)
        versions.append({"space": space, "arrival": arrival["id"], "chain": chain})
        if entry.head:
            chains[chain] = {
                "space": space, "id": chain, "unit_code": unit, "packet": packet,
                "period": period, "who": "、".join(whose), "head": arrival["id"],
            }  # fmt: skip
    _replace(connection, CHAINS, "id", list(chains.values()))
    _replace(connection, VERSIONS, "arrival", versions)


def _replace(connection: Connection, table: Table, key: str, rows: list[dict[str, Any]]) -> None:
    """Put rows in the place of those of the same key, if there are any."""
    if not rows:
        return
    there = select(table).where(table.c.space == rows[0]["space"])
    old = {row[key]: dict(row) for row in connection.execute(there).mappings()}
    fresh = [row for row in rows if row[key] not in old]
    if fresh:
        connection.execute(insert(table), fresh)
    for row in rows:
        if row[key] in old and old[row[key]] != row:
            here = (table.c.space == row["space"]) & (table.c[key] == row[key])
            connection.execute(update(table).where(here).values(row))


def _arrived(
    known: dict[str, dict[str, Any]], verdicts: dict[str, dict[str, Any]]
) -> Iterator[Arrived]:
    for name in sorted(known, key=lambda i: (known[i]["inbox"], known[i]["path"], i)):
        row, said = known[name], verdicts.get(name, {})
        yield Arrived(
            inbox=row["inbox"], path=row["path"], sha256=row["sha256"],
            first_seen=row["first_seen"], clock_at=row["clock_at"], clock_by=row["clock_by"],
            decided_at=row["decided_at"], decided_by=row["decided_by"],
            status=said.get("status", ""), returned=said.get("returned", False),
            unit=said.get("unit", ""), unit_code=said.get("unit_code", ""),
            packet=said.get("packet", ""), period=said.get("period", ""),
            answers=tuple(tuple(key) for key in json.loads(said.get("answers") or "[]")),
        )  # fmt: skip


def _next_run(connection: Connection, space: str, now: datetime) -> str:
    """Return the id of a run that begins: it sorts behind those of all earlier ones.

    Two may begin at the same moment (one was killed at once), and a clock may be put back.
    """
    last = connection.execute(select(func.max(RUNS.c.id)).where(RUNS.c.space == space)).scalar()
    if last:
        now = max(now, datetime.fromisoformat(last.split()[0]) + timedelta(microseconds=1))
    return f"{now.isoformat(timespec='microseconds')} {uuid4().hex[:8]}"


def _interrupted(connection: Connection, space: str) -> str:
    """Return when the last run began, if it was not completed."""
    here = (RUNS.c.space == space) & RUNS.c.replay.is_(False)
    row = connection.execute(select(RUNS).where(here).order_by(RUNS.c.id.desc()).limit(1)).first()
    return row.started if row is not None and not row.complete else ""
