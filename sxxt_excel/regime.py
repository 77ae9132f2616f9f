"""validators/<regime>/regime.toml → `Regime`: one governing document as data.

A workspace's own `validators/` comes after the shipped one: its form files replace,
its tables of a regime merge by `id` (ruling 12).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sxxt_excel.dates import Calendar, DueError, PeriodError, due, period_id
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
    Kind,
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
from sxxt_excel.text import nearest
from sxxt_excel.toml import DefinitionError, Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

COVER, EXPLANATIONS = "封面", "情况说明"
_LAW_KEYS = ("id", "title", "serves", "severity", "basis", "message", "remedy")
_ARRAYS = (
    "level", "role", "filers", "packet", "obligation", "cascade", "count", "coverage", "signoff",
    "chain", "manual", "row",
)  # fmt: skip
# What the {places} in a rule's sentences may name, beside the address of the finding.
_ADDRESS = ("unit", "filer", "form", "field", "got")
_PLACES: Mapping[str, tuple[str, ...]] = {
    "cascade": ("key", "text", *_ADDRESS),
    "count": ("found", "required"),
    "coverage": ("area", *_ADDRESS),
    "signoff": ("signer", *_ADDRESS),
    "chain": ("key", "step", *_ADDRESS),
}
_ANY_YEAR = 2025


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
            name = f"{regime}/regime.toml"
            raw = _merge(raw, read_toml(path, name), name)
    if not raw:
        known = "、".join(regime_ids(extra))
        raise DefinitionError("sxxt.toml", "regime", f"没有“{regime}”这个制度", f"现有：{known}")
    forms = load_forms(folders, load_lists(folders))
    root = Table(raw, f"{regime}/regime.toml", "")
    if raw.get("id") != regime:
        raise root.fault("id", f"与所在文件夹的名称“{regime}”不同", "请改成一样的")
    return _regime(root, forms)


def packet_version(regime: Regime, packet: str) -> str:
    """Return the version of a packet's template: it changes when any definition in it does."""
    text = repr((regime.packet(packet), regime.sheets(packet)))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _folders(extra: Path | None) -> tuple[Path, ...]:
    shipped = validators_dir()
    return (shipped, extra) if extra is not None and extra.is_dir() else (shipped,)


def _merge(old: dict[str, Any], new: dict[str, Any], file: str) -> dict[str, Any]:
    """Merge by id: a table of the same id is updated key by key, others are appended."""
    merged = dict(old)
    for key, value in new.items():
        if key in _ARRAYS:
            before = Table({key: old.get(key, [])}, file, "").tables(key)
            after = Table({key: value}, file, "").tables(key)
            merged[key] = _merge_tables([t.data for t in before], [t.data for t in after])
        else:
            merged[key] = value
    return merged


