"""Numbers of persons, which no form asks for: told at their cell, never shown whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.formats.places import place
from sxxt_excel.outcome import Where
from sxxt_excel.result import FILE, ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.outcome import Finding
    from sxxt_excel.raw import Remark
    from sxxt_excel.rules.context import Context
    from sxxt_excel.submissions import Submission

_WORDS = {"V117": "身份证号", "V119": "手机号"}
_RENAME = "请从文件名中删去后重报"


def check_private(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cell of a live file that holds such numbers, and for its name."""
    for submission in context.submissions.values():
        for remark in submission.extract.private:
            where = _where(context, submission, remark)
            yield private_finding(remark, where, submission.basis)


def private_finding(remark: Remark, where: Where, basis: str) -> Finding:
    """Return what is said of such numbers in a cell, or in the name of a sheet or file."""
    what, got = _WORDS[remark.code], remark.got
    if remark.field:
        return finding(remark.code, where, got=got, basis=basis)
    place = "这一格" if remark.cell else "工作表名" if remark.sheet else "文件名"
    return finding(
        remark.code, where, got=got, basis=basis,
        message=f"{place}中有疑似{what}的内容（{{got}}）",
        remedy=None if remark.sheet else _RENAME,
    )  # fmt: skip


def _where(context: Context, submission: Submission, remark: Remark) -> Where:
    where = Where(
        path=submission.path,
        sheet=remark.sheet or None,
        cell=remark.cell or None,
        unit=submission.unit_name,
        unit_code=submission.unit_code,
        form=remark.form or None,
        field=remark.field or None,
    )
    stack = context.stacks.get(remark.form)
    row, _ = place(remark.cell)
    if stack is None or not row:
        return where
    frame = stack.frame
    here = frame.index[(frame[FILE] == submission.number) & (frame[ROW] == row)]
    if not len(here):
        return where
    whose = stack.where(here[0], None)
    return replace(where, row_key=whose.row_key, filer=whose.filer)
