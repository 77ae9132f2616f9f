"""The pages of docs/ follow from the definitions: none is stale, and none leaves anything out."""

import re
import shutil

import pytest

from sxxt_excel.cli import cli
from sxxt_excel.codes import CODES
from sxxt_excel.model.obligations import DUTIES
from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.reference import rules_list
from sxxt_excel.regime import load_regime, regime_ids
from tools import docs

REGIMES = tuple(load_regime(name) for name in regime_ids())
PAGES = docs.pages()


def test_no_page_is_stale():
    assert docs.main(["--check"]) == 0


def test_a_changed_a_missing_and_a_leftover_page_are_named(tmp_path, capsys):
    assert docs.main(["--out", str(tmp_path)]) == 0
    assert docs.main(["--check", "--out", str(tmp_path)]) == 0
    (tmp_path / "rules.md").write_text("changed", encoding="utf-8")
    (tmp_path / "codes.md").unlink()
    shutil.copy(tmp_path / "cli.md", tmp_path / "old.md")
    capsys.readouterr()
    assert docs.main(["--check", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert {"rules.md", "codes.md", "old.md"} == set(re.findall(r"\w+\.md", said))


def test_every_page_says_that_it_is_generated_and_has_tables_of_equal_width():
    for name, text in PAGES.items():
        assert text.startswith(docs.MARK), name
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, block


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_every_rule_and_every_obligation_of_a_regime_is_listed(regime):
    listed = PAGES[f"obligations-{regime.id}.md"]
    for rule in rules_list([regime]):
        assert f"| {rule['id']} |" in PAGES["rules.md"]
        for name in rule["obligations"]:
            assert re.search(
                rf"^\| {name} \| \S+ \| {re.escape(rule['id'])} \|", listed, re.MULTILINE
            )


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_what_a_table_can_show_is_checked_and_what_it_shows_in_part_is_not_forgotten(regime):
    kinds: dict[str, set[str]] = {}
    for rule in rules_list([regime]):
        for name in rule["obligations"]:
            kinds.setdefault(name, set()).add(rule["kind"])
    asked = docs.obligations(regime.id)
    assert asked
    by_nobody = [n for n, reach in asked.items() if reach != "N" and n not in kinds]
    by_people = [n for n, reach in asked.items() if reach == "A" and kinds.get(n) == {"manual"}]
    assert (by_nobody, by_people) == ([], [])
    assert sorted(set(kinds) - set(asked)) == []


def test_every_heading_of_every_form_is_shown():
    text = PAGES["forms.md"]
    for form in (form for regime in REGIMES for form in regime.forms):
        (section,) = re.findall(
            rf"^## {re.escape(form.id)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
        shown = re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[2:]
        assert shown == [field.name for field in form.fields]


def test_every_code_and_every_command_has_its_place():
    for code in CODES:
        assert (
            f"| {code.id} | {SEVERITY_WORDS[code.severity]} | {code.title} |" in PAGES["codes.md"]
        )
    for name in cli.commands:
        assert f"\n## {name}\n" in PAGES["cli.md"]
        assert f"用法：sxxt-excel {name}" in PAGES["cli.md"]


def test_no_page_has_an_unfilled_place_or_a_path_of_this_machine(checkout):
    for name, text in PAGES.items():
        assert not re.search(r"\{[a-z_]+\}", text), name
        assert str(checkout) not in text


def test_the_glossary_explains_every_word_of_the_results(checkout):
    text = (checkout / "docs" / "glossary.md").read_text(encoding="utf-8")
    statuses = {*EXPECTED_WORDS.values(), *FILE_WORDS.values()} - {
        "审核通过",
        "无法读取",
        "重复报送",
    }
    for word in (*SEVERITY_WORDS.values(), *DUTIES, *(w.removesuffix("报送") for w in statuses)):
        assert word in text, word
