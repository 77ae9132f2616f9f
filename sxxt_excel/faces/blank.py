"""What one issued workbook is to hold, and the rows it brings along."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from sxxt_excel.faces.sheet import OFFICE_FONTS, TemplateError
from sxxt_excel.periods import period_title, period_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sxxt_excel.faces.sheet import Cell, Fonts
    from sxxt_excel.model.forms import Field, Form
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Filer, Unit
    from sxxt_excel.stamp import Stamp

_KEYED_ROWS, _OTHER_ROWS, _SPARE_ROWS = 20, 10, 5
_UNIT_CODE = "单位代码"
_UNKNOWN = "____"
_EXAMPLE_YEAR = "2025"
"""The year that hints and examples of the definitions are written in."""


@dataclass(frozen=True, slots=True)
class ParentItem:
    """An item one level up that concerns the unit: number, 工作项目 and time limit."""

    key: str
    text: str
    limit: str


@dataclass(frozen=True, slots=True)
class Blank:
    """What one workbook is to hold; an official blank has no unit, filers or period.

    `rows` are pre-filled rows by form and heading, `defaults` what every row of a form brings
    along, to be changed where it is not so. `prefix` begins the item numbers
    ("JX-2025-"), which start at `first_number`; without a prefix none are filled in.
    """

    regime: Regime
    packet: Packet
    year: int | None
    period: str
    stamp: Stamp
    unit: Unit | None = None
    filers: tuple[Filer, ...] = ()
    rows: Mapping[str, tuple[Mapping[str, Cell], ...]] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    parents: tuple[ParentItem, ...] = ()
    prefix: str = ""
    first_number: int = 1
    fonts: Fonts = OFFICE_FONTS

    def title(self, text: str) -> str:
        """Return a title with year, period and the packet's title filled in."""
        year = self.year or _UNKNOWN
        period = period_title(self.period) if self.period else f"{year}年{_UNKNOWN}"
        whole = text.replace("{title}", self.packet.title)
        return whole.replace("{年度}", f"{year}年度").replace("{期}", period)


def worked(blank: Blank) -> tuple[Form, ...]:
    """Return the sheets with examples that may be typed as they stand in this workbook.

    Who files and what there is to choose from is the regime's and the unit's, and the year is
    that of the round: a fixed example would be refused elsewhere.
    """
    regime, packet = blank.regime, blank.packet.id
    groups = (regime.filers_of(o.filers) for o in regime.obligations if o.packet == packet)
    owing = (name for group in groups for name in group.roles)
    roles = [regime.role(name) for name in (*(f.role for f in blank.filers if f.role), *owing)]
    labels = (*(f.label for f in blank.filers), *(role.id for role in roles if role.body))
    areas = next((role.areas for role in roles if role.areas), ())
    return tuple(
        replace(f, fields=tuple(_of_year(_exemplified(i, labels, areas), blank) for i in f.fields))
        for f in regime.sheets(packet)
    )


def _exemplified(item: Field, labels: tuple[str, ...], areas: tuple[str, ...]) -> Field:
    if item.kind == "filer":
        return replace(item, example=next(iter(labels), ""))
    return replace(item, example=next(iter(areas), "")) if item.choices_by_role else item


def _of_year(item: Field, blank: Blank) -> Field:
    """Let hint and example speak of the year that is collected."""
    year = str(blank.year or _EXAMPLE_YEAR)
    hint, example = (text.replace(_EXAMPLE_YEAR, year) for text in (item.hint, item.example))
    return replace(item, hint=hint, example=example)


def refuse_strays(blank: Blank) -> None:
    """Raise TemplateError where a pre-filled row names a sheet or heading that is not there."""
    forms = {form.id: form for form in blank.regime.sheets(blank.packet.id)}
    for form_id, rows in blank.rows.items():
        if form_id not in forms:
            raise TemplateError(f"“{blank.packet.id}”中没有“{form_id}”这张表")
        for name in (name for row in rows for name in row):
            if forms[form_id].field(name) is None:
                raise TemplateError(f"“{form_id}”没有“{name}”这一列")


def locked(blank: Blank, form: Form, item: Field) -> bool:
    """Tell whether a clerk may not write in that column or, on the cover, in that cell.

    What would be pre-filled but is not known yet stays open.
    """
    if item.office:
        return True
    if form.layout == "cover":
        return item.locked and item.name in cover_values(blank, form)
    fixed = any(item.name == name for row in form.fixed for name, _ in row)
    return fixed or (item.locked and bool(blank.rows.get(form.id)))


def cover_values(blank: Blank, form: Form) -> dict[str, Cell]:
    """Return what the cover brings along, by label."""
    values: dict[str, Cell] = {}
    for item in form.fields:
        if item.kind == "unit" and blank.unit:
            values[item.name] = blank.unit.name
        elif item.name == _UNIT_CODE and blank.unit:
            values[item.name] = blank.unit.code
        elif item.kind == "year" and blank.year:
            values[item.name] = blank.year
        elif item.kind == "period" and blank.period:
            values[item.name] = period_word(blank.period)
    for row in blank.rows.get(form.id, ()):
        values.update(row)
    return values


def table_rows(blank: Blank, form: Form) -> tuple[dict[str, Cell], ...]:
    """Return the rows a table brings along: given, fixed, and frames to be filled in."""
    given = blank.rows.get(form.id, ())
    numbers = _free_numbers(blank, form)
    rows: list[dict[str, Cell]] = []
    for index in range(_row_count(form, len(given))):
        fixed = dict(form.fixed[index]) if index < len(form.fixed) else {}
        own = given[index] if index < len(given) else {}
        row: dict[str, Cell] = {**_frame(blank, form, index), **fixed, **own}
        key = _own_key(form)
        if key and blank.prefix and not row.get(key):
            row[key] = next(numbers)
        rows.append(row)
    return tuple(rows)


def _row_count(form: Form, given: int) -> int:
    if form.fixed:
        return max(len(form.fixed), given)
    # Rows under locked numbers are the register itself: nothing can be added to it.
    if given and any(item.locked for item in form.of_kind("key")):
        return given
    return max(_KEYED_ROWS if form.key else _OTHER_ROWS, given + _SPARE_ROWS if given else 0)


def _frame(blank: Blank, form: Form, index: int) -> dict[str, Cell]:
    row: dict[str, Cell] = {item.name: index + 1 for item in form.of_kind("serial")}
    if len(blank.filers) == 1:
        row |= {item.name: blank.filers[0].label for item in form.of_kind("filer")}
    return row | dict(blank.defaults.get(form.id, {}))


def _own_key(form: Form) -> str | None:
    """The number a unit gives itself; one that names an item of another list is not."""
    keys = (item.name for item in form.of_kind("key") if item.to is None and not item.locked)
    return next(keys, None)


def _free_numbers(blank: Blank, form: Form) -> Iterator[str]:
    taken = {str(row.get(form.key or "", "")) for row in blank.rows.get(form.id, ())}
    numbers = (f"{blank.prefix}{form.number}-{n:03d}" for n in count(blank.first_number))
    return (number for number in numbers if number not in taken)
