"""Who filed what, on what evidence, and what is told where evidence is weak, old, copied or forged.

Every test collects a real workspace: a clean one, to which one thing was done.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import email.message
import email.policy
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hierarchy import DAY, office
from inprocess import reading_here
from world import (
    KEY,
    World,
    adopt,
    change,
    cover_cell,
    edited,
    find,
    headings,
    make_world,
    stamp_of,
    touch,
)

from sxxt_excel.newspace import make_workspace, register_book
from sxxt_excel.officebook import RECEIPTS, roster_forms
from sxxt_excel.publish import publish
from sxxt_excel.regime import load_regime
from sxxt_excel.selfcheck import check_files
from sxxt_excel.stamp import KEY_FILE, Stamp
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outcome import FileRow, Finding
    from sxxt_excel.result import Round


JX, WY = "机械工程学院党委", "外国语学院党总支"
LISTS = f"{JX}_责任任务清单"
MAILS = {"XX": "dwb@example.edu.cn", "JX": "jx@example.edu.cn", "WY": "wy@example.edu.cn"}
AFTER = "2026-02-12"


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> World:
    world = make_world(tmp_path_factory.mktemp("identity"))
    for row in world.units:
        row["邮箱"] = MAILS[row["单位代码"]]
    world.people[2]["邮箱"] = "lisan@example.com"
    world.write().fill()
    adopt(world)
    for path in world.inbox.iterdir():  # what no test here speaks of only takes time
        if "责任任务清单" not in path.name and not path.name.startswith(JX):
            path.unlink()
    line = {"文件": "*", "收到时间": "2025-04-10 09:00", "方式": "OA"}
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: (line,)})
    (world.root / "收件登记.xlsx").write_bytes(book)
    return world


@pytest.fixture
def world(clean: World, tmp_path: Path) -> World:
    return clean.copied(tmp_path / "world")


def collect(world: World, today: str = AFTER) -> Round:
    with reading_here():
        return world.collect(today)


def told(result: Round, *codes: str) -> list[Finding]:
    return [f for f in result.findings if f.code in codes]


def row_of(result: Round, part: str) -> FileRow:
    (row,) = (r for r in result.files if part in r.path)
    return row


def bare(world: World, path: Path | None = None) -> Path:
    """Take out of a workbook all that says whose it is: stamp, cover, titles."""
    path = path or find(world, LISTS)
    with edited(path) as book:
        del book["_sxxt"]
        for label in ("填报单位", "单位代码"):
            book["封面"][cover_cell(book["封面"], label)].value = None
        for sheet in book.worksheets:
            sheet["A1"].value = "表"
    return path


def titled(world: World, title: str) -> Path:
    """Let the title of its first sheet be all that says whose a workbook is."""
    path = bare(world)
    with edited(path) as book:
        book["责任清单"]["A1"].value = title
    return path


def cover(path: Path, **values: Any) -> None:
    with edited(path) as book:
        for label, value in values.items():
            book["封面"][cover_cell(book["封面"], label)].value = value


def restamp(path: Path, **values: str) -> None:
    with edited(path) as book:
        for row in book["_sxxt"].iter_rows(max_col=2):
            if row[0].value in values:
                row[1].value = values[str(row[0].value)]


def named(world: World, path: Path, name: str) -> Path:
    target = world.inbox / name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    return target


def mail(world: World, name: str, sender: str, *files: Path | tuple[str, bytes]) -> Path:
    """Put files into a mail instead; (name, bytes) are added as they are."""
    letter = email.message.EmailMessage(policy=email.policy.SMTP)
    letter["From"] = sender
    letter["Date"] = "Thu, 10 Apr 2025 08:00:00 +0800"
    letter.set_content("见附件。")
    for file in files:
        inner, data = file if isinstance(file, tuple) else (file.name, file.read_bytes())
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=inner)
        if not isinstance(file, tuple):
            file.unlink()
    path = world.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(letter.as_bytes())
    touch(path)
    return path


# ---- the order of evidence ----------------------------------------------------------


def by_cover(world: World) -> str:
    path = bare(world)
    cover(path, 填报单位=JX)
    mail(world, "外语学院/外语学院.eml", MAILS["WY"], named(world, path, "清单.xlsx"))
    return "清单.xlsx"


def by_code(world: World) -> str:
    path = bare(world)
    cover(path, 单位代码="JX")
    named(world, path, "清单.xlsx")
    return "清单.xlsx"


def by_sender(world: World) -> str:
    path = named(world, bare(world), "外语学院清单.xlsx")
    mail(world, "来信.eml", f"张示例 <{MAILS['JX']}>", path)
    return "外语学院清单.xlsx"


def by_person(world: World) -> str:
    mail(world, "来信.eml", "lisan@example.com", named(world, bare(world), "清单.xlsx"))
    return "清单.xlsx"


def by_folder(world: World) -> str:
    named(world, bare(world), "机械学院/外语学院清单.xlsx")
    return "外语学院清单.xlsx"


def by_name(world: World) -> str:
    named(world, titled(world, "外国语学院责任清单"), "巡察台账-机械学院0410（1）最终版.xlsx")
    return "最终版.xlsx"


def by_archive(world: World) -> str:
    path = bare(world)
    with zipfile.ZipFile(world.inbox / "机械学院材料.zip", "w") as archive:
        archive.write(path, "清单.xlsx")
    path.unlink()
    touch(world.inbox / "机械学院材料.zip")
    return "!清单.xlsx"


def by_title(world: World) -> str:
    named(world, titled(world, "机械学院2025年责任清单"), "清单.xlsx")
    return "清单.xlsx"


@pytest.mark.parametrize(
    ("act", "evidence", "contradicted"),
    [
        (by_cover, "封面填报单位", True),
        (by_code, "封面单位代码", False),
        (by_sender, "发件人邮箱", True),
        (by_person, "发件人邮箱", False),
        (by_folder, "文件夹名", True),
        (by_name, "文件名", False),
        (by_archive, "压缩包或邮件名", False),
        (by_title, "表题", False),
    ],
)
def test_the_weightiest_evidence_decides_and_is_named(world, act, evidence, contradicted):
    part = act(world)
    result = collect(world)
    row = row_of(result, part)
    assert (row.unit, row.packet, row.period) == (JX, "责任任务清单", "2025")
    assert row.evidence.startswith(evidence)
    (said,) = told(result, "I101")
    assert evidence in said.message
    other = told(result, "I114")
    assert bool(other) is contradicted
    if contradicted:
        assert other[0].severity == "query"
        assert JX in other[0].message
        assert WY in other[0].message


def test_the_stamp_stands_against_sender_folder_and_name_which_are_only_noted(world):
    path = named(world, find(world, LISTS), "外语学院清单.xlsx")
    mail(world, "外语学院/来信.eml", MAILS["WY"], path)
    result = collect(world)
    assert row_of(result, "外语学院清单.xlsx").unit == JX
    (other,) = told(result, "I114")
    assert other.severity == "note"
    assert "发件人邮箱" in other.message
    assert "文件夹名" in other.message
    assert not told(result, "I101", "I102")


def test_who_passes_on_what_several_units_filed_contradicts_none_of_them(world):
    mine, theirs = find(world, LISTS), find(world, f"{WY}_责任任务清单")
    mail(world, "转报.eml", MAILS["WY"], mine, theirs)
    assert not told(collect(world), "I114", "I113", "I101")


def test_an_upper_body_contradicts_nobody(world):
    mail(world, "示例大学/来信.eml", MAILS["XX"], find(world, LISTS))
    assert not told(collect(world), "I114", "I113")


def test_an_unstamped_workbook_that_contradicts_itself_never_replaces_the_units_own(world):
    copy = world.inbox / "外语学院" / "清单.xlsx"
    copy.parent.mkdir()
    shutil.copy2(find(world, LISTS), copy)
    bare(world, copy)
    cover(copy, 填报单位=JX)
    result = collect(world)
    row = row_of(result, "外语学院/清单.xlsx")
    assert row.unit is None
    assert not told(result, "D101")
    (other,) = told(result, "I114")
    assert other.where.unit_code is None


# ---- strangers ----------------------------------------------------------------------


@pytest.mark.parametrize(("stamped", "severity"), [(True, "note"), (False, "query")])
def test_a_strangers_workbook_is_taken_and_told(world, stamped, severity):
    path = find(world, LISTS)
    if not stamped:
        with edited(path) as book:
            del book["_sxxt"]
    mail(world, "来信.eml", "a13812345678@example.com", path)
    result = collect(world)
    row = row_of(result, LISTS)
    assert (row.unit, row.status) == (JX, "accepted")
    (found,) = told(result, "I113")
    assert found.severity == severity
    assert found.where.unit_code == "JX"


def test_nobody_is_a_stranger_to_a_roster_without_addresses(world):
    world.units = [{k: v for k, v in row.items() if k != "邮箱"} for row in world.units]
    world.people = [{k: v for k, v in row.items() if k != "邮箱"} for row in world.people]
    world.write()
    mail(world, "来信.eml", "nobody@example.com", find(world, LISTS))
    assert not told(collect(world), "I113")


def test_what_only_the_office_can_settle_is_in_no_units_letter(world):
    mail(world, "外语学院/来信.eml", "nobody@example.com", find(world, LISTS))
    result = collect(world)
    assert len(told(result, "I113", "I114")) == 2
    publish(result, world.root)
    letter = (world.root / "回复" / JX / "审核意见.html").read_text(encoding="utf-8")
    assert "nobody@example.com" not in letter
    assert WY not in letter


# ---- older templates ----------------------------------------------------------------


def test_an_older_template_is_read_as_todays_and_what_moved_is_listed(world):
    path = change(world, LISTS, "责任清单", {(2, "工作项目"): "责任内容"})
    with edited(path) as book:
        sheet = book["任务清单"]
        sheet.delete_cols(headings(sheet)["备注"])
        sheet.insert_cols(1)
        book["签字背书"].title = "背书"
    restamp(path, version="00000000")
    result = collect(world)
    assert row_of(result, LISTS).status == "accepted"
    (found,) = told(result, "I115")
    assert found.severity == "note"
    for words in (
        "责任清单：“责任内容”读作“工作项目”",
        "任务清单：列的位置不同、没有“备注”",
        "“背书”改称“签字背书”",
    ):
        assert words in found.message
    assert len(result.tables["责任清单"]) == len(collect_clean(world, path).tables["责任清单"])


def collect_clean(world: World, path: Path) -> Round:
    """Collect without that workbook's changes: it is issued and filled in anew."""
    path.unlink()
    for source in world.issue("责任任务清单"):
        if source.name.startswith(JX):
            world.fill_one(source)
    return collect(world)


