"""Every obligation is answered for on the authority of the clause in which it stands.

shou-2019 has no clauses: it is an account of practice.
"""

from __future__ import annotations

import re

import pytest

from sxxt_excel.outputs.reference import rules_list
from sxxt_excel.regime import load_regime

WHERE: dict[str, dict[str, str]] = {
    "tj-2017": {
        "三（一）1": "T01 T02",
        "三（一）2": "T03 T04 T05 T06",
        "三（一）3": "T07 T08",
        "三（二）1": "T09 T10",
        "三（二）2": "T11 T12 T13",
        "三（二）3": "T14 T15 T16",
        "三（三）1": "T17 T18 T19 T20",
        "三（三）2": "T21 T22 T23",
        "三（四）": "T24 T25 T26",
        "三（五）": "T27",
        "四（二）": "T28 T29",
        "二（一）1": "T31 T32 T33 T34 T36 T37",
        "二（一）3": "T38",
        "二（一）5": "T40",
        "二（一）6": "T41",
        "二（一）7": "T42 T43",
        "二（二）2": "T45 T46 T47",
        "二（二）3": "T48 T49 T51 T52",
        "二（二）4": "T53 T54 T55",
        "二（二）6": "T56",
        "二（三）2": "T57 T58 T59 T60 T61",
        "二（三）3": "T62",
        "二（三）4": "T63 T64",
        "二（三）5": "T65",
    },
    "sou-2020": {
        "印发通知": "K01",
        "二（二）": "K02 K03",
        "二（三）": "K04 K05 K06",
        "二（四）": "K07 K08 K09 K10",
        "三（一）": "K11 K12",
        "三（二）": "K13 K14 K15 K16",
        "三（三）": "K17",
        "三（四）": "K18 K19 K20 K21 K22",
        "三（五）": "K23 K24",
        "三（六）": "K25 K26 K27 K28 K29 K30 K31 K32 K33",
        "三（七）": "K34 K35 K36",
        "三（八）": "K37 K38 K39 K40 K41",
        "四（一）": "K42 K43 K44",
        "四（二）": "K45 K46 K47",
        "四（三）": "K48 K49 K50 K51",
    },
    "sumhs-2019": {
        "四（一）1": "J01 J02 J03 J04 J05",
        "四（一）2": "J06 J07 J08",
        "四（二）1": "J09 J27",
        "四（二）3": "J10 J11 J12 J13",
        "四（三）1": "J14",
        "四（三）2": "J15",
        "四（三）3": "J16 J17",
        "四（三）4": "J18 J19",
        "五（二）": "J20 J21 J22 J23 J24",
        "三": "J25 J26 J28",
    },
    "sh-2019": {
        "三（二）": "C01 C02 K02 K03 K05 K07 K08 K09 K10",
        "四（一）": "K11 K12",
        "四（二）": "K17",
        "四（三）": "K18 K19 K20 K21 K22",
        "四（四）": "C06 K23 K24",
        "四（五）": "K28 K29 K30 K31 K32 K33",
        "四（六）": "K34 K35 K36",
        "四（七）": "C07 K38 K39 K40",
        "五（一）": "C03 K42 K44",
        "五（二）": "C04 C05 K45 K47",
        "五（三）": "K48 K49 K50 K51",
    },
}
"""Regime → clause → the obligations that stand in it."""
STEPS = re.compile(r"([一二三四五六七八九]?)((?:（[一二三四五六七八九]）)?)(\d?)")


def clauses(basis: str) -> set[str]:
    """Return the clauses that a basis names, each whole: 三（一）1、3 is two, both of 三（一）."""
    found, chapter = set(), ""
    for part in basis.split("、"):
        match = STEPS.fullmatch(part)
        if match is None:
            found.add(part)
            continue
        head, section, point = match.groups()
        chapter = head + section if head else chapter
        found.add(chapter + point)
    return found


@pytest.mark.parametrize("name", WHERE)
def test_one_of_the_rules_of_an_obligation_names_the_clause_in_which_it_stands(name):
    regime = load_regime(name)
    named: dict[str, set[str]] = {}
    for rule in rules_list([regime]):
        basis = rule["basis"].removeprefix(regime.cite(""))
        for number in rule["obligations"]:
            named.setdefault(number, set()).update(clauses(basis))
    places = {number: at for at, line in WHERE[name].items() for number in line.split()}
    assert {n: at for n, at in places.items() if at not in named[n]} == {}


def test_the_letters_of_responsibility_stand_where_the_signing_does():
    named = {r["basis"] for r in rules_list([load_regime("tj-2017")]) if "T03" in r["obligations"]}
    assert {basis.rpartition("》")[2] for basis in named} == {"三（一）2"}
