"""清单备案登记: a row a unit, filer and list, numbered once accepted."""

from __future__ import annotations

from collections import Counter, defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from sxxt_excel.headings import FILINGS_SHEET, UNIT_NAME
from sxxt_excel.outputs.tables import Column, Table
from sxxt_excel.outputs.words import last_day, moment
from sxxt_excel.result import FILER, PATH
from sxxt_excel.rules.references import spared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.model.forms import Form
    from sxxt_excel.outcome import Expected, FileRow
    from sxxt_excel.outputs.tables import Cell
    from sxxt_excel.result import Round


from sxxt_excel.outputs.looks import NONE, cell_values, row_looks

_Slot = tuple[str, str, str, str]
"""A packet, a period, whose list, and which."""
_NOT_FILED = "待改后登记"
_NONE_YET = "尚无审核通过的清单，没有可登记的。"
_NOT_ASKED = "本制度没有清单经背书后备案的要求，不登记。"
_DIGITS = 6
# ---- 清单备案登记 -------------------------------------------------------------------

_ON_TIME = MappingProxyType({"on_time": "按时", "late": "逾期"})
_FILING_HEADS = (
    ("备案编号", 20, "centre"), (UNIT_NAME, 24, "text"), ("责任主体", 14, "centre"),
    ("清单", 14, "centre"), ("项目数", 8, "centre"), ("背书日期", 13, "date"),
    ("报送时间", 18, "centre"), ("时限", 13, "centre"), ("是否按时", 10, "centre"),
    ("退回次数", 10, "centre"),
)  # fmt: skip


def filings(round_: Round) -> Table:
    """Return the register of filed lists; returned ones stand in it without a number."""
    rows = [row for _, row in _filing_rows(round_)]
    back = [row[0] == _NOT_FILED for row in rows]
    columns = tuple(
        Column(head, width, [row[place] for row in rows], row_looks(look, back))
        for place, (head, width, look) in enumerate(_FILING_HEADS)
    )
    title = f"{round_.settings.year}年清单备案登记"
    empty = _NONE_YET if round_.regime.signoffs else _NOT_ASKED
    return Table(FILINGS_SHEET, title, columns, 2, empty=empty)


def receipt_number(file: FileRow, year: int) -> str:
    """Return the number under which the receipt of a file is noted: it follows from its content.

    "" where that could not be had, as of a member of an archive with a password.

    What else comes, or is put in order, never changes it; result.json has the digest.
    """
    if not file.sha256:
        return ""
    return f"{file.unit_code}-{year}-SJ-{file.sha256[:_DIGITS].upper()}"


