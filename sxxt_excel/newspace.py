"""init: a new workspace with settings, an empty roster and receipt book, and an inbox."""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from sxxt_excel.mail import providers
from sxxt_excel.officebook import PEOPLE, RECEIPTS, ROSTER_FILE, UNITS, WAIVERS, roster_forms
from sxxt_excel.receipts import RECEIPTS_FILE
from sxxt_excel.settings import SETTINGS_FILE
from sxxt_excel.stamp import KEY_FILE
from sxxt_excel.store import write_whole
from sxxt_excel.workspace import INBOX, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sxxt_excel.model.forms import Form
    from sxxt_excel.model.regime import Regime

_SETTINGS = """\
# 本工作文件夹的设置。井号后面是说明；改完保存，下次运行即生效。

regime = "{regime}"   # 依据的制度：《{document}》
year = {year}             # 收哪一年的材料
name = ""               # 本单位名称，用在公文落款，如 "示例大学"
# today = 2025-07-15    # 固定“今天”，一般不用

# 报送方式：按单位报送（一个单位一本，内含各责任主体）或 按人报送（一人一本）
filing = "按单位报送"

# 办公室自存的登记是否核对：写 true 后，issue 把空白登记放进“自存”文件夹，collect 就地核对；
# 不下发、不外发，对外只出合计数
registers = false

# 印在总台账各页页眉和审核意见上的提示语；不印的写成 ""。不得写密级，系统不处理涉密材料
marking = "内部资料 注意保管"

# 1月份的报告覆盖哪一期：下半年（上年7月至12月）或 年度。
# 制度没有写明，默认下半年；单位报来年度报告的也收下。
january = "下半年"

# 任职不满这么多个月的，次数要求只作提醒
months_in_post = 6

[deadline]
inclusive = true        # “×月×日前”含当日。制度没有写明，默认含
hour = 24               # 截止到几时，如 17
shift = false           # 遇节假日顺延到下一个工作日。制度没有规定，默认不顺延
mid_month = "20"        # “4月中旬前”按几日：10 或 20。默认20日

[units]
# 制度列明的以外，还要求哪几类单位报送，写在这里。可以写的有：{kinds}
also = []{example}

# 逐级汇总时，这是哪一级的工作文件夹；名册中最高一级只有一个单位的，不必写
[tree]
# node = "JD"           # 本级单位的代码或名称

[windows]
# 制度没有定日子的事项用的时段
"年初" = ["01-01", "03-31"]
"年中" = ["06-01", "08-31"]
"年末" = ["11-01", "次年01-31"]
"年底" = ["11-01", "次年01-31"]
"年终" = ["11-01", "次年01-31"]
"次年年初" = ["次年01-01", "次年03-31"]
"年末年初" = ["上年11-01", "03-31"]   # 上年末至年初，算后一年的
# "任期" = ["2022-09-01", "2027-08-31"]   # 本届党委的任期，有“一届任期内”要求的制度用

[due]
# 办公室另定的截止日，左边是报送义务的名称（见 sxxt-excel rules）
# "述责述廉" = "12月31日前"

[duty]
# 办公室另定的报送性质：报送、按需、留存、自存
# "述责述廉" = "按需"

[needed]
# 按需报送的事项发生后，写明哪些单位要报（单位代码或名称，巡察的可加轮次）
# "巡察整改" = ["JX 第1轮", "WL 第1轮"]

[groups]
# 制度里说的考核组、检查组等，由名册里的哪个单位报（单位代码或名称）
# "考核组" = "ZZB"

[authority]
# 本单位自己印发的文件，审核意见中写在所依据的制度前面
# document = "示例大学落实主体责任办法"
# number = "示大委〔2025〕1号"

[catalogue]
# 制度没有列出名称的会议、文书、报告，由办公室填写；没有填的不核对
# 左边是目录项的名称（见 sxxt-excel rules）
{slots}{layout}
[copies]
# 两个单位写的同样的话，请单位说明。单位名称、姓名、数字不同不算不同
least = 30              # 一行里去掉这些以后不满这么多字的，不比
phrase = 4              # 这么多个单位都有的，算通用的话，不比
# previous = "../2024"  # 上年的工作文件夹；写了的，与上年一字未改的清单也请单位说明

[letters]
# collect 给单位起草哪几种信，放在 回复/ 各单位的文件夹里；起草了不等于发出。
# 审核结果随即就发的，可以删去“回执”
drafts = ["回执", "请修改重报", "请予说明", "审核通过"]
mend_days = 5           # 退回修改的，给几个工作日
hour = 17               # 到那一天几时为止
remind_days = 7         # 截止前几天之内，remind 写提醒
chase_days = 1          # 催办的，限几个工作日之内报来；写 0 就是当天
supervise_days = 3      # 督办的，限几个工作日之内报来
channel = "{channel}"  # 请单位用什么方式报送，写在群通知里
paper = "签字盖章纸质件一式一份"   # 审核通过后还要报送的纸质件；不要的写成 ""
contact = ""            # 信末的联系人和电话，如 "张示例，022-00000000"

[papers]
# sxxt-excel papers 写的公文。字体用 [fonts]，措辞可在 文书模板/ 里另写（如 文书模板/报送说明.j2）
to = ""                 # 报送说明的主送机关，如 "示例市教育工作委员会"
office = "党委办公室"   # 参阅件送哪个部门

[mail]
# 用邮箱收发：sxxt-excel fetch 把来信取到 inbox，sxxt-excel send 把 回复/ 里的信稿发出去
# 授权码（不是登录密码）不写在这里，放到环境变量 SXXT_EXCEL_MAIL_PASSWORD，或本文件夹以外的一个文件
# account = "dangban@example.edu.cn"   # 邮箱账号
# from = "示例大学党委办公室 <dangban@example.edu.cn>"   # 发件人，不写就用账号
# secret_file = "../授权码.txt"        # 放授权码的文件，不能在工作文件夹里
# domains = ["example.edu.cn"]         # 只往这些域名的邮箱发信，不写就不能发
# provider = "exmail"     # 邮箱服务商：{providers}；账号是 @163.com、@qq.com 之类的不用写
# smtp = "smtp.example.edu.cn"         # 自建邮箱的写收发服务器
# smtp_port = 465
# smtp_security = "ssl"   # ssl 或 starttls；不加密的不用
# imap = "imap.example.edu.cn"
# imap_port = 993
# imap_security = "ssl"
# ca_file = "../根证书.pem"            # 自建邮箱用本校自己的证书的，写根证书文件
# folder = ["INBOX"]      # 取哪几个邮箱文件夹的信
# sent_folder = "已发送"   # 放已发信件的邮箱文件夹，一般不用写
# copy = true             # 发出的信存一份到那里
# per_minute = 20         # 一分钟最多发几封

[registry]
# 收件台账记在本文件夹的 台账.db 里。几个人在不同电脑上共用一个工作文件夹的，改用 PostgreSQL：
# 写数据库地址，密码可以不写在这里，放到环境变量 SXXT_EXCEL_DB_PASSWORD
# url = "postgresql://sxxt@localhost/sxxt"

[limits]
# 单个文件的读取限额，超出的不读，列入审核意见
file_mb = 50            # 文件大小
unpacked_mb = 300       # 解压以后的大小
ratio = 200             # 压缩比，再高的多半是恶意文件
entries = 2000          # 内部文件个数
nesting = 4             # 压缩包、邮件一层套一层，最多几层
rows = 100000           # 一张表的行数
columns = 500           # 一张表的列数
cells = 2000000         # 一张表的单元格数
seconds = 60            # 读一个文件的秒数
memory_mb = 4096        # 读一个文件的内存（Windows 上不限）
"""
_LAYOUT = """
[layout]
# 几张清单合成一张表下发的写“一表式”；单位按哪一种报来都收
# "{packet}" = "一表式"
"""
_KEY = """
# 下发标识用的密钥，请勿改动、勿外传
key = "{key}"
"""
_ROWS = 300
_FIXED = datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_HEAD: dict[str, object] = {
    "bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True,
    "font_name": "黑体", "font_size": 11,
}  # fmt: skip


