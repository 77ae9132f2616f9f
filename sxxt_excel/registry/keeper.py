"""Whoever collects holds the registry of a workspace, alone; the database waits until it is asked.

Nothing here imports the database's library: that takes a third of a second, in which the workers
are reading already.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sxxt_excel.registry.lock import only_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from sxxt_excel.outcome import Finding
    from sxxt_excel.registry.ledger import Ledger
    from sxxt_excel.registry.memory import Entry, Memory
    from sxxt_excel.workspace import Workspace

PATIENCE = 5.0
"""How many seconds a second `collect` waits for the first."""


@contextmanager
def keeping(
    space: Workspace, clock: Callable[[], datetime], *, patience: float = PATIENCE
) -> Iterator[Keeper]:
    """Keep the registry of a workspace for one `collect`, with nobody else at it.

    Args:
        space: whose registry.
        clock: the time of day at +08:00; it is written into the registry and nowhere else.
        patience: how many seconds to wait for another `collect`.

    Raises:
        WorkspaceError: another one is at it, or the registry can't be used.
    """
    with alone_in(space, clock, patience) as lost:
        keeper = Keeper(space, clock, patience, lost=lost)
        try:
            yield keeper
        finally:
            keeper.close()


@contextmanager
def alone_in(space: Workspace, clock: Callable[[], datetime], patience: float) -> Iterator[bool]:
    """Hold a workspace; give whether there had been a registry, for where it is gone.

    Raises:
        WorkspaceError: somebody else is at it.
    """
    # A lock file and a result stay behind every finished run: then there was a registry too.
    lost = space.lock.exists() and space.result.exists()
    with only_one(space.lock, clock(), patience):
        yield lost


class Keeper:
    """The registry for the time of one run; see `Ledger` for what its steps do."""

    def __init__(
        self, space: Workspace, clock: Callable[[], datetime], patience: float, *, lost: bool
    ) -> None:
        self._space, self._clock, self._patience, self._lost = space, clock, patience, lost
        self._opened: Ledger | None = None

    @property
    def interrupted(self) -> str:
        """Return when the run before this one began (ISO), where it was never completed."""
        return self._ledger.interrupted

    def begin(
        self, inbox: Path, today: date, *, replay: bool = False
    ) -> tuple[Memory, tuple[Finding, ...]]:
        """Open the registry; return what earlier runs know and what is to be said of itself."""
        from sxxt_excel.registry.ledger import Ledger  # noqa: PLC0415 - see above

        self._opened = Ledger(self._space, self._clock, self._patience, lost=self._lost)
        return self._opened.begin(inbox, today, replay=replay)

    def record(self, entries: Sequence[Entry]) -> None:
        """Write down what this run found."""
        self._ledger.record(entries)

    def complete(self, files: int) -> None:
        """Mark the run as complete: all its outputs are written."""
        self._ledger.complete(files)

    def close(self) -> None:
        """Let go of what is open."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _ledger(self) -> Ledger:
        if self._opened is None:
            raise RuntimeError("begin comes first")
        return self._opened
