"""A workbook with marks in it, and without: whatever the marks do not concern keeps its bytes."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

from sxxt_excel.marking.book import add_first, drop_sheet, listed, widen_filters
from sxxt_excel.marking.cells import corners
from sxxt_excel.marking.comments import add_comments, drop_comments
from sxxt_excel.marking.grid import name_drawing
from sxxt_excel.marking.looks import add_looks
from sxxt_excel.marking.package import Package
from sxxt_excel.marking.results import results_sheet
from sxxt_excel.marking.sheet import with_marks
from sxxt_excel.marking.unmark import may_be_marked, without_marks
from sxxt_excel.marking.xml import MarkError, mentions, parse
from sxxt_excel.marks import MARK, RESULTS, SAID, is_results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.marking.book import Listed
    from sxxt_excel.marking.notes import Marks

__all__ = ["MarkError", "marked_copy", "strip_marks", "suffix_of"]


def marked_copy(data: bytes, marks: Marks) -> bytes:
    """Return a workbook with these marks in it, and no other marks of ours.

    Args:
        data: an .xlsx or .xlsm, which the result is too.
        marks: what is to be marked. A sheet that the workbook does not have is passed over.

    Raises:
        MarkError: this workbook can't be marked in place.
    """
    package = Package(data)
    _strip(package)
    looks = add_looks(package)
    filtered: dict[str, str] = {}
    sheets = listed(package)
    for sheet in sheets:
        here = marks.sheets.get(sheet.name)
        if here is None or not sheet.part or not (here.spots or here.opinions):
            continue
        marked = with_marks(package.read(sheet.part), here, looks, _tables(package, sheet.part))
        package.write(sheet.part, marked.content)
        if marked.filtered:
            filtered[sheet.name] = marked.filtered
        spots = here.spots.items()
        words = {cell.partition(":")[0]: spot.words for cell, spot in spots if spot.words}
        if words:
            _, root = parse(package.read(sheet.part), 0)
            drawing = add_comments(package, sheet.part, root.space, words)
            if drawing:
                named = name_drawing(package.read(sheet.part), drawing, package.relation_space)
                package.write(sheet.part, named)
    widen_filters(package, filtered)
    _, root = package.tree(package.workbook)
    taken = {sheet.name for sheet in sheets}
    names = (RESULTS, *(f"{RESULTS}({n})" for n in range(2, len(taken) + 3)))
    name = next(name for name in names if name not in taken)
    add_first(package, name, results_sheet(marks, looks, root.space))
    return package.bytes()


def strip_marks(data: bytes) -> bytes:
    """Return a workbook without our marks, whichever program has saved it since.

    Raises:
        MarkError: it is no package of an .xlsx or .xlsm.
    """
    package = Package(data)
    return package.bytes() if _strip(package) else data


def suffix_of(data: bytes) -> str:
    """Return the suffix that a marked copy of a workbook must have: .xlsx, .xlsm, .xltx, .xltm."""
    return Package(data).suffix


def _strip(package: Package) -> bool:
    """Take out our marks; tell whether there were any."""
    texts = _texts(package)
    ours = [s for s in listed(package) if s.part and _is_ours(package, s, texts)]
    for number, sheet in enumerate(ours):
        drop_sheet(package, listed(package)[sheet.place - number])
    filtered: dict[str, str] = {}
    found = bool(ours)
    for sheet in listed(package):
        if not sheet.part:
            continue
        drawing = drop_comments(package, sheet.part)
        before = package.read(sheet.part)
        if not drawing and not texts and not may_be_marked(before):
            continue
        after = without_marks(before, drawing, texts)
        if after.content is not before:
            package.write(sheet.part, after.content)
            found = True
        if after.filtered:
            filtered[sheet.name] = after.filtered
        found = found or bool(drawing)
    widen_filters(package, filtered)
    return found


def _is_ours(package: Package, sheet: Listed, texts: Mapping[int, str]) -> bool:
    if not sheet.name.startswith(RESULTS):
        return False
    part = package.read(sheet.part)
    if mentions(part, MARK):
        return True
    _, root = parse(part)
    cells = (node for node in root.under() if node.name == "c" and node.get("t") == "s")
    numbers = (part[v.inner : v.close] for node in cells for v in node.all("v"))
    return is_results(texts.get(int(n), "") for n in numbers if n.isdigit())


def _texts(package: Package) -> dict[int, str]:
    """Return the texts stored once for all sheets, if any of ours are among them."""
    for relation in package.relations(package.workbook):
        if relation.kind == "sharedStrings" and relation.target in package:
            part = package.read(relation.target)
            if not mentions(part, *SAID):
                return {}
            text, root = parse(part)
            return {
                number: "".join(
                    unescape(text[n.inner : n.close].decode())
                    for n in node.under()
                    if n.name == "t"
                )
                for number, node in enumerate(root.all("si"))
            }
    return {}


def _tables(package: Package, sheet: str) -> dict[str, int]:
    """Return the last column of each Excel table on a sheet."""
    found = {}
    for relation in package.relations(sheet):
        if relation.kind == "table" and relation.target in package:
            _, root = parse(package.read(relation.target), 0)
            found[relation.target] = corners(root.get("ref"))[3]
    return found
