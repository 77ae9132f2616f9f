"""send: to whom the roster says and nobody else, each letter once, and nothing hidden of it.

Letters go through a real server (tests/mailserver.py); what that one can't be made to do, a small
one of aiosmtpd's does.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import re
import sqlite3
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from drafts import MailOffice, address_of, make_office, name_of
from mailserver import CODES, GONE, OFFICE, SECRET, free_ports
from postgres import serving

from sxxt_excel.configuration import load_settings
from sxxt_excel.mail import PASSWORD, Host, Mail
from sxxt_excel.mailbox import office as mailbox
from sxxt_excel.mailbox import sending
from sxxt_excel.mailbox.account import account_of
from sxxt_excel.mailbox.plan import Choice
from sxxt_excel.registry import keeper
from sxxt_excel.registry.post import Sent, letters_of, posting
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workspace import LOCK, REGISTRY, WorkspaceError, find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from mailserver import Server


TZ = dt.timezone(dt.timedelta(hours=8))
A, B, C = CODES[:3]


@pytest.fixture
def server(mail_server: Server) -> Server:
    return mail_server.empty()


@pytest.fixture
def office(server: Server, tmp_path: Path) -> MailOffice:
    return make_office(tmp_path / "w", CODES[:3]).use(server)


def clock() -> dt.datetime:
    return dt.datetime(2025, 4, 12, 9, 0, tzinfo=TZ)


def states(office: MailOffice) -> dict[str, str]:
    return {letter.id: letter.state for letter in letters_of(find_workspace(office.root))}


def told(office: MailOffice, *words: str) -> dict[str, dict[str, Any]]:
    """Return what `send --json` says of each letter."""
    said = json.loads(office.run("send", *words, "--json").stdout)
    return {letter["id"]: letter for letter in said["letters"]}


def received(server: Server, code: str) -> list[EmailMessage]:
    server.settled()
    return [parsed(data) for data in server.mails(address_of(code))]


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


# ---- each once -----------------------------------------------------------------------


def test_without_yes_everything_is_listed_and_nothing_is_sent(server, office):
    office.draft(A, book=b"xlsx")
    office.draft(B, "催办")
    done = office.run("send")
    assert done.exit_code == 0
    for word in (name_of(A), address_of(A), "提醒", "清单_审核意见.xlsx", "待发2封", "--yes"):
        assert word in done.output
    server.settled()
    assert not server.mails(address_of(A))
    assert not states(office)


def test_each_letter_goes_out_once_however_often_it_is_asked(server, office):
    first, second = office.draft(A, book=b"xlsx"), office.draft(B)
    assert office.run("send", "--yes").exit_code == 0
    assert "这次发出0封" in office.run("send", "--yes").output
    assert states(office) == {first: "已发", second: "已发"}
    (mail,) = received(server, A)
    assert mail["Message-ID"] == f"<{first}@example.edu.cn>"
    assert mail["To"] == address_of(A)
    assert mail["Subject"] == "关于报送责任清单的提醒"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["清单_审核意见.xlsx"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "请按时报送" in text.get_content()
    assert not [name for name in mail if name.lower().startswith("x-")]
    assert len(received(server, B)) == 1


def test_a_copy_of_each_lies_in_the_folder_of_what_was_sent(server, office):
    name = office.draft(A)
    office.run("send", "--yes")
    done = office.run("fetch", "--folder", "已发送", "--json")
    assert json.loads(done.stdout)["own"] == 1
    box = server.home / "mail" / OFFICE / "Maildir" / ".&XfJT0ZAB-"
    (copy,) = [path for part in ("new", "cur") for path in (box / part).iterdir()]
    assert f"<{name}@example.edu.cn>" in copy.read_text(encoding="utf-8")
    assert copy.name.endswith("S")


def test_kind_and_unit_narrow_what_is_sent(office):
    ours = office.draft(A, "催办")
    for code, kind in ((A, "提醒"), (B, "催办")):
        office.draft(code, kind)
    assert office.run("send", "--yes", "--kind", "催办", "--unit", name_of(A)).exit_code == 0
    assert states(office) == {ours: "已发"}
    done = office.run("send", "--unit", "没有这个单位")
    assert done.exit_code == 2
    assert "没有“没有这个单位”这个单位" in done.output


def test_no_more_letters_than_allowed_go_out_in_a_minute(server, office):
    office.use(server, "per_minute = 20")
    for code in (A, B, C):
        office.draft(code)
    waits: list[float] = []
    space = find_workspace(office.root)
    with pytest.MonkeyPatch.context() as patch, posting(space, clock) as post:
        patch.setenv(PASSWORD, SECRET)
        lines = mailbox._outbox(space, post, Choice()).lines
        sending.Sender(account_of(space), post, clock, 20, sleep=waits.append).send(lines)
    assert len(waits) == 2
    assert 2.5 < waits[0] <= 3
    assert 5 < sum(waits) <= 9


# ---- to whom -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"to": f"{address_of(A)}, x@evil.com"}, "x@evil.com 不是名册里这个单位的邮箱"),
        ({"to": address_of(B)}, f"{address_of(B)} 不是名册里这个单位的邮箱"),
        ({"to": ""}, "没有收件地址"),
        ({"to": f'"a@b" <{address_of(A)}>, @'}, "不是名册里|写得不规范"),
        ({"raw": (f"Cc: {address_of(B)}",)}, f"{address_of(B)} 不是名册里这个单位的邮箱"),
        ({"raw": ("Bcc: x@evil.com",)}, "x@evil.com 不是名册里这个单位的邮箱"),
    ],
)
def test_an_address_that_is_not_the_units_own_is_refused_and_said(server, office, change, reason):
    name = office.draft(A, **change)
    done = office.run("send", "--yes")
    assert done.exit_code == 1
    assert re.search(reason, told(office)[name]["note"])
    assert "不能发" in done.output
    server.settled()
    assert not server.mails(address_of(A)) + server.mails(address_of(B))


def test_a_strangers_domain_is_refused_even_in_the_roster(server, office):
    office.world.units[1]["备用邮箱"] = "someone@evil.com"
    office.world.units[2]["邮箱"] = f"b@sub.{address_of(B).partition('@')[2]}"
    office.world.write()
    office.use(server)
    one = office.draft(A, to=f"{address_of(A)}, someone@evil.com")
    two = office.draft(B, to="b@sub.example.edu.cn")
    assert "someone@evil.com 的域名不在" in told(office)[one]["note"]
    assert told(office)[two]["state"] == "待发"  # what is below an allowed domain is allowed
    assert office.run("send", "--yes", "--unit", A).exit_code == 1
    assert not states(office)


def test_a_leader_of_several_units_gets_no_letter(office, server):
    office.world.people[:] = [
        {"姓名": "钱二", "单位代码": A, "职务": "副校长", "班子身份": "班子其他成员",
         "分管单位代码": f"{A}、{B}", "邮箱": "leader@example.edu.cn"},
        {"姓名": "李三", "单位代码": A, "职务": "秘书", "邮箱": "clerk@example.edu.cn"},
    ]  # fmt: skip
    office.world.write()
    office.use(server)
    leader = office.draft(A, to="leader@example.edu.cn")
    clerk = office.draft(A, "催办", to="clerk@example.edu.cn")
    said = told(office)
    assert (said[leader]["state"], said[clerk]["state"]) == ("不能发", "待发")


def test_an_unknown_unit_and_the_same_letter_twice_are_refused(office):
    office.draft(A, letter="a" * 32)
    office.draft(B, letter="a" * 32)
    nowhere = office.draft("U77")
    done = office.run("send")
    assert "是同一封信" in done.output.replace("\n", "").replace(" ", "")
    assert "没有代码为“U77”的单位" in told(office)[nowhere]["note"]


def test_what_stands_in_a_drafts_headers_stays_text(server, office):
    injected = "催报\r\nBcc: x@evil.com\r\n\r\n<script>"
    office.draft(A, subject=injected, raw=("Reply-To: x@evil.com", "Sender: x@evil.com"))
    office.draft(B, to=f"{address_of(B)}\n X-Evil: yes")
    office.draft(C, raw=("X-Evil: yes\rBcc: x@evil.com",))
    assert office.run("send", "--yes").exit_code == 1
    (mail,) = received(server, A)
    assert mail["Subject"].split() == injected.split()
    assert (mail["Bcc"], mail["Reply-To"], mail["Sender"]) == (None, None, None)
    for mail in received(server, B):
        assert mail["X-Evil"] is None
    assert not received(server, C)  # its second Bcc is an address that is not the unit's


def test_a_mail_that_is_no_letter_of_ours_is_left_alone(office):
    folder = office.root / "回复" / name_of(A)
    folder.mkdir(parents=True)
    (folder / "私信.eml").write_bytes(b"To: x@example.edu.cn\r\nSubject: hi\r\n\r\nhello")
    done = office.run("send")
    assert "另有1封不是本系统写的信稿" in done.output


# ---- the way there -------------------------------------------------------------------


@pytest.mark.parametrize("starttls", [False, True])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(server, office, starttls):
    office.use(server, f'ca_file = "{server.stranger}"', "copy = false", starttls=starttls)
    office.draft(A)
    done = office.run("send", "--yes")
    assert done.exit_code == 2
    assert "localhost 的证书不是可信的机构签发的，没有登录，密码没有发出去" in done.output
    assert not states(office)


def test_a_certificate_for_another_host_is_refused(server, office):
    office.use(server, 'smtp = "127.0.0.1"', "copy = false")
    office.draft(A)
    done = office.run("send", "--yes")
    assert done.exit_code == 2
    assert "127.0.0.1 的证书不是发给这个主机名的" in done.output


def test_starttls_serves_as_well(server, office):
    office.use(server, starttls=True)
    office.draft(A)
    assert office.run("send", "--yes").exit_code == 0
    assert len(received(server, A)) == 1


@pytest.mark.parametrize("more", ["copy = false", "copy = true"])
def test_a_wrong_password_is_told_plainly_and_shown_nowhere(server, office, more):
    office.use(server, more)
    office.draft(A)
    wrong = "hunter2-wrong"
    done = office.run("send", "--yes", secret=wrong)
    assert done.exit_code == 2
    assert f"不接受账号 {OFFICE} 的密码" in done.output
    assert "授权码" in done.output
    assert wrong not in done.output
    assert not states(office)


def test_nobody_there_is_told_plainly(server, office):
    office.use(server, "smtp_port = 9", "copy = false")
    office.draft(A)
    done = office.run("send", "--yes")
    assert done.exit_code == 2
    assert "连不上 localhost（端口 9）" in done.output


def test_the_secret_stands_in_no_file_and_no_output(server, office, tmp_path):
    office.draft(A)
    (tmp_path / "secret.txt").write_text(f"\ufeff{SECRET}\r\n", encoding="utf-8")
    office.use(server, 'secret_file = "../secret.txt"')
    done = office.run("send", "--yes", secret="")
    assert done.exit_code == 0, done.output
    assert SECRET not in done.output
    files = [path for path in office.root.rglob("*") if path.is_file()]
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    account = account_of(find_workspace(office.root))
    assert account.secret == SECRET
    assert SECRET not in repr(account)


def test_a_secret_within_the_workspace_is_refused(server, office):
    (office.root / "secret.txt").write_text(SECRET, encoding="utf-8")
    (office.root / "inner").symlink_to(office.root / "secret.txt")
    for name in ("secret.txt", "./inner", "inbox/../secret.txt"):
        office.use(server, f'secret_file = "{name}"')
        done = office.run("send", "--yes", secret="")
        assert done.exit_code == 2
        assert "在工作文件夹里" in done.output


def test_without_a_secret_an_account_or_domains_it_is_said_what_is_missing(office, tmp_path):
    office.draft(A)
    assert PASSWORD in office.run("send", "--yes", secret="").output
    bare = make_office(tmp_path / "bare")
    assert "请在 sxxt.toml 的 [mail] 写 account" in bare.run("send", "--yes").output
    assert "domains" in bare.run("send").output


@pytest.mark.parametrize("name", ["163", "qq"])
def test_the_usual_providers_need_no_servers_said(tmp_path, monkeypatch, name):
    monkeypatch.setenv(PASSWORD, "x")
    space = find_workspace(make_office(tmp_path / "w").root)
    found = account_of(_with_mail(space, Mail(account=f"a@{name}.com")))
    assert found.smtp == Host(f"smtp.{name}.com", 465, "ssl")
    assert found.imap == Host(f"imap.{name}.com", 993, "ssl")
    assert "授权码" in found.hint
    with pytest.raises(WorkspaceError, match="是否想写“exmail”"):
        account_of(_with_mail(space, Mail(account="a@b.edu.cn", provider="exmial")))


def _with_mail(space: Any, mail: Mail) -> Any:
    return replace(space, settings=replace(space.settings, mail=mail))


@pytest.mark.parametrize(
    ("line", "key", "advice"),
    [
        ('password = "hunter2"', "mail.password", PASSWORD),
        ('account = "办公室"', "mail.account", "完整的邮箱地址"),
        ('domains = ["com"]', "mail.domains", "@ 后面"),
        ("smtp_port = 99999", "mail.smtp_port", "65535"),
        ('smtp_security = "none"', "mail.smtp_security", "starttls"),
        ("per_minut = 3", "mail.per_minut", "per_minute"),
    ],
)
def test_a_faulty_line_of_mail_is_refused_with_its_key(tmp_path, line, key, advice):
    path = tmp_path / "sxxt.toml"
    path.write_text(f'regime = "tj-2017"\nyear = 2025\n[mail]\n{line}\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load_settings(path)
    assert key in str(error.value)
    assert advice in str(error.value)
    assert "hunter2" not in str(error.value)


# ---- trouble on the way --------------------------------------------------------------


@dataclass
class Moody:
    """A server that answers as it is told to: what to say to RCPT and to DATA, one by one."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        self.asked.append(address)
        said = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        said = self.data.pop(0) if self.data else "250 OK"
        if said.startswith("250"):
            self.got.append(envelope.content)
        if said == "250 and gone":
            server.transport.abort()
        return said


