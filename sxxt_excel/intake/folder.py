"""A folder tree → parcels: path, place and file time. Nothing is opened here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sxxt_excel.dates import TZ

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file as it lies in the inbox: `path` relative with `/`, `modified` in ISO +08:00."""

    path: str
    place: str
    modified: str

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.path.rpartition("/")[2]


def folder_parcels(inbox: Path) -> tuple[Parcel, ...]:
    """Return all files below a folder in the order of their paths; links are not followed."""
    found = []
    for root, folders, names in os.walk(inbox, followlinks=False):
        folders.sort()
        for name in names:
            place = os.path.join(root, name)  # noqa: PTH118 - a million joins, no objects
            if os.path.islink(place):  # noqa: PTH114 - the same
                continue
            path = os.path.relpath(place, inbox).replace(os.sep, "/")
            found.append(Parcel(path, place, _time(os.stat(place).st_mtime)))  # noqa: PTH116
    return tuple(sorted(found, key=lambda parcel: parcel.path))


def single_parcels(files: tuple[Path, ...]) -> tuple[Parcel, ...]:
    """Return parcels for files given one by one, named as given."""
    return tuple(
        Parcel(file.name, str(file), _time(file.stat().st_mtime)) for file in sorted(files)
    )


def _time(stamp: float) -> str:
    return datetime.fromtimestamp(int(stamp), TZ).isoformat()
