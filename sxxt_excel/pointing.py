"""Which finding a line of 情况说明 is about: told by number, cell, heading or the wording itself.

Workbooks change between two versions, so a number counts for more than a cell, and a line that
quotes what was found holds only as long as just that stands there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.explanations import plain
from sxxt_excel.findings import quoted
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sxxt_excel.outcome import Finding

Match = Literal["yes", "changed", "no"]
"""`changed`: the line means this place, but speaks of something else than now stands there."""

WHOLE = "整套材料"
"""What stands as 涉及表 where a finding is about no single sheet."""
WHOLE_SHEET = "整张表"
"""What stands as 位置 where a finding is about a sheet and no place on it."""

SHEET, PLACE, SAID = "涉及表", "涉及编号或单元格", "说明（请填写）"
"""Headings of 情况说明: what a line is about, and its words."""

_LIKE = 0.6
_LEAST_QUOTED = 4
_SEVERAL = 2
_CELLS = re.compile(
    r"\$?([A-Z]{1,3})\$?(\d{1,7})(?:[:~至到-]\$?([A-Z]{1,3})\$?(\d{1,7}))?(?:单元格|格)?"
)
_ROW = re.compile(r"第?(\d{1,7})行")
_COUNTED = re.compile(r"(?:第)?(\d{1,4})(?:项|号|条)?")
_NOWHERE = frozenset({"无", "全表", "整表", WHOLE_SHEET, WHOLE, "全部", "-", "/"})
_AROUND = "《》〈〉「」“”\"'()"

_Quote = Literal["", "same", "part", "other"]


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says it is about: 涉及表, 涉及编号或单元格, 审核意见, and in which file.

    `kin` are the files of the same packet and period: a number means a row of theirs.
    """

    path: str
    sheet: str
    place: str
    quoted: str
    kin: frozenset[str] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the numbers, cells and headings that it names."""
        words = split_several(unicodedata.normalize("NFKC", self.place))
        return tuple(word for word in words if fold(word) not in _NOWHERE)


def line_for(found: Finding) -> tuple[str, str, str]:
    """Return 涉及表, 涉及编号或单元格 and 审核意见 of a line that is about this finding."""
    where = found.where
    sheet = where.sheet or where.form
    place = where.row_key or where.cell or where.field or where.filer
    return sheet or WHOLE, place or (WHOLE_SHEET if sheet else WHOLE), found.message


def aspects(found: Finding) -> frozenset[str]:
    """Return the words by which a finding is called apart from its row: heading, whose, code."""
    where = found.where
    return frozenset(fold(w) for w in (where.field, where.filer, found.code, *found.about) if w)


def match(line: Line, found: Finding, known: Collection[str]) -> Match:
    """Tell whether a line is about a finding.

    Args:
        line: what the unit wrote.
        found: a finding about a workbook of the same unit.
        known: the aspects of all findings about the unit: what else a word may mean.
    """
    quote = _quote(line.quoted, found)
    numbered = any(_is_key(word, found) for word in line.words)
    pointed = _points(line, found, known)
    path = found.where.path
    here = _same_sheet(line, found) and path in {None, line.path}
    akin = found.where.row_key is None or path in {None, line.path, *line.kin}
    if quote == "other":
        return "changed" if here and (pointed or _both_whole(line, found)) else "no"
    if pointed and (here or (akin and (numbered or quote == "same"))):
        return "yes"
    return "yes" if _by_wording(line, found, quote, here=here) else "no"


def told_apart(line: Line, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return which of the findings that a line matches it may settle.

    Several matters may stand at one heading, or under it. A line that says no more than the
    place does not say which it means: one sentence must not settle them all.
    """
    if len({f.about for f in found if f.about}) < _SEVERAL:
        return found
    at = Counter((f.where.path, f.where.sheet, f.where.cell) for f in found)
    said = {f: _named(line, f) for f in found}
    most = max(said.values())
    return tuple(
        f
        for f in found
        if not f.about
        or 0 < most == said[f]
        or (
            at[f.where.path, f.where.sheet, f.where.cell] == 1
            and any(_is_cell(word, f) for word in line.words)
        )
    )


