"""The wall: work on many files in worker processes whose death costs one file.

Workers are started afresh ("spawn") on every system, so the function and its module must be
importable, and a program that calls this needs the usual ``if __name__ == "__main__"`` guard
(a frozen one ``multiprocessing.freeze_support()`` too).
"""

import faulthandler
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from pebble import ProcessFuture

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

__all__ = ["Death", "map_files"]

T = TypeVar("T")
R = TypeVar("R")

_GIB = 1024**3
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Death:
    """What became of an item whose worker did not survive it, or not within time or memory."""

    reason: Literal["crash", "timeout", "memory"]


def map_files(  # noqa: PLR0913  # every one a knob of its own, all but two by keyword
    func: Callable[[T], R],
    items: Sequence[T],
    *,
    jobs: int,
    chunk: int = 24,
    seconds: float = 60.0,
    memory_bytes: int = 4 * _GIB,
    initializer: Callable[..., None] | None = None,
    initargs: Sequence[object] = (),
) -> Generator[tuple[int, R | Death]]:
    """Hand out all ``items`` at once; return (index, result) in their order, each when it is done.

    The workers are at it from this call on, whatever the caller does before it takes the first
    result. At most ``jobs`` of them run, and no more than there are chunks: starting one costs as
    much as reading dozens of files. One item may take ``seconds`` and its worker ``memory_bytes``
    of address space (where the system can limit it). What ``func`` raises is raised here,
    MemoryError excepted. ``initializer`` runs once in each worker. Leaving the loop early, or
    closing what is returned, ends the workers.
    """
    setup = partial(_enter, memory_bytes, initializer, tuple(initargs))
    results = _results(func, items, jobs, chunk, seconds, setup)
    next(results)
    return results


def _results(  # noqa: PLR0913, PLR0917  # they are those of map_files
    func: Callable[[T], R],
    items: Sequence[T],
    jobs: int,
    chunk: int,
    seconds: float,
    setup: Callable[[], None],
) -> Generator[Any]:
    """Yield None once the work is handed out, then (index, result) in order."""
    batches = [(at, items[at : at + chunk]) for at in range(0, len(items), chunk)]
    if not batches:
        yield None
        return
    with _Wall(func, max(1, min(jobs, len(batches))), seconds, setup) as wall:
        running = deque((at, batch, wall.start(batch)) for at, batch in batches)
        yield None
        while running:
            at, batch, future = running.popleft()
            yield from enumerate(wall.finish(batch, future), start=at)


class _Wall(Generic[T, R]):
    """A pool of workers that is replaced when it breaks."""

    def __init__(
        self,
        func: Callable[[T], R],
        workers: int,
        seconds: float,
        setup: Callable[[], None],
    ) -> None:
        self._func = func
        self._workers = workers
        self._seconds = seconds
        self._setup = setup
        self._pool = self._open()

    def _open(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=self._setup,
            context=multiprocessing.get_context("spawn"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it unannotated
        self._pool.join()

    def start(self, batch: Sequence[T]) -> "ProcessFuture[list[R]]":
        """Queue a batch; its time is that of its items together."""
        if not self._pool.active:
            self._close()
            self._pool = self._open()
        return self._pool.schedule(
            _run, args=(self._func, batch, self._seconds), timeout=self._seconds * len(batch)
        )

    def finish(self, batch: Sequence[T], future: "ProcessFuture[list[R]]") -> Iterator[R | Death]:
        """The results of a batch; one that died is taken item by item."""
        try:
            results = future.result()
        except (ProcessExpired, TimeoutError, MemoryError, BrokenProcessPool):
            alone = [(item, self.start([item])) for item in batch]
            for item, its_future in alone:
                yield self._settle(item, its_future)
        else:
            yield from results

    def _settle(self, item: T, future: "ProcessFuture[list[R]]") -> R | Death:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return future.result()[0]
            except TimeoutError:
                return Death("timeout")
            except ProcessExpired:
                return Death("crash")
            except MemoryError:
                return Death("memory")
            except BrokenProcessPool:
                # No fault of this item's: the pool lost track of a worker, or none could start.
                if attempt == _ATTEMPTS:
                    raise
                future = self.start([item])
        raise AssertionError


# ---------------------------------------------------------------- in the worker


def _enter(
    memory_bytes: int, initializer: Callable[..., None] | None, initargs: tuple[object, ...]
) -> None:
    """Limit this worker's memory and silence what dying readers print."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        ceiling = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        with suppress(OSError, ValueError):  # some systems know the limit but refuse to set it
            resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    if initializer is not None:
        initializer(*initargs)


def _run(func: Callable[[T], R], batch: Sequence[T], seconds: float) -> list[R]:
    """Work through a batch, ending this very process on an item that hangs.

    The pool allows a batch the time of all its items together. One that hangs should cost its own
    share only, and the interpreter's watchdog needs no cooperation of the code it ends.
    """
    if len(batch) == 1:
        return [func(batch[0])]
    results = []
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # the null device, not a path
        for item in batch:
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            try:
                results.append(func(item))
            finally:
                faulthandler.cancel_dump_traceback_later()
    return results
