"""What arrived against what is owed: expected rows, file rows, consolidated tables, order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.chain import age
from sxxt_excel.formats.places import place
from sxxt_excel.model.severity import SEVERITIES
from sxxt_excel.result import FILE, STATUS
from sxxt_excel.rules.deadlines import Arrival, deadline_findings, expected_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.chain import Chain
    from sxxt_excel.duties import Owed
    from sxxt_excel.job import Job
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outcome import Expected, FileRow, FileStatus, Finding
    from sxxt_excel.stack import Stack


def expected_rows(
    job: Job, grouped: tuple[Chain, ...], returned: frozenset[str]
) -> tuple[tuple[Expected, ...], tuple[Finding, ...]]:
    """Return a row for each thing owed with its status, and what is told about time and absence."""
    answers: dict[tuple[str | None, ...], list[Arrival]] = defaultdict(list)
    arisen: dict[tuple[str | None, ...], Owed] = {}
    for chain in grouped:
        for version in chain.versions:
            newest = version.number == chain.head.number
            arrival = Arrival(version.path, version.receipt, version.path in returned, newest)
            for item in version.owed:
                answers[item.key].append(arrival)
                if item.latent:
                    arisen[item.key] = item
    for item, arrival in job.reported:
        answers[item.key].append(arrival)
        if item.latent:
            arisen[item.key] = item
    rows: list[Expected] = []
    told: list[Finding] = []
    due = (o for o in job.owed if not o.latent)
    for item in (*due, *(arisen[key] for key in sorted(arisen, key=str))):
        arrivals = _one_head(answers.get(item.key, []))
        row = expected_row(item, arrivals, job.today)
        rows.append(row)
        told.extend(deadline_findings(job.regime, item, row, arrivals))
    return tuple(rows), tuple(told)


def _one_head(arrivals: list[Arrival]) -> tuple[Arrival, ...]:
    """Where several workbooks answer one duty, the newest of their heads is its head."""
    heads = [a for a in arrivals if a.newest]
    if len(heads) > 1:
        last = max(heads, key=lambda a: age(a.receipt.at, a.path))
        return tuple(replace(a, newest=a is last) for a in arrivals)
    return tuple(arrivals)


def file_rows(
    rows: tuple[FileRow, ...], grouped: tuple[Chain, ...], returned: frozenset[str]
) -> tuple[FileRow, ...]:
    """Return the rows of all files with the status that checks and versions give them."""
    status: dict[str, FileStatus] = {}
    for chain in grouped:
        gone = dict(chain.status)
        for version in chain.versions:
            accepted: FileStatus = "returned" if version.path in returned else "accepted"
            status[version.path] = gone.get(version.number, accepted)
    return tuple(replace(row, status=status.get(row.path, row.status)) for row in rows)


def consolidated(
    regime: Regime, stacks: Mapping[str, Stack], returned: frozenset[str]
) -> dict[str, pd.DataFrame]:
    """Return the consolidated rows of each form, in the regime's order."""
    tables = {}
    for form in regime.forms:
        stack = stacks.get(form.id)
        if stack is None or form.layout == "cover":
            continue
        frame = stack.frame.copy()
        paths = {n: s.path for n, s in stack.submissions.items()}
        state = ["returned" if paths[n] in returned else "accepted" for n in frame[FILE].tolist()]
        frame[STATUS] = pd.Series(state, index=frame.index, dtype="str")
        tables[form.id] = frame.reset_index(drop=True)
    return tables


def in_order(
    regime: Regime, files: tuple[FileRow, ...], findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Return each finding once: by file, severity, the sheet's place in the document, cell."""
    paths = {f.path: n for n, f in enumerate(files)}
    sheets = {f.id: n for n, f in enumerate(regime.forms)}

    def order(found: Finding) -> tuple[object, ...]:
        where = found.where
        return (
            paths.get(where.path or "", len(paths)), where.path or "",
            SEVERITIES.index(found.severity), sheets.get(where.form or "", len(sheets)),
            where.sheet or "", *place(where.cell or ""),
            found.code, where.unit_code or "", where.filer or "", found.message,
        )  # fmt: skip

    return tuple(sorted(dict.fromkeys(findings), key=order))
