"""Mails as everyday programs write them, and as nobody should: what was in them, under which name.

The messages are raw bytes, as they lie in an inbox; every person and unit is made up.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import random
from email import policy as policies
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import BOOK, LIMITS, NAME, PICTURE, attached, lines64, mail, qq, text, word, workbook

from sxxt_excel.intake.headers import address_of, bytes_text, header_text, moment_of, parameters
from sxxt_excel.intake.letter import services
from sxxt_excel.intake.mails import open_mail, open_mbox
from sxxt_excel.intake.names import shown_name
from sxxt_excel.intake.parcel import Opened
from sxxt_excel.package import Limits, Refusal, sniff

OLD = "朱镕基龢喆㛃清单.xls"
"""Characters that gbk or gb18030 has and gb2312 has not."""


def read(data: bytes) -> Opened:
    assert sniff(data) in {"eml", "msg"}
    opened = open_mail(data, "来件.eml", LIMITS)
    assert isinstance(opened, Opened)
    return opened


def only(data: bytes) -> str:
    """Return the name of a mail's only member, which is the workbook."""
    (member,) = read(data).members
    assert member.data == BOOK
    return member.name


# ---- names, as the programs write them ----------------------------------------------------------


def netease(name: str) -> bytes:
    said = word(name, "gbk", "Q")
    kind = b'application/vnd.ms-excel; name="' + said + b'"'
    return attached(b'; filename="' + said + b'"', kind=kind)


def outlook(name: str) -> bytes:
    """Words of nine bytes each, so that characters are cut in two; and the label is too small."""
    data = name.encode("gb18030")
    words = [
        b"=?gb2312?B?" + base64.b64encode(data[at : at + 9]) + b"?="
        for at in range(0, len(data), 9)
    ]
    said = b"\r\n\t".join(words)
    return attached(
        b';\r\n\tfilename="' + said + b'"; size=1234', kind=b'application/x; name="' + said + b'"'
    )


def foxmail(name: str) -> bytes:
    """The group of base64 itself is cut where the line is full."""
    whole = base64.b64encode(name.encode("utf-8"))
    cuts = [whole[at : at + 30] for at in range(0, len(whole), 30)]
    said = b"\r\n ".join(b"=?utf-8?B?" + cut + b"?=" for cut in cuts)
    return attached(b';\r\n\tfilename="' + said + b'"')


def thunderbird(name: str) -> bytes:
    """RFC 2231 in parts, cut inside a character."""
    whole = quote(name, safe="").encode()
    parts = [whole[at : at + 21] for at in range(0, len(whole), 21)]
    said = b"".join(
        b";\r\n filename*%d*=%s%s" % (number, b"" if number else b"UTF-8''", part)
        for number, part in enumerate(parts)
    )
    return attached(said, kind=b'application/octet-stream; name="AT00001.bin"')


def apple(name: str) -> bytes:
    said = quote(name, safe="", encoding="gb18030").encode()
    return attached(b"; filename*=gb2312''" + said)


def raw_gbk(name: str) -> bytes:
    said = name.encode("gb18030")
    return attached(b'; filename="' + said + b'"')


def raw_utf8(name: str) -> bytes:
    return attached(b"; filename=" + name.encode("utf-8"))


def percent(name: str) -> bytes:
    return attached(b'; filename="' + quote(name, safe="").encode() + b'"')


def in_type_only(name: str) -> bytes:
    said = word(name, "utf-8")
    head = b'Content-Type: application/octet-stream; name="' + said + b'"\r\n'
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + lines64(BOOK)


def tcmime(name: str) -> bytes:
    """QQ gives a name of its own to what it can't read; the real one is left in the type."""
    kind = b'application/octet-stream; name="' + word(name, "utf-8") + b'"'
    return attached(b'; filename="tcmime.2344.2546.20297.bin"', kind=kind)


STYLES = (
    qq, netease, outlook, foxmail, thunderbird, apple, raw_gbk, raw_utf8, percent, in_type_only,
    tcmime,
)  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [NAME, OLD, "清单（最终版）(1).et", "a.xlsx", "附件 1：清单.xls"])
def test_a_name_comes_back_from_the_style_of_every_program(style, name):
    assert only(mail(text("请查收"), style(name))) == shown_name(name)


