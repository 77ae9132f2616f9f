"""Columns whose cells may name several values, joined by 、."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.text import JOIN

if TYPE_CHECKING:
    from collections.abc import Collection


def says(column: pd.Series, values: Collection[str]) -> pd.Series:
    """Return which cells are one of the values, or name one of them among several."""
    found = column.isin(list(values))
    if not pd.api.types.is_string_dtype(column):
        return found
    several = column[column.str.contains(JOIN, regex=False, na=False)]
    named = [at for at, cell in several.items() if any(v in values for v in cell.split(JOIN))]
    return found | column.index.isin(named)


def strays(cell: str, values: Collection[str]) -> tuple[str, ...]:
    """Return what a cell names beside the values."""
    return () if cell in values else tuple(v for v in cell.split(JOIN) if v not in values)
