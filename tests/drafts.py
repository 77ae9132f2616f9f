"""Helpers of tests that send: an office with units that have mail, and drafts by hand."""

from __future__ import annotations

from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from mailserver import CODES, DOMAIN, SECRET
from world import World, make_world

from sxxt_excel.cli import cli
from sxxt_excel.mail import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from mailserver import Server


@dataclass
class MailOffice:
    """A workspace whose units have a mailbox each, and that may use a mail server."""

    world: World

    @property
    def root(self) -> Path:
        return self.world.root

    def use(self, server: Server, *more: str, starttls: bool = False) -> MailOffice:
        """Say in sxxt.toml which server is used."""
        use_server(self.root, server.settings(*more, starttls=starttls))
        return self

    def run(self, *words: str, secret: str = SECRET) -> Result:
        """Type a command in the workspace."""
        env = {PASSWORD: secret or None, "COLUMNS": "200"}
        return CliRunner(env=env).invoke(cli, [*words, "--workspace", str(self.root)])

    def draft(self, code: str, kind: str = "提醒", **changes: Any) -> str:
        """Lay a draft for a unit ready; return its id."""
        return write_draft(self.root, code, kind, **changes)


def use_server(root: Path, lines: str) -> None:
    """Write lines below [mail] in a workspace's sxxt.toml, in place of those there."""
    path = root / "sxxt.toml"
    head, mark, tail = path.read_text(encoding="utf-8").partition("\n[mail]\n")
    assert mark
    path.write_text(head + mark + lines + tail[tail.index("#") :], encoding="utf-8")


def make_office(root: Path, codes: tuple[str, ...] = CODES) -> MailOffice:
    """Return an office with a unit for each code, beside the university itself."""
    units: list[dict[str, Any]] = [
        {"单位代码": "XX", "单位名称": "示例大学党委", "单位类别": "校党委"},
        *(
            {"单位代码": code, "单位名称": name_of(code), "单位类别": "基层党委",
             "上级单位代码": "XX", "邮箱": address_of(code)}
            for code in codes
        ),
    ]  # fmt: skip
    return MailOffice(make_world(root, units=units, people=[]))


def name_of(code: str) -> str:
    return f"第{code[1:]}学院党委"


def address_of(code: str) -> str:
    return f"{code.lower()}@{DOMAIN}"


def write_draft(
    root: Path,
    code: str,
    kind: str = "提醒",
    *,
    to: str | None = None,
    subject: str = "关于报送责任清单的提醒",
    letter: str = "",
    book: bytes = b"",
    raw: tuple[str, ...] = (),
) -> str:
    """Write a draft as the product does: an unsent message in the unit's folder.

    `raw` are lines put before its headers as they stand.
    """
    name = letter or sha256(f"{code} {kind} {subject}".encode()).hexdigest()[:32]
    mail = EmailMessage()
    mail["X-Unsent"] = "1"
    mail["X-Sxxt-Letter"] = name
    mail.set_content(f"{name_of(code)}：\n\n请按时报送。\n")
    mail.add_alternative("<p>请按时报送。</p>", subtype="html")
    if book:
        mail.add_attachment(
            book, maintype="application", subtype="octet-stream", filename="清单_审核意见.xlsx"
        )
    fixed = [
        f"To: {address_of(code) if to is None else to}",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"X-Sxxt-Unit: {Header(code, 'utf-8').encode()}",
        f"X-Sxxt-Kind: {Header(kind, 'utf-8').encode()}",
    ]
    head = "".join(f"{line}\n" for line in (*raw, *fixed)).encode()
    folder = root / "回复" / name_of(code)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind} {name[:6]}.eml").write_bytes(head + mail.as_bytes())
    return name
