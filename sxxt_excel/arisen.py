"""[needed] and [groups] of sxxt.toml, held against the roster: what has arisen, and for whom."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sxxt_excel.periods import PeriodError, period_meant
from sxxt_excel.settings import SETTINGS_FILE
from sxxt_excel.text import fold, nearest
from sxxt_excel.toml import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.model.obligations import Filers, Obligation
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster, Unit
    from sxxt_excel.settings import Settings

_HOW = '一项写一个单位的代码或名称，要写报告期的空一格再写，如 "JX 第1轮"'


def files_for(settings: Settings, group: Filers, unit: Unit) -> bool:
    """Tell whether a unit files for a group: by its kind, or for a working group of that name."""
    if group.discipline and unit.discipline not in group.discipline:
        return False
    if unit.kind in group.units:
        return unit.kind not in group.uncovered or unit.party_body is None
    if any(unit.is_called(settings.groups.get(name, "")) for name in group.units):
        return True
    return unit.kind in group.optional and unit.kind in settings.also and unit.party_body is None


def arisen(
    regime: Regime, settings: Settings, roster: Roster
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return (duty, unit code) → the periods for which a duty 按需 has arisen there.

    Raises:
        DefinitionError: an entry names no unit, no period, or a unit that is not asked.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    known = _names(roster)
    for obligation in regime.obligations:
        for entry in settings.needed.get(obligation.id, ()):
            units, period = _read(entry, obligation, settings, known)
            for unit in units:
                _check_asked(regime, settings, obligation, unit)
                key = (obligation.id, unit.code)
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), period)))
    return found


def check_groups(settings: Settings, roster: Roster) -> None:
    """Refuse a working group for which nobody of the roster files.

    Raises:
        DefinitionError: says which, and what could be meant.
    """
    known = _names(roster)
    for group, said in settings.groups.items():
        if fold(said) not in known:
            raise _unknown(f"groups.{group}", said, known, "请写单位的代码或名称")


def _names(roster: Roster) -> dict[str, list[Unit]]:
    """Return what units are called, folded, and who is called so."""
    names: dict[str, list[Unit]] = {}
    for unit in roster.units:
        for name in dict.fromkeys(map(fold, (unit.code, unit.name, *unit.names))):
            names.setdefault(name, []).append(unit)
    return names


def _read(
    entry: str, obligation: Obligation, settings: Settings, known: Mapping[str, list[Unit]]
) -> tuple[list[Unit], str]:
    """Return whom an entry names and for which period; between the two any blank, or none."""
    key, usual = f"needed.{obligation.id}", settings.period_of(obligation)
    unit, *rest = entry.split() or ("",)
    if units := known.get(fold(unit)):
        try:
            return units, period_meant("".join(rest), settings.year) if rest else usual
        except PeriodError as error:
            advice = str(error).rstrip("。")
            raise DefinitionError(SETTINGS_FILE, key, f"写的是“{entry}”", advice) from error
    whole = fold(entry)
    for name in sorted(filter(whole.startswith, known), key=len, reverse=True):
        said = whole.removeprefix(name)
        with suppress(PeriodError):
            return known[name], period_meant(said, settings.year) if said else usual
    raise _unknown(key, entry, known, _HOW)


def _check_asked(regime: Regime, settings: Settings, obligation: Obligation, unit: Unit) -> None:
    group = regime.filers_of(obligation.filers)
    if not files_for(settings, group, unit):
        raise DefinitionError(
            SETTINGS_FILE,
            f"needed.{obligation.id}",
            f"{unit.name}不报这一项",
            f"报这一项的是：{'、'.join(group.units)}。请核对单位，或名册中它的单位类别",
        )


def _unknown(key: str, said: str, known: Mapping[str, list[Unit]], how: str) -> DefinitionError:
    near = nearest(said, (n for units in known.values() for u in units for n in (u.name, u.code)))
    hint = f"是否想写“{near}”？" if near else ""
    return DefinitionError(SETTINGS_FILE, key, f"名册里没有“{said}”这个单位", f"{hint}{how}")
