"""Anything typed into any cell, and sheets pulled about: the pass goes on and tells of it.

One pass a sample workspace here; `SXXT_FUZZ=600 python -m pytest -n0 tests/test_odd_cells.py`
goes on for ten minutes with other cells each time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import re
import shutil
import time
from typing import TYPE_CHECKING

import openpyxl
import pytest
from world import touch

from sxxt_excel.officebook import RosterError
from sxxt_excel.publish import publish
from sxxt_excel.round import collect
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

SECONDS = float(os.environ.get("SXXT_FUZZ", "0"))
SEED = int(os.environ.get("SXXT_FUZZ_SEED", "20250305"))
pytestmark = [
    pytest.mark.usefixtures("in_process"),
    pytest.mark.timeout(SECONDS * 2 + 300),
]

TODAY = dt.date(2026, 2, 5)
PLACES = (".", "sh-2019", "shou-2019", "sou-2020", "sumhs-2019")
TYPED: tuple[object, ...] = (
    True, False, 0, -1, 1.5, 1e21, 3.0000001, 45000, 99999, 20250305, -45000, 1e-7,
    dt.date(1900, 1, 1), dt.date(9999, 12, 31), dt.datetime(2025, 3, 5, 23, 59, 59),  # noqa: DTZ001 - as Excel keeps it
    dt.time(12, 30), dt.timedelta(hours=30), "", "  ", "\u3000", "同上", "〃", '"', "∞", "-", "—",
    "/", "无", "待定", "#N/A", "#REF!", "=1/0", "=A1", "1/0", "2025-02-30", "2025年13月", "4.31",
    "十二月底", "每年", "长期", "2026-99-99", "００１", "第三项", "3-1", "JX-2025-ZR-",
    "JX-2025-ZR-0000", "JX-2025-ZR-001、JX-2025-ZR-002", "长" * 5000, "、、、", "（", "【】", "😀",
    "\u202e李三", "李三\n李四", "_x000D_", "是", "否", "五", "１２", "12%", "1,234", "100.5分",
    "优秀/良好", "2025-H1", "上半年 ", "2025", "校党委", "x" * 32767, "%s", "{0}", "<b>", "&amp;",
    "'=1", "+1", "@a",
)  # fmt: skip
# What no sentence for a person holds, whatever was typed: none of these words was.
INWARD = re.compile(r"Traceback|\w+Error\b|Exception|\bNone\b|\bnan\b|NaT|<NA>|Fault|datetime\.")


def typed_over(sheet: Worksheet, chance: random.Random) -> None:
    """Type something odd into a few cells, one of ten an error value."""
    for _ in range(chance.choice((1, 3, 10, 30))):
        row = chance.randint(1, max(3, min(sheet.max_row, 14)))
        column = chance.randint(1, max(2, min(sheet.max_column, 20)))
        cell = sheet.cell(row, column)
        with contextlib.suppress(AttributeError):  # all but the first of merged cells
            cell.value = chance.choice(TYPED)
            if chance.random() < 0.1:
                cell.value = "#N/A"


def pulled_about(book: openpyxl.Workbook, sheet: Worksheet, chance: random.Random) -> None:
    """Do with a sheet what people do with sheets."""
    row, column = chance.randint(1, 8), chance.randint(1, 6)
    ways: tuple[Callable[[], object], ...] = (
        lambda: sheet.delete_rows(row, 2),
        lambda: sheet.delete_cols(column),
        lambda: sheet.insert_cols(column),
        lambda: sheet.insert_rows(row, 2),
        lambda: sheet.merge_cells(
            start_row=row, end_row=row + 2, start_column=column, end_column=column + 1
        ),
        lambda: book.remove(sheet) if len(book.worksheets) > 1 else None,
        lambda: book.copy_worksheet(sheet),
        lambda: setattr(sheet, "title", "责任 清单"),
        lambda: setattr(sheet, "sheet_state", "hidden"),
    )
    chance.choice(ways)()


def spoilt(source: Path, target: Path, chance: random.Random) -> None:
    """Copy a workbook with odd things in it; one that nobody can open, as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        book = openpyxl.load_workbook(source)
    except Exception:  # noqa: BLE001 - some samples are no workbooks, or have a password
        shutil.copy2(source, target)
        return
    for _ in range(2):
        typed_over(chance.choice(book.worksheets), chance)
    if chance.random() < 0.3:
        pulled_about(book, chance.choice(book.worksheets), chance)
    if all(sheet.sheet_state != "visible" for sheet in book.worksheets):
        book.worksheets[0].sheet_state = "visible"
    book.save(target)
    touch(target, dt.datetime.fromtimestamp(source.stat().st_mtime))  # noqa: DTZ006 - only a time


def workspace(source: Path, root: Path, chance: random.Random) -> None:
    """Copy a sample workspace, half of its workbooks spoilt, its own registers now and then."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(source, root, ignore=shutil.ignore_patterns("汇总", "回复", "*-20*", "*.py"))
    for path in sorted((source / "inbox").rglob("*.xlsx")):
        if chance.random() < 0.5:
            spoilt(path, root / path.relative_to(source), chance)
    for name in ("单位名册.xlsx", "收件登记.xlsx"):
        if chance.random() < 0.2 and (source / name).exists():
            spoilt(source / name, root / name, chance)


def seeds() -> Iterator[int]:
    yield SEED
    end = time.monotonic() + SECONDS / len(PLACES)
    while time.monotonic() < end:
        yield random.SystemRandom().randrange(1 << 30)


@pytest.mark.parametrize("place", PLACES)
def test_whatever_stands_in_a_cell_no_pass_stops(checkout, tmp_path, place):
    for seed in seeds():
        chance = random.Random(seed)  # noqa: S311 - the same cells every time
        root = tmp_path / "w"
        workspace(checkout / "samples" / place, root, chance)
        try:
            result = collect(find_workspace(root), root / "inbox", TODAY)
        except RosterError:
            continue  # a roster without its headings is refused
        publish(result, root)
        told = {f.where.path for f in result.findings}
        sent_back = {
            f.path for f in result.files if f.status in {"returned", "unreadable", "foreign"}
        }
        assert sent_back <= told, seed
        assert not {f.where.path for f in result.findings if f.code == "F107"}, seed
        for finding in result.findings:
            assert not INWARD.search(f"{finding.message}{finding.remedy}"), (seed, finding)
        openpyxl.load_workbook(root / "汇总" / "总台账.xlsx", read_only=True).close()
