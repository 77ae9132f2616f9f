"""One cell: raw value → typed value, or a code that says why not, or how it was repaired.

Nothing here knows of files or tables; `normalise` applies it to whole columns.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sxxt_excel.damage import (
    harm,
    is_cut_off,
    is_day,
    is_exponent,
    is_too_narrow,
    lost_zero,
    with_latin_letters,
)
from sxxt_excel.periods import PeriodError, period_said, period_word
from sxxt_excel.raw import Fault
from sxxt_excel.text import (
    JOIN,
    as_code,
    clean,
    fold,
    nearest,
    says_none,
    split_several,
    to_text,
)
from sxxt_excel.wording.days import parse_day
from sxxt_excel.wording.limits import limits_like, parse_limit
from sxxt_excel.wording.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sxxt_excel.damage import Harm
    from sxxt_excel.model.forms import Field
    from sxxt_excel.raw import Raw
    from sxxt_excel.text import Value

Typed = str | int | float | date | None
_PLAIN = re.compile(r"^(?:第)?(\d{1,4})(?:项|号|条)?$")
_COUNT = re.compile(r"\d{1,9}")
_PARTED = re.compile(r"(\d{1,9})-(\d{1,3})")
_PARTS_OF = re.compile(r".+-[A-Z]+-\d{3,}-\d{1,3}", re.ASCII)
_AS_ISSUED = re.compile(r"\d{3}", re.ASCII)
_LARGEST = 10**12
_NONSENSE = "V135"
_LEFT_OPEN = "未填"
_FRAME = "(),.!?、。：:"
"""What may stand around a word that says nothing."""


class Outcome(NamedTuple):
    """A cell after conversion. `known` False: there was something, but it can't be used.

    `code` with `words` is a remark or fault to report; `last` the day a 时限 means. It is no
    dataclass because there is one a cell, and a frozen dataclass takes three times as long to make.
    """

    value: Typed = None
    code: str | None = None
    words: tuple[tuple[str, str], ...] = ()
    known: bool = True
    last: date | None = None
    filled: bool = True


BLANK = Outcome(filled=False)


def convert(field: Field, raw: Raw, year: int) -> Outcome:
    """Convert a cell whose meaning does not depend on whose row it is."""
    if isinstance(raw, Fault):
        return _faulty(raw)
    cleaned = clean(to_text(raw))
    if not cleaned:
        return BLANK
    if cleaned[0] == "#" and is_too_narrow(cleaned):
        return _bad("V139", cleaned)
    if says_nothing(field, cleaned):
        if field.required:
            return _bad("V125", cleaned)
        return _repaired(None, "V154", cleaned, _LEFT_OPEN)
    return _CONVERTERS.get(field.kind, _text)(field, raw, cleaned, year)


def is_text(field: Field) -> bool:
    """Tell a field whose cells are converted as mere text, but for words that say nothing."""
    return field.kind not in _CONVERTERS


def says_nothing(field: Field, cleaned: str) -> bool:
    """Tell whether a cell holds such a word and nothing else: （待定）, but never 吴待定."""
    return bool(field.blanks) and fold(cleaned).strip(_FRAME) in _folded(field.blanks)


@cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, words))


def _faulty(fault: Fault) -> Outcome:
    return Outcome(code=fault.code or None, words=(("got", fault.text),), known=False)


def _bad(code: str, got: str, **words: str) -> Outcome:
    return Outcome(code=code, words=(("got", got), *words.items()), known=False)


def _repaired(value: Typed, code: str, got: str, shown: str, last: date | None = None) -> Outcome:
    return Outcome(value, code, (("got", got), ("value", shown)), last=last)


def _text(_field: Field, raw: Raw, cleaned: str, _year: int) -> Outcome:
    hurt = _hurt(raw, cleaned) if not isinstance(raw, Fault) else None
    if hurt is not None:
        return hurt
    if isinstance(raw, str) and raw != cleaned:
        return Outcome(cleaned, "V160", (("got", cleaned),))
    return Outcome(cleaned)


def _hurt(raw: Value, cleaned: str) -> Outcome | None:
    """Return what befell a text on its way, None for nearly every text."""
    if is_exponent(raw, cleaned):
        return _bad("V130", cleaned)
    if is_cut_off(raw):
        return Outcome(cleaned, "V138")
    found = harm(cleaned)
    return _of_harm(found, cleaned) if found is not None else None


def _of_harm(found: Harm, cleaned: str) -> Outcome:
    if found.mended is not None:
        return _repaired(found.mended, found.code, cleaned, found.mended)
    if found.code == _NONSENSE:
        return _bad(found.code, cleaned)
    return Outcome(cleaned, found.code, (("got", cleaned),))


def _phone(field: Field, raw: Raw, cleaned: str, year: int) -> Outcome:
    if not isinstance(raw, Fault) and lost_zero(raw, cleaned):
        return Outcome(cleaned, "V131", (("got", cleaned),))
    return _text(field, raw, cleaned, year)


def _number(field: Field, raw: Raw, cleaned: str, _year: int) -> Outcome:
    whole = field.kind in {"int", "year"}
    if isinstance(raw, date | time | timedelta):
        return _bad("V132", cleaned)
    number = parse_number(raw) if not isinstance(raw, Fault) else None
    if number is None and field.kind == "year":
        number = parse_number(cleaned.removesuffix("度").removesuffix("年"))
    kind = "整数" if whole else "数字"
    if number is None or (whole and number.value != int(number.value)):
        nothing = field.kind == "int" and says_none(cleaned)
        return _bad("V103", cleaned, kind=kind, zero="，没有发生的填 0" if nothing else "")
    value = int(number.value) if whole else number.value
    if value < 0:
        return _bad("V112", cleaned, limit="小于0")
    if value > _LARGEST:
        return _bad("V112", cleaned, limit="大于1万亿")
    if number.repaired:
        return _repaired(value, "V152", cleaned, to_text(value))
    return Outcome(value)


def _date(_field: Field, raw: Raw, cleaned: str, year: int) -> Outcome:
    day = parse_day(raw, year) if not isinstance(raw, Fault) else None
    if day is None or day.precision != "day":
        return _bad("V102", cleaned)
    if day.repaired:
        return _repaired(day.value, "V151", cleaned, day.value.isoformat())
    return Outcome(day.value)


def _limit(_field: Field, raw: Raw, cleaned: str, year: int) -> Outcome:
    limit = parse_limit(raw, year) if not isinstance(raw, Fault) else None
    if limit is None:
        near = nearest(cleaned, limits_like(cleaned))
        hint = f"；最接近的写法是“{near}”" if near else ""
        return _bad("V105", cleaned, year=str(year), nearest=hint)
    if limit.repaired:
        return _repaired(limit.text, "V156", cleaned, limit.text, limit.last)
    return Outcome(limit.text, last=limit.last)


def _choice(field: Field, raw: Raw, cleaned: str, year: int) -> Outcome:
    if field.choices_by_role:  # which of them are his is known only with the row
        joined = "".join(cleaned.split())
        return Outcome(cleaned) if joined == cleaned else _repaired(joined, "V154", cleaned, joined)
    if not field.choices:
        return _text(field, raw, cleaned, year)
    if cleaned in field.choices:
        return Outcome(cleaned)
    said = fold(cleaned)
    value = next((c for c in field.choices if fold(c) == said), None)
    if value is None:
        value = next((v for word, v in field.synonyms if fold(word) == said), None)
    if value is not None:
        return _repaired(value, "V154", cleaned, value)
    if field.open:
        return Outcome(cleaned, "V157", (("got", cleaned),))
    return Outcome(cleaned)  # the schema tells that it is none of the choices


def _choices(field: Field, _raw: Raw, cleaned: str, year: int) -> Outcome:
    if cleaned in field.choices:  # one value, though it may look like several
        return Outcome(cleaned)
    parts = [_choice(field, part, part, year) for part in split_several(cleaned)]
    joined = JOIN.join(dict.fromkeys(str(p.value) for p in parts))
    others = [str(p.value) for p in parts if p.code == "V157"]
    if others:
        return Outcome(joined, "V157", (("got", JOIN.join(others)),))
    if any(p.code for p in parts):
        return _repaired(joined, "V154", cleaned, joined)
    return Outcome(joined)


def _period(_field: Field, _raw: Raw, cleaned: str, year: int) -> Outcome:
    try:
        word = period_word(period_said(cleaned, year))
    except PeriodError:
        return _bad("V104", cleaned, choices="年度、上半年、下半年、第1轮、专项")
    return Outcome(word) if word == cleaned else _repaired(word, "V154", cleaned, word)


_CONVERTERS: Mapping[str, Callable[[Field, Raw, str, int], Outcome]] = {
    "phone": _phone,
    "int": _number,
    "year": _number,
    "number": _number,
    "date": _date,
    "limit": _limit,
    "choice": _choice,
    "choices": _choices,
    "period": _period,
}


# ---- numbers of items -------------------------------------------------------------


def item_number(raw: Raw, prefix: str, under: str = "", first: int = 1) -> Outcome:
    """Convert an item number of this unit and year; `prefix` is like "JX-2025-ZR-".

    A plain 3 is completed (V153); the bare prefix is as good as blank; anything of
    another shape is V108. A number may have parts (JX-2025-ZR-003-2), and go on from one
    that starts with `under` (JX-2025-WT-003-1, in short 3-1). Where one's own numbers begin at
    `first` (201), a plain 3 is the third of these.
    """
    if isinstance(raw, str) and _whole(raw, prefix):
        return Outcome(raw)
    cleaned = "" if isinstance(raw, Fault) else clean(to_text(raw))
    if isinstance(raw, Fault) or is_day(raw, cleaned):
        return _no_number(raw, cleaned)
    tight = _tight(cleaned).replace(" ", "")
    if not tight or tight in {prefix.upper(), prefix.upper().rstrip("-")}:
        return BLANK
    plain = _PLAIN.match(tight)
    own = plain is not None or tight.startswith(prefix.upper())
    tail = plain[1] if plain else tight.removeprefix(prefix.upper())
    if own and _COUNT.fullmatch(tail):
        count = _counted(int(tail), first) if plain else int(tail)
        return _completed(cleaned, f"{prefix}{count:03d}")
    start = under if under and not own else prefix
    part = _PARTED.fullmatch(tight.removeprefix(start.upper()))
    if part is None or not (own or under):
        return _bad("V108", cleaned, expected=f"{prefix}001")
    short = not tight.startswith(start.upper())
    count = _counted(int(part[1]), first) if short else int(part[1])
    return _completed(cleaned, f"{start}{count:03d}-{int(part[2])}")


def _counted(number: int, first: int) -> int:
    """Return what a plain number means where one's own begin at `first`: 3 is 203, 203 itself."""
    return number if number >= first else first - 1 + number


