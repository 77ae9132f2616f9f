"""Extract → which unit, packet and period it is, and on what evidence.

Stamp before cover before the sender's address, folder, file name and headings. Whatever
contradicts is a finding that names both; what rests on less than the stamp is told (I101).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.names import TITLE, Clue, Directory, against, clues, settled, unit_in, unit_named
from sxxt_excel.outcome import Finding, Where
from sxxt_excel.periods import PeriodError, period_id, period_said, period_span, period_title
from sxxt_excel.raw import Fault
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.relations import level_of
from sxxt_excel.text import as_code, clean, fold, to_text
from sxxt_excel.wording.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.model import Packet
    from sxxt_excel.people import Unit
    from sxxt_excel.raw import Extract, RawTable, Remark
    from sxxt_excel.stamp import Stamp

_YEAR = re.compile(r"(20\d\d)")
_HALVES = (("上半年", "上半年"), ("下半年", "下半年"), ("年中", "上半年"))
_STAMP, _COVER_UNIT, _COVER_CODE = "下发标识", "封面填报单位", "封面单位代码"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who filed what; None where it can't be told. `evidence` is said in words.

    `doubtful`: something of weight names another unit, a cover another than the stamp or a
    sender another than the cover. `claimed` is the unit that the cover names then.
    """

    unit: Unit | None
    packet: Packet | None
    period: str | None
    filers: tuple[str, ...]
    evidence: str
    stamped: bool
    foreign: bool = False
    doubtful: bool = False
    claimed: Unit | None = None


NOBODYS = Identity(None, None, None, (), "", stamped=False, foreign=True)
"""What is none of ours."""


@dataclass(frozen=True, slots=True)
class Came:
    """How a workbook came: its path, who sent it, and whether its seal is another office's."""

    path: str
    sender: str = ""
    relayed: bool = False


def identify(came: Came, found: Extract, book: Directory) -> tuple[Identity, list[Finding]]:
    """Return the identity of a workbook and what is wrong or uncertain about it."""
    cover = next((t for t in found.tables if t.form == COVER), None)
    if found.stamp is not None and found.stamp.unit_code:
        return _stamped(came, found.stamp, found, cover, book)
    return _unstamped(came, found, cover, book)


# ---- with a stamp -----------------------------------------------------------------


