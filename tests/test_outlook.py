"""Mails that Outlook saved, and the winmail.dat that it sends, made byte by byte.

There is no Outlook here; both writers below follow the published formats, [MS-CFB], [MS-OXMSG] and
[MS-OXTNEF], and python-oxmsg and tnefparse agreed on most of what they write when tried by hand.
"""

from __future__ import annotations

import random
import struct
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from bytewise import compound
from letters import BOOK, LIMITS, NAME, PICTURE, attached, mail, qq, workbook

from sxxt_excel.intake.mails import open_mail
from sxxt_excel.intake.parcel import Opened
from sxxt_excel.package import Limits, Refusal, sniff

if TYPE_CHECKING:
    from bytewise import Storage

# ---- a mail in it -------------------------------------------------------------------------------


def prop(number: int, value: str | bytes) -> Storage:
    """Return a property that is a stream of its own."""
    kind = "001F" if isinstance(value, str) else "0102"
    data = value.encode("utf-16-le") if isinstance(value, str) else value
    return {f"__substg1.0_{number:04X}{kind}": data}


def listed(head: int, held: Storage, *rows: tuple[int, int, int]) -> Storage:
    """Return a storage with its list of properties: what is a stream, and (number, type, value)."""
    streams = [
        (int(name[12:16], 16), int(name[16:], 16), len(value) + 2 * name.endswith("1F"))
        for name, value in held.items()
        if isinstance(value, bytes)
    ]
    said = (struct.pack("<HHIQ", kind, number, 6, value) for number, kind, value in rows)
    told = (struct.pack("<HHIII", kind, number, 6, size, 0) for number, kind, size in streams)
    return held | {"__properties_version1.0": bytes(head) + b"".join((*said, *told))}


