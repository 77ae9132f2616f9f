"""Mails in a real inbox: what comes of them in a pass, and of those that brought nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inprocess import reading_here
from letters import attached, mail, text
from world import World, touch

from sxxt_excel.intake.parcel import INSIDE

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.result import Round

TODAY = "2025-04-12"


@pytest.fixture
def world(whole_world: World, tmp_path: Path) -> World:
    """A copy of the clean workspace, to do one thing to."""
    return whole_world.copied(tmp_path / "world")


def collect(world: World) -> Round:
    with reading_here():
        return world.collect(TODAY)


def arrive(world: World, name: str, data: bytes) -> None:
    path = world.inbox / name
    path.write_bytes(data)
    touch(path)


def of_mail(result: Round, name: str) -> list[Finding]:
    return [one for one in result.findings if (one.where.path or "").startswith(name)]


def standing(result: Round) -> dict[tuple[str, str, str], str]:
    return {(e.unit_code, e.packet, e.period): e.status for e in result.expected}


def test_a_workbook_in_a_mail_counts_as_if_it_lay_in_the_inbox_and_the_mail_has_no_line(world):
    before = collect(world)
    book = next(world.inbox.rglob("*.xlsx"))
    said = b"; filename*=utf-8''" + b"".join(b"%%%02X" % byte for byte in book.name.encode())
    arrive(world, "来件.eml", mail(text("请查收"), attached(said, book.read_bytes())))
    book.unlink()
    after = collect(world)
    paths = {file.path for file in after.files}
    assert f"来件.eml{INSIDE}{book.name}" in paths
    assert "来件.eml" not in paths
    assert len(after.files) == len(before.files)
    assert standing(after) == standing(before)
    assert not [one for one in of_mail(after, "来件.eml") if one.code.startswith("F")]


QQ_LINK = "从QQ邮箱发来的超大附件 https://mail.qq.com/cgi-bin/ftnExs_download?k=7d"
SEALED = b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nx"
CASES = {
    "F120": (mail(text(QQ_LINK)), "来件.eml"),
    "F122": (mail(SEALED), "来件.eml!smime.p7m"),
    "F123": (mail(attached(b"; filename=winmail.dat", b"x", b"application/ms-tnef")),
             "来件.eml!winmail.dat"),
    "F124": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
             + "__properties_version1.0".encode("utf-16-le"), "来件.eml"),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_a_mail_that_brought_nothing_says_why_in_a_whole_sentence(world, code):
    data, path = CASES[code]
    arrive(world, "来件.eml", data)
    result = collect(world)
    assert [(one.code, one.where.path) for one in of_mail(result, "来件.eml")] == [(code, path)]
    (told,) = of_mail(result, "来件.eml")
    for said in (told.message, told.remedy):
        assert said
        assert not any(hole in said for hole in ("“”", "（）", "{", "，，", "ftnExs", "http"))
    with_book = mail(text("请查收"), attached(b"; filename=a.xlsx"))
    arrive(world, "来件.eml", with_book)
    assert code not in {one.code for one in collect(world).findings}
