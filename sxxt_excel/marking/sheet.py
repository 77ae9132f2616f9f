"""The marks on one sheet: coloured cells, two columns beside the table, a filter over them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter
from sxxt_excel.marking.cells import corners, ranges
from sxxt_excel.marking.grid import (
    RULE,
    RULES,
    Marked,
    grid_of,
    move_priorities,
    offer,
    priorities,
)
from sxxt_excel.marking.xml import Edits, Node, said
from sxxt_excel.marks import ADOPT, OPINION, SUGGESTED, WORDS, YES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.marking.grid import Grid
    from sxxt_excel.marking.looks import Looks
    from sxxt_excel.marking.notes import Opinion, SheetMarks

__all__ = ["with_marks"]

_MOST_AREAS = 200
_WIDTHS = MappingProxyType({OPINION: 60, WORDS: 40, SUGGESTED: 40, ADOPT: 8})


def with_marks(part: bytes, marks: SheetMarks, looks: Looks, tables: Mapping[str, int]) -> Marked:
    """Return a sheet with its marks, but for the comments.

    Args:
        part: the sheet, with no marks of ours on it.
        marks: what to mark.
        looks: the numbers of our formats.
        tables: the last column of each Excel table on it, by the part it is in.
    """
    sheet = grid_of(part)
    _colour(sheet, marks, looks)
    filtered = ""
    if marks.opinions and marks.head:
        first = sheet.free_column(tables)
        filtered = _columns(sheet, marks, looks, first)
    return Marked(sheet.edits.applied(), filtered)


# ---- coloured cells --------------------------------------------------------------------------


def _colour(sheet: Grid, marks: SheetMarks, looks: Looks) -> None:
    """Colour cells by conditional formats that come before the user's own.

    Excel and WPS go by their priority, LibreOffice by where they stand.
    """
    if not marks.spots:
        return
    move_priorities(sheet, priorities(sheet, frozenset()), RULES)
    for rank, (severity, look) in enumerate((("must", looks.must), ("query", looks.query)), 1):
        cells = [c for c, spot in marks.spots.items() if spot.severity == severity]
        areas = [*ranges(c for c in cells if ":" not in c), *(c for c in cells if ":" in c)]
        for start in range(0, len(areas), _MOST_AREAS):
            some = " ".join(areas[start : start + _MOST_AREAS])
            p = sheet.prefix
            sheet.insert(
                "conditionalFormatting",
                f'<{p}conditionalFormatting sqref="{some}"><{p}cfRule type="expression" '
                f'dxfId="{look}" priority="{rank}"><{p}formula>{said(RULE)}</{p}formula>'
                f"</{p}cfRule></{p}conditionalFormatting>",
                first=True,
            )


# ---- the columns beside the table --------------------------------------------------------------


def _columns(sheet: Grid, marks: SheetMarks, looks: Looks, first: int) -> str:
    """Write the columns; return the area of the sheet's own filter where it grew by them."""
    opinions = dict(marks.opinions or {})
    names = [OPINION]
    if any(o.asks or o.words for o in opinions.values()):
        names.append(WORDS)
    if any(o.suggested for o in opinions.values()):
        names += [SUGGESTED, ADOPT]
    at = {name: column for column, name in enumerate(names, first)}
    last = max(at.values())
    head = str(_style_of_head(sheet, marks.head, looks))
    lines = {row: _line(opinion, at, looks) for row, opinion in opinions.items()}
    lines[marks.head] = {column: (name, head) for name, column in at.items()}
    for row, cells in sorted(lines.items()):
        sheet.put(row, cells)
    _widths(sheet, {column: _WIDTHS[name] for name, column in at.items()})
    _dimension(sheet, last, max(lines))
    if ADOPT in at:
        ticks = (f"{column_letter(at[ADOPT])}{row}" for row, o in opinions.items() if o.suggested)
        _offer(sheet, ranges(ticks))
    return _filter(sheet, marks.head, first, last, max(lines))


def _line(opinion: Opinion, at: Mapping[str, int], looks: Looks) -> dict[int, tuple[str, str]]:
    """Return what stands beside one row: column → text and look."""
    text, words = str(looks.text), str(looks.words)
    cells = {at[OPINION]: (opinion.text, text)}
    if WORDS in at and (opinion.asks or opinion.words):
        cells[at[WORDS]] = (opinion.words, words)
    if opinion.suggested:
        cells |= {at[SUGGESTED]: (opinion.suggested, text), at[ADOPT]: ("", words)}
    return cells


