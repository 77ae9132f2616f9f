"""The last result, read back from result.json: papers speak of what was collected, not of today."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from sxxt_excel.outcome import (
    CascadeRow,
    CountRow,
    Expected,
    Explanation,
    FileRow,
    Finding,
    Receipt,
    Where,
)
from sxxt_excel.result import Round
from sxxt_excel.roster import read_roster
from sxxt_excel.store import read_json
from sxxt_excel.workspace import INBOX, Workspace, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.people import Roster
    from sxxt_excel.settings import Settings

__all__ = ["NOT_YET", "Last", "last_result", "round_from"]

NOT_YET = "还没有收表结果，请先运行 sxxt-excel collect"


@dataclass(frozen=True, slots=True)
class Last:
    """The last result of a workspace: as a `Round` for what words it, and as it stands written.

    The `round_` has no tables: consolidated rows are in 总台账.xlsx. Its expected rows, findings
    and files have the numbers that they have in `data`.
    """

    space: Workspace
    round_: Round
    data: Mapping[str, Any]


def last_result(space: Workspace) -> Last:
    """Return the last result of a workspace.

    Raises:
        WorkspaceError: nothing has been collected yet; RosterError, DefinitionError: as named.
    """
    data = read_json(space.result)
    if data is None or not data.get("as_of"):
        raise WorkspaceError(NOT_YET)
    if (data.get("regime"), data.get("year")) != (space.settings.regime, space.settings.year):
        raise WorkspaceError(
            "上次收表的结果不是按现在的制度和年度做的，请重新运行 sxxt-excel collect"
        )
    roster, _ = read_roster(space.roster)
    return Last(space, round_from(space, space.settings, roster, data), data)


def round_from(
    space: Workspace, settings: Settings, roster: Roster, data: Mapping[str, Any]
) -> Round:
    """Return a result.json as the pass that wrote it, as far as it says.

    Args:
        space: whose definitions and inbox.
        settings: in which the outputs are made.
        roster: whom it is about.
        data: what result.json holds.
    """
    files = tuple(map(_file, data["files"]))
    codes = _codes(roster, files)
    return Round(
        regime=space.regime(),
        settings=settings,
        roster=roster,
        inbox=space.root / INBOX,
        today=date.fromisoformat(data["as_of"]),
        files=files,
        findings=tuple(_finding(row, codes) for row in data["findings"]),
        expected=tuple(map(_expected, data["expected"])),
        cascade=tuple(map(_cascade, data["cascade"])),
        counts=tuple(map(_count, data["counts"])),
        unchecked=(),
        decisions=(),
    )


def _file(row: Mapping[str, Any]) -> FileRow:
    return FileRow(
        path=row["path"],
        sha256=row["sha256"],
        receipt=Receipt(row["received_at"], row["received_by"]),
        status=row["status"],
        unit=row["unit"],
        unit_code=row["unit_code"],
        packet=row["packet"],
        period=row["period"],
        evidence=row.get("evidence", ""),
    )


def _expected(row: Mapping[str, Any]) -> Expected:
    return Expected(
        **_known(Expected, {**row, "obligations": tuple(row["obligations"]), "rule": ""})
    )


def _cascade(row: Mapping[str, Any]) -> CascadeRow:
    return CascadeRow(**_known(CascadeRow, {**row, "children": tuple(row["children"])}))


def _count(row: Mapping[str, Any]) -> CountRow:
    return CountRow(**_known(CountRow, row))


def _known(kind: type[Expected | CascadeRow | CountRow], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says in words of this version: result.json grows."""
    return {one.name: row[one.name] for one in fields(kind) if one.name in row}


def _codes(roster: Roster, files: tuple[FileRow, ...]) -> dict[str, str | None]:
    """Return path or name → unit code, by which a finding's unit is known again."""
    counted = Counter(unit.name for unit in roster.units)
    names: dict[str, str | None] = {u.name: u.code for u in roster.units if counted[u.name] == 1}
    return names | {file.path: file.unit_code for file in files if file.unit_code}


def _finding(row: Mapping[str, Any], codes: Mapping[str, str | None]) -> Finding:
    unit, path = row["unit"], row["path"]
    code = codes.get(unit or "")
    where = Where(
        path=path,
        sheet=row["sheet"],
        cell=row["cell"],
        row_key=row["row_key"],
        unit=unit,
        unit_code=code if code or not unit else codes.get(path or ""),
        filer=row["filer"],
        form=row["form"],
        field=row["field"],
    )
    return Finding(
        code=row["code"],
        severity=row["severity"],
        where=where,
        got=row["got"],
        message=row["message"],
        remedy=row["remedy"],
        basis=row["basis"],
        rule=row.get("rule"),
        explanation=_explanation(row.get("explanation")),
    )


def _explanation(said: Mapping[str, str] | None) -> Explanation | None:
    if said is None:
        return None
    return Explanation(
        said["text"],
        said["author"],
        said["date"],
        said["received_at"],
        said["path"],
        said["sheet"],
        said["cell"],
    )
