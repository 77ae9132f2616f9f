"""shou-2019: a leader names a problem, another claims it, a third sees to it."""

from __future__ import annotations

from datetime import date
from typing import Final

from clerk import change, on_cover, rename, rename_sheet, strike
from telling import YEAR, Deed, Story, Told, half_mended, last_years, spared

_DUTIES, _TASKS, _LIST = "责任清单", "任务清单", "制度目录落实表"
_POINTS, _PROJECTS = "联席会议点题表", "自查自纠重点项目清单"
_FIX, _SPEECH = "巡察整改清单", "述职评议考核"

_DEEDS: Final = (
    Deed(
        "XX", "三大主体责任清单", "an item is in nobody's plan, and no unit takes it up",
        slips=(
            change(_TASKS, {"责任项目编号": "XX-2025-ZR-002"}, 责任项目编号="XX-2025-ZR-001"),
            change(_DUTIES, {"项目编号": "XX-2025-ZR-002"}, 落实方式="分管单位纳入"),
        ),
        told=(
            Told("C101", _DUTIES),
            *(Told("C101", _DUTIES, unit) for unit in ("JX", "HG", "WY", "LX")),
        ),
    ),
    Deed(
        "XX", "班子成员清单", "a member has no list",
        slips=(strike(_DUTIES, {"责任主体": "孙知远"}, "项目编号", "责任主体"),),
        told=(Told("Q103", _DUTIES),),
    ),
    Deed(
        "XX", "联席会议",
        "one problem nobody claimed; one is done, but nobody looked; one is not done in time",
        slips=(
            change(_POINTS, {"序号": 1}, 监督责任人="周思渝", 领题领导=None),
            change(_POINTS, {"序号": 2}, 监督责任人="周思渝", 监督意见=None),
            change(_POINTS, {"序号": 3}, 监督责任人="周思渝", 监督意见=None, 完成情况="进行中"),
        ),
        told=(Told("V101", _POINTS), Told("C105", _POINTS), Told("C106", _POINTS)),
    ),
    Deed(
        "XX", "自查自纠", "one project is overdue, another is too and says why",
        slips=(
            change(_PROJECTS, {"项目编号": "XX-2025-ZC-002"}, 完成情况="进行中"),
            change(
                _PROJECTS, {"项目编号": "XX-2025-ZC-003"},
                完成情况="进行中", 备注="招生办法修订须报上级备案，已申请延至2026年4月",
            ),
        ),
        told=(Told("C106", _PROJECTS), Told("C108", _PROJECTS)),
    ),
    half_mended("JWW", "巡视整改"),
    Deed(
        "XX", "制度目录", "one of the four is not there, one is from last year",
        slips=(
            strike(_LIST, {"名称": "示例建议书"}),
            change(_LIST, {"名称": "示例履职报告"}, 所属年度=YEAR - 1),
        ),
        told=(Told("N101", _LIST), Told("N101", _LIST)),
    ),
    Deed(
        "HG", "党建责任清单", "late, and an item ends after the university's own",
        slips=(change(_DUTIES, {"上级项目编号": "XX-2025-ZR-001"}, 完成时限=f"{YEAR + 1}年6月底"),),
        told=(Told("T101"), Told("C102", _DUTIES)),
        came="2025-04-10 11:05",
    ),
    Deed("LX", "制度目录", "not sent", sent=False, told=(Told("Q101"),)),
    Deed(
        "WY", "制度目录", "a meeting is missing",
        slips=(strike(_LIST, {"名称": "示例单位总结会"}),),
        told=(Told("N101", _LIST),),
    ),
    Deed(
        "HG", "制度目录", "untidy but right",
        slips=(
            on_cover(填报单位="化工学院", 填报日期="2025年12月25日"),
            rename_sheet(_LIST, "制度落实情况"),
            rename("制度落实情况", "实际完成日期", "完成日期"),
            change("制度落实情况", {"名称": "示例单位责任书"}, 完成日期="5月2日"),
        ),
        told=(
            Told("I108", "封面"), Told("V151", "封面"), Told("S108", "制度落实情况"),
            Told("S103", "制度落实情况"), Told("V151", "制度落实情况"),
        ),
        name="化工学院制度落实情况表.xlsx",
    ),
    Deed(
        "JX", "述职评议", "a branch secretary is missing",
        slips=(strike(_SPEECH, {"职务": "教工第一党支部书记"}),),
        told=(Told("Q103", _SPEECH),),
    ),
    last_years("HG", "述职评议"),
)  # fmt: skip

SHOU: Final = Story(
    regime="shou-2019",
    name="示例大学",
    today="2026-02-10",
    units=("XX", "JWW", "JX", "HG", "WY", "LX"),
    tables={
        "due": ('"党建责任清单" = "3月31日前"', '"二级制度目录" = "12月31日前"'),
        "needed": ('"巡视整改" = ["XX 第1轮", "JWW 第1轮"]',),
        "catalogue": (
            '"校级书2" = "示例责任书"',
            '"校级书3" = "示例承诺书"',
            '"校级书4" = "示例建议书"',
            '"校级会1" = "示例部署会"',
            '"校级会2" = "示例推进会"',
            '"校级会3" = "示例总结会"',
            '"校级会4" = "示例警示教育会"',
            '"校级报告1" = "示例主体责任报告"',
            '"校级报告2" = "示例监督责任报告"',
            '"校级报告3" = "示例履职报告"',
            '"二级书1" = "示例单位责任书"',
            '"二级书2" = "示例岗位承诺书"',
            '"二级书3" = "示例整改告知书"',
            '"二级会1" = "示例单位部署会"',
            '"二级会2" = "示例单位总结会"',
            '"二级报告1" = "示例单位责任报告"',
            '"二级报告2" = "示例书记履职报告"',
            '"二级报告3" = "示例纪检工作报告"',
        ),
    },
    waivers=(
        spared("LX", "述职评议", "书记当年十月到任，由组织部统一安排", date(YEAR, 12, 1)),
    ),
    deeds=_DEEDS,
)  # fmt: skip
