"""待定 where somebody's name is to stand: as good as nothing, and told as such."""

from __future__ import annotations

import pytest

from sxxt_excel.cells import Outcome, convert
from sxxt_excel.model.forms import Field
from sxxt_excel.regime import load_regime, regime_ids

WORDS = ("待定", "未定", "无", "另行通知", "/")
ASKED = Field("认领领导", "text", required=True, blanks=WORDS)
OPEN = Field("责任人", "text", blanks=WORDS)


@pytest.mark.parametrize(
    "said",
    ["待定", " 待定 ", "（待定）", "待定。", "未定", "无", "另行通知", "/", "／", "待 定"],
)
def test_a_word_that_says_nothing_is_no_name(said):
    found = convert(ASKED, said, 2025)
    assert (found.value, found.code, found.known) == (None, "V125", False)
    assert dict(found.words)["got"] == said.strip()


@pytest.mark.parametrize(
    "said",
    [
        "吴待",
        "吴待定",
        "定未",
        "无名",
        "吴无",
        "待定一",
        "钱二、待定",
        "钱二（待定）",
        "党委办公室",
    ],
)
def test_who_is_called_like_it_is_somebody(said):
    assert convert(ASKED, said, 2025) == Outcome(said)


def test_where_nobody_need_stand_it_is_read_as_blank_and_that_is_noted():
    found = convert(OPEN, "待定", 2025)
    assert (found.value, found.code, found.known) == (None, "V154", True)
    assert dict(found.words) == {"got": "待定", "value": "未填"}
    assert convert(OPEN, None, 2025).code is None


def test_other_fields_keep_what_they_say():
    assert convert(Field("工作项目", "long", required=True), "待定", 2025).value == "待定"


NAMED = ("领导", "责任人", "带队人", "主持人", "谈话人", "谈话对象", "填报人")


@pytest.mark.parametrize("regime", regime_ids())
def test_every_column_of_names_that_must_be_filled_knows_these_words(regime):
    fields = [
        field
        for form in load_regime(regime).forms
        for field in form.fields
        if field.kind == "text" and field.required and field.name.endswith(NAMED)
    ]
    assert fields
    assert all("待定" in field.blanks and "另行通知" in field.blanks for field in fields)
