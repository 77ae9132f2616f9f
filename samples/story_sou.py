"""sou-2020: three lists, taken up step by step; rectification after an analysis, an inspection."""

from __future__ import annotations

from datetime import date
from typing import Final

from clerk import add_sheet, change, on_cover, rename, rename_sheet, reorder, strike
from telling import YEAR, Deed, Story, Told, last_years, spared

_DUTIES, _TASKS, _PROBLEMS, _MEASURES = "责任清单", "任务清单", "问题（风险）清单", "措施清单"
_FIX, _CLIMATE, _MEETINGS = "巡察整改清单", "政治生态整改反馈", "会议记录"
_REPORT, _SPEECH, _MARKS = "主体责任落实情况报告", "述责述廉登记", "责任考核评分"


def _line(number: int, problem: str, goal: str, duty: str, measure: str) -> dict[str, str]:
    return {
        "责任主体": "纪委",
        "问题编号": f"JWW-{YEAR}-WT-{number:03d}",
        "问题表现": problem,
        "问题来源": "自查发现",
        "整改目标": goal,
        "责任人": "周思渝",
        "责任部门": "纪委办公室",
        "工作项目": duty,
        "整改措施": measure,
        "完成时限": f"{YEAR}年9月底",
        "完成情况": "进行中",
    }


_DISCIPLINE: Final = (
    ("对二级单位的日常监督不够经常", "每个单位每季度到现场一次", "加强对二级单位的日常监督"),
    ("纪检干部业务培训偏少", "全员每年培训不少于两次", "提升纪检干部履职能力"),
)
_ON_ONE_SHEET: Final = (
    _line(1, *_DISCIPLINE[0], "纪检干部每人联系一个二级单位，每季度到现场一次"),
    _line(1, *_DISCIPLINE[0], "每学期列席一次二级单位班子会"),
    _line(2, *_DISCIPLINE[1], "每学期组织一次集中培训，以案说纪"),
)

# told to a leader in charge: one answered in time, one not at all, one late and without a word
_NOTICES: Final = (
    {
        "抄告编号": f"JWW-{YEAR}-CG-001", "抄告日期": date(YEAR, 5, 8), "抄告对象": "钱淑澄",
        "涉及单位": "机械工程学院党委", "问题内容": "实验耗材采购验收不规范",
        "整改措施": "两人验收、两人签字", "回告期限": date(YEAR, 6, 8),
        "回告日期": date(YEAR, 6, 3), "回告内容": "已修订验收办法", "核查结论": "已改正",
    },
    {
        "抄告编号": f"JWW-{YEAR}-CG-002", "抄告日期": date(YEAR, 9, 15), "抄告对象": "孙知远",
        "涉及单位": "化学化工学院党委", "问题内容": "差旅报销凭证缺少审批附件",
        "整改措施": "报销系统增加附件必传的设置", "回告期限": date(YEAR, 10, 15),
    },
    {
        "抄告编号": f"JWW-{YEAR}-CG-003", "抄告日期": date(YEAR, 10, 9), "抄告对象": "孙知远",
        "涉及单位": "留学生中心直属党支部", "问题内容": "公示时间不足五个工作日",
        "整改措施": "公示满五个工作日再上会研究", "回告期限": date(YEAR, 11, 9),
        "回告日期": date(YEAR, 11, 20),
    },
)  # fmt: skip

