"""What a clerk may choose or type in a column: drop-downs, entry hints, the sheet of lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from sxxt_excel.faces.sheet import must, reference
from sxxt_excel.stamp import LISTS_SHEET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.faces.sheet import Pen
    from sxxt_excel.model.forms import Field
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Filer

Areas: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Roles with their 重点方面."""

_TITLE_LENGTH, _MESSAGE_LENGTH = 32, 255
_PERIODS = ("年度", "上半年", "下半年", "专项")
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
_NOT_A_NAME = re.compile(r"\W")
_ANY: Mapping[str, Any] = MappingProxyType({"validate": "any"})
_KEEP = "下拉清单中没有这个值。确需这样填的，可以保留。"
_TYPED: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    # A clerk types 2025.3.5: it is read all the same, so it may stay.
    "date": {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY,
             "error_type": "information", "error_title": "请核对日期",
             "error_message": "建议写成 2025-3-5。2025.3.5、2025年3月5日也能识别，可以保留。"},
    "int": {"validate": "integer", "criteria": ">=", "value": 0,
            "error_title": "请填整数", "error_message": "这里只能填整数，没有填 0，不带单位。"},
    "number": {"validate": "decimal", "criteria": ">=", "value": 0,
               "error_title": "请填数字", "error_message": "这里只能填数字，不带单位。"},
    "year": {"validate": "integer", "criteria": "between", "minimum": _FIRST_DAY.year,
             "maximum": _LAST_DAY.year,
             "error_title": "请填年份", "error_message": "请填四位数的年份，如 2025。"},
})  # fmt: skip


def areas_by_role(regime: Regime, filers: tuple[Filer, ...]) -> Areas:
    """Return the roles that have 重点方面, with them; only those of `filers` where any is known."""
    ours = {filer.role for filer in filers}
    every = tuple((role.id, role.areas) for role in regime.roles if role.areas)
    return tuple(item for item in every if item[0] in ours) if ours else every


@dataclass(frozen=True, slots=True)
class Offers:
    """What one workbook has to choose from; `keys` maps a form to the range of its numbers."""

    filers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    above: str | None = None


class Lists:
    """The lists behind the drop-downs, one column each; equal lists are kept once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def source(self, name: str, values: tuple[str, ...]) -> str:
        """Return the range, as a formula, where these values will stand."""
        if values not in self._names:
            self._names[values] = self._free_name(name)
        return self._range(list(self._names).index(values), values)

    def write(self, pen: Pen) -> None:
        """Add the hidden sheet with all lists and a defined name for each."""
        sheet = pen.sheet(LISTS_SHEET)
        for column, (values, name) in enumerate(self._names.items()):
            for row, text in enumerate((name, *values)):
                sheet.write(row, column, text)
            must(pen.book.define_name(name, self._range(column, values)), name)
        sheet.raw.hide()

    def _free_name(self, name: str) -> str:
        base = f"选项_{_NOT_A_NAME.sub('_', name)}"
        taken = set(self._names.values())
        others = (f"{base}_{n}" for n in range(2, len(taken) + 3))
        return next(word for word in (base, *others) if word not in taken)

    @staticmethod
    def _range(column: int, values: tuple[str, ...]) -> str:
        return reference(LISTS_SHEET, (1, column, len(values), column))


def entry_rule(item: Field, offers: Offers, lists: Lists) -> dict[str, Any]:
    """Return the entry rule of a field as xlsxwriter takes it: what is let in, and the hint."""
    rule = _from_list(item, offers, lists) or _short(item) or dict(_TYPED.get(item.kind, _ANY))
    rule["input_title"] = item.name[:_TITLE_LENGTH]
    rule["input_message"] = _prompt(item)[:_MESSAGE_LENGTH]
    return rule


def _prompt(item: Field) -> str:
    if item.office:
        return "由党委办公室填写。"
    need = "必填。" if item.required else "可不填。"
    hints = "".join(f"{hint.rstrip('。')}。" for hint in advice(item))
    return need + hints + (f"\n例：{item.example}" if item.example else "")


def advice(item: Field) -> tuple[str, ...]:
    """Return how to fill a field in: its hint, and what follows from how it is checked."""
    several = item.kind == "choices" and "顿号" not in item.hint
    longest, most = str(item.max_length or ""), item.maximum or ""
    every = (
        item.hint,
        "可以选几项，中间用顿号" if several else "",
        f"不超过{longest}个字" if longest not in item.hint else "",
        f"不大于“{most}”" if most not in item.hint else "",
        "不写将来的日子" if item.happened else "",
    )
    return tuple(hint for hint in every if hint)


def _short(item: Field) -> dict[str, Any] | None:
    if not item.max_length:
        return None
    return {
        "validate": "length", "criteria": "<=", "value": item.max_length,
        "error_title": "写得太长", "error_message": f"这里不超过{item.max_length}个字。",
    }  # fmt: skip


def _from_list(item: Field, offers: Offers, lists: Lists) -> dict[str, Any] | None:
    values = item.choices or (offers.areas if item.choices_by_role else ())
    if values:
        source = lists.source(item.name, values)
        if item.kind == "choices":  # a drop-down holds single values: several may be typed in
            return {"validate": "list", "source": source, "show_error": False}
        if item.open:
            return _list(source, "information", _KEEP)
        return _list(source, "stop", f"“{item.name}”只能填下拉清单中的值，请点右边的箭头选。")
    if item.kind in {"ref", "refs"} and item.to is not None:
        numbers = offers.above if item.to.scope == "above" else offers.keys.get(item.to.form)
        return _list(numbers, "information", _KEEP) if numbers else None
    known = {"filer": offers.filers, "person": offers.people, "period": _PERIODS}.get(item.kind)
    return _list(lists.source(item.name, known), "information", _KEEP) if known else None


def _list(source: str, style: str, message: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_type": style,
        "error_title": "请从下拉清单中选" if style == "stop" else "请核对",
        "error_message": message,
    }
