"""What the definitions and the catalogue say, in words: for explain, rules and forms."""

from __future__ import annotations

import difflib
from string import Formatter
from typing import TYPE_CHECKING, Any

from sxxt_excel.ceiling import at_most
from sxxt_excel.codes import CATALOGUE, CODES, FAMILIES
from sxxt_excel.findings import fill
from sxxt_excel.model.obligations import OWED
from sxxt_excel.model.severity import SEVERITY_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sxxt_excel.codes import Code
    from sxxt_excel.model.forms import Field, Form, Kind, RowRule
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.model.rules import Law
    from sxxt_excel.model.severity import Severity

_MOST_SUGGESTIONS = 5
_LEAST_LIKE = 0.5
_TAKEN_FOR_DIGITS = str.maketrans("OIL", "011")

# What stands in an explanation for what a finding fills in; for all else, an open place.
STAND_INS: Mapping[str, str] = {
    "area": "某个重点方面",
    "because": "某项已填",
    "choices": "（列出可选的值）",
    "days": "起止日",
    "detail": "",
    "due": "某日",
    "evidence": "封面或文件名",
    "field": "某列",
    "fields": "几列",
    "filer": "某责任主体",
    "filers": "某责任主体",
    "form": "某表",
    "hint": "",
    "key": "某编号",
    "kind": "数字",
    "name": "某项",
    "names": "（列出姓名）",
    "near": "",
    "nearest": "",
    "naming": "报告文件名",
    "other": "另一列",
    "packet": "某套表",
    "parent": "上级项目",
    "received": "某时",
    "role": "某类责任主体",
    "same": "另一份文件",
    "say": "说明原因",
    "signer": "规定的背书人",
    "stamp": "某单位",
    "state": "没有填写",
    "step": "某一环节",
    "target": "被引用的表",
    "title": "某项材料",
    "unit": "某单位",
    "window": "考核期",
}
_OPEN = "……"

KIND_NAMES: Mapping[Kind, str] = {
    "serial": "序号",
    "text": "文字",
    "long": "文字（可多行）",
    "int": "整数",
    "number": "数字",
    "date": "日期",
    "limit": "时限",
    "choice": "单选",
    "choices": "多选",
    "key": "编号（不重复）",
    "ref": "引用编号",
    "refs": "引用编号（可多个）",
    "filer": "责任主体",
    "person": "姓名",
    "file": "文件名",
    "phone": "电话",
    "unit": "单位",
    "year": "年度",
    "period": "报告期",
    "signer": "背书人",
    "label": "预印文字",
}


# ---- codes ---------------------------------------------------------------------------


def explain_text(code: str) -> str:
    """Return what a code means and what to do, or which codes it may be about."""
    match codes_of(code):
        case (entry,) if entry.id == _as_id(code):
            return _explained(entry)
        case ():
            return _unknown(code)
        case about:
            return f"名称里有“{code.strip()}”的有：\n{_listed(about)}"


def codes_of(words: str) -> tuple[Code, ...]:
    """Return the finding of that code, else those whose title holds these words."""
    entry = CATALOGUE.get(_as_id(words))
    said = words.strip()
    return (entry,) if entry else tuple(c for c in CODES if said and said in c.title)


def codes_list(codes: Iterable[Code]) -> list[dict[str, str]]:
    """Return findings as mappings: code, family, severity, title, message, remedy, why."""
    return [
        {
            "code": entry.id,
            "family": dict(FAMILIES)[entry.id[0]],
            "severity": entry.severity,
            "title": entry.title,
            "message": plain(entry.message),
            "remedy": plain(entry.remedy),
            "why": entry.why,
        }
        for entry in codes
    ]


def _as_id(code: str) -> str:
    return code.strip().upper()


def _explained(entry: Code) -> str:
    family = dict(FAMILIES)[entry.id[0]]
    lines = [
        f"{entry.id}  {entry.title}",
        f"类别：{family}",
        f"性质：{SEVERITY_WORDS[entry.severity]}",
        f"提示：{plain(entry.message)}",
        f"怎么改：{plain(entry.remedy)}",
    ]
    if entry.why:
        lines.append(f"说明：{entry.why}")
    return "\n".join(lines)


