"""A plan can't be over before its year began: last year's time limits are asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from world import World, change

from sxxt_excel.regime import load_regime, regime_ids

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, DUTIES, TASKS, LIMIT = "机械工程学院党委_", "责任清单", "任务清单", "完成时限"


@pytest.fixture
def world(cascaded_world: World, tmp_path: Path) -> World:
    return cascaded_world.copied(tmp_path / "w")


def told(result: Round) -> list[Finding]:
    return [f for f in result.findings if f.code == "V126"]


@pytest.mark.parametrize("form", [DUTIES, TASKS])
@pytest.mark.parametrize("said", ["2024年底前", "2024年6月", "2024-12-31"])
def test_last_years_time_limit_is_asked_about_at_its_cell(world, form, said):
    change(world, JX, form, {(3, LIMIT): said})
    (found,) = told(world.collect())
    assert (found.severity, found.where.sheet, found.where.field) == ("query", form, LIMIT)
    assert "2025年以前" in found.message
    assert "改成今年的时限" in found.remedy


@pytest.mark.parametrize("said", ["2025-01-01", "1月底", "2026年3月底", "长期坚持", "每季度"])
def test_what_ends_in_the_year_or_later_or_never_is_not(world, said):
    change(world, JX, DUTIES, {(3, LIMIT): said})
    assert told(world.collect()) == []


def test_a_task_is_not_too_late_for_an_item_that_is_last_years(world):
    change(world, JX, DUTIES, {(3, LIMIT): "2024年底前"})
    result = world.collect()
    assert len(told(result)) == 1
    assert [f for f in result.findings if f.code == "C102"] == []


@pytest.mark.parametrize("regime", regime_ids())
def test_only_time_limits_are_marked(regime):
    fields = [f for form in load_regime(regime).forms for f in form.fields if f.planned]
    assert fields
    assert {field.kind for field in fields} == {"limit"}
