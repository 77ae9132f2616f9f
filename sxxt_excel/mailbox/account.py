"""Who the office is to its mail servers, and the secret, which is shown nowhere."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from sxxt_excel.mail import IMAP, PASSWORD, SMTP, Host, providers
from sxxt_excel.settings import SETTINGS_FILE
from sxxt_excel.text import nearest
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from sxxt_excel.mail import Mail, Provider
    from sxxt_excel.workspace import Workspace

_PLACE = f"{SETTINGS_FILE} 的 [mail]"
_USUAL = "授权码（163、126、QQ等邮箱要用授权码，不是登录密码；在网页版邮箱的设置里取得）"
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox: its user, the sender's address and name, the servers, what speaks for them.

    `hint` is what one logs in with, in words. An `imap` without a name is not known.
    """

    user: str
    address: str
    name: str
    hint: str
    smtp: Host
    imap: Host
    ca_file: Path | None
    secret: str = field(repr=False)

    @property
    def domain(self) -> str:
        """Return the domain of the sender."""
        return self.address.rpartition("@")[2].lower()

    @property
    def box(self) -> str:
        """Return whose mailbox it is, on which server."""
        return f"{self.user.lower()} {self.imap.name}"


def account_of(space: Workspace) -> Account:
    """Return the account of a workspace's office.

    Raises:
        WorkspaceError: something is not said, or the secret is not to be had; says what to do.
    """
    mail = space.settings.mail
    if not mail.account:
        raise WorkspaceError(f"还没有写邮箱账号：请在 {_PLACE} 写 account（样子见那里的说明）")
    provider = _provider(mail)
    name, address = parseaddr(mail.sender) if mail.sender else ("", mail.account)
    return Account(
        user=mail.account,
        address=address or mail.account,
        name=" ".join((name or space.settings.name).split()),
        hint=provider.secret if provider else _USUAL,
        smtp=mail.smtp.over(provider.smtp if provider else Host(), SMTP),
        imap=mail.imap.over(provider.imap if provider else Host(), IMAP),
        ca_file=_certificate(space),
        secret=_secret(space),
    )


def _provider(mail: Mail) -> Provider | None:
    known = {provider.id: provider for provider in providers()}
    if mail.provider:
        if mail.provider in known:
            return known[mail.provider]
        near = nearest(mail.provider, known)
        hint = f"，是否想写“{near}”" if near else ""
        raise WorkspaceError(
            f"{_PLACE} 的 provider 写的是“{mail.provider}”，没有这一种{hint}。"
            f"可以写的有：{'、'.join(known)}"
        )
    domain = mail.account.rpartition("@")[2].lower()
    return next((one for one in known.values() if domain in one.domains), None)


def _certificate(space: Workspace) -> Path | None:
    name = space.settings.mail.ca_file
    if not name:
        return None
    path = space.root / Path(name).expanduser()
    if not path.is_file():
        raise WorkspaceError(f"{_PLACE} 的 ca_file 指的文件“{name}”找不到")
    return path


def _secret(space: Workspace) -> str:
    """Return the secret from the environment, else from a file outside of the workspace."""
    said = os.environ.get(PASSWORD, "").strip() or _from_file(space)
    if not said.isascii() or not said.isprintable():
        raise WorkspaceError(
            "授权码里有汉字或看不见的字符：请核对是否多复制了内容，它只含字母和数字"
        )
    return said


def _from_file(space: Workspace) -> str:
    name = space.settings.mail.secret_file
    if not name:
        raise WorkspaceError(
            f"没有授权码：请放到环境变量 {PASSWORD}，或放进工作文件夹以外的一个文件，"
            f"在 {_PLACE} 的 secret_file 写明它在哪里"
        )
    path = (space.root / Path(name).expanduser()).resolve()
    if path.is_relative_to(space.root.resolve()):
        raise WorkspaceError(
            f"放授权码的文件“{name}”在工作文件夹里，容易随文件夹一起外传：请移到别处，"
            f"再改 {_PLACE} 的 secret_file"
        )
    try:
        text = path.read_bytes()[:_LONGEST].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"读不了放授权码的文件“{name}”：请核对 secret_file 和文件") from error
    lines = text.split()
    if len(lines) != 1:
        raise WorkspaceError(f"放授权码的文件“{name}”里应只有授权码一行，没有空格")
    return lines[0]


def context_of(account: Account) -> ssl.SSLContext:
    """Return what makes a connection safe: certificates and host names are always checked.

    Raises:
        WorkspaceError: the house's own certificate can't be read.
    """
    context = ssl.create_default_context()
    if account.ca_file is not None:
        try:
            context.load_verify_locations(account.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise WorkspaceError(
                f"{_PLACE} 的 ca_file 不是证书文件：请向信息中心要PEM格式的根证书"
            ) from error
        # From 3.13 on Python refuses what does not say what its key is for, as houses' own seldom
        # do. By whom and for which host the server's is made out is checked as before.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def server(account: Account, kind: str) -> Host:
    """Return the server for sending (`smtp`) or for fetching (`imap`).

    Raises:
        WorkspaceError: it is not known.
    """
    found = account.smtp if kind == SMTP else account.imap
    if not found.name:
        what = "发信" if kind == SMTP else "收信"
        raise WorkspaceError(
            f"不知道{what}服务器：请在 {_PLACE} 写 {kind}，用邮箱服务商的写 provider"
        )
    return found