def _unknown(code: str) -> str:
    near = _alike(code.strip())
    ask = f"相近的有：\n{_listed(near)}" if near else _families()
    return f"没有“{code.strip()}”这个代号。{ask}"


def _listed(codes: Iterable[Code]) -> str:
    return "\n".join(f"  {entry.id}  {entry.title}" for entry in codes)


def _alike(code: str) -> list[Code]:
    """Return codes that are written alike."""
    said = code[:1].upper() + code[1:].upper().translate(_TAKEN_FOR_DIGITS)
    names = difflib.get_close_matches(said, CATALOGUE, _MOST_SUGGESTIONS, _LEAST_LIKE)
    return [CATALOGUE[name] for name in names]


def _families() -> str:
    named = "、".join(f"{letter}开头的是{name}" for letter, name in FAMILIES)
    return f"代号由一个字母和三位数字组成，如 {CODES[0].id}：{named}。"


def plain(template: str) -> str:
    """Return a template as a plain sentence, with stand-ins for what a finding fills in."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return fill(template, {name: STAND_INS.get(name, _OPEN) for name in names})


# ---- rules ---------------------------------------------------------------------------


def rules_list(regimes: Iterable[Regime]) -> list[dict[str, Any]]:
    """Return every rule of the regimes, by regime, kind and place in the document.

    Each is a mapping with the keys id, regime, obligations, kind, severity, title, basis.
    """
    ordered = sorted(regimes, key=lambda regime: regime.id)
    return [rule for regime in ordered for rule in _rules(regime)]


def _rules(regime: Regime) -> Iterator[dict[str, Any]]:
    def rule(  # noqa: PLR0913, PLR0917 - the columns of the list
        kind: str,
        rule_id: str,
        serves: tuple[str, ...],
        severity: Severity,
        title: str,
        clause: str,
    ) -> dict[str, Any]:
        return {
            "id": rule_id,
            "regime": regime.id,
            "obligations": list(serves),
            "kind": kind,
            "severity": at_most(severity, regime.strictest),
            "title": title or rule_id,
            "basis": regime.cite(clause) if clause else "",
        }

    for item in regime.obligations:
        severity: Severity = "must" if item.duty == OWED and item.due else "note"
        yield rule("obligation", item.id, item.serves, severity, item.title, item.basis)
    for kind, law in _laws(regime):
        yield rule(kind, law.id, law.serves, law.severity, law.title, law.basis)
    for form, row in _row_rules(regime):
        title = row.title or f"{form}：{row.id}"
        yield rule("row", row.id, row.serves, row.severity, title, row.basis)
    for manual in regime.manual:
        rule_id = f"人工核对-{'-'.join(manual.serves)}"
        yield rule("manual", rule_id, manual.serves, "note", manual.title, manual.basis)


def _laws(regime: Regime) -> Iterator[tuple[str, Law]]:
    yield from (("cascade", item.law) for item in regime.cascades)
    yield from (("count", item.law) for item in regime.counts)
    yield from (("coverage", item.law) for item in regime.coverages)
    yield from (("signoff", item.law) for item in regime.signoffs)
    yield from (("chain", item.law) for item in regime.chains)
    yield from (("need", item.law) for item in regime.needs)
    yield from (("slot", item.need.law) for item in regime.slots)
    yield from (("agreement", item.law) for item in regime.agreements)


def _row_rules(regime: Regime) -> Iterator[tuple[str, RowRule]]:
    yield from ((form.id, row) for form in regime.forms for row in form.rows)
    yield from regime.row_rules


# ---- forms ---------------------------------------------------------------------------


def forms_list(regime: Regime) -> list[dict[str, Any]]:
    """Return the forms of a regime: form, regime, title, packets, fields (how many), purpose."""
    return [_form(regime, form) for form in regime.every_form]


def _form(regime: Regime, form: Form) -> dict[str, Any]:
    return {
        "form": form.id,
        "regime": regime.id,
        "title": form.title,
        "packets": packets_of(regime, form.id),
        "fields": len(form.fields),
        "purpose": form.purpose,
    }


def form_entry(regime: Regime, form_id: str) -> dict[str, Any]:
    """Return a form as `forms_list` does, and its columns in their order, each a mapping.

    Keys of a column: name, kind, required, required_in (only in these packets), choices, open,
    choices_by_role (role → areas), locked, office, to, max_length, maximum, hint, example.

    Raises:
        KeyError: the regime has no such form.
    """
    form = form_of(regime, form_id)
    return {**_form(regime, form), "columns": [_column(regime, form, f) for f in form.fields]}


def _column(regime: Regime, form: Form, field: Field) -> dict[str, Any]:
    required = _required(regime, form, field)
    everywhere = all(required.values())
    areas = {role.id: list(role.areas) for role in regime.roles if role.areas}
    return {
        "name": field.name,
        "kind": field.kind,
        "required": everywhere,
        "required_in": [] if everywhere else [name for name, must in required.items() if must],
        "choices": list(field.choices),
        "open": field.open,
        "choices_by_role": areas if field.choices_by_role else {},
        "locked": field.locked,
        "office": field.office,
        "to": field.to.form if field.to else None,
        "max_length": field.max_length or None,
        "maximum": field.maximum,
        "hint": field.hint,
        "example": field.example,
    }


def form_text(regime: Regime, form_id: str) -> str:
    """Return one form in words: its headings with kind, 必填, choices and hint.

    Raises:
        KeyError: the regime has no such form.
    """
    form = form_of(regime, form_id)
    lines = [f"{form.id}（{regime.document}）"]
    if form.purpose:
        lines.append(form.purpose)
    packets = packets_of(regime, form.id)
    if packets:
        lines.append(f"用于套表：{'、'.join(packets)}")
    lines.append(f"共{len(form.fields)}列：")
    for number, field in enumerate(form.fields, 1):
        lines.append(f"{number:>3}. {field.name}（{nature(regime, form, field)}）")
        lines.extend(f"     {detail}" for detail in details(regime, field))
    rules = [row for name, row in _row_rules(regime) if name == form.id]
    if rules:
        lines.append("行内规则：")
        for row in rules:
            severity = SEVERITY_WORDS[at_most(row.severity, regime.strictest)]
            lines.append(f"  - {row.title or row.id}（{severity}）")
    return "\n".join(lines)


def form_of(regime: Regime, form_id: str) -> Form:
    """Return a form, or a sheet that may stand for several; KeyError if there is none."""
    found = {form.id: form for form in regime.every_form}
    return found[form_id]


def packets_of(regime: Regime, form_id: str) -> list[str]:
    """Return the packets that hold a form, or may hold it instead of their sheets."""
    instead = {name for name, form in regime.one_sheets if form.id == form_id}
    return [
        name
        for name, forms in regime.packet_forms
        if name in instead or any(f.id == form_id for f in forms)
    ]


def nature(regime: Regime, form: Form, field: Field) -> str:
    """Return kind, whether it must be filled (and in which packets only), who fills it."""
    words = [KIND_NAMES[field.kind]]
    required = _required(regime, form, field)
    if all(required.values()):
        words.append("必填")
    elif any(required.values()):
        words.append(f"在{'、'.join(p for p, must in required.items() if must)}中必填")
    if field.locked:
        words.append("已预填")
    if field.office:
        words.append("由党委办公室填写")
    if field.happened:
        words.append("不晚于收到的那一天")
    return "，".join(words)


def _required(regime: Regime, form: Form, field: Field) -> dict[str, bool]:
    """Return packet → whether the field must be filled there; "" where no packet holds the form."""
    return {
        packet: found.required
        for packet, forms in regime.packet_forms
        for there in forms
        if there.id == form.id and (found := there.field(field.name))
    } or {"": field.required}


def details(regime: Regime, field: Field) -> Iterator[str]:
    """Yield what may stand in a field, what it points at, its hint and its example."""
    if field.choices:
        free = "，也可写其他内容" if field.open else ""
        yield f"可选：{'、'.join(field.choices)}{free}"
    if field.choices_by_role:
        for role in regime.roles:
            if role.areas:
                yield f"可选（{role.id}）：{'、'.join(role.areas)}"
    if field.to:
        above = "上一级的" if field.to.scope == "above" else ""
        yield f"对应{above}“{field.to.form}”的编号"
    if field.max_length:
        yield f"最多{field.max_length}个字"
    if field.maximum:
        yield f"不大于“{field.maximum}”"
    if field.hint:
        yield f"说明：{field.hint}"
    if field.example:
        yield f"例：{field.example}"
