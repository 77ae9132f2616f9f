"""The master of each regime: its own sheets in its own order, none empty without a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
from place import make_place

from sxxt_excel.regime import load_regime, regime_ids

if TYPE_CHECKING:
    from openpyxl import Workbook

    from sxxt_excel.model.regime import Regime

SEPARATORS = re.compile(r"[、：；，。《》（）\s]")
SUMMARY = (
    "总览",
    "报送情况",
    "逐级汇总",
    "催报电话单",
    "清单备案登记",
    "审核意见",
    "责任传导",
    "次数核对",
)


@pytest.fixture(scope="module")
def masters(tmp_path_factory) -> dict[str, Workbook]:
    """Return the master of each regime's place, of which nothing has arrived."""
    made = {}
    for name in regime_ids():
        place = make_place(tmp_path_factory.mktemp(name), name)
        place.collect(write=True)
        made[name] = openpyxl.load_workbook(place.root / "汇总" / "总台账.xlsx")
    return made


def sent(regime: Regime) -> list[str]:
    """Return the forms that units or groups send in, in the order of the document."""
    kept = {o.packet for o in regime.obligations if o.duty == "自存"}
    every = {o.packet for o in regime.obligations} - kept
    asked = {form.id for packet in every for form in regime.sheets(packet)}
    return [f.id for f in regime.forms if f.id in asked - {"封面", "情况说明"}]


@pytest.mark.parametrize("name", regime_ids())
def test_the_sheets_are_those_of_the_document_in_its_order(masters, name):
    regime, names = load_regime(name), masters[name].sheetnames
    there = [n for n in SUMMARY if n in names]
    assert names == [*there, *sent(regime), "口径说明"]
    # Other programs look for these in every master, whatever the document asks for.
    assert {*SUMMARY} - {"逐级汇总"} <= {*there}
    assert ("逐级汇总" in names) == any(packet.rollup for packet in regime.packets)


@pytest.mark.parametrize("name", regime_ids())
def test_a_sheet_without_a_row_says_so(masters, name):
    for sheet in masters[name]:
        filled = [row for row in sheet.iter_rows(values_only=True) if any(row)]
        assert len(filled) > 1, sheet.title


def kinds(regime: Regime) -> set[str]:
    """Return the kinds of unit that a document speaks of."""
    asked = {kind for group in regime.filers for kind in (*group.units, *group.optional)}
    return asked | {kind for level in regime.levels for kind in level.units}


@pytest.mark.parametrize("name", regime_ids())
def test_what_is_decided_is_told_of_its_own_document_alone(masters, name):
    regime = load_regime(name)
    rows = masters[name]["口径说明"].iter_rows(values_only=True)
    said = {word for row in rows for cell in row for word in SEPARATORS.split(str(cell))}
    others = {kind for other in regime_ids() for kind in kinds(load_regime(other))}
    assert said & (others - kinds(regime)) == set()
    assert regime.document.removesuffix("（试行）") in said
    by_mid_april = any("中旬" in (o.due or "") for o in regime.obligations)
    assert ("“4月中旬前”按哪一天" in said) == by_mid_april
