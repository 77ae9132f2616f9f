"""The identity of a workbook with a stamp, which stands; what contradicts it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.identity.coverpage import CoverPage
from sxxt_excel.identity.crosscheck import against_cover
from sxxt_excel.identity.findings import (
    basis_of,
    contradicted,
    no_period,
    of_other_year,
    title_of,
    where_of,
)
from sxxt_excel.identity.model import Identity
from sxxt_excel.identity.packets import fitting, forms_in, is_about_others, stamped_packet
from sxxt_excel.names import against, clues
from sxxt_excel.outcome import Where
from sxxt_excel.periods import PeriodError, period_span
from sxxt_excel.text import as_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.identity.model import Came
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.names import Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import Extract, RawTable, Remark
    from sxxt_excel.stamp import Stamp

_STAMP = "下发标识"


def stamped(
    came: Came, stamp: Stamp, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Return what a stamp says of a workbook, and what else contradicts it."""
    here = Where(path=came.path)
    if stamp.regime != book.regime.id:
        wrong = finding("I107", here, got=stamp.regime, basis=basis_of(book, None))
        return Identity(None, None, None, (), _STAMP, stamped=True), [wrong]
    unit = book.roster.unit(as_code(stamp.unit_code))
    packet = stamped_packet(stamp, book)
    where, basis = where_of(came.path, unit), basis_of(book, packet)
    findings: list[Finding] = []
    if unit is None:
        findings.append(finding("I104", where, got=stamp.unit or stamp.unit_code, basis=basis))
    if packet is None:
        findings.append(finding("I116", where, got=stamp.packet, basis=basis))
    if is_altered(stamp, book.key) and not came.relayed:
        findings.append(finding("I111", where, got=stamp.issue, basis=basis))
    identity = Identity(unit, packet, stamp.period, stamp.filers, _STAMP, stamped=True)
    if not _is_period(stamp.period):
        findings.append(no_period(where, stamp.period, basis))
        return replace(identity, period=None), findings
    if not stamp.period.startswith(str(book.year)):
        findings.append(of_other_year(where, stamp.period, title_of(stamp.period), book, basis))
    if packet is not None:
        findings += _of_other_packet(packet, found, unit, where, book)
        findings += _of_older_version(stamp, found, where, book)
    if cover is not None and unit is not None:
        page = CoverPage(came.path, unit, cover, basis)
        identity, faults = against_cover(identity, unit, page, book)
        findings += faults
    if unit is not None and not is_about_others(packet, book):
        other = against(unit, clues(came.path, came.sender, book, known=unit), book)
        # Who forwards a file or renames it does not make it his: the stamp stands firm.
        findings += contradicted(unit, _STAMP, other, where, basis, softly=True)
    return identity, findings


def is_altered(stamp: Stamp, key: str) -> bool:
    """Tell whether a stamp is not as it was issued; without the office's key nothing can be told.

    Since the office has a key it seals whatever it gives a number.
    """
    if not key:
        return False
    return not stamp.genuine(key) if stamp.seal else bool(stamp.issue)


def _of_other_packet(
    packet: Packet, found: Extract, unit: Unit | None, where: Where, book: Directory
) -> Iterator[Finding]:
    """Tell a workbook whose sheets are all those of another packet."""
    forms = forms_in(found)
    if forms and not forms & {*packet.sheets, packet.one_sheet}:
        other = fitting(forms, unit, book)
        if other is not None:
            yield finding(
                "I117", where, got=other.id, stamp=packet.id, basis=basis_of(book, packet)
            )


def _of_older_version(
    stamp: Stamp, found: Extract, where: Where, book: Directory
) -> Iterator[Finding]:
    """Tell what was moved to read a workbook of an older template as one of today's."""
    if not stamp.version or stamp.version in book.versions[stamp.packet]:
        return
    moved = "；".join(_moved(found.remarks))
    if moved:
        yield finding("I115", where, got=moved, basis=book.regime.cite(""))


_MOVED = (
    ("S108", "“{got}”改称“{form}”"),
    ("S103", "“{got}”读作“{field}”"),
    ("S104", "列的位置不同"),
    ("S107", "没有“{field}”"),
    ("S102", "没有必填的“{field}”"),
    ("S105", "多出“{got}”"),
)


def _moved(remarks: Iterable[Remark]) -> Iterator[str]:
    """Yield for each form how its sheet differs from today's."""
    said: dict[str, list[str]] = {}
    words = dict(_MOVED)
    order = [code for code, _ in _MOVED]
    told = (r for r in remarks if r.form and r.code in words)
    for remark in sorted(told, key=lambda r: order.index(r.code)):
        text = words[remark.code].format(got=remark.got, form=remark.form, field=remark.field)
        said.setdefault(remark.form, []).append(text)
    for form, texts in said.items():
        yield f"{form}：{'、'.join(dict.fromkeys(texts))}"


def _is_period(period: str) -> bool:
    try:
        period_span(period)
    except PeriodError:
        return False
    return True
