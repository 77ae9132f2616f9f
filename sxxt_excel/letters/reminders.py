"""What is owed on a day → letters: before the deadline, after it, and with an approver's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from sxxt_excel.dates import day_and_hour, weekday
from sxxt_excel.letters.letter import CHASE, REMIND, SUPERVISE
from sxxt_excel.letters.writer import called, material
from sxxt_excel.outputs.asof import in_roster_order, names_of
from sxxt_excel.outputs.calls import last_answer
from sxxt_excel.outputs.words import last_day, long_day, matter, until
from sxxt_excel.text import one_line
from sxxt_excel.workdays import working_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sxxt_excel.letters.letter import Letter
    from sxxt_excel.letters.writer import Material, Writer
    from sxxt_excel.outcome import Expected
    from sxxt_excel.outputs.asof import AsOf
    from sxxt_excel.registry.memory import Answer


Slot: TypeAlias = tuple[str, str, str]
"""Unit, packet and period of something owed."""


@dataclass(frozen=True, slots=True)
class Tone:
    """How to press: which kinds of letter, and who approved of it (督办 only)."""

    kinds: tuple[str, ...] = (REMIND, CHASE)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Debts:
    """What one unit owes: overdue, due soon, sent back; `waiting`: what it promised for later.

    `answer` is what it last said of what is overdue, `promise` of what it promised. `unread` are
    those of which only a file came that can't be opened.
    """

    code: str
    unit: str
    overdue: tuple[Expected, ...]
    soon: tuple[Expected, ...]
    returned: tuple[Expected, ...]
    waiting: tuple[Expected, ...]
    answer: Answer | None
    promise: Answer | None = None
    unread: tuple[Expected, ...] = ()

    @property
    def promised(self) -> date | None:
        """Return the day for which it promised what is not pressed for."""
        return self.promise.day if self.promise else None

    def of(self, kind: str) -> tuple[Expected, ...]:
        """Return what a letter of that kind is about."""
        return self.soon if kind == REMIND else self.overdue


def debts(
    state: AsOf, answers: Sequence[Answer] = (), unread: Collection[Slot] = ()
) -> Iterator[Debts]:
    """Yield for each unit what it owes, in the order of the roster; units that owe nothing not.

    A unit is not pressed for what it promised until the promised day is over.

    Args:
        state: who owes what.
        answers: what units said before, the oldest first.
        unread: unit, packet and period of each file that can't be opened.
    """
    rows: dict[str, list[Expected]] = {}
    for row in state.expected:
        if row.owed and row.unit_code not in state.below:
            rows.setdefault(row.unit_code, []).append(row)
    names = names_of(state)
    for code in in_roster_order(state.roster, rows):
        found = _debts(state, code, names[code], rows[code], answers)
        if found.overdue or found.soon or found.waiting:
            yield replace(found, unread=tuple(row for row in rows[code] if came(row, unread)))


def _debts(
    state: AsOf, code: str, unit: str, rows: Sequence[Expected], answers: Sequence[Answer]
) -> Debts:
    settings = state.settings
    near = state.today + timedelta(days=settings.letters.remind_days)
    overdue = [row for row in rows if row.status == "missing"]
    coming = [row for row in rows if row.status == "not_due" and row.due]
    soon = [row for row in coming if last_day(row.due or "", settings) <= near]
    waiting = [row for row in (*overdue, *soon) if _promised(row, answers, state.today)]
    pressed = [row for row in overdue if row not in waiting]

    def said(about: Iterable[Expected]) -> Answer | None:
        return last_answer(answers, code, [matter(row.packet, row.period) for row in about])

    return Debts(
        code=code,
        unit=unit,
        overdue=tuple(pressed),
        soon=tuple(row for row in soon if row not in waiting),
        returned=tuple(row for row in rows if row.status == "returned"),
        waiting=tuple(waiting),
        answer=said(pressed),
        promise=said(waiting),
    )


def _promised(row: Expected, answers: Sequence[Answer], today: date) -> bool:
    """Tell whether the unit last said that this will come, on a day that is not over."""
    said = last_answer(answers, row.unit_code, [matter(row.packet, row.period)])
    return said is not None and said.day is not None and said.day >= today


def reminders(
    state: AsOf, writer: Writer, owing: Iterable[Debts], tone: Tone | None = None
) -> Iterator[Letter]:
    """Yield the letters of a tone, one a unit and kind.

    Args:
        state: settings and day.
        writer: writes them; units it does not write to get none.
        owing: what units owe, see `debts`.
        tone: which kinds; before and after the deadline by default.
    """
    chosen = tone or Tone()
    for debt in owing:
        if not writer.writes_to(debt.code):
            continue
        for kind in chosen.kinds:
            rows = debt.of(kind)
            if rows:
                said = _said(state, kind, debt, rows) | {"批准人": one_line(chosen.by)}
                yield writer.letter(
                    kind, debt.code, debt.unit, words=said, about=_about(state, kind, rows)
                )


def _said(state: AsOf, kind: str, debt: Debts, rows: Sequence[Expected]) -> dict[str, Any]:
    answer = debt.answer
    promised = long_day(answer.day) if answer and answer.day else ""
    returned = called(_material(row, state) for row in debt.returned)["书名"]
    return {
        **called(_material(row, state) for row in rows),
        "材料": [
            {"名称": named, "截止": _day(state, due, coming=kind == REMIND), "打不开": shut}
            for named, due, shut in dict.fromkeys(
                (_named(row, rows, state), row.due, row in debt.unread) for row in rows
            )
        ],
        "期限": deadline(state, kind),
        "待改": returned,
        "答复": one_line(answer.answer).rstrip("。") if answer else "",
        "承诺": promised,
    }


def came(row: Expected, files: Collection[Slot]) -> bool:
    """Tell whether one of some files that can't be opened is this; one person's can't be told."""
    alone = not (row.filer or row.subject)
    return alone and (row.unit_code, row.packet, row.period) in files


def _about(state: AsOf, kind: str, rows: Sequence[Expected]) -> Iterator[object]:
    """Yield what tells one reminder from another: pressed again on another day is said anew."""
    yield from sorted(
        (row.rule, row.packet, row.period, row.filer or "", row.subject or "", row.due or "")
        for row in rows
    )
    if kind != REMIND:
        yield state.today.isoformat()


def deadline(state: AsOf, kind: str) -> str:
    """Return until when what is pressed for is to come: 2025年4月22日（星期二）17时."""
    chosen = state.settings.letters
    days = chosen.supervise_days if kind == SUPERVISE else chosen.chase_days
    day = working_day(state.today, days)
    return _with_weekday(day_and_hour(day, chosen.hour), day)


def _material(row: Expected, state: AsOf) -> Material:
    return material(row.packet, row.period, state.regime)


def _named(row: Expected, rows: Sequence[Expected], state: AsOf) -> str:
    """Return a material with whose it is, all of them in one where several persons owe."""
    same = [r for r in rows if (r.packet, r.period, r.due) == (row.packet, row.period, row.due)]
    who = "、".join(w for r in same for w in (r.filer or r.subject,) if w)
    return f"{_material(row, state)[0]}{one_line(f'（{who}）') if who else ''}"


def _day(state: AsOf, due: str | None, *, coming: bool) -> str:
    """Return until when in words, with the weekday where it is still to come."""
    if not due:
        return ""
    said = until(due, state.settings)
    return _with_weekday(said, last_day(due, state.settings)) if coming else said


def _with_weekday(said: str, day: date) -> str:
    return said.replace("日", f"日（{weekday(day)}）", 1)
