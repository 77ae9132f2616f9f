"""In how many ways a cell can be wrong, made of the definitions: of headings and rules of a row.

A `Way` says what to write into a heading and which code must come of it; `fits` tells the rows
in which that is the only thing that is wrong then. A form, field or rule that is added is broken
without a line being written here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.periods import ROUNDS
from sxxt_excel.regime import EXPLANATIONS, form_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pages import Spot

    from sxxt_excel.model.forms import Field, Form, RowRule, When
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Chain, Step
    from sxxt_excel.people import Unit

    Value = Callable[[Spot], Any]
    Given = tuple[tuple[str, Value], ...]

IDENTITY: Final = "whose workbook it is"
_NOBODY: Final = "查无此人"
_ODD: Final = "随便写的"
_PHONE: Final = "（电话13800138000）"
_PERSON_ID: Final = "（证号11010519491231002X）"
_COVER: Final = "cover"
_SOME_DAY: Final = dt.datetime(2025, 6, 10)  # noqa: DTZ001 - as a cell gives it


def _anywhere(_spot: Spot) -> bool:
    return True


@dataclass(frozen=True)
class Way:
    """What is written into a heading, and what must come of it.

    `told` is the heading whose cell the finding names, where that is not the broken one. `given`
    is what stands in other cells of the row, rightly, so that the one broken cell is what counts.
    `mild`: it asks for an explanation only, and does not send the workbook back.
    """

    field: str
    name: str
    code: str
    value: Value
    fits: Callable[[Spot], bool] = _anywhere
    told: str = ""
    given: Given = ()
    mild: bool = False

    def cells(self, spot: Spot) -> dict[str, Any]:
        """Return what to write into a row, by heading; nothing where that changes nothing."""
        others = {name: value(spot) for name, value in self.given if name != self.field}
        changed = {name: value for name, value in others.items() if spot[name] != value}
        value = self.value(spot)
        return changed | {self.field: value} if changed or spot[self.field] != value else {}


def ways_of(regime: Regime, packet: Packet, form: Form) -> Iterator[Way]:
    """Yield every way in which a cell of a form can be wrong in a packet."""
    for field in form.fields:
        if field.office:
            yield _way(field, "单位自己填了", field.choices[0] if field.choices else 1, "V158")
            continue
        yield _way(field, "错误值", "#N/A", "V110")
        if field.required and form.id != EXPLANATIONS:  # what says no reason there is blank
            yield Way(field.name, "空白", "V101", _nothing, _may_lack(form, field))
            yield from (_way(field, word, word, "V125") for word in field.blanks[:1])
        given = _asked_by(regime, form, field)
        yield from (
            replace(way, given=way.given + given) for way in _of_kind(regime, packet, form, field)
        )
    roles = {
        role
        for duty in regime.obligations
        if duty.packet == packet.id
        for role in regime.filers_of(duty.filers).roles
    }
    for rule in form_rules(regime, form):
        if rule.severity != "note" and (not rule.when.role or roles & {*rule.when.role}):
            mild = rule.severity == "query"
            yield from (replace(way, mild=mild) for way in _of_rule(form, rule))
    for chain in regime.chains:
        if chain.form == form.id and chain.law.severity != "note":
            for step in chain.steps:
                yield from (replace(way, mild=True) for way in _of_step(form, chain, step))


def _asked_by(regime: Regime, form: Form, field: Field) -> Given:
    """Return what must be there where this is: why an item is not taken up, and which."""
    names = [
        name
        for rule in form_rules(regime, form)
        if rule.only is not None and field.name in rule.when.filled
        for name in rule.only
        if not _required(form, name)
    ]
    return tuple((name, lambda s, name=name: s[name] or s.page.number) for name in names)


def _nothing(_spot: Spot) -> None:
    return None


def _way(field: Field, name: str, value: Any, code: str) -> Way:
    mild = CATALOGUE[code].severity != "must"
    return Way(field.name, name, code, lambda _: value, mild=mild)


def _may_lack(form: Form, field: Field) -> Callable[[Spot], bool]:
    """Tell the rows that still say something without this cell."""
    own = [f.name for f in form.fields if not f.frame and f.name != field.name]

    def fits(spot: Spot) -> bool:
        others = form.layout == _COVER or bool(form.fixed) or any(spot[n] is not None for n in own)
        return spot.has(field.name) and others

    return fits


# ---- who else looks at a cell --------------------------------------------------------------

Concerns = dict[str, frozenset[str]]
"""Heading → what looks at it beyond its row: lists that name one another, and rules."""


def concerns(regime: Regime, form: Form) -> Concerns:
    """Return which lists and rules the headings of a form have to do with."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, concern in (*_lists(regime, form), *_rules(regime, form)):
        if name is not None:
            found[name].add(concern)
    return {name: frozenset(several) for name, several in found.items()}


