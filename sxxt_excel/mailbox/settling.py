"""What became of letters: a look into the folder of what was sent, and what the clerk knows."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.mailbox.drafts import message_id
from sxxt_excel.mailbox.imap import TROUBLE, opened
from sxxt_excel.registry.post import SENT, UNKNOWN, WAITING, Sent
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sxxt_excel.mailbox.account import Account
    from sxxt_excel.mailbox.imap import Box
    from sxxt_excel.registry.post import Post

_SHORTEST = 6
_BY_HAND = "经办人认定"
_NO_COPY = "没能在邮箱里存一份"


class _Shelf:
    """The folder of the mailbox that holds what was sent; `wanted` as in the settings."""

    def __init__(self, box: Box, wanted: str) -> None:
        self._box = box
        self.folder = box.sent_folder(wanted)
        box.enter(self.folder)

    def holds(self, message: str) -> bool:
        """Tell whether a letter of that Message-ID lies there."""
        return self._box.holds(message)

    def keep(self, data: bytes, message: str) -> None:
        """Put a copy of a letter there, unless the server has done so itself."""
        if not self.holds(message):
            self._box.put(self.folder, data)


@contextmanager
def copying(account: Account, wanted: str) -> Iterator[Callable[[bytes, str], str]]:
    """Give what puts a copy of a letter into the folder of what was sent.

    It returns what is to be said where it could not. A connection that broke is made anew, once.

    Raises:
        WorkspaceError: the mailbox can't be opened at first.
    """
    with ExitStack() as stack:
        shelf: _Shelf | None = _Shelf(stack.enter_context(opened(account)), wanted)

        def keep(data: bytes, message: str) -> str:
            nonlocal shelf
            for _ in range(2):
                try:
                    if shelf is None:
                        shelf = _Shelf(stack.enter_context(opened(account)), wanted)
                    shelf.keep(data, message)
                except (*TROUBLE, WorkspaceError):
                    shelf = None
                else:
                    return ""
            return _NO_COPY

        yield keep


def settle(account: Account, post: Post, wanted: str) -> tuple[Sent, ...]:
    """Look for each letter of unknown fate in the folder of what was sent.

    One that lies there was sent. That one does not lie there says nothing: not every server keeps
    what it sends.

    Returns:
        those that were found.

    Raises:
        WorkspaceError: the mailbox can't be looked into.
    """
    doubtful = [letter for letter in post.letters.values() if letter.state == UNKNOWN]
    if not doubtful:
        return ()
    found = []
    with opened(account) as box:
        shelf = _Shelf(box, wanted)
        for letter in doubtful:
            message = letter.message or message_id(letter.id, account)
            if shelf.holds(message):
                note = f"已在邮箱的“{shelf.folder}”里查到"
                found.append(post.put(_sent(replace(letter, message=message), note)))
    return tuple(found)


def mark(post: Post, begun: str, waiting: Mapping[str, Sent], *, sent: bool) -> Sent:
    """Write down what the clerk knows of a letter: that it was sent, or that it was not.

    Args:
        post: the post book, held.
        begun: the letter's id, or how it begins.
        waiting: drafts that the post book does not know yet, by id: she may have sent one herself.
        sent: whether it was sent.

    Raises:
        WorkspaceError: no letter, or several, begin so; or it is known to be sent.
    """
    known = {**waiting, **post.letters}
    found = [letter for name, letter in known.items() if name.startswith(begun.strip().lower())]
    if len(begun.strip()) < _SHORTEST or len(found) != 1:
        raise WorkspaceError(
            f"没有编号是“{begun}”的信，或不止一封：请照 sxxt-excel send 列出的编号写，至少六位"
        )
    (letter,) = found
    if letter.state == SENT and not sent:
        raise WorkspaceError("这封信已经发出，不能改成未发")
    if not sent:
        return post.put(replace(letter, state=WAITING, note=_BY_HAND))
    return post.put(_sent(letter, _BY_HAND))


def _sent(letter: Sent, note: str) -> Sent:
    """Return a letter of which it is known now that it was sent."""
    reached = tuple(dict.fromkeys((*letter.reached, *letter.addresses)))
    return replace(letter, state=SENT, note=note, reached=reached)
