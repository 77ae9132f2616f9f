"""[mail] of sxxt.toml → `Mail`, the office's mailbox as far as the office says it; who runs which.

The servers of the usual providers are data: validators/mail.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.places import validators_dir
from sxxt_excel.toml import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

SECURITY = ("ssl", "starttls")
SMTP, IMAP = "smtp", "imap"
PASSWORD = "SXXT_EXCEL_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the secret."""
_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", re.ASCII)
_DOMAIN = re.compile(r"[\w\-]+(?:\.[\w\-]+)+", re.ASCII)
_PORTS = 65535
_PROVIDERS = "mail.toml"
_USUAL: Mapping[tuple[str, str], int] = MappingProxyType(
    {(SMTP, "ssl"): 465, (SMTP, "starttls"): 587, (IMAP, "ssl"): 993, (IMAP, "starttls"): 143}
)


@dataclass(frozen=True, slots=True)
class Host:
    """A server; what is "" or 0 is as the provider has it, or as is usual."""

    name: str = ""
    port: int = 0
    security: str = ""

    def over(self, usual: Host, kind: str) -> Host:
        """Return this server with what it leaves open as another has it, ports as is usual.

        One that is named leaves nothing to the other.
        """
        base = Host() if self.name else usual
        security = self.security or base.security or SECURITY[0]
        port = self.port or base.port or _USUAL[kind, security]
        return Host(self.name or base.name, port, security)


@dataclass(frozen=True, slots=True)
class Provider:
    """Who runs mailboxes: the servers, and in `secret` what one logs in with and where it is."""

    id: str
    name: str
    domains: tuple[str, ...]
    smtp: Host
    imap: Host
    secret: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What the office says of its mailbox; the secret itself stands nowhere here.

    `sender` is "名称 <地址>" or an address. `domains` are those that letters may go to, with what
    is below them. `folders` are those that mails are fetched from, `sent_folder` is the one that
    holds what was sent ("" for the one that the server calls so), `copy`: a copy of what is sent
    is put there. `ca_file`: a certificate of the house's own that speaks for the servers.
    """

    account: str = ""
    sender: str = ""
    provider: str = ""
    smtp: Host = Host()
    imap: Host = Host()
    secret_file: str = ""
    ca_file: str = ""
    domains: tuple[str, ...] = ()
    per_minute: int = 20
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    copy: bool = True


def read_mail(root: Table) -> Mail:
    """Take [mail] out of the settings.

    Raises:
        DefinitionError: a key or value is wrong; says which and what to write.
    """
    table, usual = root.table("mail"), Mail()
    for key in ("password", "secret"):
        if key in table.data:
            advice = (
                "授权码不写在这里：放到环境变量 SXXT_EXCEL_MAIL_PASSWORD 或 secret_file 指的文件"
            )
            raise table.fault(key, "不能写密码", advice)
    mail = Mail(
        account=_address(table, "account"),
        sender=table.get("from", str, "").strip(),
        provider=table.get("provider", str, "").strip(),
        smtp=_host(table, SMTP),
        imap=_host(table, IMAP),
        secret_file=table.get("secret_file", str, "").strip(),
        ca_file=table.get("ca_file", str, "").strip(),
        domains=_domains(table),
        per_minute=table.between("per_minute", usual.per_minute, 1, 6000),
        folders=table.words("folder") or usual.folders,
        sent_folder=table.get("sent_folder", str, "").strip(),
        copy=table.get("copy", bool, usual.copy),
    )
    if mail.sender and not _ADDRESS.search(mail.sender):
        raise table.fault("from", "里面没有邮箱地址", '请写成 "示例大学党委 <dw@example.edu.cn>"')
    table.done((
        "account", "from", "provider", SMTP, f"{SMTP}_port", f"{SMTP}_security", IMAP,
        f"{IMAP}_port", f"{IMAP}_security", "secret_file", "ca_file", "domains", "per_minute",
        "folder", "sent_folder", "copy",
    ))  # fmt: skip
    return mail


@lru_cache(maxsize=1)
def providers() -> tuple[Provider, ...]:
    """Return the providers whose servers are known, in their order."""
    root = Table(read_toml(validators_dir() / _PROVIDERS, _PROVIDERS), _PROVIDERS, "")
    found = []
    for table in root.tables("provider"):
        found.append(
            Provider(
                id=table.need("id", str),
                name=table.need("name", str),
                domains=_domains(table),
                smtp=_host(table, SMTP),
                imap=_host(table, IMAP),
                secret=table.need("secret", str),
            )
        )
        table.done(())
    root.done(("provider",))
    return tuple(found)


def _address(table: Table, key: str) -> str:
    value = table.get(key, str, "").strip()
    if value and not _ADDRESS.fullmatch(value):
        raise table.fault(key, f"写的是“{value}”", '请写完整的邮箱地址，如 "dw@example.edu.cn"')
    return value


def _host(table: Table, kind: str) -> Host:
    security = f"{kind}_security"
    return Host(
        table.get(kind, str, "").strip(),
        table.between(f"{kind}_port", 0, 0, _PORTS),
        table.one_of(security, SECURITY) if security in table.data else "",
    )


def _domains(table: Table) -> tuple[str, ...]:
    found = tuple(word.strip().lstrip("@").lower() for word in table.words("domains"))
    for word in found:
        if not _DOMAIN.fullmatch(word):
            advice = '请写邮箱地址中 @ 后面的部分，如 ["example.edu.cn"]'
            raise table.fault("domains", f"写的是“{word}”", advice)
    return found
