"""A workbook of another format → an .xlsx with its cells, on which marks can be put."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from sxxt_excel.faces.sheet import A4
from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.text import Value

__all__ = ["plain_copy"]

_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a file says no time zone; the same bytes each time
_SHAPES = {"": "General", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_LOOK = {"text_wrap": True, "valign": "top", "border": 1}
_FIRST_YEAR, _LONGEST_TEXT, _LONGEST_NAME = 1900, 32_767, 31
_NARROWEST, _WIDEST, _LARGEST = 8, 40, 10_000
_UNNAMEABLE = str.maketrans(dict.fromkeys(r"[]:*?/\\", "_"))


def plain_copy(book: Book) -> bytes:
    """Return an .xlsx with what the cells of a book say: no formulas, no formats of its own."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - few rounds have such a workbook

    buffer = io.BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _MADE})
    looks = {k: workbook.add_format(_LOOK | {"num_format": v}) for k, v in _SHAPES.items()}
    targets = [workbook.add_worksheet(name) for name in _names(book)]
    for sheet, target in zip(book.sheets, targets, strict=True):
        _fill(target, sheet, looks)
    seen = [target for sheet, target in zip(book.sheets, targets, strict=True) if sheet.visible]
    if seen:
        seen[0].activate()
        seen[0].set_first_sheet()
        for target in targets:
            if target not in seen:
                target.hide()
    workbook.close()
    return buffer.getvalue()


def _fill(target: Any, sheet: Sheet, looks: Mapping[str, Any]) -> None:  # noqa: ANN401 - xlsxwriter ships no types
    # How the original prints is not known: across A4, every column on the page.
    target.set_landscape()
    target.set_paper(A4)
    target.fit_to_pages(1, 0)
    errors = dict(sheet.errors)
    for top, left, bottom, right in _merged(sheet):
        target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", looks[""])
    for down, row in enumerate(sheet.rows, sheet.top):
        for right, value in enumerate(row, sheet.left):
            said = errors.get((down, right), value)
            if said is not None and said != "":
                _write(target, (down - 1, right - 1), said, looks)
    for place, width in enumerate(_widths(sheet), sheet.left - 1):
        target.set_column(place, place, width)


def _merged(sheet: Sheet) -> Iterator[tuple[int, int, int, int]]:
    """Yield merged areas of a size that people make; none that overlap, which Excel refuses."""
    taken: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merged:
        if 1 < (bottom - top + 1) * (right - left + 1) <= _LARGEST:
            cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            if taken.isdisjoint(cells):
                taken |= cells
                yield top, left, bottom, right


def _write(target: Any, at: tuple[int, int], value: Value, looks: Mapping[str, Any]) -> None:  # noqa: ANN401 - as above
    if isinstance(value, bool):
        target.write_boolean(*at, value, looks[""])
    elif isinstance(value, (int, float)):
        target.write_number(*at, value, looks[""])
    elif isinstance(value, dt.date) and value.year >= _FIRST_YEAR:
        look = looks["moment" if isinstance(value, dt.datetime) else "day"]
        target.write_datetime(*at, value, look)
    else:
        target.write_string(*at, to_text(value)[:_LONGEST_TEXT], looks[""])


def _names(book: Book) -> list[str]:
    """Return names of sheets as Excel has them; other programs allow more."""
    names: list[str] = []
    for sheet in book.sheets:
        name = sheet.name.translate(_UNNAMEABLE).strip("'")[:_LONGEST_NAME] or "表"
        tries = (name, *(f"{name[:26]}({n})" for n in range(2, len(book.sheets) + 2)))
        taken = {each.casefold() for each in names}
        names.append(next(each for each in tries if each.casefold() not in taken))
    return names


def _widths(sheet: Sheet) -> list[int]:
    """Return how wide the columns are: as what stands in them, within bounds."""
    lengths = (
        [2 * len(to_text(value)) for value in column if value is not None]
        for column in zip(*sheet.rows, strict=True)
    )
    return [min(max(_NARROWEST, *each, 0) + 2, _WIDEST) for each in lengths]
