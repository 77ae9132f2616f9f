"""TOML tables read strictly: a wrong key or type is refused with file, key and advice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sxxt_excel.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T", str, bool, int, list, dict)
_WORDS: dict[type, str] = {
    str: "加引号的文字",
    bool: "true 或 false",
    int: "整数",
    list: "方括号列表",
    dict: "花括号或 [表] 形式的内容",
}


class DefinitionError(Exception):
    """A faulty definition; its text names file and key and says what to write instead."""

    def __init__(self, file: str, key: str, fault: str, advice: str) -> None:
        """Compose the one sentence a clerk reads."""
        self.file, self.key, self.fault, self.advice = file, key, fault, advice
        super().__init__(f"{file}：{key}：{fault}。{advice}")


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """Return the content of a TOML file, `name` being what messages call it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            name,
            "整个文件",
            f"不是有效的TOML（{error}）",
            "检查引号、括号是否成对；中文的键要加引号",
        ) from error
    except UnicodeDecodeError as error:
        raise DefinitionError(
            name, "整个文件", "不是UTF-8编码", "用记事本另存为，编码选UTF-8"
        ) from error


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
            raise self.fault(key, f"写的是 {value!r}", f"这里要写{_WORDS[kind]}")
        return value

    def need(self, key: str, kind: type[T]) -> T:
        """Take the value of `key`; its absence is a fault."""
        if key not in self.data:
            raise self.fault(key, "没有写", f"请补上，这里要写{_WORDS[kind]}")
        return self.get(key, kind, kind())

    def words(self, key: str) -> tuple[str, ...]:
        """Take a list of words (absent: empty); a single word stands for a list of one."""
        value = self.data.pop(key, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fault(key, f"写的是 {value!r}", '这里要写文字的列表，如 ["甲", "乙"]')
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
        items = self.get(key, list, [])
        found = []
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                raise self.fault(key, f"第{number}项不是表", f"每一项写成 [[{key}]]")
            name = item.get("id") or item.get("name") or number
            found.append(Table(dict(item), self.file, f"{self.at}[[{key}]] {name} 的 "))
        return tuple(found)

    def done(self, known: Iterable[str]) -> None:
        """Refuse whatever key has not been taken; `known` helps to guess the one meant."""
        for key in self.data:
            near = nearest(key, known)
            hint = f"，是否想写“{near}”" if near else "，请删去或核对拼写"
            raise self.fault(key, "没有这个键", f"系统不认识它{hint}")
