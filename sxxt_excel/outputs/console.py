"""What the commands print: a sentence, then a table a person can act on.

Made for the Windows console in GBK too: every character of ours is one of GBK's, and
lines are drawn in ASCII, since there a drawn line is twice as wide as elsewhere.
"""

from __future__ import annotations

import io
import os
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.box import Box
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sxxt_excel.codes import NOT_COME
from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.differences import CHANGE_WORDS, told_in_short
from sxxt_excel.outputs.shares import leading
from sxxt_excel.outputs.words import (
    due_day,
    moment,
    period_words,
    received,
    registers_said,
    unit_status,
)
from sxxt_excel.periods import PeriodError, period_word
from sxxt_excel.workspace import KEPT, KEPT_RESULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from sxxt_excel.outcome import Difference, Expected, FileRow, Finding
    from sxxt_excel.result import Kept, Round
    from sxxt_excel.settings import Settings

MOST_ROWS = 40
REDIRECTED_WIDTH = 120
"""Cells in a line where the output goes into a file and nobody said how wide."""

_BOX = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
REPORT, RETURN, EXPLAIN = "请补报", "退回修改", "请说明"
CLOCK, IDENTIFY, ROSTER = "核对收到时间", "认定单位", "核对名册"
OURS = "办公室核对"
"""What is asked about rows of the office's own unit, or one above: they get no letters."""
_STEPS = (REPORT, ROSTER, IDENTIFY, RETURN, EXPLAIN, OURS, CLOCK)
_CLOCK_CODE = "T103"
_NOT_OURS, _OFFICE, _SETTINGS, _BETWEEN = (
    "（未认出单位）",
    "（办公室）",
    "名册、设置",
    "（各表之间）",
)

_Key = tuple[str, str, str]


