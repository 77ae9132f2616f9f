"""One sheet a form: the consolidated rows with where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sxxt_excel.headings import (
    FILE_HEADING,
    PERIOD_HEADING,
    ROW_HEADING,
    SHEET_HEADING,
    STATE_HEADING,
    UNIT_HEADING,
)
from sxxt_excel.kept import kept_packets
from sxxt_excel.model.obligations import NEEDED, OWED
from sxxt_excel.outcome import FILE_WORDS
from sxxt_excel.outputs.looks import cell_values, row_looks
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import period_words
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.result import (
    FILER,
    LAST_DAY,
    PATH,
    PERIOD,
    ROW,
    SHEET,
    STATUS,
    UNIT,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Round

# ---- one sheet a form --------------------------------------------------------------

_CENTRED = frozenset({"serial", "int", "number", "choice", "key", "ref", "filer", "person", "phone",
                      "unit", "year", "period", "signer", "limit"})  # fmt: skip
_DATE_WIDTH = 14


def form_tables(round_: Round) -> Iterator[Table]:
    """Yield the consolidated sheet of each form, in the order of the document.

    A form that nobody is asked to send has none, unless it came all the same.
    """
    asked = _asked(round_)
    for form in round_.regime.forms:
        frame = round_.tables.get(form.id)
        rows = 0 if frame is None else len(frame)
        if form.id == COVER or not (rows or form.id in asked):
            continue
        yield _form(form, pd.DataFrame() if frame is None else frame, _why_empty(round_, form))


def _why_empty(round_: Round, form: Form) -> str:
    """Say why a sheet has no rows: nothing came yet, is due yet, or is asked for at all."""
    regime, settings = round_.regime, round_.settings
    packets = {p.id for p in regime.packets if form.id in {f.id for f in regime.sheets(p.id)}}
    rows = [row for row in round_.expected if row.packet in packets]
    owed = [row for row in rows if row.owed]
    duties = {settings.duty_of(o) for o in regime.obligations if o.packet in packets}
    if any(row.arrived for row in rows):
        why = "报来的材料里这张表没有内容"
    elif owed and all(row.status == "not_due" for row in owed):
        why = "还没有到期，没有单位报来"
    elif owed:
        why = "还没有单位报来"
    elif OWED in duties:
        why = "本次没有应报的单位"
    elif NEEDED in duties:
        why = "有事项发生时才报，还没有单位报来"
    else:
        why = "由单位留存，要求报送时才报"
    return f"尚无数据：{why}。"


def _asked(round_: Round) -> frozenset[str]:
    """Return the forms of the packets that are sent; the office's own registers are not."""
    regime = round_.regime
    sent = {o.packet for o in regime.obligations} - kept_packets(regime, round_.settings)
    forms = {form.id for packet in sent for form in regime.sheets(packet)}
    return frozenset(forms - {EXPLANATIONS})


def _form(form: Form, frame: pd.DataFrame, empty: str) -> Table:
    back = (_column(frame, STATUS) == "returned").tolist()
    text, centre = row_looks("text", back), row_looks("centre", back)
    columns = [
        Column(UNIT_HEADING, 20, cell_values(_column(frame, UNIT)), text),
        Column(PERIOD_HEADING, 13, _words(_column(frame, PERIOD), period_words), centre),
        Column(
            STATE_HEADING,
            10,
            _words(_column(frame, STATUS), lambda s: FILE_WORDS.get(s, s)),
            centre,
        ),
        Column(FILE_HEADING, 26, cell_values(_column(frame, PATH)), text),
        Column(SHEET_HEADING, 14, cell_values(_column(frame, SHEET)), centre),
        Column(ROW_HEADING, 8, cell_values(_column(frame, ROW)), centre),
    ]
    for field in form.fields:
        name = FILER if field.kind == "filer" and field.name not in frame else field.name
        series = _column(frame, name)
        days = pd.api.types.is_datetime64_any_dtype(series)
        look = "date" if days else "centre" if field.kind in _CENTRED else "text"
        width = max(field.width, _DATE_WIDTH) if days else field.width
        columns.append(Column(field.name, width, cell_values(series), row_looks(look, back)))
        if field.kind == "limit":
            last = cell_values(_column(frame, f"{field.name}{LAST_DAY}"))
            heading = f"{field.name}（折算日期）"
            columns.append(Column(heading, _DATE_WIDTH, last, row_looks("date", back)))
    return Table(form.id, f"{form.id}汇总", tuple(columns), empty=empty)


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return frame[name] if name in frame else pd.Series([None] * len(frame), dtype=object)


def _words(series: pd.Series[Any], word: Callable[[str], str]) -> list[Cell]:
    said = {value: word(value) if isinstance(value, str) else "" for value in series.unique()}
    return [said[value] for value in series.tolist()]
