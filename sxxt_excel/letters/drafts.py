"""回复/<单位>/<信>.eml: the drafts of letters, and what of ours no longer stands there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.letters.addresses import addresses
from sxxt_excel.letters.draft import SUFFIX
from sxxt_excel.letters.edited import discard, write_draft
from sxxt_excel.letters.letter import KINDS
from sxxt_excel.outputs.folders import remove_stale, reply_folders
from sxxt_excel.workspace import REPLIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from sxxt_excel.letters.letter import Letter
    from sxxt_excel.letters.writer import Writer
    from sxxt_excel.outputs.asof import AsOf
    from sxxt_excel.result import Round


@dataclass(frozen=True, slots=True)
class Written:
    """A letter and the draft that was written of it."""

    letter: Letter
    path: Path


def draft_verdicts(
    round_: Round,
    out: Path,
    marked: Iterable[Path],
    writer: Writer,
    told: Collection[str] = (),
) -> tuple[Written, ...]:
    """Write the drafts that follow from a pass below `out`/回复.

    Drafts of earlier passes that no longer stand are removed, and reminders too: they spoke of
    what had not come before this pass.

    Args:
        round_: the pass.
        out: the folder that holds 回复/.
        marked: the marked copies below it, each in its unit's folder; they are attached.
        writer: writes the letters.
        told: ids of letters that went out, see `verdicts`.

    Raises:
        DefinitionError: a template of the office's own can't be filled in.
    """
    from sxxt_excel.letters.verdicts import verdicts  # noqa: PLC0415 - pandas: reminders need none
    from sxxt_excel.outputs.shares import unit_names  # noqa: PLC0415 - the same

    folders = reply_folders(round_.roster, unit_names(round_))
    units = {folder: code for code, folder in folders.items()}
    copies: dict[str, list[Path]] = defaultdict(list)
    for path in marked:
        copies[units[path.parent.name]].append(path)
    letters = verdicts(round_, writer, copies, told)
    return write_drafts(letters, out / REPLIES, folders, KINDS)


def write_drafts(
    letters: Iterable[Letter],
    root: Path,
    folders: Mapping[str, str],
    kinds: Collection[str],
    only: Collection[str] = (),
) -> tuple[Written, ...]:
    """Write drafts and remove those of these kinds that no longer stand; see `edited` for both.

    Args:
        letters: what to write.
        root: the folder of the units' folders.
        folders: unit code → its folder.
        kinds: which kinds of letter these are.
        only: codes of the units whose drafts these are; of all by default.
    """
    written = []
    for letter in letters:
        path = root / folders[letter.code] / f"{letter.kind}{SUFFIX}"
        write_draft(path, letter)
        written.append(Written(letter, path))
    patterns = (f"{kind}{SUFFIX}" for kind in kinds)
    ours = {folders[code] for code in only}
    remove_stale(root, patterns, (w.path for w in written), ours, discard)
    return tuple(written)


def unaddressed(state: AsOf, out: Path) -> tuple[str, ...]:
    """Return the names of the units that have a draft and no address to send it to."""
    folders = reply_folders(state.roster)
    without = [code for code, found in addresses(state).items() if not found]
    lying = {path.parent.name for path in (out / REPLIES).glob(f"*/*{SUFFIX}")}
    units = (state.roster.unit(code) for code in without if folders[code] in lying)
    return tuple(unit.name for unit in units if unit is not None)
