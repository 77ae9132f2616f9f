"""The benchmarks run and print what they promise; how long anything takes is no test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
STATIONS = ("读取", "校验", "写总表", "写各单位审核意见", "整个命令", "不写总表", "峰值内存")


@pytest.mark.parametrize(
    ("script", "said"),
    [("main_job.py", STATIONS), ("marking.py", ("写入批注", "重读、核对", "openpyxl"))],
)
def test_a_benchmark_makes_its_material_and_prints_its_table(script, said):
    command = [sys.executable, str(BENCHMARKS / script), "--files", "8"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in said)
