"""How a 上报版 is laid out: its own sheets, and the columns before those of a form."""

from __future__ import annotations

from sxxt_excel.headings import (
    FILE_HEADING,
    PERIOD_HEADING,
    ROW_HEADING,
    SHEET_HEADING,
    UNIT_HEADING,
)

COVER_SHEET, ORIGIN_SHEET = "上报封面", "_来源"
FORMAT = "上报版1"
"""Stands in the stamp as the template's version: what is laid out like this."""
ORIGIN_HEADINGS = (
    FILE_HEADING, SHEET_HEADING, ROW_HEADING, UNIT_HEADING, "单位代码", "套表", PERIOD_HEADING,
)  # fmt: skip
"""Columns that stand before the form's own on each of its sheets."""
WITHHELD = ("填报人", "联系电话", "审核人")
"""Fields of a cover that stay with the node that collected it."""
