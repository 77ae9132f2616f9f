"""The records of a period number as many as the unit's own figure says (three-valued)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.periods import period_span, period_title
from sxxt_excel.rules.figures import figures, reports_owed
from sxxt_excel.rules.keepers import keepers
from sxxt_excel.rules.supply import gather, number
from sxxt_excel.rules.waivers import excused
from sxxt_excel.rules.windows import span_of
from sxxt_excel.text import fold, split_several
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.model.rules import Agreement
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.figures import Figure
    from sxxt_excel.rules.supply import Proof, Records

    Told = Finding | Unchecked


def check_agreements(context: Context, waiting: frozenset[int]) -> Iterator[Told]:
    """Yield where a unit's records and its figure of the same period differ.

    Only units that sent their records are compared; nothing is where either is not known, and
    nobody whom 例外 excuses.
    """
    for rule in context.regime.agreements:
        stack = context.stacks.get(rule.form)
        asked = reports_owed(context, rule.form)
        told = figures(stack, rule.where, rule.value, asked, waiting)
        keeping = keepers(context, (rule.supply,), "")
        records = gather(context, (rule.supply,), waiting, _everyone, _everyone)
        spared = {unit for unit, who in excused(context, rule.law) if not who}
        for code, numbers in sorted(keeping.sent.items()):
            unit = context.roster.unit(code)
            if unit is None:
                continue
            if code in spared:
                yield Unchecked(rule.law.id, unit.name, EXEMPT)
                continue
            known = waiting.isdisjoint(numbers)
            mine = told.get(code, {})
            for period in _periods(context, code, mine, asked):
                yield from _compare(context, rule, unit, period, mine.get(period), records, known)


def _everyone(text: str) -> frozenset[str]:
    return frozenset(map(fold, split_several(text)))


def _periods(
    context: Context, code: str, told: dict[str, Figure], asked: Iterable[tuple[str, str]]
) -> list[str]:
    """Return the periods of which a unit told a figure, and those over of which it should have.

    A yearly report stands for the halves.
    """
    if str(context.settings.year) in told:
        return sorted(told)
    due = {p for c, p in asked if c == code and context.today > period_span(p)[1]}
    return sorted({*told, *due})


def _compare(  # noqa: PLR0913, PLR0917 - both sides of the comparison
    context: Context,
    rule: Agreement,
    unit: Unit,
    period: str,
    figure: Figure | None,
    records: Records,
    known: bool,  # noqa: FBT001 - a property of the records
) -> Iterator[Told]:
    law = rule.law
    if figure is None:
        yield Unchecked(law.id, unit.name, f"{period_title(period)}的“{rule.form}”尚未收到")
        return
    span = span_of(period)
    rows = [p for p in records.of_unit.get(unit.code, ()) if records.in_span(p, span)]
    if figure.value is None or not known or not all(p.sure for p in rows):
        because = f"“{rule.supply.form}”或“{rule.form}”没有收齐，或待修改，或有内容看不出来"
        yield Unchecked(law.id, unit.name, because)
        return
    found = _number(rule, rows)
    if found != figure.value:
        yield finding(
            "N104",
            context.stacks[rule.form].where(figure.label, rule.value),
            got=str(figure.value),
            basis=context.regime.cite(law.basis),
            severity=law.severity,
            rule=law.id,
            message=law.message,
            remedy=law.remedy,
            words={"found": str(found), "required": str(figure.value), "unit": unit.name},
        )


def _number(rule: Agreement, rows: list[Proof]) -> int:
    """Return how many records there are; where people are named, each of them is one."""
    name = rule.supply.names
    if name is None:
        return number(rows)
    place = rule.supply.distinct.index(name) if name in rule.supply.distinct else None
    alike = set()
    for row in rows:
        rest = tuple(word for n, word in enumerate(row.key) if n != place)
        alike |= {(rest, person) for person in row.names or ()}
    return len(alike)
