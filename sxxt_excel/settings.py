"""sxxt.toml → `Settings`: the regime, the year, and what the office has decided.

Every question that the governing documents leave open is a setting with a stated
default; `decisions.py` words them for 口径说明.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from sxxt_excel.deadlines import Calendar, DueError, due
from sxxt_excel.mail import Mail, read_mail
from sxxt_excel.model import DUTIES, NEEDED
from sxxt_excel.package import Limits
from sxxt_excel.periods import HALVES, ROUNDS, PeriodError, period_id, period_span
from sxxt_excel.privacy import title_marking
from sxxt_excel.text import fold, nearest
from sxxt_excel.toml import DefinitionError, Table, read_toml, shown
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sxxt_excel.deadlines import Due
    from sxxt_excel.model import Duty, Obligation, Regime

SETTINGS_FILE = "sxxt.toml"
BY_UNIT, BY_PERSON = "按单位报送", "按人报送"
ONE_SHEET = "一表式"
_LAYOUTS = (ONE_SHEET, "分表式")
_YEARS = range(2000, 2100)
_MOST = 10**9
_DATABASES = ("postgresql://", "postgresql+psycopg://")
_URL = '请写成 "postgresql://用户@主机/数据库" 的样子；用本机的台账.db的，删去这一行'
_FONTS = ("title", "heading", "body")
DRAFTS = ("回执", "请修改重报", "请予说明", "审核通过")
"""The kinds of letter that follow from a pass."""
_ENDS = '请写成 ["01-01", "03-31"]，跨年的写 ["11-01", "次年01-31"]、["上年11-01", "03-31"]'
# Halves and the year need no setting; a term of office is unknown until the office says it.
_TERM = "任期"
_ALWAYS = frozenset({"年度", "上半年", "下半年", "每半年", _TERM})
_WINDOWS: Mapping[str, tuple[str, str]] = {
    "年初": ("01-01", "03-31"),
    "年中": ("06-01", "08-31"),
    "年末": ("11-01", "次年01-31"),
    "年底": ("11-01", "次年01-31"),
    "年终": ("11-01", "次年01-31"),
    "次年年初": ("次年01-01", "次年03-31"),
    "年末年初": ("上年11-01", "03-31"),
}


@dataclass(frozen=True, slots=True)
class Copies:
    """From when on equal rows of two units, or of two years, have to be explained.

    `least` is how many characters of its own a row must say, `phrase` in how many units the
    same words are a common phrase, `previous` last year's workspace (None: not compared).
    """

    least: int = 30
    phrase: int = 4
    previous: Path | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """How the office writes to units.

    `drafts` are the kinds that `collect` drafts. A workbook that goes back has `mend_days`
    working days, one that is overdue `chase_days`, one that is overdue and pressed by name of an
    approver `supervise_days`, each until `hour`; who owes what is due within `remind_days` is
    reminded. `channel`: by which way units send; `paper`: what they send on paper once it is
    passed ("" for nothing); `contact`: whom to ask, name and telephone.
    """

    drafts: tuple[str, ...] = DRAFTS
    mend_days: int = 5
    hour: int = 17
    remind_days: int = 7
    chase_days: int = 1
    supervise_days: int = 3
    channel: str = "OA或校内邮箱"
    paper: str = "签字盖章纸质件一式一份"
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """To whom papers go: `to` is the superior body, `office` who gets what concerns 校领导."""

    to: str = ""
    office: str = "党委办公室"


@dataclass(frozen=True, slots=True)
class Settings:
    """What sxxt.toml says, defaults filled in.

    `due` gives an office's own last day a filing duty (obligation id → words or date);
    `duty` changes what kind of duty one is. `needed`: obligation id → units for which a duty
    按需 has arisen (a code or name, and a round after it: "JX 第1轮"). `groups`: a working
    group the document names → the unit that files for it. `catalogue`: slot id → what the
    office calls it. `node`: which unit's office this is, where the roster leaves it open.
    `layout`: packet id → whether its lists are issued as one sheet.
    `registers`: whether the office's own registers (自存) are looked at.
    `authority`: title and number of a document of the office's own, if it has one.
    `registry`: address of a database for the registry; "" for 台账.db in the workspace.
    """

    regime: str
    year: int
    today: date | None = None
    filing: str = BY_UNIT
    marking: str = "内部资料 注意保管"
    key: str = ""
    calendar: Calendar = field(default_factory=Calendar)
    windows: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(_WINDOWS))
    also: tuple[str, ...] = ()
    january: str = "下半年"
    due: Mapping[str, str] = field(default_factory=dict)
    duty: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    catalogue: Mapping[str, str] = field(default_factory=dict)
    layout: Mapping[str, str] = field(default_factory=dict)
    registers: bool = False
    authority: tuple[str, str] | None = None
    limits: Limits = field(default_factory=Limits)
    copies: Copies = field(default_factory=Copies)
    letters: Letters = field(default_factory=Letters)
    mail: Mail = field(default_factory=Mail)
    papers: Papers = field(default_factory=Papers)
    months_in_post: int = 6
    name: str = ""
    node: str = ""
    fonts: Mapping[str, str] = field(default_factory=dict)
    # It may hold a password: not to be shown with the rest.
    registry: str = field(default="", repr=False)

    @property
    def by_person(self) -> bool:
        """Tell whether each filer sends a workbook of his own."""
        return self.filing == BY_PERSON

    def period_of(self, obligation: Obligation) -> str:
        """Return the period of this year that a duty is about."""
        # Only what is reported by halves leaves open what January's report covers.
        halves = obligation.period in HALVES and self.january in obligation.accepts
        return period_id(self.january if halves else obligation.period, self.year)

    def accepted(self, obligation: Obligation, period: str) -> tuple[str, ...]:
        """Return the other periods that a workbook for one may be about, `ROUNDS` for any round."""
        words = (obligation.period, *obligation.accepts)
        said = (word if word == ROUNDS else period_id(word, self.year) for word in words)
        return tuple(each for each in said if each != period)

    def due_of(self, obligation: Obligation) -> Due | None:
        """Return by when a duty is due, by the office's words or the document's; None: no day."""
        words = self.due.get(obligation.id, obligation.due)
        return due(words, self.year, self.calendar) if words else None

    def span_of(self, obligation: Obligation, period: str) -> tuple[date, date]:
        """Return the first and the last day on which a duty without a day is to be done."""
        if obligation.window:
            return window(obligation.window, self.year, self.windows)
        return period_span(period)

    def duty_of(self, obligation: Obligation) -> Duty:
        """Return what kind of duty one is: the office's own word before the document's."""
        return cast("Duty", self.duty.get(obligation.id, obligation.duty))

    def on_one_sheet(self, packet: str) -> bool:
        """Tell whether the lists of a packet are issued as one sheet."""
        return self.layout.get(packet) == ONE_SHEET


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


def check_settings(settings: Settings, regime: Regime) -> None:
    """Refuse settings that name what their regime does not have.

    Raises:
        DefinitionError: says which key of sxxt.toml, and what could be meant.
    """
    duties = tuple(o.id for o in regime.obligations)
    kinds = regime.optional_kinds
    asked = tuple(dict.fromkeys(kind for group in regime.filers for kind in group.units))
    spans = _spans(regime)
    used = tuple(dict.fromkeys((*_WINDOWS, *spans, _TERM)))
    named = (
        *(("due", name, duties) for name in settings.due),
        *(("duty", name, duties) for name in settings.duty),
        *(("needed", name, duties) for name in settings.needed),
        *(("groups", name, asked) for name in settings.groups),
        *(("layout", name, tuple(p for p, _ in regime.one_sheets)) for name in settings.layout),
        *(("units.also", name, kinds) for name in settings.also),
        *(("windows", name, tuple(settings.windows)) for name in spans),
        *(("windows", name, used) for name in settings.windows),
    )
    for key, name, known in named:
        if name not in known:
            near = nearest(name, known)
            hint = f"是否想写“{near}”？" if near else ""
            raise DefinitionError(
                SETTINGS_FILE, key, f"没有“{name}”", f"{hint}可以写的有：{'、'.join(known)}"
            )
    _check_needed(settings, regime)
    _check_names(settings, regime)


def _check_needed(settings: Settings, regime: Regime) -> None:
    """Refuse to be told that what is not filed when needed has arisen."""
    for obligation in regime.obligations:
        duty = settings.duty_of(obligation)
        if obligation.id in settings.needed and duty != NEEDED:
            raise DefinitionError(
                SETTINGS_FILE,
                f"needed.{obligation.id}",
                f"它的报送性质是“{duty}”，不是“{NEEDED}”",
                f'请删去这一行；要改成按需报送的，请在 [duty] 写 "{obligation.id}" = "{NEEDED}"',
            )


def _check_names(settings: Settings, regime: Regime) -> None:
    """Refuse one name for two slots: a single record would prove both."""
    seen: dict[tuple[str, str, str], str] = {}
    # The office's own come last, so that the key that is named is one of its own.
    for slot in sorted(regime.slots, key=lambda s: s.need.law.id in settings.catalogue):
        law = slot.need.law
        name = settings.catalogue.get(law.id, slot.name)
        other = seen.setdefault((slot.kind, slot.need.filers, fold(name)), law.id)
        if name and other != law.id and law.id in settings.catalogue:
            raise DefinitionError(
                SETTINGS_FILE,
                f"catalogue.{law.id}",
                f"“{name}”与“{other}”重名",
                "请写不同的名称；重名的，一次记录会被当作两项都有",
            )


def _spans(regime: Regime) -> tuple[str, ...]:
    """Return the spans that the regime's duties and rules name and the office has to set."""
    needs = (*regime.needs, *(slot.need for slot in regime.slots))
    named = (*(o.window for o in regime.obligations), *(need.window for need in needs))
    return tuple(dict.fromkeys(w for w in named if w and w not in _ALWAYS))


def _windows(root: Table) -> dict[str, tuple[str, str]]:
    table = root.table("windows")
    windows = dict(_WINDOWS)
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
