"""samples/<regime>/ is collected as a user would do it, and tells what its story says, no more.

    pytest tests/test_regime_samples.py --update-golden

writes tests/golden/samples-<regime>.json anew; its diff then shows what has changed for the office.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from drafted import foreign_names
from sampled import WRITTEN, collected, compare

from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OTHERS = tuple(name for name in regime_ids() if name != "tj-2017")
each_regime = pytest.mark.parametrize("name", OTHERS)


@pytest.fixture(scope="module")
def stories(checkout: Path) -> Iterator[dict[str, Any]]:
    """Return the stories that the samples are made of, by regime."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(checkout / "samples"), *sys.path])
        patch.setattr(sys, "dont_write_bytecode", True)  # no __pycache__ inside a workspace
        yield importlib.import_module("elsewhere").STORIES


class Sample:
    """A copy of a committed workspace, collected."""

    def __init__(self, source: Path, folder: Path) -> None:
        """Copy it and collect it by the command."""
        ignored = shutil.ignore_patterns(*WRITTEN)
        self.root = shutil.copytree(source, folder / source.name, ignore=ignored)
        self.out = folder / "out"
        self.done, self.text = collected(self.root, self.out)
        self.result: dict[str, Any] = json.loads(self.text)

    @property
    def codes(self) -> dict[str, str]:
        """Return name → code of every unit, here and below."""
        own = {u.name: u.code for u in read_roster(find_workspace(self.root).roster)[0].units}
        return {e["unit"]: e["unit_code"] for e in self.result["expected"]} | own


@pytest.fixture(scope="module")
def sample(checkout, tmp_path_factory) -> Callable[[str], Sample]:
    """Return what gives a regime's sample, collected once."""
    made: dict[str, Sample] = {}

    def one(name: str) -> Sample:
        if name not in made:
            made[name] = Sample(checkout / "samples" / name, tmp_path_factory.mktemp(name))
        return made[name]

    return one


def told_in(sample: Sample, *severities: str) -> Counter[tuple[str, str, str]]:
    """Count the findings of these severities by code, unit and sheet."""
    codes = sample.codes
    return Counter(
        (f["code"], codes.get(f["unit"], ""), f["sheet"] or "")
        for f in sample.result["findings"]
        if f["severity"] in severities
    )


def test_every_regime_has_its_sample(checkout, stories):
    there = {path.parent.name for path in (checkout / "samples").glob("*/sxxt.toml")}
    assert there == set(stories) == set(OTHERS)


@each_regime
def test_collecting_it_gives_what_is_expected(sample, name, request):
    golden = Path(__file__).parent / "golden" / f"samples-{name}.json"
    compare(sample(name).result, golden, update=request.config.getoption("--update-golden"))


@each_regime
def test_what_somebody_did_wrong_is_told_and_nothing_else_stands(sample, stories, name):
    wanted = Counter(stories[name].told)
    assert wanted - told_in(sample(name), "must", "query", "note") == Counter(), "not told"
    assert told_in(sample(name), "must", "query") - wanted == Counter(), "nobody did that"


@each_regime
def test_no_letter_names_another_unit(sample, name):
    here = sample(name)
    assert foreign_names(here.root, here.out, here.result) == []


@each_regime
def test_the_story_has_a_dozen_faults_of_many_kinds(sample, stories, name):
    faults = stories[name].told
    assert len(faults) >= 12
    assert len({code for code, _, _ in faults}) >= 8
    statuses = {e["status"] for e in sample(name).result["expected"]}
    returned = {"returned"} if load_regime(name).strictest == "must" else set()
    assert statuses >= {"on_time", "late", "missing", "excused"} | returned
    untidy = next(deed for deed in stories[name].deeds if deed.what.startswith("untidy but right"))
    told = [f for f in sample(name).result["findings"] if f["path"] == untidy.name]
    assert len(told) >= 5
    assert sum(f["severity"] != "note" for f in told) == (name == "sh-2019")  # what none took up


@each_regime
def test_every_file_has_exactly_one_status(sample, name):
    here = sample(name)
    inbox = here.root / "inbox"
    there = sorted(p.relative_to(inbox).as_posix() for p in inbox.rglob("*") if p.is_file())
    listed = [f["path"] for f in here.result["files"]]
    assert len(listed) == len(set(listed))
    assert sorted({path.split("!")[0] for path in listed}) == there
    by_status = Counter(f["status"] for f in here.result["files"])
    assert by_status["accepted"] > 0.7 * sum(by_status.values())
    assert {f["received_by"] for f in here.result["files"]} <= {"收件登记", "下级上报"}


@each_regime
def test_nothing_of_the_machine_is_shown(sample, name):
    here = sample(name)
    assert here.done.returncode == 1, here.done.stderr
    shown = here.done.stdout + here.done.stderr
    assert not re.search(r"Traceback|Error|File \"|nan|NaT|None", shown), shown
    messages = [f["message"] + f["remedy"] + f["basis"] for f in here.result["findings"]]
    assert not [m for m in messages if re.search(r"[{}]|nan|NaT|None|<NA>", m)]


def test_two_runs_write_the_same_master(sample, checkout, tmp_path):
    one, other = sample("sou-2020"), Sample(checkout / "samples" / "sou-2020", tmp_path)
    assert other.text == one.text
    for path in sorted((one.out / "汇总").iterdir()):
        assert path.read_bytes() == (other.out / "汇总" / path.name).read_bytes(), path.name


def test_the_city_looks_through_its_districts_at_their_streets(sample):
    result = sample("sh-2019").result
    inside = {f["path"].split("!")[0]: f["path"] for f in result["files"] if "!" in f["path"]}
    assert set(inside) == {"东湖区委上报版.xlsx", "西山区委上报版.xlsx"}
    for street in ("新桥镇党委", "南门街道党工委", "白沙镇党委"):
        assert any(e["unit"] == street for e in result["expected"]), street
        assert any("!" in f["path"] and f["unit"] == street for f in result["findings"]), street


def test_of_the_offices_own_register_only_counts_leave_its_folder(sample):
    here = sample("sou-2020")
    (register,) = here.result["registers"]
    assert (register["packet"], register["rows"]) == ("廉情抄告", 3)
    assert register["findings"] == {
        "must": 0,
        "query": 1,
        "note": 2,
    }  # overdue; late, answered how?
    assert "公示时间不足五个工作日" not in here.text
    assert (here.root / "自存" / "核对结果.xlsx").is_file()
