"""Workbooks with many rows, quickly: xlsxwriter lays them out, the rows are put in as XML.

Writing cell by cell takes ten times as long. So xlsxwriter writes headings, formats,
widths, filters and page set-up, and one sample row from which the number of each format is
read; `Book.save` copies its package and puts the rows in that row's place.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import xlsxwriter

from sxxt_excel.faces.sheet import A3, A4
from sxxt_excel.formats.common import PRODUCT
from sxxt_excel.outputs.heights import height_of, lines_of
from sxxt_excel.outputs.rowxml import Rows
from sxxt_excel.outputs.tables import MOST_LINKS
from sxxt_excel.package import column_letter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from sxxt_excel.outputs.tables import Table

_LONGEST_NAME = 31
# Level 1 packs row XML, which repeats itself, nearly as well as 6 in a third of the time.
_PACKING = 1
_MOST_ON_A4 = 210
"""Half-width characters that stay readable across A4: more shrink text of 10 points below 6."""
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Print:
    """What every printed page says at the left of its head and foot, and in which fonts."""

    head: str
    foot: str
    body: str = "宋体"
    title: str = "黑体"


class Book:
    """A workbook being written: sheets in the order in which they are asked for.

    Args:
        looks: name → properties of a format, as xlsxwriter knows them.
        page: what every printed page bears.
        made: the one moment that the properties of the document name.
        product: what it is, where it would be mistaken for a submission if somebody sent it.
    """

    def __init__(
        self,
        looks: Mapping[str, Mapping[str, object]],
        page: Print,
        made: datetime,
        product: str = "",
    ) -> None:
        self._packed = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._packed, {"in_memory": True})
        category = {"category": f"{PRODUCT}{product}"} if product else {}
        self._book.set_properties({"created": made, **category})
        self._page = page
        self.looks: dict[str, Any] = {n: self._book.add_format(dict(p)) for n, p in looks.items()}
        # What reads like a formula is marked as text, so that editing the cell keeps it text.
        self._guards = [self._book.add_format({**p, "quote_prefix": True}) for p in looks.values()]
        self._rows: dict[str, Rows] = {}
        self._names: set[str] = set()

    def chart(self, kind: Mapping[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Return a new chart, to be filled and inserted into a sheet."""
        return self._book.add_chart(dict(kind))

    def sheet(
        self,
        name: str,
        title: str,
        *,
        one_page: bool = False,
        upright: bool = False,
        width: float = 0,
    ) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add a sheet set up for printing and return it, to be written cell by cell.

        Args:
            name: of the sheet.
            title: heads the printed page.
            one_page: shrink it all to one page.
            upright: the paper stands, where there is more from the top down than across.
            width: of all that is printed, in half-width characters: what is too wide to be read
                on A4 goes on A3.
        """
        sheet = self._book.add_worksheet(self._free_name(name))
        if not upright:
            sheet.set_landscape()
        sheet.set_paper(A3 if width > _MOST_ON_A4 else A4)
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.95, bottom=0.7)
        sheet.hide_gridlines(2)
        sheet.center_horizontally()
        page = self._page
        # A blank keeps a text that begins with a figure from lengthening the font size.
        small, large = f'&"{page.body}"&9 ', f'&"{page.title}"&16 '
        sheet.set_header(f"&L{small}{_plain(page.head, 40)}&C{large}{_plain(title, 60)}")
        sheet.set_footer(f"&L{small}{_plain(page.foot, 60)}&R{small}第 &P 页　共 &N 页")
        return sheet

    def table(self, table: Table) -> None:
        """Add a table; more rows than a sheet holds go on in a further sheet."""
        for name, start, stop in table.parts():
            self._part(name, table, start, stop)

    def _part(self, name: str, table: Table, start: int, stop: int) -> None:
        printed = sum(column.width for column in table.columns[: table.printed or None])
        sheet = self.sheet(name, table.title, one_page=table.one_page, width=printed)
        last = len(table.columns) - 1
        tallest = max(lines_of(column.heading, column.width) for column in table.columns)
        sheet.set_row(0, height_of(tallest) + 8)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, self.looks["heading"])
        sheet.freeze_panes(1, table.frozen)
        sheet.repeat_rows(0)
        height = stop - start
        sheet.autofilter(0, 0, max(height, 1), last)
        if not height:
            sheet.merge_range(1, 0, 1, last, table.empty, self.looks["empty"])
            sheet.set_row(1, 30)
            return
        if table.printed:
            sheet.print_area(0, 0, height, table.printed - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letter(last + 1)}{height + 1}"})
        for place, look in enumerate(chain(self.looks.values(), self._guards)):
            sheet.write_blank(1, place, None, look)
        index = len(self._book.worksheets())
        links = tuple(link for link in table.links if start <= link.row < stop)[:MOST_LINKS]
        self._rows[f"xl/worksheets/sheet{index}.xml"] = Rows(
            table, start, stop, links, tuple(self.looks)
        )

    def _free_name(self, name: str) -> str:
        """Return the name as Excel takes it: short enough, no forbidden sign, not used yet."""
        plain = _NOT_IN_A_NAME.sub("－", name).strip("'")[:_LONGEST_NAME] or "表"
        free, number = plain, 1
        while free.casefold() in self._names:
            number += 1
            ending = f"（{number}）"
            free = plain[: _LONGEST_NAME - len(ending)] + ending
        self._names.add(free.casefold())
        return free

    def save(self, path: Path) -> None:
        """Write the workbook; it stands under its name whole or not at all."""
        self._book.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"~{path.name}.tmp")
        try:
            with unfinished.open("wb") as file:
                self._copy(file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _copy(self, file: Any) -> None:  # noqa: ANN401 - any binary file
        with (
            zipfile.ZipFile(self._packed) as source,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING) as target,
        ):
            for name in source.namelist():
                rows = self._rows.get(name)
                # A part that is opened by its name bears the zip format's first day.
                with target.open(name, "w", force_zip64=bool(rows and rows.huge)) as part:
                    plain = source.read(name)
                    part.writelines(rows.fill(plain) if rows else [plain])
                if rows and rows.links:
                    folder, _, base = name.rpartition("/")
                    with target.open(f"{folder}/_rels/{base}.rels", "w") as part:
                        part.write(rows.relationships())


def _plain(text: str, most: int) -> str:
    """Return text for a page's head or foot, where & begins a code."""
    return text[:most].replace("&", "&&")
