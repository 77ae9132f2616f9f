"""回复/<单位>/<原名>_审核意见.xlsx: each unit's own workbook, what is asked of it marked there.

Where little of much is wrong, <原名>_更正单.xlsx beside it holds the faulty rows alone.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.engine import Death, map_files
from sxxt_excel.intake.names import distinct_names
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.originals import originals
from sxxt_excel.outcome import SLIP
from sxxt_excel.outputs.copies import Asked, copied, prepare
from sxxt_excel.outputs.folders import remove_stale, reply_folders, safe_name
from sxxt_excel.outputs.shares import shares, unit_names
from sxxt_excel.outputs.words import long_day
from sxxt_excel.reading import worker_forms
from sxxt_excel.stamp import Stamp
from sxxt_excel.store import write_whole
from sxxt_excel.workspace import REPLIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.outcome import FileRow
    from sxxt_excel.outputs.copies import Made
    from sxxt_excel.outputs.shares import Share
    from sxxt_excel.result import Round
    from sxxt_excel.text import Value

_SUFFIX, _SLIP = "_审核意见", f"_{SLIP}"
_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")
_PATTERNS = (*(f"*{_SUFFIX}{suffix}" for suffix in _SUFFIXES), f"*{_SLIP}.xlsx")
_HEADS = frozenset({"accepted", "returned"})


def write_marked(round_: Round, out: Path, *, jobs: int = 0) -> tuple[Path, ...]:
    """Write the marked copies and 更正单 below `out`/回复, remove those that no longer stand.

    Each workbook with something to mend or to explain gets one; whatever can't be had any more
    as it was read gets none.

    Args:
        round_: the pass.
        out: the folder that holds 回复/.
        jobs: how many processes make them; 0 for as many as there are processors.

    Returns:
        The files written.
    """
    root = out / REPLIES
    folders = reply_folders(round_.roster, unit_names(round_))
    asked = {row.path: (share, row) for share in shares(round_) for row in _asked(share)}
    names = _names([row for _, row in asked.values()])
    written = []
    for path, made in _copies(round_, asked, jobs):
        stem = root / folders[asked[path][0].code] / names[path]
        files = [(f"{_SUFFIX}{made.suffix}", made.copy)]
        if made.slip is not None:
            files.append((f"{_SLIP}.xlsx", made.slip))
        for suffix, content in files:
            written.append(stem.with_name(f"{stem.name}{suffix}"))
            write_whole(written[-1], content)
    remove_stale(root, _PATTERNS, written)
    return tuple(written)


def _copies(
    round_: Round, asked: Mapping[str, tuple[Share, FileRow]], jobs: int
) -> Iterator[tuple[str, Made]]:
    """Yield path and what was made for it by workers: a death costs one of them."""
    if not asked:
        return
    limits = round_.settings.limits
    with tempfile.TemporaryDirectory(prefix="sxxt-") as scratch:
        places = dict(originals(round_.inbox, asked, limits, Path(scratch), jobs=jobs))
        paths = [path for path in asked if path in places]
        corrected: dict[str, dict[tuple[str, int, int], Value]] = defaultdict(dict)
        for cell in round_.corrections:
            corrected[cell.path][cell.sheet, cell.row, cell.column] = cell.value
        made = map_files(
            copied,
            [
                replace(_told_of(round_, *asked[path], places[path]), corrected=corrected[path])
                for path in paths
            ],
            jobs=jobs or os.cpu_count() or 1,
            seconds=limits.seconds,
            memory_bytes=limits.memory_bytes,
            initializer=prepare,
            initargs=(worker_forms(round_.regime), limits),
        )
        for number, copy in made:
            if copy is not None and not isinstance(copy, Death):
                yield paths[number], copy


def _told_of(round_: Round, share: Share, row: FileRow, place: Path) -> Asked:
    name = last_name(row.path)
    line = f"{share.unit}　{name}　截至{long_day(round_.today)}"
    told = tuple(found for found in share.own_words() if found.where.path == row.path)
    stamp = Stamp(
        regime=round_.regime.id, packet=row.packet or "", version="", unit_code=share.code,
        unit=share.unit, filers=row.filers, period=row.period or "", corrects=row.sha256,
    )  # fmt: skip
    return Asked(place, row.sha256, name, told, line, stamp, round_.settings.key)


def _asked(share: Share) -> Iterator[FileRow]:
    """Yield the workbooks of a unit of which something is asked."""
    open_ = {f.where.path for f in share.findings if f.stands}
    heads = (f for f in share.files if f.status in _HEADS and f.evidence != SLIP)
    return (row for row in heads if row.path in open_)


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
