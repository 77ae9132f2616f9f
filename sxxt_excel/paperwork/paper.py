"""A document in the official form, as .docx: title, 主送, text, tables, 落款, date, page numbers.

Sizes and margins are those of official documents; a family of letters that a computer lacks has
a second one named beside it. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, time
from itertools import repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from sxxt_excel.paperwork.figures import Figure
from sxxt_excel.store import write_whole
from sxxt_excel.text import width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sxxt_excel.settings import Settings

__all__ = ["BRIEF", "LETTER", "LIST", "Block", "Grid", "Looks", "Paper", "printable", "write_paper"]

Cell: TypeAlias = str | int | Figure | None
Kind = Literal["标题", "主送", "正文", "一级", "表", "附注", "落款", "日期"]

TITLE_FONT, HEADING_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋"
_SECOND: Mapping[str, str] = MappingProxyType({
    "方正小标宋简体": "华文中宋", "方正小标宋_GBK": "华文中宋", "小标宋体": "华文中宋",
    "仿宋": "仿宋_GB2312", "仿宋_GB2312": "仿宋", "楷体": "楷体_GB2312", "黑体": "SimHei",
    "宋体": "SimSun",
})  # fmt: skip
"""A family that some computers lack → the one nearest to it that others have."""
_A4 = (210.0, 297.0)
_TITLE_SIZE, _PAGE_SIZE, _MARK_SIZE, _NOTE_SIZE = 22.0, 14.0, 12.0, 12.0
_PAGE_NUMBER_FONT = "宋体"
_FIRST_LINE, _CLOSING = 2, 4
"""How many characters a paragraph, and what stands at its end, is set in."""
_LINE_OF_TABLE = 1.15
_CELL_SIDES = 2
"""Half-width characters that the margins within a cell take up."""
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_LAST_CONTROL, _FIRST_SURROGATE, _LAST_SURROGATE = 0x20, 0xD800, 0xDFFF


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or the place of the table of that name."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings, how the widths are to one another, rows; `empty` stands for none."""

    name: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "无"


@dataclass(frozen=True, slots=True)
class Looks:
    """How large and how close a paper is set: points; margins (top, bottom, left, right) in mm."""

    size: float = 16.0
    line: float = 28.9
    table: float = 10.5
    margins: tuple[float, float, float, float] = (37.0, 35.0, 28.0, 26.0)
    landscape: bool = False

    @property
    def paper(self) -> tuple[float, float]:
        """Return width and height of the sheet, in mm."""
        return _A4[::-1] if self.landscape else _A4


LETTER = Looks()
BRIEF = Looks(size=14.0, line=21.0, table=10.0, margins=(25.0, 22.0, 26.0, 26.0))
"""Of a paper that has to stand on one page."""
LIST = Looks(14.0, 24.0, 9.0, (22.0, 20.0, 18.0, 18.0), landscape=True)
"""Of a paper that is tables for the most part."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its paragraphs in order, and the tables they name."""

    name: str
    blocks: tuple[Block, ...]
    grids: tuple[Grid, ...] = ()
    looks: Looks = LETTER


def printable(text: str) -> str:
    """Return a text on one line, without characters that no document holds."""
    kept = (
        " " if char.isspace() else char
        for char in text
        if (char >= " " or char.isspace())
        and not _FIRST_SURROGATE <= ord(char) <= _LAST_SURROGATE
        and char not in "\ufffe\uffff"
    )
    return " ".join("".join(kept).split())


def write_paper(path: Path, paper: Paper, settings: Settings, day: date) -> None:
    """Write a document whole.

    Args:
        path: where, with .docx.
        paper: what.
        settings: fonts, and what every page bears.
        day: the day that the properties of the document name.
    """
    write_whole(path, _packed(_Writer(paper, settings, day).document))


