"""The templates of letters: the office's own in 文书模板, else those that come with the program.

A template has no other words to put in than those it is given, and can do nothing but write:
one that wants more is refused, with its file and line, before any letter is written.
"""

from __future__ import annotations

import re
import traceback
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sxxt_excel.letters.letter import KINDS
from sxxt_excel.text import clean
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import WORDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jinja2 import Template

_SUBJECT = "主题："
_LAYOUTS = ("信函.txt", "信函.html")
_SUFFIX = ".j2"
_ATTRIBUTE = re.compile(r"attribute '([^']*)'")
_ASK = "请与程序自带的同名模板对照，或删去这个文件，改用自带的"
_KEPT = frozenset({"loop", "range", "dict", "lipsum", "cycler", "joiner", "namespace"})


class Wording:
    """All templates, each compiled once; the office's own are looked at before any is used.

    Args:
        own: the folder in which the office keeps its own, if it does.
        known: the names a template may use.

    Raises:
        DefinitionError: one of the office's is faulty.
    """

    def __init__(self, own: Path | None, known: Mapping[str, Any]) -> None:
        self._own = own
        self._known = frozenset(known)
        self._environment = ImmutableSandboxedEnvironment(
            autoescape=lambda name: bool(name) and str(name).endswith(f".html{_SUFFIX}"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates: dict[str, Template] = {}
        for name in (*(f"{kind}.txt" for kind in KINDS), *_LAYOUTS):
            if own is not None and (own / f"{name}{_SUFFIX}").is_file():
                self._template(name)

    def said(self, kind: str, words: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """Return the subject and the paragraphs of one kind of letter.

        Raises:
            DefinitionError: the template can't be filled in.
        """
        lines = self._filled(f"{kind}.txt", words).strip().split("\n")
        head = lines[0].strip()
        if not head.startswith(_SUBJECT):
            advice = f"请在第一行写“{_SUBJECT}”和邮件的主题"
            raise _faulty(f"{kind}.txt{_SUFFIX}", 1, "没有写主题", advice)
        body = tuple(line.strip() for line in lines[1:] if line.strip())
        return head.removeprefix(_SUBJECT).strip(), body

    def laid_out(self, words: Mapping[str, Any]) -> tuple[str, str]:
        """Return a whole letter as plain text and as HTML."""
        text, html = (self._filled(name, words) for name in _LAYOUTS)
        return text.strip("\n") + "\n", html

    def _filled(self, name: str, words: Mapping[str, Any]) -> str:
        template = self._template(name)
        try:
            return template.render(words)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            line = _line(error, template)
            raise _faulty(f"{name}{_SUFFIX}", line, _fault(error)) from error

    def _template(self, name: str) -> Template:
        if name not in self._templates:
            self._templates[name] = self._read(f"{name}{_SUFFIX}")
        return self._templates[name]

    def _read(self, file: str) -> Template:
        own = self._own / file if self._own is not None else None
        if own is None or not own.is_file():
            text = files("sxxt_excel.letters").joinpath("defaults", file).read_text("utf-8")
            return self._compiled(text, file)
        try:
            text = own.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            advice = "请用记事本打开，另存为，编码选UTF-8"
            raise _faulty(file, None, "不是UTF-8编码", advice) from error
        return self._compiled(text, file)

    def _compiled(self, text: str, file: str) -> Template:
        environment = self._environment
        try:
            tree = environment.parse(text, filename=file)
            for name, line in _strangers(tree, self._known):
                known = "、".join(sorted(self._known))
                raise _faulty(file, line, f"不认识“{name}”", f"可以写的有：{known}")
            code = environment.compile(text, name=file, filename=file)
        except TemplateSyntaxError as error:
            raise _faulty(file, error.lineno, "写法不对，读不下去") from error
        return environment.template_class.from_code(environment, code, {})


def _strangers(tree: nodes.Template, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield the names that a template uses and nothing gives it, with their line."""
    own = {n.name for n in tree.find_all(nodes.Name) if n.ctx in {"store", "param"}}
    own |= {m.name for m in tree.find_all(nodes.Macro)} | known | _KEPT
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in own:
            yield name.name, name.lineno
    for kind in (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport):
        for part in tree.find_all(kind):
            yield "另一个模板", part.lineno


def _faulty(file: str, line: int | None, fault: str, advice: str = _ASK) -> DefinitionError:
    """Return what is wrong with a template of the office's own: no other can be."""
    return DefinitionError(f"{WORDING}/{file}", f"第{line}行" if line else "", fault, advice)


def _line(error: Exception, template: Template) -> int | None:
    """Return the line of a template at which an error arose, where that is known."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == template.filename), None)


def _fault(error: Exception) -> str:
    named = _ATTRIBUTE.search(str(error))
    return f"“{named[1]}”填不进去" if named else "填不进去"


def one_line(text: str) -> str:
    """Return a text on one line: what is put into a letter must not begin a paragraph of it."""
    return " ".join(clean(text).split())
