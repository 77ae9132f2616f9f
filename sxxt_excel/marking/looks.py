"""What our marks look like: a few formats added to xl/styles.xml, none of the user's touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.marking.xml import Edits, MarkError

if TYPE_CHECKING:
    from sxxt_excel.marking.package import Package
    from sxxt_excel.marking.xml import Node

__all__ = ["Looks", "add_looks"]

_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
_MUST, _QUERY, _WORDS, _HEAD = "FFFFC7CE", "FFFFEB9C", "FFFFFDE7", "FFFCE4D6"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_BLANK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{space}">'
    '<fonts count="1"><font><sz val="11"/><color theme="1"/><name val="Calibri"/>'
    '<family val="2"/><scheme val="minor"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class Looks:
    """Numbers of formats: of cells for `s=`, and `must` and `query` for conditional formats."""

    must: int
    query: int
    title: int
    bold: int
    text: int
    link: int
    words: int
    head: int
    plain: int


def add_looks(package: Package) -> Looks:
    """Add our formats to a package, once however often it is marked.

    Raises:
        MarkError: its styles are no styles.
    """
    name = _styles(package)
    text, root = package.tree(name)
    if root.name != "styleSheet":
        raise MarkError("styles")
    sheet = _Sheet(text, root)
    look = _added(sheet)
    package.edit(name, sheet.done())
    return look


def _styles(package: Package) -> str:
    """Return the part of styles, which some programs leave out."""
    for relation in package.relations(package.workbook):
        if relation.kind == "styles" and relation.target in package:
            return relation.target
    _, root = package.tree(package.workbook)
    name = package.free("xl/styles{}.xml") if "xl/styles.xml" in package else "xl/styles.xml"
    package.write(name, _BLANK.format(space=root.space).encode())
    package.declare(name, _TYPE)
    package.relate(package.workbook, "styles", name)
    return name


def _added(sheet: _Sheet) -> Looks:
    plain = sheet.add("fonts", '<{0}font><{0}sz val="11"/><{0}name val="宋体"/></{0}font>')
    bold = sheet.add("fonts", '<{0}font><{0}b/><{0}sz val="11"/><{0}name val="宋体"/></{0}font>')
    large = sheet.add("fonts", '<{0}font><{0}b/><{0}sz val="16"/><{0}name val="黑体"/></{0}font>')
    blue = sheet.add(
        "fonts",
        '<{0}font><{0}u/><{0}sz val="11"/><{0}color rgb="FF0563C1"/>'
        '<{0}name val="宋体"/></{0}font>',
    )
    fill = (
        '<{{0}}fill><{{0}}patternFill patternType="solid"><{{0}}fgColor rgb="{}"/>'
        '<{{0}}bgColor indexed="64"/></{{0}}patternFill></{{0}}fill>'
    )
    words = sheet.add("fills", fill.format(_WORDS))
    head = sheet.add("fills", fill.format(_HEAD))
    sides = "".join(
        f'<{{0}}{side} style="thin"><{{0}}color rgb="FFBFBFBF"/></{{0}}{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    border = sheet.add("borders", f"<{{0}}border>{sides}<{{0}}diagonal/></{{0}}border>")
    none = sheet.add(
        "borders",
        "<{0}border><{0}left/><{0}right/><{0}top/><{0}bottom/><{0}diagonal/></{0}border>",
    )

    def cell(
        font: int, fill: int, border: int, *, across: str = "left", locked: bool = True
    ) -> int:
        unlocked = "" if locked else '<{0}protection locked="0"/>'
        vertical = "center" if across == "center" else "top"
        return sheet.add(
            "cellXfs",
            f'<{{0}}xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
            f"{'' if locked else ' applyProtection=' + chr(34) + '1' + chr(34)}>"
            f'<{{0}}alignment horizontal="{across}" vertical="{vertical}" wrapText="1"/>{unlocked}'
            "</{0}xf>",
        )

    def rule(colour: str) -> int:
        return sheet.add(
            "dxfs",
            '<{0}dxf><{0}fill><{0}patternFill patternType="solid">'
            f'<{{0}}fgColor rgb="{colour}"/><{{0}}bgColor rgb="{colour}"/>'
            "</{0}patternFill></{0}fill></{0}dxf>",
        )

    return Looks(
        must=rule(_MUST),
        query=rule(_QUERY),
        title=cell(large, 0, none),
        bold=cell(bold, 0, none),
        plain=cell(plain, 0, none),
        text=cell(plain, 0, border),
        link=cell(blue, 0, border),
        words=cell(plain, words, border, locked=False),
        head=cell(bold, head, border, across="center"),
    )


class _Sheet:
    """The lists of a part of styles, to which formats are added."""

    def __init__(self, text: bytes, root: Node) -> None:
        self._root, self._edits = root, Edits(text)
        self._prefix = root.prefix
        self._new: dict[str, list[str]] = {}
        self._old: dict[str, list[bytes]] = {}
        for node in root.children:
            if node.name in _ORDER and node.space == root.space:
                self._old[node.name] = [text[c.start : c.end] for c in node.children]

    def add(self, kind: str, shape: str) -> int:
        """Return the number of a format in one of the lists, added to it if it is not there."""
        xml = shape.format(self._prefix)
        old, new = self._old.get(kind, []), self._new.setdefault(kind, [])
        if (whole := xml.encode()) in old:
            return old.index(whole)
        if xml not in new:
            new.append(xml)
        return len(old) + new.index(xml)

    def done(self) -> Edits:
        """Return the changes to the part."""
        for kind, items in self._new.items():
            if not items:
                continue
            count, body = str(len(self._old.get(kind, [])) + len(items)), "".join(items)
            node = self._root.first(kind)
            if node is not None:
                self._edits.append(node, body)
                self._edits.set(node, "count", count)
            else:
                called = f"{self._prefix}{kind}"
                xml = f'<{called} count="{count}">{body}</{called}>'
                self._edits.insert(self._root, _ORDER, kind, xml)
        return self._edits
