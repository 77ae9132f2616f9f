"""回复/<单位>/审核意见.html: to each unit what became of its own files, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from sxxt_excel.codes import CATALOGUE
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outcome import EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.differences import Revision, revision
from sxxt_excel.outputs.folders import remove_stale, reply_folders
from sxxt_excel.outputs.grouping import group, tally
from sxxt_excel.outputs.shares import shares, unit_names
from sxxt_excel.outputs.words import (
    UNSURE,
    clocks_in_doubt,
    in_doubt,
    long_day,
    long_moment,
    mend_by,
    period_words,
    rule_titles,
    title_of,
    until,
)
from sxxt_excel.store import write_whole
from sxxt_excel.text import one_line, short
from sxxt_excel.workspace import REPLIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from jinja2 import Template

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.severity import Severity
    from sxxt_excel.outcome import Expected, FileRow
    from sxxt_excel.outputs.grouping import Group
    from sxxt_excel.outputs.shares import Share
    from sxxt_excel.outputs.words import Doubt
    from sxxt_excel.result import Round

REPLY_FILE = "审核意见.html"

_DONE = CATALOGUE["V151"].remedy
_COUNTS = "N"
_LONGEST_MESSAGE = 300


# ---- what a reply says ---------------------------------------------------------------


_UNTITLED = ("（不属本次报送的套表）", "（打不开，看不出是哪一套表）")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that came: what it is, when it came and on what that rests, its status."""

    title: str
    name: str
    period: str
    received: str
    rests_on: str
    status: tuple[str, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One group of equal findings: where, what was found, what to do, on whose authority.

    `explained`: the unit's own words, and by whom and when, where they settled it.
    """

    sheet: str
    cells: str
    field: str
    key: str
    total: str
    message: str
    found: str
    remedy: str
    basis: str
    explained: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one file; `name` is empty for what concerns no single file."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """须修改 or 需说明: how many cells, and the lines by file."""

    severity: Severity
    title: str
    count: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Owing:
    """One packet that has not come; `due` is empty where no day is set."""

    title: str
    filer: str
    due: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that stands in one unit's 审核意见."""

    code: str
    unit: str
    year: int
    document: str
    office: str
    marking: str
    channel: str
    as_of: str
    opening: tuple[str, ...]
    arrivals: tuple[Arrival, ...]
    attachments: tuple[str, ...]
    sections: tuple[Section, ...]
    explained: tuple[Line, ...]
    settled: tuple[Line, ...]
    aware: tuple[Line, ...]
    unchecked: tuple[tuple[str, str], ...]
    owing: tuple[Owing, ...]
    coming: tuple[Owing, ...]
    revisions: tuple[Revision, ...] = ()

    @property
    def returned(self) -> bool:
        """Tell whether something must be mended."""
        return any(s.severity == "must" for s in self.sections)


def replies(round_: Round) -> tuple[Reply, ...]:
    """Return a reply for each unit that sent files or owes something overdue."""
    titles, doubts = rule_titles(round_.regime), clocks_in_doubt(round_)
    return tuple(
        _reply(round_, share, titles, doubts)
        for share in shares(round_)
        if share.files or share.missing
    )


def _reply(
    round_: Round, share: Share, titles: Mapping[str, str], doubts: Collection[Doubt]
) -> Reply:
    regime, settings = round_.regime, round_.settings
    sent = {f.path: f for f in share.files}
    groups = [(g, _line(g, regime)) for g in group(share.own_words())]
    standing = [(g, line) for g, line in groups if g.stands]
    notes = [(g, line) for g, line in groups if g.severity == "note"]
    return Reply(
        code=share.code,
        unit=share.unit,
        year=settings.year,
        document=regime.cite(""),
        office=settings.name,
        marking=settings.marking,
        channel=one_line(settings.letters.channel),
        as_of=long_day(round_.today),
        opening=tuple(_opening(round_, share)),
        arrivals=tuple(_arrival(f, share, regime, doubts) for f in _by_arrival(share.files)),
        attachments=tuple(last_name(f.path) for f in share.files if f.status == "attachment"),
        sections=tuple(
            _section(severity, [pair for pair in standing if pair[0].severity == severity], sent)
            for severity in ("must", "query")
            if any(g.severity == severity for g, _ in standing)
        ),
        explained=tuple(line for g, line in groups if g.explanation),
        settled=tuple(line for g, line in notes if g.remedy == _DONE),
        aware=tuple(line for g, line in notes if g.remedy != _DONE),
        unchecked=tuple(_unchecked(share, titles)),
        owing=tuple(_owing(e, round_) for e in share.missing),
        coming=tuple(_owing(e, round_) for e in share.coming),
        revisions=tuple(revision(d) for d in round_.versions if d.unit_code == share.code),
    )


# ---- the words -----------------------------------------------------------------------


def _opening(round_: Round, share: Share) -> Iterator[str]:
    counts = tally(f for f in share.findings if f.stands)
    faults = "、".join(
        f"{counts[severity]}处{SEVERITY_WORDS[severity]}"
        for severity in ("must", "query")
        if counts[severity]
    )
    status = {f.status for f in share.files}
    if faults:
        yield f"经审核，有{faults}，逐条列在下面。"
        by = mend_by(share.expected, round_.settings, round_.today, share.unfiled)
        asked = "修改后重报" if counts["must"] else "更正或说明后报回"
        yield f"请于{by}前{asked}，其余内容无须改动。"
    elif "accepted" in status and not status & {"returned", "unreadable"}:
        paper = one_line(round_.settings.letters.paper)
        yield "材料已审核通过，予以登记。" + (f"请报送{paper}。" if paper else "")
    elif share.files:
        yield "你单位发来的文件已收到，情况列在下面。"
    if share.missing:
        also = "另有" if share.files else "你单位尚有"
        yield (
            f"截至{long_day(round_.today)}，{also}{len(share.missing)}项材料没有收到，请尽快报送。"
        )


def _unchecked(share: Share, titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield rules and why they are unchecked; what one thing leaves open is one line."""
    found: dict[str, dict[str, None]] = {}
    for row in share.unchecked:
        because = found.setdefault(row.because.removeprefix("因"), {})
        because[titles.get(row.rule, row.rule)] = None
    for because_of, rules in found.items():
        yield "；".join(rules), because_of


def _by_arrival(files: Iterable[FileRow]) -> list[FileRow]:
    """Return the files that are no attachments in the order in which they came."""
    papers = (f for f in files if f.status != "attachment")
    return sorted(papers, key=lambda f: (f.receipt.at, f.path))


def _arrival(row: FileRow, share: Share, regime: Regime, doubts: Collection[Doubt]) -> Arrival:
    late = [e for e in share.expected if e.path == row.path and e.arrived == "late"]
    unsure = all(in_doubt(e, doubts) for e in late)
    asked = any(f.where.path == row.path and f.stands for f in share.findings)
    status = [FILE_WORDS[row.status]]
    if late:
        status.append(UNSURE if unsure else EXPECTED_WORDS["late"])
    if asked and row.status == "accepted":
        status.append("有事项待说明")
    return Arrival(
        title=title_of(row.packet, row.period, regime) or _UNTITLED[row.status == "unreadable"],
        name=last_name(row.path),
        period=period_words(row.period),
        received=long_moment(row.receipt.at),
        rests_on=f"以{row.receipt.by}为准",
        status=tuple(status),
        counts=row.status not in {"superseded", "duplicate", "foreign"},
    )


def _owing(row: Expected, round_: Round) -> Owing:
    about = "、".join(word for word in (row.filer, row.subject) if word)
    return Owing(
        title=title_of(row.packet, row.period, round_.regime),
        filer=about,
        due=until(row.due, round_.settings) if row.due else "",
    )


def _section(
    severity: Severity, lines: list[tuple[Group, Line]], sent: Mapping[str, FileRow]
) -> Section:
    blocks = tuple(
        Block(_file_label(path, sent), tuple(line for _, line in pairs))
        for path, pairs in groupby(lines, key=lambda pair: pair[0].where.path)
    )
    return Section(severity, SEVERITY_WORDS[severity], sum(g.count for g, _ in lines), blocks)


def _line(item: Group, regime: Regime) -> Line:
    where = item.where
    counted = item.code[0] == _COUNTS  # what was found is a number of records, no cell's content
    told = counted or all(value in item.message for value in item.values)
    return Line(
        sheet=where.sheet or where.form or "",
        cells=item.places,
        field=where.field or "",
        key=item.keys[0] if item.count == 1 and item.keys else "",
        total=f"共{item.count}处" if item.count > 1 and item.alike else "",
        message=short(item.message, _LONGEST_MESSAGE),
        found="" if told else item.samples,
        remedy=short(item.remedy, _LONGEST_MESSAGE),
        basis=item.basis.removeprefix(regime.cite("")),
        explained=_explained(item),
    )


def _explained(item: Group) -> str:
    said = item.explanation
    if said is None:
        return ""
    return f"{short(said.text, _LONGEST_MESSAGE)}（{said.by}）"


def _file_label(path: str | None, sent: Mapping[str, FileRow]) -> str:
    if path is None:
        return ""
    row = sent.get(path)
    packet = f"{period_words(row.period)}{row.packet}：" if row and row.packet else ""
    return f"{packet}{last_name(path)}"


# ---- files ---------------------------------------------------------------------------


def write_replies(round_: Round, out: Path) -> tuple[Path, ...]:
    """Write all replies below `out`/回复 and remove those that no longer stand.

    Args:
        round_: the pass.
        out: the folder that holds 回复/.

    Returns:
        The files written, in the order of the roster.
    """
    root = out / REPLIES
    template = _template()
    folders = reply_folders(round_.roster, unit_names(round_))
    written = []
    for reply in replies(round_):
        path = root / folders[reply.code] / REPLY_FILE
        write_whole(path, template.render(reply=reply).encode())
        written.append(path)
    remove_stale(root, (REPLY_FILE,), written)
    return tuple(written)


def _template() -> Template:
    # Only a pass that writes replies waits for it.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - see above

    source = files("sxxt_excel.outputs").joinpath("reply.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
