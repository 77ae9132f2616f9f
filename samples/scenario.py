"""The story of one year: which unit sent what, under which name, with which slips, and when.

Days are told by the receipt book alone: a clone of this repository keeps no file times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from clerk import (
    add_column,
    add_sheet,
    drop_sheet,
    hide,
    merge,
    on_cover,
    put,
    rename,
    rename_sheet,
    reorder,
    wipe,
    without_stamp,
)
from office import ACCOUNTS, FIRST, LAST_YEAR, LISTS, SECOND
from writing import YEAR

if TYPE_CHECKING:
    from clerk import Slip

TODAY: Final = "2026-02-05"
_REPORT, _PROGRESS, _FIGURES = "主体责任落实情况报告", "任务进展", "履责统计"
_DUTIES, _TASKS, _SIGNED, _MEMBERS = "责任清单", "任务清单", "签字背书", "班子成员分工表"
_DUTY: Final = (
    "责任主体", "重点方面", "工作项目", "具体措施", "上级项目编号",
    "落实方式", "责任人", "责任部门", "完成时限", "完成情况",
)  # fmt: skip
_TASK: Final = (
    "责任主体", "责任项目编号", "工作任务", "具体措施", "责任人",
    "协办部门", "开始时间", "完成时限", "完成情况",
)  # fmt: skip
_NARRATIVE: Final = ("履责情况", "存在问题", "下步措施")
_SPEECH: Final = (
    "履行主体责任情况",
    "履行一岗双责情况",
    "学习贯彻情况",
    "廉洁自律情况",
    "存在问题",
    "改进措施",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One workbook as it lies in the inbox."""

    path: str
    code: str
    kind: str
    slips: tuple[Slip, ...] = ()
    year: int = YEAR


def _sent(path: str, code: str, kind: str, *slips: Slip) -> Sent:
    return Sent(path, code, kind, slips)


_FILING: Final = (
    _sent(
        "校级/示例大学党委_责任任务清单（校级）_2025年度.xlsx", "XX", LISTS,
        put(_DUTIES, 2, 落实方式="班子成员纳入"),
    ),
    # sent back, then sent again under a name of the unit's own
    _sent(
        "4月清单备案/机械工程学院党委_责任任务清单_2025年度.xlsx", "JX", LISTS,
        put(_DUTIES, 2, 完成时限=None), put(_TASKS, 1, 完成情况="抓紧办"),
    ),
    _sent("4月清单备案/机械学院+责任清单（最终版）.xlsx", "JX", LISTS),
    _sent(
        "4月清单备案/电信学院/电子信息工程学院党委_责任任务清单_2025年度.xlsx", "DX", LISTS,
        reorder(_TASKS, "任务编号", "工作任务", "责任主体"),
        rename(_DUTIES, "工作项目", "责任项目"),
    ),
    # late; an item that ends after the university's own, a task done before it began, a stranger
    _sent(
        "4月清单备案/计算机学院责任任务清单0418.xlsx", "JS", LISTS,
        put(_DUTIES, 6, 完成时限="2026年3月底"),
        put(_TASKS, 2, 完成情况="已完成", 完成日期=date(YEAR, 2, 20)),
        put(_MEMBERS, 4, 姓名="白如松", 职务="院长助理", 班子身份="班子其他成员"),
    ),
    # what a returned workbook looks like
    _sent(
        "4月清单备案/化工学院.xlsx", "HG", LISTS,
        put(_DUTIES, 1, 重点方面="强化廉洁建设"), put(_DUTIES, 4, 完成时限="尽快"),
        put(_DUTIES, 5, 工作项目=None), put(_TASKS, 2, 开始时间="2025.13.5"),
        put(_TASKS, 3, 责任项目编号="HG-2025-ZR-033"), put(_TASKS, 5, 责任主体="实验中心"),
        put(_TASKS, 6, 责任人="唐克己 13800000000"), put(_SIGNED, 2, 背书人="宋汝贞"),
        put(_SIGNED, 4, 背书人=None, 背书日期=None),
    ),
    _sent(
        "4月清单备案/经济管理学院党委_责任任务清单_2025年度.xlsx", "JG", LISTS,
        put(_DUTIES, 2, 项目编号="JG-2025-ZR-001"), drop_sheet(_SIGNED),
    ),
    _sent("4月清单备案/经济管理学院党委_责任任务清单_2025年度(1).xlsx", "JG", LISTS),
    _sent("4月清单备案/法学院党委_责任任务清单_2025年度.xlsx", "FX", LISTS),
    # two halves that ought to have been one workbook
    _sent(
        "4月清单备案/人文学院责任清单（班子部分）.xlsx", "RW", LISTS,
        wipe(_DUTIES, *_DUTY, rows=range(4, 8)), wipe(_TASKS, *_TASK, rows=range(4, 8)),
        wipe(_SIGNED, "背书人", "背书日期", rows=range(2, 5)),
    ),
    _sent(
        "4月清单备案/人文学院责任清单（个人部分）.xlsx", "RW", LISTS,
        wipe(_DUTIES, *_DUTY, rows=range(1, 4)), wipe(_TASKS, *_TASK, rows=range(1, 4)),
        wipe(_SIGNED, "背书人", "背书日期", rows=range(1, 2)),
    ),
    # untidy, and repaired on the way in
    _sent(
        "4月清单备案/数学科学学院党委_责任任务清单_2025年度.xlsx", "SX", LISTS,
        put(_DUTIES, 1, 责任主体="班子", 项目编号="1"), put(_DUTIES, 2, 完成时限="6月底"),
        put(_TASKS, 1, 开始时间="2025.3.1", 责任项目编号="1"), put(_TASKS, 2, 完成情况="推进中"),
    ),
    _sent(
        "4月清单备案/艺术学院/艺术设计学院党委_责任任务清单_2025年度.xlsx", "YS", LISTS,
        add_column(_DUTIES, "检查人", "黎青萍", "黎青萍"), add_sheet("联系人", ("黎青萍",)),
        hide(_TASKS, range(3, 5)), merge(_DUTIES, "责任部门", range(1, 4)),
        rename_sheet(_MEMBERS, "领导班子分工表"), put(_SIGNED, 1, 背书日期="2025年4月18日"),
        put(_DUTIES, 3, 工作项目="　规范干部选拔  和评优推荐程序 "),
    ),
    _sent("微信转来/外语学院责任清单.xlsx", "WY", LISTS),
    # filled into the workbook of another unit, then once more into the right one
    _sent("4月清单备案/体育部责任清单.xlsx", "WY", LISTS, on_cover(填报单位="体育教学部党总支")),
    _sent("4月清单备案/体育教学部党总支_责任任务清单_2025年度.xlsx", "TY", LISTS),
    _sent("4月清单备案/机关党委责任任务清单.xlsx", "JD", LISTS, without_stamp),
    # after one with a password: no signatures, a task without its duty, the same number twice
    _sent(
        "4月清单备案/后勤服务中心党委_责任任务清单_2025年度(1).xlsx", "HQ", LISTS,
        drop_sheet(_SIGNED), put(_TASKS, 2, 任务编号="HQ-2025-RW-001"),
        wipe(_TASKS, *_TASK, rows=range(4, 5)),
    ),
    _sent("4月清单备案/图书馆直属党支部_责任任务清单_2025年度.xlsx", "TS", LISTS),
)  # fmt: skip

