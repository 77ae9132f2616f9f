"""An invented place under any regime: its roster, its working groups, and what has arisen.

Made of the definitions alone, so that a regime that is added has a place to be tried in.
Nothing in it exists: 示例大学, 示例市 and everybody there are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, product
from typing import TYPE_CHECKING, Final

from sxxt_excel.newspace import register_book, settings_text
from sxxt_excel.officebook import PEOPLE, ROSTER_FILE, UNITS, WAIVERS, roster_forms
from sxxt_excel.periods import ROUNDS, PeriodError
from sxxt_excel.settings import SETTINGS_FILE, Settings
from sxxt_excel.windows import window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sxxt_excel.model.obligations import Obligation
    from sxxt_excel.model.regime import Regime

Row = dict[str, "str | int | date"]

YEAR: Final = 2025
KEY: Final = "0123456789abcdef0123456789abcdef"
HEAD, MEMBER = "主要负责人", "班子其他成员"
_TERM: Final = '"任期" = ["2022-09-01", "2027-08-31"]'
_TOP: Final = "XX"

# kind of unit → codes, names and short names in the order in which they are founded
_PLACES: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "校党委": ((_TOP, "示例大学党委", "校党委"),),
    "校纪委": (("JWW", "示例大学纪委", "校纪委"),),
    "党委工作部门": (("ZZB", "党委组织部", "组织部"), ("XCB", "党委宣传部", "宣传部")),
    "行政职能部门": (("JWC", "教务处", ""), ("CWC", "财务处", "计财处")),
    "教辅单位": (("TSG", "图书馆", ""), ("WLZ", "网络信息中心", "网信中心")),
    "基层党委": (
        ("JX", "机械工程学院党委", "机械学院、机械工程学院"),
        ("HG", "化学化工学院党委", "化工学院"),
        ("DX", "电子信息学院党委", "电信学院"),
        ("JG", "经济管理学院党委", "经管学院"),
    ),
    "党总支": (("WY", "外国语学院党总支", "外语学院"), ("TY", "体育教学部党总支", "体育部")),
    "直属党支部": (("LX", "留学生中心直属党支部", "留学生中心"),),
    "二级单位": (
        ("HL", "护理学院", "护理系"),
        ("YX", "医学技术学院", "医技学院"),
        ("YJ", "药学院", ""),
    ),
    "附属单位": (("FY", "第一附属医院", "附一院"), ("FZ", "附属中学", "附中")),
    "所属企事业单位": (("CB", "示例出版社", "出版社"), ("KJ", "示例科技园", "科技园")),
    "科室": (("BG", "学院实验中心", "实验中心"),),
    "市": ((_TOP, "示例市委", "示例市"),),
    "区": (("DH", "东湖区委", "东湖区"), ("XS", "西山区委", "西山区")),
    "党组": (("JY", "示例市教育局党组", "市教育局"), ("WS", "示例市卫生局党组", "市卫生局")),
    "街镇": (
        ("XQ", "新桥镇党委", "新桥镇"),
        ("BS", "白沙镇党委", "白沙镇"),
        ("QH", "清河镇党委", "清河镇"),
    ),
    "党工委": (("NM", "南门街道党工委", "南门街道"), ("BM", "北门街道党工委", "北门街道")),
    "居村": (("LY", "柳园居民区党总支", "柳园居民区"),),
}
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN: Final = ("启衡", "思渝", "立坤", "淑澄", "剑舟", "海棠", "知远", "望舒", "若川", "静姝")
# how the three of a body are called, by kind of unit
_POSTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "校党委": ("党委书记", "党委副书记、校长", "党委常委、副校长"),
    "校纪委": ("纪委书记", "纪委副书记", "纪委委员"),
    "党委工作部门": ("部长", "副部长", "副部长"),
    "行政职能部门": ("处长", "副处长", "副处长"),
    "教辅单位": ("馆长", "副馆长", "副馆长"),
    "党总支": ("党总支书记", "院长", "党总支副书记"),
    "直属党支部": ("直属党支部书记", "主任", "直属党支部副书记"),
    "党工委": ("党工委书记", "办事处主任", "党工委副书记"),
    "党组": ("党组书记", "局长", "党组成员"),
    "科室": ("主任", "副主任", "副主任"),
    "居村": ("党总支书记", "居委会主任", "党总支副书记"),
    "区": ("区委书记", "区长", "区委副书记"),
    "市": ("市委书记", "市长", "市委副书记"),
}
_USUAL: Final = ("党委书记", "院长", "党委副书记")


@dataclass(frozen=True, slots=True)
class Campus:
    """Rows of the roster, and lines for the tables of sxxt.toml (table → lines)."""

    regime: Regime
    units: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    waivers: list[Row] = field(default_factory=list)
    tables: dict[str, list[str]] = field(default_factory=dict)

    def write(self, root: Path, changes: Sequence[tuple[str, str]] = ()) -> None:
        """Write settings, roster and an empty inbox; call again after changing a row.

        Args:
            root: the workspace's folder, made where it is not there.
            changes: what to put in place of what in the settings' text.
        """
        for name, data in self.files(changes).items():
            root.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        (root / "inbox").mkdir(exist_ok=True)

    def files(self, changes: Sequence[tuple[str, str]] = ()) -> dict[str, bytes]:
        """Return settings and roster as path → bytes."""
        forms = roster_forms()
        rows = {UNITS: self.units, PEOPLE: self.people, WAIVERS: self.waivers}
        book = register_book((forms[UNITS], forms[PEOPLE], forms[WAIVERS]), rows)
        return {SETTINGS_FILE: self._settings(changes).encode(), ROSTER_FILE: book}

    def _settings(self, changes: Sequence[tuple[str, str]]) -> str:
        text = settings_text(self.regime, YEAR, KEY)
        heads = ((f"[{table}]\n", lines) for table, lines in self.tables.items())
        own = [(head, head + "".join(f"{line}\n" for line in lines)) for head, lines in heads]
        for old, new in (*own, *changes):
            if old not in text:
                raise ValueError(f"sxxt.toml has no “{old}” any more")
            text = text.replace(old, new, 1)
        return text


def campus_of(regime: Regime, many: int = 2) -> Campus:
    """Return a place where every duty of a regime has somebody who owes it.

    Args:
        regime: any regime.
        many: how many units of the first kind of each level below the top; of others one.
    """
    campus = Campus(regime)
    names = (a + b for b, a in product(_GIVEN, _SURNAMES))
    above: list[str] = []
    asked = _asked(regime)
    for place, level in enumerate(_levels(regime, asked)):
        codes = [
            code
            for number, kind in enumerate(k for k in level if k in asked)
            for code in _found(campus, kind, above, many if place and not number else 1)
        ]
        if codes:
            above = codes if place else codes[:1]
    if any(n.each == "department" or "charges" in n.pairs for n in regime.needs):
        _divide(campus)
    for row in campus.units:
        _staff(campus, row, names)
    _settle(campus)
    return campus


def _levels(regime: Regime, asked: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the kinds of each level; kinds that stand on none come last."""
    known = {kind for level in regime.levels for kind in level.units}
    yield from (level.units for level in regime.levels)
    yield tuple(kind for kind in _PLACES if kind in asked - known)


