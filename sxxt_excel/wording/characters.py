"""Full-width and odd characters as the plain ones that a grammar knows."""

from __future__ import annotations

import re

from sxxt_excel.text import clean

# Full-width ASCII, the dashes an input method offers, and the full stop typed for a dot.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "‐‑‒–—―−"), "-"
)
_PLAIN[ord("。")] = "."
_TIGHT = re.compile(r" ?([年月日号底末.:/()-]) ?")


def half_width(text: str) -> str:
    """Return the text in half-width characters, with one blank where there is any."""
    return " ".join(clean(text).translate(_PLAIN).split())


def tight(text: str) -> str:
    """Return the same without the blanks beside what parts a date."""
    return _TIGHT.sub(r"\1", half_width(text))
