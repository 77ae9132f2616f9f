"""dossier: everything of one unit, one leader or one item in a folder, and nothing of others."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from documents import digests, lines, records, result_of, run, said, tables, text_of
from inprocess import reading_here
from sampled import WRITTEN
from world import cell_of, edited

from sxxt_excel.dates import TZ
from sxxt_excel.kept import kept_packets
from sxxt_excel.registry.post import Sent, posting
from sxxt_excel.workspace import find_workspace

if TYPE_CHECKING:
    from world import World

pytestmark = pytest.mark.usefixtures("in_process")

FOLDER = Path("公文/卷宗")
JG, JX = "经济管理学院党委", "机械工程学院党委"
LETTER = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def place(collected_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collected sample workspace, for those that change nothing but its 公文/."""
    return shutil.copytree(collected_samples, tmp_path_factory.mktemp("dossiers") / "w")


def made(root: Path, name: str) -> Path:
    """Return the folder of a dossier that was just made."""
    return root / said("dossier", name, "-w", root)["folder"]


# ---- a unit ----------------------------------------------------------------------------------


def test_a_unit_has_all_its_versions_and_attachments_with_time_and_verdict(place):
    folder = made(place, JG)
    mine = [f for f in result_of(place)["files"] if f["unit"] == JG]
    assert {"superseded", "duplicate", "attachment"} <= {f["status"] for f in mine}
    assert [f["path"] for f in mine if "!" in f["path"]], "one came out of an archive"
    listed = records(folder / "目录.xlsx", "收到的各份材料")
    assert len(listed) == len(mine)
    kept = digests(folder)
    for row in listed:
        (file,) = [
            f for f in mine
            if f["path"].endswith(row["原文件名"]) and f["sha256"] == row["校验码"]
            and f["received_at"][:16].replace("T", " ") == row["收到时间"]
            and WORDS[f["status"]] == row["审核结论"]
        ]  # fmt: skip
        assert row["时间依据"] == file["received_by"]
        assert kept[row["卷内位置"]] == file["sha256"]


WORDS = {
    "accepted": "审核通过", "returned": "已报待改", "superseded": "已有新版",
    "duplicate": "重复报送", "attachment": "附件", "unreadable": "无法读取",
    "foreign": "不属本次报送",
}  # fmt: skip


def test_a_unit_sees_what_it_owes_what_was_said_of_it_and_what_was_agreed(place):
    folder = made(place, JG)
    owed = [e for e in result_of(place)["expected"] if e["unit"] == JG]
    assert len(records(folder / "目录.xlsx", "应报情况")) == len(owed)
    told = [f["code"] for f in result_of(place)["findings"] if f["unit"] == JG]
    assert told
    assert sorted(r["编号"] for r in records(folder / "目录.xlsx", "审核意见")) == sorted(told)
    (waiver,) = [r for r in records(place / "单位名册.xlsx", "例外") if r["单位代码"] == "JG"]
    (agreed,) = records(folder / "目录.xlsx", "批准的例外")
    assert (agreed["种类"], agreed["批准人"]) == (waiver["例外类型"], waiver["批准人"])
    assert waiver["理由"] not in text_of(folder / "目录.xlsx")
    heads = [line for line in lines(folder / "目录.docx") if line[:1].isdigit()]
    assert [head.split(". ")[1] for head in heads] == openpyxl.load_workbook(
        folder / "目录.xlsx"
    ).sheetnames
    assert len(tables(folder / "目录.docx")) == len(heads)


def test_a_units_dossier_names_no_other_unit_and_holds_no_file_of_one(place):
    result = result_of(place)
    names = {f["unit"] for f in result["files"] if f["unit"]}
    for unit in (JG, JX, "体育教学部党总支"):
        folder = made(place, unit)
        own = {f["sha256"] for f in result["files"] if f["unit"] == unit}
        copies = {d for name, d in digests(folder).items() if name.startswith(("材料/", "附件/"))}
        assert copies <= own
        text = "".join(map(text_of, folder.glob("目录.*")))
        others = {name for name in names - {unit} if name in text}
        assert not others, unit


def test_originals_are_copied_and_never_moved(place, collected_samples):
    made(place, JG)
    assert digests(place / "inbox") == digests(collected_samples / "inbox")


def test_a_unit_is_found_by_code_and_short_name(place):
    (code,) = [
        u["单位代码"] for u in records(place / "单位名册.xlsx", "单位") if u["单位名称"] == JX
    ]
    assert made(place, code) == made(place, JX) == made(place, "机械学院")


