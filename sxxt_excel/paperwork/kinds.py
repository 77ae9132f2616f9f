"""The papers that there are, by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.paperwork.covernote import cover_note
from sxxt_excel.paperwork.digest import digest
from sxxt_excel.paperwork.forreading import for_reading
from sxxt_excel.paperwork.survey import survey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sxxt_excel.paperwork.draft import Draft, Sources

__all__ = ["KINDS"]

KINDS: Mapping[str, Callable[[Sources], Draft | None]] = MappingProxyType(
    {"报送说明": cover_note, "情况综述": survey, "领导摘要": digest, "参阅件": for_reading}
)