def test_of_an_older_template_a_required_column_that_is_missing_sends_it_back(world):
    path = find(world, LISTS)
    with edited(path) as book:
        sheet = book["责任清单"]
        sheet.delete_cols(headings(sheet)["工作项目"])
    restamp(path, version="00000000")
    result = collect(world)
    assert row_of(result, LISTS).status == "returned"
    assert [f.severity for f in told(result, "S102")] == ["must"]
    assert "没有必填的“工作项目”" in told(result, "I115")[0].message


@pytest.mark.parametrize("version", ["00000000", None])
def test_nothing_is_said_of_versions_where_nothing_moved_or_the_template_is_todays(world, version):
    path = find(world, LISTS)
    if version:
        restamp(path, version=version)
    else:
        change(world, LISTS, "责任清单", {(2, "工作项目"): "责任内容"})
    assert not told(collect(world), "I115")


# ---- what it is not -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"regime": "sou-2020"}, "I107"),
        ({"packet": "别的套表"}, "I116"),
        ({"packet": "述责述廉"}, "I117"),
        ({"period": "2024"}, "I103"),
        ({"period": "去年"}, "I103"),
        ({"period": ""}, "I103"),
        ({"period": "2025-R99x"}, "I103"),
        ({"unit_code": "ZZ", "unit": "某某学院"}, "I104"),
        ({"seal": "印章"}, "I111"),
    ],
)
def test_each_wrong_stamp_is_told_in_its_own_words_and_never_a_traceback(world, values, code):
    restamp(find(world, LISTS), **values)
    result = collect(world)
    assert told(result, code)
    assert row_of(result, LISTS).status != "accepted" or code == "I111"


