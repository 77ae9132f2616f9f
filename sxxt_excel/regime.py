"""validators/<regime>/regime.toml → `Regime`: one governing document as data.

A workspace's own `validators/` comes after the shipped one: its form files replace,
its tables of a regime merge by `id` (ruling 12). A regime that `extends` another states
only what differs, and merges the same way.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sxxt_excel.consistency import check_names
from sxxt_excel.forms import Choices, FormSource, form_lists, load_forms, load_lists
from sxxt_excel.laws import (
    read_agreement,
    read_cascade,
    read_chain,
    read_count,
    read_coverage,
    read_evidence,
    read_filers,
    read_level,
    read_manual,
    read_need,
    read_obligation,
    read_packet,
    read_regime_row,
    read_role,
    read_signoff,
    read_slot,
)
from sxxt_excel.model.regime import Regime
from sxxt_excel.model.severity import SEVERITIES, Severity
from sxxt_excel.places import validators_dir
from sxxt_excel.toml import DefinitionError, Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sxxt_excel.model.forms import Form, RowRule
    from sxxt_excel.model.obligations import Filers, Obligation, Packet
    from sxxt_excel.model.rules import Slot

COVER, EXPLANATIONS = "封面", "情况说明"
MEETINGS, SLOTS = "meetings", "slots"
_ARRAYS = (
    "level", "role", "filers", "list", "packet", "obligation", "cascade", "count", "coverage",
    "signoff", "chain", "need", "evidence", "slot", "agreement", "manual", "row",
)  # fmt: skip
_KEYS = ("id", "extends", "document", "number", "issued", "source", "strictest")


def regime_ids(extra: Path | None = None) -> tuple[str, ...]:
    """Return the ids of all regimes, shipped and of a workspace's `validators/`."""
    return _ids(_folders(extra))


