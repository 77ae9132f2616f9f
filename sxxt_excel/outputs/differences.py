"""版本差异 and 雷同核对 of the master, and what a unit is told of its own newer version.

The master is the office's: it shows rows of several units side by side. A unit is told of its
own rows only; of others that took up an item now gone it learns how many there are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.intake.parcel import last_name
from sxxt_excel.outputs.asof import place_by_name
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import matter
from sxxt_excel.text import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.outcome import Change, Difference, Likeness, Orphan
    from sxxt_excel.result import Round

CHANGE_WORDS: Mapping[str, str] = MappingProxyType(
    {"added": "新增", "gone": "删去", "changed": "改动"}
)
_SAME, _ORPHAN = "没有变动", "上级项目已删去"
_LOOKS: Mapping[str, str] = MappingProxyType(
    {"新增": "good", "删去": "missing", "改动": "warn", _SAME: "plain", _ORPHAN: "missing"}
)
_MOST_LINES = 30
_LONGEST = 60


# ---- for the unit --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Revision:
    """What a unit's newest version of a workbook has otherwise than an earlier one."""

    title: str
    before: str
    after: str
    summary: str
    lines: tuple[str, ...]


def revision(found: Difference) -> Revision:
    """Return what the unit itself is told: its own rows, and how many of others are concerned."""
    lines = [_line(change) for change in found.changes]
    more = len(lines) - _MOST_LINES
    if more > 0:
        lines[_MOST_LINES:] = [f"……另有{more}处"]
    return Revision(
        title=matter(found.packet, found.period),
        before=last_name(found.before),
        after=last_name(found.after),
        summary=told_in_short(found),
        lines=(*lines, *_concerned(found)),
    )


def told_in_short(found: Difference) -> str:
    """Return how many rows are new or gone and how many cells changed, in one sentence."""
    number: Counter[str] = Counter(change.kind for change in found.changes)
    counted = (("added", "行"), ("gone", "行"), ("changed", "处"))
    parts = [f"{CHANGE_WORDS[kind]}{number[kind]}{of}" for kind, of in counted if number[kind]]
    return "、".join(parts) + "。" if parts else f"内容{_SAME}。"


def _line(change: Change) -> str:
    key = f"（{change.key}）" if change.key else ""
    place = f"{change.form} {change.cell}{key}"
    before, after = (short(text, _LONGEST) or "（空）" for text in (change.before, change.after))
    if change.kind == "changed":
        return f"{place} {change.field}：{before} → {after}"
    return f"{CHANGE_WORDS[change.kind]} {place}：{before if change.kind == 'gone' else after}"


def _concerned(found: Difference) -> Iterator[str]:
    """Yield who else took up what is gone: own rows by their number, of other units a count."""
    own = [o.where for o in found.orphans if o.where.unit_code == found.unit_code]
    others = [o.where for o in found.orphans if o.where.unit_code != found.unit_code]
    if own:
        keys = "、".join(dict.fromkeys(w.row_key or w.cell or "" for w in own))
        yield f"本单位另有{len(own)}项对应已删去的项目（{short(keys, _LONGEST)}），请一并修改。"
    if others:
        units = len({w.unit_code for w in others})
        yield f"另有{units}家单位的{len(others)}项以已删去的项目为上级，请核对是否确须删去。"


# ---- for the office ------------------------------------------------------------------


def difference_tables(round_: Round) -> Iterator[Table]:
    """Yield 版本差异 where a submission came more than once, 雷同核对 where units wrote alike."""
    if round_.versions:
        yield _versions(round_)
    if round_.likenesses:
        yield _likenesses(round_)


_Row = tuple[str, ...]


def _versions(round_: Round) -> Table:
    place = place_by_name(round_)
    versions = sorted(round_.versions, key=lambda found: place(found.unit))
    rows = [row for found in versions for row in _rows(found)]
    columns = (
        _column(rows, 0, "单位", 20),
        _column(rows, 1, "材料", 22),
        _column(rows, 2, "前一份", 26),
        _column(rows, 3, "最新一份", 26),
        Column("变动", 14, [row[4] for row in rows], [_LOOKS[row[4]] for row in rows]),
        _column(rows, 5, "涉及单位", 20),
        _column(rows, 6, "工作表", 14, "centre"),
        _column(rows, 7, "单元格", 9, "centre"),
        _column(rows, 8, "责任主体", 12, "centre"),
        _column(rows, 9, "编号", 18, "centre"),
        _column(rows, 10, "列名", 14, "centre"),
        _column(rows, 11, "原来", 34),
        _column(rows, 12, "现在", 34),
    )
    return Table("版本差异", f"{round_.settings.year}年各份材料的版本差异", columns)


def _rows(found: Difference) -> Iterator[_Row]:
    head = (found.unit, matter(found.packet, found.period), found.before, found.after)
    for change in found.changes:
        yield (
            *head, CHANGE_WORDS[change.kind], "", change.sheet, change.cell, change.filer,
            change.key, change.field, change.before, change.after,
        )  # fmt: skip
    for orphan in found.orphans:
        yield *head, _ORPHAN, *_lost(orphan)
    if not found.changes:
        yield *head, _SAME, *[""] * 8


def _lost(orphan: Orphan) -> _Row:
    at = orphan.where
    return _filled(at.unit, at.sheet, at.cell, "", at.row_key, "", orphan.key, "")


def _filled(*said: str | None) -> _Row:
    return tuple(text or "" for text in said)


def _likenesses(round_: Round) -> Table:
    found = sorted(round_.likenesses, key=lambda row: row.group)
    rows = [_like(row) for row in found]
    columns = (
        Column("组", 7, [row.group for row in found], "centre"),
        _column(rows, 0, "单位", 22),
        _column(rows, 1, "责任主体", 12, "centre"),
        _column(rows, 2, "文件", 30),
        _column(rows, 3, "工作表", 16, "centre"),
        _column(rows, 4, "单元格", 9, "centre"),
        _column(rows, 5, "编号", 18, "centre"),
        _column(rows, 6, "内容", 60),
    )
    return Table("雷同核对", f"{round_.settings.year}年不同单位内容雷同的行", columns, 2)


def _like(row: Likeness) -> _Row:
    at = row.where
    return _filled(at.unit, at.filer, at.path, at.sheet, at.cell, at.row_key, row.text)


def _column(rows: list[_Row], place: int, heading: str, width: float, look: str = "text") -> Column:
    return Column(heading, width, [row[place] for row in rows], look)