def test_a_unit_that_checks_a_wrong_stamp_itself_is_told_too(world):
    path = find(world, LISTS)
    restamp(path, period="去年")
    shutil.move(path, world.root.parent / path.name)
    with reading_here():
        result = check_files((world.root.parent / path.name,), None, dt.date(2025, 4, 12))
    assert told(result, "I103")


def test_a_period_that_a_unit_need_not_file_for_is_told_with_those_it_must(world):
    path = bare(world, find(world, f"{JX}_落实情况报告_2025年上半年"))
    cover(path, 填报单位=JX, 报告期="第1轮")
    result = collect(world)
    (found,) = told(result, "I103")
    assert "2025年上半年、2025年下半年" in found.message


@pytest.mark.parametrize("year", [99999, -3, "二〇二五"])
def test_a_year_that_is_none_breaks_nothing(world, year):
    path = bare(world)
    cover(path, 填报单位=JX, 年度=year)
    assert row_of(collect(world), LISTS).unit == JX


# ---- cover against stamp ------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "codes"),
    [("WY", {"I102"}), ("ZZ", {"V159"}), ("jx", set()), (None, set())],
)
def test_the_covers_code_is_held_against_the_stamp(world, said, codes):
    cover(find(world, LISTS), 单位代码=said)
    found = [f for f in told(collect(world), "I102", "V159") if f.where.field == "单位代码"]
    assert {f.code for f in found} == codes
    assert {f.where.sheet for f in found} <= {"封面"}


