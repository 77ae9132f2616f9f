"""Form → pandera schema; a table checked once for all files → places and codes.

No message of pandera reaches a reader: each check is named `code|heading`, and what
fails comes back as (row label, code, heading).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from sxxt_excel.columns import says, strays
from sxxt_excel.result import CODE, DTYPES, FILE, PERIOD, ROLE, SHEET

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sxxt_excel.model.forms import Field, Form, RowRule, When

    Areas = tuple[tuple[str, tuple[str, ...]], ...]

_TEXT = pd.StringDtype(na_value=float("nan"))
_TAIL = r"(\d+)$"


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that a row did not pass; `rule` where a row rule found it."""

    label: int
    code: str
    field: str
    rule: RowRule | None = None


@lru_cache(maxsize=256)
def schema_of(form: Form, rules: tuple[RowRule, ...], areas: Areas) -> pa.DataFrameSchema:
    """Return the schema that checks all rows of a form at once.

    Args:
        form: the form, required resolved for its packet.
        rules: the row rules that hold, the form's own and the regime's.
        areas: role → its 重点方面 (none: any may stand there), for headings whose choices
            depend on the role.

    Returns:
        a schema over the form's headings and the columns _unit_code, _period, _role,
        _file, _sheet; its checks are named `code|heading` or `code|heading|rule`.
    """
    only = tuple(rule for rule in rules if rule.only is not None)
    columns = {field.name: _column(field, only) for field in form.fields}
    checks = [*_required(form, only), *_by_role(form, areas), *_unique(form), *_maxima(form)]
    for rule in rules:
        checks.extend(_row_checks(rule, form))
    return pa.DataFrameSchema(columns, checks=checks, strict=False, name=form.id)


def check_table(
    schema: pa.DataFrameSchema, frame: pd.DataFrame, known: pd.DataFrame, rules: Iterable[RowRule]
) -> list[Failure]:
    """Check a table; what touches a cell that is not known is unknown, and left out."""
    if frame.empty:
        return []
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        by_id = {rule.id: rule for rule in rules}
        found = _told_once(set(_failures(errors, frame, known, by_id)))
        return sorted(found, key=lambda f: (f.label, f.field, f.code))
    return []


def _told_once(failures: Collection[Failure]) -> Iterator[Failure]:
    """Yield the failures but those of a row in which more cells are blank than that rule names."""
    blank: dict[int, list[set[str]]] = defaultdict(list)
    for failure in failures:
        if failure.rule and failure.rule.one_of:
            blank[failure.label].append(set(failure.rule.one_of))
    for failure in failures:
        mine = set(failure.rule.one_of) if failure.rule else set()
        if not mine or not any(mine < names for names in blank[failure.label]):
            yield failure


def _failures(
    errors: SchemaErrors, frame: pd.DataFrame, known: pd.DataFrame, rules: dict[str, RowRule]
) -> Iterator[Failure]:
    for error in errors.schema_errors:
        name = getattr(error.check, "name", None)
        if name is None or "|" not in str(name):
            name = f"V101|{error.schema.name}"
        code, field, *rest = str(name).split("|")
        rule = rules[rest[0]] if rest else None
        touched = [field, *(_touched(rule) if rule else ())]
        for label in _labels(error, frame):
            if all(bool(known.loc[label, name]) for name in touched if name in known):
                yield Failure(int(label), code, field, rule)


def _labels(error: object, frame: pd.DataFrame) -> Iterable[int]:
    output = getattr(error, "check_output", None)
    if isinstance(output, pd.Series) and len(output) == len(frame):
        return [int(label) for label in output.index[~output.astype(bool)]]
    cases = error.failure_cases  # type: ignore[attr-defined]
    return [int(label) for label in cases["index"].dropna().unique()]


def _touched(rule: RowRule) -> Iterator[str]:
    yield from rule.when.filled
    yield from (name for name, _ in rule.when.equals)
    yield from rule.one_of
    yield from rule.not_before or ()
    yield from rule.equal or ()


# ---- the checks -------------------------------------------------------------------


def _named(name: str, check: Callable[[pd.DataFrame], pd.Series]) -> pa.Check:
    def total(frame: pd.DataFrame) -> pd.Series:
        return check(frame).fillna(value=True).astype(bool)

    return pa.Check(total, name=name, error=name, ignore_na=False)


def _column(field: Field, only: tuple[RowRule, ...]) -> pa.Column:
    checks = []
    closed = field.choices and not field.open and not field.locked
    if closed and field.kind == "choice":
        checks.append(pa.Check.isin(field.choices, name=f"V104|{field.name}"))
    elif closed and field.kind == "choices":
        checks.append(pa.Check(_all_of(field.choices), name=f"V104|{field.name}"))
    if field.max_length:
        checks.append(pa.Check.str_length(max_value=field.max_length, name=f"V120|{field.name}"))
    asked = field.required and not field.office
    always = asked and not any(field.name not in (r.only or ()) for r in only)
    return pa.Column(
        DTYPES.get(field.kind, _TEXT), checks=checks, nullable=not always, required=True
    )


def _all_of(choices: tuple[str, ...]) -> Callable[[pd.Series], pd.Series]:
    def check(column: pd.Series) -> pd.Series:
        odd = column[column.notna() & ~column.isin(choices)]
        wrong = [at for at, cell in odd.items() if strays(cell, choices)]
        return pd.Series(~column.index.isin(wrong), index=column.index)

    return check


def _required(form: Form, only: tuple[RowRule, ...]) -> Iterator[pa.Check]:
    """Yield the checks of headings that some rows need not fill, or only they must."""
    if not only:
        return
    for field in form.fields:
        spared = [r for r in only if field.name not in (r.only or ())]
        asked = [r for r in only if field.name in (r.only or ())]
        if field.required and spared and not field.office:
            yield _named(f"V101|{field.name}", _filled_unless(field.name, spared))
        elif asked and not field.required:
            yield _named(f"V101|{field.name}", _filled_where(field.name, asked))


def _filled_unless(name: str, rules: list[RowRule]) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        passed = frame[name].notna()
        for rule in rules:
            passed |= holds(rule.when, frame)
        return passed

    return check


def _filled_where(name: str, rules: list[RowRule]) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        asked = pd.Series(data=False, index=frame.index)
        for rule in rules:
            asked |= holds(rule.when, frame)
        return frame[name].notna() | ~asked

    return check


def holds(when: When, frame: pd.DataFrame) -> pd.Series:
    """Return which rows satisfy a condition."""
    result = pd.Series(data=True, index=frame.index)
    for name in when.filled:
        result &= frame[name].notna()
    for name, values in when.equals:
        result &= says(frame[name], values)
    if when.role:
        result &= frame[ROLE].isin(when.role)
    return result


def _by_role(form: Form, areas: Areas) -> Iterator[pa.Check]:
    pairs = {(role, area) for role, names in areas for area in names}
    if not pairs:
        return  # the document names no areas at all: anything may stand there
    roles, everyones = {role for role, _ in pairs}, {area for _, area in pairs}
    free = {role for role, names in areas if not names}
    for field in form.fields:
        if field.choices_by_role:
            name = field.name

            def check(frame: pd.DataFrame, name: str = name) -> pd.Series:
                cells = zip(frame[ROLE].tolist(), frame[name].tolist(), strict=True)
                said = pd.Series([cell in pairs for cell in cells], index=frame.index)
                # Whose role is not known (no roster) may have any of the areas.
                anyones = ~frame[ROLE].isin(roles) & frame[name].isin(everyones)
                open_to = frame[ROLE].isna() | frame[ROLE].isin(free)
                return said | anyones | frame[name].isna() | open_to

            yield _named(f"V104|{name}", check)


def _unique(form: Form) -> Iterator[pa.Check]:
    key = form.key
    if key is None:
        return

    def check(frame: pd.DataFrame) -> pd.Series:
        twins = frame.duplicated([CODE, PERIOD, key], keep=False) & frame[key].notna()
        if not twins.any():
            return ~twins
        fits = _in_sequence(frame, key)
        group = frame.loc[twins].groupby([CODE, PERIOD, key], dropna=False, sort=False)
        one_fits = group[key].transform(lambda s: fits.loc[s.index].sum() == 1).astype(bool)
        later = frame.duplicated([CODE, PERIOD, key], keep="first")
        wrong = later & twins
        wrong.loc[one_fits.index[one_fits]] = ~fits.loc[one_fits.index[one_fits]]
        return ~wrong

    yield _named(f"V106|{key}", check)


def _in_sequence(frame: pd.DataFrame, key: str) -> pd.Series:
    """Tell which numbers fit the run of their sheet: of two equal ones the odd one is wrong."""
    tail = pd.to_numeric(frame[key].str.extract(_TAIL, expand=False), errors="coerce")
    groups = frame.groupby([FILE, SHEET], sort=False)
    offset = tail - groups.cumcount()
    usual = offset.groupby([frame[FILE], frame[SHEET]]).transform(
        lambda s: s.mode().iloc[0] if s.notna().any() else float("nan")
    )
    return offset.eq(usual)


def _maxima(form: Form) -> Iterator[pa.Check]:
    for field in form.fields:
        if field.maximum is not None:
            name, other = field.name, field.maximum

            def check(frame: pd.DataFrame, name: str = name, other: str = other) -> pd.Series:
                return frame[name].isna() | frame[other].isna() | frame[name].le(frame[other])

            yield _named(f"V112|{name}", check)


def _fitting(
    rule: RowRule, pair: tuple[str, str], fits: Callable[[pd.Series, pd.Series], pd.Series]
) -> Callable[[pd.DataFrame], pd.Series]:
    """Return the check that two columns of a row fit where both are filled."""
    one, other = pair

    def check(frame: pd.DataFrame) -> pd.Series:
        both = frame[one].notna() & frame[other].notna() & holds(rule.when, frame)
        return ~both | fits(frame[one], frame[other])

    return check


def _row_checks(rule: RowRule, form: Form) -> Iterator[pa.Check]:
    for name in rule.needs:

        def needed(frame: pd.DataFrame, name: str = name) -> pd.Series:
            return frame[name].notna() | ~holds(rule.when, frame)

        yield _named(f"V113|{name}|{rule.id}", needed)
    if rule.one_of:

        def any_of(frame: pd.DataFrame) -> pd.Series:
            return frame[list(rule.one_of)].notna().any(axis=1) | ~holds(rule.when, frame)

        yield _named(f"V118|{rule.one_of[0]}|{rule.id}", any_of)
    for code, pair, fits in (
        ("V114", rule.not_before, pd.Series.ge),
        ("V122", rule.equal, pd.Series.eq),
    ):
        if pair:
            yield _named(f"{code}|{pair[0]}|{rule.id}", _fitting(rule, pair, fits))
    if rule.expect:
        name, values = rule.expect
        field = form.field(name)
        choices = field.choices if field else ()

        def expected(frame: pd.DataFrame) -> pd.Series:
            said = frame[name]
            wrong = said.notna() & ~said.isin(values)
            if choices:  # a word that is none of them was told as such
                wrong &= said.isin(choices)
            return ~wrong | ~holds(rule.when, frame)

        yield _named(f"V116|{name}|{rule.id}", expected)
