"""The types everything else speaks in: definitions, roster, findings, submissions.

All are frozen and slotted, all sequences are tuples: a definition that was loaded
once may be shared by every thread and process of a pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

Severity = Literal["must", "query", "note"]
SEVERITIES: tuple[Severity, ...] = ("must", "query", "note")
SEVERITY_WORDS: dict[Severity, str] = {"must": "须修改", "query": "需说明", "note": "供参考"}

Duty = Literal["报送", "按需", "留存", "自存"]
DUTIES: tuple[Duty, ...] = ("报送", "按需", "留存", "自存")

Kind = Literal[
    "serial", "text", "long", "int", "number", "date", "limit", "choice", "choices",
    "key", "ref", "refs", "filer", "person", "signer", "file", "phone", "unit", "year",
    "period", "label",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

ExpectedStatus = Literal["on_time", "late", "returned", "missing", "not_due", "excused"]
EXPECTED_WORDS: dict[str, str] = {
    "on_time": "按时报送",
    "late": "逾期报送",
    "returned": "已报待改",
    "missing": "尚未报送",
    "not_due": "未到期",
    "excused": "准予免报",
}
Clock = Literal["收件登记", "邮件", "首次收到", "压缩包内时间", "文件时间", "下级上报"]
"""What a time of receipt can rest on."""
FileStatus = Literal[
    "accepted", "returned", "unreadable", "foreign", "attachment", "superseded", "duplicate"
]
FILE_WORDS: dict[str, str] = {
    "accepted": "审核通过",
    "returned": "已报待改",
    "unreadable": "无法读取",
    "foreign": "不属本次报送",
    "attachment": "附件",
    "superseded": "已有新版",
    "duplicate": "重复报送",
}
CASCADE_WORDS: dict[str, str] = {
    "taken_up": "已承接",
    "explained": "已说明",
    "missing": "未承接",
    "unchecked": "未检",
}
COUNT_WORDS: dict[str, str] = {
    "met": "达到",
    "short": "不足",
    "not_due": "未到期",
    "unchecked": "未检",
}

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
    heading whose number this one may go on from (问题编号-1).
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
    Rows alike in all of `once`, as far as they say anything, are one row of it. `words`
    are values that it calls by another name.
    """

    form: str
    columns: tuple[tuple[str, str], ...]
    number: Literal["same", "under", "own"] = "same"
    once: tuple[str, ...] = ()
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
    where the roster says.
    """

    id: str
    body: bool = False
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


# ---- roster ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of 单位: codes, kind, relations. `names` holds 简称 and former names."""

    code: str
    name: str
    kind: str
    names: tuple[str, ...] = ()
    parent: str | None = None
    party_body: str | None = None
    discipline: str = ""
    leader: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    spare_email: str = ""
    founded: date | None = None
    dissolved: date | None = None
    merged_into: str | None = None
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of 人员: a person in one post of one unit."""

    name: str
    unit: str
    post: str
    identity: str
    id: str = ""
    acting: bool = False
    party_member: bool = True
    files: bool = True
    in_charge: tuple[str, ...] = ()
    field: str = ""
    since: date | None = None
    until: date | None = None
    state: str = "在岗"
    email: str = ""
    cell: str = ""

    @property
    def key(self) -> str:
        """Return what tells this person from a namesake: 人员编号, else name and unit."""
        return self.id or f"{self.name}@{self.unit}"

    def in_post(self, day: date) -> bool:
        """Tell whether the post was held on that day (open ends count)."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Waiver:
    """One row of 例外: who need not file what, or may file it later, and who agreed.

    `sha256`: the one file that it is about, by as much of its digest as was written down.
    """

    unit: str
    filer: str
    matter: str
    kind: str
    until: date | None
    reason: str
    approver: str
    approved: date | None
    expires: date | None
    cell: str
    sha256: str = ""


@dataclass(frozen=True)
class Roster:
    """单位名册.xlsx: units, people and waivers, in the order of the book.

    Not slotted: the look-ups below are made once and kept.
    """

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    waivers: tuple[Waiver, ...] = ()

    def unit(self, code: str) -> Unit | None:
        """Return the unit of that code, or None."""
        return self._units.get(code)

    def people_of(self, code: str) -> tuple[Person, ...]:
        """Return the people with a post in that unit."""
        return self._people.get(code, ())

    def departments_of(self, code: str) -> tuple[Unit, ...]:
        """Return the units that belong to the party body of that code."""
        return self._departments.get(code, ())

    def leading(self, code: str) -> tuple[Person, ...]:
        """Return who has that code among his 分管单位代码."""
        return self._leading.get(code, ())

    def named(self, name: str) -> tuple[Person, ...]:
        """Return the people of exactly that name."""
        return self._named.get(name, ())

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in reversed(self.units)}

    @cached_property
    def _people(self) -> dict[str, tuple[Person, ...]]:
        return _gather((person.unit, person) for person in self.people)

    @cached_property
    def _departments(self) -> dict[str, tuple[Unit, ...]]:
        return _gather((u.party_body, u) for u in self.units if u.party_body)

    @cached_property
    def _leading(self) -> dict[str, tuple[Person, ...]]:
        return _gather((code, person) for person in self.people for code in person.in_charge)

    @cached_property
    def _named(self) -> dict[str, tuple[Person, ...]]:
        return _gather((person.name, person) for person in self.people)


