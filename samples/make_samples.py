"""Make samples/, workspaces of invented places in the middle of a year's round.

That of 示例大学 under tj-2017 is this folder itself; each other regime has one in a folder of its
own, told in a story_….py.

    python samples/make_samples.py           write it
    python samples/make_samples.py --check   fail where what is committed differs

What is written depends on nothing but this folder, tools/ and the definitions in validators/.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # no __pycache__ inside a workspace
os.environ["OPENPYXL_LXML"] = "False"  # its XML would look different where lxml is installed
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tools")]

from deskside import other_files, receipts  # noqa: E402 - after the paths are set
from elsewhere import STORIES, story_files  # noqa: E402
from office import Office  # noqa: E402
from scenario import SENT, TODAY  # noqa: E402
from steady import same, steady  # noqa: E402
from university import people_rows, unit_rows, waiver_rows  # noqa: E402
from writing import YEAR  # noqa: E402

from sxxt_excel.configuration import load_settings  # noqa: E402
from sxxt_excel.newspace import register_book, settings_text  # noqa: E402
from sxxt_excel.officebook import (  # noqa: E402
    PEOPLE,
    RECEIPTS,
    ROSTER_FILE,
    UNITS,
    WAIVERS,
    roster_forms,
)
from sxxt_excel.receipts import RECEIPTS_FILE  # noqa: E402
from sxxt_excel.regime import load_regime  # noqa: E402
from sxxt_excel.roster import read_roster  # noqa: E402
from sxxt_excel.settings import SETTINGS_FILE  # noqa: E402
from sxxt_excel.workspace import INBOX, KEPT, KEPT_RESULT  # noqa: E402

_REGIME = "tj-2017"
_KEY = "5a3f0c1e9b7d4826a1c0e3f5d7b92468"  # of a university that does not exist


def workspaces() -> dict[Path, dict[str, bytes]]:
    """Return folder → path → bytes of every workspace."""
    with ProcessPoolExecutor() as pool:
        others = {HERE / regime: pool.submit(story_files, regime) for regime in STORIES}
        own = {HERE: workspace_files()}
        return own | {folder: files.result() for folder, files in others.items()}


def workspace_files() -> dict[str, bytes]:
    """Return path → bytes of the workspace of tj-2017."""
    regime = load_regime(_REGIME)
    forms = roster_forms()
    rows = {UNITS: unit_rows(), PEOPLE: people_rows(), WAIVERS: waiver_rows()}
    roster = register_book((forms[UNITS], forms[PEOPLE], forms[WAIVERS]), rows)
    book = register_book((forms[RECEIPTS],), {RECEIPTS: receipts()})
    files = {
        SETTINGS_FILE: _settings().encode(),
        ROSTER_FILE: steady(roster),
        RECEIPTS_FILE: steady(book),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, data in files.items():
            (folder / path).write_bytes(data)
        settings = load_settings(folder / SETTINGS_FILE)
        office = Office(regime, settings, read_roster(folder / ROSTER_FILE)[0], folder / "issued")
    inbox = {s.path: office.filled(s.code, s.kind, s.slips, s.year) for s in SENT}
    inbox |= other_files(office)
    return files | {f"{INBOX}/{path}": inbox[path] for path in sorted(inbox)}


def _settings() -> str:
    text = settings_text(load_regime(_REGIME), YEAR, _KEY)
    for old, new in (
        ('name = ""  ', 'name = "示例大学"  '),
        ("# today = 2025-07-15    # 固定", f"today = {TODAY}    # 样例固定"),
        ('contact = ""  ', 'contact = "赵示例，022-00000000"  '),
        ("also = []  ", 'also = ["直属党支部"]  '),
    ):
        if old not in text:
            raise SystemExit(f"sxxt.toml has no “{old}” any more: mend {Path(__file__).name}")
        text = text.replace(old, new, 1)
    return text


def differences(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Return what is missing, too many or different in a committed workspace."""
    names = (SETTINGS_FILE, ROSTER_FILE, RECEIPTS_FILE)
    there = {name: folder / name for name in names if (folder / name).is_file()}
    made = (*(folder / INBOX).rglob("*"), *(folder / KEPT).rglob("*"))
    for path in made:
        if path.is_file() and path.name != KEPT_RESULT:
            there[path.relative_to(folder).as_posix()] = path
    return sorted(
        name
        for name in files.keys() | there.keys()
        if name not in files or name not in there or not same(there[name].read_bytes(), files[name])
    )


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write a workspace; what differs only in its packing stays as it is."""
    for name in differences(folder, files):
        path = folder / name
        if name in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        else:
            path.unlink()


def main() -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail if stale")
    check = parser.parse_args().check
    stale = 0
    for folder, files in workspaces().items():
        if not check:
            write(folder, files)
            print(f"{folder.name}: {len(files)} files")
            continue
        for name in differences(folder, files):
            stale = 1
            print(f"stale: {(folder / name).relative_to(HERE)}", file=sys.stderr)
    return stale


if __name__ == "__main__":
    sys.exit(main())
