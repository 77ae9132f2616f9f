"""Who is who in a unit on a day: filers by role, the secretary, the leaders in charge."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sxxt_excel.people import Filer, Person, Roster, Unit
from sxxt_excel.text import split_several

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sxxt_excel.model.obligations import Filers, Role
    from sxxt_excel.model.regime import Regime

AWAY = frozenset({"挂职", "学习", "病产假", "退休", "免报"})
HEAD = "主要负责人"
BODY_MEMBERS = (HEAD, "班子其他成员")
_PARTY_BODY = re.compile(r"(?:直属)?党(?:委|总支|支部)$|委员会$")
_DEPARTMENTS = ("部门", "教辅单位", "科室", "企事业单位")
_OTHER_SECRETARIES = re.compile(r"副书记|纪委书记|纪检|团委|团总支|支部书记")
_OWN_BRANCH = frozenset({"支部书记", "党支部书记"})
_REMARK = re.compile(r"[（(][^（）()]*[）)]")
_OWN_PLACE = re.compile(r".+(?:院(?=院长$)|处(?=处长$)|部(?=部长$)|馆(?=馆长$)|校(?=校长$))")


def present(person: Person, day: date) -> bool:
    """Tell whether a person holds the post on that day and is not away or excused."""
    return person.in_post(day) and person.state not in AWAY


def members(roster: Roster, unit: str, day: date) -> tuple[Person, ...]:
    """Return the members of a unit's leading body in post on that day."""
    return tuple(p for p in roster.people_of(unit) if p.identity in BODY_MEMBERS and p.in_post(day))


def filers_of(
    regime: Regime, group: Filers, roster: Roster, unit: Unit, day: date
) -> tuple[Filer, ...]:
    """Return who files in a unit on that day, in the order of the group's roles.

    An empty post is filled by who 主持工作; someone away, or whose 填报 is 否, is left out.
    """
    people = [p for p in roster.people_of(unit.code) if present(p, day) and p.files]
    return _filers(regime, group, people, unit)


def away_of(
    regime: Regime, group: Filers, roster: Roster, unit: Unit, day: date
) -> tuple[Filer, ...]:
    """Return who would file in a unit on that day but is away or excused."""
    people = [p for p in roster.people_of(unit.code) if p.in_post(day) and p.files]
    if not any(p.state in AWAY for p in people):
        return ()
    filers = _filers(regime, group, people, unit)
    return tuple(f for f in filers if f.person is not None and f.person.state in AWAY)


def _filers(regime: Regime, group: Filers, people: list[Person], unit: Unit) -> tuple[Filer, ...]:
    taken: set[str] = set()
    filers: list[Filer] = []
    lone = unit.kind in group.single and sum(p.identity in BODY_MEMBERS for p in people) == 1
    roles = [role for role in map(regime.role, group.roles) if role.in_unit(unit)]
    both = tuple(role.id for role in roles if lone and (role.body or HEAD in role.identity))
    for role in roles:
        if role.body:
            if not lone:
                filers.append(Filer(role.id, role.id))
            continue
        for person in _holders(role, people, unit):
            if person.key not in taken:
                taken.add(person.key)
                also = both if person.identity in BODY_MEMBERS else ()
                filers.append(Filer(person.name, role.id, person, also))
    return _distinct(filers)


def _holders(role: Role, people: list[Person], unit: Unit) -> Iterable[Person]:
    if role.secretary and (found := _secretaries(people, unit)):
        return found
    holders = [p for p in people if p.identity in role.identity]
    if HEAD in role.identity and not any(p.identity == HEAD for p in holders):
        holders = [p for p in people if p.acting] + holders
    if role.titles:
        holders += [
            p for p in people if p.identity in BODY_MEMBERS and _has_title(p, role.titles, unit)
        ]
    return holders


def _has_title(person: Person, titles: tuple[str, ...], unit: Unit) -> bool:
    """Tell whether one part of the 职务 is a head's title: 院长 or 机械学院院长, not 办公室主任."""
    for bare in _bare_posts(person, unit):
        if bare in titles or _OWN_PLACE.sub("", bare) in titles:
            return True
    return False


def _bare_posts(person: Person, unit: Unit) -> Iterable[str]:
    """Yield each post of a 职务 without the unit's own name before it."""
    names = {unit.name, *unit.names}
    names |= {_PARTY_BODY.sub("", name) for name in names}
    for post in _posts(person):
        bare = post
        for name in sorted(names, key=lambda n: (-len(n), n)):
            bare = bare.removeprefix(name)
        yield bare


def _posts(person: Person) -> tuple[str, ...]:
    """Return each post of a 职务: 党委书记、院长 or 院长兼党委书记（正处级）are two."""
    return _posts_in(person.post)


@lru_cache(maxsize=8192)
def _posts_in(words: str) -> tuple[str, ...]:
    # Asked for each member of a body, for each of its duties.
    parts = split_several(_REMARK.sub("", words))
    return tuple(post for part in parts for post in part.split("兼") if post)


def _distinct(filers: list[Filer]) -> tuple[Filer, ...]:
    """Tell namesakes within a unit apart by their post."""
    counts = Counter(f.label for f in filers)
    if len(counts) == len(filers):
        return tuple(filers)
    return tuple(
        replace(f, label=f"{f.label}（{f.person.post}）")
        if counts[f.label] > 1 and f.person is not None
        else f
        for f in filers
    )


