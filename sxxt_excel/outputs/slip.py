"""When a workbook gets a 更正单, which of its rows stand in it, and what is told there.

Imported by the workers, so nothing heavy may be imported here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.faces.mended import FIRST_ROW, HEAD_ROW, SlipTable
from sxxt_excel.formats.places import column_letter, place
from sxxt_excel.marking.copy import marked_copy
from sxxt_excel.outcome import SLIP
from sxxt_excel.outputs.opinions import marks_of
from sxxt_excel.raw import Fault, said_rows, text_of
from sxxt_excel.slips.rows import heading_of_key
from sxxt_excel.stamp import line_words
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.stamp import Stamp
    from sxxt_excel.text import Value

__all__ = ["SLIP", "slip_for"]

_FEW, _SHARE, _LEAST = 20, 4, 20
"""At most so many rows, at most one in so many of all, and of a workbook of more than so many."""
_HOW = (
    "本工作簿只列出要改的{count}行，用来代替整份重报：改好后原样发回，收件时按编号并入原件。",
    "一、有底色的格子要改或要说明，点到格子上可看意见；同一行的其他格子也可以一并改。",
    "二、灰底的编号、责任主体已锁定；不要增删行、改表名。要增删行、改编号的，请改整份后重报。",
    "三、几份更正单改了同一行的，以后收到的为准；发回更正单以后又整份重报的，以整份为准。",
)
_OTHERS = "另有{count}处需说明不在这几行里，见同时发来的标注后的原件；可在那里说明。"


@dataclass(frozen=True, slots=True)
class _Part:
    """The faulty rows of one table: which of its rows (counted from 0), and headings with faults.

    `name` is the heading of the key by which its rows are known.
    """

    form: Form
    table: RawTable
    name: str
    rows: tuple[int, ...]
    faulty: frozenset[str]

    def key(self, at: int) -> str:
        """Return the key of a row."""
        return text_of(self.table.columns[self.name][at])


def slip_for(  # noqa: PLR0913, PLR0917 - the workbook, what is told of it, and whose it is
    tables: Sequence[RawTable],
    forms: Sequence[Form],
    told: Iterable[Finding],
    stamp: Stamp,
    key: str,
    lines: tuple[str, ...],
) -> bytes | None:
    """Return a 更正单, None for a workbook that is better mended as a whole.

    That is a short one, one of which much is wrong, and one of which something is wrong that no
    row has, or in the very key by which a row is known.

    Args:
        tables: those of the workbook, with what was corrected in them before.
        forms: what its tables may be.
        told: what is told of it.
        stamp: whose it is, and the digest of what it corrects; sealed here.
        key: the key of the workspace's seals, "" without one.
        lines: what stands over the list on the first sheet.
    """
    asked = [f for f in told if f.stands]
    of_form = {form.id: form for form in forms}
    parts = tuple(_parts([t for t in tables if t.names is None], of_form, asked))
    spots = {id(f): spot for part in parts for f, spot in _moved(part, asked)}
    count = sum(len(part.rows) for part in parts)
    lists = [table for table in tables if table.cells is None]
    whole = sum(len(said_rows(table, of_form[table.form])) for table in lists)
    if any(f.severity == "must" and id(f) not in spots for f in asked):
        return None
    if not 0 < count <= min(_FEW, whole // _SHARE) or whole <= _LEAST:
        return None
    words = line_words((part.form.id, part.key(at)) for part in parts for at in part.rows)
    own = replace(stamp, lines=words)
    data = _built(parts, own.sealed(key) if key else own)
    others = len(asked) - len(spots)
    how = tuple(line.format(count=count) for line in _HOW)
    how += (_OTHERS.format(count=others),) if others else ()
    held = {
        (part.form.id, f"{letter}{row}"): text_of(part.table.columns[name][at])
        for part in parts
        for row, at in enumerate(part.rows, FIRST_ROW)
        for name, letter in _letters(part).items()
    }
    marks = marks_of(
        tuple(spots.values()),
        {part.form.id: HEAD_ROW for part in parts},
        (*lines, *how),
        lambda sheet, cell: held.get((sheet, cell), ""),
    )
    return marked_copy(data, replace(marks, title=SLIP))


def _parts(
    tables: Iterable[RawTable], forms: Mapping[str, Form], asked: Iterable[Finding]
) -> Iterator[_Part]:
    """Yield the faulty rows that have a key of their own, table by table."""
    faulty: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for found in asked:
        where = found.where
        row = place(where.cell or "")[0]
        if row and where.form and where.field:
            faulty[where.form][row].add(where.field)
    for table in tables:
        form = forms.get(table.form)
        name = heading_of_key(form) if form is not None else None
        if form is None or name is None or name not in table.columns or table.cells is not None:
            continue
        keys = [fold(text_of(raw)) for raw in table.columns[name]]
        count = Counter(keys)
        rows = tuple(
            at
            for at, row in enumerate(table.rows)
            if row in faulty[table.form]
            and count[keys[at]] == 1
            and keys[at]
            and name not in faulty[table.form][row]
        )
        if rows:
            here = (faulty[table.form][table.rows[at]] for at in rows)
            yield _Part(form, table, name, rows, frozenset().union(*here))


def _letters(part: _Part) -> dict[str, str]:
    """Return heading → its column letter in the 更正单."""
    return {name: column_letter(at) for at, name in enumerate(_names(part), 1)}


def _names(part: _Part) -> tuple[str, ...]:
    return tuple(f.name for f in part.form.fields if f.name in part.table.columns)


def _moved(part: _Part, asked: Iterable[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Yield the findings about rows of a part, and the same at their place in the 更正单."""
    rows = {part.table.rows[at]: row for row, at in enumerate(part.rows, FIRST_ROW)}
    letters = _letters(part)
    for found in asked:
        where = found.where
        row, letter = rows.get(place(where.cell or "")[0]), letters.get(where.field or "")
        if where.form == part.form.id and row and letter:
            at = replace(where, sheet=part.form.id, cell=f"{letter}{row}")
            yield found, replace(found, where=at)


def _built(parts: Sequence[_Part], stamp: Stamp) -> bytes:
    # Few rounds have such a workbook: only they wait for what writes it.
    from sxxt_excel.faces.slip import build_slip  # noqa: PLC0415 - see above

    tables = []
    for part in parts:
        table, names = part.table, _names(part)
        rows = tuple(
            (table.rows[at], tuple(_value(table.columns[name][at]) for name in names))
            for at in part.rows
        )
        people = tuple(dict.fromkeys(_people(part)))
        tables.append(SlipTable(part.form, names, rows, _shut(part), people))
    return build_slip(SLIP, stamp.unit, tables, stamp)


def _value(raw: Raw) -> Value:
    return raw.text if isinstance(raw, Fault) else raw


def _shut(part: _Part) -> frozenset[str]:
    """Return the headings whose cells may not be changed: the key, and what is no fault."""
    form = part.form
    frame = {f.name for f in form.fields if f.locked or f.office or f.kind == "serial"}
    return frozenset({part.name} | ((frame | {form.filer or ""}) - part.faulty))


def _people(part: _Part) -> Iterator[str]:
    """Yield whom other rows of the table are of, in its order."""
    mine = set(part.rows)
    raws = part.table.columns.get(part.form.filer or "", ())
    yield from (text for at, raw in enumerate(raws) if at not in mine and (text := text_of(raw)))