def _offer(sheet: Grid, areas: list[str]) -> None:
    """Offer 是 in the cells of 采用, beside what the user's own cells offer."""
    p, holder = sheet.prefix, sheet.root.first("dataValidations")
    xml = offer(p, areas, YES)
    if holder is None:
        whole = f'<{p}dataValidations count="1">{xml}</{p}dataValidations>'
        sheet.insert("dataValidations", whole)
        return
    sheet.edits.append(holder, xml)
    if holder.get("count").isdigit():
        sheet.edits.set(holder, "count", str(len(holder.children) + 1))


def _style_of_head(sheet: Grid, head: int, looks: Looks) -> int:
    """Return the format of the last heading, so that ours look like the table's own."""
    row = sheet.rows.get(head)
    cells = [node for _, node in sheet.cells(row) if not node.empty] if row is not None else []
    style = cells[-1].get("s") if cells else ""
    return int(style) if style.isdigit() else looks.head


def _widths(sheet: Grid, widths: Mapping[int, int]) -> None:
    """Give our columns their widths; whatever was said of them stands for those after them."""
    p, cols = sheet.prefix, sheet.root.first("cols")
    first, last = min(widths), max(widths)
    ours = "".join(
        f'<{p}col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
        for column, width in widths.items()
    )
    if cols is None:
        sheet.insert("cols", f"<{p}cols>{ours}</{p}cols>")
        return
    written = False
    for node in cols.all("col"):
        low, high = int(node.get("min") or 0), int(node.get("max") or 0)
        if high < first:
            continue
        if not written:
            sheet.edits.replace(node.start, node.start, "" if low < first else ours)
        if low < first:
            tag = sheet.text[node.start : node.end].decode()
            sheet.edits.set(node, "max", str(first - 1))
            sheet.edits.replace(node.end, node.end, ours)
            if high > last:
                sheet.edits.replace(node.end, node.end, _renumbered(tag, node, last + 1, high))
        elif high <= last:
            sheet.edits.drop(node)
        elif low <= last:
            sheet.edits.set(node, "min", str(last + 1))
        written = True
    if not written:
        sheet.edits.append(cols, ours)


def _renumbered(tag: str, node: Node, low: int, high: int) -> str:
    edits = Edits(tag.encode())
    moved = Node(0, node.inner - node.start, node.space, node.name, {})
    moved.close = moved.end = len(tag.encode())
    edits.set(moved, "min", str(low))
    edits.set(moved, "max", str(high))
    return edits.applied().decode()


def _dimension(sheet: Grid, last: int, bottom: int) -> None:
    node = sheet.root.first("dimension")
    top, left, low, right = corners(node.get("ref")) if node is not None else (0, 0, 0, 0)
    if node is not None and top and left and ":" in node.get("ref") and right < last:
        start = node.get("ref").partition(":")[0]
        sheet.edits.set(node, "ref", f"{start}:{column_letter(last)}{max(low, bottom)}")


def _filter(sheet: Grid, head: int, first: int, last: int, bottom: int) -> str:
    """Let people filter by our columns; a sheet has but one filter, so the user's own grows."""
    node = sheet.root.first("autoFilter")
    if node is None:
        area = f"{column_letter(first)}{head}:{column_letter(last)}{max(bottom, head + 1)}"
        sheet.insert("autoFilter", f'<{sheet.prefix}autoFilter ref="{area}"/>')
        return ""
    top, left, low, right = corners(node.get("ref"))
    if top != head or not left or right >= first:
        return ""
    area = f"{column_letter(left)}{top}:{column_letter(last)}{max(low, bottom)}"
    sheet.edits.set(node, "ref", area)
    # No buttons on what stands between the table and our columns: it was not filtered by before.
    between = "".join(
        f'<{sheet.prefix}filterColumn colId="{column - left}" hiddenButton="1"/>'
        for column in range(right + 1, first)
    )
    rest = [c for c in node.children if c.name != "filterColumn"]
    if between and rest:
        sheet.edits.replace(rest[0].start, rest[0].start, between)
    elif between:
        sheet.edits.append(node, between)
    return area
