"""What the headers of a mail say, from their raw bytes: names, addresses, moments.

Mail programs write Chinese names in every way there is and label them wrongly; a library that has
turned the bytes into text has already lost what they were. So nothing here trusts a label that the
bytes contradict.
"""

from __future__ import annotations

import binascii
import codecs
import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from html import unescape
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from sxxt_excel.intake.moments import believable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Headers = tuple[tuple[str, bytes], ...]
"""Names in lower case with their raw values, unfolded, in the order in which they stand."""

# Lines may end in CR CR LF where a file went through a careless program.
_LINE = re.compile(rb"\r*\n|\r")
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r*\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)


def read_headers(block: bytes) -> Headers:
    """Take the lines before a body apart; what is no header belongs to the one before it."""
    found: list[tuple[str, list[bytes]]] = []
    for line in _LINE.split(block):
        begun = None if line[:1] in {b" ", b"\t"} else _FIELD.fullmatch(line)
        if begun:
            found.append((begun[1].decode("ascii").lower(), [begun[2]]))
        elif found and line.strip():
            found[-1][1].append(line)
    return tuple((name, b"".join(parts).strip()) for name, parts in found)


def parted(data: bytes) -> tuple[Headers, bytes]:
    """Part the headers from the body; very old programs end their lines in CR alone."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    empty = _EMPTY_LINE.search(data)
    if empty is None:
        return read_headers(data), b""
    return read_headers(data[: empty.start()]), data[empty.end() :]


def header(headers: Headers, name: str) -> bytes:
    """Return the first header of that name, b"" where there is none."""
    lower = name.lower()
    return next((value for known, value in headers if known == lower), b"")


# ---------------------------------------------------------------- bytes to text

# Labels that say nothing: programs put them on whatever they were given.
_NO_LABEL = re.compile(
    r"|us-ascii|ascii|iso-?8859-?1|latin-?1|windows-1252|cp1252|unknown.*|x-unknown|default|ansi"
)
# gb18030 holds all of gb2312 and gbk, and text labelled gb2312 is rarely only that.
_GB = re.compile(r"(?:x-)?(?:gb|euc-?cn|cp936|936|chinese|ms936|hz-?gb).*")
_KNOWN = re.compile(r"(?:utf-?8|utf-?16|utf-?32|cp|big5|iso|euc|koi8|windows|shift|ks_c|johab).*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def bytes_text(data: bytes, label: str = "") -> str:
    """Decode by the label where the bytes bear it out, else as UTF-8, else as GB18030."""
    name = label.strip().lower().partition("*")[0]
    said = _codec(name)
    if said == "gb18030" and _CHINESE.fullmatch(mislabelled := _decoded(data, "utf-8", whole=True)):
        return mislabelled
    # A text that was cut short in the middle of a character is still what its label says.
    tries = ((said, True), (said, False), ("utf-8", True), ("gb18030", True), ("utf-8", False))
    for codec, whole in tries:
        text = _decoded(data, codec, whole=whole)
        guessed = whole and codec == "utf-8" != said
        if not data or (text and not (guessed and _unlikely(text))):
            return text
    latin = name and _NO_LABEL.fullmatch(name)
    return data.decode("latin-1") if latin else data.decode("gb18030", "replace")


# Three characters of Chinese or more: so much of GBK is not UTF-8 by chance.
_CHINESE = re.compile(
    r"[\x00-\x7f]*+(?:[\u2013-\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uff65][\x00-\x7f]*+){3,}+"
)


def _unlikely(text: str) -> bool:
    """Tell what GBK reads like when it happens to be UTF-8: Greek, Arabic, nothing Chinese."""
    return not text.isascii() and max(text) < "\u0800"


def _codec(label: str) -> str:
    if label.startswith("hz"):
        return "hz"
    if _GB.fullmatch(label):
        return "gb18030"
    return label if _KNOWN.fullmatch(label) and not _NO_LABEL.fullmatch(label) else ""


def _decoded(data: bytes, codec: str, *, whole: bool) -> str:
    """Return the text, "" for bytes that the codec refuses and for a codec that there is not."""
    with suppress(ValueError, LookupError):
        return codecs.getincrementaldecoder(codec)().decode(data, whole) if codec else ""
    return ""


_LONGEST = 65536
"""Bytes of one header that are looked at: no program writes as many."""
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")


def header_text(raw: bytes) -> str:
    """Decode a header's value: encoded words, raw GBK or UTF-8, and any mixture of them.

    Words of one charset that follow each other are joined before they are decoded: many
    programs cut a character, or a group of base64, in two.
    """
    said: list[str] = []
    pieces = tuple(_pieces(raw[:_LONGEST]))
    for key, group in groupby(pieces, key=lambda piece: piece[:2]):
        label, way = key
        joined = b"".join(piece[2] for piece in group)
        said.append(bytes_text(_unworded(joined, way), label))
    return _CONTROL.sub(" ", _entities("".join(said))).strip()


def _pieces(raw: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield (charset, "B", "Q" or "", payload); blanks between two encoded words are nothing."""
    at = 0
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        if between.strip():
            yield "", "", between
        way = word[2].decode("ascii").upper()
        yield word[1].decode("ascii", "replace").lower(), way, word[3]
        at = word.end()
    if raw[at:].strip():
        yield "", "", raw[at:]


