"""Settings held against their regime: what they name must be there, and mean one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.model.obligations import NEEDED
from sxxt_excel.settings import SETTINGS_FILE, WINDOWS
from sxxt_excel.text import fold, nearest
from sxxt_excel.toml import DefinitionError

if TYPE_CHECKING:
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.settings import Settings

# Halves and the year need no setting; a term of office is unknown until the office says it.
_TERM = "任期"
_ALWAYS = frozenset({"年度", "上半年", "下半年", "每半年", _TERM})


def check_settings(settings: Settings, regime: Regime) -> None:
    """Refuse settings that name what their regime does not have.

    Raises:
        DefinitionError: says which key of sxxt.toml, and what could be meant.
    """
    duties = tuple(o.id for o in regime.obligations)
    kinds = regime.optional_kinds
    asked = tuple(dict.fromkeys(kind for group in regime.filers for kind in group.units))
    spans = _spans(regime)
    used = tuple(dict.fromkeys((*WINDOWS, *spans, _TERM)))
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
