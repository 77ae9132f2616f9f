"""Mutated workbooks: no traceback, no hang, no file without a status, nothing written outside.

A few seconds here; `SXXT_FUZZ=600 python -m pytest -n0 tests/test_fuzz.py` goes on for ten minutes.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import time
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pytest
from bytewise import record, xls, xlsb
from inprocess import reading_here
from world import make_world, settle, touch

from sxxt_excel.engine import Death, map_files
from sxxt_excel.formats.odf import as_ods
from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import Book, read_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Mutation = Callable[[random.Random, bytes], bytes]

SECONDS = float(os.environ.get("SXXT_FUZZ", "4"))
# A mutated file must not hang anything; by hand the test is as long as it is asked to be.
pytestmark = pytest.mark.timeout(SECONDS * 10 + 300)

SEED = int(os.environ.get("SXXT_FUZZ_SEED", "20250305"))
EACH = 5.0
LIMITS = Limits(unpacked_bytes=50 << 20, rows=5000, cells=200_000)


# ---- mutations ----------------------------------------------------------------------


def flipped(chance: random.Random, data: bytes) -> bytes:
    """Change some bits."""
    raw = bytearray(data)
    for _ in range(chance.choice((1, 3, 40))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def cut(chance: random.Random, data: bytes) -> bytes:
    """Lose the end, or a piece in the middle."""
    a, b = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:a] if chance.random() < 0.5 else data[:a] + data[b:]


def doubled(chance: random.Random, data: bytes) -> bytes:
    """Say a piece twice."""
    a, b = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:b] + data[a:b] + data[b:]


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def swapped(chance: random.Random, data: bytes) -> bytes:
    """Let two parts stand for each other, or one be missing, or all have bad names."""
    parts = members(data)
    names = list(parts)
    a, b = chance.choice(names), chance.choice(names)
    what = chance.randrange(3)
    if what == 0:
        parts[a], parts[b] = parts[b], parts[a]
    elif what == 1:
        del parts[a]
    else:
        parts[chance.choice(("../../x.xml", "C:\\x.xml", "/x", "con", "xl/" * 60))] = parts.pop(a)
    return zipped(parts)


_WORDS = (
    b"1048576", b"-1", b"99999999999999999999", b"XFD1048576", b"A0", b"", b"NaN", b"1e400", b"s",
    b"e", b"shared", b"\xff\xfe", b"&#0;", b"&x;", b"<c>", b"</c>", b"<!--", b"]]>", b"true",
)  # fmt: skip


def edited(chance: random.Random, data: bytes) -> bytes:
    """Change attributes, numbers and tags of one part of XML at random."""
    parts = members(data)
    name = chance.choice([n for n in parts if n.endswith((".xml", ".rels"))])
    text = parts[name]
    for _ in range(chance.choice((1, 5))):
        places = [m.span() for m in re.finditer(rb'(?<=")[^"<>]*(?=")|\d+|</?[\w:]+>', text)]
        if places:
            a, b = chance.choice(places)
            text = text[:a] + chance.choice(_WORDS) + text[b:]
    parts[name] = text
    return zipped(parts)


BYTES = (flipped, cut, doubled)
PARTS = (*BYTES, swapped, edited)


def sources() -> dict[str, tuple[bytes, tuple[Mutation, ...]]]:
    """Each kind of workbook that is read, and what may be done to it."""
    rows: list[list[str | float]] = [["责任主体", "项目编号", "工作项目"]]
    rows += [["领导班子", n, "内容"] for n in range(30)]
    table = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
            for v in row
        )
        + "</table:table-row>"
        for row in rows
    )
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    flat = (
        f'<office:document-content xmlns:office="{odf}:office:1.0" xmlns:table="{odf}:table:1.0"'
        f' xmlns:text="{odf}:text:1.0"><office:body><office:spreadsheet><table:table'
        f' table:name="责任清单">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    error = record(0x205, bytes.fromhex("0300010000002a01"))
    return {
        "xls": (xls({"责任清单": rows}, more=[error]), BYTES),
        "biff5.xls": (xls({"责任清单": rows}, old=True), BYTES),
        "xlsb": (xlsb({"责任清单": rows}), PARTS),
        "ods": (as_ods(flat.encode()), PARTS),
    }


def mutations(issued: bytes, seconds: float) -> Iterator[tuple[str, bytes]]:
    """Yield mutated workbooks by name until the time is over."""
    chance = random.Random(SEED)  # noqa: S311 - the same damage every time
    kinds = {**sources(), "xlsx": (issued, PARTS)}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        suffix = chance.choice(("xlsx", "xlsx", *kinds))
        data, ways = kinds[suffix]
        way = chance.choice(ways)
        mutated = data
        for _ in range(chance.choice((1, 1, 2))):
            with contextlib.suppress(zipfile.BadZipFile, KeyError, NotImplementedError):
                mutated = way(chance, mutated) if mutated else mutated  # all may be cut away
        yield f"{way.__name__}.{suffix}", mutated


# ---- tests --------------------------------------------------------------------------


def test_no_mutated_workbook_ends_more_than_its_own_reading(tmp_path):
    world = make_world(tmp_path / "office")
    (issued, *_) = world.issue("责任任务清单")
    batch = list(mutations(issued.read_bytes(), SECONDS / 6))
    reader = partial(_read, limits=LIMITS)
    answers = [a for _, a in map_files(reader, batch, jobs=2, seconds=EACH, memory_bytes=2 << 30)]
    assert len(answers) == len(batch) > 5
    for (name, _), answer in zip(batch, answers, strict=True):
        assert isinstance(answer, str | Death), name
        assert not (isinstance(answer, Death) and answer.reason == "timeout"), name
    assert {"book", "refusal"} <= {a for a in answers if isinstance(a, str)}


def _read(item: tuple[str, bytes], limits: Limits) -> str:
    name, data = item
    answer = read_book(data, name, limits)
    assert isinstance(answer, Book | Refusal)
    return "book" if isinstance(answer, Book) else "refusal"


def test_every_mutated_file_of_an_inbox_has_a_status_and_nothing_is_written_outside(
    listed, tmp_path
):
    root = tmp_path / "office"
    world = listed(root)
    (first, *_) = sorted(world.inbox.glob("*.xlsx"))
    names = []
    for number, (name, data) in enumerate(mutations(first.read_bytes(), SECONDS / 12)):
        path = world.inbox / f"{number:04}{name}"
        path.write_bytes(data)
        touch(path)
        names.append(path.name)
        if SECONDS < 60 and number >= 40:
            break
    originals = {p: p.read_bytes() for p in world.inbox.iterdir()}
    before = set(tmp_path.rglob("*"))
    result = world.collect(jobs=2, write=True)
    rows = {f.path: f.status for f in result.files}
    assert {name.partition("!")[0] for name in rows} == {p.name for p in originals}
    told = {f.where.path for f in result.findings}
    assert all(status == "accepted" or name in told for name, status in rows.items())
    for finding in result.findings:
        assert not re.search(r"Traceback|Error|Exception|None|nan\b", finding.message), finding
    assert {p: p.read_bytes() for p in world.inbox.iterdir()} == originals
    new = set(tmp_path.rglob("*")) - before
    allowed = {root / "汇总", root / "回复"}
    assert all(p in allowed or allowed & set(p.parents) for p in new), new


def test_a_hanging_or_hungry_file_has_its_code(listed, tmp_path, monkeypatch):
    world = listed(tmp_path / "office")
    settle(world.root, ("seconds = 60", "seconds = 7"), ("memory_mb = 4096", "memory_mb = 900"))
    given: dict[str, float] = {}
    reasons: Iterator[Literal["timeout", "memory"]] = iter(("timeout", "memory"))

    def dying(
        _func: object, items: tuple[object, ...], **options: Any
    ) -> Iterator[tuple[int, Death]]:
        given.update(options)
        for number, _ in enumerate(items):
            yield number, Death(next(reasons))

    with reading_here():
        monkeypatch.setattr("sxxt_excel.reading.map_files", dying)
        result = world.collect()
    assert (given["seconds"], given["memory_bytes"]) == (7.0, 900 << 20)
    messages = {f.message for f in result.findings if f.code == "F106"}
    assert messages == {"文件超出读取限额（读取超时）", "文件超出读取限额（读取时内存不够）"}
