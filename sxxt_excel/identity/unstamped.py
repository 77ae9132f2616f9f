"""The identity of a workbook without a stamp: the weightiest evidence that names a unit."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.identity.coverpage import CoverPage, word_in, year_said
from sxxt_excel.identity.findings import (
    basis_of,
    contradicted,
    no_period,
    of_other_year,
    where_of,
)
from sxxt_excel.identity.model import NOBODYS, Identity
from sxxt_excel.identity.packets import forms_in, is_about_others, packet_of
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.names import TITLE, against, clues, settled, unit_in, unit_named
from sxxt_excel.periods import PeriodError, period_id, period_said, period_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.identity.model import Came
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.names import Clue, Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import Extract, RawTable

_YEAR = re.compile(r"(20\d\d)")
_HALVES = (("上半年", "上半年"), ("下半年", "下半年"), ("年中", "上半年"))
_COVER_UNIT, _COVER_CODE = "封面填报单位", "封面单位代码"


def unstamped(
    came: Came, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Return what cover, path, sender and sheets say of a workbook, and what is told of it."""
    forms = forms_in(found)
    if not forms and cover is None:
        return NOBODYS, []
    hints = tuple(clues(came.path, came.sender, book))
    unit, evidence = _who(found, cover, hints, book)
    packet = packet_of(found, forms, unit, book)
    if packet is None:
        return NOBODYS, []
    period, why = _period(came.path, found, cover, packet, book)
    evidence = tuple(dict.fromkeys(e for e in (*evidence, "表头", why) if e))
    basis = basis_of(book, packet)
    page = CoverPage(came.path, unit, cover, basis)
    findings = list(_told_of_unit(page))
    other: tuple[Clue, ...] = ()
    if unit is not None:
        title = f"{unit.name}{period_title(period)}{packet.id}" if period else unit.name
        where = where_of(came.path, unit)
        words = "、".join(evidence)
        findings.insert(0, finding("I101", where, got=title, evidence=words, basis=basis))
        other = () if is_about_others(packet, book) else against(unit, hints, book)
        findings += contradicted(unit, evidence[0], other, where, basis)
    findings += _told_of_period(page, period, book)
    identity = Identity(
        unit, packet, period, (), "、".join(evidence), stamped=False, doubtful=bool(other)
    )
    return identity, findings


def _who(
    found: Extract, cover: RawTable | None, hints: tuple[Clue, ...], book: Directory
) -> tuple[Unit | None, tuple[str, ...]]:
    """Return the unit and the evidence that decided: the cover, hints, the sheets' titles."""
    if cover is not None:
        said, code = word_in(cover, "填报单位"), word_in(cover, "单位代码")
        unit = (unit_named(said, book) or unit_in(said, book)) if said else None
        if unit is not None:
            return unit, (_COVER_UNIT,)
        unit = unit_named(code, book) if code and not said else None
        if unit is not None:
            return unit, (_COVER_CODE,)
    unit = settled(hints, book)
    if unit is not None:
        return unit, tuple(hint.kind for hint in hints if hint.units == (unit,))
    unit = unit_in(found.heading, book)
    return unit, (TITLE,) if unit is not None else ()


def _told_of_unit(page: CoverPage) -> Iterator[Finding]:
    """Tell that nobody is named, or that a unit's short or former name is."""
    said = page.word("填报单位")
    if page.unit is None:
        yield page.tell("I104", "填报单位")
    elif said and said != page.unit.name:
        yield page.tell("I108", "填报单位")


def _told_of_period(page: CoverPage, period: str | None, book: Directory) -> Iterator[Finding]:
    """Tell that a workbook is of no period, or of another year."""
    if period is None:
        yield no_period(page.where("报告期"), "", page.basis)
    elif not period.startswith(str(book.year)):
        yield of_other_year(page.where("年度"), period, period[:4], book, page.basis)


def _period(
    path: str, found: Extract, cover: RawTable | None, packet: Packet, book: Directory
) -> tuple[str | None, str]:
    texts = (*reversed(path.split(INSIDE)), found.heading)
    said = year_said(word_in(cover, "年度")) if cover is not None else None
    year = said if said is not None else book.year
    if cover is not None:
        with suppress(PeriodError):
            return period_said(word_in(cover, "报告期"), year), ""
    periods = {o.period for o in book.regime.obligations if o.packet == packet.id}
    half = next(
        (word for text in texts for mark, word in _HALVES if mark in text and word in periods), ""
    )
    with suppress(PeriodError):  # a year that is none
        if half:
            return period_id(half, _year_in(texts, year)), "文件名或表题中的报告期"
        if len(periods) == 1:
            return period_id(next(iter(periods)), _year_in(texts, year)), "本套表只有一个报告期"
    return None, ""


def _year_in(texts: Iterable[str], year: int) -> int:
    """Return the year that the first text names which names just one."""
    for text in texts:
        found = {int(y) for y in _YEAR.findall(text)}
        if len(found) == 1:
            return found.pop()
    return year
