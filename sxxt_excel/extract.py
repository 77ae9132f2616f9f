"""Book → what concerns us: stamp, cover and the tables of known forms, still raw.

This is the last step inside a reading worker: it knows the forms, not the roster. The
values keep their Excel addresses; what is typed and checked comes later, for all
files at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sxxt_excel.layout import KNOWN_SHARE, Headings, find_headings, headings_of, is_heading, share
from sxxt_excel.marks import Said, without_marks
from sxxt_excel.read import Book, Sheet, cell_name, column_letter
from sxxt_excel.stamp import LISTS_SHEET, STAMP_SHEET, Stamp, stamp_from
from sxxt_excel.text import Value, clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.model import Form

_COVER_SEARCH = 60
# Who signs below a table, in as many cells as it takes; no row of any form begins so.
_SIGNATURE = re.compile(
    r"(填报|填表|制表|审核|审批|经办)(人|日期|时间|单位)\s*([:：]|$)|联系电话\s*([:：]|$)"
)
_SIGNED = re.compile(rf"{_SIGNATURE.pattern}|.{{0,30}}[（(](盖章|公章|签字|签名|签章)[）)]")
_FIRST_CELLS = 4
_SUM = re.compile(r"(合计|总计|小计)\s*[:：]?$")
_PART = "小计"
# What stands below a table in a cell or two.
_FOOTER = re.compile(
    rf"(注|备注|说明|填表说明|填报说明|负责人|党组织书记|日期|电话)\s*[:：]|{_SUM.pattern}"
    r"|.{0,30}[（(](盖章|公章|签字|签名|签章)[）)]"
)
_FOOTER_CELLS = 3
_TALLEST_MERGED, _MOST_MERGED = 10_000, 1_000_000
_TITLES = ("填报说明", "填表说明", "上级清单", "审核结果")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: an error like #N/A, or a formula never calculated."""

    code: str
    text: str


Raw = Value | Fault


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a sheet to be told: a code of the catalogue, a cell and words."""

    code: str
    form: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of one form on one sheet, column by column.

    `rows` are Excel row numbers; `columns` maps heading → its raw values, one a row;
    `letters` maps heading → column letter. A cover has one row and `cells` instead. `names`
    maps heading → what it is called on the sheet, where one sheet stands for several forms.
    Of a form with `counts_only`, `beside` are the texts in cells that are no data (A1, text),
    and `totals` the rows that say the sum of all others (Excel row, heading → value).
    """

    form: str
    sheet: str
    header_row: int
    rows: tuple[int, ...]
    columns: dict[str, list[Raw]]
    letters: dict[str, str]
    missing: tuple[str, ...] = ()
    cells: dict[str, str] | None = None
    names: dict[str, str] | None = None
    beside: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[int, dict[str, Raw]], ...] = ()

    def cell(self, row: int, heading: str | None) -> str | None:
        """Return the A1 name of a heading's cell in an Excel row; a cover has but one each."""
        if heading is None:
            return None
        if self.cells is not None:
            return self.cells.get(heading)
        letter = self.letters.get(heading)
        return f"{letter}{row}" if letter else None


@dataclass(frozen=True, slots=True)
class Extract:
    """What a workbook holds for us. `heading` is the text above the tables, for evidence.

    `private` tells of numbers of persons, which are masked in all the rest. `said`: what stands
    beside the marks of a marked copy that came back; of the marks themselves nothing is here.
    """

    kind: str
    stamp: Stamp | None
    tables: tuple[RawTable, ...]
    remarks: tuple[Remark, ...]
    heading: str = ""
    macros: bool = False
    links: bool = False
    private: tuple[Remark, ...] = ()
    said: tuple[Said, ...] = ()


