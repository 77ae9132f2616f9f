"""汇总/上报版.xlsx: a node's master for the next level up, without what must stay.

Rows of packets that travel go as they were filled in; of all others only how they stand.
No telephone, no reason of an exception, no word of an explanation, no register of the office's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sxxt_excel.headings import ARRIVALS_SHEET, PERIOD_HEADING
from sxxt_excel.model.obligations import OWED
from sxxt_excel.model.severity import SEVERITIES, SEVERITY_WORDS
from sxxt_excel.outcome import EXPECTED_WORDS
from sxxt_excel.outputs.carrying import is_private, node_of, owed_rows, rollup_of
from sxxt_excel.outputs.looks import SIZE
from sxxt_excel.outputs.overview import standing_figures
from sxxt_excel.outputs.page import Page, new_book
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.tree import tree_table
from sxxt_excel.outputs.words import (
    due_of,
    long_day,
    matter,
    matters,
    moment,
    period_words,
    standings,
    summary,
)
from sxxt_excel.raw import Fault, said_rows
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.rollup.digest import digest, excel_day, key_mark
from sxxt_excel.rollup.layout import COVER_SHEET, FORMAT, ORIGIN_HEADINGS, ORIGIN_SHEET
from sxxt_excel.rollup.lines import origin_lines
from sxxt_excel.stamp import STAMP_SHEET, Stamp
from sxxt_excel.text import to_text
from sxxt_excel.tree import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import ExpectedStatus, Finding
    from sxxt_excel.outputs.bulk import Book
    from sxxt_excel.outputs.carrying import Node
    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.raw import Raw, RawTable
    from sxxt_excel.result import Round
    from sxxt_excel.rollup.contents import Carried, Rollup

_FIRST_YEAR = 1901
_COVER_WIDTHS = (34.0, 12.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 12.0)
_HEADS = ("材料", "截止日", "应报", "按时", "逾期", "待改", "未报", "未到期", "按时率")
_STATUSES: tuple[ExpectedStatus, ...] = ("on_time", "late", "returned", "missing", "not_due")
_KEPT_BACK = (
    "名册中的电话和邮箱、例外的理由、情况说明的文字（只报已作说明）、封面上的填报人和电话，"
    "以及办公室自存的登记，都不在本文件中。"
)
_HANDLING = "本文件由系统写出，带有核对码：请原样报送，不要改动。要改内容的，改原始材料后重新汇总。"


def write_upward(round_: Round, path: Path) -> bool:
    """Write the 上报版 of the node whose workspace this is, where its regime asks for one.

    Args:
        round_: what the pass found.
        path: the file; one that stands there is replaced in one move.

    Returns:
        whether there is one; a file left from earlier is removed where there is none.
    """
    node = node_of(round_)
    if node is None:
        path.unlink(missing_ok=True)
        return False
    rollup = rollup_of(node)
    forms, spared = _forms(node, rollup.files)
    tables = (
        _standing_table(node),
        replace(tree_table(round_), links=()),
        *(table for table in forms if table.height),
        _finding_table(node, {file.path for file in rollup.files}),
        *_roster_tables(node, rollup),
    )
    book = new_book(round_)
    cover = _cover(book, node, forms)
    for table in tables:
        book.table(table)
    lines = origin_lines(rollup, spared)
    _hidden(book, ORIGIN_SHEET, lines)
    content = (
        (COVER_SHEET, cover),
        *(part for table in tables for part in _parts(table)),
        (ORIGIN_SHEET, (enumerate(line) for line in lines)),
    )
    stamp = Stamp(
        round_.regime.id, node.packet.id, FORMAT, node.unit.code, node.unit.name, (),
        str(round_.settings.year), digest(content),
    )  # fmt: skip
    key = round_.settings.key
    stamp = stamp.sealed(key) if key else stamp
    _hidden(book, STAMP_SHEET, [*map(list, stamp.rows()), ["key", key_mark(key)]])
    book.save(path)
    return True


# ---- the rows of forms ------------------------------------------------------------

_Spared = dict[str, dict[str, tuple[int, ...]]]


def _forms(node: Node, files: Sequence[Carried]) -> tuple[list[Table], _Spared]:
    """Return a sheet a form, and which rows nobody filled, which stand on none."""
    regime = node.round_.regime
    spared: _Spared = defaultdict(dict)
    parts: dict[str, list[tuple[Carried, RawTable, list[int]]]] = defaultdict(list)
    for file in files:
        for table in file.extract.tables:
            if table.cells is None:
                form = regime.form(table.form)
                keep = _filled(form, table)
                there = set(keep)
                left = tuple(r for at, r in enumerate(table.rows) if at not in there)
                if left:
                    spared[file.path][table.form] = left
                parts[table.form].append((file, table, keep))
    going = {f.id for p in regime.packets if p.travels for f in regime.sheets(p.id)}
    forms = [f for f in regime.forms if f.id in going - {COVER, EXPLANATIONS}]
    return [_form_table(node, form, parts[form.id]) for form in forms], spared


def _filled(form: Form, table: RawTable) -> list[int]:
    """Return the places of rows in which something stands that was not pre-printed."""
    if form.fixed:
        return list(range(len(table.rows)))
    return said_rows(table, form)


def _form_table(
    node: Node, form: Form, parts: Sequence[tuple[Carried, RawTable, list[int]]]
) -> Table:
    units = {unit.code: unit.name for unit in node.units}
    origins: list[tuple[Cell, ...]] = []
    values: dict[str, list[Raw]] = {field.name: [] for field in form.fields}
    for file, table, keep in parts:
        stamp = file.extract.stamp
        packet, period = (stamp.packet, stamp.period) if stamp else ("", "")
        whose = (units.get(file.unit_code, ""), file.unit_code, packet, period_words(period))
        origins.extend((file.path, table.sheet, table.rows[at], *whose) for at in keep)
        for name, column in values.items():
            own = table.columns.get(name)
            column.extend([own[at] for at in keep] if own else [None] * len(keep))
    widths = (26, 14, 8, 20, 12, 14, 12)
    columns = [
        Column(heading, width, [row[place] for row in origins])
        for place, (heading, width) in enumerate(zip(ORIGIN_HEADINGS, widths, strict=True))
    ]
    columns += [_raw_column(field.name, field.width, values[field.name]) for field in form.fields]
    return Table(form.id, f"{form.id}（随上报版）", tuple(columns))


def _raw_column(heading: str, width: float, values: Sequence[Raw]) -> Column:
    looks = [_look(value) for value in values]
    plain = all(look == "text" for look in looks)
    cells = [_cell(value) for value in values]
    return Column(heading, max(width, 8), cells, "text" if plain else looks)


def _look(value: Raw) -> str:
    if isinstance(value, datetime):
        return "moment" if value.year >= _FIRST_YEAR else "text"
    return "date" if isinstance(value, date) and value.year >= _FIRST_YEAR else "text"


def _cell(value: Raw) -> Cell:
    """Return a raw value as a cell holds it: what is neither text, number nor day as text."""
    if isinstance(value, Fault):
        return value.text
    if isinstance(value, date) and value.year >= _FIRST_YEAR:
        return excel_day(value)
    if isinstance(value, bool | time | timedelta | date):
        return to_text(value)
    return value


# ---- the other sheets -------------------------------------------------------------


def _standing_table(node: Node) -> Table:
    names = {unit.code: unit for unit in node.round_.roster.units}
    owed = list(owed_rows(node))
    rows = [row for row, _ in owed]

    def above(code: str) -> str:
        parent = names.get(names[code].parent or "") if code in names else None
        return parent.name if parent else ""

    columns = (
        Column("单位代码", 12, [row.unit_code for row in rows], "centre"),
        Column("单位", 24, [row.unit for row in rows]),
        Column("上级单位", 18, [above(row.unit_code) for row in rows]),
        Column("材料", 22, [row.packet for row in rows]),
        Column(PERIOD_HEADING, 13, [period_words(row.period) for row in rows], "centre"),
        Column("责任主体", 12, [row.filer or row.subject or "" for row in rows], "centre"),
        Column(
            "状态",
            11,
            [EXPECTED_WORDS[row.status] for row in rows],
            [str(row.status) for row in rows],
        ),
        Column("截止日", 12, [row.due or "未定" for row in rows], "centre"),
        Column("收到时间", 18, [moment(row.received_at) for row in rows], "centre"),
        Column(
            "内容随上报版", 13, ["是" if travels else "只报状态" for _, travels in owed], "centre"
        ),
    )
    title = f"{node.unit.name}报送情况"
    return Table(ARRIVALS_SHEET, title, columns, 2, empty="没有应报单位。")


def _finding_table(node: Node, paths: set[str]) -> Table:
    found = list(_told(node, paths))
    columns = (
        Column("程度", 9, [SEVERITY_WORDS[f.severity] for f in found], [f.severity for f in found]),
        Column("编号", 8, [f.code for f in found], "centre"),
        Column("单位", 20, [f.where.unit for f in found]),
        Column("责任主体", 12, [f.where.filer for f in found], "centre"),
        Column("文件", 30, [f.where.path for f in found]),
        Column("工作表", 14, [f.where.sheet or f.where.form for f in found], "centre"),
        Column("单元格", 10, [f.where.cell for f in found], "centre"),
        Column("列名", 14, [f.where.field for f in found], "centre"),
        Column("问题", 40, [f.message for f in found]),
        Column("怎么改", 40, [f.remedy for f in found]),
    )
    title = f"{node.unit.name}审核意见"
    return Table("审核意见", title, columns, 3, empty="没有须修改、需说明的审核意见。")


def _told(node: Node, paths: set[str]) -> Iterator[Finding]:
    """Yield what stands about rows that go along, and about material that has not arrived."""
    owed = {o.id for o in node.round_.regime.obligations if o.duty == OWED}
    for found in node.round_.findings:
        here = found.where.path in paths and not is_private(found)
        absent = found.where.path is None and found.rule in owed
        if found.severity != "note" and (here or absent) and found.where.unit_code in node.codes:
            yield found


def _roster_tables(node: Node, rollup: Rollup) -> Iterator[Table]:
    names = {unit.code: unit.name for unit in rollup.units}
    units, people, waivers = rollup.units, rollup.people, rollup.waivers
    yield Table("所属单位", f"{node.unit.name}及所属单位", (
        Column("单位代码", 12, [u.code for u in units], "centre"),
        Column("单位名称", 28, [u.name for u in units]),
        Column("单位类别", 14, [u.kind for u in units], "centre"),
        Column("上级单位", 24, [names.get(u.parent or "", "") for u in units]),
    ), 2)  # fmt: skip
    yield Table("填报人员", f"{node.unit.name}及所属单位填报人员", (
        Column("单位", 28, [names[p.unit] for p in people]),
        Column("姓名", 12, [p.name for p in people], "centre"),
        Column("职务", 22, [p.post for p in people]),
        Column("班子身份", 16, [p.identity for p in people], "centre"),
    ), 2, empty="没有。")  # fmt: skip
    yield Table("免报延期", f"{node.unit.name}准予免报、延期", (
        Column("单位", 28, [names[w.unit] for w in waivers]),
        Column("责任主体", 14, [w.filer for w in waivers], "centre"),
        Column("报送事项", 22, [w.matter for w in waivers]),
        Column("类型", 12, [w.kind for w in waivers], "centre"),
        Column("延期至", 14, [w.until.isoformat() if w.until else "" for w in waivers], "centre"),
    ), 1, empty="没有准予免报、延期的。")  # fmt: skip


# ---- the cover --------------------------------------------------------------------


class _Kept(Page):
    """A page that remembers what was written, for the digest."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[float]) -> None:  # noqa: ANN401
        super().__init__(book, sheet, widths)
        self.said: list[list[tuple[int, Cell]]] = []

    def across(self, text: str, look: str, size: float = SIZE) -> None:
        self.said.append([(0, text)])
        super().across(text, look, size)

    def line(
        self, values: Sequence[Cell], look: str | Sequence[str], *, join: bool = False
    ) -> None:
        self.said.append(list(enumerate(values)))
        super().line(values, look, join=join)


