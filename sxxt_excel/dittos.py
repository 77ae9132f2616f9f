"""Cells that say 同上: what they stand for is what the row above says, as long as it is above.

In the consolidated table another row stands there, so they are read when the sheet still is one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.raw import Fault, Remark
from sxxt_excel.text import fold, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.model.forms import Field, Form
    from sxxt_excel.raw import Raw, RawTable

_READ, _UNREAD = "V164", "V165"
_LONGEST = 8
_WORD = r"[同仝](?:上|前|上一?[行条项栏格])|[与和]上一?[行条项]?(?:相同|同|一样)|上同"
_DITTO = re.compile(rf"\(?(?:{_WORD}|[\"“”〃″〝〞〟々]{{1,3}}|(?:′′|''){{1,3}})\)?")
# Every one of these has such a character, and hardly any column: looking so costs next to nothing.
_MAY_BE = re.compile("[同仝上\"“”〃″〝〞〟々′'＂＇]")
# A number is its row's own, and so is what a pre-printed row is called.
_OWN = frozenset({"key", "label"})
_UNREAD_KINDS = frozenset({"serial"})


def is_ditto(raw: Raw) -> bool:
    """Tell a cell that says nothing but that it is as above: 同上, 同前, 〃, " and their like."""
    return isinstance(raw, str) and len(raw) <= _LONGEST and _DITTO.fullmatch(fold(raw)) is not None


def without_dittos(
    table: RawTable, form: Form, *, apart: bool = False
) -> tuple[RawTable, tuple[Remark, ...]]:
    """Return a table with what its 同上 stand for, and a remark on each.

    Where nothing can be meant, the cell holds a fault instead. `apart`: its rows do not stand
    below those that they stood below when they were written, as in a 更正单.
    """
    columns: dict[str, list[Raw]] = {}
    remarks: list[Remark] = []
    for field in form.fields:
        values = table.columns.get(field.name, ())
        places = () if field.kind in _UNREAD_KINDS else _dittos(values)
        if not places:
            continue
        own = apart or (field.kind in _OWN and not form.splits)
        columns[field.name] = read = _read(values, places, own=own)
        remarks.extend(_remark(table, field, at, values[at]) for at in places if _known(read[at]))
    if not columns:
        return table, ()
    return replace(table, columns=table.columns | columns), tuple(remarks)


def _dittos(values: Sequence[Raw]) -> tuple[int, ...]:
    words = [value for value in set(values) if isinstance(value, str) and len(value) <= _LONGEST]
    if not _MAY_BE.search("|".join(words)):
        return ()
    meant = {word for word in words if is_ditto(word)}
    return tuple(at for at, value in enumerate(values) if value in meant) if meant else ()


def _read(values: Sequence[Raw], places: Sequence[int], *, own: bool) -> list[Raw]:
    read = list(values)
    for at in places:
        above = None if own or not at else read[at - 1]
        read[at] = above if _known(above) else Fault(_UNREAD, _shown(values[at]))
    return read


def _known(raw: Raw) -> bool:
    return not isinstance(raw, Fault) and bool(to_text(raw).strip())


def _remark(table: RawTable, field: Field, at: int, raw: Raw) -> Remark:
    cell = table.cell(table.rows[at], field.name) or ""
    return Remark(_READ, table.form, table.sheet, cell, field.name, _shown(raw))


def _shown(raw: Raw) -> str:
    return "" if isinstance(raw, Fault) else to_text(raw).strip()
