"""validators/<regime>/regime.toml → `Regime`: one governing document as data.

A workspace's own `validators/` comes after the shipped one: its form files replace,
its tables of a regime merge by `id` (ruling 12).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from sxxt_excel.dates import DueError, PeriodError, due, period_id
from sxxt_excel.dates import Calendar as _Calendar
from sxxt_excel.forms import FormSource, check_row_rule, load_forms, load_lists, row_rule
from sxxt_excel.model import (
    DUTIES,
    SEVERITIES,
    Cascade,
    Chain,
    Count,
    Coverage,
    Duty,
    Filers,
    Form,
    Law,
    Level,
    Manual,
    Obligation,
    Packet,
    Regime,
    Role,
    RowRule,
    Rows,
    Severity,
    SignOff,
    Step,
    When,
)
from sxxt_excel.places import validators_dir
from sxxt_excel.toml import DefinitionError, Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

COVER, EXPLANATIONS = "封面", "情况说明"
_ALWAYS = (COVER, EXPLANATIONS)
_LAW_KEYS = ("id", "title", "serves", "severity", "basis", "message", "remedy")


def regime_ids(extra: Path | None = None) -> tuple[str, ...]:
    """Return the ids of all regimes, shipped and of a workspace's `validators/`."""
    folders = _folders(extra)
    return tuple(sorted({p.parent.name for f in folders for p in f.glob("*/regime.toml")}))


def load_regime(regime: str, extra: Path | None = None) -> Regime:
    """Load one regime with all its forms.

    Args:
        regime: its id, that is its folder's name.
        extra: a workspace's own `validators/`, or None.

    Raises:
        DefinitionError: a definition is faulty or the regime unknown.
    """
    folders = _folders(extra)
    raw: dict[str, Any] = {}
    for folder in folders:
        path = folder / regime / "regime.toml"
        if path.is_file():
            raw = _merge(raw, read_toml(path, f"{regime}/regime.toml"))
    if not raw:
        known = "、".join(regime_ids(extra))
        raise DefinitionError("sxxt.toml", "regime", f"没有“{regime}”这个制度", f"现有：{known}")
    forms = load_forms(folders, load_lists(folders))
    return _regime(Table(raw, f"{regime}/regime.toml", ""), forms)


