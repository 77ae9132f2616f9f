"""What is made of a result: documents, each one's own rows, dossiers, the year's archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import print_json, space_of, today_of
from sxxt_excel.usage import Command, careful, common, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from sxxt_excel.paperwork.copying import Copied
    from sxxt_excel.paperwork.shelf import Changes
    from sxxt_excel.paperwork.sources import Used

_KINDS = ("报送说明", "情况综述", "领导摘要", "参阅件")
_BY = {"unit": "unit", "单位": "unit", "leader": "leader", "领导": "leader"}
_MOST_NAMED = 10


@click.command(cls=Command)
@click.option(
    "--by", required=True, type=one_of(_BY), metavar="unit|leader",
    help="按单位（unit、单位）分，或按领导（leader、领导）分：分管单位的和本人的",
)  # fmt: skip
@common("workspace", "as_json", "quiet")
@careful
def split(workspace: Path | None, as_json: bool, quiet: bool, by: str) -> None:
    """把总台账拆成各单位（各领导）自己的一本，写到 公文/分送/，没有别人的内容。

    例：sxxt-excel split --by 单位
    """
    from sxxt_excel.paperwork.split import split_master

    space = space_of(workspace)
    parts = split_master(space, "leader" if _BY[by] == "leader" else "unit")
    if as_json:
        print_json(
            [
                {"label": p.label, "path": _from(space.root, p.path), "rows": p.rows}
                for p in parts
            ]
        )  # fmt: skip
    elif not quiet:
        where = _from(space.root, parts[0].path.parent) if parts else "公文/分送"
        click.echo(f"已写出{len(parts)}本，在 {where}/")
        click.echo("只写成文件，不会自动发出；请核对后分送")


@click.command(cls=Command)
@click.option(
    "--kind", "kinds", multiple=True, type=one_of(_KINDS), metavar="|".join(_KINDS),
    help="只写这一种，可写多次；不写就都写",
)  # fmt: skip
@common("workspace", "today", "as_json", "quiet")
@careful
def papers(
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
    kinds: tuple[str, ...],
) -> None:
    """按上次收表的结果写公文：报送说明、情况综述、领导摘要、参阅件，各附数据出处。

    例：sxxt-excel papers --kind 领导摘要
    """
    from sxxt_excel.paperwork.making import make_papers

    space = space_of(workspace)
    made = make_papers(space, kinds, today_of(today, space))
    if as_json:
        print_json(
            [
                {
                    "kind": m.kind, "path": _from(space.root, m.path),
                    "sources": _from(space.root, m.sources), "figures": list(map(_figure, m.uses)),
                }
                for m in made
            ]
        )  # fmt: skip
    elif not quiet:
        for each in made:
            if each.path is None:
                click.echo(f"{each.kind}：没有要写的，没有写")
            else:
                click.echo(
                    f"已写 {_from(space.root, each.path)}（数字{len(each.uses)}个，另附出处）"
                )


def _figure(use: Used) -> dict[str, object]:
    figure = use.figure
    return {
        "name": figure.name, "value": figure.value, "means": figure.means, "place": use.place,
        "file": figure.file or None, "path": figure.path or None, "by": figure.by or None,
        "rows": list(figure.rows), "made_of": [part.name for part in figure.made_of],
    }  # fmt: skip


@click.command(cls=Command)
@click.argument("name", metavar="单位、领导或项目编号")
@common("workspace", "as_json", "quiet")
@careful
def dossier(name: str, workspace: Path | None, as_json: bool, quiet: bool) -> None:
    """一个单位、一位领导或一个项目的卷宗：目录、各份材料、函件和来龙去脉，供检查用。

    例：sxxt-excel dossier 机械工程学院党委
    """
    from sxxt_excel.paperwork.dossier import make_dossier

    space = space_of(workspace)
    done = make_dossier(space, name)
    if as_json:
        print_json(
            {
                "about": done.about, "folder": _from(space.root, done.folder),
                "files": list(map(_copy, done.copied)), "changes": _changes(done.changes),
            }
        )  # fmt: skip
    elif not quiet:
        count = sum(bool(each.name) for each in done.copied)
        click.echo(f"“{done.about}”的卷宗在 {_from(space.root, done.folder)}/，复制材料{count}件")
        _print_left((each.row.path, each.why) for each in done.copied if not each.name)
        _print_changes(done.changes)


def _copy(each: Copied) -> dict[str, object]:
    row = each.row
    return {
        "path": row.path, "sha256": row.sha256, "status": row.status,
        "copy": each.name or None, "because": each.why or None,
    }  # fmt: skip


@click.command(cls=Command)
@click.option("--replace", is_flag=True, help="已有较新的归档时，也换成这一次的")
@common("workspace", "as_json", "quiet")
@careful
def archive(workspace: Path | None, as_json: bool, quiet: bool, replace: bool) -> None:
    """年终归档：审核通过的终稿、附件、台账和归档文件目录，写到 公文/归档/年度/。

    例：sxxt-excel archive
    """
    from sxxt_excel.paperwork.archive import make_archive

    space = space_of(workspace)
    done = make_archive(space, replace=replace)
    heads = ("unit", "matter", "filer", "file", "because")
    if as_json:
        print_json(
            {
                "folder": _from(space.root, done.folder), "pieces": done.pieces,
                "left": [dict(zip(heads, line, strict=True)) for line in done.left],
                "changes": _changes(done.changes),
            }
        )  # fmt: skip
    elif not quiet:
        click.echo(
            f"已归档{done.pieces}件，在 {_from(space.root, done.folder)}/，目录是归档文件目录"
        )
        if done.left:
            click.echo(f"未归档{len(done.left)}项，原因见目录里的“未归档”")
        _print_changes(done.changes)


def _from(root: Path, path: Path | None) -> str | None:
    return path.relative_to(root).as_posix() if path is not None else None


def _changes(changes: Changes) -> dict[str, object]:
    return {
        "first": changes.first, "added": list(changes.added), "changed": list(changes.changed),
        "gone": list(changes.gone),
    }  # fmt: skip


def _print_left(pairs: Iterable[tuple[str, str]]) -> None:
    for path, why in pairs:
        click.echo(f"没有复制 {path}：{why}", err=True)


def _print_changes(changes: Changes) -> None:
    """Say what is different from the time before, if there was one."""
    if changes.first:
        return
    if not changes:
        click.echo("与上一次完全相同")
        return
    for word, names in (
        ("新增", changes.added), ("换新", changes.changed), ("撤出", changes.gone),
    ):  # fmt: skip
        if names:
            more = f"等{len(names)}个" if len(names) > _MOST_NAMED else ""
            click.echo(f"与上一次相比{word}：{'、'.join(names[:_MOST_NAMED])}{more}")
