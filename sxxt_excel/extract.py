"""Book → what concerns us: stamp, cover and the tables of known forms, still raw.

This is the last step inside a reading worker: it knows the forms, not the roster. The
values keep their Excel addresses; what is typed and checked comes later, for all
files at once.
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from sxxt_excel.cover import find_cover
from sxxt_excel.cutting import cut
from sxxt_excel.dittos import without_dittos
from sxxt_excel.layout import (
    KNOWN_SHARE,
    find_headings,
    headings_of,
    is_heading,
    names_of,
    share,
    shown,
)
from sxxt_excel.lines import PART, data_rows, is_signature, sum_of
from sxxt_excel.marks import without_marks
from sxxt_excel.raw import Extract, RawTable, Remark, contents, faults_of
from sxxt_excel.read import cell_name, column_letter
from sxxt_excel.remarks import remarks_on
from sxxt_excel.spelling import simplified
from sxxt_excel.stamp import LISTS_SHEET, STAMP_SHEET, stamp_from
from sxxt_excel.text import clean, fold, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sxxt_excel.layout import Headings
    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import Raw
    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.stamp import Stamp

_HEAD_SEARCH = 60
_TALLEST_MERGED, _MOST_MERGED = 10_000, 1_000_000
_TITLES = frozenset(map(fold, ("填报说明", "填表说明", "上级清单", "审核结果")))


def extract(book: Book, forms: Sequence[Form]) -> Extract:
    """Return stamp, cover, tables and remarks of a book, given the forms there are."""
    book, said, adopted = without_marks(book)
    listed = [f for f in forms if f.layout == "table"]
    ours = [s for s in book.sheets if s.name not in {STAMP_SHEET, LISTS_SHEET}]
    words = headings_of(forms)
    stamp = _stamp(book)
    parts = [[sheet] if _is_ours(sheet) else cut(sheet, listed, words) for sheet in ours]
    sheets = [part for part, *_ in parts]
    cover = find_cover((s for s in sheets if not _is_ours(s)), forms)
    tables = [] if cover is None else [cover]
    read: list[tuple[Form, RawTable]] = []
    taken = {table.sheet for table in tables}
    remarks = [Remark("F129")] if book.dde or book.scripts else []
    paired = list(_pair([s for s in sheets if s.name not in taken], listed))
    for sheet in (part for _, *more in parts for part in more):
        done = [form for form, _ in paired]
        heads = (f for f in listed if f not in done and _has_head(sheet, f))
        other = next((f for f in heads if not _shows_more(sheet, done, f)), None)
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
        apart = stamp is not None and stamp.corrects != ""
        table, dittos = without_dittos(_table(sheet, form, headings), form, apart=apart)
        tables.append(table)
        read.append((form, table))
        remarks.extend(dittos)
        remarks.extend(remarks_on(sheet, form, headings, table))
        remarks.extend(_table_beside(sheet, headings, listed, form))
    remarks.extend(
        _left_over(s, read) for s in sheets if s.name not in taken and s.rows and not _is_ours(s)
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
        adopted=adopted,
    )


def _is_ours(sheet: Sheet) -> bool:
    """Tell a sheet that the office wrote: instructions speak of headings and have none."""
    return fold(sheet.name) in _TITLES


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


def _has_head(sheet: Sheet, form: Form) -> bool:
    return any(is_heading(row, form) for row in sheet.rows[:_HEAD_SEARCH])


def _left_over(sheet: Sheet, read: Sequence[tuple[Form, RawTable]]) -> Remark:
    """Tell of a sheet that is nobody's: a table goes on there, or it is the unit's own.

    Empty copies and backups hold no row that was not read.
    """
    fitting = [(share(sheet, f), shown(sheet, f), f, t) for f, t in read if _has_head(sheet, f)]
    if fitting:
        *_, form, table = max(fitting, key=itemgetter(0, 1))
        headings = find_headings(sheet, form)
        rows = without_dittos(_table(sheet, form, headings), form)[0] if headings else None
        if headings and rows and _said(form, rows) - _said(form, table):
            begins = _second_table(sheet, headings.row, headings.columns[0][1])
            return replace(begins, form=form.id)
    return Remark("S106", sheet=sheet.name, got=sheet.name)


def _said(form: Form, table: RawTable) -> set[tuple[str, ...]]:
    """Return the rows of a table that say more than what was issued, whatever their 序号."""
    return contents(table, form, (f.name for f in form.fields if f.kind != "serial"))


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


def _pair(sheets: Sequence[Sheet], forms: Sequence[Form]) -> Iterable[tuple[Form, Sheet]]:
    """Yield form and sheet: by the sheet's name first, then by its headings."""
    free, open_forms = list(sheets), list(forms)
    done: list[Form] = []
    for sheet in sheets:
        form = _named(sheet, open_forms)
        if form is not None:
            free.remove(sheet)
            open_forms.remove(form)
            done.append(form)
            yield form, sheet
    scored = sorted(
        (
            (-share(sheet, form), order, number, form, sheet)
            for number, sheet in enumerate(free)
            if sheet.rows and not _is_ours(sheet)
            for order, form in enumerate(open_forms)
        ),
        key=lambda item: item[:3],
    )
    used: set[str] = set()
    for score, _, _, form, sheet in scored:
        if -score < KNOWN_SHARE:
            break
        if form in open_forms and sheet.name not in used and not _shows_more(sheet, done, form):
            used.add(sheet.name)
            open_forms.remove(form)
            done.append(form)
            yield form, sheet


def _shows_more(sheet: Sheet, done: Iterable[Form], form: Form) -> bool:
    """Tell a sheet that goes on with a form read already, rather than being this one.

    All headings of 任务进展 are headings of 任务清单, too.
    """
    own = shown(sheet, form)
    return any(shown(sheet, other) > own for other in done)


def _named(sheet: Sheet, forms: list[Form]) -> Form | None:
    said = simplified(sheet.name)
    return next((form for form in forms if said in names_of(form)), None)


# ---- a table --------------------------------------------------------------------


def _table(sheet: Sheet, form: Form, headings: Headings) -> RawTable:
    start = headings.row + 1 - sheet.top
    lines = sheet.rows[start:]
    first = headings.row + 1
    places = {name: column - sheet.left for name, column in headings.columns}
    keep = data_rows(lines, sheet.rows[start - 1], form, places)
    faults = faults_of(sheet)
    merged = _merged(sheet, headings.row)
    counts = form.counts_only
    across = tuple(zip(*(lines[i] for i in keep), strict=True))
    columns: dict[str, list[Raw]] = {}
    for name, column in headings.columns:
        values: list[Raw] = list(across[places[name]]) if keep else []
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
        signs = row not in rows and any(is_signature(v) for _, v in texts)
        if row != headings.row and not signs:
            for column, text in texts:
                if row not in rows or column not in known:
                    yield cell_name(row, column), text


def _totals(sheet: Sheet, headings: Headings) -> Iterable[tuple[int, dict[str, Raw]]]:
    """Yield the rows that say the sum of all others: Excel row, and what stands in it."""
    faults = faults_of(sheet)
    for row, values in enumerate(sheet.rows, sheet.top):
        if row > headings.row and sum_of(values) not in {"", PART}:
            places = ((name, (row, column)) for name, column in headings.columns)
            yield row, {name: faults.get(at) or sheet.value(*at) for name, at in places}


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