def ticks(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


SENT = ticks(datetime(2025, 4, 10, 8, 30, tzinfo=UTC))
RECEIVED = ticks(datetime(2025, 4, 10, 8, 31, 7, tzinfo=UTC))


def message(*files: Storage, head: int = 32, headers: str = "", kind: str = "IPM.Note") -> Storage:
    clocks = ((0x0039, 0x40, SENT), (0x0E06, 0x40, RECEIVED))
    held: Storage = {
        **prop(0x001A, kind),
        **prop(0x0037, "机械工程学院党委报送清单"),
        **prop(0x1000, "请查收"),
        **prop(0x1013, b'<img src="cid:image001.png@01DB">'),
        **prop(0x5D01, "LiLei@example.edu.cn"),
        **prop(0x0C1F, "/O=EXAMPLE/OU=EXCHANGE/CN=LILEI"),
        "__nameid_version1.0": {},
        **{f"__attach_version1.0_#{number:08X}": file for number, file in enumerate(files)},
    }
    return listed(head, held | (prop(0x007D, headers) if headers else {}), *clocks)


def file(name: str, data: bytes = BOOK, method: int = 1, **more: str) -> Storage:
    held = prop(0x3701, data)
    if name:
        held |= prop(0x3707, name) | prop(0x3704, "8SHORT~1.XLS")
    for number, value in more.items():
        held |= prop(int(number[1:], 16), value)
    return listed(8, held, (0x3705, 3, method))


def within(held: Storage, method: int = 5) -> Storage:
    """Return an attachment that is a storage itself: a mail, or with method 6 an object."""
    return listed(8, {"__substg1.0_3701000D": held}, (0x3705, 3, method))


def read(root: Storage) -> Opened:
    data = compound(root)
    assert sniff(data) == "msg"
    opened = open_mail(data, "来件.msg", LIMITS)
    assert isinstance(opened, Opened)
    return opened


LARGE = workbook("".join(map(str, range(200_000))))


def test_an_outlook_mail_gives_its_files_its_sender_and_its_clocks():
    opened = read(message(file(NAME), file("b.xls", LARGE), file("c.xlsx", b"")))
    assert [(one.name, one.data) for one in opened.members] == [
        (NAME, BOOK),
        ("b.xls", LARGE),
        ("c.xlsx", b""),
    ]
    assert opened.sender == "lilei@example.edu.cn"
    assert opened.sent == "2025-04-10T16:30:00+08:00"
    assert opened.received == "2025-04-10T16:31:07+08:00"


def test_the_headers_of_the_journey_outrank_what_outlook_noted():
    headers = (
        "Received: from a by b; Fri, 11 Apr 2025 09:00:00 +0800\r\n"
        "From: =?gbk?B?wO7A1w==?= <other@example.edu.cn>\r\nDate: Fri, 11 Apr 2025 08:59:00 +0800"
    )
    opened = read(message(file(NAME), headers=headers))
    assert opened.sender == "other@example.edu.cn"
    assert opened.sent == "2025-04-11T08:59:00+08:00"
    assert opened.received == "2025-04-11T09:00:00+08:00"


def test_pictures_of_the_text_are_left_and_a_nameless_file_is_named_by_the_subject():
    picture = file("image001.png", PICTURE, x3712="image001.png@01DB")
    opened = read(message(picture, file("")))
    assert [one.name for one in opened.members] == ["机械工程学院党委报送清单.xlsx"]


def test_names_in_the_code_page_of_an_old_outlook_are_read():
    old = file("")
    old["__substg1.0_3707001E"] = NAME.encode("gbk") + b"\0"
    assert [one.name for one in read(message(old)).members] == [NAME]


def test_the_files_of_a_mail_within_come_in_a_folder_named_by_its_subject():
    picture = file("image001.png", PICTURE, x3712="image001.png@01DB")
    inner = within(message(picture, file(NAME), head=24))
    opened = read(message(inner, file("b.xlsx")))
    assert [one.name for one in opened.members] == [f"机械工程学院党委报送清单/{NAME}", "b.xlsx"]


def test_a_file_in_the_cloud_is_one_kept_elsewhere():
    opened = read(message(file("b.xlsx", b"", 7)))
    assert opened.members == ()
    assert opened.links == ("Outlook云附件",)


def test_a_sealed_mail_and_an_object_are_refused_with_their_reasons():
    sealed = read(message(file("smime.p7m", b"\x30\x80"), kind="IPM.Note.SMIME"))
    assert [(name, refusal.code) for name, refusal in sealed.refused] == [("smime.p7m", "F122")]
    drawn = within({"CONTENTS": b"x"}, 6)
    assert [refusal.code for _, refusal in read(message(drawn)).refused] == ["F124"]


def test_a_signed_mail_comes_whole_as_a_mail_of_its_own():
    signed = file("smime.p7m", mail(qq(NAME), top=b"X-A: y\r\n"), x370E="multipart/signed")
    (member,) = read(message(signed, kind="IPM.Note.SMIME.MultipartSigned")).members
    assert sniff(member.data) == "eml"
    assert member.name.endswith(".eml")


def test_an_outlook_mail_beyond_the_limits_is_refused():
    root = compound(message(file("a.xlsx"), file("b.xlsx"), file("c.xlsx")))
    assert open_mail(root, "a.msg", Limits(entries=2)) == Refusal("F106", "附件过多")
    few = open_mail(root, "a.msg", Limits(unpacked_bytes=500))
    assert few == Refusal("F106", "附件合计过大")
    inner = message(file(NAME), head=24)
    for _ in range(12):
        inner = message(within(inner), head=24)
    deep = open_mail(compound(message(within(inner))), "a.msg", LIMITS)
    assert isinstance(deep, Refusal)
    assert deep.code == "F106"


def test_without_its_library_a_mail_of_outlook_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "olefile", None)
    refusal = open_mail(compound(message(file(NAME))), "a.msg", LIMITS)
    assert refusal == Refusal("F124", "没有安装读取 .msg 的组件")


@pytest.mark.parametrize("seed", range(150))
def test_no_damage_to_a_mail_of_outlook_raises(seed):
    chance = random.Random(seed)  # noqa: S311 - the same damage every time
    data = bytearray(compound(message(file(NAME), file("b.xlsx"))))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data) if seed % 2 else 700)
        data[at] = chance.choice((0, 1, 0xFE, 0xFF, chance.randrange(256)))
    cut = bytes(data[: chance.randint(8, len(data))] if seed % 3 == 0 else data)
    assert isinstance(open_mail(cut, "a.msg", LIMITS), Opened | Refusal)
    carried = open_mail(mail(attached(b"", cut)), "a.eml", LIMITS)
    assert isinstance(carried, Opened)
    assert len(carried.members) == 1


