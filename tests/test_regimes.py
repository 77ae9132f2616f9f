"""Every regime as an office lives it: issue, fill in, collect, and nothing stands.

Made of the definitions alone: a regime that is added is tried without a line being written here.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pytest
from libreoffice import PROGRAM, saved_as
from place import Place, make_place
from world import cover_cell, headings, stands

from sxxt_excel.regime import regime_ids
from sxxt_excel.rules.windows import spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from filler import Table
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.model.forms import Form
    from sxxt_excel.result import Round

BY_PERSON = ('filing = "按单位报送"', 'filing = "按人报送"')
REGIMES = regime_ids()
IN_SUMMER = "2025-07-01"
OFFICES_OWN = "由党委办公室填写"


def assert_clean(result: Round) -> None:
    """Assert that nothing stands, and that nothing was left out of being looked at."""
    regime = result.regime
    assert stands(result) == []
    assert result.exit_code == 0
    assert {f.code for f in result.findings} <= {"T102", "Q102"}, "a careful filling has no remarks"
    assert {f.status for f in result.files} <= {"accepted", "attachment"}
    typed = {p.id for p in regime.packets if p.sheets}
    assert {e.status for e in result.expected if e.packet in typed} == {"on_time"}
    assert {c.status for c in result.cascade} <= {"taken_up"}


def assert_all_rules_asked(result: Round) -> None:
    """Assert that each rule was put to somebody and met: to say nothing would be no proof."""
    regime = result.regime
    assert {c.status for c in result.counts} <= {"met"}
    laws = {
        *(r.law.id for r in regime.cascades),
        *(r.law.id for r in regime.counts),
        *(r.law.id for r in regime.needs),
        *(slot.need.law.id for slot in regime.slots),
    }
    asked_of = {*(c.rule for c in result.cascade), *(c.rule for c in result.counts)}
    assert laws - asked_of == set()
    kept = {o.packet for o in regime.obligations if o.duty == "自存"}
    asked = {sheet for p in regime.packets if p.id not in kept for sheet in p.sheets}
    empty = {name for name in asked if name not in result.tables or result.tables[name].empty}
    assert {n for n in empty if mirrored(regime.form(n)) in {*asked, None}} == set()


def mirrored(form: Form) -> str | None:
    """Return the list whose items a form repeats."""
    key = form.field(form.key) if form.key else None
    return key.to.form if key is not None and key.to else None


@pytest.mark.parametrize("name", REGIMES)
def test_what_is_filled_in_carefully_is_clean_and_every_rule_is_met(whole_place, name):
    place = whole_place(name)
    result = place.collect()
    assert_clean(result)
    assert_all_rules_asked(result)


@pytest.mark.parametrize("name", REGIMES)
def test_before_anything_is_due_nothing_is_asked_for(whole_place, name):
    place = whole_place(name)
    assert_clean(place.collect(IN_SUMMER))


@pytest.mark.parametrize("name", REGIMES)
def test_a_workbook_of_each_filer_is_as_clean(name, tmp_path):
    place = make_place(tmp_path, name, BY_PERSON, many=1).fill()
    assert_clean(place.collect())


# ---- the catalogue ------------------------------------------------------------------------

CATALOGUE = "制度目录落实表"
YEARLY = "民主生活会主体责任报告"
CATALOGUES = {
    "sou-2020": ("示例大学纪委_纪委报告", [("报告", "政治生态分析报告", "纪委")]),
    "sumhs-2019": (
        "机械工程学院党委_二级会议与报告",
        [
            ("会", "工作任务研讨制定会议", "领导班子"), ("会", "落实推进会", "领导班子"),
            ("会", "总结评议会", "领导班子"),
            ("报告", YEARLY, "王启衡"), ("报告", YEARLY, "冯启衡"),
            ("报告", "书面报告", "领导班子"), ("报告", "向教职工报告", "领导班子"),
        ],
    ),
    "shou-2019": (
        "机械工程学院党委_制度目录",
        [
            *(("书", f"示例书第{n}项", "党组织") for n in (11, 12, 13)),
            *(("会", f"示例会第{n}项", "党组织") for n in (14, 15)),
            *(("报告", f"示例报告第{n}项", "党组织") for n in (16, 17)),
        ],
    ),
}  # fmt: skip
"""Regime → a workbook, and kind, name and 责任主体 of its lines; shou's last has no name."""


