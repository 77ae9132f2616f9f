"""Letters that follow from a pass: who gets which, what they say, and that nothing breaks out."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drafted import drafts_in, read_draft, strangers
from hypothesis import given
from hypothesis import strategies as st
from pieces import BASIS, DQ, HG, JX, REGIME, a_round, at, owes, received

from sxxt_excel.configuration import load_settings
from sxxt_excel.findings import finding
from sxxt_excel.letters.addresses import addresses
from sxxt_excel.letters.draft import draft
from sxxt_excel.letters.drafts import draft_verdicts, unaddressed
from sxxt_excel.letters.letter import KINDS, Letter
from sxxt_excel.letters.verdicts import verdicts
from sxxt_excel.letters.writer import Writer
from sxxt_excel.newspace import settings_text
from sxxt_excel.outcome import Explanation, FileRow
from sxxt_excel.outputs.words import mend_by
from sxxt_excel.people import Person, Roster, Unit
from sxxt_excel.publish import publish
from sxxt_excel.regime import load_regime
from sxxt_excel.settings import Letters, Settings
from sxxt_excel.toml import DefinitionError
from sxxt_excel.workdays import working_day

REPORT = "落实情况报告"
TOP = Unit("XX", "示例大学党委", "校党委")
FILE, OTHER = "一批/机械学院清单.xlsx", "机械学院报告.xlsx"
NOTE = finding("V151", at(JX, FILE, "任务清单", "I3", "开始时间"), got="2025.3.1", value="x")
MUST = finding("V101", at(JX, FILE, "任务清单", "J3", "完成时限"), basis=BASIS, hint="日期")
QUERY = finding(
    "C102", at(JX, FILE, "责任清单", "L11", "完成时限"), got="2025年12月底", key="JX-2025-ZR-009",
    parent="XX-2025-ZR-003", before="2025年9月底",
)  # fmt: skip
SAID = Explanation("经批准延到年底", "李三", "2025-04-12", "", FILE, "情况说明", "D3")
ASKED_OF_UNIT = finding("N101", at(JX, None, "责任清单", None, ""), got="1", required="2")
STOPPED = finding("F112", at(JX, FILE, None, None, ""))
UNOPENED = finding("F130", at(JX, FILE, None, None, ""))


def letters(**parts: object) -> dict[tuple[str, str], Letter]:
    """Return the letters of a pass by unit code and kind."""
    round_ = a_round(**parts)
    return {(x.code, x.kind): x for x in verdicts(round_, Writer(round_), {})}


def one(kind: str, **parts: object) -> Letter:
    return letters(**parts)["JX", kind]


def named(name: str, **more: str) -> Unit:
    return replace(JX, name=name, **more)


# ---- who gets which --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "findings", "kinds"),
    [
        pytest.param([("accepted", FILE)], [], {"回执", "审核通过"}, id="fine"),
        pytest.param([("accepted", FILE)], [NOTE], {"回执", "审核通过"}, id="only notes"),
        pytest.param([("returned", FILE)], [MUST], {"回执", "请修改重报"}, id="must"),
        pytest.param([("returned", FILE)], [MUST, QUERY], {"回执", "请修改重报"}, id="both"),
        pytest.param([("accepted", FILE)], [QUERY], {"回执", "请予说明"}, id="query"),
        pytest.param(
            [("accepted", FILE)], [replace(QUERY, explanation=SAID)], {"回执", "审核通过"},
            id="explained",
        ),
        pytest.param([("unreadable", FILE)], [MUST], {"回执", "请修改重报"}, id="unreadable"),
        pytest.param([("foreign", FILE)], [], set(), id="none of ours"),
        pytest.param([("attachment", FILE)], [], set(), id="a scan alone"),
        pytest.param([], [], set(), id="nothing came"),
        pytest.param(
            [("accepted", FILE)], [ASKED_OF_UNIT], {"回执", "请予说明"},
            id="asked of the unit, in no file",
        ),
        pytest.param(
            [("returned", FILE), ("accepted", OTHER)], [MUST],
            {"回执", "请修改重报", "审核通过"}, id="one of two",
        ),
        pytest.param([("unreadable", FILE)], [STOPPED], set(), id="a secrecy marking"),
        pytest.param([("unreadable", FILE)], [UNOPENED], set(), id="locked on this computer"),
    ],
)  # fmt: skip
def test_a_unit_gets_the_letters_that_its_files_ask_for(files, findings, kinds):
    packets = {FILE: {}, OTHER: {"packet": REPORT, "period": "2025-H1"}}
    found = letters(
        files=tuple(received(path, JX, status, **packets[path]) for status, path in files),
        findings=tuple(findings),
        expected=(owes(HG, "missing"),),
    )
    assert {kind for _, kind in found} == kinds
    assert {code for code, _ in found} <= {JX.code}


def test_what_the_office_cannot_open_is_not_told_the_unit_as_missing():
    letter = one(
        "审核通过",
        files=(
            received(FILE, JX, "unreadable"),
            received(OTHER, JX, packet=REPORT, period="2025-H1"),
        ),
        findings=(UNOPENED,),
        expected=(owes(JX, "missing"),),
    )
    assert "尚未收到" not in letter.text


def test_the_receipt_of_a_file_that_cannot_be_opened_says_so():
    shut = one("回执", files=(received(FILE, JX, "unreadable"),)).text
    assert "（以收件登记为准），但文件打不开，请按随后的通知重报。" in shut
    assert "打不开" not in one("回执", files=(received(FILE, JX),)).text


def test_what_has_no_content_to_number_it_by_has_no_number():
    letter = one("回执", files=(replace(received(FILE, JX, "unreadable"), sha256=""),))
    assert "登记编号" not in letter.text
    assert "-SJ-" in one("回执", files=(received(FILE, JX),)).text


def test_a_letter_on_several_workbooks_of_a_kind_says_whom_each_is_about():
    packet = {"packet": "专项督查"}
    rows = tuple(
        replace(owes(JX, "on_time", path=path, **packet), subject=unit.name)
        for path, unit in ((FILE, DQ), (OTHER, HG))
    )
    files = tuple(received(path, JX, **packet) for path in (FILE, OTHER))
    text = one("回执", files=files, expected=rows).text
    assert f"》（{DQ.name}），" in text
    assert f"》（{HG.name}），" in text


def test_the_office_chooses_which_kinds_are_drafted(tmp_path):
    def settled(*kinds: str) -> Settings:
        return Settings("tj-2017", 2025, letters=Letters(drafts=kinds))

    parts = {"files": (received(FILE, JX, "returned"),), "findings": (MUST,)}
    for kinds in (("请修改重报",), ("回执", "请予说明"), ()):
        round_ = a_round(settings=settled(*kinds), **parts)
        draft_verdicts(round_, tmp_path, (), Writer(round_))
        there = {kind for _, kind in drafts_in(tmp_path)}
        assert there == set(kinds) & {"回执", "请修改重报"}


def test_drafts_that_no_longer_stand_are_gone_and_what_is_not_ours_stays(tmp_path):
    before = a_round(files=(received(FILE, JX, "returned"),), findings=(MUST,))
    draft_verdicts(before, tmp_path, (), Writer(before))
    folder = tmp_path / "回复" / JX.name
    (folder / "催办.eml").write_bytes(draft(replace(LETTER, kind="催办")))
    for name in ("办公室自己的信.eml", "记事.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    after = a_round(files=(received(FILE, JX),))
    draft_verdicts(after, tmp_path, (), Writer(after))
    there = {path.name for path in folder.iterdir()}
    assert there == {"回执.eml", "审核通过.eml", "办公室自己的信.eml", "记事.txt"}


def test_nobody_above_gets_a_letter_and_no_leader_s_address_is_used():
    top = replace(TOP, email="xx@example.edu.cn")
    leader = Person("钱二", "XX", "党委副书记", "班子其他成员", email="Q2@example.edu.cn")
    same = replace(JX, email="q2@example.edu.cn、jx@example.edu.cn")
    round_ = a_round(
        roster=Roster((top, same), (leader,)),
        files=(received("a.xlsx", top, "returned"), received(FILE, same, "returned")),
        findings=(finding("V101", at(top, "a.xlsx", "责任清单", "E3", "工作项目")), MUST),
    )
    found = list(verdicts(round_, Writer(round_), {}))
    assert {letter.code for letter in found} == {"JX"}
    assert {letter.addresses for letter in found} == {("jx@example.edu.cn",)}


def test_a_gap_is_told_to_the_unit_that_must_act_and_one_on_a_leader_s_side_in_no_letter():
    rules = {cascade.told: cascade.law.id for cascade in REGIME.cascades}
    gap = at(JX, FILE, "责任清单", "G2", "上级项目编号")
    own = finding("C101", gap, rule=rules["unit"], key="XX-2025-ZR-005", text="开展廉政风险排查")
    theirs = finding(
        "C101", replace(gap, row_key="XX-2025-ZR-001"), rule=rules["office"],
        key="XX-2025-ZR-001", text="压实责任",
    )  # fmt: skip
    round_ = a_round(files=(received(FILE, JX, "returned"),), findings=(own, theirs))
    text = next(x.text for x in verdicts(round_, Writer(round_), {}) if x.kind != "回执")
    assert "XX-2025-ZR-005" in text
    assert "XX-2025-ZR-001" not in text


def test_a_limit_later_than_the_one_above_is_asked_of_whoever_wrote_the_row():
    office = next(c.law.id for c in REGIME.cascades if c.told == "office")
    late = finding(
        "C102", at(JX, FILE, "责任清单", "L5", "完成时限"), rule=office, got="2026年3月底",
        key="JX-2025-ZR-003", parent="JX-2025-ZR-001", before="2025年底",
    )  # fmt: skip
    round_ = a_round(files=(received(FILE, JX),), findings=(late,))
    texts = [x.text for x in verdicts(round_, Writer(round_), {}) if x.code == JX.code]
    assert any(late.message in text for text in texts)


def test_in_a_tree_letters_go_down_and_not_up():
    regime = load_regime("sh-2019")
    city, here = Unit("SH", "示例市委", "市"), Unit("DH", "东湖区委", "区", parent="SH")
    group, street = Unit("GQ", "区属企业党组", "党组", parent="DH"), Unit("XH", "新河街道", "街镇")
    state = a_round(
        regime=regime,
        settings=Settings("sh-2019", 2025, node="DH"),
        roster=Roster((city, here, group, street), ()),
    )
    assert set(addresses(state)) == {"GQ", "XH"}


# ---- what they say ---------------------------------------------------------------------


def test_a_return_says_how_much_what_where_until_when_and_what_else_is_owed(tmp_path):
    copy = tmp_path / "机械学院清单_审核意见.xlsx"
    copy.write_bytes(b"PK")
    round_ = a_round(
        settings=Settings(
            "tj-2017", 2025, name="海河大学党委办公室", letters=Letters(contact="张示例，022-1")
        ),
        files=(received(FILE, JX, "returned"),),
        findings=(
            *(
                finding("V101", at(JX, FILE, "任务清单", f"J{row}", "完成时限"), hint="日期")
                for row in range(3, 6)
            ),
            QUERY,
        ),
        expected=(
            owes(JX, "returned", path=FILE),
            owes(JX, "missing", packet=REPORT, period="2025-H1", due="2025-07-10"),
        ),
    )
    (letter,) = (
        x for x in verdicts(round_, Writer(round_), {"JX": [copy]}) if x.kind == "请修改重报"
    )
    assert letter.subject == "【请修改重报】2025年度责任任务清单（机械工程学院党委）"
    assert letter.text == (
        "机械工程学院党委：\n"
        "　　你单位《2025年度全面从严治党主体责任清单和任务清单》收悉。"
        "经审核，有3处须修改、1处需说明，已在附件标出。"
        "请于2025年4月27日17时前修改后报送，其余内容无须改动。\n"
        "　　须修改的：\n"
        "　　1. 任务清单 J3:J5：“完成时限”未填（共3处）。请补填日期。\n"
        "　　需说明的（属笔误的请更正；情况属实的，请在“说明（请填写）”栏写明原因）：\n"
        "　　1. 责任清单 L11：JX-2025-ZR-009的时限2025年12月底晚于所对应的"
        "XX-2025-ZR-003（2025年9月底）。属笔误的请更正；情况属实的请说明原因。\n"
        "　　可在附件上直接改好发回，标出的颜色、批注不必清除。\n"
        "　　另，截至2025年4月21日尚未收到你单位"
        "《2025年上半年全面从严治党主体责任落实情况报告》，请尽快报送。\n"
        "\n"
        "　　附件：机械学院清单_审核意见.xlsx\n"
        "\n"
        "　　联系人：张示例，022-1\n"
        "\n"
        "　　　　　　　　　　　　海河大学党委办公室\n"
        "　　　　　　　　　　　　2025年4月21日\n"
        "\n"
        "（内部资料 注意保管）\n"
    )


def test_what_a_letter_says_as_html_is_what_it_says_as_text():
    for letter in letters(files=(received(FILE, JX, "returned"),), findings=(MUST, QUERY)).values():
        shown = re.sub(r"\s", "", seen(letter.html).text)
        lines = [re.sub(r"\s", "", line) for line in letter.text.splitlines()]
        assert all(line.strip("（）") in shown for line in lines), letter.html


def test_a_receipt_names_number_time_and_what_that_rests_on():
    file = replace(received(FILE, JX), sha256="7c3a9f" + "0" * 58)
    letter = one("回执", files=(file, received("纪要.pdf", JX, "attachment")))
    assert (
        "你单位《2025年度全面从严治党主体责任清单和任务清单》已收到，"
        "登记编号JX-2025-SJ-7C3A9F，收到时间2025年4月18日 16:30（以收件登记为准）。"
    ) in letter.text
    assert "另收到随附文件1件。" in letter.text
    assert "本回执仅表示收到，审核情况另行告知。" in letter.text


def test_who_passed_is_told_the_numbers_under_which_it_is_filed_and_what_to_send(listed, tmp_path):
    world = listed(tmp_path / "w")
    result = world.collect(write=True)
    passed = drafts_in(world.root)["机械工程学院党委", "审核通过"].text
    # JX: the body, its secretary and two members, each with two lists.
    assert "已审核通过，予以登记，备案编号JX-2025-BA-01至JX-2025-BA-08。" in passed
    assert "请报送签字盖章纸质件一式一份。" in passed
    round_ = replace(result, settings=replace(result.settings, letters=Letters(paper="")))
    draft_verdicts(round_, world.root, (), Writer(round_))
    assert "请报送" not in drafts_in(world.root)["机械工程学院党委", "审核通过"].text


def test_one_letter_covers_all_workbooks_of_a_unit():
    report = {"packet": REPORT, "period": "2025-H1"}
    letter = one(
        "请修改重报",
        files=(received(FILE, JX, "returned"), received(OTHER, JX, "returned", **report)),
        findings=(MUST, finding("V101", at(JX, OTHER, "任务进展", "C3", "完成情况"))),
    )
    assert letter.subject.startswith(
        "【请修改重报】2025年度责任任务清单、2025年上半年落实情况报告（"
    )
    assert "1. 2025年度责任任务清单 任务清单 J3：" in letter.text
    assert "2. 2025年上半年落实情况报告 任务进展 C3：" in letter.text


def test_a_letter_is_brief_and_says_how_much_it_leaves_out():
    many = tuple(
        finding("V101", at(JX, FILE, "任务清单", f"{c}3", f"第{c}列"), hint="日期")
        for c in "ABCDEFGHIJK"
    )
    letter = one("请修改重报", files=(received(FILE, JX, "returned"),), findings=many)
    assert "有11处须修改" in letter.text
    assert "　8. " in letter.text
    assert "　9. " not in letter.text
    assert "其余3处见《审核意见》。" in letter.text


def test_without_a_marked_copy_no_letter_says_that_something_is_marked():
    text = one("请修改重报", files=(received(FILE, JX, "unreadable"),), findings=(MUST, QUERY)).text
    assert "附件" not in text
    assert "《情况说明》表中写明原因" in text


def test_the_office_signs_with_its_own_unit_where_it_has_no_name():
    parts = {"roster": Roster((TOP, JX), ()), "settings": Settings("tj-2017", 2025)}
    assert (
        "\n　　　　　　　　　　　　示例大学党委\n"
        in one("回执", files=(received(FILE, JX),), **parts).text
    )


@given(day=st.dates(date(2024, 1, 1), date(2028, 12, 31)), days=st.integers(1, 30))
def test_there_is_always_time_to_mend(day, days):
    settings = Settings("tj-2017", 2025, letters=Letters(mend_days=days))
    year, month, last = map(int, re.findall(r"\d+", mend_by((), settings, day))[:3])
    until = date(year, month, last)
    assert until == working_day(until)
    assert until - day >= timedelta(days=days)


def test_what_has_only_come_as_a_scan_is_asked_for_by_its_own_day_not_after_it():
    scan = received("清单.pdf", JX, "attachment")
    said = finding("I119", at(JX, scan.path, None, None, ""), title="", packet="", severity="must")
    june = owes(JX, "not_due", packet=REPORT, period="2025-H1", due="2025-06-10")
    parts = {"files": (scan,), "findings": (said,), "today": date(2025, 4, 17)}
    letter = one("请修改重报", expected=(owes(JX, "not_due"), june), **parts)
    assert "请于2025年4月20日前" in letter.text
    letter = one("请修改重报", expected=(owes(JX, "missing"), june), **parts)
    assert "请于2025年4月24日17时前" in letter.text  # its own day is past


# ---- ids -------------------------------------------------------------------------------


def test_a_letter_keeps_its_id_until_something_else_is_said():
    sent = (received(FILE, JX, "returned"),)
    base = one("请修改重报", files=sent, findings=(MUST, QUERY))
    later = one("请修改重报", files=sent, findings=(QUERY, MUST), today=date(2025, 5, 20))
    assert later.text != base.text
    assert later.id == base.id
    again = (replace(sent[0], sha256="1" * 64),)
    others = (
        one("请修改重报", files=sent, findings=(MUST,)),
        one("请修改重报", files=again, findings=(MUST, QUERY)),
        one("回执", files=sent, findings=(MUST, QUERY)),
        letters(files=(received(FILE, DQ),))["DQ", "回执"],
    )
    assert len({base.id, *(letter.id for letter in others)}) == len(others) + 1
    assert re.fullmatch("[0-9a-f]{32}", base.id)


def test_a_receipt_says_only_what_none_said_that_went_out_and_stays_when_all_is_said():
    def file(number: int) -> FileRow:
        row = received(f"第{number}份.xlsx", JX)
        at = replace(row.receipt, at=f"2025-04-{number + 10}T09:00:00+08:00")
        return replace(row, sha256=f"{number}" * 64, receipt=at)

    def receipt(number: int, *gone: Letter) -> Letter:
        round_ = a_round(files=tuple(map(file, range(1, number + 1))))
        told = {letter.id for letter in gone}
        return next(iter(verdicts(round_, Writer(round_), {}, told)))

    def numbers(letter: Letter) -> list[str]:
        return re.findall(r"-SJ-(\d)", letter.text)

    first = receipt(2)
    assert numbers(first) == ["1", "2"]
    assert receipt(2, first).id == first.id
    second = receipt(3, first)
    assert numbers(second) == ["3"]
    assert receipt(3, first, second).id == second.id
    assert numbers(receipt(5, first, second)) == ["4", "5"]
    assert numbers(receipt(3)) == ["1", "2", "3"]


# ---- drafts ----------------------------------------------------------------------------


LETTER = Letter(
    "请修改重报", "机械", "机械工程学院党委", ("jx@example.edu.cn", "jx2@example.edu.cn"),
    "【请修改重报】2025年度责任任务清单、2025年上半年落实情况报告（机械工程学院党委）",
    "机械工程学院党委：\n　　请修改。\n", "<p>机械工程学院党委：</p>\n", "0123456789abcdef" * 2,
)  # fmt: skip
LONG = "机械工程学院党委_全面从严治党主体责任清单和任务清单_2025年度（最终版）_审核意见.xlsx"


def test_a_draft_opens_as_a_message_not_sent_yet(tmp_path):
    path = tmp_path / "信.eml"
    path.write_bytes(draft(LETTER))
    opened = read_draft(path)
    assert opened.headers == {
        "MIME-Version": "1.0",
        "X-Unsent": "1",
        "To": "jx@example.edu.cn,\r\n jx2@example.edu.cn",
        "Subject": LETTER.subject,
        "X-Sxxt-Letter": LETTER.id,
        "X-Sxxt-Unit": "机械",
        "X-Sxxt-Kind": "请修改重报",
        "X-Sxxt-Sum": opened.headers["X-Sxxt-Sum"],
        "Content-Type": opened.headers["Content-Type"],
    }
    assert (opened.text, opened.html, opened.files) == (LETTER.text, LETTER.html, {})
    assert opened.raw.isascii()
    assert max(map(len, opened.raw.splitlines())) <= 78
    assert b"\n" not in opened.raw.replace(b"\r\n", b"")


def test_names_of_attachments_come_through_old_and_new(tmp_path):
    paths = [tmp_path / LONG, tmp_path / "plain.xlsm"]
    for number, path in enumerate(paths):
        path.write_bytes(bytes(range(256)) * (number + 1))
    raw = draft(replace(LETTER, attachments=tuple(paths)))
    target = tmp_path / "信.eml"
    target.write_bytes(raw)
    opened = read_draft(target)
    assert opened.files == {path.name: path.read_bytes() for path in paths}
    assert (opened.text, opened.html) == (LETTER.text, LETTER.html)
    # The old form alone: the name of Content-Type, encoded as RFC 2047 has it.
    old = email.message_from_bytes(
        re.sub(rb"Content-Disposition: attachment;\r\n [^\r]*", b"", raw)
    )
    words = [part.get_param("name") for part in old.walk() if part.get_param("name")]
    heads = [email.header.make_header(email.header.decode_header(str(word))) for word in words]
    assert [str(head) for head in heads] == [path.name for path in paths]


def test_drafts_of_two_passes_are_byte_identical_and_bear_no_clock(asked):
    asked.collect(write=True)
    first = {path: path.read_bytes() for path in asked.root.glob("回复/*/*.eml")}
    for path in first:
        path.unlink()
    asked.collect(write=True)
    assert first
    assert {path: path.read_bytes() for path in asked.root.glob("回复/*/*.eml")} == first
    for raw in first.values():
        assert not {"Date", "Message-ID", "From"} & set(email.message_from_bytes(raw).keys())


def test_the_marked_copy_goes_with_the_letter_that_speaks_of_it(asked):
    asked.collect(write=True)
    found = drafts_in(asked.root)
    folder = asked.root / "回复" / "机械工程学院党委"
    (copy,) = folder.glob("*_审核意见.xlsx")
    assert found["机械工程学院党委", "请予说明"].files == {copy.name: copy.read_bytes()}
    assert "已在附件标出" in found["机械工程学院党委", "请予说明"].text
    assert not [draft for (_, kind), draft in found.items() if kind != "请予说明" and draft.files]


def test_no_letter_of_a_round_names_another_unit(asked):
    result = asked.collect(write=True)
    names = {u.name: {u.name, *u.names} for u in result.roster.units if u.code != "XX"}
    found = drafts_in(asked.root)
    assert {unit for unit, _ in found} == {"机械工程学院党委", "外国语学院党总支"}
    assert strangers(found, names) == []


# ---- addresses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "spare", "wanted"),
    [
        ("jx@example.edu.cn", "", ("jx@example.edu.cn",)),
        ("a@b.edu.cn；b.c@mail.edu.cn", "", ("a@b.edu.cn", "b.c@mail.edu.cn")),
        ("", "jx@example.edu.cn", ("jx@example.edu.cn",)),
        ("没有", "jx@example.edu.cn", ("jx@example.edu.cn",)),
        ("", "", ()),
        ("jx@example", "", ()),
        ("张示例<jx@example.edu.cn>", "", ()),
        ("jx@example.edu.cn\r\nBcc: x@evil.example", "", ("jx@example.edu.cn", "x@evil.example")),
        ("jx@example.edu.cn%0ABcc:x", "", ()),
        ("ｊｘ@example.edu.cn", "", ()),
    ],
)  # fmt: skip
def test_only_what_is_an_address_is_written_to(cell, spare, wanted, tmp_path):
    unit = replace(JX, email=cell, spare_email=spare)
    round_ = a_round(roster=Roster((TOP, unit), ()), files=(received(FILE, unit),))
    draft_verdicts(round_, tmp_path, (), Writer(round_))
    found = drafts_in(tmp_path)
    assert set(found) == {(JX.name, "回执"), (JX.name, "审核通过")}
    for opened in found.values():
        to = opened.headers.get("To", "")
        assert tuple(filter(None, re.split(r",\s+", to))) == wanted
        assert not {"Bcc", "Cc"} & set(opened.headers)
    assert unaddressed(round_, tmp_path) == (() if wanted else (JX.name,))


# ---- attacks ---------------------------------------------------------------------------


class Seen(HTMLParser):
    """The elements of a page, and what a reader sees of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]

    def handle_data(self, data):
        self.text += data


