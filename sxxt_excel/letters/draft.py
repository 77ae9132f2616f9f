"""A letter → an .eml that a mail program opens as a message not sent yet.

Equal letters give equal bytes: no date, no message id, and boundaries that follow from the id.
Put together by hand: the form never varies, and thousands are written in a pass.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from email.header import Header
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sxxt_excel.letters.letter import Letter

ID, UNIT, KIND, UNSENT = "X-Sxxt-Letter", "X-Sxxt-Unit", "X-Sxxt-Kind", "X-Unsent"
"""Headers of ours: what a letter is about, to whom, of which kind; the mark of a draft."""
_SUM = "X-Sxxt-Sum"
_SUM_LINE = re.compile(rf"^{_SUM}: ([0-9a-f]{{64}})\r\n".encode(), re.MULTILINE)

SUFFIX = ".eml"
_KINDS = MappingProxyType({
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xltx": "vnd.openxmlformats-officedocument.spreadsheetml.template",
    ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
    ".xltm": "vnd.ms-excel.template.macroEnabled.12",
})  # fmt: skip
_LINE = "\r\n"
_WIDTH = 74
"""Up to so many characters a header line is never folded."""


def draft(letter: Letter) -> bytes:
    """Return the draft of a letter, with what is attached.

    Raises:
        OSError: an attachment can't be read.
    """
    texts = (_text("plain", letter.text), _text("html", letter.html))
    body = _multipart("alternative", letter.id, texts)
    if letter.attachments:
        parts = (body, *map(_attachment, letter.attachments))
        body = _multipart("mixed", letter.id, parts)
    head = "".join(f"{line}{_LINE}" for line in _heads(letter)).encode("ascii")
    return head + f"{_SUM}: {sha256(head + body).hexdigest()}{_LINE}".encode() + body


def is_as_written(data: bytes) -> bool:
    """Tell a draft to which nobody has changed anything since it was written."""
    said = _SUM_LINE.search(data, 0, max(data.find(b"\r\n\r\n"), 0))
    if said is None:
        return False
    rest = data[: said.start()] + data[said.end() :]
    return sha256(rest).hexdigest() == said[1].decode()


def _heads(letter: Letter) -> Iterator[str]:
    yield "MIME-Version: 1.0"
    yield f"{UNSENT}: 1"
    if letter.addresses:
        yield f"To: {f',{_LINE} '.join(letter.addresses)}"
    yield _head("Subject", letter.subject)
    yield f"{ID}: {letter.id}"
    yield _head(UNIT, letter.code)
    yield _head(KIND, letter.kind)


@lru_cache(maxsize=64)
def _head(name: str, text: str) -> str:
    """Return a header line with any text: on one line, encoded where it is not ASCII."""
    plain = " ".join(text.split())
    if plain.isascii() and len(name) + len(plain) < _WIDTH:
        return f"{name}: {plain}"
    charset = "us-ascii" if plain.isascii() else "utf-8"
    words = Header(plain, charset, header_name=name).encode(linesep=_LINE)
    return f"{name}: {words}"


def _multipart(kind: str, name: str, parts: tuple[bytes, ...]) -> bytes:
    boundary = f"=_{name}_{kind}"
    between = f"--{boundary}{_LINE}".encode()
    return b"".join((
        f'Content-Type: multipart/{kind};{_LINE} boundary="{boundary}"{_LINE}{_LINE}'.encode(),
        *(piece for part in parts for piece in (between, part, _LINE.encode())),
        f"--{boundary}--{_LINE}".encode(),
    ))  # fmt: skip


def _text(kind: str, text: str) -> bytes:
    words = text.replace("\n", _LINE).encode("utf-8", "replace")
    return _coded(f'Content-Type: text/{kind}; charset="utf-8"', words)


def _attachment(path: Path) -> bytes:
    """Return a file as a part whose name old and new mail programs read alike."""
    kind = _KINDS.get(path.suffix.lower(), "octet-stream")
    old = Header(path.name, "utf-8").encode(linesep=_LINE)
    lines = (
        f"Content-Type: application/{kind};",
        f' name="{old}"',
        "Content-Disposition: attachment;",
        f" filename*=utf-8''{quote(path.name, safe='')}",
    )
    return _coded(_LINE.join(lines), path.read_bytes())


def _coded(heads: str, content: bytes) -> bytes:
    head = f"{heads}{_LINE}Content-Transfer-Encoding: base64{_LINE}{_LINE}"
    return head.encode("ascii") + encodebytes(content).replace(b"\n", _LINE.encode())
