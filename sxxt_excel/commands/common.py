"""What commands share: which workspace, what day, the result for programs, a bar on the screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sxxt_excel.model.regime import Regime
    from sxxt_excel.workspace import Workspace


def space_of(workspace: Path | None, *others: Path) -> Workspace:
    """Return the workspace that is named, else the one above these folders or the current one."""
    from sxxt_excel.workspace import find_workspace

    return find_workspace(workspace) if workspace else find_workspace(*others, Path.cwd())


def today_of(today: date | None, space: Workspace | None) -> date:
    """Return the day that is named, else the one that sxxt.toml fixes, else today."""
    if today is not None:
        return today
    if space is not None and space.settings.today is not None:
        return space.settings.today
    return now().date()


def now() -> datetime:
    """Return the time of day: the only place that asks for it."""
    from datetime import datetime

    from sxxt_excel.dates import TZ

    return datetime.now(TZ)


def print_json(content: object) -> None:
    """Print a result for programs, and nothing else."""
    from sxxt_excel.store import to_json

    # UTF-8 whatever the console's own encoding: the result is for programs.
    sys.stdout.buffer.write((to_json(content) + "\n").encode())
    sys.stdout.flush()


def tell_clerk(remarks: Iterable[str], unaddressed: Sequence[str]) -> None:
    """Say on standard error what the clerk has to look at, and whose drafts are to nobody."""
    for remark in remarks:
        click.echo(f"请核对：{remark}", err=True)
    if unaddressed:
        click.echo(
            f"名册中没有可用邮箱的有{len(unaddressed)}个单位，草稿没有写收件人："
            f"{'、'.join(unaddressed)}。请在《单位名册》填好“邮箱”",
            err=True,
        )


def regimes_of(only: str | None, extra: Path | None = None) -> tuple[Regime, ...]:
    """Return the regime of that id, or all that there are.

    Raises:
        WorkspaceError: there is none of that id.
    """
    from sxxt_excel.regime import load_regime, regime_ids
    from sxxt_excel.text import nearest
    from sxxt_excel.workspace import WorkspaceError

    known = regime_ids(extra)
    if only is not None and only not in known:
        near = nearest(only, known)
        hint = f"，是否指“{near}”" if near else ""
        raise WorkspaceError(f"没有“{only}”这个制度{hint}。现有：{'、'.join(known)}")
    return tuple(load_regime(i, extra) for i in ([only] if only else known))


def near(workspace: Path | None, file: Path) -> Workspace | None:
    """Return the workspace a file lies in, None where it lies in none and none is named."""
    from sxxt_excel.workspace import WorkspaceError

    try:
        return space_of(workspace, file.parent)
    except WorkspaceError:
        if workspace is not None:
            raise
        return None


def progress_of(progress: Any, *, silent: bool) -> Any:  # noqa: ANN401 - a context manager of ours
    """Return a context manager whose value starts a bar once the number of files is known."""
    from contextlib import ExitStack, contextmanager

    @contextmanager
    def late() -> Any:  # noqa: ANN401 - a generator of a callable
        with ExitStack() as stack:
            yield lambda total: stack.enter_context(progress(total, quiet=silent))

    return late()
