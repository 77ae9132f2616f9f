"""The parts of a package (OPC) and their relationships, by regular expressions."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from sxxt_excel.formats.common import RefusedError
from sxxt_excel.formats.sniff import plain_name

__all__ = ["Parts", "attributes_of", "relationships", "resolved", "targets", "utf8"]

# Nothing but the declaration, comments and the like before the first element.
_PLAIN_START = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<[A-Za-z_]", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REL = re.compile(rb"<(?:\w+:)?Relationship(?=\s)([^<>]*)>")


class Parts:
    """The members of a package by plain name: slashes and case do not matter to Excel either."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {plain_name(info.filename): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def under(self, folder: str) -> tuple[str, ...]:
        """The names of all parts that begin like this."""
        return tuple(name for name in self._infos if name.startswith(folder) and name != folder)

    def binary(self, name: str) -> bytes:
        """The bytes of a part."""
        return self._archive.read(self._infos[name.lower()])

    def xml(self, name: str) -> bytes:
        """The text of a part in UTF-8; a part that defines entities is refused."""
        text = utf8(self.binary(name))
        if _defines(text):
            raise RefusedError("F128", "内含 XML 实体定义")
        return text


def _defines(xml: bytes) -> bool:
    """Tell whether entities may be defined: nowhere but before the first element can they be."""
    return _PLAIN_START.match(xml) is None and (b"<!DOCTYPE" in xml or b"<!ENTITY" in xml)


def relationships(xml: bytes) -> Iterator[dict[str, str]]:
    """Yield the attributes of each relationship in a part that lists them."""
    for rel in _REL.finditer(xml):
        yield attributes_of(rel[1])


def targets(parts: Parts, source: str) -> dict[str, str]:
    """Return what the relationships of a part point to: id → name of a part."""
    folder, _, base = source.rpartition("/")
    rels = f"{folder}/_rels/{base}.rels"
    if rels not in parts:
        raise RefusedError("F102", "缺少工作表目录")
    found = {}
    for attributes in relationships(parts.xml(rels)):
        found[attributes.get("Id", "")] = resolved(folder, attributes.get("Target", ""))
    return found


def resolved(folder: str, target: str) -> str:
    """Return the name of the part that a relationship of a folder's part points to."""
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path).lstrip("/")


def attributes_of(text: bytes) -> dict[str, str]:
    """Return the attributes of a start tag by local name."""
    return {
        name.rpartition(b":")[2].decode(): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(text)
    }


def utf8(text: bytes) -> bytes:
    """Return XML in UTF-8; in UTF-16, as it may come, no expression here would find anything."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace").encode()
    if text.startswith(b"<\x00"):
        return text.decode("utf-16-le", "replace").encode()
    if text.startswith(b"\x00<"):
        return text.decode("utf-16-be", "replace").encode()
    return text
