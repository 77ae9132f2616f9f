"""What the definitions say, as types: forms, packets, duties and rules of a regime.

All are frozen and slotted, all sequences are tuples: a definition that was loaded
once may be shared by every thread and process of a pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from sxxt_excel.people import Unit

Severity = Literal["must", "query", "note"]
SEVERITIES: tuple[Severity, ...] = ("must", "query", "note")
SEVERITY_WORDS: dict[Severity, str] = {"must": "须修改", "query": "需说明", "note": "供参考"}

Duty = Literal["报送", "按需", "留存", "自存"]
DUTIES: tuple[Duty, ...] = ("报送", "按需", "留存", "自存")
OWED: Duty = "报送"
"""What is to be filed by a day."""
NEEDED: Duty = "按需"
"""What is to be filed once something has happened: the office says for whom it has."""
KEPT: Duty = "自存"
"""What the office keeps itself, and collects from nobody."""

Kind = Literal[
    "serial", "text", "long", "int", "number", "date", "limit", "choice", "choices",
    "key", "ref", "refs", "filer", "person", "signer", "file", "phone", "unit", "year",
    "period", "label",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

SOURCES: tuple[str, ...] = ("post", "identity", "field", "charge", "since", "until")
UNIT_SOURCES: tuple[str, ...] = ("secretary_above", "leader_in_charge", "discipline_head")

# ---- definitions: forms ------------------------------------------------------------


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
    done, which can't come after the day on which it is filed. `blanks` are words that stand for
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


# ---- definitions: regime -----------------------------------------------------------


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
class Role:
    """A kind of filer. `body`: the body itself. Else people by 班子身份 or by title.

    `titles` add members of the body whose 职务 is one of them (院长, not 副院长). A person
    has the first role, in the order of `Filers.roles`, that fits him. `units` are the kinds
    of unit that have this role (none named: all have), `organs` what their 纪检机构 must be
    where the roster says. `secretary`: of those who fit only the unit's secretary, if it has one.
    """

    id: str
    body: bool = False
    secretary: bool = False
    identity: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()

    def in_unit(self, unit: Unit) -> bool:
        """Tell whether a unit has this role at all."""
        of_kind = not self.units or unit.kind in self.units
        return of_kind and (not self.organs or unit.discipline in {"", *self.organs})


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the tree, from the top down: its id and its kinds of unit."""

    id: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filers:
    """Who files: kinds of unit and roles in them; `optional` kinds a setting may add.

    `once`: a person with posts in several units files in the first one only. `single`:
    kinds of unit where a lone secretary is body and head in one. `uncovered`: kinds that
    file only where no party body of the roster does so for them. `discipline`: only units
    whose 纪检机构 is one of these.
    """

    id: str
    units: tuple[str, ...]
    roles: tuple[str, ...]
    optional: tuple[str, ...] = ()
    once: bool = False
    single: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    discipline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packet:
    """One workbook (套表): its sheets in order, and its short code for issue numbers.

    `office`: filed by the office itself or a group of its own, so that the columns which the
    office fills in are its to fill. `travels`: its rows go up with the 上报版. `rollup`: it is
    the 上报版 itself, which has no sheets to fill in. `one_sheet` is the form that an office
    may choose instead of its sheets.
    """

    id: str
    number: str
    title: str
    sheets: tuple[str, ...]
    basis: str
    parent_list: str | None = None
    office: bool = False
    travels: bool = False
    rollup: bool = False
    one_sheet: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes which packet for what period by when; `serves[0]` is the filing duty.

    `about`: kinds of unit that each is the subject of a workbook of its own (an assessment
    of each unit, filed by one group).
    """

    id: str
    title: str
    serves: tuple[str, ...]
    packet: str
    filers: str
    duty: Duty
    period: str
    basis: str
    due: str | None = None
    accepts: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    window: str | None = None
    about: tuple[str, ...] = ()


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
    a unit says why its figure falls short.
    """

    law: Law
    form: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    value: str
    window: str
    at_least: int = 1
    at_least_where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reason: str | None = None


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
    (`heads`: its head with each other member; `charges`: each member with the head of every
    department of his charge); `subject`: every unit of the kinds `units`, whosever rows
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


