"""The index of a dossier or an archive: the same lists as a workbook and as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.outputs.page import new_book
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import long_day
from sxxt_excel.paperwork.paper import LIST, Block, Grid, Paper, write_paper

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.shelf import Shelf

__all__ = ["Index", "Listing", "write_index"]

_MOST_ROWS = 200
_MIDDLE = 16
_DIGEST = "校验码"


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of an index: headings, widths in half-width characters, rows.

    A digest, and a list that is `for_machines`, does not stand in the document.
    """

    name: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str | int, ...], ...]
    for_machines: bool = False

    def table(self, title: str) -> Table:
        """Return it as a sheet that prints under that title."""
        columns = tuple(
            Column(head, width, [row[at] for row in self.rows],
                   "centre" if width <= _MIDDLE else "text")
            for at, (head, width) in enumerate(zip(self.heads, self.widths, strict=True))
        )  # fmt: skip
        return Table(self.name, f"{title}　{self.name}", columns, empty="无")

    def grid(self) -> Grid:
        """Return it as a table of a document: what is for people, and no more than they read."""
        heads = tuple(head for head in self.heads if head != _DIGEST)
        places = [self.heads.index(head) for head in heads]
        rows = tuple(tuple(row[at] for at in places) for row in self.rows[:_MOST_ROWS])
        return Grid(self.name, heads, tuple(self.widths[at] for at in places), rows)


@dataclass(frozen=True, slots=True)
class Index:
    """An index: its title, its lists, and sheets that the workbook has besides."""

    title: str
    listings: tuple[Listing, ...]
    tables: tuple[Table, ...] = ()


def write_index(last: Last, shelf: Shelf, index: Index, name: str = "目录") -> None:
    """Put an index onto a shelf, as `<name>.xlsx` and `<name>.docx`."""
    shelf.make(f"{name}.xlsx", lambda path: _write_book(path, last, index))
    shelf.make(f"{name}.docx", lambda path: _write_document(path, last, index))


def _write_book(path: Path, last: Last, index: Index) -> None:
    book = new_book(last.round_)
    for listing in index.listings:
        book.table(listing.table(index.title))
    for table in index.tables:
        book.table(table)
    book.save(path)


def _write_document(path: Path, last: Last, index: Index) -> None:
    round_ = last.round_
    about = f"{round_.regime.cite('')}　{round_.settings.year}年度　截至{long_day(round_.today)}"
    blocks = [Block("标题", index.title), Block("附注", about)]
    listings = [listing for listing in index.listings if not listing.for_machines]
    for number, listing in enumerate(listings, 1):
        blocks += [Block("一级", f"{number}. {listing.name}"), Block("表", listing.name)]
        if len(listing.rows) > _MOST_ROWS:
            more = len(listing.rows) - _MOST_ROWS
            blocks.append(Block("附注", f"另有{more}行，见同名的工作簿。"))
    grids = tuple(listing.grid() for listing in listings)
    paper = Paper(index.title, tuple(blocks), grids, LIST)
    write_paper(path, paper, round_.settings, round_.today)
