"""archive: at the year's end the final versions, attachments and ledger, with a 归档文件目录.

What was returned or has not come stays out, with the reason. The same state of things gives the
same bytes; a later archive is not replaced by an earlier state unless that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.intake.parcel import last_name
from sxxt_excel.kept import kept_packets
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.folders import reply_folders
from sxxt_excel.outputs.shares import unit_names
from sxxt_excel.outputs.words import matter, moment
from sxxt_excel.paperwork.copying import KEPT, Wanted, arrivals_of, copy_files, refused
from sxxt_excel.paperwork.index import Index, Listing, write_index
from sxxt_excel.paperwork.last import last_result
from sxxt_excel.paperwork.shelf import Shelf
from sxxt_excel.store import read_json
from sxxt_excel.workspace import COLLECTED, MASTER, PAPERS, RESULT, UPWARD, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sxxt_excel.outcome import FileRow
    from sxxt_excel.paperwork.copying import Copied
    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.shelf import Changes
    from sxxt_excel.workspace import Workspace

__all__ = ["Archive", "make_archive"]

ARCHIVES = "归档"
_MATERIALS, _ATTACHMENTS, _LEDGER = "材料", "附件", "台账"
_CATALOGUE = "归档文件目录"
_HEADS = ("件号", "责任者", "文号", "题名", "日期", "页数", "备注")
_NO_OWNER = "归属不明，请核对后补归"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was made: where, how many files, what was left out, what is different."""

    folder: Path
    pieces: int
    left: tuple[tuple[str, ...], ...]
    changes: Changes


@dataclass(frozen=True, slots=True)
class _Piece:
    """One line of the catalogue: who answers for it, what it is called, its day, its file."""

    owner: str
    title: str
    day: str
    name: str
    remark: str = ""


def make_archive(space: Workspace, *, replace: bool = False) -> Archive:
    """Make or renew 公文/归档/<年度>/ from the last result.

    Args:
        space: the workspace.
        replace: put an earlier state in the place of a later archive all the same.

    Raises:
        WorkspaceError: nothing has been collected, or the archive there is of a later day.
    """
    last = last_result(space)
    round_ = last.round_
    folder = space.root / PAPERS / ARCHIVES / str(round_.settings.year)
    _guard(folder, last, replace=replace)
    shelf = Shelf(folder)
    folders = reply_folders(round_.roster, unit_names(round_))
    wanted = [
        Wanted(row, f"{room}/{folders[row.unit_code or '']}")
        for room, rows in ((_MATERIALS, _final(last)), (_ATTACHMENTS, _attachments(last)))
        for row in rows
    ]
    copied = copy_files(last, wanted, shelf)
    pieces = [*_pieces(last, copied), *_ledger(last, shelf)]
    left = (*_refused(copied), *_left(last))
    write_index(last, shelf, _index(last, shelf, pieces, left), _CATALOGUE)
    return Archive(folder, len(pieces), left, shelf.close())


def _guard(folder: Path, last: Last, *, replace: bool) -> None:
    """Refuse to put an earlier state silently in the place of a later one."""
    there = read_json(folder / _LEDGER / RESULT) or {}
    was, now = str(there.get("as_of") or ""), last.round_.today.isoformat()
    if was > now and not replace:
        raise WorkspaceError(
            f"“{ARCHIVES}/{folder.name}”里已有截至{was}的归档，比这次的结果（截至{now}）新，没有改动。"
            "确要换成较早的，请加 --replace"
        )


# ---- what goes in -----------------------------------------------------------------------


def _final(last: Last) -> list[FileRow]:
    """Return the versions that count and are accepted, by unit, packet and period."""
    round_ = last.round_
    units = {code: place for place, code in enumerate(unit_names(round_))}
    packets = {packet.id: place for place, packet in enumerate(round_.regime.packets)}
    found = [f for f in round_.files if f.status == "accepted" and f.unit_code and f.packet]
    return sorted(
        found,
        key=lambda f: (
            units[f.unit_code or ""],
            packets.get(f.packet or "", len(packets)),
            f.period or "",
            f.path,
        ),
    )


def _attachments(last: Last) -> list[FileRow]:
    units = {code: place for place, code in enumerate(unit_names(last.round_))}
    found = [f for f in last.round_.files if f.status == "attachment" and f.unit_code]
    return sorted(found, key=lambda f: (units[f.unit_code or ""], f.path))


