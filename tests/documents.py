"""Reading what the papers' commands wrote, as a reader of documents and workbooks sees it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
from click.testing import CliRunner

from sxxt_excel.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*words: object) -> Result:
    """Type a command."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def said(*words: object) -> Any:
    """Type a command that succeeds, with --json, and return what it says."""
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def result_of(root: Path) -> dict[str, Any]:
    """Return result.json of a workspace."""
    found: dict[str, Any] = json.loads((root / "汇总/result.json").read_text(encoding="utf-8"))
    return found


def lines(path: Path) -> list[str]:
    """Return the paragraphs of a document, without those of its tables."""
    return [p.text for p in docx.Document(str(path)).paragraphs if p.text]


def tables(path: Path) -> list[list[list[str]]]:
    """Return the tables of a document as rows of texts."""
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(str(path)).tables
    ]


def text_of(path: Path) -> str:
    """Return every text of a document or workbook, headers too."""
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        heads = [p.text for s in document.sections for p in s.header.paragraphs]
        cells = [c for table in tables(path) for row in table for c in row]
        return "\n".join([*heads, *lines(path), *cells])
    book = openpyxl.load_workbook(path)
    values = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    return "\n".join(str(value) for value in values if value is not None)


def records(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet as heading → value."""
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    heads = [str(value) for value in next(rows)]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def digests(folder: Path) -> dict[str, str]:
    """Return name → sha256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