@pytest.mark.parametrize("shift", [0, 1, 2, 6, 9, 12, 16, 65535])
def test_a_compound_file_with_a_head_that_leads_nowhere_is_told_apart_at_once(shift):
    data = bytearray(compound(message(file(NAME))))
    struct.pack_into("<H", data, 30, shift)
    # The table of tables goes on in a sector that names itself, four thousand million times.
    struct.pack_into("<II", data, 68, 1, 0xFFFFFFFF)
    data[1024:1536] = struct.pack("<128I", *[1] * 128)
    assert sniff(bytes(data)) in {"msg", "unknown"}


# ---- winmail.dat --------------------------------------------------------------------------------


def attribute(level: int, number: int, value: bytes) -> bytes:
    total = sum(value) & 0xFFFF
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", total)


def padded(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value + bytes(-len(value) % 4)


def properties(*rows: bytes) -> bytes:
    return struct.pack("<I", len(rows)) + b"".join(rows)


def tnef(*attachments: bytes) -> bytes:
    version = attribute(1, 0x89006, struct.pack("<I", 0x10000))
    page = attribute(1, 0x69007, struct.pack("<II", 936, 0))
    return b"\x78\x9f\x3e\x22\x01\x00" + version + page + b"".join(attachments)


def wrapped(name: str, data: bytes) -> bytes:
    """Return an attachment with its old name in a code page and its real one as a property."""
    kind = struct.pack("<HH", 0x3, 0x3705) + struct.pack("<I", 1)
    named = struct.pack("<HH16sII", 0x1F, 0x8001, bytes(16), 1, 6) + "abc".encode("utf-16-le")
    named += bytes(2) + struct.pack("<I", 1) + padded("值\0".encode("utf-16-le"))
    long = struct.pack("<HHI", 0x1F, 0x3707, 1) + padded(f"{name}\0".encode("utf-16-le"))
    return (
        attribute(2, 0x69002, bytes(14))
        + attribute(2, 0x18010, b"8SHORT~1.XLS\0")
        + attribute(2, 0x6800F, data)
        + attribute(2, 0x69005, properties(kind, named, long))
    )


# The second has the name of a very old program only, in a code page.
WINMAIL = tnef(
    wrapped(NAME, BOOK),
    attribute(2, 0x69002, bytes(14)),
    attribute(2, 0x18010, "清单.xls\0".encode("gbk")),
    attribute(2, 0x6800F, b"x"),
)


def sent(data: bytes, kind: bytes = b"application/ms-tnef") -> Opened:
    opened = open_mail(mail(attached(b"; filename=winmail.dat", data, kind)), "a.eml", LIMITS)
    assert isinstance(opened, Opened)
    return opened


@pytest.mark.parametrize("kind", [b"application/ms-tnef", b"application/octet-stream"])
def test_winmail_gives_the_files_that_are_wrapped_in_it(kind):
    opened = sent(WINMAIL, kind)
    assert [(one.name, one.data) for one in opened.members] == [(NAME, BOOK), ("清单.xls", b"x")]
    assert opened.refused == ()


def test_files_of_a_mail_wrapped_in_a_mail_are_found():
    inner = struct.pack("<HHI", 0xD, 0x3701, 1) + padded(bytes(16) + WINMAIL)
    name = struct.pack("<HHI", 0x1E, 0x3707, 1) + padded("转发".encode("gbk") + b"\0")
    outer = attribute(2, 0x69002, bytes(14)) + attribute(2, 0x69005, properties(name, inner))
    names = [one.name for one in sent(tnef(outer)).members]
    assert names == [f"转发/{NAME}", "转发/清单.xls"]


def test_a_damaged_winmail_says_so_and_keeps_what_was_whole():
    opened = sent(WINMAIL[:-3])
    assert [one.name for one in opened.members][:1] == [NAME]
    assert opened.refused == (("winmail.dat", Refusal("F123", "内容不完整")),)
    assert sent(b"nothing of it").refused[0][1].code == "F123"


@pytest.mark.parametrize("seed", range(100))
def test_no_damage_to_winmail_raises(seed):
    chance = random.Random(seed)  # noqa: S311 - the same damage every time
    data = bytearray(WINMAIL)
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(4, len(data))] = chance.choice((0, 1, 0xFF, chance.randrange(256)))
    sent(bytes(data))
