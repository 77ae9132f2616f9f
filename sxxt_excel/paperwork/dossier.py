"""dossier: everything of one unit, one leader or one item in a folder, with an index, to be shown.

Originals are copied, never moved. A unit's dossier names no other unit; what bears a secrecy
marking or belongs to the office alone (自存) is in none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.headings import FILE_HEADING, PERIOD_HEADING, SHEET_HEADING
from sxxt_excel.intake.parcel import last_name
from sxxt_excel.model.severity import SEVERITY_WORDS
from sxxt_excel.outcome import CASCADE_WORDS, EXPECTED_WORDS, FILE_WORDS
from sxxt_excel.outputs.folders import reply_folders, safe_name
from sxxt_excel.outputs.looks import NONE
from sxxt_excel.outputs.shares import shares, unit_names
from sxxt_excel.outputs.words import due_day, matter, moment, period_words, rule_titles
from sxxt_excel.paperwork.cells import columns_of
from sxxt_excel.paperwork.copying import GONE, Wanted, arrivals_of, copy_files, refused
from sxxt_excel.paperwork.index import Index, Listing, write_index
from sxxt_excel.paperwork.last import last_result
from sxxt_excel.paperwork.master import read_master, row_text
from sxxt_excel.paperwork.post import letter_rows
from sxxt_excel.paperwork.shelf import Shelf
from sxxt_excel.paperwork.split import Owners, Whose, leaders, own_sheets
from sxxt_excel.paperwork.trace import item_numbers, trace
from sxxt_excel.text import fold, nearest
from sxxt_excel.waivers import ACCEPTED
from sxxt_excel.workspace import PAPERS, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.outcome import CascadeRow, Expected, FileRow, Finding
    from sxxt_excel.outputs.shares import Share
    from sxxt_excel.outputs.tables import Table
    from sxxt_excel.paperwork.cells import Columns
    from sxxt_excel.paperwork.copying import Copied
    from sxxt_excel.paperwork.last import Last
    from sxxt_excel.paperwork.master import MasterSheet
    from sxxt_excel.paperwork.shelf import Changes
    from sxxt_excel.paperwork.trace import Step
    from sxxt_excel.result import Round
    from sxxt_excel.settings import Settings
    from sxxt_excel.workspace import Workspace

__all__ = ["Dossier", "make_dossier"]

DOSSIERS = "卷宗"
_MATERIALS, _ATTACHMENTS = "材料", "附件"
_RELATION: Mapping[int, str] = MappingProxyType({-1: "上级项目", 0: "本项", 1: "落实"})


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier that was made: about whom or what, where, what is in it and what could not be."""

    about: str
    folder: Path
    copied: tuple[Copied, ...]
    changes: Changes


def make_dossier(space: Workspace, name: str) -> Dossier:
    """Make the dossier of a unit, a leader or an item below 公文/卷宗/, or renew it.

    Args:
        space: the workspace.
        name: a unit (name, short name or code), a person of the roster, or an item's number.

    Raises:
        WorkspaceError: nothing has been collected, or nothing is called so.
    """
    last = last_result(space)
    sheets = read_master(space)
    units = _called(last, name)
    if len(units) > 1:
        raise WorkspaceError(f"叫“{name}”的单位有{len(units)}家，请写单位代码：{'、'.join(units)}")
    if units:
        return _of_unit(last, units[0])
    people = _persons(last, name)
    if len(people) > 1:
        said = "、".join(who.label for who in people)
        raise WorkspaceError(f"叫“{name}”的有{len(people)}人，请写明是哪一位：{said}")
    if people:
        return _of_leader(last, sheets, people[0])
    numbers = item_numbers(sheets, last.round_.regime)
    if fold(name) in numbers:
        return _of_item(last, sheets, numbers[fold(name)])
    known = (*unit_names(last.round_).values(), *(p.name for p in last.round_.roster.people))
    near = nearest(name, (*known, *numbers.values()))
    hint = f"，是否指“{near}”" if near else ""
    raise WorkspaceError(f"没有叫“{name}”的单位、领导或项目编号{hint}")


def _called(last: Last, name: str) -> list[str]:
    """Return the codes of the units that a name may mean."""
    wanted = fold(name)
    units = last.round_.roster.units
    exact = [u.code for u in units if wanted in {fold(u.code), fold(u.name)}]
    return exact or [u.code for u in units if wanted in map(fold, u.names)]


def _persons(last: Last, name: str) -> list[Whose]:
    """Return who is meant by a name: leaders in charge first, with their posts where needed."""
    wanted = fold(name)
    known = [whose for _, whose in leaders(last)]
    exact = [whose for whose in known if fold(whose.label) == wanted]
    found = exact or [whose for whose in known if fold(whose.name) == wanted]
    if found:
        return found
    posts = [p for p in last.round_.roster.people if fold(p.name) == wanted]
    people = {person.key: person for person in posts}
    return [
        Whose(
            person.name if len(people) == 1 else f"{person.name}（{person.post}）",
            frozenset(), person.name, frozenset(p.unit for p in posts if p.key == key),
        )
        for key, person in people.items()
    ]  # fmt: skip


# ---- a unit -----------------------------------------------------------------------------


def _of_unit(last: Last, code: str) -> Dossier:
    round_ = last.round_
    share = next((each for each in shares(round_) if each.code == code), None)
    name = unit_names(round_)[code]
    folder = reply_folders(round_.roster, unit_names(round_))[code]
    shelf = _shelf(last, folder)
    rows = [file for file in round_.files if file.unit_code == code]
    copied = copy_files(last, [Wanted(row, _room(row)) for row in rows], shelf)
    letters = letter_rows(last, code, folder, shelf)
    listings = (
        _owed(round_.settings, "应报情况", (e for e in round_.expected if e.unit_code == code)),
        _versions(last, copied, code),
        _opinions(share.own_words() if share else ()),
        _explanations(share),
        _waivers(last, code),
        letters,
    )
    return _finished(last, name, shelf, copied, listings)


def _room(row: FileRow) -> str:
    return _ATTACHMENTS if row.status == "attachment" else _MATERIALS


def _owed(settings: Settings, name: str, rows: Iterable[Expected]) -> Listing:
    lines = tuple(
        (
            row.unit,
            matter(row.packet, row.period),
            row.filer or row.subject or "",
            row.duty,
            due_day([row], settings),
            EXPECTED_WORDS[row.status],
            moment(row.received_at) or NONE,
            {True: "审核通过", False: "待修改", None: NONE}[row.accepted],
        )
        for row in rows
    )
    heads = ("单位", "材料", "责任主体", "性质", "截止日", "报送情况", "收到时间", "审核情况")
    return Listing(name, heads, (22, 30, 14, 8, 12, 12, 17, 12), lines)


def _versions(last: Last, copied: Sequence[Copied], code: str) -> Listing:
    """Return every version that came, and of those that are gone what the registry knows."""
    lines = [
        (
            moment(each.row.receipt.at),
            each.row.receipt.by,
            last_name(each.row.path),
            matter(each.row.packet, each.row.period or "") if each.row.packet else "",
            FILE_WORDS[each.row.status],
            each.name or each.why,
            each.row.sha256,
        )
        for each in copied
    ]
    there = {(each.row.path, each.row.sha256) for each in copied}
    no = refused(last)
    for arrived in arrivals_of(last):
        mine = arrived.unit_code == code and (arrived.path, arrived.sha256) not in there
        if mine and arrived.path not in no:
            receipt = arrived.receipt
            title = matter(arrived.packet, arrived.period) if arrived.packet else ""
            word = FILE_WORDS.get(arrived.status, "")
            name = last_name(arrived.path)
            lines.append((moment(receipt.at), receipt.by, name, title, word, GONE, arrived.sha256))
    heads = ("收到时间", "时间依据", "原文件名", "材料", "审核结论", "卷内位置", "校验码")
    return Listing("收到的各份材料", heads, (17, 12, 34, 28, 12, 36, 20), tuple(sorted(lines)))


def _opinions(found: Iterable[Finding]) -> Listing:
    lines = tuple(
        (
            SEVERITY_WORDS[f.severity],
            f.code,
            last_name(f.where.path or ""),
            " ".join(filter(None, (f.where.sheet, f.where.cell))),
            f.message,
            f.remedy,
        )
        for f in found
    )
    heads = ("程度", "编号", "文件", "位置", "问题", "怎么改")
    return Listing("审核意见", heads, (10, 8, 30, 18, 44, 36), lines)


def _explanations(share: Share | None) -> Listing:
    lines = tuple(
        (f.message, f.explanation.text, f.explanation.by, moment(f.explanation.received_at))
        for f in (share.own_words() if share else ())
        if f.explanation is not None
    )
    heads = ("要求说明的内容", "单位的说明", "说明人和日期", "收到时间")
    return Listing("单位的说明", heads, (44, 44, 18, 17), lines)


def _waivers(last: Last, code: str) -> Listing:
    """Return the exceptions of a unit; why somebody is excused never leaves the roster."""
    lines = tuple(
        (
            waiver.kind,
            waiver.matter,
            waiver.approver,
            waiver.approved.isoformat() if waiver.approved else "",
            waiver.expires.isoformat() if waiver.expires else "",
            waiver.reason if waiver.kind == ACCEPTED else "",
        )
        for waiver in last.round_.roster.waivers
        if waiver.unit == code
    )
    heads = ("种类", "报送事项", "批准人", "批准日期", "有效期至", "认可接收的理由")
    return Listing("批准的例外", heads, (12, 28, 12, 12, 12, 40), lines)


# ---- a leader ---------------------------------------------------------------------------


def _of_leader(last: Last, sheets: Sequence[MasterSheet], whose: Whose) -> Dossier:
    round_ = last.round_
    mine = replace(whose, codes=frozenset())
    owners = Owners(last)
    shelf = _shelf(last, safe_name(whose.label))
    paths = {
        row_text(row[at])
        for sheet in sheets
        for at in [sheet.place(FILE_HEADING)]
        if at is not None
        for row in owners.rows(sheet, mine)
    }
    files = [file for file in round_.files if file.path in paths]
    copied = copy_files(last, [Wanted(row, _room(row)) for row in files], shelf)
    listings = (
        _owed(
            round_.settings,
            "本人的应报情况",
            (e for e in round_.expected if mine.has(e.unit_code, e.filer or "")),
        ),
        _owed(
            round_.settings,
            "分管单位的应报情况",
            (e for e in round_.expected if e.unit_code in whose.codes),
        ),
        _taken_up(round_, [row for row in round_.cascade if _is_his(row.parent_filer, whose.name)]),
        _copies(copied),
    )
    tables = own_sheets(owners, sheets, mine)
    return _finished(last, whose.label, shelf, copied, listings, tables)


def _is_his(filer: str, name: str) -> bool:
    return filer.partition("（")[0] == name


def _taken_up(round_: Round, rows: Iterable[CascadeRow]) -> Listing:
    titles = rule_titles(round_.regime)
    lines = tuple(
        (
            titles.get(row.rule, row.rule),
            row.parent_unit,
            row.parent_filer,
            row.parent_key,
            period_words(row.period) if row.period else NONE,
            CASCADE_WORDS[row.status],
            "、".join(row.children),
        )
        for row in rows
    )
    heads = ("规则", "单位", "责任主体", "项目编号", PERIOD_HEADING, "情况", "承接项目")
    return Listing("项目承接情况", heads, (36, 22, 14, 20, 14, 10, 36), lines)


# ---- an item ----------------------------------------------------------------------------


def _of_item(last: Last, sheets: Sequence[MasterSheet], number: str) -> Dossier:
    round_ = last.round_
    steps = trace(sheets, round_.regime, number)
    shelf = _shelf(last, safe_name(number))
    paths = {step.file for step in steps}
    files = [file for file in round_.files if file.path in paths]
    copied = copy_files(last, [Wanted(row, _MATERIALS) for row in files], shelf)
    places = {each.row.path: shelf.folder / each.name for each in copied if each.name}
    columns = columns_of(round_.regime, round_.settings.limits, places)
    numbers = {step.number for step in steps}
    listings = (
        _steps(steps, columns),
        _taken_up(round_, [row for row in round_.cascade if row.parent_key in numbers]),
        _of_rows(round_, numbers),
        _copies(copied),
    )
    return _finished(last, number, shelf, copied, listings)


def _steps(steps: Iterable[Step], columns: Columns) -> Listing:
    lines = tuple(
        (
            _RELATION.get(step.depth, _RELATION[1] if step.depth > 0 else _RELATION[-1]),
            step.form,
            step.period,
            step.unit,
            step.filer,
            step.number,
            step.words,
            step.standing,
            step.state,
            last_name(step.file),
            step.sheet,
            columns.address(step),
        )
        for step in steps
    )
    heads = ("层次", "环节", PERIOD_HEADING, "单位", "责任主体", "编号", "内容", "完成情况",
             "审核情况", FILE_HEADING, SHEET_HEADING, "单元格")  # fmt: skip
    widths = (10, 18, 14, 22, 12, 20, 44, 12, 12, 34, 16, 10)
    return Listing("来龙去脉", heads, widths, lines)


def _of_rows(round_: Round, numbers: Container[str]) -> Listing:
    """Return what was said of some items."""
    found = (f for f in round_.findings if f.where.row_key in numbers)
    return _opinions(found)


# ---- what all have ----------------------------------------------------------------------


def _shelf(last: Last, name: str) -> Shelf:
    return Shelf(last.space.root / PAPERS / DOSSIERS / (name or "_"))


def _copies(copied: Iterable[Copied]) -> Listing:
    lines = tuple(
        (
            each.row.unit or NONE,
            last_name(each.row.path),
            moment(each.row.receipt.at),
            each.row.receipt.by,
            FILE_WORDS[each.row.status],
            each.name or each.why,
            each.row.sha256,
        )
        for each in copied
    )
    heads = ("单位", "原文件名", "收到时间", "时间依据", "审核结论", "卷内位置", "校验码")
    return Listing("卷内材料", heads, (22, 34, 17, 12, 12, 36, 20), lines)


def _finished(  # noqa: PLR0913, PLR0917 - what a dossier is made of
    last: Last,
    about: str,
    shelf: Shelf,
    copied: tuple[Copied, ...],
    listings: tuple[Listing, ...],
    tables: tuple[Table, ...] = (),
) -> Dossier:
    index = Index(f"{about}卷宗目录", listings, tables)
    write_index(last, shelf, index)
    return Dossier(about, shelf.folder, copied, shelf.close())
