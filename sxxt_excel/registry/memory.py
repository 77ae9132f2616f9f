"""What the registry knows from earlier runs, and what a run gives it: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sxxt_excel.outcome import Receipt
from sxxt_excel.receipts import Known, clock_named

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date

    from sxxt_excel.outcome import FileStatus

AnswerKey = tuple[str, str, str | None, str | None, str]
"""What a workbook answers: `Owed.key`."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One arrival of an earlier run: a content at a path of an inbox, and its last verdict.

    `clock_at` and `clock_by` decided when it was first collected, the receipt book apart;
    `decided_at` and `decided_by` are with it, as of the last run that saw the file.
    `returned`: it has a 须修改 of its own, whether or not a newer version replaces it.
    """

    inbox: str
    path: str
    sha256: str
    first_seen: str
    clock_at: str
    clock_by: str
    decided_at: str = ""
    decided_by: str = ""
    status: str = ""
    returned: bool = False
    unit: str = ""
    unit_code: str = ""
    packet: str = ""
    period: str = ""
    answers: tuple[AnswerKey, ...] = ()

    @property
    def receipt(self) -> Receipt:
        """Return when it came, as the last run that saw it had it."""
        return Receipt(self.decided_at, clock_named(self.decided_by))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit said on the telephone about what it owed.

    `matters` are what it owed then, as people call them; `promised` is when it said that they
    will come, in the words written down, and `day` that day where it names one.
    """

    code: str
    unit: str
    matters: tuple[str, ...]
    answer: str
    promised: str
    day: date | None = None


@dataclass(frozen=True)
class Memory:
    """All arrivals of earlier runs, and which inbox this run looks through.

    Not slotted: the look-ups below are made once and kept.
    """

    inbox: str = ""
    seen: tuple[Arrived, ...] = ()

    def known(self, path: str, sha256: str) -> Known | None:
        """Return the clocks of this content: as met at this path, else as it was first met."""
        found = self.at(path, sha256) or self._contents.get(sha256)
        return Known(found.clock_at, found.clock_by, found.first_seen) if found else None

    def at(self, path: str, sha256: str) -> Arrived | None:
        """Return what was known of this very content at this path of the inbox."""
        return self._places.get((path, sha256))

    def gone(self, there: Container[tuple[str, str]]) -> tuple[Arrived, ...]:
        """Return what lay in this inbox and does not now, or holds something else now.

        Args:
            there: path and sha256 of each file there is now.
        """
        return tuple(s for s in self._here if (s.path, s.sha256) not in there)

    @cached_property
    def _here(self) -> tuple[Arrived, ...]:
        return tuple(s for s in self.seen if s.inbox == self.inbox)

    @cached_property
    def _places(self) -> dict[tuple[str, str], Arrived]:
        return {(s.path, s.sha256): s for s in self._here}

    @cached_property
    def _contents(self) -> dict[str, Arrived]:
        found: dict[str, Arrived] = {}
        for each in sorted(self.seen, key=lambda s: (s.first_seen, s.clock_at, s.path)):
            if each.sha256:
                found.setdefault(each.sha256, each)
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """What a run found of one file, to be written down.

    `clock` is what decides the receipt book apart, `receipt` with it. `chain` names unit,
    packet, period and whose it is, where the file is a version of a submission; `head`: it is the
    one that counts. `counts` are how many 须修改, 需说明 and 供参考 it has; `adopted` which
    suggestions its unit adopted in it, in words. Times are ISO 8601 at +08:00, "" where unknown.
    """

    path: str
    sha256: str
    size: int | None
    modified: str
    mail_received: str
    mail_sent: str
    archived: str
    clock: Receipt
    receipt: Receipt
    status: FileStatus
    returned: bool
    unit: str = ""
    unit_code: str = ""
    packet: str = ""
    period: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    adopted: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    head: bool = False
    answers: tuple[AnswerKey, ...] = ()
