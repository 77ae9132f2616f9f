"""台账.db: it forgets nothing, lets one at a time at it, and is made whole again.

The kill test starts `collect` and kills it at random moments: SXXT_TEST_KILLS says how often
(20 by default; 200 by hand).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from inprocess import reading_here
from postgres import serving
from world import EARLY, World, cover_cell, edited, touch

from sxxt_excel.configuration import load_settings
from sxxt_excel.intake.parcel import Clocks, Parcel
from sxxt_excel.outcome import Receipt
from sxxt_excel.publish import publish
from sxxt_excel.receipts import Known, Line, receipt_of
from sxxt_excel.registry import share
from sxxt_excel.registry.keeper import keeping
from sxxt_excel.registry.ledger import note_decision, past
from sxxt_excel.round import collect
from sxxt_excel.stamp import KEY_FILE
from sxxt_excel.standing import standing_then
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import LOCK, REGISTRY, WorkspaceError, find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.outcome import Expected, FileRow
    from sxxt_excel.result import Round

TZ = dt.timezone(dt.timedelta(hours=8))
LATE = dt.datetime(2025, 4, 25, 9, 0, tzinfo=TZ)
JX = "机械工程学院党委_责任任务清单_2025年度.xlsx"
LISTS = "责任任务清单"
LAST = "2025-04-30"


@dataclass
class Office:
    """A world whose rounds are entered into the registry, by a clock of its own."""

    world: World
    now: dt.datetime = dt.datetime(2025, 4, 28, 8, 0, tzinfo=TZ)

    @property
    def inbox(self) -> Path:
        return self.world.inbox

    def collect(
        self, today: str = LAST, *, as_of: str | None = None, inbox: Path | None = None
    ) -> Round:
        """Collect and publish; the clock goes on by an hour."""
        self.now += dt.timedelta(hours=1)
        space = find_workspace(self.world.root)
        past_day = dt.date.fromisoformat(as_of) if as_of else None
        with keeping(space, lambda: self.now, patience=0) as keeper, reading_here():
            result = collect(
                space,
                inbox or self.inbox,
                dt.date.fromisoformat(today),
                jobs=1,
                keeper=keeper,
                as_of=past_day,
            )
            publish(result, self.world.root)
            keeper.complete(len(result.files))
        return result

    def query(self, words: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask 台账.db itself."""
        base = sqlite3.connect(self.world.root / REGISTRY)
        try:
            return base.execute(words, values).fetchall()
        finally:
            base.close()


@pytest.fixture(scope="module")
def filled(filled_world: World) -> Path:
    """A workspace in which every unit sent its lists on April 10; only to be copied."""
    return filled_world.root


@pytest.fixture
def office(filled_world: World, tmp_path: Path) -> Office:
    """A copy of that workspace, in which nothing was collected yet."""
    return Office(filled_world.copied(tmp_path / "room"))


def row_of(result: Round, path: str = JX) -> FileRow:
    (row,) = [f for f in result.files if f.path == path]
    return row


def lists_of(rows: Round | tuple[Expected, ...], code: str = "JX") -> Expected:
    expected = rows if isinstance(rows, tuple) else rows.expected
    (row,) = [e for e in expected if e.unit_code == code and e.packet == LISTS]
    return row


def codes(result: Round) -> list[str]:
    return [f.code for f in result.findings]


