"""At least n records of each one asked, from registers (three-valued)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sxxt_excel.calling import people_reader
from sxxt_excel.columns import says
from sxxt_excel.findings import finding
from sxxt_excel.names import directory, said_units, unit_in, unit_named
from sxxt_excel.outcome import CountRow, Unchecked, Where
from sxxt_excel.periods import period_span, period_title
from sxxt_excel.result import FILE, FILER
from sxxt_excel.rules.demand import asked_of
from sxxt_excel.rules.keepers import keepers
from sxxt_excel.rules.supply import gather, number
from sxxt_excel.rules.waivers import excused
from sxxt_excel.rules.windows import has_new_head, is_new, spans
from sxxt_excel.text import fold
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Need, Supply
    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.asked import Asked
    from sxxt_excel.rules.context import Context
    from sxxt_excel.rules.keepers import Keepers
    from sxxt_excel.rules.supply import Proof, Reader, Records
    from sxxt_excel.rules.windows import Span
    from sxxt_excel.stack import Stack

    Told = Finding | Unchecked | CountRow


@dataclass(frozen=True)
class Desk:
    """What every need is looked at with. Not slotted: the readers are made once and kept.

    `waiting` are the numbers of workbooks that go back: their rows prove nothing yet.
    """

    context: Context
    waiting: frozenset[int]

    @cached_property
    def came(self) -> frozenset[tuple[str, str, str | None, str | None, str]]:
        """Return the keys of what was owed and has come."""
        return frozenset(o.key for s in self.context.submissions.values() for o in s.owed)

    @cached_property
    def people(self) -> Reader:
        """Return what reads the people a cell names."""
        filers = (f for o in self.context.owed for f in o.filers if f.person is not None)
        names = (p.name for p in self.context.roster.people)
        return people_reader({*names, *(f.label for f in filers)})

    @cached_property
    def units(self) -> Reader:
        """Return what reads the units a cell names, by their codes."""
        context, settings = self.context, self.context.settings
        book = directory(context.regime, context.roster, settings.year, context.owed, settings.key)
        memo: dict[str, frozenset[str]] = {}

        def read(text: str) -> frozenset[str]:
            if text not in memo:
                parts = said_units(text)
                found = (unit_named(part, book) or unit_in(part, book) for part in parts)
                memo[text] = frozenset(unit.code for unit in found if unit is not None)
            return memo[text]

        return read


@dataclass(frozen=True, slots=True)
class Case:
    """One need with who keeps its registers and what stands in them.

    `name` is what a catalogue calls it; `spared` whom 例外 excuses: (unit code, who).
    """

    desk: Desk
    need: Need
    keeping: Keepers
    records: Records
    name: str = ""
    spared: frozenset[tuple[str, str]] = field(default=frozenset())

    @property
    def context(self) -> Context:
        """Return what all rules look at."""
        return self.desk.context

    def forms(self, units: Iterable[str]) -> str:
        """Return the names of the registers as a sentence has them: those that units have sent."""
        sent, read = self.keeping.sent, self.context.submissions
        sheets = {form.id for code in units for n in sent.get(code, ()) for form in read[n].forms}
        names = dict.fromkeys(s.form for s in self.need.supply)
        return "、".join(f"“{name}”" for name in names if name in sheets or not sheets)

    def files(self, asked: Asked) -> tuple[int, ...]:
        """Return the numbers of the workbooks in which one who is asked should stand."""
        sent = self.keeping.sent
        return tuple(n for code in sorted(asked.homes) for n in sent.get(code, ()))


def make_case(desk: Desk, need: Need, name: str = "") -> Case:
    """Return a need with its material."""
    anywhere = need.each in {"subject", "holder"}
    keeping = keepers(desk.context, need.supply, "" if anywhere else need.filers)
    by_unit = need.each in {"subject", "department"}

    def names(text: str) -> frozenset[str]:
        return desk.units(text) if by_unit else desk.people(text)

    def by(text: str) -> frozenset[str]:
        return desk.people(text)

    records = gather(desk.context, need.supply, desk.waiting, by, names)
    return Case(desk, need, keeping, records, name)


def check_needs(context: Context, waiting: frozenset[int]) -> Iterator[Told]:
    """Yield a count row for each need, each one asked and window, and findings for short ones.

    Args:
        context: what all rules look at.
        waiting: numbers of workbooks that go back.
    """
    desk = Desk(context, waiting)
    for need in context.regime.needs:
        yield from check_case(make_case(desk, need))


def check_case(case: Case) -> Iterator[Told]:
    """Yield the same for one need."""
    need, context = case.need, case.context
    windows = spans(need.window, context.settings)
    if not windows and case.keeping.units:
        yield Unchecked(need.law.id, "", f"未写{need.window}起止")
    for span in windows:
        of_span = replace(case, spared=excused(context, need.law, span.last))
        for asked in asked_of(context, need, case.keeping, span):
            yield from _judge(of_span, asked, span)


# ---- one who is asked ------------------------------------------------------------------


def _judge(case: Case, asked: Asked, span: Span) -> Iterator[Told]:
    context, law, required = case.context, case.need.law, case.need.at_least
    proofs = tuple(_mine(case, asked, span))
    found = number(p for p, sure in proofs if sure)
    row = CountRow(
        law.id, asked.unit.name, asked.label, span.period, required,
        found if case.files(asked) else None, "not_due",
    )  # fmt: skip
    over = context.today > span.last
    if found >= required:
        yield replace(row, status="met")
    elif _is_spared(case, asked):
        yield replace(row, status="unchecked")
        yield Unchecked(law.id, asked.unit.name, EXEMPT)
    elif not over:
        yield row
        if found:
            yield _tell(case, asked, span, found, "N102")
    elif because := _doubt(case, asked, span, number(p for p, _ in proofs)):
        yield replace(row, status="unchecked")
        yield Unchecked(law.id, asked.unit.name, because)
    else:
        yield replace(row, status="short")
        yield _outside(case, asked, span) or _tell(case, asked, span, found, "N101")


def _mine(case: Case, asked: Asked, span: Span) -> Iterator[tuple[Proof, bool]]:
    """Yield the rows that count for one who is asked, or may, and whether they surely do."""
    for proof in _near(case.records, asked):
        if case.records.in_span(proof, span):
            answered = asked.answered(proof)
            if answered is not False:
                yield proof, bool(answered) and proof.sure


def _near(records: Records, asked: Asked) -> Iterable[Proof]:
    if asked.own:
        return [p for code in asked.homes for p in records.of_unit.get(code, ())]
    groups = (records.of_name.get(name, []) for name in (None, *sorted(asked.names)))
    return dict.fromkeys(p for group in groups for p in group)


def _is_spared(case: Case, asked: Asked) -> bool:
    people = {fold(word) for word in (asked.label or "", asked.name, asked.to)}
    return any(
        unit == asked.unit.code and (not who or fold(who) in people) for unit, who in case.spared
    )


def _doubt(case: Case, asked: Asked, span: Span, possible: int) -> str:
    """Return why one who has too few can't be said to, or ""."""
    if asked.trouble:
        return asked.trouble
    lacking = _lacking(case, asked, span)
    if lacking:
        what = dict.fromkeys(f"{period_title(o.period)}的“{o.obligation.packet}”" for o in lacking)
        stays = any(_stays_below(case.context.regime, o) for o in lacking)
        return f"{'、'.join(what)}{'的内容没有收到' if stays else '尚未收到'}"
    if lost := _lost(case, asked):
        return f"报来的套表中缺工作表“{lost}”"
    if not case.desk.waiting.isdisjoint(case.files(asked)):
        return f"{case.forms(asked.homes)}待修改"
    if possible < case.need.at_least:
        return ""
    return f"{case.forms(asked.homes)}中有内容看不出来" + (
        "，或名册中有同名的人" if asked.others else ""
    )


