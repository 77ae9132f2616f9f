"""The words of papers: a template of the office's own under 文书模板/, else the shipped one.

A line of a template is a paragraph; what stands before it, such as 【标题】, says of which kind.
Whatever is filled in is text: nothing in it is looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sxxt_excel.paperwork.figures import Figure
from sxxt_excel.paperwork.paper import Block, Grid, Kind, one_line
from sxxt_excel.toml import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Worded", "worded"]

_SHIPPED = Path(__file__).parent / "templates"
_KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
_TAG = re.compile(rf"【({'|'.join(_KINDS)})】(.*)", re.DOTALL)
# Stands around what is filled in until lines are told apart: no text that is cleaned has it.
_FENCE = "\ufffe"
_ASK = "请与程序自带的同名模板对照，或删去这个文件，改用自带的"
_MISHAPS = (
    jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


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
        return f"{_FENCE}{one_line(str(value))}"


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
    file = f"{name}.j2"
    pen = _Pen()
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=pen.write,
    )
    try:
        text = environment.from_string(_source(folder, file)).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise DefinitionError(file, f"第{error.lineno}行", "写法不对，读不下去", _ASK) from error
    except _MISHAPS as error:
        said = re.search(r"'([^']+)'", str(error))
        what = f"“{said[1]}”填不进去" if said else "有一处填不进去"
        raise DefinitionError(file, "", what, _ASK) from error
    return Worded(tuple(_blocks(text, {grid.name for grid in grids}, file)), tuple(pen.figures))


def _source(folder: Path, file: str) -> str:
    own = folder / file
    try:
        return (own if own.is_file() else _SHIPPED / file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        advice = "请用记事本打开，另存为，编码选UTF-8"
        raise DefinitionError(file, "", "不是UTF-8编码", advice) from error


def _blocks(text: str, tables: set[str], file: str) -> Iterator[Block]:
    for line in text.splitlines():
        tagged = _TAG.fullmatch(line.strip())
        kind, words = (_KINDS[tagged[1]], tagged[2]) if tagged else ("正文", line)
        words = words.replace(_FENCE, "").strip()
        if kind == "表" and words not in tables:
            advice = f"可以写的有：{'、'.join(sorted(tables))}"
            raise DefinitionError(file, "", f"没有“{words}”这张表", advice)
        if words:
            yield Block(kind, words)