def outputs(root: Path) -> dict[str, bytes]:
    """Return all that a pass wrote, the registry and its lock apart."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("汇总", "回复")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


def mend(path: Path, when: dt.datetime) -> None:
    """Save a workbook over itself with one cell otherwise, at another time."""
    with edited(path) as book:
        book["责任清单"]["A1"].value = f"{book['责任清单']['A1'].value} "
    touch(path, when)


# ---- which clock decides -------------------------------------------------------------


def parcel(modified: str = "2025-04-20", **clocks: str) -> Parcel:
    said = Clocks(**{name: f"{day}T09:00:00+08:00" for name, day in clocks.items()})
    return Parcel("清单.xlsx", "/nowhere", f"{modified}T09:00:00+08:00", clocks=said)


BOOK = (Line("清单", "2025-04-02T09:00:00+08:00", "当面", "A2"),)


@pytest.mark.parametrize(
    ("came", "lines", "known", "day", "by"),
    [
        (parcel(received="2025-04-21"), BOOK, ("04-09", "邮件", "04-09"), "04-02", "收件登记"),
        (parcel(received="2025-04-21", sent="2025-04-20"), (), None, "04-21", "邮件"),
        (parcel(sent="2025-04-20", entry="2025-04-01"), (), None, "04-20", "邮件"),
        (parcel(entry="2025-04-18"), (), None, "04-18", "压缩包内时间"),
        (parcel(), (), None, "04-20", "文件时间"),
        # What decided first stays, whether the file's time is later or earlier now.
        (parcel(), (), ("04-10", "文件时间", "04-11"), "04-10", "文件时间"),
        (parcel("2025-04-01"), (), ("04-10", "文件时间", "04-11"), "04-10", "文件时间"),
        # A stronger kind takes its place, a weaker one does not.
        (parcel(received="2025-04-21"), (), ("04-10", "文件时间", "04-11"), "04-21", "邮件"),
        (parcel(), (), ("04-21", "邮件", "04-22"), "04-21", "邮件"),
        (parcel(entry="2025-04-09"), (), ("04-10", "文件时间", "04-11"), "04-09", "压缩包内时间"),
        # The first sight in an earlier run is no time of arrival, but nothing came after it.
        (parcel(entry="2025-04-18"), (), ("04-10", "文件时间", "04-11"), "04-11", "首次收到"),
        (parcel(), (), ("", "", "04-11"), "04-11", "首次收到"),
        (parcel("2025-04-08"), (), ("", "", "04-11"), "04-08", "文件时间"),
    ],
)
def test_the_stated_rule_decides_when_a_file_came(came, lines, known, day, by):
    clocks = None
    if known is not None:
        at, kind, seen = known
        moment = f"2025-{at}T09:00:00+08:00" if at else ""
        clocks = Known(moment, kind, f"2025-{seen}T09:00:00+08:00")
    receipt = receipt_of(came, lines, clocks)
    assert (receipt.at[5:10], receipt.by) == (day, by)


def test_a_second_run_gives_the_same_bytes_and_forgets_nothing(office):
    office.collect()
    first, before = outputs(office.world.root), office.query("select * from arrivals order by id")
    office.collect()
    assert outputs(office.world.root) == first
    assert office.query("select * from arrivals order by id") == before
    assert office.query("select count(*) from verdicts") == [(len(before),)]
    assert [row[0] for row in office.query("select complete from runs")] == [1, 1]


@pytest.mark.parametrize(("first", "then"), [(LATE, EARLY), (EARLY, LATE)])
def test_what_was_late_stays_late_and_on_time_on_time_whatever_the_file_time_says(
    office, first, then
):
    touch(office.inbox / JX, first)
    was = lists_of(office.collect())
    touch(office.inbox / JX, then)
    again = office.collect()
    assert lists_of(again) == was
    assert row_of(again).receipt.at == first.isoformat()


def test_a_copied_or_moved_file_keeps_the_time_of_its_content(office, tmp_path):
    touch(office.inbox / JX, LATE)
    office.collect()
    elsewhere = tmp_path / "收件副本"
    shutil.copytree(office.inbox, elsewhere, copy_function=shutil.copyfile)
    assert row_of(office.collect(inbox=elsewhere)).receipt.at == LATE.isoformat()
    (office.inbox / "已看").mkdir()
    (office.inbox / JX).rename(office.inbox / "已看" / JX)
    touch(office.inbox / "已看" / JX)
    moved = office.collect()
    assert row_of(moved, f"已看/{JX}").receipt.at == LATE.isoformat()
    assert row_of(moved, f"已看/{JX}").status == "accepted"
    assert "R133" not in codes(moved)


def test_an_earlier_first_sight_caps_a_later_file_time_from_the_next_run_on(office):
    office.now = EARLY - dt.timedelta(days=2)
    touch(office.inbox / JX, LATE)
    first = office.collect()
    assert row_of(first).receipt == Receipt(LATE.isoformat(), "文件时间")
    assert lists_of(first).status == "late"
    seen = office.now.isoformat()
    assert office.query("select first_seen from arrivals where path = ?", JX) == [(seen,)]
    again = office.collect()
    assert row_of(again).receipt == Receipt(seen, "首次收到")
    assert lists_of(again).status == "on_time"
    assert row_of(office.collect()).receipt == Receipt(seen, "首次收到")


# ---- versions ------------------------------------------------------------------------


def test_a_mended_workbook_saved_over_the_first_is_as_punctual_as_the_first(office):
    office.collect()
    mend(office.inbox / JX, LATE)
    result = office.collect()
    assert row_of(result).receipt.at == LATE.isoformat()
    assert (lists_of(result).status, lists_of(result).received_at) == ("on_time", EARLY.isoformat())
    written = outputs(office.world.root)
    office.collect()
    assert outputs(office.world.root) == written


def test_without_a_registry_the_inbox_alone_speaks(office):
    office.collect()
    mend(office.inbox / JX, LATE)
    with reading_here():
        alone = office.world.collect(LAST)
    assert lists_of(alone).status == "late"


def test_the_same_file_sent_again_is_refused_although_the_first_is_gone(office):
    first = (office.inbox / JX).read_bytes()
    office.collect()
    mend(office.inbox / JX, EARLY + dt.timedelta(days=2))
    office.collect()
    again = office.inbox / "机械再报.xlsx"
    again.write_bytes(first)
    touch(again, LATE)
    result = office.collect()
    assert row_of(result).status == "accepted"
    assert row_of(result, again.name).status == "duplicate"
    (told,) = [f for f in result.findings if f.code == "D102"]
    assert told.where.path == again.name
    assert f"4月10日09:00收到的“{JX}”" in told.message
    assert codes(office.collect()) == codes(result)


def test_a_file_that_came_again_with_nothing_newer_counts_as_what_it_was(office):
    office.collect()
    (office.inbox / JX).rename(office.inbox / "机械再报.xlsx")
    touch(office.inbox / "机械再报.xlsx", LATE)
    result = office.collect()
    assert row_of(result, "机械再报.xlsx").status == "accepted"
    assert (lists_of(result).status, lists_of(result).received_at) == ("on_time", EARLY.isoformat())
    assert "D102" in codes(result)


def test_a_chain_has_one_head_and_all_its_versions(office):
    newer = office.inbox / "机械工程学院党委_责任任务清单_2025年度(1).xlsx"
    shutil.copyfile(office.inbox / JX, newer)
    mend(newer, EARLY + dt.timedelta(days=1))
    office.collect()
    rows = office.query(
        "select a.path, a.id = c.head from chains c join versions v on v.chain = c.id"
        " join arrivals a on a.id = v.arrival where c.unit_code = 'JX'"
    )
    assert sorted(rows) == [(newer.name, 1), (JX, 0)]
    (heads,) = office.query("select count(*), count(distinct id), count(head) from chains")
    assert len(set(heads)) == 1


def test_a_workbook_that_is_gone_stays_listed_and_is_told(office):
    assert "R133" not in codes(office.collect())
    (office.inbox / JX).unlink()
    result = office.collect()
    (told,) = [f for f in result.findings if f.code == "R133"]
    assert "机械工程学院党委《2025年度责任任务清单》" in told.message
    assert told.severity == "note"
    assert lists_of(result).status == "missing"
    assert office.query("select count(*) from arrivals where path = ?", JX) == [(1,)]
    assert codes(office.collect()) == codes(result)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are no bytes")
def test_files_whose_names_are_no_utf8_are_named_in_characters_and_counted(office):
    place = os.fsencode(office.inbox)
    said = "机械学院清单.xlsx".encode("gbk")
    (office.inbox / JX).rename(office.inbox / "机械学院清单.xlsx")
    for folder in ("", "补报/"):
        os.makedirs(place + b"/" + folder.encode(), exist_ok=True)  # noqa: PTH103 - as bytes
        shutil.copyfile(
            os.fsencode(office.inbox / "机械学院清单.xlsx"), place + b"/" + folder.encode() + said
        )
    office.collect()
    result = office.collect()
    mine = {f.path: f.status for f in result.files if f.unit_code == "JX"}
    assert set(mine) == {"机械学院清单.xlsx", "机械学院清单(2).xlsx", "补报/机械学院清单.xlsx"}
    assert sorted(mine.values()) == ["accepted", "duplicate", "duplicate"]
    assert lists_of(result).status == "on_time"


def test_a_workbook_that_this_computer_cannot_open_is_the_offices_own_affair(office, monkeypatch):
    accepted = office.collect()
    letters = office.world.root / "回复" / "机械工程学院党委"
    read = Path.read_bytes

    def barred(path: Path) -> bytes:
        if path.name == JX:
            raise PermissionError(path)
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", barred)
        result = office.collect()
    told = [f for f in result.findings if f.where.path == JX]
    assert [(f.code, f.severity) for f in told] == [("F130", "must")]
    assert "没有读取权限" in told[0].message
    assert row_of(result).status == "unreadable"
    assert "R133" not in codes(result)
    assert not list(letters.glob("*.eml"))
    assert codes(office.collect()) == codes(accepted)


# ---- a day gone by -------------------------------------------------------------------


def test_a_past_day_is_played_once_more_and_leaves_no_trace(office):
    touch(office.inbox / JX, LATE)
    office.collect()
    rows = office.query("select * from arrivals order by id")
    then = office.collect("2025-04-22", as_of="2025-04-22")
    assert JX not in {f.path for f in then.files}
    assert lists_of(then).status == "missing"
    assert lists_of(then, "WY").status == "on_time"
    on_the_day = office.collect("2025-04-25", as_of="2025-04-25")
    assert lists_of(on_the_day).path == JX
    assert office.query("select * from arrivals order by id") == rows
    assert "R133" not in codes(office.collect())


def test_status_of_a_past_day_knows_what_stood_returned_for_its_cover(office):
    space = find_workspace(office.world.root)
    wrong = office.inbox / "先报的.xlsx"
    (office.inbox / JX).rename(wrong)
    with edited(wrong) as book:
        sheet = book["封面"]
        sheet[cover_cell(sheet, "年度")].value = 2024
    office.collect()
    mended = office.inbox / JX
    shutil.copyfile(wrong, mended)
    with edited(mended) as book:
        sheet = book["封面"]
        sheet[cover_cell(sheet, "年度")].value = 2025
    touch(mended, EARLY + dt.timedelta(days=5))
    assert lists_of(office.collect()).status == "on_time"
    for day, status in ((12, "returned"), (18, "on_time")):
        when = dt.date(2025, 4, day)
        assert lists_of(standing_then(space, when, when)).status == status


def test_status_of_a_past_day_knows_what_is_gone_since(office):
    space = find_workspace(office.world.root)
    with pytest.raises(WorkspaceError, match=r"请先运行 sxxt-excel collect"):
        standing_then(space, dt.date(2025, 4, 22), dt.date(2025, 4, 22))
    newest = EARLY + dt.timedelta(days=5)
    office.collect()
    mend(office.inbox / JX, newest)
    office.collect()
    (office.inbox / JX).unlink()
    for day, path, status in ((9, None, "not_due"), (12, JX, "on_time"), (30, JX, "on_time")):
        when = dt.date(2025, 4, day)
        row = lists_of(standing_then(space, when, when))
        assert (row.path, row.status) == (path, status)
    afterwards = standing_then(space, dt.date(2025, 4, 9), dt.date(2025, 5, 1))
    assert lists_of(afterwards).status == "missing"


# ---- one at a time, wherever it lies -------------------------------------------------


def test_a_second_collect_waits_or_says_who_is_at_it(office):
    space = find_workspace(office.world.root)
    holder = (
        "import datetime as dt, pathlib, sys, time\n"
        "from sxxt_excel.registry.lock import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1]), dt.datetime(2025, 4, 12, 15, 30), 0):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holder, str(space.lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(WorkspaceError, match=r"（15:30开始）正在这个工作文件夹里收表") as told:
            office.collect()
        assert "\n" not in str(told.value)
        other.kill()
    assert "JX" in {f.unit_code for f in office.collect().files}


def test_what_the_tool_keeps_is_never_taken_for_a_submission(office):
    office.collect()
    (office.world.root / f"{REGISTRY}.损坏").write_bytes(b"")
    names = {f.path for f in office.collect(inbox=office.world.root).files}
    assert not [name for name in names if REGISTRY in name or LOCK in name]


MOUNTS = "/dev/sda1 / ext4 rw 0 0\n//srv/room {place} {kind} rw 0 0\nproc /proc proc rw 0 0\n"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("cifs", "SMB"), ("smb3", "SMB"), ("nfs4", "NFS"), ("ext4", ""), ("tmpfs", "")],
)
def test_a_network_share_is_noticed(tmp_path, kind, said):
    folder = tmp_path / "部门 共享" / "2025"
    folder.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    place = str(folder.parent).replace(" ", "\\040")
    mounts.write_text(MOUNTS.format(place=place, kind=kind), encoding="utf-8")
    assert share.share_kind(folder, mounts) == said
    assert not share.share_kind(tmp_path, mounts)


def test_a_workspace_on_a_share_is_told_which_database_to_use(office, tmp_path, monkeypatch):
    assert "R130" not in codes(office.collect())
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(place=office.world.root, kind="nfs"), encoding="utf-8")
    monkeypatch.setattr(share, "_MOUNTS", mounts)
    (told,) = [f for f in office.collect().findings if f.code == "R130"]
    assert "NFS" in told.message
    assert "PostgreSQL" in told.remedy
    assert office.query("pragma journal_mode") == [("delete",)]


# ---- lost, damaged, too new ----------------------------------------------------------


def test_a_lost_registry_is_rebuilt_from_what_there_is_and_that_is_told(office):
    touch(office.inbox / JX, LATE)
    assert "R131" not in codes(office.collect())
    (office.world.root / REGISTRY).unlink()
    touch(office.inbox / JX, EARLY)
    again = office.collect()
    (told,) = [f for f in again.findings if f.code == "R131"]
    assert "不能恢复的：材料首次收到的时间" in told.message
    assert row_of(again).receipt.at == LATE.isoformat()
    written = outputs(office.world.root)
    office.collect()
    assert (
        json.loads(written["汇总/result.json"])["findings"]
        == json.loads(outputs(office.world.root)["汇总/result.json"])["findings"]
    )


@pytest.mark.parametrize(
    ("start", "data"), [(0, b"no database at all  " * 200), (100, b"\xff" * 4000)]
)
def test_a_damaged_registry_is_put_aside_rebuilt_and_told(office, start, data):
    touch(office.inbox / JX, LATE)
    assert "R132" not in codes(office.collect())
    path = office.world.root / REGISTRY
    broken = path.read_bytes()
    broken = broken[:start] + data + broken[start + len(data) :]
    path.write_bytes(broken)
    touch(office.inbox / JX, EARLY)
    result = office.collect()
    (told,) = [f for f in result.findings if f.code == "R132"]
    assert "没能恢复的：" in told.message
    assert path.with_name(f"{REGISTRY}.损坏").read_bytes() == broken
    assert row_of(result).receipt.at == LATE.isoformat()
    path.write_bytes(b"broken again" * 100)
    office.collect()
    assert path.with_name(f"{REGISTRY}.损坏").read_bytes() == broken
    assert path.with_name(f"{REGISTRY}.损坏2").read_bytes().startswith(b"broken again")


def test_what_can_still_be_read_of_a_damaged_registry_is_kept(office):
    office.collect()
    space = find_workspace(office.world.root)
    note_decision(space, kind="认可接收", by="钱二", reason="原件已核对过", path=JX, at=office.now)
    path = office.world.root / REGISTRY
    (page,) = office.query("select rootpage from sqlite_master where name = 'verdicts'")
    (size,) = office.query("pragma page_size")
    data = bytearray(path.read_bytes())
    at = (page[0] - 1) * size[0]
    data[at : at + size[0]] = b"\xee" * size[0]
    path.write_bytes(bytes(data))
    (told,) = [f for f in office.collect().findings if f.code == "R132"]
    assert told.got == "部分审核结论"
    assert office.query('select kind, "by", reason, path from decisions') == [
        ("认可接收", "钱二", "原件已核对过", JX)
    ]
    assert [row[0] for row in office.query("select complete from runs order by id")] == [1, 1]


def test_a_registry_of_a_newer_program_is_left_alone(office):
    office.collect()
    base = sqlite3.connect(office.world.root / REGISTRY)
    with base:
        base.execute("update meta set value = '99' where name = 'schema'")
    base.close()
    before = (office.world.root / REGISTRY).read_bytes()
    with pytest.raises(WorkspaceError, match="较新版本"):
        office.collect()
    assert (office.world.root / REGISTRY).read_bytes() == before


def test_a_registry_that_cannot_be_written_is_one_sentence(office):
    (office.world.root / REGISTRY).mkdir()
    with pytest.raises(WorkspaceError, match=r"“台账.db”打不开或写不了"):
        office.collect()


# ---- the same in PostgreSQL ----------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of these tests' own, its password in the environment."""
    with serving() as (address, password), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SXXT_EXCEL_DB_PASSWORD", password)
        yield address


