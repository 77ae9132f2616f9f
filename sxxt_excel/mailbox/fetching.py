"""Mails come in: each whole, as it stands, into inbox/邮件, and none of them twice.

What was taken is written down after it was written out: a kill between the two costs a second
look, and the same file once more. On the server nothing changes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sxxt_excel.dates import TZ
from sxxt_excel.intake.headers import address_of, header, header_text, read_headers
from sxxt_excel.intake.letter import title_name
from sxxt_excel.mailbox.bounces import bounced, is_report, own_letter
from sxxt_excel.mailbox.drafts import BOUNCED
from sxxt_excel.privacy import masked
from sxxt_excel.registry.post import Fetched
from sxxt_excel.workspace import FETCHING, INBOX, REPLIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from pathlib import Path

    from sxxt_excel.mailbox.account import Account
    from sxxt_excel.mailbox.bounces import Bounce
    from sxxt_excel.mailbox.imap import Box, Outline
    from sxxt_excel.registry.post import Post
    from sxxt_excel.workspace import Workspace

MAILS = "邮件"
"""The folder of the inbox into which mails are written."""
_TITLE = 40
_MARK = 8
_UNDATED = "00000000-000000"


@dataclass(frozen=True, slots=True)
class Item:
    """One mail as a person knows it, numbers of persons in its subject masked.

    `path` is where it was written, relative to the workspace.
    """

    folder: str
    uid: int
    sender: str
    subject: str
    arrived: str
    size: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Catch:
    """What one fetch brought: new mails, those too large, what came back, and what is known."""

    items: tuple[Item, ...]
    too_large: tuple[Item, ...]
    bounces: tuple[Bounce, ...]
    known: int
    own: int


class Fetcher:
    """Takes mails out of a mailbox.

    Args:
        space: where to.
        account: whose mailbox it is.
        box: the mailbox, open.
        post: the post book, held.
        marking: what was taken is marked as read on the server.
    """

    def __init__(
        self, space: Workspace, account: Account, box: Box, post: Post, *, marking: bool = False
    ) -> None:
        self._space, self._account, self._box, self._post = space, account, box, post
        self._marking = marking
        self._new: list[tuple[str, tuple[int, ...]]] = []
        self._items: list[Item] = []
        self._large: list[Item] = []
        self._bounces: list[Bounce] = []
        self._known = self._own = 0

    def look(self, folders: Iterable[str], since: date) -> int:
        """Return how many mails came since a day and were not taken before.

        Args:
            folders: names of folders, as people write them.
            since: the first day, by when a mail came into the mailbox.

        Raises:
            WorkspaceError: a folder is not there, or the server fails.
        """
        for folder in folders:
            validity = self._box.enter(folder)
            taken = self._post.taken(self._account.box, folder, validity)
            uids = tuple(self._box.uids(since))
            self._known += len(taken.intersection(uids))
            self._new.append((folder, tuple(uid for uid in uids if uid not in taken)))
        return sum(len(uids) for _, uids in self._new)

    def fetch(self, done: Callable[[], None] = lambda: None) -> Catch:
        """Take what `look` found.

        Args:
            done: called after each mail.

        Raises:
            WorkspaceError: the server fails.
        """
        for folder, uids in self._new:
            validity = self._box.enter(folder, marking=self._marking)
            for outline in self._box.outlines(uids):
                self._one(folder, validity, outline)
                done()
        return Catch(tuple(self._items), tuple(self._large), tuple(self._bounces),
                     self._known, self._own)  # fmt: skip

    def _one(self, folder: str, validity: str, outline: Outline) -> None:
        headers = read_headers(outline.headers)
        message = header_text(header(headers, "message-id"))
        place = (self._account.box, folder, validity, outline.uid, message, outline.size)
        before = self._post.same(message, outline.size)
        # The server counts anew, or it lies in another folder too. In the same one it is another
        # mail: careless programs give all of theirs one Message-ID.
        if before is not None and (before.folder, before.validity) != (folder, validity):
            self._post.take(Fetched(*place, before.sha256, before.path))
            self._known += 1
            return
        item = Item(
            folder, outline.uid, address_of(header(headers, "from")),
            masked(header_text(header(headers, "subject"))),
            outline.arrived.isoformat(timespec="seconds") if outline.arrived else "", outline.size,
        )  # fmt: skip
        if outline.size > self._space.settings.limits.file_bytes:
            self._large.append(item)
            return
        data = self._box.content(outline.uid)
        if data is None:
            return
        digest = sha256(data).hexdigest()
        path = self._kept(data, digest, item, outline)
        self._post.take(Fetched(*place, digest, path))
        if self._marking:
            self._box.mark_read(outline.uid)

    def _kept(self, data: bytes, digest: str, item: Item, outline: Outline) -> str:
        """Write a mail where it belongs, and return where: a letter of ours nowhere."""
        alike = self._post.alike(digest)
        if alike is not None:
            self._known += 1
            return alike.path
        if own_letter(outline.headers, self._post) is not None:
            self._own += 1
            return ""
        told = bounced(data, self._post) if is_report(outline.headers) else None
        # What comes back holds our own marked copy: in the inbox it would pass for a submission.
        within = f"{INBOX}/{MAILS}" if told is None else f"{REPLIES}/{BOUNCED}"
        path = self._space.root / within / _name(item, digest, outline)
        self._write(path, data, outline.arrived)
        whole = f"{within}/{path.name}"
        if told is None:
            self._items.append(replace(item, path=whole))
        else:
            self._bounces += told
        return whole

    def _write(self, path: Path, data: bytes, arrived: datetime | None) -> None:
        """Write a mail whole; what a kill leaves half written lies where no mail is looked for."""
        temporary = self._space.root / FETCHING
        temporary.write_bytes(data)
        if arrived is not None:
            os.utime(temporary, (arrived.timestamp(), arrived.timestamp()))
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, path)  # noqa: PTH105 - the atomic one


def _name(item: Item, digest: str, outline: Outline) -> str:
    """Return a file's name for a mail: the same whenever it is taken, and safe on Windows."""
    moment = f"{outline.arrived.astimezone(TZ):%Y%m%d-%H%M%S}" if outline.arrived else _UNDATED
    title = title_name(item.subject)[:_TITLE].strip(" .")
    return f"{moment} {title} {digest[:_MARK]}.eml"
