"""A mailbox on its server, as fetching and settling see it: folders, pages of mails, one mail."""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from imap_tools import AND, H, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from sxxt_excel import __version__
from sxxt_excel.dates import TZ
from sxxt_excel.mail import IMAP
from sxxt_excel.mailbox.account import context_of, server
from sxxt_excel.mailbox.trouble import bad_certificate, bad_login, no_encryption, unreachable
from sxxt_excel.text import nearest
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from imap_tools import BaseMailBox

    from sxxt_excel.mail import Host
    from sxxt_excel.mailbox.account import Account

_TIMEOUT = 60.0
_WINDOW = 2000
"""Messages that one question is about: a box may hold a hundred thousand."""
_PAGE = 100
_WANTED = (
    "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT FROM CONTENT-TYPE)])"
)
_UID, _SIZE = re.compile(rb"\bUID (\d+)"), re.compile(rb"\bRFC822\.SIZE (\d+)")
_SENT_NAMES = ("已发送", "已发邮件", "Sent Messages", "Sent Items", "Sent")
# Of the system's errors those of a connection: a full disk is another matter.
TROUBLE = (ImapToolsError, imaplib.IMAP4.error, ConnectionError, TimeoutError, ssl.SSLError)
"""What may go wrong with an open mailbox."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a mail before it is taken: where it lies, how large it is, since when.

    `headers` are its Message-ID, Subject, From and Content-Type as they stand.
    """

    uid: int
    size: int
    arrived: datetime | None
    headers: bytes


@contextmanager
def opened(account: Account) -> Iterator[Box]:
    """Open the mailbox of an account.

    Raises:
        WorkspaceError: the server can't be reached, can't prove who it is, does not encrypt, does
            not accept the secret, or fails later on.
    """
    host = server(account, IMAP)
    client = _connected(account, host)
    try:
        _log_in(client, account, host)
        yield Box(client)
    except TROUBLE as error:
        raise WorkspaceError(
            f"与 {host.name} 的连接中途出了问题，已取到的都在；请过一会儿再运行一次"
        ) from error
    finally:
        with suppress(*TROUBLE):
            client.logout()


class Box:
    """An open mailbox."""

    def __init__(self, client: BaseMailBox) -> None:
        self._client = client
        self._count = 0

    def enter(self, folder: str, *, marking: bool = False) -> str:
        """Go into a folder, so that nothing is changed there unless mails are to be marked.

        Returns:
            its UIDVALIDITY: mails bear the same numbers as long as this is the same.

        Raises:
            WorkspaceError: there is no such folder, or the server does not let one in.
        """
        try:
            _, (count, *_) = self._client.folder.set(folder, readonly=not marking)
        except MailboxFolderSelectError as error:
            if "unsafe login" in str(error).lower():
                raise WorkspaceError(
                    "邮箱服务商认为这次登录不安全，不给看信：请登录网页版邮箱，"
                    "在设置里确认允许用客户端收信，再试"
                ) from error
            raise self._no_folder(folder) from error
        self._count = int(count)
        _, (validity, *_) = self._client.client.response("UIDVALIDITY")
        return validity.decode("ascii", "replace") if isinstance(validity, bytes) else ""

    def uids(self, since: date) -> Iterator[int]:
        """Yield the numbers of the mails of this folder since a day, the oldest first."""
        for first in range(1, self._count + 1, _WINDOW):
            window = f"{first}:{min(first + _WINDOW - 1, self._count)}"
            found = self._client.uids(f"{window} {AND(date_gte=since)}", charset=None)
            yield from sorted(map(int, found))

    def outlines(self, uids: Iterable[int]) -> Iterator[Outline]:
        """Yield what is known of mails before they are taken; of one that is gone, nothing."""
        numbers = tuple(uids)
        for start in range(0, len(numbers), _PAGE):
            page = ",".join(map(str, numbers[start : start + _PAGE]))
            for said, headers in self._fetched(page, _WANTED):
                uid, size = _UID.search(said), _SIZE.search(said)
                if uid and size:
                    when = imaplib.Internaldate2tuple(said)
                    arrived = datetime.fromtimestamp(time.mktime(when), TZ) if when else None
                    yield Outline(int(uid[1]), int(size[1]), arrived, headers)

    def content(self, uid: int) -> bytes | None:
        """Return a mail whole, as it stands; None where it is gone."""
        found = tuple(self._fetched(str(uid), "(UID BODY.PEEK[])"))
        return found[0][1] if found else None

    def mark_read(self, uid: int) -> None:
        """Mark a mail as read; the library's own way would also remove what is to be deleted."""
        self._client.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def sent_folder(self, wanted: str) -> str:
        """Return the folder that holds what was sent: as wanted, else as the server calls it.

        Raises:
            WorkspaceError: there is none.
        """
        folders = {info.name: info.flags for info in self._client.folder.list()}
        if wanted:
            if wanted in folders:
                return wanted
            raise self._no_folder(wanted)
        flagged = next((n for n, flags in folders.items() if "\\Sent" in flags), "")
        named = next((name for name in _SENT_NAMES if name in folders), "")
        if not flagged and not named:
            raise WorkspaceError(
                "邮箱里认不出放已发信件的文件夹：请在 sxxt.toml 的 [mail] 写 sent_folder"
            )
        return flagged or named

    def holds(self, message: str) -> bool:
        """Tell whether a mail of that Message-ID lies in the folder that was entered."""
        return bool(self._client.uids(AND(header=H("Message-ID", message)), charset=None))

    def put(self, folder: str, data: bytes) -> None:
        """Put a mail into a folder, as one that was read."""
        self._client.append(data, folder, flag_set=(r"\Seen",))

    def _fetched(self, uids: str, parts: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield what the server says of each mail, and the text that it gave of it."""
        kind, answers = self._client.client.uid("FETCH", uids, parts)
        if kind != "OK":
            raise imaplib.IMAP4.error(kind)
        for number, answer in enumerate(answers):
            if isinstance(answer, tuple):
                # Some servers say the number only after the text.
                after = answers[number + 1] if number + 1 < len(answers) else b""
                rest = after if isinstance(after, bytes) else b""
                yield answer[0] + b" " + rest, answer[1]

    def _no_folder(self, folder: str) -> WorkspaceError:
        names = [info.name for info in self._client.folder.list()]
        near = nearest(folder, names)
        hint = f"，是否想写“{near}”" if near else ""
        return WorkspaceError(f"邮箱里没有“{folder}”这个文件夹{hint}。有：{'、'.join(names)}")


def _connected(account: Account, host: Host) -> BaseMailBox:
    context = context_of(account)
    kind = MailBox if host.security == "ssl" else MailBoxStartTls
    try:
        return kind(host.name, host.port, timeout=_TIMEOUT, ssl_context=context)
    except ssl.SSLCertVerificationError as error:
        raise bad_certificate(error, host) from None
    except (ssl.SSLError, imaplib.IMAP4.error, ImapToolsError, ValueError) as error:
        raise no_encryption(host) from error
    except OSError as error:
        raise unreachable(host) from error


def _log_in(client: BaseMailBox, account: Account, host: Host) -> None:
    try:
        client.login(account.user, account.secret, initial_folder=None)
    except MailboxLoginError:
        raise bad_login(account, host) from None
    # 163 shows no folder to whom it does not know; others don't mind, or don't know the command.
    with suppress(imaplib.IMAP4.error):
        client.client.xatom("ID", f'("name" "sxxt-excel" "version" "{__version__}")')
