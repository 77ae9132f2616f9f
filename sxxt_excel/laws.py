"""Tables of a regime's TOML → rules, filers, packets and duties: one reader a kind of table.

Each takes one `Table` and refuses what it does not know; that the names point somewhere is
looked at once the whole regime stands (`consistency`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from sxxt_excel.deadlines import Calendar, DueError, due
from sxxt_excel.forms import row_rule
from sxxt_excel.model.forms import RowRule, When
from sxxt_excel.model.obligations import DUTIES, Duty, Filers, Level, Obligation, Packet, Role
from sxxt_excel.model.rules import (
    Agreement,
    Cascade,
    Chain,
    Count,
    Coverage,
    Law,
    Manual,
    Need,
    Rows,
    SignOff,
    Slot,
    Step,
    Supply,
)
from sxxt_excel.model.severity import SEVERITIES, Severity
from sxxt_excel.periods import ROUNDS, PeriodError, period_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.forms import FormSource
    from sxxt_excel.toml import Table

_LAW_KEYS = ("id", "title", "serves", "severity", "basis", "message", "remedy")
# What the {places} in a rule's sentences may name, beside the address of the finding.
_ADDRESS = ("unit", "filer", "form", "field", "got")
_PLACES: Mapping[str, tuple[str, ...]] = {
    "cascade": ("key", "text", *_ADDRESS),
    "count": ("found", "required"),
    "coverage": ("area", *_ADDRESS),
    "signoff": ("signer", *_ADDRESS),
    "chain": ("key", "step", "day", "state", "say", *_ADDRESS),
    "need": ("name", "to", "found", "required", "window", "days", "unit", "filer"),
    "slot": ("name", "to", "found", "required", "window", "days", "unit", "filer"),
    "agreement": ("found", "required", "unit"),
}
_ANY_YEAR = 2025
_EACH = ("unit", "filer", "secretary", "department", "pair", "subject", "holder")
_PAIRS = ("heads", "branches", "sections", "charges")
_SUPPLY_KEYS = ("form", "where", "date", "year", "names", "by", "distinct")
_KINDS = ("会", "书", "报告")


def _law(item: Table, kind: str) -> Law:
    return Law(
        id=item.need("id", str),
        title=item.need("title", str),
        serves=item.words("serves"),
        severity=cast("Severity", item.one_of("severity", SEVERITIES)),
        basis=item.need("basis", str),
        message=item.sentence("message", _PLACES[kind]),
        remedy=item.sentence("remedy", _PLACES[kind]),
    )


def read_level(item: Table) -> Level:
    """Return a [[level]] of the tree."""
    level = Level(item.need("id", str), item.words("units"))
    item.done(("id", "units"))
    return level


def read_role(item: Table) -> Role:
    """Return a [[role]]: a kind of filer."""
    role = Role(
        id=item.need("id", str),
        body=item.get("body", bool, False),
        secretary=item.get("secretary", bool, False),
        identity=item.words("identity"),
        titles=item.words("titles"),
        areas=item.words("areas"),
        units=item.words("units"),
        organs=item.words("organs"),
    )
    item.done(("id", "body", "secretary", "identity", "titles", "areas", "units", "organs"))
    return role


def read_filers(item: Table) -> Filers:
    """Return a [[filers]]: who files."""
    filers = Filers(
        id=item.need("id", str),
        units=item.words("units"),
        roles=item.words("roles"),
        optional=item.words("optional"),
        once=item.get("once", bool, False),
        single=item.words("single"),
        uncovered=item.words("uncovered"),
        discipline=item.words("discipline"),
    )
    item.done(("id", "units", "roles", "optional", "once", "single", "uncovered", "discipline"))
    return filers


def read_packet(item: Table, sources: Mapping[str, FormSource]) -> Packet:
    """Return a [[packet]]: one workbook."""
    packet = Packet(
        id=item.need("id", str),
        number=item.need("number", str),
        title=item.need("title", str),
        sheets=item.words("sheets"),
        basis=item.need("basis", str),
        parent_list=item.get("parent_list", str, "") or None,
        office=item.get("office", bool, False),
        travels=item.get("travels", bool, False),
        rollup=item.get("rollup", bool, False),
        one_sheet=item.get("one_sheet", str, ""),
    )
    for sheet in (*packet.sheets, *filter(None, (packet.one_sheet,))):
        if sheet not in sources:
            raise item.fault(
                "sheets", f"没有“{sheet}”这张表", f"请在 forms/ 下建 {sheet}.toml，或核对表名"
            )
    if bool(packet.sheets) == packet.rollup:
        raise item.fault("sheets", "没有写", "请写出这套表里有哪几张表；上报版（rollup）不写")
    if packet.parent_list is not None and packet.parent_list not in packet.sheets:
        raise item.fault(
            "parent_list", f"“{packet.parent_list}”不在 sheets 里", "请写 sheets 中的一张"
        )
    item.done(("id", "number", "title", "sheets", "basis", "parent_list", "office", "travels",
               "rollup", "one_sheet"))  # fmt: skip
    return packet


def read_obligation(item: Table) -> Obligation:
    """Return an [[obligation]]: a filing duty."""
    obligation = Obligation(
        id=item.need("id", str),
        title=item.need("title", str),
        serves=item.words("serves"),
        packet=item.need("packet", str),
        filers=item.need("filers", str),
        duty=cast("Duty", item.one_of("duty", DUTIES)),
        period=item.need("period", str),
        basis=item.need("basis", str),
        due=item.get("due", str, "") or None,
        accepts=item.words("accepts"),
        to=item.words("to"),
        window=item.get("window", str, "") or None,
        about=item.words("about"),
    )
    try:
        for word in (obligation.period, *obligation.accepts):
            if word != ROUNDS:
                period_id(word, _ANY_YEAR)
        if obligation.due:
            due(obligation.due, _ANY_YEAR, Calendar())
    except PeriodError as error:
        raise item.fault("period", str(error).rstrip("。"), "请照“年度”“上半年”这样写") from error
    except DueError as error:
        raise item.fault("due", str(error).rstrip("。"), "请照“4月底前”这样写") from error
    if not obligation.serves:
        raise item.fault("serves", "没有写", "请写出它对应的义务编号，报送义务本身放第一个")
    item.done(("id", "title", "serves", "packet", "filers", "duty", "period", "basis", "due",
               "accepts", "to", "window", "about"))  # fmt: skip
    return obligation


def _rows(item: Table) -> Rows:
    rows = Rows(
        form=item.need("form", str),
        level=item.get("level", str, "") or None,
        roles=item.words("roles"),
        where=item.conditions("where"),
        unless=item.get("unless", str, "") or None,
    )
    item.done(("form", "level", "roles", "where", "unless"))
    return rows


def read_cascade(item: Table) -> Cascade:
    """Return a [[cascade]]."""
    scope = item.one_of("scope", ("unit", "members", "in_charge", "below"))
    told = item.one_of("told", ("unit", "office"), "unit")
    cascade = Cascade(
        law=_law(item, "cascade"),
        demand=_rows(item.table("demand")),
        supply=_rows(item.table("supply")),
        by=item.need("by", str),
        scope=cast("Any", scope),
        told=cast("Any", told),
        each_period=item.get("each_period", bool, False),
        limit=item.get("limit", str, "") or None,
    )
    item.done((*_LAW_KEYS, "demand", "supply", "by", "scope", "told", "each_period", "limit"))
    return cascade


def read_count(item: Table) -> Count:
    """Return a [[count]] over figures."""
    count = Count(
        law=_law(item, "count"),
        form=item.need("form", str),
        where=item.conditions("where"),
        value=item.need("value", str),
        window=item.one_of("window", ("年度", "每半年")),
        at_least=item.between("at_least", 1, 1, 10_000),
        at_least_where=item.conditions("at_least_where"),
        reason=item.get("reason", str, "") or None,
        packets=item.words("packet"),
    )
    item.done((*_LAW_KEYS, "form", "where", "value", "window", "at_least", "at_least_where",
               "reason", "packet"))  # fmt: skip
    return count


def read_coverage(item: Table) -> Coverage:
    """Return a [[coverage]]."""
    coverage = Coverage(
        law=_law(item, "coverage"),
        packets=item.words("packet"),
        form=item.need("form", str),
        areas=item.get("areas", bool, False),
        roles=item.words("roles"),
        document=item.get("document", str, "") or None,
    )
    item.done((*_LAW_KEYS, "packet", "form", "areas", "roles", "document"))
    return coverage


def read_signoff(item: Table) -> SignOff:
    """Return a [[signoff]]."""
    signer = item.one_of("signer", ("unit_secretary", "leader_in_charge"))
    signoff = SignOff(
        law=_law(item, "signoff"),
        packets=item.words("packet"),
        form=item.need("form", str),
        roles=item.words("roles"),
        signer=cast("Any", signer),
    )
    item.done((*_LAW_KEYS, "packet", "form", "roles", "signer"))
    return signoff


def read_chain(item: Table) -> Chain:
    """Return a [[chain]]: steps of one row."""
    law = _law(item, "chain")
    form = item.need("form", str)
    reason = item.get("reason", str, "") or None
    steps = tuple(_step(step) for step in item.tables("steps"))
    if not steps:
        raise item.fault("steps", "没有写", "请至少写一个环节")
    item.done((*_LAW_KEYS, "form", "steps", "reason"))
    return Chain(law, form, steps, reason)


def _step(item: Table) -> Step:
    condition = item.table("when")
    when = When(
        filled=condition.words("filled"),
        equals=tuple((name, condition.words(name)) for name in tuple(condition.data)),
    )
    step = Step(
        field=item.need("field", str),
        when=when,
        values=item.words("values"),
        not_before=item.get("not_before", str, "") or None,
        after=item.get("after", str, "") or None,
    )
    item.done(("field", "when", "values", "not_before", "after"))
    return step


def read_need(item: Table) -> Need:
    """Return a [[need]]: at least n records of each one asked of."""
    need = _need(item, _law(item, "need"), _supplies(item))
    item.done((*_LAW_KEYS, "each", "supply", "window", "filers", "units", "pairs", "at_least"))
    return need


def _need(item: Table, law: Law, supply: tuple[Supply, ...]) -> Need:
    return Need(
        law=law,
        each=cast("Any", item.one_of("each", _EACH, "unit")),
        supply=supply,
        window=item.get("window", str, "年度"),
        filers=item.get("filers", str, ""),
        units=item.words("units"),
        pairs=tuple(_pair(item, word) for word in item.words("pairs")),
        at_least=item.between("at_least", 1, 1, 10_000),
    )


def _pair(item: Table, word: str) -> str:
    if word not in _PAIRS:
        raise item.fault("pairs", f"写的是“{word}”", f"可以写的有：{'、'.join(_PAIRS)}")
    return word


def _supplies(item: Table) -> tuple[Supply, ...]:
    if isinstance(item.data.get("supply"), dict):
        return (_supply(item.table("supply")),)
    supplies = tuple(_supply(one) for one in item.tables("supply"))
    if not supplies:
        raise item.fault("supply", "没有写", "请写出从哪张表取记录")
    return supplies


def _supply(item: Table) -> Supply:
    supply = Supply(
        form=item.need("form", str),
        where=item.conditions("where"),
        date=item.get("date", str, "") or None,
        year=item.get("year", str, "") or None,
        names=item.get("names", str, "") or None,
        by=item.get("by", str, "") or None,
        distinct=item.words("distinct"),
    )
    item.done(_SUPPLY_KEYS)
    return supply


@dataclass(frozen=True, slots=True)
class Evidence:
    """A register that proves slots: `name` is the column that holds a slot's name."""

    kinds: tuple[str, ...]
    name: str
    supply: Supply


