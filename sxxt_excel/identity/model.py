"""Who filed what, as far as it can be told, and how it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.people import Unit


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