def make_console(*, quiet: bool = False, stderr: bool = False) -> Console:
    """Return the console to print on; characters it cannot show become “?”, never a crash.

    Args:
        quiet: print nothing at all.
        stderr: write to standard error, so that standard output holds the result only.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    stream = sys.stderr if stderr else sys.stdout
    told = "COLUMNS" in os.environ or stream.isatty()
    return Console(
        stderr=stderr,
        quiet=quiet,
        width=None if told else REDIRECTED_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )


@contextmanager
def progress(total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Show on standard error how many of `total` files are done; yields what counts one.

    Nothing is shown where nobody watches: quiet, or standard error is no terminal.
    """
    console = make_console(stderr=True)
    bar = Progress(
        TextColumn("已处理 {task.completed}/{task.total} 份"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


# ---- a pass --------------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    """One line of the table: what stands open about one packet of a unit, or one file.

    `must` is what a 须修改 asks for, `ask` a 需说明; `clocks` are questions about when a file
    came.
    """

    unit: str
    matter: str
    status: str
    must: str = RETURN
    ask: str = EXPLAIN
    missing: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    clocks: int = 0

    @property
    def steps(self) -> tuple[str, ...]:
        """Return what comes next, in plain words; empty where nothing does."""
        question = self.ask if self.must == RETURN else self.must
        steps = (
            (REPORT, self.missing),
            (self.must, self.counts["must"] > 0),
            (question, self.counts["query"] > self.clocks),
            (CLOCK, self.clocks > 0),
        )
        return tuple(dict.fromkeys(word for word, holds in steps if holds))


def print_round(
    round_: Round,
    console: Console,
    *,
    summary: str,
    written: Sequence[Path] = (),
    base: Path | None = None,
) -> None:
    """Print the summary, who has to do what, and where the outputs are.

    Args:
        round_: the pass.
        console: where to.
        summary: the one-line summary.
        written: files and folders to name.
        base: the workspace; what lies in it is named by its path within.
    """
    _say(console, summary)
    _say(console, received(round_))
    if round_.kept:
        _say(console, f"{registers_said(round_.registers)}{_asked_of_office(round_.kept)}")
    jobs = _jobs(round_)
    if jobs:
        console.print()
        console.print(_job_table(jobs[:MOST_ROWS]))
        if len(jobs) > MOST_ROWS:
            _say(console, f"以上是前{MOST_ROWS}项，其余{len(jobs) - MOST_ROWS}项见总台账。")
    else:
        _say(console, "没有须处理的事项。")
    if written:
        console.print()
        _say(console, "已写出：")
        for path in written:
            _say(console, f"  {_within(path, base)}")


def _asked_of_office(kept: Kept) -> str:
    """Return how much is to be mended in the office's own registers; what it is stands there."""
    open_ = sum(found.severity != "note" for found in kept.findings)
    return f"其中须改正或核实{open_}处，见 {KEPT}/{KEPT_RESULT}。" if open_ else ""


def _jobs(round_: Round) -> list[_Job]:
    """Return what there is to do: by the next step, then in the roster's order."""
    jobs: dict[_Key, _Job] = {}
    by_packet: dict[_Key, list[Expected]] = defaultdict(list)
    for row in round_.expected:
        by_packet[row.unit_code, row.packet, row.period].append(row)
    for key, rows in by_packet.items():
        status = EXPECTED_WORDS[unit_status(rows)]
        missing = any(row.owed and row.status == "missing" for row in rows)
        jobs[key] = _Job(rows[0].unit, _matter(*key[1:]), status, missing=missing)
    files = {f.path: f for f in round_.files}
    ours = leading(round_.regime, round_.roster, round_.settings.node)
    for found in round_.findings:
        # What is missing stands above already, as a row of what is owed.
        if found.stands and found.code not in NOT_COME:
            key, fresh = _line_of(found, files.get(found.where.path or ""))
            job = jobs.setdefault(key, fresh)
            job.ask = OURS if key[0] in ours else EXPLAIN
            job.counts[found.severity] += 1
            job.clocks += found.code == _CLOCK_CODE
    places = {unit.code: place for place, unit in enumerate(round_.roster.units)}

    def rank(key: _Key) -> tuple[int, int, _Key]:
        return _STEPS.index(jobs[key].steps[0]), places.get(key[0], len(places)), key

    return [jobs[key] for key in sorted((k for k, job in jobs.items() if job.steps), key=rank)]


def _line_of(found: Finding, row: FileRow | None) -> tuple[_Key, _Job]:
    """Return the line a finding belongs to: its file's packet, else its unit or the office."""
    where = found.where
    if found.family == "R":
        name = where.path or _SETTINGS
        return ("", name, ""), _Job(_OFFICE, name, "", must=ROSTER)
    status = FILE_WORDS[row.status] if row else ""
    if row and row.unit_code and row.packet and row.period:
        # Nothing of the kind is owed, else its line would be there: last year's, most likely.
        matter = f"{row.packet} {period_words(row.period)}"
        job = _Job(row.unit or row.unit_code, matter, status)
        return (row.unit_code, row.packet, row.period), job
    unit = where.unit or (row.unit if row else None)
    code = where.unit_code or (row.unit_code if row else None) or ""
    matter = where.path.rsplit("/", maxsplit=1)[-1] if where.path else _BETWEEN
    must = RETURN if unit else IDENTIFY
    return (code, matter, where.path or ""), _Job(unit or _NOT_OURS, matter, status, must=must)


def _matter(packet: str, period: str) -> str:
    return f"{packet} {_word(period)}"


def _word(period: str) -> str:
    try:
        return period_word(period)
    except PeriodError:
        return period


def _job_table(jobs: Iterable[_Job]) -> Table:
    table = _table("单位", "材料", "状态!", "须修改#", "需说明#", "下一步")
    for job in jobs:
        figures = (str(job.counts[name] or "") for name in ("must", "query"))
        _add(table, job.unit, job.matter, job.status, *figures, "、".join(job.steps))
    return table


# ---- the other commands --------------------------------------------------------------


def print_status(rows: Sequence[Expected], console: Console, settings: Settings) -> None:
    """Print what is owed and how it stands, one line a row."""
    filers = any(row.filer or row.subject for row in rows)
    heads = ("单位", "材料", "责任主体", "截止日!", "状态!", "收到时间!")
    table = _table(*(head for head in heads if filers or head != "责任主体"))
    for row in rows:
        who = "、".join(word for word in (row.filer, row.subject) if word)
        cells = [
            row.unit,
            _matter(row.packet, row.period),
            who,
            due_day([row], settings),
            EXPECTED_WORDS[row.status],
            moment(row.received_at),
        ]
        if not filers:
            del cells[2]
        _add(table, *cells)
    console.print(table)
    counted = Counter(row.status for row in rows)
    figures = "、".join(f"{word}{counted[s]}项" for s, word in EXPECTED_WORDS.items() if counted[s])  # type: ignore[index]
    _say(console, f"共{len(rows)}项：{figures}。" if rows else "没有应报事项。")


KIND_WORDS: Mapping[str, str] = {
    "obligation": "报送义务",
    "cascade": "责任传导",
    "count": "次数",
    "coverage": "完整性",
    "signoff": "签字背书",
    "chain": "环节先后",
    "need": "逐项核对",
    "slot": "会、书、报告",
    "agreement": "两数相符",
    "row": "行内规则",
    "manual": "人工核对",
}


def print_rules(rules: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the rules of `reference.rules_list`, regime by regime."""
    by_regime: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for rule in rules:
        by_regime[rule["regime"]].append(rule)
    for regime, items in by_regime.items():
        _say(console, f"{regime}：{len(items)}条")
        table = _table("种类!", "规则", "要求", "性质!", "依据", "义务")
        for rule in items:
            weight = "人工" if rule["kind"] == "manual" else SEVERITY_WORDS[rule["severity"]]
            clause = rule["basis"].rpartition("》")[2]
            served = "、".join(rule["obligations"])
            _add(table, KIND_WORDS[rule["kind"]], rule["id"], rule["title"], weight, clause, served)
        console.print(table)
        console.print()


def print_forms(forms: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the forms of `reference.forms_list`."""
    table = _table("表", "列数#", "用于套表", "用途")
    for form in forms:
        packets = "、".join(form["packets"])
        _add(table, form["form"], str(form["fields"]), packets, form["purpose"])
    console.print(table)


def print_calendar(rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print deadlines: when, what is special about the day, what, by whom, in whose words."""
    table = _table("截止日!", "备注", "材料", "谁报", "期限怎么写的")
    for row in rows:
        _add(table, *row)
    console.print(table)


def print_difference(found: Difference, console: Console, *, most: int = MOST_ROWS) -> None:
    """Print what the newer of two workbooks has otherwise, row by row."""
    _say(console, f"{found.after} 与 {found.before} 相比：{told_in_short(found)}")
    if not found.changes:
        return
    table = _table("表", "单元格!", "责任主体!", "编号!", "变动!", "列名", "原来", "现在")
    for row in found.changes[:most]:
        _add(table, row.form, row.cell, row.filer, row.key, CHANGE_WORDS[row.kind], row.field,
             row.before, row.after)  # fmt: skip
    console.print(table)
    if len(found.changes) > most:
        _say(console, f"……共{len(found.changes)}处，其余用 --json 看")


def print_text(text: str, console: Console) -> None:
    """Print a text as it stands, wrapped to the console."""
    for line in text.splitlines():
        _say(console, line)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print a table; a head that ends in “!” is never wrapped, in “#” holds figures."""
    table = _table(*heads)
    for cells in rows:
        _add(table, *cells)
    console.print(table)


# ---- how -----------------------------------------------------------------------------


def _table(*heads: str) -> Table:
    """Return an empty table; a head that ends in “!” is never wrapped, in “#” holds figures."""
    table = Table(box=_BOX, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for head in heads:
        figures = head.endswith("#")
        table.add_column(
            head.rstrip("!#"),
            justify="right" if figures else "left",
            no_wrap=figures or head.endswith("!"),
            overflow="fold",
        )
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*map(_plain, cells))


def _say(console: Console, text: str) -> None:
    # The terminal wraps a sentence itself; in a file it stays one line.
    console.print(_plain(text), soft_wrap=True)


def _plain(text: str) -> str:
    """Take out what would steer the terminal: names of files come from strangers."""
    return "".join(c if c.isprintable() else " " for c in text)


def _within(path: Path, base: Path | None) -> str:
    if base is not None and path.is_relative_to(base):
        return path.relative_to(base).as_posix()
    return str(path)