LETTERS = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.sampled_from("（）《》、。—·【】“”０１ａ①㈠龢㛃"),
    st.sampled_from("abcXYZ0123456789 -_()[]+,='&@#~.;"),
)
NAMES = st.text(LETTERS, min_size=2, max_size=40).map(lambda said: f"清单{said}表.xlsx")


@settings(max_examples=60, deadline=None)
@given(NAMES, st.sampled_from(STYLES))
def test_any_name_comes_back_from_any_style(name, style):
    if style is raw_utf8:
        name = name.replace(";", "；")
    assert only(mail(style(name))) == shown_name(name)


@pytest.mark.parametrize("policy", [policies.default, policies.SMTP, policies.compat32])
@pytest.mark.parametrize("name", [NAME, OLD, "附件 1；清单（最终版）.xls"])
def test_what_pythons_own_library_writes_is_read(policy, name):
    whole = MIMEMultipart(policy=policy)
    whole["From"], whole["Subject"] = "a@example.edu.cn", "清单"
    part = MIMEApplication(BOOK, name=Header(name, "utf-8").encode(), policy=policy)
    part.add_header("Content-Disposition", "attachment", filename=("gb18030", "", name))
    whole.attach(part)
    assert only(whole.as_bytes()) == shown_name(name)


def test_a_backslash_that_is_half_a_character_ends_no_name():
    # The second byte of 塡 in GBK is that of a backslash, before the closing quotation mark.
    assert "塡".encode("gbk")[1:] == b"\\"
    assert only(mail(raw_gbk("责任塡"))) == "责任塡"


def test_quotation_marks_within_a_name_belong_to_it():
    said = '关于"三重一大"的清单.xlsx'.encode("gbk")
    assert (
        only(mail(attached(b'; filename="' + said + b'"; size=5'))) == "关于＂三重一大＂的清单.xlsx"
    )


def test_characters_that_webmail_wrote_as_numbers_are_read():
    assert only(mail(attached(b'; filename="&#29735;&#23453;.xlsx"'))) == "琧宝.xlsx"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b'; filename="tcmime.1.2.3.bin"',
        b'; filename="ATT00001.bin"',
        b'; filename="????.xlsx"',
        b"; filename=",
    ],
)
def test_a_file_without_a_name_is_named_by_the_subject_and_what_it_is(said):
    expected = "????.xlsx".replace("?", "？") if b"?" in said else "机械工程学院党委报送清单.xlsx"
    assert only(mail(text("请查收"), attached(said))) == expected


def test_a_mail_without_a_subject_lends_its_own_name():
    bare = b"From: a@example.edu.cn\r\nTo: b@example.edu.cn\r\n"
    assert only(mail(attached(b""), top=bare)) == "来件.xlsx"


def test_two_files_of_one_name_are_told_apart():
    again = mail(qq(NAME), attached(b"; filename=" + NAME.encode(), workbook("别的")))
    assert [one.name for one in read(again).members] == [NAME, NAME.replace(".xlsx", "(2).xlsx")]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b'; filename="../../../etc/passwd"', "passwd"),
        (b'; filename="C:\\Users\\wang\\Desktop\\a.xlsx"', "a.xlsx"),
        (b"; filename*=utf-8''..%2F..%2F%E6%B8%85%0A%00%E5%8D%95.xlsx", "清 单.xlsx"),
        (b'; filename="a\x00b.xlsx"', "a b.xlsx"),
        (b'; filename="a!b.xlsx"', "a！b.xlsx"),
        (b'; filename="NUL.xlsx"', "_NUL.xlsx"),
        (b"; filename*=utf-8''%E2%80%AExslx.exe", "xslx.exe"),
        (b"; filename*=no-such-charset''%C7%E5%B5%A5.xlsx", "清单.xlsx"),
        (b"; filename*=\xff\xfe''%C7%E5%B5%A5.xlsx", "清单.xlsx"),
        (b'; filename="=?base64?B?x+W1pS54bHN4?="', "清单.xlsx"),
    ],
)
def test_a_name_never_says_a_place_nor_hides_anything(said, shown):
    assert only(mail(attached(said))) == shown


