"""Does a folder lie on a network share? SQLite can't be trusted there with two people at once."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_MOUNTS = Path("/proc/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")
"""How the list writes a blank in a name."""
_KINDS = (
    ("nfs", "NFS"), ("cifs", "SMB"), ("smb", "SMB"), ("afs", "AFS"), ("fuse.sshfs", "SSH"),
    ("davfs", "WebDAV"), ("fuse.davfs", "WebDAV"), ("fuse.rclone", "网盘"),
)  # fmt: skip
_REMOTE = 4
"""What Windows calls a drive that is another computer's."""


def share_kind(folder: Path, mounts: Path | None = None) -> str:
    r"""Return what kind of network share a folder lies on, "" where it is this computer's own.

    Args:
        folder: any folder that is there.
        mounts: the system's list of what is mounted where; `/proc/mounts` by default.
    """
    if sys.platform == "win32":
        return _on_windows(folder)
    try:
        lines = (mounts or _MOUNTS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return _mounted(folder.resolve(), lines)


def _mounted(folder: Path, lines: list[str]) -> str:
    """Return the kind of the innermost mount that a folder lies on."""
    best: tuple[int, str] = (-1, "")
    for line in lines:
        parts = line.split(" ")
        if len(parts) < len(("device", "place", "type")):
            continue
        place = _OCTAL.sub(lambda found: chr(int(found[1], 8)), parts[1])
        if folder.is_relative_to(place):
            best = max(best, (len(place), parts[2]))
    return next((name for start, name in _KINDS if best[1].startswith(start)), "")


def _on_windows(folder: Path) -> str:
    drive = folder.resolve().drive
    if drive.startswith("\\\\"):
        return "SMB"
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there

        kind = ctypes.windll.kernel32.GetDriveTypeW(drive + os.sep)
        return "SMB" if kind == _REMOTE else ""
    return ""