@dataclass(frozen=True, slots=True)
class Regime:
    """One governing document: levels, filers, packets, obligations and rules.

    `lineage`: its own id and those of the regimes it extends, nearest first. `strictest`:
    the sternest a finding about content may be (a document that is no order binds nobody).
    `authority`: the office's own document and its number, which lifts that.
    """

    id: str
    document: str
    number: str
    issued: str
    levels: tuple[Level, ...]
    roles: tuple[Role, ...]
    filers: tuple[Filers, ...]
    packets: tuple[Packet, ...]
    obligations: tuple[Obligation, ...]
    cascades: tuple[Cascade, ...]
    counts: tuple[Count, ...]
    coverages: tuple[Coverage, ...]
    signoffs: tuple[SignOff, ...]
    chains: tuple[Chain, ...]
    needs: tuple[Need, ...]
    slots: tuple[Slot, ...]
    agreements: tuple[Agreement, ...]
    manual: tuple[Manual, ...]
    row_rules: tuple[tuple[str, RowRule], ...]
    forms: tuple[Form, ...]
    fingerprint: str = ""
    packet_forms: tuple[tuple[str, tuple[Form, ...]], ...] = ()
    one_sheets: tuple[tuple[str, Form], ...] = ()
    lineage: tuple[str, ...] = ()
    strictest: Severity = "must"
    authority: tuple[str, str] | None = None

    def form(self, form_id: str) -> Form:
        """Return a form of this regime; KeyError if it has none of that id."""
        return _by_id(self.forms, form_id)

    def packet(self, packet_id: str) -> Packet:
        """Return a packet; KeyError if there is none of that id."""
        return _by_id(self.packets, packet_id)

    def role(self, role_id: str) -> Role:
        """Return a role; KeyError if there is none of that id."""
        return _by_id(self.roles, role_id)

    @property
    def has_tree(self) -> bool:
        """Tell whether it is one of nodes that report to one another by 上报版."""
        return any(packet.rollup for packet in self.packets)

    @property
    def optional_kinds(self) -> tuple[str, ...]:
        """Return the kinds of unit that need not file, but may be asked to."""
        return tuple(dict.fromkeys(kind for group in self.filers for kind in group.optional))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of unit that it speaks of, and working groups that may be one."""
        groups = (kind for group in self.filers for kind in (*group.units, *group.optional))
        levels = (kind for level in self.levels for kind in level.units)
        roles = (kind for role in self.roles for kind in role.units)
        about = (kind for obligation in self.obligations for kind in obligation.about)
        return tuple(dict.fromkeys((*groups, *levels, *roles, *about)))

    def filers_of(self, filers_id: str) -> Filers:
        """Return a set of filers; KeyError if there is none of that id."""
        return _by_id(self.filers, filers_id)

    def sheets(self, packet_id: str) -> tuple[Form, ...]:
        """Return the forms of a packet as they apply in it (required resolved)."""
        return dict(self.packet_forms)[packet_id]

    def one_sheet(self, packet_id: str) -> Form | None:
        """Return the sheet that may stand for all of a packet's, or None."""
        return dict(self.one_sheets).get(packet_id)

    def laws(self) -> tuple[Law, ...]:
        """Return what every rule above single rows and duties is called and rests on."""
        groups = (
            self.coverages, self.cascades, self.counts, self.needs, self.agreements,
            self.signoffs, self.chains,
        )  # fmt: skip
        return (
            *(rule.law for group in groups for rule in group),
            *(s.need.law for s in self.slots),
        )

    def cite(self, clause: str) -> str:
        """Return document, number and clause as a finding cites them, the office's own first."""
        own = f"{_titled(*self.authority)}；" if self.authority else ""
        return f"{own}{_titled(self.document, self.number)}{clause}"


def _titled(document: str, number: str) -> str:
    return f"《{document}》（{number}）" if number else f"《{document}》"


_Named = TypeVar("_Named", Form, Packet, Role, Filers)


def _by_id(items: tuple[_Named, ...], wanted: str) -> _Named:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(wanted)
