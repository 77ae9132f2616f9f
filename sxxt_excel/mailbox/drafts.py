"""回复/<单位>/*.eml → `Draft`, and a draft → the message that goes out.

Of a draft only its text, its attachments, To and Subject are used, and of these two only what they
say: whatever else stands in its headers goes nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from sxxt_excel.intake.headers import header, header_text, parted
from sxxt_excel.intake.mails import open_mail
from sxxt_excel.letters.draft import ID, KIND, UNIT
from sxxt_excel.names import addresses_in
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.workspace import REPLIES, WorkspaceError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sxxt_excel.mailbox.account import Account
    from sxxt_excel.workspace import Workspace

BOUNCED = "退信"
"""The folder beside those of the units in which what came back is kept."""
_ID = re.compile(r"[0-9a-f]{32}")
_ENDS = re.compile(rb"\r\n|\r|\n")
_ADDRESSEES = ("to", "cc", "bcc")
_LONGEST_LINE = 998
_LINE = "\r\n"
_CARRIED = ("Content-Type", "Content-Transfer-Encoding")


@dataclass(frozen=True, slots=True)
class Draft:
    """One letter that lies ready.

    `addresses` are those of To, Cc and Bcc in lower case, `clear` tells whether these say nothing
    else that might be an address. `attachments` are names of files.
    """

    place: Path
    path: str
    id: str
    unit_code: str
    kind: str
    addresses: tuple[str, ...]
    clear: bool
    subject: str
    attachments: tuple[str, ...]


def read_drafts(space: Workspace) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """Return the drafts of a workspace in the order of their paths, and what is none of ours.

    Returns:
        drafts, and paths (relative to the workspace) of mails that bear no id of a letter.
    """
    drafts, others = [], []
    for place in sorted((space.root / REPLIES).glob("*/*.eml")):
        path = place.relative_to(space.root).as_posix()
        if place.parent.name == BOUNCED:
            continue
        draft = _draft(place, path)
        if draft is None:
            others.append(path)
        else:
            drafts.append(draft)
    return tuple(drafts), tuple(others)


def _draft(place: Path, path: str) -> Draft | None:
    data = place.read_bytes()
    headers, _ = parted(data)
    name = header_text(header(headers, ID))
    if not _ID.fullmatch(name):
        return None
    texts = [header_text(value) for known, value in headers if known in _ADDRESSEES]
    found = [address for text in texts for address in addresses_in(text)]
    brought = open_mail(data, place.name, Limits())
    return Draft(
        place=place,
        path=path,
        id=name,
        unit_code=header_text(header(headers, UNIT)),
        kind=header_text(header(headers, KIND)),
        addresses=tuple(dict.fromkeys(found)),
        clear="".join(texts).count("@") == len(found),
        subject=header_text(header(headers, "subject")),
        attachments=() if isinstance(brought, Refusal) else tuple(m.name for m in brought.members),
    )


def message_id(letter: str, account: Account) -> str:
    """Return the Message-ID of a letter: the same whenever it is sent."""
    return f"<{letter}@{account.domain}>"


def message(draft: Draft, account: Account, addresses: tuple[str, ...], now: datetime) -> bytes:
    r"""Return a letter as it goes out, its lines ended by CR LF.

    Args:
        draft: what it says and carries; the file is read again.
        account: whose letter it is.
        addresses: whom it is for.
        now: its date.

    Raises:
        WorkspaceError: the file is another one than it was, or no mail program wrote it.
    """
    headers, body = parted(draft.place.read_bytes())
    if header_text(header(headers, ID)) != draft.id:
        raise WorkspaceError(f"“{draft.path}”刚刚变了，没有发出；请重新运行 sxxt-excel send")
    carried = [(name, header(headers, name)) for name in _CARRIED]
    if any(not value.isascii() or len(value) > _LONGEST_LINE for _, value in carried):
        raise WorkspaceError(f"“{draft.path}”的格式不对，没有发出；请删去它，重新运行 collect")
    lines = [
        f"From: {formataddr((account.name, account.address), 'utf-8')}",
        f"To: {', '.join(addresses)}",
        f"Subject: {Header(draft.subject, 'utf-8').encode(linesep=_LINE)}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {message_id(draft.id, account)}",
        "MIME-Version: 1.0",
        *(f"{name}: {value.decode('ascii')}" for name, value in carried if value),
    ]
    head = _LINE.join(lines).encode("ascii")
    return head + b"\r\n\r\n" + _ENDS.sub(b"\r\n", body)
