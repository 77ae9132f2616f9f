"""One `collect` at a time in a workspace: a lock that the system opens when its holder dies."""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from sxxt_excel.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_PAUSE = 0.1
# Far behind what is written: Windows lets nobody read a byte that is locked.
_FAR = 1 << 20


@contextmanager
def only_one(path: Path, now: datetime, patience: float) -> Iterator[None]:
    """Hold the workspace's lock while the context lasts.

    Args:
        path: the lock file; it stays, with who held it last.
        now: since when, for those who wait.
        patience: how many seconds to wait for another one to finish.

    Raises:
        WorkspaceError: another one is still at it (says who and since when), or nothing can be
            written there.
    """
    try:
        opened = path.open("a+b")
    except OSError as error:
        raise WorkspaceError(
            f"工作文件夹“{path.parent.name}”里不能写文件，而收表要在这里记台账。请核对权限和磁盘"
        ) from error
    with opened as file:
        end = time.monotonic() + patience
        while not _take(file):
            if time.monotonic() >= end:
                raise WorkspaceError(busy(_holder(file)))
            time.sleep(_PAUSE)
        try:
            file.truncate(0)
            file.write(json.dumps({"who": who(), "since": f"{now:%H:%M}"}).encode())
            file.flush()
            yield
        finally:
            _let_go(file)


def who() -> str:
    """Return who runs this, as colleagues would know it: person and computer."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody is logged in, as in a container
        name = ""
    return f"{name}@{socket.gethostname()}".strip("@")


def busy(holder: str) -> str:
    """Return the sentence for the one who came second."""
    return (
        f"{holder or '另一个程序'}正在这个工作文件夹里收表或收发邮件，"
        "请等它做完再试；本次没有改动任何文件"
    )


def _holder(file: BinaryIO) -> str:
    file.seek(0)
    try:
        said = json.loads(file.read().decode())
        return f"{said['who']}（{said['since']}开始）"
    except (OSError, ValueError, KeyError, TypeError):  # it is just being written
        return ""


if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> bool:
        try:
            fcntl.lockf(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _FAR, os.SEEK_SET)
        except OSError:
            return False
        return True

    def _let_go(file: BinaryIO) -> None:
        fcntl.lockf(file.fileno(), fcntl.LOCK_UN, 1, _FAR, os.SEEK_SET)
