"""A workbook in the office's fonts, and a sheet of it laid out by hand, from the top down."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sxxt_excel.faces.sheet import Fonts
from sxxt_excel.outputs.bulk import Book, Print
from sxxt_excel.outputs.heights import height_of, lines_of
from sxxt_excel.outputs.looks import IN_TITLE_FONT, LOOKS, SIZE
from sxxt_excel.outputs.words import long_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.outputs.asof import AsOf
    from sxxt_excel.outputs.tables import Cell


def new_book(round_: AsOf, marking: str | None = None, product: str = "") -> Book:
    """Return an empty workbook in the fonts of the workspace.

    Args:
        round_: its settings and day.
        marking: what every printed page bears; by default what the settings say.
        product: what it is, where it would be mistaken for a submission if somebody sent it.
    """
    fonts = Fonts(**{k: v for k, v in round_.settings.fonts.items() if k in Fonts.__slots__})
    page = Print(
        head=round_.settings.marking if marking is None else marking,
        foot=f"截至{long_day(round_.today)}",
        body=fonts.body,
        title=fonts.heading,
    )
    family = {True: fonts.heading, False: fonts.body}
    looks = {
        name: {"font_size": SIZE, "font_name": family[name in IN_TITLE_FONT], **look}
        for name, look in LOOKS.items()
    }
    return Book(looks, page, datetime.combine(round_.today, time()), product)


class Page:
    """A sheet laid out by hand, from the top down; `row` is the next free row, from 0."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[float]) -> None:  # noqa: ANN401
        self._looks = book.looks
        self._sheet = sheet
        self._widths = widths
        self.row = 0
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def across(self, text: str, look: str, size: float = SIZE) -> None:
        """Write one text over the whole width, in a font of that size."""
        self._merged(0, text, look)
        height = height_of(lines_of(text, sum(self._widths) * SIZE / size))
        self._sheet.set_row(self.row, height * size / SIZE)
        self.row += 1

    def line(
        self, values: Sequence[Cell], look: str | Sequence[str], *, join: bool = False
    ) -> None:
        """Write one row of texts and figures; `join` gives the last one the rest of the width."""
        looks = [look] * len(values) if isinstance(look, str) else look
        last = len(values) - 1
        widths = list(self._widths[: last + 1])
        if join:
            widths[last] = sum(self._widths[last:])
        for column, (value, name) in enumerate(zip(values, looks, strict=True)):
            if not isinstance(value, str):
                self._sheet.write_number(self.row, column, value, self._looks[name])
            elif join and column == last:
                self._merged(column, value, name)
            else:
                self._sheet.write_string(self.row, column, value, self._looks[name])
        lines = [
            lines_of(v, w) if isinstance(v, str) else 1 for v, w in zip(values, widths, strict=True)
        ]
        self._sheet.set_row(self.row, height_of(max(lines)))
        self.row += 1

    def skip(self) -> None:
        """Leave one row free."""
        self.row += 1

    def _merged(self, column: int, text: str, look: str) -> None:
        last = len(self._widths) - 1
        if column < last:
            self._sheet.merge_range(self.row, column, self.row, last, "", self._looks[look])
        self._sheet.write_string(self.row, column, text, self._looks[look])
