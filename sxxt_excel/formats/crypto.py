"""Workbooks locked with the password that every copy of Excel knows.

Excel locks a file that is only protected against changes with a password of its own, and opens
it without asking. Needs the extra `crypto`; without it such a file counts as locked.
"""

import io

__all__ = ["unlocked"]

_KNOWN_TO_ALL = "VelvetSweatshop"


def unlocked(data: bytes) -> bytes | None:
    """Return a locked workbook without its lock; None where the password is somebody's own."""
    try:
        import msoffcrypto  # noqa: PLC0415 - an extra, and few files need it
    except ImportError:
        return None
    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=_KNOWN_TO_ALL)
        office.decrypt(plain)
    except Exception:  # noqa: BLE001 - it raises whatever its parts raise on a broken or locked file
        return None
    return plain.getvalue()
