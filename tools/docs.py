"""Write the pages of docs/ that follow from the definitions, the catalogue and the commands.

python tools/docs.py            # writes them
python tools/docs.py --check    # fails where one is stale, absent or too many
"""

import argparse
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout's own package, installed or not

from sxxt_excel.cli import cli  # noqa: E402 - the path comes first
from sxxt_excel.codes import CODES, FAMILIES  # noqa: E402
from sxxt_excel.model.forms import Form  # noqa: E402
from sxxt_excel.model.obligations import DUTIES  # noqa: E402
from sxxt_excel.model.regime import Regime  # noqa: E402
from sxxt_excel.model.severity import SEVERITY_WORDS  # noqa: E402
from sxxt_excel.outputs.console import KIND_WORDS  # noqa: E402
from sxxt_excel.outputs.reference import (  # noqa: E402
    details,
    form_of,
    nature,
    packets_of,
    plain,
    rules_list,
)
from sxxt_excel.regime import load_regime, regime_ids  # noqa: E402

FOLDER = ROOT / "docs"
LIST = ROOT / "validators" / "obligations.tsv"
WRITTEN_BY_HAND = frozenset({"README.md", "glossary.md"})
MARK = "<!-- 本页由 tools/docs.py 生成，请勿手改；改定义后运行 python tools/docs.py -->\n"
_WIDTH = 80


def pages() -> dict[str, str]:
    """Return every generated page, by its file name."""
    regimes = tuple(load_regime(name) for name in regime_ids())
    made = {
        "rules.md": rules_page(regimes),
        "forms.md": forms_page(regimes),
        "codes.md": codes_page(),
        "cli.md": commands_page(),
    }
    for regime in regimes:
        made[f"obligations-{regime.id}.md"] = obligations_page(regime)
    return {name: MARK + text.rstrip() + "\n" for name, text in made.items()}


# ---- rules ------------------------------------------------------------------------------


def rules_page(regimes: Iterable[Regime]) -> str:
    """Return all rules of all regimes, by kind."""
    lines = [
        "# 规则一览",
        "",
        "每条规则写在 `validators/<制度>/regime.toml` 或 `validators/forms/<表>.toml`。",
        "性质：须修改——退回；需说明——更正或说明原因；供参考——不必处理。",
    ]
    for regime in regimes:
        lines += ["", f"## {regime.id}", "", f"{regime.cite('')}，{regime.issued}。"]
        by_kind: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for rule in rules_list([regime]):
            by_kind[rule["kind"]].append(rule)
        for kind, rules in by_kind.items():
            lines += ["", f"### {KIND_WORDS[kind]}", ""]
            lines += table(
                ("规则", "要求", "性质", "依据", "义务"),
                ((r["id"], r["title"], _weight(r), _clause(r), _ids(r)) for r in rules),
            )
    return "\n".join(lines)


def _weight(rule: Mapping[str, Any]) -> str:
    return "人工核对" if rule["kind"] == "manual" else SEVERITY_WORDS[rule["severity"]]


def _clause(rule: Mapping[str, Any]) -> str:
    return str(rule["basis"]).rpartition("》")[2] or "—"


def _ids(rule: Mapping[str, Any]) -> str:
    return "、".join(rule["obligations"]) or "—"


# ---- obligations ------------------------------------------------------------------------


def obligations_page(regime: Regime) -> str:
    """Return which rule covers which obligation of a regime, from its first to its last."""
    covered: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for rule in rules_list([regime]):
        for name in rule["obligations"]:
            covered[name].append(rule)
    asked = obligations(regime.id)
    names = [*asked, *(name for name in sorted(covered) if name not in asked)]
    machine = [n for n in names if any(r["kind"] != "manual" for r in covered.get(n, ()))]
    people = [n for n in names if n not in machine]
    figures = f"{len(machine)}项由规则核对，{len(people)}项由人核对"
    lines = [
        f"# {regime.id} 的义务由哪条规则核对",
        "",
        f"{regime.cite('')}中的义务逐项编号，共{len(names)}项：{figures}。",
        "全：表上看得出做没做到。部分：表上只看得出痕迹。人：表上看不出。",
        "",
        *table(
            ("义务", "能核对", "规则", "要求", "怎么核对", "依据"),
            (
                row
                for name in names
                for row in _coverage(name, asked.get(name, ""), covered.get(name, ()))
            ),
        ),
    ]
    return "\n".join(lines)


def obligations(regime: str) -> dict[str, str]:
    """Return the obligations of a document: id → A (a machine can check), P (partly), N (not)."""
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {row["义务"]: row["核对"] for row in rows if regime in row["制度"].split("、")}


_REACH = {"A": "全", "P": "部分", "N": "人", "": "—"}


def _coverage(name: str, reach: str, rules: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (name, _REACH[reach], r["id"], r["title"], KIND_WORDS[r["kind"]], _clause(r)) for r in rules
    ]
    return rows or [(name, _REACH[reach], "—", "不设规则", "人工核对", "—")]