_Item = TypeVar("_Item")


def _gather(pairs: Iterable[tuple[str, _Item]]) -> dict[str, tuple[_Item, ...]]:
    """Return key → all items of that key, in their order."""
    groups: dict[str, list[_Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in groups.items()}


@dataclass(frozen=True, slots=True)
class Filer:
    """One who files in a workbook: the label of 责任主体, the role and the person."""

    label: str
    role: str
    person: Person | None = None


# ---- findings and results ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Where:
    """An address: file, sheet, cell, and the heading and row key people know it by."""

    path: str | None = None
    sheet: str | None = None
    cell: str | None = None
    row_key: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    filer: str | None = None
    form: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a unit says of a 需说明 finding: the words, who wrote them, and their day (ISO).

    `received_at` is when the workbook came that they stand in, `path`, `sheet` and `cell` where.
    """

    text: str
    author: str
    day: str
    received_at: str
    path: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark: a code of the catalogue, where, what was found, what to do.

    `explanation`: in which words the unit settled a query.
    """

    code: str
    severity: Severity
    where: Where
    got: str
    message: str
    remedy: str
    basis: str
    rule: str | None = None
    explanation: Explanation | None = None

    @property
    def family(self) -> str:
        """Return the letter of its code: F, S, V, I, T, Q, C, N, B, D or R."""
        return self.code[0]

    @property
    def stands(self) -> bool:
        """Tell whether something is still to be done: a must, or a query nobody explained."""
        return self.severity == "must" or (self.severity == "query" and self.explanation is None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a file came: ISO time with +08:00, and what that rests on."""

    at: str
    by: Clock
    how: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the inbox with its status, as result.json lists it."""

    path: str
    sha256: str
    receipt: Receipt
    status: FileStatus
    unit: str | None = None
    unit_code: str | None = None
    packet: str | None = None
    period: str | None = None
    filers: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing owed: unit × packet × period (× filer), with its computed status."""

    obligation: str
    obligations: tuple[str, ...]
    rule: str
    unit: str
    unit_code: str
    packet: str
    period: str
    duty: Duty
    due: str | None
    status: ExpectedStatus
    filer: str | None = None
    subject: str | None = None
    arrived: Literal["on_time", "late"] | None = None
    accepted: bool | None = None
    path: str | None = None
    received_at: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CascadeRow:
    """One parent item of a cascade rule and who took it up."""

    rule: str
    parent_unit: str
    parent_filer: str
    parent_key: str
    status: Literal["taken_up", "explained", "missing", "unchecked"]
    children: tuple[str, ...] = ()
    parent_text: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count: how many were required and found, for a unit and a window."""

    rule: str
    unit: str
    filer: str | None
    period: str
    required: int | None
    found: int | None
    status: Literal["met", "short", "not_due", "unchecked"]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new in a version of a workbook or gone from it, or one cell of it changed.

    `cell` is its address in the newer version, of a row gone that in the older one. `before`
    and `after` are what was read there; of a row new or gone they are its own words.
    """

    kind: Literal["added", "gone", "changed"]
    form: str
    sheet: str
    cell: str
    key: str
    filer: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row of another workbook that names an item which a newer version no longer has."""

    key: str
    unit: str
    unit_code: str
    path: str
    form: str
    sheet: str
    cell: str
    row_key: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newest version of a submission has otherwise than an earlier one."""

    unit: str
    unit_code: str
    packet: str
    period: str
    before: str
    after: str
    changes: tuple[Change, ...]
    orphans: tuple[Orphan, ...] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """One row of those that several units wrote alike; rows of one `group` say the same.

    Only the office may see a group together: no unit is told whose the other rows are.
    """

    group: int
    unit: str
    unit_code: str
    path: str
    form: str
    sheet: str
    cell: str
    key: str
    filer: str
    text: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not be checked for a unit, and why."""

    rule: str
    unit: str
    because: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of 口径说明: a question the sources leave open and what was decided."""

    key: str
    title: str
    value: str
    default: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The head figures of a pass; `by_status` counts expected rows, units are units.

    `settled`: how many of the queries in `findings` the units have explained.
    """

    files: int
    accepted: int
    returned: int
    unreadable: int
    foreign: int
    attachments: int
    units_expected: int
    units_arrived: int
    expected: int
    by_status: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    settled: int = 0
