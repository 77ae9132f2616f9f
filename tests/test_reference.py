"""explain, rules, forms: everything that is defined is explained, in plain words."""

import re
import tomllib
from dataclasses import replace

import pytest

from sxxt_excel.codes import CODES, FAMILIES
from sxxt_excel.model.forms import KINDS
from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outputs.reference import (
    KIND_NAMES,
    explain_text,
    form_text,
    forms_list,
    plain,
    rules_list,
)
from sxxt_excel.places import validators_dir
from sxxt_excel.regime import load_regime, regime_ids

REGIMES = [load_regime(name) for name in regime_ids()]
TJ = load_regime("tj-2017")


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_every_code_is_explained_in_plain_words(code):
    text = explain_text(code.id)
    assert code.title in text
    assert SEVERITY_WORDS[code.severity] in text
    assert dict(FAMILIES)[code.id[0]] in text
    assert "怎么改：" in text
    assert code.why in text
    assert not re.search(r"[{}]|[a-z]+_", text)


def test_every_rules_own_words_can_be_explained():
    for regime in REGIMES:
        for law in regime.laws():
            assert "{" not in plain(law.message) + plain(law.remedy)


def test_a_code_may_be_written_in_small_letters():
    assert explain_text(" v104 ") == explain_text("V104")


def test_a_code_that_is_none_brings_like_ones():
    assert "没有“V1O4”这个代号" in explain_text("V1O4")
    assert "V104  不在可选值内" in explain_text("V1O4")
    assert "F101  文件设有密码" in explain_text("密码")
    assert "F开头的是文件" in explain_text("?")


def test_every_rule_of_the_definitions_is_listed_once():
    rules = rules_list(REGIMES)
    for regime in REGIMES:
        path = validators_dir() / regime.id / "regime.toml"
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        mine = [rule for rule in rules if rule["regime"] == regime.id]
        for kind in (
            "obligation", "cascade", "count", "coverage", "signoff", "chain", "need", "slot",
            "agreement",
        ):  # fmt: skip
            expected = [item["id"] for item in raw.get(kind, [])]
            assert [r["id"] for r in mine if r["kind"] == kind] == expected
        rows = {r["id"] for r in mine if r["kind"] == "row"}
        assert rows >= {item["id"] for item in raw.get("row", [])}
        assert rows >= {rule.id for form in regime.forms for rule in form.rows}
        assert sum(r["kind"] == "manual" for r in mine) == len(raw.get("manual", []))
        served = {serve for item in raw["manual"] for serve in item["serves"]}
        assert served <= {s for r in mine if r["kind"] == "manual" for s in r["obligations"]}
    assert len({(r["regime"], r["kind"], r["id"]) for r in rules}) == len(rules)


def test_a_rule_has_exactly_the_agreed_keys_and_cites_its_document():
    for rule in rules_list(REGIMES):
        assert list(rule) == [
            "id", "regime", "obligations", "kind", "severity", "title", "basis",
        ]  # fmt: skip
        assert rule["title"]
        assert rule["severity"] in SEVERITY_WORDS
        assert rule["basis"] or rule["kind"] == "row"
    by_id = {rule["id"]: rule for rule in rules_list([TJ])}
    assert by_id["责任项到任务项"] == {
        "id": "责任项到任务项",
        "regime": "tj-2017",
        "obligations": ["T02"],
        "kind": "cascade",
        "severity": "must",
        "title": "每个责任项目至少化成一项任务",
        "basis": f"《{TJ.document}》三（一）1",
    }


def test_a_filing_duty_weighs_by_whether_a_day_is_set():
    by_id = {rule["id"]: rule["severity"] for rule in rules_list([TJ])}
    assert by_id["基层清单备案"] == "must"
    assert by_id["述责述廉"] == "note"
    kept = tuple(replace(o, duty="留存") for o in TJ.obligations)
    duties = [r for r in rules_list([replace(TJ, obligations=kept)]) if r["kind"] == "obligation"]
    assert {rule["severity"] for rule in duties} == {"note"}


def test_the_list_does_not_depend_on_the_order_of_the_regimes():
    other = replace(TJ, id="a-first")
    assert rules_list([TJ, other]) == rules_list([other, TJ])
    assert rules_list([TJ, other])[0]["regime"] == "a-first"


def test_every_kind_of_column_has_a_name_that_people_know():
    assert set(KIND_NAMES) == set(KINDS)


def test_a_form_shows_each_heading_with_kind_choices_and_hint():
    for regime in REGIMES:
        for form in regime.forms:
            text = form_text(regime, form.id)
            for field in form.fields:
                (line,) = re.findall(rf"(?m)^ *\d+\. {re.escape(field.name)}（.*$", text)
                assert KIND_NAMES[field.kind] in line
                assert field.hint in text
                assert "、".join(field.choices) in text


def test_what_must_be_filled_in_some_packets_only_says_in_which():
    text = form_text(TJ, "任务清单")
    assert "完成时限（时限，必填）" in text
    sheets = TJ.sheets("责任任务清单")
    loose = tuple(
        replace(f, fields=tuple(replace(c, required=False) for c in f.fields)) for f in sheets
    )
    packets = tuple((n, loose if n == "责任任务清单" else f) for n, f in TJ.packet_forms)
    changed = replace(TJ, packet_forms=packets)
    assert "完成时限（时限，在责任任务清单（校级）中必填）" in form_text(changed, "任务清单")


def test_areas_are_shown_by_role_and_rules_by_title():
    text = form_text(TJ, "责任清单")
    assert "可选（领导班子）：筹划研究落实、" in text
    assert "对应上一级的“责任清单”的编号" in text
    assert "未纳入只填编号和理由（须修改）" in text


def test_the_forms_of_a_regime_are_listed_with_their_packets():
    forms = {form["form"]: form for form in forms_list(TJ)}
    assert forms["述责述廉登记"]["packets"] == ["述责述廉"]
    assert forms["责任清单"]["fields"] == len(TJ.form("责任清单").fields)
    assert all(form["purpose"] for form in forms.values())


def test_a_form_that_is_none_is_refused():
    with pytest.raises(KeyError):
        form_text(TJ, "没有这张表")
