"""Letters of one unit for its dossier: drafts that lie ready, and what became of those sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.intake.headers import header, header_text, parted
from sxxt_excel.letters.draft import ID, KIND
from sxxt_excel.outputs.looks import NONE
from sxxt_excel.outputs.words import moment
from sxxt_excel.paperwork.index import Listing
from sxxt_excel.registry.post import letters_of
from sxxt_excel.workspace import REPLIES

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.shelf import Shelf

__all__ = ["letter_rows"]

_LETTERS = "函件"
_HEAD = 1 << 16
_NOT_SENT = "草稿，未发出"
_OPINIONS = "审核意见.html"


def letter_rows(last: Last, code: str, folder: str, shelf: Shelf) -> Listing:
    """Copy a unit's letters onto a shelf and list them with what is known of their sending.

    Args:
        last: whose replies and registry.
        code: the unit.
        folder: the unit's, below 回复/.
        shelf: where copies go.
    """
    sent = {each.id: each for each in letters_of(last.space) if each.unit_code == code}
    lines: list[tuple[str, ...]] = []
    replies = last.space.root / REPLIES / folder
    for place in sorted(replies.glob("*.eml")):
        copy = f"{_LETTERS}/{place.name}"
        shelf.put(copy, place.read_bytes())
        kind, subject, to, name = _said(place)
        letter = sent.pop(name, None)
        state = (letter.state, moment(letter.at), letter.note) if letter else (_NOT_SENT, NONE, "")
        lines.append((kind, subject, to, *state, copy))
    opinions = replies / _OPINIONS
    if opinions.is_file():
        shelf.put(f"{_LETTERS}/{_OPINIONS}", opinions.read_bytes())
        lines.append(("审核意见", "审核意见", NONE, NONE, NONE, "", f"{_LETTERS}/{_OPINIONS}"))
    lines += [
        (
            letter.kind, letter.subject, "、".join(letter.addresses), letter.state,
            moment(letter.at), letter.note, "草稿已不在",
        )
        for letter in sent.values()
    ]  # fmt: skip
    heads = ("种类", "主题", "收件人", "状态", "时间", "备注", "卷内位置")
    return Listing("回执和函件", heads, (14, 44, 30, 14, 17, 26, 36), tuple(lines))


def _said(place: Path) -> tuple[str, str, str, str]:
    """Return kind, subject, addressees and id of a draft."""
    with place.open("rb") as file:
        headers, _ = parted(file.read(_HEAD))
    kind, subject, to, name = (
        header_text(header(headers, name)) for name in (KIND, "Subject", "To", ID)
    )
    return kind, subject, to, name
