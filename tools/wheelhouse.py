"""Make a folder from which sxxt-excel installs on a computer without internet.

    python tools/wheelhouse.py --out 离线安装 --platform win_amd64 --python 3.11

Without --platform the folder fits the computer it is made on.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import cast
from zipfile import ZipFile

from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of computer: the tags its wheels bear, and what a requirement's marker sees there."""

    tags: tuple[str, ...]
    os_name: str
    sys_platform: str
    platform_system: str
    platform_machine: str


def _linux(machine: str) -> Target:
    tags = (f"manylinux_2_28_{machine}", f"manylinux_2_17_{machine}", f"manylinux2014_{machine}")
    return Target(tags, "posix", "linux", "Linux", machine)


TARGETS = {
    "win_amd64": Target(("win_amd64",), "nt", "win32", "Windows", "AMD64"),
    "linux_x86_64": _linux("x86_64"),
    "linux_aarch64": _linux("aarch64"),
}


def make_house(out: Path, target: Target | None, python: str) -> None:
    """Fill the folder `out` with the wheels, the scripts that install them and a guide.

    Args:
        out: a folder that is empty or not there yet.
        target: the computer it is for; None is this one.
        python: the Python version there, as "3.11".
    """
    wheels = out / "wheels"
    wheels.mkdir(parents=True)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (ours,) = wheels.glob("*.whl")
    fitting = ["--dest", str(wheels), "--only-binary=:all:", "--python-version", python]
    for tag in target.tags if target else ():
        fitting += ["--platform", tag]
    _pip("download", *fitting, f"{ours}[all]")
    environment = marker_environment(target, python)
    # pip judges markers by the computer it runs on: a Windows house made on Linux lacks what only
    # Windows needs. Fetch that until nothing is missing.
    while missing := missing_requirements(wheels, environment):
        _pip("download", "--no-deps", *fitting, *missing)
    windows = target.os_name == "nt" if target else sys.platform == "win32"
    write_scripts(out, python, windows=windows)


def marker_environment(target: Target | None, python: str) -> Environment:
    """What the markers of requirements see on the target computer."""
    environment = default_environment()
    if python != THIS_PYTHON:
        environment["python_version"] = python
        environment["python_full_version"] = f"{python}.0"
    if target:
        environment["os_name"] = target.os_name
        environment["sys_platform"] = target.sys_platform
        environment["platform_system"] = target.platform_system
        environment["platform_machine"] = target.platform_machine
    return environment


def missing_requirements(wheels: Path, environment: Environment) -> list[str]:
    """The requirements of sxxt-excel[all], direct or not, that no wheel of the folder meets."""
    shelf = {parse_wheel_filename(path.name)[0]: path for path in wheels.glob("*.whl")}
    missing: dict[str, str] = {}
    queue = [Requirement("sxxt-excel[all]")]
    seen: set[tuple[str, str]] = set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        if name not in shelf:
            missing[name] = f"{requirement.name}{requirement.specifier}"
            continue
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) not in seen:
                seen.add((name, extra))
                queue += _needs(shelf[name], extra, environment)
    return sorted(missing.values())


def _needs(wheel: Path, extra: str, environment: Environment) -> Iterator[Requirement]:
    with ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = BytesHeaderParser().parsebytes(archive.read(name))
    seen_there = cast("dict[str, str]", {**environment, "extra": extra})
    for line in metadata.get_all("Requires-Dist", ()):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(seen_there):
            yield requirement


def write_scripts(out: Path, python: str, *, windows: bool) -> None:
    """Write what a clerk double-clicks or reads.

    The .bat files are GBK, the encoding a Chinese Windows console reads them in; the guide is
    UTF-8 with a mark, which every Notepad and text editor knows.
    """
    scripts = WINDOWS_SCRIPTS if windows else LINUX_SCRIPTS
    newline, encoding = ("\r\n", "gbk") if windows else ("\n", "utf-8")
    for name, text in scripts.items():
        path = out / name
        path.write_text(text.replace("@PYTHON@", python), encoding=encoding, newline=newline)
        path.chmod(0o755)
    guide = WINDOWS_GUIDE if windows else LINUX_GUIDE
    (out / "使用说明.txt").write_text(
        guide.replace("@PYTHON@", python), encoding="utf-8-sig", newline=newline
    )


