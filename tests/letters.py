"""Helpers of tests that need mails: raw messages, as they lie in an inbox."""

from __future__ import annotations

import base64
import io
import zipfile

from sxxt_excel.package import Limits

LIMITS = Limits()
NAME = "机械工程学院党委_责任任务清单.xlsx"


def workbook(text: str = "内容") -> bytes:
    """Return something that is told to be a workbook by its content."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", text)
    return held.getvalue()


BOOK = workbook()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def lines64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def word(text: str, charset: str, way: str = "B") -> bytes:
    """Return an encoded word as RFC 2047 has it, however long."""
    data = text.encode("gb18030" if charset.startswith("gb") else charset)
    said = base64.b64encode(data) if way == "B" else b"".join(b"=%02X" % byte for byte in data)
    return b"=?" + charset.encode() + b"?" + way.encode() + b"?" + said + b"?="


def mail(*parts: bytes, top: bytes = b"", kind: bytes = b"mixed", mark: bytes = b"7") -> bytes:
    line = b"------=_Part_" + mark
    begin = top or (
        b"Received: from mail.example.edu.cn (HELO mx) by mx.example.edu.cn with SMTP id 7;\r\n"
        b"\tThu, 10 Apr 2025 16:31:07 +0800 (CST)\r\n"
        b'From: "' + word("李雷", "gb18030") + b'" <LiLei@example.edu.cn>\r\n'
        b"To: dangban@example.edu.cn\r\n"
        b"Subject: " + word("机械工程学院党委报送清单", "gb18030") + b"\r\n"
        b"Date: Thu, 10 Apr 2025 16:30:00 +0800\r\n"
    )
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/" + kind + b";\r\n\tboundary="
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    told = b"This is a multi-part message in MIME format.\r\n"
    return begin + head + b'"' + line[2:] + b'"\r\n\r\n' + told + body + line + b"--\r\n"


def attached(said: bytes, data: bytes = BOOK, kind: bytes = b"application/octet-stream") -> bytes:
    """Return an attachment whose Content-Disposition says something, in base64."""
    return (
        b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment" + said + b"\r\n\r\n" + lines64(data)
    )  # fmt: skip


def text(said: str, kind: str = "plain") -> bytes:
    head = f"Content-Type: text/{kind}; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + lines64(said.encode("gbk"))


def qq(name: str) -> bytes:
    said = word(name, "gb18030")
    kind = b'application/octet-stream;\r\n\tcharset="gb18030";\r\n\tname="' + said + b'"'
    return attached(b';\r\n\tfilename="' + said + b'"', kind=kind)
