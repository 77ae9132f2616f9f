"""By what our marks in a returned workbook are known, and a book as if they were not there.

Units send marked copies back, saved by Excel, WPS or LibreOffice, in formats that know nothing of
what else a mark is made of: so it is known by what stands in cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from operator import is_not
from typing import TYPE_CHECKING, Literal

from sxxt_excel.formats.places import column_number
from sxxt_excel.read import cell_name
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.text import Value

__all__ = [
    "ADOPT",
    "ENTRY_HEADINGS",
    "MARK",
    "OPINION",
    "RESULTS",
    "SAID",
    "SUGGESTED",
    "WORDS",
    "YES",
    "Adopted",
    "Said",
    "beside",
    "changed_cells",
    "is_ours",
    "is_results",
    "mend_in_row",
    "mend_words",
    "without_marks",
]

RESULTS, OPINION, WORDS = "审核结果", "审核意见", "说明（请填写）"
SUGGESTED, ADOPT, YES = "建议改为", "采用", "是"
MARK = "本页和“审核意见”“说明（请填写）”两列是审核时加上的，重报时不必删除，收件时自动略过。"
"""Stands on the first sheet of a marked copy."""
ENTRY_HEADINGS = ("序号", "类别", "所在表", "位置", "审核意见", "怎样修改", "依据", WORDS)
SAID = ("【须修改】", "【需说明】", "【已说明】")
"""What every text in our column begins with; it ends in the code of the finding."""

_GROUPS = ((WORDS,), (SUGGESTED, ADOPT))
"""Headings of ours that stand right of 审核意见, in this order; each group is there or not."""
_MEND = re.compile(r"(?P<after>.+)（原填“(?P<before>.+)”）", re.DOTALL)
_ROW_MEND = re.compile(r"(?P<letter>[A-Z]{1,3})[0-9]+ [^：]*：(?P<mend>.+)")
_CELL = re.compile(r"(?P<letter>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6})")
_OURS = re.compile(rf"\s*(?:{'|'.join(SAID)}).+（[A-Z][0-9]{{3}}）", re.DOTALL)
_HEAD_ROWS = 60


@dataclass(frozen=True, slots=True)
class Said:
    """An explanation beside a finding: on which sheet, about what place, quoting what, and where.

    `row`: the row of the table that it stands in; 0 where it stands on the first sheet. `path`:
    the file that it stands in, where it is another than the one that it is about.
    """

    sheet: str
    place: str
    quoted: str
    text: str
    row: int
    at_sheet: str
    at_cell: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A suggestion beside which something stands in 采用: for which cell, and what came of it.

    `before` and `after` are what the cell held and was to hold. `came`: it was put in; the cell
    holds something else by now; or the word that was written is not 是. `word` is that word, and
    stands in `at_cell` of `at_sheet`.
    """

    sheet: str
    row: int
    column: int
    before: str
    after: str
    came: Literal["done", "changed", "refused"]
    word: str
    at_sheet: str
    at_cell: str

    @property
    def cell(self) -> str:
        """Return the A1 name of the cell."""
        return cell_name(self.row, self.column)


def mend_words(before: str, after: str) -> str:
    """Return a suggestion as it stands in 建议改为."""
    return f"{after}（原填“{before}”）"


def mend_in_row(cell: str, field: str, before: str, after: str) -> str:
    """Return a suggestion as one line beside the row of the table that its cell is in."""
    return f"{cell} {field.replace('：', ':')}：{mend_words(before, after)}"


def beside(after: Sequence[object]) -> tuple[str, ...]:
    """Return which columns of ours stand right of 审核意见, given the headings there."""
    found: tuple[str, ...] = ()
    for group in _GROUPS:
        if tuple(after[len(found) : len(found) + len(group)]) == group:
            found += group
    return found


def is_ours(texts: Iterable[str], after: str, *, known: bool = False) -> bool:
    """Tell whether a column headed 审核意见 is ours by what stands in it.

    `after`: the heading right of it, or of what else of ours stands beside it. After ours comes
    none; in 情况说明, where units may copy what is asked of them, there do. `known`: something
    else shows that it is ours, and it may be empty: the rows that were marked are deleted.
    """
    if after.strip():
        return False
    said = [text for text in texts if text.strip()]
    return any(_OURS.match(text) for text in said) or (known and not said)


