"""One governing document with all that it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sxxt_excel.model.forms import Form
from sxxt_excel.model.obligations import Filers, Packet, Role

if TYPE_CHECKING:
    from sxxt_excel.model.forms import RowRule
    from sxxt_excel.model.obligations import Level, Obligation
    from sxxt_excel.model.rules import (
        Agreement,
        Cascade,
        Chain,
        Count,
        Coverage,
        Law,
        Manual,
        Need,
        SignOff,
        Slot,
    )
    from sxxt_excel.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Regime:
    """One governing document: levels, filers, packets, obligations and rules.

    `lineage`: its own id and those of the regimes it extends, nearest first. `strictest`:
    the sternest a finding about content may be (a document that is no order binds nobody).
    `authority`: the office's own document and its number, which lifts that.
    """

    id: str
    document: str
    number: str
    issued: str
    levels: tuple[Level, ...]
    roles: tuple[Role, ...]
    filers: tuple[Filers, ...]
    packets: tuple[Packet, ...]
    obligations: tuple[Obligation, ...]
    cascades: tuple[Cascade, ...]
    counts: tuple[Count, ...]
    coverages: tuple[Coverage, ...]
    signoffs: tuple[SignOff, ...]
    chains: tuple[Chain, ...]
    needs: tuple[Need, ...]
    slots: tuple[Slot, ...]
    agreements: tuple[Agreement, ...]
    manual: tuple[Manual, ...]
    row_rules: tuple[tuple[str, RowRule], ...]
    forms: tuple[Form, ...]
    fingerprint: str = ""
    packet_forms: tuple[tuple[str, tuple[Form, ...]], ...] = ()
    one_sheets: tuple[tuple[str, Form], ...] = ()
    lineage: tuple[str, ...] = ()
    strictest: Severity = "must"
    authority: tuple[str, str] | None = None

    def form(self, form_id: str) -> Form:
        """Return a form of this regime; KeyError if it has none of that id."""
        return _by_id(self.forms, form_id)

    def packet(self, packet_id: str) -> Packet:
        """Return a packet; KeyError if there is none of that id."""
        return _by_id(self.packets, packet_id)

    def role(self, role_id: str) -> Role:
        """Return a role; KeyError if there is none of that id."""
        return _by_id(self.roles, role_id)

    @property
    def has_tree(self) -> bool:
        """Tell whether it is one of nodes that report to one another by 上报版."""
        return any(packet.rollup for packet in self.packets)

    @property
    def optional_kinds(self) -> tuple[str, ...]:
        """Return the kinds of unit that need not file, but may be asked to."""
        return tuple(dict.fromkeys(kind for group in self.filers for kind in group.optional))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of unit that it speaks of, and working groups that may be one."""
        groups = (kind for group in self.filers for kind in (*group.units, *group.optional))
        levels = (kind for level in self.levels for kind in level.units)
        roles = (kind for role in self.roles for kind in role.units)
        about = (kind for obligation in self.obligations for kind in obligation.about)
        return tuple(dict.fromkeys((*groups, *levels, *roles, *about)))

    def filers_of(self, filers_id: str) -> Filers:
        """Return a set of filers; KeyError if there is none of that id."""
        return _by_id(self.filers, filers_id)

    def sheets(self, packet_id: str) -> tuple[Form, ...]:
        """Return the forms of a packet as they apply in it (required resolved)."""
        return dict(self.packet_forms)[packet_id]

    @property
    def every_form(self) -> tuple[Form, ...]:
        """Return all its forms, and after them the sheets that may stand for several."""
        return (*self.forms, *dict.fromkeys(form for _, form in self.one_sheets))

    def one_sheet(self, packet_id: str) -> Form | None:
        """Return the sheet that may stand for all of a packet's, or None."""
        return dict(self.one_sheets).get(packet_id)

    def laws(self) -> tuple[Law, ...]:
        """Return what every rule above single rows and duties is called and rests on."""
        groups = (
            self.coverages, self.cascades, self.counts, self.needs, self.agreements,
            self.signoffs, self.chains,
        )  # fmt: skip
        return (
            *(rule.law for group in groups for rule in group),
            *(s.need.law for s in self.slots),
        )

    def cite(self, clause: str) -> str:
        """Return document, number and clause as a finding cites them, the office's own first."""
        own = f"{_titled(*self.authority)}；" if self.authority else ""
        return f"{own}{_titled(self.document, self.number)}{clause}"


def _titled(document: str, number: str) -> str:
    return f"《{document}》（{number}）" if number else f"《{document}》"


_Named = TypeVar("_Named", Form, Packet, Role, Filers)


def _by_id(items: tuple[_Named, ...], wanted: str) -> _Named:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(wanted)
