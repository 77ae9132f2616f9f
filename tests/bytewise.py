"""Workbooks made byte by byte: kinds that no program here can write."""

from __future__ import annotations

import io
import struct
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Cell = str | float | None
    Rows = Sequence[Sequence[Cell]]

Storage: TypeAlias = "dict[str, bytes | Storage]"

# ---- compound files ---------------------------------------------------------------

_SECTOR, _SMALL, _FREE, _END = 512, 64, 0xFFFFFFFF, 0xFFFFFFFE


class _Sectors:
    """Blocks of one size with a table of which follows which."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = b""
        self.table: list[int] = []

    def put(self, data: bytes) -> int:
        """Append a stream; return its first block."""
        first = len(self.table)
        blocks = -(-len(data) // self.size)
        if not blocks:
            return _END
        self.data += data.ljust(blocks * self.size, b"\0")
        self.table += [*range(first + 1, first + blocks), _END]
        return first


def compound(root: Storage) -> bytes:
    """Return a compound file of storages (dicts) and streams (bytes)."""
    large, small = _Sectors(_SECTOR), _Sectors(_SMALL)
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _FREE, _END, 0]]

    def add(storage: Storage) -> int:
        """Append what is in a storage, each to the right of the one before; return the first."""
        names = sorted(storage, key=lambda name: (len(name), name.upper()))
        places = []
        for name in names:
            value = storage[name]
            places.append(len(entries))
            if isinstance(value, dict):
                entries.append([name, 1, _FREE, _FREE, _FREE, 0, 0])
                entries[places[-1]][4] = add(value)
            else:
                start = (small if len(value) < 4096 else large).put(value)
                entries.append([name, 2, _FREE, _FREE, _FREE, start, len(value)])
        for left, right in pairwise(places):
            entries[left][3] = right
        return places[0] if places else _FREE

    entries[0][4] = add(root)
    entries[0][5:] = [large.put(small.data), len(small.data)]
    table = struct.pack(f"<{len(small.table)}I", *small.table)
    small_table = large.put(table.ljust(-(-len(table) // _SECTOR) * _SECTOR, b"\xff"))
    directory = large.put(b"".join(map(_entry, entries)))
    count = 1
    while count * 128 < len(large.table) + count:
        count += 1
    first = len(large.table)
    fat = large.table + [0xFFFFFFFD] * count
    fat += [_FREE] * (count * 128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIII4xIIIII", 62, 3, 0xFFFE, 9, 6, 0, count, directory, 4096,
                        small_table, -(-len(table) // _SECTOR), _END, 0)  # fmt: skip
    head += struct.pack("<109I", *range(first, first + count), *[_FREE] * (109 - count))
    return head + large.data + struct.pack(f"<{len(fat)}I", *fat)


def _entry(said: list[object]) -> bytes:
    name, kind, left, right, child, start, size = said
    text = f"{name}\0".encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI16xIII", text, len(text), kind, 1, left, right, child, 0, start, size, 0
    )


# ---- .xls -------------------------------------------------------------------------


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of BIFF."""
    return struct.pack("<HH", kind, len(body)) + body


def xls(
    sheets: Mapping[str, Rows],
    *,
    old: bool = False,
    more: Sequence[bytes] = (),
    first: Sequence[bytes] = (),
    storages: Iterable[str] = (),
) -> bytes:
    """Return an .xls of BIFF8, or (`old`) of BIFF5 in GBK; `more` are records of every sheet."""
    version = 0x500 if old else 0x600
    tail = b"" if old else bytes(8)
    head = record(0x809, struct.pack("<HHHH", version, 5, 0x0DBB, 0x07CC) + tail)
    head += b"".join(first) + record(0x42, struct.pack("<H", 936 if old else 1200))
    parts = []
    for rows in sheets.values():
        part = record(0x809, struct.pack("<HHHH", version, 0x10, 0x0DBB, 0x07CC) + tail)
        part += b"".join(
            _biff_cell(row, column, value, old=old)
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value is not None
        )
        parts.append(part + b"".join(more) + record(0x0A))
    said = [_biff_name(name, old=old) for name in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in said) + 4
    for name, part in zip(said, parts, strict=True):
        head += record(0x85, struct.pack("<IH", at, 0) + name)
        at += len(part)
    stream = head + record(0x0A) + b"".join(parts)
    return compound({"Book" if old else "Workbook": stream, **{name: {} for name in storages}})


def _biff_name(name: str, *, old: bool) -> bytes:
    if old:
        text = name.encode("gbk")
        return bytes([len(text)]) + text
    return bytes([len(name), 1]) + name.encode("utf-16-le")


def _biff_cell(row: int, column: int, value: Cell, *, old: bool) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        text = value.encode("gbk") if old else value.encode("utf-16-le")
        flag = b"" if old else b"\x01"
        return record(
            0x204, place + struct.pack("<H", len(text) if old else len(value)) + flag + text
        )
    return record(0x203, place + struct.pack("<d", value))


# ---- .xlsb ------------------------------------------------------------------------


def xlsb(sheets: Mapping[str, Rows], *, more: Sequence[bytes] = ()) -> bytes:
    """Return an .xlsb; `more` are records of every sheet, after its rows."""
    names = list(sheets)
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    bundles = b"".join(
        record12(156, struct.pack("<II", 0, n) + _wide(f"rId{n}") + _wide(name))
        for n, name in enumerate(names, 1)
    )
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1"'
        f' Type="{rels}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": record12(131) + record12(143) + bundles + record12(144) + record12(132),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{rels}/worksheet" Target="worksheets/sheet{n}.bin"/>'
            for n in range(1, len(names) + 1)
        )
        + "</Relationships>",
    }
    for n, name in enumerate(names, 1):
        rows = sheets[name]
        wide = max((len(values) for values in rows), default=1)
        body = record12(129) + record12(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, wide))
        body += record12(145)
        for row, values in enumerate(rows):
            body += row12(row)
            for column, value in enumerate(values):
                if isinstance(value, str):
                    body += record12(6, struct.pack("<II", column, 0) + _wide(value))
                elif value is not None:
                    body += record12(5, struct.pack("<IId", column, 0, value))
        members[f"xl/worksheets/sheet{n}.bin"] = (
            body + b"".join(more) + record12(146) + record12(130)
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return stream.getvalue()


def row12(row: int, *, hidden: bool = False) -> bytes:
    """Return the record that begins a row (counted from 0) of an .xlsb."""
    flags = 0x10 if hidden else 0
    return record12(0, struct.pack("<IIHBBBI", row, 0, 300, 0, flags, 0, 0))


def record12(kind: int, body: bytes = b"") -> bytes:
    """Return one record of BIFF12."""
    said = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(body)
    while True:
        byte, rest = rest & 0x7F, rest >> 7
        length += bytes([byte | (0x80 if rest else 0)])
        if not rest:
            return said + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


# ---- .xlsx ------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CELL = '<row r="1"><c r="A1"><v>7</v></c></row>'


def package(
    rows: str = CELL,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    without: Iterable[str] = (),
    tail: str = "",
    calc: str = "",
    ns: str = MAIN,
    office: str = OFFICE,
) -> bytes:
    """A workbook of one sheet "表" by hand: whatever no library would write."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{ns}" xmlns:r="{office}"><sheets>'
        f'<sheet name="表" sheetId="1" r:id="rId1"/></sheets>{calc}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{ns}"><dimension ref="A1:XFD1048576"/>'
        f"<sheetData>{rows}</sheetData>{tail}</worksheet>",
        **(parts or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            if name not in without:
                archive.writestr(name, text)
    return stream.getvalue()
