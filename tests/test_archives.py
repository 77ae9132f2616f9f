"""Archives: opened in memory, within bounds, with names a clerk can read; or refused in words."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import sys
import tarfile
import tracemalloc
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import py7zr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.configuration import load_settings
from sxxt_excel.formats.common import MIB
from sxxt_excel.intake import rars
from sxxt_excel.intake.archives import is_volume, open_archive
from sxxt_excel.intake.names import decoded, distinct_names, shown_name
from sxxt_excel.intake.parcel import Opened
from sxxt_excel.package import Limits, Refusal, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits()
BOOK = b"content of a workbook " * 50


def opened(data: bytes, name: str = "资料.zip", limits: Limits = LIMITS) -> Opened:
    found = open_archive(data, name, limits)
    assert isinstance(found, Opened), found
    return found


def refusal(data: bytes, name: str = "资料.zip", limits: Limits = LIMITS) -> Refusal:
    found = open_archive(data, name, limits)
    assert isinstance(found, Refusal), found
    return found


def names(found: Opened) -> list[str]:
    return [member.name for member in found.members]


def refused(found: Opened) -> dict[str, str]:
    return {name: reason.code for name, reason in found.refused}


# ---- how archives are made here ---------------------------------------------------------------


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2025, 4, 10, 16, 30, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return out.getvalue()


def raw_zip(*members: tuple[bytes, bytes], flags: int = 0, extra: bytes = b"") -> bytes:
    """A zip by hand: names are bytes, whatever they mean."""
    body, directory = bytearray(), bytearray()
    for name, data in members:
        packed = zlib.compress(data)[2:-4]
        facts = struct.pack(
            "<HHHHHIIIHH", 20, flags, 8, 33728, 23178, zlib.crc32(data), len(packed), len(data),
            len(name), len(extra),
        )  # fmt: skip
        directory += b"PK\x01\x02\x14\x00" + facts
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name + extra
        body += b"PK\x03\x04" + facts + name + extra + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(members) & 0xFFFF, len(members) & 0xFFFF,
                      len(directory), len(body), 0)  # fmt: skip
    return bytes(body + directory + b"PK\x05\x06" + end)


def sevenzipped(*members: tuple[str, bytes], password: str | None = None, hidden=False) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password, header_encryption=hidden) as archive:
        for name, data in members:
            archive.writestr(data, name)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="gbk") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_744_273_800
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rar4(*members: tuple[bytes, bytes], main: int = 0, flags: int = 0, end: bool = True) -> bytes:
    def block(kind: int, flags: int, rest: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    out = b"Rar!\x1a\x07\x00" + block(0x73, main, bytes(6))
    for name, data in members:
        facts = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 1519027136, 29, 0x30,
            len(name), 0x20,
        )  # fmt: skip
        out += block(0x74, 0x8000 | flags, facts + name) + data
    return out + block(0x7B, 0x4000, b"") * end


def vint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def rar5(*members: tuple[str, bytes], main: int = 0, extra: bytes = b"") -> bytes:
    def block(*parts: int | bytes) -> bytes:
        rest = b"".join(vint(part) if isinstance(part, int) else part for part in parts)
        head = vint(len(rest)) + rest
        return struct.pack("<I", zlib.crc32(head)) + head

    out = b"Rar!\x1a\x07\x01\x00" + block(1, 0, main)
    for name, data in members:
        raw = name.encode()
        facts = (6, len(data), 0x20, struct.pack("<II", 1_744_273_800, zlib.crc32(data)), 0, 0)
        sizes = (3, len(extra), len(data)) if extra else (2, len(data))
        out += block(2, *sizes, *facts, len(raw), raw, extra) + data
    return out + block(5, 0, 0)


UNRAR = pytest.mark.skipif(rars._program() is None, reason="no bsdtar here")


# ---- what people send -------------------------------------------------------------------------


def test_a_zip_gives_its_files_with_names_and_the_times_it_says():
    found = opened(zipped(("机械学院/清单.xlsx", BOOK), ("说明.txt", b"")))
    assert [(m.name, m.data, m.entry) for m in found.members] == [
        ("机械学院/清单.xlsx", BOOK, "2025-04-10T16:30:00+08:00"),
        ("说明.txt", b"", "2025-04-10T16:30:00+08:00"),
    ]
    assert found.refused == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_may_be_packed_by_any_usual_method(method):
    found = opened(zipped(("a.xlsx", BOOK), ("b.xlsx", BOOK * 9), method=method))
    assert [m.data for m in found.members] == [BOOK, BOOK * 9]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize(
    "name", ["机械学院清单.xlsx", "目录", "材料学院/镕.xlsx", "𠮷.xlsx", "a.xlsx"]
)
def test_a_name_reads_right_whatever_its_encoding_that_nobody_says(name, encoding):
    assert names(opened(raw_zip((name.encode(encoding), BOOK)))) == [name]


def test_encodings_are_told_apart_name_by_name():
    mixed = raw_zip(("数学学院.xlsx".encode("gbk"), BOOK), ("物理学院.xlsx".encode(), BOOK))
    assert names(opened(mixed)) == ["数学学院.xlsx", "物理学院.xlsx"]


def test_a_name_marked_as_utf8_is_taken_at_its_word():
    assert names(opened(raw_zip(("Ŀ¼.xlsx".encode(), BOOK), flags=0x800))) == ["Ŀ¼.xlsx"]


def test_the_unicode_name_of_infozip_counts_only_for_the_name_it_was_made_for():
    told = "外国语学院.xlsx".encode()
    for original, expected in ((b"??.xlsx", "外国语学院.xlsx"), (b"other", "？？.xlsx")):
        body = b"\x01" + struct.pack("<I", zlib.crc32(original)) + told
        extra = struct.pack("<HH", 0x7075, len(body)) + body
        assert names(opened(raw_zip((b"??.xlsx", BOOK), extra=extra))) == [expected]


def test_a_clock_that_knows_its_zone_goes_before_the_one_of_dos():
    unix = struct.pack("<HHBi", 0x5455, 5, 1, 1_744_273_800)
    ntfs = struct.pack("<HHIHHQQQ", 10, 32, 0, 1, 24, 133_887_474_000_000_000, 0, 0)
    for extra in (unix, ntfs):
        (member,) = opened(raw_zip((b"a", BOOK), extra=extra)).members
        assert member.entry == "2025-04-10T16:30:00+08:00"


@pytest.mark.parametrize("when", [(1980, 1, 1, 0, 0, 0), (1980, 0, 0, 0, 0, 0)])
def test_a_time_that_is_none_is_not_told(when):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a")
        info.date_time = when
        archive.writestr(info, b"a")
    assert opened(out.getvalue()).members[0].entry == ""


def test_what_an_operating_system_adds_and_folders_are_left_out():
    made = zipped(
        ("机械学院/", b""), ("__MACOSX/机械学院/._清单.xlsx", b"x"), ("机械学院/.DS_Store", b"x"),
        ("Thumbs.db", b"x"), ("._a.xlsx", b"x"), ("机械学院/清单.xlsx", BOOK),
    )  # fmt: skip
    found = opened(made)
    assert (names(found), found.refused) == (["机械学院/清单.xlsx"], ())


def test_backslashes_part_folders_and_one_at_the_end_is_a_folder():
    made = raw_zip(("学院\\".encode("gbk"), b""), ("学院\\清单.xlsx".encode("gbk"), BOOK))
    assert names(opened(made)) == ["学院/清单.xlsx"]


def test_a_gzip_file_is_named_after_itself_and_a_tarball_opens_at_once():
    (member,) = opened(gzip.compress(BOOK, mtime=1_744_273_800), "清单.xlsx.gz").members
    assert (member.name, member.data) == ("清单.xlsx", BOOK)
    assert member.entry == "2025-04-10T16:30:00+08:00"
    two = gzip.compress(BOOK) + gzip.compress(b"more")
    assert opened(two, "清单.xlsx.gz").members[0].data == BOOK + b"more"
    tarball = gzip.compress(tarred(("机械学院/清单.xlsx", BOOK)))
    assert names(opened(tarball, "资料.tgz")) == ["机械学院/清单.xlsx"]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_archive_opens_whatever_its_headers_and_the_encoding_of_its_names(form):
    data = tarred(("机械学院/清单.xlsx", BOOK), ("b.xlsx", b"b"), form=form)
    assert sniff(data) == "tar"
    found = opened(data, "资料.tar")
    assert [(m.name, m.data) for m in found.members] == [
        ("机械学院/清单.xlsx", BOOK), ("b.xlsx", b"b"),
    ]  # fmt: skip
    assert found.members[0].entry == "2025-04-10T16:30:00+08:00"


def test_a_7z_archive_opens_with_equal_names_and_empty_files():
    data = sevenzipped(("机械学院/清单.xlsx", BOOK), ("空.txt", b""), ("机械学院/清单.xlsx", b"2"))
    found = opened(data, "资料.7z")
    assert [(m.name, m.data) for m in found.members] == [
        ("机械学院/清单.xlsx", BOOK), ("空.txt", b""), ("机械学院/清单(2).xlsx", b"2"),
    ]  # fmt: skip
    assert all(m.entry.endswith("+08:00") for m in found.members)


@UNRAR
def test_a_rar_archive_of_either_kind_opens():
    for data in (
        rar4(("学院\\清单.xlsx".encode(), BOOK), (b"b.xlsx", b"b"), flags=0x200),
        rar4(("学院\\清单.xlsx".encode("gbk"), BOOK), (b"b.xlsx", b"b")),
        rar5(("学院/清单.xlsx", BOOK), ("b.xlsx", b"b")),
    ):
        found = opened(data, "资料.rar")
        assert [(m.name, m.data) for m in found.members] == [
            ("学院/清单.xlsx", BOOK), ("b.xlsx", b"b"),
        ]  # fmt: skip
        assert found.members[0].entry == "2025-04-10T16:30:00+08:00"


# ---- what can't be had, each with its own words -------------------------------------------------


def test_a_password_is_told_for_the_archive_or_for_the_one_file_that_has_it():
    plain = zipped(("a.xlsx", BOOK), ("b.xlsx", BOOK))
    at = plain.index(b"PK\x01\x02")
    one = plain[: at + 8] + b"\x01" + plain[at + 9 :]
    found = opened(one)
    assert (names(found), refused(found)) == (["b.xlsx"], {"a.xlsx": "F114"})
    assert refusal(raw_zip((b"a", BOOK), (b"b", BOOK), flags=1)).code == "F114"


@pytest.mark.parametrize("hidden", [False, True])
def test_a_7z_archive_with_a_password_is_told_as_such(hidden):
    data = sevenzipped(("a.xlsx", BOOK), password="小秘密", hidden=hidden)  # noqa: S106
    assert refusal(data, "资料.7z").code == "F114"


def test_a_rar_archive_with_a_password_is_told_as_such():
    locked = vint(3) + vint(1) + b"\x00\x00"
    for data in (
        rar4((b"a", BOOK), flags=4),
        rar4((b"a", BOOK), main=0x80),
        rar5(("a", BOOK), extra=locked),
        b"Rar!\x1a\x07\x01\x00" + bytes(4) + vint(20) + vint(4) + bytes(40),
    ):
        assert refusal(data, "资料.rar").code == "F114"


def test_a_piece_of_a_split_archive_is_told_as_such_by_name_or_content():
    whole = zipped(("a.xlsx", os.urandom(4000)))
    assert refusal(whole[:2000], "资料.zip.001").code == "F115"
    assert refusal(os.urandom(2000), "资料.z02").code == "F115"
    assert refusal(b"PK\x07\x08" + whole, "资料.zip").code == "F115"
    last = whole[:-18] + b"\x02" + whole[-17:]
    assert refusal(last, "资料.zip").code == "F115"
    assert refusal(rar4((b"a", BOOK), main=1), "资料.part1.rar").code == "F115"
    assert refusal(rar5(("a", BOOK), main=1), "资料.part2.rar").code == "F115"


def test_a_piece_that_is_whole_opens_and_other_names_are_no_pieces():
    assert names(opened(zipped(("a.xlsx", BOOK)), "资料.zip.001")) == ["a.xlsx"]
    assert not [n for n in ("2025.001", "a.zip", "资料.7z", "a.xlsx", "001.rar") if is_volume(n)]


def test_a_damaged_archive_is_told_as_such():
    whole = zipped(("a.xlsx", os.urandom(4000)), ("b.xlsx", os.urandom(4000)))
    assert refusal(whole[:6000]).code == "F118"
    seven = sevenzipped(("a.xlsx", os.urandom(4000)))
    assert refusal(seven[:3000], "资料.7z").code == "F118"
    assert refusal(rar5(("a", BOOK))[:300], "资料.rar").code == "F118"
    assert refusal(rar4((b"a", BOOK), end=False), "资料.rar").code == "F118"
    assert refusal(gzip.compress(os.urandom(4000))[:3000], "a.gz").code == "F118"
    tarball = tarred(("a.xlsx", os.urandom(4000)), ("b.xlsx", BOOK))
    assert refusal(tarball[:3000], "资料.tar").code == "F118"
    second = tarball.index(b"b.xlsx")
    assert refusal(tarball[:second] + b"\xff" * 512 + tarball[second + 512 :]).code == "F118"


def test_a_damaged_member_costs_only_itself():
    whole = zipped(("a.xlsx", os.urandom(4000)), ("b.xlsx", BOOK))
    found = opened(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert (names(found), refused(found)) == (["b.xlsx"], {"a.xlsx": "F118"})


def test_a_method_nobody_here_knows_is_told_as_such():
    whole = zipped(("a.xlsx", BOOK))
    at = whole.index(b"PK\x01\x02")
    assert refusal(whole[: at + 10] + b"\x09" + whole[at + 11 :]).code == "F116"


def test_without_the_library_for_7z_the_clerk_is_told_what_to_send(monkeypatch):
    monkeypatch.setitem(sys.modules, "py7zr", None)
    monkeypatch.delitem(sys.modules, "sxxt_excel.intake.sevenzips", raising=False)
    found = refusal(sevenzipped(("a", BOOK)), "资料.7z")
    assert found.code == "F116"
    assert ".7z" in found.detail
    assert ".zip" in CATALOGUE["F116"].remedy


def test_without_a_program_for_rar_the_clerk_is_told_what_to_send(monkeypatch):
    monkeypatch.setattr(rars, "_program", lambda: None)
    found = refusal(rar5(("a", BOOK)), "资料.rar")
    assert found.code == "F116"
    assert ".rar" in found.detail


@UNRAR
def test_a_rar_archive_that_the_program_gives_up_on_or_would_falsify_is_refused():
    packed = rar4((b"a.xlsx", BOOK)).replace(b"\x1d\x30", b"\x1d\x33")
    assert refusal(packed, "资料.rar").code == "F116"
    copy = vint(5) + vint(5) + vint(5) + vint(0) + vint(1) + b"a"
    assert refusal(rar5(("b.xlsx", b""), extra=copy), "资料.rar").code == "F116"


@UNRAR
def test_a_byte_changed_in_a_rar_archive_is_noticed():
    for data in (rar4((b"a.xlsx", BOOK)), rar5(("a.xlsx", BOOK))):
        at = data.index(BOOK) + 100
        assert refusal(data[:at] + b"~" + data[at + 1 :], "资料.rar").code in {"F116", "F118"}
    two = rar4((b"a.xlsx", BOOK), (b"b.xlsx", b"b"))
    at = two.index(BOOK) + 100
    found = opened(two[:at] + b"~" + two[at + 1 :], "资料.rar")
    assert (names(found), refused(found)) == (["b.xlsx"], {"a.xlsx": "F118"})


def test_links_are_refused_and_never_followed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("清单.xlsx")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("b.xlsx", BOOK)
    found = opened(out.getvalue())
    assert (names(found), refused(found)) == (["b.xlsx"], {"清单.xlsx": "F117"})
    tarball = io.BytesIO()
    with tarfile.open(fileobj=tarball, mode="w") as tar:
        for name, kind in (("a", tarfile.SYMTYPE), ("b", tarfile.LNKTYPE), ("c", tarfile.CHRTYPE)):
            info_of = tarfile.TarInfo(name)
            info_of.type, info_of.linkname = kind, "/etc/passwd"
            tar.addfile(info_of)
    assert refusal(tarball.getvalue(), "a.tar").code == "F117"


def test_what_is_no_archive_is_left_to_others():
    assert refusal(b"%PDF-1.7", "a.pdf").code == "F105"
    assert refusal(b"", "a.zip").code == "F105"


# ---- limits -------------------------------------------------------------------------------------


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Fails where more memory than that is taken at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()


def test_a_bomb_of_zeros_is_refused_before_it_is_unpacked():
    bomb = zipped(("清单.xlsx", bytes(40 * MIB)))
    with at_most(5 * MIB):
        assert refusal(bomb) == Refusal("F119", "压缩比超过 200")


def test_telling_what_a_bomb_is_unpacks_nothing():
    bomb = zipped(("mimetype", bytes(40 * MIB)))
    with at_most(5 * MIB):
        assert sniff(bomb) == "zip"


def test_a_bomb_of_entries_that_share_their_content_is_refused():
    single = zipped(("a.xlsx", bytes(9 * MIB)))
    at, end = single.index(b"PK\x01\x02"), single.index(b"PK\x05\x06")
    many = single[at:end] * 40
    bomb = (
        single[:at]
        + many
        + single[end:].replace(struct.pack("<I", end - at), struct.pack("<I", len(many)))
    )
    with at_most(5 * MIB):
        assert refusal(bomb) == Refusal("F119", "解压后大于 300 MB")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_size_that_lies_unpacks_no_further_than_it_says(method):
    honest = zipped(("a.xlsx", bytes(40 * MIB)), ("b.xlsx", BOOK), method=method)
    size = struct.pack("<I", 40 * MIB)
    assert honest.count(size) == 2
    with at_most(20 * MIB):
        found = opened(honest.replace(size, struct.pack("<I", 1000)))
    assert (names(found), refused(found)) == (["b.xlsx"], {"a.xlsx": "F118"})
    # The other way round: less than declared is no member either.
    short = honest.replace(size, struct.pack("<I", 41 * MIB))
    assert refused(opened(short, limits=replace(LIMITS, ratio=10**6))) == {"a.xlsx": "F118"}


def test_more_entries_than_allowed_are_refused():
    many = raw_zip(*((b"%d" % number, b"") for number in range(70_000)))
    assert refusal(many) == Refusal("F119", "内有文件多于 2000 个")
    # So many that the list itself is not read; this one could not be.
    assert refusal(b"PK\x03\x04" + b"PK\x01\x02" * 110_000) == refusal(many)
    few = replace(LIMITS, entries=3)
    members = [(f"{number}", b"x") for number in range(4)]
    for data in (
        zipped(*members),
        tarred(*members),
        sevenzipped(*members),
        rar4(*((name.encode(), data) for name, data in members)),
    ):
        assert refusal(data, limits=few).code == "F119"
    assert len(opened(zipped(*members[:3]), limits=few).members) == 3


def test_a_file_that_is_too_large_costs_only_itself():
    small = replace(LIMITS, file_bytes=2000)
    members = (("a.xlsx", os.urandom(3000)), ("b.xlsx", b"b"))
    for data in (zipped(*members), tarred(*members), sevenzipped(*members)):
        found = opened(data, limits=small)
        assert (names(found), refused(found)) == (["b.xlsx"], {"a.xlsx": "F119"})


@pytest.mark.parametrize("kind", ["7z", "gz", "tar.gz"])
def test_bombs_of_the_other_kinds_are_refused(kind):
    zeros = bytes(60 * MIB)
    bomb = {
        "7z": lambda: sevenzipped(("a.xlsx", zeros[: 40 * MIB]), ("b.xlsx", zeros[: 40 * MIB])),
        "gz": lambda: gzip.compress(zeros),
        "tar.gz": lambda: gzip.compress(tarred(("a.xlsx", zeros[: 40 * MIB]))),
    }[kind]()
    assert refusal(bomb, f"资料.{kind}").code == "F119"
    assert refusal(bomb, f"资料.{kind}", replace(LIMITS, unpacked_bytes=MIB)).code == "F119"


@UNRAR
def test_a_rar_archive_that_grows_beyond_the_limits_is_refused():
    data = rar5(("a.xlsx", os.urandom(3 * MIB)))
    assert refusal(data, limits=replace(LIMITS, unpacked_bytes=2 * MIB)).code == "F119"
    few = replace(LIMITS, unpacked_bytes=MIB, entries=10)
    assert refusal(data, limits=few) == Refusal("F119", "解压后过大")


def test_how_deep_containers_may_nest_is_a_setting(tmp_path):
    path = tmp_path / "sxxt.toml"
    path.write_text('regime = "tj-2017"\nyear = 2025\n[limits]\nnesting = 2\n', encoding="utf-8")
    assert load_settings(path).limits == replace(LIMITS, nesting=2)


def test_running_out_of_memory_is_a_refusal(monkeypatch):
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sxxt_excel.intake.archives.open_zip", exhausted)
    assert refusal(zipped(("a", b""))) == Refusal("F119", "内存不足")


# ---- hostile names ------------------------------------------------------------------------------

HOSTILE = {
    "../../x.xlsx": "x.xlsx",
    "..\\..\\x.xlsx": "x.xlsx",
    "/etc/x": "etc/x",
    "C:\\Windows\\x.xlsx": "Windows/x.xlsx",
    "C:x.xlsx": "C：x.xlsx",
    "\\\\server\\share\\x": "server/share/x",
    "a/./b//../c.xlsx": "a/b/c.xlsx",
    "NUL": "_NUL",
    "学院/con.xlsx": "学院/_con.xlsx",
    "COM1 .txt": "_COM1 .txt",
    "NULL.xlsx": "NULL.xlsx",
    "a\x00b\r\n.xlsx": "ab.xlsx",
    "清单\u202excod.xlsx": "清单xcod.xlsx",
    "a.xlsx:stream": "a.xlsx：stream",
    "紧急!.xlsx": "紧急！.xlsx",
    "尾部 . . ": "尾部",
    "..": "未命名",
    "": "未命名",
    "~/.ssh/id": "~/.ssh/id",
}


@pytest.mark.parametrize(("name", "shown"), HOSTILE.items())
def test_a_hostile_name_is_shown_harmless_and_stays_recognisable(name, shown):
    assert shown_name(name) == shown
    made = raw_zip((name.encode(), BOOK), (b"ok.xlsx", BOOK))
    assert names(opened(made)) == [shown, "ok.xlsx"]


@pytest.mark.parametrize("name", ["../../x.xlsx", "/etc/x.xlsx", "C:\\x.xlsx", "NUL.xlsx"])
def test_a_hostile_name_costs_no_other_kind_of_archive_its_content(name, monkeypatch):
    # The library writes no such name itself.
    monkeypatch.setattr("py7zr.py7zr.check_archive_path", lambda _: True)
    monkeypatch.setattr(py7zr.SevenZipFile, "_sanitize_archive_arcname", lambda _, name: name)
    for data in (tarred((name, BOOK)), sevenzipped((name, BOOK))):
        (member,) = opened(data).members
        assert (member.name, member.data) == (shown_name(name), BOOK)


def test_equal_names_are_kept_apart_in_their_order():
    made = raw_zip(*((b"a.xlsx", bytes([number])) for number in range(3)), (b"a(2).xlsx", b"x"))
    assert [(m.name, m.data) for m in opened(made).members] == [
        ("a.xlsx", b"\x00"), ("a(2).xlsx", b"\x01"), ("a(3).xlsx", b"\x02"), ("a(2)(2).xlsx", b"x"),
    ]  # fmt: skip


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_name_at_all_leads_anywhere_or_is_shown_twice(raw):
    told = distinct_names(shown_name(name) for name in raw)
    assert len(set(told)) == len(raw)
    for name in told:
        assert name
        assert "!" not in name
        assert not set(name.split("/")) & {"", ".", ".."}
        assert not set('\\<>:"|?*').intersection(name)
        assert not {unicodedata.category(char) for char in name} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.binary(max_size=40))
def test_any_bytes_are_a_name(raw):
    assert isinstance(decoded(raw), str)


# ---- whatever comes -----------------------------------------------------------------------------

SMALL = Limits(file_bytes=MIB, unpacked_bytes=2 * MIB, entries=20, seconds=20)
MEMBERS = (("机械学院/清单.xlsx", BOOK), ("b.xlsx", b"b" * 300), ("c.txt", b""))
GOOD = {
    "zip": zipped(*MEMBERS),
    "bz2": zipped(*MEMBERS, method=zipfile.ZIP_BZIP2),
    "lzma": zipped(*MEMBERS, method=zipfile.ZIP_LZMA),
    "tar": tarred(*MEMBERS),
    "pax": tarred(*MEMBERS, form=tarfile.PAX_FORMAT),
    "gz": gzip.compress(BOOK),
    "tgz": gzip.compress(tarred(*MEMBERS)),
    "7z": sevenzipped(*MEMBERS),
    "rar4": rar4(*((name.encode(), data) for name, data in MEMBERS), flags=0x200),
    "rar5": rar5(*MEMBERS),
}
_WRITES: list[str] = []
_WATCHING: list[bool] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _WATCHING:
        return
    if event == "open":
        place, _, flags = arguments
        # A number is a pipe to the program that reads .rar.
        written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if written and not isinstance(place, int) and place != os.devnull:
            _WRITES.append(str(place))
    elif event in {"os.mkdir", "os.rename", "os.symlink", "os.link", "tempfile.mkstemp"}:
        _WRITES.append(f"{event} {arguments}")


sys.addaudithook(_watch)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails where a file is opened to be written, or anything is made on a disk."""
    _WRITES.clear()
    _WATCHING.append(True)
    try:
        yield
    finally:
        _WATCHING.clear()
    assert not _WRITES


