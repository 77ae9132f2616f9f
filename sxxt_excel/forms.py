"""validators/lists.toml and validators/forms/*.toml → `Form`, resolved for a packet."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sxxt_excel.model.forms import (
    KINDS,
    SOURCES,
    UNIT_SOURCES,
    Field,
    Form,
    Kind,
    Ref,
    RowRule,
    Split,
    When,
)
from sxxt_excel.model.severity import SEVERITIES, Severity
from sxxt_excel.toml import DefinitionError, Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_FIELD_KEYS = (
    "name", "kind", "required", "required_in", "required_without", "choices", "open",
    "synonyms", "to", "maximum", "aliases", "width", "hint", "example", "frame", "office",
    "locked", "source", "max_length", "under", "happened", "planned", "blanks", "example_in",
)  # fmt: skip
_FORM_KEYS = (
    "id", "number", "title", "layout", "landscape", "optional", "purpose", "aliases",
    "fixed", "field", "row", "split", "counts_only",
)  # fmt: skip
_ROW_KEYS = (
    "id", "title", "when", "only", "needs", "one_of", "not_before", "equal", "expect", "severity",
    "serves", "basis", "form",
)  # fmt: skip
_AREAS = "@areas"
_NUMBERS = ("same", "under", "own")
_FRAME_KINDS: tuple[Kind, ...] = ("serial", "filer", "key")


@dataclass(frozen=True, slots=True)
class Choices:
    """A shared list of values with the variants that stand for them; `open`: of some only."""

    values: tuple[str, ...]
    synonyms: tuple[tuple[str, str], ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class FormSource:
    """A form as written, with what depends on regime and packet still open."""

    form: Form
    required_in: Mapping[str, tuple[str, ...]]
    required_without: Mapping[str, tuple[str, ...]]
    listed: Mapping[str, str]
    example_in: Mapping[str, Mapping[str, str]]

    def resolve(
        self,
        lineage: tuple[str, ...],
        sheets: Iterable[str],
        lists: Mapping[str, Choices],
        root: Table,
    ) -> Form:
        """Return the form as it applies in a packet.

        Args:
            lineage: the regime's id and those of the regimes it extends.
            sheets: the sheets of the packet; none: the form by itself.
            lists: the regime's own lists of values.
            root: the regime's file, to name where a list is missing.
        """
        present = set(sheets)

        def settle(field: Field) -> Field:
            by_regime = bool({*lineage} & {*self.required_in.get(field.name, ())})
            without = self.required_without.get(field.name)
            by_packet = bool(present) and without is not None and not present & set(without)
            required = field.required or by_regime or by_packet
            own = self.example_in.get(field.name, {})
            example = next((own[regime] for regime in lineage if regime in own), field.example)
            field = dataclasses.replace(field, required=required, example=example)
            name = self.listed.get(field.name)
            if name is None:
                return field
            if name not in lists:
                raise root.fault(
                    f"[[list]] {name}",
                    "没有写",
                    f'“{self.form.id}”的“{field.name}”要用它，请补上 id = "{name}" 的 [[list]]',
                )
            return dataclasses.replace(
                field,
                choices=lists[name].values,
                synonyms=lists[name].synonyms,
                open=field.open or lists[name].open,
            )

        return dataclasses.replace(self.form, fields=tuple(settle(f) for f in self.form.fields))


def load_lists(folders: Iterable[Path]) -> dict[str, Choices]:
    """Return the shared lists by id; a later folder replaces a list of the same id."""
    lists: dict[str, Choices] = {}
    for folder in folders:
        path = folder / "lists.toml"
        if not path.is_file():
            continue
        root = Table(read_toml(path, path.name), path.name, "")
        items = root.tables("list")
        root.unique("list", [str(item.data.get("id")) for item in items])
        lists |= form_lists(items)
        root.done(("list",))
    return lists


def form_lists(items: Iterable[Table]) -> dict[str, Choices]:
    """Return [[list]] tables by id: values and the variants that stand for them."""
    lists: dict[str, Choices] = {}
    for item in items:
        values = item.words("values")
        if not values:
            raise item.fault("values", "没有值", "请至少写一个可选值")
        variants = item.conditions("synonyms")
        for value, _ in variants:
            if value not in values:
                raise item.fault(
                    "synonyms", f"“{value}”不在 values 里", "等号左边只能写 values 中的值"
                )
        synonyms = tuple((word, value) for value, words in variants for word in words)
        lists[item.need("id", str)] = Choices(values, synonyms)
        item.done(("id", "values", "synonyms"))
    return lists


def load_forms(
    folders: Iterable[Path], lists: Mapping[str, Choices], sub: str = "forms"
) -> dict[str, FormSource]:
    """Return all forms of `sub` by id; a file of a later folder replaces the earlier whole.

    Raises:
        DefinitionError: a file is faulty; says which key and what to write.
    """
    forms: dict[str, FormSource] = {}
    for folder in folders:
        for path in sorted((folder / sub).glob("*.toml")):
            name = f"{sub}/{path.name}"
            root = Table(read_toml(path, name), name, "")
            source = _form(root, lists)
            if source.form.id != path.stem:
                raise root.fault("id", f"“{source.form.id}”与文件名不同", "请把两者改成一样的")
            forms[source.form.id] = source
    return forms


def _form(root: Table, lists: Mapping[str, Choices]) -> FormSource:
    required_in: dict[str, tuple[str, ...]] = {}
    required_without: dict[str, tuple[str, ...]] = {}
    listed: dict[str, str] = {}
    example_in: dict[str, Mapping[str, str]] = {}
    fields = []
    for item in root.tables("field"):
        name = item.need("name", str)
        if (own := _regimes_list(item)) is not None:
            listed[name] = own
        if regimes := item.words("required_in"):
            required_in[name] = regimes
        if sheets := item.words("required_without"):
            required_without[name] = sheets
        if "example_in" in item.data:
            said = item.table("example_in")
            example_in[name] = {regime: said.need(regime, str) for regime in tuple(said.data)}
        fields.append(_field(name, item, lists))
    root.unique("field", [name for f in fields for name in (f.name, *f.aliases)])
    form = Form(
        id=root.need("id", str),
        number=root.need("number", str),
        title=root.need("title", str),
        fields=tuple(fields),
        layout="cover"
        if root.one_of("layout", ("table", "cover"), "table") == "cover"
        else "table",
        rows=tuple(row_rule(item) for item in root.tables("row")),
        fixed=_fixed(root),
        aliases=root.words("aliases"),
        purpose=root.get("purpose", str, ""),
        optional=root.get("optional", bool, False),
        landscape=root.get("landscape", bool, True),
        splits=tuple(_split(item) for item in root.tables("split")),
        counts_only=root.get("counts_only", bool, False),
    )
    root.done(_FORM_KEYS)
    _check(form, root)
    return FormSource(form, required_in, required_without, listed, example_in)


def _split(item: Table) -> Split:
    columns = item.table("columns")
    pairs = tuple((name, columns.need(name, str)) for name in tuple(columns.data))
    words = item.table("words")
    split = Split(
        form=item.need("form", str),
        columns=pairs,
        number=cast("Any", item.one_of("number", _NUMBERS, "same")),
        once=item.words("once"),
        latest=item.words("latest"),
        slowest=item.words("slowest"),
        words=tuple((word, words.need(word, str)) for word in tuple(words.data)),
    )
    item.done(("form", "columns", "number", "once", "latest", "slowest", "words"))
    return split


def _check(form: Form, root: Table) -> None:
    """Refuse a form that contradicts itself."""
    if not form.fields:
        raise root.fault("[[field]]", "一列也没有", "请至少写一列")
    if len(form.of_kind("key")) > 1:
        raise root.fault("[[field]]", 'kind = "key" 的列不止一个', "一张表只能有一列编号")
    for at, name in _other_headings(form):
        if form.field(name) is None:
            raise root.fault(at, f"没有“{name}”这一列", "请写本表的另一列，一字不差")
    root.unique("row", [rule.id for rule in form.rows])
    for rule in form.rows:
        check_row_rule(form, rule, root.file)
    labels = {f.name for f in form.of_kind("label")}
    for row in form.fixed:
        names = {name for name, _ in row}
        if strange := sorted(name for name in names if form.field(name) is None):
            raise root.fault("fixed", f"没有“{strange[0]}”这一列", "请核对列名，一字不差")
        if not labels <= names or not labels:
            raise root.fault(
                "fixed", "有的行没有写预印文字", '每一行都要写 kind = "label" 的那一列'
            )


def _other_headings(form: Form) -> Iterator[tuple[str, str]]:
    """Yield (where, heading) for each heading of the form that its definition speaks of."""
    for field in form.fields:
        named = (("maximum", field.maximum), ("under", field.under))
        yield from ((f"[[field]] {field.name} 的 {key}", name) for key, name in named if name)
    for split in form.splits:
        sources = (source for _, source in split.columns)
        others = (*split.once, *split.latest, *split.slowest)
        yield from ((f"[[split]] {split.form}", name) for name in (*sources, *others))


def _regimes_list(item: Table) -> str | None:
    """Return the id of the regime's own list that a field's `choices` name, else None."""
    raw = item.data.get("choices")
    if isinstance(raw, str) and raw.startswith("@") and raw != _AREAS:
        return raw.removeprefix("@")
    return None


def _field(name: str, item: Table, lists: Mapping[str, Choices]) -> Field:
    kind = cast("Kind", item.one_of("kind", KINDS))
    by_role = item.data.get("choices") == _AREAS
    later = by_role or _regimes_list(item) is not None
    choices = _choices(item, lists)
    reference = item.table("to")
    to = None
    if reference.data:
        scope = reference.one_of("scope", ("unit", "above"), "unit")
        to = Ref(reference.need("form", str), "above" if scope == "above" else "unit")
        reference.done(("form", "scope"))
    if kind in {"ref", "refs"} and to is None:
        raise item.fault("to", "没有写", '引用别的表的列要写 to = { form = "表名" }')
    if kind in {"choice", "choices"} and not (choices.values or later):
        raise item.fault("choices", "没有写", "请写出可选值，或 lists.toml 中的名称，或 @areas")
    example = item.get("example", str, "")
    if kind == "choice" and choices.values and example not in {"", *choices.values}:
        raise item.fault("example", f"“{example}”不在可选值里", "举例请用可选值中的一个")
    field = Field(
        name=name,
        kind=kind,
        required=item.get("required", bool, False),
        choices=choices.values,
        choices_by_role=by_role,
        open=item.get("open", bool, False),
        synonyms=choices.synonyms,
        to=to,
        maximum=item.get("maximum", str, "") or None,
        aliases=item.words("aliases"),
        width=item.between("width", 12, 1, 255),
        hint=item.get("hint", str, ""),
        example=example,
        frame=item.get("frame", bool, kind in _FRAME_KINDS),
        office=item.get("office", bool, False),
        locked=item.get("locked", bool, False),
        source=item.one_of("source", (*SOURCES, *UNIT_SOURCES, ""), ""),
        max_length=item.between("max_length", 0, 0, 32_767),
        under=item.get("under", str, ""),
        happened=item.get("happened", bool, False),
        planned=item.get("planned", bool, False),
        blanks=_blanks(item, lists),
    )
    if field.happened and kind != "date":
        raise item.fault("happened", "写在了不填日期的列上", '只有 kind = "date" 的列才能写')
    if field.planned and kind != "limit":
        raise item.fault("planned", "写在了不填时限的列上", '只有 kind = "limit" 的列才能写')
    item.done(_FIELD_KEYS)
    return field


def _choices(item: Table, lists: Mapping[str, Choices]) -> Choices:
    raw = item.data.get("choices")
    if raw is None or raw == _AREAS or _regimes_list(item) is not None:
        item.data.pop("choices", None)
        return Choices((), ())
    if isinstance(raw, str):
        name = item.one_of("choices", (*lists, _AREAS))
        return lists[name]
    return Choices(item.words("choices"), ())


def _blanks(item: Table, lists: Mapping[str, Choices]) -> tuple[str, ...]:
    """Return the words that say nothing: those of a list by its id, or written out."""
    if isinstance(item.data.get("blanks"), str):
        return lists[item.one_of("blanks", tuple(lists))].values
    return item.words("blanks")


def _fixed(root: Table) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows = root.get("fixed", list, [])
    if not all(isinstance(row, dict) for row in rows):
        raise root.fault("fixed", "有的项不是表", '每项请写成 { "列名" = "值" }')
    return tuple(tuple((str(k), str(v)) for k, v in row.items()) for row in rows)


def row_rule(item: Table) -> RowRule:
    """Read one [[row]] of a form or a regime."""
    condition = item.table("when")
    when = When(
        filled=condition.words("filled"),
        equals=condition.conditions("equals"),
        role=condition.words("role"),
    )
    condition.done(("filled", "equals", "role"))
    only = item.words("only") if "only" in item.data else None
    order = item.words("not_before")
    if order and len(order) != len(("later", "earlier")):
        raise item.fault(
            "not_before", f"写了{len(order)}列", "请写两列：后发生的在前，先发生的在后"
        )
    same = item.words("equal")
    if same and len(same) != len(("one", "other")):
        raise item.fault("equal", f"写了{len(same)}列", "请写两列")
    expect = item.conditions("expect")
    if len(expect) > 1:
        raise item.fault("expect", f"写了{len(expect)}列", "只能写一列，几列的请分成几条规则")
    rule = RowRule(
        id=item.need("id", str),
        when=when,
        only=only,
        needs=item.words("needs"),
        one_of=item.words("one_of"),
        not_before=(order[0], order[1]) if order else None,
        equal=(same[0], same[1]) if same else None,
        expect=expect[0] if expect else None,
        severity=cast("Severity", item.one_of("severity", SEVERITIES, "must")),
        title=item.get("title", str, ""),
        serves=item.words("serves"),
        basis=item.get("basis", str, ""),
    )
    kinds = (
        rule.only is not None, rule.needs, rule.one_of, rule.not_before, rule.equal, rule.expect,
    )  # fmt: skip
    if sum(bool(kind) for kind in kinds) != 1:
        raise item.fault(
            "规则", "不明确", "only、needs、one_of、not_before、equal、expect 必须且只能写一个"
        )
    item.done(_ROW_KEYS)
    return rule


def rests_on(rule: RowRule) -> tuple[str, ...]:
    """Return the headings whose cells decide whether a row rule speaks."""
    return (
        *rule.when.filled,
        *(name for name, _ in rule.when.equals),
        *rule.needs,
        *rule.one_of,
        *(rule.not_before or ()),
        *(rule.equal or ()),
        *((rule.expect[0],) if rule.expect else ()),
    )


def check_row_rule(form: Form, rule: RowRule, file: str) -> None:
    """Refuse a row rule that names a heading its form does not have."""
    for name in (*rests_on(rule), *(rule.only or ())):
        if form.field(name) is None:
            raise DefinitionError(
                file, f"[[row]] {rule.id}", f"“{form.id}”没有“{name}”这一列", "请核对列名，一字不差"
            )
