"""Collecting a sample workspace as a user does, and what a golden keeps of the result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = ("汇总", "回复", "下发", "台账.db*", ".台账.lock")
"""What commands write into a workspace; a copy for a test leaves it behind."""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def collected(workspace: Path, out: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """Collect a workspace by the command; return the process and result.json as text."""
    command = ("-m", "sxxt_excel", "collect", workspace / "inbox", "--out", out, "--jobs", 2)
    done = run(*command)
    return done, (out / "汇总" / "result.json").read_text(encoding="utf-8")


def seen_in(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a golden keeps: findings by address, files and duties by status."""
    places = ("severity", "code", "path", "sheet", "cell")
    duties = ("unit", "packet", "period", "status", "arrived")
    return {
        "findings": sorted(" · ".join(str(f[k] or "") for k in places) for f in result["findings"]),
        "files": {f["path"]: f["status"] for f in result["files"]},
        "expected": sorted(" · ".join(str(e[k] or "") for k in duties) for e in result["expected"]),
        "cascade": [
            f"{c['rule']} · {c['parent_key']} · {c['status']}"
            for c in result["cascade"]
            if c["status"] != "taken_up"
        ],
        "counts": [
            f"{c['rule']} · {c['unit']} · {c['period']} · {c['status']}"
            for c in result["counts"]
            if c["status"] != "met"
        ],
    }


def compare(result: dict[str, Any], golden: Path, *, update: bool) -> None:
    """Compare a result with its golden, part by part; `update` first writes it anew."""
    seen = seen_in(result)
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    wanted = json.loads(golden.read_text(encoding="utf-8"))
    for part, there in seen.items():
        assert there == wanted[part], part
