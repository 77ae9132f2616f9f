"""The definitions, to be read and checked: templates, rules, forms, codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import print_json, regimes_of, space_of
from sxxt_excel.usage import PATH, Command, careful, common

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.workspace import Workspace


@click.command(cls=Command)
@click.option("--regime", metavar="制度", help="只出这一个制度的，默认全部")
@click.option("--out", type=PATH, metavar="文件夹", help="写到哪里")
@click.option("--check", is_flag=True, help="不写文件，只看现有模板是否过时；过时则退出码为1")
@common("workspace", "as_json", "quiet")
@careful
def templates(
    regime: str | None,
    out: Path | None,
    check: bool,
    workspace: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """生成各套表的空白模板。

    例：sxxt-excel templates --regime tj-2017 --out 空白模板
    """
    from sxxt_excel.blanks import stale_templates, write_templates
    from sxxt_excel.places import templates_dir

    # What is shipped follows from what is shipped; elsewhere a workspace's own definitions count.
    regimes = regimes_of(regime) if out is None else _defined(regime, workspace)
    target = out or templates_dir()
    if check:
        stale = stale_templates(regimes, target)
        if as_json:
            print_json(stale)
        for name in stale:
            click.echo(f"已过时：{name}", err=True)
        return int(bool(stale))
    written = [path.relative_to(target).as_posix() for path in write_templates(regimes, target)]
    if as_json:
        print_json(written)
    elif not quiet:
        for name in written:
            click.echo(f"已写 {name}")
    return 0


def _defined(regime: str | None, workspace: Path | None) -> tuple[Regime, ...]:
    """Return the regime of that id, or all, as the workspace defines them if there is one."""
    space = _space(workspace)
    if space is None:
        return regimes_of(regime)
    found = regimes_of(regime, space.validators)
    return tuple(space.regime() if r.id == space.settings.regime else r for r in found)


@click.command(cls=Command)
@click.argument("code", metavar="编号")
@common("as_json")
@careful
def explain(code: str, as_json: bool) -> int:
    """解释审核意见的编号：什么意思，怎么改；不知道编号的，写名称里的几个字。

    例：sxxt-excel explain V105
    """
    from sxxt_excel.outputs.console import make_console, print_text
    from sxxt_excel.outputs.reference import codes_list, codes_of, explain_text

    found = codes_of(code)
    if not found or not as_json:
        print_text(explain_text(code), make_console(stderr=not found))
    else:
        print_json(codes_list(found))
    return 0 if found else 2


@click.command(cls=Command)
@common("workspace", "as_json")
@click.option("--check", is_flag=True, help="只检查制度和表的定义有没有写错")
@careful
def rules(workspace: Path | None, as_json: bool, check: bool) -> int:
    """列出全部规则：编号、名称、程度、依据条款；改了定义以后用 --check 检查写法。

    例：sxxt-excel rules
    """
    if check:
        return _check_definitions(workspace, as_json=as_json)
    from sxxt_excel.outputs.console import make_console, print_rules
    from sxxt_excel.outputs.reference import rules_list

    found = rules_list(_here(workspace))
    if as_json:
        print_json(found)
    else:
        print_rules(found, make_console())
    return 0


def _space(workspace: Path | None) -> Workspace | None:
    """Return the workspace that is named or around here, None outside of any (ruling 11)."""
    from sxxt_excel.workspace import WorkspaceError

    try:
        return space_of(workspace)
    except WorkspaceError:
        if workspace is not None:
            raise
        return None


def _here(workspace: Path | None) -> tuple[Regime, ...]:
    """Return the workspace's regime, or outside of one all of them (ruling 11)."""
    space = _space(workspace)
    return regimes_of(None) if space is None else (space.regime(),)


def _check_definitions(workspace: Path | None, *, as_json: bool) -> int:
    """Say that the definitions hold; what is wrong with one is raised and told by its file."""
    from sxxt_excel.conformity import check_settings
    from sxxt_excel.outputs.reference import rules_list

    space = _space(workspace)
    regimes = _here(workspace)
    if space is not None:
        check_settings(space.settings, regimes[0])
    sizes = [
        {
            "regime": regime.id,
            "packets": len(regime.packets),
            "forms": len(regime.forms),
            "rules": len(rules_list([regime])),
        }
        for regime in regimes
    ]
    if as_json:
        print_json(sizes)
        return 0
    for size in sizes:
        click.echo(
            f"{size['regime']}：没有发现问题。套表{size['packets']}种，表{size['forms']}张，"
            f"规则{size['rules']}条"
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
    regimes = _here(workspace)
    if name is None:
        _list_forms(regimes, as_json=as_json)
        return
    having = _having(regimes, name)
    if schema:
        _print_schema(having, name, as_json=as_json)
    else:
        _print_form(having, name, as_json=as_json)


def _list_forms(regimes: tuple[Regime, ...], *, as_json: bool) -> None:
    from sxxt_excel.outputs.console import make_console, print_forms
    from sxxt_excel.outputs.reference import forms_list

    found = [row for regime in regimes for row in forms_list(regime)]
    if as_json:
        print_json(found)
    else:
        print_forms(found, make_console())


def _having(regimes: tuple[Regime, ...], name: str) -> tuple[Regime, ...]:
    """Return the regimes that have a form, at least one."""
    from sxxt_excel.text import nearest
    from sxxt_excel.workspace import WorkspaceError

    having = tuple(r for r in regimes if any(f.id == name for f in r.every_form))
    if not having:
        near = nearest(name, sorted({f.id for r in regimes for f in r.every_form}))
        raise WorkspaceError(f"没有“{name}”这张表" + (f"，是否指“{near}”" if near else ""))
    return having


def _print_form(having: tuple[Regime, ...], name: str, *, as_json: bool) -> None:
    from sxxt_excel.outputs.console import make_console, print_text
    from sxxt_excel.outputs.reference import form_entry, form_text

    if as_json:
        print_json([form_entry(regime, name) for regime in having])
        return
    regime, *others = having
    print_text(form_text(regime, name), make_console())
    if others:
        also = "、".join(r.id for r in others)
        click.echo(f"以上是 {regime.id} 的。{also} 也有这张表，到那个制度的工作文件夹里看它的。")


def _print_schema(having: tuple[Regime, ...], name: str, *, as_json: bool) -> None:
    from sxxt_excel.rules.values import schema_text
    from sxxt_excel.workspace import WorkspaceError

    sheets = (f for _, f in having[0].one_sheets if f.id == name)
    parts = [split.form for f in sheets for split in f.splits]
    if parts:
        raise WorkspaceError(f"“{name}”收来后拆成{'、'.join(parts)}，按那几张表校验")
    if as_json:
        print_json([{"form": name, "regime": r.id, "schema": schema_text(r, name)} for r in having])
    else:
        click.echo(schema_text(having[0], name))
