"""What came of the suggestions in a marked copy, beside which a unit wrote something."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.formats.places import column_letter, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import RawTable
    from sxxt_excel.submissions import Slip, Submission

__all__ = ["adoptions"]

_CODES = MappingProxyType({"done": "V161", "changed": "V162", "refused": "V163"})


def adoptions(items: Iterable[Submission | Slip], basis: str) -> Iterator[Finding]:
    """Yield what came of each suggestion of a marked copy beside which something was written."""
    for item in items:
        for each in item.extract.adopted:
            refused = each.came == "refused"
            sheet, cell = (each.at_sheet, each.at_cell) if refused else (each.sheet, each.cell)
            table = next((t for t in item.extract.tables if t.sheet == each.sheet), None)
            at = replace(
                item.where, sheet=sheet, cell=cell, form=table.form if table is not None else None,
                field=_heading(table, each.cell) or None,
            )  # fmt: skip
            got = each.word if refused else f"{each.before} → {each.after}"
            yield finding(_CODES[each.came], at, got=got, basis=basis)


def _heading(table: RawTable | None, cell: str) -> str:
    """Return the heading that a cell stands under, "" where it stands under none."""
    if table is None:
        return ""
    places = table.letters if table.cells is None else table.cells
    at = column_letter(place(cell)[1]) if table.cells is None else cell
    found = next((name for name, place in places.items() if place == at), "")
    return (table.names or {}).get(found, found)
