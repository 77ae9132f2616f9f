"""A look inside an .xlsb (BIFF12): what its reader does not tell."""

import struct
import zipfile
from collections.abc import Iterator

from sxxt_excel.formats.biff import ERRORS
from sxxt_excel.formats.common import Found, Limits, Look, RefusedError
from sxxt_excel.formats.margins import head_parts
from sxxt_excel.formats.opc import Parts, targets
from sxxt_excel.formats.places import column_letter

__all__ = ["look_xlsb"]

_BUNDLE, _ROW, _COLUMN, _HEADS = 156, 0, 60, 479
_ERROR, _FORMULA_ERROR = 3, 11
_LAST_CELL = 11
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x10, 1
_Record = tuple[int, bytes]


def look_xlsb(archive: zipfile.ZipFile, limits: Limits) -> Look:
    """Return what the parts of a workbook show; RefusedError where it must not be read."""
    parts = Parts(archive)
    where = targets(parts, "xl/workbook.bin")
    found = Found()
    for name, rel in _sheets(parts.binary("xl/workbook.bin")):
        part = where.get(rel, "")
        if part not in parts:
            raise RefusedError("F102", f"缺少工作表“{name}”的内容")
        if "/worksheets/" in f"/{part}":
            _Sheet(name, found).read(parts.binary(part), limits)
    return found.look(
        "xlsb",
        pictures=len(parts.under("xl/media/")),
        macros="xl/vbaProject.bin" in parts,
        external_links=bool(parts.under("xl/externallinks/externallink")),
    )


def _records(data: bytes) -> Iterator[_Record]:
    """Records as kind and body; both kind and length are told in groups of seven bits."""
    at, end = 0, len(data)
    while at < end:
        kind, at = _number(data, at, 2)
        length, at = _number(data, at, 4)
        yield kind, data[at : at + length]
        at += length


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for place in range(most):
        byte = data[at] if at < len(data) else 0
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    return value, at


def _sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Sheets as (name, relationship)."""
    for kind, body in _records(workbook):
        if kind == _BUNDLE:
            rel, at = _text(body, 8)
            yield _text(body, at)[0], rel


def _text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


class _Sheet:
    """One pass over the records of a sheet."""

    def __init__(self, name: str, found: Found) -> None:
        self._name, self._found = name, found
        self._at = 0
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._hidden: list[int] = []
        self._spans: list[tuple[int, int]] = []

    def read(self, data: bytes, limits: Limits) -> None:
        for kind, body in _records(data):
            if 1 < kind <= _LAST_CELL and len(body) > struct.calcsize("<II"):
                self._cell(kind, body)
            elif kind == _ROW and len(body) >= struct.calcsize("<IIHH"):
                self._row(body)
            elif kind == _COLUMN and len(body) >= struct.calcsize("<4IH"):
                self._column(body)
            elif kind == _HEADS:
                self._found.margins.extend(head_parts(body.decode("utf-16-le", "replace")))
        self._found.close(self._name, self._rows, self._columns, self._hidden, self._spans, limits)

    def _row(self, body: bytes) -> None:
        self._at = int.from_bytes(body[:4], "little") + 1
        if body[11] & _HIDDEN_ROW:
            self._hidden.append(self._at)

    def _cell(self, kind: int, body: bytes) -> None:
        column = int.from_bytes(body[:4], "little") + 1
        self._rows.add(self._at)
        self._columns.add(column)
        if kind in {_ERROR, _FORMULA_ERROR}:
            cell = f"{column_letter(column)}{self._at}"
            self._found.errors.append((self._name, cell, ERRORS.get(body[8], "#N/A")))

    def _column(self, body: bytes) -> None:
        first, last, _, _, flags = struct.unpack_from("<4IH", body)
        if flags & _HIDDEN_COLUMN:
            self._spans.append((first + 1, last + 1))
