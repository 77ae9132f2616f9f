"""A day of something done can't come after the workbook; what could be so is never asked about."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from world import EARLY, World, change, edited, find, touch

from sxxt_excel.newspace import register_book
from sxxt_excel.officebook import RECEIPTS, roster_forms
from sxxt_excel.places import validators_dir
from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

JX, TASKS = "机械工程学院党委_", "任务清单"
CAME = EARLY.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(cascaded_world: World, tmp_path: Path) -> World:
    return cascaded_world.copied(tmp_path / "w")


def told(result: Round, code: str = "V124") -> list[Finding]:
    return [f for f in result.findings if f.code == code]


def done(world: World, day: Any) -> Round:
    """Collect with a task that was done on some day."""
    change(world, JX, TASKS, {(3, "完成情况"): "已完成", (3, "完成日期"): day})
    return world.collect()


def test_a_day_after_the_receipt_is_asked_about_once_and_plainly(world):
    (found,) = told(done(world, CAME + DAY))
    assert (found.severity, found.where.sheet, found.where.field) == ("query", TASKS, "完成日期")
    assert found.got == "2025-04-11"
    assert found.message == (
        "“完成日期”写的是2025-04-11，收到这份材料时（2025年4月10日）这一天还没有到"
    )
    assert found.remedy.endswith("还没有做的，日期先空着，做完再填")


def test_the_day_of_the_receipt_itself_is_possible(world):
    assert told(done(world, CAME)) == []


@pytest.mark.parametrize("words", ["2025年4月", "2025年", "2026年6月"])
def test_a_day_that_is_not_written_out_is_told_as_that_alone(world, words):
    result = done(world, words)
    assert told(result) == []
    assert [f.where.field for f in told(result, "V102")] == ["完成日期"]


def test_what_is_planned_may_lie_ahead(world):
    plans = {(3, "开始时间"): dt.date(2025, 9, 1), (3, "完成时限"): dt.date(2025, 12, 1)}
    change(world, JX, TASKS, plans)
    change(world, JX, "班子成员分工表", {(3, "任职止"): dt.date(2027, 12, 31)})
    assert told(world.collect()) == []


def test_the_cover_may_bear_the_day_of_the_deadline(world):
    change_cover(world, "填报日期", dt.date(2025, 4, 20))
    assert told(world.collect()) == []
    change_cover(world, "集体研究会议日期", dt.date(2025, 4, 20))
    assert [f.where.field for f in told(world.collect())] == ["集体研究会议日期"]


def change_cover(world: World, label: str, value: Any) -> None:
    with edited(find(world, JX)) as book:
        row = next(r for r in book["封面"].iter_rows() if r[0].value == label)
        row[1].value = value


def test_a_later_line_of_the_receipt_book_settles_it(world):
    assert len(told(done(world, CAME + 5 * DAY))) == 1
    line = {"文件": f"{JX}*", "收到时间": "2025-04-15 09:00", "方式": "当面"}
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: [line]})
    (world.root / "收件登记.xlsx").write_bytes(book)
    assert told(world.collect("2025-04-16")) == []


def test_a_clock_that_nobody_can_believe_asks_nothing(world):
    change(world, JX, TASKS, {(3, "完成情况"): "已完成", (3, "完成日期"): CAME})
    touch(find(world, JX), dt.datetime(1980, 1, 1, tzinfo=EARLY.tzinfo))
    assert told(world.collect()) == []


def test_where_another_rule_speaks_of_that_day_it_is_not_told_twice(world):
    change(world, JX, "签字背书", {(3, "背书日期"): CAME + DAY})
    result = world.collect()
    assert len(told(result, "B103")) == 1
    assert told(result) == []


@pytest.mark.parametrize("regime", regime_ids())
def test_only_dates_are_marked_and_never_a_plan(regime):
    plans = ("计划", "时限", "期限", "应", "开始", "任职")
    for form in load_regime(regime).forms:
        for field in form.fields:
            if field.happened:
                assert field.kind == "date"
                assert not field.name.startswith(plans)
                assert not field.name.endswith(plans)


@pytest.mark.parametrize("mark", ["happened", "planned"])
def test_the_mark_on_another_kind_of_column_is_refused_in_one_sentence(world, mark):
    text = (validators_dir() / "forms" / f"{TASKS}.toml").read_text(encoding="utf-8")
    line = 'name = "工作任务"\n'
    assert line in text
    own = world.root / "validators" / "forms"
    own.mkdir(parents=True)
    marked = text.replace(line, f"{line}{mark} = true\n", 1)
    (own / f"{TASKS}.toml").write_text(marked, encoding="utf-8")
    with pytest.raises(DefinitionError, match=mark):
        find_workspace(world.root).regime()
