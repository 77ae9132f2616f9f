"""send and fetch as one call each: what stands in the workspace, then what is done about it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sxxt_excel.mailbox.account import account_of
from sxxt_excel.mailbox.drafts import read_drafts
from sxxt_excel.mailbox.fetching import Fetcher
from sxxt_excel.mailbox.imap import opened
from sxxt_excel.mailbox.plan import Choice, check_choice, fresh, plan
from sxxt_excel.mailbox.sending import Sender
from sxxt_excel.mailbox.settling import copying, mark, settle
from sxxt_excel.registry.post import SENT, posting
from sxxt_excel.roster import read_roster
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sxxt_excel.mailbox.fetching import Catch
    from sxxt_excel.mailbox.plan import Line
    from sxxt_excel.registry.post import Post, Sent
    from sxxt_excel.workspace import Workspace

    Clock = Callable[[], datetime]
    Progress = Callable[[int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the letters stand.

    `others` are mails in 回复/ that are no letters of ours; `waiting` says of letters that were to
    be sent and were not why (by id); `done` are the ids of those sent, or found to be, now.
    """

    lines: tuple[Line, ...]
    others: tuple[str, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    done: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Tell whether somebody has to do something about one of them."""
        return bool(self.waiting) or any(line.stands for line in self.lines)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which mails are to be fetched.

    `folders` of the mailbox, those of the settings by default; `since` when, by default since the
    beginning of the workspace's year. With `marking`, what was taken is marked as read.
    """

    folders: tuple[str, ...] = ()
    since: date | None = None
    marking: bool = False


def look(space: Workspace, clock: Clock, choice: Choice) -> Outbox:
    """Return what would be sent and what not; nothing is sent.

    Raises:
        WorkspaceError, RosterError: workspace, settings or roster can't be used.
    """
    with posting(space, clock) as post:
        return _outbox(space, post, choice)


def send(
    space: Workspace, clock: Clock, choice: Choice, progress: Progress | None = None
) -> Outbox:
    """Send what is to be sent.

    Args:
        space: the drafts, the roster, the settings, and the registry.
        clock: the time of day at +08:00.
        choice: which letters.
        progress: given how many there are, gives what to call after each.

    Raises:
        WorkspaceError, RosterError: as `look`; or the server can't be used.
    """
    account = account_of(space)
    with posting(space, clock) as post, ExitStack() as stack:
        todo = [line for line in _outbox(space, post, choice).lines if line.targets]
        mail = space.settings.mail
        keep = None
        if todo and mail.copy and account.imap.name:
            keep = stack.enter_context(copying(account, mail.sent_folder))
        sender = Sender(account, post, clock, mail.per_minute, keep=keep)
        done = stack.enter_context(progress(len(todo))) if progress and todo else _nothing
        why = sender.send(todo, done)
        after = _outbox(space, post, choice)
        ids = (line.sent.id for line in todo)
        sent = tuple(name for name in ids if post.letters[name].state == SENT)
        return replace(after, waiting=tuple(why.items()), done=sent)


def settle_letters(space: Workspace, clock: Clock, choice: Choice) -> Outbox:
    """Look into the mailbox for what became of letters of unknown fate.

    Raises:
        WorkspaceError, RosterError: as `send`.
    """
    account = account_of(space)
    with posting(space, clock) as post:
        found = settle(account, post, space.settings.mail.sent_folder)
        return replace(_outbox(space, post, choice), done=tuple(letter.id for letter in found))


def mark_letter(space: Workspace, clock: Clock, begun: str, *, sent: bool) -> Sent:
    """Write down that a letter was sent, or was not, as the clerk says.

    Raises:
        WorkspaceError: it is not known which one is meant, or it can't be so.
    """
    with posting(space, clock) as post:
        waiting = {line.sent.id: line.sent for line in _outbox(space, post, Choice()).lines}
        return mark(post, begun, waiting, sent=sent)


def fetch(space: Workspace, clock: Clock, wish: Wish, progress: Progress | None = None) -> Catch:
    """Take new mails out of the mailbox into the inbox.

    Args:
        space: where to.
        clock: the time of day at +08:00.
        wish: which.
        progress: given how many new mails there are, gives what to call after each.

    Raises:
        WorkspaceError: the mailbox or the registry can't be used.
    """
    account = account_of(space)
    folders = wish.folders or space.settings.mail.folders
    since = wish.since or date(space.settings.year, 1, 1)
    with posting(space, clock) as post, opened(account) as box, ExitStack() as stack:
        fetcher = Fetcher(space, account, box, post, marking=wish.marking)
        count = fetcher.look(folders, since)
        return fetcher.fetch(stack.enter_context(progress(count)) if progress else _nothing)


def _outbox(space: Workspace, post: Post, choice: Choice) -> Outbox:
    roster, _ = read_roster(space.roster)
    check_choice(choice, roster)
    domains = space.settings.mail.domains
    if not domains:
        raise WorkspaceError(
            "还没有写可以往哪些域名发信：请在 sxxt.toml 的 [mail] 写 domains，"
            '如 domains = ["example.edu.cn"]'
        )
    drafts, others = read_drafts(space)
    post.doubt(map(fresh, drafts))
    return Outbox(plan(drafts, post.letters, roster, domains, choice), others)


def _nothing() -> None:
    """Count nothing."""
