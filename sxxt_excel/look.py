"""What a reading worker does with one file: bytes → digest and extract, or why not.

Imported by the workers, so nothing heavy may be imported here.
"""

from __future__ import annotations

import gc
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from sxxt_excel.package import Limits, Refusal, sniff
from sxxt_excel.read import read_book
from sxxt_excel.rollup import Rollup, read_rollup
from sxxt_excel.screen import marked_name, private_name, screened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sxxt_excel.extract import Extract, Remark
    from sxxt_excel.intake.folder import Parcel
    from sxxt_excel.model import Form

_BOOKS = frozenset({"xlsx", "xls", "ods"})
_PAPERS = frozenset(
    {"docx", "doc", "pptx", "ppt", "odt", "wps", "rtf", "pdf", "ofd", "image"}
)  # fmt: skip
_STRANGE = frozenset({"text", "html", "xml", "unknown", "mht"})
_BOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xls", ".ods", ".et", ".xlsb", ".csv"})
_SYSTEM = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What one file turned out to be: `kind`, and the extract of a workbook or a refusal.

    `private` tells of numbers of persons in the name of a paper.
    """

    kind: Literal["book", "paper", "system", "strange", "refused", "rollup"]
    sha256: str
    extract: Extract | None = None
    refusal: Refusal | None = None
    private: tuple[Remark, ...] = ()
    rollup: Rollup | None = None


_forms: Sequence[Form] = ()
_limits = Limits()


def prepare(forms: Sequence[Form], limits: Limits) -> None:
    """Give a worker the forms to look for and the limits; once a worker."""
    # What a reading leaves behind has no cycles: searching for them is a tenth of its time.
    gc.disable()
    global _forms, _limits
    _forms, _limits = forms, limits


def look_at(parcel: Parcel) -> Sight:
    """Return what a file is; raises nothing for any content."""
    try:
        data = Path(parcel.place).read_bytes()
    except OSError:
        return Sight("refused", "", refusal=Refusal("F102", "（没有读取权限或正被占用）"))
    digest = hashlib.sha256(data).hexdigest()
    kind = _other_kind(parcel.name, data)
    if kind == "system":
        return Sight(kind, digest)
    stem = Path(parcel.place).stem
    refusal = marked_name(stem)
    if refusal is not None:
        return Sight("refused", digest, refusal=refusal)
    private = private_name(stem)
    if kind is not None:
        return Sight(kind, digest, private=private)
    return _book(parcel.name, data, digest, private)


def _other_kind(name: str, data: bytes) -> Literal["system", "paper", "strange"] | None:
    """Return what kind of file it is if nobody meant it for a workbook."""
    if name.startswith(("~$", ".~", "._")) or name.lower() in _SYSTEM:
        return "system"
    if PurePosixPath(name).suffix.lower() in _BOOK_SUFFIXES:
        return None
    kind = sniff(data)
    if kind in _PAPERS:
        return "paper"
    return "strange" if kind in _STRANGE else None


def _book(name: str, data: bytes, digest: str, private: tuple[Remark, ...]) -> Sight:
    book = read_book(data, name, _limits)
    if isinstance(book, Refusal):
        return Sight("refused", digest, refusal=book)
    try:
        found = screened(book, _forms)
        if isinstance(found, Refusal):
            return Sight("refused", digest, refusal=found)
        below = read_rollup(book)
        if below is not None:
            if isinstance(below, Refusal):
                return Sight("refused", digest, refusal=below)
            return Sight("rollup", digest, rollup=below)
        if private:
            found = replace(found, private=(*private, *found.private))
        return Sight("book", digest, extract=found)
    except Exception:  # noqa: BLE001 - a workbook nobody thought of costs only itself
        return Sight("refused", digest, refusal=Refusal("F107"))
