"""What lies in an inbox: every workbook of a place filled in, then what its story does to it."""

from __future__ import annotations

import io
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
from clerk import columns, cover, grow
from filler import fill_all
from oddities import pdf
from sayings import instead, otherwise
from steady import steady

from sxxt_excel.expected import owed
from sxxt_excel.issue import issue, write_registers
from sxxt_excel.kept import registers
from sxxt_excel.prefill import Desk
from sxxt_excel.regime import COVER
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import KEPT, find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from clerk import Value
    from filler import Copy, Table
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet
    from telling import Deed, Story

    from sxxt_excel.workspace import Workspace

_ISSUED: Final = date(2025, 3, 3)
_HOUR: Final = "10:00"
_FIRST: Final = 3
_ALIKE: Final = 4  # characters of a unit's name that tell whose paper it is
_MEMBERS: Final = "班子成员分工表"
_BY_HAND: Final = frozenset({"填报人", "联系电话", "填报日期", "审核人"})


@dataclass(frozen=True, slots=True)
class Mail:
    """What lies in an inbox: the file and its line of the receipt book."""

    path: str
    data: bytes
    came: str
    unit: str


def put_files(root: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def fill_in(story: Story, own: Mapping[str, bytes]) -> tuple[list[Mail], dict[str, bytes]]:
    """Issue everything, fill it in, and let everybody do his deeds.

    Args:
        story: who does what.
        own: settings and roster of the whole place, path → bytes.

    Returns:
        what came, and the office's own registers, path → bytes.
    """
    mail: list[Mail] = []
    deeds: dict[tuple[str, str, str], list[Deed]] = defaultdict(list)
    for deed in story.deeds:
        deeds[deed.place].append(deed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        put_files(root, own)
        space = find_workspace(root)
        papers, sent = _filled(story, space)
        for path, copy in sent:
            about = copy.item.subject.code if copy.item.subject else ""
            done = deeds.pop((copy.unit.code, copy.item.obligation.packet, about), [])
            mail.extend(_posted(space, path.name, copy, done))
        kept = dict(_registers(story, space))
    if deeds:
        raise SystemExit(f"nobody was issued {list(deeds)}: mend the story of {story.regime}")
    for paper in papers:
        beside = next(letter for letter in mail if letter.path.startswith(paper[:_ALIKE]))
        mail.append(Mail(paper, pdf("Attached, 2025"), beside.came, beside.unit))
    return mail, kept


def _filled(story: Story, space: Workspace) -> tuple[tuple[str, ...], list[tuple[Path, Copy]]]:
    """Return the papers and every workbook, filled in carefully."""
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    typed = {packet.id for packet in regime.packets if packet.sheets}
    items = tuple(
        item
        for item in owed(regime, space.settings, roster)
        if not item.latent and item.waiver is None and item.obligation.packet in typed
    )
    desk = Desk(regime, space.settings, roster, {})
    done = issue(desk, items, space.issued, _ISSUED)
    books = [openpyxl.load_workbook(made.path) for made in done]
    filling = fill_all(regime, space.settings, roster, list(zip(items, books, strict=True)))
    turns = {unit.code: turn for turn, unit in enumerate(roster.units)}
    for copy in filling.copies:
        _speak(story, copy, turns[copy.unit.code])
    return filling.papers, list(zip((m.path for m in done), filling.copies, strict=True))


def _speak(story: Story, copy: Copy, turn: int) -> None:
    """Let a workbook say in words of its own what the examples say."""
    top = copy.unit.parent is None
    for table in copy.tables.values():
        for line, (name, at) in product(table.lines, table.columns.items()):
            cell = table.sheet.cell(line.row, at)
            item = table.form.field(name)
            if isinstance(cell.value, str) and item is not None and item.kind in {"long", "text"}:
                said = otherwise(cell.value, turn, top=top)
                cell.value = copy.unit.name if name == "党组织" else instead(said, story.words)
    if _MEMBERS in copy.tables:
        _members_only(copy.tables[_MEMBERS])


def _members_only(table: Table) -> None:
    """Leave on the list of members those whom the office wrote there."""
    for line in table.lines:
        if not table.given.get(line.row, {}).get("姓名"):
            for at in table.columns.values():
                table.sheet.cell(line.row, at).value = None


def _posted(space: Workspace, name: str, copy: Copy, deeds: list[Deed]) -> Iterator[Mail]:
    """Yield a workbook as it came, once for each time that something was done to it."""
    came, code = f"{copy.day:%Y-%m-%d} {_HOUR}", copy.unit.code
    if not deeds:
        yield Mail(name, _saved(copy.book, copy), came, code)
    sent = [deed for deed in deeds if deed.sent]
    for deed, careful in zip(sent, _alike(copy.book, len(sent)), strict=True):
        book = _on_one_sheet(space, copy, deed) if deed.one_sheet else careful
        for slip in deed.slips:
            slip(book)
        yield Mail(deed.name or name, _saved(book, copy), deed.came or came, code)


def _alike(book: Workbook, many: int) -> Iterator[Workbook]:
    """Yield a workbook as often as this, each time one that may be changed."""
    data = as_bytes(book) if many > 1 else b""
    for _ in range(many):
        yield openpyxl.load_workbook(io.BytesIO(data)) if data else book


def _on_one_sheet(space: Workspace, copy: Copy, deed: Deed) -> Workbook:
    """Return the workbook that has its lists on one sheet, filled in; its cover is the other's."""
    regime = space.regime()
    packet = copy.item.obligation.packet
    layout = replace(space.settings, layout={packet: "一表式"})
    roster, _ = read_roster(space.roster)
    desk = Desk(regime, layout, roster, {})
    (made,) = issue(desk, (copy.item,), space.root / "一表式", _ISSUED)
    book = openpyxl.load_workbook(made.path)
    for label, value in copy.book[COVER].iter_rows(max_col=2, values_only=True):
        if label in _BY_HAND:
            cover(book, **{str(label): value})
    form = regime.one_sheet(packet)
    if form is None:
        raise SystemExit(f"{packet} has no one sheet: mend the story of {regime.id}")
    _write(book[form.id], deed.one_sheet)
    return book


def _write(sheet: Worksheet, lines: Iterable[Mapping[str, Value]]) -> None:
    """Write lines from the first data row on."""
    places = columns(sheet)
    for row, line in enumerate(lines, _FIRST):
        for heading, value in line.items():
            sheet.cell(row, places[heading]).value = value


def _registers(story: Story, space: Workspace) -> Iterator[tuple[str, bytes]]:
    """Yield the registers that the office keeps to itself, as it filled them in."""
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    desk = Desk(regime, space.settings, roster, {})
    for item in registers(regime, space.settings, roster):
        lines = story.kept.get(item.obligation.packet)
        if lines:
            (path,) = write_registers(desk, (item,), space.root / KEPT)
            book = openpyxl.load_workbook(path)
            (sheet,) = regime.packet(item.obligation.packet).sheets
            _write(book[sheet], lines)
            yield f"{KEPT}/{path.name}", steady(as_bytes(book))


def _saved(book: Workbook, copy: Copy) -> bytes:
    for name in copy.tables:
        if name in book.sheetnames:
            grow(book[name])
    return steady(as_bytes(book))


def as_bytes(book: Workbook) -> bytes:
    """Return a workbook as it is saved."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
