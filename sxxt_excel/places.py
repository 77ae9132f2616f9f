"""Where the shipped data is: beside this module once installed, beside the package in a checkout.

No other module knows which of the two holds.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_HOMES = (_PACKAGE / "_data", _PACKAGE.parent)


def validators_dir() -> Path:
    """The folder of the shipped definitions: `forms/` and one folder a regime.

    Raises:
        RuntimeError: the folder is missing, so the installation is broken.
    """
    return _find("validators")


def templates_dir() -> Path:
    """The folder of the blank official workbooks.

    Raises:
        RuntimeError: the folder is missing, so the installation is broken.
    """
    return _find("templates_xlsx")


def _find(name: str) -> Path:
    for home in _HOMES:
        if (home / name).is_dir():
            return home / name
    looked = "、".join(str(home) for home in _HOMES)
    raise RuntimeError(
        f"找不到随软件附带的“{name}”文件夹（找过：{looked}）。请重新安装 sxxt-excel。"
    )
