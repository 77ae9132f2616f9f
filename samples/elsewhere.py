"""The workspaces of the other regimes: filled in from the definitions, then as a story goes."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
from campus import Campus, campus_of
from posting import Mail, as_bytes, fill_in, put_files
from sayings import instead
from steady import steady
from story_sh import SH
from story_shou import SHOU
from story_sou import SOU
from story_sumhs import SUMHS

from sxxt_excel.newspace import register_book
from sxxt_excel.officebook import RECEIPTS, ROSTER_FILE, roster_forms
from sxxt_excel.receipts import RECEIPTS_FILE
from sxxt_excel.regime import load_regime
from sxxt_excel.workspace import COLLECTED, INBOX, UPWARD

if TYPE_CHECKING:
    from telling import Story

STORIES: Final = {story.regime: story for story in (SOU, SUMHS, SHOU, SH)}

_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜"
_GIVEN: Final = (
    "启衡", "思渝", "立坤", "淑澄", "剑舟", "海棠", "知远", "望舒", "若川", "静姝", "弘毅",
)  # fmt: skip
_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_CODE: Final = re.compile(r"\[\"(\w+)")  # whom a line of [needed] is about: one unit a line


def story_files(regime: str) -> dict[str, bytes]:
    """Return path → bytes of the workspace in which a regime's story is told."""
    story = STORIES[regime]
    campus = campus_for(story)
    mail, kept = fill_in(story, own_files(story, campus))
    for lower in story.lower:
        mine = _under(campus, lower.code)
        here = [letter for letter in mail if letter.unit in mine]
        mail = [letter for letter in mail if letter.unit not in mine]
        sent = _rolled_up(story, _part(campus, mine), here)
        name = next(str(row["单位名称"]) for row in campus.units if row["单位代码"] == lower.code)
        book = openpyxl.load_workbook(io.BytesIO(sent))
        for slip in lower.slips:
            slip(book)
        data = as_bytes(book) if lower.slips else sent
        mail.append(Mail(f"{name}上报版.xlsx", steady(data), lower.came, lower.code))
        campus = _part(campus, {str(row["单位代码"]) for row in campus.units} - mine | {lower.code})
    return _workspace(story, campus, mail) | kept


def _workspace(story: Story, campus: Campus, mail: list[Mail]) -> dict[str, bytes]:
    """Return settings, roster, receipt book and inbox."""
    lines = [
        {"文件": letter.path, "收到时间": letter.came, "方式": "OA", "经手人": "方启文"}
        for letter in sorted(mail, key=lambda letter: letter.path)
    ]
    book = register_book((roster_forms()[RECEIPTS],), {RECEIPTS: lines})
    files = own_files(story, campus) | {RECEIPTS_FILE: steady(book)}
    return files | {f"{INBOX}/{letter.path}": letter.data for letter in mail}


def _under(campus: Campus, code: str) -> set[str]:
    """Return a unit's code and those of the units right below it."""
    above = {str(row["单位代码"]): row.get("上级单位代码") for row in campus.units}
    return {code, *(unit for unit, parent in above.items() if parent == code)}


def _part(campus: Campus, codes: set[str]) -> Campus:
    """Return a campus with only these units; the one whose superior is not there is at the top."""
    units = [
        row if row.get("上级单位代码") in codes else row | {"上级单位代码": ""}
        for row in campus.units
        if row["单位代码"] in codes
    ]
    people = [
        row | {"分管单位代码": _only(row.get("分管单位代码", ""), codes)}
        for row in campus.people
        if row["单位代码"] in codes
    ]
    needed = [line for line in campus.tables["needed"] if _CODE.search(line)[1] in codes]
    waivers = [row for row in campus.waivers if row["单位代码"] in codes]
    tables = campus.tables | {"needed": needed}
    return replace(campus, units=units, people=people, waivers=waivers, tables=tables)


def _rolled_up(story: Story, campus: Campus, mail: list[Mail]) -> bytes:
    """Return the 上报版 that a lower office gets by collecting what its units sent."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        put_files(root, _workspace(story, campus, mail))
        command = ("-m", "sxxt_excel", "collect", str(root / INBOX), "--jobs", "1", "--quiet")
        done = subprocess.run([sys.executable, *command], cwd=_CHECKOUT, check=False)
        if done.returncode > 1:
            raise SystemExit(f"{campus.units[0]['单位名称']} could not collect")
        return (root / COLLECTED / UPWARD).read_bytes()


def campus_for(story: Story) -> Campus:
    """Return the invented place of a story: its units of the campus, with names that differ."""
    campus = campus_of(load_regime(story.regime))
    kept = set(story.units)
    campus.units[:] = [row for row in campus.units if row["单位代码"] in kept]
    campus.people[:] = [row for row in campus.people if row["单位代码"] in kept]
    for number, row in enumerate(campus.people):
        given = _GIVEN[number * 3 % len(_GIVEN)]
        row["职务"] = instead(str(row["职务"]), story.words)
        row["姓名"] = _SURNAMES[number % len(_SURNAMES)] + given
        row["分管单位代码"] = _only(row.get("分管单位代码", ""), kept)
    campus.waivers.extend(story.waivers)
    for table, lines in story.tables.items():
        campus.tables[table] = list(lines)
    return campus


def _only(said: object, codes: set[str]) -> str:
    """Return a list of units' codes without those that are not there."""
    return "、".join(code for code in str(said).split("、") if code in codes)


def own_files(story: Story, campus: Campus) -> dict[str, bytes]:
    """Return settings and roster."""
    changes = (
        ('name = ""  ', f'name = "{story.name}"  '),
        ("# today = 2025-07-15    # 固定", f"today = {story.today}    # 样例固定"),
    )
    files = campus.files((*changes, *story.changes))
    return files | {ROSTER_FILE: steady(files[ROSTER_FILE])}
