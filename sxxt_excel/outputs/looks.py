"""How cells of the master look: fonts apart, one name a look; words say what fills say."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.outputs.tables import Cell


SIZE = 10
"""The size of plain text, in points."""
_EPOCH = date(1899, 12, 30)
LINE = "#A6A6A6"
_ACCENT = "#8C1D18"
GREY = "#7F7F7F"
NONE = "—"
_NOT_FILED = "待改后登记"
BACK = "·退回"
"""Suffix of the looks in which rows of a returned workbook stand."""

# ---- looks -------------------------------------------------------------------------

_BORDER = MappingProxyType({"border": 1, "border_color": LINE})
_BOX = MappingProxyType({"valign": "vcenter", "text_wrap": True, **_BORDER})
_CENTRE = MappingProxyType({**_BOX, "align": "center"})
_DATE = MappingProxyType({**_CENTRE, "num_format": "yyyy-mm-dd"})
_RETURNED = MappingProxyType({"italic": True, "font_color": GREY, "bg_color": "#F5F5F5"})
_ROW_LOOKS: Mapping[str, Mapping[str, object]] = {"text": _BOX, "centre": _CENTRE, "date": _DATE}
# Words say what the fills say: a black-and-white print loses nothing.
_FILLS: Mapping[str, str] = MappingProxyType({
    "on_time": "#E2EFDA", "late": "#FFF2CC", "returned": "#FCE4D6", "missing": "#F8CBAD",
    "not_due": "#FFFFFF", "excused": "#EDEDED",
    "must": "#F8CBAD", "query": "#FFF2CC", "note": "#FFFFFF",
    "good": "#E2EFDA", "warn": "#FFF2CC", "plain": "#FFFFFF",
})  # fmt: skip
LOOKS: Mapping[str, Mapping[str, object]] = MappingProxyType({
    **_ROW_LOOKS,
    **{f"{name}{BACK}": {**look, **_RETURNED} for name, look in _ROW_LOOKS.items()},
    **{name: {**_CENTRE, "bg_color": fill} for name, fill in _FILLS.items()},
    "missing": {**_CENTRE, "bg_color": _FILLS["missing"], "bold": True},
    "link": {**_BOX, "font_color": "#1F4E79", "underline": 1},
    "link centre": {**_CENTRE, "font_color": "#1F4E79", "underline": 1},
    "heading": {**_CENTRE, "bold": True, "bg_color": "#EDEDED"},
    "empty": {**_CENTRE, "font_color": GREY},
    "rate": {**_CENTRE, "num_format": "0.0%"},
    "moment": {**_CENTRE, "num_format": "yyyy-mm-dd hh:mm:ss"},
    "section row": {**_BOX, "bold": True, "bg_color": "#F7F1F0"},
    "figure row": {**_CENTRE, "bold": True, "bg_color": "#F7F1F0"},
    "rate row": {**_CENTRE, "bold": True, "bg_color": "#F7F1F0", "num_format": "0.0%"},
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
    "subtitle": {"align": "center", "valign": "vcenter", "font_color": "#595959"},
    "lead": {"bold": True, "font_size": 13, "valign": "vcenter", "text_wrap": True,
             "bg_color": "#F5E1DF", "indent": 1, **_BORDER},
    "section": {"bold": True, "font_size": 12, "font_color": _ACCENT, "valign": "vcenter"},
    "remark": {"font_size": 9, "font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "paragraph": {"valign": "vcenter", "text_wrap": True},
})  # fmt: skip
IN_TITLE_FONT = frozenset({"title", "section", "heading"})


def row_looks(look: str, back: Sequence[bool]) -> str | list[str]:
    """Return the look of a column, or of each of its rows where some were returned."""
    if not any(back):
        return look
    returned = f"{look}{BACK}"
    return [returned if row else look for row in back]


def excel_day(day: date) -> int:
    """Return a day as Excel counts days."""
    return (day - _EPOCH).days


def cell_values(series: pd.Series[Any]) -> list[Cell]:
    """Return a column as texts, figures and blanks; days as Excel counts them."""
    known = series.notna()
    if pd.api.types.is_datetime64_any_dtype(series):
        series = (series - pd.Timestamp(_EPOCH)).dt.days.astype("Int64")
    values: list[Cell] = series.astype(object).where(known, None).tolist()
    return values