def _stays_below(regime: Regime, item: Owed) -> bool:
    """Tell whether of a packet only its status may have come, with a 上报版."""
    return regime.has_tree and not regime.packet(item.obligation.packet).travels


def _lost(case: Case, asked: Asked) -> str:
    """Return a sheet that may have held what is missed, and did not come with its workbook."""
    torn = {form for code, form in case.context.torn if code in asked.homes or not asked.own}
    return next((s.form for s in case.need.supply if s.form in torn), "")


def _lacking(case: Case, asked: Asked, span: Span) -> list[Owed]:
    """Return what is owed, could hold what is missed, and has not come."""
    subject = None if asked.own else asked.unit.code
    lacking = []
    for item in (o for code in sorted(asked.homes) for o in case.keeping.owed_by(code, subject)):
        first, last = period_span(item.period)
        # A workbook of the year also holds what windows at its turn ask for.
        meets = "-" not in span.period or (first <= span.last and span.first <= last)
        if meets and item.key not in case.desk.came:
            lacking.append(item)
    return lacking


# ---- what is told ----------------------------------------------------------------------


def _tell(
    case: Case, asked: Asked, span: Span, found: int, code: Literal["N101", "N102"]
) -> Finding:
    context, law, need = case.context, case.need.law, case.need
    words = {
        "name": case.name or asked.name or asked.unit.name,
        "to": asked.to,
        "found": str(found),
        "required": str(need.at_least),
        "window": span.title,
        "days": span.days,
        "unit": asked.unit.name,
        "filer": asked.label or "",
    }
    where, basis = _place(case, asked), context.regime.cite(law.basis)
    if code == "N102":
        words["text"] = law.message.format(**words)
        return finding(code, where, got=str(found), basis=basis, rule=law.id, words=words)
    return finding(
        code,
        where,
        got=str(found),
        basis=basis,
        severity=_severity(case, asked, span),
        rule=law.id,
        message=law.message,
        remedy=law.remedy,
        words=words,
        about=_names(case, asked, span),
    )


