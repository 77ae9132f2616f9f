"""What goes up in a 上报版: whose it is, and of its units' files, people and duties what may."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.explanations import explains
from sxxt_excel.levels import OWN_FAMILIES
from sxxt_excel.model.obligations import OWED
from sxxt_excel.pointing import PLACE, SAID, SHEET, Line
from sxxt_excel.raw import Fault
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.relations import AWAY, home
from sxxt_excel.rollup.contents import Carried, Rollup, Standing, settled_at
from sxxt_excel.rollup.layout import WITHHELD
from sxxt_excel.stamp import Stamp
from sxxt_excel.text import JOIN, clean, fold, split_several, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.outcome import Expected, Finding
    from sxxt_excel.people import Person, Unit, Waiver
    from sxxt_excel.raw import Extract, RawTable
    from sxxt_excel.result import Round
    from sxxt_excel.rollup.contents import Settled
    from sxxt_excel.submissions import Submission

__all__ = ["Node", "is_private", "node_of", "owed_rows", "rollup_of"]


@dataclass(frozen=True, slots=True)
class Node:
    """Whose 上报版 it is: the unit, the packet it answers, and all units it speaks for."""

    round_: Round
    unit: Unit
    packet: Packet
    units: tuple[Unit, ...]

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of its units."""
        return frozenset(unit.code for unit in self.units)


def node_of(round_: Round) -> Node | None:
    """Return whose 上报版 is to be written; None where nobody above asks for one."""
    regime = round_.regime
    packet = next((p for p in regime.packets if p.rollup), None)
    unit = home(regime, round_.roster, round_.settings.node)
    if packet is None or unit is None:
        return None
    groups = (regime.filers_of(o.filers) for o in regime.obligations if o.packet == packet.id)
    if not any(unit.kind in {*group.units, *group.optional} for group in groups):
        return None
    return Node(round_, unit, packet, tuple(_below(round_.roster.units, unit)))


def _below(units: Sequence[Unit], top: Unit) -> Iterator[Unit]:
    """Yield a unit and all below it, in roster order."""
    parents = {unit.code: unit.parent for unit in units}
    for unit in units:
        seen: list[str] = []
        at: str | None = unit.code
        while at is not None and at != top.code and at not in seen:
            seen.append(at)
            at = parents.get(at)
        if at == top.code:
            yield unit


def rollup_of(node: Node) -> Rollup:
    """Return what a node's 上报版 carries; its stamp comes with its file."""
    round_, faults, settled = node.round_, _faults(node), _settled(node)
    returned = {file.path for file in round_.files if file.status == "returned"}
    files = tuple(
        replace(
            _carried(each, round_.regime.id, returned=each.path in returned),
            faults=frozenset(faults[each.path]),
            settled=frozenset(settled[each.path]),
        )
        for each in _travelling(node)
    )
    return Rollup(
        stamp=Stamp("", "", ""),
        intact=True,
        key="",
        as_of=round_.today.isoformat(),
        also={node.unit.code: round_.settings.also, **round_.also},
        units=tuple(_public(unit) for unit in node.units),
        people=tuple(_people(node)),
        waivers=tuple(_waivers(node)),
        files=files,
        standings=tuple(_standings(node)),
        papers=tuple(_papers(node, files)),
    )


def _travelling(node: Node) -> list[Submission]:
    """Return the newest workbooks of packets that travel, of units that are the node's."""
    live = node.round_.live
    return sorted((s for s in live if s.unit_code in node.codes), key=lambda s: s.path)


def _faults(node: Node) -> dict[str | None, set[tuple[str, str, str]]]:
    """Return path → code, sheet and cell of what stands about a workbook itself."""
    found: dict[str | None, set[tuple[str, str, str]]] = defaultdict(set)
    for f in node.round_.findings:
        if f.severity != "note" and f.family in OWN_FAMILIES and not is_private(f):
            found[f.where.path].add((f.code, f.where.sheet or "", f.where.cell or ""))
    return found


def _settled(node: Node) -> dict[str | None, set[Settled]]:
    """Return path → the queries about a workbook that are explained, without the words."""
    found: dict[str | None, set[Settled]] = defaultdict(set)
    for f in node.round_.findings:
        if f.explanation is not None and not is_private(f):
            found[f.where.path].add(settled_at(f))
    return found


def _carried(submission: Submission, regime: str, *, returned: bool) -> Carried:
    return Carried(
        path=submission.path,
        sha256=submission.sha256,
        received_at=submission.receipt.at,
        unit_code=submission.unit_code or "",
        returned=returned,
        extract=_bare(submission, regime),
    )


