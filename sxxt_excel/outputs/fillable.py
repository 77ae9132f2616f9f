"""Templates of texts: the office's own in 文书模板, else those that come with the program.

A template has no other words to put in than those it is given, and can do nothing but write:
one that wants more is refused, with its file and line, before it is filled in.
"""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import WORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from jinja2 import Template

__all__ = ["Fillable", "faulty"]

_SUFFIX = ".j2"
_QUOTED = re.compile(r"'([^']+)'(?= is undefined)|attribute '([^']+)'")
_ASK = "请与程序自带的同名模板对照，或删去这个文件，改用自带的"
_KEPT = frozenset({"loop", "range", "dict", "lipsum", "cycler", "joiner", "namespace"})
_MISHAPS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Fillable:
    """All templates of one kind of text, each compiled once.

    What is filled into one whose name ends in `.html` is escaped.

    Args:
        own: the folder in which the office keeps its own, if it does.
        shipped: the folder of those that come with the program.
        known: the names that a template may use; None where they differ from time to time: then
            a template may ask for one behind a condition.
        print_as: what a value is printed as, where that is not its text.
    """

    def __init__(
        self,
        own: Path | None,
        shipped: Traversable,
        known: Collection[str] | None,
        print_as: Callable[[Any], str] | None = None,
    ) -> None:
        self._own, self._shipped, self._known = own, shipped, known
        self._environment = ImmutableSandboxedEnvironment(
            autoescape=lambda name: bool(name) and str(name).endswith(f".html{_SUFFIX}"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=print_as,
        )
        self._templates: dict[str, Template] = {}

    def look(self, names: Collection[str]) -> None:
        """Look at those of the office's own that are there.

        Raises:
            DefinitionError: one is faulty.
        """
        for name in names:
            if self._own is not None and (self._own / f"{name}{_SUFFIX}").is_file():
                self._template(name)

    def filled(self, name: str, words: Mapping[str, Any]) -> str:
        """Return a template filled in.

        Raises:
            DefinitionError: the template is faulty, or can't be filled in with these words.
        """
        template = self._template(name)
        try:
            return template.render(words)
        except _MISHAPS as error:
            raise faulty(name, _line(error, template), _fault(error)) from error

    def _template(self, name: str) -> Template:
        if name not in self._templates:
            self._templates[name] = self._compiled(name, self._source(name))
        return self._templates[name]

    def _source(self, name: str) -> str:
        file = f"{name}{_SUFFIX}"
        own = self._own / file if self._own is not None else None
        if own is None or not own.is_file():
            return self._shipped.joinpath(file).read_text(encoding="utf-8")
        try:
            return own.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            advice = "请用记事本打开，另存为，编码选UTF-8"
            raise faulty(name, None, "不是UTF-8编码", advice) from error

    def _compiled(self, name: str, text: str) -> Template:
        environment, file = self._environment, f"{name}{_SUFFIX}"
        try:
            tree = environment.parse(text, filename=file)
            for stranger, line in _strangers(tree, self._known):
                advice = f"可以写的有：{'、'.join(sorted(self._known))}" if self._known else _ASK
                raise faulty(name, line, f"不认识“{stranger}”", advice)
            code = environment.compile(text, name=file, filename=file)
        except TemplateSyntaxError as error:
            raise faulty(name, error.lineno, "写法不对，读不下去") from error
        return environment.template_class.from_code(environment, code, {})


def faulty(name: str, line: int | None, fault: str, advice: str = _ASK) -> DefinitionError:
    """Return what is wrong with a template of the office's own: no other can be."""
    return DefinitionError(
        f"{WORDING}/{name}{_SUFFIX}", f"第{line}行" if line else "", fault, advice
    )


def _strangers(tree: nodes.Template, known: Collection[str] | None) -> Iterator[tuple[str, int]]:
    """Yield what a template uses and nothing gives it, with its line."""
    own = {n.name for n in tree.find_all(nodes.Name) if n.ctx in {"store", "param"}}
    own |= {m.name for m in tree.find_all(nodes.Macro)} | {*(known or ())} | _KEPT
    for name in tree.find_all(nodes.Name):
        if known is not None and name.ctx == "load" and name.name not in own:
            yield name.name, name.lineno
    for kind in (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport):
        for part in tree.find_all(kind):
            yield "另一个模板", part.lineno


def _line(error: Exception, template: Template) -> int | None:
    """Return the line of a template at which an error arose, where that is known."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == template.filename), None)


def _fault(error: Exception) -> str:
    named = _QUOTED.search(str(error))
    return f"“{named[1] or named[2]}”填不进去" if named else "有一处填不进去"
