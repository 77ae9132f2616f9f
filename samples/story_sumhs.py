"""sumhs-2019: meetings and reports by a catalogue, and what was found is looked at once more."""

from __future__ import annotations

from datetime import date
from typing import Final

from clerk import add_column, change, on_cover, reorder, strike
from telling import YEAR, Deed, Story, Told, last_years, spared

_DUTIES, _MEETINGS, _LIST = "责任清单", "会议记录", "制度目录落实表"
_REPORT, _WATCH = "主体责任落实情况报告", "监督责任落实情况报告"
_FIX, _CHECK = "巡察整改清单", "四责协同检查表"
_TOP, _UNITS = "校级会议与报告", "二级会议与报告"

_DEEDS: Final = (
    Deed(
        "XX", "责任问题清单", "one of the three responsibilities is left out",
        slips=(strike(_DUTIES, {"重点方面": "意识形态工作"}, "项目编号", "责任主体"),),
        told=(Told("Q105", _DUTIES),),
    ),
    Deed(
        "XX", _TOP,
        "there was no meeting in the middle of the year; a list was discussed but not which items;"
        " a member gave no report",
        slips=(
            strike(_MEETINGS, {"会议类型": "年中推进会议"}, "会议编号"),
            change(_MEETINGS, {"会议编号": "XX-2025-HY-001"}, 关联清单编号="XX-2025-ZR-001"),
            change(_MEETINGS, {"会议编号": "XX-2025-HY-002"}, 关联清单编号=None),
            strike(_LIST, {"名称": "民主生活会主体责任报告", "责任主体": "孙知远"}),
        ),
        told=(Told("N101", _MEETINGS), Told("C105", _MEETINGS), Told("N101", _LIST)),
    ),
    Deed(
        "JX", _UNITS, "no meeting at the end of the year",
        slips=(strike(_LIST, {"名称": "总结评议会"}),),
        told=(Told("N101", _LIST),),
    ),
    Deed(
        "HG", _UNITS, "reported to the staff before the plan was made",
        slips=(change(_LIST, {"名称": "向教职工报告"}, 实际完成日期=date(YEAR, 1, 8)),),
        told=(Told("N105", _LIST),),
    ),
    Deed(
        "WY", _UNITS, "untidy but right: short names, columns moved, one of its own",
        slips=(
            on_cover(填报单位="外语学院", 填报日期=f"{YEAR + 1}.1.25"),
            change(
                _LIST, {"名称": "工作任务研讨制定会议"},
                名称="研讨制定会", 实际完成日期="2024.12.20",
            ),
            change(_LIST, {"名称": "落实推进会"}, 名称="年中推进会"),
            reorder(_LIST, "名称", "实际完成日期"),
            add_column(_LIST, "主持人", "朱剑舟", "朱剑舟"),
        ),
        told=(
            Told("I108", "封面"), Told("V151", "封面"), Told("V154", _LIST), Told("V151", _LIST),
            Told("S104", _LIST), Told("S105", _LIST),
        ),
        name="外语学院2025年三会三报告.xlsx",
    ),
    Deed(
        "LX", _UNITS, "two reports forgotten, then sent once more",
        slips=(
            strike(_LIST, {"名称": "向教职工报告"}),
            strike(_LIST, {"名称": "落实推进会"}),
        ),
        told=(Told("D101"),),
        came="2026-01-12 09:10",
    ),
    Deed(
        "LX", _UNITS, "the second time, with everything",
        name="留学生中心直属党支部_二级会议与报告_2025年度(1).xlsx", came="2026-01-16 15:40",
    ),
    Deed(
        "JX", "整改督办", "done, but nobody has gone back to look; and one overdue",
        slips=(
            change(
                _FIX, {"整改编号": "JX-2025-ZG-001"}, 整改状态="已完成", 整改成效="账实相符",
            ),
            change(_FIX, {"整改编号": "JX-2025-ZG-002"}, 整改状态="整改中"),
        ),
        told=(Told("C106", _FIX), Told("C106", _FIX)),
    ),
    Deed(
        "FY", "整改督办", "overdue, and says why",
        slips=(
            change(
                _FIX, {"整改编号": "FY-2025-ZG-003"},
                整改状态="整改中", 备注="待新院区启用后一并完成，已报校纪委同意延至2026年6月",
            ),
        ),
        told=(Told("C108", _FIX),),
    ),
    Deed(
        "FY", "主体责任报告", "says nothing of one of the three responsibilities",
        slips=(strike(_REPORT, {"重点方面": "基层党建工作"}, "责任主体", "重点方面"),),
        told=(Told("Q105", _REPORT),),
    ),
    Deed(
        "HG", "主体责任报告", "late",
        told=(Told("T101"),),
        came="2026-01-08 09:30",
    ),
    Deed(
        "HG", "监督责任报告", "names a report that did not come along",
        slips=(change(_WATCH, {"序号": 1}, 报告文件名="化工学院监督责任报告.pdf"),),
        told=(Told("Q106", _WATCH),),
    ),
    last_years("WY", "主体责任报告"),
    Deed("LX", "监督责任报告", "not sent", sent=False, told=(Told("Q102"),)),
    Deed(
        "JWW", "联合检查", "what was found, but not until when to mend it",
        slips=(change(_CHECK, {"被检查单位": "外国语学院党总支"}, 整改时限=None),),
        told=(Told("C105", _CHECK),),
    ),
    Deed("ZZB", "考核评分", "kept by the office", subject="WY", sent=False),
    Deed("ZZB", "考核评分", "kept by the office", subject="LX", sent=False),
)  # fmt: skip

SUMHS: Final = Story(
    regime="sumhs-2019",
    name="示例大学",
    today="2026-04-10",
    units=("XX", "JWW", "JX", "HG", "WY", "LX", "FY", "ZZB"),
    tables={
        "due": ('"主体责任报告" = "12月31日前"',),
        "groups": ('"联合检查组" = "JWW"', '"职能部门" = "ZZB"'),
        "duty": ('"考核评分" = "留存"',),
        "needed": ('"整改督办" = ["JX 第1轮", "FY 第1轮"]',),
        "catalogue": (
            '"会4" = "示例专题研讨会"',
            '"会5" = "示例警示教育大会"',
            '"书1" = "示例责任书"',
            '"书2" = "示例承诺书"',
            '"书3" = "示例建议书"',
            '"书4" = "示例提醒书"',
        ),
    },
    waivers=(
        spared("FY", "监督责任报告", "本年度由上级主管部门统一收取", date(YEAR, 12, 1)),
    ),
    deeds=_DEEDS,
)  # fmt: skip