def test_a_very_long_name_is_cut_and_keeps_its_suffix():
    name = only(mail(raw_utf8("长" * 5000 + ".xlsx")))
    assert len(name) <= 120
    assert name.endswith("长.xlsx")


@pytest.mark.parametrize(
    "label",
    [
        "gb2312",
        "GBK",
        "x-gbk",
        "cp936",
        "gb18030",
        "utf-8",
        "us-ascii",
        "",
        "iso-8859-1",
        "nonsense",
        "zip",
    ],
)
def test_no_label_hides_what_the_bytes_say(label):
    assert bytes_text("责任清单".encode("gb18030"), label) == "责任清单"
    assert bytes_text("责任清单".encode(), label) == "责任清单"


def test_text_that_was_cut_within_a_character_is_read_as_far_as_it_goes():
    assert bytes_text("责任清单".encode()[:-1], "utf-8") == "责任清"
    assert bytes_text("责任清单".encode("gbk")[:-1], "gb2312") == "责任清"


def test_a_subject_in_several_words_and_charsets_is_put_together():
    said = b"Re: " + word("责任", "gbk") + b"\r\n " + word("清单", "utf-8", "Q") + b" 2025"
    assert header_text(said) == "Re: 责任清单 2025"


def test_parameters_are_read_without_quotes_and_in_any_order():
    said = b"attachment; filename*1=b.xlsx; size=7; FileName*0=a; x"
    assert dict(parameters(said)) == {"filename": "ab.xlsx", "size": "7"}


# ---- what belongs to a mail and what does not ----------------------------------------------------


def test_pictures_of_the_text_are_no_attachments_but_a_photographed_page_is():
    page = text('<p>您好</p><img src="cid:image001.png@01DB">', "html")
    signature = (
        b'Content-Type: image/png; name="image001.png"\r\nContent-ID: <image001.png@01DB>\r\n'
        b"Content-Disposition: attachment; filename=image001.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + lines64(PICTURE)
    )
    inline = mail(page, signature, kind=b"related", top=b"X-Part: 1\r\n", mark=b"8")
    scan = attached(b'; filename="scan.png"', PICTURE, b"image/png")
    opened = read(mail(inline, scan, qq(NAME)))
    assert [one.name for one in opened.members] == ["scan.png", NAME]


def test_a_workbook_is_taken_even_where_the_page_calls_it_inline():
    inline = (
        b"Content-Type: image/png\r\nContent-ID: <x@y>\r\nContent-Disposition: inline;\r\n"
        b"\tfilename=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines64(BOOK)
    )
    page = text('<img src="cid:x@y">', "html")
    assert only(mail(page, inline, kind=b"related")) == "a.xlsx"


def test_the_words_of_a_letter_are_no_attachment_and_a_text_file_is():
    both = mail(
        text("正文"), text("<b>正文</b>", "html"), kind=b"alternative", top=b"X: 1\r\n", mark=b"8"
    )
    trailing = b"Content-Type: text/html; name=ATT00001.htm\r\n\r\n<p>--</p>"
    assert read(mail(both, trailing)).members == ()
    note = attached(b'; filename="note.txt"', b"words", b"text/plain")
    assert [one.name for one in read(mail(both, note)).members] == ["note.txt"]


def test_a_mail_within_a_mail_is_a_member_of_its_own():
    inner = mail(qq(NAME), mark=b"8")
    forwarded = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + inner
    (member,) = read(mail(text("转发"), forwarded)).members
    assert member.name == "机械工程学院党委报送清单.eml"
    assert only(member.data) == NAME