def is_results(texts: Iterable[str]) -> bool:
    """Tell whether a sheet is our first one by the texts in it."""
    return any(MARK in text for text in texts)


def without_marks(book: Book) -> tuple[Book, tuple[Said, ...], tuple[Adopted, ...]]:
    """Return a book as if it had never been marked, and what the unit wrote beside the marks.

    That is explanations, and suggestions that it adopted: these are put into their cells, where
    they still hold what was found faulty.
    """
    sheets: list[Sheet] = []
    said: list[Said] = []
    ticked: list[Adopted] = []
    marked = {s.name for s in book.sheets if s.name.startswith(RESULTS) and is_results(_texts(s))}
    for sheet in book.sheets:
        if sheet.name in marked:
            lines = tuple(_lines_of_results(sheet))
            said.extend(_of_results(sheet, lines))
            ticked.extend(_ticked_results(sheet, lines))
            continue
        found = _columns(sheet, known=bool(marked))
        if found is None:
            sheets.append(sheet)
            continue
        said.extend(_of_rows(sheet, found))
        ticked.extend(_ticked_rows(sheet, found))
        sheets.append(_without(sheet, found))
    adopted = tuple(_adopted(ticked, {sheet.name: sheet for sheet in sheets})) if ticked else ()
    done = [each for each in adopted if each.came == "done"]
    if done:
        sheets = list(_changed(sheets, {(a.sheet, a.row, a.column): a.after for a in done}))
    changed = len(sheets) < len(book.sheets) or any(map(is_not, sheets, book.sheets))
    return (replace(book, sheets=tuple(sheets)) if changed else book), tuple(said), adopted


def _texts(sheet: Sheet) -> Iterable[str]:
    return (value for row in sheet.rows[:_HEAD_ROWS] for value in row if isinstance(value, str))


# ---- the columns beside a table ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where our columns are on a sheet: offset of the headings' row, and of each by heading."""

    head: int
    at: dict[str, int]

    @property
    def first(self) -> int:
        return self.at[OPINION]

    @property
    def last(self) -> int:
        return max(self.at.values())


def _columns(sheet: Sheet, *, known: bool) -> _Columns | None:
    for down, row in enumerate(sheet.rows[:_HEAD_ROWS]):
        if OPINION not in row:
            continue
        for right in range(len(row) - 1, -1, -1):
            if row[right] != OPINION:
                continue
            names = (OPINION, *beside(row[right + 1 :]))
            last = right + len(names)
            after = "".join(map(to_text, row[last : last + 1]))
            below = (to_text(line[right]) for line in sheet.rows[down + 1 :])
            if is_ours(below, after, known=known or len(names) > 1):
                return _Columns(down, {name: right + n for n, name in enumerate(names)})
    return None


