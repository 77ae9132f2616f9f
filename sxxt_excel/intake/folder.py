"""A folder tree → parcels: path, place and file time. Nothing is opened here."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from sxxt_excel.dates import TZ
from sxxt_excel.intake.names import decoded, distinct_names
from sxxt_excel.intake.parcel import Parcel
from sxxt_excel.privacy import masked_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def folder_parcels(inbox: Path, own: frozenset[Path] = frozenset()) -> tuple[Parcel, ...]:
    """Return all files below a folder in the order of their paths; links are not followed.

    What the tool itself keeps there (`own`: absolute paths of files and folders) is no parcel.
    What is there and is no file, or can't be had, is one too, so that something is said of it:
    a link, a pipe, a folder whose files this computer may not list.

    Raises:
        OSError: the folder itself can't be listed.
    """
    found = []
    apart = {str(path) for path in own}
    for root, folders, names in _walked(inbox.resolve()):
        folders[:] = sorted(f for f in folders if os.path.join(root, f) not in apart)  # noqa: PTH118
        for name in names:
            place = os.path.join(root, name)  # noqa: PTH118 - a million joins, no objects
            moment = None if place in apart else _moment(place, root)
            if moment is None:
                continue
            path = _readable(os.path.relpath(place, inbox.resolve()).replace(os.sep, "/"))
            link = os.path.islink(place)  # noqa: PTH114 - the same
            found.append(Parcel(path, place, moment, said=_readable(name), link=link))
    in_order = sorted(found, key=lambda parcel: (parcel.path, parcel.place))
    distinct = _renamed(in_order, distinct_names(parcel.path for parcel in in_order))
    return _shown(sorted(distinct, key=lambda parcel: parcel.path))


def _walked(top: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield like `os.walk`; links to folders, and folders that can't be listed, are as files."""
    shut: list[OSError] = []
    for root, folders, names in os.walk(top, onerror=shut.append):
        links = [f for f in folders if os.path.islink(os.path.join(root, f))]  # noqa: PTH114, PTH118
        yield root, folders, names + links
    for error in shut:
        if isinstance(error, FileNotFoundError):
            continue
        if error.filename == str(top):
            raise error
        root, name = os.path.split(error.filename)
        yield root, [], [name]


def _moment(place: str, folder: str) -> str | None:
    """Return a file's own time, its folder's where it may not be asked, None where it is gone."""
    try:
        return _time(os.lstat(place).st_mtime)
    except FileNotFoundError:
        return None
    except OSError:
        return _time(os.stat(folder).st_mtime)  # noqa: PTH116 - as above


def single_parcels(files: tuple[Path, ...]) -> tuple[Parcel, ...]:
    """Return parcels for files given one by one, each once, under their names.

    Files of one name are told apart by their folders.
    """
    once = {file.resolve(): file for file in sorted(files)}
    shared = Counter(file.name for file in once.values())
    levels = zip(*(place.parts for place in once), strict=False)
    above = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))
    return _shown(
        [
            Parcel(name, str(file), _time(file.stat().st_mtime), said=name)
            for place, file in once.items()
            for said in ("/".join(place.parts[above:]) if shared[file.name] > 1 else file.name,)
            for name in (_readable(said),)
        ]
    )


def _readable(path: str) -> str:
    """Return a path in characters: what lies there under a name in GBK is read byte by byte."""
    return "/".join(map(_in_characters, path.split("/")))


def _in_characters(part: str) -> str:
    try:
        part.encode()
    except UnicodeEncodeError:
        return decoded(os.fsencode(part))
    return part


def _shown(parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    return _renamed(parcels, masked_names(parcel.path for parcel in parcels))


def _renamed(parcels: Sequence[Parcel], paths: Sequence[str]) -> tuple[Parcel, ...]:
    return tuple(
        parcel if path == parcel.path else replace(parcel, path=path)
        for path, parcel in zip(paths, parcels, strict=True)
    )


def _time(stamp: float) -> str:
    return datetime.fromtimestamp(int(stamp), TZ).isoformat()
