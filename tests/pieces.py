"""Pieces of which tests put a pass together that never read a file: three units and their rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sxxt_excel.outcome import Expected, FileRow, Receipt, Where
from sxxt_excel.people import Roster, Unit
from sxxt_excel.regime import load_regime
from sxxt_excel.result import Round
from sxxt_excel.settings import Settings

REGIME = load_regime("tj-2017")
BASIS = REGIME.cite("三（一）1")
JX = Unit("JX", "机械工程学院党委", "基层党委", email="jx@example.edu.cn")
DQ = Unit("DQ", "电气学院党总支", "党总支", email="dq@example.edu.cn")
HG = Unit("HG", "化工学院党委", "基层党委", email="hg@example.edu.cn")


def received(path: str, unit: Unit, status: str = "accepted", **more: str) -> FileRow:
    """Return a file of a unit that came."""
    return FileRow(
        path=path,
        sha256="0" * 64,
        receipt=Receipt("2025-04-18T16:30:00+08:00", "收件登记"),
        status=status,  # type: ignore[arg-type]
        unit=unit.name,
        unit_code=unit.code,
        packet=more.get("packet", "责任任务清单"),
        period=more.get("period", "2025"),
    )


def owes(unit: Unit, status: str, **more: str | None) -> Expected:
    """Return what a unit owes, and how that stands."""
    return Expected(
        obligation="基层清单备案",
        obligations=("T08",),
        rule="基层清单备案",
        unit=unit.name,
        unit_code=unit.code,
        packet=more.get("packet") or "责任任务清单",
        period=more.get("period") or "2025",
        duty="报送",
        due=more.get("due", "2025-04-20"),
        status=status,  # type: ignore[arg-type]
        arrived=more.get("arrived"),  # type: ignore[arg-type]
        path=more.get("path"),
        filer=more.get("filer"),
    )


def at(unit: Unit, path: str | None, sheet: str | None, cell: str | None, field: str) -> Where:
    """Return an address in a unit's file."""
    return Where(
        path=path, sheet=sheet, cell=cell, unit=unit.name, unit_code=unit.code,
        form=sheet, field=field or None,
    )  # fmt: skip


def a_round(**parts: object) -> Round:
    """Return a pass of these parts; what is not named is empty."""
    whole: dict[str, object] = {
        "regime": REGIME,
        "settings": Settings("tj-2017", 2025, name="海河大学党委办公室"),
        "roster": Roster((JX, DQ, HG), ()),
        "inbox": Path("inbox"),
        "today": date(2025, 4, 21),
        "files": (),
        "findings": (),
        "expected": (),
        "cascade": (),
        "counts": (),
        "unchecked": (),
        "decisions": (),
    }
    return Round(**(whole | parts))  # type: ignore[arg-type]
