"""A `Round` → its files: 总台账, 上报版, result.json, each unit's 审核意见 and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.letters.drafts import draft_verdicts
from sxxt_excel.letters.writer import Writer
from sxxt_excel.outputs.changes import SINCE, changes
from sxxt_excel.outputs.kept import write_kept
from sxxt_excel.outputs.marked import write_marked
from sxxt_excel.outputs.master import write_master
from sxxt_excel.outputs.reply import write_replies
from sxxt_excel.outputs.upward import write_upward
from sxxt_excel.store import read_json, write_json
from sxxt_excel.tree import tree_json
from sxxt_excel.workspace import COLLECTED, MASTER, REPLIES, RESULT, UPWARD

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from sxxt_excel.registry.memory import Answer
    from sxxt_excel.result import Round


def publish(  # noqa: PLR0913 - all but two by keyword
    result: Round,
    out: Path,
    *,
    jobs: int = 0,
    answers: Sequence[Answer] = (),
    templates: Path | None = None,
    told: Collection[str] = (),
) -> tuple[Path, ...]:
    """Write everything a pass gives; result.json comes last, so that it speaks of the rest.

    Args:
        result: the pass.
        out: the folder that gets 汇总/ and 回复/.
        jobs: how many processes mark copies; 0 for as many as there are processors.
        answers: what units said on the telephone, the oldest first.
        templates: the folder of the office's own templates of letters, if it has any.
        told: ids of letters that went out.

    Returns:
        what a person wants to open: the master, the 上报版 where there is one, result.json,
        the folder of replies, and what is said of the office's own registers, in its own folder
        whatever `out` is.

    Raises:
        DefinitionError: a template of the office's own is faulty.
    """
    writer = Writer(result, templates)
    collected = out / COLLECTED
    content = result.to_json()
    since = changes(read_json(collected / RESULT), content)
    write_replies(result, out)
    draft_verdicts(result, out, write_marked(result, out, jobs=jobs), writer, told)
    write_master(result, collected / MASTER, since, answers)
    upward = (collected / UPWARD,) if write_upward(result, collected / UPWARD) else ()
    kept = _own_registers(result)
    nodes = {"tree": tree_json(result)} if result.regime.has_tree else {}
    write_json(collected / RESULT, {**content, **nodes, SINCE: since})
    return (collected / MASTER, *upward, collected / RESULT, out / REPLIES, *kept)


def _own_registers(result: Round) -> tuple[Path, ...]:
    """Write what is said of the office's own registers, where it has any."""
    kept = result.kept
    return (write_kept(result, kept),) if kept is not None and kept.folder.is_dir() else ()
