"""回复/<单位>/<原名>_审核意见.xlsx: each unit's own workbook, what is asked of it marked there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.extract import extract
from sxxt_excel.intake.parcel import distinct_names, last_name
from sxxt_excel.marking.copy import marked_copy, suffix_of
from sxxt_excel.marks import without_marks
from sxxt_excel.originals import originals
from sxxt_excel.outputs.opinions import marks_of
from sxxt_excel.outputs.plain import plain_copy
from sxxt_excel.outputs.reply import (
    REPLIES,
    own_words,
    reply_folders,
    safe_name,
    shares,
    unit_names,
)
from sxxt_excel.outputs.words import long_day
from sxxt_excel.package import Refusal, readable
from sxxt_excel.read import read_book
from sxxt_excel.reading import worker_forms
from sxxt_excel.screen import without_numbers
from sxxt_excel.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sxxt_excel.marking.notes import Marks
    from sxxt_excel.model import FileRow, Finding, Form
    from sxxt_excel.outputs.reply import Share
    from sxxt_excel.result import Round

_SUFFIX = "_审核意见"
_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")
_HEADS = frozenset({"accepted", "returned"})


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


def write_marked(round_: Round, out: Path) -> tuple[Path, ...]:
    """Write the marked copies below `out`/回复 and remove those that no longer stand.

    Each workbook with something to mend or to explain gets one; whatever can't be had any more
    as it was read gets none.

    Args:
        round_: the pass.
        out: the folder that holds 回复/.

    Returns:
        The files written.
    """
    root = out / REPLIES
    folders = reply_folders(round_.roster, unit_names(round_))
    asked = {row.path: (share, row) for share in shares(round_) for row in _asked(share)}
    wanted = {path: row.sha256 for path, (_, row) in asked.items()}
    names = _names([row for _, row in asked.values()])
    forms = worker_forms(round_.regime)
    written = []
    for path, data in originals(round_.inbox, wanted, round_.settings.limits):
        share, row = asked[path]
        made = _copy(round_, share, row, data, forms)
        if made is not None:
            suffix, content = made
            target = root / folders[share.code] / f"{names[path]}{_SUFFIX}{suffix}"
            write_whole(target, content)
            written.append(target)
    _remove_stale(root, frozenset(written))
    return tuple(written)


def _asked(share: Share) -> Iterator[FileRow]:
    """Yield the workbooks of a unit of which something is asked."""
    open_ = {f.where.path for f in share.findings if f.stands}
    return (row for row in share.files if row.status in _HEADS and row.path in open_)


def _names(rows: Iterable[FileRow]) -> dict[str, str]:
    """Return path → name of the copy without its suffix; distinct within a unit."""
    of_unit: dict[str | None, list[str]] = defaultdict(list)
    for row in rows:
        of_unit[row.unit_code].append(row.path)
    found: dict[str, str] = {}
    for paths in of_unit.values():
        stems = [safe_name(_stem(path)) or "_" for path in paths]
        found.update(zip(paths, distinct_names(stems), strict=True))
    return found


def _stem(path: str) -> str:
    """Return a file's name without suffix, and without ours where it is a copy that came back."""
    return PurePosixPath(last_name(path)).stem.removesuffix(_SUFFIX)


def _remove_stale(root: Path, written: frozenset[Path]) -> None:
    """Remove our own copies that no longer stand; what else lies there stays."""
    for suffix in _SUFFIXES:
        for path in root.glob(f"*/*{_SUFFIX}{suffix}"):
            if path not in written and path.is_file():
                path.unlink()


def _copy(
    round_: Round, share: Share, row: FileRow, data: bytes, forms: tuple[Form, ...]
) -> tuple[str, bytes] | None:
    """Return suffix and content of a marked copy; None of what can't be read any more."""
    name = last_name(row.path)
    opened = readable(data)
    book = read_book(opened, name, round_.settings.limits)
    if isinstance(book, Refusal):
        return None
    unmarked, _ = without_marks(book)
    bare = without_numbers(unmarked, forms)
    heads = {t.sheet: t.header_row for t in reversed(extract(bare, forms).tables) if not t.cells}
    sheets = {sheet.name: heads.get(sheet.name, 0) for sheet in bare.sheets}
    marks = marks_of(_told(share, row.path), sheets, _lines(round_, share, name))
    if bare is not unmarked:
        why = _HIDDEN
    elif any(found.code == "F129" for found in share.findings if found.where.path == row.path):
        why = _SUSPECT
    elif book.kind != "xlsx":
        why = _CONVERTED.format(kind=PurePosixPath(name).suffix.lower() or book.kind)
    else:
        try:
            return suffix_of(opened), marked_copy(opened, _with(marks, _BACK))
        except Exception:  # noqa: BLE001 - one that nobody thought of is given back converted
            why = _UNMARKABLE
    return ".xlsx", marked_copy(plain_copy(bare), _with(marks, why))


def _with(marks: Marks, line: str) -> Marks:
    return replace(marks, lines=(*marks.lines, line))


def _told(share: Share, path: str) -> list[Finding]:
    """Return what is told of one workbook, files named as the unit knows them."""
    apart = [f.path for f in share.files if last_name(f.path) != f.path]
    names = sorted(apart, key=len, reverse=True)
    return [own_words(f, names) for f in share.findings if f.where.path == path]


def _lines(round_: Round, share: Share, name: str) -> tuple[str, ...]:
    return (f"{share.unit}　{name}　截至{long_day(round_.today)}",)