# ---- one that stepped aside ---------------------------------------------------------

WRONG = "封面写错的.xlsx"


def with_wrong_cover(world: World, days: int, *, rows: bool = True) -> Path:
    """Put a copy of JX's lists that says WY on its cover; its rows JX's own, or others."""
    path = world.inbox / WRONG
    shutil.copy2(find(world, LISTS), path)
    cover(path, 填报单位=WY)
    if not rows:
        cells = {(row, "工作项目"): f"另一个单位的第{row}项" for row in range(3, 12)}
        change(world, WRONG, "责任清单", cells)
        change(world, WRONG, "任务清单", {(row, "工作任务"): f"另写{row}" for row in range(3, 12)})
        change(world, WRONG, "班子成员分工表", {(row, "分管工作"): "" for row in range(3, 12)})
        change(world, WRONG, "签字背书", {(row, "背书人"): "王三" for row in range(3, 12)})
    lines = [{"文件": f"{name}*", "收到时间": f"2025-04-{day:02d} 09:00", "方式": "OA"}
             for name, day in ((JX, 10), (WY, 10), (WRONG, 10 + days))]  # fmt: skip
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: tuple(lines)})
    (world.root / "收件登记.xlsx").write_bytes(book)
    return path


def stood(world: World) -> tuple[str, str | None, str]:
    """Return status and unit of the one with the wrong cover, and how grave its I102 is."""
    result = collect(world, "2025-04-25")
    row = row_of(result, WRONG)
    (found,) = told(result, "I102")
    return row.status, row.unit, found.severity


def test_a_cover_that_was_mended_leaves_nothing_to_ask(world):
    with_wrong_cover(world, -1)
    assert stood(world) == ("superseded", JX, "note")


