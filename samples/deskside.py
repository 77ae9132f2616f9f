"""What else lies in the inbox, and the office's own receipt book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oddities import (
    docx,
    html_table,
    lock_file,
    password_protected,
    pdf,
    plain_book,
    png,
)
from office import FIRST, SECOND
from steady import pack, steady

if TYPE_CHECKING:
    from office import Office
    from university import Row

_CUT: Final = 20_000


def other_files(office: Office) -> dict[str, bytes]:
    """Return path → bytes of everything in the inbox that is no filled-in workbook."""
    half = office.filled("HQ", FIRST)
    packed = {
        "经管学院下半年报告/经济管理学院党委_落实情况报告_2025年下半年.xlsx": office.filled(
            "JG", SECOND
        ),
        "经管学院下半年报告/说明.docx": docx("现将经济管理学院党委下半年报告报上，请审阅。"),
    }
    return {
        "4月清单备案/后勤服务中心党委_责任任务清单_2025年度.xlsx": password_protected(),
        "4月清单备案/图书馆直属党支部签字页.png": png(),
        "4月清单备案/~$机械学院+责任清单（最终版）.xlsx": lock_file(),
        # cut off while being sent; not compressed, so that the cut is the same everywhere
        "7月报告/后勤党委上半年报告.xlsx": steady(half, stored=True)[:_CUT],
        "7月报告/电信学院/电信学院党委上半年报告.docx": docx("电子信息工程学院党委上半年报告"),
        "7月报告/电信学院/张弘毅上半年履责报告.pdf": pdf("Report, first half of 2025"),
        "7月报告/电信学院/何景行上半年履责报告.docx": docx("何景行上半年履责报告"),
        "7月报告/电信学院/沈知秋上半年履责报告.docx": docx("沈知秋上半年履责报告"),
        "1月报告/经管学院下半年报告.zip": pack(packed),
        "述责述廉/电信学院/张弘毅述责述廉报告.pdf": pdf("Account of duties, 2025"),
        "述责述廉/电信学院/何景行述责述廉报告.docx": docx("何景行2025年述责述廉报告"),
        "述责述廉/电信学院/沈知秋述责述廉报告.docx": docx("沈知秋2025年述责述廉报告"),
        "述责述廉/艺术设计学院述责述廉.xlsx": b"",
        "述责述廉/法学院述责述廉（系统导出）.xls": html_table(),
        "其他/2025年春季课程表.xlsx": plain_book(
            "课程表",
            ("星期", "节次", "课程", "教室"),
            ("一", 1, "高等数学", "教一101"),
            ("二", 3, "大学英语", "教二203"),
        ),
        "其他/扫描件0001.png": png(32, 24),
    }


def receipts() -> tuple[Row, ...]:
    """Return the lines of 收件登记: whole folders, and what came on another day."""
    lines = (
        ("校级/*责任任务清单*.xlsx", "2025-04-25 10:00", "OA", ""),
        ("校级/*上半年.xlsx", "2025-07-28 15:20", "OA", ""),
        ("校级/*下半年.xlsx", "2026-01-28 09:40", "OA", ""),
        ("4月清单备案/*", "2025-04-16 17:00", "邮件", "当日汇总登记"),
        (
            "机械工程学院党委_责任任务清单_2025年度.xlsx",
            "2025-04-10 09:12",
            "邮件",
            "电话告知已退回",
        ),
        ("后勤服务中心党委_责任任务清单_2025年度(1).xlsx", "2025-04-18 10:20", "邮件", ""),
        ("机械学院+责任清单（最终版）.xlsx", "2025-04-17 11:05", "邮件", ""),
        ("计算机学院责任任务清单0418.xlsx", "2025年4月23日 下午3点", "当面", "U盘"),
        ("经济管理学院党委_责任任务清单_2025年度.xlsx", "2025-04-14 16:30", "OA", ""),
        ("经济管理学院党委_责任任务清单_2025年度(1).xlsx", "2025-04-25 08:50", "OA", "修改后重报"),
        ("人文学院责任清单（班子部分）.xlsx", "2025-04-15 10:10", "邮件", ""),
        ("人文学院责任清单（个人部分）.xlsx", "2025-04-15 10:12", "邮件", ""),
        ("4月清单备案/体育部责任清单.xlsx", "2025-04-09 14:00", "邮件", ""),
        ("微信转来/外语学院责任清单.xlsx", "2025-04-17 20:31", "微信", "群里发的"),
        ("微信转来/外语学院上半年报告.xlsx", "2025-07-09 19:48", "微信", "群里发的"),
        ("微信转来/法学院*上半年.xlsx", "2025-07-09 21:15", "微信", ""),
        ("7月报告/*", "2025-07-08 17:00", "邮件", "当日汇总登记"),
        ("7月报告/经管学院上半年报告0718.xlsx", "2025-07-18 16:00", "OA", "已批准延期"),
        ("7月报告/后勤党委上半年报告(1).xlsx", "2025-07-10 09:00", "邮件", ""),
        ("1月报告/*", "2026-01-08 17:00", "邮件", "当日汇总登记"),
        ("1月报告/外国语学院党总支_落实情况报告_2025年下半年.xlsx", "2026-01-13 09:30", "OA", ""),
        ("述责述廉/*", "2025-12-30 17:00", "OA", ""),
        ("其他/*", "2025-05-06 08:30", "邮件", ""),
        ("机关党委盖章件.pdf", "2025-04-16 17:00", "当面", "纸质件存档"),
    )
    return tuple(
        {"文件": name, "收到时间": at, "方式": how, "经手人": "方启文", "备注": note}
        for name, at, how, note in lines
    )
