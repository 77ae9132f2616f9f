"""The mailbox: letters out, mails in."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - as the other files of commands have it
from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import now, print_json, space_of
from sxxt_excel.usage import Command, careful, common, day

if TYPE_CHECKING:
    from datetime import date

    from sxxt_excel.mailbox.office import Outbox

_MARKS = ("已发", "未发")


@click.command(cls=Command)
@common("workspace", "as_json", "quiet")
@click.option("--yes", "really", is_flag=True, help="真的发出；不写只列出要发哪些，一封也不发")
@click.option("--kind", "kinds", multiple=True, metavar="种类", help="只看这一种信，可写多次")
@click.option(
    "--unit", "units", multiple=True, metavar="单位", help="只看这个单位（名称或代码），可写多次"
)
@click.option("--settle", is_flag=True, help="去向不明的，到邮箱的已发送里查一查")
@click.option(
    "--mark", nargs=2, metavar="编号 已发|未发", help="去向不明的，照经办人知道的记为已发或未发"
)
@careful
def send(
    workspace: Path | None,
    as_json: bool,
    quiet: bool,
    really: bool,
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    settle: bool,
    mark: tuple[str, str] | None,
) -> int:
    """把 回复/ 里的信稿发给各单位，每封只发一次；先列出来看，加 --yes 才发出。

    例：sxxt-excel send --kind 提醒
    """
    from sxxt_excel.mailbox import office
    from sxxt_excel.mailbox.plan import Choice
    from sxxt_excel.outputs.console import progress
    from sxxt_excel.workspace import WorkspaceError

    space, choice = space_of(workspace), Choice(kinds, units)
    if mark is not None:
        if mark[1] not in _MARKS:
            raise WorkspaceError("--mark 后面先写编号，再写 已发 或 未发")
        office.mark_letter(space, now, mark[0], sent=mark[1] == _MARKS[0])
    if settle:
        outbox = office.settle_letters(space, now, choice)
    elif really:
        outbox = office.send(space, now, choice, partial(progress, quiet=quiet or as_json))
    else:
        outbox = office.look(space, now, choice)
    _print_letters(outbox, as_json=as_json, quiet=quiet, really=really)
    return int(outbox.stands)


def _print_letters(outbox: Outbox, *, as_json: bool, quiet: bool, really: bool) -> None:
    from sxxt_excel.mailbox.telling import LETTER_HEADS, letter_rows, letters_json, letters_said
    from sxxt_excel.outputs.console import make_console, print_table, print_text

    if as_json:
        print_json(letters_json(outbox, really=really))
    elif not quiet:
        console = make_console()
        if rows := tuple(letter_rows(outbox)):
            print_table(LETTER_HEADS, rows, console)
        for sentence in letters_said(outbox, really=really):
            print_text(sentence, console)


@click.command(cls=Command)
@common("workspace", "as_json", "quiet")
@click.option(
    "--since", type=day, metavar="YYYY-MM-DD", help="从哪一天的信开始取，默认从收表年份的1月1日"
)
@click.option(
    "--folder", "folders", multiple=True, metavar="文件夹", help="取邮箱里哪个文件夹的信，可写多次"
)
@click.option("--mark-read", "marking", is_flag=True, help="取过的信在邮箱里标为已读；不写原样不动")
@careful
def fetch(
    workspace: Path | None,
    as_json: bool,
    quiet: bool,
    since: date | None,
    folders: tuple[str, ...],
    marking: bool,
) -> int:
    """把邮箱里的来信取到 inbox/邮件，一封一个文件，取过的不再取；不删邮箱里的信。

    例：sxxt-excel fetch --since 2025-04-01
    """
    from sxxt_excel.mailbox import office
    from sxxt_excel.mailbox.telling import (
        BOUNCE_HEADS,
        MAIL_HEADS,
        bounce_rows,
        mail_rows,
        mails_json,
        mails_said,
    )
    from sxxt_excel.outputs.console import make_console, print_table, print_text, progress
    from sxxt_excel.roster import read_roster

    space = space_of(workspace)
    wish = office.Wish(folders, since, marking)
    catch = office.fetch(space, now, wish, partial(progress, quiet=quiet or as_json))
    if as_json:
        print_json(mails_json(catch))
    elif not quiet:
        console = make_console()
        for items in (catch.items, catch.too_large):
            if items:
                print_table(MAIL_HEADS, mail_rows(items), console)
        if catch.bounces:
            names = {unit.code: unit.name for unit in read_roster(space.roster)[0].units}
            print_table(BOUNCE_HEADS, bounce_rows(catch, names), console)
        for sentence in mails_said(catch, marking=marking):
            print_text(sentence, console)
    return int(bool(catch.too_large or catch.bounces))
