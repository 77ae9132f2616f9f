"""fetch: every mail whole and once, the mailbox left as it was, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import imaplib
import json
import re
import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from drafts import MailOffice, address_of, make_office
from letters import attached, mail, word
from mailserver import CODES, OFFICE, SECRET
from world import settle

from sxxt_excel.mailbox import imap
from sxxt_excel.registry.post import Post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailserver import Server


A, B = CODES[:2]
ALL = ("--since", "2020-01-01")


@pytest.fixture
def server(mail_server: Server) -> Server:
    return mail_server.empty()


@pytest.fixture
def office(server: Server, tmp_path: Path) -> MailOffice:
    return make_office(tmp_path / "w", CODES[:2]).use(server)


@contextmanager
def box(server: Server) -> Iterator[imaplib.IMAP4_SSL]:
    """Look into the office's mailbox as another program would."""
    context = server.trusted()
    with imaplib.IMAP4_SSL("localhost", server.imap, ssl_context=context) as client:
        client.login(OFFICE, SECRET)
        yield client


def post(server: Server, *mails: bytes, sender: str = address_of(A)) -> None:
    """Send mails to the office, as a unit does."""
    context = server.trusted()
    with smtplib.SMTP_SSL("localhost", server.smtp, context=context) as client:
        client.login(sender, SECRET)
        for one in mails:
            client.sendmail(sender, [OFFICE], one, ["body=8bitmime"])
    server.settled()


def put(
    server: Server, *mails: bytes, folder: str = "INBOX", flags: str = "", when: str = "2025-04-10"
) -> None:
    """Lay mails into a folder of the office's mailbox, as of a day."""
    day = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC)
    with box(server) as client:
        for one in mails:
            kind, said = client.append(folder, flags, day, one)
            assert kind == "OK", said


def letter(subject: str, number: int = 0) -> bytes:
    """Return a mail that is unlike every other one."""
    head = f"Message-ID: <{number}.{subject}@example.edu.cn>\r\n".encode("utf-8", "replace")
    return head + b"Subject: " + word(subject, "utf-8") + b"\r\n\r\nhello\r\n"


def fetched(office: MailOffice, *words: str) -> dict[str, Any]:
    done = office.run("fetch", *ALL, "--json", *words)
    assert done.exit_code in {0, 1}, done.output
    return dict(json.loads(done.stdout))


def kept(office: MailOffice) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (office.root / "inbox/邮件").glob("*")}


# ---- whole, once, and the mailbox as it was ------------------------------------------


def test_each_mail_is_kept_whole_byte_for_byte_with_the_time_it_came(server, office):
    raw = mail(attached(b'; filename="' + "清单.xlsx".encode("gbk") + b'"'))
    post(server, raw)
    (item,) = fetched(office)["fetched"]
    path = office.root / item["path"]
    (there,) = server.mails(OFFICE)
    assert path.read_bytes() == there.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert raw.partition(b"\r\n\r\n")[2] in path.read_bytes()
    assert item["from"] == "lilei@example.edu.cn"
    assert path.stat().st_mtime == dt.datetime.fromisoformat(item["received_at"]).timestamp()
    assert re.fullmatch(r"\d{8}-\d{6} 机械工程学院党委报送清单 [0-9a-f]{8}\.eml", path.name)


def test_nothing_is_marked_or_removed_unless_told(server, office):
    put(server, letter("一"))
    put(server, letter("二"), flags=r"(\Deleted)")
    fetched(office)
    with box(server) as client:
        client.select(readonly=True)
        assert client.search(None, "UNSEEN")[1] == [b"1 2"]
    put(server, letter("三"))
    fetched(office, "--mark-read")
    with box(server) as client:
        client.select(readonly=True)
        # What was to be removed is still there, and only what was taken now is marked.
        assert client.search(None, "ALL")[1] == [b"1 2 3"]
        assert client.search(None, "SEEN")[1] == [b"3"]


def test_a_mail_that_was_fetched_once_is_not_fetched_again_wherever_its_file_went(server, office):
    put(server, letter("一"), letter("二"))
    assert len(fetched(office)["fetched"]) == 2
    one, two = sorted((office.root / "inbox/邮件").iterdir())
    one.unlink()
    two.rename(office.root / "inbox" / "别处.eml")
    put(server, letter("三"))
    again = fetched(office)
    assert [item["subject"] for item in again["fetched"]] == ["三"]
    assert again["known"] == 2


def test_where_the_server_counts_anew_nothing_is_written_twice(server, office):
    put(server, *(letter(f"信{n}", n) for n in range(3)))
    first = fetched(office)
    before = kept(office)
    maildir = server.home / "mail" / OFFICE / "Maildir"
    for path in maildir.glob("dovecot*"):
        path.unlink()
    with box(server) as client:
        client.select(readonly=True)
        (validity,) = client.response("UIDVALIDITY")[1]
    assert validity.decode() not in str(first)
    put(server, letter("新的"))
    again = fetched(office)
    assert [item["subject"] for item in again["fetched"]] == ["新的"]
    assert again["known"] == 3
    assert before.items() <= kept(office).items()
    assert fetched(office)["known"] == 4