def item_numbers(raw: Raw, prefix: str | None, first: int = 1) -> Outcome:
    """Convert several item numbers joined by 、; without a prefix they are only tidied."""
    if isinstance(raw, str) and prefix is not None and _whole(raw, prefix):
        return Outcome(raw)
    cleaned = "" if isinstance(raw, Fault) else clean(to_text(raw))
    if isinstance(raw, Fault) or is_day(raw, cleaned):
        return _no_number(raw, cleaned)
    values = []
    for tight in split_several(_tight(cleaned)):
        if prefix is not None and _PLAIN.match(tight):
            values.append(str(item_number(tight, prefix, first=first).value))
            continue
        if _PARTS_OF.fullmatch(tight):
            values.append(tight)
            continue
        head, _, tail = tight.rpartition("-")
        numbered = bool(head) and _COUNT.fullmatch(tail) is not None
        values.append(f"{head}-{int(tail):03d}" if numbered else tight)
    return _completed(cleaned, JOIN.join(values)) if values else BLANK


def _no_number(raw: Raw, cleaned: str) -> Outcome:
    return _faulty(raw) if isinstance(raw, Fault) else _bad("V132", cleaned)


def _completed(cleaned: str, value: str) -> Outcome:
    if value == cleaned:
        return Outcome(value)
    code = "V153" if with_latin_letters(cleaned) == cleaned else "V136"
    return _repaired(value, code, cleaned, value)


def _whole(raw: str, prefix: str) -> bool:
    """Tell a number that is just as issued: nearly all of them are, and need no second look."""
    return raw.startswith(prefix) and _AS_ISSUED.fullmatch(raw, len(prefix)) is not None


def _tight(text: str) -> str:
    """Return item numbers as codes are compared, in Latin letters."""
    return with_latin_letters(as_code(text))
