"""templates_xlsx/<regime>/: the blank official workbooks, and whether they are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.faces.template import Blank, build
from sxxt_excel.kept import kept_packets
from sxxt_excel.regime import packet_version
from sxxt_excel.stamp import Stamp
from sxxt_excel.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.model.regime import Regime


def _blanks(regimes: tuple[Regime, ...]) -> Iterator[tuple[str, str, bytes]]:
    for regime in regimes:
        kept = kept_packets(regime)
        for packet in regime.packets:
            if packet.id in kept or packet.rollup:
                continue
            stamp = Stamp(regime.id, packet.id, packet_version(regime, packet.id))
            data = build(Blank(regime, packet, None, "", stamp))
            yield regime.id, f"{packet.id}.xlsx", data


def write_templates(regimes: tuple[Regime, ...], folder: Path) -> tuple[Path, ...]:
    """Write the blank workbook of every packet of these regimes; return their paths."""
    done = []
    for regime, name, data in _blanks(regimes):
        path = folder / regime / name
        write_whole(path, data)
        done.append(path)
    return tuple(done)


def stale_templates(regimes: tuple[Regime, ...], folder: Path) -> tuple[str, ...]:
    """Return the names of templates that differ from the definitions, are absent, or too many."""
    wanted = {f"{regime}/{name}": data for regime, name, data in _blanks(regimes)}
    there = {f"{r.id}/{p.name}": p for r in regimes for p in sorted((folder / r.id).glob("*.xlsx"))}
    stale = [n for n, data in wanted.items() if n not in there or there[n].read_bytes() != data]
    return tuple(stale + [n for n in there if n not in wanted])
