"""What a look at a workbook is limited by, and what it ends in: facts, or a refusal."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sxxt_excel.formats.sniff import Kind

__all__ = [
    "CLASSIFIED",
    "MIB",
    "PRODUCT",
    "UNOPENED",
    "Found",
    "Limits",
    "Look",
    "Refusal",
    "RefusalCode",
    "RefusedError",
    "check_box",
]

RefusalCode = Literal[
    "F101", "F102", "F103", "F104", "F105", "F106", "F107", "F112", "F113",
    "F114", "F115", "F116", "F117", "F118", "F119",
    "F120", "F121", "F122", "F123", "F124", "F125", "F126", "F127", "F128",
    "F130",
]  # fmt: skip

CLASSIFIED: RefusalCode = "F112"
"""It bears a secrecy marking: it is not read, not copied, and nothing is sent about it."""
UNOPENED: RefusalCode = "F130"
"""This computer can't open it: no fault of the unit's, which is told nothing of it."""
PRODUCT = "sxxt-excel："
"""Begins the category, a property of the document, of outputs that are no submission."""
MIB = 1024 * 1024
# Text that repeats itself packs far better than the limit allows; below this it harms nobody.
_RATIO_FLOOR = 16 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes, counts, the box of cells of one sheet, time and memory.

    ``entries`` holds for what one archive lists, ``nesting`` for archives and mails in each other.
    """

    file_bytes: int = 50 * MIB
    unpacked_bytes: int = 300 * MIB
    ratio: int = 200
    entries: int = 2000
    rows: int = 100_000
    columns: int = 500
    cells: int = 2_000_000
    seconds: float = 60.0
    memory_bytes: int = 4096 * MIB
    nesting: int = 4

    def is_bloated(self, unpacked: int, packed: int) -> bool:
        """Tell an archive that holds more than its size can honestly be."""
        return unpacked > max(_RATIO_FLOOR, self.ratio * packed)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not read: a finding code of family F1 and one short Chinese fact, or ""."""

    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the package shows without being read. Cells are (sheet name, "C7").

    Cell pictures and ``struck_rows``, whose text is struck out, are known for xlsx and its kin.
    ``hidden_columns`` and ``merged`` are (sheet name, ranges) with positions from 1; ``merged``
    only where the reader does not tell.
    ``scripts``: a formula or link would run something. ``gbk``: its texts are in GBK, which the
    reader does not know.
    ``pictures`` counts the pictures stored in the package. ``margins`` are the texts of page
    heads, page feet and text boxes that speak of 密, codes of fonts and fields taken out.
    ``product`` is what of our own outputs it says to be, or "".
    """

    kind: Kind
    errors: tuple[tuple[str, str, str], ...] = ()
    uncalculated: tuple[tuple[str, str], ...] = ()
    cell_pictures: tuple[tuple[str, str], ...] = ()
    hidden_rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    pictures: int = 0
    macros: bool = False
    external_links: bool = False
    dde: bool = False
    margins: tuple[str, ...] = ()
    hidden_columns: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    merged: tuple[tuple[str, tuple[tuple[int, int, int, int], ...]], ...] = ()
    scripts: bool = False
    gbk: bool = False
    product: str = ""
    struck_rows: tuple[tuple[str, tuple[int, ...]], ...] = ()


class RefusedError(Exception):
    """Carries a refusal up to ``package.inspect``, which lets none out."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.refusal = Refusal(code, detail)


@dataclass(slots=True)
class Found:
    """What the sheets of one workbook have shown so far; ``zeros``: formulas that say 0 or ""."""

    errors: list[tuple[str, str, str]] = field(default_factory=list)
    uncalculated: list[tuple[str, str]] = field(default_factory=list)
    zeros: list[tuple[str, str]] = field(default_factory=list)
    cell_pictures: list[tuple[str, str]] = field(default_factory=list)
    hidden_rows: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    hidden_columns: list[tuple[str, tuple[tuple[int, int], ...]]] = field(default_factory=list)
    merged: list[tuple[str, tuple[tuple[int, int, int, int], ...]]] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)
    struck_rows: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    calculated: bool = False
    dde: bool = False
    scripts: bool = False

    def close(  # noqa: PLR0913, PLR0917 - all that a sheet of records comes to
        self,
        sheet: str,
        rows: Collection[int],
        columns: Collection[int],
        hidden: Iterable[int],
        spans: Collection[tuple[int, int]],
        limits: Limits,
    ) -> None:
        """Note what is hidden of a sheet, all counted from 1; RefusedError where it is too large.

        Args:
            sheet: its name.
            rows: those with a cell that holds something.
            columns: the same.
            hidden: rows; of these only such as hold something are told.
            spans: hidden columns (first, last).
            limits: rows, columns and cells.
        """
        check_box(sheet, rows, columns, limits)
        filled = tuple(row for row in hidden if row in rows)
        if filled:
            self.hidden_rows.append((sheet, filled))
        if spans:
            self.hidden_columns.append((sheet, tuple(spans)))

    def look(  # noqa: PLR0913 - facts of the file beside those of its sheets
        self,
        kind: Kind,
        *,
        pictures: int = 0,
        macros: bool = False,
        external_links: bool = False,
        dde: bool = False,
        gbk: bool = False,
        never_opened: bool = False,
        product: str = "",
    ) -> Look:
        """Return all of it as a look; where nobody opened the file, its zeros are no results."""
        return Look(
            kind,
            errors=tuple(self.errors),
            uncalculated=tuple(self.uncalculated + (self.zeros if never_opened else [])),
            cell_pictures=tuple(self.cell_pictures),
            hidden_rows=tuple(self.hidden_rows),
            hidden_columns=tuple(self.hidden_columns),
            merged=tuple(self.merged),
            struck_rows=tuple(self.struck_rows),
            margins=tuple(self.margins),
            pictures=pictures,
            macros=macros,
            external_links=external_links,
            dde=dde or self.dde,
            scripts=self.scripts,
            gbk=gbk,
            product=product,
        )


def check_box(sheet: str, rows: Collection[int], columns: Collection[int], limits: Limits) -> None:
    """Refuse a sheet whose filled cells (their rows and columns) span more than the limits."""
    if not rows:
        return
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height > limits.rows:
        raise RefusedError("F106", f"表“{sheet}”的内容散布在 {height} 行中（至第 {max(rows)} 行）")
    if width > limits.columns:
        raise RefusedError("F106", f"表“{sheet}”的内容散布在 {width} 列中")
    if height * width > limits.cells:
        raise RefusedError("F106", f"表“{sheet}”的内容占 {height} 行 {width} 列")
