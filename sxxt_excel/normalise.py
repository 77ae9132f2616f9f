"""Raw tables of all files → one typed table a form, with what was repaired or unreadable.

A table keeps file, sheet, row and column letter of every cell. Beside it stands a
frame of booleans, `known`: False where something stood that could not be used, so that
no later rule mistakes it for blank.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.converting import Columns
from sxxt_excel.findings import finding
from sxxt_excel.result import (
    CODE,
    DTYPES,
    FILE,
    FILER,
    LAST_DAY,
    PATH,
    PERIOD,
    ROLE,
    ROW,
    SHEET,
    STATUS,
    UNIT,
)  # fmt: skip
from sxxt_excel.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.converting import Said
    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import RawTable
    from sxxt_excel.submissions import Submission

_TEXT_DTYPE = "str"


def raw_tables(
    submissions: Iterable[Submission],
) -> dict[Form, list[tuple[int, RawTable]]]:
    """Return the tables of some submissions by the form as it applies to them, with their files.

    The same form asked for in two ways is two.
    """
    parts: dict[Form, list[tuple[int, RawTable]]] = defaultdict(list)
    for submission in submissions:
        forms = {form.id: form for form in submission.forms}
        for table in submission.extract.tables:
            if table.form in forms:
                parts[forms[table.form]].append((submission.number, table))
    return parts


def normalise(
    form: Form,
    parts: Sequence[tuple[int, RawTable]],
    submissions: Mapping[int, Submission],
    year: int,
    numbers: Mapping[str, str],
) -> tuple[Stack, list[Finding]]:
    """Stack and type the tables of one form.

    Args:
        form: the form as it applies to all these files.
        parts: (file number, raw table) in the order of the files.
        submissions: file number → submission (unit, filers, period).
        year: the workspace's year, for words like 3月底.
        numbers: form id → its type code in item numbers (责任清单 → ZR).

    Returns:
        the stack, and findings about single cells.
    """
    columns = Columns(form, parts, submissions, year, numbers)
    said = {f.name: columns.said(f) for f in form.fields}
    base = _meta(parts, submissions)
    frame = _frame(form, said, base)
    frame[FILER], frame[ROLE] = _whose(form, frame, columns)
    known = pd.DataFrame(data=True, index=frame.index, columns=list(said))
    for name, column in said.items():
        if not all(o.known for o in column.kinds):
            known[name] = [o.known for o in column.each]
    full = pd.Series(_full_rows(form, said, len(frame)), index=frame.index)
    stack = Stack(
        form=form,
        frame=frame if full.all() else frame[full],
        known=known if full.all() else known[full],
        bare=frame[~full],
        submissions=submissions,
        tables=dict(parts),
        told={},
    )
    return stack, list(_told(stack, form, said, full))


def _full_rows(form: Form, said: Mapping[str, Said], length: int) -> list[bool]:
    """Tell which rows say something; pre-printed and cover rows always do."""
    if form.fixed:
        label = next(f.name for f in form.fields if f.kind == "label")
        told = [o.filled for o in said[label].each]
    elif form.layout == "cover":
        return [True] * length
    else:
        told = [False] * length
    for field in form.fields:
        if not field.frame and not all(told):
            told = [t or o.filled for t, o in zip(told, said[field.name].each, strict=True)]
    return told


def _meta(
    parts: Sequence[tuple[int, RawTable]], submissions: Mapping[int, Submission]
) -> pd.DataFrame:
    subs = [submissions[number] for number, _ in parts]
    once = pd.DataFrame(
        {
            FILE: pd.Series([number for number, _ in parts], dtype="int64"),
            UNIT: pd.Series([s.unit_name for s in subs], dtype=_TEXT_DTYPE),
            CODE: pd.Series([s.unit_code for s in subs], dtype=_TEXT_DTYPE),
            PERIOD: pd.Series([s.period for s in subs], dtype=_TEXT_DTYPE),
            STATUS: pd.Series([""] * len(subs), dtype=_TEXT_DTYPE),
            PATH: pd.Series([s.path for s in subs], dtype=_TEXT_DTYPE),
            SHEET: pd.Series([table.sheet for _, table in parts], dtype=_TEXT_DTYPE),
        }
    )
    each = once.loc[once.index.repeat([len(table.rows) for _, table in parts])]
    rows = [row for _, table in parts for row in table.rows]
    return each.reset_index(drop=True).assign(**{ROW: pd.Series(rows, dtype="int64")})


def _frame(form: Form, said: Mapping[str, Said], base: pd.DataFrame) -> pd.DataFrame:
    columns = {name: base[name] for name in base}
    for field in form.fields:
        each = said[field.name].each
        dtype = DTYPES.get(field.kind, _TEXT_DTYPE)
        columns[field.name] = pd.Series([o.value for o in each], index=base.index, dtype=dtype)
        if field.kind == "limit":
            columns[field.name + LAST_DAY] = pd.Series(
                [o.last for o in each], index=base.index, dtype="datetime64[s]"
            )
    return pd.DataFrame(columns)


def _whose(form: Form, frame: pd.DataFrame, columns: Columns) -> tuple[pd.Series, pd.Series]:
    """Return label and role a row; where a form has no such heading, the lone filer's."""
    name = form.filer
    words = frame[name].fillna("").tolist() if name is not None else [""] * len(frame)
    cells = list(zip(frame[FILE].tolist(), words, strict=True))
    known = {
        cell: _who(columns.submissions[cell[0]], name, cell[1]) for cell in dict.fromkeys(cells)
    }
    labels, roles = zip(*(known[cell] for cell in cells), strict=True) if cells else ((), ())
    return (
        pd.Series(labels, index=frame.index, dtype=_TEXT_DTYPE),
        pd.Series(roles, index=frame.index, dtype=_TEXT_DTYPE),
    )


def _who(submission: Submission, heading: str | None, word: str) -> tuple[str | None, str | None]:
    """Return label and role of who is named in a row of a workbook, None where there is none."""
    filer = submission.labels.get(word) if word else None
    if filer is None and heading is None and len(submission.filers) == 1:
        filer = submission.filers[0]
    return (filer.label, filer.role) if filer else (word or None, None)


def _told(
    stack: Stack, form: Form, said: Mapping[str, Said], full: pd.Series[bool]
) -> Iterable[Finding]:
    """Yield a finding for each cell whose outcome carries a code, in rows that count."""
    for field in form.fields:
        if not any(outcome.code for outcome in said[field.name].kinds):
            continue
        for label, outcome in enumerate(said[field.name].each):
            if not outcome.code or not full[label]:  # "": withheld, and nothing to be told
                continue
            words = dict(outcome.words)
            got = words.pop("got", "")
            where = stack.where(label, field.name)
            basis = stack.submission(label).basis
            yield finding(outcome.code, where, got=got, basis=basis, words=words)