def _named(line: Line, found: Finding) -> int:
    """Return how many names of a finding a line has, its whole sentence being one more."""
    place, quoted = fold(line.place), plain(line.quoted)
    names = {fold(name) for name in found.about}
    whole = _quote(line.quoted, found) == "same"
    return sum(name in place or plain(name) in quoted for name in names) + whole


def alone(line: Line, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the only finding on the sheet that a line names, where it names nothing else."""
    if line.words or line.quoted or not line.sheet:
        return ()
    here = tuple(f for f in found if f.where.path == line.path and _same_sheet(line, f))
    return here if len(here) == 1 else ()


def _by_wording(line: Line, found: Finding, quote: _Quote, *, here: bool) -> bool:
    """Tell whether the words alone say which finding is meant: the row may have moved."""
    if quote == "same":
        return found.where.row_key is None or not any("-" in word for word in line.words)
    return quote == "part" and _placeless(found) and here


def _both_whole(line: Line, found: Finding) -> bool:
    """Tell whether line and finding are about a sheet, or all of them, and no place there."""
    return line.place in {WHOLE_SHEET, WHOLE} and _placeless(found)


def _placeless(found: Finding) -> bool:
    return found.where.row_key is None and found.where.cell is None


# ---- 涉及表 ---------------------------------------------------------------------------


def _same_sheet(line: Line, found: Finding) -> bool:
    said = fold(line.sheet).strip(_AROUND)
    names = [fold(name) for name in (found.where.sheet, found.where.form) if name]
    if not said or not names:
        return True
    return any(said == name or said in {f"{name}表", name.removesuffix("表")} for name in names)


# ---- 涉及编号或单元格 -------------------------------------------------------------------


def _points(line: Line, found: Finding, known: Collection[str]) -> bool:
    words = line.words
    own = aspects(found)
    named = [fold(word) for word in words if fold(word) in known]
    if named and not own & {*named}:
        return False
    if any(_is_key(w, found) or _is_count(w, found) for w in words):
        return True
    if not {*map(fold, found.about)}.isdisjoint(named):
        return True
    if found.where.path == line.path and any(_is_cell(w, found) for w in words):
        return True
    return bool(words) and len(named) == len(words)


def _is_key(word: str, found: Finding) -> bool:
    """Tell whether a word is the row's number, or begins with it (JX-2025-RW-003的时限)."""
    key, said = fold(found.where.row_key or ""), fold(word)
    if not key or not said.startswith(key):
        return False
    after = said[len(key) : len(key) + 1]
    return not after.isdigit() and after != "-"


def _is_count(word: str, found: Finding) -> bool:
    """Tell whether a word is the end of the row's number: 3, or 第3项, of JX-2025-RW-003."""
    counted = _COUNTED.fullmatch(word)
    last = (found.where.row_key or "").rpartition("-")[2]
    return counted is not None and last.isdigit() and int(last) == int(counted[1])


def _is_cell(word: str, found: Finding) -> bool:
    cell = _CELLS.fullmatch(found.where.cell or "")
    if cell is None:
        return False
    column, row = _column(cell[1]), int(cell[2])
    line = _ROW.fullmatch(word)
    if line is not None:
        return int(line[1]) == row
    said = _CELLS.fullmatch(word.upper())
    if said is None:
        return False
    last_column, last_row = _column(said[3] or said[1]), int(said[4] or said[2])
    return _column(said[1]) <= column <= last_column and int(said[2]) <= row <= last_row


def _column(letters: str) -> tuple[int, str]:
    return len(letters), letters


# ---- 审核意见 -------------------------------------------------------------------------


def _quote(words: str, found: Finding) -> _Quote:
    """Tell how a quotation goes with a finding: `part` of it, or like it with `other` contents."""
    said = plain(words)
    if len(said) < _LEAST_QUOTED:
        return ""
    message = plain(found.message)
    if message in said:
        return "same"
    if said in message + plain(found.remedy) or said == plain(CATALOGUE[found.code].title):
        return "part"
    if not _alike(said, message):
        return ""
    return "part" if plain(quoted(found.got)) in said else "other"


def _alike(one: str, other: str) -> bool:
    # Two texts can't be more alike than their lengths are, and comparing long ones takes long.
    if 2 * min(len(one), len(other)) < _LIKE * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE
