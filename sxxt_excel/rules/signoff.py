"""Who countersigned whose lists, and when (ruling 9)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sxxt_excel.calling import people_reader, signs_for_another
from sxxt_excel.findings import finding
from sxxt_excel.outcome import Unchecked
from sxxt_excel.relations import in_charge, secretaries
from sxxt_excel.result import FILE, FILER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sxxt_excel.model.rules import SignOff
    from sxxt_excel.outcome import Finding, Where
    from sxxt_excel.people import Filer, Person, Unit
    from sxxt_excel.rules.context import Context
    from sxxt_excel.stack import Stack
    from sxxt_excel.submissions import Submission


class _Signature(NamedTuple):
    """A row of the sign-off sheet; `name` "" and `day` None where blank or not readable."""

    label: int
    filer: str
    name: str
    day: date | None


@dataclass(frozen=True)
class _Signers:
    """Who may have signed. Not slotted: what reads their names is made once and kept."""

    people: tuple[Person, ...]

    @property
    def names(self) -> str:
        """Return their names as one tells them."""
        return "或".join(p.name for p in self.people)

    def signed(self, said: str) -> bool:
        """Tell whether a cell names one of them."""
        return said in self._names or bool(self._read(said))

    def absent(self, said: str) -> bool:
        """Tell whether a cell says of itself that another one signed for them."""
        return said not in self._names and signs_for_another(said, self._names)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(p.name for p in self.people)

    @cached_property
    def _read(self) -> Callable[[str], frozenset[str]]:
        return people_reader(self._names)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sign-off sheets of all files: signatures by file, and who has lists in which."""

    context: Context
    rule: SignOff
    stack: Stack
    signatures: Mapping[int, tuple[_Signature, ...]]
    listed: frozenset[tuple[int, str]]
    known: dict[tuple[str, tuple[date, ...]], _Signers] = field(default_factory=dict)

    def signers(self, unit: Unit, days: tuple[date, ...]) -> _Signers:
        """Return who may sign for a unit on any of these days; asked of each filer, made once."""
        at = (unit.code, days)
        if at not in self.known:
            who = secretaries if self.rule.signer == "unit_secretary" else in_charge
            found: dict[str, Person] = {}
            for person in (p for day in days for p in who(self.context.roster, unit, day)):
                found.setdefault(person.key, person)
            self.known[at] = _Signers(tuple(found.values()))
        return self.known[at]

    @property
    def signer(self) -> str:
        """Return the heading under which the signer stands."""
        return next(f.name for f in self.stack.form.fields if f.kind == "signer")

    @property
    def signed(self) -> str:
        """Return the heading of the date of signing."""
        return next(f.name for f in self.stack.form.fields if f.kind == "date")

    @property
    def basis(self) -> str:
        """Return the clause that demands the signature."""
        return self.context.regime.cite(self.rule.law.basis)


def check_signoffs(context: Context) -> Iterator[Finding | Unchecked]:
    """Yield missing, wrong and late signatures under the lists of each live file."""
    listed = _listed(context)
    for rule in context.regime.signoffs:
        stack = context.stacks.get(rule.form)
        if stack is None:
            continue
        sheet = _Sheet(context, rule, stack, {}, listed)
        sheet = replace(sheet, signatures=_signatures(sheet))
        for submission in context.of_packets(rule.packets):
            rows = sheet.signatures.get(submission.number, ())
            lacks = stack.lacks(submission.number, stack.form.filer or "")
            if rows and not lacks and submission.unit is not None:
                yield from _file(sheet, submission, rows)


def _listed(context: Context) -> frozenset[tuple[int, str]]:
    """Return (file, filer) of all who have rows in a list; without any there is no signing."""
    return frozenset(
        pair
        for stack in context.stacks.values()
        if stack.form.key is not None
        for pair in zip(stack.frame[FILE].tolist(), stack.frame[FILER].tolist(), strict=True)
    )