def read_evidence(item: Table) -> Evidence:
    """Return a [[evidence]]: the register in which the slots of a catalogue are proved."""
    kinds = item.words("kinds") or _KINDS
    name = item.need("name", str)
    item.get("id", str, "")
    return Evidence(kinds, name, _supply(item))


def read_slot(item: Table, registers: tuple[Evidence, ...]) -> Slot:
    """Return a [[slot]]: one line of a catalogue of meetings, papers and reports.

    What a `supply` of its own holds proves it as well as a line of the registers.
    """
    law = _law(item, "slot")
    name = item.get("name", str, "")
    kind = item.one_of("kind", _KINDS)
    supply = tuple(
        replace(r.supply, where=(*r.supply.where, (r.name, (name,))))
        for r in registers
        if kind in r.kinds
    )
    if "supply" in item.data:
        supply = (*supply, *_supplies(item))
    if not supply:
        raise item.fault("kind", f"没有登记“{kind}”的表", "请写 [[evidence]]，说明从哪张表查")
    need = _need(item, law, supply)
    after, aliases = item.get("after", str, "") or None, item.words("aliases")
    slot = Slot(cast("Any", kind), name, need, after, aliases)
    item.done((*_LAW_KEYS, "kind", "name", "each", "window", "filers", "units", "at_least",
               "after", "supply", "aliases"))  # fmt: skip
    return slot


def read_agreement(item: Table) -> Agreement:
    """Return an [[agreement]]: records against the figure of the same period."""
    agreement = Agreement(
        law=_law(item, "agreement"),
        supply=_supply(item.table("supply")),
        form=item.need("form", str),
        where=item.conditions("where"),
        value=item.need("value", str),
    )
    item.done((*_LAW_KEYS, "supply", "form", "where", "value"))
    return agreement


def read_manual(item: Table) -> Manual:
    """Return a [[manual]]: what people check."""
    manual = Manual(item.words("serves"), item.need("title", str), item.need("basis", str))
    item.get("id", str, "")
    item.done(("id", "serves", "title", "basis"))
    return manual


def read_regime_row(item: Table) -> tuple[str, RowRule]:
    """Return the form's id and a [[row]] rule of the regime."""
    form = item.need("form", str)
    return form, row_rule(item)
