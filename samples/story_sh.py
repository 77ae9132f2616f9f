"""sh-2019: a city collects what its districts have collected from their streets."""

from __future__ import annotations

from datetime import date
from typing import Final

from clerk import add_sheet, change, on_cover, overwrite, rename, reorder, strike, wipe
from telling import YEAR, Deed, Lower, Story, Told, half_mended, last_years, spared

_DUTIES, _MEETINGS, _REPORT = "责任清单", "会议记录", "主体责任落实情况报告"
_SPEECH, _CLIMATE, _FIX = "述责述廉登记", "政治生态整改反馈", "巡察整改清单"
_OFFICES, _ANNUAL = "职能监督履行情况报告", "主体责任专题报告"

_DEEDS: Final = (
    Deed(
        "XX", "责任清单", "an item of its secretary is for those below, and none takes it up",
        slips=(change(_DUTIES, {"项目编号": "XX-2025-ZR-004"}, 落实方式="分管单位纳入"),),
        told=tuple(Told("C101", _DUTIES, unit) for unit in ("DH", "JY", "XS")),
    ),
    Deed(
        "XX", "会议登记", "no meeting at the beginning of the year to look for problems",
        slips=(change(_MEETINGS, {"会议类型": "问题查找会"}, 会议日期=date(YEAR, 6, 12)),),
        told=(Told("N101", _MEETINGS),),
    ),
    Deed(
        "XX", "述职评议", "a member reported on paper, not in a meeting",
        slips=(change(_SPEECH, {"姓名": "孙知远"}, 述责方式="书面"),),
        told=(Told("V116", _SPEECH),),
    ),
    Deed(
        "ZZB", "职能监督", "one report did not go to the discipline commission",
        slips=(change(_OFFICES, {"序号": 2}, 抄告纪委日期=None),),
        told=(Told("C105", _OFFICES),),
    ),
    Deed(
        "JY", "责任清单", "untidy but right",
        slips=(
            on_cover(填报单位="市教育局", 填报日期="2025.3.25"),
            rename(_DUTIES, "工作项目", "责任项目"),
            reorder(_DUTIES, "项目编号", "责任主体"),
            change(_DUTIES, {"项目编号": "JY-2025-ZR-004"}, 完成时限="年底前"),
            add_sheet("联系人", ("李示例",)),
        ),
        told=(
            Told("I108", "封面"), Told("V151", "封面"), Told("S103", _DUTIES),
            Told("S104", _DUTIES), Told("V156", _DUTIES), Told("S106", "联系人"),
        ),
        name="市教育局责任清单（修改稿）.xlsx",
    ),
    Deed(
        "JY", "政治生态", "the time is up and no feedback was written",
        slips=(change(_CLIMATE, {"问题编号": "JY-2025-ST-001"}, 书面反馈日期=None),),
        told=(Told("C106", _CLIMATE),),
    ),
    half_mended("JY", "巡察整改"),
    last_years("JY", _ANNUAL),
    # what the districts have received, and send on
    Deed(
        "DH", "责任清单", "an item of the district is for its streets, and none takes it up",
        slips=(change(_DUTIES, {"项目编号": "DH-2025-ZR-001"}, 落实方式="分管单位纳入"),),
        told=tuple(Told("C101", _DUTIES, unit) for unit in ("XQ", "NM")),
    ),
    Deed(
        "XQ", "责任清单", "a member has no list",
        slips=(strike(_DUTIES, {"责任主体": "韩静姝"}, "项目编号", "责任主体"),),
        told=(Told("Q103", _DUTIES),),
    ),
    Deed(
        "NM", _ANNUAL, "one of the seven matters is left out",
        slips=(wipe(_REPORT, "履责情况", "主要成效", "存在问题", "下步措施", rows=range(3, 4)),),
        told=(Told("Q105", _REPORT),),
    ),
    Deed(
        "BS", "责任清单", "an item without anybody who answers for it",
        slips=(change(_DUTIES, {"项目编号": "BS-2025-ZR-002"}, 责任人=None),),
        told=(Told("V113", _DUTIES),),
    ),
    Deed("BS", _ANNUAL, "not sent", sent=False, told=(Told("Q102"),)),
)  # fmt: skip

SH: Final = Story(
    regime="sh-2019",
    name="示例市",
    today="2026-02-05",
    units=("XX", "DH", "XS", "JY", "XQ", "BS", "NM", "ZZB"),
    tables={
        "due": ('"逐级汇总" = "次年1月15日前"',),
        "needed": (
            '"问题清单" = ["XX"]',
            '"政治生态" = ["JY 第1轮"]',
            '"巡察整改" = ["JY 第1轮"]',
        ),
    },
    waivers=(
        spared("JY", "述职评议", "已在市委扩大会议上统一述职评议", date(YEAR, 12, 1)),
    ),
    deeds=_DEEDS,
    lower=(
        Lower("DH", "2026-01-12 10:00"),
        Lower(
            "XS", "2026-01-19 16:30",
            slips=(overwrite("履责统计", "J2", 9),),
            told=(Told("T101"), Told("D106")),
        ),
    ),
    words=(
        ("院长", "镇长"),
        ("学院办公室", "党政办公室"),
        ("实验中心", "综合事务中心"),
        ("评优推荐和职称评审", "干部选拔任用"),
        ("评优推荐", "评优评先"),
        ("职称评审", "岗位聘用"),
        ("科研经费", "专项经费"),
        ("实验室", "窗口单位"),
        ("实验耗材", "办公用品"),
        ("教职工", "干部职工"),
        ("青年教师", "青年干部"),
        ("教师", "干部"),
        ("每学期", "每半年"),
        ("教代会", "职工大会"),
        ("党委会", "班子会"),
        ("横向经费", "专项经费"),
    ),
)  # fmt: skip
