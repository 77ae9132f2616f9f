"""单位名册.xlsx → `Roster`, with its faults as findings that name the cell."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.layout import find_headings
from sxxt_excel.marking.fill import MarkError, with_cells
from sxxt_excel.officebook import (
    BASIS,
    PEOPLE,
    UNITS,
    WAIVERS,
    RosterError,
    read_register,
    read_registers,
    roster_forms,
)
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.people import Person, Roster, Unit, Waiver
from sxxt_excel.read import Sheet, read_book
from sxxt_excel.text import fold, nearest, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sxxt_excel.model.forms import Form
    from sxxt_excel.officebook import Row
    from sxxt_excel.outcome import Finding
    from sxxt_excel.read import Book


def read_roster(path: Path) -> tuple[Roster, tuple[Finding, ...]]:
    """Read units, people and waivers; faults of the book come beside it.

    Raises:
        RosterError: there is no roster, or units or people can't be read.
    """
    if not path.is_file():
        raise RosterError(f"找不到《{path.name}》，请先在工作文件夹中填好单位名册")
    forms = roster_forms()
    registers = (forms[UNITS], forms[PEOPLE], forms[WAIVERS])
    books, findings = read_registers(path, registers, frozenset({UNITS, PEOPLE}))
    unit_rows = [r for r in books.get(UNITS, ()) if r.word("单位代码") and r.word("单位名称")]
    codes = {r.word("单位代码") for r in unit_rows}
    units = tuple(_unit(row) for row in unit_rows)
    people_rows = [r for r in books.get(PEOPLE, ()) if r.word("姓名") and r.word("单位代码")]
    people = tuple(_person(row) for row in people_rows if row.word("单位代码") in codes)
    names = {(person.unit, fold(person.name)): person.name for person in people}
    waivers = tuple(_waiver(row, names) for row in books.get(WAIVERS, ()))
    findings += _unknown_codes(unit_rows, people_rows, books.get(WAIVERS, ()), codes)
    findings += _repeated(unit_rows)
    findings += _circles(unit_rows)
    findings += _shared_names(unit_rows)
    return Roster(units, people, waivers), tuple(findings)


# ---- writing into it -------------------------------------------------------------------


def with_waiver(data: bytes, name: str, words: Mapping[str, str]) -> bytes:
    """Return a roster with one more row in 例外, nothing else of the workbook changed.

    Args:
        data: the workbook.
        name: its file name, for what is said.
        words: heading → text; a heading that the sheet lacks is added to it.

    Raises:
        RosterError: the row can't be added, and has to be written by hand.
    """
    form = roster_forms()[WAIVERS]
    by_hand = RosterError(
        f"《{name}》的“{WAIVERS}”表写不进去，请自己填一行："
        f"{'，'.join(f'{heading} {text}' for heading, text in words.items())}"
    )
    before = read_book(data, name, Limits())
    sheet = _sheet_named(before, WAIVERS)
    headings = find_headings(sheet, form) if sheet is not None else None
    if sheet is None or headings is None:
        raise by_hand
    columns = dict(headings.columns)
    last = max(column for _, column in (*headings.columns, *headings.extra))
    fresh = {h: last + n for n, h in enumerate((w for w in words if w not in columns), 1)}
    columns |= fresh
    number = _last_row(sheet, columns.values(), headings.row) + 1
    rows = {number: {columns[heading]: text for heading, text in words.items()}}
    if fresh:
        rows[headings.row] = {column: h for h, column in fresh.items()}
    try:
        after = with_cells(data, sheet.name, rows)
    except MarkError:
        raise by_hand from None
    if not _only_added(before, read_book(after, name, Limits()), form, words):
        raise by_hand
    return after


def _sheet_named(book: Book | Refusal, name: str) -> Sheet | None:
    if isinstance(book, Refusal):
        return None
    return next((s for s in book.sheets if fold(s.name) == fold(name)), None)


def _last_row(sheet: Sheet, columns: Iterable[int], header: int) -> int:
    """Return the last row that says something under these headings."""
    places = tuple(columns)
    filled = (
        sheet.top + down
        for down in range(len(sheet.rows))
        if any(to_text(sheet.value(sheet.top + down, place)).strip() for place in places)
    )
    return max((*filled, header))


def _only_added(
    before: Book | Refusal, after: Book | Refusal, form: Form, words: Mapping[str, str]
) -> bool:
    """Tell whether a workbook read again is the old one with just this row more."""
    if isinstance(before, Refusal) or isinstance(after, Refusal):
        return False
    others = [[s for s in b.sheets if fold(s.name) != fold(form.id)] for b in (before, after)]
    if others[0] != others[1]:
        return False
    old, new = _sheet_named(before, form.id), _sheet_named(after, form.id)
    if old is None or new is None:
        return False
    was, now = read_register(old, form, "")[0], read_register(new, form, "")[0]
    return [row.words for row in now] == [*(row.words for row in was), words]


# ---- rows ----------------------------------------------------------------------------


def _unit(row: Row) -> Unit:
    return Unit(
        code=row.word("单位代码"),
        name=row.word("单位名称"),
        kind=row.word("单位类别"),
        names=row.several("简称"),
        parent=row.word("上级单位代码") or None,
        party_body=row.word("所属党组织代码") or None,
        discipline=row.word("纪检机构"),
        leader=row.word("联系校领导"),
        contact=row.word("联系人"),
        phone=row.word("联系电话"),
        email=row.word("邮箱") or row.word("备用邮箱"),
        spare_email=row.word("备用邮箱"),
        founded=row.days.get("成立日期"),
        dissolved=row.days.get("撤并日期"),
        merged_into=row.word("并入单位代码") or None,
        cell=row.cell("单位名称"),
    )


def _person(row: Row) -> Person:
    return Person(
        name=row.word("姓名"),
        unit=row.word("单位代码"),
        post=row.word("职务"),
        identity=row.word("班子身份"),
        id=row.word("人员编号"),
        acting=row.word("主持工作") == "是",
        party_member=row.word("是否中共党员") != "否",
        files=row.word("填报") != "否",
        in_charge=row.several("分管单位代码"),
        field=row.word("分管领域"),
        since=row.days.get("任职起"),
        until=row.days.get("任职止"),
        state=row.word("在岗状态") or "在岗",
        email=row.word("邮箱"),
        cell=row.cell("姓名"),
    )


def _waiver(row: Row, names: Mapping[tuple[str, str], str]) -> Waiver:
    """Return a line of 例外; a name with a blank inside (王　四) is that of the unit's person."""
    unit, filer = row.word("单位代码"), row.word("责任主体")
    return Waiver(
        unit=unit,
        filer=names.get((unit, fold(filer)), "".join(filer.split())),
        matter=row.word("报送事项"),
        kind=row.word("例外类型"),
        until=row.days.get("延期至"),
        reason=row.word("理由"),
        approver=row.word("批准人"),
        approved=row.days.get("批准日期"),
        expires=row.days.get("有效期至"),
        cell=row.cell("报送事项"),
        sha256=row.word("文件校验码").lower(),
        filer_cell=row.cell("责任主体"),
    )


