"""A pass → letters: what came, what goes back, what is to be explained, what is passed.

One letter a unit and kind, whatever number of workbooks it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sxxt_excel.intake.parcel import INSIDE, last_name
from sxxt_excel.letters.letter import EXPLAIN, PASSED, RECEIPT, RETURN, letter_id
from sxxt_excel.letters.writer import called, material
from sxxt_excel.outcome import SLIP
from sxxt_excel.outputs.filings import filing_numbers, receipt_number
from sxxt_excel.outputs.grouping import group, tally
from sxxt_excel.outputs.shares import shares
from sxxt_excel.outputs.words import long_moment, matter, mend_by
from sxxt_excel.text import one_line, short

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sxxt_excel.letters.letter import Letter
    from sxxt_excel.letters.writer import Material, Writer
    from sxxt_excel.outcome import FileRow
    from sxxt_excel.outputs.grouping import Group
    from sxxt_excel.outputs.shares import Share
    from sxxt_excel.result import Round

_CAME = frozenset({"accepted", "returned", "unreadable"})
_MOST_LINES = 8
_LONGEST = 120


def verdicts(
    round_: Round,
    writer: Writer,
    copies: Mapping[str, Sequence[Path]],
    told: Collection[str] = (),
) -> Iterator[Letter]:
    """Yield the letters of a pass, in the order of the roster.

    Args:
        round_: the pass.
        writer: writes them.
        copies: unit code → its marked copies, to be attached where mending is asked.
        told: ids of letters that went out: what they said of a receipt or a passing is not
            said again beside what is new.
    """
    drafts = frozenset(round_.settings.letters.drafts)
    numbers = filing_numbers(round_) if PASSED in drafts and round_.regime.signoffs else {}
    for share in shares(round_):
        if writer.writes_to(share.code) and share.files:
            case = _Case(round_, share, numbers, told)
            for kind, said in case.letters(copies.get(share.code, ())):
                if kind in drafts:
                    yield writer.letter(kind, share.code, share.unit, **said)


class _Case:
    """One unit's share of a pass, looked at for letters."""

    def __init__(
        self,
        round_: Round,
        share: Share,
        numbers: Mapping[str, tuple[str, ...]],
        told: Collection[str],
    ) -> None:
        self._round, self._share, self._numbers, self._told = round_, share, numbers, told
        self._came = [f for f in _in_order(share.files) if f.status in _CAME]
        self._asked = [f for f in share.findings if f.stands]

    def letters(self, copies: Sequence[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield kind and content of each letter that there is to write."""
        if self._came:
            yield RECEIPT, self._receipt(self._news(RECEIPT, self._came))
        if self._asked:
            must = any(f.severity == "must" for f in self._asked)
            yield (RETURN if must else EXPLAIN), self._opinion(copies)
        passed = [f for f in self._came if self._passes(f)]
        if passed:
            yield PASSED, self._passed(self._news(PASSED, passed))

    def _passes(self, file: FileRow) -> bool:
        """Tell whether nothing is asked of a workbook, nor of the unit as to its sheets."""
        # A 更正单 is no material of its own: what it corrects passes or does not.
        if file.status != "accepted" or file.packet is None or file.evidence == SLIP:
            return False
        sheets = {form.id for form in self._round.regime.sheets(file.packet)}
        return not any(
            f.where.path == file.path or (f.where.path is None and f.where.form in sheets)
            for f in self._asked
        )

    def _news(self, kind: str, files: list[FileRow]) -> list[FileRow]:
        """Return those of the files that no letter has told of; where all are told, the last told.

        Files stand in the order of their arrival, so what one letter told of stands together.
        """
        start, last = 0, files
        while self._told and start < len(files):
            ends = range(len(files), start, -1)
            end = next((e for e in ends if self._tells(kind, files[start:e])), start)
            if end == start:
                return files[start:]
            last, start = files[start:end], end
        return last

    def _tells(self, kind: str, files: list[FileRow]) -> bool:
        return letter_id(kind, self._share.code, _digests(files)) in self._told

    def _receipt(self, came: list[FileRow]) -> dict[str, Any]:
        year = self._round.settings.year
        papers = sum(f.status == "attachment" for f in self._share.files)
        return {
            "words": {
                **called(self._material(f) for f in came),
                "材料": [
                    {
                        "名称": self._named(f),
                        "编号": one_line(receipt_number(f, year)),
                        "收到时间": long_moment(f.receipt.at),
                        "依据": f.receipt.by,
                        "打不开": f.status == "unreadable",
                    }
                    for f in came
                ],
                "随附": papers,
            },
            "about": _digests(came),
        }

    def _opinion(self, copies: Sequence[Path]) -> dict[str, Any]:
        round_, share = self._round, self._share
        groups = [g for g in group(share.own_words()) if g.stands]
        counts = tally(self._asked)
        paths = {f.where.path for f in self._asked}
        concerned = [f for f in self._came if f.path in paths]
        several = len(concerned) > 1
        shown = {
            severity: [g for g in groups if g.severity == severity][:_MOST_LINES]
            for severity in ("must", "query")
        }
        told = sum(g.count for lines in shown.values() for g in lines)
        digests = {f.path: f.sha256 for f in share.files}
        return {
            "words": {
                **called(self._material(f) for f in concerned),
                "须修改": counts["must"],
                "需说明": counts["query"],
                "须修改意见": [self._line(g, several=several) for g in shown["must"]],
                "需说明意见": [self._line(g, several=several) for g in shown["query"]],
                "其余": len(self._asked) - told,
                "期限": mend_by(share.expected, round_.settings, round_.today, share.unfiled),
                "尚欠": self._owing(),
                "转报": self._relayed(shown["query"]),
                "全标": None not in paths and all(f.status != "unreadable" for f in concerned),
            },
            # Not the words: a better wording in a later version is no other letter.
            "about": [
                (
                    digests.get(g.where.path or "", ""),
                    g.code,
                    g.rule,
                    g.where.sheet,
                    g.places,
                    g.keys,
                )
                for g in groups
            ],
            "attachments": copies,
        }

    def _relayed(self, queries: Iterable[Group]) -> bool:
        """Tell whether what is to be explained came in a 上报版: then that is done below."""
        regime = self._round.regime
        reports = (e.path for e in self._share.expected if regime.packet(e.packet).rollup)
        inside = tuple(f"{path}{INSIDE}" for path in reports if path)
        return any((g.where.path or "").startswith(inside) for g in queries)

    def _passed(self, passed: list[FileRow]) -> dict[str, Any]:
        return {
            "words": {
                **called(self._material(f) for f in passed),
                "材料": [
                    {"名称": self._named(f), "备案编号": _span(self._numbers.get(f.path, ()))}
                    for f in passed
                ],
                "尚欠": self._owing(),
            },
            "about": _digests(passed),
        }

    def _material(self, file: FileRow) -> Material:
        return material(file.packet, file.period, self._round.regime, last_name(file.path))

    def _named(self, file: FileRow) -> str:
        """Return a material with whose it is where each 责任主体 sends its own, or whom about."""
        filers = file.filers if self._round.settings.by_person else ()
        subjects = (e.subject for e in self._share.expected if e.path == file.path and e.subject)
        who = "、".join((*filers, *dict.fromkeys(subjects)))
        return f"{self._material(file)[0]}{one_line(f'（{who}）') if who else ''}"

    def _owing(self) -> str:
        regime = self._round.regime
        return called(material(r.packet, r.period, regime) for r in self._share.missing)["书名"]

    def _line(self, item: Group, *, several: bool) -> str:
        """Return one line for a group: where, what, how to mend it."""
        where = item.where
        row = next((f for f in self._came if f.path == where.path), None)
        named = f"{matter(row.packet, row.period or '')}　" if row and row.packet else ""
        sheet = where.sheet or where.form or ""
        place = f"{named if several else ''}{sheet} {item.places}".strip()
        key = f"（编号{item.keys[0]}）" if item.count == 1 and item.keys else ""
        total = f"（共{item.count}处）" if item.count > 1 else ""
        said = f"{short(item.message, _LONGEST)}{total}。{short(item.remedy, _LONGEST)}"
        head = f"{place}{key}：" if place else f"{last_name(where.path)}：" if where.path else ""
        return one_line(f"{head}{said}").rstrip("。") + "。"


def _digests(files: Iterable[FileRow]) -> list[str]:
    return sorted(file.sha256 for file in files)


def _in_order(files: Iterable[FileRow]) -> list[FileRow]:
    return sorted(files, key=lambda f: (f.receipt.at, f.path))


def _span(numbers: Sequence[str]) -> str:
    """Return the numbers of one workbook in short: those that follow one another as one span."""
    runs: list[list[str]] = []
    for number in sorted(numbers, key=_running):
        if runs and _running(number) == _running(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(run[0] if len(run) == 1 else f"{run[0]}至{run[-1]}" for run in runs)


def _running(number: str) -> int:
    return int(number.rpartition("-")[2])
