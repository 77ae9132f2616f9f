"""The wall around reading: whatever one item does to its worker, the others come back."""

import importlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter

from sxxt_excel.engine import Death, map_files
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import Book, read_book

HERE = Path(__file__).resolve().parent


def work(item):
    """Do, in a worker, what the item's name says."""
    match item:
        case "abort":
            os.abort()
        case "exit":
            os._exit(3)
        case "sleep":
            time.sleep(600)
        case "memory":
            raise MemoryError
        case "hoard":
            return len(bytearray(3 << 30))
        case "fault":
            raise LookupError(item)
        case "pid":
            return os.getpid()
        case "environment":
            return os.environ.get("SXXT_TEST", "")
    return item.upper()


def modules_after_reading(data):
    assert isinstance(read_book(data, "", Limits()), Book)
    return {name.partition(".")[0] for name in sys.modules}


def prepare(word):
    os.environ["SXXT_TEST"] = word


@pytest.fixture
def here(monkeypatch):
    """This module under a name that a fresh worker can import, whatever pytest called it."""
    monkeypatch.syspath_prepend(str(HERE))
    return importlib.import_module(Path(__file__).stem)


def results(func, items, **options):
    return [value for _, value in map_files(func, items, **{"jobs": 1, **options})]


def workbook():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("表").write("D5", "内容")
    return stream.getvalue()


def far_cells():
    """A small legal workbook that makes the reader ask for 512 GiB and abort."""
    stream = io.BytesIO(workbook())
    far = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(far, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(
                    b"</sheetData>",
                    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
                )
            new.writestr(info.filename, part)
    return far.getvalue()


def test_results_come_in_the_order_of_the_items_with_their_index(here):
    items = [f"item{n}" for n in range(60)]
    assert list(map_files(here.work, items, jobs=2, chunk=7)) == [
        (n, item.upper()) for n, item in enumerate(items)
    ]


def test_nothing_to_do_starts_nothing(here):
    assert results(here.work, []) == []


def test_every_kind_of_death_costs_its_own_item_only(here):
    items = ["a", "abort", "b", "sleep", "memory", "c", "exit", "d"]
    assert results(here.work, items, jobs=2, chunk=3, seconds=2) == [
        "A",
        Death("crash"),
        "B",
        Death("timeout"),
        Death("memory"),
        "C",
        Death("crash"),
        "D",
    ]


def test_one_job_is_walled_too(here):
    assert results(here.work, ["abort", "a", "pid"])[:2] == [Death("crash"), "A"]
    assert results(here.work, ["pid"])[0] != os.getpid()


def test_a_pool_outlives_many_deaths_in_a_row(here):
    items = ["abort", "a"] * 6
    assert results(here.work, items, jobs=2, chunk=4) == [Death("crash"), "A"] * 6


@pytest.mark.timeout(20)  # 21 items of 2 seconds would take longer
def test_a_hanging_item_costs_its_own_time_not_that_of_its_chunk(here):
    assert results(here.work, ["a"] * 20 + ["sleep"], chunk=24, seconds=2)[-1] == Death("timeout")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on address space")
def test_a_worker_cannot_take_more_memory_than_it_is_given(here):
    assert results(here.work, ["a", "hoard"], memory_bytes=2 << 30) == ["A", Death("memory")]


def test_a_fault_of_the_program_is_raised_not_swallowed(here):
    with pytest.raises(LookupError, match="fault"):
        results(here.work, ["a", "fault"])


def test_the_initializer_runs_in_the_worker(here):
    told = results(here.work, ["environment"], initializer=here.prepare, initargs=("好",))
    assert told == ["好"]
    assert "SXXT_TEST" not in os.environ


def test_a_handful_of_files_shares_one_worker(here):
    assert len(set(results(here.work, ["pid"] * 24, jobs=8))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="asks after a process by a null signal")
def test_leaving_the_loop_early_ends_the_workers(here):
    answers = map_files(here.work, ["pid", *["sleep"] * 3], jobs=1, chunk=1)
    _, pid = next(answers)
    answers.close()
    assert gone(pid)


def test_workers_that_read_load_no_heavy_library(here):
    loaded = results(here.modules_after_reading, [workbook()])[0]
    assert "python_calamine" in loaded
    assert not loaded & {"pandas", "numpy", "pandera", "openpyxl"}


def test_the_reader_s_abort_on_far_cells_costs_one_file_even_without_the_guard():
    unguarded = Limits(rows=1 << 30, columns=1 << 30, cells=1 << 60)
    read = partial(read_book, name="远.xlsx", limits=unguarded)
    before, dead, after = results(read, [workbook(), far_cells(), workbook()])
    assert isinstance(before, Book)
    assert isinstance(after, Book)
    assert dead == Death("crash")


def test_the_guard_refuses_far_cells_before_the_reader_sees_them():
    refused = read_book(far_cells(), "远.xlsx", Limits())
    assert isinstance(refused, Refusal)
    assert refused.code == "F106"
    assert "1048576" in refused.detail


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal sent to one process")
def test_an_interrupt_ends_the_workers(tmp_path):
    script = tmp_path / "job.py"
    script.write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "from sxxt_excel.engine import map_files\n"
        f"from {Path(__file__).stem} import work\n"
        "if __name__ == '__main__':\n"
        "    for _, pid in map_files(work, ['pid', 'sleep'], jobs=1, chunk=1):\n"
        "        print(pid, flush=True)\n",
        encoding="utf-8",
    )
    job = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=HERE.parent,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with job:
        assert job.stdout is not None
        pid = int(job.stdout.readline())
        job.send_signal(signal.SIGINT)
        assert job.wait(60) != 0
    assert gone(pid)


def gone(pid):
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
