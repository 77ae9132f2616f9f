"""One comment a cell: ours comes first in it, and what the user had written there follows."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import place
from sxxt_excel.marking.cells import sorted_cells
from sxxt_excel.marking.xml import Edits, mentions, parse, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.marking.package import Package
    from sxxt_excel.marking.xml import Node

__all__ = ["add_comments", "drop_comments"]

OURS, THEIRS = "【审核意见】", "【以下是原有批注】"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AUTHOR = "审核意见"
_THREAD = "tc="
_BLANK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="{space}"><authors></authors><commentList></commentList></comments>'
)
_RUN = (
    '<{0}r><{0}rPr><{0}sz val="9"/><{0}color indexed="81"/><{0}rFont val="宋体"/></{0}rPr>'
    '<{0}t xml:space="preserve">{1}</{0}t></{0}r>'
)
_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" '
    b'xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    b'<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_KIND = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:{points}pt;'
    'z-index:{id};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
    '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{column2}, 15, {row0}, 2, {column4}, 15, "
    "{row9}, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
    "<x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_A_SHAPE = re.compile(rb"<((?:\w+:)?)shape\s[^<>]*(?<!/)>.*?</\1shape>", re.DOTALL)
_AT_ROW, _AT_COLUMN = re.compile(rb"<x:Row>\s*(\d+)"), re.compile(rb"<x:Column>\s*(\d+)")
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_END = re.compile(rb"</(?:\w+:)?xml\s*>\s*$")
_FIRST_ID, _LINE, _PER_LINE = 1025, 13, 20


def add_comments(package: Package, sheet: str, space: str, words: Mapping[str, str]) -> str:
    """Put words into the comments of cells of a sheet.

    Args:
        package: the workbook, with none of our comments in it.
        sheet: the name of the sheet's part.
        space: the namespace of the sheet.
        words: cell (A1) → words.

    Returns:
        The id of the drawing the sheet must name as its legacyDrawing where it named none, or "".
        Cells where people discuss (threaded comments) get nothing: what stands there besides the
        thread is never shown.
    """
    part = _part(package, sheet, "comments")
    if part is None:
        part = package.free("xl/comments{}.xml")
        package.write(part, _BLANK.format(space=space).encode())
        package.declare(part, _TYPE)
        package.relate(sheet, "comments", part)
    new = _write_words(package, part, words)
    return _add_shapes(package, sheet, {cell: words[cell] for cell in new})


def _write_words(package: Package, part: str, words: Mapping[str, str]) -> list[str]:
    """Write into the part of comments; return the cells that had none."""
    text, root = parse(package.read(part))
    edits, prefix = Edits(text), root.prefix
    authors, listed = root.first("authors"), root.first("commentList")
    if authors is None or listed is None:
        return []
    names = [_text(text, node) for node in authors.all("author")]
    there = {node.get("ref").upper(): node for node in listed.all("comment")}
    new = []
    for cell in sorted_cells(words):
        node = there.get(cell)
        if node is None:
            new.append(cell)
            run = _RUN.format(prefix, said(f"{OURS}\n{words[cell]}"))
            edits.append(
                listed,
                f'<{prefix}comment ref="{cell}" authorId="{len(names)}"><{prefix}text>{run}'
                f"</{prefix}text></{prefix}comment>",
            )
        elif not _is_thread(node, names):
            _put_before(edits, node, prefix, f"{OURS}\n{words[cell]}\n{THEIRS}\n")
    if new:
        edits.append(authors, f"<{prefix}author>{said(_AUTHOR)}</{prefix}author>")
    package.edit(part, edits)
    return new


def _is_thread(node: Node, names: list[str]) -> bool:
    number = node.get("authorId")
    return number.isdigit() and int(number) < len(names) and names[int(number)].startswith(_THREAD)


def _put_before(edits: Edits, node: Node, prefix: str, words: str) -> None:
    """Put our words before a user's: as a piece of their own, so that his keep their look."""
    body = node.first("text")
    if body is None:
        edits.append(node, f"<{prefix}text>{_RUN.format(prefix, said(words))}</{prefix}text>")
        return
    if body.empty:
        edits.append(body, _RUN.format(prefix, said(words)))
        return
    edits.replace(body.inner, body.inner, _RUN.format(prefix, said(words)))
    for plain in body.all("t"):
        edits.replace(plain.start, plain.start, f"<{prefix}r>")
        edits.replace(plain.end, plain.end, f"</{prefix}r>")


def _text(part: bytes, node: Node) -> str:
    return part[node.inner : node.close].decode(errors="replace")


def _part(package: Package, sheet: str, kind: str) -> str | None:
    found = (r.target for r in package.relations(sheet) if r.kind == kind and r.inside)
    return next((name for name in found if name in package), None)


# ---- the boxes in which comments are shown ---------------------------------------------------


