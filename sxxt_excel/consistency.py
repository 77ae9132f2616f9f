"""What is defined in a regime points somewhere: names of forms, columns, roles, levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.forms import check_row_rule, rests_on
from sxxt_excel.text import nearest
from sxxt_excel.toml import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.model.forms import Form, Kind
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Cascade, Coverage, Need, Supply


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
        self.filled_in(form, name, at)

    def filled_in(self, form: str, name: str | None, at: str) -> None:
        """Refuse a column that nobody fills in: what rests on it would for ever be unchecked."""
        sheets = [f for p in self.regime.packets for f in self.regime.sheets(p.id) if f.id == form]
        fields = [field for sheet in sheets if (field := sheet.field(name or "")) is not None]
        if fields and all(field.office for field in fields):
            raise self.fault(
                at, f"“{form}”的“{name}”由党委办公室填写，报送的表里没有，这条规则永远查不出问题",
                "由人核对的，改写成 [[manual]]；办公室自己填的套表，[[packet]] 写 office = true",
            )  # fmt: skip

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


def check_names(regime: Regime, file: str) -> None:
    """Refuse names that point nowhere: every id used must be defined.

    Raises:
        DefinitionError: says which table, which name, and what could be meant.
    """
    names = _Names(regime, file)
    _check_duties(names)
    for cascade in regime.cascades:
        _check_cascade(names, cascade, f"[[cascade]] {cascade.law.id}")
    for count in regime.counts:
        at = f"[[count]] {count.law.id}"
        names.packets(count.packets, count.form, at)
        columns = (n for n, _ in (*count.where, *count.at_least_where))
        for name in (count.value, count.reason, *columns):
            names.column(count.form, name, at)
    for coverage in regime.coverages:
        _check_coverage(names, coverage, f"[[coverage]] {coverage.law.id}")
    for signoff in regime.signoffs:
        at = f"[[signoff]] {signoff.law.id}"
        names.packets(signoff.packets, signoff.form, at)
        names.roles(signoff.roles, at)
        names.has(signoff.form, at, "signer")
        names.has(signoff.form, at, "date")
    for need in (*regime.needs, *(slot.need for slot in regime.slots)):
        _check_need(names, need, f"[[need]] {need.law.id}")
    _check_slots(names)
    _check_agreements(names)
    _check_rows(names)


def _check_duties(names: _Names) -> None:
    """Check who files what."""
    regime = names.regime
    for item in regime.obligations:
        at = f"[[obligation]] {item.id}"
        names.known(item.packet, (p.id for p in regime.packets), at, "套表")
        names.known(item.filers, (f.id for f in regime.filers), at, "报送主体")
    for group in regime.filers:
        names.roles(group.roles, f"[[filers]] {group.id}")


def _check_agreements(names: _Names) -> None:
    for agreement in names.regime.agreements:
        at = f"[[agreement]] {agreement.law.id}"
        _check_supply(names, agreement.supply, at)
        for name in (agreement.value, *(n for n, _ in agreement.where)):
            names.column(agreement.form, name, at)


def _check_need(names: _Names, need: Need, at: str) -> None:
    if need.filers:
        names.known(need.filers, (f.id for f in names.regime.filers), at, "报送主体")
    if need.each in {"unit", "filer", "holder"} and not need.filers:
        raise names.fault(at, "没有写 filers", "请写出是对谁的要求，取 [[filers]] 中的一个")
    if need.each == "subject" and not need.units:
        raise names.fault(at, "没有写 units", "请写出是哪几类单位")
    if need.each == "pair" and not need.pairs:
        raise names.fault(at, "没有写 pairs", "可以写的有：heads、charges")
    for supply in need.supply:
        _check_supply(names, supply, at)
        if need.each in {"subject", "holder", "department"} and supply.names is None:
            raise names.fault(at, "supply 没有写 names", "请写出哪一列写着单位或人名")
        if need.each == "pair" and not (supply.names and supply.by):
            raise names.fault(at, "supply 缺 by 或 names", "请写出谈话人、谈话对象各是哪一列")


def _check_supply(names: _Names, supply: Supply, at: str) -> None:
    columns = (supply.date, supply.year, supply.names, supply.by, *supply.distinct)
    for name in (*columns, *(n for n, _ in supply.where)):
        names.column(supply.form, name, at)


def _check_slots(names: _Names) -> None:
    known = tuple(slot.need.law.id for slot in names.regime.slots)
    for slot in names.regime.slots:
        names.known(slot.after, known, f"[[slot]] {slot.need.law.id} 的 after", "目录项")


def _check_rows(names: _Names) -> None:
    """Check what looks at single rows: chains and row rules."""
    for chain in names.regime.chains:
        at = f"[[chain]] {chain.law.id}"
        for step in chain.steps:
            whens = (*step.when.filled, *(n for n, _ in step.when.equals))
            for column in (step.field, step.not_before, step.after, *whens):
                names.column(chain.form, column, at)
        names.column(chain.form, chain.reason, at)
    for form_id, rule in names.regime.row_rules:
        at = f"[[row]] {rule.id}"
        check_row_rule(names.form(form_id, at), rule, names.file)
        for name in rests_on(rule):
            names.filled_in(form_id, name, at)
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