def _cover(book: Book, node: Node, forms: Sequence[Table]) -> list[list[tuple[int, Cell]]]:
    """Write the cover in plain words; return what it says, row by row."""
    round_, unit = node.round_, node.unit
    page = _Kept(book, book.sheet(COVER_SHEET, "", one_page=True), _COVER_WIDTHS)
    page.across(f"{round_.settings.year}年{unit.name}汇总上报版", "title", 18)
    page.across(f"依据{round_.regime.cite('')}", "subtitle")
    page.skip()
    own = next(n for n in tree(round_) if n.unit.code == unit.code)
    for label, value in (
        ("上报单位", f"{unit.name}（{unit.code}）"),
        ("年度", f"{round_.settings.year}年"),
        ("截至", long_day(round_.today)),
        ("单位数", f"本单位和所属单位共{own.units}家"),
    ):
        page.line((label, value), ("heading", "text"), join=True)
    page.skip()
    page.across(summary(round_), "lead", 13)
    page.skip()
    _figures(page, round_)
    page.skip()
    page.across("二、随本文件上报的内容", "section", 12)
    page.line(("表", "行数"), "heading")
    for table in forms:
        page.line((table.name, table.height), ("text", "centre"))
    kept = "、".join(p.id for p in round_.regime.packets if not p.travels and not p.rollup)
    page.across(f"以下材料只报状态或不上报，内容留在本级：{kept}。{_KEPT_BACK}", "remark")
    page.skip()
    number = Counter(f.severity for f in round_.findings)
    counts = "、".join(f"{SEVERITY_WORDS[s]}{number[s]}条" for s in SEVERITIES)
    page.across("三、本级审核意见", "section", 12)
    page.across(f"{counts}。须修改、需说明的见《审核意见》。", "paragraph")
    page.skip()
    page.across(_HANDLING, "remark")
    page.skip()
    page.across(
        "党组织书记（签字）：　　　　　　　　单位（盖章）：　　　　　　　　　　年　　月　　日",
        "paragraph",
    )
    return page.said