def test_letters_of_a_unit_are_in_its_dossier_with_what_became_of_them(world: World):
    world.collect(write=True)
    space = find_workspace(world.root)
    replies = world.root / "回复" / JX
    replies.mkdir(parents=True, exist_ok=True)
    for old in replies.glob("*.eml"):
        old.unlink()
    draft = (
        f"X-Unsent: 1\nTo: jx@example.edu.cn\nX-Sxxt-Letter: {LETTER}\nX-Sxxt-Unit: JX\n"
        "X-Sxxt-Kind: =?utf-8?B?5Zue5omn?=\nSubject: =?utf-8?B?5bey5pS25Yiw?=\n\nbody\n"
    )
    (replies / "回执.eml").write_text(draft, encoding="utf-8")
    now = lambda: datetime(2025, 4, 12, 9, 30, tzinfo=TZ)  # noqa: E731 - a clock
    with posting(space, now) as post:
        post.put(Sent(LETTER, "回执", "JX", ("jx@example.edu.cn",), "已收到", "已发"))
        post.put(
            Sent("f" * 32, "提醒", "JX", ("jx@example.edu.cn",), "将截止", "退信", note="满了")
        )
        post.put(Sent("e" * 32, "提醒", "WY", ("wy@example.edu.cn",), "给外语的", "已发"))
    folder = made(world.root, JX)
    assert (folder / "函件/回执.eml").read_text(encoding="utf-8") == draft
    rows = {r["主题"]: r for r in records(folder / "目录.xlsx", "回执和函件")}
    assert (rows["已收到"]["种类"], rows["已收到"]["状态"]) == ("回执", "已发")
    assert rows["已收到"]["时间"] == "2025-04-12 09:30"
    assert (rows["将截止"]["状态"], rows["将截止"]["备注"]) == ("退信", "满了")
    assert "给外语的" not in rows


def test_what_is_no_longer_in_the_inbox_is_listed_from_the_registry(office):
    gone = next(
        f for f in result_of(office)["files"] if f["unit"] == JX and f["status"] == "accepted"
    )
    (office / "inbox" / gone["path"]).unlink()
    run("collect", office / "inbox", "-q")
    listed = records(made(office, JX) / "目录.xlsx", "收到的各份材料")
    (row,) = [r for r in listed if r["校验码"] == gone["sha256"]]
    assert row["卷内位置"] == "收件夹中已没有这个文件"
    assert row["审核结论"] == "审核通过"


def test_a_file_with_a_secrecy_marking_is_not_copied_and_that_is_said(office):
    inside = office / "inbox/4月清单备案" / f"{JX}签字页（秘密）.png"
    inside.write_bytes(
        (office / "inbox/4月清单备案/图书馆直属党支部签字页.png").read_bytes() + b"x"
    )
    run("collect", office / "inbox", "-q")
    (found,) = [f for f in result_of(office)["files"] if f["path"].endswith(inside.name)]
    assert [
        f
        for f in result_of(office)["findings"]
        if f["path"] == found["path"] and f["code"] == "F112"
    ]
    # Its unit is not even looked for; where one was known it would not help either.
    for row in (result := result_of(office))["files"]:
        if row["path"] == found["path"]:
            row.update(unit=JX, unit_code="JX")
    (office / "汇总/result.json").write_text(
        json.dumps(result, ensure_ascii=False), encoding="utf-8"
    )
    done = run("dossier", JX, "-w", office)
    assert "带有密级标志，不复制" in done.stderr
    assert found["sha256"] not in digests(office / FOLDER / JX).values()


def test_a_register_of_the_offices_own_is_in_no_dossier(office):
    first = next(
        f for f in result_of(office)["files"] if f["unit"] == JX and f["status"] == "accepted"
    )
    result = result_of(office)
    for row in result["files"]:
        if row["path"] == first["path"]:
            row["packet"] = "问责"
    (office / "汇总/result.json").write_text(
        json.dumps(result, ensure_ascii=False), encoding="utf-8"
    )
    space = find_workspace(office)
    assert "问责" in kept_packets(space.regime(), space.settings)
    folder = made(office, JX)
    assert first["sha256"] not in digests(folder).values()


def test_files_of_an_inbox_elsewhere_are_found_again(world: World, tmp_path):
    elsewhere = world.inbox.rename(tmp_path / "共享盘收件")
    run("collect", elsewhere, "-w", world.root, "--today", "2025-04-12", "-q")
    told = said("dossier", JX, "-w", world.root)
    assert told["files"]
    assert all(file["copy"] for file in told["files"])


def test_a_dossier_is_renewed_and_says_what_changed(office):
    first = made(office, JX)
    (first / "批示.txt").write_text("阅", encoding="utf-8")
    before = digests(first)
    assert "与上一次完全相同" in run("dossier", JX, "-w", office).output
    assert digests(first) == before
    gone = next(
        f for f in result_of(office)["files"] if f["unit"] == JX and f["status"] == "accepted"
    )
    (office / "inbox" / gone["path"]).unlink()
    run("collect", office / "inbox", "-q")
    assert "撤出：材料/" in run("dossier", JX, "-w", office).output
    assert gone["sha256"] not in digests(first).values()
    assert (first / "批示.txt").exists()


