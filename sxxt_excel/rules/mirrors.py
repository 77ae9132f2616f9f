"""Sheets that repeat a filed list: what was pre-filled there must still be the list's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxxt_excel.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sxxt_excel.outcome import Finding
    from sxxt_excel.rules.context import Context


def check_mirrors(context: Context) -> Iterator[Finding]:
    """Yield a note for each locked cell that no longer says what the filed list says."""
    for stack in context.stacks.values():
        key = stack.form.field(stack.form.key) if stack.form.key else None
        source = context.stacks.get(key.to.form) if key is not None and key.to else None
        if key is None or source is None or source.form.key is None:
            continue
        shared = [
            f.name
            for f in stack.form.fields
            if f.locked and f.kind in {"long", "limit", "text"} and source.form.field(f.name)
        ]
        filed = source.frame.dropna(subset=[source.form.key]).drop_duplicates(source.form.key)
        filed = filed.set_index(source.form.key)
        rows = stack.frame[stack.frame[key.name].isin(filed.index)]
        for name in shared:
            own = rows[name]
            before = filed[name].reindex(rows[key.name]).set_axis(rows.index)
            for at in rows.index[own.notna() & before.notna() & (own != before)]:
                yield finding(
                    "V159", stack.where(int(at), name), got=str(own[at]), value=str(before[at]),
                    basis=stack.submission(int(at)).basis,
                )  # fmt: skip
