"""A mail that Outlook saved (.msg): a compound file whose streams are the mail's properties."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sxxt_excel.formats.common import RefusedError
from sxxt_excel.formats.ole import OLE_MAGIC
from sxxt_excel.intake.headers import (
    address_of,
    best_name,
    bytes_text,
    header,
    moment_of,
    read_headers,
    received_at,
)
from sxxt_excel.intake.letter import Enclosure, Letter
from sxxt_excel.intake.moments import believable, windows_seconds
from sxxt_excel.package import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.package import Limits

_NESTING = 8

# Properties by number: [MS-OXPROPS].
_CLASS, _SUBJECT, _HEADERS, _TEXT, _HTML = 0x001A, 0x0037, 0x007D, 0x1000, 0x1013
_SENDERS = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENT, _RECEIVED = 0x0039, 0x0E06
_NAMES = (0x3707, 0x3704, 0x3001)
_DATA, _METHOD, _MIME, _CONTENT_ID, _HIDDEN = 0x3701, 0x3705, 0x370E, 0x3712, 0x7FFE
_BY_REFERENCE, _MAIL = (2, 3, 4, 7), 5
_STREAM = 2


def is_compound(data: bytes) -> bool:
    """Tell a compound file, as .msg is one, from a mail in plain text."""
    return data.startswith(OLE_MAGIC)


def read_msg(data: bytes, limits: Limits) -> Letter:
    """Take a .msg apart; mails within it are opened too, their files in a folder by their subject.

    Raises:
        RefusedError: F124 for one that can't be read, F106 beyond the limits.
    """
    try:
        import olefile  # noqa: PLC0415 - optional, and of use to this kind of file only
    except ImportError:
        raise RefusedError("F124", "没有安装读取 .msg 的组件") from None
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return _letter(_Storage(_File(ole, limits), ()), 0)
    except RefusedError:
        raise
    except Exception as broken:
        raise RefusedError("F124", "文件不完整或已损坏") from broken


class _File:
    """The open compound file, and what may still be taken out of it.

    Streams can share their bytes, so that a small file holds more than it seems to.
    """

    def __init__(self, ole: Any, limits: Limits) -> None:  # noqa: ANN401 - it has no types
        self._ole = ole
        self._bytes = limits.unpacked_bytes
        self._attached = limits.entries
        self._storages = tuple(tuple(path) for path in ole.listdir(streams=False, storages=True))

    def stream(self, path: tuple[str, ...]) -> bytes | None:
        """Return the bytes of a stream, None where there is none."""
        if self._ole.get_type(list(path)) != _STREAM:
            return None
        data: bytes = self._ole.openstream(list(path)).read()
        self._bytes -= len(data)
        if self._bytes < 0:
            raise RefusedError("F106", "附件合计过大")
        return data

    def attached(self, path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the storages of what is attached to the mail at a path, in their order."""
        begin = "__attach_version1.0_#"
        found = sorted(
            one for one in self._storages if one[:-1] == path and one[-1].lower().startswith(begin)
        )
        self._attached -= len(found)
        if self._attached < 0:
            raise RefusedError("F106", "附件过多")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Storage:
    """One storage of the compound file: a mail, or something attached to it."""

    file: _File
    path: tuple[str, ...]

    def attached(self) -> tuple[_Storage, ...]:
        return tuple(_Storage(self.file, path) for path in self.file.attached(self.path))

    def mail(self) -> _Storage:
        return _Storage(self.file, (*self.path, f"__substg1.0_{_DATA:04X}000D"))

    def stream(self, number: int, kind: int = 0x0102) -> bytes | None:
        return self.file.stream((*self.path, f"__substg1.0_{number:04X}{kind:04X}"))

    def text(self, number: int) -> str:
        wide = self.stream(number, 0x001F)
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return bytes_text((self.stream(number, 0x001E) or b"").rstrip(b"\0"))

    def fixed(self) -> Mapping[int, bytes]:
        """Return number → the eight bytes of each property that fits into them."""
        data = self.file.stream((*self.path, "__properties_version1.0")) or b""
        # The head of a mail is longer than that of an attachment, and longest at the top.
        start = 32 if not self.path else 24 if self.path[-1].startswith("__substg") else 8
        rows = (data[at : at + 16] for at in range(start, len(data) - 15, 16))
        return {int(struct.unpack_from("<H", row, 2)[0]): row[8:] for row in rows}


def _letter(mail: _Storage, depth: int) -> Letter:
    headers = read_headers(mail.text(_HEADERS).encode("utf-8", "replace"))
    fixed = mail.fixed()
    said = [address_of(header(headers, "from"))]
    said += [address_of(mail.text(number).encode("utf-8", "replace")) for number in _SENDERS]
    html = mail.stream(_HTML)
    letter = Letter(
        subject=mail.text(_SUBJECT).strip(),
        sender=next((address for address in said if address), ""),
        sent=moment_of(header(headers, "date")) or _moment(fixed.get(_SENT, b"")),
        received=received_at([value for name, value in headers if name == "received"])
        or _moment(fixed.get(_RECEIVED, b"")),
        texts=(mail.text(_TEXT), mail.text(_HTML) if html is None else bytes_text(html)),
    )
    sealed = mail.text(_CLASS).lower() == "ipm.note.smime"
    for storage in mail.attached():
        method = int.from_bytes(storage.fixed().get(_METHOD, b"\1")[:4], "little")
        if method in _BY_REFERENCE:
            letter = replace(letter, elsewhere=(*letter.elsewhere, "Outlook云附件"))
        elif method == _MAIL:
            letter = _with_inner(letter, _inner(storage, depth))
        else:
            one = _attached(storage, sealed=sealed)
            letter = replace(letter, enclosures=(*letter.enclosures, one))
    return letter


def _attached(storage: _Storage, *, sealed: bool) -> Enclosure:
    name = _name(storage)
    data = storage.stream(_DATA)
    if sealed:
        return Enclosure(name, b"", refusal=Refusal("F122", "邮件加了密"))
    if data is None:
        return Enclosure(name, b"", refusal=Refusal("F124", "嵌在正文里的对象"))
    # A signed mail is kept whole in one attachment.
    whole = storage.text(_MIME).lower().startswith("multipart/")
    mark = storage.text(_CONTENT_ID)
    return Enclosure(
        f"{name or '签名邮件'}.eml" if whole else name,
        data,
        marks=(mark,) if mark else (),
        shown=storage.fixed().get(_HIDDEN, b"\0")[:1] == b"\1",
    )


def _name(storage: _Storage) -> str:
    return best_name(storage.text(number).strip() for number in _NAMES)


def _inner(storage: _Storage, depth: int) -> Letter:
    """Read a mail that is attached to a mail; what it brought lies in a folder by its subject."""
    if depth >= _NESTING:
        raise RefusedError("F106", f"邮件套了 {_NESTING} 层以上")
    letter = _letter(storage.mail(), depth + 1)
    folder = letter.subject or _name(storage) or "转发的邮件"
    lying = (
        replace(one, folder="／".join(part for part in (folder, one.folder) if part))
        for one in letter.enclosures
    )
    return replace(letter, enclosures=tuple(lying))


def _with_inner(outer: Letter, inner: Letter) -> Letter:
    return replace(
        outer,
        texts=(*outer.texts, *inner.texts),
        enclosures=(*outer.enclosures, *inner.enclosures),
        elsewhere=(*outer.elsewhere, *inner.elsewhere),
    )


def _moment(value: bytes) -> str:
    seconds = windows_seconds(int.from_bytes(value[:8], "little"))
    try:
        return believable(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""
