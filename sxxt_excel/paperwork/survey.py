"""情况综述: the paragraph of figures for a speech."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sxxt_excel.outputs.words import long_day
from sxxt_excel.paperwork.draft import Draft, Sources, asked, by_units, common, overview
from sxxt_excel.paperwork.figures import Figure, result_figures, since_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["survey"]


def survey(sources: Sources) -> Draft:
    """Return the paragraph of figures for a speech: units, what they rest on, and before."""
    last = sources.last
    round_ = last.round_
    before = sources.before
    values = {
        **common(sources),
        **result_figures(round_),
        **by_units(round_),
        "上次截至": _day_of(last.data.get("since")),
        **since_figures(last.data),
        "上年截至": long_day(before.round_.today) if before else "",
        "上年": _Named(result_figures(before.round_, "上年 result.json")) if before else None,
    }
    pairs = asked(round_)
    return Draft(values, (overview(round_, pairs),))


class _Named:
    """Figures that a template names as parts of something: 上年.应报."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures

    def __getattr__(self, name: str) -> Figure:
        try:
            return self._figures[name]
        except KeyError as error:
            raise AttributeError(name) from error


def _day_of(since: Mapping[str, str] | None) -> str:
    return long_day(date.fromisoformat(since["as_of"])) if since and since.get("as_of") else ""
