"""What arrives: parcels, the members of containers, and the clocks that say when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.package import Refusal

INSIDE = "!"
"""Stands between a container and what was in it: `资料.zip!机械学院/清单.xlsx`."""

_LAST = re.compile(r"[^/!]*$")


def last_name(path: str) -> str:
    """Return a file's own name: the last part of its path, in a container or a folder."""
    found = _LAST.search(path)
    return found[0] if found else path


@dataclass(frozen=True, slots=True)
class Clocks:
    """When material says that it came: moments in ISO 8601 at +08:00, "" where unknown.

    `received` is the newest server's Received line, `sent` the mail's Date, `entry` the time
    that an archive gives its member.
    """

    received: str = ""
    sent: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """How much may still come out of a container: bytes and members."""

    bytes: int
    entries: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file as it lies in the inbox: `path` relative with `/`, `modified` in ISO +08:00.

    Numbers of persons in `path` are masked; `place` is where its bytes are and `said` its name
    as it is. `relayed`: it came inside a 上报版, which says when it had arrived (`modified`).
    `link`: it merely points elsewhere, and is not followed.
    Of a member of a container `path` reads `outer!inner`, `modified` is the container's own
    file time, `sender` the address that a mail came from, `depth` how many containers it is in
    and `room` what may come out of it in turn (None: as much as out of any).
    """

    path: str
    place: str
    modified: str
    relayed: bool = False
    link: bool = False
    said: str = ""
    clocks: Clocks = field(default_factory=Clocks)
    sender: str = ""
    depth: int = 0
    room: Room | None = None

    @property
    def name(self) -> str:
        """Return the file's own name; outside of containers a ! is a character like any."""
        inside = self.depth or self.relayed
        return last_name(self.path) if inside else self.path.rpartition("/")[2]

    @property
    def outer(self) -> tuple[str, ...]:
        """Return the paths of the containers that it came in, the innermost first."""
        paths, path = [], self.path
        for _ in range(self.depth):
            path = path.rpartition(INSIDE)[0]
            paths.append(path)
        return tuple(paths)


@dataclass(frozen=True, slots=True)
class Member:
    """One thing out of a container: `name` relative with `/`, only to be shown, never a place."""

    name: str
    data: bytes
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a container held: members, and those that could not be had with the reason.

    `sender`, `sent` and `received` are a mail's. `links` are its links to files kept elsewhere
    (超大附件, 中转站).
    """

    members: tuple[Member, ...] = ()
    refused: tuple[tuple[str, Refusal], ...] = ()
    sender: str = ""
    sent: str = ""
    received: str = ""
    links: tuple[str, ...] = ()
