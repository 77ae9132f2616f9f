"""What is told of an identity, with a stamp or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Where
from sxxt_excel.periods import PeriodError, period_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.names import Clue, Directory
    from sxxt_excel.outcome import Finding
    from sxxt_excel.people import Unit


def where_of(path: str, unit: Unit | None) -> Where:
    """Return the address of a file, and whose it is if that is known."""
    return Where(path=path, unit=unit.name if unit else None, unit_code=unit.code if unit else None)


def basis_of(book: Directory, packet: Packet | None) -> str:
    """Return what a finding about a workbook of that packet cites."""
    return book.regime.cite(packet.basis if packet is not None else "")


def contradicted(  # noqa: PLR0913 - what two pieces of evidence say, and where
    unit: Unit,
    evidence: str,
    other: tuple[Clue, ...],
    where: Where,
    basis: str,
    *,
    softly: bool = False,
) -> Iterator[Finding]:
    """Tell that weaker evidence names other units than the one that was settled on."""
    if other:
        told = (f"{hint.kind}是{'或'.join(u.name for u in hint.units)}的" for hint in other)
        said = "、".join(dict.fromkeys(told))
        yield finding(
            "I114", where, got=said, evidence=evidence, unit=unit.name, basis=basis,
            severity="note" if softly else None,
        )  # fmt: skip


def no_period(where: Where, said: str, basis: str) -> Finding:
    """Tell that a workbook is of no period that could be read."""
    return finding(
        "I103", where, got=said, basis=basis,
        message="看不出是哪一个报告期的", remedy="请在封面“报告期”写明后重报",
    )  # fmt: skip


def of_other_year(where: Where, period: str, got: str, book: Directory, basis: str) -> Finding:
    """Tell that a workbook is of another year than the one that is collected."""
    return finding(
        "I103", where, got=got, basis=basis, expected=f"{book.year}年",
        message="这是{was}的表，本次收的是{expected}的", was=title_of(period),
    )  # fmt: skip


def title_of(period: str) -> str:
    """Return what people call a period; one that is none as it is written."""
    try:
        return period_title(period)
    except PeriodError:
        return period