def extract(book: Book, forms: Sequence[Form]) -> Extract:
    """Return stamp, cover, tables and remarks of a book, given the forms there are."""
    book, said = without_marks(book)
    stamp = _stamp(book)
    tables: list[RawTable] = []
    remarks: list[Remark] = []
    cover = next((f for f in forms if f.layout == "cover"), None)
    listed = [f for f in forms if f.layout == "table"]
    ours = [s for s in book.sheets if s.name not in {STAMP_SHEET, LISTS_SHEET}]
    words = headings_of(forms)
    parts = [_cut(sheet, listed, words) for sheet in ours]
    sheets = [part for part, *_ in parts]
    taken: set[str] = set()
    if cover is not None:
        for sheet in _cover_first(sheets, cover):
            table = _cover(sheet, cover)
            if table is not None:
                tables.append(table)
                taken.add(sheet.name)
                break
    if book.dde or book.scripts:
        remarks.append(Remark("F129"))
    paired = list(_pair(sheets, listed, taken))
    for sheet in (part for _, *more in parts for part in more):
        left = [f for f in listed if f not in {form for form, _ in paired}]
        other = next((f for f in left if _has_head(sheet, f)), None)
        if other is None:
            remarks.append(_second_table(sheet, sheet.top, sheet.left))
        else:
            paired.append((other, sheet))
    for form, sheet in paired:
        taken.add(sheet.name)
        headings = find_headings(sheet, form)
        if headings is None:
            if form.optional and not _filled(sheet):
                continue
            remarks.append(Remark("S112", form.id, sheet.name))
            continue
        table = _table(sheet, form, headings)
        tables.append(table)
        remarks.extend(_remarks(sheet, form, headings, table))
        remarks.extend(_table_beside(sheet, headings, listed, form))
    remarks.extend(
        Remark("S106", sheet=s.name, got=s.name)
        for s in sheets
        if s.name not in taken and s.rows and fold(s.name) not in map(fold, _TITLES)
    )
    return Extract(
        kind=book.kind,
        stamp=stamp,
        tables=tuple(tables),
        remarks=tuple(remarks),
        heading=_heading(sheets),
        macros=book.macros,
        links=book.external_links or book.dde,
        said=said,
    )


def _stamp(book: Book) -> Stamp | None:
    sheet = next((s for s in book.sheets if s.name == STAMP_SHEET), None)
    if sheet is None:
        return None
    pairs = {to_text(row[0]): to_text(row[1]) for row in sheet.rows if len(row) > 1}
    return stamp_from(pairs)


def _heading(sheets: Iterable[Sheet]) -> str:
    """Return the first texts of all sheets, as evidence of what the workbook is."""
    return " ".join(
        text for s in sheets for row in s.rows[:2] for v in row[:1] if (text := clean(to_text(v)))
    )


def _filled(sheet: Sheet) -> bool:
    return any(v is not None and to_text(v).strip() for row in sheet.rows for v in row)


# ---- several tables on one sheet ---------------------------------------------------


def _cut(sheet: Sheet, forms: Sequence[Form], words: frozenset[str]) -> list[Sheet]:
    """Return a sheet in parts, each with headings of its own; nearly every sheet is one part.

    Headings that are only repeated, as at the top of each printed page, begin no part; `words`
    are those of all forms.
    """
    heads = [
        at
        for at, row in enumerate(sheet.rows)
        if not words.isdisjoint(row[:_FIRST_CELLS]) and len(words.intersection(row)) > 1
    ]
    if len(heads) < 2:  # noqa: PLR2004 - two tables have two rows of headings
        return [sheet]
    heads = [at for at in heads if any(is_heading(sheet.rows[at], form) for form in forms)]
    starts = [0]
    for before, at in pairwise(heads):
        if not _repeats(sheet.rows[at], sheet.rows[before]):
            starts.append(_with_title(sheet, before + 1, at))
    ends = (*starts[1:], len(sheet.rows))
    if len(starts) == 1:
        return [sheet]
    return [_part(sheet, start, end) for start, end in zip(starts, ends, strict=True)]


def _with_title(sheet: Sheet, first: int, head: int) -> int:
    """Return where a table begins whose headings are there: with the title over them."""
    start = head
    while start > first and _filled_cells(sheet.rows[start - 1]) <= 1:
        start -= 1
    return next(at for at in range(start, head + 1) if _filled_cells(sheet.rows[at]))


def _filled_cells(row: Sequence[Value]) -> int:
    return len(row) - row.count(None) - row.count("")


def _part(sheet: Sheet, start: int, end: int) -> Sheet:
    top, bottom = sheet.top + start, sheet.top + end
    return replace(
        sheet,
        top=top,
        rows=sheet.rows[start:end],
        merged=tuple(m for m in sheet.merged if top <= m[0] < bottom),
        hidden_rows=tuple(row for row in sheet.hidden_rows if top <= row < bottom),
    )


