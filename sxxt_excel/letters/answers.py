"""What the clerk typed into 催报电话单 while telephoning, read back before it is written anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sxxt_excel.marking.book import listed
from sxxt_excel.marking.package import Package
from sxxt_excel.marking.xml import MarkError
from sxxt_excel.outputs.calls import ANSWER, CALLS, OWING, PROMISED, UNIT, matters_owed
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import read_book
from sxxt_excel.registry.memory import Answer
from sxxt_excel.text import clean, fold, to_text
from sxxt_excel.wording.limits import parse_limit
from sxxt_excel.workspace import COLLECTED, MASTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from sxxt_excel.people import Roster
    from sxxt_excel.read import Sheet
    from sxxt_excel.workspace import Workspace

CALLS_FILE = f"{CALLS}.xlsx"
_NO_ROWS = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData/></worksheet>"
)
_HEADINGS = frozenset({UNIT, OWING, ANSWER, PROMISED})
_MOST_ABOVE = 10
_LONG_AGO = timedelta(days=180)


def heard(
    space: Workspace, roster: Roster, today: date, at: datetime, *others: Path
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """Read what was typed into the sheets of 汇总 and keep it; return all answers there are.

    Args:
        space: whose registry keeps them.
        roster: its units.
        today: a day without a year is the next one from about now.
        at: the time of day, for the registry.
        others: further folders whose 汇总 is about to be written.

    Returns:
        all answers, the oldest first; and what could not be understood, in words for the clerk.

    Raises:
        WorkspaceError: the registry can't be used.
    """
    sheets = [sheet for out in dict.fromkeys((space.root, *others)) for sheet in _sheets(out)]
    typed = [answer for sheet in sheets for answer in _typed(sheet, roster, today)]
    if not typed and not space.settings.registry and not space.registry.is_file():
        return (), ()
    from sxxt_excel.registry.answers import answers_of, note_answers  # noqa: PLC0415 - heavy

    known = answers_of(space)
    fresh = _fresh(typed, known)
    if fresh:
        note_answers(space, fresh, at)
        known = answers_of(space)
    return known, tuple(dict.fromkeys(_remarks(typed)))


def _fresh(typed: Iterable[Answer], known: Iterable[Answer]) -> list[Answer]:
    """Return what was not known: what stands in a sheet from an earlier day is no new answer."""
    before = {(a.code, a.answer, a.promised, matter) for a in known for matter in a.matters}
    return [
        answer
        for answer in dict.fromkeys(typed)
        if any((answer.code, answer.answer, answer.promised, m) not in before
               for m in answer.matters or ("",))
    ]  # fmt: skip


def _remarks(typed: Iterable[Answer]) -> Iterator[str]:
    for answer in typed:
        if not answer.code:
            yield f"{CALLS}里的“{answer.unit}”不在名册中，答复已记下，请核对单位名称"
        if answer.promised and answer.day is None:
            yield (
                f"{CALLS}里{answer.unit}的承诺时间“{answer.promised}”看不出是哪一天，"
                "请写成4月25日的样子"
            )


# ---- the sheets ------------------------------------------------------------------------


def _sheets(out: Path) -> Iterator[Sheet]:
    """Yield the sheets that hold answers, the one that was saved first coming first."""
    paths = [p for name in (CALLS_FILE, MASTER) if (p := out / COLLECTED / name).is_file()]
    for path in sorted(paths, key=lambda p: (p.stat().st_mtime, p.name)):
        sheet = _sheet(path)
        if sheet is not None:
            yield sheet


def _sheet(path: Path) -> Sheet | None:
    """Return 催报电话单 of a workbook of ours; the others, which may be long, are not read."""
    try:
        package = Package(path.read_bytes())
        for each in listed(package):
            if each.part and each.name != CALLS:
                package.write(each.part, _NO_ROWS)
        book = read_book(package.bytes(), path.name, Limits())
    except (MarkError, OSError):
        return None
    if isinstance(book, Refusal):
        return None
    return next((sheet for sheet in book.sheets if sheet.name == CALLS), None)


def _typed(sheet: Sheet, roster: Roster, today: date) -> Iterator[Answer]:
    lines = [[clean(to_text(value)) for value in row] for row in sheet.rows]
    head = next((n for n, row in enumerate(lines[:_MOST_ABOVE]) if set(row) >= _HEADINGS), None)
    if head is None:
        return
    places = {name: lines[head].index(name) for name in _HEADINGS}
    for row in lines[head + 1 :]:
        unit, owed, said, promised = (row[places[n]] for n in (UNIT, OWING, ANSWER, PROMISED))
        if unit and (said or promised):
            yield Answer(
                code=_code(unit, roster),
                unit=unit,
                matters=matters_owed(owed),
                answer=said,
                promised=promised,
                day=_day(promised, today),
            )


def _code(name: str, roster: Roster) -> str:
    """Return the code of the unit of that name; "" where there is none, or several are."""
    found = [u.code for u in roster.units if fold(u.name) == fold(name)]
    return found[0] if len(found) == 1 else ""


def _day(promised: str, today: date) -> date | None:
    """Return the day that was promised; one without a year that is long past is next year's."""
    limit = parse_limit(promised, today.year) if promised else None
    if limit is None or limit.last is None:
        return None
    if limit.last < today - _LONG_AGO and str(limit.last.year) not in promised:
        later = parse_limit(promised, today.year + 1)
        return later.last if later else None
    return limit.last
