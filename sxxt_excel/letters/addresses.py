"""To whom a unit's letters go: addresses of the roster that can be written to, no leader's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sxxt_excel.outputs.shares import leading
from sxxt_excel.text import split_several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.outputs.asof import AsOf

_ADDRESS = re.compile(
    r"[A-Za-z0-9_'+-]+(?:\.[A-Za-z0-9_'+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_LONGEST = 254


def addresses(state: AsOf) -> dict[str, tuple[str, ...]]:
    """Return unit code → where its letters go; units that get none are left out.

    The office's own unit and those above it are left out: what concerns them is a 参阅件. A
    leader's own address is nobody's. A unit without an address that holds has an empty tuple.
    """
    above = leading(state.regime, state.roster, state.settings.node)
    leaders = {
        address.casefold()
        for person in state.roster.people
        if person.unit in above
        for address in split_several(person.email)
    }
    found: dict[str, tuple[str, ...]] = {}
    for unit in state.roster.units:
        if unit.code not in above:
            own = _valid(unit.email) or _valid(unit.spare_email)
            found[unit.code] = tuple(a for a in own if a.casefold() not in leaders)
    return found


def _valid(cell: str) -> tuple[str, ...]:
    """Return the addresses of a cell; what is none is no part of one either."""
    said: Iterable[str] = split_several(cell)
    right = (a for a in said if len(a) <= _LONGEST and _ADDRESS.fullmatch(a))
    return tuple(dict.fromkeys(right))
