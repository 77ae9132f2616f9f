"""remind: from the last result, letters to who owes, a notice for the group, whom to telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxxt_excel.formats.common import UNOPENED
from sxxt_excel.letters.answers import CALLS_FILE, heard
from sxxt_excel.letters.chat import CHAT_FILE, chat
from sxxt_excel.letters.drafts import Written, unaddressed, write_drafts
from sxxt_excel.letters.edited import edited_drafts
from sxxt_excel.letters.letter import REMINDERS, SUPERVISE
from sxxt_excel.letters.reminders import Debts, Tone, came, debts, reminders
from sxxt_excel.letters.writer import Writer
from sxxt_excel.outputs.calls import calls
from sxxt_excel.outputs.folders import reply_folders
from sxxt_excel.outputs.page import new_book
from sxxt_excel.outputs.words import matter
from sxxt_excel.roster import read_roster
from sxxt_excel.standing import standing, stands
from sxxt_excel.store import read_json, write_whole
from sxxt_excel.text import fold, nearest
from sxxt_excel.workspace import COLLECTED, INBOX, REPLIES, WORDING, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from sxxt_excel.letters.reminders import Slot
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Expected
    from sxxt_excel.people import Roster
    from sxxt_excel.registry.memory import Answer
    from sxxt_excel.settings import Settings
    from sxxt_excel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class State:
    """Who owes what as of a day, by the last result: what `AsOf` asks for."""

    regime: Regime
    settings: Settings
    roster: Roster
    today: date
    expected: tuple[Expected, ...]
    below: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was written: the drafts, the notice (None where nobody owes), the sheet of calls.

    `waiting` are the units that promised a later day, `unaddressed` those whose drafts bear no
    address. `remarks` are for the clerk. `collected` is the day of the last result.
    """

    letters: tuple[Written, ...]
    chat: Path | None
    calls: Path
    waiting: tuple[Debts, ...]
    unaddressed: tuple[str, ...]
    remarks: tuple[str, ...]
    collected: str
    stands: bool


def press(
    space: Workspace, today: date, at: datetime, tone: Tone | None = None, names: Sequence[str] = ()
) -> Pressed:
    """Write reminders of a tone, and keep what was answered on the telephone.

    Args:
        space: the workspace; its last result says what has come.
        today: the day that decides what is overdue.
        at: the time of day, for the registry.
        tone: which kinds of letter; before and after the deadline by default.
        names: only these units get letters; all by default.

    Raises:
        WorkspaceError: nothing has been collected yet, or there is no such unit.
        DefinitionError: a template of the office's own is faulty.
    """
    chosen = tone or Tone()
    result = read_json(space.result)
    if result is None:
        raise WorkspaceError("还没有收表结果，请先运行 sxxt-excel collect，免得催了已经报来的单位")
    roster, _ = read_roster(space.roster)
    only = _codes(names, roster)
    expected = standing(space, today)
    ours, theirs = _unopened(result)
    shut = [row for row in expected if row.status == "missing" and came(row, ours)]
    pressed = tuple(row for row in expected if row not in shut)
    state = State(space.regime(), space.settings, roster, today, pressed)
    writer = Writer(state, space.root / WORDING)
    answers, remarks = heard(space, roster, today, at)
    owing = tuple(debts(state, answers, theirs))
    letters = write_drafts(
        reminders(state, writer, (d for d in owing if not only or d.code in only), chosen),
        space.root / REPLIES,
        reply_folders(roster),
        REMINDERS if chosen.kinds == Tone().kinds else chosen.kinds,
        only,
    )
    if chosen.by and letters:
        _note(space, chosen.by, letters, at)
    return Pressed(
        letters=letters,
        chat=_write_chat(state, owing, space.root / COLLECTED / CHAT_FILE),
        calls=_write_calls(state, answers, space.root / COLLECTED / CALLS_FILE),
        waiting=tuple(debt for debt in owing if debt.waiting),
        unaddressed=unaddressed(state, space.root),
        remarks=(
            *remarks,
            *_to_open(shut),
            *_below(state, result),
            *edited_drafts(space.root),
            *_uncollected(space),
        ),
        collected=str(result.get("as_of", "")),
        stands=stands(expected),
    )


def _unopened(result: Mapping[str, Any]) -> tuple[set[Slot], set[Slot]]:
    """Return what came, by the last result, that only we can't open, and that nobody can."""
    found = {f["path"] for f in result.get("findings", ()) if f["code"] == UNOPENED}
    ours: set[Slot] = set()
    theirs: set[Slot] = set()
    for file in result.get("files", ()):
        if file["status"] == "unreadable":
            slots = ours if file["path"] in found else theirs
            slots.add((file["unit_code"], file["packet"], file["period"]))
    return ours, theirs


def _to_open(rows: Iterable[Expected]) -> Iterator[str]:
    """Say what a unit has sent that the office must open first: nobody is pressed for it."""
    for row in rows:
        what = matter(row.packet, row.period)
        yield f"{row.unit}的{what}已经报来，在本机打不开，请先处理再收一次，这次没有催"


def _below(state: State, result: Mapping[str, Any]) -> Iterator[str]:
    """Say who of a level below owes something: whose 上报版 it stands in presses for it."""
    own = {row.unit_code for row in state.expected}
    owing = dict.fromkeys(
        row["unit"]
        for row in result.get("expected", ())
        if row["status"] == "missing" and row["unit_code"] not in own
    )
    if state.regime.has_tree and owing:
        yield f"{'、'.join(owing)}还有没报的，由报上报版的单位催，这里不写信"


def _codes(names: Iterable[str], roster: Roster) -> frozenset[str]:
    """Return the codes of units that are named by code, name or short name."""
    known = {fold(said): u.code for u in roster.units for said in (*u.names, u.name, u.code)}
    found = set()
    for name in names:
        code = known.get(fold(name))
        if code is None:
            near = nearest(name, known)
            hint = f"，是否指“{near}”" if near else ""
            raise WorkspaceError(f"名册中没有“{name}”这个单位{hint}")
        found.add(code)
    return frozenset(found)


def _note(space: Workspace, by: str, letters: Sequence[Written], at: datetime) -> None:
    """Write down who approved of pressing whom."""
    from sxxt_excel.registry.ledger import note_decision  # noqa: PLC0415 - only 督办 waits for it

    units = "、".join(dict.fromkeys(each.letter.unit for each in letters))
    note_decision(space, kind=SUPERVISE, by=by, reason=f"督办{units}", path="", at=at)


def _write_chat(state: State, owing: Sequence[Debts], path: Path) -> Path | None:
    text = chat(state, owing)
    if not text:
        path.unlink(missing_ok=True)
        return None
    write_whole(path, text.encode())
    return path


def _write_calls(state: State, answers: Sequence[Answer], path: Path) -> Path:
    book = new_book(state, product="催报电话单")
    book.table(calls(state, answers))
    book.save(path)
    return path


def _uncollected(space: Workspace) -> Iterator[str]:
    """Yield a remark where something was put into the inbox since the last `collect`."""
    when = space.result.stat().st_mtime
    inbox = space.root / INBOX
    if any(p.is_file() and p.stat().st_mtime > when for p in inbox.rglob("*")):
        yield "收件夹里有上次收表以后放进的文件，请先运行 sxxt-excel collect，再发这些信"
