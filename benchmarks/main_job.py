"""The main job against the script an able clerk would write, whole and by station, in one run.

    python benchmarks/main_job.py [--files 1000] [--rows 30] [--saved-by openpyxl]

Issues and fills in workbooks of three 30-row lists in a temporary workspace and has LibreOffice
save each, as units send what a spreadsheet program saved; that takes some ten minutes. Such
workbooks have more in them than what `--saved-by openpyxl` leaves as the library wrote it: say
which was measured. Then runs both over them, each in a fresh process, and prints seconds, ratios
and peak memory; the tool runs once more without writing the master. Ratios are what counts: all
run on the same machine in the same minutes.
"""

from __future__ import annotations

import argparse
import compileall
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from material import PROGRAMS, make

from sxxt_excel.workspace import COLLECTED, REPLIES

HERE = Path(__file__).resolve().parent
WHOLE = "整个命令（秒）"


def main() -> None:
    """Make the material, run both, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--saved-by", choices=PROGRAMS, default=PROGRAMS[0])
    parser.add_argument("--keep", type=Path, help="make the material here and keep it")
    given = parser.parse_args()
    # As pip does on installing; a checkout may never have been allowed to keep what it compiled.
    compileall.compile_dir(HERE.parent / "sxxt_excel", quiet=1)
    with tempfile.TemporaryDirectory() as temporary:
        root = given.keep or Path(temporary)
        if not (root / "sxxt.toml").exists():
            make(root, given.files, given.rows, given.saved_by)
        ours = _run("ours", root)
        bare = _run("bare", root)
        clerk = _run("clerk", root)
    bare["不写总表"] = bare[WHOLE]
    clerk["不写总表"] = clerk[WHOLE] - clerk["写总表"]
    print(
        f"{given.files}本，每本3张表，每张{given.rows}行，由 {given.saved_by} 保存；两者同机先后各跑一次，单位秒"
    )
    _table({**bare, **ours}, clerk)


def _run(what: str, root: Path) -> dict[str, float]:
    """Run one part in a process of its own, where nothing lies yet, and return its figures."""
    for left in (COLLECTED, REPLIES):
        shutil.rmtree(root / left, ignore_errors=True)
    command = [sys.executable, str(HERE / "parts.py"), what, str(root)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    whole = time.perf_counter() - started
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {WHOLE: whole, **figures, "_peak_so_far_mb": peak / 1024}


def _table(ours: dict[str, float], clerk: dict[str, float]) -> None:
    print(f"{'站':<22}{'本工具':>10}{'能手脚本':>10}{'倍数':>8}")
    for name in ("读取", "校验", "写总表", "写各单位审核意见", WHOLE, "不写总表"):
        mine, theirs = ours.get(name, 0.0), clerk.get(name, 0.0)
        ratio = f"{theirs / mine:.1f}" if mine and theirs else "-"
        print(f"{name:<22}{mine:>10.2f}{theirs:>10.2f}{ratio:>8}")
    print(f"峰值内存（MB）：本工具 {ours['峰值内存']:.0f}，能手脚本 {clerk['峰值内存']:.0f}")


if __name__ == "__main__":
    main()
