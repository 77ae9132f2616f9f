"""What a 上报版 holds: the originals, how what was owed stood, and who is who below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Person, Unit, Waiver
    from sxxt_excel.raw import Extract
    from sxxt_excel.stamp import Stamp

Settled = tuple[str, str, str, str]
"""A query that is explained below: code, sheet, cell, row number."""


def settled_at(found: Finding) -> Settled:
    """Return what tells an explained query from all others of its workbook."""
    where = found.where
    return found.code, where.sheet or "", where.cell or "", where.row_key or ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one thing owed stood at the node: its rule, whose, and what had arrived.

    `travels`: its workbook is inside as well.
    """

    rule: str
    unit_code: str
    filer: str | None
    subject: str | None
    packet: str
    period: str
    arrived: str | None
    accepted: bool | None
    received_at: str | None
    travels: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """One original workbook inside a 上报版: its file, whose it is, and its extract.

    `faults` are the node's own must and query findings about it: code, sheet, cell. `settled`
    are the queries that are explained below: code, sheet, cell, row number.
    """

    path: str
    sha256: str
    received_at: str
    unit_code: str
    returned: bool
    extract: Extract
    faults: frozenset[tuple[str, str, str]] = frozenset()
    settled: frozenset[Settled] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a 上报版 holds. `intact`: nothing was changed since it was written.

    `key` tells with which key it was sealed without giving it away; `also` are kinds of unit
    that the node, and each node below it, includes beside the regime's own: node code → kinds;
    `papers` are documents that came along below: path and unit code.
    """

    stamp: Stamp
    intact: bool
    key: str
    as_of: str
    also: Mapping[str, tuple[str, ...]]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    waivers: tuple[Waiver, ...]
    files: tuple[Carried, ...]
    standings: tuple[Standing, ...]
    papers: tuple[tuple[str, str], ...]
