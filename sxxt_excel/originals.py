"""The bytes of workbooks as they came, once more: those in containers are taken out again."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.intake.containers import CONTAINERS, Container, unpack
from sxxt_excel.intake.folder import folder_parcels
from sxxt_excel.intake.parcel import INSIDE
from sxxt_excel.package import Refusal, sniff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.package import Limits


def originals(
    inbox: Path, wanted: Mapping[str, str], limits: Limits
) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of files of an inbox, as far as they are still there unchanged.

    Args:
        inbox: the folder.
        wanted: path as a pass told it (`资料.zip!清单.xlsx`) → sha256.
        limits: what containers may hold.
    """
    inside = {}
    for path, digest in wanted.items():
        place = inbox / path
        data = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
        if _is(data, digest):
            yield path, data
        else:
            inside[path] = digest
    if inside:
        with tempfile.TemporaryDirectory(prefix="sxxt-") as scratch:
            yield from _among(folder_parcels(inbox), inside, limits, Path(scratch))


def _among(
    parcels: Iterable[Parcel], wanted: Mapping[str, str], limits: Limits, scratch: Path
) -> Iterator[tuple[str, bytes]]:
    for parcel in parcels:
        deeper = {p: d for p, d in wanted.items() if p.startswith(f"{parcel.path}{INSIDE}")}
        if not deeper and parcel.path not in wanted:
            continue
        data = Path(parcel.place).read_bytes()
        if parcel.path in wanted and _is(data, wanted[parcel.path]):
            yield parcel.path, data
        kind = sniff(data) if deeper else "unknown"
        if kind in CONTAINERS:
            digest = hashlib.sha256(data).hexdigest()
            found = unpack(Container(parcel, kind, data, digest), limits, scratch)
            if not isinstance(found, Refusal):
                yield from _among(found.parcels, deeper, limits, scratch)


def _is(data: bytes, digest: str) -> bool:
    return hashlib.sha256(data).hexdigest() == digest