def test_a_signed_mail_is_read_and_an_encrypted_one_is_refused():
    signed = mail(
        mail(qq(NAME), top=b"X-Part: 1\r\n", mark=b"8"),
        attached(b"; filename=smime.p7s", b"sig", b"application/pkcs7-signature"),
        kind=b"signed; protocol=x",
    )
    assert only(signed) == NAME
    sealed = attached(
        b"; filename=smime.p7m", b"\x30\x80", b"application/pkcs7-mime; smime-type=enveloped-data"
    )
    pgp = mail(attached(b"", b"x"), kind=b"encrypted; protocol=application/pgp-encrypted")
    for data in (mail(sealed), pgp):
        opened = read(data)
        assert opened.members == ()
        assert [refusal.code for _, refusal in opened.refused] == ["F122"]


def test_a_mail_that_is_nothing_but_a_workbook_is_read():
    data = (
        b"From: a@example.edu.cn\r\nTo: b@example.edu.cn\r\nContent-Type: application/vnd.ms-excel;"
        b" name=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines64(BOOK)
    )
    assert only(data) == "a.xlsx"


# ---- encodings of the bytes ---------------------------------------------------------------------


def encoded(way: bytes, body: bytes) -> bytes:
    head = b"Content-Type: application/x; name=a.xlsx\r\nContent-Transfer-Encoding: "
    return mail(head + way + b"\r\n\r\n" + body)