_DEEDS: Final = (
    Deed(
        "XX", "三张清单（校级）",
        "a problem has become nobody's duty; a member's item is for units that do not take it up",
        slips=(
            change(_DUTIES, {"问题编号": "XX-2025-WT-004"}, 问题编号=None),
            change(_DUTIES, {"项目编号": "XX-2025-ZR-006"}, 落实方式="分管单位纳入"),
        ),
        told=(Told("C101", _PROBLEMS), Told("C101", _DUTIES, "HG"), Told("C101", _DUTIES, "LX")),
    ),
    Deed(
        "JWW", "三张清单（校级）", "its three lists on one sheet, as it has always had them",
        one_sheet=_ON_ONE_SHEET, name="示例大学纪委三张清单（一张表）.xlsx",
    ),
    Deed(
        "WY", "责任任务清单", "late, and an item ends after the university's own",
        slips=(change(_DUTIES, {"上级项目编号": "XX-2025-ZR-002"}, 完成时限=f"{YEAR + 1}年3月底"),),
        told=(Told("T101"), Told("C102", _DUTIES)),
        came="2025-04-09 16:20",
    ),
    Deed(
        "JX", "责任任务清单", "an item of its own has no task",
        slips=(change(_TASKS, {"责任项目编号": "JX-2025-ZR-002"}, 责任项目编号="JX-2025-ZR-001"),),
        told=(Told("C101", _DUTIES),),
    ),
    Deed(
        "HG", "问题措施清单", "a problem without a measure",
        slips=(strike(_MEASURES, {"问题编号": "HG-2025-WT-002"}, "措施编号"),),
        told=(Told("C101", _PROBLEMS),),
    ),
    Deed(
        "XX", "会议记录", "the meeting of the beginning of the year was held in May",
        slips=(change(_MEETINGS, {"会议类型": "年初专门会议"}, 会议日期=date(YEAR, 5, 16)),),
        told=(Told("N101", _MEETINGS),),
    ),
    Deed(
        "JX", "政治生态", "the time is up and no feedback was written",
        slips=(change(_CLIMATE, {"问题编号": "JX-2025-ST-002"}, 书面反馈日期=None),),
        told=(Told("C106", _CLIMATE),),
    ),
    Deed(
        "WY", "政治生态", "a feedback bears a day of the next year",
        slips=(
            change(
                _CLIMATE, {"问题编号": "WY-2025-ST-002"}, 书面反馈日期=date(YEAR + 1, 11, 18)
            ),
        ),
        told=(Told("V124", _CLIMATE),),
    ),
    Deed(
        "HG", "巡察整改", "one item is overdue without a word, another says why",
        slips=(
            change(_FIX, {"整改编号": "HG-2025-ZG-001"}, 整改状态="整改中"),
            change(
                _FIX, {"整改编号": "HG-2025-ZG-002"},
                整改状态="整改中", 备注="涉及机构调整，经巡察办同意延至2026年6月底",
            ),
        ),
        told=(Told("C106", _FIX), Told("C108", _FIX)),
    ),
    Deed(
        "ZZB", "职能监督", "one report did not go to the discipline commission",
        slips=(change("职能监督履行情况报告", {"序号": 2}, 抄告纪委日期=None),),
        told=(Told("C105", "职能监督履行情况报告"),),
    ),
    Deed(
        "HG", "年终述职", "a member of the body gave no account",
        slips=(strike(_SPEECH, {"姓名": "韩静姝"}),),
        told=(Told("N101", _SPEECH),),
    ),
    Deed(
        "JWW", "联系单位", "nobody keeps in touch with one unit",
        slips=(strike("联系单位登记", {"联系单位": "留学生中心直属党支部"}),),
        told=(Told("N101", "联系单位登记"),),
    ),
    last_years("WY", "主体责任报告"),
    Deed(
        "JX", "主体责任报告", "untidy but right",
        slips=(
            on_cover(填报单位="机械学院", 填报日期="2025.12.25"),
            rename_sheet(_REPORT, "主体责任报告"),
            rename("主体责任报告", "履责情况", "落实情况"),
            reorder("任务进展", "任务编号", "完成情况"),
            add_sheet("联系人", ("卫示例",)),
        ),
        told=(
            Told("I108", "封面"), Told("V151", "封面"), Told("S108", "主体责任报告"),
            Told("S103", "主体责任报告"), Told("S104", "任务进展"), Told("S106", "联系人"),
        ),
        name="机械学院2025年主体责任报告（定稿）.xlsx",
    ),
    Deed("LX", "主体责任报告", "not sent", sent=False, told=(Told("Q102"),)),
    Deed(
        "ZZB", "考核评分", "marks taken off for a problem that the unit found itself",
        subject="HG",
        slips=(
            change(_MARKS, {"序号": 1}, 考核得分=8, 问题来源="自查发现", 扣分原因="清单缺一人"),
        ),
        told=(Told("V122", _MARKS),),
    ),
    Deed("ZZB", "考核评分", "kept by the office", subject="WY", sent=False),
    Deed("ZZB", "考核评分", "kept by the office", subject="LX", sent=False),
)  # fmt: skip

SOU: Final = Story(
    regime="sou-2020",
    name="示例大学",
    today="2026-02-05",
    units=("XX", "JWW", "JX", "HG", "WY", "LX", "ZZB", "FY", "CB"),
    tables={
        "due": ('"二级责任任务清单" = "3月31日前"',),
        "groups": ('"考核部门" = "ZZB"',),
        "duty": ('"考核评分" = "留存"',),
        "needed": (
            '"二级问题措施清单" = ["JX", "HG"]',
            '"案后会议登记" = ["HG"]',
            '"巡察整改" = ["JX 第1轮", "HG 第1轮"]',
            '"政治生态" = ["JX 第1轮", "WY 第1轮"]',
        ),
    },
    waivers=(
        spared("CB", "方案备案", "实施方案已于上年备案，没有修订", date(YEAR, 3, 10)),
    ),
    deeds=_DEEDS,
    changes=(("registers = false", "registers = true"),),
    kept={"廉情抄告": _NOTICES},
)  # fmt: skip
