"""Texts beside the cells that speak of secrecy: page heads and feet with their codes, and boxes."""

import re
from collections.abc import Iterator
from html import unescape

__all__ = ["MARKED", "boxed_lines", "head_parts", "heads_and_feet"]

MARKED = "密"
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Z])', re.IGNORECASE)
_PARTS = re.compile(r"&[LCR]", re.IGNORECASE)
_HEADS = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)(?:\s[^<>]*)?>([^<]*)<")
_BOX_TEXT = re.compile(rb"<a:t(?:\s[^<>]*)?>([^<]*)<")
# The one character as programs write it: as it is, or by its number.
_MARKED = re.compile(
    rf"{MARKED}|&#0*{ord(MARKED)};|&#[xX]0*{ord(MARKED):x};".encode(), re.IGNORECASE
)


def head_parts(text: str) -> Iterator[str]:
    """Yield each third of a page head or foot that speaks of secrecy, without codes of fonts."""
    if MARKED in text:
        yield from (_CODES.sub("", part) for part in _PARTS.split(text))


def heads_and_feet(xml: bytes) -> Iterator[str]:
    """Yield each third of the page heads and feet of a sheet that speaks of secrecy."""
    start = max(xml.rfind(b"sheetData"), 0)
    if xml.find(b"eaderFooter", start) < 0:
        return
    for said in _HEADS.findall(xml, start):
        if _MARKED.search(said):
            yield from head_parts(unescape(said.decode("utf-8", "replace")))


def boxed_lines(xml: bytes) -> Iterator[str]:
    """Yield each line of the text boxes on a sheet that speaks of secrecy."""
    for line in xml.split(b"</a:p>"):
        text = unescape(b"".join(_BOX_TEXT.findall(line)).decode("utf-8", "replace"))
        if MARKED in text:
            yield text
