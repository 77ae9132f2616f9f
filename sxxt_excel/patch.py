"""Words put into cells of one sheet of an .xlsx; every other byte of its parts stays as it was.

Loading and saving a workbook with a library loses what that library does not know: rich text,
pictures, newer drop-downs, and the values that formulas have come to.
"""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from itertools import pairwise
from posixpath import join, normpath
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape  # only escapes, and reads nothing

from sxxt_excel.formats.repack import repacked

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_SHEET, _LINK = re.compile(r"<sheet\b[^>]*>"), re.compile(r"<Relationship\b[^>]*>")
_DATA = re.compile(r"<sheetData\b[^>]*?(?:/>|>(.*)</sheetData>)", re.DOTALL)
_ROW = re.compile(r"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>.*?</c>)", re.DOTALL)
_COLUMN = re.compile(r"<col\b[^>]*>")
# Both are optional, and would now be wrong.
_DIMENSION, _SPANS = re.compile(r"<dimension\b[^>]*/>"), re.compile(r'\s+spans="[^"]*"')


class PatchError(Exception):
    """The workbook is not laid out as Excel, WPS and LibreOffice lay theirs out."""


def with_cells(data: bytes, sheet: str, rows: Mapping[int, Mapping[str, str]]) -> bytes:
    """Return the workbook with these words in these cells, as text and in the look of the place.

    Args:
        data: an .xlsx.
        sheet: the sheet's name, to the letter.
        rows: row number → column letters → words.

    Raises:
        PatchError: this can't be done without touching anything else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = _part_of(archive, sheet)
            text = _patched(archive.read(part).decode("utf-8-sig"), rows)
            return repacked(data, {part: text.encode()})
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise PatchError(sheet) from error


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(a or b) for name, a, b in _ATTRIBUTE.findall(tag)}


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet; KeyError if there is none."""
    tags = map(_attributes, _SHEET.findall(archive.read(_BOOK).decode("utf-8-sig")))
    ids = {tag["name"]: tag["r:id"] for tag in tags if "r:id" in tag}
    links = map(_attributes, _LINK.findall(archive.read(_LINKS).decode("utf-8-sig")))
    targets = {link["Id"]: link["Target"] for link in links}
    return normpath(join("/xl", targets[ids[sheet]])).lstrip("/")


def _patched(xml: str, rows: Mapping[int, Mapping[str, str]]) -> str:
    data = _DATA.search(xml)
    if data is None:
        raise PatchError
    looks = _looks(xml[: data.start()])
    there = {_number(found): found[0] for found in _ROW.finditer(data[1] or "")}
    order = [*there]
    if any(before >= after for before, after in pairwise(order)):
        raise PatchError
    for number, words in rows.items():
        there[number] = _with_words(there.get(number, f'<row r="{number}"/>'), number, words, looks)
    body = "".join(there[number] for number in sorted(there))
    head = _DIMENSION.sub("", xml[: data.start()])
    return f"{head}<sheetData>{body}</sheetData>{xml[data.end() :]}"


def _number(row: re.Match[str]) -> int:
    number = _attributes(row[1]).get("r", "")
    if not number.isdigit():
        raise PatchError
    return int(number)


def _looks(head: str) -> dict[int, str]:
    """Return column number → the look that cells of that column have."""
    found: dict[int, str] = {}
    for tag in map(_attributes, _COLUMN.findall(head)):
        if "style" in tag:
            last = min(int(tag["max"]), int(tag["min"]) + 255)
            found |= dict.fromkeys(range(int(tag["min"]), last + 1), tag["style"])
    return found


def _with_words(row: str, number: int, words: Mapping[str, str], looks: Mapping[int, str]) -> str:
    found = _ROW.fullmatch(row)
    if found is None:
        raise PatchError
    cells: dict[int, tuple[str, str]] = {}
    for cell in _CELL.finditer(found[2] or ""):
        tag = _attributes(cell[1])
        cells[_place(tag["r"].rstrip("0123456789"))] = (cell[0], tag.get("s", ""))
    given = {place: look for place, (_, look) in sorted(cells.items())}
    for letters, text in words.items():
        place = _place(letters)
        beside = [look for at, look in given.items() if at < place]
        look = given.get(place, (beside or [looks.get(place, "")])[-1])
        style = f' s="{look}"' if look else ""
        said = f'<is><t xml:space="preserve">{escape(text)}</t></is>'
        cells[place] = (f'<c r="{letters}{number}"{style} t="inlineStr">{said}</c>', look)
    body = "".join(cells[place][0] for place in sorted(cells))
    return f"<row{_SPANS.sub('', found[1]).rstrip()}>{body}</row>"


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place
