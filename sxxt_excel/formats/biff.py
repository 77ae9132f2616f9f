"""A look inside an .xls (BIFF5, BIFF8): what its reader does not tell."""

import struct
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sxxt_excel.formats.common import Found, Limits, Look, RefusedError
from sxxt_excel.formats.margins import head_parts
from sxxt_excel.formats.ole import root_names, root_stream
from sxxt_excel.formats.places import column_letter

__all__ = ["ERRORS", "as_western", "from_western", "is_locked", "look_xls"]

ERRORS: Mapping[int, str] = MappingProxyType(
    {
        0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
        0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
    }
)  # fmt: skip
_BOF, _EOF, _CONTINUE = 0x809, 0x0A, 0x3C
_FILEPASS, _CODEPAGE, _BOUNDSHEET = 0x2F, 0x42, 0x85
_HEADER, _FOOTER, _TXO, _HLINK = 0x14, 0x15, 0x1B6, 0x1B8
_ROW, _COLINFO, _FORMULA, _BOOLERR, _SUPBOOK = 0x208, 0x7D, 0x06, 0x205, 0x1AE
_MULRK = 0xBD
# LABELSST, NUMBER, RK, LABEL, RSTRING, FORMULA, BOOLERR: each begins with its row and column.
_CELLS = frozenset({0xFD, 0x203, 0x27E, 0x204, 0xD6, _FORMULA, _BOOLERR})
_BIFF8 = b"\x00\x06"
_HEAD = 8192
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 1
_NO_NUMBER = 0xFFFF
_AN_ERROR = 2
# A link to this workbook or to functions of Excel's own; what parts a program from its topic.
_OWN_BOOKS = frozenset({b"\x01\x04", b"\x01\x3a"})
_TOPIC = "\x03"
_CHINESE = "gb18030"
_GBK_PAGE, _WESTERN_PAGE = (struct.pack("<HHH", _CODEPAGE, 2, page) for page in (936, 1252))
# The western code page as browsers have it: bytes that it leaves open stand for themselves.
_BYTES = {
    (bytes([byte]).decode("cp1252", "ignore") or chr(byte)): bytes([byte]) for byte in range(256)
}
_RUNS = tuple(word.encode("utf-16-le") for word in ("javascript:", "vbscript:"))
_Record = tuple[int, bytes]


def look_xls(data: bytes, limits: Limits) -> Look:
    """Return what the records of a workbook show; RefusedError where it must not be read."""
    stream = root_stream(data, "Workbook", "Book")
    if not stream:
        raise RefusedError("F102", "文件不完整或已损坏")
    found, links = Found(), False
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise RefusedError("F101")
        if kind == _SUPBOOK and body[2:4] not in _OWN_BOOKS:
            links = True
            found.dde |= _TOPIC in _wide(body[4:], int.from_bytes(body[2:4], "little"))
    for name, start in _sheets(stream):
        _Sheet(name, found, limits).read(_records(stream, start))
    return found.look(
        "xls",
        gbk=stream[4:6] != _BIFF8 and _GBK_PAGE in stream[:_HEAD],
        macros="_VBA_PROJECT_CUR" in root_names(data),
        external_links=links,
    )


def is_locked(data: bytes) -> bool:
    """Tell a workbook that asks for a password."""
    stream = root_stream(data, "Workbook", "Book")
    return any(kind == _FILEPASS for kind, _ in _records(stream, 0))


def as_western(data: bytes) -> bytes:
    """Return a BIFF5 workbook in GBK as one in a code page of one byte a character.

    The reader takes only such ones; `from_western` undoes what it then makes of the texts.
    """
    return data.replace(_GBK_PAGE, _WESTERN_PAGE, 1)


def from_western(text: str) -> str:
    """Return what GBK says where a reader took each byte for a character of its own."""
    try:
        return b"".join(_BYTES[letter] for letter in text).decode(_CHINESE, "replace")
    except KeyError:
        return text


def _records(stream: bytes, at: int) -> Iterator[_Record]:
    """The records of one substream: kind and body, as far as they are intact."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == _EOF:
            return
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Sheets as (name, where their records begin)."""
    wide = stream[4:6] == _BIFF8
    for kind, body in _records(stream, 0):
        if kind == _BOUNDSHEET and len(body) > 8 and body[5] == 0:  # noqa: PLR2004 - 0: no chart
            length, text = body[6], body[7:]
            name = _wide(text, length) if wide else text[:length].decode(_CHINESE, "replace")
            yield name, int(struct.unpack_from("<I", body)[0])


def _wide(text: bytes, length: int) -> str:
    """Characters of BIFF8: a flag says whether each takes one byte or two."""
    if text[:1] == b"\x00":
        return text[1 : 1 + length].decode("latin-1")
    return text[1 : 1 + 2 * length].decode("utf-16-le", "replace")


class _Spot(NamedTuple):
    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letter(self.column + 1)}{self.row + 1}"


class _Sheet:
    """One pass over the records of a sheet."""

    def __init__(self, name: str, found: Found, limits: Limits) -> None:
        self._name, self._found, self._limits = name, found, limits
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._hidden: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._boxed = False

    def read(self, records: Iterator[_Record]) -> None:
        ways: dict[int, Callable[[bytes], None]] = {
            _ROW: self._row,
            _COLINFO: self._column,
            _FORMULA: self._formula,
            _BOOLERR: self._error,
            _MULRK: self._several,
            _HEADER: self._head,
            _FOOTER: self._head,
            _HLINK: self._link,
        }
        for kind, body in records:
            if kind in _CELLS and len(body) >= len("rrcc"):
                row, column = struct.unpack_from("<HH", body)
                self._rows.add(row + 1)
                self._columns.add(column + 1)
            if kind in ways:
                try:
                    ways[kind](body)
                except (struct.error, IndexError):
                    continue
            if kind == _CONTINUE and self._boxed and body:
                self._mark(_wide(body, len(body)))
            self._boxed = kind == _TXO or (self._boxed and kind == _CONTINUE)
        self._found.close(
            self._name, self._rows, self._columns, self._hidden, self._hidden_columns, self._limits
        )

    def _row(self, body: bytes) -> None:
        if body[12] & _HIDDEN_ROW:
            self._hidden.append(int(struct.unpack_from("<H", body)[0]) + 1)

    def _column(self, body: bytes) -> None:
        first, last, _, _, flags = struct.unpack_from("<5H", body)
        if flags & _HIDDEN_COLUMN:
            self._hidden_columns.append((first + 1, last + 1))

    def _several(self, body: bytes) -> None:
        row, first = struct.unpack_from("<HH", body)
        last = int(struct.unpack_from("<H", body, len(body) - 2)[0])
        self._rows.add(row + 1)
        self._columns |= {first + 1, last + 1}

    def _formula(self, body: bytes) -> None:
        spot = _Spot(*struct.unpack_from("<HH", body))
        if struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER and body[6] == _AN_ERROR:
            self._told(spot, body[8])

    def _error(self, body: bytes) -> None:
        if body[7]:
            self._told(_Spot(*struct.unpack_from("<HH", body)), body[6])

    def _told(self, spot: _Spot, error: int) -> None:
        self._found.errors.append((self._name, spot.cell, ERRORS.get(error, "#N/A")))

    def _head(self, body: bytes) -> None:
        self._mark(_wide(body[2:], len(body)))
        self._mark(body[1:].decode(_CHINESE, "replace"))

    def _mark(self, text: str) -> None:
        self._found.margins.extend(head_parts(text))

    def _link(self, body: bytes) -> None:
        self._found.scripts |= any(word in body.lower() for word in _RUNS)
