"""In which cell of a workbook a row's heading stands: the workbook is looked at once more.

The master says file, sheet and row of each value; the letter of its column is in the file alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.engine import Death, map_files
from sxxt_excel.intake.parcel import Parcel
from sxxt_excel.look import look_at, prepare
from sxxt_excel.reading import worker_forms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.package import Limits
    from sxxt_excel.paperwork.trace import Step

__all__ = ["Columns", "columns_of"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Path, sheet, form and heading → letter of the column."""

    letters: Mapping[tuple[str, str, str, str], str]

    def address(self, step: Step) -> str:
        """Return the cell of a step, or its row where the column is not known."""
        letter = self.letters.get((step.file, step.sheet, step.form, step.heading))
        return f"{letter}{step.line}" if letter else f"第{step.line}行"


def columns_of(regime: Regime, limits: Limits, places: Mapping[str, Path]) -> Columns:
    """Return where headings stand in workbooks.

    Args:
        regime: whose forms are looked for.
        limits: of a file.
        places: path in the inbox → where a copy lies.
    """
    paths = list(places)
    parcels = [Parcel(path, str(places[path]), "") for path in paths]
    if not parcels:
        return Columns({})
    seen = map_files(
        look_at,
        parcels,
        jobs=1,
        seconds=limits.seconds,
        memory_bytes=limits.memory_bytes,
        initializer=prepare,
        initargs=(worker_forms(regime), limits),
    )
    letters: dict[tuple[str, str, str, str], str] = {}
    for number, sight in seen:
        if isinstance(sight, Death) or sight.extract is None:
            continue
        for table in sight.extract.tables:
            for form, names in _stands_for(regime, table.form):
                for heading, letter in table.letters.items():
                    for name in names.get(heading, (heading,)) if names else (heading,):
                        letters[paths[number], table.sheet, form, name] = letter
    return Columns(letters)


def _stands_for(regime: Regime, form: str) -> tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...]:
    """Return which forms a sheet is, with its headings' names there: several, if it is split."""
    sheet = next((one for _, one in regime.one_sheets if one.id == form), None)
    if sheet is None:
        return ((form, {}),)
    found = []
    for part in sheet.splits:
        names: dict[str, tuple[str, ...]] = {}
        for name, source in part.columns:
            names[source] = (*names.get(source, ()), name)
        found.append((part.form, names))
    return tuple(found)
