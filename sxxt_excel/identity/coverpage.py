"""The cover of a workbook: what its fields say, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.identity.findings import where_of
from sxxt_excel.raw import Fault
from sxxt_excel.regime import COVER
from sxxt_excel.text import clean, to_text
from sxxt_excel.wording.numbers import parse_number

if TYPE_CHECKING:
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import RawTable


@dataclass(frozen=True, slots=True)
class CoverPage:
    """The cover of a workbook, if it has one: what it says, and where."""

    path: str
    unit: Unit | None
    cover: RawTable | None
    basis: str

    def word(self, field: str) -> str:
        """Return what a field says, "" where it is blank."""
        return word_in(self.cover, field) if self.cover is not None else ""

    def where(self, field: str) -> Where:
        """Return where a field stands; the workbook as a whole where it has no cover."""
        here = where_of(self.path, self.unit)
        if self.cover is None:
            return here
        cell = (self.cover.cells or {}).get(field)
        return replace(here, sheet=self.cover.sheet, cell=cell, form=COVER, field=field)

    def tell(self, code: str, field: str, value: str = "") -> Finding:
        """Return a finding about a field; `value` is what it is held against."""
        return finding(
            code, self.where(field), got=self.word(field), basis=self.basis,
            stamp=value, expected=value, value=value,
        )  # fmt: skip


def word_in(cover: RawTable, field: str) -> str:
    """Return what a field of a cover says, "" where it is blank or broken."""
    value = cover.columns.get(field, [None])[0]
    return "" if isinstance(value, Fault) else clean(to_text(value))


def year_said(words: str) -> int | None:
    """Return the year that is written 2025年度, 2025年 or 2025."""
    said = parse_number(words.removesuffix("度").removesuffix("年"))
    return int(said.value) if said is not None else None
