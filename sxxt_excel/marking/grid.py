"""One sheet as marks see it: its rows and cells in their order, its rules, and where things go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.marking.cells import corners, place
from sxxt_excel.marking.xml import Edits, MarkError, Node, parse, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "LAST_COLUMN", "MARK", "ORDER", "RULE", "RULES", "Grid", "Marked", "grid_of",
    "move_priorities", "name_drawing", "priorities",
]  # fmt: skip

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
MARK = "sxxt-excel 审核意见"
RULE = f'N("{MARK}")=0'
"""Always true, and tells our rules from the user's own, whichever program has saved them."""
RULES = 2
"""How many priorities ours take."""
LAST_COLUMN = 16384

_LEVELS = 3
_PRIORITY = re.compile(rb"""<(\w+:)?cfRule\s(?:[^<>]*?\s)?priority\s*=\s*["'](\d{1,9})["']""")
_SPARKLINE = re.compile(rb"sqref>([^<]*)</(?:\w+:)?sqref>\s*</(?:\w+:)?sparkline>")
_FARTHEST = 24


@dataclass(frozen=True, slots=True)
class Marked:
    """A sheet with its marks: its part, and the area of its filter where that grew."""

    content: bytes
    filtered: str = ""


def grid_of(part: bytes) -> Grid:
    """Return a sheet.

    Raises:
        MarkError: it is none, or its rows or cells are not in order.
    """
    return Grid(*parse(part, _LEVELS))


class Grid:
    """A sheet being changed: its rows, and the cells of each by column."""

    def __init__(self, text: bytes, root: Node) -> None:
        if root.name != "worksheet":
            raise MarkError("worksheet")
        self.text, self.root, self.edits = text, root, Edits(text)
        self.prefix = root.prefix
        self.data = root.first("sheetData")
        if self.data is None:
            raise MarkError("sheetData")
        self.rows: dict[int, Node] = {}
        number = 0
        for node in self.data.all("row"):
            said_number = node.get("r")
            number = int(said_number) if said_number.isdigit() else number + 1
            if self.rows and number <= next(reversed(self.rows)):
                raise MarkError("rows")
            self.rows[number] = node

    def cells(self, row: Node) -> Iterator[tuple[int, Node]]:
        """Yield the cells of a row with their columns."""
        column = 0
        for node in row.all("c"):
            at = place(node.get("r"))[1]
            if at and at <= column:
                raise MarkError("cells")
            column = at or column + 1
            yield column, node

    def insert(self, name: str, xml: str, *, first: bool = False) -> None:
        """Put an element among those of the sheet, where the schema wants it."""
        self.edits.insert(self.root, ORDER, name, xml, first=first)

    def free_column(self, tables: Mapping[str, int]) -> int:
        """Return the first column right of everything that holds something."""
        filled, there = 1, 1
        for row in self.rows.values():
            for column, node in self.cells(row):
                there = max(there, column)
                if node.inner < node.close:
                    filled = max(filled, column)
        merged = self.root.first("mergeCells")
        areas = [corners(m.get("ref")) for m in merged.children] if merged is not None else []
        near = [a[3] for a in areas if a[3] < LAST_COLUMN and a[1] <= filled]
        filled = max(filled, *near, *tables.values(), *self._sparklines(), 1)
        # Cells that hold nothing but a format are spared, unless they go on and on.
        first = (there if filled < there <= filled + _FARTHEST else filled) + 1
        if first + 1 > LAST_COLUMN:
            raise MarkError("columns")
        return first

    def _sparklines(self) -> Iterator[int]:
        """Yield the columns of cells that hold a tiny chart, which is kept apart from cells."""
        found = _SPARKLINE.findall(self.text) if b"sparkline" in self.text else ()
        return (corners(area.decode())[3] for area in found)


def priorities(sheet: Grid, gone: frozenset[int]) -> list[re.Match[bytes]]:
    """Return the priorities of a sheet's rules, the newer ones among what it is extended by too.

    `gone`: where rules begin that are not among them.
    """
    holders = (*sheet.root.all("conditionalFormatting"), *sheet.root.all("extLst"))
    found = (m for h in holders for m in _PRIORITY.finditer(sheet.text, h.start, h.end))
    return [match for match in found if match.start() not in gone]


def move_priorities(sheet: Grid, found: list[re.Match[bytes]], by: int) -> None:
    """Let rules come that much later, or sooner."""
    for match in found:
        sheet.edits.replace(match.start(2), match.end(2), str(int(match[2]) + by))


def name_drawing(part: bytes, relation: str, space: str) -> bytes:
    """Return a sheet that names the drawing of its comments."""
    text, root = parse(part, 1)
    edits = Edits(text)
    if root.first("legacyDrawing") is None:
        xml = f"<{root.prefix}legacyDrawing {reference(text, root, space, relation)}/>"
        edits.insert(root, ORDER, "legacyDrawing", xml)
    return edits.applied()
