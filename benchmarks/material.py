"""What both sides of the benchmarks read: workbooks as units send them back.

Each is issued by the tool itself, so it has its instructions, drop-downs and hidden sheets, and
filled in with openpyxl, which writes every part of it anew. Units use a spreadsheet program and no
library, so LibreOffice then opens and saves it, unless what the library wrote is wished for.
"""

from __future__ import annotations

import io
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.prefill import Desk

PACKET = "责任任务清单"
TODAY = date(2025, 4, 12)
LIBRARY = "openpyxl"
PROGRAMS = ("LibreOffice", LIBRARY)
_BATCH = 40
_HEADINGS = 2
"""The row of headings on an issued sheet."""
_COVER = {"填报人": "张示例", "联系电话": "022-00000000", "填报日期": "2025-04-09"}


def make(root: Path, files: int, rows: int, saved_by: str) -> None:
    """Make a workspace of `files` units with a receipt book, and each one's filled-in workbook.

    Args:
        root: where the workspace is made.
        files: how many units, each with one workbook.
        rows: how many rows each of its three lists has.
        saved_by: one of `PROGRAMS`.
    """
    _workspace(root, files)
    inbox = root / "inbox"
    anew = saved_by != LIBRARY
    filled = root / "filled" if anew else inbox
    for folder in {inbox, filled}:
        folder.mkdir(exist_ok=True)
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(partial(_filled_in, root, filled, rows), range(files), chunksize=8))
        if anew:
            books = sorted(filled.iterdir())
            # a start of the program takes as long as a handful of workbooks
            batches = [books[at : at + _BATCH] for at in range(0, len(books), _BATCH)]
            list(workers.map(partial(_saved_anew, inbox), batches))


def _workspace(root: Path, files: int) -> None:
    from sxxt_excel.newspace import register_book, settings_text
    from sxxt_excel.officebook import roster_forms
    from sxxt_excel.regime import load_regime

    root.mkdir(parents=True, exist_ok=True)
    settings = settings_text(load_regime("tj-2017"), 2025, "")
    (root / "sxxt.toml").write_text(settings, encoding="utf-8")
    units: list[dict[str, object]] = [
        {"单位代码": "XX", "单位名称": "示例大学党委", "单位类别": "校党委"}
    ]
    people: list[dict[str, object]] = [
        {"姓名": "赵一", "单位代码": "XX", "职务": "党委书记", "班子身份": "主要负责人"},
        {"姓名": "钱二", "单位代码": "XX", "职务": "党委副书记", "班子身份": "班子其他成员",
         "分管单位代码": "、".join(map(_code, range(files)))},
    ]  # fmt: skip
    for n in range(files):
        code = _code(n)
        units.append({"单位代码": code, "单位名称": f"第{n:04d}学院党委", "单位类别": "基层党委"})
        head, *others = _names(n)[1:]
        posts = [(head, "党委书记", "主要负责人")]
        posts += [(name, "副院长", "班子其他成员") for name in others]
        people += [
            {"姓名": name, "单位代码": code, "职务": post, "班子身份": identity}
            for name, post, identity in posts
        ]
    forms = roster_forms()
    roster = (forms["单位"], forms["人员"], forms["例外"])
    (root / "单位名册.xlsx").write_bytes(register_book(roster, {"单位": units, "人员": people}))
    received = [{"文件": "*", "收到时间": "2025-04-10 09:00"}]
    (root / "收件登记.xlsx").write_bytes(
        register_book((forms["收件登记"],), {"收件登记": received})
    )


def _code(n: int) -> str:
    return f"U{n:04d}"


def _names(n: int) -> list[str]:
    return ["领导班子", f"书记{n}", *(f"成员{n}之{m}" for m in range(4))]


# ---- one workbook ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Office:
    """What a worker needs to issue workbooks: definitions, and what each unit owes."""

    desk: Desk
    items: dict[str, Owed]


@cache
def _office(root: Path) -> _Office:
    from sxxt_excel.expected import owed
    from sxxt_excel.prefill import Desk
    from sxxt_excel.roster import read_roster
    from sxxt_excel.workspace import find_workspace

    space = find_workspace(root)
    regime = space.regime()
    roster, _ = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    mine = {item.unit.code: item for item in items if item.obligation.packet == PACKET}
    return _Office(Desk(regime, space.settings, roster, {}), mine)


def _filled_in(root: Path, inbox: Path, rows: int, n: int) -> None:
    """Issue the workbook of one unit, fill it in and put it into the inbox."""
    import openpyxl

    from sxxt_excel.faces.template import build
    from sxxt_excel.issue import file_name
    from sxxt_excel.prefill import blank_for

    office = _office(root)
    item = office.items[_code(n)]
    book = openpyxl.load_workbook(io.BytesIO(build(blank_for(office.desk, item, 1))))
    for label, value in book["封面"].iter_rows(max_col=2):
        if label.value in _COVER:
            value.value = _COVER[label.value]
    for name, records in _lists(office.desk.regime, _code(n), _names(n), rows).items():
        sheet = book[name]
        columns = {cell.value: cell.column for cell in sheet[_HEADINGS]}
        for row, record in enumerate(records, _HEADINGS + 1):
            for heading, said in record.items():
                sheet.cell(row, columns[heading]).value = said
    book.save(inbox / file_name(item, office.desk.roster))


def _saved_anew(inbox: Path, books: list[Path]) -> None:
    """Let the spreadsheet program open workbooks and save them into the inbox."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))
    from libreoffice import saved_as

    saved_as("xlsx", inbox, *books)


def _lists(
    regime: Regime, code: str, names: list[str], rows: int
) -> dict[str, list[dict[str, object]]]:
    roles = ["领导班子", "主要负责人", *["班子其他成员"] * 4]
    who = list(islice(cycle(zip(names, roles, strict=True)), rows))
    return {
        "责任清单": [
            {"序号": i, "责任主体": name, "项目编号": f"{code}-2025-ZR-{i:03d}",
             "重点方面": regime.role(role).areas[i % 6], "工作项目": f"{code}第{i}项责任：{'落实' * 6}",
             "具体措施": f"第{i}条措施，{'按季检查' * 3}", "落实方式": "本人直接落实", "责任人": name,
             "责任部门": "学院办公室", "完成时限": "2025年底前", "完成情况": "进行中"}
            for i, (name, role) in enumerate(who, 1)
        ],
        "任务清单": [
            {"序号": i, "责任主体": name, "任务编号": f"{code}-2025-RW-{i:03d}",
             "责任项目编号": f"{code}-2025-ZR-{i:03d}", "工作任务": f"{code}第{i}项任务：{'推进' * 6}",
             "具体措施": f"第{i}条措施，{'逐项落实' * 3}", "责任人": name, "协办部门": "学院办公室",
             "开始时间": "2025-03-01", "完成时限": "2025年6月底", "完成情况": "进行中", "进展说明": "推进中"}
            for i, (name, _) in enumerate(who, 1)
        ],
        "签字背书": [
            {"序号": i, "责任主体": name, "背书人": "钱二" if role == "主要负责人" else names[1],
             "背书日期": "2025-04-08"}
            for i, (name, role) in enumerate(who, 1)
        ],
        "班子成员分工表": [
            {"序号": i, "姓名": name, "职务": "某职务",
             "班子身份": "主要负责人" if i == 1 else "班子其他成员"}
            for i, name in enumerate(names[1:], 1)
        ],
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), PROGRAMS[0])
