"""What stands in the cells of an invented workbook: a heading's example, varied from row to row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.model.forms import Field

_NUMBERS: Final = "二三四五六七八九十"
_SOMEONE = re.compile(r"[\u4e00-\u9fff]示例(?![\u4e00-\u9fff])")


def words(item: Field, number: int, people: Sequence[str]) -> str:
    """Return the text of a cell.

    Args:
        item: the heading; its example says what is written there.
        number: which row of its table it is, from 0.
        people: who may be named in place of the example's 某示例, the likeliest first.
    """
    text = item.example or "已按计划落实"
    if people:
        names = iter(range(number, number + 9))
        text = _SOMEONE.sub(lambda _: people[next(names) % len(people)], text)
    if item.kind == "long" and number:
        return f"{text}（之{_NUMBERS[(number - 1) % len(_NUMBERS)]}）"
    return text
