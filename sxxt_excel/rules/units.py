"""Columns that say which unit a row is about: each names one of the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.names import said_units
from sxxt_excel.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context


def check_units(context: Context) -> Iterator[Finding]:
    """Yield names of units that the roster does not have, by name, short name or code."""
    units = context.roster.units
    known = {fold(name) for unit in units for name in (unit.code, unit.name, *unit.names)}
    for stack in context.stacks.values():
        heading = stack.form.subject
        if heading is None:
            continue
        said = stack.frame[heading].dropna()
        for label, name in zip(said.index.tolist(), said.tolist(), strict=True):
            whole, *parts = said_units(str(name))
            unknown = [part for part in parts if fold(part) not in known]
            if fold(whole) in known or not unknown:
                continue
            near = nearest(unknown[0], (unit.name for unit in units))
            yield finding(
                "V121", stack.where(label, heading), got="、".join(unknown),
                nearest=f"；是否指“{near}”" if near else "",
                basis=stack.submission(label).basis,
            )  # fmt: skip