def test_a_mended_cover_makes_nothing_late(world):
    with_wrong_cover(world, -1)
    lines = [{"文件": f"{name}*", "收到时间": f"2025-{day} 09:00", "方式": "OA"}
             for name, day in ((JX, "04-22"), (WY, "04-10"), (WRONG, "04-19"))]  # fmt: skip
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: tuple(lines)})
    (world.root / "收件登记.xlsx").write_bytes(book)
    result = collect(world, "2025-04-25")
    (row,) = (e for e in result.expected if e.unit == JX and e.packet == "责任任务清单")
    assert row.status == "on_time"


def test_one_that_another_units_name_stands_on_is_no_version_of_it(world):
    path = with_wrong_cover(world, -1)
    path.rename(path.with_name(f"外语学院{WRONG}"))
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: (
        {"文件": f"{JX}*", "收到时间": "2025-04-10 09:00", "方式": "OA"},
        {"文件": f"{WY}*", "收到时间": "2025-04-08 09:00", "方式": "OA"},
        {"文件": f"*{WRONG}", "收到时间": "2025-04-09 09:00", "方式": "OA"},
    )})  # fmt: skip
    (world.root / "收件登记.xlsx").write_bytes(book)
    assert stood(world) == ("returned", None, "must")


@pytest.mark.parametrize("days", [-1, 1])
def test_anothers_rows_in_the_units_workbook_stay_nobodys(world, days):
    with_wrong_cover(world, days, rows=False)
    find(world, f"{WY}_责任任务清单").unlink()
    assert stood(world) == ("returned", None, "must")


def test_what_came_after_the_clear_one_stays_nobodys(world):
    with_wrong_cover(world, 1)
    assert stood(world) == ("returned", None, "must")


@pytest.mark.parametrize(("days", "kept"), [(-1, False), (1, True)])
def test_where_the_unit_on_the_cover_sent_its_own_later_nothing_is_left_to_ask(world, days, kept):
    with_wrong_cover(world, days, rows=False)
    expected = ("returned", None, "must") if kept else ("superseded", None, "note")
    assert stood(world) == expected


# ---- copied stamps ------------------------------------------------------------------


def copied(world: World) -> Path:
    """Let another unit fill in JX's workbook as its own."""
    path = world.inbox / f"{WY}_2.xlsx"
    shutil.copy2(find(world, LISTS), path)
    cover(path, 填报单位=WY, 单位代码="WY")
    return path


def test_one_issued_workbook_used_by_two_units_is_told_to_the_office_and_to_each_its_own(world):
    path = copied(world)
    result = collect(world)
    by_unit = {f.where.unit_code: f for f in told(result, "I118")}
    assert set(by_unit) == {None, "JX", "WY"}
    office, mine, theirs = by_unit[None], by_unit["JX"], by_unit["WY"]
    assert office.severity == "query"
    for part in (JX, WY, path.name, find(world, LISTS).name):
        assert part in office.message
    assert mine.severity == "note"
    assert mine.where.path == find(world, LISTS).name
    assert theirs.severity == "query"
    assert theirs.where.path == path.name
    assert path.name not in mine.message + mine.remedy
    assert JX not in theirs.message + theirs.remedy
    publish(result, world.root)
    letters = world.root / "回复"
    assert path.name not in (letters / JX / "审核意见.html").read_text(encoding="utf-8")
    assert LISTS not in (letters / WY / "审核意见.html").read_text(encoding="utf-8")


def test_versions_of_one_unit_are_no_copies(world):
    path = world.inbox / f"{LISTS}（1）.xlsx"
    shutil.copy2(find(world, f"{LISTS}_"), path)
    change(world, f"{LISTS}（1）", "责任清单", {(3, "工作项目"): "改过的责任项目"})
    assert not told(collect(world), "I118")


def test_a_stamp_rewritten_for_another_unit_is_broken_and_a_copy(world):
    path = copied(world)
    restamp(path, unit_code="WY", unit=WY)
    result = collect(world)
    assert {f.where.path for f in told(result, "I111")} == {path.name}
    assert {f.where.unit_code for f in told(result, "I118")} == {None, "JX", "WY"}


