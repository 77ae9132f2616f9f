"""A workbook with whatever people put into workbooks, and the same in other spellings of XML."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLE, SECOND, PLAIN = "责任清单", "带 'Excel 表' 的", "无关的表"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PIVOT = (
    f'<?xml version="1.0" encoding="UTF-8"?><pivotTableDefinition xmlns="{MAIN}" name="透视表" '
    'cacheId="1" dataCaption="值" updatedVersion="6" minRefreshableVersion="3" createdVersion="6">'
    '<location ref="H6:I9" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
    '<pivotFields count="2"><pivotField axis="axisRow" showAll="0"><items count="3"><item x="0"/>'
    '<item x="1"/><item t="default"/></items></pivotField><pivotField dataField="1" showAll="0"/>'
    '</pivotFields><rowFields count="1"><field x="0"/></rowFields><rowItems count="3"><i><x/></i>'
    '<i><x v="1"/></i><i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems>'
    '<dataFields count="1"><dataField name="求和" fld="1" baseField="0" baseItem="0"/></dataFields>'
    "</pivotTableDefinition>"
).encode()
CACHE = (
    f'<?xml version="1.0" encoding="UTF-8"?><pivotCacheDefinition xmlns="{MAIN}" '
    f'xmlns:r="{RELATIONS}" r:id="rId1" refreshedBy="x" createdVersion="6" refreshedVersion="6" '
    'minRefreshableVersion="3" recordCount="2"><cacheSource type="worksheet">'
    f'<worksheetSource ref="H1:I3" sheet="{PLAIN}"/></cacheSource><cacheFields count="2">'
    '<cacheField name="类" numFmtId="0"><sharedItems count="2"><s v="甲"/><s v="乙"/></sharedItems>'
    '</cacheField><cacheField name="数" numFmtId="0"><sharedItems containsSemiMixedTypes="0" '
    'containsString="0" containsNumber="1" containsInteger="1" minValue="1" maxValue="2"/>'
    "</cacheField></cacheFields></pivotCacheDefinition>"
).encode()
RECORDS = (
    f'<?xml version="1.0" encoding="UTF-8"?><pivotCacheRecords xmlns="{MAIN}" count="2">'
    '<r><x v="0"/><n v="1"/></r><r><x v="1"/><n v="2"/></r></pivotCacheRecords>'
).encode()
THREADS = (
    '<?xml version="1.0" encoding="UTF-8"?><ThreadedComments xmlns="http://schemas.microsoft.com/'
    'office/spreadsheetml/2018/threadedcomments"><threadedComment ref="C4" '
    'dT="2025-01-01T00:00:00" personId="{0}" id="{0}"><text>讨论</text></threadedComment>'
    "</ThreadedComments>"
).format("{00000000-0000-0000-0000-000000000001}")
# What Excel has added since 2010: a drop-down and a conditional format that look at other sheets.
NEWER = (
    '<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1">'
    f'<x14:dataValidation type="list"><x14:formula1><xm:f>{PLAIN}!$A$1:$A$3</xm:f></x14:formula1>'
    "<xm:sqref>D3:D8</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
    '<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:cfRule type="expression" priority="7" id="{00000000-0000-0000-0000-000000000002}">'
    f"<xm:f>{PLAIN}!$A$1=1</xm:f></x14:cfRule><xm:sqref>A3</xm:sqref></x14:conditionalFormatting>"
    "</x14:conditionalFormattings></ext>"
).encode()
IMAGES = (
    b'<?xml version="1.0"?><etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/'
    b'etCustomData"/>'
)


def picture() -> io.BytesIO:
    """Return a tiny PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xff\0\0" * 4 for _ in range(4))
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def rich_book(  # noqa: PLR0915 - a catalogue of what there is
    folder: Path, *, macros: bool = False
) -> bytes:
    """Return a workbook with three sheets: of a table, of an Excel table, and of no concern."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    if macros:
        project = folder / "vbaProject.bin"
        project.write_bytes(b"\xd0\xcf\x11\xe0 macros of somebody")
        book.add_vba_project(str(project))
    red = book.add_format({"font_color": "red", "num_format": "yyyy-mm-dd", "border": 1})
    sheet = book.add_worksheet(TABLE)
    sheet.write_string("A1", "责任清单")
    for column, name in enumerate(("序号", "项目", "完成时限", "责任人")):
        sheet.write_string(1, column, name, red)
    for row in range(2, 8):
        sheet.write_number(row, 0, row - 1)
        sheet.write_string(row, 1, f"项目{row}")
        sheet.write_number(row, 2, 45_700 + row, red)
        sheet.write_rich_string(row, 3, "张", red, "三")
        sheet.write_blank(row, 5, None, red)
    sheet.write_formula("A9", "=SUM(A3:A8)", red, 21)
    sheet.set_column("C:C", 14)
    sheet.set_column("E:XFD", 5)
    sheet.set_row(3, 40)
    sheet.merge_range("A12:D12", "填报人：")
    sheet.autofilter("A2:D8")
    sheet.write_comment("B3", "这是我自己写的", {"author": "张三"})
    sheet.write_comment("D5", "另一处批注", {"author": "张三"})
    sheet.write_comment("C4", "tc", {"author": "tc={00000000-0000-0000-0000-000000000001}"})
    sheet.conditional_format("B3:D8", {"type": "no_blanks", "format": red})
    sheet.conditional_format("A3:A8", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D3:D8", {"validate": "list", "source": ["张三", "李四"]})
    sheet.write_url("H2", "https://example.org/", string="链接")
    sheet.insert_image("H4", "p.png", {"image_data": picture()})
    sheet.insert_textbox("H8", "文本框")
    sheet.insert_button("H12", {"caption": "按钮"})
    sheet.add_sparkline("J3", {"range": f"{TABLE}!A3:A8"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={TABLE}!$A$3:$A$8"})
    sheet.insert_chart("H15", chart)
    sheet.protect("", {"autofilter": True})
    sheet.set_header("&L页眉")
    sheet.set_h_pagebreaks([20])
    other = book.add_worksheet(SECOND)
    for column, name in enumerate(("甲", "乙")):
        other.write_string(0, column, name)
    other.add_table("A1:B4", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    other.activate()
    last = book.add_worksheet(PLAIN)
    last.write_string("A1", "与审核无关")
    for row, line in enumerate((("类", "数"), ("甲", 1), ("乙", 2))):
        last.write_row(row, 7, line)
    last.insert_image("C3", "q.png", {"image_data": picture()})
    last.autofilter("A1:B3")
    book.define_name("某名称", f"={PLAIN}!$A$1")
    book.define_name(f"'{SECOND}'!局部", f"='{SECOND}'!$A$1")
    book.close()
    parts = parts_of(buffer.getvalue())
    newer = parts["xl/worksheets/sheet1.xml"].replace(b"<extLst>", b"<extLst>" + NEWER, 1)
    return with_parts(
        buffer.getvalue(),
        {
            "xl/worksheets/sheet1.xml": newer,
            **pivot(parts),
            "xl/cellimages.xml": IMAGES,
            "xl/threadedComments/threadedComment1.xml": THREADS.encode(),
            "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
        },
    )


def pivot(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the parts of a pivot table on the last sheet, and those that refer to it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivot"
    of = {"xl/pivotTables/pivotTable1.xml": "Table", "xl/pivotCache/pivotCacheRecords1.xml":
          "CacheRecords", "xl/pivotCache/pivotCacheDefinition1.xml": "CacheDefinition"}  # fmt: skip
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}{word}+xml"/>'
        for name, word in of.items()
    )

    def refers(word: str, target: str, number: int) -> str:
        kinds = f'Type="{RELATIONS}/pivot{word}"'
        return f'<Relationship Id="rId{number}" {kinds} Target="{target}"/>'

    def rels(body: str) -> bytes:
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        return f'{head}<Relationships xmlns="{space}">{body}</Relationships>'.encode()

    def before_end(name: str, tag: str, body: str) -> bytes:
        return parts[name].replace(f"</{tag}>".encode(), f"{body}</{tag}>".encode())

    book, sheet = "xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet3.xml.rels"
    cache = "pivotCache/pivotCacheDefinition1.xml"
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rId90"/></pivotCaches>'
    return {
        "xl/pivotTables/pivotTable1.xml": PIVOT,
        "xl/pivotCache/pivotCacheDefinition1.xml": CACHE,
        "xl/pivotCache/pivotCacheRecords1.xml": RECORDS,
        "xl/pivotTables/_rels/pivotTable1.xml.rels": rels(
            refers("CacheDefinition", f"../{cache}", 1)
        ),
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": rels(
            refers("CacheRecords", "pivotCacheRecords1.xml", 1)
        ),
        "[Content_Types].xml": before_end("[Content_Types].xml", "Types", types),
        "xl/workbook.xml": before_end("xl/workbook.xml", "workbook", caches),
        book: before_end(book, "Relationships", refers("CacheDefinition", cache, 90)),
        sheet: before_end(
            sheet, "Relationships", refers("Table", "../pivotTables/pivotTable1.xml", 90)
        ),
    }


def with_parts(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Return a package with some parts changed, added or (None) gone; all stored anew."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in dict.fromkeys((*source.namelist(), *parts)):
            content = parts[name] if name in parts else source.read(name)
            if content is not None:
                target.writestr(name, content)
    return buffer.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return name → content of a package's parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed_of(data: bytes) -> dict[str, bytes]:
    """Return name → the very bytes in which a part is stored."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name, extra = struct.unpack("<HH", data[info.header_offset + 26 :][:4])
            start = info.header_offset + 30 + name + extra
            found[info.filename] = data[start : start + info.compress_size]
    return found