def _lists(regime: Regime, form: Form) -> Iterator[tuple[str, str]]:
    for field in form.fields:
        if field.to is not None:
            yield field.name, field.to.form
        if field.kind in {"key", "ref", "refs", "label"} or field.choices_by_role:
            yield field.name, form.id
        if field.kind in {"filer", "person", "signer"}:
            yield from ((field.name, other) for other in (form.id, *_signed(regime)))
        if field.kind in {"unit", "year", "period"}:
            yield field.name, IDENTITY


def _signed(regime: Regime) -> Iterator[str]:
    yield from (rule.form for rule in regime.signoffs)


def _rules(regime: Regime, form: Form) -> Iterator[tuple[str | None, str]]:
    for cascade in regime.cascades:
        for rows in (cascade.demand, cascade.supply):
            names = (cascade.by, cascade.limit, rows.unless, *dict(rows.where))
            yield from ((name, cascade.law.id) for name in names if rows.form == form.id)
    supplies = [
        *((s, n.law.id) for n in regime.needs for s in n.supply),
        *((s, slot.need.law.id) for slot in regime.slots for s in slot.need.supply),
        *((rule.supply, rule.law.id) for rule in regime.agreements),
    ]
    for supply, law in supplies:
        names = (supply.date, supply.year, supply.names, supply.by, *supply.distinct)
        every = (*names, *dict(supply.where))
        yield from ((name, law) for name in every if supply.form == form.id)
    figures = [
        *((c.form, (c.value, *dict(c.where)), c.law.id) for c in regime.counts),
        *((a.form, (a.value, *dict(a.where)), a.law.id) for a in regime.agreements),
        *((c.form, (c.document,), c.law.id) for c in regime.coverages),
    ]
    for owner, columns, law in figures:
        yield from ((name, law) for name in columns if owner == form.id)


# ---- what is wrong with a cell for itself ------------------------------------------------

_SIMPLE: Final[Mapping[str, tuple[tuple[str, Any, str], ...]]] = {
    "date": (("不是日期", "2025.13.45", "V102"), ("没有日", "2025年3月", "V102")),
    "int": (("不是数", "若干", "V103"), ("负数", -1, "V112"), ("不是整数", 1.5, "V103")),
    "number": (("不是数", "若干", "V103"), ("负数", -1, "V112")),
    "year": (("不是年份", "若干", "V103"), ("别的年度", 2024, "I103")),
    "limit": (("看不出时限", "尽快", "V105"),),
    "filer": (("外人", _NOBODY, "V109"),),
    "person": (("外人", _NOBODY, "V115"),),
    "file": (("没有随附", "没有报来的报告.docx", "Q106"),),
    "label": (("不是指标", _ODD, "V104"),),
}


def _of_kind(regime: Regime, packet: Packet, form: Form, field: Field) -> Iterator[Way]:
    yield from (_way(field, *simple) for simple in _SIMPLE.get(field.kind, ()))
    if field.kind in {"text", "long"}:
        yield _with_number(field, "手机号", _PHONE, "V119")
        yield _with_number(field, "身份证号", _PERSON_ID, "V117")
    if field.max_length:
        yield _way(field, "太长", "长" * (field.max_length + 1), "V120")
    if field.maximum is not None:
        yield from _of_maximum(form, field, field.maximum)
    match field.kind:
        case "choice" | "choices":
            yield from _of_choice(regime, field)
        case "key" | "label":
            yield from _of_key(regime, form, field)
        case "ref" | "refs":
            yield from _of_reference(regime, packet, field)
        case "unit":
            yield from _of_unit(form, field)
        case "period":
            yield _way(field, "不是报告期", _ODD, "V104")
            yield Way(field.name, "别的报告期", "I103", _other_period)
        case "signer":
            yield Way(field.name, "外人", "B102", lambda _: _NOBODY, _signed_by_known(field))


def _with_number(field: Field, name: str, number: str, code: str) -> Way:
    """Return the way of somebody's number in a text, which says what it said all the same."""

    def value(spot: Spot) -> str:
        said = f"{spot[field.name] or ''}{number}"
        return number if 0 < field.max_length < len(said) else said

    return Way(field.name, name, code, value, mild=CATALOGUE[code].severity != "must")