def make_workspace(folder: Path, regime: Regime, year: int) -> tuple[Path, ...]:
    """Make a workspace; what is already there is never overwritten.

    Args:
        folder: made where it is not there.
        regime: the governing document.
        year: the year to be collected.

    Returns:
        the files made.

    Raises:
        WorkspaceError: the folder already is a workspace.
    """
    if (folder / SETTINGS_FILE).exists():
        raise WorkspaceError(f"{folder.name} 已经是工作文件夹，没有改动任何文件")
    forms = roster_forms()
    write_whole(folder / SETTINGS_FILE, settings_text(regime, year).encode())
    made = [folder / SETTINGS_FILE]
    if not (folder / KEY_FILE).exists():
        write_whole(folder / KEY_FILE, f"{secrets.token_hex(16)}\n".encode())
        made.append(folder / KEY_FILE)
    books = (
        (ROSTER_FILE, (forms[UNITS], forms[PEOPLE], forms[WAIVERS])),
        (RECEIPTS_FILE, (forms[RECEIPTS],)),
    )
    for name, sheets in books:
        if not (folder / name).exists():
            write_whole(folder / name, register_book(sheets))
            made.append(folder / name)
    (folder / INBOX).mkdir(exist_ok=True)
    return (*made, folder / INBOX)


