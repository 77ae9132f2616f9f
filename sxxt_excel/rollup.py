"""The 上报版: a node's master for the next level up, as a workbook and as what it holds.

`outputs.upward` writes it, `read_rollup` reads it back in a reading worker: one sheet a form
with rows as they were first filled in, and two hidden sheets. One has a line of JSON for
each original file, which says where its rows came from; the other is the stamp, whose issue
number is a digest of all the rest. Only what may travel is ever in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sxxt_excel.headings import (
    FILE_HEADING,
    PERIOD_HEADING,
    ROW_HEADING,
    SHEET_HEADING,
    UNIT_HEADING,
)
from sxxt_excel.package import Refusal
from sxxt_excel.people import Person, Unit, Waiver
from sxxt_excel.privacy import masked_value
from sxxt_excel.raw import Extract, Fault, RawTable, Remark
from sxxt_excel.stamp import STAMP_SHEET, Stamp, stamp_from
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Raw
    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.text import Value

COVER_SHEET, ORIGIN_SHEET = "上报封面", "_来源"
FORMAT = "上报版1"
"""Stands in the stamp as the template's version: what is laid out like this."""
ORIGIN_HEADINGS = (
    FILE_HEADING, SHEET_HEADING, ROW_HEADING, UNIT_HEADING, "单位代码", "套表", PERIOD_HEADING,
)  # fmt: skip
"""Columns that stand before the form's own on each of its sheets."""
WITHHELD = ("填报人", "联系电话", "审核人")
"""Fields of a cover that stay with the node that collected it."""
BROKEN = Refusal("F113")

_PIECE = 30_000
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
_DAY_SECONDS = 86_400
_BLANKS = re.compile(r"[\s\x00-\x1f]+|_x[0-9A-Fa-f]{4}_")
_FURTHER = re.compile(r"（\d+）$")
_NOTHING = Fault("", "")
"""Stands for a value that was withheld: something was there, and nothing is told of it."""


Settled = tuple[str, str, str, str]
"""A query that is explained below: code, sheet, cell, row number."""


def settled_at(found: Finding) -> Settled:
    """Return what tells an explained query from all others of its workbook."""
    where = found.where
    return found.code, where.sheet or "", where.cell or "", where.row_key or ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one thing owed stood at the node: its rule, whose, and what had arrived.

    `travels`: its workbook is inside as well.
    """

    rule: str
    unit_code: str
    filer: str | None
    subject: str | None
    packet: str
    period: str
    arrived: str | None
    accepted: bool | None
    received_at: str | None
    travels: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """One original workbook inside a 上报版: its file, whose it is, and its extract.

    `faults` are the node's own must and query findings about it: code, sheet, cell. `settled`
    are the queries that are explained below: code, sheet, cell, row number.
    """

    path: str
    sha256: str
    received_at: str
    unit_code: str
    returned: bool
    extract: Extract
    faults: frozenset[tuple[str, str, str]] = frozenset()
    settled: frozenset[Settled] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a 上报版 holds. `intact`: nothing was changed since it was written.

    `key` tells with which key it was sealed without giving it away; `also` are kinds of unit
    that the node, and each node below it, includes beside the regime's own: node code → kinds;
    `papers` are documents that came along below: path and unit code.
    """

    stamp: Stamp
    intact: bool
    key: str
    as_of: str
    also: Mapping[str, tuple[str, ...]]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    waivers: tuple[Waiver, ...]
    files: tuple[Carried, ...]
    standings: tuple[Standing, ...]
    papers: tuple[tuple[str, str], ...]


# ---- the digest ------------------------------------------------------------------


def digest(sheets: Iterable[tuple[str, Iterable[Iterable[tuple[int, Value]]]]]) -> str:
    """Return the digest of sheets: name, and rows of (column from 0, value).

    Opening and saving it in Excel or WPS changes nothing of what is looked at.
    """
    sha = hashlib.sha256()
    for name, rows in sheets:
        sha.update(f"\n{name}".encode())
        for row in rows:
            said = [f"{at}={text}" for at, value in row if (text := _plain(value))]
            if said:
                sha.update("\x1f".join(("\n", *said)).encode(errors="replace"))
    return sha.hexdigest()[:32]


def _plain(value: Value) -> str:
    """Return a cell as the digest sees it: days as Excel counts them, texts without blanks."""
    if isinstance(value, str):
        return _BLANKS.sub("", value)
    if isinstance(value, date):
        return f"{excel_day(value):.6f}"
    if isinstance(value, int | float):
        return f"{float(value):.6f}"
    return to_text(value)


def excel_day(value: date) -> float:
    """Return a day, or a moment, as Excel counts them."""
    moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])  # noqa: DTZ001
    return (moment.replace(tzinfo=None) - _EPOCH).total_seconds() / _DAY_SECONDS


