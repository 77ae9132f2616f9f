"""Headings as clerks write them: each column is read once, or it is told that it is not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sxxt_excel.layout import find_headings
from sxxt_excel.read import Sheet
from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.spelling import _PAIRS, plain, simplified
from sxxt_excel.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from sxxt_excel.layout import Headings
    from sxxt_excel.model.forms import Form

FORMS = {
    form.id: form
    for regime in regime_ids()
    for form in load_regime(regime).forms
    if form.layout == "table"
}
DUTIES, TASKS, MEASURES = FORMS["责任清单"], FORMS["任务清单"], FORMS["措施清单"]
TRADITIONAL = {pair[1]: pair[0] for pair in reversed(_PAIRS.split())}


def found(form: Form, names: list[str]) -> Headings | None:
    """Return what is found where a sheet has these headings."""
    row = tuple(names)
    return find_headings(
        Sheet(form.id, visible=True, top=2, left=1, rows=(row, (None,) * len(row))), form
    )


def renamed(form: Form, **other: str) -> dict[str, str]:
    """Return what each heading is read from where some are called otherwise."""
    names = [other.get(f.name, f.name) for f in form.fields]
    headings = found(form, names)
    assert headings is not None
    assert headings.doubled == ()
    places = dict(headings.columns)
    assert len(set(places.values())) == len(places)
    return {name: names[at - 1] for name, at in places.items() if names[at - 1] != name}


def in_traditional(text: str) -> str:
    return "".join(TRADITIONAL.get(c, c) for c in text)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
@pytest.mark.parametrize(
    "write",
    [in_traditional, "{} Item No.".format, "Item/{}".format, "{}（Item）".format,
     "（一）{}（必填）".format],
    ids=["traditional", "translated", "translated above", "in brackets", "with remarks"],
)  # fmt: skip
def test_a_row_of_headings_written_otherwise_is_read_whole(form, write: Callable[[str], str]):
    names = [f.name for f in form.fields]
    headings = found(form, [write(name) for name in names])
    assert headings is not None
    assert (headings.missing, headings.extra, headings.doubled) == ((), (), ())
    assert [column for _, column in headings.columns] == list(range(1, len(names) + 1))
    other = [name for name in names if fold(write(name)) != fold(name)]
    assert sorted(name for name, _, _ in headings.renamed) == sorted(other)


@pytest.mark.parametrize(
    ("form", "heading", "said"),
    [
        (DUTIES, "责任主体", "责任主体/姓名"), (DUTIES, "责任主体", "责任主体（姓名）"),
        (DUTIES, "责任主体", "姓名／责任主体"), (DUTIES, "完成时限", "完成时间节点"),
        (TASKS, "完成时限", "时间节点"), (DUTIES, "责任人", "责任人/部门"),
        (DUTIES, "责任人", "责任人\n部门"), (DUTIES, "工作项目", "责任项目 Item"),
        (DUTIES, "工作项目", "責任項目"), (DUTIES, "项目编号", "項目編號 No."),
        (DUTIES, "责任部门", "责任单位（部门）"), (MEASURES, "责任人", "责任人及电话"),
        (TASKS, "佐证材料", "佐證材料、照片"),
    ],
)  # fmt: skip
def test_what_clerks_call_a_heading_is_read_as_it(form, heading, said):
    assert renamed(form, **{heading: said}) == {heading: said}


def test_of_two_texts_in_one_column_the_first_is_read_and_the_other_is_missing():
    names = [f.name for f in DUTIES.fields if f.name != "责任部门"]
    headings = found(DUTIES, ["责任人/责任部门" if n == "责任人" else n for n in names])
    assert headings is not None
    assert headings.renamed == (("责任人", "责任人/责任部门", names.index("责任人") + 1),)
    assert headings.missing == ("责任部门",)


def test_a_date_and_a_text_in_one_column_are_neither():
    names = [f.name for f in DUTIES.fields if f.name != "完成情况"]
    headings = found(DUTIES, ["完成时限及完成情况" if n == "完成时限" else n for n in names])
    assert headings is not None
    assert headings.renamed == ()
    assert set(headings.missing) == {"完成时限", "完成情况"}


@pytest.mark.parametrize(
    ("one", "other"), [("责任人/电话", "责任人/职务"), ("责任人甲组", "责任人乙")]
)
def test_two_columns_that_may_both_be_a_heading_are_none(one, other):
    names = [f.name for f in MEASURES.fields if f.name != "责任人"]
    headings = found(MEASURES, [*names, one, other])
    assert headings is not None
    assert headings.missing == ("责任人",)
    assert [text for text, _ in headings.extra] == [one, other]


@pytest.mark.parametrize(
    "own",
    ["本单位联系电话", "责任追究情况", "项目预算", "时间", "主体责任", "情况和问题", "Remarks"],
)
def test_a_column_of_the_units_own_beside_all_headings_is_none_of_them(own):
    headings = found(DUTIES, [*(f.name for f in DUTIES.fields), own])
    assert headings is not None
    assert headings.renamed == ()
    assert headings.extra == ((own, len(DUTIES.fields) + 1),)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
def test_no_other_name_stands_for_two_headings(form):
    said = Counter(plain(a) for f in form.fields for a in {f.name, *f.aliases})
    assert [name for name, count in said.items() if count > 1] == []


def test_no_heading_of_ours_is_in_traditional_characters():
    names = {n for form in FORMS.values() for f in form.fields for n in (f.name, *f.aliases)}
    assert {name for name in names if simplified(name) != fold(name)} == set()