def settings_text(regime: Regime, year: int, key: str = "") -> str:
    """Return sxxt.toml with every setting explained and at its default.

    A `key` stands in it only where it may be known to all: in samples, tests and benchmarks.
    """
    unnamed = (slot.need.law.id for slot in regime.slots if not slot.name)
    kinds = regime.optional_kinds
    body = _SETTINGS.format(
        regime=regime.id,
        document=regime.document,
        year=year,
        kinds="、".join(kinds) or "无",
        example=f'               # 例：["{kinds[0]}"]' if kinds else "",
        providers="、".join(provider.id for provider in providers()),
        slots="".join(f'# "{slot}" = ""\n' for slot in unnamed),
        channel="OA或工作邮箱" if regime.has_tree else "OA或校内邮箱",
        layout=_LAYOUT.format(packet=regime.one_sheets[0][0]) if regime.one_sheets else "",
    )
    head, mark, tail = body.partition("\n[deadline]")
    return head + (_KEY.format(key=key) if key else "") + mark + tail


def register_book(
    forms: Sequence[Form],
    rows: Mapping[str, Sequence[Mapping[str, str | int | date]]] | None = None,
) -> bytes:
    """Return a workbook of registers: headings in row 1, drop-downs, and rows where given."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": _FIXED})
    must = book.add_format(_HEAD | {"bg_color": "#F4CCCC"})
    may = book.add_format(_HEAD | {"bg_color": "#D9E2EC"})
    body = book.add_format({"font_name": "宋体", "font_size": 11, "valign": "vcenter"})
    for form in forms:
        sheet = book.add_worksheet(form.id)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 22)
        for column, field in enumerate(form.fields):
            sheet.set_column(column, column, field.width, body)
            sheet.write_string(0, column, field.name, must if field.required else may)
            options: dict[str, object] = {"validate": "any"}
            if field.choices:
                options = {"validate": "list", "source": list(field.choices)}
                options["error_type"] = "information" if field.open else "stop"
            if field.hint or field.required:
                options["input_title"] = field.name
                options["input_message"] = ("必填。" if field.required else "") + field.hint
            if len(options) > 1:
                sheet.data_validation(1, column, _ROWS, column, options)
        _fill(sheet, form, (rows or {}).get(form.id, ()), body)
        sheet.autofilter(0, 0, _ROWS, len(form.fields) - 1)
    book.close()
    return buffer.getvalue()


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    form: Form,
    rows: Sequence[Mapping[str, str | int | date]],
    body: xlsxwriter.format.Format,
) -> None:
    for number, row in enumerate(rows, 1):
        for column, field in enumerate(form.fields):
            value = row.get(field.name, "")
            if isinstance(value, str):
                if value:
                    sheet.write_string(number, column, value, body)
            else:
                sheet.write(number, column, value)
