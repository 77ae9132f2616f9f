"""samples/ is collected as a user would do it, and compared with what is expected of it.

    pytest tests/test_samples.py --update-golden

writes tests/golden/samples.json anew; its diff then shows what has changed for the office.
"""

import json
import os
import re
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from drafted import foreign_names
from sampled import WRITTEN, collected, compare, run

from sxxt_excel.codes import CATALOGUE, FAMILIES
from sxxt_excel.places import validators_dir
from sxxt_excel.receipts import read_receipts
from sxxt_excel.workspace import find_workspace

GOLDEN = Path(__file__).parent / "golden" / "samples.json"
FILE_STATUSES = {
    "accepted",
    "returned",
    "unreadable",
    "foreign",
    "attachment",
    "superseded",
    "duplicate",
}


@pytest.fixture(scope="module")
def workspace(checkout, tmp_path_factory):
    copy = tmp_path_factory.mktemp("samples") / "samples"
    return shutil.copytree(checkout / "samples", copy, ignore=shutil.ignore_patterns(*WRITTEN))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def outcome(workspace, out):
    return collected(workspace, out)


@pytest.fixture(scope="module")
def result(outcome):
    return json.loads(outcome[1])


@pytest.mark.usefixtures("outcome")
def test_no_two_rows_of_what_was_taken_up_are_the_same(out):
    book = openpyxl.load_workbook(out / "汇总/总台账.xlsx", read_only=True)
    rows = [*book["责任传导"].iter_rows(values_only=True)]
    assert "报告期" in rows[0]
    assert len(set(rows)) == len(rows)


def test_collecting_the_samples_gives_what_is_expected(result, request):
    compare(result, GOLDEN, update=request.config.getoption("--update-golden"))


def test_something_stands_and_nothing_of_the_machine_is_shown(outcome):
    done, text = outcome
    assert done.returncode == 1, done.stderr
    shown = done.stdout + done.stderr
    assert not re.search(r"Traceback|Error|File \"|nan|NaT|None", shown), shown
    messages = [f["message"] + f["remedy"] + f["basis"] for f in json.loads(text)["findings"]]
    assert not [m for m in messages if re.search(r"[{}]|nan|NaT|None|<NA>", m)]


def test_no_letter_names_another_unit(result, workspace, out):
    assert foreign_names(workspace, out, result) == []


def test_every_family_of_findings_is_shown(result):
    families = {f["code"][0] for f in result["findings"]}
    assert families == {family for family, _ in FAMILIES}
    assert {f["code"] for f in result["findings"]} <= CATALOGUE.keys()
    assert {f["severity"] for f in result["findings"]} == {"must", "query", "note"}


def test_every_file_has_exactly_one_status(result, workspace):
    inbox = workspace / "inbox"
    there = sorted(p.relative_to(inbox).as_posix() for p in inbox.rglob("*") if p.is_file())
    paths = [f["path"] for f in result["files"]]
    assert len(set(paths)) == len(paths)
    # A container that opens has no row of its own: what was in it has.
    assert sorted({path.partition("!")[0] for path in paths}) == there
    assert {f["status"] for f in result["files"]} == FILE_STATUSES
    by_status = Counter(f["status"] for f in result["files"])
    assert by_status["accepted"] > 0.6 * sum(by_status.values())


def test_every_status_of_a_duty_but_not_due_is_shown(result):
    statuses = {e["status"] for e in result["expected"] if e["duty"] == "报送"}
    assert statuses == {"on_time", "late", "returned", "missing", "excused"}


def test_the_university_is_as_large_as_promised(result):
    units = {e["unit_code"] for e in result["expected"]}
    assert len(units) >= 12
    packets = {e["packet"] for e in result["expected"]}
    folder = validators_dir() / result["regime"] / "regime.toml"
    assert all(packet in folder.read_text(encoding="utf-8") for packet in packets)
    assert {c["status"] for c in result["cascade"]} == {
        "taken_up",
        "explained",
        "missing",
        "unchecked",
    }
    assert {c["status"] for c in result["counts"]} >= {"met", "short", "unchecked"}


def test_the_receipt_book_names_every_file_so_that_no_file_time_counts(
    result, outcome, workspace, tmp_path
):
    assert {f["received_by"] for f in result["files"]} == {"收件登记"}
    lines, faults = read_receipts(find_workspace(workspace).receipts)
    assert len(lines) > 10
    assert not faults
    for path in (workspace / "inbox").rglob("*"):
        os.utime(path, (1_893_456_000, 1_893_456_000))  # 2030, after every day of the round
    assert collected(workspace, tmp_path)[1] == outcome[1]


def test_the_committed_samples_are_what_the_script_makes(checkout):
    done = run(checkout / "samples" / "make_samples.py", "--check")
    assert done.returncode == 0, done.stderr
    assert not list((checkout / "samples").glob("**/__pycache__"))