def _has_head(sheet: Sheet, form: Form) -> bool:
    return any(is_heading(row, form) for row in sheet.rows[:_COVER_SEARCH])


def _table_beside(
    sheet: Sheet, headings: Headings, forms: Sequence[Form], form: Form
) -> Iterable[Remark]:
    """Yield that another table begins right of this one: its headings again, or another form's."""
    texts = tuple(text for text, _ in headings.extra)
    others = (other for other in forms if other is not form)
    columns: list[int] = []
    if len(headings.doubled) >= max(2, round(len(form.fields) * KNOWN_SHARE)):
        columns = [column for _, column in headings.doubled]
    elif len(texts) > 1 and any(is_heading(texts, other) for other in others):
        columns = [column for _, column in headings.extra]
    if columns:
        yield _second_table(sheet, headings.row, min(columns))


def _second_table(sheet: Sheet, row: int, column: int) -> Remark:
    at = cell_name(row, column)
    return Remark("S114", sheet=sheet.name, cell=at, got=at)


# ---- which sheet is which form ----------------------------------------------------


def _pair(sheets: list[Sheet], forms: list[Form], taken: set[str]) -> Iterable[tuple[Form, Sheet]]:
    """Yield form and sheet: by the sheet's name first, then by its headings."""
    free = [s for s in sheets if s.name not in taken]
    open_forms = list(forms)
    for sheet in tuple(free):
        form = _named(sheet, open_forms)
        if form is not None:
            free.remove(sheet)
            open_forms.remove(form)
            yield form, sheet
    scored = sorted(
        (
            (-share(sheet, form), order, number, form, sheet)
            for number, sheet in enumerate(free)
            if sheet.rows and fold(sheet.name) not in map(fold, _TITLES)
            for order, form in enumerate(open_forms)
        ),
        key=lambda item: item[:3],
    )
    used: set[str] = set()
    for score, _, _, form, sheet in scored:
        if -score >= KNOWN_SHARE and form in open_forms and sheet.name not in used:
            used.add(sheet.name)
            open_forms.remove(form)
            yield form, sheet


def _named(sheet: Sheet, forms: list[Form]) -> Form | None:
    key = fold(sheet.name)
    for form in forms:
        if key in {fold(form.id), *(fold(a) for a in form.aliases)}:
            return form
    return None


# ---- a table --------------------------------------------------------------------


def _table(sheet: Sheet, form: Form, headings: Headings) -> RawTable:
    start = headings.row + 1 - sheet.top
    lines = sheet.rows[start:]
    first = headings.row + 1
    keep = _data_rows(lines, sheet.rows[start - 1], form)
    faults = _faults(sheet)
    merged = _merged(sheet, headings.row)
    counts = form.counts_only
    across = tuple(zip(*(lines[i] for i in keep), strict=True))
    columns: dict[str, list[Raw]] = {}
    for name, column in headings.columns:
        values: list[Raw] = list(across[column - sheet.left]) if keep else []
        if faults or merged:
            for place, i in enumerate(keep):
                at = (first + i, column)
                if at in faults:
                    values[place] = faults[at]
                elif values[place] is None and at in merged:
                    row, col = merged[at]
                    values[place] = sheet.value(row, col)
        columns[name] = values
    return RawTable(
        form=form.id,
        sheet=sheet.name,
        header_row=headings.row,
        rows=tuple(first + i for i in keep),
        columns=columns,
        letters={name: column_letter(column) for name, column in headings.columns},
        missing=headings.missing,
        beside=tuple(_beside(sheet, headings, (first + i for i in keep))) if counts else (),
        totals=tuple(_totals(sheet, headings)) if counts else (),
    )


def _beside(sheet: Sheet, headings: Headings, kept: Iterable[int]) -> Iterable[tuple[str, str]]:
    """Yield every text that is no cell of a heading's, but for who signs above or below."""
    known, rows = {column for _, column in headings.columns}, set(kept)
    for row, values in enumerate(sheet.rows, sheet.top):
        texts = [(at, v) for at, v in enumerate(values, sheet.left) if isinstance(v, str)]
        if row != headings.row and not any(_SIGNATURE.match(clean(v)) for _, v in texts):
            for column, text in texts:
                if row not in rows or column not in known:
                    yield cell_name(row, column), text