def _unknown_codes(
    units: list[Row], people: list[Row], waivers: Iterable[Row], codes: set[str]
) -> Iterator[Finding]:
    checks = (
        (units, ("上级单位代码", "所属党组织代码", "并入单位代码")),
        (people, ("单位代码", "分管单位代码", "联系单位代码")),
        (waivers, ("单位代码",)),
    )
    for rows, names in checks:
        for row in rows:
            for name in names:
                for code in row.several(name):
                    if code not in codes:
                        near = nearest(code, codes)
                        hint = f"；最接近的是“{near}”" if near else ""
                        yield finding("R102", row.where(name), got=code, near=hint, basis=BASIS)


def _repeated(units: list[Row]) -> Iterator[Finding]:
    counts = Counter(r.word("单位代码") for r in units)
    seen: set[str] = set()
    for row in units:
        code = row.word("单位代码")
        if counts[code] > 1 and code in seen:
            yield finding("R106", row.where("单位代码"), got=code, basis=BASIS)
        seen.add(code)


def _circles(units: list[Row]) -> Iterator[Finding]:
    parents = {r.word("单位代码"): r.word("上级单位代码") for r in units}
    for row in units:
        code = row.word("单位代码")
        seen, at = {code}, parents.get(code, "")
        while at and at not in seen:
            seen.add(at)
            at = parents.get(at, "")
        if at == code:
            yield finding("R103", row.where("上级单位代码"), got=row.word("单位名称"), basis=BASIS)


def _shared_names(units: list[Row]) -> Iterator[Finding]:
    counts = Counter(
        fold(name) for r in units for name in {r.word("单位名称"), *r.several("简称")} if name
    )
    for row in units:
        for name in (row.word("单位名称"), *row.several("简称")):
            if counts[fold(name)] > 1:
                field = "单位名称" if name == row.word("单位名称") else "简称"
                yield finding("R113", row.where(field), got=name, basis=BASIS)
