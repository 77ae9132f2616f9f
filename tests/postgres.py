"""A PostgreSQL server of the tests' own: made in a folder, reached by a socket there, ended after.

In CI it has to be there; elsewhere what needs it is skipped where it is not.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt/postgresql", "/usr/local/bin")


@contextmanager
def serving() -> Iterator[tuple[str, str]]:
    """Serve while the context lasts; give the address of a database, and the password."""
    folder = _programs()
    if folder is None:
        missing = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    # A socket's path may have no more than about 100 characters: not pytest's own folder.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    password = secrets.token_hex(8)
    (home / "password").write_text(password, encoding="utf-8")
    as_user: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the server refuses to be run by root
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        for path in (home, *home.iterdir()):
            shutil.chown(path, "postgres", "postgres")

    def do(program: str, *words: str) -> None:
        command = [*as_user, str(folder / program), *words]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    do("initdb", "-D", "data", "-U", "sxxt", "-A", "scram-sha-256", "--pwfile=password",
       "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
    try:
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"
        do("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        yield f"postgresql://sxxt@/postgres?host={home}", password
    finally:
        do("pg_ctl", "stop", "-m", "immediate", "-D", "data")
        shutil.rmtree(home)


def _programs() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = [path for place in _PLACES for path in Path(place).glob("**/initdb")]
    return max(found).parent if found else None
