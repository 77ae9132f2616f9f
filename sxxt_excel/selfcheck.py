"""check: the same rules for single files, inside a workspace or outside of any."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.duties import Owed
from sxxt_excel.expected import owed
from sxxt_excel.intake.folder import single_parcels
from sxxt_excel.look import look_at, prepare
from sxxt_excel.outcome import Unchecked
from sxxt_excel.package import Limits
from sxxt_excel.people import Filer, Roster, Unit
from sxxt_excel.periods import PeriodError, period_span, period_word
from sxxt_excel.reading import Reading
from sxxt_excel.regime import load_regime, regime_ids, slots_asked
from sxxt_excel.roster import read_roster
from sxxt_excel.round import Job, run
from sxxt_excel.settings import Settings
from sxxt_excel.sorting import UNSEALED
from sxxt_excel.text import as_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.model.obligations import Obligation
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.result import Round
    from sxxt_excel.stamp import Stamp
    from sxxt_excel.workspace import Workspace

_CLOCK_CODES = frozenset({"T102", "T103"})
_ALONE = Unchecked(
    "报送时限、上级清单、签字背书和下发标识", "", "单独自查，没有单位名册和党委办公室的密钥"
)


def check_files(
    files: tuple[Path, ...], space: Workspace | None, today: date, *, jobs: int = 0
) -> Round:
    """Check single workbooks as `collect` would, without deadlines and the rest of the round.

    Outside a workspace the stamp tells regime, unit and filers; what needs the roster or
    other files is named as unchecked (ruling 11).
    """
    parcels = single_parcels(files)
    job = job_for(space, parcels, today)
    inside = space.root if space is not None else None  # a container needs room to be opened in
    with Reading(job.regime, job.settings, parcels, jobs=jobs, folder=inside) as reading:
        seen = reading.seen()
    result = run(job, seen)
    mine = {p.path for p in seen.parcels}
    findings = tuple(
        f for f in result.findings if f.where.path in mine and f.code not in _CLOCK_CODES
    )
    there = {f.path for f in result.files if f.path in mine}
    expected = tuple(
        replace(e, status="not_due") if e.status == "missing" else e
        for e in result.expected
        if e.path in there
    )
    units = {row.unit for row in result.files}
    elsewhere = _slots_of_others(job.regime, {row.packet for row in result.files if row.packet})
    unchecked = tuple(
        u
        for u in result.unchecked
        if not u.awaited and (not u.unit or u.unit in units) and u.rule not in elsewhere
    )
    if space is None:
        roster_bound = {UNSEALED, *(s.law.id for s in job.regime.signoffs)}
        unchecked = (*(u for u in unchecked if u.rule not in roster_bound), _ALONE)
    return replace(result, findings=findings, expected=expected, unchecked=unchecked)


def _slots_of_others(regime: Regime, packets: Iterable[str]) -> frozenset[str]:
    """Return the lines of the catalogue that nobody who owes these packets is asked for."""
    parts = regime.slots, regime.filers, regime.obligations
    asked = {slot.need.law.id for packet in packets for slot in slots_asked(packet, *parts)}
    return frozenset(slot.need.law.id for slot in regime.slots) - asked


def job_for(space: Workspace | None, parcels: tuple[Parcel, ...], today: date) -> Job:
    """Return what a pass over single files is about, in a workspace or by their stamps."""
    return _inside(space, parcels, today) if space is not None else _outside(parcels, today)


def _inside(space: Workspace, parcels: tuple[Parcel, ...], today: date) -> Job:
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    return Job(regime, space.settings, roster, items, space.root, parcels, (), today)


def _outside(parcels: tuple[Parcel, ...], today: date) -> Job:
    """Make up roster and duties from the stamps of the files themselves."""
    regimes = {i: load_regime(i) for i in regime_ids()}
    stamps = _stamps(parcels, next(iter(regimes.values())))
    regime = regimes[next((s.regime for s in stamps if s.regime in regimes), next(iter(regimes)))]
    year = next((int(s.period[:4]) for s in stamps if s.period[:4].isdecimal()), today.year)
    codes = {as_code(s.unit_code): s.unit for s in stamps if s.unit_code}
    units = {code: Unit(code, name, "") for code, name in codes.items()}
    items = tuple(o for s in stamps if (o := _owed(regime, s, units)) is not None)
    settings = Settings(regime=regime.id, year=year)
    roster = Roster(tuple(units.values()), ())
    folder = Path(parcels[0].place).parent
    return Job(regime, settings, roster, items, folder, parcels, (), today)


def _stamps(parcels: tuple[Parcel, ...], regime: Regime) -> list[Stamp]:
    """Return the stamps of files; they are found whichever regime's forms are looked for."""
    prepare(tuple(f for p in regime.packets for f in regime.sheets(p.id)), Limits())
    found = (look_at(parcel).extract for parcel in parcels)
    return [said.stamp for said in found if said is not None and said.stamp is not None]


def _owed(regime: Regime, stamp: Stamp, units: dict[str, Unit]) -> Owed | None:
    obligation = next(
        (o for o in regime.obligations if o.packet == stamp.packet and _covers(o, stamp.period)),
        None,
    )
    unit = units.get(as_code(stamp.unit_code))
    if obligation is None or unit is None:
        return None
    group = regime.filers_of(obligation.filers)
    bodies = [r for r in group.roles if regime.role(r).body]
    filers = tuple(Filer(label, label if label in bodies else "") for label in stamp.filers)
    last = period_span(stamp.period)[1]
    return Owed(obligation, obligation.duty, unit, stamp.period, (), None, last, filers)


def _covers(obligation: Obligation, period: str) -> bool:
    with suppress(PeriodError):  # a stamp that somebody has written over
        return period_word(period) in {obligation.period, *obligation.accepts}
    return False
