"""The hidden lines of JSON in a 上报版, written and read: what its visible rows do not say."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sxxt_excel.people import Person, Unit, Waiver
from sxxt_excel.privacy import masked_value
from sxxt_excel.raw import Extract, Fault, RawTable, Remark
from sxxt_excel.rollup.contents import Carried, Standing
from sxxt_excel.rollup.layout import WITHHELD
from sxxt_excel.stamp import stamp_from
from sxxt_excel.text import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.raw import Raw
    from sxxt_excel.rollup.contents import Rollup
    from sxxt_excel.text import Value

_PIECE = 30_000
_NOTHING = Fault("", "")
"""Stands for a value that was withheld: something was there, and nothing is told of it."""

Rows = dict[tuple[str, str], dict[int, dict[str, "Value"]]]
"""The visible rows: (file, form) → Excel row → heading → value."""

# ---- writing ---------------------------------------------------------------------


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
    lines = [head, *(file_line(file, spared.get(file.path, {})) for file in rollup.files)]
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


def file_line(file: Carried, spared: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Return what a line says of an original; `spared` as above, for its forms."""
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


def kinds_included(said: Any, code: str) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - a value of JSON
    """Return node code → kinds; early 上报版 told those of the node itself alone, as a list."""
    named = said if isinstance(said, dict) else {code: said}
    return {str(node): tuple(map(str, kinds)) for node, kinds in named.items()}


_DAYS = frozenset({"since", "until", "founded", "dissolved", "approved", "expires"})


def unpacked(kind: Any, item: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Unit, Person or Waiver
    """Return a row of the roster from what was packed of it."""
    values: dict[str, Any] = {}
    if kind is Waiver:
        values = {f.name: None if f.name in _DAYS else "" for f in fields(Waiver)}
    for name, value in item.items():
        if name in _DAYS:
            values[name] = date.fromisoformat(value)
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def carried_from(line: Mapping[str, Any], rows: Rows) -> Carried:
    """Return an original as its line and its visible rows tell of it."""
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