def secretaries(roster: Roster, unit: Unit, day: date) -> tuple[Person, ...]:
    """Return the unit's secretary on that day, or who acts for one (ruling 9).

    Several are returned where the roster has several; none where it has none. Where there is
    no other, a 支部书记 who heads the unit is its secretary: a village is a branch by any name.
    """
    return _secretaries([p for p in roster.people_of(unit.code) if p.in_post(day)], unit)


def _secretaries(in_post: list[Person], unit: Unit) -> tuple[Person, ...]:
    found = [p for p in in_post if any(_is_secretary(post, unit) for post in _posts(p))]
    here = [p for p in found if p.state not in AWAY]
    acting = [p for p in in_post if p.acting]
    return tuple(here or acting or found or (p for p in in_post if _heads_branch(p, unit)))


def led_by_secretary(unit: Unit) -> bool:
    """Tell whether a unit is a party body: a department has a head, but no secretary."""
    return not unit.kind.endswith(_DEPARTMENTS)


def _is_secretary(post: str, unit: Unit) -> bool:
    """Tell a body's own secretary from a deputy and from those of other bodies in the unit."""
    if "书记" not in post:
        return False
    if "副" in post:
        return False
    of_branch = "支部书记" in post and ("支部" in unit.kind or unit.name.endswith("支部"))
    of_commission = "纪委" in unit.kind and ("纪委书记" in post or "纪工委书记" in post)
    return of_branch or of_commission or not _OTHER_SECRETARIES.search(post)


def _heads_branch(person: Person, unit: Unit) -> bool:
    """Tell the 党支部书记 of the unit itself from that of one branch in it: 教工第一党支部书记."""
    is_one = not _OWN_BRANCH.isdisjoint(_bare_posts(person, unit))
    return person.identity == HEAD and is_one


def in_charge(roster: Roster, unit: Unit, day: date) -> tuple[Person, ...]:
    """Return the leaders in charge of a unit: by 分管单位代码, else its 联系校领导.

    A department counts for the party body it belongs to; 联系 by a leader's own
    联系单位代码 is not 分管.
    """
    codes = (unit.code, *(u.code for u in roster.departments_of(unit.code)))
    leaders = [person for code in codes for person in roster.leading(code)]
    leaders += [p for name in split_several(unit.leader) for p in roster.named(name)]
    return tuple(dict.fromkeys(p for p in leaders if p.unit != unit.code and p.in_post(day)))


def discipline_heads(roster: Roster, unit: Unit, day: date) -> tuple[Person, ...]:
    """Return who heads a unit's 纪委 on that day, on its own roster or the 纪委's beside it."""
    beside = (
        u
        for u in roster.units
        if u.kind.endswith("纪委") and u.parent in {None, unit.code, unit.parent}
    )
    people = (p for u in (unit, *beside) for p in roster.people_of(u.code))
    heads = (p for p in people if present(p, day) and any(map(_heads_discipline, _posts(p))))
    return tuple({p.name: p for p in heads}.values())


def _heads_discipline(post: str) -> bool:
    return post.endswith(("纪委书记", "纪工委书记")) and "副" not in post


def units_under(roster: Roster, person: Person) -> tuple[str, ...]:
    """Return the codes of the units a person is in charge of, through their party bodies."""
    codes = []
    for code in person.in_charge:
        unit = roster.unit(code)
        if unit is not None:
            codes.append(unit.party_body or unit.code)
    return tuple(dict.fromkeys(codes))


def parent_of(regime: Regime, roster: Roster, unit: Unit) -> Unit | None:
    """Return the unit one level up: by code, else the only one of the level above.

    Of the kinds of that level the first that the roster has is the body of the level (校党委
    before 校纪委).
    """
    if unit.parent:
        return roster.unit(unit.parent)
    place = next((i for i, level in enumerate(regime.levels) if unit.kind in level.units), 0)
    if place == 0:
        return None
    for kind in regime.levels[place - 1].units:
        if above := roster.of_kind(kind):
            return above[0] if len(above) == 1 else None
    return None


def home(regime: Regime, roster: Roster, said: str = "") -> Unit | None:
    """Return the unit whose office keeps this roster: as the settings say, else the topmost.

    That is the one unit without a superior in the highest level that has any, a 校党委 before
    the 校纪委 beside it; None where there are several.
    """
    if said:
        return next((unit for unit in roster.units if unit.is_called(said)), None)
    for level in regime.levels:
        here = (u for u in roster.units if u.kind in level.units)
        tops = [u for u in here if not roster.unit(u.parent or "")]
        if tops:
            tops = tops if regime.has_tree else _of_first_kind(tops, level.units)
            return tops[0] if len(tops) == 1 else None
    return None


def _of_first_kind(units: list[Unit], kinds: tuple[str, ...]) -> list[Unit]:
    first = min(kinds.index(unit.kind) for unit in units)
    return [unit for unit in units if unit.kind == kinds[first]]


def level_of(regime: Regime, unit: Unit) -> str | None:
    """Return the id of the unit's level, or None where its kind belongs to none."""
    return next((level.id for level in regime.levels if unit.kind in level.units), None)
