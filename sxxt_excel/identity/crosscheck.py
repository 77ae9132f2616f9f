"""A stamp held against the cover: it stands, but who contradicts himself is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.identity.coverpage import year_said
from sxxt_excel.identity.findings import title_of
from sxxt_excel.names import unit_in, unit_named
from sxxt_excel.periods import PeriodError, period_said
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from sxxt_excel.identity.coverpage import CoverPage
    from sxxt_excel.identity.model import Identity
    from sxxt_excel.names import Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit


def against_cover(
    identity: Identity, unit: Unit, page: CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Return the identity as the cover leaves it, and what is to be told of the two."""
    identity, of_name = _against_name(identity, unit, page, book)
    identity, of_code = _against_code(identity, unit, page, book)
    of_year = _against_year(identity, page)
    identity, of_period = _against_period(identity, unit, page, book)
    return identity, [*of_name, *of_code, *of_year, *of_period]


def _against_name(
    identity: Identity, unit: Unit, page: CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    said = page.word("填报单位")
    # A name that it shares with another unit contradicts nothing.
    its_own = fold(said) in {fold(name) for name in (unit.name, *unit.names)}
    named = unit if its_own else unit_named(said, book) or unit_in(said, book)
    if said and named != unit:
        told = page.tell("I102", "填报单位", unit.name)
        return replace(identity, doubtful=True, claimed=named), [told]
    if said and said != unit.name:
        return identity, [page.tell("I108", "填报单位")]
    return identity, []


def _against_code(
    identity: Identity, unit: Unit, page: CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Only the code of another unit is a contradiction."""
    said = page.word("单位代码")
    if not said or fold(said) == fold(unit.code):
        return identity, []
    other = next((u for u in book.roster.units if fold(u.code) == fold(said)), None)
    if other is None:
        return identity, [page.tell("V159", "单位代码", unit.code)]
    told = page.tell("I102", "单位代码", unit.code)
    return replace(identity, doubtful=True, claimed=identity.claimed or other), [told]


def _against_year(identity: Identity, page: CoverPage) -> list[Finding]:
    period = identity.period or ""
    year = year_said(page.word("年度"))
    if year is None or year == int(period[:4]):
        return []
    return [page.tell("I103", "年度", title_of(period))]


def _against_period(
    identity: Identity, unit: Unit, page: CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Another period stands where what the unit owes for the one on the stamp takes it too."""
    period = identity.period or ""
    word = page.word("报告期")
    try:
        read = period_said(word, int(period[:4])) if word else period
    except PeriodError:
        return identity, []  # V104 of the cell tells
    if read == period:
        return identity, []
    packet = identity.packet.id if identity.packet else None
    mine = (
        o for o in book.owed if (o.unit, o.obligation.packet, o.period) == (unit, packet, period)
    )
    if any(read in o.accepts for o in mine):
        return replace(identity, period=read), [page.tell("I110", "报告期", title_of(period))]
    return identity, [page.tell("I103", "报告期", title_of(period))]
