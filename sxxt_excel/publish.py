"""A `Round` → its files: 总台账.xlsx, result.json, and each unit's 审核意见."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.outputs.changes import SINCE, changes
from sxxt_excel.outputs.master import write_master
from sxxt_excel.outputs.reply import write_replies
from sxxt_excel.store import read_json, write_json
from sxxt_excel.workspace import COLLECTED, MASTER, REPLIES, RESULT

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.result import Round


def publish(result: Round, out: Path) -> tuple[Path, ...]:
    """Write everything a pass gives; result.json comes last, so that it speaks of the rest.

    Args:
        result: the pass.
        out: the folder that gets 汇总/ and 回复/.

    Returns:
        what a person wants to open: the master, result.json and the folder of replies.
    """
    collected = out / COLLECTED
    content = result.to_json()
    since = changes(read_json(collected / RESULT), content)
    write_master(result, collected / MASTER, since)
    write_replies(result, out)
    write_json(collected / RESULT, {**content, SINCE: since})
    return (collected / MASTER, collected / RESULT, out / REPLIES)
