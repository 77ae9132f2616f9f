"""The list of sheets in a workbook's own part: ours put before all others, and taken out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.formats.places import column_letter, place
from sxxt_excel.marking.xml import Edits, MarkError, reference, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sxxt_excel.marking.package import Package
    from sxxt_excel.marking.xml import Node

__all__ = ["Listed", "add_first", "drop_sheet", "listed", "widen_filters"]

_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
)  # fmt: skip
_FILTER = "_xlnm._FilterDatabase"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet of the list: its name, its part ("" where that is no worksheet), its place."""

    name: str
    part: str
    place: int


def listed(package: Package) -> tuple[Listed, ...]:
    """Return the sheets of a workbook in order.

    Raises:
        MarkError: there is no such list.
    """
    _, root = package.tree(package.workbook)
    relations = {r.id: r for r in package.relations(package.workbook)}
    sheets = root.first("sheets")
    found = []
    for number, node in enumerate(sheets.all("sheet") if sheets is not None else ()):
        relation = relations.get(node.relation())
        ours = relation is not None and relation.kind == "worksheet" and relation.target in package
        part = relation.target if relation is not None and ours else ""
        found.append(Listed(node.get("name"), part, number))
    if not found:
        raise MarkError("sheets")
    return tuple(found)


def add_first(package: Package, name: str, content: bytes) -> None:
    """Add a sheet before all others; the one that was on top when it was saved stays there."""
    part = package.free("xl/worksheets/sheet{}.xml")
    package.write(part, content)
    package.declare(part, _TYPE)
    relation = package.relate(package.workbook, "worksheet", part)
    text, root = package.tree(package.workbook)
    edits, sheets = Edits(text), root.first("sheets")
    if sheets is None:
        raise MarkError("sheets")
    numbers = [int(n.get("sheetId")) for n in sheets.all("sheet") if n.get("sheetId").isdigit()]
    prefix = root.prefix
    refers = reference(text, root, package.relation_space, relation)
    number = max(numbers, default=0) + 1
    xml = f'<{prefix}sheet name={value(name)} sheetId="{number}" {refers}/>'
    edits.replace(sheets.inner, sheets.inner, xml)
    _shift(edits, root, 0, 1)
    views = root.first("bookViews")
    if views is None or not views.children:
        view = f'<{prefix}workbookView activeTab="1"/>'
        if views is None:
            whole = f"<{prefix}bookViews>{view}</{prefix}bookViews>"
            edits.insert(root, _ORDER, "bookViews", whole)
        else:
            edits.append(views, view)
    package.write(package.workbook, edits.applied())


def drop_sheet(package: Package, gone: Listed) -> None:
    """Take a sheet out of a workbook, with everything that only it refers to."""
    text, root = package.tree(package.workbook)
    edits, sheets = Edits(text), root.first("sheets")
    if sheets is None:
        raise MarkError("sheets")
    edits.drop(sheets.all("sheet")[gone.place])
    names = root.first("definedNames")
    all_names = names.all("definedName") if names is not None else []
    own = [n for n in all_names if n.get("localSheetId") == str(gone.place)]
    if names is not None and own and len(own) == len(all_names):
        edits.drop(names)
    else:
        for node in own:
            edits.drop(node)
    _shift(edits, root, gone.place, -1)
    for relation in package.relations(gone.part):
        if relation.inside and relation.kind == "printerSettings" and relation.target in package:
            package.remove(relation.target)
    package.write(package.workbook, edits.applied())
    package.unrelate(package.workbook, gone.part)
    package.remove(gone.part)


def _shift(edits: Edits, root: Node, first: int, by: int) -> None:
    """Move the numbers by which names and views call the sheets that come after the first one."""
    for view in (node for views in root.all("bookViews") for node in views.children):
        for name in ("activeTab", "firstSheet"):
            now = int(view.get(name) or 0)
            if (by > 0 and (name == "activeTab" or now)) or (by < 0 and now > first):
                if now + by:
                    edits.set(view, name, str(now + by))
                else:
                    edits.unset(view, name)
    for node in (each for names in root.all("definedNames") for each in names.children):
        number = node.get("localSheetId")
        if number.isdigit() and (by > 0 or int(number) > first):
            edits.set(node, "localSheetId", str(int(number) + by))


def widen_filters(package: Package, areas: Mapping[str, str]) -> None:
    """Let the hidden names of filters speak of areas as wide as the filters are (sheet → area)."""
    if not areas:
        return
    text, root = package.tree(package.workbook)
    edits, places = Edits(text), {each.place: each.name for each in listed(package)}
    for node in _filter_names(root):
        now = node.get("localSheetId")
        area = areas.get(places.get(int(now), "")) if now.isdigit() else None
        if area is None:
            continue
        sheet, mark, _ = text[node.inner : node.close].decode().rpartition("!")
        first, _, last = area.partition(":")
        edits.replace(node.inner, node.close, f"{sheet}{mark}{_fixed(first)}:{_fixed(last)}")
    package.edit(package.workbook, edits)


def _filter_names(root: Node) -> Iterable[Node]:
    names = root.first("definedNames")
    each = names.all("definedName") if names is not None else []
    return (node for node in each if node.get("name") == _FILTER)


def _fixed(cell: str) -> str:
    row, column = place(cell)
    return f"${column_letter(column)}${row}"
