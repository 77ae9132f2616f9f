"""The tables of 台账.db, the same in SQLite and in PostgreSQL, and how an older one is brought on.

Every row belongs to a `space`, one regime and year of a workspace: a database may hold several.
Ids are made of what they name, so that rows can be copied from one database to another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    update,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

METADATA = MetaData()


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


META = Table("meta", METADATA, _key("space"), _key("name"), _text("value"))

RUNS = Table(
    "runs", METADATA, _key("space"), _key("id"),
    _text("started"), _text("ended"), _text("as_of"), _text("inbox"), _text("version"),
    _text("who"),
    Column("replay", Boolean, nullable=False, default=False),
    Column("complete", Boolean, nullable=False, default=False),
    Column("files", Integer),
)  # fmt: skip
"""Each `collect`: wall clock, the day it was for, by whom; `replay` is one with --as-of."""

ARRIVALS = Table(
    "arrivals", METADATA, _key("space"), _key("id"),
    _text("inbox"), _text("path"), _text("sha256"),
    Column("size", Integer),
    _text("modified"), _text("mail_received"), _text("mail_sent"), _text("archived"),
    _text("first_seen"), _text("first_run"),
    _text("clock_at"), _text("clock_by"), _text("decided_at"), _text("decided_by"),
)  # fmt: skip
"""Each content at a path of an inbox, with its clocks as of the run that first saw it.

`clock_…` decided then, the receipt book apart; `decided_…` with it, as of the last run.
"""

VERDICTS = Table(
    "verdicts", METADATA, _key("space"), _key("arrival"), _key("run"),
    _text("status"),
    Column("returned", Boolean, nullable=False, default=False),
    Column("musts", Integer, nullable=False, default=0),
    Column("queries", Integer, nullable=False, default=0),
    Column("notes", Integer, nullable=False, default=0),
    _text("unit"), _text("unit_code"), _text("packet"), _text("period"), _text("answers"),
)  # fmt: skip
"""What a run found of an arrival; a row only where that differs from the run before."""

CHAINS = Table(
    "chains", METADATA, _key("space"), _key("id"),
    _text("unit_code"), _text("packet"), _text("period"), _text("who"), _text("head"),
)  # fmt: skip
"""All versions of one submission: `head` is the arrival that counts."""

VERSIONS = Table(
    "versions", METADATA, _key("space"), _key("arrival"), _text("chain"),
)  # fmt: skip
"""Which chain an arrival is a version of; their order is that of `decided_at`."""

DECISIONS = Table(
    "decisions", METADATA, _key("space"), _key("id"),
    _text("at"), _text("kind"), _text("by"), _text("reason"), _text("path"),
)  # fmt: skip
"""What somebody decided by hand: an exception for a workbook, for one."""

ANSWERS = Table(
    "answers", METADATA, _key("space"), _key("id"),
    _text("at"), _text("unit_code"), _text("unit"), _text("matters"),
    _text("answer"), _text("promised"), _text("day"),
)  # fmt: skip
"""What a unit said on the telephone about what it owed: its words, and the day it promised."""

LETTERS = Table(
    "letters", METADATA, _key("space"), _key("id"),
    _text("kind"), _text("unit_code"), _text("addresses"), _text("reached"), _text("subject"),
    _text("message"), _text("state"),
    Column("attempts", Integer, nullable=False, default=0),
    _text("at"), _text("note"),
)  # fmt: skip
"""Each letter by its id, with the state it is in; `message` is the Message-ID it went out under.

`addresses` are those it was tried for last, `reached` those that a server took it for.
"""

FETCHED = Table(
    "fetched", METADATA, _key("space"), _key("id"),
    _text("box"), _text("folder"), _text("validity"),
    Column("uid", BigInteger, nullable=False),
    _text("message"),
    Column("size", Integer, nullable=False),
    _text("sha256"), _text("path"), _text("at"),
)  # fmt: skip
"""Each mail that was taken out of a mailbox: where it lay there, what it holds, where it is now."""

TABLES = (RUNS, ARRIVALS, VERDICTS, CHAINS, VERSIONS, DECISIONS, ANSWERS, LETTERS, FETCHED)
"""What is carried over from another database, `META` apart."""

_SCHEMA = "schema"


class TooNewError(Exception):
    """The database was written by a newer version of the program."""


def _first(connection: Connection) -> None:
    METADATA.create_all(connection)


def _answers(connection: Connection) -> None:
    ANSWERS.create(connection, checkfirst=True)


def _mails(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[LETTERS, FETCHED])


_STEPS: tuple[Callable[[Connection], None], ...] = (_first, _answers, _mails)
"""Step n brings a database from schema n to schema n + 1."""


def migrate(connection: Connection) -> None:
    """Bring a database, an empty one too, to the schema that this version writes.

    Raises:
        TooNewError: it has a schema that is not known yet.
    """
    now = _version(connection)
    if now > len(_STEPS):
        raise TooNewError
    for step in _STEPS[now:]:
        step(connection)
    if now == 0:
        connection.execute(insert(META).values(space="", name=_SCHEMA, value=str(len(_STEPS))))
    elif now < len(_STEPS):
        where = (META.c.space == "") & (META.c.name == _SCHEMA)
        connection.execute(update(META).where(where).values(value=str(len(_STEPS))))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(META.name):
        return 0
    where = (META.c.space == "") & (META.c.name == _SCHEMA)
    return int(connection.execute(select(META.c.value).where(where)).scalar() or 0)