def uuencoded(data: bytes) -> bytes:
    parts = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 a.xlsx\n" + b"".join(parts) + b"`\nend\n"


PADDED = b"\r\n".join(base64.b64encode(BOOK[at : at + 55]) for at in range(0, len(BOOK), 55))


@pytest.mark.parametrize(
    ("way", "body"),
    [
        (b"base64", lines64(BOOK).replace(b"\r\n", b"\r\r\n")),
        (b"BASE64 ", lines64(BOOK).rstrip(b"=\r\n")),
        (b"base64", lines64(BOOK).replace(b"\r\n", b"!\r\n \xa1".replace(b"\xa1", b"*"))),
        (b"base64", PADDED),
        (b"base64", BOOK),
        (b"7bit", lines64(BOOK)),
        (b"", lines64(BOOK)),
        (b"binary", BOOK),
        (b"8bit", BOOK),
        (b"quoted-printable", quopri.encodestring(BOOK, quotetabs=True)),
        (b"x-uuencode", uuencoded(BOOK)),
    ],
)  # fmt: skip
def test_the_bytes_come_back_from_any_encoding_also_from_a_broken_one(way, body):
    assert only(encoded(way, body)) == "a.xlsx"


def test_a_file_put_into_the_text_by_a_very_old_program_is_found():
    said = b"From: a@example.edu.cn\nTo: b@example.edu.cn\n\nhello\n\n" + uuencoded(BOOK) + b"bye\n"
    assert only(said) == "a.xlsx"


def test_line_ends_of_any_kind_part_the_headers_from_the_body():
    whole = mail(qq(NAME))
    assert only(whole.replace(b"\r\n", b"\n")) == NAME
    assert only(whole.replace(b"\r\n", b"\r\r\n")) == NAME
    assert only(b"\xef\xbb\xbf\r\n" + whole) == NAME


def test_a_mail_cut_short_gives_what_had_come():
    whole = mail(qq(NAME), attached(b"; filename=b.xlsx"))
    cut = whole[: whole.rindex(b"UEs") + 40]
    names = [one.name for one in read(cut).members]
    assert names == [NAME, "b.xlsx"]


def test_a_boundary_that_is_said_wrongly_is_seen():
    assert only(mail(qq(NAME)).replace(b'boundary="----=_Part_7"', b"boundary=x")) == NAME
    assert only(mail(qq(NAME)).replace(b';\r\n\tboundary="----=_Part_7"', b"")) == NAME


# ---- who and when -------------------------------------------------------------------------------


def test_sender_and_clocks_are_told():
    opened = read(mail(qq(NAME)))
    assert opened.sender == "lilei@example.edu.cn"
    assert opened.sent == "2025-04-10T16:30:00+08:00"
    assert opened.received == "2025-04-10T16:31:07+08:00"


def test_the_newest_server_that_gives_a_date_says_when_a_mail_was_received():
    top = (
        b"Received: from a by b; nonsense\r\n"
        b"Received: from c by d id 1; Thu, 10 Apr 2025 08:31:00 -0000\r\n"
        b"Received: from e by f; Thu, 10 Apr 2025 03:00:00 +0800\r\n"
        b"From: a@example.edu.cn\r\nReply-To: other@example.com\r\n"
    )
    opened = read(mail(qq(NAME), top=top))
    assert opened.received == "2025-04-10T16:31:00+08:00"
    assert opened.sent == ""
    assert opened.sender == "a@example.edu.cn"


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("Thu, 10 Apr 2025 16:30:00 +0800 (CST)", "2025-04-10T16:30:00+08:00"),
        ("Thu, 10 Apr 2025 16:30:00 CST", "2025-04-10T16:30:00+08:00"),
        ("10 Apr 2025 16:30", "2025-04-10T16:30:00+08:00"),
        ("Thu, 10 Apr 2025 08:30:00 GMT", "2025-04-10T16:30:00+08:00"),
        ("Wed, 9 Apr 2025 20:30:00 -0400", "2025-04-10T08:30:00+08:00"),
        ("2025-04-10 16:30:09", "2025-04-10T16:30:09+08:00"),
        ("2025-04-10T08:30:09Z", "2025-04-10T16:30:09+08:00"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", ""),
        ("Thu, 31 Apr 2025 16:30:00 +0800", ""),
        ("Thu, 10 Apr 2525 16:30:00 +0800", ""),
        ("10 Apr 2025 16:30:00 +9999", ""),
        ("", ""),
        ("昨天", ""),
    ],
)
def test_a_moment_is_told_at_local_time_and_an_absurd_one_not_at_all(said, moment):
    assert moment_of(said.encode()) == moment


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (b'"=?gb18030?B?wO7A1w==?=" <12345@QQ.com>', "12345@qq.com"),
        (b"a@example.edu.cn", "a@example.edu.cn"),
        (b'"b@example.com" <a@example.edu.cn>', "a@example.edu.cn"),
        (b"a@example.edu.cn (\xc0\xee\xc0\xd7)", "a@example.edu.cn"),
        (b"\xc0\xee\xc0\xd7<a@example.edu.cn>", "a@example.edu.cn"),
        (b"<a@example.edu.cn>, <b@example.edu.cn>", "a@example.edu.cn"),
        (b"nobody", ""),
        (b"", ""),
    ],
)
def test_the_address_of_the_sender_is_told_plainly(said, address):
    assert address_of(said) == address


# ---- files kept elsewhere -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "service"),
    [
        (
            "从QQ邮箱发来的超大附件\n清单.zip (120M) http://mail.qq.com/cgi-bin/ftnExs_download?k=7d",
            "QQ邮箱超大附件",
        ),
        ('<a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=ab">', "QQ邮箱超大附件"),
        ("https://mail.163.com/large-attachment-download/index.html?p=x", "网易邮箱云附件"),
        ("https://dashi.163.com/html/cloud-attachment-download/?key=x", "网易邮箱云附件"),
        (
            '<a href="https://qiye.aliyun.com/alimail/openLinks/downloadMimeMetaDiskBigAttach?id">',
            "阿里邮箱超大附件",
        ),
        ("https://mail.example.edu.cn/coremail/s/netfolder.jsp?share_link=9", "邮箱文件中转站"),
        ("链接: https://pan.baidu.com/s/1abc 提取码: 1234", "百度网盘"),
        ("https://share.weiyun.com/abc", "腾讯微云"),
        ("https://www.alipan.com/s/abc", "阿里云盘"),
        ("https://docs.qq.com/sheet/DUmx", "腾讯文档"),
        ("https://www.kdocs.cn/l/abc", "金山文档"),
        ("从网易163邮箱发来的云附件", "网易163邮箱超大附件"),
    ],
)
def test_a_file_kept_elsewhere_is_recognised_and_its_address_is_not_told(said, service):
    opened = read(mail(text(said, "html" if "<" in said else "plain")))
    assert opened.links == (service,)


def test_ordinary_links_and_words_are_no_files_kept_elsewhere():
    said = ("请勿使用超大附件、中转站。https://www.example.edu.cn/ https://mail.qq.com/ "
            "https://mail.163.com/ 文件见 https://xxgk.example.edu.cn/a.pdf")  # fmt: skip
    assert services((said,)) == ()
    assert read(mail(text(said), qq(NAME))).links == ()


# ---- boxes of mails -----------------------------------------------------------------------------


def test_a_mail_is_told_by_its_headers_whatever_program_wrote_them_first():
    assert sniff(b"Precedence: bulk\r\n" + mail(qq(NAME))) == "eml"
    assert sniff(b"Organization: x\r\n\r\nFrom: a\r\nTo: b\r\nDate: c\r\n") == "text"
    page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    assert sniff(page) == "mht"
    assert sniff(b"To: a@example.edu.cn\r\n" + page) == "eml"
    assert sniff(b"From: a\r\nX-Name: \0\r\n\r\n") == "eml"
    assert sniff(b"From the office: at 10:30\nwords") == "text"


def test_a_box_gives_its_mails_by_number_and_subject():
    first = mail(qq(NAME)).replace(b"\r\n", b"\n")
    second = (
        b"From: b@example.edu.cn\nSubject: a/b\nContent-Length: 99999\n\n>From here on\nFrom you\n"
    )
    third = b"From: c@example.edu.cn\n\nbye\n"
    box = (
        b"From - Thu Apr 10 16:30:00 2025\n" + first
        + b"\nFrom b@example.edu.cn Fri Apr 11 08:00:00 2025 +0800\n" + second
        + b"\nFrom c@example.edu.cn Fri Apr 11 09:00 2025\n" + third
    )  # fmt: skip
    assert sniff(box) == "mbox"
    opened = open_mbox(box, "inbox", LIMITS)
    assert isinstance(opened, Opened)
    assert [one.name for one in opened.members] == [
        "001 机械工程学院党委报送清单.eml",
        "002 a／b.eml",
        "003 无主题.eml",
    ]
    assert only(opened.members[0].data) == NAME
    assert opened.members[1].data.rstrip(b"\n") == second.replace(b">From", b"From").rstrip(b"\n")
    assert sniff(opened.members[2].data) == "eml"


def test_a_box_beyond_the_limits_or_without_mails_is_refused():
    box = b"From - Thu Apr 10 16:30:00 2025\nSubject: a\n\nx\n\n" * 30
    few = Limits(entries=20)
    assert open_mbox(box, "inbox", few) == Refusal("F106", "邮件多于 20 封")
    assert open_mbox(box, "inbox", Limits(file_bytes=100)) == Refusal("F106", "文件大于 0 MB")
    assert open_mbox(b"nothing", "inbox", LIMITS) == Refusal("F124", "邮箱文件里找不到邮件")


# ---- hostile ones -------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    heads = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at)
        for at in range(depth)
    )
    return b"From: a@example.edu.cn\r\n" + heads + qq(NAME)


@pytest.mark.parametrize(
    "data",
    [
        mail(*[attached(b"; filename=a.xlsx", b"x")] * 10_000),
        mail(*[b""] * 1_000_000),
        nested(50),
        nested(5000),
        mail(*[uuencoded(b"x")] * 1999, b"\n" + uuencoded(b"x") * 3000),
        bytes(0) + b"From: a@b.cn\r\n\r\n" + bytes(LIMITS.file_bytes),
    ],
    ids=["parts", "empty parts", "nested", "nested deeper", "uuencoded", "large"],
)
def test_a_mail_beyond_the_limits_is_refused_as_such(data):
    refusal = open_mail(data, "a.eml", LIMITS)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "F106"
    assert refusal.detail


def test_nested_as_mails_are_is_no_fault():
    assert only(nested(8)) == NAME


MILLION = 1_000_000


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: " + b"x" * MILLION,
        b"Subject: " + b"=?gbk?B?" * (MILLION // 8),
        b"Subject: " + b"=?gbk?Q?a?= " * (MILLION // 12),
        b"From: " + b"<" * MILLION,
        b"From: " + b'"' * MILLION,
        b"Date: " + b"(" * MILLION,
        b"Received: " + b";" * MILLION,
        b"\r\n".join([b"X: y"] * (MILLION // 6)),
        b"Content-Disposition: attachment; " + b"; " * (MILLION // 2),
        b'Content-Disposition: attachment; filename="' + b"\\" * MILLION,
        b"Content-Disposition: attachment; filename=" + b"% " * (MILLION // 2),
        b'Content-Disposition: attachment; filename="' + b'" ' * (MILLION // 2),
        b"Content-Type: " + b"a*0*=" * (MILLION // 5),
        b"Content-Disposition: attachment;" + b"".join(b" filename*%d=x;" % n for n in range(9999)),
        b"Content-Type: multipart/mixed\r\n\r\n" + b"--\n" * (MILLION // 3),
        b"Content-Type: multipart/mixed\r\n\r\n" + b"--a: \t" * (MILLION // 6),
        b"Content-Type: text/plain\r\n\r\nbegin 644 a\n" + b"A \n" * (MILLION // 3),
        b"Content-Type: text/html\r\n\r\n" + b"/coremail/" * (MILLION // 10),
        b"Content-Type: text/html\r\n\r\n" + b"cid:" * (MILLION // 4),
        b"Content-Type: text/html\r\n\r\nfrom " + "从".encode() * (MILLION // 3),
        b"Content-Type: a\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"A=" * (MILLION // 2),
    ],
    ids=lambda head: head[:24].decode("ascii"),
)
def test_a_header_of_a_million_bytes_takes_no_time_to_speak_of(head):
    opened = open_mail(b"From: a@example.edu.cn\r\n" + head + b"\r\n\r\nbody", "a.eml", LIMITS)
    assert isinstance(opened, Opened)


SEEDS = (
    mail(text("请查收 https://pan.baidu.com/s/1a"), *(style(NAME) for style in STYLES)),
    mail(mail(text("<img src='cid:a'>", "html"), qq(OLD), kind=b"related", top=b"X: y\r\n")),
    mail(b"Content-Type: message/rfc822\r\n\r\n" + mail(qq(NAME)), b"\n" + uuencoded(BOOK)),
    b"From - Thu Apr 10 16:30:00 2025\r\n"
    + mail(qq(NAME))
    + b"\r\nFrom - Thu Apr 10 16:30:00 2025\r\nA: b\r\n\r\n",
)


def mutated(seed: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - the same mutations every time
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 30)):
        at, far = chance.randrange(len(data) or 1), chance.randint(1, 80)
        match chance.randrange(6):
            case 0:
                data[at : at + far] = b""
            case 1:
                data[at:at] = data[at : at + far] * chance.randint(1, 20)
            case 2:
                data[at : at + 1] = bytes((chance.randrange(256),))
            case 3:
                data[at:at] = chance.choice(
                    (b"=?", b"?=", b"\n\n", b"\r", b"--", b";", b'"', b"*", b"%", b"\0", b"\xff")
                )
            case 4:
                other = chance.choice(SEEDS)
                begin = chance.randrange(len(other))
                data[at:at] = other[begin : begin + far * 4]
            case _:
                del data[max(at, 200) :]
    return bytes(data)


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_no_mutation_raises_or_says_a_place(seed):
    for number in range(seed, seed + 20):
        data = mutated(number)
        for reader in (open_mail, open_mbox):
            opened = reader(data, "a.eml", LIMITS)
            if isinstance(opened, Opened):
                names = [one.name for one in opened.members] + [name for name, _ in opened.refused]
                assert len(set(names)) == len(names)
                for name in names:
                    assert not {"", ".", ".."} & set(name.split("/"))
                    assert not set(name) & set('\\:*?"<>|!\r\n\0\u202e')
                    assert len(name.encode("utf-8")) < 1000


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(data):
    for reader in (open_mail, open_mbox):
        assert isinstance(reader(data, "", LIMITS), Opened | Refusal)
        assert isinstance(reader(b"Content-Type: " + data, "", LIMITS), Opened | Refusal)
