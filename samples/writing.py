"""What one unit writes into each form, as rows of heading → value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from university import HEAD, SCHOOL
from wording import RISK, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sxxt_excel.people import Filer

Row = dict[str, str | int | date]

YEAR: Final = 2025
BODY: Final = "领导班子"
_LIMITS: Final = ("2025年底前", "2025年6月底", "2025年11月底")
_SOON, _AUTUMN = _LIMITS[1], _LIMITS[2]
_LASTING: Final = "长期坚持"
# items of the university's leaders that name units to take them up, and who does
TAKES: Final = {
    "JX": "XX-2025-ZR-008",
    "DX": "XX-2025-ZR-008",
    "JS": "XX-2025-ZR-008",
    "HG": "XX-2025-ZR-012",
    "JG": "XX-2025-ZR-012",
    "WY": "XX-2025-ZR-014",
    "JD": "XX-2025-ZR-006",
}
EXCUSES: Final = {"SX": ("XX-2025-ZR-016", "本院没有基建和后勤服务业务，年初已向分管校领导说明")}
_UNSTATED: Final = "冯知远"


@dataclass(frozen=True, slots=True)
class Lists:
    """The rows of 责任清单 and 任务清单 of one unit."""

    duties: tuple[Row, ...]
    tasks: tuple[Row, ...]


def number(code: str, form: str, place: int) -> str:
    """Return an item number such as JX-2025-ZR-001."""
    return f"{code}-{YEAR}-{form}-{place:03d}"


def lists_of(code: str, filers: Sequence[Filer], areas: Callable[[str], Sequence[str]]) -> Lists:
    """Return a unit's two lists: three items of the body, two of its head, one or two a member."""
    duties: list[Row] = []
    members = 0
    for filer in filers:
        offered = areas(filer.role)
        many = {BODY: 3, HEAD: 2}.get(filer.role, 2 if code == SCHOOL else 1)
        for place in range(many):
            turn = (sum(map(ord, code)) + 2 * place + members) % len(offered)
            first = place == 0 and (code == SCHOOL or members == 0)
            charged = first and filer.role not in {BODY, HEAD}
            area = "落实分管责任" if charged else offered[turn]
            duties.append(_duty(code, filer, area, len(duties) + 1, place))
        if filer.role not in {BODY, HEAD}:
            _take_up(duties[-many:], code, members)
            members += 1
    if members:
        duties[0]["落实方式"] = "班子成员纳入"
    if code in EXCUSES:
        above, reason = EXCUSES[code]
        key = number(code, "ZR", len(duties) + 1)
        duties.append({"项目编号": key, "上级项目编号": above, "未纳入理由": reason})
    undertaken = (duty for duty in duties if "未纳入理由" not in duty)
    tasks = [_task(code, duty, place) for place, duty in enumerate(undertaken, 1)]
    return Lists(tuple(duties), tuple(tasks))


def _duty(code: str, filer: Filer, area: str, place: int, nth: int) -> Row:
    words = WORDS[area]
    limit = _LIMITS[nth % 3] if filer.role == BODY else _AUTUMN
    if filer.role == HEAD and nth:
        limit = _LASTING
    return {
        "责任主体": filer.label,
        "项目编号": number(code, "ZR", place),
        "重点方面": area,
        "工作项目": words.project.format(risk=RISK[code]),
        "具体措施": words.measure.format(risk=RISK[code]),
        "落实方式": "校级统一落实" if code == SCHOOL and filer.role == BODY else "本人直接落实",
        "责任人": filer.label if filer.person else "",
        "责任部门": "党委办公室" if code == SCHOOL else "综合办公室",
        "完成时限": limit,
        "完成情况": _LASTING if limit == _LASTING else "进行中",
    }


def _take_up(mine: list[Row], code: str, members: int) -> None:
    """Let a member's items take up the body's first one, and what comes from above."""
    if code == SCHOOL:
        mine[0]["落实方式"] = "分管单位纳入"
        if mine[0]["责任主体"] == _UNSTATED:
            del mine[1]["落实方式"]
    if members == 0:
        above = number(code, "ZR", 1)
        mine[0]["上级项目编号"] = "、".join(filter(None, (above, TAKES.get(code, ""))))


