"""TOML tables read strictly: a wrong key or type is refused with file, key and advice."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeVar

from sxxt_excel.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T", str, bool, int, list[Any], dict[str, Any])
_WORDS: dict[type, str] = {
    str: "加引号的文字",
    bool: "true 或 false",
    int: "整数",
    list: "方括号列表",
    dict: "花括号或 [表] 形式的内容",
}
_PLACE = re.compile(r"at line (\d+), column (\d+)")


class DefinitionError(Exception):
    """A faulty definition; its text names file and key and says what to write instead."""

    def __init__(self, file: str, key: str, fault: str, advice: str) -> None:
        """Compose the one sentence a clerk reads."""
        self.file, self.key, self.fault, self.advice = file, key, fault, advice
        at = f"{file}：{key}" if key else file
        super().__init__(f"{at}：{fault}。{advice}")


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Return the content of a TOML file, `name` being what messages call it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = f"第{place[1]}行第{place[2]}个字附近" if place else "文件末尾"
        raise DefinitionError(
            name,
            where,
            "写法不对，读不下去",
            "请检查引号、括号是否成对，等号左边的中文是否加了引号，同一个键是否写了两次",
        ) from error
    except PermissionError as error:
        raise DefinitionError(
            name, "", "打不开", "请核对它的读取权限，关闭正在使用它的程序后再试"
        ) from error
    except UnicodeDecodeError as error:
        raise DefinitionError(
            name, "", "不是UTF-8编码", "请用记事本打开，另存为，编码选UTF-8"
        ) from error


def shown(value: object) -> str:
    """Return a value as its writer knows it from the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    return "一张表" if isinstance(value, dict) else str(value)


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table with its address; each getter takes a key out and checks its type."""

    data: dict[str, Any]
    file: str
    at: str

    def fault(self, key: str, fault: str, advice: str) -> DefinitionError:
        """Return the error for one key of this table."""
        return DefinitionError(self.file, f"{self.at}{key}", fault, advice)

    def get(self, key: str, kind: type[T], default: T) -> T:
        """Take the value of `key`, or the default where it is absent."""
        if key not in self.data:
            return default
        value = self.data.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fault(key, f"写的是 {shown(value)}", f"这里要写{_WORDS[kind]}")
        return value

    def need(self, key: str, kind: type[T]) -> T:
        """Take the value of `key`; its absence is a fault."""
        if key not in self.data:
            raise self.fault(key, "没有写", f"请补上，这里要写{_WORDS[kind]}")
        return self.get(key, kind, kind())

    def between(self, key: str, default: int, low: int, high: int) -> int:
        """Take a whole number from `low` to `high`."""
        value = self.get(key, int, default)
        if not low <= value <= high:
            raise self.fault(key, f"写的是 {value}", f"应在 {low} 到 {high} 之间")
        return value

    def sentence(self, key: str, allowed: Iterable[str]) -> str:
        """Take a sentence with {places} to be filled in, each one of `allowed`."""
        text, known = self.need(key, str), tuple(allowed)
        ask = f"花括号里可以写：{'、'.join(known)}"
        try:
            places = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise self.fault(key, f"“{text}”的花括号不成对", ask) from error
        for name in places:
            if name not in known:
                raise self.fault(key, f"不认识 {{{name}}}", ask)
        return text

    def words(self, key: str) -> tuple[str, ...]:
        """Take a list of words (absent: empty); a single word stands for a list of one."""
        value = self.data.pop(key, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fault(key, f"写的是 {shown(value)}", '这里要写文字的列表，如 ["甲", "乙"]')
        return tuple(value)

    def conditions(self, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Take a table of field → allowed values, in the order written."""
        inner = self.table(key)
        found = tuple((name, inner.words(name)) for name in tuple(inner.data))
        inner.done(())
        return found

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Take a word of a closed set."""
        value = self.need(key, str) if default is None else self.get(key, str, default)
        choices = tuple(allowed)
        if value not in choices:
            near = nearest(value, choices)
            hint = f"，是否想写“{near}”" if near else ""
            raise self.fault(key, f"写的是“{value}”", f"可以写的有：{'、'.join(choices)}{hint}")
        return value

    def table(self, key: str) -> Table:
        """Take a nested table (absent: empty)."""
        return Table(dict(self.get(key, dict, {})), self.file, f"{self.at}{key}.")

    def tables(self, key: str) -> tuple[Table, ...]:
        """Take an array of tables, each addressed by its id or name where it has one."""
        items = self.data.pop(key, [])
        if not isinstance(items, list):
            raise self.fault(key, f"写的是 {shown(items)}", f"每一项写成 [[{key}]]，两层方括号")
        found = []
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                raise self.fault(key, f"第{number}项不是表", f"每一项写成 [[{key}]]")
            name = item.get("id") or item.get("name") or f"第{number}个"
            found.append(Table(dict(item), self.file, f"{self.at}[[{key}]] {name} 的 "))
        return tuple(found)

    def unique(self, key: str, names: Iterable[str]) -> None:
        """Refuse a name that several tables of an array bear."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self.fault(
                    f"[[{key}]]", f"“{name}”写了两次", "请改成不重复的名称，或删去多余的"
                )
            seen.add(name)

    def done(self, known: Iterable[str]) -> None:
        """Refuse whatever key has not been taken; `known` helps to guess the one meant."""
        for key in self.data:
            near = nearest(key, known)
            hint = f"，是否想写“{near}”" if near else "，请删去或核对拼写"
            raise self.fault(key, "没有这个键", f"系统不认识它{hint}")
