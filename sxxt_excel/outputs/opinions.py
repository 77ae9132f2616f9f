"""What is told of one workbook → its marks: cells, the rows beside tables, the first sheet."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sxxt_excel.marking.cells import corners
from sxxt_excel.marking.notes import Entry, Marks, Opinion, SheetMarks, Spot
from sxxt_excel.marks import ADOPT, RESULTS, SUGGESTED, WORDS, YES, mend_in_row, mend_words
from sxxt_excel.model.severity import SEVERITIES, SEVERITY_WORDS
from sxxt_excel.pointing import line_for
from sxxt_excel.regime import EXPLANATIONS
from sxxt_excel.text import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sxxt_excel.outcome import Finding

    Held = Callable[[str, str], str]
    """Sheet and cell → the text that the cell holds."""

__all__ = ["marks_of"]

_LONGEST, _LONGEST_MEND = 600, 100
_EXPLAINED = "已说明"
_HOW = (
    "红底为须修改，黄底为需说明；点“位置”一栏可跳到该处。须修改的请改正；需说明的，情况属实的请在"
    f"表中同一行或本页的“{WORDS}”里写明原因（不少于六个字），属笔误的直接改正。"
)
_HOW_TO_ADOPT = (
    f"“{SUGGESTED}”一栏是系统推测的改法，仅供参考：同意的，在“{ADOPT}”一栏选“{YES}”，"
    "重报后由系统代为修改，不必再改单元格；不同意的空着。"
)


def marks_of(
    found: Iterable[Finding], sheets: Mapping[str, int], lines: tuple[str, ...], held: Held
) -> Marks:
    """Return the marks of a workbook.

    Args:
        found: what is told of it; notes are passed over.
        sheets: name of each sheet → the row of its headings, 0 where it has no table.
        lines: what stands over the list on the first sheet.
        held: what a cell of it holds now, which a suggestion is for.
    """
    told = sorted(
        (f for f in found if f.severity != "note"), key=lambda f: SEVERITIES.index(f.severity)
    )
    asked = [f for f in told if f.stands]
    mends = {f: before for f in asked if (before := _before(f, held))}
    entries = tuple(_entry(f, sheets, mends) for f in told if f.stands or _kept_there(f))
    counts = (sum(f.severity == severity for f in asked) for severity in ("must", "query"))
    counted = "，".join(
        f"{SEVERITY_WORDS[severity]}{count}处"
        for severity, count in zip(SEVERITIES, counts, strict=False)
    )
    how = (f"共{len(asked)}处：{counted}。{_HOW}", *((_HOW_TO_ADOPT,) if mends else ()))
    return Marks(
        title=RESULTS,
        lines=(*lines, *how),
        entries=entries,
        sheets={
            name: SheetMarks(
                spots=dict(_spots(f for f in asked if f.where.sheet == name)),
                head=head,
                opinions=dict(_opinions((f for f in told if f.where.sheet == name), head, mends)),
            )
            for name, head in sheets.items()
        },
    )


def _before(found: Finding, held: Held) -> str:
    """Return what stands in a cell for which something is suggested, "" where that can't be said.

    Whoever adopts it adopts it for just that: so it must fit into a line beside the row.
    """
    where, after = found.where, found.suggestion or ""
    if not after or where.sheet is None or not _is_cell(where.cell):
        return ""
    before = held(where.sheet, where.cell or "")
    fits = all(len(text) <= _LONGEST_MEND and "\n" not in text for text in (before, after))
    return before if fits and before != after else ""


def _is_cell(at: str | None) -> bool:
    return bool(at) and ":" not in (at or "") and all(corners(at or ""))


def _word(found: Finding) -> str:
    return SEVERITY_WORDS[found.severity] if found.stands else _EXPLAINED


def _at(found: Finding) -> tuple[int, int]:
    """Return row and column of a finding, zeros where it has no cell."""
    return corners(found.where.cell or "")[:2]


def _refuses_words(found: Finding) -> bool:
    """Tell whether a finding is about words that stood beside one of our marks."""
    return found.where.field == WORDS and found.where.form != EXPLANATIONS


def _kept_there(found: Finding) -> bool:
    """Tell whether a query is explained on our first sheet, which a new copy makes anew."""
    said = found.explanation
    return said is not None and said.sheet.startswith(RESULTS)


# ---- cells -------------------------------------------------------------------------------


def _spots(found: Iterable[Finding]) -> Iterator[tuple[str, Spot]]:
    """Yield cells with the words of their comment: one comment for all that is told of a cell."""
    at: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for item in found:
        if all(_at(item)) and not _refuses_words(item):
            at[_at(item)].append(item)
    for _, items in sorted(at.items()):
        area = max((f.where.cell or "" for f in items), key=len)
        must = any(f.severity == "must" for f in items)
        yield area, Spot("must" if must else "query", "\n".join(_comment(items)))


def _comment(items: list[Finding]) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        mark = f"{number}. " if len(items) > 1 else ""
        yield f"{mark}{_word(item)}（{item.code}）：{short(item.message, _LONGEST)}"
        yield f"怎样修改：{short(item.remedy, _LONGEST)}"
        if item.suggestion and item.stands:
            yield f"{SUGGESTED}：{short(item.suggestion, _LONGEST)}"


# ---- rows --------------------------------------------------------------------------------


def _opinions(
    found: Iterable[Finding], head: int, mends: Mapping[Finding, str]
) -> Iterator[tuple[int, Opinion]]:
    rows: dict[int, list[Finding]] = defaultdict(list)
    for item in found:
        if _in_row(item, head) and (item.stands or _beside(item)):
            rows[_at(item)[0]].append(item)
    for row, items in sorted(rows.items()):
        yield (
            row,
            Opinion(
                text="\n".join(map(_line, items)),
                asks=any(f.severity == "query" and f.stands for f in items),
                words=next((words for f in items if (words := _words(f))), ""),
                suggested="\n".join(dict.fromkeys(_mends(items, mends))),
            ),
        )


def _mends(items: Iterable[Finding], mends: Mapping[Finding, str]) -> Iterator[str]:
    for item in items:
        if before := mends.get(item):
            at = item.where
            yield mend_in_row(at.cell or "", at.field or "", before, item.suggestion or "")


def _in_row(found: Finding, head: int) -> bool:
    return bool(head) and _at(found)[0] > head


def _beside(found: Finding) -> bool:
    """Tell whether a query is explained in its row, in a column that a new copy makes anew."""
    return found.explanation is not None and found.explanation.sheet == found.where.sheet


def _words(found: Finding) -> str:
    """Return what was written in explanation before, taken or not."""
    if found.explanation is not None:
        return found.explanation.text
    return found.got if _refuses_words(found) else ""


def _line(found: Finding) -> str:
    message, field = short(found.message, _LONGEST), found.where.field
    named = f"{field}：" if field and field not in message else ""
    return f"【{_word(found)}】{named}{message}。{short(found.remedy, _LONGEST)}（{found.code}）"


# ---- the first sheet ---------------------------------------------------------------------


def _entry(found: Finding, sheets: Mapping[str, int], mends: Mapping[Finding, str]) -> Entry:
    where = found.where
    sheet, place, message = line_for(found)
    at, row_key = where.cell or "", where.row_key or ""
    here = where.sheet if where.sheet in sheets else None
    before = mends.get(found, "")
    return Entry(
        severity=_word(found),
        sheet=sheet,
        place="、".join(word for word in (at, row_key) if word) or place,
        link=(here, at if all(_at(found)) else "A1") if here else None,
        opinion=message,
        remedy=short(found.remedy, _LONGEST),
        basis=found.basis,
        asks=found.severity == "query" and not _refuses_words(found),
        words=_words(found) if _kept_there(found) else "",
        suggested=mend_words(before, found.suggestion or "") if before else "",
    )
