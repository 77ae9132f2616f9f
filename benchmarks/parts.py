"""The two sides of main_job.py, each run in a process of its own: ours (bare: no master), clerk."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from functools import partial
from pathlib import Path

from material import PACKET, TODAY


def ours(root: Path, *, master: bool = True) -> dict[str, float]:
    """Run the main job as the command does, or without the master.

    Stations by wrapping the functions of the pass. Reading ends when the last file is there:
    while workers read, the roster is read too, and the libraries for the rest are loaded.
    """
    import sxxt_excel.reading as reading_module
    import sxxt_excel.round as round_module
    from sxxt_excel.workspace import find_workspace

    gc.disable()  # as the command itself does
    spent: dict[str, float] = {}
    space = find_workspace(root)
    started = time.perf_counter()
    _timed(reading_module.Reading, "seen", "读取", spent, since=started)
    result = round_module.collect(space, root / "inbox", TODAY)
    spent["校验"] = time.perf_counter() - started - spent["读取"]
    import sxxt_excel.publish as publish_module

    if master:
        _timed(publish_module, "write_master", "写总表", spent)
    else:
        publish_module.write_master = lambda *_: None
    _timed(publish_module, "write_replies", "写各单位审核意见", spent)
    publish_module.publish(result, root)
    assert result.exit_code == 0, result.findings[:3]  # noqa: S101 - else it is no fair run
    return spent


def _timed(
    module: object, name: str, label: str, spent: dict[str, float], since: float | None = None
) -> None:
    """Note how long a function takes, or when it ends, counted from `since`."""
    inner = getattr(module, name)

    def timed(*args: object, **kwargs: object) -> object:
        started = time.perf_counter() if since is None else since
        try:
            return inner(*args, **kwargs)
        finally:
            spent[label] = time.perf_counter() - started

    setattr(module, name, timed)


def _clerks_schema(pa, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return a schema that asks of each column what the tool asks of it: as an able clerk would."""
    from sxxt_excel.regime import load_regime

    regime = load_regime("tj-2017")
    form = next(f for f in regime.sheets(PACKET) if f.id == name)
    areas = sorted({area for role in regime.roles for area in role.areas})
    columns = {}
    for field in form.fields:
        checks = [pa.Check.str_length(max_value=500)]
        if field.choices or field.choices_by_role:
            checks.append(pa.Check.isin(list(field.choices) or areas))
        if field.kind in {"date", "limit"}:
            checks.append(pa.Check.str_matches(r"^(20\d\d|长期|每|全年|立行)"))
        if field.kind in {"key", "ref"}:
            checks.append(pa.Check.str_matches(r"^\w+-20\d\d-\w\w-\d+$"))
        columns[field.name] = pa.Column(
            str, checks, nullable=not field.required, unique=field.kind == "key", coerce=True
        )
    return pa.DataFrameSchema(columns)


def clerk(root: Path) -> dict[str, float]:
    """Do it as an able clerk's script would: read_excel, one pandera call a sheet, concat, to_excel."""
    import pandas as pd
    import pandera.pandas as pa

    schemas = {name: _clerks_schema(pa, name) for name in ("责任清单", "任务清单", "签字背书")}
    spent = {"读取": 0.0, "校验": 0.0, "写总表": 0.0}
    frames: dict[str, list[pd.DataFrame]] = {name: [] for name in schemas}
    for path in sorted((root / "inbox").glob("*.xlsx")):
        started = time.perf_counter()
        sheets = pd.read_excel(
            path, sheet_name=list(schemas), header=1, dtype=object, engine="openpyxl"
        )
        read = time.perf_counter()
        for name, frame in sheets.items():
            frames[name].append(schemas[name].validate(frame, lazy=True).assign(来源文件=path.name))
        spent["读取"] += read - started
        spent["校验"] += time.perf_counter() - read
    started = time.perf_counter()
    with pd.ExcelWriter(root / "clerk.xlsx", engine="openpyxl") as writer:
        for name, parts in frames.items():
            pd.concat(parts).to_excel(writer, sheet_name=name, index=False)
    spent["写总表"] = time.perf_counter() - started
    return spent


if __name__ == "__main__":
    ways = {"ours": ours, "bare": partial(ours, master=False), "clerk": clerk}
    part, place = sys.argv[1:]
    figures = ways[part](Path(place))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({**figures, "峰值内存": (own + children) / 1024}, ensure_ascii=False))
    sys.stdout.flush()
    if part != "clerk":
        os._exit(0)  # as the command itself does