def _of_unit(form: Form, field: Field) -> Iterator[Way]:
    on_cover = form.layout == _COVER
    yield _way(field, "没有的单位", "某某研究所", "I102" if on_cover else "V121")
    if on_cover:
        yield Way(field.name, "别的单位", "I102", lambda s: _another(s).name)


def _of_maximum(form: Form, field: Field, most: str) -> Iterator[Way]:
    others = [f.name for f in form.fields if f.maximum == most and f.name != field.name]

    def full(spot: Spot) -> Any:
        return spot[most]

    def fits(spot: Spot) -> bool:
        return spot.has(most)

    given = ((field.name, full), *((name, lambda _: 0) for name in others))
    yield Way(field.name, f"高于{most}", "V112", lambda s: s[most] + 1, fits)
    yield Way(most, f"低于{field.name}", "V112", lambda s: s[most] - 1, fits, field.name, given)


def _of_choice(regime: Regime, field: Field) -> Iterator[Way]:
    if field.locked:
        return
    if field.choices_by_role:
        if any(role.areas for role in regime.roles):
            yield Way(
                field.name, "不在选项内", "V104", lambda _: _ODD,
                lambda s: bool(s.role and regime.role(s.role).areas),
            )  # fmt: skip
    elif field.choices:
        code = "V157" if field.open else "V104"
        yield _way(field, "不在选项内", _ODD, code)
        if field.kind == "choices":
            yield Way(
                field.name, "其中一个不在选项内", code, lambda s: f"{s[field.name]}、{_ODD}",
                lambda s: s.has(field.name),
            )  # fmt: skip


def _of_key(regime: Regime, form: Form, field: Field) -> Iterator[Way]:
    name = field.name
    yield Way(
        name, "与上一行重复", "V106", lambda s: s.beside(-1)[name],
        lambda s: bool(s.beside(-1) and (s.beside(-2) or s.beside(1))),
    )  # fmt: skip
    yield Way(
        name, "与下一行重复", "V106", lambda s: s.beside(1)[name],
        lambda s: bool(s.beside(1) and s.beside(2)),
    )  # fmt: skip
    if field.kind == "label" or (field.to is not None and not _has(regime, field.to.form)):
        return
    number = regime.form(field.to.form).number if field.to else form.number
    yield _way(field, "写法不符", "第一个项目", "V108")
    yield Way(
        name, "别的单位的", "V108", lambda s: f"{_another(s).code}-{s.page.year}-{number}-001"
    )
    if field.to is not None:
        yield from _dangling(regime, field)


def _of_reference(regime: Regime, packet: Packet, field: Field) -> Iterator[Way]:
    if field.to is not None and _has_list(regime, packet, field.to.form):
        yield Way(field.name, "不是编号", "V107", lambda _: "第一个项目", _list_came(field))
        yield from _dangling(regime, field)


def _has_list(regime: Regime, packet: Packet, form: str) -> bool:
    """Tell whether anybody who sends the packet sends that list too."""
    lists = {p.id for p in regime.packets if form in p.sheets}
    return not _senders(regime, {packet.id}).isdisjoint(_senders(regime, lists))


def _senders(regime: Regime, packets: set[str]) -> set[str]:
    """Return the kinds of unit that owe any of the packets."""
    groups = (regime.filers_of(o.filers) for o in regime.obligations if o.packet in packets)
    return {kind for group in groups for kind in group.units}


def _has(regime: Regime, form: str) -> bool:
    return any(f.id == form for f in regime.forms)


def _dangling(regime: Regime, field: Field) -> Iterator[Way]:
    assert field.to is not None
    number = regime.form(field.to.form).number
    yield Way(
        field.name, "查无对应", "V107",
        lambda s: f"{s.page.unit.code}-{s.page.year}-{number}-999", _list_came(field),
    )  # fmt: skip


def _list_came(field: Field) -> Callable[[Spot], bool]:
    """Tell the rows of a unit that sends the list in which the number should stand."""
    return lambda s: field.to is not None and field.to.form in s.page.lists


def _another(spot: Spot) -> Unit:
    return next(u for u in reversed(spot.page.roster.units) if u.code != spot.page.unit.code)


def _other_period(spot: Spot) -> str:
    item = spot.page.item
    taken = {item.period, *item.accepts, *item.obligation.accepts}
    words = ("上半年", "下半年", "专项", "第9轮", "年度")
    return next(w for w in words if not _is_period(w, taken))


def _is_period(word: str, taken: set[str]) -> bool:
    marks = {"上半年": "H1", "下半年": "H2", "第9轮": ROUNDS}
    return any(word in t or marks.get(word, word) in t for t in taken)