def _signatures(sheet: _Sheet) -> dict[int, tuple[_Signature, ...]]:
    frame, known = sheet.stack.frame, sheet.stack.known
    found: dict[int, list[_Signature]] = defaultdict(list)
    columns = zip(
        frame[FILE].tolist(), frame.index.tolist(), frame[FILER].fillna("").tolist(),
        frame[sheet.signer].where(known[sheet.signer]).fillna("").tolist(),
        frame[sheet.signed].to_numpy().astype("datetime64[D]").tolist(),
        strict=True,
    )  # fmt: skip
    for file, *signature in columns:
        found[file].append(_Signature(*signature))
    return {file: tuple(rows) for file, rows in found.items()}


def _file(
    sheet: _Sheet, submission: Submission, rows: tuple[_Signature, ...]
) -> Iterator[Finding | Unchecked]:
    unit, law = submission.unit_name or "", sheet.rule.law
    strangers = sum(row.filer not in submission.labels for row in rows)
    filed = datetime.fromisoformat(submission.receipt.at).date()
    for filer in submission.filers:
        if filer.role not in sheet.rule.roles or filer.label in submission.exempt:
            continue
        if (submission.number, filer.label) not in sheet.listed:
            continue
        mine = tuple(row for row in rows if row.filer == filer.label)
        signers = _signers(sheet, submission, filed, mine)
        if not signers.people:
            yield Unchecked(law.id, unit, _nobody(sheet.rule, filer))
        elif mine:
            for row in mine:
                yield from _signed(sheet, filer, row, signers, filed)
        elif strangers:  # one of the rows whose 责任主体 is not known may be his
            strangers -= 1
            yield Unchecked(
                law.id, unit, f"“{sheet.rule.form}”中有认不出的{sheet.stack.form.filer}"
            )
        else:
            yield finding(
                "B101", _place(sheet, submission, filer), basis=sheet.basis, rule=law.id,
                severity=law.severity, signer=signers.names, filer=filer.label,
            )  # fmt: skip


def _signers(
    sheet: _Sheet, submission: Submission, filed: date, mine: tuple[_Signature, ...]
) -> _Signers:
    """Return who may have signed: whoever held the post when it was signed, filed or due."""
    unit = submission.unit
    assert unit is not None  # noqa: S101 - the caller looked
    days = {filed: None} | dict.fromkeys(o.last for o in submission.owed)
    days |= dict.fromkeys(row.day for row in mine if row.day is not None)
    return sheet.signers(unit, tuple(days))


def _nobody(rule: SignOff, filer: Filer) -> str:
    if rule.signer == "unit_secretary":
        return f"名册中找不到可为{filer.label}背书的书记"
    return f"名册中没有分管或联系的领导可为{filer.label}背书；学校主要负责人由上级审核"


def _place(sheet: _Sheet, submission: Submission, filer: Filer) -> Where:
    """Point at the pre-filled row without a signature, else at the heading."""
    bare = sheet.stack.bare
    own = bare[(bare[FILE] == submission.number) & (bare[FILER] == filer.label)]
    if len(own):
        return sheet.stack.where(own.index.tolist()[0], sheet.signer, bare=True)
    return replace(sheet.stack.header(submission.number, sheet.signer), filer=filer.label)


def _signed(
    sheet: _Sheet, filer: Filer, row: _Signature, signers: _Signers, filed: date
) -> Iterator[Finding]:
    law = sheet.rule.law
    if row.name and signers.absent(row.name):
        yield finding(
            "B104", sheet.stack.where(row.label, sheet.signer), got=row.name, basis=sheet.basis,
            rule=law.id, severity="note" if law.severity == "note" else None,
            signer=signers.names, filer=filer.label,
        )  # fmt: skip
    elif row.name and not signers.signed(row.name):
        yield finding(
            "B102", sheet.stack.where(row.label, sheet.signer), got=row.name, basis=sheet.basis,
            rule=law.id, severity=law.severity, message=law.message, remedy=law.remedy,
            signer=signers.names, filer=filer.label,
        )  # fmt: skip
    if row.day is not None and row.day > filed:
        yield finding(
            "B103", sheet.stack.where(row.label, sheet.signed), got=row.day.isoformat(),
            basis=sheet.basis, rule=law.id, filer=filer.label,
        )  # fmt: skip
