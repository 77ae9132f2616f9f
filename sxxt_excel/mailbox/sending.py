"""Letters go out: each once, none while its fate is unknown, not too many in a minute."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from sxxt_excel.mailbox.drafts import message, message_id
from sxxt_excel.mailbox.smtp import DoubtError, LaterError, LostError, RefusedError, Session
from sxxt_excel.registry.post import FAILED, SENDING, SENT, UNKNOWN, WAITING
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sxxt_excel.mailbox.account import Account
    from sxxt_excel.mailbox.plan import Line
    from sxxt_excel.registry.post import Post, Sent

_TRIES = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0
_MINUTE = 60.0
_LOST = "与服务器的连接断了，没有发出"
_DOUBT = "发送时与服务器的连接断了，不知是否已经发出"


class Sender:
    """Sends the letters of a plan.

    Args:
        account: whose letters they are.
        post: the post book, held.
        clock: the time of day at +08:00.
        per_minute: how many letters at most.
        keep: puts a copy of what was sent into the mailbox; returns what is to be said where it
            could not.
        sleep: waits so many seconds.
    """

    def __init__(  # noqa: PLR0913 - what it needs, the last two for what is usual
        self,
        account: Account,
        post: Post,
        clock: Callable[[], datetime],
        per_minute: int,
        *,
        keep: Callable[[bytes, str], str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account, self._post, self._clock = account, post, clock
        self._keep, self._sleep = keep, sleep
        self._pause = _MINUTE / per_minute
        self._next = 0.0
        self._session: Session | None = None

    def send(
        self, lines: Iterable[Line], done: Callable[[], None] = lambda: None
    ) -> dict[str, str]:
        """Send; what the server puts off is tried again, after a longer pause each time.

        Args:
            lines: those to be sent, with whom to.
            done: called once for each whose fate is decided.

        Returns:
            letter id → why it still waits, for those that were not sent this time.

        Raises:
            WorkspaceError: the very first connection failed, or the registry did.
        """
        left = list(lines)
        why: dict[str, str] = {}

        def once() -> list[Line]:
            nonlocal left
            waiting = []
            for number, line in enumerate(left):
                try:
                    self._one(line)
                except LaterError as error:
                    why[line.sent.id] = str(error)
                    waiting.append(line)
                except LostError:
                    self._leave()
                    waiting += left[number:]
                    break
                else:
                    why.pop(line.sent.id, None)
                    done()
            left = waiting
            return left

        try:
            if left:
                self._session = Session(self._account)
                Retrying(
                    sleep=self._sleep,
                    stop=stop_after_attempt(_TRIES),
                    wait=wait_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE),
                    retry=retry_if_result(bool),
                    retry_error_callback=lambda _: left,
                )(once)
        finally:
            self._leave()
        for line in left:
            known = self._known(line)
            reason = why.setdefault(line.sent.id, _LOST)
            if known.state == WAITING:
                self._post.put(replace(known, note=reason))
        return why

    def _one(self, line: Line) -> None:
        """Send one letter, and write down what became of it."""
        if line.draft is None:
            raise RuntimeError("there is nothing to send")
        self._wait()
        data = message(line.draft, self._account, line.targets, self._clock())
        before = self._known(line)
        tried = replace(
            before, addresses=line.targets, attempts=before.attempts + 1,
            message=message_id(before.id, self._account),
        )  # fmt: skip
        try:
            session, refused = self._offer(line.targets, data)
        except RefusedError as error:
            self._post.put(replace(tried, state=FAILED, note=str(error)))
            return
        taken = tuple(a for a in line.targets if a not in refused)
        self._post.put(replace(tried, state=SENDING, note=""))
        try:
            session.hand_over(data)
        except RefusedError as error:
            self._post.put(replace(tried, state=FAILED, note=str(error)))
        except (LaterError, LostError):
            self._post.put(replace(before, attempts=tried.attempts))
            raise
        except DoubtError:
            self._post.put(replace(tried, state=UNKNOWN, note=_DOUBT))
            self._leave()
        else:
            notes = [f"{address}没有收：{why}" for address, why in refused.items()]
            # Before it is written down as sent: a copy there tells of one that a crash cuts short.
            if self._keep is not None:
                notes.append(self._keep(data, tried.message))
            note = "；".join(said for said in notes if said)
            reached = (*before.reached, *taken)
            self._post.put(replace(tried, state=SENT, note=note, reached=reached))

    def _known(self, line: Line) -> Sent:
        return self._post.letters.get(line.sent.id, line.sent)

    def _offer(self, addresses: tuple[str, ...], data: bytes) -> tuple[Session, dict[str, str]]:
        """Offer a letter; where the server has meanwhile hung up, call it once more."""
        session = self._open()
        try:
            return session, session.offer(addresses, data)
        except LostError:
            self._leave()
            session = self._open()
            return session, session.offer(addresses, data)

    def _open(self) -> Session:
        if self._session is None:
            try:
                self._session = Session(self._account)
            except WorkspaceError as error:
                raise LostError from error
        return self._session

    def _leave(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _wait(self) -> None:
        """Let no more letters out in a minute than the provider likes."""
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pause
