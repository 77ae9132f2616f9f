"""Where several computers share a database, one at a time works on a workspace's rows."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from sxxt_excel.registry.lock import busy
from sxxt_excel.registry.schema import RUNS
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sxxt_excel.registry.database import Database

_PAUSE = 0.2


def guard_of(database: Database, patience: float) -> Connection | None:
    """Let none but this program work on a space: as long as what is returned stays open.

    A database of the workspace's own needs none: its lock file does.

    Raises:
        WorkspaceError: somebody else is at it, and still is after `patience` seconds.
    """
    if not database.shared:
        return None
    number = int.from_bytes(sha256(database.space.encode()).digest()[:8], signed=True)
    guard = database.engine.connect()
    end = time.monotonic() + patience
    take = text("select pg_try_advisory_lock(:number)")
    while not guard.execute(take, {"number": number}).scalar():
        guard.rollback()
        if time.monotonic() >= end:
            other = _other(guard, database.space)
            guard.close()
            raise WorkspaceError(busy(other))
        time.sleep(_PAUSE)
    guard.commit()
    return guard


def _other(connection: Connection, space: str) -> str:
    """Return who has begun a `collect` that is not complete, and when."""
    here = (RUNS.c.space == space) & RUNS.c.complete.is_(False)
    row = connection.execute(select(RUNS).where(here).order_by(RUNS.c.id.desc()).limit(1)).first()
    return f"{row.who}（{row.started[11:16]}开始）" if row else ""
