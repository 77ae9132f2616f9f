"""How things stand on a day, whether a pass has just found it or the last result tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sxxt_excel.relations import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Expected
    from sxxt_excel.people import Roster
    from sxxt_excel.settings import Settings


class AsOf(Protocol):
    """What a `Round` has and what is known without one: who owes what, as of a day."""

    @property
    def regime(self) -> Regime: ...  # noqa: D102 - as in `Round`

    @property
    def settings(self) -> Settings: ...  # noqa: D102 - as in `Round`

    @property
    def roster(self) -> Roster: ...  # noqa: D102 - as in `Round`

    @property
    def today(self) -> date: ...  # noqa: D102 - as in `Round`

    @property
    def expected(self) -> tuple[Expected, ...]: ...  # noqa: D102 - as in `Round`

    @property
    def below(self) -> frozenset[str]: ...  # noqa: D102 - as in `Round`


def names_of(state: AsOf) -> dict[str, str]:
    """Return code → name of all units that owe something or are on the roster."""
    return {row.unit_code: row.unit for row in state.expected} | {
        unit.code: unit.name for unit in state.roster.units
    }


def in_roster_order(roster: Roster, codes: Iterable[str]) -> list[str]:
    """Return units in the order of the roster, those that are not on it last."""
    order = {unit.code: place for place, unit in enumerate(roster.units)}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))


def place_by_name(state: AsOf) -> Callable[[str], int]:
    """Return what gives the place in the roster of a unit's name; names of nobody stand last."""
    names = names_of(state)
    ordered = dict.fromkeys(names[code] for code in in_roster_order(state.roster, names))
    places = {name: place for place, name in enumerate(ordered)}
    return lambda name: places.get(name, len(places))


def office_name(state: AsOf) -> str:
    """Return the name under which the office writes: as the settings say, else its unit's."""
    own = home(state.regime, state.roster, state.settings.node)
    return state.settings.name or (own.name if own else "")
