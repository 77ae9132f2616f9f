"""Containers: which files are some, and putting their members where workers can read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.formats.sniff import ARCHIVES, MAILS
from sxxt_excel.intake.parcel import INSIDE, Clocks, Member, Opened, Parcel, Room, last_name
from sxxt_excel.package import Refusal
from sxxt_excel.privacy import masked_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sxxt_excel.package import Kind, Limits

CONTAINERS = ARCHIVES | MAILS


@dataclass(frozen=True, slots=True)
class Container:
    """One as it came: its parcel, what it is (one of CONTAINERS), its bytes and their sha256."""

    parcel: Parcel
    kind: Kind
    data: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out of a container: parcels to be read, and members that could not be had.

    `links`: what a mail says is kept elsewhere. `mail`: it was one, and no archive.
    """

    parcels: tuple[Parcel, ...]
    refused: tuple[tuple[Parcel, Refusal], ...] = ()
    links: tuple[str, ...] = ()
    mail: bool = False


def unpack(outer: Container, limits: Limits, scratch: Path) -> Unpacked | Refusal:
    """Open a container and put its members into a folder, under names that are ours.

    Args:
        outer: the container.
        limits: how deep containers may be in one another, and what all together may take.
        scratch: the folder; made where it is not there.
    """
    parcel, kind = outer.parcel, outer.kind
    if parcel.depth >= limits.nesting:
        return Refusal("F119", f"压缩包、邮件套了{parcel.depth + 1}层")
    room = parcel.room or Room(limits.unpacked_bytes, limits.entries)
    opened = _opened(kind, outer.data, last_name(parcel.said), _within(limits, room))
    if isinstance(opened, Refusal):
        return opened
    places = [scratch / f"{outer.digest}-{number}" for number in range(len(opened.members))]
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        for place, member in zip(places, opened.members, strict=True):
            place.write_bytes(member.data)
    except OSError:
        return Refusal("F119", "磁盘空间不够，展不开")
    rooms = _rooms(room, opened.members, is_mail=kind in MAILS)
    names = masked_names([m.name for m in opened.members] + [name for name, _ in opened.refused])
    had, not_had = names[: len(places)], names[len(places) :]
    parcels = [
        _inside(parcel, opened, member, shown, str(place), mine)
        for member, shown, place, mine in zip(opened.members, had, places, rooms, strict=True)
    ]
    refused = [
        (_inside(parcel, opened, Member(name, b""), shown, "", room), refusal)
        for (name, refusal), shown in zip(opened.refused, not_had, strict=True)
    ]
    return Unpacked(tuple(parcels), tuple(refused), opened.links, mail=kind in MAILS)


def _rooms(room: Room, members: Sequence[Member], *, is_mail: bool) -> list[Room]:
    """Return what may come out of each member: its share of what its container leaves.

    What a mail encloses lay in it openly and has taken nothing.
    """
    sizes = [len(member.data) for member in members]
    whole = sum(sizes)
    left = room.bytes - (0 if is_mail else whole)
    shares = (size / (whole or 1) for size in sizes)
    return [Room(max(int(left * s), 1), max(int(room.entries * s), 20)) for s in shares]


def _opened(kind: Kind, data: bytes, name: str, limits: Limits) -> Opened | Refusal:
    if kind in MAILS:
        from sxxt_excel.intake.mails import open_mail, open_mbox  # noqa: PLC0415 - seldom needed

        return (open_mbox if kind == "mbox" else open_mail)(data, name, limits)
    from sxxt_excel.intake.archives import open_archive  # noqa: PLC0415 - as above

    return open_archive(data, name, limits)


def _within(limits: Limits, room: Room) -> Limits:
    return replace(
        limits,
        unpacked_bytes=min(room.bytes, limits.unpacked_bytes),
        entries=min(room.entries, limits.entries),
    )


def _inside(  # noqa: PLR0913, PLR0917 - what is known of one member
    outer: Parcel, opened: Opened, member: Member, shown: str, place: str, room: Room
) -> Parcel:
    clocks = outer.clocks
    return Parcel(
        path=f"{outer.path}{INSIDE}{shown}",
        place=place,
        modified=outer.modified,
        said=member.name,
        clocks=Clocks(
            received=opened.received or clocks.received,
            sent=opened.sent or clocks.sent,
            entry=member.entry or clocks.entry,
        ),
        sender=opened.sender or outer.sender,
        depth=outer.depth + 1,
        room=room,
    )