def _task(code: str, duty: Row, place: int) -> Row:
    words = WORDS[str(duty["重点方面"])]
    return {
        "责任主体": duty["责任主体"],
        "任务编号": number(code, "RW", place),
        "责任项目编号": duty["项目编号"],
        "工作任务": words.task.format(risk=RISK[code]),
        "具体措施": words.measure.format(risk=RISK[code]),
        "责任人": duty["责任人"],
        "协办部门": "各系、各支部" if code != SCHOOL else "各单位",
        "开始时间": date(YEAR, 3, 1),
        "完成时限": duty["完成时限"],
        "完成情况": duty["完成情况"],
    }


def signatures(filers: Sequence[Filer], secretary: str, leader: str, day: date) -> tuple[Row, ...]:
    """Return the rows of 签字背书: the head's lists go to the leader, all others to the head."""
    return tuple(
        {
            "责任主体": f.label,
            "背书人": leader if f.role == HEAD else secretary,
            "背书日期": day,
        }
        for f in filers
    )


def members(filers: Sequence[Filer]) -> tuple[Row, ...]:
    """Return what is added to the pre-filled rows of 班子成员分工表."""
    return tuple(
        {"姓名": f.label, "联系单位（支部）": f"教工第{'一二三四五六七八'[place]}党支部"}
        for place, f in enumerate(f for f in filers if f.person)
    )


def report(
    code: str, filers: Sequence[Filer], areas: Callable[[str], Sequence[str]], half: int
) -> tuple[Row, ...]:
    """Return the rows of 主体责任落实情况报告, every area of every filer."""
    rows: list[Row] = []
    for filer in filers:
        for place, area in enumerate(areas(filer.role)):
            words = WORDS[area]
            said = (words.first, words.second)[half - 1].format(risk=RISK[code])
            row: Row = {"责任主体": filer.label, "重点方面": area, "履责情况": said}
            if place == 0:
                row["存在问题"] = "检查督促的频次还不够"
                row["下步措施"] = "按月列出检查安排并通报"
            rows.append(row)
    return tuple(rows)


def progress(tasks: Sequence[Row], half: int) -> tuple[Row, ...]:
    """Return the rows of 任务进展 at the end of a half-year."""
    rows: list[Row] = []
    for task in tasks:
        early = task["完成时限"] == _SOON
        row = {n: task[n] for n in ("责任主体", "任务编号", "工作任务", "完成时限")}
        if task["完成时限"] == _LASTING:
            row |= {"完成情况": _LASTING, "进展说明": "按计划持续推进，本期没有遗留事项"}
        elif early or half > 1:
            done = date(YEAR, 6, 20) if early else date(YEAR, 11, 20)
            row |= {"完成情况": "已完成", "完成日期": done, "进展说明": "已按措施完成并留存记录"}
        else:
            row |= {"完成情况": "进行中", "进展说明": "完成过半，其余按计划进行"}
        rows.append(row)
    return tuple(rows)


def figures(people: int, half: int) -> tuple[Row, ...]:
    """Return the rows of 履责统计 of a unit whose body has so many people."""
    talks, lectures = people + 5, max(people - 1, 0)
    values = {
        "专题研究会议次数": 1,
        "书记主持专题会议次数": 1,
        "传达学习次数": 2 + half,
        "应履职谈话人数": talks if half == 1 else 0,
        "已履职谈话人数": talks if half == 1 else 0,
        "应廉政谈话人数": talks if half > 1 else 0,
        "已廉政谈话人数": talks if half > 1 else 0,
        "约谈提醒人次": 1,
        "应讲廉政党课人数": lectures if half > 1 else 0,
        "已讲廉政党课人数": lectures if half > 1 else 0,
        "专题调研次数": 1,
        "检查考核次数": half - 1,
    }
    return tuple({"指标": name, "数值": value} for name, value in values.items())


def accounts(code: str, filers: Sequence[Filer]) -> tuple[Row, ...]:
    """Return what people write into 述责述廉登记."""
    return tuple(
        {
            "姓名": f.label,
            "述责日期": date(YEAR, 12, 24),
            "履行主体责任情况": "参加专题研究两次，分工事项全部落实",
            "履行一岗双责情况": f"分管领域围绕{RISK[code]}排查风险点八个",
            "学习贯彻情况": "参加中心组学习四次",
            "廉洁自律情况": "如实报告个人有关事项，没有违规情形",
            "存在问题": "到联系支部调研偏少",
            "改进措施": "每季度到联系支部一次",
        }
        for f in filers
    )
