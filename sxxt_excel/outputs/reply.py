"""回复/<单位>/审核意见.html: to each unit what became of its own files, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from sxxt_excel.codes import CATALOGUE, fill
from sxxt_excel.model import EXPECTED_WORDS, FILE_WORDS, SEVERITY_WORDS
from sxxt_excel.outputs.differences import Revision, revision
from sxxt_excel.outputs.grouping import group, short, tally
from sxxt_excel.outputs.words import OWED, long_day, period_words, rule_titles
from sxxt_excel.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from jinja2 import Template

    from sxxt_excel.model import Expected, FileRow, Finding, Regime, Roster, Severity, Unchecked
    from sxxt_excel.outputs.grouping import Group
    from sxxt_excel.result import Round

REPLIES, REPLY_FILE = "回复", "审核意见.html"

# What the party office has to settle itself: when a thing came, who is on the roster, who
# takes up whose item. What is owed is told from the expected set, in words to the unit.
_OFFICE = frozenset(
    {"C103", "C104", "F108", "I105", "I109", "I113", "I114", "T102", "T103", "T104", "T105"}
)
_MISSING = frozenset({"Q101", "Q102"})
# With a file that bears a secrecy marking nothing is sent, not even word of it.
_STOPPED = frozenset({"F112"})
_DONE = CATALOGUE["V151"].remedy
_COUNTS = "N"
_LONGEST_MESSAGE = 300

_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 60


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


@dataclass(frozen=True, slots=True)
class Share:
    """What of a pass concerns one unit."""

    code: str
    unit: str
    files: tuple[FileRow, ...]
    expected: tuple[Expected, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]

    @property
    def missing(self) -> tuple[Expected, ...]:
        """Return what is owed, overdue and has not come."""
        return tuple(e for e in self.expected if e.duty == OWED and e.status == "missing")

    @property
    def coming(self) -> tuple[Expected, ...]:
        """Return what is owed and has a day that is not past."""
        return tuple(e for e in self.expected if e.duty == OWED and e.status == "not_due" and e.due)


def replies(round_: Round) -> tuple[Reply, ...]:
    """Return a reply for each unit that sent files or owes something overdue."""
    return tuple(_reply(round_, share) for share in shares(round_) if share.files or share.missing)


def _reply(round_: Round, share: Share) -> Reply:
    regime, settings = round_.regime, round_.settings
    sent = {f.path: f for f in share.files}
    paths = sorted((path for path in sent if _base(path) != path), key=len, reverse=True)
    groups = [(g, _line(g, regime)) for g in group(own_words(f, paths) for f in share.findings)]
    standing = [(g, line) for g, line in groups if g.stands]
    notes = [(g, line) for g, line in groups if g.severity == "note"]
    titles = rule_titles(regime)
    return Reply(
        code=share.code,
        unit=share.unit,
        year=settings.year,
        document=regime.cite(""),
        office=settings.name,
        marking=settings.marking,
        as_of=long_day(round_.today),
        opening=tuple(_opening(round_, share)),
        arrivals=tuple(_arrival(f, regime, share) for f in _by_arrival(share.files)),
        attachments=tuple(_base(f.path) for f in share.files if f.status == "attachment"),
        sections=tuple(
            _section(severity, [pair for pair in standing if pair[0].severity == severity], sent)
            for severity in ("must", "query")
            if any(g.severity == severity for g, _ in standing)
        ),
        explained=tuple(line for g, line in groups if g.explanation),
        settled=tuple(line for g, line in notes if g.remedy == _DONE),
        aware=tuple(line for g, line in notes if g.remedy != _DONE),
        unchecked=tuple(
            dict.fromkeys(
                (titles.get(u.rule, u.rule), u.because.removeprefix("因")) for u in share.unchecked
            )
        ),
        owing=tuple(_owing(e, regime) for e in share.missing),
        coming=tuple(_owing(e, regime) for e in share.coming),
        revisions=tuple(revision(d) for d in round_.versions if d.unit_code == share.code),
    )


# ---- whose is what -------------------------------------------------------------------

_Item = TypeVar("_Item")


def _by(items: Iterable[_Item], owner: Callable[[_Item], str | None]) -> dict[str, list[_Item]]:
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        code = owner(item)
        if code is not None:
            found[code].append(item)
    return found


def shares(round_: Round) -> Iterator[Share]:
    """Yield for each unit what concerns it and nobody else, in the order of the roster."""
    names = unit_names(round_)
    counted = Counter(names.values())
    sole = {name: code for code, name in names.items() if counted[name] == 1}
    told = frozenset(c.law.id for c in round_.regime.cascades if c.told == "office")
    stopped = frozenset(f.where.path for f in round_.findings if f.code in _STOPPED)
    files_of = _by(round_.files, lambda f: None if f.path in stopped else f.unit_code)
    expected_of = _by(round_.expected, lambda e: e.unit_code)
    findings_of = _by(
        _for_units(round_, told), lambda f: f.where.unit_code or sole.get(f.where.unit or "")
    )
    open_rules = (u for u in round_.unchecked if u.rule not in told)
    unchecked_of = _by(open_rules, lambda u: u.unit if u.unit in names else sole.get(u.unit))
    for code, name in names.items():
        if code in round_.below:
            continue  # the node that collects from it answers
        yield Share(
            code,
            name,
            tuple(files_of.get(code, ())),
            tuple(expected_of.get(code, ())),
            tuple(findings_of.get(code, ())),
            tuple(unchecked_of.get(code, ())),
        )


def unit_names(round_: Round) -> dict[str, str]:
    """Return code → name of all units, the roster's first and in its order."""
    names = {unit.code: unit.name for unit in round_.roster.units}
    for row in round_.files:
        if row.unit_code:
            names.setdefault(row.unit_code, row.unit or row.unit_code)
    return names


def _for_units(round_: Round, told: frozenset[str]) -> list[Finding]:
    """Return the findings that a unit can do something about or should know."""
    return [
        f
        for f in round_.findings
        if f.family != "R" and f.code not in _OFFICE | _MISSING | _STOPPED and f.rule not in told
    ]


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
        yield _demand(round_, share) if counts["must"] else "其余内容无须改动。"
    elif "accepted" in status and not status & {"returned", "unreadable"}:
        yield "材料已审核通过，予以登记。请报送签字盖章纸质件一式一份。"
    elif share.files:
        yield "你单位发来的文件已收到，情况列在下面。"
    if share.missing:
        also = "另有" if share.files else "你单位尚有"
        yield (
            f"截至{long_day(round_.today)}，{also}{len(share.missing)}项材料没有收到，请尽快报送。"
        )


def _demand(round_: Round, share: Share) -> str:
    days = sorted(e.due for e in share.expected if e.due and e.status == "returned")
    in_time = bool(days) and round_.today <= _date(days[0])
    by = f"请于{_until(days[0], round_)}前修改后重报" if in_time else "请尽快修改后重报"
    return f"{by}，其余内容无须改动。"


def _until(due: str, round_: Round) -> str:
    hour = round_.settings.calendar.hour
    whole_day = hour == type(round_.settings.calendar)().hour
    return long_day(_date(due)) if whole_day else f"{long_day(_date(due))}{hour}时"


def _by_arrival(files: Iterable[FileRow]) -> list[FileRow]:
    """Return the files that are no attachments in the order in which they came."""
    papers = (f for f in files if f.status != "attachment")
    return sorted(papers, key=lambda f: (f.receipt.at, f.path))


