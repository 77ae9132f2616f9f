"""Files of the inbox copied into a folder, also those in archives and mails; never moved.

What bears a secrecy marking is not touched, what the office keeps to itself (自存) belongs in no
dossier, and of what has changed since it was collected nobody knows what it is.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.formats.common import CLASSIFIED
from sxxt_excel.intake.names import distinct_names
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.kept import kept_packets
from sxxt_excel.originals import originals
from sxxt_excel.outputs.folders import safe_name
from sxxt_excel.registry.ledger import past
from sxxt_excel.workspace import INBOX, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.outcome import FileRow
    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.shelf import Shelf
    from sxxt_excel.registry.memory import Arrived

__all__ = ["Copied", "Wanted", "arrivals_of", "copy_files", "refused"]

MARKED, KEPT, GONE, CHANGED = (
    "带有密级标志，不复制，请按保密规定处理",
    "属办公室自存的登记，不入卷",
    "收件夹中已没有这个文件",
    "收表以后文件有改动，请重新运行 sxxt-excel collect",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be copied, and the folder it goes into."""

    row: FileRow
    folder: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A file with the name it has as a copy, "" where there is none, and then why."""

    row: FileRow
    name: str
    why: str = ""


def refused(last: Last) -> dict[str, str]:
    """Return path → why, of the files that may not be copied."""
    round_ = last.round_
    kept = kept_packets(round_.regime, round_.settings)
    found = {file.path: KEPT for file in round_.files if file.packet in kept}
    marked = {
        f.where.path: MARKED for f in round_.findings if f.code == CLASSIFIED and f.where.path
    }
    return found | marked


def arrivals_of(last: Last) -> tuple[Arrived, ...]:
    """Return what the registry knows of; nothing where there is none."""
    try:
        return past(last.space)
    except WorkspaceError:
        return ()


def copy_files(last: Last, wanted: Sequence[Wanted], shelf: Shelf) -> tuple[Copied, ...]:
    """Copy files onto a shelf; return one `Copied` for each, in their order."""
    no = refused(last)
    names = _names([each for each in wanted if each.row.path not in no])
    digests = {each.row.path: each.row.sha256 for each in wanted}
    done: dict[str, str] = {}
    for path, data in _contents(last, names):
        if hashlib.sha256(data).hexdigest() == digests[path]:
            shelf.put(names[path], data)
            done[path] = ""
        else:
            done[path] = CHANGED
    return tuple(
        Copied(each.row, "" if why else names[each.row.path], why)
        for each in wanted
        for why in [no.get(each.row.path) or done.get(each.row.path, GONE)]
    )


def _names(wanted: Iterable[Wanted]) -> dict[str, str]:
    """Return path → name on the shelf, distinct whatever letters a disk tells apart."""
    folders: dict[str, list[str]] = defaultdict(list)
    for each in wanted:
        folders[each.folder].append(each.row.path)
    found: dict[str, str] = {}
    for folder, paths in folders.items():
        plain = [safe_name(last_name(path)) or "_" for path in paths]
        found |= {
            path: f"{folder}/{name}"
            for path, name in zip(paths, distinct_names(plain), strict=True)
        }
    return found


def _contents(last: Last, wanted: Mapping[str, str]) -> Iterable[tuple[str, bytes]]:
    """Yield path and content of what there still is; each inbox is gone through once."""
    space = last.space
    inboxes: dict[str, list[str]] = defaultdict(list)
    digests = {file.path: file.sha256 for file in last.round_.files}
    known = {(a.path, a.sha256): a.inbox for a in arrivals_of(last)}
    for path in wanted:
        inboxes[known.get((path, digests[path]), INBOX)].append(path)
    with tempfile.TemporaryDirectory(prefix="sxxt-") as scratch:
        for inbox, paths in inboxes.items():
            folder = space.root / inbox
            if not folder.is_dir():
                continue
            limits = space.settings.limits
            for path, place in originals(folder, frozenset(paths), limits, Path(scratch)):
                yield path, place.read_bytes()
