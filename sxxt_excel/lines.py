"""What a row of a table is: data, its headings again, a sum, a remark, nothing, or a signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sxxt_excel.text import LONGEST, clean, fold, says_none, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.model.forms import Form
    from sxxt_excel.text import Value

# All of these see a text without its blanks: 合　计, 填 报 人. Who signs below a table does so in
# as many cells as it takes.
_SIGN = "(签字|签名|签章)"
_HEADS = "((单位|部门|党组织|主要)*负责人|(党委|党总支|党组织|党?支部)?书记)"
_SIGNATURE = re.compile(
    r"(填报|填表|制表|审核|审批|经办)(人|日期|时间|单位)([:：]|$)|联系电话([:：]|$)"
    rf"|(制表|填表|审核|复核|审批)[:：]|{_HEADS}[（(]?{_SIGN}?[）)]?[:：]"
)
_SEAL = r".{0,30}[（(](盖章|公章|签字|签名|签章)[)）]"
_SIGNED = re.compile(rf"{_SIGNATURE.pattern}|{_SEAL}")
PART = "小计"
"""A sum of some rows, where others (合计) are those of all."""
_SUM = re.compile(r"(合计|总计|小计)[:：]?$")
# What stands below a table in a cell or two.
_FOOTER = re.compile(
    rf"(注|备注|说明|填表说明|填报说明|日期|电话|合计|总计|小计)[:：]|{_SUM.pattern}|{_SEAL}"
)
_FOOTER_CELLS = 3
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_FEWEST_COUNTED = 3
_ISSUED = frozenset({"serial", "key"})
_NUMBERED = re.compile(r"[^:：]*\d")


def first_value(row: Sequence[Value]) -> Value:
    """Return what stands first in a row, None for a blank one."""
    return next((v for v in row if v is not None and v != ""), None)


def filled_cells(row: Sequence[Value]) -> int:
    """Return how many cells of a row hold something."""
    return len(row) - row.count(None) - row.count("")


def data_rows(
    lines: Sequence[Sequence[Value]],
    head: Sequence[Value],
    form: Form,
    places: Mapping[str, int],
) -> list[int]:
    """Return which rows hold data: none that are blank, say 无, repeat the headings or are remarks.

    `places`: heading → its place in a row.
    """
    keep: list[int] = []
    below, under_head = False, True
    fewest = min(_FOOTER_CELLS, len(form.fields) - 1)
    own = [places[f.name] for f in form.fields if f.name in places and f.kind not in _ISSUED]
    for number, row in enumerate(lines):
        first = first_value(row)
        if first is None:
            continue
        if isinstance(first, str) and repeats(row, head):
            under_head = True
            continue
        if under_head:
            under_head = False
            if _counts_columns(row):
                continue
        if _says_nothing(row, own):
            continue
        filled = filled_cells(row)
        few = filled <= fewest or (form.counts_only and sum_of(row) != "")
        aside = is_remark(first, few=few) and (sum_of(row) or not _is_item(row, form, places))
        if aside or (below and filled == 1):
            below = True
        else:
            below = False
            keep.append(number)
    return keep


def _says_nothing(row: Sequence[Value], own: Sequence[int]) -> bool:
    """Tell a row that says 无 wherever it says anything in these places."""
    said = (row[at] for at in own if row[at] is not None and row[at] != "")
    first = next(said, None)
    return _is_nothing(first) and all(map(_is_nothing, said))


def _is_nothing(value: Value) -> bool:
    return isinstance(value, str) and says_none(value)


def _counts_columns(row: Sequence[Value]) -> bool:
    """Tell the row of official forms that counts the columns below them: 1 2 3, 甲 乙 丙."""
    said = [fold(to_text(v)).strip("()") for v in row if v not in {None, ""}]
    counted = [str(n) for n in range(1, len(said) + 1)]
    return len(said) >= _FEWEST_COUNTED and said in (counted, list(_STEMS[: len(said)]))


def _is_item(row: Sequence[Value], form: Form, places: Mapping[str, int]) -> bool:
    """Tell data that begins like a signature (主要负责人：李三): it has a number, or what it needs.

    Numbers are issued, so one beside a signature in the column of 序号 says nothing.
    """
    begins = next(at for at, value in enumerate(row) if value not in {None, ""})
    filled = {name: at for name, at in places.items() if row[at] not in {None, ""}}
    others = {name: str(row[at]) for name, at in filled.items() if at != begins}
    serial = next((f.name for f in form.fields if f.kind == "serial"), "")
    if places.get(serial) != begins and _NUMBERED.fullmatch(others.get(form.key or "", "")):
        return True
    needed = [f.name for f in form.fields if f.required and places.get(f.name) != begins]
    return len(needed) > 1 and all(n in others and not is_signature(others[n]) for n in needed)


def repeats(row: Sequence[Value], head: Sequence[Value]) -> bool:
    """Tell a row that says the headings again, as at the top of each printed page."""
    pairs = [(v, h) for v, h in zip(row, head, strict=True) if v is not None]
    return len(pairs) > 1 and all(
        isinstance(v, str) and isinstance(h, str) and fold(v) == fold(h) for v, h in pairs
    )


def sum_of(row: Sequence[Value]) -> str:
    """Return which kind of sum a row is (合计, 小计), by its first cell; "" where it is none."""
    first = first_value(row)
    found = _SUM.match(_solid(first)) if isinstance(first, str) else None
    return found[1] if found else ""


def _solid(text: str) -> str:
    """Return the beginning of a text without its blanks, which part what is to look wider."""
    return "".join(clean(text[:LONGEST]).split())


def is_signature(text: str) -> bool:
    """Tell the text of a cell that says who filled a table in, or how to reach him."""
    return _SIGNATURE.match(_solid(text)) is not None


def is_signed(row: Sequence[Value]) -> bool:
    """Tell a row in which somebody signs or seals."""
    first = first_value(row)
    return isinstance(first, str) and _SIGNED.match(_solid(first)) is not None


def is_remark(first: Value, *, few: bool) -> bool:
    """Tell from a row's first cell whether it is a remark below the table."""
    if not isinstance(first, str):
        return False
    return is_signature(first) or (few and _FOOTER.match(_solid(first)) is not None)