def _bare(submission: Submission, regime: str) -> Extract:
    """Return an extract that says whose it is by its stamp, without what must stay."""
    found = submission.extract
    given = found.stamp
    stamp = Stamp(
        regime=regime,
        packet=submission.packet.id,
        version=given.version if given else "",
        unit_code=submission.unit_code or "",
        unit=submission.unit_name or "",
        filers=given.filers if given else tuple(f.label for f in submission.filers),
        period=submission.period,
        issue=given.issue if given else "",
    )
    forms = {form.id for form in submission.forms} - {EXPLANATIONS}
    tables = tuple(table for table in found.tables if table.form in forms)
    remarks = tuple(r for r in found.remarks if r.form != EXPLANATIONS)
    about = (line for t in found.tables if t.form == EXPLANATIONS for line in _pointed(t))
    return replace(
        found, stamp=stamp, tables=tables, remarks=remarks, heading="",
        pointed=(*found.pointed, *about),
    )  # fmt: skip


def _pointed(table: RawTable) -> Iterator[tuple[str, str]]:
    """Yield what the explanations of a raw 情况说明 are about: numbers and cells, no prose."""
    columns = (table.columns.get(name, [None] * len(table.rows)) for name in (SHEET, PLACE, SAID))
    for raws in zip(*columns, strict=True):
        sheet, place, text = ("" if isinstance(r, Fault) else clean(to_text(r)) for r in raws)
        words = [word for word in Line("", sheet, place, "").words if word.isascii()]
        if words and explains(text):
            yield sheet, JOIN.join(words)


def is_private(found: Finding) -> bool:
    """Tell whether a finding is about what must stay."""
    where = found.where
    return where.form == EXPLANATIONS or (where.form == COVER and where.field in WITHHELD)


def owed_rows(node: Node) -> Iterator[tuple[Expected, bool]]:
    """Yield what is owed of the node's units, and whether the rows themselves go along."""
    travel = {p.id for p in node.round_.regime.packets if p.travels}
    for row in node.round_.expected:
        travels = row.packet in travel
        if row.unit_code in node.codes and (row.duty == OWED or travels):
            yield row, travels


def _standings(node: Node) -> Iterator[Standing]:
    for row, travels in owed_rows(node):
        yield Standing(
            row.rule, row.unit_code, row.filer, row.subject, row.packet, row.period,
            row.arrived, row.accepted, row.received_at, travels,
        )  # fmt: skip


def _public(unit: Unit) -> Unit:
    return replace(unit, contact="", phone="", email="", spare_email="", cell="")


def _people(node: Node) -> Iterator[Person]:
    """Yield who may file: name, post and place in the body, and what rules ask of them."""
    wanted = {identity for role in node.round_.regime.roles for identity in role.identity}
    for person in node.round_.roster.people:
        if person.unit in node.codes and (person.identity in wanted or person.acting):
            yield replace(
                person,
                id=_pseudonym(person.id),
                state="免报" if person.state in AWAY else person.state,
                party_member=True,
                field="",
                email="",
                cell="",
            )


def _pseudonym(number: str) -> str:
    """Return what tells persons apart as their number does, and is none."""
    return f"P{hashlib.sha256(number.encode()).hexdigest()[:12]}" if number else ""


def _waivers(node: Node) -> Iterator[Waiver]:
    """Yield who need not file, or later: without the reason, agreed by the node."""
    for waiver in node.round_.roster.waivers:
        if waiver.unit in node.codes:
            yield replace(waiver, reason="", approver=node.unit.name, approved=None, cell="")


def _papers(node: Node, files: Iterable[Carried]) -> Iterator[tuple[str, str]]:
    """Yield the documents that travelling rows name: file name and unit code."""
    named = {
        (form.id, field.name)
        for packet in node.round_.regime.packets
        if packet.travels
        for form in node.round_.regime.sheets(packet.id)
        for field in form.of_kind("file")
    }
    said = {
        fold(name)
        for file in files
        for table in file.extract.tables
        for heading, column in table.columns.items()
        if (table.form, heading) in named
        for value in column
        if isinstance(value, str)
        for name in (value, *split_several(value))
    }
    said |= {fold(PurePosixPath(name).stem) for name in said}
    for path, code in node.round_.papers:
        name = PurePosixPath(path.rpartition("!")[2]).name
        mine = code is None or code in node.codes
        if mine and {fold(name), fold(PurePosixPath(name).stem)} & said:
            yield name, code or ""
