"""The words of papers: a template of the office's own under 文书模板/, else the shipped one.

A line of a template is a paragraph; what stands before it, such as 【标题】, says of which kind.
Whatever is filled in is text: nothing in it is looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from sxxt_excel.outputs.fillable import Fillable, faulty
from sxxt_excel.paperwork.figures import Figure
from sxxt_excel.paperwork.paper import Block, Grid, Kind, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Worded", "worded"]

_SHIPPED = Path(__file__).parent / "templates"
_KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
_TAG = re.compile(rf"【({'|'.join(_KINDS)})】(.*)", re.DOTALL)
# Stands around what is filled in until lines are told apart: no text that is cleaned has it.
_FENCE = "\ufffe"


@dataclass(frozen=True, slots=True)
class Worded:
    """What a template came to: paragraphs, and the figures they print, in their order."""

    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]


@dataclass
class _Pen:
    """Writes down each figure as it is printed."""

    figures: list[Figure] = field(default_factory=list)

    def write(self, value: Any) -> str:  # noqa: ANN401 - whatever a template prints
        if isinstance(value, Figure):
            self.figures.append(value)
        return f"{_FENCE}{printable(str(value))}"


def worded(name: str, folder: Path, values: Mapping[str, object], grids: Sequence[Grid]) -> Worded:
    """Fill a template in.

    Args:
        name: of the paper; its template is `<name>.j2`.
        folder: where the office keeps templates of its own.
        values: what the template may name: figures, words, lists of words.
        grids: the tables that it may place.

    Raises:
        DefinitionError: the office's own template is faulty.
    """
    pen = _Pen()
    text = Fillable(folder, _SHIPPED, None, pen.write).filled(name, values)
    return Worded(tuple(_blocks(text, {grid.name for grid in grids}, name)), tuple(pen.figures))


def _blocks(text: str, tables: set[str], paper: str) -> Iterator[Block]:
    for line in text.splitlines():
        tagged = _TAG.fullmatch(line.strip())
        kind, words = (_KINDS[tagged[1]], tagged[2]) if tagged else ("正文", line)
        words = words.replace(_FENCE, "").strip()
        if kind == "表" and words not in tables:
            advice = f"可以写的有：{'、'.join(sorted(tables))}"
            raise faulty(paper, None, f"没有“{words}”这张表", advice)
        if words:
            yield Block(kind, words)