def _asked(regime: Regime) -> frozenset[str]:
    """Return the kinds of unit that owe something or are spoken of."""
    return frozenset(
        (
            *regime.levels[0].units[:1],
            *(kind for group in regime.filers for kind in group.units),
            *(kind for duty in regime.obligations for kind in duty.about),
            *(kind for need in regime.needs for kind in need.units),
        )
    )


def _found(campus: Campus, kind: str, above: list[str], many: int) -> Iterator[str]:
    """Add units of a kind under those of the level above; yield their codes."""
    taken = {row["单位代码"] for row in campus.units}
    free = [place for place in _PLACES.get(kind, ()) if place[0] not in taken]
    for number, (code, name, short) in enumerate(free[:many]):
        row: Row = {"单位代码": code, "单位名称": name, "单位类别": kind, "简称": short}
        if above and kind not in campus.regime.levels[0].units:
            row["上级单位代码"] = above[number % len(above)]
        row |= {
            "纪检机构": "纪检委员" if "支" in kind or "部门" in kind else "纪委",
            "联系人": f"{_SURNAMES[len(campus.units)]}示例",
            "联系电话": f"022-0000{len(campus.units):04d}",
            "邮箱": f"{code.lower()}@example.edu.cn",
        }
        campus.units.append(row)
        yield code


