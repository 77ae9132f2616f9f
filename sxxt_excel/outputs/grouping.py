"""Findings → lines for people: thirty equal faults in a column are one line with “C3:C32”.

Nothing is lost: a group keeps its findings, and its ranges name exactly their cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sxxt_excel.findings import quoted
from sxxt_excel.formats.places import place
from sxxt_excel.model.severity import SEVERITIES
from sxxt_excel.text import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import Explanation, Finding, Where

_RIGHT_OF_ALL = 1 << 20
_MOST_SAMPLES = 5
_LONGEST_SAMPLE = 40
# Characters of no meaning that clean() takes out of every cell: no message holds them.
_GOT, _KEY = "\x00", "\x01"

_Shape = tuple[str, str]
_Place = tuple[int, int, str]


@dataclass(frozen=True)
class Group:
    """Equal findings of one unit and one sheet, as one line.

    `said` and `advice` are message and remedy with marks where what was found and the
    row's number stand; `alike` tells whether all their messages are of that shape. Not
    slotted: what is derived is kept.
    """

    findings: tuple[Finding, ...]
    said: str
    advice: str
    alike: bool = True

    @property
    def code(self) -> str:
        """Return the code they share."""
        return self.findings[0].code

    @property
    def severity(self) -> Severity:
        """Return the severity they share."""
        return self.findings[0].severity

    @property
    def where(self) -> Where:
        """Return the first address; file, sheet, heading and unit are shared by all."""
        return self.findings[0].where

    @property
    def basis(self) -> str:
        """Return the clause they share."""
        return self.findings[0].basis

    @property
    def rule(self) -> str | None:
        """Return the rule they share."""
        return self.findings[0].rule

    @property
    def stands(self) -> bool:
        """Tell whether there is still something to be done about them."""
        return self.findings[0].stands

    @property
    def explanation(self) -> Explanation | None:
        """Return the words that explain all of them."""
        return self.findings[0].explanation

    @property
    def count(self) -> int:
        """Return how many findings stand in this line."""
        return len(self.findings)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Return the cells, each once, by column and row; findings without a cell add none."""
        return tuple(sorted({f.where.cell for f in self.findings if f.where.cell}, key=_place))

    @cached_property
    def places(self) -> str:
        """Return the cells as people write them: C3:C32, or C3、C5:C7; empty without any."""
        return "、".join(_ranges(self.cells))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the distinct row numbers (项目编号 …), in order of the cells."""
        return _distinct(f.where.row_key or "" for f in self.findings)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Return the distinct found values, in order of the cells, long ones cut."""
        return tuple(short(got, _LONGEST_SAMPLE) for got in _distinct(f.got for f in self.findings))

    @cached_property
    def samples(self) -> str:
        """Return the found values: “A”“B”等7处; empty where nothing was found."""
        return f"“{self._listed(self.values, '”“', '”')}" if self.values else ""

    @cached_property
    def message(self) -> str:
        """Return one sentence for all."""
        if self.alike:
            return self._filled(self.said)
        first = Group(self.findings[:1], self.said, self.advice)
        return f"{first.message}（其余{self.count - 1}处同类）"

    @cached_property
    def remedy(self) -> str:
        """Return what to do about all of them."""
        return self._filled(self.advice)

    def _filled(self, shape: str) -> str:
        """Put what was found and the row numbers where the shape has their marks."""
        for mark, words in ((_GOT, self.values), (_KEY, self.keys)):
            quoted = f"“{mark}”"
            if quoted in shape:
                shape = shape.replace(quoted, "“" + self._listed(words, "”“", "”"))
            else:
                shape = shape.replace(mark, self._listed(words, "、", ""))
        return shape

    def _listed(self, words: tuple[str, ...], between: str, end: str) -> str:
        """Join the words; only where cells lead to them may some be left out."""
        shown = words[:_MOST_SAMPLES] if self.cells else words
        rest = f"等{self.count}处" if len(shown) < len(words) else ""
        return f"{between.join(shown)}{end}{rest}"


def group(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the findings as lines: must, query, note; then by file, sheet and first cell.

    Sheets keep the order in which the findings come, that of the document.
    """
    found: dict[tuple[object, ...], list[Finding]] = {}
    sheets: dict[str, int] = {}
    for item in findings:
        found.setdefault(_key(item, _shape(item)), []).append(item)
        sheets.setdefault(item.where.sheet or "", len(sheets))
    groups = (_group(items) for items in found.values())
    return tuple(sorted(groups, key=lambda item: _order(item, sheets)))


def _group(items: list[Finding]) -> Group:
    items.sort(key=_first)
    said, advice = _shape(items[0])
    return Group(tuple(items), said, advice, all(_shape(item)[0] == said for item in items))


def tally(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, all three named."""
    counted = Counter(f.severity for f in findings)
    return {severity: counted[severity] for severity in SEVERITIES}


def _key(item: Finding, shape: _Shape) -> tuple[object, ...]:
    where = item.where
    # What was repaired cell by cell asks for nothing: its wording need not agree.
    said = None if item.severity == "note" and where.cell else shape[0]
    return (
        item.severity, item.code, item.rule, item.basis, where.unit_code, where.unit,
        where.path, where.sheet, where.form, where.field, said, shape[1], item.explanation,
    )  # fmt: skip


def _shape(item: Finding) -> _Shape:
    field = f"“{item.where.field}”" if item.where.field else ""

    def shape(text: str) -> str:
        head, text = (field, text[len(field) :]) if text.startswith(field) else ("", text)
        return head + _marked(_marked(text, quoted(item.got), _GOT), item.where.row_key or "", _KEY)

    return shape(item.message), shape(item.remedy)


def _marked(text: str, word: str, mark: str) -> str:
    """Put the mark where the word stands first, in quotes if it stands so."""
    if not word:
        return text
    quoted = f"“{word}”"
    if quoted in text:
        return text.replace(quoted, f"“{mark}”", 1)
    return text.replace(word, mark, 1)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _place(cell: str) -> _Place:
    """Sort cells by column, then row; what is no single cell comes last, as text."""
    row, column = place(cell)
    return (column, row, "") if row else (_RIGHT_OF_ALL, 0, cell)


def _ranges(cells: Iterable[str]) -> Iterator[str]:
    run: list[str] = []
    for cell in cells:
        if run and not _follows(run[-1], cell):
            yield _range(run)
            run = []
        run.append(cell)
    if run:
        yield _range(run)


def _follows(before: str, cell: str) -> bool:
    column, row, _ = _place(before)
    return row > 0 and _place(cell) == (column, row + 1, "")


def _range(run: list[str]) -> str:
    return run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}"


def _first(item: Finding) -> tuple[_Place, str]:
    """Sort by cell, then row number; those without either keep the order they came in."""
    where = item.where
    return _place(where.cell) if where.cell else (0, 0, ""), where.row_key or ""


def _order(item: Group, sheets: Mapping[str, int]) -> tuple[object, ...]:
    where = item.where
    column, row, _ = _first(item.findings[0])[0]
    return (
        SEVERITIES.index(item.severity), where.path or "", sheets[where.sheet or ""], row, column,
        item.code, item.rule or "", item.message, item.remedy, item.basis, where.field or "",
        where.form or "", where.unit_code or "", where.unit or "",
    )  # fmt: skip
