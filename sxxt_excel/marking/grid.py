"""One sheet as marks see it: its rows and cells in their order, its rules, and where things go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter, place
from sxxt_excel.marking.cells import corners
from sxxt_excel.marking.xml import Edits, MarkError, Node, parse, reference, said, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Said = str | float
    """What a cell is to hold: a text or a figure."""

__all__ = [
    "LAST_COLUMN", "OFFER", "ORDER", "RULE", "RULES", "RULE_MARK", "Grid", "Marked", "grid_of",
    "move_priorities", "name_drawing", "offer", "priorities",
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
RULE_MARK = "sxxt-excel 审核意见"
RULE = f'N("{RULE_MARK}")=0'
"""Always true, and tells our rules from the user's own, whichever program has saved them."""
RULES = 2
"""How many priorities ours take."""
LAST_COLUMN = 16384
OFFER = "采用左边建议的，请选“是”；不采用的空着。"
"""Hint of the cells of 采用, by which our drop-downs are told from the user's own."""

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
        data = root.first("sheetData")
        if data is None:
            raise MarkError("sheetData")
        self.data = data
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

    def put(self, number: int, cells: Mapping[int, tuple[Said, str]]) -> None:
        """Write into cells of a row (column → text or figure, look); what stood there gives way."""
        xml = {
            column: _cell(self.prefix, f"{column_letter(column)}{number}", text, look)
            for column, (text, look) in sorted(cells.items())
        }
        row = self.rows.get(number)
        if row is None:
            self._add_row(number, "".join(xml.values()))
            return
        there = dict(self.cells(row))
        last = ""
        for column, cell in xml.items():
            following = next((node for at, node in there.items() if at > column), None)
            if column in there:
                self.edits.replace(there[column].start, there[column].end, cell)
            elif following is not None:
                self.edits.replace(following.start, following.start, cell)
            else:
                last += cell
        if last:
            self.edits.append(row, last)
        low, _, high = row.get("spans").partition(":")
        if low.isdigit() and high.isdigit():
            span = f"{min(int(low), *cells)}:{max(int(high), *cells)}"
            if span != row.get("spans"):
                self.edits.set(row, "spans", span)

    def _add_row(self, number: int, cells: str) -> None:
        following = next((node for at, node in self.rows.items() if at > number), None)
        whole = f'<{self.prefix}row r="{number}">{cells}</{self.prefix}row>'
        if following is not None:
            self.edits.replace(following.start, following.start, whole)
        else:
            self.edits.append(self.data, whole)

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


def _cell(prefix: str, cell: str, text: Said, look: str) -> str:
    p, style = prefix, f' s="{look}"' if look else ""
    if not isinstance(text, str):
        return f'<{p}c r="{cell}"{style}><{p}v>{text!r}</{p}v></{p}c>'
    if not text:
        return f'<{p}c r="{cell}"{style}/>'
    words = f'<{p}is><{p}t xml:space="preserve">{said(text)}</{p}t></{p}is>'
    return f'<{p}c r="{cell}"{style} t="inlineStr">{words}</{p}c>'


def offer(prefix: str, areas: Iterable[str], word: str) -> str:
    """Return a drop-down of one word on some areas, as an element."""
    return (
        f'<{prefix}dataValidation type="list" errorStyle="information" allowBlank="1" '
        f'showInputMessage="1" showErrorMessage="1" promptTitle="采用" prompt={value(OFFER)} '
        f'sqref={value(" ".join(areas))}><{prefix}formula1>"{said(word)}"</{prefix}formula1>'
        f"</{prefix}dataValidation>"
    )


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