def use(office: Office, address: str, key: str | None = None) -> None:
    """Let a workspace, of a key of its own, keep its registry in a database."""
    settings = office.world.root / "sxxt.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith("key = "))
    settings.write_text(
        kept.replace("[registry]", f'[registry]\nurl = "{address}"'), encoding="utf-8"
    )
    (office.world.root / KEY_FILE).write_text(
        secrets.token_hex(16) if key is None else key, encoding="utf-8"
    )


def test_postgresql_keeps_the_same(office, server):
    use(office, server)
    touch(office.inbox / JX, LATE)
    office.collect()
    written = outputs(office.world.root)
    office.collect()
    assert outputs(office.world.root) == written
    touch(office.inbox / JX, EARLY)
    again = office.collect()
    assert row_of(again).receipt.at == LATE.isoformat()
    assert not (office.world.root / REGISTRY).exists()
    space = find_workspace(office.world.root)
    note_decision(space, kind="认可接收", by="钱二", reason="原件已核对", path=JX, at=office.now)
    (arrived,) = [a for a in past(space) if a.path == JX]
    assert (arrived.clock_at, arrived.status) == (LATE.isoformat(), "accepted")
    then = dt.date(2025, 4, 22)
    assert lists_of(standing_then(space, then, then)).status == "missing"