def _divide(campus: Campus) -> None:
    """Give the first unit below the top a department of its own."""
    unit = next(u for u in campus.units if u.get("上级单位代码"))
    code, name, short = _PLACES["科室"][0]
    campus.units.append(
        {
            "单位代码": code,
            "单位名称": name,
            "单位类别": "科室",
            "简称": short,
            "上级单位代码": unit["单位代码"],
            "所属党组织代码": unit["单位代码"],
            "联系人": "柳示例",
        }
    )


def _staff(campus: Campus, unit: Row, names: Iterator[str]) -> None:
    """Add the three of a unit's body, who share the units below among them, and other posts."""
    code, kind = str(unit["单位代码"]), str(unit["单位类别"])
    below = [str(u["单位代码"]) for u in campus.units if u.get("上级单位代码") == code]
    if not below and unit is campus.units[0]:
        below = [str(u["单位代码"]) for u in campus.units[1:]]
    for place, post in enumerate(_POSTS.get(kind, _USUAL)):
        row: Row = {
            "人员编号": f"P{len(campus.people) + 1:03d}",
            "姓名": next(names),
            "单位代码": code,
            "职务": post,
            "班子身份": MEMBER if place else HEAD,
            "是否中共党员": "是",
            "分管领域": "按分工负责分管领域的工作" if place else "主持全面工作",
        }
        if place and below[place - 1 :: 2]:
            row["分管单位代码"] = "、".join(below[place - 1 :: 2])
        campus.people.append(row)
    for identity in _other_identities(campus.regime, kind):
        campus.people.append(
            {
                "人员编号": f"P{len(campus.people) + 1:03d}",
                "姓名": next(names),
                "单位代码": code,
                "职务": _OTHER_POSTS.get(identity, "主任"),
                "班子身份": identity,
                "是否中共党员": "是",
            }
        )


_OTHER_POSTS: Final = {"科室负责人": "综合办公室主任", "基层党组织书记": "教工第一党支部书记"}


def _other_identities(regime: Regime, kind: str) -> tuple[str, ...]:
    """Return the identities besides a body's own that somebody files under in such a unit."""
    roles = {r for group in regime.filers if kind in group.units for r in group.roles}
    found = (i for role in regime.roles if role.id in roles for i in role.identity)
    own = {HEAD, MEMBER, "基层党组织书记"} if "支部" in kind else {HEAD, MEMBER}
    return tuple(dict.fromkeys(i for i in found if i not in own))


def _settle(campus: Campus) -> None:
    """Write down what the office decides: groups, what has arisen, names, the term."""
    regime = campus.regime
    kinds = {str(row["单位类别"]) for row in campus.units}
    groups = [n for g in regime.filers for n in g.units if n not in _PLACES and n not in kinds]
    first = str(campus.units[0]["单位代码"])
    last = str(campus.units[-1]["单位代码"])
    for number, name in enumerate(dict.fromkeys(groups)):
        _line(campus, "groups", f'"{name}" = "{last if number % 2 else first}"')
    for duty in regime.obligations:
        if duty.duty == "按需":
            units = _arisen(campus, duty)
            _line(campus, "needed", f'"{duty.id}" = [{", ".join(units)}]')
    for number, slot in zip(count(1), (s for s in regime.slots if not s.name)):
        _line(campus, "catalogue", f'"{slot.need.law.id}" = "示例{slot.kind}第{number}项"')
    spans = {need.window for need in (*regime.needs, *(s.need for s in regime.slots))}
    for name in sorted(spans):
        try:
            window(name, YEAR, Settings(regime.id, YEAR).windows)
        except PeriodError:
            if name in _TERM:
                _line(campus, "windows", _TERM)


def _arisen(campus: Campus, duty: Obligation) -> list[str]:
    group = campus.regime.filers_of(duty.filers)
    units = [u for u in campus.units if u["单位类别"] in group.units][:2]
    word = " 第1轮" if ROUNDS in duty.accepts else ""
    return [f'"{u["单位代码"]}{word}"' for u in units]


def _line(campus: Campus, table: str, line: str) -> None:
    campus.tables.setdefault(table, []).append(line)
