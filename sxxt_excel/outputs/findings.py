"""The findings of single files, printed for the unit that is about to send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outcome import FILE_WORDS
from sxxt_excel.outputs.grouping import group

if TYPE_CHECKING:
    from rich.console import Console

    from sxxt_excel.result import Round


def print_check(result: Round, console: Console) -> None:
    """Print per file what is to be mended, explained or known, and what stays unchecked."""
    for file in result.files:
        mine = [f for f in result.findings if f.where.path == file.path]
        _say(console, f"{file.path}：{FILE_WORDS[file.status] if mine else '没有发现问题'}")
        for item in group(mine):
            place = " ".join(w for w in (item.where.sheet, "、".join(item.cells)) if w)
            word = SEVERITY_WORDS[item.severity]
            said = f"已说明：{item.explanation.text}" if item.explanation else item.remedy
            _say(console, f"  [{word} {item.code}] {place} {item.message}。{said}。")
    for line in result.unchecked:
        _say(console, f"未检：{line.rule}（{line.because}）")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