WINDOWS_SCRIPTS = {
    "安装.bat": """\
@echo off
chcp 936 >nul
cd /d "%~dp0"
py -@PYTHON@ --version >nul 2>nul
if errorlevel 1 goto nopython
echo 正在安装，请稍候……
py -@PYTHON@ -m venv venv
if errorlevel 1 goto failed
venv\\Scripts\\python.exe -m pip install --no-index --find-links wheels --upgrade "sxxt-excel[all]"
if errorlevel 1 goto failed
echo.
echo 安装完成。把收到报表的文件夹拖到“收表.bat”上即可。
pause
exit /b 0
:nopython
echo 没有找到 Python @PYTHON@。请先安装 Python @PYTHON@（64 位），再双击“安装.bat”。
pause
exit /b 2
:failed
echo.
echo 安装没有成功。请确认整个文件夹已复制完整，并且这里允许写入，再双击“安装.bat”。
pause
exit /b 2
""",
    "收表.bat": """\
@echo off
chcp 936 >nul
if not exist "%~dp0venv\\Scripts\\python.exe" goto notinstalled
if "%~1"=="" goto nofolder
"%~dp0venv\\Scripts\\python.exe" -m sxxt_excel collect "%~1"
set outcome=%errorlevel%
pause
exit /b %outcome%
:notinstalled
echo 还没有安装。请先双击“安装.bat”。
pause
exit /b 2
:nofolder
echo 请把收到报表的文件夹（inbox）拖到“收表.bat”的图标上。
pause
exit /b 2
""",
}

WINDOWS_GUIDE = """\
sxxt-excel 离线安装说明

一、准备
  电脑上要有 Python @PYTHON@（64 位）。没有的，先请管理员安装。

二、安装（只做一次）
  1. 把本文件夹整个复制到电脑上，例如 D 盘。
  2. 双击“安装.bat”，看到“安装完成”即可。全程不需要联网。

三、收表
  把工作文件夹里收到报表的 inbox 文件夹拖到“收表.bat”的图标上。
  结果在工作文件夹的“汇总”和“回复”里。

四、升级
  用新的安装文件夹里的内容覆盖本文件夹，再双击一次“安装.bat”。
"""

LINUX_SCRIPTS = {
    "安装.sh": """\
#!/bin/sh
set -eu
cd "$(dirname "$0")"
if ! command -v python@PYTHON@ >/dev/null; then
    echo "没有找到 Python @PYTHON@。请先安装，再运行“安装.sh”。" >&2
    exit 2
fi
python@PYTHON@ -m venv venv
venv/bin/python -m pip install --no-index --find-links wheels --upgrade "sxxt-excel[all]"
echo "安装完成。收表请运行：sh 收表.sh 收到报表的文件夹"
""",
    "收表.sh": """\
#!/bin/sh
exec "$(dirname "$0")/venv/bin/python" -m sxxt_excel collect "$@"
""",
}

LINUX_GUIDE = """\
sxxt-excel 离线安装说明

一、准备
  电脑上要有 Python @PYTHON@（含 venv）。没有的，先请管理员安装。

二、安装（只做一次）
  1. 把本文件夹整个复制到电脑上。
  2. 在终端里运行：sh 安装.sh。看到“安装完成”即可。全程不需要联网。

三、收表
  在终端里运行：sh 收表.sh 收到报表的文件夹
  结果在工作文件夹的“汇总”和“回复”里。

四、升级
  用新的安装文件夹里的内容覆盖本文件夹，再运行一次“安装.sh”。
"""


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)


def main(arguments: Iterable[str] | None = None) -> None:
    """Read the command line and make the house."""
    parser = argparse.ArgumentParser(description="做一个可以离线安装 sxxt-excel 的文件夹")
    parser.add_argument("--out", type=Path, default=Path("wheelhouse"), help="放到哪个文件夹")
    parser.add_argument("--platform", choices=sorted(TARGETS), help="给哪种电脑用，默认同本机")
    parser.add_argument("--python", default=THIS_PYTHON, help="那台电脑的 Python 版本，默认同本机")
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.out.exists() and any(options.out.iterdir()):
        parser.error(f"“{options.out}”里已经有文件，请换一个文件夹或先清空。")
    make_house(options.out, TARGETS.get(options.platform), options.python)
    print(f"已做好：{options.out}。把整个文件夹复制过去，按“使用说明.txt”安装。")


if __name__ == "__main__":
    main()