def test_an_unknown_name_is_told_with_the_nearest_one(place):
    done = run("dossier", "机械工程学院党总支", "-w", place)
    assert done.exit_code == 2
    assert done.stderr == (
        "没有叫“机械工程学院党总支”的单位、领导或项目编号，是否指“机械工程学院党委”\n"
    )


# ---- a leader --------------------------------------------------------------------------------


def test_a_leader_has_his_own_rows_and_the_standing_of_the_units_in_his_charge(place):
    folder = made(place, "孙立坤")
    mine = [r for r in records(place / "汇总/总台账.xlsx", "责任清单")
            if r["责任主体"] == "孙立坤" and r["填报单位"] == "示例大学党委"]  # fmt: skip
    assert mine
    found = records(folder / "目录.xlsx", "责任清单")
    assert [r["项目编号"] for r in found] == [r["项目编号"] for r in mine]
    people = records(place / "单位名册.xlsx", "人员")
    (person,) = [p for p in people if p["姓名"] == "孙立坤"]
    assert person["分管单位代码"]
    units = {r["单位"] for r in records(folder / "目录.xlsx", "分管单位的应报情况")}
    assert units
    assert "示例大学党委" not in units
    taken = records(folder / "目录.xlsx", "项目承接情况")
    assert {r["责任主体"] for r in taken} == {"孙立坤"}
    copies = {d for name, d in digests(folder).items() if name.startswith("材料/")}
    own = {f["sha256"] for f in result_of(place)["files"] if f["unit"] == "示例大学党委"}
    assert copies
    assert copies <= own


# ---- an item ---------------------------------------------------------------------------------


def test_an_item_is_followed_to_file_sheet_and_cell(office):
    report = next(
        f for f in result_of(office)["files"]
        if f["unit"] == JX and f["packet"] == "落实情况报告" and f["status"] == "accepted"
    )  # fmt: skip
    number = f"{code_of(office, JX)}-2025-ZR-001"
    with edited(office / "inbox" / report["path"]) as book:
        sheet = book["主体责任落实情况报告"]
        sheet[cell_of(sheet, "责任项目编号", 3)].value = number
    run("collect", office / "inbox", "-q")
    folder = made(office, number)
    steps = records(folder / "目录.xlsx", "来龙去脉")
    assert (steps[0]["层次"], steps[0]["环节"], steps[0]["编号"]) == ("本项", "责任清单", number)
    assert {"任务清单", "任务进展", "主体责任落实情况报告"} <= {step["环节"] for step in steps}
    copies = {p.name: p for p in (folder / "材料").iterdir()}
    named = [step["编号"] for step in steps]
    for step in steps:
        book = openpyxl.load_workbook(copies[step["来源文件"]])
        said = str(book[step["来源表"]][step["单元格"]].value)
        # A row stands where its own number does, or where it names the one it comes from.
        assert any(number in said for number in named), step


def code_of(root: Path, name: str) -> str:
    return next(
        u["单位代码"] for u in records(root / "单位名册.xlsx", "单位") if u["单位名称"] == name
    )


def test_an_item_taken_up_by_other_units_is_followed_to_them(place):
    number = next(
        c["parent_key"] for c in result_of(place)["cascade"]
        if c["rule"] == "校领导项目到分管单位" and c["status"] == "taken_up"
    )  # fmt: skip
    steps = records(made(place, number) / "目录.xlsx", "来龙去脉")
    assert len({step["单位"] for step in steps}) > 1
    child = next(s["编号"] for s in steps if s["层次"] == "落实" and s["环节"] == "责任清单")
    back = records(made(place, child) / "目录.xlsx", "来龙去脉")
    assert number in [step["编号"] for step in back if step["层次"] == "上级项目"]


def test_the_way_of_an_item_follows_any_regimes_references(checkout, tmp_path):
    root = tmp_path / "w"
    leave = shutil.ignore_patterns(*WRITTEN, "自存")
    shutil.copytree(checkout / "samples/sou-2020", root, ignore=leave)
    with reading_here():
        run("collect", root / "inbox", "-q")
    rows = records(root / "汇总/总台账.xlsx", "措施清单")
    problem = next(r["问题编号"] for r in rows if r["问题编号"])
    steps = records(made(root, problem) / "目录.xlsx", "来龙去脉")
    assert steps[0]["环节"] == "问题（风险）清单"
    assert [s for s in steps if s["环节"] == "措施清单" and s["层次"] == "落实"]
    assert all(not str(s["单元格"]).startswith("第") for s in steps)
