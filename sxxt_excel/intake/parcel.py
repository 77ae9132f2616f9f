"""What arrives: parcels, the members of containers, and the clocks that say when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.package import Refusal

INSIDE = "!"
"""Stands between a container and what was in it: `资料.zip!机械学院/清单.xlsx`."""

_LAST = re.compile(r"[^/!]*$")


def last_name(path: str) -> str:
    """Return a file's own name: the last part of its path, in a container or a folder."""
    found = _LAST.search(path)
    return found[0] if found else path


# Controls, lone halves of characters, and marks that turn the direction of writing.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_DRIVE = re.compile(r"[A-Za-z]:")
# What Windows takes for a device, with any suffix; and what no name may hold there.
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
_FULL_WIDTH = str.maketrans('<>:"|?*' + INSIDE, "＜＞：＂｜？＊！")
_LONGEST, _DEEPEST = 120, 16


def shown_name(text: str) -> str:
    """Make a name from outside harmless to show: relative with `/`, nothing unseen in it.

    Steps upwards, drives and empty parts are gone; `INSIDE` and what Windows allows in no name is
    in full width, and its devices have a `_` before them. The last 16 parts are left, each of at
    most 120 characters and with its suffix. A name of which nothing is left is 未命名.
    """
    parts = (_shown_part(part) for part in text.replace("\\", "/").split("/"))
    return "/".join([part for part in parts if part][-_DEEPEST:]) or "未命名"


def _shown_part(part: str) -> str:
    seen = _UNSEEN.sub("", part).strip().rstrip(". ")
    if _DRIVE.fullmatch(seen):
        return ""
    seen = seen.translate(_FULL_WIDTH)
    if _DEVICE.match(seen):
        seen = f"_{seen}"
    stem, dot, suffix = seen.rpartition(".")
    if len(seen) <= _LONGEST or not stem or len(suffix) > len("spreadsheet"):
        return seen[:_LONGEST]
    return stem[: _LONGEST - len(dot + suffix)] + dot + suffix


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with (2), (3) before the suffix of one that was there already."""
    taken: set[str] = set()
    told = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        if not stem or "/" in suffix:
            stem, dot, suffix = name, "", ""
        tries = (f"{stem}({number}){dot}{suffix}" for number in count(2))
        new = name if name not in taken else next(one for one in tries if one not in taken)
        taken.add(new)
        told.append(new)
    return tuple(told)


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
    Of a member of a container `path` reads `outer!inner`, `modified` is the container's own
    file time, `sender` the address that a mail came from, `depth` how many containers it is in
    and `room` what may come out of it in turn (None: as much as out of any).
    """

    path: str
    place: str
    modified: str
    relayed: bool = False
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
