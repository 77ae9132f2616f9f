"""How a year under another regime is told: who does what, and what the office is to be told of it.

A `Story` is data. Everything that nobody in it does wrong is filled in carefully, from the
definitions alone; then each `Deed` is done to one workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clerk import change, on_cover

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from campus import Row
    from clerk import Slip, Value

YEAR: Final = 2025
_FIX: Final = "巡察整改清单"


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: its code, its sheet ("" for a whole workbook), and of whom if of another."""

    code: str
    sheet: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a unit does with one workbook.

    `what` says it in a few words; `slips` are made after filling in; `told` is every must and
    query that follows, and the notes worth showing. `name` is the file's in the inbox, `came`
    its line in the receipt book; a workbook that is not `sent` is not there. `one_sheet` holds
    the lines of a workbook that has its lists on one sheet.
    """

    who: str
    packet: str
    what: str
    slips: tuple[Slip, ...] = ()
    told: tuple[Told, ...] = ()
    subject: str = ""
    name: str = ""
    came: str = ""
    sent: bool = True
    one_sheet: tuple[Mapping[str, Value], ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Return unit, packet and the unit that the workbook is about."""
        return self.who, self.packet, self.subject


@dataclass(frozen=True, slots=True)
class Lower:
    """An office of the level below, which collects for itself and sends its 上报版.

    `slips` are made in the 上报版, `told` is what follows from them and from when it `came`.
    """

    code: str
    came: str
    slips: tuple[Slip, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def who(self) -> str:
        """Return the unit's code, as a deed does."""
        return self.code


@dataclass(frozen=True, slots=True)
class Story:
    """One workspace.

    `units` are the codes of the campus that are there. `tables` replaces whole tables of
    sxxt.toml (table → lines), `changes` pieces of its text. `waivers` are rows of 例外.
    Each of `lower` collects from the units under it; only its 上报版 lies in the inbox.
    `words` are put in place of others in posts and in what units write. `kept` are the lines of
    the registers that the office keeps to itself (packet → lines).
    """

    regime: str
    name: str
    today: str
    units: tuple[str, ...]
    deeds: tuple[Deed, ...]
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changes: tuple[tuple[str, str], ...] = ()
    waivers: tuple[Row, ...] = ()
    lower: tuple[Lower, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    kept: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)

    @property
    def told(self) -> tuple[tuple[str, str, str], ...]:
        """Return code, unit's code and sheet of everything that the office is to be told."""
        return tuple(
            sorted(
                (told.code, told.unit or deed.who, told.sheet)
                for deed in (*self.deeds, *self.lower)
                for told in deed.told
            )
        )


def last_years(who: str, packet: str) -> Deed:
    """Return the deed of a unit that sends a workbook with last year's cover."""
    slips = (on_cover(年度=YEAR - 1),)
    return Deed(who, packet, "last year's cover", slips=slips, told=(Told("I103", "封面"),))


def half_mended(who: str, packet: str) -> Deed:
    """Return the deed of a unit of whose rectifications one lacks its effect, one is overdue."""
    number = f"{who}-{YEAR}-ZG-"
    return Deed(
        who,
        packet,
        "done, but to what effect is not said; and one overdue",
        slips=(
            change(_FIX, {"整改编号": f"{number}001"}, 整改状态="已完成"),
            change(_FIX, {"整改编号": f"{number}002"}, 整改状态="整改中"),
        ),
        told=(Told("C105", _FIX), Told("C106", _FIX)),
    )


def spared(code: str, matter: str, reason: str, agreed: date) -> Row:
    """Return the line of 例外 that excuses a unit from something."""
    return {
        "单位代码": code,
        "报送事项": matter,
        "例外类型": "准予免报",
        "理由": reason,
        "批准人": "赵启衡",
        "批准日期": agreed,
    }
