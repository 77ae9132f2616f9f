"""What the roster lacks or has wrong for a regime, as findings: who heads whom, what 例外 means."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.model.obligations import OWED
from sxxt_excel.officebook import PEOPLE, ROSTER_FILE, UNITS, WAIVERS, roster_forms
from sxxt_excel.outcome import Finding, Where
from sxxt_excel.periods import ROUNDS
from sxxt_excel.relations import (
    BODY_MEMBERS,
    HEAD,
    in_charge,
    led_by_secretary,
    level_of,
    secretaries,
)
from sxxt_excel.text import fold, nearest
from sxxt_excel.waivers import ALL, concerns, matters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Person, Roster, Unit, Waiver
    from sxxt_excel.settings import Settings

_BASIS = "《单位名册》填写说明"
_LED = "请改成下列一种：{choices}；不报材料的单位，不要给它的人填“班子身份”"
_ROUND = re.compile("第[0-9]{1,2}轮|专项")


def roster_faults(
    regime: Regime, settings: Settings, roster: Roster, items: tuple[Owed, ...]
) -> Iterator[Finding]:
    """Yield what the roster lacks for this regime: secretaries, heads, leaders, matters."""
    first: dict[str, date] = {}
    signed = {p for s in regime.signoffs if s.signer == "leader_in_charge" for p in s.packets}
    asked: set[str] = set()
    for item in items:
        if item.duty == OWED:
            code = item.unit.code
            first[code] = min(item.last, first.get(code, item.last))
            asked |= {code} if item.obligation.packet in signed else set()
    for unit in roster.units:
        if unit.code in first:
            day = first[unit.code]
            yield from _unit_faults(regime, roster, unit, day, asked=unit.code in asked)
    yield from _kind_faults(regime, roster, items)
    yield from _waiver_faults(regime, settings, roster, items)


def _kind_faults(regime: Regime, roster: Roster, items: Iterable[Owed]) -> Iterator[Finding]:
    """Yield the units of a kind that nobody has heard of: by that they are asked for nothing."""
    listed = _listed_kinds()
    owing = {item.unit.code for item in items}
    for unit in roster.units:
        if not unit.kind or unit.kind in {*listed, *regime.kinds}:
            continue
        likely = [kind for kind in listed if kind in regime.kinds]
        near = nearest(unit.kind, likely)
        # Likeness of so few characters proves little: the others stand beside it.
        choices = "、".join(dict.fromkeys((*filter(None, (near,)), *likely)))
        led = any(person.identity in BODY_MEMBERS for person in roster.people_of(unit.code))
        asks = led and unit.code not in owing
        yield finding(
            "R116", _of(unit), got=unit.kind, choices=choices, basis=_BASIS,
            severity="query" if asks else None, remedy=_LED if asks else None,
        )  # fmt: skip


def _listed_kinds() -> tuple[str, ...]:
    field = roster_forms()[UNITS].field("单位类别")
    return field.choices if field is not None else ()


def _of(unit: Unit) -> Where:
    return Where(
        path=ROSTER_FILE, sheet=UNITS, cell=unit.cell, unit=unit.name, unit_code=unit.code,
        field="单位名称",
    )  # fmt: skip


def _all_matters(regime: Regime, settings: Settings, items: Iterable[Owed]) -> Iterator[str]:
    """Yield every name by which 例外 may call a duty, or a rule from which it may spare one."""
    duties = {(o.id, settings.period_of(o)): o for o in regime.obligations}
    for item in items:
        also = (period for period in item.accepts if item.latent and period != ROUNDS)
        duties |= {(item.obligation.id, period): item.obligation for period in (item.period, *also)}
    for (_, period), obligation in duties.items():
        yield from matters(obligation, period)
    for law in regime.laws():
        yield from (law.id, law.title)


def _waiver_faults(
    regime: Regime, settings: Settings, roster: Roster, items: tuple[Owed, ...]
) -> Iterator[Finding]:
    """Yield the lines of 例外 that are about no duty or rule, or about nobody."""
    known = {fold(name): name for name in _all_matters(regime, settings, items)}
    rounds = {fold(o.packet) for o in regime.obligations if ROUNDS in o.accepts}
    for waiver in roster.waivers:
        said = fold(waiver.matter)
        if not said:
            continue
        if said not in known and said != ALL and _ROUND.sub("", said) not in rounds:
            near = nearest(waiver.matter, known.values())
            hint = f"最接近的是“{near}”" if near else "写套表名称，如“责任任务清单”"
            yield _at(waiver.cell, "报送事项", waiver.matter, hint)
        elif waiver.filer:
            yield from _nobody(roster, items, waiver)


def _nobody(roster: Roster, items: Iterable[Owed], waiver: Waiver) -> Iterator[Finding]:
    """Yield it where a line is about one who files nothing of its matter in its unit."""
    labels = {
        filer.label
        for item in items
        if item.unit.code == waiver.unit and concerns(waiver, item.obligation, item.period)
        for filer in (*item.filers, *item.away)
    }
    names = Counter(person.name for person in roster.people_of(waiver.unit))
    # A name that two bear means neither: these are told apart by their post.
    known = labels | {name for name, count in names.items() if count == 1}
    if labels and waiver.filer not in known:
        near = nearest(waiver.filer, sorted(known))
        hint = f"最接近的是“{near}”" if near else f"可填：{'、'.join(sorted(labels))}"
        yield _at(waiver.filer_cell, "责任主体", waiver.filer, hint)


def _at(cell: str, field: str, got: str, hint: str) -> Finding:
    at = Where(path=ROSTER_FILE, sheet=WAIVERS, cell=cell, field=field)
    return finding("R109", at, got=got, choices=hint, basis=_BASIS)


def _unit_faults(
    regime: Regime, roster: Roster, unit: Unit, day: date, *, asked: bool
) -> Iterator[Finding]:
    """Yield what a unit lacks; `asked`: a leader in charge is to sign what it owes."""
    at = _of(unit)
    found = secretaries(roster, unit, day)
    if not found and led_by_secretary(unit):
        yield finding("R104", at, got=unit.name, basis=_BASIS)
    elif len(found) > 1:
        names = "、".join(p.name for p in found)
        yield finding("R105", at, got=str(len(found)), names=names, basis=_BASIS)
    heads = [p for p in roster.people_of(unit.code) if p.in_post(day)]
    if not any(p.identity == HEAD or p.acting for p in heads):
        yield finding("R111", at, got=unit.name, basis=_BASIS)
    if led_by_secretary(unit):
        yield from _second_heads(unit, heads)
    below = level_of(regime, unit) != regime.levels[0].id
    if asked and below and not in_charge(roster, unit, day):
        yield finding("R112", at, got=unit.name, basis=_BASIS)


def _second_heads(unit: Unit, in_post: list[Person]) -> Iterator[Finding]:
    """Tell of an 院长 who is entered as 主要负责人 beside the secretary: duties would go astray."""
    heads = [p for p in in_post if p.identity == HEAD]
    leading = {p.key for p in heads if "书记" in p.post}
    others = [p for p in heads if p.key not in leading]
    if others and leading:
        at = Where(
            path=ROSTER_FILE, sheet=PEOPLE, cell=others[0].cell, unit=unit.name,
            unit_code=unit.code, field="姓名",
        )  # fmt: skip
        yield finding("R117", at, got="、".join(p.name for p in others), basis=_BASIS)
