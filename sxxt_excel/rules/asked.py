"""One of whom a need asks, and which rows are about him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.people import Person, Unit
    from sxxt_excel.rules.supply import Proof

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """One of whom a need asks.

    `homes`: the units whose workbooks must have come before anything is short; `own`: rows
    elsewhere do not count. A row is his where it stands under one of `filers` or names one of
    `names`, and its first person is one of `by`; empty ones ask nothing. `others` are units
    with a namesake. `people` are those whose short time in post softens it; `trouble` is why
    nobody can be asked.
    """

    unit: Unit
    homes: frozenset[str]
    own: bool = True
    label: str | None = None
    name: str = ""
    to: str = ""
    filers: frozenset[str] = NOBODY
    by: frozenset[str] = NOBODY
    names: frozenset[str] = NOBODY
    others: frozenset[str] = NOBODY
    people: tuple[Person, ...] = ()
    trouble: str = ""

    def answered(self, proof: Proof) -> bool | None:
        """Tell whether a row is about this one; None where its cells do not say."""
        if self.trouble:
            return None
        if (self.own and proof.code not in self.homes) or proof.code in self.others:
            return False
        told = (self._whose(proof), _hit(self.by, proof.by) if self.by else True)
        if False in told:
            return False
        if None in told or (self.others and proof.code != self.unit.code):
            return None
        return True

    def _whose(self, proof: Proof) -> bool | None:
        if not self.filers and not self.names:
            return True
        if proof.filer is not None and proof.filer in self.filers:
            return True
        if self.filers and proof.filer is None:
            return None
        return _hit(self.names, proof.names)


def _hit(wanted: frozenset[str], said: frozenset[str] | None) -> bool | None:
    return None if said is None and wanted else bool(said and wanted & said)
