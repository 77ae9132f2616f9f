"""Extract → which unit, packet and period it is, and on what evidence.

Stamp before cover before folder and file name; what contradicts is a finding that
names both, what rests on less than the stamp is told (I101).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.dates import PeriodError, period_id, period_said, period_title
from sxxt_excel.extract import Fault
from sxxt_excel.model import Finding, Packet, Regime, Roster, Unit, Where
from sxxt_excel.regime import COVER
from sxxt_excel.relations import level_of
from sxxt_excel.text import clean, fold, parse_number, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.expected import Owed
    from sxxt_excel.extract import Extract, RawTable

_YEAR = re.compile(r"(20\d\d)")
_HALVES = (("上半年", "上半年"), ("下半年", "下半年"), ("年中", "上半年"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who filed what; None where it can't be told. `evidence` is said in words.

    `doubtful`: the cover names another unit than the stamp.
    """

    unit: Unit | None
    packet: Packet | None
    period: str | None
    filers: tuple[str, ...]
    evidence: str
    stamped: bool
    foreign: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by which units are known, longest first, and what is owed.

    `exact` has their codes too; a name goes before another unit's code.
    """

    regime: Regime
    roster: Roster
    year: int
    owed: tuple[Owed, ...]
    key: str
    names: tuple[tuple[str, Unit], ...]
    exact: Mapping[str, Unit]


def directory(
    regime: Regime, roster: Roster, year: int, owed: tuple[Owed, ...], key: str
) -> Directory:
    """Prepare the lookup of units; a name that two units share identifies neither."""
    known: dict[str, Unit | None] = {}
    for unit in roster.units:
        for name in {fold(n) for n in (unit.name, *unit.names) if n}:
            known[name] = None if name in known else unit
    names = sorted(
        ((n, u) for n, u in known.items() if u is not None),
        key=lambda item: (-len(item[0]), item[0]),
    )
    codes = {fold(unit.code): unit for unit in reversed(roster.units)}
    return Directory(regime, roster, year, owed, key, tuple(names), codes | dict(names))


def unit_named(words: str, book: Directory) -> Unit | None:
    """Return the unit of exactly that name, short name or code."""
    return book.exact.get(fold(words))


def unit_in(words: str, book: Directory) -> Unit | None:
    """Return the unit whose longest name stands in a text; None where two are as long."""
    said = fold(words)
    hits = [(n, u) for n, u in book.names if n in said]
    if not hits:
        return None
    longest = [u for n, u in hits if len(n) == len(hits[0][0])]
    return longest[0] if len({u.code for u in longest}) == 1 else None


def unit_of_path(path: str, book: Directory) -> Unit | None:
    """Return the unit that the file's name, else its folders from the inside out, names."""
    return next((u for part in reversed(path.split("/")) if (u := unit_in(part, book))), None)


def identify(path: str, found: Extract, book: Directory) -> tuple[Identity, list[Finding]]:
    """Return the identity of a workbook and what is wrong or uncertain about it."""
    cover = next((t for t in found.tables if t.form == COVER), None)
    if found.stamp is not None and found.stamp.unit_code:
        return _stamped(path, found, cover, book)
    return _unstamped(path, found, cover, book)


# ---- with a stamp -----------------------------------------------------------------