def _ids(folders: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(sorted({p.parent.name for f in folders for p in f.glob("*/regime.toml")}))


def load_regime(
    regime: str, extra: Path | None = None, names: Mapping[str, str] | None = None
) -> Regime:
    """Load one regime with all its forms.

    Args:
        regime: its id, that is its folder's name.
        extra: a workspace's own `validators/`, or None.
        names: what the office calls the slots of its catalogue (id → name).

    Raises:
        DefinitionError: a definition is faulty or the regime unknown.
    """
    folders = _folders(extra)
    called = tuple((names or {}).items())
    # What is shipped does not change while the program runs; what an office writes may.
    return (_load if len(folders) > 1 else _loaded)(regime, folders, called)


def _load(regime: str, folders: tuple[Path, ...], names: tuple[tuple[str, str], ...]) -> Regime:
    files, lineage = _inherit(regime, folders, ())
    if not files:
        known = "、".join(_ids(folders))
        raise DefinitionError("sxxt.toml", "regime", f"没有“{regime}”这个制度", f"现有：{known}")
    raw: dict[str, Any] = {}
    for file in files:
        raw = _merge(raw, file, f"{regime}/regime.toml")
    forms = load_forms(folders, load_lists(folders))
    root = Table(raw, f"{regime}/regime.toml", "")
    if raw.get("id") != regime:
        raise root.fault("id", f"与所在文件夹的名称“{regime}”不同", "请改成一样的")
    _name_slots(raw, dict(names))
    return _regime(root, forms, lineage)


_loaded = lru_cache(maxsize=8)(_load)


def packet_version(regime: Regime, packet: str) -> str:
    """Return the version of a packet's template: it changes with what there is to fill in.

    What merely explains it is none of it, nor what is only for reading what came (rules, other
    names for its headings): a workbook issued before any of these changed is not old.
    """
    text = repr([_to_fill_in(form) for form in regime.sheets(packet)])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _to_fill_in(form: Form) -> tuple[object, ...]:
    fields = [
        (f.name, f.kind, f.required, f.choices, f.choices_by_role, f.open, f.locked, f.office,
         f.max_length)
        for f in form.fields
    ]  # fmt: skip
    return (form.id, form.number, form.layout, form.optional, form.fixed, fields)


def _folders(extra: Path | None) -> tuple[Path, ...]:
    shipped = validators_dir()
    return (shipped, extra) if extra is not None and extra.is_dir() else (shipped,)


def _inherit(
    regime: str, folders: tuple[Path, ...], seen: tuple[str, ...]
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Return a regime's files, those it extends first, and its lineage, nearest first."""
    name = f"{regime}/regime.toml"
    paths = (folder / regime / "regime.toml" for folder in folders)
    own = tuple(read_toml(path, name) for path in paths if path.is_file())
    base = next((b for b in (Table(f, name, "").get("extends", str, "") for f in own) if b), "")
    if not base:
        return own, (regime,)
    if base in {regime, *seen}:
        raise DefinitionError(name, "extends", f"“{base}”绕成了圈", "请写它所依据的另一份制度")
    files, lineage = _inherit(base, folders, (*seen, regime))
    if not files:
        raise DefinitionError(name, "extends", f"没有“{base}”这个制度", "请写现有制度的文件夹名")
    return (*files, *own), (regime, *lineage)


def _name_slots(raw: dict[str, Any], names: Mapping[str, str]) -> None:
    """Put the office's own names into the slots of the catalogue."""
    slots = {str(item.get("id")): item for item in raw.get("slot", []) if isinstance(item, dict)}
    for slot, name in names.items():
        if slot not in slots:
            raise DefinitionError(
                "sxxt.toml",
                f"catalogue.{slot}",
                "制度的目录里没有这一项",
                f"可以写的有：{'、'.join(slots) or '（本制度没有目录）'}",
            )
        slots[slot] |= {"name": name, "title": f"“{name}”的落实"}


def _merge(old: dict[str, Any], new: dict[str, Any], file: str) -> dict[str, Any]:
    """Merge by id: a table of the same id is updated key by key, others are appended."""
    merged = dict(old)
    for key, value in new.items():
        if key in _ARRAYS:
            before = Table({key: old.get(key, [])}, file, "").tables(key)
            after = Table({key: value}, file, "").tables(key)
            root = Table({}, file, "")
            root.unique(key, (str(t.data["id"]) for t in after if "id" in t.data))
            merged[key] = _merge_tables([t.data for t in before], after)
        else:
            merged[key] = value
    return merged


def _merge_tables(old: list[dict[str, Any]], new: tuple[Table, ...]) -> list[dict[str, Any]]:
    """Return the old tables with the new ones over them; `drop = true` takes one away."""
    kept = {str(item["id"]): item for item in old if "id" in item}
    others = [item for item in old if "id" not in item]
    for table in new:
        name = table.data.get("id")
        if table.get("drop", bool, default=False):
            if name not in kept:
                raise table.fault("drop", "所依据的制度里没有这一条", "请核对 id，或删去这一段")
            del kept[str(name)]
        elif name is None:
            others.append(table.data)
        else:
            kept[str(name)] = {**kept.get(str(name), {}), **table.data}
    return [*kept.values(), *others]


def _regime(root: Table, sources: Mapping[str, FormSource], lineage: tuple[str, ...]) -> Regime:
    regime_id = root.need("id", str)
    for array in _ARRAYS:
        items = root.data.get(array, [])
        root.unique(array, [str(item["id"]) for item in items if "id" in item])
    packets = tuple(read_packet(item, sources) for item in root.tables("packet"))
    root.unique("packet", [p.number for p in packets])
    registers = tuple(read_evidence(item) for item in root.tables("evidence"))
    slots = tuple(read_slot(item, registers) for item in root.tables("slot"))
    filers = tuple(read_filers(item) for item in root.tables("filers"))
    obligations = tuple(read_obligation(item) for item in root.tables("obligation"))
    own = form_lists(root.tables("list"))
    lists = _lists(own, slots)
    packet_forms = tuple(
        (p.id, _resolved(root, p, sources, lineage, _lists(own, asked)))
        for p, asked in ((p, slots_asked(p.id, slots, filers, obligations)) for p in packets)
    )
    used = dict.fromkeys((COVER, *(s for p in packets for s in p.sheets), EXPLANATIONS))
    regime = Regime(
        id=regime_id,
        document=root.need("document", str),
        number=root.get("number", str, ""),
        issued=root.get("issued", str, ""),
        levels=tuple(read_level(item) for item in root.tables("level")),
        roles=tuple(read_role(item) for item in root.tables("role")),
        filers=filers,
        packets=packets,
        obligations=obligations,
        cascades=tuple(read_cascade(item) for item in root.tables("cascade")),
        counts=tuple(read_count(item) for item in root.tables("count")),
        coverages=tuple(read_coverage(item) for item in root.tables("coverage")),
        signoffs=tuple(read_signoff(item) for item in root.tables("signoff")),
        chains=tuple(read_chain(item) for item in root.tables("chain")),
        needs=tuple(read_need(item) for item in root.tables("need")),
        slots=slots,
        agreements=tuple(read_agreement(item) for item in root.tables("agreement")),
        manual=tuple(read_manual(item) for item in root.tables("manual")),
        row_rules=tuple(read_regime_row(item) for item in root.tables("row")),
        forms=tuple(sources[s].resolve(lineage, (), lists, root) for s in used),
        packet_forms=packet_forms,
        one_sheets=tuple(
            (p.id, _one_sheet(root, p, sources, lineage, lists)) for p in packets if p.one_sheet
        ),
        lineage=lineage,
        strictest=cast("Severity", root.one_of("strictest", SEVERITIES, "must")),
    )
    root.get("extends", str, "")
    root.get("source", str, "")
    root.done((*_KEYS, *_ARRAYS))
    check_names(regime, root.file)
    return regime


def _resolved(
    root: Table,
    packet: Packet,
    sources: Mapping[str, FormSource],
    lineage: tuple[str, ...],
    lists: Mapping[str, Choices],
) -> tuple[Form, ...]:
    """Return the forms of a packet as they apply in it, cover first and explanations last."""
    sheets = (COVER, *packet.sheets, EXPLANATIONS)
    forms = (sources[s].resolve(lineage, packet.sheets, lists, root) for s in sheets)
    return tuple(_unlocked(form) if packet.office else form for form in forms)


def _one_sheet(
    root: Table,
    packet: Packet,
    sources: Mapping[str, FormSource],
    lineage: tuple[str, ...],
    lists: Mapping[str, Choices],
) -> Form:
    """Return the sheet that stands for a packet's sheets, its items numbered as one of theirs."""
    form = sources[packet.one_sheet].resolve(lineage, (), lists, root)
    at = f"[[packet]] {packet.id} 的 one_sheet"
    for split in form.splits:
        if split.form not in packet.sheets:
            raise root.fault(at, f"“{split.form}”不在 sheets 里", "请核对 [[split]] 的 form")
        target = sources[split.form].form
        for name, _ in split.columns:
            if target.field(name) is None:
                raise root.fault(at, f"“{split.form}”没有“{name}”这一列", "请核对列名")
    same = next((s.form for s in form.splits if s.number == "same"), None)
    if same is None:
        raise root.fault(at, f"“{form.id}”没有写 [[split]]", "请写出每一列拆到哪张表")
    return replace(form, number=sources[same].form.number)


def faced(regime: Regime, packet: str) -> Regime:
    """Return the regime as one who fills in a packet's one sheet sees it."""
    form = regime.one_sheet(packet)
    if form is None:
        return regime
    cover, *_, last = regime.sheets(packet)
    whole = replace(regime.packet(packet), sheets=(form.id,), parent_list=None)
    return replace(
        regime,
        packets=tuple(whole if p.id == packet else p for p in regime.packets),
        packet_forms=tuple(
            (name, (cover, form, last) if name == packet else forms)
            for name, forms in regime.packet_forms
        ),
    )


def _unlocked(form: Form) -> Form:
    """Return a form whose office columns are its sender's to fill in: he is the office."""
    return replace(form, fields=tuple(replace(field, office=False) for field in form.fields))


def _lists(lists: Mapping[str, Choices], slots: tuple[Slot, ...]) -> dict[str, Choices]:
    """Return the regime's own lists; meetings and slots have the catalogue's names besides."""
    sessions = tuple(s for s in slots if s.kind == "会")
    return {**lists, MEETINGS: _with(lists, MEETINGS, sessions), SLOTS: _with(lists, SLOTS, slots)}


def _with(lists: Mapping[str, Choices], name: str, slots: tuple[Slot, ...]) -> Choices:
    """Return a list with the names of slots; open where some are not named yet."""
    own = lists.get(name, Choices((), ()))
    named = tuple(slot for slot in slots if slot.name)
    values = dict.fromkeys((*own.values, *(slot.name for slot in named)))
    said = ((alias, slot.name) for slot in named for alias in slot.aliases)
    return Choices(tuple(values), (*own.synonyms, *said), open=len(named) < len(slots))


def slots_asked(
    packet: str,
    slots: tuple[Slot, ...],
    filers: tuple[Filers, ...],
    obligations: tuple[Obligation, ...],
) -> tuple[Slot, ...]:
    """Return the slots that concern those who owe a packet: the others' would only confuse."""
    kinds = {f.id: {*f.units, *f.optional} for f in filers}
    owing = {k for o in obligations if o.packet == packet for k in kinds.get(o.filers, ())}
    return tuple(s for s in slots if not owing.isdisjoint(kinds.get(s.need.filers, owing)))


def form_rules(regime: Regime, form: Form) -> tuple[RowRule, ...]:
    """Return the row rules of a form: its own and those of the regime."""
    return (*form.rows, *(rule for form_id, rule in regime.row_rules if form_id == form.id))
