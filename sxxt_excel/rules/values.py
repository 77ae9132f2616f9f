"""Rules within a row and a table: required, choice, range, unique, conditions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.columns import strays
from sxxt_excel.faces.schema import Failure, check_table, schema_of
from sxxt_excel.findings import finding
from sxxt_excel.regime import form_rules
from sxxt_excel.result import FILE, FILER, ROLE
from sxxt_excel.text import JOIN, nearest, says_the_same, to_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from sxxt_excel.faces.schema import Areas
    from sxxt_excel.model.forms import Field, Form, RowRule
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Finding
    from sxxt_excel.stack import Stack

_UNUSABLE = frozenset({"V101", "V104"})
_AS_ISSUED = "下发的文件里已预填，照抄即可"


def areas_of(regime: Regime) -> Areas:
    """Return role → 重点方面, in the order of the regime."""
    return tuple((role.id, role.areas) for role in regime.roles)


def check_values(stack: Stack, regime: Regime) -> list[Failure]:
    """Return what single rows of a form do not satisfy; one schema call for all files."""
    rules = form_rules(regime, stack.form)
    schema = schema_of(stack.form, rules, areas_of(regime))
    return check_table(schema, stack.frame, stack.known, rules)


def told_cells(failures: Iterable[Failure]) -> dict[str, frozenset[int]]:
    """Return heading → rows whose cell is blank though required or none of its choices."""
    found: dict[str, set[int]] = defaultdict(set)
    for failure in failures:
        if failure.code in _UNUSABLE:
            found[failure.field].add(failure.label)
    return {name: frozenset(labels) for name, labels in found.items()}


def value_findings(stack: Stack, regime: Regime, failures: Iterable[Failure]) -> Iterator[Finding]:
    """Yield a finding for each failure, but of columns that are missing as a whole."""
    for failure in failures:
        number = int(stack.frame.loc[failure.label, FILE])  # type: ignore[arg-type]
        if stack.lacks(number, failure.field):
            continue  # S102 told that the column itself is missing
        yield _finding(stack, regime, failure)


def _finding(stack: Stack, regime: Regime, failure: Failure) -> Finding:
    row = stack.frame.loc[failure.label].to_dict()
    field = stack.form.field(failure.field)
    assert field is not None  # noqa: S101 - the schema was made of this form
    submission = stack.submission(failure.label)
    rule = failure.rule
    got = _plain(row[failure.field])
    if failure.code == "V104" and field.kind == "choices":
        got = JOIN.join(strays(got, field.choices))
    words = _words(regime, failure, field, row, got)
    return finding(
        failure.code,
        stack.where(failure.label, failure.field),
        got=got,
        basis=regime.cite(rule.basis) if rule and rule.basis else submission.basis,
        severity=rule.severity if rule else None,
        rule=rule.id if rule else None,
        words=words,
    )


def _plain(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]  # one cell of any type
        return ""
    text = to_text(value) if isinstance(value, float) else str(value)
    return text.removesuffix(" 00:00:00")


def _words(
    regime: Regime, failure: Failure, field: Field, row: dict[Hashable, object], got: str
) -> dict[str, str]:
    hint = _AS_ISSUED if field.locked else field.hint
    words = {"hint": f"（{hint}）" if hint else ""}
    rule = failure.rule
    if failure.code == "V104":
        choices = field.choices
        if field.choices_by_role:
            areas = dict(areas_of(regime))
            everyones = tuple(dict.fromkeys(name for names in areas.values() for name in names))
            choices = areas.get(str(row[ROLE])) or everyones
        near = nearest(got, (choice for choice in choices if says_the_same(got, choice)))
        words["choices"] = "、".join(choices)
        words["nearest"] = f"；是否指“{near}”" if near else ""
    elif failure.code == "V112" and field.maximum:
        words["limit"] = f"大于“{field.maximum}”（{_plain(row[field.maximum])}）"
    elif failure.code == "V120":
        words["count"], words["most"] = str(len(got)), str(field.max_length)
    elif failure.code == "V113" and rule is not None:
        words["because"] = _because(rule)
    elif failure.code == "V118" and rule is not None:
        words["fields"] = "、".join(f"“{name}”" for name in rule.one_of)
    elif failure.code == "V114" and rule is not None and rule.not_before is not None:
        words["other"] = rule.not_before[1]
        words["before"] = _plain(row[rule.not_before[1]])
    elif failure.code == "V122" and rule is not None and rule.equal is not None:
        words["because"] = _because(rule)
        words["other"] = rule.equal[1]
        words["before"] = _plain(row[rule.equal[1]])
    elif failure.code == "V116" and rule is not None and rule.expect is not None:
        words["choices"] = "、".join(rule.expect[1])
        words["because"] = _whose(rule, row) or _because(rule)
    return words


def _whose(rule: RowRule, row: dict[Hashable, object]) -> str:
    """Return in words that a rule holds of those with a role, "" of one that holds of all."""
    who, role = _plain(row[FILER]), _plain(row[ROLE])
    return f"{who}是{role}" if rule.when.role and role else ""


def _because(rule: RowRule) -> str:
    """Return the condition under which a rule holds, in words; of one without, what it asks."""
    said = (f"“{n}”是{'或'.join(v)}" for n, v in rule.when.equals)
    return "，".join((*(f"“{n}”已填" for n in rule.when.filled), *said)) or rule.title or rule.id


def schema_text(regime: Regime, form_id: str) -> str:
    """Return the pandera schemas that check a form, one for each way packets ask for it."""
    found: dict[Form, list[str]] = {}
    for packet in regime.packets:
        for form in regime.sheets(packet.id):
            if form.id == form_id:
                found.setdefault(form, []).append(packet.id)
    lines = []
    for form, packets in found.items():
        lines.append(f"# {'、'.join(packets)}")
        lines.append(str(schema_of(form, form_rules(regime, form), areas_of(regime))))
    return "\n".join(lines)
