"""Archives and mails in the inbox: what they hold is collected as if it lay there itself."""

from __future__ import annotations

import bz2
import datetime as dt
import gc
import io
import lzma
import re
import stat
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from world import EARLY, World, touch

from sxxt_excel.intake.parcel import Parcel
from sxxt_excel.look import look_at, prepare
from sxxt_excel.package import Limits
from sxxt_excel.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sxxt_excel.result import Round

pytestmark = pytest.mark.usefixtures("in_process")

UNITS = ("机械工程学院党委", "外国语学院党总支")


def zipped(files: Mapping[str, bytes], when: dt.datetime = EARLY) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), data)
    return target.getvalue()


def mailed(files: Mapping[str, bytes], *, received: str = "", text: str = "见附件") -> bytes:
    mail = EmailMessage()
    mail["From"] = "zhang@jx.example.edu.cn"
    mail["To"] = "dwb@example.edu.cn"
    mail["Subject"] = "报送材料"
    mail["Date"] = "Thu, 10 Apr 2025 08:00:00 +0800"
    mail.set_content(text)
    for name, data in files.items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    head = f"Received: from a by b; {received}\r\n" if received else ""
    return head.encode() + mail.as_bytes()


def taken(world: World) -> dict[str, bytes]:
    """Take the workbooks out of the inbox."""
    files = {path.name: path.read_bytes() for path in sorted(world.inbox.glob("*.xlsx"))}
    for path in world.inbox.glob("*.xlsx"):
        path.unlink()
    return files


def put(world: World, name: str, data: bytes) -> None:
    path = world.inbox / name
    path.write_bytes(data)
    touch(path)


def limit(world: World, name: str, value: int) -> None:
    """Set one of the [limits] of sxxt.toml."""
    path = world.root / "sxxt.toml"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(rf"(?m)^#? ?{name} = \d+", f"{name} = {value}", text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def standing(result: Round) -> list[tuple[str, str, str, str]]:
    return sorted((e.unit, e.packet, e.period, e.status) for e in result.expected)


def codes(result: Round, path: str) -> list[str]:
    return sorted(f.code for f in result.findings if f.where.path == path)


def status(result: Round) -> dict[str, str]:
    return {row.path: row.status for row in result.files}


def test_what_came_packed_counts_as_what_came_loose(world):
    loose = world.collect()
    files = taken(world)
    first, *rest = files
    inner = zipped({f"学院/{name}": files[name] for name in rest})
    put(world, "报送.eml", mailed({"全部材料.zip": inner, first: files[first]}))
    packed = world.collect()
    assert standing(packed) == standing(loose)
    assert {k: len(v) for k, v in packed.tables.items()} == {
        k: len(v) for k, v in loose.tables.items()
    }
    assert set(status(packed)) == {
        f"报送.eml!{first}",
        *(f"报送.eml!全部材料.zip!学院/{name}" for name in rest),
    }
    assert set(status(packed).values()) == {"accepted"}
    assert list(world.root.glob(".sxxt-*")) == []


def test_the_mail_says_when_its_attachments_came(world):
    files = taken(world)
    late = "Mon, 5 May 2025 09:30:00 +0800"
    put(world, "迟到.eml", mailed(files, received=late))
    result = world.collect("2025-05-06")
    assert {(r.receipt.at, r.receipt.by) for r in result.files} == {
        ("2025-05-05T09:30:00+08:00", "邮件")
    }
    assert {e.status for e in result.expected if e.path} == {"late"}


def test_an_archive_says_when_its_members_were_made(world):
    files = taken(world)
    put(world, "打包.zip", zipped(files, dt.datetime(2025, 4, 8, 10, 20, 30)))  # noqa: DTZ001
    result = world.collect()
    assert {(r.receipt.at, r.receipt.by) for r in result.files} == {
        ("2025-04-08T10:20:30+08:00", "压缩包内时间")
    }


def test_a_line_of_the_receipt_book_about_a_container_holds_for_what_is_in_it(world):
    from sxxt_excel.newspace import register_book
    from sxxt_excel.officebook import RECEIPTS, roster_forms

    files = taken(world)
    name = next(iter(files))
    put(world, "打包.zip", zipped(files))
    lines = [
        {"文件": "打包.zip", "收到时间": "2025-04-09 16:00"},
        {"文件": name, "收到时间": "2025-04-09 17:00"},
    ]
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: lines})
    (world.root / "收件登记.xlsx").write_bytes(book)
    at = {r.path.rpartition("!")[2]: r.receipt.at[11:16] for r in world.collect().files}
    assert at.pop(name) == "17:00"
    assert set(at.values()) == {"16:00"}