# ---- the same workbook as other programs spell it ---------------------------------------------

_MAIN_PARTS = re.compile(r"xl/(workbook|styles|sharedStrings|comments\d*|worksheets/[^/]*)\.xml")


def prefixed(data: bytes) -> bytes:
    """Return a workbook in which every element of the main namespace has a prefix."""
    changed = {}
    for name, part in parts_of(data).items():
        if _MAIN_PARTS.fullmatch(name) and b"xdr:" not in part:
            text = part.decode().replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"', 1)
            head, end, body = text.partition("?>")
            body = re.sub(r"<(/?)(?=\w+[\s/>])", r"<\1x:", body)
            changed[name] = (head + end + body).encode()
    return with_parts(data, changed)


def strict(data: bytes) -> bytes:
    """Return a workbook in Strict Open XML."""
    return with_parts(
        data,
        {
            name: part.replace(MAIN.encode(), STRICT.encode()).replace(
                RELATIONS.encode(), STRICT_RELATIONS.encode()
            )
            for name, part in parts_of(data).items()
            if name.endswith((".xml", ".rels"))
        },
    )


def loose(data: bytes) -> bytes:
    """Return a workbook in the usual namespaces: openpyxl knows no others."""
    if not any(STRICT.encode() in part for part in parts_of(data).values()):
        return data
    return with_parts(
        data,
        {
            name: part.replace(STRICT.encode(), MAIN.encode()).replace(
                STRICT_RELATIONS.encode(), RELATIONS.encode()
            )
            for name, part in parts_of(data).items()
            if name.endswith((".xml", ".rels"))
        },
    )


