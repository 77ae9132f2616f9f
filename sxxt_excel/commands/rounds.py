"""A round: a workspace, what goes out, what comes in, who has not sent what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sxxt_excel.commands.common import (
    near,
    now,
    print_json,
    progress_of,
    regimes_of,
    space_of,
    tell_clerk,
    today_of,
)
from sxxt_excel.usage import PATH, Command, careful, common, day, existing_file, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sxxt_excel.outcome import Finding


@click.command(cls=Command)
@click.argument("folder", metavar="文件夹", type=PATH)
@click.option(
    "--regime", required=True, metavar="制度", help="依据的制度，如 tj-2017（见 sxxt-excel rules）"
)
@click.option(
    "--year", required=True, type=whole(2000, 2099), metavar="年份", help="收哪一年的材料，如 2025"
)
@common("as_json", "quiet")
@careful
def init(folder: Path, regime: str, year: int, as_json: bool, quiet: bool) -> None:
    """新建工作文件夹：设置、待填的单位名册和收件登记。

    例：sxxt-excel init 责任清单2025 --regime tj-2017 --year 2025
    """
    from sxxt_excel.newspace import make_workspace

    (chosen,) = regimes_of(regime)
    made = make_workspace(folder, chosen, year)
    if as_json:
        print_json([path.as_posix() for path in made])
        return
    if quiet:
        return
    for path in made:
        click.echo(
            f"已建 {path.relative_to(folder.parent) if folder.parent in path.parents else path}"
        )
    click.echo("下一步：填好《单位名册》，再运行 sxxt-excel issue")


@click.command(cls=Command)
@common("workspace", "today", "as_json", "quiet")
@click.option("--packet", metavar="套表", help="只下发这一种套表")
@click.option("--period", metavar="报告期", help="只下发这一期，如 上半年")
@click.option(
    "--unit", "units", multiple=True, metavar="单位", help="只下发这个单位（名称或代码），可写多次"
)
@careful
def issue(
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
    packet: str | None,
    period: str | None,
    units: tuple[str, ...],
) -> int:
    """给每个单位下发预填好的工作簿，写到 下发/；办公室自存的登记写到 自存/。

    例：sxxt-excel issue --packet 责任任务清单
    """
    from sxxt_excel.handout import Choice, hand_out
    from sxxt_excel.outputs.console import progress

    space = space_of(workspace)
    choice = Choice(packet, period, units)
    with progress_of(progress, silent=quiet or as_json) as track:
        done = hand_out(space, today_of(today, space), choice, track)
    if as_json:
        print_json(
            [
                {
                    "path": d.path.relative_to(space.root).as_posix(), "issue": d.number,
                    "unit": d.unit, "filer": d.filer or None, "packet": d.packet,
                    "period": d.period, "new": d.fresh,
                }
                for d in done.issued
            ]
        )  # fmt: skip
    elif not quiet:
        fresh = sum(d.fresh for d in done.issued)
        count = len(done.issued)
        click.echo(
            f"已下发{count}份（新的或有变动的{fresh}份），在 下发/；登记见 下发/下发登记.csv"
        )
        if done.registers:
            made = len(done.made)
            click.echo(f"办公室自存的登记{done.registers}种（新建{made}种），在 自存/，不下发")
        _print_problems(done.faults)
    return 0


def _print_problems(problems: Iterable[Finding]) -> None:
    for found in problems:
        where = found.where
        place = " ".join(w for w in (where.path, where.sheet, where.cell) if w)
        click.echo(f"请核对 {place}：{found.message}。{found.remedy}。", err=True)


@click.command(cls=Command)
@click.argument("inbox", metavar="收件夹", type=PATH)
@common("workspace", "today", "as_json", "jobs", "quiet")
@click.option("--out", type=PATH, metavar="文件夹", help="把 汇总/ 和 回复/ 写到别处")
@click.option("--as-of", type=day, metavar="日期", help="重现过去某天的情况，只计那天以前收到的")
@careful
def collect(
    inbox: Path,
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
    jobs: int,
    out: Path | None,
    as_of: date | None,
) -> int:
    """收表：读取收件夹里的全部材料，审核、汇总，写出总台账和各单位审核意见。

    例：sxxt-excel collect inbox/
    """
    from sxxt_excel.outputs.console import make_console, print_round, progress
    from sxxt_excel.outputs.words import summary
    from sxxt_excel.registry.keeper import keeping
    from sxxt_excel.round import collect as collect_all
    from sxxt_excel.store import read_json
    from sxxt_excel.workspace import COLLECTED, RESULT, WORDING, WorkspaceError

    if not inbox.is_dir():
        raise WorkspaceError(
            f"“{inbox}”是文件，这里要写它所在的收件夹"
            if inbox.exists()
            else f"找不到收件夹“{inbox}”"
        )
    space = space_of(workspace, inbox)
    silent = quiet or as_json
    when = today_of(today or as_of, space)
    with keeping(space, now) as keeper:
        with progress_of(progress, silent=silent) as track:
            result = collect_all(
                space, inbox, when, jobs=jobs, progress=track, keeper=keeper, as_of=as_of
            )
        # A pass reads while what it needs is loaded.
        from sxxt_excel.letters.answers import heard
        from sxxt_excel.publish import publish
        from sxxt_excel.registry.post import letters_gone

        place = out or space.root
        answers, remarks = heard(space, result.roster, when, now(), place)
        paths = publish(
            result,
            place,
            jobs=jobs,
            answers=answers,
            templates=space.root / WORDING,
            told=letters_gone(space),
        )
        keeper.complete(len(result.files))
    if not silent:
        from sxxt_excel.letters.drafts import unaddressed
        from sxxt_excel.letters.edited import edited_drafts

        _print_run(keeper.interrupted, as_of)
        tell_clerk((*remarks, *edited_drafts(place)), unaddressed(result, place))
    if as_json:
        print_json(read_json(space.result if out is None else out / COLLECTED / RESULT))
    elif not quiet:
        print_round(
            result, make_console(), summary=summary(result), written=paths, base=out or space.root
        )
    return result.exit_code


def _print_run(interrupted: str, as_of: date | None) -> None:
    """Say what was special about a run: it makes up for a broken one, it shows a day gone by."""
    if interrupted:
        since = interrupted[:16].replace("T", " ")
        click.echo(f"上次收表（{since}）中途断了，这次已从头做完", err=True)
    if as_of is not None:
        click.echo(
            f"这是{as_of}当天的情况；要现在的，请再运行一次不带 --as-of 的 collect", err=True
        )


@click.command(cls=Command)
@click.argument("files", metavar="文件…", nargs=-1, required=True, type=existing_file)
@common("workspace", "today", "as_json", "jobs", "quiet")
@careful
def check(
    files: tuple[Path, ...],
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    jobs: int,
    quiet: bool,
) -> int:
    """单位报送前自查：同样的审核，只看给出的文件，不写任何东西。

    例：sxxt-excel check 机械工程学院党委_责任任务清单_2025年度.xlsx
    """
    from sxxt_excel.outputs.console import make_console
    from sxxt_excel.outputs.findings import print_check
    from sxxt_excel.selfcheck import check_files

    space = near(workspace, files[0])
    result = check_files(files, space, today_of(today, space), jobs=jobs)
    if as_json:
        print_json(result.to_json())
    elif not quiet:
        print_check(result, make_console())
    return result.exit_code


@click.command(cls=Command)
@click.argument("file", metavar="文件")
@click.option("--by", required=True, metavar="姓名", help="由谁批准")
@click.option("--reason", required=True, metavar="理由", help="为什么可以接收，不少于六个字")
@click.option(
    "--until", type=day, metavar="YYYY-MM-DD", help="有效到哪一天，默认次年12月31日；过后仍要修改"
)
@common("workspace", "today", "as_json", "quiet")
@careful
def accept(
    file: str,
    by: str,
    reason: str,
    until: date | None,
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """认可接收一份有须修改问题的材料：记入名册《例外》和台账，只对这一份文件有效。

    例：sxxt-excel accept inbox/责任任务清单.xlsx --by 赵一 --reason 原件已归档封存
    """
    from sxxt_excel.accept import accept as accept_one
    from sxxt_excel.outputs.words import matter

    space = space_of(workspace, Path(file).parent)
    when = today_of(today, space)
    done = accept_one(space, file, by=by, reason=reason, until=until, today=when, at=now())
    if as_json:
        print_json(
            {
                "path": done.path, "sha256": done.sha256, "unit": done.unit,
                "packet": done.packet, "period": done.period, "by": done.by,
                "until": done.until.isoformat(),
            }
        )  # fmt: skip
    elif not quiet:
        click.echo(f"已登记：{done.by}同意认可接收{done.unit}的{matter(done.packet, done.period)}")
        click.echo(f"只对这一份文件有效，到{done.until}为止；记在《单位名册》的“例外”表和台账里")
        click.echo("下一步：重新运行 sxxt-excel collect")


@click.command(cls=Command)
@click.argument("old", metavar="旧的一份", type=existing_file)
@click.argument("new", metavar="新的一份", type=existing_file)
@common("workspace", "today", "as_json", "jobs", "quiet")
@careful
def diff(
    old: Path,
    new: Path,
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    jobs: int,
    quiet: bool,
) -> None:
    """比较同一份材料的前后两份：增了哪几行、删了哪几行、哪一格改成了什么。

    例：sxxt-excel diff 责任任务清单0410.xlsx 责任任务清单0418.xlsx
    """
    from dataclasses import asdict

    from sxxt_excel.outputs.console import make_console, print_difference
    from sxxt_excel.versus import compare_files

    space = near(workspace, new)
    found = compare_files(old, new, space, today_of(today, space), jobs=jobs)
    if as_json:
        print_json(asdict(found))
    elif not quiet:
        print_difference(found, make_console())


@click.command(cls=Command)
@common("workspace", "today", "as_json", "quiet")
@click.option("--as-of", type=day, metavar="日期", help="过去某天的情况，只计那天以前收到的")
@careful
def status(
    workspace: Path | None,
    today: date | None,
    as_json: bool,
    quiet: bool,
    as_of: date | None,
) -> int:
    """谁还没报：按上次收表的结果和今天的日期列出。

    例：sxxt-excel status
    """
    from sxxt_excel.outputs.console import make_console, print_status
    from sxxt_excel.result import expected_json
    from sxxt_excel.standing import standing, standing_then, stands

    space = space_of(workspace)
    when = today_of(today or as_of, space)
    rows = standing(space, when) if as_of is None else standing_then(space, as_of, when)
    if as_json:
        print_json([expected_json(row) for row in rows])
    elif not quiet:
        print_status([row for row in rows if row.owed], make_console(), space.settings)
    return int(stands(rows))
