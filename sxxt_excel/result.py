"""`Round`: everything one pass found, and the same as result.json."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sxxt_excel.model.severity import SEVERITIES
from sxxt_excel.outcome import (
    EXPECTED_WORDS,
    CascadeRow,
    Correction,
    CountRow,
    Decision,
    Difference,
    Expected,
    Explanation,
    FileRow,
    Finding,
    Likeness,
    Totals,
    Unchecked,
    Where,
)
from sxxt_excel.privacy import mask_small

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster
    from sxxt_excel.registry.memory import Entry
    from sxxt_excel.settings import Settings
    from sxxt_excel.submissions import Submission

SCHEMA = 1

UNIT, CODE, PERIOD, STATUS = "_unit", "_unit_code", "_period", "_status"
PATH, SHEET, ROW, FILER, ROLE = "_path", "_sheet", "_row", "_filer", "_role"
FILE = "_file"
DTYPES = {"int": "Int64", "year": "Int64", "number": "Float64", "date": "datetime64[s]"}
"""The dtype of a heading's column by its kind; text where it is not named."""
LAST_DAY = "·末日"
"""Suffix of the companion column of a 时限: the last day it means, or NaT."""


@dataclass(frozen=True, slots=True)
class Register:
    """How much stands in one register of the office: all of it that may leave its folder.

    `rows` that say something. `answered`: what has been answered, where that is asked (回告,
    and how many rows). `total`: of a form of counts what they come to (人次, and the sum).
    """

    packet: str
    form: str
    rows: int
    answered: tuple[str, int] | None
    total: tuple[str, int] | None
    findings: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return what result.json holds of it: small counts, each of which is a person, masked."""
        return {
            "packet": self.packet,
            "form": self.form,
            "rows": _shown(self.rows),
            "answered": _shown(self.answered[1]) if self.answered else None,
            "total": _shown(self.total[1]) if self.total else None,
            "findings": dict(self.findings),
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """What the office's own registers (自存) are like; only `registers` may leave `folder`.

    `paths` are the workbooks that were read, `findings` and `unchecked` what the rules say.
    """

    folder: Path
    paths: tuple[str, ...]
    registers: tuple[Register, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one pass.

    `tables` maps a form's id to its consolidated rows: the columns named above (unit and
    its code, period id, accepted/returned, path in the inbox, sheet, Excel row, 责任主体,
    role), then the form's own headings (text as str with NA, 整数 as Int64, 日期 as
    datetime64, 时限 as str plus a column with LAST_DAY). `returned_before` are the paths of
    superseded versions that had a must of their own, `versions` how each newest version differs
    from an earlier one, `likenesses` the rows that several units wrote alike. `live` are the
    workbooks that go up with the 上报版, `papers` the documents that came (path, unit code),
    `below` the codes of units known only from 上报版 of lower nodes, `also` the kinds of unit
    that these nodes include beside the regime's own (node code → kinds). `kept`: the
    office's own registers, if it has them checked; nothing of them is in any other part.
    `entries`: what the registry is told. `owed`: what the roster asks for, by obligation and unit,
    come or not. `corrections`: the cells of workbooks that hold what a
    更正单 says, and not what they held when they came.
    """

    regime: Regime
    settings: Settings
    roster: Roster
    inbox: Path
    today: date
    files: tuple[FileRow, ...]
    findings: tuple[Finding, ...]
    expected: tuple[Expected, ...]
    cascade: tuple[CascadeRow, ...]
    counts: tuple[CountRow, ...]
    unchecked: tuple[Unchecked, ...]
    decisions: tuple[Decision, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    returned_before: frozenset[str] = frozenset()
    versions: tuple[Difference, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    live: tuple[Submission, ...] = ()
    papers: tuple[tuple[str, str | None], ...] = ()
    below: frozenset[str] = frozenset()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: Kept | None = None
    entries: tuple[Entry, ...] = ()
    corrections: tuple[Correction, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def registers(self) -> tuple[Register, ...]:
        """Return how much stands in the office's own registers: counts that may travel."""
        return self.kept.registers if self.kept else ()

    @property
    def totals(self) -> Totals:
        """Return the head figures."""
        status = Counter(f.status for f in self.files)
        owing = {e.unit_code for e in self.expected if e.owed and e.status != "excused"}
        came = {e.unit_code for e in self.expected if e.owed and e.arrived}
        by_status: Counter[str] = Counter(e.status for e in self.expected)
        severity = Counter(f.severity for f in self.findings)
        return Totals(
            files=len(self.files),
            accepted=status["accepted"],
            returned=status["returned"],
            unreadable=status["unreadable"],
            foreign=status["foreign"],
            attachments=status["attachment"],
            units_expected=len(owing),
            units_arrived=len(owing & came),
            expected=len(self.expected),
            by_status={name: by_status[name] for name in EXPECTED_WORDS},
            findings={name: severity[name] for name in SEVERITIES},
            settled=sum(f.explanation is not None for f in self.findings),
        )

    @property
    def exit_code(self) -> int:
        """Return 1 where a must, an unexplained query or a missing dated 报送 stands, else 0."""
        stands = any(f.stands for f in self.findings)
        missing = any(e.status == "missing" and e.owed and e.due for e in self.expected)
        return int(stands or missing)

    def to_json(self) -> dict[str, Any]:
        """Return what result.json holds: only grow it, never break it."""
        totals = self.totals
        return {
            "schema": SCHEMA,
            "regime": self.regime.id,
            "year": self.settings.year,
            "as_of": self.today.isoformat(),
            "totals": {
                name: dict(value) if isinstance(value, dict) else value
                for name in Totals.__slots__
                for value in [getattr(totals, name)]
            },
            "files": [_file(f) for f in self.files],
            "findings": [_finding(f) for f in self.findings],
            "expected": [expected_json(e) for e in self.expected],
            "cascade": [
                {
                    "rule": c.rule,
                    "parent_unit": c.parent_unit,
                    "parent_filer": c.parent_filer,
                    "parent_key": c.parent_key,
                    "status": c.status,
                    "children": list(c.children),
                    **({"period": c.period} if c.period else {}),
                }
                for c in self.cascade
            ],
            "counts": [
                {
                    "rule": c.rule,
                    "unit": c.unit,
                    "filer": c.filer,
                    "period": c.period,
                    "required": c.required,
                    "found": c.found,
                    "status": c.status,
                }
                for c in self.counts
            ],
            "unchecked": [
                {"rule": u.rule, "unit": u.unit, "because": u.because} for u in self.unchecked
            ],
            "tables": {form: len(frame) for form, frame in self.tables.items()},
            "versions": [_version(found) for found in self.versions],
            "likenesses": [_likeness(row) for row in self.likenesses],
            "registers": [register.to_json() for register in self.registers],
        }


def _shown(count: int) -> int | str:
    shown = mask_small(count)
    return count if shown == str(count) else shown


def _file(row: FileRow) -> dict[str, Any]:
    return {
        "path": row.path,
        "sha256": row.sha256,
        "received_at": row.receipt.at,
        "received_by": row.receipt.by,
        "status": row.status,
        "unit": row.unit,
        "unit_code": row.unit_code,
        "packet": row.packet,
        "period": row.period,
        "evidence": row.evidence,
    }


def _finding(found: Finding) -> dict[str, Any]:
    where = found.where
    return {
        "code": found.code,
        "severity": found.severity,
        "path": where.path,
        "sheet": where.sheet,
        "cell": where.cell,
        "row_key": where.row_key,
        "unit": where.unit,
        "filer": where.filer,
        "form": where.form,
        "field": where.field,
        "got": found.got,
        "message": found.message,
        "remedy": found.remedy,
        "basis": found.basis,
        "rule": found.rule,
        "explanation": _explanation(found.explanation),
        "suggestion": found.suggestion,
    }


def _version(found: Difference) -> dict[str, Any]:
    return {
        **asdict(found),
        "changes": [asdict(change) for change in found.changes],
        "orphans": [{"key": o.key, **_place(o.where)} for o in found.orphans],
    }


def _likeness(row: Likeness) -> dict[str, Any]:
    where = row.where
    said = {"key": where.row_key or "", "filer": where.filer or "", "text": row.text}
    return {"group": row.group, **_place(where), **said}


def _place(where: Where) -> dict[str, str]:
    """Return where a row stands, and whose it is."""
    said = {
        "unit": where.unit,
        "unit_code": where.unit_code,
        "path": where.path,
        "form": where.form,
        "sheet": where.sheet,
        "cell": where.cell,
        "row_key": where.row_key,
    }
    return {name: text or "" for name, text in said.items()}


def _explanation(said: Explanation | None) -> dict[str, str] | None:
    if said is None:
        return None
    return {
        "text": said.text,
        "author": said.author,
        "date": said.day,
        "received_at": said.received_at,
        "path": said.path,
        "sheet": said.sheet,
        "cell": said.cell,
    }


def expected_json(row: Expected) -> dict[str, Any]:
    """Return one expected row as result.json has it."""
    return {
        "obligation": row.obligation,
        "obligations": list(row.obligations),
        "unit": row.unit,
        "unit_code": row.unit_code,
        "filer": row.filer,
        "subject": row.subject,
        "packet": row.packet,
        "period": row.period,
        "duty": row.duty,
        "due": row.due,
        "status": row.status,
        "arrived": row.arrived,
        "accepted": row.accepted,
        "path": row.path,
        "received_at": row.received_at,
        "latent": row.latent,
    }
