"""Which packet a workbook is, by its stamp or its sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.regime import COVER, EXPLANATIONS

if TYPE_CHECKING:
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.names import Directory
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import Extract
    from sxxt_excel.stamp import Stamp


def forms_in(found: Extract) -> set[str]:
    """Return the forms whose sheets a workbook has, besides the cover and the explanations."""
    return {t.form for t in found.tables} - {COVER, EXPLANATIONS}


def stamped_packet(stamp: Stamp, book: Directory) -> Packet | None:
    """Return the packet that a stamp names, None where the regime has none of that name."""
    return next((p for p in book.regime.packets if p.id == stamp.packet), None)


def packet_of(found: Extract, forms: set[str], unit: Unit | None, book: Directory) -> Packet | None:
    """Return the packet that a blank official template says it is, else the one that fits."""
    if found.stamp is not None:
        return stamped_packet(found.stamp, book)
    return fitting(forms, unit, book)


def fitting(forms: set[str], unit: Unit | None, book: Directory) -> Packet | None:
    """Return the packet whose sheets fit best, of equal ones what the unit owes, then the first."""
    owes = {o.obligation.packet for o in book.owed if unit is not None and o.unit.code == unit.code}
    scored = [
        (len(forms & sheets) / len(forms | sheets), p.id in owes, -n, p)
        for n, p in enumerate(book.regime.packets)
        for sheets in ({*p.sheets}, {*filter(None, (p.one_sheet,))})
        if forms & sheets
    ]
    return max(scored, key=lambda item: item[:3])[3] if scored else None


def is_about_others(packet: Packet | None, book: Directory) -> bool:
    """Tell whether a packet is about other units: then their names in a path mean nothing."""
    return packet is not None and any(
        o.about for o in book.regime.obligations if o.packet == packet.id
    )
