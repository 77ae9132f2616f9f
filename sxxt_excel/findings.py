"""A finding made of its code: the catalogue's sentences, filled in with what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.outcome import Finding
from sxxt_excel.text import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import Where

_LONGEST_QUOTE = 300


class _Blank(dict[str, str]):
    """Words for a template: one that is not given reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def fill(template: str, words: dict[str, str]) -> str:
    """Fill a template's {names}; a name without a word reads as nothing."""
    return template.format_map(_Blank(words))


def quoted(got: str) -> str:
    """Return what was found as a sentence has it: a pasted page would bury what is said of it."""
    return short(got, _LONGEST_QUOTE) if len(got) > _LONGEST_QUOTE else got


def finding(  # noqa: PLR0913 - all but two by keyword
    code: str,
    where: Where,
    *,
    got: str = "",
    basis: str = "",
    severity: Severity | None = None,
    rule: str | None = None,
    message: str | None = None,
    remedy: str | None = None,
    words: Mapping[str, str] | None = None,
    about: tuple[str, ...] = (),
    **more: str,
) -> Finding:
    """Return a finding of the catalogue with its sentence filled in.

    Args:
        code: an id of the catalogue; KeyError otherwise.
        where: the address.
        got: what was found, as the sender wrote it.
        basis: document and clause.
        severity: the rule's own, where it differs from the catalogue's.
        rule: id of the regime's rule that found it.
        message: the rule's own template, else the catalogue's.
        remedy: the same for what to do.
        about: the names that tell it from others at the same place.
        words: what the templates name besides `got`, `field`, `form`, `unit`, `filer`.
        more: the same, one by one.
    """
    entry = CATALOGUE[code]
    said = {
        "got": quoted(got),
        "field": where.field or "",
        "form": where.form or "",
        "unit": where.unit or "",
        "filer": where.filer or "",
    } | {**(words or {}), **more}
    return Finding(
        code=code,
        severity=severity or entry.severity,
        where=where,
        got=got,
        message=fill(message or entry.message, said),
        remedy=fill(remedy or entry.remedy, said),
        basis=basis,
        rule=rule,
        about=about,
    )