@st.composite
def mutations(draw: st.DrawFn, whole: bytes) -> bytes:
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(("byte", "byte", "word", "cut", "repeat", "drop"))):
            case "byte":
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "word":
                data[at : at + 4] = draw(
                    st.sampled_from((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\x7f"))
                )
            case "cut":
                del data[at + 20 :]
            case "repeat":
                data[at:at] = data[at : at + draw(st.integers(1, 200))]
            case _:
                del data[at : at + draw(st.integers(1, 50))]
    return bytes(data)


def holds_to_the_bounds(data: bytes, name: str) -> None:
    with nothing_written():
        found = open_archive(data, name, SMALL)
    if isinstance(found, Refusal):
        assert found.code in CATALOGUE
        return
    told = [m.name for m in found.members] + [shown for shown, _ in found.refused]
    assert len(told) <= SMALL.entries
    assert len(set(told)) == len(told)
    assert all(shown_name(shown) == shown for shown in told)
    assert all(len(m.data) <= SMALL.file_bytes for m in found.members)
    assert sum(len(m.data) for m in found.members) <= SMALL.unpacked_bytes
    assert all(reason.code in CATALOGUE for _, reason in found.refused)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_archive_opens_and_writes_nothing(kind):
    if kind.startswith("rar") and rars._program() is None:
        pytest.skip("no bsdtar here")
    with nothing_written():
        found = opened(GOOD[kind], f"资料.{kind}", SMALL)
    assert BOOK in [member.data for member in found.members]


@pytest.mark.parametrize("kind", GOOD)
def test_a_broken_archive_never_raises_and_stays_within_bounds(kind):
    @settings(
        max_examples=40 if kind.startswith("rar") else 120,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(GOOD[kind]))
    def hold(data: bytes) -> None:
        holds_to_the_bounds(data, f"资料.{kind}")

    hold()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from((b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08",
                     b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"")),
    st.binary(max_size=300),
)  # fmt: skip
def test_rubbish_behind_a_magic_number_is_refused(magic, rest):
    holds_to_the_bounds(magic + rest, "资料.zip")
