"""One letter to one unit, as a value; what it is about is told by its id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sxxt_excel.settings import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RECEIPT, RETURN, EXPLAIN, PASSED = DRAFTS
REMIND, CHASE, SUPERVISE = "提醒", "催办", "督办"
REMINDERS = (REMIND, CHASE, SUPERVISE)
KINDS = (*DRAFTS, *REMINDERS)
"""All kinds of letter, by the word that its subject and its file bear."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: to whom, what it says as plain text and as HTML, and what is attached.

    `addresses` are of the roster; empty where it has none that can be written to. `id` is the
    same in every run as long as the same is said of the same things.
    """

    kind: str
    code: str
    unit: str
    addresses: tuple[str, ...]
    subject: str
    text: str
    html: str
    id: str
    attachments: tuple[Path, ...] = ()


def letter_id(kind: str, code: str, about: Iterable[object]) -> str:
    """Return the id of a letter: what is said to whom about what, and nothing else.

    Args:
        kind: one of `KINDS`.
        code: the unit's code.
        about: what it is about, as plain values; a change of any gives another letter.
    """
    said = json.dumps([kind, code, *about], ensure_ascii=False, default=str)
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