# ---- the seal -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "00000000"), ("unit", "机械学院"), ("filers", "李三"),
        ("issue", "JX-2025-QD-09"), ("seal", ""), ("seal", "0" * 32), ("period", "2025-H1"),
    ],
)  # fmt: skip
def test_whatever_is_altered_in_a_stamp_breaks_its_seal(world, name, value):
    restamp(find(world, LISTS), **{name: value})
    assert [f.where.path for f in told(collect(world), "I111")] == [find(world, LISTS).name]


def test_an_untouched_seal_is_good_and_every_issued_workbook_has_one(world):
    assert not told(collect(world), "I111")
    with edited(find(world, LISTS)) as book:
        assert len(stamp_of(book)["seal"]) == 32


def without_key(world: World) -> None:
    path = world.root / "sxxt.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("key = ")]
    path.write_text("\n".join(kept), encoding="utf-8")


def test_without_the_key_no_seal_is_judged_and_that_is_said_once(world):
    without_key(world)
    restamp(find(world, LISTS), unit="改过")
    result = collect(world)
    assert not told(result, "I111")
    assert [u.because for u in result.unchecked if u.rule == "下发标识"] == [
        f"因工作文件夹中没有密钥（{KEY_FILE}），没有核对是否被改动"
    ]


def test_unsealed_stamps_of_an_office_without_key_are_accepted_with_nothing_said(world):
    without_key(world)
    for path in world.inbox.glob("*.xlsx"):
        restamp(path, seal="")
    result = collect(world)
    assert not told(result, "I111")
    assert "下发标识" not in {u.rule for u in result.unchecked}


def test_init_keeps_the_key_in_a_file_of_its_own_that_is_in_no_output(tmp_path, clean):
    root = tmp_path / "w"
    made = make_workspace(root, load_regime("tj-2017"), 2025)
    assert root / KEY_FILE in made
    key = (root / KEY_FILE).read_text(encoding="utf-8").strip()
    assert len(key) == 32
    assert key not in (root / "sxxt.toml").read_text(encoding="utf-8")
    assert find_workspace(root).settings.key == key
    shutil.copy2(clean.root / "单位名册.xlsx", root / "单位名册.xlsx")
    world = dataclasses.replace(clean, root=root)
    world.fill("责任任务清单")
    result = collect(world)
    assert not told(result, "I111")
    publish(result, root)
    for path in root.rglob("*"):
        if path.is_file() and path.name != KEY_FILE:
            assert key.encode() not in unpacked(path), path
    restamp(find(world, LISTS), filers="李三")
    assert told(collect(world), "I111")


