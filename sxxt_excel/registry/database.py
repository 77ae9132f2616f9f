"""Which database holds the registry, and opening it: made, brought on, or built anew."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import URL, Engine, create_engine, delete, exc, insert, make_url, select, text
from sqlalchemy.pool import NullPool

from sxxt_excel.registry.schema import (
    ANSWERS,
    ARRIVALS,
    DECISIONS,
    FETCHED,
    LETTERS,
    META,
    RUNS,
    TABLES,
    VERDICTS,
    TooNewError,
    migrate,
)
from sxxt_excel.stamp import KEY_FILE
from sxxt_excel.workspace import REGISTRY, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from sxxt_excel.workspace import Workspace

PASSWORD = "SXXT_EXCEL_DB_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the password where the address has none."""

LOST, DAMAGED = "lost", "damaged"
_REBUILT, _MISSED = "rebuilt", "missed"
_CORRUPT = frozenset({11, 26})
"""SQLite's own numbers: malformed, and no database at all."""
_BUSY = frozenset({5, 6})
_PATIENCE = 15.0
LETTERS_MISSED = "部分寄信记录"
_WORDS: dict[str, str] = {
    ARRIVALS.name: "部分材料首次收到的时间",
    RUNS.name: "部分收表记录",
    VERDICTS.name: "部分审核结论",
    DECISIONS.name: "部分人工决定",
    ANSWERS.name: "部分电话答复",
    LETTERS.name: LETTERS_MISSED,
    FETCHED.name: "部分收信记录",
}
_ALL = "材料首次收到的时间、已不在收件夹的材料、历次审核结论、人工决定和收发信件的记录"


@dataclass(frozen=True, slots=True)
class Database:
    """An open registry: its engine, and the space of a workspace in it."""

    engine: Engine
    space: str
    shared: bool

    def rebuilt(self, connection: Connection) -> tuple[str, str]:
        """Return why the registry was once built anew and what that missed; "" where never."""
        here = META.c.space == self.space
        rows = connection.execute(select(META.c.name, META.c.value).where(here))
        said = {row.name: row.value for row in rows}
        return said.get(_REBUILT, ""), said.get(_MISSED, "")


def open_database(space: Workspace, *, lost: bool = False) -> Database:
    """Open the registry of a workspace, made where there is none.

    Args:
        space: its settings say where; 台账.db in its folder by default.
        lost: there had been one: where it is gone now, that is remembered.

    Raises:
        WorkspaceError: it can't be opened or written; one sentence for the clerk.
    """
    address = space.settings.registry
    try:
        return _shared(space, address) if address else _own(space, lost=lost)
    except TooNewError as error:
        raise WorkspaceError(
            f"“{REGISTRY}”是较新版本的程序写的，请先更新本程序（pip install -U sxxt-excel）"
        ) from error
    except exc.SQLAlchemyError as error:
        _refuse(error, shared=bool(address))


def _refuse(error: exc.SQLAlchemyError, *, shared: bool) -> NoReturn:
    """Say in one sentence why the registry can't be used; never what the address holds."""
    if shared:
        raise WorkspaceError(
            "连不上台账数据库：请核对 sxxt.toml 中 [registry] 的 url、数据库账号和网络"
            f"（密码可写在环境变量 {PASSWORD} 中）"
        ) from error
    if _code(error) in _BUSY:
        raise WorkspaceError(f"“{REGISTRY}”正被别的程序使用，请关闭后再试") from error
    raise WorkspaceError(
        f"“{REGISTRY}”打不开或写不了：请看它和所在文件夹是否只读、磁盘是否已满"
    ) from error


def _code(error: exc.SQLAlchemyError) -> int:
    """Return SQLite's number of an error, the kind only; 0 where it has none."""
    return int(getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) or 0) & 0xFF


def failing(error: exc.SQLAlchemyError, database: Database) -> NoReturn:
    """Raise what a clerk is told of a registry that fails while it is used."""
    _refuse(error, shared=database.shared)


# ---- one for several offices ---------------------------------------------------------


