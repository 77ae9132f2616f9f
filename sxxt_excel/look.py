"""What a reading worker does with one file: bytes → digest and extract, or why not.

Imported by the workers, so nothing heavy may be imported here.
"""

from __future__ import annotations

import gc
import hashlib
import stat
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sxxt_excel.formats.common import CLASSIFIED, UNOPENED
from sxxt_excel.formats.sniff import PAPERS, TEXTS
from sxxt_excel.intake.containers import CONTAINERS, Container, unpack
from sxxt_excel.intake.names import is_system_file, is_unfinished
from sxxt_excel.package import EXCEL_SUFFIXES, Limits, Refusal, sniff
from sxxt_excel.read import read_book
from sxxt_excel.rollup.reading import read_rollup
from sxxt_excel.screen import marked_folder, marked_name, private_name, screened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sxxt_excel.engine import Death
    from sxxt_excel.intake.containers import Unpacked
    from sxxt_excel.intake.parcel import Parcel
    from sxxt_excel.model.forms import Form
    from sxxt_excel.raw import Extract, Remark
    from sxxt_excel.read import Book
    from sxxt_excel.rollup.contents import Rollup

_BOOK_SUFFIXES = frozenset({*EXCEL_SUFFIXES, ".csv"})

# What a file claims to be by its suffix → what is told of one that is nothing of the kind.
_CLAIMS: Mapping[str, Refusal] = MappingProxyType(
    {
        **dict.fromkeys(
            (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"), Refusal("F118", "内容不是压缩包")
        ),
        **dict.fromkeys((".eml", ".msg", ".mbox"), Refusal("F124", "内容不是邮件")),
        **dict.fromkeys(
            (".xz", ".txz", ".bz2", ".tbz", ".zst", ".cab", ".lzh", ".lha", ".arj", ".iso"),
            Refusal("F116"),
        ),
    }
)

_LOST: Mapping[str, Refusal] = MappingProxyType(
    {
        "crash": Refusal("F107"),
        "timeout": Refusal("F106", "读取超时"),
        "memory": Refusal("F106", "读取时内存不够"),
    }
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one file turned out to be: `kind`, and the extract of a workbook or a refusal.

    `private` tells of numbers of persons in the name of a paper; `product` is which of our own
    outputs a workbook is that nobody is to send.
    """

    kind: Literal["book", "paper", "system", "strange", "refused", "rollup", "container", "product"]
    sha256: str
    extract: Extract | None = None
    refusal: Refusal | None = None
    private: tuple[Remark, ...] = ()
    rollup: Rollup | None = None
    unpacked: Unpacked | None = None
    product: str = ""


_forms: Sequence[Form] = ()
_limits = Limits()
_scratch: Path | None = None


def prepare(forms: Sequence[Form], limits: Limits, scratch: Path | None = None) -> None:
    """Give a worker the forms to look for, the limits, and where containers may be unpacked."""
    # What a reading leaves behind has no cycles: searching for them is a tenth of its time.
    gc.disable()
    global _forms, _limits, _scratch
    _forms, _limits, _scratch = forms, limits, scratch


def look_at(parcel: Parcel) -> Sight:
    """Return what a file is; raises nothing for any content."""
    if parcel.link:
        return Sight("refused", "", refusal=Refusal(UNOPENED, "只是指向别处的链接，不会打开"))
    place = Path(parcel.place)
    try:
        if _never_ends(place.stat().st_mode):
            return Sight("system", "")
        data = place.read_bytes()
    except OSError:
        return Sight("refused", "", refusal=Refusal(UNOPENED, "没有读取权限或正被占用"))
    digest = hashlib.sha256(data).hexdigest()
    seen = _seen(parcel, data, digest)
    if seen.kind not in {"refused", "strange"} or _is_marked(seen) or _scratch is None:
        return seen
    kind = sniff(data)
    if kind in CONTAINERS:
        return _unpacked(Container(parcel, kind, data, digest), _scratch, seen)
    return _by_name(parcel.name, seen)


def _never_ends(mode: int) -> bool:
    """Tell pipes, sockets and devices: to read one may last for ever. Folders merely refuse it."""
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _stem(parcel: Parcel) -> str:
    return PurePosixPath(parcel.said).stem


def _seen(parcel: Parcel, data: bytes, digest: str) -> Sight:
    kind = _other_kind(parcel.name, data)
    if kind == "system":
        return Sight(kind, digest)
    refusal = marked_name(_stem(parcel)) or marked_folder(parcel.path)
    if refusal is not None:
        return Sight("refused", digest, refusal=refusal)
    private = private_name(_stem(parcel))
    if kind is not None:
        return Sight(kind, digest, private=private)
    return _book(parcel.name, data, digest, private)


def _unpacked(outer: Container, scratch: Path, seen: Sight) -> Sight:
    """Return what came out; a workbook that merely looks like an archive stays what it was."""
    found = unpack(outer, _limits, scratch)
    if isinstance(found, Refusal):
        return seen if _is_book_name(outer.parcel.name) else replace(seen, refusal=found)
    return Sight("container", outer.digest, unpacked=found)


def lost(parcel: Parcel, death: Death) -> Sight:
    """Return what is seen of a file whose reader died on it, or ran out of time or memory.

    Its digest is made here, where nothing of it is read but its bytes: by it the file is known.
    """
    try:
        with Path(parcel.place).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        digest = ""
    return Sight("refused", digest, refusal=_LOST[death.reason])


def _other_kind(name: str, data: bytes) -> Literal["system", "paper", "strange"] | None:
    """Return what kind of file it is if nobody meant it for a workbook."""
    if name.startswith(("~$", ".~")) or is_system_file(name) or is_unfinished(name):
        return "system"
    if _is_book_name(name):
        return None
    kind = sniff(data)
    if kind in PAPERS:
        return "paper"
    return "strange" if kind in TEXTS or kind == "unknown" else None


def _is_marked(seen: Sight) -> bool:
    return seen.refusal is not None and seen.refusal.code == CLASSIFIED


def _by_name(name: str, seen: Sight) -> Sight:
    """Return what a file is whose content is no help: a piece of an archive, or none at all."""
    from sxxt_excel.intake.archives import is_volume  # noqa: PLC0415 - seldom needed

    if is_volume(name):
        return replace(seen, kind="refused", refusal=Refusal("F115"))
    claim = _CLAIMS.get(PurePosixPath(name).suffix.lower())
    if claim is None or seen.kind != "strange":
        return seen
    return replace(seen, kind="refused", refusal=claim)


def _is_book_name(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _BOOK_SUFFIXES


def _book(name: str, data: bytes, digest: str, private: tuple[Remark, ...]) -> Sight:
    book = read_book(data, name, _limits)
    if isinstance(book, Refusal):
        return Sight("refused", digest, refusal=book)
    try:
        found = screened(book, _forms)
        if isinstance(found, Refusal):
            return Sight("refused", digest, refusal=found)
        if private:
            found = replace(found, private=(*private, *found.private))
        return _ours(book, digest) or Sight("book", digest, extract=found)
    except Exception:  # noqa: BLE001 - a workbook nobody thought of costs only itself
        return Sight("refused", digest, refusal=Refusal("F107"))


def _ours(book: Book, digest: str) -> Sight | None:
    """Return what a workbook is that we wrote: a 上报版, or an output that nobody is to send."""
    below = read_rollup(book)
    if isinstance(below, Refusal):
        return Sight("refused", digest, refusal=below)
    if below is not None:
        return Sight("rollup", digest, rollup=below)
    return Sight("product", digest, product=book.product) if book.product else None
