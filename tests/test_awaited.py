"""What rests on a workbook that has not come is said to be unchecked, and only then."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

from sxxt_excel.outputs.reply import REPLY_FILE
from sxxt_excel.publish import publish

pytestmark = pytest.mark.usefixtures("in_process")

MISSED = "外国语学院党总支"
BEFORE, AFTER = "2025-04-12", "2025-05-06"
BECAUSE = "2025年度的“责任任务清单”尚未收到"


def waiting(result, unit=MISSED):
    return {u.rule for u in result.unchecked if u.unit == unit and u.because == BECAUSE}


@pytest.fixture
def short(world):
    next(world.inbox.glob(f"{MISSED}_责任任务清单*")).unlink()
    return world


def test_rules_on_an_overdue_workbook_are_unchecked_for_its_unit_alone(short):
    result = short.collect(AFTER)
    assert {"责任清单覆盖各责任主体", "责任项到任务项", "书记背书"} <= waiting(result)
    assert waiting(result, "机械工程学院党委") == set()


def test_before_the_deadline_nothing_is_said(short):
    assert waiting(short.collect(BEFORE)) == set()


def test_who_is_excused_is_not_waited_for(short):
    short.waivers.append(
        {
            "单位代码": "WY", "报送事项": "责任任务清单", "例外类型": "准予免报",
            "理由": "机构调整", "批准人": "赵一", "批准日期": dt.date(2025, 3, 1),
        }
    )  # fmt: skip
    short.write()
    assert waiting(short.collect(AFTER)) == set()


def test_the_notes_of_the_master_and_the_json_name_it_and_the_unit_is_not_told_rule_by_rule(short):
    result = short.collect(AFTER)
    publish(result, short.root)
    sheet = openpyxl.load_workbook(short.root / "汇总" / "总台账.xlsx")["口径说明"]
    lines = [[str(c.value) for c in row if c.value is not None] for row in sheet.iter_rows()]
    ((rules, _, many, unit),) = [line for line in lines if BECAUSE in line]
    assert (len(rules.split("；")), many, unit) == (len(waiting(result)), "1", MISSED)
    said = json.loads((short.root / "汇总" / "result.json").read_text("utf-8"))["unchecked"]
    assert {u["rule"] for u in said if u["because"] == BECAUSE} == waiting(result)
    page = (short.root / "回复" / MISSED / REPLY_FILE).read_text("utf-8")
    assert "尚未报送" in page
    assert "未检" not in page
