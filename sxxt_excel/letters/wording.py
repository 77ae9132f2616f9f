"""The words of letters: a template for each kind, and one to lay out every letter."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sxxt_excel.letters.letter import KINDS
from sxxt_excel.outputs.fillable import Fillable, faulty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUBJECT = "主题："
_LAYOUTS = ("信函.txt", "信函.html")


class Wording:
    """All templates of letters; the office's own are looked at before any is used.

    Args:
        own: the folder in which the office keeps its own, if it does.
        known: the names a template may use.

    Raises:
        DefinitionError: one of the office's is faulty.
    """

    def __init__(self, own: Path | None, known: Mapping[str, Any]) -> None:
        shipped = files("sxxt_excel.letters").joinpath("defaults")
        self._templates = Fillable(own, shipped, known)
        self._templates.look((*map(_of, KINDS), *_LAYOUTS))

    def said(self, kind: str, words: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """Return the subject and the paragraphs of one kind of letter.

        Raises:
            DefinitionError: the template can't be filled in.
        """
        lines = self._templates.filled(_of(kind), words).strip().split("\n")
        head = lines[0].strip()
        if not head.startswith(_SUBJECT):
            advice = f"请在第一行写“{_SUBJECT}”和邮件的主题"
            raise faulty(_of(kind), 1, "没有写主题", advice)
        body = tuple(line.strip() for line in lines[1:] if line.strip())
        return head.removeprefix(_SUBJECT).strip(), body

    def laid_out(self, words: Mapping[str, Any]) -> tuple[str, str]:
        """Return a whole letter as plain text and as HTML."""
        text, html = (self._templates.filled(name, words) for name in _LAYOUTS)
        return text.strip("\n") + "\n", html


def _of(kind: str) -> str:
    return f"{kind}.txt"
