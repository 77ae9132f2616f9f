"""papers: 报送说明, 情况综述, 领导摘要, 参阅件 of the last result, and where their figures are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.paperwork.draft import Sources
from sxxt_excel.paperwork.kinds import KINDS
from sxxt_excel.paperwork.last import last_result
from sxxt_excel.paperwork.master import read_master
from sxxt_excel.paperwork.paper import Paper, write_paper
from sxxt_excel.paperwork.sources import Used, used_figures, write_sources
from sxxt_excel.paperwork.wording import worded
from sxxt_excel.registry.answers import answers_of
from sxxt_excel.workspace import PAPERS, WORDING, Workspace, WorkspaceError, find_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from sxxt_excel.paperwork.last import Last

__all__ = ["Made", "make_papers"]


_READING = "参阅件"


@dataclass(frozen=True, slots=True)
class Made:
    """One paper: where it and the list of its figures are; None where there was nothing to say."""

    kind: str
    path: Path | None
    sources: Path | None
    uses: tuple[Used, ...] = ()


def make_papers(space: Workspace, kinds: Sequence[str], today: date) -> tuple[Made, ...]:
    """Write papers of the last result below 公文/.

    Args:
        space: the workspace.
        kinds: which; none named: all.
        today: the day they bear. What they say holds as of the day of the result.

    Raises:
        WorkspaceError: nothing has been collected, or a template of the office's is faulty.
    """
    last = last_result(space)
    # Only one of them quotes items, and the master is much to read.
    sheets = read_master(space) if not kinds or _READING in kinds else ()
    sources = Sources(last, today, _before(space), sheets, _answers(space))
    return tuple(_make(sources, kind) for kind in KINDS if not kinds or kind in kinds)


def _before(space: Workspace) -> Last | None:
    """Return last year's result, where the settings name its workspace and it has one."""
    previous = space.settings.copies.previous
    if previous is None or not previous.is_dir():
        return None
    try:
        return last_result(find_workspace(previous))
    except WorkspaceError:
        return None


def _answers(space: Workspace) -> dict[str, str]:
    """Return what each unit last said on the telephone, by its code."""
    said = {}
    for answer in answers_of(space):
        promised = f"承诺{answer.promised}报送" if answer.promised else ""
        words = "，".join(filter(None, (answer.answer, promised)))
        if answer.code and words:
            said[answer.code] = words
    return said


def _make(sources: Sources, kind: str) -> Made:
    space, settings = sources.last.space, sources.last.space.settings
    path = space.root / PAPERS / f"{kind}.docx"
    listed = path.with_name(f"{kind}_数据出处.xlsx")
    draft = KINDS[kind](sources)
    if draft is None:
        for old in (path, listed):
            old.unlink(missing_ok=True)
        return Made(kind, None, None)
    words = worded(kind, space.root / WORDING, draft.values, draft.grids)
    placed = {block.text for block in words.blocks if block.kind == "表"}
    grids = tuple(grid for grid in draft.grids if grid.name in placed)
    uses = used_figures(words.figures, grids)
    write_paper(path, Paper(kind, words.blocks, grids, draft.looks), settings, sources.today)
    write_sources(listed, kind, uses, sources.last.round_)
    return Made(kind, path, listed, uses)
