"""The cover of a workbook: labels, and the value that stands right of each or behind its colon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.layout import KNOWN_SHARE, labels_of
from sxxt_excel.raw import RawTable, faults_of
from sxxt_excel.read import cell_name
from sxxt_excel.spelling import simplified
from sxxt_excel.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import Raw
    from sxxt_excel.read import Sheet
    from sxxt_excel.text import Value

_SEARCH_ROWS = 60


def find_cover(sheets: Iterable[Sheet], forms: Sequence[Form]) -> RawTable | None:
    """Return the cover, looked for first on the sheet of its name; None where there is none."""
    form = next((f for f in forms if f.layout == "cover"), None)
    if form is None:
        return None
    named_first = sorted(sheets, key=lambda s: simplified(s.name) != fold(form.id))
    tables = (_cover(sheet, form) for sheet in named_first)
    return next((table for table in tables if table is not None), None)


def _cover(sheet: Sheet, form: Form) -> RawTable | None:
    """Read labels and the value right of each; None where too few labels are there."""
    labels = labels_of(form)
    faults = faults_of(sheet)
    columns: dict[str, list[Raw]] = {}
    cells: dict[str, str] = {}
    for down, row in enumerate(sheet.rows[:_SEARCH_ROWS]):
        found = [(i, *said) for i, v in enumerate(row) if (said := _label(v, labels)) is not None]
        for number, (at, name, rest) in enumerate(found, 1):
            if name in columns:
                continue
            end = found[number][0] if number < len(found) else len(row)
            line, column = sheet.top + down, sheet.left + at
            if rest:
                columns[name], cells[name] = [rest], cell_name(line, column)
                continue
            right = next((i for i in range(at + 1, end) if row[i] is not None), at + 1)
            place = (line, sheet.left + right)
            columns[name] = [faults.get(place) or sheet.value(*place)]
            cells[name] = cell_name(*place)
    if len(columns) < max(2, round(len(form.fields) * KNOWN_SHARE)):
        return None
    return RawTable(
        form=form.id,
        sheet=sheet.name,
        header_row=sheet.top,
        rows=(sheet.top,),
        columns=columns,
        letters={},
        missing=tuple(f.name for f in form.fields if f.name not in columns),
        cells=cells,
    )


def _label(value: Value, labels: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the heading that a cell of the cover names, and what follows it there."""
    if not isinstance(value, str):
        return None
    name = labels.get(simplified(value))
    if name is not None:
        return name, ""
    head, _, rest = clean(value).replace("：", ":").partition(":")
    name = labels.get(simplified(head))
    return (name, rest.strip()) if name is not None and rest.strip() else None