def _outside(case: Case, asked: Asked, span: Span) -> Finding | None:
    """Return what is told of a row that has the slot's name, and a day that is not in its window.

    It is registered: who is told to add it would look in vain for what to do.
    """
    near = _near(case.records, asked) if case.name else ()
    dated = (p for p in near if p.day is not None and p.sure and asked.answered(p))
    proof = next((p for p in dated if not case.records.in_span(p, span)), None)
    if proof is None or proof.day is None:
        return None
    supply, stack = case.records.supplies[proof.source]
    return finding(
        "N107",
        replace(stack.where(proof.label, supply.date), filer=asked.label),
        got=proof.day.isoformat(),
        basis=case.context.regime.cite(case.need.law.basis),
        severity=_severity(case, asked, span),
        rule=case.need.law.id,
        about=_names(case, asked, span),
        name=case.name,
        window=span.title,
        days=span.days,
    )


def _names(case: Case, asked: Asked, span: Span) -> tuple[str, ...]:
    """Return what tells one finding of missing records from others at the same heading."""
    half = span.title if "-" in span.period else ""
    return tuple(filter(None, (case.name or case.need.law.title, asked.name, asked.to, half)))


def _severity(case: Case, asked: Asked, span: Span) -> Severity:
    return "note" if _is_new(case, asked, span) else case.need.law.severity


def _is_new(case: Case, asked: Asked, span: Span) -> bool:
    """Tell whether who should have done it took the post too late in the window to be asked."""
    context = case.context
    if asked.people:
        return any(is_new(p, span.last, context.settings) for p in asked.people)
    heads = case.need.each != "subject"
    return heads and has_new_head(context.roster, asked.unit.code, span.last, context.settings)


def _place(case: Case, asked: Asked) -> Where:
    """Point at the row that waits for its day, else at the heading of the day or the name."""
    submissions = case.context.submissions
    files = sorted(case.files(asked), key=lambda n: (submissions[n].receipt.at, n), reverse=True)
    there = [(n, *s) for n in files for s in case.records.supplies if n in s[1].tables]
    for file, supply, stack in there:
        row = _open_row(supply, stack, file, asked)
        if row is not None:
            return replace(stack.where(row, supply.date), filer=asked.label)
    for file, supply, stack in there:
        if file == files[0]:
            where = stack.header(file, supply.date or supply.names or stack.form.fields[0].name)
            return replace(where, filer=asked.label)
    return Where(unit=asked.unit.name, unit_code=asked.unit.code, filer=asked.label)


def _open_row(supply: Supply, stack: Stack, file: int, asked: Asked) -> int | None:
    """Return the first row of a file that names what is missed, and whose, but no day of it."""
    if supply.date is None:
        return None
    frame = stack.frame
    keep = (frame[FILE] == file) & frame[stack.day(supply.date)].isna()
    for name, values in supply.where:
        keep &= says(frame[name], values)
    if asked.label:
        keep &= frame[FILER].eq(asked.label).fillna(value=False)
    return next(iter(frame.index[keep].tolist()), None)
