"""What the XML of one sheet shows, by regular expressions: parsing takes ten times as long."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from sxxt_excel.formats.common import Found, Limits, RefusedError, check_box
from sxxt_excel.formats.margins import heads_and_feet
from sxxt_excel.formats.opc import attributes_of
from sxxt_excel.formats.places import column_letter, column_number

__all__ = ["scan"]

_HEAD = 8192
_PREFIX = re.compile(rb"<(\w+):worksheet[\s>]")
# What a calculation would run: functions that call out, and links to scripts.
_RUNS_FORMULA = re.compile(
    rb"\b(?:WEBSERVICE|CALL|EXEC|REGISTER(?:\.ID)?)\(|(?:javascript|vbscript):", re.IGNORECASE
)
_MOST_MERGED, _SHORTEST_MERGED = 50_000, len(b'<mergeCell ref="A1:A2"/>')
_DDE_FORMULA = re.compile(rb"\|\s*(?:'|&apos;)")
_NOTHING_YET = re.compile(rb"[\s0.]*")


class _Patterns(NamedTuple):
    """Expressions for one namespace prefix; most sheets have none, which is twice as fast.

    A tag holds no raw "<", and stopping there keeps every search linear on hostile text.
    """

    far: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    unplaced: re.Pattern[bytes]
    token: re.Pattern[bytes]
    error: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    hidden: re.Pattern[bytes]
    hidden_columns: re.Pattern[bytes]
    end: bytes
    formula_end: bytes


@lru_cache(maxsize=16)
def _patterns(prefix: bytes) -> _Patterns:
    p = re.escape(prefix + b":") if prefix else b""
    full = rb"(?<!/)>\s*<(?!/)"
    return _Patterns(
        far=re.compile(rb"<" + p + rb"""c(?! r="[A-Z][0-9]{1,4}")[\s>]"""),
        filled=re.compile(
            rb"<" + p + rb"""c\s(?:[^<>]*?\s)??r=["']([A-Za-z]+)([0-9]+)["'][^<>]*""" + full
        ),
        unplaced=re.compile(rb"<" + p + rb"c(?=[\s>])(?![^<>]*\sr=)[^<>]*" + full),
        token=re.compile(rb"<" + p + rb"(row|c)(?=[\s/>])([^<>]*)>"),
        error=re.compile(
            rb"<" + p + rb"""c(\s(?:[^<>]*\s)?t=["']e["'][^<>]*)(?<!/)>(.*?)</""" + p + rb"c>",
            re.DOTALL,
        ),
        formula=re.compile(
            rb"<" + p + rb"c(\s[^<>]*|)(?<!/)>\s*<" + p + rb"f(?=[\s/>])(.*?)</" + p + rb"c>",
            re.DOTALL,
        ),
        value=re.compile(rb"<" + p + rb"v(?:\s[^<>]*)?(?<!/)>([^<]*)"),
        hidden=re.compile(rb"<" + p + rb"""row(\s(?:[^<>]*\s)?hidden=["'](?:1|true)["'][^<>]*)>"""),
        hidden_columns=re.compile(
            rb"<" + p + rb"""col(\s(?:[^<>]*\s)?hidden=["'](?:1|true)["'][^<>]*)>"""
        ),
        end=b"</" + p + b"c>",
        formula_end=b"</" + p + b"f",
    )


def scan(  # noqa: PLR0913 - what the package says of all its sheets
    sheet: str,
    xml: bytes,
    limits: Limits,
    found: Found,
    *,
    rich_pictures: bool,
    struck: tuple[str, ...] = (),
) -> None:
    """Measure one sheet and note what its reader will not tell; `struck`: formats struck out."""
    root = _PREFIX.search(xml, 0, _HEAD) if b":worksheet" in xml[:_HEAD] else None
    patterns = _patterns(root[1] if root else b"")
    places: dict[int, tuple[int, int]] = {}
    # Nearly every sheet stays near A1, within any sane limit: rule the rest out cheaply.
    if patterns.far.search(xml) or not _near_is_allowed(limits):
        places = _places(xml, patterns)
        _check_box(sheet, xml, patterns, places.values(), limits)
    may_be_many = len(xml) > _MOST_MERGED * _SHORTEST_MERGED
    if may_be_many and xml.count(b"mergeCell ") > _MOST_MERGED:
        raise RefusedError("F128", f"表“{sheet}”的合并单元格多于 {_MOST_MERGED} 处")
    # Where no cell ends any more, each search for an end would go on to the end of the sheet.
    closed = xml.rfind(patterns.end) + len(patterns.end)
    if b't="e"' in xml or (b"'" in xml and b"t='e'" in xml):
        for cell in patterns.error.finditer(xml, 0, closed):
            at = (sheet, _address(cell, places))
            if rich_pictures and b" vm=" in cell[1]:
                found.cell_pictures.append(at)
            else:
                value = patterns.value.search(cell[2])
                found.errors.append((*at, value[1].decode() if value else ""))
    if xml.find(patterns.formula_end, 0, closed) >= 0:
        for cell in patterns.formula.finditer(xml, 0, closed):
            _note_formula(sheet, cell, places, patterns, found)
    # LibreOffice says of each row and column that it is not hidden.
    if xml.count(b"hidden=") > xml.count(b'hidden="false"'):
        _note_hidden(sheet, xml, patterns, found)
    if struck:
        _note_struck(sheet, xml, patterns, struck, found)
    found.margins.extend(heads_and_feet(xml))


