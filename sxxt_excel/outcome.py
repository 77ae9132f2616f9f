"""What a pass finds, as types: findings and their addresses, and a row for whatever was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sxxt_excel.model.obligations import NEEDED, OWED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.model.obligations import Duty
    from sxxt_excel.model.severity import Severity
    from sxxt_excel.text import Value

ExpectedStatus = Literal["on_time", "late", "returned", "missing", "not_due", "excused"]
EXPECTED_WORDS: dict[str, str] = {
    "on_time": "按时报送",
    "late": "逾期报送",
    "returned": "已报待改",
    "missing": "尚未报送",
    "not_due": "未到期",
    "excused": "准予免报",
}
Clock = Literal["文件时间", "压缩包内时间", "首次收到", "邮件", "收件登记", "下级上报"]
"""What a time of receipt can rest on, from the weakest to the strongest."""
FROM_BELOW: Clock = "下级上报"
"""The clock of what came in a 上报版: the level below has checked it, and mends it."""
FileStatus = Literal[
    "accepted", "returned", "unreadable", "foreign", "attachment", "superseded", "duplicate"
]
FILE_WORDS: dict[str, str] = {
    "accepted": "审核通过",
    "returned": "已报待改",
    "unreadable": "无法读取",
    "foreign": "不属本次报送",
    "attachment": "附件",
    "superseded": "已有新版",
    "duplicate": "重复报送",
}
CASCADE_WORDS: dict[str, str] = {
    "taken_up": "已承接",
    "explained": "已说明",
    "missing": "未承接",
    "unchecked": "未检",
}
COUNT_WORDS: dict[str, str] = {
    "met": "达到",
    "short": "不足",
    "not_due": "未到期",
    "unchecked": "未检",
}


@dataclass(frozen=True, slots=True)
class Where:
    """An address: file, sheet, cell, and the heading and row key people know it by."""

    path: str | None = None
    sheet: str | None = None
    cell: str | None = None
    row_key: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    filer: str | None = None
    form: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a unit says of a 需说明 finding: the words, who wrote them, and their day (ISO).

    `received_at` is when the workbook came that they stand in, `path`, `sheet` and `cell` where.
    """

    text: str
    author: str
    day: str
    received_at: str
    path: str
    sheet: str
    cell: str

    @property
    def by(self) -> str:
        """Return who wrote it and when, as far as that is known."""
        return "，".join(word for word in (self.author, self.day) if word)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark: a code of the catalogue, where, what was found, what to do.

    `explanation`: in which words the unit settled a query. `suggestion`: what its cell should
    likely hold, where one mend is clearly the likely one. `about`: by which names people tell
    it from others that stand at the same place.
    """

    code: str
    severity: Severity
    where: Where
    got: str
    message: str
    remedy: str
    basis: str
    rule: str | None = None
    explanation: Explanation | None = None
    suggestion: str | None = None
    about: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """Return the letter of its code: F, S, V, I, T, Q, C, N, B, D or R."""
        return self.code[0]

    @property
    def stands(self) -> bool:
        """Tell whether something is still to be done: a must, or a query nobody explained."""
        return self.severity == "must" or (self.severity == "query" and self.explanation is None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a file came: ISO time with +08:00, and what that rests on."""

    at: str
    by: Clock
    how: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the inbox with its status, as result.json lists it."""

    path: str
    sha256: str
    receipt: Receipt
    status: FileStatus
    unit: str | None = None
    unit_code: str | None = None
    packet: str | None = None
    period: str | None = None
    filers: tuple[str, ...] = ()
    evidence: str = ""


SLIP = "更正单"
"""The evidence of a file row that is no submission of its own but corrects one."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell of a submission (path, sheet, Excel row, column) that holds what a 更正单 says."""

    path: str
    sheet: str
    row: int
    column: int
    value: Value


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing owed: unit × packet × period (× filer), with its computed status.

    `latent`: 按需, and the office has not said that the event has arisen.
    """

    obligation: str
    obligations: tuple[str, ...]
    rule: str
    unit: str
    unit_code: str
    packet: str
    period: str
    duty: Duty
    due: str | None
    status: ExpectedStatus
    filer: str | None = None
    subject: str | None = None
    arrived: Literal["on_time", "late"] | None = None
    accepted: bool | None = None
    path: str | None = None
    received_at: str | None = None
    note: str = ""
    latent: bool = False

    @property
    def owed(self) -> bool:
        """Tell whether it can be missing: figures, reminders and exit codes count nothing else."""
        return self.duty == OWED or (self.duty == NEEDED and not self.latent)


@dataclass(frozen=True, slots=True)
class CascadeRow:
    """One parent item of a cascade rule and who took it up; `period` where each is asked."""

    rule: str
    parent_unit: str
    parent_filer: str
    parent_key: str
    status: Literal["taken_up", "explained", "missing", "unchecked"]
    children: tuple[str, ...] = ()
    parent_text: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count: how many were required and found, for a unit and a window."""

    rule: str
    unit: str
    filer: str | None
    period: str
    required: int | None
    found: int | None
    status: Literal["met", "short", "not_due", "unchecked"]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new in a version of a workbook or gone from it, or one cell of it changed.

    `cell` is its address in the newer version, of a row gone that in the older one. `before`
    and `after` are what was read there; of a row new or gone they are its own words.
    """

    kind: Literal["added", "gone", "changed"]
    form: str
    sheet: str
    cell: str
    key: str
    filer: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Orphan:
    """Where a row of another workbook names an item (`key`) that a newer version has no more."""

    key: str
    where: Where


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newest version of a submission has otherwise than an earlier one."""

    unit: str
    unit_code: str
    packet: str
    period: str
    before: str
    after: str
    changes: tuple[Change, ...]
    orphans: tuple[Orphan, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """One row of those that several units wrote alike; rows of one `group` say the same.

    Only the office may see a group together: no unit is told whose the other rows are.
    """

    group: int
    where: Where
    text: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not be checked for a unit, and why.

    `awaited`: because a whole workbook of the unit has not come, which is told elsewhere too.
    """

    rule: str
    unit: str
    because: str
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of 口径说明: a question the sources leave open and what was decided."""

    key: str
    title: str
    value: str
    default: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The head figures of a pass; `by_status` counts expected rows, units are units.

    `settled`: how many of the queries in `findings` the units have explained.
    """

    files: int
    accepted: int
    returned: int
    unreadable: int
    foreign: int
    attachments: int
    units_expected: int
    units_arrived: int
    expected: int
    by_status: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    settled: int = 0
