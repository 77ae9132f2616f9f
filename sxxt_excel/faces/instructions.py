"""填报说明: generated from the same definitions that make the sheets and check them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sxxt_excel.faces.dropdowns import advice
from sxxt_excel.faces.sheet import row_height
from sxxt_excel.wording.limits import LIMIT_WORDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.faces.dropdowns import Areas
    from sxxt_excel.faces.sheet import Sheet
    from sxxt_excel.model.forms import Field, Form, RowRule

INSTRUCTIONS = "填报说明"
_COLUMNS = (
    ("栏目", 20), ("是否必填", 10), ("填什么", 12), ("怎么填", 38), ("可选的值", 34),
    ("填好的一行（示例）", 34),
)  # fmt: skip
_WIDTHS = tuple(width for _, width in _COLUMNS)
_ROOM = tuple(width - 2 for width in _WIDTHS)  # what the indent leaves
_LAST = len(_COLUMNS) - 1
_KINDS: Mapping[str, str] = MappingProxyType({
    "serial": "顺序号", "text": "文字", "long": "文字", "int": "整数", "number": "数字",
    "date": "日期", "limit": "时限", "choice": "选一项", "choices": "可选几项", "key": "编号",
    "ref": "编号", "refs": "编号", "filer": "责任主体", "person": "姓名", "file": "文件名",
    "phone": "电话号码", "unit": "单位全称", "year": "年份", "period": "报告期", "signer": "姓名",
    "label": "固定名目",
})  # fmt: skip


def general_rules(*, parents: bool) -> tuple[str, ...]:
    """Return what holds for all sheets, one sentence or two a rule."""
    words = "".join(f"“{wording}”" for wording in LIMIT_WORDINGS)
    rules = (
        "先填“封面”，再填后面各表。浅红底、红字的栏目必填；灰底的内容由党委办公室预填或填写，请勿改动。",
        "请不要改表名和栏目名称，不要删列；调整列宽、列的先后、筛选和排序都不影响收表。",
        "一件事一行，不合并单元格；行不够时接着往下填，多出的空行不必删。",
        "日期写到日，2025-3-5、2025.3.5、2025年3月5日都可以。",
        f"时限可以写日期，也可以写{words}，月份和年份按实际改写。",
        "编号已预填的照用，一行一个，不要重复，跳号不要紧；只写 1、2、3 也可以，收表时自动补全。",
        "引用别的表的编号，从下拉中选；允许填几个的，中间用顿号。",
        "某张表确无内容的，在“封面”的“空表说明”写明原因，视为零报告；各表原因不同时，每行写“表名：原因”。",
        "签字盖章的扫描件、Word 或 PDF 报告作为附件，和本表一起报送，不要把图片贴进单元格。",
        "“情况说明”平时不填。收到审核意见后，列为“需说明”且情况属实的，在其中写明原因。",
        "请用 Excel 或 WPS 填写，保留 .xlsx 格式，不设密码。不填涉密内容、问题线索和身份证号码。",
    )
    above = "“上级清单”列出与本单位有关的上级项目，供“上级项目编号”下拉选用，只看不填。"
    return (*rules[:7], above, *rules[7:]) if parents else rules


def write_instructions(
    sheet: Sheet,
    title: str,
    forms: Iterable[tuple[Form, tuple[RowRule, ...]]],
    areas: Areas,
    *,
    parents: bool,
) -> None:
    """Write the sheet 填报说明.

    Args:
        sheet: the empty sheet.
        title: the packet's title.
        forms: the forms of the workbook in order, each with the row rules that hold in it.
        areas: roles with their 重点方面, for columns that choose from them.
        parents: whether the workbook carries 上级清单.
    """
    sheet.columns(_WIDTHS)
    sheet.across(0, _LAST, f"{title}填报说明", sheet.pen.style("title"))
    sheet.height(0, 36)
    row = _section(sheet, 2, "一般要求")
    for number, text in enumerate(general_rules(parents=parents), 1):
        row = _line(sheet, row, f"{number}. {text}")
    for form, rules in forms:
        row = _form(sheet, row + 1, form, rules, areas)


def _form(
    sheet: Sheet,
    row: int,
    form: Form,
    rules: tuple[RowRule, ...],
    areas: Areas,
) -> int:
    row = _section(sheet, row, form.id)
    if form.purpose:
        row = _line(sheet, row, form.purpose)
    if rules:
        row = _line(sheet, row, f"另请注意：{'；'.join(rule.title or rule.id for rule in rules)}。")
    for column, (heading, _) in enumerate(_COLUMNS):
        sheet.write(row, column, heading, sheet.pen.style("heading"))
    sheet.height(row, 24)
    for item in form.fields:
        row += 1
        _field(sheet, row, item, areas)
    return row + 1


def _field(sheet: Sheet, row: int, item: Field, areas: Areas) -> None:
    need = "办公室填" if item.office else "必填" if item.required else ""
    values = _values(item, areas)
    texts = (item.name, need, _KINDS[item.kind], _how(item), values, item.example)
    pen = sheet.pen
    name = pen.style("required" if item.required else "heading", align="left", indent=1)
    styles = (name, *[pen.style("centred")] * 2, *[pen.style("cell", indent=1)] * 3)
    for column, (text, style) in enumerate(zip(texts, styles, strict=True)):
        sheet.write(row, column, text, style)
    sheet.height(row, row_height(zip(texts, _ROOM, strict=True)))


def _how(item: Field) -> str:
    if item.office:
        return f"由党委办公室填写。{item.hint}"
    if hints := advice(item):
        return "；".join(hint.rstrip("。") for hint in hints)
    if item.to is None or item.kind == "key":
        return ""
    several = "，几个之间用顿号" if item.kind == "refs" else ""
    return f"“{item.to.form}”中的编号{several}"


def _values(item: Field, areas: Areas) -> str:
    if item.choices_by_role:
        return "\n".join(f"{role}：{'、'.join(words)}" for role, words in areas)
    others = "；也可以另写" if item.open else ""
    return "、".join(item.choices) + others


def _section(sheet: Sheet, row: int, text: str) -> int:
    sheet.across(row, _LAST, text, sheet.pen.style("section"))
    sheet.height(row, 24)
    return row + 1


def _line(sheet: Sheet, row: int, text: str) -> int:
    sheet.across(row, _LAST, text, sheet.pen.style("plain"))
    sheet.height(row, row_height([(text, sum(_WIDTHS))]))
    return row + 1
