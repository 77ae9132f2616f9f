"""The definitions, to be read and checked: templates, rules, forms, codes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import print_json, regimes_of, space_of
from sxxt_excel.usage import PATH, Command, careful, common

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.model.regime import Regime


@click.command(cls=Command)
@click.option("--regime", metavar="制度", help="只出这一个制度的，默认全部")
@click.option("--out", type=PATH, metavar="文件夹", help="写到哪里")
@click.option("--check", is_flag=True, help="不写文件，只看现有模板是否过时；过时则退出码为1")
@common()
@careful
def templates(regime: str | None, out: Path | None, check: bool) -> int:
    """生成各套表的空白模板。

    例：sxxt-excel templates --regime tj-2017 --out 空白模板
    """
    from sxxt_excel.blanks import stale_templates, write_templates
    from sxxt_excel.places import templates_dir

    regimes = regimes_of(regime)
    target = out or templates_dir()
    if check:
        stale = stale_templates(regimes, target)
        for name in stale:
            click.echo(f"已过时：{name}", err=True)
        return int(bool(stale))
    for path in write_templates(regimes, target):
        click.echo(f"已写 {path.parent.name}/{path.name}")
    return 0


@click.command(cls=Command)
@click.argument("code", metavar="编号")
@common()
@careful
def explain(code: str) -> int:
    """解释审核意见的编号：什么意思，怎么改。

    例：sxxt-excel explain V105
    """
    from sxxt_excel.outputs.console import make_console, print_explain

    return 0 if print_explain(code, make_console()) else 2


@click.command(cls=Command)
@common("workspace", "as_json")
@click.option("--check", is_flag=True, help="只检查制度和表的定义有没有写错")
@careful
def rules(workspace: Path | None, as_json: bool, check: bool) -> int:
    """列出全部规则：编号、名称、程度、依据条款；改了定义以后用 --check 检查写法。

    例：sxxt-excel rules
    """
    if check:
        return _check_definitions(workspace)
    from sxxt_excel.outputs.console import make_console, print_rules
    from sxxt_excel.outputs.reference import rules_list

    found = rules_list(_here(workspace))
    if as_json:
        print_json(found)
    else:
        print_rules(found, make_console())
    return 0


def _here(workspace: Path | None) -> tuple[Regime, ...]:
    """Return the workspace's regime, or outside of one all of them (ruling 11)."""
    from sxxt_excel.workspace import WorkspaceError

    try:
        space = space_of(workspace)
    except WorkspaceError:
        if workspace is not None:
            raise
        return regimes_of(None)
    return (space.regime(),)


def _check_definitions(workspace: Path | None) -> int:
    """Say that the definitions hold; what is wrong with one is raised and told by its file."""
    from sxxt_excel.conformity import check_settings
    from sxxt_excel.outputs.reference import rules_list
    from sxxt_excel.workspace import WorkspaceError

    regimes = _here(workspace)
    with contextlib.suppress(WorkspaceError):
        check_settings(space_of(workspace).settings, regimes[0])
    for regime in regimes:
        click.echo(
            f"{regime.id}：没有发现问题。套表{len(regime.packets)}种，表{len(regime.forms)}张，"
            f"规则{len(rules_list([regime]))}条"
        )
    return 0


@click.command(cls=Command)
@click.argument("name", metavar="表名", required=False)
@common("workspace", "as_json")
@click.option("--schema", is_flag=True, help="打印校验这张表的pandera schema")
@careful
def forms(name: str | None, workspace: Path | None, as_json: bool, schema: bool) -> None:
    """列出全部表，或某一张表的各列、可选值和写法。

    例：sxxt-excel forms 责任清单
    """
    from sxxt_excel.outputs.console import make_console, print_forms, print_text
    from sxxt_excel.outputs.reference import form_text, forms_list
    from sxxt_excel.text import nearest
    from sxxt_excel.workspace import WorkspaceError

    regimes = _here(workspace)
    if name is None:
        found = [row for regime in regimes for row in forms_list(regime)]
        if as_json:
            print_json(found)
        else:
            print_forms(found, make_console())
        return
    regime = next((r for r in regimes if any(f.id == name for f in r.forms)), None)
    if regime is None:
        names = sorted({f.id for r in regimes for f in r.forms})
        near = nearest(name, names)
        raise WorkspaceError(f"没有“{name}”这张表" + (f"，是否指“{near}”" if near else ""))
    if schema:
        from sxxt_excel.rules.values import schema_text

        click.echo(schema_text(regime, name))
    elif as_json:
        print_json([row for row in forms_list(regime) if row["id"] == name])
    else:
        print_text(form_text(regime, name), make_console())
