"""A form and its fields, and the rules within one of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from sxxt_excel.model.severity import Severity

Kind = Literal[
    "serial", "text", "long", "int", "number", "date", "limit", "choice", "choices",
    "key", "ref", "refs", "filer", "person", "signer", "file", "phone", "unit", "year",
    "period", "label",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

SOURCES: tuple[str, ...] = ("post", "identity", "field", "charge", "since", "until")
UNIT_SOURCES: tuple[str, ...] = ("secretary_above", "leader_in_charge", "discipline_head")


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a reference field points: `form`, in the same `unit` or the level `above`."""

    form: str
    scope: Literal["unit", "above"] = "unit"


@dataclass(frozen=True, slots=True)
class Field:
    """One heading of a form; `name` is the heading to the letter.

    `choices` are the allowed values (empty: free), `choices_by_role` says that they are
    the regime's areas of the row's filer; `open` lets other values pass with a note.
    `frame` marks what an issued workbook brings along: a row of nothing else is blank.
    `source` names what of a person it is pre-filled with, one of `SOURCES`, or who over the
    unit, one of `UNIT_SOURCES`, as a default in every row. `max_length`
    is how many characters may stand there (0: as many as one likes). `under` names the
    heading whose number this one may go on from (问题编号-1). `happened`: the date of something
    done, which can't come after the day on which it is filed. `planned`: the time limit of a plan
    for a year, which can't be over before that begins. `blanks` are words that stand for
    nothing where they are all that a cell says: 待定.
    """

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    choices_by_role: bool = False
    open: bool = False
    synonyms: tuple[tuple[str, str], ...] = ()
    to: Ref | None = None
    maximum: str | None = None
    aliases: tuple[str, ...] = ()
    width: int = 12
    hint: str = ""
    example: str = ""
    frame: bool = False
    office: bool = False
    locked: bool = False
    source: str = ""
    max_length: int = 0
    under: str = ""
    happened: bool = False
    planned: bool = False
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """A condition on one row: each named field is filled, or is one of the values.

    `role` restricts it to rows whose 责任主体 or 姓名 holds one of these roles.
    """

    filled: tuple[str, ...] = ()
    equals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    role: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowRule:
    """One rule within a row: `only`, `needs`, `one_of`, `not_before`, `equal` or `expect`.

    `only`: nothing but these fields is required there. `needs`: these are required too.
    `one_of`: at least one of these is filled. `not_before`: (later field, earlier field).
    `equal`: the first field says the same as the second, where both are filled. `expect`:
    field and its allowed values. A rule has exactly one of the six.
    """

    id: str
    when: When = When()
    only: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    not_before: tuple[str, str] | None = None
    equal: tuple[str, str] | None = None
    expect: tuple[str, tuple[str, ...]] | None = None
    severity: Severity = "must"
    title: str = ""
    serves: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """What one form gets from a sheet that stands for several.

    `columns`: (heading of that form, heading of the sheet). `number`: its item numbers are
    the sheet's `same`, go on `under` them (-1, -2), or are its `own` with the same count.
    Rows alike in all of `once`, as far as they say anything, are one row of it, with the latest
    time limit of those in `latest` and the least advanced status of those in `slowest`. `words`
    are values that it calls by another name.
    """

    form: str
    columns: tuple[tuple[str, str], ...]
    number: Literal["same", "under", "own"] = "same"
    once: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    slowest: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One form, that is one sheet of a workbook.

    `layout` "table": headings in a row; "cover": labels in a column, one record a file.
    `number` is the type code inside item numbers (ZR); `fixed` are rows that stand
    pre-printed, as (field, value) pairs. `splits` say which forms a sheet stands for. In one
    with `counts_only` no name may stand, and a row of totals may.
    """

    id: str
    number: str
    title: str
    fields: tuple[Field, ...]
    layout: Literal["table", "cover"] = "table"
    rows: tuple[RowRule, ...] = ()
    fixed: tuple[tuple[tuple[str, str], ...], ...] = ()
    aliases: tuple[str, ...] = ()
    purpose: str = ""
    optional: bool = False
    landscape: bool = True
    splits: tuple[Split, ...] = ()
    counts_only: bool = False

    def field(self, name: str) -> Field | None:
        """Return the field of that heading, or None."""
        return next((f for f in self.fields if f.name == name), None)

    def of_kind(self, *kinds: Kind) -> tuple[Field, ...]:
        """Return the fields of the given kinds, in order."""
        return tuple(f for f in self.fields if f.kind in kinds)

    @property
    def key(self) -> str | None:
        """Return the heading of the item number, or None."""
        return next((f.name for f in self.fields if f.kind == "key"), None)

    @property
    def words(self) -> str | None:
        """Return the heading of an item's own words: the first required long text."""
        return next((f.name for f in self.fields if f.kind == "long" and f.required), None)

    @property
    def subject(self) -> str | None:
        """Return the heading that says which unit a row is about, or None."""
        if self.layout == "cover":
            return None
        return next((f.name for f in self.fields if f.kind == "unit"), None)

    @property
    def filer(self) -> str | None:
        """Return the heading that says whose row it is (责任主体, or 姓名 of a person)."""
        return next((f.name for f in self.fields if f.kind in {"filer", "person"}), None)