def _unworded(payload: bytes, way: str) -> bytes:
    if way == "B":
        return base64_bytes(payload)
    if way == "Q":
        return binascii.a2b_qp(payload, header=True)
    return payload


_ENTITY = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});")


def _entities(text: str) -> str:
    """Webmail writes what its charset lacks as &#29735;."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_GROUPS = re.compile(rb"[^=]+")


def base64_bytes(text: bytes) -> bytes:
    """Decode base64 as far as it goes: strange characters, padding amiss or missing, cut short."""
    with suppress(binascii.Error):
        # Padding may also stand at the end of every line, where the fast way stops at the first.
        if b"=" not in text.rstrip(b"=\r\n\t \0"):
            return binascii.a2b_base64(text)
    whole = []
    for group in _GROUPS.findall(_NOT_BASE64.sub(b"", text)):
        usable = group[: len(group) - (len(group) % 4 == 1)]
        whole.append(binascii.a2b_base64(usable + b"=" * (-len(usable) % 4)))
    return b"".join(whole)


# ---------------------------------------------------------------- parameters and names

# The second byte of a GBK character may be a backslash, which then escapes nothing.
# A quotation mark that neither a semicolon nor the end follows is one of the name's own.
_PARAMETER = re.compile(
    rb';\s*+([^\s=;"*]{1,80})(\*\d{1,3})?(\*)?[ \t]*=[ \t]*'
    rb'(?:"((?>[\x80-\xff][\x40-\xff]|\\.|[^"\\]|"(?!\s*(?:;|\Z)))*+)(?:"|\Z)|([^;]*))',
    re.DOTALL,
)
_ESCAPE = re.compile(rb'([\x80-\xff][\x40-\xff])|\\(["\\])')
_CHARSET = re.compile(rb"([^'%]{0,40})'[^'%]{0,40}'(.*)", re.DOTALL)
_PERCENT = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")


def value_of(raw: bytes) -> str:
    """Return what a header of parameters says first, in lower case: "multipart/mixed"."""
    return raw.partition(b";")[0].strip().decode("ascii", "replace").lower()


def parameters(raw: bytes) -> Mapping[str, str]:
    """Return the parameters of a header by their names in lower case, those in parts put together.

    Of one parameter written both ways the one of RFC 2231 (name*=) counts.
    """
    plain: dict[str, str] = {}
    parts: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for found in _PARAMETER.finditer(b";" + raw.partition(b";")[2][:_LONGEST]):
        name = found[1].decode("ascii", "replace").lower()
        value = _ESCAPE.sub(rb"\1\2", found[4]) if found[4] is not None else found[5].strip()
        if found[2] or found[3]:
            number = int(found[2][1:]) if found[2] else 0
            parts.setdefault(name, {}).setdefault(number, (bool(found[3]), value))
        else:
            plain.setdefault(name, _plain_text(value))
    return MappingProxyType(plain | {name: _put_together(some) for name, some in parts.items()})


def _plain_text(value: bytes) -> str:
    if _PERCENT.search(value) and value.isascii() and b"=?" not in value:
        value = unquote_to_bytes(value)
    return header_text(value)


def _put_together(parts: Mapping[int, tuple[bool, bytes]]) -> str:
    if not any(extended for extended, _ in parts.values()):
        return _plain_text(b"".join(value for _, (_, value) in sorted(parts.items())))
    label, whole = b"", b""
    # Those that follow each other are one text: careless programs cut within a %E6.
    in_order = (part for _, part in sorted(parts.items()))
    for extended, group in groupby(in_order, key=lambda part: part[0]):
        value = b"".join(said for _, said in group)
        named = None if whole or label or not extended else _CHARSET.fullmatch(value)
        label, value = (named[1], named[2]) if named else (label, value)
        whole += unquote_to_bytes(value) if extended else value
    said = header_text(whole) if _WORD.search(whole) else bytes_text(whole, label.decode("latin-1"))
    return _CONTROL.sub(" ", said).strip()


# Names that a server gave in place of one that it could not read: tcmime is QQ's, ATT Exchange's.
_STAND_IN = re.compile(
    r"(?:tcmime[\d.]*|att\d+|part[\d.]*|noname|untitled|unnamed|未命名|未知)?(?:\.(?:bin|dat))?",
    re.IGNORECASE,
)
_LOST = re.compile(r"[?\s_\ufffd]*(?:\.\w{1,5})?|.*(?:\ufffd|\?\?).*", re.DOTALL)


def best_name(names: Iterable[str]) -> str:
    """Return the first name that says something, "" for none: no stand-in, nothing lost in it."""
    real = [name for name in names if not _STAND_IN.fullmatch(name)]
    whole = [name for name in real if not _LOST.fullmatch(name)]
    return next(iter(whole or real), "")


# ---------------------------------------------------------------- addresses and moments

_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_BRACKETED = re.compile(rb"<\s*([^\s<>@]{1,64}@[^\s<>@,;]{1,255})\s*>")
_BARE = re.compile(rb"(?<![^\s<>,;:\[(])([\w.+\-]{1,64}@[\w.\-]{1,255})")


def address_of(raw: bytes) -> str:
    """Return the first address of a From header in lower case, "" where there is none."""
    said = _QUOTED.sub(b" ", raw[:4096])
    found = _BRACKETED.search(said) or _BARE.search(said)
    return found[1].decode("ascii", "ignore").lower() if found else ""


_ZONE = re.compile(r"[+-]\d{4}|\b(?:GMT|UTC?|Z|[EMP][SD]T|CDT)\b")
_NUMERIC = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?"
)


def moment_of(raw: bytes) -> str:
    """Return a mail's date in ISO 8601 at +08:00, "" where it can't be or is absurd.

    A date without a zone is local time, and so is CST, which in China is no American one.
    """
    text = raw[:200].decode("ascii", "replace").strip()
    with suppress(ValueError, OverflowError, TypeError, IndexError):
        return believable(_mail_moment(text) or _numeric_moment(text))
    return ""


def _mail_moment(text: str) -> datetime | None:
    zoned = text if _ZONE.search(text) else text.replace("CST", "") + " +0800"
    parsed = parsedate_tz(zoned)
    if parsed is None or not parsed[0]:
        return None
    return datetime(*parsed[:6], tzinfo=timezone(timedelta(seconds=parsed[9] or 0)))


def _numeric_moment(text: str) -> datetime | None:
    found = _NUMERIC.search(text)
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    zone = (found[7] or "+0800").replace("Z", "+0000").replace(":", "")
    away = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    return datetime(year, month, day, hour, minute, int(found[6] or 0), tzinfo=timezone(away))


def received_at(values: Sequence[bytes]) -> str:
    """Return when the newest server took the mail: the topmost Received line that has a date."""
    dates = (moment_of(value.rpartition(b";")[2]) for value in values)
    return next((date for date in dates if date), "")
