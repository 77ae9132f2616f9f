"""An XML part as a tree that knows where its bytes are, and edits that leave all others alone."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from sxxt_excel.formats.opc import utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Edits", "MarkError", "Node", "mentions", "parse", "reference", "said", "value"]

_TAG = re.compile(rb"""<([^\s/>]+)(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["'][^>]*>""")
_DECLARED = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# What XML 1.0 can't hold at all, not even escaped.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class MarkError(Exception):
    """The workbook is laid out as no program lays one out, so it can't be changed in place."""


class Node:
    """One element: where it stands in its part, what it is called, and what is in it.

    `start` to `inner` is its start tag, `close` to `end` its end tag; of an empty element both
    are `end`. `name` is without prefix, `space` the namespace; `prefix`, of a root only, is what
    stands before the names of its part, colon and all.
    """

    __slots__ = (
        "attributes", "children", "close", "end", "inner", "name", "prefix", "space", "start",
    )  # fmt: skip

    def __init__(
        self, start: int, inner: int, space: str, name: str, attributes: dict[str, str]
    ) -> None:
        self.start, self.inner, self.space, self.name = start, inner, space, name
        self.attributes = attributes
        self.children: list[Node] = []
        self.close = self.end = inner
        self.prefix = ""

    @property
    def empty(self) -> bool:
        """Tell whether it is written as one tag."""
        return self.close == self.end

    def get(self, name: str) -> str:
        """Return an attribute of its own namespace, "" where it is not there."""
        return self.attributes.get(name, "")

    def relation(self) -> str:
        """Return its r:id, whatever the prefix and whichever of the two namespaces."""
        found = (v for k, v in self.attributes.items() if k.endswith("/relationships id"))
        return next(found, "")

    def all(self, name: str) -> list[Node]:
        """Return its children of that name and its own namespace."""
        return [c for c in self.children if c.name == name and c.space == self.space]

    def first(self, name: str) -> Node | None:
        """Return the first of them, if any."""
        return next(iter(self.all(name)), None)

    def under(self) -> Iterator[Node]:
        """Yield everything in it, from the top down."""
        for child in self.children:
            yield child
            yield from child.under()


def parse(part: bytes, depth: int = 99) -> tuple[bytes, Node]:
    """Return a part in UTF-8 and its root, with as many levels below it as asked for.

    Raises:
        MarkError: it is no XML, or defines entities.
    """
    text = _in_utf8(part)
    return text, _Builder(text, depth).root()


def _in_utf8(part: bytes) -> bytes:
    """Return a part in UTF-8, and saying so: whatever is put into it is in UTF-8."""
    text = utf8(part)
    declared = _ENCODING.search(text, 0, 200)
    if declared is None or declared[1].lower() in {b"utf-8", b"utf8"}:
        return text
    rest = text[declared.end() :]
    if text is part:
        try:
            rest = rest.decode(declared[1].decode("ascii")).encode()
        except (LookupError, UnicodeError) as error:
            raise MarkError("encoding") from error
    return _DECLARED + rest


class _Builder:
    """Builds the tree while expat reads; entities are refused, and expat opens no file."""

    def __init__(self, text: bytes, depth: int) -> None:
        self._text, self._depth = text, depth
        self._open: list[Node] = []
        self._names: dict[str, tuple[str, str]] = {}
        self._below = 0
        self._root: Node | None = None
        self._parser = expat.ParserCreate(None, " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def root(self) -> Node:
        try:
            self._parser.Parse(self._text, True)  # noqa: FBT003 - expat takes no keywords
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise MarkError(str(error)) from error
        if self._root is None:
            raise MarkError("empty")
        return self._root

    @staticmethod
    def _doctype(*_: object) -> None:
        raise MarkError("doctype")

    def _start(self, called: str, attributes: dict[str, str]) -> None:
        if len(self._open) > self._depth:
            self._below += 1
            return
        start = self._parser.CurrentByteIndex
        names = self._names.get(called)
        if names is None:
            space, _, name = called.rpartition(" ")
            names = self._names[called] = (space, name)
        node = Node(start, self._tag_end(start), *names, attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
            found = _TAG.match(self._text, start)
            prefix, colon, _ = found[1].rpartition(b":") if found else (b"", b"", b"")
            node.prefix = (prefix + colon).decode()
        self._open.append(node)

    def _tag_end(self, start: int) -> int:
        """Return where a tag ends: at its first > nearly always, which may stand in quotes too."""
        text = self._text
        end = text.index(b">", start) + 1
        if text.find(b"'", start, end) < 0 and text.count(b'"', start, end) % 2 == 0:
            return end
        found = _TAG.match(text, start)
        if found is None:
            raise MarkError("tag")
        return found.end()

    def _end(self, _: str) -> None:
        if self._below:
            self._below -= 1
            return
        node = self._open.pop()
        if not self._text.endswith(b"/>", node.start, node.inner):
            node.close = self._parser.CurrentByteIndex
            node.end = self._text.index(b">", node.close) + 1


class Edits:
    """Changes to one part, gathered first and made at once."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._edits: list[tuple[int, int, int, int, bytes]] = []

    def __bool__(self) -> bool:
        """Tell whether there is anything to change."""
        return bool(self._edits)

    def replace(self, start: int, end: int, new: bytes | str, rank: int = -1) -> None:
        """Put something in the place of these bytes; at one place, the lowest rank comes first."""
        whole = new.encode() if isinstance(new, str) else new
        self._edits.append((start, end, rank, len(self._edits), whole))

    def drop(self, node: Node) -> None:
        """Take an element out."""
        self.replace(node.start, node.end, b"")

    def set(self, node: Node, name: str, new: str) -> None:
        """Give an element an attribute, which has no prefix."""
        tag = self.text[node.start : node.inner]
        found = re.search(rb"\s" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
        if found is not None:
            start, end = node.start + found.start(1), node.start + found.end(1)
            self.replace(start, end, value(new))
            return
        at = node.inner - (2 if node.empty else 1)
        self.replace(at, at, f" {name}={value(new)}")

    def unset(self, node: Node, name: str) -> None:
        """Take an attribute away, which has no prefix."""
        tag = self.text[node.start : node.inner]
        found = re.search(rb"\s+" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
        if found is not None:
            self.replace(node.start + found.start(), node.start + found.end(), b"")

    def append(self, node: Node, xml: str) -> None:
        """Put something at the end of what is in an element."""
        if node.empty:
            tag = self.text[node.start : node.inner]
            called = tag[1:].split(None, 1)[0].rstrip(b"/>").decode()
            self.replace(node.inner - 2, node.inner, f">{xml}</{called}>")
        else:
            self.replace(node.close, node.close, xml)

    def insert(
        self, parent: Node, order: Sequence[str], name: str, xml: str, *, first: bool = False
    ) -> None:
        """Put an element among the children of another, where the schema wants it.

        Args:
            parent: the other; not empty.
            order: the names of its children as the schema orders them; of what has another
                name nothing is known but that it comes late.
            name: the element's name.
            xml: the element.
            first: it comes before others of its name, not after them.
        """
        rank, late = order.index(name), len(order)
        after = (c for c in parent.children if _rank(c, order, late) > rank - int(first))
        following = next(after, None)
        at = parent.close if following is None else following.start
        if parent.empty:
            self.append(parent, xml)
        else:
            self.replace(at, at, xml, rank)

    def applied(self) -> bytes:
        """Return the part with all changes made.

        Raises:
            MarkError: two changes are about the same bytes.
        """
        out, at = [], 0
        for start, end, _, _, new in sorted(self._edits):
            if start < at:
                raise MarkError("edits")
            out += [self.text[at:start], new]
            at = end
        return b"".join((*out, self.text[at:]))


def _rank(node: Node, order: Sequence[str], late: int) -> int:
    return order.index(node.name) if node.name in order else late


def mentions(part: bytes, *words: str) -> bool:
    """Tell whether one of these words stands in a part, written out or as numbers of characters."""
    if b"&#" in part:
        part = _numbered(words).sub(_written_out, part)
    return any(word.encode() in part for word in words)


@cache
def _numbered(words: tuple[str, ...]) -> re.Pattern[bytes]:
    """Return what finds the characters of these words, and no others, where they are numbers."""
    codes = sorted({ord(char) for word in words for char in word})
    ways = "|".join(f"{code:x}" for code in codes), "|".join(map(str, codes))
    return re.compile("&#(?:x0*({})|0*({}));".format(*ways).encode(), re.IGNORECASE)


def _written_out(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16) if found[1] else int(found[2])).encode()


def reference(text: bytes, root: Node, space: str, relation: str) -> str:
    """Return r:id="…" as it may stand in a part, with its prefix declared there if need be."""
    tag = text[root.start : root.inner]
    found = re.search(
        rb"""\sxmlns:([\w.-]+)\s*=\s*["']""" + re.escape(space.encode()) + rb"""["']""", tag
    )
    if found is not None:
        return f'{found[1].decode()}:id="{relation}"'
    return f'xmlns:r="{space}" r:id="{relation}"'


def said(text: str) -> str:
    """Return a text as XML may hold it between tags."""
    return escape(_UNSAYABLE.sub("", text))


def value(text: str) -> str:
    """Return a text as the value of an attribute, quoted."""
    return quoteattr(_UNSAYABLE.sub("", text))
