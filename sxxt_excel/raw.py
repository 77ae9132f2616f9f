"""What a reading worker hands over of one workbook: stamp and tables, with values as they stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sxxt_excel.text import Value, clean, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.marks import Adopted, Said
    from sxxt_excel.model.forms import Form
    from sxxt_excel.read import Sheet
    from sxxt_excel.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: an error like #N/A, or a formula never calculated."""

    code: str
    text: str


Raw = Value | Fault


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a sheet to be told: a code of the catalogue, a cell and words."""

    code: str
    form: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of one form on one sheet, column by column.

    `rows` are Excel row numbers; `columns` maps heading → its raw values, one a row;
    `letters` maps heading → column letter. A cover has one row and `cells` instead. `names`
    maps heading → what it is called on the sheet, where one sheet stands for several forms, and
    `moved` (row, heading) → the row where a value stands that counts for several rows.
    Of a form with `counts_only`, `beside` are the texts in cells that are no data (A1, text),
    and `totals` the rows that say the sum of all others (Excel row, heading → value).
    """

    form: str
    sheet: str
    header_row: int
    rows: tuple[int, ...]
    columns: dict[str, list[Raw]]
    letters: dict[str, str]
    missing: tuple[str, ...] = ()
    cells: dict[str, str] | None = None
    names: dict[str, str] | None = None
    beside: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[int, dict[str, Raw]], ...] = ()
    moved: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def cell(self, row: int, heading: str | None) -> str | None:
        """Return the A1 name of a heading's cell in an Excel row; a cover has but one each."""
        if heading is None:
            return None
        if self.cells is not None:
            return self.cells.get(heading)
        letter = self.letters.get(heading)
        return f"{letter}{self.moved.get((row, heading), row)}" if letter else None


@dataclass(frozen=True, slots=True)
class Extract:
    """What a workbook holds for us. `heading` is the text above the tables, for evidence.

    `private` tells of numbers of persons, which are masked in all the rest. `said`: what stands
    beside the marks of a marked copy that came back, and `adopted` which suggestions there; of
    the marks themselves nothing is here. `pointed`: what explanations are about that stayed with a
    level below (涉及表, 涉及编号或单元格), without their words. `mended_at` is when the last 更正单
    came whose rows were put into it, "" where none was.
    """

    kind: str
    stamp: Stamp | None
    tables: tuple[RawTable, ...]
    remarks: tuple[Remark, ...]
    heading: str = ""
    macros: bool = False
    links: bool = False
    private: tuple[Remark, ...] = ()
    said: tuple[Said, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    pointed: tuple[tuple[str, str], ...] = ()
    mended_at: str = ""


def text_of(raw: Raw) -> str:
    """Return what a cell says, one without a usable value as it was written."""
    return raw.text if isinstance(raw, Fault) else clean(to_text(raw))


def own_headings(form: Form) -> tuple[str, ...]:
    """Return the headings under which a unit says something: nothing there is issued with it."""
    fields = (f for f in form.fields if not (f.frame or f.locked or f.kind == "label"))
    return tuple(field.name for field in fields)


def own_columns(table: RawTable, form: Form) -> list[list[Raw]]:
    """Return those columns of a table in which a unit says something itself."""
    return [table.columns[name] for name in own_headings(form) if name in table.columns]


def said_rows(table: RawTable, form: Form) -> list[int]:
    """Return the places of rows in which a unit says something, be it without a usable value."""
    own = own_columns(table, form)
    return [at for at in range(len(table.rows)) if any(is_filled(raws[at]) for raws in own)]


def contents(table: RawTable, form: Form, headings: Iterable[str]) -> set[tuple[str, ...]]:
    """Return what those rows say under some headings; "" where one is not there."""
    blank: list[Raw] = [None] * len(table.rows)
    columns = [table.columns.get(name, blank) for name in headings]
    return {tuple(text_of(raws[at]) for raws in columns) for at in said_rows(table, form)}


def is_filled(raw: Raw) -> bool:
    """Tell a cell in which something stands, be it without a usable value."""
    return isinstance(raw, Fault) or text_of(raw) != ""


def faults_of(sheet: Sheet) -> dict[tuple[int, int], Fault]:
    """Return the cells of a sheet without a usable value, by their positions."""
    faults = {place: Fault("V110", text) for place, text in sheet.errors}
    faults.update((place, Fault("V111", "")) for place in sheet.uncalculated)
    return faults
