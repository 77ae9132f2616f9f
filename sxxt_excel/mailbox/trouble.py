"""What mail servers answer, in the words of an office: no sentence of a server reaches it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    import ssl

    from sxxt_excel.mail import Host
    from sxxt_excel.mailbox.account import Account

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_WORDS: tuple[tuple[str, str], ...] = (
    ("1.8", "对方不收本邮箱发的信"),
    ("1.7", "对方不收本邮箱发的信"),
    ("1.", "对方邮箱不存在或地址写错"),
    ("2.1", "对方邮箱已停用"),
    ("2.2", "对方邮箱已满"),
    ("2.3", "信太大，对方不收"),
    ("2.", "对方邮箱暂不能用"),
    ("3.4", "信太大，服务器不收"),
    ("4.", "找不到对方的邮件服务器"),
    ("7.", "被当作垃圾邮件，或违反对方的收信规定"),
)
_BASIC: dict[int, str] = {
    450: "对方邮箱暂不能用",
    452: "服务器暂时收不下",
    550: "对方邮箱不存在或拒收",
    551: "对方邮箱不存在或拒收",
    552: "信太大，或对方邮箱已满",
    553: "对方邮箱地址不被接受",
}
_EXPIRED, _NAME = frozenset({9, 10}), frozenset({62, 63, 64})
"""OpenSSL's numbers: not valid at this time; made out for another name."""


def refusal(code: int, answer: bytes) -> str:
    """Return why a server does not take something, with its number."""
    text = answer.decode("ascii", "replace")
    found = _ENHANCED.search(text)
    if found is None:
        return f"{_BASIC.get(code, '服务器不收这封信')}（{code}）"
    return status_words(found[0])


def status_words(status: str) -> str:
    """Return what an enhanced status code such as 5.1.1 says."""
    detail = status.partition(".")[2]
    words = next((words for start, words in _WORDS if detail.startswith(start)), "服务器不收这封信")
    return f"{words}（{status}）"


def bad_certificate(error: ssl.SSLCertVerificationError, host: Host) -> WorkspaceError:
    """Return what is said of a server that can't prove who it is; the secret was not sent."""
    if error.verify_code in _EXPIRED:
        why = "已过期（也可能是这台电脑的日期不对）"
    elif error.verify_code in _NAME:
        why = "不是发给这个主机名的"
    else:
        why = "不是可信的机构签发的"
    return WorkspaceError(
        f"{host.name} 的证书{why}，没有登录，密码没有发出去。请核对 sxxt.toml 的 [mail] 里服务器"
        "的名称；自建邮箱请向信息中心要根证书，写在 ca_file。名称没错而忽然这样的，请报告信息中心"
    )


def no_encryption(host: Host) -> WorkspaceError:
    """Return what is said of a server that does not encrypt."""
    return WorkspaceError(
        f"{host.name} 不支持加密连接，没有登录，密码没有发出去。"
        "请核对 sxxt.toml 的 [mail] 里的端口，并试试把 security 改成 ssl 或 starttls"
    )


def unreachable(host: Host) -> WorkspaceError:
    """Return what is said where nobody answers as a mail server does."""
    return WorkspaceError(
        f"连不上 {host.name}（端口 {host.port}）：请核对网络，以及 sxxt.toml 的 [mail] 里的服务器、"
        "端口和 security"
    )


def bad_login(account: Account, host: Host) -> WorkspaceError:
    """Return what is said where the server takes the account and the secret for wrong."""
    return WorkspaceError(
        f"{host.name} 不接受账号 {account.user} 的密码。这里要用的是{account.hint}；"
        "请核对账号和授权码，并看网页版邮箱里IMAP和SMTP服务是否已开启"
    )
