"""The office issues, the units fill in: issued workbooks, and one filled in and saved."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import openpyxl
import writing
from clerk import cover, grow, write
from steady import steady
from university import SCHOOL, unit_rows

from sxxt_excel.expected import owed
from sxxt_excel.issue import issue
from sxxt_excel.prefill import Desk
from sxxt_excel.relations import in_charge, secretaries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from clerk import Slip

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Roster
    from sxxt_excel.settings import Settings

LISTS, FIRST, SECOND, ACCOUNTS = "清单", "上半年", "下半年", "述责述廉"
LAST_YEAR: Final = writing.YEAR - 1
# when it was filled in: the units' day, the university's day
_DAYS: Final = {
    LISTS: (date(2025, 4, 8), date(2025, 4, 22)),
    FIRST: (date(2025, 7, 4), date(2025, 7, 24)),
    SECOND: (date(2026, 1, 6), date(2026, 1, 26)),
    ACCOUNTS: (date(2025, 12, 26), date(2025, 12, 26)),
}
_ISSUED: Final = date(2025, 3, 3)
# units whose lists have not been accepted, so that no later form brings them along
_UNFILED: Final = frozenset({"HG", "RW", "HQ"})


class Office:
    """Issues every workbook of the round once; `filled` gives one back as a unit sends it."""

    def __init__(self, regime: Regime, settings: Settings, roster: Roster, folder: Path) -> None:
        """Issue everything into a folder that may be thrown away."""
        self.regime, self.roster = regime, roster
        self._tables = {form.id for form in regime.forms if form.layout == "table"}
        self._issued: dict[tuple[str, str, int], tuple[Owed, bytes]] = {}
        items = owed(regime, settings, roster)
        self.lists = {
            o.unit.code: writing.lists_of(o.unit.code, o.filers, self._areas)
            for o in items
            if kind_of(o) == LISTS
        }
        school = [o for o in items if o.unit.code == SCHOOL]
        lists = [o for o in items if o.unit.code != SCHOOL and kind_of(o) == LISTS]
        rest = [o for o in items if o not in school and o not in lists]
        self._issue(settings, [o for o in school if kind_of(o) == LISTS], (), folder)
        self._issue(settings, lists, (SCHOOL,), folder)
        filed = tuple(code for code in self.lists if code not in _UNFILED)
        others = [o for o in school if kind_of(o) != LISTS]
        self._issue(settings, [*others, *rest], filed, folder)
        before = replace(settings, year=LAST_YEAR)
        self._issue(before, owed(regime, before, roster), (), folder / str(LAST_YEAR))

    def _areas(self, role: str) -> tuple[str, ...]:
        return self.regime.role(role).areas

    def _issue(
        self, settings: Settings, items: Iterable[Owed], codes: Iterable[str], folder: Path
    ) -> None:
        names = {str(row["单位代码"]): str(row["单位名称"]) for row in unit_rows()}
        filed: dict[str, tuple[dict[str, str], ...]] = {}
        for form, part in (("责任清单", "duties"), ("任务清单", "tasks")):
            filed[form] = tuple(
                {"填报单位": names[code]} | {name: str(value) for name, value in row.items()}
                for code in codes
                for row in getattr(self.lists[code], part)
            )
        kept = [item for item in items if item.waiver is None]
        done = issue(Desk(self.regime, settings, self.roster, filed), tuple(kept), folder, _ISSUED)
        for item, made in zip(kept, done, strict=True):
            at = (item.unit.code, kind_of(item), settings.year)
            self._issued[at] = (item, made.path.read_bytes())

    def filled(
        self, code: str, kind: str, slips: Iterable[Slip] = (), year: int = writing.YEAR
    ) -> bytes:
        """Return an issued workbook filled in carefully, then with these slips."""
        item, data = self._issued[code, kind, year]
        book = openpyxl.load_workbook(io.BytesIO(data))
        self._fill(book, item, kind)
        for sheet in book.worksheets:
            if sheet.title in self._tables:
                grow(sheet)
        for slip in slips:
            slip(book)
        stream = io.BytesIO()
        book.save(stream)
        return steady(stream.getvalue())

    def _fill(self, book: openpyxl.Workbook, item: Owed, kind: str) -> None:
        code, filers = item.unit.code, item.filers
        day = _DAYS[kind][code == SCHOOL]
        secretary = secretaries(self.roster, item.unit, day)[0].name
        leaders = in_charge(self.roster, item.unit, day)
        leader = leaders[0].name if leaders else "上级工委负责同志"
        cover(book, 填报人=item.unit.contact, 联系电话=item.unit.phone, 填报日期=day)
        cover(book, 审核人=secretary, 集体研究会议日期=day.replace(day=day.day - 2))
        people = sum(1 for f in filers if f.person)
        lists, half = self.lists[code], 1 if kind == FIRST else 2
        if kind == LISTS:
            write(book["责任清单"], lists.duties, ("项目编号",))
            write(book["任务清单"], lists.tasks, ("任务编号",))
            signed = writing.signatures(filers, secretary, leader, day)
            write(book["签字背书"], signed, ("责任主体",))
            write(book["班子成员分工表"], writing.members(filers), ("姓名",))
        elif kind == ACCOUNTS:
            write(book["述责述廉登记"], writing.accounts(code, filers), ("姓名",))
        else:
            said = writing.report(code, filers, self._areas, half)
            write(book["主体责任落实情况报告"], said, ("责任主体", "重点方面"))
            write(book["任务进展"], writing.progress(lists.tasks, half), ("任务编号",))
            write(book["履责统计"], writing.figures(people, half), ("指标",))


def kind_of(item: Owed) -> str:
    """Return which of the four workbooks of a year something owed is."""
    packet = item.obligation.packet
    if packet.startswith("责任任务清单"):
        return LISTS
    return ACCOUNTS if packet == ACCOUNTS else item.obligation.period
