"""One issued workbook filled in by several units: the issue number in its stamp gives it away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.outcome import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sxxt_excel.people import Unit

_NOT_YOURS = "这份文件是用发给别的单位的下发文件（编号{got}）填的"
_YOURS = "本单位下发文件（编号{got}）又被别的单位拿去填报"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A workbook with an issue number, and the unit that it says it is filled in by."""

    path: str
    issue: str
    unit: Unit
    basis: str

    @property
    def number(self) -> str:
        """Return the issue number without the count of how often it was issued anew."""
        return self.issue.rpartition("-")[0] or self.issue

    @property
    def rightful(self) -> bool:
        """Tell whether the number was given to that very unit."""
        return self.issue.startswith(f"{self.unit.code}-")


def reused_stamps(bearers: Iterable[Bearer]) -> Iterator[Finding]:
    """Yield what is told of numbers that several units use.

    The office is told of all files and units, each unit only of its own file.
    """
    groups: dict[str, list[Bearer]] = defaultdict(list)
    for bearer in bearers:
        groups[bearer.number].append(bearer)
    for _, group in sorted(groups.items()):
        if len({bearer.unit.code for bearer in group}) > 1:
            yield from _told(sorted(group, key=lambda b: b.path))


def _told(group: list[Bearer]) -> Iterator[Finding]:
    others = "、".join(f"{bearer.unit.name}（{bearer.path}）" for bearer in group)
    for bearer in group:
        own = Where(path=bearer.path, unit=bearer.unit.name, unit_code=bearer.unit.code)
        got, basis = bearer.number, bearer.basis
        if bearer.rightful:
            yield finding(
                "I118", own, got=got, basis=basis, severity="note", message=_YOURS,
                remedy="不必修改；请勿把下发文件转给别的单位使用",
            )  # fmt: skip
            continue
        yield finding("I118", Where(path=bearer.path), got=got, others=others, basis=basis)
        yield finding(
            "I118", own, got=got, basis=basis, message=_NOT_YOURS,
            remedy="请用发给本单位的文件填写后重报；没有收到的，请向党委办公室索取",
        )  # fmt: skip
