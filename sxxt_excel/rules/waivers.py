"""例外 that excuses a unit, or one 责任主体 of it, from a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.text import fold
from sxxt_excel.waivers import EXEMPT

if TYPE_CHECKING:
    from datetime import date

    from sxxt_excel.model.rules import Law
    from sxxt_excel.rules.context import Context


def excused(context: Context, law: Law, day: date | None = None) -> frozenset[tuple[str, str]]:
    """Return whom 例外 excuses from a rule on a day: (unit code, 责任主体), "" for the whole unit.

    The day is the context's own where none is given.
    A waiver means a rule where its 报送事项 is the rule's id or title.
    """
    names = {fold(law.id), fold(law.title)}
    last = day or context.today
    return frozenset(
        (waiver.unit, waiver.filer)
        for waiver in context.roster.waivers
        if waiver.kind == EXEMPT
        and fold(waiver.matter) in names
        and (waiver.expires is None or waiver.expires >= last)
    )
