"""How the command line speaks: click's help pages and complaints in plain Chinese.

The commands themselves are in commands/; these and cli.py are the only ones that know click.
Whatever goes wrong with a command is one sentence and exit code 2.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sxxt_excel.text import nearest, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PIECES = {
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 …",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
}
_DEBUG = "SXXT_EXCEL_DEBUG"
_HELP = "显示帮助并退出"
_LOOK = "用 --help 看怎么写"
# A word of letters stays whole; a closing mark never begins a line.
_TOKEN = re.compile(r"(?:[!-~]+|.)[，。、；：！？）”》]*")
_LEAST_TEXT = 20
PATH = click.Path(path_type=Path, readable=False)
"""A path as an argument. What can't be read is told, in Chinese, by whoever wants to read it."""


class _Formatter(click.HelpFormatter):
    """Help pages with Chinese headings, in columns that line up where a 字 is two cells."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_PIECES.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        margin = " " * self.current_indent
        room = max(self.width - self.current_indent, _LEAST_TEXT)
        for line in text.splitlines():
            for part in list(_wrapped(line, room)) or [""]:
                self.write(f"{margin}{part}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        pairs = [(first, second.replace("[required]", "（必填）")) for first, second in rows]
        column = max(min(width_of(first), col_max) for first, _ in pairs) + col_spacing
        margin = " " * self.current_indent
        room = max(self.width - self.current_indent - column, _LEAST_TEXT)
        for first, second in pairs:
            gap = " " * max(column - width_of(first), 1)
            lines = list(_wrapped(second, room))
            self.write(f"{margin}{first}{gap}{lines[0] if lines else ''}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{margin}{'':>{column}}{line}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help page is Chinese throughout."""

    context_class = _Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the name in the line “用法”."""
        return [_PIECES.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with its meaning in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


def day(value: str | date) -> date:
    """Return the day written 2025-07-15; click.BadParameter otherwise."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"写的是“{value}”，日期要写成 2025-07-15 的样子") from error


def whole(least: int, most: int) -> Callable[[str | int], int]:
    """Return what reads a whole number from `least` to `most`; click.BadParameter otherwise."""

    def number(value: str | int) -> int:
        text = str(value)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise click.BadParameter(f"写的是“{value}”，应是 {least} 到 {most} 的整数")

    return number


def one_of(words: Iterable[str]) -> Callable[[str], str]:
    """Return what reads one of some words; click.BadParameter otherwise."""
    known = tuple(words)

    def word(value: str) -> str:
        if value in known:
            return value
        raise click.BadParameter(f"写的是“{value}”，可以写的有：{'、'.join(known)}")

    return word


def existing_file(value: str | Path) -> Path:
    """Return the path of a file that is there; click.BadParameter otherwise."""
    path = Path(value)
    if path.is_dir():
        raise click.BadParameter(f"“{value}”是文件夹，这里要写文件")
    if not path.is_file():
        raise click.BadParameter(f"找不到文件“{value}”，请核对路径和文件名")
    return path


def sentence(error: click.ClickException) -> str:
    """Return what is wrong with a command line and what to do, in one sentence.

    A bare command without anything is no fault: it gets its help page.
    """
    match error:
        case click.exceptions.NoArgsIsHelpError(ctx=ctx) if ctx is not None:
            return ctx.get_help()
        case click.NoSuchOption():
            near = f"，是否指 {error.possibilities[0]}" if error.possibilities else ""
            return f"没有 {error.option_name} 这个选项{near}；用 --help 看有哪些选项"
        case click.MissingParameter():
            return f"还缺 {_name(error.param)}；{_LOOK}"
        case click.BadParameter():
            return f"{_name(error.param)} 写得不对：{error.message}"
        case click.BadOptionUsage():
            lacking = "requires" in error.message
            return f"{error.option_name} 后面{'还要' if lacking else '不用'}写内容；{_LOOK}"
        case _:
            return _other(error)


def _other(error: click.ClickException) -> str:
    """Tell apart what click raises as one kind: its message begins with what it is."""
    said = error.format_message()
    if said.startswith("Got unexpected extra argument"):
        extra = said.partition("(")[2].rpartition(")")[0]
        return f"多写了“{extra}”；路径中有空格的，请在两头加上引号"
    if said.startswith("No such command") and isinstance(error, click.UsageError):
        name = said.split("'")[1]
        group = error.ctx.command if error.ctx else None
        names = group.commands if isinstance(group, click.Group) else {}
        near = nearest(name, names)
        hint = f"，是否指 {near}" if near else ""
        return f"没有 {name} 这个命令{hint}；用 sxxt-excel --help 看有哪些命令"
    return f"命令写得不对；{_LOOK}"


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return max(param.opts, key=len) if isinstance(param, click.Option) else str(param.metavar)


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Yield a text in lines of at most `room` cells."""
    line = ""
    for token in _TOKEN.findall(text):
        if line and width_of(line + token) > room:
            yield line.rstrip()
            line = ""
        line += token if line else token.lstrip()
    if line:
        yield line


# ---- what every command has ----------------------------------------------------------


class Program(Group):
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


def _barred(path: str) -> str:
    """Return the sentence for what may not be read, or else not be written."""
    name = Path(path).name
    if os.path.exists(path) and not os.access(path, os.R_OK):  # noqa: PTH110 - never raises
        return f"读不了“{name}”：没有读取权限，请核对权限后再试"
    return f"写不了“{name}”：它可能正在Excel或WPS中打开，请关闭后再试"


def careful(call: Callable[..., Any]) -> Callable[..., Any]:
    """Turn faults of definitions, roster and workspace into one sentence and exit code 2."""

    @functools.wraps(call)
    def safe(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any command
        from sxxt_excel.officebook import RosterError  # noqa: PLC0415 - --help stays fast
        from sxxt_excel.toml import DefinitionError  # noqa: PLC0415 - the same
        from sxxt_excel.workspace import WorkspaceError  # noqa: PLC0415 - the same

        try:
            return call(*args, **kwargs)
        except (DefinitionError, RosterError, WorkspaceError) as error:
            _stop(str(error))
        except PermissionError as error:
            _stop(_barred(str(error.filename or "")))
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
            type=PATH,
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