def unpacked(path: Path) -> bytes:
    """Return all bytes of a file, those of a workbook's parts too."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return data + b"".join(archive.read(name) for name in archive.namelist())
    return data


def test_the_key_is_never_overwritten_nor_taken_for_a_submission(world):
    without_key(world)
    (world.root / KEY_FILE).write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    with reading_here():
        space = find_workspace(world.root)
        assert world.root / KEY_FILE in space.own
    assert not told(collect(world), "I111")


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Stamp) if f.name != "seal"])
def test_a_seal_is_over_every_field(field):
    stamp = Stamp("r", "p", "v", "c", "u", ("f",), "2025", "i").sealed("key")
    assert stamp.genuine("key")
    assert not stamp.genuine("other")
    other: dict[str, Any] = {field: ("g",) if field == "filers" else "x"}
    assert not dataclasses.replace(stamp, **other).genuine("key")


# ---- attachments --------------------------------------------------------------------

PDF, DOCX = b"%PDF-1.7", b"PK\x03\x04"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("机械学院责任清单.pdf", "PDF文件"),
        ("【机械学院】2025年任务清单（盖章扫描件）.jpg", "图片"),
        ("机械学院+责任任务清单0410.doc", "Word文件"),
        ("责任清单-机械学院（最终版）.wps", "Word文件"),
    ],
)
def test_what_should_have_been_a_workbook_is_answered_with_what_to_send(world, name, kind):
    find(world, LISTS).unlink()
    data = {"pdf": PDF, "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF"}.get(
        name.rpartition(".")[2], b"{\\rtf1 x}"
    )
    (world.inbox / name).write_bytes(data)
    result = collect(world)
    row = row_of(result, name)
    assert (row.status, row.unit, row.packet, row.period) == (
        "attachment", JX, "责任任务清单", "2025",
    )  # fmt: skip
    (found,) = told(result, "I119")
    assert found.where.unit_code == "JX"
    assert kind in found.message
    assert ".xlsx" in found.remedy
    publish(result, world.root)
    letter = (world.root / "回复" / JX / "审核意见.html").read_text(encoding="utf-8")
    assert "要用Excel报送" in letter


@pytest.mark.parametrize("name", ["机械学院2024年责任清单.pdf", "机械学院清单.pdf"])
def test_a_list_of_another_year_or_of_no_known_name_is_no_workbook_gone_astray(world, name):
    find(world, LISTS).unlink()
    (world.inbox / name).write_bytes(PDF)
    result = collect(world)
    assert not told(result, "I119")
    assert row_of(result, name).packet is None


def test_a_scan_beside_its_workbook_is_an_attachment_and_nothing_else(world):
    (world.inbox / "机械学院责任清单.pdf").write_bytes(PDF)
    result = collect(world)
    assert not told(result, "I119", "I109")
    row = row_of(result, "机械学院责任清单.pdf")
    assert (row.packet, row.period, row.evidence) == ("责任任务清单", "2025", "文件名")


def test_only_the_half_that_its_name_says_is_asked_for(world):
    find(world, f"{JX}_落实情况报告_2025年下半年").unlink()
    (world.inbox / "机械学院落实情况报告（上半年）.pdf").write_bytes(PDF)
    (world.inbox / "机械学院下半年落实情况报告.pdf").write_bytes(PDF)
    result = collect(world)
    assert [f.where.path for f in told(result, "I119")] == ["机械学院下半年落实情况报告.pdf"]
    assert row_of(result, "上半年）.pdf").period == "2025-H1"


def test_a_file_that_speaks_of_no_packet_is_an_attachment_even_where_workbooks_miss(world):
    find(world, LISTS).unlink()
    (world.inbox / "机械学院会议照片.pdf").write_bytes(PDF)
    result = collect(world)
    assert not told(result, "I119", "I109")


def test_a_document_that_a_workbook_names_belongs_to_it(world):
    report = find(world, f"{JX}_落实情况报告_2025年上半年")
    change(world, report.name, "主体责任落实情况报告", {(3, "报告文件名"): "上半年总结 正文.docx"})
    (world.inbox / "上半年总结 正文.pdf").write_bytes(PDF)
    (world.inbox / "不相干.pdf").write_bytes(PDF)
    result = collect(world)
    row = row_of(result, "上半年总结 正文.pdf")
    assert (row.unit, row.packet, row.period) == (JX, "落实情况报告", "2025-H1")
    assert row.evidence == "套表中的报告文件名"
    assert [f.where.path for f in told(result, "I109")] == ["不相干.pdf"]
    assert not told(result, "Q106")


def test_what_came_in_one_mail_with_a_workbook_is_its_units(world):
    mail(world, "来信.eml", "nobody@example.com", find(world, LISTS), ("会议照片.pdf", PDF))
    result = collect(world)
    row = row_of(result, "会议照片.pdf")
    assert (row.unit, row.evidence) == (JX, "同一邮件或压缩包中的套表")
    assert not told(result, "I109")


def test_an_unreadable_file_is_its_senders(world):
    mail(world, "来信.eml", MAILS["JX"], ("清单.xlsx", b""))
    result = collect(world)
    row = row_of(result, "清单.xlsx")
    assert (row.status, row.unit) == ("unreadable", JX)


@pytest.mark.parametrize(
    "name",
    [
        "机械学院会议照片（机密）.pdf",
        "机密/会议照片.pdf",
        "材料/【秘密】/机械学院.docx",
        "秘密★一年/a.jpg",
    ],
)
def test_a_secrecy_marking_in_the_name_of_an_attachment_or_its_folder_stops_it(world, name):
    path = world.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PDF)
    result = collect(world)
    assert [f.where.path for f in told(result, "F112")] == [name]
    assert row_of(result, name).status == "unreadable"


def test_a_marked_folder_in_an_archive_stops_what_is_in_it_and_nothing_else(world):
    path = find(world, LISTS)
    with zipfile.ZipFile(world.inbox / "材料.zip", "w") as archive:
        archive.write(path, f"机密/{path.name}")
        archive.writestr("会议/机械学院照片.pdf", PDF)
    path.unlink()
    touch(world.inbox / "材料.zip")
    result = collect(world)
    assert [f.where.path for f in told(result, "F112")] == [f"材料.zip!机密/{path.name}"]
    assert row_of(result, "照片.pdf").status == "attachment"


@pytest.mark.parametrize("folder", ["保密工作", "商业秘密保护"])
def test_a_folder_that_only_speaks_of_secrecy_is_none(world, folder):
    path = world.inbox / folder / "机械学院照片.pdf"
    path.parent.mkdir()
    path.write_bytes(PDF)
    assert not told(collect(world), "F112")


# ---- one workbook a person, and offices below ---------------------------------------


def test_where_each_files_his_own_only_the_one_that_is_named_is_asked_for(world):
    world.filing = "按人报送"
    world.write()
    for path in world.inbox.iterdir():
        path.unlink()
    (world.inbox / "机械学院李四责任清单.pdf").write_bytes(PDF)
    (world.inbox / "机械学院责任清单.pdf").write_bytes(PDF)
    result = collect(world)
    assert [f.where.path for f in told(result, "I119")] == ["机械学院李四责任清单.pdf"]


def test_the_seals_of_an_office_below_are_its_own_to_check(tmp_path):
    street, district = office(tmp_path, "JD1"), office(tmp_path, "JD")
    settings = district.root / "sxxt.toml"
    settings.write_text(settings.read_text("utf-8").replace(KEY, "f" * 32), encoding="utf-8")
    with reading_here():
        street.fill([row["单位代码"] for row in street.units])
        street.collect()
        street.send_up(district, DAY)
        result = district.collect()
    assert any("!" in row.path and row.unit for row in result.files)
    assert not told(result, "I111")


def test_numbers_in_a_workbook_of_nobody_are_not_told_to_be_nobodys(world):
    (path,) = (p for p in world.fill("责任任务清单") if p.name.startswith("机械"))
    for other in world.inbox.glob("*.xlsx"):
        if other != path:
            other.unlink()
    with edited(path.rename(world.inbox / "汇总.xlsx")) as book:
        for name in ("_sxxt", "封面", "签字背书", "班子成员分工表"):
            del book[name]
        for sheet in ("责任清单", "任务清单"):
            book[sheet]["A1"].value = None
    result = world.collect()
    (row,) = result.files
    assert row.unit is None
    codes = {f.code for f in result.findings if f.where.path == row.path}
    assert "I104" in codes
    assert codes.isdisjoint({"V107", "V108"})


@pytest.mark.parametrize("suffix", [".crdownload", ".part", ".baiduyun.p.downloading", ".TD"])
def test_what_was_still_being_fetched_is_no_broken_archive_of_the_unit(world, suffix):
    (path,) = (p for p in world.fill("责任任务清单") if p.name.startswith("机械"))
    half = path.with_name(f"{path.name}{suffix}")
    half.write_bytes(path.read_bytes()[:3000])
    told = [f.code for f in world.collect().findings if f.where.path == half.name]
    assert told == ["F108"]
