"""winmail.dat: what Outlook wraps attachments in when it believes that its like will read them."""

from __future__ import annotations

import struct
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.intake.headers import best_name, bytes_text
from sxxt_excel.intake.letter import Enclosure
from sxxt_excel.package import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAGIC = b"\x78\x9f\x3e\x22"
_BEGIN, _TITLE, _DATA, _MORE = 0x69002, 0x18010, 0x6800F, 0x69005
_LONG_NAME, _SHORT_NAME, _CONTENT_ID, _OBJECT = 0x3707, 0x3704, 0x3712, 0x3701
_NESTING = 8
_MOST = 4096
"""Attributes, properties or values in one place: no mail program writes as many."""


def is_tnef(data: bytes) -> bool:
    """Tell whether bytes are a winmail.dat."""
    return data.startswith(_MAGIC)


def read_tnef(data: bytes, name: str, folder: str = "", depth: int = 0) -> tuple[Enclosure, ...]:
    """Return the attachments in a winmail.dat, or itself with the reason why none can be had.

    `folder` is where it stood, for one within another.
    """
    found: list[dict[int, bytes]] = []
    whole = False
    with suppress(struct.error):
        for attribute, value in _attributes(data):
            if attribute == _BEGIN:
                found.append({})
            elif found:
                found[-1][attribute] = value
        whole = is_tnef(data)
    enclosures = tuple(one for said in found for one in _attached(said, folder, depth))
    if not whole:
        cut = Enclosure(name, b"", folder=folder, refusal=Refusal("F123", "内容不完整"))
        return (*enclosures, cut)
    return enclosures


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (attribute, value). Raises struct.error where the stream ends too early, or never."""
    at = 6
    for _ in range(_MOST):
        if at >= len(data):
            return
        _, attribute, size = struct.unpack_from("<BII", data, at)
        at += 9
        if at + size > len(data):
            raise struct.error
        yield attribute, data[at : at + size]
        at += size + 2
    raise struct.error


def _attached(said: Mapping[int, bytes], folder: str, depth: int) -> Iterator[Enclosure]:
    more = _properties(said.get(_MORE, b""))
    nothing = (b"", "")
    title = bytes_text(said.get(_TITLE, b"").rstrip(b"\0"))
    long, short = (more.get(number, nothing)[1] for number in (_LONG_NAME, _SHORT_NAME))
    name = best_name((long, title, short))
    # An object begins with sixteen bytes that say which interface it has.
    inner = more.get(_OBJECT, nothing)[0][16:]
    if is_tnef(inner):
        if depth < _NESTING:
            yield from read_tnef(inner, "winmail.dat", name or folder, depth + 1)
    elif data := said.get(_DATA, b"") or inner:
        mark = more.get(_CONTENT_ID, nothing)[1]
        yield Enclosure(name, data, (mark,) if mark else (), folder=folder)


# Types of properties: those of a fixed size, in bytes as they take here, and the others.
_FIXED = MappingProxyType(
    {
        **dict.fromkeys((0x2, 0x3, 0x4, 0xA, 0xB), 4),
        **dict.fromkeys((0x5, 0x6, 0x7, 0x14, 0x40), 8),
        0x48: 16,
    }
)
_WIDE = 0x1F
_VARIABLE = frozenset({0xD, 0x1E, _WIDE, 0x102})
_MULTIPLE = 0x1000
_NAMED = 0x8000
"""Numbers from here on are followed by a name."""


def _properties(data: bytes) -> Mapping[int, tuple[bytes, str]]:
    """Return number → (bytes, text) of MAPI properties, as far as they can be followed."""
    found: dict[int, tuple[bytes, str]] = {}
    with suppress(struct.error, KeyError):
        at = 4
        for _ in range(min(struct.unpack_from("<I", data)[0], _MOST)):
            kind, number = struct.unpack_from("<HH", data, at)
            at = _after_name(data, at + 4, named=number >= _NAMED)
            value, at = _value(data, at, kind)
            text = value.decode("utf-16-le", "replace") if kind == _WIDE else bytes_text(value)
            found.setdefault(number, (value, text.rstrip("\0")))
    return found


def _after_name(data: bytes, at: int, *, named: bool) -> int:
    if not named:
        return at
    by_text = struct.unpack_from("<I", data, at + 16)[0]
    if not by_text:
        return at + 24
    size = int(struct.unpack_from("<I", data, at + 20)[0])
    return at + 24 + size + -size % 4


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """Return the (first) value and where the next property begins."""
    plain = kind & ~_MULTIPLE
    if plain not in _VARIABLE:
        count, at = _count(data, at) if kind & _MULTIPLE else (1, at)
        return b"", at + _FIXED[plain] * count
    count, at = _count(data, at)
    first = b""
    for number in range(min(count, _MOST)):
        size, at = _count(data, at)
        first = data[at : at + size] if number == 0 else first
        at += size + -size % 4
    return first, at


def _count(data: bytes, at: int) -> tuple[int, int]:
    return int(struct.unpack_from("<I", data, at)[0]), at + 4
