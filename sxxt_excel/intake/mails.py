"""A mail or a box of mails → what was in it. Nothing is followed, fetched or written.

Messages are taken apart here, by their bytes: everyday mail has raw GBK in its headers, and what
the standard library makes of hostile ones (a million parts, parts nested without end) is not
bounded. One container at a time: a mail attached to a mail is a member of its own.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from sxxt_excel.formats.common import MIB, RefusedError
from sxxt_excel.intake.headers import (
    address_of,
    base64_bytes,
    best_name,
    bytes_text,
    header,
    header_text,
    moment_of,
    parameters,
    parted,
    received_at,
    value_of,
)
from sxxt_excel.intake.letter import Enclosure, Letter, opened, title_name
from sxxt_excel.intake.outlook import is_compound, read_msg
from sxxt_excel.intake.parcel import Member, Opened
from sxxt_excel.intake.tnef import is_tnef, read_tnef
from sxxt_excel.package import Refusal, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.intake.headers import Headers
    from sxxt_excel.package import Limits

_NESTING = 20


def open_mail(data: bytes, name: str, limits: Limits) -> Opened | Refusal:
    """Return what one mail (.eml or .msg) holds. Raises nothing, whatever the bytes.

    The sender is the From address in lower case: of a forwarded mail who forwarded it, of one that
    somebody sent for another the other; Reply-To says nothing. `links` are the names of services
    that hold files which were not sent along. A refused member stands under its name; what a .msg
    within a .msg brought lies in a folder by its subject.

    Args:
        data: the mail's bytes.
        name: the file's name, for a mail without a subject.
        limits: file and attachments in bytes, and how many parts (F106 beyond).
    """
    try:
        _check_size(data, limits)
        letter = read_msg(data, limits) if is_compound(data) else _read_eml(data, limits)
        title = letter.subject or name.rpartition(".")[0]
        return opened(replace(letter, subject=title), limits)
    except RefusedError as refused:
        return refused.refusal


def open_mbox(data: bytes, name: str, limits: Limits) -> Opened | Refusal:  # noqa: ARG001 - as open_mail
    """Return the mails of a box as members "001 主题.eml", in their order. Raises nothing.

    A mail begins at a line From, after an empty line, that ends in a date and is followed by a
    header; Content-Length is not believed. An escaped >From loses one mark.
    """
    try:
        _check_size(data, limits)
        mails = _mails(data, limits.entries)
    except RefusedError as refused:
        return refused.refusal
    return Opened(
        tuple(
            Member(f"{number:03d} {title_name(_subject(mail))}.eml", mail)
            for number, mail in enumerate(mails, start=1)
        )
    )


# Two ways of writing it: the sender or "-", then a date of ctime, with or without a zone.
_BEGIN = re.compile(
    rb"(?:\A\s{0,16}|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{0,200}?\d:\d\d[^\r\n]{0,40}\r?\n"
    rb"(?=[!-9;-~]{1,80}:|>From )"
)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def _mails(data: bytes, most: int) -> tuple[bytes, ...]:
    starts = tuple(islice(_BEGIN.finditer(data), most + 1))
    if not starts:
        raise RefusedError("F124", "邮箱文件里找不到邮件")
    if len(starts) > most:
        raise RefusedError("F106", f"邮件多于 {most} 封")
    ends = (*(start.start() for start in starts[1:]), len(data))
    whole = (data[start.end() : end] for start, end in zip(starts, ends, strict=True))
    return tuple(_ESCAPED.sub(rb"\1", mail) for mail in whole)


def _check_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.file_bytes:
        raise RefusedError("F106", f"文件大于 {limits.file_bytes // MIB} MB")


# ---------------------------------------------------------------- a message and its parts


@dataclass(frozen=True, slots=True)
class _Part:
    """One part that is no multipart: its headers, its body as it stands, what it stands in."""

    headers: Headers
    body: bytes
    within: tuple[str, ...]

    @property
    def kind(self) -> str:
        return value_of(header(self.headers, "content-type")) or "text/plain"

    @property
    def disposition(self) -> str:
        return value_of(header(self.headers, "content-disposition"))

    @property
    def about(self) -> Mapping[str, str]:
        return parameters(header(self.headers, "content-type"))


def _read_eml(data: bytes, limits: Limits) -> Letter:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data[: len(data) // 2 * 2].decode("utf-16", "replace").encode()
    headers, body = parted(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    texts: list[str] = []
    enclosures: list[Enclosure] = []
    for part in _parts(headers, body, limits.entries):
        if part.kind in _SILENT:
            continue
        found = _enclosure(part)
        if found.refusal is None and _is_text(part, found):
            texts.append(bytes_text(found.data, part.about.get("charset", "")))
            enclosures.extend(_uuencoded(found.data))
        elif part.kind in _TNEF or is_tnef(found.data):
            enclosures.extend(read_tnef(found.data, found.name or "winmail.dat"))
        elif found.data or found.name:
            enclosures.append(found)
    return Letter(
        subject=header_text(header(headers, "subject")),
        sender=address_of(header(headers, "from")),
        sent=moment_of(header(headers, "date")),
        received=received_at([value for name, value in headers if name == "received"]),
        texts=tuple(texts),
        enclosures=tuple(enclosures),
    )


def _subject(mail: bytes) -> str:
    return header_text(header(parted(mail)[0], "subject"))


_CLOSED = frozenset({"multipart/encrypted"})


def _parts(headers: Headers, body: bytes, most: int) -> Iterator[_Part]:
    """Yield the parts that hold something, in their order.

    Raises:
        RefusedError: more parts than `most`, or parts nested more than 20 deep.
    """
    waiting = [_Part(headers, body, ())]
    taken = 0
    while waiting:
        part = waiting.pop()
        taken += 1
        if taken > most:
            raise RefusedError("F106", f"邮件的组成部分多于 {most} 个")
        kind = part.kind
        sections = (
            _sections(part.body, part.about.get("boundary", ""), most)
            if kind.startswith("multipart/") and kind not in _CLOSED
            else ()
        )
        if not sections:
            yield part
            continue
        within = (*part.within, kind)
        if len(within) > _NESTING:
            raise RefusedError("F106", f"邮件的组成部分套了 {_NESTING} 层以上")
        waiting += [_Part(*parted(section), within) for section in reversed(sections)]


_GUESS = re.compile(rb"(?:\A|\n)--([^\s][^\r\n]{0,199}?)[ \t]*\r*\n(?=[!-9;-~]{1,80}:)")


def _sections(body: bytes, boundary: str, most: int) -> tuple[bytes, ...]:
    """Cut a multipart body at its boundary, or at what looks like one where that is not there."""
    marks = _boundaries(body, boundary.encode("utf-8", "replace"), most) if boundary else ()
    if not marks:
        guess = _GUESS.search(body)
        marks = _boundaries(body, guess[1], most) if guess else ()
    found = []
    ends = (*(_line_before(body, mark.start()) for mark in marks[1:]), len(body))
    for mark, end in zip(marks, ends, strict=False):
        if mark[1]:
            break
        found.append(body[mark.end() : end])
    return tuple(found)


def _line_before(body: bytes, at: int) -> int:
    """Return where the line before a boundary ends: its line end belongs to the boundary."""
    at -= body[at - 1 : at] == b"\n"
    return at - (body[at - 1 : at] == b"\r")


def _boundaries(body: bytes, boundary: bytes, most: int) -> tuple[re.Match[bytes], ...]:
    # What begins with a plain text is found many times faster than what begins at a line.
    said = b"--" + re.escape(boundary)
    line = re.compile(said + rb"(?<![^\n]" + said + rb")(--)?[ \t]*(?:\r*\n|\Z)")
    found = tuple(islice(line.finditer(body), most + 1))
    if len(found) > most:
        raise RefusedError("F106", f"邮件的组成部分多于 {most} 个")
    return found


# ---------------------------------------------------------------- one part

_SILENT = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/applefile",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "text/rfc822-headers",
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    }
)
_LOCKED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_MAIL_SUFFIXES = (".eml", ".msg", ".mht")


def _enclosure(part: _Part) -> Enclosure:
    """Read one part as if it were attached, whatever it turns out to be."""
    of_disposition = parameters(header(part.headers, "content-disposition"))
    name = best_name((of_disposition.get("filename", ""), part.about.get("name", "")))
    if part.kind in _LOCKED:
        return Enclosure(name or "加密邮件", b"", refusal=Refusal("F122", _locked_fact(part)))
    data = _decoded(part)
    if part.kind in {"message/rfc822", "message/global"}:
        name = name or title_name(_subject(data))
        name = name if name.lower().endswith(_MAIL_SUFFIXES) else f"{name}.eml"
    marks = (header(part.headers, "content-id"), header(part.headers, "content-location"))
    return Enclosure(
        name,
        data,
        marks=tuple(mark.decode("utf-8", "replace") for mark in marks if mark),
        shown="multipart/related" in part.within and part.disposition != "attachment",
    )


def _locked_fact(part: _Part) -> str:
    signed = part.about.get("smime-type", "").lower().startswith("signed")
    return "整封签名（smime.p7m）" if signed else "邮件加了密"


_AFTER_FILES = re.compile(r"att\d+\.(?:html?|txt)", re.IGNORECASE)
_WORDS = frozenset({"text", "html", "xml", "empty", "unknown", "eml", "mht"})


def _is_text(part: _Part, found: Enclosure) -> bool:
    """Tell the letter's own words; Exchange gives a name to those that stand after a file."""
    if part.kind.startswith("multipart/"):
        return True
    if not part.kind.startswith("text/") or part.disposition == "attachment":
        return bool(_AFTER_FILES.fullmatch(found.name)) and part.kind.startswith("text/")
    named = found.name and not _AFTER_FILES.fullmatch(found.name)
    return not named and sniff(found.data) in _WORDS