def _below(sheet: Sheet, found: _Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows below our headings: Excel row, and what stands in each column of ours."""
    for down, row in enumerate(sheet.rows[found.head + 1 :], sheet.top + found.head + 1):
        yield down, {name: clean(to_text(row[at])) for name, at in found.at.items()}


def _of_rows(sheet: Sheet, found: _Columns) -> Iterator[Said]:
    for down, words in _below(sheet, found):
        if words.get(WORDS):
            yield Said(
                sheet.name, "", words[OPINION], words[WORDS], down,
                sheet.name, cell_name(down, sheet.left + found.at[WORDS]),
            )  # fmt: skip


def _without(sheet: Sheet, found: _Columns) -> Sheet:
    """Return a sheet with nothing in our columns."""
    none = (None,) * (found.last - found.first + 1)
    rows = tuple(
        row if down < found.head else (*row[: found.first], *none, *row[found.last + 1 :])
        for down, row in enumerate(sheet.rows)
    )
    return replace(sheet, rows=rows)


# ---- the first sheet -----------------------------------------------------------------------


_Line = tuple[int, dict[str, str]]


def _lines_of_results(sheet: Sheet) -> Iterator[_Line]:
    """Yield the lines of the list: Excel row, and what stands under each heading."""
    heads = [n for n, row in enumerate(sheet.rows) if WORDS in row and OPINION in row]
    if not heads:
        return
    order = sheet.rows[heads[0]]
    for down, row in enumerate(sheet.rows[heads[0] + 1 :], sheet.top + heads[0] + 1):
        yield (
            down,
            {str(name): clean(to_text(value)) for name, value in zip(order, row, strict=True)},
        )


def _of_results(sheet: Sheet, lines: Iterable[_Line]) -> Iterator[Said]:
    for down, words in lines:
        if words.get(WORDS):
            yield Said(
                words.get("所在表", ""), words.get("位置", ""), words.get(OPINION, ""),
                words[WORDS], 0, sheet.name, _under(sheet, down, words, WORDS),
            )  # fmt: skip


def _under(sheet: Sheet, row: int, words: dict[str, str], name: str) -> str:
    return cell_name(row, sheet.left + list(words).index(name))


# ---- suggestions that were adopted -------------------------------------------------------


def _ticked_rows(sheet: Sheet, found: _Columns) -> Iterator[Adopted]:
    if ADOPT not in found.at:
        return
    at = sheet.left + found.at[ADOPT]
    for down, words in _below(sheet, found):
        for line in words[SUGGESTED].split("\n") if words[ADOPT] else ():
            said = _ROW_MEND.fullmatch(line)
            mend = _MEND.fullmatch(said["mend"]) if said else None
            if said and mend:
                yield Adopted(
                    sheet.name, down, column_number(said["letter"]), mend["before"],
                    mend["after"], "refused", words[ADOPT], sheet.name, cell_name(down, at),
                )  # fmt: skip


def _ticked_results(sheet: Sheet, lines: Iterable[_Line]) -> Iterator[Adopted]:
    for down, words in lines:
        if not words.get(ADOPT):
            continue
        place = _CELL.match(words.get("位置", ""))
        mend = _MEND.fullmatch(words.get(SUGGESTED, ""))
        if place and mend:
            yield Adopted(
                words.get("所在表", ""), int(place["row"]), column_number(place["letter"]),
                mend["before"], mend["after"], "refused", words[ADOPT],
                sheet.name, _under(sheet, down, words, ADOPT),
            )  # fmt: skip


def _adopted(ticked: Sequence[Adopted], sheets: dict[str, Sheet]) -> Iterator[Adopted]:
    """Yield what came of each; a suggestion that stands in two places is told of once."""
    told: set[tuple[str, int, int, str]] = set()
    done: set[tuple[str, str, str]] = set()
    gone: list[Adopted] = []
    for one in ticked:
        key = (one.sheet, one.row, one.column, one.after)
        sheet = sheets.get(one.sheet)
        now = clean(to_text(sheet.value(one.row, one.column))) if sheet is not None else ""
        if one.word != YES:
            yield one
        elif now == one.before and sheet is not None:
            done.add((one.sheet, one.before, one.after))
            if key not in told:
                yield replace(one, came="done")
            told.add(key)
        elif now != one.after:
            gone.append(replace(one, came="changed"))
    # A row that moved is found by the mark beside it, not by the address on the first sheet.
    yield from (a for a in gone if (a.sheet, a.before, a.after) not in done)


# ---- cells that are to hold something else ---------------------------------------------------


def changed_cells(book: Book, cells: Mapping[tuple[str, int, int], Value]) -> Book:
    """Return a book in which these cells (sheet, Excel row, column) hold something else."""
    return replace(book, sheets=tuple(_changed(book.sheets, cells))) if cells else book


def _changed(
    sheets: Iterable[Sheet], cells: Mapping[tuple[str, int, int], Value]
) -> Iterator[Sheet]:
    of_sheet: dict[str, dict[tuple[int, int], Value]] = defaultdict(dict)
    for (name, row, column), value in cells.items():
        of_sheet[name][row, column] = value
    for sheet in sheets:
        new = of_sheet.get(sheet.name)
        if new is None:
            yield sheet
            continue
        rows = [list(row) for row in sheet.rows]
        for (row, column), value in new.items():
            down, right = row - sheet.top, column - sheet.left
            if 0 <= down < len(rows) and 0 <= right < len(rows[down]):
                rows[down][right] = value
        yield replace(
            sheet,
            rows=tuple(map(tuple, rows)),
            errors=tuple(each for each in sheet.errors if each[0] not in new),
            uncalculated=tuple(place for place in sheet.uncalculated if place not in new),
        )