def test_containers_are_opened_only_so_deep(world):
    files = taken(world)
    name = next(iter(files))
    put(world, "一.zip", zipped({"二.zip": zipped({name: files[name], "三.zip": zipped(files)})}))
    limit(world, "nesting", 2)
    result = world.collect()
    deep = "一.zip!二.zip!三.zip"
    assert status(result)[f"一.zip!二.zip!{name}"] == "accepted"
    assert status(result)[deep] == "unreadable"
    assert codes(result, deep) == ["F119"]
    assert len(result.files) == 2


def test_many_archives_in_one_take_no_more_than_one(world):
    """Each part of the limit that one archive has is shared by what is in it."""
    before = {path: path.read_bytes() for path in world.root.rglob("*") if path.is_file()}
    zeros = zipped({"零.bin": bytes(4_000_000)})
    bomb = zipped({f"{n}.zip": zeros for n in range(100)})
    put(world, "炸弹.zip", bomb)
    limit(world, "unpacked_mb", 20)
    result = world.collect()
    bad = [r for r in result.files if r.path.startswith("炸弹")]
    assert {r.status for r in bad} == {"unreadable"}
    told = {f.code for f in result.findings if (f.where.path or "").startswith("炸弹")}
    assert told
    assert told <= {"F106", "F119"}
    assert all(path.read_bytes() == data for path, data in before.items() if path.suffix == ".xlsx")


def test_an_empty_archive_and_a_mail_without_attachment_are_told(world):
    put(world, "空.zip", zipped({}))
    put(world, "问候.eml", mailed({}))
    result = world.collect()
    assert status(result)["空.zip"] == "foreign"
    assert codes(result, "空.zip") == ["I106"]
    assert status(result)["问候.eml"] == "foreign"
    assert codes(result, "问候.eml") == ["F121"]


def test_a_link_to_a_file_kept_elsewhere_asks_for_the_file(world):
    link = "超大附件 https://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2"
    put(world, "链接.eml", mailed({}, text=link))
    result = world.collect()
    assert status(result)["链接.eml"] == "unreadable"
    assert codes(result, "链接.eml") == ["F120"]


def test_a_link_beside_an_attachment_is_asked_about_and_the_attachment_counts(world):
    files = taken(world)
    name = next(iter(files))
    link = "其余材料见 https://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2"
    put(world, "一半.eml", mailed({name: files[name]}, text=link))
    result = world.collect()
    assert codes(result, "一半.eml") == ["F127"]
    assert status(result)[f"一半.eml!{name}"] == "accepted"


def test_one_piece_of_a_split_archive_asks_for_the_whole(world):
    put(world, "材料.z01", b"\x01\x02" * 500)
    result = world.collect()
    assert status(result)["材料.z01"] == "unreadable"
    assert codes(result, "材料.z01") == ["F115"]