def _shared(space: Workspace, address: str) -> Database:
    """Open the database of several offices; a workspace that had 台账.db takes that along."""
    settings = space.settings
    if not settings.key:  # by it one workspace is told from another
        raise WorkspaceError(
            f"工作文件夹中没有密钥（{KEY_FILE}），不能使用共用的台账数据库。请从备份中找回这个文件"
        )
    whose = sha256(settings.key.encode()).hexdigest()[:12]
    name = f"{_name(space)}-{whose}"
    try:
        engine = _engine(_url(address))
    except ModuleNotFoundError as error:
        raise WorkspaceError(
            '缺少连接 PostgreSQL 的组件，请先运行 python -m pip install "sxxt-excel[db]"'
        ) from error
    found = Database(engine, name, shared=True)
    with engine.begin() as connection:
        migrate(connection)
        fresh = connection.execute(select(RUNS.c.id).where(RUNS.c.space == name).limit(1)).scalar()
        if fresh is None and space.registry.is_file():
            _take_over(space.registry, connection, {_name(space): name})
    return found


def _url(address: str) -> URL:
    url = make_url(address)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if not url.password and os.environ.get(PASSWORD):
        url = url.set(password=os.environ[PASSWORD])
    return url


def _name(space: Workspace) -> str:
    return f"{space.settings.regime}-{space.settings.year}"


# ---- one of the workspace's own ------------------------------------------------------


def _own(space: Workspace, *, lost: bool) -> Database:
    path, name = space.registry, _name(space)
    gone = not path.is_file() or path.stat().st_size == 0
    try:
        engine = _engine(_place(path))
        with engine.begin() as connection:
            _sound(connection)
            migrate(connection)
            if gone and lost:
                _remember(connection, name, LOST, _ALL)
    except exc.DatabaseError as error:
        if _code(error) not in _CORRUPT:
            raise
        engine = _anew(path, name)
    return Database(engine, name, shared=False)


def _place(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _engine(url: URL) -> Engine:
    """Return an engine that keeps no connection open and shows no value in its errors.

    SQLite's journal stays the usual one: its write-ahead log does not work on a network share.
    """
    wait: dict[str, Any] = {"timeout": _PATIENCE} if url.drivername == "sqlite" else {}
    return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=wait)


class _UnsoundError(Exception):
    """SQLite reads the file and finds it malformed."""

    sqlite_errorcode = 11


def _sound(connection: Connection) -> None:
    said = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if said != "ok":
        raise exc.DatabaseError(None, None, _UnsoundError())


def _anew(path: Path, name: str) -> Engine:
    """Put a damaged database aside and make a new one with all that can be read of it."""
    aside = _put_aside(path)
    engine = _engine(_place(path))
    with engine.begin() as connection:
        migrate(connection)
        missed = _take_over(aside, connection)
        _remember(connection, name, DAMAGED, "、".join(missed) or "无")
    return engine


def _put_aside(path: Path) -> Path:
    """Move a damaged database out of the way, beside what was put aside before."""
    number = 1
    aside = path.with_name(f"{path.name}.损坏")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.损坏{number}")
    path.rename(aside)
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    return aside


def _remember(connection: Connection, space: str, why: str, missed: str) -> None:
    said = {_REBUILT: why, _MISSED: missed}
    connection.execute(delete(META).where(META.c.space == space, META.c.name.in_(said)))
    rows = [{"space": space, "name": name, "value": value} for name, value in said.items()]
    connection.execute(insert(META), rows)


def _take_over(
    path: Path, target: Connection, spaces: Mapping[str, str] | None = None
) -> list[str]:
    """Copy what another SQLite registry holds; return in words what could not be read.

    `spaces`: only these are copied, under their new names; all as they are by default.
    """
    url = URL.create("sqlite", database=f"{path.as_uri()}?mode=ro", query={"uri": "true"})
    engine = _engine(url)
    missed = []
    for table in TABLES:
        rows, whole = _readable(engine, table)
        if spaces is not None:
            rows = [r | {"space": spaces[r["space"]]} for r in rows if r["space"] in spaces]
        if rows:
            target.execute(insert(table), rows)
        if not whole and table.name in _WORDS:
            missed.append(_WORDS[table.name])
    return missed


def _readable(engine: Engine, table: Table) -> tuple[list[dict[str, Any]], bool]:
    """Return the rows of a table as far as they can be read, each once, and whether that is all."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    keys = [column.name for column in table.primary_key]
    try:
        with engine.connect() as connection:
            for row in connection.execute(select(table)).mappings():
                found[tuple(row[name] for name in keys)] = dict(row)
    except exc.DatabaseError:
        return list(found.values()), False
    return list(found.values()), True