_HALF_YEAR: Final = (
    _sent("校级/示例大学党委_落实情况报告（校级）_2025年上半年.xlsx", "XX", FIRST),
    _sent("7月报告/机械工程学院党委_落实情况报告_2025年上半年.xlsx", "JX", FIRST),
    # signed reports in Word; the sheet only names them
    _sent(
        "7月报告/电信学院/电子信息工程学院党委_落实情况报告_2025年上半年.xlsx", "DX", FIRST,
        wipe(_REPORT, *_NARRATIVE), put(_REPORT, 1, 报告文件名="电信学院党委上半年报告.docx"),
        put(_REPORT, 10, 报告文件名="张弘毅上半年履责报告.pdf"),
        put(_REPORT, 16, 报告文件名="何景行上半年履责报告.docx"),
        put(_REPORT, 22, 报告文件名="沈知秋上半年履责报告.docx"),
    ),
    _sent("7月报告/计算机学院党委_落实情况报告_2025年上半年.xlsx", "JS", FIRST),
    _sent("7月报告/化学化工学院党委_落实情况报告_2025年上半年.xlsx", "HG", FIRST),
    _sent("7月报告/经管学院上半年报告0718.xlsx", "JG", FIRST),
    _sent("7月报告/法学院党委_落实情况报告_2025年上半年.xlsx", "FX", FIRST),
    _sent("微信转来/法学院党委_落实情况报告_2025年上半年.xlsx", "FX", FIRST),
    # a lookup that failed, and a sum that was never calculated
    _sent(
        "7月报告/人文学院党委_落实情况报告_2025年上半年.xlsx", "RW", FIRST,
        put(_FIGURES, 4, 数值="#N/A"), drop_sheet(_PROGRESS),
        put(_FIGURES, 5, 数值="=SUM(C3:C4)"),
    ),
    _sent(
        "7月报告/数学科学学院党委_落实情况报告_2025年上半年.xlsx", "SX", FIRST,
        wipe(_REPORT, *_NARRATIVE, rows=range(6, 8)),
    ),
    _sent("微信转来/外语学院上半年报告.xlsx", "WY", FIRST),
    _sent(
        "7月报告/体育教学部党总支_落实情况报告_2025年上半年.xlsx", "TY", FIRST,
        wipe(_REPORT, *_NARRATIVE, rows=range(16, 22)),
        put(_REPORT, 16, 报告文件名="薛劲松上半年履责报告.docx"),
    ),
    _sent("7月报告/机关党委_落实情况报告_2025年上半年.xlsx", "JD", FIRST),
    _sent("7月报告/后勤党委上半年报告(1).xlsx", "HQ", FIRST),
    _sent(
        "7月报告/图书馆直属党支部_落实情况报告_2025年上半年.xlsx", "TS", FIRST,
        wipe(_PROGRESS, "完成情况", "完成日期", "进展说明"), put(_FIGURES, 11, 数值=0),
        on_cover(空表说明="任务进展：馆舍搬迁，各项任务从九月起实施"),
    ),
)  # fmt: skip

