"""The rules of a regime, each kind as a type: what is demanded, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sxxt_excel.model.forms import When
    from sxxt_excel.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Law:
    """What every rule has: id, obligations served, severity, clause, title and words."""

    id: str
    title: str
    serves: tuple[str, ...]
    severity: Severity
    basis: str
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a form: whose (`level`, `roles`), which (`where`), and which not (`unless`)."""

    form: str
    level: str | None = None
    roles: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Cascade:
    """Each row of `demand` is named by at least one row of `supply`, through field `by`.

    A row of `supply` with its `unless` filled is a reason why not, no taker.

    `scope`: where the taker may stand: the same `unit`, `members` of the same unit,
    units `in_charge` of the row's filer, units one level `below` that belong to the row's
    own. `told`: the `unit` that must act, or the `office`. `limit`: a field of both
    that must not end later in the supply.
    """

    law: Law
    demand: Rows
    supply: Rows
    by: str
    scope: Literal["unit", "members", "in_charge", "below"]
    told: Literal["unit", "office"] = "unit"
    each_period: bool = False
    limit: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """At least n of something a unit within a window, read from a register of figures.

    `value` is summed over rows of `form` that satisfy `where`; the bar is `at_least`,
    or the figure of the rows that satisfy `at_least_where`. `reason` is the column in which
    a unit says why its figure falls short. `packets`: asked of those that owe one of these
    (none named: of all that owe one with the form).
    """

    law: Law
    form: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    value: str
    window: str
    at_least: int = 1
    at_least_where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reason: str | None = None
    packets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supply:
    """Dated rows of a register that answer a need.

    A row counts where it satisfies `where`, its `date` is filled in and falls in the window,
    and the columns name who is meant: `names` the unit or person asked of (or the second of
    a pair), `by` the first of a pair. `year` is a column that says for which year a row
    counts, instead of its date. Rows alike in all of `distinct` count once.
    """

    form: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    date: str | None = None
    year: str | None = None
    names: str | None = None
    by: str | None = None
    distinct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """At least n records of something, of each one it is asked of, within a window.

    `each`: `unit`: every unit of `filers`, in its own workbooks; `filer`: every filer of
    `filers` there; `secretary`: its secretary; `department`: every department that belongs
    to it; `pair`: every pair `pairs` names in it
    (`heads`: its head with each other member; `branches`: with the secretaries of the branches
    below; `sections`: with the heads of its sections; `charges`: each member with the head of
    every department of his charge); `subject`: every unit of the kinds `units`, whosever rows
    name it; `holder`: everyone with a role of `filers`, whosever rows name him. A row of any
    `supply` counts. `window` is 年度, 上半年, 下半年, 每半年, 任期 or one of the settings.
    """

    law: Law
    each: Literal["unit", "filer", "secretary", "department", "pair", "subject", "holder"]
    supply: tuple[Supply, ...]
    window: str
    filers: str = ""
    units: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One meeting, paper or report that a document's catalogue asks for.

    `name` is "" where the document does not name it: nothing is asked until the office
    does. `need` is what it asks once it has a name; `after` is the slot whose day may not
    be later than its own. `aliases` are other names people give it.
    """

    kind: Literal["会", "书", "报告"]
    name: str
    need: Need
    after: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """The records of a period number as many as the unit's own figure says."""

    law: Law
    supply: Supply
    form: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every expected filer (and each area of his role) has a row in `form`.

    `document`: a field naming an attachment that stands in for the rows.
    """

    law: Law
    packets: tuple[str, ...]
    form: str
    areas: bool = False
    roles: tuple[str, ...] = ()
    document: str | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """The lists of these roles are countersigned by `signer`, in `form` of `packets`."""

    law: Law
    packets: tuple[str, ...]
    form: str
    roles: tuple[str, ...]
    signer: Literal["unit_secretary", "leader_in_charge"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: a field that must be filled, when, and not before which.

    `values`: filled with one of these. `after`: asked for only once the day in that field
    has passed: what is then lacking is overdue.
    """

    field: str
    when: When
    values: tuple[str, ...] = ()
    not_before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that follow one another within a row of `form`.

    `reason` is a column in which the row says why a step is lacking.
    """

    law: Law
    form: str
    steps: tuple[Step, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Manual:
    """An obligation that people check, not the machine: a line on 口径说明."""

    serves: tuple[str, ...]
    title: str
    basis: str
