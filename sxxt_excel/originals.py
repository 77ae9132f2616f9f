"""Where files of an inbox are to be had once more: what was in containers is taken out again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.engine import Death, map_files
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.look import look_at, prepare

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.package import Limits


def originals(
    inbox: Path, wanted: Collection[str], limits: Limits, scratch: Path, *, jobs: int = 0
) -> Iterator[tuple[str, Path]]:
    """Yield path and place of files that a pass told of, as far as there is such a file now.

    Args:
        inbox: the folder.
        wanted: paths as a pass told them (`资料.zip!清单.xlsx`).
        limits: what containers may hold.
        scratch: a folder for what comes out of containers, which are opened by workers.
        jobs: how many of these; 0 for as many as there are processors.
    """
    outer = {path[: at.start()] for path in wanted for at in re.finditer(INSIDE, path)}
    parcels = folder_parcels(inbox)
    while parcels:
        yield from ((p.path, Path(p.place)) for p in parcels if p.path in wanted and not p.link)
        parcels = _members(tuple(p for p in parcels if p.path in outer), limits, scratch, jobs)


def _members(
    containers: tuple[Parcel, ...], limits: Limits, scratch: Path, jobs: int
) -> tuple[Parcel, ...]:
    looked = map_files(
        look_at,
        containers,
        jobs=jobs or os.cpu_count() or 1,
        seconds=limits.seconds,
        memory_bytes=limits.memory_bytes,
        initializer=prepare,
        initargs=((), limits, scratch),
    )
    found = (seen.unpacked for _, seen in looked if not isinstance(seen, Death))
    return tuple(parcel for inside in found if inside is not None for parcel in inside.parcels)
