"""What the office has decided, as sxxt.toml says: the regime, the year, and much else.

Every question that the governing documents leave open is a setting with a stated
default; `configuration.py` reads them, `decisions.py` words them for 口径说明.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from sxxt_excel.deadlines import Calendar, due
from sxxt_excel.mail import Mail
from sxxt_excel.package import Limits
from sxxt_excel.periods import HALVES, ROUNDS, period_id, period_span
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from sxxt_excel.deadlines import Due
    from sxxt_excel.model.obligations import Duty, Obligation

SETTINGS_FILE = "sxxt.toml"
BY_UNIT, BY_PERSON = "按单位报送", "按人报送"
ONE_SHEET = "一表式"
DRAFTS = ("回执", "请修改重报", "请予说明", "审核通过")
"""The kinds of letter that follow from a pass."""
WINDOWS: Mapping[str, tuple[str, str]] = {
    "年初": ("01-01", "03-31"),
    "年中": ("06-01", "08-31"),
    "年末": ("11-01", "次年01-31"),
    "年底": ("11-01", "次年01-31"),
    "年终": ("11-01", "次年01-31"),
    "次年年初": ("次年01-01", "次年03-31"),
    "年末年初": ("上年11-01", "03-31"),
}
"""The spans of a year that documents name and leave open, until the office sets its own."""


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
    windows: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(WINDOWS))
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
