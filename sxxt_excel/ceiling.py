"""How stern a finding may be: under a document that is no order, at most a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxxt_excel.model.severity import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import Finding

# A file that can't be read and a roster that can't be used are faults under any document.
_ANYWHERE = ("F", "R")


def at_most(severity: Severity, strictest: Severity) -> Severity:
    """Return the milder of the two."""
    return max(severity, strictest, key=SEVERITIES.index)


def lowered(regime: Regime, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, those about content no sterner than the regime may be."""
    strictest = regime.strictest
    if strictest == SEVERITIES[0]:
        return tuple(findings)
    return tuple(
        found
        if found.code.startswith(_ANYWHERE)
        else replace(found, severity=at_most(found.severity, strictest))
        for found in findings
    )