def _stamped(
    came: Came, stamp: Stamp, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    here = Where(path=came.path)
    if stamp.regime != book.regime.id:
        wrong = finding("I107", here, got=stamp.regime, basis=_basis(book, None))
        return Identity(None, None, None, (), _STAMP, stamped=True), [wrong]
    unit = book.roster.unit(as_code(stamp.unit_code))
    packet = _stamped_packet(stamp, book)
    where, basis = where_of(came.path, unit), _basis(book, packet)
    findings: list[Finding] = []
    if unit is None:
        findings.append(finding("I104", where, got=stamp.unit or stamp.unit_code, basis=basis))
    if packet is None:
        findings.append(finding("I116", where, got=stamp.packet, basis=basis))
    if is_altered(stamp, book.key) and not came.relayed:
        findings.append(finding("I111", where, got=stamp.issue, basis=basis))
    identity = Identity(unit, packet, stamp.period, stamp.filers, _STAMP, stamped=True)
    if not _is_period(stamp.period):
        findings.append(_no_period(where, stamp.period, basis))
        return replace(identity, period=None), findings
    if not stamp.period.startswith(str(book.year)):
        findings.append(_of_other_year(where, stamp.period, _title(stamp.period), book, basis))
    if packet is not None:
        findings += _of_other_packet(packet, found, unit, where, book)
        findings += _of_older_version(stamp, found, where, book)
    if cover is not None and unit is not None:
        page = _CoverPage(came.path, unit, cover, basis)
        identity, faults = _against_cover(identity, unit, page, book)
        findings += faults
    if unit is not None and not _is_about_others(packet, book):
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
    forms = _forms(found)
    if forms and not forms & {*packet.sheets, packet.one_sheet}:
        other = _fitting(forms, unit, book)
        if other is not None:
            yield finding("I117", where, got=other.id, stamp=packet.id, basis=_basis(book, packet))


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


def _is_about_others(packet: Packet | None, book: Directory) -> bool:
    """Tell whether a packet is about other units: then their names in a path mean nothing."""
    return packet is not None and any(
        o.about for o in book.regime.obligations if o.packet == packet.id
    )


@dataclass(frozen=True, slots=True)
class _CoverPage:
    """The cover of a workbook, if it has one: what it says, and where."""

    path: str
    unit: Unit | None
    cover: RawTable | None
    basis: str

    def word(self, field: str) -> str:
        """Return what a field says, "" where it is blank."""
        return _word(self.cover, field) if self.cover is not None else ""

    def where(self, field: str) -> Where:
        """Return where a field stands; the workbook as a whole where it has no cover."""
        here = where_of(self.path, self.unit)
        if self.cover is None:
            return here
        cell = (self.cover.cells or {}).get(field)
        return replace(here, sheet=self.cover.sheet, cell=cell, form=COVER, field=field)

    def tell(self, code: str, field: str, value: str = "") -> Finding:
        """Return a finding about a field; `value` is what it is held against."""
        return finding(
            code, self.where(field), got=self.word(field), basis=self.basis,
            stamp=value, expected=value, value=value,
        )  # fmt: skip


def _against_cover(
    identity: Identity, unit: Unit, page: _CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Hold the stamp against the cover: it stands, but who contradicts himself is asked."""
    findings: list[Finding] = []
    period = identity.period or ""
    expected = _title(period)
    said = page.word("填报单位")
    # A name that it shares with another unit contradicts nothing.
    its_own = fold(said) in {fold(name) for name in (unit.name, *unit.names)}
    named = unit if its_own else unit_named(said, book) or unit_in(said, book)
    if said and named != unit:
        findings.append(page.tell("I102", "填报单位", unit.name))
        identity = replace(identity, doubtful=True, claimed=named)
    elif said and said != unit.name:
        findings.append(page.tell("I108", "填报单位"))
    identity, told = _against_code(identity, unit, page, book)
    findings += told
    year = _number(page.word("年度"))
    if year is not None and year != int(period[:4]):
        findings.append(page.tell("I103", "年度", expected))
    try:
        word = page.word("报告期")
        read = period_said(word, int(period[:4])) if word else period
    except PeriodError:
        read = period  # V104 of the cell tells
    if read != period:
        packet = identity.packet.id if identity.packet else None
        mine = (
            o
            for o in book.owed
            if (o.unit, o.obligation.packet, o.period) == (unit, packet, period)
        )
        stands = any(read in o.accepts for o in mine)
        if stands:
            findings.append(page.tell("I110", "报告期", expected))
            return replace(identity, period=read), findings
        findings.append(page.tell("I103", "报告期", expected))
    return identity, findings


def _against_code(
    identity: Identity, unit: Unit, page: _CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Hold the cover's 单位代码 against the stamp: another unit's is a contradiction."""
    said = page.word("单位代码")
    if not said or fold(said) == fold(unit.code):
        return identity, []
    other = next((u for u in book.roster.units if fold(u.code) == fold(said)), None)
    if other is None:
        return identity, [page.tell("V159", "单位代码", unit.code)]
    told = page.tell("I102", "单位代码", unit.code)
    return replace(identity, doubtful=True, claimed=identity.claimed or other), [told]


# ---- without ----------------------------------------------------------------------


def _unstamped(
    came: Came, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    forms = _forms(found)
    if not forms and cover is None:
        return NOBODYS, []
    hints = tuple(clues(came.path, came.sender, book))
    unit, evidence = _who(found, cover, hints, book)
    packet = _packet(found, forms, unit, book)
    if packet is None:
        return NOBODYS, []
    period, why = _period(came.path, found, cover, packet, book)
    evidence = tuple(dict.fromkeys(e for e in (*evidence, "表头", why) if e))
    basis = _basis(book, packet)
    page = _CoverPage(came.path, unit, cover, basis)
    findings = list(_told_of_unit(page))
    other: tuple[Clue, ...] = ()
    if unit is not None:
        title = f"{unit.name}{period_title(period)}{packet.id}" if period else unit.name
        where = where_of(came.path, unit)
        words = "、".join(evidence)
        findings.insert(0, finding("I101", where, got=title, evidence=words, basis=basis))
        other = () if _is_about_others(packet, book) else against(unit, hints, book)
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
        said, code = _word(cover, "填报单位"), _word(cover, "单位代码")
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


def _told_of_unit(page: _CoverPage) -> Iterator[Finding]:
    """Tell that nobody is named, or that a unit's short or former name is."""
    said = page.word("填报单位")
    if page.unit is None:
        yield page.tell("I104", "填报单位")
    elif said and said != page.unit.name:
        yield page.tell("I108", "填报单位")


def _told_of_period(page: _CoverPage, period: str | None, book: Directory) -> Iterator[Finding]:
    """Tell that a workbook is of no period, or of another year."""
    if period is None:
        yield _no_period(page.where("报告期"), "", page.basis)
    elif not period.startswith(str(book.year)):
        yield _of_other_year(page.where("年度"), period, period[:4], book, page.basis)


def _forms(found: Extract) -> set[str]:
    return {t.form for t in found.tables} - {COVER, EXPLANATIONS}


def _stamped_packet(stamp: Stamp, book: Directory) -> Packet | None:
    return next((p for p in book.regime.packets if p.id == stamp.packet), None)


def _packet(found: Extract, forms: set[str], unit: Unit | None, book: Directory) -> Packet | None:
    """Return the packet that a blank official template says it is, else the one that fits."""
    if found.stamp is not None:
        return _stamped_packet(found.stamp, book)
    return _fitting(forms, unit, book)


def _fitting(forms: set[str], unit: Unit | None, book: Directory) -> Packet | None:
    """Return the packet whose sheets fit best, the unit's own level first."""
    owes = {o.obligation.packet for o in book.owed if unit is not None and o.unit.code == unit.code}
    level = level_of(book.regime, unit) if unit is not None else None
    scored = [
        (len(forms & sheets) / len(forms | sheets), p.id in owes, -n, p)
        for n, p in enumerate(book.regime.packets)
        for sheets in ({*p.sheets}, {*filter(None, (p.one_sheet,))})
        if forms & sheets
    ]
    if not scored:
        return None
    best = max(scored, key=lambda item: item[:3])
    return best[3] if level is not None or best[0] > 0 else None


def _period(
    path: str, found: Extract, cover: RawTable | None, packet: Packet, book: Directory
) -> tuple[str | None, str]:
    texts = (*reversed(path.split(INSIDE)), found.heading)
    said = _number(_word(cover, "年度")) if cover is not None else None
    year = said if said is not None else book.year
    if cover is not None:
        with suppress(PeriodError):
            return period_said(_word(cover, "报告期"), year), ""
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


# ---- small helpers ----------------------------------------------------------------


def contradicted(  # noqa: PLR0913 - what two pieces of evidence say, and where
    unit: Unit,
    evidence: str,
    other: tuple[Clue, ...],
    where: Where,
    basis: str,
    *,
    softly: bool = False,
) -> Iterator[Finding]:
    """Tell that weaker evidence names other units than the one that was settled on."""
    if other:
        told = (f"{hint.kind}是{'或'.join(u.name for u in hint.units)}的" for hint in other)
        said = "、".join(dict.fromkeys(told))
        yield finding(
            "I114", where, got=said, evidence=evidence, unit=unit.name, basis=basis,
            severity="note" if softly else None,
        )  # fmt: skip


def _no_period(where: Where, said: str, basis: str) -> Finding:
    return finding(
        "I103", where, got=said, basis=basis,
        message="看不出是哪一个报告期的", remedy="请在封面“报告期”写明后重报",
    )  # fmt: skip


def _of_other_year(where: Where, period: str, got: str, book: Directory, basis: str) -> Finding:
    return finding(
        "I103", where, got=got, basis=basis, expected=f"{book.year}年",
        message="这是{was}的表，本次收的是{expected}的", was=_title(period),
    )  # fmt: skip


def _number(words: str) -> int | None:
    """Return the year that is written 2025年度, 2025年 or 2025."""
    said = parse_number(words.removesuffix("度").removesuffix("年"))
    return int(said.value) if said is not None else None


def _is_period(period: str) -> bool:
    try:
        period_span(period)
    except PeriodError:
        return False
    return True


def _word(cover: RawTable, field: str) -> str:
    value = cover.columns.get(field, [None])[0]
    return "" if isinstance(value, Fault) else clean(to_text(value))


def _title(period: str) -> str:
    try:
        return period_title(period)
    except PeriodError:
        return period


def where_of(path: str, unit: Unit | None) -> Where:
    """Return the address of a file, and whose it is if that is known."""
    return Where(path=path, unit=unit.name if unit else None, unit_code=unit.code if unit else None)


def _basis(book: Directory, packet: Packet | None) -> str:
    return book.regime.cite(packet.basis if packet is not None else "")
