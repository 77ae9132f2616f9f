"""The first sheet of a marked copy: 审核结果, with counts and a link to each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.marking.grid import offer
from sxxt_excel.marking.xml import said, value
from sxxt_excel.marks import ADOPT, ENTRY_HEADINGS, MARK, SUGGESTED, YES

if TYPE_CHECKING:
    from sxxt_excel.marking.looks import Looks
    from sxxt_excel.marking.notes import Entry, Marks

__all__ = ["results_sheet"]

_WIDTHS = (6, 10, 18, 16, 48, 40, 36, 36, 32, 8)
_LETTERS = "ABCDEFGHIJ"
_PLACE = _LETTERS[ENTRY_HEADINGS.index("位置")]
_LINE, _TALLEST = 15, 400


def results_sheet(marks: Marks, looks: Looks, space: str) -> bytes:
    """Return the part of that sheet, whose texts are all in it.

    Args:
        marks: what is told.
        looks: the numbers of our formats.
        space: the namespace of the workbook's sheets.
    """
    top = (*marks.lines, MARK)
    offers = any(entry.suggested for entry in marks.entries)
    names = (*ENTRY_HEADINGS, *((SUGGESTED, ADOPT) if offers else ()))
    edge = _LETTERS[len(names) - 1]
    rows = [_row(1, [(marks.title, looks.title)], 30)]
    rows += [_row(n, [(line, looks.plain)], _height(line)) for n, line in enumerate(top, 2)]
    head = len(top) + 2
    rows.append(_row(head, [(name, looks.head) for name in names]))
    lines = list(enumerate(marks.entries, head + 1))
    cells = (_cells(row - head, entry, looks)[: len(names)] for row, entry in lines)
    rows += [_row(row, each) for row, each in enumerate(cells, head + 1)]
    merged = "".join(f'<mergeCell ref="A{n}:{edge}{n}"/>' for n in range(1, head))
    links = "".join(_link(row, entry.place, *entry.link) for row, entry in lines if entry.link)
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(_WIDTHS[: len(names)], 1)
    )
    filtered = f'<autoFilter ref="A{head}:{edge}{head + len(lines)}"/>' if lines else ""
    ticks = [f"{edge}{row}" for row, entry in lines if entry.suggested]
    drop_down = offer("", ticks, YES)
    validations = f'<dataValidations count="1">{drop_down}</dataValidations>' if ticks else ""
    hyperlinks = f"<hyperlinks>{links}</hyperlinks>" if links else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{space}"><sheetPr><tabColor rgb="FFC00000"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{edge}{head + len(lines)}"/><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>{filtered}"
        f'<mergeCells count="{head - 1}">{merged}</mergeCells>{validations}{hyperlinks}'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _cells(number: int, entry: Entry, looks: Looks) -> list[tuple[str, int]]:
    asked = entry.asks or bool(entry.words)
    return [
        (str(number), looks.text),
        (entry.severity, looks.text),
        (entry.sheet, looks.text),
        (entry.place, looks.link if entry.link else looks.text),
        (entry.opinion, looks.text),
        (entry.remedy, looks.text),
        (entry.basis, looks.text),
        (entry.words, looks.words if asked else looks.text),
        (entry.suggested, looks.text),
        ("", looks.words if entry.suggested else looks.text),
    ]


def _row(number: int, cells: list[tuple[str, int]], height: int = 0) -> str:
    lines = (_lines(text, width) for (text, _), width in zip(cells, _WIDTHS, strict=False))
    tall = f' ht="{height or min(_LINE * max(lines) + 3, _TALLEST)}" customHeight="1"'
    body = "".join(
        f'<c r="{letter}{number}" s="{look}" t="inlineStr">'
        f'<is><t xml:space="preserve">{said(text)}</t></is></c>'
        for letter, (text, look) in zip(_LETTERS, cells, strict=False)
    )
    return f'<row r="{number}"{tall}>{body}</row>'


def _height(line: str) -> int:
    return _LINE * _lines(line, sum(_WIDTHS[: len(ENTRY_HEADINGS)])) + 3


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column; a Chinese character is two wide."""
    wide = (sum(2 if char > "\u2e7f" else 1 for char in line) for line in text.split("\n"))
    return sum(1 + size // max(width - 1, 1) for size in wide)


def _link(row: int, place: str, sheet: str, cell: str) -> str:
    quoted = sheet.replace("'", "''")
    to = value(f"'{quoted}'!{cell}")
    return f'<hyperlink ref="{_PLACE}{row}" location={to} display={value(place)}/>'