def catalogued(name: str, root: Path) -> Place:
    """Return a place whose office has named all of the catalogue but its last line."""
    place = make_place(root, name)
    if name == "shou-2019":
        place.campus.tables["catalogue"].pop()
    return place.write()


def entered(sheet: Worksheet) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield row, kind, name and 责任主体 of each line of a catalogue."""
    at = headings(sheet)
    for row in range(3, sheet.max_row + 1):
        kind, name, who = (sheet.cell(row, at[n]).value for n in ("类别", "名称", "责任主体"))
        if name:
            yield row, (kind, name, who)


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_is_issued_with_a_line_for_each_thing_that_has_a_name(name, tmp_path):
    start, lines = CATALOGUES[name]
    (path,) = (p for p in catalogued(name, tmp_path).issue() if p.name.startswith(start))
    sheet = openpyxl.load_workbook(path)[CATALOGUE]
    assert [line for _, line in entered(sheet)] == lines
    assert {sheet.cell(3, headings(sheet)[n]).value for n in ("所属年度", "实际完成日期")} == {None}


def hand_in(place: Place, path: Path, days: Mapping[str, dt.date]) -> None:
    """Fill in the cover and, by their names, the days of a catalogue; put it into the inbox."""
    book = openpyxl.load_workbook(path)
    cover, sheet = book["封面"], book[CATALOGUE]
    for label, value in (
        ("填报人", "张示例"), ("联系电话", "022-00000000"), ("填报日期", dt.date(2026, 1, 20)),
    ):  # fmt: skip
        cover[cover_cell(cover, label)] = value
    for row, (_, name, _) in entered(sheet):
        sheet.cell(row, headings(sheet)["实际完成日期"]).value = days.get(name)
    book.save(place.inbox / path.name)


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_returned_as_issued_with_its_days_filled_in_is_clean(name, tmp_path):
    place = catalogued(name, tmp_path)
    needs = {slot.name: slot.need for slot in place.space.regime().slots if slot.name}
    last = {n: spans(need.window, place.space.settings)[0].last for n, need in needs.items()}
    packets = {CATALOGUES[name][0].partition("_")[2]}
    issued = [p for p in place.issue() if p.name.split("_")[1] in packets]
    for path in issued:
        hand_in(place, path, last)
    result = place.collect()
    assert {f.status for f in result.files} == {"accepted"}
    assert [f for f in result.findings if f.where.path is not None] == []
    (unit,) = {f.unit for f in result.files if f.path.startswith(CATALOGUES[name][0])}
    ids = {need.law.id for need in needs.values()}
    found = {c.rule: c.status for c in result.counts if c.unit == unit and c.rule in ids}
    assert set(found.values()) == {"met"}
    assert len(found) == len({line[1] for line in CATALOGUES[name][1]})


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_line_of_a_catalogue_without_a_day_is_what_has_not_been_done(name, tmp_path):
    place = catalogued(name, tmp_path)
    start, lines = CATALOGUES[name]
    (path,) = (p for p in place.issue() if p.name.startswith(start))
    hand_in(place, path, {})
    result = place.collect()
    short = {f.rule for f in result.findings if f.code == "N101"}
    named = {line[1] for line in lines} - {"书面报告"}  # which may come as a workbook of its own
    assert short == {s.need.law.id for s in place.space.regime().slots if s.name in named
                     and "校级" not in s.need.law.id}  # fmt: skip


# ---- another program, another hand --------------------------------------------------------


@pytest.mark.parametrize("name", REGIMES)
@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is what saves the workbooks anew")
def test_saved_anew_by_another_program_it_is_still_clean(whole_place, name, tmp_path):
    place = whole_place(name)
    other = Place(tmp_path / "place", place.campus).write()
    shutil.copytree(place.inbox, other.inbox, dirs_exist_ok=True)
    chosen = sorted(one_of_each_form(place))
    saved_as("xlsx", other.inbox, *(place.inbox / name for name in chosen))
    for path in chosen:
        assert (other.inbox / path).read_bytes() != (place.inbox / path).read_bytes()
        when = (place.inbox / path).stat().st_mtime
        os.utime(other.inbox / path, (when, when))
    assert_clean(other.collect())


def one_of_each_form(place: Place) -> Iterator[str]:
    """Yield few workbooks that together have every form that is sent."""
    seen: set[str] = set()
    for name, copy in sorted(place.copies.items(), key=lambda c: (-len(c[1].tables), c[0])):
        if not seen.issuperset(copy.tables):
            seen |= set(copy.tables)
            yield name


EXPECTED_NOTES = {"V151", "V154", "S104", "I108", "V156"}
"""What is put right in the untidy filling of every regime."""


@pytest.mark.parametrize("name", REGIMES)
def test_an_untidy_filling_that_is_right_only_gets_notes(whole_place, name, tmp_path):
    place = whole_place(name)
    other = Place(tmp_path / "place", place.campus).write()
    shutil.copytree(place.inbox, other.inbox, dirs_exist_ok=True)
    shorts = {str(u["单位名称"]): str(u["简称"]).split("、")[0] for u in place.campus.units}
    for path in sorted(one_of_each_form(place)):
        book = openpyxl.load_workbook(place.inbox / path)
        make_untidy(book, place.copies[path].tables, shorts)
        book.save(other.inbox / path)
        when = (place.inbox / path).stat().st_mtime
        os.utime(other.inbox / path, (when, when))
    result = other.collect()
    assert stands(result) == []
    assert result.exit_code == 0
    assert {f.code for f in result.findings} >= EXPECTED_NOTES
    assert {c.status for c in result.cascade} <= {"taken_up"}
    assert {c.status for c in result.counts} <= {"met"}


def make_untidy(book: Workbook, tables: Mapping[str, Table], shorts: dict[str, str]) -> None:
    """Make a workbook as many units send it: right, but in their own way."""
    cover = book["封面"]
    for label, value in cover.iter_rows(max_col=2):
        if label.value == "填报单位" and shorts.get(value.value):
            value.value = shorts[value.value]
        elif label.value == "填报日期":
            value.value = spoken(value.value)
    for name, table in tables.items():
        sheet = book[name]
        for field in table.form.fields:
            for row in range(3, sheet.max_row + 1):
                cell = sheet.cell(row, table.columns[field.name])
                if cell.value is not None and not field.locked:
                    cell.value = untidy(field, cell.value)
        reorder(sheet, len(table.columns))
        sheet.insert_rows(1, 2)
        sheet.cell(1, 1).value = "（本表由综合办公室汇总）"


def untidy(field, value):
    """Return a cell as a hurried clerk writes it."""
    if isinstance(value, dt.datetime):
        return spoken(value)
    if field.kind in {"int", "number"} and isinstance(value, int):
        return f" {value}".translate(WIDE)
    if field.kind == "key":
        return int(value.rpartition("-")[2])
    if field.kind == "limit":
        return value.replace("2025年底", "年底").replace("2025年", "")
    spare = {right: wrong for wrong, right in reversed(field.synonyms)}
    return spare.get(value, value) if isinstance(value, str) else value


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def spoken(day: dt.datetime) -> str:
    return f"{day.year}.{day.month}.{day.day}"


def reorder(sheet: Worksheet, width: int) -> None:
    """Put the last column first."""
    for row in sheet.iter_rows(min_row=2, max_col=width):
        there = [(cell.value, cell.number_format) for cell in row]
        for cell, (value, look) in zip(row, (there[-1], *there[:-1]), strict=True):
            cell.value, cell.number_format = value, look