def without_styles(data: bytes) -> bytes:
    """Return a workbook without formats, as some programs write it."""
    parts = parts_of(data)
    changed: dict[str, Any] = {"xl/styles.xml": None}
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        changed[name] = re.sub(rb"<(Override|Relationship) [^>]*styles[^>]*/>", b"", parts[name])
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            bare = re.sub(rb' s="\d+"', b"", part)
            bare = re.sub(rb'(<col [^>]*) style="\d+"', rb"\1", bare)
            changed[name] = re.sub(rb' dxfId="\d+"', b"", bare)
    return with_parts(data, changed)


def in_utf16(data: bytes) -> bytes:
    """Return a workbook whose first sheet and whose list of sheets are in UTF-16."""
    parts = parts_of(data)
    names = ("xl/workbook.xml", "xl/worksheets/sheet1.xml")
    return with_parts(
        data,
        {n: parts[n].decode().replace("UTF-8", "UTF-16", 1).encode("utf-16") for n in names},
    )


def with_streamed_sizes(data: bytes) -> bytes:
    """Return a workbook whose sizes follow their bytes, as programs write that can't go back."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.whole = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            self.whole += piece
            return len(piece)

    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts_of(data).items():
            with archive.open(name, "w") as member:
                member.write(part)
    return bytes(target.whole)
