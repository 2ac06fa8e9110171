"""Files and folders that only their owner can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qualcode.files.atomic_writer import fill_with_permissions, write_error

_OTHERS_PERMISSIONS = 0o077


def is_private(path: Path) -> bool:
    """Return whether only the owner can read or change a file; always true on Windows, which has no such mode."""
    return os.name == "nt" or path.stat().st_mode & _OTHERS_PERMISSIONS == 0


def write_private(path: Path, content: str | bytes) -> Path:
    """Write a whole file that only its owner can read, and flush it to disk before it is moved to its path.

    Raises
    ------
    OperationError
        If the file cannot be written.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    return fill_with_permissions(path, lambda temporary: _write_and_flush(temporary, raw), permissions=0o600)


def _write_and_flush(path: Path, raw: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(raw)
        stream.flush()
        # The key and the undo record are the only way to restore the names.
        os.fsync(stream.fileno())


def create_private_folder(sibling: Path) -> Path:
    """Create a temporary folder in the folder of a file; only its owner can enter it.

    Raises
    ------
    OperationError
        If the folder cannot be created.
    """
    try:
        return Path(tempfile.mkdtemp(prefix=f".{sibling.name}-", dir=sibling.parent))
    except OSError as error:
        raise write_error(sibling.parent, error) from None
