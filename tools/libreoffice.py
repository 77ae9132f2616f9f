"""LibreOffice as the second spreadsheet program: workbooks as it saves them."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

PROGRAM = shutil.which("soffice")
"""Where it is installed; None if it is not."""
_EACH = 10
_START = 170
"""Seconds that a workbook and the start may take before it counts as hung."""


def saved_as(kind: str, folder: Path, *paths: Path) -> list[Path]:
    """Let LibreOffice open files and save them in another format, or anew in the same.

    Args:
        kind: the ending of the format, such as ``xls``.
        folder: where they are saved; made if it is not there.
        paths: what to open.

    Returns:
        What was saved, in the order of `paths`.

    Raises:
        AssertionError: LibreOffice is not installed, or left a file out (it says so nowhere).
        subprocess.CalledProcessError, subprocess.TimeoutExpired: it failed, or hung.
    """
    assert PROGRAM is not None, "LibreOffice (soffice) is not installed"  # noqa: S101 - as told
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [PROGRAM, f"-env:UserInstallation={_profile().as_uri()}", "--headless",
         "--convert-to", kind, "--outdir", folder, *paths],
        check=True, capture_output=True, timeout=_START + _EACH * len(paths),
    )  # fmt: skip
    saved = [folder / f"{path.stem}.{kind}" for path in paths]
    left_out = [path.name for path in saved if not path.exists()]
    assert not left_out, f"LibreOffice saved no {left_out}"  # noqa: S101 - as told
    return saved


@cache
def _profile() -> Path:
    """Make a profile for this process: making one takes longer than saving, sharing one blocks."""
    folder = Path(tempfile.mkdtemp(prefix="libreoffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
