"""Letters to units: reminders, and the days they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import now, print_json, space_of, tell_clerk, today_of
from sxxt_excel.usage import PATH, Command, careful, common

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sxxt_excel.letters.pressing import Pressed
    from sxxt_excel.workspace import Workspace

_TONES = ("提醒", "催办", "督办")


def _tone(value: str | None) -> str | None:
    if value is not None and value not in _TONES:
        raise click.BadParameter(f"写的是“{value}”，可以写的有：{'、'.join(_TONES)}")
    return value


@click.command(cls=Command)
@click.option(
    "--tone", type=_tone, metavar="口气",
    help="提醒（截止前）、催办（截止后）或督办（须经批准）；默认写提醒和催办",
)  # fmt: skip
@click.option("--by", metavar="姓名", help="督办由谁批准")
@click.option(
    "--unit", "units", multiple=True, metavar="单位", help="只给这个单位（名称或代码），可写多次"
)
@common("workspace", "today", "as_json", "quiet")
@careful
def remind(
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
    tone: str | None,
    by: str | None,
    units: tuple[str, ...],
) -> int:
    """催报：按上次收表的结果，给没有报的单位起草提醒和催办，写出群通知和催报电话单。

    例：sxxt-excel remind --tone 催办
    """
    from sxxt_excel.letters.pressing import press
    from sxxt_excel.letters.reminders import Tone
    from sxxt_excel.text import clean
    from sxxt_excel.workspace import WorkspaceError

    approver = clean(by or "")
    if tone == "督办" and not approver:
        raise WorkspaceError("督办须经领导批准：请用 --by 写明由谁批准")
    if approver and tone != "督办":
        raise WorkspaceError("--by 只用于督办：请同时写 --tone 督办")
    space = space_of(workspace)
    chosen = Tone((tone,), approver) if tone else None
    done = press(space, today_of(today, space), now(), chosen, units)
    tell_clerk(done.remarks, done.unaddressed)
    if as_json:
        print_json(_json(done, space))
    elif not quiet:
        _print(done, space)
    return int(done.stands)


def _json(done: Pressed, space: Workspace) -> dict[str, object]:
    def place(path: Path | None) -> str | None:
        return path.relative_to(space.root).as_posix() if path else None

    return {
        "collected": done.collected,
        "letters": [
            {
                "kind": letter.kind, "unit": letter.unit, "unit_code": letter.code,
                "to": list(letter.addresses), "subject": letter.subject, "id": letter.id,
                "path": place(path),
            }
            for letter, path in ((w.letter, w.path) for w in done.letters)
        ],
        "chat": place(done.chat),
        "calls": place(done.calls),
        "waiting": [
            {
                "unit": debt.unit, "unit_code": debt.code,
                "promised": debt.promised.isoformat() if debt.promised else None,
            }
            for debt in done.waiting
        ],
        "unaddressed": list(done.unaddressed),
    }  # fmt: skip


def _print(done: Pressed, space: Workspace) -> None:
    counted = {kind: sum(w.letter.kind == kind for w in done.letters) for kind in _TONES}
    said = "、".join(f"{kind}{count}封" for kind, count in counted.items() if count)
    click.echo(f"按{done.collected}收表的结果：{f'已起草{said}' if said else '没有要写的信'}")
    for written in done.letters:
        letter, path = written.letter, written.path.relative_to(space.root).as_posix()
        click.echo(f"  {path}  {'、'.join(letter.addresses) or '（没有邮箱）'}")
    for debt in done.waiting:
        click.echo(f"  {debt.unit}答应{debt.promised}报来，这次没有催")
    if done.chat:
        click.echo(f"群通知：{done.chat.relative_to(space.root).as_posix()}")
    click.echo(
        f"打电话用：{done.calls.relative_to(space.root).as_posix()}"
        "（答复和承诺时间直接填在里面，下次运行时读回）"
    )
    if done.letters:
        click.echo("这些都是草稿，没有发出")


@click.command(cls=Command)
@click.option(
    "--ics",
    type=PATH,
    metavar="文件",
    help="另存为日历文件，可导入手机和邮件软件",
)
@common("workspace", "today", "as_json", "quiet")
@careful
def calendar(
    workspace: Path | None, today: date | None, as_json: bool, quiet: bool, ics: Path | None
) -> None:
    """全年的截止日：材料、谁报、哪天、星期几、是不是节假日、期限是怎么写的。

    例：sxxt-excel calendar --ics 截止日.ics
    """
    from sxxt_excel.conformity import check_settings
    from sxxt_excel.letters.deadlines import deadlines

    space = space_of(workspace)
    regime = space.regime()
    check_settings(space.settings, regime)
    found = deadlines(regime, space.settings)
    when = today_of(today, space)
    if ics is not None:
        from sxxt_excel.letters.ics import to_ics
        from sxxt_excel.store import write_whole

        write_whole(ics, to_ics(f"{space.settings.year}年报送截止日", found, when))
    if as_json:
        print_json(
            [
                {
                    "rule": d.rule, "title": d.title, "duty": d.duty, "filers": d.filers,
                    "from": d.first.isoformat() if d.first else None, "due": d.last.isoformat(),
                    "past": d.last < when, "words": d.words, "remark": d.remark, "basis": d.basis,
                }
                for d in found
            ]
        )  # fmt: skip
    elif not quiet:
        from sxxt_excel.outputs.console import make_console, print_calendar

        rows = ((d.until, d.remark, d.title, d.filers, d.words) for d in found)
        print_calendar(rows, make_console())
        if ics is not None:
            click.echo(f"已写 {ics}")
