"""Rule by rule of every regime: each fires, is met, is excused or explained, stays unchecked.

What is spoilt for each stands in `cases`; a rule that is forgotten there fails the last test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from cases import ELSEWISE, EVERY, FORMS, JX, KEPT, LENIENT, MINE, REPORT
from place import Place
from spoil import Case, Entry, Office, opened, statuses, told, unclear
from world import headings

from sxxt_excel.issue import write_registers
from sxxt_excel.kept import registers
from sxxt_excel.outputs.reference import rules_list
from sxxt_excel.prefill import Desk
from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.roster import read_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round


def params(tables: Mapping[str, Iterable[Case | Entry]]) -> list[Any]:
    """Return (regime, case) of tables."""
    return [
        pytest.param(name, case, id=f"{name} {case.rule}")
        for name, cases in tables.items()
        for case in cases
    ]


def of(
    some: Callable[[Case], object], *tables: Mapping[str, Iterable[Case]]
) -> pytest.MarkDecorator:
    """Return the mark that runs a test with the cases that have something."""
    chosen = [p for table in tables or (EVERY,) for p in params(table) if some(p.values[1])]
    return pytest.mark.parametrize(("regime", "case"), chosen)


@pytest.fixture
def office(whole_place, tmp_path: Path, regime: str) -> Callable[..., Office]:
    """Return what opens an office with the workbooks that start like this, its settings changed."""

    def there(*starts: str, changes: tuple[tuple[str, str], ...] = ()) -> Office:
        return opened(whole_place(regime), tmp_path, starts, changes)

    return there


@pytest.fixture(scope="module")
def untouched() -> Callable[[Office, Case], list[Finding]]:
    """Return what is told under a case's rule of its files as they are; collected once a set."""
    seen: dict[Any, tuple[Finding, ...]] = {}

    def findings(there: Office, case: Case) -> list[Finding]:
        key = (there.place.campus.regime.id, case.files, case.changes)
        if key not in seen:
            seen[key] = there.collect().findings
        return [f for f in seen[key] if f.rule == case.rule]

    return findings


OTHERS = {"C103", "Q102"}
"""An item with two takers; what a duty of the same name is told of, where nobody sent it."""