def test_two_mails_of_one_message_id_are_two_mails(server, office):
    put(server, letter("一") + b"a", letter("一") + b"b", letter("一") + b"b")
    found = fetched(office)
    assert len(found["fetched"]) == 2
    assert found["known"] == 1  # the third is the second, word for word


def test_since_and_folder_say_which_mails(server, office):
    put(server, letter("旧的"), when="2025-03-31")
    put(server, letter("新的"), when="2025-04-01")
    put(server, letter("夹里的"), folder='"&YqWQAWdQZZk-"', when="2025-04-02")
    done = office.run("fetch", "--since", "2025-04-01", "--json")
    assert [item["subject"] for item in json.loads(done.stdout)["fetched"]] == ["新的"]
    (item,) = fetched(office, "--folder", "报送材料")["fetched"]
    assert (item["subject"], item["folder"]) == ("夹里的", "报送材料")
    office.use(server, 'folder = ["INBOX", "报送材料"]')
    assert [item["subject"] for item in fetched(office)["fetched"]] == ["旧的"]
    wrong = office.run("fetch", "--folder", "报送材科")
    assert wrong.exit_code == 2
    assert "没有“报送材科”这个文件夹，是否想写“报送材料”" in wrong.output


def test_without_since_the_years_mails_are_fetched(server, office):
    put(server, letter("上年的"), when="2024-12-30")
    put(server, letter("今年的"), when="2025-01-02")
    said = json.loads(office.run("fetch", "--json").stdout)
    assert [item["subject"] for item in said["fetched"]] == ["今年的"]


def test_a_large_box_comes_in_pages(server, office, monkeypatch):
    monkeypatch.setattr(imap, "_WINDOW", 25)
    monkeypatch.setattr(imap, "_PAGE", 10)
    put(server, *(letter(f"信{n}", n) for n in range(60)))
    found = fetched(office)["fetched"]
    assert [item["subject"] for item in found] == [f"信{n}" for n in range(60)]
    assert len(kept(office)) == 60


def test_what_was_broken_off_goes_on_where_it_was(server, office, monkeypatch):
    put(server, *(letter(f"信{n}", n) for n in range(6)))
    take, count = Post.take, iter(range(100))

    def stumbling(self, mail):
        if next(count) == 3:
            raise KeyboardInterrupt
        take(self, mail)

    with monkeypatch.context() as patch:
        patch.setattr(Post, "take", stumbling)
        office.run("fetch", *ALL)
    assert len(kept(office)) == 4  # the fourth was written, and not yet written down
    assert len(fetched(office)["fetched"]) == 3
    assert len(kept(office)) == 6


def test_a_mail_beyond_the_limit_is_told_and_left(server, office):
    settle(office.root, ("file_mb = 50 ", "file_mb = 1 "))
    put(server, letter("大的") + b"x" * 2_000_000, letter("小的"))
    done = office.run("fetch", *ALL)
    assert done.exit_code == 1
    assert "有1封超过限额没有取" in done.output
    assert len(kept(office)) == 1
    settle(office.root, ("file_mb = 1 ", "file_mb = 50 "))
    assert [item["subject"] for item in fetched(office)["fetched"]] == ["大的"]


@pytest.mark.parametrize(
    "subject",
    [
        "../../etc/passwd",
        'a\\b:c*d?e"f<g>h|',
        "CON",
        "长" * 300,
        "\u202exslx.exe",
        "",
        "换\r\n行 .",
    ],
)
def test_a_subject_makes_a_harmless_name(server, office, subject):
    put(server, letter(subject, 1))
    fetched(office)
    (name,) = kept(office)
    assert (office.root / "inbox/邮件" / name).is_file()
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\u202e]', name)
    assert len(name) < 80
    assert re.fullmatch(r"\d{8}-\d{6} .*[0-9a-f]{8}\.eml", name)


def test_a_telephone_number_in_a_subject_is_masked_in_name_and_list(server, office):
    put(server, letter("请回电13800138000"))
    done = office.run("fetch", *ALL)
    (name,) = kept(office)
    assert "13800138000" not in done.output + name
    assert "请回电138" in name


def test_letters_of_ours_are_not_taken_for_mails_of_units(office):
    office.draft(A, book=b"xlsx")
    office.run("send", "--yes")
    found = fetched(office, "--folder", "已发送")
    assert (found["fetched"], found["own"]) == ([], 1)
    assert not kept(office)


def test_a_report_about_somebody_elses_letter_is_a_mail_like_any_other(server, office):
    raw = (
        b"Subject: bounce\r\nContent-Type: multipart/report; report-type=delivery-status;"
        b" boundary=b\r\n\r\n--b\r\n\r\nFinal-Recipient: rfc822; x@y.cn\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\nMessage-ID: <" + b"f" * 32 + b"@example.edu.cn>\r\n--b--\r\n"
    )
    put(server, raw)
    found = fetched(office)
    assert len(found["fetched"]) == 1
    assert not found["bounces"]