def linked() -> bytes:
    """Return a zip of one link to a file elsewhere."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("清单.xlsx")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def patched(local: int, central: int, value: int) -> bytes:
    """Return a zip of one member with a byte of its two headers set."""
    whole = bytearray(zipped({"清单.xlsx": b"x" * 40}))
    for mark, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        whole[whole.index(mark) + place] = value
    return bytes(whole)


ENCRYPTED, UNKNOWN_METHOD = patched(6, 8, 1), patched(8, 10, 96)
REFUSED = {
    "F114": ("加密.zip", ENCRYPTED),
    "F116": ("少见.zip", UNKNOWN_METHOD),
    "F117": ("快捷方式.zip", linked()),
    "F118": ("半截.zip", zipped({"清单.xlsx": bytes(range(256)) * 40})[:200]),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_had_of_an_archive_is_told_once_with_what_to_do(world, code):
    name, data = REFUSED[code]
    put(world, name, data)
    result = world.collect()
    (row,) = [row for row in result.files if row.path.startswith(name)]
    (told,) = [f for f in result.findings if f.where.path == row.path]
    assert (told.code, row.status) == (code, "unreadable")
    assert "重报" in told.remedy or "重新" in told.remedy


PAGE = "<!DOCTYPE html><html><body>登录已失效</body></html>".encode()


@pytest.mark.parametrize("data", [PAGE, bytes(3000)], ids=["page", "zeros"])
@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        *((s, "F118") for s in (".zip", ".RAR", ".7z", ".tar", ".gz")),
        *((s, "F124") for s in (".eml", ".msg", ".mbox")),
        *((s, "F116") for s in (".tar.xz", ".bz2", ".zst", ".cab", ".lzh", ".arj", ".iso")),
    ],
)
def test_what_is_no_archive_or_mail_but_its_name_is_to_be_sent_again(tmp_path, suffix, code, data):
    assert refused(tmp_path, f"机械学院{suffix}", data) == code


@pytest.mark.parametrize(
    "data",
    [
        lzma.compress(b"x"), bz2.compress(b"x"), b"\x28\xb5\x2f\xfd" + bytes(99),
        b"MSCF" + bytes(99), b"\x21\x0a-lh5-" + bytes(99), bytes(0x8001) + b"CD001",
    ],
    ids=["xz", "bz2", "zst", "cab", "lzh", "iso"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["机械学院.dat", "机械学院.zip", "机械学院.xlsx"])
def test_archives_that_are_not_opened_are_known_by_their_content(tmp_path, name, data):
    assert refused(tmp_path, name, data) == "F116"


def test_texts_that_claim_nothing_stay_foreign(tmp_path):
    assert refused(tmp_path, "说明.txt", "请查收".encode()) is None
    assert refused(tmp_path, "网页.html", PAGE) is None


def refused(folder: Path, name: str, data: bytes) -> str | None:
    """Return the code with which a file is refused, None where it is none of ours."""
    place = folder / name
    place.write_bytes(data)
    prepare((), Limits(), folder)
    try:
        sight = look_at(Parcel(name, str(place), "", said=name))
    finally:
        prepare((), Limits())
        gc.enable()
    return sight.refusal.code if sight.refusal is not None else None


def test_an_ordinary_archive_is_told_nothing_of(world):
    put(world, "打包.zip", zipped(taken(world)))
    assert not [f for f in world.collect().findings if f.family == "F"]


def test_one_bad_member_does_not_cost_the_others(world):
    files = taken(world)
    broken = dict(files) | {"坏了.xlsx": next(iter(files.values()))[:2000], "空的.xlsx": b""}
    put(world, "打包.zip", zipped(broken))
    result = world.collect()
    assert status(result)["打包.zip!坏了.xlsx"] == "unreadable"
    assert codes(result, "打包.zip!坏了.xlsx") == ["F102"]
    assert codes(result, "打包.zip!空的.xlsx") == ["F103"]
    assert [s for p, s in status(result).items() if p.removeprefix("打包.zip!") in files] == [
        "accepted"
    ] * len(files)


def test_what_an_interrupted_run_left_is_removed(world):
    left = world.root / ".sxxt-4711"
    left.mkdir()
    (left / "abc-0").write_bytes(b"x")
    world.collect()
    assert not left.exists()


def test_two_runs_over_containers_write_the_same_bytes(world):
    put(world, "打包.zip", zipped(taken(world)))
    seen = []
    for _ in range(2):
        result = world.collect()
        publish(result, world.root)
        seen.append((world.root / "汇总" / "总台账.xlsx").read_bytes())
        seen.append((world.root / "汇总" / "result.json").read_bytes())
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]


@pytest.fixture(scope="module")
def packed(filled_world: World, tmp_path_factory) -> tuple[World, tuple[bytes, ...]]:
    world = filled_world.copied(tmp_path_factory.mktemp("fuzz") / "w")
    files = taken(world)
    small = dict(list(files.items())[:1])
    return world, (zipped(small), mailed({"材料.zip": zipped(small)}), mailed(small))


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_damage_to_a_container_costs_more_than_its_own_status(packed, data):
    world, whole = packed
    kind = data.draw(st.integers(0, len(whole) - 1))
    raw = bytearray(whole[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw)))]
    name = ("坏.zip", "坏.eml", "坏2.eml")[kind]
    for old in world.inbox.iterdir():
        old.unlink()
    put(world, name, bytes(raw))
    around = set(world.root.parent.rglob("*"))
    result = world.collect()
    assert set(world.root.parent.rglob("*")) == around
    assert result.files
    assert all(row.path.startswith(name) for row in result.files)
    assert len({row.path for row in result.files}) == len(result.files)
    for row in result.files:
        refused = {f.code for f in result.findings if f.where.path == row.path and f.family == "F"}
        assert (row.status == "unreadable") == bool(refused - {"F110", "F111", "F121", "F108"})
