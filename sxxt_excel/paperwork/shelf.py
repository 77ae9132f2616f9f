"""A folder of ours with a list of digests: what a later run no longer puts there is taken away."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIST", "Changes", "Shelf"]

LIST = "校验码.txt"
_SEPARATOR = "  "


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run has otherwise than the one before, by names of files; `first`: there was none."""

    first: bool
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


class Shelf:
    """A folder being filled; `close` when all is there.

    Files that somebody else put there, or changed since, stay as they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = _read(folder / LIST)
        self._now: dict[str, str] = {}

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole under a name relative to the folder."""
        write_whole(self.folder / name, data)
        self._now[name] = _digest(data)

    def make(self, name: str, write: Callable[[Path], None]) -> None:
        """Let something else write a file, and note it."""
        write(self.folder / name)
        self._now[name] = _digest((self.folder / name).read_bytes())

    def digest(self, name: str) -> str:
        """Return the sha256 of a file that was put here."""
        return self._now[name]

    def close(self) -> Changes:
        """Write the list, take away what no longer belongs here, and return what is different."""
        before = self._before or {}
        gone = [name for name in before if name not in self._now]
        lines = (f"{self._now[name]}{_SEPARATOR}{name}\n" for name in sorted(self._now))
        write_whole(self.folder / LIST, "".join(lines).encode())
        for name in gone:
            path = self.folder / name
            if path.is_file() and _digest(path.read_bytes()) == before[name]:
                path.unlink()
                with suppress(OSError):  # others' files may lie beside it
                    path.parent.rmdir()
        shared = [name for name in sorted(self._now) if name in before]
        return Changes(
            self._before is None,
            tuple(name for name in sorted(self._now) if name not in before),
            tuple(name for name in shared if self._now[name] != before[name]),
            tuple(sorted(gone)),
        )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> dict[str, str] | None:
    """Return name → digest of a list of ours; None where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    pairs = (line.partition(_SEPARATOR) for line in lines)
    return {name: digest for digest, _, name in pairs if _is_inside(name)}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts
