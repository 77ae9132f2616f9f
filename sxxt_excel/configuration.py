"""sxxt.toml → `Settings`: each key read, and refused with advice where it means nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sxxt_excel.deadlines import Calendar, DueError, due
from sxxt_excel.mail import read_mail
from sxxt_excel.model.obligations import DUTIES
from sxxt_excel.package import Limits
from sxxt_excel.periods import PeriodError
from sxxt_excel.privacy import title_marking
from sxxt_excel.settings import (
    BY_PERSON,
    BY_UNIT,
    DRAFTS,
    ONE_SHEET,
    WINDOWS,
    Copies,
    Letters,
    Papers,
    Settings,
)
from sxxt_excel.toml import Table, read_toml, shown
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from pathlib import Path

_LAYOUTS = (ONE_SHEET, "分表式")
_YEARS = range(2000, 2100)
_MOST = 10**9
_DATABASES = ("postgresql://", "postgresql+psycopg://")
_URL = '请写成 "postgresql://用户@主机/数据库" 的样子；用本机的台账.db的，删去这一行'
_FONTS = ("title", "heading", "body")
_ENDS = '请写成 ["01-01", "03-31"]，跨年的写 ["11-01", "次年01-31"]、["上年11-01", "03-31"]'


def load_settings(path: Path) -> Settings:
    """Read sxxt.toml.

    Raises:
        DefinitionError: a key or value is wrong; says which and what to write.
    """
    root = Table(read_toml(path, path.name), path.name, "")
    calendar = root.table("deadline")
    units = root.table("units")
    tree = root.table("tree")
    settings = Settings(
        regime=root.need("regime", str),
        year=_year(root),
        today=_day(root),
        filing=root.one_of("filing", (BY_UNIT, BY_PERSON), BY_UNIT),
        marking=root.get("marking", str, "内部资料 注意保管"),
        key=root.get("key", str, ""),
        name=root.get("name", str, ""),
        calendar=Calendar(
            inclusive=calendar.get("inclusive", bool, True),
            hour=calendar.between("hour", 24, 1, 24),
            shift=calendar.get("shift", bool, False),
            mid_month=int(calendar.one_of("mid_month", ("10", "20"), "20")),
        ),
        windows=_windows(root),
        also=units.words("also"),
        node=tree.get("node", str, ""),
        january=root.one_of("january", ("下半年", "年度"), "下半年"),
        due=_words(root, "due"),
        duty=_words(root, "duty"),
        needed=_lists(root, "needed"),
        groups=_words(root, "groups"),
        catalogue=_words(root, "catalogue"),
        layout=_words(root, "layout"),
        registers=root.get("registers", bool, False),
        authority=_authority(root),
        limits=_limits(root),
        copies=_copies(root, path.parent),
        letters=_letters(root),
        mail=read_mail(root),
        papers=_papers(root),
        months_in_post=root.between("months_in_post", 6, 0, 60),
        fonts=_words(root, "fonts"),
        registry=_registry(root),
    )
    _check(settings, root)
    calendar.done(("inclusive", "hour", "shift", "mid_month"))
    units.done(("also",))
    tree.done(("node",))
    root.done(("regime", "year", "today", "filing", "marking", "key", "name", "deadline",
               "windows", "units", "tree", "january", "due", "duty", "needed", "groups",
               "catalogue", "layout", "registers", "authority", "limits", "copies", "letters",
               "months_in_post", "papers", "fonts", "registry"))  # fmt: skip
    return settings


def _day(root: Table) -> date | None:
    value = root.data.pop("today", None)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise root.fault(
            "today", f"写的是 {shown(value)}", "请写成 2025-07-15 的样子，或删去这一行"
        ) from error


def _year(root: Table) -> int:
    year = root.need("year", int)
    if year not in _YEARS:
        raise root.fault("year", f"写的是 {year}", "请写四位数的年份，如 2025")
    return year


def _check(settings: Settings, root: Table) -> None:
    """Refuse days, spans and words that mean nothing."""
    if title_marking(settings.marking):
        advice = '密级不由系统标注。请写“内部资料 注意保管”这类提示语，或写成 ""'
        raise root.fault("marking", f"写的是“{settings.marking}”", advice)
    for name in settings.windows:
        try:
            window(name, settings.year, settings.windows)
        except PeriodError as error:
            raise root.fault(f"windows.{name}", str(error).rstrip("。"), _ENDS) from error
    for name, words in settings.due.items():
        try:
            due(words, settings.year, settings.calendar)
        except DueError as error:
            raise root.fault(f"due.{name}", str(error).rstrip("。"), "请照这些样子写") from error
    chosen = (("duty", settings.duty, DUTIES), ("layout", settings.layout, _LAYOUTS))
    for key, table, known in chosen:
        for name in (n for n, word in table.items() if word not in known):
            advice = f"可以写的有：{'、'.join(known)}"
            raise root.fault(f"{key}.{name}", f"写的是“{table[name]}”", advice)
    for name in settings.fonts:
        if name not in _FONTS:
            raise root.fault(f"fonts.{name}", "没有这个键", f"可以写的有：{'、'.join(_FONTS)}")


def _windows(root: Table) -> dict[str, tuple[str, str]]:
    table = root.table("windows")
    windows = dict(WINDOWS)
    for name in tuple(table.data):
        ends = table.words(name)
        if len(ends) != len(("from", "to")):
            raise table.fault(name, "起止不全", _ENDS)
        windows[name] = (ends[0], ends[1])
    return windows


def _lists(root: Table, key: str) -> dict[str, tuple[str, ...]]:
    table = root.table(key)
    return {name: table.words(name) for name in tuple(table.data)}


def _authority(root: Table) -> tuple[str, str] | None:
    table = root.table("authority")
    document, number = table.get("document", str, ""), table.get("number", str, "")
    if number and not document:
        raise table.fault("document", "没有写", "写了文号的，请一并写出文件名称")
    table.done(("document", "number"))
    return (document.strip("《》 "), number) if document else None


def _registry(root: Table) -> str:
    table = root.table("registry")
    url = table.get("url", str, "").strip()
    table.done(("url",))
    if url and not url.startswith(_DATABASES):
        # What stands there is not shown: it may hold a password.
        raise table.fault("url", "不是 PostgreSQL 的地址", _URL)
    return url


def _words(root: Table, key: str) -> dict[str, str]:
    table = root.table(key)
    return {name: table.need(name, str) for name in tuple(table.data)}


def _papers(root: Table) -> Papers:
    table, usual = root.table("papers"), Papers()
    papers = Papers(table.get("to", str, usual.to), table.get("office", str, usual.office))
    table.done(("to", "office"))
    return papers


def _copies(root: Table, folder: Path) -> Copies:
    table, usual = root.table("copies"), Copies()
    previous = table.get("previous", str, "")
    copies = Copies(
        least=table.between("least", usual.least, 10, 1000),
        phrase=table.between("phrase", usual.phrase, 2, 1000),
        previous=folder / previous if previous else None,
    )
    table.done(("least", "phrase", "previous"))
    return copies


def _letters(root: Table) -> Letters:
    table, usual = root.table("letters"), Letters()
    drafts = table.words("drafts") if "drafts" in table.data else usual.drafts
    for kind in drafts:
        if kind not in DRAFTS:
            advice = f"可以写的有：{'、'.join(DRAFTS)}；都不要的写成 []"
            raise table.fault("drafts", f"写的是“{kind}”", advice)
    letters = Letters(
        drafts=drafts,
        mend_days=table.between("mend_days", usual.mend_days, 1, 60),
        hour=table.between("hour", usual.hour, 1, 24),
        remind_days=table.between("remind_days", usual.remind_days, 0, 60),
        chase_days=table.between("chase_days", usual.chase_days, 0, 60),
        supervise_days=table.between("supervise_days", usual.supervise_days, 1, 60),
        channel=table.get("channel", str, usual.channel),
        paper=table.get("paper", str, usual.paper),
        contact=table.get("contact", str, usual.contact),
    )
    table.done(tuple(Letters.__slots__))
    return letters


def _limits(root: Table) -> Limits:
    table = root.table("limits")
    default = Limits()
    million = 1024 * 1024

    def limit(key: str, usual: int) -> int:
        return table.between(key, usual, 1, _MOST)

    limits = Limits(
        file_bytes=limit("file_mb", default.file_bytes // million) * million,
        unpacked_bytes=limit("unpacked_mb", default.unpacked_bytes // million) * million,
        ratio=limit("ratio", default.ratio),
        entries=limit("entries", default.entries),
        rows=limit("rows", default.rows),
        columns=limit("columns", default.columns),
        cells=limit("cells", default.cells),
        seconds=float(limit("seconds", int(default.seconds))),
        memory_bytes=limit("memory_mb", default.memory_bytes // million) * million,
        nesting=limit("nesting", default.nesting),
    )
    table.done(("file_mb", "unpacked_mb", "ratio", "entries", "rows", "columns", "cells",
                "seconds", "memory_mb", "nesting"))  # fmt: skip
    return limits