def _merge_tables(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    place = {str(item["id"]): item for item in old if "id" in item}
    for item in new:
        same = place.get(str(item.get("id")))
        if same is None:
            old.append(item)
        else:
            same.update(item)
    return old


def _regime(root: Table, sources: Mapping[str, FormSource]) -> Regime:
    regime_id = root.need("id", str)
    for array in _ARRAYS:
        items = root.data.get(array, [])
        root.unique(array, [str(item["id"]) for item in items if "id" in item])
    packets = tuple(_packet(item, sources) for item in root.tables("packet"))
    root.unique("packet", [p.number for p in packets])
    packet_forms = tuple(
        (
            p.id,
            tuple(
                sources[s].resolve(regime_id, p.sheets) for s in (COVER, *p.sheets, EXPLANATIONS)
            ),
        )
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
    root.done(("id", "document", "number", "issued", "source", *_ARRAYS))
    _check(regime, root.file)
    return regime


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
            raise item.fault(
                "sheets", f"没有“{sheet}”这张表", f"请在 forms/ 下建 {sheet}.toml，或核对表名"
            )
    if not packet.sheets:
        raise item.fault("sheets", "没有写", "请写出这套表里有哪几张表")
    if packet.parent_list is not None and packet.parent_list not in packet.sheets:
        raise item.fault(
            "parent_list", f"“{packet.parent_list}”不在 sheets 里", "请写 sheets 中的一张"
        )
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


def _count(item: Table) -> Count:
    count = Count(
        law=_law(item, "count"),
        form=item.need("form", str),
        where=item.conditions("where"),
        value=item.need("value", str),
        window=item.one_of("window", ("年度", "每半年")),
        at_least=item.between("at_least", 1, 1, 10_000),
        at_least_where=item.conditions("at_least_where"),
    )
    item.done((*_LAW_KEYS, "form", "where", "value", "window", "at_least", "at_least_where"))
    return count


def _coverage(item: Table) -> Coverage:
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


def _signoff(item: Table) -> SignOff:
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


def _chain(item: Table) -> Chain:
    law = _law(item, "chain")
    form = item.need("form", str)
    steps = []
    for step in item.tables("steps"):
        when = When(equals=step.conditions("when"))
        steps.append(Step(step.need("field", str), when, step.get("not_before", str, "") or None))
        step.done(("field", "when", "not_before"))
    if not steps:
        raise item.fault("steps", "没有写", "请至少写一个环节")
    item.done((*_LAW_KEYS, "form", "steps"))
    return Chain(law, form, tuple(steps))


def _manual(item: Table) -> Manual:
    manual = Manual(item.words("serves"), item.need("title", str), item.need("basis", str))
    item.done(("serves", "title", "basis"))
    return manual


def _regime_row(item: Table) -> tuple[str, RowRule]:
    form = item.need("form", str)
    return form, row_rule(item)


@dataclass(frozen=True, slots=True)
class _Names:
    """What is defined in a regime; each method refuses a name that points nowhere."""

    regime: Regime
    file: str

    def known(self, name: str | None, pool: Iterable[str], at: str, what: str) -> None:
        names = tuple(pool)
        if name is not None and name not in names:
            near = nearest(name, names)
            hint = f"是否想写“{near}”？" if near else ""
            raise self.fault(at, f"没有“{name}”这个{what}", f"{hint}现有：{'、'.join(names)}")

    def fault(self, at: str, fault: str, advice: str) -> DefinitionError:
        return DefinitionError(self.file, at, fault, advice)

    def form(self, form: str, at: str) -> Form:
        self.known(form, (f.id for f in self.regime.forms), at, "表")
        return self.regime.form(form)

    def column(self, form: str, name: str | None, at: str) -> None:
        columns = (f.name for f in self.form(form, at).fields)
        self.known(name, columns, at, f"列（在“{form}”中）")

    def has(self, form: str, at: str, *kinds: Kind) -> None:
        """Refuse a form without a column of one of these kinds."""
        if not self.form(form, at).of_kind(*kinds):
            raise self.fault(
                at, f"“{form}”没有 {'、'.join(kinds)} 类的列", "请换一张表，或补上这一列"
            )

    def roles(self, names: Iterable[str], at: str) -> None:
        for name in names:
            self.known(name, (r.id for r in self.regime.roles), at, "责任主体种类")

    def packets(self, names: Iterable[str], form: str, at: str) -> None:
        """Refuse packets that are not there or do not hold the form."""
        for name in names:
            self.known(name, (p.id for p in self.regime.packets), at, "套表")
            sheets = [f.id for f in self.regime.sheets(name)]
            self.known(form, sheets, at, f"表（在套表“{name}”中）")


def _check(regime: Regime, file: str) -> None:
    """Refuse names that point nowhere: every id used must be defined."""
    names = _Names(regime, file)
    for item in regime.obligations:
        at = f"[[obligation]] {item.id}"
        names.known(item.packet, (p.id for p in regime.packets), at, "套表")
        names.known(item.filers, (f.id for f in regime.filers), at, "报送主体")
    for group in regime.filers:
        names.roles(group.roles, f"[[filers]] {group.id}")
    for cascade in regime.cascades:
        _check_cascade(names, cascade, f"[[cascade]] {cascade.law.id}")
    for count in regime.counts:
        at = f"[[count]] {count.law.id}"
        for name in (count.value, *(n for n, _ in (*count.where, *count.at_least_where))):
            names.column(count.form, name, at)
    for coverage in regime.coverages:
        _check_coverage(names, coverage, f"[[coverage]] {coverage.law.id}")
    for signoff in regime.signoffs:
        at = f"[[signoff]] {signoff.law.id}"
        names.packets(signoff.packets, signoff.form, at)
        names.roles(signoff.roles, at)
        names.has(signoff.form, at, "signer")
        names.has(signoff.form, at, "date")
    _check_rows(names)


def _check_rows(names: _Names) -> None:
    """Check what looks at single rows: chains and row rules."""
    for chain in names.regime.chains:
        at = f"[[chain]] {chain.law.id}"
        for step in chain.steps:
            for column in (step.field, step.not_before, *(n for n, _ in step.when.equals)):
                names.column(chain.form, column, at)
    for form_id, rule in names.regime.row_rules:
        at = f"[[row]] {rule.id}"
        check_row_rule(names.form(form_id, at), rule, names.file)
        names.roles(rule.when.role, at)


def _check_coverage(names: _Names, coverage: Coverage, at: str) -> None:
    names.packets(coverage.packets, coverage.form, at)
    names.roles(coverage.roles, at)
    names.column(coverage.form, coverage.document, at)
    by_role = any(f.choices_by_role for f in names.form(coverage.form, at).fields)
    if coverage.areas and not by_role:
        raise names.fault(at, f'“{coverage.form}”没有 choices = "@areas" 的列', "请删去 areas")


def _check_cascade(names: _Names, cascade: Cascade, at: str) -> None:
    for rows in (cascade.demand, cascade.supply):
        names.known(rows.level, (level.id for level in names.regime.levels), at, "层级")
        names.roles(rows.roles, at)
        for name in (rows.unless, *(n for n, _ in rows.where)):
            names.column(rows.form, name, at)
    names.has(cascade.demand.form, at, "key")
    names.column(cascade.supply.form, cascade.by, at)
    names.column(cascade.demand.form, cascade.limit, at)
    if cascade.limit and not cascade.each_period:
        names.column(cascade.supply.form, cascade.limit, at)


def form_rules(regime: Regime, form: Form) -> tuple[RowRule, ...]:
    """Return the row rules of a form: its own and those of the regime."""
    return (*form.rows, *(rule for form_id, rule in regime.row_rules if form_id == form.id))
