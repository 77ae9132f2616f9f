"""A readable workbook that was identified, with what its checks need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.outcome import Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.outcome import FileRow, Receipt
    from sxxt_excel.people import Filer, Unit
    from sxxt_excel.raw import Extract
    from sxxt_excel.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Submission:
    """One workbook. `owed` is what it answers; `labels` who may stand as 责任主体 in it.

    `filers` are those expected to have content; `exempt` need none. `basis` is cited by
    findings about its cells. `doubtful`: its cover names another unit.
    """

    number: int
    path: str
    sha256: str
    receipt: Receipt
    extract: Extract
    unit: Unit | None
    packet: Packet
    period: str
    filers: tuple[Filer, ...]
    exempt: tuple[str, ...]
    labels: Mapping[str, Filer]
    basis: str
    year: int
    forms: tuple[Form, ...] = ()
    owed: tuple[Owed, ...] = ()
    evidence: str = ""
    stamped: bool = True
    doubtful: bool = False

    @property
    def unit_name(self) -> str | None:
        """Return the unit's full name."""
        return self.unit.name if self.unit else None

    @property
    def unit_code(self) -> str | None:
        """Return the unit's code."""
        return self.unit.code if self.unit else None

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Return all names the unit goes by."""
        return (self.unit.name, *self.unit.names) if self.unit else ()

    @property
    def where(self) -> Where:
        """Return the address of the whole workbook."""
        return Where(path=self.path, unit=self.unit_name, unit_code=self.unit_code)

    def prefix(self, number: str) -> str:
        """Return what item numbers of a form start with: JX-2025-ZR-."""
        return item_prefix(self.unit, self.year, number)

    @property
    def first(self) -> int:
        """Return where its own item numbers begin: each filer of a unit has his hundred."""
        return first_number(self.extract.stamp)


@dataclass(frozen=True, slots=True)
class Slip:
    """A 更正单 that came: a few rows of a submission, which it names by its digest.

    `altered`: its stamp is not as the office wrote it. `against`: who seems to have sent it,
    where that is not its unit: on what evidence, and the name.
    """

    row: FileRow
    extract: Extract
    stamp: Stamp
    altered: bool
    against: tuple[str, str] | None

    @property
    def path(self) -> str:
        """Return its path in the inbox."""
        return self.row.path

    @property
    def where(self) -> Where:
        """Return the address of the whole workbook."""
        return Where(path=self.row.path, unit=self.row.unit, unit_code=self.row.unit_code)


def first_number(stamp: Stamp | None) -> int:
    """Return where the item numbers of a workbook begin by its stamp."""
    return int(stamp.first) if stamp is not None and stamp.first.isdecimal() else 1


def item_prefix(unit: Unit | None, year: int, number: str) -> str:
    """Return what item numbers of a unit, a year and a form's type code start with."""
    return f"{unit.code if unit else ''}-{year}-{number}-"
