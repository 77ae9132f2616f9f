"""A mail that says that a letter did not arrive → which letter, for whom, and why.

What a mail system itself sends counts, and only if it is about a letter of ours: it then names that
letter's Message-ID. Most have a report of delivery (RFC 3464) in them, some only words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.intake.headers import address_of, header, read_headers, value_of
from sxxt_excel.mailbox.trouble import status_words
from sxxt_excel.registry.post import RETURNED, SENT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.registry.post import Post, Sent

_LETTER = re.compile(rb"<([0-9a-f]{32})@[^\s<>]{1,255}>")
_FIELD = re.compile(
    rb"^(final-recipient|action|status)[ \t]*:[ \t]*(?:rfc822;)?[ \t]*([^\s;]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)
_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "mailsystem"})
_IN_WORDS = "邮件系统退信，原因见所存的退信"
_LONGEST = 1 << 20
"""Bytes of a report that are looked at: what it says stands at its beginning."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says of one address of one letter."""

    letter: str
    unit_code: str
    address: str
    reason: str


def is_report(headers: bytes) -> bool:
    """Tell by its headers whether a mail system wrote a mail to tell of another one."""
    found = read_headers(headers)
    sender = address_of(header(found, "from")).partition("@")[0]
    return value_of(header(found, "content-type")) == "multipart/report" or sender in _DAEMONS


def own_letter(headers: bytes, post: Post) -> Sent | None:
    """Return the letter of ours that a mail is, by its Message-ID."""
    return _known(header(read_headers(headers), "message-id"), post)


def bounced(data: bytes, post: Post) -> tuple[Bounce, ...] | None:
    """Return what a report says of a letter of ours, and write down that it came back.

    Nothing came back where it only says that a letter is late. None: it is about no letter of ours.
    """
    sent = _known(data[:_LONGEST], post)
    if sent is None:
        return None
    said = tuple(_recipients(data[:_LONGEST]))
    failed = [(a, status_words(s)) for a, action, s in said if action == "failed"]
    told = failed if said else [(address, _IN_WORDS) for address in sent.addresses]
    found = tuple(
        Bounce(sent.id, sent.unit_code, address, reason)
        for address, reason in told
        if address in (*sent.reached, *sent.addresses)
    )
    if found and sent.state in {SENT, UNKNOWN, RETURNED}:
        notes = [f"{one.address}：{one.reason}" for one in found]
        old = [sent.note] if sent.state == RETURNED and sent.note not in notes else []
        back = {one.address for one in found}
        reached = tuple(address for address in sent.reached if address not in back)
        post.put(replace(sent, state=RETURNED, note="；".join((*old, *notes)), reached=reached))
    return found


def _known(text: bytes, post: Post) -> Sent | None:
    names = (found[1].decode("ascii") for found in _LETTER.finditer(text))
    return next((post.letters[name] for name in names if name in post.letters), None)


def _recipients(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield address, what was done, and status, of each address that a report tells of."""
    said: dict[str, str] = {}
    for found in _FIELD.finditer(data):
        name = found[1].decode("ascii").lower()
        if name == "final-recipient":
            said = {}
        said[name] = found[2].decode("ascii", "replace").lower()
        if len(said) == len(("final-recipient", "action", "status")):
            yield said["final-recipient"], said["action"], said["status"]
            said = {}
