"""What the office decided where its document leaves a question open: lines of 口径说明."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.outcome import Decision
from sxxt_excel.settings import Settings
from sxxt_excel.windows import end_said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sxxt_excel.model.regime import Regime

_ASKED_BY = MappingProxyType({"deadline.mid_month": "中旬", "january": "次年1月"})
"""Questions that only come up where a due day of the regime is worded like this."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A question: its key in sxxt.toml ("" where it is no setting) and what holds, in words."""

    key: str
    title: str
    say: Callable[[Settings], str]
    note: str = ""


def decisions(settings: Settings, regime: Regime) -> tuple[Decision, ...]:
    """Return the open questions of a regime and what holds in this workspace, for 口径说明."""
    due = "、".join(o.due for o in regime.obligations if o.due)
    plain = Settings(settings.regime, settings.year)
    notes = {
        "units.also": f"可以加的有：{'、'.join(regime.optional_kinds) or '无'}",
        "deadline.inclusive": _last_day(settings),
        "deadline.mid_month": f"截止前{settings.letters.remind_days}天起提醒",
    }
    return tuple(
        Decision(
            asked.key,
            asked.title,
            asked.say(settings),
            default=asked.say(settings) == asked.say(plain),
            note=asked.note + notes.get(asked.key, ""),
        )
        for asked in _QUESTIONS
        if _ASKED_BY.get(asked.key, "") in due and (asked.key or regime.signoffs)
    )


def _last_day(settings: Settings) -> str:
    if settings.calendar.inclusive:
        return f"含当日，截至当日{settings.calendar.closes}时"
    return f"不含当日，截至前一日{settings.calendar.closes}时"


def _pairs(said: Mapping[str, str], otherwise: str = "无") -> str:
    return "；".join(f"{name}：{value}" for name, value in said.items()) or otherwise


def _needed(settings: Settings) -> str:
    return _pairs({name: "、".join(units) for name, units in settings.needed.items()})


def _windows(settings: Settings) -> str:
    return "；".join(
        f"{name}：{end_said(a)}至{end_said(b)}" for name, (a, b) in settings.windows.items()
    )


def _authority(settings: Settings) -> str:
    return "《{}》{}".format(*settings.authority) if settings.authority else "无"


def _previous(settings: Settings) -> str:
    folder = settings.copies.previous
    return f"与“{folder.name}”中审核通过的清单比较" if folder else "没有比较"


_QUESTIONS = (
    _Question("deadline.inclusive", "“×月×日前”是否含当日",
              lambda s: "含当日" if s.calendar.inclusive else "不含当日",
              "制度未明确；"),
    _Question("deadline.hour", "截止到几时", lambda s: f"{s.calendar.closes}时"),
    _Question("deadline.shift", "截止日遇节假日是否顺延",
              lambda s: "顺延到下一工作日" if s.calendar.shift else "不顺延", "制度未规定顺延"),
    _Question("deadline.mid_month", "“4月中旬前”按哪一天", lambda s: f"4月{s.calendar.mid_month}日",
              "中旬为11日至20日；"),
    _Question("january", "1月份的报告覆盖哪一期", lambda s: s.january,
              "下半年：上年7月至12月；单位报年度报告的也收下"),
    _Question("marking", "输出材料上的提示语", lambda s: s.marking or "不印",
              "印在总台账各页页眉和审核意见上；不是密级，系统不处理涉密材料"),
    _Question("authority", "本单位自己的制度文件", _authority,
              "所依据的材料不是规定的，没有自己的文件时一律不退回，最多列为需说明"),
    _Question("filing", "报送方式", lambda s: s.filing),
    _Question("units.also", "另外要求报送的单位类别", lambda s: "、".join(s.also) or "无",
              "制度列明的以外，"),
    _Question("", "主要负责人的清单由谁背书", lambda _: "分管该单位的校领导，或名册中的联系校领导",
              "党政一肩挑的同此"),
    _Question("months_in_post", "任职不满几个月的，次数要求只作提醒",
              lambda s: f"{s.months_in_post}个月"),
    _Question("windows", "年初、年中、年末、年终指哪一段", _windows, "制度未定具体日期的事项用"),
    _Question("due", "办公室另定的截止日", lambda s: _pairs(s.due)),
    _Question("duty", "办公室另定的报送性质", lambda s: _pairs(s.duty)),
    _Question("needed", "已发生、须报送的按需事项", _needed,
              "没有写在这里的按需事项，报来照收，不报不催"),
    _Question("groups", "工作组的材料由谁报", lambda s: _pairs(s.groups, "未指定"),
              "未指定的，不列入应报"),
    _Question("catalogue", "会议、文书、报告目录中由办公室填写的名称",
              lambda s: _pairs(s.catalogue), "制度没有列名、办公室也没有填的，不核对"),
    _Question("layout", "几张清单合成一张表填报的套表", lambda s: _pairs(s.layout),
              "单位按哪一种报来都收，合成一张的自动拆开"),
    _Question("registers", "办公室自存的登记是否核对",
              lambda s: "核对" if s.registers else "不核对", "只在本机核对，对外只出合计数"),
    _Question("copies", "单位之间内容雷同的认定",
              lambda s: f"{s.copies.least}字以上相同，{s.copies.phrase}个单位都有的算通用",
              "不计单位名称、姓名、数字和标点；照抄上级项目和下发的示例不算"),
    _Question("copies.previous", "是否与上年的清单比较", _previous,
              "在 sxxt.toml 的 [copies] 写明上年的工作文件夹后才比较"),
)  # fmt: skip
