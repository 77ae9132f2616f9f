"""A mail as it was understood, whatever it was kept in, and what of it is a submission.

Pictures that its text shows are no attachments; a workbook always is one. A file that was only
linked to was not sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sxxt_excel.formats.common import RefusedError
from sxxt_excel.intake.names import distinct_names, shown_name
from sxxt_excel.intake.parcel import Member, Opened, last_name
from sxxt_excel.package import sniff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.package import Kind, Limits, Refusal


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One thing a mail carries: `name` as its sender gave it ("" for none), or why it can't be had.

    `marks` are the content ids and addresses by which the text may show it; `shown` says that it
    stands in one part with the text, as a picture of the page. `folder` is the subject of a mail
    within the mail that it came with.
    """

    name: str
    data: bytes
    marks: tuple[str, ...] = ()
    shown: bool = False
    folder: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail taken apart; `elsewhere` names services that hold what was not sent along."""

    subject: str = ""
    sender: str = ""
    sent: str = ""
    received: str = ""
    texts: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    elsewhere: tuple[str, ...] = ()


_SUFFIXES: Mapping[Kind, str] = MappingProxyType(
    {
        "xlsx": ".xlsx",
        "ooxml-encrypted": ".xlsx",
        "xls": ".xls",
        "xls-old": ".xls",
        "xlsb": ".xlsb",
        "spreadsheetml": ".xml",
        "xml": ".xml",
        "ods": ".ods",
        "fods": ".fods",
        "odt": ".odt",
        "docx": ".docx",
        "doc": ".doc",
        "pptx": ".pptx",
        "ppt": ".ppt",
        "rtf": ".rtf",
        "pdf": ".pdf",
        "ofd": ".ofd",
        "zip": ".zip",
        "rar": ".rar",
        "7z": ".7z",
        "gz": ".gz",
        "eml": ".eml",
        "msg": ".msg",
        "image": ".jpg",
        "html": ".html",
        "mht": ".mht",
        "text": ".txt",
    }
)


def opened(letter: Letter, limits: Limits) -> Opened:
    """Say what a mail brought.

    Raises:
        RefusedError: more enclosures, or more bytes in them, than the limits allow.
    """
    if len(letter.enclosures) > limits.entries:
        raise RefusedError("F106", f"附件多于 {limits.entries} 个")
    if sum(len(one.data) for one in letter.enclosures) > limits.unpacked_bytes:
        raise RefusedError("F106", "附件合计过大")
    marks = _marks(letter.texts)
    brought = tuple(one for one in letter.enclosures if not _ornament(one, marks))
    names = distinct_names(_name(one, letter.subject) for one in brought)
    named = tuple(zip(names, brought, strict=True))
    return Opened(
        members=tuple(Member(name, one.data) for name, one in named if one.refusal is None),
        refused=tuple((name, one.refusal) for name, one in named if one.refusal is not None),
        sender=letter.sender,
        sent=letter.sent,
        received=letter.received,
        links=_distinct((*letter.elsewhere, *services(letter.texts))),
    )


def title_name(subject: str) -> str:
    """Return a subject as a name: a slash in it is one of its words, and begins no folder."""
    title = subject.replace("/", "／").replace("\\", "＼")
    return shown_name(title) if title.strip() else "无主题"


def _name(one: Enclosure, subject: str) -> str:
    if one.name.strip():
        name = last_name(shown_name(one.name))
    else:
        suffix = "" if one.refusal else _SUFFIXES.get(sniff(one.data), ".bin")
        name = title_name(subject) + suffix
    return f"{title_name(one.folder)}/{name}" if one.folder else name


_SHOWN_BY = re.compile(
    r"cid:([^\"'\s<>)]+)|(?:src|background)\s*=\s*[\"']([^\"'\s<>]+)", re.IGNORECASE
)


def _marks(texts: tuple[str, ...]) -> frozenset[str]:
    found = (hit for text in texts for hit in _SHOWN_BY.finditer(text))
    return frozenset(_mark(hit[1] or hit[2]) for hit in found)


def _mark(said: str) -> str:
    return unquote(unescape(said)).strip("<> ").removeprefix("cid:").lower()


def _ornament(one: Enclosure, marks: frozenset[str]) -> bool:
    """A picture that belongs to the text: of a signature, of the letter paper, pasted in."""
    if one.refusal is not None or sniff(one.data) != "image":
        return False
    return one.shown or any(_mark(mark) in marks for mark in one.marks if mark)


# ---------------------------------------------------------------- files kept elsewhere

_SERVICES: tuple[tuple[str, str], ...] = (
    (r"(?:exmail\.qq\.com|mail\.qq\.com)/(?:cgi-bin/)?ftn|\bftn\.qq\.com", "QQ邮箱超大附件"),
    (r"(?:\bu|dashi|\bfs)\.163\.com/|large-attachment-download|cloud-attachment", "网易邮箱云附件"),
    (r"/alimail/openlinks/", "阿里邮箱超大附件"),
    (r"/coremail/[^\s\"'<>]{0,200}(?:netfolder|share_?link|/nf/)", "邮箱文件中转站"),
    (r"mail\.10086\.cn/[^\s\"'<>]{0,200}(?:attach|share|file)", "139邮箱超大附件"),
    (r"(?:share|www)\.weiyun\.com/", "腾讯微云"),
    (r"pan\.baidu\.com/(?:s/|share)|yun\.baidu\.com/s", "百度网盘"),
    (r"(?:alipan|aliyundrive)\.com/(?:s|t)/", "阿里云盘"),
    (r"cloud\.189\.cn/", "天翼云盘"),
    (r"(?:caiyun|yun)\.139\.com/", "移动云盘"),
    (r"pan\.quark\.cn/s/", "夸克网盘"),
    (r"pan\.xunlei\.com/s/", "迅雷云盘"),
    (r"\blanzou\w{0,2}\.com/", "蓝奏云"),
    (r"jianguoyun\.com/p/", "坚果云"),
    (r"cowtransfer\.com/s/", "奶牛快传"),
    (r"wenshushu\.cn/[fk]/|wss\.\w{1,4}/f/", "文叔叔"),
    (r"docs\.qq\.com/(?:sheet|doc|form|smartsheet|pdf|slide)/", "腾讯文档"),
    (r"kdocs\.cn/(?:l|p|view|singlesign)", "金山文档"),
    (r"feishu\.cn/(?:file|sheets|docx?|base|wiki)/", "飞书文档"),
    (r"1drv\.ms/|onedrive\.live\.com/|\.sharepoint\.com/", "OneDrive"),
)  # fmt: skip
_LINKED = re.compile(
    "|".join(f"(?P<s{n}>{p})" for n, (p, _) in enumerate(_SERVICES)), re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<![\w.\-])[\w.\-]{4,100}+/[^\s\"'<>]{1,400}")
_DRAWN = re.compile(r"data:[\w/+.\-]{1,80};base64,[^\s\"'<>)]*+")
_MOST = 20_000
"""Addresses in one letter that are looked at."""
# What webmail puts above a list of such files, also where the addresses were lost on the way.
_HEADED = re.compile(r"从([\w ]{0,12}邮箱)发来的(?:超大附件|云附件)")


def services(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the services whose files are linked to, each once, as they come.

    Names only: whoever has the address of such a file has the file.
    """
    return _distinct(tuple(name for text in texts for name in _linked(unescape(text))))


def _linked(text: str) -> tuple[str, ...]:
    addresses = (hit[0] for hit in _ADDRESS.finditer(_DRAWN.sub("", text)))
    hits = (_LINKED.search(address) for address in islice(dict.fromkeys(addresses), _MOST))
    found = tuple(_SERVICES[int((hit.lastgroup or "s0")[1:])][1] for hit in hits if hit)
    return found or tuple(f"{hit[1]}超大附件" for hit in _HEADED.finditer(text))


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
