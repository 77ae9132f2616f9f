"""Reading drafts of letters as a mail program does, and looking for what must not be in them."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email import policy
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any

from sxxt_excel.outputs.shares import leading
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from email.message import EmailMessage
    from pathlib import Path


@dataclass(frozen=True)
class Draft:
    """One .eml: its headers decoded, its two texts, its attachments by name."""

    headers: dict[str, str]
    text: str
    html: str
    files: dict[str, bytes]
    raw: bytes

    @property
    def all_words(self) -> str:
        """Return everything that a reader of it sees."""
        return "\n".join((self.headers["Subject"], self.text, self.html, *self.files))


def read_draft(path: Path) -> Draft:
    """Return a draft as a program with today's rules reads it."""
    raw = path.read_bytes()
    message: EmailMessage = email.message_from_bytes(raw, policy=policy.default)
    texts = {
        kind: message.get_body((kind,)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr]
        for kind in ("plain", "html")
    }
    files = {
        str(part.get_filename()): part.get_payload(decode=True)
        for part in message.iter_attachments()
    }
    old = email.message_from_bytes(raw)
    headers = {name: str(make_header(decode_header(value))) for name, value in old.items()}
    return Draft(headers, texts["plain"], texts["html"], files, raw)  # type: ignore[arg-type]


def drafts_in(out: Path) -> dict[tuple[str, str], Draft]:
    """Return (folder of a unit, kind) → draft, of all below `out`/回复."""
    paths = sorted((out / "回复").glob("*/*.eml"))
    return {(path.parent.name, path.stem): read_draft(path) for path in paths}


def strangers(
    found: Mapping[tuple[str, str], Draft], names: Mapping[str, Iterable[str]]
) -> list[tuple[str, str, str]]:
    """Return (unit, kind, name) wherever a draft names a unit that it is not to.

    Args:
        found: the drafts, by the unit's name.
        names: unit's name → all names it goes by.
    """
    return [
        (unit, kind, name)
        for (unit, kind), draft in found.items()
        for other, said in names.items()
        if other != unit
        for name in said
        if name in draft.all_words and not any(name in own for own in names[unit])
    ]


def foreign_names(
    workspace: Path, out: Path, result: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Return `strangers` of the drafts of a pass over a workspace; there must be some drafts.

    The office's own side signs, and what a unit files about another one names that.
    """
    space = find_workspace(workspace)
    roster, _ = read_roster(space.roster)
    above = leading(space.regime(), roster, space.settings.node)
    names = {u.name: {u.name, *u.names} for u in roster.units if u.code not in above}
    about = {(row["unit"], row["subject"]) for row in result["expected"]}
    found = drafts_in(out)
    assert len({unit for unit, _ in found}) > 2
    return [row for row in strangers(found, names) if (row[0], _full(row[2], names)) not in about]


def _full(said: str, names: Mapping[str, Iterable[str]]) -> str:
    return next(name for name, all_names in names.items() if said in all_names)