def _figures(page: Page, round_: Round) -> None:
    page.across("一、各项材料报送情况（单位：家，含所属单位）", "section", 12)
    page.line(_HEADS, "heading")
    for packet, period in matters(round_):
        units = standings(round_, packet, period)
        if not units:
            continue
        figures = standing_figures(units, _STATUSES)
        looks = ["text", *["centre"] * len(figures), "rate"]
        page.line([matter(packet, period), due_of(round_, packet, period), *figures], looks)


# ---- the hidden sheets, and what the digest is made of -----------------------------


def _hidden(book: Book, name: str, lines: Sequence[Sequence[str]]) -> None:
    sheet = book.sheet(name, "")
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    sheet.very_hidden()


def _parts(table: Table) -> Iterator[tuple[str, Iterator[Iterable[tuple[int, Any]]]]]:
    """Return a table's sheets as `Book.table` writes them: name, and rows of place and value."""
    return ((name, _lines(table, start, stop)) for name, start, stop in table.parts())


def _lines(table: Table, start: int, stop: int) -> Iterator[Iterable[tuple[int, Any]]]:
    yield enumerate(column.heading for column in table.columns)
    if start == stop:
        yield [(0, table.empty)]
    for row in zip(*(column.values[start:stop] for column in table.columns), strict=True):
        yield enumerate(row)
