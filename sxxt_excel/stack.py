"""All rows of one form over all files, typed, and where each of its cells stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.outcome import Where
from sxxt_excel.result import FILE, FILER, LAST_DAY, ROLE, ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import RawTable
    from sxxt_excel.submissions import Submission


@dataclass(frozen=True, slots=True)
class Stack:
    """All rows of one form.

    `form`: as it applies to the first file. `frame`: rows that say something. `known`: same
    index, a boolean a heading. `bare`: rows that hold only what was pre-filled. `tables`: file
    number → the sheet it came from, which knows the letter of each heading and which headings
    are missing. `told`: heading → rows where its cell is blank though required or none of its
    choices.
    """

    form: Form
    frame: pd.DataFrame
    known: pd.DataFrame
    bare: pd.DataFrame
    submissions: Mapping[int, Submission]
    tables: Mapping[int, RawTable]
    told: Mapping[str, frozenset[int]]

    def lacks(self, number: int, field: str) -> bool:
        """Tell whether a file's sheet has no column of that heading."""
        return number in self.tables and field in self.tables[number].missing

    def lacking(self, *names: str) -> list[int]:
        """Return the files whose sheet has no column of one of these headings."""
        return [n for n in self.tables if any(self.lacks(n, name) for name in names)]

    def day(self, name: str) -> str:
        """Return the column of the frame that holds a heading's day: of a 时限 its last one."""
        return name + LAST_DAY if name + LAST_DAY in self.frame else name

    def is_told(self, name: str) -> pd.Series[bool]:
        """Return where a cell itself is told of, so that no rule tells of it again.

        It is blank though required, none of its choices, or nobody of the workbook.
        """
        told = pd.Series(self.frame.index.isin(list(self.told.get(name, ()))), self.frame.index)
        field = self.form.field(name)
        if field is not None and field.kind == "person" and name == self.form.filer:
            told |= self.frame[name].notna() & self.frame[ROLE].isna()
        return told

    def header(self, number: int, field: str) -> Where:
        """Return the address of a heading itself in one file's sheet."""
        table = self.tables[number]
        letter = table.letters.get(field)
        return self._at(number, field, f"{letter}{table.header_row}" if letter else None)

    def submission(self, label: int) -> Submission:
        """Return whose row of the frame it is."""
        return self.submissions[self.frame[FILE].loc[label]]

    def where(self, label: int, field: str | None, *, bare: bool = False) -> Where:
        """Return the address of a heading's cell in a row of the frame."""
        row = (self.bare if bare else self.frame).loc[label].to_dict()
        number = int(row[FILE])
        where = self._at(number, field, self.tables[number].cell(int(row[ROW]), field))
        key = self.form.key
        return replace(where, row_key=_text(row[key]) if key else None, filer=_text(row[FILER]))

    def _at(self, number: int, field: str | None, cell: str | None) -> Where:
        submission, table = self.submissions[number], self.tables[number]
        if table.names is not None and field is not None:
            field = table.names.get(field, field)
        return Where(
            path=submission.path,
            sheet=table.sheet,
            cell=cell,
            unit=submission.unit_name,
            unit_code=submission.unit_code,
            form=self.form.id,
            field=field,
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def merge(stacks: Sequence[Stack]) -> Stack:
    """Join the stacks of one form's variants; row labels become unique."""
    if len(stacks) == 1:
        return stacks[0]
    shifted, start = [], 0
    told: dict[str, frozenset[int]] = {}
    for stack in stacks:
        for name, labels in stack.told.items():
            told[name] = told.get(name, frozenset()) | {label + start for label in labels}
        shifted.append(
            tuple(f.set_axis(f.index + start) for f in (stack.frame, stack.known, stack.bare))
        )
        start += len(stack.frame) + len(stack.bare)
    frames, knowns, bares = zip(*shifted, strict=True)
    return replace(
        stacks[0],
        frame=pd.concat(frames),
        known=pd.concat(knowns),
        bare=pd.concat(bares),
        tables={number: table for stack in stacks for number, table in stack.tables.items()},
        told=told,
    )
