"""自存/核对结果.xlsx: what the rules say of the office's own registers, for the office alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.model.severity import SEVERITIES, SEVERITY_WORDS
from sxxt_excel.outputs.listing import findings_table
from sxxt_excel.outputs.page import Page, new_book
from sxxt_excel.outputs.words import long_day, rule_titles
from sxxt_excel.workspace import KEPT_RESULT

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Kept, Register, Round

_MARKING = "内部资料"
_WIDTHS = (22.0, 30.0, 12.0, 16.0, *(10.0,) * 3)
_ALONE = (
    "本表只供办公室自己使用，不下发、不外发，也不并入总台账、审核意见和上报版；"
    "对外只出件数、人次，1、2 的写成“≤2”。"
)


def write_kept(round_: Round, kept: Kept) -> Path:
    """Write what was found in the office's own registers into their own folder.

    Returns:
        the file.

    Raises:
        OSError: it cannot be written (it is open in Excel, the disk is full).
    """
    path = kept.folder / KEPT_RESULT
    book = new_book(round_, round_.settings.marking or _MARKING)
    page = Page(book, book.sheet("核对情况", "", one_page=True), _WIDTHS)
    page.across(f"{round_.settings.year}年办公室自存登记核对情况", "title", 18)
    about = (f"截至{long_day(round_.today)}", round_.settings.marking or _MARKING)
    page.across("　　".join(about), "subtitle")
    page.across(_ALONE, "remark")
    page.skip()
    _registers(page, kept)
    _lists(page, round_, kept)
    # The sheet of findings is that of the master, of these findings and this folder.
    own = replace(round_, inbox=kept.folder, findings=kept.findings)
    findings, _ = findings_table(own, path)
    title = f"{round_.settings.year}年办公室自存登记核对意见"
    book.table(replace(findings, name="核对意见", title=title, empty="没有意见。"))
    book.save(path)
    return path


def _registers(page: Page, kept: Kept) -> None:
    page.across("一、各种登记", "section", 12)
    severities = (SEVERITY_WORDS[s] for s in SEVERITIES)
    page.line(("登记", "表", "行数", "其中", *severities), "heading")
    for register in kept.registers:
        number: list[Cell] = [register.findings[s] for s in SEVERITIES]
        row: list[Cell] = [register.packet, register.form, register.rows, _among(register)]
        page.line([*row, *number], ["text", "text", *("centre",) * (len(number) + 2)])
    if not kept.registers:
        page.across("文件夹里没有登记。空白的登记由 sxxt-excel issue 生成。", "empty")
    page.skip()


def _among(register: Register) -> str:
    if register.total is not None:
        return f"{register.total[1]} {register.total[0]}"
    return f"已{register.answered[0]} {register.answered[1]} 件" if register.answered else ""


def _lists(page: Page, round_: Round, kept: Kept) -> None:
    page.across("二、读取的文件", "section", 12)
    for path in kept.paths or ("无。",):
        page.across(path, "paragraph")
    page.skip()
    page.across("三、未检事项（条件不具备，没有判定，不等于合格）", "section", 12)
    titles = rule_titles(round_.regime)
    for line in kept.unchecked:
        page.across(f"{titles.get(line.rule, line.rule)}：{line.because}", "paragraph")
    if not kept.unchecked:
        page.across("无。", "paragraph")
