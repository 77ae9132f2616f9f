"""Which styles of a workbook strike the text of their cells out, by regular expressions."""

from __future__ import annotations

import re

from sxxt_excel.formats.opc import attributes_of

__all__ = ["struck_styles"]

_FONT = re.compile(rb"<(?:\w+:)?font(?=[\s/>])")
_STRIKE = re.compile(rb"<(?:\w+:)?strike(?=[\s/>])([^<>]*)>")
_FORMAT = re.compile(rb"<(?:\w+:)?xf(?=[\s/>])([^<>]*)>")
_OFF = frozenset({"0", "false"})


def struck_styles(styles: bytes) -> tuple[str, ...]:
    """Return the numbers of the cell formats whose font is struck out: as a rule there are none."""
    if b"strike" not in styles:
        return ()
    fonts = _FONT.split(_between(styles, b"fonts"))[1:]
    struck = {str(n) for n, font in enumerate(fonts) if _is_struck(font)}
    formats = _FORMAT.findall(_between(styles, b"cellXfs"))
    return tuple(
        str(n) for n, each in enumerate(formats) if attributes_of(each).get("fontId") in struck
    )


def _is_struck(font: bytes) -> bool:
    found = _STRIKE.search(font)
    return found is not None and attributes_of(found[1]).get("val") not in _OFF


def _between(xml: bytes, name: bytes) -> bytes:
    start = re.search(rb"<(?:\w+:)?" + name + rb"(?=[\s>])", xml)
    if start is None:
        return b""
    end = re.compile(rb"</(?:\w+:)?" + name + rb">").search(xml, start.end())
    return xml[start.end() : end.start() if end else len(xml)]