def seen(html: str) -> Seen:
    page = Seen()
    page.feed(html)
    return page


ATTACKS = (
    '<script>alert(1)</script><img src=x onerror="x()">',
    "学院\r\nBcc: all@example.edu.cn\r\n\r\n正文",
    "学院\n主题：【审核通过】全部\n1. 你单位已通过",
    "{{ 7*7 }}{% for x in range(9) %}x{% endfor %}{# #}",
    "学院\u2028\u0085Bcc: a@example.edu.cn",
    '"><a href="http://evil.example">点这里</a>',
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", ["unit", "file", "cell", "office", "contact"])
def test_an_attack_stays_text(attack, place, tmp_path):
    unit = named(attack) if place == "unit" else JX
    path = f"{attack.replace('/', '／')}.xlsx" if place == "file" else FILE
    words = {"name": attack} if place == "office" else {}
    chosen = Letters(contact=attack if place == "contact" else "")
    fault = finding(
        "V102", at(unit, path, "任务清单", "I3", "开始时间"),
        got=attack if place == "cell" else "下半年",
    )  # fmt: skip
    lost = finding("F102", at(unit, f"坏{path}", None, None, ""))
    round_ = a_round(
        settings=Settings("tj-2017", 2025, letters=chosen, **words),
        roster=Roster((TOP, unit), ()),
        files=(
            received(path, unit, "returned"),
            broken(path, unit),
        ),
        findings=(fault, lost),
    )
    plain = a_round(
        roster=Roster((TOP, JX), ()),
        files=(received(FILE, JX, "returned"), broken(FILE, JX)),
        findings=(
            finding("V102", at(JX, FILE, "任务清单", "I3", "开始时间"), got="下半年"),
            finding("F102", at(JX, f"坏{FILE}", None, None, "")),
        ),
    )  # fmt: skip
    usual = letters_of(plain, tmp_path / "plain")
    assert set(usual) == {"回执", "请修改重报"}
    attacked = letters_of(round_, tmp_path / "attacked")
    assert set(attacked) == set(usual)
    for kind, opened in attacked.items():
        calm = usual[kind]
        assert set(opened.headers) == set(calm.headers)
        assert opened.headers["Subject"].startswith(f"【{kind}】")
        assert "\n" not in opened.headers["Subject"]
        assert seen(opened.html).tags == seen(calm.html).tags
        more = place == "contact"  # a line that the calm letter has not
        assert len(opened.text.splitlines()) - 2 * more == len(calm.text.splitlines())
        assert "49" not in opened.text


def broken(path: str, unit: Unit) -> FileRow:
    """Return a file of which nobody can see what it is."""
    return replace(received(f"坏{path}", unit, "unreadable"), packet=None, period=None)


def letters_of(round_, out):
    written = draft_verdicts(round_, out, (), Writer(round_))
    return {each.letter.kind: read_draft(each.path) for each in written}


# ---- the office's own templates --------------------------------------------------------


def own(folder: Path, **texts: str) -> Writer:
    for name, text in texts.items():
        (folder / f"{name}.txt.j2").write_text(text, encoding="utf-8")
    return Writer(a_round(), folder)


def test_a_template_of_the_office_s_own_takes_the_place_of_ours(tmp_path):
    own(
        tmp_path,
        回执="主题：收到（{{ 单位 }}）\n{{ 书名 }}收到了，<谢谢>。\n",
        信函="{{ 正文[0] }}！",
    )
    (tmp_path / "信函.html.j2").write_text("<i>{{ 正文[0] }}</i>", encoding="utf-8")
    round_ = a_round(files=(received(FILE, JX),))
    (letter, passed) = verdicts(round_, Writer(round_, tmp_path), {})
    said = "《2025年度全面从严治党主体责任清单和任务清单》收到了，"
    assert letter.subject == "收到（机械工程学院党委）"
    assert letter.text == f"{said}<谢谢>。！\n"
    assert letter.html == f"<i>{said}&lt;谢谢&gt;。</i>"
    assert passed.subject.startswith("【审核通过】")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("主题：x\n{% if 单位 %}\n", "回执.txt.j2：第2行"),
        ("主题：x\n\n{{ 单位名 }}", "回执.txt.j2：第3行：不认识“单位名”"),
        ("主题：x\n{% include '督办.txt.j2' %}", "回执.txt.j2：第2行：不认识“另一个模板”"),
        ("没有主题\n{{ 单位 }}", "回执.txt.j2：第1行：没有写主题"),
        ("主题：x\n{{ 材料[9].名称 }}", "回执.txt.j2：第2行"),
        ("主题：x\n{% for 件 in 材料 %}\n{{ 件.名字 }}{% endfor %}", "第3行：“名字”填不进去"),
        ("主题：x\n{{ 单位.__class__.__mro__ }}", "回执.txt.j2：第2行"),
        ("主题：x\n{{ 1 // 0 }}", "回执.txt.j2"),
    ],
)  # fmt: skip
def test_a_faulty_template_is_refused_with_file_and_line(text, said, tmp_path):
    round_ = a_round(files=(received(FILE, JX),))
    with pytest.raises(DefinitionError, match=re.escape(said)) as caught:
        list(verdicts(round_, own(tmp_path, 回执=text), {}))
    assert not re.search(r"[A-Za-z]{4,}", re.sub(r"回执.txt.j2|__\w+__", "", str(caught.value)))


