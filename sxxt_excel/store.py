"""Writing files whole: to a temporary name, then moved into place."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it.

    One that holds just this already is left alone: most replies of a second pass are such, and
    putting a file in the place of another waits for the disk.
    """
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
    os.replace(temporary, path)  # noqa: PTH105 - the atomic one


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON in UTF-8, readable by people too."""
    write_whole(path, (to_json(content) + "\n").encode())


def to_json(content: object) -> str:
    """Return JSON text as every output of ours has it: one line a record.

    Lines can be compared and searched, and writing them is much quicker than indenting.
    """
    if isinstance(content, dict):
        parts = (f"{_line(name)}: {_block(value)}" for name, value in content.items())
        return "{\n" + ",\n".join(parts) + "\n}"
    return _block(content)


def _block(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_line, value)) + "\n]"
    return _line(value)


# json.dumps would make an encoder for every line.
_line = json.JSONEncoder(ensure_ascii=False).encode


def read_json(path: Path) -> dict[str, Any] | None:
    """Return what a JSON file of ours holds; None where it is absent or can't be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
