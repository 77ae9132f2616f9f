"""逐级汇总: the tree with the figures of each node and of all below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.outputs.looks import NONE
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import moment
from sxxt_excel.tree import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Round
    from sxxt_excel.tree import Figures, Node

_INDENT = "　　"
_STATUSES = (("按时", "on_time"), ("逾期", "late"), ("待改", "returned"), ("未报", "missing"),
             ("未到期", "not_due"))  # fmt: skip
_EMPTY = "没有应报单位。"


def tree_table(round_: Round) -> Table:
    """Return a row a node, indented by level: its own figures, then those of its subtree."""
    nodes = tree(round_)
    looks = ["section row" if node.units > 1 else "text" for node in nodes]
    figures = ["figure row" if node.units > 1 else "centre" for node in nodes]

    def column(
        heading: str, width: float, of: Callable[[Node], Cell], *, text: bool = False
    ) -> Column:
        return Column(heading, width, [of(node) for node in nodes], looks if text else figures)

    def part(heading: str, width: float, of: Callable[[Figures], Cell]) -> tuple[Column, Column]:
        return (
            column(f"本单位\n{heading}", width, lambda node: of(node.own)),
            column(f"含所属\n{heading}", width, lambda node: of(node.whole)),
        )

    owed = part("应报", 9, lambda f: f.owed)
    came = part("已报", 9, lambda f: f.arrived)
    others = [
        column(f"含所属\n{word}", 9, lambda node, s=status: node.whole.by_status[s])  # type: ignore[misc]
        for word, status in _STATUSES
    ]
    rates = ["rate row" if node.units > 1 else "rate" for node in nodes]
    rate = Column("含所属\n按时率", 10, [_rate(node.whole) for node in nodes], rates)
    columns = (
        column("单位", 34, lambda node: f"{_INDENT * node.depth}{node.unit.name}", text=True),
        column("单位类别", 11, lambda node: node.unit.kind),
        column("单位数\n（家）", 9, lambda node: node.units),
        owed[0], came[0], owed[1], came[1], *others, rate,
        column("说明", 34, _said, text=True),
    )  # fmt: skip
    title = f"{round_.settings.year}年逐级汇总（项：一个单位一种材料一期）"
    return Table("逐级汇总", title, columns, 1, empty=_EMPTY)


def _rate(figures: Figures) -> Cell:
    return NONE if figures.rate is None else figures.rate


def _said(node: Node) -> str:
    if node.note:
        return node.note
    return f"上报版收到时间 {moment(node.received_at)}" if node.received_at else ""
