"""Our marks taken out of one sheet, whichever program has saved it since."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter
from sxxt_excel.marking.cells import corners
from sxxt_excel.marking.grid import (
    LAST_COLUMN,
    OFFER,
    RULE_MARK,
    RULES,
    Marked,
    grid_of,
    move_priorities,
    priorities,
)
from sxxt_excel.marking.xml import mentions
from sxxt_excel.marks import OPINION, SAID, beside, is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.marking.grid import Grid
    from sxxt_excel.marking.xml import Node

__all__ = ["may_be_marked", "without_marks"]

_BESIDE = 3
"""How many columns of ours may stand right of 审核意见."""
_SAYS = re.compile(rb"<(?:\w+:)?(?:t|v)(?:\s[^<>]*)?>([^<]*)<")


def may_be_marked(part: bytes) -> bool:
    """Tell whether there may be marks of ours on a sheet, by a look at its bytes."""
    return mentions(part, RULE_MARK, OFFER, *SAID)


def without_marks(part: bytes, drawing: str, words: Mapping[int, str] | None = None) -> Marked:
    """Return a sheet without our marks.

    Args:
        part: the sheet.
        drawing: the id of the drawing that it may no more name, "" for none.
        words: the texts that are stored once for all sheets, by number.
    """
    sheet = grid_of(part)
    _uncolour(sheet)
    _unoffer(sheet)
    filtered = ""
    found = _our_columns(sheet, words or {})
    if found is not None:
        filtered = _drop_columns(sheet, *found)
    if drawing:
        for node in sheet.root.all("legacyDrawing"):
            if node.relation() == drawing:
                sheet.edits.drop(node)
    return Marked(sheet.edits.applied() if sheet.edits else part, filtered)


def _uncolour(sheet: Grid) -> None:
    ours: set[int] = set()
    for node in sheet.root.all("conditionalFormatting"):
        rules = node.all("cfRule")
        mine = [r for r in rules if mentions(sheet.text[r.start : r.end], RULE_MARK)]
        ours |= {r.start for r in mine}
        for gone in [node] if len(mine) == len(rules) else mine:
            if mine:
                sheet.edits.drop(gone)
    others = priorities(sheet, frozenset(ours))
    if ours and others and min(int(each[2]) for each in others) > RULES:
        move_priorities(sheet, others, -RULES)


def _unoffer(sheet: Grid) -> None:
    """Take out our drop-downs."""
    holder = sheet.root.first("dataValidations")
    rules = holder.all("dataValidation") if holder is not None else []
    mine = [rule for rule in rules if rule.get("prompt") == OFFER]
    if holder is None or not mine:
        return
    if len(mine) == len(holder.children):
        sheet.edits.drop(holder)
        return
    for rule in mine:
        sheet.edits.drop(rule)
    if holder.get("count").isdigit():
        sheet.edits.set(holder, "count", str(len(holder.children) - len(mine)))


def _our_columns(sheet: Grid, words: Mapping[int, str]) -> tuple[int, int, int] | None:
    """Return the row of our headings and the columns from the first to the last of ours."""
    heads: list[tuple[int, int]] = []
    columns: dict[int, list[tuple[int, str]]] = {}
    for number, row in sheet.rows.items():
        for column, node in sheet.cells(row):
            text = _said_in(sheet, node, words)
            if text == OPINION:
                heads.append((number, column))
            if text:
                columns.setdefault(column, []).append((number, text))
    for head, column in reversed(heads):
        below = [text for row, text in columns[column] if row > head]
        right = [dict(columns.get(column + n, ())).get(head, "") for n in range(1, _BESIDE + 2)]
        ours = len(beside(right))
        if is_ours(below, right[ours], known=ours > 0):
            return head, column, column + ours
    return None


def _said_in(sheet: Grid, node: Node, words: Mapping[int, str]) -> str:
    kind = node.get("t")
    if kind not in {"s", "inlineStr", "str"} or node.inner == node.close:
        return ""
    said_there = b"".join(_SAYS.findall(sheet.text, node.inner, node.close + 1)).decode()
    if kind == "s":
        return words.get(int(said_there), "") if said_there.strip().isdigit() else ""
    return unescape(said_there)


def _drop_columns(sheet: Grid, head: int, first: int, last: int) -> str:
    there = [(row, c) for row, node in sheet.rows.items() for c, _ in sheet.cells(node)]
    right = max((c for _, c in there if c < first), default=1)
    bottom = max((row for row, c in there if not first <= c <= last), default=1)
    for number, row in sheet.rows.items():
        cells = list(sheet.cells(row))
        gone = [node for column, node in cells if first <= column <= last and number >= head]
        if gone and len(gone) == len(cells) and row.attributes.keys() <= {"r", "spans"}:
            sheet.edits.drop(row)
            continue
        for node in gone:
            sheet.edits.drop(node)
        low, colon, high = row.get("spans").partition(":")
        if gone and colon and high.isdigit() and first <= int(high) <= last:
            sheet.edits.set(row, "spans", f"{low}:{max(right, int(low))}")
    _drop_widths(sheet, first, last)
    size = sheet.root.first("dimension")
    if size is not None and first <= corners(size.get("ref"))[3] <= last:
        start, lowest = size.get("ref").partition(":")[0], corners(size.get("ref"))[2]
        sheet.edits.set(size, "ref", f"{start}:{column_letter(right)}{min(lowest, bottom)}")
    return _unfilter(sheet, first, last)


def _drop_widths(sheet: Grid, first: int, last: int) -> None:
    cols = sheet.root.first("cols")
    if cols is None:
        return
    nodes = cols.all("col")
    ours = [n for n in nodes if first <= int(n.get("min") or 0) and int(n.get("max") or 0) <= last]
    for node in [cols] if len(ours) == len(nodes) else ours:
        if ours:
            sheet.edits.drop(node)
    after = [n for n in nodes if n.get("min") == str(last + 1)]
    # Only what is said of all the rest of a sheet was said of our columns too.
    if not after or not ours or int(after[0].get("max") or 0) < LAST_COLUMN:
        return
    before = [n for n in nodes if n.get("max") == str(first - 1)]
    if before and _alike(before[0], after[0]):
        sheet.edits.set(before[0], "max", after[0].get("max"))
        sheet.edits.drop(after[0])
    else:
        sheet.edits.set(after[0], "min", str(first))


def _alike(one: Node, other: Node) -> bool:
    """Tell whether the same is said of two runs of columns."""
    apart = {"min", "max"}
    return {k: v for k, v in one.attributes.items() if k not in apart} == {
        k: v for k, v in other.attributes.items() if k not in apart
    }


def _unfilter(sheet: Grid, first: int, last: int) -> str:
    node = sheet.root.first("autoFilter")
    if node is None:
        return ""
    top, left, low, right = corners(node.get("ref"))
    if not first <= right <= last:
        return ""
    if left >= first:
        sheet.edits.drop(node)
        return ""
    of_column = {int(c.get("colId") or -1) + left: c for c in node.all("filterColumn")}
    end = first
    while end - 1 in of_column and _is_between(of_column[end - 1]):
        end -= 1
    area = f"{column_letter(left)}{top}:{column_letter(end - 1)}{low}"
    sheet.edits.set(node, "ref", area)
    gone = [column for at, column in of_column.items() if at >= end]
    if gone and len(gone) == len(node.children):
        _empty(sheet, node)
    else:
        for column in gone:
            sheet.edits.drop(column)
    return area


def _is_between(column: Node) -> bool:
    return column.get("hiddenButton") in {"1", "true"} and not column.children


def _empty(sheet: Grid, node: Node) -> None:
    """Write an element as one tag again."""
    sheet.edits.replace(node.inner - 1, node.end, "/>")