@of(lambda case: case.rule, EVERY, FORMS)
def test_a_rule_fires_where_one_thing_is_spoilt_and_not_before(office, untouched, case):
    there = office(*case.files, changes=case.changes)
    assert [f for f in untouched(there, case) if f.code not in OTHERS] == []
    found = [f for f in told(there.spoil(case).collect(), case.rule) if f.code not in OTHERS]
    assert {(f.code, f.severity) for f in found} == {(case.code, case.severity)}
    assert len(found) == case.places
    assert all(f.where.path and (f.where.cell or f.where.sheet) for f in found if f.code != "N101")
    if case.code.startswith("V"):
        rows = {str(row) for row, _ in case.spoil[2]}
        assert {(f.where.cell or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for f in found} == rows
    assert not [f for f in found if "，，" in f.message or f.message.startswith(("，", "是，"))]


@of(lambda case: case.unit)
def test_who_is_excused_by_the_office_is_not_asked(office, case):
    there = office(*case.files, changes=case.changes).spoil(case)
    result = there.excuse(case.unit, case.rule).collect()
    assert [f for f in told(result, case.rule) if f.code not in OTHERS] == []
    assert "准予免报" in "".join(unclear(result, case.rule))


@of(lambda case: case.reason)
def test_a_sufficient_reason_in_the_row_turns_a_gap_into_a_note(office, case):
    file, sheet, cells = case.spoil
    result = office(*case.files).write(file, sheet, cells | case.reason).collect()
    code = "N103" if case.code == "N101" else "C108"
    found = [(f.code, f.severity) for f in told(result, case.rule) if f.code not in OTHERS]
    assert found == [(code, "note")] * case.places


@of(lambda case: case.rule, ELSEWISE)
def test_what_is_told_of_the_sheet_or_the_file_is_not_said_again(office, case):
    there = office(*case.files)
    (path,) = (p.name for p in there.place.inbox.glob("*.xlsx") if case.spoil[0] in p.name)
    assert [f for f in there.collect().findings if f.code == case.code] == []
    result = there.spoil(case).collect()
    found = [f for f in result.findings if f.code == case.code]
    assert [(f.severity, f.where.path) for f in found] == [(case.severity, path)]
    assert [f for f in told(result, case.rule) if f.code not in OTHERS] == []
    assert not statuses(result, case.rule) & {"short", "missing"}


OWN = {"tj-2017": {"met"}, "sh-2019": {"met"}}
"""Where other units keep records of their own, theirs are met."""


@of(lambda case: case.needs, EVERY, ELSEWISE)
def test_what_rests_on_a_list_that_has_not_come_is_unchecked(office, regime, case):
    there = office(*case.files, changes=case.changes)
    if len(case.files) > 1:
        there.spoil(case)
    there.find(case.needs).unlink()
    result = there.collect()
    assert {f.severity for f in told(result, case.rule)} <= {"note"}
    assert statuses(result, case.rule) <= ({"unchecked", "taken_up"} | OWN.get(regime, set()))
    assert "unchecked" in statuses(result, case.rule) or unclear(result, case.rule)


@of(lambda case: case.rule, LENIENT)
def test_a_rule_that_asks_less_spares_what_is_lacking(office, case):
    file, sheet, cells = case.spoil
    there = office(*case.files).write(file, sheet, cells)
    ((row, name),) = cells

    def lacking() -> list[Finding]:
        found = (f for f in there.collect().findings if f.where.sheet == sheet)
        return [f for f in found if f.where.field == name and (f.where.cell or "")[1:] == str(row)]

    assert [(f.code, f.severity) for f in lacking()] == [(case.code, case.severity)]
    there.write(file, sheet, case.reason)
    assert lacking() == []


# ---- the office's own registers -------------------------------------------------------------

ON = ("registers = false", "registers = true")


@pytest.fixture
def kept(whole_place, tmp_path: Path, regime: str) -> Callable[..., Round]:
    """Return what enters rows into a register and gives what is told of it."""
    place = Place(tmp_path, whole_place(regime).campus, (ON,)).write()

    def result(form: str, *rows: dict[str, object]) -> Round:
        roster, _ = read_roster(place.space.roster)
        desk = Desk(place.space.regime(), place.space.settings, roster, {})
        made = write_registers(
            desk, registers(desk.regime, desk.settings, roster), place.space.kept
        )
        for path in made:
            book = openpyxl.load_workbook(path)
            if form in book.sheetnames:
                for number, row in enumerate(rows, 3):
                    for name, value in row.items():
                        book[form].cell(number, headings(book[form])[name]).value = value
                book.save(path)
        return place.collect()

    return result


@pytest.mark.parametrize(("regime", "entry"), params(KEPT))
def test_a_rule_of_a_register_fires_at_its_row_alone(kept, entry):
    result = kept(entry.form, entry.row, {**entry.row, **entry.spoil})
    assert result.kept is not None
    found = [f for f in result.kept.findings if f.rule == entry.rule]
    assert [(f.code, f.severity, (f.where.cell or "")[-1:]) for f in found] == [
        (entry.code, entry.severity, "4")
    ]
    assert told(result, entry.rule) == []


# ---- none is forgotten ------------------------------------------------------------------------

BY_HAND = {"obligation", "manual"}
"""What is owed is tried duty by duty below; what people check is no rule."""
TRIED_BELOW = {"写了说明即可"}


@pytest.mark.parametrize("name", regime_ids())
def test_every_rule_has_a_case_of_its_own(name):
    own = {case.rule for table in (EVERY, KEPT, ELSEWISE) for case in table.get(name, ())}
    anyones = {
        case.rule for table in (FORMS, LENIENT) for cases in table.values() for case in cases
    }
    shared = {row.id for form in load_regime(name).forms for row in form.rows}
    asked = {r["id"] for r in rules_list([load_regime(name)]) if r["kind"] not in BY_HAND}
    assert asked - own - (anyones & shared) - TRIED_BELOW == set()
    assert own <= asked, "a case of a rule that is none"


@pytest.mark.parametrize("regime", ["tj-2017"])
def test_a_line_of_explanations_is_blank_until_something_is_explained(office):
    why = "该项任务跨两个年度，已报分管校领导同意"
    lines = {(3, "涉及表"): "责任清单", (4, "说明（请填写）"): why}
    result = office(MINE).write(MINE, "情况说明", lines).collect()
    assert {f.code for f in result.findings if f.where.sheet == "情况说明"} <= {"Q114"}


@pytest.mark.parametrize("regime", regime_ids())
def test_whatever_is_owed_is_missing_once_its_time_is_over_unless_excused(office, regime):
    there = office()
    assert there.place.campus.regime.id == regime
    owed = {e.obligation: e for e in there.collect().expected}
    reported = {o.id for o in there.place.space.regime().obligations if o.duty == "报送"}
    assert {e.status for e in owed.values() if e.rule in reported} == {"missing"}
    assert {e.duty for e in owed.values() if e.status == "missing"} <= {"报送", "按需"}
    for one in owed.values():
        if one.rule in reported:
            there.excuse(one.unit_code, one.rule)
    excused = {(e.rule, e.unit_code): e.status for e in there.collect().expected}
    assert {excused[e.rule, e.unit_code] for e in owed.values() if e.rule in reported} == {
        "excused"
    }


COUNT = "检查考核"


@pytest.mark.parametrize("regime", ["tj-2017"])
def test_a_year_without_inspection_is_asked_about_unless_the_unit_is_excused(office):
    there = office(f"{JX}_{REPORT}")
    there.write(f"{JX}_{REPORT}", "履责统计", {(14, "数值"): 0})
    (found,) = (f for f in told(there.collect(), COUNT) if f.code == "N101")
    assert (found.severity, found.where.unit) == ("query", JX)
    result = there.excuse("JX", "每年对本级及下一级组织检查考核").collect()
    assert [f for f in told(result, COUNT) if f.code == "N101"] == []
    assert "准予免报" in unclear(result, COUNT)


@pytest.mark.parametrize("regime", ["tj-2017"])
def test_the_university_is_not_counted_by_what_the_document_asks_of_units_below(office):
    there = office(f"示例大学党委_{REPORT}")
    there.write("校级", "履责统计", {(row, "数值"): 0 for row in range(3, 15)})
    result = there.collect()
    assert {c.rule for c in result.counts if c.unit == "示例大学党委"} == {"履职谈话", "廉政谈话"}
    assert [f for f in result.findings if f.where.sheet == "履责统计"] == []
