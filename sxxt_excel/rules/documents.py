"""Documents that a workbook sends its reader to: did each come along with it?"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.result import FILE
from sxxt_excel.text import fold, split_several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.forms import Field
    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context, Paper
    from sxxt_excel.stack import Stack

# All that a cell says: 详见附件2, 内容见报告, 另附. What says anything of its own is no such cell.
_ELSEWHERE = re.compile(
    r"(?:(?:具体|详细)?(?:内容|情况)?请?(?:详见|参见|参阅|见|看|同)(?:后附|另附|所附|随附|附)?的?"
    r"(?:后|件|页|表|材料|文件|文档|word|pdf|(?:述职|述责述廉|专题|工作|书面|情况)?报告)+"
    r"|(?:另|后|随)附|附[后件])[0-9一二三四五六七八九十至-]*"
)
_LONGEST = 20


def check_documents(context: Context) -> Iterator[Finding]:
    """Yield a query for each document that is named, or sent for without a name, and not there."""
    came = _names(context.papers)
    units = {paper.unit_code for paper in context.papers}
    for stack in context.stacks.values():
        naming = stack.form.of_kind("file")
        for field in naming:
            yield from _named(stack, field, came)
        if naming:
            names = stack.frame[[field.name for field in naming]]
            named = frozenset(stack.frame.loc[names.notna().any(axis=1), FILE].tolist())
            for field in stack.form.of_kind("long"):
                yield from _unnamed(stack, field, naming[0], units, named)


def _names(papers: Iterable[Paper]) -> dict[str, set[str | None]]:
    """Return whose the attachments are, by their folded names with suffix and without."""
    names: dict[str, set[str | None]] = defaultdict(set)
    for paper in papers:
        path = PurePosixPath(paper.path.rpartition("!")[2])
        for name in (path.name, path.stem):
            names[fold(name)].add(paper.unit_code)
    return names


def _named(stack: Stack, field: Field, came: Mapping[str, set[str | None]]) -> Iterator[Finding]:
    for label, word in stack.frame[field.name].dropna().items():
        at = int(str(label))
        submission = stack.submission(at)
        for name in _absent(str(word), came, submission.unit_code):
            yield finding("Q106", stack.where(at, field.name), got=name, basis=submission.basis)


def _absent(said: str, names: Mapping[str, set[str | None]], unit: str | None) -> Iterator[str]:
    """Yield the documents a cell names that did not come; a name may have blanks in it."""

    def came(name: str) -> bool:
        owners = names.get(fold(name)) or names.get(fold(PurePosixPath(name).stem)) or set()
        return bool(owners & {None, unit})

    if not came(said):
        yield from (name for name in split_several(said) if not came(name))


def _unnamed(
    stack: Stack, field: Field, naming: Field, units: set[str | None], named: frozenset[int]
) -> Iterator[Finding]:
    """Yield cells that say no more than 见附件, where nothing came that it may mean.

    Any attachment of the unit may, or one that nobody knows whose it is; and a workbook that names
    one means that.
    """
    words = stack.frame[field.name]
    pointing = [word for word in words.dropna().unique().tolist() if _only_points(word)]
    for at in stack.frame.index[words.isin(pointing)].tolist():
        submission = stack.submission(at)
        if submission.number not in named and not units & {None, submission.unit_code}:
            yield finding(
                "Q109", stack.where(at, field.name), got=str(words[at]), basis=submission.basis,
                naming=naming.name,
            )  # fmt: skip


def _only_points(word: str) -> bool:
    parts = split_several(fold(word).strip("()")) if len(word) <= _LONGEST else ()
    return bool(parts) and all(map(_ELSEWHERE.fullmatch, parts))
