"""One letter put together: its kind's words, the form of official letters, an id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sxxt_excel.letters.addresses import addresses
from sxxt_excel.letters.letter import Letter, letter_id
from sxxt_excel.letters.wording import Wording
from sxxt_excel.outcome import SLIP
from sxxt_excel.outputs.asof import office_name
from sxxt_excel.outputs.words import long_day, matter, title_of
from sxxt_excel.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.outputs.asof import AsOf

Material: TypeAlias = tuple[str, str]
_MOST_NAMED = 2

WORDS: Mapping[str, Any] = {
    "单位": "", "年度": 0, "办公室": "", "日期": "", "联系": "", "提示语": "", "渠道": "",
    "事项": "", "书名": "", "材料": (), "随附": 0, "附件": (), "全标": False, "更正单": False,
    "须修改": 0, "需说明": 0, "须修改意见": (), "需说明意见": (), "其余": 0, "期限": "", "尚欠": "",
    "转报": False, "待改": "", "纸质件": "", "截至": "", "批准人": "", "答复": "", "承诺": "",
    "主题": "", "正文": (),
}  # fmt: skip
"""Every name that a template may use, with what it says where there is nothing to say."""


class Writer:
    """Writes the letters of one workspace as of one day.

    Args:
        state: settings, roster and day.
        templates: the folder of the office's own templates, if there is one.

    Raises:
        DefinitionError: one of these templates is faulty.
    """

    def __init__(self, state: AsOf, templates: Path | None = None) -> None:
        settings = state.settings
        self._wording = Wording(templates, WORDS)
        self._addresses = addresses(state)
        self._common = {
            **WORDS,
            "年度": settings.year,
            "办公室": one_line(office_name(state)),
            "日期": long_day(state.today),
            "截至": long_day(state.today),
            "联系": one_line(settings.letters.contact),
            "提示语": one_line(settings.marking),
            "渠道": one_line(settings.letters.channel),
            "纸质件": one_line(settings.letters.paper),
        }

    def writes_to(self, code: str) -> bool:
        """Tell whether a unit gets letters at all."""
        return code in self._addresses

    def letter(  # noqa: PLR0913 - what a letter is made of, most by keyword
        self,
        kind: str,
        code: str,
        unit: str,
        *,
        words: Mapping[str, Any],
        about: Iterable[object],
        attachments: Sequence[Path] = (),
    ) -> Letter:
        """Return a letter of one kind to one unit.

        Args:
            kind: which template.
            code: the unit's code.
            unit: its full name.
            words: what this letter says, by the names of `WORDS`; all on one line each.
            about: what it is about, see `letter_id`.
            attachments: files to go with it.
        """
        name = one_line(unit)
        all_words = {**self._common, **words, "单位": name}
        all_words["附件"] = tuple(one_line(path.name) for path in attachments)
        all_words["更正单"] = any(path.stem.endswith(f"_{SLIP}") for path in attachments)
        subject, body = self._wording.said(kind, all_words)
        text, html = self._wording.laid_out({**all_words, "主题": subject, "正文": body})
        return Letter(
            kind=kind,
            code=code,
            unit=name,
            addresses=self._addresses.get(code, ()),
            subject=subject,
            text=text,
            html=html,
            id=letter_id(kind, code, about),
            attachments=tuple(attachments),
        )


def material(packet: str | None, period: str | None, regime: Regime, file: str = "") -> Material:
    """Return how letters call a material: 《its title》 and short; by its file if it has none."""
    if packet is None:
        return f"“{one_line(file)}”", one_line(file)
    title = title_of(packet, period, regime)
    return f"《{one_line(title)}》", one_line(matter(packet, period or ""))


def called(materials: Iterable[Material]) -> dict[str, str]:
    """Return what letters call several materials: all of them by title, and short for a subject."""
    pairs = list(dict.fromkeys(materials))
    short = [name for _, name in pairs]
    few = len(short) <= _MOST_NAMED
    return {
        # Between titles in 《》 stands nothing; between a file and another name a 、 does.
        "书名": "、".join(name for name, _ in pairs).replace("》、《", "》《"),
        "事项": "、".join(short) if few else f"{short[0]}等{len(short)}项材料",
    }