# ---- forms ------------------------------------------------------------------------------


def forms_page(regimes: tuple[Regime, ...]) -> str:
    """Return every form with its headings as the templates, the checks and the master have it."""
    homes: dict[str, list[Regime]] = defaultdict(list)
    for regime in regimes:
        for form in regime.every_form:
            homes[form.id].append(regime)
    lines = [
        "# 各表的列",
        "",
        "模板、校验、总台账和填报说明都从同一份定义生成，这里也是。列名一字不差。",
    ]
    for name, users in homes.items():
        lines += ["", *_form(form_of(users[0], name), users)]
    return "\n".join(lines)


def _form(form: Form, users: list[Regime]) -> list[str]:
    packets = [
        f"{regime.id} 的{'、'.join(found)}"
        for regime in users
        if (found := packets_of(regime, form.id))
    ]
    rules = [f"- {row.title or row.id}（{SEVERITY_WORDS[row.severity]}）" for row in form.rows]
    cells = (
        (
            field.name,
            _agreed({regime.id: nature(regime, form, field) for regime in users}),
            _agreed({regime.id: "<br>".join(details(regime, field)) for regime in users}),
        )
        for field in form.fields
    )
    return [
        f"## {form.id}",
        "",
        *([form.purpose, ""] if form.purpose else []),
        f"用于：{'；'.join(packets)}。",
        "",
        *table(("列", "类型", "可选值、说明和例子"), cells),
        *(["", "行内规则：", "", *rules] if rules else []),
    ]


def _agreed(said: Mapping[str, str]) -> str:
    """Return what all regimes say, or what each says where they differ."""
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "<br>".join(f"{regime}：{text or '—'}" for regime, text in said.items())


# ---- codes ------------------------------------------------------------------------------


def codes_page() -> str:
    """Return the catalogue of findings, by family."""
    lines = [
        "# 审核意见的编号",
        "",
        "编号一经使用不再改作他用。某一条是什么意思、怎么改，也可以用",
        "`sxxt-excel explain 编号` 看。",
        "具体规则可以用自己的说法和性质，编号不变。",
    ]
    for letter, family in FAMILIES:
        codes = [code for code in CODES if code.id.startswith(letter)]
        if codes:
            lines += ["", f"## {letter} {family}", ""]
            lines += table(
                ("编号", "性质", "名称", "提示", "怎么改", "始于"),
                (
                    (
                        code.id,
                        SEVERITY_WORDS[code.severity],
                        code.title,
                        plain(code.message),
                        "<br>".join(t for t in (plain(code.remedy), code.why) if t),
                        code.since,
                    )
                    for code in codes
                ),
            )
    return "\n".join(lines)


# ---- commands ---------------------------------------------------------------------------


def commands_page() -> str:
    """Return the help page of every command."""
    settings = {"info_name": "sxxt-excel", "terminal_width": _WIDTH, **cli.context_settings}
    top = cli.context_class(cli, **settings)
    lines = ["# 命令", "", "```text", cli.get_help(top), "```"]
    for name, command in sorted(cli.commands.items()):
        ctx = command.context_class(command, info_name=name, parent=top, terminal_width=_WIDTH)
        lines += ["", f"## {name}", "", "```text", command.get_help(ctx), "```"]
    lines += [
        "",
        "## 退出码",
        "",
        "| 退出码 | 意思 |",
        "|---|---|",
        "| 0 | 没有须处理的事项 |",
        "| 1 | 有须修改、未了结的需说明，或到期未报的材料（逾期报送只作供参考，不影响退出码） |",
        "| 2 | 命令没有执行：写法不对、不是工作文件夹、设置或名册读不了 |",
        "",
        f"材料的性质有：{'、'.join(DUTIES)}；只有“报送”到期未到才算退出码1。",
    ]
    return "\n".join(lines)


# ---- how --------------------------------------------------------------------------------


def table(heads: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a Markdown table, one line a row."""
    lines = [_row(heads), _row("---" for _ in heads)]
    return lines + [_row(map(_cell, row)) for row in rows]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", "<br>", text).replace("|", "\\|")


def stale(folder: Path) -> list[str]:
    """Return the names of pages that differ from what would be written, or should not be there."""
    wanted = pages()
    there = {path.name: path.read_bytes() for path in folder.glob("*.md")}
    differ = [name for name, text in wanted.items() if there.get(name) != text.encode()]
    return differ + sorted(there.keys() - wanted.keys() - WRITTEN_BY_HAND)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(description="生成 docs/ 中由定义而来的页面")
    parser.add_argument("--check", action="store_true", help="只看是否过时，不写")
    parser.add_argument("--out", type=Path, default=FOLDER, help="写到哪个文件夹，默认 docs/")
    options = parser.parse_args(arguments)
    if options.check:
        names = stale(options.out)
        for name in names:
            print(f"已过时：{name}；请运行 python tools/docs.py", file=sys.stderr)
        return int(bool(names))
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (options.out / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
