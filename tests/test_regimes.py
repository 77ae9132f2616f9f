"""Every regime as an office lives it: issue, fill in, collect, and nothing stands.

Made of the definitions alone: a regime that is added is tried without a line being written here.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pytest
from place import Place, make_place
from world import stands

from sxxt_excel.regime import regime_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from filler import Table
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sxxt_excel.model import Form
    from sxxt_excel.result import Round

SOFFICE = shutil.which("soffice")
BY_PERSON = ('filing = "按单位报送"', 'filing = "按人报送"')
REGIMES = tuple(
    pytest.param(name, marks=pytest.mark.xdist_group(f"regime {name}")) for name in regime_ids()
)
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


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Callable[[str], Place]:
    """Return what gives a regime's place, filled in once."""
    made: dict[str, Place] = {}

    def place(name: str) -> Place:
        if name not in made:
            made[name] = make_place(tmp_path_factory.mktemp(name), name).fill()
        return made[name]

    return place


@pytest.mark.parametrize("name", REGIMES)
def test_what_is_filled_in_carefully_is_clean_and_every_rule_is_met(clean, name):
    place = clean(name)
    result = place.collect()
    assert_clean(result)
    assert_all_rules_asked(result)


@pytest.mark.parametrize("name", REGIMES)
def test_before_anything_is_due_nothing_is_asked_for(clean, name):
    place = clean(name)
    assert_clean(place.collect(IN_SUMMER))


@pytest.mark.parametrize("name", REGIMES)
def test_a_workbook_of_each_filer_is_as_clean(name, tmp_path):
    place = make_place(tmp_path, name, BY_PERSON, many=1).fill()
    assert_clean(place.collect())


# ---- another program, another hand --------------------------------------------------------


@pytest.mark.parametrize("name", REGIMES)
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is what saves the workbooks anew")
def test_saved_anew_by_another_program_it_is_still_clean(clean, name, tmp_path):
    place = clean(name)
    other = Place(tmp_path / "place", place.campus).write()
    shutil.copytree(place.inbox, other.inbox, dirs_exist_ok=True)
    chosen = sorted(one_of_each_form(place))
    subprocess.run(
        [
            str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "xlsx", "--outdir", other.inbox, *(place.inbox / n for n in chosen),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
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
def test_an_untidy_filling_that_is_right_only_gets_notes(clean, name, tmp_path):
    place = clean(name)
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
