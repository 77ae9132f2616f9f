"""A workbook's package: its parts, how they refer to one another, and a copy with some changed."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname, join, normpath, relpath
from typing import TYPE_CHECKING

from sxxt_excel.formats.repack import repacked
from sxxt_excel.formats.sniff import plain_name
from sxxt_excel.marking.xml import Edits, MarkError, parse, value

if TYPE_CHECKING:
    from sxxt_excel.marking.xml import Node

__all__ = ["Package", "Relation"]

_TYPES = "[Content_Types].xml"
_EMPTY_RELS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships '
    b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_STRICT = "http://purl.oclc.org/ooxml/"
_LOOSE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of a part's relationships: `kind` is the last word of its type."""

    id: str
    kind: str
    target: str
    inside: bool


class Package:
    """The parts of one .xlsx or .xlsm, by the names they refer to one another by.

    Raises:
        MarkError: it is no such package.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._names = {plain_name(i.filename): i.filename for i in archive.infolist()}
        except zipfile.BadZipFile as error:
            raise MarkError("zip") from error
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._changed: dict[str, bytes | None] = {}
        self._trees: dict[str, tuple[bytes, Node]] = {}

    def __contains__(self, name: str) -> bool:
        key = plain_name(name)
        return key in self._names and self._changed.get(self._names[key], b"") is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all parts."""
        return tuple(name for name in self._names.values() if name in self)

    def read(self, name: str) -> bytes:
        """Return a part as it now is.

        Raises:
            MarkError: there is none of that name, or it can't be had.
        """
        if name not in self:
            raise MarkError(name)
        there = self._names[plain_name(name)]
        changed = self._changed.get(there)
        if changed is not None:
            return changed
        try:
            return self._archive.read(there)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError) as error:
            raise MarkError(name) from error

    def tree(self, name: str) -> tuple[bytes, Node]:
        """Return a part in UTF-8 and its root: one that is read again and again, and no sheet."""
        key = plain_name(name)
        if key not in self._trees:
            self._trees[key] = parse(self.read(name))
        return self._trees[key]

    def write(self, name: str, content: bytes) -> None:
        """Change or add a part."""
        self._trees.pop(plain_name(name), None)
        self._changed[self._names.setdefault(plain_name(name), name)] = content

    def edit(self, name: str, edits: Edits) -> None:
        """Change a part by edits, if they are any."""
        if edits:
            self.write(name, edits.applied())

    def remove(self, name: str) -> None:
        """Take a part out, with its relationships and its content type."""
        for each in (name, _rels(name)):
            if each in self:
                self._drop(each)
        text, root = self.tree(_TYPES)
        edits = Edits(text)
        suffix = name.rpartition(".")[2].casefold()
        last = not any(each.casefold().endswith(f".{suffix}") for each in self.names)
        for node in root.all("Override"):
            if plain_name(node.get("PartName")) == plain_name(name):
                edits.drop(node)
        for node in root.all("Default"):
            if last and node.get("Extension").casefold() == suffix:
                edits.drop(node)
        self.edit(_TYPES, edits)

    def _drop(self, name: str) -> None:
        self._trees.pop(plain_name(name), None)
        self._changed[self._names[plain_name(name)]] = None

    def free(self, pattern: str) -> str:
        """Return a name that no part has: the pattern with a number in it."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def bytes(self) -> bytes:
        """Return the package as it now is; what was not written to keeps its very bytes."""
        try:
            return repacked(self._data, self._changed)
        except (zipfile.BadZipFile, OSError) as error:
            raise MarkError("zip") from error

    # ---- how parts refer to one another ---------------------------------------------------

    @cached_property
    def workbook(self) -> str:
        """Return the name of the workbook's own part."""
        found = (r.target for r in self.relations("") if r.kind == "officeDocument")
        return next((name for name in found if name in self), "xl/workbook.xml")

    def relations(self, source: str) -> tuple[Relation, ...]:
        """Return what a part refers to; the package itself is ""."""
        name = _rels(source)
        if name not in self:
            return ()
        _, root = self.tree(name)
        return tuple(_relation(source, node) for node in root.all("Relationship"))

    def relate(self, source: str, kind: str, target: str) -> str:
        """Let a part refer to another; return the id of that."""
        name = _rels(source)
        text, root = self.tree(name) if name in self else parse(_EMPTY_RELS)
        taken = {node.get("Id").casefold() for node in root.all("Relationship")}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        uses = _STRICT_RELATIONS if self.strict else _LOOSE_RELATIONS
        path = relpath(f"/{target}", f"/{dirname(source)}")
        edits = Edits(text)
        edits.append(
            root,
            f'<{root.prefix}Relationship Id="rId{number}" Type="{uses}/{kind}" '
            f"Target={value(path)}/>",
        )
        self.write(name, edits.applied())
        return f"rId{number}"

    def unrelate(self, source: str, target: str) -> None:
        """Let a part no more refer to another."""
        name = _rels(source)
        text, root = self.tree(name)
        edits = Edits(text)
        nodes = root.all("Relationship")
        gone = [n for n in nodes if plain_name(_relation(source, n).target) == plain_name(target)]
        for node in gone:
            edits.drop(node)
        self.edit(name, edits)
        if len(gone) == len(nodes):
            self._drop(name)

    @cached_property
    def strict(self) -> bool:
        """Tell whether it is Strict Open XML, whose namespaces are others."""
        _, root = self.tree(self.workbook)
        return root.space.startswith(_STRICT)

    @cached_property
    def suffix(self) -> str:
        """Return the suffix of a file of its kind: Excel opens no other under it."""
        _, root = self.tree(_TYPES)
        own = plain_name(self.workbook)
        nodes = (n for n in root.all("Override") if plain_name(n.get("PartName")) == own)
        kind = next((n.get("ContentType") for n in nodes), "")
        macros = "macroEnabled" in kind
        if "template" in kind:
            return ".xltm" if macros else ".xltx"
        return ".xlsm" if macros else ".xlsx"

    @property
    def relation_space(self) -> str:
        """Return the namespace of r:id."""
        return _STRICT_RELATIONS if self.strict else _LOOSE_RELATIONS

    def declare(self, name: str, content_type: str) -> None:
        """Say what kind of part one is."""
        text, root = self.tree(_TYPES)
        edits = Edits(text)
        part, kind = value(f"/{name}"), value(content_type)
        edits.append(root, f"<{root.prefix}Override PartName={part} ContentType={kind}/>")
        self.write(_TYPES, edits.applied())

    def declare_suffix(self, suffix: str, content_type: str) -> None:
        """Say what kind all parts of a suffix are, where that has not been said."""
        text, root = self.tree(_TYPES)
        if any(node.get("Extension").casefold() == suffix for node in root.all("Default")):
            return
        edits = Edits(text)
        xml = f'<{root.prefix}Default Extension="{suffix}" ContentType={value(content_type)}/>'
        edits.insert(root, ("Default", "Override"), "Default", xml)
        self.write(_TYPES, edits.applied())


def _rels(source: str) -> str:
    return join(dirname(source), "_rels", f"{basename(source)}.rels")


def _relation(source: str, node: Node) -> Relation:
    target = node.get("Target").replace("\\", "/")
    inside = node.get("TargetMode") != "External"
    if inside:
        target = normpath(join("/", dirname(source), target)).lstrip("/")
    return Relation(node.get("Id"), node.get("Type").rpartition("/")[2], target, inside)
