"""Workers at the files of an inbox, and at what comes out of containers among them."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from sxxt_excel.engine import Death, map_files
from sxxt_excel.look import Sight, look_at, lost, prepare
from sxxt_excel.package import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from pathlib import Path

    from sxxt_excel.intake.containers import Unpacked
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.settings import Settings

    Progress = Callable[[int], Callable[[], None]]
    Looked = Generator[tuple[int, Sight | Death]]

_SCRATCH = ".sxxt-"


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to check, in the order of paths: parcels, and beside each what it is.

    An intact container is none: its members stand in its place.
    """

    parcels: tuple[Parcel, ...]
    sights: tuple[Sight, ...]


class Reading:
    """Workers reading files from its making on; to be left as a context, which ends them.

    Args:
        regime: its forms are what the workers look for.
        settings: its limits hold for each file.
        parcels: the files.
        jobs: how many processes; 0 for as many as there are processors.
        folder: where members of containers may lie while they are read; without one, a
            container is refused.
    """

    def __init__(
        self,
        regime: Regime,
        settings: Settings,
        parcels: tuple[Parcel, ...],
        *,
        jobs: int = 0,
        folder: Path | None = None,
    ) -> None:
        self._regime, self._settings, self._jobs = regime, settings, jobs
        self._scratch = folder / f"{_SCRATCH}{os.getpid()}" if folder is not None else None
        self._parcels = parcels
        self._looked = self._start(parcels)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._looked.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def seen(self, progress: Progress | None = None) -> Seen:
        """Wait for all files, and for what was in containers; tell progress of each file."""
        advance = progress(len(self._parcels)) if progress else None
        sights = self._sights(self._parcels, self._looked, advance)
        found = list(zip(self._parcels, sights, strict=True))
        there = [pair for pair in found if pair[1].unpacked is None]
        opened = [pair for pair in found if pair[1].unpacked is not None]
        while opened:
            refused, parcels = _members(opened)
            with closing(self._start(parcels)) as looked:
                found = [*refused, *zip(parcels, self._sights(parcels, looked, None), strict=True)]
            there += [pair for pair in found if pair[1].unpacked is None]
            opened = [pair for pair in found if pair[1].unpacked is not None]
        there.sort(key=lambda pair: pair[0].path)
        return Seen(tuple(p for p, _ in there), tuple(s for _, s in there))

    def _start(self, parcels: tuple[Parcel, ...]) -> Looked:
        return map_files(
            look_at,
            parcels,
            jobs=self._jobs or os.cpu_count() or 1,
            seconds=self._settings.limits.seconds,
            memory_bytes=self._settings.limits.memory_bytes,
            initializer=prepare,
            initargs=(worker_forms(self._regime), self._settings.limits, self._scratch),
        )

    @staticmethod
    def _sights(
        parcels: tuple[Parcel, ...], looked: Looked, advance: Callable[[], None] | None
    ) -> Iterator[Sight]:
        for number, sight in looked:
            yield lost(parcels[number], sight) if isinstance(sight, Death) else sight
            if advance:
                advance()


def clear_scratch(folder: Path) -> None:
    """Remove what an interrupted run left of containers in a folder."""
    for left in folder.glob(f"{_SCRATCH}[0-9]*"):
        shutil.rmtree(left, ignore_errors=True)


def _members(
    opened: Iterable[tuple[Parcel, Sight]],
) -> tuple[list[tuple[Parcel, Sight]], tuple[Parcel, ...]]:
    """Return what needs no reading with what it is, and the members to be read.

    A container stands for itself only where nothing came out of it, or it speaks of more.
    """
    told: list[tuple[Parcel, Sight]] = []
    parcels: list[Parcel] = []
    for outer, sight in opened:
        inside = sight.unpacked
        if inside is None:
            continue
        parcels.extend(inside.parcels)
        told.extend(
            (parcel, Sight("refused", "", refusal=refusal)) for parcel, refusal in inside.refused
        )
        itself = _itself(sight, inside)
        if itself is not None:
            told.append((outer, itself))
    return told, tuple(parcels)


def _itself(sight: Sight, inside: Unpacked) -> Sight | None:
    came = bool(inside.parcels or inside.refused)
    if inside.links:
        said = "、".join(inside.links)
        return Sight("refused", sight.sha256, refusal=Refusal("F127" if came else "F120", said))
    if came:
        return None
    if inside.mail:
        return Sight("refused", sight.sha256, refusal=Refusal("F121"))
    return replace(sight, kind="strange", unpacked=None)


def worker_forms(regime: Regime) -> tuple[Form, ...]:
    """Return each form once, required as in any packet: a worker only needs headings."""
    found: dict[str, Form] = {}
    for packet in regime.packets:
        for form in regime.sheets(packet.id):
            found.setdefault(form.id, form)
    return (*found.values(), *{form.id: form for _, form in regime.one_sheets}.values())
