"""审核意见: every finding, with links to its file and cell."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outputs.tables import MOST_LINKS, Column, Link, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round


# ---- 审核意见 -----------------------------------------------------------------------

_CELL_REF = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?")
# What Excel itself escapes in the path of a link; Chinese names stand as they are.
_NOT_IN_A_PATH = re.compile(r'[\s"#%<>?\[\\\]^`{|}]')
_FILE_COLUMN, _CELL_COLUMN = 5, 7
_LEAST_PATH, _MOST_PATH = 24, 64
_NARROW = 0xFF


def findings_table(round_: Round, path: Path) -> tuple[Table, int]:
    """Return the sheet of all findings, and how many links did not fit on it."""
    findings = round_.findings
    links, unlinked = _links(round_, path)
    linked = {(link.row, link.column) for link in links}

    def column(
        heading: str, width: float, of: Callable[[Finding], str | None], look: str = "text"
    ) -> Column:
        return Column(heading, width, [of(found) for found in findings], look)

    def linkable(
        heading: str, width: float, place: int, of: Callable[[Finding], str | None]
    ) -> Column:
        plain, live = ("text", "link") if place == _FILE_COLUMN else ("centre", "link centre")
        looks = [live if (row, place) in linked else plain for row in range(len(findings))]
        return Column(heading, width, [of(found) for found in findings], looks)

    columns: tuple[Column, ...] = (
        Column("序号", 7, range(1, len(findings) + 1), "centre"),
        Column(
            "程度",
            9,
            [SEVERITY_WORDS[f.severity] for f in findings],
            [f.severity for f in findings],
        ),
        column("编号", 8, lambda f: f.code, "centre"),
        column("单位", 20, lambda f: f.where.unit),
        column("责任主体", 12, lambda f: f.where.filer, "centre"),
        linkable("文件", _path_width(findings), _FILE_COLUMN, lambda f: f.where.path),
        column("工作表", 14, lambda f: f.where.sheet or f.where.form, "centre"),
        linkable("单元格", 10, _CELL_COLUMN, lambda f: f.where.cell),
        column("列名", 14, lambda f: f.where.field, "centre"),
        column("发现的内容", 20, lambda f: f.got),
        column("问题", 38, lambda f: f.message),
        column("怎么改", 38, lambda f: f.remedy),
        column("依据", 24, lambda f: f.basis),
    )
    if any(f.explanation for f in findings):  # nearly never, and it makes the print smaller
        columns += (column("说明", 38, _explained),)
    title = f"{round_.settings.year}年审核意见"
    return Table("审核意见", title, columns, 4, tuple(links), empty="本次没有审核意见。"), unlinked


def _explained(found: Finding) -> str | None:
    """Return the unit's words about a finding, with who wrote them and when."""
    said = found.explanation
    if said is None:
        return None
    return f"已说明：{said.text}（{said.by}）"


def _path_width(findings: Sequence[Finding]) -> float:
    """Return how wide the column of files is: a linked cell does not wrap in every program."""
    paths = {found.where.path or "" for found in findings}
    longest = max((sum(1 + (ord(c) > _NARROW) for c in path) for path in paths), default=0)
    return float(min(max(longest + 2, _LEAST_PATH), _MOST_PATH))


def _links(round_: Round, path: Path) -> tuple[list[Link], int]:
    """Return links to each finding's file and cell, and how many more there would be."""
    paths = dict.fromkeys(found.where.path for found in round_.findings if found.where.path)
    targets = {name: _target(round_.inbox, name, path) for name in paths}
    links: list[Link] = []
    for row, where in enumerate(found.where for found in round_.findings):
        target, whole = targets.get(where.path or "", ("", False))
        if target:
            links.append(Link(row, _FILE_COLUMN, target))
        if whole and where.sheet and where.cell and _CELL_REF.fullmatch(where.cell):
            place = "'{}'!{}".format(where.sheet.replace("'", "''"), where.cell)
            links.append(Link(row, _CELL_COLUMN, target, place))
    return links[:MOST_LINKS], max(len(links) - MOST_LINKS, 0)


def _target(inbox: Path, path: str, master: Path) -> tuple[str, bool]:
    """Return the link from the master to a file of the inbox, and whether it is the file itself.

    A file in an archive opens the archive; one that is not in the inbox has no link.
    """
    for name in (path, path.partition("!")[0]):
        file = inbox / name
        # Not Path.is_file: that raises where this computer may not look.
        there = os.path.isfile(file)  # noqa: PTH113
        if there and file.resolve().is_relative_to(inbox.resolve()):
            return _uri(file, master.parent), name == path
    return "", False


def _uri(file: Path, folder: Path) -> str:
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:  # on another drive
        return file.resolve().as_uri()
    return _NOT_IN_A_PATH.sub(lambda found: quote(found[0]), relative.replace(os.sep, "/"))