def _pieces(last: Last, copied: Sequence[Copied]) -> Iterator[_Piece]:
    whose = {row.path: row.filer or row.subject for row in last.round_.expected if row.path}
    for each in copied:
        if not each.name:
            continue
        row = each.row
        person = whose.get(row.path)
        if row.status == "attachment":
            title = PurePosixPath(last_name(row.path)).stem
            remark = (
                f"附件；{matter(row.packet, row.period)}" if row.packet and row.period else "附件"
            )
        else:
            title = f"{row.unit}{matter(row.packet or '', row.period or '')}"
            title, remark = f"{title}（{person}）" if person else title, ""
        yield _Piece(row.unit or "", title, _eight(row.receipt.at), each.name, remark)


def _ledger(last: Last, shelf: Shelf) -> Iterator[_Piece]:
    """Put the master and what it rests on onto the shelf."""
    round_ = last.round_
    owner, year = round_.settings.name, round_.settings.year
    day = _eight(round_.today.isoformat())
    named = ((MASTER, "总台账"), (UPWARD, "上报版"), (RESULT, "收表结果数据"))
    for name, title in named:
        source = last.space.root / COLLECTED / name
        if source.is_file():
            shelf.put(f"{_LEDGER}/{name}", source.read_bytes())
            yield _Piece(owner, f"{year}年度{title}", day, f"{_LEDGER}/{name}")
    name = "收件台账摘录"
    write_index(last, shelf, Index(f"{year}年度{name}", (_arrivals(last),)), f"{_LEDGER}/{name}")
    yield _Piece(owner, f"{year}年度{name}", day, f"{_LEDGER}/{name}.xlsx")


def _arrivals(last: Last) -> Listing:
    """Return what the registry says of each file, but of those that belong in no archive."""
    round_ = last.round_
    no, kept = refused(last), kept_packets(round_.regime, round_.settings)
    lines = tuple(
        (
            moment(each.first_seen),
            moment(each.receipt.at),
            each.receipt.by,
            each.unit,
            matter(each.packet, each.period) if each.packet else "",
            each.path,
            FILE_WORDS.get(each.status, each.status),
            each.sha256,
        )
        for each in arrivals_of(last)
        if each.path not in no and each.packet not in kept
    )
    heads = ("首次收到", "收到时间", "时间依据", "单位", "材料", "文件", "审核结论", "校验码")
    return Listing(
        f"{round_.settings.year}年度收件", heads, (17, 17, 12, 22, 28, 44, 12, 66), lines
    )


def _eight(iso: str) -> str:
    """Return a day as catalogues of archives write it: 20250410."""
    return iso[:10].replace("-", "")


# ---- what stays out ---------------------------------------------------------------------


def _refused(copied: Sequence[Copied]) -> Iterator[tuple[str, ...]]:
    for each in copied:
        if not each.name and each.why != KEPT:
            title = matter(each.row.packet, each.row.period or "") if each.row.packet else ""
            yield (each.row.unit or "", title, "", last_name(each.row.path), each.why)


def _left(last: Last) -> Iterator[tuple[str, ...]]:
    """Yield what is owed and not in its final version, and documents of nobody known."""
    round_ = last.round_
    for row in round_.expected:
        if row.accepted is True or (not row.owed and not row.arrived):
            continue
        whose = row.filer or row.subject or ""
        name = last_name(row.path or "")
        title = matter(row.packet, row.period)
        yield (row.unit, title, whose, name, EXPECTED_WORDS[row.status])
    for file in round_.files:
        if file.status == "attachment" and not file.unit_code and file.path not in refused(last):
            yield ("", "", "", last_name(file.path), _NO_OWNER)


# ---- the catalogue ----------------------------------------------------------------------


def _index(
    last: Last, shelf: Shelf, pieces: Sequence[_Piece], left: tuple[tuple[str, ...], ...]
) -> Index:
    lines = tuple(
        (number, piece.owner, "", piece.title, piece.day, "", piece.remark)
        for number, piece in enumerate(pieces, 1)
    )
    files = tuple(
        (number, piece.title, piece.name, shelf.digest(piece.name))
        for number, piece in enumerate(pieces, 1)
    )
    listings = (
        Listing(_CATALOGUE, _HEADS, (8, 26, 16, 50, 12, 8, 30), lines),
        Listing("未归档", ("单位", "材料", "责任主体", "文件", "原因"), (26, 30, 14, 40, 36), left),
        Listing(
            "文件和校验码",
            ("件号", "题名", "文件", "校验码"),
            (8, 44, 60, 66),
            files,
            for_machines=True,
        ),
    )
    return Index(f"{last.round_.settings.year}年度{_CATALOGUE}", listings)