def report(about: str, kind: bytes, said: bytes) -> bytes:
    """Return what a mail system sends about a letter of ours."""
    return (
        b"From: Postmaster <postmaster@example.com>\r\nSubject: report\r\nContent-Type: " + kind
        + b"; boundary=b\r\n\r\n--b\r\n\r\n" + said + b"\r\n--b\r\nContent-Type: message/rfc822"
        + f"\r\n\r\nMessage-ID: <{about}@example.edu.cn>\r\n\r\nhello\r\n--b--\r\n".encode()
    )  # fmt: skip


def test_a_letter_that_is_late_did_not_come_back(server, office):
    name = office.draft(A)
    office.run("send", "--yes")
    said = f"Final-Recipient: rfc822;{address_of(A)}\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
    kind = b"multipart/report; report-type=delivery-status"
    put(server, report(name, kind, said.encode()))
    found = fetched(office)
    assert (found["fetched"], found["bounces"]) == ([], [])
    assert not kept(office)
    assert told(office)["state"] == "已发"


def test_a_report_in_words_alone_counts_too(server, office):
    name = office.draft(A)
    office.run("send", "--yes")
    put(server, report(name, b"multipart/mixed", "您的邮件被退回".encode()))
    (bounce,) = fetched(office)["bounces"]
    assert (bounce["address"], bounce["id"]) == (address_of(A), name)
    assert told(office)["state"] == "退信"
    assert not kept(office)


def told(office: MailOffice) -> dict[str, Any]:
    (letter,) = json.loads(office.run("send", "--json").stdout)["letters"]
    return dict(letter)


# ---- the way there -------------------------------------------------------------------


@pytest.mark.parametrize("starttls", [False, True])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(server, office, starttls):
    office.use(server, f'ca_file = "{server.stranger}"', starttls=starttls)
    done = office.run("fetch")
    assert done.exit_code == 2
    assert "localhost 的证书不是可信的机构签发的，没有登录，密码没有发出去" in done.output


def test_a_houses_own_certificate_need_not_say_what_its_key_is_for(office, monkeypatch):
    default = ssl.create_default_context

    def strict(*args: Any, **more: Any) -> ssl.SSLContext:
        context = default(*args, **more)
        context.verify_flags |= ssl.VERIFY_X509_STRICT  # as from Python 3.13 on
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    assert office.run("fetch").exit_code == 0


def test_starttls_serves_as_well(server, office):
    put(server, letter("一"))
    office.use(server, starttls=True)
    assert len(fetched(office)["fetched"]) == 1


def test_a_wrong_password_is_told_plainly(office):
    wrong = "hunter2"
    done = office.run("fetch", secret=wrong)
    assert done.exit_code == 2
    assert f"不接受账号 {OFFICE} 的密码" in done.output
    assert "授权码" in done.output
    assert wrong not in done.output


@contextmanager
def picky(server: Server, office: MailOffice, *, ever: bool) -> Iterator[list[str]]:
    """Let the office use a server that shows no folder to whom it does not know, as 163's does."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.home / "server.pem", server.home / "server.key")
    heard: list[str] = []
    known = False

    def answer(verb: str, tag: str) -> str:
        nonlocal known
        known = known or verb == "ID"
        if verb in {"SELECT", "EXAMINE"}:
            if not (known and ever):
                return f"{tag} NO SELECT Unsafe Login. Please contact kefu@188.com for help\r\n"
            return f"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n{tag} OK [READ-ONLY] done\r\n"
        told = {"CAPABILITY": "* CAPABILITY IMAP4rev1 ID\r\n", "LOGOUT": "* BYE\r\n"}
        return f"{told.get(verb, '')}{tag} OK done\r\n"

    def serve(listening: socket.socket) -> None:
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as talking:
            talking.sendall(b"* OK ready\r\n")
            for line in talking.makefile("r", encoding="utf-8"):
                tag, verb, *_ = line.split()
                heard.append(verb)
                talking.sendall(answer(verb, tag).encode())
                if verb == "LOGOUT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        office.use(server, f"imap_port = {listening.getsockname()[1]}")
        yield heard
        thread.join(10)


def test_a_server_that_asks_who_one_is_is_told_before_it_shows_a_folder(server, office):
    with picky(server, office, ever=True) as heard:
        assert fetched(office)["fetched"] == []
    assert heard.index("ID") < heard.index("EXAMINE")


def test_a_connection_that_breaks_is_told_and_what_came_before_is_kept(server, office, monkeypatch):
    put(server, *(letter(f"信{n}", n) for n in range(3)))
    content = imap.Box.content

    def breaking(self, uid):
        if len(kept(office)) == 2:
            raise ConnectionResetError
        return content(self, uid)

    with monkeypatch.context() as patch:
        patch.setattr(imap.Box, "content", breaking)
        done = office.run("fetch", *ALL)
    assert done.exit_code == 2
    assert "已取到的都在" in done.output
    assert len(fetched(office)["fetched"]) == 1
    assert len(kept(office)) == 3


def test_a_server_that_calls_the_login_unsafe_all_the_same_is_told_of_plainly(server, office):
    with picky(server, office, ever=False):
        done = office.run("fetch")
    assert done.exit_code == 2
    assert "这次登录不安全" in done.output
    assert "kefu" not in done.output
