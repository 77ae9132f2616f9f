"""Marking a unit's workbook against loading and saving it again, in one run.

    python benchmarks/marking.py [--files 60] [--rows 30]

Makes workbooks as `main_job.py` does, writes nonsense into every sixth row of each list, and
takes the way back of a real pass, one workbook after the other. A script would load and save
each with openpyxl, without a single mark. Milliseconds of processor time a workbook, the median;
the ratio is what counts.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

SPOILT = (("责任清单", 5), ("任务清单", 10), ("签字背书", 5))
"""Sheets and the column in which a word stands that no list has, from 1."""


def main() -> None:
    """Make the material, take both ways, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--rows", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        inbox = _material(root, given.files, given.rows)
        patched, whole = _ours(root)
        again = [_spent(lambda path=path: _load_and_save(path)) for path in inbox]
    print(f"{given.files}本，每本3张表，每张{given.rows}行；每本的处理器时间（毫秒），取中位数")
    baseline = statistics.median(again)
    for label, spent in (
        ("写入批注", patched), ("重读、核对、写入批注和更正单", whole), ("openpyxl 打开再保存", again)
    ):  # fmt: skip
        took = statistics.median(spent)
        print(f"{label:<20}{1000 * took:>8.1f}{baseline / took:>8.1f}倍")


def _material(root: Path, files: int, rows: int) -> list[Path]:
    import openpyxl
    from material import LIBRARY, make

    make(root, files, rows, LIBRARY)  # which is what saves them once more below
    inbox = sorted((root / "inbox").glob("*.xlsx"))
    for path in inbox:
        book = openpyxl.load_workbook(path)
        for name, column in SPOILT:
            for row in range(4, 3 + rows, 6):
                book[name].cell(row, column).value = "不知道"
        book.save(path)
    return inbox


def _ours(root: Path) -> tuple[list[float], list[float]]:
    """Collect; return what marking each workbook took: the patching, and all a worker does."""
    import sxxt_excel.outputs.copies as one
    import sxxt_excel.outputs.marked as all_
    from sxxt_excel.outputs.marked import write_marked
    from sxxt_excel.round import collect
    from sxxt_excel.workspace import find_workspace

    round_ = collect(find_workspace(root), root / "inbox", date(2025, 4, 12))
    patched: list[float] = []
    whole: list[float] = []
    patch = one.marked_copy

    def marked_copy(*given: Any) -> bytes:  # noqa: ANN401 - whatever is given is handed on
        done: list[bytes] = []
        patched.append(_spent(lambda: done.append(patch(*given))))
        return done[0]

    def here(work: Any, items: Any, **options: Any) -> Iterator[Any]:  # noqa: ANN401 - the same
        options["initializer"](*options["initargs"])
        for number, item in enumerate(items):
            done: list[Any] = []
            whole.append(_spent(lambda item=item, done=done: done.append(work(item))))
            yield number, done[0]

    one.marked_copy, all_.map_files = marked_copy, here  # type: ignore[assignment]
    write_marked(round_, root)
    return patched, whole


def _spent(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _load_and_save(path: Path) -> None:
    import openpyxl

    openpyxl.load_workbook(path).save(io.BytesIO())


if __name__ == "__main__":
    main()
