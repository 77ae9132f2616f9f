"""Drafts that somebody changed by hand: none is written over or lost.

As long as the letter is about the same thing the changed draft stays in its place, and is what
`send` sends. When there is something else to say it moves into a folder beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.intake.headers import header, header_text, parted
from sxxt_excel.intake.names import distinct_names
from sxxt_excel.letters.draft import ID, SUFFIX, draft, is_as_written
from sxxt_excel.store import write_whole
from sxxt_excel.workspace import REPLIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.letters.letter import Letter

__all__ = ["ASIDE", "discard", "edited_drafts", "write_draft"]

ASIDE = "改过的旧稿"
"""The folder in a unit's own for changed drafts of letters that are not to be sent any more."""
_MOST_NAMED = 5


def write_draft(path: Path, letter: Letter) -> None:
    """Write the draft of a letter, unless one of the same that somebody changed lies there."""
    if path.is_file() and not is_as_written(there := path.read_bytes()):
        if _letter_of(there) == letter.id:
            return
        _set_aside(path)
    write_whole(path, draft(letter))


def discard(path: Path) -> None:
    """Remove a draft that no longer stands; one that somebody changed moves aside."""
    if is_as_written(path.read_bytes()):
        path.unlink()
    else:
        _set_aside(path)


def edited_drafts(out: Path) -> Iterator[str]:
    """Yield a sentence for the clerk about changed drafts below `out`/回复, and those set aside."""
    replies = out / REPLIES
    kept = [p for p in sorted(replies.glob(f"*/*{SUFFIX}")) if _is_edited(p.read_bytes())]
    aside = sorted(replies.glob(f"*/{ASIDE}/*{SUFFIX}"))
    if kept:
        yield f"有{len(kept)}封草稿是改过的，照原样留着（删去即重新起草）：{_named(kept, out)}"
    if aside:
        yield (
            f"有{len(aside)}封改过的草稿所说的情况已变，移到了“{ASIDE}”"
            f"（请看过后删去）：{_named(aside, out)}"
        )


def _set_aside(path: Path) -> None:
    folder = path.parent / ASIDE
    folder.mkdir(exist_ok=True)
    *_, name = distinct_names((*(p.name for p in folder.iterdir()), path.name))
    path.rename(folder / name)


def _is_edited(data: bytes) -> bool:
    """Tell one of ours; the office's own letters and mails that came back lie there too."""
    return bool(_letter_of(data)) and not is_as_written(data)


def _letter_of(data: bytes) -> str:
    return header_text(header(parted(data)[0], ID))


def _named(paths: list[Path], out: Path) -> str:
    names = "、".join(path.relative_to(out).as_posix() for path in paths[:_MOST_NAMED])
    return f"{names}{'等' if len(paths) > _MOST_NAMED else ''}"
