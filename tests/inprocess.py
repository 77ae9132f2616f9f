"""Reading files in the test's own process: quick, and without workers to start."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import sxxt_excel.originals
import sxxt_excel.outputs.marked
import sxxt_excel.paperwork.cells
import sxxt_excel.reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def map_here(
    func: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    initializer: Callable[..., None],
    initargs: Sequence[Any] = (),
    **_limits: Any,
) -> Iterator[tuple[int, Any]]:
    """Do what `engine.map_files` does, without its wall."""
    searched = gc.isenabled()
    initializer(*initargs)
    if searched:
        gc.enable()  # a worker does without all its short life; this process goes on
    yield from enumerate(map(func, items))


@contextmanager
def reading_here() -> Iterator[None]:
    """Read, and mark copies, in this process while the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (
            sxxt_excel.reading,
            sxxt_excel.originals,
            sxxt_excel.outputs.marked,
            sxxt_excel.paperwork.cells,
        ):
            patch.setattr(module, "map_files", map_here)
        yield
