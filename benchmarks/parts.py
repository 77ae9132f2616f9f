"""The parts of main_job.py, each run in a process of its own: make, ours, clerk."""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path


def make(root: Path, files: int, rows: int) -> None:
    """Make a workspace of `files` units and one filled-in workbook each, with a receipt book."""
    import xlsxwriter

    from sxxt_excel.newspace import register_book, settings_text
    from sxxt_excel.regime import load_regime, packet_version
    from sxxt_excel.roster import roster_forms
    from sxxt_excel.stamp import STAMP_SHEET, Stamp

    regime = load_regime("tj-2017")
    root.mkdir(parents=True, exist_ok=True)
    (root / "inbox").mkdir(exist_ok=True)
    (root / "sxxt.toml").write_text(settings_text(regime, 2025, ""), encoding="utf-8")
    forms = roster_forms()
    units = [{"单位代码": "XX", "单位名称": "示例大学党委", "单位类别": "校党委"}]
    people = [
        {"姓名": "赵一", "单位代码": "XX", "职务": "党委书记", "班子身份": "主要负责人"},
        {"姓名": "钱二", "单位代码": "XX", "职务": "党委副书记", "班子身份": "班子其他成员",
         "分管单位代码": "、".join(f"U{n:04d}" for n in range(files))},
    ]  # fmt: skip
    for n in range(files):
        code = f"U{n:04d}"
        units.append({"单位代码": code, "单位名称": f"第{n:04d}学院党委", "单位类别": "基层党委"})
        people.append(
            {"姓名": f"书记{n}", "单位代码": code, "职务": "党委书记", "班子身份": "主要负责人"}
        )
        people += [
            {
                "姓名": f"成员{n}之{m}",
                "单位代码": code,
                "职务": "副院长",
                "班子身份": "班子其他成员",
            }
            for m in range(4)
        ]
    (root / "单位名册.xlsx").write_bytes(
        register_book(
            (forms["单位"], forms["人员"], forms["例外"]), {"单位": units, "人员": people}
        )
    )
    (root / "收件登记.xlsx").write_bytes(
        register_book(
            (forms["收件登记"],), {"收件登记": [{"文件": "*", "收到时间": "2025-04-10 09:00"}]}
        )
    )
    packet = regime.packet("责任任务清单")
    version = packet_version(regime, packet.id)
    for n in range(files):
        code, names = f"U{n:04d}", ["领导班子", f"书记{n}", *(f"成员{n}之{m}" for m in range(4))]
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        _cover(book, f"第{n:04d}学院党委", code)
        _lists(book, regime, code, names, rows)
        sheet = book.add_worksheet(STAMP_SHEET)
        stamp = Stamp(
            regime.id, packet.id, version, code, f"第{n:04d}学院党委", tuple(names), "2025"
        )
        for at, pair in enumerate(stamp.rows()):
            sheet.write_row(at, 0, pair)
        sheet.very_hidden()
        book.close()
        (root / "inbox" / f"第{n:04d}学院党委_责任任务清单.xlsx").write_bytes(buffer.getvalue())


def _cover(book, unit: str, code: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    sheet = book.add_worksheet("封面")
    for at, pair in enumerate((("填报单位", unit), ("单位代码", code), ("年度", 2025), ("报告期", "年度"),
                               ("填报人", "张示例"), ("联系电话", "022-00000000"),
                               ("填报日期", "2025-04-09"), ("审核人", ""), ("集体研究会议日期", ""),
                               ("空表说明", ""))):  # fmt: skip
        sheet.write_row(at, 0, pair)


def _lists(book, regime, code: str, names: list[str], rows: int) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from itertools import cycle, islice

    roles = ["领导班子", "主要负责人", *["班子其他成员"] * 4]
    who = list(islice(cycle(zip(names, roles, strict=True)), rows))
    tables: dict[str, list[dict[str, object]]] = {
        "责任清单": [
            {"序号": i, "责任主体": name, "项目编号": f"{code}-2025-ZR-{i:03d}",
             "重点方面": regime.role(role).areas[i % 6], "工作项目": f"{code}第{i}项责任：{'落实' * 6}",
             "具体措施": f"第{i}条措施，{'按季检查' * 3}", "落实方式": "本人直接落实", "责任人": name,
             "责任部门": "学院办公室", "完成时限": "2025年底前", "完成情况": "进行中", "备注": ""}
            for i, (name, role) in enumerate(who, 1)
        ],
        "任务清单": [
            {"序号": i, "责任主体": name, "任务编号": f"{code}-2025-RW-{i:03d}",
             "责任项目编号": f"{code}-2025-ZR-{i:03d}", "工作任务": f"{code}第{i}项任务：{'推进' * 6}",
             "具体措施": f"第{i}条措施，{'逐项落实' * 3}", "责任人": name, "协办部门": "学院办公室",
             "开始时间": "2025-03-01", "完成时限": "2025年6月底", "完成情况": "进行中", "进展说明": "推进中"}
            for i, (name, _) in enumerate(who, 1)
        ],
        "签字背书": [
            {"序号": i, "责任主体": name, "职务": "", "背书人": "钱二" if role == "主要负责人" else names[1],
             "背书日期": "2025-04-08"}
            for i, (name, role) in enumerate(who, 1)
        ],
        "班子成员分工表": [
            {"序号": i, "姓名": name, "职务": "某职务",
             "班子身份": "主要负责人" if i == 1 else "班子其他成员"}
            for i, name in enumerate(names[1:], 1)
        ],
    }  # fmt: skip
    for form in regime.sheets("责任任务清单"):
        if form.id in tables:
            sheet = book.add_worksheet(form.id)
            sheet.write(0, 0, form.id)
            sheet.write_row(1, 0, [f.name for f in form.fields])
            for at, row in enumerate(tables[form.id], 2):
                sheet.write_row(at, 0, [row.get(f.name, "") for f in form.fields])


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
    result = round_module.collect(space, root / "inbox", date(2025, 4, 12))
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
    form = next(f for f in regime.sheets("责任任务清单") if f.id == name)
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
    part, place, *rest = sys.argv[1:]
    if part == "make":
        make(Path(place), *(int(n) for n in rest))
    else:
        ways = {"ours": ours, "bare": partial(ours, master=False), "clerk": clerk}
        figures = ways[part](Path(place))
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(json.dumps({**figures, "峰值内存": (own + children) / 1024}, ensure_ascii=False))
        sys.stdout.flush()
        if part != "clerk":
            os._exit(0)  # as the command itself does
