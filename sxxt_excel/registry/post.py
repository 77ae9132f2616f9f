"""The office's post book: which letter went to whom, and which mails were taken from a mailbox.

A letter is 发送中, written down for good, before its text is handed to a server, and 已发 after. So
what a crash leaves as 发送中 may or may not have gone out: 去向不明, not to be sent again until
somebody knows.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from sqlalchemy import exc, insert, select, update

from sxxt_excel.registry.database import LETTERS_MISSED, LOST, failing, open_database
from sxxt_excel.registry.guard import guard_of
from sxxt_excel.registry.keeper import PATIENCE, alone_in
from sxxt_excel.registry.schema import FETCHED, LETTERS, META

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, RowMapping, Table

    from sxxt_excel.registry.database import Database
    from sxxt_excel.workspace import Workspace

State = Literal["待发", "发送中", "已发", "失败", "退信", "去向不明"]
WAITING: State = "待发"
SENDING: State = "发送中"
SENT: State = "已发"
FAILED: State = "失败"
RETURNED: State = "退信"
UNKNOWN: State = "去向不明"

_BROKEN_OFF = "发送时程序中断，不知是否已经发出"
_FORGOTTEN = "台账丢失过，不知以前是否发过"
_ASKED_AFTER = "letters_after_loss"
_LISTS, _SEVERAL = ("addresses", "reached"), "、"


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter as the post book has it.

    `addresses` are those it is for, or was tried for last; `reached` those that a server took it
    for and that it did not come back from. `message` is the Message-ID it has, `at` when it came
    into its state (ISO 8601 at +08:00), `note` what is to be known of that.
    """

    id: str
    kind: str
    unit_code: str
    addresses: tuple[str, ...]
    subject: str
    state: State = WAITING
    attempts: int = 0
    at: str = ""
    note: str = ""
    message: str = ""
    reached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail that was taken out of a mailbox.

    `box` is whose mailbox, `validity` the folder's UIDVALIDITY, `message` the Message-ID, `path`
    where it was written to, relative to the workspace ("" where it was not: it is ours, or the
    same was there already).
    """

    box: str
    folder: str
    validity: str
    uid: int
    message: str
    size: int
    sha256: str = ""
    path: str = ""


def letters_of(space: Workspace) -> tuple[Sent, ...]:
    """Return all letters the post book knows, in the order of their ids; () without a registry.

    Raises:
        WorkspaceError: the registry can't be used.
    """
    if not space.settings.registry and not space.registry.is_file():
        return ()
    database = open_database(space)
    try:
        with database.engine.connect() as connection:
            return tuple(_letters(connection, database.space))
    except exc.SQLAlchemyError as error:
        failing(error, database)


def letters_gone(space: Workspace) -> frozenset[str]:
    """Return the ids of the letters that went out, or may have."""
    return frozenset(s.id for s in letters_of(space) if s.state in {SENT, SENDING, UNKNOWN})


@contextmanager
def posting(
    space: Workspace, clock: Callable[[], datetime], *, patience: float = PATIENCE
) -> Iterator[Post]:
    """Hold the post book of a workspace, with nobody else at the workspace.

    What is 发送中 in it was left so by a crash, and becomes 去向不明.

    Args:
        space: whose post book.
        clock: the time of day at +08:00.
        patience: how many seconds to wait for another program.

    Raises:
        WorkspaceError: another one is at it, or the registry can't be used.
    """
    with alone_in(space, clock, patience) as lost:
        database = open_database(space, lost=lost)
        guard = guard_of(database, patience)
        try:
            post = Post(database, clock)
            post.take_stock()
            yield post
        finally:
            if guard is not None:
                with suppress(exc.SQLAlchemyError):
                    guard.close()


class Post:
    """The post book while it is held: see `posting`."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._letters: dict[str, Sent] = {}
        self._fetched: dict[tuple[str, str, str, int], Fetched] = {}
        self._messages: dict[tuple[str, int], Fetched] = {}
        self._contents: dict[str, Fetched] = {}

    @property
    def letters(self) -> Mapping[str, Sent]:
        """Return all letters by their ids."""
        return self._letters

    def take_stock(self) -> None:
        """Read the book, and say of what a crash left half done that nobody knows its fate."""
        with self._writing() as connection:
            space = self._database.space
            self._letters = {letter.id: letter for letter in _letters(connection, space)}
            for mail in _fetched(connection, space):
                self._keep(mail)
        for letter in tuple(self._letters.values()):
            if letter.state == SENDING:
                self.put(replace(letter, state=UNKNOWN, note=_BROKEN_OFF))

    def put(self, letter: Sent) -> Sent:
        """Write a letter down as it is now, for good; return it with the time."""
        stamped = replace(letter, at=self._now())
        row = asdict(stamped) | {
            "space": self._database.space, "addresses": _SEVERAL.join(stamped.addresses),
            "reached": _SEVERAL.join(stamped.reached),
        }  # fmt: skip
        with self._writing() as connection:
            _put(connection, LETTERS, row, known=letter.id in self._letters)
        self._letters[letter.id] = stamped
        return stamped

    def doubt(self, letters: Iterable[Sent]) -> None:
        """Where the registry was lost, hold what lies ready: nobody knows whether it was sent.

        Only once: what is written later was not there then.
        """
        with self._writing() as connection:
            why, missed = self._database.rebuilt(connection)
            row = {"space": self._database.space, "name": _ASKED_AFTER, "value": why}
            here = (META.c.space == row["space"]) & (META.c.name == _ASKED_AFTER)
            gone = why == LOST or LETTERS_MISSED in missed
            if not gone or connection.execute(select(META.c.value).where(here)).scalar():
                return
            connection.execute(insert(META), [row])
        for letter in letters:
            if letter.id not in self._letters:
                self.put(replace(letter, state=UNKNOWN, note=_FORGOTTEN))

    # ---- what came in ----------------------------------------------------------------

    def taken(self, box: str, folder: str, validity: str) -> frozenset[int]:
        """Return the UIDs that were taken out of a folder of a mailbox."""
        return frozenset(
            mail.uid
            for mail in self._fetched.values()
            if (mail.box, mail.folder, mail.validity) == (box, folder, validity)
        )

    def same(self, message: str, size: int) -> Fetched | None:
        """Return a mail of that Message-ID and size that was taken before, wherever it lay."""
        return self._messages.get((message, size)) if message else None

    def alike(self, digest: str) -> Fetched | None:
        """Return a mail of that very content that was taken before."""
        return self._contents.get(digest)

    def take(self, mail: Fetched) -> None:
        """Write down that a mail was taken."""
        row = asdict(mail) | {
            "space": self._database.space, "id": _id(mail), "at": self._now(),
        }  # fmt: skip
        with self._writing() as connection:
            _put(connection, FETCHED, row, known=_place(mail) in self._fetched)
        self._keep(mail)

    def _keep(self, mail: Fetched) -> None:
        self._fetched[_place(mail)] = mail
        self._messages[mail.message, mail.size] = mail
        if mail.sha256:
            self._contents[mail.sha256] = mail

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._database.engine.begin() as connection:
                yield connection
        except exc.SQLAlchemyError as error:
            failing(error, self._database)


# ---- rows ----------------------------------------------------------------------------


def _letters(connection: Connection, space: str) -> Iterator[Sent]:
    here = select(LETTERS).where(LETTERS.c.space == space).order_by(LETTERS.c.id)
    for row in connection.execute(here).mappings():
        said = _without(row, "space")
        for name in _LISTS:
            said[name] = tuple(word for word in row[name].split(_SEVERAL) if word)
        yield Sent(**said)


def _fetched(connection: Connection, space: str) -> Iterator[Fetched]:
    here = select(FETCHED).where(FETCHED.c.space == space)
    for row in connection.execute(here).mappings():
        yield Fetched(**_without(row, "space", "id", "at"))


def _without(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _place(mail: Fetched) -> tuple[str, str, str, int]:
    return mail.box, mail.folder, mail.validity, mail.uid


def _id(mail: Fetched) -> str:
    return sha256("\0".join(map(str, _place(mail))).encode()).hexdigest()[:32]


def _put(connection: Connection, table: Table, row: dict[str, Any], *, known: bool) -> None:
    if known:
        here = (table.c.space == row["space"]) & (table.c.id == row["id"])
        connection.execute(update(table).where(here).values(row))
    else:
        connection.execute(insert(table), [row])