def test_offices_that_share_a_database_see_nothing_of_each_other(office, server, filled, tmp_path):
    use(office, server)
    office.collect()
    shutil.copytree(filled, tmp_path / "other")
    other = Office(World(tmp_path / "other", office.world.regime))
    use(other, server)
    assert past(find_workspace(other.world.root)) == ()
    other.collect()
    seen = past(find_workspace(other.world.root))
    assert len(seen) == len(list(other.inbox.iterdir()))


def test_a_workspace_takes_its_registry_along_to_postgresql(office, server):
    touch(office.inbox / JX, LATE)
    office.collect()
    use(office, server)
    touch(office.inbox / JX, EARLY)
    assert row_of(office.collect()).receipt.at == LATE.isoformat()


def test_a_workspace_without_its_key_is_not_taken_for_another(office, server):
    use(office, server, key="")
    with pytest.raises(WorkspaceError, match=r"没有密钥"):
        office.collect()


def test_two_computers_at_one_shared_registry_come_one_after_the_other(office, server, tmp_path):
    use(office, server)
    office.collect()
    shutil.copytree(office.world.root, tmp_path / "mirror")
    mirror = Office(World(tmp_path / "mirror", office.world.regime))
    space = find_workspace(office.world.root)
    with keeping(space, lambda: office.now, patience=0) as keeper:
        keeper.begin(office.inbox, dt.date(2025, 4, 12))
        with pytest.raises(WorkspaceError, match="正在这个工作文件夹里收表"):
            mirror.collect()
    mirror.collect()


