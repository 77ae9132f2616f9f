"""<名>_数据出处.xlsx: every figure of a paper, what it counts, and the rows of result.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.outputs.page import new_book
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.paperwork.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.paperwork.paper import Grid
    from sxxt_excel.result import Round

__all__ = ["Used", "ranges", "used_figures", "write_sources"]

_OWN = "汇总/result.json"
_TEXT, _WORKED_OUT = "正文", "计算用"


@dataclass(frozen=True, slots=True)
class Used:
    """A figure, and where in the paper it is printed."""

    figure: Figure
    place: str


def used_figures(printed: Sequence[Figure], grids: Iterable[Grid]) -> tuple[Used, ...]:
    """Return every figure of a paper, each place once, and those that others are made of."""
    found = dict.fromkeys(Used(figure, _TEXT) for figure in printed)
    for grid in grids:
        found |= dict.fromkeys(_in_grid(grid))
    known = {use.figure for use in found}
    parts = (part for use in tuple(found) for part in use.figure.made_of)
    found |= dict.fromkeys(Used(part, _WORKED_OUT) for part in parts if part not in known)
    return tuple(found)


def _in_grid(grid: Grid) -> Iterator[Used]:
    for number, row in enumerate(grid.rows, 1):
        for head, cell in zip(grid.heads, row, strict=True):
            if isinstance(cell, Figure):
                yield Used(cell, f"表“{grid.name}”第{number}行“{head}”")


def write_sources(path: Path, name: str, uses: Sequence[Used], round_: Round) -> None:
    """Write the list of a paper's figures.

    Args:
        path: where, with .xlsx.
        name: of the paper.
        uses: its figures.
        round_: its settings and day.
    """
    book = new_book(round_)
    figures = [use.figure for use in uses]
    rates: list[Cell] = [figure.value for figure in figures]
    looks = ["rate" if isinstance(figure.value, float) else "centre" for figure in figures]
    columns = (
        Column("序号", 6, range(1, len(uses) + 1), "centre"),
        Column("位置", 30, [use.place for use in uses]),
        Column("名称", 14, [figure.name for figure in figures], "centre"),
        Column("数字", 10, rates, looks),
        Column("含义", 40, [figure.means for figure in figures]),
        Column("取自", 18, [figure.file or _OWN for figure in figures], "centre"),
        Column("路径", 16, [figure.path or "—" for figure in figures], "centre"),
        Column("数法", 26, [_how(figure) for figure in figures]),
        Column("所数各条（从0起）", 44, [ranges(figure.rows) for figure in figures]),
    )
    title = f"{name}数据出处"
    book.table(Table("数据出处", title, columns, 3, empty="本件没有数字。"))
    book.save(path)


def _how(figure: Figure) -> str:
    if figure.made_of:
        part, whole = figure.made_of
        return f"{part.name}÷{whole.name}"
    if figure.by:
        return f"不同的 {figure.by} 有几个"
    return "各条的条数" if figure.rows or not figure.value else "照录"


def ranges(numbers: Sequence[int]) -> str:
    """Return numbers in their order as people write them: 0-3、7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return "、".join("-".join(map(str, pair)) for pair in found)
