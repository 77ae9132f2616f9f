"""The office's own workbooks (单位名册, 收件登记), row by row, with what is wrong in their cells.

The headings come from validators/roster/*.toml, like those of any form.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.forms import load_forms, load_lists
from sxxt_excel.layout import KNOWN_SHARE, find_headings, share
from sxxt_excel.lines import data_rows, first_value
from sxxt_excel.outcome import Finding, Where
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.places import validators_dir
from sxxt_excel.raw import faults_of
from sxxt_excel.read import cell_name, column_letter, read_book
from sxxt_excel.text import as_code, clean, fold, split_several, to_text
from sxxt_excel.wording.days import parse_day

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sxxt_excel.layout import Headings
    from sxxt_excel.model.forms import Field, Form, When
    from sxxt_excel.raw import Fault
    from sxxt_excel.read import Book, Sheet
    from sxxt_excel.text import Value

ROSTER_FILE = "单位名册.xlsx"
UNITS, PEOPLE, WAIVERS, RECEIPTS = "单位", "人员", "例外", "收件登记"
BASIS = "《单位名册》填写说明"
_CODE = "代码"
"""How a heading ends under which codes stand: xd and ＸＤ are one and the same unit."""


class RosterError(Exception):
    """The roster can't be read at all; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register: the words and days that stand in it by heading, and its address."""

    number: int
    words: Mapping[str, str]
    days: Mapping[str, date]
    letters: Mapping[str, str]
    sheet: str
    path: str

    def word(self, name: str) -> str:
        """Return the text under a heading, "" where blank."""
        return self.words.get(name, "")

    def several(self, name: str) -> tuple[str, ...]:
        """Return the parts of a cell that may hold several words."""
        return split_several(self.word(name))

    def cell(self, name: str) -> str:
        """Return the A1 name of a heading's cell, "" where the sheet lacks the heading."""
        letter = self.letters.get(name)
        return f"{letter}{self.number}" if letter else ""

    def where(self, name: str) -> Where:
        """Return the address of a heading's cell in this row."""
        return Where(
            path=self.path,
            sheet=self.sheet,
            cell=self.cell(name) or None,
            form=self.sheet,
            field=name,
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
        return (), [finding("R110", Where(path=path, sheet=sheet.name), got=form.id, basis=BASIS)]
    start = headings.row + 1
    below = sheet.rows[start - sheet.top :]
    places = {name: column - sheet.left for name, column in headings.columns}
    head = sheet.rows[headings.row - sheet.top]
    kept = {start + n for n in data_rows(below, head, form, places)}
    # Notes, sums and who signs: none of them is a row, whatever is lacking in it.
    aside = {start + n for n, line in enumerate(below) if first_value(line) is not None} - kept
    broken = {at: fault for at, fault in faults_of(sheet).items() if at[0] not in aside}
    findings = list(_without_value(broken, headings, sheet.name, path))
    for missing in headings.missing:
        field = form.field(missing)
        if field is not None and field.required:
            at = Where(path=path, sheet=sheet.name, cell=f"A{headings.row}", field=missing)
            findings.append(finding("R101", at, basis=BASIS))
    numbers = sorted(kept)
    columns = {
        name: [sheet.value(number, column) for number in numbers]
        for name, column in headings.columns
    }
    letters = {name: column_letter(column) for name, column in headings.columns}
    told: dict[int, set[str]] = defaultdict(set)
    for name, column in headings.columns:
        for number in (number for number, at in broken if at == column):
            told[number].add(name)
    rows = [
        Row(number, words, days, letters, sheet.name, path)
        for number, words, days in zip(numbers, *_said(form, columns, len(numbers)), strict=True)
        if words
    ]
    asked = tuple(f for f in form.fields if f.required or f.kind in {"date", "choice"})
    for row in rows:
        findings.extend(_faults(row, form, asked, told.get(row.number, ())))
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
            yield finding("R118", at, got=said, basis=BASIS)


def _said(
    form: Form, columns: Mapping[str, Sequence[Value]], height: int
) -> tuple[list[dict[str, str]], list[dict[str, date]]]:
    """Return the words and the days of each row, without what is blank."""
    words: list[dict[str, str]] = [{} for _ in range(height)]
    days: list[dict[str, date]] = [{} for _ in range(height)]
    for name, values in columns.items():
        field = form.field(name)
        read = partial(_word, field, name)
        # Most of what a roster says, it says of many: a kind of unit, 是, a code, and above all "".
        once = {value: read(value) for value in {v for v in values if isinstance(v, str)}}
        for place, value in enumerate(values):
            word = once[value] if isinstance(value, str) else read(value)
            if word:
                words[place][name] = word
                if field is not None and field.kind == "date":
                    day = parse_day(value)
                    if day is not None and day.precision == "day":
                        days[place][name] = day.value
    return words, days


def _word(field: Field | None, name: str, value: Value) -> str:
    """Return what a cell says: a code as codes are compared, a choice as the list spells it."""
    word = clean(to_text(value)) if value is not None else ""
    if name.endswith(_CODE):
        word = as_code(word)
    if word and field is not None and field.kind == "choice" and word not in field.choices:
        return next((choice for choice in field.choices if fold(choice) == fold(word)), word)
    return word


def _faults(
    row: Row, form: Form, asked: Iterable[Field], told: Container[str]
) -> Iterator[Finding]:
    """Yield what is wrong with a row, apart from the headings of which that is told already.

    `asked` are the fields of the form of which anything can be wrong.
    """
    for field in asked:
        word = row.word(field.name)
        if not word:
            if field.required and field.name in row.letters and field.name not in told:
                yield finding("R101", row.where(field.name), basis=BASIS)
        elif field.kind == "date" and field.name not in row.days:
            yield finding("R108", row.where(field.name), got=word, basis=BASIS)
        elif field.kind == "choice" and word not in field.choices and not field.open:
            choices = "、".join(field.choices)
            yield finding("R107", row.where(field.name), got=word, choices=choices, basis=BASIS)
    for rule in form.rows:
        if applies(rule.when, row):
            for name in rule.needs:
                if not row.word(name) and name not in told:
                    yield finding("R101", row.where(name), basis=BASIS)


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
            findings.append(finding("R110", Where(path=path.name), got=form.id, basis=BASIS))
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
