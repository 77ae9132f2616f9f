"""The identity of a workbook: by its stamp where it has one, else by what else names a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.identity.stamped import stamped
from sxxt_excel.identity.unstamped import unstamped
from sxxt_excel.regime import COVER

if TYPE_CHECKING:
    from sxxt_excel.identity.model import Came, Identity
    from sxxt_excel.names import Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Extract


def identify(came: Came, found: Extract, book: Directory) -> tuple[Identity, list[Finding]]:
    """Return the identity of a workbook and what is wrong or uncertain about it."""
    cover = next((t for t in found.tables if t.form == COVER), None)
    if found.stamp is not None and found.stamp.unit_code:
        return stamped(came, found.stamp, found, cover, book)
    return unstamped(came, found, cover, book)
