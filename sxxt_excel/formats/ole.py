"""Compound files (OLE 2): what lies under their root, and the bytes of one stream of them."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["OLE_MAGIC", "root_names", "root_stream"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_ROOT = 5
_MINI_SECTOR = 64
_BROKEN = (ValueError, IndexError, OverflowError, struct.error)


class _Entry(NamedTuple):
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


def root_names(data: bytes) -> frozenset[str]:
    """Names directly under the root storage: an embedded document must not decide the kind."""
    return frozenset(entry.name for entry in _children(tuple(_entries(data))))


def root_stream(data: bytes, *names: str) -> bytes:
    """The bytes of the first of these streams under the root, as far as they are intact."""
    entries = tuple(_entries(data))
    inside = {entry.name: entry for entry in _children(entries)}
    entry = next((inside[name] for name in names if name in inside), None)
    if entry is None:
        return b""
    try:
        if entry.size >= int(struct.unpack_from("<I", data, 56)[0]):
            return b"".join(_sectors(data, entry.start))[: entry.size]
        root = next(e for e in entries if e.kind == _ROOT)
        small = b"".join(_sectors(data, root.start))
        table = b"".join(_sectors(data, int(struct.unpack_from("<I", data, 60)[0])))
        return b"".join(_small(small, table, entry.start))[: entry.size]
    except (*_BROKEN, StopIteration):
        return b""


def _children(entries: tuple[_Entry, ...]) -> Iterator[_Entry]:
    waiting = [entries[0].child] if entries else []
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index in seen or index >= len(entries):
            continue
        seen.add(index)
        yield entries[index]
        waiting += [entries[index].left, entries[index].right]


def _entries(data: bytes) -> Iterator[_Entry]:
    """Directory entries, as far as the container is intact."""
    try:
        for sector in _sectors(data, int(struct.unpack_from("<I", data, 48)[0])):
            for at in range(0, len(sector) // _ENTRY * _ENTRY, _ENTRY):
                length = min(int(struct.unpack_from("<H", sector, at + 64)[0]), 64)
                name = sector[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
                tree = struct.unpack_from("<III", sector, at + 68)
                place = struct.unpack_from("<II", sector, at + 116)
                yield _Entry(name, sector[at + 66], *tree, *place)
    except _BROKEN:
        return


def _sectors(data: bytes, sector: int) -> Iterator[bytes]:
    """The sectors of a chain, each once at most; it ends where the container does."""
    # There are two sizes only; any other would make a loop without end of what follows.
    size = 4096 if data[30:32] == b"\x0c\0" else 512
    table = _table(data, size)
    for _ in range(len(data) // size + 1):
        start = (sector + 1) * size
        if start >= len(data):
            return
        yield data[start : start + size]
        block, place = divmod(sector, size // 4)
        sector = int(struct.unpack_from("<I", data, (table[block] + 1) * size + 4 * place)[0])


def _table(data: bytes, size: int) -> list[int]:
    """Where the sectors of the allocation table are: 109 in the head, more in a chain."""
    table = list(struct.unpack_from("<109I", data, 76))
    more = int(struct.unpack_from("<I", data, 68)[0])
    for _ in range(min(int(struct.unpack_from("<I", data, 72)[0]), len(data) // size)):
        start = (more + 1) * size
        if start + size > len(data):
            break
        *further, more = struct.unpack_from(f"<{size // 4}I", data, start)
        table += further
    return table


def _small(stream: bytes, table: bytes, sector: int) -> Iterator[bytes]:
    """The pieces of a stream so short that it lies in the root's own."""
    for _ in range(len(stream) // _MINI_SECTOR + 1):
        start = sector * _MINI_SECTOR
        if start >= len(stream):
            return
        yield stream[start : start + _MINI_SECTOR]
        sector = int(struct.unpack_from("<I", table, 4 * sector)[0])