def _totals(sheet: Sheet, headings: Headings) -> Iterable[tuple[int, dict[str, Raw]]]:
    """Yield the rows that say the sum of all others: Excel row, and what stands in it."""
    faults = _faults(sheet)
    for row, values in enumerate(sheet.rows, sheet.top):
        if row > headings.row and _sum_of(values) not in {"", _PART}:
            places = ((name, (row, column)) for name, column in headings.columns)
            yield row, {name: faults.get(at) or sheet.value(*at) for name, at in places}


def _data_rows(lines: Sequence[Sequence[Value]], head: Sequence[Value], form: Form) -> list[int]:
    """Return which rows hold data: none that are blank, repeat the headings or are remarks."""
    keep: list[int] = []
    below = False
    fewest = min(_FOOTER_CELLS, len(form.fields) - 1)
    for number, row in enumerate(lines):
        first = next((v for v in row if v is not None and v != ""), None)
        if first is None or (isinstance(first, str) and _repeats(row, head)):
            continue
        filled = len(row) - row.count(None) - row.count("")
        few = filled <= fewest or (form.counts_only and _sum_of(row) != "")
        if _is_remark(first, few=few) or (below and filled == 1):
            below = True
        else:
            below = False
            keep.append(number)
    return keep


def _repeats(row: Sequence[Value], head: Sequence[Value]) -> bool:
    """Tell a row that says the headings again, as at the top of each printed page."""
    pairs = [(v, h) for v, h in zip(row, head, strict=True) if v is not None]
    return len(pairs) > 1 and all(
        isinstance(v, str) and isinstance(h, str) and fold(v) == fold(h) for v, h in pairs
    )


def _sum_of(row: Sequence[Value]) -> str:
    """Return which kind of sum a row is (合计, 小计), by its first cell; "" where it is none."""
    first = next((v for v in row if v is not None and v != ""), None)
    found = _SUM.match(clean(first)) if isinstance(first, str) else None
    return found[1] if found else ""


def _is_remark(first: Value, *, few: bool) -> bool:
    """Tell from a row's first cell whether it is a remark below the table."""
    if not isinstance(first, str):
        return False
    text = clean(first)
    return bool(_SIGNATURE.match(text) or (few and _FOOTER.match(text)))


def _faults(sheet: Sheet) -> dict[tuple[int, int], Fault]:
    faults = {place: Fault("V110", text) for place, text in sheet.errors}
    faults.update((place, Fault("V111", "")) for place in sheet.uncalculated)
    return faults