_YEAR_END: Final = (
    _sent("校级/示例大学党委_落实情况报告（校级）_2025年下半年.xlsx", "XX", SECOND),
    _sent("1月报告/机械工程学院党委_落实情况报告_2025年下半年.xlsx", "JX", SECOND),
    _sent("1月报告/电信学院/电子信息工程学院党委_落实情况报告_2025年下半年.xlsx", "DX", SECOND),
    # fewer talks and meetings than are asked for
    _sent(
        "1月报告/计算机学院党委_落实情况报告_2025年下半年.xlsx", "JS", SECOND,
        put(_FIGURES, 1, 数值=0), put(_FIGURES, 7, 数值=5),
    ),
    _sent(
        "1月报告/化学化工学院党委_落实情况报告_2025年下半年.xlsx", "HG", SECOND,
        put(_FIGURES, 3, 数值="四五次"), put(_FIGURES, 8, 数值=-1),
        put(_PROGRESS, 2, 完成日期=None),
    ),
    _sent("1月报告/经济管理学院党委_落实情况报告_2025年下半年.xlsx", "JG", SECOND),
    _sent("1月报告/法学院党委_落实情况报告_2025年下半年.xlsx", "FX", SECOND),
    _sent("1月报告/数学科学学院党委_落实情况报告_2025年下半年.xlsx", "SX", SECOND),
    _sent(
        "1月报告/艺术学院/艺术设计学院党委_落实情况报告_2025年下半年.xlsx", "YS", SECOND,
        on_cover(报告期="年度"), put(_FIGURES, 1, 数值=2), put(_FIGURES, 2, 数值=2),
    ),
    _sent("1月报告/外国语学院党总支_落实情况报告_2025年下半年.xlsx", "WY", SECOND),
    # left empty, and no reason given
    _sent(
        "1月报告/体育教学部党总支_落实情况报告_2025年下半年.xlsx", "TY", SECOND,
        wipe(_PROGRESS, "完成情况", "完成日期", "进展说明"),
    ),
    _sent("1月报告/机关党委_落实情况报告_2025年下半年.xlsx", "JD", SECOND),
    # last year's workbook, sent once more
    Sent(
        "1月报告/后勤服务中心党委下半年报告.xlsx", "HQ", SECOND,
        tuple(put(_PROGRESS, n, 任务编号=f"HQ-{LAST_YEAR}-RW-{n:03d}") for n in range(1, 7)),
        LAST_YEAR,
    ),
    _sent(
        "1月报告/图书馆直属党支部_落实情况报告_2025年下半年.xlsx", "TS", SECOND,
        put(_FIGURES, 11, 数值=0),
    ),
)  # fmt: skip

_SPEECHES: Final = (
    _sent("述责述廉/机械工程学院党委_述责述廉_2025年度.xlsx", "JX", ACCOUNTS),
    _sent(
        "述责述廉/电信学院/电子信息工程学院党委_述责述廉_2025年度.xlsx", "DX", ACCOUNTS,
        wipe("述责述廉登记", *_SPEECH),
        put("述责述廉登记", 1, 报告文件名="张弘毅述责述廉报告.pdf"),
        put("述责述廉登记", 2, 报告文件名="何景行述责述廉报告.docx"),
        put("述责述廉登记", 3, 报告文件名="沈知秋述责述廉报告.docx"),
    ),
    _sent("述责述廉/计算机学院党委_述责述廉_2025年度.xlsx", "JS", ACCOUNTS),
    _sent("述责述廉/化学化工学院党委_述责述廉_2025年度.xlsx", "HG", ACCOUNTS),
    _sent("述责述廉/经济管理学院党委_述责述廉_2025年度.xlsx", "JG", ACCOUNTS),
    _sent("述责述廉/法学院党委_述责述廉_2025年度.xlsx", "FX", ACCOUNTS),
    _sent(
        "述责述廉/人文学院党委_述责述廉_2025年度.xlsx", "RW", ACCOUNTS,
        put("述责述廉登记", 2, 述责方式="书面"),
    ),
    _sent("述责述廉/数学科学学院党委_述责述廉_2025年度.xlsx", "SX", ACCOUNTS),
    _sent("述责述廉/外国语学院党总支_述责述廉_2025年度.xlsx", "WY", ACCOUNTS),
    _sent("述责述廉/机关党委_述责述廉_2025年度.xlsx", "JD", ACCOUNTS),
    _sent("述责述廉/后勤服务中心党委_述责述廉_2025年度.xlsx", "HQ", ACCOUNTS),
    _sent("述责述廉/图书馆直属党支部_述责述廉_2025年度.xlsx", "TS", ACCOUNTS),
)  # fmt: skip

SENT: Final = (*_FILING, *_HALF_YEAR, *_YEAR_END, *_SPEECHES)
