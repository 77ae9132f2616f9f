"""单位名册.xlsx → `Roster`, with its faults as findings that name the cell.

The headings come from validators/roster/*.toml, like those of any form.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sxxt_excel.codes import finding
from sxxt_excel.forms import load_forms, load_lists
from sxxt_excel.layout import KNOWN_SHARE, find_headings, share
from sxxt_excel.lines import data_rows, first_value
from sxxt_excel.marking.fill import MarkError, with_cells
from sxxt_excel.outcome import Finding, Where
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.people import Person, Roster, Unit, Waiver
from sxxt_excel.places import validators_dir
from sxxt_excel.raw import faults_of
from sxxt_excel.read import Sheet, cell_name, read_book
from sxxt_excel.text import (
    as_code,
    clean,
    fold,
    nearest,
    split_several,
    to_text,
)
from sxxt_excel.wording import (
    parse_day,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from sxxt_excel.layout import Headings
    from sxxt_excel.model import Form, When
    from sxxt_excel.raw import Fault
    from sxxt_excel.read import Book
    from sxxt_excel.text import Value

ROSTER_FILE = "单位名册.xlsx"
UNITS, PEOPLE, WAIVERS, RECEIPTS = "单位", "人员", "例外", "收件登记"
_BASIS = "《单位名册》填写说明"
_CODE = "代码"
"""How a heading ends under which codes stand: xd and ＸＤ are one and the same unit."""


class RosterError(Exception):
    """The roster can't be read at all; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register: cleaned words by heading, days by heading, and cell names."""

    number: int
    words: dict[str, str]
    days: dict[str, date]
    cells: dict[str, str]
    sheet: str
    path: str

    def word(self, name: str) -> str:
        """Return the text under a heading, "" where blank."""
        return self.words.get(name, "")

    def several(self, name: str) -> tuple[str, ...]:
        """Return the parts of a cell that may hold several words."""
        return split_several(self.word(name))

    def where(self, name: str) -> Where:
        """Return the address of a heading's cell in this row."""
        return Where(
            path=self.path, sheet=self.sheet, cell=self.cells.get(name), form=self.sheet, field=name
        )


@lru_cache(maxsize=1)
def roster_forms() -> dict[str, Form]:
    """Return the forms of the office's own registers (单位, 人员, 例外, 收件登记)."""
    folders = (validators_dir(),)
    return {k: v.form for k, v in load_forms(folders, load_lists(folders), "roster").items()}


def read_register(sheet: Sheet, form: Form, path: str) -> tuple[tuple[Row, ...], list[Finding]]:
    """Read the rows of one register and what is wrong with single cells of it."""
    headings = find_headings(sheet, form)
    if headings is None:
        return (), [finding("R110", Where(path=path, sheet=sheet.name), got=form.id, basis=_BASIS)]
    start = headings.row + 1
    below = sheet.rows[start - sheet.top :]
    places = {name: column - sheet.left for name, column in headings.columns}
    head = sheet.rows[headings.row - sheet.top]
    kept = {start + n for n in data_rows(below, head, form, places)}
    # Notes, sums and who signs: none of them is a row, whatever is lacking in it.
    aside = {start + n for n, line in enumerate(below) if first_value(line) is not None} - kept
    broken = {at: fault for at, fault in faults_of(sheet).items() if at[0] not in aside}
    rows: list[Row] = []
    findings = list(_without_value(broken, headings, sheet.name, path))
    for missing in headings.missing:
        field = form.field(missing)
        if field is not None and field.required:
            at = Where(path=path, sheet=sheet.name, cell=f"A{headings.row}", field=missing)
            findings.append(finding("R101", at, basis=_BASIS))
    for number in sorted(kept):
        values = {name: sheet.value(number, column) for name, column in headings.columns}
        if not any(to_text(v).strip() for v in values.values()):
            continue
        cells = {name: cell_name(number, column) for name, column in headings.columns}
        row = Row(number, *_said(form, values), cells, sheet.name, path)
        rows.append(row)
        told = {name for name, column in headings.columns if (number, column) in broken}
        findings.extend(_faults(row, form, values, told))
    return tuple(rows), findings


def _without_value(
    broken: Mapping[tuple[int, int], Fault], headings: Headings, sheet: str, path: str
) -> Iterator[Finding]:
    """Yield what is wrong with cells that read as blank although something stands in them."""
    names = {column: name for name, column in headings.columns}
    for number, column in sorted(broken):
        if number > headings.row and column in names:
            at = Where(
                path=path, sheet=sheet, cell=cell_name(number, column),
                form=sheet, field=names[column],
            )  # fmt: skip
            text = broken[number, column].text
            said = f"是错误值{text}" if text else "的公式没有结果"
            yield finding("R118", at, got=said, basis=_BASIS)


def _said(form: Form, values: dict[str, Value]) -> tuple[dict[str, str], dict[str, date]]:
    """Return the words and the days of a row."""
    words = {name: clean(to_text(value)) for name, value in values.items()}
    words |= {name: as_code(word) for name, word in words.items() if name.endswith(_CODE)}
    days = {}
    for field in form.of_kind("date"):
        day = parse_day(values.get(field.name))
        if day is not None and day.precision == "day":
            days[field.name] = day.value
    for field in form.of_kind("choice"):
        word = words.get(field.name, "")
        if word not in field.choices:
            word = next((choice for choice in field.choices if fold(choice) == fold(word)), word)
        words[field.name] = word
    return words, days


