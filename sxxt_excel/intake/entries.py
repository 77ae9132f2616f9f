"""What all kinds of archive have in common: entries, what they may cost, and what was had of them.

A kind lists its entries, `planned` holds them against the limits before anything is unpacked, and
`opened` takes their content one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.formats.common import MIB, Refusal, RefusedError
from sxxt_excel.intake.names import distinct_names, is_clutter, shown_name
from sxxt_excel.intake.parcel import Member, Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sxxt_excel.formats.common import Limits

LOCKED = Refusal("F114")
LINK = Refusal("F117")
DAMAGED = Refusal("F118")
UNKNOWN_METHOD = Refusal("F116", "用了少见的压缩方法")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that an archive lists: `at` is the key of its content, `size` what it declares.

    `time` is in ISO 8601 at +08:00, "" where unknown; `refusal` says why it is not to be read.
    """

    at: int
    name: str
    size: int
    time: str = ""
    refusal: Refusal | None = None


def counted(number: int, limits: Limits) -> None:
    """Raise RefusedError where an archive holds more entries, folders too, than it may."""
    if number > limits.entries:
        raise RefusedError("F119", f"内有文件多于 {limits.entries} 个")


def planned(entries: Sequence[Entry], packed: int, limits: Limits) -> tuple[Entry, ...]:
    """Return the entries that people sent, each within the limits or refused.

    Args:
        entries: as the archive lists them; folders left out.
        packed: bytes of the archive.
        limits: one of its own for each file, and for all of them together.

    Raises:
        RefusedError: together they are too large, or larger than the archive can honestly be.
    """
    meant = tuple(_sized(entry, limits) for entry in entries if not is_clutter(entry.name))
    total = sum(entry.size for entry in meant if entry.refusal is None)
    if total > limits.unpacked_bytes:
        raise RefusedError("F119", f"解压后大于 {limits.unpacked_bytes // MIB} MB")
    if limits.is_bloated(total, packed):
        raise RefusedError("F119", f"压缩比超过 {limits.ratio}")
    return meant


def _sized(entry: Entry, limits: Limits) -> Entry:
    if entry.refusal is not None or entry.size <= limits.file_bytes:
        return entry
    return replace(
        entry, refusal=Refusal("F119", f"其中一个文件大于 {limits.file_bytes // MIB} MB")
    )


def opened(entries: Sequence[Entry], content: Callable[[int], bytes | Refusal]) -> Opened | Refusal:
    """Take the content of planned entries; an archive of which nothing is had is refused as one.

    Args:
        entries: from `planned`.
        content: by `Entry.at`; asked only of entries that are not refused.
    """
    members: list[Member] = []
    refused: list[tuple[str, Refusal]] = []
    names = distinct_names(shown_name(entry.name) for entry in entries)
    for name, entry in zip(names, entries, strict=True):
        got = content(entry.at) if entry.refusal is None else entry.refusal
        if isinstance(got, Refusal):
            refused.append((name, got))
        else:
            members.append(Member(name, got, entry.time))
    reasons = {refusal for _, refusal in refused}
    if not members and len(reasons) == 1:
        return reasons.pop()
    return Opened(tuple(members), tuple(refused))
