"""Texts beside the cells that speak of secrecy: page heads and feet with their codes."""

import re
from collections.abc import Iterator

__all__ = ["MARKED", "head_parts"]

MARKED = "密"
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Z])', re.IGNORECASE)
_PARTS = re.compile(r"&[LCR]", re.IGNORECASE)


def head_parts(text: str) -> Iterator[str]:
    """Yield each third of a page head or foot that speaks of secrecy, without codes of fonts."""
    if MARKED in text:
        yield from (_CODES.sub("", part) for part in _PARTS.split(text))