def _faults(
    row: Row, form: Form, values: dict[str, Value], told: Container[str]
) -> Iterator[Finding]:
    """Yield what is wrong with a row, apart from the headings of which that is told already."""
    for field in form.fields:
        word = row.word(field.name)
        if not word:
            if field.required and field.name in values and field.name not in told:
                yield finding("R101", row.where(field.name), basis=_BASIS)
        elif field.kind == "date" and field.name not in row.days:
            yield finding("R108", row.where(field.name), got=word, basis=_BASIS)
        elif field.kind == "choice" and word not in field.choices and not field.open:
            choices = "、".join(field.choices)
            yield finding("R107", row.where(field.name), got=word, choices=choices, basis=_BASIS)
    for rule in form.rows:
        if applies(rule.when, row):
            for name in rule.needs:
                if not row.word(name) and name not in told:
                    yield finding("R101", row.where(name), basis=_BASIS)


def applies(when: When, row: Row) -> bool:
    """Tell whether a row of a register satisfies a condition."""
    return all(row.word(n) for n in when.filled) and all(
        row.word(n) in values for n, values in when.equals
    )


def read_registers(
    path: Path, forms: Iterable[Form], vital: frozenset[str] = frozenset()
) -> tuple[dict[str, tuple[Row, ...]], list[Finding]]:
    """Read several registers of one workbook; a sheet that is not there is a finding.

    Args:
        path: the workbook.
        forms: the registers.
        vital: those without which nothing true can be said of any unit.

    Raises:
        RosterError: the workbook can't be read, or a vital register of it.
    """
    wanted = tuple(forms)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"打不开《{path.name}》，请关闭正在使用它的程序后再试") from error
    book = read_book(data, path.name, Limits())
    if isinstance(book, Refusal):
        raise RosterError(
            f"《{path.name}》读不出来（{book.code}），请在Excel或WPS中另存为.xlsx后再试"
        )
    found: dict[str, tuple[Row, ...]] = {}
    findings: list[Finding] = []
    for form in wanted:
        sheet = _sheet_of(book, form, wanted)
        if form.id in vital:
            _check_usable(sheet, form, path.name)
        if sheet is None:
            findings.append(finding("R110", Where(path=path.name), got=form.id, basis=_BASIS))
            continue
        if sheet.rows:
            found[form.id], faults = read_register(sheet, form, path.name)
            findings.extend(faults)
    return found, findings


def _sheet_of(book: Book, form: Form, wanted: tuple[Form, ...]) -> Sheet | None:
    """Return the sheet of a register: by its name, else the one that has its headings."""
    sheets = {fold(s.name): s for s in book.sheets}
    named = sheets.get(fold(form.id))
    if named is not None:
        return named
    if len(wanted) == 1:
        return book.sheets[0]
    others = {fold(other.id) for other in wanted}
    alike = [
        s for name, s in sheets.items() if name not in others and share(s, form) >= KNOWN_SHARE
    ]
    return alike[0] if len(alike) == 1 else None


def _check_usable(sheet: Sheet | None, form: Form, name: str) -> None:
    """Raise where a vital register has no sheet, no headings, or not those it can't do without."""
    if sheet is None:
        raise RosterError(
            f"《{name}》中找不到“{form.id}”这张表：请把表名改回“{form.id}”，"
            "没有这张表的请从 init 生成的名册中复制"
        )
    headings = find_headings(sheet, form)
    if headings is None:
        raise RosterError(
            f"《{name}》的“{sheet.name}”表认不出表头：请把表头改回 init 生成的名册中的样子"
        )
    lost = [f.name for f in form.fields if f.required and f.name in headings.missing]
    if lost:
        raise RosterError(
            f"《{name}》的“{sheet.name}”表没有“{'”“'.join(lost)}”列："
            "请把表头改回 init 生成的名册中的样子"
        )


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
    return [_filled(row) for row in now] == [*map(_filled, was), dict(words)]


def _filled(row: Row) -> dict[str, str]:
    return {heading: word for heading, word in row.words.items() if word}


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
        cell=row.cells.get("单位名称", ""),
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
        cell=row.cells.get("姓名", ""),
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
        cell=row.cells.get("报送事项", ""),
        sha256=row.word("文件校验码").lower(),
        filer_cell=row.cells.get("责任主体", ""),
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
                        yield finding("R102", row.where(name), got=code, near=hint, basis=_BASIS)


def _repeated(units: list[Row]) -> Iterator[Finding]:
    counts = Counter(r.word("单位代码") for r in units)
    seen: set[str] = set()
    for row in units:
        code = row.word("单位代码")
        if counts[code] > 1 and code in seen:
            yield finding("R106", row.where("单位代码"), got=code, basis=_BASIS)
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
            yield finding("R103", row.where("上级单位代码"), got=row.word("单位名称"), basis=_BASIS)


def _shared_names(units: list[Row]) -> Iterator[Finding]:
    counts = Counter(
        fold(name) for r in units for name in {r.word("单位名称"), *r.several("简称")} if name
    )
    for row in units:
        for name in (row.word("单位名称"), *row.several("简称")):
            if counts[fold(name)] > 1:
                field = "单位名称" if name == row.word("单位名称") else "简称"
                yield finding("R113", row.where(field), got=name, basis=_BASIS)