def filing_numbers(round_: Round) -> dict[str, tuple[str, ...]]:
    """Return path → the numbers under which the lists of an accepted workbook are filed."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, (number, *_) in _filing_rows(round_):
        if number != _NOT_FILED:
            found[path].append(str(number))
    return {path: tuple(numbers) for path, numbers in found.items()}


def _filing_rows(round_: Round) -> list[tuple[str, tuple[Cell, ...]]]:
    """Return path and row for each unit, filer and list of a workbook, by unit and number."""
    order = {unit.code: place for place, unit in enumerate(round_.roster.units)}
    found = sorted(
        _numbered(round_), key=lambda row: (order.get(row[0], len(order)), row[0], row[1])
    )
    return [(path, said) for _, _, path, said in found]


def _numbered(round_: Round) -> Iterator[tuple[str, int, str, tuple[Cell, ...]]]:
    """Yield code of the unit, number, path and row for each filer and list of a workbook."""
    signed = {packet: rule.form for rule in round_.regime.signoffs for packet in rule.packets}
    lists = {p: [f for f in round_.regime.sheets(p) if f.key] for p in signed}
    sizes = {form.id: _sizes(round_, form) for forms in lists.values() for form in forms}
    days = {form: _signed_days(round_, form) for form in set(signed.values())}
    expected: dict[tuple[str | None, str], dict[str | None, Expected]] = defaultdict(dict)
    for each in round_.expected:
        if each.path:
            expected[each.path, each.packet][each.filer] = each
    returned = _times_returned(round_)
    numbers = _Numbers(round_, lists)
    for file in _list_files(round_, signed):
        packet, code = file.packet or "", file.unit_code or ""
        answered = expected.get((file.path, packet), {})
        filers = dict.fromkeys(
            who for form in lists[packet] for who in sizes[form.id].get(file.path, ())
        )
        for filer, form in ((who, form) for who in filers for form in lists[packet]):
            items = sizes[form.id].get(file.path, {}).get(filer, 0)
            if not items:
                continue
            own = answered.get(filer) or answered.get(None)
            row = own or next(iter(answered.values()), None)
            number = numbers.of(code, (packet, own.period, filer, form.id) if own else None)
            row_said = (
                f"{code}-{round_.settings.year}-BA-{number:02d}"
                if file.status == "accepted"
                else _NOT_FILED,
                file.unit or code,
                filer,
                form.id,
                items,
                days[signed[packet]].get((file.path, filer)),
                moment(row.received_at if row and row.received_at else file.receipt.at),
                f"{last_day(row.due, round_.settings)}" if row and row.due else "",
                _ON_TIME.get(row.arrived or "", NONE) if row else NONE,
                returned[_whose(file)],
            )
            yield code, number, file.path, row_said


class _Numbers:
    """The running numbers of a unit's lists: each has its own, whatever else was accepted so far.

    A number once told is official. It follows from what the roster and the document ask for,
    in their order, and never from what lies in the inbox today; lists that nobody asked for
    come after those.
    """

    def __init__(self, round_: Round, lists: Mapping[str, Iterable[Form]]) -> None:
        asked: dict[str, dict[_Slot, int]] = defaultdict(dict)
        for item in round_.owed:
            packet, unit = item.obligation.packet, asked[item.unit.code]
            for filer in (*item.filers, *item.away):
                for form in lists.get(packet, ()):
                    unit.setdefault((packet, item.period, filer.label, form.id), len(unit) + 1)
        self._asked = asked
        self._last = Counter({code: len(slots) for code, slots in asked.items()})

    def of(self, code: str, slot: _Slot | None) -> int:
        """Return the number of a unit's list; `slot` is None where it is none that is owed."""
        known = self._asked[code].get(slot) if slot else None
        if known is not None:
            return known
        self._last[code] += 1
        return self._last[code]


def _list_files(round_: Round, packets: Mapping[str, str]) -> list[FileRow]:
    files = [
        f for f in round_.files if f.packet in packets and f.status in {"accepted", "returned"}
    ]
    order = {unit.code: place for place, unit in enumerate(round_.roster.units)}
    ranks = {packet: place for place, packet in enumerate(packets)}
    return sorted(
        files,
        key=lambda f: (
            order.get(f.unit_code or "", len(order)),
            ranks[f.packet or ""],
            f.period or "",
            f.path,
        ),
    )


def _sizes(round_: Round, form: Form) -> dict[str, dict[str, int]]:
    """Return path → filer → number of items in a list, in the order of the rows.

    A row that only says why an item from above was not taken up is none.
    """
    frame = round_.tables.get(form.id)
    sizes: dict[str, dict[str, int]] = {}
    if frame is not None and len(frame):
        items = frame[~spared(form, frame)]
        groups = items.groupby([PATH, FILER], sort=False, dropna=False).size()
        for (path, filer), number in zip(groups.index, groups.tolist(), strict=True):
            sizes.setdefault(str(path), {})["" if pd.isna(filer) else str(filer)] = number
    return sizes


def _signed_days(round_: Round, form: str) -> dict[tuple[str, str], Cell]:
    """Return (path, filer) → the day of the signature as Excel counts days."""
    frame = round_.tables.get(form)
    day = next((field.name for field in round_.regime.form(form).of_kind("date")), None)
    if frame is None or day not in frame:
        return {}
    keys = zip(frame[PATH].tolist(), frame[FILER].tolist(), strict=True)
    return dict(zip(keys, cell_values(frame[day]), strict=True))


def _times_returned(round_: Round) -> Counter[tuple[object, ...]]:
    """Count the earlier workbooks that would have gone back, by whose and which they were."""
    return Counter(_whose(file) for file in round_.files if file.path in round_.returned_before)


def _whose(file: FileRow) -> tuple[object, ...]:
    return file.unit_code, file.packet, file.period, file.filers
