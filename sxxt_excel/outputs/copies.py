"""What a worker does for one marked copy: the workbook as it came → the copy, or none.

Imported by the workers, so nothing heavy may be imported here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.extract import extract
from sxxt_excel.marking.copy import marked_copy, suffix_of
from sxxt_excel.marks import without_marks
from sxxt_excel.outputs.opinions import marks_of
from sxxt_excel.outputs.plain import plain_copy
from sxxt_excel.package import Limits, Refusal, readable
from sxxt_excel.read import read_book
from sxxt_excel.screen import without_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.marking.notes import Marks
    from sxxt_excel.model import Form
    from sxxt_excel.outcome import Finding

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

    `line` stands over the list of all that is told.
    """

    place: Path
    sha256: str
    name: str
    told: tuple[Finding, ...]
    line: str


_forms: Sequence[Form] = ()
_limits = Limits()


def prepare(forms: Sequence[Form], limits: Limits) -> None:
    """Give a worker the forms to look for, and the limits."""
    global _forms, _limits
    _forms, _limits = forms, limits


def copied(asked: Asked) -> tuple[str, bytes] | None:
    """Return suffix and content of a marked copy; None of what can't be had as it was read."""
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
    unmarked, _ = without_marks(book)
    bare = without_numbers(unmarked, _forms)
    heads = {t.sheet: t.header_row for t in reversed(extract(bare, _forms).tables) if not t.cells}
    sheets = {sheet.name: heads.get(sheet.name, 0) for sheet in bare.sheets}
    marks = marks_of(asked.told, sheets, (asked.line,))
    if bare is not unmarked:
        why = _HIDDEN
    elif any(found.code == "F129" for found in asked.told):
        why = _SUSPECT
    elif book.kind != "xlsx":
        why = _CONVERTED.format(kind=PurePosixPath(asked.name).suffix.lower() or book.kind)
    else:
        try:
            return suffix_of(opened), marked_copy(opened, _with(marks, _BACK))
        except Exception:  # noqa: BLE001 - one that nobody thought of is given back converted
            why = _UNMARKABLE
    return ".xlsx", marked_copy(plain_copy(bare), _with(marks, why))


def _with(marks: Marks, line: str) -> Marks:
    return replace(marks, lines=(*marks.lines, line))