def _stamped(
    path: str, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    stamp = found.stamp
    assert stamp is not None  # noqa: S101 - the caller looked
    here = Where(path=path)
    if stamp.regime != book.regime.id:
        wrong = finding("I107", here, got=stamp.regime, basis=_basis(book, None))
        return Identity(None, None, None, (), "下发标识", stamped=True), [wrong]
    unit = book.roster.unit(stamp.unit_code)
    packet = next((p for p in book.regime.packets if p.id == stamp.packet), None)
    where = _where(path, unit)
    findings: list[Finding] = []
    if unit is None:
        got = stamp.unit or stamp.unit_code
        findings.append(finding("I104", where, got=got, basis=_basis(book, packet)))
    if not stamp.period.startswith(str(book.year)):
        findings.append(
            finding(
                "I103", where, got=_title(stamp.period), basis=_basis(book, packet),
                message="这是{was}的表，本次收的是{expected}的", expected=f"{book.year}年",
                was=_title(stamp.period),
            )
        )  # fmt: skip
    if stamp.seal and book.key and not stamp.genuine(book.key):
        findings.append(finding("I111", where, got=stamp.issue, basis=_basis(book, packet)))
    identity = Identity(unit, packet, stamp.period, stamp.filers, "下发标识", stamped=True)
    if cover is not None and unit is not None:
        page = _CoverPage(path, unit, cover, _basis(book, packet))
        identity, faults = _against_cover(identity, page, book)
        findings += faults
    return identity, findings


@dataclass(frozen=True, slots=True)
class _CoverPage:
    """The cover of a stamped workbook: what it says, and where."""

    path: str
    unit: Unit
    cover: RawTable
    basis: str

    def word(self, field: str) -> str:
        """Return what a field says, "" where it is blank."""
        return _word(self.cover, field)

    def tell(self, code: str, field: str, value: str = "") -> Finding:
        """Return a finding about a field; `value` is what it is held against."""
        where = _cover_where(self.path, self.unit, self.cover, field)
        return finding(
            code, where, got=self.word(field), basis=self.basis,
            stamp=value, expected=value, value=value,
        )  # fmt: skip


def _against_cover(
    identity: Identity, page: _CoverPage, book: Directory
) -> tuple[Identity, list[Finding]]:
    """Hold the stamp against the cover: it stands, but who contradicts himself is asked."""
    findings: list[Finding] = []
    period = identity.period or ""
    expected = _title(period)
    said = page.word("填报单位")
    named = (unit_named(said, book) or unit_in(said, book)) if said else None
    if said and named != page.unit:
        findings.append(page.tell("I102", "填报单位", page.unit.name))
        identity = replace(identity, doubtful=True)
    elif said and said != page.unit.name:
        findings.append(page.tell("I108", "填报单位"))
    year = parse_number(page.word("年度").removesuffix("度").removesuffix("年"))
    if year is not None and int(year.value) != int(period[:4]):
        findings.append(page.tell("I103", "年度", expected))
    try:
        word = page.word("报告期")
        read = period_said(word, int(period[:4])) if word else period
    except PeriodError:
        read = period  # V104 of the cell tells
    if read != period:
        stands = any(
            o.unit == page.unit and o.period == period and read in o.accepts for o in book.owed
        )
        if stands:
            findings.append(page.tell("I110", "报告期", expected))
            return replace(identity, period=read), findings
        findings.append(page.tell("I103", "报告期", expected))
    return identity, findings


# ---- without ----------------------------------------------------------------------


def _unstamped(
    path: str, found: Extract, cover: RawTable | None, book: Directory
) -> tuple[Identity, list[Finding]]:
    forms = {t.form for t in found.tables if t.form != COVER}
    if not forms and cover is None:
        return Identity(None, None, None, (), "", stamped=False, foreign=True), []
    said = _word(cover, "填报单位") if cover is not None else ""
    evidence: list[str] = []
    unit = unit_named(said, book) or unit_in(said, book) if said else None
    if unit is not None:
        evidence.append("封面填报单位")
    else:
        unit = unit_of_path(path, book) or unit_in(found.heading, book)
        if unit is not None:
            evidence.append("文件名" if unit_of_path(path, book) else "表题")
    packet = _packet(found, forms, unit, book)
    if packet is None:
        return Identity(None, None, None, (), "", stamped=False, foreign=True), []
    evidence.append("表头")
    period, why = _period(path, found, cover, packet, book)
    evidence.append(why)
    where = _where(path, unit)
    findings = []
    basis = _basis(book, packet)
    if unit is None:
        at = where if cover is None else _cover_where(path, None, cover, "填报单位")
        findings.append(finding("I104", at, got=said, basis=basis))
    else:
        title = f"{unit.name}{period_title(period)}{packet.id}" if period else unit.name
        words = "、".join(dict.fromkeys(e for e in evidence if e))
        findings.append(finding("I101", where, got=title, evidence=words, basis=basis))
        if said and clean(said) != unit.name and cover is not None:
            at = _cover_where(path, unit, cover, "填报单位")
            findings.append(finding("I108", at, got=said, basis=basis))
    if period is None:
        at = where if cover is None else _cover_where(path, unit, cover, "报告期")
        findings.append(
            finding(
                "I103", at, basis=basis, got="",
                message="看不出是哪一个报告期的", remedy="请在封面“报告期”写明后重报",
            )
        )  # fmt: skip
    elif not period.startswith(str(book.year)):
        at = where if cover is None else _cover_where(path, unit, cover, "年度")
        findings.append(
            finding(
                "I103", at, got=period[:4], basis=basis, expected=f"{book.year}年",
                message="这是{was}的表，本次收的是{expected}的", was=_title(period),
            )
        )  # fmt: skip
    words = "、".join(dict.fromkeys(e for e in evidence if e))
    return Identity(unit, packet, period, (), words, stamped=False), findings


def _packet(found: Extract, forms: set[str], unit: Unit | None, book: Directory) -> Packet | None:
    """Return the packet whose sheets fit best, the unit's own level first."""
    if found.stamp is not None:  # a blank official template: packet known, unit not
        return next((p for p in book.regime.packets if p.id == found.stamp.packet), None)
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
    year = book.year
    if cover is not None:
        said = parse_number(_word(cover, "年度").removesuffix("度").removesuffix("年"))
        if said is not None:
            year = int(said.value)
        try:
            return period_said(_word(cover, "报告期"), year), ""
        except PeriodError:
            pass
    periods = {o.period for o in book.regime.obligations if o.packet == packet.id}
    text = f"{path} {found.heading}"
    for mark, word in _HALVES:
        if mark in text and word in periods:
            return period_id(word, _year_in(text, year)), "文件名或表题中的报告期"
    if len(periods) == 1:
        return period_id(next(iter(periods)), _year_in(text, year)), "本套表只有一个报告期"
    return None, ""


def _year_in(text: str, year: int) -> int:
    found = {int(y) for y in _YEAR.findall(text)}
    return found.pop() if len(found) == 1 else year


# ---- small helpers ----------------------------------------------------------------


def _word(cover: RawTable, field: str) -> str:
    value = cover.columns.get(field, [None])[0]
    return "" if isinstance(value, Fault) else clean(to_text(value))


def _title(period: str) -> str:
    try:
        return period_title(period)
    except PeriodError:
        return period


def _where(path: str, unit: Unit | None) -> Where:
    return Where(path=path, unit=unit.name if unit else None, unit_code=unit.code if unit else None)


def _cover_where(path: str, unit: Unit | None, cover: RawTable, field: str) -> Where:
    return Where(
        path=path,
        sheet=cover.sheet,
        cell=(cover.cells or {}).get(field),
        unit=unit.name if unit else None,
        unit_code=unit.code if unit else None,
        form=COVER,
        field=field,
    )


def _basis(book: Directory, packet: Packet | None) -> str:
    return book.regime.cite(packet.basis) if packet is not None else book.regime.cite("")
