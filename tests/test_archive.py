"""archive: final versions and attachments, a catalogue and digests; renewed, never silently."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from documents import digests, records, result_of, run, said, tables, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

pytestmark = pytest.mark.usefixtures("in_process")

WHERE = "公文/归档/2025"
HEADS = ["件号", "责任者", "文号", "题名", "日期", "页数", "备注"]


@pytest.fixture(scope="module")
def place(collected_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that was archived, for those that only read."""
    made = shutil.copytree(collected_samples, tmp_path_factory.mktemp("archive") / "w")
    done = run("archive", "-w", made)
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture
def archive(place: Path) -> Path:
    """Return its archive."""
    return place / WHERE


def catalogue(archive: Path) -> list[dict[str, Any]]:
    return records(archive / "归档文件目录.xlsx", "归档文件目录")


def test_accepted_versions_and_attachments_are_in_and_nothing_else(place, archive):
    files = result_of(place)["files"]
    final = {f["sha256"] for f in files if f["status"] == "accepted"}
    papers = {f["sha256"] for f in files if f["status"] == "attachment" and f["unit_code"]}
    others = {
        f["sha256"]
        for f in files
        if f["status"] in {"returned", "superseded", "unreadable", "foreign"}
    }
    kept = digests(archive)
    there = {d for name, d in kept.items() if name.startswith("材料/")}
    assert there == final
    assert {d for name, d in kept.items() if name.startswith("附件/")} == papers
    assert not set(kept.values()) & (others - final - papers)
    assert kept["台账/总台账.xlsx"] == digests(place / "汇总")["总台账.xlsx"]
    assert kept["台账/result.json"] == digests(place / "汇总")["result.json"]


def test_the_inbox_is_left_as_it_was(place, collected_samples, archive):
    assert archive.is_dir()
    assert digests(place / "inbox") == digests(collected_samples / "inbox")


def test_the_catalogue_has_the_columns_of_archives_practice(archive):
    rows = catalogue(archive)
    assert list(rows[0]) == HEADS
    assert [row["件号"] for row in rows] == list(range(1, len(rows) + 1))
    assert {"机械工程学院党委2025年度责任任务清单", "2025年度总台账"} <= {
        row["题名"] for row in rows
    }
    assert all(len(row["日期"]) == 8 and row["日期"].isdigit() for row in rows)
    assert not any(row["页数"] or row["文号"] for row in rows)
    first = tables(archive / "归档文件目录.docx")[0]
    assert first[0] == HEADS
    assert [row[3] for row in first[1:]] == [row["题名"] for row in rows]


def test_what_was_returned_or_is_missing_is_listed_with_the_reason(place, archive):
    left = records(archive / "归档文件目录.xlsx", "未归档")
    expected = [
        e for e in result_of(place)["expected"] if e["duty"] == "报送" and e["accepted"] is not True
    ]
    words = {
        "returned": "已报待改",
        "missing": "尚未报送",
        "excused": "准予免报",
        "not_due": "未到期",
    }
    wanted = sorted((e["unit"], words[e["status"]]) for e in expected)
    assert wanted
    assert sorted((r["单位"], r["原因"]) for r in left if r["单位"]) == wanted
    assert "尚未报送" in text_of(archive / "归档文件目录.docx")


def test_digests_are_those_of_the_files(archive):
    listed = dict(
        reversed(line.split("  ", 1))
        for line in (archive / "校验码.txt").read_text(encoding="utf-8").splitlines()
    )
    there = digests(archive)
    there.pop("校验码.txt")
    assert listed == there
    for row in records(archive / "归档文件目录.xlsx", "文件和校验码"):
        assert hashlib.sha256((archive / row["文件"]).read_bytes()).hexdigest() == row["校验码"]


def test_the_extract_of_the_ledger_says_what_each_time_rests_on(place, archive):
    rows = records(archive / "台账/收件台账摘录.xlsx", "2025年度收件")
    files = {f["path"]: f for f in result_of(place)["files"]}
    assert {row["文件"] for row in rows} == set(files)
    for row in rows:
        file = files[row["文件"]]
        assert row["校验码"] == file["sha256"]
        assert row["收到时间"] == file["received_at"][:16].replace("T", " ")
        assert row["时间依据"] == file["received_by"]


def test_a_second_run_changes_no_byte_and_says_so(place, archive):
    before = digests(archive)
    assert "与上一次完全相同" in run("archive", "-w", place).output
    assert digests(archive) == before


def test_a_later_state_renews_the_archive_and_says_what_changed(world: World):
    world.collect("2025-04-12", write=True)
    first = said("archive", "-w", world.root)
    assert first["changes"]["first"]
    gone = next(name for name in first["changes"]["added"] if name.startswith("材料/外国语"))
    note = world.root / WHERE / "移交说明.txt"
    note.write_text("已核", encoding="utf-8")
    next(world.inbox.glob("外国语*")).unlink()
    world.collect("2025-05-12", write=True)
    done = run("archive", "-w", world.root)
    assert done.exit_code == 0
    assert f"撤出：{gone}" in done.output
    assert not (world.root / WHERE / gone).exists()
    assert note.exists(), "what is not ours stays"


def test_an_earlier_state_does_not_replace_a_later_archive_silently(world: World):
    world.collect("2025-05-12", write=True)
    run("archive", "-w", world.root)
    before = digests(world.root / WHERE)
    world.collect("2025-04-12", write=True)
    refused = run("archive", "-w", world.root)
    assert refused.exit_code == 2
    assert "截至2025-05-12" in refused.stderr
    assert digests(world.root / WHERE) == before
    assert run("archive", "--replace", "-w", world.root).exit_code == 0
    kept = json.loads((world.root / WHERE / "台账/result.json").read_text(encoding="utf-8"))
    assert kept["as_of"] == "2025-04-12"


def test_a_file_with_a_secrecy_marking_is_in_no_archive(office):
    marked = office / "inbox/4月清单备案/机械工程学院党委扫描件（机密）.png"
    marked.write_bytes(
        (office / "inbox/4月清单备案/图书馆直属党支部签字页.png").read_bytes() + b"x"
    )
    run("collect", office / "inbox", "-q")
    assert [f for f in result_of(office)["findings"] if f["code"] == "F112"]
    run("archive", "-w", office)
    digest = hashlib.sha256(marked.read_bytes()).hexdigest()
    assert digest not in digests(office / WHERE).values()
    for path in (office / WHERE).rglob("*摘录.*"):
        assert "机密" not in text_of(path)


def test_what_changed_after_the_collection_is_not_passed_off_as_final(office):
    path = office / "inbox/4月清单备案/机械工程学院党委_责任任务清单_2025年度.xlsx"
    (row,) = [f for f in result_of(office)["files"] if f["path"].endswith(path.name)]
    assert row["status"] in {"accepted", "superseded"}
    final = next(
        f for f in result_of(office)["files"]
        if (f["status"], f["unit"]) == ("accepted", "机械工程学院党委")
        and f["packet"] == "责任任务清单"
    )  # fmt: skip
    book = openpyxl.load_workbook(office / "inbox" / final["path"])
    book["责任清单"]["E3"].value = "收表以后改的"
    book.save(office / "inbox" / final["path"])
    told = said("archive", "-w", office)
    (left,) = [line for line in told["left"] if "改动" in line["because"]]
    assert left["unit"] == "机械工程学院党委"
    assert not list((office / WHERE).rglob(final["path"].rpartition("/")[2]))
