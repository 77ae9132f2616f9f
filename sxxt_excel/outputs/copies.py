"""What a worker does for one marked copy: the workbook as it came → the copy, or none.

Imported by the workers, so nothing heavy may be imported here.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.extract import extract
from sxxt_excel.formats.places import place
from sxxt_excel.marking.copy import marked_copy, suffix_of
from sxxt_excel.marking.fill import with_cells
from sxxt_excel.marks import changed_cells, without_marks
from sxxt_excel.outputs.opinions import marks_of
from sxxt_excel.outputs.plain import plain_copy
from sxxt_excel.outputs.slip import slip_for
from sxxt_excel.package import Limits, Refusal, readable
from sxxt_excel.read import read_book
from sxxt_excel.screen import without_numbers
from sxxt_excel.text import clean, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.marking.notes import Marks
    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import RawTable
    from sxxt_excel.read import Book
    from sxxt_excel.stamp import Stamp
    from sxxt_excel.text import Value

_BACK = "改好后把本文件发回即可。"
_HIDDEN = (
    "原文件里有疑似身份证号或手机号的内容，不宜再传送：本文件按原文件的内容转换而成，号码已隐去，"
    "不带公式、图片和格式，仅供查看。请在原文件上改正后重报，不要用本文件重报。"
)
_SUSPECT = (
    "原文件里有要运行程序的公式或链接，不宜再传送：本文件按原文件的内容转换而成，只保留文字和数字，"
    "不带公式、链接、图片和格式，仅供查看。请用杀毒软件检查后，在下发的文件里填写重报。"
)
_CONVERTED = (
    "你单位报送的是 {kind} 格式，不能直接标注：本文件按原文件的内容转换而成，只保留文字和数字，"
    "不带公式、图片和格式。可以在本文件上修改后发回，也可以在原文件上修改后重报。"
)
_UNMARKABLE = (
    "原文件的内部结构特殊，不能直接标注：本文件按原文件的内容转换而成，只保留文字和数字，"
    "不带公式、图片和格式。可以在本文件上修改后发回，也可以在原文件上修改后重报。"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A workbook of which something is asked: where it lies, its digest then, and what is told.

    `line` stands over the list of all that is told. `corrected` are the cells (sheet, row,
    column) that hold something else than they did when it came. `stamp` says whose a 更正单 of
    it is; `key` seals that.
    """

    place: Path
    sha256: str
    name: str
    told: tuple[Finding, ...]
    line: str
    stamp: Stamp
    key: str = ""
    corrected: Mapping[tuple[str, int, int], Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What a unit gets back of a workbook: the marked copy, its suffix, and a 更正单 or none."""

    suffix: str
    copy: bytes
    slip: bytes | None


_forms: Sequence[Form] = ()
_limits = Limits()


def prepare(forms: Sequence[Form], limits: Limits) -> None:
    """Give a worker the forms to look for, and the limits."""
    global _forms, _limits
    _forms, _limits = forms, limits


def copied(asked: Asked) -> Made | None:
    """Return what a unit gets back of a workbook; None of what can't be had as it was read."""
    try:
        data = asked.place.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != asked.sha256:
        return None
    opened = readable(data)
    book = read_book(opened, asked.name, _limits)
    if isinstance(book, Refusal):
        return None
    unmarked, _, adopted = without_marks(book)
    done = {(a.sheet, a.row, a.column): a.after for a in adopted if a.came == "done"}
    changes: dict[tuple[str, int, int], Value] = {**done, **asked.corrected}
    unmarked = changed_cells(unmarked, asked.corrected)
    bare = without_numbers(unmarked, _forms)
    tables = extract(bare, _forms).tables
    heads = {t.sheet: t.header_row for t in reversed(tables) if not t.cells}
    sheets = {sheet.name: heads.get(sheet.name, 0) for sheet in bare.sheets}
    marks = marks_of(asked.told, sheets, (asked.line,), partial(_held, bare))
    suffix, slip = ".xlsx", None
    if bare is not unmarked:
        why = _HIDDEN
    elif any(found.code == "F129" for found in asked.told):
        why = _SUSPECT
    else:
        slip = _slip(asked, tables)
        if book.kind == "xlsx":
            try:
                suffix = suffix_of(opened)
                copy = marked_copy(_changed(opened, changes), _with(marks, _BACK))
                return Made(suffix, copy, slip)
            except Exception:  # noqa: BLE001 - one that nobody thought of is given back converted
                suffix, why = ".xlsx", _UNMARKABLE
        else:
            why = _CONVERTED.format(kind=PurePosixPath(asked.name).suffix.lower() or book.kind)
    return Made(suffix, marked_copy(plain_copy(bare), _with(marks, why)), slip)


def _slip(asked: Asked, tables: Sequence[RawTable]) -> bytes | None:
    try:
        return slip_for(tables, _forms, asked.told, asked.stamp, asked.key, (asked.line,))
    except Exception:  # noqa: BLE001 - whatever nobody thought of is mended in the marked copy
        return None


def _changed(data: bytes, changes: Mapping[tuple[str, int, int], Value]) -> bytes:
    """Return a workbook in which these cells (sheet, row, column) hold what they now mean."""
    of_sheet: dict[str, dict[int, dict[int, str | float]]] = defaultdict(lambda: defaultdict(dict))
    for (sheet, row, column), value in changes.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            of_sheet[sheet][row][column] = value
        else:
            of_sheet[sheet][row][column] = to_text(value)
    for sheet, rows in of_sheet.items():
        data = with_cells(data, sheet, rows)
    return data


def _held(book: Book, sheet: str, cell: str) -> str:
    """Return the text that a cell holds, "" where there is no such sheet."""
    named = (each for each in book.sheets if each.name == sheet)
    return next((clean(to_text(each.value(*place(cell)))) for each in named), "")


def _with(marks: Marks, line: str) -> Marks:
    return replace(marks, lines=(*marks.lines, line))