def _note_hidden(sheet: str, xml: bytes, patterns: _Patterns, found: Found) -> None:
    rows = (attributes_of(row[1]).get("r", "") for row in patterns.hidden.finditer(xml))
    hidden = tuple(int(row) for row in rows if row.isdecimal())
    if hidden:
        found.hidden_rows.append((sheet, hidden))
    columns = tuple(_span(each[1]) for each in patterns.hidden_columns.finditer(xml))
    if columns:
        found.hidden_columns.append((sheet, columns))


def _note_struck(
    sheet: str, xml: bytes, patterns: _Patterns, struck: tuple[str, ...], found: Found
) -> None:
    numbers = "|".join(struck).encode()
    styled = re.compile(rb"""\ss=["'](?:""" + numbers + rb""")["']""")
    rows = {int(c[2]) for c in patterns.filled.finditer(xml) if styled.search(c[0])}
    if rows:
        found.struck_rows.append((sheet, tuple(sorted(rows))))


def _span(tag: bytes) -> tuple[int, int]:
    attributes = attributes_of(tag)
    first, last = attributes.get("min", ""), attributes.get("max", "")
    return (int(first), int(last)) if first.isdecimal() and last.isdecimal() else (0, 0)


def _note_formula(
    sheet: str,
    cell: re.Match[bytes],
    places: Mapping[int, tuple[int, int]],
    patterns: _Patterns,
    found: Found,
) -> None:
    at = (sheet, _address(cell, places))
    if b"DISPIMG(" in cell[2]:
        found.cell_pictures.append(at)
        return
    found.dde |= _DDE_FORMULA.search(cell[2]) is not None
    found.scripts |= _RUNS_FORMULA.search(cell[2]) is not None
    value = patterns.value.search(cell[2])
    text = b't="str"' in cell[1] or b"t='str'" in cell[1]
    if value is None:
        # An empty string is a result: Excel writes <v></v> for it, in a cell of type str.
        (found.zeros if text else found.uncalculated).append(at)
    elif not value[1] and not text:
        found.uncalculated.append(at)
    elif _NOTHING_YET.fullmatch(value[1]):
        found.zeros.append(at)
    else:
        found.calculated = True


# The box of the cells that `_Patterns.far` does not match: A0 to Z9999.
_NEAR_ROWS, _NEAR_COLUMNS = 10_000, 26


def _near_is_allowed(limits: Limits) -> bool:
    return (
        limits.rows >= _NEAR_ROWS
        and limits.columns >= _NEAR_COLUMNS
        and limits.cells >= _NEAR_ROWS * _NEAR_COLUMNS
    )


def _check_box(
    sheet: str,
    xml: bytes,
    patterns: _Patterns,
    places: Iterable[tuple[int, int]],
    limits: Limits,
) -> None:
    """Refuse a sheet whose filled cells span more than the limits, whatever it declares."""
    refs = patterns.filled.findall(xml)
    rows = {int(digits) for digits in {digits for _, digits in refs}}
    columns = {column_number(letters.decode()) for letters in {letters for letters, _ in refs}}
    for row, column in places:
        rows.add(row)
        columns.add(column)
    check_box(sheet, rows, columns, limits)


def _places(xml: bytes, patterns: _Patterns) -> dict[int, tuple[int, int]]:
    """Where each cell stands, by its offset, counting on where a row or cell has no reference.

    Empty where every cell that holds something has one.
    """
    places: dict[int, tuple[int, int]] = {}
    if patterns.unplaced.search(xml) is None:
        return places
    row = column = 0
    for token in patterns.token.finditer(xml):
        ref = attributes_of(token[2]).get("r", "")
        if token[1] == b"row":
            row, column = (int(ref) if ref.isdecimal() else row + 1), 0
            continue
        letters = ref.rstrip("0123456789")
        column = column_number(letters) if letters else column + 1
        row = int(ref[len(letters) :]) if letters and letters != ref else row
        if not token[2].endswith(b"/"):
            places[token.start()] = (row, column)
    return places


def _address(cell: re.Match[bytes], places: Mapping[int, tuple[int, int]]) -> str:
    ref = attributes_of(cell[1]).get("r", "")
    if ref or cell.start() not in places:
        return ref.upper()
    row, column = places[cell.start()]
    return f"{column_letter(column)}{row}"
