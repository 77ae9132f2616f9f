"""Attachments: whose each is, to which workbook it belongs, and what should have been a workbook.

A Word file, a PDF or a picture is an attachment, never a fault. Only where its name is that of
a workbook which has not come does its unit learn that a workbook is asked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sxxt_excel.findings import finding
from sxxt_excel.intake.parcel import INSIDE, last_name
from sxxt_excel.model.obligations import NEEDED, OWED
from sxxt_excel.outcome import FileRow, Finding, Where
from sxxt_excel.periods import period_span, period_word
from sxxt_excel.raw import Fault
from sxxt_excel.regime import COVER, EXPLANATIONS
from sxxt_excel.text import fold, split_several, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sxxt_excel.duties import Owed
    from sxxt_excel.model.obligations import Packet
    from sxxt_excel.model.regime import Regime
    from sxxt_excel.people import Unit
    from sxxt_excel.submissions import Submission

_NAMED, _BESIDE = "套表中的报告文件名", "同一邮件或压缩包中的套表"
_KINDS = (
    ("PDF文件", (".pdf", ".ofd")),
    ("Word文件", (".docx", ".doc", ".wps", ".odt", ".rtf")),
    ("图片", (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".heic")),
)
_REMARK = "(（"
_SHORT = 2
_ASKED = frozenset({OWED, NEEDED})
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class Office:
    """What attachments are held against: definitions, the workbooks that came, and duties.

    `owed_by` returns what a unit owes; `answered` are the keys of what has come.
    """

    regime: Regime
    submissions: Sequence[Submission]
    owed_by: Callable[[Unit], tuple[Owed, ...]]
    answered: frozenset[tuple[str | None, ...]]


def matched(
    rows: Iterable[FileRow], units: dict[str, Unit], office: Office
) -> tuple[tuple[FileRow, ...], tuple[Finding, ...]]:
    """Return the rows of attachments with whatever could be found out, and what is told.

    Args:
        rows: attachments, with the unit that path or sender names, if any.
        units: code → unit, the roster's.
        office: what they are held against.
    """
    links = _Links(_naming(office), _beside(office))
    done = [_match(row, units, links, office) for row in rows]
    return tuple(row for row, _ in done), tuple(f for _, told in done for f in told)


@dataclass(frozen=True, slots=True)
class _Links:
    """What ties documents to workbooks: who names them, and who came along with them."""

    named: dict[str, list[Submission]]
    beside: dict[str, set[tuple[str, str]]]


def _match(
    row: FileRow, units: dict[str, Unit], links: _Links, office: Office
) -> tuple[FileRow, list[Finding]]:
    belongs = _belongs(row, links.named)
    owned = _owned(row, belongs, links.beside)
    unit = units.get(owned.unit_code or "")
    if unit is None:
        return owned, [finding("I109", Where(path=row.path), basis=office.regime.cite(""))]
    if belongs:
        first = belongs[0]
        return replace(owned, packet=first.packet.id, period=first.period), []
    return _by_name(owned, unit, office)


def meant(row: FileRow, unit: Unit, office: Office) -> list[Owed]:
    """Return the duties of a unit that the name of a file speaks of."""
    return _meant(_stem(row), office.owed_by(unit), office.regime)


def meant_in_short(row: FileRow, unit: Unit, office: Office) -> list[Owed]:
    """Return the same for a workbook, of which less has to be said: 上半年报告 can be but one."""
    named = meant(row, unit, office)
    if named:
        return named
    said = _stem(row)
    of_kind = (o for o in office.owed_by(unit) if _short(o.obligation.packet) in said)
    items = [o for o in _of_year(of_kind, said) if fold(period_word(o.period)) in said]
    return items if len({(o.obligation.packet, o.period) for o in items}) == 1 else []


def _stem(row: FileRow) -> str:
    return fold(PurePosixPath(last_name(row.path)).stem)


def _short(packet: str) -> str:
    """Return the word that says which kind of paper a packet is: 落实情况报告 is a 报告."""
    return _bare(packet)[-_SHORT:]


# ---- whose it is ------------------------------------------------------------------


def _naming(office: Office) -> dict[str, list[Submission]]:
    """Return which workbooks name a document in a cell for that, by its folded name."""
    found: dict[str, list[Submission]] = defaultdict(list)
    for submission in office.submissions:
        forms = {form.id: form for form in submission.forms}
        for table in submission.extract.tables:
            form = forms.get(table.form)
            for field in form.of_kind("file") if form is not None else ():
                for raw in table.columns.get(field.name, ()):
                    if raw is not None and not isinstance(raw, Fault):
                        for name in _names(to_text(raw)):
                            found[name].append(submission)
    return found


def _names(said: str) -> set[str]:
    """Return what a cell may call documents: it as a whole or its parts, with suffix or without."""
    words = (said, *split_several(said))
    return {fold(name) for word in words for name in (word, PurePosixPath(word).stem)}


def _belongs(row: FileRow, named: dict[str, list[Submission]]) -> list[Submission]:
    """Return the workbooks that name a document, its own unit's if that is known."""
    name = PurePosixPath(last_name(row.path))
    found = {
        submission.number: submission
        for word in (name.name, name.stem)
        for submission in named.get(fold(word), ())
        if row.unit_code in {None, submission.unit_code}
    }
    return [found[number] for number in sorted(found)]