def _merged(sheet: Sheet, header: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Map each cell below the first of a merged range to it: what is said once holds downwards.

    To the right it does not: beside it stand other headings.
    """
    tall = [m for m in sheet.merged if header < m[0] < m[2] < m[0] + _TALLEST_MERGED]
    if sum(bottom - top for top, _, bottom, _ in tall) > _MOST_MERGED:
        return {}
    return {
        (row, left): (top, left)
        for top, left, bottom, _ in tall
        for row in range(top + 1, bottom + 1)
    }


def _remarks(sheet: Sheet, form: Form, headings: Headings, table: RawTable) -> Iterable[Remark]:
    if fold(sheet.name) not in {fold(form.id), *(fold(a) for a in form.aliases)}:
        yield Remark("S108", form.id, sheet.name, got=sheet.name)
    yield from _about_headings(sheet, form, headings)
    merged = [m for m in sheet.merged if m[0] > headings.row and m[2] > m[0]]
    if merged:
        ranges = "、".join(f"{cell_name(a, b)}:{cell_name(c, d)}" for a, b, c, d in merged[:3])
        first = cell_name(merged[0][0], merged[0][1])
        yield Remark("S109", form.id, sheet.name, first, got=ranges)
    hidden = [r for r in sheet.hidden_rows if r > headings.row]
    if hidden:
        yield Remark("S110", form.id, sheet.name, f"A{hidden[0]}", got=f"有{len(hidden)}行是隐藏的")
    unseen = [c for c in _hidden_columns(sheet) if any(_holds(sheet, headings.row, c))]
    if unseen:
        letters = "、".join(map(column_letter, unseen))
        at = cell_name(headings.row, unseen[0])
        yield Remark("S110", form.id, sheet.name, at, got=f"{letters}列是隐藏的")
    if not sheet.visible:
        yield Remark("S110", form.id, sheet.name, got="这张表是隐藏的")
    late = _below_signature(sheet, table)
    if late:
        yield Remark(
            "S113", form.id, sheet.name, f"A{late[0]}", got=f"第{late[0]}行起的{len(late)}行"
        )


def _hidden_columns(sheet: Sheet) -> Iterable[int]:
    last = sheet.left + (len(sheet.rows[0]) if sheet.rows else 0)
    return (c for a, b in sheet.hidden_columns for c in range(max(a, sheet.left), min(b + 1, last)))


def _holds(sheet: Sheet, header: int, column: int) -> Iterable[bool]:
    rows = range(header + 1, sheet.top + len(sheet.rows))
    return (sheet.value(row, column) not in {None, ""} for row in rows)


def _below_signature(sheet: Sheet, table: RawTable) -> tuple[int, ...]:
    """Return the rows of data that stand below who signs."""
    known, last = set(table.rows), table.rows[-1] if table.rows else 0
    for row in range(table.header_row + 1, last):
        if row not in known:
            first = next(
                (v for v in sheet.rows[row - sheet.top] if v is not None and v != ""), None
            )
            if isinstance(first, str) and _SIGNED.match(clean(first)):
                return tuple(r for r in table.rows if r > row)
    return ()


def _about_headings(sheet: Sheet, form: Form, headings: Headings) -> Iterable[Remark]:
    def at(column: int) -> str:
        return cell_name(headings.row, column)

    for name, text, column in headings.renamed:
        yield Remark("S103", form.id, sheet.name, at(column), name, text)
    for text, column in headings.extra:
        yield Remark("S105", form.id, sheet.name, at(column), got=text)
    for name, column in headings.doubled:
        yield Remark("S111", form.id, sheet.name, at(column), name, name)
    if not headings.in_order or headings.row != 2 or headings.columns[0][1] != 1:  # noqa: PLR2004
        yield Remark("S104", form.id, sheet.name, at(headings.columns[0][1]))
    for name in headings.missing:
        field = form.field(name)
        code = "S102" if field is not None and field.required else "S107"
        yield Remark(code, form.id, sheet.name, at(headings.columns[0][1]), name)


# ---- the cover ------------------------------------------------------------------


def _cover_first(sheets: list[Sheet], cover: Form) -> list[Sheet]:
    """Return the sheets that may be the cover; the instructions only speak of its labels."""
    possible = [s for s in sheets if fold(s.name) not in map(fold, _TITLES)]
    return sorted(possible, key=lambda s: fold(s.name) != fold(cover.id))


def _cover(sheet: Sheet, form: Form) -> RawTable | None:
    """Read labels and the value right of each; None where too few labels are there."""
    labels = {fold(f.name): f.name for f in form.fields}
    labels |= {fold(a): f.name for f in form.fields for a in f.aliases if fold(a) not in labels}
    faults = _faults(sheet)
    columns: dict[str, list[Raw]] = {}
    cells: dict[str, str] = {}
    for down, row in enumerate(sheet.rows[:_COVER_SEARCH]):
        found = [(i, *said) for i, v in enumerate(row) if (said := _label(v, labels)) is not None]
        for number, (at, name, rest) in enumerate(found, 1):
            if name in columns:
                continue
            end = found[number][0] if number < len(found) else len(row)
            line, column = sheet.top + down, sheet.left + at
            if rest:
                columns[name], cells[name] = [rest], cell_name(line, column)
                continue
            right = next((i for i in range(at + 1, end) if row[i] is not None), at + 1)
            place = (line, sheet.left + right)
            columns[name] = [faults.get(place) or sheet.value(*place)]
            cells[name] = cell_name(*place)
    if len(columns) < max(2, round(len(form.fields) * KNOWN_SHARE)):
        return None
    return RawTable(
        form=form.id,
        sheet=sheet.name,
        header_row=sheet.top,
        rows=(sheet.top,),
        columns=columns,
        letters={},
        missing=tuple(f.name for f in form.fields if f.name not in columns),
        cells=cells,
    )


def _label(value: Value, labels: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the heading that a cell of the cover names, and what follows it there."""
    if not isinstance(value, str):
        return None
    name = labels.get(fold(value))
    if name is not None:
        return name, ""
    head, _, rest = clean(value).replace("：", ":").partition(":")
    name = labels.get(fold(head))
    return (name, rest.strip()) if name is not None and rest.strip() else None
