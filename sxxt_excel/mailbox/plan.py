"""What is to be sent, and what is not and why: drafts, post book and roster side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.names import addresses_in
from sxxt_excel.registry.post import FAILED, RETURNED, UNKNOWN, WAITING, Sent
from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sxxt_excel.mailbox.drafts import Draft
    from sxxt_excel.people import Roster, Unit

REFUSED = "不能发"


@dataclass(frozen=True, slots=True)
class Line:
    """One letter: what the post book has of it, and the draft where there still is one.

    `refused` says why it may not be sent, "" where it may. `targets` are whom it is to be sent to
    now: nobody, where nothing is to be sent.
    """

    sent: Sent
    unit: str
    draft: Draft | None = None
    refused: str = ""
    targets: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """Return in one word how it stands."""
        return REFUSED if self.refused else self.sent.state

    @property
    def note(self) -> str:
        """Return what is to be known of that."""
        return self.refused or self.sent.note

    @property
    def stands(self) -> bool:
        """Tell whether somebody has to do something about it."""
        return bool(self.refused) or self.sent.state in {FAILED, RETURNED, UNKNOWN}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters are meant; what is not said is not narrowed down. Units by name or code."""

    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def takes(self, kind: str, code: str, name: str) -> bool:
        """Tell whether a letter is meant."""
        return (not self.kinds or kind in self.kinds) and (
            not self.units or not {code, name}.isdisjoint(self.units)
        )


def plan(
    drafts: Sequence[Draft],
    known: Mapping[str, Sent],
    roster: Roster,
    domains: Sequence[str],
    choice: Choice,
) -> tuple[Line, ...]:
    """Return a line for each letter that is meant: drafts in their order, then those without one.

    Args:
        drafts: what lies ready.
        known: the post book.
        roster: whose address is whose.
        domains: where letters may go.
        choice: which are meant.
    """
    lines: dict[str, Line] = {}
    for draft in drafts:
        line = _line(draft, known, roster, domains)
        first = lines.setdefault(draft.id, line)
        if first is not line and first.draft is not None:
            twice = f"与“{first.draft.path}”是同一封信"
            lines[f"{draft.id} {draft.path}"] = replace(line, refused=twice, targets=())
    gone = [s for s in known.values() if s.id not in lines and s.state in {UNKNOWN, RETURNED}]
    for sent in gone:
        lines[sent.id] = Line(sent, _name(roster.unit(sent.unit_code), sent.unit_code))
    return tuple(
        line
        for line in lines.values()
        if choice.takes(line.sent.kind, line.sent.unit_code, line.unit)
    )


def fresh(draft: Draft) -> Sent:
    """Return a letter that the post book does not know yet."""
    return Sent(draft.id, draft.kind, draft.unit_code, draft.addresses, draft.subject)


def check_choice(choice: Choice, roster: Roster) -> None:
    """Refuse a unit that is not in the roster.

    Raises:
        WorkspaceError: says which.
    """
    known = {word for unit in roster.units for word in (unit.code, unit.name)}
    for word in choice.units:
        if word not in known:
            raise WorkspaceError(f"名册里没有“{word}”这个单位：请核对 --unit 写的名称或代码")


def _line(draft: Draft, known: Mapping[str, Sent], roster: Roster, domains: Sequence[str]) -> Line:
    unit = roster.unit(draft.unit_code)
    sent = known.get(draft.id, fresh(draft))
    targets = _targets(draft, sent)
    refused = _refusal(draft, unit, roster, domains) if targets else ""
    return Line(sent, _name(unit, draft.unit_code), draft, refused, () if refused else targets)


def _targets(draft: Draft, sent: Sent) -> tuple[str, ...]:
    """Return whom a draft is still to be sent to: never one whom it reached.

    Where it failed or came back, it goes out again once the roster names another address, to that
    alone.
    """
    if sent.state not in {WAITING, FAILED, RETURNED}:
        return ()
    done = sent.reached if sent.state == WAITING else (*sent.reached, *sent.addresses)
    return tuple(a for a in draft.addresses or ("",) if a not in done)


def _refusal(draft: Draft, unit: Unit | None, roster: Roster, domains: Sequence[str]) -> str:
    """Return why a draft may not be sent, "" where it may."""
    if unit is None:
        return f"名册里没有代码为“{draft.unit_code}”的单位"
    if not draft.addresses:
        return "没有收件地址：请在名册填写这个单位的邮箱，再运行 collect"
    if not draft.clear:
        return "收件人写得不规范，认不出全部地址"
    own = set(_addresses(unit, roster))
    for address in draft.addresses:
        if address not in own:
            return f"{address} 不是名册里这个单位的邮箱"
        if not _inside(address.rpartition("@")[2], domains):
            return f"{address} 的域名不在 sxxt.toml 的 [mail] domains 里"
    return ""


def _addresses(unit: Unit, roster: Roster) -> Iterable[str]:
    """Return a unit's own addresses and its people's; not those of who leads several units."""
    people = (p.email for p in roster.people_of(unit.code) if not p.in_charge)
    return (a for text in (unit.email, unit.spare_email, *people) for a in addresses_in(text))


def _inside(domain: str, domains: Sequence[str]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in domains)


def _name(unit: Unit | None, code: str) -> str:
    return unit.name if unit else code