def _signed_by_known(field: Field) -> Callable[[Spot], bool]:
    """Tell the rows that somebody of the roster must sign."""
    return lambda s: bool(s.page.roster.named(str(s[field.name])))


# ---- what is wrong with a cell beside others of its row ----------------------------------


def _of_rule(form: Form, rule: RowRule) -> Iterator[Way]:
    for name in rule.needs:
        if not _required(form, name):
            yield _lacking(name, rule.id, "V113", rule.when)
    if rule.not_before:
        yield _too_early(rule.not_before, rule.id, "V114", rule.when)
    for name in rule.one_of:
        field = form.field(name)
        if field is not None and field.kind != "file":
            others = tuple((n, _nothing) for n in rule.one_of if n != name)
            fits = _alone(form, rule, name)
            yield Way(
                name, f"空白（{rule.id}）", "V118", _nothing, fits, rule.one_of[0], others
            )  # fmt: skip
    if rule.equal:
        yield _different(*rule.equal, rule)
    if rule.expect:
        yield from _unexpected(form, rule, *rule.expect)
    for name in rule.only or ():
        if not _required(form, name):
            yield _without(name, rule)


def _without(name: str, rule: RowRule) -> Way:
    def fits(spot: Spot) -> bool:
        return spot[name] is None

    return Way(
        rule.when.filled[0], f"没有{name}（{rule.id}）", "V101",
        lambda _: "这一项由学校直接负责落实", fits, name,
    )  # fmt: skip


def _different(one: str, other: str, rule: RowRule) -> Way:
    return Way(
        one, f"不同（{rule.id}）", "V122", lambda s: s[other] - 1,
        lambda s: s.has(other, *rule.when.filled), "", _given(rule.when),
    )  # fmt: skip


def _given(when: When) -> Given:
    """Return what must stand in a row for a condition to hold."""
    return tuple((name, lambda _, word=values[0]: word) for name, values in when.equals)


def _lacking(name: str, title: str, code: str, when: When) -> Way:
    """Return the way of a blank where a condition asks for something."""

    def fits(spot: Spot) -> bool:
        return _of_role(when, spot) and spot.has(*when.filled)

    return Way(name, f"空白（{title}）", code, _nothing, fits, "", _given(when))


def _of_role(when: When, spot: Spot) -> bool:
    return not when.role or spot.role in when.role


def _required(form: Form, name: str) -> bool:
    field = form.field(name)
    return field is not None and field.required


def _alone(form: Form, rule: RowRule, name: str) -> Callable[[Spot], bool]:
    """Tell the rows that still say something without any of those of which one must be there."""
    rest = [f.name for f in form.fields if not f.frame and f.name not in rule.one_of]

    def fits(spot: Spot) -> bool:
        return spot.has(name) and any(spot[n] is not None for n in rest)

    return fits


def _unexpected(form: Form, rule: RowRule, name: str, values: tuple[str, ...]) -> Iterator[Way]:
    field = form.field(name)
    others = [c for c in field.choices if c not in values] if field is not None else []
    if others:
        yield Way(
            name, f"不符（{rule.id}）", "V116", lambda _: others[0],
            lambda s: s.holds(rule.when) and s.has(name),
        )  # fmt: skip


def _too_early(pair: tuple[str, str], title: str, code: str, when: When) -> Way:
    """Return the way of a day that comes before the one it follows: by a day, and not by more."""
    later, earlier = pair

    def before(spot: Spot) -> dt.datetime:
        return spot[earlier] or spot[later] or _SOME_DAY

    def the_day_before(spot: Spot) -> dt.datetime:
        return before(spot) - dt.timedelta(days=1)

    def fits(spot: Spot) -> bool:
        known = isinstance(before(spot), dt.datetime)
        return known and _of_role(when, spot) and spot.has(*when.filled)

    given = ((earlier, before), *_given(when))
    return Way(later, f"早于{earlier}（{title}）", code, the_day_before, fits, "", given)


def _of_step(form: Form, chain: Chain, step: Step) -> Iterator[Way]:
    field = form.field(step.field)
    if field is None or field.office:
        return
    code, title = "C106" if step.after else "C105", chain.law.id
    if not field.required:
        yield _lacking(field.name, title, code, step.when)
    if step.values:
        other = next(c for c in field.choices if c not in step.values)
        yield Way(
            field.name, f"未办（{title}）", code, lambda _: other,
            lambda s: s.holds(step.when) and s.has(field.name),
        )  # fmt: skip
    if step.not_before:
        yield _too_early((field.name, step.not_before), title, "C107", step.when)


__all__ = ["IDENTITY", "Way", "concerns", "ways_of"]
