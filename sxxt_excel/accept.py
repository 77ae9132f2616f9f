"""accept: somebody answers for taking one faulty workbook as it is, and that is written down.

It holds for the file that was seen, told by its digest, and until a day: what is sent afterwards
is judged anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sxxt_excel.explanations import explains
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.periods import period_id, period_word
from sxxt_excel.registry.ledger import note_decision
from sxxt_excel.roster import read_roster, with_waiver
from sxxt_excel.store import read_json, write_whole
from sxxt_excel.text import clean
from sxxt_excel.waivers import ACCEPTED, matters
from sxxt_excel.workspace import INBOX, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sxxt_excel.workspace import Workspace

_DIGITS = 16
"""How much of a digest is written into 例外: enough to tell any two files apart."""

_WHY_NOT: dict[str, str] = {
    "accepted": "已经审核通过，没有须修改的地方，不用认可接收",
    "superseded": "已有较新的一份，请看那一份",
    "duplicate": "与另一份完全相同，请看那一份",
    "unreadable": "打不开，不能认可接收，请单位重报",
    "attachment": "是附件，不用认可接收",
    "foreign": "不属本次报送的材料，不用认可接收",
}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted: the file as the last result lists it, by whom and until when."""

    path: str
    sha256: str
    unit: str
    packet: str
    period: str
    by: str
    until: date


def accept(  # noqa: PLR0913 - what is asked of a decision, all by keyword
    space: Workspace,
    file: str,
    *,
    by: str,
    reason: str,
    until: date | None,
    today: date,
    at: datetime,
) -> Acceptance:
    """Write a row 认可接收 for one workbook into 例外 and note it in the registry.

    Args:
        space: whose roster.
        file: the workbook, by its path in the inbox or on the disk; `outer!inner` in an archive.
        by: who agrees.
        reason: why.
        until: the last day on which it holds; the end of next year by default.
        today: the day of the decision.
        at: the moment, for the registry.

    Raises:
        WorkspaceError: the file is none that can be accepted, or the words won't do.
        RosterError: the row can't be written.
    """
    by, reason = clean(by), clean(reason)
    until = until or date(today.year + 1, 12, 31)
    _check_words(by, reason, until, today)
    row = _listed(space, file)
    _check_file(space, row, today)
    done = Acceptance(
        row["path"], row["sha256"], row["unit"], row["packet"], row["period"], by, until
    )
    old = _roster_bytes(space.roster)
    words = {
        "单位代码": row["unit_code"],
        "报送事项": _matter(space, row["packet"], row["period"]),
        "例外类型": ACCEPTED,
        "理由": reason,
        "批准人": by,
        "批准日期": today.isoformat(),
        "有效期至": until.isoformat(),
        "文件校验码": row["sha256"][:_DIGITS],
    }
    write_whole(space.roster, with_waiver(old, space.roster.name, words))
    try:
        note_decision(space, kind=ACCEPTED, by=by, reason=reason, path=row["path"], at=at)
    except WorkspaceError:
        write_whole(space.roster, old)  # what is not noted has not been decided
        raise
    return done


def _check_words(by: str, reason: str, until: date, today: date) -> None:
    if not by:
        raise WorkspaceError("请用 --by 写明由谁批准")
    if not explains(reason):
        raise WorkspaceError(
            "--reason 请写明具体原因，不少于六个字；“情况属实”“核实无误”之类的不算"
        )
    if until < today:
        raise WorkspaceError(f"--until 写的{until}已经过了，请写今天以后的日期")


# ---- which file ----------------------------------------------------------------------


def _listed(space: Workspace, file: str) -> dict[str, Any]:
    """Return the row that the last result has of a file."""
    result = read_json(space.result)
    if result is None:
        raise WorkspaceError("还没有收表结果，请先运行 sxxt-excel collect，看过审核意见再认可接收")
    rows = {str(row["path"]): row for row in result.get("files", ())}
    said = file.replace("\\", "/")
    whole = [path for path in rows if said == path or said.endswith(f"/{path}")]
    if whole:
        return dict(rows[max(whole, key=len)])
    named = [path for path in rows if last_name(path) == said]
    if len(named) > 1:
        raise WorkspaceError(f"叫“{said}”的有{len(named)}份，请写全路径：{'；'.join(named)}")
    if not named:
        raise WorkspaceError(
            f"上次收表的结果里没有“{file}”。请照《总台账》“审核意见”的“文件”一栏写，"
            "或先运行 sxxt-excel collect"
        )
    return dict(rows[named[0]])


def _check_file(space: Workspace, row: Mapping[str, Any], today: date) -> None:
    """Refuse what has nothing to be accepted, or is no longer what was looked at."""
    name = last_name(row["path"])
    if row["status"] in _WHY_NOT:
        raise WorkspaceError(f"“{name}”{_WHY_NOT[row['status']]}")
    if not (row["unit_code"] and row["packet"] and row["period"]):
        raise WorkspaceError(f"“{name}”看不出是哪个单位的哪套材料，不能认可接收，请单位改正后重报")
    place = space.root / INBOX / row["path"]
    if place.is_file():
        now = hashlib.sha256(place.read_bytes()).hexdigest()
        if now != row["sha256"]:
            raise WorkspaceError(f"“{name}”在上次收表以后有改动，请先运行 sxxt-excel collect")
    for waiver in read_roster(space.roster)[0].waivers:
        known = waiver.sha256 and row["sha256"].startswith(waiver.sha256)
        if known and waiver.expires is not None and waiver.expires >= today:
            raise WorkspaceError(
                f"“{name}”已由{waiver.approver}同意认可接收，有效期至{waiver.expires}"
            )


def _roster_bytes(path: Path) -> bytes:
    """Return the roster; one that is open in Excel would lose what is written beside it."""
    if path.with_name(f"~${path.name}").exists():
        raise WorkspaceError(f"《{path.name}》正在Excel或WPS中打开，请关闭后再试")
    return path.read_bytes()


def _matter(space: Workspace, packet: str, period: str) -> str:
    """Return how 例外 calls a packet: with its period where there are several in a year."""
    owed: Iterable[str] = (
        name
        for duty in space.regime().obligations
        if duty.packet == packet and period_id(duty.period, int(period[:4])) == period
        for name in matters(duty, period)
    )
    dated = f"{packet}{period_word(period)}"
    return dated if "-" in period and dated in set(owed) else packet
