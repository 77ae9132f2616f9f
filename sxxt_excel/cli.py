"""Arguments → one call → print → exit code: the only place that knows click.

Exit codes: 0 nothing stands, 1 a must, a query or a missing 报送 stands, 2 the command
could not be carried out, with one sentence.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import multiprocessing
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sxxt_excel import __version__
from sxxt_excel.usage import Group, day, existing_file, sentence, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sxxt_excel.expected import Owed
    from sxxt_excel.model import Regime, Roster
    from sxxt_excel.workspace import Workspace

_DEBUG = "SXXT_EXCEL_DEBUG"
_HELP = {"help_option_names": ["-h", "--help"]}


class _Program(Group):
    """The program: its errors come as one Chinese sentence with exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - click's own
        """Run and exit."""
        _survive_console()
        try:
            code = super().main(*args, **kwargs | {"standalone_mode": False})
        except click.exceptions.Abort:
            _stop("已中断，原有文件没有改动")
        except click.ClickException as error:
            _stop(sentence(error))
        except Exception as error:
            if _DEBUG in os.environ:
                raise
            _stop(_mishap(error))
        sys.exit(code if isinstance(code, int) else 0)


def _survive_console() -> None:
    """Let a console that can't show a character show a question mark instead."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _mishap(error: Exception) -> str:
    """Return the sentence for a fault of the program itself."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"程序内部出错，没有做完。请把这句话转给维护人员："
        f"{type(error).__name__}，{Path(place.filename).name} 第{place.lineno}行"
        f"（设环境变量 {_DEBUG}=1 再运行一次可看详情）"
    )


