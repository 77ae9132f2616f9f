"""Figures of papers: each knows its value, what it counts, and which rows of result.json those are.

What a paper prints is a `Figure` or words; beside the paper stands a list of all its figures, so
that anybody can count again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxxt_excel.codes import OVERDUE
from sxxt_excel.outputs.tally import tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sxxt_excel.outcome import Finding
    from sxxt_excel.outputs.tally import Group
    from sxxt_excel.result import Round

__all__ = [
    "CASCADE", "COUNTS", "EXPECTED", "FINDINGS", "Figure", "matter_figures", "result_figures",
    "rows_figure", "since_figures", "units_figure",
]  # fmt: skip

EXPECTED, FINDINGS, CASCADE, COUNTS = "expected", "findings", "cascade", "counts"
_UNIT = "unit_code"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a paper.

    `means` says what it counts. `path` is where in result.json that stands: an array, of which
    the elements `rows` (from 0) are counted, by the different values of `by` where that is
    named; or a single value, and there are no `rows`. `made_of` are the figures that it is
    worked out from, and then nothing is counted. `file` says which result.json, "" for this one.
    """

    name: str
    value: int | float
    means: str
    path: str = ""
    rows: tuple[int, ...] = ()
    by: str = ""
    made_of: tuple[Figure, ...] = ()
    file: str = ""

    def __str__(self) -> str:
        return f"{self.value:.1%}" if isinstance(self.value, float) else str(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)


def result_figures(round_: Round, file: str = "") -> dict[str, Figure]:
    """Return the figures of a whole pass, by name.

    Args:
        round_: the pass.
        file: which result.json it is, "" for this workspace's own.
    """
    found = [*_arrivals(round_, file=file), *_findings(round_.findings, file)]
    return {figure.name: figure for figure in found}


def matter_figures(round_: Round, packet: str, period: str) -> dict[str, Figure]:
    """Return the figures of arrivals of one packet and period, by name."""
    return {figure.name: figure for figure in _arrivals(round_, packet, period)}


def since_figures(data: Mapping[str, Any]) -> dict[str, Figure]:
    """Return how much is new since the run before; empty where there was none."""
    since = data.get("since")
    if not since:
        return {}
    named = (
        ("新收到", "arrived", "自上次汇总以来新收到的应报材料（份）"),
        ("新通过", "accepted", "自上次汇总以来新审核通过的应报材料（份）"),
        ("新增意见", "new", "自上次汇总以来新增的审核意见（条）"),
        ("消除意见", "gone", "自上次汇总以来已消除的审核意见（条）"),
    )
    return {name: Figure(name, since[key], means, f"since.{key}") for name, key, means in named}


def share_of(name: str, part: Figure, whole: Figure, means: str) -> Figure:
    """Return one figure as a share of another; of nothing it is none."""
    value = part.value / whole.value if whole else 0.0
    return Figure(name, float(value), means, made_of=(part, whole), file=part.file)


def rows_figure(name: str, means: str, path: str, rows: Iterable[int], *, file: str = "") -> Figure:
    """Return how many elements of an array of result.json there are."""
    numbers = tuple(rows)
    return Figure(name, len(numbers), means, path, numbers, file=file)


def units_figure(  # noqa: PLR0913, PLR0917 - what a figure is
    name: str,
    means: str,
    path: str,
    rows: Sequence[int],
    by: str,
    unit: Callable[[int], str | None],
) -> Figure:
    """Return how many different units some elements of an array of result.json have.

    Args:
        name: of the figure.
        means: what it counts.
        path: the array.
        rows: which elements.
        by: the key under which each has its unit.
        unit: says the same of an element's number.
    """
    return Figure(name, len({unit(number) for number in rows}), means, path, tuple(rows), by)


# ---- what arrived ----------------------------------------------------------------------


def _arrivals(
    round_: Round, packet: str | None = None, period: str | None = None, *, file: str = ""
) -> Iterator[Figure]:
    counted = tally(round_.expected, packet, period)

    def units(name: str, group: Group, means: str) -> Figure:
        return Figure(name, len(group), means, EXPECTED, group.rows, _UNIT, file=file)

    owing = units("应报", counted.owing, "应报单位（准予免报的不计）")
    came = units("已报", counted.came, "已收到材料的单位，不论审核是否通过")
    on_time = units("按时", counted.on_time, "已报单位中，收到的材料都在截止日以前的")
    waiting = units("未到期", counted.waiting, "未报单位中，应报材料都未到截止日的")
    yield from (owing, came, on_time, waiting)
    yield units("逾期", counted.late, "已报单位中，有材料在截止日以后收到的")
    yield units("待修改", counted.returned, "已报单位中，有材料须修改后重报的")
    yield units("未报齐", counted.partial, "已报单位中，还有到期材料没有报的")
    yield units("未报", counted.silent, "一份材料也没有收到的单位（含未到截止日的）")
    yield share_of("报送率", came, owing, "已报÷应报")


# ---- what was found --------------------------------------------------------------------


def _findings(findings: Sequence[Finding], file: str) -> Iterator[Figure]:
    numbered = list(enumerate(findings))

    def rows(name: str, means: str, found: Iterable[int]) -> Figure:
        return rows_figure(name, means, FINDINGS, found, file=file)

    yield rows("须修改", "须修改的审核意见（条）", (n for n, f in numbered if f.severity == "must"))
    queries = [(n, f) for n, f in numbered if f.severity == "query"]
    said = [n for n, f in queries if f.explanation is not None]
    yield rows("需说明", "需说明的审核意见（条）", (n for n, _ in queries))
    yield rows("已说明", "需说明的审核意见中，单位已写明情况的（条）", said)
    yield rows(
        "待说明", "需说明的审核意见中，单位还没有写明情况的（条）",
        (n for n, f in queries if f.explanation is None),
    )  # fmt: skip
    late = [n for n, f in numbered if f.code == OVERDUE]
    yield rows("逾期事项", f"到期没有完成的事项（审核意见编号{OVERDUE}）", late)
    yield Figure(
        "逾期事项单位", len({findings[n].where.unit for n in late}),
        "有到期没有完成的事项的单位", FINDINGS, tuple(late), "unit", file=file,
    )  # fmt: skip