class _Writer:
    """A document being set, from the top down."""

    def __init__(self, paper: Paper, settings: Settings, day: date) -> None:
        self.document = docx.Document()
        self._looks = paper.looks
        fonts = settings.fonts
        self._title = fonts.get("title", TITLE_FONT)
        self._heading = fonts.get("heading", HEADING_FONT)
        self._body = fonts.get("body", BODY_FONT)
        self._properties(paper.name, day)
        self._page(settings.marking)
        grids = {grid.name: grid for grid in paper.grids}
        for block in paper.blocks:
            if block.kind == "表":
                self._table(grids[block.text])
            else:
                self._paragraph(block)

    def _properties(self, name: str, day: date) -> None:
        said = self.document.core_properties
        said.author = said.last_modified_by = said.comments = ""
        said.title = name
        said.created = said.modified = datetime.combine(day, time())
        said.revision = 1

    def _page(self, marking: str) -> None:
        document: Any = self.document
        section = document.sections[0]
        width, height = self._looks.paper
        section.page_width, section.page_height = Mm(width), Mm(height)
        if self._looks.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
        top, bottom, left, right = self._looks.margins
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.header_distance, section.footer_distance = Mm(15), Mm(bottom - 10)
        document.settings.odd_and_even_pages_header_footer = True
        ends = WD_ALIGN_PARAGRAPH
        pages = (
            (section.header, section.footer, ends.RIGHT),
            (section.even_page_header, section.even_page_footer, ends.LEFT),
        )
        for header, footer, end in pages:
            if marking:
                self._run(header.paragraphs[0], marking, self._heading, _MARK_SIZE)
            number = footer.paragraphs[0]
            number.alignment = end
            self._run(number, "— ", _PAGE_NUMBER_FONT, _PAGE_SIZE)
            _field(self._run(number, "", _PAGE_NUMBER_FONT, _PAGE_SIZE), "PAGE")
            self._run(number, " —", _PAGE_NUMBER_FONT, _PAGE_SIZE)

    def _paragraph(self, block: Block) -> None:
        looks, kind = self._looks, block.kind
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(looks.line)
        family, size = self._body, looks.size
        if kind == "标题":
            family, size = self._title, _TITLE_SIZE
            form.line_spacing, form.space_after = Pt(looks.line * 1.15), Pt(looks.line / 2)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif kind in {"落款", "日期"}:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            form.right_indent = Pt(size * _CLOSING)
            form.space_before = Pt(looks.line if kind == "落款" else 0)
            form.keep_with_next = kind == "落款"
        elif kind == "附注":
            size = _NOTE_SIZE
            form.line_spacing = Pt(min(looks.line, 18.0))
        elif kind != "主送":
            form.first_line_indent = Pt(size * _FIRST_LINE)
        if kind == "一级":
            family, form.keep_with_next = self._heading, True
        self._run(paragraph, block.text, family, size)

    def _table(self, grid: Grid) -> None:
        for paragraph in self.document.paragraphs[-1:]:
            paragraph.paragraph_format.keep_with_next = True  # it announces the table
        table: Any = self.document.add_table(rows=1, cols=len(grid.heads), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        left, right = self._looks.margins[2:]
        unit = (self._looks.paper[0] - left - right) / sum(grid.widths)
        widths = [Mm(width * unit) for width in grid.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        centred = [self._fits(column, width) for column, width in _columns(grid, widths)]
        self._line(table.rows[0], grid.heads, widths, self._heading, [True] * len(widths))
        for cell in table.rows[0].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        _mark(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")  # noqa: SLF001 - no public way
        for row in grid.rows:
            self._line(table.add_row(), row, widths, self._body, centred)
        if not grid.rows:
            cells = table.add_row().cells
            paragraph = cells[0].merge(cells[-1]).paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(paragraph, grid.empty, self._body, self._looks.table)
        # Text right below a table would stick to it.
        gap = self.document.add_paragraph().paragraph_format
        gap.space_before = gap.space_after = Pt(0)
        gap.line_spacing_rule, gap.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(6)

    def _fits(self, cells: Iterable[Cell], width: Any) -> bool:  # noqa: ANN401 - python-docx
        """Tell whether each cell of a column stands on one line: then the column is centred."""
        room: float = 2 * width.pt / self._looks.table - _CELL_SIDES
        return all(not isinstance(cell, str) or width_of(printable(cell)) <= room for cell in cells)

    def _line(
        self,
        row: Any,  # noqa: ANN401 - python-docx has no types
        cells: Sequence[Cell],
        widths: Sequence[Any],
        family: str,
        centred: Sequence[bool],
    ) -> None:
        _mark(row._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001 - python-docx has no other way
        for place, cell, width, centre in zip(row.cells, cells, widths, centred, strict=True):
            place.width = width
            paragraph = place.paragraphs[0]
            text = "" if cell is None else printable(str(cell))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.LEFT
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(1.5)
            form.line_spacing = _LINE_OF_TABLE
            self._run(paragraph, text, family, self._looks.table)
            _mark(place._tc.get_or_add_tcPr(), "w:vAlign", "center")  # noqa: SLF001 - the same

    def _run(self, paragraph: Any, text: str, family: str, size: float) -> Any:  # noqa: ANN401
        run = paragraph.add_run(printable(text) if text.strip() == text else text)
        run.font.size = Pt(size)
        fonts = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - the same
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), family)
        return run


def _columns(grid: Grid, widths: Sequence[Any]) -> Iterator[tuple[Sequence[Cell], Any]]:
    columns = zip(*grid.rows, strict=True) if grid.rows else repeat(())
    yield from zip(columns, widths, strict=False)


def _mark(parent: Any, name: str, value: str = "") -> None:  # noqa: ANN401 - lxml has no types
    element = OxmlElement(name)
    if value:
        element.set(qn("w:val"), value)
    parent.append(element)


def _field(run: Any, code: str) -> None:  # noqa: ANN401 - python-docx has no types
    """Put a field, such as the number of the page, into a run."""
    for kind in ("begin", "", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        run._r.append(part)  # noqa: SLF001 - python-docx has no other way


def _packed(document: Any) -> bytes:  # noqa: ANN401 - python-docx has no types
    """Return the package without a moment of its making, and with second choices of fonts."""
    plain, packed = io.BytesIO(), io.BytesIO()
    document.save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "word/fontTable.xml":
                content = content.replace(b"</w:fonts>", f"{_choices()}</w:fonts>".encode())
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # else the same input gives other bytes on Windows
            target.writestr(info, content)
    return packed.getvalue()


def _choices() -> str:
    return "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/>"
        '<w:charset w:val="86"/></w:font>'
        for name, other in _SECOND.items()
    )
