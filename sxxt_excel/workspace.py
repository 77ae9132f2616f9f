"""A workspace: the folder with sxxt.toml and 单位名册.xlsx, found upwards like git's."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxxt_excel.configuration import load_settings
from sxxt_excel.officebook import ROSTER_FILE
from sxxt_excel.receipts import RECEIPTS_FILE
from sxxt_excel.regime import load_regime
from sxxt_excel.settings import SETTINGS_FILE, Settings
from sxxt_excel.stamp import KEY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from sxxt_excel.model.regime import Regime

MASTER, UPWARD, RESULT = "总台账.xlsx", "上报版.xlsx", "result.json"
ISSUED, COLLECTED, REPLIES, INBOX = "下发", "汇总", "回复", "inbox"
KEPT, KEPT_RESULT = "自存", "核对结果.xlsx"
PAPERS, WORDING = "公文", "文书模板"
REGISTRY, LOCK = "台账.db", ".台账.lock"
FETCHING = ".取信.tmp"
"""What is being written while a mail is taken out of the mailbox."""


class WorkspaceError(Exception):
    """There is no workspace, or it can't be used; the text is one sentence for the clerk."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace's folder and settings; the paths inside are the public contract's."""

    root: Path
    settings: Settings

    @property
    def roster(self) -> Path:
        """Return where the roster is."""
        return self.root / ROSTER_FILE

    @property
    def receipts(self) -> Path:
        """Return where the receipt book is, if there is one."""
        return self.root / RECEIPTS_FILE

    @property
    def validators(self) -> Path:
        """Return where the workspace's own definitions are, if there are any."""
        return self.root / "validators"

    def regime(self) -> Regime:
        """Return the regime with the workspace's own definitions, names and document in it.

        Raises:
            DefinitionError: a definition is faulty.
        """
        regime = load_regime(self.settings.regime, self.validators, self.settings.catalogue)
        own = self.settings.authority
        return replace(regime, authority=own, strictest="must") if own else regime

    @property
    def issued(self) -> Path:
        """Return where issued workbooks go."""
        return self.root / ISSUED

    @property
    def kept(self) -> Path:
        """Return where the office keeps its own registers (自存), if it does."""
        return self.root / KEPT

    @property
    def own(self) -> frozenset[Path]:
        """Return what the tool keeps here, absolute: never to be taken for submissions."""
        names = (
            ISSUED,
            COLLECTED,
            REPLIES,
            KEPT,
            PAPERS,
            WORDING,
            "validators",
            SETTINGS_FILE,
            ROSTER_FILE,
            RECEIPTS_FILE,
            LOCK,
            FETCHING,
            KEY_FILE,
        )
        # Its journal, and what was put aside because it was damaged, lie beside the registry.
        kept = self.root.glob(f"{REGISTRY}*")
        return frozenset((*(self.root / name for name in names), *kept))

    @property
    def registry(self) -> Path:
        """Return where the registry is, unless sxxt.toml names a database for it."""
        return self.root / REGISTRY

    @property
    def lock(self) -> Path:
        """Return what `collect` holds while it is at work here."""
        return self.root / LOCK

    @property
    def result(self) -> Path:
        """Return where the last result is."""
        return self.root / COLLECTED / RESULT


def _key(folder: Path) -> str:
    """Return the key of a workspace's seals, "" where there is none."""
    path = folder / KEY_FILE
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""


def find_workspace(*starts: Path) -> Workspace:
    """Return the workspace at or above the first of these folders that has one.

    Raises:
        WorkspaceError: none has; DefinitionError: its sxxt.toml is faulty.
    """
    for start in starts:
        here = start.resolve()
        for folder in (here, *here.parents):
            path = folder / SETTINGS_FILE
            # Not Path.is_file: that raises where this computer may not look.
            if os.path.isfile(path):  # noqa: PTH113
                settings = load_settings(path)
                # Older workspaces have their key in the settings.
                return Workspace(folder, replace(settings, key=settings.key or _key(folder)))
    raise WorkspaceError(
        f"这里不是工作文件夹（找不到{SETTINGS_FILE}）。请进入工作文件夹，"
        "或用 --workspace 指明，或先用 sxxt-excel init 新建一个"
    )
