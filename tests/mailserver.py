"""A mail server of the tests' own: Postfix takes mail by SMTP, Dovecot gives it by IMAP.

Both are made in a folder, listen on free ports of this machine only, demand TLS and a password, and
end with the test. In CI they have to be there; elsewhere what needs them is skipped without them.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DOMAIN = "example.edu.cn"
CODES = tuple(f"U{number:02d}" for number in range(30))
"""Whose mail is kept: each unit's, by its code."""
OFFICE = f"dangban@{DOMAIN}"
GONE = f"gone@{DOMAIN}"
"""Postfix takes what is for it and Dovecot does not: it bounces."""
SECRET = "abcd-EFGH-1234"  # noqa: S105 - of a server that lives for a test
_POSTFIX = Path("/usr/lib/postfix/sbin")
_NEEDED = ("dovecot", "doveadm", "postfix", "openssl")
_WAIT = 20.0

_DOVECOT = """\
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap lmtp
ssl = required
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
mail_location = maildir:~/Maildir
mail_fsync = never
postmaster_address = postmaster@{domain}
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox 已发送 {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox 报送材料 {{
    auto = subscribe
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap_starttls}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imap}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  unix_listener {home}/lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener {home}/auth {{
    mode = 0666
  }}
}}
"""
_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
multi_instance_enable = no
myhostname = localhost
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{home}/known
virtual_transport = lmtp:unix:{home}/lmtp
default_transport = error:5.4.4
smtpd_tls_cert_file = {home}/server.pem
smtpd_tls_key_file = {home}/server.key
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {home}/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
  reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
message_size_limit = 20971520
"""
_MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{smtp_starttls} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


@dataclass
class Server:
    """Where the server is, and whose mail it keeps.

    `authority` is the certificate that speaks for the server's own; `stranger` one that does not.
    """

    home: Path
    smtp: int
    smtp_starttls: int
    imap: int
    imap_starttls: int
    users: tuple[str, ...]

    @property
    def authority(self) -> Path:
        return self.home / "authority.pem"

    def trusted(self) -> ssl.SSLContext:
        """Return how another program's client trusts this server."""
        context = ssl.create_default_context(cafile=self.authority)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    @property
    def stranger(self) -> Path:
        return self.home / "stranger.pem"

    def write(self) -> None:
        """Write down whose mail is kept; Postfix and Dovecot look into these files."""
        people = "".join(f"{user}:{{PLAIN}}{SECRET}\n" for user in self.users)
        (self.home / "users").write_text(people, encoding="utf-8")
        known = "".join(f"{user} ok\n" for user in (*self.users, GONE))
        (self.home / "known").write_text(known, encoding="utf-8")

    def mails(self, address: str) -> list[bytes]:
        """Return what lies in someone's inbox, as it was delivered."""
        box = self.home / "mail" / address / "Maildir"
        found = sorted(path for part in ("new", "cur") for path in box.glob(f"{part}/*"))
        return [path.read_bytes() for path in found]

    def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        end = time.monotonic() + _WAIT
        parts = ("incoming", "active", "deferred", "maildrop")
        while any(path.is_file() for p in parts for path in (self.home / "queue" / p).rglob("*")):
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def log(self) -> str:
        return "\n".join(
            (self.home / name).read_text(encoding="utf-8", errors="replace")[-1500:]
            for name in ("postfix.log", "dovecot.log")
            if (self.home / name).exists()
        )

    def empty(self) -> Server:
        """Throw all mail away."""
        self.settled()
        for box in (self.home / "mail").iterdir():
            shutil.rmtree(box)
        return self

    def settings(self, *more: str, starttls: bool = False) -> str:
        """Return the lines below [mail] by which an office uses this server."""
        smtp, imap = self.smtp, self.imap
        if starttls:
            smtp, imap = self.smtp_starttls, self.imap_starttls
            more = (*more, 'smtp_security = "starttls"', 'imap_security = "starttls"')
        named = {line.split(" = ")[0] for line in more}
        usual = (
            f'account = "{OFFICE}"', f'domains = ["{DOMAIN}"]', "per_minute = 6000",
            'smtp = "localhost"', f"smtp_port = {smtp}",
            'imap = "localhost"', f"imap_port = {imap}", f'ca_file = "{self.authority}"',
        )  # fmt: skip
        lines = [line for line in usual if line.split(" = ")[0] not in named]
        return "".join(f"{line}\n" for line in (*lines, *more))


@contextmanager
def serving(addresses: Iterable[str]) -> Iterator[Server]:
    """Serve while the context lasts: these addresses and the office have a mailbox each."""
    _need_programs()
    # A socket's path may have no more than about 100 characters: not pytest's own folder.
    home = Path(tempfile.mkdtemp(prefix="mail-"))
    home.chmod(0o755)
    smtp, smtp_starttls, imap, imap_starttls = free_ports(4)
    server = Server(home, smtp, smtp_starttls, imap, imap_starttls, (OFFICE, *addresses))
    try:
        _certificates(home)
        _lay_out(server)
        with _running("dovecot", "-F", "-c", str(home / "dovecot.conf")), _postfix(home):
            for port in (server.smtp, server.smtp_starttls, server.imap, server.imap_starttls):
                _answering(port, server)
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def lacking() -> str:
    """Return why no server can be started here, "" where one can."""
    if not _POSTFIX.is_dir() or any(_program(name) == name for name in _NEEDED):
        return "no mail server (Debian: apt-get install dovecot-imapd dovecot-lmtpd postfix)"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot have to be started by root"


def _need_programs() -> None:
    why = lacking()
    if why and os.environ.get("CI"):
        pytest.fail(why)
    if why:
        pytest.skip(why)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens at."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _certificates(home: Path) -> None:
    """Make an authority, the server's certificate by it, and an authority that nobody knows.

    As houses make theirs: they don't say what their keys are for, which 3.13 asks for by default.
    """

    def openssl(*words: str) -> None:
        done = subprocess.run(
            [_program("openssl"), *words], cwd=home, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for name in ("authority", "stranger"):
        openssl("req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.pem")  # fmt: skip
    openssl("req", *key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    (home / "names").write_text("subjectAltName=DNS:localhost\n", encoding="utf-8")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")  # fmt: skip


def _lay_out(server: Server) -> None:
    home = server.home
    places = {"home": home, "domain": DOMAIN, "daemons": _POSTFIX, "smtp": server.smtp,
              "smtp_starttls": server.smtp_starttls, "imap": server.imap,
              "imap_starttls": server.imap_starttls}  # fmt: skip
    for name in ("mail", "run", "state", "queue", "data"):
        (home / name).mkdir()
    shutil.chown(home / "mail", "nobody", "nogroup")
    shutil.chown(home / "data", "postfix")
    files = (("dovecot.conf", _DOVECOT), ("main.cf", _MAIN), ("master.cf", _MASTER))
    for name, text in files:
        (home / name).write_text(text.format_map(places), encoding="utf-8")
    server.write()


def _program(name: str) -> str:
    return shutil.which(name, path=_PATH) or name


_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@contextmanager
def _running(*command: str) -> Iterator[None]:
    words = [_program(command[0]), *command[1:]]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(_WAIT)


@contextmanager
def _postfix(home: Path) -> Iterator[None]:
    def do(word: str) -> None:
        done = subprocess.run(
            [_program("postfix"), "-c", str(home), word],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    do("start")
    try:
        yield
    finally:
        do("stop")


def _answering(port: int, server: Server) -> None:
    """Wait until something listens there."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, server.log()
            time.sleep(0.05)
        else:
            return