def test_a_password_is_never_shown(office):
    use(office, "postgresql://sxxt:geheim@localhost:1/sxxt?connect_timeout=2")
    space = find_workspace(office.world.root)
    assert "geheim" not in repr(space)
    with pytest.raises(WorkspaceError, match="连不上台账数据库") as told:
        office.collect()
    assert "geheim" not in str(told.value)
    toml = office.world.root / "sxxt.toml"
    text = toml.read_text(encoding="utf-8").replace("postgresql://", "mysql://")
    toml.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"\[registry\]|registry\.url") as refused:
        load_settings(toml)
    assert "geheim" not in str(refused.value)


# ---- the command ---------------------------------------------------------------------


def sxxt(checkout: Path, root: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sxxt_excel", *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(checkout), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_the_commands_look_at_a_past_day(office, checkout):
    touch(office.inbox / JX, LATE)
    office.collect()
    collected = sxxt(checkout, office.world.root, "collect", "inbox", "--as-of", "2025-04-22")
    said, told = collected.communicate(timeout=120)
    assert collected.returncode == 1, told
    assert "2025-04-22当天的情况" in told
    result = json.loads((office.world.root / "汇总" / "result.json").read_text(encoding="utf-8"))
    assert result["as_of"] == "2025-04-22"
    assert JX not in {f["path"] for f in result["files"]}
    status = sxxt(checkout, office.world.root, "status", "--as-of", "2025-04-26", "--json")
    said, told = status.communicate(timeout=120)
    paths = {(e["unit_code"], e["packet"]): e["path"] for e in json.loads(said)}
    assert paths["JX", LISTS] == JX


def test_status_of_today_waits_for_no_database(office, checkout):
    office.collect()
    code = (
        "import sys; from sxxt_excel.cli import cli\n"
        "try: cli(['status', '-q', '--today', '2025-04-12'])\n"
        "except SystemExit: pass\n"
        "assert 'sqlalchemy' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=office.world.root,
        env=os.environ | {"PYTHONPATH": str(checkout)},
        check=True,
    )


def test_the_last_run_is_the_last_one_though_the_clock_stands_still_or_goes_back(office):
    space, day = find_workspace(office.world.root), dt.date.fromisoformat(LAST)
    hours = (9, 9, 9, 9, 9, 9, 8, 8, 7, 7, 9, 9)
    for number, hour in enumerate(hours):
        now = office.now.replace(hour=hour)
        with keeping(space, repeat(now).__next__, patience=0) as keeper:
            keeper.begin(office.inbox, day)
            # Every other run is broken off: the one after it knows that, and no other does.
            assert bool(keeper.interrupted) is bool(number % 2)
            if number % 2:
                keeper.complete(0)
    runs = [row[0] for row in office.query("select complete from runs order by id")]
    assert runs == [0, 1] * (len(hours) // 2)


# ---- kill -9 -------------------------------------------------------------------------

KILLS = int(os.environ.get("SXXT_TEST_KILLS", "20"))
IN_A_ROW = 4
"""So many kills one after another, before a run is let through."""


@pytest.mark.timeout(600 + 10 * KILLS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_killed_at_any_moment_nothing_is_lost_and_the_next_run_is_whole(filled, checkout, tmp_path):
    def run(root: Path) -> subprocess.Popen[str]:
        return sxxt(checkout, root, "collect", "inbox", "--jobs", "1", "--today", LAST)

    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(filled, undisturbed)
    begun = time.monotonic()
    whole = run(undisturbed)
    assert (whole.communicate(timeout=120), whole.returncode)[1] in {0, 1}
    span = time.monotonic() - begun
    expected, sent = outputs(undisturbed), files(filled)
    moments = random.Random(20250412)  # noqa: S311 - moments, no secrets
    killed = tried = 0
    while killed < KILLS:
        assert tried < 4 * KILLS, "most runs ended before they were killed"
        root = tmp_path / f"story{tried}"
        shutil.copytree(filled, root)
        for _ in range(IN_A_ROW):
            process = run(root)
            time.sleep(moments.uniform(0.05, span))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            tried += 1
            if process.returncode == -signal.SIGKILL:
                killed += 1
            else:  # it was over: the machine is quicker now than at first
                span *= 0.9
            assert files(root) == sent, "an original was touched"
            assert {
                name: data for name, data in outputs(root).items() if not name.endswith(".tmp")
            }.items() <= expected.items(), "something half written stands under its own name"
        last = run(root)
        told = last.communicate(timeout=120)[1]
        assert last.returncode == whole.returncode, told
        assert outputs(root) == expected
        base = sqlite3.connect(root / REGISTRY)
        assert base.execute("pragma integrity_check").fetchall() == [("ok",)]
        runs = [row[0] for row in base.execute("select complete from runs order by id")]
        base.close()
        assert runs[-1] == 1
        assert ("中途断了" in told) == (len(runs) > 1 and not runs[-2])
        assert not list(root.glob(".sxxt-*"))
        shutil.rmtree(root)


def files(root: Path) -> dict[str, bytes]:
    """Return what was there before anything was collected."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.relative_to(root).parts[0] not in {"汇总", "回复"}
        and not path.name.startswith((REGISTRY, LOCK))
    }
