"""Workbooks made byte by byte: kinds that no program here can write."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Cell = str | float | None
    Rows = Sequence[Sequence[Cell]]

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_SECTOR, _LEAST = 512, 4096


# ---- compound files ---------------------------------------------------------------


def compound(streams: Mapping[str, bytes], storages: Iterable[str] = ()) -> bytes:
    """Return a compound file with these streams (and empty storages) under its root."""
    padded = {name: data.ljust(max(_LEAST, -(-len(data) // _SECTOR) * _SECTOR), b"\0")
              for name, data in streams.items()}  # fmt: skip
    names = [*streams, *storages]
    entries = [_entry("Root Entry", 5, child=1, start=_END)]
    directory = -(-(len(names) + 1) // 4)
    counts = [len(data) // _SECTOR for data in padded.values()]
    sectors = directory + sum(counts)
    tables = 1
    while tables * 128 < sectors + tables:
        tables += 1
    at = tables + directory
    table = [0xFFFFFFFD] * tables + [*range(tables + 1, tables + directory), _END]
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else _FREE
        if name in padded:
            count = len(padded[name]) // _SECTOR
            entries.append(_entry(name, 2, right=right, start=at, size=len(padded[name])))
            table += [*range(at + 1, at + count), _END]
            at += count
        else:
            entries.append(_entry(name, 1, right=right))
    table += [_FREE] * (tables * 128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHH", 62, 3, 0xFFFE)
    header += struct.pack("<HH", 9, 6) + bytes(10) + struct.pack("<II", tables, tables)
    header += bytes(4) + struct.pack("<III", _LEAST, _END, 0) + struct.pack("<II", _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    body = struct.pack(f"<{len(table)}I", *table)
    body += b"".join(entries).ljust(directory * _SECTOR, b"\0") + b"".join(padded.values())
    return header + body


def _entry(
    name: str,
    kind: int,
    *,
    right: int = _FREE,
    child: int = _FREE,
    start: int = 0,
    size: int = 0,
) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
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
    return compound({"Book" if old else "Workbook": stream}, storages)


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