_RAW = re.compile(rb"[\x80-\xff]")
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{64,}={0,2}\s*")


def _decoded(part: _Part) -> bytes:
    """Undo the transfer encoding, unless the body plainly has another than it claims."""
    way = value_of(header(part.headers, "content-transfer-encoding"))
    body = part.body
    if way == "quoted-printable":
        return binascii.a2b_qp(body)
    if way == "base64":
        return body if _RAW.search(body, 0, 4096) else base64_bytes(body)
    if way in {"uuencode", "x-uuencode", "x-uue", "uue"}:
        return next((one.data for one in _uuencoded(body)), body)
    if not part.kind.startswith(("text/", "message/")) and _ONLY_BASE64.fullmatch(body):
        return base64_bytes(body)
    return body


_UU = re.compile(
    rb"(?:\A|\n)begin [0-7]{3,4} ([^\r\n]{1,255})\r*\n((?:[ -`]{1,90}\r*\n)++)(?:end|\Z)"
)


def _uuencoded(body: bytes) -> Iterator[Enclosure]:
    """Yield the files that very old programs put into the text between begin and end."""
    for found in _UU.finditer(body):
        lines = (line.strip(b"\r") for line in found[2].split(b"\n"))
        data = b"".join(_uu_line(line) for line in lines if line)
        yield Enclosure(best_name((header_text(found[1]),)), data)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some programs leave blanks off the end of a line, others add a character to it.
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:size].ljust(size))
        except binascii.Error:
            return b""