def _stop(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(2)


def careful(call: Callable[..., Any]) -> Callable[..., Any]:
    """Turn faults of definitions, roster and workspace into one sentence and exit code 2."""

    @functools.wraps(call)
    def safe(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any command
        from sxxt_excel.roster import RosterError
        from sxxt_excel.toml import DefinitionError
        from sxxt_excel.workspace import WorkspaceError

        try:
            return call(*args, **kwargs)
        except (DefinitionError, RosterError, WorkspaceError) as error:
            _stop(str(error))
        except PermissionError as error:
            name = Path(str(error.filename or "")).name
            _stop(f"写不了“{name}”：它可能正在Excel或WPS中打开，请关闭后再试")
        except FileNotFoundError as error:
            _stop(f"找不到“{error.filename or ''}”：请核对路径和文件名")
        except OSError as error:
            _stop(f"读写“{error.filename or '文件'}”没有成功：请核对路径，并看磁盘是否已满")

    return safe


def common(*used: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the common options; those a command has no use for are taken and not shown.

    Args:
        used: names of the parameters the command has: workspace, today, as_json, jobs, quiet.
    """

    def option(name: str, *flags: str, **how: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - click's
        shown = name in used
        return click.option(*flags, name, expose_value=shown, hidden=not shown, **how)

    options = (
        option(
            "workspace",
            "--workspace",
            "-w",
            type=click.Path(path_type=Path),
            metavar="文件夹",
            help="工作文件夹，默认从收件夹或当前文件夹往上找",
        ),
        option(
            "today", "--today", type=day, metavar="YYYY-MM-DD", help="当作今天的日期，如 2025-07-15"
        ),
        option("as_json", "--json", is_flag=True, help="只在标准输出打印JSON结果"),
        option(
            "jobs",
            "--jobs",
            type=whole(0, 256),
            default=0,
            metavar="N",
            help="同时读取的进程数，默认等于处理器数",
        ),
        option("quiet", "--quiet", "-q", is_flag=True, help="不显示进度和表格"),
    )

    def add(call: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(options):
            call = each(call)
        return call

    return add


def _space(workspace: Path | None, *others: Path) -> Workspace:
    from sxxt_excel.workspace import find_workspace

    return find_workspace(workspace) if workspace else find_workspace(*others, Path.cwd())


def _today(today: date | None, space: Workspace | None) -> date:
    if today is not None:
        return today
    if space is not None and space.settings.today is not None:
        return space.settings.today
    return _now().date()


def _now() -> datetime:
    """Return the time of day: the only place that asks for it."""
    from datetime import datetime

    from sxxt_excel.dates import TZ

    return datetime.now(TZ)


def _print_json(content: object) -> None:
    from sxxt_excel.store import to_json

    # UTF-8 whatever the console's own encoding: the result is for programs.
    sys.stdout.buffer.write((to_json(content) + "\n").encode())
    sys.stdout.flush()


@click.group("sxxt-excel", _Program, context_settings=_HELP)
@click.version_option(__version__, message="sxxt-excel %(version)s", help="显示版本号")
def cli() -> None:
    """下发模板、收集单位填好的Excel、逐格审核、汇总成总台账。

    最常用的一条：sxxt-excel collect inbox/
    某个命令怎么写：sxxt-excel collect --help
    """


@cli.command()
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
@click.option(
    "--regime", required=True, metavar="制度", help="依据的制度，如 tj-2017（见 sxxt-excel rules）"
)
@click.option(
    "--year", required=True, type=whole(2000, 2099), metavar="年份", help="收哪一年的材料，如 2025"
)
@common()
@careful
def init(folder: Path, regime: str, year: int) -> None:
    """新建工作文件夹：设置、待填的单位名册和收件登记。

    例：sxxt-excel init 责任清单2025 --regime tj-2017 --year 2025
    """
    from sxxt_excel.newspace import make_workspace

    (chosen,) = _regimes(regime)
    for path in make_workspace(folder, chosen, year):
        click.echo(
            f"已建 {path.relative_to(folder.parent) if folder.parent in path.parents else path}"
        )
    click.echo("下一步：填好《单位名册》，再运行 sxxt-excel issue")


@cli.command()
@click.option("--regime", metavar="制度", help="只出这一个制度的，默认全部")
@click.option("--out", type=click.Path(path_type=Path), metavar="文件夹", help="写到哪里")
@click.option("--check", is_flag=True, help="不写文件，只看现有模板是否过时；过时则退出码为1")
@common()
@careful
def templates(regime: str | None, out: Path | None, check: bool) -> int:
    """生成各套表的空白模板。

    例：sxxt-excel templates --regime tj-2017 --out 空白模板
    """
    from sxxt_excel.blanks import stale_templates, write_templates
    from sxxt_excel.places import templates_dir

    regimes = _regimes(regime)
    target = out or templates_dir()
    if check:
        stale = stale_templates(regimes, target)
        for name in stale:
            click.echo(f"已过时：{name}", err=True)
        return int(bool(stale))
    for path in write_templates(regimes, target):
        click.echo(f"已写 {path.parent.name}/{path.name}")
    return 0


def _regimes(only: str | None, extra: Path | None = None) -> tuple[Regime, ...]:
    from sxxt_excel.regime import load_regime, regime_ids
    from sxxt_excel.text import nearest
    from sxxt_excel.workspace import WorkspaceError

    known = regime_ids(extra)
    if only is not None and only not in known:
        near = nearest(only, known)
        hint = f"，是否指“{near}”" if near else ""
        raise WorkspaceError(f"没有“{only}”这个制度{hint}。现有：{'、'.join(known)}")
    return tuple(load_regime(i, extra) for i in ([only] if only else known))


@cli.command()
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
    from sxxt_excel.expected import owed, roster_faults
    from sxxt_excel.filed import filed_rows
    from sxxt_excel.issue import Desk, write_registers
    from sxxt_excel.issue import issue as issue_all
    from sxxt_excel.outputs.console import progress
    from sxxt_excel.roster import read_roster
    from sxxt_excel.workspace import COLLECTED, MASTER, WorkspaceError

    space = _space(workspace)
    regime = space.regime()
    roster, faults = read_roster(space.roster)
    items = owed(regime, space.settings, roster)
    problems = [*faults, *roster_faults(regime, space.settings, roster, items)]
    chosen = tuple(
        o
        for o in items
        if (o.obligation.packet == packet if packet else not o.latent)
        and (period is None or period in {o.period, o.obligation.period})
        and (not units or o.unit.name in units or o.unit.code in units)
    )
    kept = () if units or period else _registers(space, regime, roster, packet)
    if not chosen and not kept:
        raise WorkspaceError(
            "没有要下发的：请核对单位名册中的“单位类别”，或 --packet、--period、--unit 写得对不对"
        )
    filed = filed_rows(space.root / COLLECTED / MASTER, regime)
    desk = Desk(regime, space.settings, roster, filed)
    with progress_of(progress, silent=quiet or as_json) as track:
        done = issue_all(desk, chosen, space.issued, _today(today, space), track)
    made = write_registers(desk, kept, space.kept)
    if as_json:
        _print_json(
            [
                {
                    "path": d.path.relative_to(space.root).as_posix(), "issue": d.number,
                    "unit": d.unit, "filer": d.filer or None, "packet": d.packet,
                    "period": d.period, "new": d.fresh,
                }
                for d in done
            ]
        )  # fmt: skip
    elif not quiet:
        fresh = sum(d.fresh for d in done)
        click.echo(
            f"已下发{len(done)}份（新的或有变动的{fresh}份），在 下发/；登记见 下发/下发登记.csv"
        )
        if kept:
            click.echo(f"办公室自存的登记{len(kept)}种（新建{len(made)}种），在 自存/，不下发")
        _print_problems(problems)
    return 0


def _registers(
    space: Workspace, regime: Regime, roster: Roster, packet: str | None
) -> tuple[Owed, ...]:
    """Return the office's own registers to be laid out: none where they are not switched on."""
    from sxxt_excel.expected import kept_packets, registers
    from sxxt_excel.workspace import WorkspaceError

    if not space.settings.registers:
        if packet in kept_packets(regime, space.settings):
            raise WorkspaceError(
                f"“{packet}”由办公室自存，不下发；要用的请在 sxxt.toml 写 registers = true"
            )
        return ()
    items = registers(regime, space.settings, roster)
    return tuple(item for item in items if packet in {None, item.obligation.packet})


def _print_problems(problems: list[Any]) -> None:
    for found in problems:
        where = found.where
        place = " ".join(w for w in (where.path, where.sheet, where.cell) if w)
        click.echo(f"请核对 {place}：{found.message}。{found.remedy}。", err=True)


@cli.command()
@click.argument("inbox", metavar="收件夹", type=click.Path(path_type=Path))
@common("workspace", "today", "as_json", "jobs", "quiet")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="文件夹", help="把 汇总/ 和 回复/ 写到别处"
)
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
    from sxxt_excel.workspace import COLLECTED, RESULT, WorkspaceError

    if not inbox.is_dir():
        raise WorkspaceError(f"找不到收件夹“{inbox}”")
    space = _space(workspace, inbox)
    silent = quiet or as_json
    when = _today(today or as_of, space)
    with keeping(space, _now) as keeper:
        with progress_of(progress, silent=silent) as track:
            result = collect_all(
                space, inbox, when, jobs=jobs, progress=track, keeper=keeper, as_of=as_of
            )
        from sxxt_excel.publish import publish  # a pass reads while what it needs is loaded

        paths = publish(result, out or space.root)
        keeper.complete(len(result.files))
    if not silent:
        _print_run(keeper.interrupted, as_of)
    if as_json:
        _print_json(read_json(space.result if out is None else out / COLLECTED / RESULT))
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


def progress_of(progress: Any, *, silent: bool) -> Any:  # noqa: ANN401 - a context manager of ours
    """Return a context manager whose value starts a bar once the number of files is known."""
    from contextlib import ExitStack, contextmanager

    @contextmanager
    def late() -> Any:  # noqa: ANN401 - a generator of a callable
        with ExitStack() as stack:
            yield lambda total: stack.enter_context(progress(total, quiet=silent))

    return late()


@cli.command()
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

    space = _near(workspace, files[0])
    result = check_files(files, space, _today(today, space), jobs=jobs)
    if as_json:
        _print_json(result.to_json())
    elif not quiet:
        print_check(result, make_console())
    return result.exit_code


@cli.command()
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

    space = _space(workspace, Path(file).parent)
    when = _today(today, space)
    done = accept_one(space, file, by=by, reason=reason, until=until, today=when, at=_now())
    if as_json:
        _print_json(
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


@cli.command()
@click.argument("old", metavar="旧的一份", type=existing_file)
@click.argument("new", metavar="新的一份", type=existing_file)
@common("workspace", "today", "as_json", "jobs")
@careful
def diff(
    old: Path, new: Path, workspace: Path | None, today: date | None, as_json: bool, jobs: int
) -> None:
    """比较同一份材料的前后两份：增了哪几行、删了哪几行、哪一格改成了什么。

    例：sxxt-excel diff 责任任务清单0410.xlsx 责任任务清单0418.xlsx
    """
    from dataclasses import asdict

    from sxxt_excel.outputs.console import make_console, print_difference
    from sxxt_excel.versus import compare_files

    space = _near(workspace, new)
    found = compare_files(old, new, space, _today(today, space), jobs=jobs)
    if as_json:
        _print_json(asdict(found))
    else:
        print_difference(found, make_console())


def _near(workspace: Path | None, file: Path) -> Workspace | None:
    """Return the workspace a file lies in, None where it lies in none and none is named."""
    from sxxt_excel.workspace import WorkspaceError

    try:
        return _space(workspace, file.parent)
    except WorkspaceError:
        if workspace is not None:
            raise
        return None


@cli.command()
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

    space = _space(workspace)
    when = _today(today or as_of, space)
    rows = standing(space, when) if as_of is None else standing_then(space, as_of, when)
    if as_json:
        _print_json([expected_json(row) for row in rows])
    elif not quiet:
        print_status([row for row in rows if row.duty == "报送"], make_console())
    return int(stands(rows))


@cli.command()
@click.argument("code", metavar="编号")
@common()
@careful
def explain(code: str) -> int:
    """解释审核意见的编号：什么意思，怎么改。

    例：sxxt-excel explain V105
    """
    from sxxt_excel.outputs.console import make_console, print_explain

    return 0 if print_explain(code, make_console()) else 2


@cli.command()
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
        _print_json(found)
    else:
        print_rules(found, make_console())
    return 0


def _here(workspace: Path | None) -> tuple[Regime, ...]:
    """Return the workspace's regime, or outside of one all of them (ruling 11)."""
    from sxxt_excel.workspace import WorkspaceError

    try:
        space = _space(workspace)
    except WorkspaceError:
        if workspace is not None:
            raise
        return _regimes(None)
    return (space.regime(),)


def _check_definitions(workspace: Path | None) -> int:
    """Say that the definitions hold; what is wrong with one is raised and told by its file."""
    from sxxt_excel.outputs.reference import rules_list
    from sxxt_excel.settings import check_settings
    from sxxt_excel.workspace import WorkspaceError

    regimes = _here(workspace)
    with contextlib.suppress(WorkspaceError):
        check_settings(_space(workspace).settings, regimes[0])
    for regime in regimes:
        click.echo(
            f"{regime.id}：没有发现问题。套表{len(regime.packets)}种，表{len(regime.forms)}张，"
            f"规则{len(rules_list([regime]))}条"
        )
    return 0


@cli.command()
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
            _print_json(found)
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
        _print_json([row for row in forms_list(regime) if row["id"] == name])
    else:
        print_text(form_text(regime, name), make_console())


def main() -> None:
    """Run the command line."""
    multiprocessing.freeze_support()
    # A command lives for seconds and leaves millions of cells but hardly a cycle to search for.
    gc.disable()
    try:
        cli()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        code = 0
    # All is written and closed: the system takes the memory back at once, Python cell by cell.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # whoever was reading may have gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