def packet_version(regime: Regime, packet: str) -> str:
    """Return the version of a packet's template: it changes when any definition in it does."""
    text = repr((regime.packet(packet), regime.sheets(packet)))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _folders(extra: Path | None) -> tuple[Path, ...]:
    shipped = validators_dir()
    return (shipped, extra) if extra is not None and extra.is_dir() else (shipped,)


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Merge by id: a table of the same id is updated key by key, others are appended."""
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        if isinstance(before, list) and isinstance(value, list):
            merged[key] = _merge_tables(before, value)
        else:
            merged[key] = value
    return merged


def _merge_tables(old: list[Any], new: list[Any]) -> list[Any]:
    tables = [dict(item) for item in old]
    place = {item["id"]: item for item in tables if "id" in item}
    for item in new:
        if item.get("id") in place:
            place[item["id"]].update(item)
        else:
            tables.append(dict(item))
    return tables


def _regime(root: Table, sources: Mapping[str, FormSource]) -> Regime:
    regime_id = root.need("id", str)
    packets = tuple(_packet(item, sources) for item in root.tables("packet"))
    packet_forms = tuple(
        (p.id, tuple(sources[s].resolve(regime_id, p.sheets) for s in (*_ALWAYS[:1], *p.sheets, *_ALWAYS[1:])))
        for p in packets
    )
    used = dict.fromkeys((COVER, *(s for p in packets for s in p.sheets), EXPLANATIONS))
    forms = tuple(sources[s].form for s in used)
    regime = Regime(
        id=regime_id,
        document=root.need("document", str),
        number=root.get("number", str, ""),
        issued=root.get("issued", str, ""),
        levels=tuple(_level(item) for item in root.tables("level")),
        roles=tuple(_role(item) for item in root.tables("role")),
        filers=tuple(_filers(item) for item in root.tables("filers")),
        packets=packets,
        obligations=tuple(_obligation(item) for item in root.tables("obligation")),
        cascades=tuple(_cascade(item) for item in root.tables("cascade")),
        counts=tuple(_count(item) for item in root.tables("count")),
        coverages=tuple(_coverage(item) for item in root.tables("coverage")),
        signoffs=tuple(_signoff(item) for item in root.tables("signoff")),
        chains=tuple(_chain(item) for item in root.tables("chain")),
        manual=tuple(_manual(item) for item in root.tables("manual")),
        row_rules=tuple(_regime_row(item) for item in root.tables("row")),
        forms=forms,
        packet_forms=packet_forms,
    )
    root.get("source", str, "")
    root.done(("id", "document", "number", "issued", "source", "level", "role", "filers",
               "packet", "obligation", "cascade", "count", "coverage", "signoff", "chain",
               "manual", "row"))  # fmt: skip
    _check(regime, root.file)
    return regime


def _law(item: Table) -> Law:
    return Law(
        id=item.need("id", str),
        title=item.need("title", str),
        serves=item.words("serves"),
        severity=cast("Severity", item.one_of("severity", SEVERITIES)),
        basis=item.need("basis", str),
        message=item.need("message", str),
        remedy=item.need("remedy", str),
    )


def _level(item: Table) -> Level:
    level = Level(item.need("id", str), item.words("units"))
    item.done(("id", "units"))
    return level


def _role(item: Table) -> Role:
    role = Role(
        id=item.need("id", str),
        body=item.get("body", bool, False),
        identity=item.words("identity"),
        titles=item.words("titles"),
        areas=item.words("areas"),
    )
    item.done(("id", "body", "identity", "titles", "areas"))
    return role


def _filers(item: Table) -> Filers:
    filers = Filers(
        id=item.need("id", str),
        units=item.words("units"),
        roles=item.words("roles"),
        optional=item.words("optional"),
        once=item.get("once", bool, False),
        single=item.words("single"),
    )
    item.done(("id", "units", "roles", "optional", "once", "single"))
    return filers


def _packet(item: Table, sources: Mapping[str, FormSource]) -> Packet:
    packet = Packet(
        id=item.need("id", str),
        number=item.need("number", str),
        title=item.need("title", str),
        sheets=item.words("sheets"),
        basis=item.need("basis", str),
        parent_list=item.get("parent_list", str, "") or None,
    )
    for sheet in packet.sheets:
        if sheet not in sources:
            raise item.fault("sheets", f"没有“{sheet}”这张表", f"在 forms/ 下建 {sheet}.toml，或核对表名")
    item.done(("id", "number", "title", "sheets", "basis", "parent_list"))
    return packet


def _obligation(item: Table) -> Obligation:
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
    )
    try:
        for word in (obligation.period, *obligation.accepts):
            period_id(word, 2025)
        if obligation.due:
            due(obligation.due, 2025, _Calendar())
    except (PeriodError, DueError) as error:
        raise item.fault("period/due", str(error), "照“4月底前”“次年1月10日前”“上半年”这样写") from error
    if not obligation.serves:
        raise item.fault("serves", "没有写", "写出它对应的义务编号，报送义务本身放第一个")
    item.done(("id", "title", "serves", "packet", "filers", "duty", "period", "basis", "due",
               "accepts", "to", "window"))  # fmt: skip
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


def _cascade(item: Table) -> Cascade:
    scope = item.one_of("scope", ("unit", "members", "in_charge"))
    told = item.one_of("told", ("unit", "office"), "unit")
    cascade = Cascade(
        law=_law(item),
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


def _count(item: Table) -> Count:
    count = Count(
        law=_law(item),
        form=item.need("form", str),
        where=item.conditions("where"),
        value=item.need("value", str),
        window=item.one_of("window", ("年度", "每半年")),
        at_least=item.get("at_least", int, 1),
        at_least_where=item.conditions("at_least_where"),
    )
    item.done((*_LAW_KEYS, "form", "where", "value", "window", "at_least", "at_least_where"))
    return count


def _coverage(item: Table) -> Coverage:
    coverage = Coverage(
        law=_law(item),
        packets=item.words("packet"),
        form=item.need("form", str),
        areas=item.get("areas", bool, False),
        roles=item.words("roles"),
        document=item.get("document", str, "") or None,
    )
    item.done((*_LAW_KEYS, "packet", "form", "areas", "roles", "document"))
    return coverage


def _signoff(item: Table) -> SignOff:
    signer = item.one_of("signer", ("unit_secretary", "leader_in_charge"))
    signoff = SignOff(
        law=_law(item),
        packets=item.words("packet"),
        form=item.need("form", str),
        roles=item.words("roles"),
        signer=cast("Any", signer),
    )
    item.done((*_LAW_KEYS, "packet", "form", "roles", "signer"))
    return signoff


def _chain(item: Table) -> Chain:
    law = _law(item)
    form = item.need("form", str)
    steps = []
    for step in item.tables("steps"):
        when = When(equals=step.conditions("when"))
        steps.append(
            Step(step.need("field", str), when, step.get("not_before", str, "") or None)
        )
        step.done(("field", "when", "not_before"))
    item.done((*_LAW_KEYS, "form", "steps"))
    return Chain(law, form, tuple(steps))


def _manual(item: Table) -> Manual:
    manual = Manual(item.words("serves"), item.need("title", str), item.need("basis", str))
    item.done(("serves", "title", "basis"))
    return manual


def _regime_row(item: Table) -> tuple[str, RowRule]:
    form = item.need("form", str)
    return form, row_rule(item)


def _check(regime: Regime, file: str) -> None:
    """Refuse names that point nowhere: every id used must be defined."""
    forms = {f.id: f for f in regime.forms}
    packets = {p.id for p in regime.packets}
    roles = {r.id for r in regime.roles}
    filers = {f.id for f in regime.filers}
    levels = {level.id for level in regime.levels}

    def known(name: str | None, pool: Iterable[str], at: str, what: str) -> None:
        if name is not None and name not in pool:
            raise DefinitionError(file, at, f"没有“{name}”这个{what}", f"现有：{'、'.join(pool)}")

    def column(form: str, name: str | None, at: str) -> None:
        known(form, forms, at, "表")
        if name is not None:
            known(name, tuple(f.name for f in forms[form].fields), at, f"“{form}”的列")

    for item in regime.obligations:
        known(item.packet, packets, f"[[obligation]] {item.id}", "套表")
        known(item.filers, filers, f"[[obligation]] {item.id}", "报送主体")
    for group in regime.filers:
        for role in group.roles:
            known(role, roles, f"[[filers]] {group.id}", "责任主体种类")
    for cascade in regime.cascades:
        at = f"[[cascade]] {cascade.law.id}"
        for rows in (cascade.demand, cascade.supply):
            known(rows.level, levels, at, "层级")
            for role in rows.roles:
                known(role, roles, at, "责任主体种类")
            for name in (rows.unless, *(n for n, _ in rows.where)):
                column(rows.form, name, at)
        column(cascade.supply.form, cascade.by, at)
        column(cascade.demand.form, cascade.limit, at)
        if cascade.limit and not cascade.each_period:
            column(cascade.supply.form, cascade.limit, at)
    for count in regime.counts:
        at = f"[[count]] {count.law.id}"
        column(count.form, count.value, at)
        for name, _ in (*count.where, *count.at_least_where):
            column(count.form, name, at)
    for law in (*regime.coverages, *regime.signoffs):
        at = f"[[{'coverage' if isinstance(law, Coverage) else 'signoff'}]] {law.law.id}"
        for packet in law.packets:
            known(packet, packets, at, "套表")
        for role in law.roles:
            known(role, roles, at, "责任主体种类")
        column(law.form, law.document if isinstance(law, Coverage) else None, at)
    for chain in regime.chains:
        for step in chain.steps:
            column(chain.form, step.field, f"[[chain]] {chain.law.id}")
    for form_id, rule in regime.row_rules:
        known(form_id, forms, f"[[row]] {rule.id}", "表")
        check_row_rule(forms[form_id], rule, file)


def form_rules(regime: Regime, form: Form) -> tuple[RowRule, ...]:
    """Return the row rules of a form: its own and those of the regime."""
    return (*form.rows, *(rule for form_id, rule in regime.row_rules if form_id == form.id))