def key_mark(key: str) -> str:
    """Return what tells one key from another without giving it away; "" without a key."""
    return hashlib.sha256(f"上报版：{key}".encode()).hexdigest()[:8] if key else ""


# ---- lines of JSON ---------------------------------------------------------------


def origin_lines(
    rollup: Rollup, spared: Mapping[str, Mapping[str, tuple[int, ...]]]
) -> list[list[str]]:
    """Return the hidden lines of a 上报版, each in pieces that a cell can hold.

    Args:
        rollup: all but stamp, `intact` and `key` of it is written.
        spared: path → form → rows that stand on no visible sheet, because nobody filled them.
    """
    head = {
        "as_of": rollup.as_of,
        "also": rollup.also,
        "papers": rollup.papers,
        "units": [_packed(unit) for unit in rollup.units],
        "people": [_packed(person) for person in rollup.people],
        "waivers": [_packed(waiver) for waiver in rollup.waivers],
        "standings": [[getattr(s, f.name) for f in fields(Standing)] for s in rollup.standings],
    }
    lines = [head, *(_file_line(file, spared.get(file.path, {})) for file in rollup.files)]
    texts = (json.dumps(line, ensure_ascii=False, default=_json) for line in lines)
    return [
        [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [text] for text in texts
    ]


_HERE = frozenset({"filer_cell"})
"""What is of use only beside the roster itself."""


def _packed(item: Unit | Person | Waiver) -> dict[str, Any]:
    """Return what of a row of the roster says something: names and values."""
    pairs = ((f.name, getattr(item, f.name)) for f in fields(item) if f.name not in _HERE)
    return {name: value for name, value in pairs if value not in {None, "", ()}}


def _json(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _file_line(file: Carried, spared: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    found = file.extract
    return {
        "path": file.path,
        "sha256": file.sha256,
        "received_at": file.received_at,
        "unit_code": file.unit_code,
        "returned": file.returned,
        "kind": found.kind,
        "stamp": dict(found.stamp.rows()) if found.stamp else {},
        "remarks": [_remark_line(r) for r in found.remarks],
        "private": [_remark_line(r) for r in found.private],
        "macros": found.macros,
        "links": found.links,
        "faults": sorted(file.faults),
        "settled": sorted(file.settled),
        "pointed": found.pointed,
        "mended_at": found.mended_at,
        "tables": [_table_line(t, spared.get(t.form, ())) for t in found.tables],
    }


def _remark_line(remark: Remark) -> list[str]:
    return [getattr(remark, f.name) for f in fields(Remark)]


def _table_line(table: RawTable, spared: tuple[int, ...]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "form": table.form,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "letters": table.letters,
        "missing": table.missing,
    }
    if table.cells is not None:
        cover = {n: v[0] for n, v in table.columns.items() if n not in WITHHELD}
        return line | {
            "cells": table.cells,
            "cover": {name: _value_line(value) for name, value in cover.items()},
        }
    places = {row: at for at, row in enumerate(table.rows)}
    line["spared"] = {
        row: {
            name: _value_line(column[places[row]])
            for name, column in table.columns.items()
            if column[places[row]] is not None
        }
        for row in spared
    }
    line["broken"] = [
        [row, name, value.code, value.text]
        for name, column in table.columns.items()
        for row, value in zip(table.rows, column, strict=True)
        if isinstance(value, Fault) and row not in spared
    ]
    return line


def _value_line(value: Raw) -> Any:  # noqa: ANN401 - a value of JSON
    if isinstance(value, Fault):
        return {"code": value.code, "text": value.text}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if isinstance(value, str | int | float) or value is None else to_text(value)


# ---- reading ---------------------------------------------------------------------


def read_rollup(book: Book) -> Rollup | Refusal | None:
    """Return what a 上报版 holds; None for any other book, a refusal for a broken one."""
    named = {sheet.name: sheet for sheet in book.sheets}
    if COVER_SHEET not in named:
        return None
    if STAMP_SHEET not in named or ORIGIN_SHEET not in named:
        return BROKEN
    pairs = {to_text(row[0]): to_text(row[1]) for row in named[STAMP_SHEET].rows if len(row) > 1}
    stamp = stamp_from(pairs)
    if stamp is None or stamp.version != FORMAT:
        return BROKEN
    try:
        return _read(book, named[ORIGIN_SHEET], stamp, pairs.get("key", ""))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return BROKEN  # whoever wrote these lines by hand gets no traceback


def _read(book: Book, origin: Sheet, stamp: Stamp, key: str) -> Rollup:
    content = (
        (s.name, ([(s.left - 1 + at, v) for at, v in enumerate(row)] for row in s.rows))
        for s in book.sheets
        if s.name != STAMP_SHEET
    )
    intact = digest(content) == stamp.issue
    head, *lines = (json.loads("".join(to_text(v) for v in row)) for row in origin.rows)
    rows = _form_rows(book)
    return Rollup(
        stamp=stamp,
        intact=intact,
        key=key,
        as_of=str(head["as_of"]),
        also=_also(head["also"], stamp.unit_code),
        units=tuple(_unpacked(Unit, item) for item in head["units"]),
        people=tuple(_unpacked(Person, item) for item in head["people"]),
        waivers=tuple(_unpacked(Waiver, item) for item in head["waivers"]),
        files=tuple(_file(line, rows) for line in lines),
        standings=tuple(Standing(*item) for item in head["standings"]),
        papers=tuple((str(path), str(code)) for path, code in head["papers"]),
    )


def _also(said: Any, code: str) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - a value of JSON
    """Return node code → kinds; early 上报版 told those of the node itself alone, as a list."""
    named = said if isinstance(said, dict) else {code: said}
    return {str(node): tuple(map(str, kinds)) for node, kinds in named.items()}


_DAYS = frozenset({"since", "until", "founded", "dissolved", "approved", "expires"})


def _unpacked(kind: Any, item: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Unit, Person or Waiver
    values: dict[str, Any] = {}
    if kind is Waiver:
        values = {f.name: None if f.name in _DAYS else "" for f in fields(Waiver)}
    for name, value in item.items():
        if name in _DAYS:
            values[name] = date.fromisoformat(value)
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


# Somebody may have typed a person's number into the workbook since: masked on reading.
_Rows = dict[tuple[str, str], dict[int, dict[str, "Value"]]]


def _form_rows(book: Book) -> _Rows:
    """Return the visible rows: (file, form) → Excel row → heading → value."""
    found: _Rows = {}
    for sheet in book.sheets:
        head = [clean(to_text(v)) for v in sheet.rows[0]] if sheet.rows else []
        if tuple(head[: len(ORIGIN_HEADINGS)]) != ORIGIN_HEADINGS:
            continue
        form = _FURTHER.sub("", sheet.name)
        for row in sheet.rows[1:]:
            path, at = to_text(row[0]), row[2]
            if path and isinstance(at, int | float):
                place = found.setdefault((path, form), {})
                place[int(at)] = {
                    name: masked_value(value) for name, value in zip(head, row, strict=True)
                }
    return found


def _file(line: Mapping[str, Any], rows: _Rows) -> Carried:
    path = str(line["path"])
    stamp = stamp_from({k: str(v) for k, v in line["stamp"].items()})
    tables = tuple(_table(t, rows.get((path, t["form"]), {})) for t in line["tables"])
    return Carried(
        path=path,
        sha256=str(line["sha256"]),
        received_at=datetime.fromisoformat(line["received_at"]).isoformat(),
        unit_code=str(line["unit_code"]),
        returned=bool(line["returned"]),
        extract=Extract(
            kind=line["kind"],
            stamp=stamp,
            tables=tables,
            remarks=tuple(Remark(*r) for r in line["remarks"]),
            macros=bool(line["macros"]),
            links=bool(line["links"]),
            private=tuple(Remark(*r) for r in line["private"]),
            pointed=tuple((str(s), str(p)) for s, p in line.get("pointed", ())),
            mended_at=str(line.get("mended_at", "")),
        ),
        faults=frozenset((str(c), str(s), str(a)) for c, s, a in line["faults"]),
        settled=frozenset(
            (str(c), str(s), str(a), str(k)) for c, s, a, k in line.get("settled", ())
        ),
    )


def _table(line: Mapping[str, Any], rows: Mapping[int, Mapping[str, Value]]) -> RawTable:
    letters = {str(k): str(v) for k, v in line["letters"].items()}
    bare = RawTable(
        form=str(line["form"]),
        sheet=str(line["sheet"]),
        header_row=int(line["header_row"]),
        rows=(int(line["header_row"]),),
        columns={},
        letters=letters,
        missing=tuple(line["missing"]),
    )
    if "cells" in line:
        said: dict[str, list[Raw]] = {n: [_value(v)] for n, v in line["cover"].items()}
        held: dict[str, list[Raw]] = {n: [_NOTHING] for n in WITHHELD if n not in bare.missing}
        cells = {str(k): str(v) for k, v in line["cells"].items()}
        return replace(bare, columns=said | held, cells=cells)
    spared = {int(row): {n: _value(v) for n, v in vs.items()} for row, vs in line["spared"].items()}
    broken = {(int(row), name): Fault(code, text) for row, name, code, text in line["broken"]}
    numbers = tuple(sorted({*rows, *spared}))
    columns: dict[str, list[Raw]] = {
        name: [
            broken.get((n, name)) or (rows[n].get(name) if n in rows else spared[n].get(name))
            for n in numbers
        ]
        for name in letters
    }
    return replace(bare, rows=numbers, columns=columns)


def _value(said: Any) -> Raw:  # noqa: ANN401 - a value of JSON
    if not isinstance(said, dict):
        return masked_value(said)
    if "day" in said:
        text = str(said["day"])
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return Fault(str(said["code"]), str(said["text"]))