def test_a_template_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "催办.txt.j2").write_bytes("主题：催办".encode("gbk"))
    with pytest.raises(DefinitionError, match=r"催办\.txt\.j2：不是UTF-8编码"):
        Writer(a_round(), tmp_path)


def test_a_faulty_template_stops_a_pass_before_anything_is_written(tmp_path):
    own_ones = tmp_path / "文书模板"
    own_ones.mkdir()
    (own_ones / "督办.txt.j2").write_text("{% oops %}", encoding="utf-8")
    with pytest.raises(DefinitionError, match="督办"):
        publish(a_round(), tmp_path / "out", templates=own_ones)
    assert not (tmp_path / "out").exists()


def test_every_kind_has_its_template_with_its_kind_in_the_subject():
    for kind in KINDS:
        text = (
            Path(__file__).parent.parent / "sxxt_excel/letters/defaults" / f"{kind}.txt.j2"
        ).read_text(encoding="utf-8")
        assert text.startswith(f"主题：【{kind}】")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('drafts = ["回执", "通报"]', "letters.drafts：写的是“通报”。可以写的有：回执、请修改重报"),
        ("mend_days = 0", "letters.mend_days：写的是 0。应在 1 到 60 之间"),
        ("hours = 17", "letters.hours：没有这个键。系统不认识它，是否想写“hour”"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_may_be_written(line, said, tmp_path):
    path = tmp_path / "sxxt.toml"
    text = f'regime = "tj-2017"\nyear = 2025\n[letters]\n{line}\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=re.escape(said)):
        load_settings(path)


def test_the_settings_that_init_writes_are_those_that_hold_without_them(tmp_path):
    path = tmp_path / "sxxt.toml"
    path.write_text(settings_text(REGIME, 2025), encoding="utf-8")
    assert load_settings(path).letters == Letters()


@pytest.mark.parametrize("slip", [True, False])
def test_a_return_says_that_a_slip_will_do_where_one_goes_with_it(tmp_path, slip):
    names = (f"{JX}_审核意见.xlsx", *([f"{JX}_更正单.xlsx"] if slip else []))
    paths = [tmp_path / name for name in names]
    gap = finding("V101", at(JX, FILE, "责任清单", "G2", "工作项目"), field="工作项目")
    round_ = a_round(files=(received(FILE, JX, "returned"),), findings=(gap,))
    found = verdicts(round_, Writer(round_), {"JX": paths})
    (letter,) = [x for x in found if x.kind == "请修改重报"]
    assert ("不必整份重报" in letter.text) is slip