def _beside(office: Office) -> dict[str, set[tuple[str, str]]]:
    """Return (code, name) of the units whose workbooks came in a mail or archive, by its path."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for submission in office.submissions:
        if submission.unit is not None:
            for container in _containers(submission.path):
                found[container].add((submission.unit.code, submission.unit.name))
    return found


def _containers(path: str) -> Iterator[str]:
    """Yield the mails and archives that something came in, the innermost first."""
    while INSIDE in path:
        path = path.rpartition(INSIDE)[0]
        yield path


def _owned(
    row: FileRow, belongs: list[Submission], beside: dict[str, set[tuple[str, str]]]
) -> FileRow:
    """Return an attachment with its unit: who names it, else whose workbooks it came with."""
    if row.unit_code is not None:
        return row
    by_cell = {(s.unit.code, s.unit.name) for s in belongs if s.unit is not None}
    with_it = next((beside[c] for c in _containers(row.path) if c in beside), set())
    for units, evidence in ((by_cell, _NAMED), (with_it, _BESIDE)):
        if len(units) == 1:
            code, name = next(iter(units))
            return replace(row, unit=name, unit_code=code, evidence=evidence)
    return row


# ---- which workbook it should have been -------------------------------------------


def _by_name(row: FileRow, unit: Unit, office: Office) -> tuple[FileRow, list[Finding]]:
    """Return an attachment with the packet that its name says, and that it is no workbook."""
    items = meant(row, unit, office)
    if not items:
        return row, []
    missing = [
        item
        for item in items
        if item.duty in _ASKED and not item.latent and item.waiver is None
        and item.key not in office.answered
    ]  # fmt: skip
    item = _next(missing or items, row)
    row = replace(row, packet=item.obligation.packet, period=item.period)
    if item not in missing:
        return row, []
    where = Where(path=row.path, unit=unit.name, unit_code=unit.code)
    basis = office.regime.cite(item.obligation.basis)
    words = {"title": item.title, "packet": item.obligation.packet}
    return row, [finding("I119", where, got=_kind(row.path), basis=basis, words=words)]


def _meant(said: str, owed: Iterable[Owed], regime: Regime) -> list[Owed]:
    """Return the duties that a folded name speaks of: by packet, then period, year and filer."""
    likeness = [(item, _likeness(said, item, regime)) for item in owed]
    most = max((length for _, length in likeness), default=0)
    items = [item for item, length in likeness if length == most > 0]
    items = _of_year(items, said)
    items = [o for o in items if fold(period_word(o.period)) in said] or items
    return [o for o in items if o.filer is None or fold(o.filer.label) in said]


def _of_year(items: Iterable[Owed], said: str) -> list[Owed]:
    years = set(_YEAR.findall(said))
    return [o for o in items if not years or o.period[:4] in years]


def _likeness(said: str, item: Owed, regime: Regime) -> int:
    """Return how long a word of the packet stands in a folded name; 0 where none does."""
    packet = regime.packet(item.obligation.packet)
    return max((len(word) for word in _called(packet, regime) if word in said), default=0)


def _called(packet: Packet, regime: Regime) -> Iterator[str]:
    """Yield what people call a packet: its name without a remark, and its lists by theirs."""
    yield _bare(packet.id)
    for form in regime.sheets(packet.id):
        if form.id not in {COVER, EXPLANATIONS} and form.key is not None:
            yield fold(form.id)


def _bare(packet: str) -> str:
    """Return the name of a packet without a remark in brackets, folded."""
    for mark in _REMARK:
        packet = packet.partition(mark)[0]
    return fold(packet)


def _next(items: list[Owed], row: FileRow) -> Owed:
    """Return the duty that a file which came then was meant for: the last that had begun."""
    begun = [o for o in items if period_span(o.period)[0].isoformat() <= row.receipt.at[:10]]
    latest = max(begun, key=lambda o: period_span(o.period)[0], default=None)
    return latest or min(items, key=lambda o: period_span(o.period)[0])


def _kind(path: str) -> str:
    suffix = PurePosixPath(last_name(path)).suffix.lower()
    return next((kind for kind, suffixes in _KINDS if suffix in suffixes), f"{suffix}文件")