def _arrival(row: FileRow, regime: Regime, share: Share) -> Arrival:
    late = any(e.path == row.path and e.arrived == "late" for e in share.expected)
    asked = any(f.where.path == row.path and f.stands for f in share.findings)
    status = [FILE_WORDS[row.status]]
    if late:
        status.append(EXPECTED_WORDS["late"])
    if asked and row.status == "accepted":
        status.append("有事项待说明")
    return Arrival(
        title=_title(row.packet, row.period, regime) or _UNTITLED[row.status == "unreadable"],
        name=_base(row.path),
        period=period_words(row.period),
        received=_moment(row.receipt.at),
        rests_on=f"以{row.receipt.by}为准",
        status=tuple(status),
        counts=row.status not in {"superseded", "duplicate", "foreign"},
    )


def _owing(row: Expected, regime: Regime) -> Owing:
    about = "、".join(word for word in (row.filer, row.subject) if word)
    return Owing(
        title=_title(row.packet, row.period, regime),
        filer=about,
        due=long_day(_date(row.due)) if row.due else "",
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
    by = "，".join(word for word in (said.author, said.day) if word)
    return f"{short(said.text, _LONGEST_MESSAGE)}（{by}）"


def own_words(found: Finding, paths: Iterable[str]) -> Finding:
    """Name files as the unit knows them: the folders of the inbox are the office's own."""

    def named(text: str) -> str:
        for path in paths:
            text = text.replace(path, _base(path))
        return text

    return replace(
        found, got=named(found.got), message=named(found.message), remedy=named(found.remedy)
    )


def _file_label(path: str | None, sent: Mapping[str, FileRow]) -> str:
    if path is None:
        return ""
    row = sent.get(path)
    packet = f"{period_words(row.period)}{row.packet}：" if row and row.packet else ""
    return f"{packet}{_base(path)}"


def _title(packet: str | None, period: str | None, regime: Regime) -> str:
    found = next((p for p in regime.packets if p.id == packet), None)
    if found is None:
        return packet or ""
    words = period_words(period)
    year = f"{words[:4]}年度" if words[:4].isdigit() else ""
    return fill(found.title, {"年度": year, "期": words})


def _base(path: str) -> str:
    """Return the file's own name: what stands around it is how the office keeps it."""
    return re.split(r"[/!]", path)[-1]


def _date(iso: str) -> date:
    return date.fromisoformat(iso[:10])


def _moment(iso: str) -> str:
    at = datetime.fromisoformat(iso)
    return f"{long_day(at.date())} {at:%H:%M}"


# ---- files ---------------------------------------------------------------------------


def reply_folders(roster: Roster, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return unit code → folder name below 回复/, fit for Windows and distinct.

    Args:
        roster: its units come first.
        others: code → name of units that sent something and are not on the roster.
    """
    names = {unit.code: unit.name for unit in roster.units} | dict(others or {})
    plain = {code: safe_name(name) or safe_name(code) or "_" for code, name in names.items()}
    counted = Counter(name.casefold() for name in plain.values())
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for code, name in plain.items():
        folder = name if counted[name.casefold()] == 1 else f"{name}（{safe_name(code)}）"
        while folder.casefold() in taken:
            folder += "_"
        taken.add(folder.casefold())
        folders[code] = folder
    return folders


def safe_name(name: str) -> str:
    """Return a name that Windows and others take for a file or folder; may be empty."""
    text = "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C"
    )
    text = _ILLEGAL.sub("_", text).strip()[:_LONGEST_NAME].rstrip(". ")
    return f"_{text}" if _RESERVED.fullmatch(text) else text


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
    _remove_stale(root, frozenset(written))
    return tuple(written)


def _template() -> Template:
    # Only a pass that writes replies waits for it.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - see above

    source = files("sxxt_excel.outputs").joinpath("reply.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def _remove_stale(root: Path, written: frozenset[Path]) -> None:
    """Remove our own files of units that have no reply now; what else lies there stays."""
    for path in root.glob(f"*/{REPLY_FILE}"):
        if path not in written and path.is_file():
            path.unlink()
