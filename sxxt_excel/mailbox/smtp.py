"""An open session with a server that takes letters: a step at a time, each with its own failure."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from sxxt_excel.mail import SMTP
from sxxt_excel.mailbox.account import context_of, server
from sxxt_excel.mailbox.trouble import (
    bad_certificate,
    bad_login,
    no_encryption,
    refusal,
    unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

    from sxxt_excel.mail import Host
    from sxxt_excel.mailbox.account import Account

_TIMEOUT = 60.0
_ME = "[127.0.0.1]"
"""What this computer calls itself: its own name is nobody's business."""
_GONE = 421
_TEMPORARY, _PERMANENT = 4, 5


class RefusedError(Exception):
    """The server does not take a letter, and will not; the text says why."""


class LaterError(Exception):
    """The server does not take a letter now; the text says why."""


class LostError(Exception):
    """The connection is gone, before the text of a letter was handed over."""


class DoubtError(Exception):
    """The connection is gone, and nobody knows whether the server has the letter."""


class Session:
    """A session: log in once, then for each letter `offer` and `hand_over`.

    Raises:
        WorkspaceError: the server can't be reached, can't prove who it is, does not encrypt, or
            does not accept the secret.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        host = server(account, SMTP)
        self._client = _connected(account, host)
        try:
            self._client.login(account.user, account.secret)
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            if error.smtp_code // 100 == _TEMPORARY:
                raise unreachable(host) from error
            raise bad_login(account, host) from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise unreachable(host) from error

    def offer(self, addresses: Iterable[str], data: bytes) -> dict[str, str]:
        """Say from whom and for whom a letter is.

        Returns:
            the addresses that the server does not take, with why; not all of them.

        Raises:
            RefusedError: it takes none of them. LaterError: not now. LostError: it is gone.
        """
        client = self._client
        options = [f"size={len(data)}"] if client.has_extn("size") else []
        if client.has_extn("8bitmime") and not data.isascii():
            options.append("body=8bitmime")
        refused: dict[str, str] = {}
        wanted = tuple(addresses)
        try:
            code, answer = client.mail(self._account.address, options)
            self._accepted(code, answer)
            for address in wanted:
                code, answer = client.rcpt(address)
                if code // 100 == _PERMANENT:
                    refused[address] = refusal(code, answer)
                else:
                    self._accepted(code, answer)
        except (OSError, smtplib.SMTPException) as error:
            raise LostError from error
        if len(refused) == len(wanted):
            self._forget()
            raise RefusedError("；".join(f"{a}：{why}" for a, why in refused.items()))
        return refused

    def hand_over(self, data: bytes) -> None:
        """Hand over the text of the letter that was offered.

        Raises:
            RefusedError: the server does not take it. LaterError: not now. DoubtError: it did not
            say whether it has it.
        """
        try:
            code, answer = self._client.data(data)
        except smtplib.SMTPDataError as error:  # it did not even want to see it
            code, raw = error.smtp_code, error.smtp_error
            answer = raw if isinstance(raw, bytes) else raw.encode()
        except (OSError, smtplib.SMTPException) as error:
            raise DoubtError from error
        self._accepted(code, answer)

    def close(self) -> None:
        """Leave; a server that is gone already is no trouble."""
        with suppress(OSError, smtplib.SMTPException):
            self._client.quit()
        self._client.close()

    def _accepted(self, code: int, answer: bytes) -> None:
        """Go on where the server said yes."""
        if code == _GONE:
            raise LostError
        if code // 100 == _PERMANENT:
            self._forget()
            raise RefusedError(refusal(code, answer))
        if code // 100 == _TEMPORARY:
            self._forget()
            raise LaterError(refusal(code, answer))

    def _forget(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._client.rset()


def _connected(account: Account, host: Host) -> smtplib.SMTP:
    context = context_of(account)
    client: smtplib.SMTP | None = None
    try:
        if host.security == "ssl":
            return smtplib.SMTP_SSL(
                host.name, host.port, local_hostname=_ME, timeout=_TIMEOUT, context=context
            )
        client = smtplib.SMTP(host.name, host.port, local_hostname=_ME, timeout=_TIMEOUT)
        client.starttls(context=context)
    except (OSError, smtplib.SMTPException) as error:
        if client is not None:
            client.close()
        _tell(error, host)
    return client


def _tell(error: Exception, host: Host) -> NoReturn:
    match error:
        case ssl.SSLCertVerificationError():
            raise bad_certificate(error, host) from None
        case smtplib.SMTPNotSupportedError():
            raise no_encryption(host) from None
        case ssl.SSLError():
            raise no_encryption(host) from error
        case _:
            raise unreachable(host) from error
