"""How the command line speaks: click's help pages and complaints in plain Chinese.

The commands themselves are in cli.py; these two modules are the only ones that know click.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

from sxxt_excel.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PIECES = {
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 …",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
}
_HELP = "显示帮助并退出"
_LOOK = "用 --help 看怎么写"
# A word of letters stays whole; a closing mark never begins a line.
_TOKEN = re.compile(r"(?:[!-~]+|.)[，。、；：！？）”》]*")
_LEAST_TEXT = 20


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
        column = max(min(_cells(first), col_max) for first, _ in pairs) + col_spacing
        margin = " " * self.current_indent
        room = max(self.width - self.current_indent - column, _LEAST_TEXT)
        for first, second in pairs:
            gap = " " * max(column - _cells(first), 1)
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


def _cells(text: str) -> int:
    return sum(1 + (east_asian_width(char) in "WFA") for char in text)


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Yield a text in lines of at most `room` cells."""
    line = ""
    for token in _TOKEN.findall(text):
        if line and _cells(line + token) > room:
            yield line.rstrip()
            line = ""
        line += token if line else token.lstrip()
    if line:
        yield line
