"""Files that are no good workbook, written byte by byte: papers, pictures, broken packages."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

import openpyxl
from steady import pack, steady

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def password_protected() -> bytes:
    """Return what Excel writes when a workbook has a password: an encrypted package in OLE."""

    def entry(name: str, kind: int, right: int = _FREE, child: int = _FREE) -> bytes:
        text = name.encode("utf-16-le")
        links = struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child)
        return text.ljust(64, b"\0") + links + bytes(48)

    entries = (
        entry("Root Entry", 5, child=1),
        entry("EncryptionInfo", 2, right=2),
        entry("EncryptedPackage", 2),
        bytes(128),
    )
    fat = struct.pack("<128I", _FAT, _END, *[_FREE] * 126)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHH", 62, 3, 0xFFFE)
    header += struct.pack("<HH", 9, 6) + bytes(10) + struct.pack("<II", 1, 1) + bytes(4)
    header += struct.pack("<III", 4096, _END, 0) + struct.pack("<II", _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + fat + b"".join(entries)


def docx(*lines: str) -> bytes:
    """Return a Word document of these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return pack({name: (declared + text).encode() for name, text in members.items()})


def pdf(words: str) -> bytes:
    """Return a PDF of one page with a line of Latin text."""
    stream = f"BT /F1 14 Tf 72 770 Td ({words}) Tj ET".encode()
    fonts = b"/Resources << /Font << /F1 5 0 R >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def png(width: int = 24, height: int = 32) -> bytes:
    """Return a small grey picture with a frame, as a scanner might give."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    line = b"\0" + b"\x20" + b"\xf0" * (width - 2) + b"\x20"
    edge = b"\0" + b"\x20" * width
    pixels = edge + line * (height - 2) + edge
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(pixels, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def html_table() -> bytes:
    """Return a web page, as some systems export under the name of a workbook."""
    return (
        '<html><head><meta charset="utf-8"></head><body><table border="1">'
        "<tr><td>姓名</td><td>述责方式</td></tr><tr><td>曾明允</td><td>会议</td></tr>"
        "</table></body></html>\n"
    ).encode()


def lock_file() -> bytes:
    """Return what Excel leaves beside a workbook while it is open."""
    name = "gaoyunshu"
    return bytes((len(name),)) + name.encode().ljust(54, b" ") + bytes(110)


def plain_book(title: str, *rows: tuple[str | int, ...]) -> bytes:
    """Return a workbook that has nothing to do with the round."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return steady(stream.getvalue())