def _add_shapes(package: Package, sheet: str, words: Mapping[str, str]) -> str:
    if not words:
        return ""
    part, made = _part(package, sheet, "vmlDrawing"), ""
    if part is None:
        part = package.free("xl/drawings/vmlDrawing{}.vml")
        package.write(part, _VML)
        package.declare_suffix("vml", _VML_TYPE)
        made = package.relate(sheet, "vmlDrawing", part)
    text = package.read(part)
    end = _END.search(text)
    at = end.start() if end else len(text)
    first = max([_FIRST_ID - 1, *(int(n) for n in _SHAPE_ID.findall(text))]) + 1
    kind = "" if b"_x0000_t202" in text else _KIND
    shapes = "".join(_shape(cell, words[cell], first + n) for n, cell in enumerate(words))
    package.write(part, text[:at] + (kind + shapes).encode() + text[at:])
    return made


def _shape(cell: str, words: str, number: int) -> str:
    row, column = place(cell)
    lines = sum(1 + len(line) // _PER_LINE for line in words.split("\n")) + 2
    return _SHAPE.format(
        id=number, row=row - 1, column=column - 1, row0=max(row - 2, 0), row9=row + lines,
        column2=column, column4=column + 4, points=lines * _LINE,
    )  # fmt: skip


# ---- taking ours out -------------------------------------------------------------------------


def drop_comments(package: Package, sheet: str) -> str:
    """Take our words out of the comments of a sheet.

    Returns:
        The id of the drawing the sheet may no more name as its legacyDrawing, or "".
    """
    part = _part(package, sheet, "comments")
    if part is None or not mentions(package.read(part), OURS):
        return ""
    text, root = parse(package.read(part))
    edits, listed = Edits(text), root.first("commentList")
    comments = listed.all("comment") if listed is not None else []
    gone = [node for node in comments if _take_out(edits, text, node)]
    cells = [node.get("ref").upper() for node in gone]
    if len(gone) == len(comments):
        package.unrelate(sheet, part)
        package.remove(part)
    else:
        _drop_author(edits, text, root, {id(node) for node in gone})
        package.edit(part, edits)
    return _drop_shapes(package, sheet, cells)


def _take_out(edits: Edits, text: bytes, node: Node) -> bool:
    """Take our words out of one comment; tell whether none are left."""
    body = node.first("text")
    if body is None:
        return False
    pieces = [(piece, _spoken(text, piece)) for piece in body.children]
    whole = "".join(words for _, words in pieces)
    if not whole.lstrip().startswith(OURS):
        return False
    cut = whole.find(THEIRS)
    if cut < 0:
        edits.drop(node)
        return True
    _cut(edits, pieces, cut + len(THEIRS))
    return False


def _cut(edits: Edits, pieces: list[tuple[Node, str]], most: int) -> None:
    """Drop that many characters, and the end of line after them, from the front of a comment."""
    left = []
    for piece, words in pieces:
        if most >= len(words.rstrip("\n")) > 0:
            most -= min(len(words), most)
            edits.drop(piece)
            continue
        if most:
            holder = next((n for n in (piece, *piece.under()) if n.name == "t"), None)
            if holder is not None:
                edits.replace(holder.inner, holder.close, said(words[most:].lstrip("\n")))
            most = 0
        left.append(piece)
    # What was plain text before ours came is plain text again.
    alone = left[0] if len(left) == 1 and left[0].name == "r" else None
    if alone is not None and [c.name for c in alone.children] == ["t"]:
        (plain,) = alone.children
        edits.replace(alone.start, plain.start, b"")
        edits.replace(plain.end, alone.end, b"")


def _spoken(text: bytes, piece: Node) -> str:
    holders = [n for n in (piece, *piece.under()) if n.name == "t"]
    return "".join(unescape(text[n.inner : n.close].decode()) for n in holders).replace("\r", "")


def _drop_author(edits: Edits, text: bytes, root: Node, gone: set[int]) -> None:
    """Take out our author where he is the last and nobody's comment names him."""
    authors, listed = root.first("authors"), root.first("commentList")
    if authors is None or listed is None:
        return
    names = authors.all("author")
    used = {node.get("authorId") for node in listed.all("comment") if id(node) not in gone}
    if names and _text(text, names[-1]) == _AUTHOR and str(len(names) - 1) not in used:
        edits.drop(names[-1])


def _drop_shapes(package: Package, sheet: str, cells: Iterable[str]) -> str:
    part = _part(package, sheet, "vmlDrawing")
    if part is None:
        return ""
    places = {(row - 1, column - 1) for row, column in map(place, cells)}

    def kept(found: re.Match[bytes]) -> bytes:
        row, column = _AT_ROW.search(found[0]), _AT_COLUMN.search(found[0])
        if row is None or column is None or b'"Note"' not in found[0]:
            return found[0]
        return b"" if (int(row[1]), int(column[1])) in places else found[0]

    before = package.read(part)
    text = _A_SHAPE.sub(kept, before)
    if _A_SHAPE.search(text) is not None or text == before:
        package.write(part, text)
        return ""
    relation = next(r.id for r in package.relations(sheet) if r.target == part)
    package.unrelate(sheet, part)
    package.remove(part)
    return relation