@contextmanager
def moody(server: Server, office: MailOffice, mood: Moody, *, tls: bool = True) -> Iterator[Moody]:
    """Let the office use a server of moods, certified as the other one."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.home / "server.pem", server.home / "server.key")

    class Talking(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                self.handler,
                authenticator=lambda *_: AuthResult(success=True),
                tls_context=context if tls else None,
                auth_require_tls=tls,
            )

    (port,) = free_ports(1)
    control = Talking(mood, hostname="127.0.0.1", port=port)
    control.start()
    try:
        security = 'smtp_security = "starttls"'
        office.use(server, f"smtp_port = {port}", security, "copy = false")
        yield mood
    finally:
        control.stop()


def send_all(office: MailOffice, waits: list[float] | None = None) -> mailbox.Outbox:
    """Send with waits that are written down instead of waited for."""
    pauses = [] if waits is None else waits
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSWORD, SECRET)
        make = sending.Sender
        patch.setattr(
            mailbox, "Sender", lambda *words, **more: make(*words, **more, sleep=pauses.append)
        )
        return mailbox.send(find_workspace(office.root), clock, Choice())


def test_a_server_without_encryption_gets_no_password(server, office):
    office.draft(A)
    with moody(server, office, Moody(), tls=False) as mood:
        done = office.run("send", "--yes")
    assert done.exit_code == 2
    assert "不支持加密连接，没有登录" in done.output
    assert not mood.got


def test_what_the_server_puts_off_is_tried_again_after_longer_and_longer_pauses(server, office):
    name, waits = office.draft(A), list[float]()
    with moody(server, office, Moody(["451 4.7.1 later", "450 later"], ["452 full"])) as mood:
        send_all(office, waits)
    assert states(office) == {name: "已发"}
    assert len(mood.got) == 1
    pauses = [wait for wait in waits if wait >= 1]
    assert len(pauses) == 3
    assert pauses == sorted(pauses)
    assert told(office)[name]["attempts"] == 2


def test_what_is_put_off_for_good_waits_for_the_next_time(server, office):
    name = office.draft(A)
    other = office.draft(B)
    with moody(
        server, office, Moody(["451 4.7.1 later", "250 OK", *["451 4.7.1 later"] * 3])
    ) as mood:
        outbox = send_all(office)
        assert states(office) == {name: "待发", other: "已发"}
        assert outbox.stands
        assert "4.7.1" in dict(outbox.waiting)[name]
        assert len(mood.got) == 1
        send_all(office)
    assert states(office) == {name: "已发", other: "已发"}


def test_what_the_server_refuses_failed_until_the_roster_says_otherwise(server, office):
    name = office.draft(A)
    with moody(server, office, Moody(["550 5.1.1 no such user"])) as mood:
        assert send_all(office).stands
        assert "对方邮箱不存在或地址写错（5.1.1）" in told(office)[name]["note"]
        send_all(office)
        assert (states(office), mood.got) == ({name: "失败"}, [])
        office.world.units[1]["邮箱"] = "new@example.edu.cn"
        office.world.write()
        office.draft(A, to="new@example.edu.cn")
    with moody(server, office, Moody()) as mood:
        send_all(office)
    assert states(office) == {name: "已发"}
    assert b"To: new@example.edu.cn" in mood.got[0]


def test_one_bad_address_of_two_is_said_and_the_other_gets_it(server, office):
    office.world.units[1]["备用邮箱"] = "nobody@example.edu.cn"
    office.world.write()
    office.use(server)
    name = office.draft(A, to=f"{address_of(A)}, nobody@example.edu.cn")
    assert office.run("send", "--yes").exit_code == 0
    said = told(office)[name]
    assert said["state"] == "已发"
    assert said["reached"] == [address_of(A)]
    assert "nobody@example.edu.cn没有收：对方邮箱不存在或地址写错" in said["note"]
    assert len(received(server, A)) == 1


def test_whom_a_letter_reached_is_left_out_when_it_goes_to_another_address(server, office):
    new = "new@example.edu.cn"
    office.world.units[1]["备用邮箱"] = new
    office.world.write()
    name = office.draft(A, to=f"{address_of(A)}, {new}")
    # It reached the one and came back from the other, whose address was wrong then.
    had, wrong = (address_of(A),), "wrong@example.edu.cn"
    with posting(find_workspace(office.root), clock) as post:
        post.put(Sent(name, "提醒", A, (*had, wrong), "", "退信", 1, reached=had))
    with moody(server, office, Moody(data=["451 later"] * 4)) as mood:
        send_all(office)
        assert states(office) == {name: "退信"}
        send_all(office)
    assert states(office) == {name: "已发"}
    assert len(mood.got) == 1
    assert mood.asked == [new] * 5
    assert told(office)[name]["reached"] == [*had, new]


def test_where_the_line_breaks_after_the_text_nobody_knows_and_nothing_is_sent_again(
    server, office
):
    name = office.draft(A)
    with moody(server, office, Moody(data=["250 and gone"])) as mood:
        assert send_all(office).stands
        assert states(office) == {name: "去向不明"}
        send_all(office)
        assert len(mood.got) == 1
        done = office.run("send")
        assert done.exit_code == 1
        assert "--settle" in done.output
        # The clerk asks the unit: it has nothing.
        assert office.run("send", "--mark", name[:8], "未发").exit_code == 0
        send_all(office)
        assert len(mood.got) == 2
    assert states(office) == {name: "已发"}
    done = office.run("send", "--mark", name, "未发")
    assert (done.exit_code, "已经发出" in done.output) == (2, True)


def test_the_clerk_says_what_she_sent_herself(server, office):
    name = office.draft(A)
    assert office.run("send", "--mark", name[:8], "已发").exit_code == 0
    office.run("send", "--yes")
    server.settled()
    assert not server.mails(address_of(A))
    assert told(office)[name]["note"] == "经办人认定"
    for begun in ("abc", "ffffffff", ""):
        assert office.run("send", "--mark", begun, "已发").exit_code == 2
    assert office.run("send", "--mark", name, "也许").exit_code == 2


def test_what_a_crash_left_unknown_is_settled_by_the_copy_in_the_mailbox(office):
    one, two = office.draft(A), office.draft(B)
    office.run("send", "--yes", "--unit", A)
    space = find_workspace(office.root)
    with posting(space, clock) as post:  # as if it had been killed before it wrote it down
        letter = post.letters[one]
        for name, message in ((one, letter.message), (two, f"<{two}@example.edu.cn>")):
            fate = Sent(name, "提醒", A, (address_of(A),), "", "发送中", 1, "", "", message)
            post.put(fate)
    done = office.run("send", "--settle")
    assert done.exit_code == 1
    assert states(office) == {one: "已发", two: "去向不明"}
    assert "已在邮箱的“已发送”里查到" in told(office)[one]["note"]


def test_where_the_registry_was_lost_nothing_that_lay_ready_is_sent_blindly(server, office):
    one, two = office.draft(A), office.draft(B)
    office.run("send", "--yes", "--unit", A)
    (office.root / "汇总").mkdir()
    (office.root / "汇总" / "result.json").write_text("{}", encoding="utf-8")
    (office.root / REGISTRY).unlink()
    assert office.run("send", "--yes").exit_code == 1
    assert states(office) == {one: "去向不明", two: "去向不明"}
    office.run("send", "--settle")
    assert states(office) == {one: "已发", two: "去向不明"}
    three = office.draft(C)  # written since: it can't have been sent
    office.run("send", "--yes")
    assert states(office)[three] == "已发"
    assert len(received(server, A)) == 1


def test_who_sends_holds_the_workspace(office, monkeypatch):
    office.draft(A)
    held = []

    @contextmanager
    def noted(path, *_):
        held.append(path)
        yield

    monkeypatch.setattr(keeper, "only_one", noted)
    office.run("send", "--yes")
    office.run("fetch")
    assert held == [office.root / LOCK] * 2


def test_the_post_book_is_kept_in_postgresql_too(office, monkeypatch):
    with serving() as (address, password):
        monkeypatch.setenv("SXXT_EXCEL_DB_PASSWORD", password)
        path = office.root / "sxxt.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("\n[registry]\n", f'\n[registry]\nurl = "{address}"\n'), encoding="utf-8"
        )
        name = office.draft(A)
        assert office.run("send", "--yes").exit_code == 0
        assert "这次发出0封" in office.run("send", "--yes").output
        assert states(office) == {name: "已发"}
        assert office.run("fetch", "--since", "2020-01-01").exit_code == 0


def test_a_registry_from_before_there_were_letters_is_brought_on(office):
    name = office.draft(A)
    with posting(find_workspace(office.root), clock):
        pass
    base = sqlite3.connect(office.root / REGISTRY)
    for words in ("drop table letters", "drop table fetched", "drop table answers",
                  "update meta set value = '1' where name = 'schema'"):  # fmt: skip
        base.execute(words)
    base.commit()
    base.close()
    office.run("send", "--yes")
    assert states(office) == {name: "已发"}


def test_a_bounce_is_written_down_with_address_and_reason(server, office):
    office.world.units[1]["邮箱"] = GONE
    office.world.write()
    office.use(server)
    name = office.draft(A, to=GONE)
    assert office.run("send", "--yes").exit_code == 0
    server.settled()
    done = office.run("fetch", "--since", "2020-01-01")
    assert done.exit_code == 1
    assert GONE in done.output
    assert "对方邮箱不存在" in done.output
    assert states(office) == {name: "退信"}
    assert "5.1.1" in told(office)[name]["note"]
    # It holds our own letter and what was attached: no submission, not to be seen by collect.
    assert not list(office.root.glob("inbox/**/*.eml"))
    assert len(list(office.root.glob("回复/退信/*.eml"))) == 1
    office.run("send", "--yes")
    assert states(office) == {name: "退信"}
    office.world.units[1]["邮箱"] = address_of(A)
    office.world.write()
    office.use(server)
    office.draft(A)
    office.run("send", "--yes")
    assert len(received(server, A)) == 1
